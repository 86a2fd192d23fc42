/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "base/money.h"

static enum money_error
parse(const char *text, fen_t *out)
{
    *out = -999;
    return money_parse(text, strlen(text), out);
}

Test(money, yuan_are_read_to_the_fen)
{
    static const struct {
        const char *text;
        fen_t amount;
    } cases[] = { { "0", 0 }, { "1", 100 }, { "12.5", 1250 }, { "12.50", 1250 }, { "0.01", 1 },
        { "-3.07", -307 }, { "-0.01", -1 }, { "007", 700 }, { "10000000000", FEN_MAX },
        { "10000000000.00", FEN_MAX } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fen_t amount;
        cr_expect_eq(parse(cases[i].text, &amount), MONEY_OK, "%s", cases[i].text);
        cr_expect_eq(amount, cases[i].amount, "%s: %ld", cases[i].text, (long)amount);
    }
}

Test(money, what_is_no_amount_is_named)
{
    static const struct {
        const char *text;
        enum money_error error;
    } cases[] = { { "", MONEY_NOT_A_NUMBER }, { "-", MONEY_NOT_A_NUMBER },
        { "+1", MONEY_NOT_A_NUMBER }, { ".5", MONEY_NOT_A_NUMBER }, { "5.", MONEY_NOT_A_NUMBER },
        { "1e3", MONEY_NOT_A_NUMBER }, { "0x10", MONEY_NOT_A_NUMBER },
        { "1,800", MONEY_NOT_A_NUMBER }, { " 1", MONEY_NOT_A_NUMBER },
        { "1 ", MONEY_NOT_A_NUMBER }, { "１", MONEY_NOT_A_NUMBER }, { "18OO", MONEY_NOT_A_NUMBER },
        { "nan", MONEY_NOT_A_NUMBER }, { "1.005", MONEY_TOO_MANY_DECIMALS },
        { "1.000", MONEY_TOO_MANY_DECIMALS }, { "10000000000.01", MONEY_OUT_OF_RANGE },
        { "99999999999999999999999999999999", MONEY_OUT_OF_RANGE },
        { "-99999999999999999999999999999999", MONEY_OUT_OF_RANGE } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fen_t amount;
        cr_expect_eq(parse(cases[i].text, &amount), cases[i].error, "%s", cases[i].text);
        cr_expect_eq(amount, -999, "%s was written", cases[i].text);
    }
}

Test(money, what_is_written_reads_back)
{
    static const fen_t amounts[] = { 0, 1, -1, 9, 10, 99, 100, -100, 12345, -98765432109,
        FEN_MAX, -FEN_MAX };
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        char text[MONEY_TEXT + 1];
        fen_t amount;
        money_text(text, amounts[i]);
        cr_expect_eq(parse(text, &amount), MONEY_OK, "%s", text);
        cr_expect_eq(amount, amounts[i], "%s", text);
    }
}

Test(money, the_smallest_whole_number_can_be_written)
{
    char text[MONEY_TEXT + 1];
    cr_expect_str_eq(money_text(text, INT64_MIN), "-92233720368547758.08");
    cr_expect_str_eq(money_text(text, INT64_MAX), "92233720368547758.07");
}

/* Half a fen goes up: 70 % of 0.05 yuan is 0.035, hence 0.04. */
Test(money, shares_round_half_up)
{
    cr_expect_eq(money_share(5, 700000), 4);
    cr_expect_eq(money_share(1, 500000), 1);
    cr_expect_eq(money_share(1, 499999), 0);
    cr_expect_eq(money_share(0, RATIO_ONE), 0);
    cr_expect_eq(money_share(FEN_MAX, RATIO_ONE), FEN_MAX);
    cr_expect_eq(money_share(FEN_MAX - 1, 500000), FEN_MAX / 2);
}

/* What 30 yuan are 60 % of: 50; what 0.01 is 60 % of: 0.0166…, hence 0.02. */
Test(money, unsharing_rounds_half_up)
{
    cr_expect_eq(money_unshare(3000, 600000), 5000);
    cr_expect_eq(money_unshare(1, 600000), 2);
    cr_expect_eq(money_unshare(1, 400000), 3, "2.5 goes up");
    cr_expect_eq(money_unshare(FEN_MAX, RATIO_ONE), FEN_MAX);
}
