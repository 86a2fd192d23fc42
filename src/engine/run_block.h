/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One block of people through all programs: the run's inner part, without
 * threads. Used by run.c. */
#ifndef GONGJI_ENGINE_RUN_BLOCK_H
#define GONGJI_ENGINE_RUN_BLOCK_H

#include "engine/behaviour.h"
#include "engine/household.h"
#include "engine/quick.h"
#include "engine/tally.h"

/* Cuts between spending deciles: a person with (cost, tie) at or above cut i is
 * in decile i + 1 or higher. */
struct decile_cuts {
    struct spending {
        fen_t cost;
        uint32_t tie;
    } cut[TALLY_DECILES - 1];
};

/* A claim as the quick judge sees it. */
struct quick_claim {
    uint32_t cost, eligible; /* fen */
    int entry[2]; /* as in claim_entry */
    int kind;
    uint16_t day; /* of settling, from 1 January */
    uint8_t who; /* position in the household */
    bool designated;
};

/* What a claim becomes where people react. */
struct quick_potential {
    struct quick_claim shifted; /* at its primary provider */
    bool reacts; /* a visit that depends on its price */
    bool shifts; /* may turn to another provider */
    bool always; /* comes about at any price */
};

/* What is the same of a person under all programs. */
struct quick_person {
    struct member_year year;
    uint8_t before, after; /* classes of the first age band before and after retiring */
    /* Days from 1 January from which benefits are a retiree's: from the day itself, and
     * where they are from the next month. */
    int16_t retires[2];
    bool claims; /* has any */
};

/* What one thread works with. */
struct worker {
    const struct tally_shape *shape; /* not owned */
    const struct program *const *programs; /* [n_programs], not owned */
    struct people_block block;
    struct tally_block *tallies; /* [n_programs], owned */
    const struct behaviour *behaviour; /* of the year at hand; not owned; NULL: off */
    /* Set before drawing: only flows and the sums of all persons are tallied, for
     * tally_block_totals. */
    bool totals_only;
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
    int *entry_start; /* [n_persons] into the entries, in the order of households; providers first */
    uint16_t *entry_mask; /* [n_persons] bit k: has claims of TALLY_CLAIMS k */
    int (*claim_entry)[2]; /* [n_claims] of provider and of benefit */
    int n_entries; /* of the block */
    int entry_capacity; /* of the next two and of given */
    int64_t (*entry)[MEASURE_OF_CLAIMS], (*entry_baseline)[MEASURE_OF_CLAIMS];
    struct tally_orders orders; /* persons and entries by the cells that they are tallied in */
    struct tally_rows rows; /* what is tallied of the program at hand */
    /* For the quick judge. */
    bool plain; /* it is never asked: the slow twin, for tests */
    struct kinds kinds;
    struct quick *quick; /* [n_programs], owned */
    struct quick_claim *quick_claims; /* [n_claims], owned */
    struct quick_potential *quick_potentials; /* [n_claims] where people react, owned */
    struct quick_person *quick_persons; /* [n_persons] in the order of households, owned */
    struct quick_household {
        uint8_t way; /* enum quick_way_of_household */
        bool stays; /* some claim is a stay */
    } *quick_households; /* [n_persons], owned */
    int64_t (*given)[3]; /* [n_entries] cost, eligible cost, visits where all claims come about */
    /* The household at hand, grown as needed; owned. */
    struct household household;
    const struct member **members;
    int household_capacity;
};

void worker_init(struct worker *self, const struct tally_shape *shape,
    const struct program *const *programs, int n_programs, const struct behaviour *behaviour);
void worker_free(struct worker *self);

/* Draws the block's people of a year and ranks them by spending. */
void worker_draw(struct worker *self, const struct people *people, uint64_t first, int n, int year,
    const struct decile_cuts *cuts);

/* Takes the block through the program of that index and fills its tally. The baseline comes
 * first; first_year: opening balances are as drawn, else as carried. */
void worker_settle(struct worker *self, int index, bool is_baseline, bool first_year);

#endif
