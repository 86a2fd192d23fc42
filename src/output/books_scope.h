/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of the fund's books people are shown: where they are kept, as groups of the
 * result, so that places bear the same names everywhere; and whether at all. */
#ifndef GONGJI_OUTPUT_BOOKS_SCOPE_H
#define GONGJI_OUTPUT_BOOKS_SCOPE_H

#include "engine/run.h"
#include "output/run_inputs.h"

/* The group of a unit of the books: "all", then the counties. */
const struct group *books_place(const struct result *result, int unit);

/* The city's pots beside the counties, in summary.csv: "pot=city". */
extern const char books_pot_group[];

/* On the page: of several years, or where the model knows a fund. */
bool books_shown(const struct result *result, const struct run_inputs *inputs);

#endif
