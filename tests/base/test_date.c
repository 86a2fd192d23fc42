/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "base/date.h"

Test(date, every_day_of_two_centuries_follows_the_one_before)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    day_t day = date_day(1900, 1, 1);
    cr_assert_eq(day, -25567);
    for (int year = 1900; year < 2100; year++)
        for (int month = 1; month <= 12; month++) {
            bool leap = year % 4 == 0 && year != 1900;
            int length = lengths[month - 1] + (month == 2 && leap);
            cr_assert_eq(date_month_first(date_month_of(year, month)), day);
            for (int d = 1; d <= length; d++, day++) {
                struct civil c = date_civil(day);
                cr_assert(c.year == year && c.month == month && c.day == d);
                cr_assert_eq(date_day(year, month, d), day);
                cr_assert(date_valid(year, month, d));
                cr_assert_eq(date_month(day), date_month_of(year, month));
                cr_assert_eq(date_year(day), year);
            }
            cr_assert_not(date_valid(year, month, length + 1));
        }
}

Test(date, months_before_1970_belong_to_their_years)
{
    cr_expect_eq(date_year_of_month(date_month_of(1969, 12)), 1969);
    cr_expect_eq(date_year_of_month(date_month_of(1969, 1)), 1969);
    cr_expect_eq(date_year_of_month(date_month_of(1968, 12)), 1968);
    cr_expect_eq(date_year_of_month(date_month_of(1970, 1)), 1970);
}

Test(date, who_was_born_on_29_february_completes_years_on_1_march)
{
    day_t birth = date_day(1960, 2, 29);
    cr_expect_eq(date_age(birth, date_day(2023, 2, 28)), 62);
    cr_expect_eq(date_age(birth, date_day(2023, 3, 1)), 63);
    cr_expect_eq(date_age(birth, date_day(2024, 2, 28)), 63);
    cr_expect_eq(date_age(birth, date_day(2024, 2, 29)), 64);
    cr_expect_eq(date_birthday(birth, 63), date_day(2023, 3, 1));
    cr_expect_eq(date_birthday(birth, 64), date_day(2024, 2, 29));
}

Test(date, a_birthday_is_the_first_day_of_an_age)
{
    for (int year = 1957; year <= 1960; year++)
        for (int month = 1; month <= 12; month++)
            for (int age = 33; age <= 37; age++) {
                day_t birth = date_day(year, month, 28), day = date_birthday(birth, age);
                cr_assert_eq(date_age(birth, day), age);
                cr_assert_eq(date_age(birth, day - 1), age - 1);
            }
}

Test(date, only_plain_dates_are_read)
{
    static const char *const wrong[] = { "", "2023-1-01", "2023-02-29", "2023-13-01", "2023-00-10",
        "2023-01-00", "20230101", "2023/01/01", "2023-01-01 ", " 2023-01-01", "0999-01-01",
        "2023-01-0a", "-023-01-01" };
    day_t day = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(date_parse(wrong[i], strlen(wrong[i]), &day), "%s", wrong[i]);
    cr_expect_eq(day, 7);
    cr_expect(date_parse("2024-02-29", 10, &day));
    cr_expect_eq(day, date_day(2024, 2, 29));
    month_t month;
    cr_expect(date_parse_month("2024-02", 7, &month));
    cr_expect_eq(month, date_month_of(2024, 2));
    cr_expect_not(date_parse_month("2024-13", 7, &month));
    cr_expect_not(date_parse_month("2024-2", 6, &month));
}

Test(date, what_is_written_reads_back)
{
    for (day_t day = date_day(1899, 12, 1); day < date_day(2101, 1, 1); day += 17) {
        char text[DATE_TEXT], month_text[7];
        day_t back;
        month_t month;
        cr_assert(date_parse(date_text(text, day), 10, &back) && back == day);
        date_format_month(month_text, date_month(day));
        cr_assert(date_parse_month(month_text, 7, &month) && month == date_month(day));
    }
}

Test(date, months_of_all_days_are_those_of_the_calendar)
{
    for (day_t day = date_day(1890, 1, 1); day < date_day(2210, 1, 1); day++) {
        struct civil c = date_civil(day);
        cr_assert_eq(date_month(day), date_month_of(c.year, c.month), "day %d", day);
    }
}
