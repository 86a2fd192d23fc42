/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/worlds.h"
#include "output/table.h"

static const double half_width_95 = 1.959963984540054; /* standard errors */

/* The unit of totals, and its decimals: so that the largest has about five digits. */
struct scale {
    double yuan;
    const char *name;
    int decimals;
};

static const enum measure shown[] = { MEASURE_FUND_OUTFLOW, MEASURE_ACCOUNT_TRANSFER,
    MEASURE_MEMBER_BURDEN };
enum { N_SHOWN = sizeof shown / sizeof *shown };

static const struct estimate *
estimate_at(const struct result *r, int scenario, int year, enum measure measure)
{
    return &r->cells[result_at(r, scenario, year, (int)measure, 0)];
}

static struct scale
find_scale(const struct result *r)
{
    double largest = 0;
    for (int scenario = 0; scenario < r->n_scenarios; scenario++)
        for (int year = 0; year < r->n_years; year++)
            for (int i = 0; i < N_SHOWN; i++)
                largest = fmax(largest, fabs(estimate_at(r, scenario, year, shown[i])->value));
    struct scale scale = { 1e6, tr("million yuan", "百万元"), 2 };
    if (largest >= 1e10 && language_current == LANGUAGE_ZH)
        scale = (struct scale){ 1e8, "亿元", 2 };
    else if (largest >= 1e10)
        scale = (struct scale){ 1e9, "billion yuan", 2 };
    for (double top = 1000; scale.decimals > 0 && largest / scale.yuan >= top; top *= 10)
        scale.decimals--;
    return scale;
}

/* Groups of columns, which stand below each other where they find no room side by side:
 * each measure shown, then who is better and worse off. */
enum { GROUPS = N_SHOWN + 1 };

static void
add_columns(struct text_table *table, int first, int end)
{
    const char *headings[N_SHOWN] = { tr("Fund\npays", "基金\n支出"),
        tr("Into\naccounts", "划入\n账户"), tr("Members\nbear", "个人\n负担") };
    text_table_column(table, COLUMN_LEFT, COLUMN_CUT, tr("\nScenario", "\n方案"));
    for (int i = first; i < end && i < N_SHOWN; i++) {
        text_table_column(table, COLUMN_RIGHT, COLUMN_KEEP, headings[i]);
        text_table_column(table, COLUMN_RIGHT, COLUMN_KEEP, tr("\nchange", "\n增减"));
        text_table_column(table, COLUMN_RIGHT, COLUMN_KEEP, "\n±");
    }
    if (end < GROUPS)
        return;
    text_table_column(table, COLUMN_RIGHT, COLUMN_KEEP, tr("Better\noff", "受益\n人群"));
    text_table_column(table, COLUMN_RIGHT, COLUMN_KEEP, tr("Worse\noff", "受损\n人群"));
}

/* Three cells of a measure, each with the total above and per insured below. */
static void
add_measure(struct text_table *table, const struct estimate *cell, double persons,
    const struct scale *scale, bool baseline)
{
    char total[TEXT_NUMBER], each[TEXT_NUMBER];
    double half = half_width_95 * cell->difference_std_error;
    text_table_cell(table, "%s\n%s",
        text_number(total, cell->value / scale->yuan, scale->decimals, false),
        text_number(each, cell->value / persons, 2, false));
    if (baseline) {
        text_table_cell(table, "%s\n—", tr("baseline", "基线"));
        text_table_cell(table, "%s", "");
        return;
    }
    text_table_cell(table, "%s\n%s",
        text_number(total, cell->difference / scale->yuan, scale->decimals, true),
        text_number(each, cell->difference / persons, 2, true));
    text_table_cell(table, "%s\n%s", text_number(total, half / scale->yuan, scale->decimals, false),
        text_number(each, half / persons, 2, false));
}

static void
add_share(struct text_table *table, double part, double persons, bool baseline)
{
    if (baseline || !(persons > 0))
        text_table_cell(table, "—");
    else
        text_table_cell(table, "%.1f%%", 100 * part / persons);
}

/* The groups of columns from first until before end. */
static struct text_table
make_table(const struct result *r, const struct run_inputs *inputs, int year,
    const struct scale *scale, int first, int end)
{
    struct text_table table = { 0 };
    add_columns(&table, first, end);
    for (int i = 0; i < r->n_scenarios; i++) {
        const struct run_scenario *scenario = &inputs->scenarios[i];
        bool baseline = i == r->baseline;
        double persons = estimate_at(r, i, year, MEASURE_PERSONS)->value;
        text_table_cell(&table, "%s\n%s", tr(scenario->en, scenario->zh), scenario->id);
        for (int k = first; k < end && k < N_SHOWN; k++)
            add_measure(&table, estimate_at(r, i, year, shown[k]), persons, scale, baseline);
        if (end < GROUPS)
            continue;
        add_share(&table, estimate_at(r, i, year, MEASURE_WINNERS)->value, persons, baseline);
        add_share(&table, estimate_at(r, i, year, MEASURE_LOSERS)->value, persons, baseline);
    }
    return table;
}

static void
write_year(FILE *stream, const struct result *r, const struct run_inputs *inputs, int year,
    const struct scale *scale, int width)
{
    for (int first = 0, end; first < GROUPS; first = end) {
        struct text_table table = { 0 };
        for (end = GROUPS; end > first; end--) {
            table = make_table(r, inputs, year, scale, first, end);
            if (end == first + 1 || text_table_least(&table, COMPARISON_NAMES) <= width)
                break;
            text_table_free(&table);
        }
        if (first > 0)
            putc('\n', stream);
        text_table_write(&table, stream, width);
        text_table_free(&table);
    }
}

/* Writes a sentence, wrapped, and frees it. */
static void
say(FILE *stream, int width, char *sentence)
{
    text_write(stream, sentence, width, 0);
    free(sentence);
}

static const char *
behaviour_text(const char *word)
{
    return strcmp(word, "off") == 0 ? tr("off", "不考虑")
        : strcmp(word, "low") == 0  ? tr("low", "低")
        : strcmp(word, "high") == 0 ? tr("high", "高")
                                    : tr("central", "中");
}

static void
write_head(FILE *stream, const struct result *r, const struct run_inputs *inputs, int width)
{
    char persons[TEXT_NUMBER], day[DATE_TEXT];
    char *populations = inputs->replicates > 1
        ? memory_format(tr(" (%d populations)", "（%d 个人群）"), inputs->replicates)
        : memory_text("");
    say(stream, width,
        memory_format(tr("Model: %s. Simulated: %s persons%s, seed %llu. Behaviour: %s. "
                         "Baseline: %s.",
                          "模型：%s。模拟 %s 人%s，种子 %llu。行为反应：%s。基线：%s。"),
            tr(inputs->model_en, inputs->model_zh),
            text_number(persons, (double)inputs->persons, 0, false), populations,
            (unsigned long long)inputs->seed, behaviour_text(inputs->behaviour),
            inputs->scenarios[r->baseline].id));
    free(populations);
    if (inputs->rules_on != DAY_MIN)
        say(stream, width,
            memory_format(tr("Rules of every scenario as they stand on %s.",
                              "各方案均按 %s 当日的规则计算。"),
                date_text(day, inputs->rules_on)));
}

static void
write_year_head(FILE *stream, const struct result *r, int year, const struct scale *scale,
    int width)
{
    char insured[TEXT_NUMBER];
    double persons = estimate_at(r, r->baseline, year, MEASURE_PERSONS)->value;
    putc('\n', stream);
    say(stream, width,
        memory_format(tr("Year %d, for the %s insured of the model. Of the two lines the upper is "
                         "the total in %s, the lower yuan per insured.",
                          "%d 年，按模型的 %s 名参保人推算。上行为总额（%s），下行为人均（元）。"),
            r->first_year + year, text_number(insured, persons, 0, false), scale->name));
}

static int
n_assumptions(const struct policy *policy)
{
    int n = 0;
    for (int i = 0; i < policy->n_parameters; i++)
        for (int k = 0; k < policy->parameters[i].n_values; k++)
            if (policy->parameters[i].values[k].source.standing == STANDING_ASSUMPTION) {
                n++;
                break;
            }
    return n;
}

/* Which scenarios hold values that no document fixes. */
static void
write_assumptions(FILE *stream, const struct run_inputs *inputs, int width)
{
    char *list = memory_text("");
    for (int i = 0; i < inputs->n_scenarios; i++) {
        int n = n_assumptions(inputs->scenarios[i].policy);
        if (n == 0)
            continue;
        char *longer = memory_format("%s%s%s %d", list, *list != '\0' ? tr(", ", "，") : "",
            inputs->scenarios[i].id, n);
        free(list);
        list = longer;
    }
    if (*list != '\0')
        say(stream, width,
            memory_format(tr("Parameters assumed, not taken from a document: %s. gongji show lists "
                             "them.",
                              "属于假设、文件未规定的参数个数：%s。可用 gongji show 查看。"),
                list));
    free(list);
}

static void
write_foot(FILE *stream, const struct result *r, const struct run_inputs *inputs, int width,
    const char *directory)
{
    putc('\n', stream);
    say(stream, width,
        memory_text(tr("±: half of the 95% interval of the change, for the chance in the people "
                       "drawn, who are the same under every scenario; not for doubt about the "
                       "model's figures.",
            "±：增减额 95% 区间的半宽，只反映模拟人群的随机误差（各方案为同一批人），"
            "不含模型参数本身的不确定性。")));
    say(stream, width,
        memory_text(tr("Better or worse off: by more than 1 yuan in the year, in fund payments and "
                       "account credits together.",
            "受益、受损：全年基金支付与账户划入合计比基线多或少 1 元以上的参保人占比。")));
    write_assumptions(stream, inputs, width);
    say(stream, width,
        memory_text(tr("The insured number, wages and use of care are the model's; its file marks "
                       "which of them are assumed.",
            "参保人数、工资与就医水平取自模型，其中属于假设的在模型文件中注明。")));
    if (r->n_years > 2)
        say(stream, width,
            directory != NULL
                ? memory_format(tr("The years between are in %s/summary.csv.",
                                    "其间各年见 %s/summary.csv。"),
                      directory)
                : memory_text(tr("With -o DIR the years between are in DIR/summary.csv.",
                      "加 -o 目录 后，其间各年见该目录下的 summary.csv。")));
    if (r->worlds != NULL)
        say(stream, width,
            directory != NULL
                ? memory_format(tr("What the %d worlds say of every measure is in %s/worlds.csv, what "
                                   "makes them differ in %s/uncertainty.csv.",
                                    "%d 个情景的各项指标见 %s/worlds.csv，差异的来源见 %s/uncertainty.csv。"),
                      r->worlds->n, directory, directory)
                : memory_format(tr("With -o DIR, what the %d worlds say of every measure is in "
                                   "DIR/worlds.csv, what makes them differ in DIR/uncertainty.csv.",
                                    "加 -o 目录 后，%d 个情景的各项指标见该目录下的 worlds.csv，差异的来源见 "
                                    "uncertainty.csv。"),
                      r->worlds->n));
}

void
comparison_write(FILE *stream, const struct result *result, const struct run_inputs *inputs,
    int width, const char *directory)
{
    struct scale scale = find_scale(result);
    write_head(stream, result, inputs, width);
    for (int year = 0; year < result->n_years; year++)
        if (year == 0 || year == result->n_years - 1) {
            write_year_head(stream, result, year, &scale, width);
            write_year(stream, result, inputs, year, &scale, width);
        }
    comparison_write_books(stream, result, inputs, width);
    write_foot(stream, result, inputs, width, directory);
}
