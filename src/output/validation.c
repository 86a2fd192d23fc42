/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/validation.h"

#include <math.h>
#include <string.h>

#include "base/language.h"
#include "output/table.h"

const double validation_noticed = 0.05;

const char *
validation_number(char out[static VALIDATION_NUMBER], const struct target *target, double value)
{
    int decimals = target_measures[target->measure].decimals;
    /* Small figures would lose their digits. */
    for (double most = 1; decimals < 5 && decimals > 0 && fabs(target->value) * most < 0.1; most *= 10)
        decimals++;
    snprintf(out, VALIDATION_NUMBER, "%.*f", decimals, value);
    return out;
}

const char *
validation_name(const struct target *target)
{
    return tr(target->name_en, target->name_zh);
}

const char *
validation_cause(const struct target *target)
{
    return target->cause_en != NULL ? tr(target->cause_en, target->cause_zh)
                                    : tr("no cause given", "未写明原因");
}

static const char *
published(char out[static 3 * VALIDATION_NUMBER], const struct target *target)
{
    char a[VALIDATION_NUMBER], b[VALIDATION_NUMBER];
    if (target->has_range)
        snprintf(out, 3 * VALIDATION_NUMBER, "%s–%s", validation_number(a, target, target->low),
            validation_number(b, target, target->high));
    else
        snprintf(out, 3 * VALIDATION_NUMBER, "%s", validation_number(a, target, target->value));
    return out;
}

static double
ratio_of(const struct validation *self, int i)
{
    return self->simulated[i] / self->targets->items[i].value;
}

/* Whether the figure asks for a cause. */
static bool
is_off(const struct validation *self, int i)
{
    const struct target *target = &self->targets->items[i];
    return target->has_range ? !target_met(target, self->simulated[i])
                             : fabs(ratio_of(self, i) - 1) > validation_noticed;
}

static const char *
verdict(const struct validation *self, int i)
{
    const struct target *target = &self->targets->items[i];
    if (target->has_range)
        return target_met(target, self->simulated[i]) ? tr("within the range", "在范围内")
                                                      : tr("outside the range", "超出范围");
    return is_off(self, i) ? tr("off by more than 5 %", "偏离超过 5%") : "";
}

static const char *
heading(bool fitted)
{
    return fitted ? tr("Fitted: the model was made to meet these", "拟合：模型据此调整")
                  : tr("Held out: the model has not seen these", "留出：模型未使用");
}

static int
count(const struct validation *self, bool fitted)
{
    int n = 0;
    for (int i = 0; i < self->targets->n; i++)
        n += self->targets->items[i].fitted == fitted;
    return n;
}

/* --- as a table --- */

static void
write_rows(FILE *stream, const struct validation *self, bool fitted, int width)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("Figure", "指标"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Year", "年份"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Published", "公开数据"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Simulated", "模拟"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Ratio", "比值"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("Unit", "单位"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, "");
    char a[3 * VALIDATION_NUMBER], b[VALIDATION_NUMBER];
    for (int i = 0; i < self->targets->n; i++) {
        const struct target *target = &self->targets->items[i];
        const struct target_measure_info *info = &target_measures[target->measure];
        if (target->fitted != fitted)
            continue;
        text_table_cell(&table, "%s", validation_name(target));
        text_table_cell(&table, "%d", target->year);
        text_table_cell(&table, "%s", published(a, target));
        text_table_cell(&table, "%s", validation_number(b, target, self->simulated[i]));
        text_table_cell(&table, "%.3f", ratio_of(self, i));
        text_table_cell(&table, "%s", tr(info->unit_en, info->unit_zh));
        text_table_cell(&table, "%s", verdict(self, i));
    }
    text_table_write(&table, stream, width);
    text_table_free(&table);
}

void
validation_write(FILE *stream, const struct validation *self, int width)
{
    char line[4096];
    snprintf(line, sizeof line,
        tr("%s against %s. Simulated: %lld persons, seed %llu; ratio: simulated over published.",
            "%s 对照 %s。模拟 %lld 人，种子 %llu；比值为模拟除以公开数据。"),
        tr(self->model->name_en, self->model->name_zh),
        tr(self->targets->name_en, self->targets->name_zh), (long long)self->persons,
        (unsigned long long)self->seed);
    text_write(stream, line, width, 2);
    for (int fitted = 1; fitted >= 0; fitted--) {
        if (count(self, fitted == 1) == 0)
            continue;
        fprintf(stream, "\n%s\n\n", heading(fitted == 1));
        write_rows(stream, self, fitted == 1, width);
    }
    bool any = false;
    for (int i = 0; i < self->targets->n; i++) {
        const struct target *target = &self->targets->items[i];
        if (!is_off(self, i))
            continue;
        if (!any)
            fprintf(stream, "\n%s\n\n", tr("Causes of what is off", "偏离的原因"));
        any = true;
        snprintf(line, sizeof line, tr("%s, %d (%.3f): %s", "%s，%d 年（%.3f）：%s"),
            validation_name(target), target->year, ratio_of(self, i), validation_cause(target));
        text_write(stream, line, width, 2);
    }
    for (int i = 0; i < self->targets->n_growths; i++) {
        const struct target_growth *growth = &self->targets->growths[i];
        if (i == 0)
            fprintf(stream, "\n%s\n\n", tr("Growth that predictions assume", "预测所用的增长"));
        snprintf(line, sizeof line, tr("%s: %+.1f %% a year; %s", "%s：每年 %+.1f%%；%s"),
            tr(growth->name_en, growth->name_zh), 100 * growth->yearly, growth->source);
        text_write(stream, line, width, 2);
    }
}

/* --- as a page --- */

static void
put_escaped(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", stream);
            break;
        case '>':
            fputs("&gt;", stream);
            break;
        case '&':
            fputs("&amp;", stream);
            break;
        case '"':
            fputs("&quot;", stream);
            break;
        default:
            putc(*text, stream);
        }
}

static void
put_element(FILE *stream, const char *open, const char *text, const char *close)
{
    fputs(open, stream);
    put_escaped(stream, text);
    fputs(close, stream);
}

/* The ratio as a bar from 1, on an axis from 0.5 to 1.5; an arrow where it is beyond. */
static void
put_bar(FILE *stream, const struct validation *self, int i)
{
    enum { WIDTH = 240, HEIGHT = 22 };
    const struct target *target = &self->targets->items[i];
    double ratio = ratio_of(self, i), middle = WIDTH / 2.0;
    double low = target->has_range ? target->low / target->value : 1 - validation_noticed;
    double high = target->has_range ? target->high / target->value : 1 + validation_noticed;
    double at = middle + (fmin(fmax(ratio, 0.5), 1.5) - 1) * WIDTH;
    double from = middle + (fmax(low, 0.5) - 1) * WIDTH, to = middle + (fmin(high, 1.5) - 1) * WIDTH;
    fprintf(stream,
        "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%.3f\">"
        "<rect class=\"band\" x=\"%.1f\" y=\"1\" width=\"%.1f\" height=\"%d\"/>"
        "<line class=\"one\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>",
        WIDTH, HEIGHT, WIDTH, HEIGHT, ratio, from, to - from, HEIGHT - 2, middle, middle, HEIGHT);
    fprintf(stream, "<rect class=\"%s\" x=\"%.1f\" y=\"6\" width=\"%.1f\" height=\"10\"/>",
        is_off(self, i) ? "off" : "bar", fmin(at, middle), fmax(fabs(at - middle), 1));
    if (ratio > 1.5 || ratio < 0.5)
        fprintf(stream, "<text x=\"%d\" y=\"16\" text-anchor=\"%s\">%s</text>",
            ratio > 1.5 ? WIDTH - 2 : 2, ratio > 1.5 ? "end" : "start", ratio > 1.5 ? "▶" : "◀");
    fputs("</svg>", stream);
}

static void
put_section(FILE *stream, const struct validation *self, bool fitted)
{
    char a[3 * VALIDATION_NUMBER], b[VALIDATION_NUMBER];
    put_element(stream, "<h2>", heading(fitted), "</h2>\n<table><thead><tr>");
    const char *headings[] = { tr("Figure", "指标"), tr("Year", "年份"), tr("Published", "公开数据"),
        tr("Simulated", "模拟"), tr("Unit", "单位"), tr("Ratio", "比值"), "0.5 … 1 … 1.5" };
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        bool number = (i >= 1 && i <= 3) || i == 5;
        put_element(stream, number ? "<th class=\"n\">" : "<th>", headings[i], "</th>");
    }
    fputs("</tr></thead><tbody>\n", stream);
    for (int i = 0; i < self->targets->n; i++) {
        const struct target *target = &self->targets->items[i];
        const struct target_measure_info *info = &target_measures[target->measure];
        if (target->fitted != fitted)
            continue;
        put_element(stream, "<tr><td>", validation_name(target), "");
        put_element(stream, "<div class=\"source\">", target->source, " (");
        put_escaped(stream, tr(evidence_words[target->standing].en, evidence_words[target->standing].zh));
        fputs(")</div>", stream);
        if (is_off(self, i))
            put_element(stream, "<div class=\"cause\">", validation_cause(target), "</div>");
        fprintf(stream, "</td><td class=\"n\">%d</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td>",
            target->year, published(a, target), validation_number(b, target, self->simulated[i]));
        put_escaped(stream, tr(info->unit_en, info->unit_zh));
        fprintf(stream, "</td><td class=\"n\">%.3f</td><td>", ratio_of(self, i));
        put_bar(stream, self, i);
        fputs("</td></tr>\n", stream);
    }
    fputs("</tbody></table>\n", stream);
}

static const char style[]
    = "body{font:15px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;color:#1c2733;"
      "max-width:72rem;margin:2rem auto;padding:0 1rem}"
      "table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;text-align:left;"
      "border-bottom:1px solid #d8dee6;vertical-align:top}th.n,.n{text-align:right;"
      "font-variant-numeric:tabular-nums;white-space:nowrap}.source{color:#5b6876;font-size:.8rem}"
      ".cause{color:#8a3b12;font-size:.85rem}svg{display:block;max-width:none}"
      ".band{fill:#e3ebf4}.one{stroke:#5b6876}.bar{fill:#2b6cb0}.off{fill:#c05621}"
      "svg text{font-size:10px;fill:#1c2733}@media(max-width:60rem){main{overflow-x:auto}}";

void
validation_write_html(FILE *stream, const struct validation *self)
{
    const char *model = tr(self->model->name_en, self->model->name_zh);
    fprintf(stream,
        "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
        tr("en", "zh-CN"));
    put_element(stream, "<title>", model, "</title>");
    fprintf(stream, "<style>%s</style></head><body><main>\n", style);
    put_element(stream, "<h1>", model, "</h1>\n<p>");
    put_escaped(stream, tr(self->targets->name_en, self->targets->name_zh));
    fprintf(stream,
        tr(". Simulated: %lld persons, seed %llu. Bars run from 1 to the ratio of simulated to "
           "published; the band is ±5 %%, or the published range.</p>\n",
            "。模拟 %lld 人，种子 %llu。条形自 1 画到模拟与公开数据的比值；浅色带为 ±5%% 或公开的范围。</p>\n"),
        (long long)self->persons, (unsigned long long)self->seed);
    for (int fitted = 1; fitted >= 0; fitted--)
        if (count(self, fitted == 1) != 0)
            put_section(stream, self, fitted == 1);
    for (int i = 0; i < self->targets->n_growths; i++) {
        const struct target_growth *growth = &self->targets->growths[i];
        if (i == 0)
            put_element(stream, "<h2>", tr("Growth that predictions assume", "预测所用的增长"), "</h2>\n<ul>");
        put_element(stream, "<li>", tr(growth->name_en, growth->name_zh), "");
        fprintf(stream, " %+.1f %%", 100 * growth->yearly);
        put_element(stream, "<div class=\"source\">", growth->source, "</div></li>\n");
        if (i == self->targets->n_growths - 1)
            fputs("</ul>\n", stream);
    }
    fputs("</main></body></html>\n", stream);
}

/* --- as text for the models' folder --- */

void
validation_write_markdown(FILE *stream, const struct validation *self)
{
    char a[3 * VALIDATION_NUMBER], b[VALIDATION_NUMBER];
    fprintf(stream, "# %s\n\n", tr(self->model->name_en, self->model->name_zh));
    fprintf(stream,
        tr("Made by `gongji validate %s --persons %lld --seed %llu -o FILE.md`; the figures and causes "
           "are those of %s.\n",
            "由 `gongji validate %s --persons %lld --seed %llu -o FILE.md` 生成；数据与原因见 %s。\n"),
        self->model->id, (long long)self->persons, (unsigned long long)self->seed,
        self->targets->id);
    for (int fitted = 1; fitted >= 0; fitted--) {
        if (count(self, fitted == 1) == 0)
            continue;
        fprintf(stream, "\n## %s\n\n| %s | %s | %s | %s | %s | %s |\n|---|--:|--:|--:|--:|---|\n",
            heading(fitted == 1), tr("figure", "指标"), tr("year", "年份"), tr("published", "公开数据"),
            tr("simulated", "模拟"), tr("ratio", "比值"), tr("cause where it is off", "偏离的原因"));
        for (int i = 0; i < self->targets->n; i++) {
            const struct target *target = &self->targets->items[i];
            const struct target_measure_info *info = &target_measures[target->measure];
            if (target->fitted == (fitted == 1))
                fprintf(stream, "| %s%s%s | %d | %s | %s | %.3f | %s |\n", validation_name(target),
                    *info->unit_en != '\0' ? tr(", ", "，") : "", tr(info->unit_en, info->unit_zh),
                    target->year, published(a, target),
                    validation_number(b, target, self->simulated[i]), ratio_of(self, i),
                    is_off(self, i) ? validation_cause(target) : "");
        }
    }
    for (int i = 0; i < self->targets->n_growths; i++) {
        const struct target_growth *growth = &self->targets->growths[i];
        if (i == 0)
            fprintf(stream, "\n## %s\n\n", tr("Growth that predictions assume", "预测所用的增长"));
        fprintf(stream, "- %s: %+.1f %%. %s\n", tr(growth->name_en, growth->name_zh),
            100 * growth->yearly, growth->source);
    }
}
