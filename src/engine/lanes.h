/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settling in lanes: a household's claims under up to eight programs at once, a program
 * a lane (base/lanes.h). The quick judge's cells (engine/quick.h) of the programs, side
 * by side, make one of lanes; what a lane cannot settle so is left to settle.c, which
 * is also the slow twin (tests/engine/test_settle.c). */
#ifndef GONGJI_ENGINE_LANES_H
#define GONGJI_ENGINE_LANES_H

#include "base/lanes.h"
#include "engine/quick.h"
#include "engine/tally.h"

enum {
    LANE_SLOTS = 24, /* of accumulators, told apart in some lane */
    LANE_MONTHS = 12,
    LANE_DAYS = 366,
    LANE_AGES = 122,
    LANE_SUMS = 64, /* persons whose small amounts 32 bits add up */
    /* Amounts: a household's claims cost less than TALLY_SMALL together, so that a cap or a
     * deductible above this is none; balances are below LANE_BALANCE. */
    LANE_LARGE = 1 << 26,
    LANE_BALANCE = 1 << 29,
    LANE_NOTICED = 100 /* whoever gains or loses more counts (interface: winners, losers) */
};

/* Cells of one kind of claim and class of persons, as in quick_cell. */
struct lane_cell {
    lanes_t ratio, advance, deductible;
    lanes_t cap[2];
    lanes_t carried, counts[2]; /* masks: what is borne, what is paid counts */
    lanes_t overflows, judged; /* masks */
    int8_t slot[3]; /* of what is borne, of the two caps; -1: see slots */
    bool advances, by_disease; /* in some lane */
    ratio_t most; /* the best ratio of any lane */
    lanes_t outpatient, ahead;
    lanes_t slots[3]; /* of each lane */
    lanes_t first_psychiatric, further, at_most; /* of cap[0]; no bounds where it is not so */
    lanes_t none_without; /* mask: nothing without a registered chronic disease */
};

/* Cells of one combination of epochs. */
struct lane_table {
    int epoch[LANES];
    uint16_t *index; /* [kind * classes + class], owned; LANE_UNKNOWN before it is asked for */
    int n_index;
    struct lane_cell *cells; /* [n_cells], owned, 64 bytes aligned */
    uint16_t (*numbers)[LANES]; /* [n_cells] of the lanes' own cells, owned */
    int n_cells, capacity;
};
enum { LANE_UNKNOWN = 65535 };

/* Monthly credits while no lane's rules change. */
struct lane_accounts {
    lanes_t retiree[SECTOR_COUNT][LANE_AGES]; /* fen by age */
    lanes_t rate[2][LANE_AGES]; /* of employees, of flexible members */
    lanes_t own_rate, employer_rate, flexible_rate;
};

/* Days of a year on which no lane's rules change. */
struct lane_interval {
    int table; /* index into tables */
    lanes_t family_first, family_last; /* masks: family's accounts pay before, after the own */
    bool any_first, any_last;
};

/* What a group's programs make of a year. */
struct lane_year {
    int year;
    uint32_t able; /* bits: lanes whose amounts all fit */
    struct lane_interval *intervals; /* [n_intervals], owned, aligned */
    int n_intervals;
    uint8_t interval_of[LANE_DAYS]; /* days from 1 January */
    uint8_t months[LANE_DAYS]; /* credited by then */
    struct lane_accounts *accounts; /* [n_accounts], owned, aligned */
    int n_accounts;
    uint8_t account_of[LANE_MONTHS];
    bool by_age[2]; /* credits of those who are active, retired differ by age */
    lanes_t interest;
};

struct lane_group {
    int n, program[LANES]; /* lane i is program[i]; the others idle */
    uint32_t used, able; /* bits: lanes of programs; of those that lanes can settle at all */
    uint32_t joins; /* bits: visits become part of stays */
    lanes_t next_month; /* mask: a retiree's benefits begin with the next month */
    bool has_baseline; /* in lane 0 */
    int n_classes;
    int n_borne, n_used; /* slots in use */
    int8_t borne_slot[LANES][POLICY_RULES_MAX], used_slot[LANES][POLICY_CAPS_MAX]; /* -1: none yet */
    struct lane_table *tables; /* [n_tables], owned */
    int n_tables, table_capacity;
    struct lane_year **years; /* [n_years] those met, each owned */
    int n_years, year_capacity;
    const struct lane_year *year; /* at hand */
    struct lane_balances {
        int64_t (*items)[LANES]; /* [n_persons] carried from year to year, owned */
        int n_persons;
    } balances;
};

/* What claims make of an entry, and what claims it has where people react. */
struct lane_entry {
    lanes_t fund, account, family;
};
struct lane_use {
    lanes_t cost, eligible, visits;
};

/* A member on the way through the year. */
struct lane_member {
    lanes_t opening, paid; /* account: on 1 January; paid out since */
    lanes_t credited[LANE_MONTHS + 1]; /* by the end of so many months */
    lanes_t transfer, own, contribution; /* of the year */
    lanes_t capped; /* mask */
    /* Of all claims, where nothing but totals is wanted. */
    struct lane_entry care;
    struct lane_use use;
    lanes_t by_benefit[BENEFIT_COUNT]; /* paid by the fund */
    lanes_t borne[LANE_SLOTS], used[LANE_SLOTS];
};

/* A block's sums of entries by provider and benefit, of all lanes, at lanes_place: as
 * tally_part. */
struct lane_sums {
    int64_t sum[MEASURE_OF_CLAIMS][LANES], difference[MEASURE_OF_CLAIMS][LANES];
    uint64_t square[MEASURE_OF_CLAIMS][LANES], difference_square[MEASURE_OF_CLAIMS][LANES];
    /* What is the same in all lanes, from MEASURE_COST on. */
    int64_t same[MEASURE_OF_CLAIMS - MEASURE_COST];
    uint64_t same_square[MEASURE_OF_CLAIMS - MEASURE_COST];
};

/* The household at hand. */
struct lane_household {
    struct lane_member *members; /* [PEOPLE_TILE], owned, aligned */
    struct lane_entry *entries; /* [PEOPLE_TILE * TALLY_CLAIMS], owned, aligned */
    struct lane_use *uses; /* likewise */
};

struct worker;

/* ---- lanes_compile.c ---- */

/* Programs in groups of eight, the baseline first. */
void lanes_init(struct worker *self);
void lanes_free(struct worker *self);
/* Brings the group to the block's year, with room for all kinds met. */
void lanes_begin_year(struct worker *self, struct lane_group *group);

/* ---- lanes.c ---- */

/* The block under a group's programs: fills the worker's rows, a lane each, the
 * carried balances and the lanes' flows. The group with the baseline comes first. */
void lanes_settle(struct worker *self, struct lane_group *group, bool first_year);

/* Empties a lane's flows and sums into a tally. */
void lanes_tally(struct worker *self, int lane, struct tally_block *tally);

/* ---- for the kernels ---- */

/* The number of the cell of a kind and class, worked out now. */
int lanes_fill(struct worker *self, struct lane_group *group, struct lane_table *table, int kind,
    int class);
/* The household in the lanes of `which`, by settle.c. */
void lanes_leave(struct worker *self, struct lane_group *group, int h, uint32_t which);
/* Lanes in which a stay of the household gives way to outpatient care. */
uint32_t lanes_without_stays(struct worker *self, const struct lane_group *group, int h);
/* Empties the worker's lane_sums. */
void lanes_empty_sums(struct worker *self);
/* The baseline's row of a person, which the others are held against. */
void lanes_keep_baseline(struct worker *self, int person, const int64_t *value);
/* A person's row of any size. */
void lanes_put_row(struct worker *self, int lane, int person, const int64_t *value);

/* Takes all households of the block through the group. */
void lanes_households_plain(struct worker *self, struct lane_group *group);
#if defined(__x86_64__)
void lanes_households_avx2(struct worker *self, struct lane_group *group);
#endif

#endif
