/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Households out of persons drawn independently: those of one tile who look for a
 * spouse or for parents find the nearest in age, so that no marginal moves. Ages are
 * those of the model's year: households last. */
#include <stdlib.h>

#include "engine/people_tables.h"

enum {
    ADULT = 22,
    HUSBAND_OLDER = 2, /* years, the most common difference */
    COUPLE_APART = 8, /* most years around it */
    PARENT_OLDER = 27,
    PARENT_OLDER_LEAST = 20,
    PARENT_OLDER_MOST = 40,
    CHILD_OLDEST = 44,
    HOUSEHOLD_MOST = 6
};

static int
nearest_wife(int husband, uint32_t single, const uint8_t *age)
{
    int best = -1, best_apart = COUPLE_APART + 1;
    for (uint32_t left = single; left != 0; left &= left - 1) {
        int wife = __builtin_ctz(left);
        int apart = abs(age[husband] - age[wife] - HUSBAND_OLDER);
        if (apart < best_apart) {
            best = wife;
            best_apart = apart;
        }
    }
    return best;
}

/* The first of those who are nearest; open: whose household has room. */
static int
nearest_parent(int child, const uint8_t *age, const uint8_t open[static PEOPLE_TILE])
{
    enum { INDEX_BITS = 5, NOBODY = INT16_MAX };
    int16_t best = NOBODY;
    for (int parent = 0; parent < PEOPLE_TILE; parent++) {
        int older = age[parent] - age[child];
        bool fits = (open[parent] != 0) & (older >= PARENT_OLDER_LEAST)
            & (older <= PARENT_OLDER_MOST);
        int16_t key = (int16_t)(fits ? abs(older - PARENT_OLDER) << INDEX_BITS | parent : NOBODY);
        best = key < best ? key : best;
    }
    return best != NOBODY ? best & (PEOPLE_TILE - 1) : -1;
}

static int
size_of(uint32_t mask)
{
    int n = 0;
    for (; mask != 0; mask &= mask - 1)
        n++;
    return n;
}

static void
join(int a, int b, uint8_t *leader, uint32_t *mask, uint8_t *open)
{
    uint32_t both = mask[leader[a]] | mask[leader[b]];
    int first = __builtin_ctz(both);
    mask[leader[a]] = mask[leader[b]] = 0;
    mask[first] = both;
    uint8_t room = size_of(both) < HOUSEHOLD_MOST;
    for (uint32_t left = both; left != 0; left &= left - 1) {
        leader[__builtin_ctz(left)] = (uint8_t)first;
        open[__builtin_ctz(left)] = room;
    }
}

void
people_match(const struct people *self, const uint32_t *couples, const uint32_t *parents,
    const uint8_t *age, const uint8_t *sex, uint8_t leader[static PEOPLE_TILE],
    uint32_t mask[static PEOPLE_TILE])
{
    uint32_t husbands = 0, wives = 0, children = 0, paired = 0;
    uint8_t open[PEOPLE_TILE];
    for (int i = 0; i < PEOPLE_TILE; i++) {
        leader[i] = (uint8_t)i;
        mask[i] = 1U << i;
        open[i] = 1;
    }
    if (self->couple == 0 && self->child == 0)
        return;
    for (int i = 0; i < PEOPLE_TILE; i++) {
        bool seeks = age[i] >= ADULT && couples[i] < self->couple;
        husbands |= (uint32_t)(seeks && sex[i] == SEX_MALE) << i;
        wives |= (uint32_t)(seeks && sex[i] == SEX_FEMALE) << i;
        children |= (uint32_t)(age[i] <= CHILD_OLDEST && parents[i] < self->child) << i;
    }
    for (uint32_t left = husbands; left != 0; left &= left - 1) {
        int husband = __builtin_ctz(left), wife = nearest_wife(husband, wives, age);
        if (wife < 0)
            continue;
        join(husband, wife, leader, mask, open);
        wives &= ~(1U << wife);
        paired |= 1U << husband | 1U << wife;
    }
    for (uint32_t left = children & ~paired; left != 0; left &= left - 1) {
        int child = __builtin_ctz(left);
        if (mask[leader[child]] != 1U << child)
            continue; /* has a child of its own here */
        int parent = nearest_parent(child, age, open);
        if (parent >= 0)
            join(child, parent, leader, mask, open);
    }
}
