/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fund's books: they balance to the fen whatever flows in, and no contribution
 * makes them poorer. Random numbers come from the addressed generator, seed fixed. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "engine/run.h"

enum { CASES = 300, COUNTIES_MAX = 5, YEARS_MAX = 8, SCENARIOS = 2, FIRST_YEAR = 2023 };

struct dice {
    struct random_key key;
    uint64_t number;
    uint32_t index;
};

static int64_t
roll(struct dice *d, int64_t sides)
{
    struct random_words w = random_at(d->key, d->number, 0, 1, d->index++);
    return (int64_t)(((uint64_t)w.word[0] << 32 | w.word[1]) % (uint64_t)sides);
}

/* Random flows of a city under one pool and under Xianning's rules. */
struct city {
    struct books_source source;
    struct program programs[SCENARIOS];
    const struct program *each[SCENARIOS];
    struct policy plain, *pooling;
    struct names names;
    struct fund fund;
    int64_t *flows[SCENARIOS * YEARS_MAX];
    int64_t insured[YEARS_MAX];
};

static void
fill_flows(struct city *self, struct dice *d, int scenario, int year)
{
    int n = self->source.n_counties;
    int64_t *flows = memory_alloc(flows_size(n), sizeof *flows);
    self->flows[scenario * self->source.n_years + year] = flows;
    for (int part = 0; part < FLOW_PARTS; part++)
        for (int county = 0; county < n; county++) {
            int64_t *of = flows + flows_at(n, part, county);
            const int64_t *first = scenario > 0
                ? self->flows[year] + flows_at(n, part, county)
                : NULL;
            /* Persons are the same under every scenario. */
            of[FLOW_PERSONS_ACTIVE] = first != NULL ? first[FLOW_PERSONS_ACTIVE] : 1 + roll(d, 400);
            of[FLOW_PERSONS_RETIRED] = first != NULL ? first[FLOW_PERSONS_RETIRED] : roll(d, 200);
            int64_t people = of[FLOW_PERSONS_ACTIVE] + of[FLOW_PERSONS_RETIRED];
            of[FLOW_EMPLOYER] = roll(d, 400000) * people;
            of[FLOW_FLEXIBLE] = roll(d, 40000) * people;
            of[FLOW_TRANSFER_ACTIVE] = roll(d, 20000) * people;
            of[FLOW_TRANSFER_RETIRED] = roll(d, 30000) * people;
            for (int b = 0; b < BENEFIT_COUNT; b++)
                of[FLOW_BENEFIT + b] = roll(d, 110000) * people;
        }
}

static void
city_init(struct city *self, struct dice *d)
{
    struct problem_list problems = { 0 };
    *self = (struct city){ 0 };
    self->pooling = policy_read("xianning", &self->names, &problems);
    cr_assert_not_null(self->pooling);
    self->programs[0].policy = &self->plain;
    self->programs[1].policy = self->pooling;
    int years = 1 + (int)roll(d, YEARS_MAX);
    self->source = (struct books_source){ .n_scenarios = SCENARIOS,
        .baseline = (int)roll(d, SCENARIOS),
        .first_year = FIRST_YEAR,
        .n_years = years,
        .n_counties = 1 + (int)roll(d, COUNTIES_MAX),
        .programs = self->each,
        .flows = (const int64_t *const *)self->flows,
        .insured = self->insured,
        .fund = &self->fund };
    self->fund = (struct fund){ .opening = (double)roll(d, 3000),
        .reserve = (double)roll(d, 400),
        .pooled_share = (double)roll(d, 101) / 100,
        .first_year = FIRST_YEAR,
        .n_years = years,
        .years = memory_alloc((size_t)years, sizeof *self->fund.years) };
    for (int s = 0; s < SCENARIOS; s++)
        self->each[s] = &self->programs[s];
    for (int y = 0; y < years; y++) {
        self->insured[y] = 1000 + roll(d, 4000000);
        self->fund.years[y] = (struct fund_year){ .interest = (double)roll(d, 60) / 1000,
            .subsidy = (double)roll(d, 100),
            .other_income = (double)roll(d, 100),
            .other_outgo = (double)roll(d, 100),
            .budget_growth = (double)roll(d, 100) / 1000,
            .own_gap_share = (double)roll(d, 101) / 100,
            .plan_fulfilled = roll(d, 4) != 0 };
    }
    for (int s = 0; s < SCENARIOS; s++)
        for (int y = 0; y < years; y++)
            fill_flows(self, d, s, y);
}

static void
city_free(struct city *self)
{
    for (int i = 0; i < SCENARIOS * YEARS_MAX; i++)
        free(self->flows[i]);
    fund_free(&self->fund);
    policy_free(self->pooling);
    names_free(&self->names);
}

#define LINE(books, s, y, u, line) books_line((books), (s), (y), (u), BOOK_##line)

static void
assert_balanced(const struct books *books, int s, int y, int u)
{
    int64_t income = 0, outgo = 0;
    for (int l = 0; l < BOOK_COUNT; l++) {
        int64_t amount = books_line(books, s, y, u, (enum book_line)l);
        income += book_infos[l].role == BOOK_OF_INCOME ? amount : 0;
        outgo += book_infos[l].role == BOOK_OF_OUTGO ? amount : 0;
        if (!books_has(books, s, u, (enum book_line)l) && l != BOOK_RESERVE)
            cr_assert_eq(amount, 0, "%s", book_infos[l].key);
    }
    cr_assert_eq(income, LINE(books, s, y, u, INCOME));
    cr_assert_eq(outgo, LINE(books, s, y, u, OUTGO));
    if (books_has(books, s, u, BOOK_CLOSING))
        cr_assert_eq(LINE(books, s, y, u, OPENING) + income - outgo + LINE(books, s, y, u, GOVERNMENT)
                + LINE(books, s, y, u, FROM_CITY),
            LINE(books, s, y, u, CLOSING), "scenario %d, year %d, unit %d", s, y, u);
    if (y > 0)
        cr_assert_eq(LINE(books, s, y - 1, u, CLOSING), LINE(books, s, y, u, OPENING));
}

/* What a pooled city holds beside its counties is in its pots, whose year balances too. */
static void
assert_pots_hold_the_rest(const struct books *books, int s, int y)
{
    bool pots = books->pooled[s] && books->n_units > 1;
    cr_assert_eq(books_pot_has(books, s, BOOK_CLOSING), pots);
    cr_assert(!books_pot_has(books, s, BOOK_EMPLOYER) && !books_pot_has(books, s, BOOK_MONTHS));
    if (!pots)
        return;
    const struct ledger_row *row = &books->rows[books_at(books, s, y, 0)];
    int64_t interest = books_pot(books, s, y, BOOK_INTEREST);
    cr_assert_eq(books_pot(books, s, y, BOOK_CLOSING), row->pool_end + row->reserve_end + interest);
    cr_assert_eq(books_pot(books, s, y, BOOK_OPENING) + books_pot(books, s, y, BOOK_INCOME)
            - books_pot(books, s, y, BOOK_OUTGO) + books_pot(books, s, y, BOOK_GOVERNMENT)
            + books_pot(books, s, y, BOOK_FROM_CITY),
        books_pot(books, s, y, BOOK_CLOSING));
    cr_assert_eq(books_pot(books, s, y, BOOK_INCOME), interest);
    cr_assert_eq(books_pot(books, s, y, BOOK_OUTGO), 0);
    if (y > 0)
        cr_assert_eq(books_pot(books, s, y, BOOK_OPENING), books_pot(books, s, y - 1, BOOK_CLOSING));
}

/* The city is the sum of its counties, but for what the city's own pots do. */
static void
assert_added_up(const struct books *books, int s, int y)
{
    static const enum book_line summed[] = { BOOK_EMPLOYER, BOOK_FLEXIBLE, BOOK_SUBSIDY,
        BOOK_OTHER_INCOME, BOOK_OUTGO, BOOK_GOVERNMENT, BOOK_ACTIVE, BOOK_RETIRED };
    for (size_t i = 0; books->n_units > 1 && i < sizeof summed / sizeof *summed; i++) {
        int64_t sum = 0;
        for (int u = 1; u < books->n_units; u++)
            sum += books_line(books, s, y, u, summed[i]);
        cr_assert_eq(sum, books_line(books, s, y, 0, summed[i]), "%s", book_infos[summed[i]].key);
    }
    const struct ledger_row *row = &books->rows[books_at(books, s, y, 0)];
    cr_assert_eq(LINE(books, s, y, 0, GOVERNMENT),
        row->by_county_own + row->by_city_budget + row->by_county_budget);
    cr_assert_eq(LINE(books, s, y, 0, FROM_CITY), 0);
}

Test(books, every_year_and_county_balances_to_the_fen)
{
    for (int i = 0; i < CASES; i++) {
        struct dice d = { random_key_of(71), (uint64_t)i, 0 };
        struct city city;
        struct books books;
        city_init(&city, &d);
        books_keep(&books, &city.source, false);
        for (int s = 0; s < SCENARIOS; s++)
            for (int y = 0; y < books.n_years; y++) {
                for (int u = 0; u < books.n_units; u++)
                    assert_balanced(&books, s, y, u);
                assert_added_up(&books, s, y);
                assert_pots_hold_the_rest(&books, s, y);
            }
        cr_assert(!books.pooled[0] && books.pooled[1]);
        books_free(&books);
        city_free(&city);
    }
}

static bool
not_earlier(int a, int b)
{
    return a == 0 || (b != 0 && a >= b);
}

/* Every flow of a kind grown by a hundredth to double, in every year alike. */
static void
grow_flows(struct city *city, int64_t percent, int first, int last)
{
    int n = city->source.n_counties;
    for (int i = 0; i < SCENARIOS * city->source.n_years; i++)
        for (size_t at = 0; at < flows_size(n); at += FLOW_COUNT)
            for (int f = first; f <= last; f++)
                city->flows[i][at + (size_t)f] += city->flows[i][at + (size_t)f] * percent / 100;
}

static void
assert_no_worse(const struct books *richer, const struct books *poorer)
{
    for (int s = 0; s < SCENARIOS; s++) {
        for (int y = 0; y < richer->n_years; y++)
            cr_assert_geq(LINE(richer, s, y, 0, CLOSING), LINE(poorer, s, y, 0, CLOSING));
        cr_assert(not_earlier(richer->run_dry[s * richer->n_units], poorer->run_dry[s * poorer->n_units]),
            "%d, %d", richer->run_dry[s * richer->n_units], poorer->run_dry[s * poorer->n_units]);
    }
}

/*  contributions up → closing never lower   benefits up → never later dry  */
Test(books, more_income_never_lowers_a_balance_and_more_outgo_never_raises_one)
{
    int dry = 0;
    for (int i = 0; i < CASES; i++) {
        struct dice d = { random_key_of(72), (uint64_t)i, 0 };
        struct city city;
        struct books before, more, richer;
        city_init(&city, &d);
        books_keep(&before, &city.source, false);
        grow_flows(&city, 1 + roll(&d, 100), FLOW_EMPLOYER, FLOW_FLEXIBLE);
        books_keep(&more, &city.source, false);
        assert_no_worse(&more, &before);
        grow_flows(&city, 1 + roll(&d, 100), FLOW_TRANSFER_ACTIVE, FLOW_BENEFIT + BENEFIT_COUNT - 1);
        books_keep(&richer, &city.source, false);
        assert_no_worse(&more, &richer);
        dry += richer.run_dry[0] != 0 && richer.run_dry[richer.n_units] != 0;
        books_free(&before);
        books_free(&more);
        books_free(&richer);
        city_free(&city);
    }
    cr_expect_gt(dry, CASES / 4); /* the cases do run dry */
}

/* What a long run's year begins with is all that it hands on. */
Test(books, a_pools_year_alone_is_that_year_of_the_long_run)
{
    for (int i = 0; i < CASES; i++) {
        struct dice d = { random_key_of(73), (uint64_t)i, 0 };
        struct city city;
        struct books whole, alone;
        city_init(&city, &d);
        city.source.n_scenarios = 1;
        city.source.baseline = 0;
        books_keep(&whole, &city.source, false);
        int last = whole.n_years - 1;
        if (LINE(&whole, 0, last, 0, OPENING) >= 0 && whole.n_units == 1) {
            struct books_source year = city.source;
            struct fund fund = city.fund;
            fund.opening
                = (double)LINE(&whole, 0, last, 0, OPENING) / (100 * (double)city.insured[last]);
            fund.years += last;
            year.fund = &fund;
            year.n_years = 1;
            year.first_year += last;
            year.flows += last;
            year.insured += last;
            books_keep(&alone, &year, false);
            cr_assert_arr_eq(alone.lines, whole.lines + (size_t)last * BOOK_COUNT,
                BOOK_COUNT * sizeof *alone.lines);
            books_free(&alone);
        }
        books_free(&whole);
        city_free(&city);
    }
}

/* A line that is a mean over persons times the insured: with parts of the same size
 * the jackknife is the standard error of a mean of sixteen. */
Test(books, errors_are_those_of_a_mean_over_the_parts)
{
    struct dice d = { random_key_of(74), 0, 0 };
    struct city city;
    struct books books;
    city_init(&city, &d);
    city.source.n_counties = 1; /* what is laid out as further counties is not read */
    double mean[SCENARIOS] = { 0 }, squares[SCENARIOS] = { 0 }, differences = 0, at[2][FLOW_PARTS];
    for (int s = 0; s < SCENARIOS; s++)
        for (int part = 0; part < FLOW_PARTS; part++) {
            int64_t *of = city.flows[s * city.source.n_years] + flows_at(1, part, 0);
            of[FLOW_PERSONS_ACTIVE] = 300;
            of[FLOW_PERSONS_RETIRED] = 100;
            of[FLOW_EMPLOYER] = (1 + s) * roll(&d, 1000000);
            at[s][part] = (double)of[FLOW_EMPLOYER];
            mean[s] += at[s][part] / FLOW_PARTS;
        }
    books_keep(&books, &city.source, true);
    double scale = (double)city.insured[0] / 400 / 100;
    for (int part = 0; part < FLOW_PARTS; part++) {
        for (int s = 0; s < SCENARIOS; s++)
            squares[s] += pow(at[s][part] - mean[s], 2);
        differences += pow(at[1][part] - at[0][part] - mean[1] + mean[0], 2);
    }
    for (int s = 0; s < SCENARIOS; s++) {
        size_t line = books_at(&books, s, 0, 0) * BOOK_COUNT + BOOK_EMPLOYER;
        double wanted = scale * sqrt(squares[s] / (FLOW_PARTS - 1) / FLOW_PARTS);
        cr_expect_float_eq(books.errors[line] / wanted, 1, 1e-6);
        wanted = s == city.source.baseline
            ? 0
            : scale * sqrt(differences / (FLOW_PARTS - 1) / FLOW_PARTS);
        cr_expect_float_eq(books.difference_errors[line], wanted, 1e-6 * wanted + 1e-9);
    }
    books_free(&books);
    city_free(&city);
}

/* --- with people --- */

struct town {
    struct model *model;
    struct people *people;
    struct program *program;
    struct policy *policy;
    struct names names;
};

static void
town_init(struct town *self, const char *scenario)
{
    struct problem_list problems = { 0 };
    *self = (struct town){ .model = model_read("xianning", &problems) };
    self->policy = policy_read(scenario, &self->names, &problems);
    cr_assert(self->model != NULL && self->policy != NULL);
    self->people = people_compile(self->model, 4, &self->names, &problems);
    self->program = program_compile(self->policy, DAY_MIN, EXPIRY_RENEW);
    cr_assert_not_null(self->people);
}

static void
town_free(struct town *self)
{
    people_free(self->people);
    program_free(self->program);
    policy_free(self->policy);
    model_free(self->model);
    names_free(&self->names);
}

static struct result
run_years(const struct town *town, int first, int last)
{
    const struct program *const programs[] = { town->program };
    struct run_options options
        = { .persons = 6000, .first_year = first, .last_year = last, .threads = 1 };
    struct problem_list problems = { 0 };
    struct result result;
    cr_assert(run(town->people, town->model, programs, 1, &options, &result, &problems));
    return result;
}

Test(books, what_flows_in_a_year_alone_is_what_flows_in_a_long_run)
{
    struct town town;
    town_init(&town, "xianning");
    struct result whole = run_years(&town, 2023, 2026), alone = run_years(&town, 2026, 2026);
    cr_assert_gt(whole.books.n_units, 1);
    for (int u = 0; u < whole.books.n_units; u++) {
        for (int l = 0; l < BOOK_COUNT; l++)
            if (l != BOOK_INTEREST
                && (book_infos[l].role == BOOK_OF_INCOME || book_infos[l].role == BOOK_OF_OUTGO
                    || book_infos[l].role == BOOK_STATE))
                cr_assert_eq(books_line(&whole.books, 0, 3, u, (enum book_line)l),
                    books_line(&alone.books, 0, 0, u, (enum book_line)l), "%s", book_infos[l].key);
        for (int y = 0; y < whole.books.n_years; y++)
            assert_balanced(&whole.books, 0, y, u);
        cr_assert_gt(LINE(&whole.books, 0, 3, u, EMPLOYER), 0);
        cr_assert_gt(LINE(&whole.books, 0, 3, u, ACTIVE), LINE(&whole.books, 0, 3, u, RETIRED));
    }
    for (int y = 0; y < 4; y++) {
        cr_expect_eq(whole.sums[result_at(&whole, 0, y, MEASURE_PERSONS, 0)], 6000);
        cr_expect_float_eq((double)LINE(&whole.books, 0, y, 0, TRANSFER_RETIRED)
                / 100 / whole.cells[result_at(&whole, 0, y, MEASURE_ACCOUNT_TRANSFER, 0)].value,
            1, 0.05);
    }
    result_free(&whole);
    result_free(&alone);
    town_free(&town);
}

/* The balance carried over earns interest, and nobody's claims are moved by it. */
Test(books, interest_is_credited_on_what_is_left_of_the_balance_carried_over)
{
    struct town town;
    town_init(&town, "yantai");
    struct result without = run_years(&town, 2023, 2024);
    for (int e = 0; e < town.program->n_epochs; e++)
        town.program->epochs[e].account.interest = RATIO_ONE / 50;
    struct result with = run_years(&town, 2023, 2024);
    int64_t earned = with.sums[result_at(&with, 0, 0, MEASURE_ACCOUNT_INTEREST, 0)];
    int64_t opening = with.sums[result_at(&with, 0, 0, MEASURE_ACCOUNT_OPENING, 0)];
    int64_t closing = with.sums[result_at(&with, 0, 0, MEASURE_ACCOUNT_CLOSING, 0)];
    cr_expect_eq(without.sums[result_at(&without, 0, 0, MEASURE_ACCOUNT_INTEREST, 0)], 0);
    cr_expect(earned > opening / 100 && earned < opening / 50 + 6000);
    cr_expect_eq(closing - earned,
        without.sums[result_at(&without, 0, 0, MEASURE_ACCOUNT_CLOSING, 0)]);
    for (int y = 0; y < 2; y++)
        cr_expect_eq(with.sums[result_at(&with, 0, y, MEASURE_FUND_OUTFLOW, 0)],
            without.sums[result_at(&without, 0, y, MEASURE_FUND_OUTFLOW, 0)]);
    cr_expect_gt(with.sums[result_at(&with, 0, 0, MEASURE_ACCOUNT_TO_HEIRS, 0)], 0);
    cr_expect_gt(with.sums[result_at(&with, 0, 0, MEASURE_ACCOUNT_TAKEN, 0)], 0);
    result_free(&without);
    result_free(&with);
    town_free(&town);
}
