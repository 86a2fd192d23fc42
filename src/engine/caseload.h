/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real claims through one program: every household's claims in the order in
 * which they settle, visits joined to the stays that they became, accounts month
 * by month. Results stand beside the claims, part by part. */
#ifndef GONGJI_ENGINE_CASELOAD_H
#define GONGJI_ENGINE_CASELOAD_H

#include "engine/household.h"
#include "engine/trace.h"
#include "input/claims.h"
#include "input/members.h"

/* A claim's settlement in small: fen, in 32 bits each. Where an amount does not
 * fit, `large` is set and amounts[0] is the number of a whole one. */
enum outcome_amount {
    OUTCOME_ADVANCE,
    OUTCOME_DEDUCTIBLE,
    OUTCOME_FUND,
    OUTCOME_FUND_INPATIENT,
    OUTCOME_ACCOUNT,
    OUTCOME_FAMILY_ACCOUNT,
    OUTCOME_CASH,
    OUTCOME_COUNT
};
struct outcome {
    uint32_t amounts[OUTCOME_COUNT];
    uint8_t reason; /* enum reason */
    bool large;
};

struct caseload {
    const struct program *program; /* not owned */
    const struct members *members; /* not owned */
    struct claims *claims; /* not owned; flags are filled in */
    month_t first_month, n_months; /* January of the first year to December of the last */
    bool with_accounts;
    struct spill outcomes[CLAIMS_PARTS_MAX]; /* of struct outcome, as claims.parts */
    struct spill large; /* of fen_t [OUTCOME_COUNT] */
    struct spill accounts; /* of struct account_month [member][month], if with_accounts */

    /* The household at hand; all owned. */
    struct household household;
    const struct member **household_members; /* [household_capacity] */
    uint32_t household_capacity;
    struct sorted_claim {
        struct claim_record *record;
        struct outcome *out;
        day_t settles;
        bool merged;
        fen_t joined_cost, joined_eligible; /* of a stay */
    } *sorted; /* [capacity] claims of one household, in the order of the file */
    uint64_t *keys; /* [capacity] day and place, ascending: the order of settling */
    struct claim_record **records; /* [capacity] */
    size_t capacity;
};

void caseload_init(struct caseload *self, const struct program *program,
    const struct members *members, struct claims *claims, bool with_accounts);
void caseload_free(struct caseload *self);

/* Settles all claims; false (and problems, in the pool of the claims) where
 * temporary data found no room. */
bool caseload_settle(struct caseload *self);

/* The amounts of an outcome. */
static inline void
caseload_amounts(const struct caseload *self, const struct outcome *outcome,
    fen_t amounts[static OUTCOME_COUNT])
{
    if (outcome->large) {
        const fen_t *whole = (const fen_t *)self->large.bytes + outcome->amounts[0] * OUTCOME_COUNT;
        for (int i = 0; i < OUTCOME_COUNT; i++)
            amounts[i] = whole[i];
        return;
    }
    for (int i = 0; i < OUTCOME_COUNT; i++)
        amounts[i] = outcome->amounts[i];
}

/* Settles one claim's household anew and tells how that claim came out. instead:
 * a claim to settle in its place, or NULL. trace: its steps, or NULL. false where
 * there is no claim of that index in the part. */
struct caseload_question {
    uint32_t index; /* of the claim in the file */
    int part; /* where it is: see claims_find */
    const struct claim *instead;
    struct trace *trace;
};
struct caseload_answer {
    struct settlement settlement;
    struct claim claim; /* as in the file */
    struct bill bill; /* as settled; bill.claim is not set */
    uint32_t stay; /* REASON_MERGED: index of the stay that it went into */
    struct accumulators before, after; /* of the member; their keyed part is left out */
};
bool caseload_ask(struct caseload *self, const struct caseload_question *question,
    struct caseload_answer *answer);

#endif
