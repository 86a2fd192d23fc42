/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/claim_ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

struct entry {
    uint64_t hash;
    uint64_t text : 62; /* offset in claims.places or, of a reference, in texts */
    uint64_t inpatient : 1, sure : 1;
    uint32_t n; /* bytes of the text */
    uint32_t index, line, member; /* line: UINT32_MAX where it is larger */
};

struct reference {
    struct entry entry;
    uint32_t part, position; /* of the visit's record */
    fen_t cost;
};

void
claim_ids_init(struct claim_ids *self, struct claims *claims, const struct table *table,
    int id_column, int admission_column)
{
    *self = (struct claim_ids){ .claims = claims, .problems = table->problems,
        .path = table->path, .id_column = table->positions[id_column] + 1,
        .admission_column = table->positions[admission_column] + 1 };
    for (int i = 0; i < ID_DIVISIONS; i++)
        self->ids[i].pool = self->references[i].pool = &claims->pool;
    self->texts.pool = &claims->pool;
}

void
claim_ids_free(struct claim_ids *self)
{
    for (int i = 0; i < ID_DIVISIONS; i++) {
        spill_free(&self->ids[i]);
        spill_free(&self->references[i]);
    }
    spill_free(&self->texts);
}

static struct entry
entry_of(uint64_t hash, size_t text, size_t n, const struct claim_at *at)
{
    return (struct entry){ .hash = hash, .text = text & (UINT64_MAX >> 2), .n = (uint32_t)n,
        .index = at->index,
        .line = at->line < UINT32_MAX ? (uint32_t)at->line : UINT32_MAX, .member = at->member,
        .inpatient = at->inpatient, .sure = at->sure };
}

bool
claim_ids_add(struct claim_ids *self, struct field id, size_t place, const struct claim_at *at)
{
    uint64_t hash = names_hash(id.text, id.n);
    struct entry *entry = spill_add(&self->ids[hash % ID_DIVISIONS], sizeof *entry);
    if (entry != NULL)
        *entry = entry_of(hash, place, id.n, at);
    return entry != NULL;
}

bool
claim_ids_refer(struct claim_ids *self, struct field admission, const struct claim_at *at)
{
    uint64_t hash = names_hash(admission.text, admission.n);
    struct reference *reference
        = spill_add(&self->references[hash % ID_DIVISIONS], sizeof *reference);
    size_t place = self->texts.n;
    char *text = spill_add(&self->texts, admission.n);
    if (reference == NULL || text == NULL)
        return false;
    memcpy(text, admission.text, admission.n);
    *reference = (struct reference){ .entry = entry_of(hash, place, admission.n, at),
        .part = at->part, .position = at->position, .cost = at->cost };
    return true;
}

/* One division's ids as a hash table. */
struct index {
    const struct claim_ids *ids;
    const struct entry *entries;
    size_t n;
    uint32_t *slots; /* [mask + 1] entry + 1, or 0 */
    size_t mask;
};

static uint32_t *
slot_of(const struct index *index, uint64_t hash, const char *text, uint32_t n)
{
    const char *bytes = index->ids->claims->places.bytes;
    for (size_t at = hash / ID_DIVISIONS & index->mask;; at = (at + 1) & index->mask) {
        uint32_t *slot = &index->slots[at];
        if (*slot == 0)
            return slot;
        const struct entry *entry = &index->entries[*slot - 1];
        if (entry->hash == hash && entry->n == n && memcmp(bytes + entry->text, text, n) == 0)
            return slot;
    }
}

static void
fill(struct index *index)
{
    const struct claim_ids *self = index->ids;
    for (size_t i = 0; i < index->n; i++) {
        const struct entry *entry = &index->entries[i];
        const char *text = self->claims->places.bytes + entry->text;
        uint32_t *slot = slot_of(index, entry->hash, text, entry->n);
        if (*slot == 0) {
            *slot = (uint32_t)i + 1;
            continue;
        }
        char shown[FIELD_SHOWN];
        problem_add(self->problems, self->path, (long)entry->line, self->id_column,
            tr("claim_id '%s' stands in line %lu already; each claim has its own",
                "claim_id“%s”在第 %lu 行已出现；每笔费用应有不同的编号"),
            field_shown((struct field){ text, entry->n }, shown),
            (unsigned long)index->entries[*slot - 1].line);
    }
}

static void
report(const struct claim_ids *self, const struct reference *reference, const char *format)
{
    char shown[FIELD_SHOWN];
    struct field text = { self->texts.bytes + reference->entry.text, reference->entry.n };
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    problem_add(self->problems, self->path, (long)reference->entry.line, self->admission_column,
        format, field_shown(text, shown));
#pragma GCC diagnostic pop
}

/* A stay and all the visits that joined it must stay a computable amount. */
static bool
sum_fits(fen_t *sum, const struct reference *reference)
{
    *sum += reference->cost;
    return *sum <= FEN_MAX;
}

static void
resolve(const struct index *index, const struct reference *reference, fen_t *sums)
{
    const struct claim_ids *self = index->ids;
    const struct entry *visit = &reference->entry;
    uint32_t slot = *slot_of(index, visit->hash, self->texts.bytes + visit->text, visit->n);
    const struct entry *stay = slot != 0 ? &index->entries[slot - 1] : NULL;
    if (stay == NULL) {
        report(self, reference,
            tr("admission '%s' is no claim_id of this file; that of a stay is wanted",
                "本文件没有 claim_id 为“%s”的费用（admission）；应为某次住院的编号"));
    } else if (stay->sure && !stay->inpatient) {
        report(self, reference,
            tr("admission '%s' is no inpatient claim; that of a stay is wanted",
                "admission“%s”不是住院费用；应为某次住院的编号"));
    } else if (stay->sure && stay->member != visit->member && stay->member != NAME_NONE
        && visit->member != NAME_NONE) {
        report(self, reference,
            tr("admission '%s' is another person's; a stay of the same person is wanted",
                "admission“%s”是他人的住院；应为本人的住院"));
    } else if (!sum_fits(&sums[slot - 1], reference)) {
        report(self, reference,
            tr("the visits that join stay '%s' come to more than 10000000000 yuan; amounts in "
               "yuan are wanted",
                "并入住院“%s”的费用合计超过 10000000000 元；金额应以元计"));
    } else if (!problem_any(self->problems)) {
        size_t n;
        claims_part(self->claims, (int)reference->part, &n)[reference->position].claim.admission
            = stay->index;
    }
}

void
claim_ids_check(struct claim_ids *self)
{
    for (int i = 0; i < ID_DIVISIONS; i++) {
        struct index index = { .ids = self, .entries = (const struct entry *)self->ids[i].bytes,
            .n = self->ids[i].n / sizeof(struct entry), .mask = 63 };
        while (index.mask + 1 < 2 * index.n)
            index.mask = 2 * index.mask + 1;
        index.slots = memory_alloc(index.mask + 1, sizeof *index.slots);
        fill(&index);
        size_t n = self->references[i].n / sizeof(struct reference);
        const struct reference *references = (const struct reference *)self->references[i].bytes;
        if (n != 0) {
            fen_t *sums = memory_alloc(index.n, sizeof *sums);
            for (size_t k = 0; k < n; k++)
                resolve(&index, &references[k], sums);
            free(sums);
        }
        free(index.slots);
        spill_free(&self->ids[i]);
        spill_free(&self->references[i]);
    }
}
