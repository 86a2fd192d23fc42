/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "output/parameter_text.h"

static const struct word no_yes[] = { { "no", "no", "否" }, { "yes", "yes", "是" } };
static const struct descriptor money = { .key = "amount", .kind = VALUE_MONEY };
static const struct descriptor ratio = { .key = "ratio", .kind = VALUE_RATIO };
static const struct descriptor choice = { .key = "qualified", .kind = VALUE_CHOICE,
    .choices = no_yes, .n_choices = 2 };
static const struct policy policy = { .caps = { (char *)"outpatient", (char *)"overall" }, .n_caps = 2 };

#define BY(d) (1u << DIMENSION_##d)

static void
expect_number(const struct descriptor *descriptor, int64_t value, enum language language,
    const char *text)
{
    char *is = parameter_number_text(descriptor, &policy, value, language);
    cr_expect_str_eq(is, text);
    free(is);
}

static void
expect_value(const struct descriptor *descriptor, struct dated_value value, const char *en,
    const char *zh)
{
    char *is_en = parameter_value_text(descriptor, &policy, &value, LANGUAGE_EN);
    char *is_zh = parameter_value_text(descriptor, &policy, &value, LANGUAGE_ZH);
    cr_expect_str_eq(is_en, en);
    cr_expect_str_eq(is_zh, zh);
    free(is_en);
    free(is_zh);
}

Test(parameter_text, numbers_lose_needless_zeros_and_keep_their_unit)
{
    expect_number(&money, 180000, LANGUAGE_ZH, "1,800 元");
    expect_number(&money, 150, LANGUAGE_EN, "1.5 yuan");
    expect_number(&money, 100000001, LANGUAGE_EN, "1,000,000.01 yuan");
    expect_number(&money, FEN_MAX, LANGUAGE_EN, "none");
    expect_number(&ratio, 21500, LANGUAGE_EN, "2.15%");
    expect_number(&ratio, 1000000, LANGUAGE_ZH, "100%");
    expect_number(&choice, 1, LANGUAGE_ZH, "是");
}

Test(parameter_text, caps_are_called_by_the_benefit_that_they_limit)
{
    const struct descriptor names = { .kind = VALUE_NAMES };
    expect_number(&names, 3, LANGUAGE_ZH, "普通门诊、overall");
    expect_number(&names, 0, LANGUAGE_EN, "none");
}

/*  village community level1 level2 level3 provincial3a
 *    500      500      500    800    800      800       */
Test(parameter_text, neighbours_on_the_ladder_are_said_together)
{
    int64_t table[] = { 50000, 50000, 50000, 80000, 80000, 80000 };
    expect_value(&money, (struct dated_value){ .dimensions = BY(PROVIDER), .table = table },
        "level 1 and below 500 yuan; level 2 and above 800 yuan",
        "一级及以下 500 元；二级及以上 800 元");
}

Test(parameter_text, a_table_without_differences_is_one_number)
{
    int64_t table[STATUS_COUNT * PROVIDER_COUNT];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        table[i] = 500000;
    expect_value(&ratio, (struct dated_value){ .dimensions = BY(STATUS) | BY(PROVIDER), .table = table },
        "50%", "50%");
}

/*            ≤ level 1   2    3
 * in work       70      60   50
 * retiree       75      65   55   */
Test(parameter_text, the_dimension_with_fewest_parts_comes_first)
{
    int64_t table[] = {
        700000, 700000, 700000, 600000, 500000, 500000,
        700000, 700000, 700000, 600000, 500000, 500000,
        750000, 750000, 750000, 650000, 550000, 550000,
    };
    expect_value(&ratio, (struct dated_value){ .dimensions = BY(STATUS) | BY(PROVIDER), .table = table },
        "in work: level 1 and below 70%, level 2 60%, level 3 50%; "
        "retiree: level 1 and below 75%, level 2 65%, level 3 55%",
        "在职（含灵活就业）：一级及以下 70%，二级 60%，三级 50%；"
        "退休人员：一级及以下 75%，二级 65%，三级 55%");
}

Test(parameter_text, age_bands_are_joined_where_they_are_alike)
{
    int ages[] = { 0, 35, 45, 60 };
    int64_t table[] = { 23000, 27000, 34000, 34000 };
    expect_value(&ratio, (struct dated_value){ .dimensions = BY(AGE), .n_ages = 4, .ages = ages,
            .table = table },
        "under 35 2.3%; 35–44 2.7%; 45 and over 3.4%",
        "35 岁以下 2.3%；35–44 岁 2.7%；45 岁及以上 3.4%");
}

Test(parameter_text, one_exception_is_called_so)
{
    int64_t table[] = { 4000, 0, 4000, 4000, 4000, 4000 };
    expect_value(&money, (struct dated_value){ .dimensions = BY(PROVIDER), .table = table },
        "all but township 40 yuan; township 0 yuan", "除乡镇、社区外 40 元；乡镇、社区 0 元");
}
