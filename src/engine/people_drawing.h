/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What drawing all claims and drawing visits alone share: a year at hand, and persons'
 * claims put into chunks. */
#ifndef GONGJI_ENGINE_PEOPLE_DRAWING_H
#define GONGJI_ENGINE_PEOPLE_DRAWING_H

#include "base/memory.h"
#include "engine/people_tables.h"

struct drawing {
    const struct people *people;
    struct people_scratch *scratch;
    uint32_t year;
    int leap;
    bool with_potential;
    day_t first, last; /* of the year */
};

static inline struct drawing
drawing_of(const struct people *people, const struct people_block *block)
{
    struct people_scratch *scratch = block->scratch;
    if (scratch->chunk == NULL) {
        scratch->chunk = memory_alloc(1, sizeof *scratch->chunk);
        scratch->primary = memory_alloc(1, sizeof *scratch->primary);
    }
    return (struct drawing){ .people = people,
        .scratch = scratch,
        .year = (uint32_t)block->year,
        .leap = scratch->last - scratch->first == 365,
        .with_potential = block->with_potential,
        .first = scratch->first,
        .last = scratch->last };
}

static inline struct visit_source
drawing_source(const struct drawing *d, int index)
{
    return (struct visit_source){ .people = d->people,
        .stream = index,
        .leap = d->leap,
        .year = d->year,
        .with_words = d->with_potential };
}

/* Of a chunk's claims: purpose with the high word of their persons' numbers. */
static inline uint32_t
drawing_high(uint64_t number, uint32_t purpose)
{
    return (uint32_t)(number >> 32) | purpose << 8;
}

static inline int32_t
drawing_level(const struct drawing *d, const struct person_state *state, const struct stream *stream)
{
    return visit_level(stream->person_add + d->scratch->terms->cost[stream->benefit]
        + variate_times(stream->person_spread, state->cost));
}

/* Claims from the k-th on of a person's n, as many as fit, into the chunk's end; how many
 * they are. Whole registers are stored, the last one past the end. */
static inline int
drawing_fill(const struct drawing *d, const struct stream *stream, const struct person_state *state,
    uint64_t number, int k, int n, struct visit_chunk *chunk)
{
    const struct site *site = &d->people->sites[stream->benefit];
    int32_t level = drawing_level(d, state, stream);
    uint32_t band = site->provider_band[state->age], settled = state->settled ? UINT32_MAX : 0;
    int room = VISIT_CHUNK - chunk->n, now = n - k < room ? n - k : room;
    for (int i = chunk->n; i < chunk->n + now; i += VISIT_LANES, k += VISIT_LANES)
        for (int j = 0; j < VISIT_LANES; j++) {
            chunk->number[i + j] = (uint32_t)number;
            chunk->index[i + j] = (uint32_t)(k + j);
            chunk->band[i + j] = band;
            chunk->settled[i + j] = settled;
            chunk->level[i + j] = level;
        }
    chunk->n += now;
    return now;
}

#endif
