/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The innermost of the tally: rows of small amounts added to a cell's sums. */
#ifndef GONGJI_ENGINE_TALLY_ROWS_H
#define GONGJI_ENGINE_TALLY_ROWS_H

#include "engine/tally.h"

/* n a multiple of four. */
void tally_add_row(struct tally_part *part, const int64_t *value, const int64_t *baseline, int n);

/* For tests: ways of the machine's own are not taken. */
extern bool tally_rows_scalar;

#endif
