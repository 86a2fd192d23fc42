/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what the engine does in a second, a phase at a time on one core, and whole runs on
 * one thread and on several, by model and scenarios given.
 *   bench_run MODEL PERSONS THREADS SCENARIO... */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "engine/run_block.h"

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A strip of persons after the other, as a run takes them. */
static void
time_phases(const struct people *people, const struct program *const *programs, int n_programs,
    int64_t persons, int n_counties)
{
    enum { STRIP = 512, PHASES = 4 };
    static const char *const names[PHASES] = { "drawn", "drawn and made ready", "settled", "tallied" };
    struct tally_shape shape = tally_shape_of(n_counties);
    struct decile_cuts cuts = { 0 };
    struct worker worker;
    struct tally tally;
    struct people_block block = { 0 };
    double seconds[PHASES] = { 0 };
    int64_t claims = 0;
    worker_init(&worker, &shape, programs, n_programs, 0, NULL);
    tally_init(&tally, &shape);
    for (int64_t first = 0; first < persons; first += STRIP) {
        int n = (int)(persons - first < STRIP ? persons - first : STRIP);
        double begin = now();
        people_draw(people, (uint64_t)first, n, 2023, &block);
        double drawn = now();
        worker_draw(&worker, people, (uint64_t)first, n, 2023, &cuts);
        seconds[0] += drawn - begin;
        seconds[1] += now() - drawn;
        claims += block.n_claims;
        for (int g = 0; g < worker.n_groups; g++) {
            double ready = now();
            worker_settle(&worker, g, true);
            double settled = now();
            for (int lane = 0; lane < worker.groups[g].n; lane++) {
                int p = worker.groups[g].program[lane];
                worker_tally(&worker, g, lane);
                if (first / STRIP % 16 == 15 || worker_sums_full(&worker, p))
                    tally_block_flush(worker_sums(&worker, p), &tally);
            }
            seconds[2] += settled - ready;
            seconds[3] += now() - settled;
        }
    }
    printf("one core, %lld persons, %lld claims, %d scenarios\n", (long long)persons,
        (long long)claims, n_programs);
    for (int k = 0; k < PHASES; k++) {
        double of = k < 2 ? 1 : n_programs;
        printf("  %-22s%8.0f ns a person%s%8.1f M claims/s\n", names[k],
            1e9 * seconds[k] / (double)persons / of, k < 2 ? "             " : " and scenario",
            (double)claims * of / seconds[k] / 1e6);
    }
    worker_free(&worker);
    tally_free(&tally);
    people_block_free(&block);
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

    time_phases(people, programs, n, persons, model->n_counties);
    struct result result;
    for (int t = 1; t <= threads; t++) {
        struct run_options options = { .persons = persons,
            .first_year = 2023,
            .last_year = 2023,
            .threads = t };
        if (!run(people, model, programs, n, &options, &result, &problems))
            return 1;
        printf("run: %d scenarios on %d threads in %.3f s: %.1f M claim-adjudications/s a thread, "
               "drawing, tallying and estimates included\n",
            n, t, result.seconds, (double)result.claims * n / 1e6 / result.seconds / t);
        if (t < threads)
            result_free(&result);
    }
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
