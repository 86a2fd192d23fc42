/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a simulated population shows: the figures that publications give of a real
 * one. Counted in whole numbers, so that neither threads nor blocks matter. */
#ifndef GONGJI_ENGINE_OBSERVE_H
#define GONGJI_ENGINE_OBSERVE_H

#include "engine/people.h"
#include "engine/rules.h"
#include "input/targets.h"

enum { OBSERVE_USERS = 1 << BENEFIT_COUNT };

/* One year of a population; by status on 1 January. */
struct observation {
    int64_t persons[STATUS_COUNT];
    int64_t claims[STATUS_COUNT][BENEFIT_COUNT][PROVIDER_COUNT];
    fen_t cost[STATUS_COUNT][BENEFIT_COUNT][PROVIDER_COUNT];
    int64_t stay_days[STATUS_COUNT];
    int64_t users[STATUS_COUNT][OBSERVE_USERS]; /* persons by the set of benefits they used */
    fen_t balance[STATUS_COUNT]; /* of accounts on 1 January */
    fen_t base[STATUS_COUNT]; /* monthly contribution bases */
};

/* What a person's claims of some benefits cost in the year: (cost, tie) ranks all. */
struct observed_person {
    fen_t cost;
    uint32_t tie;
    uint16_t entered; /* tells who holds the number, as in person_traits */
};

/* Adds a block. persons [block->n] receives its own; benefits: bits of those whose
 * cost counts there. */
void observation_add(struct observation *self, const struct people_block *block,
    unsigned benefits, struct observed_person *persons);
void observation_merge(struct observation *self, const struct observation *other);

/* Draws a year of the first n persons; in parallel (run_observe.c). persons [n]. */
void run_observe(const struct people *people, int64_t n, int year, unsigned benefits, int threads,
    struct observation *out, struct observed_person *persons);

struct observe_options {
    int64_t persons;
    uint64_t seed;
    int threads; /* 0: as many as there are cores */
    struct names *names; /* that the programs were read with */
    bool fitted_only; /* the others are left as they are in out */
};

/* Simulates every target of the model, growth to its year included, into out
 * [targets->n]. programs [targets->n]: of targets with a scenario, else NULL.
 * false (and problems) where the model cannot be compiled or the run fails. */
bool observe_targets(const struct model *model, const struct targets *targets,
    const struct program *const *programs, const struct observe_options *options, double *out,
    struct problem_list *problems);

#endif
