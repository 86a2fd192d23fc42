/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of a household's claims. */
#include "base/kernels.h"
#include "engine/people_tables.h"

enum { FEW_BITS = 7, LANES = 16 }; /* day and place of few in 16 bits */
typedef int16_t lanes __attribute__((vector_size(2 * LANES)));

/* Each against all others, many at a time. */
__attribute__((always_inline)) static inline void
rank_few(const uint16_t *days, int n, uint32_t *rank)
{
    union {
        lanes many[RANK_FEW / LANES];
        int16_t one[RANK_FEW];
    } key;
    for (int i = 0; i < n; i++)
        key.one[i] = (int16_t)((days[i] << FEW_BITS | i) - (1 << 15));
    for (int i = 0; i < n; i += LANES) {
        lanes mine = key.many[i / LANES], ranks = { 0 };
        for (int k = 0; k < n; k++)
            ranks -= mine > key.one[k];
        for (int k = i; k < n && k < i + LANES; k++)
            rank[k] = (uint32_t)ranks[k - i];
    }
}

#if defined(__x86_64__)
static __attribute__((target("avx2"))) void
rank_few_avx2(const uint16_t *days, int n, uint32_t *rank)
{
    rank_few(days, n, rank);
}
#endif

void
people_rank_many(const uint16_t *days, int n, uint32_t *rank)
{
    uint32_t next[367] = { 0 };
    for (int i = 0; i < n; i++)
        next[days[i] + 1]++;
    for (int day = 1; day < 367; day++)
        next[day] += next[day - 1];
    for (int i = 0; i < n; i++)
        rank[i] = next[days[i]]++;
}

void
people_rank(const uint16_t *days, int n, uint32_t *rank)
{
    if (n > RANK_FEW)
        people_rank_many(days, n, rank);
#if defined(__x86_64__)
    else if (kernels_avx2())
        rank_few_avx2(days, n, rank);
#endif
    else
        rank_few(days, n, rank);
}
