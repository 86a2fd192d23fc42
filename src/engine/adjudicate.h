/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The judge: policy + member + year to date + claim -> who pays what. Pure but
 * for the accumulators that it is handed; no file, no clock, no random numbers.
 * Simulated and real claims meet the same one. */
#ifndef GONGJI_ENGINE_ADJUDICATE_H
#define GONGJI_ENGINE_ADJUDICATE_H

#include "engine/rules.h"

enum reason {
    REASON_NONE,
    REASON_MERGED,
    REASON_NOT_COVERED,
    REASON_NOT_IN_FORCE,
    REASON_NOT_INSURED,
    REASON_NOT_DESIGNATED,
    REASON_NOT_QUALIFIED,
    REASON_LTC,
    REASON_IN_HOSPITAL,
    REASON_PLACE,
    REASON_BELOW_DEDUCTIBLE,
    REASON_CAP_REACHED,
    REASON_COUNT
};
extern const struct word reason_words[REASON_COUNT]; /* key "" for REASON_NONE */

struct settlement {
    fen_t cost, eligible; /* of the bill as paid: a stay's with the visits that joined it */
    fen_t advance, deductible;
    fen_t fund; /* all that the pooled fund pays */
    fen_t fund_inpatient; /* the part that counts toward the inpatient cap */
    fen_t account, family_account, cash;
    uint8_t reason; /* enum reason */
    bool capped; /* a cap of the benefit itself cut the payment, or all of it */
};

/* One person's year to date. All zero is a fresh start. */
struct accumulators {
    int year; /* of what is accumulated; 0 before the first claim */
    day_t month_from, month_to; /* of the month of the last claim, for monthly ones */
    /* One more of each than there are, for the quick judge's use: what is not there
     * neither limits nor fills up. */
    fen_t borne[POLICY_RULES_MAX + 1]; /* by deductible slot */
    fen_t used[POLICY_CAPS_MAX + 1];
    fen_t banded[POLICY_RULES_MAX]; /* eligible cost past the deductible, for ratio bands */
    struct keyed_borne {
        uint32_t key; /* drug or disease */
        uint32_t slot;
        fen_t borne;
    } *keyed; /* [n_keyed], owned: see accumulators_free */
    int n_keyed, keyed_capacity;
};
void accumulators_free(struct accumulators *self);
/* Back to a fresh start, keeping the memory. */
void accumulators_reset(struct accumulators *self);

/* Makes `to` what `from` is, in `to`'s own memory. */
void accumulators_copy(struct accumulators *to, const struct accumulators *from);

/* What is adjudicated: the claim, and the amounts that visits merged into it add. */
struct bill {
    const struct claim *claim;
    day_t settles; /* the day that counts */
    fen_t joined_cost, joined_eligible;
};

struct trace; /* engine/trace.h: steps for people to read */

/* Fills all of *out but the member's side (account, family_account, cash). */
void adjudicate(const struct program *program, const struct epoch *epoch,
    const struct member *member, struct accumulators *state, const struct bill *bill,
    struct settlement *out);
void adjudicate_traced(const struct program *program, const struct epoch *epoch,
    const struct member *member, struct accumulators *state, const struct bill *bill,
    struct settlement *out, struct trace *trace);

/* The day on which a claim settles. */
static inline day_t
program_settles(const struct program *program, const struct claim *claim)
{
    return claim->benefit == BENEFIT_INPATIENT && !program->stays_settle_on_admission ? claim->end
                                                                                     : claim->date;
}

/* Does this visit's bill become part of the stay that it turned into? Decided on
 * the visit's own day. */
bool program_merges(const struct program *program, const struct claim *claim);

/* The row of every table of amounts that the member's claims fall into on a day. */
class_t member_class(const struct program *program, const struct member *member, day_t on);

bool member_insured(const struct member *member, day_t on); /* and not in arrears that month */

/* Where a day lies in the member's time under specialised care. */
enum ltc { LTC_NOT, LTC_FIRST_OR_LAST, LTC_BETWEEN, LTC_COUNT };
enum ltc member_ltc(const struct member *member, day_t on);

/* Steps of the judge that others take too (engine/quick.h). rule: of the epoch of the
 * day; NULL where the policy has none for the claim. */
enum reason adjudicate_entitlement(const struct rule *rule, const struct claim *claim, bool insured,
    enum ltc ltc);
fen_t adjudicate_cap(const struct cap *cap, class_t class, const struct member *member);

#endif
