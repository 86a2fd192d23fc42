/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/quick.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/behaviour.h"

/* --- kinds --- */

void
kinds_init(struct kinds *self, const struct program *const *programs, int n_programs)
{
    int capacity = 0;
    *self = (struct kinds){ .n_slots = 1024 };
    self->slots = memory_alloc((size_t)self->n_slots, sizeof *self->slots);
    for (int p = 0; p < n_programs; p++)
        for (int i = 0; i < programs[p]->n_disease_rules; i++) {
            uint32_t disease = programs[p]->disease_rules[i].disease;
            int known = 0;
            while (known < self->n_diseases && self->diseases[known] != disease)
                known++;
            if (known < self->n_diseases)
                continue;
            memory_grow(self->diseases, self->n_diseases, capacity);
            self->diseases[self->n_diseases++] = disease;
        }
}

void
kinds_free(struct kinds *self)
{
    free(self->items);
    free(self->slots);
    free(self->diseases);
    *self = (struct kinds){ 0 };
}

static struct kind_slot *
find_slot(const struct kinds *self, uint32_t key)
{
    uint32_t i = kinds_slot(self, key);
    while (self->slots[i].key != 0 && self->slots[i].key != key)
        i = (i + 1) & (uint32_t)(self->n_slots - 1);
    return &self->slots[i];
}

/* At most half of the slots are taken. */
static void
grow_slots(struct kinds *self)
{
    struct kind_slot *old = self->slots;
    int n = self->n_slots;
    self->n_slots *= 2;
    self->slots = memory_alloc((size_t)self->n_slots, sizeof *self->slots);
    for (int i = 0; i < n; i++)
        if (old[i].key != 0)
            *find_slot(self, old[i].key) = old[i];
    free(old);
}

int
kinds_add(struct kinds *self, uint32_t key, const struct claim *claim, bool insured, enum ltc ltc)
{
    struct kind_slot *slot = find_slot(self, key);
    if (slot->key == key)
        return slot->kind;
    *slot = (struct kind_slot){ key, self->n };
    memory_grow(self->items, self->n, self->capacity);
    self->items[self->n] = (struct kind){
        .claim = { .benefit = claim->benefit,
            .provider = claim->provider,
            .channel = claim->channel,
            .place = claim->place,
            .flags = claim->flags,
            .disease = key >> 18 <= (uint32_t)self->n_diseases ? claim->disease : NAME_NONE },
        .insured = insured,
        .ltc = ltc,
    };
    if (2 * ++self->n > self->n_slots)
        grow_slots(self);
    return self->n - 1;
}

/* --- cells --- */

void
quick_init(struct quick *self, const struct program *program, bool reacting)
{
    *self = (struct quick){ .program = program, .reacting = reacting };
    self->n_classes = program->benefits_by_age ? program->n_classes : SECTOR_COUNT * STATUS_COUNT;
    self->epochs = memory_alloc((size_t)program->n_epochs, sizeof *self->epochs);
}

void
quick_free(struct quick *self)
{
    for (int i = 0; self->epochs != NULL && i < self->program->n_epochs; i++) {
        free(self->epochs[i].index);
        free(self->epochs[i].cells);
    }
    free(self->epochs);
    *self = (struct quick){ 0 };
}

static int32_t
bounded(fen_t amount)
{
    return (int32_t)money_min(amount, QUICK_LARGE);
}

/* Whether constants can say it. What a rule by the month or visit fills too, or one that
 * is so on other days, is emptied by the judge alone. */
static bool
is_quick(const struct program *program, const struct epoch *epoch, const struct rule *rule)
{
    bool emptied = program->periods_change
        || (rule->deductible_kind == DEDUCTIBLE_YEAR
            && (epoch->monthly_deductibles >> rule->deductible_slot & 1) != 0);
    bool keyed = rule->deductible_kind == DEDUCTIBLE_DRUG_YEAR
        || rule->deductible_kind == DEDUCTIBLE_DISEASE_YEAR;
    if (emptied || keyed || rule->deductible_kind == DEDUCTIBLE_MONTH || rule->counts_eligible
        || !rule->deductible_past_cap || rule->band_ratio != NULL || rule->n_caps > 2)
        return false;
    for (int i = 0; i < rule->n_caps; i++) {
        const struct cap *cap = &epoch->caps[rule->caps[i]];
        if (cap->monthly || cap->by_visit || cap->on_eligible || (cap->by_disease && i > 0))
            return false;
    }
    return true;
}

static void
fill_cell(const struct program *program, const struct epoch *epoch, const struct kind *kind,
    class_t class, struct quick_cell *cell)
{
    const struct claim *claim = &kind->claim;
    int index = program_rule(program, claim->benefit, claim->disease);
    const struct rule *rule = index >= 0 ? &epoch->rules[index] : NULL;
    cell->best = behaviour_best_ratio(program, epoch, class, claim);
    cell->outpatient = behaviour_outpatient_ratio(
        program, epoch, class, claim->place, claim->provider, claim->channel);
    if (adjudicate_entitlement(rule, claim, kind->insured, kind->ltc) != REASON_NONE) {
        cell->way = QUICK_NOTHING;
        cell->best = 0;
        return;
    }
    int at = rules_cell(class, claim->place, claim->provider);
    cell->ahead = rule->deductible_kind == DEDUCTIBLE_YEAR ? rule->ratio[at] : 0;
    if (!is_quick(program, epoch, rule)) {
        cell->way = QUICK_JUDGE;
        return;
    }
    cell->way = QUICK_CELL;
    cell->ratio = rule->ratio[at];
    cell->advance = rule->advance[at];
    cell->borne = POLICY_RULES_MAX;
    cell->overflows = rule->overflow >= 0;
    if (rule->deductible_kind != DEDUCTIBLE_NONE)
        cell->deductible = bounded(rule->deductible[at]);
    if (rule->deductible_kind == DEDUCTIBLE_YEAR) {
        cell->borne = rule->deductible_slot;
        cell->carried = true;
    }
    for (int i = 0; i < 2; i++) {
        const struct cap *cap = i < rule->n_caps ? &epoch->caps[rule->caps[i]] : NULL;
        cell->used[i] = cap != NULL ? rule->caps[i] : POLICY_CAPS_MAX;
        cell->cap[i] = cap != NULL ? bounded(cap->amount[class]) : QUICK_LARGE;
        cell->by_disease = cell->by_disease || (cap != NULL && cap->by_disease);
    }
}

/* The number of a cell, a new one where there is none like it. */
static uint16_t
number_of(struct quick_epoch *self, const struct quick_cell *cell)
{
    for (int i = self->n_cells - 1; i >= 0; i--)
        if (memcmp(&self->cells[i], cell, sizeof *cell) == 0)
            return (uint16_t)i;
    memory_grow(self->cells, self->n_cells, self->capacity);
    self->cells[self->n_cells] = *cell;
    return (uint16_t)self->n_cells++;
}

void
quick_know(struct quick *self, const struct kinds *kinds, int epoch)
{
    struct quick_epoch *of = &self->epochs[epoch];
    if (kinds->n > of->kind_capacity) {
        of->kind_capacity = kinds->n + kinds->n / 2;
        of->index = memory_resize(
            of->index, (size_t)of->kind_capacity * (size_t)self->n_classes, sizeof *of->index);
    }
    for (int i = of->n_kinds * self->n_classes; i < kinds->n * self->n_classes; i++)
        of->index[i] = QUICK_UNKNOWN;
    of->n_kinds = kinds->n;
}

int
quick_fill(struct quick *self, const struct kinds *kinds, int epoch, int kind, class_t class)
{
    struct quick_epoch *of = &self->epochs[epoch];
    struct quick_cell cell;
    /* Compared byte by byte: padding is zero too. */
    memset(&cell, 0, sizeof cell);
    fill_cell(self->program, &self->program->epochs[epoch], &kinds->items[kind], class, &cell);
    if (!self->reacting)
        cell.best = cell.outpatient = cell.ahead = 0;
    return of->index[kind * self->n_classes + class] = number_of(of, &cell);
}
