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
    self->tallies = memory_alloc((size_t)n_programs, sizeof *self->tallies);
    for (int i = 0; i < n_programs; i++)
        tally_block_init(&self->tallies[i], shape);
}

void
worker_free(struct worker *self)
{
    people_block_free(&self->block);
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
    tally_orders_free(&self->orders);
    tally_rows_free(&self->rows);
    for (int i = 0; i < self->n_programs; i++) {
        quick_free(&self->quick[i]);
        tally_block_free(&self->tallies[i]);
    }
    free(self->quick);
    free(self->tallies);
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
    for (int i = 0; i < block->n_claims; i++) {
        const struct claim *c = &block->claims[i];
        self->entry_mask[c->member]
            |= (uint16_t)(1u << c->provider | 1u << (PROVIDER_COUNT + c->benefit));
        if (block->with_potential)
            self->entry_mask[c->member] |= (uint16_t)(1u << block->potential[i].provider);
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
    struct tally_orders *orders = &self->orders;
    day_t opening = date_day(block->year, 1, 1);
    int *demography = tally_order_cells(&orders->demography, block->n);
    int *money = tally_order_cells(&orders->money, block->n);
    int *county = tally_order_cells(&orders->county, block->n);
    int *claims = tally_order_cells(&orders->claims, self->n_entries);
    for (int i = 0; i < block->n; i++) {
        const struct member *member = &block->members[i];
        const struct person_traits *traits = &block->traits[i];
        int status = (int)member_status(member, opening), sector = (int)member_sector(member);
        demography[i] = ((status * PEOPLE_AGE_BANDS + traits->age_band) * SEX_COUNT + member->sex)
                * SECTOR_COUNT + sector;
        money[i] = shape->money + traits->wage_quintile * TALLY_DECILES + self->decile[i];
        county[i] = shape->county + traits->county;
        int entry = self->entry_start[i];
        for (unsigned left = self->entry_mask[i]; left != 0; left &= left - 1, entry++)
            claims[entry] = shape->provider + __builtin_ctz(left);
    }
    tally_order_rows(&orders->demography, shape->n_cells);
    tally_order_rows(&orders->money, shape->n_cells);
    tally_order_rows(&orders->county, shape->n_cells);
    tally_order_rows(&orders->claims, shape->n_cells);
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
 * provider; and what the fund paid by benefit into the flows. */
static void
add_entries(struct worker *self, int person, int64_t *flows)
{
    int64_t *value = self->value[person];
    int entry = self->entry_start[person];
    for (unsigned left = self->entry_mask[person]; left != 0; left &= left - 1, entry++) {
        int cell = __builtin_ctz(left);
        const int64_t *amounts = self->entry[entry];
        for (int m = 0; cell < PROVIDER_COUNT && m < MEASURE_OF_CLAIMS; m++)
            value[m] += amounts[m];
        if (cell >= PROVIDER_COUNT)
            flows[FLOW_BENEFIT + cell - PROVIDER_COUNT] += amounts[MEASURE_FUND_OUTFLOW];
    }
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
    struct tally_block *tally = &self->tallies[index];
    struct tally_rows *rows = &self->rows;
    day_t opening = date_day(block->year, 1, 1);
    int last = program_epoch(program, date_day(block->year, 12, 31), 0);
    ratio_t interest = program->epochs[last].account.interest;
    if (is_baseline)
        memcpy(self->entry_baseline, self->entry, (size_t)self->n_entries * sizeof *self->entry);
    if (!self->totals_only)
        tally_rows_begin(rows, block->n, self->n_entries, is_baseline);
    for (int i = 0; i < block->n; i++) {
        int64_t *value = self->value[i];
        int64_t *flows = tally_flows(tally, block->first + (uint64_t)i, block->traits[i].county);
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
            tally_total(tally, value);
        else
            tally_rows_put(rows, i, value, self->baseline[i]);
    }
    if (self->totals_only)
        return;
    for (int e = 0; e < self->n_entries; e++)
        tally_rows_put_entry(rows, e, self->entry[e], self->entry_baseline[e]);
    tally_rows_add(tally, rows, &self->orders, block->first);
}
