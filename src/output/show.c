/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/show.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "output/parameter_text.h"
#include "output/table.h"

/* The heading that lines of one subject stand under. */
static char *
subject_text(const struct policy *policy, const struct descriptor *descriptor, int subject)
{
    struct parameter probe = { .descriptor = descriptor, .subject = subject };
    return parameter_subject_text(policy, &probe, language_current);
}

static char *
value_text(const struct policy *policy, const struct show_line *line)
{
    if (line->value != NULL)
        return parameter_value_text(line->descriptor, policy, line->value, language_current);
    if (line->parameter != NULL && line->parameter->values[0].from != DAY_MIN) {
        char from[DATE_TEXT];
        return memory_format(tr("none yet (from %s)", "尚无取值（%s 起）"),
            date_text(from, line->parameter->values[0].from));
    }
    return parameter_number_text(line->descriptor, policy, line->descriptor->fallback,
        language_current);
}

/* The last day of a value: the day before the next one begins. */
static day_t
value_to(const struct parameter *parameter, const struct dated_value *value)
{
    const struct dated_value *next = value + 1;
    return next < parameter->values + parameter->n_values ? next->from - 1 : DAY_MAX;
}

static char *
period_text(day_t from, day_t to)
{
    char a[DATE_TEXT], b[DATE_TEXT];
    if (from == DAY_MIN && to == DAY_MAX)
        return memory_text("");
    if (from == DAY_MIN)
        return memory_format(tr("up to %s", "至 %s"), date_text(b, to));
    if (to == DAY_MAX)
        return memory_format(tr("from %s", "%s 起"), date_text(a, from));
    return memory_format(tr("%s to %s", "%s 至 %s"), date_text(a, from), date_text(b, to));
}

static char *
line_period(const struct show_line *line)
{
    return line->value == NULL
        ? memory_text("")
        : period_text(line->value->from, value_to(line->parameter, line->value));
}

/* The rule's diseases; owned by the caller, NULL where it is for all. */
static char *
diseases_text(const struct policy *policy, const struct names *names, int rule)
{
    const struct policy_rule *r = &policy->rules[rule];
    char *text = NULL;
    for (int i = 0; i < r->n_diseases; i++) {
        const char *name = show_disease(names->text[r->diseases[i]]);
        char *longer = memory_format("%s%s%s", text != NULL ? text : "",
            text != NULL ? tr(", ", "、") : "", name);
        free(text);
        text = longer;
    }
    return text;
}

static void
put_heading(struct text_table *table, const char *text)
{
    if (table->n_cells != 0)
        text_table_rule(table);
    text_table_cell(table, tr("[%s]", "【%s】"), text);
    for (int i = 1; i < table->n_columns; i++)
        text_table_cell(table, "%s", "");
}

static void
put_row(struct text_table *table, const char *a, char *b, char *c, char *d)
{
    text_table_cell(table, "%s", a);
    char *owned[] = { b, c, d };
    for (int i = 0; i < 3 && i + 1 < table->n_columns; i++) {
        text_table_cell(table, "%s", owned[i] != NULL ? owned[i] : "");
        free(owned[i]);
    }
}

static void
put_line(struct text_table *table, const struct policy *policy, const struct show_line *line)
{
    bool later = line->value == NULL && line->parameter != NULL;
    put_row(table, tr(line->descriptor->en, line->descriptor->zh), value_text(policy, line),
        line_period(line),
        later ? memory_text("") : show_source_text(line->value != NULL ? &line->value->source : NULL));
}

/* Benefits that the policy does not have, in words; NULL where it has all. */
static char *
not_covered_text(const struct policy *policy)
{
    char *text = NULL;
    for (int b = 0; b < BENEFIT_COUNT; b++) {
        bool covered = false;
        for (int i = 0; i < policy->n_parameters; i++)
            covered = covered
                || (policy->parameters[i].descriptor->section == SECTION_BENEFIT
                    && (int)policy->rules[policy->parameters[i].subject].benefit == b);
        if (covered)
            continue;
        char *longer = memory_format("%s%s%s", text != NULL ? text : "",
            text != NULL ? tr(", ", "、") : "", tr(benefit_words[b].en, benefit_words[b].zh));
        free(text);
        text = longer;
    }
    return text;
}

static const char *
standing_on(const struct policy *policy, day_t on)
{
    return on < policy->in_force_from ? tr("not yet in force that day", "当日尚未施行")
        : on > policy->in_force_to    ? tr("no longer in force that day", "当日已失效")
                                      : tr("in force that day", "当日施行中");
}

static void
write_title(FILE *stream, const struct policy *policy, int width)
{
    char *period = period_text(policy->in_force_from, policy->in_force_to);
    char *source = show_source_text(&policy->in_force_source);
    char *title = memory_format(tr("%s (%s)", "%s（%s）"), tr(policy->name_en, policy->name_zh),
        policy->id);
    char *force = memory_format(tr("In force: %s; %s", "施行：%s；依据：%s"), period, source);
    text_write(stream, title, width, 2);
    if (*policy->document != '\0') {
        char *document = memory_format(tr("Document: %s", "文件：%s"), policy->document);
        text_write(stream, document, width, 2);
        free(document);
    }
    if (policy->extends != NULL)
        fprintf(stream, tr("Extends: %s\n", "沿用：%s\n"), policy->extends);
    text_write(stream, force, width, 2);
    free(title);
    free(force);
    free(period);
    free(source);
}

void
show_write(FILE *stream, const struct policy *policy, const struct names *names, day_t on,
    int width)
{
    char day[DATE_TEXT];
    write_title(stream, policy, width);
    fprintf(stream, tr("Parameters on %s (%s)\n\n", "以下为 %s 的参数（%s）\n\n"), date_text(day, on),
        standing_on(policy, on));

    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("parameter", "参数"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("value", "取值"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, tr("holds", "适用期间"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("article", "依据"));
    struct show_lines lines;
    show_lines_make(&lines, policy, on);
    for (int i = 0; i < lines.n; i++) {
        const struct show_line *line = &lines.items[i], *before = i > 0 ? line - 1 : NULL;
        if (before == NULL || before->descriptor->section != line->descriptor->section
            || before->subject != line->subject) {
            char *heading = subject_text(policy, line->descriptor, line->subject);
            put_heading(&table, heading);
            free(heading);
            char *diseases = line->descriptor->section == SECTION_BENEFIT
                ? diseases_text(policy, names, line->subject)
                : NULL;
            if (diseases != NULL)
                put_row(&table, tr("Diseases", "病种"), diseases, NULL, NULL);
        }
        put_line(&table, policy, line);
    }
    text_table_write(&table, stream, width);
    text_table_free(&table);
    show_lines_free(&lines);

    char *missing = not_covered_text(policy);
    if (missing != NULL) {
        char *text = memory_format(tr("Not covered by this scenario: %s", "本方案未涵盖：%s"), missing);
        fputc('\n', stream);
        text_write(stream, text, width, 2);
        free(text);
        free(missing);
    }
}

/* ---- two policies ---- */

/* "900 元" and below it where that comes from; "—" where a policy has no such
 * benefit or cap. */
static char *
side_text(const struct policy *policy, const struct descriptor *descriptor, int subject, day_t on)
{
    if (subject < 0)
        return memory_text("—");
    struct show_line line = { .descriptor = descriptor, .subject = subject,
        .parameter = policy_find(policy, descriptor->section, subject, descriptor->key) };
    if (line.parameter != NULL)
        line.value = parameter_on(line.parameter, on);
    char *value = value_text(policy, &line);
    if (line.value == NULL)
        return value;
    char *source = show_source_text(&line.value->source), *period = line_period(&line);
    char *text = memory_format("%s\n%s%s%s", value, source, *period != '\0' ? tr("; ", "；") : "",
        period);
    free(value);
    free(source);
    free(period);
    return text;
}

static const struct dated_value *
value_on(const struct policy *policy, const struct descriptor *descriptor, int subject, day_t on)
{
    const struct parameter *p = policy_find(policy, descriptor->section, subject, descriptor->key);
    return p != NULL ? parameter_on(p, on) : NULL;
}

/* Puts the rows in which the subjects differ; -1 stands for a missing one. */
static int
put_differences(struct text_table *table, const struct policy *a, int subject_a,
    const struct policy *b, int subject_b, enum section section, const struct names *names, day_t on)
{
    const struct policy *named = subject_a >= 0 ? a : b;
    int subject = subject_a >= 0 ? subject_a : subject_b, n = 0;
    for (int i = 0; i < policy_n_descriptors; i++) {
        const struct descriptor *d = &policy_descriptors[i];
        if (d->section != section)
            continue;
        const struct dated_value *x = subject_a >= 0 ? value_on(a, d, subject_a, on) : NULL;
        const struct dated_value *y = subject_b >= 0 ? value_on(b, d, subject_b, on) : NULL;
        bool missing = subject_a < 0 || subject_b < 0;
        if ((x == NULL && y == NULL) || (!missing && show_same(d, a, x, b, y)))
            continue;
        if (n++ == 0) {
            char *heading = subject_text(named, d, subject);
            put_heading(table, heading);
            free(heading);
        }
        put_row(table, tr(d->en, d->zh), side_text(a, d, subject_a, on),
            side_text(b, d, subject_b, on), NULL);
    }
    if (section == SECTION_BENEFIT && subject_a >= 0 && subject_b >= 0) {
        char *x = diseases_text(a, names, subject_a), *y = diseases_text(b, names, subject_b);
        if (x != NULL && y != NULL && strcmp(x, y) != 0) {
            if (n++ == 0) {
                char *heading = subject_text(named, &policy_descriptors[2], subject);
                put_heading(table, heading);
                free(heading);
            }
            put_row(table, tr("Diseases", "病种"), x, y, NULL);
        } else {
            free(x);
            free(y);
        }
    }
    return n;
}

static bool
has_values(const struct policy *policy, enum section section, int subject)
{
    return show_subject_in(policy, policy, section, subject) >= 0;
}

void
show_write_difference(FILE *stream, const struct policy *a, const struct policy *b,
    const struct names *names, day_t on, int width)
{
    char day[DATE_TEXT];
    write_title(stream, a, width);
    fputc('\n', stream);
    write_title(stream, b, width);
    fputc('\n', stream);
    text_print(stream, width, 2,
        tr("What differs on %s (%s: %s; %s: %s)", "%s 两方案的不同之处（%s：%s；%s：%s）"),
        date_text(day, on), a->id, standing_on(a, on), b->id, standing_on(b, on));
    fputc('\n', stream);
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("parameter", "参数"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, a->id);
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, b->id);
    int n = 0;
    for (int s = 0; s < SECTION_COUNT; s++) {
        enum section section = (enum section)s;
        for (int i = 0; i < show_subjects(a, section); i++)
            if (has_values(a, section, i))
                n += put_differences(&table, a, i, b, show_subject_in(b, a, section, i), section,
                    names, on);
        for (int i = 0; i < show_subjects(b, section); i++)
            if (has_values(b, section, i) && show_subject_in(a, b, section, i) < 0)
                n += put_differences(&table, a, -1, b, i, section, names, on);
    }
    if (n == 0)
        fputs(tr("Nothing.\n", "没有不同。\n"), stream);
    else
        text_table_write(&table, stream, width);
    text_table_free(&table);
}
