/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gongji run: one synthetic population through every scenario. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "base/version.h"
#include "command/command.h"
#include "engine/run.h"
#include "output/comparison.h"
#include "output/report.h"
#include "output/run_hdf.h"
#include "output/summary.h"

static const int64_t persons_max = 1000000000, population_max = INT64_C(1) << 40;
enum { YEAR_MIN = 1990, YEAR_MAX = 2100, REPLICATES_MAX = 1000, THREADS_MAX = 1024 };

enum {
    KEY_MODEL = 256,
    KEY_PERSONS,
    KEY_YEARS,
    KEY_REPLICATES,
    KEY_SEED,
    KEY_THREADS,
    KEY_BASELINE,
    KEY_BEHAVIOUR,
    KEY_RULES_ON,
    KEY_AFTER_EXPIRY,
    KEY_BLOCK
};

struct arguments {
    char **scenarios; /* [n_scenarios] as given, not owned */
    int n_scenarios;
    const char *model, *baseline, *behaviour, *directory; /* NULL where not given, but for model */
    int64_t persons, first_year, last_year, replicates, threads, block;
    uint64_t seed;
    day_t rules_on; /* DAY_MIN where not given */
    enum expiry expiry;
    struct problem_list problems;
};

static bool
parse_digits(const char *text, size_t n, uint64_t *out)
{
    if (n == 0 || n > 20)
        return false;
    unsigned __int128 value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *out = (uint64_t)value;
    return value <= UINT64_MAX;
}

static void
take_number(struct arguments *self, const char *option, const char *text, int64_t minimum,
    int64_t maximum, int64_t *out)
{
    uint64_t value;
    if (parse_digits(text, strlen(text), &value) && value >= (uint64_t)minimum
        && value <= (uint64_t)maximum)
        *out = (int64_t)value;
    else
        problem_add(&self->problems, NULL, 0, 0,
            tr("--%s: '%s' will not do; a whole number from %lld to %lld is wanted",
                "--%s：“%s”不可用；应为 %lld 至 %lld 的整数"),
            option, text, (long long)minimum, (long long)maximum);
}

static void
take_seed(struct arguments *self, const char *text)
{
    if (!parse_digits(text, strlen(text), &self->seed))
        problem_add(&self->problems, NULL, 0, 0,
            tr("--seed: '%s' will not do; a whole number from 0 to 18446744073709551615 is wanted",
                "--seed：“%s”不可用；应为 0 至 18446744073709551615 的整数"),
            text);
}

/* 2023 or 2023..2035 */
static void
take_years(struct arguments *self, const char *text)
{
    const char *dots = strstr(text, "..");
    size_t n = dots != NULL ? (size_t)(dots - text) : strlen(text);
    uint64_t first = 0, last;
    bool ok = parse_digits(text, n, &first);
    last = first;
    if (dots != NULL)
        ok = ok && parse_digits(dots + 2, strlen(dots + 2), &last);
    if (ok && first >= YEAR_MIN && first <= last && last <= YEAR_MAX) {
        self->first_year = (int64_t)first;
        self->last_year = (int64_t)last;
    } else {
        problem_add(&self->problems, NULL, 0, 0,
            tr("--years: '%s' will not do; a year or a span, as 2023 or 2023..2035, from %d to %d, "
               "is wanted",
                "--years：“%s”不可用；应为年份或起止年份，如 2023 或 2023..2035，在 %d 至 %d 之间"),
            text, YEAR_MIN, YEAR_MAX);
    }
}

/* The position of a word among those allowed; -1 (and a problem) where it is none. */
static int
take_word(struct arguments *self, const char *option, const char *text, const char *const *words,
    int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    char *list = memory_text(words[0]);
    for (int i = 1; i < n; i++) {
        char *longer = memory_format("%s%s%s", list, tr(", ", "、"), words[i]);
        free(list);
        list = longer;
    }
    problem_add(&self->problems, NULL, 0, 0,
        tr("--%s: '%s' will not do; one of %s is wanted", "--%s：“%s”不可用；应为 %s 之一"), option, text,
        list);
    free(list);
    return -1;
}

static void
take_behaviour(struct arguments *self, const char *text)
{
    static const char *const words[] = { "off", "low", "central", "high" };
    int i = take_word(self, "behaviour", text, words, 4);
    self->behaviour = i >= 0 ? words[i] : self->behaviour;
}

static void
take_expiry(struct arguments *self, const char *text)
{
    static const char *const words[] = { [EXPIRY_STOP] = "stop", [EXPIRY_RENEW] = "renew" };
    int i = take_word(self, "after-expiry", text, words, 2);
    self->expiry = i >= 0 ? (enum expiry)i : self->expiry;
}

static void
take_day(struct arguments *self, const char *text)
{
    if (!date_parse(text, strlen(text), &self->rules_on))
        problem_add(&self->problems, NULL, 0, 0,
            tr("--rules-on: '%s' is no date; a day as 2023-07-01 is wanted",
                "--rules-on：“%s”不是日期；应如 2023-07-01"),
            text);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *self = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        self->scenarios = memory_resize(self->scenarios, (size_t)self->n_scenarios + 1,
            sizeof *self->scenarios);
        self->scenarios[self->n_scenarios++] = arg;
        return 0;
    case KEY_MODEL:
        self->model = arg;
        return 0;
    case KEY_PERSONS:
        take_number(self, "persons", arg, 1, persons_max, &self->persons);
        return 0;
    case KEY_YEARS:
        take_years(self, arg);
        return 0;
    case KEY_REPLICATES:
        take_number(self, "replicates", arg, 1, REPLICATES_MAX, &self->replicates);
        return 0;
    case KEY_SEED:
        take_seed(self, arg);
        return 0;
    case KEY_THREADS:
        take_number(self, "threads", arg, 1, THREADS_MAX, &self->threads);
        return 0;
    case KEY_BASELINE:
        self->baseline = arg;
        return 0;
    case KEY_BEHAVIOUR:
        take_behaviour(self, arg);
        return 0;
    case KEY_RULES_ON:
        take_day(self, arg);
        return 0;
    case KEY_AFTER_EXPIRY:
        take_expiry(self, arg);
        return 0;
    case KEY_BLOCK:
        take_number(self, "block", arg, PEOPLE_TILE, 1 << 20, &self->block);
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
        BOTH("directory for summary.csv, run.h5 and report.html, replaced if it holds an earlier "
             "run; without it only the table is printed",
            "存放 summary.csv、run.h5、report.html 的目录，旧结果会被替换；不给则只显示对比表") },
    { "model", KEY_MODEL, BOTH("FILE", "文件"), 0,
        BOTH("population model, a file or an id in models/ (employees-2022)",
            "人群模型：文件，或 models/ 中的名称（employees-2022）") },
    { "persons", KEY_PERSONS, "N", 0,
        BOTH("persons simulated in each population (1000000)", "每个模拟人群的人数（1000000）") },
    { "years", KEY_YEARS, "A[..B]", 0, BOTH("calendar years (2023)", "年份（2023）") },
    { "replicates", KEY_REPLICATES, "R", 0,
        BOTH("independent populations, pooled (1)", "相互独立、合并统计的人群数（1）") },
    { "seed", KEY_SEED, "S", 0,
        BOTH("the same seed draws the same people (1)", "随机种子，种子相同则人群相同（1）") },
    { "threads", KEY_THREADS, "T", 0,
        BOTH("as many as there are cores by default; no result depends on it",
            "线程数，默认用全部核心；不影响结果") },
    { "baseline", KEY_BASELINE, "ID", 0,
        BOTH("the scenario that the others are compared with (the first)",
            "作为比较基准的方案（第一个）") },
    { "behaviour", KEY_BEHAVIOUR, "off|low|central|high", 0,
        BOTH("how strongly people react to what they pay (as the model says)",
            "参保人对自付变化的反应强度（按模型）") },
    { "rules-on", KEY_RULES_ON, BOTH("DATE", "日期"), 0,
        BOTH("every scenario's rules as they stand on that day, whatever the year",
            "各方案一律按该日的规则计算，不论年份") },
    { "after-expiry", KEY_AFTER_EXPIRY, "stop|renew", 0,
        BOTH("what follows a policy's last day: nothing is paid, or it goes on (renew)",
            "文件有效期满之后：停止支付，或视为延续（renew）") },
    { "block", KEY_BLOCK, "N", OPTION_HIDDEN, NULL },
    { 0 }
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("SCENARIO...", "方案..."),
    .doc = BOTH("Draws one synthetic insured population and takes it through every scenario, so "
                "that differences are between rules and not between people. A scenario is a "
                "file or an id in scenarios/.\v"
                "Examples:\n"
                "  gongji run yantai-pre-reform yantai -o output/yantai\n"
                "  gongji run yantai cangzhou --rules-on 2023-07-01 --persons 200000\n"
                "  gongji run yantai my-draft.yaml --baseline yantai -o output/draft",
        "生成一个模拟参保人群，逐一按各方案计算；各方案用同一批人，差异只来自规则。"
        "方案为文件，或 scenarios/ 中的名称。\v"
        "示例：\n"
        "  gongji run yantai-pre-reform yantai -o output/yantai\n"
        "  gongji run yantai cangzhou --rules-on 2023-07-01 --persons 200000\n"
        "  gongji run yantai 我的草案.yaml --baseline yantai -o output/draft"),
};

/* All that one run holds on to. */
struct job {
    struct arguments arguments;
    struct names names;
    struct model *model;
    struct policy **policies; /* [n], owned, each of them too */
    struct program **programs; /* [n], owned, each of them too */
    struct people *people;
    struct run_inputs inputs;
    char **ids; /* [n], owned, each of them too */
    char *command, *compiler; /* owned */
    struct run_text **texts; /* [n + 1], the last the model's; owned, each of them too */
    struct result result;
    int n;
};

static void
job_free(struct job *self)
{
    result_free(&self->result);
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
    free(self->inputs.scenarios);
    model_free(self->model);
    names_free(&self->names);
    free(self->arguments.scenarios);
    problem_list_free(&self->arguments.problems);
}

static void
check_arguments(struct arguments *self)
{
    if (self->n_scenarios == 0)
        problem_add(&self->problems, NULL, 0, 0, "%s",
            tr("no scenario given; one or more are wanted, as in: gongji run yantai-pre-reform "
               "yantai",
                "未给出方案；应给出一个或多个，如：gongji run yantai-pre-reform yantai"));
    if (self->persons > population_max / self->replicates)
        problem_add(&self->problems, NULL, 0, 0, "%s",
            tr("more persons in all replicates than can be told apart; 2^40 at most are wanted",
                "各人群总人数过多；最多 2^40 人"));
    if (self->block % PEOPLE_TILE != 0)
        problem_add(&self->problems, NULL, 0, 0,
            tr("--block: %lld persons are no whole tiles; a multiple of %d is wanted",
                "--block：%lld 人不是整块；应为 %d 的倍数"),
            (long long)self->block, PEOPLE_TILE);
    /* No model file describes behaviour: nothing but "off" can be meant. */
    if (strcmp(self->behaviour, "off") != 0)
        problem_add(&self->problems, NULL, 0, 0,
            tr("--behaviour %s: the model %s does not describe behaviour; off is wanted",
                "--behaviour %s：模型 %s 未描述行为反应；应为 off"),
            self->behaviour, self->model);
}

/* Reads all files, so that all their problems are seen in one go. */
static void
read_files(struct job *self)
{
    struct arguments *arguments = &self->arguments;
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

/* Ids that are unique in the run: the second "yantai" is "yantai#2". */
static void
name_scenarios(struct job *self)
{
    self->ids = memory_alloc((size_t)self->n, sizeof *self->ids);
    for (int i = 0; i < self->n; i++) {
        int before = 0;
        for (int k = 0; k < i; k++)
            before += strcmp(self->policies[k]->id, self->policies[i]->id) == 0;
        self->ids[i] = before == 0 ? memory_text(self->policies[i]->id)
                                   : memory_format("%s#%d", self->policies[i]->id, before + 1);
    }
}

/* The baseline by its id, or as the command line named its file. */
static int
find_baseline(struct job *self)
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
whole_command(const struct job *self)
{
    const struct arguments *a = &self->arguments;
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
fill_inputs(struct job *self)
{
    const struct arguments *a = &self->arguments;
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
static void
note_dates(const struct job *self)
{
    const struct arguments *a = &self->arguments;
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

struct progress {
    struct timespec start;
    double shown; /* seconds at which it was last shown */
};

static double
seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) * 1e-9;
}

static void
show_progress(void *context, int64_t done, int64_t all)
{
    struct progress *self = context;
    double seconds = seconds_since(&self->start);
    if (done <= 0 || seconds < self->shown + 0.2)
        return;
    self->shown = seconds;
    double share = (double)done / (double)all;
    fprintf(stderr, tr("\r%3.0f %%, %.0f s left \033[K", "\r%3.0f %%，约剩 %.0f 秒 \033[K"),
        100 * share, seconds * (1 - share) / share);
    fflush(stderr);
}

static bool
simulate(struct job *self)
{
    struct arguments *a = &self->arguments;
    struct progress progress = { 0 };
    bool terminal = isatty(STDERR_FILENO) == 1;
    clock_gettime(CLOCK_MONOTONIC, &progress.start);
    self->people = people_compile(self->model, a->seed, &self->names, &a->problems);
    self->programs = memory_alloc((size_t)self->n, sizeof *self->programs);
    for (int i = 0; i < self->n; i++)
        self->programs[i] = program_compile(self->policies[i], a->rules_on, a->expiry);
    if (problem_any(&a->problems))
        return false;
    struct run_options run_options = { .persons = a->persons, .first_year = (int)a->first_year,
        .last_year = (int)a->last_year, .replicates = (int)a->replicates,
        .threads = (int)a->threads, .block = (int)a->block, .baseline = self->inputs.baseline,
        .progress = terminal ? show_progress : NULL, .context = &progress };
    bool ok = run(self->people, self->model, (const struct program *const *)self->programs,
        self->n, &run_options, &self->result, &a->problems);
    if (terminal && progress.shown > 0)
        fputs("\r\033[K", stderr);
    return ok;
}

static bool
write_summary(FILE *stream, const char *path, const struct job *job, struct problem_list *problems)
{
    (void)path;
    (void)problems;
    summary_write(stream, &job->result, &job->inputs);
    return true;
}

static bool
write_hdf(FILE *stream, const char *path, const struct job *job, struct problem_list *problems)
{
    return run_hdf_write(stream, path, &job->result, &job->inputs, problems);
}

static bool
write_report(FILE *stream, const char *path, const struct job *job, struct problem_list *problems)
{
    (void)path;
    return report_write(stream, &job->result, &job->inputs, problems);
}

static const struct result_file {
    const char *name;
    bool (*write)(FILE *stream, const char *path, const struct job *job,
        struct problem_list *problems);
} result_files[] = {
    { "summary.csv", write_summary },
    { "run.h5", write_hdf },
    { "report.html", write_report },
};
enum { N_RESULT_FILES = sizeof result_files / sizeof *result_files };

/* The directory appears as a whole, so its files need no care of their own but to
 * be on the disk. Problems name the place where the file would have come to be. */
static bool
write_file(const struct file_directory *directory, const struct result_file *file,
    const struct job *job, struct problem_list *problems)
{
    char *beside = file_directory_path(directory, file->name);
    char *path = memory_format("%s/%s", directory->path, file->name);
    FILE *stream = fopen(beside, "wb");
    bool ok = stream != NULL && file->write(stream, path, job, problems);
    if (ok || stream == NULL) {
        ok = ok && fflush(stream) == 0 && !ferror(stream) && fsync(fileno(stream)) == 0;
        if (!ok)
            problem_fail(problems, path, tr("cannot be written: %s", "无法写入：%s"),
                strerror(errno));
    }
    if (stream != NULL)
        fclose(stream);
    free(path);
    free(beside);
    return ok;
}

static bool
write_directory(struct file_directory *directory, const struct job *job,
    struct problem_list *problems)
{
    for (int i = 0; i < N_RESULT_FILES; i++)
        if (!write_file(directory, &result_files[i], job, problems))
            return false;
    if (!file_directory_commit(directory, problems))
        return false;
    fprintf(stderr, tr("written: %s/ with %s, %s and %s\n", "已写入：%s/，含 %s、%s、%s\n"),
        directory->path, result_files[0].name, result_files[1].name, result_files[2].name);
    return true;
}

/* The run itself, everything that it needs being there. */
static void
work(struct job *self)
{
    struct arguments *a = &self->arguments;
    struct file_directory directory = { 0 };
    bool ok = a->directory == NULL
        || file_directory_open(&directory, a->directory, result_files[0].name, &a->problems);
    if (ok) {
        note_dates(self);
        ok = simulate(self);
    }
    if (ok && a->directory != NULL)
        ok = write_directory(&directory, self, &a->problems);
    if (ok)
        comparison_write(stdout, &self->result, &self->inputs, COMPARISON_WIDTH);
    file_directory_free(&directory);
}

int
command_run(int argc, char **argv)
{
    struct job job = { .arguments = { .model = "employees-2022", .behaviour = "off",
                           .persons = 1000000, .first_year = 2023, .last_year = 2023,
                           .replicates = 1, .seed = 1, .rules_on = DAY_MIN,
                           .expiry = EXPIRY_RENEW } };
    struct problem_list *problems = &job.arguments.problems;
    int leave = command_parse(&argp, argc, argv, &job.arguments);
    if (leave != 0) {
        job_free(&job);
        return leave - 1;
    }
    check_arguments(&job.arguments);
    read_files(&job);
    if (!problem_any(problems)) {
        name_scenarios(&job);
        job.inputs.baseline = find_baseline(&job);
    }
    if (!problem_any(problems)) {
        fill_inputs(&job);
        work(&job);
    }
    int status = command_finish(problems);
    job_free(&job);
    return status;
}
