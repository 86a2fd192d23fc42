/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/run.h"

#include <omp.h>
#include <stdlib.h>
#include <time.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/run_block.h"

enum {
    BLOCK_PERSONS = 2048, /* a block's claims and settlements stay in the cache */
    PILOT_PERSONS = 65536 /* decide the cuts between spending deciles */
};

struct job {
    const struct people *people;
    const struct program *const *programs;
    int n_programs;
    const struct run_options *options;
    struct tally_shape shape;
    int64_t persons; /* all replicates together */
    int n_years;
    struct decile_cuts *cuts; /* [n_years], owned */
    struct tally *tallies; /* [program][year], owned */
    int64_t claims;
};

static int
compare_spending(const void *a, const void *b)
{
    const struct spending *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->tie < y->tie ? -1 : x->tie > y->tie;
}

/* Spending deciles, the same people under every scenario: by the cost of the
 * year's claims. The cuts are exact up to PILOT_PERSONS persons; beyond, the first
 * so many decide them, and the tenths of a larger population hold 10 % each but
 * for a sampling error of about 0.1 points. */
static void
cut_deciles(struct job *job, int year_index)
{
    int n = (int)(job->persons < PILOT_PERSONS ? job->persons : PILOT_PERSONS);
    int n_blocks = (n + BLOCK_PERSONS - 1) / BLOCK_PERSONS;
    struct spending *all = memory_alloc((size_t)n, sizeof *all);
    int year = job->options->first_year + year_index;
#pragma omp parallel num_threads(job->options->threads)
    {
        struct people_block block = { 0 };
#pragma omp for schedule(dynamic)
        for (int b = 0; b < n_blocks; b++) {
            int first = b * BLOCK_PERSONS;
            int count = n - first < BLOCK_PERSONS ? n - first : BLOCK_PERSONS;
            people_draw(job->people, (uint64_t)first, count, year, &block);
            for (int i = 0; i < count; i++)
                all[first + i]
                    = (struct spending){ block.traits[i].cost, block.traits[i].tie };
        }
        people_block_free(&block);
    }
    qsort(all, (size_t)n, sizeof *all, compare_spending);
    for (int i = 1; i < TALLY_DECILES; i++)
        job->cuts[year_index].cut[i - 1] = all[(size_t)i * (size_t)n / TALLY_DECILES];
    free(all);
}

static void
run_block(struct job *job, struct worker *worker, uint64_t first, int n)
{
    const struct run_options *options = job->options;
    for (int y = 0; y < job->n_years; y++) {
        worker_draw(worker, job->people, first, n, options->first_year + y, &job->cuts[y]);
#pragma omp atomic
        job->claims += worker->block.n_claims;
        for (int k = 0; k < job->n_programs; k++) {
            /* The baseline first, then the others in their order. */
            int p = k == 0 ? options->baseline : k <= options->baseline ? k - 1 : k;
            worker_settle(worker, job->programs[p], p, p == options->baseline, y == 0);
#pragma omp critical(tally)
            tally_block_flush(&worker->tally, &job->tallies[p * job->n_years + y]);
        }
    }
}

static void
run_blocks(struct job *job)
{
    const struct run_options *options = job->options;
    int size = options->block > 0 ? options->block : BLOCK_PERSONS;
    size = (size + PEOPLE_TILE - 1) / PEOPLE_TILE * PEOPLE_TILE;
    if (size > TALLY_BLOCK_PERSONS)
        size = TALLY_BLOCK_PERSONS;
    int64_t n_blocks = (job->persons + size - 1) / size, done = 0;
#pragma omp parallel num_threads(options->threads)
    {
        struct worker worker;
        worker_init(&worker, &job->shape, job->n_programs);
#pragma omp for schedule(dynamic)
        for (int64_t b = 0; b < n_blocks; b++) {
            int64_t first = b * size, left = job->persons - first;
            run_block(job, &worker, (uint64_t)first, (int)(left < size ? left : size));
            int64_t now;
#pragma omp atomic capture
            now = ++done;
            if (options->progress != NULL && omp_get_thread_num() == 0)
                options->progress(options->context, now, n_blocks);
        }
        worker_free(&worker);
    }
}

static void
fill_result(const struct job *job, const struct model *model, struct result *out)
{
    const struct run_options *options = job->options;
    *out = (struct result){ .n_scenarios = job->n_programs,
        .first_year = options->first_year,
        .n_years = job->n_years,
        .baseline = options->baseline,
        .programs = job->programs,
        .persons = job->persons,
        .claims = job->claims };
    const char **counties = memory_alloc((size_t)model->n_counties, sizeof *counties);
    for (int i = 0; i < model->n_counties; i++)
        counties[i] = model->counties[i].name;
    tally_groups(out, &job->shape, model->n_counties != 0 ? counties : NULL);
    free(counties);
    size_t years = (size_t)job->n_programs * (size_t)job->n_years;
    size_t cells = years * MEASURE_COUNT * (size_t)out->n_groups;
    out->cells = memory_alloc(cells, sizeof *out->cells);
    out->sums = memory_alloc(cells, sizeof *out->sums);
    out->histograms
        = memory_alloc(years * DISTRIBUTION_COUNT * HISTOGRAM_BINS, sizeof *out->histograms);
    out->quantiles
        = memory_alloc(years * DISTRIBUTION_COUNT * QUANTILE_COUNT, sizeof *out->quantiles);
    for (int y = 0; y < job->n_years; y++) {
        out->insured = people_insured(job->people, options->first_year + y);
        for (int p = 0; p < job->n_programs; p++)
            tally_estimate(&job->tallies[p * job->n_years + y], &job->shape, job->persons,
                out->insured, out, p, y);
    }
}

bool
run(const struct people *people, const struct model *model, const struct program *const *programs,
    int n_programs, const struct run_options *given, struct result *out,
    struct problem_list *problems)
{
    (void)problems;
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    struct run_options options = *given;
    if (options.threads <= 0)
        options.threads = omp_get_num_procs();
    if (options.replicates <= 0)
        options.replicates = 1;
    struct job job = { .people = people,
        .programs = programs,
        .n_programs = n_programs,
        .options = &options,
        .shape = tally_shape_of(model->n_counties),
        .persons = options.persons * options.replicates,
        .n_years = options.last_year - options.first_year + 1 };
    job.cuts = memory_alloc((size_t)job.n_years, sizeof *job.cuts);
    size_t n_tallies = (size_t)n_programs * (size_t)job.n_years;
    job.tallies = memory_alloc(n_tallies, sizeof *job.tallies);
    for (size_t i = 0; i < n_tallies; i++)
        tally_init(&job.tallies[i], &job.shape);
    for (int y = 0; y < job.n_years; y++)
        cut_deciles(&job, y);
    run_blocks(&job);
    fill_result(&job, model, out);
    for (size_t i = 0; i < n_tallies; i++)
        tally_free(&job.tallies[i]);
    free(job.tallies);
    free(job.cuts);
    clock_gettime(CLOCK_MONOTONIC, &end);
    out->seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    return true;
}

void
result_free(struct result *self)
{
    for (int i = 0; i < self->n_groups; i++) {
        free(self->groups[i].key);
        free(self->groups[i].en);
        free(self->groups[i].zh);
    }
    free(self->groups);
    free(self->cells);
    free(self->sums);
    free(self->histograms);
    free(self->quantiles);
    *self = (struct result){ 0 };
}
