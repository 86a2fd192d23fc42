/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One block of people through all programs: the run's inner part, without
 * threads. Used by run.c. */
#ifndef GONGJI_ENGINE_RUN_BLOCK_H
#define GONGJI_ENGINE_RUN_BLOCK_H

#include "engine/behaviour.h"
#include "engine/household.h"
#include "engine/lanes.h"
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
    uint8_t class; /* of the first age band, that benefits are paid by */
    uint8_t benefit;
    bool turning; /* where a retiree's begin with the next month, still the one before */
    bool designated;
};

/* What a claim becomes where people react. */
struct quick_potential {
    struct quick_claim shifted; /* at its primary provider */
    ratio_t gap; /* between the two providers' ratios from which it turns to the other */
    int16_t limit; /* the highest price at which it comes about; -1: at none */
    bool reacts; /* a visit that depends on its price */
    bool shifts; /* may turn to another provider */
    bool always; /* comes about at any price */
    bool further; /* beyond those of the static model */
};

/* What is the same of a person under all programs. */
struct quick_person {
    int person; /* of the block */
    struct member_year year;
    uint8_t sector; /* as member_sector has it */
    uint8_t opening; /* enum status on 1 January */
    bool retired; /* before 1 January: accounts' credits are a retiree's */
    uint8_t before, after; /* classes of the first age band before and after retiring */
    /* Days from 1 January from which benefits are a retiree's: from the day itself, and
     * where they are from the next month. */
    int16_t retires[2];
    bool claims; /* has any */
    bool plain; /* insured all year, and not under long-term care */
};

/* What one thread works with. */
struct worker {
    const struct tally_shape *shape; /* not owned */
    const struct program *const *programs; /* [n_programs], not owned */
    struct people_block block;
    struct tally_block *tallies; /* [n_tallies] what is not flushed yet, owned: see worker_sums */
    int n_tallies; /* n_programs, or 1 where they are many */
    const struct behaviour *behaviour; /* of the year at hand; not owned; NULL: off */
    /* Set before drawing: only flows and the sums of all persons are tallied, for
     * tally_block_totals. */
    bool totals_only;
    int n_persons, n_claims; /* capacity of the arrays below */
    int64_t (*value)[TALLY_WIDTH]; /* [n_persons] of the household and program at hand, owned */
    fen_t *joined; /* [n_claims][2] cost and eligible that visits brought into a stay, owned */
    bool *absent; /* [n_claims] stays that give way to outpatient care, owned */
    int *settling; /* [n_claims] order of settling where it is not the block's, owned */
    uint8_t *decile; /* [n_persons], owned */
    int n_programs, baseline; /* baseline: index of the program that others are held against */
    /* Programs in groups of eight; the rows of the group at hand, a lane each. */
    struct lane_group *groups; /* [n_groups], owned */
    int n_groups;
    struct tally_rows rows[LANES];
    int64_t lane_totals[LANES][TALLY_WIDTH]; /* instead, where nothing else is wanted */
    struct lane_household lane_household; /* owned */
    struct lane_sums *lane_claims; /* [TALLY_CLAIMS], owned */
    int64_t (*lane_flows)[LANES]; /* [n_flows] of engine/flows.h, owned */
    lanes_t *lane_sums; /* [TALLY_WIDTH] where only totals are wanted; owned, aligned */
    /* The baseline's amounts: small ones in rows, others in baseline. */
    int32_t (*base_rows)[TALLY_WIDTH]; /* [n_persons], owned */
    int32_t (*base_entries)[MEASURE_OF_CLAIMS]; /* [n_entries], owned */
    int64_t *base_gain; /* [n_persons], owned */
    bool *base_large; /* [n_persons], owned */
    int64_t (*baseline_value)[TALLY_WIDTH]; /* [n_persons] where base_large, owned */
    struct settle_terms *terms; /* [n_programs], owned */
    /* What is carried from year to year of blocks whose turn it is not. */
    struct worker_carried {
        struct people_carried *people; /* owned */
        struct lane_balances *balances; /* [n_groups], owned, each one's too */
    } *carried; /* [n_carried], owned */
    int n_carried, turn;
    /* A person's claims by provider and by benefit: an entry for each that the
     * person has, the same under every program. Owned. */
    int *entry_start; /* [n_persons] into the entries, in the order of households; providers first */
    uint16_t *entry_mask; /* [n_persons] bit k: has claims of TALLY_CLAIMS k */
    uint64_t *entry_places; /* [n_persons] of each such entry among the person's */
    int (*claim_entry)[2]; /* [n_claims] of provider and of benefit */
    int n_entries; /* of the block */
    int entry_capacity; /* of the next two and of given */
    int64_t (*entry)[MEASURE_OF_CLAIMS], (*entry_baseline)[MEASURE_OF_CLAIMS];
    struct tally_orders orders; /* persons and entries by the cells that they are tallied in */
    /* For the quick judge. */
    bool plain; /* it is never asked: the slow twin, for tests */
    struct kinds kinds;
    struct quick *quick; /* [n_programs], owned */
    struct quick_claim *quick_claims; /* [n_claims], owned */
    struct quick_potential *quick_potentials; /* [n_claims] where people react, owned */
    struct quick_person *quick_persons; /* [n_persons] in the order of households, owned */
    struct quick_household {
        uint8_t way; /* enum quick_way_of_household */
        bool gives_way; /* some stay may, under some program */
        bool lanes; /* amounts fit them */
        bool same; /* the baseline settled in a lane: its claims are as they were drawn */
    } *quick_households; /* [n_persons], owned */
    int64_t (*given)[3]; /* [n_entries] cost, eligible cost, visits where all claims come about */
    /* The household at hand, grown as needed; owned. */
    struct household household;
    const struct member **members;
    int household_capacity;
};

void worker_init(struct worker *self, const struct tally_shape *shape,
    const struct program *const *programs, int n_programs, int baseline,
    const struct behaviour *behaviour);
void worker_free(struct worker *self);

/* The program's sums. */
static inline struct tally_block *
worker_sums(const struct worker *self, int program)
{
    return &self->tallies[program % self->n_tallies];
}

/* Whether they have to be flushed before more is added to them or to another program's. */
bool worker_sums_full(const struct worker *self, int program);

/* Where several blocks are taken through a year before any goes on to the next: the
 * turn-th of them is drawn from here on, of as many persons as in the year before. */
void worker_turn(struct worker *self, int turn);

/* Draws the block's people of a year and ranks them by spending. */
void worker_draw(struct worker *self, const struct people *people, uint64_t first, int n, int year,
    const struct decile_cuts *cuts);

/* Takes the block through the programs of groups[group], in order of groups; first_year:
 * opening balances are as drawn, else as carried. */
void worker_settle(struct worker *self, int group, bool first_year);
/* Adds what that made of one of them, groups[group].program[lane], to its sums. */
void worker_tally(struct worker *self, int group, int lane);

#endif
