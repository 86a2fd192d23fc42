/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sure the books are: many worlds, each with uncertain parameters of model and
 * scenarios drawn from their ranges, shocks to growth and people of its own. What
 * single worlds say is kept for the city's books and all insured together. */
#ifndef GONGJI_ENGINE_WORLDS_H
#define GONGJI_ENGINE_WORLDS_H

#include "engine/behaviour.h"
#include "engine/progress_file.h"
#include "engine/run.h"

/* What an uncertain input belongs to. */
enum world_group {
    WORLD_POPULATION,
    WORLD_GROWTH,
    WORLD_USE, /* who falls ill and how often */
    WORLD_COST,
    WORLD_BEHAVIOUR,
    WORLD_FUND,
    WORLD_POLICY, /* what scenarios assume */
    WORLD_SHOCKS,
    WORLD_GROUPS
};
extern const struct word world_group_words[WORLD_GROUPS];

struct world_input {
    char *key; /* owned: "wages.growth", "policy.contribution.employer_rate", "shocks.cost" */
    char *en, *zh; /* owned: what it is */
    enum world_group group;
    /* Ends and centre of the range, of a parameter with several cells those of the first
     * that is uncertain; of a shock its mean over the years in standard deviations. */
    double low, central, high;
};

enum { WORLD_QUANTILES = 5 };
extern const double world_quantiles[WORLD_QUANTILES]; /* .05 .25 .5 .75 .95 */

struct worlds {
    int n; /* worlds */
    int n_scenarios, first_year, n_years;
    int n_units; /* as in struct books */
    int n_inputs;
    struct world_input *inputs; /* [input], owned */
    double *points; /* [world][input]: place in its range as a probability, owned */
    double *totals; /* [scenario][year][measure][world]: all insured, in the measure's unit; owned */
    double *lines; /* [scenario][year][book_line][world]: the city, in the line's unit; owned */
    int *first_deficit, *run_dry; /* [scenario][unit][world]: as in struct books; owned */
    /* [scenario a][scenario b]: share of worlds in which a runs dry in a later year than b
     * (one that does not run dry lasts longer than any that does), and in which neither is
     * before the other. Owned. */
    double *outlives, *ties;
    int brought_back; /* worlds whose draws fitted together only nearer to the central values */
};

static inline const double *
worlds_total(const struct worlds *self, int scenario, int year_index, enum measure measure)
{
    size_t at = ((size_t)scenario * (size_t)self->n_years + (size_t)year_index) * MEASURE_COUNT;
    return self->totals + (at + (size_t)measure) * (size_t)self->n; /* [world] */
}

static inline const double *
worlds_line(const struct worlds *self, int scenario, int year_index, enum book_line line)
{
    size_t at = ((size_t)scenario * (size_t)self->n_years + (size_t)year_index) * BOOK_COUNT;
    return self->lines + (at + (size_t)line) * (size_t)self->n; /* [world] */
}

static inline const int *
worlds_run_dry(const struct worlds *self, int scenario, int unit)
{
    return self->run_dry
        + ((size_t)scenario * (size_t)self->n_units + (size_t)unit) * (size_t)self->n; /* [world] */
}

static inline const int *
worlds_first_deficit(const struct worlds *self, int scenario, int unit)
{
    return self->first_deficit
        + ((size_t)scenario * (size_t)self->n_units + (size_t)unit) * (size_t)self->n; /* [world] */
}

/* Where finished worlds are kept while the others are made; nothing of it is owned. */
struct worlds_keep {
    const char *path;
    /* The run's own sums, written to run_path before the first worlds are: worlds alone
     * are no run that could go on. Worlds of another description are not gone on with. */
    const struct progress *run;
    const char *run_path;
    bool resumed; /* what is at path is gone on with; else it is written over */
    double every; /* seconds, as in struct run_keep */
    /* As in struct run_keep; may be called from any thread, by one at a time. */
    void (*kept)(void *context, const struct problem_list *problems);
    /* How many of all worlds were there. */
    void (*found)(void *context, int n, int all);
    void *context;
};

/* What worlds are made from; nothing of it is owned. */
struct worlds_source {
    int n; /* worlds */
    const struct model *model;
    const struct names *names; /* that the policies' diseases are named by */
    const struct program *const *programs; /* [n_programs], with their policies */
    int n_programs;
    day_t rules_on; /* as they were compiled */
    enum expiry expiry;
    enum behaviour_level level; /* its parameters move at BEHAVIOUR_CENTRAL */
    uint64_t seed;
    /* Persons, replicates and years are those of every world; progress counts its blocks. */
    const struct run_options *options;
    const struct books *central; /* of the run itself: its first year gives the budgets */
    const struct worlds_keep *keep; /* NULL: nothing is kept */
};

/* false (and problems) where not even the central values make a world, or what was kept
 * of an interrupted run is damaged. A world is the same whatever the threads, and however
 * many others there are. */
bool worlds_run(struct worlds *self, const struct worlds_source *source,
    struct problem_list *problems);
void worlds_free(struct worlds *self);

/* The fan over n values, in their unit: between order statistics by straight line. */
void worlds_fan(const double *values, int n, double out[static WORLD_QUANTILES]);

#endif
