/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report_books.h"

#include <stdlib.h>

#include "base/memory.h"
#include "engine/sensitivity.h"
#include "output/books_scope.h"
#include "output/worlds_csv.h"

/* Significant digits: yuan and fen of a nation's fund; errors. */
enum { AMOUNT_DIGITS = 15, ERROR_DIGITS = 7 };

static const char *const unit_keys[] = {
    [BOOK_YUAN] = "yuan",
    [BOOK_PERSONS] = "persons",
    [BOOK_IN_MONTHS] = "months",
    [BOOK_RATIO] = "ratio",
};
static const char *const role_keys[] = {
    [BOOK_OF_INCOME] = "income",
    [BOOK_OF_OUTGO] = "outgo",
    [BOOK_TOTAL] = "total",
    [BOOK_BALANCE] = "balance",
    [BOOK_STATE] = "state",
};

static void
write_lines(struct json *json)
{
    json_open(json, "lines", '[');
    for (int i = 0; i < BOOK_COUNT; i++) {
        const struct book_info *info = &book_infos[i];
        json_open(json, NULL, '{');
        json_text(json, "key", info->key);
        json_words(json, "name", info->en, info->zh);
        json_text(json, "unit", unit_keys[info->unit]);
        json_text(json, "role", role_keys[info->role]);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_values(struct json *json, const struct books *books, int scenario, int unit)
{
    json_open(json, NULL, '[');
    for (int year = 0; year < books->n_years; year++) {
        json_open(json, NULL, '[');
        for (int line = 0; line < BOOK_COUNT; line++)
            if (books_has(books, scenario, unit, (enum book_line)line))
                json_real(json, NULL,
                    (double)books_line(books, scenario, year, unit, (enum book_line)line) / 100,
                    AMOUNT_DIGITS);
            else
                json_null(json, NULL);
        json_close(json, ']');
    }
    json_close(json, ']');
}

/* Of the city. */
static void
write_errors(struct json *json, const char *key, const struct books *books, const double *errors,
    int scenario)
{
    json_open(json, key, '[');
    for (int year = 0; year < books->n_years; year++) {
        const double *of_year = errors + books_at(books, scenario, year, 0) * BOOK_COUNT;
        json_open(json, NULL, '[');
        for (int line = 0; line < BOOK_COUNT; line++)
            json_real(json, NULL, of_year[line], ERROR_DIGITS);
        json_close(json, ']');
    }
    json_close(json, ']');
}

static void
write_alerts(struct json *json, const struct books *books, int scenario)
{
    json_open(json, "alerts", '[');
    for (int unit = 1; unit < books->n_units; unit++) {
        json_open(json, NULL, '[');
        for (int year = 0; year < books->n_years; year++) {
            const struct ledger_row *row = &books->rows[books_at(books, scenario, year, unit)];
            json_open(json, NULL, '{');
            json_real(json, "rate", (double)row->over_budget / (double)row->budgeted, ERROR_DIGITS);
            json_text(json, "alert",
                row->alert != ALERT_NONE ? alert_words[row->alert].key : NULL);
            json_close(json, '}');
        }
        json_close(json, ']');
    }
    json_close(json, ']');
}

static void
write_years(struct json *json, const char *key, const int *years, int n)
{
    json_open(json, key, '[');
    for (int i = 0; i < n; i++)
        if (years[i] != 0)
            json_whole(json, NULL, years[i]);
        else
            json_null(json, NULL);
    json_close(json, ']');
}

static void
write_scenario(struct json *json, const struct books *books, int scenario)
{
    const int n = books->n_units;
    json_open(json, NULL, '{');
    json_bool(json, "pooled", books->pooled[scenario]);
    json_open(json, "values", '[');
    for (int unit = 0; unit < n; unit++)
        write_values(json, books, scenario, unit);
    json_close(json, ']');
    write_errors(json, "errors", books, books->errors, scenario);
    write_errors(json, "difference_errors", books, books->difference_errors, scenario);
    if (books->pooled[scenario] && n > 1)
        write_alerts(json, books, scenario);
    else
        json_null(json, "alerts");
    write_years(json, "first_deficit", books->first_deficit + scenario * n, n);
    write_years(json, "run_dry", books->run_dry + scenario * n, n);
    json_close(json, '}');
}

static void
write_books(struct json *json, const struct result *result)
{
    const struct books *books = &result->books;
    json_open(json, "books", '{');
    write_lines(json);
    json_open(json, "places", '[');
    for (int unit = 0; unit < books->n_units; unit++) {
        const struct group *place = books_place(result, unit);
        json_open(json, NULL, '{');
        json_text(json, "key", place->key);
        json_words(json, "name", place->en, place->zh);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_open(json, "alerts", '{');
    for (int i = 0; i < ALERT_COUNT; i++)
        json_words(json, alert_words[i].key, alert_words[i].en, alert_words[i].zh);
    json_close(json, '}');
    json_open(json, "scenarios", '[');
    for (int scenario = 0; scenario < books->n_scenarios; scenario++)
        write_scenario(json, books, scenario);
    json_close(json, ']');
    json_close(json, '}');
}

/* ---- worlds ---- */

static void
write_reals(struct json *json, const char *key, const double *values, int n)
{
    json_open(json, key, '[');
    for (int i = 0; i < n; i++)
        json_real(json, NULL, values[i], ERROR_DIGITS);
    json_close(json, ']');
}

/* [scenario][year][row][quantile] of values [scenario][year][row][world]. */
static void
write_fans(struct json *json, const char *key, const struct worlds *worlds, const double *values,
    int n_rows)
{
    double fan[WORLD_QUANTILES];
    json_open(json, key, '[');
    for (int scenario = 0; scenario < worlds->n_scenarios; scenario++) {
        json_open(json, NULL, '[');
        for (int year = 0; year < worlds->n_years; year++) {
            json_open(json, NULL, '[');
            for (int row = 0; row < n_rows; row++, values += worlds->n) {
                worlds_fan(values, worlds->n, fan);
                write_reals(json, NULL, fan, WORLD_QUANTILES);
            }
            json_close(json, ']');
        }
        json_close(json, ']');
    }
    json_close(json, ']');
}

static void
write_event(struct json *json, const char *key, const struct worlds *worlds,
    const int *(*years)(const struct worlds *self, int scenario, int unit))
{
    int64_t *counts = memory_alloc((size_t)worlds->n_years + 1, sizeof *counts);
    json_open(json, key, '[');
    for (int scenario = 0; scenario < worlds->n_scenarios; scenario++) {
        json_open(json, NULL, '[');
        for (int unit = 0; unit < worlds->n_units; unit++) {
            worlds_count_years(years(worlds, scenario, unit), worlds->n, worlds->first_year,
                worlds->n_years, counts);
            json_open(json, NULL, '[');
            for (int year = 0; year <= worlds->n_years; year++)
                json_whole(json, NULL, counts[year]);
            json_close(json, ']');
        }
        json_close(json, ']');
    }
    json_close(json, ']');
    free(counts);
}

static void
write_pairs(struct json *json, const char *key, const double *shares, int n)
{
    json_open(json, key, '[');
    for (int a = 0; a < n; a++)
        write_reals(json, NULL, shares + (size_t)a * (size_t)n, n);
    json_close(json, ']');
}

static void
write_worlds(struct json *json, const struct worlds *worlds)
{
    if (worlds == NULL) {
        json_null(json, "worlds");
        return;
    }
    json_open(json, "worlds", '{');
    json_whole(json, "n", worlds->n);
    json_whole(json, "brought_back", worlds->brought_back);
    write_reals(json, "levels", world_quantiles, WORLD_QUANTILES);
    write_fans(json, "fans", worlds, worlds->lines, BOOK_COUNT);
    write_fans(json, "measure_fans", worlds, worlds->totals, MEASURE_COUNT);
    json_open(json, "events", '{');
    write_event(json, "first_deficit", worlds, worlds_first_deficit);
    write_event(json, "run_dry", worlds, worlds_run_dry);
    json_close(json, '}');
    write_pairs(json, "outlives", worlds->outlives, worlds->n_scenarios);
    write_pairs(json, "ties", worlds->ties, worlds->n_scenarios);
    json_close(json, '}');
}

/* ---- what the uncertainty comes from ---- */

static void
write_words(struct json *json, const char *key, const struct word *words, int n)
{
    json_open(json, key, '[');
    for (int i = 0; i < n; i++) {
        json_open(json, NULL, '{');
        json_text(json, "key", words[i].key);
        json_words(json, "name", words[i].en, words[i].zh);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_shares(struct json *json, const struct sensitivity_outcome *of, int n_inputs)
{
    json_open(json, NULL, '{');
    json_real(json, "mean", of->mean, AMOUNT_DIGITS);
    json_real(json, "deviation", of->deviation, ERROR_DIGITS);
    json_real(json, "explained", of->explained, ERROR_DIGITS);
    json_real(json, "sampling", of->sampling, ERROR_DIGITS);
    json_real(json, "unexplained", of->unexplained, ERROR_DIGITS);
    write_reals(json, "first", of->first_order, n_inputs);
    write_reals(json, "total", of->total, n_inputs);
    write_reals(json, "group_first", of->group_first_order, WORLD_GROUPS);
    write_reals(json, "group_total", of->group_total, WORLD_GROUPS);
    json_close(json, '}');
}

static void
write_budget(struct json *json, const struct worlds *worlds, const struct sensitivity *sensitivity)
{
    if (worlds == NULL || sensitivity == NULL) {
        json_null(json, "budget");
        return;
    }
    json_open(json, "budget", '{');
    json_open(json, "inputs", '[');
    for (int i = 0; i < worlds->n_inputs; i++) {
        const struct world_input *input = &worlds->inputs[i];
        json_open(json, NULL, '{');
        json_text(json, "key", input->key);
        json_words(json, "name", input->en, input->zh);
        json_text(json, "group", world_group_words[input->group].key);
        json_real(json, "low", input->low, ERROR_DIGITS);
        json_real(json, "central", input->central, ERROR_DIGITS);
        json_real(json, "high", input->high, ERROR_DIGITS);
        json_close(json, '}');
    }
    json_close(json, ']');
    write_words(json, "groups", world_group_words, WORLD_GROUPS);
    write_words(json, "outcomes", outcome_words, OUTCOME_COUNT);
    json_open(json, "shares", '[');
    for (int scenario = 0; scenario < sensitivity->n_scenarios; scenario++) {
        json_open(json, NULL, '[');
        for (int o = 0; o < OUTCOME_COUNT; o++)
            write_shares(json, &sensitivity->outcomes[scenario * OUTCOME_COUNT + o],
                sensitivity->n_inputs);
        json_close(json, ']');
    }
    json_close(json, ']');
    json_close(json, '}');
}

void
report_books_write(struct json *json, const struct result *result, const struct run_inputs *inputs)
{
    if (books_shown(result, inputs))
        write_books(json, result);
    else
        json_null(json, "books");
    write_worlds(json, result->worlds);
    write_budget(json, result->worlds, result->sensitivity);
}
