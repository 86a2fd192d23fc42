/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tally_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/kernels.h"
#include "base/memory.h"

#if defined __x86_64__ && defined __GNUC__
#define WITH_AVX2
#include <immintrin.h>
#endif

bool tally_rows_scalar = false;

/* --- the order --- */

void
tally_order_free(struct tally_order *self)
{
    free(self->runs);
    free(self->items);
    *self = (struct tally_order){ 0 };
}

void
tally_order_rows(struct tally_order *self, const int *cells, int n, int n_cells)
{
    if (n > self->capacity) {
        self->capacity = n + n / 8;
        self->items = memory_resize(self->items, (size_t)self->capacity, sizeof *self->items);
    }
    if (n_cells > self->run_capacity) {
        self->run_capacity = n_cells;
        self->runs = memory_resize(self->runs, (size_t)n_cells, sizeof *self->runs);
    }
    /* Counting: first as many runs as there are cells, then those that are not empty. */
    struct tally_run *runs = self->runs;
    memset(runs, 0, (size_t)n_cells * sizeof *runs);
    for (int i = 0; i < n; i++)
        if (cells[i] >= 0)
            runs[cells[i]].to++;
    int begin = 0;
    for (int c = 0; c < n_cells; c++) {
        int count = runs[c].to;
        runs[c] = (struct tally_run){ c, begin, begin };
        begin += count;
    }
    for (int i = 0; i < n; i++)
        if (cells[i] >= 0)
            self->items[runs[cells[i]].to++] = i;
    self->n_runs = 0;
    for (int c = 0; c < n_cells; c++)
        if (runs[c].to > runs[c].from)
            runs[self->n_runs++] = runs[c];
}

/* --- one by one --- */

static inline uint64_t
size_of(int64_t amount)
{
    return (uint64_t)(amount ^ amount >> 63);
}

bool
tally_is_small(const int64_t *value, const int64_t *baseline, int n)
{
    uint64_t all = 0;
    for (int m = 0; m < n; m++)
        all |= size_of(value[m]) | size_of(baseline[m]);
    return all < TALLY_SMALL;
}

void
tally_add_row(struct tally_part *part, const int64_t *value, const int64_t *baseline, int n)
{
    for (int m = 0; m < n; m++) {
        int64_t v = value[m], d = v - baseline[m];
        part->sum[m] += v;
        part->difference[m] += d;
        part->square[m] += v * v;
        part->difference_square[m] += d * d;
    }
}

static void
add_run_scalar(struct tally_part *part, const int *items, int n, int width,
    const int64_t *values, const int64_t *baselines, const bool *skip)
{
    for (int i = 0; i < n; i++) {
        size_t at = (size_t)items[i] * (size_t)width;
        if (skip != NULL && skip[items[i]])
            continue;
        const int64_t *value = values + at;
        tally_add_row(part, value, baselines != NULL ? baselines + at : value, width);
    }
}

/* --- four measures at a time --- */

#ifdef WITH_AVX2
#define AVX2 __attribute__((target("avx2")))

static inline __m256i AVX2
load(const int64_t *from)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

static inline void AVX2
add_to(int64_t *to, __m256i amount)
{
    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_add_epi64(load(to), amount));
}

/* Amounts and differences fit 32 bits, whose products are one instruction. */
static void AVX2
add_run_avx2(struct tally_part *part, const int *items, int n, int width, const int64_t *values,
    const int64_t *baselines, const bool *skip)
{
    for (int m = 0; m < width; m += 4) {
        __m256i sum = _mm256_setzero_si256(), square = sum, change = sum, change_square = sum;
        for (int i = 0; i < n; i++) {
            if (skip != NULL && skip[items[i]])
                continue;
            size_t at = (size_t)items[i] * (size_t)width + (size_t)m;
            __m256i v = load(values + at);
            sum = _mm256_add_epi64(sum, v);
            square = _mm256_add_epi64(square, _mm256_mul_epi32(v, v));
            if (baselines == NULL)
                continue;
            __m256i d = _mm256_sub_epi64(v, load(baselines + at));
            change = _mm256_add_epi64(change, d);
            change_square = _mm256_add_epi64(change_square, _mm256_mul_epi32(d, d));
        }
        add_to(part->sum + m, sum);
        add_to(part->square + m, square);
        add_to(part->difference + m, change);
        add_to(part->difference_square + m, change_square);
    }
}
#endif

void
tally_add_ordered(struct tally_block *self, const struct tally_order *order, int width,
    const int64_t *values, const int64_t *baselines, const bool *skip)
{
    void (*add_run)(struct tally_part *, const int *, int, int, const int64_t *, const int64_t *,
        const bool *) = add_run_scalar;
#ifdef WITH_AVX2
    if (!tally_rows_scalar && kernels_avx2())
        add_run = add_run_avx2;
#endif
    for (int r = 0; r < order->n_runs; r++) {
        const struct tally_run *run = &order->runs[r];
        self->touched[run->cell] = true;
        add_run(&self->parts[run->cell], order->items + run->from, run->to - run->from, width,
            values, baselines, skip);
    }
}
