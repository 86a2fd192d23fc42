/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ledger.h"

/* Pooling rules as Xianning's, but for one parameter that a test turns over; made
 * by hand, so that these tests read no file. */
enum { N_PARAMETERS = 4 };
struct rules_file {
    struct policy policy;
    struct parameter parameters[N_PARAMETERS];
    struct dated_value values[N_PARAMETERS];
    int64_t tables[N_PARAMETERS];
};

static const struct policy *
rules(struct rules_file *self, const char *key, int64_t value)
{
    static const char *const keys[] = { "reserve_share", "city_share", "alert_threshold" };
    *self = (struct rules_file){ .tables = { 50000, 50000, 30000, value } };
    for (int i = 0; i < N_PARAMETERS; i++) {
        const char *name = i < 3 ? keys[i] : key;
        self->values[i] = (struct dated_value){ .from = DAY_MIN, .table = &self->tables[i] };
        self->parameters[i] = (struct parameter){ .descriptor = policy_descriptor(SECTION_POOLING, name),
            .values = &self->values[i], .n_values = 1 };
        cr_assert_not_null(self->parameters[i].descriptor, "%s", name);
    }
    self->policy = (struct policy){ .parameters = self->parameters, .n_parameters = N_PARAMETERS };
    return &self->policy;
}

static const struct policy *
plain_rules(struct rules_file *self)
{
    return rules(self, "reserve_counts", 0);
}

/* A county's year in whole fen: budgeted income 0, so that no reserve is put by. */
static struct flow
flow(uint32_t county, int year, fen_t income, fen_t expenditure)
{
    return (struct flow){ .county = county, .year = year, .plan_fulfilled = true, .income = income,
        .expenditure = expenditure, .budget_expenditure = 100 };
}

static struct ledger
keep(const struct policy *policy, struct flow *items, size_t n, uint32_t n_counties, fen_t pool,
    fen_t reserve)
{
    struct flows flows = { .items = items, .n = n, .counties = { .n = n_counties } };
    struct ledger ledger;
    ledger_keep(&ledger, policy, &flows, pool, reserve);
    return ledger;
}

Test(ledger, a_pot_that_serves_all_serves_each_in_full)
{
    fen_t shares[3];
    ledger_share(60, 3, (fen_t[]){ 10, 20, 30 }, shares);
    cr_expect(shares[0] == 10 && shares[1] == 20 && shares[2] == 30);
    ledger_share(0, 0, NULL, shares);
}

/* 100 among 1, 1, 1 lacks of 50: 33.3… each; the odd fen goes to the first. */
Test(ledger, ties_of_remainders_go_to_the_first)
{
    fen_t shares[3];
    ledger_share(100, 3, (fen_t[]){ 50, 50, 50 }, shares);
    cr_expect(shares[0] == 34 && shares[1] == 33 && shares[2] == 33);
    ledger_share(101, 3, (fen_t[]){ 50, 50, 50 }, shares);
    cr_expect(shares[0] == 34 && shares[1] == 34 && shares[2] == 33);
}

/* 10 among 1, 4, 7 (of 12): 0.83, 3.33, 5.83; the two fen left over go to the
 * first and the third. */
Test(ledger, the_largest_remainders_get_the_odd_fen)
{
    fen_t shares[3];
    ledger_share(10, 3, (fen_t[]){ 1, 4, 7 }, shares);
    cr_expect(shares[0] == 1 && shares[1] == 3 && shares[2] == 6);
}

Test(ledger, shares_of_the_largest_sums_are_exact)
{
    fen_t lacks[2] = { INT64_C(3000000000000000000), INT64_C(2999999999999999999) }, shares[2];
    fen_t pot = INT64_C(4000000000000000001);
    ledger_share(pot, 2, lacks, shares);
    cr_expect_eq(shares[0] + shares[1], pot);
    cr_expect_eq(shares[0], INT64_C(2000000000000000001));
}

static void
expect_rate(fen_t over, fen_t budgeted, const char *text)
{
    char out[LEDGER_RATE_TEXT];
    struct ledger_row row = { .over_budget = over, .budgeted = budgeted };
    cr_expect_str_eq(ledger_rate_text(out, &row), text);
}

Test(ledger, risk_rates_round_half_up_in_magnitude_without_a_minus_before_zero)
{
    expect_rate(1, 2000000, "0.000001");
    expect_rate(-1, 2000000, "-0.000001");
    expect_rate(1, 2000001, "0.000000");
    expect_rate(-1, 2000001, "0.000000");
    expect_rate(0, 1, "0.000000");
    expect_rate(-100, 100, "-1.000000");
    expect_rate(300, 9900, "0.030303");
    expect_rate(INT64_C(3000000000000000000), 1, "3000000000000000000.000000");
}

/* 3 % exactly is still the county's affair; a fen more is not, though both print
 * 0.030000. */
Test(ledger, the_alert_is_judged_on_the_unrounded_rate)
{
    struct rules_file file;
    struct flow flows[] = { flow(0, 2023, 0, 103000000000), flow(1, 2023, 0, 103000000001),
        flow(2, 2023, 0, 100000000000), flow(3, 2023, 0, 100000000001) };
    for (size_t i = 0; i < 4; i++)
        flows[i].budget_expenditure = 100000000000;
    struct ledger ledger = keep(plain_rules(&file), flows, 4, 4, 0, 0);
    char a[LEDGER_RATE_TEXT], b[LEDGER_RATE_TEXT];
    cr_expect_str_eq(ledger_rate_text(a, &ledger.rows[0]), ledger_rate_text(b, &ledger.rows[1]));
    cr_expect_eq(ledger.rows[0].alert, ALERT_COUNTY_ANALYSIS);
    cr_expect_eq(ledger.rows[1].alert, ALERT_GOVERNMENT_REPORT);
    cr_expect_eq(ledger.rows[2].alert, ALERT_NONE);
    cr_expect_eq(ledger.rows[3].alert, ALERT_COUNTY_ANALYSIS);
    cr_expect_eq(ledger.rows[4].alert, ALERT_NONE, "the sums call for nothing");
    ledger_free(&ledger);
}

/* A gap of 1000: own 100, prior surplus 200, pool 150, reserve 50, then of the
 * 500 left the city 25 and the county 475. */
Test(ledger, a_gap_is_filled_in_the_order_of_the_article)
{
    struct rules_file file;
    struct flow f = flow(0, 2023, 0, 1000);
    f.own_gap = 100;
    f.prior_surplus = 200;
    struct ledger ledger = keep(plain_rules(&file), &f, 1, 1, 150, 50);
    const struct ledger_row *row = &ledger.rows[0];
    cr_expect_eq(row->gap, 1000);
    cr_expect_eq(row->by_county_own, 100);
    cr_expect_eq(row->by_prior_surplus, 200);
    cr_expect_eq(row->by_pool, 150);
    cr_expect_eq(row->by_reserve, 50);
    cr_expect_eq(row->by_city_budget, 25);
    cr_expect_eq(row->by_county_budget, 475);
    cr_expect(ledger.rows[1].pool_end == 0 && ledger.rows[1].reserve_end == 0);
    ledger_free(&ledger);
}

Test(ledger, what_the_county_caused_fills_at_most_the_gap)
{
    struct rules_file file;
    struct flow f = flow(0, 2023, 0, 80);
    f.own_gap = 1000;
    struct ledger ledger = keep(plain_rules(&file), &f, 1, 1, 0, 0);
    cr_expect_eq(ledger.rows[0].by_county_own, 80);
    ledger_free(&ledger);
}

/* 300 from before pooling: 200 in 2023, the rest in 2024; what 2024's own line
 * says of it is passed over. Lines need not stand in the order of years. */
Test(ledger, unspent_prior_surplus_stays_for_later_years)
{
    struct rules_file file;
    struct flow flows[] = { flow(0, 2024, 0, 200), flow(0, 2023, 0, 200) };
    flows[0].prior_surplus = 9999;
    flows[1].prior_surplus = 300;
    struct ledger ledger = keep(plain_rules(&file), flows, 2, 1, 0, 0);
    cr_expect_eq(ledger.rows[0].year, 2023);
    cr_expect_eq(ledger.rows[0].by_prior_surplus, 200);
    cr_expect_eq(ledger.rows[2].by_prior_surplus, 100);
    ledger_free(&ledger);
}

/* County 0 did not fulfil its plan and fills its 100 alone; or shares as others,
 * where the rules say so. */
Test(ledger, an_unfulfilled_plan_leaves_the_gap_to_the_county)
{
    struct rules_file file;
    struct flow f = flow(0, 2023, 0, 100);
    f.plan_fulfilled = false;
    f.prior_surplus = 50;
    struct ledger ledger = keep(plain_rules(&file), &f, 1, 1, 500, 500);
    cr_expect_eq(ledger.rows[0].by_county_own, 100);
    cr_expect_eq(ledger.rows[1].pool_end, 500);
    ledger_free(&ledger);
    ledger = keep(rules(&file, "unfulfilled_plan", 1), &f, 1, 1, 500, 500);
    cr_expect_eq(ledger.rows[0].by_county_own, 0);
    cr_expect_eq(ledger.rows[0].by_prior_surplus, 50);
    cr_expect_eq(ledger.rows[0].by_pool, 50);
    ledger_free(&ledger);
}

/* A surplus of 70 and a gap of 100 in one year: the surplus serves from the next
 * year on, or at once where the rules say so. */
Test(ledger, surpluses_join_the_pool_when_the_rules_say)
{
    struct rules_file file;
    struct flow flows[] = { flow(0, 2023, 70, 0), flow(1, 2023, 0, 100) };
    struct ledger ledger = keep(plain_rules(&file), flows, 2, 2, 0, 0);
    cr_expect_eq(ledger.rows[1].by_pool, 0);
    cr_expect_eq(ledger.rows[2].pool_end, 70);
    ledger_free(&ledger);
    ledger = keep(rules(&file, "pool_surplus_joins", 1), flows, 2, 2, 0, 0);
    cr_expect_eq(ledger.rows[1].by_pool, 70);
    cr_expect_eq(ledger.rows[2].pool_end, 0);
    ledger_free(&ledger);
}

/* 5 % of a budgeted income of 1000 is 50, itself the year's gap. */
Test(ledger, contributions_join_the_reserve_when_the_rules_say)
{
    struct rules_file file;
    struct flow f = flow(0, 2023, 100, 100);
    f.budget_income = 1000;
    struct ledger ledger = keep(plain_rules(&file), &f, 1, 1, 0, 0);
    cr_expect_eq(ledger.rows[0].reserve_contribution, 50);
    cr_expect_eq(ledger.rows[0].by_reserve, 50);
    cr_expect_eq(ledger.rows[1].reserve_end, 0);
    ledger_free(&ledger);
    ledger = keep(rules(&file, "reserve_counts", 1), &f, 1, 1, 0, 0);
    cr_expect_eq(ledger.rows[0].by_reserve, 0);
    cr_expect_eq(ledger.rows[0].by_city_budget, 3, "2.5 goes up");
    cr_expect_eq(ledger.rows[0].by_county_budget, 47);
    cr_expect_eq(ledger.rows[1].reserve_end, 50);
    ledger_free(&ledger);
}

Test(ledger, every_gap_is_filled_to_the_fen_and_no_pot_below_zero)
{
    struct rules_file file;
    enum { COUNTIES = 7, YEARS = 40 };
    struct flow flows[COUNTIES * YEARS];
    uint64_t state = 42;
    for (int i = 0; i < COUNTIES * YEARS; i++) {
        fen_t drawn[5];
        for (int k = 0; k < 5; k++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            drawn[k] = (fen_t)(state >> 33) % 100000;
        }
        flows[i] = flow((uint32_t)(i % COUNTIES), 2000 + i / COUNTIES, drawn[0], drawn[1]);
        flows[i].own_gap = drawn[2] / 8;
        flows[i].prior_surplus = drawn[3];
        flows[i].budget_income = drawn[4];
        flows[i].plan_fulfilled = i % 5 != 0;
    }
    struct ledger ledger = keep(plain_rules(&file), flows, COUNTIES * YEARS, COUNTIES, 12345, 678);
    cr_assert_eq(ledger.n, (COUNTIES + 1) * YEARS);
    for (size_t i = 0; i < ledger.n; i++) {
        const struct ledger_row *row = &ledger.rows[i];
        cr_assert_eq(row->gap,
            row->by_county_own + row->by_prior_surplus + row->by_pool + row->by_reserve
                + row->by_city_budget + row->by_county_budget);
        cr_assert(row->by_pool >= 0 && row->by_reserve >= 0 && row->by_county_budget >= 0);
        cr_assert(row->pool_end >= 0 && row->reserve_end >= 0);
        cr_assert_eq(row->county == NAME_NONE, i % (COUNTIES + 1) == COUNTIES);
    }
    ledger_free(&ledger);
}
