/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void
names_free(struct names *self)
{
    for (uint32_t i = 0; i < self->n; i++)
        free(self->text[i]);
    free(self->text);
    free(self->slots);
    *self = (struct names){ 0 };
}

/* FNV-1a with a final mix, so that the low bits serve as a table index. */
uint64_t
names_hash(const char *text, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    h ^= h >> 32;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

static uint32_t *
slot_of(const struct names *self, const char *text, size_t n)
{
    uint32_t mask = self->n_slots - 1;
    for (uint32_t i = (uint32_t)names_hash(text, n) & mask;; i = (i + 1) & mask) {
        uint32_t name = self->slots[i];
        if (name == 0
            || (strncmp(self->text[name - 1], text, n) == 0 && self->text[name - 1][n] == '\0'))
            return &self->slots[i];
    }
}

uint32_t
names_find(const struct names *self, const char *text, size_t n)
{
    return self->n_slots == 0 ? NAME_NONE : *slot_of(self, text, n) - 1;
}

static void
grow_slots(struct names *self)
{
    self->n_slots = self->n_slots != 0 ? 2 * self->n_slots : 64;
    free(self->slots);
    self->slots = memory_alloc(self->n_slots, sizeof *self->slots);
    for (uint32_t i = 0; i < self->n; i++)
        *slot_of(self, self->text[i], strlen(self->text[i])) = i + 1;
}

uint32_t
names_add(struct names *self, const char *text, size_t n)
{
    if (2 * (self->n + 1) > self->n_slots)
        grow_slots(self);
    uint32_t *slot = slot_of(self, text, n);
    if (*slot == 0) {
        memory_grow(self->text, self->n, self->capacity);
        self->text[self->n] = memory_text_n(text, n);
        *slot = ++self->n;
    }
    return *slot - 1;
}
