/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/settle.h"

#include <string.h>

#include "base/memory.h"

enum { MONTHS = 12, DAYS = 366 };

/* --- what is the same under all programs --- */

/* Days from 1 January, 0 for any before and one more than there are for any after. */
static int16_t
day_of_year(day_t day, day_t first)
{
    return (int16_t)(day <= first ? 0 : day - first > DAYS ? DAYS : day - first);
}

static void
prepare_person(struct worker *self, int position, day_t first)
{
    const struct member *member = &self->block.members[self->block.order[position]];
    int sector = (int)member_sector(member);
    struct quick_person *out = &self->quick_persons[position];
    *out = (struct quick_person){ .year = member_year(member, date_month(first)),
        .before = (uint8_t)program_class(0, sector, member->status),
        .after = (uint8_t)program_class(0, sector, STATUS_RETIREE) };
    out->retires[0] = out->retires[1] = day_of_year(member->retired_on, first);
    if (member->retired_on > DAY_MIN && member->retired_on < DAY_MAX)
        out->retires[1]
            = day_of_year(date_month_first(date_month(member->retired_on) + 1), first);
}

/* false where the quick judge cannot take it. */
static bool
prepare_claim(struct worker *self, int i, int who, day_t first)
{
    const struct claim *claim = &self->block.claims[i];
    const struct member *member = &self->block.members[claim->member];
    struct quick_claim *out = &self->quick_claims[i];
    day_t day = claim->end - first;
    if (day < 0 || day >= DAYS || claim->cost > QUICK_COST)
        return false;
    bool insured = member_insured(member, claim->end);
    enum ltc ltc = member->ltc_from == DAY_MAX ? LTC_NOT : member_ltc(member, claim->end);
    *out = (struct quick_claim){ .cost = (uint32_t)claim->cost,
        .eligible = (uint32_t)claim->eligible,
        .entry = { self->claim_entry[i][0], self->claim_entry[i][1] },
        .kind = kinds_find(&self->kinds, claim, insured, ltc),
        .day = (uint16_t)day,
        .who = (uint8_t)who,
        .designated = (claim->flags & CLAIM_DESIGNATED) != 0 };
    for (int e = 0; e < 2; e++) {
        int64_t *given = self->given[out->entry[e]];
        given[0] += claim->cost;
        given[1] += claim->eligible;
        given[2]++;
    }
    return true;
}

void
quick_prepare(struct worker *self)
{
    const struct people_block *block = &self->block;
    day_t first = date_day(block->year, 1, 1);
    memset(self->given, 0, (size_t)self->n_entries * sizeof *self->given);
    for (int i = 0; i < block->n; i++)
        prepare_person(self, i, first);
    for (int h = 0; h < block->n_households; h++) {
        int start = block->household_start[h], position = 0;
        enum quick_household way = QUICK_HOUSEHOLD_YES;
        fen_t cost = 0;
        for (int i = block->claim_start[h]; i < block->claim_start[h + 1]; i++) {
            const struct claim *claim = &block->claims[i];
            if (block->order[start + position] != (int)claim->member)
                for (position = 0; block->order[start + position] != (int)claim->member;)
                    position++;
            self->quick_persons[start + position].claims = true;
            cost += claim->cost;
            if (claim->admission != NAME_NONE && way == QUICK_HOUSEHOLD_YES)
                way = QUICK_HOUSEHOLD_UNJOINED;
            if (!prepare_claim(self, i, position, first) || cost > QUICK_COST)
                way = QUICK_HOUSEHOLD_NO;
        }
        self->quick_ways[h] = (uint8_t)way;
    }
}

/* --- a program --- */

/* Of the program at hand in the block's year. */
struct terms {
    const struct program *program;
    month_t january;
    const struct account_rules *rules; /* of the whole year's credits; NULL where they change */
    int n_classes;
    struct day_terms {
        const struct quick_cell *cells; /* [kind][n_classes] */
        const struct epoch *epoch;
        int credited; /* months that are credited by then */
    } days[DAYS];
};

/* A member's account on its way through the year. */
struct purse {
    fen_t opening, paid;
    fen_t credited[MONTHS + 1]; /* by the end of so many months */
};

static void
compile_terms(struct worker *self, int index, struct terms *out)
{
    const struct program *program = self->programs[index];
    struct quick *quick = &self->quick[index];
    int year = self->block.year;
    day_t first = date_day(year, 1, 1), last = date_day(year, 12, 31);
    out->program = program;
    out->january = date_month(first);
    out->n_classes = quick->n_classes;
    int from = program_epoch(program, first, 0), to = program_epoch(program, last, from);
    out->rules = program->epochs[from].account.generation == program->epochs[to].account.generation
        ? &program->epochs[from].account
        : NULL;
    day_t day = first;
    for (int month = 0, epoch = from; month < MONTHS; month++) {
        day_t credit = date_month_first(out->january + month) + program->credit_day - 1;
        for (day_t end = date_month_first(out->january + month + 1); day < end; day++) {
            epoch = program_epoch(program, day, epoch);
            out->days[day - first]
                = (struct day_terms){ .cells = quick_cells(quick, &self->kinds, epoch),
                      .epoch = &program->epochs[epoch],
                      .credited = month + (day >= credit) };
        }
    }
}

static inline fen_t
available(const struct purse *purse, int months)
{
    return purse->opening + purse->credited[months] - purse->paid;
}

static inline fen_t
pay(struct purse *purse, int months, fen_t left)
{
    fen_t amount = money_max(0, money_min(left, available(purse, months)));
    purse->paid += amount;
    return amount;
}

static fen_t
pay_from_family(const struct terms *terms, struct purse *purses, int n, int who, int months,
    fen_t left)
{
    fen_t paid = 0;
    if (!terms->program->family_by_balance) {
        for (int i = 0; i < n && paid < left; i++)
            if (i != who)
                paid += pay(&purses[i], months, left - paid);
        return paid;
    }
    while (paid < left) {
        int best = -1;
        for (int i = 0; i < n; i++)
            if (i != who && available(&purses[i], months) > 0
                && (best < 0 || available(&purses[i], months) > available(&purses[best], months)))
                best = i;
        if (best < 0)
            break;
        paid += pay(&purses[best], months, left - paid);
    }
    return paid;
}

/* What the fund pays of a claim; *capped: a cap cut it. false where the judge has to
 * be asked; then nothing has changed. */
static inline bool
pay_by_cell(const struct quick_cell *cell, const struct quick_claim *claim, const struct epoch *epoch,
    const struct member *member, class_t class, struct accumulators *state, fen_t *fund, bool *capped)
{
    fen_t eligible = claim->eligible;
    fen_t counted = cell->advance == 0 ? eligible : eligible - money_share(eligible, cell->advance);
    fen_t due = money_max(0, cell->deductible - state->borne[cell->borne]);
    fen_t deductible = money_min(counted, due);
    fen_t payment = money_share(counted - deductible, cell->ratio);
    fen_t limit[2] = { cell->cap[0], cell->cap[1] };
    if (cell->by_disease)
        limit[0] = adjudicate_cap(&epoch->caps[cell->used[0]], class, member);
    fen_t paid = payment;
    for (int i = 0; i < 2; i++)
        paid = money_min(paid, money_max(0, limit[i] - state->used[cell->used[i]]));
    *capped = paid < payment;
    if (*capped && cell->overflows)
        return false;
    state->borne[cell->borne] += cell->carried ? deductible : 0;
    state->used[cell->used[0]] += paid;
    state->used[cell->used[1]] += paid;
    *fund = paid;
    return true;
}

static bool
pay_by_judge(struct worker *self, const struct epoch *epoch, int i, int who, fen_t *fund)
{
    const struct household *household = &self->household;
    const struct claim *claim = &self->block.claims[i];
    struct bill bill = { .claim = claim, .settles = claim->end };
    struct settlement settlement;
    adjudicate(household->program, epoch, household->members[who], &household->accumulators[who],
        &bill, &settlement);
    *fund = settlement.fund;
    return settlement.capped;
}

/* Fresh accumulators of the year that monthly ones, which only the judge keeps, find
 * in no month. */
static void
begin_year(struct accumulators *self, int year)
{
    accumulators_reset(self);
    self->year = year;
    self->month_from = DAY_MAX;
}

/* The household's claims where nobody reacts and none joins another. */
static void
settle_quick_claims(struct worker *self, const struct terms *terms, int h, struct purse *purses)
{
    const struct people_block *block = &self->block;
    struct household *household = &self->household;
    const struct quick_person *persons = self->quick_persons + block->household_start[h];
    const int *order = block->order + block->household_start[h];
    bool next_month = terms->program->retiree_benefits_next_month;
    int n = household->n;
    for (int k = block->claim_start[h]; k < block->claim_start[h + 1]; k++) {
        const struct quick_claim *claim = &self->quick_claims[k];
        const struct day_terms *day = &terms->days[claim->day];
        const struct quick_person *person = &persons[claim->who];
        class_t class = claim->day >= person->retires[next_month] ? person->after : person->before;
        const struct quick_cell *cell = &day->cells[claim->kind * terms->n_classes + class];
        fen_t fund = 0, family = 0, account = 0;
        bool capped = false;
        if (cell->way == QUICK_JUDGE
            || (cell->way == QUICK_CELL
                && !pay_by_cell(cell, claim, day->epoch, household->members[claim->who], class,
                    &household->accumulators[claim->who], &fund, &capped)))
            capped = pay_by_judge(self, day->epoch, k, claim->who, &fund);
        if (claim->designated) {
            bool sharing = day->epoch->family_sharing && n > 1;
            fen_t left = claim->cost - fund;
            if (sharing && !day->epoch->own_account_first)
                family = pay_from_family(terms, purses, n, claim->who, day->credited, left);
            account = pay(&purses[claim->who], day->credited, left - family);
            if (sharing && day->epoch->own_account_first)
                family = pay_from_family(
                    terms, purses, n, claim->who, day->credited, left - account);
        }
        for (int e = 0; e < 2; e++) {
            int64_t *to = self->entry[claim->entry[e]];
            to[MEASURE_FUND_OUTFLOW] += fund;
            to[MEASURE_PAID_BY_ACCOUNT] += account + family;
            to[MEASURE_PAID_BY_FAMILY_ACCOUNT] += family;
        }
        self->value[order[claim->who]][MEASURE_CAP_REACHED] |= capped;
    }
}

static void
begin_entries(struct worker *self, int person)
{
    int entry = self->entry_start[person];
    for (unsigned left = self->entry_mask[person]; left != 0; left &= left - 1, entry++) {
        int64_t *to = self->entry[entry];
        const int64_t *given = self->given[entry];
        memset(to, 0, sizeof self->entry[entry]);
        to[MEASURE_COST] = given[0];
        to[MEASURE_ELIGIBLE_COST] = given[1];
        to[MEASURE_VISITS] = given[2];
    }
}

static void
end_entries(struct worker *self, int person)
{
    int entry = self->entry_start[person];
    for (unsigned left = self->entry_mask[person]; left != 0; left &= left - 1, entry++) {
        int64_t *to = self->entry[entry];
        to[MEASURE_MEMBER_BURDEN] = to[MEASURE_COST] - to[MEASURE_FUND_OUTFLOW];
        to[MEASURE_PAID_BY_CASH] = to[MEASURE_MEMBER_BURDEN] - to[MEASURE_PAID_BY_ACCOUNT];
    }
}

static void
settle_quick(struct worker *self, const struct terms *terms, int h)
{
    const struct people_block *block = &self->block;
    struct household *household = &self->household;
    int start = block->household_start[h];
    struct purse purses[PEOPLE_TILE];
    struct account_totals totals[PEOPLE_TILE];
    for (int i = 0; i < household->n; i++) {
        const struct quick_person *person = &self->quick_persons[start + i];
        const struct member *member = household->members[i];
        purses[i].opening = member->balance;
        purses[i].paid = 0;
        account_year(terms->program, terms->rules, member, &person->year, terms->january,
            purses[i].credited, &totals[i]);
        if (person->claims) {
            begin_year(&household->accumulators[i], block->year);
            begin_entries(self, block->order[start + i]);
        }
    }
    settle_quick_claims(self, terms, h, purses);
    for (int i = 0; i < household->n; i++) {
        int person = block->order[start + i];
        int64_t *value = self->value[person];
        value[MEASURE_ACCOUNT_OPENING] = purses[i].opening;
        value[MEASURE_ACCOUNT_TRANSFER] = totals[i].from_pool;
        value[MEASURE_ACCOUNT_OWN] = totals[i].credit - totals[i].from_pool;
        value[MEASURE_CONTRIBUTION_INCOME] = totals[i].contribution;
        value[MEASURE_ACCOUNT_PAID_OUT] = purses[i].paid;
        value[MEASURE_ACCOUNT_CLOSING] = available(&purses[i], MONTHS);
        end_entries(self, person);
    }
}

/* --- a block --- */

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

static bool
is_quick(const struct worker *self, const struct program *program, int h)
{
    enum quick_household way = self->quick_ways[h];
    return !self->plain && self->behaviour == NULL && !program->stays_settle_on_admission
        && !program->benefits_by_age
        && (way == QUICK_HOUSEHOLD_YES || (way == QUICK_HOUSEHOLD_UNJOINED && !program->joins));
}

void
settle_block(struct worker *self, int index)
{
    const struct people_block *block = &self->block;
    const struct program *program = self->programs[index];
    struct household *household = &self->household;
    struct terms terms;
    compile_terms(self, index, &terms);
    household->program = program;
    household->first_month = terms.january;
    household->n_months = MONTHS;
    if (program->joins)
        settle_joined(self, program);
    for (int h = 0; h < block->n_households; h++) {
        const int *persons = block->order + block->household_start[h];
        int n = block->household_start[h + 1] - block->household_start[h];
        grow_household(self, n);
        for (int i = 0; i < n; i++)
            self->members[i] = &block->members[persons[i]];
        household->n = n;
        household->members = self->members;
        if (is_quick(self, program, h))
            settle_quick(self, &terms, h);
        else
            settle_plain(self, program, h);
    }
}
