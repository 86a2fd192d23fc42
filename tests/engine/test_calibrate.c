/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Observing a population and fitting a model to figures whose answer is known: the
 * textbook case has Poisson visits with mean 4, everyone alike. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/calibrate.h"

enum { PERSONS = 20000 };

struct bench {
    struct names names;
    struct problem_list problems;
    struct model *model;
    struct targets *targets;
    struct calibration calibration;
    const struct program *programs[16];
};

static struct targets *
read_targets(const char *text, struct problem_list *problems)
{
    char path[] = "/tmp/targets-XXXXXX.yaml";
    int file = mkstemps(path, 5);
    cr_assert(file >= 0);
    cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    struct targets *targets = targets_read(path, problems);
    unlink(path);
    return targets;
}

static void
bench_open(struct bench *self, const char *model, const char *text)
{
    *self = (struct bench){ 0 };
    self->model = model_read(model, &self->problems);
    self->targets = read_targets(text, &self->problems);
    if (problem_any(&self->problems))
        problem_print(&self->problems, stderr);
    cr_assert(self->model != NULL && self->targets != NULL);
    self->calibration = (struct calibration){ .model = self->model, .targets = self->targets,
        .programs = self->programs, .problems = &self->problems,
        .options = { .persons = PERSONS, .seed = 1, .threads = 2, .names = &self->names } };
}

static void
bench_close(struct bench *self)
{
    calibration_free(&self->calibration);
    targets_free(self->targets);
    model_free(self->model);
    names_free(&self->names);
    problem_list_free(&self->problems);
}

#define HEAD "kind: targets\nstanding: assumed\nsource: worked out\n"

Test(observe, a_textbook_population_shows_what_it_was_given)
{
    struct bench b;
    double seen[5];
    bench_open(&b, "textbook-poisson-lognormal",
        HEAD "targets:\n"
             "  visits: {value: 4, year: 2022, use: fitted}\n"
             "  zero_users: {value: 0.0183, year: 2022, use: fitted}\n"
             "  cost_per_visit: {value: 271.78, year: 2022, use: fitted}\n"
             "  cost: {value: 1087.1, year: 2022, use: fitted}\n"
             "  member_share: {status: retiree, value: 0.5, year: 2022, use: fitted}\n");
    cr_assert(observe_targets(b.model, b.targets, b.programs, &b.calibration.options, seen,
        &b.problems));
    double mean_cost = exp(5.2 + 0.9 * 0.9 / 2);
    cr_expect_float_eq(seen[0], 4, 4 * 2 / sqrt(PERSONS));
    cr_expect_float_eq(seen[1], exp(-4), 4 * sqrt(exp(-4) / PERSONS));
    cr_expect_float_eq(seen[2], mean_cost, 4 * mean_cost * 1.118 / sqrt(4.0 * PERSONS));
    cr_expect_float_eq(seen[3], seen[0] * seen[2], 1e-9 * seen[3]);
    cr_expect_eq(seen[4], 0);
    bench_close(&b);
}

/* A tenth of persons who are all alike are there again next year only by chance. */
Test(observe, persistence_of_those_who_are_alike_is_chance)
{
    struct bench b;
    double seen[2];
    bench_open(&b, "textbook-poisson-lognormal",
        HEAD "targets:\n"
             "  persistence: {value: 0.1, year: 2022, use: fitted}\n"
             "  top_share: {value: 0.3, year: 2022, share: 0.5, use: fitted}\n");
    cr_assert(observe_targets(b.model, b.targets, b.programs, &b.calibration.options, seen,
        &b.problems));
    cr_expect_float_eq(seen[0], 0.1, 4 * sqrt(0.09 / (0.1 * PERSONS)));
    cr_expect(seen[1] > 0.5 && seen[1] < 1);
    bench_close(&b);
}

Test(observe, sums_are_the_same_for_any_number_of_threads)
{
    enum { N = 10001 };
    struct problem_list problems = { 0 };
    struct names names = { 0 };
    struct model *model = model_read("employees-2022", &problems);
    struct people *people = people_compile(model, 7, &names, &problems);
    cr_assert(people != NULL);
    static struct observed_person one[N], three[N];
    static struct observation by_one, by_three;
    run_observe(people, N, 2023, UINT32_MAX, 1, &by_one, one);
    run_observe(people, N, 2023, UINT32_MAX, 3, &by_three, three);
    cr_expect(memcmp(&by_one, &by_three, sizeof by_one) == 0);
    int64_t persons = 0, users = 0;
    fen_t cost = 0, of_persons = 0;
    for (int s = 0; s < STATUS_COUNT; s++) {
        persons += by_one.persons[s];
        for (int u = 0; u < OBSERVE_USERS; u++)
            users += by_one.users[s][u];
        for (int c = 0; c < BENEFIT_COUNT * PROVIDER_COUNT; c++)
            cost += by_one.cost[s][c / PROVIDER_COUNT][c % PROVIDER_COUNT];
    }
    for (int i = 0; i < N; i++) {
        cr_assert(one[i].cost == three[i].cost && one[i].tie == three[i].tie);
        of_persons += one[i].cost;
    }
    cr_expect_eq(persons, N);
    cr_expect_eq(users, N);
    cr_expect_eq(cost, of_persons);
    people_free(people);
    model_free(model);
    names_free(&names);
}

Test(calibrate, a_mean_that_is_known_is_found)
{
    struct bench b;
    bench_open(&b, "textbook-poisson-lognormal",
        HEAD "fit:\n  - {parameter: outpatient.frequency.mean, bounds: [1, 10]}\n"
             "targets:\n  visits: {value: 5.5, year: 2022, use: fitted, tolerance: 0.01}\n");
    cr_assert(calibrate(&b.calibration, b.targets->fits, b.targets->n_fits));
    cr_expect_float_eq(b.calibration.after[0], 5.5, 0.0055);
    cr_expect_float_eq(model_number(b.model, BENEFIT_OUTPATIENT, "frequency.mean"), 5.5,
        4 * sqrt(5.5 / PERSONS));
    cr_expect_eq(b.calibration.n_blind, 0);
    cr_expect_eq(b.calibration.n_conflicts, 0);
    bench_close(&b);
}

Test(calibrate, the_same_input_gives_the_same_fit)
{
    double found[2];
    for (int i = 0; i < 2; i++) {
        struct bench b;
        bench_open(&b, "textbook-negative-binomial-gamma",
            HEAD "fit:\n  - {parameter: outpatient.frequency.size, bounds: [0.1, 20]}\n"
                 "targets:\n  zero_users: {value: 0.3, year: 2022, use: fitted}\n");
        b.calibration.options.threads = 1 + 2 * i;
        cr_assert(calibrate(&b.calibration, b.targets->fits, b.targets->n_fits));
        found[i] = model_number(b.model, BENEFIT_OUTPATIENT, "frequency.size");
        bench_close(&b);
    }
    cr_expect(memcmp(&found[0], &found[1], sizeof found[0]) == 0);
}

Test(calibrate, figures_that_contradict_each_other_are_named)
{
    struct bench b;
    bench_open(&b, "textbook-poisson-lognormal",
        HEAD "fit:\n  - {parameter: outpatient.frequency.mean, bounds: [1, 10]}\n"
             "targets:\n"
             "  visits: {value: 5, year: 2022, use: fitted}\n"
             "  again: {measure: visits, value: 4, year: 2022, use: fitted}\n");
    cr_assert(calibrate(&b.calibration, b.targets->fits, b.targets->n_fits));
    cr_assert_eq(b.calibration.n_conflicts, 2);
    cr_expect_eq(b.calibration.conflicts[0].target, 0);
    cr_expect_eq(b.calibration.conflicts[0].other, 1);
    cr_expect_eq(b.calibration.conflicts[0].parameter, 0);
    bench_close(&b);
}

/* Visits are mean x scale: one figure cannot tell the two apart. */
Test(calibrate, parameters_that_do_the_same_are_seen_as_one)
{
    struct bench b;
    bench_open(&b, "textbook-poisson-lognormal",
        HEAD "fit:\n  - {parameter: outpatient.frequency.mean, bounds: [1, 10]}\n"
             "  - {parameter: outpatient.frequency.scale, bounds: [0.5, 2]}\n"
             "targets:\n  visits: {range: [4, 8], value: 6, year: 2022, use: fitted}\n");
    cr_assert(calibrate(&b.calibration, b.targets->fits, b.targets->n_fits));
    cr_expect_eq(b.calibration.n_blind, 1);
    const struct calibration_window *window = &b.calibration.window;
    cr_assert(window->known);
    for (int row = 0; row < 3; row++)
        for (int y = 0; y < 3; y++)
            cr_expect_float_eq(window->product[row][y], window->published[y],
                0.02 * window->published[y]);
    bench_close(&b);
}

Test(calibrate, a_bound_is_kept_and_told)
{
    struct bench b;
    bench_open(&b, "textbook-poisson-lognormal",
        HEAD "fit:\n  - {parameter: outpatient.frequency.mean, bounds: [3, 5]}\n"
             "targets:\n  visits: {value: 8, year: 2022, use: fitted}\n");
    cr_assert(calibrate(&b.calibration, b.targets->fits, b.targets->n_fits));
    cr_expect(b.calibration.parameters[0].at_bound);
    cr_expect(model_number(b.model, BENEFIT_OUTPATIENT, "frequency.mean") <= 5);
    cr_expect_not(target_met(&b.targets->items[0], b.calibration.after[0]));
    bench_close(&b);
}

Test(targets, growth_is_compounded_from_the_models_year)
{
    struct problem_list problems = { 0 };
    struct targets *targets = read_targets(
        HEAD "growth:\n"
             "  more: {measure: visits, benefit: [outpatient, emergency], yearly: 0.1}\n"
             "  dearer: {measure: cost_per_visit, yearly: 0.05}\n"
             "targets:\n"
             "  visits: {benefit: outpatient, value: 5, year: 2024, use: held_out}\n"
             "  stays: {measure: visits, benefit: inpatient, value: 5, year: 2024, use: held_out}\n"
             "  cost: {benefit: outpatient, value: 5, year: 2023, use: held_out}\n",
        &problems);
    cr_assert(targets != NULL);
    cr_expect_float_eq(target_growth_factor(targets, &targets->items[0], 2022), 1.21, 1e-12);
    cr_expect_float_eq(target_growth_factor(targets, &targets->items[1], 2022), 1, 1e-12);
    cr_expect_float_eq(target_growth_factor(targets, &targets->items[2], 2022), 1.155, 1e-12);
    targets_free(targets);
}
