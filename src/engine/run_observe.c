/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <omp.h>

#include "engine/observe.h"

enum { BLOCK_PERSONS = 2048 };

void
run_observe(const struct people *people, int64_t n, int year, unsigned benefits, int threads,
    struct observation *out, struct observed_person *persons)
{
    int64_t n_blocks = (n + BLOCK_PERSONS - 1) / BLOCK_PERSONS;
    *out = (struct observation){ 0 };
#pragma omp parallel num_threads(threads > 0 ? threads : omp_get_num_procs())
    {
        struct people_block block = { 0 };
        struct observation own = { 0 };
#pragma omp for schedule(dynamic) nowait
        for (int64_t b = 0; b < n_blocks; b++) {
            int64_t first = b * BLOCK_PERSONS, left = n - first;
            people_draw(people, (uint64_t)first, (int)(left < BLOCK_PERSONS ? left : BLOCK_PERSONS),
                year, &block);
            observation_add(&own, &block, benefits, persons + first);
        }
#pragma omp critical(observation)
        observation_merge(out, &own);
        people_block_free(&block);
    }
}
