/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Big arrays that may outgrow the memory: they begin as plain memory and move
 * into a temporary file, mapped and without a name, once all arrays of a pool
 * together pass its limit. An interrupt leaves nothing behind, since the file
 * has no name from its birth. */
#ifndef GONGJI_BASE_SPILL_H
#define GONGJI_BASE_SPILL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"

struct spill_pool {
    size_t held; /* bytes in memory now, over all arrays */
    size_t limit; /* bytes beyond which arrays go to disk */
    struct problem_list *problems; /* not owned; a full disk is told here, once */
    bool failed;
};

/* The limit is a quarter of the machine's memory. */
void spill_pool_init(struct spill_pool *self, struct problem_list *problems);

/* All zero but for the pool is an empty array. */
struct spill {
    struct spill_pool *pool; /* not owned */
    char *bytes; /* [capacity], the first n in use; moves when the array grows */
    size_t n, capacity;
    int file; /* descriptor, where on_disk */
    bool on_disk;
};

/* Room for size more bytes; false where the disk is full (see the pool). */
bool spill_reserve(struct spill *self, size_t size);
void spill_free(struct spill *self);

/* The address of size new bytes at the end (zero where never used before), or
 * NULL where there is no room. */
static inline void *
spill_add(struct spill *self, size_t size)
{
    if (self->capacity - self->n < size && !spill_reserve(self, size))
        return NULL;
    void *place = self->bytes + self->n;
    self->n += size;
    return place;
}

#endif
