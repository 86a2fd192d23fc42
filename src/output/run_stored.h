/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result that gongji run has left: what it says it was made from, and whether it
 * is the same as one made again. */
#ifndef GONGJI_OUTPUT_RUN_STORED_H
#define GONGJI_OUTPUT_RUN_STORED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"

struct run_stored_input {
    char *role, *scenario; /* owned: "model" or "scenario"; the scenario's id in the run, or "" */
    char *file, *text, *sha256; /* owned: name without folder; whole text; of its bytes */
    size_t n; /* bytes of text */
};

struct run_stored {
    char *path; /* owned: of run.h5 */
    char *command, *version, *commit, *compiler; /* owned */
    struct run_stored_input *inputs; /* [n_inputs], owned: the model's, then each scenario's; a
                                        file before those that it extends */
    int n_inputs;
};

/* False (and problems) where the file is no result of gongji run, or is damaged in
 * what it says of its inputs. */
bool run_stored_read(struct run_stored *self, const char *path, struct problem_list *problems);
void run_stored_free(struct run_stored *self);

/* What was held against each other. */
struct run_agreement {
    int arrays;
    size_t cells; /* in them */
    size_t rows; /* of the tables, their heads left out */
};

/* Holds the arrays of results of two run.h5 against each other, and against the
 * SHA-256 that the stored one gives: a failure (problem_fail) for each array that
 * differs, with its first cell that does. */
bool run_stored_compare(const struct run_stored *self, const char *again,
    struct run_agreement *agreement, struct problem_list *problems);

/* The same of two CSV tables, whose first keys columns name a row. */
bool run_stored_compare_table(const char *path, const char *again, int keys,
    struct run_agreement *agreement, struct problem_list *problems);

#endif
