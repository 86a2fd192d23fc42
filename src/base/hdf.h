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

#endif
