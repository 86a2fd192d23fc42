/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Money is whole fen (0.01 yuan), ratios are whole millionths; every computed
 * amount is rounded half up to the fen where it arises. */
#ifndef GONGJI_BASE_MONEY_H
#define GONGJI_BASE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t fen_t;
typedef int32_t ratio_t; /* millionths: 0.70 is 700000 */

#define RATIO_ONE 1000000
#define FEN_MAX INT64_C(1000000000000) /* 10,000 million yuan: times a ratio fits 64 bits */

/* round half up of x times ratio; 0 <= x <= FEN_MAX, 0 <= ratio. */
static inline fen_t
money_share(fen_t x, ratio_t ratio)
{
    return (x * ratio + RATIO_ONE / 2) / RATIO_ONE;
}

/* The same where x may be a nation's money: the product needs more than 63 bits. */
static inline fen_t
money_share_of_all(fen_t x, ratio_t ratio)
{
    __extension__ typedef __int128 wide_t;
    return (fen_t)(((wide_t)x * ratio + RATIO_ONE / 2) / RATIO_ONE);
}

/* round half up of x divided by ratio: what x was a share of; ratio > 0. */
static inline fen_t
money_unshare(fen_t x, ratio_t ratio)
{
    return (2 * x * RATIO_ONE + ratio) / (2 * (int64_t)ratio);
}

static inline fen_t
money_min(fen_t a, fen_t b)
{
    return a < b ? a : b;
}

static inline fen_t
money_max(fen_t a, fen_t b)
{
    return a > b ? a : b;
}

enum money_error { MONEY_OK, MONEY_NOT_A_NUMBER, MONEY_TOO_MANY_DECIMALS, MONEY_OUT_OF_RANGE };

/* Reads [-]digits[.digits], at most two decimals (further zeros count as
 * decimals too), without sign '+', exponent, blanks or thousands marks. */
enum money_error money_parse(const char *text, size_t n, fen_t *out);

enum { MONEY_TEXT = 24 };

/* Writes yuan with two decimals, without a final NUL; returns the length. */
size_t money_format(char out[static MONEY_TEXT], fen_t amount);

/* Same, NUL-terminated and returned, for messages. */
const char *money_text(char out[static MONEY_TEXT + 1], fen_t amount);

#endif
