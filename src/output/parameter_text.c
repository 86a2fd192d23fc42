/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/parameter_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const struct word parameter_section_words[SECTION_COUNT] = {
    { "readings", "readings of the document", "对文件的解读" },
    { "benefits", "benefits", "待遇" },
    { "caps", "payment caps", "最高支付限额" },
    { "account", "personal account", "个人账户" },
    { "contributions", "contributions", "筹资" },
    { "pooling", "city-level pooling", "市级统筹" },
};

/* Provider classes as rungs of a ladder, for "level 1 and below". */
static const struct word provider_rungs[PROVIDER_COUNT] = {
    { "village", "village", "村级" },
    { "community", "township", "乡镇、社区" },
    { "level1", "level 1", "一级" },
    { "level2", "level 2", "二级" },
    { "level3", "level 3", "三级" },
    { "provincial3a", "provincial 3A", "省级三甲" },
};

static const struct {
    const struct word *words;
    int n;
} dimension_words[DIMENSION_COUNT] = {
    [DIMENSION_STATUS] = { status_words, STATUS_COUNT },
    [DIMENSION_SECTOR] = { sector_words, SECTOR_COUNT },
    [DIMENSION_PLACE] = { place_words, PLACE_COUNT },
    [DIMENSION_PROVIDER] = { provider_rungs, PROVIDER_COUNT },
    [DIMENSION_CHANNEL] = { channel_words, CHANNEL_COUNT },
    [DIMENSION_AGE] = { NULL, 0 },
};

__attribute__((format_arg(2), format_arg(3))) static const char *
say(enum language language, const char *en, const char *zh)
{
    return language == LANGUAGE_ZH ? zh : en;
}

static const char *
word_text(const struct word *word, enum language language)
{
    return say(language, word->en, word->zh);
}

/* A stream into memory; its text is there once the stream is closed. */
struct words_out {
    FILE *stream;
    char *text;
    size_t n;
    enum language language;
};

static void
out_begin(struct words_out *self, enum language language)
{
    *self = (struct words_out){ .language = language };
    self->stream = open_memstream(&self->text, &self->n);
    if (self->stream == NULL)
        abort(); /* no memory: nothing else makes it fail */
}

static char *
out_end(struct words_out *self)
{
    fclose(self->stream);
    return self->text;
}

/* ---- one number ---- */

/* 12345678 with scale 100 is "123,456.78"; zeros at the end are left out. */
static void
write_decimal(FILE *out, int64_t value, int64_t scale)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, size / (uint64_t)scale);
    if (value < 0)
        fputs("−", out);
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            putc(',', out);
        putc(digits[i], out);
    }
    uint64_t rest = size % (uint64_t)scale;
    if (rest == 0)
        return;
    putc('.', out);
    for (int64_t place = scale / 10; rest != 0; place /= 10) {
        putc('0' + (int)(rest / (uint64_t)place), out);
        rest %= (uint64_t)place;
    }
}

/* Caps are often named after the benefit that they limit. */
static const char *
cap_name(const struct policy *policy, int cap, enum language language)
{
    const char *name = policy->caps[cap];
    int benefit = word_find(benefit_words, BENEFIT_COUNT, name, strlen(name));
    return benefit >= 0 ? word_text(&benefit_words[benefit], language) : name;
}

static void
write_names(struct words_out *out, const struct policy *policy, int64_t mask)
{
    bool any = false;
    for (int i = 0; i < policy->n_caps; i++) {
        if (((mask >> i) & 1) == 0)
            continue;
        fprintf(out->stream, "%s%s", any ? say(out->language, ", ", "、") : "",
            cap_name(policy, i, out->language));
        any = true;
    }
    if (!any)
        fputs(say(out->language, "none", "无"), out->stream);
}

const char *
parameter_unit(const struct descriptor *descriptor, enum language language)
{
    const char *own = say(language, descriptor->unit_en, descriptor->unit_zh);
    if (own != NULL)
        return own;
    switch (descriptor->kind) {
    case VALUE_MONEY:
        return say(language, "yuan", "元");
    case VALUE_RATIO:
        return "%";
    default:
        return "";
    }
}

static void
write_number(struct words_out *out, const struct descriptor *descriptor,
    const struct policy *policy, int64_t value)
{
    const char *unit = parameter_unit(descriptor, out->language);
    switch (descriptor->kind) {
    case VALUE_MONEY:
        if (value >= FEN_MAX) {
            fputs(say(out->language, "none", "无"), out->stream);
            return;
        }
        write_decimal(out->stream, value, 100);
        break;
    case VALUE_RATIO:
        write_decimal(out->stream, value, RATIO_ONE / 100);
        break;
    case VALUE_NUMBER:
        write_decimal(out->stream, value, 1);
        break;
    case VALUE_CHOICE:
        if (value >= 0 && value < descriptor->n_choices)
            fputs(word_text(&descriptor->choices[value], out->language), out->stream);
        return;
    case VALUE_NAMES:
        write_names(out, policy, value);
        return;
    }
    /* A percent sign stands close: "70%", "5% of the base". */
    fprintf(out->stream, "%s%s", *unit == '\0' || *unit == '%' ? "" : " ", unit);
}

/* ---- a table of numbers ---- */

struct table {
    const struct descriptor *descriptor;
    const struct policy *policy;
    const struct dated_value *value;
    int n[DIMENSION_COUNT]; /* 1 where the dimension is not used */
};

/* Where in a table: an index in each dimension, or FREE. */
enum { FREE = -1 };
struct corner {
    int at[DIMENSION_COUNT];
};

static int64_t
table_cell(const struct table *self, const struct corner *corner)
{
    size_t cell = 0;
    for (int d = 0; d < DIMENSION_COUNT; d++)
        cell = cell * (size_t)self->n[d] + (size_t)(corner->at[d] == FREE ? 0 : corner->at[d]);
    return self->value->table[cell];
}

/* Whether two corners hold the same values in all the dimensions free in both. */
static bool
table_same(const struct table *self, struct corner a, struct corner b, int from)
{
    for (int d = from; d < DIMENSION_COUNT; d++) {
        if (a.at[d] != FREE || self->n[d] == 1)
            continue;
        for (int i = 0; i < self->n[d]; i++) {
            a.at[d] = b.at[d] = i;
            if (!table_same(self, a, b, d + 1))
                return false;
        }
        return true;
    }
    return table_cell(self, &a) == table_cell(self, &b);
}

/* Numbers the parts of a dimension whose values are the same; returns how many. */
static int
table_parts(const struct table *self, const struct corner *corner, int dimension, int *part)
{
    int n_parts = 0;
    for (int i = 0; i < self->n[dimension]; i++) {
        struct corner here = *corner, there = *corner;
        here.at[dimension] = i;
        int same = 0;
        for (; same < i; same++) {
            there.at[dimension] = same;
            if (table_same(self, here, there, 0))
                break;
        }
        part[i] = same < i ? part[same] : n_parts++;
    }
    return n_parts;
}

/* ---- what a part of a dimension is called ---- */

static void
write_ages(struct words_out *out, const struct dated_value *value, const int *part, int which)
{
    bool any = false;
    for (int i = 0; i < value->n_ages; i++) {
        if (part[i] != which)
            continue;
        int last = i;
        while (last + 1 < value->n_ages && part[last + 1] == which)
            last++;
        bool open = last + 1 == value->n_ages;
        int from = value->ages[i], to = open ? 0 : value->ages[last + 1] - 1;
        if (any)
            fputs(say(out->language, ", ", "、"), out->stream);
        if (from == 0)
            fprintf(out->stream, say(out->language, "under %d", "%d 岁以下"), to + 1);
        else if (open)
            fprintf(out->stream, say(out->language, "%d and over", "%d 岁及以上"), from);
        else
            fprintf(out->stream, say(out->language, "%d–%d", "%d–%d 岁"), from, to);
        any = true;
        i = last;
    }
}

/* Ready names for common parts; NULL where there is none. */
static const char *
common_name(int dimension, unsigned mask, enum language language)
{
    if (dimension == DIMENSION_STATUS && mask == (1u << STATUS_EMPLOYEE | 1u << STATUS_FLEXIBLE))
        return say(language, "in work", "在职（含灵活就业）");
    if (dimension == DIMENSION_PLACE
        && mask == (1u << PLACE_SETTLED | 1u << PLACE_REFERRED | 1u << PLACE_TEMPORARY))
        return say(language, "elsewhere", "异地");
    if (dimension == DIMENSION_PROVIDER
        && mask == (1u << PROVIDER_LEVEL3 | 1u << PROVIDER_PROVINCIAL3A))
        return say(language, "level 3", "三级");
    return NULL;
}

/* Provider classes from the bottom or up to the top of the ladder. */
static bool
write_rungs(struct words_out *out, unsigned mask)
{
    const unsigned all = (1u << PROVIDER_COUNT) - 1;
    for (int i = 1; i + 2 < PROVIDER_COUNT; i++) {
        unsigned below = (2u << i) - 1, above = all & ~((1u << i) - 1);
        if (mask != below && mask != above)
            continue;
        const char *rung = word_text(&provider_rungs[i], out->language);
        fprintf(out->stream, mask == below ? say(out->language, "%s and below", "%s及以下")
                                           : say(out->language, "%s and above", "%s及以上"), rung);
        return true;
    }
    return false;
}

static void
write_part(struct words_out *out, const struct table *table, int dimension, const int *part,
    int which)
{
    if (dimension == DIMENSION_AGE) {
        write_ages(out, table->value, part, which);
        return;
    }
    const struct word *words = dimension_words[dimension].words;
    int n = dimension_words[dimension].n, missing = 0, absent = 0;
    unsigned mask = 0;
    for (int i = 0; i < n; i++) {
        if (part[i] == which)
            mask |= 1u << i;
        else
            missing++, absent = i;
    }
    const char *common = common_name(dimension, mask, out->language);
    if (common != NULL) {
        fputs(common, out->stream);
        return;
    }
    if (dimension == DIMENSION_PROVIDER && write_rungs(out, mask))
        return;
    if (missing == 1 && n > 3) {
        fprintf(out->stream, say(out->language, "all but %s", "除%s外"),
            word_text(&words[absent], out->language));
        return;
    }
    bool any = false;
    for (int i = 0; i < n; i++) {
        if (part[i] != which)
            continue;
        fprintf(out->stream, "%s%s", any ? say(out->language, ", ", "、") : "",
            word_text(&words[i], out->language));
        any = true;
    }
}

/* ---- the whole ---- */

/* The free dimension that splits the corner into the fewest parts, or -1 where
 * all its values are the same; part is filled for it. */
static int
choose_dimension(const struct table *table, const struct corner *corner, int *part, int *n_parts)
{
    int best = -1;
    *n_parts = 0;
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        if (corner->at[d] != FREE || table->n[d] == 1)
            continue;
        int *trial = memory_alloc((size_t)table->n[d], sizeof *trial);
        int n = table_parts(table, corner, d, trial);
        if (n > 1 && (best < 0 || n < *n_parts)) {
            best = d;
            *n_parts = n;
            memcpy(part, trial, (size_t)table->n[d] * sizeof *part);
        }
        free(trial);
    }
    return best;
}

static void
write_corner(struct words_out *out, const struct table *table, struct corner corner, int depth)
{
    int most = 1, n_parts;
    for (int d = 0; d < DIMENSION_COUNT; d++)
        most = table->n[d] > most ? table->n[d] : most;
    int *part = memory_alloc((size_t)most, sizeof *part);
    int dimension = choose_dimension(table, &corner, part, &n_parts);
    if (dimension < 0)
        write_number(out, table->descriptor, table->policy, table_cell(table, &corner));
    for (int which = 0; which < n_parts; which++) {
        int first = 0;
        while (part[first] != which)
            first++;
        struct corner below = corner;
        below.at[dimension] = first;
        if (which > 0)
            fputs(depth == 0 ? say(out->language, "; ", "；") : say(out->language, ", ", "，"),
                out->stream);
        write_part(out, table, dimension, part, which);
        int *inner = memory_alloc((size_t)most, sizeof *inner), n_inner;
        bool splits = choose_dimension(table, &below, inner, &n_inner) >= 0;
        free(inner);
        if (splits && depth > 0)
            fputs(say(out->language, " (", "（"), out->stream);
        else if (splits)
            fputs(say(out->language, ": ", "："), out->stream);
        else
            putc(' ', out->stream);
        write_corner(out, table, below, depth + 1);
        if (splits && depth > 0)
            fputs(say(out->language, ")", "）"), out->stream);
    }
    free(part);
}

char *
parameter_value_text(const struct descriptor *descriptor, const struct policy *policy,
    const struct dated_value *value, enum language language)
{
    struct table table = { .descriptor = descriptor, .policy = policy, .value = value };
    struct corner whole;
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        bool used = (value->dimensions >> d & 1) != 0;
        table.n[d] = !used ? 1 : d == DIMENSION_AGE ? value->n_ages : dimension_words[d].n;
        whole.at[d] = FREE;
    }
    struct words_out out;
    out_begin(&out, language);
    write_corner(&out, &table, whole, 0);
    return out_end(&out);
}

char *
parameter_number_text(const struct descriptor *descriptor, const struct policy *policy,
    int64_t value, enum language language)
{
    struct words_out out;
    out_begin(&out, language);
    write_number(&out, descriptor, policy, value);
    return out_end(&out);
}

char *
parameter_subject_text(const struct policy *policy, const struct parameter *parameter,
    enum language language)
{
    enum section section = parameter->descriptor->section;
    const char *head = word_text(&parameter_section_words[section], language), *name = NULL;
    if (section == SECTION_BENEFIT) {
        const struct policy_rule *rule = &policy->rules[parameter->subject];
        head = word_text(&benefit_words[rule->benefit], language);
        name = rule->name;
    } else if (section == SECTION_CAP) {
        name = cap_name(policy, parameter->subject, language);
    }
    return name == NULL ? memory_text(head)
                        : memory_format(say(language, "%s: %s", "%s：%s"), head, name);
}
