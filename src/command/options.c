/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/options.h"

#include <string.h>

#include "base/language.h"
#include "input/study.h"

bool
option_whole(const char *option, const char *text, int64_t least, int64_t most, int64_t *out,
    struct problem_list *problems)
{
    uint64_t value;
    bool ok = study_digits(text, strlen(text), &value) && value >= (uint64_t)least
        && value <= (uint64_t)most;
    if (ok)
        *out = (int64_t)value;
    else
        problem_add(problems, NULL, 0, 0,
            tr("--%s: '%s' will not do; a whole number from %lld to %lld is wanted",
                "--%s：“%s”不可用；应为 %lld 至 %lld 的整数"),
            option, text, (long long)least, (long long)most);
    return ok;
}

bool
option_seed(const char *text, uint64_t *out, struct problem_list *problems)
{
    uint64_t value;
    bool ok = study_digits(text, strlen(text), &value);
    if (ok)
        *out = value;
    else
        problem_add(problems, NULL, 0, 0,
            tr("--seed: '%s' will not do; a whole number from 0 to 18446744073709551615 is wanted",
                "--seed：“%s”不可用；应为 0 至 18446744073709551615 的整数"),
            text);
    return ok;
}

bool
option_years(const char *text, int64_t *first, int64_t *last, struct problem_list *problems)
{
    int64_t from, to;
    bool ok = study_years(text, &from, &to);
    if (ok) {
        *first = from;
        *last = to;
    } else {
        problem_add(problems, NULL, 0, 0,
            tr("--years: '%s' will not do; a year or a span, as 2023 or 2023..2035, from %d to %d, "
               "is wanted",
                "--years：“%s”不可用；应为年份或起止年份，如 2023 或 2023..2035，在 %d 至 %d 之间"),
            text, RUN_YEAR_MIN, RUN_YEAR_MAX);
    }
    return ok;
}

bool
option_year(const char *text, int *out, struct problem_list *problems)
{
    int64_t year;
    bool ok = option_whole("year", text, RUN_YEAR_MIN, RUN_YEAR_MAX, &year, problems);
    if (ok)
        *out = (int)year;
    return ok;
}
