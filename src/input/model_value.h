/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of a model file on their way into struct model: within the reader. */
#ifndef GONGJI_INPUT_MODEL_VALUE_H
#define GONGJI_INPUT_MODEL_VALUE_H

#include "input/model.h"
#include "input/yaml.h"

/* What encloses the node being read. */
struct model_context {
    const struct yaml *yaml;
    struct model *model;
    const char *file; /* the model's copy of its name */
    struct problem_list *problems;
    const struct yaml_node *source, *standing; /* of the nearest enclosing section; NULL */
};

/* Notes what the map states of source and standing for all within. */
void model_context_enter(struct model_context *self, const struct yaml_node *map);

/* Fills in a value's evidence from its own map or what encloses it; adds a problem
 * where there is none. source is owned by the caller. */
void model_evidence(struct model_context *self, const struct yaml_node *node, const char *path,
    enum evidence *standing, char **source);

/* Reads a section, whose keys continue prefix; plain keys are passed over. */
void model_section(struct model_context *self, const struct yaml_node *map, const char *prefix,
    const char *const *plain, size_t n_plain);

void model_values_init(struct model *model);
void model_values_free(struct model *model);

#endif
