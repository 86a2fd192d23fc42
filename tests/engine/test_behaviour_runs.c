/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of people who react to prices: what no reaction leaves, what moves with which price. */
#include <criterion/criterion.h>
#include <math.h>

#include "engine/behaviour.h"
#include "engine/household.h"
#include "engine/run.h"
#include "engine/run_block.h"
#include "reacting.h"

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
