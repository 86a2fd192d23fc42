/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/language.h"
#include "made_up.h"
#include "output/comparison.h"
#include "output/summary.h"
#include "output/table.h"

static char *
summary_of(const struct made_up *made)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    summary_write(stream, &made->result, &made->inputs);
    fclose(stream);
    return text;
}

static char *
comparison_of(const struct made_up *made, enum language language)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    language_current = language;
    comparison_write(stream, &made->result, &made->inputs, COMPARISON_WIDTH);
    fclose(stream);
    return text;
}

static bool
has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

Test(summary, rows_are_tidy_and_in_the_order_scenario_year_measure_group)
{
    struct made_up made;
    made_up_make(&made);
    char *text = summary_of(&made);
    const char *wanted =
        "scenario,year,measure,group,value,std_error,lower,upper,difference,difference_std_error\n"
        "yantai,2023,fund_outflow,all,0.25,2.00,-3.75,4.25,0.00,0.00\n"
        "yantai,2023,fund_outflow,status=retiree,1.25,2.00,-2.75,5.25,0.00,0.00\n"
        "yantai,2023,fund_outflow,benefit=outpatient,2.25,2.00,-1.75,6.25,0.00,0.00\n";
    cr_expect_eq(strncmp(text, wanted, strlen(wanted)), 0, "%.600s", text);
    cr_expect(has(text,
        "\nyantai#2,2023,fund_outflow,all,1000000.25,2.00,999996.25,1000004.25,1000000.00,0.50\n"));
    free(text);
    made_up_free(&made);
}

Test(summary, a_measure_unknown_for_a_group_has_no_row)
{
    struct made_up made;
    made_up_make(&made);
    char *text = summary_of(&made);
    cr_expect(has(text, ",cost,benefit=outpatient,"));
    cr_expect(has(text, ",winners,status=retiree,"));
    cr_expect(!has(text, ",winners,benefit=outpatient,"));
    free(text);
    made_up_free(&made);
}

Test(summary, means_per_person_have_four_decimals)
{
    struct made_up made;
    made_up_make(&made);
    struct estimate *cell
        = &made.result.cells[result_at(&made.result, 1, 0, MEASURE_NET_GAIN_MEAN, 0)];
    *cell = (struct estimate){ .value = 12.34567, .std_error = 0.00123 };
    char *text = summary_of(&made);
    cr_expect(has(text, ",net_gain_mean,all,12.3457,0.0012,0.0000,0.0000,0.0000,0.0000\n"));
    free(text);
    made_up_free(&made);
}

Test(summary, what_rounds_to_zero_has_no_sign_and_a_comma_is_quoted)
{
    struct made_up made;
    made_up_make(&made);
    made.result.cells[0] = (struct estimate){ .value = -0.004, .std_error = -0.0 };
    free(made.result.groups[0].key);
    made.result.groups[0].key = strdup("county=a,\"b\"");
    char *text = summary_of(&made);
    cr_expect(has(text, "fund_outflow,\"county=a,\"\"b\"\"\",0.00,0.00,"));
    free(text);
    made_up_free(&made);
}

Test(comparison, fits_into_120_columns_in_both_languages)
{
    struct made_up made;
    made_up_make(&made);
    for (size_t i = 0; i < (size_t)(made.result.n_scenarios * MEASURE_COUNT * made.result.n_groups);
         i++)
        made.result.cells[i] = (struct estimate){ .value = 98765432109.87,
            .difference = -98765432109.87, .difference_std_error = 1234567890.12 };
    for (int s = 0; s < made.result.n_scenarios; s++) {
        made.result.cells[result_at(&made.result, s, 0, MEASURE_PERSONS, 0)].value = 7000000;
        made.result.cells[result_at(&made.result, s, 0, MEASURE_WINNERS, 0)].value = 7000000;
        made.result.cells[result_at(&made.result, s, 0, MEASURE_LOSERS, 0)].value = 0;
    }
    for (int language = 0; language < 2; language++) {
        char *text = comparison_of(&made, (enum language)language);
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
            cr_expect_leq(text_width(line), COMPARISON_WIDTH, "%s", line);
        free(text);
    }
    made_up_free(&made);
}

/* 10,000 insured; the second scenario costs 2,500,000 yuan more, ± 1.96 times
 * 51,021.35 = 100,000: in total 2.50 ± 0.10 million, per insured 250 ± 10 yuan. */
Test(comparison, says_totals_and_yuan_per_insured_with_the_half_width)
{
    struct made_up made;
    made_up_make(&made);
    struct result *r = &made.result;
    for (int s = 0; s < 2; s++) {
        r->cells[result_at(r, s, 0, MEASURE_PERSONS, 0)].value = 10000;
        r->cells[result_at(r, s, 0, MEASURE_FUND_OUTFLOW, 0)] = (struct estimate){
            .value = 12000000 + s * 2500000, .difference = s * 2500000,
            .difference_std_error = s * 51021.35 };
        r->cells[result_at(r, s, 0, MEASURE_WINNERS, 0)].value = s * 4321;
    }
    char *text = comparison_of(&made, LANGUAGE_EN);
    cr_expect(has(text, "for the 10,000 insured of the model"));
    cr_expect(has(text, "14.50     +2.50   0.10"), "%s", text);
    cr_expect(has(text, "1,450.00   +250.00  10.00"), "%s", text);
    cr_expect(has(text, "43.2%"));
    cr_expect(has(text, "12.00  baseline"));
    free(text);
    made_up_free(&made);
}
