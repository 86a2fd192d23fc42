/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claims.csv: read once into compact records, which lie in parts by household so
 * that each part fits into memory however large the file is. */
#ifndef GONGJI_INPUT_CLAIMS_H
#define GONGJI_INPUT_CLAIMS_H

#include "base/spill.h"
#include "input/members.h"

struct claim_record {
    struct claim claim; /* flags but for those of stays: see claims_flag_stays */
    uint32_t index; /* of the claim in the file, from 0 */
};

enum { CLAIMS_PARTS_MAX = 192 };

struct claims {
    struct spill_pool pool; /* of everything big here; others may join it */
    uint32_t n;
    /* Part p holds the claims of groups p * part_groups up to (p + 1) *
     * part_groups - 1, in the order of the file. */
    int n_parts;
    uint32_t part_groups;
    struct spill parts[CLAIMS_PARTS_MAX]; /* of struct claim_record */
    /* In the order of the file, for each claim a struct claim_place, then the
     * bytes of its id and of the person's. */
    struct spill places;
    day_t first_date, last_date; /* of claim.date */
    day_t first_end, last_end; /* of claim.end */
    char **unknown_columns; /* [n_unknown] passed over, owned */
    int n_unknown;
};

struct claim_place {
    uint32_t n; /* bytes of the claim's id */
    uint32_t person_n : 24, part : 8; /* bytes of the person's id, which comes next */
};

/* Reads a whole file; false (and problems, all of them) where anything is wrong.
 * members: NULL where that file could not be read at all; then persons are not
 * looked up. names: where diseases and drugs go, the one of members_read.
 * memory: bytes to hold in memory before going to disk, 0 for the default. */
bool claims_read(struct claims *self, const char *path, const struct members *members,
    struct names *names, size_t memory, struct problem_list *problems);
void claims_free(struct claims *self);

static inline struct claim_record *
claims_part(const struct claims *self, int part, size_t *n)
{
    *n = self->parts[part].n / sizeof(struct claim_record);
    return (struct claim_record *)self->parts[part].bytes;
}

static inline int
claims_part_of(const struct claims *self, uint32_t group)
{
    return (int)(group / self->part_groups);
}

/* The claims in the order of the file, by their ids. */
struct claims_cursor {
    size_t at; /* into places */
};
static inline const char *
claims_next_id(const struct claims *self, struct claims_cursor *cursor, struct claim_place *place)
{
    const char *from = self->places.bytes + cursor->at;
    __builtin_memcpy(place, from, sizeof *place);
    cursor->at += sizeof *place + place->n + place->person_n;
    return from + sizeof *place;
}

/* The index of the claim with that id, or NAME_NONE. *part: where its record is.
 * Looks at all of them. */
uint32_t claims_find(const struct claims *self, const char *id, size_t n, int *part);

/* Sets CLAIM_IN_STAY and CLAIM_ON_STAY_DAY in the n records of one person or of
 * one household, in any order; a claim's own day is claim.date, a stay's the day
 * of discharge. */
void claims_flag_stays(struct claim_record **records, size_t n);

#endif
