/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/date.h"

#include <string.h>

/* Days from civil dates by eras of 400 years, as in Howard Hinnant's
 * "chrono-Compatible Low-Level Date Algorithms" (public domain). */
day_t
date_day(int year, int month, int day)
{
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil
date_civil(day_t day)
{
    int64_t z = (int64_t)day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = (int)(z - era * 146097);
    int year_of_era
        = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153;
    int month = shifted + (shifted < 10 ? 3 : -9);
    return (struct civil){ (int)(year_of_era + era * 400) + (month <= 2), month,
        day_of_year - (153 * shifted + 2) / 5 + 1 };
}

month_t
date_month_far(day_t day)
{
    struct civil c = date_civil(day);
    return date_month_of(c.year, c.month);
}

day_t date_firsts[DATE_MONTHS + 1];

static void __attribute__((constructor))
fill_tables(void)
{
    for (month_t m = 0; m <= DATE_MONTHS; m++)
        date_firsts[m] = date_month_first_far(DATE_FIRST_MONTH + m);
}

static bool
leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool
date_valid(int year, int month, int day)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= lengths[month - 1] + (month == 2 && leap(year));
}

day_t
date_month_first_far(month_t month)
{
    int year = date_year_of_month(month);
    return date_day(year, month - (year - 1970) * 12 + 1, 1);
}

int
date_age(day_t birth, day_t on)
{
    month_t born = date_month(birth), now = date_month(on);
    int months = now - born;
    /* The month counts as completed from the day of the month on which one was
     * born; who was born on the 29th of February waits for the 1st of March. */
    if (on - date_month_first(now) < birth - date_month_first(born))
        months--;
    return months >= 0 ? months / 12 : -((11 - months) / 12);
}

day_t
date_birthday(day_t birth, int years)
{
    /* The 29th day of a February of 28 is the 1st of March. */
    month_t born = date_month(birth);
    return date_month_first(born + 12 * years) + (birth - date_month_first(born));
}

static bool
number(const char *text, size_t n, int *out)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

bool
date_parse(const char *text, size_t n, day_t *out)
{
    int year, month, day;
    if (n != 10 || text[4] != '-' || text[7] != '-' || !number(text, 4, &year)
        || !number(text + 5, 2, &month) || !number(text + 8, 2, &day)
        || !date_valid(year, month, day))
        return false;
    *out = date_day(year, month, day);
    return true;
}

bool
date_parse_month(const char *text, size_t n, month_t *out)
{
    int year, month;
    if (n != 7 || text[4] != '-' || !number(text, 4, &year) || !number(text + 5, 2, &month)
        || !date_valid(year, month, 1))
        return false;
    *out = date_month_of(year, month);
    return true;
}

static void
two_digits(char *out, int value)
{
    out[0] = (char)('0' + value / 10 % 10);
    out[1] = (char)('0' + value % 10);
}

const char *
date_text(char out[static DATE_TEXT], day_t day)
{
    struct civil c = date_civil(day);
    two_digits(out, c.year / 100);
    two_digits(out + 2, c.year % 100);
    out[4] = out[7] = '-';
    two_digits(out + 5, c.month);
    two_digits(out + 8, c.day);
    out[10] = '\0';
    return out;
}

void
date_format_month(char out[static 7], month_t month)
{
    int year = date_year_of_month(month);
    two_digits(out, year / 100);
    two_digits(out + 2, year % 100);
    out[4] = '-';
    two_digits(out + 5, month - (year - 1970) * 12 + 1);
}
