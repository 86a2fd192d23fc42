/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gongji outlay: what general outpatient care costs the fund, for many drafts at once
 * or one after the other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/options.h"
#include "engine/outlay.h"
#include "input/shelf.h"
#include "input/study.h"
#include "output/csv.h"

enum { KEY_MODEL = 256, KEY_PERSONS, KEY_YEAR, KEY_SEED, KEY_THREADS, KEY_ASK };
enum { KEPT_MOST = 4000000 /* persons held in memory; more are drawn and forgotten */ };

struct arguments {
    const char *model;
    struct outlay_options options;
    uint64_t seed;
    bool ask;
    char **scenarios; /* [n], into argv; owned */
    int n, capacity;
    struct problem_list problems;
};

static const struct argp_option options[] = {
    { "model", KEY_MODEL, BOTH("FILE", "文件"), 0,
        BOTH("model of people who have no other claims (outpatient-2022)",
            "只有普通门诊费用的人群模型（outpatient-2022）"),
        0 },
    { "persons", KEY_PERSONS, "N", 0, BOTH("how many are drawn (1000000)", "抽取的人数（1000000）"), 0 },
    { "year", KEY_YEAR, BOTH("YEAR", "年份"), 0, BOTH("calendar year (2023)", "年份（2023）"), 0 },
    { "seed", KEY_SEED, "S", 0, BOTH("of the random numbers (1)", "随机数种子（1）"), 0 },
    { "threads", KEY_THREADS, "T", 0,
        BOTH("at work at once (as many as there are cores)", "同时运算的线程数（默认为核数）"), 0 },
    { "ask", KEY_ASK, NULL, 0,
        BOTH("read further scenarios from standard input, a name a line, and answer each at once",
            "再从标准输入逐行读取方案名，随读随答"),
        0 },
    { 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *self = state->input;
    int64_t number;
    switch (key) {
    case KEY_MODEL:
        self->model = arg;
        return 0;
    case KEY_PERSONS:
        option_whole("persons", arg, 1, RUN_PERSONS_MAX, &self->options.persons, &self->problems);
        return 0;
    case KEY_YEAR:
        option_year(arg, &self->options.year, &self->problems);
        return 0;
    case KEY_SEED:
        option_seed(arg, &self->seed, &self->problems);
        return 0;
    case KEY_THREADS:
        if (option_whole("threads", arg, 1, THREADS_MAX, &number, &self->problems))
            self->options.threads = (int)number;
        return 0;
    case KEY_ASK:
        self->ask = true;
        return 0;
    case ARGP_KEY_ARG:
        memory_grow(self->scenarios, self->n, self->capacity);
        self->scenarios[self->n++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (self->n == 0)
            problem_add(&self->problems, NULL, 0, 0, "%s",
                tr("no scenario given; a file or an id in scenarios/ is wanted",
                    "未指定方案；应为文件或 scenarios/ 中的编号"));
        if (self->ask && self->options.persons > KEPT_MOST)
            problem_add(&self->problems, NULL, 0, 0,
                tr("--ask: %lld persons are more than are held in memory; at most %d are wanted",
                    "--ask：%lld 人多于可驻留内存的人数；应不超过 %d"),
                (long long)self->options.persons, KEPT_MOST);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("SCENARIO...", "方案..."),
    .doc = BOTH("Prints what general outpatient care costs the pooled fund in one year, in yuan an insured, "
                "as CSV: the sums of gongji run for people who have no other claims and do not react "
                "to prices, a hundred times as fast, without accounts and all that a report shows. "
                "Differences are to the first scenario; better_off and worse_off are the shares for "
                "whom the fund pays over a yuan more or less.\v"
                "Examples:\n"
                "  gongji outlay yantai xianning cangzhou\n"
                "  gongji outlay yantai drafts/*.yaml --persons 10000000\n"
                "  ls drafts/*.yaml | gongji outlay yantai --ask\n",
        "以 CSV 列出一年内普通门诊的统筹基金支出，按每名参保人计（元）。人群只有普通门诊费用、不对价格作出反应，"
        "合计与 gongji run 一致而快百倍，但不含个人账户与报告中的其他内容。差异相对于第一个方案；"
        "better_off 与 worse_off 为基金支付增减超过一元的人数比例。\v"
        "示例：\n"
        "  gongji outlay yantai xianning cangzhou\n"
        "  gongji outlay yantai drafts/*.yaml --persons 10000000\n"
        "  ls drafts/*.yaml | gongji outlay yantai --ask\n"),
};

/* --- the answer --- */

/* Standard error of a mean, in yuan, from whole fen. */
static double
error_of(int64_t n, int64_t sum, unsigned __int128 squares)
{
    double mean = (double)sum / (double)n;
    double variance = ((double)squares - mean * (double)sum) / (n > 1 ? (double)(n - 1) : 1);
    return sqrt(fmax(variance, 0) / (double)n) / 100;
}

static void
write_row(const char *scenario, const char *group, const struct outlay_sums *s)
{
    double n = (double)s->persons;
    if (s->persons == 0)
        return;
    csv_put_text(stdout, scenario);
    printf(",%s,%lld,%.4f,%.4f,%.4f,%.4f,%.6f,%.6f,%.6f\n", group, (long long)s->persons,
        (double)s->fund / n / 100, error_of(s->persons, s->fund, s->squares),
        (double)s->difference / n / 100,
        error_of(s->persons, s->difference, s->difference_squares), (double)s->capped / n,
        (double)s->gain / n, (double)s->lose / n);
}

static void
write_rows(const char *scenario, const struct outlay_sums sums[static OUTLAY_CLASSES])
{
    struct outlay_sums all = { 0 }, by_status[STATUS_COUNT] = { 0 };
    for (int c = 0; c < OUTLAY_CLASSES; c++) {
        outlay_merge(&all, &sums[c]);
        outlay_merge(&by_status[c % STATUS_COUNT], &sums[c]);
    }
    write_row(scenario, "all", &all);
    for (int status = 0; status < STATUS_COUNT; status++) {
        char group[32];
        snprintf(group, sizeof group, "status=%s", status_words[status].key);
        write_row(scenario, group, &by_status[status]);
    }
}

/* --- scenarios --- */

struct drafts {
    struct names *names;
    int year;
    char **ids; /* [n], owned */
    struct outlay_plan **plans; /* [n], owned */
    struct policy **policies; /* [n], owned */
    struct program **programs; /* [n], owned */
    int n, capacity;
};

/* As run calls it: the second "yantai" is "yantai#2". Owned by the caller. */
static char *
id_among(struct policy *const *policies, int n)
{
    const char **ids = memory_alloc((size_t)n + 1, sizeof *ids);
    for (int i = 0; i <= n; i++)
        ids[i] = policies[i]->id;
    char *id = shelf_id_among(ids, n);
    free(ids);
    return id;
}

static bool
add_draft(struct drafts *self, const char *source, struct problem_list *problems)
{
    struct policy *policy = policy_read(source, self->names, problems);
    if (policy == NULL)
        return false;
    struct program *program = program_compile(policy, DAY_MIN, EXPIRY_RENEW);
    const char *why;
    struct outlay_plan *plan = outlay_plan(program, self->year, &why);
    if (plan == NULL) {
        problem_add(problems, policy->file, 1, 1,
            tr("%s: %s, which outlay does not know; gongji run does", "%s：%s，outlay 不支持；应使用 gongji run"),
            policy->id, why);
        program_free(program);
        policy_free(policy);
        return false;
    }
    if (self->n == self->capacity) {
        self->capacity = self->capacity != 0 ? 2 * self->capacity : 16;
        size_t size = (size_t)self->capacity;
        self->ids = memory_resize(self->ids, size, sizeof *self->ids);
        self->plans = memory_resize(self->plans, size, sizeof *self->plans);
        self->policies = memory_resize(self->policies, size, sizeof *self->policies);
        self->programs = memory_resize(self->programs, size, sizeof *self->programs);
    }
    self->plans[self->n] = plan;
    self->policies[self->n] = policy;
    self->programs[self->n] = program;
    self->ids[self->n] = id_among(self->policies, self->n);
    self->n++;
    return true;
}

static void
drop_drafts(struct drafts *self, int from)
{
    for (int i = from; i < self->n; i++) {
        free(self->ids[i]);
        free(self->plans[i]);
        program_free(self->programs[i]);
        policy_free(self->policies[i]);
    }
    self->n = from;
}

static void
drafts_free(struct drafts *self)
{
    drop_drafts(self, 0);
    free(self->ids);
    free(self->plans);
    free(self->policies);
    free(self->programs);
}

/* --- the work --- */

/* Each named in a line of standard input, answered before the next is read. What is
 * wrong with one is said at once and does not end the asking. */
static bool
answer(const struct outlay_kept *kept, struct drafts *drafts)
{
    char *line = NULL;
    size_t size = 0;
    bool ok = true;
    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        struct problem_list problems = { 0 };
        struct outlay_sums sums[OUTLAY_CLASSES];
        int before = drafts->n;
        if (line[0] == '\0')
            continue;
        if (add_draft(drafts, line, &problems)) {
            outlay_kept_judge(kept, drafts->plans[before], sums);
            write_rows(drafts->ids[before], sums);
            fflush(stdout);
        }
        ok = command_finish(&problems) == EXIT_DONE && ok;
        drop_drafts(drafts, before);
    }
    free(line);
    return ok;
}

/* true where everything asked for was answered. */
static bool
reckon(const struct arguments *a, const struct people *people, struct drafts *drafts)
{
    bool ok = true;
    printf("scenario,group,persons,fund_outflow,std_error,difference,difference_std_error,"
           "cap_reached,better_off,worse_off\n");
    if (a->options.persons <= KEPT_MOST) {
        struct outlay_kept kept;
        struct outlay_sums sums[OUTLAY_CLASSES];
        outlay_keep(&kept, people, &a->options);
        outlay_kept_baseline(&kept, drafts->plans[0]);
        for (int i = 0; i < drafts->n; i++) {
            outlay_kept_judge(&kept, drafts->plans[i], sums);
            write_rows(drafts->ids[i], sums);
        }
        fflush(stdout);
        ok = !a->ask || answer(&kept, drafts);
        outlay_kept_free(&kept);
        return ok;
    }
    struct outlay_sums(*sums)[OUTLAY_CLASSES] = memory_alloc((size_t)drafts->n, sizeof *sums);
    outlay_stream(people, (const struct outlay_plan *const *)drafts->plans, drafts->n, 0,
        &a->options, sums);
    for (int i = 0; i < drafts->n; i++)
        write_rows(drafts->ids[i], sums[i]);
    free(sums);
    return ok;
}

int
command_outlay(int argc, char **argv)
{
    struct arguments a = { .model = "outpatient-2022",
        .options = { .persons = 1000000, .year = 2023 },
        .seed = 1 };
    int leave = command_parse(&argp, argc, argv, &a);
    if (leave != 0)
        return leave - 1;
    struct problem_list problems = a.problems;
    struct names names = { 0 };
    struct drafts drafts = { .names = &names, .year = a.options.year };
    struct model *model = model_read(a.model, &problems);
    struct people *people
        = model != NULL ? people_compile(model, a.seed, &names, &problems) : NULL;
    if (people != NULL && !outlay_people(people))
        problem_add(&problems, model->file, 1, 1,
            tr("people of this model have other claims than of general outpatient care; outpatient-2022 or "
               "another without them is wanted, or gongji run",
                "该模型的人群另有普通门诊以外的费用；应使用 outpatient-2022 等只有普通门诊的模型，或使用 gongji run"));
    for (int i = 0; i < a.n; i++)
        add_draft(&drafts, a.scenarios[i], &problems);
    bool ok = problem_any(&problems) || reckon(&a, people, &drafts);
    int status = command_finish(&problems);
    drafts_free(&drafts);
    people_free(people);
    model_free(model);
    names_free(&names);
    free(a.scenarios);
    return status != EXIT_DONE ? status : ok ? EXIT_DONE : EXIT_BAD_INPUT;
}
