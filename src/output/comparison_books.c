/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/comparison.h"

#include <math.h>
#include <stdlib.h>

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

/* Indices of the years shown, the first and the last among them; returns how many. */
static int
find_years(int n_years, int out[static YEARS_SHOWN])
{
    int n = n_years < YEARS_SHOWN ? n_years : YEARS_SHOWN;
    for (int i = 0; i < n; i++)
        out[i] = n > 1 ? (i * (n_years - 1) + (n - 1) / 2) / (n - 1) : 0;
    return n;
}

/* "2034", with worlds "2034 (87%)": in how many of them it comes at all. */
static void
add_event(struct text_table *table, const struct worlds *worlds, int year, const int *years)
{
    char *text = year != 0 ? memory_format("%d", year) : memory_text("—");
    if (worlds == NULL) {
        text_table_cell(table, "%s", text);
    } else {
        int n = 0;
        for (int w = 0; w < worlds->n; w++)
            n += years[w] != 0;
        /* Half up, as the page has it. */
        text_table_cell(table, "%s (%d%%)", text, (200 * n + worlds->n) / (2 * worlds->n));
    }
    free(text);
}

static void
write_table(FILE *stream, const struct result *result, const struct run_inputs *inputs,
    const struct unit *unit, int width)
{
    const struct books *books = &result->books;
    const struct worlds *worlds = result->worlds;
    struct text_table table = { 0 };
    int years[YEARS_SHOWN], n = find_years(books->n_years, years);
    text_table_column(&table, COLUMN_LEFT, COLUMN_CUT, tr("\nScenario", "\n方案"));
    for (int i = 0; i < n; i++) {
        char *heading = memory_format("%s\n%d", i == 0 ? tr("Balance", "年末结余") : "",
            books->first_year + years[i]);
        text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, heading);
        free(heading);
    }
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Months\nleft", "可支付\n月数"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("First\ndeficit", "首个\n赤字年"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("Pool\nempty", "结余\n耗尽"));
    for (int s = 0; s < books->n_scenarios; s++) {
        char number[TEXT_NUMBER];
        int of = s * books->n_units;
        text_table_cell(&table, "%s", tr(inputs->scenarios[s].en, inputs->scenarios[s].zh));
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
            tr("In brackets: the share of %d worlds in which it comes by %d.",
                "括号内：%d 个情景中至 %d 年出现的比例。"),
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
