/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/settle.h"

#include <string.h>

#include "base/memory.h"

enum { MONTHS = 12 };

/* --- a program --- */

/* A member's account on its way through the year. */
struct purse {
    fen_t opening, paid;
    fen_t credited[MONTHS + 1]; /* by the end of so many months */
};

void
settle_begin(struct worker *self, int index)
{
    const struct program *program = self->programs[index];
    struct settle_terms *out = &self->terms[index];
    int year = self->block.year;
    day_t first = date_day(year, 1, 1), last = date_day(year, 12, 31);
    int from = program_epoch(program, first, 0), to = program_epoch(program, last, from);
    for (int epoch = from; epoch <= to; epoch++)
        quick_know(&self->quick[index], &self->kinds, epoch);
    if (out->year == year)
        return;
    out->year = year;
    out->program = program;
    out->quick = &self->quick[index];
    out->january = date_month(first);
    out->rules = program->epochs[from].account.generation == program->epochs[to].account.generation
        ? &program->epochs[from].account
        : NULL;
    day_t day = first;
    for (int month = 0, epoch = from; month < MONTHS; month++) {
        day_t credit = date_month_first(out->january + month) + program->credit_day - 1;
        for (day_t end = date_month_first(out->january + month + 1); day < end; day++) {
            epoch = program_epoch(program, day, epoch);
            out->days[day - first]
                = (struct day_terms){ (uint16_t)epoch, (uint8_t)(month + (day >= credit)) };
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
pay_from_family(const struct settle_terms *terms, struct purse *purses, int n, int who, int months,
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

/* A claim at the quick judge's, before anything counts. */
struct offer {
    const struct quick_cell *cell;
    const struct epoch *epoch;
    class_t class;
    fen_t fund, deductible;
    bool capped; /* a cap cut the payment */
    bool judged; /* by the judge: it counts already */
};

static inline struct offer
offer_of(const struct worker *self, const struct settle_terms *terms, const struct quick_claim *claim,
    const struct quick_person *person)
{
    int epoch = terms->days[claim->day].epoch;
    bool not_yet = claim->turning && terms->program->retiree_benefits_next_month;
    class_t class = not_yet ? person->before : claim->class;
    int number = quick_number(terms->quick, &self->kinds, epoch, claim->kind, class);
    return (struct offer){ .cell = &terms->quick->epochs[epoch].cells[number],
        .epoch = &terms->program->epochs[epoch],
        .class = class };
}

/* Fills in what the cell says. false where the judge has to be asked. */
static inline bool
price_by_cell(const struct quick_claim *claim, const struct member *member,
    const struct accumulators *state, struct offer *offer)
{
    const struct quick_cell *cell = offer->cell;
    if (cell->way != QUICK_CELL)
        return cell->way == QUICK_NOTHING;
    fen_t counted = claim->eligible;
    if (cell->advance != 0)
        counted -= money_share(counted, cell->advance);
    fen_t due = money_max(0, cell->deductible - state->borne[cell->borne]);
    offer->deductible = money_min(counted, due);
    fen_t payment = money_share(counted - offer->deductible, cell->ratio);
    fen_t first = cell->cap[0];
    if (cell->by_disease)
        first = adjudicate_cap(&offer->epoch->caps[cell->used[0]], offer->class, member);
    fen_t paid = money_min(payment, money_max(0, first - state->used[cell->used[0]]));
    paid = money_min(paid, money_max(0, cell->cap[1] - state->used[cell->used[1]]));
    offer->capped = paid < payment;
    offer->fund = paid;
    return !offer->capped || !cell->overflows;
}

/* Lets count what the cell said. */
static inline void
count_by_cell(const struct offer *offer, struct accumulators *state)
{
    const struct quick_cell *cell = offer->cell;
    if (offer->judged || cell->way == QUICK_NOTHING)
        return;
    state->borne[cell->borne] += cell->carried ? offer->deductible : 0;
    state->used[cell->used[0]] += offer->fund;
    state->used[cell->used[1]] += offer->fund;
}

/* claim: i-th of the block, or what it became. */
static void
price_by_judge(struct worker *self, const struct claim *claim, int who, struct offer *offer)
{
    const struct household *household = &self->household;
    struct bill bill = { .claim = claim, .settles = claim->end };
    struct settlement settlement;
    adjudicate(household->program, offer->epoch, household->members[who],
        &household->accumulators[who], &bill, &settlement);
    offer->fund = settlement.fund;
    offer->deductible = settlement.deductible;
    offer->capped = settlement.capped;
    offer->judged = true;
}

/* The member's side of a bill. */
struct paid {
    fen_t account, family;
};

static inline struct paid
pay_bill(const struct settle_terms *terms, struct purse *purses, int n, const struct quick_claim *claim,
    const struct offer *offer)
{
    struct paid paid = { 0 };
    if (!claim->designated)
        return paid;
    int months = terms->days[claim->day].credited;
    bool sharing = offer->epoch->family_sharing && n > 1;
    fen_t left = claim->cost - offer->fund;
    if (sharing && !offer->epoch->own_account_first)
        paid.family = pay_from_family(terms, purses, n, claim->who, months, left);
    paid.account = pay(&purses[claim->who], months, left - paid.family);
    if (sharing && offer->epoch->own_account_first)
        paid.family = pay_from_family(terms, purses, n, claim->who, months, left - paid.account);
    return paid;
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
settle_quick_claims(struct worker *self, const struct settle_terms *terms, int h, struct purse *purses)
{
    const struct people_block *block = &self->block;
    struct household *household = &self->household;
    int start = block->household_start[h];
    for (int k = block->claim_start[h]; k < block->claim_start[h + 1]; k++) {
        const struct quick_claim *claim = &self->quick_claims[k];
        int who = claim->who;
        struct accumulators *state = &household->accumulators[who];
        struct offer offer = offer_of(self, terms, claim, &self->quick_persons[start + who]);
        if (!price_by_cell(claim, household->members[who], state, &offer))
            price_by_judge(self, &block->claims[k], who, &offer);
        count_by_cell(&offer, state);
        struct paid paid = pay_bill(terms, purses, household->n, claim, &offer);
        for (int e = 0; e < 2; e++) {
            int64_t *to = self->entry[claim->entry[e]];
            to[MEASURE_FUND_OUTFLOW] += offer.fund;
            to[MEASURE_PAID_BY_ACCOUNT] += paid.account + paid.family;
            to[MEASURE_PAID_BY_FAMILY_ACCOUNT] += paid.family;
        }
        self->value[block->order[start + who]][MEASURE_CAP_REACHED] |= offer.capped;
    }
}

/* --- people who react --- */

/* What a claim that depends on its price may have to give back. */
struct before {
    fen_t paid[PEOPLE_TILE]; /* out of the purses */
};

static inline void
remember(const struct purse *purses, int n, struct before *out)
{
    for (int i = 0; i < n; i++)
        out->paid[i] = purses[i].paid;
}

/* The judge's accumulators are kept in household->before. */
static void
take_back(struct household *household, int who, const struct offer *offer, struct purse *purses,
    const struct before *before)
{
    for (int i = 0; i < household->n; i++)
        purses[i].paid = before->paid[i];
    if (!offer->judged)
        return;
    struct accumulators tried = household->accumulators[who];
    household->accumulators[who] = household->before.accumulators;
    household->before.accumulators = tried;
}

/* The claim as it comes before the judge: at which provider. */
static inline const struct quick_claim *
chosen(const struct worker *self, const struct settle_terms *terms, int k, const struct quick_person *person)
{
    const struct quick_claim *claim = &self->quick_claims[k];
    const struct quick_potential *potential = &self->quick_potentials[k];
    if (!potential->shifts)
        return claim;
    ratio_t own = offer_of(self, terms, claim, person).cell->outpatient;
    ratio_t primary = offer_of(self, terms, &potential->shifted, person).cell->outpatient;
    bool shifts = behaviour_gap_shifts(
        self->behaviour, primary, own, self->block.potential[k].shift);
    return shifts ? &potential->shifted : claim;
}

static void
react_quickly(struct worker *self, const struct settle_terms *terms, int h, struct purse *purses)
{
    const struct people_block *block = &self->block;
    struct household *household = &self->household;
    int start = block->household_start[h];
    for (int k = block->claim_start[h]; k < block->claim_start[h + 1]; k++) {
        const struct potential *potential = &block->potential[k];
        int who = self->quick_claims[k].who;
        const struct quick_person *person = &self->quick_persons[start + who];
        const struct quick_claim *claim = chosen(self, terms, k, person);
        struct accumulators *state = &household->accumulators[who];
        struct offer offer = offer_of(self, terms, claim, person);
        bool depends = self->quick_potentials[k].reacts && !self->quick_potentials[k].always;
        if (depends && potential->further && claim->cost > 0
            && !behaviour_keeps(self->behaviour, potential,
                behaviour_lowest_price(
                    self->behaviour, claim->cost, claim->eligible, offer.cell->best)))
            continue;
        struct before before;
        if (depends)
            remember(purses, household->n, &before);
        if (!price_by_cell(claim, household->members[who], state, &offer)) {
            struct claim judged = block->claims[k];
            if (claim != &self->quick_claims[k])
                settle_shifted(self, potential, &judged, (int[2]){ 0, 0 });
            if (depends)
                accumulators_copy(&household->before.accumulators, state);
            price_by_judge(self, &judged, who, &offer);
        }
        struct paid paid = pay_bill(terms, purses, household->n, claim, &offer);
        fen_t account = paid.account + paid.family, burden = claim->cost - offer.fund;
        if (depends
            && !behaviour_keeps(self->behaviour, potential,
                behaviour_look_ahead(self->behaviour,
                    behaviour_price_of(self->behaviour, claim->cost, account, burden - account),
                    burden, offer.deductible, offer.cell->ahead))) {
            take_back(household, who, &offer, purses, &before);
            continue;
        }
        count_by_cell(&offer, state);
        for (int e = 0; e < 2; e++) {
            int64_t *to = self->entry[claim->entry[e]];
            to[MEASURE_FUND_OUTFLOW] += offer.fund;
            to[MEASURE_PAID_BY_ACCOUNT] += account;
            to[MEASURE_PAID_BY_FAMILY_ACCOUNT] += paid.family;
            to[MEASURE_COST] += claim->cost;
            to[MEASURE_ELIGIBLE_COST] += claim->eligible;
            to[MEASURE_VISITS]++;
        }
        self->value[block->order[start + who]][MEASURE_CAP_REACHED] |= offer.capped;
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
settle_quick(struct worker *self, const struct settle_terms *terms, int h)
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
    if (self->behaviour != NULL)
        react_quickly(self, terms, h, purses);
    else
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

void
settle_reserve(struct worker *self, int n)
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
is_quick(struct worker *self, const struct program *program, int h)
{
    const struct quick_household *household = &self->quick_households[h];
    if (self->plain || program->stays_settle_on_admission || program->benefits_by_age
        || household->way == QUICK_HOUSEHOLD_NO
        || (household->way == QUICK_HOUSEHOLD_UNJOINED && program->joins))
        return false;
    /* A stay that gives way changes what the other claims are. */
    const int *claim_start = &self->block.claim_start[h];
    return self->behaviour == NULL || !household->gives_way
        || !settle_absent(self, program, claim_start[0], claim_start[1]);
}

void
settle_household(struct worker *self, int index, int h)
{
    const struct people_block *block = &self->block;
    const struct settle_terms *terms = &self->terms[index];
    const struct program *program = terms->program;
    struct household *household = &self->household;
    const int *persons = block->order + block->household_start[h];
    int n = block->household_start[h + 1] - block->household_start[h];
    settle_reserve(self, n);
    for (int i = 0; i < n; i++)
        self->members[i] = &block->members[persons[i]];
    household->program = program;
    household->first_month = terms->january;
    household->n_months = MONTHS;
    household->n = n;
    household->members = self->members;
    if (program->joins)
        settle_joined(self, program, block->claim_start[h], block->claim_start[h + 1]);
    if (is_quick(self, program, h))
        settle_quick(self, terms, h);
    else
        settle_plain(self, program, h);
}
