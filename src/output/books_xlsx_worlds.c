/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/books_xlsx_parts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "engine/sensitivity.h"
#include "output/books_scope.h"
#include "output/worlds_csv.h"

/* The fan of each scenario's closing balance, one below the other. */
static void
write_fans(struct books_xlsx *self)
{
    const struct worlds *worlds = self->result->worlds;
    struct books_xlsx_sheet sheet = books_xlsx_sheet(self, "区间 Fans",
        memory_format("统筹基金年末结余（元），%d 个情景的分位数 Closing balance, quantiles over %d worlds",
            worlds->n, worlds->n));
    worksheet_set_column(sheet.sheet, 0, WORLD_QUANTILES, 19, NULL);
    int row = 2;
    for (int s = 0; s < worlds->n_scenarios; s++) {
        const struct run_scenario *of = &self->inputs->scenarios[s];
        int first = row + 2, last = row + 1 + worlds->n_years;
        char *title = memory_format("%s %s", of->zh, of->en);
        books_xlsx_text(&sheet, row, 0, XLSX_TITLE, memory_text(title));
        books_xlsx_both(&sheet, row + 1, 0, XLSX_HEAD, "year", "年份");
        lxw_chart *chart = books_xlsx_chart(&sheet, LXW_CHART_LINE, title, NULL);
        for (int q = 0; q < WORLD_QUANTILES; q++) {
            books_xlsx_text(&sheet, row + 1, q + 1, XLSX_HEAD,
                memory_format("%.0f%%", 100 * world_quantiles[q]));
            books_xlsx_series(&sheet, chart, (struct books_xlsx_range){ first, 0, last, 0 },
                (struct books_xlsx_range){ first, q + 1, last, q + 1 }, row + 1, q + 1);
        }
        for (int y = 0; y < worlds->n_years; y++) {
            double fan[WORLD_QUANTILES];
            worlds_fan(worlds_line(worlds, s, y, BOOK_CLOSING), worlds->n, fan);
            books_xlsx_number(&sheet, first + y, 0, XLSX_YEAR, worlds->first_year + y);
            for (int q = 0; q < WORLD_QUANTILES; q++)
                books_xlsx_number(&sheet, first + y, q + 1, XLSX_YUAN, fan[q]);
        }
        books_xlsx_insert(&sheet, row, WORLD_QUANTILES + 2, chart);
        row = (last > row + XLSX_CHART_ROWS ? last : row + XLSX_CHART_ROWS) + 3;
        free(title);
    }
}

/* Shares of worlds by year (down) of columns: a scenario's unit each. */
struct event_column {
    const int *years; /* [world] */
    const char *en, *zh;
};

static int
write_event(struct books_xlsx_sheet *sheet, const struct worlds *worlds, int row, const char *title,
    const struct event_column *columns, int n)
{
    int first = row + 1, last = row + 1 + worlds->n_years;
    int64_t *counts = memory_alloc((size_t)worlds->n_years + 1, sizeof *counts);
    lxw_chart *chart = books_xlsx_chart(sheet, LXW_CHART_COLUMN, title, "比例 share");
    chart_axis_set_num_format(chart->y_axis, "0%");
    books_xlsx_text(sheet, row, 0, XLSX_HEAD, memory_text(title));
    for (int y = 0; y < worlds->n_years; y++)
        books_xlsx_number(sheet, first + y, 0, XLSX_YEAR, worlds->first_year + y);
    books_xlsx_both(sheet, last, 0, XLSX_TEXT, "later", "其后");
    for (int c = 0; c < n; c++) {
        worlds_count_years(columns[c].years, worlds->n, worlds->first_year, worlds->n_years,
            counts);
        books_xlsx_both(sheet, row, c + 1, XLSX_HEAD, columns[c].en, columns[c].zh);
        for (int y = 0; y <= worlds->n_years; y++)
            books_xlsx_number(sheet, first + y, c + 1, XLSX_SHARE, (double)counts[y] / worlds->n);
        books_xlsx_series(sheet, chart, (struct books_xlsx_range){ first, 0, last, 0 },
            (struct books_xlsx_range){ first, c + 1, last, c + 1 }, row, c + 1);
    }
    books_xlsx_insert(sheet, row, n + 2, chart);
    free(counts);
    return (last > row + XLSX_CHART_ROWS ? last : row + XLSX_CHART_ROWS) + 3;
}

static void
write_events(struct books_xlsx *self)
{
    const struct worlds *worlds = self->result->worlds;
    const struct books *books = &self->result->books;
    int n = worlds->n_scenarios, widest = n > worlds->n_units ? n : worlds->n_units;
    struct event_column *columns = memory_alloc((size_t)widest, sizeof *columns);
    struct books_xlsx_sheet sheet = books_xlsx_sheet(self, "耗尽年份 Run dry",
        memory_format("%d 个情景中各年首次出现的比例 Share of %d worlds by the year in which it first comes",
            worlds->n, worlds->n));
    worksheet_set_column(sheet.sheet, 0, (lxw_col_t)widest, 24, NULL);
    int row = 2;
    for (int dry = 0; dry < 2; dry++) {
        for (int s = 0; s < n; s++)
            columns[s] = (struct event_column){ dry ? worlds_run_dry(worlds, s, 0)
                                                    : worlds_first_deficit(worlds, s, 0),
                self->inputs->scenarios[s].en, self->inputs->scenarios[s].zh };
        row = write_event(&sheet, worlds, row,
            dry ? "结余耗尽（市级统筹：需财政资金） pool empty (pooled: in need of budget money)"
                : "首个当期赤字 first deficit",
            columns, n);
    }
    for (int s = 0; s < n; s++)
        if (books->pooled[s] && worlds->n_units > 1) {
            char *title = memory_format("各县（市、区）首次需财政资金 counties in need of budget money: %s",
                self->inputs->scenarios[s].zh);
            for (int unit = 1; unit < worlds->n_units; unit++)
                columns[unit - 1] = (struct event_column){ worlds_run_dry(worlds, s, unit),
                    books_place(self->result, unit)->en, books_place(self->result, unit)->zh };
            row = write_event(&sheet, worlds, row, title, columns, worlds->n_units - 1);
            free(title);
        }
    free(columns);
}

/* The first-order shares of kinds of inputs in the closing balance, scenarios across. */
static int
write_kinds(struct books_xlsx_sheet *sheet, const struct books_xlsx *self, int row)
{
    enum { SAMPLING = WORLD_GROUPS, UNEXPLAINED, KINDS };
    const struct sensitivity *sensitivity = self->result->sensitivity;
    int n = sensitivity->n_scenarios;
    char *title = memory_format("%s：一阶比例 first-order shares: %s",
        outcome_words[OUTCOME_CLOSING].zh, outcome_words[OUTCOME_CLOSING].en);
    lxw_chart *chart = books_xlsx_chart(sheet, LXW_CHART_BAR, title, "占方差比例 share of variance");
    chart_axis_set_num_format(chart->y_axis, "0%");
    chart_axis_set_reverse(chart->x_axis);
    books_xlsx_text(sheet, row, 0, XLSX_HEAD, memory_text(title));
    books_xlsx_both(sheet, row + 1 + SAMPLING, 0, XLSX_TEXT, "sampling", "抽样");
    books_xlsx_both(sheet, row + 1 + UNEXPLAINED, 0, XLSX_TEXT, "unexplained", "未能解释");
    for (int g = 0; g < WORLD_GROUPS; g++)
        books_xlsx_both(sheet, row + 1 + g, 0, XLSX_TEXT, world_group_words[g].en,
            world_group_words[g].zh);
    for (int s = 0; s < n; s++) {
        const struct sensitivity_outcome *of
            = &sensitivity->outcomes[s * OUTCOME_COUNT + OUTCOME_CLOSING];
        books_xlsx_both(sheet, row, s + 1, XLSX_HEAD, self->inputs->scenarios[s].en,
            self->inputs->scenarios[s].zh);
        for (int k = 0; k < KINDS; k++)
            books_xlsx_number(sheet, row + 1 + k, s + 1, XLSX_SHARE,
                k < WORLD_GROUPS   ? of->group_first_order[k]
                    : k == SAMPLING ? of->sampling
                                    : of->unexplained);
        books_xlsx_series(sheet, chart, (struct books_xlsx_range){ row + 1, 0, row + KINDS, 0 },
            (struct books_xlsx_range){ row + 1, s + 1, row + KINDS, s + 1 }, row, s + 1);
    }
    free(title);
    books_xlsx_insert(sheet, row, n + 8, chart);
    return row + XLSX_CHART_ROWS + 3;
}

/* Everything, a row a scenario, outcome and input. */
static void
write_shares(struct books_xlsx *self)
{
    static const char *const heads[][2] = { { "scenario", "方案" }, { "outcome", "结果" },
        { "input", "参数" }, { "key", "编号" }, { "kind", "类别" }, { "first-order", "一阶" },
        { "total", "总效应" } };
    enum { HEADS = sizeof heads / sizeof *heads };
    const struct worlds *worlds = self->result->worlds;
    const struct sensitivity *sensitivity = self->result->sensitivity;
    struct books_xlsx_sheet sheet = books_xlsx_sheet(self, "不确定性 Uncertainty",
        memory_text("不确定性来源：占方差比例 What the uncertainty comes from: shares of variance"));
    worksheet_set_column(sheet.sheet, 0, HEADS - 1, 26, NULL);
    int row = write_kinds(&sheet, self, 2), head = row;
    for (int i = 0; i < HEADS; i++)
        books_xlsx_both(&sheet, row, i, XLSX_HEAD, heads[i][0], heads[i][1]);
    for (int s = 0; s < sensitivity->n_scenarios; s++)
        for (int o = 0; o < OUTCOME_COUNT; o++)
            for (int i = 0; i < sensitivity->n_inputs; i++) {
                const struct sensitivity_outcome *of
                    = &sensitivity->outcomes[s * OUTCOME_COUNT + o];
                const struct world_input *input = &worlds->inputs[i];
                const struct word *kind = &world_group_words[input->group];
                row++;
                books_xlsx_text(&sheet, row, 0, XLSX_TEXT,
                    memory_text(self->inputs->scenarios[s].id));
                books_xlsx_both(&sheet, row, 1, XLSX_TEXT, outcome_words[o].en,
                    outcome_words[o].zh);
                books_xlsx_both(&sheet, row, 2, XLSX_TEXT, input->en, input->zh);
                books_xlsx_text(&sheet, row, 3, XLSX_TEXT, memory_text(input->key));
                books_xlsx_both(&sheet, row, 4, XLSX_TEXT, kind->en, kind->zh);
                books_xlsx_number(&sheet, row, 5, XLSX_SHARE, of->first_order[i]);
                books_xlsx_number(&sheet, row, 6, XLSX_SHARE, of->total[i]);
            }
    worksheet_autofilter(sheet.sheet, (lxw_row_t)head, 0, (lxw_row_t)row, HEADS - 1);
}

void
books_xlsx_worlds(struct books_xlsx *self)
{
    if (self->result->worlds == NULL)
        return;
    write_fans(self);
    write_events(self);
    if (self->result->sensitivity != NULL)
        write_shares(self);
}
