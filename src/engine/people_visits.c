/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/people_visits.h"

#include <stdlib.h>

#include "base/kernels.h"
#include "base/memory.h"
#include "engine/people_tables.h"

/* --- one by one --- */

fen_t
visit_cost(const struct people *people, const struct cost_table *cost, int32_t level, uint32_t word)
{
    int64_t log = cost->add + variate_times(cost->spread, variate_at(cost->table, word)) + level;
    return variate_fen(&people->exp, log);
}

fen_t
visit_eligible(const struct site *site, int provider, fen_t cost, uint32_t word)
{
    ratio_t share = site->eligible_low[provider]
        + (ratio_t)variate_below(word, (uint32_t)site->eligible_width[provider] + 1);
    return money_share(cost, share);
}

uint32_t
visit_flags(const struct site *site, int provider, uint32_t word)
{
    return ((word & 65535) < site->designated[provider] ? CLAIM_DESIGNATED : 0)
        | (word >> 16 < site->may_admit[provider] ? CLAIM_MAY_ADMIT : 0);
}

static void
draw_one(const struct visit_source *source, struct visit_chunk *chunk, int i)
{
    const struct people *people = source->people;
    const struct stream *stream = &people->streams[source->stream];
    const struct site *site = &people->sites[stream->benefit];
    const uint32_t counter[4] = { chunk->number[i], source->high, source->year, 2 * chunk->index[i] };
    const uint32_t next[4] = { counter[0], counter[1], counter[2], counter[3] + 1 };
    const struct random_words main = random_philox(counter, people->key),
                              more = random_philox(next, people->key);
    bool settled = chunk->settled[i] != 0;
    int place = settled ? PLACE_SETTLED : PLACE_LOCAL, channel = CHANNEL_INSTITUTION;
    if (!site->plain) {
        if (!settled && more.word[0] < site->temporary)
            place = more.word[0] < site->referred ? PLACE_REFERRED : PLACE_TEMPORARY;
        channel = visit_category(site->channel, CHANNEL_COUNT, more.word[2]);
    }
    bool away = place == PLACE_REFERRED || place == PLACE_TEMPORARY;
    uint32_t band = away ? (uint32_t)site->away : chunk->band[i];
    int provider = visit_category(site->provider[band], PROVIDER_COUNT, main.word[1]);
    fen_t cost = visit_cost(people, &stream->cost[provider], chunk->level[i], main.word[2]);
    chunk->day[i] = (uint32_t)variate_wheel_at(&site->days[source->leap], main.word[0]);
    chunk->kind[i]
        = visit_kind(stream->benefit, (uint32_t)provider, (uint32_t)channel, (uint32_t)place);
    chunk->flags[i] = visit_flags(site, provider, more.word[3])
        | (stream->disease != NAME_NONE ? CLAIM_REGISTERED : 0);
    chunk->cost[i] = cost;
    chunk->eligible[i] = visit_eligible(site, provider, cost, more.word[1]);
    if (source->with_words) {
        chunk->words.provider[i] = main.word[1];
        chunk->words.cost[i] = main.word[2];
        chunk->words.behaviour[i] = main.word[3];
        chunk->words.eligible[i] = more.word[1];
        chunk->words.flags[i] = more.word[3];
    }
}

void
visits_draw_plain(const struct visit_source *source, struct visit_chunk *chunk, int from, int to)
{
    for (int i = from; i < to; i++)
        draw_one(source, chunk, i);
}

void
visits_draw(const struct visit_source *source, struct visit_chunk *chunk)
{
#if defined(__x86_64__)
    if (kernels_avx2() && source->people->visits[source->stream].narrow) {
        visits_draw_avx2(source, chunk);
        return;
    }
#endif
    visits_draw_plain(source, chunk, 0, chunk->n);
}

void
visits_bill_plain(const struct visit_source *source, struct visit_chunk *chunk, int from, int to)
{
    const struct people *people = source->people;
    const struct stream *stream = &people->streams[source->stream];
    const struct site *site = &people->sites[stream->benefit];
    for (int i = from; i < to; i++) {
        int provider = chunk->kind[i] >> 8 & 255;
        fen_t cost = visit_cost(
            people, &stream->cost[provider], chunk->level[i], chunk->words.cost[i]);
        chunk->cost[i] = cost;
        chunk->eligible[i] = visit_eligible(site, provider, cost, chunk->words.eligible[i]);
        chunk->flags[i] = visit_flags(site, provider, chunk->words.flags[i])
            | (stream->disease != NAME_NONE ? CLAIM_REGISTERED : 0);
    }
}

void
visits_bill(const struct visit_source *source, struct visit_chunk *chunk)
{
#if defined(__x86_64__)
    if (kernels_avx2() && source->people->visits[source->stream].narrow) {
        visits_bill_avx2(source, chunk);
        return;
    }
#endif
    visits_bill_plain(source, chunk, 0, chunk->n);
}

/* --- tables --- */

static const uint32_t sign = 1U << 31;

void
visit_days_init(struct visit_days *out, const struct variate_wheel *wheel)
{
    out->steps = 0;
    for (int i = 0; i < WHEEL_MAX; i++)
        out->last[i] = (uint32_t)(wheel->bound[i] - 1) ^ sign;
    for (uint32_t cell = 0; cell < 1 << WHEEL_GUIDE_BITS; cell++) {
        uint32_t last = (cell + 1) << (32 - WHEEL_GUIDE_BITS);
        int steps = variate_wheel_at(wheel, last - 1) - wheel->guide[cell];
        out->guide[cell] = wheel->guide[cell];
        out->steps = steps > out->steps ? steps : out->steps;
    }
}

/* Bounds that are 0 count into *first and are passed by no word. */
static uint32_t
last_of(uint64_t bound, uint32_t *first)
{
    *first += bound == 0;
    return (uint32_t)(bound - 1) ^ sign;
}

/* Logarithms of costs stay within 32 bits, and all are of one table. */
static bool
fits(const struct stream *stream)
{
    const int64_t room = ((int64_t)1 << 31) - (1 << 20);
    for (int provider = 0; provider < PROVIDER_COUNT; provider++) {
        const struct cost_table *cost = &stream->cost[provider];
        int64_t table = 0;
        for (int tail = 0; tail < 2; tail++)
            for (int cell = 0; cell < VARIATE_CELLS; cell += VARIATE_CELLS - 1)
                table = llabs(cost->table->tail[tail][cell]) > table
                    ? llabs(cost->table->tail[tail][cell])
                    : table;
        int64_t most = llabs(cost->add) + variate_times(llabs(cost->spread), table) + VISIT_LEVEL;
        if (most > room || cost->table != stream->cost[0].table)
            return false;
    }
    return true;
}

static void
compile_visits(const struct people *people, const struct stream *stream, struct visit_tables *out)
{
    const struct site *site = &people->sites[stream->benefit];
    out->narrow = site->away + 1 <= VISIT_LANES && fits(stream);
    out->plain = site->plain;
    for (int band = 0; band <= site->away && out->narrow; band++)
        for (int i = 0; i < PROVIDER_COUNT - 1; i++)
            out->provider[i][band] = last_of(site->provider[band][i], &out->first[band]);
    out->away = (uint32_t)site->away;
    out->travels = !site->plain && site->temporary > 0;
    out->refers = site->referred > 0;
    out->temporary = (uint32_t)(site->temporary - 1) ^ sign;
    out->referred = (uint32_t)(site->referred - 1) ^ sign;
    for (int i = 0; i < CHANNEL_COUNT - 1; i++)
        out->channel[i] = last_of(site->channel[i], &out->first_channel);
    for (int provider = 0; provider < PROVIDER_COUNT; provider++) {
        out->add[provider] = stream->cost[provider].add;
        out->spread[provider] = stream->cost[provider].spread;
        out->low[provider] = (uint32_t)site->eligible_low[provider];
        out->width[provider] = (uint32_t)site->eligible_width[provider] + 1;
        out->designated[provider] = site->designated[provider];
        out->may_admit[provider] = site->may_admit[provider];
    }
    out->cost = stream->cost[0].table;
    out->benefit = stream->benefit;
    out->flags = stream->disease != NAME_NONE ? CLAIM_REGISTERED : 0;
}

void
people_compile_visits(struct people *people)
{
    people->visits = memory_aligned(STREAM_COUNT, sizeof *people->visits);
    people->visit_days = memory_aligned(BENEFIT_COUNT, sizeof *people->visit_days);
    for (int i = 0; i < STREAM_COUNT; i++) {
        people->visits[i] = (struct visit_tables){ 0 };
        compile_visits(people, &people->streams[i], &people->visits[i]);
    }
    for (int benefit = 0; benefit < BENEFIT_COUNT; benefit++)
        for (int leap = 0; leap < 2; leap++)
            visit_days_init(
                &people->visit_days[benefit][leap], &people->sites[benefit].days[leap]);
}
