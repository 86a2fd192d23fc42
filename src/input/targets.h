/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published aggregates that a population model is held against: which of them it
 * is fitted to, which are held out, which of its parameters may move, and by what
 * documented growth its year is carried to later ones. */
#ifndef GONGJI_INPUT_TARGETS_H
#define GONGJI_INPUT_TARGETS_H

#include "input/model.h"

enum target_measure {
    TARGET_VISITS, /* claims a person and year; of inpatient: stays */
    TARGET_COST, /* yuan a person and year */
    TARGET_COST_PER_VISIT, /* yuan a claim */
    TARGET_COST_RATIO, /* cost of a retiree over cost of an active member */
    TARGET_ZERO_USERS, /* share of persons without such a claim in the year */
    TARGET_TOP_SHARE, /* share of all cost that the costliest `share` of persons hold */
    TARGET_PERSISTENCE, /* share of them who are among them again `after` years later */
    TARGET_ACCOUNT_BALANCE, /* yuan a person on 1 January */
    TARGET_MEMBER_SHARE, /* persons of the status over all, on 1 January */
    TARGET_CONTRIBUTION_BASE, /* yuan a month and active member */
    TARGET_STAY_DAYS, /* days a stay */
    TARGET_OUTFLOW, /* yuan a person and year that the pooled fund pays under a scenario */
    TARGET_MEASURES
};

/* What a target of a measure may say besides; bits. */
enum target_filter {
    TARGET_BENEFIT = 1,
    TARGET_STATUS = 2,
    TARGET_PROVIDER = 4,
    TARGET_SHARE = 8,
    TARGET_AFTER = 16,
    TARGET_SCENARIO = 32
};

struct target_measure_info {
    const char *key, *en, *zh;
    const char *unit_en, *unit_zh;
    unsigned filters; /* enum target_filter */
    int decimals; /* to be shown */
};
extern const struct target_measure_info target_measures[TARGET_MEASURES];

struct target {
    char *id; /* owned: its key in the file */
    char *name_en, *name_zh; /* owned */
    enum target_measure measure;
    unsigned benefits, statuses, providers; /* bit masks; all bits where not said */
    double share; /* of persons; 0.1 where not said */
    int after; /* years; 1 where not said */
    char *scenario; /* owned; NULL but for TARGET_OUTFLOW */
    day_t rules_on; /* DAY_MIN: each day's own */
    int year;
    double value, tolerance; /* tolerance relative */
    bool has_range;
    double low, high; /* where has_range: what would do */
    double weight;
    bool fitted; /* else held out */
    enum evidence standing;
    char *source; /* owned */
    char *cause_en, *cause_zh; /* owned: of a deviation; NULL where none is given */
    int line, column;
};

/* A parameter that calibration may move: cells of a value, all by one factor. */
struct target_fit {
    char *parameter; /* owned: "outpatient.frequency.mean" */
    unsigned cells[MODEL_DIMENSIONS]; /* bits along each dimension; 0: all */
    char *label; /* owned: "outpatient.frequency.mean (employee, flexible)" */
    bool has_bounds, has_times;
    double low, high; /* bounds: values of the cells; times: factors; neither: the prior */
    int line, column;
};

/* What a prediction for a later year is multiplied with, beyond what the model's
 * own people do. */
struct target_growth {
    char *id, *name_en, *name_zh, *source; /* owned */
    enum target_measure measure;
    unsigned benefits;
    double yearly; /* 0.042: 4.2 % a year */
    enum evidence standing;
};

struct targets {
    char *id, *file; /* owned */
    char *name_en, *name_zh; /* owned */
    char *model; /* owned: id or file that they are for; NULL where not said */
    struct target *items; /* [n], owned */
    int n;
    struct target_fit *fits; /* [n_fits], owned */
    int n_fits;
    struct target_growth *growths; /* [n_growths], owned */
    int n_growths;
};

/* Reads a file, or models/ID.yaml of the data folders. All problems are added;
 * NULL where there were any. */
struct targets *targets_read(const char *file_or_id, struct problem_list *problems);
void targets_free(struct targets *self);

/* Parses "outpatient.frequency.mean" or "outpatient.frequency.mean:employee,flexible"
 * of a command line into a fit that is bounded by the prior; false where a word is
 * unknown, which is a problem then. out: zeroed, owned by the caller. */
bool target_fit_parse(const char *text, struct target_fit *out, struct problem_list *problems);
void target_fit_free(struct target_fit *self);

/* What a year's simulated value of the target is multiplied with. */
double target_growth_factor(const struct targets *self, const struct target *target,
    int model_year);

/* Whether a simulated value will do: within the range, or the tolerance. */
bool target_met(const struct target *self, double simulated);

#endif
