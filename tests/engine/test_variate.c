/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#include "engine/variate.h"

static const double one = 1 << VARIATE_BITS;

/* Words of the middle and of both far tails. */
static uint32_t
some_word(int i)
{
    uint32_t word = (uint32_t)i * 2654435761U;
    switch (i % 4) {
    case 0:
        return word >> (i % 29);
    case 1:
        return ~(word >> (i % 29));
    default:
        return word;
    }
}

Test(variate, normal_table_meets_the_inverse_distribution)
{
    static struct variate_table table;
    variate_normal(&table);
    for (int i = 0; i < 100000; i++) {
        uint32_t word = some_word(i);
        double u = (word + 0.5) * 0x1p-32;
        double z = u < 0.5 ? gsl_cdf_ugaussian_Pinv(u)
                           : gsl_cdf_ugaussian_Qinv((UINT32_MAX - word + 0.5) * 0x1p-32);
        cr_assert_float_eq(variate_at(&table, word) / one, z, 4e-6, "word %u", word);
    }
}

Test(variate, normal_table_is_odd_and_ascends)
{
    static struct variate_table table;
    variate_normal(&table);
    int32_t before = INT32_MIN;
    for (uint64_t word = 0; word <= UINT32_MAX; word += 65521) {
        int32_t z = variate_at(&table, (uint32_t)word);
        cr_assert_geq(z, before);
        cr_assert_leq(abs(z + variate_at(&table, ~(uint32_t)word)), 1);
        before = z;
    }
}

/* Each quantile, put back into the distribution, gives its probability. */
Test(variate, gamma_tables_meet_the_distribution_for_small_and_large_shapes)
{
    static struct variate_table table;
    const double shapes[] = { 0.2, 0.6, 1, 1.5, 4, 40, 900 };
    gsl_set_error_handler_off();
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        variate_log_gamma(&table, shapes[s]);
        for (int i = 0; i < 4000; i++) {
            uint32_t word = some_word(i);
            double x = exp2(variate_at(&table, word) / one);
            bool upper = word >> 31;
            double tail = ((upper ? ~word : word) + 0.5) * 0x1p-32;
            if (x < 1e-12) /* held at 2^-60 or below any fen */
                continue;
            double got = upper ? gsl_cdf_gamma_Q(x, shapes[s], 1) : gsl_cdf_gamma_P(x, shapes[s], 1);
            cr_assert_float_eq(got / tail, 1, 2e-4, "shape %g word %u: %g for %g", shapes[s], word, got, tail);
        }
    }
}

Test(variate, powers_of_two_are_rounded_to_the_fen)
{
    static struct variate_exp table;
    variate_exp_init(&table);
    for (int i = -40; i < 350; i++) {
        double log = i / 10.0 + 0.0123;
        double exact = exp2((double)variate_fixed(log) / one);
        fen_t fen = variate_fen(&table, variate_fixed(log));
        cr_assert_float_eq((double)fen, exact, 0.5 + 1e-7 * exact, "2^%g", log);
    }
    cr_assert_eq(variate_fen(&table, INT64_MIN / 2), 0);
    cr_assert_eq(variate_fen(&table, INT64_MAX / 2), (int64_t)1 << VARIATE_FEN_LOG);
}

/* The share of scores that give k or fewer is the distribution function. */
Test(variate, counts_change_where_the_distribution_says)
{
    struct variate_count table;
    cr_assert(variate_negative_binomial(&table, 5, 0.6));
    for (int k = 0; k < table.n; k++) {
        cr_assert_eq(variate_count_at(&table, table.threshold[k]), k);
        cr_assert_eq(variate_count_at(&table, table.threshold[k] + 1), k + 1);
    }
    for (unsigned int k = 0; k < 40; k++)
        cr_assert_float_eq(gsl_cdf_ugaussian_P(table.threshold[k] / one),
            gsl_cdf_negative_binomial_P(k, 0.6 / 5.6, 0.6), 1e-7);
    variate_count_free(&table);
    cr_assert(variate_poisson(&table, 4));
    for (unsigned int k = 0; k < 20; k++)
        cr_assert_float_eq(
            gsl_cdf_ugaussian_P(table.threshold[k] / one), gsl_cdf_poisson_P(k, 4), 1e-7);
    variate_count_free(&table);
}

Test(variate, tables_of_counts_made_one_from_another_are_those_of_the_distribution)
{
    static const double means[] = { 1e-6, 0.003, 0.2, 1, 3.7, 8.4, 30, 120, 700, 3000 },
                        sizes[] = { 0.02, 0.3, 1, 2.5, 40, 5000 };
    for (size_t m = 0; m < sizeof means / sizeof *means; m++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            struct variate_count fast, slow;
            bool fits = variate_negative_binomial_slowly(&slow, means[m], sizes[s]);
            cr_assert_eq(variate_negative_binomial(&fast, means[m], sizes[s]), fits);
            cr_assert_eq(fast.n, slow.n, "mean %g, size %g: %d, not %d", means[m], sizes[s], fast.n, slow.n);
            for (int k = 0; k < slow.n; k++)
                cr_assert_leq(abs(fast.threshold[k] - slow.threshold[k]), 1,
                    "mean %g, size %g, above %d: %d, not %d", means[m], sizes[s], k,
                    fast.threshold[k], slow.threshold[k]);
            variate_count_free(&fast);
            variate_count_free(&slow);
        }
}

Test(variate, a_sum_of_counts_is_that_of_each)
{
    enum { N = 61, BEHIND = 7 };
    static const double means[] = { 0, 0.08, 1.5, 40 };
    int32_t scores[N + BEHIND];
    int large = 0;
    for (size_t m = 0; m < sizeof means / sizeof *means; m++) {
        struct variate_count table;
        cr_assert(variate_negative_binomial(&table, means[m], 1));
        for (int i = 0; i < N + BEHIND; i++) {
            int32_t at = table.n != 0 ? table.threshold[i % table.n] : 0;
            int32_t any = (int32_t)((double)some_word(i + 7) / 0x1p32 * 20 * one - 10 * one);
            scores[i] = i % 4 == 0 ? at : i % 4 == 1 ? at + 1 : any;
        }
        for (int n = 0; n <= N; n++) {
            int sum = 0;
            for (int i = 0; i < n; i++)
                sum += variate_count_at(&table, scores[i]);
            cr_assert_eq(variate_count_sum(&table, scores, n), sum, "%d of mean %g", n, means[m]);
            large += sum > 200;
        }
        variate_count_free(&table);
    }
    cr_assert_gt(large, 0);
}

Test(variate, a_wheel_stops_at_its_weights)
{
    static struct variate_wheel wheel;
    const double weights[5] = { 0, 1, 3, 0, 0 };
    variate_wheel_init(&wheel, weights, 5);
    cr_assert_eq(variate_wheel_at(&wheel, 0), 1);
    cr_assert_eq(variate_wheel_at(&wheel, (1U << 30) - 1), 1);
    cr_assert_eq(variate_wheel_at(&wheel, 1U << 30), 2);
    cr_assert_eq(variate_wheel_at(&wheel, UINT32_MAX), 2);
}
