/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Days and months as whole numbers, proleptic Gregorian calendar. */
#ifndef GONGJI_BASE_DATE_H
#define GONGJI_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t day_t; /* days since 1970-01-01 */
typedef int32_t month_t; /* months since 1970-01 */

#define DAY_MIN INT32_MIN /* "since ever" */
#define DAY_MAX INT32_MAX /* "open" */

struct civil {
    int year, month, day;
};

day_t date_day(int year, int month, int day); /* of a valid date */
struct civil date_civil(day_t day);
bool date_valid(int year, int month, int day);

static inline month_t
date_month_of(int year, int month)
{
    return (year - 1970) * 12 + month - 1;
}

static inline int
date_year_of_month(month_t month)
{
    return 1970 + (month >= 0 ? month / 12 : -((11 - month) / 12));
}

/* First days of months are looked up from 1900 to 2199 (filled before main) and
 * computed beyond; the month of a day there is the one that its number suggests or
 * the next. Both are asked for with every claim. */
enum { DATE_FIRST_YEAR = 1900, DATE_LAST_YEAR = 2199 };
enum {
    DATE_FIRST_DAY = -25563, /* 1900-01-05 */
    DATE_DAYS = 109569, /* to 2199-12-31 */
    DATE_MONTHS = (DATE_LAST_YEAR - DATE_FIRST_YEAR + 1) * 12,
    DATE_FIRST_MONTH = (DATE_FIRST_YEAR - 1970) * 12
};
extern day_t date_firsts[DATE_MONTHS + 1];
month_t date_month_far(day_t day);
day_t date_month_first_far(month_t month);

static inline month_t
date_month(day_t day)
{
    uint32_t i = (uint32_t)day - (uint32_t)DATE_FIRST_DAY;
    if (i >= DATE_DAYS)
        return date_month_far(day);
    uint32_t month = (uint32_t)((uint64_t)i * 141110653 >> 32); /* 12 / 365.2425 */
    return DATE_FIRST_MONTH + (month_t)(month + (day >= date_firsts[month + 1]));
}

static inline day_t
date_month_first(month_t month) /* its first day */
{
    uint32_t i = (uint32_t)month - (uint32_t)DATE_FIRST_MONTH;
    return i < DATE_MONTHS ? date_firsts[i] : date_month_first_far(month);
}

static inline int
date_year(day_t day)
{
    return date_year_of_month(date_month(day));
}

/* Completed years on a day; who was born on 29 February completes a year on
 * 1 March in common years. */
int date_age(day_t birth, day_t on);

/* The day on which that many years are completed. */
day_t date_birthday(day_t birth, int years);

/* Reads YYYY-MM-DD, years 1000 to 9999, exactly. */
bool date_parse(const char *text, size_t n, day_t *out);
/* Reads YYYY-MM. */
bool date_parse_month(const char *text, size_t n, month_t *out);

enum { DATE_TEXT = 11 };
const char *date_text(char out[static DATE_TEXT], day_t day); /* YYYY-MM-DD and NUL */
void date_format_month(char out[static 7], month_t month); /* YYYY-MM, no NUL */

#endif
