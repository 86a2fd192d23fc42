/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study: a file that says all that a run is asked for, so that the run can be
 * made again by one word. Its keys are the options of the command line, and
 * studies/README.md lists them. */
#ifndef GONGJI_INPUT_STUDY_H
#define GONGJI_INPUT_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problem.h"

/* What a run may be asked for, by a study or by options. */
enum {
    RUN_PERSONS_MAX = 1000000000,
    RUN_YEAR_MIN = 1990,
    RUN_YEAR_MAX = 2100,
    RUN_REPLICATES_MAX = 1000,
    RUN_WORLDS_MIN = 2,
    RUN_WORLDS_MAX = 100000
};

enum study_option {
    STUDY_MODEL,
    STUDY_PERSONS,
    STUDY_YEARS,
    STUDY_REPLICATES,
    STUDY_SEED,
    STUDY_BASELINE,
    STUDY_BEHAVIOUR,
    STUDY_UNCERTAINTY,
    STUDY_RULES_ON,
    STUDY_AFTER_EXPIRY,
    STUDY_OUTPUT,
    STUDY_OPTIONS
};

/* Names of files are as a command line in the present working directory would give
 * them: the file's own, relative to its folder, have that in front. */
struct study {
    char *file; /* owned */
    char *name_en, *name_zh; /* owned; "" where none */
    char **scenarios; /* [n_scenarios], owned, each of them too */
    int n_scenarios;
    char *options[STUDY_OPTIONS]; /* owned: checked words; NULL where not given */
};

/* NULL (and all problems, in one go) where anything is wrong, a scenario or model
 * that is not there included. */
struct study *study_read(const char *path, struct problem_list *problems);
void study_free(struct study *self);

/* Digits only. */
bool study_digits(const char *text, size_t n, uint64_t *out);
/* "2023" or "2023..2035", within RUN_YEAR_MIN and RUN_YEAR_MAX. */
bool study_years(const char *text, int64_t *first, int64_t *last);

#endif
