/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gongji run: one synthetic population through every scenario; in one go, by
 * several processes, a shard of it, or going on after an interruption. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/run_job.h"
#include "command/screen.h"
#include "engine/cluster.h"
#include "output/comparison.h"
#include "output/run_files.h"

/* A run as it goes on. */
struct going {
    struct timespec start;
    bool terminal; /* progress is shown */
    double shown; /* seconds at which the progress was last shown */
    char *kept_path; /* owned: DIR.progress; a further process has a number behind it */
    char *last_words; /* owned: what an interrupt says once something is kept */
    bool kept; /* the progress is on the disk */
    bool broken; /* it could not be written, which has been told */
};

static void
show_progress(void *context, int64_t done, int64_t all)
{
    struct going *self = context;
    double seconds = clock_seconds_since(&self->start);
    if (done <= 0 || seconds < self->shown + 0.2)
        return;
    self->shown = seconds;
    double share = (double)done / (double)all;
    fprintf(stderr, tr("\r%3.0f %%, %.0f s left \033[K", "\r%3.0f %%，约剩 %.0f 秒 \033[K"),
        100 * share, seconds * (1 - share) / share);
    fflush(stderr);
}

/* So that a message has a line of its own. */
static void
clear_progress(const struct going *self)
{
    if (self->terminal)
        fputs("\r\033[K", stderr);
}

/* How much of an interrupted run's worlds is gone on with. */
static void
on_found(void *context, int n, int all)
{
    clear_progress(context);
    fprintf(stderr,
        tr("note: %d of %d worlds were finished before the interruption\n",
            "注意：%d 个情景（共 %d 个）在中断前已完成\n"),
        n, all);
}

/* The progress has been written, or could not be. */
static void
on_kept(void *context, const struct problem_list *problems)
{
    struct going *self = context;
    if (!problem_any(problems)) {
        self->kept = true;
        file_last_words(self->last_words);
        return;
    }
    self->broken = true;
    clear_progress(self);
    problem_print(problems, stderr);
    fputs(tr("note: the run goes on, but could not be resumed\n", "注意：运行继续，但中断后无法恢复\n"),
        stderr);
}

/* DIR.progress, DIR.progress.1 …: what each process keeps; owned by the caller. */
static char *
kept_path(const char *directory, int rank)
{
    size_t n = strlen(directory);
    while (n > 1 && directory[n - 1] == '/')
        n--;
    return rank == 0 ? memory_format("%.*s.progress", (int)n, directory)
                     : memory_format("%.*s.progress.%d", (int)n, directory, rank);
}

/* DIR.progress.worlds: finished worlds, kept by process 0; owned by the caller. */
static char *
worlds_path(const char *directory)
{
    char *run = kept_path(directory, 0), *out = memory_format("%s.worlds", run);
    free(run);
    return out;
}

/* What a process that was killed had not finished writing to a path. */
static void
sweep_part(const char *path, const struct progress_origin *origin)
{
    char *part = memory_format("%s.%ld.part", path, (long)origin->process);
    unlink(part);
    free(part);
}

/* What a process that was killed could not remove. */
static void
sweep(const char *directory, int rank, const struct progress_origin *origin)
{
    char *kept = kept_path(directory, rank), *worlds = worlds_path(directory);
    size_t n = strlen(directory);
    while (n > 1 && directory[n - 1] == '/')
        n--;
    char *beside = memory_format("%.*s.%ld.part", (int)n, directory, (long)origin->process);
    sweep_part(kept, origin);
    sweep_part(worlds, origin);
    rmdir(beside);
    free(beside);
    free(worlds);
    free(kept);
}

/* The command line of the run that is to go on. */
static bool
recall(struct run_job *job)
{
    struct run_arguments *a = &job->arguments;
    struct progress_origin origin;
    if (a->described)
        problem_add(&a->problems, NULL, 0, 0, "%s",
            tr("--resume knows its scenarios and options; nothing else but --threads is wanted",
                "--resume 已知原来的方案与参数；除 --threads 外不应给出其他内容"));
    char *path = kept_path(a->resume, 0);
    if (access(path, F_OK) != 0)
        problem_add(&a->problems, path, 0, 0,
            tr("is not there, so there is no run to go on with; --resume wants the -o of a run "
               "that was interrupted after its first %d seconds",
                "不存在，没有可继续的运行；--resume 应为运行 %d 秒后中断的那次的 -o 目录"),
            (int)a->every);
    bool ok = !problem_any(&a->problems) && progress_read_origin(path, &origin, &a->problems);
    if (ok) {
        /* The words are needed for as long as the job. */
        job->progress.origin = origin;
        ok = run_job_recall(job, &origin, a->resume);
    }
    free(path);
    return ok;
}

/* Adds what a process of the interrupted run kept; what does not fit is left, for
 * its blocks can be done again. */
static bool
add_kept(struct run_job *job, const char *path, int rank)
{
    struct problem_list untold = { 0 };
    struct progress other;
    bool added = access(path, F_OK) == 0 && progress_read(path, &other, &untold);
    if (added) {
        if (strcmp(other.origin.description, job->description) == 0
            && memcmp(&other.shape, &job->progress.shape, sizeof other.shape) == 0)
            progress_add(&job->progress, &other);
        sweep(job->arguments.directory, rank, &other.origin);
        progress_free(&other);
    }
    problem_list_free(&untold);
    return added;
}

/* Everything that the interrupted run's processes kept, put into one file. */
static bool
gather_kept(struct run_job *job, struct problem_list *problems)
{
    struct progress_shape shape = run_shape(job->model, job->n, &job->options);
    const char *directory = job->arguments.directory;
    char *path = kept_path(directory, 0);
    struct progress whole;
    bool ok = progress_read(path, &whole, problems);
    if (ok && memcmp(&whole.shape, &shape, sizeof shape) != 0) {
        problem_add(problems, path, 0, 0, "%s",
            tr("has another shape than the run that it describes; an undamaged file is wanted",
                "与其所述的运行不符；应为未损坏的文件"));
        progress_free(&whole);
        ok = false;
    }
    if (ok) {
        progress_origin_free(&whole.origin);
        whole.origin = job->progress.origin;
        job->progress = whole;
        sweep(directory, 0, &whole.origin);
        int ranks = whole.origin.n_ranks;
        bool any = false;
        for (int r = 1; r < ranks; r++) {
            char *other = kept_path(directory, r);
            any = add_kept(job, other, r) || any;
            free(other);
        }
        job->progress.origin.n_ranks = 1;
        ok = !any || progress_keep(&job->progress, path, problems);
        for (int r = 1; ok && r < ranks; r++) {
            char *other = kept_path(directory, r);
            unlink(other);
            free(other);
        }
    }
    free(path);
    return ok;
}

static char **
copy_words(char *const *words, int n)
{
    char **out = memory_alloc((size_t)n + 1, sizeof *out);
    for (int i = 0; i < n; i++)
        out[i] = memory_text(words[i]);
    return out;
}

/* Where the run's sums begin: at nothing, or at what was kept. */
static bool
begin_progress(struct run_job *job, int argc, char *const *argv)
{
    struct run_arguments *a = &job->arguments;
    struct progress *progress = &job->progress;
    bool resumed = a->resume != NULL;
    if (resumed) {
        char *path = kept_path(a->directory, 0);
        bool same = run_job_same(progress->origin.description, job->description, path, NULL,
            &a->problems);
        free(path);
        if (!same)
            return false;
    }
    if (resumed && cluster_rank() == 0) {
        if (!gather_kept(job, &a->problems))
            return false;
    } else {
        struct progress_origin origin = progress->origin;
        struct progress_shape shape = run_shape(job->model, job->n, &job->options);
        progress_init(progress, &shape);
        progress->origin = origin;
    }
    if (!resumed) {
        progress->origin.description = memory_text(job->description);
        char *folder = getcwd(NULL, 0);
        progress->origin.folder = folder != NULL ? folder : memory_text(".");
        progress->origin.words = copy_words(argv, argc);
        progress->origin.n_words = argc;
        progress->origin.shard = a->n_shards != 0 ? a->shard : 1;
        progress->origin.n_shards = a->n_shards != 0 ? a->n_shards : 1;
    }
    progress->origin.process = (int64_t)getpid();
    progress->origin.n_ranks = cluster_size();
    return true;
}

/* Collective: whether no process has met a problem; the first that has is heard
 * through process 0. */
static bool
agree(struct problem_list *problems)
{
    char *text = NULL, *heard;
    size_t size = 0;
    int rank = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream != NULL) {
        problem_print(problems, stream);
        fclose(stream);
    }
    heard = cluster_first_text(text != NULL ? text : "", &rank);
    if (heard != NULL && rank > 0)
        problem_add(problems, NULL, 0, 0,
            tr("process %d of the cluster: %s", "集群进程 %d：%s"), rank, heard);
    free(heard);
    free(text);
    return cluster_all(!problem_any(problems));
}

/* Every process must be about to do the same. */
static bool
agree_on_run(struct run_job *job)
{
    char here[65], first[65];
    file_sha256(job->description, strlen(job->description), here);
    memcpy(first, here, sizeof first);
    cluster_spread(first, sizeof first);
    if (strcmp(here, first) != 0)
        problem_add(&job->arguments.problems, NULL, 0, 0, "%s",
            tr("reads other files or is another program than process 0; the same on every machine "
               "are wanted",
                "所读文件或程序与进程 0 不同；各机器应相同"));
    return agree(&job->arguments.problems);
}

/* The worlds, kept beside the result as the run is; false where they cannot be made. */
static bool
make_worlds(struct run_job *job, struct going *going)
{
    const struct run_arguments *a = &job->arguments;
    struct problem_list problems = { 0 };
    char *path = a->directory != NULL ? worlds_path(a->directory) : NULL;
    struct worlds_keep keep = { .path = path,
        .run = &job->progress,
        .run_path = going->kept_path,
        .resumed = a->resume != NULL,
        .every = a->every,
        .kept = on_kept,
        .found = on_found,
        .context = going };
    /* What was kept of a longer run is not all of it. */
    if (going->kept) {
        progress_keep(&job->progress, going->kept_path, &problems);
        on_kept(going, &problems);
        problem_list_free(&problems);
    }
    clear_progress(going);
    clock_gettime(CLOCK_MONOTONIC, &going->start);
    going->shown = 0;
    bool ok = run_job_make_worlds(job, job->options.progress, going, path != NULL && !going->broken ? &keep : NULL,
        &job->arguments.problems);
    free(path);
    return ok;
}

/* The run, and its worlds where they are asked for; false where they cannot be made. */
static bool
simulate(struct run_job *job, struct going *going)
{
    bool ok = true;
    going->terminal = isatty(STDERR_FILENO) == 1;
    job->options.progress = going->terminal ? show_progress : NULL;
    job->options.context = going;
    const struct program *const *programs = (const struct program *const *)job->programs;
    struct run_keep keep = { .path = going->kept_path,
        .every = job->arguments.every,
        .kept = on_kept,
        .context = going };
    clock_gettime(CLOCK_MONOTONIC, &going->start);
    run_part(job->people, programs, &job->options, &keep, &job->progress);
    if (cluster_rank() == 0 && job->arguments.n_shards == 0) {
        run_finish(job->people, job->model, programs, &job->options, &job->progress,
            &job->result);
        job->result.seconds = clock_seconds_since(&going->start);
        ok = job->arguments.worlds == 0 || make_worlds(job, going);
    }
    clear_progress(going);
    return ok;
}

static void
prepare_keeping(const struct run_job *job, struct going *going)
{
    const char *directory = job->arguments.directory;
    if (directory == NULL)
        return;
    going->kept_path = kept_path(directory, cluster_rank());
    going->last_words = memory_format(
        tr("\ngongji: interrupted; gongji run --resume %s goes on where it was\n",
            "\ngongji：已中断；可用 gongji run --resume %s 继续\n"),
        job->arguments.resume != NULL ? job->arguments.resume : directory);
    if (job->arguments.resume != NULL) {
        going->kept = true;
        file_last_words(going->last_words);
    } else if (cluster_rank() == 0 && access(going->kept_path, F_OK) == 0) {
        fprintf(stderr,
            tr("note: %s is there from an interrupted run, which this one replaces (gongji run "
               "--resume %s would have gone on)\n",
                "注意：%s 是一次中断运行留下的，将被本次运行取代（gongji run --resume %s 可继续它）\n"),
            going->kept_path, directory);
    }
}

/* The results are there: what was kept has had its use. */
static void
stop_keeping(const struct run_job *job, struct going *going)
{
    file_last_words(NULL);
    for (int r = 0; going->kept_path != NULL && r < cluster_size(); r++) {
        char *path = kept_path(job->arguments.directory, r);
        unlink(path);
        free(path);
    }
    if (going->kept_path != NULL) {
        char *path = worlds_path(job->arguments.directory);
        unlink(path);
        free(path);
    }
    going->kept = false;
}

static void
tell_written(const struct run_job *job, const struct file_directory *directory)
{
    const struct run_arguments *a = &job->arguments;
    if (a->n_shards == 0) {
        char *files = run_files_text(&job->result, &job->inputs);
        fprintf(stderr, tr("written: %s/ with %s\n", "已写入：%s/，含 %s\n"), directory->path, files);
        free(files);
        return;
    }
    fprintf(stderr,
        tr("written: %s/%s, part %d of %d; gongji merge joins all of them\n",
            "已写入：%s/%s，第 %d 份，共 %d 份；可用 gongji merge 合并\n"),
            directory->path, run_shard_name, a->shard, a->n_shards);
}

/* The run itself, everything that it needs being there. */
static void
work(struct run_job *job)
{
    struct run_arguments *a = &job->arguments;
    struct file_directory directory = { 0 };
    struct going going = { 0 };
    enum run_product product = a->n_shards != 0 ? RUN_SHARD : RUN_RESULTS;
    bool first = cluster_rank() == 0, written = a->directory != NULL && first;
    if (written)
        run_job_open(job, product, &directory, &a->problems);
    bool ok = agree(&a->problems);
    if (ok) {
        prepare_keeping(job, &going);
        run_job_note_dates(job);
        ok = simulate(job, &going);
        if (ok && written)
            ok = run_job_write(job, product, &directory, &a->problems);
        if (ok && first)
            stop_keeping(job, &going);
        if (ok && written)
            tell_written(job, &directory);
        if (ok && first && product == RUN_RESULTS)
            comparison_write(stdout, &job->result, &job->inputs, screen_width(), directory.path);
        if (going.kept && first)
            fputs(going.last_words + 1, stderr);
    }
    file_last_words(NULL);
    file_directory_free(&directory);
    free(going.kept_path);
    free(going.last_words);
}

static int
run_all(struct run_job *job, int argc, char **argv)
{
    struct problem_list *problems = &job->arguments.problems;
    char **words = copy_words(argv, argc); /* parsing puts them in another order */
    int leave = run_arguments_parse(&job->arguments, argc, argv);
    bool ok = leave == 0;
    if (ok) {
        ok = (job->arguments.resume == NULL || recall(job)) && run_job_prepare(job);
        ok = agree(problems) && ok && agree_on_run(job);
        if (ok)
            begin_progress(job, argc, words);
        ok = ok && agree(problems);
    }
    if (ok)
        work(job);
    for (int i = 0; i < argc; i++)
        free(words[i]);
    free(words);
    return leave != 0 ? leave - 1 : command_finish(problems);
}

int
command_run(int argc, char **argv)
{
    struct run_job job = { .arguments = run_arguments_default() };
    cluster_begin();
    /* Only one process speaks. */
    if (cluster_rank() > 0
        && (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL))
        return EXIT_FAILED;
    int status = run_all(&job, argc, argv);
    cluster_end();
    run_job_free(&job);
    return status;
}
