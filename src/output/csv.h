/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of CSV files as we write them: UTF-8, RFC 4180. */
#ifndef GONGJI_OUTPUT_CSV_H
#define GONGJI_OUTPUT_CSV_H

#include <stdio.h>

/* With quotes around what holds a comma, a quote or a line end. */
void csv_put_text(FILE *stream, const char *text);

#endif
