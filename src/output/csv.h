/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of CSV files as we write them: UTF-8, RFC 4180. */
#ifndef GONGJI_OUTPUT_CSV_H
#define GONGJI_OUTPUT_CSV_H

#include <stdio.h>

/* With quotes around what holds a comma, a quote or a line end. */
void csv_put_text(FILE *stream, const char *text);

/* A comma and a number; what rounds to zero is written without a sign. */
void csv_put_number(FILE *stream, double value, int decimals);

#endif
