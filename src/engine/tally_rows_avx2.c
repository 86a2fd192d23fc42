/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tally_rows.h"

#ifdef TALLY_WITH_AVX2
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* Sums of so many amounts, and of so many differences, fit 32 bits. */
enum { TOGETHER = 64, LANES = 8, PARTS = TALLY_WIDTH / LANES };
_Static_assert((int64_t)TOGETHER * (2 * TALLY_SMALL - 1) <= INT32_MAX, "sums fit 32 bits");
_Static_assert((int)PEOPLE_TILE <= (int)TOGETHER, "a tile's sums fit 32 bits");

static inline __m256i AVX2
load(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

static inline void AVX2
add_to(void *to, __m256i amount)
{
    _mm256_storeu_si256((__m256i *)to, _mm256_add_epi64(load(to), amount));
}

static inline void AVX2
widen_to(int64_t *to, __m256i sums)
{
    add_to(to, _mm256_cvtepi32_epi64(_mm256_castsi256_si128(sums)));
    add_to(to + 4, _mm256_cvtepi32_epi64(_mm256_extracti128_si256(sums, 1)));
}

/* with_bases: a constant. */
static inline void AVX2 __attribute__((always_inline))
add_rows(int64_t *sum, uint64_t *square, const int *items, int n, int32_t (*rows)[TALLY_WIDTH],
    int32_t (*bases)[TALLY_WIDTH], const bool with_bases)
{
    __m256i sums[PARTS], even[PARTS], odd[PARTS];
#pragma GCC unroll 3
    for (int k = 0; k < PARTS; k++)
        sums[k] = even[k] = odd[k] = _mm256_setzero_si256();
    for (int i = 0; i < n; i++)
#pragma GCC unroll 3
        for (int k = 0; k < PARTS; k++) {
            __m256i amounts = load(rows[items[i]] + k * LANES);
            if (with_bases)
                amounts = _mm256_sub_epi32(amounts, load(bases[items[i]] + k * LANES));
            __m256i others = _mm256_srli_epi64(amounts, 32);
            sums[k] = _mm256_add_epi32(sums[k], amounts);
            even[k] = _mm256_add_epi64(even[k], _mm256_mul_epi32(amounts, amounts));
            odd[k] = _mm256_add_epi64(odd[k], _mm256_mul_epi32(others, others));
        }
#pragma GCC unroll 3
    for (int k = 0; k < PARTS; k++) {
        widen_to(sum + k * LANES, sums[k]);
        add_to(square + k * LANES, even[k]);
        add_to(square + k * LANES + LANES / 2, odd[k]);
    }
}

void AVX2
tally_add_run_avx2(struct tally_part *part, const int *items, int n,
    int32_t (*rows)[TALLY_WIDTH], int32_t (*bases)[TALLY_WIDTH])
{
    for (int from = 0; from < n; from += TOGETHER) {
        int count = n - from < TOGETHER ? n - from : TOGETHER;
        add_rows(part->sum, part->square, items + from, count, rows, bases, false);
        if (bases != NULL)
            add_rows(part->difference, part->difference_square, items + from, count, rows, bases,
                true);
    }
}

void AVX2
tally_sum_avx2(int32_t (*rows)[TALLY_WIDTH], int n, int32_t sums[static TALLY_WIDTH])
{
    __m256i sum[PARTS];
#pragma GCC unroll 3
    for (int k = 0; k < PARTS; k++)
        sum[k] = _mm256_setzero_si256();
    for (int i = 0; i < n; i++)
#pragma GCC unroll 3
        for (int k = 0; k < PARTS; k++)
            sum[k] = _mm256_add_epi32(sum[k], load(rows[i] + k * LANES));
#pragma GCC unroll 3
    for (int k = 0; k < PARTS; k++)
        _mm256_storeu_si256((__m256i *)(void *)(sums + k * LANES), sum[k]);
}

/* The four amounts by enum distribution. */
static inline __m128i AVX2
amounts_of(const int32_t *row)
{
    _Static_assert(MEASURE_MEMBER_BURDEN == MEASURE_FUND_OUTFLOW + 1, "stand side by side");
    uint32_t credit = (uint32_t)row[MEASURE_ACCOUNT_TRANSFER] + (uint32_t)row[MEASURE_ACCOUNT_OWN];
    uint64_t others = credit | (uint64_t)(uint32_t)row[MEASURE_NET_GAIN_MEAN] << 32;
    return _mm_unpacklo_epi64(
        _mm_loadl_epi64((const __m128i *)(const void *)(row + MEASURE_FUND_OUTFLOW)),
        _mm_cvtsi64_si128((int64_t)others));
}

/* tally_bin_of of eight amounts. Steps of an octave are the upper digits of a floating
 * number's fraction, and octaves its exponent; digits below those that tell the bin are
 * thinned out, so that rounding never carries into them. */
static inline __m256i AVX2
bins_of(__m256i amounts)
{
    enum { LOG = 7, STEPS = 1 << LOG, FRACTION = 23, BIAS = 127 };
    __m256i sign = _mm256_srai_epi32(amounts, 31);
    __m256i size = _mm256_xor_si256(amounts, sign);
    __m256i thinned = _mm256_andnot_si256(_mm256_srli_epi32(size, LOG + 1), size);
    __m256i digits = _mm256_castps_si256(_mm256_cvtepi32_ps(thinned));
    __m256i bin = _mm256_sub_epi32(_mm256_srli_epi32(digits, FRACTION - LOG),
        _mm256_set1_epi32((BIAS + LOG - 1) * STEPS));
    __m256i few = _mm256_cmpgt_epi32(_mm256_set1_epi32(STEPS), size);
    bin = _mm256_blendv_epi8(bin, size, few);
    return _mm256_add_epi32(
        _mm256_xor_si256(bin, sign), _mm256_set1_epi32(TALLY_FINE_BINS / 2));
}

void AVX2
tally_bins_avx2(int32_t (*rows)[TALLY_WIDTH], int n, uint16_t (*bins)[DISTRIBUTION_COUNT])
{
    for (int i = 0; i < n; i += 2) {
        __m128i one = amounts_of(rows[i]), other = i + 1 < n ? amounts_of(rows[i + 1]) : one;
        __m256i both = bins_of(_mm256_set_m128i(other, one));
        __m128i packed = _mm_packus_epi32(
            _mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
        _mm_storel_epi64((__m128i *)(void *)bins[i], packed);
        if (i + 1 < n)
            _mm_storel_epi64((__m128i *)(void *)bins[i + 1], _mm_unpackhi_epi64(packed, packed));
    }
}
#endif
