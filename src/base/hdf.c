/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hdf.h"

#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct hdf {
    hid_t file, text_type, dataset_options, transfer;
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

/* Before anything else: no messages of its own, and no work at exit, where the
 * library crashes on a file that a full disk kept it from closing. */
static void
begin(void)
{
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

struct hdf *
hdf_create(void)
{
    struct hdf *self = memory_alloc(1, sizeof *self);
    begin();
    self->text_type = H5Tcopy(H5T_C_S1);
    H5Tset_size(self->text_type, H5T_VARIABLE);
    H5Tset_cset(self->text_type, H5T_CSET_UTF8);

    self->dataset_options = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(self->dataset_options, 0);
    H5Pset_attr_creation_order(self->dataset_options,
        H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);

    /* The library clears all of its buffer whenever it turns texts into those of the file:
     * by default a megabyte for a dozen words. */
    self->transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_buffer(self->transfer, 1 << 14, NULL, NULL);

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
    H5Pclose(self->transfer);
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
            && H5Dwrite(dataset, type_in_memory(self, type), H5S_ALL, H5S_ALL, self->transfer,
                   values) >= 0);
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

/* --- Tables, read --- */

struct hdf_table {
    hid_t file, group;
    struct hdf_column *columns; /* [n_columns], owned */
    hid_t *datasets, *types; /* [n_columns], owned; negative where not to be read */
    int n_columns, capacity;
};

static enum hdf_column_kind
kind_of(hid_t type)
{
    if (H5Tget_class(type) == H5T_STRING)
        return HDF_COLUMN_TEXT;
    if (H5Tget_class(type) == H5T_INTEGER && H5Tget_size(type) <= sizeof(int64_t))
        return HDF_COLUMN_WHOLE;
    return HDF_COLUMN_OTHER;
}

/* A text attribute of one value; NULL where there is none. */
static char *
text_attribute(hid_t object, const char *name)
{
    char *text = NULL;
    if (H5Aexists(object, name) <= 0)
        return NULL;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute);
    hid_t space = H5Aget_space(attribute);
    if (H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1) {
        if (H5Tis_variable_str(type) > 0) {
            char *found = NULL;
            if (H5Aread(attribute, type, &found) >= 0 && found != NULL) {
                text = memory_text(found);
                H5free_memory(found);
            }
        } else {
            text = memory_alloc(H5Tget_size(type) + 1, 1);
            if (H5Aread(attribute, type, text) < 0)
                text[0] = '\0';
        }
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return text;
}

static herr_t
add_column(hid_t group, const char *name, const H5L_info_t *info, void *context)
{
    (void)info;
    struct hdf_table *self = context;
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    if (object < 0 || H5Iget_type(object) != H5I_DATASET) {
        if (object >= 0)
            H5Oclose(object);
        return 0;
    }
    int before = self->capacity;
    memory_grow(self->columns, self->n_columns, self->capacity);
    if (self->capacity != before) {
        size_t n = (size_t)self->capacity;
        self->datasets = memory_resize(self->datasets, n, sizeof *self->datasets);
        self->types = memory_resize(self->types, n, sizeof *self->types);
    }
    hid_t space = H5Dget_space(object), type = H5Dget_type(object);
    hsize_t n = 0;
    struct hdf_column column
        = { .name = memory_text(name), .unit = text_attribute(object, "unit"), .kind = kind_of(type) };
    if (H5Sget_simple_extent_type(space) != H5S_SIMPLE || H5Sget_simple_extent_ndims(space) != 1
        || H5Sget_simple_extent_dims(space, &n, NULL) < 0)
        column.kind = HDF_COLUMN_OTHER;
    column.n = n;
    H5Sclose(space);
    self->datasets[self->n_columns] = object;
    self->types[self->n_columns] = type;
    self->columns[self->n_columns++] = column;
    return 0;
}

struct hdf_table *
hdf_table_open(const char *path, const char *group, bool *is_hdf)
{
    begin();
    struct hdf_table *self = memory_alloc(1, sizeof *self);
    self->group = -1;
    self->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    *is_hdf = self->file >= 0;
    if (*is_hdf && H5Lexists(self->file, group, H5P_DEFAULT) > 0)
        self->group = H5Gopen2(self->file, group, H5P_DEFAULT);
    if (self->group < 0
        || H5Literate(self->group, H5_INDEX_NAME, H5_ITER_INC, NULL, add_column, self) < 0) {
        hdf_table_free(self);
        return NULL;
    }
    return self;
}

void
hdf_table_free(struct hdf_table *self)
{
    if (self == NULL)
        return;
    for (int i = 0; i < self->n_columns; i++) {
        free(self->columns[i].name);
        free(self->columns[i].unit);
        H5Tclose(self->types[i]);
        H5Dclose(self->datasets[i]);
    }
    free(self->columns);
    free(self->datasets);
    free(self->types);
    if (self->group >= 0)
        H5Gclose(self->group);
    if (self->file >= 0)
        H5Fclose(self->file);
    free(self);
}

int
hdf_table_columns(const struct hdf_table *self, const struct hdf_column **columns)
{
    *columns = self->columns;
    return self->n_columns;
}

/* Rows first … first + n - 1 of a dataset, as the type in memory. */
static bool
read_rows(hid_t dataset, hid_t type, uint64_t first, size_t n, void *out, hid_t *kept_space)
{
    hsize_t start = first, count = n;
    hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(1, &count, NULL);
    bool ok = H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0
        && H5Dread(dataset, type, memory, space, H5P_DEFAULT, out) >= 0;
    H5Sclose(space);
    if (kept_space != NULL)
        *kept_space = memory;
    else
        H5Sclose(memory);
    return ok;
}

bool
hdf_table_whole(struct hdf_table *self, int column, uint64_t first, size_t n, int64_t *out)
{
    return read_rows(self->datasets[column], H5T_NATIVE_INT64, first, n, out, NULL);
}

static void
texts_room(struct hdf_texts *self, size_t bytes)
{
    if (bytes + HDF_TEXTS_PADDING <= self->capacity)
        return;
    self->capacity = 2 * bytes + HDF_TEXTS_PADDING;
    self->bytes = memory_resize(self->bytes, self->capacity, 1);
}

static void
texts_add(struct hdf_texts *self, size_t i, const char *text, size_t n)
{
    texts_room(self, self->at[i] + n);
    if (n != 0)
        memcpy(self->bytes + self->at[i], text, n);
    self->at[i + 1] = self->at[i] + n;
}

static bool
read_variable(struct hdf_table *self, int column, uint64_t first, size_t n, struct hdf_texts *out)
{
    char **texts = memory_alloc(n, sizeof *texts);
    hid_t space, type = self->types[column];
    bool ok = read_rows(self->datasets[column], type, first, n, texts, &space);
    for (size_t i = 0; i < n; i++)
        texts_add(out, i, texts[i], ok && texts[i] != NULL ? strlen(texts[i]) : 0);
    if (ok)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
    H5Sclose(space);
    free(texts);
    return ok;
}

static bool
read_fixed(struct hdf_table *self, int column, uint64_t first, size_t n, struct hdf_texts *out)
{
    hid_t type = self->types[column];
    size_t width = H5Tget_size(type);
    char padding = H5Tget_strpad(type) == H5T_STR_SPACEPAD ? ' ' : '\0';
    char *texts = memory_alloc(n, width);
    bool ok = read_rows(self->datasets[column], type, first, n, texts, NULL);
    for (size_t i = 0; i < n; i++) {
        const char *text = texts + i * width;
        size_t length = H5Tget_strpad(type) == H5T_STR_NULLTERM ? strnlen(text, width) : width;
        while (length > 0 && text[length - 1] == padding)
            length--;
        texts_add(out, i, text, length);
    }
    free(texts);
    return ok;
}

bool
hdf_table_text(struct hdf_table *self, int column, uint64_t first, size_t n, struct hdf_texts *out)
{
    if (out->n_at < n + 1) {
        out->n_at = n + 1;
        out->at = memory_resize(out->at, out->n_at, sizeof *out->at);
    }
    out->at[0] = 0;
    texts_room(out, 0);
    bool ok = H5Tis_variable_str(self->types[column]) > 0
        ? read_variable(self, column, first, n, out)
        : read_fixed(self, column, first, n, out);
    memset(out->bytes + out->at[n], 0, HDF_TEXTS_PADDING);
    return ok;
}

void
hdf_texts_free(struct hdf_texts *self)
{
    free(self->bytes);
    free(self->at);
    *self = (struct hdf_texts){ 0 };
}

char *
hdf_table_attribute(const struct hdf_table *self, int column, const char *name)
{
    return text_attribute(column < 0 ? self->group : self->datasets[column], name);
}

static herr_t
take_scale_name(hid_t dataset, unsigned dimension, hid_t scale, void *out)
{
    (void)dataset;
    (void)dimension;
    char name[256];
    if (H5Iget_name(scale, name, sizeof name) > 0)
        *(char **)out = memory_text(name[0] == '/' ? name + 1 : name);
    return 1; /* the first will do */
}

bool
hdf_table_numbers(const struct hdf_table *self, int column, struct hdf_numbers *out)
{
    hid_t dataset = self->datasets[column], space = H5Dget_space(dataset);
    H5T_class_t class = H5Tget_class(self->types[column]);
    hsize_t shape[HDF_RANK_MAX], size = 0;
    int rank = H5Sget_simple_extent_ndims(space);
    bool ok = (class == H5T_INTEGER || class == H5T_FLOAT) && rank >= 0 && rank <= HDF_RANK_MAX
        && H5Sget_simple_extent_dims(space, shape, NULL) == rank
        && H5Fget_filesize(self->file, &size) >= 0;
    *out = (struct hdf_numbers){ .type = class == H5T_FLOAT ? HDF_DOUBLE : HDF_INT64, .n = 1 };
    /* A damaged file may claim more than it holds. */
    for (int i = 0; ok && i < rank; i++) {
        ok = shape[i] <= size && out->n * shape[i] <= size;
        out->shape[i] = shape[i];
        out->n *= shape[i];
    }
    H5Sclose(space);
    if (!ok)
        return false;
    out->rank = rank;
    out->values = memory_alloc(out->n, 8);
    for (int i = 0; i < rank; i++)
        H5DSiterate_scales(dataset, (unsigned)i, NULL, take_scale_name, &out->dimensions[i]);
    ok = H5Dread(dataset, class == H5T_FLOAT ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64, H5S_ALL, H5S_ALL,
             H5P_DEFAULT, out->values)
        >= 0;
    if (!ok)
        hdf_numbers_free(out);
    return ok;
}

void
hdf_numbers_free(struct hdf_numbers *self)
{
    for (int i = 0; i < self->rank; i++)
        free(self->dimensions[i]);
    free(self->values);
    *self = (struct hdf_numbers){ 0 };
}

/* --- Tables, written --- */

struct hdf_writer {
    hid_t file;
    hid_t *datasets, *types; /* [n], owned */
    int n;
    bool failed;
};

static hid_t
writer_type(const struct hdf_writer_column *column)
{
    if (column->kind == HDF_COLUMN_WHOLE)
        return H5Tcopy(H5T_STD_I64LE);
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, column->width != 0 ? column->width : H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    if (column->width != 0)
        H5Tset_strpad(type, H5T_STR_NULLPAD);
    return type;
}

static void
write_unit(struct hdf_writer *self, hid_t dataset, const char *unit)
{
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    hid_t attribute = H5Acreate2(dataset, "unit", type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0 || H5Awrite(attribute, type, &unit) < 0 || H5Aclose(attribute) < 0)
        self->failed = true;
    H5Sclose(space);
    H5Tclose(type);
}

struct hdf_writer *
hdf_writer_create(const char *path, const char *group, const struct hdf_writer_column *columns,
    int n_columns, uint64_t rows)
{
    begin();
    struct hdf_writer *self = memory_alloc(1, sizeof *self);
    *self = (struct hdf_writer){ .n = n_columns,
        .datasets = memory_alloc((size_t)n_columns, sizeof *self->datasets),
        .types = memory_alloc((size_t)n_columns, sizeof *self->types) };
    hid_t creation = group_options(H5P_FILE_CREATE), options = group_options(H5P_GROUP_CREATE);
    hid_t dataset_options = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(dataset_options, 0);
    self->file = H5Fcreate(path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
    hid_t place = H5Gcreate2(self->file, group, H5P_DEFAULT, options, H5P_DEFAULT);
    hsize_t n = rows;
    hid_t space = H5Screate_simple(1, &n, NULL);
    self->failed = self->file < 0 || place < 0;
    for (int i = 0; i < n_columns; i++) {
        self->types[i] = writer_type(&columns[i]);
        self->datasets[i] = H5Dcreate2(place, columns[i].name, self->types[i], space, H5P_DEFAULT,
            dataset_options, H5P_DEFAULT);
        if (self->datasets[i] < 0)
            self->failed = true;
        else if (columns[i].unit != NULL)
            write_unit(self, self->datasets[i], columns[i].unit);
    }
    H5Sclose(space);
    if (place >= 0)
        H5Gclose(place);
    H5Pclose(dataset_options);
    H5Pclose(options);
    H5Pclose(creation);
    return self;
}

void
hdf_writer_rows(struct hdf_writer *self, int column, uint64_t first, size_t n, const void *values)
{
    if (self->failed || n == 0)
        return;
    hsize_t start = first, count = n;
    hid_t dataset = self->datasets[column], type = self->types[column];
    hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(1, &count, NULL);
    if (H5Tget_class(type) == H5T_INTEGER)
        type = H5T_NATIVE_INT64;
    self->failed = H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL) < 0
        || H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, values) < 0;
    H5Sclose(space);
    H5Sclose(memory);
}

bool
hdf_writer_close(struct hdf_writer *self)
{
    bool ok = !self->failed;
    for (int i = 0; i < self->n; i++) {
        if (self->datasets[i] >= 0)
            ok = H5Dclose(self->datasets[i]) >= 0 && ok;
        H5Tclose(self->types[i]);
    }
    if (self->file >= 0)
        ok = H5Fclose(self->file) >= 0 && ok;
    free(self->datasets);
    free(self->types);
    free(self);
    return ok;
}
