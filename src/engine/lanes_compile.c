/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs laid side by side: groups, cells and years of engine/lanes.h. */
#include <stdlib.h>
#include <string.h>

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

void
lanes_begin_year(struct worker *self, struct lane_group *group)
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
