/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/money.h"

#include <string.h>

enum money_error
money_parse(const char *text, size_t n, fen_t *out)
{
    size_t i = 0;
    bool negative = n != 0 && text[0] == '-';
    i += negative;
    fen_t value = 0;
    size_t whole = 0, decimals = 0;
    bool large = false;
    for (; i < n && text[i] >= '0' && text[i] <= '9'; i++, whole++) {
        value = value * 10 + (text[i] - '0');
        if (value > FEN_MAX) {
            large = true;
            value = FEN_MAX;
        }
    }
    if (whole == 0)
        return MONEY_NOT_A_NUMBER;
    if (i < n && text[i] == '.') {
        i++;
        for (; i < n && text[i] >= '0' && text[i] <= '9'; i++, decimals++)
            if (decimals < 2)
                value = value * 10 + (text[i] - '0');
        if (decimals == 0)
            return MONEY_NOT_A_NUMBER;
    }
    if (i != n)
        return MONEY_NOT_A_NUMBER;
    if (decimals > 2)
        return MONEY_TOO_MANY_DECIMALS;
    for (size_t k = decimals; k < 2; k++)
        value *= 10;
    if (large || value > FEN_MAX)
        return MONEY_OUT_OF_RANGE;
    *out = negative ? -value : value;
    return MONEY_OK;
}

size_t
money_format(char out[static MONEY_TEXT], fen_t amount)
{
    uint64_t left = amount < 0 ? -(uint64_t)amount : (uint64_t)amount;
    char digits[MONEY_TEXT];
    size_t k = sizeof digits;
    digits[--k] = (char)('0' + left % 10);
    left /= 10;
    digits[--k] = (char)('0' + left % 10);
    left /= 10;
    digits[--k] = '.';
    do {
        digits[--k] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    if (amount < 0)
        digits[--k] = '-';
    memcpy(out, digits + k, sizeof digits - k);
    return sizeof digits - k;
}

const char *
money_text(char out[static MONEY_TEXT + 1], fen_t amount)
{
    out[money_format(out, amount)] = '\0';
    return out;
}
