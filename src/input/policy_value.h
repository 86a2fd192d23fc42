/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading one parameter's value: once or by date, then by status, sector, age,
 * place, provider class and channel. Used by the policy reader alone. */
#ifndef GONGJI_INPUT_POLICY_VALUE_H
#define GONGJI_INPUT_POLICY_VALUE_H

#include "input/policy.h"
#include "input/yaml.h"

/* What stands around a value: inherited from the sections that enclose it. */
struct value_context {
    const struct yaml *yaml;
    const char *file; /* the policy's own copy, for sources */
    struct problem_list *problems;
    const char *article, *note, *range; /* NULL where none */
    const struct yaml_node *range_node; /* where the range stands; NULL where it is none */
    enum standing standing;
    const struct policy *policy; /* for names of caps */
};

/* Takes article, standing, note and range of a map into the context. */
void value_context_enter(struct value_context *context, const struct yaml_node *map);

/* Reads all dated values of a parameter; false (and problems) where wrong. The
 * values are ascending by date, *n of them, owned by the caller. */
bool value_read(const struct value_context *context, const struct descriptor *descriptor,
    const char *path, const struct yaml_node *node, struct dated_value **values, int *n);

/* A key that is a date, "earlier" (DAY_MIN), or a span of dates; *to is DAY_MAX
 * where open. */
bool value_date_key(const struct yaml_node *key, day_t *from, day_t *to);
/* Is this value given by date? *failed where a key seems meant as one and is none. */
bool value_by_date(const struct value_context *context, const char *path,
    const struct yaml_node *node, bool *failed);
/* A span must end the day before the next value begins; nothing may overlap. */
void value_check_spans(const struct value_context *context, const char *path,
    const struct yaml_node *node, bool *failed);

void dated_value_free(struct dated_value *self);
struct dated_value dated_value_copy(const struct dated_value *self);

/* Words of each dimension; 0 of ages. */
extern const int dimension_counts[DIMENSION_COUNT];

/* Size of one dimension. */
int dimension_size(const struct dated_value *self, enum dimension dimension);

#endif
