/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/worlds.h"
#include "output/table.h"

enum { YEARS_SHOWN = 6 };

struct unit {
    double yuan;
    const char *name;
    int decimals;
};

/* So that the largest balance has about five digits. */
static struct unit
find_unit(const struct books *books)
{
    double largest = 0;
    for (int s = 0; s < books->n_scenarios; s++)
        for (int y = 0; y < books->n_years; y++)
            largest = fmax(largest,
                fabs((double)books_line(books, s, y, 0, BOOK_CLOSING) / 100));
    struct unit unit = { 1e6, tr("million yuan", "百万元"), 2 };
    if (largest >= 1e10 && language_current == LANGUAGE_ZH)
        unit = (struct unit){ 1e8, "亿元", 2 };
    else if (largest >= 1e10)
        unit = (struct unit){ 1e9, "billion yuan", 2 };
    for (double top = 1000; unit.decimals > 0 && largest / unit.yuan >= top; top *= 10)
        unit.decimals--;
    return unit;
}

/* Indices of at most so many years, the last and, of two or more, the first among them;
 * returns how many. */
static int
find_years(int n_years, int most, int out[static YEARS_SHOWN])
{
    int n = n_years < most ? n_years : most;
    for (int i = 0; i < n; i++)
        out[i] = n > 1 ? (i * (n_years - 1) + (n - 1) / 2) / (n - 1) : n_years - 1;
    return n;
}

static void
add_event_columns(struct text_table *table, const char *heading, const struct worlds *worlds)
{
    text_table_column(table, COLUMN_RIGHT, COLUMN_KEEP, heading);
    if (worlds != NULL)
        text_table_column(table, COLUMN_RIGHT, COLUMN_KEEP, tr("in\nworlds", "情景\n占比"));
}

/* The year in the run itself; with worlds also in how many of them it comes at all. */
static void
add_event(struct text_table *table, const struct worlds *worlds, int year, const int *years)
{
    if (year != 0)
        text_table_cell(table, "%d", year);
    else
        text_table_cell(table, "—");
    if (worlds == NULL)
        return;
    int n = 0;
    for (int w = 0; w < worlds->n; w++)
        n += years[w] != 0;
    /* Half up, as the page has it. */
    text_table_cell(table, "%d%%", (200 * n + worlds->n) / (2 * worlds->n));
}

/* The name, with the id where another has the same name. */
static void
add_name(struct text_table *table, const struct run_inputs *inputs, int scenario)
{
    const struct run_scenario *own = &inputs->scenarios[scenario];
    const char *name = tr(own->en, own->zh);
    int same = 0;
    for (int s = 0; s < inputs->n_scenarios; s++)
        same += strcmp(tr(inputs->scenarios[s].en, inputs->scenarios[s].zh), name) == 0;
    if (same > 1)
        text_table_cell(table, tr("%s (%s)", "%s（%s）"), name, own->id);
    else
        text_table_cell(table, "%s", name);
}

/* With at most so many of the years. */
static struct text_table
make_table(const struct result *result, const struct run_inputs *inputs, const struct unit *unit,
    int most)
{
    const struct books *books = &result->books;
    const struct worlds *worlds = result->worlds;
    struct text_table table = { 0 };
    int years[YEARS_SHOWN], n = find_years(books->n_years, most, years);
    text_table_column(&table, COLUMN_LEFT, COLUMN_CUT, tr("\nScenario", "\n方案"));
    for (int i = 0; i < n; i++) {
        char *heading = memory_format("%s\n%d", i == 0 ? tr("Balance", "年末结余") : "",
            books->first_year + years[i]);
        text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, heading);
        free(heading);
    }
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Months\nleft", "可支付\n月数"));
    add_event_columns(&table, tr("First\ndeficit", "首个\n赤字年"), worlds);
    add_event_columns(&table, tr("Pool\nempty", "结余\n耗尽"), worlds);
    for (int s = 0; s < books->n_scenarios; s++) {
        char number[TEXT_NUMBER];
        int of = s * books->n_units;
        add_name(&table, inputs, s);
        for (int i = 0; i < n; i++)
            text_table_cell(&table, "%s",
                text_number(number,
                    (double)books_line(books, s, years[i], 0, BOOK_CLOSING) / 100 / unit->yuan,
                    unit->decimals, false));
        text_table_cell(&table, "%s",
            text_number(number,
                (double)books_line(books, s, books->n_years - 1, 0, BOOK_MONTHS) / 100, 1, false));
        add_event(&table, worlds, books->first_deficit[of],
            worlds != NULL ? worlds_first_deficit(worlds, s, 0) : NULL);
        add_event(&table, worlds, books->run_dry[of],
            worlds != NULL ? worlds_run_dry(worlds, s, 0) : NULL);
    }
    return table;
}

/* As many of the years as there is room for. */
static void
write_table(FILE *stream, const struct result *result, const struct run_inputs *inputs,
    const struct unit *unit, int width)
{
    struct text_table table = make_table(result, inputs, unit, YEARS_SHOWN);
    for (int most = YEARS_SHOWN - 1;
         most >= 1 && text_table_least(&table, COMPARISON_NAMES) > width; most--) {
        text_table_free(&table);
        table = make_table(result, inputs, unit, most);
    }
    text_table_write(&table, stream, width);
    text_table_free(&table);
}

void
comparison_write_books(FILE *stream, const struct result *result, const struct run_inputs *inputs,
    int width)
{
    const struct books *books = &result->books;
    bool any_pooled = false;
    if (books->n_years < 2)
        return;
    struct unit unit = find_unit(books);
    int last = books->first_year + books->n_years - 1;
    char *head = memory_format(tr("The pooled fund at each year's end, in %s; months of spending "
                                  "left at the end of %d.",
                                   "统筹基金各年年末结余（%s），以及 %d 年末结余可支付的月数。"),
        unit.name, last);
    putc('\n', stream);
    text_write(stream, head, width, 0);
    free(head);
    write_table(stream, result, inputs, &unit, width);
    for (int s = 0; s < books->n_scenarios; s++)
        any_pooled = any_pooled || books->pooled[s];
    if (result->worlds != NULL) {
        char *note = memory_format(
            tr("The years are those of the run itself, at the model's central figures; in worlds: "
               "the share of the %d worlds in which it comes by %d.",
                "年份按模型取中间值的这次运行；“情景占比”为 %d 个情景中至 %d 年出现的比例。"),
            result->worlds->n, last);
        text_write(stream, note, width, 0);
        free(note);
    }
    if (any_pooled)
        text_write(stream,
            tr("Where a city pools its counties, empty means: government budgets have to fill a gap "
               "that no pot could.",
                "市级统筹方案的“耗尽”指：结余与储备金用尽，须由财政资金弥补缺口。"),
            width, 0);
}
