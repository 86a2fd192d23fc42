/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The years ahead in report.html's data: the fund's books, the worlds, and what the
 * uncertainty comes from. Shapes: report/page.html. */
#ifndef GONGJI_OUTPUT_REPORT_BOOKS_H
#define GONGJI_OUTPUT_REPORT_BOOKS_H

#include "engine/run.h"
#include "output/report/json.h"
#include "output/run_inputs.h"

/* "books", null where a run of one year has a model without a fund; "worlds" and
 * "budget", null where no worlds were drawn. */
void report_books_write(struct json *json, const struct result *result,
    const struct run_inputs *inputs);

#endif
