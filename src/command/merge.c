/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gongji merge: the shards of one run, done on machines that know nothing of each
 * other, into the result that one machine would have had. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/run_job.h"
#include "command/screen.h"
#include "output/comparison.h"
#include "output/run_files.h"

struct merge {
    char **directories; /* [n] as given, not owned */
    int n;
    const char *directory; /* of the result, or NULL */
    struct run_job job;
    char *first; /* owned: the first shard's file, which the others agree with */
    char **seen; /* [n_shards] files of the shards met, NULL where none; owned, each too */
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct merge *self = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        self->directories
            = memory_resize(self->directories, (size_t)self->n + 1, sizeof *self->directories);
        self->directories[self->n++] = arg;
        return 0;
    case 'o':
        self->directory = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "output", 'o', BOTH("DIR", "目录"), 0,
        BOTH("directory for summary.csv, run.h5, report.html and so on, replaced if it holds an earlier "
             "run; without it only the table is printed",
            "存放 summary.csv、run.h5、report.html 等的目录，旧结果会被替换；不给则只显示对比表") },
    { 0 }
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("DIR...", "目录..."),
    .doc = BOTH("Joins all shards of a run, each made by gongji run --shard, into the results that "
                "the run would have had in one go, the same to the byte.\v"
                "Examples:\n"
                "  gongji run yantai cangzhou --shard 1/2 -o part1\n"
                "  gongji run yantai cangzhou --shard 2/2 -o part2\n"
                "  gongji merge part1 part2 -o output/both",
        "把 gongji run --shard 算出的全部各份合并，结果与一次算完的逐字节相同。\v"
        "示例：\n"
        "  gongji run yantai cangzhou --shard 1/2 -o part1\n"
        "  gongji run yantai cangzhou --shard 2/2 -o part2\n"
        "  gongji merge part1 part2 -o output/both"),
};

/* A shard's file: in the directory given, or given itself; owned by the caller. */
static char *
shard_path(const char *given)
{
    struct stat status;
    if (stat(given, &status) != 0 || S_ISDIR(status.st_mode))
        return memory_format("%s/%s", given, run_shard_name);
    return memory_text(given);
}

/* Whether the shard's blocks are those that its number means. */
static bool
complete(const struct progress *shard)
{
    int64_t first, end;
    progress_part(shard->shape.n_blocks, shard->origin.shard - 1, shard->origin.n_shards, &first,
        &end);
    int64_t n = 0;
    for (int64_t b = first; b < end; b++)
        n += progress_has(shard, b);
    return n == end - first && progress_count(shard) == n;
}

/* The shard joins those before it: takes what it holds. */
static void
join(struct merge *self, struct progress *shard, char *path, struct problem_list *problems)
{
    struct progress *whole = &self->job.progress;
    const struct progress_origin *origin = &shard->origin;
    if (!complete(shard)) {
        problem_add(problems, path, 0, 0, "%s",
            tr("holds only some of its shard's blocks; a shard that was finished is wanted",
                "只含该份的一部分；应为已算完的一份"));
    } else if (self->first == NULL) {
        self->first = memory_text(path);
        self->seen = memory_alloc((size_t)origin->n_shards, sizeof *self->seen);
        self->seen[origin->shard - 1] = memory_text(path);
        *whole = *shard;
        *shard = (struct progress){ 0 };
    } else if (!run_job_same(origin->description, whole->origin.description, path, self->first,
                   problems)) {
        return;
    } else if (origin->n_shards != whole->origin.n_shards
        || memcmp(&shard->shape, &whole->shape, sizeof shard->shape) != 0) {
        problem_add(problems, path, 0, 0,
            tr("is one of %d shards, but %s one of %d; shards of the same division are wanted",
                "是 %d 份之一，而 %s 是 %d 份之一；应为同一划分的各份"),
            origin->n_shards, self->first, whole->origin.n_shards);
    } else if (self->seen[origin->shard - 1] != NULL) {
        problem_add(problems, path, 0, 0,
            tr("is shard %d of %d, as is %s; each shard once is wanted",
                "是第 %d 份（共 %d 份），与 %s 重复；每份应只给一次"),
            origin->shard, origin->n_shards, self->seen[origin->shard - 1]);
    } else {
        self->seen[origin->shard - 1] = memory_text(path);
        progress_add(whole, shard);
    }
}

static void
check_missing(const struct merge *self, struct problem_list *problems)
{
    int n = self->job.progress.origin.n_shards, missing = 0, one = 0;
    for (int i = n; i-- > 0;)
        if (self->seen[i] == NULL) {
            missing++;
            one = i + 1;
        }
    if (missing == 1)
        problem_add(problems, NULL, 0, 0,
            tr("shard %d of %d is not among those given; every shard once is wanted",
                "缺少第 %d 份（共 %d 份）；每份都应给出一次"),
            one, n);
    else if (missing > 1)
        problem_add(problems, NULL, 0, 0,
            tr("%d of %d shards are not among those given, the first of them %d; every shard once "
               "is wanted",
                "缺少 %d 份（共 %d 份），首先是第 %d 份；每份都应给出一次"),
            missing, n, one);
}

/* One shard after the other, so that no more than two are held. */
static bool
read_shards(struct merge *self, struct problem_list *problems)
{
    if (self->n == 0)
        problem_add(problems, NULL, 0, 0, "%s",
            tr("no shard given; the directories of gongji run --shard are wanted",
                "未给出任何一份；应给出 gongji run --shard 的各目录"));
    for (int i = 0; i < self->n; i++) {
        struct progress shard;
        char *path = shard_path(self->directories[i]);
        if (progress_read(path, &shard, problems)) {
            join(self, &shard, path, problems);
            progress_free(&shard);
        }
        free(path);
    }
    if (!problem_any(problems))
        check_missing(self, problems);
    return !problem_any(problems);
}

static void
write_results(struct merge *self)
{
    struct run_job *job = &self->job;
    struct problem_list *problems = &job->arguments.problems;
    struct file_directory directory = { 0 };
    bool ok = job->arguments.directory == NULL
        || run_job_open(job, RUN_RESULTS, &directory, problems);
    if (ok) {
        run_job_note_dates(job);
        run_finish(job->people, job->model, (const struct program *const *)job->programs,
            &job->options, &job->progress, &job->result);
    }
    if (ok && job->arguments.directory != NULL) {
        ok = run_job_write(job, RUN_RESULTS, &directory, problems);
        char *files = run_files_text(&job->result, &job->inputs);
        if (ok)
            fprintf(stderr, tr("written: %s/ with %s\n", "已写入：%s/，含 %s\n"), directory.path, files);
        free(files);
    }
    if (ok)
        comparison_write(stdout, &job->result, &job->inputs, screen_width(), directory.path);
    file_directory_free(&directory);
}

/* The inputs are read again from where the first shard had them. */
static void
finish(struct merge *self)
{
    struct run_job *job = &self->job;
    struct progress_origin *origin = &job->progress.origin;
    if (!run_job_recall(job, origin, self->directory))
        return;
    job->arguments.n_shards = 0; /* it is no shard any more */
    if (run_job_prepare(job)
        && run_job_same(origin->description, job->description, self->first, NULL,
            &job->arguments.problems))
        write_results(self);
}

int
command_merge(int argc, char **argv)
{
    struct merge self = { .job = { .arguments = run_arguments_default() } };
    int leave = command_parse(&argp, argc, argv, &self);
    int status = leave - 1;
    if (leave == 0) {
        if (read_shards(&self, &self.job.arguments.problems))
            finish(&self);
        status = command_finish(&self.job.arguments.problems);
    }
    for (int i = 0; self.seen != NULL && i < self.job.progress.origin.n_shards; i++)
        free(self.seen[i]);
    free(self.seen);
    free(self.first);
    free(self.directories);
    run_job_free(&self.job);
    return status;
}
