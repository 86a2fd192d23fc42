/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who react to prices. Marks are drawn with the people; policies only move
 * the bounds that they are held against:
 *
 *   mark  0 ........ factor ...... 1 | further: 0 .. (factor - 1) / (largest - 1) .. 1
 *         | comes about | does not   |          | comes about | does not
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "engine/behaviour.h"
#include "engine/household.h"
#include "engine/run.h"
#include "engine/run_block.h"

/* Everybody makes visits of 100 yuan, all eligible, with no account to pay from. */
static const char *const plain_model = "kind: model\n"
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

static void *
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

static void *
read_model(const char *path, struct names *names)
{
    (void)names;
    struct problem_list problems = { 0 };
    struct model *model = model_read(path, &problems);
    problem_print(&problems, stderr);
    return model;
}

static void *
read_policy(const char *path, struct names *names)
{
    struct problem_list problems = { 0 };
    struct policy *policy = policy_read(path, names, &problems);
    problem_print(&problems, stderr);
    return policy;
}

/* People, and policies for them. */
struct world {
    struct names names;
    struct model *model;
    struct people *people;
    struct policy *policies[8];
    struct program *programs[8];
    int n;
};

static struct world
world_of(struct model *model)
{
    struct world world = { .model = model };
    struct problem_list problems = { 0 };
    world.people = people_compile(model, 1, &world.names, &problems);
    problem_print(&problems, stderr);
    cr_assert_not_null(world.people);
    return world;
}

static struct world
national(void)
{
    return world_of(read_model("employees-2022", NULL));
}

static void
add_policy(struct world *world, struct policy *policy)
{
    world->policies[world->n] = policy;
    world->programs[world->n++] = program_compile(policy, date_day(2023, 7, 1), EXPIRY_RENEW);
}

static void
add_plain(struct world *world, int community, int level2)
{
    char text[2048];
    snprintf(text, sizeof text, plain_policy, community, level2);
    add_policy(world, read_text(text, read_policy, &world->names));
}

static void
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

static struct result
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

static struct result
run_at(struct world *world, enum behaviour_level level, int64_t persons)
{
    struct behaviour behaviour;
    if (level == BEHAVIOUR_OFF)
        return run_with(world, NULL, 1, persons, 1, 0);
    behaviour_compile(world->model, level, 2023, &behaviour);
    return run_with(
        world, &behaviour, behaviour_largest(world->model, level), persons, 1, 0);
}

static int
group(const struct result *result, const char *key)
{
    for (int i = 0; i < result->n_groups; i++)
        if (strcmp(result->groups[i].key, key) == 0)
            return i;
    cr_assert_fail("no group %s", key);
    return 0;
}

static int64_t
sum_of(const struct result *result, int scenario, enum measure measure, const char *key)
{
    return result->sums[result_at(result, scenario, 0, (int)measure, group(result, key))];
}

static bool
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

/* --- prices and factors --- */

static struct behaviour
of_the_nation(enum behaviour_level level)
{
    struct model *model = read_model("employees-2022", NULL);
    struct behaviour behaviour;
    behaviour_compile(model, level, 2023, &behaviour);
    model_free(model);
    return behaviour;
}

Test(behaviour, visits_never_grow_with_their_price)
{
    for (int level = BEHAVIOUR_LOW; level < BEHAVIOUR_COUNT; level++) {
        struct behaviour behaviour = of_the_nation((enum behaviour_level)level);
        cr_expect_leq(behaviour.factor[0], behaviour.largest);
        for (int i = 0; i < BEHAVIOUR_PRICES; i++)
            cr_assert_geq(behaviour.factor[i], behaviour.factor[i + 1]);
        cr_expect_lt(behaviour.factor[BEHAVIOUR_PRICES], BEHAVIOUR_ONE);
    }
}

Test(behaviour, a_visit_that_a_price_leaves_stays_at_any_lower_price)
{
    struct behaviour behaviour = of_the_nation(BEHAVIOUR_HIGH);
    for (uint32_t mark = 0; mark < BEHAVIOUR_ONE; mark += 61)
        for (int further = 0; further < 2; further++) {
            struct potential potential = { .mark = (uint16_t)mark, .further = further != 0 };
            bool kept = true;
            for (uint32_t price = 0; price <= BEHAVIOUR_PRICES; price += 16) {
                bool now = behaviour_keeps(&behaviour, &potential, price);
                cr_assert(kept || !now);
                kept = now;
            }
            cr_assert_eq(kept, behaviour_always(&behaviour, &potential));
        }
}

Test(behaviour, account_money_weighs_less_than_cash_and_the_fund_s_nothing)
{
    struct behaviour behaviour = of_the_nation(BEHAVIOUR_CENTRAL);
    const struct settlement paid_in_cash = { .cost = 10000, .cash = 10000 },
                            by_account = { .cost = 10000, .account = 10000 },
                            by_family = { .cost = 10000, .family_account = 10000 },
                            by_fund = { .cost = 10000, .fund = 10000 },
                            mixed = { .cost = 10000, .fund = 5000, .cash = 5000 },
                            nothing = { 0 };
    cr_expect_eq(behaviour_price(&behaviour, &paid_in_cash), BEHAVIOUR_PRICES);
    cr_expect_eq(behaviour_price(&behaviour, &mixed), BEHAVIOUR_PRICES / 2);
    cr_expect_eq(behaviour_price(&behaviour, &by_fund), 0);
    cr_expect_eq(behaviour_price(&behaviour, &by_account), (6 * BEHAVIOUR_PRICES + 5) / 10);
    cr_expect_eq(
        behaviour_price(&behaviour, &by_family), behaviour_price(&behaviour, &by_account));
    cr_expect_eq(behaviour_price(&behaviour, &nothing), BEHAVIOUR_PRICES);
}

Test(behaviour, visits_are_those_of_the_model_at_the_price_that_its_year_was_observed_at)
{
    struct model *model = read_model("employees-2022", NULL);
    for (int year = 2021; year <= 2025; year++) {
        struct behaviour behaviour;
        behaviour_compile(model, BEHAVIOUR_HIGH, year, &behaviour);
        double reference = model_by_year(model, -1, "behaviour.reference_price", year);
        int below = (int)(reference * BEHAVIOUR_PRICES);
        cr_expect_geq(behaviour.factor[below], BEHAVIOUR_ONE);
        cr_expect_leq(behaviour.factor[below + 1], BEHAVIOUR_ONE);
        cr_expect_eq(reference, year < 2023 ? 0.66 : 0.46);
    }
    model_free(model);
}

/* --- people --- */

Test(behaviour, the_claims_of_a_static_year_are_all_potential_in_the_same_order)
{
    struct world world = national();
    struct problem_list problems = { 0 };
    cr_assert(people_allow_potential(world.people, 2, &problems));
    struct people_block plain = { 0 }, block = { .with_potential = true };
    people_draw(world.people, 4096, 2048, 2023, &plain);
    people_draw(world.people, 4096, 2048, 2023, &block);
    int at = 0, further = 0;
    for (int i = 0; i < block.n_claims; i++) {
        if (block.potential[i].further) {
            further++;
            cr_assert_eq(block.claims[i].benefit, BENEFIT_OUTPATIENT);
            continue;
        }
        cr_assert_lt(at, plain.n_claims);
        struct claim claim = block.claims[i];
        const struct claim *same = &plain.claims[at++];
        if (claim.admission != NAME_NONE) {
            const struct claim *stay = &block.claims[claim.admission],
                               *plain_stay = &plain.claims[same->admission];
            cr_assert_eq(stay->cost, plain_stay->cost);
            cr_assert_eq(stay->benefit, BENEFIT_INPATIENT);
            claim.admission = same->admission;
        }
        cr_assert_eq(memcmp(&claim, same, offsetof(struct claim, flags) + 1), 0);
    }
    cr_expect_eq(at, plain.n_claims);
    cr_expect_gt(further, plain.n_claims / 3);
    for (int i = 0; i < plain.n; i++)
        cr_assert_eq(block.traits[i].cost, plain.traits[i].cost);
    people_block_free(&plain);
    people_block_free(&block);
    world_free(&world);
}

/* Of a household's claims some are tried and taken back: the others settle as if
 * those had never been. */
Test(behaviour, a_visit_taken_back_leaves_no_trace)
{
    static const char *const scenarios[]
        = { "yantai", "xianning", "henan-draft", "cangzhou", "qujing", "invented-banded" };
    enum { MOST = 16, MONTHS = 12 };
    struct world world = national();
    struct people_block block = { 0 };
    people_draw(world.people, 0, 1024, 2023, &block);
    for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++) {
        add_policy(&world, read_policy(scenarios[s], &world.names));
        const struct program *program = world.programs[world.n - 1];
        struct accumulators accumulators[2][MOST] = { 0 };
        struct household_state states[3][MOST];
        static fen_t credits[2][MOST * MONTHS];
        for (int h = 0; h < block.n_households; h++) {
            const int *persons = block.order + block.household_start[h];
            int n = block.household_start[h + 1] - block.household_start[h];
            const struct member *members[MOST];
            cr_assert_leq(n, MOST);
            for (int i = 0; i < n; i++)
                members[i] = &block.members[persons[i]];
            struct household both[2];
            struct accumulators before = { 0 };
            for (int k = 0; k < 2; k++) {
                both[k] = (struct household){ .program = program, .n = n, .members = members,
                    .accumulators = accumulators[k], .first_month = date_month_of(2023, 1),
                    .n_months = MONTHS, .credits = credits[k], .states = states[k],
                    .before = { .accumulators = before, .states = states[2] } };
                household_begin(&both[k]);
            }
            for (int i = block.claim_start[h]; i < block.claim_start[h + 1]; i++) {
                const struct claim *claim = &block.claims[i];
                int who = 0;
                while (persons[who] != (int)claim->member)
                    who++;
                struct bill bill = { claim, program_settles(program, claim), 0, 0 };
                struct settlement a, b;
                if (i % 3 != 0) {
                    household_try(&both[1], who, &bill, &b);
                    household_take_back(&both[1], who);
                    if (i % 3 == 1)
                        continue;
                }
                household_settle(&both[0], who, &bill, &a, NULL);
                household_settle(&both[1], who, &bill, &b, NULL);
                cr_assert_eq(memcmp(&a, &b, offsetof(struct settlement, reason)), 0);
            }
            household_end(&both[0]);
            household_end(&both[1]);
            for (int i = 0; i < n; i++) {
                cr_assert_eq(states[0][i].balance, states[1][i].balance);
                cr_assert_eq(states[0][i].totals.paid, states[1][i].totals.paid);
            }
            accumulators_free(&both[1].before.accumulators);
        }
        for (int i = 0; i < MOST; i++) {
            accumulators_free(&accumulators[0][i]);
            accumulators_free(&accumulators[1][i]);
        }
    }
    people_block_free(&block);
    world_free(&world);
}

/* In cash, all: while a year's deductible is being met, the price lies by foresight
 * nearer to that of the same visit after it. A visit's own deductible is met by none. */
Test(behaviour, who_looks_ahead_sees_what_a_visit_costs_past_the_year_s_deductible)
{
    static const char *const scenarios[]
        = { "yantai", "xianning", "cangzhou", "pre-reform", "henan-draft", "qujing" };
    enum { BY_YEAR = 3, SCENARIOS = sizeof scenarios / sizeof *scenarios };
    struct world world = national();
    struct behaviour behaviour = of_the_nation(BEHAVIOUR_CENTRAL);
    cr_assert_eq(behaviour.foresight, BEHAVIOUR_ONE / 4);
    struct people_block block = { 0 };
    people_draw(world.people, 0, 1024, 2023, &block);
    for (size_t s = 0; s < SCENARIOS; s++) {
        add_policy(&world, read_policy(scenarios[s], &world.names));
        const struct program *program = world.programs[s];
        const struct epoch *epoch = &program->epochs[program_epoch(program, date_day(2023, 7, 1), 0)];
        int nearer = 0;
        for (int i = 0; i < block.n_claims; i++) {
            const struct claim *claim = &block.claims[i];
            const struct member *member = &block.members[claim->member];
            struct bill bill = { claim, claim->date, 0, 0 };
            struct settlement settlement[2];
            uint32_t price[2];
            if (claim->benefit != BENEFIT_OUTPATIENT || claim->cost == 0)
                continue;
            for (int met = 0; met < 2; met++) {
                struct accumulators accumulators = { .year = 2023,
                    .month_from = date_day(2023, 1, 1), .month_to = date_day(2023, 12, 31) };
                for (int k = 0; k < POLICY_RULES_MAX; k++)
                    accumulators.borne[k] = met ? FEN_MAX / 2 : 0;
                struct settlement *one = &settlement[met];
                adjudicate(program, epoch, member, &accumulators, &bill, one);
                one->cash = one->cost - one->fund;
                price[met] = behaviour_price(&behaviour, one);
                cr_assert(met == 0 || one->capped
                    || behaviour_price_ahead(&behaviour, one, program, epoch, member, claim)
                        == price[1]);
                accumulators_free(&accumulators);
            }
            if (settlement[0].capped || settlement[1].capped)
                continue;
            int32_t ahead = (int32_t)behaviour_price_ahead(
                &behaviour, &settlement[0], program, epoch, member, claim);
            int32_t now = (int32_t)price[0], later = (int32_t)price[1];
            cr_assert_leq(abs(4 * ahead - (3 * now + later)), 8);
            nearer += ahead < now;
        }
        cr_expect_eq(nearer > 0, s < BY_YEAR, "%s", scenarios[s]);
    }
    people_block_free(&block);
    world_free(&world);
}

/* A shortcut says that no price could bring a visit about: the best price there is, by
 * the fund's best day and a full account, doesn't. */
Test(behaviour, a_visit_passed_over_unsettled_would_not_have_come_about)
{
    static const char *const scenarios[] = { "pre-reform", "xianning", "henan-draft", "cangzhou",
        "invented-banded", "invented-eligible-cap" };
    struct world world = national();
    struct behaviour behaviour = of_the_nation(BEHAVIOUR_HIGH);
    struct problem_list problems = { 0 };
    cr_assert(people_allow_potential(
        world.people, behaviour_largest(world.model, BEHAVIOUR_HIGH), &problems));
    struct people_block block = { .with_potential = true };
    people_draw(world.people, 0, 1024, 2023, &block);
    int passed = 0;
    for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++) {
        add_policy(&world, read_policy(scenarios[s], &world.names));
        const struct program *program = world.programs[s];
        for (int i = 0; i < block.n_claims; i++) {
            const struct claim *claim = &block.claims[i];
            const struct member *member = &block.members[claim->member];
            int epoch = program_epoch(program, claim->date, 0);
            if (!block.potential[i].further
                || !behaviour_never(&behaviour, &block.potential[i], program,
                    &program->epochs[epoch], member, claim))
                continue;
            passed++;
            struct accumulators accumulators = { .year = 2023,
                .month_from = date_day(2023, 1, 1), .month_to = date_day(2023, 12, 31) };
            for (int k = 0; k < POLICY_RULES_MAX; k++) /* deductibles met, second bands reached */
                accumulators.borne[k] = accumulators.banded[k] = FEN_MAX / 2;
            struct bill bill = { claim, claim->date, 0, 0 };
            struct settlement settlement;
            adjudicate(program, &program->epochs[epoch], member, &accumulators, &bill, &settlement);
            settlement.account = settlement.cost - settlement.fund;
            cr_assert(!behaviour_keeps(
                &behaviour, &block.potential[i], behaviour_price(&behaviour, &settlement)));
            accumulators_reset(&accumulators); /* nor does it for who looks ahead from afar */
            accumulators.year = 2023;
            adjudicate(program, &program->epochs[epoch], member, &accumulators, &bill, &settlement);
            settlement.account = settlement.cost - settlement.fund;
            cr_assert(!behaviour_keeps(&behaviour, &block.potential[i],
                behaviour_price_ahead(&behaviour, &settlement, program, &program->epochs[epoch],
                    member, claim)));
            accumulators_free(&accumulators);
        }
    }
    cr_expect_gt(passed, 1000);
    people_block_free(&block);
    world_free(&world);
}

/* --- runs --- */

/* Factors of 1 at every price, and further potential visits that never come about. */
Test(behaviour, without_elasticity_people_are_static_to_the_bit)
{
    struct world world = national();
    add_policy(&world, read_policy("pre-reform", &world.names));
    add_policy(&world, read_policy("xianning", &world.names));
    add_policy(&world, read_policy("cangzhou", &world.names));
    struct behaviour none = { .largest = 2 * BEHAVIOUR_ONE, .substitution_ratio = RATIO_ONE };
    for (int i = 0; i <= BEHAVIOUR_PRICES; i++)
        none.factor[i] = BEHAVIOUR_ONE;
    struct result off = run_at(&world, BEHAVIOUR_OFF, 6000);
    struct result on = run_with(&world, &none, 2, 6000, 1, 0);
    cr_expect(same_results(&off, &on));
    cr_expect_gt(on.claims, off.claims);
    result_free(&off);
    result_free(&on);
    world_free(&world);
}

Test(behaviour, threads_and_blocks_move_no_bit)
{
    struct world world = national();
    add_policy(&world, read_policy("pre-reform", &world.names));
    add_policy(&world, read_policy("yantai", &world.names));
    struct behaviour behaviour;
    behaviour_compile(world.model, BEHAVIOUR_HIGH, 2023, &behaviour);
    double largest = behaviour_largest(world.model, BEHAVIOUR_HIGH);
    struct result one = run_with(&world, &behaviour, largest, 5000, 1, 0);
    struct result other = run_with(&world, &behaviour, largest, 5000, 2, 96);
    cr_expect(same_results(&one, &other));
    result_free(&one);
    result_free(&other);
    world_free(&world);
}

Test(behaviour, a_scenario_differs_by_nothing_from_itself_and_money_is_conserved)
{
    struct world world = national();
    add_policy(&world, read_policy("yantai", &world.names));
    add_policy(&world, read_policy("qujing", &world.names));
    add_policy(&world, read_policy("yantai", &world.names));
    struct result result = run_at(&world, BEHAVIOUR_HIGH, 6000);
    for (int m = 0; m < MEASURE_COUNT; m++)
        for (int g = 0; g < result.n_groups; g++) {
            const struct estimate *same = &result.cells[result_at(&result, 2, 0, m, g)];
            cr_assert_eq(same->difference, 0);
            cr_assert_eq(same->difference_std_error, 0);
        }
    for (int s = 0; s < world.n; s++)
        for (int g = 0; g < result.n_groups; g++) {
#define SUM(m) result.sums[result_at(&result, s, 0, MEASURE_##m, g)]
            cr_assert_eq(SUM(COST), SUM(FUND_OUTFLOW) + SUM(PAID_BY_ACCOUNT) + SUM(PAID_BY_CASH));
            cr_assert_leq(SUM(ELIGIBLE_COST), SUM(COST));
            if (!result.groups[g].of_claims)
                cr_assert_eq(SUM(ACCOUNT_OPENING) + SUM(ACCOUNT_TRANSFER) + SUM(ACCOUNT_OWN)
                        + SUM(ACCOUNT_INTEREST),
                    SUM(ACCOUNT_PAID_OUT) + SUM(ACCOUNT_TO_HEIRS) + SUM(ACCOUNT_TAKEN)
                        + SUM(ACCOUNT_CLOSING));
#undef SUM
        }
    /* The same people in the same tenths, whatever they come to spend. */
    for (int d = 1; d <= 10; d++) {
        char key[16];
        snprintf(key, sizeof key, "spending=d%d", d);
        cr_expect_eq(sum_of(&result, 0, MEASURE_PERSONS, key),
            sum_of(&result, 1, MEASURE_PERSONS, key));
    }
    result_free(&result);
    world_free(&world);
}

Test(behaviour, the_stronger_the_reaction_the_more_visits_a_cheaper_policy_brings)
{
    struct world world = national();
    add_policy(&world, read_policy("pre-reform", &world.names));
    add_policy(&world, read_policy("yantai", &world.names));
    add_policy(&world, read_policy("xianning", &world.names));
    int64_t more[2] = { 0, 0 }, stays = 0;
    for (int level = BEHAVIOUR_OFF; level < BEHAVIOUR_COUNT; level++) {
        struct result result = run_at(&world, (enum behaviour_level)level, 20000);
        for (int s = 1; s < 3; s++) {
            int64_t now = sum_of(&result, s, MEASURE_VISITS, "benefit=outpatient")
                - sum_of(&result, 0, MEASURE_VISITS, "benefit=outpatient");
            cr_expect(level == BEHAVIOUR_OFF ? now == 0 : now > more[s - 1]);
            more[s - 1] = now;
        }
        int64_t fewer = sum_of(&result, 0, MEASURE_VISITS, "benefit=inpatient")
            - sum_of(&result, 1, MEASURE_VISITS, "benefit=inpatient");
        cr_expect(level <= BEHAVIOUR_LOW ? fewer == 0 : fewer > stays);
        stays = fewer;
        result_free(&result);
    }
    world_free(&world);
}

/* At one price for all, visits are the static ones times (price / reference)^elasticity;
 * further ones come to those who make many, and to some who made none: all together a
 * negative binomial of the same size, as the standard error shows. */
Test(behaviour, at_one_price_visits_are_a_negative_binomial_of_the_mean_times_the_factor)
{
    static const int ratios[] = { 0, 20, 70, 90 };
    enum { PERSONS = 150000, CASES = sizeof ratios / sizeof *ratios };
    struct world world = world_of(read_text(plain_model, read_model, NULL));
    for (int i = 0; i < CASES; i++)
        add_plain(&world, ratios[i], ratios[i]);
    for (int level = BEHAVIOUR_LOW; level < BEHAVIOUR_COUNT; level++) {
        const double elasticity = level == BEHAVIOUR_LOW ? -0.2 : level == BEHAVIOUR_HIGH ? -1 : -0.5;
        struct result result = run_at(&world, (enum behaviour_level)level, PERSONS);
        for (int i = 0; i < CASES; i++) {
            double factor = fmin(3, pow((1 - ratios[i] / 100.0) / 0.8, elasticity));
            double mean = 4 * factor, variance = mean + mean * mean / 0.5;
            const struct estimate *visits = &result.cells[result_at(
                &result, i, 0, MEASURE_VISITS, group(&result, "benefit=outpatient"))];
            double scale = 1000000; /* the insured stood for */
            double error = sqrt(variance / PERSONS);
            cr_expect_lt(fabs(visits->value / scale - mean), 4 * error + 2e-4, "%d%%: %g, not %g",
                ratios[i], visits->value / scale, mean);
            cr_expect_lt(fabs(visits->std_error / scale / error - 1), 0.03);
        }
        result_free(&result);
    }
    world_free(&world);
}

/* 30 points more at community centres than at level 2, at 2 points of share for 10. */
Test(behaviour, primary_care_gains_share_with_the_gap_between_ratios)
{
    struct world world = world_of(read_text(plain_model, read_model, NULL));
    add_plain(&world, 50, 50);
    add_plain(&world, 80, 50);
    add_plain(&world, 50, 80);
    struct behaviour behaviour = { .largest = BEHAVIOUR_ONE, .primary_shift = BEHAVIOUR_ONE / 5,
        .substitution_ratio = RATIO_ONE };
    for (int i = 0; i <= BEHAVIOUR_PRICES; i++)
        behaviour.factor[i] = BEHAVIOUR_ONE;
    struct result result = run_with(&world, &behaviour, 1, 100000, 1, 0);
    double share[3];
    for (int s = 0; s < 3; s++)
        share[s] = (double)sum_of(&result, s, MEASURE_VISITS, "provider=community")
            / (double)sum_of(&result, s, MEASURE_VISITS, "benefit=outpatient");
    cr_expect_float_eq(share[1] - share[0], 0.06, 0.002, "%g", share[1] - share[0]);
    cr_expect_eq(share[2], share[0]);
    /* A visit that moves costs what visits cost there: 50 yuan, not 100. */
    cr_expect_eq(sum_of(&result, 1, MEASURE_COST, "provider=community"),
        5000 * sum_of(&result, 1, MEASURE_VISITS, "provider=community"));
    cr_expect_eq(sum_of(&result, 1, MEASURE_VISITS, "all"),
        sum_of(&result, 0, MEASURE_VISITS, "all"));
    result_free(&result);
    world_free(&world);
}

Test(behaviour, stays_give_way_in_proportion_to_what_outpatient_care_is_paid)
{
    struct world world = world_of(read_text(plain_model, read_model, NULL));
    add_policy(&world, read_policy("pre-reform", &world.names));
    add_plain(&world, 60, 60);
    add_plain(&world, 30, 30);
    add_plain(&world, 90, 90);
    struct behaviour behaviour = { .largest = BEHAVIOUR_ONE, .substitution = -BEHAVIOUR_ONE / 10,
        .substitution_ratio = RATIO_ONE * 4 / 10 };
    for (int i = 0; i <= BEHAVIOUR_PRICES; i++)
        behaviour.factor[i] = BEHAVIOUR_ONE;
    struct result result = run_with(&world, &behaviour, 1, 100000, 1, 0);
    double stays[4];
    for (int s = 0; s < 4; s++)
        stays[s] = (double)sum_of(&result, s, MEASURE_VISITS, "benefit=inpatient");
    /* Community and level 2 pay, level 3 does not: two thirds of the ratio. */
    cr_expect_float_eq(stays[1] / stays[0], 1 - 0.1 * 0.4 / 0.4, 0.004);
    cr_expect_float_eq(stays[2] / stays[0], 1 - 0.1 * 0.2 / 0.4, 0.004);
    cr_expect_eq(stays[3], stays[1]); /* not carried beyond what was observed */
    result_free(&result);
    world_free(&world);
}

/* Of `persons`: outpatient visits, those who made any, and those who had a stay. */
struct use {
    int64_t visits, visitors, patients;
};

static struct use
use_under(struct world *world, const struct behaviour *behaviour, int persons, int policy)
{
    struct tally_shape shape = tally_shape_of(1);
    struct decile_cuts cuts = { 0 };
    struct worker worker;
    struct tally tally;
    struct use use = { 0 };
    tally_init(&tally, &shape);
    worker_init(&worker, &shape, (const struct program *const *)&world->programs[policy], 1, 0,
        behaviour);
    worker.plain = true; /* which leaves the entries of the whole block */
    for (int first = 0; first < persons; first += 2048) {
        worker_draw(&worker, world->people, (uint64_t)first, 2048, 2023, &cuts);
        worker_settle(&worker, 0, true);
        worker_tally(&worker, 0, 0);
        tally_block_flush(&worker.tallies[0], &tally);
        for (int i = 0; i < 2048; i++) {
            int64_t claims[2] = { 0, 0 };
            for (int b = 0; b < 2; b++) {
                int benefit = b == 0 ? BENEFIT_OUTPATIENT : BENEFIT_INPATIENT;
                unsigned bit = 1u << (PROVIDER_COUNT + benefit), mask = worker.entry_mask[i];
                int entry = worker.entry_start[i] + __builtin_popcount(mask & (bit - 1));
                claims[b] = (mask & bit) != 0 ? worker.entry[entry][MEASURE_VISITS] : 0;
            }
            use.visits += claims[0];
            use.visitors += claims[0] > 0;
            use.patients += claims[1] > 0;
        }
    }
    worker_free(&worker);
    tally_free(&tally);
    return use;
}

/* Published for 66 cities (Zhu et al.): the probability of an outpatient visit in a
 * year +37.3 %, of a stay -4.6 %. The first visits of a year meet the deductible and
 * become no cheaper but for those who look ahead, so that visits grow more than
 * visitors; docs/behaviour.md says so. Patients fall by no more than the prior's -8 %. */
Test(behaviour, pooling_raises_visits_and_lowers_stays)
{
    static const char *const scenarios[]
        = { "pre-reform", "yantai", "xianning", "henan-draft", "cangzhou", "qujing" };
    enum { PERSONS = 24 * 2048, POLICIES = sizeof scenarios / sizeof *scenarios };
    struct world world = national();
    struct problem_list problems = { 0 };
    for (int i = 0; i < POLICIES; i++)
        add_policy(&world, read_policy(scenarios[i], &world.names));
    double largest = behaviour_largest(world.model, BEHAVIOUR_CENTRAL);
    cr_assert(people_allow_potential(world.people, largest, &problems));
    for (int level = BEHAVIOUR_LOW; level < BEHAVIOUR_COUNT; level++) {
        struct behaviour behaviour;
        behaviour_compile(world.model, (enum behaviour_level)level, 2023, &behaviour);
        struct use before = use_under(&world, &behaviour, PERSONS, 0);
        for (int i = 1; i < POLICIES; i++) {
            struct use now = use_under(&world, &behaviour, PERSONS, i);
            double visits = (double)now.visits / (double)before.visits - 1;
            double visitors = (double)now.visitors / (double)before.visitors - 1;
            double patients = (double)now.patients / (double)before.patients - 1;
            cr_log_info("%s, %s: visits %+.1f %%, visitors %+.1f %%, patients %+.1f %%",
                scenarios[i], behaviour_words[level].key, 100 * visits, 100 * visitors,
                100 * patients);
            cr_expect(visits > 0 && visits < 0.373);
            cr_expect(level == BEHAVIOUR_LOW ? visitors > -0.005 : visitors > 0);
            cr_expect(level == BEHAVIOUR_LOW ? patients == 0 : patients < 0 && patients > -0.08);
        }
    }
    world_free(&world);
}
