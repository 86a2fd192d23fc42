/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/books_scope.h"

#include <string.h>

#include "input/model.h"

const char books_pot_group[] = "pot=city";

const struct group *
books_place(const struct result *result, int unit)
{
    for (int i = 0; unit > 0 && i < result->n_groups; i++)
        if (strcmp(result->groups[i].dimension, "county") == 0 && --unit == 0)
            return &result->groups[i];
    return &result->groups[0];
}

bool
books_shown(const struct result *result, const struct run_inputs *inputs)
{
    bool fund = false;
    for (int i = 0; inputs->model != NULL && i < inputs->model->n_values; i++) {
        const struct model_value *value = &inputs->model->values[i];
        fund = fund || (value->given && strncmp(value->path, "fund.", 5) == 0);
    }
    return result->books.n_years > 1 || (result->books.n_years == 1 && fund);
}
