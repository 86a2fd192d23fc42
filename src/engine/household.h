/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A household through its claims: the judge, then the member's side of each bill
 * out of own account, family's accounts and cash, with monthly credits between. */
#ifndef GONGJI_ENGINE_HOUSEHOLD_H
#define GONGJI_ENGINE_HOUSEHOLD_H

#include "engine/adjudicate.h"

/* One month of one member's account: a row of accounts.csv. */
struct account_month {
    fen_t credit, from_pool; /* what is credited, and the part that is the fund's money */
    fen_t contribution; /* to the pooled fund for this month: employer's or flexible member's */
    fen_t paid, balance; /* paid out in the month; balance at the month's end */
    uint8_t status; /* that the credit was computed for, uninsured months too */
};

/* A period's sums of a member's account. */
struct account_totals {
    fen_t credit, from_pool, contribution, paid;
};

/* A member's credits of n consecutive months into credits [n], their sums into
 * totals (paid is left alone), and, where rows is not NULL, rows [n] with credit,
 * from_pool, contribution and status. */
void account_credits(const struct program *program, const struct member *member, month_t first,
    int n, fen_t *credits, struct account_totals *totals, struct account_month *rows);

/* What decides a member's credits of a calendar year besides the program. */
struct member_year {
    bool steady; /* does not retire in it, nor a month before */
    uint16_t insured; /* bit i: on the first day of month i, and not in arrears */
    uint8_t birthday; /* months from which, counted from January, the new age holds; 12: none */
    int16_t age; /* before that; one more from then on */
};
struct member_year member_year(const struct member *member, month_t january);

/* As account_credits for that year, of which only sums are wanted: credited[i] by the
 * end of its first i months. rules: of all credits of the year, NULL where they change
 * in it. */
void account_year(const struct program *program, const struct account_rules *rules,
    const struct member *member, const struct member_year *year, month_t january,
    fen_t credited[static 13], struct account_totals *totals);

/* A household at work. The caller owns the arrays. */
struct household {
    const struct program *program;
    int n; /* members, in the byte order of their person ids */
    const struct member *const *members; /* [n] */
    struct accumulators *accumulators; /* [n] */
    month_t first_month, n_months; /* the period of accounts */
    fen_t *credits; /* [n][n_months] */
    struct account_month *months; /* [n][n_months], or NULL where nobody asks for months */
    struct household_state {
        fen_t balance;
        month_t credited; /* months credited so far, from first_month */
        struct account_totals totals;
    } *states; /* [n] */
    int epoch; /* hint */
    month_t all_credited; /* months that every member has been credited, at least */
    struct household_before {
        struct accumulators accumulators;
        struct household_state *states; /* [n]; may be NULL where nothing is tried */
        month_t all_credited;
    } before; /* the claim tried last */
};

void household_begin(struct household *self);
/* Claims in order of (settling day, file order). who: position of the member
 * within the household. trace: NULL, or an empty one to fill. */
void household_settle(struct household *self, int who, const struct bill *bill,
    struct settlement *out, struct trace *trace);
/* As household_settle, but so that household_take_back, called next, undoes it.
 * Where months are asked for, there is no taking back. */
void household_try(struct household *self, int who, const struct bill *bill,
    struct settlement *out);
void household_take_back(struct household *self, int who);
/* Credits what is left of the period. */
void household_end(struct household *self);

#endif
