/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tally_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/kernels.h"
#include "base/memory.h"
#include "engine/tally_bins.h"

bool tally_rows_scalar = false;

/* --- the order --- */

void
tally_order_free(struct tally_order *self)
{
    free(self->cells);
    free(self->runs);
    free(self->items);
    *self = (struct tally_order){ 0 };
}

void
tally_orders_free(struct tally_orders *self)
{
    tally_order_free(&self->demography);
    tally_order_free(&self->money);
    tally_order_free(&self->county);
}

int *
tally_order_cells(struct tally_order *self, int n)
{
    self->n = n;
    if (n > self->capacity) {
        self->capacity = n + n / 8;
        self->cells = memory_resize(self->cells, (size_t)self->capacity, sizeof *self->cells);
        self->items = memory_resize(self->items, (size_t)self->capacity, sizeof *self->items);
    }
    return self->cells;
}

void
tally_order_rows(struct tally_order *self, int n_cells)
{
    if (n_cells > self->run_capacity) {
        self->run_capacity = n_cells;
        self->runs = memory_resize(self->runs, (size_t)n_cells, sizeof *self->runs);
    }
    /* Counting: first as many runs as there are cells, then those that are not empty. */
    struct tally_run *runs = self->runs;
    memset(runs, 0, (size_t)n_cells * sizeof *runs);
    for (int i = 0; i < self->n; i++)
        runs[self->cells[i]].to++;
    int begin = 0;
    for (int c = 0; c < n_cells; c++) {
        int count = runs[c].to;
        runs[c] = (struct tally_run){ c, begin, begin };
        begin += count;
    }
    for (int i = 0; i < self->n; i++)
        self->items[runs[self->cells[i]].to++] = i;
    self->n_runs = 0;
    for (int c = 0; c < n_cells; c++)
        if (runs[c].to > runs[c].from)
            runs[self->n_runs++] = runs[c];
}

/* --- rows --- */

void
tally_rows_free(struct tally_rows *self)
{
    free(self->value);
    free(self->large);
    free(self->large_entries);
    *self = (struct tally_rows){ 0 };
}

void
tally_rows_begin(struct tally_rows *self, int n, int32_t (*base)[TALLY_WIDTH])
{
    if (n > self->capacity) {
        self->capacity = n;
        free(self->value);
        self->value = memory_aligned((size_t)n, sizeof *self->value);
    }
    self->n = n;
    self->base = base;
    self->n_large = self->n_large_entries = 0;
}

static inline uint64_t
size_of(int64_t amount)
{
    return (uint64_t)(amount ^ amount >> 63);
}

/* The amounts in 32 bits; false where some, or some of the baseline's, are large. */
static inline bool
narrow(const int64_t *value, const int64_t *baseline, int32_t *out)
{
    uint64_t all = 0;
    for (int m = 0; m < TALLY_WIDTH; m++) {
        all |= size_of(value[m]) | size_of(baseline[m]);
        out[m] = (int32_t)value[m];
    }
    return all < TALLY_SMALL;
}

static void
keep_large(struct tally_large *out, int row, int n, const int64_t *value, const int64_t *baseline)
{
    *out = (struct tally_large){ .row = row };
    for (int m = 0; m < n; m++) {
        out->value[m] = value[m];
        out->change[m] = value[m] - baseline[m];
    }
}

void
tally_rows_put(struct tally_rows *self, int row, const int64_t *value, const int64_t *baseline)
{
    if (narrow(value, baseline, self->value[row]))
        return;
    if (self->base != NULL)
        memcpy(self->value[row], self->base[row], sizeof *self->value);
    else
        memset(self->value[row], 0, sizeof *self->value);
    memory_grow(self->large, self->n_large, self->large_capacity);
    keep_large(&self->large[self->n_large++], row, TALLY_WIDTH, value, baseline);
}

void
tally_rows_put_entry(struct tally_rows *self, int cell, const int64_t *value, const int64_t *baseline)
{
    memory_grow(self->large_entries, self->n_large_entries, self->large_entry_capacity);
    keep_large(
        &self->large_entries[self->n_large_entries++], cell, MEASURE_OF_CLAIMS, value, baseline);
}

/* --- one by one --- */

static void
add_run_plain(struct tally_part *part, const int *items, int n, int32_t (*rows)[TALLY_WIDTH],
    int32_t (*bases)[TALLY_WIDTH])
{
    for (int i = 0; i < n; i++)
        for (int m = 0; m < TALLY_WIDTH; m++) {
            int64_t v = rows[items[i]][m], d = bases != NULL ? v - bases[items[i]][m] : 0;
            part->sum[m] += v;
            part->difference[m] += d;
            part->square[tally_place(m)] += (uint64_t)(v * v);
            part->difference_square[tally_place(m)] += (uint64_t)(d * d);
        }
}

static void
sum_plain(int32_t (*rows)[TALLY_WIDTH], int n, int32_t sums[static TALLY_WIDTH])
{
    memset(sums, 0, TALLY_WIDTH * sizeof *sums);
    for (int i = 0; i < n; i++)
        for (int m = 0; m < TALLY_WIDTH; m++)
            sums[m] += rows[i][m];
}

static void
amounts_of(const int64_t *value, fen_t amounts[static DISTRIBUTION_COUNT])
{
    amounts[DISTRIBUTION_FUND] = value[MEASURE_FUND_OUTFLOW];
    amounts[DISTRIBUTION_BURDEN] = value[MEASURE_MEMBER_BURDEN];
    amounts[DISTRIBUTION_CREDIT] = value[MEASURE_ACCOUNT_TRANSFER] + value[MEASURE_ACCOUNT_OWN];
    amounts[DISTRIBUTION_NET_GAIN] = value[MEASURE_NET_GAIN_MEAN];
}

static void
small_amounts_of(const int32_t *value, fen_t amounts[static DISTRIBUTION_COUNT])
{
    int64_t wide[TALLY_WIDTH];
    for (int m = 0; m < TALLY_WIDTH; m++)
        wide[m] = value[m];
    amounts_of(wide, amounts);
}

static void
bins_plain(int32_t (*rows)[TALLY_WIDTH], int n, uint16_t (*bins)[DISTRIBUTION_COUNT])
{
    for (int i = 0; i < n; i++) {
        fen_t amounts[DISTRIBUTION_COUNT];
        small_amounts_of(rows[i], amounts);
        for (int d = 0; d < DISTRIBUTION_COUNT; d++)
            bins[i][d] = (uint16_t)tally_bin_of(tally_fine, amounts[d]);
    }
}

/* --- all rows of a block --- */

static const struct kernels {
    void (*add_run)(struct tally_part *part, const int *items, int n,
        int32_t (*rows)[TALLY_WIDTH], int32_t (*bases)[TALLY_WIDTH]);
    void (*sum)(int32_t (*rows)[TALLY_WIDTH], int n, int32_t sums[static TALLY_WIDTH]);
    void (*bins)(int32_t (*rows)[TALLY_WIDTH], int n, uint16_t (*bins)[DISTRIBUTION_COUNT]);
} plain = { add_run_plain, sum_plain, bins_plain };
#ifdef TALLY_WITH_AVX2
static const struct kernels avx2 = { tally_add_run_avx2, tally_sum_avx2, tally_bins_avx2 };
#endif

static const struct kernels *
kernels_at_hand(void)
{
#ifdef TALLY_WITH_AVX2
    if (!tally_rows_scalar && kernels_avx2())
        return &avx2;
#endif
    return &plain;
}

static void
add_ordered(struct tally_block *self, const struct kernels *kernels, const struct tally_order *order,
    const struct tally_rows *rows)
{
    for (int r = 0; r < order->n_runs; r++) {
        const struct tally_run *run = &order->runs[r];
        self->touched[run->cell] = true;
        kernels->add_run(&self->parts[run->cell], order->items + run->from, run->to - run->from,
            rows->value, rows->base);
    }
}

/* instead: the row that has been added in this one's place; NULL: none. */
static void
add_wide(struct tally_block *self, int cell, int n, const struct tally_large *large,
    const int32_t *instead)
{
    memory_grow(self->wide, self->n_wide, self->wide_capacity);
    struct tally_wide *wide = &self->wide[self->n_wide++];
    *wide = (struct tally_wide){ .cell = cell, .n = n };
    if (instead != NULL)
        memcpy(wide->instead, instead, sizeof wide->instead);
    memcpy(wide->value, large->value, sizeof wide->value);
    memcpy(wide->change, large->change, sizeof wide->change);
}

const enum measure tally_of_families[TALLY_OF_FAMILIES] = { MEASURE_PAID_BY_ACCOUNT,
    MEASURE_PAID_BY_FAMILY_ACCOUNT, MEASURE_PAID_BY_CASH, MEASURE_ACCOUNT_OPENING,
    MEASURE_ACCOUNT_INTEREST, MEASURE_ACCOUNT_PAID_OUT, MEASURE_ACCOUNT_TO_HEIRS,
    MEASURE_ACCOUNT_TAKEN, MEASURE_ACCOUNT_CLOSING, MEASURE_PERSONS };

/* The rows from … to - 1 are a tile. */
static void
add_tile(struct tally_block *self, const struct kernels *kernels, const struct tally_rows *rows,
    int from, int to)
{
    int32_t values[TALLY_WIDTH], bases[TALLY_WIDTH];
    int64_t sum[TALLY_OF_FAMILIES], difference[TALLY_OF_FAMILIES];
    int64_t n = to - from;
    kernels->sum(rows->value + from, to - from, values);
    if (rows->base != NULL)
        kernels->sum(rows->base + from, to - from, bases);
    else
        memcpy(bases, values, sizeof bases);
    for (int k = 0; k < TALLY_OF_FAMILIES; k++) {
        sum[k] = values[tally_of_families[k]];
        difference[k] = sum[k] - bases[tally_of_families[k]];
    }
    for (int i = 0; i < rows->n_large; i++) {
        const struct tally_large *large = &rows->large[i];
        for (int k = 0; large->row >= from && large->row < to && k < TALLY_OF_FAMILIES; k++) {
            sum[k] += large->value[tally_of_families[k]]
                - rows->value[large->row][tally_of_families[k]];
            difference[k] += large->change[tally_of_families[k]];
        }
    }
    for (int k = 0; k < TALLY_OF_FAMILIES; k++) {
        struct tally_cell *to_cell = &self->tiles[tally_of_families[k]];
        to_cell->sum += n * sum[k];
        to_cell->difference += n * difference[k];
        to_cell->squares += (wide_t)((__int128)sum[k] * sum[k]);
        to_cell->difference_squares += (wide_t)((__int128)difference[k] * difference[k]);
    }
}

static void
keep_amounts(struct tally_block *self, uint64_t person, const fen_t amounts[static DISTRIBUTION_COUNT])
{
    if (self->kept == NULL)
        self->kept = memory_alloc(DISTRIBUTION_COUNT * TALLY_KEPT, sizeof *self->kept);
    for (int d = 0; d < DISTRIBUTION_COUNT; d++)
        self->kept[(uint64_t)d * TALLY_KEPT + person] = amounts[d];
}

/* The bins of persons, in their order after those of who has been added before. */
static void
add_bins(struct tally_block *self, const struct kernels *kernels, const struct tally_rows *rows,
    uint64_t first)
{
    fen_t amounts[DISTRIBUTION_COUNT];
    int n = self->n_persons + rows->n;
    if (n > self->capacity) {
        self->capacity = n <= 2 * self->capacity ? 2 * self->capacity : n;
        self->bins = memory_resize(self->bins, (size_t)self->capacity, sizeof *self->bins);
    }
    uint16_t (*bins)[DISTRIBUTION_COUNT] = self->bins + self->n_persons;
    self->n_persons = n;
    kernels->bins(rows->value, rows->n, bins);
    for (int i = 0; i < rows->n && first + (uint64_t)i < TALLY_KEPT; i++) {
        small_amounts_of(rows->value[i], amounts);
        keep_amounts(self, first + (uint64_t)i, amounts);
    }
    for (int i = 0; i < rows->n_large; i++) {
        const struct tally_large *large = &rows->large[i];
        uint64_t person = first + (uint64_t)large->row;
        amounts_of(large->value, amounts);
        for (int d = 0; d < DISTRIBUTION_COUNT; d++)
            bins[large->row][d] = (uint16_t)tally_bin_of(tally_fine, amounts[d]);
        if (person < TALLY_KEPT)
            keep_amounts(self, person, amounts);
    }
}

void
tally_rows_add(struct tally_block *self, const struct tally_rows *rows,
    const struct tally_orders *orders, uint64_t first)
{
    const struct kernels *kernels = kernels_at_hand();
    /* A single county's sums are everybody's: left out. */
    const struct tally_order *of_persons[TALLY_OF_PERSON]
        = { &orders->demography, &orders->money, &orders->county };
    int n_orders = self->shape->n_counties > 1 ? 3 : 2;
    for (int k = 0; k < n_orders; k++)
        add_ordered(self, kernels, of_persons[k], rows);
    for (int from = 0; from < rows->n; from += PEOPLE_TILE)
        add_tile(self, kernels, rows, from,
            rows->n - from < PEOPLE_TILE ? rows->n : from + PEOPLE_TILE);
    add_bins(self, kernels, rows, first);
    for (int i = 0; i < rows->n_large; i++)
        for (int k = 0; k < n_orders; k++)
            add_wide(self, of_persons[k]->cells[rows->large[i].row], MEASURE_COUNT,
                &rows->large[i], rows->value[rows->large[i].row]);
    for (int i = 0; i < rows->n_large_entries; i++)
        add_wide(self, rows->large_entries[i].row, MEASURE_OF_CLAIMS, &rows->large_entries[i], NULL);
}
