/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gongji verify: makes a result again from what it says it was made from, and holds
 * the two against each other. */
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "base/version.h"
#include "command/command.h"
#include "command/run_job.h"
#include "engine/run.h"
#include "input/shelf.h"
#include "output/run_files.h"
#include "output/run_stored.h"

enum { KEY_FROM_STORED = 256, KEY_THREADS };

struct verify {
    const char *directory;
    const char *threads; /* NULL where not given */
    bool from_stored;
    struct run_stored stored;
    char *command; /* owned: the recorded command, cut into words */
    char **words; /* [n_words] in command; owned is the array */
    int n_words;
    struct run_job job;
    struct file_directory room; /* for the texts laid out and the results made again */
    char **placed; /* [n_placed] paths of texts laid out, in the job's arguments; owned, each too */
    int n_placed;
    struct run_agreement agreement;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct verify *self = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (self->directory != NULL)
            command_usage_error(state, "%s",
                tr("more than one result given; gongji verify DIR is wanted",
                    "给出了不止一个结果；应为 gongji verify 目录"));
        self->directory = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        command_usage_error(state, "%s",
            tr("no result given; gongji verify DIR is wanted", "未给出结果；应为 gongji verify 目录"));
    case KEY_FROM_STORED:
        self->from_stored = true;
        return 0;
    case KEY_THREADS:
        self->threads = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "from-stored", KEY_FROM_STORED, NULL, 0,
        BOTH("takes the model and scenarios from the result itself, not from where they were read: a "
             "result alone is enough",
            "模型与方案取自结果内所存的原文，而不读原来的文件：只凭结果即可核验") },
    { "threads", KEY_THREADS, "T", 0,
        BOTH("as many as there are cores by default; no result depends on it",
            "线程数，默认用全部核心；不影响结果") },
    { 0 }
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("DIR", "目录"),
    .doc = BOTH("Makes a result of gongji run again and says whether it comes out the same. First the "
                "model and scenario files are compared with those that the result was made from, by "
                "their SHA-256; then the run that run.h5 records is done again, and every array of "
                "results and every CSV table are compared to the last bit.\v"
                "Files are looked for as the recorded command names them: by id in the data folders, "
                "by path from the working directory. A result from another machine may differ in its "
                "last digits where the mathematics library does. Exit status 0: the same; 1: it "
                "differs, or an input does; 2: bad usage, or no result.\n\n"
                "Examples:\n"
                "  gongji verify output/first\n"
                "  gongji verify output/first --from-stored",
        "重算 gongji run 的结果，说明是否一致。先以 SHA-256 比较现有的模型与方案文件和结果所用的是否相同，"
        "再按 run.h5 的记录重新运行，逐位比较全部结果数组和各 CSV 表。\v"
        "文件按所记命令查找：编号在数据目录中找，路径从当前目录算起。不同机器的数学库若有差别，末位数字可能不同。"
        "退出状态 0：一致；1：结果或输入不同；2：用法有误，或不是结果目录。\n\n"
        "示例：\n"
        "  gongji verify output/first\n"
        "  gongji verify output/first --from-stored"),
};

/* --- The recorded command --- */

/* Cuts a command line at its blanks as a shell would, in place: quotes '…' and \'
 * are all that run.h5 has. */
static void
cut_words(struct verify *self)
{
    self->command = memory_text(self->stored.command);
    self->words = memory_alloc(strlen(self->command) + 2, sizeof *self->words);
    char *from = self->command, *to = self->command;
    while (*from != '\0') {
        while (*from == ' ')
            from++;
        if (*from == '\0')
            break;
        self->words[self->n_words++] = to;
        bool quoted = false;
        for (; *from != '\0' && (quoted || *from != ' '); from++) {
            if (*from == '\'')
                quoted = !quoted;
            else if (!quoted && *from == '\\' && from[1] != '\0')
                *to++ = *++from;
            else
                *to++ = *from;
        }
        from += *from == ' ';
        *to++ = '\0';
    }
}

/* The run's arguments as recorded, with nothing that would write or go on. */
static bool
recall(struct verify *self, struct problem_list *problems)
{
    struct run_arguments *a = &self->job.arguments;
    cut_words(self);
    bool ok = self->n_words > 2 && strcmp(self->words[0], "gongji") == 0
        && strcmp(self->words[1], "run") == 0
        && run_arguments_parse(a, self->n_words - 1, self->words + 1) == 0
        && a->n_scenarios > 0 && a->directory == NULL && a->resume == NULL && a->n_shards == 0
        && !problem_any(&a->problems);
    problem_list_free(&a->problems);
    if (!ok) {
        problem_add(problems, self->stored.path, 0, 0,
            tr("records a command that is not understood: %s; a result of this program or an earlier "
               "one is wanted",
                "所记命令无法理解：%s；应为本程序或更早版本的结果"),
            self->stored.command);
        return false;
    }
    char *words[] = { (char *)"run", (char *)"--threads", (char *)self->threads, NULL };
    int leave = self->threads != NULL ? run_arguments_parse(a, 3, words) : 0;
    for (size_t i = 0; i < a->problems.n; i++)
        problem_add(problems, NULL, 0, 0, "%s", a->problems.items[i].text);
    problem_list_free(&a->problems);
    return leave == 0 && !problem_any(problems);
}

/* --- Inputs: where they are now --- */

/* The inputs in groups, each a file and what it extends: the model's, then those of
 * the scenarios in the command's order. */
struct input_group {
    const struct run_stored_input *inputs; /* [n] */
    int n;
    const struct shelf *shelf;
    const char *word; /* that the command names the first by */
};

/* The group that begins at an input; i is the group's number. */
static bool
group_at(const struct verify *self, int first, int i, struct input_group *out)
{
    const struct run_stored *stored = &self->stored;
    const struct run_arguments *a = &self->job.arguments;
    const struct run_stored_input *inputs = stored->inputs + first;
    bool model = strcmp(inputs[0].role, "model") == 0;
    int n = 1;
    while (first + n < stored->n_inputs && strcmp(inputs[n].role, inputs[0].role) == 0
        && strcmp(inputs[n].scenario, inputs[0].scenario) == 0)
        n++;
    if (model != (i == 0) || i > a->n_scenarios)
        return false;
    *out = (struct input_group){ inputs, n, model ? &shelf_models : &shelf_scenarios,
        model ? a->model : a->scenarios[i - 1] };
    return true;
}

/* What a stored text extends, owned by the caller; NULL where nothing. */
static char *
extended_by(const struct run_stored_input *input)
{
    struct problem_list unheard = { 0 };
    struct yaml *yaml = yaml_read(input->file, input->text, input->n, &unheard);
    const struct yaml_node *node = yaml != NULL ? yaml_get(&yaml->root, "extends") : NULL;
    char *name = node != NULL && node->kind == YAML_TEXT ? memory_text(node->text) : NULL;
    yaml_tree_free(yaml);
    problem_list_free(&unheard);
    return name;
}

static bool
told_of(const struct problem_list *problems, const char *file)
{
    for (size_t i = 0; i < problems->n; i++)
        if (problems->items[i].file != NULL && strcmp(problems->items[i].file, file) == 0)
            return true;
    return false;
}

/* The file that stands where an input stood: its bytes must be the same. */
static void
compare_input(const struct run_stored_input *input, const char *path, struct problem_list *problems)
{
    struct file_text text = { 0 };
    char digest[65];
    if (told_of(problems, path))
        return;
    if (file_read(path, &text, problems)) {
        file_sha256(text.text, text.n, digest);
        if (strcmp(digest, input->sha256) != 0)
            problem_fail(problems, path,
                tr("has changed: its SHA-256 is %s, the result was made from %s; the same file is "
                   "wanted, or --from-stored",
                    "已变动：现 SHA-256 为 %s，结果所用为 %s；应为同一文件，或用 --from-stored"),
                digest, input->sha256);
    } else {
        problems->failed = true;
    }
    free(text.text);
}

static void
compare_group(const struct input_group *group, struct problem_list *problems)
{
    char *path = policy_find_file(group->shelf->folder, group->word);
    for (int i = 0; i < group->n; i++) {
        const struct run_stored_input *input = &group->inputs[i];
        if (path == NULL) {
            problem_fail(problems, i == 0 ? group->word : input->file,
                tr("is not there; the %s that the result was made from (SHA-256 %s) is wanted where "
                   "the run was started, or --from-stored",
                    "不存在；应在运行时的位置有结果所用的%s（SHA-256 %s），或用 --from-stored"),
                tr(group->shelf->en, group->shelf->zh), input->sha256);
            return;
        }
        compare_input(input, path, problems);
        char *name = i + 1 < group->n ? extended_by(input) : NULL;
        char *next = name != NULL ? shelf_find_extended(group->shelf, path, name) : NULL;
        free(name);
        free(path);
        path = next;
    }
    free(path);
}

/* --- Inputs: from the result --- */

/* The folder of a name that an extending file gives, seen from that file's own;
 * false where it leaves the room or is absolute. folder: owned, replaced. */
static bool
enter_folder(char **folder, const char *name)
{
    const char *slash;
    if (name[0] == '/')
        return false;
    for (; (slash = strchr(name, '/')) != NULL; name = slash + 1) {
        size_t n = (size_t)(slash - name);
        char *last = strrchr(*folder, '/');
        if (n == 2 && memcmp(name, "..", 2) == 0) {
            if (last == NULL)
                return false;
            *last = '\0';
        } else if (n > 0 && !(n == 1 && name[0] == '.')) {
            char *deeper = memory_format("%s/%.*s", *folder, (int)n, name);
            free(*folder);
            *folder = deeper;
        }
    }
    return true;
}

/* Makes a folder of the room and those above it. */
static void
make_folders(const struct file_directory *room, const char *folder)
{
    for (const char *at = folder; at != NULL;) {
        at = strchr(at, '/');
        char *part = at != NULL ? memory_text_n(folder, (size_t)(at - folder)) : memory_text(folder);
        char *path = file_directory_path(room, part);
        mkdir(path, 0777); /* what fails shows when a file is written there */
        free(path);
        free(part);
        at = at != NULL ? at + 1 : NULL;
    }
}

/* The path of the text laid out, owned by the caller; NULL (and a problem) where it
 * cannot be. */
static char *
place_text(const struct verify *self, const char *folder, const struct run_stored_input *input,
    struct problem_list *problems)
{
    make_folders(&self->room, folder);
    char *name = memory_format("%s/%s", folder, input->file);
    char *path = file_directory_path(&self->room, name);
    FILE *stream = fopen(path, "wb");
    bool ok = stream != NULL && fwrite(input->text, 1, input->n, stream) == input->n;
    ok = stream != NULL && fclose(stream) == 0 && ok;
    if (!ok) {
        problem_unwritable(problems, path, errno);
        free(path);
        path = NULL;
    }
    free(name);
    return path;
}

/* Lays out a group's texts so that each finds the one that it extends; the path of
 * the first, owned by the caller. */
static char *
place_group(struct verify *self, int number, const struct input_group *group,
    struct problem_list *problems)
{
    /* Deep enough for names with "../" in front. */
    char *folder = memory_format("texts/%d/a/b/c/d/e/f", number), *first = NULL;
    for (int i = 0; i < group->n; i++) {
        char *path = place_text(self, folder, &group->inputs[i], problems);
        if (i == 0)
            first = path;
        else
            free(path);
        char *name = i + 1 < group->n ? extended_by(&group->inputs[i]) : NULL;
        if (name != NULL && !enter_folder(&folder, name)) {
            problem_fail(problems, self->stored.path,
                tr("%s extends %s, which the stored texts cannot be laid out for; verify without "
                   "--from-stored is wanted",
                    "%s 沿用 %s，无法按所存原文摆放；应不用 --from-stored"),
                group->inputs[i].file, name);
            i = group->n;
        }
        free(name);
    }
    free(folder);
    return first;
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    remove(path);
    return 0;
}

static void
remove_texts(const struct verify *self)
{
    char *path = file_directory_path(&self->room, "texts");
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(path);
}

/* Either way of seeing to the inputs. */
static bool
see_to_inputs(struct verify *self, struct problem_list *problems)
{
    struct run_arguments *a = &self->job.arguments;
    int n_groups = 0, first = 0;
    bool ok = true;
    self->placed = memory_alloc((size_t)a->n_scenarios + 1, sizeof *self->placed);
    for (struct input_group group; ok && first < self->stored.n_inputs; first += group.n, n_groups++) {
        ok = group_at(self, first, n_groups, &group);
        if (ok && self->from_stored)
            self->placed[self->n_placed++] = place_group(self, n_groups, &group, problems);
        else if (ok)
            compare_group(&group, problems);
    }
    if (!ok || n_groups != a->n_scenarios + 1) {
        problem_add(problems, self->stored.path, 0, 0, "%s",
            tr("has other inputs than its command names; an undamaged file is wanted",
                "所存输入与所记命令不符；应为未损坏的文件"));
        return false;
    }
    if (problem_any(problems))
        return false;
    for (int i = 0; i < self->n_placed; i++)
        if (i == 0)
            a->model = self->placed[i];
        else
            a->scenarios[i - 1] = self->placed[i];
    return true;
}

/* --- The run, again --- */

/* What was read must be what is stored, whatever was found on the way. */
static void
check_read(const struct verify *self, struct problem_list *problems)
{
    const struct run_inputs *inputs = &self->job.inputs;
    int at = 0;
    for (int i = -1; i < inputs->n_scenarios; i++) {
        const struct run_text *texts = i < 0 ? inputs->model_texts : inputs->scenarios[i].texts;
        int n = i < 0 ? inputs->n_model_texts : inputs->scenarios[i].n_texts;
        for (int k = 0; k < n; k++, at++) {
            char digest[65];
            file_sha256(texts[k].text, texts[k].n, digest);
            if (at >= self->stored.n_inputs
                || strcmp(digest, self->stored.inputs[at].sha256) != 0) {
                problem_fail(problems, texts[k].file,
                    tr("is none of the files that the result was made from (SHA-256 %s); the same "
                       "files are wanted",
                        "不是结果所用的文件（SHA-256 %s）；应为同样的文件"),
                    digest);
                return;
            }
        }
    }
}

static bool
write_again(const struct verify *self, const struct run_file *file, struct problem_list *problems)
{
    const struct run_job *job = &self->job;
    char *path = file_directory_path(&self->room, file->name);
    FILE *stream = fopen(path, "wb");
    bool ok = stream != NULL && file->write(stream, path, &job->result, &job->inputs, problems);
    ok = stream != NULL && fclose(stream) == 0 && ok;
    if (!ok)
        problem_unwritable(problems, path, errno);
    free(path);
    return ok;
}

/* Whether verify holds the file against the stored one: run.h5, and tables. */
static bool
is_compared(const struct verify *self, int file)
{
    return (file == RUN_FILE_HDF || run_files[file].keys > 0)
        && run_files[file].wanted(&self->job.result, &self->job.inputs);
}

static bool
run_again(struct verify *self, struct problem_list *problems)
{
    struct run_job *job = &self->job;
    bool ok = run_job_prepare(job);
    if (self->from_stored)
        remove_texts(self);
    if (!ok) {
        /* The files are the same, so it is the program that takes them no more. */
        for (size_t i = 0; i < job->arguments.problems.n; i++) {
            const struct problem *problem = &job->arguments.problems.items[i];
            problem_add(problems, problem->file, problem->line, problem->column, "%s", problem->text);
        }
        problems->failed = true;
        return false;
    }
    check_read(self, problems);
    ok = !problem_any(problems)
        && run(job->people, job->model, (const struct program *const *)job->programs, job->n,
            &job->options, &job->result, problems)
        && (job->arguments.worlds == 0 || run_job_make_worlds(job, NULL, NULL, NULL, problems));
    for (int i = 0; ok && i < RUN_FILES; i++)
        if (is_compared(self, i))
            ok = write_again(self, &run_files[i], problems);
    return ok;
}

/* --- What is said --- */

static void
note_program(const struct verify *self)
{
    const struct run_stored *stored = &self->stored;
    const struct run_inputs *inputs = &self->job.inputs;
    if (strcmp(stored->version, inputs->version) != 0 || strcmp(stored->commit, inputs->commit) != 0
        || strcmp(stored->compiler, inputs->compiler) != 0)
        fprintf(stderr,
            tr("note: made by gongji %s (%s, %s), this is %s (%s, %s); compared all the same\n",
                "注意：结果由 gongji %s（%s，%s）得出，本程序为 %s（%s，%s）；照常比较\n"),
            stored->version, stored->commit, stored->compiler, inputs->version, inputs->commit,
            inputs->compiler);
}

static void
tell_verified(const struct verify *self)
{
    printf(tr("%s: verified\n", "%s：核验一致\n"), self->directory);
    printf(self->from_stored
            ? tr("inputs: %d texts, taken from the result and true to their SHA-256\n",
                  "输入：%d 份原文，取自结果，与其 SHA-256 相符\n")
            : tr("inputs: %d files, now as they were (SHA-256)\n", "输入：%d 份文件，与当时相同（SHA-256）\n"),
        self->stored.n_inputs);
    printf(tr("run: %s\n", "运行：%s\n"), self->stored.command);
    char *tables = memory_text("");
    for (int i = 0; i < RUN_FILES; i++)
        if (run_files[i].keys > 0 && is_compared(self, i)) {
            char *longer = memory_format("%s%s%s", tables, *tables != '\0' ? tr(", ", "、") : "",
                run_files[i].name);
            free(tables);
            tables = longer;
        }
    printf(tr("results: %d arrays of run.h5 with %zu cells and the %zu rows of %s, made again and the "
              "same to the last bit\n",
               "结果：run.h5 的 %1$d 个数组（%2$zu 个数）与 %4$s 的 %3$zu 行，重算后逐位相同\n"),
        self->agreement.arrays, self->agreement.cells, self->agreement.rows, tables);
    free(tables);
}

static void
compare(struct verify *self, struct problem_list *problems)
{
    for (int i = 0; i < RUN_FILES; i++) {
        if (!is_compared(self, i))
            continue;
        char *path = memory_format("%s/%s", self->directory, run_files[i].name);
        char *again = file_directory_path(&self->room, run_files[i].name);
        if (i == RUN_FILE_HDF)
            run_stored_compare(&self->stored, again, &self->agreement, problems);
        else
            run_stored_compare_table(path, again, run_files[i].keys, &self->agreement, problems);
        free(again);
        free(path);
    }
}

static bool
open_room(struct verify *self, struct problem_list *problems)
{
    const char *folder = getenv("TMPDIR");
    char *path = memory_format("%s/gongji-verify", folder != NULL && *folder != '\0' ? folder : "/tmp");
    static const char *const files[] = { "run.h5", NULL };
    bool ok = file_directory_open(&self->room, path, files, problems);
    free(path);
    return ok;
}

static void
verify(struct verify *self, struct problem_list *problems)
{
    char *path = memory_format("%s/run.h5", self->directory);
    bool ok = run_stored_read(&self->stored, path, problems) && recall(self, problems)
        && open_room(self, problems);
    free(path);
    if (!ok)
        return;
    ok = see_to_inputs(self, problems) && run_again(self, problems);
    if (ok) {
        note_program(self);
        compare(self, problems);
    }
    if (!problem_any(problems))
        tell_verified(self);
    else if (problems->failed)
        printf(tr("%s: not verified\n", "%s：未通过核验\n"), self->directory);
}

int
command_verify(int argc, char **argv)
{
    struct verify self = { .job = { .arguments = run_arguments_default() } };
    struct problem_list problems = { 0 };
    int leave = command_parse(&argp, argc, argv, &self);
    if (leave == 0)
        verify(&self, &problems);
    if (self.placed != NULL)
        remove_texts(&self);
    for (int i = 0; i < self.n_placed; i++)
        free(self.placed[i]);
    free(self.placed);
    free(self.words);
    free(self.command);
    run_stored_free(&self.stored);
    file_directory_free(&self.room);
    run_job_free(&self.job);
    return leave != 0 ? leave - 1 : command_finish(&problems);
}
