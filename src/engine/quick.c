/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/quick.h"

#include <stdlib.h>

#include "base/memory.h"

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

static inline uint32_t
slot_of(const struct kinds *self, uint32_t key)
{
    return key * UINT32_C(2654435769) >> 7 & (uint32_t)(self->n_slots - 1);
}

static struct kind_slot *
find_slot(const struct kinds *self, uint32_t key)
{
    uint32_t i = slot_of(self, key);
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
kinds_find(struct kinds *self, const struct claim *claim, bool insured, enum ltc ltc)
{
    /* Diseases that no program tells from others are one. */
    int disease = self->n_diseases;
    if (claim->disease != NAME_NONE)
        for (disease = 0; disease < self->n_diseases && self->diseases[disease] != claim->disease;)
            disease++;
    uint32_t key = claim->benefit | (uint32_t)claim->provider << 3 | (uint32_t)claim->channel << 6
        | (uint32_t)claim->place << 8 | (uint32_t)claim->flags << 10 | (uint32_t)insured << 15
        | (uint32_t)ltc << 16 | (uint32_t)(disease + 1) << 18;
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
            .disease = disease < self->n_diseases ? claim->disease : NAME_NONE },
        .insured = insured,
        .ltc = ltc,
    };
    if (2 * ++self->n > self->n_slots)
        grow_slots(self);
    return self->n - 1;
}

/* --- cells --- */

void
quick_init(struct quick *self, const struct program *program)
{
    *self = (struct quick){ .program = program };
    self->n_classes = program->benefits_by_age ? program->n_classes : SECTOR_COUNT * STATUS_COUNT;
    self->epochs = memory_alloc((size_t)program->n_epochs, sizeof *self->epochs);
}

void
quick_free(struct quick *self)
{
    for (int i = 0; self->epochs != NULL && i < self->program->n_epochs; i++)
        free(self->epochs[i].cells);
    free(self->epochs);
    *self = (struct quick){ 0 };
}

static int32_t
bounded(fen_t amount)
{
    return (int32_t)money_min(amount, QUICK_LARGE);
}

/* Whether constants can say it. */
static bool
is_quick(const struct epoch *epoch, const struct rule *rule)
{
    bool keyed = rule->deductible_kind == DEDUCTIBLE_DRUG_YEAR
        || rule->deductible_kind == DEDUCTIBLE_DISEASE_YEAR;
    if (keyed || rule->deductible_kind == DEDUCTIBLE_MONTH || rule->counts_eligible
        || !rule->deductible_past_cap || rule->band_ratio != NULL || rule->n_caps > 2)
        return false;
    for (int i = 0; i < rule->n_caps; i++) {
        const struct cap *cap = &epoch->caps[rule->caps[i]];
        if (cap->monthly || cap->by_visit || cap->on_eligible || (cap->by_disease && i > 0))
            return false;
    }
    return true;
}

static struct quick_cell
cell_of(const struct program *program, const struct epoch *epoch, const struct kind *kind,
    class_t class)
{
    const struct claim *claim = &kind->claim;
    int index = program_rule(program, claim->benefit, claim->disease);
    const struct rule *rule = index >= 0 ? &epoch->rules[index] : NULL;
    if (adjudicate_entitlement(rule, claim, kind->insured, kind->ltc) != REASON_NONE)
        return (struct quick_cell){ .way = QUICK_NOTHING };
    if (!is_quick(epoch, rule))
        return (struct quick_cell){ .way = QUICK_JUDGE };
    int at = rules_cell(class, claim->place, claim->provider);
    struct quick_cell cell = {
        .way = QUICK_CELL,
        .ratio = rule->ratio[at],
        .advance = rule->advance[at],
        .borne = POLICY_RULES_MAX,
        .used = { POLICY_CAPS_MAX, POLICY_CAPS_MAX },
        .cap = { QUICK_LARGE, QUICK_LARGE },
        .overflows = rule->overflow >= 0,
    };
    if (rule->deductible_kind != DEDUCTIBLE_NONE)
        cell.deductible = bounded(rule->deductible[at]);
    if (rule->deductible_kind == DEDUCTIBLE_YEAR) {
        cell.borne = rule->deductible_slot;
        cell.carried = true;
    }
    for (int i = 0; i < rule->n_caps; i++) {
        const struct cap *cap = &epoch->caps[rule->caps[i]];
        cell.used[i] = rule->caps[i];
        cell.cap[i] = bounded(cap->amount[class]);
        cell.by_disease = cell.by_disease || cap->by_disease;
    }
    return cell;
}

const struct quick_cell *
quick_cells(struct quick *self, const struct kinds *kinds, int epoch)
{
    struct quick_epoch *of = &self->epochs[epoch];
    if (of->n_kinds == kinds->n)
        return of->cells;
    if (kinds->n > of->capacity) {
        of->capacity = kinds->n + kinds->n / 2;
        of->cells = memory_resize(
            of->cells, (size_t)of->capacity * (size_t)self->n_classes, sizeof *of->cells);
    }
    for (int k = of->n_kinds; k < kinds->n; k++)
        for (class_t class = 0; class < self->n_classes; class++)
            of->cells[(size_t)k * (size_t)self->n_classes + (size_t)class]
                = cell_of(self->program, &self->program->epochs[epoch], &kinds->items[k], class);
    of->n_kinds = kinds->n;
    return of->cells;
}
