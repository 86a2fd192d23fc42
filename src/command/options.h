/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of options that several commands take: the same bounds, the same words. Each is
 * false (and a problem) where the text will not do, and *out is then as it was. */
#ifndef GONGJI_COMMAND_OPTIONS_H
#define GONGJI_COMMAND_OPTIONS_H

#include <stdint.h>

#include "base/problem.h"

enum { THREADS_MAX = 1024 };

/* Digits only, from least to most; option without its dashes: "persons". */
bool option_whole(const char *option, const char *text, int64_t least, int64_t most,
    int64_t *out, struct problem_list *problems);

/* --seed: any number of 64 bits. */
bool option_seed(const char *text, uint64_t *out, struct problem_list *problems);

/* --years: "2023" or "2023..2035"; --year: one. From RUN_YEAR_MIN to RUN_YEAR_MAX. */
bool option_years(const char *text, int64_t *first, int64_t *last, struct problem_list *problems);
bool option_year(const char *text, int *out, struct problem_list *problems);

#endif
