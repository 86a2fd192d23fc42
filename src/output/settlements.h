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

#endif
