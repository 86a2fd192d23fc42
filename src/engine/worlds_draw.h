/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From places in ranges to a world: what can be drawn, and a model and policies with
 * the values drawn. Within run_worlds.c. */
#ifndef GONGJI_ENGINE_WORLDS_DRAW_H
#define GONGJI_ENGINE_WORLDS_DRAW_H

#include "engine/worlds.h"

struct world_space {
    const struct model *model; /* not owned */
    const struct policy *const *policies; /* [n_policies], not owned */
    int n_policies;
    int first_year, last_year;
    uint64_t seed;
    struct world_input *inputs; /* [n_inputs], owned; worlds take them over */
    struct world_slot {
        enum { SLOT_SHOCK, SLOT_POLICY, SLOT_MODEL } kind;
        int value; /* SLOT_MODEL: index into the model's values; SLOT_SHOCK: enum shock */
        const char *path; /* SLOT_POLICY: of the parameter; not owned */
        double centre; /* place of the central value */
    } *slots; /* [n_inputs], owned */
    int n_inputs;
};

/* with_behaviour: whether its parameters move too. rules_on: see program_compile. */
void world_space_init(struct world_space *self, const struct model *model,
    const struct policy *const *policies, int n_policies, int first_year, int last_year,
    day_t rules_on, bool with_behaviour, uint64_t seed);
void world_space_free(struct world_space *self);

/* The places of n worlds, [n][n_inputs]: Sobol points, moved by the seed, in as many
 * dimensions as GSL has, addressed random numbers in further ones. Owned by the caller. */
double *world_space_points(const struct world_space *self, int n);

/* A model and policies of one world. */
struct world_drawn {
    struct model model; /* shares all with the central one but for values and their cells */
    struct policy *policies; /* [n_policies], likewise but for parameters and their tables; owned */
    int n_policies;
};
/* world: its number, for what its place does not fix; place [n_inputs]. */
void world_draw(const struct world_space *self, int world, const double *place,
    struct world_drawn *out);
void world_drawn_free(struct world_drawn *self);

/* Seed of a world's people. */
uint64_t world_seed(uint64_t seed, int world);

/* The value at a place of the triangle over low, mode, high, and the place of its mode. */
double world_triangle(double low, double mode, double high, double place);
double world_triangle_centre(double low, double mode, double high);

/* A path of shocks x[n], each with standard deviation 1 and the correlation
 * persistence with the year before: the place fixes the mean of their running sums,
 * noise [n] (standard normal) the rest. */
void world_shocks(double persistence, double place, const double *noise, int n, double *x);

#endif
