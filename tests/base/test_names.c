/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"

Test(names, the_same_text_gets_the_same_number)
{
    struct names names = { 0 };
    cr_expect_eq(names_find(&names, "x", 1), NAME_NONE);
    cr_expect_eq(names_add(&names, "高血压", strlen("高血压")), 0);
    cr_expect_eq(names_add(&names, "diabetes", 8), 1);
    cr_expect_eq(names_add(&names, "高血压", strlen("高血压")), 0);
    cr_expect_eq(names_add(&names, "", 0), 2);
    cr_expect_eq(names_find(&names, "diabetes", 8), 1);
    cr_expect_str_eq(names.text[0], "高血压");
    cr_expect_eq(names.n, 3);
    names_free(&names);
}

Test(names, a_beginning_is_another_name)
{
    struct names names = { 0 };
    cr_expect_eq(names_add(&names, "cancer", 6), 0);
    cr_expect_eq(names_find(&names, "canc", 4), NAME_NONE);
    cr_expect_eq(names_find(&names, "cancers", 7), NAME_NONE);
    cr_expect_eq(names_add(&names, "cancer", 4), 1, "only the first four bytes were given");
    cr_expect_str_eq(names.text[1], "canc");
    names_free(&names);
}

Test(names, a_hundred_thousand_names_keep_their_numbers)
{
    struct names names = { 0 };
    char text[16];
    for (uint32_t i = 0; i < 100000; i++)
        cr_assert_eq(names_add(&names, text, (size_t)sprintf(text, "p%07u", i)), i);
    for (uint32_t i = 0; i < 100000; i++)
        cr_assert_eq(names_find(&names, text, (size_t)sprintf(text, "p%07u", i)), i);
    names_free(&names);
}
