/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/run.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "engine/cluster.h"
#include "engine/run_block.h"
#include "engine/run_parts.h"

enum {
    /* Drawn and settled at a time: their claims and settlements stay in the second-level
     * cache. A block is several such strips, whose sums are added to the run's at its end. */
    STRIP_PERSONS = 512,
    BLOCKS_WANTED = 64, /* at least, so that any number of threads has its share */
    BLOCK_WORK = 1 << 21, /* persons times programs and years at most: some two seconds */
    PILOT_PERSONS = 65536, /* decide the cuts between spending deciles; whole strips */
    PILOT_SEED = 20231231
};

struct job {
    const struct people *people;
    const struct program *const *programs;
    const struct run_options *options; /* threads and replicates as they are meant */
    const struct run_keep *keep; /* NULL: nothing is kept */
    struct tally_shape shape;
    int64_t persons; /* all replicates together */
    struct decile_cuts *cuts; /* [n_years], owned */
    uint8_t *before; /* blocks that were finished before, as in struct progress; owned */
    /* Blocks add their sums to the main batch, the run's progress. While that is
     * being written, blocks that begin add to the one aside, so that no thread ever
     * waits for the file; then that is added to the main one. */
    struct batch {
        struct progress *progress; /* the main one's is not owned */
        int running; /* blocks that have begun and not ended */
    } main, aside, *current; /* current: for blocks that begin now */
    enum phase {
        PHASE_MAIN, /* nothing but the main batch is in use */
        PHASE_CLOSING, /* waits for the last blocks of the main batch */
        PHASE_WRITING, /* a thread writes the main batch */
        PHASE_RETURNING, /* waits for the last blocks of the batch aside */
        PHASE_ADDING /* a thread adds it to the main one */
    } phase;
    bool broken; /* the file could not be written */
    struct timespec begin;
    double last, wait; /* seconds since begin of the last closing; till the next */
    int64_t done, all; /* blocks */
};

static inline bool
spends_less(struct spending a, struct spending b)
{
    return a.cost < b.cost || (a.cost == b.cost && a.tie < b.tie);
}

/* Puts in place k what stands there in ascending order, with nothing larger before
 * it and nothing smaller after it (Hoare's selection): ten cuts of a large pilot
 * need no full sort. */
static void
select_spending(struct spending *all, int from, int to, int k)
{
    while (from < to) {
        struct spending middle = all[from + (to - from) / 2];
        int i = from, j = to;
        while (i <= j) {
            while (spends_less(all[i], middle))
                i++;
            while (spends_less(middle, all[j]))
                j--;
            if (i <= j) {
                struct spending kept = all[i];
                all[i++] = all[j];
                all[j--] = kept;
            }
        }
        if (k <= j)
            to = j;
        else if (k >= i)
            from = i;
        else
            return;
    }
}

/* Spending deciles, the same people under every scenario: by the cost of the
 * year's claims. The cuts are the model's own, of as many people of one fixed seed:
 * were they those of the people at hand, no error of a decile's sums would say how
 * far they lie from the true ones. A decile holds 10 % but for 0.1 points. */
static void
cut_deciles(struct job *job, const struct people *pilot, int n_years)
{
    const size_t size = PILOT_PERSONS;
    struct spending *all = memory_alloc(size * (size_t)n_years, sizeof *all); /* [year][person] */
    int first_year = job->options->first_year;
#pragma omp parallel num_threads(job->options->threads)
    {
        struct people_block block = { .costs_only = true };
#pragma omp for schedule(dynamic)
        for (int first = 0; first < PILOT_PERSONS; first += STRIP_PERSONS)
            for (int y = 0; y < n_years; y++) { /* later years go on from earlier ones */
                struct spending *here = &all[size * (size_t)y + (size_t)first];
                people_draw(pilot, (uint64_t)first, STRIP_PERSONS, first_year + y, &block);
                for (int i = 0; i < block.n; i++)
                    here[i] = (struct spending){ block.traits[i].cost, block.traits[i].tie };
            }
        people_block_free(&block);
#pragma omp for schedule(dynamic)
        for (int y = 0; y < n_years; y++) {
            struct spending *here = &all[size * (size_t)y];
            for (int i = 1, from = 0; i < TALLY_DECILES; i++) {
                int k = i * PILOT_PERSONS / TALLY_DECILES;
                select_spending(here, from, PILOT_PERSONS - 1, k);
                job->cuts[y].cut[i - 1] = here[k];
                from = k;
            }
        }
    }
    free(all);
}

static void
flush(struct worker *worker, int program, int year_index, struct progress *progress)
{
    int at = program * progress->shape.n_years + year_index;
#pragma omp critical(tally)
    tally_block_flush(worker_sums(worker, program), &progress->tallies[at]);
}

/* A year of some of the block's persons under all programs. */
static void
run_strip(struct job *job, struct worker *worker, int64_t first, int n, int year_index,
    struct progress *progress)
{
    const struct run_options *options = job->options;
    worker_draw(worker, job->people, (uint64_t)first, n, options->first_year + year_index,
        &job->cuts[year_index]);
    for (int g = 0; g < worker->n_groups; g++) {
        worker_settle(worker, g, year_index == 0);
        for (int lane = 0; lane < worker->groups[g].n; lane++) {
            int p = worker->groups[g].program[lane];
            worker_tally(worker, g, lane);
            if (worker_sums_full(worker, p))
                flush(worker, p, year_index, progress);
        }
    }
}

static void
run_block(struct job *job, struct worker *worker, int64_t block, struct progress *progress)
{
    const struct run_options *options = job->options;
    const struct progress_shape *shape = &progress->shape;
    int64_t first = block * shape->block, left = job->persons - first, claims = 0;
    int n = (int)(left < shape->block ? left : shape->block);
    for (int y = 0; y < shape->n_years; y++) {
        if (options->behaviour != NULL)
            worker->behaviour = &options->behaviour[y];
        for (int from = 0; from < n; from += STRIP_PERSONS) {
            worker_turn(worker, from / STRIP_PERSONS);
            run_strip(job, worker, first + from, n - from < STRIP_PERSONS ? n - from : STRIP_PERSONS,
                y, progress);
            claims += worker->block.n_claims;
        }
        for (int p = 0; p < shape->n_programs; p++)
            flush(worker, p, y, progress);
    }
#pragma omp critical(tally)
    progress->claims += claims;
}

static struct batch *
enter(struct job *job)
{
    struct batch *batch;
#pragma omp critical(batch)
    {
        batch = job->current;
        batch->running++;
    }
    return batch;
}

static bool
time_to_write(const struct job *job)
{
    return job->keep != NULL && job->keep->path != NULL && !job->broken
        && clock_seconds_since(&job->begin) >= job->last + job->wait;
}

/* Where the phase goes on once a block has ended; what the caller has to do, if
 * anything, is the phase that is returned. */
static enum phase
next_phase(struct job *job)
{
    if (job->phase == PHASE_MAIN && time_to_write(job)) {
        if (job->aside.progress == NULL) {
            job->aside.progress = memory_alloc(1, sizeof *job->aside.progress);
            progress_init(job->aside.progress, &job->main.progress->shape);
        }
        job->last = clock_seconds_since(&job->begin);
        job->current = &job->aside;
        job->phase = PHASE_CLOSING;
    }
    if (job->phase == PHASE_CLOSING && job->main.running == 0)
        return job->phase = PHASE_WRITING;
    if (job->phase == PHASE_RETURNING && job->aside.running == 0)
        return job->phase = PHASE_ADDING;
    return PHASE_MAIN;
}

static enum phase
leave(struct job *job, struct batch *batch, int64_t block, int64_t *done)
{
    enum phase duty;
#pragma omp critical(batch)
    {
        batch->running--;
        progress_finish(batch->progress, block);
        *done = ++job->done;
        duty = next_phase(job);
    }
    return duty;
}

/* Whatever the main batch holds is on the disk after this. */
static enum phase
write_main(struct job *job)
{
    struct problem_list problems = { 0 };
    enum phase duty;
    double begin = clock_seconds_since(&job->begin);
    bool ok = progress_keep(job->main.progress, job->keep->path, &problems);
    double cost = clock_seconds_since(&job->begin) - begin;
    if (job->keep->kept != NULL)
        job->keep->kept(job->keep->context, &problems);
    problem_list_free(&problems);
#pragma omp critical(batch)
    {
        job->broken = !ok;
        /* However large the sums, writing them takes a small part of the time. */
        job->wait = 4 * cost > job->keep->every ? 4 * cost : job->keep->every;
        job->current = &job->main;
        job->phase = PHASE_RETURNING;
        duty = next_phase(job);
    }
    return duty;
}

static void
add_aside(struct job *job)
{
#pragma omp critical(batch)
    {
#pragma omp critical(tally)
        progress_add(job->main.progress, job->aside.progress);
        progress_clear(job->aside.progress);
        job->phase = PHASE_MAIN;
    }
}

static void
run_blocks(struct job *job, int64_t first, int64_t end)
{
    const struct run_options *options = job->options;
#pragma omp parallel num_threads(options->threads)
    {
        struct worker worker;
        worker_init(&worker, &job->shape, job->programs, job->main.progress->shape.n_programs,
            options->baseline, options->behaviour);
#pragma omp for schedule(dynamic)
        for (int64_t b = first; b < end; b++) {
            if (job->before[b / 8] >> (b % 8) & 1)
                continue;
            int64_t done;
            struct batch *batch = enter(job);
            run_block(job, &worker, b, batch->progress);
            enum phase duty = leave(job, batch, b, &done);
            if (duty == PHASE_WRITING)
                duty = write_main(job);
            if (duty == PHASE_ADDING)
                add_aside(job);
            if (options->progress != NULL && omp_get_thread_num() == 0)
                options->progress(options->context, done, job->all);
        }
        worker_free(&worker);
    }
    if (job->aside.progress != NULL) {
        progress_add(job->main.progress, job->aside.progress);
        progress_free(job->aside.progress);
        free(job->aside.progress);
    }
}

/* Blocks first … end - 1 that are not done; with nth < that many, *place is where
 * the nth of them stands. */
static int64_t
count_left(const struct job *job, int64_t first, int64_t end, int64_t nth, int64_t *place)
{
    int64_t n = 0;
    for (int64_t b = first; b < end; b++) {
        if (job->before[b / 8] >> (b % 8) & 1)
            continue;
        if (n++ == nth)
            *place = b;
    }
    return n;
}

/* This process's span of the shard's blocks: as many left to do as any other's. */
static void
find_span(struct job *job, int64_t *first, int64_t *end)
{
    const struct progress_origin *origin = &job->main.progress->origin;
    int64_t from, to, begin, past;
    progress_part(job->main.progress->shape.n_blocks, origin->shard - 1, origin->n_shards, &from, &to);
    int64_t left = count_left(job, from, to, -1, NULL);
    progress_part(left, cluster_rank(), cluster_size(), &begin, &past);
    *first = *end = to;
    count_left(job, from, to, begin, first);
    count_left(job, from, to, past, end);
    job->all = past - begin;
}

/* As the options mean them: what is left to us, decided. */
static struct run_options
decided(const struct run_options *given)
{
    struct run_options options = *given;
    if (options.threads <= 0)
        options.threads = omp_get_num_procs();
    if (options.replicates <= 0)
        options.replicates = 1;
    return options;
}

/* Persons in a block, where no number is asked for. Results do not depend on it, but
 * parts of a run must have the same. */
static int
block_size(int64_t persons, int64_t programs_and_years)
{
    int size = TALLY_BLOCK_PERSONS;
    while (size > STRIP_PERSONS
        && (persons / size < BLOCKS_WANTED || size * programs_and_years > BLOCK_WORK))
        size /= 2;
    return size;
}

struct progress_shape
run_shape(const struct model *model, int n_programs, const struct run_options *given)
{
    struct run_options options = decided(given);
    int64_t persons = options.persons * options.replicates;
    int n_years = options.last_year - options.first_year + 1;
    int size = options.block > 0 ? options.block
                                 : block_size(persons, (int64_t)n_programs * n_years);
    size = (size + PEOPLE_TILE - 1) / PEOPLE_TILE * PEOPLE_TILE;
    if (size > TALLY_BLOCK_PERSONS)
        size = TALLY_BLOCK_PERSONS;
    return (struct progress_shape){ .n_blocks = (persons + size - 1) / size,
        .block = size,
        .n_programs = n_programs,
        .n_years = n_years,
        .n_counties = model->n_counties > 0 ? model->n_counties : 1 };
}

void
run_part(const struct people *people, const struct program *const *programs,
    const struct run_options *given, const struct run_keep *keep, struct progress *progress)
{
    struct run_options options = decided(given);
    const struct progress_shape *shape = &progress->shape;
    size_t bytes = (size_t)(shape->n_blocks + 7) / 8;
    struct job job = { .people = people,
        .programs = programs,
        .options = &options,
        .keep = keep,
        .shape = tally_shape_of(shape->n_counties),
        .persons = options.persons * options.replicates,
        .main = { .progress = progress },
        .wait = keep != NULL ? keep->every : 0 };
    clock_gettime(CLOCK_MONOTONIC, &job.begin);
    job.before = memory_alloc(bytes, 1);
    memcpy(job.before, progress->finished, bytes);
    cluster_spread(job.before, bytes);
    job.current = &job.main;
    job.cuts = memory_alloc((size_t)shape->n_years, sizeof *job.cuts);
    int64_t first, end;
    find_span(&job, &first, &end);
    struct people *pilot = people_of_seed(people, PILOT_SEED);
    if (job.all > 0)
        cut_deciles(&job, pilot, shape->n_years);
    free(pilot);
    run_blocks(&job, first, end);
    free(job.cuts);
    free(job.before);
    cluster_gather(progress);
}

/* The books of all scenarios, from the sums over all blocks. */
static void
keep_books(const struct people *people, const struct model *model,
    const struct progress *progress, struct result *out)
{
    const struct progress_shape *shape = &progress->shape;
    size_t n = (size_t)shape->n_programs * (size_t)shape->n_years;
    const int64_t **flows = memory_alloc(n, sizeof *flows);
    int64_t *insured = memory_alloc((size_t)shape->n_years, sizeof *insured);
    struct fund fund;
    for (size_t i = 0; i < n; i++)
        flows[i] = progress->tallies[i].flows;
    for (int y = 0; y < shape->n_years; y++)
        insured[y] = people_insured(people, out->first_year + y);
    fund_init(&fund, model, out->first_year, out->n_years);
    books_keep(&out->books,
        &(struct books_source){ .n_scenarios = out->n_scenarios,
            .baseline = out->baseline,
            .first_year = out->first_year,
            .n_years = out->n_years,
            .n_counties = shape->n_counties,
            .programs = out->programs,
            .flows = flows,
            .insured = insured,
            .fund = &fund },
        true);
    fund_free(&fund);
    free(insured);
    free(flows);
}

void
run_finish(const struct people *people, const struct model *model,
    const struct program *const *programs, const struct run_options *given,
    const struct progress *progress, struct result *out)
{
    struct run_options options = decided(given);
    const struct progress_shape *shape = &progress->shape;
    struct tally_shape tally_shape = tally_shape_of(shape->n_counties);
    int64_t persons = options.persons * options.replicates;
    *out = (struct result){ .n_scenarios = shape->n_programs,
        .first_year = options.first_year,
        .n_years = shape->n_years,
        .baseline = options.baseline,
        .programs = programs,
        .persons = persons,
        .claims = progress->claims };
    const char **counties = memory_alloc((size_t)model->n_counties, sizeof *counties);
    for (int i = 0; i < model->n_counties; i++)
        counties[i] = model->counties[i].name;
    tally_groups(out, &tally_shape, model->n_counties != 0 ? counties : NULL);
    free(counties);
    size_t years = (size_t)shape->n_programs * (size_t)shape->n_years;
    size_t cells = years * MEASURE_COUNT * (size_t)out->n_groups;
    out->cells = memory_alloc(cells, sizeof *out->cells);
    out->sums = memory_alloc(cells, sizeof *out->sums);
    out->histograms
        = memory_alloc(years * DISTRIBUTION_COUNT * HISTOGRAM_BINS, sizeof *out->histograms);
    size_t quantiles = years * DISTRIBUTION_COUNT * QUANTILE_COUNT;
    out->quantiles = memory_alloc(quantiles, sizeof *out->quantiles);
    out->quantile_lower = memory_alloc(quantiles, sizeof *out->quantile_lower);
    out->quantile_upper = memory_alloc(quantiles, sizeof *out->quantile_upper);
    keep_books(people, model, progress, out);
    out->insured = people_insured(people, options.last_year);
#pragma omp parallel for collapse(2) schedule(dynamic) num_threads(options.threads)
    for (int p = 0; p < shape->n_programs; p++)
        for (int y = 0; y < shape->n_years; y++)
            tally_estimate(&progress->tallies[p * shape->n_years + y], &tally_shape, persons,
                people_insured(people, options.first_year + y), out, p, y);
}

bool
run(const struct people *people, const struct model *model, const struct program *const *programs,
    int n_programs, const struct run_options *options, struct result *out,
    struct problem_list *problems)
{
    (void)problems;
    struct timespec begin;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    struct progress_shape shape = run_shape(model, n_programs, options);
    struct progress progress;
    progress_init(&progress, &shape);
    progress.origin.shard = progress.origin.n_shards = 1;
    run_part(people, programs, options, NULL, &progress);
    run_finish(people, model, programs, options, &progress, out);
    progress_free(&progress);
    out->seconds = clock_seconds_since(&begin);
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
    free(self->quantile_lower);
    free(self->quantile_upper);
    books_free(&self->books);
    *self = (struct result){ 0 };
}
