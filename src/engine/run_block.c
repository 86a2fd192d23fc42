/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/run_block.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/settle.h"

enum {
    SUMS_BYTES = 40 << 20, /* of memory for a thread's sums of programs; else one at a time */
    WIDE_ROWS = 1024 /* of large amounts that wait in one of them */
};

static void
init_tallies(struct worker *self)
{
    size_t most = SUMS_BYTES / tally_block_bytes(self->shape);
    self->n_tallies = (size_t)self->n_programs <= most ? self->n_programs : 1;
    self->tallies = memory_alloc((size_t)self->n_tallies, sizeof *self->tallies);
    for (int i = 0; i < self->n_tallies; i++)
        tally_block_init(&self->tallies[i], self->shape);
}

void
worker_init(struct worker *self, const struct tally_shape *shape,
    const struct program *const *programs, int n_programs, int baseline,
    const struct behaviour *behaviour)
{
    *self = (struct worker){ .shape = shape,
        .programs = programs,
        .n_programs = n_programs,
        .baseline = baseline,
        .behaviour = behaviour };
    kinds_init(&self->kinds, programs, n_programs);
    self->quick = memory_alloc((size_t)n_programs, sizeof *self->quick);
    for (int i = 0; i < n_programs; i++)
        quick_init(&self->quick[i], programs[i], behaviour != NULL);
    self->terms = memory_alloc((size_t)n_programs, sizeof *self->terms);
    lanes_init(self);
    self->block.with_potential = behaviour != NULL;
    init_tallies(self);
}

void
worker_free(struct worker *self)
{
    people_block_free(&self->block);
    free(self->value);
    free(self->base_rows);
    free(self->base_entries);
    free(self->base_gain);
    free(self->base_large);
    free(self->baseline_value);
    free(self->terms);
    for (int i = 0; i < self->n_carried; i++) {
        people_carried_free(self->carried[i].people);
        for (int g = 0; g < self->n_groups; g++)
            free(self->carried[i].balances[g].items);
        free(self->carried[i].balances);
    }
    free(self->carried);
    lanes_free(self);
    free(self->joined);
    free(self->settling);
    free(self->absent);
    free(self->decile);
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
    free(self->entry_places);
    free(self->claim_entry);
    free(self->entry);
    free(self->entry_baseline);
    tally_orders_free(&self->orders);
    for (int i = 0; i < self->n_tallies; i++)
        tally_block_free(&self->tallies[i]);
    free(self->tallies);
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

bool
worker_sums_full(const struct worker *self, int program)
{
    return self->n_tallies < self->n_programs || worker_sums(self, program)->n_wide > WIDE_ROWS;
}

static void
grow(struct worker *self)
{
    int n = self->block.n;
    if (n > self->n_persons) {
        size_t size = (size_t)n;
        self->value = memory_resize(self->value, size, sizeof *self->value);
        self->base_rows = memory_resize(self->base_rows, size, sizeof *self->base_rows);
        self->base_gain = memory_resize(self->base_gain, size, sizeof *self->base_gain);
        self->base_large = memory_resize(self->base_large, size, sizeof *self->base_large);
        self->baseline_value
            = memory_resize(self->baseline_value, size, sizeof *self->baseline_value);
        self->decile = memory_resize(self->decile, size, sizeof *self->decile);
        self->entry_start = memory_resize(self->entry_start, size, sizeof *self->entry_start);
        self->quick_persons
            = memory_resize(self->quick_persons, size, sizeof *self->quick_persons);
        self->quick_households
            = memory_resize(self->quick_households, size, sizeof *self->quick_households);
        self->entry_mask = memory_resize(self->entry_mask, size, sizeof *self->entry_mask);
        self->entry_places
            = memory_resize(self->entry_places, size, sizeof *self->entry_places);
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

static void
exchange(struct worker *self, int turn)
{
    struct worker_carried *carried = &self->carried[turn];
    people_exchange(&self->block, &carried->people);
    for (int g = 0; g < self->n_groups; g++) {
        struct lane_balances balances = self->groups[g].balances;
        self->groups[g].balances = carried->balances[g];
        carried->balances[g] = balances;
    }
}

void
worker_turn(struct worker *self, int turn)
{
    for (; self->n_carried <= (turn > self->turn ? turn : self->turn); self->n_carried++) {
        self->carried = memory_resize(
            self->carried, (size_t)self->n_carried + 1, sizeof *self->carried);
        self->carried[self->n_carried] = (struct worker_carried){
            .balances = memory_alloc((size_t)self->n_groups, sizeof *self->carried->balances) };
    }
    if (turn == self->turn)
        return;
    exchange(self, self->turn);
    exchange(self, turn);
    self->turn = turn;
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

/* Of a person's entries each one's place among them, by its bit in the mask. */
enum { PLACE_BITS = 4, PLACE_MOST = (1 << PLACE_BITS) - 1 };
_Static_assert(PLACE_BITS * (PROVIDER_COUNT + BENEFIT_COUNT) <= 64, "places fit a word");

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
        uint64_t places = 0, place = 0;
        for (unsigned left = self->entry_mask[person]; left != 0; left &= left - 1)
            places |= place++ << PLACE_BITS * __builtin_ctz(left);
        self->entry_places[person] = places;
        self->entry_start[person] = n;
        n += (int)place;
    }
    self->n_entries = n;
    for (int i = 0; i < block->n_claims; i++) {
        const struct claim *c = &block->claims[i];
        uint64_t places = self->entry_places[c->member];
        int start = self->entry_start[c->member];
        self->claim_entry[i][0] = start + (int)(places >> PLACE_BITS * c->provider & PLACE_MOST);
        self->claim_entry[i][1]
            = start + (int)(places >> PLACE_BITS * (PROVIDER_COUNT + c->benefit) & PLACE_MOST);
    }
    if (n > self->entry_capacity) {
        self->entry_capacity = n + n / 8;
        size_t size = (size_t)self->entry_capacity;
        self->given = memory_resize(self->given, size, sizeof *self->given);
        self->entry = memory_resize(self->entry, size, sizeof *self->entry);
        self->entry_baseline
            = memory_resize(self->entry_baseline, size, sizeof *self->entry_baseline);
        self->base_entries
            = memory_resize(self->base_entries, size, sizeof *self->base_entries);
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
    for (int i = 0; i < block->n; i++) {
        const struct member *member = &block->members[i];
        const struct person_traits *traits = &block->traits[i];
        int status = (int)member_status(member, opening), sector = (int)member_sector(member);
        demography[i] = ((status * PEOPLE_AGE_BANDS + traits->age_band) * SEX_COUNT + member->sex)
                * SECTOR_COUNT + sector;
        money[i] = shape->money + traits->wage_quintile * TALLY_DECILES + self->decile[i];
        county[i] = shape->county + traits->county;
    }
    tally_order_rows(&orders->demography, shape->n_cells);
    tally_order_rows(&orders->money, shape->n_cells);
    tally_order_rows(&orders->county, shape->n_cells);
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

void
worker_settle(struct worker *self, int group, bool first_year)
{
    lanes_settle(self, &self->groups[group], first_year);
}

void
worker_tally(struct worker *self, int group, int lane)
{
    struct tally_block *tally = worker_sums(self, self->groups[group].program[lane]);
    lanes_tally(self, lane, tally);
    if (!self->totals_only)
        tally_rows_add(tally, &self->rows[lane], &self->orders, self->block.first);
}
