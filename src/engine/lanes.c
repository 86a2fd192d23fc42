/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lanes.h"

#include <string.h>

#include "base/kernels.h"
#include "base/memory.h"
#include "engine/run_block.h"
#include "engine/settle.h"

/* --- what lanes leave --- */

void
lanes_put_row(struct worker *self, int lane, int person, const int64_t *value)
{
    int64_t baseline[TALLY_WIDTH];
    if (self->totals_only) {
        for (int m = 0; m < TALLY_WIDTH; m++)
            self->lane_totals[lane][m] += value[m];
        return;
    }
    for (int m = 0; m < TALLY_WIDTH; m++)
        baseline[m] = self->base_large[person] ? self->baseline_value[person][m]
                                               : self->base_rows[person][m];
    tally_rows_put(&self->rows[lane], person, value, baseline);
}

void
lanes_keep_baseline(struct worker *self, int person, const int64_t *value)
{
    bool large = false;
    for (int m = 0; m < TALLY_WIDTH; m++)
        large = large || value[m] >= TALLY_SMALL || value[m] < -TALLY_SMALL;
    self->base_large[person] = large;
    for (int m = 0; m < TALLY_WIDTH; m++)
        self->base_rows[person][m] = large ? 0 : (int32_t)value[m];
    if (large)
        memcpy(self->baseline_value[person], value, sizeof self->baseline_value[person]);
}

/* An entry into the block's sums, or among the large rows. fits: of a household whose
 * amounts are small. */
static void
add_entry(struct worker *self, bool is_baseline, int lane, int entry, int cell, bool fits)
{
    const int64_t *amounts = self->entry[entry];
    int64_t *baseline = self->entry_baseline[entry];
    for (int m = 0; m < MEASURE_OF_CLAIMS; m++) {
        if (is_baseline && fits)
            self->base_entries[entry][m] = (int32_t)amounts[m];
        if (is_baseline || fits)
            baseline[m] = fits ? self->base_entries[entry][m] : amounts[m];
    }
    if (!fits) {
        tally_rows_put_entry(&self->rows[lane], self->shape->provider + cell, amounts, baseline);
        return;
    }
    struct lane_sums *sums = &self->lane_claims[cell];
    int at = lanes_place(lane);
    for (int m = 0; m < MEASURE_OF_CLAIMS; m++) {
        int64_t change = amounts[m] - baseline[m];
        sums->sum[m][at] += amounts[m];
        sums->square[m][at] += (uint64_t)(amounts[m] * amounts[m]);
        sums->difference[m][at] += change;
        sums->difference_square[m][at] += (uint64_t)(change * change);
    }
}

/* The sum of the person's entries into the person's measures: each claim has one
 * provider; and what the fund paid by benefit into the flows. */
static void
add_entries(struct worker *self, bool is_baseline, int lane, int person, bool fits,
    int64_t (*flows)[LANES])
{
    int64_t *value = self->value[person];
    int entry = self->entry_start[person];
    for (unsigned left = self->entry_mask[person]; left != 0; left &= left - 1, entry++) {
        int cell = __builtin_ctz(left);
        const int64_t *amounts = self->entry[entry];
        for (int m = 0; cell < PROVIDER_COUNT && m < MEASURE_OF_CLAIMS; m++)
            value[m] += amounts[m];
        if (cell >= PROVIDER_COUNT)
            flows[FLOW_BENEFIT + cell - PROVIDER_COUNT][lane] += amounts[MEASURE_FUND_OUTFLOW];
        if (!self->totals_only)
            add_entry(self, is_baseline, lane, entry, cell, fits);
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

static void
finish_person(struct worker *self, struct lane_group *group, int lane, bool fits,
    const struct quick_person *who)
{
    int person = who->person;
    int64_t *value = self->value[person];
    int64_t(*flows)[LANES] = self->lane_flows
        + flows_at(self->shape->n_counties, flows_part(self->block.first + (uint64_t)person),
            self->block.traits[person].county);
    bool is_baseline = group->has_baseline && lane == 0;
    bool retired = who->opening == STATUS_RETIREE;
    add_entries(self, is_baseline, lane, person, fits, flows);
    close_account(self, group->year->interest[lane], person);
    flows[who->opening == STATUS_FLEXIBLE ? FLOW_FLEXIBLE : FLOW_EMPLOYER][lane]
        += value[MEASURE_CONTRIBUTION_INCOME];
    flows[retired ? FLOW_TRANSFER_RETIRED : FLOW_TRANSFER_ACTIVE][lane]
        += value[MEASURE_ACCOUNT_TRANSFER];
    flows[retired ? FLOW_PERSONS_RETIRED : FLOW_PERSONS_ACTIVE][lane]++;
    group->balances.items[person][lane] = value[MEASURE_ACCOUNT_CLOSING];
    value[MEASURE_PERSONS] = 1;
    value[MEASURE_POOL_BALANCE] = value[MEASURE_CONTRIBUTION_INCOME]
        - value[MEASURE_FUND_OUTFLOW] - value[MEASURE_ACCOUNT_TRANSFER];
    int64_t gain = value[MEASURE_FUND_OUTFLOW] + value[MEASURE_ACCOUNT_TRANSFER]
        + value[MEASURE_ACCOUNT_OWN];
    if (is_baseline) {
        self->base_gain[person] = gain;
        lanes_keep_baseline(self, person, value);
    }
    gain -= self->base_gain[person];
    value[MEASURE_WINNERS] = gain > LANE_NOTICED;
    value[MEASURE_LOSERS] = gain < -LANE_NOTICED;
    value[MEASURE_NET_GAIN_MEAN] = gain;
    lanes_put_row(self, lane, person, value);
}

void
lanes_leave(struct worker *self, struct lane_group *group, int h, uint32_t which)
{
    struct people_block *block = &self->block;
    int start = block->household_start[h], n = block->household_start[h + 1] - start;
    for (uint32_t left = which; left != 0; left &= left - 1) {
        int lane = __builtin_ctz(left);
        for (int i = start; i < start + n; i++) {
            int person = block->order[i];
            memset(self->value[person], 0, sizeof self->value[person]);
            block->members[person].balance = group->balances.items[person][lane];
        }
        settle_household(self, group->program[lane], h);
        for (int i = start; i < start + n; i++)
            finish_person(self, group, lane, self->quick_households[h].lanes, &self->quick_persons[i]);
    }
}

uint32_t
lanes_without_stays(struct worker *self, const struct lane_group *group, int h)
{
    const int *start = &self->block.claim_start[h];
    uint32_t out = 0;
    for (int lane = 0; lane < group->n; lane++)
        out |= (uint32_t)settle_absent(
                   self, self->programs[group->program[lane]], start[0], start[1])
            << lane;
    return out;
}

void
lanes_empty_sums(struct worker *self)
{
    for (int m = 0; self->totals_only && m < TALLY_WIDTH; m++) {
        for (int lane = 0; lane < LANES; lane++)
            self->lane_totals[lane][m] += self->lane_sums[m][lane];
        self->lane_sums[m] = lanes_all(0);
    }
}

/* --- a block --- */

/* All programs carry the same balance of who has just come. */
static void
open_balances(struct worker *self, struct lane_group *group, bool first_year)
{
    const struct people_block *block = &self->block;
    struct lane_balances *balances = &group->balances;
    if (block->n > balances->n_persons) {
        balances->n_persons = block->n;
        balances->items
            = memory_resize(balances->items, (size_t)block->n, sizeof *balances->items);
    }
    for (int i = 0; i < block->n; i++)
        for (int lane = 0; (first_year || block->traits[i].fresh) && lane < LANES; lane++)
            balances->items[i][lane] = block->members[i].balance;
}

static void
begin_rows(struct worker *self, const struct lane_group *group)
{
    for (int lane = 0; lane < group->n && !self->totals_only; lane++)
        tally_rows_begin(&self->rows[lane], self->block.n,
            group->has_baseline && lane == 0 ? NULL : self->base_rows);
    struct lane_household *household = &self->lane_household;
    if (household->members == NULL) {
        settle_reserve(self, PEOPLE_TILE);
        household->members = memory_aligned(PEOPLE_TILE, sizeof *household->members);
        household->entries
            = memory_aligned(PEOPLE_TILE * TALLY_CLAIMS, sizeof *household->entries);
        household->uses = memory_aligned(PEOPLE_TILE * TALLY_CLAIMS, sizeof *household->uses);
    }
}

/* What all lanes have in common, into each lane's sums. */
static void
spread_same(struct lane_sums *self, uint32_t used)
{
    for (int m = MEASURE_COST; m < MEASURE_OF_CLAIMS; m++) {
        for (uint32_t left = used; left != 0; left &= left - 1) {
            int at = lanes_place(__builtin_ctz(left));
            self->sum[m][at] += self->same[m - MEASURE_COST];
            self->square[m][at] += self->same_square[m - MEASURE_COST];
        }
        self->same[m - MEASURE_COST] = 0;
        self->same_square[m - MEASURE_COST] = 0;
    }
}

void
lanes_settle(struct worker *self, struct lane_group *group, bool first_year)
{
    lanes_begin_year(self, group);
    open_balances(self, group, first_year);
    begin_rows(self, group);
#if defined(__x86_64__)
    if (kernels_avx2())
        lanes_households_avx2(self, group);
    else
#endif
        lanes_households_plain(self, group);
    for (int k = 0; k < TALLY_CLAIMS; k++)
        spread_same(&self->lane_claims[k], group->used);
}

/* A cell's sums of the lane, into the part of a tally. */
static void
empty_claims(struct lane_sums *from, int lane, struct tally_part *to)
{
    int at = lanes_place(lane);
    for (int m = 0; m < MEASURE_OF_CLAIMS; m++) {
        to->sum[m] += from->sum[m][at];
        to->difference[m] += from->difference[m][at];
        to->square[tally_place(m)] += from->square[m][at];
        to->difference_square[tally_place(m)] += from->difference_square[m][at];
        from->sum[m][at] = from->difference[m][at] = 0;
        from->square[m][at] = from->difference_square[m][at] = 0;
    }
}

void
lanes_tally(struct worker *self, int lane, struct tally_block *tally)
{
    for (size_t i = 0; i < self->shape->n_flows; i++) {
        tally->flows[i] += self->lane_flows[i][lane];
        self->lane_flows[i][lane] = 0;
    }
    if (self->totals_only) {
        for (int m = 0; m < TALLY_WIDTH; m++)
            tally->totals[m] += self->lane_totals[lane][m];
        memset(self->lane_totals[lane], 0, sizeof self->lane_totals[lane]);
        return;
    }
    for (int k = 0; k < TALLY_CLAIMS; k++) {
        int cell = self->shape->provider + k;
        if (self->lane_claims[k].sum[MEASURE_VISITS][lanes_place(lane)] == 0)
            continue;
        empty_claims(&self->lane_claims[k], lane, &tally->parts[cell]);
        tally->touched[cell] = true;
    }
}
