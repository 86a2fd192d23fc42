/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first half of the kernel of engine/lanes.h: a member's credits of the year, and a
 * household's claims, in all lanes. Amounts are whole fen of 32 bits; what might not fit
 * was sorted out before (prepare.c, lanes.c). Included by lanes_kernel.h only. */
#include <string.h>

#include "engine/lanes.h"
#include "engine/run_block.h"
#include "engine/settle.h"

#define ALWAYS __attribute__((always_inline)) static inline

/* --- accounts --- */

/* A month's credit, the pooled fund's part in it, and the contribution to the fund. */
struct credit {
    lanes_t credit, from_pool, contribution;
};

ALWAYS void
credit_of(const struct lane_accounts *accounts, const struct quick_person *person,
    const struct member *member, int age, struct credit *out)
{
    if (person->retired) {
        out->credit = out->from_pool = accounts->retiree[person->sector][age];
        out->contribution = lanes_all(0);
        return;
    }
    bool flexible = member->status == STATUS_FLEXIBLE;
    lanes_t base = lanes_all((int32_t)member->base);
    out->credit = lanes_share(base, accounts->rate[flexible][age]);
    out->from_pool
        = lanes_max(lanes_all(0), out->credit - lanes_share(base, accounts->own_rate));
    /* As in household.c: an employer pays the fund; of a flexible member's contribution the
     * part that is credited to the account does not reach it. */
    out->contribution = flexible
        ? lanes_max(lanes_all(0),
              lanes_share(base, accounts->flexible_rate) - (out->credit - out->from_pool))
        : lanes_share(base, accounts->employer_rate);
}

/* Credits of whoever keeps the status all year: months of the same rules and age together. */
ALWAYS void
credit_year(const struct lane_year *year, const struct quick_person *person,
    const struct member *member, struct lane_member *out)
{
    const struct member_year *own = &person->year;
    int change = year->by_age[person->retired] ? own->birthday : 0;
    lanes_t sum = lanes_all(0);
    out->transfer = out->own = out->contribution = out->credited[0] = sum;
    for (int from = 0, to; from < LANE_MONTHS; from = to) {
        int accounts = year->account_of[from], months = 0;
        struct credit credit;
        credit_of(&year->accounts[accounts], person, member, own->age + (from >= change), &credit);
        for (to = from; to < LANE_MONTHS && year->account_of[to] == accounts; to++) {
            if (to == change && to > from)
                break;
            if (own->insured >> to & 1) {
                sum += credit.credit;
                months++;
            }
            out->credited[to + 1] = sum;
        }
        out->transfer += months * credit.from_pool;
        out->own += months * (credit.credit - credit.from_pool);
        out->contribution += months * credit.contribution;
    }
}

/* Whoever retires in the year or just before it: lane by lane. */
static void
credit_by_lane(const struct worker *self, const struct lane_group *group,
    const struct quick_person *person, const struct member *member, struct lane_member *out)
{
    month_t january = date_month(date_day(self->block.year, 1, 1));
    memset(out->credited, 0, sizeof out->credited);
    out->transfer = out->own = out->contribution = lanes_all(0);
    for (int lane = 0; lane < group->n; lane++) {
        fen_t credited[LANE_MONTHS + 1];
        struct account_totals totals;
        account_year(self->programs[group->program[lane]], NULL, member, &person->year, january,
            credited, &totals);
        for (int i = 0; i <= LANE_MONTHS; i++)
            out->credited[i][lane] = (int32_t)credited[i];
        out->transfer[lane] = (int32_t)totals.from_pool;
        out->own[lane] = (int32_t)(totals.credit - totals.from_pool);
        out->contribution[lane] = (int32_t)totals.contribution;
    }
}

/* --- a claim --- */

/* What a claim would change. */
struct trial {
    lanes_t fund, deductible, capped;
    lanes_t account, family; /* paid out of the own account, of all others */
    lanes_t taken[PEOPLE_TILE]; /* out of each other member's account */
    bool shared;
};

ALWAYS lanes_t
state_of(const lanes_t *state, const struct lane_cell *cell, int k)
{
    if (cell->slot[k] >= 0)
        return state[cell->slot[k]];
    lanes_t out;
    for (int i = 0; i < LANES; i++)
        out[i] = state[cell->slots[k][i]][i];
    return out;
}

ALWAYS void
add_to_state(lanes_t *state, const struct lane_cell *cell, int k, lanes_t amount)
{
    if (cell->slot[k] >= 0) {
        state[cell->slot[k]] += amount;
        return;
    }
    for (int i = 0; i < LANES; i++)
        state[cell->slots[k][i]][i] += amount[i];
}

ALWAYS lanes_t
first_cap(const struct lane_cell *cell, const struct member *member)
{
    if (!cell->by_disease)
        return cell->cap[0];
    lanes_t first = cell->cap[0];
    if (member->psychiatric)
        first = lanes_max(first, cell->first_psychiatric);
    int further = member->n_chronic > 0 ? member->n_chronic - 1 : 0;
    lanes_t cap = lanes_min(first + further * cell->further, cell->at_most);
    return member->n_chronic == 0 ? cap & ~cell->none_without : cap;
}

/* What the fund pays; returns the lanes that have to ask the judge. */
ALWAYS lanes_t
price(const struct quick_claim *claim, const struct lane_cell *cell, const struct member *member,
    const struct lane_member *state, struct trial *out)
{
    const lanes_t nothing = lanes_all(0);
    lanes_t counted = lanes_all((int32_t)claim->eligible);
    if (cell->advances)
        counted -= lanes_share(counted, cell->advance);
    lanes_t due = cell->deductible - (state_of(state->borne, cell, 0) & cell->carried);
    out->deductible = lanes_min(counted, lanes_max(nothing, due));
    lanes_t payment = lanes_share(counted - out->deductible, cell->ratio);
    lanes_t paid = lanes_min(payment,
        lanes_max(nothing, first_cap(cell, member) - state_of(state->used, cell, 1)));
    paid = lanes_min(
        paid, lanes_max(nothing, cell->cap[1] - state_of(state->used, cell, 2)));
    out->fund = paid;
    out->capped = paid < payment;
    return cell->judged | (out->capped & cell->overflows);
}

ALWAYS lanes_t
available(const struct lane_member *member, int months)
{
    return member->opening + member->credited[months] - member->paid;
}

/* Family's accounts, in the lanes of the mask. */
ALWAYS void
take_from_family(const struct lane_member *members, int n, int who, int months, lanes_t left,
    lanes_t mask, struct trial *out)
{
    const lanes_t nothing = lanes_all(0);
    for (int i = 0; i < n; i++) {
        if (i == who)
            continue;
        lanes_t amount = lanes_max(
            nothing, lanes_min(left - out->family, available(&members[i], months)));
        amount &= mask;
        out->taken[i] += amount;
        out->family += amount;
    }
}

/* The member's side of the bill. */
ALWAYS void
pay(const struct quick_claim *claim, const struct lane_interval *interval, int months,
    const struct lane_member *members, int n, struct trial *out)
{
    const lanes_t nothing = lanes_all(0);
    out->account = out->family = nothing;
    out->shared = false;
    if (!claim->designated)
        return;
    lanes_t left = lanes_all((int32_t)claim->cost) - out->fund;
    out->shared = n > 1 && (interval->any_first || interval->any_last);
    for (int i = 0; out->shared && i < n; i++)
        out->taken[i] = nothing;
    if (out->shared && interval->any_first)
        take_from_family(members, n, claim->who, months, left, interval->family_first, out);
    out->account = lanes_max(nothing,
        lanes_min(left - out->family, available(&members[claim->who], months)));
    if (out->shared && interval->any_last)
        take_from_family(
            members, n, claim->who, months, left - out->account, interval->family_last, out);
}

/* Lanes in which a visit that depends on its price comes about (behaviour.h). */
ALWAYS lanes_t
kept(const struct behaviour *behaviour, const struct quick_claim *claim,
    const struct lane_cell *cell, const struct trial *trial, int limit)
{
    const lanes_t nothing = lanes_all(0);
    lanes_t cost = lanes_all((int32_t)claim->cost);
    if (claim->cost == 0)
        return nothing - (BEHAVIOUR_PRICES <= limit);
    lanes_t burden = cost - trial->fund, account = trial->account + trial->family;
    lanes_t weighed = lanes_quotient(account, lanes_all((int32_t)behaviour->account_weight),
        BEHAVIOUR_ONE / 2, lanes_all(BEHAVIOUR_ONE));
    lanes_t now = lanes_quotient(burden - account + weighed, lanes_all(BEHAVIOUR_PRICES),
        claim->cost / 2, cost);
    lanes_t ahead = trial->deductible > nothing;
    if (behaviour->foresight != 0 && lanes_bits(ahead) != 0) {
        lanes_t less = lanes_quotient(
            now, lanes_share(trial->deductible, cell->ahead), 0, burden);
        less = ((less & ahead) * (int32_t)behaviour->foresight) >> 16;
        now -= less;
    }
    return now <= lanes_all(limit);
}

ALWAYS const struct lane_cell *
cell_of(struct worker *self, struct lane_group *group, struct lane_table *table,
    const struct quick_claim *claim)
{
    int number = table->index[claim->kind * group->n_classes + claim->class];
    if (__builtin_expect(number == LANE_UNKNOWN, 0))
        number = lanes_fill(self, group, table, claim->kind, claim->class);
    return &table->cells[number];
}

/* What is the same of all claims of the household at hand. */
struct at_hand {
    struct worker *worker;
    struct lane_group *group;
    const struct quick_person *persons;
    struct lane_member *members;
    struct lane_entry *entries;
    struct lane_use *uses;
    int n, first_entry;
};

ALWAYS void
add_care(struct lane_entry *to, struct lane_use *use, const struct quick_claim *claim,
    const struct trial *trial, lanes_t counts, const bool reacting)
{
    to->fund += trial->fund;
    to->account += trial->account + trial->family;
    to->family += trial->family;
    if (reacting) {
        use->cost += lanes_all((int32_t)claim->cost) & counts;
        use->eligible += lanes_all((int32_t)claim->eligible) & counts;
        use->visits -= counts;
    }
}

/* Settles a claim in the lanes of the mask; returns those that have to ask the judge.
 * potential: NULL where it does not depend on its price. totals: entries are left alone. */
ALWAYS lanes_t
settle_claim(const struct at_hand *h, const struct quick_claim *claim,
    const struct quick_potential *potential, const lanes_t mask, const bool reacting,
    const bool totals)
{
    struct worker *self = h->worker;
    struct lane_group *group = h->group;
    const struct lane_interval *interval = &group->year->intervals[group->year->interval_of[claim->day]];
    const struct lane_cell *cell = cell_of(self, group, &group->tables[interval->table], claim);
    /* Another class in these lanes. */
    lanes_t differ = claim->turning ? group->next_month : lanes_all(0);
    if (reacting && potential != NULL && potential->further && claim->cost > 0
        && (int)behaviour_lowest_price(
               self->behaviour, claim->cost, claim->eligible, cell->most) > potential->limit)
        return differ & mask;
    const struct member *member = self->members[claim->who];
    struct lane_member *state = &h->members[claim->who];
    struct trial trial;
    lanes_t judged = price(claim, cell, member, state, &trial);
    pay(claim, interval, group->year->months[claim->day], h->members, h->n, &trial);
    lanes_t counts = mask;
    if (reacting && potential != NULL)
        counts &= kept(self->behaviour, claim, cell, &trial, potential->limit);
    if (reacting) {
        trial.fund &= counts;
        trial.deductible &= counts;
        trial.capped &= counts;
        trial.account &= counts;
        trial.family &= counts;
    }
    add_to_state(state->borne, cell, 0, trial.deductible & cell->carried);
    add_to_state(state->used, cell, 1, trial.fund & cell->counts[0]);
    add_to_state(state->used, cell, 2, trial.fund & cell->counts[1]);
    state->capped |= trial.capped;
    state->paid += trial.account;
    for (int i = 0; trial.shared && i < h->n; i++)
        h->members[i].paid += reacting ? trial.taken[i] & counts : trial.taken[i];
    if (totals) {
        add_care(&state->care, &state->use, claim, &trial, counts, reacting);
        state->by_benefit[claim->benefit] += trial.fund;
    }
    for (int e = 0; !totals && e < 2; e++) {
        int entry = claim->entry[e] - h->first_entry;
        add_care(&h->entries[entry], &h->uses[entry], claim, &trial, counts, reacting);
    }
    return (judged | differ) & mask;
}

/* The lanes in which the visit is made at its primary provider instead. */
ALWAYS lanes_t
shifted(const struct at_hand *h, const struct quick_claim *claim,
    const struct quick_potential *potential)
{
    struct lane_group *group = h->group;
    struct lane_table *table
        = &group->tables[group->year->intervals[group->year->interval_of[claim->day]].table];
    lanes_t own = cell_of(h->worker, group, table, claim)->outpatient;
    lanes_t primary = cell_of(h->worker, group, table, &potential->shifted)->outpatient;
    return primary - own >= lanes_all(potential->gap);
}

ALWAYS lanes_t
settle_claims(const struct at_hand *h, int from, int to, const bool totals)
{
    const struct quick_claim *claims = h->worker->quick_claims;
    lanes_t judged = lanes_all(0);
    for (int k = from; k < to; k++)
        judged |= settle_claim(h, &claims[k], NULL, lanes_all(-1), false, totals);
    return judged;
}

ALWAYS lanes_t
react_to_claims(const struct at_hand *h, int from, int to, const bool totals)
{
    const struct quick_claim *claims = h->worker->quick_claims;
    lanes_t judged = lanes_all(0);
    for (int k = from; k < to; k++) {
        const struct quick_potential *potential = &h->worker->quick_potentials[k];
        const struct quick_potential *depends
            = potential->reacts && !potential->always ? potential : NULL;
        lanes_t shift = lanes_all(0);
        if (potential->shifts)
            shift = shifted(h, &claims[k], potential);
        uint32_t bits = lanes_bits(shift);
        if (bits != (1u << LANES) - 1)
            judged |= settle_claim(h, &claims[k], depends, ~shift, true, totals);
        if (bits != 0)
            judged |= settle_claim(h, &potential->shifted, depends, shift, true, totals);
    }
    return judged;
}
