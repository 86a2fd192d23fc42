/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/worlds.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/memory.h"
#include "engine/run_block.h"
#include "engine/worlds_draw.h"
#include "engine/worlds_file.h"

enum { WORLD_BLOCK = 2048 }; /* persons: claims and settlements stay in the cache */

/* All worlds at work. */
struct making {
    const struct worlds_source *source;
    const struct world_space *space;
    struct worlds *out;
    int64_t persons; /* all replicates together */
    int64_t done, all; /* blocks of the worlds that were not there before */
    uint8_t *states; /* [world] enum world_state, owned */
    struct keeping {
        uint8_t *states; /* [world] of those that are being written, owned */
        int waiting; /* worlds finished since the last writing */
        bool busy; /* a thread writes */
        bool begun; /* the run's own sums are on the disk */
        bool broken; /* the file could not be written */
        struct timespec begin;
        double next; /* seconds since begin */
    } keeping;
};

/* One world: what was drawn, made ready to run. */
struct world {
    struct world_drawn drawn;
    struct people *people;
    struct program **programs; /* [n_programs], owned, each of them too */
    struct behaviour *behaviour; /* [n_years], owned; NULL: off */
    struct names names; /* the same as the run's */
    int64_t *flows; /* [program][year] of flows_size, owned */
    int64_t *totals; /* [program][year][MEASURE_COUNT] sums over the persons, owned */
    bool brought_back; /* nearer to the central values than its place was */
};

static void
world_free(struct world *self, int n_programs)
{
    people_free(self->people);
    for (int p = 0; self->programs != NULL && p < n_programs; p++)
        program_free(self->programs[p]);
    free(self->programs);
    free(self->behaviour);
    free(self->flows);
    free(self->totals);
    names_free(&self->names);
    world_drawn_free(&self->drawn);
}

/* Model and people at a place; false where they do not fit together. */
static bool
make_people(const struct making *making, int w, const double *place, struct world *out)
{
    const struct worlds_source *source = making->source;
    struct problem_list problems = { 0 };
    world_draw(making->space, w, place, &out->drawn);
    model_check(&out->drawn.model, &problems);
    if (!problem_any(&problems))
        out->people = people_compile(
            &out->drawn.model, world_seed(source->seed, w), &out->names, &problems);
    if (out->people != NULL && source->level != BEHAVIOUR_OFF) {
        free(out->behaviour);
        out->behaviour = behaviour_of_years(&out->drawn.model, source->level,
            making->out->first_year, making->out->n_years);
        people_allow_potential(
            out->people, behaviour_largest(&out->drawn.model, source->level), &problems);
    }
    bool ok = !problem_any(&problems);
    if (!ok) {
        people_free(out->people);
        out->people = NULL;
        world_drawn_free(&out->drawn);
    }
    problem_list_free(&problems);
    return ok;
}

/* What was drawn at the world's place, or nearer to the central values where it does not
 * fit together there; the place becomes the one taken. */
static bool
make_world(struct making *making, int w, struct world *out)
{
    enum { TRIALS = 5 };
    const struct worlds_source *source = making->source;
    const struct world_space *space = making->space;
    double *place = making->out->points + (size_t)w * (size_t)space->n_inputs;
    *out = (struct world){ 0 };
    for (uint32_t i = 0; i < source->names->n; i++)
        names_add(&out->names, source->names->text[i], strlen(source->names->text[i]));
    for (int trial = 0; trial < TRIALS && out->people == NULL; trial++) {
        for (int i = 0; trial > 0 && i < space->n_inputs; i++) {
            double centre = space->slots[i].centre;
            place[i] = trial < TRIALS - 1 ? (place[i] + centre) / 2 : centre;
        }
        out->brought_back = !make_people(making, w, place, out) || trial > 0;
    }
    if (out->people == NULL)
        return false;
    out->programs = memory_alloc((size_t)source->n_programs, sizeof *out->programs);
    for (int p = 0; p < source->n_programs; p++)
        out->programs[p]
            = program_compile(&out->drawn.policies[p], source->rules_on, source->expiry);
    size_t years = (size_t)source->n_programs * (size_t)making->out->n_years;
    int n_counties = source->model->n_counties > 0 ? source->model->n_counties : 1;
    out->flows = memory_alloc(years * flows_size(n_counties), sizeof *out->flows);
    out->totals = memory_alloc(years * MEASURE_COUNT, sizeof *out->totals);
    return true;
}

/* The run's own sums come first. */
static bool
write_kept(struct making *making, struct problem_list *problems)
{
    const struct worlds_keep *keep = making->source->keep;
    struct keeping *self = &making->keeping;
    self->begun = self->begun || progress_keep(keep->run, keep->run_path, problems);
    return self->begun
        && worlds_file_keep(making->out, self->states, keep->run->origin.description, keep->path,
            problems);
}

/* Finished worlds go to the disk where it is time, or on the way out. A thread that writes
 * holds up no other, since no world that is finished changes. */
static void
keep_worlds(struct making *making, bool leaving)
{
    const struct worlds_keep *keep = making->source->keep;
    struct keeping *self = &making->keeping;
    bool due = false;
    if (keep == NULL)
        return;
    double begin = clock_seconds_since(&self->begin);
#pragma omp critical(keeping)
    if (!self->busy && !self->broken && self->waiting > 0
        && (begin >= self->next || (leaving && self->begun))) {
        memcpy(self->states, making->states, (size_t)making->out->n);
        self->waiting = 0;
        self->busy = due = true;
    }
    if (!due)
        return;
    struct problem_list problems = { 0 };
    bool ok = write_kept(making, &problems);
    if (keep->kept != NULL)
        keep->kept(keep->context, &problems);
    problem_list_free(&problems);
    double end = clock_seconds_since(&self->begin);
#pragma omp critical(keeping)
    {
        self->busy = false;
        self->broken = !ok;
        /* However much there is, writing it takes a small part of the time. */
        self->next = begin + (4 * (end - begin) > keep->every ? 4 * (end - begin) : keep->every);
    }
}

static void
finish_world(struct making *making, int w, bool brought_back)
{
#pragma omp critical(keeping)
    {
        making->states[w] = brought_back ? WORLD_BROUGHT_BACK : WORLD_FINISHED;
        making->keeping.waiting++;
    }
    keep_worlds(making, false);
}

static void
count_block(struct making *making)
{
    const struct run_options *options = making->source->options;
    int64_t done;
#pragma omp atomic capture
    done = ++making->done;
    if (omp_get_thread_num() == 0 && options->progress != NULL)
        options->progress(options->context, done, making->all);
    keep_worlds(making, false);
}

/* Takes a world's people through its years and programs. */
static void
run_world(struct making *making, struct world *world)
{
    const struct worlds_source *source = making->source;
    const struct run_options *options = source->options;
    struct worlds *out = making->out;
    struct tally_shape shape = tally_shape_of(source->model->n_counties);
    struct decile_cuts cuts = { 0 };
    struct worker worker;
    worker_init(&worker, &shape, (const struct program *const *)world->programs,
        source->n_programs, options->baseline, world->behaviour);
    worker.totals_only = true;
    for (int64_t first = 0; first < making->persons; first += WORLD_BLOCK) {
        int64_t left = making->persons - first;
        int n = left < WORLD_BLOCK ? (int)left : WORLD_BLOCK;
        for (int y = 0; y < out->n_years; y++) {
            if (world->behaviour != NULL)
                worker.behaviour = &world->behaviour[y];
            worker_draw(&worker, world->people, (uint64_t)first, n, out->first_year + y, &cuts);
            for (int g = 0; g < worker.n_groups; g++) {
                worker_settle(&worker, g, y == 0);
                for (int lane = 0; lane < worker.groups[g].n; lane++) {
                    int p = worker.groups[g].program[lane];
                    size_t at = (size_t)p * (size_t)out->n_years + (size_t)y;
                    worker_tally(&worker, g, lane);
                    tally_block_totals(worker_sums(&worker, p), world->totals + at * MEASURE_COUNT,
                        world->flows + at * shape.n_flows);
                }
            }
        }
        count_block(making);
    }
    worker_free(&worker);
}

/* The world's totals, in the measure's unit for the insured. */
static void
keep_totals(struct making *making, const struct world *world, int w)
{
    struct worlds *out = making->out;
    for (int s = 0; s < out->n_scenarios; s++)
        for (int y = 0; y < out->n_years; y++) {
            size_t at = (size_t)s * (size_t)out->n_years + (size_t)y;
            double insured = (double)people_insured(world->people, out->first_year + y);
            for (size_t m = 0; m < MEASURE_COUNT; m++) {
                double mean
                    = (double)world->totals[at * MEASURE_COUNT + m] / (double)making->persons;
                enum measure_unit unit = measure_infos[m].unit;
                out->totals[(at * MEASURE_COUNT + m) * (size_t)out->n + (size_t)w]
                    = mean * (unit == UNIT_YUAN_PER_PERSON ? 1 : insured) / (unit == UNIT_COUNT ? 1 : 100);
            }
        }
}

static void
keep_world_books(struct making *making, const struct world *world, int w)
{
    const struct worlds_source *source = making->source;
    struct worlds *out = making->out;
    size_t n = (size_t)out->n_scenarios * (size_t)out->n_years;
    int n_counties = source->model->n_counties > 0 ? source->model->n_counties : 1;
    const int64_t **flows = memory_alloc(n, sizeof *flows);
    int64_t *insured = memory_alloc((size_t)out->n_years, sizeof *insured);
    struct fund fund;
    struct books books;
    for (size_t i = 0; i < n; i++)
        flows[i] = world->flows + i * flows_size(n_counties);
    for (int y = 0; y < out->n_years; y++)
        insured[y] = people_insured(world->people, out->first_year + y);
    fund_init(&fund, &world->drawn.model, out->first_year, out->n_years);
    books_keep(&books,
        &(struct books_source){ .n_scenarios = out->n_scenarios,
            .baseline = source->options->baseline,
            .first_year = out->first_year,
            .n_years = out->n_years,
            .n_counties = n_counties,
            .programs = (const struct program *const *)world->programs,
            .flows = flows,
            .insured = insured,
            .fund = &fund,
            .budgets = source->central },
        false);
    for (int s = 0; s < out->n_scenarios; s++) {
        for (int y = 0; y < out->n_years; y++)
            for (int l = 0; l < BOOK_COUNT; l++) {
                size_t at = ((size_t)s * (size_t)out->n_years + (size_t)y) * BOOK_COUNT + (size_t)l;
                out->lines[at * (size_t)out->n + (size_t)w]
                    = (double)books_line(&books, s, y, 0, (enum book_line)l) / 100;
            }
        for (int u = 0; u < out->n_units; u++) {
            size_t from = (size_t)s * (size_t)out->n_units + (size_t)u;
            out->first_deficit[from * (size_t)out->n + (size_t)w] = books.first_deficit[from];
            out->run_dry[from * (size_t)out->n + (size_t)w] = books.run_dry[from];
        }
    }
    books_free(&books);
    fund_free(&fund);
    free(insured);
    free(flows);
}

/* Paired over worlds: a's year after b's, where no year is later than any. */
static void
compare_scenarios(struct worlds *self)
{
    for (int a = 0; a < self->n_scenarios; a++)
        for (int b = 0; b < self->n_scenarios; b++) {
            const int *of_a = worlds_run_dry(self, a, 0), *of_b = worlds_run_dry(self, b, 0);
            int longer = 0, same = 0;
            for (int w = 0; w < self->n; w++) {
                same += of_a[w] == of_b[w];
                longer += of_b[w] != 0 && (of_a[w] == 0 || of_a[w] > of_b[w]);
            }
            self->outlives[a * self->n_scenarios + b] = (double)longer / self->n;
            self->ties[a * self->n_scenarios + b] = (double)same / self->n;
        }
}

static void
alloc_worlds(struct worlds *self, const struct worlds_source *source)
{
    const struct run_options *options = source->options;
    *self = (struct worlds){ .n = source->n,
        .n_scenarios = source->n_programs,
        .first_year = options->first_year,
        .n_years = options->last_year - options->first_year + 1,
        .n_units = source->model->n_counties > 1 ? source->model->n_counties + 1 : 1 };
    size_t n = (size_t)self->n, scenarios = (size_t)self->n_scenarios;
    size_t years = scenarios * (size_t)self->n_years;
    size_t units = scenarios * (size_t)self->n_units;
    self->totals = memory_alloc(years * MEASURE_COUNT * n, sizeof *self->totals);
    self->lines = memory_alloc(years * BOOK_COUNT * n, sizeof *self->lines);
    self->first_deficit = memory_alloc(units * n, sizeof *self->first_deficit);
    self->run_dry = memory_alloc(units * n, sizeof *self->run_dry);
    self->outlives = memory_alloc(scenarios * scenarios, sizeof *self->outlives);
    self->ties = memory_alloc(scenarios * scenarios, sizeof *self->ties);
}

/* Every world that is not there, one to a thread. */
static bool
make_worlds(struct making *making)
{
    int threads = making->source->options->threads;
    bool ok = true;
#pragma omp parallel for schedule(dynamic) num_threads(threads > 0 ? threads : omp_get_num_procs())
    for (int w = 0; w < making->out->n; w++) {
        struct world world;
        if (making->states[w] != WORLD_OPEN)
            continue;
        if (make_world(making, w, &world)) {
            run_world(making, &world);
            keep_totals(making, &world, w);
            keep_world_books(making, &world, w);
            finish_world(making, w, world.brought_back);
        } else {
#pragma omp atomic write
            ok = false;
        }
        world_free(&world, making->source->n_programs);
    }
    keep_worlds(making, true);
    return ok;
}

/* What an interrupted run kept of its worlds, and the blocks of those that are left. */
static bool
find_kept(struct making *making, struct problem_list *problems)
{
    const struct worlds_keep *keep = making->source->keep;
    int n = 0;
    if (keep != NULL && keep->resumed
        && !worlds_file_recall(making->out, making->states, keep->run->origin.description,
            keep->path, problems))
        return false;
    for (int w = 0; w < making->out->n; w++)
        n += making->states[w] != WORLD_OPEN;
    if (n > 0 && keep->found != NULL)
        keep->found(keep->context, n, making->out->n);
    making->all = (making->persons + WORLD_BLOCK - 1) / WORLD_BLOCK * (making->out->n - n);
    return true;
}

static void
making_init(struct making *self, const struct worlds_source *source,
    const struct world_space *space, struct worlds *out)
{
    const struct run_options *options = source->options;
    *self = (struct making){ .source = source,
        .space = space,
        .out = out,
        .persons = options->persons * (options->replicates > 0 ? options->replicates : 1),
        .states = memory_alloc((size_t)source->n, 1),
        .keeping = { .states = memory_alloc((size_t)source->n, 1),
            .next = source->keep != NULL ? source->keep->every : 0 } };
    clock_gettime(CLOCK_MONOTONIC, &self->keeping.begin);
}

static void
making_free(struct making *self)
{
    free(self->states);
    free(self->keeping.states);
}

bool
worlds_run(struct worlds *self, const struct worlds_source *source, struct problem_list *problems)
{
    const struct run_options *options = source->options;
    const struct policy **policies
        = memory_alloc((size_t)source->n_programs, sizeof *policies);
    struct world_space space;
    for (int p = 0; p < source->n_programs; p++)
        policies[p] = source->programs[p]->policy;
    world_space_init(&space, source->model, policies, source->n_programs, options->first_year,
        options->last_year, source->rules_on, source->level == BEHAVIOUR_CENTRAL, source->seed);
    alloc_worlds(self, source);
    self->points = world_space_points(&space, source->n);
    self->n_inputs = space.n_inputs;
    self->inputs = space.inputs;
    space.inputs = NULL;
    struct making making;
    making_init(&making, source, &space, self);
    bool found = find_kept(&making, problems), ok = found && make_worlds(&making);
    if (found && !ok)
        problem_add(problems, source->model->file, 0, 0, "%s",
            tr("its central values make no world; a model that runs without --uncertainty is wanted",
                "中间值本身无法生成情景；应为不加 --uncertainty 也能运行的模型"));
    for (int w = 0; w < self->n; w++)
        self->brought_back += making.states[w] == WORLD_BROUGHT_BACK;
    compare_scenarios(self);
    making_free(&making);
    world_space_free(&space);
    free(policies);
    return ok;
}

void
worlds_free(struct worlds *self)
{
    for (int i = 0; i < self->n_inputs; i++) {
        free(self->inputs[i].key);
        free(self->inputs[i].en);
        free(self->inputs[i].zh);
    }
    free(self->inputs);
    free(self->points);
    free(self->totals);
    free(self->lines);
    free(self->first_deficit);
    free(self->run_dry);
    free(self->outlives);
    free(self->ties);
    *self = (struct worlds){ 0 };
}
