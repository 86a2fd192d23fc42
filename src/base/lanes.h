/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight whole numbers of 32 bits worked on at once, in the compiler's own vectors: the
 * same source for any machine, and what it is slow at said in AVX2 where a file is
 * compiled for that (base/kernels.h). Masks are all bits or none. */
#ifndef GONGJI_BASE_LANES_H
#define GONGJI_BASE_LANES_H

#include "base/money.h"

#if defined(__AVX2__)
#include "base/money_avx2.h"
#endif

enum { LANES = 8 };
typedef int32_t lanes_t __attribute__((vector_size(4 * LANES)));

/* Functions on vectors are inlined: no call passes one. */
#define LANES_FUNCTION __attribute__((always_inline)) static inline

LANES_FUNCTION lanes_t
lanes_all(int32_t x)
{
    return x - (lanes_t){ 0 };
}

#if defined(__AVX2__)
/* Four of them: the lower or the upper ones. */
LANES_FUNCTION __m128i
lanes_half(lanes_t x, int upper)
{
    return upper != 0 ? _mm256_extracti128_si256((__m256i)x, 1) : _mm256_castsi256_si128((__m256i)x);
}
#endif

LANES_FUNCTION lanes_t
lanes_select(lanes_t mask, lanes_t yes, lanes_t no)
{
    return (mask & yes) | (~mask & no);
}

LANES_FUNCTION lanes_t
lanes_min(lanes_t a, lanes_t b)
{
#if defined(__AVX2__)
    return (lanes_t)_mm256_min_epi32((__m256i)a, (__m256i)b);
#else
    return lanes_select(a < b, a, b);
#endif
}

LANES_FUNCTION lanes_t
lanes_max(lanes_t a, lanes_t b)
{
#if defined(__AVX2__)
    return (lanes_t)_mm256_max_epi32((__m256i)a, (__m256i)b);
#else
    return lanes_select(a > b, a, b);
#endif
}

/* Bit i: lane i of a mask. */
LANES_FUNCTION uint32_t
lanes_bits(lanes_t mask)
{
#if defined(__AVX2__)
    return (uint32_t)_mm256_movemask_ps((__m256)mask);
#else
    uint32_t bits = 0;
    for (int i = 0; i < LANES; i++)
        bits |= (uint32_t)(mask[i] < 0) << i;
    return bits;
#endif
}

/* Eight whole numbers of 64 bits in lanes; returns the bits of those that are not in
 * 0 … most. */
LANES_FUNCTION uint32_t
lanes_narrow(const int64_t from[static LANES], int32_t most, lanes_t *out)
{
#if defined(__AVX2__)
    __m256 low = _mm256_loadu_ps((const float *)(const void *)from);
    __m256 high = _mm256_loadu_ps((const float *)(const void *)(from + LANES / 2));
    __m256i small = _mm256_permute4x64_epi64(
        _mm256_castps_si256(_mm256_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0))), _MM_SHUFFLE(3, 1, 2, 0));
    __m256i rest = _mm256_permute4x64_epi64(
        _mm256_castps_si256(_mm256_shuffle_ps(low, high, _MM_SHUFFLE(3, 1, 3, 1))), _MM_SHUFFLE(3, 1, 2, 0));
    *out = (lanes_t)small;
    return lanes_bits(((lanes_t)rest != lanes_all(0)) | (*out < lanes_all(0)) | (*out > lanes_all(most)));
#else
    uint32_t bits = 0;
    for (int i = 0; i < LANES; i++) {
        bits |= (uint32_t)(from[i] < 0 || from[i] > most) << i;
        (*out)[i] = (int32_t)from[i];
    }
    return bits;
#endif
}

/* Puts lanes of the mask, none below 0, among eight numbers of 64 bits. */
LANES_FUNCTION void
lanes_widen(int64_t to[static LANES], lanes_t x, lanes_t mask)
{
#if defined(__AVX2__)
    for (int h = 0; h < 2; h++)
        _mm256_maskstore_epi64((long long *)(to + h * (LANES / 2)),
            _mm256_cvtepi32_epi64(lanes_half(mask, h)), _mm256_cvtepu32_epi64(lanes_half(x, h)));
#else
    for (int i = 0; i < LANES; i++)
        to[i] = mask[i] != 0 ? x[i] : to[i];
#endif
}

/* money_share; 0 <= x < 2^30. */
LANES_FUNCTION lanes_t
lanes_share(lanes_t x, lanes_t ratio)
{
#if defined(__AVX2__)
    __m256i even = money_share_of_four((__m256i)x, (__m256i)ratio);
    __m256i odd = money_share_of_four(
        _mm256_srli_epi64((__m256i)x, 32), _mm256_srli_epi64((__m256i)ratio, 32));
    return (lanes_t)_mm256_or_si256(even, _mm256_slli_epi64(odd, 32));
#else
    lanes_t out;
    for (int i = 0; i < LANES; i++)
        out[i] = (int32_t)money_share(x[i], ratio[i]);
    return out;
#endif
}

/* (a x factor + add) / divisor, rounded down; 0 <= a, 0 < divisor < 2^30, all but the
 * quotient below 2^52. Such a quotient lies at least 1 / divisor from any whole number
 * that it is not: a rounding does not reach it. Anything where the divisor is 0. */
LANES_FUNCTION lanes_t
lanes_quotient(lanes_t a, lanes_t factor, int64_t add, lanes_t divisor)
{
#if defined(__AVX2__)
    __m128i half[2];
    for (int h = 0; h < 2; h++) {
        __m256d product = _mm256_mul_pd(
            _mm256_cvtepi32_pd(lanes_half(a, h)), _mm256_cvtepi32_pd(lanes_half(factor, h)));
        product = _mm256_add_pd(product, _mm256_set1_pd((double)add));
        half[h] = _mm256_cvttpd_epi32(
            _mm256_div_pd(product, _mm256_cvtepi32_pd(lanes_half(divisor, h))));
    }
    return (lanes_t)_mm256_set_m128i(half[1], half[0]);
#else
    lanes_t out;
    for (int i = 0; i < LANES; i++)
        out[i] = divisor[i] > 0
            ? (int32_t)(((int64_t)a[i] * factor[i] + add) / divisor[i])
            : 0;
    return out;
#endif
}

/* Where lane i stands among eight sums of 64 bits: the even lanes first, as products of 32
 * bits come out. */
LANES_FUNCTION int
lanes_place(int i)
{
    return i % 2 * (LANES / 2) + i / 2;
}

/* Adds x and its square to sums at lanes_place. */
LANES_FUNCTION void
lanes_add(int64_t sum[static LANES], uint64_t square[static LANES], lanes_t x)
{
#if defined(__AVX2__)
    const __m256i one = _mm256_set1_epi32(1);
    __m256i half[2] = { (__m256i)x, _mm256_srli_epi64((__m256i)x, 32) };
    for (int h = 0; h < 2; h++) {
        __m256i *s = (__m256i *)(void *)(sum + h * (LANES / 2));
        __m256i *q = (__m256i *)(void *)(square + h * (LANES / 2));
        _mm256_storeu_si256(
            s, _mm256_add_epi64(_mm256_loadu_si256(s), _mm256_mul_epi32(half[h], one)));
        _mm256_storeu_si256(
            q, _mm256_add_epi64(_mm256_loadu_si256(q), _mm256_mul_epi32(half[h], half[h])));
    }
#else
    for (int i = 0; i < LANES; i++) {
        sum[lanes_place(i)] += x[i];
        square[lanes_place(i)] += (uint64_t)((int64_t)x[i] * x[i]);
    }
#endif
}

/* Lane i of the k-th becomes lane k of the i-th. */
LANES_FUNCTION void
lanes_transpose(lanes_t v[static LANES])
{
    lanes_t a[LANES], b[LANES];
    for (int i = 0; i < LANES; i += 2) {
        a[i] = __builtin_shuffle(v[i], v[i + 1], (lanes_t){ 0, 8, 1, 9, 4, 12, 5, 13 });
        a[i + 1] = __builtin_shuffle(v[i], v[i + 1], (lanes_t){ 2, 10, 3, 11, 6, 14, 7, 15 });
    }
    for (int i = 0; i < LANES; i += 4)
        for (int k = 0; k < 2; k++) {
            b[i + 2 * k] = __builtin_shuffle(
                a[i + k], a[i + 2 + k], (lanes_t){ 0, 1, 8, 9, 4, 5, 12, 13 });
            b[i + 2 * k + 1] = __builtin_shuffle(
                a[i + k], a[i + 2 + k], (lanes_t){ 2, 3, 10, 11, 6, 7, 14, 15 });
        }
    for (int i = 0; i < 4; i++) {
        v[i] = __builtin_shuffle(b[i], b[i + 4], (lanes_t){ 0, 1, 2, 3, 8, 9, 10, 11 });
        v[i + 4] = __builtin_shuffle(b[i], b[i + 4], (lanes_t){ 4, 5, 6, 7, 12, 13, 14, 15 });
    }
}

#endif
