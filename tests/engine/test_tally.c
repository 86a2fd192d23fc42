/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of every size and sign come into the tally's cells, tiles and bins as they would
 * one by one in 128 bits, by the machine's own ways and by the plain ones. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "engine/tally_bins.h"
#include "engine/tally_rows.h"

enum { MOST = 1000, COUNTIES = 3, ENTRIES = 2 * MOST };

/* A block as it may be: everything by the case's number. */
struct made {
    int n, n_entries;
    uint64_t first;
    int64_t value[MOST][TALLY_WIDTH], baseline[MOST][TALLY_WIDTH];
    int32_t base[MOST][TALLY_WIDTH]; /* the baseline's rows; of who is large there 0 */
    int64_t entry[ENTRIES][MEASURE_OF_CLAIMS], entry_baseline[ENTRIES][MEASURE_OF_CLAIMS];
    struct tally_orders orders;
    struct tally_order claims; /* cells of the entries */
};

/* Zero, the edges of what is small, or any number of so many bits; either sign. */
static int64_t
amount_of(uint32_t word, uint32_t kind, uint32_t bits)
{
    static const int64_t edges[] = { 0, 1, 127, 128, TALLY_SMALL - 1, TALLY_SMALL };
    int64_t amount = kind % 4 == 0 ? edges[word % (bits > 24 ? 6 : 5)] : word & ((1u << bits) - 1);
    return kind / 4 % 2 == 0 ? amount : -amount;
}

/* Some cases stay small throughout, some hold large amounts now and then. */
static uint32_t
bits_of(uint64_t number, uint32_t word)
{
    return number % 2 == 0 ? 24 : word % 16 == 0 ? 31 : word % 25;
}

static void
make_rows(struct random_key key, uint64_t number, int index, int n, int width, int64_t *value,
    int64_t *baseline)
{
    for (int i = 0; i < n; i++) {
        uint32_t of_row = random_at(key, number, (uint32_t)index, 2, (uint32_t)i).word[0];
        for (int m = 0; m < width; m++) {
            uint32_t at = (uint32_t)(i * width + m);
            struct random_words w = random_at(key, number, (uint32_t)index, 1, at);
            uint32_t bits = bits_of(number, of_row);
            value[at] = amount_of(w.word[0], w.word[1], bits);
            baseline[at] = amount_of(w.word[2], w.word[3], bits);
        }
    }
}

static void
make_cells(struct random_key key, uint64_t number, struct tally_order *order, int n, int first,
    int n_cells)
{
    int *cells = tally_order_cells(order, n);
    for (int i = 0; i < n; i++)
        cells[i] = first
            + (int)(random_at(key, number, (uint32_t)first, 3, (uint32_t)i).word[0] % (uint32_t)n_cells);
    tally_order_rows(order, first + n_cells);
}

static void
make(uint64_t number, const struct tally_shape *shape, struct made *out)
{
    struct random_key key = random_key_of(31);
    struct random_words w = random_at(key, number, 0, 0, 0);
    memset(out, 0, sizeof *out);
    out->n = 1 + (int)(w.word[0] % MOST);
    out->n_entries = (int)(w.word[1] % ENTRIES);
    out->first = w.word[2] % 200 * PEOPLE_TILE;
    make_rows(key, number, 0, out->n, TALLY_WIDTH, out->value[0], out->baseline[0]);
    make_rows(key, number, 1, out->n_entries, MEASURE_OF_CLAIMS, out->entry[0], out->entry_baseline[0]);
    make_cells(key, number, &out->orders.demography, out->n, 0, number % 3 == 0 ? 1 : shape->money);
    make_cells(key, number, &out->orders.money, out->n, shape->money, TALLY_MONEY);
    make_cells(key, number, &out->orders.county, out->n, shape->county, COUNTIES);
    make_cells(key, number, &out->claims, out->n_entries, shape->provider, TALLY_CLAIMS);
}

/* --- one by one --- */

static void
add_slowly(struct tally *self, int cell, int n, const int64_t *value, const int64_t *baseline)
{
    for (int m = 0; m < n; m++) {
        struct tally_cell *to = &self->cells[cell * MEASURE_COUNT + m];
        __int128 v = value[m], d = v - baseline[m];
        to->sum += (int64_t)v;
        to->difference += (int64_t)d;
        to->squares += (wide_t)(v * v);
        to->difference_squares += (wide_t)(d * d);
    }
}

static void
add_tile_slowly(struct tally *self, const struct tally_shape *shape, int n,
    int64_t (*value)[TALLY_WIDTH], int64_t (*baseline)[TALLY_WIDTH])
{
    for (int k = 0; k < TALLY_OF_FAMILIES; k++) {
        int m = (int)tally_of_families[k];
        struct tally_cell *to = &self->cells[shape->tiles * MEASURE_COUNT + m];
        __int128 sum = 0, difference = 0;
        for (int i = 0; i < n; i++) {
            sum += value[i][m];
            difference += value[i][m] - baseline[i][m];
        }
        to->sum += (int64_t)(n * sum);
        to->difference += (int64_t)(n * difference);
        to->squares += (wide_t)(sum * sum);
        to->difference_squares += (wide_t)(difference * difference);
    }
}

static void
count_slowly(struct tally *self, uint64_t person, const int64_t *value)
{
    const fen_t amounts[DISTRIBUTION_COUNT] = { value[MEASURE_FUND_OUTFLOW],
        value[MEASURE_MEMBER_BURDEN], value[MEASURE_ACCOUNT_TRANSFER] + value[MEASURE_ACCOUNT_OWN],
        value[MEASURE_NET_GAIN_MEAN] };
    for (int d = 0; d < DISTRIBUTION_COUNT; d++) {
        self->histogram[d * TALLY_FINE_BINS + tally_bin_of(tally_fine, amounts[d])]++;
        if (person < TALLY_KEPT)
            self->kept[(uint64_t)d * TALLY_KEPT + person] += amounts[d];
    }
}

static void
tally_slowly(struct tally *self, const struct tally_shape *shape, struct made *made)
{
    const struct tally_orders *orders = &made->orders;
    for (int i = 0; i < made->n; i++) {
        add_slowly(self, orders->demography.cells[i], MEASURE_COUNT, made->value[i], made->baseline[i]);
        add_slowly(self, orders->money.cells[i], MEASURE_COUNT, made->value[i], made->baseline[i]);
        add_slowly(self, orders->county.cells[i], MEASURE_COUNT, made->value[i], made->baseline[i]);
        count_slowly(self, made->first + (uint64_t)i, made->value[i]);
    }
    for (int e = 0; e < made->n_entries; e++)
        add_slowly(self, made->claims.cells[e], MEASURE_OF_CLAIMS, made->entry[e],
            made->entry_baseline[e]);
    for (int i = 0; i < made->n; i += PEOPLE_TILE)
        add_tile_slowly(self, shape, made->n - i < PEOPLE_TILE ? made->n - i : PEOPLE_TILE,
            made->value + i, made->baseline + i);
}

/* --- by rows --- */

static void
tally_by_rows(struct tally_block *self, struct tally_rows *rows, struct made *made, bool of_baseline)
{
    for (int i = 0; i < made->n; i++) {
        bool large = false;
        for (int m = 0; m < TALLY_WIDTH; m++)
            large = large || made->baseline[i][m] >= TALLY_SMALL || made->baseline[i][m] < -TALLY_SMALL;
        for (int m = 0; m < TALLY_WIDTH; m++)
            made->base[i][m] = large ? 0 : (int32_t)made->baseline[i][m];
    }
    tally_rows_begin(rows, made->n, of_baseline ? NULL : made->base);
    for (int i = 0; i < made->n; i++)
        tally_rows_put(rows, i, made->value[i], made->baseline[i]);
    for (int e = 0; e < made->n_entries; e++)
        tally_rows_put_entry(rows, made->claims.cells[e], made->entry[e], made->entry_baseline[e]);
    tally_rows_add(self, rows, &made->orders, made->first);
}

static void
expect_same(const struct tally *is, const struct tally *should, const struct tally_shape *shape,
    uint64_t number)
{
    for (int c = 0; c < shape->n_cells * MEASURE_COUNT; c++)
        cr_assert_eq(memcmp(&is->cells[c], &should->cells[c], sizeof *is->cells), 0,
            "case %llu, cell %d, measure %d", (unsigned long long)number, c / MEASURE_COUNT,
            c % MEASURE_COUNT);
    for (size_t i = 0; i < TALLY_COUNTS; i++)
        cr_assert_eq(is->histogram[i], should->histogram[i], "case %llu, place %zu",
            (unsigned long long)number, i);
}

/* One flush for two blocks of each case, or one for each. */
Test(tally, rows_add_up_as_persons_do)
{
    struct tally_shape shape = tally_shape_of(COUNTIES);
    struct tally_rows rows = { 0 };
    struct tally_block block;
    struct made *made = memory_alloc(1, sizeof *made);
    tally_block_init(&block, &shape);
    for (uint64_t number = 0; number < 48; number++) {
        struct tally is, should;
        tally_init(&is, &shape);
        tally_init(&should, &shape);
        make(number, &shape, made);
        bool of_baseline = number % 5 == 4;
        if (of_baseline) {
            memcpy(made->baseline, made->value, sizeof made->value);
            memcpy(made->entry_baseline, made->entry, sizeof made->entry);
        }
        for (int twice = 0; twice < 2; twice++) {
            tally_rows_scalar = twice == 1;
            tally_slowly(&should, &shape, made);
            tally_by_rows(&block, &rows, made, of_baseline);
            if (number % 3 == 0)
                tally_block_flush(&block, &is);
            made->first += TALLY_KEPT;
        }
        tally_block_flush(&block, &is);
        expect_same(&is, &should, &shape, number);
        tally_free(&is);
        tally_free(&should);
        tally_orders_free(&made->orders);
        tally_order_free(&made->claims);
    }
    tally_rows_scalar = false;
    tally_block_free(&block);
    tally_rows_free(&rows);
    free(made);
}

/* As many persons as fit, with the largest amounts and differences that count as small. */
Test(tally, nothing_small_is_too_much)
{
    struct tally_shape shape = tally_shape_of(1);
    struct tally_rows rows = { 0 };
    struct tally_block block;
    struct tally is, should;
    struct made *made = memory_alloc(1, sizeof *made);
    enum { PERSONS = TALLY_BLOCK_PERSONS / 16 };
    tally_block_init(&block, &shape);
    tally_init(&is, &shape);
    tally_init(&should, &shape);
    made->n = PERSONS;
    for (int i = 0; i < PERSONS; i++) {
        for (int m = 0; m < MEASURE_COUNT; m++) {
            made->value[i][m] = TALLY_SMALL - 1;
            made->baseline[i][m] = -TALLY_SMALL + 1;
        }
    }
    struct random_key key = random_key_of(1);
    make_cells(key, 0, &made->orders.demography, PERSONS, 0, 1);
    make_cells(key, 0, &made->orders.money, PERSONS, shape.money, 1);
    make_cells(key, 0, &made->orders.county, PERSONS, shape.county, 1);
    for (int i = 0; i < TALLY_BLOCK_PERSONS / PERSONS; i++) {
        tally_by_rows(&block, &rows, made, false);
        cr_assert_eq(rows.n_large, 0);
        tally_slowly(&should, &shape, made);
        made->first += PERSONS;
    }
    tally_block_flush(&block, &is);
    /* A single county's cell is left empty. */
    memset(&should.cells[shape.county * MEASURE_COUNT], 0, MEASURE_COUNT * sizeof *should.cells);
    expect_same(&is, &should, &shape, 0);
    tally_free(&is);
    tally_free(&should);
    tally_orders_free(&made->orders);
    tally_block_free(&block);
    tally_rows_free(&rows);
    free(made);
}
