/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/language.h"
#include "input/model.h"

/* A small model that is right; each case replaces one line of it. */
static const char *const lines[] = {
    "kind: model", /* 1 */
    "year: 2022",
    "standing: assumed",
    "source: a test",
    "population:", /* 5 */
    "  insured: 1000",
    "  retiree_share: 0",
    "  age_active: {20: 1, 60: 0}",
    "wages:",
    "  reference: {value: 6000, prior: [5000, 6000, 7000]}", /* 10 */
    "outpatient:",
    "  frequency:",
    "    family: negative_binomial",
    "    mean: {employee: 3, flexible: 3, retiree: 6}",
    "    size: 0.5", /* 15 */
    "  cost:",
    "    family: lognormal",
    "    mean: {level1: 100, level2: 200}",
    "    cv: 1.2",
    "  provider:", /* 20 */
    "    share: {level1: 0.4, level2: 0.6}",
    "counties: {东: 0.5, 西: 0.5}",
};
enum { LINES = sizeof lines / sizeof *lines };

static struct model *
read_with(int line, const char *text, struct problem_list *problems)
{
    char path[] = "/tmp/gongji-model-XXXXXX.yaml";
    FILE *stream = fdopen(mkstemps(path, 5), "w");
    cr_assert_not_null(stream);
    for (int i = 0; i < LINES; i++)
        fprintf(stream, "%s\n", i + 1 == line ? text : lines[i]);
    fclose(stream);
    struct model *model = model_read(path, problems);
    unlink(path);
    return model;
}

Test(model, values_come_with_cells_source_standing_and_prior)
{
    struct problem_list problems = { 0 };
    struct model *model = read_with(0, NULL, &problems);
    problem_print(&problems, stderr);
    cr_assert_not_null(model);
    cr_assert_eq(model->year, 2022);
    cr_assert_eq(model_by_status(model, BENEFIT_OUTPATIENT, "frequency.mean", STATUS_RETIREE), 6);
    const struct model_value *reference = model_find(model, -1, "wages.reference");
    cr_assert(reference->given && reference->cells[0] == 6000 && reference->prior[0][2] == 7000);
    cr_assert_str_eq(reference->source, "a test");
    cr_assert_eq(reference->standing, EVIDENCE_ASSUMED);
    cr_assert_eq(reference->line, 10);
    cr_assert(!model_find(model, BENEFIT_INPATIENT, "frequency.mean")->given);
    cr_assert_eq(model->n_counties, 2);
    cr_assert_eq(model->n_texts, 1);
    model_free(model);
}

Test(model, a_child_overrides_by_key_and_keeps_the_rest)
{
    struct problem_list problems = { 0 };
    struct model *parent = model_read("employees-2022", &problems);
    struct model *child = model_read("xianning", &problems);
    problem_print(&problems, stderr);
    cr_assert(parent != NULL && child != NULL);
    cr_assert_eq(model_number(child, -1, "population.insured"), 350000);
    cr_assert_eq(model_number(child, BENEFIT_OUTPATIENT, "frequency.scale"), 0.55);
    cr_assert_eq(model_by_status(child, BENEFIT_OUTPATIENT, "frequency.mean", STATUS_RETIREE),
        model_by_status(parent, BENEFIT_OUTPATIENT, "frequency.mean", STATUS_RETIREE));
    cr_assert_eq(child->n_texts, 2);
    cr_assert_eq(child->n_counties, 6);
    model_free(parent);
    model_free(child);
}

Test(model, what_is_wrong_is_said_where_it_stands)
{
    static const struct {
        int line, column;
        char text[90], says[60];
    } cases[] = {
        { 1, 7, "kind: scenario", "this is a scenario" },
        { 1, 7, "kind: modle", "'kind: model' is wanted" },
        { 2, 7, "year: soon", "no year" },
        { 3, 11, "standing: guessed", "found, derived, recalled, assumed" },
        { 5, 1, "populatoin:", "did you mean 'population'" },
        { 6, 12, "  insured: -5", "from 1 to" },
        { 6, 12, "  insured: 1e6", "a number from" },
        { 6, 3, "  insurd: 1000", "did you mean 'insured'" },
        { 6, 12, "  insured: [1000]", "a number from" },
        { 7, 18, "  retiree_share: 1.2", "from 0 to 1" },
        { 7, 18, "  retiree_share: {employee: 0.2}", "a single value" },
        { 8, 15, "  age_active: {20: 1, 60: 3}", "last age with weight 0" },
        { 8, 15, "  age_active: {20: 0, 60: 0}", "all weights" },
        { 8, 15, "  age_active: {twenty: 1, 60: 0}", "single value or values by age" },
        { 10, 35, "  reference: {value: 6000, prior: [7000, 6000, 5000]}", "does not ascend" },
        { 10, 35, "  reference: {value: 8000, prior: [5000, 6000, 7000]}", "outside its own prior" },
        { 10, 35, "  reference: {value: 6000, prior: 5}", "[low, central, high]" },
        { 10, 14, "  reference: {prior: [1, 2, 3]}", "has no value" },
        { 10, 28, "  reference: {value: 6000, priors: 5}", "did you mean 'prior'" },
        { 13, 13, "    family: negative_binominal", "'negative_binomial' is possible" },
        { 14, 12, "    mean: {employe: 3, retiree: 6}", "did you mean 'employee'" },
        { 14, 21, "    mean: {retiree: many}", "a number from 0 to 365" },
        { 15, 11, "    size: {employee: 1}", "lacks 'flexible'" },
        { 15, 11, "    size: 0", "from 0.001" },
        { 17, 13, "    family: pareto", "cannot be 'pareto'" },
        { 18, 11, "    mean: {level1: 100}", "is 0 at" },
        { 18, 5, "    meanlog: {level1: 100}", "" },
        { 21, 12, "    share: {level1: 0.4, level2: 0.5}", "shares sum to 1" },
        { 21, 12, "    share: 1", "shares sum to 1" },
        { 22, 11, "counties: {东: 0.5, 西: 0.6}", "sum to 1.1" },
        { 22, 10, "extends: no-such-model", "to extend" },
    };
    language_current = LANGUAGE_EN;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct problem_list problems = { 0 };
        struct model *model = read_with(cases[i].line, cases[i].text, &problems);
        cr_expect_null(model, "%s", cases[i].text);
        bool found = false;
        for (size_t p = 0; p < problems.n; p++)
            found = found
                || (problems.items[p].line == cases[i].line
                    && (cases[i].says[0] == '\0'
                        || (strstr(problems.items[p].text, cases[i].says) != NULL
                            && problems.items[p].column == cases[i].column)));
        if (!found)
            problem_print(&problems, stderr);
        cr_expect(found, "%s", cases[i].text);
        problem_list_free(&problems);
    }
}

Test(model, a_missing_source_or_need_is_named)
{
    static const struct {
        int line;
        char text[40], says[60];
    } cases[] = {
        { 4, "", "has no source" },
        { 3, "", "has no standing" },
        { 2, "", "'year' is missing" },
        { 6, "", "population.insured is missing" },
        { 8, "", "population.age_active is missing" },
        { 15, "", "outpatient.frequency.size is missing" },
        { 18, "", "outpatient.cost.mean is missing" },
        { 21, "    share: {}", "" },
    };
    language_current = LANGUAGE_EN;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct problem_list problems = { 0 };
        cr_expect_null(read_with(cases[i].line, cases[i].text, &problems));
        bool found = false;
        for (size_t p = 0; p < problems.n; p++)
            found = found || strstr(problems.items[p].text, cases[i].says) != NULL;
        if (!found)
            problem_print(&problems, stderr);
        cr_expect(found, "line %d: %s", cases[i].line, cases[i].says);
        problem_list_free(&problems);
    }
}

Test(model, its_manual_names_every_parameter)
{
    char *model = policy_find_file("models", "employees-2022");
    cr_assert_not_null(model);
    char path[4096];
    snprintf(path, sizeof path, "%.*sREADME.md", (int)(strrchr(model, '/') + 1 - model), model);
    free(model);
    struct file_text text;
    struct problem_list problems = { 0 };
    cr_assert(file_read(path, &text, &problems));
    for (int i = 0; i < model_n_descriptors; i++) {
        char key[64];
        snprintf(key, sizeof key, "| `%s` |", model_descriptors[i].key);
        cr_expect_not_null(strstr(text.text, key), "%s", key);
    }
    free(text.text);
}
