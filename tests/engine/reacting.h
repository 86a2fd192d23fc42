/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who react to prices, policies for them and their runs, for the tests of
 * behaviour. */
#ifndef GONGJI_TESTS_ENGINE_REACTING_H
#define GONGJI_TESTS_ENGINE_REACTING_H

#include "engine/behaviour.h"
#include "engine/run.h"

/* Everybody makes visits of 100 yuan, all eligible, with no account to pay from. */
extern const char *const plain_model;

/* People, and policies for them. */
struct world {
    struct names names;
    struct model *model;
    struct people *people;
    struct policy *policies[8];
    struct program *programs[8];
    int n;
};

void *read_text(const char *text, void *(*read)(const char *path, struct names *names),
    struct names *names);
void *read_model(const char *path, struct names *names);
void *read_policy(const char *path, struct names *names);
struct world world_of(struct model *model);
struct world national(void);
void add_policy(struct world *world, struct policy *policy);
/* The fund pays these percentages of every visit, from the first fen on. */
void add_plain(struct world *world, int community, int level2);
void world_free(struct world *world);
struct result run_with(struct world *world, const struct behaviour *behaviour, double largest,
    int64_t persons, int threads, int block);
/* One year of so many persons, at a level of behaviour. */
struct result run_at(struct world *world, enum behaviour_level level, int64_t persons);
int group(const struct result *result, const char *key);
int64_t sum_of(const struct result *result, int scenario, enum measure measure,
    const char *key);
/* Bit by bit, but for the books. */
bool same_results(const struct result *a, const struct result *b);

#endif
