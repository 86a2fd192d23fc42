/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who react to prices. Marks are drawn with the people; policies only move
 * the bounds that they are held against:
 *
 *   mark  0 ........ factor ...... 1 | further: 0 .. (factor - 1) / (largest - 1) .. 1
 *         | comes about | does not   |          | comes about | does not
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "engine/behaviour.h"
#include "engine/household.h"
#include "engine/run.h"
#include "reacting.h"

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
