/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/run_block.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MONTHS = 12 };

/* Whoever gains or loses more than one yuan counts (interface: winners, losers). */
enum { NOTICED = 100 };

void
worker_init(struct worker *self, const struct tally_shape *shape, int n_programs,
    const struct behaviour *behaviour)
{
    *self = (struct worker){ .shape = shape, .n_programs = n_programs, .behaviour = behaviour };
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
        self->entry_start = memory_resize(self->entry_start, size + 1, sizeof *self->entry_start);
        self->entry_mask = memory_resize(self->entry_mask, size, sizeof *self->entry_mask);
        self->balance = memory_resize(
            self->balance, size * (size_t)self->n_programs, sizeof *self->balance);
        self->n_persons = n;
    }
    if (self->block.n_claims > self->n_claims) {
        self->n_claims = self->block.n_claims + self->block.n_claims / 8;
        size_t size = (size_t)self->n_claims;
        self->claim_entry = memory_resize(self->claim_entry, size, sizeof *self->claim_entry);
        self->joined = memory_resize(self->joined, 2 * size, sizeof *self->joined);
        self->settling = memory_resize(self->settling, size, sizeof *self->settling);
        if (self->behaviour != NULL)
            self->absent = memory_resize(self->absent, size, sizeof *self->absent);
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
    h->before.states = memory_resize(h->before.states, size, sizeof *h->before.states);
    self->members = memory_resize(self->members, size, sizeof *self->members);
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
        self->entry_start[i] = n;
        n += __builtin_popcount(self->entry_mask[i]);
    }
    self->entry_start[block->n] = n;
    for (int i = 0; i < block->n_claims; i++) {
        const struct claim *c = &block->claims[i];
        unsigned mask = self->entry_mask[c->member];
        int start = self->entry_start[c->member];
        unsigned before_provider = (1u << c->provider) - 1;
        unsigned before_benefit = (1u << (PROVIDER_COUNT + c->benefit)) - 1;
        self->claim_entry[i][0] = start + __builtin_popcount(mask & before_provider);
        self->claim_entry[i][1] = start + __builtin_popcount(mask & before_benefit);
    }
    if (n > self->n_entries) {
        self->n_entries = n + n / 8;
        size_t size = (size_t)self->n_entries;
        self->entry = memory_resize(self->entry, size, sizeof *self->entry);
        self->entry_baseline
            = memory_resize(self->entry_baseline, size, sizeof *self->entry_baseline);
    }
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
    lay_out_entries(self);
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

/* Which of the household's stays give way; true where any does. */
static bool
find_absent(struct worker *self, const struct program *program, int from, int to)
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

/* Turns to the primary provider; entries: where the visit counts. */
static void
shift_visit(const struct worker *self, const struct potential *potential, struct claim *claim,
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
    const struct potential *potential, struct settlement *out)
{
    struct household *household = &self->household;
    if (behaviour_always(self->behaviour, potential)) {
        household_settle(household, who, bill, out, NULL);
        return true;
    }
    household_try(household, who, bill, out);
    if (behaviour_keeps(self->behaviour, potential, behaviour_price(self->behaviour, out)))
        return true;
    household_take_back(household, who);
    return false;
}

static void
react_to_claims(struct worker *self, const struct program *program, const int *persons, int from,
    int to)
{
    const struct people_block *block = &self->block;
    bool any_absent = find_absent(self, program, from, to);
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
            shift_visit(self, potential, &claim, entries);
        if (reacts && potential->further
            && behaviour_never(self->behaviour, potential, program, &program->epochs[epoch],
                self->members[who], &claim))
            continue;
        struct settlement settlement;
        struct bill bill = bill_of(self, program, i, &claim);
        if (!reacts)
            household_settle(&self->household, who, &bill, &settlement, NULL);
        else if (!settle_visit(self, who, &bill, potential, &settlement))
            continue;
        add_settlement(self, entries, claim.member, &settlement);
    }
}

/* The household's claims, in the order in which they settle under this program. */
static void
settle_household(struct worker *self, const struct program *program, int h)
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

/* The person's part in what the fund's books are made from. */
static void
add_flows(struct worker *self, int person)
{
    const struct people_block *block = &self->block;
    const int64_t *value = self->value[person];
    int64_t *flows = tally_flows(
        &self->tally, block->first + (uint64_t)person, block->traits[person].county);
    enum status status = member_status(&block->members[person], date_day(block->year, 1, 1));
    bool retired = status == STATUS_RETIREE;
    flows[status == STATUS_FLEXIBLE ? FLOW_FLEXIBLE : FLOW_EMPLOYER]
        += value[MEASURE_CONTRIBUTION_INCOME];
    flows[retired ? FLOW_TRANSFER_RETIRED : FLOW_TRANSFER_ACTIVE] += value[MEASURE_ACCOUNT_TRANSFER];
    flows[retired ? FLOW_PERSONS_RETIRED : FLOW_PERSONS_ACTIVE]++;
    unsigned mask = self->entry_mask[person];
    int entry = self->entry_start[person] + __builtin_popcount(mask & ((1u << PROVIDER_COUNT) - 1));
    for (unsigned left = mask >> PROVIDER_COUNT; left != 0; left &= left - 1, entry++)
        flows[FLOW_BENEFIT + __builtin_ctz(left)] += self->entry[entry][MEASURE_FUND_OUTFLOW];
}

/* The person's entries into the tally, and their sum into the person's measures:
 * each claim has one provider. */
static void
tally_entries(struct worker *self, int person, bool is_baseline)
{
    int64_t *value = self->value[person];
    int entry = self->entry_start[person];
    for (unsigned left = self->entry_mask[person]; left != 0; left &= left - 1, entry++) {
        int cell = __builtin_ctz(left), to = self->shape->provider + cell;
        const int64_t *amounts = self->entry[entry];
        if (is_baseline)
            memcpy(self->entry_baseline[entry], amounts, sizeof self->entry_baseline[entry]);
        tally_add(&self->tally, &to, 1, MEASURE_OF_CLAIMS, amounts, self->entry_baseline[entry]);
        for (int m = 0; cell < PROVIDER_COUNT && m < MEASURE_OF_CLAIMS; m++)
            value[m] += amounts[m];
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
    tally_distributions(&self->tally, block->first + (uint64_t)i,
        (const fen_t[DISTRIBUTION_COUNT]){
            [DISTRIBUTION_FUND] = value[MEASURE_FUND_OUTFLOW],
            [DISTRIBUTION_BURDEN] = value[MEASURE_MEMBER_BURDEN],
            [DISTRIBUTION_CREDIT] = value[MEASURE_ACCOUNT_TRANSFER] + value[MEASURE_ACCOUNT_OWN],
            [DISTRIBUTION_NET_GAIN] = value[MEASURE_NET_GAIN_MEAN],
        });
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
        if (first_year || block->traits[i].fresh)
            balance[i] = block->members[i].balance;
        else
            block->members[i].balance = balance[i];
    }
    self->household.program = program;
    self->household.first_month = date_month_of(block->year, 1);
    self->household.n_months = MONTHS;
    memset(self->entry, 0, (size_t)self->entry_start[block->n] * sizeof *self->entry);
    if (program->joins)
        join_visits(self, program);
    for (int h = 0; h < block->n_households; h++)
        settle_household(self, program, h);
    int last = program_epoch(program, date_day(block->year, 12, 31), 0);
    ratio_t interest = program->epochs[last].account.interest;
    for (int i = 0; i < block->n; i++) {
        int64_t *value = self->value[i];
        tally_entries(self, i, is_baseline);
        close_account(self, interest, i);
        add_flows(self, i);
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
    for (int i = 0; i < block->n; i += PEOPLE_TILE)
        tally_tile(&self->tally, block->n - i < PEOPLE_TILE ? block->n - i : PEOPLE_TILE,
            self->value + i, self->baseline + i);
}
