/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "base/kernels.h"
#include "base/memory.h"
#include "engine/run_block.h"
#include "engine/settle.h"

/* --- groups --- */

/* Whether lanes can settle under a program at all; what they cannot stays with settle.c. */
static bool
is_able(const struct program *program)
{
    return !program->stays_settle_on_admission && !program->benefits_by_age
        && !program->family_by_balance && program->credit_day == 1;
}

static void
add_program(struct worker *self, int index)
{
    struct lane_group *group = &self->groups[self->n_groups - 1];
    if (self->n_groups == 0 || group->n == LANES) {
        group = &self->groups[self->n_groups++];
        group->has_baseline = self->n_groups == 1;
        group->n_classes = SECTOR_COUNT * STATUS_COUNT;
        memset(group->borne_slot, -1, sizeof group->borne_slot);
        memset(group->used_slot, -1, sizeof group->used_slot);
    }
    const struct program *program = self->programs[index];
    int lane = group->n++;
    group->program[lane] = index;
    group->used |= 1u << lane;
    group->able |= (uint32_t)is_able(program) << lane;
    group->joins |= (uint32_t)program->joins << lane;
    group->next_month[lane] = -program->retiree_benefits_next_month;
}

void
lanes_init(struct worker *self)
{
    int n_groups = (self->n_programs + LANES - 1) / LANES;
    self->groups = memory_aligned((size_t)n_groups, sizeof *self->groups);
    memset(self->groups, 0, (size_t)n_groups * sizeof *self->groups);
    add_program(self, self->baseline);
    for (int p = 0; p < self->n_programs; p++)
        if (p != self->baseline)
            add_program(self, p);
    self->lane_flows = memory_alloc(self->shape->n_flows, sizeof *self->lane_flows);
    self->lane_claims = memory_alloc(TALLY_CLAIMS, sizeof *self->lane_claims);
    self->lane_sums = memory_aligned(TALLY_WIDTH, sizeof *self->lane_sums);
    memset(self->lane_sums, 0, TALLY_WIDTH * sizeof *self->lane_sums);
}

static void
free_year(struct lane_year *self)
{
    free(self->intervals);
    free(self->accounts);
    free(self);
}

void
lanes_free(struct worker *self)
{
    for (int g = 0; g < self->n_groups; g++) {
        struct lane_group *group = &self->groups[g];
        for (int i = 0; i < group->n_tables; i++) {
            free(group->tables[i].index);
            free(group->tables[i].cells);
            free(group->tables[i].numbers);
        }
        for (int i = 0; i < group->n_years; i++)
            free_year(group->years[i]);
        free(group->tables);
        free(group->years);
        free(group->balances.items);
    }
    free(self->groups);
    for (int lane = 0; lane < LANES; lane++)
        tally_rows_free(&self->rows[lane]);
    free(self->lane_household.members);
    free(self->lane_household.entries);
    free(self->lane_household.uses);
    free(self->lane_flows);
    free(self->lane_claims);
    free(self->lane_sums);
}

/* --- cells --- */

/* Where each lane's own slot is told apart: one place for all lanes wherever they agree.
 * own: of each lane, -1: none, which any place serves; false where there is no room. */
static bool
place_slots(int8_t (*slot)[POLICY_CAPS_MAX], int *n_slots, const int own[LANES], int8_t *all,
    lanes_t *each)
{
    bool taken[LANE_SLOTS][LANES] = { { false } };
    int votes[LANE_SLOTS] = { 0 };
    for (int lane = 0; lane < LANES; lane++) {
        for (int s = 0; s < POLICY_CAPS_MAX; s++)
            if (slot[lane][s] >= 0)
                taken[slot[lane][s]][lane] = true;
        if (own[lane] >= 0 && slot[lane][own[lane]] >= 0)
            votes[slot[lane][own[lane]]]++;
    }
    int best = -1;
    for (int s = 0; s < LANE_SLOTS; s++)
        if (votes[s] > 0 && (best < 0 || votes[s] > votes[best]))
            best = s;
    for (int s = 0; best < 0 && s < LANE_SLOTS; s++) {
        bool free_in_all = true;
        for (int lane = 0; lane < LANES; lane++)
            free_in_all = free_in_all && (own[lane] < 0 || !taken[s][lane]);
        if (free_in_all)
            best = s;
    }
    *all = (int8_t)(best < 0 ? 0 : best);
    for (int lane = 0; lane < LANES; lane++) {
        if (own[lane] < 0) {
            (*each)[lane] = *all;
            continue;
        }
        int8_t *mine = &slot[lane][own[lane]];
        if (*mine < 0 && !taken[*all][lane])
            *mine = *all;
        for (int s = 0; *mine < 0 && s < LANE_SLOTS; s++)
            if (!taken[s][lane])
                *mine = (int8_t)s;
        if (*mine < 0)
            return false;
        (*each)[lane] = *mine;
    }
    for (int lane = 0; lane < LANES; lane++) {
        *n_slots = (*each)[lane] >= *n_slots ? (*each)[lane] + 1 : *n_slots;
        if ((*each)[lane] != (*each)[0])
            *all = -1;
    }
    return true;
}

static int32_t
bounded(fen_t amount)
{
    return (int32_t)money_min(amount, LANE_LARGE);
}

static void
cap_by_disease(const struct cap *cap, struct lane_cell *cell, int lane)
{
    cell->by_disease = true;
    cell->first_psychiatric[lane] = bounded(cap->first_psychiatric);
    cell->further[lane] = bounded(cap->further);
    cell->at_most[lane] = bounded(cap->at_most);
    cell->none_without[lane] = -1;
}

static void
fill_lane(const struct epoch *epoch, const struct quick_cell *from, int lane, struct lane_cell *cell,
    int own[3][LANES])
{
    cell->outpatient[lane] = from->outpatient;
    cell->ahead[lane] = from->ahead;
    cell->most = from->best > cell->most ? from->best : cell->most;
    cell->judged[lane] = -(from->way == QUICK_JUDGE);
    if (from->way != QUICK_CELL)
        return;
    cell->ratio[lane] = from->ratio;
    cell->advance[lane] = from->advance;
    cell->advances = cell->advances || from->advance != 0;
    cell->deductible[lane] = bounded(from->deductible);
    cell->overflows[lane] = -from->overflows;
    if (from->carried) {
        cell->carried[lane] = -1;
        own[0][lane] = from->borne;
    }
    for (int k = 0; k < 2; k++) {
        cell->cap[k][lane] = bounded(from->cap[k]);
        if (from->used[k] == POLICY_CAPS_MAX)
            continue;
        cell->counts[k][lane] = -1;
        own[1 + k][lane] = from->used[k];
    }
    if (from->by_disease)
        cap_by_disease(&epoch->caps[from->used[0]], cell, lane);
}

static int
number_of(struct lane_table *table, const uint16_t numbers[LANES])
{
    int n = 0;
    while (n < table->n_cells && memcmp(table->numbers[n], numbers, sizeof table->numbers[n]) != 0)
        n++;
    return n;
}

static void
grow_cells(struct lane_table *table)
{
    if (table->n_cells < table->capacity)
        return;
    int capacity = table->capacity == 0 ? 32 : 2 * table->capacity;
    struct lane_cell *cells = memory_aligned((size_t)capacity, sizeof *cells);
    if (table->n_cells > 0)
        memcpy(cells, table->cells, (size_t)table->n_cells * sizeof *cells);
    free(table->cells);
    table->cells = cells;
    table->numbers
        = memory_resize(table->numbers, (size_t)capacity, sizeof *table->numbers);
    table->capacity = capacity;
}

/* Slots that come into use in the middle of a household are empty in it. */
static void
empty_slots(struct worker *self, const struct lane_group *group, int borne, int used)
{
    for (int i = 0; i < PEOPLE_TILE; i++) {
        struct lane_member *member = &self->lane_household.members[i];
        for (int s = borne; s < group->n_borne; s++)
            member->borne[s] = lanes_all(0);
        for (int s = used; s < group->n_used; s++)
            member->used[s] = lanes_all(0);
    }
}

int
lanes_fill(struct worker *self, struct lane_group *group, struct lane_table *table, int kind,
    int class)
{
    uint16_t numbers[LANES] = { 0 };
    for (int lane = 0; lane < group->n; lane++)
        if (group->able >> lane & 1)
            numbers[lane] = (uint16_t)quick_number(&self->quick[group->program[lane]],
                &self->kinds, table->epoch[lane], kind, class);
    int number = number_of(table, numbers);
    table->index[kind * group->n_classes + class] = (uint16_t)number;
    if (number < table->n_cells)
        return number;
    grow_cells(table);
    struct lane_cell *cell = &table->cells[table->n_cells];
    int own[3][LANES];
    memset(cell, 0, sizeof *cell);
    memset(own, -1, sizeof own);
    cell->at_most = cell->cap[0] = cell->cap[1] = lanes_all(LANE_LARGE);
    for (int lane = 0; lane < group->n; lane++) {
        if ((group->able >> lane & 1) == 0)
            continue;
        int index = group->program[lane], epoch = table->epoch[lane];
        fill_lane(&self->programs[index]->epochs[epoch],
            &self->quick[index].epochs[epoch].cells[numbers[lane]], lane, cell, own);
    }
    int borne = group->n_borne, used = group->n_used;
    bool placed = place_slots(group->borne_slot, &group->n_borne, own[0], &cell->slot[0], &cell->slots[0]);
    for (int k = 1; k < 3; k++)
        placed = place_slots(group->used_slot, &group->n_used, own[k], &cell->slot[k], &cell->slots[k])
            && placed;
    if (!placed)
        cell->judged = lanes_all(-1);
    empty_slots(self, group, borne, used);
    memcpy(table->numbers[table->n_cells], numbers, sizeof numbers);
    return table->n_cells++;
}

/* The table of a combination of epochs, a new one where it is not known. */
static int
find_table(struct lane_group *group, const int epoch[LANES])
{
    for (int i = 0; i < group->n_tables; i++)
        if (memcmp(group->tables[i].epoch, epoch, sizeof group->tables[i].epoch) == 0)
            return i;
    memory_grow(group->tables, group->n_tables, group->table_capacity);
    struct lane_table *table = &group->tables[group->n_tables];
    *table = (struct lane_table){ 0 };
    memcpy(table->epoch, epoch, sizeof table->epoch);
    return group->n_tables++;
}

/* --- a year --- */

static void
fill_accounts(const struct worker *self, const struct lane_group *group, const int epoch[LANES],
    struct lane_year *year, struct lane_accounts *out)
{
    memset(out, 0, sizeof *out);
    for (int lane = 0; lane < group->n; lane++) {
        const struct program *program = self->programs[group->program[lane]];
        const struct account_rules *rules = &program->epochs[epoch[lane]].account;
        out->own_rate[lane] = rules->own_rate;
        out->employer_rate[lane] = rules->employer_rate;
        out->flexible_rate[lane] = rules->flexible_contribution_rate;
        year->by_age[0] = year->by_age[0] || rules->active_by_age;
        year->by_age[1] = year->by_age[1] || rules->retirees_by_age;
        for (int age = 0, band = 0; age < LANE_AGES; age++) {
            while (band + 1 < program->n_ages && age >= program->ages[band + 1])
                band++;
            int active = rules->active_by_age ? band : 0;
            int retired = rules->retirees_by_age ? band : 0;
            out->rate[0][age][lane] = rules->employee_rate[active];
            out->rate[1][age][lane] = rules->flexible_rate[active];
            for (int sector = 0; sector < SECTOR_COUNT; sector++) {
                fen_t amount = rules->retiree_amount[sector * program->n_ages + retired]
                    + rules->retiree_per_year_of_age * age;
                if (amount >= TALLY_SMALL)
                    year->able &= ~(1u << lane);
                else
                    out->retiree[sector][age][lane] = (int32_t)amount;
            }
        }
    }
}

static void
epochs_on(const struct worker *self, const struct lane_group *group, day_t day, int epoch[LANES])
{
    for (int lane = 0; lane < LANES; lane++)
        epoch[lane] = lane < group->n
            ? program_epoch(self->programs[group->program[lane]], day, epoch[lane])
            : 0;
}

static void
fill_interval(const struct worker *self, const struct lane_group *group, const int epochs[LANES],
    int table, struct lane_interval *out)
{
    memset(out, 0, sizeof *out);
    out->table = table;
    for (int lane = 0; lane < group->n; lane++) {
        const struct epoch *epoch = &self->programs[group->program[lane]]->epochs[epochs[lane]];
        out->family_first[lane] = -(epoch->family_sharing && !epoch->own_account_first);
        out->family_last[lane] = -(epoch->family_sharing && epoch->own_account_first);
    }
    out->any_first = lanes_bits(out->family_first) != 0;
    out->any_last = lanes_bits(out->family_last) != 0;
}

static bool
same_accounts(const struct worker *self, const struct lane_group *group, const int a[LANES],
    const int b[LANES])
{
    for (int lane = 0; lane < group->n; lane++) {
        const struct epoch *epochs = self->programs[group->program[lane]]->epochs;
        if (epochs[a[lane]].account.generation != epochs[b[lane]].account.generation)
            return false;
    }
    return true;
}

static struct lane_year *
compile_year(struct worker *self, struct lane_group *group)
{
    struct lane_year *out = memory_aligned(1, sizeof *out);
    memset(out, 0, sizeof *out);
    out->year = self->block.year;
    out->able = self->behaviour == NULL || behaviour_falls(self->behaviour) ? group->used : 0;
    day_t first = date_day(out->year, 1, 1), next = date_day(out->year + 1, 1, 1);
    month_t january = date_month(first);
    out->intervals = memory_aligned(LANE_DAYS, sizeof *out->intervals);
    out->accounts = memory_aligned(LANE_MONTHS, sizeof *out->accounts);
    int epoch[LANES] = { 0 }, before[LANES], credited[LANES];
    for (day_t day = first; day < next; day++) {
        int i = (int)(day - first), month = date_month(day) - january;
        epochs_on(self, group, day, epoch);
        if (i == 0 || memcmp(epoch, before, sizeof epoch) != 0)
            fill_interval(self, group, epoch, find_table(group, epoch),
                &out->intervals[out->n_intervals++]);
        memcpy(before, epoch, sizeof epoch);
        out->interval_of[i] = (uint8_t)(out->n_intervals - 1);
        out->months[i] = (uint8_t)(month + 1);
        if (day != date_month_first(january + month))
            continue;
        if (i == 0 || !same_accounts(self, group, credited, epoch))
            fill_accounts(self, group, epoch, out, &out->accounts[out->n_accounts++]);
        memcpy(credited, epoch, sizeof epoch);
        out->account_of[month] = (uint8_t)(out->n_accounts - 1);
    }
    for (int lane = 0; lane < group->n; lane++)
        out->interest[lane]
            = self->programs[group->program[lane]]->epochs[epoch[lane]].account.interest;
    return out;
}

/* Brings the group to the block's year, with room for all kinds met. */
static void
begin_year(struct worker *self, struct lane_group *group)
{
    int n = self->kinds.n * group->n_classes;
    for (int lane = 0; lane < group->n; lane++)
        settle_begin(self, group->program[lane]);
    if (group->year == NULL || group->year->year != self->block.year) {
        int i = 0;
        while (i < group->n_years && group->years[i]->year != self->block.year)
            i++;
        if (i == group->n_years) {
            memory_grow(group->years, group->n_years, group->year_capacity);
            group->years[group->n_years++] = compile_year(self, group);
        }
        group->year = group->years[i];
    }
    for (int i = 0; i < group->n_tables; i++) {
        struct lane_table *table = &group->tables[i];
        if (n <= table->n_index)
            continue;
        table->index = memory_resize(table->index, (size_t)n, sizeof *table->index);
        memset(table->index + table->n_index, 255, (size_t)(n - table->n_index) * sizeof *table->index);
        table->n_index = n;
    }
}

/* --- what lanes leave --- */

void
lanes_put_large(struct worker *self, int lane, int person, const int64_t *value)
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

static void
keep_baseline(struct worker *self, int person, const int64_t *value)
{
    bool large = false;
    for (int m = 0; m < TALLY_WIDTH; m++)
        large = large || value[m] >= TALLY_SMALL || value[m] < -TALLY_SMALL;
    self->base_large[person] = large;
    self->base_gain[person] = value[MEASURE_FUND_OUTFLOW] + value[MEASURE_ACCOUNT_TRANSFER]
        + value[MEASURE_ACCOUNT_OWN];
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
    if (is_baseline)
        keep_baseline(self, person, value);
    int64_t gain = value[MEASURE_FUND_OUTFLOW] + value[MEASURE_ACCOUNT_TRANSFER]
        + value[MEASURE_ACCOUNT_OWN] - self->base_gain[person];
    value[MEASURE_WINNERS] = gain > LANE_NOTICED;
    value[MEASURE_LOSERS] = gain < -LANE_NOTICED;
    value[MEASURE_NET_GAIN_MEAN] = gain;
    lanes_put_large(self, lane, person, value);
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
    begin_year(self, group);
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
    for (int part = 0; part < FLOW_PARTS; part++)
        tally->parts_touched[part] = true;
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
