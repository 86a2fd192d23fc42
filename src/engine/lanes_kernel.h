/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel of engine/lanes.h, included by a file for each machine that it is compiled
 * for: LANES_HOUSEHOLDS names the function. */
#include "engine/lanes_claims.h"

/* --- the year's end --- */

ALWAYS void
add_flow(struct worker *self, size_t flow, lanes_t amount)
{
    for (int i = 0; i < LANES; i++)
        self->lane_flows[flow][i] += amount[i];
}

/* Of a person or an entry. */
struct care {
    lanes_t fund, account, family, cost, eligible, visits;
};

ALWAYS void
measures_of(const struct care *care, lanes_t out[static MEASURE_OF_CLAIMS])
{
    out[MEASURE_FUND_OUTFLOW] = care->fund;
    out[MEASURE_MEMBER_BURDEN] = care->cost - care->fund;
    out[MEASURE_PAID_BY_ACCOUNT] = care->account;
    out[MEASURE_PAID_BY_FAMILY_ACCOUNT] = care->family;
    out[MEASURE_PAID_BY_CASH] = care->cost - care->fund - care->account;
    out[MEASURE_COST] = care->cost;
    out[MEASURE_ELIGIBLE_COST] = care->eligible;
    out[MEASURE_VISITS] = care->visits;
}

ALWAYS void
add_measure(struct worker *self, struct lane_sums *sums, int entry, enum measure m, lanes_t amount,
    lanes_t mask)
{
    lanes_t change = amount - lanes_all(self->base_entries[entry][m]);
    lanes_add(sums->sum[m], sums->square[m], amount & mask);
    lanes_add(sums->difference[m], sums->difference_square[m], change & mask);
}

/* Adds an entry's amounts in the lanes of the mask, and what sets them apart from the
 * baseline's, to the block's sums. same: all lanes count, and what claims there are is the
 * same in all and under the baseline. */
ALWAYS void
add_entry(struct worker *self, int entry, int cell, bool is_baseline, lanes_t mask,
    const struct care *care, bool same)
{
    struct lane_sums *sums = &self->lane_claims[cell];
    lanes_t row[MEASURE_OF_CLAIMS];
    measures_of(care, row);
    for (int m = 0; is_baseline && m < MEASURE_OF_CLAIMS; m++)
        self->base_entries[entry][m] = row[m][0];
    for (int m = 0; m < MEASURE_COST; m++)
        add_measure(self, sums, entry, (enum measure)m, row[m], mask);
    if (same) {
        for (int m = MEASURE_COST; m < MEASURE_OF_CLAIMS; m++) {
            int64_t amount = row[m][0];
            sums->same[m - MEASURE_COST] += amount;
            sums->same_square[m - MEASURE_COST] += (uint64_t)(amount * amount);
        }
        return;
    }
    for (int m = MEASURE_COST; m < MEASURE_OF_CLAIMS; m++)
        add_measure(self, sums, entry, (enum measure)m, row[m], mask);
}

/* The person's care from the entries, in all lanes, and the entries' own sums. mask: lanes
 * that count. */
ALWAYS void
sum_entries(const struct at_hand *h, int person, bool is_baseline, lanes_t mask, bool same,
    size_t flows, struct care *out)
{
    struct worker *self = h->worker;
    bool reacting = self->behaviour != NULL;
    int entry = self->entry_start[person];
    out->fund = out->account = out->family = lanes_all(0);
    out->cost = out->eligible = out->visits = lanes_all(0);
    for (unsigned left = self->entry_mask[person]; left != 0; left &= left - 1, entry++) {
        int cell = __builtin_ctz(left);
        const struct lane_entry *from = &h->entries[entry - h->first_entry];
        struct care care = { .fund = from->fund, .account = from->account, .family = from->family };
        if (reacting) {
            const struct lane_use *use = &h->uses[entry - h->first_entry];
            care.cost = use->cost;
            care.eligible = use->eligible;
            care.visits = use->visits;
        } else {
            const int64_t *given = self->given[entry];
            care.cost = lanes_all((int32_t)given[0]);
            care.eligible = lanes_all((int32_t)given[1]);
            care.visits = lanes_all((int32_t)given[2]);
        }
        if (cell < PROVIDER_COUNT) {
            out->fund += care.fund;
            out->account += care.account;
            out->family += care.family;
            out->cost += care.cost;
            out->eligible += care.eligible;
            out->visits += care.visits;
        } else
            add_flow(self, flows + (size_t)(FLOW_BENEFIT + cell - PROVIDER_COUNT),
                from->fund & mask);
        add_entry(self, entry, cell, is_baseline, mask, &care, same);
    }
}

/* The same where nothing but totals is wanted. */
ALWAYS void
sum_member(const struct at_hand *h, const struct lane_member *member, int person, lanes_t mask,
    size_t flows, struct care *out)
{
    struct worker *self = h->worker;
    unsigned cells = self->entry_mask[person];
    const int64_t(*given)[3] = self->given + self->entry_start[person];
    int64_t sums[3] = { 0 };
    out->fund = member->care.fund;
    out->account = member->care.account;
    out->family = member->care.family;
    for (unsigned left = cells >> PROVIDER_COUNT; left != 0; left &= left - 1) {
        int benefit = __builtin_ctz(left);
        add_flow(self, flows + (size_t)(FLOW_BENEFIT + benefit), member->by_benefit[benefit] & mask);
    }
    if (self->behaviour != NULL) {
        out->cost = member->use.cost;
        out->eligible = member->use.eligible;
        out->visits = member->use.visits;
        return;
    }
    for (unsigned left = cells & ((1u << PROVIDER_COUNT) - 1); left != 0; left &= left - 1, given++)
        for (int k = 0; k < 3; k++)
            sums[k] += (*given)[k];
    out->cost = lanes_all((int32_t)sums[0]);
    out->eligible = lanes_all((int32_t)sums[1]);
    out->visits = lanes_all((int32_t)sums[2]);
}

/* What the year leaves of an account (lanes.c says the same of one program). */
ALWAYS void
close_account(const struct lane_group *group, const struct lane_member *member, int fate,
    lanes_t *value)
{
    lanes_t balance = available(member, LANE_MONTHS);
    value[MEASURE_ACCOUNT_OPENING] = member->opening;
    value[MEASURE_ACCOUNT_TRANSFER] = member->transfer;
    value[MEASURE_ACCOUNT_OWN] = member->own;
    value[MEASURE_CONTRIBUTION_INCOME] = member->contribution;
    value[MEASURE_ACCOUNT_PAID_OUT] = member->paid;
    value[MEASURE_ACCOUNT_CLOSING] = value[MEASURE_ACCOUNT_INTEREST]
        = value[MEASURE_ACCOUNT_TO_HEIRS] = value[MEASURE_ACCOUNT_TAKEN] = lanes_all(0);
    if (fate == FATE_DIES)
        value[MEASURE_ACCOUNT_TO_HEIRS] = balance;
    else if (fate == FATE_LEAVES)
        value[MEASURE_ACCOUNT_TAKEN] = balance;
    else {
        value[MEASURE_ACCOUNT_INTEREST]
            = lanes_share(lanes_min(member->opening, balance), group->year->interest);
        value[MEASURE_ACCOUNT_CLOSING] = balance + value[MEASURE_ACCOUNT_INTEREST];
    }
}

/* Lanes in which some amount is not small: what claims cost always is, in a household that
 * lanes settle. */
ALWAYS lanes_t
is_large(const lanes_t *value)
{
    lanes_t all = lanes_all(0);
    for (int m = MEASURE_ACCOUNT_TRANSFER; m < MEASURE_COUNT; m++)
        all |= value[m] ^ (value[m] >> 31);
    return all >= lanes_all(TALLY_SMALL);
}

/* A lane's amounts as one program's row. */
ALWAYS void
take_row(const lanes_t *value, int lane, int64_t row[static TALLY_WIDTH])
{
    for (int m = 0; m < TALLY_WIDTH; m++)
        row[m] = value[m][lane];
}

static void
put_large(struct worker *self, uint32_t lanes, int person, const lanes_t *value)
{
    for (uint32_t left = lanes; left != 0; left &= left - 1) {
        int lane = __builtin_ctz(left);
        int64_t row[TALLY_WIDTH];
        take_row(value, lane, row);
        lanes_put_row(self, lane, person, row);
    }
}

ALWAYS void
put_rows(struct worker *self, uint32_t lanes, int person, lanes_t *value)
{
    enum { PARTS = TALLY_WIDTH / LANES };
    for (int k = 0; k < PARTS; k++)
        lanes_transpose(value + k * LANES);
    for (uint32_t left = lanes; left != 0; left &= left - 1) {
        int lane = __builtin_ctz(left);
        for (int k = 0; k < PARTS; k++) {
            lanes_t row = value[k * LANES + lane];
            memcpy(self->rows[lane].value[person] + k * LANES, &row, sizeof row);
        }
    }
}

ALWAYS void
finish_person(const struct at_hand *h, int i, uint32_t lanes, lanes_t mask, bool same,
    const bool totals)
{
    struct worker *self = h->worker;
    struct lane_group *group = h->group;
    const struct lane_member *member = &h->members[i];
    const struct quick_person *who = &h->persons[i];
    int person = who->person;
    const struct person_traits *traits = &self->block.traits[person];
    size_t flows = flows_at(self->shape->n_counties,
        flows_part(self->block.first + (uint64_t)person), traits->county);
    bool is_baseline = group->has_baseline && (lanes & 1) != 0;
    struct care care;
    if (totals)
        sum_member(h, member, person, mask, flows, &care);
    else
        sum_entries(h, person, is_baseline, mask, same, flows, &care);
    lanes_t value[TALLY_WIDTH];
    measures_of(&care, value);
    for (int m = MEASURE_COUNT; m < TALLY_WIDTH; m++)
        value[m] = lanes_all(0);
    close_account(group, member, traits->fate, value);
    value[MEASURE_PERSONS] = lanes_all(1);
    value[MEASURE_CAP_REACHED] = member->capped & lanes_all(1);
    value[MEASURE_POOL_BALANCE] = member->contribution - care.fund - member->transfer;
    bool retired = who->opening == STATUS_RETIREE;
    add_flow(self, flows + (who->opening == STATUS_FLEXIBLE ? FLOW_FLEXIBLE : FLOW_EMPLOYER),
        member->contribution & mask);
    add_flow(self, flows + (retired ? FLOW_TRANSFER_RETIRED : FLOW_TRANSFER_ACTIVE),
        member->transfer & mask);
    add_flow(self, flows + (retired ? FLOW_PERSONS_RETIRED : FLOW_PERSONS_ACTIVE),
        lanes_all(1) & mask);
    lanes_widen(group->balances.items[person], value[MEASURE_ACCOUNT_CLOSING], mask);
    lanes_t gain = care.fund + member->transfer + member->own;
    if (is_baseline)
        self->base_gain[person] = gain[0];
    gain -= lanes_all((int32_t)self->base_gain[person]);
    value[MEASURE_WINNERS] = (gain > lanes_all(LANE_NOTICED)) & lanes_all(1);
    value[MEASURE_LOSERS] = (gain < lanes_all(-LANE_NOTICED)) & lanes_all(1);
    value[MEASURE_NET_GAIN_MEAN] = gain;
    uint32_t large = lanes_bits(is_large(value)) & lanes;
    if (is_baseline && !totals) {
        int64_t row[TALLY_WIDTH];
        take_row(value, 0, row);
        lanes_keep_baseline(self, person, row);
    }
    if (!totals && self->base_large[person])
        large = lanes;
    if (large != 0)
        put_large(self, large, person, value);
    if (totals) {
        lanes_t small = mask;
        for (uint32_t left = large; left != 0; left &= left - 1)
            small[__builtin_ctz(left)] = 0;
        for (int m = 0; m < MEASURE_COUNT; m++)
            self->lane_sums[m] += value[m] & small;
    } else
        put_rows(self, lanes & ~large, person, value);
}

/* --- a household --- */

ALWAYS void
begin_member(const struct worker *self, const struct lane_group *group,
    const struct quick_person *person, const struct member *member, struct lane_member *out,
    const bool totals)
{
    out->paid = out->capped = lanes_all(0);
    if (totals) {
        out->care = (struct lane_entry){ 0 };
        out->use = (struct lane_use){ 0 };
        for (int i = 0; person->claims && i < BENEFIT_COUNT; i++)
            out->by_benefit[i] = lanes_all(0);
    }
    for (int i = 0; person->claims && i < group->n_borne; i++)
        out->borne[i] = lanes_all(0);
    for (int i = 0; person->claims && i < group->n_used; i++)
        out->used[i] = lanes_all(0);
    if (!person->year.steady)
        credit_by_lane(self, group, person, member, out);
    else
        credit_year(group->year, person, member, out);
}

ALWAYS void
take_household(struct worker *self, struct lane_group *group, int h, const bool totals)
{
    const struct people_block *block = &self->block;
    struct quick_household *household = &self->quick_households[h];
    int start = block->household_start[h], n = block->household_start[h + 1] - start;
    uint32_t left = group->used & ~(group->able & group->year->able);
    if (household->way == QUICK_HOUSEHOLD_UNJOINED)
        left |= group->joins;
    if (self->behaviour != NULL && household->gives_way)
        left |= lanes_without_stays(self, group, h);
    if (self->plain || !household->lanes || left == group->used) {
        household->same = household->same && !group->has_baseline;
        lanes_leave(self, group, h, group->used);
        return;
    }
    struct at_hand at = { .worker = self,
        .group = group,
        .persons = self->quick_persons + start,
        .members = self->lane_household.members,
        .entries = self->lane_household.entries,
        .uses = self->lane_household.uses,
        .n = n,
        .first_entry = self->entry_start[block->order[start]] };
    int n_entries = (start + n < block->n ? self->entry_start[block->order[start + n]] : self->n_entries)
        - at.first_entry;
    for (int e = 0; !totals && e < n_entries; e++) {
        at.entries[e].fund = at.entries[e].account = at.entries[e].family = lanes_all(0);
        if (self->behaviour != NULL)
            at.uses[e].cost = at.uses[e].eligible = at.uses[e].visits = lanes_all(0);
    }
    for (int i = 0; i < n; i++) {
        int person = block->order[start + i];
        self->members[i] = &block->members[person];
        /* An account that holds too much is left. */
        left |= lanes_narrow(
            group->balances.items[person], LANE_BALANCE, &at.members[i].opening);
        begin_member(self, group, &at.persons[i], self->members[i], &at.members[i], totals);
    }
    lanes_t judged = self->behaviour != NULL
        ? react_to_claims(&at, block->claim_start[h], block->claim_start[h + 1], totals)
        : settle_claims(&at, block->claim_start[h], block->claim_start[h + 1], totals);
    left = (left | lanes_bits(judged)) & group->used;
    /* The others are held against the baseline's amounts. */
    uint32_t first = group->has_baseline ? left & 1 : 0;
    if (group->has_baseline)
        household->same = first == 0;
    if (first != 0)
        lanes_leave(self, group, h, first);
    uint32_t lanes = group->used & ~left;
    bool same = lanes == group->used && household->same && self->behaviour == NULL;
    lanes_t mask;
    for (int i = 0; i < LANES; i++)
        mask[i] = -(int32_t)(lanes >> i & 1);
    for (int i = 0; i < n && lanes != 0; i++)
        finish_person(&at, i, lanes, mask, same, totals);
    if ((left & ~first) != 0)
        lanes_leave(self, group, h, left & ~first);
}

/* totals: a constant, so that either way is compiled for itself. */
ALWAYS void
take_households(struct worker *self, struct lane_group *group, const bool totals)
{
    const struct people_block *block = &self->block;
    int persons = 0;
    for (int h = 0; h < block->n_households; h++) {
        take_household(self, group, h, totals);
        persons += block->household_start[h + 1] - block->household_start[h];
        if (totals && persons >= LANE_SUMS) {
            lanes_empty_sums(self);
            persons = 0;
        }
    }
    lanes_empty_sums(self);
}

void
LANES_HOUSEHOLDS(struct worker *self, struct lane_group *group)
{
    if (self->totals_only)
        take_households(self, group, true);
    else
        take_households(self, group, false);
}
