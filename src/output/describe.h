/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A population for people to look at: one page that opens offline, and a summary
 * for the terminal. */
#ifndef GONGJI_OUTPUT_DESCRIBE_H
#define GONGJI_OUTPUT_DESCRIBE_H

#include <stdio.h>

#include "engine/portrait.h"
#include "output/run_inputs.h"

/* Where the people come from; nothing owned. */
struct described {
    const struct model *model; /* NULL: from files */
    const struct run_text *texts; /* [n_texts] the model's own file, then what it extends */
    int n_texts;
    const char *directory; /* of members.csv and claims.csv; NULL: from a model */
    uint64_t seed; /* of a model */
    const char *version, *commit, *compiler;
};

/* false (and a problem) where the stream cannot be written. */
bool describe_write_page(FILE *stream, const char *path, const struct portrait *portrait,
    const struct described *described, struct problem_list *problems);
void describe_write_text(FILE *stream, const struct portrait *portrait,
    const struct described *described, int width);

#endif
