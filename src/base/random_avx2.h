/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight counters of Philox4x32-10 at a time, a counter a lane: the same arithmetic as
 * Random123's, which stays the measure (tests/base/test_random.c). For functions with
 * the same target only. */
#ifndef GONGJI_BASE_RANDOM_AVX2_H
#define GONGJI_BASE_RANDOM_AVX2_H

#if defined(__x86_64__)
#include <immintrin.h>

#include "base/random.h"

#define RANDOM_AVX2 __attribute__((target("avx2"), always_inline)) static inline

typedef struct {
    __m256i word[4]; /* of eight counters */
} random_lanes;

/* A round's keys in every lane. */
typedef struct {
    __m256i word[10][2];
} random_schedule;

RANDOM_AVX2 void
random_schedule_init(random_schedule *out, struct random_key key)
{
    for (uint32_t i = 0; i < 10; i++) {
        out->word[i][0] = _mm256_set1_epi32((int)(key.word[0] + i * 0x9E3779B9));
        out->word[i][1] = _mm256_set1_epi32((int)(key.word[1] + i * 0xBB67AE85));
    }
}

RANDOM_AVX2 random_lanes
random_round(random_lanes c, const __m256i key[2])
{
    const __m256i m0 = _mm256_set1_epi32((int)0xD2511F53), m1 = _mm256_set1_epi32((int)0xCD9E8D57);
    __m256i even0 = _mm256_mul_epu32(c.word[0], m0);
    __m256i odd0 = _mm256_mul_epu32(_mm256_srli_epi64(c.word[0], 32), m0);
    __m256i even1 = _mm256_mul_epu32(c.word[2], m1);
    __m256i odd1 = _mm256_mul_epu32(_mm256_srli_epi64(c.word[2], 32), m1);
    __m256i high0 = _mm256_blend_epi32(_mm256_srli_epi64(even0, 32), odd0, 0xAA);
    __m256i high1 = _mm256_blend_epi32(_mm256_srli_epi64(even1, 32), odd1, 0xAA);
    random_lanes next;
    next.word[0] = _mm256_xor_si256(_mm256_xor_si256(high1, key[0]), c.word[1]);
    next.word[1] = _mm256_blend_epi32(even1, _mm256_slli_epi64(odd1, 32), 0xAA);
    next.word[2] = _mm256_xor_si256(_mm256_xor_si256(high0, key[1]), c.word[3]);
    next.word[3] = _mm256_blend_epi32(even0, _mm256_slli_epi64(odd0, 32), 0xAA);
    return next;
}

RANDOM_AVX2 random_lanes
random_rounds(random_lanes c, const random_schedule *keys)
{
    for (int i = 0; i < 10; i++)
        c = random_round(c, keys->word[i]);
    return c;
}

/* Two sets side by side, so that neither waits for its own products. */
RANDOM_AVX2 void
random_rounds_twice(random_lanes *a, random_lanes *b, const random_schedule *keys)
{
    for (int i = 0; i < 10; i++) {
        *a = random_round(*a, keys->word[i]);
        *b = random_round(*b, keys->word[i]);
    }
}

/* As eight consecutive records. */
RANDOM_AVX2 void
random_store(random_lanes c, struct random_words *out)
{
    __m256i low01 = _mm256_unpacklo_epi32(c.word[0], c.word[1]);
    __m256i low23 = _mm256_unpacklo_epi32(c.word[2], c.word[3]);
    __m256i high01 = _mm256_unpackhi_epi32(c.word[0], c.word[1]);
    __m256i high23 = _mm256_unpackhi_epi32(c.word[2], c.word[3]);
    __m256i r04 = _mm256_unpacklo_epi64(low01, low23), r15 = _mm256_unpackhi_epi64(low01, low23);
    __m256i r26 = _mm256_unpacklo_epi64(high01, high23), r37 = _mm256_unpackhi_epi64(high01, high23);
    __m256i *to = (__m256i *)out;
    _mm256_storeu_si256(to, _mm256_permute2x128_si256(r04, r15, 0x20));
    _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(r26, r37, 0x20));
    _mm256_storeu_si256(to + 2, _mm256_permute2x128_si256(r04, r15, 0x31));
    _mm256_storeu_si256(to + 3, _mm256_permute2x128_si256(r26, r37, 0x31));
}
#endif

#endif
