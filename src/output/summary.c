/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/summary.h"

#include <string.h>

#include "output/csv.h"

/* What rounds to zero is written without a sign. */
static void
put_number(FILE *stream, double value, int decimals)
{
    char text[512]; /* the longest double has 309 digits before the point */
    snprintf(text, sizeof text, "%.*f", decimals, value);
    bool zero = text[strspn(text, "-0.")] == '\0';
    fprintf(stream, ",%s", zero && text[0] == '-' ? text + 1 : text);
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
    put_number(stream, cell->value, decimals);
    put_number(stream, cell->std_error, decimals);
    put_number(stream, cell->lower, decimals);
    put_number(stream, cell->upper, decimals);
    put_number(stream, cell->difference, decimals);
    put_number(stream, cell->difference_std_error, decimals);
    putc('\n', stream);
}

void
summary_write(FILE *stream, const struct result *result, const struct run_inputs *inputs)
{
    fputs("scenario,year,measure,group,value,std_error,lower,upper,difference,"
          "difference_std_error\n", stream);
    for (int scenario = 0; scenario < result->n_scenarios; scenario++)
        for (int year = 0; year < result->n_years; year++)
            for (int measure = 0; measure < MEASURE_COUNT; measure++)
                for (int group = 0; group < result->n_groups; group++)
                    if (summary_has(result, measure, group))
                        put_row(stream, result, inputs, scenario, year, measure, group);
}
