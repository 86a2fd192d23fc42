/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/run_block.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/settle.h"

/* Whoever gains or loses more than one yuan counts (interface: winners, losers). */
enum { NOTICED = 100 };

void
worker_init(struct worker *self, const struct tally_shape *shape,
    const struct program *const *programs, int n_programs, const struct behaviour *behaviour)
{
    *self = (struct worker){ .shape = shape,
        .programs = programs,
        .n_programs = n_programs,
        .behaviour = behaviour };
    kinds_init(&self->kinds, programs, n_programs);
    self->quick = memory_alloc((size_t)n_programs, sizeof *self->quick);
    for (int i = 0; i < n_programs; i++)
        quick_init(&self->quick[i], programs[i]);
    self->block.with_potential = behaviour != NULL;
    tally_block_init(&self->tally, shape);
}

void
worker_free(struct worker *self)
{
    people_block_free(&self->block);
    tally_block_free(&self->tally);
    free(self->value);
    free(self->baseline);
    free(self->joined);
    free(self->settling);
    free(self->absent);
    free(self->decile);
    free(self->balance);
    for (int i = 0; i < self->household_capacity; i++)
        accumulators_free(&self->household.accumulators[i]);
    free(self->household.accumulators);
    free(self->household.credits);
    free(self->household.states);
    accumulators_free(&self->household.before.accumulators);
    free(self->household.before.states);
    free(self->members);
    free(self->entry_start);
    free(self->entry_mask);
    free(self->claim_entry);
    free(self->entry);
    free(self->entry_baseline);
    tally_order_free(&self->by_demography);
    tally_order_free(&self->by_money);
    tally_order_free(&self->by_county);
    tally_order_free(&self->by_claims);
    free(self->cells);
    free(self->one_cell);
    free(self->costs);
    free(self->large);
    for (int i = 0; i < self->n_programs; i++)
        quick_free(&self->quick[i]);
    free(self->quick);
    kinds_free(&self->kinds);
    free(self->quick_claims);
    free(self->quick_persons);
    free(self->quick_households);
    free(self->quick_potentials);
    free(self->given);
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
        self->entry_start = memory_resize(self->entry_start, size, sizeof *self->entry_start);
        self->cells = memory_resize(self->cells, size, sizeof *self->cells);
        self->costs = memory_resize(self->costs, size, sizeof *self->costs);
        self->large = memory_resize(self->large, size, sizeof *self->large);
        self->quick_persons
            = memory_resize(self->quick_persons, size, sizeof *self->quick_persons);
        self->quick_households
            = memory_resize(self->quick_households, size, sizeof *self->quick_households);
        self->entry_mask = memory_resize(self->entry_mask, size, sizeof *self->entry_mask);
        self->balance = memory_resize(
            self->balance, size * (size_t)self->n_programs, sizeof *self->balance);
        self->n_persons = n;
    }
    if (self->block.n_claims > self->n_claims) {
        self->n_claims = self->block.n_claims + self->block.n_claims / 8;
        size_t size = (size_t)self->n_claims;
        self->claim_entry = memory_resize(self->claim_entry, size, sizeof *self->claim_entry);
        self->quick_claims = memory_resize(self->quick_claims, size, sizeof *self->quick_claims);
        self->joined = memory_resize(self->joined, 2 * size, sizeof *self->joined);
        self->settling = memory_resize(self->settling, size, sizeof *self->settling);
        if (self->behaviour != NULL) {
            self->absent = memory_resize(self->absent, size, sizeof *self->absent);
            self->quick_potentials
                = memory_resize(self->quick_potentials, size, sizeof *self->quick_potentials);
        }
    }
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

/* Which entries the block's persons have, and which two each claim falls into. */
static void
lay_out_entries(struct worker *self)
{
    const struct people_block *block = &self->block;
    memset(self->entry_mask, 0, (size_t)block->n * sizeof *self->entry_mask);
    memset(self->costs, 0, (size_t)block->n * sizeof *self->costs);
    for (int i = 0; i < block->n_claims; i++) {
        const struct claim *c = &block->claims[i];
        self->costs[c->member] += c->cost;
        self->entry_mask[c->member]
            |= (uint16_t)(1u << c->provider | 1u << (PROVIDER_COUNT + c->benefit));
        if (block->with_potential) {
            self->entry_mask[c->member] |= (uint16_t)(1u << block->potential[i].provider);
            self->costs[c->member] += block->potential[i].cost;
        }
    }
    int n = 0;
    for (int i = 0; i < block->n; i++) {
        int person = block->order[i];
        self->entry_start[person] = n;
        n += __builtin_popcount(self->entry_mask[person]);
    }
    self->n_entries = n;
    for (int i = 0; i < block->n_claims; i++) {
        const struct claim *c = &block->claims[i];
        unsigned mask = self->entry_mask[c->member];
        int start = self->entry_start[c->member];
        unsigned before_provider = (1u << c->provider) - 1;
        unsigned before_benefit = (1u << (PROVIDER_COUNT + c->benefit)) - 1;
        self->claim_entry[i][0] = start + __builtin_popcount(mask & before_provider);
        self->claim_entry[i][1] = start + __builtin_popcount(mask & before_benefit);
    }
    if (n > self->entry_capacity) {
        self->entry_capacity = n + n / 8;
        size_t size = (size_t)self->entry_capacity;
        self->given = memory_resize(self->given, size, sizeof *self->given);
        self->entry = memory_resize(self->entry, size, sizeof *self->entry);
        self->entry_baseline
            = memory_resize(self->entry_baseline, size, sizeof *self->entry_baseline);
    }
}

/* The cells of the block's persons and entries, and the orders by them. */
static void
order_cells(struct worker *self)
{
    const struct people_block *block = &self->block;
    const struct tally_shape *shape = self->shape;
    day_t opening = date_day(block->year, 1, 1);
    int most = block->n > self->n_entries ? block->n : self->n_entries;
    self->one_cell = memory_resize(self->one_cell, (size_t)most, sizeof *self->one_cell);
    for (int i = 0; i < block->n; i++) {
        const struct member *member = &block->members[i];
        const struct person_traits *traits = &block->traits[i];
        int status = (int)member_status(member, opening), sector = (int)member_sector(member);
        self->cells[i][0]
            = ((status * PEOPLE_AGE_BANDS + traits->age_band) * SEX_COUNT + member->sex)
                * SECTOR_COUNT + sector;
        self->cells[i][1]
            = shape->money + traits->wage_quintile * TALLY_DECILES + self->decile[i];
        self->cells[i][2] = shape->county + traits->county;
    }
    struct tally_order *orders[TALLY_OF_PERSON]
        = { &self->by_demography, &self->by_money, &self->by_county };
    for (int k = 0; k < TALLY_OF_PERSON; k++) {
        for (int i = 0; i < block->n; i++)
            self->one_cell[i] = self->cells[i][k];
        tally_order_rows(orders[k], self->one_cell, block->n, shape->n_cells);
    }
    for (int i = 0; i < block->n; i++) {
        int entry = self->entry_start[i];
        for (unsigned left = self->entry_mask[i]; left != 0; left &= left - 1, entry++)
            self->one_cell[entry]
                = self->costs[i] < TALLY_SMALL ? shape->provider + __builtin_ctz(left) : -1;
    }
    tally_order_rows(&self->by_claims, self->one_cell, self->n_entries, shape->n_cells);
}

void
worker_draw(struct worker *self, const struct people *people, uint64_t first, int n, int year,
    const struct decile_cuts *cuts)
{
    people_draw(people, first, n, year, &self->block);
    grow(self);
    for (int i = 0; !self->totals_only && i < n; i++)
        self->decile[i]
            = decile_of(cuts, self->block.traits[i].cost, self->block.traits[i].tie);
    lay_out_entries(self);
    if (!self->totals_only)
        order_cells(self);
    quick_prepare(self);
}

/* What the year leaves of an account: interest on what is there still of the balance
 * carried over, credited on 31 December to those who stay; then the dead's goes to
 * their heirs, a leaver's with the leaver. */
static void
close_account(const struct worker *self, ratio_t interest, int person)
{
    int64_t *value = self->value[person];
    const struct person_traits *traits = &self->block.traits[person];
    fen_t balance = value[MEASURE_ACCOUNT_CLOSING];
    if (traits->fate == FATE_DIES)
        value[MEASURE_ACCOUNT_TO_HEIRS] = balance;
    else if (traits->fate == FATE_LEAVES)
        value[MEASURE_ACCOUNT_TAKEN] = balance;
    else
        value[MEASURE_ACCOUNT_INTEREST]
            = money_share(money_min(value[MEASURE_ACCOUNT_OPENING], balance), interest);
    value[MEASURE_ACCOUNT_CLOSING] = balance + value[MEASURE_ACCOUNT_INTEREST]
        - value[MEASURE_ACCOUNT_TO_HEIRS] - value[MEASURE_ACCOUNT_TAKEN];
}

/* The person's part in what the fund's books are made from, but for benefits. opening:
 * 1 January. */
static void
add_flows(const struct worker *self, int person, day_t opening, int64_t *flows)
{
    const int64_t *value = self->value[person];
    enum status status = member_status(&self->block.members[person], opening);
    bool retired = status == STATUS_RETIREE;
    flows[status == STATUS_FLEXIBLE ? FLOW_FLEXIBLE : FLOW_EMPLOYER]
        += value[MEASURE_CONTRIBUTION_INCOME];
    flows[retired ? FLOW_TRANSFER_RETIRED : FLOW_TRANSFER_ACTIVE] += value[MEASURE_ACCOUNT_TRANSFER];
    flows[retired ? FLOW_PERSONS_RETIRED : FLOW_PERSONS_ACTIVE]++;
}

/* The sum of the person's entries into the person's measures: each claim has one
 * provider; and what the fund paid by benefit into the flows. Entries that the order
 * leaves out go into the tally. */
static void
add_entries(struct worker *self, int person, int64_t *flows)
{
    int64_t *value = self->value[person];
    int entry = self->entry_start[person];
    bool costly = !self->totals_only && self->costs[person] >= TALLY_SMALL;
    for (unsigned left = self->entry_mask[person]; left != 0; left &= left - 1, entry++) {
        int cell = __builtin_ctz(left), to = self->shape->provider + cell;
        const int64_t *amounts = self->entry[entry];
        for (int m = 0; cell < PROVIDER_COUNT && m < MEASURE_OF_CLAIMS; m++)
            value[m] += amounts[m];
        if (cell >= PROVIDER_COUNT)
            flows[FLOW_BENEFIT + cell - PROVIDER_COUNT] += amounts[MEASURE_FUND_OUTFLOW];
        if (costly)
            tally_add(&self->tally, &to, 1, MEASURE_OF_CLAIMS, amounts, self->entry_baseline[entry]);
    }
}

static void
tally_person(struct worker *self, int i)
{
    const int64_t *value = self->value[i];
    self->large[i] = !tally_is_small(value, self->baseline[i], TALLY_WIDTH);
    if (self->large[i])
        tally_add(&self->tally, self->cells[i], self->shape->n_counties > 1 ? 3 : 2, TALLY_WIDTH,
            value, self->baseline[i]);
    tally_distributions(&self->tally, self->block.first + (uint64_t)i,
        (const fen_t[DISTRIBUTION_COUNT]){
            [DISTRIBUTION_FUND] = value[MEASURE_FUND_OUTFLOW],
            [DISTRIBUTION_BURDEN] = value[MEASURE_MEMBER_BURDEN],
            [DISTRIBUTION_CREDIT] = value[MEASURE_ACCOUNT_TRANSFER] + value[MEASURE_ACCOUNT_OWN],
            [DISTRIBUTION_NET_GAIN] = value[MEASURE_NET_GAIN_MEAN],
        });
}

/* All rows that are small, once they are made. */
static void
tally_rows(struct worker *self, bool is_baseline)
{
    struct tally_block *tally = &self->tally;
    const int64_t *values = self->value[0], *baselines = is_baseline ? NULL : self->baseline[0];
    tally_add_ordered(
        tally, &self->by_demography, TALLY_WIDTH, values, baselines, self->large);
    tally_add_ordered(tally, &self->by_money, TALLY_WIDTH, values, baselines, self->large);
    /* A single county's sums are everybody's: left out. */
    if (self->shape->n_counties > 1)
        tally_add_ordered(tally, &self->by_county, TALLY_WIDTH, values, baselines, self->large);
    if (self->n_entries > 0)
        tally_add_ordered(tally, &self->by_claims, MEASURE_OF_CLAIMS, self->entry[0],
            is_baseline ? NULL : self->entry_baseline[0], NULL);
}

static int64_t
gains(const int64_t *value)
{
    return value[MEASURE_FUND_OUTFLOW] + value[MEASURE_ACCOUNT_TRANSFER]
        + value[MEASURE_ACCOUNT_OWN];
}

void
worker_settle(struct worker *self, int index, bool is_baseline, bool first_year)
{
    struct people_block *block = &self->block;
    fen_t *balance = self->balance + (size_t)index * (size_t)self->n_persons;
    for (int i = 0; i < block->n; i++) {
        memset(self->value[i], 0, sizeof self->value[i]);
        if (first_year || block->traits[i].fresh)
            balance[i] = block->members[i].balance;
        else
            block->members[i].balance = balance[i];
    }
    settle_block(self, index);
    const struct program *program = self->programs[index];
    day_t opening = date_day(block->year, 1, 1);
    int last = program_epoch(program, date_day(block->year, 12, 31), 0);
    ratio_t interest = program->epochs[last].account.interest;
    if (is_baseline)
        memcpy(self->entry_baseline, self->entry, (size_t)self->n_entries * sizeof *self->entry);
    for (int i = 0; i < block->n; i++) {
        int64_t *value = self->value[i];
        int64_t *flows = tally_flows(
            &self->tally, block->first + (uint64_t)i, block->traits[i].county);
        add_entries(self, i, flows);
        close_account(self, interest, i);
        add_flows(self, i, opening, flows);
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
        if (self->totals_only)
            tally_total(&self->tally, value);
        else
            tally_person(self, i);
    }
    if (self->totals_only)
        return;
    tally_rows(self, is_baseline);
    for (int i = 0; i < block->n; i += PEOPLE_TILE)
        tally_tile(&self->tally, block->n - i < PEOPLE_TILE ? block->n - i : PEOPLE_TILE,
            self->value + i, self->baseline + i);
}
