/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in tables are what printf makes of them, but for the sign of nothing. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "output/csv.h"

static void
expect_as_printf(double value, int decimals)
{
    char should[512], *is = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&is, &n);
    csv_put_number(stream, value, decimals);
    fclose(stream);
    snprintf(should, sizeof should, "%.*f", decimals, value);
    bool nothing = should[strspn(should, "-0.")] == '\0';
    cr_assert_eq(is[0], ',');
    cr_assert_str_eq(is + 1, nothing && should[0] == '-' ? should + 1 : should, "%a", value);
    free(is);
}

Test(csv, numbers_are_rounded_as_printf_rounds_them)
{
    struct random_key key = random_key_of(4);
    for (uint32_t i = 0; i < 200000; i++) {
        struct random_words w = random_at(key, 1, 0, 1, i);
        int decimals = 1 + (int)(w.word[3] % 6), scale = (int)(w.word[3] / 8 % 120) - 60;
        double any = ldexp((double)(int32_t)w.word[0] + (double)w.word[1] / 0x1p32, scale);
        /* Halves, eighths and so on of a last digit, and what lies beside them. */
        double near = ((double)(int32_t)w.word[1] + (double)(w.word[2] % 16) / 8) / pow(10, decimals);
        expect_as_printf(any, decimals);
        expect_as_printf(near, decimals);
        expect_as_printf(nextafter(near, 0), decimals);
        expect_as_printf(nextafter(near, 1e300), decimals);
    }
    static const double edges[] = { 0.0, -0.0, 0.125, -0.125, 0.375, 2.5, 1e15, -1e15, 0x1p52, 0x1p53,
        1e22, 1e300, -0.001, -0.004999, 5e-324, INFINITY };
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        for (int decimals = 0; decimals <= 8; decimals++)
            expect_as_printf(edges[i], decimals);
}
