/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reacting.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everybody makes visits of 100 yuan, all eligible, with no account to pay from. */
const char *const plain_model = "kind: model\n"
    "year: 2022\n"
    "standing: assumed\n"
    "source: a test\n"
    "population: {insured: 1000000, age_active: {40: 1, 41: 0}}\n"
    "wages: {reference: 6000}\n"
    "outpatient:\n"
    "  frequency: {family: negative_binomial, mean: 4, size: 0.5}\n"
    "  cost: {mean: {community: 50, level2: 100}}\n"
    "  provider: {share: {community: 0.4, level2: 0.6}}\n"
    "inpatient:\n"
    "  frequency: {mean: 0.5}\n"
    "  cost: {mean: 1000}\n"
    "  provider: {share: {level2: 1}}\n"
    "behaviour:\n"
    "  level: central\n"
    "  elasticity: {value: -0.5, prior: [-1, -0.5, -0.2]}\n"
    "  reference_price: 0.8\n"
    "  largest_factor: 3\n";

/* The fund pays a share of every visit, from the first fen on. */
static const char *const plain_policy = "extends: pre-reform\n"
    "name: {zh: 测试, en: test}\n"
    "benefits:\n"
    "  outpatient:\n"
    "    article: none\n"
    "    ratio: {community: %d%%, level2: %d%%, village: 0%%, level1: 0%%, level3: 0%%, "
    "provincial3a: 0%%}\n"
    "account:\n"
    "  article: none\n"
    "  employee_rate: 0%%\n";

void *
read_text(const char *text, void *(*read)(const char *path, struct names *names), struct names *names)
{
    char path[] = "/tmp/gongji-behaviour-XXXXXX.yaml";
    FILE *stream = fdopen(mkstemps(path, 5), "w");
    cr_assert_not_null(stream);
    fputs(text, stream);
    fclose(stream);
    void *out = read(path, names);
    unlink(path);
    cr_assert_not_null(out);
    return out;
}

void *
read_model(const char *path, struct names *names)
{
    (void)names;
    struct problem_list problems = { 0 };
    struct model *model = model_read(path, &problems);
    problem_print(&problems, stderr);
    return model;
}

void *
read_policy(const char *path, struct names *names)
{
    struct problem_list problems = { 0 };
    struct policy *policy = policy_read(path, names, &problems);
    problem_print(&problems, stderr);
    return policy;
}

struct world
world_of(struct model *model)
{
    struct world world = { .model = model };
    struct problem_list problems = { 0 };
    world.people = people_compile(model, 1, &world.names, &problems);
    problem_print(&problems, stderr);
    cr_assert_not_null(world.people);
    return world;
}

struct world
national(void)
{
    return world_of(read_model("employees-2022", NULL));
}

void
add_policy(struct world *world, struct policy *policy)
{
    world->policies[world->n] = policy;
    world->programs[world->n++] = program_compile(policy, date_day(2023, 7, 1), EXPIRY_RENEW);
}

void
add_plain(struct world *world, int community, int level2)
{
    char text[2048];
    snprintf(text, sizeof text, plain_policy, community, level2);
    add_policy(world, read_text(text, read_policy, &world->names));
}

void
world_free(struct world *world)
{
    for (int i = 0; i < world->n; i++) {
        program_free(world->programs[i]);
        policy_free(world->policies[i]);
    }
    people_free(world->people);
    model_free(world->model);
    names_free(&world->names);
}

struct result
run_with(struct world *world, const struct behaviour *behaviour, double largest, int64_t persons,
    int threads, int block)
{
    struct result result;
    struct problem_list problems = { 0 };
    if (behaviour != NULL)
        cr_assert(people_allow_potential(world->people, largest, &problems));
    struct run_options options = { .persons = persons, .first_year = 2023, .last_year = 2023,
        .replicates = 1, .threads = threads, .block = block, .behaviour = behaviour };
    cr_assert(run(world->people, world->model, (const struct program *const *)world->programs,
        world->n, &options, &result, &problems));
    return result;
}

struct result
run_at(struct world *world, enum behaviour_level level, int64_t persons)
{
    struct behaviour behaviour;
    if (level == BEHAVIOUR_OFF)
        return run_with(world, NULL, 1, persons, 1, 0);
    behaviour_compile(world->model, level, 2023, &behaviour);
    return run_with(
        world, &behaviour, behaviour_largest(world->model, level), persons, 1, 0);
}

int
group(const struct result *result, const char *key)
{
    for (int i = 0; i < result->n_groups; i++)
        if (strcmp(result->groups[i].key, key) == 0)
            return i;
    cr_assert_fail("no group %s", key);
    return 0;
}

int64_t
sum_of(const struct result *result, int scenario, enum measure measure, const char *key)
{
    return result->sums[result_at(result, scenario, 0, (int)measure, group(result, key))];
}

bool
same_results(const struct result *a, const struct result *b)
{
    size_t years = (size_t)a->n_scenarios * (size_t)a->n_years;
    size_t cells = years * MEASURE_COUNT * (size_t)a->n_groups;
    return memcmp(a->sums, b->sums, cells * sizeof *a->sums) == 0
        && memcmp(a->cells, b->cells, cells * sizeof *a->cells) == 0
        && memcmp(a->histograms, b->histograms,
               years * DISTRIBUTION_COUNT * HISTOGRAM_BINS * sizeof *a->histograms)
        == 0
        && memcmp(a->quantiles, b->quantiles,
               years * DISTRIBUTION_COUNT * QUANTILE_COUNT * sizeof *a->quantiles)
        == 0;
}
