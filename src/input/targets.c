/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/targets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "input/kind.h"
#include "input/shelf.h"
#include "input/yaml.h"

#define BY (TARGET_BENEFIT | TARGET_STATUS | TARGET_PROVIDER)
const struct target_measure_info target_measures[TARGET_MEASURES] = {
    [TARGET_VISITS] = { "visits", "visits", "人次", "a person and year", "人次/人年", BY, 3 },
    [TARGET_COST] = { "cost", "cost", "人均费用", "yuan a person", "元/人", BY, 0 },
    [TARGET_COST_PER_VISIT] = { "cost_per_visit", "cost a visit", "次均费用", "yuan", "元", BY, 0 },
    [TARGET_COST_RATIO] = { "cost_ratio", "cost of a retiree over an active member",
        "退休与在职人均费用之比", "", "", TARGET_BENEFIT | TARGET_PROVIDER, 2 },
    [TARGET_ZERO_USERS] = { "zero_users", "persons without a claim", "未就诊者占比", "share", "比例",
        TARGET_BENEFIT | TARGET_STATUS, 3 },
    [TARGET_TOP_SHARE] = { "top_share", "cost held by the costliest", "高费用人群费用占比", "share", "比例",
        TARGET_BENEFIT | TARGET_SHARE, 3 },
    [TARGET_PERSISTENCE] = { "persistence", "costliest who are so again", "高费用人群再次居前的比例",
        "share", "比例", TARGET_BENEFIT | TARGET_SHARE | TARGET_AFTER, 3 },
    [TARGET_ACCOUNT_BALANCE] = { "account_balance", "account balance on 1 January", "年初账户余额",
        "yuan a person", "元/人", TARGET_STATUS, 0 },
    [TARGET_MEMBER_SHARE] = { "member_share", "share of the insured", "占参保人数比例", "share", "比例",
        TARGET_STATUS, 3 },
    [TARGET_CONTRIBUTION_BASE] = { "contribution_base", "contribution base", "缴费基数", "yuan a month",
        "元/月", TARGET_STATUS, 0 },
    [TARGET_STAY_DAYS] = { "stay_days", "length of a stay", "平均住院日", "days", "天", TARGET_STATUS, 1 },
    [TARGET_OUTFLOW] = { "outflow", "pooled fund's payments", "统筹基金支出", "yuan a person", "元/人",
        TARGET_BENEFIT | TARGET_SCENARIO, 1 },
};

/* Where a file is being read. */
struct reader {
    const struct yaml *yaml;
    struct targets *targets;
    struct problem_list *problems;
    const struct yaml_node *source, *standing; /* of the nearest enclosing map; NULL */
};

#define wrong(r, node, ...) yaml_problem((r)->problems, (r)->yaml, (node), __VA_ARGS__)

static char *
text_of(const struct reader *r, const struct yaml_node *node, const char *key)
{
    if (node->kind == YAML_TEXT && node->n != 0)
        return memory_text(node->text);
    wrong(r, node, tr("'%s' is no text; a text is wanted", "%s 不是文本；应为文本"), key);
    return memory_text("");
}

/* A text, or zh and en; what is lacking in one language is said in the other. */
static void
read_both(const struct reader *r, const struct yaml_node *node, const char *key, char **en,
    char **zh)
{
    static const char *const known[] = { "zh", "en" };
    free(*en);
    free(*zh);
    *en = *zh = NULL;
    if (node->kind != YAML_MAP) {
        *en = text_of(r, node, key);
        *zh = memory_text(*en);
        return;
    }
    yaml_check_keys(r->yaml, node, known, 2, r->problems);
    const struct yaml_node *in_en = yaml_get(node, "en"), *in_zh = yaml_get(node, "zh");
    const struct yaml_node *either = in_en != NULL ? in_en : in_zh != NULL ? in_zh : node;
    *en = text_of(r, in_en != NULL ? in_en : either, key);
    *zh = text_of(r, in_zh != NULL ? in_zh : either, key);
}

static double
read_number(const struct reader *r, const struct yaml_node *node, const char *key, double low,
    double high)
{
    double value;
    if (yaml_number(node, &value) && value >= low && value <= high)
        return value;
    wrong(r, node, tr("'%s' is '%s'; a number from %g to %g is wanted", "%s 为“%s”；应为 %g 到 %g 之间的数"),
        key, node->kind == YAML_TEXT ? node->text : "…", low, high);
    return low;
}

static bool
read_pair(const struct reader *r, const struct yaml_node *node, const char *key, double *low,
    double *high)
{
    if (node->kind == YAML_LIST && node->n == 2 && yaml_number(&node->items[0], low)
        && yaml_number(&node->items[1], high) && *low < *high)
        return true;
    wrong(r, node, tr("'%s' is no range; [low, high] is wanted", "%s 有误；应为 [低, 高]"), key);
    return false;
}

/* One word or a list of them as bits. */
static unsigned
read_words(const struct reader *r, const struct yaml_node *node, const char *key,
    const struct word *words, int n)
{
    unsigned mask = 0;
    size_t count = node->kind == YAML_LIST ? node->n : 1;
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *item = node->kind == YAML_LIST ? &node->items[i] : node;
        int at = item->kind == YAML_TEXT ? word_find(words, n, item->text, item->n) : -1;
        if (at >= 0) {
            mask |= 1U << at;
            continue;
        }
        const char *known[16];
        for (int w = 0; w < n; w++)
            known[w] = words[w].key;
        const char *text = item->kind == YAML_TEXT ? item->text : "…";
        const char *near = problem_nearest(text, known, (size_t)n);
        wrong(r, item, tr("'%s' cannot be '%s'; '%s' is possible", "%s 不能是“%s”；可用“%s”"), key, text,
            near != NULL ? near : words[0].key);
    }
    if (count == 0)
        wrong(r, node, tr("'%s' is empty; one word or more are wanted", "%s 为空；应至少有一项"), key);
    return mask;
}

static enum target_measure
read_measure(const struct reader *r, const struct yaml_node *node)
{
    struct word words[TARGET_MEASURES];
    for (int i = 0; i < TARGET_MEASURES; i++)
        words[i] = (struct word){ target_measures[i].key, target_measures[i].en,
            target_measures[i].zh };
    const char *known[TARGET_MEASURES];
    for (int i = 0; i < TARGET_MEASURES; i++)
        known[i] = words[i].key;
    int at = node->kind == YAML_TEXT ? word_find(words, TARGET_MEASURES, node->text, node->n) : -1;
    if (at >= 0)
        return (enum target_measure)at;
    const char *text = node->kind == YAML_TEXT ? node->text : "…";
    const char *near = problem_nearest(text, known, TARGET_MEASURES);
    wrong(r, node, tr("the measure '%s' is unknown; '%s' is possible", "没有指标“%s”；可用“%s”"), text,
        near != NULL ? near : known[0]);
    return TARGET_VISITS;
}

static enum evidence
read_evidence(const struct reader *outer, const struct yaml_node *node, const char *id,
    char **source)
{
    const struct yaml_node *from = yaml_get(node, "source"), *how = yaml_get(node, "standing");
    from = from != NULL ? from : outer->source;
    how = how != NULL ? how : outer->standing;
    *source = memory_text("");
    if (from == NULL)
        wrong(outer, node, tr("%s has no source; 'source: …' is wanted", "%s 没有来源；应写 source: …"), id);
    else {
        free(*source);
        *source = text_of(outer, from, "source");
    }
    if (how == NULL) {
        wrong(outer, node,
            tr("%s has no standing; one of found, derived, recalled, assumed is wanted",
                "%s 没有写明可靠程度；应为 found、derived、recalled、assumed 之一"),
            id);
        return EVIDENCE_ASSUMED;
    }
    unsigned mask = read_words(outer, how, "standing", evidence_words, EVIDENCE_COUNT);
    return mask != 0 ? (enum evidence)__builtin_ctz(mask) : EVIDENCE_ASSUMED;
}

/* --- targets --- */

static const char *const target_keys[] = { "name", "measure", "benefit", "status", "provider",
    "share", "after", "scenario", "rules_on", "per", "year", "value", "range", "tolerance", "weight",
    "use", "source", "standing", "cause", "unit" };
static const struct {
    const char *key;
    unsigned filter;
} filter_keys[] = { { "benefit", TARGET_BENEFIT }, { "status", TARGET_STATUS },
    { "provider", TARGET_PROVIDER }, { "share", TARGET_SHARE }, { "after", TARGET_AFTER },
    { "scenario", TARGET_SCENARIO }, { "rules_on", TARGET_SCENARIO } };

static void
check_filters(const struct reader *r, const struct target *target, const struct yaml_node *node)
{
    const struct target_measure_info *info = &target_measures[target->measure];
    for (size_t i = 0; i < sizeof filter_keys / sizeof *filter_keys; i++) {
        const struct yaml_node *given = yaml_get(node, filter_keys[i].key);
        if (given != NULL && (info->filters & filter_keys[i].filter) == 0)
            wrong(r, given, tr("'%s' means nothing to the measure %s; it is to be left out",
                                "%s 对指标 %s 没有意义；应去掉"),
                filter_keys[i].key, info->key);
    }
    if (target->measure == TARGET_OUTFLOW && target->scenario == NULL)
        wrong(r, node, tr("%s has no scenario; 'scenario: …' says under whose rules the fund pays",
                           "%s 没有方案；应以 scenario: … 写明按谁的规则支付"),
            target->id);
    if (target->measure == TARGET_MEMBER_SHARE && yaml_get(node, "status") == NULL)
        wrong(r, node, tr("%s has no status; 'status: retiree', say, is wanted",
                           "%s 没有身份；应写如 status: retiree"),
            target->id);
}

static void
read_year(const struct reader *r, struct target *target, const struct yaml_node *node)
{
    int64_t year = 0;
    const struct yaml_node *given = yaml_get(node, "year");
    if (given == NULL)
        wrong(r, node, tr("%s has no year; 'year: 2022', say, is wanted", "%s 没有年份；应写如 year: 2022"),
            target->id);
    else if (!yaml_whole(given, &year) || year < 1990 || year > 2100)
        wrong(r, given, "%s", tr("'year' is no year; a year such as 2022 is wanted",
                                  "year 不是年份；应为如 2022 的年份"));
    target->year = (int)year;
}

static void
read_value(const struct reader *r, struct target *target, const struct yaml_node *node)
{
    const struct yaml_node *value = yaml_get(node, "value"), *range = yaml_get(node, "range");
    const struct yaml_node *tolerance = yaml_get(node, "tolerance");
    const struct yaml_node *weight = yaml_get(node, "weight");
    if (range != NULL)
        target->has_range = read_pair(r, range, "range", &target->low, &target->high);
    if (value != NULL)
        target->value = read_number(r, value, "value", 1e-6, 1e12);
    else if (target->has_range)
        target->value = (target->low + target->high) / 2;
    else
        wrong(r, node, tr("%s has no value; 'value: …' or 'range: [low, high]' is wanted",
                           "%s 没有数值；应写 value: … 或 range: [低, 高]"),
            target->id);
    if (target->has_range && (target->value < target->low || target->value > target->high))
        wrong(r, value, tr("%s is outside its own range; a value from %g to %g is wanted",
                            "%s 落在自己的范围之外；应在 %g 到 %g 之间"),
            target->id, target->low, target->high);
    target->tolerance = tolerance != NULL ? read_number(r, tolerance, "tolerance", 1e-4, 1) : 0.02;
    target->weight = weight != NULL ? read_number(r, weight, "weight", 0, 1e6) : 1;
}

static void
read_target(const struct reader *r, const struct yaml_node *key, const struct yaml_node *node)
{
    static const struct word uses[]
        = { { "held_out", "held out", "留出" }, { "fitted", "fitted", "拟合" } };
    struct targets *targets = r->targets;
    targets->items = memory_resize(targets->items, (size_t)targets->n + 1, sizeof *targets->items);
    struct target *target = &targets->items[targets->n++];
    *target = (struct target){ .id = memory_text(key->text), .benefits = (1U << BENEFIT_COUNT) - 1,
        .statuses = (1U << STATUS_COUNT) - 1, .providers = (1U << PROVIDER_COUNT) - 1,
        .share = 0.1, .after = 1, .rules_on = DAY_MIN, .line = key->line, .column = key->column };
    if (node->kind != YAML_MAP) {
        wrong(r, node, tr("%s is no mapping; measure, value, year, use are wanted",
                           "%s 不是映射；应写 measure、value、year、use"),
            target->id);
        return;
    }
    yaml_check_keys(r->yaml, node, target_keys, sizeof target_keys / sizeof *target_keys,
        r->problems);
    const struct yaml_node *at;
    at = yaml_get(node, "measure");
    target->measure = read_measure(r, at != NULL ? at : key);
    if ((at = yaml_get(node, "name")) != NULL)
        read_both(r, at, "name", &target->name_en, &target->name_zh);
    else {
        target->name_en = memory_text(target->id);
        target->name_zh = memory_text(target->id);
    }
    if ((at = yaml_get(node, "benefit")) != NULL)
        target->benefits = read_words(r, at, "benefit", benefit_words, BENEFIT_COUNT);
    if ((at = yaml_get(node, "status")) != NULL)
        target->statuses = read_words(r, at, "status", status_words, STATUS_COUNT);
    if ((at = yaml_get(node, "provider")) != NULL)
        target->providers = read_words(r, at, "provider", provider_words, PROVIDER_COUNT);
    if ((at = yaml_get(node, "share")) != NULL)
        target->share = read_number(r, at, "share", 0.001, 0.5);
    if ((at = yaml_get(node, "after")) != NULL)
        target->after = (int)read_number(r, at, "after", 1, 20);
    if ((at = yaml_get(node, "scenario")) != NULL)
        target->scenario = text_of(r, at, "scenario");
    if ((at = yaml_get(node, "rules_on")) != NULL && !yaml_date(at, &target->rules_on))
        wrong(r, at, "%s", tr("'rules_on' is no date; a day as 2023-07-01 is wanted",
                               "rules_on 不是日期；应如 2023-07-01"));
    if ((at = yaml_get(node, "cause")) != NULL)
        read_both(r, at, "cause", &target->cause_en, &target->cause_zh);
    if ((at = yaml_get(node, "per")) != NULL && (at->kind != YAML_TEXT || strcmp(at->text, "insured") != 0))
        wrong(r, at, "%s", tr("'per' can only be insured; totals are divided by the insured beforehand",
                               "per 只能是 insured；总额应先除以参保人数"));
    if ((at = yaml_get(node, "use")) == NULL)
        wrong(r, node, tr("%s does not say its use; 'use: fitted' or 'use: held_out' is wanted",
                           "%s 没有写明用途；应写 use: fitted 或 use: held_out"),
            target->id);
    else
        target->fitted = (read_words(r, at, "use", uses, 2) & 2) != 0;
    read_year(r, target, node);
    read_value(r, target, node);
    check_filters(r, target, node);
    target->standing = read_evidence(r, node, target->id, &target->source);
}

/* --- parameters to fit --- */

static const struct model_descriptor *
find_descriptor(const char *path)
{
    for (int i = 0; i < model_n_descriptors; i++) {
        const struct model_descriptor *descriptor = &model_descriptors[i];
        if (descriptor->benefits == 0 && strcmp(descriptor->key, path) == 0)
            return descriptor;
        for (int b = 0; b < BENEFIT_COUNT; b++) {
            size_t n = strlen(benefit_words[b].key);
            if ((descriptor->benefits >> b & 1U) != 0 && strncmp(path, benefit_words[b].key, n) == 0
                && path[n] == '.' && strcmp(path + n + 1, descriptor->key) == 0)
                return descriptor;
        }
    }
    return NULL;
}

/* Marks a cell's word along the dimension that has it. */
static bool
mark_cell(struct target_fit *fit, const struct model_descriptor *descriptor, const char *text,
    size_t length)
{
    for (int d = 0; d < MODEL_DIMENSIONS; d++) {
        int n;
        const struct word *words = model_words((enum model_dimension)d, &n);
        int at = words != NULL && (descriptor->dimensions & 1U << d) != 0
            ? word_find(words, n, text, length)
            : -1;
        if (at >= 0) {
            fit->cells[d] |= 1U << at;
            return true;
        }
    }
    return false;
}

static void
label_fit(struct target_fit *fit)
{
    fit->label = memory_text(fit->parameter);
    bool any = false;
    for (int d = 0; d < MODEL_DIMENSIONS; d++) {
        int n;
        const struct word *words = model_words((enum model_dimension)d, &n);
        for (int i = 0; words != NULL && i < n; i++) {
            if ((fit->cells[d] >> i & 1U) == 0)
                continue;
            char *longer = memory_format("%s%s%s", fit->label, any ? "," : ":", words[i].key);
            free(fit->label);
            fit->label = longer;
            any = true;
        }
    }
}

/* What is wrong with the parameter as one to fit, owned by the caller; NULL where
 * nothing is. */
static char *
refusal(const struct model_descriptor *descriptor, const char *path)
{
    if (descriptor == NULL)
        return memory_format(
            tr("'%s' is no parameter of a model; a path such as outpatient.frequency.mean is wanted",
                "“%s”不是模型参数；应为如 outpatient.frequency.mean 的路径"),
            path);
    if (descriptor->kind == MODEL_CHOICE || descriptor->kind == MODEL_WHOLE)
        return memory_format(
            tr("%s is no real number; only those can be fitted", "%s 不是实数；只有实数可以拟合"), path);
    if ((descriptor->flags & (MODEL_SUMS_TO_ONE | MODEL_WEIGHTS)) != 0)
        return memory_format(
            tr("%s divides a whole; shares that sum to one cannot be fitted one by one",
                "%s 是构成比；不能单独拟合其中一项"),
            path);
    return NULL;
}

bool
target_fit_parse(const char *text, struct target_fit *out, struct problem_list *problems)
{
    size_t n = strcspn(text, ":");
    out->parameter = memory_text_n(text, n);
    const struct model_descriptor *descriptor = find_descriptor(out->parameter);
    char *refused = refusal(descriptor, out->parameter);
    if (refused != NULL) {
        problem_add(problems, NULL, 0, 0, "--fit: %s", refused);
        free(refused);
        return false;
    }
    for (const char *at = text + n; *at != '\0';) {
        at++;
        size_t length = strcspn(at, ",");
        if (!mark_cell(out, descriptor, at, length)) {
            problem_add(problems, NULL, 0, 0,
                tr("--fit: %s has no '%.*s'; words such as employee or level2 are wanted",
                    "--fit：%s 没有“%.*s”；应为如 employee、level2 的词"),
                out->parameter, (int)length, at);
            return false;
        }
        at += length;
    }
    label_fit(out);
    return true;
}

void
target_fit_free(struct target_fit *self)
{
    free(self->parameter);
    free(self->label);
    *self = (struct target_fit){ 0 };
}

static void
read_fit(const struct reader *r, const struct yaml_node *node)
{
    static const char *const known[] = { "parameter", "cells", "bounds", "times", "note" };
    struct targets *targets = r->targets;
    targets->fits
        = memory_resize(targets->fits, (size_t)targets->n_fits + 1, sizeof *targets->fits);
    struct target_fit *fit = &targets->fits[targets->n_fits++];
    *fit = (struct target_fit){ .line = node->line, .column = node->column };
    const struct yaml_node *path = node;
    if (node->kind == YAML_MAP) {
        yaml_check_keys(r->yaml, node, known, sizeof known / sizeof *known, r->problems);
        path = yaml_get(node, "parameter");
    }
    if (path == NULL || path->kind != YAML_TEXT) {
        fit->parameter = memory_text("");
        wrong(r, node, "%s", tr("no parameter named; 'parameter: outpatient.frequency.mean', say, is wanted",
                                 "未写参数；应写如 parameter: outpatient.frequency.mean"));
        return;
    }
    fit->parameter = memory_text(path->text);
    const struct model_descriptor *descriptor = find_descriptor(fit->parameter);
    char *refused = refusal(descriptor, fit->parameter);
    if (refused != NULL) {
        wrong(r, path, "%s", refused);
        free(refused);
        return;
    }
    const struct yaml_node *cells = yaml_get(node, "cells");
    size_t n = cells == NULL ? 0 : cells->kind == YAML_LIST ? cells->n : 1;
    for (size_t i = 0; i < n; i++) {
        const struct yaml_node *cell = cells->kind == YAML_LIST ? &cells->items[i] : cells;
        if (cell->kind != YAML_TEXT || !mark_cell(fit, descriptor, cell->text, cell->n))
            wrong(r, cell, tr("%s has no '%s'; words such as employee or level2 are wanted",
                               "%s 没有“%s”；应为如 employee、level2 的词"),
                fit->parameter, cell->kind == YAML_TEXT ? cell->text : "…");
    }
    const struct yaml_node *bounds = yaml_get(node, "bounds"), *times = yaml_get(node, "times");
    if (bounds != NULL && times != NULL)
        wrong(r, times, "%s", tr("bounds and times are both given; one of them is wanted",
                                  "bounds 和 times 只应写其一"));
    if (bounds != NULL)
        fit->has_bounds = read_pair(r, bounds, "bounds", &fit->low, &fit->high);
    if (times != NULL) {
        fit->has_times = read_pair(r, times, "times", &fit->low, &fit->high);
        if (fit->has_times && !(fit->low > 0 && fit->low <= 1 && fit->high >= 1))
            wrong(r, times, "%s", tr("'times' leaves out 1 or reaches 0; positive factors around 1 are wanted",
                                      "times 应为正数并包含 1"));
    }
    label_fit(fit);
}

/* --- growth --- */

static void
read_growth(const struct reader *r, const struct yaml_node *key, const struct yaml_node *node)
{
    static const char *const known[]
        = { "name", "measure", "benefit", "yearly", "source", "standing", "note" };
    struct targets *targets = r->targets;
    targets->growths
        = memory_resize(targets->growths, (size_t)targets->n_growths + 1, sizeof *targets->growths);
    struct target_growth *growth = &targets->growths[targets->n_growths++];
    *growth = (struct target_growth){ .id = memory_text(key->text),
        .benefits = (1U << BENEFIT_COUNT) - 1 };
    if (node->kind != YAML_MAP) {
        wrong(r, node, tr("%s is no mapping; measure and yearly are wanted",
                           "%s 不是映射；应写 measure 和 yearly"),
            growth->id);
        return;
    }
    yaml_check_keys(r->yaml, node, known, sizeof known / sizeof *known, r->problems);
    const struct yaml_node *at = yaml_get(node, "measure");
    growth->measure = read_measure(r, at != NULL ? at : key);
    if ((at = yaml_get(node, "name")) != NULL)
        read_both(r, at, "name", &growth->name_en, &growth->name_zh);
    else {
        growth->name_en = memory_text(growth->id);
        growth->name_zh = memory_text(growth->id);
    }
    if ((at = yaml_get(node, "benefit")) != NULL)
        growth->benefits = read_words(r, at, "benefit", benefit_words, BENEFIT_COUNT);
    if ((at = yaml_get(node, "yearly")) != NULL)
        growth->yearly = read_number(r, at, "yearly", -0.5, 1);
    else
        wrong(r, node, tr("%s has no yearly growth; 'yearly: 0.02', say, is wanted",
                           "%s 没有年增长率；应写如 yearly: 0.02"),
            growth->id);
    growth->standing = read_evidence(r, node, growth->id, &growth->source);
}

double
target_growth_factor(const struct targets *self, const struct target *target, int model_year)
{
    double factor = 1;
    for (int i = 0; i < self->n_growths; i++) {
        const struct target_growth *growth = &self->growths[i];
        bool of_product = target->measure == TARGET_COST
            && (growth->measure == TARGET_VISITS || growth->measure == TARGET_COST_PER_VISIT);
        if ((growth->measure == target->measure || of_product)
            && (target->benefits & ~growth->benefits) == 0)
            factor *= pow(1 + growth->yearly, target->year - model_year);
    }
    return factor;
}

bool
target_met(const struct target *self, double simulated)
{
    return self->has_range ? simulated >= self->low && simulated <= self->high
                           : fabs(simulated / self->value - 1) <= self->tolerance;
}

/* --- the file --- */

static void
read_list(struct reader r, const struct yaml_node *node, const char *key,
    void (*read)(const struct reader *, const struct yaml_node *, const struct yaml_node *))
{
    if (node->kind != YAML_MAP) {
        wrong(&r, node, tr("'%s' is no mapping; entries by name are wanted", "%s 不是映射；应按名称逐项列出"),
            key);
        return;
    }
    for (size_t i = 0; i < node->n; i++)
        read(&r, yaml_key(node, i), yaml_value(node, i));
}

static void
read_root(struct reader *r)
{
    static const char *const known[]
        = { "kind", "name", "model", "source", "standing", "fit", "growth", "targets", "note" };
    const struct yaml_node *root = &r->yaml->root, *at;
    if (!kind_check(r->yaml, FILE_TARGETS, r->problems))
        return;
    yaml_check_keys(r->yaml, root, known, sizeof known / sizeof *known, r->problems);
    r->source = yaml_get(root, "source");
    r->standing = yaml_get(root, "standing");
    if ((at = yaml_get(root, "name")) != NULL)
        read_both(r, at, "name", &r->targets->name_en, &r->targets->name_zh);
    if ((at = yaml_get(root, "model")) != NULL)
        r->targets->model = text_of(r, at, "model");
    at = yaml_get(root, "fit");
    if (at != NULL && at->kind != YAML_LIST)
        wrong(r, at, "%s", tr("'fit' is no list; parameters, each with a dash, are wanted",
                               "fit 不是列表；应逐条列出参数"));
    for (size_t i = 0; at != NULL && at->kind == YAML_LIST && i < at->n; i++)
        read_fit(r, &at->items[i]);
    if ((at = yaml_get(root, "growth")) != NULL)
        read_list(*r, at, "growth", read_growth);
    if ((at = yaml_get(root, "targets")) != NULL)
        read_list(*r, at, "targets", read_target);
    else
        wrong(r, root, "%s", tr("'targets' is missing; published figures by name are wanted",
                                 "缺 targets；应按名称列出公开数据"));
}

struct targets *
targets_read(const char *file_or_id, struct problem_list *problems)
{
    size_t before = problems->n + problems->left_out;
    char *path = shelf_find(&shelf_targets, file_or_id, problems);
    struct file_text text = { 0 };
    if (path == NULL)
        return NULL;
    struct targets *self = memory_alloc(1, sizeof *self);
    self->file = path;
    self->id = shelf_id(file_or_id);
    if (file_read(path, &text, problems)) {
        struct yaml *yaml = yaml_read(path, text.text, text.n, problems);
        struct reader r = { .yaml = yaml, .targets = self, .problems = problems };
        if (yaml != NULL)
            read_root(&r);
        yaml_tree_free(yaml);
    }
    free(text.text);
    if (self->name_en == NULL) {
        self->name_en = memory_text(self->id);
        self->name_zh = memory_text(self->id);
    }
    if (problems->n + problems->left_out == before)
        return self;
    targets_free(self);
    return NULL;
}

void
targets_free(struct targets *self)
{
    if (self == NULL)
        return;
    for (int i = 0; i < self->n; i++) {
        struct target *target = &self->items[i];
        free(target->id);
        free(target->name_en);
        free(target->name_zh);
        free(target->scenario);
        free(target->source);
        free(target->cause_en);
        free(target->cause_zh);
    }
    for (int i = 0; i < self->n_fits; i++)
        target_fit_free(&self->fits[i]);
    for (int i = 0; i < self->n_growths; i++) {
        struct target_growth *growth = &self->growths[i];
        free(growth->id);
        free(growth->name_en);
        free(growth->name_zh);
        free(growth->source);
    }
    free(self->items);
    free(self->fits);
    free(self->growths);
    free(self->id);
    free(self->file);
    free(self->name_en);
    free(self->name_zh);
    free(self->model);
    free(self);
}
