/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/summary.h"

#include "engine/worlds.h"
#include "output/books_scope.h"
#include "output/csv.h"

static const double half_width_95 = 1.959963984540054; /* standard errors */

/* The fan over worlds, where there are worlds; empty where they don't carry the
 * figure (values NULL). Ends the row. */
static void
put_fan(FILE *stream, const struct result *result, const double *values, int decimals)
{
    double fan[WORLD_QUANTILES];
    if (result->worlds != NULL && values != NULL)
        worlds_fan(values, result->worlds->n, fan);
    for (int q = 0; result->worlds != NULL && q < WORLD_QUANTILES; q++)
        if (values != NULL)
            csv_put_number(stream, fan[q], decimals);
        else
            putc(',', stream);
    putc('\n', stream);
}

static void
put_row(FILE *stream, const struct result *result, const struct run_inputs *inputs, int scenario,
    int year, int measure, int group)
{
    const struct estimate *cell = &result->cells[result_at(result, scenario, year, measure, group)];
    int decimals = measure_infos[measure].unit == UNIT_YUAN_PER_PERSON ? 4 : 2;
    csv_put_text(stream, inputs->scenarios[scenario].id);
    fprintf(stream, ",%d,%s,", result->first_year + year, measure_infos[measure].key);
    csv_put_text(stream, result->groups[group].key);
    csv_put_number(stream, cell->value, decimals);
    csv_put_number(stream, cell->std_error, decimals);
    csv_put_number(stream, cell->lower, decimals);
    csv_put_number(stream, cell->upper, decimals);
    csv_put_number(stream, cell->difference, decimals);
    csv_put_number(stream, cell->difference_std_error, decimals);
    put_fan(stream, result,
        result->worlds != NULL && group == 0
            ? worlds_total(result->worlds, scenario, year, (enum measure)measure)
            : NULL,
        decimals);
}

/* A line of the books; hundredths are what they are kept in: nothing is rounded but the
 * errors. */
struct book_cell {
    int64_t hundredths, baseline;
    double error, difference_error;
    bool has_difference; /* the baseline keeps such a line */
};

static void
put_book_row(FILE *stream, const struct result *result, const char *id, int year,
    enum book_line line, const char *group, const struct book_cell *cell, const double *worlds)
{
    double value = (double)cell->hundredths / 100, half = half_width_95 * cell->error;
    csv_put_text(stream, id);
    fprintf(stream, ",%d,%s,", result->books.first_year + year, book_infos[line].key);
    csv_put_text(stream, group);
    csv_put_number(stream, value, 2);
    csv_put_number(stream, cell->error, 2);
    csv_put_number(stream, value - half, 2);
    csv_put_number(stream, value + half, 2);
    if (cell->has_difference) {
        csv_put_number(stream, (double)(cell->hundredths - cell->baseline) / 100, 2);
        csv_put_number(stream, cell->difference_error, 2);
    } else {
        fputs(",,", stream);
    }
    put_fan(stream, result, worlds, 2);
}

static void
put_place(FILE *stream, const struct result *result, const char *id, int scenario, int year,
    enum book_line line, int unit)
{
    const struct books *books = &result->books;
    size_t at = books_at(books, scenario, year, unit) * BOOK_COUNT + line;
    put_book_row(stream, result, id, year, line, books_place(result, unit)->key,
        &(struct book_cell){ .hundredths = books_line(books, scenario, year, unit, line),
            .baseline = books_line(books, result->baseline, year, unit, line),
            .error = books->errors[at],
            .difference_error = books->difference_errors[at],
            .has_difference = books_has(books, result->baseline, unit, line) },
        result->worlds != NULL && unit == 0 ? worlds_line(result->worlds, scenario, year, line)
                                            : NULL);
}

/* What the city's pots have of a line beside the counties. */
static void
put_pot(FILE *stream, const struct result *result, const char *id, int scenario, int year,
    enum book_line line)
{
    const struct books *books = &result->books;
    size_t at = ((size_t)scenario * (size_t)books->n_years + (size_t)year) * BOOK_COUNT + line;
    put_book_row(stream, result, id, year, line, books_pot_group,
        &(struct book_cell){ .hundredths = books_pot(books, scenario, year, line),
            .baseline = books_pot(books, result->baseline, year, line),
            .error = books->pot_errors[at],
            .difference_error = books->pot_difference_errors[at],
            .has_difference = books_pot_has(books, result->baseline, line) },
        NULL);
}

static void
put_books(FILE *stream, const struct result *result, const char *id, int scenario, int year)
{
    const struct books *books = &result->books;
    for (int l = 0; books->n_years > 0 && l < BOOK_COUNT; l++) {
        enum book_line line = (enum book_line)l;
        for (int unit = 0; unit < books->n_units; unit++)
            if (books_has(books, scenario, unit, line))
                put_place(stream, result, id, scenario, year, line, unit);
        if (books_pot_has(books, scenario, line))
            put_pot(stream, result, id, scenario, year, line);
    }
}

void
summary_write(FILE *stream, const struct result *result, const struct run_inputs *inputs)
{
    fputs("scenario,year,measure,group,value,std_error,lower,upper,difference,"
          "difference_std_error", stream);
    if (result->worlds != NULL)
        fputs(",world_p05,world_p25,world_p50,world_p75,world_p95", stream);
    putc('\n', stream);
    for (int scenario = 0; scenario < result->n_scenarios; scenario++)
        for (int year = 0; year < result->n_years; year++) {
            for (int measure = 0; measure < MEASURE_COUNT; measure++)
                for (int group = 0; group < result->n_groups; group++)
                    if (summary_has(result, measure, group))
                        put_row(stream, result, inputs, scenario, year, measure, group);
            put_books(stream, result, inputs->scenarios[scenario].id, scenario, year);
        }
}
