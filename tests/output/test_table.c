/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "output/table.h"

static char *
written(const struct text_table *table, int width)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    text_table_write(table, stream, width);
    fclose(stream);
    return text;
}

static void
check(struct text_table *table, int width, const char *wanted)
{
    char *text = written(table, width);
    cr_expect_str_eq(text, wanted);
    free(text);
    text_table_free(table);
}

Test(table, chinese_takes_two_columns)
{
    cr_expect_eq(text_width("abc"), 3);
    cr_expect_eq(text_width("烟台"), 4);
    cr_expect_eq(text_width("，±—"), 4);
    cr_expect_eq(text_width(""), 0);
}

Test(table, what_is_not_utf8_counts_a_column_a_byte)
{
    cr_expect_eq(text_width("a\xff\xfe"), 3);
}

Test(table, numbers_stand_right_and_chinese_does_not_shift_them)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, "方案");
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, "yuan");
    text_table_cell(&table, "烟台市");
    text_table_cell(&table, "1.00");
    text_table_cell(&table, "qujing");
    text_table_cell(&table, "%d.00", 12345);
    check(&table, 80,
        "方案        yuan\n"
        "────────────────\n"
        "烟台市      1.00\n"
        "qujing  12345.00\n");
}

Test(table, a_cell_may_have_several_lines_and_no_line_ends_in_blanks)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, "a");
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, "b");
    text_table_cell(&table, "one\ntwo");
    text_table_cell(&table, "1");
    text_table_rule(&table);
    text_table_cell(&table, "%s", "");
    text_table_cell(&table, "2\n3");
    check(&table, 80,
        "a    b\n"
        "──────\n"
        "one  1\n"
        "two\n"
        "──────\n"
        "     2\n"
        "     3\n");
}

Test(table, a_column_that_may_be_cut_says_so_when_there_is_no_room)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_CUT, "name");
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, "n");
    text_table_cell(&table, "烟台市职工门诊共济");
    text_table_cell(&table, "7");
    check(&table, 14,
        "name         n\n"
        "──────────────\n"
        "烟台市职工…  7\n");
}

Test(table, what_would_be_cut_alike_goes_on_below)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_CUT, "name");
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, "n");
    text_table_cell(&table, "a-long-draft-of-70\nfirst");
    text_table_cell(&table, "7");
    text_table_cell(&table, "a-long-draft-of-75\nsecond");
    text_table_cell(&table, "8");
    text_table_cell(&table, "another-draft-of-75");
    text_table_cell(&table, "9");
    text_table_cell(&table, "another-draft-of-75");
    text_table_cell(&table, "9");
    check(&table, 14,
        "name         n\n"
        "──────────────\n"
        "a-long-draf  7\n"
        "t-of-70\n"
        "first\n"
        "a-long-draf  8\n"
        "t-of-75\n"
        "second\n"
        "another-dr…  9\n"
        "another-dr…  9\n");
}

Test(table, the_least_width_leaves_names_what_is_asked_for)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_CUT, "name");
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, "n");
    text_table_cell(&table, "烟台市职工门诊");
    text_table_cell(&table, "123");
    cr_expect_eq(text_table_least(&table, 8), 8 + 2 + 3);
    cr_expect_eq(text_table_least(&table, 20), 14 + 2 + 3);
    text_table_free(&table);
}

Test(table, a_column_that_wraps_goes_on_below)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, "n");
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, "article");
    text_table_cell(&table, "1");
    text_table_cell(&table, "the second article, first part");
    text_table_cell(&table, "2");
    text_table_cell(&table, "第二条，第一款。");
    check(&table, 14,
        "n  article\n"
        "──────────────\n"
        "1  the second\n"
        "   article,\n"
        "   first part\n"
        "2  第二条，第\n"
        "   一款。\n");
}

Test(table, a_bracket_is_not_left_at_the_end_of_a_line)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    text_write(stream, "下行为人均（元）。", 13, 0);
    fclose(stream);
    cr_expect_str_eq(text, "下行为人均\n（元）。\n");
    free(text);
}

Test(table, nothing_is_wider_than_asked_for_unless_it_must_be_kept)
{
    for (int width = 12; width < 60; width++) {
        struct text_table table = { 0 };
        text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, "x");
        text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, "y");
        text_table_cell(&table, "a word and 一些汉字，和 another word averyverylongword");
        text_table_cell(&table, "z");
        char *text = written(&table, width);
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
            cr_expect_leq(text_width(line), width);
        free(text);
        text_table_free(&table);
    }
}

Test(table, sentences_wrap_with_further_lines_indented)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    text_write(stream, "the fund pays more", 10, 2);
    fclose(stream);
    cr_expect_str_eq(text, "the fund\n  pays\n  more\n");
    free(text);
}
