/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of run.h5 share: the file under way, and how an array of results
 * comes to be in it with its labels, its unit and its checksum. */
#ifndef GONGJI_OUTPUT_RUN_HDF_PARTS_H
#define GONGJI_OUTPUT_RUN_HDF_PARTS_H

#include <stdio.h>

#include "base/hdf.h"
#include "engine/run.h"
#include "output/run_inputs.h"

/* What is under way: the file, and a line "SHA-256  name" for each input and for
 * each array of results. */
struct run_hdf {
    struct hdf *hdf;
    const struct result *result;
    const struct run_inputs *inputs;
    char *inputs_list, *results_list; /* owned */
    size_t inputs_size, results_size;
    FILE *inputs_stream, *results_stream;
};

void run_hdf_label(struct run_hdf *self, const char *path, const char *en, const char *zh);

/* Texts along a dimension: its coordinates (dimension NULL) or a further array over
 * it. */
void run_hdf_texts(struct run_hdf *self, const char *path, const char *dimension, size_t n,
    const char *const *texts, const char *en, const char *zh);

/* The same of a field of n records that are size bytes apart; offset: of a const char *
 * in the record. */
void run_hdf_field(struct run_hdf *self, const char *path, const char *dimension, size_t n,
    const void *records, size_t size, size_t offset, const char *en, const char *zh);

/* One array of results, of doubles or int64_t. */
struct run_hdf_array {
    const char *name, *units, *coordinates, *en, *zh;
    enum hdf_type type;
    const char *dimensions[5]; /* as many as there are, then NULL */
};
void run_hdf_array(struct run_hdf *self, const struct run_hdf_array *array, size_t n,
    const void *values);

/* ---- run_hdf_books.c ---- */

/* The fund's books; nothing where the result has none. */
void run_hdf_books(struct run_hdf *self);

/* ---- run_hdf_worlds.c ---- */

/* Worlds and what the uncertainty comes from; nothing where none were drawn. */
void run_hdf_worlds(struct run_hdf *self);

#endif
