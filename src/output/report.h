/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.html of a run: one file for people, in Chinese and English, that opens
 * without a network. The page (report/) and its charts library are built in; what
 * is written here is its data, one block of JSON whose shape report/page.html
 * explains to whoever opens the file. */
#ifndef GONGJI_OUTPUT_REPORT_H
#define GONGJI_OUTPUT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/problem.h"
#include "engine/run.h"
#include "output/run_inputs.h"

/* Writes the page. The language in which it opens is language_current. False, and
 * a problem, where the stream cannot be written; the caller owns the stream. */
bool report_write(FILE *stream, const struct result *result, const struct run_inputs *inputs,
    struct problem_list *problems);

#endif
