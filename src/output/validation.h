/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model held against what is published: what it was fitted to and what was held
 * out, apart, each with its ratio and, where that is more than 5 % from one, the
 * cause that the targets' file gives. In the current language. */
#ifndef GONGJI_OUTPUT_VALIDATION_H
#define GONGJI_OUTPUT_VALIDATION_H

#include <stdio.h>

#include "input/targets.h"

struct validation {
    const struct model *model;
    const struct targets *targets;
    const double *simulated; /* [targets->n], growth included */
    int64_t persons;
    uint64_t seed;
};

/* Ratios farther from 1 ask for a cause. */
extern const double validation_noticed;

enum { VALIDATION_NUMBER = 48 };
/* A target's figure with the measure's decimals. */
const char *validation_number(char out[static VALIDATION_NUMBER], const struct target *target,
    double value);
const char *validation_name(const struct target *target); /* in the current language */
/* The cause of a deviation, or words that none is given. */
const char *validation_cause(const struct target *target);

void validation_write(FILE *stream, const struct validation *self, int width);
/* One page with a bar a target; nothing is fetched. */
void validation_write_html(FILE *stream, const struct validation *self);
/* For models/validation-*.md. */
void validation_write_markdown(FILE *stream, const struct validation *self);

#endif
