/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy's parameters for programs, and the reference of all there are. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "output/csv.h"
#include "output/parameter_text.h"
#include "output/show.h"
#include "output/table.h"

static const char *const section_keys[SECTION_COUNT]
    = { "readings", "benefits", "caps", "account", "contribution", "pooling" };
static const char *const kind_keys[] = { "yuan", "ratio", "number", "choice", "caps" };

/* "0.0215" of millionths. */
static void
put_ratio(FILE *stream, int64_t value)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%" PRId64 ".%06" PRId64, value / RATIO_ONE,
        value % RATIO_ONE);
    while (text[n - 1] == '0')
        n--;
    if (text[n - 1] == '.')
        n--;
    fprintf(stream, "%.*s", n, text);
}

static void
put_value(FILE *stream, const struct policy *policy, const struct descriptor *d, int64_t value)
{
    char money[MONEY_TEXT + 1];
    bool any = false;
    switch (d->kind) {
    case VALUE_MONEY:
        if (value < FEN_MAX)
            fputs(money_text(money, value), stream);
        break;
    case VALUE_RATIO:
        put_ratio(stream, value);
        break;
    case VALUE_NUMBER:
        fprintf(stream, "%" PRId64, value);
        break;
    case VALUE_CHOICE:
        fputs(d->choices[value].key, stream);
        break;
    case VALUE_NAMES:
        for (int i = 0; i < policy->n_caps; i++)
            if ((value >> i & 1) != 0) {
                fprintf(stream, "%s%s", any ? ";" : "", policy->caps[i]);
                any = true;
            }
        break;
    }
}

static void
put_day(FILE *stream, day_t day)
{
    char text[DATE_TEXT];
    putc(',', stream);
    if (day != DAY_MIN && day != DAY_MAX)
        fputs(date_text(text, day), stream);
}

/* Which cell of a table a row is about: -1 where the value does not depend on it. */
struct cell {
    int status, sector, place, provider, channel, age;
};

static void
put_word(FILE *stream, const struct word *words, int i)
{
    putc(',', stream);
    if (i >= 0)
        fputs(words[i].key, stream);
}

static void
put_age(FILE *stream, const struct dated_value *value, int band)
{
    putc(',', stream);
    if (band < 0)
        return;
    fprintf(stream, "%d", value->ages[band]);
    if (band + 1 < value->n_ages)
        fprintf(stream, "-%d", value->ages[band + 1] - 1);
    else
        putc('+', stream);
}

static void
put_row(FILE *stream, const struct policy *policy, const struct show_line *line,
    const struct cell *cell, int64_t value)
{
    const struct descriptor *d = line->descriptor;
    const struct dated_value *dated = line->value;
    csv_put_text(stream, policy->id);
    fprintf(stream, ",%s,", section_keys[d->section]);
    if (d->section == SECTION_BENEFIT) {
        const struct policy_rule *rule = &policy->rules[line->subject];
        char *name = rule->name != NULL
            ? memory_format("%s.%s", benefit_words[rule->benefit].key, rule->name)
            : memory_text(benefit_words[rule->benefit].key);
        csv_put_text(stream, name);
        free(name);
    } else if (d->section == SECTION_CAP) {
        csv_put_text(stream, policy->caps[line->subject]);
    }
    fprintf(stream, ",%s", d->key);
    put_word(stream, status_words, cell->status);
    put_word(stream, sector_words, cell->sector);
    put_word(stream, place_words, cell->place);
    put_word(stream, provider_words, cell->provider);
    put_word(stream, channel_words, cell->channel);
    put_age(stream, dated, cell->age);
    putc(',', stream);
    put_value(stream, policy, d, value);
    fprintf(stream, ",%s", kind_keys[d->kind]);
    day_t to = DAY_MAX;
    if (dated != NULL && dated + 1 < line->parameter->values + line->parameter->n_values)
        to = dated[1].from - 1;
    put_day(stream, dated != NULL ? dated->from : DAY_MIN);
    put_day(stream, to);
    fprintf(stream, ",%s", dated != NULL ? standing_words[dated->source.standing].key : "default");
    const char *texts[] = { dated != NULL ? dated->source.article : NULL,
        dated != NULL ? dated->source.range : NULL, dated != NULL ? dated->source.note : NULL };
    for (int i = 0; i < 3; i++) {
        putc(',', stream);
        csv_put_text(stream, texts[i] != NULL ? texts[i] : "");
    }
    putc('\n', stream);
}

static void
put_cells(FILE *stream, const struct policy *policy, const struct show_line *line)
{
    const struct dated_value *v = line->value;
    struct cell whole = { -1, -1, -1, -1, -1, -1 };
    if (v == NULL) {
        /* Without a value before its first day, and not left to the default either. */
        if (line->parameter == NULL)
            put_row(stream, policy, line, &whole, line->descriptor->fallback);
        return;
    }
    int n[DIMENSION_COUNT] = { STATUS_COUNT, SECTOR_COUNT, PLACE_COUNT, PROVIDER_COUNT,
        CHANNEL_COUNT, v->n_ages };
    int cells = 1;
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        if ((v->dimensions >> d & 1) == 0)
            n[d] = 1;
        cells *= n[d];
    }
    for (int i = 0; i < cells; i++) {
        int at[DIMENSION_COUNT], rest = i;
        for (int d = DIMENSION_COUNT - 1; d >= 0; d--) {
            at[d] = (v->dimensions >> d & 1) != 0 ? rest % n[d] : -1;
            rest /= n[d];
        }
        struct cell cell = { at[DIMENSION_STATUS], at[DIMENSION_SECTOR], at[DIMENSION_PLACE],
            at[DIMENSION_PROVIDER], at[DIMENSION_CHANNEL], at[DIMENSION_AGE] };
        put_row(stream, policy, line, &cell, v->table[i]);
    }
}

/* The policy's lines; only those that the other does not say too, where there is
 * one. */
static void
put_policy(FILE *stream, const struct policy *policy, const struct policy *other, day_t on)
{
    struct show_lines lines;
    show_lines_make(&lines, policy, on);
    for (int i = 0; i < lines.n; i++) {
        const struct show_line *line = &lines.items[i];
        const struct descriptor *d = line->descriptor;
        if (other != NULL) {
            int subject = show_subject_in(other, policy, d->section, line->subject);
            const struct parameter *p
                = subject >= 0 ? policy_find(other, d->section, subject, d->key) : NULL;
            if ((subject >= 0 || d->section == SECTION_READING)
                && show_same(d, policy, line->value, other,
                    p != NULL ? parameter_on(p, on) : NULL))
                continue;
        }
        put_cells(stream, policy, line);
    }
    show_lines_free(&lines);
}

void
show_write_csv(FILE *stream, const struct policy *a, const struct policy *b, day_t on)
{
    fputs("scenario,section,subject,key,status,sector,place,provider,channel,age,value,unit,from,to,"
          "standing,article,range,note\n",
        stream);
    put_policy(stream, a, b, on);
    if (b != NULL)
        put_policy(stream, b, a, on);
}

/* ---- the reference ---- */

static char *
dimensions_text(const struct descriptor *d)
{
    static const struct word words[DIMENSION_COUNT] = {
        { "status", "status", "身份" }, { "sector", "sector", "单位性质" },
        { "place", "place", "就医地" }, { "provider", "provider class", "机构级别" },
        { "channel", "channel", "渠道" }, { "age", "age", "年龄" },
    };
    char *text = memory_text("");
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        if ((d->dimensions >> i & 1) == 0)
            continue;
        char *longer = memory_format("%s%s%s", text, *text != '\0' ? tr(", ", "、") : "",
            tr(words[i].en, words[i].zh));
        free(text);
        text = longer;
    }
    return text;
}

/* "0–100%", or the words that may be written with what they mean. */
static char *
bounds_text(const struct descriptor *d, bool markdown)
{
    if (d->kind == VALUE_NAMES)
        return memory_text(tr("a list of caps", "限额名称的列表"));
    if (d->kind != VALUE_CHOICE) {
        char *low = parameter_number_text(d, NULL, d->minimum, language_current);
        char *high = parameter_number_text(d, NULL, d->maximum, language_current);
        char *text = memory_format("%s–%s", low, high);
        free(low);
        free(high);
        return text;
    }
    char *text = memory_text("");
    for (int i = 0; i < d->n_choices; i++) {
        const struct word *w = &d->choices[i];
        const char *tick = markdown ? "`" : "";
        const char *means = tr(w->en, w->zh);
        bool plain = strcmp(w->key, means) == 0;
        char *longer = memory_format(plain ? "%s%s%s%s%s%.0s" : tr("%s%s%s%s%s (%s)", "%s%s%s%s%s（%s）"),
            text, *text != '\0' ? tr(", ", "、") : "", tick, w->key, tick, means);
        free(text);
        text = longer;
    }
    return text;
}

static char *
default_text(const struct descriptor *d, bool markdown)
{
    if (d->needed)
        return memory_text(tr("must be given", "必填"));
    if (d->kind == VALUE_CHOICE)
        return memory_format(markdown ? "`%s`" : "%s", d->choices[d->fallback].key);
    if (d->kind == VALUE_NAMES)
        return memory_text(tr("none", "无"));
    return parameter_number_text(d, NULL, d->fallback, language_current);
}

static void
reference_markdown(FILE *stream, int section)
{
    fprintf(stream, "## `%s` · %s\n\n", section_keys[section],
        tr(parameter_section_words[section].en, parameter_section_words[section].zh));
    fputs(tr("| key | what it is | unit | values | may differ by | default |\n",
              "| 键 | 含义 | 单位 | 取值 | 可按何区分 | 默认 |\n"),
        stream);
    fputs("|---|---|---|---|---|---|\n", stream);
    for (int i = 0; i < policy_n_descriptors; i++) {
        const struct descriptor *d = &policy_descriptors[i];
        if ((int)d->section != section)
            continue;
        char *by = dimensions_text(d), *bounds = bounds_text(d, true), *def = default_text(d, true);
        fprintf(stream, "| `%s` | %s | %s | %s | %s | %s |\n", d->key, tr(d->en, d->zh),
            parameter_unit(d, language_current), bounds, by, def);
        free(by);
        free(bounds);
        free(def);
    }
    fputc('\n', stream);
}

static void
reference_rows(struct text_table *table, int section)
{
    if (table->n_cells != 0)
        text_table_rule(table);
    text_table_cell(table, tr("[%s]", "【%s】"), section_keys[section]);
    text_table_cell(table, "%s",
        tr(parameter_section_words[section].en, parameter_section_words[section].zh));
    for (int i = 2; i < table->n_columns; i++)
        text_table_cell(table, "%s", "");
    for (int i = 0; i < policy_n_descriptors; i++) {
        const struct descriptor *d = &policy_descriptors[i];
        if ((int)d->section != section)
            continue;
        char *texts[] = { bounds_text(d, false), dimensions_text(d), default_text(d, false) };
        text_table_cell(table, "%s", d->key);
        text_table_cell(table, "%s", tr(d->en, d->zh));
        for (int k = 0; k < 3; k++) {
            text_table_cell(table, "%s", texts[k]);
            free(texts[k]);
        }
    }
}

void
show_write_reference(FILE *stream, bool markdown, int width)
{
    if (markdown) {
        for (int s = 0; s < SECTION_COUNT; s++)
            reference_markdown(stream, s);
        return;
    }
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, tr("key", "键"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("what it is", "含义"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("values", "取值"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("may differ by", "可按何区分"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("default", "默认"));
    for (int s = 0; s < SECTION_COUNT; s++)
        reference_rows(&table, s);
    text_table_write(&table, stream, width);
    text_table_free(&table);
}
