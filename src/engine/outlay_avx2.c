/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A slice of eight persons through the year at once: outlay_lane() of outlay.c in
 * AVX2. All amounts stay below 2^31; whose payments overflow a cap is judged again by
 * the plain kernel. */
#include "engine/outlay.h"

#if defined(__x86_64__)
#include "base/money_avx2.h"

#define AVX2 __attribute__((target("avx2"), always_inline)) static inline

AVX2 __m256i
load(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

AVX2 __m256i
pick(const int32_t *table, __m256i index)
{
    return _mm256_permutevar8x32_epi32(load(table), index);
}

/* table[index of lane i]; eight loads take less than one gather. */
AVX2 __m256i
look_up(const uint32_t *table, __m256i index)
{
    uint64_t a = (uint64_t)_mm256_extract_epi64(index, 0), b = (uint64_t)_mm256_extract_epi64(index, 1);
    uint64_t c = (uint64_t)_mm256_extract_epi64(index, 2), d = (uint64_t)_mm256_extract_epi64(index, 3);
    __m128i low = _mm_cvtsi32_si128((int)table[(uint32_t)a]);
    __m128i high = _mm_cvtsi32_si128((int)table[(uint32_t)c]);
    low = _mm_insert_epi32(low, (int)table[a >> 32], 1);
    high = _mm_insert_epi32(high, (int)table[c >> 32], 1);
    low = _mm_insert_epi32(low, (int)table[(uint32_t)b], 2);
    high = _mm_insert_epi32(high, (int)table[(uint32_t)d], 2);
    low = _mm_insert_epi32(low, (int)table[b >> 32], 3);
    high = _mm_insert_epi32(high, (int)table[d >> 32], 3);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

/* (x * percent + 50) / 100, below 2^32 before the division. */
AVX2 __m256i
percent_of(__m256i x, __m256i percent)
{
    const __m256i magic = _mm256_set1_epi32(0x51EB851F);
    __m256i y = _mm256_add_epi32(_mm256_mullo_epi32(x, percent), _mm256_set1_epi32(50));
    __m256i even = _mm256_srli_epi64(_mm256_mul_epu32(y, magic), 37);
    __m256i odd = _mm256_srli_epi64(_mm256_mul_epu32(_mm256_srli_epi64(y, 32), magic), 37);
    return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
}

AVX2 __m256i
share_of(__m256i x, __m256i ratio, const bool percents)
{
    if (percents)
        return percent_of(x, ratio);
    __m256i even = money_share_of_four(x, ratio);
    __m256i odd = money_share_of_four(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(ratio, 32));
    return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
}

struct manner {
    bool yearly, percents, advances, dated;
};

/* A slice on its way through the year. */
struct progress {
    __m256i borne, used, cut;
};

/* The visit of each lane whose words stand at a place. */
AVX2 void
judge_visit(const struct outlay_plan *plan, const struct outlay_block *block,
    const struct outlay_class *class, const struct manner how, uint32_t at, struct progress *so_far)
{
    const __m256i zero = _mm256_setzero_si256();
    const __m256i ends = _mm256_set1_epi32(plan->past_cap ? 0 : -1);
    const __m256i all = _mm256_set1_epi32(plan->counts_eligible ? -1 : 0);
    __m256i cap = _mm256_set1_epi32(class->cap[0]);
    __m256i word = load(block->claims + at);
    __m256i kind = _mm256_and_si256(word, _mm256_set1_epi32(OUTLAY_KINDS - 1));
    if (how.dated) {
        __m256i segment = zero;
        __m256i day
            = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(block->days + at)));
        for (int s = 1; s < plan->n_segments; s++)
            segment = _mm256_sub_epi32(
                segment, _mm256_cmpgt_epi32(day, _mm256_set1_epi32(plan->start[s] - 1)));
        kind = _mm256_or_si256(kind, _mm256_slli_epi32(segment, OUTLAY_KIND_BITS));
        cap = pick(class->cap, segment);
    }
    __m256i way = look_up(class->way[0], kind);
    __m256i counted = _mm256_andnot_si256(
        _mm256_cmpeq_epi32(way, zero), _mm256_srli_epi32(word, OUTLAY_KIND_BITS));
    if (how.advances)
        counted = _mm256_sub_epi32(
            counted, share_of(counted, pick(class->advance, way), how.percents));
    __m256i due = pick(class->deductible, way);
    if (how.yearly)
        due = _mm256_max_epi32(_mm256_sub_epi32(due, so_far->borne), zero);
    __m256i left = _mm256_max_epi32(_mm256_sub_epi32(cap, so_far->used), zero);
    due = _mm256_andnot_si256(_mm256_and_si256(ends, _mm256_cmpeq_epi32(left, zero)), due);
    __m256i deductible = _mm256_min_epi32(counted, due);
    if (how.yearly)
        so_far->borne
            = _mm256_add_epi32(so_far->borne, _mm256_blendv_epi8(deductible, counted, all));
    __m256i payment = share_of(
        _mm256_sub_epi32(counted, deductible), pick(class->ratio, way), how.percents);
    so_far->cut = _mm256_or_si256(so_far->cut, _mm256_cmpgt_epi32(payment, left));
    so_far->used = _mm256_add_epi32(so_far->used, _mm256_min_epi32(payment, left));
}

AVX2 void
end_slice(const struct outlay_plan *plan, const struct outlay_block *block,
    const struct outlay_slice *slice, const struct progress *so_far, uint32_t *fund, uint8_t *capped)
{
    _mm256_storeu_si256((__m256i *)fund, so_far->used);
    __m128i half = _mm_packs_epi32(
        _mm256_castsi256_si128(so_far->cut), _mm256_extracti128_si256(so_far->cut, 1));
    __m128i bytes = _mm_and_si128(_mm_packs_epi16(half, half), _mm_set1_epi8(1));
    _mm_storel_epi64((__m128i *)capped, bytes);
    if (!plan->overflows)
        return;
    unsigned redo = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(so_far->cut));
    for (; redo != 0; redo &= redo - 1) {
        int lane = __builtin_ctz(redo);
        const struct outlay_person person = outlay_lane(block, slice, lane);
        fund[lane] = outlay_one(plan, &person, &capped[lane]);
    }
}

/* Two slices of one class at a time, the first with no fewer visits: each visit waits
 * for the same person's last one, but not for the other slice's. */
AVX2 void
judge_slices(const struct outlay_plan *plan, const struct outlay_block *block, unsigned but,
    const struct manner how, uint32_t *fund, uint8_t *capped)
{
    for (int s = 0, next; s < block->n_slices; s = next) {
        const struct outlay_slice *a = &block->slices[s], *b = s + 1 < block->n_slices ? a + 1 : a;
        bool pair = b != a && b->class == a->class && b->n <= a->n;
        next = s + 1 + pair;
        if (but >> a->class & 1)
            continue;
        const struct outlay_class *class = &plan->classes[a->class];
        const __m256i zero = _mm256_setzero_si256();
        struct progress first = { zero, zero, zero }, second = first;
        uint32_t at = a->at, end = a->at + (uint32_t)a->n * OUTLAY_LANES;
        for (uint32_t other = b->at; pair && other < b->at + (uint32_t)b->n * OUTLAY_LANES;
             other += OUTLAY_LANES, at += OUTLAY_LANES) {
            judge_visit(plan, block, class, how, at, &first);
            judge_visit(plan, block, class, how, other, &second);
        }
        for (; at < end; at += OUTLAY_LANES)
            judge_visit(plan, block, class, how, at, &first);
        end_slice(plan, block, a, &first, fund + s * OUTLAY_LANES, capped + s * OUTLAY_LANES);
        if (pair)
            end_slice(plan, block, b, &second, fund + (s + 1) * OUTLAY_LANES,
                capped + (s + 1) * OUTLAY_LANES);
    }
}

/* Each combination is a kernel of its own. */
#define JUDGE(yearly, percents, advances, dated)                                          \
    case (yearly) | (percents) << 1 | (advances) << 2 | (dated) << 3:                     \
        judge_slices(plan, block, but,                                                    \
            (struct manner){ (yearly) != 0, (percents) != 0, (advances) != 0, (dated) != 0 }, \
            fund, capped);                                                                \
        break
#define JUDGE_BOTH(percents, advances, dated)                                             \
    JUDGE(0, percents, advances, dated);                                                  \
    JUDGE(1, percents, advances, dated)

__attribute__((target("avx2"))) void
outlay_slices_avx2(const struct outlay_plan *plan, const struct outlay_block *block, unsigned but,
    uint32_t *fund, uint8_t *capped)
{
    switch (plan->yearly | plan->percents << 1 | plan->advances << 2 | (plan->n_segments > 1) << 3) {
        JUDGE_BOTH(0, 0, 0);
        JUDGE_BOTH(1, 0, 0);
        JUDGE_BOTH(0, 1, 0);
        JUDGE_BOTH(1, 1, 0);
        JUDGE_BOTH(0, 0, 1);
        JUDGE_BOTH(1, 0, 1);
        JUDGE_BOTH(0, 1, 1);
        JUDGE_BOTH(1, 1, 1);
    }
}

/* Sums of one class's slices in lanes of 64 bits. */
struct lanes_sums {
    __m256i fund, difference, squares, difference_squares, gain, lose;
};

AVX2 int64_t
sum_of(__m256i x)
{
    int64_t lane[4];
    _mm256_storeu_si256((__m256i *)lane, x);
    return lane[0] + lane[1] + lane[2] + lane[3];
}

AVX2 void
add_slice(struct lanes_sums *sums, __m256i value, __m256i before)
{
    const __m256i even = _mm256_set1_epi64x(UINT32_MAX), noticed = _mm256_set1_epi32(100);
    __m256i d = _mm256_sub_epi32(value, before), size = _mm256_abs_epi32(d);
    __m256i odd = _mm256_srli_epi64(value, 32), odd_size = _mm256_srli_epi64(size, 32);
    sums->fund = _mm256_add_epi64(sums->fund, _mm256_add_epi64(_mm256_and_si256(value, even), odd));
    sums->difference = _mm256_add_epi64(sums->difference,
        _mm256_add_epi64(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(d)),
            _mm256_cvtepi32_epi64(_mm256_extracti128_si256(d, 1))));
    sums->squares = _mm256_add_epi64(sums->squares,
        _mm256_add_epi64(_mm256_mul_epu32(value, value), _mm256_mul_epu32(odd, odd)));
    sums->difference_squares = _mm256_add_epi64(sums->difference_squares,
        _mm256_add_epi64(_mm256_mul_epu32(size, size), _mm256_mul_epu32(odd_size, odd_size)));
    sums->gain = _mm256_sub_epi32(sums->gain, _mm256_cmpgt_epi32(d, noticed));
    sums->lose = _mm256_sub_epi32(sums->lose,
        _mm256_cmpgt_epi32(_mm256_sub_epi32(_mm256_setzero_si256(), d), noticed));
}

AVX2 int64_t
count_of(__m256i x)
{
    __m256i even = _mm256_and_si256(x, _mm256_set1_epi64x(UINT32_MAX));
    return sum_of(_mm256_add_epi64(even, _mm256_srli_epi64(x, 32)));
}

/* Slices of one class, whose amounts are below 2^26, so that the squares of 2048 persons
 * add up to less than 2^63; lanes that nobody is in hold 0. */
__attribute__((target("avx2"))) void
outlay_add_avx2(const uint32_t *fund, const uint8_t *capped, const uint32_t *baseline, int n_slices,
    struct outlay_sums *out)
{
    const __m256i zero = _mm256_setzero_si256();
    struct lanes_sums sums = { zero, zero, zero, zero, zero, zero };
    for (int s = 0; s < n_slices; s++) {
        uint64_t of_lanes;
        __builtin_memcpy(&of_lanes, capped + s * OUTLAY_LANES, sizeof of_lanes);
        out->capped += __builtin_popcountll(of_lanes);
        add_slice(&sums, load(fund + s * OUTLAY_LANES), load(baseline + s * OUTLAY_LANES));
    }
    out->fund += sum_of(sums.fund);
    out->difference += sum_of(sums.difference);
    out->squares += (uint64_t)sum_of(sums.squares);
    out->difference_squares += (uint64_t)sum_of(sums.difference_squares);
    out->gain += count_of(sums.gain);
    out->lose += count_of(sums.lose);
}

__attribute__((target("avx2"))) bool
outlay_small_avx2(const uint32_t *fund, const uint32_t *baseline, int n_slices)
{
    __m256i any = _mm256_setzero_si256();
    for (int i = 0; i < n_slices * OUTLAY_LANES; i += OUTLAY_LANES)
        any = _mm256_or_si256(any, _mm256_or_si256(load(fund + i), load(baseline + i)));
    return _mm256_testz_si256(any, _mm256_set1_epi32(-(1 << 26))) != 0;
}
#endif
