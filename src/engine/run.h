/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main job: one population through many programs at once; the home of
 * OpenMP. Everything summed is a whole number, so that the result is the same
 * for any number of threads, block size and order of scenarios. */
#ifndef GONGJI_ENGINE_RUN_H
#define GONGJI_ENGINE_RUN_H

#include "engine/books.h"
#include "engine/people.h"
#include "engine/rules.h"

/* What summary.csv reports; words give the names, labels and units. */
enum measure {
    /* Of claims: also by provider and benefit. The first MEASURE_OF_CLAIMS. */
    MEASURE_FUND_OUTFLOW,
    MEASURE_MEMBER_BURDEN,
    MEASURE_PAID_BY_ACCOUNT, /* own and family's */
    MEASURE_PAID_BY_FAMILY_ACCOUNT,
    MEASURE_PAID_BY_CASH,
    MEASURE_COST,
    MEASURE_ELIGIBLE_COST,
    MEASURE_VISITS,
    /* Of persons. */
    MEASURE_ACCOUNT_TRANSFER,
    MEASURE_ACCOUNT_OWN,
    MEASURE_PERSONS,
    MEASURE_CONTRIBUTION_INCOME,
    MEASURE_POOL_BALANCE, /* income - outflow - transfer */
    MEASURE_ACCOUNT_OPENING, /* of the groups' own accounts */
    MEASURE_ACCOUNT_INTEREST,
    MEASURE_ACCOUNT_PAID_OUT,
    MEASURE_ACCOUNT_TO_HEIRS, /* of those who died in the year */
    MEASURE_ACCOUNT_TAKEN, /* by those who left for good */
    MEASURE_ACCOUNT_CLOSING, /* of those who are still there */
    MEASURE_WINNERS,
    MEASURE_LOSERS,
    MEASURE_CAP_REACHED, /* persons with a payment that a cap cut */
    MEASURE_NET_GAIN_MEAN,
    MEASURE_COUNT,
    MEASURE_OF_CLAIMS = MEASURE_VISITS + 1
};
enum measure_unit { UNIT_YUAN, UNIT_COUNT, UNIT_YUAN_PER_PERSON };
struct measure_info {
    const char *key, *en, *zh;
    enum measure_unit unit;
    bool per_claim; /* also by provider and benefit */
};
extern const struct measure_info measure_infos[MEASURE_COUNT];

/* A group of persons or of claims: "status=retiree". */
struct group {
    char *key; /* owned: as in summary.csv; "all" */
    char *en, *zh; /* owned labels */
    const char *dimension; /* "all", "status", "age", "sector", "sex", "provider", … */
    bool of_claims; /* provider, benefit: only measures with per_claim */
};

/* One cell of the result; amounts in yuan for the insured of the model. */
struct estimate {
    double value, std_error, lower, upper;
    double difference, difference_std_error;
};

/* Per-person distributions: fixed bins, exact counts. */
enum distribution {
    DISTRIBUTION_FUND, /* fund payments */
    DISTRIBUTION_BURDEN,
    DISTRIBUTION_CREDIT, /* account credits */
    DISTRIBUTION_NET_GAIN, /* against the baseline */
    DISTRIBUTION_COUNT
};
extern const struct word distribution_words[DISTRIBUTION_COUNT];
enum { HISTOGRAM_BINS = 2048, QUANTILE_COUNT = 9 };
extern const double run_quantiles[QUANTILE_COUNT]; /* .01 .05 .1 .25 .5 .75 .9 .95 .99 */
double run_bin_edge(int i); /* yuan; lower edge of bin i, 0 <= i <= HISTOGRAM_BINS, ascending */

struct result {
    int n_scenarios, first_year, n_years, n_groups, baseline;
    const struct program *const *programs; /* [n_scenarios], not owned */
    struct group *groups; /* [n_groups], owned; groups[0] is "all" */
    struct estimate *cells; /* [scenario][year][measure][group], owned */
    int64_t *sums; /* same shape: whole fen or counts over the simulated persons, owned */
    int64_t *histograms; /* [scenario][year][distribution][bin]: persons, owned */
    double *quantiles; /* [scenario][year][distribution][quantile]: yuan, owned */
    double *quantile_lower, *quantile_upper; /* same shape: their 95 % intervals, owned */
    struct books books; /* the pooled fund's */
    const struct worlds *worlds; /* engine/worlds.h, not owned; NULL: one world */
    const struct sensitivity *sensitivity; /* engine/sensitivity.h, likewise */
    int64_t persons, insured, claims; /* simulated; stood for (last year); drawn */
    double seconds; /* wall time of the engine; not part of the result's bytes */
};

static inline size_t
result_at(const struct result *r, int scenario, int year_index, int measure, int group)
{
    return (((size_t)scenario * (size_t)r->n_years + (size_t)year_index) * MEASURE_COUNT
               + (size_t)measure) * (size_t)r->n_groups + (size_t)group;
}

struct behaviour; /* engine/behaviour.h */

struct run_options {
    int64_t persons;
    int first_year, last_year;
    int replicates; /* independent populations of that many persons, pooled */
    int threads; /* 0: as many as there are cores */
    int block; /* persons a block; 0: the default. For tests: results don't depend on it */
    int baseline; /* index of the baseline scenario */
    /* How people react to prices, [last_year - first_year + 1]; NULL: not at all. Else
     * people_allow_potential has made the people ready for it. */
    const struct behaviour *behaviour;
    /* Called now and then from the main thread: done of all blocks; may be NULL. */
    void (*progress)(void *context, int64_t done, int64_t all);
    void *context;
};

/* false where the run failed; then problems say why. */
bool run(const struct people *people, const struct model *model,
    const struct program *const *programs, int n_programs, const struct run_options *options,
    struct result *out, struct problem_list *problems);
void result_free(struct result *self);

#endif
