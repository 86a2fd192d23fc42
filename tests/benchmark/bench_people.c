/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what drawing people takes on one core, in its own processor time: a first year,
 * and further ones of the same block, which go on from it; beside the generator's limit
 * measured in the same program.
 *   bench_people [MODEL] [PERSONS] [YEARS] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "engine/people.h"

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double
words_a_second(void)
{
    enum { N = 10000000 };
    struct random_key key = random_key_of(1);
    uint32_t sum = 0;
    double begin = now();
    for (uint32_t i = 0; i < N; i++)
        sum ^= random_at(key, i, 2023, 1, 0).word[0];
    double seconds = now() - begin;
    return sum != 1 ? 4.0 * N / seconds : 0; /* keeps the loop */
}

int
main(int argc, char **argv)
{
    enum { BLOCK = 1024 };
    const char *id = argc > 1 ? argv[1] : "employees-2022";
    int64_t persons = argc > 2 ? atoll(argv[2]) : 1000000;
    int years = argc > 3 ? atoi(argv[3]) : 5;
    struct problem_list problems = { 0 };
    struct names names = { 0 };
    double begin = now();
    struct model *model = model_read(id, &problems);
    struct people *people = model != NULL ? people_compile(model, 1, &names, &problems) : NULL;
    if (people == NULL || persons < 1 || years < 1) {
        problem_print(&problems, stderr);
        return 2;
    }
    printf("%s read and compiled in %.0f ms\n", id, 1e3 * (now() - begin));

    struct people_block block = { 0 };
    double best[2] = { 0 };
    int64_t claims[2] = { 0 };
    for (int round = 0; round < 3; round++) {
        double seconds[2] = { 0 };
        claims[0] = claims[1] = 0;
        for (int64_t first = 0; first < persons; first += BLOCK)
            for (int y = 0; y < years; y++) {
                int n = persons - first < BLOCK ? (int)(persons - first) : BLOCK;
                begin = now();
                people_draw(people, (uint64_t)first, n, 2023 + y, &block);
                seconds[y > 0] += now() - begin;
                claims[y > 0] += block.n_claims;
            }
        for (int k = 0; k < 2; k++)
            best[k] = round == 0 || seconds[k] < best[k] ? seconds[k] : best[k];
    }
    for (int k = 0; k < (years > 1 ? 2 : 1); k++) {
        int64_t drawn = k == 0 ? persons : persons * (years - 1);
        printf("%s: %lld persons, %lld claims drawn in %.3f s on one core: %.1f M claims/s, %.2f M persons/s\n",
            k == 0 ? "first year" : "later years", (long long)drawn, (long long)claims[k], best[k],
            (double)claims[k] / best[k] / 1e6, (double)drawn / best[k] / 1e6);
    }
    printf("generator, a call at a time: %.0f M words/s\n", words_a_second() / 1e6);
    people_block_free(&block);
    people_free(people);
    model_free(model);
    names_free(&names);
    return 0;
}
