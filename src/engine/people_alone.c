/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Visits alone, in a word each, where they are all that people have. */
#include "base/memory.h"
#include "engine/people_drawing.h"

/* Those in the chunk, into their words; returns the place behind them. */
static uint64_t *
put_visits(const struct visit_chunk *chunk, uint64_t *out)
{
    for (int i = 0; i < chunk->n; i++) {
        uint32_t kind = chunk->kind[i];
        *out++ = people_visit(chunk->day[i], kind >> 8 & 255, kind >> 16 & 255, kind >> 24,
            chunk->flags[i], chunk->eligible[i]);
    }
    return out;
}

/* Visits as drawn, from `drawn` on, into their persons' places in the block, there by day
 * and without those after the last: counted out by day, then dealt. */
static void
deal_visits(const struct drawing *d, struct people_block *block, int from, int to, int first)
{
    struct people_scratch *scratch = d->scratch;
    const uint64_t *drawn = scratch->drawn;
    int *start = block->visit_start, next[367] = { 0 }, n = 0, cursor[VISITS_TOGETHER];
    for (int i = from, v = 0; i < to; i++) {
        day_t last = scratch->states[i].last;
        uint32_t until = last < d->last ? (uint32_t)(last - d->first) : 366;
        cursor[i - from] = first + n;
        for (int end = v + start[i + 1] - start[i]; v < end; v++) {
            uint32_t day = (uint32_t)(drawn[v] >> VISIT_DAY_SHIFT);
            bool stays = day <= until;
            scratch->who[v] = (uint32_t)(stays ? i - from : VISITS_TOGETHER);
            next[day + 1] += stays;
            n += stays;
        }
    }
    int all = start[to] - start[from];
    for (int day = 1; day < 367; day++)
        next[day] += next[day - 1];
    for (int v = 0; v < all; v++) {
        if (scratch->who[v] == VISITS_TOGETHER)
            continue;
        int place = next[drawn[v] >> VISIT_DAY_SHIFT]++;
        scratch->by_date[place] = (struct visit_of){ drawn[v], scratch->who[v] };
    }
    for (int i = from; i < to; i++)
        start[i] = cursor[i - from];
    for (int k = 0; k < n; k++)
        block->visits[cursor[scratch->by_date[k].who]++] = scratch->by_date[k].visit;
    block->n_visits = first + n;
}

static void
reserve_visits(struct people_block *block, int most, int together)
{
    struct people_scratch *scratch = block->scratch;
    if (most > block->visit_capacity) {
        block->visit_capacity = most + most / 8;
        block->visits
            = memory_resize(block->visits, (size_t)block->visit_capacity, sizeof *block->visits);
    }
    if (together > scratch->drawn_capacity) {
        scratch->drawn_capacity = together + together / 8;
        size_t size = (size_t)scratch->drawn_capacity;
        scratch->drawn = memory_resize(scratch->drawn, size, sizeof *scratch->drawn);
        scratch->who = memory_resize(scratch->who, size, sizeof *scratch->who);
        scratch->by_date = memory_resize(scratch->by_date, size, sizeof *scratch->by_date);
    }
}

/* Visits of persons from .. to - 1, in their order, into scratch->drawn. */
static void
draw_visits(const struct drawing *d, const struct people_block *block, int from, int to)
{
    const uint32_t purpose = PURPOSE_CLAIM + STREAM_OUTPATIENT;
    const struct stream *stream = &d->people->streams[STREAM_OUTPATIENT];
    struct visit_source source = drawing_source(d, STREAM_OUTPATIENT);
    struct visit_chunk *chunk = d->scratch->chunk;
    uint64_t *out = d->scratch->drawn;
    chunk->n = 0;
    for (int i = from; i < to; i++) {
        uint64_t number = block->first + (uint64_t)i;
        uint32_t high = drawing_high(number, purpose);
        int n = block->visit_start[i + 1] - block->visit_start[i];
        for (int k = 0; k < n;) {
            if (chunk->n == VISIT_CHUNK || (chunk->n != 0 && high != source.high)) {
                visits_draw(&source, chunk);
                out = put_visits(chunk, out);
                chunk->n = 0;
            }
            source.high = high;
            k += drawing_fill(d, stream, &d->scratch->states[i], number, k, n, chunk);
        }
    }
    visits_draw(&source, chunk);
    put_visits(chunk, out);
}

void
people_visits(const struct people *self, struct people_block *block)
{
    struct people_scratch *scratch = block->scratch;
    struct drawing d = drawing_of(self, block);
    int *start = block->visit_start, n = 0;
    for (int i = 0; i < block->n; i++) {
        start[i] = n;
        n += scratch->states[i].n[STREAM_OUTPATIENT];
    }
    start[block->n] = n;
    block->n_visits = 0;
    for (int from = 0; from < block->n; from += VISITS_TOGETHER) {
        int to = from + VISITS_TOGETHER < block->n ? from + VISITS_TOGETHER : block->n;
        reserve_visits(block, n, start[to] - start[from]);
        draw_visits(&d, block, from, to);
        deal_visits(&d, block, from, to, block->n_visits);
    }
    start[block->n] = block->n_visits;
}
