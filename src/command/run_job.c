/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/run_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/version.h"
#include "input/shelf.h"
#include "output/run_files.h"

/* Reads all files, so that all their problems are seen in one go. */
static void
read_files(struct run_job *self)
{
    struct run_arguments *arguments = &self->arguments;
    self->n = arguments->n_scenarios;
    self->policies = memory_alloc((size_t)self->n, sizeof *self->policies);
    for (int i = 0; i < self->n; i++) {
        bool seen = false; /* its problems have been told */
        for (int k = 0; k < i; k++)
            seen = seen || strcmp(arguments->scenarios[k], arguments->scenarios[i]) == 0;
        struct problem_list told = { 0 };
        self->policies[i] = policy_read(arguments->scenarios[i], &self->names,
            seen ? &told : &arguments->problems);
        problem_list_free(&told);
    }
    self->model = model_read(arguments->model, &arguments->problems);
}

/* Ids that are unique in the run. */
static void
name_scenarios(struct run_job *self)
{
    const char **ids = memory_alloc((size_t)self->n, sizeof *ids);
    self->ids = memory_alloc((size_t)self->n, sizeof *self->ids);
    for (int i = 0; i < self->n; i++) {
        ids[i] = self->policies[i]->id;
        self->ids[i] = shelf_id_among(ids, i);
    }
    free(ids);
}

/* The baseline by its id, or as the command line named its file. */
static int
find_baseline(struct run_job *self)
{
    const char *wanted = self->arguments.baseline;
    if (wanted == NULL)
        return 0;
    for (int i = 0; i < self->n; i++)
        if (strcmp(self->ids[i], wanted) == 0)
            return i;
    for (int i = 0; i < self->n; i++)
        if (strcmp(self->arguments.scenarios[i], wanted) == 0)
            return i;
    const char *near = problem_nearest(wanted, (const char *const *)self->ids, (size_t)self->n);
    problem_add(&self->arguments.problems, NULL, 0, 0,
        tr("--baseline: '%s' is none of the scenarios given; %s '%s' is wanted",
            "--baseline：“%s”不在给出的方案中；%s“%s”"),
        wanted, near != NULL ? tr("perhaps", "是否指") : tr("one of them, as", "应为其中之一，如"),
        near != NULL ? near : self->ids[0]);
    return 0;
}

/* As the command line says, else as the model does. */
static void
find_behaviour(struct run_job *self)
{
    struct run_arguments *a = &self->arguments;
    self->level = a->behaviour != NULL
        ? (enum behaviour_level)word_find(
              behaviour_words, BEHAVIOUR_COUNT, a->behaviour, strlen(a->behaviour))
        : (enum behaviour_level)model_number(self->model, -1, "behaviour.level");
    a->behaviour = behaviour_words[self->level].key;
    if (self->level != BEHAVIOUR_OFF && !model_describes_behaviour(self->model))
        problem_add(&a->problems, NULL, 0, 0,
            tr("--behaviour %s: the model %s does not describe behaviour; off is wanted",
                "--behaviour %s：模型 %s 未描述行为反应；应为 off"),
            a->behaviour, self->model->id);
}

/* A word of a command line, quoted where a shell would take it apart. */
static void
put_word(FILE *stream, const char *word)
{
    bool plain = *word != '\0';
    for (const char *at = word; *at != '\0'; at++)
        plain = plain
            && ((*at & 0x80) != 0 || (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z')
                || (*at >= 'A' && *at <= 'Z') || strchr("._/+=:@,-", *at) != NULL);
    if (plain) {
        fprintf(stream, " %s", word);
        return;
    }
    fputs(" '", stream);
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            fputs("'\\'", stream);
        putc(*word, stream);
    }
    putc('\'', stream);
}

/* The command with everything that the results depend on spelled out. */
static char *
whole_command(const struct run_job *self)
{
    const struct run_arguments *a = &self->arguments;
    char *text = NULL, day[DATE_TEXT];
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return memory_text("");
    fputs("gongji run", stream);
    for (int i = 0; i < self->n; i++)
        put_word(stream, a->scenarios[i]);
    fputs(" --model", stream);
    put_word(stream, a->model);
    fprintf(stream, " --persons %lld --years %lld", (long long)a->persons,
        (long long)a->first_year);
    if (a->last_year != a->first_year)
        fprintf(stream, "..%lld", (long long)a->last_year);
    fprintf(stream, " --replicates %lld --seed %llu --baseline", (long long)a->replicates,
        (unsigned long long)a->seed);
    put_word(stream, self->ids[self->inputs.baseline]);
    fprintf(stream, " --behaviour %s", a->behaviour);
    if (a->worlds != 0)
        fprintf(stream, " --uncertainty %lld", (long long)a->worlds);
    if (a->rules_on != DAY_MIN)
        fprintf(stream, " --rules-on %s", date_text(day, a->rules_on));
    fprintf(stream, " --after-expiry %s", a->expiry == EXPIRY_STOP ? "stop" : "renew");
    fclose(stream);
    return text;
}

static struct run_text *
texts_of(const struct policy_text *texts, int n)
{
    struct run_text *out = memory_alloc((size_t)n, sizeof *out);
    for (int i = 0; i < n; i++)
        out[i] = (struct run_text){ texts[i].file, texts[i].text, texts[i].n };
    return out;
}

static const char *
name_or_id(const char *name, const char *id)
{
    return name != NULL && *name != '\0' ? name : id;
}

static void
fill_inputs(struct run_job *self)
{
    const struct run_arguments *a = &self->arguments;
    const struct model *model = self->model;
    struct run_scenario *scenarios = memory_alloc((size_t)self->n, sizeof *scenarios);
    self->texts = memory_alloc((size_t)self->n + 1, sizeof *self->texts);
    for (int i = 0; i < self->n; i++) {
        const struct policy *policy = self->policies[i];
        self->texts[i] = texts_of(policy->texts, policy->n_texts);
        scenarios[i] = (struct run_scenario){ self->ids[i],
            name_or_id(policy->name_en, policy->id), name_or_id(policy->name_zh, policy->id),
            policy, self->texts[i], policy->n_texts };
    }
    self->texts[self->n] = texts_of(model->texts, model->n_texts);
    int baseline = self->inputs.baseline;
    self->command = whole_command(self);
#ifdef __clang__
    self->compiler = memory_format("clang %s", version_compiler);
#else
    self->compiler = memory_format("gcc %s", version_compiler);
#endif
    self->inputs = (struct run_inputs){ .scenarios = scenarios, .n_scenarios = self->n,
        .baseline = baseline, .model_id = model->id,
        .model_en = name_or_id(model->name_en, model->id),
        .model_zh = name_or_id(model->name_zh, model->id), .model_texts = self->texts[self->n],
        .n_model_texts = model->n_texts, .model = model, .persons = a->persons,
        .first_year = (int)a->first_year, .last_year = (int)a->last_year, .replicates = (int)a->replicates, .seed = a->seed,
        .behaviour = a->behaviour, .rules_on = a->rules_on, .expiry = a->expiry,
        .command = self->command, .version = version_gongji,
        .commit = *version_commit != '\0' ? version_commit : "unknown",
        .compiler = self->compiler };
}

/* What a reader of the figures must know of the dates. */
void
run_job_note_dates(const struct run_job *self)
{
    const struct run_arguments *a = &self->arguments;
    bool fixed = a->rules_on != DAY_MIN;
    day_t first = fixed ? a->rules_on : date_day((int)a->first_year, 1, 1);
    day_t last = fixed ? a->rules_on : date_day((int)a->last_year, 12, 31);
    char day[DATE_TEXT];
    for (int i = 0; i < self->n; i++) {
        const struct policy *policy = self->policies[i];
        if (policy->in_force_to < last)
            fprintf(stderr,
                a->expiry == EXPIRY_RENEW
                    ? tr("note: %s is in force until %s; taken as renewed after that "
                         "(--after-expiry stop ends it)\n",
                          "注意：%s 的有效期至 %s，其后视为延续（--after-expiry stop 则停止）\n")
                    : tr("note: %s is in force until %s; nothing is paid after that\n",
                          "注意：%s 的有效期至 %s，其后不再支付\n"),
                self->ids[i], date_text(day, policy->in_force_to));
        if (policy->in_force_from > first)
            fprintf(stderr,
                tr("note: %s comes into force on %s; nothing is paid before that\n",
                    "注意：%s 自 %s 起施行，此前不支付\n"),
                self->ids[i], date_text(day, policy->in_force_from));
    }
}

/* A number that says whether another machine would draw the same people: tables of
 * distributions may differ by their last digit where the mathematics library does. */
static uint64_t
people_check(const struct run_job *self)
{
    enum { FIRST = 1024 };
    struct people_block block = { .with_potential = self->options.behaviour != NULL };
    int64_t n = self->arguments.persons;
    uint64_t check = 0;
    people_draw(self->people, 0, n < FIRST ? (int)n : FIRST, (int)self->arguments.first_year,
        &block);
    for (int i = 0; i < block.n; i++)
        check = check * UINT64_C(6364136223846793005) + (uint64_t)block.members[i].balance;
    for (int i = 0; i < block.n_claims; i++)
        check = check * UINT64_C(6364136223846793005) + (uint64_t)block.claims[i].cost
            + (uint64_t)block.claims[i].eligible;
    int years = self->options.last_year - self->options.first_year + 1;
    for (int y = 0; block.with_potential && y < years; y++)
        for (int i = 0; i <= BEHAVIOUR_PRICES; i++)
            check = check * UINT64_C(6364136223846793005) + self->behaviour[y].factor[i];
    people_block_free(&block);
    return check;
}

static void
describe_texts(FILE *stream, const struct run_text *texts, int n)
{
    for (int i = 0; i < n; i++) {
        char digest[65];
        const char *slash = strrchr(texts[i].file, '/');
        file_sha256(texts[i].text, texts[i].n, digest);
        fprintf(stream, "input %s %s\n", digest, slash != NULL ? slash + 1 : texts[i].file);
    }
}

/* All that the bytes of the result depend on, a line each. */
static char *
describe(const struct run_job *self)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return memory_text("");
    const struct run_inputs *inputs = &self->inputs;
    fprintf(stream, "program gongji %s %s, %s, GSL %s, HDF5 %s\n", inputs->version,
        inputs->commit, inputs->compiler, version_gsl, version_hdf5);
    fprintf(stream, "command %s\n", inputs->command);
    describe_texts(stream, inputs->model_texts, inputs->n_model_texts);
    for (int i = 0; i < inputs->n_scenarios; i++)
        describe_texts(stream, inputs->scenarios[i].texts, inputs->scenarios[i].n_texts);
    fprintf(stream, "block %d\n",
        run_shape(self->model, self->n, &self->options).block);
    fprintf(stream, "people %016llx\n", (unsigned long long)people_check(self));
    fclose(stream);
    return text;
}

static bool
compile(struct run_job *self)
{
    struct run_arguments *a = &self->arguments;
    self->people = people_compile(self->model, a->seed, &self->names, &a->problems);
    self->programs = memory_alloc((size_t)self->n, sizeof *self->programs);
    for (int i = 0; i < self->n; i++)
        self->programs[i] = program_compile(self->policies[i], a->rules_on, a->expiry);
    self->options = (struct run_options){ .persons = a->persons,
        .first_year = (int)a->first_year,
        .last_year = (int)a->last_year,
        .replicates = (int)a->replicates,
        .threads = (int)a->threads,
        .block = (int)a->block,
        .baseline = self->inputs.baseline };
    if (self->people != NULL && self->level != BEHAVIOUR_OFF) {
        int first = self->options.first_year, n = self->options.last_year - first + 1;
        self->behaviour = behaviour_of_years(self->model, self->level, first, n);
        people_allow_potential(
            self->people, behaviour_largest(self->model, self->level), &a->problems);
        self->options.behaviour = self->behaviour;
    }
    return !problem_any(&a->problems);
}

bool
run_job_prepare(struct run_job *self)
{
    struct problem_list *problems = &self->arguments.problems;
    if (!run_arguments_read_study(&self->arguments))
        return false;
    run_arguments_check(&self->arguments);
    read_files(self);
    if (problem_any(problems))
        return false;
    name_scenarios(self);
    self->inputs.baseline = find_baseline(self);
    find_behaviour(self);
    if (problem_any(problems))
        return false;
    fill_inputs(self);
    if (!compile(self))
        return false;
    self->description = describe(self);
    return true;
}

bool
run_job_make_worlds(struct run_job *self,
    void (*progress)(void *context, int64_t done, int64_t all), void *context,
    const struct worlds_keep *keep, struct problem_list *problems)
{
    const struct run_arguments *a = &self->arguments;
    struct run_options options = self->options;
    options.progress = progress;
    options.context = context;
    const struct worlds_source source = { .n = (int)a->worlds,
        .model = self->model,
        .names = &self->names,
        .programs = (const struct program *const *)self->programs,
        .n_programs = self->n,
        .rules_on = a->rules_on,
        .expiry = a->expiry,
        .level = self->level,
        .seed = a->seed,
        .options = &options,
        .central = &self->result.books,
        .keep = keep };
    if (!worlds_run(&self->worlds, &source, problems))
        return false;
    sensitivity_find(&self->sensitivity, &self->worlds, &self->result.books, options.baseline);
    self->result.worlds = &self->worlds;
    self->result.sensitivity = &self->sensitivity;
    return true;
}

static char *
working_directory(void)
{
    char *folder = getcwd(NULL, 0);
    return folder != NULL ? folder : memory_text(".");
}

bool
run_job_recall(struct run_job *self, const struct progress_origin *origin, const char *directory)
{
    struct run_arguments again = run_arguments_default();
    enum language language = language_current;
    self->words = memory_alloc((size_t)origin->n_words + 1, sizeof *self->words);
    memcpy(self->words, origin->words, (size_t)origin->n_words * sizeof *self->words);
    int leave = origin->n_words > 0 ? run_arguments_parse(&again, origin->n_words, self->words) : 1;
    language_current = language; /* what is asked for now goes before what was then */
    again.threads = self->arguments.threads;
    again.every = self->arguments.every;
    again.resume = self->arguments.resume;
    again.directory = directory;
    again.given |= 1U << STUDY_OUTPUT;
    problem_list_free(&self->arguments.problems);
    free(self->arguments.scenarios);
    study_free(self->arguments.study);
    self->arguments = again;
    char *here = working_directory();
    if (strcmp(here, origin->folder) != 0 && chdir(origin->folder) == 0 && directory != NULL
        && directory[0] != '/')
        self->arguments.directory = self->directory = memory_format("%s/%s", here, directory);
    free(here);
    if (leave != 0)
        problem_add(&self->arguments.problems, NULL, 0, 0, "%s",
            tr("the recorded command line is not understood; the program that recorded it is wanted",
                "无法理解所记录的命令行；应使用记录它的程序"));
    return leave == 0;
}

/* The line that begins at text, without its end; owned by the caller. */
static char *
line_at(const char *text)
{
    return memory_text_n(text, strcspn(text, "\n"));
}

static void
tell_difference(const char *line, const char *wanted, const char *file, const char *other,
    struct problem_list *problems)
{
    const char *than = other != NULL ? other : tr("there is now", "现有的");
    const char *name = strlen(line) > 71 ? line + 71 : line; /* "input ", 64 digits, " " */
    if (strncmp(line, "input ", 6) == 0)
        problem_add(problems, file, 0, 0,
            tr("was made with another %s than %s; the same file is wanted",
                "所用的 %s 与 %s 不同；应为同一文件"),
            name, than);
    else if (strncmp(line, "program ", 8) == 0)
        problem_add(problems, file, 0, 0,
            tr("was made by another program than %s: %s; this is wanted: %s",
                "所用的程序与 %s 不同：%s；应为：%s"),
            than, line + 8, wanted + 8);
    else if (strncmp(line, "command ", 8) == 0)
        problem_add(problems, file, 0, 0,
            tr("belongs to another run than %s: %s; this is wanted: %s",
                "与 %s 不是同一次运行：%s；应为：%s"),
            than, line + 8, wanted + 8);
    else
        problem_add(problems, file, 0, 0,
            tr("draws other people than %s (%s); %s is wanted, as from the same program on a "
               "machine of the same kind",
                "所抽取的人群与 %s 不同（%s）；应为 %s，即同类机器上的同一程序"),
            than, line, wanted);
}

bool
run_job_same(const char *description, const char *wanted, const char *file, const char *other,
    struct problem_list *problems)
{
    bool same = strcmp(description, wanted) == 0;
    bool told = false;
    while (!same && !told) {
        char *line = line_at(description), *wanted_line = line_at(wanted);
        bool differs = strcmp(line, wanted_line) != 0;
        if (differs)
            tell_difference(line, wanted_line, file, other, problems);
        /* Files may all be told of; what stands before them explains them. */
        told = (differs && strncmp(line, "input ", 6) != 0) || *line == '\0'
            || *wanted_line == '\0';
        description += strlen(line) + (description[strlen(line)] != '\0');
        wanted += strlen(wanted_line) + (wanted[strlen(wanted_line)] != '\0');
        free(line);
        free(wanted_line);
    }
    return same;
}

const char run_shard_name[] = "shard.state";

/* What a file is filled with: a result's file, or the shard (NULL). */
static bool
fill(FILE *stream, const char *path, const struct run_file *file, const struct run_job *job,
    struct problem_list *problems)
{
    if (file != NULL)
        return file->write(stream, path, &job->result, &job->inputs, problems);
    progress_write(&job->progress, stream); /* a failure shows when the file is closed */
    return true;
}

/* The directory appears as a whole, so its files need no care of their own but to
 * be on the disk. Problems name the place where the file would have come to be. */
static bool
write_file(const struct file_directory *directory, const struct run_file *file,
    const struct run_job *job, struct problem_list *problems)
{
    const char *name = file != NULL ? file->name : run_shard_name;
    char *beside = file_directory_path(directory, name);
    char *path = memory_format("%s/%s", directory->path, name);
    FILE *stream = fopen(beside, "wb");
    bool ok = stream != NULL && fill(stream, path, file, job, problems);
    if (ok || stream == NULL) {
        ok = ok && fflush(stream) == 0 && !ferror(stream) && fsync(fileno(stream)) == 0;
        if (!ok)
            problem_unwritable(problems, path, errno);
    }
    if (stream != NULL)
        fclose(stream);
    free(path);
    free(beside);
    return ok;
}

bool
run_job_open(const struct run_job *self, enum run_product product, struct file_directory *out,
    struct problem_list *problems)
{
    const char *names[RUN_FILES + 1] = { run_shard_name };
    for (int i = 0; product == RUN_RESULTS && i < RUN_FILES; i++)
        names[i] = run_files[i].name;
    return file_directory_open(out, self->arguments.directory, names, problems);
}

bool
run_job_write(const struct run_job *self, enum run_product product,
    struct file_directory *directory, struct problem_list *problems)
{
    bool ok = product != RUN_SHARD || write_file(directory, NULL, self, problems);
    for (int i = 0; ok && product == RUN_RESULTS && i < RUN_FILES; i++)
        if (run_files[i].wanted(&self->result, &self->inputs))
            ok = write_file(directory, &run_files[i], self, problems);
    if (!ok)
        return false;
    return file_directory_commit(directory, problems);
}

void
run_job_free(struct run_job *self)
{
    result_free(&self->result);
    worlds_free(&self->worlds);
    sensitivity_free(&self->sensitivity);
    people_free(self->people);
    for (int i = 0; i < self->n; i++) {
        if (self->programs != NULL)
            program_free(self->programs[i]);
        if (self->policies != NULL)
            policy_free(self->policies[i]);
        if (self->ids != NULL)
            free(self->ids[i]);
    }
    for (int i = 0; self->texts != NULL && i <= self->n; i++)
        free(self->texts[i]);
    free(self->texts);
    free(self->programs);
    free(self->policies);
    free(self->ids);
    free(self->command);
    free(self->compiler);
    free(self->description);
    free(self->directory);
    free(self->behaviour);
    free(self->words);
    progress_free(&self->progress);
    free(self->inputs.scenarios);
    model_free(self->model);
    names_free(&self->names);
    free(self->arguments.scenarios);
    study_free(self->arguments.study);
    problem_list_free(&self->arguments.problems);
}

