/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A household through its claims: the judge, then the member's side of each bill
 * out of own account, family's accounts and cash, with monthly credits between. */
#ifndef GONGJI_ENGINE_HOUSEHOLD_H
#define GONGJI_ENGINE_HOUSEHOLD_H

#include "engine/adjudicate.h"

/* One month's credit to one member. */
struct credit {
    fen_t credit, from_pool;
    enum status status; /* that it was computed for, uninsured months too */
};
struct credit account_credit(const struct program *program, const struct member *member,
    month_t month);

/* A row of accounts.csv. */
struct account_month {
    fen_t credit, from_pool, paid, balance; /* balance at the month's end */
    uint8_t status;
};

/* A household at work. The caller owns the arrays. */
struct household {
    const struct program *program;
    int n; /* members, in the byte order of their person ids */
    const struct member *const *members; /* [n] */
    struct accumulators *accumulators; /* [n] */
    month_t first_month, n_months; /* the period of accounts */
    struct account_month *months; /* [n][n_months], zeroed before household_begin */
    struct household_state {
        fen_t balance;
        month_t credited; /* months credited so far, from first_month */
    } *states; /* [n] */
    int epoch; /* hint */
};

void household_begin(struct household *self);
/* Claims in order of (settling day, file order). who: position of the member
 * within the household. trace: NULL, or an empty one to fill. */
void household_settle(struct household *self, int who, const struct bill *bill,
    struct settlement *out, struct trace *trace);
/* Credits what is left of the period. */
void household_end(struct household *self);

#endif
