/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of named columns, read record by record: CSV (RFC 4180, UTF-8 with or
 * without BOM, LF or CRLF) or a group of an HDF5 file, one array of one dimension
 * a column: text, or whole numbers, which are fen where money is wanted. Columns
 * may stand in any order, unknown ones are passed over. Whatever is wrong with
 * the form of the file is reported with line and column, and reading goes on; in
 * HDF5 the line is the row, the column the place of the name among all names,
 * both from 1. */
#ifndef GONGJI_INPUT_TABLE_H
#define GONGJI_INPUT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problem.h"

/* One field; not NUL-terminated, but TABLE_PADDING bytes past its end may be
 * read. text is NULL where a problem was reported: there is nothing to read. */
struct field {
    const char *text;
    size_t n;
};

enum {
    TABLE_PADDING = 32,
    TABLE_COLUMNS_MAX = 4096, /* in the file */
    TABLE_RECORD_MAX = 1 << 20, /* bytes */
    FIELD_SHOWN = 64,
};

struct table_source; /* where the bytes come from */

struct table {
    const char *path; /* not owned */
    struct problem_list *problems; /* not owned */
    const char *const *columns; /* [n_columns], not owned: those asked for */
    int n_columns;
    int *positions; /* [n_columns] in the file, from 0; owned */
    char **unknown; /* [n_unknown] names of columns passed over, owned */
    int n_unknown;
    int64_t bytes; /* the file's size; -1 where unknown */

    /* The record at hand. */
    long line; /* on which it begins; the header is line 1 */
    bool broken; /* wrong number of fields: only what stands before them can be read */
    struct field *fields; /* [n_in_file] in the file's order, owned */
    int n_in_file;

    struct table_source *source; /* owned */
};

/* Whether a path is read and written as HDF5: it ends in .h5 or .hdf5. */
bool table_is_hdf(const char *path);

/* Opens a table and reads its header; group is the HDF5 group of the columns.
 * NULL (and problems) where it cannot be read or a column is missing. */
struct table *table_open(const char *path, const char *group, const char *const *columns,
    int n_columns, struct problem_list *problems);
/* The next record; false at the end. */
bool table_next(struct table *self);
void table_close(struct table *self);

static inline struct field
table_field(const struct table *self, int column)
{
    return self->fields[self->positions[column]];
}

/* Adds a problem at a column of the record at hand. */
#define table_problem(self, column, ...)                                                           \
    problem_add((self)->problems, (self)->path, (self)->line,                                      \
        (long)(self)->positions[column] + 1, __VA_ARGS__)

/* A field for messages: shortened, without control characters. */
const char *field_shown(struct field field, char out[static FIELD_SHOWN]);

/* Whether n bytes are UTF-8; the shortest forms only, no surrogates. */
bool table_utf8(const char *text, size_t n);

#endif
