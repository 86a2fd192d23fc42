/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What adjudicate writes: a row per claim in the order of the claims' file, and a
 * row per member and month. */
#ifndef GONGJI_OUTPUT_SETTLEMENTS_H
#define GONGJI_OUTPUT_SETTLEMENTS_H

#include <stdio.h>

#include "engine/caseload.h"

/* As CSV; an error of the stream is the caller's to find (ferror). */
void settlements_write(FILE *stream, const struct caseload *caseload);
void settlements_write_accounts(FILE *stream, const struct caseload *caseload);

/* As HDF5, groups `out` and `accounts`: an array a column of the same name, text
 * in UTF-8, amounts in fen. False where the file cannot be written. */
bool settlements_write_hdf(const char *path, const struct caseload *caseload);
bool settlements_write_accounts_hdf(const char *path, const struct caseload *caseload);

#endif
