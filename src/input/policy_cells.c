/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/policy_cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

enum { AGE_END = 200, LEAVES_MAX = 4096 };

static const struct word *const dimension_words[DIMENSION_COUNT]
    = { [DIMENSION_STATUS] = status_words,
          [DIMENSION_SECTOR] = sector_words,
          [DIMENSION_PLACE] = place_words,
          [DIMENSION_PROVIDER] = provider_words,
          [DIMENSION_CHANNEL] = channel_words };
static const char *const dimension_names[DIMENSION_COUNT] = { "status", "sector", "place",
    "provider class", "channel", "age" };
static const char *const dimension_names_zh[DIMENSION_COUNT]
    = { "参保状态", "单位类别", "就医地", "机构级别", "渠道", "年龄" };

/* Groups of provider classes that documents name. */
static const struct {
    const char *key;
    unsigned mask;
} provider_groups[] = {
    { "level1_and_below",
        1u << PROVIDER_VILLAGE | 1u << PROVIDER_COMMUNITY | 1u << PROVIDER_LEVEL1 },
    { "level2_and_above",
        1u << PROVIDER_LEVEL2 | 1u << PROVIDER_LEVEL3 | 1u << PROVIDER_PROVINCIAL3A },
    { "level3_and_above", 1u << PROVIDER_LEVEL3 | 1u << PROVIDER_PROVINCIAL3A },
};

/* One leaf of a value: where it holds, and what it is. */
struct leaf {
    unsigned mask[DIMENSION_COUNT]; /* words; 0: not by this dimension */
    int age_from, age_to; /* to excluded */
    int64_t value;
    const struct yaml_node *node;
};

static void
bounds_text(const struct descriptor *d, int64_t value, char out[static 40])
{
    char money[MONEY_TEXT + 1];
    switch (d->kind) {
    case VALUE_MONEY:
        snprintf(out, 40, tr("%s yuan", "%s 元"), money_text(money, value));
        break;
    case VALUE_RATIO:
        snprintf(out, 40, "%g%%", (double)value / (RATIO_ONE / 100));
        break;
    default:
        snprintf(out, 40, "%lld", (long long)value);
    }
}

static void
read_names(struct value_reading *r, const struct yaml_node *node, struct leaf *leaf)
{
    const struct policy *policy = r->context->policy;
    if (node->kind != YAML_LIST) {
        complain(r, node, tr("'%s' wants a list of caps; [outpatient, overall], say",
                               "'%s' 应为限额名称的列表；例如 [outpatient, overall]"),
            r->path);
        return;
    }
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *item = &node->items[i];
        int found = -1;
        for (int k = 0; item->kind == YAML_TEXT && k < policy->n_caps; k++)
            if (strcmp(policy->caps[k], item->text) == 0)
                found = k;
        if (found >= 0) {
            leaf->value |= INT64_C(1) << found;
            continue;
        }
        const char *text = item->kind == YAML_TEXT ? item->text : "?";
        const char *near
            = problem_nearest(text, (const char *const *)policy->caps, (size_t)policy->n_caps);
        if (near != NULL)
            complain(r, item, tr("no cap is called '%s'; did you mean '%s'?",
                                   "没有名为 '%s' 的限额；是不是 '%s'？"),
                text, near);
        else
            complain(r, item, tr("no cap is called '%s'; add it under caps", "没有名为 '%s' 的限额；请在 caps 下加上"),
                text);
    }
}

static void
read_choice(struct value_reading *r, const struct yaml_node *node, struct leaf *leaf)
{
    const struct descriptor *d = r->descriptor;
    int found = node->kind == YAML_TEXT ? word_find(d->choices, d->n_choices, node->text, node->n)
                                        : -1;
    if (found >= 0) {
        leaf->value = found;
        return;
    }
    char list[400] = "";
    const char *keys[32];
    for (int i = 0; i < d->n_choices && i < 32; i++) {
        keys[i] = d->choices[i].key;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i != 0 ? ", " : "", keys[i]);
    }
    const char *text = node->kind == YAML_TEXT ? node->text : "?";
    const char *near = problem_nearest(text, keys, (size_t)d->n_choices);
    if (near != NULL)
        complain(r, node, tr("'%s' cannot be '%s'; did you mean '%s'? (possible: %s)",
                               "'%s' 不能是 '%s'；是不是 '%s'？（可用：%s）"),
            r->path, text, near, list);
    else
        complain(r, node, tr("'%s' cannot be '%s'; possible: %s", "'%s' 不能是 '%s'；可用：%s"), r->path,
            text, list);
}

void
cells_no_number(struct value_reading *r, const struct yaml_node *node)
{
    const char *text = node->kind == YAML_TEXT ? node->text : "…";
    if (node->kind == YAML_TEXT && node->n == 0 && !node->quoted)
        complain(r, node, tr("'%s' is empty; a value is wanted", "'%s' 是空的；应有取值"), r->path);
    else if (node->kind == YAML_TEXT && node->quoted)
        complain(r, node, tr("'%s' is text in quotes: '%s'; a number without quotes is wanted",
                              "'%s' 是引号里的文本：'%s'；应为不加引号的数字"),
            r->path, text);
    else if (r->descriptor->kind == VALUE_MONEY)
        complain(r, node, tr("'%s' is no amount: '%s'; yuan with at most two decimals, such as 1800 or "
                             "12.50, are wanted",
                              "'%s' 不是金额：'%s'；应为元，最多两位小数，如 1800 或 12.50"),
            r->path, text);
    else if (r->descriptor->kind == VALUE_RATIO)
        complain(r, node, tr("'%s' is no ratio: '%s'; a percentage such as 70%% or 2.15%% is wanted",
                              "'%s' 不是比例：'%s'；应为百分数，如 70%% 或 2.15%%"),
            r->path, text);
    else
        complain(r, node, tr("'%s' is no whole number: '%s'; one such as 1 is wanted",
                              "'%s' 不是整数：'%s'；应为整数，如 1"),
            r->path, text);
}

static void
read_scalar(struct value_reading *r, const struct yaml_node *node, struct leaf leaf)
{
    const struct descriptor *d = r->descriptor;
    leaf.node = node;
    bool ok = true;
    switch (d->kind) {
    case VALUE_NAMES:
        read_names(r, node, &leaf);
        break;
    case VALUE_CHOICE:
        read_choice(r, node, &leaf);
        break;
    case VALUE_MONEY:
        ok = yaml_money(node, &leaf.value);
        break;
    case VALUE_RATIO:
        ok = yaml_ratio(node, &leaf.value);
        break;
    case VALUE_NUMBER:
        ok = yaml_whole(node, &leaf.value);
        break;
    }
    if (!ok)
        cells_no_number(r, node);
    if (ok && d->kind != VALUE_NAMES && d->kind != VALUE_CHOICE
        && (leaf.value < d->minimum || leaf.value > d->maximum)) {
        char value[40], low[40], high[40];
        bounds_text(d, leaf.value, value);
        bounds_text(d, d->minimum, low);
        bounds_text(d, d->maximum, high);
        bool no_mark = d->kind == VALUE_RATIO && memchr(node->text, '%', node->n) == NULL
            && leaf.value / 100 <= d->maximum && leaf.value >= 0;
        if (no_mark)
            complain(r, node, tr("'%s' is %s; %s to %s is possible: did you mean %s%%?",
                                  "'%s' 为 %s；应在 %s 与 %s 之间：是不是 %s%%？"),
                r->path, value, low, high, node->text);
        else
            complain(r, node, tr("'%s' is %s; %s to %s is possible", "'%s' 为 %s；应在 %s 与 %s 之间"),
                r->path, value, low, high);
    }
    if (r->n >= LEAVES_MAX) {
        complain(r, node, tr("'%s' has more than %d values; fewer are wanted", "'%s' 的取值超过 %d 个"),
            r->path, LEAVES_MAX);
        return;
    }
    memory_grow(r->leaves, r->n, r->capacity);
    r->leaves[r->n++] = leaf;
}

/* "<35", "35-44", "70+": completed years; to is excluded. */
static bool
age_range(const char *text, int *from, int *to)
{
    int a, b, end = 0;
    if (sscanf(text, "<%3d%n", &a, &end) == 1 && text[end] == '\0') {
        *from = 0;
        *to = a;
    } else if (sscanf(text, "%3d-%3d%n", &a, &b, &end) == 2 && text[end] == '\0') {
        *from = a;
        *to = b + 1;
    } else if (end = 0, sscanf(text, "%3d+%n", &a, &end) == 1 && end != 0 && text[end] == '\0') {
        *from = a;
        *to = AGE_END;
    } else {
        return false;
    }
    return *from >= 0 && *from < *to && *to <= AGE_END;
}

/* Which dimension a key belongs to, and which of its words; -1 where none. */
static int
key_dimension(const char *text, unsigned allowed, unsigned *mask, int *from, int *to)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < sizeof provider_groups / sizeof *provider_groups; i++)
        if (strcmp(provider_groups[i].key, text) == 0) {
            *mask = provider_groups[i].mask;
            return DIMENSION_PROVIDER;
        }
    for (int d = 0; d < DIMENSION_AGE; d++) {
        int found = word_find(dimension_words[d], dimension_counts[d], text, n);
        if (found >= 0) {
            *mask = 1u << found;
            return d;
        }
    }
    if (age_range(text, from, to)) {
        *mask = 1;
        return DIMENSION_AGE;
    }
    (void)allowed;
    return -1;
}

static void
unknown_key(struct value_reading *r, const struct yaml_node *key)
{
    const char *known[40];
    size_t n = 0;
    char list[400] = "";
    for (int d = 0; d < DIMENSION_AGE; d++)
        if (r->descriptor->dimensions & 1u << d)
            for (int i = 0; i < dimension_counts[d]; i++)
                known[n++] = dimension_words[d][i].key;
    if (r->descriptor->dimensions & 1u << DIMENSION_PROVIDER)
        for (size_t i = 0; i < sizeof provider_groups / sizeof *provider_groups; i++)
            known[n++] = provider_groups[i].key;
    if (n != 0)
        known[n++] = "other";
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, ", %s", known[i]);
    }
    const char *near = problem_nearest(key->text, known, n);
    if (near != NULL)
        complain(r, key, tr("'%s' of '%s' is not known; did you mean '%s'?",
                              "'%s'（见于 '%s'）不认识；是不是 '%s'？"),
            key->text, r->path, near);
    else
        complain(r, key, tr("'%s' of '%s' is not known; a date (2023-01-01)%s%s are possible",
                              "'%s'（见于 '%s'）不认识；可用：日期（2023-01-01）%s%s"),
            key->text, r->path, list,
            r->descriptor->dimensions & 1u << DIMENSION_AGE ? tr(", ages (<35, 35-44, 45+)", "、年龄（<35、35-44、45+）")
                                                            : "");
}

static void
read_tree(struct value_reading *r, const struct yaml_node *node, struct leaf at)
{
    if (node->kind != YAML_MAP) {
        read_scalar(r, node, at);
        return;
    }
    if (node->n == 0) {
        complain(r, node, tr("'%s' is empty; a value is wanted", "'%s' 是空的；应有取值"), r->path);
        return;
    }
    int dimension = -1;
    unsigned seen = 0;
    bool unreadable = false; /* some key of this map, so that 'other' may be right */
    bool ages_seen[AGE_END] = { false };
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *key = yaml_key(node, i);
        unsigned mask = 0;
        int from = 0, to = AGE_END;
        if (strcmp(key->text, "other") == 0)
            continue;
        day_t day;
        if (yaml_date(key, &day) || strcmp(key->text, "earlier") == 0) {
            complain(r, key, tr("the date '%s' stands inside another choice; dates come first",
                                  "日期 '%s' 写在了别的分类里面；日期应在最外层"),
                key->text);
            unreadable = true;
            continue;
        }
        int found = key_dimension(key->text, r->descriptor->dimensions, &mask, &from, &to);
        if (found < 0) {
            unknown_key(r, key);
            unreadable = true;
            continue;
        }
        const char *name = tr(dimension_names[found], dimension_names_zh[found]);
        if ((r->descriptor->dimensions & 1u << found) == 0) {
            complain(r, key, tr("'%s' cannot differ by %s; drop '%s'", "'%s' 不能按%s区分；请去掉 '%s'"),
                r->path, name, key->text);
            unreadable = true;
            continue;
        }
        if (dimension >= 0 && found != dimension) {
            complain(r, key, tr("'%s' mixes %s with another choice in one place; nest them",
                                  "'%s' 在同一层混用了%s与别的分类；请分层书写"),
                r->path, name);
            continue;
        }
        if (at.mask[found] != 0) {
            if (!unreadable)
                complain(r, key,
                    tr("'%s' is divided by %s twice; once is wanted", "'%s' 按%s分了两次；只应分一次"),
                    r->path, name);
            unreadable = true;
            continue;
        }
        dimension = found;
        bool overlap = (found != DIMENSION_AGE && (seen & mask) != 0);
        if (found == DIMENSION_AGE)
            for (int a = from; a < to; a++) {
                overlap = overlap || ages_seen[a];
                ages_seen[a] = true;
            }
        if (overlap)
            complain(r, key, tr("'%s' of '%s' overlaps what was given before; each case once is wanted",
                                  "'%s'（见于 '%s'）与前面重叠；每种情形只应给一次"),
                key->text, r->path);
        seen |= mask;
    }
    /* Benefits of flexible members are an employee's unless given apart. */
    bool employee_covers = dimension == DIMENSION_STATUS
        && (seen & (1u << STATUS_EMPLOYEE | 1u << STATUS_FLEXIBLE)) == 1u << STATUS_EMPLOYEE;
    if (employee_covers)
        seen |= 1u << STATUS_FLEXIBLE;
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *key = yaml_key(node, i), *value = yaml_value(node, i);
        struct leaf inner = at;
        if (strcmp(key->text, "other") == 0) {
            if (dimension == DIMENSION_AGE)
                complain(r, key, "%s", tr("'other' does not go with ages; the last band is wanted as 70+",
                                       "other 不能与年龄并用；末段应写作 70+"));
            else if (dimension < 0 && !unreadable)
                complain(r, key, "%s", tr("'other' needs named cases beside it; name one at least",
                                       "other 没有与之相对的情形；应至少写出一种情形"));
            if (dimension < 0 || dimension == DIMENSION_AGE)
                continue;
            inner.mask[dimension] = ((1u << dimension_counts[dimension]) - 1) & ~seen;
            if (inner.mask[dimension] == 0)
                continue;
        } else {
            unsigned mask = 0;
            int from = 0, to = AGE_END;
            if (key_dimension(key->text, r->descriptor->dimensions, &mask, &from, &to) != dimension
                || dimension < 0)
                continue;
            if (employee_covers && mask == 1u << STATUS_EMPLOYEE)
                mask |= 1u << STATUS_FLEXIBLE;
            inner.mask[dimension] = mask;
            if (dimension == DIMENSION_AGE) {
                inner.age_from = from;
                inner.age_to = to;
            }
        }
        read_tree(r, value, inner);
    }
}

static int
compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* From leaves to a dense table; cells that no leaf covers are a problem. */
static void
fill(struct value_reading *r, const struct yaml_node *node, struct dated_value *out)
{
    out->ages = memory_alloc(2 * r->n + 1, sizeof *out->ages);
    for (size_t i = 0; i < r->n; i++)
        for (int d = 0; d < DIMENSION_COUNT; d++)
            if (r->leaves[i].mask[d] != 0)
                out->dimensions |= 1u << d;
    size_t n_ages = 1;
    for (size_t i = 0; i < r->n; i++) {
        out->ages[n_ages++] = r->leaves[i].age_from;
        if (r->leaves[i].age_to < AGE_END)
            out->ages[n_ages++] = r->leaves[i].age_to;
    }
    qsort(out->ages, n_ages, sizeof *out->ages, compare_ints);
    out->n_ages = 0;
    for (size_t i = 0; i < n_ages; i++)
        if (out->n_ages == 0 || out->ages[i] != out->ages[out->n_ages - 1])
            out->ages[out->n_ages++] = out->ages[i];

    size_t size = dated_value_cells(out);
    out->table = memory_alloc(size, sizeof *out->table);
    bool *set = memory_alloc(size, sizeof *set);
    for (size_t cell = 0; cell < size; cell++) {
        int at[DIMENSION_COUNT];
        size_t left = cell;
        for (int d = DIMENSION_COUNT - 1; d >= 0; d--) {
            int n = dimension_size(out, (enum dimension)d);
            at[d] = (int)(left % (size_t)n);
            left /= (size_t)n;
        }
        for (size_t i = 0; i < r->n; i++) {
            const struct leaf *leaf = &r->leaves[i];
            bool match = true;
            for (int d = 0; d < DIMENSION_AGE; d++)
                match = match && (leaf->mask[d] == 0 || (leaf->mask[d] >> at[d] & 1u) != 0);
            int age = out->ages[at[DIMENSION_AGE]];
            if (match && age >= leaf->age_from && age < leaf->age_to) {
                out->table[cell] = leaf->value;
                set[cell] = true;
            }
        }
        if (!set[cell] && !r->failed) {
            char missing[200] = "";
            for (int d = 0; d < DIMENSION_COUNT; d++)
                if (out->dimensions & 1u << d) {
                    size_t used = strlen(missing);
                    if (d == DIMENSION_AGE)
                        snprintf(missing + used, sizeof missing - used, " %d+", out->ages[at[d]]);
                    else
                        snprintf(missing + used, sizeof missing - used, " %s",
                            dimension_words[d][at[d]].key);
                }
            complain(r, node, tr("'%s' has no value for: %s; give it, or 'other'",
                                  "'%s' 缺少取值：%s；请补上，或写 other"),
                r->path, missing + 1);
        }
    }
    free(set);
}

void
cells_read(struct value_reading *self, const struct yaml_node *node, struct dated_value *out)
{
    read_tree(self, node, (struct leaf){ .age_to = AGE_END });
    fill(self, node, out);
    free(self->leaves);
    self->leaves = NULL;
    self->n = self->capacity = 0;
}
