/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The uncertainty budget: how much of what worlds differ by comes from each uncertain
 * input. Legendre polynomials of the inputs' places and products of two are chosen one
 * by one while each tells more than chance would, and their squared coefficients are the
 * shares (Sobol indices by polynomial chaos: Sudret,
 * Reliab. Eng. Syst. Saf. 2008;93:964; Blatman and Sudret, J. Comput. Phys. 2011;230:2345). */
#ifndef GONGJI_ENGINE_SENSITIVITY_H
#define GONGJI_ENGINE_SENSITIVITY_H

#include "engine/worlds.h"

enum outcome {
    OUTCOME_CLOSING, /* the pool at the last year's close, yuan */
    OUTCOME_OUTGO, /* the pool's outgo over all years, yuan */
    OUTCOME_RUN_DRY, /* the time it runs dry, years with a fraction; else the year after the last */
    OUTCOME_DIFFERENCE, /* closing against the baseline's, yuan */
    OUTCOME_COUNT
};
extern const struct word outcome_words[OUTCOME_COUNT];

/* Of one scenario and outcome. Shares are of the variance over worlds, by the first
 * thousand of them. */
struct sensitivity_outcome {
    double mean, deviation; /* over worlds; with a deviation of 0 the shares are 0 */
    double explained; /* share that the polynomials foretell for worlds left out, 0 to 1 */
    double sampling; /* share that the sampling of people makes */
    double unexplained; /* the rest: 1 - explained - sampling, or 0 */
    double *first_order, *total; /* [input]: alone; and with all products it is in; owned */
    double group_first_order[WORLD_GROUPS], group_total[WORLD_GROUPS];
};

struct sensitivity {
    int n_scenarios, n_inputs;
    struct sensitivity_outcome *outcomes; /* [scenario][OUTCOME_COUNT], owned */
};

/* central: the books of the run itself, whose errors are those of sampling. */
void sensitivity_find(struct sensitivity *self, const struct worlds *worlds,
    const struct books *central, int baseline);
void sensitivity_free(struct sensitivity *self);

/* The polynomials of one outcome: a term is a product of one or two polynomials. */
struct chaos {
    double mean, variance; /* of the values fitted */
    double explained; /* 1 - mean squared error over worlds left out / variance, at least 0 */
    struct chaos_term {
        int input[2], degree[2]; /* input[1] -1: of one input alone; degrees from 1 */
        double coefficient; /* of polynomials whose mean square is 1 */
    } *terms; /* [n_terms], owned */
    int n_terms;
};
/* points [n][n_inputs] within 0 … 1, values [n]. */
void chaos_fit(struct chaos *self, const double *points, int n, int n_inputs, const double *values);
void chaos_free(struct chaos *self);
/* Shares of the variance that the terms hold, by input. */
void chaos_indices(const struct chaos *self, int n_inputs, double *first_order, double *total);

#endif
