/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variates of eight words at a time, to the bits of variate.h. For functions with the
 * same target only. */
#ifndef GONGJI_ENGINE_VARIATE_AVX2_H
#define GONGJI_ENGINE_VARIATE_AVX2_H

#if defined(__x86_64__)
#include <immintrin.h>

#include "engine/variate.h"

#define VARIATE_AVX2 __attribute__((target("avx2"), always_inline)) static inline

VARIATE_AVX2 __m256i
variate_gather(const void *table, __m256i index)
{
    return _mm256_i32gather_epi32((const int *)table, index, 4);
}

/* table[index] and table[index + 1] of each lane: eight loads of both at once take half
 * the time of two gathers. */
VARIATE_AVX2 void
variate_pairs(const void *table, __m256i index, __m256i *low, __m256i *high)
{
    const char *from = table;
    uint64_t at[4];
    __m128i pair[4];
    at[0] = (uint64_t)_mm256_extract_epi64(index, 0);
    at[1] = (uint64_t)_mm256_extract_epi64(index, 1);
    at[2] = (uint64_t)_mm256_extract_epi64(index, 2);
    at[3] = (uint64_t)_mm256_extract_epi64(index, 3);
    for (int i = 0; i < 4; i++)
        pair[i] = _mm_unpacklo_epi64(
            _mm_loadl_epi64((const __m128i *)(const void *)(from + 4 * (at[i] & UINT32_MAX))),
            _mm_loadl_epi64((const __m128i *)(const void *)(from + 4 * (at[i] >> 32))));
    __m256 a = _mm256_castsi256_ps(_mm256_set_m128i(pair[2], pair[0]));
    __m256 b = _mm256_castsi256_ps(_mm256_set_m128i(pair[3], pair[1]));
    *low = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88));
    *high = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xDD));
}

VARIATE_AVX2 __m256i
variate_odd(__m256i x)
{
    return _mm256_srli_epi64(x, 32);
}

/* The low halves of 64-bit results of even and odd lanes. */
VARIATE_AVX2 __m256i
variate_join(__m256i of_even, __m256i of_odd)
{
    return _mm256_blend_epi32(of_even, _mm256_slli_epi64(of_odd, 32), 0xAA);
}

/* variate_times; the result fits 32 bits. */
VARIATE_AVX2 __m256i
variate_times_eight(__m256i a, __m256i b)
{
    return variate_join(_mm256_srli_epi64(_mm256_mul_epi32(a, b), VARIATE_BITS),
        _mm256_srli_epi64(_mm256_mul_epi32(variate_odd(a), variate_odd(b)), VARIATE_BITS));
}

/* variate_at. The exponent of the number less every bit after a set one is that of
 * the number, and no rounding carries it up. */
VARIATE_AVX2 __m256i
variate_eight(const struct variate_table *table, __m256i word)
{
    __m256i upper = _mm256_srai_epi32(word, 31), t = _mm256_xor_si256(word, upper);
    __m256i v = _mm256_or_si256(t, _mm256_set1_epi32(256));
    __m256 rounded = _mm256_cvtepi32_ps(_mm256_andnot_si256(_mm256_srli_epi32(v, 1), v));
    __m256i shift = _mm256_sub_epi32(
        _mm256_srli_epi32(_mm256_castps_si256(rounded), 23), _mm256_set1_epi32(127 + 8));
    __m256i cell = _mm256_add_epi32(_mm256_slli_epi32(shift, 8), _mm256_srlv_epi32(t, shift));
    cell = _mm256_add_epi32(
        cell, _mm256_and_si256(upper, _mm256_set1_epi32(VARIATE_CELLS)));
    __m256i low, high;
    variate_pairs(table->tail[0], cell, &low, &high);
    __m256i step = _mm256_sub_epi32(high, low);
    __m256i rest
        = _mm256_andnot_si256(_mm256_sllv_epi32(_mm256_set1_epi32(-1), shift), t);
    const __m256i low_half = _mm256_set1_epi64x(UINT32_MAX);
    __m256i even_part = _mm256_srlv_epi64(
        _mm256_mul_epi32(step, rest), _mm256_and_si256(shift, low_half));
    __m256i odd_part = _mm256_srlv_epi64(_mm256_mul_epi32(variate_odd(step), variate_odd(rest)), variate_odd(shift));
    return _mm256_add_epi32(low, variate_join(even_part, odd_part));
}

/* variate_fen as 64-bit numbers of even and odd lanes; false where one is 2^30 fen or
 * more, which they do not hold. */
VARIATE_AVX2 bool
variate_fen_eight(const struct variate_exp *table, __m256i log, __m256i out[2])
{
    enum { REST = VARIATE_BITS - VARIATE_EXP_BITS };
    const __m256i most = _mm256_set1_epi32((30 << VARIATE_BITS) - 1);
    bool narrow = _mm256_movemask_epi8(_mm256_cmpgt_epi32(log, most)) == 0;
    log = _mm256_max_epi32(log, _mm256_set1_epi32(-(2 << VARIATE_BITS)));
    log = _mm256_min_epi32(log, most);
    __m256i power = _mm256_srai_epi32(log, VARIATE_BITS);
    __m256i fraction = _mm256_and_si256(log, _mm256_set1_epi32((1 << VARIATE_BITS) - 1));
    __m256i cell = _mm256_srli_epi32(fraction, REST);
    __m256i rest = _mm256_and_si256(fraction, _mm256_set1_epi32((1 << REST) - 1));
    __m256i low, high;
    variate_pairs(table->mantissa, cell, &low, &high);
    __m256i step = _mm256_sub_epi32(high, low);
    __m256i shift = _mm256_sub_epi32(_mm256_set1_epi32(30 + REST), power);
    const __m256i low_half = _mm256_set1_epi64x(UINT32_MAX), one = _mm256_set1_epi64x(1);
    for (int i = 0; i < 2; i++) {
        __m256i l = i == 0 ? _mm256_and_si256(low, low_half) : variate_odd(low);
        __m256i s = i == 0 ? _mm256_and_si256(shift, low_half) : variate_odd(shift);
        __m256i product = i == 0 ? _mm256_mul_epu32(step, rest) : _mm256_mul_epu32(variate_odd(step), variate_odd(rest));
        __m256i mantissa = _mm256_add_epi64(_mm256_slli_epi64(l, REST), product);
        __m256i half = _mm256_sllv_epi64(one, _mm256_sub_epi64(s, one));
        out[i] = _mm256_srlv_epi64(_mm256_add_epi64(mantissa, half), s);
    }
    return narrow;
}

/* Even and odd lanes of 64 bits back into their order. */
VARIATE_AVX2 void
variate_store_wide(fen_t *to, const __m256i x[2])
{
    __m256i low = _mm256_unpacklo_epi64(x[0], x[1]), high = _mm256_unpackhi_epi64(x[0], x[1]);
    _mm256_storeu_si256((__m256i *)to, _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256((__m256i *)(to + 4), _mm256_permute2x128_si256(low, high, 0x31));
}
#endif

#endif
