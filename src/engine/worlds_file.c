/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/worlds_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "engine/state_file.h"

static const struct state_kind kind = { "gongji worlds", UINT64_C(0x0102030405060001) };

struct shape {
    int32_t n, n_scenarios, first_year, n_years, n_units, n_inputs, n_measures, n_lines;
};

static struct shape
shape_of(const struct worlds *self)
{
    return (struct shape){ self->n, self->n_scenarios, self->first_year, self->n_years,
        self->n_units, self->n_inputs, MEASURE_COUNT, BOOK_COUNT };
}

/* One world, whose numbers stand apart in the columns of struct worlds. */
struct world_numbers {
    double *reals; /* [n_reals] places, totals, lines; owned */
    int32_t *years; /* [n_events][2]: first deficit, run dry, of a scenario and unit; owned */
    size_t n_points, n_totals, n_lines, n_events;
};

static size_t
n_reals(const struct world_numbers *self)
{
    return self->n_points + self->n_totals + self->n_lines;
}

static struct world_numbers
numbers_make(const struct worlds *worlds)
{
    size_t years = (size_t)worlds->n_scenarios * (size_t)worlds->n_years;
    struct world_numbers self = { .n_points = (size_t)worlds->n_inputs,
        .n_totals = years * MEASURE_COUNT,
        .n_lines = years * BOOK_COUNT,
        .n_events = (size_t)worlds->n_scenarios * (size_t)worlds->n_units };
    self.reals = memory_alloc(n_reals(&self), sizeof *self.reals);
    self.years = memory_alloc(2 * self.n_events, sizeof *self.years);
    return self;
}

static void
numbers_free(struct world_numbers *self)
{
    free(self->reals);
    free(self->years);
}

static void
numbers_take(struct world_numbers *self, const struct worlds *worlds, int w)
{
    size_t n = (size_t)worlds->n, at = (size_t)w;
    double *totals = self->reals + self->n_points, *lines = totals + self->n_totals;
    memcpy(self->reals, worlds->points + at * self->n_points, self->n_points * sizeof *self->reals);
    for (size_t i = 0; i < self->n_totals; i++)
        totals[i] = worlds->totals[i * n + at];
    for (size_t i = 0; i < self->n_lines; i++)
        lines[i] = worlds->lines[i * n + at];
    for (size_t i = 0; i < self->n_events; i++) {
        self->years[2 * i] = worlds->first_deficit[i * n + at];
        self->years[2 * i + 1] = worlds->run_dry[i * n + at];
    }
}

static void
numbers_put(const struct world_numbers *self, struct worlds *worlds, int w)
{
    size_t n = (size_t)worlds->n, at = (size_t)w;
    const double *totals = self->reals + self->n_points, *lines = totals + self->n_totals;
    memcpy(worlds->points + at * self->n_points, self->reals, self->n_points * sizeof *self->reals);
    for (size_t i = 0; i < self->n_totals; i++)
        worlds->totals[i * n + at] = totals[i];
    for (size_t i = 0; i < self->n_lines; i++)
        worlds->lines[i * n + at] = lines[i];
    for (size_t i = 0; i < self->n_events; i++) {
        worlds->first_deficit[i * n + at] = self->years[2 * i];
        worlds->run_dry[i * n + at] = self->years[2 * i + 1];
    }
}

struct writing {
    const struct worlds *worlds;
    const uint8_t *states;
    const char *description;
};

static bool
write_worlds(const void *self, FILE *stream)
{
    const struct writing *writing = self;
    const struct worlds *worlds = writing->worlds;
    struct shape shape = shape_of(worlds);
    struct world_numbers numbers = numbers_make(worlds);
    bool ok = state_write_head(&kind, stream)
        && state_write_part(stream, writing->description, strlen(writing->description))
        && state_write_part(stream, &shape, sizeof shape)
        && state_write_part(stream, writing->states, (size_t)worlds->n);
    for (int w = 0; ok && w < worlds->n; w++) {
        if (writing->states[w] == WORLD_OPEN)
            continue;
        numbers_take(&numbers, worlds, w);
        ok = state_write_part(stream, numbers.reals, n_reals(&numbers) * sizeof *numbers.reals)
            && state_write_part(stream, numbers.years, 2 * numbers.n_events * sizeof *numbers.years);
    }
    numbers_free(&numbers);
    return ok;
}

bool
worlds_file_keep(const struct worlds *self, const uint8_t *states, const char *description,
    const char *path, struct problem_list *problems)
{
    const struct writing writing = { self, states, description };
    return state_keep(path, write_worlds, &writing, problems);
}

/* The worlds of a file whose description is ours; states are set once all are there. */
static bool
read_worlds(struct state_reader *reader, struct worlds *worlds, uint8_t *states)
{
    struct shape shape, own = shape_of(worlds);
    if (!state_read_part_of(reader, &shape, sizeof shape) || memcmp(&shape, &own, sizeof own) != 0)
        return false;
    size_t n = (size_t)worlds->n;
    uint8_t *found = memory_alloc(n, 1);
    struct world_numbers numbers = numbers_make(worlds);
    bool ok = state_read_part_of(reader, found, n);
    for (int w = 0; ok && w < worlds->n; w++) {
        if (found[w] == WORLD_OPEN)
            continue;
        ok = found[w] < WORLD_STATES
            && state_read_part_of(reader, numbers.reals, n_reals(&numbers) * sizeof *numbers.reals)
            && state_read_part_of(
                reader, numbers.years, 2 * numbers.n_events * sizeof *numbers.years);
        if (ok)
            numbers_put(&numbers, worlds, w);
    }
    ok = ok && reader->left == 0;
    if (ok)
        memcpy(states, found, n);
    numbers_free(&numbers);
    free(found);
    return ok;
}

bool
worlds_file_recall(struct worlds *self, uint8_t *states, const char *description,
    const char *path, struct problem_list *problems)
{
    struct state_reader reader;
    size_t n;
    if (access(path, F_OK) != 0)
        return true;
    bool ok = state_open(&reader, &kind, path, problems);
    if (ok) {
        char *found = state_read_part(&reader, &n);
        bool other = found != NULL && strcmp(found, description) != 0;
        ok = other
            || state_whole(found != NULL && read_worlds(&reader, self, states), path, problems);
        free(found);
    }
    state_close(&reader);
    return ok;
}
