/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of gongji run. */
#include "command/run_job.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/options.h"
#include "input/kind.h"
#include "input/policy.h"
#include "input/study.h"

static const int64_t population_max = INT64_C(1) << 40;
enum { SHARDS_MAX = 1000000, SAVE_EVERY = 5000 /* milliseconds */ };

enum {
    KEY_MODEL = 256,
    KEY_PERSONS,
    KEY_YEARS,
    KEY_REPLICATES,
    KEY_SEED,
    KEY_THREADS,
    KEY_BASELINE,
    KEY_BEHAVIOUR,
    KEY_UNCERTAINTY,
    KEY_RULES_ON,
    KEY_AFTER_EXPIRY,
    KEY_BLOCK,
    KEY_SHARD,
    KEY_RESUME,
    KEY_SAVE_EVERY
};

/* The position of a word among those allowed; -1 (and a problem) where it is none. */
static int
take_word(struct run_arguments *self, const char *option, const char *text, const char *const *words,
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
take_behaviour(struct run_arguments *self, const char *text)
{
    const char *words[BEHAVIOUR_COUNT];
    for (int level = 0; level < BEHAVIOUR_COUNT; level++)
        words[level] = behaviour_words[level].key;
    int i = take_word(self, "behaviour", text, words, BEHAVIOUR_COUNT);
    self->behaviour = i >= 0 ? words[i] : self->behaviour;
}

static void
take_expiry(struct run_arguments *self, const char *text)
{
    static const char *const words[] = { [EXPIRY_STOP] = "stop", [EXPIRY_RENEW] = "renew" };
    int i = take_word(self, "after-expiry", text, words, 2);
    self->expiry = i >= 0 ? (enum expiry)i : self->expiry;
}

static void
take_day(struct run_arguments *self, const char *text)
{
    if (!date_parse(text, strlen(text), &self->rules_on))
        problem_add(&self->problems, NULL, 0, 0,
            tr("--rules-on: '%s' is no date; a day as 2023-07-01 is wanted",
                "--rules-on：“%s”不是日期；应如 2023-07-01"),
            text);
}

/* 3/8: the third of eight */
static void
take_shard(struct run_arguments *self, const char *text)
{
    const char *slash = strchr(text, '/');
    uint64_t i, n;
    if (slash != NULL && study_digits(text, (size_t)(slash - text), &i)
        && study_digits(slash + 1, strlen(slash + 1), &n) && i >= 1 && i <= n && n <= SHARDS_MAX) {
        self->shard = (int)i;
        self->n_shards = (int)n;
    } else {
        problem_add(&self->problems, NULL, 0, 0,
            tr("--shard: '%s' will not do; a part of so many, from 1/1 to %d/%d, as 3/8, is wanted",
                "--shard：“%s”不可用；应为“第几份/共几份”，如 3/8，最多 %d/%d"),
            text, SHARDS_MAX, SHARDS_MAX);
    }
}

/* The options of a study, in the order of enum study_option. */
static const struct study_key {
    int key;
    const char *name;
} study_keys[STUDY_OPTIONS] = {
    [STUDY_MODEL] = { KEY_MODEL, "--model" },
    [STUDY_PERSONS] = { KEY_PERSONS, "--persons" },
    [STUDY_YEARS] = { KEY_YEARS, "--years" },
    [STUDY_REPLICATES] = { KEY_REPLICATES, "--replicates" },
    [STUDY_SEED] = { KEY_SEED, "--seed" },
    [STUDY_BASELINE] = { KEY_BASELINE, "--baseline" },
    [STUDY_BEHAVIOUR] = { KEY_BEHAVIOUR, "--behaviour" },
    [STUDY_UNCERTAINTY] = { KEY_UNCERTAINTY, "--uncertainty" },
    [STUDY_RULES_ON] = { KEY_RULES_ON, "--rules-on" },
    [STUDY_AFTER_EXPIRY] = { KEY_AFTER_EXPIRY, "--after-expiry" },
    [STUDY_OUTPUT] = { 'o', "--output" },
};

static void
note_given(struct run_arguments *self, int key)
{
    for (int i = 0; i < STUDY_OPTIONS; i++)
        if (study_keys[i].key == key)
            self->given |= 1U << i;
}

/* An option with its value, from a command line or a study; false where there is
 * no such option. */
static bool
take(struct run_arguments *self, int key, char *value)
{
    int64_t number = 0;
    switch (key) {
    case KEY_MODEL:
        self->model = value;
        break;
    case KEY_PERSONS:
        option_whole("persons", value, 1, RUN_PERSONS_MAX, &self->persons, &self->problems);
        break;
    case KEY_YEARS:
        option_years(value, &self->first_year, &self->last_year, &self->problems);
        break;
    case KEY_REPLICATES:
        option_whole("replicates", value, 1, RUN_REPLICATES_MAX, &self->replicates, &self->problems);
        break;
    case KEY_SEED:
        option_seed(value, &self->seed, &self->problems);
        break;
    case KEY_THREADS:
        option_whole("threads", value, 1, THREADS_MAX, &self->threads, &self->problems);
        break;
    case KEY_BASELINE:
        self->baseline = value;
        break;
    case KEY_BEHAVIOUR:
        take_behaviour(self, value);
        break;
    case KEY_UNCERTAINTY:
        option_whole("uncertainty", value, RUN_WORLDS_MIN, RUN_WORLDS_MAX, &self->worlds, &self->problems);
        break;
    case KEY_RULES_ON:
        take_day(self, value);
        break;
    case KEY_AFTER_EXPIRY:
        take_expiry(self, value);
        break;
    case KEY_BLOCK:
        option_whole("block", value, PEOPLE_TILE, 1 << 20, &self->block, &self->problems);
        break;
    case KEY_SHARD:
        take_shard(self, value);
        break;
    case KEY_RESUME:
        self->resume = value;
        break;
    case KEY_SAVE_EVERY:
        option_whole("save-every", value, 0, 1000 * 3600, &number, &self->problems);
        self->every = (double)number / 1000;
        break;
    case 'o':
        self->directory = value;
        break;
    default:
        return false;
    }
    return true;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct run_arguments *self = state->input;
    note_given(self, key);
    if (key != KEY_RESUME && key != KEY_THREADS && key != KEY_SAVE_EVERY
        && (key == ARGP_KEY_ARG || arg != NULL))
        self->described = true;
    if (key != ARGP_KEY_ARG)
        return take(self, key, arg) ? 0 : ARGP_ERR_UNKNOWN;
    self->scenarios = memory_resize(self->scenarios, (size_t)self->n_scenarios + 1,
        sizeof *self->scenarios);
    self->scenarios[self->n_scenarios++] = arg;
    return 0;
}

static const struct argp_option options[] = {
    { "output", 'o', BOTH("DIR", "目录"), 0,
        BOTH("directory for summary.csv, run.h5, report.html and so on, replaced if it holds an earlier "
             "run; without it only the table is printed",
            "存放 summary.csv、run.h5、report.html 等的目录，旧结果会被替换；不给则只显示对比表") },
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
    { "baseline", KEY_BASELINE, BOTH("ID", "编号"), 0,
        BOTH("the scenario that the others are compared with (the first)",
            "作为比较基准的方案（第一个）") },
    { "behaviour", KEY_BEHAVIOUR, "off|low|central|high", 0,
        BOTH("how strongly people react to what they pay (as the model says)",
            "参保人对自付变化的反应强度（按模型）") },
    { "uncertainty", KEY_UNCERTAINTY, "N", 0,
        BOTH("besides, N worlds whose uncertain parameters are drawn from their ranges: how sure the "
             "books are and what makes them unsure; each takes as long as a run",
            "另外计算 N 个情景，各从不确定参数的范围内抽取取值：说明收支预测的把握与不确定性来源；"
            "每个情景耗时约同一次运行") },
    { "rules-on", KEY_RULES_ON, BOTH("DATE", "日期"), 0,
        BOTH("every scenario's rules as they stand on that day, whatever the year",
            "各方案一律按该日的规则计算，不论年份") },
    { "after-expiry", KEY_AFTER_EXPIRY, "stop|renew", 0,
        BOTH("what follows a policy's last day: nothing is paid, or it goes on (renew)",
            "文件有效期满之后：停止支付，或视为延续（renew）") },
    { "shard", KEY_SHARD, "I/N", 0,
        BOTH("only part I of N of the persons, for machines that work apart: DIR/shard.state, "
             "which gongji merge joins with the others",
            "只计算全部人群 N 份中的第 I 份（用于多台机器分别计算）：写出“目录/shard.state”，"
            "再由 gongji merge 合并") },
    { "resume", KEY_RESUME, BOTH("DIR", "目录"), 0,
        BOTH("goes on with an interrupted run into DIR from what DIR.progress holds; nothing else "
             "but --threads is given",
            "从“目录.progress”的记录处继续中断的运行，结果写入该目录；除 --threads 外不需其他参数") },
    { "block", KEY_BLOCK, "N", OPTION_HIDDEN, NULL },
    { "save-every", KEY_SAVE_EVERY, "MILLISECONDS", OPTION_HIDDEN, NULL },
    { 0 }
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("SCENARIO...|STUDY", "方案...|研究文件"),
    .doc = BOTH("Draws one synthetic insured population and takes it through every scenario, so "
                "that differences are between rules and not between people. A scenario is a "
                "file or an id in scenarios/. A study is a file that names scenarios and "
                "options (studies/README.md); options given besides stand before its own.\v"
                "Examples:\n"
                "  gongji run yantai-pre-reform yantai -o output/yantai\n"
                "  gongji run yantai cangzhou --rules-on 2023-07-01 --persons 200000\n"
                "  gongji run yantai my-draft.yaml --baseline yantai -o output/draft\n"
                "  gongji run yantai my-draft.yaml --years 2023..2035 --uncertainty 200 --persons 20000\n"
                "  gongji run studies/five-cities-2023.yaml\n"
                "  gongji run --resume output/yantai",
        "生成一个模拟参保人群，逐一按各方案计算；各方案用同一批人，差异只来自规则。"
        "方案为文件，或 scenarios/ 中的名称。研究文件写明方案与各项参数（见 studies/README.md）；"
        "命令行另给的参数优先。\v"
        "示例：\n"
        "  gongji run yantai-pre-reform yantai -o output/yantai\n"
        "  gongji run yantai cangzhou --rules-on 2023-07-01 --persons 200000\n"
        "  gongji run yantai 我的草案.yaml --baseline yantai -o output/draft\n"
        "  gongji run yantai 我的草案.yaml --years 2023..2035 --uncertainty 200 --persons 20000\n"
        "  gongji run studies/five-cities-2023.yaml\n"
        "  gongji run --resume output/yantai"),
};

struct run_arguments
run_arguments_default(void)
{
    return (struct run_arguments){ .model = "employees-2022",
        .persons = 1000000,
        .first_year = 2023,
        .last_year = 2023,
        .replicates = 1,
        .seed = 1,
        .rules_on = DAY_MIN,
        .expiry = EXPIRY_RENEW,
        .every = SAVE_EVERY / 1000.0 };
}

int
run_arguments_parse(struct run_arguments *self, int n, char **words)
{
    return command_parse(&argp, n, words, self);
}

static bool
is_study(const char *word)
{
    return policy_is_path(word) && kind_of_file(word) == FILE_STUDY;
}

/* Which of the study's own options the command line has overruled. */
static void
tell_overruled(const struct run_arguments *self)
{
    char *list = NULL;
    for (int i = 0; i < STUDY_OPTIONS; i++) {
        if (self->study->options[i] == NULL || (self->given & 1U << i) == 0)
            continue;
        char *longer = list == NULL ? memory_text(study_keys[i].name)
                                    : memory_format("%s%s%s", list, tr(", ", "、"), study_keys[i].name);
        free(list);
        list = longer;
    }
    if (list != NULL)
        fprintf(stderr,
            tr("note: %s as on the command line, not as in %s\n", "注意：%s 以命令行为准，不用 %s 所写\n"),
            list, self->study->file);
    free(list);
}

bool
run_arguments_read_study(struct run_arguments *self)
{
    const char *file = NULL;
    for (int i = 0; i < self->n_scenarios && file == NULL; i++)
        file = is_study(self->scenarios[i]) ? self->scenarios[i] : NULL;
    if (file == NULL)
        return true;
    if (self->n_scenarios > 1) {
        problem_add(&self->problems, file, 0, 0, "%s",
            tr("is a study, which names its scenarios itself; a study alone, with options, is wanted",
                "是研究文件，自带方案列表；应单独给出，可另加选项"));
        return false;
    }
    self->study = study_read(file, &self->problems);
    if (self->study == NULL)
        return false;
    self->n_scenarios = self->study->n_scenarios;
    self->scenarios = memory_resize(self->scenarios, (size_t)self->n_scenarios,
        sizeof *self->scenarios);
    memcpy(self->scenarios, self->study->scenarios,
        (size_t)self->n_scenarios * sizeof *self->scenarios);
    tell_overruled(self);
    /* Shards, each on a machine of its own or not, must not land in one place. */
    unsigned given = self->given | (self->n_shards != 0 ? 1U << STUDY_OUTPUT : 0);
    for (int i = 0; i < STUDY_OPTIONS; i++)
        if (self->study->options[i] != NULL && (given & 1U << i) == 0)
            take(self, study_keys[i].key, self->study->options[i]);
    return true;
}

void
run_arguments_check(struct run_arguments *self)
{
    if (self->n_shards != 0 && self->directory == NULL)
        problem_add(&self->problems, NULL, 0, 0, "%s",
            tr("--shard without -o; a directory for the shard is wanted",
                "给出了 --shard 而没有 -o；应给出存放该份的目录"));
    if (self->n_shards != 0 && self->worlds != 0)
        problem_add(&self->problems, NULL, 0, 0, "%s",
            tr("--shard and --uncertainty do not go together: worlds are made by the run that has the "
               "whole; one of the two is wanted",
                "--shard 与 --uncertainty 不能并用：各情景由掌握全部人群的那次运行计算；应只给其一"));
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
}

