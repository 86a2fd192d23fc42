/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run was made of: with these, and the program of that version, anyone can
 * make it again. Whatever does not change the results (threads, block size, wall
 * time, the directory, the language) is left out, so that files made from it are
 * the same to the byte. The command fills it; everything is owned by the caller. */
#ifndef GONGJI_OUTPUT_RUN_INPUTS_H
#define GONGJI_OUTPUT_RUN_INPUTS_H

#include "engine/rules.h"

/* A file that was read, in full. */
struct run_text {
    const char *file; /* the path it was read from */
    const char *text; /* UTF-8 */
    size_t n; /* bytes */
};

struct run_scenario {
    const char *id; /* unique in the run: a scenario given twice is "yantai", then "yantai#2" */
    const char *en, *zh; /* its name */
    const struct policy *policy;
    const struct run_text *texts; /* [n_texts] its own file, then those that it extends */
    int n_texts;
};

struct model;

struct run_inputs {
    struct run_scenario *scenarios; /* [n_scenarios] in the order of struct result */
    int n_scenarios, baseline;
    const char *model_id, *model_en, *model_zh;
    const struct run_text *model_texts; /* [n_model_texts] its own file, then those it extends */
    int n_model_texts;
    const struct model *model; /* for how sure its figures are; NULL: not told */
    int64_t persons; /* simulated, in each replicate */
    int first_year, last_year, replicates;
    uint64_t seed;
    const char *behaviour; /* "off", "low", "central", "high" */
    day_t rules_on; /* rules as they stand on that day in every year; DAY_MIN: each day's own */
    enum expiry expiry; /* what comes after a policy's last day */
    const char *command; /* the command that makes this run again, but for -o */
    const char *version, *commit, *compiler;
};

#endif
