/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What calibrate and validate share: a model, the targets that it is held against,
 * and the policies that some of these ask for. */
#ifndef GONGJI_COMMAND_HELD_AGAINST_H
#define GONGJI_COMMAND_HELD_AGAINST_H

#include "command/command.h"
#include "engine/observe.h"

enum { HELD_KEY_TARGETS = 256, HELD_KEY_PERSONS, HELD_KEY_SEED, HELD_KEY_THREADS };

struct held_arguments {
    const char *model, *targets, *output; /* NULL where not given */
    int64_t persons, threads;
    uint64_t seed;
    struct problem_list problems;
};
struct held_arguments held_arguments_of(int64_t persons); /* the defaults */

#define HELD_OPTIONS                                                                               \
    { "targets", HELD_KEY_TARGETS, BOTH("FILE", "文件"), 0,                                        \
        BOTH("published figures, a file or an id in models/ (targets-MODEL)",                      \
            "公开数据：文件，或 models/ 中的编号（targets-模型）"),                                \
        0 },                                                                                       \
        { "persons", HELD_KEY_PERSONS, "N", 0, BOTH("persons simulated", "模拟人数"), 0 },          \
        { "seed", HELD_KEY_SEED, "S", 0, BOTH("of the random numbers (1)", "随机数种子（1）"), 0 },  \
    {                                                                                              \
        "threads", HELD_KEY_THREADS, "T", 0,                                                       \
            BOTH("as many as there are cores by default; no result depends on it",                 \
                "线程数，默认用全部核心；不影响结果"),                                             \
            0                                                                                      \
    }
/* For the parser of an argp with these options, -o and one argument, the model. */
error_t held_parse(struct held_arguments *self, int key, char *arg);

struct held {
    struct names names;
    struct model *model;
    struct targets *targets;
    struct policy **policies; /* [targets->n], owned, NULL where a target has no scenario */
    struct program **programs; /* likewise */
};
/* Reads all that there is to read; false (and the arguments' problems) where something is
 * wrong, be it with the arguments themselves. */
bool held_read(struct held *self, struct held_arguments *arguments);
void held_free(struct held *self);

struct observe_options held_observe_options(const struct held_arguments *arguments,
    struct held *held);

#endif
