/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worlds: what is drawn stays within its range, worlds are the same whatever the
 * threads, a better-off fund is better off in all of them, and the budget of what makes
 * them differ meets functions whose indices are known. Fixed seeds. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "engine/run_parts.h"
#include "engine/sensitivity.h"
#include "engine/worlds_draw.h"
#include "engine/worlds_file.h"

/* --- the uncertainty budget --- */

static double *
random_points(int n, int inputs)
{
    double *points = memory_alloc((size_t)(n * inputs), sizeof *points);
    for (int i = 0; i < n * inputs; i++)
        points[i] = random_uniform(random_at(random_key_of(8), (uint64_t)i, 0, 1, 0).word[0]);
    return points;
}

/* sin x + 7 sin² y + 0.1 z⁴ sin x over -π … π (Ishigami and Homma 1990): shares
 * 0.314, 0.442, 0 alone, and 0.244 of x and z together. */
Test(sensitivity, the_ishigami_function_has_its_indices)
{
    enum { N = 800, INPUTS = 6 }; /* three of them do nothing */
    double *points = random_points(N, INPUTS), values[N], first[INPUTS], total[INPUTS];
    for (int i = 0; i < N; i++) {
        double x[3];
        for (int k = 0; k < 3; k++)
            x[k] = M_PI * (2 * points[i * INPUTS + k] - 1);
        values[i] = sin(x[0]) + 7 * pow(sin(x[1]), 2) + 0.1 * pow(x[2], 4) * sin(x[0]);
    }
    struct chaos chaos;
    chaos_fit(&chaos, points, N, INPUTS, values);
    chaos_indices(&chaos, INPUTS, first, total);
    cr_expect_float_eq(chaos.mean, 3.5, 0.35);
    cr_expect_gt(chaos.explained, 0.9);
    static const double alone[] = { 0.314, 0.442, 0 }, together[] = { 0.558, 0.442, 0.244 };
    for (int k = 0; k < INPUTS; k++) {
        cr_expect_float_eq(first[k], k < 3 ? alone[k] : 0, 0.05, "%d: %g", k, first[k]);
        cr_expect_float_eq(total[k], k < 3 ? together[k] : 0, 0.05, "%d: %g", k, total[k]);
    }
    chaos_free(&chaos);
    free(points);
}

/* Π (|4 x - 2| + a) / (1 + a) (Sobol's g): a share in proportion to 1 / (3 (1 + a)²). */
Test(sensitivity, sobols_g_function_has_its_indices)
{
    enum { N = 800, INPUTS = 5 };
    static const double a[INPUTS] = { 0.5, 1, 4, 20, 99 };
    double *points = random_points(N, INPUTS), values[N], first[INPUTS], total[INPUTS];
    double variance = 1;
    for (int k = 0; k < INPUTS; k++)
        variance *= 1 + 1 / (3 * pow(1 + a[k], 2));
    for (int i = 0; i < N; i++) {
        values[i] = 1;
        for (int k = 0; k < INPUTS; k++)
            values[i] *= (fabs(4 * points[i * INPUTS + k] - 2) + a[k]) / (1 + a[k]);
    }
    struct chaos chaos;
    chaos_fit(&chaos, points, N, INPUTS, values);
    chaos_indices(&chaos, INPUTS, first, total);
    cr_expect_gt(chaos.explained, 0.9);
    for (int k = 0; k < INPUTS; k++) {
        double own = 1 / (3 * pow(1 + a[k], 2));
        cr_expect_float_eq(first[k], own / (variance - 1), 0.05, "%d: %g", k, first[k]);
        cr_expect_float_eq(total[k], own * variance / (1 + own) / (variance - 1), 0.05);
    }
    chaos_free(&chaos);
    free(points);
}

/* What depends on nothing that is drawn is not laid at anybody's door. */
Test(sensitivity, noise_is_not_explained)
{
    enum { N = 200, INPUTS = 60 };
    double *points = random_points(N, INPUTS), values[N];
    for (int i = 0; i < N; i++)
        values[i] = random_uniform(random_at(random_key_of(9), (uint64_t)i, 0, 1, 0).word[0]);
    struct chaos chaos;
    chaos_fit(&chaos, points, N, INPUTS, values);
    cr_expect_lt(chaos.explained, 0.1);
    chaos_free(&chaos);
    free(points);
}

/* --- drawing --- */

Test(sensitivity, mean_and_deviation_are_of_all_worlds)
{
    /* 1500 worlds of one year: the pool closes at 0, 1, 2 …, each fixed by the place. */
    enum { N = 1500 };
    static double points[N], lines[BOOK_COUNT * N];
    static int years[N];
    struct world_input input = { .group = WORLD_FUND };
    struct worlds worlds = { .n = N, .n_scenarios = 1, .first_year = 2023, .n_years = 1,
        .n_units = 1, .n_inputs = 1, .inputs = &input, .points = points, .lines = lines,
        .run_dry = years };
    double errors[BOOK_COUNT] = { 0 }, outgo_error = 0;
    int run_dry = 0;
    struct books central = { .n_scenarios = 1, .first_year = 2023, .n_years = 1, .n_units = 1,
        .errors = errors, .difference_errors = errors, .outgo_errors = &outgo_error,
        .run_dry = &run_dry };
    for (int w = 0; w < N; w++) {
        points[w] = (w + 0.5) / N;
        lines[BOOK_CLOSING * N + w] = w;
    }
    struct sensitivity sensitivity;
    sensitivity_find(&sensitivity, &worlds, &central, 0);
    const struct sensitivity_outcome *closing = &sensitivity.outcomes[OUTCOME_CLOSING];
    cr_expect_float_eq(closing->mean, (N - 1) / 2.0, 1e-9);
    cr_expect_float_eq(closing->deviation, sqrt(N * (N + 1.0) / 12), 1e-9);
    cr_expect_float_eq(closing->total[0], 1, 1e-6);
    sensitivity_free(&sensitivity);
}

Test(worlds, a_triangle_goes_from_end_to_end_by_its_mode)
{
    cr_expect_float_eq(world_triangle(1, 2, 5, 0), 1, 1e-12);
    cr_expect_float_eq(world_triangle(1, 2, 5, 1), 5, 1e-12);
    cr_expect_float_eq(world_triangle(1, 2, 5, 0.25), 2, 1e-12);
    cr_expect_float_eq(world_triangle(1, 2, 5, world_triangle_centre(1, 2, 5)), 2, 1e-12);
    /* Median of a triangle whose mode is its upper end: low + width √½. */
    cr_expect_float_eq(world_triangle(0, 1, 1, 0.5), sqrt(0.5), 1e-12);
    cr_expect_eq(world_triangle(3, 3, 3, 0.9), 3);
}

/* Means, spread and correlation of paths are what is asked for, wherever their place. */
Test(worlds, paths_of_shocks_are_as_persistent_as_asked_for)
{
    enum { N = 20000, YEARS = 8 };
    double sum = 0, squares = 0, products = 0, low = 0;
    for (int i = 0; i < N; i++) {
        double noise[YEARS], x[YEARS];
        for (int t = 0; t < YEARS; t++) {
            struct random_words w = random_at(random_key_of(10), (uint64_t)i, 0, 1, (uint32_t)t);
            noise[t] = sqrt(-2 * log(random_uniform(w.word[0])))
                * cos(2 * M_PI * random_uniform(w.word[1]));
        }
        world_shocks(0.6, (i + 0.5) / N, noise, YEARS, x);
        sum += x[3] / N;
        squares += x[3] * x[3] / N;
        products += x[3] * x[4] / N;
        low += i < N / 2 ? (x[0] + x[1] + x[2]) / N : 0;
    }
    cr_expect_float_eq(sum, 0, 0.03);
    cr_expect_float_eq(squares, 1, 0.03);
    cr_expect_float_eq(products, 0.6, 0.03);
    cr_expect_lt(low, -0.3); /* a low place is a low path */
}

/* --- whole worlds --- */

enum { WORLDS = 12, FIRST = 2023, LAST = 2030, SCENARIOS_MAX = 3 };

struct country {
    struct model *model;
    struct people *people;
    struct policy *policies[SCENARIOS_MAX];
    struct program *programs[SCENARIOS_MAX];
    int n;
    struct names names;
    struct run_options options;
    const struct worlds_keep *keep;
    struct result result;
    struct worlds worlds;
};

static struct policy *
read_policy(struct country *self, const char *id)
{
    struct problem_list problems = { 0 };
    struct policy *policy = policy_read(id, &self->names, &problems);
    problem_print(&problems, stderr);
    cr_assert_not_null(policy);
    return policy;
}

static void
country_init(struct country *self, const char *model, const char *const *scenarios, int n)
{
    struct problem_list problems = { 0 };
    *self = (struct country){ .model = model_read(model, &problems), .n = n };
    cr_assert_not_null(self->model);
    for (int i = 0; i < n; i++)
        self->policies[i] = read_policy(self, scenarios[i]);
    self->options
        = (struct run_options){ .persons = 2000, .first_year = FIRST, .last_year = LAST, .threads = 2 };
}

static void
run_worlds(struct country *self)
{
    struct problem_list problems = { 0 };
    self->people = people_compile(self->model, 1, &self->names, &problems);
    for (int i = 0; i < self->n; i++)
        self->programs[i] = program_compile(self->policies[i], DAY_MIN, EXPIRY_RENEW);
    const struct program *const *programs = (const struct program *const *)self->programs;
    cr_assert(run(self->people, self->model, programs, self->n, &self->options, &self->result,
        &problems));
    const struct worlds_source source = { .n = WORLDS,
        .model = self->model,
        .names = &self->names,
        .programs = programs,
        .n_programs = self->n,
        .rules_on = DAY_MIN,
        .expiry = EXPIRY_RENEW,
        .seed = 1,
        .options = &self->options,
        .central = &self->result.books,
        .keep = self->keep };
    cr_assert(worlds_run(&self->worlds, &source, &problems));
}

static void
country_free(struct country *self)
{
    worlds_free(&self->worlds);
    result_free(&self->result);
    people_free(self->people);
    for (int i = 0; i < self->n; i++) {
        program_free(self->programs[i]);
        policy_free(self->policies[i]);
    }
    model_free(self->model);
    names_free(&self->names);
}

static int64_t
fen_of(const struct worlds *self, int s, int y, enum book_line line, int w)
{
    return llround(100 * worlds_line(self, s, y, line)[w]);
}

static void
assert_balanced_in_every_world(const struct worlds *self)
{
    for (int s = 0; s < self->n_scenarios; s++)
        for (int y = 0; y < self->n_years; y++)
            for (int w = 0; w < self->n; w++) {
                cr_assert_eq(fen_of(self, s, y, BOOK_OPENING, w) + fen_of(self, s, y, BOOK_INCOME, w)
                        - fen_of(self, s, y, BOOK_OUTGO, w) + fen_of(self, s, y, BOOK_GOVERNMENT, w),
                    fen_of(self, s, y, BOOK_CLOSING, w), "scenario %d, year %d, world %d", s, y, w);
                if (y > 0)
                    cr_assert_eq(fen_of(self, s, y - 1, BOOK_CLOSING, w),
                        fen_of(self, s, y, BOOK_OPENING, w));
            }
}

static bool
not_earlier(int a, int b)
{
    return a == 0 || (b != 0 && a >= b);
}

/* b is never better off than a, whatever the world. */
static void
assert_never_worse(const struct worlds *self, int a, int b)
{
    for (int w = 0; w < self->n; w++) {
        for (int y = 0; y < self->n_years; y++)
            cr_assert_geq(
                worlds_line(self, a, y, BOOK_CLOSING)[w], worlds_line(self, b, y, BOOK_CLOSING)[w]);
        cr_assert(not_earlier(worlds_run_dry(self, a, 0)[w], worlds_run_dry(self, b, 0)[w]));
    }
    cr_assert_eq(self->outlives[b * self->n_scenarios + a], 0);
}

static void
write_draft(const char *path, const char *base, const char *text)
{
    FILE *stream = fopen(path, "w");
    cr_assert_not_null(stream);
    fprintf(stream, "kind: scenario\nextends: %s\n%s", base, text);
    fclose(stream);
}

/* A draft's higher rate is higher in every world, though its base's rate moves; and the
 * richer policy never lasts longer. The people are the same. */
static void
compare_drafts(const char *model, const char *base)
{
    char dearer[64], richer[64];
    snprintf(dearer, sizeof dearer, "/tmp/gongji-dearer-%d.yaml", (int)getpid());
    snprintf(richer, sizeof richer, "/tmp/gongji-richer-%d.yaml", (int)getpid());
    write_draft(dearer, base,
        "contribution:\n  article: draft\n  employer_rate: 8.5%\n");
    write_draft(richer, base,
        "benefits:\n  inpatient:\n    article: draft\n    ratio: 97%\n");
    struct country place;
    country_init(&place, model, (const char *const[]){ base, dearer, richer }, 3);
    remove(dearer);
    remove(richer);
    run_worlds(&place);
    assert_balanced_in_every_world(&place.worlds);
    assert_never_worse(&place.worlds, 1, 0);
    assert_never_worse(&place.worlds, 0, 2);
    cr_expect_gt(place.worlds.n_inputs, 20);
    /* Worlds do differ, and so do their people. */
    const double *closing = worlds_line(&place.worlds, 0, LAST - FIRST, BOOK_CLOSING);
    for (int w = 1; w < WORLDS; w++)
        cr_expect_neq(closing[w], closing[0]);
    country_free(&place);
}

Test(worlds, books_balance_and_a_higher_rate_is_never_poorer_in_any_world)
{
    compare_drafts("yantai", "yantai");
}

Test(worlds, so_they_do_where_counties_share_pots)
{
    compare_drafts("xianning", "xianning");
}

static void
assert_same_worlds(const struct worlds *a, const struct worlds *b)
{
    size_t years = (size_t)(a->n_scenarios * a->n_years), events = (size_t)(a->n_scenarios * a->n_units);
    size_t n = (size_t)a->n;
    cr_assert_arr_eq(a->points, b->points, n * (size_t)a->n_inputs * sizeof *a->points);
    cr_assert_arr_eq(a->lines, b->lines, years * BOOK_COUNT * n * sizeof *a->lines);
    cr_assert_arr_eq(a->totals, b->totals, years * MEASURE_COUNT * n * sizeof *a->totals);
    cr_assert_arr_eq(a->first_deficit, b->first_deficit, events * n * sizeof *a->first_deficit);
    cr_assert_arr_eq(a->run_dry, b->run_dry, events * n * sizeof *a->run_dry);
    cr_assert_eq(a->brought_back, b->brought_back);
}

Test(worlds, they_are_the_same_whatever_the_threads)
{
    struct country place, again;
    country_init(&place, "yantai", (const char *const[]){ "yantai" }, 1);
    country_init(&again, "yantai", (const char *const[]){ "yantai" }, 1);
    again.options.threads = 1;
    run_worlds(&place);
    run_worlds(&again);
    assert_same_worlds(&place.worlds, &again.worlds);
    country_free(&place);
    country_free(&again);
}

struct kept_paths {
    char run[64], worlds[64];
    int found, blocks;
};

static void
note_found(void *context, int n, int all)
{
    struct kept_paths *self = context;
    cr_assert_eq(all, WORLDS);
    self->found = n;
}

static void
count_blocks(void *context, int64_t done, int64_t all)
{
    struct kept_paths *self = context;
    self->blocks += done > 0 && all > 0;
}

/* Worlds that were finished are not made again and say the same, whichever they are;
 * those of another run, or in a file that is not whole, are not taken for them. */
Test(worlds, finished_ones_are_kept_and_gone_on_with)
{
    struct kept_paths paths = { 0 };
    snprintf(paths.run, sizeof paths.run, "/tmp/gongji-kept-%d", (int)getpid());
    snprintf(paths.worlds, sizeof paths.worlds, "/tmp/gongji-kept-%d.worlds", (int)getpid());
    struct country place, again;
    country_init(&place, "xianning", (const char *const[]){ "xianning", "yantai" }, 2);
    country_init(&again, "xianning", (const char *const[]){ "xianning", "yantai" }, 2);
    struct progress_shape shape = run_shape(place.model, 2, &place.options);
    struct progress progress;
    progress_init(&progress, &shape);
    char text[] = "this run", other_text[] = "another run", folder[] = "/";
    progress.origin = (struct progress_origin){ .description = text, .folder = folder,
        .shard = 1, .n_shards = 1, .n_ranks = 1 };
    struct worlds_keep keep = { .path = paths.worlds, .run = &progress, .run_path = paths.run,
        .found = note_found, .context = &paths };
    place.keep = &keep;
    run_worlds(&place);
    cr_assert_eq(access(paths.run, F_OK), 0);
    struct problem_list problems = { 0 };
    uint8_t states[WORLDS] = { 0 };
    cr_assert(worlds_file_recall(&place.worlds, states, text, paths.worlds, &problems));
    for (int w = 0; w < WORLDS; w++)
        cr_assert_neq(states[w], WORLD_OPEN);

    /* As if it had been interrupted with every third of them finished. */
    int n = 0;
    for (int w = 0; w < WORLDS; w++)
        n += (states[w] = w % 3 == 1 ? states[w] : WORLD_OPEN) != WORLD_OPEN;
    cr_assert(worlds_file_keep(&place.worlds, states, text, paths.worlds, &problems));
    keep.resumed = true;
    keep.every = 1000;
    again.keep = &keep;
    again.options.threads = 1;
    again.options.progress = count_blocks;
    again.options.context = &paths;
    run_worlds(&again);
    cr_expect_eq(paths.found, n);
    /* A block of persons in the run itself and one in every world that is left. */
    int64_t blocks_of_run = shape.n_blocks;
    cr_expect_eq(paths.blocks, blocks_of_run + WORLDS - n);
    assert_same_worlds(&place.worlds, &again.worlds);

    memset(states, WORLD_OPEN, sizeof states);
    cr_expect(worlds_file_recall(&place.worlds, states, other_text, paths.worlds, &problems));
    for (int w = 0; w < WORLDS; w++)
        cr_expect_eq(states[w], WORLD_OPEN);
    cr_assert_eq(truncate(paths.worlds, 5000), 0);
    cr_expect_not(worlds_file_recall(&place.worlds, states, text, paths.worlds, &problems));
    cr_expect_eq(problems.n, 1);
    for (int w = 0; w < WORLDS; w++)
        cr_expect_eq(states[w], WORLD_OPEN);
    problem_list_free(&problems);
    unlink(paths.run);
    unlink(paths.worlds);
    progress.origin = (struct progress_origin){ 0 };
    progress_free(&progress);
    country_free(&place);
    country_free(&again);
}

/* At every input's centre a world is the run itself, but for its people. */
Test(worlds, the_central_place_is_the_run_itself)
{
    struct country place;
    country_init(&place, "yantai", (const char *const[]){ "yantai" }, 1);
    struct world_space space;
    struct world_drawn drawn;
    const struct policy *policies[] = { place.policies[0] };
    world_space_init(&space, place.model, policies, 1, FIRST, LAST, DAY_MIN, true, 1);
    double *centre = memory_alloc((size_t)space.n_inputs, sizeof *centre);
    for (int i = 0; i < space.n_inputs; i++)
        centre[i] = space.slots[i].centre;
    world_draw(&space, 3, centre, &drawn);
    for (int i = 0; i < space.n_inputs; i++)
        if (space.slots[i].kind == SLOT_MODEL) {
            const struct model_value *a = &place.model->values[space.slots[i].value];
            const struct model_value *b = &drawn.model.values[space.slots[i].value];
            for (int c = 0; c < a->n_cells && a->n_cells == 1; c++)
                cr_expect_float_eq(b->cells[c], fmin(fmax(a->cells[c], a->prior[c][0]), a->prior[c][2]),
                    1e-9 * fabs(a->cells[c]) + 1e-12, "%s", a->path);
        }
    for (int i = 0; i < place.policies[0]->n_parameters; i++) {
        const struct parameter *a = &place.policies[0]->parameters[i];
        for (int v = 0; v < a->n_values; v++)
            cr_expect_arr_eq(drawn.policies[0].parameters[i].values[v].table, a->values[v].table,
                dated_value_cells(&a->values[v]) * sizeof *a->values[v].table, "%s", a->path);
    }
    free(centre);
    world_drawn_free(&drawn);
    world_space_free(&space);
    country_free(&place);
}
