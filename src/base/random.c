/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/random.h"

#include <stdbool.h>

/* The one door to Random123. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

struct random_key
random_key_of(uint64_t seed)
{
    return (struct random_key){ { (uint32_t)seed, (uint32_t)(seed >> 32) } };
}

struct random_words
random_philox(const uint32_t counter[4], struct random_key key)
{
    philox4x32_ctr_t c = { { counter[0], counter[1], counter[2], counter[3] } };
    philox4x32_key_t k = { { key.word[0], key.word[1] } };
    philox4x32_ctr_t r = philox4x32(c, k);
    return (struct random_words){ { r.v[0], r.v[1], r.v[2], r.v[3] } };
}

struct random_words
random_at(struct random_key key, uint64_t person, uint32_t year, uint32_t purpose, uint32_t index)
{
    const uint32_t counter[4]
        = { (uint32_t)person, (uint32_t)(person >> 32) | purpose << 8, year, index };
    return random_philox(counter, key);
}

/* Four counters that differ in one word go through the rounds together: the same
 * arithmetic as Random123's, which stays the measure (tests/base/test_random.c). */
#if defined(__x86_64__)
#include <immintrin.h>

typedef struct {
    __m256i word[4]; /* a counter a lane of 64 bits, of which the low 32 count */
} lanes;

static inline __attribute__((target("avx2"), always_inline)) lanes
rounds(lanes c, struct random_key key)
{
    const __m256i m0 = _mm256_set1_epi64x(0xD2511F53), m1 = _mm256_set1_epi64x(0xCD9E8D57);
    for (uint32_t i = 0; i < 10; i++) {
        __m256i k0 = _mm256_set1_epi64x(key.word[0] + i * 0x9E3779B9);
        __m256i k1 = _mm256_set1_epi64x(key.word[1] + i * 0xBB67AE85);
        __m256i p0 = _mm256_mul_epu32(c.word[0], m0), p1 = _mm256_mul_epu32(c.word[2], m1);
        c.word[0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), c.word[1]), k0);
        c.word[2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), c.word[3]), k1);
        c.word[1] = p1;
        c.word[3] = p0;
    }
    return c;
}

static inline __attribute__((target("avx2"), always_inline)) void
store(lanes c, struct random_words *out)
{
    __m256i low01 = _mm256_blend_epi32(c.word[0], _mm256_slli_epi64(c.word[1], 32), 0xAA);
    __m256i low23 = _mm256_blend_epi32(c.word[2], _mm256_slli_epi64(c.word[3], 32), 0xAA);
    __m256i even = _mm256_unpacklo_epi64(low01, low23), odd = _mm256_unpackhi_epi64(low01, low23);
    _mm256_storeu_si256((__m256i *)&out[0], _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256((__m256i *)&out[2], _mm256_permute2x128_si256(even, odd, 0x31));
}

/* n a multiple of 4; counter[which] ascends by one. */
static __attribute__((target("avx2"))) void
philox_fours(const uint32_t counter[4], int which, int n, struct random_key key,
    struct random_words *out)
{
    lanes first;
    for (int w = 0; w < 4; w++)
        first.word[w] = _mm256_set1_epi64x(counter[w]);
    first.word[which]
        = _mm256_add_epi64(first.word[which], _mm256_set_epi64x(3, 2, 1, 0));
    for (int i = 0; i < n; i += 8) {
        lanes a = first, b = first;
        a.word[which] = _mm256_add_epi64(first.word[which], _mm256_set1_epi64x(i));
        b.word[which] = _mm256_add_epi64(first.word[which], _mm256_set1_epi64x(i + 4));
        a = rounds(a, key);
        store(a, out + i);
        if (i + 4 < n) {
            b = rounds(b, key);
            store(b, out + i + 4);
        }
    }
}

static bool
fours(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
static void
philox_fours(const uint32_t counter[4], int which, int n, struct random_key key,
    struct random_words *out)
{
    (void)counter, (void)which, (void)n, (void)key, (void)out;
}

static bool
fours(void)
{
    return false;
}
#endif

static void
philox_many(uint32_t counter[4], int which, int n, struct random_key key, struct random_words *out)
{
    int done = n >= 4 && fours() ? n / 4 * 4 : 0;
    if (done != 0)
        philox_fours(counter, which, done, key, out);
    for (counter[which] += (uint32_t)done; done < n; done++, counter[which]++)
        out[done] = random_philox(counter, key);
}

void
random_indices(struct random_key key, uint64_t person, uint32_t year, uint32_t purpose,
    uint32_t index, int n, struct random_words *out)
{
    uint32_t counter[4] = { (uint32_t)person, (uint32_t)(person >> 32) | purpose << 8, year, index };
    philox_many(counter, 3, n, key, out);
}

void
random_persons(struct random_key key, uint64_t person, int n, uint32_t year, uint32_t purpose,
    uint32_t index, struct random_words *out)
{
    if ((uint32_t)person > UINT32_MAX - (uint32_t)n) { /* the next word would count too */
        for (int i = 0; i < n; i++)
            out[i] = random_at(key, person + (uint64_t)i, year, purpose, index);
        return;
    }
    uint32_t counter[4] = { (uint32_t)person, (uint32_t)(person >> 32) | purpose << 8, year, index };
    philox_many(counter, 0, n, key, out);
}
