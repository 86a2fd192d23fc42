/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine/outlay.h over many blocks, in parallel. Sums are whole numbers, so that
 * neither threads nor the order of blocks matter. */
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/outlay.h"

enum { BLOCK_PERSONS = 2048 };

static int
threads_of(int threads)
{
    return threads > 0 ? threads : omp_get_num_procs();
}

static int
size_of(int64_t persons, int64_t block)
{
    int64_t left = persons - block * BLOCK_PERSONS;
    return left < BLOCK_PERSONS ? (int)left : BLOCK_PERSONS;
}

/* What one thread works with. */
struct outlay_worker {
    struct people_block people;
    struct outlay_packer packer;
    struct outlay_block block;
    uint32_t *fund, *baseline; /* [capacity], owned */
    uint8_t *capped; /* [capacity], owned */
    int capacity;
};

static void
reserve(struct outlay_worker *self, int places)
{
    if (places <= self->capacity)
        return;
    self->capacity = places;
    self->fund = memory_resize(self->fund, (size_t)places, sizeof *self->fund);
    self->baseline = memory_resize(self->baseline, (size_t)places, sizeof *self->baseline);
    self->capped = memory_resize(self->capped, (size_t)places, sizeof *self->capped);
}

static void
worker_free(struct outlay_worker *self)
{
    people_block_free(&self->people);
    outlay_packer_free(&self->packer);
    outlay_block_free(&self->block);
    free(self->fund);
    free(self->baseline);
    free(self->capped);
}

static void
add_block(const struct outlay_block *block, const uint32_t *fund, const uint8_t *capped,
    const uint32_t *baseline, struct outlay_sums *out)
{
    outlay_add_slices(block, 0, fund, capped, baseline, out);
    outlay_add_others(block, fund, capped, baseline, out);
}

static void
stream_block(struct outlay_worker *worker, const struct outlay_plan *const *plans, int n,
    int baseline, struct outlay_sums (*sums)[OUTLAY_CLASSES])
{
    const struct outlay_block *block = &worker->block;
    reserve(worker, outlay_places(block));
    outlay_judge(plans[baseline], block, 0, worker->baseline, worker->capped);
    add_block(block, worker->baseline, worker->capped, worker->baseline, sums[baseline]);
    for (int p = 0; p < n; p++) {
        if (p == baseline)
            continue;
        outlay_judge(plans[p], block, 0, worker->fund, worker->capped);
        add_block(block, worker->fund, worker->capped, worker->baseline, sums[p]);
    }
}

int64_t
outlay_stream(const struct people *people, const struct outlay_plan *const *plans, int n,
    int baseline, const struct outlay_options *options, struct outlay_sums (*out)[OUTLAY_CLASSES])
{
    int64_t blocks = (options->persons + BLOCK_PERSONS - 1) / BLOCK_PERSONS, claims = 0;
    memset(out, 0, (size_t)n * sizeof *out);
#pragma omp parallel num_threads(threads_of(options->threads)) reduction(+ : claims)
    {
        struct outlay_worker worker = { 0 };
        struct outlay_sums(*sums)[OUTLAY_CLASSES] = memory_alloc((size_t)n, sizeof *sums);
#pragma omp for schedule(dynamic)
        for (int64_t b = 0; b < blocks; b++) {
            people_draw_visits(people, (uint64_t)(b * BLOCK_PERSONS), size_of(options->persons, b),
                options->year, &worker.people);
            outlay_pack(&worker.packer, &worker.people, &worker.block);
            stream_block(&worker, plans, n, baseline, sums);
            claims += worker.people.n_visits;
        }
#pragma omp critical(outlay)
        for (int p = 0; p < n; p++)
            for (int c = 0; c < OUTLAY_CLASSES; c++)
                outlay_merge(&out[p][c], &sums[p][c]);
        free(sums);
        worker_free(&worker);
    }
    return claims;
}

/* --- kept --- */

void
outlay_keep(
    struct outlay_kept *self, const struct people *people, const struct outlay_options *options)
{
    int64_t blocks = (options->persons + BLOCK_PERSONS - 1) / BLOCK_PERSONS, claims = 0;
    *self = (struct outlay_kept){ .persons = options->persons,
        .threads = threads_of(options->threads),
        .n_blocks = (int)blocks };
    self->blocks = memory_alloc((size_t)blocks, sizeof *self->blocks);
    self->fund = memory_alloc((size_t)blocks, sizeof *self->fund);
#pragma omp parallel num_threads(self->threads) reduction(+ : claims)
    {
        struct people_block drawn = { 0 };
        struct outlay_packer packer = { 0 };
#pragma omp for schedule(dynamic)
        for (int64_t b = 0; b < blocks; b++) {
            people_draw_visits(people, (uint64_t)(b * BLOCK_PERSONS), size_of(options->persons, b),
                options->year, &drawn);
            outlay_pack(&packer, &drawn, &self->blocks[b]);
            self->fund[b] = memory_alloc(
                (size_t)outlay_places(&self->blocks[b]), sizeof **self->fund);
            claims += drawn.n_visits;
        }
        outlay_packer_free(&packer);
        people_block_free(&drawn);
    }
    self->claims = claims;
}

void
outlay_kept_free(struct outlay_kept *self)
{
    for (int b = 0; b < self->n_blocks; b++) {
        outlay_block_free(&self->blocks[b]);
        free(self->fund[b]);
    }
    free(self->blocks);
    free(self->fund);
    free(self->baseline);
    *self = (struct outlay_kept){ 0 };
}

/* Classes that a plan treats as another does. */
static unsigned
alike(const struct outlay_plan *a, const struct outlay_plan *b)
{
    unsigned out = 0;
    bool manner = a->n_segments == b->n_segments
        && memcmp(a->start, b->start, sizeof a->start) == 0 && a->yearly == b->yearly
        && a->counts_eligible == b->counts_eligible && a->past_cap == b->past_cap
        && a->unpaid_part == b->unpaid_part && a->overflows == b->overflows
        && a->percents == b->percents;
    for (int c = 0; c < OUTLAY_CLASSES && manner; c++)
        if (memcmp(&a->classes[c], &b->classes[c], sizeof a->classes[c]) == 0)
            out |= 1u << c;
    return out;
}

/* Sums over all blocks but of slices of classes in `but`; into_baseline: what each person
 * costs is kept, and only slices are summed. */
static void
judge_kept(const struct outlay_kept *self, const struct outlay_plan *plan, unsigned but,
    bool into_baseline, struct outlay_sums *out)
{
    memset(out, 0, OUTLAY_CLASSES * sizeof *out);
#pragma omp parallel num_threads(self->threads)
    {
        struct outlay_worker worker = { 0 };
        struct outlay_sums sums[OUTLAY_CLASSES] = { 0 };
#pragma omp for schedule(static)
        for (int b = 0; b < self->n_blocks; b++) {
            const struct outlay_block *block = &self->blocks[b];
            reserve(&worker, outlay_places(block));
            uint32_t *fund = into_baseline ? self->fund[b] : worker.fund;
            outlay_judge(plan, block, but, fund, worker.capped);
            outlay_add_slices(block, but, fund, worker.capped, self->fund[b], sums);
            if (!into_baseline)
                outlay_add_others(block, fund, worker.capped, self->fund[b], sums);
        }
#pragma omp critical(outlay)
        for (int c = 0; c < OUTLAY_CLASSES; c++)
            outlay_merge(&out[c], &sums[c]);
        worker_free(&worker);
    }
}

void
outlay_kept_baseline(struct outlay_kept *self, const struct outlay_plan *plan)
{
    free(self->baseline);
    self->baseline = memory_aligned(1, sizeof *self->baseline);
    *self->baseline = *plan;
    judge_kept(self, plan, 0, true, self->slices);
}

void
outlay_kept_judge(
    const struct outlay_kept *self, const struct outlay_plan *plan, struct outlay_sums *out)
{
    unsigned same = alike(self->baseline, plan);
    judge_kept(self, plan, same, false, out);
    for (int c = 0; c < OUTLAY_CLASSES; c++)
        if (same >> c & 1)
            outlay_merge(&out[c], &self->slices[c]);
}

int64_t
outlay_kept_bytes(const struct outlay_kept *self)
{
    int64_t bytes = 0;
    for (int b = 0; b < self->n_blocks; b++) {
        const struct outlay_block *block = &self->blocks[b];
        bytes += (int64_t)(block->word_capacity * (int)(sizeof *block->claims + sizeof *block->days))
            + (int64_t)(block->slice_capacity * (int)sizeof *block->slices)
            + (int64_t)(block->turning_capacity * (int)sizeof *block->turning)
            + (int64_t)outlay_places(block) * (int)sizeof **self->fund
            + (int64_t)(block->other_capacity * (int)(sizeof *block->others + sizeof *block->arrears))
            + (int64_t)(block->other_claim_capacity * (int)sizeof *block->other_claims);
    }
    return bytes;
}
