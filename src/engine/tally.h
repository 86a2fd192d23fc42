/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact sums over persons, by scenario, year, group and measure: sums and sums of
 * squares of the value and of its difference to the baseline, so that every
 * estimate has its error. All whole numbers: the order of adding does not matter. */
#ifndef GONGJI_ENGINE_TALLY_H
#define GONGJI_ENGINE_TALLY_H

#include "engine/flows.h"
#include "engine/run.h"

/* Groups are not tallied one by one: a person is added once to each of three
 * joint cells, from which the groups of summary.csv are summed up at the end. */
enum {
    TALLY_DEMOGRAPHIC = STATUS_COUNT * PEOPLE_AGE_BANDS * SEX_COUNT * SECTOR_COUNT,
    TALLY_QUINTILES = 6, /* five, and those without a contribution base */
    TALLY_DECILES = 10,
    TALLY_MONEY = TALLY_QUINTILES * TALLY_DECILES,
    TALLY_CLAIMS = PROVIDER_COUNT + BENEFIT_COUNT,
    TALLY_OF_PERSON = 3,
};

struct tally_shape {
    int n_counties; /* at least 1 */
    int n_cells; /* demographic, money, county, provider, benefit, tiles */
    int money, county, provider, benefit; /* first cell of each */
    int tiles; /* one cell: see tally_tile */
    size_t n_flows; /* of engine/flows.h */
    size_t n_counts; /* TALLY_COUNTS and these */
};
struct tally_shape tally_shape_of(int n_counties);

typedef unsigned __int128 wide_t;

/* Of one scenario and year. */
struct tally_cell {
    int64_t sum, difference; /* fen or counts */
    wide_t squares, difference_squares;
};
/* Quantiles come from bins finer than those of the result, and from the amounts of
 * the first so many persons, kept one by one: they show which amounts many persons
 * share, a cap or a fixed credit, that a bin would blur. */
enum {
    TALLY_FINE_BINS = 8192, /* of each distribution */
    TALLY_KEPT = 4096,
    TALLY_BINS = DISTRIBUTION_COUNT * TALLY_FINE_BINS,
    TALLY_COUNTS = TALLY_BINS + DISTRIBUTION_COUNT * TALLY_KEPT
};

struct tally {
    struct tally_cell *cells; /* [n_cells][MEASURE_COUNT], owned */
    int64_t *histogram; /* [DISTRIBUTION_COUNT][TALLY_FINE_BINS], then kept, then flows; [n_counts],
                           owned */
    fen_t *kept; /* [DISTRIBUTION_COUNT][TALLY_KEPT] by number of the person, added up like sums */
    int64_t *flows; /* [FLOW_PARTS][n_counties][FLOW_COUNT] */
};
void tally_init(struct tally *self, const struct tally_shape *shape);
void tally_free(struct tally *self);

/* A person's measures, padded so that they are worked on four at a time. */
enum { TALLY_WIDTH = (MEASURE_COUNT + 3) / 4 * 4 };

/* One block's sums, small enough for 64 bits; emptied into a tally. */
struct tally_block {
    const struct tally_shape *shape; /* not owned */
    struct tally_part {
        int64_t sum[TALLY_WIDTH], square[TALLY_WIDTH];
        int64_t difference[TALLY_WIDTH], difference_square[TALLY_WIDTH];
    } *parts; /* [n_cells], owned */
    bool *touched; /* [n_cells], owned */
    uint16_t (*bins)[DISTRIBUTION_COUNT]; /* [n_persons] fine bin of each person, owned */
    int n_persons;
    fen_t *kept; /* [DISTRIBUTION_COUNT][TALLY_KEPT], owned */
    bool any_kept;
    int64_t *flows; /* [FLOW_PARTS][n_counties][FLOW_COUNT], owned */
    bool parts_touched[FLOW_PARTS];
    int64_t totals[TALLY_WIDTH];
    struct tally_cell tiles[MEASURE_COUNT];
    struct tally_cell *large; /* [n_cells][MEASURE_COUNT] of amounts too large for parts, owned */
    bool any_large;
};
void tally_block_init(struct tally_block *self, const struct tally_shape *shape);
void tally_block_free(struct tally_block *self);
void tally_block_flush(struct tally_block *self, struct tally *into);

/* A block's squares stay within 63 bits while amounts stay below this (a
 * difference may be twice as large) and persons within TALLY_BLOCK_PERSONS:
 * (2 · 2^24)² · 2^13 = 2^63. 2^24 fen are 167,772 yuan. */
enum { TALLY_BLOCK_PERSONS = 8192, TALLY_SMALL = 1 << 24 };

/* Adds the first n (a multiple of four) measures and their differences to the
 * baseline's to each of the cells. */
void tally_add(struct tally_block *self, const int *cells, int n_cells, int n,
    const int64_t *value, const int64_t *baseline);
/* Rows of amounts in the order of the cells that each is added to: cells are summed up
 * one after the other. */
struct tally_order {
    int n_runs;
    struct tally_run {
        int cell, from, to; /* items[from … to - 1] */
    } *runs; /* [n_runs], owned */
    int *items; /* rows, owned */
    int capacity, run_capacity;
};
void tally_order_free(struct tally_order *self);
/* cells [n]: of each row; one below 0 is left out. n_cells: more than any of them. */
void tally_order_rows(struct tally_order *self, const int *cells, int n, int n_cells);

/* As tally_add of every row in the order to its cell. width: from one row to the next, a
 * multiple of four, all of which are added. All amounts are below TALLY_SMALL but for the
 * rows of which skip (may be NULL) is true, which are left out. baseline: NULL where the
 * rows are the baseline's own. */
void tally_add_ordered(struct tally_block *self, const struct tally_order *order, int width,
    const int64_t *values, const int64_t *baselines, const bool *skip);
/* Whether tally_add_ordered may have it. */
bool tally_is_small(const int64_t *value, const int64_t *baseline, int n);

/* What depends on family's accounts; opening balances do from the second year on. */
enum { TALLY_OF_FAMILIES = 10 };
extern const enum measure tally_of_families[TALLY_OF_FAMILIES]; /* MEASURE_PERSONS last */

/* n persons of one tile. Families share accounts, and there are as many of them as a
 * tile's persons allow: what accounts pay depends on the others of the tile, and only
 * tiles are independent of each other. The cell of tiles keeps, of the measures
 * concerned and of MEASURE_PERSONS, in sum a tile's total times its persons and in
 * squares the total's square, likewise of the differences. */
void tally_tile(struct tally_block *self, int n, int64_t (*value)[TALLY_WIDTH],
    int64_t (*baseline)[TALLY_WIDTH]);

/* A person's amounts, by enum distribution. person: number in the run. */
void tally_distributions(struct tally_block *self, uint64_t person,
    const fen_t amounts[static DISTRIBUTION_COUNT]);

/* Where a person's flows are added: [FLOW_COUNT]. */
int64_t *tally_flows(struct tally_block *self, uint64_t person, int county);

/* For who wants nothing else: a person's measures into the sums of all. */
void tally_total(struct tally_block *self, const int64_t *value);
/* Empties these sums and the flows into totals [MEASURE_COUNT] and flows [n_flows]. */
void tally_block_totals(struct tally_block *self, int64_t *totals, int64_t *flows);

/* ---- estimate.c ---- */

/* From exact sums to estimates: fills out's cells, sums, histograms, quantiles of
 * one scenario and year; amounts are scaled to the insured. */
void tally_estimate(const struct tally *self, const struct tally_shape *shape, int64_t persons,
    int64_t insured, struct result *out, int scenario, int year_index);

/* The groups of summary.csv, in their order. */
void tally_groups(struct result *out, const struct tally_shape *shape,
    const char *const *county_names);

#endif
