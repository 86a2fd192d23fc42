/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that a run leaves, declared once: what run and merge write, verify makes
 * again. */
#ifndef GONGJI_OUTPUT_RUN_FILES_H
#define GONGJI_OUTPUT_RUN_FILES_H

#include <stdio.h>

#include "base/problem.h"
#include "engine/run.h"
#include "output/run_inputs.h"

struct run_file {
    const char *name;
    /* Columns that name a row of a table that verify compares line by line; 0 where it
     * does not: run.h5 is compared by its arrays, and pages and sheets are made of
     * nothing but what is compared. */
    int keys;
    bool (*wanted)(const struct result *result, const struct run_inputs *inputs);
    /* path: for problems. An error of the stream is the caller's to find. */
    bool (*write)(FILE *stream, const char *path, const struct result *result,
        const struct run_inputs *inputs, struct problem_list *problems);
};
enum { RUN_FILE_HDF = 1, RUN_FILES = 7 };
extern const struct run_file run_files[RUN_FILES];

/* "summary.csv, run.h5 and report.html": those wanted, in the current language; owned
 * by the caller. */
char *run_files_text(const struct result *result, const struct run_inputs *inputs);

#endif
