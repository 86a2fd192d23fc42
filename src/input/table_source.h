/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between input/table.c and the two kinds of source that feed it. */
#ifndef GONGJI_INPUT_TABLE_SOURCE_H
#define GONGJI_INPUT_TABLE_SOURCE_H

#include "input/table.h"

struct table_source {
    /* Fills line, broken and fields with the next record; false at the end. */
    bool (*next)(struct table *table);
    void (*close)(struct table_source *self);
};

/* Open a file and read its header into fields, n_in_file, line and bytes; NULL
 * (and problems) where that fails. */
struct table_source *table_open_csv(struct table *table);
struct table_source *table_open_hdf(struct table *table, const char *group);

#endif
