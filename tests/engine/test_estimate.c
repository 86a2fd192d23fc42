/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals of what few persons make up, from sums made by hand. */
#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/tally.h"

enum { PERSONS = 1000000 }; /* drawn, for as many insured */

/* All that one measure's sums come to, in a tally where the first demographic cell
 * (an employee's) has `sum` of it and the last (a retiree's) nothing. */
static void
estimates_of(enum measure measure, int64_t sum, int64_t squares, struct result *out)
{
    struct tally_shape shape = tally_shape_of(0);
    struct tally tally;
    tally_init(&tally, &shape);
    struct tally_cell *cell = &tally.cells[measure];
    cell->sum = sum;
    cell->squares = (wide_t)squares;
    tally.cells[MEASURE_PERSONS].sum = PERSONS;
    tally.cells[MEASURE_PERSONS].squares = PERSONS;
    *out = (struct result){ .n_scenarios = 1, .n_years = 1, .persons = PERSONS };
    tally_groups(out, &shape, NULL);
    size_t cells = MEASURE_COUNT * (size_t)out->n_groups, quantiles = DISTRIBUTION_COUNT * QUANTILE_COUNT;
    out->cells = memory_alloc(cells, sizeof *out->cells);
    out->sums = memory_alloc(cells, sizeof *out->sums);
    out->histograms = memory_alloc(DISTRIBUTION_COUNT * HISTOGRAM_BINS, sizeof *out->histograms);
    out->quantiles = memory_alloc(quantiles, sizeof *out->quantiles);
    out->quantile_lower = memory_alloc(quantiles, sizeof *out->quantile_lower);
    out->quantile_upper = memory_alloc(quantiles, sizeof *out->quantile_upper);
    tally_estimate(&tally, &shape, PERSONS, PERSONS, out, 0, 0);
    tally_free(&tally);
}

static struct estimate
estimate_in(const struct result *result, enum measure measure, const char *key)
{
    for (int g = 0; g < result->n_groups; g++)
        if (strcmp(result->groups[g].key, key) == 0)
            return result->cells[result_at(result, 0, 0, (int)measure, g)];
    cr_assert_fail("no group %s", key);
    return (struct estimate){ 0 };
}

static struct estimate
estimate_of(enum measure measure, int64_t sum, int64_t squares, const char *key)
{
    struct result result;
    estimates_of(measure, sum, squares, &result);
    struct estimate e = estimate_in(&result, measure, key);
    result_free(&result);
    return e;
}

/* Quantiles 2.5 and 97.5 % of gamma distributions of shape events + 1/2. */
Test(estimate, few_events_have_the_interval_of_jeffreys)
{
    static const struct {
        int events;
        double lower, upper;
    } known[] = { { 1, 0.10790, 4.67420 }, { 2, 0.41561, 6.41625 }, { 5, 1.90787, 10.96004 },
        { 10, 5.14144, 17.73944 } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct estimate e = estimate_of(
            MEASURE_CAP_REACHED, known[i].events, known[i].events, "all");
        cr_expect_float_eq(e.value, known[i].events, 1e-9);
        cr_expect_float_eq(e.lower, known[i].lower, 1e-3, "%g", e.lower);
        cr_expect_float_eq(e.upper, known[i].upper, 1e-3, "%g", e.upper);
    }
}

Test(estimate, many_events_have_the_normal_interval)
{
    struct estimate e = estimate_of(MEASURE_VISITS, 400000, 400000, "all");
    double half = 1.959963984540054 * e.std_error;
    cr_expect_float_eq(e.lower / (e.value - half), 1, 1e-5);
    cr_expect_float_eq(e.upper / (e.value + half), 1, 1e-5);
    /* On both sides of where the quantile's way of calculation changes. */
    double before = 0;
    for (int events = 95; events < 105; events++) {
        e = estimate_of(MEASURE_VISITS, events, events, "all");
        double width = (e.upper - e.lower) / e.std_error;
        cr_expect(before == 0 || fabs(width - before) < 1e-3);
        before = width;
    }
}

/* One person's 300 yuan and another's 100 are 1.6 events of 250 yuan. */
Test(estimate, amounts_of_few_persons_are_skewed_upward)
{
    struct estimate e = estimate_of(MEASURE_COST, 40000, 1000000000, "all");
    cr_expect_float_eq(e.value, 400, 1e-9);
    cr_expect_float_eq(e.std_error, sqrt(100000), 1e-2);
    cr_expect_gt(e.lower, 0);
    cr_expect_gt(e.upper - e.value, 1.5 * (e.value - e.lower));
    /* A balance may be below nothing: as it was. */
    e = estimate_of(MEASURE_NET_GAIN_MEAN, 40000, 1000000000, "all");
    cr_expect_float_eq(e.upper - e.value, e.value - e.lower, 1e-12);
}

Test(estimate, what_befell_others_may_befall_a_group_where_it_was_not_seen)
{
    struct result result;
    estimates_of(MEASURE_CAP_REACHED, 3, 3, &result);
    struct estimate e = estimate_in(&result, MEASURE_CAP_REACHED, "status=retiree");
    cr_expect_eq(e.value, 0);
    cr_expect_eq(e.lower, 0);
    cr_expect_float_eq(e.upper, 2.51194, 1e-3);
    /* What befell nobody at all is not known to be possible. */
    cr_expect_eq(estimate_in(&result, MEASURE_WINNERS, "status=retiree").upper, 0);
    result_free(&result);
}

/* Over Poisson numbers of all means, as over the groups of a run. */
Test(estimate, few_events_are_covered_as_often_as_it_says)
{
    enum { EVENTS = 60, MEANS = 150 };
    struct estimate e[EVENTS];
    for (int k = 1; k < EVENTS; k++)
        e[k] = estimate_of(MEASURE_CAP_REACHED, k, k, "all");
    double sum = 0;
    for (int i = 0; i < MEANS; i++) {
        double mean = 1.5 + 0.1 * i, covered = 0, seen = 0;
        for (int k = 1; k < EVENTS; k++) {
            double share = gsl_ran_poisson_pdf((unsigned)k, mean);
            seen += share;
            covered += e[k].lower <= mean && mean <= e[k].upper ? share : 0;
        }
        sum += covered / seen;
        cr_expect(covered / seen > 0.90, "%g: %g", mean, covered / seen);
    }
    cr_expect_float_eq(sum / MEANS, 0.95, 0.01, "%g", sum / MEANS);
}
