/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hdf.h"

#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct hdf {
    hid_t file, text_type, dataset_options;
    struct hdf_scale {
        char *path; /* owned */
        hid_t dataset;
        size_t n;
    } *scales; /* [n_scales], owned */
    size_t n_scales, capacity;
    bool failed;
};

static void
note(struct hdf *self, bool ok)
{
    self->failed = self->failed || !ok;
}

/* The type in the file: the same on every machine. */
static hid_t
type_in_file(const struct hdf *self, enum hdf_type type)
{
    switch (type) {
    case HDF_INT32:
        return H5T_STD_I32LE;
    case HDF_INT64:
        return H5T_STD_I64LE;
    case HDF_UINT64:
        return H5T_STD_U64LE;
    case HDF_DOUBLE:
        return H5T_IEEE_F64LE;
    case HDF_TEXT:
        break;
    }
    return self->text_type;
}

static hid_t
type_in_memory(const struct hdf *self, enum hdf_type type)
{
    switch (type) {
    case HDF_INT32:
        return H5T_NATIVE_INT32;
    case HDF_INT64:
        return H5T_NATIVE_INT64;
    case HDF_UINT64:
        return H5T_NATIVE_UINT64;
    case HDF_DOUBLE:
        return H5T_NATIVE_DOUBLE;
    case HDF_TEXT:
        break;
    }
    return self->text_type;
}

/* Creation order is what netCDF lists variables by; times would make every file
 * differ. */
static hid_t
group_options(hid_t class)
{
    hid_t options = H5Pcreate(class);
    H5Pset_obj_track_times(options, 0);
    H5Pset_link_creation_order(options, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_creation_order(options, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    return options;
}

struct hdf *
hdf_create(void)
{
    struct hdf *self = memory_alloc(1, sizeof *self);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    self->text_type = H5Tcopy(H5T_C_S1);
    H5Tset_size(self->text_type, H5T_VARIABLE);
    H5Tset_cset(self->text_type, H5T_CSET_UTF8);

    self->dataset_options = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(self->dataset_options, 0);
    H5Pset_attr_creation_order(self->dataset_options,
        H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);

    /* In memory, not backed by a file: what cannot be written is then one failed
     * fwrite, and not a library left half-way. */
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = group_options(H5P_FILE_CREATE);
    H5Pset_fapl_core(access, 1 << 20, 0);
    self->file = H5Fcreate("memory", H5F_ACC_TRUNC, creation, access);
    note(self, self->file >= 0);
    H5Pclose(creation);
    H5Pclose(access);
    return self;
}

void
hdf_free(struct hdf *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->n_scales; i++) {
        H5Dclose(self->scales[i].dataset);
        free(self->scales[i].path);
    }
    free(self->scales);
    if (self->file >= 0)
        H5Fclose(self->file);
    H5Pclose(self->dataset_options);
    H5Tclose(self->text_type);
    free(self);
}

void
hdf_group(struct hdf *self, const char *path)
{
    hid_t options = group_options(H5P_GROUP_CREATE);
    hid_t group = H5Gcreate2(self->file, path, H5P_DEFAULT, options, H5P_DEFAULT);
    note(self, group >= 0 && H5Gclose(group) >= 0);
    H5Pclose(options);
}

/* The dataset, open; negative where it failed. */
static hid_t
make_dataset(struct hdf *self, const char *path, enum hdf_type type, int rank,
    const hsize_t *shape, const void *values)
{
    hid_t space = rank > 0 ? H5Screate_simple(rank, shape, NULL) : H5Screate(H5S_SCALAR);
    hid_t dataset = H5Dcreate2(self->file, path, type_in_file(self, type), space, H5P_DEFAULT,
        self->dataset_options, H5P_DEFAULT);
    note(self, dataset >= 0
            && H5Dwrite(dataset, type_in_memory(self, type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values)
                >= 0);
    H5Sclose(space);
    return dataset;
}

static const char *
last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

void
hdf_dimension(struct hdf *self, const char *path, enum hdf_type type, size_t n, const void *values)
{
    hid_t dataset = make_dataset(self, path, type, 1, &(hsize_t){ n }, values);
    if (dataset < 0)
        return;
    note(self, H5DSset_scale(dataset, last_name(path)) >= 0);
    memory_grow(self->scales, self->n_scales, self->capacity);
    self->scales[self->n_scales++] = (struct hdf_scale){ memory_text(path), dataset, n };
}

static const struct hdf_scale *
find_scale(const struct hdf *self, const char *path)
{
    for (size_t i = 0; i < self->n_scales; i++)
        if (strcmp(self->scales[i].path, path) == 0)
            return &self->scales[i];
    return NULL;
}

void
hdf_array(struct hdf *self, const char *path, enum hdf_type type, int rank,
    const char *const *dimensions, const void *values)
{
    const struct hdf_scale *scales[HDF_RANK_MAX];
    hsize_t shape[HDF_RANK_MAX];
    for (int i = 0; i < rank; i++) {
        scales[i] = find_scale(self, dimensions[i]);
        if (scales[i] == NULL) {
            note(self, false);
            return;
        }
        shape[i] = scales[i]->n;
    }
    hid_t dataset = make_dataset(self, path, type, rank, shape, values);
    if (dataset < 0)
        return;
    for (int i = 0; i < rank; i++)
        note(self, H5DSattach_scale(dataset, scales[i]->dataset, (unsigned)i) >= 0);
    note(self, H5Dclose(dataset) >= 0);
}

void
hdf_attribute(struct hdf *self, const char *path, const char *name, enum hdf_type type,
    const void *value)
{
    hid_t object = H5Oopen(self->file, path[0] != '\0' ? path : "/", H5P_DEFAULT);
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, type_in_file(self, type), space, H5P_DEFAULT,
        H5P_DEFAULT);
    note(self, attribute >= 0 && H5Awrite(attribute, type_in_memory(self, type), value) >= 0
            && H5Aclose(attribute) >= 0);
    H5Sclose(space);
    if (object >= 0)
        H5Oclose(object);
}

void
hdf_attribute_text(struct hdf *self, const char *path, const char *name, const char *text)
{
    hdf_attribute(self, path, name, HDF_TEXT, &text);
}

void
hdf_attribute_int(struct hdf *self, const char *path, const char *name, int64_t value)
{
    hdf_attribute(self, path, name, HDF_INT64, &value);
}

bool
hdf_write(struct hdf *self, FILE *stream)
{
    if (self->failed || H5Fflush(self->file, H5F_SCOPE_LOCAL) < 0)
        return false;
    ssize_t n = H5Fget_file_image(self->file, NULL, 0);
    if (n <= 0)
        return false;
    char *image = memory_alloc((size_t)n, 1);
    bool ok = H5Fget_file_image(self->file, image, (size_t)n) == n
        && fwrite(image, 1, (size_t)n, stream) == (size_t)n;
    free(image);
    return ok;
}
