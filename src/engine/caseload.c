/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/caseload.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void
caseload_init(struct caseload *self, const struct program *program, const struct members *members,
    struct claims *claims, bool with_accounts)
{
    *self = (struct caseload){ .program = program, .members = members, .claims = claims,
        .with_accounts = with_accounts };
    if (claims->n != 0) {
        bool by_date = program->stays_settle_on_admission;
        int first = date_year(by_date ? claims->first_date : claims->first_end);
        int last = date_year(by_date ? claims->last_date : claims->last_end);
        self->first_month = date_month_of(first, 1);
        self->n_months = 12 * (last - first + 1);
    }
    for (int i = 0; i < claims->n_parts; i++)
        self->outcomes[i].pool = &claims->pool;
    self->large.pool = &claims->pool;
    self->accounts.pool = &claims->pool;
    self->household = (struct household){ .program = program, .first_month = self->first_month,
        .n_months = self->n_months };
}

void
caseload_free(struct caseload *self)
{
    for (int i = 0; i < CLAIMS_PARTS_MAX; i++)
        spill_free(&self->outcomes[i]);
    spill_free(&self->large);
    spill_free(&self->accounts);
    for (uint32_t i = 0; i < self->household_capacity; i++)
        accumulators_free(&self->household.accumulators[i]);
    free(self->household.accumulators);
    free(self->household.states);
    free(self->household.months);
    free(self->household.credits);
    free(self->household_members);
    free(self->sorted);
    free(self->keys);
    free(self->records);
    *self = (struct caseload){ 0 };
}

static void
make_room(struct caseload *self, size_t n_claims)
{
    if (n_claims <= self->capacity)
        return;
    self->capacity = n_claims > 2 * self->capacity ? n_claims + 64 : 2 * self->capacity;
    self->sorted = memory_resize(self->sorted, self->capacity, sizeof *self->sorted);
    self->keys = memory_resize(self->keys, self->capacity, sizeof *self->keys);
    self->records = memory_resize(self->records, self->capacity, sizeof *self->records);
}

static void
open_household(struct caseload *self, uint32_t group)
{
    const struct members *members = self->members;
    uint32_t first = members->group_start[group];
    uint32_t n = members->group_start[group + 1] - first;
    struct household *household = &self->household;
    if (n > self->household_capacity) {
        uint32_t before = self->household_capacity, after = 2 * n;
        household->accumulators
            = memory_resize(household->accumulators, after, sizeof *household->accumulators);
        memset(household->accumulators + before, 0,
            (after - before) * sizeof *household->accumulators);
        household->states = memory_resize(household->states, after, sizeof *household->states);
        household->months = memory_resize(household->months, (size_t)after * (size_t)self->n_months,
            sizeof *household->months);
        household->credits = memory_resize(household->credits,
            (size_t)after * (size_t)self->n_months, sizeof *household->credits);
        self->household_members
            = memory_resize(self->household_members, after, sizeof *self->household_members);
        household->members = self->household_members;
        self->household_capacity = after;
    }
    for (uint32_t i = 0; i < n; i++)
        self->household_members[i] = &members->items[members->group_members[first + i]];
    household->n = (int)n;
    memset(household->months, 0, (size_t)n * (size_t)self->n_months * sizeof *household->months);
    household_begin(household);
}

static void
keep_accounts(struct caseload *self, uint32_t group)
{
    const struct members *members = self->members;
    size_t n = (size_t)self->n_months;
    struct account_month *all = (struct account_month *)self->accounts.bytes;
    household_end(&self->household);
    for (int i = 0; i < self->household.n; i++) {
        uint32_t member = members->group_members[members->group_start[group] + (uint32_t)i];
        memcpy(all + member * n, self->household.months + (size_t)i * n, n * sizeof *all);
    }
}

/* A visit joins a stay where its own rule says so on its own date. */
static bool
joins(const struct program *program, const struct claim *claim)
{
    if (claim->admission == NAME_NONE)
        return false;
    int rule = program_rule(program, claim->benefit, claim->disease);
    if (rule < 0)
        return false;
    const struct rule *r = &program->epochs[program_epoch(program, claim->date, 0)].rules[rule];
    return r->joins_admission && r->in_force;
}

/* The claim of that index among n ascending ones; NULL where it is not there. */
static struct sorted_claim *
find_claim(struct sorted_claim *sorted, size_t n, uint32_t index)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sorted[middle].record->index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && sorted[low].record->index == index ? &sorted[low] : NULL;
}

static void
join_visits(struct caseload *self, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sorted_claim *visit = &self->sorted[i];
        const struct claim *claim = &visit->record->claim;
        if (!joins(self->program, claim))
            continue;
        struct sorted_claim *stay = find_claim(self->sorted, n, claim->admission);
        if (stay == NULL || stay == visit)
            continue;
        visit->merged = true;
        stay->joined_cost += claim->cost;
        stay->joined_eligible += claim->eligible;
    }
}

static int
by_key(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void
sort_keys(uint64_t *keys, size_t n)
{
    if (n > 64) {
        qsort(keys, n, sizeof *keys, by_key);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        uint64_t key = keys[i];
        size_t k = i;
        for (; k > 0 && keys[k - 1] > key; k--)
            keys[k] = keys[k - 1];
        keys[k] = key;
    }
}

/* Lays out a household's n claims, given in the order of the file in
 * self->sorted with record and out set, in the order of settling. */
static void
order_claims(struct caseload *self, size_t n)
{
    bool visits = false;
    for (size_t i = 0; i < n; i++) {
        struct sorted_claim *s = &self->sorted[i];
        s->settles = program_settles(self->program, &s->record->claim);
        s->merged = false;
        s->joined_cost = s->joined_eligible = 0;
        self->records[i] = s->record;
        self->keys[i] = (uint64_t)((int64_t)s->settles - INT32_MIN) << 32 | i;
        visits = visits || s->record->claim.admission != NAME_NONE;
    }
    sort_keys(self->keys, n);
    claims_flag_stays(self->records, n);
    if (visits && self->program->joins)
        join_visits(self, n);
}

static void
settle_one(struct caseload *self, const struct sorted_claim *s, const struct claim *claim,
    struct settlement *out, struct trace *trace)
{
    if (s->merged) {
        *out = (struct settlement){ .reason = REASON_MERGED };
        return;
    }
    struct bill bill = { .claim = claim, .settles = s->settles, .joined_cost = s->joined_cost,
        .joined_eligible = s->joined_eligible };
    household_settle(&self->household, (int)self->members->position[claim->member], &bill, out,
        trace);
}

static bool
keep_outcome(struct caseload *self, const struct settlement *s, struct outcome *out)
{
    const fen_t amounts[OUTCOME_COUNT] = { s->advance, s->deductible, s->fund, s->fund_inpatient,
        s->account, s->family_account, s->cash };
    *out = (struct outcome){ .reason = s->reason };
    uint64_t high = 0;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        out->amounts[i] = (uint32_t)amounts[i];
        high |= (uint64_t)amounts[i] >> 32;
    }
    if (high == 0)
        return true;
    out->large = true;
    out->amounts[0] = (uint32_t)(self->large.n / sizeof amounts);
    fen_t *whole = spill_add(&self->large, sizeof amounts);
    if (whole != NULL)
        memcpy(whole, amounts, sizeof amounts);
    return whole != NULL;
}

static bool
settle_group(struct caseload *self, uint32_t group, size_t n)
{
    open_household(self, group);
    order_claims(self, n);
    for (size_t i = 0; i < n; i++) {
        const struct sorted_claim *s = &self->sorted[(uint32_t)self->keys[i]];
        struct settlement settlement;
        settle_one(self, s, &s->record->claim, &settlement, NULL);
        if (!keep_outcome(self, &settlement, s->out))
            return false;
    }
    if (self->with_accounts)
        keep_accounts(self, group);
    return true;
}

/* Positions of a part's claims by group, in the order of the file within it:
 * order [n], start [n_groups + 1]; both owned by the caller. */
static void
group_claims(const struct caseload *self, int part, uint32_t **order, uint32_t **start,
    uint32_t *first_group, uint32_t *n_groups)
{
    const uint32_t *group = self->members->group;
    size_t n;
    const struct claim_record *records = claims_part(self->claims, part, &n);
    *first_group = (uint32_t)part * self->claims->part_groups;
    *n_groups = self->members->n_groups - *first_group;
    if (*n_groups > self->claims->part_groups)
        *n_groups = self->claims->part_groups;
    *order = memory_alloc(n, sizeof **order);
    uint32_t *at = memory_alloc((size_t)*n_groups + 2, sizeof *at);
    for (size_t i = 0; i < n; i++)
        at[group[records[i].claim.member] - *first_group + 2]++;
    for (uint32_t g = 0; g < *n_groups; g++)
        at[g + 2] += at[g + 1];
    for (size_t i = 0; i < n; i++)
        (*order)[at[group[records[i].claim.member] - *first_group + 1]++] = (uint32_t)i;
    *start = at;
}

static bool
settle_part(struct caseload *self, int part)
{
    size_t n;
    struct claim_record *records = claims_part(self->claims, part, &n);
    struct outcome *outcomes = NULL;
    if (n != 0 && (outcomes = spill_add(&self->outcomes[part], n * sizeof *outcomes)) == NULL)
        return false;
    uint32_t *order, *start, first_group, n_groups;
    group_claims(self, part, &order, &start, &first_group, &n_groups);
    bool ok = true;
    for (uint32_t g = 0; g < n_groups && ok; g++) {
        size_t count = start[g + 1] - start[g];
        if (count == 0 && !self->with_accounts)
            continue;
        make_room(self, count);
        for (size_t i = 0; i < count; i++) {
            uint32_t at = order[start[g] + i];
            self->sorted[i].record = &records[at];
            self->sorted[i].out = &outcomes[at];
        }
        ok = settle_group(self, first_group + g, count);
    }
    free(order);
    free(start);
    return ok;
}

bool
caseload_settle(struct caseload *self)
{
    if (self->claims->n == 0)
        return true;
    if (self->with_accounts
        && spill_add(&self->accounts,
               (size_t)self->members->n * (size_t)self->n_months * sizeof(struct account_month))
            == NULL)
        return false;
    for (int i = 0; i < self->claims->n_parts; i++)
        if (!settle_part(self, i))
            return false;
    return true;
}

/* --- One claim --- */

/* Gathers the claims of a group; the question's is at *at. */
static size_t
gather(struct caseload *self, const struct caseload_question *question, uint32_t group, size_t *at)
{
    size_t n, count = 0;
    struct claim_record *records = claims_part(self->claims, question->part, &n);
    for (size_t i = 0; i < n; i++)
        count += self->members->group[records[i].claim.member] == group;
    make_room(self, count);
    count = 0;
    for (size_t i = 0; i < n; i++) {
        if (self->members->group[records[i].claim.member] != group)
            continue;
        if (records[i].index == question->index)
            *at = count;
        self->sorted[count++].record = &records[i];
    }
    return count;
}

static const struct claim_record *
record_of(const struct caseload *self, const struct caseload_question *question)
{
    size_t n;
    const struct claim_record *records = claims_part(self->claims, question->part, &n);
    for (size_t i = 0; i < n; i++)
        if (records[i].index == question->index)
            return &records[i];
    return NULL;
}

static struct accumulators
without_keyed(struct accumulators state)
{
    state.keyed = NULL;
    state.n_keyed = state.keyed_capacity = 0;
    return state;
}

bool
caseload_ask(struct caseload *self, const struct caseload_question *question,
    struct caseload_answer *answer)
{
    const struct claim_record *record = record_of(self, question);
    if (record == NULL)
        return false;
    uint32_t group = self->members->group[record->claim.member];
    struct settlement settlement;
    size_t asked = 0, n = gather(self, question, group, &asked);
    open_household(self, group);
    order_claims(self, n);
    for (size_t i = 0; i < n; i++) {
        size_t k = (uint32_t)self->keys[i];
        const struct sorted_claim *s = &self->sorted[k];
        if (k != asked) {
            settle_one(self, s, &s->record->claim, &settlement, NULL);
            continue;
        }
        struct claim instead = s->record->claim;
        *answer = (struct caseload_answer){ .claim = instead, .stay = NAME_NONE,
            .bill = { .settles = s->settles, .joined_cost = s->joined_cost,
                .joined_eligible = s->joined_eligible } };
        if (s->merged)
            answer->stay = instead.admission;
        if (question->instead != NULL) {
            uint8_t flags = instead.flags;
            instead = *question->instead;
            instead.flags = flags;
        }
        const struct accumulators *state
            = &self->household.accumulators[self->members->position[instead.member]];
        answer->before = without_keyed(*state);
        settle_one(self, s, &instead, &answer->settlement, question->trace);
        answer->after = without_keyed(*state);
        break;
    }
    return true;
}
