/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gongji describe: what a population looks like, be it a model's or real. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "base/version.h"
#include "command/command.h"
#include "command/options.h"
#include "command/screen.h"
#include "output/describe.h"

enum { KEY_PERSONS = 256, KEY_YEAR, KEY_SEED };
enum { PERSONS_MAX = 20000000 /* held in memory */ };

struct arguments {
    const char *source, *output;
    int64_t persons;
    uint64_t seed;
    int year; /* 0: the model's own, or the one in which the earliest claim is */
    struct problem_list problems;
};

static const struct argp_option options[] = {
    { "output", 'o', BOTH("FILE", "文件"), 0,
        BOTH("the page, an HTML file that opens offline; without it only the summary is printed",
            "网页文件（HTML，可离线打开）；不给则只显示摘要"),
        0 },
    { "persons", KEY_PERSONS, "N", 0, BOTH("how many are drawn from a model (100000)", "从模型抽取的人数（100000）"),
        0 },
    { "year", KEY_YEAR, BOTH("YEAR", "年份"), 0,
        BOTH("calendar year (the model's own; of files, the earliest claim's)",
            "年份（默认为模型所述年份；文件则为最早一笔费用的年份）"),
        0 },
    { "seed", KEY_SEED, "S", 0, BOTH("of the random numbers (1)", "随机数种子（1）"), 0 },
    { 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *self = state->input;
    switch (key) {
    case 'o':
        self->output = arg;
        return 0;
    case KEY_PERSONS:
        option_whole("persons", arg, 1, PERSONS_MAX, &self->persons, &self->problems);
        return 0;
    case KEY_YEAR:
        option_year(arg, &self->year, &self->problems);
        return 0;
    case KEY_SEED:
        option_seed(arg, &self->seed, &self->problems);
        return 0;
    case ARGP_KEY_ARG:
        if (self->source != NULL)
            problem_add(&self->problems, NULL, 0, 0, "%s",
                tr("more than one population; describe takes one",
                    "人群多于一个；describe 只用一个"));
        self->source = arg;
        return 0;
    case ARGP_KEY_END:
        if (self->source == NULL)
            problem_add(&self->problems, NULL, 0, 0, "%s",
                tr("no population given; a model, or a directory with members.csv and claims.csv, is "
                   "wanted",
                    "未指定人群；应为模型，或含 members.csv 与 claims.csv 的目录"));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("MODEL|DIR", "模型|目录"),
    .doc = BOTH("Shows what a population looks like in one calendar year: who the insured are, what "
                "they earn, how often they seek care and where, what it costs, and how unevenly cost "
                "is spread. MODEL is a model file or an id in models/; DIR has members.csv and "
                "claims.csv, as gongji population writes them or from real records.\v"
                "Examples:\n"
                "  gongji describe employees-2022 -o population.html\n"
                "  gongji describe output/people --year 2023\n",
        "描绘一个自然年度的人群：参保人构成、工资、就诊次数与机构、费用及其集中程度。"
        "模型为文件或 models/ 中的编号；目录内含 members.csv 与 claims.csv（gongji population 所写，或真实数据）。\v"
        "示例：\n"
        "  gongji describe employees-2022 -o population.html\n"
        "  gongji describe output/people --year 2023\n"),
};

static void
show(const struct arguments *a, const struct portrait *portrait, struct described *described,
    struct problem_list *problems)
{
    struct file_set files = { 0 };
    described->version = version_gongji;
    described->commit = *version_commit != '\0' ? version_commit : "unknown";
    described->compiler = version_compiler;
    if (a->output != NULL) {
        FILE *stream = file_set_open(&files, a->output, problems);
        if (stream != NULL && describe_write_page(stream, a->output, portrait, described, problems))
            file_set_commit(&files, problems);
    }
    if (!problem_any(problems))
        describe_write_text(stdout, portrait, described, screen_width());
    file_set_free(&files);
}

static void
describe_model(const struct arguments *a, struct problem_list *problems)
{
    struct names names = { 0 };
    struct people *people = NULL;
    struct model *model = model_read(a->source, problems);
    if (model != NULL)
        people = people_compile(model, a->seed, &names, problems);
    if (people != NULL) {
        struct portrait portrait;
        portrait_of_people(&portrait, people, a->persons, a->year != 0 ? a->year : model->year);
        struct run_text *texts = memory_alloc((size_t)model->n_texts, sizeof *texts);
        for (int i = 0; i < model->n_texts; i++)
            texts[i] = (struct run_text){ model->texts[i].file, model->texts[i].text, model->texts[i].n };
        show(a, &portrait,
            &(struct described){
                .model = model, .texts = texts, .n_texts = model->n_texts, .seed = a->seed },
            problems);
        free(texts);
        portrait_free(&portrait);
    }
    people_free(people);
    model_free(model);
    names_free(&names);
}

static void
describe_files(const struct arguments *a, struct problem_list *problems)
{
    struct names names = { 0 };
    struct members members;
    struct claims claims;
    char *members_path = memory_format("%s/members.csv", a->source);
    char *claims_path = memory_format("%s/claims.csv", a->source);
    bool known = members_read(&members, members_path, &names, problems) || members.n != 0;
    claims_read(&claims, claims_path, known ? &members : NULL, &names, 0, problems);
    if (!problem_any(problems)) {
        struct portrait portrait;
        int year = a->year != 0 ? a->year : claims.n != 0 ? date_year(claims.first_date) : 2023;
        portrait_of_files(&portrait, &members, &claims, &names, year);
        show(a, &portrait, &(struct described){ .directory = a->source }, problems);
        portrait_free(&portrait);
    }
    claims_free(&claims);
    members_free(&members);
    names_free(&names);
    free(members_path);
    free(claims_path);
}

int
command_describe(int argc, char **argv)
{
    struct arguments arguments = { .persons = 100000, .seed = 1 };
    int leave = command_parse(&argp, argc, argv, &arguments);
    if (leave != 0)
        return leave - 1;
    struct problem_list *problems = &arguments.problems;
    struct stat status;
    if (problem_any(problems))
        return command_finish(problems);
    if (stat(arguments.source, &status) == 0 && S_ISDIR(status.st_mode))
        describe_files(&arguments, problems);
    else
        describe_model(&arguments, problems);
    return command_finish(problems);
}
