/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what drawing people takes on one core, in its own processor time, beside
 * the generator's limit measured in the same program.
 *   bench_people [MODEL] [PERSONS] */
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
    enum { BLOCK = 2048 };
    const char *id = argc > 1 ? argv[1] : "employees-2022";
    int64_t persons = argc > 2 ? atoll(argv[2]) : 1000000;
    struct problem_list problems = { 0 };
    struct names names = { 0 };
    double begin = now();
    struct model *model = model_read(id, &problems);
    struct people *people = model != NULL ? people_compile(model, 1, &names, &problems) : NULL;
    if (people == NULL || persons < 1) {
        problem_print(&problems, stderr);
        return 2;
    }
    printf("%s read and compiled in %.0f ms\n", id, 1e3 * (now() - begin));

    struct people_block block = { 0 };
    double best = 0;
    int64_t claims = 0;
    for (int round = 0; round < 3; round++) {
        claims = 0;
        begin = now();
        for (int64_t first = 0; first < persons; first += BLOCK) {
            int n = persons - first < BLOCK ? (int)(persons - first) : BLOCK;
            people_draw(people, (uint64_t)first, n, 2023, &block);
            claims += block.n_claims;
        }
        double seconds = now() - begin;
        best = round == 0 || seconds < best ? seconds : best;
    }
    printf("%lld persons, %lld claims drawn in %.3f s on one core: %.1f M claims/s, %.1f M persons/s\n",
        (long long)persons, (long long)claims, best, (double)claims / best / 1e6,
        (double)persons / best / 1e6);
    printf("generator, a call at a time: %.0f M words/s\n", words_a_second() / 1e6);
    people_block_free(&block);
    people_free(people);
    model_free(model);
    names_free(&names);
    return 0;
}
