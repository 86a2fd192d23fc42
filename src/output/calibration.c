/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/calibration.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "output/table.h"
#include "output/validation.h"

static const struct target *
target_at(const struct calibration *self, int i)
{
    return &self->targets->items[i];
}

/* --- tables --- */

static void
write_targets(FILE *stream, const struct calibration *self, int width)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("Target", "目标"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Year", "年份"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, tr("Use", "用途"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Published", "公开数据"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Before", "调整前"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Ratio", "比值"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("After", "调整后"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Ratio", "比值"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, "");
    for (int fitted = 1; fitted >= 0; fitted--)
        for (int i = 0; i < self->targets->n; i++) {
            const struct target *target = target_at(self, i);
            char a[VALIDATION_NUMBER];
            if (target->fitted != (fitted == 1))
                continue;
            text_table_cell(&table, "%s", validation_name(target));
            text_table_cell(&table, "%d", target->year);
            text_table_cell(&table, "%s", fitted == 1 ? tr("fitted", "拟合") : tr("held out", "留出"));
            text_table_cell(&table, "%s", validation_number(a, target, target->value));
            text_table_cell(&table, "%s", validation_number(a, target, self->before[i]));
            text_table_cell(&table, "%.3f", self->before[i] / target->value);
            text_table_cell(&table, "%s", validation_number(a, target, self->after[i]));
            text_table_cell(&table, "%.3f", self->after[i] / target->value);
            text_table_cell(&table, "%s", fitted != 1 || target_met(target, self->after[i]) ? ""
                    : tr("not met", "未达到"));
        }
    text_table_write(&table, stream, width);
    text_table_free(&table);
}

static void
write_parameters(FILE *stream, const struct calibration *self, int width)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("Parameter", "参数"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Before", "调整前"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("After", "调整后"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Allowed", "允许范围"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, "");
    for (int k = 0; k < self->n; k++) {
        const struct calibrated *p = &self->parameters[k];
        double unit = p->alike ? calibrated_value(p, 1) : 1;
        const char *times = p->alike ? "" : "× ";
        double after = p->alike ? p->value->cells[p->first] : p->factor;
        double low = fmin(p->low * unit, p->high * unit), high = fmax(p->low * unit, p->high * unit);
        text_table_cell(&table, "%s", p->fit->label);
        text_table_cell(&table, "%s%.4g", times, unit);
        text_table_cell(&table, "%s%.4g", times, after);
        text_table_cell(&table, "%s%.4g–%.4g", times, low, high);
        text_table_cell(&table, "%s", p->at_bound ? tr("at its bound", "已到边界") : "");
    }
    text_table_write(&table, stream, width);
    text_table_free(&table);
}

/* --- findings in words --- */

static void
write_unmet(FILE *stream, const struct calibration *self, int width)
{
    int unmet = 0;
    for (int i = 0; i < self->n_fitted; i++) {
        int at = self->fitted[i];
        const struct target *target = target_at(self, at);
        if (target_met(target, self->after[at]))
            continue;
        unmet++;
        int against = -1;
        for (int c = 0; c < self->n_conflicts; c++)
            if (self->conflicts[c].target == at)
                against = c;
        if (against < 0) {
            text_print(stream, width, 2,
                tr("%s stays at %.3f of what is published: no parameter that may move brings it "
                   "nearer within its bounds.",
                    "%s 停在公开数据的 %.3f：可调参数在其范围内都不能使之更近。"),
                validation_name(target), self->after[at] / target->value);
            continue;
        }
        const struct calibration_conflict *conflict = &self->conflicts[against];
        text_print(stream, width, 2,
            tr("%s (%.3f) cannot be met together with %s (%.3f): what brings one nearer takes the "
               "other away, %s above all.",
                "%s（%.3f）与 %s（%.3f）不能同时达到：一个更近，另一个就更远，主要经由 %s。"),
            validation_name(target), self->after[at] / target->value,
            validation_name(target_at(self, conflict->other)),
            self->after[conflict->other] / target_at(self, conflict->other)->value,
            self->parameters[conflict->parameter].fit->label);
    }
    if (unmet == 0)
        text_print(stream, width, 2, "%s",
            tr("All fitted targets are met within their tolerances.", "所有拟合目标都在容差之内。"));
}

static void
write_blind(FILE *stream, const struct calibration *self, int width)
{
    for (int b = 0; b < self->n_blind; b++) {
        const double *direction = &self->blind[b * self->n];
        char *list = memory_text("");
        int n = 0;
        for (int k = 0; k < self->n; k++) {
            if (fabs(direction[k]) < 0.25)
                continue;
            char *longer = memory_format(
                "%s%s%s", list, n != 0 ? tr(", ", "、") : "", self->parameters[k].fit->label);
            free(list);
            list = longer;
            n++;
        }
        if (n > 1)
            text_print(stream, width, 2,
                tr("The targets see only one combination of these, so moving them together through "
                   "their ranges changes nothing; the start decides: %s.",
                    "对下列参数，目标只能确定其组合，一起变动看不出差别，取值由起点决定：%s。"),
                list);
        else
            text_print(stream, width, 2,
                tr("The fitted targets hardly see %s: its whole range moves none of them by its "
                   "tolerance.",
                    "拟合目标几乎不受 %s 影响：在其整个范围内变动，都不会使任何目标偏离一个容差。"),
                list);
        free(list);
    }
}

/* The lowest and highest of what was found; false where nothing was. */
static bool
span(const double values[3][3], int from, int to, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int b = 0; b < 3; b++)
        for (int y = from; y <= to; y++)
            if (!isnan(values[b][y])) {
                *low = fmin(*low, values[b][y]);
                *high = fmax(*high, values[b][y]);
            }
    return *low <= *high;
}

static void
write_window(FILE *stream, const struct calibration *self, int width)
{
    const struct calibration_window *window = &self->window;
    if (!window->known)
        return;
    const struct target *target = target_at(self, window->target);
    const struct calibrated *first = &self->parameters[0], *second = &self->parameters[1];
    char a[VALIDATION_NUMBER];
    fprintf(stream, "\n%s\n\n", tr("How little the figure says", "这一数据能确定多少"));
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, second->fit->label);
    for (int y = 0; y < 3; y++) {
        char *head = memory_format(tr("at %s", "数据为 %s"), validation_number(a, target, window->published[y]));
        text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, head);
        text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("product", "乘积"));
        free(head);
    }
    for (int b = 0; b < 3; b++) {
        text_table_cell(&table, "%.4g", window->second[b]);
        for (int y = 0; y < 3; y++) {
            bool found = !isnan(window->first[b][y]);
            text_table_cell(&table, found ? "%.3f" : "—", window->first[b][y]);
            text_table_cell(&table, found ? "%.3f" : "—", window->product[b][y]);
        }
    }
    text_print(stream, width, 2,
        tr("What %s must be for the figure to come out, at three values of the other:",
            "要得出该数据，%s 应取的值（另一参数取三个值）："),
        first->fit->label);
    text_table_write(&table, stream, width);
    text_table_free(&table);
    double low, high, least, most, same_low, same_high;
    if (!span(window->product, 0, 2, &low, &high) || !span(window->first, 0, 2, &least, &most)
        || !span(window->product, 1, 1, &same_low, &same_high))
        return;
    text_print(stream, width, 2,
        tr("At one and the same figure the product moves between %.3f and %.3f only, while each of "
           "the two is free: only %s × %s is identified.",
            "数据相同时，乘积只在 %.3f 到 %.3f 之间，而两个参数各自仍可变动：能确定的只有 %s × %s。"),
        same_low, same_high, first->fit->label, second->fit->label);
    double prior_low = calibrated_value(first, first->low) * calibrated_value(second, second->low);
    double prior_high = calibrated_value(first, first->high) * calibrated_value(second, second->high);
    text_print(stream, width, 2,
        tr("The figure lies anywhere from %g to %g, so the product lies between %.3f and %.3f; "
           "before it was looked at, the priors allowed %.3f to %.3f. Alone, %s may still be "
           "anything from %.3f to %.3f.",
            "数据可能在 %g 到 %g 之间，因此乘积在 %.3f 到 %.3f 之间；不看该数据时，先验范围为 %.3f 到 %.3f。"
            "单看 %s，仍可能在 %.3f 到 %.3f 之间。"),
        window->published[0], window->published[2], low, high, prior_low, prior_high,
        first->fit->label, least, most);
}

void
calibration_write(FILE *stream, const struct calibration *self, int width)
{
    text_print(stream, width, 2,
        tr("%s fitted to %s. Simulated: %lld persons, seed %llu, %d times, always the same random "
           "numbers.",
            "%s 拟合至 %s。模拟 %lld 人，种子 %llu，共 %d 次，随机数始终相同。"),
        tr(self->model->name_en, self->model->name_zh),
        tr(self->targets->name_en, self->targets->name_zh), (long long)self->options.persons,
        (unsigned long long)self->options.seed, self->evaluations);
    putc('\n', stream);
    write_targets(stream, self, width);
    putc('\n', stream);
    write_parameters(stream, self, width);
    putc('\n', stream);
    write_unmet(stream, self, width);
    if (!self->window.known) /* which says the same, and how much */
        write_blind(stream, self, width);
    write_window(stream, self, width);
}

/* --- the model --- */

/* A decimal as the reader of models wants it: no exponent. */
static void
put_number(FILE *stream, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.12f", value);
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == '0')
        n--;
    if (n > 0 && text[n - 1] == '.')
        n--;
    fprintf(stream, "%.*s", (int)n, text);
}

static void
put_quoted(FILE *stream, const char *text)
{
    putc('"', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putc('\\', stream);
        putc(*text == '\n' ? ' ' : *text, stream);
    }
    putc('"', stream);
}

static void
put_leaf(FILE *stream, const struct model_value *value, int cell, bool prior)
{
    if (!prior) {
        put_number(stream, value->cells[cell]);
        return;
    }
    putc('[', stream);
    for (int i = 0; i < 3; i++) {
        fputs(i != 0 ? ", " : "", stream);
        put_number(stream, value->prior[cell][i]);
    }
    putc(']', stream);
}

static bool
same_cell(const struct model_value *value, int a, int b, bool prior)
{
    return prior ? memcmp(value->prior[a], value->prior[b], sizeof value->prior[a]) == 0
                 : value->cells[a] == value->cells[b];
}

/* Whether the cells from `cell` on do not differ along a dimension, each of whose
 * steps holds `inner` cells. */
static bool
same_along(const struct model_value *value, int d, int cell, int inner, bool prior)
{
    for (int i = inner; i < inner * value->size[d]; i++)
        if (!same_cell(value, cell + i, cell + i % inner, prior))
            return false;
    return true;
}

/* Cells from `cell` on along dimension d and those within it, as nested maps; a
 * dimension along which they don't differ is left out. */
static void
put_cells(FILE *stream, const struct model_value *value, int d, int cell, bool prior)
{
    while (d < MODEL_DIMENSIONS && value->size[d] == 1)
        d++;
    if (d == MODEL_DIMENSIONS) {
        put_leaf(stream, value, cell, prior);
        return;
    }
    int inner = 1, n;
    for (int i = d + 1; i < MODEL_DIMENSIONS; i++)
        inner *= value->size[i];
    if (same_along(value, d, cell, inner, prior)) {
        put_cells(stream, value, d + 1, cell, prior);
        return;
    }
    const struct word *words = model_words((enum model_dimension)d, &n);
    putc('{', stream);
    for (int i = 0; i < value->size[d]; i++) {
        fputs(i != 0 ? ", " : "", stream);
        if (words != NULL)
            fputs(words[i].key, stream);
        else
            fprintf(stream, "%d", d == MODEL_BY_AGE ? value->ages[i]
                    : d == MODEL_BY_YEAR ? MODEL_FIRST_YEAR + value->ages[i]
                                         : i + 1);
        fputs(": ", stream);
        put_cells(stream, value, d + 1, cell + i * inner, prior);
    }
    putc('}', stream);
}

/* How strongly a value's parameters move a fitted target. */
static double
strength(const struct calibration *self, const struct model_value *value, int i)
{
    double most = 0;
    for (int k = 0; k < self->n; k++)
        if (self->parameters[k].value == value)
            most = fmax(most, fabs(self->slopes[i * self->n + k]));
    return most;
}

/* The targets that fix a value: those that it moves most. */
static char *
source_of(const struct calibration *self, const struct model_value *value)
{
    char *text = memory_format("fitted by gongji calibrate to %s (", self->targets->id);
    double most = 0;
    int n = 0;
    for (int i = 0; i < self->n_fitted; i++)
        most = fmax(most, strength(self, value, i));
    for (int i = 0; i < self->n_fitted; i++) {
        const struct target *target = target_at(self, self->fitted[i]);
        if (strength(self, value, i) < 0.4 * most)
            continue;
        char *longer = memory_format("%s%s%s %.6g in %d", text, n++ != 0 ? ", " : "", target->id,
            target->value, target->year);
        free(text);
        text = longer;
    }
    char *whole = memory_format("%s); before: %s", text, value->source != NULL ? value->source : "");
    free(text);
    return whole;
}

/* previous: the value put before, whose sections need no second heading; or NULL. */
static void
put_value(FILE *stream, const struct calibration *self, const struct model_value *value,
    const struct model_value *previous)
{
    int depth = 0;
    bool same = previous != NULL;
    const char *part = value->path;
    for (const char *dot; (dot = strchr(part, '.')) != NULL; part = dot + 1, depth++) {
        same = same && strncmp(value->path, previous->path, (size_t)(dot + 1 - value->path)) == 0;
        if (!same)
            fprintf(stream, "%*s%.*s:\n", 2 * depth, "", (int)(dot - part), part);
    }
    fprintf(stream, "%*s%s:\n", 2 * depth, "", part);
    depth++;
    fprintf(stream, "%*svalue: ", 2 * depth, "");
    put_cells(stream, value, 0, 0, false);
    if (value->prior != NULL) {
        fprintf(stream, "\n%*sprior: ", 2 * depth, "");
        put_cells(stream, value, 0, 0, true);
    }
    char *source = source_of(self, value);
    fprintf(stream, "\n%*sstanding: derived\n%*ssource: ", 2 * depth, "", 2 * depth, "");
    put_quoted(stream, source);
    putc('\n', stream);
    free(source);
}

static int
compare_paths(const void *a, const void *b)
{
    const struct model_value *const *x = a, *const *y = b;
    return strcmp((*x)->path, (*y)->path);
}

static void
put_values(FILE *stream, const struct calibration *self)
{
    const struct model_value **values = memory_alloc((size_t)self->n, sizeof *values);
    for (int k = 0; k < self->n; k++)
        values[k] = self->parameters[k].value;
    qsort(values, (size_t)self->n, sizeof *values, compare_paths);
    const struct model_value *previous = NULL;
    for (int k = 0; k < self->n; k++)
        if (values[k] != previous) {
            put_value(stream, self, values[k], previous);
            previous = values[k];
        }
    free(values);
}

void
calibration_write_model(FILE *stream, const struct calibration *self, const char *extends)
{
    fprintf(stream,
        "# Fitted by: gongji calibrate %s --targets %s --persons %lld --seed %llu\n"
        "# to the figures below, of which the sources stand in that file.\n",
        self->model->id, self->targets->id, (long long)self->options.persons,
        (unsigned long long)self->options.seed);
    for (int i = 0; i < self->n_fitted; i++) {
        const struct target *target = target_at(self, self->fitted[i]);
        fprintf(stream, "#   %s (%d): published %.6g, simulated %.6g\n", target->id, target->year,
            target->value, self->after[self->fitted[i]]);
    }
    fputs("kind: model\nextends: ", stream);
    put_quoted(stream, extends);
    fprintf(stream, "\nname:\n  zh: ");
    char *zh = memory_format("%s（已校准）", self->model->name_zh);
    char *en = memory_format("%s, calibrated", self->model->name_en);
    put_quoted(stream, zh);
    fputs("\n  en: ", stream);
    put_quoted(stream, en);
    fprintf(stream, "\nyear: %d\n", self->model->year);
    free(zh);
    free(en);
    put_values(stream, self);
}
