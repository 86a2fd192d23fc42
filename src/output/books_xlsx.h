/* SPDX-License-Identifier: GPL-3.0-or-later */
/* books.xlsx: the fund's books as a spreadsheet with charts of its own, headings in
 * Chinese and English; balances that add up are checked by formulas in the sheet. */
#ifndef GONGJI_OUTPUT_BOOKS_XLSX_H
#define GONGJI_OUTPUT_BOOKS_XLSX_H

#include <stdio.h>

#include "base/problem.h"
#include "engine/run.h"
#include "output/run_inputs.h"

/* The same result and inputs give the same bytes. false (and a problem naming path)
 * where the file could not be made or written. */
bool books_xlsx_write(FILE *stream, const char *path, const struct result *result,
    const struct run_inputs *inputs, struct problem_list *problems);

#endif
