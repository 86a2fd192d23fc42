/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/progress_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/state_file.h"

static const struct state_kind kind = { "gongji progress", UINT64_C(0x0102030405060005) };

static size_t
n_tallies(const struct progress_shape *shape)
{
    return (size_t)shape->n_programs * (size_t)shape->n_years;
}

/* The histogram and what follows it. */
static size_t
counts_size(const struct progress_shape *shape)
{
    return tally_shape_of(shape->n_counties).n_counts * sizeof(int64_t);
}

static size_t
bitmap_size(const struct progress_shape *shape)
{
    return (size_t)((shape->n_blocks + 7) / 8);
}

void
progress_init(struct progress *self, const struct progress_shape *shape)
{
    *self = (struct progress){ .shape = *shape };
    struct tally_shape tally = tally_shape_of(shape->n_counties);
    self->finished = memory_alloc(bitmap_size(shape), 1);
    self->tallies = memory_alloc(n_tallies(shape), sizeof *self->tallies);
    for (size_t i = 0; i < n_tallies(shape); i++)
        tally_init(&self->tallies[i], &tally);
}

void
progress_clear(struct progress *self)
{
    size_t cells = (size_t)tally_shape_of(self->shape.n_counties).n_cells * MEASURE_COUNT;
    memset(self->finished, 0, bitmap_size(&self->shape));
    self->claims = 0;
    for (size_t i = 0; i < n_tallies(&self->shape); i++) {
        memset(self->tallies[i].cells, 0, cells * sizeof *self->tallies[i].cells);
        memset(self->tallies[i].histogram, 0, counts_size(&self->shape));
    }
}

void
progress_origin_free(struct progress_origin *self)
{
    for (int i = 0; i < self->n_words; i++)
        free(self->words[i]);
    free(self->words);
    free(self->folder);
    free(self->description);
    *self = (struct progress_origin){ 0 };
}

void
progress_free(struct progress *self)
{
    for (size_t i = 0; self->tallies != NULL && i < n_tallies(&self->shape); i++)
        tally_free(&self->tallies[i]);
    free(self->tallies);
    free(self->finished);
    progress_origin_free(&self->origin);
    *self = (struct progress){ 0 };
}

int64_t
progress_count(const struct progress *self)
{
    int64_t n = 0;
    for (size_t i = 0; i < bitmap_size(&self->shape); i++)
        n += __builtin_popcount(self->finished[i]);
    return n;
}

void
progress_part(int64_t all, int i, int n, int64_t *first, int64_t *end)
{
    *first = (int64_t)((__int128)all * i / n);
    *end = (int64_t)((__int128)all * (i + 1) / n);
}

static void
add_tally(struct tally *self, const struct tally *other, const struct tally_shape *shape)
{
    for (int i = 0; i < shape->n_cells * MEASURE_COUNT; i++) {
        self->cells[i].sum += other->cells[i].sum;
        self->cells[i].difference += other->cells[i].difference;
        self->cells[i].squares += other->cells[i].squares;
        self->cells[i].difference_squares += other->cells[i].difference_squares;
    }
    for (size_t i = 0; i < shape->n_counts; i++)
        self->histogram[i] += other->histogram[i];
}

enum progress_meeting
progress_add(struct progress *self, const struct progress *other)
{
    bool shared = false, fresh = false;
    for (size_t i = 0; i < bitmap_size(&self->shape); i++) {
        shared = shared || (self->finished[i] & other->finished[i]) != 0;
        fresh = fresh || (~self->finished[i] & other->finished[i]) != 0;
    }
    if (shared)
        return fresh ? PROGRESS_OVERLAP : PROGRESS_HELD;
    for (size_t i = 0; i < bitmap_size(&self->shape); i++)
        self->finished[i] = (uint8_t)(self->finished[i] | other->finished[i]);
    struct tally_shape shape = tally_shape_of(self->shape.n_counties);
    for (size_t i = 0; i < n_tallies(&self->shape); i++)
        add_tally(&self->tallies[i], &other->tallies[i], &shape);
    self->claims += other->claims;
    return PROGRESS_ADDED;
}

static size_t
cells_size(const struct progress_shape *shape)
{
    return (size_t)tally_shape_of(shape->n_counties).n_cells * MEASURE_COUNT
        * sizeof(struct tally_cell);
}

size_t
progress_tally_size(const struct progress_shape *shape)
{
    return cells_size(shape) + counts_size(shape);
}

void
progress_tally_pack(const struct tally *self, const struct progress_shape *shape, void *out)
{
    size_t cells = cells_size(shape);
    memcpy(out, self->cells, cells);
    memcpy((char *)out + cells, self->histogram, counts_size(shape));
}

static void
unpack_tally(struct tally *self, const struct progress_shape *shape, const void *bytes)
{
    size_t cells = cells_size(shape);
    memcpy(self->cells, bytes, cells);
    memcpy(self->histogram, (const char *)bytes + cells, counts_size(shape));
}

void
progress_tally_add(struct tally *self, const struct progress_shape *shape, const void *bytes)
{
    struct tally_shape tally_shape = tally_shape_of(shape->n_counties);
    struct tally other;
    tally_init(&other, &tally_shape);
    unpack_tally(&other, shape, bytes);
    add_tally(self, &other, &tally_shape);
    tally_free(&other);
}

struct numbers {
    int64_t shard, n_shards, process, n_ranks, n_words;
};

static bool
write_origin(const struct progress_origin *self, FILE *stream)
{
    struct numbers numbers = { self->shard, self->n_shards, self->process, self->n_ranks,
        self->n_words };
    bool ok = state_write_part(stream, &numbers, sizeof numbers)
        && state_write_part(stream, self->description, strlen(self->description))
        && state_write_part(stream, self->folder, strlen(self->folder));
    for (int i = 0; ok && i < self->n_words; i++)
        ok = state_write_part(stream, self->words[i], strlen(self->words[i]));
    return ok;
}

static bool
read_origin(struct state_reader *reader, struct progress_origin *out)
{
    struct numbers numbers;
    size_t n;
    if (!state_read_part_of(reader, &numbers, sizeof numbers) || numbers.n_words < 0
        || (uint64_t)numbers.n_words > reader->left / STATE_DIGEST || numbers.n_shards < 1
        || numbers.n_shards > INT32_MAX || numbers.shard < 1 || numbers.shard > numbers.n_shards
        || numbers.n_ranks < 1 || numbers.n_ranks > INT32_MAX)
        return false;
    *out = (struct progress_origin){ .shard = (int)numbers.shard,
        .n_shards = (int)numbers.n_shards, .process = numbers.process,
        .n_ranks = (int)numbers.n_ranks };
    out->description = state_read_part(reader, &n);
    out->folder = out->description != NULL ? state_read_part(reader, &n) : NULL;
    out->words = memory_alloc((size_t)numbers.n_words + 1, sizeof *out->words);
    bool ok = out->folder != NULL;
    while (ok && out->n_words < numbers.n_words) {
        out->words[out->n_words] = state_read_part(reader, &n);
        ok = out->words[out->n_words] != NULL;
        out->n_words += ok;
    }
    return ok;
}

bool
progress_write(const struct progress *self, FILE *stream)
{
    const struct progress_shape *shape = &self->shape;
    size_t size = progress_tally_size(shape);
    bool ok = state_write_head(&kind, stream) && write_origin(&self->origin, stream)
        && state_write_part(stream, shape, sizeof *shape)
        && state_write_part(stream, &self->claims, sizeof self->claims)
        && state_write_part(stream, self->finished, bitmap_size(shape));
    void *bytes = memory_alloc(size, 1);
    for (size_t i = 0; ok && i < n_tallies(shape); i++) {
        progress_tally_pack(&self->tallies[i], shape, bytes);
        ok = state_write_part(stream, bytes, size);
    }
    free(bytes);
    return ok;
}

static bool
write_progress(const void *self, FILE *stream)
{
    return progress_write(self, stream);
}

bool
progress_keep(const struct progress *self, const char *path, struct problem_list *problems)
{
    return state_keep(path, write_progress, self, problems);
}

/* A shape that a run can have, and whose sums the rest of the file can hold. */
static bool
shape_fits(const struct progress_shape *shape, uint64_t left)
{
    if (shape->n_blocks < 1 || shape->block < 1 || shape->n_programs < 1 || shape->n_years < 1
        || shape->n_counties < 1 || shape->n_counties > UINT8_MAX + 1
        || (uint64_t)shape->n_blocks / 8 > left)
        return false;
    return n_tallies(shape) <= left / progress_tally_size(shape);
}

static bool
read_sums(struct state_reader *reader, struct progress *out)
{
    struct progress_origin origin = out->origin;
    struct progress_shape shape;
    if (!state_read_part_of(reader, &shape, sizeof shape) || !shape_fits(&shape, reader->left))
        return false;
    progress_init(out, &shape);
    out->origin = origin;
    bool ok = state_read_part_of(reader, &out->claims, sizeof out->claims)
        && state_read_part_of(reader, out->finished, bitmap_size(&shape));
    for (size_t i = 0; ok && i < n_tallies(&shape); i++) {
        size_t n;
        char *bytes = state_read_part(reader, &n);
        ok = bytes != NULL && n == progress_tally_size(&shape);
        if (ok)
            unpack_tally(&out->tallies[i], &shape, bytes);
        free(bytes);
    }
    return ok && reader->left == 0;
}

bool
progress_read(const char *path, struct progress *out, struct problem_list *problems)
{
    struct state_reader reader;
    *out = (struct progress){ 0 };
    bool ok = state_open(&reader, &kind, path, problems)
        && state_whole(read_origin(&reader, &out->origin) && read_sums(&reader, out), path, problems);
    state_close(&reader);
    if (!ok)
        progress_free(out);
    return ok;
}

bool
progress_read_origin(const char *path, struct progress_origin *out,
    struct problem_list *problems)
{
    struct state_reader reader;
    *out = (struct progress_origin){ 0 };
    bool ok = state_open(&reader, &kind, path, problems)
        && state_whole(read_origin(&reader, out), path, problems);
    state_close(&reader);
    if (!ok)
        progress_origin_free(out);
    return ok;
}
