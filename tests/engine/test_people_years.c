/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People through years: who holds a number, when they retire, what they carry. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "engine/people_tables.h"

struct town {
    struct model *model;
    struct people *people;
    struct names names;
};

static struct town
town_of(const char *model, uint64_t seed)
{
    struct problem_list problems = { 0 };
    struct town town = { 0 };
    town.model = model_read(model, &problems);
    if (town.model != NULL)
        town.people = people_compile(town.model, seed, &town.names, &problems);
    problem_print(&problems, stderr);
    cr_assert_not_null(town.people);
    return town;
}

static void
town_free(struct town *town)
{
    people_free(town->people);
    model_free(town->model);
    names_free(&town->names);
}

static void
assert_same(const struct people_block *a, const struct people_block *b)
{
    cr_assert_eq(a->n_claims, b->n_claims);
    for (int i = 0; i < a->n; i++) {
        const struct member *x = &a->members[i], *y = &b->members[i];
        cr_assert(x->birth == y->birth && x->retired_on == y->retired_on && x->base == y->base
                && x->balance == y->balance && x->insured_from == y->insured_from
                && x->insured_to == y->insured_to && x->status == y->status
                && x->n_chronic == y->n_chronic && x->household == y->household,
            "person %d", i);
        cr_assert_eq(a->traits[i].entered, b->traits[i].entered);
        cr_assert_eq(a->traits[i].cost, b->traits[i].cost);
    }
    for (int i = 0; i < a->n_claims; i++) {
        cr_assert_eq(a->claims[i].cost, b->claims[i].cost);
        cr_assert_eq(a->claims[i].end, b->claims[i].end);
        cr_assert_eq(a->claims[i].admission, b->claims[i].admission);
    }
}

Test(years, a_year_alone_is_that_year_of_a_long_run)
{
    enum { N = 640 };
    struct town town = town_of("employees-2022", 5);
    struct people_block alone = { 0 }, later = { 0 };
    for (int year = 2022; year <= 2045; year++) {
        people_draw(town.people, 64, N, year, &later);
        if (year != 2022 && year != 2023 && year != 2031 && year != 2045)
            continue;
        people_draw(town.people, 64, N, year, &alone);
        assert_same(&alone, &later);
    }
    /* Other years and other persons in between leave nothing behind. */
    people_draw(town.people, 0, 320, 2040, &later);
    people_draw(town.people, 64, 320, 2041, &later);
    people_draw(town.people, 64, N, 2045, &later);
    assert_same(&alone, &later);
    people_draw(town.people, 64, N, 2024, &later);
    people_block_free(&alone);
    people_draw(town.people, 64, N, 2024, &alone);
    assert_same(&alone, &later);
    people_block_free(&alone);
    people_block_free(&later);
    town_free(&town);
}

/* A number's holder: the same person a year older, or somebody who came for one
 * that died or left, on 1 January, with an empty account. */
Test(years, costs_alone_are_those_of_the_claims)
{
    struct town town = town_of("employees-2022", 20);
    struct people_block all = { 0 }, costs = { .costs_only = true };
    fen_t sum = 0;
    for (int year = 2022; year < 2026; year += 3) {
        people_draw(town.people, 4096, 1000, year, &all);
        people_draw(town.people, 4096, 1000, year, &costs);
        cr_assert_eq(costs.n_claims, 0);
        for (int i = 0; i < 1000; i++) {
            cr_assert_eq(costs.traits[i].cost, all.traits[i].cost, "person %d in %d", i, year);
            cr_assert_eq(costs.traits[i].tie, all.traits[i].tie);
        }
        for (int i = 0; i < all.n_claims; i++)
            sum += all.claims[i].cost - (i < 1000 ? all.traits[i].cost : 0);
    }
    cr_assert_eq(sum, 0);
    people_block_free(&all);
    people_block_free(&costs);
    town_free(&town);
}

Test(years, people_age_and_whoever_goes_is_followed)
{
    enum { N = 6400 };
    struct town town = town_of("yantai", 7);
    struct people_block b = { 0 };
    struct member *before = memory_alloc(N, sizeof *before);
    int *entered = memory_alloc(N, sizeof *entered), came = 0, died = 0;
    for (int year = 2022; year <= 2030; year++) {
        people_draw(town.people, 0, N, year, &b);
        day_t first = date_day(year, 1, 1), last = date_day(year, 12, 31);
        for (int i = 0; i < N; i++) {
            const struct member *m = &b.members[i];
            const struct person_traits *t = &b.traits[i];
            int age = date_age(m->birth, first);
            cr_assert(age >= 16 && age < 121);
            cr_assert_eq(t->fresh, t->entered == year);
            cr_assert(!t->fresh || (m->balance == 0 && m->insured_from == first && age < 50
                && m->status != STATUS_RETIREE));
            cr_assert(m->insured_to == DAY_MAX || (m->insured_to >= first && m->insured_to <= last));
            if (year > 2022) {
                cr_assert_eq(t->entered != entered[i], t->fresh);
                cr_assert_eq(t->fresh || m->birth == before[i].birth, true);
                cr_assert_eq(t->fresh || m->status >= before[i].status, true, "back to work");
                cr_assert(before[i].insured_to == DAY_MAX || year == 2023 || t->fresh);
                came += t->fresh;
                died += m->insured_to != DAY_MAX && m->insured_to < last;
            }
            before[i] = *m;
            entered[i] = t->entered;
        }
        for (int i = 0; year > 2022 && i < b.n_claims; i++) {
            const struct claim *c = &b.claims[i];
            cr_assert(c->end <= b.members[c->member].insured_to, "a claim after the end");
            if (c->admission != NAME_NONE)
                cr_assert(b.claims[c->admission].benefit == BENEFIT_INPATIENT
                    && b.claims[c->admission].member == c->member);
        }
    }
    cr_assert(came > N * 8 * 0.02 && came < N * 8 * 0.08, "%d came", came);
    cr_assert_gt(died, N * 8 * 0.015);
    free(before);
    free(entered);
    people_block_free(&b);
    town_free(&town);
}

/* The published tables of the delay from 2025 on. */
Test(years, retirement_moves_as_the_law_says)
{
    static const struct {
        int status, kind, birth[3], retires[3];
    } cases[] = {
        { STATUS_EMPLOYEE, KIND_MALE_ENTERPRISE, { 1964, 12, 31 }, { 2024, 12, 31 } },
        { STATUS_EMPLOYEE, KIND_MALE_ENTERPRISE, { 1965, 1, 15 }, { 2025, 2, 15 } },
        { STATUS_EMPLOYEE, KIND_MALE_PUBLIC, { 1965, 4, 30 }, { 2025, 5, 30 } },
        { STATUS_EMPLOYEE, KIND_MALE_ENTERPRISE, { 1965, 5, 1 }, { 2025, 7, 1 } },
        { STATUS_FLEXIBLE, KIND_MALE_ENTERPRISE, { 1970, 6, 10 }, { 2031, 11, 10 } },
        { STATUS_EMPLOYEE, KIND_MALE_ENTERPRISE, { 1976, 8, 20 }, { 2039, 7, 20 } },
        { STATUS_EMPLOYEE, KIND_MALE_ENTERPRISE, { 1976, 9, 20 }, { 2039, 9, 20 } },
        { STATUS_EMPLOYEE, KIND_MALE_ENTERPRISE, { 1990, 3, 1 }, { 2053, 3, 1 } },
        { STATUS_EMPLOYEE, KIND_FEMALE_PUBLIC, { 1969, 12, 1 }, { 2024, 12, 1 } },
        { STATUS_EMPLOYEE, KIND_FEMALE_PUBLIC, { 1970, 1, 1 }, { 2025, 2, 1 } },
        { STATUS_EMPLOYEE, KIND_FEMALE_PUBLIC, { 1981, 9, 1 }, { 2039, 9, 1 } },
        { STATUS_EMPLOYEE, KIND_FEMALE_ENTERPRISE, { 1975, 2, 1 }, { 2025, 3, 1 } },
        { STATUS_EMPLOYEE, KIND_FEMALE_ENTERPRISE, { 1975, 3, 1 }, { 2025, 5, 1 } },
        { STATUS_EMPLOYEE, KIND_FEMALE_ENTERPRISE, { 1984, 10, 1 }, { 2039, 9, 1 } },
        { STATUS_EMPLOYEE, KIND_FEMALE_ENTERPRISE, { 1984, 11, 1 }, { 2039, 11, 1 } },
        { STATUS_EMPLOYEE, KIND_MALE_ENTERPRISE, { 1965, 1, 31 }, { 2025, 2, 28 } },
    };
    struct town town = town_of("employees-2022", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int *birth = cases[i].birth, *want = cases[i].retires;
        char got[DATE_TEXT], wanted[DATE_TEXT];
        date_text(got, people_retires(town.people, date_day(birth[0], birth[1], birth[2]),
                           cases[i].status, cases[i].kind));
        date_text(wanted, date_day(want[0], want[1], want[2]));
        cr_assert_str_eq(got, wanted, "case %zu: %s for %s", i, got, wanted);
    }
    town_free(&town);
}

/* NHSA: 36,243.4, 37,094.6, 37,948.3, 38,856.1 × 10,000 insured. */
Test(years, the_insured_number_follows_its_path)
{
    static const double path[] = { 362434000, 370946000, 379483000, 388561000 };
    struct town town = town_of("employees-2022", 1), plain = town_of("textbook-poisson-lognormal", 1);
    for (int y = 0; y < 4; y++)
        cr_assert_float_eq((double)people_insured(town.people, 2022 + y) / path[y], 1, 1e-5);
    cr_assert_eq(people_insured(plain.people, 2045), people_insured(plain.people, 2022));
    town_free(&town);
    town_free(&plain);
}

/* NHSA: active to retired 2.76, 2.71, 2.63, 2.60 in 2022 to 2025. */
Test(years, the_retired_grow_more_numerous_as_published)
{
    enum { N = 192000, BLOCK = 8000 };
    static const double published[] = { 2.76, 2.71, 2.63, 2.60 };
    struct town town = town_of("employees-2022", 3);
    struct people_block b = { 0 };
    double active[4] = { 0 }, retired[4] = { 0 };
    for (int first = 0; first < N; first += BLOCK)
        for (int y = 0; y < 4; y++) {
            people_draw(town.people, (uint64_t)first, BLOCK, 2022 + y, &b);
            for (int i = 0; i < BLOCK; i++)
                *(b.members[i].status == STATUS_RETIREE ? &retired[y] : &active[y]) += 1;
        }
    for (int y = 0; y < 4; y++) {
        double ratio = active[y] / retired[y];
        printf("%d: active to retired %.3f, published %.2f\n", 2022 + y, ratio, published[y]);
        cr_assert_float_eq(ratio, published[y], 0.05);
    }
    people_block_free(&b);
    town_free(&town);
}

Test(years, wages_visits_and_costs_follow_their_paths)
{
    enum { N = 160000, BLOCK = 8000 };
    struct town town = town_of("employees-2022", 9);
    struct people_block b = { 0 };
    double base[2] = { 0 }, active[2] = { 0 }, visits[2] = { 0 }, cost[2] = { 0 };
    for (int first = 0; first < N; first += BLOCK)
        for (int y = 0; y < 2; y++) {
            people_draw(town.people, (uint64_t)first, BLOCK, 2022 + y, &b);
            for (int i = 0; i < BLOCK; i++) {
                base[y] += (double)b.members[i].base;
                active[y] += b.members[i].status != STATUS_RETIREE;
            }
            for (int i = 0; i < b.n_claims; i++)
                if (b.claims[i].benefit == BENEFIT_OUTPATIENT) {
                    visits[y] += 1;
                    cost[y] += (double)b.claims[i].cost;
                }
        }
    cr_assert_float_eq(base[1] / active[1] / (base[0] / active[0]), 1.058, 0.006);
    /* People grow older, and whoever goes within the year is there for half of it. */
    cr_assert_float_eq(visits[1] / visits[0], 1.21, 0.03);
    cr_assert_float_eq(cost[1] / visits[1] / (cost[0] / visits[0]), 1.1616, 0.015);
    people_block_free(&b);
    town_free(&town);
}

Test(years, a_model_without_flows_keeps_its_people)
{
    struct town town = town_of("textbook-poisson-lognormal", 1);
    struct people_block a = { 0 }, b = { 0 };
    people_draw(town.people, 0, 640, 2022, &a);
    people_draw(town.people, 0, 640, 2040, &b);
    for (int i = 0; i < 640; i++) {
        cr_assert_eq(a.members[i].birth, b.members[i].birth);
        cr_assert_eq(b.members[i].insured_to, DAY_MAX);
        cr_assert(b.members[i].status == STATUS_RETIREE || a.members[i].base == b.members[i].base);
    }
    people_block_free(&a);
    people_block_free(&b);
    town_free(&town);
}
