/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"
#include "engine/rules.h"
#include "input/kind.h"
#include "input/model.h"
#include "input/policy.h"
#include "input/study.h"
#include "input/targets.h"

struct arguments {
    char **files; /* [n], owned; the texts are argv's */
    int n, capacity;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        memory_grow(arguments->files, arguments->n, arguments->capacity);
        arguments->files[arguments->n++] = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        command_usage_error(state, "%s",
            tr("no file given; gongji check FILE... is wanted", "未给出文件；应为 gongji check 文件…"));
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = BOTH("FILE...", "文件…"),
    .doc = BOTH("Validates scenario and model files, given as files or by their ids, and studies: "
                "names, types, bounds, dates, articles and references. All problems "
                "of all files come in one go, each with file, line and column.\v"
                "A file with 'kind: model' is read as a population model, one with 'kind: targets' as "
                "published figures, one with 'kind: study' as a study, any other as a scenario. "
                "Exit status 2 where anything is wrong.\n\n"
                "Examples:\n"
                "  gongji check scenarios/*.yaml models/*.yaml studies/*.yaml\n"
                "  gongji check yantai my-draft.yaml",
        "检查方案与人群模型（文件或编号）以及研究文件：名称、类型、上下限、日期、条文、引用。"
        "一次列出全部文件的全部问题，各有文件、行、列。\v"
        "含 kind: model 的文件按人群模型读取，kind: targets 按公开数据，kind: study 按研究文件，"
        "其余按方案读取。有任何问题时退出状态为 2。\n\n"
        "示例：\n"
        "  gongji check scenarios/*.yaml models/*.yaml studies/*.yaml\n"
        "  gongji check yantai my-draft.yaml"),
};

/* "./scenarios/yantai.yaml" without its beginning. */
static const char *
shown(const char *file)
{
    return strncmp(file, "./", 2) == 0 ? file + 2 : file;
}

static void
print_in_force(const struct policy *policy)
{
    char from[DATE_TEXT], to[DATE_TEXT];
    date_text(from, policy->in_force_from);
    if (policy->in_force_to == DAY_MAX)
        printf(tr("in force from %s", "自 %s 起施行"), from);
    else
        printf(tr("in force from %s to %s", "自 %s 至 %s 施行"), from,
            date_text(to, policy->in_force_to));
}

static void
check_scenario(const char *file, struct problem_list *problems)
{
    struct names names = { 0 };
    struct policy *policy = policy_read(file, &names, problems);
    if (policy == NULL) {
        names_free(&names);
        return;
    }
    int counts[STANDING_COUNT] = { 0 };
    for (int i = 0; i < policy->n_parameters; i++) {
        const struct parameter *p = &policy->parameters[i];
        bool has[STANDING_COUNT] = { false };
        for (int v = 0; v < p->n_values; v++)
            has[p->values[v].source.standing] = true;
        for (int s = 0; s < STANDING_COUNT; s++)
            counts[s] += has[s];
    }
    printf(tr("%s: scenario, %d parameters, %d readings, %d assumptions, ",
               "%s：方案，%d 项参数，其中按理解 %d 项、假设 %d 项，"),
        shown(policy->file), policy->n_parameters, counts[STANDING_READING],
        counts[STANDING_ASSUMPTION]);
    print_in_force(policy);
    putchar('\n');
    policy_free(policy);
    names_free(&names);
}

static void
check_model(const char *file, struct problem_list *problems)
{
    struct model *model = model_read(file, problems);
    if (model == NULL)
        return;
    int given = 0, assumed = 0;
    for (int i = 0; i < model->n_values; i++) {
        given += model->values[i].given;
        assumed += model->values[i].given && model->values[i].standing == EVIDENCE_ASSUMED;
    }
    printf(tr("%s: model, %d values, %d assumed, %d counties, people as of %d\n",
               "%s：人群模型，%d 项取值，其中假设 %d 项，%d 个县区，人群以 %d 年初为准\n"),
        shown(model->file), given, assumed, model->n_counties, model->year);
    model_free(model);
}

static void
check_targets(const char *file, struct problem_list *problems)
{
    struct targets *targets = targets_read(file, problems);
    if (targets == NULL)
        return;
    int fitted = 0;
    for (int i = 0; i < targets->n; i++)
        fitted += targets->items[i].fitted;
    printf(tr("%s: targets, %d fitted, %d held out, %d parameters to fit\n",
               "%s：目标文件，拟合 %d 项，留出 %d 项，待拟合参数 %d 项\n"),
        shown(targets->file), fitted, targets->n - fitted, targets->n_fits);
    targets_free(targets);
}

static void
check_study(const char *file, struct problem_list *problems)
{
    struct study *study = study_read(file, problems);
    if (study == NULL)
        return;
    int given = 0;
    for (int i = 0; i < STUDY_OPTIONS; i++)
        given += study->options[i] != NULL;
    printf(tr("%s: study, %d scenarios, %d options given\n", "%s：研究文件，%d 个方案，写明 %d 项参数\n"),
        shown(study->file), study->n_scenarios, given);
    study_free(study);
}

/* By what the file says it is. */
static void
check_file(const char *file, struct problem_list *problems)
{
    static void (*const checks[FILE_KINDS + 1])(const char *file, struct problem_list *problems)
        = { [FILE_SCENARIO] = check_scenario, [FILE_MODEL] = check_model, [FILE_STUDY] = check_study,
              [FILE_TARGETS] = check_targets, [FILE_KINDS] = check_scenario };
    checks[kind_of_file(file)](file, problems);
}

/* An id that neither folder has: the nearest of both. */
static void
report_missing(const char *id, struct problem_list *problems)
{
    static const char *const folders[] = { "scenarios", "models" };
    char text[2][256];
    const char *near[2];
    size_t n = 0;
    for (int i = 0; i < 2; i++) {
        const char *found = policy_nearest_id(folders[i], id, text[i]);
        if (found != NULL)
            near[n++] = found;
    }
    const char *nearest = problem_nearest(id, near, n);
    if (nearest != NULL)
        problem_add(problems, NULL, 0, 0,
            tr("there is no scenario or model '%s'; did you mean '%s'?",
                "没有方案或模型“%s”；是否指“%s”？"),
            id, nearest);
    else
        problem_add(problems, NULL, 0, 0,
            tr("there is no scenario or model '%s'; a file, or an id of scenarios/ or models/, is "
               "wanted",
                "没有方案或模型“%s”；应为文件，或 scenarios/、models/ 里的编号"),
            id);
}

static void
check_one(const char *file, struct problem_list *problems)
{
    char *scenario = policy_find_file("scenarios", file);
    char *model = policy_find_file("models", file);
    bool is_file = scenario != NULL && model != NULL && strcmp(scenario, model) == 0;
    if (is_file) {
        check_file(file, problems);
    } else if (scenario == NULL && model == NULL && strchr(file, '/') == NULL
        && strchr(file, '.') == NULL) {
        report_missing(file, problems);
    } else {
        if (scenario != NULL || model == NULL)
            check_scenario(file, problems);
        if (model != NULL)
            check_file(model, problems);
    }
    free(scenario);
    free(model);
}

int
command_check(int argc, char **argv)
{
    struct arguments arguments = { 0 };
    int leave = command_parse(&argp, argc, argv, &arguments);
    if (leave != 0)
        return leave - 1;
    struct problem_list problems = { 0 };
    for (int i = 0; i < arguments.n; i++)
        check_one(arguments.files[i], &problems);
    free(arguments.files);
    return command_finish(&problems);
}
