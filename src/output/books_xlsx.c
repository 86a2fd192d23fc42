/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/books_xlsx.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/books.h"
#include "output/books_scope.h"
#include "output/books_xlsx_parts.h"

/* ---- what all sheets are made with ---- */

static const double head_height = 44; /* points: three lines */

static void
make_formats(struct books_xlsx *self)
{
    static const struct {
        enum books_xlsx_format format;
        const char *number;
        bool bold, filled, wrapped;
    } formats[] = {
        { XLSX_TITLE, "General", true, false, false },
        { XLSX_NOTE, "General", false, false, false },
        { XLSX_HEAD, "General", true, true, true },
        { XLSX_TEXT, "General", false, false, false },
        { XLSX_YUAN, "#,##0.00;[Red]-#,##0.00", false, false, false },
        { XLSX_YUAN_TOTAL, "#,##0.00;[Red]-#,##0.00", true, true, false },
        { XLSX_TEXT_TOTAL, "General", true, true, false },
        { XLSX_WHOLE, "#,##0", false, false, false },
        { XLSX_DECIMAL, "#,##0.00", false, false, false },
        { XLSX_SHARE, "0.0%", false, false, false },
        { XLSX_YEAR, "0", false, false, false },
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        lxw_format *format = workbook_add_format(self->book);
        format_set_num_format(format, formats[i].number);
        format_set_font_name(format, "Noto Sans CJK SC");
        format_set_font_size(format, formats[i].format == XLSX_TITLE ? 14 : 10);
        if (formats[i].bold)
            format_set_bold(format);
        if (formats[i].filled)
            format_set_bg_color(format, 0xEEF2F2);
        if (formats[i].wrapped)
            format_set_text_wrap(format);
        if (formats[i].format == XLSX_NOTE)
            format_set_font_color(format, 0x5A6874);
        self->formats[formats[i].format] = format;
    }
}

void
books_xlsx_text(struct books_xlsx_sheet *sheet, int row, int column, enum books_xlsx_format format,
    char *text)
{
    worksheet_write_string(sheet->sheet, (lxw_row_t)row, (lxw_col_t)column, text,
        sheet->of->formats[format]);
    if (format == XLSX_HEAD)
        worksheet_set_row(sheet->sheet, (lxw_row_t)row, head_height, NULL);
    free(text);
}

void
books_xlsx_both(struct books_xlsx_sheet *sheet, int row, int column, enum books_xlsx_format format,
    const char *en, const char *zh)
{
    books_xlsx_text(sheet, row, column, format,
        strcmp(en, zh) == 0 ? memory_text(zh) : memory_format("%s %s", zh, en));
}

void
books_xlsx_number(struct books_xlsx_sheet *sheet, int row, int column,
    enum books_xlsx_format format, double value)
{
    worksheet_write_number(sheet->sheet, (lxw_row_t)row, (lxw_col_t)column, value,
        sheet->of->formats[format]);
}

struct books_xlsx_sheet
books_xlsx_sheet(struct books_xlsx *self, const char *name, char *title)
{
    struct books_xlsx_sheet sheet = { .of = self };
    enum { LONGEST = 31 }; /* characters of a sheet's name */
    size_t n = 0, at = 0;
    for (; name[at] != '\0' && n < sizeof sheet.name - 4; at++) {
        bool begins = (name[at] & 0xC0) != 0x80;
        if (begins && sheet.characters == LONGEST)
            break;
        sheet.characters += begins;
        sheet.name[n++] = strchr("[]:*?/\\'", name[at]) != NULL ? '_' : name[at];
    }
    sheet.sheet = workbook_add_worksheet(self->book, sheet.name);
    worksheet_set_landscape(sheet.sheet);
    worksheet_set_paper(sheet.sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet.sheet, 1, 0);
    books_xlsx_text(&sheet, 0, 0, XLSX_TITLE, title);
    return sheet;
}

lxw_chart *
books_xlsx_chart(struct books_xlsx_sheet *sheet, uint8_t type, const char *title, const char *unit)
{
    lxw_chart *chart = workbook_add_chart(sheet->of->book, type);
    chart_title_set_name(chart, title);
    chart_title_set_name_font(chart, &(lxw_chart_font){ .size = 12, .bold = LXW_TRUE });
    /* Once alone: the library forgets to free a name that another follows. */
    chart_axis_set_name(chart->y_axis, unit != NULL ? unit : "百万元 million yuan");
    chart_axis_set_num_format(chart->y_axis, unit != NULL ? "#,##0" : "#,##0,,");
    chart_axis_major_gridlines_set_line(chart->y_axis, &(lxw_chart_line){ .color = 0xD9DEE2 });
    chart_axis_set_label_position(chart->x_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    return chart;
}

lxw_chart_series *
books_xlsx_series(struct books_xlsx_sheet *sheet, lxw_chart *chart, struct books_xlsx_range categories,
    struct books_xlsx_range values, int name_row, int name_column)
{
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    chart_series_set_categories(series, sheet->name, (lxw_row_t)categories.row,
        (lxw_col_t)categories.column, (lxw_row_t)categories.last_row,
        (lxw_col_t)categories.last_column);
    chart_series_set_values(series, sheet->name, (lxw_row_t)values.row, (lxw_col_t)values.column,
        (lxw_row_t)values.last_row, (lxw_col_t)values.last_column);
    chart_series_set_name_range(series, sheet->name, (lxw_row_t)name_row, (lxw_col_t)name_column);
    return series;
}

void
books_xlsx_insert(struct books_xlsx_sheet *sheet, int row, int column, lxw_chart *chart)
{
    worksheet_insert_chart_opt(sheet->sheet, (lxw_row_t)row, (lxw_col_t)column, chart,
        &(lxw_chart_options){ .x_scale = 2.2, .y_scale = XLSX_CHART_ROWS * 20.0 / 288 });
}

/* ---- the overview ---- */

static void
write_event(struct books_xlsx_sheet *sheet, int row, int column, int year)
{
    if (year != 0)
        books_xlsx_number(sheet, row, column, XLSX_YEAR, year);
    else
        books_xlsx_text(sheet, row, column, XLSX_TEXT, memory_text("—"));
}

static void
write_facts(struct books_xlsx_sheet *sheet, const struct run_inputs *inputs, int row)
{
    char *persons = memory_format("%lld × %d", (long long)inputs->persons, inputs->replicates);
    char *seed = memory_format("%llu", (unsigned long long)inputs->seed);
    char *program = memory_format("gongji %s (%s)", inputs->version, inputs->commit);
    const struct {
        const char *en, *zh, *text;
    } facts[] = {
        { "model", "人群模型", inputs->model_id },
        { "persons simulated", "模拟人数", persons },
        { "seed", "种子", seed },
        { "behaviour", "行为反应", inputs->behaviour },
        { "program", "程序", program },
        { "command", "命令", inputs->command },
    };
    for (int i = 0; i < (int)(sizeof facts / sizeof *facts); i++) {
        books_xlsx_both(sheet, row + i, 0, XLSX_NOTE, facts[i].en, facts[i].zh);
        books_xlsx_text(sheet, row + i, 1, XLSX_NOTE, memory_text(facts[i].text));
    }
    free(persons);
    free(seed);
    free(program);
}

/* A line of the city's by year (down) and scenario (across), with its chart. */
static int
write_paths(struct books_xlsx_sheet *sheet, const struct books_xlsx *self, enum book_line line,
    int n_scenarios, int row, const char *unit)
{
    const struct books *books = &self->result->books;
    const struct book_info *info = &book_infos[line];
    char *title = memory_format("%s %s", info->zh, info->en);
    books_xlsx_text(sheet, row, 0, XLSX_HEAD, memory_format("%s (%s)", title, unit));
    for (int s = 0; s < n_scenarios; s++)
        books_xlsx_both(sheet, row, s + 1, XLSX_HEAD, self->inputs->scenarios[s].en,
            self->inputs->scenarios[s].zh);
    for (int y = 0; y < books->n_years; y++) {
        books_xlsx_number(sheet, row + 1 + y, 0, XLSX_YEAR, books->first_year + y);
        for (int s = 0; s < n_scenarios; s++)
            books_xlsx_number(sheet, row + 1 + y, s + 1,
                info->unit == BOOK_YUAN ? XLSX_YUAN : XLSX_DECIMAL,
                (double)books_line(books, s, y, 0, line) / 100);
    }
    int last = row + books->n_years;
    lxw_chart *chart
        = books_xlsx_chart(sheet, LXW_CHART_LINE, title, info->unit == BOOK_YUAN ? NULL : unit);
    if (info->unit != BOOK_YUAN)
        chart_axis_set_num_format(chart->y_axis, "0.0");
    for (int s = 0; s < n_scenarios; s++)
        books_xlsx_series(sheet, chart, (struct books_xlsx_range){ row + 1, 0, last, 0 },
            (struct books_xlsx_range){ row + 1, s + 1, last, s + 1 }, row, s + 1);
    if (books->n_years > 1)
        books_xlsx_insert(sheet, row, n_scenarios + 2, chart);
    free(title);
    return row + (books->n_years > XLSX_CHART_ROWS ? books->n_years : XLSX_CHART_ROWS) + 3;
}

static void
write_overview(struct books_xlsx *self)
{
    static const char *const heads[][2] = { { "scenario", "方案" },
        { "closing balance of the last year, yuan", "末年年末结余（元）" },
        { "months of spending", "可支付月数" }, { "first year of deficit", "首个当期赤字年份" },
        { "first year empty*", "结余耗尽年份*" } };
    const struct books *books = &self->result->books;
    struct books_xlsx_sheet sheet = books_xlsx_sheet(self, "概要 Overview",
        memory_format("统筹基金收支预测 The pooled fund's books, %d–%d", books->first_year,
            books->first_year + books->n_years - 1));
    worksheet_set_column(sheet.sheet, 0, 0, 58, NULL);
    worksheet_set_column(sheet.sheet, 1, 40, 22, NULL);
    int row = 2, last = books->n_years - 1, n = books->n_scenarios;
    for (int i = 0; i < (int)(sizeof heads / sizeof *heads); i++)
        books_xlsx_both(&sheet, row, i, XLSX_HEAD, heads[i][0], heads[i][1]);
    for (int s = 0; s < n; s++) {
        row++;
        books_xlsx_both(&sheet, row, 0, XLSX_TEXT, self->inputs->scenarios[s].en,
            self->inputs->scenarios[s].zh);
        books_xlsx_number(&sheet, row, 1, XLSX_YUAN,
            (double)books_line(books, s, last, 0, BOOK_CLOSING) / 100);
        books_xlsx_number(&sheet, row, 2, XLSX_DECIMAL,
            (double)books_line(books, s, last, 0, BOOK_MONTHS) / 100);
        write_event(&sheet, row, 3, books->first_deficit[s * books->n_units]);
        write_event(&sheet, row, 4, books->run_dry[s * books->n_units]);
    }
    books_xlsx_both(&sheet, ++row, 0, XLSX_NOTE,
        "* pooled cities: the first in which budgets fill a gap that no pot could",
        "* 市级统筹：首次须由财政资金弥补缺口的年份");
    row = write_paths(&sheet, self, BOOK_CLOSING, n, row + 2, "元 yuan");
    row = write_paths(&sheet, self, BOOK_DEPENDENCY, 1, row, "人 persons");
    write_facts(&sheet, self->inputs, row);
}

/* ---- a scenario's books ---- */

static enum books_xlsx_format
line_format(enum book_line line)
{
    const struct book_info *info = &book_infos[line];
    if (info->unit == BOOK_YUAN)
        return info->role == BOOK_TOTAL || line == BOOK_OPENING || line == BOOK_CLOSING
            ? XLSX_YUAN_TOTAL
            : XLSX_YUAN;
    return info->unit == BOOK_PERSONS ? XLSX_WHOLE : XLSX_DECIMAL;
}

static void
write_year_heads(struct books_xlsx_sheet *sheet, const struct books *books, int row, int column)
{
    for (int y = 0; y < books->n_years; y++)
        books_xlsx_number(sheet, row, column + y, XLSX_HEAD, books->first_year + y);
}

/* A place's lines from a row down; those that the place has not are left out. rows
 * [BOOK_COUNT]: where each came to stand, -1 for none. Returns the row behind. */
static int
write_lines(struct books_xlsx_sheet *sheet, const struct books *books, int scenario, int unit,
    int row, int *rows)
{
    for (int line = 0; line < BOOK_COUNT; line++) {
        rows[line] = -1;
        if (!books_has(books, scenario, unit, (enum book_line)line))
            continue;
        enum books_xlsx_format format = line_format((enum book_line)line);
        enum books_xlsx_format of_text = format == XLSX_YUAN_TOTAL ? XLSX_TEXT_TOTAL : XLSX_TEXT;
        rows[line] = row;
        books_xlsx_text(sheet, row, 0, of_text, memory_text(book_infos[line].zh));
        books_xlsx_text(sheet, row, 1, of_text, memory_text(book_infos[line].en));
        for (int y = 0; y < books->n_years; y++)
            books_xlsx_number(sheet, row, 2 + y, format,
                (double)books_line(books, scenario, y, unit, (enum book_line)line) / 100);
        row++;
    }
    return row;
}

/* "+C5+C6": the cells of a column in the rows of lines of a role. */
static char *
sum_of(const int *rows, enum book_role role, int column)
{
    char *text = memory_text("0"), cell[LXW_MAX_CELL_NAME_LENGTH];
    for (int line = 0; line < BOOK_COUNT; line++)
        if (rows[line] >= 0 && book_infos[line].role == role) {
            lxw_rowcol_to_cell(cell, (lxw_row_t)rows[line], (lxw_col_t)column);
            char *longer = memory_format("%s+%s", text, cell);
            free(text);
            text = longer;
        }
    return text;
}

static const char *
cell_of(char out[static LXW_MAX_CELL_NAME_LENGTH], const int *rows, enum book_line line, int column)
{
    if (rows[line] < 0)
        return "0";
    lxw_rowcol_to_cell(out, (lxw_row_t)rows[line], (lxw_col_t)column);
    return out;
}

/* Formulas that are 0 where the lines above add up. */
static int
write_checks(struct books_xlsx_sheet *sheet, const struct books *books, const int *rows, int row)
{
    enum { CHECKS = 3, CELL = LXW_MAX_CELL_NAME_LENGTH };
    static const char *const words[CHECKS][2] = {
        { "check: kinds of income less their sum", "核对：各项收入 − 收入合计" },
        { "check: kinds of outgo less their sum", "核对：各项支出 − 支出合计" },
        { "check: opening + income − outgo + gaps filled − closing",
            "核对：年初 + 收入 − 支出 + 弥补 − 年末" },
    };
    for (int i = 0; i < CHECKS; i++) {
        books_xlsx_text(sheet, row + i, 0, XLSX_NOTE, memory_text(words[i][1]));
        books_xlsx_text(sheet, row + i, 1, XLSX_NOTE, memory_text(words[i][0]));
        for (int c = 2; c < 2 + books->n_years; c++) {
            char a[CELL], b[CELL], d[CELL], e[CELL], f[CELL], g[CELL], *formula, *kinds;
            kinds = i < 2 ? sum_of(rows, i == 0 ? BOOK_OF_INCOME : BOOK_OF_OUTGO, c) : NULL;
            formula = i < 2
                ? memory_format("=ROUND(%s-%s,2)", kinds,
                      cell_of(a, rows, i == 0 ? BOOK_INCOME : BOOK_OUTGO, c))
                : memory_format("=ROUND(%s+%s-%s+%s+%s-%s,2)", cell_of(a, rows, BOOK_OPENING, c),
                      cell_of(b, rows, BOOK_INCOME, c), cell_of(d, rows, BOOK_OUTGO, c),
                      cell_of(e, rows, BOOK_GOVERNMENT, c), cell_of(f, rows, BOOK_FROM_CITY, c),
                      cell_of(g, rows, BOOK_CLOSING, c));
            worksheet_write_formula_num(sheet->sheet, (lxw_row_t)(row + i), (lxw_col_t)c, formula,
                sheet->of->formats[XLSX_DECIMAL], 0);
            free(formula);
            free(kinds);
        }
    }
    return row + CHECKS;
}

/* Income upward and outgo downward, by kind: the chart's own rows have outgo negative. */
static void
write_flows(struct books_xlsx_sheet *sheet, const struct books *books, const int *rows, int row,
    const char *title)
{
    char cell[LXW_MAX_CELL_NAME_LENGTH];
    int at = row + XLSX_CHART_ROWS + 2, last = 1 + books->n_years;
    lxw_chart *chart = books_xlsx_chart(sheet, LXW_CHART_COLUMN_STACKED, title, NULL);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_RIGHT);
    chart_set_series_gap(chart, 40);
    books_xlsx_both(sheet, at, 0, XLSX_NOTE, "what the chart shows: outgo with a minus",
        "图表数据：支出取负");
    for (int line = 0; line < BOOK_COUNT; line++) {
        enum book_role role = book_infos[line].role;
        if (rows[line] < 0 || (role != BOOK_OF_INCOME && role != BOOK_OF_OUTGO))
            continue;
        at++;
        books_xlsx_both(sheet, at, 0, XLSX_NOTE, book_infos[line].en, book_infos[line].zh);
        for (int c = 2; c <= last; c++) {
            double value = (double)books_line(books, sheet->scenario, c - 2, 0, (enum book_line)line)
                / 100;
            char *formula = memory_format(role == BOOK_OF_OUTGO ? "=-%s" : "=%s",
                cell_of(cell, rows, (enum book_line)line, c));
            worksheet_write_formula_num(sheet->sheet, (lxw_row_t)at, (lxw_col_t)c, formula,
                sheet->of->formats[XLSX_YUAN], role == BOOK_OF_OUTGO ? -value : value);
            free(formula);
        }
        books_xlsx_series(sheet, chart, (struct books_xlsx_range){ 2, 2, 2, last },
            (struct books_xlsx_range){ at, 2, at, last }, at, 0);
    }
    books_xlsx_insert(sheet, row, 0, chart);
}

static void
write_scenario(struct books_xlsx *self, int scenario)
{
    const struct books *books = &self->result->books;
    const struct run_scenario *of = &self->inputs->scenarios[scenario];
    int rows[BOOK_COUNT];
    char *name = memory_format("%d %s", scenario + 1, of->id);
    char *title = memory_format("%s %s", of->zh, of->en);
    struct books_xlsx_sheet sheet = books_xlsx_sheet(self, name, memory_text(title));
    sheet.scenario = scenario;
    worksheet_set_column(sheet.sheet, 0, 1, 34, NULL);
    worksheet_set_column(sheet.sheet, 2, (lxw_col_t)(1 + books->n_years), 19, NULL);
    worksheet_freeze_panes(sheet.sheet, 3, 2);
    books_xlsx_both(&sheet, 1, 0, XLSX_NOTE, "whole city, yuan", "全市，元");
    books_xlsx_text(&sheet, 2, 0, XLSX_HEAD, memory_text("项目"));
    books_xlsx_text(&sheet, 2, 1, XLSX_HEAD, memory_text("line"));
    write_year_heads(&sheet, books, 2, 2);
    int row = write_lines(&sheet, books, scenario, 0, 3, rows);
    row = write_checks(&sheet, books, rows, row + 1);
    write_flows(&sheet, books, rows, row + 1, title);
    free(title);
    free(name);
}

/* All counties of a scenario, one below the other. */
static void
write_counties(struct books_xlsx *self, int scenario)
{
    const struct books *books = &self->result->books;
    const struct run_scenario *of = &self->inputs->scenarios[scenario];
    int rows[BOOK_COUNT];
    char *name = memory_format("%d 县区 %s", scenario + 1, of->id);
    struct books_xlsx_sheet sheet = books_xlsx_sheet(self, name,
        memory_format("%s %s：各县（市、区）counties，元 yuan", of->zh, of->en));
    worksheet_set_column(sheet.sheet, 0, 1, 34, NULL);
    worksheet_set_column(sheet.sheet, 2, (lxw_col_t)(1 + books->n_years), 19, NULL);
    int row = 2;
    for (int unit = 1; unit < books->n_units; unit++) {
        books_xlsx_text(&sheet, row, 0, XLSX_HEAD, memory_text(books_place(self->result, unit)->zh));
        write_year_heads(&sheet, books, row, 2);
        row = write_lines(&sheet, books, scenario, unit, row + 1, rows);
        if (books->pooled[scenario])
            row = write_checks(&sheet, books, rows, row);
        row++;
    }
    free(name);
}

/* ---- the file ---- */

static void
write_sheets(struct books_xlsx *self)
{
    const struct books *books = &self->result->books;
    make_formats(self);
    /* No time of day: the same content is the same bytes. */
    workbook_set_properties(self->book,
        &(lxw_doc_properties){ .title = (char *)"统筹基金账 The pooled fund's books",
            .author = (char *)"gongji",
            .comments = (char *)self->inputs->command,
            .created = (time_t)946684800 });
    write_overview(self);
    for (int s = 0; s < books->n_scenarios; s++)
        write_scenario(self, s);
    for (int s = 0; books->n_units > 1 && s < books->n_scenarios; s++)
        write_counties(self, s);
    books_xlsx_worlds(self);
}

/* Copies a file in memory to where it is to go. */
static bool
copy_out(int from, FILE *stream)
{
    char bytes[1 << 16];
    ssize_t n;
    if (lseek(from, 0, SEEK_SET) != 0)
        return false;
    while ((n = read(from, bytes, sizeof bytes)) > 0)
        if (fwrite(bytes, 1, (size_t)n, stream) != (size_t)n)
            return false;
    return n == 0;
}

bool
books_xlsx_write(FILE *stream, const char *path, const struct result *result,
    const struct run_inputs *inputs, struct problem_list *problems)
{
    /* The library wants a name to write to; a file in memory has one and leaves
     * nothing behind. */
    int memory = memfd_create("books.xlsx", MFD_CLOEXEC);
    char *name = memory_format("/proc/self/fd/%d", memory);
    struct books_xlsx self = { .book = memory >= 0 ? workbook_new(name) : NULL,
        .result = result, .inputs = inputs };
    bool ok = self.book != NULL;
    if (ok) {
        write_sheets(&self);
        ok = workbook_close(self.book) == LXW_NO_ERROR && copy_out(memory, stream);
    }
    if (!ok)
        problem_fail(problems, path, "%s",
            tr("cannot be written; a disk with room left is wanted", "无法写入；磁盘应有空余"));
    if (memory >= 0)
        close(memory);
    free(name);
    return ok;
}
