/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random variates by inversion, one random word each, in whole numbers: tables are
 * built once with GSL's inverse distribution functions and interpolated, so that
 * the loops call no mathematical library and give the same bits everywhere.
 *
 * Scores (normal) and logarithms (to base 2) are fixed-point numbers with
 * VARIATE_BITS binary places. */
#ifndef GONGJI_ENGINE_VARIATE_H
#define GONGJI_ENGINE_VARIATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/money.h"

enum { VARIATE_BITS = 24 };

static inline int32_t
variate_fixed(double x)
{
    return (int32_t)__builtin_llround(x * (1 << VARIATE_BITS));
}

/* x times factor, both fixed. */
static inline int64_t
variate_times(int64_t factor, int64_t x)
{
    return factor * x >> VARIATE_BITS;
}

/* A quantile function at (word + 1/2) / 2^32. Each tail is cut into octaves of its
 * probability, 256 cells an octave, so that far tails are as fine as the middle;
 * the outermost 256 words have an entry each. */
enum { VARIATE_CELLS = 23 * 256 + 256 + 1 };
struct variate_table {
    int32_t tail[2][VARIATE_CELLS]; /* lower, upper */
};

static inline int32_t
variate_at(const struct variate_table *table, uint32_t word)
{
    uint32_t upper = word >> 31, t = word ^ -upper;
    uint32_t shift = 23 - (uint32_t)__builtin_clz(t | 256);
    uint32_t cell = 256 * shift + (t >> shift);
    int64_t low = table->tail[upper][cell], high = table->tail[upper][cell + 1];
    return (int32_t)(low + ((high - low) * (int64_t)(t & ((1U << shift) - 1)) >> shift));
}

/* variate_at of n words. */
void variate_many(const struct variate_table *table, const uint32_t *words, int n, int32_t *out);

/* variate_times(a, x) + variate_times(b, y) of n pairs, which fits 32 bits; out may be x
 * or y. */
void variate_mix(int32_t a, const int32_t *x, int32_t b, const int32_t *y, int n, int32_t *out);

void variate_normal(struct variate_table *out);
/* log2 of a gamma variate of that shape and scale 1. */
void variate_log_gamma(struct variate_table *out, double shape);

/* 2^log as whole fen, half up; log is fixed. 0 below half a fen; what would pass
 * VARIATE_FEN_LOG is held there. */
enum { VARIATE_EXP_BITS = 10, VARIATE_FEN_LOG = 36 };
struct variate_exp {
    uint32_t mantissa[(1 << VARIATE_EXP_BITS) + 1]; /* 2^(30 + i / 2^EXP_BITS) */
};
void variate_exp_init(struct variate_exp *out);

static inline fen_t
variate_fen(const struct variate_exp *table, int64_t log)
{
    enum { REST = VARIATE_BITS - VARIATE_EXP_BITS };
    const int64_t most = (int64_t)VARIATE_FEN_LOG << VARIATE_BITS;
    log = log > most ? most : log;
    log = log < -((int64_t)2 << VARIATE_BITS) ? -((int64_t)2 << VARIATE_BITS) : log;
    int power = (int)(log >> VARIATE_BITS);
    uint32_t fraction = (uint32_t)log & ((1U << VARIATE_BITS) - 1);
    uint32_t i = fraction >> REST, rest = fraction & ((1U << REST) - 1);
    uint64_t low = table->mantissa[i], high = table->mantissa[i + 1];
    uint64_t mantissa = (low << REST) + (high - low) * rest; /* times 2^(30 + REST - power) */
    int shift = 30 + REST - power;
    return (fen_t)((mantissa + ((uint64_t)1 << (shift - 1))) >> shift);
}

/* variate_fen of n logarithms. */
void variate_fens(const struct variate_exp *table, const int32_t *logs, int n, fen_t *out);

/* Counts from normal scores: the count is how many thresholds lie below the score.
 * Two scores that rank persons alike rank their counts alike. */
enum { COUNT_GUIDE_SHIFT = 18, COUNT_GUIDE = 18 << (VARIATE_BITS - COUNT_GUIDE_SHIFT) };
struct variate_count {
    int32_t *threshold; /* [n + 1], ascending, the last above any score; NULL where n is 0; owned */
    int n;
    uint16_t guide[COUNT_GUIDE]; /* where to begin */
};
bool variate_poisson(struct variate_count *out, double mean);
bool variate_negative_binomial(struct variate_count *out, double mean, double size);
/* The same from the distribution function, a count at a time: the slow twin. */
bool variate_negative_binomial_slowly(struct variate_count *out, double mean, double size);
void variate_count_free(struct variate_count *self);

static inline int
variate_count_at(const struct variate_count *self, int32_t score)
{
    int cell = (score + (9 << VARIATE_BITS)) >> COUNT_GUIDE_SHIFT;
    cell = cell < 0 ? 0 : cell >= COUNT_GUIDE ? COUNT_GUIDE - 1 : cell;
    if (self->n == 0)
        return 0;
    int n = self->guide[cell];
    n += score > self->threshold[n]; /* often, and hard to foretell */
    while (score > self->threshold[n])
        n++;
    return n;
}

/* The sum of the counts of n scores; 7 behind them are read too. */
int variate_count_sum(const struct variate_count *self, const int32_t *scores, int n);

/* Words that need no look at the normal table: those whose score, times factor,
 * surely stays below what is wanted. Most rare events are ruled out by it. */
enum { REACH_STEPS = 32, REACH_SHIFT = VARIATE_BITS - 2 };
struct variate_reach {
    uint32_t below[REACH_STEPS]; /* by what is wanted, in quarters */
};
void variate_reach_init(struct variate_reach *out, int32_t factor);

static inline bool
variate_out_of_reach(const struct variate_reach *self, int64_t wanted, uint32_t word)
{
    int64_t step = wanted >> REACH_SHIFT;
    step = step < 0 ? 0 : step >= REACH_STEPS ? REACH_STEPS - 1 : step;
    return word < self->below[step];
}

/* Shares as bounds for a word: category i where bound[i - 1] <= word < bound[i]. */
static inline uint64_t
variate_bound(double share)
{
    return share <= 0 ? 0
        : share >= 1  ? (uint64_t)1 << 32
                      : (uint64_t)__builtin_llround(share * 0x1p32);
}

/* One of up to 366 days (or 121 ages) with given weights. */
enum { WHEEL_MAX = 366, WHEEL_GUIDE_BITS = 10 };
struct variate_wheel {
    uint64_t bound[WHEEL_MAX]; /* ascending; the last is 2^32 */
    uint16_t guide[1 << WHEEL_GUIDE_BITS];
};
void variate_wheel_init(struct variate_wheel *out, const double *weights, int n);

static inline int
variate_wheel_at(const struct variate_wheel *self, uint32_t word)
{
    int i = self->guide[word >> (32 - WHEEL_GUIDE_BITS)];
    while (word >= self->bound[i])
        i++;
    return i;
}

/* floor(word / 2^32 * n): one of n alike. */
static inline uint32_t
variate_below(uint32_t word, uint32_t n)
{
    return (uint32_t)((uint64_t)word * n >> 32);
}

#endif
