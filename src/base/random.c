/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/random.h"

#include "base/kernels.h"
#include "base/random_avx2.h"

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

/* Counters go through the rounds several at a time. */
#if defined(__x86_64__)
/* n a multiple of 8; counter[0] ascends by one. */
static __attribute__((target("avx2"))) void
columns_of_eights(const uint32_t counter[4], int n, struct random_key key,
    uint32_t *const out[static 4])
{
    random_schedule keys;
    random_schedule_init(&keys, key);
    random_lanes first;
    for (int w = 0; w < 4; w++)
        first.word[w] = _mm256_set1_epi32((int)counter[w]);
    first.word[0] = _mm256_add_epi32(first.word[0], _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    for (int i = 0; i < n; i += 16) {
        random_lanes a = first, b = first;
        a.word[0] = _mm256_add_epi32(first.word[0], _mm256_set1_epi32(i));
        b.word[0] = _mm256_add_epi32(first.word[0], _mm256_set1_epi32(i + 8));
        random_rounds_twice(&a, &b, &keys);
        for (int w = 0; w < 4; w++) {
            _mm256_storeu_si256((__m256i *)(out[w] + i), a.word[w]);
            if (i + 8 < n)
                _mm256_storeu_si256((__m256i *)(out[w] + i + 8), b.word[w]);
        }
    }
}

/* n a multiple of 8. */
static __attribute__((target("avx2"))) void
each_of_eights(struct random_key key, const uint64_t *persons, const uint32_t *indices, int n,
    uint32_t year, uint32_t purpose, struct random_words *out)
{
    random_schedule keys;
    random_schedule_init(&keys, key);
    for (int i = 0; i < n; i += 16) {
        random_lanes both[2];
        int sets = i + 8 < n ? 2 : 1;
        for (int k = 0; k < sets; k++) {
            const __m256i *from = (const __m256i *)(const void *)(persons + i + 8 * k);
            __m256 a = _mm256_castsi256_ps(_mm256_loadu_si256(from));
            __m256 b = _mm256_castsi256_ps(_mm256_loadu_si256(from + 1));
            __m256i low = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88));
            __m256i high = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xDD));
            both[k].word[0] = _mm256_permute4x64_epi64(low, 0xD8);
            both[k].word[1] = _mm256_or_si256(
                _mm256_permute4x64_epi64(high, 0xD8), _mm256_set1_epi32((int)(purpose << 8)));
            both[k].word[2] = _mm256_set1_epi32((int)year);
            both[k].word[3]
                = _mm256_loadu_si256((const __m256i *)(const void *)(indices + i + 8 * k));
        }
        if (sets == 1) {
            random_store(random_rounds(both[0], &keys), out + i);
            continue;
        }
        random_rounds_twice(&both[0], &both[1], &keys);
        random_store(both[0], out + i);
        random_store(both[1], out + i + 8);
    }
}
#else
static void
each_of_eights(struct random_key key, const uint64_t *persons, const uint32_t *indices, int n,
    uint32_t year, uint32_t purpose, struct random_words *out)
{
    (void)key, (void)persons, (void)indices, (void)n, (void)year, (void)purpose, (void)out;
}

static void
columns_of_eights(const uint32_t counter[4], int n, struct random_key key,
    uint32_t *const out[static 4])
{
    (void)counter, (void)n, (void)key, (void)out;
}
#endif

void
random_columns(struct random_key key, uint64_t person, int n, uint32_t year, uint32_t purpose,
    uint32_t index, uint32_t *const out[static 4])
{
    if (kernels_avx2() && (uint32_t)person <= UINT32_MAX - (uint32_t)n) {
        const uint32_t counter[4]
            = { (uint32_t)person, (uint32_t)(person >> 32) | purpose << 8, year, index };
        columns_of_eights(counter, n, key, out);
        return;
    }
    for (int i = 0; i < n; i++) {
        struct random_words words = random_at(key, person + (uint64_t)i, year, purpose, index);
        for (int w = 0; w < 4; w++)
            out[w][i] = words.word[w];
    }
}

void
random_each(struct random_key key, const uint64_t *persons, const uint32_t *indices, int n,
    uint32_t year, uint32_t purpose, struct random_words *out)
{
    int done = kernels_avx2() ? n / 8 * 8 : 0;
    if (done != 0)
        each_of_eights(key, persons, indices, done, year, purpose, out);
    for (int i = done; i < n; i++)
        out[i] = random_at(key, persons[i], year, purpose, indices[i]);
}
