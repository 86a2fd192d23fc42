/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/problem.h"

static char *
printed(const struct problem_list *problems)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);
    problem_print(problems, stream);
    fclose(stream);
    return text;
}

Test(problem, problems_stand_in_the_order_of_files_lines_and_columns)
{
    struct problem_list problems = { 0 };
    problem_add(&problems, "b.csv", 9, 1, "nine");
    problem_add(&problems, "a.yaml", 2, 7, "seven %d", 7);
    problem_add(&problems, "b.csv", 3, 5, "five");
    problem_add(&problems, "b.csv", 3, 4, "four");
    problem_add(&problems, "b.csv", 3, 4, "four again");
    problem_add(&problems, "c.csv", 0, 0, "whole file");
    problem_add(&problems, NULL, 0, 0, "no file");
    char *text = printed(&problems);
    cr_expect_str_eq(text,
        "b.csv:3:4: four\nb.csv:3:4: four again\nb.csv:3:5: five\nb.csv:9:1: nine\n"
        "a.yaml:2:7: seven 7\nc.csv: whole file\ngongji: no file\n");
    cr_expect(problem_any(&problems));
    cr_expect_not(problems.failed);
    free(text);
    problem_list_free(&problems);
    cr_expect_not(problem_any(&problems));
}

Test(problem, beyond_the_limit_problems_are_counted)
{
    struct problem_list problems = { 0 };
    for (int i = 0; i < PROBLEM_LIMIT + 23; i++)
        problem_add(&problems, "x", i + 1, 1, "wrong");
    cr_expect_eq(problems.n, PROBLEM_LIMIT);
    cr_expect_eq(problems.left_out, 23);
    char *text = printed(&problems);
    cr_expect(strstr(text, "and 23 more problems") != NULL);
    free(text);
    problem_list_free(&problems);
}

Test(problem, a_failure_of_the_run_is_told_from_bad_input)
{
    struct problem_list problems = { 0 };
    problem_add(&problems, "x", 1, 1, "bad input");
    cr_expect_not(problems.failed);
    problem_fail(&problems, "out.csv", "cannot be written");
    cr_expect(problems.failed);
    problem_list_free(&problems);
}

Test(problem, the_nearest_word_is_near)
{
    static const char *const words[] = { "outpatient", "chronic", "name" };
    cr_expect_str_eq(problem_nearest("outpateint", words, 3), "outpatient");
    cr_expect_str_eq(problem_nearest("nmae", words, 3), "name");
    cr_expect_null(problem_nearest("zebra", words, 3));
    cr_expect_null(problem_nearest("", words, 3));
}

Test(problem, sentences_come_in_the_current_language)
{
    language_current = LANGUAGE_ZH;
    cr_expect_str_eq(tr("one", "一"), "一");
    language_current = LANGUAGE_EN;
    cr_expect_str_eq(tr("one", "一"), "one");
}

static enum language
language_of(const char *lc_all, const char *lang, const char *list)
{
    setenv("LC_ALL", lc_all, 1);
    setenv("LC_MESSAGES", "", 1);
    setenv("LANG", lang, 1);
    setenv("LANGUAGE", list, 1);
    return language_of_locale();
}

Test(problem, the_locale_names_the_language)
{
    cr_expect_eq(language_of("", "zh_CN.UTF-8", ""), LANGUAGE_ZH);
    cr_expect_eq(language_of("", "en_US.UTF-8", ""), LANGUAGE_EN);
    cr_expect_eq(language_of("C.UTF-8", "", "zh_CN"), LANGUAGE_ZH);
    cr_expect_eq(language_of("C", "", "zh_CN"), LANGUAGE_EN, "plain C has no language");
    cr_expect_eq(language_of("en_US.UTF-8", "zh_CN.UTF-8", ""), LANGUAGE_EN);
    cr_expect_eq(language_of("", "", ""), LANGUAGE_EN);
}
