/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door to HDF5: arrays whose dimensions have names, written so that h5py,
 * xarray (netcdf4, h5netcdf), hdf5r and ncdf4 find the names by themselves. A
 * file is put together in memory and written in one go; it holds no times, so
 * that the same content is the same bytes.
 *
 * Nothing here reports on its own: the first failure is remembered and hdf_write
 * returns false. Paths are "name" or "group/name". One thread at a time. */
#ifndef GONGJI_BASE_HDF_H
#define GONGJI_BASE_HDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum hdf_type {
    HDF_INT32, /* int32_t */
    HDF_INT64, /* int64_t */
    HDF_UINT64, /* uint64_t */
    HDF_DOUBLE, /* double */
    HDF_TEXT /* const char *: NUL-terminated UTF-8 */
};

struct hdf;

struct hdf *hdf_create(void);
void hdf_free(struct hdf *self);

void hdf_group(struct hdf *self, const char *path);

/* A dimension of n places with its coordinates: values is [n] of the type. */
void hdf_dimension(struct hdf *self, const char *path, enum hdf_type type, size_t n,
    const void *values);

/* An array over dimensions made before, given by their paths, the last fastest;
 * rank 0 is a single value. */
enum { HDF_RANK_MAX = 8 };
void hdf_array(struct hdf *self, const char *path, enum hdf_type type, int rank,
    const char *const *dimensions, const void *values);

/* An attribute of the file (path ""), a group or an array. */
void hdf_attribute(struct hdf *self, const char *path, const char *name, enum hdf_type type,
    const void *value);
void hdf_attribute_text(struct hdf *self, const char *path, const char *name, const char *text);
void hdf_attribute_int(struct hdf *self, const char *path, const char *name, int64_t value);

/* Writes the whole file; false where that or anything before failed. */
bool hdf_write(struct hdf *self, FILE *stream);

/* --- Tables: a group of equally long columns, each an array of one dimension,
 * read and written in blocks of rows, so that they may be larger than memory. --- */

enum hdf_column_kind {
    HDF_COLUMN_TEXT, /* strings of fixed or variable length */
    HDF_COLUMN_WHOLE, /* whole numbers of up to 64 bits */
    HDF_COLUMN_OTHER /* anything else, or not of one dimension: cannot be read */
};

struct hdf_column {
    char *name; /* owned by the table */
    char *unit; /* owned: its attribute "unit", or NULL */
    enum hdf_column_kind kind;
    uint64_t n; /* rows */
};

struct hdf_table; /* open for reading */

/* The columns of a group in the order of their names; NULL where path is no HDF5
 * file or has no such group (then *is_hdf says which). */
struct hdf_table *hdf_table_open(const char *path, const char *group, bool *is_hdf);
void hdf_table_free(struct hdf_table *self);
int hdf_table_columns(const struct hdf_table *self, const struct hdf_column **columns);

/* Rows first … first + n - 1 of a column of whole numbers. */
bool hdf_table_whole(struct hdf_table *self, int column, uint64_t first, size_t n, int64_t *out);

/* The same of a column of text: row i is bytes[at[i]] up to bytes[at[i + 1]]. */
struct hdf_texts {
    char *bytes; /* owned, with HDF_TEXTS_PADDING zero bytes behind the last */
    size_t *at; /* [n + 1], owned */
    size_t capacity, n_at; /* of the two arrays */
};
enum { HDF_TEXTS_PADDING = 64 };
bool hdf_table_text(struct hdf_table *self, int column, uint64_t first, size_t n,
    struct hdf_texts *out);
void hdf_texts_free(struct hdf_texts *self);

/* A text attribute of a column, or of the group (column -1), owned by the caller;
 * NULL where there is none. */
char *hdf_table_attribute(const struct hdf_table *self, int column, const char *name);

/* An array of numbers of any rank, whole. Whole numbers come as int64_t, others as
 * double. */
struct hdf_numbers {
    enum hdf_type type; /* HDF_INT64 or HDF_DOUBLE */
    int rank;
    size_t shape[HDF_RANK_MAX];
    char *dimensions[HDF_RANK_MAX]; /* owned: their paths; NULL where one has none */
    size_t n;
    void *values; /* [n], the last dimension fastest, owned */
};
/* A column that may be of any kind; false where it is no such array or damaged. */
bool hdf_table_numbers(const struct hdf_table *self, int column, struct hdf_numbers *out);
void hdf_numbers_free(struct hdf_numbers *self);

/* A table being written to a file of its own; rows are known beforehand. */
struct hdf_writer;
struct hdf_writer_column {
    const char *name;
    const char *unit; /* attribute "unit", or NULL */
    size_t width; /* bytes of a text at most, padded with NUL; 0: text of any length */
    enum hdf_column_kind kind;
};
struct hdf_writer *hdf_writer_create(const char *path, const char *group,
    const struct hdf_writer_column *columns, int n_columns, uint64_t rows);
/* values: int64_t [n], or text: char [n][width], or const char *[n] where width
 * is 0. */
void hdf_writer_rows(struct hdf_writer *self, int column, uint64_t first, size_t n,
    const void *values);
/* Closes and frees; false where that or anything before failed. */
bool hdf_writer_close(struct hdf_writer *self);

#endif
