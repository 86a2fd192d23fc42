/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what the engine does in a second: persons and claims drawn, claims
 * adjudicated, by model and scenarios given.
 *   bench_run MODEL PERSONS THREADS SCENARIO... */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "engine/run.h"

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int
main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: %s MODEL PERSONS THREADS SCENARIO...\n", argv[0]);
        return 2;
    }
    struct problem_list problems = { 0 };
    struct names names = { 0 };
    struct model *model = model_read(argv[1], &problems);
    struct people *people = model != NULL ? people_compile(model, 1, &names, &problems) : NULL;
    int n = argc - 4;
    struct policy *policies[n];
    const struct program *programs[n];
    for (int i = 0; i < n; i++) {
        policies[i] = policy_read(argv[4 + i], &names, &problems);
        programs[i] = policies[i] != NULL ? program_compile(policies[i], DAY_MIN, EXPIRY_RENEW) : NULL;
    }
    if (problem_any(&problems)) {
        problem_print(&problems, stderr);
        return 2;
    }
    int64_t persons = atoll(argv[2]);
    int threads = atoi(argv[3]);

    double begin = now();
    struct people_block block = { 0 };
    int64_t claims = 0;
    for (int64_t first = 0; first < persons; first += 2048) {
        int count = (int)(persons - first < 2048 ? persons - first : 2048);
        people_draw(people, (uint64_t)first, count, 2023, &block);
        claims += block.n_claims;
    }
    double drawn = now() - begin;
    people_block_free(&block);
    printf("drawn on one core: %lld persons, %lld claims in %.3f s: %.1f M claims/s\n",
        (long long)persons, (long long)claims, drawn, (double)claims / drawn / 1e6);

    struct run_options options = { .persons = persons,
        .first_year = 2023,
        .last_year = 2023,
        .threads = threads };
    struct result result;
    if (!run(people, model, programs, n, &options, &result, &problems))
        return 1;
    double alone = (double)claims * n / 1e6;
    printf("run: %d scenarios on %d threads in %.3f s: %.1f M claim-adjudications/s a thread, "
           "drawing included\n",
        n, threads, result.seconds, alone / result.seconds / threads);
    for (int s = 0; s < n; s++)
        printf("  %-20s fund %.2f transfer %.2f burden %.2f cost %.2f yuan a person, winners %.4f\n",
            argv[4 + s],
            result.cells[result_at(&result, s, 0, MEASURE_FUND_OUTFLOW, 0)].value / (double)result.insured,
            result.cells[result_at(&result, s, 0, MEASURE_ACCOUNT_TRANSFER, 0)].value / (double)result.insured,
            result.cells[result_at(&result, s, 0, MEASURE_MEMBER_BURDEN, 0)].value / (double)result.insured,
            result.cells[result_at(&result, s, 0, MEASURE_COST, 0)].value / (double)result.insured,
            result.cells[result_at(&result, s, 0, MEASURE_WINNERS, 0)].value / (double)result.insured);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("peak memory: %.1f MiB\n", (double)usage.ru_maxrss / 1024);
    result_free(&result);
    for (int i = 0; i < n; i++) {
        program_free((struct program *)(uintptr_t)programs[i]);
        policy_free(policies[i]);
    }
    people_free(people);
    model_free(model);
    names_free(&names);
    return 0;
}
