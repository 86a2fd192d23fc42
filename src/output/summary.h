/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.csv: the result as a tidy table, a row for each scenario, year, measure
 * and group. */
#ifndef GONGJI_OUTPUT_SUMMARY_H
#define GONGJI_OUTPUT_SUMMARY_H

#include "engine/run.h"
#include "output/run_inputs.h"

/* Amounts in yuan and counts with two decimals, means per person with four. */
void summary_write(FILE *stream, const struct result *result, const struct run_inputs *inputs);

/* Whether a measure is reported for a group: what is paid is known by claim, who
 * gains is not. */
static inline bool
summary_has(const struct result *result, int measure, int group)
{
    return !result->groups[group].of_claims || measure_infos[measure].per_claim;
}

#endif
