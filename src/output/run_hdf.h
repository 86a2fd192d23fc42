/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.h5: everything in summary.csv as arrays with named dimensions, the
 * distributions over persons, and all that is needed to make the run again.
 * output/README.md describes every array and attribute. */
#ifndef GONGJI_OUTPUT_RUN_HDF_H
#define GONGJI_OUTPUT_RUN_HDF_H

#include "engine/run.h"
#include "output/run_inputs.h"

/* The same result and inputs give the same bytes. false (and a problem naming
 * path) where the file could not be made or written. */
bool run_hdf_write(FILE *stream, const char *path, const struct result *result,
    const struct run_inputs *inputs, struct problem_list *problems);

#endif
