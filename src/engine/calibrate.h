/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits named parameters of a model to published aggregates: least squares of the
 * deviations in units of their tolerances, by GSL's trust region on the same
 * random numbers throughout, so that what is simulated moves smoothly with the
 * parameters. A faint pull to the starting values decides what the targets leave
 * open. The same input gives the same fit. */
#ifndef GONGJI_ENGINE_CALIBRATE_H
#define GONGJI_ENGINE_CALIBRATE_H

#include "engine/observe.h"

struct calibrated {
    const struct target_fit *fit; /* not owned */
    struct model_value *value; /* of the model, not owned */
    bool *chosen; /* [value->n_cells] cells that move, owned */
    double *start; /* [value->n_cells] before, owned */
    bool alike; /* the cells that move are all the same number */
    int first; /* the first of them */
    double low, high; /* factors on the start that are allowed */
    double factor; /* at the end */
    bool at_bound;
};

/* Two targets of which one gets nearer as the other gets farther away. */
struct calibration_conflict {
    int target, other; /* indices into the targets */
    int parameter; /* that pulls them apart most; index */
};

/* How little one figure says of two parameters: for the second at its lowest,
 * starting and highest value, what the first must be. */
struct calibration_window {
    bool known;
    int target;
    double published[3]; /* low, value, high of the target */
    double second[3]; /* values of the second parameter */
    double first[3][3], product[3][3]; /* [second][published]; NAN where out of reach */
};

struct calibration {
    struct model *model; /* not owned; holds the fitted values at the end */
    const struct targets *targets; /* not owned */
    const struct program *const *programs; /* [targets->n], not owned */
    struct observe_options options;
    struct problem_list *problems;
    /* Called after each evaluation; may be NULL. */
    void (*progress)(void *context, int evaluations, double worst);
    void *context;

    struct calibrated *parameters; /* [n], owned */
    int n;
    int *fitted; /* [n_fitted] indices of the targets fitted to, owned */
    int n_fitted;
    double *before, *after; /* [targets->n] simulated, owned */
    double *simulated; /* [targets->n] latest, owned */
    /* [n_fitted][n] deviation in tolerances that moving a parameter through its whole
     * range would bring, by the slope at the end; owned. */
    double *slopes;
    /* [n_blind][n] unit directions along which the whole range moves no target by its
     * tolerance; owned. */
    double *blind;
    int n_blind;
    struct calibration_conflict *conflicts; /* [n_conflicts], owned */
    int n_conflicts;
    struct calibration_window window;
    int evaluations;
};

/* fits [n_fits] parameters to move. Problems in self->problems; false where there
 * were any. self: model, targets, programs, options, problems, progress are set. */
bool calibrate(struct calibration *self, const struct target_fit *fits, int n_fits);
void calibration_free(struct calibration *self);

/* A parameter's value at a factor: of its first cell. */
double calibrated_value(const struct calibrated *self, double factor);

/* Within the engine: moves the model to a factor, exactly or to four digits. */
void calibrated_set(struct calibrated *self, double factor, bool rounded);
bool calibration_evaluate(struct calibration *self, bool all);
bool calibration_see_window(struct calibration *self);

#endif
