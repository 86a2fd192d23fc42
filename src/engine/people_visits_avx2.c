/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight claims at a time: people_visits.c in AVX2. Lanes hold 32 bits, and what may
 * pass them is drawn again by the plain kernel. */
#include "engine/people_visits.h"

#if defined(__x86_64__)
#include "base/money_avx2.h"
#include "base/random_avx2.h"
#include "engine/people_tables.h"
#include "engine/variate_avx2.h"

#define AVX2 __attribute__((target("avx2"), always_inline)) static inline

AVX2 __m256i
load(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

AVX2 void
store(void *to, __m256i x)
{
    _mm256_storeu_si256((__m256i *)to, x);
}

/* Lane i of the result is table[index of lane i]. */
AVX2 __m256i
pick(const void *table, __m256i index)
{
    return _mm256_permutevar8x32_epi32(load(table), index);
}

/* Unsigned word > last, of which the sign bit is turned. */
AVX2 __m256i
passes(__m256i word_turned, __m256i last)
{
    return _mm256_cmpgt_epi32(word_turned, last);
}

AVX2 __m256i
turned(__m256i word)
{
    return _mm256_xor_si256(word, _mm256_set1_epi32((int)(1U << 31)));
}

AVX2 __m256i
day_of(const struct visit_days *days, __m256i word)
{
    __m256i day = variate_gather(days->guide, _mm256_srli_epi32(word, 32 - WHEEL_GUIDE_BITS));
    for (int i = 0; i < days->steps; i++)
        day = _mm256_sub_epi32(day, passes(turned(word), variate_gather(days->last, day)));
    return day;
}

/* What eight claims at the providers are, from the i-th on; false where a cost passes the
 * kernel's range. */
AVX2 bool
bill_eight(const struct people *people, const struct visit_tables *tables, __m256i provider,
    __m256i cost_word, __m256i eligible_word, __m256i flags_word, struct visit_chunk *chunk, int i)
{
    __m256i log = variate_times_eight(pick(tables->spread, provider), variate_eight(tables->cost, cost_word));
    log = _mm256_add_epi32(log, pick(tables->add, provider));
    log = _mm256_add_epi32(log, load(chunk->level + i));
    __m256i cost[2], eligible[2];
    bool narrow = variate_fen_eight(&people->exp, log, cost);

    __m256i low = pick(tables->low, provider), width = pick(tables->width, provider);
    __m256i share = _mm256_add_epi32(low, _mm256_blend_epi32(
        variate_odd(_mm256_mul_epu32(eligible_word, width)),
        _mm256_mul_epu32(variate_odd(eligible_word), variate_odd(width)), 0xAA));
    eligible[0] = money_share_of_four(cost[0], share);
    eligible[1] = money_share_of_four(cost[1], variate_odd(share));

    __m256i word_low = _mm256_and_si256(flags_word, _mm256_set1_epi32(65535));
    __m256i word_high = _mm256_srli_epi32(flags_word, 16);
    __m256i flags = _mm256_and_si256(_mm256_cmpgt_epi32(pick(tables->designated, provider), word_low),
        _mm256_set1_epi32(CLAIM_DESIGNATED));
    flags = _mm256_or_si256(flags, _mm256_and_si256(_mm256_cmpgt_epi32(
        pick(tables->may_admit, provider), word_high), _mm256_set1_epi32(CLAIM_MAY_ADMIT)));
    flags = _mm256_or_si256(flags, _mm256_set1_epi32((int)tables->flags));
    store(chunk->flags + i, flags);
    variate_store_wide(chunk->cost + i, cost);
    variate_store_wide(chunk->eligible + i, eligible);
    return narrow;
}

/* Eight claims from the i-th on; false where a cost passes the kernel's range. */
AVX2 bool
draw_eight(const struct visit_source *source, const random_schedule *keys,
    struct visit_chunk *chunk, int i, const bool plain, const bool with_words)
{
    const struct people *people = source->people;
    const struct visit_tables *tables = &people->visits[source->stream];
    const struct visit_days *days
        = &people->visit_days[people->streams[source->stream].benefit][source->leap];
    random_lanes main = { { load(chunk->number + i), _mm256_set1_epi32((int)source->high),
        _mm256_set1_epi32((int)source->year), _mm256_slli_epi32(load(chunk->index + i), 1) } };
    random_lanes more = main;
    more.word[3] = _mm256_or_si256(main.word[3], _mm256_set1_epi32(1));
    if (plain && !with_words) {
        main = random_rounds(main, keys);
        for (int w = 0; w < 4; w++)
            more.word[w] = _mm256_setzero_si256();
    } else
        random_rounds_twice(&main, &more, keys);

    const __m256i settled = load(chunk->settled + i);
    __m256i place = _mm256_and_si256(settled, _mm256_set1_epi32(PLACE_SETTLED));
    __m256i channel = _mm256_setzero_si256(), band = load(chunk->band + i);
    if (!plain) {
        if (tables->travels) {
            __m256i word = turned(more.word[0]);
            __m256i away = _mm256_andnot_si256(_mm256_or_si256(settled,
                    passes(word, _mm256_set1_epi32((int)tables->temporary))), _mm256_set1_epi32(-1));
            __m256i referred = tables->refers
                ? passes(word, _mm256_set1_epi32((int)tables->referred))
                : _mm256_set1_epi32(-1);
            place = _mm256_or_si256(place, _mm256_and_si256(away,
                _mm256_sub_epi32(_mm256_set1_epi32(PLACE_REFERRED), referred)));
            band = _mm256_blendv_epi8(band, _mm256_set1_epi32((int)tables->away), away);
        }
        __m256i word = turned(more.word[2]);
        channel = _mm256_set1_epi32((int)tables->first_channel);
        for (int c = 0; c < CHANNEL_COUNT - 1; c++)
            channel = _mm256_sub_epi32(
                channel, passes(word, _mm256_set1_epi32((int)tables->channel[c])));
    }
    __m256i provider = pick(tables->first, band), word = turned(main.word[1]);
    for (int p = 0; p < PROVIDER_COUNT - 1; p++)
        provider = _mm256_sub_epi32(provider, passes(word, pick(tables->provider[p], band)));

    bool narrow = bill_eight(people, tables, provider, main.word[2], more.word[1], more.word[3], chunk, i);
    store(chunk->day + i, day_of(days, main.word[0]));
    __m256i kind = _mm256_or_si256(_mm256_set1_epi32((int)tables->benefit),
        _mm256_or_si256(_mm256_slli_epi32(provider, 8),
            _mm256_or_si256(_mm256_slli_epi32(channel, 16), _mm256_slli_epi32(place, 24))));
    store(chunk->kind + i, kind);
    if (with_words) {
        store(chunk->words.provider + i, main.word[1]);
        store(chunk->words.cost + i, main.word[2]);
        store(chunk->words.behaviour + i, main.word[3]);
        store(chunk->words.eligible + i, more.word[1]);
        store(chunk->words.flags + i, more.word[3]);
    }
    return narrow;
}

AVX2 void
draw_all(const struct visit_source *source, struct visit_chunk *chunk, const bool plain,
    const bool with_words)
{
    random_schedule keys;
    random_schedule_init(&keys, source->people->key);
    for (int i = 0; i < chunk->n; i += VISIT_LANES)
        if (!draw_eight(source, &keys, chunk, i, plain, with_words))
            visits_draw_plain(
                source, chunk, i, i + VISIT_LANES < chunk->n ? i + VISIT_LANES : chunk->n);
}

__attribute__((target("avx2"))) void
visits_draw_avx2(const struct visit_source *source, struct visit_chunk *chunk)
{
    bool plain = source->people->visits[source->stream].plain;
    if (source->with_words && plain)
        draw_all(source, chunk, true, true);
    else if (source->with_words)
        draw_all(source, chunk, false, true);
    else if (plain)
        draw_all(source, chunk, true, false);
    else
        draw_all(source, chunk, false, false);
}

__attribute__((target("avx2"))) void
visits_bill_avx2(const struct visit_source *source, struct visit_chunk *chunk)
{
    const struct visit_tables *tables = &source->people->visits[source->stream];
    for (int i = 0; i < chunk->n; i += VISIT_LANES) {
        __m256i provider = _mm256_and_si256(
            _mm256_srli_epi32(load(chunk->kind + i), 8), _mm256_set1_epi32(255));
        bool narrow = bill_eight(source->people, tables, provider, load(chunk->words.cost + i),
            load(chunk->words.eligible + i), load(chunk->words.flags + i), chunk, i);
        if (!narrow)
            visits_bill_plain(
                source, chunk, i, i + VISIT_LANES < chunk->n ? i + VISIT_LANES : chunk->n);
    }
}
#endif
