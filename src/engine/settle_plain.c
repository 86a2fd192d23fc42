/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/settle.h"

#include <string.h>

/* Moves the bills of visits that became stays into the stays. */
void
settle_joined(struct worker *self, const struct program *program, int from, int to)
{
    const struct people_block *block = &self->block;
    memset(self->joined + 2 * from, 0, (size_t)(to - from) * 2 * sizeof *self->joined);
    for (int i = from; i < to; i++) {
        const struct claim *claim = &block->claims[i];
        if (!program_merges(program, claim))
            continue;
        self->joined[2 * claim->admission] += claim->cost;
        self->joined[2 * claim->admission + 1] += claim->eligible;
    }
}

/* Adds a settlement to the claim's two entries. */
static inline void
add_claim(struct worker *self, const int entries[static 2], fen_t cost, fen_t eligible, fen_t fund,
    fen_t account, fen_t family)
{
    int64_t amounts[MEASURE_OF_CLAIMS] = {
        [MEASURE_FUND_OUTFLOW] = fund,
        [MEASURE_MEMBER_BURDEN] = cost - fund,
        [MEASURE_PAID_BY_ACCOUNT] = account + family,
        [MEASURE_PAID_BY_FAMILY_ACCOUNT] = family,
        [MEASURE_PAID_BY_CASH] = cost - fund - account - family,
        [MEASURE_COST] = cost,
        [MEASURE_ELIGIBLE_COST] = eligible,
        [MEASURE_VISITS] = 1,
    };
    for (int e = 0; e < 2; e++) {
        int64_t *to = self->entry[entries[e]];
        for (int m = 0; m < MEASURE_OF_CLAIMS; m++)
            to[m] += amounts[m];
    }
}

static inline void
add_settlement(struct worker *self, const int entries[static 2], uint32_t member,
    const struct settlement *settlement)
{
    add_claim(self, entries, settlement->cost, settlement->eligible, settlement->fund,
        settlement->account, settlement->family_account);
    self->value[member][MEASURE_CAP_REACHED] |= settlement->capped;
}

/* The block's order is that of stays that settle on discharge; under the other
 * reading a household's claims are put in order anew, stably. */
static void
order_by_admission(struct worker *self, const struct program *program, int from, int to)
{
    const struct claim *claims = self->block.claims;
    for (int i = from; i < to; i++) {
        int k = i;
        for (; k > from
             && program_settles(program, &claims[self->settling[k - 1]])
                 > program_settles(program, &claims[i]);
             k--)
            self->settling[k] = self->settling[k - 1];
        self->settling[k] = i;
    }
}

static inline int
position_of(const int *persons, uint32_t member)
{
    int who = 0;
    while (persons[who] != (int)member)
        who++;
    return who;
}

static inline struct bill
bill_of(const struct worker *self, const struct program *program, int i, const struct claim *claim)
{
    struct bill bill = { .claim = claim, .settles = program_settles(program, claim) };
    if (program->joins) {
        bill.joined_cost = self->joined[2 * i];
        bill.joined_eligible = self->joined[2 * i + 1];
    }
    return bill;
}

/* Nobody reacts: every claim comes about. */
static void
settle_claims(struct worker *self, const struct program *program, const int *persons, int from,
    int to)
{
    const struct people_block *block = &self->block;
    for (int k = from; k < to; k++) {
        int i = program->stays_settle_on_admission ? self->settling[k] : k;
        const struct claim *claim = &block->claims[i];
        if (program_merges(program, claim)) {
            add_claim(self, self->claim_entry[i], 0, 0, 0, 0, 0);
            continue;
        }
        struct settlement settlement;
        struct bill bill = bill_of(self, program, i, claim);
        household_settle(
            &self->household, position_of(persons, claim->member), &bill, &settlement, NULL);
        add_settlement(self, self->claim_entry[i], claim->member, &settlement);
    }
}

/* --- people who react --- */

bool
settle_absent(struct worker *self, const struct program *program, int from, int to)
{
    const struct people_block *block = &self->block;
    bool any = false;
    for (int i = from; i < to; i++) {
        const struct claim *claim = &block->claims[i];
        self->absent[i] = false;
        if (claim->benefit != BENEFIT_INPATIENT)
            continue;
        const struct epoch *epoch = &program->epochs[program_epoch(program, claim->date, 0)];
        self->absent[i] = !behaviour_stays(self->behaviour, &block->potential[i], program, epoch,
            &block->members[claim->member], claim);
        any = any || self->absent[i];
    }
    return any;
}

/* A claim's flags where some of the household's stays give way. */
static uint8_t
flags_without(const struct worker *self, const struct claim *claim, int from, int to)
{
    uint32_t flags = claim->flags & ~(uint32_t)(CLAIM_IN_STAY | CLAIM_ON_STAY_DAY);
    for (int s = from; s < to; s++) {
        const struct claim *stay = &self->block.claims[s];
        if (stay->benefit != BENEFIT_INPATIENT || stay->member != claim->member
            || self->absent[s])
            continue;
        flags |= claim->end > stay->date && claim->end < stay->end ? CLAIM_IN_STAY : 0;
        flags |= claim->end == stay->date || claim->end == stay->end ? CLAIM_ON_STAY_DAY : 0;
    }
    return (uint8_t)flags;
}

void
settle_shifted(const struct worker *self, const struct potential *potential, struct claim *claim,
    int entries[static 2])
{
    const uint32_t of_stays = CLAIM_IN_STAY | CLAIM_ON_STAY_DAY;
    unsigned before = (1u << potential->provider) - 1;
    entries[0] = self->entry_start[claim->member]
        + __builtin_popcount(self->entry_mask[claim->member] & before);
    claim->provider = potential->provider;
    claim->cost = potential->cost;
    claim->eligible = potential->eligible;
    claim->flags = (uint8_t)((claim->flags & of_stays) | potential->flags);
}

/* A visit that depends on its price: settled, and taken back where it does not come
 * about. true where it does. */
static bool
settle_visit(struct worker *self, int who, const struct bill *bill,
    const struct potential *potential, const struct epoch *epoch, struct settlement *out)
{
    struct household *household = &self->household;
    if (behaviour_always(self->behaviour, potential)) {
        household_settle(household, who, bill, out, NULL);
        return true;
    }
    household_try(household, who, bill, out);
    uint32_t price = behaviour_price_ahead(self->behaviour, out, household->program, epoch,
        household->members[who], bill->claim);
    if (behaviour_keeps(self->behaviour, potential, price))
        return true;
    household_take_back(household, who);
    return false;
}

static void
react_to_claims(struct worker *self, const struct program *program, const int *persons, int from,
    int to)
{
    const struct people_block *block = &self->block;
    bool any_absent = settle_absent(self, program, from, to);
    for (int k = from, epoch = 0; k < to; k++) {
        int i = program->stays_settle_on_admission ? self->settling[k] : k;
        const struct potential *potential = &block->potential[i];
        struct claim claim = block->claims[i];
        int entries[2] = { self->claim_entry[i][0], self->claim_entry[i][1] };
        bool with_stay = claim.admission != NAME_NONE;
        if (self->absent[with_stay ? claim.admission : (uint32_t)i])
            continue;
        if (program_merges(program, &claim)) {
            add_claim(self, entries, 0, 0, 0, 0, 0);
            continue;
        }
        if (any_absent)
            claim.flags = flags_without(self, &claim, from, to);
        int who = position_of(persons, claim.member);
        bool reacts = claim.benefit == BENEFIT_OUTPATIENT && !with_stay;
        epoch = program_epoch(program, claim.date, epoch);
        if (reacts
            && behaviour_shifts(self->behaviour, potential, program, &program->epochs[epoch],
                self->members[who], &claim))
            settle_shifted(self, potential, &claim, entries);
        if (reacts && potential->further
            && behaviour_never(self->behaviour, potential, program, &program->epochs[epoch],
                self->members[who], &claim))
            continue;
        struct settlement settlement;
        struct bill bill = bill_of(self, program, i, &claim);
        if (!reacts)
            household_settle(&self->household, who, &bill, &settlement, NULL);
        else if (!settle_visit(
                     self, who, &bill, potential, &program->epochs[epoch], &settlement))
            continue;
        add_settlement(self, entries, claim.member, &settlement);
    }
}

void
settle_plain(struct worker *self, const struct program *program, int h)
{
    const struct people_block *block = &self->block;
    struct household *household = &self->household;
    const int *persons = block->order + block->household_start[h];
    int n = household->n;
    for (int i = 0; i < n; i++) {
        int entry = self->entry_start[persons[i]];
        size_t entries = (size_t)__builtin_popcount(self->entry_mask[persons[i]]);
        memset(self->entry[entry], 0, entries * sizeof *self->entry);
    }
    household_begin(household);

    int from = block->claim_start[h], to = block->claim_start[h + 1];
    if (program->stays_settle_on_admission)
        order_by_admission(self, program, from, to);
    if (self->behaviour != NULL)
        react_to_claims(self, program, persons, from, to);
    else
        settle_claims(self, program, persons, from, to);
    household_end(household);
    for (int i = 0; i < n; i++) {
        int64_t *value = self->value[persons[i]];
        const struct household_state *state = &household->states[i];
        value[MEASURE_ACCOUNT_OPENING] = self->members[i]->balance;
        value[MEASURE_ACCOUNT_TRANSFER] = state->totals.from_pool;
        value[MEASURE_ACCOUNT_OWN] = state->totals.credit - state->totals.from_pool;
        value[MEASURE_CONTRIBUTION_INCOME] = state->totals.contribution;
        value[MEASURE_ACCOUNT_PAID_OUT] = state->totals.paid;
        value[MEASURE_ACCOUNT_CLOSING] = state->balance;
    }
}
