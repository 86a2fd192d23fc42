/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One block of people through all programs: the run's inner part, without
 * threads. Used by run.c. */
#ifndef GONGJI_ENGINE_RUN_BLOCK_H
#define GONGJI_ENGINE_RUN_BLOCK_H

#include "engine/behaviour.h"
#include "engine/household.h"
#include "engine/tally.h"

/* Cuts between spending deciles: a person with (cost, tie) at or above cut i is
 * in decile i + 1 or higher. */
struct decile_cuts {
    struct spending {
        fen_t cost;
        uint32_t tie;
    } cut[TALLY_DECILES - 1];
};

/* What one thread works with. */
struct worker {
    const struct tally_shape *shape; /* not owned */
    struct people_block block;
    struct tally_block tally;
    const struct behaviour *behaviour; /* not owned; NULL: off */
    int n_persons, n_claims; /* capacity of the arrays below */
    int64_t (*value)[TALLY_WIDTH]; /* [n_persons] of the program at hand, owned */
    int64_t (*baseline)[TALLY_WIDTH]; /* [n_persons], owned */
    fen_t *joined; /* [n_claims][2] cost and eligible that visits brought into a stay, owned */
    bool *absent; /* [n_claims] stays that give way to outpatient care, owned */
    int *settling; /* [n_claims] order of settling where it is not the block's, owned */
    uint8_t *decile; /* [n_persons], owned */
    fen_t *balance; /* [program][n_persons] carried from year to year, owned */
    int n_programs;
    /* A person's claims by provider and by benefit: an entry for each that the
     * person has, the same under every program. Owned. */
    int *entry_start; /* [n_persons + 1] into the entries; providers first */
    uint16_t *entry_mask; /* [n_persons] bit k: has claims of TALLY_CLAIMS k */
    int (*claim_entry)[2]; /* [n_claims] of provider and of benefit */
    int n_entries; /* capacity of the next two */
    int64_t (*entry)[MEASURE_OF_CLAIMS], (*entry_baseline)[MEASURE_OF_CLAIMS];
    /* The household at hand, grown as needed; owned. */
    struct household household;
    const struct member **members;
    int household_capacity;
};

void worker_init(struct worker *self, const struct tally_shape *shape, int n_programs,
    const struct behaviour *behaviour);
void worker_free(struct worker *self);

/* Draws the block's people of a year and ranks them by spending. */
void worker_draw(struct worker *self, const struct people *people, uint64_t first, int n, int year,
    const struct decile_cuts *cuts);

/* Takes the block through one program and fills self->tally. The baseline comes
 * first; first_year: opening balances are as drawn, else as carried. */
void worker_settle(struct worker *self, const struct program *program, int index,
    bool is_baseline, bool first_year);

#endif
