/* SPDX-License-Identifier: GPL-3.0-or-later */
/* members.csv: who is insured, for how long, with which account and family. */
#ifndef GONGJI_INPUT_MEMBERS_H
#define GONGJI_INPUT_MEMBERS_H

#include <stddef.h>

#include "base/names.h"
#include "base/problem.h"
#include "input/records.h"

/* Registered diseases of one member, names without repeats. */
struct registered {
    size_t at; /* into members.diseases: n_chronic chronic ones, then n_special */
    uint16_t n_chronic, n_special;
};

struct members {
    struct member *items; /* [n], owned, in the file's order */
    struct registered *registered; /* [n], owned */
    uint32_t n, capacity;
    uint32_t *diseases; /* owned: names in the table handed to members_read */
    month_t *arrears; /* owned: what items[].arrears points into */
    struct names households, counties;

    char *id_bytes; /* owned: all person ids, each followed by NUL */
    size_t *id_at; /* [n + 1], owned: where each begins */

    /* Groups: households, and persons without one alone; numbered in the order
     * of their first members. */
    uint32_t n_groups;
    uint32_t *group; /* [n] of each member, owned */
    uint32_t *group_start; /* [n_groups + 1] into group_members, owned */
    uint32_t *group_members; /* [n] members, by the bytes of their person ids; owned */
    uint32_t *position; /* [n] of each member within the group, owned */

    char **unknown_columns; /* [n_unknown] passed over, owned */
    int n_unknown;

    /* By hash of the id; the id's start stands in the slot itself, so that one
     * access to memory finds nearly every member. */
    struct member_slot {
        uint64_t start[3]; /* its first 24 bytes, zeros behind */
        uint32_t member; /* + 1, or 0 */
        uint32_t n; /* bytes of the id */
    } *slots; /* [n_slots], owned */
    size_t n_slots; /* a power of two */
};

/* Reads a whole file; false (and problems, all of them) where anything is wrong.
 * Persons that could be told apart are known even then, so that claims can be
 * checked. diseases: where names of diseases go. */
bool members_read(struct members *self, const char *path, struct names *diseases,
    struct problem_list *problems);
void members_free(struct members *self);

/* The member of that id, or NAME_NONE; MEMBERS_ID_PADDING bytes past the id may
 * be read. */
enum { MEMBERS_ID_PADDING = 24 };
uint32_t members_find(const struct members *self, const char *id, size_t n);

static inline const char *
members_id(const struct members *self, uint32_t member, size_t *n)
{
    *n = self->id_at[member + 1] - self->id_at[member] - 1;
    return self->id_bytes + self->id_at[member];
}

/* Whether the member is registered for the disease, benefit being chronic or
 * special; for other benefits nothing needs registration: false. */
bool members_registered(const struct members *self, uint32_t member, enum benefit benefit,
    uint32_t disease);

#endif
