/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers with addresses: Philox4x32-10 (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", SC11) keyed by the seed, at the counter (person,
 * year, purpose, index). There is no state: any number can be drawn at any time,
 * by any thread, and what one purpose draws never moves another's numbers. */
#ifndef GONGJI_BASE_RANDOM_H
#define GONGJI_BASE_RANDOM_H

#include <stdint.h>

struct random_words {
    uint32_t word[4];
};

struct random_key {
    uint32_t word[2];
};

struct random_key random_key_of(uint64_t seed);

/* The raw generator, for known-answer tests. */
struct random_words random_philox(const uint32_t counter[4], struct random_key key);

/* person: up to 2^40; year: 0..9999 or 0 for what does not depend on the year;
 * purpose: 0..255, an enumeration of the caller's; index: any. */
struct random_words random_at(struct random_key key, uint64_t person, uint32_t year,
    uint32_t purpose, uint32_t index);

/* The words at n addresses: as random_at(key, persons[i], year, purpose, indices[i]). */
void random_each(struct random_key key, const uint64_t *persons, const uint32_t *indices, int n,
    uint32_t year, uint32_t purpose, struct random_words *out);

/* Those of n consecutive persons, a multiple of 8, in columns: out[w][i] is word w of person i. */
void random_columns(struct random_key key, uint64_t person, int n, uint32_t year, uint32_t purpose,
    uint32_t index, uint32_t *const out[static 4]);

/* (word + 1/2) / 2^32: never 0, never 1. */
static inline double
random_uniform(uint32_t word)
{
    return ((double)word + 0.5) * 0x1p-32;
}

#endif
