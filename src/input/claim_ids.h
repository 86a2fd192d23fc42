/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids of claims: that each is given once, and what a visit's `admission` refers
 * to. Ids are divided by their hash and looked up when all are known, a division
 * at a time, so that the tables stay small whatever the file's size. */
#ifndef GONGJI_INPUT_CLAIM_IDS_H
#define GONGJI_INPUT_CLAIM_IDS_H

#include "input/claims.h"
#include "input/table.h"

/* Where a claim stands in its file and in memory. */
struct claim_at {
    fen_t cost;
    long line;
    uint32_t index, part, position;
    uint32_t member; /* NAME_NONE where it is not known */
    bool inpatient;
    bool sure; /* false: the row could not be read, so nothing is held against it */
};

enum { ID_DIVISIONS = 64 };

struct claim_ids {
    struct claims *claims; /* not owned */
    struct problem_list *problems; /* not owned */
    const char *path;
    int id_column, admission_column; /* in the file, from 1 */
    struct spill ids[ID_DIVISIONS], references[ID_DIVISIONS];
    struct spill texts; /* ids referred to */
};

void claim_ids_init(struct claim_ids *self, struct claims *claims, const struct table *table,
    int id_column, int admission_column);
void claim_ids_free(struct claim_ids *self);

/* place: where the id's bytes stand in claims.places. False: no room. */
bool claim_ids_add(struct claim_ids *self, struct field id, size_t place,
    const struct claim_at *at);
bool claim_ids_refer(struct claim_ids *self, struct field admission, const struct claim_at *at);

/* Reports ids given twice and admissions that cannot be; fills claim.admission of
 * the others. */
void claim_ids_check(struct claim_ids *self);

#endif
