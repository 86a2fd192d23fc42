/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/people.h"

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

static bool
same_member(const struct member *a, const struct member *b)
{
    return a->birth == b->birth && a->retired_on == b->retired_on && a->base == b->base
        && a->balance == b->balance && a->household == b->household && a->county == b->county
        && a->status == b->status && a->sector == b->sector && a->sex == b->sex
        && a->insured_from == b->insured_from && a->insured_to == b->insured_to
        && a->ltc_from == b->ltc_from && a->n_chronic == b->n_chronic
        && a->n_arrears == b->n_arrears
        && (a->n_arrears == 0 || a->arrears[0] == b->arrears[0]);
}

/* A person's claims in the order of the block, their sum in one number. */
static uint64_t
fingerprint(const struct people_block *block, int person)
{
    uint64_t sum = 1469598103934665603U;
    for (int i = 0; i < block->n_claims; i++) {
        const struct claim *c = &block->claims[i];
        if (c->member != (uint32_t)person)
            continue;
        const uint64_t parts[] = { (uint64_t)c->cost, (uint64_t)c->eligible, (uint64_t)c->date,
            (uint64_t)c->end, c->disease, c->drug, c->benefit, c->provider, c->channel, c->place,
            c->flags, c->admission != NAME_NONE };
        for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
            sum = (sum ^ parts[p]) * 1099511628211U;
    }
    return sum;
}

static void
assert_same_persons(const struct people_block *a, const struct people_block *b, int offset, int n)
{
    for (int i = 0; i < n; i++) {
        cr_assert(same_member(&a->members[i + offset], &b->members[i]), "person %d", i + offset);
        cr_assert_eq(a->traits[i + offset].cost, b->traits[i].cost);
        cr_assert_eq(fingerprint(a, i + offset), fingerprint(b, i), "claims of %d", i + offset);
    }
}

Test(people, the_first_of_many_are_those_of_few)
{
    struct town town = town_of("employees-2022", 3);
    struct people_block many = { 0 }, few = { 0 };
    people_draw(town.people, 0, 1024, 2023, &many);
    people_draw(town.people, 0, 77, 2023, &few);
    assert_same_persons(&many, &few, 0, 77);
    people_block_free(&many);
    people_block_free(&few);
    town_free(&town);
}

Test(people, blocks_may_be_cut_anywhere_between_tiles)
{
    struct town town = town_of("yantai", 3);
    struct people_block whole = { 0 }, part = { 0 };
    people_draw(town.people, 0, 2048, 2023, &whole);
    for (int first = 0, size = PEOPLE_TILE; first < 2048; first += size, size += PEOPLE_TILE) {
        int n = 2048 - first < size ? 2048 - first : size;
        people_draw(town.people, (uint64_t)first, n, 2023, &part);
        assert_same_persons(&whole, &part, first, n);
    }
    people_block_free(&whole);
    people_block_free(&part);
    town_free(&town);
}

Test(people, a_year_alone_is_that_year_among_others)
{
    struct town town = town_of("employees-2022", 5);
    struct people_block alone = { 0 }, later = { 0 };
    people_draw(town.people, 0, 512, 2026, &alone);
    for (int year = 2022; year <= 2026; year++)
        people_draw(town.people, 0, 512, year, &later);
    assert_same_persons(&alone, &later, 0, 512);
    people_block_free(&alone);
    people_block_free(&later);
    town_free(&town);
}

Test(people, another_seed_makes_other_people)
{
    struct town a = town_of("employees-2022", 1), b = town_of("employees-2022", 2);
    struct people_block x = { 0 }, y = { 0 };
    people_draw(a.people, 0, 512, 2023, &x);
    people_draw(b.people, 0, 512, 2023, &y);
    int same = 0;
    for (int i = 0; i < 512; i++)
        same += x.members[i].birth == y.members[i].birth;
    cr_assert_lt(same, 20);
    people_block_free(&x);
    people_block_free(&y);
    town_free(&a);
    town_free(&b);
}

/* Whoever stands in a block: in one household, once; claims in the order that
 * people.h promises, within the year, within what they may be. */
Test(people, a_block_keeps_what_its_header_promises)
{
    struct town town = town_of("xianning", 11);
    struct people_block b = { 0 };
    people_draw(town.people, 96, 4000, 2024, &b);
    day_t first = date_day(2024, 1, 1), last = date_day(2024, 12, 31);
    char *seen = memory_alloc((size_t)b.n, 1);
    int claims = 0;
    cr_assert_eq(b.household_start[0], 0);
    cr_assert_eq(b.household_start[b.n_households], b.n);
    cr_assert_eq(b.claim_start[b.n_households], b.n_claims);
    for (int h = 0; h < b.n_households; h++) {
        for (int i = b.household_start[h]; i < b.household_start[h + 1]; i++) {
            int person = b.order[i];
            cr_assert(!seen[person]++);
            cr_assert_eq(b.members[person].household, b.members[b.order[b.household_start[h]]].household);
            cr_assert(i == b.household_start[h] || b.order[i - 1] < person);
        }
        for (int i = b.claim_start[h]; i < b.claim_start[h + 1]; i++, claims++) {
            const struct claim *c = &b.claims[i], *before = c - 1;
            const struct member *m = &b.members[c->member];
            cr_assert(0 <= c->eligible && c->eligible <= c->cost);
            cr_assert(first <= c->date && c->date <= c->end && c->end <= last);
            cr_assert(c->benefit == BENEFIT_INPATIENT || c->date == c->end);
            cr_assert_eq(c->disease != NAME_NONE,
                c->benefit == BENEFIT_CHRONIC || c->benefit == BENEFIT_SPECIAL);
            cr_assert_eq(c->drug != NAME_NONE, c->benefit == BENEFIT_NEGOTIATED_DRUG);
            cr_assert(c->benefit != BENEFIT_CHRONIC || m->n_chronic > 0);
            cr_assert(b.members[c->member].household != NAME_NONE
                || b.household_start[h + 1] == b.household_start[h] + 1);
            if (i > b.claim_start[h])
                cr_assert(before->end < c->end
                    || (before->end == c->end && before->member <= c->member));
            if (c->admission != NAME_NONE) {
                const struct claim *stay = &b.claims[c->admission];
                cr_assert_eq(stay->benefit, BENEFIT_INPATIENT);
                cr_assert_eq(stay->member, c->member);
                cr_assert_eq(stay->date, c->date);
                cr_assert_eq(stay->provider, c->provider);
                cr_assert(c->admission > (uint32_t)i);
            }
        }
    }
    cr_assert_eq(claims, b.n_claims);
    free(seen);
    people_block_free(&b);
    town_free(&town);
}

Test(people, claims_know_whether_they_fall_into_a_stay)
{
    struct town town = town_of("employees-2022", 13);
    struct people_block b = { 0 };
    people_draw(town.people, 0, 1500, 2023, &b);
    int inside = 0, on_day = 0;
    for (int i = 0; i < b.n_claims; i++) {
        bool in = false, on = false;
        for (int h = 0; h < b.n_claims; h++) {
            const struct claim *stay = &b.claims[h];
            if (stay->member != b.claims[i].member || stay->benefit != BENEFIT_INPATIENT)
                continue;
            in |= stay->date < b.claims[i].end && b.claims[i].end < stay->end;
            on |= stay->date == b.claims[i].end || stay->end == b.claims[i].end;
        }
        cr_assert_eq((b.claims[i].flags & CLAIM_IN_STAY) != 0, in);
        cr_assert_eq((b.claims[i].flags & CLAIM_ON_STAY_DAY) != 0, on);
        inside += in;
        on_day += on && b.claims[i].benefit != BENEFIT_INPATIENT;
    }
    cr_assert_gt(inside, 5);
    cr_assert_gt(on_day, 20);
    people_block_free(&b);
    town_free(&town);
}

/* Within 4.5 standard errors of the share that the model states. */
static void
assert_share(const char *what, int64_t count, int64_t n, double share)
{
    double error = sqrt(share * (1 - share) / (double)n);
    cr_assert_float_eq((double)count / (double)n, share, 4.5 * error, "%s: %g for %g", what,
        (double)count / (double)n, share);
}

Test(people, shares_are_those_of_the_model)
{
    struct town town = town_of("xianning", 17);
    struct people_block b = { 0 };
    enum { N = 200000 };
    int64_t status[STATUS_COUNT] = { 0 }, county = 0, public = 0, visits[2] = { 0 }, insured = 0;
    uint32_t first_county = names_find(&town.names, "咸安区", strlen("咸安区"));
    for (int first = 0; first < N; first += 8000) {
        people_draw(town.people, (uint64_t)first, 8000, 2022, &b);
        for (int i = 0; i < b.n; i++) {
            const struct member *m = &b.members[i];
            bool retiree = m->status == STATUS_RETIREE;
            status[m->status]++;
            county += m->county == first_county;
            public += m->status == STATUS_EMPLOYEE && m->sector == SECTOR_PUBLIC;
            insured += m->insured_from == DAY_MIN && m->insured_to == DAY_MAX;
            cr_assert_eq(m->base == 0, retiree);
            int age = date_age(m->birth, date_day(2022, 1, 1));
            cr_assert(retiree ? age >= 50 && age < 96 : age >= 16 && age < 60);
            cr_assert(retiree ? m->retired_on == DAY_MIN : m->retired_on > date_day(2022, 1, 1));
        }
        for (int i = 0; i < b.n_claims; i++)
            visits[b.members[b.claims[i].member].status == STATUS_RETIREE]
                += b.claims[i].benefit == BENEFIT_OUTPATIENT && b.claims[i].admission == NAME_NONE;
    }
    assert_share("retirees", status[STATUS_RETIREE], N, 0.29);
    assert_share("flexible", status[STATUS_FLEXIBLE], N, 0.17);
    assert_share("first county", county, N, 0.34);
    /* Public employees: 0.217, a little above it among women of 50 to 54. */
    cr_assert_float_eq((double)public / (double)status[STATUS_EMPLOYEE], 0.217, 0.03);
    /* Negative binomial means, whatever the age profile: sd of the mean below 1 %. */
    cr_assert_float_eq((double)visits[0] / (double)(N - status[STATUS_RETIREE]), 3.84 * 0.55, 0.04);
    cr_assert_float_eq((double)visits[1] / (double)status[STATUS_RETIREE], 7.68 * 0.55, 0.1);
    cr_assert_gt(insured, N * 9 / 10);
    people_block_free(&b);
    town_free(&town);
}

static int
descending(const void *a, const void *b)
{
    fen_t x = *(const fen_t *)a, y = *(const fen_t *)b;
    return (x < y) - (x > y);
}

/* The share of spending held by the top tenth; *least is the least in it. */
static double
top_tenth(const fen_t *costs, int n, fen_t *least)
{
    fen_t *sorted = memory_alloc((size_t)n, sizeof *sorted);
    memcpy(sorted, costs, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, descending);
    double top = 0, all = 0;
    for (int i = 0; i < n; i++) {
        all += (double)sorted[i];
        top += i < n / 10 ? (double)sorted[i] : 0;
    }
    *least = sorted[n / 10 - 1];
    free(sorted);
    return top / all;
}

/* Published: the top tenth holds over half of spending, and a third of it is there
 * again in the next year (Sustainability 2021;13:5761). */
Test(people, spending_is_as_concentrated_and_as_lasting_as_published)
{
    enum { N = 96000, YEARS = 2 };
    struct town town = town_of("employees-2022", 19);
    struct people_block b = { 0 };
    fen_t *outpatient[YEARS], *all[YEARS], least[2][YEARS];
    double share[2][YEARS];
    int idle = 0;
    for (int y = 0; y < YEARS; y++) {
        outpatient[y] = memory_alloc(N, sizeof *outpatient[y]);
        all[y] = memory_alloc(N, sizeof *all[y]);
        for (int first = 0; first < N; first += 8000) {
            people_draw(town.people, (uint64_t)first, 8000, 2022 + y, &b);
            for (int i = 0; i < b.n_claims; i++)
                if (b.claims[i].benefit == BENEFIT_OUTPATIENT)
                    outpatient[y][first + (int)b.claims[i].member] += b.claims[i].cost;
            for (int i = 0; i < b.n; i++)
                all[y][first + i] = b.traits[i].cost;
        }
        share[0][y] = top_tenth(outpatient[y], N, &least[0][y]);
        share[1][y] = top_tenth(all[y], N, &least[1][y]);
    }
    int again[2] = { 0 };
    for (int i = 0; i < N; i++) {
        idle += outpatient[0][i] == 0;
        again[0] += outpatient[0][i] >= least[0][0] && outpatient[1][i] >= least[0][1];
        again[1] += all[0][i] >= least[1][0] && all[1][i] >= least[1][1];
    }
    double stays[2] = { again[0] / (N / 10.0), again[1] / (N / 10.0) };
    printf("zero outpatient users %.3f; top tenth of outpatient spending %.3f, there again %.3f; "
           "of all spending %.3f, there again %.3f\n",
        (double)idle / N, share[0][0], stays[0], share[1][0], stays[1]);
    cr_assert(share[0][0] > 0.50 && share[0][0] < 0.60);
    cr_assert_gt(share[1][0], 0.50);
    cr_assert(stays[0] > 0.30 && stays[0] < 0.38);
    cr_assert(stays[1] > 0.30 && stays[1] < 0.38);
    cr_assert((double)idle / N > 0.20 && (double)idle / N < 0.40);
    for (int y = 0; y < YEARS; y++) {
        free(outpatient[y]);
        free(all[y]);
    }
    people_block_free(&b);
    town_free(&town);
}

/* Persons of a textbook case: independent, alike. */
static void
assert_textbook(const char *model, double mean, double variance, double cost_mean, double cost_cv)
{
    enum { N = 400000 };
    struct town town = town_of(model, 23);
    struct people_block b = { 0 };
    double n_claims = 0, squares = 0, cost = 0, cost_squares = 0;
    for (int first = 0; first < N; first += 8000) {
        people_draw(town.people, (uint64_t)first, 8000, 2023, &b);
        cr_assert_eq(b.n_households, b.n);
        for (int h = 0; h < b.n; h++) {
            double n = b.claim_start[h + 1] - b.claim_start[h];
            n_claims += n;
            squares += n * n;
        }
        for (int i = 0; i < b.n_claims; i++) {
            cr_assert_eq(b.claims[i].eligible, b.claims[i].cost);
            cr_assert_eq(b.claims[i].flags, CLAIM_DESIGNATED | CLAIM_MAY_ADMIT);
            double x = (double)b.claims[i].cost / 100;
            cost += x;
            cost_squares += x * x;
        }
    }
    double got = n_claims / N, spread = squares / N - got * got;
    double cost_got = cost / n_claims;
    double cv = sqrt(cost_squares / n_claims - cost_got * cost_got) / cost_got;
    cr_assert_float_eq(got, mean, 4 * sqrt(variance / N), "%s: mean %g for %g", model, got, mean);
    cr_assert_float_eq(spread / variance, 1, 0.03, "%s: variance %g for %g", model, spread, variance);
    cr_assert_float_eq(cost_got / cost_mean, 1, 4 * cost_cv / sqrt(n_claims), "%s: cost %g for %g",
        model, cost_got, cost_mean);
    cr_assert_float_eq(cv / cost_cv, 1, 0.02, "%s: cv %g for %g", model, cv, cost_cv);
    people_block_free(&b);
    town_free(&town);
}

Test(people, textbook_poisson_lognormal_has_its_moments)
{
    assert_textbook("textbook-poisson-lognormal", 4, 4, exp(5.2 + 0.81 / 2), sqrt(expm1(0.81)));
}

Test(people, textbook_negative_binomial_gamma_has_its_moments)
{
    assert_textbook(
        "textbook-negative-binomial-gamma", 5, 5 + 25 / 0.6, 1.5 * 150, 1 / sqrt(1.5));
}

Test(people, textbook_negative_binomial_lognormal_has_its_moments)
{
    assert_textbook("textbook-negative-binomial-lognormal", 8, 8 + 64 / 1.2, 240, 1.2);
}

Test(people, ids_sort_as_their_numbers_do)
{
    char a[PEOPLE_ID], b[PEOPLE_ID];
    people_id(9, 0, a);
    people_id(10, 0, b);
    cr_assert_lt(strcmp(a, b), 0);
    people_id(9, 2031, b);
    cr_assert_str_eq(b, "p000000009-2031");
    cr_assert_lt(strcmp(a, b), 0);
    people_id(10, 0, a);
    cr_assert_lt(strcmp(b, a), 0);
    people_id(123456789, 0, a);
    cr_assert_str_eq(a, "p123456789");
}

/* The law that a changed parameter moves every person the same way. */
Test(people, more_visits_on_average_are_never_fewer_for_anybody)
{
    struct town few = town_of("yantai", 29), many = town_of("employees-2022", 29);
    struct people_block x = { 0 }, y = { 0 };
    people_draw(few.people, 0, 4096, 2022, &x);
    people_draw(many.people, 0, 4096, 2022, &y);
    int counts[2][4096] = { { 0 } };
    for (int i = 0; i < x.n_claims; i++)
        counts[0][x.claims[i].member] += x.claims[i].benefit == BENEFIT_OUTPATIENT;
    for (int i = 0; i < y.n_claims; i++)
        counts[1][y.claims[i].member] += y.claims[i].benefit == BENEFIT_OUTPATIENT;
    int same = 0;
    for (int i = 0; i < 4096; i++) {
        if (x.members[i].birth != y.members[i].birth)
            continue; /* another status in the other model */
        same++;
        cr_assert_leq(counts[0][i], counts[1][i], "person %d", i);
    }
    cr_assert_gt(same, 2000);
    people_block_free(&x);
    people_block_free(&y);
    town_free(&few);
    town_free(&many);
}
