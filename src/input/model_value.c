/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/model_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

/* --- the table of values --- */

/* Along which a value holds up to the next key. */
static bool
is_banded(int dimension)
{
    return dimension == MODEL_BY_AGE || dimension == MODEL_BY_YEAR;
}

static void
set_size(struct model_value *value, int n_bands)
{
    value->n_cells = 1;
    for (int d = 0; d < MODEL_DIMENSIONS; d++) {
        int n;
        model_words((enum model_dimension)d, &n);
        n = d == MODEL_BY_MONTH ? MODEL_MONTHS : is_banded(d) ? n_bands : n;
        value->size[d] = (value->descriptor->dimensions & 1U << d) != 0 ? n : 1;
        value->n_cells *= value->size[d];
    }
}

static void
set_fallback(struct model_value *value)
{
    set_size(value, 1);
    value->cells = memory_alloc((size_t)value->n_cells, sizeof *value->cells);
    for (int i = 0; i < value->n_cells; i++)
        value->cells[i] = value->descriptor->fallback;
}

void
model_values_init(struct model *model)
{
    int n = 0;
    for (int i = 0; i < model_n_descriptors; i++)
        n += model_descriptors[i].benefits != 0 ? __builtin_popcount(model_descriptors[i].benefits) : 1;
    model->values = memory_alloc((size_t)n, sizeof *model->values);
    for (int i = 0; i < model_n_descriptors; i++) {
        const struct model_descriptor *descriptor = &model_descriptors[i];
        for (int benefit = -1; benefit < BENEFIT_COUNT; benefit++) {
            bool here = benefit < 0 ? descriptor->benefits == 0
                                    : (descriptor->benefits >> benefit & 1U) != 0;
            if (!here)
                continue;
            struct model_value *value = &model->values[model->n_values++];
            value->descriptor = descriptor;
            value->benefit = benefit;
            value->path = benefit < 0
                ? memory_text(descriptor->key)
                : memory_format("%s.%s", benefit_words[benefit].key, descriptor->key);
            set_fallback(value);
        }
    }
}

static void
clear(struct model_value *value)
{
    free(value->cells);
    free(value->prior);
    free(value->ages);
    free(value->source);
    value->cells = NULL;
    value->prior = NULL;
    value->ages = NULL;
    value->source = NULL;
}

void
model_values_free(struct model *model)
{
    for (int i = 0; i < model->n_values; i++) {
        clear(&model->values[i]);
        free(model->values[i].path);
    }
    free(model->values);
}

const struct model_value *
model_find(const struct model *self, int benefit, const char *key)
{
    for (int i = 0; i < self->n_values; i++)
        if (self->values[i].benefit == benefit && strcmp(self->values[i].descriptor->key, key) == 0)
            return &self->values[i];
    return NULL;
}

int
model_age_band(const struct model_value *self, int age)
{
    int band = self->size[MODEL_BY_AGE] - 1;
    while (band > 0 && age < self->ages[band])
        band--;
    return band;
}

double
model_by_year(const struct model *self, int benefit, const char *key, int year)
{
    const struct model_value *value = model_find(self, benefit, key);
    int band = value->size[MODEL_BY_YEAR] - 1;
    while (band > 0 && year - MODEL_FIRST_YEAR < value->ages[band])
        band--;
    return value->cells[band];
}

double
model_cell(const struct model_value *self, const int at[static MODEL_DIMENSIONS])
{
    int cell = 0;
    for (int d = 0; d < MODEL_DIMENSIONS; d++) {
        int i = self->size[d] == 1 ? 0 : d == MODEL_BY_AGE ? model_age_band(self, at[d]) : at[d];
        cell = cell * self->size[d] + i;
    }
    return self->cells[cell];
}

double
model_number(const struct model *self, int benefit, const char *key)
{
    return model_find(self, benefit, key)->cells[0];
}

double
model_by_status(const struct model *self, int benefit, const char *key, enum status status)
{
    const int at[MODEL_DIMENSIONS] = { [MODEL_BY_STATUS] = (int)status };
    return model_cell(model_find(self, benefit, key), at);
}

bool
model_describes_behaviour(const struct model *self)
{
    return model_find(self, -1, "behaviour.elasticity")->given;
}

/* --- evidence --- */

void
model_context_enter(struct model_context *self, const struct yaml_node *map)
{
    const struct yaml_node *source = yaml_get(map, "source"), *standing = yaml_get(map, "standing");
    if (source != NULL)
        self->source = source;
    if (standing != NULL)
        self->standing = standing;
}

void
model_evidence(struct model_context *self, const struct yaml_node *node, const char *path,
    enum evidence *standing, char **source)
{
    free(*source);
    *source = memory_text("");
    if (self->source == NULL)
        yaml_problem(self->problems, self->yaml, node,
            tr("%s has no source; 'source: …' here or in the section around it is wanted",
                "%s 没有来源；应在此处或所在的节里写 source: …"),
            path);
    else if (self->source->kind != YAML_TEXT || self->source->n == 0)
        yaml_problem(self->problems, self->yaml, self->source, "%s",
            tr("the source is no text; where the value comes from is wanted",
                "source 不是文本；应写明数值的来源"));
    else {
        free(*source);
        *source = memory_text(self->source->text);
    }
    if (self->standing == NULL) {
        yaml_problem(self->problems, self->yaml, node,
            tr("%s has no standing; one of found, derived, recalled, assumed is wanted",
                "%s 没有写明可靠程度；应为 standing: found、derived、recalled、assumed 之一"),
            path);
        return;
    }
    int known = self->standing->kind != YAML_TEXT
        ? -1
        : word_find(evidence_words, EVIDENCE_COUNT, self->standing->text, self->standing->n);
    if (known < 0)
        yaml_problem(self->problems, self->yaml, self->standing,
            tr("the standing '%s' is unknown; one of found, derived, recalled, assumed is wanted",
                "可靠程度 '%s' 有误；应为 found、derived、recalled、assumed 之一"),
            self->standing->kind == YAML_TEXT ? self->standing->text : "");
    else
        *standing = (enum evidence)known;
}

/* --- cells --- */

static const char *const month_words[MODEL_MONTHS]
    = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12" };

/* First ages or years that a file may name: 0 to 120, or MODEL_FIRST_YEAR and later. */
enum { BANDS = MODEL_LAST_YEAR - MODEL_FIRST_YEAR + 1 };

/* The position of a key along a dimension, or -1; ages give the age, years the year
 * less MODEL_FIRST_YEAR. */
static int
key_index(int dimension, const struct yaml_node *key)
{
    int64_t whole;
    int n;
    const struct word *words = model_words((enum model_dimension)dimension, &n);
    if (words != NULL)
        return word_find(words, n, key->text, key->n);
    if (!yaml_whole(key, &whole))
        return -1;
    if (dimension == MODEL_BY_MONTH)
        return whole >= 1 && whole <= MODEL_MONTHS ? (int)whole - 1 : -1;
    if (dimension == MODEL_BY_YEAR)
        return whole >= MODEL_FIRST_YEAR && whole <= MODEL_LAST_YEAR
            ? (int)whole - MODEL_FIRST_YEAR
            : -1;
    return whole >= 0 && whole <= 120 ? (int)whole : -1;
}

/* The dimension that a map stands for, at or after `from`; -1 where none fits. */
static int
map_dimension(const struct model_descriptor *descriptor, const struct yaml_node *map, int from)
{
    for (int d = from; d < MODEL_DIMENSIONS; d++) {
        if ((descriptor->dimensions & 1U << d) == 0)
            continue;
        for (size_t i = 0; i < map->n; i++)
            if (key_index(d, yaml_key(map, i)) >= 0)
                return d;
    }
    return -1;
}

static void
report_keys(struct model_context *self, const struct model_value *value,
    const struct yaml_node *map, int from)
{
    const char *known[STATUS_COUNT + SECTOR_COUNT + MODEL_CHRONIC + MODEL_SPECIAL + PROVIDER_COUNT
        + CHANNEL_COUNT + MODEL_MONTHS];
    size_t n_known = 0;
    for (int d = from; d < MODEL_DIMENSIONS; d++) {
        int n;
        const struct word *words = model_words((enum model_dimension)d, &n);
        if ((value->descriptor->dimensions & 1U << d) == 0)
            continue;
        for (int i = 0; i < n; i++)
            known[n_known++] = words[i].key;
        for (int i = 0; d == MODEL_BY_MONTH && i < MODEL_MONTHS; i++)
            known[n_known++] = month_words[i];
    }
    if (n_known != 0 && map->n != 0)
        yaml_check_keys(self->yaml, map, known, n_known, self->problems);
    else
        yaml_problem(self->problems, self->yaml, map,
            tr("%s is a mapping of other things; a single value%s is wanted",
                "%s 在此处不应再细分；应为一个数%s"),
            value->path,
            (value->descriptor->dimensions & 1U << MODEL_BY_AGE) != 0
                ? tr(" or values by age, as 0: …, 60: …", "，或按年龄写 0: …, 60: …")
                : (value->descriptor->dimensions & 1U << MODEL_BY_YEAR) != 0
                ? tr(" or values by year, as 2023: …, 2026: …", "，或按年份写 2023: …, 2026: …")
                : "");
}

static void
collect_ages(const struct model_descriptor *descriptor, const struct yaml_node *node, int from,
    bool seen[static BANDS])
{
    int d = node->kind == YAML_MAP ? map_dimension(descriptor, node, from) : -1;
    for (size_t i = 0; d >= 0 && i < node->n; i++) {
        int age = key_index(d, yaml_key(node, i));
        if (is_banded(d) && age >= 0)
            seen[age] = true;
        collect_ages(descriptor, yaml_value(node, i), d + 1, seen);
    }
}

struct cells {
    struct model_context *context;
    struct model_value *value;
    void (*leaf)(struct cells *self, const struct yaml_node *node, int cell);
    double low, high; /* for messages */
};

/* Cells first … first + span - 1 share the indices of the dimensions before
 * `from`; the last dimension runs fastest. */
static void
fill(struct cells *self, const struct yaml_node *node, int from, int first, int span)
{
    struct model_value *value = self->value;
    if (node->kind != YAML_MAP) {
        for (int i = 0; i < span; i++)
            self->leaf(self, node, i == 0 ? first : -(first + i) - 1);
        return;
    }
    int d = map_dimension(value->descriptor, node, from);
    if (d < 0) {
        report_keys(self->context, value, node, from);
        return;
    }
    /* A dimension passed over: the same for all of its keys. */
    int inner = span, outer = 1;
    for (int i = from; i < d; i++) {
        outer *= value->size[i];
        inner /= value->size[i];
    }
    int size = value->size[d], step = inner / size, given = 0;
    const bool may_lack = (value->descriptor->flags
                        & (MODEL_SUMS_TO_ONE | MODEL_WEIGHTS | MODEL_MAY_LACK))
        != 0;
    bool *filled = memory_alloc((size_t)size, sizeof *filled);
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *key = yaml_key(node, i);
        int at = key_index(d, key);
        if (at < 0) {
            report_keys(self->context, value, node, d);
            continue;
        }
        int until = at + 1;
        if (is_banded(d)) { /* up to the next age or year given in this map */
            int next = 1000;
            bool earliest = d == MODEL_BY_YEAR && !may_lack; /* holds for years before, too */
            for (size_t j = 0; j < node->n; j++) {
                int other = key_index(d, yaml_key(node, j));
                if (other > at && other < next)
                    next = other;
                earliest = earliest && (other < 0 || other >= at);
            }
            int band = 0;
            while (!earliest && value->ages[band] != at)
                band++;
            at = band;
            while (band < size && value->ages[band] < next)
                band++;
            until = band;
        }
        for (; at < until; at++, given++) {
            filled[at] = true;
            for (int o = 0; o < outer; o++)
                fill(self, yaml_value(node, i), d + 1, first + o * inner + at * step, step);
        }
    }
    for (int i = 0; !may_lack && i < size; i++) {
        if (filled[i])
            continue;
        int n;
        const struct word *words = model_words((enum model_dimension)d, &n);
        char number[16];
        snprintf(number, sizeof number, "%d",
            d == MODEL_BY_AGE        ? value->ages[i]
                : d == MODEL_BY_YEAR ? MODEL_FIRST_YEAR + value->ages[i]
                                     : i + (d == MODEL_BY_MONTH));
        yaml_problem(self->context->problems, self->context->yaml, node,
            tr("%s lacks '%s'; a value for each is wanted", "%s 缺 '%s'；每项都应有值"), value->path,
            words != NULL ? words[i].key : number);
    }
    free(filled);
}

static void
read_choice(struct cells *self, const struct yaml_node *node, int cell)
{
    const struct model_descriptor *descriptor = self->value->descriptor;
    int choice = node->kind != YAML_TEXT
        ? -1
        : word_find(descriptor->choices, descriptor->n_choices, node->text, node->n);
    if (choice >= 0) {
        self->value->cells[cell] = choice;
        return;
    }
    const char *known[8];
    for (int i = 0; i < descriptor->n_choices; i++)
        known[i] = descriptor->choices[i].key;
    const char *text = node->kind == YAML_TEXT ? node->text : "";
    const char *near = problem_nearest(text, known, (size_t)descriptor->n_choices);
    char list[200] = "";
    for (int i = 0; i < descriptor->n_choices; i++) {
        size_t used = strlen(list);
        if (near == NULL || near == known[i])
            snprintf(list + used, sizeof list - used, "%s'%s'", used != 0 ? tr(" or ", "、") : "", known[i]);
    }
    yaml_problem(self->context->problems, self->context->yaml, node,
        tr("%s cannot be '%s'; %s is possible", "%s 不能是 '%s'；可用 %s"), self->value->path, text, list);
}

static bool
read_number(struct cells *self, const struct yaml_node *node, double *out, bool report)
{
    const struct model_descriptor *descriptor = self->value->descriptor;
    int64_t whole;
    bool number = descriptor->kind == MODEL_WHOLE ? yaml_whole(node, &whole) : yaml_number(node, out);
    if (number && descriptor->kind == MODEL_WHOLE)
        *out = (double)whole;
    if (number && *out >= descriptor->minimum && *out <= descriptor->maximum)
        return true;
    *out = descriptor->minimum;
    if (!report)
        return false;
    const char *unit = tr(descriptor->unit_en, descriptor->unit_zh);
    yaml_problem(self->context->problems, self->context->yaml, node,
        number ? tr("%s is %s; from %.10g to %.10g%s%s is possible", "%s 为 %s；应在 %.10g 到 %.10g 之间%s%s")
               : tr("%s is '%s'; a number from %.10g to %.10g%s%s is wanted",
                     "%s 为 '%s'；应为 %.10g 到 %.10g 之间的数%s%s"),
        self->value->path, node->kind == YAML_TEXT ? node->text : "…", descriptor->minimum,
        descriptor->maximum, *unit != '\0' ? tr(", ", "，") : "", unit);
    return false;
}

/* A negative cell repeats a leaf that was already judged. */
static void
read_leaf(struct cells *self, const struct yaml_node *node, int cell)
{
    bool first = cell >= 0;
    int at = first ? cell : -cell - 1;
    if (self->value->descriptor->kind == MODEL_CHOICE)
        read_choice(self, node, at);
    else
        read_number(self, node, &self->value->cells[at], first);
}

static void
read_prior(struct cells *self, const struct yaml_node *node, int cell)
{
    bool first = cell >= 0;
    int at = first ? cell : -cell - 1;
    double *prior = self->value->prior[at];
    if (node->kind != YAML_LIST || node->n != 3) {
        if (first)
            yaml_problem(self->context->problems, self->context->yaml, node,
                tr("the prior of %s is no range; [low, central, high] is wanted",
                    "%s 的 prior 有误；应为 [低, 中, 高]"),
                self->value->path);
        return;
    }
    bool ok = true;
    for (size_t i = 0; i < 3; i++)
        ok = read_number(self, &node->items[i], &prior[i], first) && ok;
    double value = self->value->cells[at];
    if (ok && first && (prior[0] > prior[1] || prior[1] > prior[2]))
        yaml_problem(self->context->problems, self->context->yaml, node,
            tr("the prior of %s does not ascend; [low, central, high] is wanted",
                "%s 的 prior 不是由低到高；应为 [低, 中, 高]"),
            self->value->path);
    else if (ok && (value < prior[0] || value > prior[2]))
        yaml_problem(self->context->problems, self->context->yaml, node,
            tr("%s is %.10g, outside its own prior; a value from %.10g to %.10g, or a wider prior, is wanted",
                "%s 为 %.10g，落在自己的 prior 之外；应取 %.10g 到 %.10g，或放宽 prior"),
            self->value->path, value, prior[0], prior[2]);
}

static void
check_sums(struct model_context *self, struct model_value *value, const struct yaml_node *node)
{
    int last = MODEL_DIMENSIONS - 1;
    while (last > 0 && (value->descriptor->dimensions & 1U << last) == 0)
        last--;
    int n = value->size[last];
    for (int i = 0; i < value->n_cells; i += n) {
        double sum = 0;
        for (int j = 0; j < n; j++)
            sum += value->cells[i + j];
        bool one = (value->descriptor->flags & MODEL_SUMS_TO_ONE) != 0;
        if (one && fabs(sum - 1) > 1e-6) {
            yaml_problem(self->problems, self->yaml, node,
                tr("%s sums to %.10g; shares sum to 1", "%s 之和为 %.10g；各项之和应为 1"), value->path, sum);
            return;
        }
        for (int j = 0; one && j < n; j++) /* 0.37 + 0.30 + 0.33 to the last digit */
            value->cells[i + j] /= sum;
        if (!one && (value->descriptor->flags & MODEL_WEIGHTS) != 0 && sum <= 0) {
            yaml_problem(self->problems, self->yaml, node,
                tr("all weights of %s are 0; at least one above 0 is wanted",
                    "%s 的权重全为 0；至少应有一个大于 0"),
                value->path);
            return;
        }
    }
}

static void
read_value(struct model_context context, struct model_value *value, const struct yaml_node *node)
{
    static const char *const known[] = { "value", "source", "standing", "prior", "note" };
    const struct yaml_node *cells = node, *prior = NULL;
    size_t before = context.problems->n + context.problems->left_out;
    if (yaml_get(node, "value") != NULL || yaml_get(node, "prior") != NULL
        || yaml_get(node, "source") != NULL || yaml_get(node, "standing") != NULL) {
        yaml_check_keys(context.yaml, node, known, sizeof known / sizeof *known, context.problems);
        cells = yaml_get(node, "value");
        prior = yaml_get(node, "prior");
        model_context_enter(&context, node);
    }
    if (cells == NULL) {
        yaml_problem(context.problems, context.yaml, node,
            tr("%s has no value; 'value: …' is wanted", "%s 没有数值；应写 value: …"), value->path);
        return;
    }
    clear(value);
    bool seen[BANDS] = { false };
    collect_ages(value->descriptor, cells, 0, seen);
    int n_ages = 0;
    for (int age = 0; age < BANDS; age++)
        n_ages += seen[age];
    /* Before the first age given, weights are 0 and other values are lacking. */
    bool ages_from_0 = n_ages == 0 || seen[0];
    n_ages += !ages_from_0;
    value->ages = memory_alloc((size_t)n_ages + 1, sizeof *value->ages);
    for (int age = 0, i = ages_from_0 ? 0 : 1; age < BANDS; age++)
        if (seen[age])
            value->ages[i++] = age;
    set_size(value, n_ages != 0 ? n_ages : 1);
    value->cells = memory_alloc((size_t)value->n_cells, sizeof *value->cells);
    value->given = true;
    value->file = context.file;
    value->line = node->line;
    value->column = node->column;
    struct cells walk = { &context, value, read_leaf, 0, 0 };
    fill(&walk, cells, 0, 0, value->n_cells);
    if (context.problems->n + context.problems->left_out == before)
        check_sums(&context, value, cells);
    model_evidence(&context, node, value->path, &value->standing, &value->source);
    if (prior == NULL || context.problems->n + context.problems->left_out != before)
        return;
    value->prior = memory_alloc((size_t)value->n_cells, sizeof *value->prior);
    walk.leaf = read_prior;
    fill(&walk, prior, 0, 0, value->n_cells);
}

/* --- sections --- */

static struct model_value *
find_path(struct model *model, const char *path)
{
    for (int i = 0; i < model->n_values; i++)
        if (strcmp(model->values[i].path, path) == 0)
            return &model->values[i];
    return NULL;
}

static bool
is_section(const struct model *model, const char *path)
{
    size_t n = strlen(path);
    for (int i = 0; i < model->n_values; i++)
        if (strncmp(model->values[i].path, path, n) == 0 && model->values[i].path[n] == '.')
            return true;
    return false;
}

/* An unknown key: the words possible here are the next parts of all paths. */
static void
report_unknown(struct model_context *self, const struct yaml_node *key, const char *prefix,
    const char *const *plain, size_t n_plain)
{
    const struct model *model = self->model;
    struct names next = { 0 };
    size_t n = strlen(prefix);
    for (size_t i = 0; i < n_plain; i++)
        names_add(&next, plain[i], strlen(plain[i]));
    for (int i = 0; i < model->n_values; i++) {
        const char *path = model->values[i].path;
        if (strncmp(path, prefix, n) == 0)
            names_add(&next, path + n, strcspn(path + n, "."));
    }
    struct yaml_node pair[2] = { *key, *key };
    struct yaml_node map = { .kind = YAML_MAP, .n = 1, .items = pair };
    yaml_check_keys(self->yaml, &map, (const char *const *)next.text, next.n, self->problems);
    names_free(&next);
}

void
model_section(struct model_context *self, const struct yaml_node *map, const char *prefix,
    const char *const *plain, size_t n_plain)
{
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = yaml_key(map, i), *node = yaml_value(map, i);
        size_t p = 0;
        while (p < n_plain && strcmp(plain[p], key->text) != 0)
            p++;
        if (p < n_plain)
            continue;
        char *path = memory_format("%s%s", prefix, key->text);
        struct model_value *value = find_path(self->model, path);
        static const char *const evidence[] = { "source", "standing", "note" };
        if (value != NULL)
            read_value(*self, value, node);
        else if (!is_section(self->model, path))
            report_unknown(self, key, prefix, plain, n_plain);
        else if (node->kind != YAML_MAP)
            yaml_problem(self->problems, self->yaml, node,
                tr("'%s' is no section; parameters inside it are wanted", "'%s' 应是一节；应在其中写参数"),
                path);
        else {
            struct model_context inner = *self;
            model_context_enter(&inner, node);
            char *deeper = memory_format("%s.", path);
            model_section(&inner, node, deeper, evidence, sizeof evidence / sizeof *evidence);
            free(deeper);
        }
        free(path);
    }
}
