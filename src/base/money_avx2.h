/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares of money in lanes: the same fen as money.h's. For functions with the same
 * target only. */
#ifndef GONGJI_BASE_MONEY_AVX2_H
#define GONGJI_BASE_MONEY_AVX2_H

#if defined(__x86_64__)
#include <immintrin.h>

#include "base/money.h"

/* money_share of four amounts below 2^30 in lanes of 64 bits: (x + 1/2) / 10^6 is at
 * least half of 10^-6 from any whole number, and the two roundings move it less. */
__attribute__((target("avx2"), always_inline)) static inline __m256i
money_share_of_four(__m256i amount, __m256i ratio)
{
    const __m256i magic = _mm256_set1_epi64x(0x4330000000000000); /* 2^52 */
    __m256i product = _mm256_add_epi64(
        _mm256_mul_epu32(amount, ratio), _mm256_set1_epi64x(RATIO_ONE / 2));
    __m256d x = _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(product, magic)),
        _mm256_castsi256_pd(magic));
    x = _mm256_mul_pd(_mm256_add_pd(x, _mm256_set1_pd(0.5)), _mm256_set1_pd(1.0 / RATIO_ONE));
    x = _mm256_add_pd(_mm256_floor_pd(x), _mm256_castsi256_pd(magic));
    return _mm256_xor_si256(_mm256_castpd_si256(x), magic);
}

#endif
#endif
