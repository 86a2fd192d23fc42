/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What worlds say, as tidy tables: every world's figures, the years in which the pool
 * turns and runs dry, and what the uncertainty comes from. Of a result with worlds. */
#ifndef GONGJI_OUTPUT_WORLDS_CSV_H
#define GONGJI_OUTPUT_WORLDS_CSV_H

#include <stdint.h>
#include <stdio.h>

#include "engine/run.h"
#include "output/run_inputs.h"

/* worlds.csv: a row a world, scenario, year, and measure or line of the books. */
void worlds_csv_write(FILE *stream, const struct result *result, const struct run_inputs *inputs);

/* run_dry.csv: how many worlds first meet a deficit, or an empty pool, in each year; a
 * row without a year counts those that don't. */
void worlds_csv_write_run_dry(FILE *stream, const struct result *result,
    const struct run_inputs *inputs);

/* uncertainty.csv: the share of each input, of each group of them (input *), of sampling
 * and of what is not explained (groups of those names). */
void worlds_csv_write_uncertainty(FILE *stream, const struct result *result,
    const struct run_inputs *inputs);

/* How many of n worlds' years are each of those from first_year on; the last of counts
 * [n_years + 1]: the worlds in which it does not come. */
void worlds_count_years(const int *years, int n, int first_year, int n_years, int64_t *counts);

#endif
