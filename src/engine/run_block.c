/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/run_block.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MONTHS = 12 };

/* Whoever gains or loses more than one yuan counts (interface: winners, losers). */
enum { NOTICED = 100 };

void
worker_init(struct worker *self, const struct tally_shape *shape, int n_programs)
{
    *self = (struct worker){ .shape = shape, .n_programs = n_programs };
    tally_block_init(&self->tally, shape);
}

void
worker_free(struct worker *self)
{
    people_block_free(&self->block);
    tally_block_free(&self->tally);
    free(self->value);
    free(self->baseline);
    free(self->paid);
    free(self->baseline_paid);
    free(self->joined);
    free(self->settling);
    free(self->decile);
    free(self->balance);
    for (int i = 0; i < self->household_capacity; i++)
        accumulators_free(&self->household.accumulators[i]);
    free(self->household.accumulators);
    free(self->household.credits);
    free(self->household.states);
    free(self->members);
    free(self->cells);
    free(self->baseline_cells);
}

static void
grow(struct worker *self)
{
    int n = self->block.n;
    if (n > self->n_persons) {
        size_t size = (size_t)n;
        self->value = memory_resize(self->value, size, sizeof *self->value);
        self->baseline = memory_resize(self->baseline, size, sizeof *self->baseline);
        self->decile = memory_resize(self->decile, size, sizeof *self->decile);
        self->balance = memory_resize(
            self->balance, size * (size_t)self->n_programs, sizeof *self->balance);
        self->n_persons = n;
    }
    if (self->block.n_claims > self->n_claims) {
        self->n_claims = self->block.n_claims + self->block.n_claims / 8;
        size_t size = (size_t)self->n_claims;
        self->paid = memory_resize(self->paid, size, sizeof *self->paid);
        self->baseline_paid = memory_resize(self->baseline_paid, size, sizeof *self->baseline_paid);
        self->joined = memory_resize(self->joined, 2 * size, sizeof *self->joined);
        self->settling = memory_resize(self->settling, size, sizeof *self->settling);
    }
}

static void
grow_household(struct worker *self, int n)
{
    if (n <= self->household_capacity)
        return;
    size_t size = (size_t)n;
    struct household *h = &self->household;
    h->accumulators = memory_resize(h->accumulators, size, sizeof *h->accumulators);
    memset(h->accumulators + self->household_capacity, 0,
        (size_t)(n - self->household_capacity) * sizeof *h->accumulators);
    h->credits = memory_resize(h->credits, size * MONTHS, sizeof *h->credits);
    h->states = memory_resize(h->states, size, sizeof *h->states);
    self->members = memory_resize(self->members, size, sizeof *self->members);
    self->cells = memory_resize(self->cells, size, sizeof *self->cells);
    self->baseline_cells = memory_resize(self->baseline_cells, size, sizeof *self->baseline_cells);
    memset(self->cells, 0, size * sizeof *self->cells);
    memset(self->baseline_cells, 0, size * sizeof *self->baseline_cells);
    self->household_capacity = n;
}

static uint8_t
decile_of(const struct decile_cuts *cuts, fen_t cost, uint32_t tie)
{
    int decile = 0;
    while (decile < TALLY_DECILES - 1
        && (cost > cuts->cut[decile].cost
            || (cost == cuts->cut[decile].cost && tie >= cuts->cut[decile].tie)))
        decile++;
    return (uint8_t)decile;
}

void
worker_draw(struct worker *self, const struct people *people, uint64_t first, int n, int year,
    const struct decile_cuts *cuts)
{
    people_draw(people, first, n, year, &self->block);
    grow(self);
    for (int i = 0; i < n; i++)
        self->decile[i]
            = decile_of(cuts, self->block.traits[i].cost, self->block.traits[i].tie);
}

/* Moves the bills of visits that became stays into the stays. */
static void
join_visits(struct worker *self, const struct program *program)
{
    const struct people_block *block = &self->block;
    memset(self->joined, 0, (size_t)block->n_claims * 2 * sizeof *self->joined);
    for (int i = 0; i < block->n_claims; i++) {
        const struct claim *claim = &block->claims[i];
        if (!program_merges(program, claim))
            continue;
        self->joined[2 * claim->admission] += claim->cost;
        self->joined[2 * claim->admission + 1] += claim->eligible;
    }
}

static void
claim_measures(int64_t to[static MEASURE_OF_CLAIMS], const struct paid *paid)
{
    fen_t burden = paid->cost - paid->fund;
    to[MEASURE_FUND_OUTFLOW] = paid->fund;
    to[MEASURE_MEMBER_BURDEN] = burden;
    to[MEASURE_PAID_BY_ACCOUNT] = paid->account + paid->family;
    to[MEASURE_PAID_BY_FAMILY_ACCOUNT] = paid->family;
    to[MEASURE_PAID_BY_CASH] = burden - paid->account - paid->family;
    to[MEASURE_COST] = paid->cost;
    to[MEASURE_ELIGIBLE_COST] = paid->eligible;
    to[MEASURE_VISITS] = 1;
}

static inline void
add_measures(int64_t *restrict to, const int64_t *restrict amounts)
{
    for (int m = 0; m < MEASURE_OF_CLAIMS; m++)
        to[m] += amounts[m];
}

/* A person's claims by provider and benefit: cells that were touched go into the
 * tally, beside what the baseline had there. */
static void
tally_claim_cells(struct worker *self, int who, unsigned touched)
{
    for (; touched != 0; touched &= touched - 1) {
        int cell = __builtin_ctz(touched);
        int to = self->shape->provider + cell;
        tally_add(&self->tally, &to, 1, MEASURE_OF_CLAIMS, self->cells[who][cell],
            self->baseline_cells[who][cell]);
        memset(self->cells[who][cell], 0, sizeof self->cells[who][cell]);
        memset(self->baseline_cells[who][cell], 0, sizeof self->baseline_cells[who][cell]);
    }
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

/* The household's claims, in the order in which they settle under this program. */
static void
settle_household(struct worker *self, const struct program *program, int h, bool is_baseline)
{
    const struct people_block *block = &self->block;
    struct household *household = &self->household;
    const int *persons = block->order + block->household_start[h];
    int n = block->household_start[h + 1] - block->household_start[h];
    grow_household(self, n);
    for (int i = 0; i < n; i++)
        self->members[i] = &block->members[persons[i]];
    household->n = n;
    household->members = self->members;
    household_begin(household);

    int from = block->claim_start[h], to = block->claim_start[h + 1];
    if (program->stays_settle_on_admission)
        order_by_admission(self, program, from, to);
    unsigned touched[n];
    memset(touched, 0, sizeof touched);
    for (int k = from; k < to; k++) {
        int i = program->stays_settle_on_admission ? self->settling[k] : k;
        const struct claim *claim = &block->claims[i];
        int who = 0;
        while (persons[who] != (int)claim->member)
            who++;
        struct paid *paid = &self->paid[i];
        if (program_merges(program, claim)) {
            *paid = (struct paid){ 0 };
        } else {
            struct settlement settlement;
            struct bill bill = { .claim = claim, .settles = program_settles(program, claim) };
            if (program->joins) {
                bill.joined_cost = self->joined[2 * i];
                bill.joined_eligible = self->joined[2 * i + 1];
            }
            household_settle(household, who, &bill, &settlement, NULL);
            *paid = (struct paid){ settlement.cost, settlement.eligible, settlement.fund,
                settlement.account, settlement.family_account };
            self->value[claim->member][MEASURE_CAP_REACHED] |= settlement.capped;
        }
        int64_t amounts[MEASURE_OF_CLAIMS], baseline[MEASURE_OF_CLAIMS];
        int benefit = PROVIDER_COUNT + claim->benefit;
        claim_measures(amounts, paid);
        claim_measures(baseline, is_baseline ? paid : &self->baseline_paid[i]);
        add_measures(self->value[claim->member], amounts);
        add_measures(self->cells[who][claim->provider], amounts);
        add_measures(self->cells[who][benefit], amounts);
        add_measures(self->baseline_cells[who][claim->provider], baseline);
        add_measures(self->baseline_cells[who][benefit], baseline);
        touched[who] |= 1u << claim->provider | 1u << benefit;
    }
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
        tally_claim_cells(self, i, touched[i]);
    }
}

static void
tally_person(struct worker *self, int i)
{
    const struct people_block *block = &self->block;
    const struct tally_shape *shape = self->shape;
    const struct member *member = &block->members[i];
    const struct person_traits *traits = &block->traits[i];
    int64_t *value = self->value[i];
    const int64_t *baseline = self->baseline[i];
    day_t opening = date_day(block->year, 1, 1);
    int demographic = (((int)member_status(member, opening) * PEOPLE_AGE_BANDS + traits->age_band)
                              * SEX_COUNT + member->sex) * SECTOR_COUNT + (int)member_sector(member);
    int cells[] = { demographic,
        shape->money + traits->wage_quintile * TALLY_DECILES + self->decile[i],
        shape->county + traits->county };
    /* A single county's sums are everybody's: left out of the loop. */
    int n_cells = shape->n_counties > 1 ? 3 : 2;
    tally_add(&self->tally, cells, n_cells, TALLY_WIDTH, value, baseline);
    tally_distribution(&self->tally, DISTRIBUTION_FUND, value[MEASURE_FUND_OUTFLOW]);
    tally_distribution(&self->tally, DISTRIBUTION_BURDEN, value[MEASURE_MEMBER_BURDEN]);
    tally_distribution(&self->tally, DISTRIBUTION_CREDIT,
        value[MEASURE_ACCOUNT_TRANSFER] + value[MEASURE_ACCOUNT_OWN]);
    tally_distribution(&self->tally, DISTRIBUTION_NET_GAIN, value[MEASURE_NET_GAIN_MEAN]);
}

static int64_t
gains(const int64_t *value)
{
    return value[MEASURE_FUND_OUTFLOW] + value[MEASURE_ACCOUNT_TRANSFER]
        + value[MEASURE_ACCOUNT_OWN];
}

void
worker_settle(struct worker *self, const struct program *program, int index, bool is_baseline,
    bool first_year)
{
    struct people_block *block = &self->block;
    fen_t *balance = self->balance + (size_t)index * (size_t)self->n_persons;
    for (int i = 0; i < block->n; i++) {
        memset(self->value[i], 0, sizeof self->value[i]);
        if (first_year)
            balance[i] = block->members[i].balance;
        else
            block->members[i].balance = balance[i];
    }
    self->household.program = program;
    self->household.first_month = date_month_of(block->year, 1);
    self->household.n_months = MONTHS;
    if (program->joins)
        join_visits(self, program);
    for (int h = 0; h < block->n_households; h++)
        settle_household(self, program, h, is_baseline);
    for (int i = 0; i < block->n; i++) {
        int64_t *value = self->value[i];
        balance[i] = value[MEASURE_ACCOUNT_CLOSING];
        value[MEASURE_PERSONS] = 1;
        value[MEASURE_POOL_BALANCE] = value[MEASURE_CONTRIBUTION_INCOME]
            - value[MEASURE_FUND_OUTFLOW] - value[MEASURE_ACCOUNT_TRANSFER];
        if (is_baseline)
            memcpy(self->baseline[i], value, sizeof self->baseline[i]);
        int64_t gain = gains(value) - gains(self->baseline[i]);
        value[MEASURE_WINNERS] = gain > NOTICED;
        value[MEASURE_LOSERS] = gain < -NOTICED;
        value[MEASURE_NET_GAIN_MEAN] = gain;
        tally_person(self, i);
    }
    if (is_baseline)
        memcpy(self->baseline_paid, self->paid, (size_t)block->n_claims * sizeof *self->paid);
}
