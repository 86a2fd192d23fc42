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

/* A person's measures, padded so that they are worked on eight at a time. */
enum { TALLY_WIDTH = (MEASURE_COUNT + 7) / 8 * 8 };

/* The sums of a program and year over some blocks, small enough for 64 bits; emptied into
 * a tally. */
struct tally_block {
    const struct tally_shape *shape; /* not owned */
    struct tally_part {
        int64_t sum[TALLY_WIDTH], difference[TALLY_WIDTH];
        uint64_t square[TALLY_WIDTH], difference_square[TALLY_WIDTH]; /* [tally_place(measure)] */
    } *parts; /* [n_cells], owned */
    bool *touched; /* [n_cells], owned */
    uint16_t (*bins)[DISTRIBUTION_COUNT]; /* [n_persons] fine bin of each person, owned */
    int n_persons, capacity; /* no more than TALLY_BLOCK_PERSONS */
    fen_t *kept; /* [DISTRIBUTION_COUNT][TALLY_KEPT], owned; NULL: none of those */
    int64_t *flows; /* [FLOW_PARTS][n_counties][FLOW_COUNT], owned */
    int64_t totals[TALLY_WIDTH];
    struct tally_cell tiles[MEASURE_COUNT];
    /* Rows of amounts too large for parts. */
    struct tally_wide {
        int cell, n; /* measures */
        int64_t value[TALLY_WIDTH], change[TALLY_WIDTH];
        int32_t instead[TALLY_WIDTH]; /* what the parts hold in their place */
    } *wide; /* [n_wide], owned */
    int n_wide, wide_capacity;
};
void tally_block_init(struct tally_block *self, const struct tally_shape *shape);
void tally_block_free(struct tally_block *self);
void tally_block_flush(struct tally_block *self, struct tally *into);
size_t tally_block_bytes(const struct tally_shape *shape); /* that one comes to take */

/* Where in a part's squares a measure's is: products of eight 32-bit numbers are made
 * of the even ones and of the odd ones. */
static inline int
tally_place(int measure)
{
    return measure / 8 * 8 + measure % 2 * 4 + measure % 8 / 2;
}

/* Squares stay within 64 bits while amounts stay below TALLY_SMALL, their differences to
 * the baseline's below twice that, and persons within TALLY_BLOCK_PERSONS from one flush to
 * the next: (2 · 2^24)² · 2^13 = 2^63. 2^24 fen are 167,772 yuan. */
enum { TALLY_BLOCK_PERSONS = 8192, TALLY_SMALL = 1 << 24 };

/* Rows of a block by the cells that they are added to: cells are summed up one after the
 * other. */
struct tally_order {
    int n; /* rows */
    int *cells; /* [n] of each row, owned */
    int n_runs;
    struct tally_run {
        int cell, from, to; /* items[from … to - 1] */
    } *runs; /* [n_runs], owned */
    int *items; /* [n] rows, owned */
    int capacity, run_capacity;
};
void tally_order_free(struct tally_order *self);
/* The cells of n rows, to be filled in before tally_order_rows. */
int *tally_order_cells(struct tally_order *self, int n);
void tally_order_rows(struct tally_order *self, int n_cells); /* more than any of the cells */

/* A block's persons in three orders, the same under all programs. */
struct tally_orders {
    struct tally_order demography, money, county;
};
void tally_orders_free(struct tally_orders *self);

/* What a program makes of a block: a row of amounts for each person, to be held against the
 * baseline's. All are small (TALLY_SMALL). Who has a larger amount under the program or the
 * baseline stands among the large, with the baseline's row here; so do entries
 * (engine/run_block.h) of those who cost as much. Of who is large under the baseline its
 * row is 0. */
struct tally_rows {
    int n;
    int32_t (*value)[TALLY_WIDTH]; /* [n], owned, 64 bytes aligned */
    int32_t (*base)[TALLY_WIDTH]; /* [n] the baseline's, not owned; NULL: these are its own */
    struct tally_large {
        int row; /* of value; of an entry its cell */
        int64_t value[TALLY_WIDTH], change[TALLY_WIDTH];
    } *large, *large_entries; /* [n_large], [n_large_entries], owned, in any order */
    int n_large, n_large_entries;
    int capacity, large_capacity, large_entry_capacity;
};
void tally_rows_free(struct tally_rows *self);
/* Room for so many rows, which are to be filled in; none is large. */
void tally_rows_begin(struct tally_rows *self, int n, int32_t (*base)[TALLY_WIDTH]);
/* Fills in a row from amounts of any size: [TALLY_WIDTH]; base has the baseline's. */
void tally_rows_put(struct tally_rows *self, int row, const int64_t *value, const int64_t *baseline);
/* An entry of any size: [MEASURE_OF_CLAIMS]. */
void tally_rows_put_entry(struct tally_rows *self, int cell, const int64_t *value,
    const int64_t *baseline);

/* Adds the rows: to the cells, to the distributions and to tiles, all but flows. Families
 * share accounts, and there are as many of them as a tile's persons allow: what accounts
 * pay depends on the others of the tile, and only tiles are independent of each other. The
 * cell of tiles keeps, of the measures concerned and of MEASURE_PERSONS, in sum a tile's
 * total times its persons and in squares the total's square, likewise of the differences.
 * first: number in the run of the first person, a multiple of PEOPLE_TILE. */
void tally_rows_add(struct tally_block *self, const struct tally_rows *rows,
    const struct tally_orders *orders, uint64_t first);

/* What depends on family's accounts; opening balances do from the second year on. */
enum { TALLY_OF_FAMILIES = 10 };
extern const enum measure tally_of_families[TALLY_OF_FAMILIES]; /* MEASURE_PERSONS last */

/* Where nothing else is wanted: empties the sums of all persons' measures and the flows into
 * totals [MEASURE_COUNT] and flows [n_flows]. */
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
