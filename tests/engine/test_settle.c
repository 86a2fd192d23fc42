/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanes and the quick judge, and their slow twin: a block of people settled by cells, as
 * many programs at a time as there are lanes, and by the judge alone comes to the same amounts, person by person and provider by provider,
 * whatever the rules; and the tally's fast ways to the same sums as its plain one. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "engine/run_block.h"
#include "engine/tally_rows.h"

/* The baseline lets visits join stays; the last alone is in a second group and does not. */
static const char *const scenarios[] = { "qujing", "xianning", "henan-draft", "cangzhou",
    "pre-reform", "invented-banded", "invented-eligible-cap", "invented-shared-cap", "yantai" };
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios, PERSONS = 512, BASELINE = 1 };

struct world {
    struct names names;
    struct model *model;
    struct people *people;
    struct policy *policies[SCENARIOS];
    const struct program *programs[SCENARIOS];
    struct behaviour behaviour;
};

/* Every amount and ratio of a policy turned over, and now and then a choice: readings,
 * periods of deductibles and caps, exclusions. */
static void
shake(struct policy *policy, uint64_t number)
{
    struct random_key key = random_key_of(77);
    uint32_t index = 0;
    for (int i = 0; i < policy->n_parameters; i++) {
        struct parameter *p = &policy->parameters[i];
        const struct descriptor *d = p->descriptor;
        for (int v = 0; v < p->n_values; v++) {
            struct random_words w = random_at(key, number, 0, 1, index++);
            int64_t *cell = &p->values[v].table[0];
            if (d->kind == VALUE_MONEY && *cell < FEN_MAX / 2)
                *cell = *cell * (w.word[0] % 200) / 100;
            else if (d->kind == VALUE_RATIO && d->section == SECTION_BENEFIT)
                *cell = w.word[0] % (RATIO_ONE + 1);
            else if (d->kind == VALUE_CHOICE && w.word[1] % 4 == 0
                && strstr(d->key, "same_as") == NULL && strstr(d->key, "treated_as") == NULL
                && strcmp(d->key, "overflow.to") != 0 && strcmp(d->key, "deductible.shared_with") != 0)
                *cell = w.word[0] % (uint32_t)d->n_choices;
        }
    }
}

static void
world_init(struct world *world, const char *model, enum behaviour_level level, uint64_t shaken)
{
    struct problem_list problems = { 0 };
    *world = (struct world){ .model = model_read(model, &problems) };
    cr_assert_not_null(world->model);
    world->people = people_compile(world->model, 5, &world->names, &problems);
    cr_assert_not_null(world->people);
    for (int i = 0; i < SCENARIOS; i++) {
        world->policies[i] = policy_read(scenarios[i], &world->names, &problems);
        cr_assert_not_null(world->policies[i]);
        if (shaken != 0)
            shake(world->policies[i], shaken * SCENARIOS + (uint64_t)i);
        world->programs[i] = program_compile(world->policies[i], DAY_MIN, EXPIRY_RENEW);
    }
    if (level != BEHAVIOUR_OFF) {
        behaviour_compile(world->model, level, 2023, &world->behaviour);
        cr_assert(people_allow_potential(
            world->people, behaviour_largest(world->model, level), &problems));
    }
    problem_list_free(&problems);
}

static void
world_free(struct world *world)
{
    for (int i = 0; i < SCENARIOS; i++) {
        program_free((struct program *)(uintptr_t)world->programs[i]);
        policy_free(world->policies[i]);
    }
    people_free(world->people);
    model_free(world->model);
    names_free(&world->names);
}

/* A person's row in 64 bits, wherever it stands. */
static void
read_row(const struct tally_rows *rows, int row, int64_t out[static TALLY_WIDTH])
{
    for (int m = 0; m < TALLY_WIDTH; m++)
        out[m] = rows->value[row][m];
    for (int i = 0; i < rows->n_large; i++)
        if (rows->large[i].row == row)
            memcpy(out, rows->large[i].value, sizeof rows->large[i].value);
}

static void
expect_same_rows(const struct tally_rows *quick, const struct tally_rows *plain, const char *scenario)
{
    int64_t a[TALLY_WIDTH], b[TALLY_WIDTH];
    cr_assert_eq(quick->n_large, plain->n_large, "%s", scenario);
    for (int i = 0; i < PERSONS; i++) {
        read_row(quick, i, a);
        read_row(plain, i, b);
        for (int m = 0; m < MEASURE_COUNT; m++)
            cr_assert_eq(a[m], b[m], "%s, person %d, %s: %lld, not %lld", scenario, i,
                measure_infos[m].key, (long long)a[m], (long long)b[m]);
    }
}

static void
expect_same_tallies(struct worker *quick, struct worker *plain, int program,
    const struct tally_shape *shape)
{
    struct tally both[2];
    struct worker *workers[2] = { quick, plain };
    for (int k = 0; k < 2; k++) {
        tally_init(&both[k], shape);
        tally_block_flush(&workers[k]->tallies[program], &both[k]);
    }
    size_t cells = (size_t)shape->n_cells * MEASURE_COUNT * sizeof *both[0].cells;
    cr_expect_eq(memcmp(both[0].cells, both[1].cells, cells), 0);
    cr_expect_eq(memcmp(both[0].histogram, both[1].histogram,
                     shape->n_counts * sizeof *both[0].histogram), 0);
    for (int k = 0; k < 2; k++)
        tally_free(&both[k]);
}

/* The first years after a block's first one carry balances. */
static void
compare(struct world *world, enum behaviour_level level, int first_year, int last_year, int blocks)
{
    const struct behaviour *behaviour = level != BEHAVIOUR_OFF ? &world->behaviour : NULL;
    struct tally_shape shape = tally_shape_of(world->model->n_counties);
    struct decile_cuts cuts = { 0 };
    struct worker quick, plain;
    worker_init(&quick, &shape, world->programs, SCENARIOS, BASELINE, behaviour);
    worker_init(&plain, &shape, world->programs, SCENARIOS, BASELINE, behaviour);
    plain.plain = true;
    for (int b = 0; b < blocks; b++)
        for (int year = first_year; year <= last_year; year++) {
            uint64_t first = (uint64_t)b * PERSONS;
            worker_draw(&quick, world->people, first, PERSONS, year, &cuts);
            worker_draw(&plain, world->people, first, PERSONS, year, &cuts);
            for (int g = 0; g < quick.n_groups; g++) {
                worker_settle(&quick, g, year == first_year);
                worker_settle(&plain, g, year == first_year);
                for (int lane = 0; lane < quick.groups[g].n; lane++) {
                    int p = quick.groups[g].program[lane];
                    expect_same_rows(&quick.rows[lane], &plain.rows[lane], scenarios[p]);
                    tally_rows_scalar = false;
                    worker_tally(&quick, g, lane);
                    tally_rows_scalar = true;
                    worker_tally(&plain, g, lane);
                    expect_same_tallies(&quick, &plain, p, &shape);
                }
            }
        }
    tally_rows_scalar = false;
    worker_free(&quick);
    worker_free(&plain);
}

Test(settle, quick_judge_pays_what_the_judge_pays)
{
    static const char *const models[] = { "employees-2022", "yantai", "qujing" };
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        struct world world;
        world_init(&world, models[m], BEHAVIOUR_OFF, 0);
        compare(&world, BEHAVIOUR_OFF, 2022, 2024, 4);
        world_free(&world);
    }
}

Test(settle, quick_judge_knows_when_to_ask_whatever_the_rules)
{
    for (uint64_t shaken = 1; shaken <= 12; shaken++) {
        struct world world;
        world_init(&world, "employees-2022", BEHAVIOUR_OFF, shaken);
        compare(&world, BEHAVIOUR_OFF, 2023, 2023, 2);
        world_free(&world);
    }
}

Test(settle, people_react_the_same_under_the_quick_judge)
{
    for (uint64_t shaken = 0; shaken <= 6; shaken++) {
        struct world world;
        enum behaviour_level level = shaken % 2 == 0 ? BEHAVIOUR_CENTRAL : BEHAVIOUR_HIGH;
        world_init(&world, "employees-2022", level, shaken);
        compare(&world, level, 2023, 2024, 2);
        world_free(&world);
    }
}
