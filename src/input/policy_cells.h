/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One value on one day: from its tree of choices in a file to a table with a cell for
 * every case. Within policy_value.c. */
#ifndef GONGJI_INPUT_POLICY_CELLS_H
#define GONGJI_INPUT_POLICY_CELLS_H

#include "input/policy_value.h"

struct value_reading {
    const struct value_context *context;
    const struct descriptor *descriptor;
    const char *path;
    struct leaf *leaves; /* [n], while the value is read */
    size_t n, capacity;
    bool failed; /* something is wrong, which has been told */
};

/* Fills dimensions, ages and table of a value; what no case of the tree covers is a
 * problem. */
void cells_read(struct value_reading *self, const struct yaml_node *node, struct dated_value *out);

/* Reports what is no number of the descriptor's kind. */
void cells_no_number(struct value_reading *self, const struct yaml_node *node);

/* A problem of this value. */
#define complain(self, node, ...)                                                       \
    do {                                                                                           \
        yaml_problem(                                                                              \
            (self)->context->problems, (self)->context->yaml, (node), __VA_ARGS__);                \
        (self)->failed = true;                                                                     \
    } while (0)

#endif
