/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison that `run` prints: what each scenario costs the fund, puts into
 * accounts and leaves to members, beside the baseline. */
#ifndef GONGJI_OUTPUT_COMPARISON_H
#define GONGJI_OUTPUT_COMPARISON_H

#include "engine/run.h"
#include "output/run_inputs.h"

/* Columns that the scenarios' names have at least before others go below. */
enum { COMPARISON_NAMES = 20 };

/* In the current language, no wider than width where that is 60 or more. Of several years
 * the first and the last are shown, and the pooled fund's way through them. directory:
 * where the results' files are, or NULL where there are none. */
void comparison_write(FILE *stream, const struct result *result, const struct run_inputs *inputs,
    int width, const char *directory);

/* ---- comparison_books.c ---- */

/* The pool's balance over the years, when it turns and when it is empty; nothing for
 * one year. */
void comparison_write_books(FILE *stream, const struct result *result,
    const struct run_inputs *inputs, int width);

#endif
