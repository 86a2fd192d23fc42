/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims of one stream drawn many at a time, in columns: the day, the provider and
 * the bill of each, from its two sets of random words. The plain kernel says what is
 * drawn; the AVX2 one draws eight at a time, to the same bits
 * (tests/engine/test_visits.c). */
#ifndef GONGJI_ENGINE_PEOPLE_VISITS_H
#define GONGJI_ENGINE_PEOPLE_VISITS_H

#include "base/random.h"
#include "engine/variate.h"
#include "input/records.h"

/* A wheel with its bounds less one, for comparisons of 32 bits. */
struct visit_days {
    uint32_t guide[1 << WHEEL_GUIDE_BITS];
    uint32_t last[WHEEL_MAX]; /* bound - 1; sign bit turned */
    int steps; /* most bounds passed from where the guide points */
};
void visit_days_init(struct visit_days *out, const struct variate_wheel *wheel);

/* What the AVX2 kernel looks up, a table of eight 32-bit numbers a register. */
enum { VISIT_LANES = 8 };
struct visit_tables {
    bool narrow; /* all fits 32 bits; else only the plain kernel is right */
    bool plain; /* the second set of words is not needed */
    /* By age band, away the last: bound - 1 of each provider, sign bit turned; how many
     * bounds are 0. */
    uint32_t provider[PROVIDER_COUNT - 1][VISIT_LANES], first[VISIT_LANES];
    uint32_t away; /* band */
    bool travels, refers; /* bounds of places above 0 */
    uint32_t temporary, referred; /* bound - 1, sign bit turned */
    uint32_t channel[CHANNEL_COUNT - 1], first_channel; /* likewise */
    int32_t add[VISIT_LANES], spread[VISIT_LANES]; /* by provider, of log2 of the cost */
    uint32_t low[VISIT_LANES], width[VISIT_LANES]; /* eligible share, width + 1 */
    uint32_t designated[VISIT_LANES], may_admit[VISIT_LANES];
    const struct variate_table *cost; /* not owned */
    uint32_t benefit, flags; /* of all */
};

enum { VISIT_CHUNK = 64, VISIT_ROOM = VISIT_CHUNK + VISIT_LANES }; /* filled by registers */
struct visit_chunk {
    int n;
    uint32_t number[VISIT_ROOM]; /* of the person, low word */
    uint32_t index[VISIT_ROOM]; /* of the claim within its stream */
    uint32_t band[VISIT_ROOM]; /* of the person's age, for providers */
    uint32_t settled[VISIT_ROOM]; /* elsewhere: all bits or none */
    int32_t level[VISIT_ROOM]; /* log2 of what person and year make of costs: visit_level */
    /* drawn */
    uint32_t day[VISIT_ROOM]; /* from 1 January */
    uint32_t kind[VISIT_ROOM]; /* benefit, provider, channel and place, a byte each */
    uint32_t flags[VISIT_ROOM]; /* enum claim_flag */
    fen_t cost[VISIT_ROOM], eligible[VISIT_ROOM];
    struct visit_words {
        /* Of provider, cost, behaviour; of eligible share and flags. */
        uint32_t provider[VISIT_ROOM], cost[VISIT_ROOM], behaviour[VISIT_ROOM];
        uint32_t eligible[VISIT_ROOM], flags[VISIT_ROOM];
    } words; /* where wanted */
};

struct people;

/* Where a chunk's words are: counters but for number and index. */
struct visit_source {
    const struct people *people;
    int stream, leap;
    uint32_t high, year; /* purpose with the number's high word */
    bool with_words;
};
void visits_draw(const struct visit_source *source, struct visit_chunk *chunk);
/* What claims at the providers in their kinds would be, by words, level and stream: cost,
 * eligible cost and flags. */
void visits_bill(const struct visit_source *source, struct visit_chunk *chunk);
/* The same of claims from .. to - 1, one by one. */
void visits_draw_plain(
    const struct visit_source *source, struct visit_chunk *chunk, int from, int to);
void visits_bill_plain(
    const struct visit_source *source, struct visit_chunk *chunk, int from, int to);
#if defined(__x86_64__)
void visits_draw_avx2(const struct visit_source *source, struct visit_chunk *chunk);
void visits_bill_avx2(const struct visit_source *source, struct visit_chunk *chunk);
#endif

static inline uint32_t
visit_kind(uint32_t benefit, uint32_t provider, uint32_t channel, uint32_t place)
{
    return benefit | provider << 8 | channel << 16 | place << 24;
}

/* The level in 32 bits: what would be past 2^96 times is not told apart. */
enum { VISIT_LEVEL = 96 << VARIATE_BITS };
static inline int32_t
visit_level(int64_t log)
{
    return (int32_t)(log > VISIT_LEVEL ? VISIT_LEVEL : log < -VISIT_LEVEL ? -VISIT_LEVEL : log);
}

/* Category i where bound[i - 1] <= word < bound[i]. */
static inline int
visit_category(const uint64_t *bound, int n, uint32_t word)
{
    int i = 0;
    for (int j = 0; j < n - 1; j++)
        i += word >= bound[j];
    return i;
}

struct cost_table;
struct site;
/* level: as in a chunk. */
fen_t visit_cost(const struct people *people, const struct cost_table *cost, int32_t level,
    uint32_t word);
fen_t visit_eligible(const struct site *site, int provider, fen_t cost, uint32_t word);
uint32_t visit_flags(const struct site *site, int provider, uint32_t word);

/* Fills the tables of all streams. */
void people_compile_visits(struct people *people);

#endif
