/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/worlds.h"
#include "made_up.h"
#include "made_up_books.h"
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

enum { WIDTH = 120 };

static char *
comparison_in(const struct made_up *made, enum language language, int width, const char *directory)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    language_current = language;
    comparison_write(stream, &made->result, &made->inputs, width, directory);
    fclose(stream);
    return text;
}

static char *
comparison_of(const struct made_up *made, enum language language)
{
    return comparison_in(made, language, WIDTH, NULL);
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

Test(comparison, fits_into_any_screen_in_both_languages)
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
        for (int width = 60; width <= WIDTH; width += 10) {
            char *text = comparison_in(&made, (enum language)language, width, NULL);
            /* Whatever stands below, all is there. */
            cr_expect(has(text, tr("Members", "个人")) && has(text, tr("Worse", "受损")));
            for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
                cr_expect_leq(text_width(line), width, "%s", line);
            free(text);
        }
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

/* Two drafts of one long name, whose ids differ at their end. */
Test(comparison, scenarios_stay_apart_however_narrow)
{
    static const char *const ids[] = { "draft-of-the-working-group-with-a-ratio-of-70",
        "draft-of-the-working-group-with-a-ratio-of-75" };
    struct made_up made;
    made_up_make(&made);
    struct run_scenario scenarios[2] = { made.inputs.scenarios[0], made.inputs.scenarios[1] };
    for (int s = 0; s < 2; s++)
        scenarios[s].id = ids[s];
    made.inputs.scenarios = scenarios;
    for (int width = 60; width <= WIDTH; width += 20) {
        char *text = comparison_in(&made, LANGUAGE_EN, width, NULL);
        cr_expect(has(text, "70") && has(text, "75"), "%s", text);
        free(text);
    }
    made_up_free(&made);
}

/* Twelve years of the books of two scenarios, of which the second pools its counties. */
static void
add_books(struct made_up *made)
{
    made->result.n_years = 12;
    made_up_books(&made->result, 2);
}

static char *
books_of(const struct made_up *made, enum language language)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    language_current = language;
    comparison_write_books(stream, &made->result, &made->inputs, WIDTH);
    fclose(stream);
    return text;
}

Test(comparison, of_several_years_it_shows_the_balance_and_when_it_turns_and_ends)
{
    struct made_up made;
    made_up_make(&made);
    add_books(&made);
    const struct books *books = &made.result.books;
    cr_assert(books->first_deficit[0] > 2023 && books->run_dry[1] > 2023);
    char deficit[16];
    snprintf(deficit, sizeof deficit, "  %d", books->first_deficit[0]);
    char *text = books_of(&made, LANGUAGE_EN);
    cr_expect(has(text, "2023") && has(text, "2025") && has(text, "2034"), "%s", text);
    cr_expect(has(text, deficit), "%s wanted in %s", deficit, text);
    cr_expect(has(text, "government budgets have to fill a gap"));
    cr_expect(!has(text, "worlds"));
    free(text);
    books_free(&made.result.books);
    made_up_free(&made);
}

/* The files are pointed to only where there are some. */
Test(comparison, says_where_the_years_between_are)
{
    struct made_up made;
    made_up_make(&made);
    size_t n = (size_t)(made.result.n_scenarios * MEASURE_COUNT * made.result.n_groups);
    struct estimate *cells = memory_alloc(12 * n, sizeof *cells);
    memcpy(cells, made.result.cells, n * sizeof *cells);
    free(made.result.cells);
    made.result.cells = cells;
    add_books(&made);
    char *text = comparison_in(&made, LANGUAGE_EN, WIDTH, "output/a");
    cr_expect(has(text, "The years between are in output/a/summary.csv."), "%s", text);
    free(text);
    text = comparison_in(&made, LANGUAGE_EN, WIDTH, NULL);
    cr_expect(has(text, "With -o DIR the years between are in DIR/summary.csv."), "%s", text);
    free(text);
    books_free(&made.result.books);
    made_up_free(&made);
}

/* Of one year, too, whose books are not shown. */
Test(comparison, says_where_the_worlds_are)
{
    struct worlds worlds = { .n = 40 };
    struct made_up made;
    made_up_make(&made);
    made.result.worlds = &worlds;
    char *text = comparison_in(&made, LANGUAGE_EN, 200, "out");
    cr_expect(has(text, "What the 40 worlds say of every measure is in out/worlds.csv"), "%s", text);
    free(text);
    text = comparison_in(&made, LANGUAGE_ZH, 200, NULL);
    cr_expect(has(text, "加 -o 目录 后，40 个情景的各项指标见该目录下的 worlds.csv"), "%s", text);
    free(text);
    made_up_free(&made);
}

/* The books' table as the year's: fewer years where there is no room for all, and two
 * scenarios of one name told apart. */
Test(comparison, balances_fit_into_any_screen)
{
    struct made_up made;
    made_up_make(&made);
    add_books(&made);
    for (int width = 60; width <= WIDTH; width += 10) {
        char *text = NULL;
        size_t n = 0;
        FILE *stream = open_memstream(&text, &n);
        language_current = LANGUAGE_EN;
        comparison_write_books(stream, &made.result, &made.inputs, width);
        fclose(stream);
        cr_expect(has(text, "2034") && has(text, "yantai#2"), "%s", text);
        cr_expect(width < 80 || has(text, "2023"), "%s", text);
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
            cr_expect_leq(text_width(line), width, "%s", line);
        free(text);
    }
    books_free(&made.result.books);
    made_up_free(&made);
}

/* Of four worlds three meet a deficit, one an empty pool. */
Test(comparison, says_in_how_many_worlds_it_comes)
{
    enum { WORLDS = 4 };
    int deficit[2 * WORLDS] = { 2025, 0, 2030, 2024 }, dry[2 * WORLDS] = { 0, 0, 2034, 0 };
    struct worlds worlds = { .n = WORLDS, .n_units = 1, .first_deficit = deficit, .run_dry = dry };
    struct made_up made;
    made_up_make(&made);
    add_books(&made);
    made.result.worlds = &worlds;
    for (int language = 0; language < 2; language++) {
        char *text = books_of(&made, (enum language)language);
        cr_expect(has(text, "  75%"), "%s", text);
        cr_expect(has(text, "  25%"), "%s", text);
        cr_expect(has(text, language == LANGUAGE_ZH ? "4 个情景" : "4 worlds"), "%s", text);
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
            cr_expect_leq(text_width(line), WIDTH, "%s", line);
        free(text);
    }
    books_free(&made.result.books);
    made_up_free(&made);
}

Test(comparison, of_one_year_it_says_nothing_of_the_books)
{
    struct made_up made;
    made_up_make(&made);
    made_up_books(&made.result, 0);
    char *text = books_of(&made, LANGUAGE_EN);
    cr_expect_str_empty(text);
    free(text);
    books_free(&made.result.books);
    made_up_free(&made);
}

/* 0 … 10 evenly: quantiles lie between neighbours by straight line. */
Test(summary, fans_stand_behind_the_figures_that_worlds_carry)
{
    enum { WORLDS = 11 };
    struct made_up made;
    made_up_make(&made);
    made_up_books(&made.result, 0);
    double *totals = calloc(2 * MEASURE_COUNT * WORLDS, sizeof *totals);
    double *lines = calloc(2 * BOOK_COUNT * WORLDS, sizeof *lines);
    for (int w = 0; w < WORLDS; w++)
        lines[(BOOK_COUNT + BOOK_CLOSING) * WORLDS + w] = 10 - w;
    struct worlds worlds = { .n = WORLDS, .n_scenarios = 2, .n_years = 1, .totals = totals, .lines = lines };
    made.result.worlds = &worlds;
    char *text = summary_of(&made);
    cr_expect(has(text, ",difference_std_error,world_p05,world_p25,world_p50,world_p75,world_p95\n"));
    cr_expect(has(text, ",0.50,2.50,5.00,7.50,9.50\n"), "%s", strstr(text, "yantai#2,2023,pool_closing"));
    cr_expect(has(text, "\nyantai,2023,fund_outflow,status=retiree,1.25,2.00,-2.75,5.25,0.00,0.00,,,,,\n"));
    free(text);
    free(totals);
    free(lines);
    books_free(&made.result.books);
    made_up_free(&made);
}
