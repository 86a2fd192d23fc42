/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/random.h"

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
