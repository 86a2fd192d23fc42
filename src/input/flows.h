/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flows.csv: what each county took in and spent in each budget year. */
#ifndef GONGJI_INPUT_FLOWS_H
#define GONGJI_INPUT_FLOWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/money.h"
#include "base/names.h"
#include "base/problem.h"

struct flow {
    uint32_t county; /* a name */
    int year;
    bool plan_fulfilled;
    fen_t budget_income, budget_expenditure, income, expenditure; /* none negative; the
                                                                     budgeted expenditure not 0 */
    fen_t own_gap; /* the part of a gap that the county itself caused */
    fen_t prior_surplus; /* from before pooling; read in the county's first year only */
};

struct flows {
    struct flow *items; /* [n], owned, in the file's order */
    size_t n, capacity;
    struct names counties;
};

/* False (and problems, all of them) where anything is wrong. An empty own_gap or
 * prior_surplus is 0. */
bool flows_read(struct flows *self, const char *path, struct problem_list *problems);
void flows_free(struct flows *self);

#endif
