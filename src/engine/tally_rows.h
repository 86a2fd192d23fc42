/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The innermost of the tally: rows of small amounts added to a cell's sums, summed up by
 * tile and put into bins. */
#ifndef GONGJI_ENGINE_TALLY_ROWS_H
#define GONGJI_ENGINE_TALLY_ROWS_H

#include "engine/tally.h"

/* For tests: ways of the machine's own are not taken. */
extern bool tally_rows_scalar;

/* ---- tally_rows_avx2.c: as the plain ones in tally_rows.c ---- */

#if defined __x86_64__ && defined __GNUC__
#define TALLY_WITH_AVX2
/* Rows items[0 … n - 1] added to a part, and their differences to the baseline's; bases may
 * be NULL. */
void tally_add_run_avx2(struct tally_part *part, const int *items, int n,
    int32_t (*rows)[TALLY_WIDTH], int32_t (*bases)[TALLY_WIDTH]);
/* The sums of n rows, no more than PEOPLE_TILE. */
void tally_sum_avx2(int32_t (*rows)[TALLY_WIDTH], int n, int32_t sums[static TALLY_WIDTH]);
/* The bins of n rows. */
void tally_bins_avx2(int32_t (*rows)[TALLY_WIDTH], int n, uint16_t (*bins)[DISTRIBUTION_COUNT]);
#endif

#endif
