/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A population model as its file states it: named parameters, each with where it
 * comes from and how sure it is. The descriptor table (model_table.c) is the one
 * list of what parameters there are: the reader, the bounds and models/README.md
 * live from it. What a file leaves out is neutral (no such claims, no spread, no
 * calendar), so that a model can be stripped to a textbook case. */
#ifndef GONGJI_INPUT_MODEL_H
#define GONGJI_INPUT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "input/policy.h"
#include "input/records.h"

/* By what a value may differ; a file nests them in this order. */
enum model_dimension {
    MODEL_BY_STATUS,
    MODEL_BY_SECTOR,
    MODEL_BY_CHRONIC,
    MODEL_BY_SPECIAL,
    MODEL_BY_AGE, /* from the age that is the key up to the next key */
    MODEL_BY_YEAR, /* from the year that is the key up to the next key; never beside ages */
    MODEL_BY_PROVIDER,
    MODEL_BY_CHANNEL,
    MODEL_BY_MONTH,
    MODEL_DIMENSIONS
};

enum { MODEL_CHRONIC = 6, MODEL_SPECIAL = 6, MODEL_MONTHS = 12 };
enum { MODEL_FIRST_YEAR = 1950, MODEL_LAST_YEAR = 2200 };
extern const struct word model_chronic_words[MODEL_CHRONIC], model_special_words[MODEL_SPECIAL];

enum model_kind { MODEL_NUMBER, MODEL_WHOLE, MODEL_SHARE, MODEL_YUAN, MODEL_CHOICE };
enum frequency_family { FREQUENCY_POISSON, FREQUENCY_NEGATIVE_BINOMIAL };
enum severity_family { SEVERITY_LOGNORMAL, SEVERITY_GAMMA };

/* How strongly people react to what they pay: low and high are the ends of the
 * priors of the behaviour section. */
enum behaviour_level {
    BEHAVIOUR_OFF,
    BEHAVIOUR_LOW,
    BEHAVIOUR_CENTRAL,
    BEHAVIOUR_HIGH,
    BEHAVIOUR_COUNT
};
extern const struct word behaviour_words[BEHAVIOUR_COUNT];

enum model_flag {
    MODEL_NEEDED = 1, /* no model without it */
    MODEL_SUMS_TO_ONE = 2, /* over the last dimension; what is left out is 0 */
    MODEL_WEIGHTS = 4, /* relative: what is left out is 0, the sum is positive */
    MODEL_MAY_LACK = 8, /* what is left out is 0 */
};

struct model_descriptor {
    const char *key; /* "frequency.mean" */
    unsigned benefits; /* mask of the sections that have it; 0: of the whole model */
    enum model_kind kind;
    unsigned dimensions; /* bit mask of enum model_dimension */
    double minimum, maximum; /* in the file's unit, both allowed */
    double fallback; /* in every cell where the file says nothing */
    unsigned flags; /* enum model_flag */
    const char *unit_en, *unit_zh;
    const char *en, *zh; /* what it is */
    const struct word *choices; /* [n_choices] for MODEL_CHOICE */
    int n_choices;
};
extern const struct model_descriptor model_descriptors[];
extern const int model_n_descriptors;

/* How a value is known. */
enum evidence {
    EVIDENCE_FOUND, /* stands in a publication */
    EVIDENCE_DERIVED, /* computed from what was found */
    EVIDENCE_RECALLED, /* from memory, not looked up */
    EVIDENCE_ASSUMED,
    EVIDENCE_COUNT
};
extern const struct word evidence_words[EVIDENCE_COUNT];

struct model_value {
    const struct model_descriptor *descriptor;
    int benefit; /* enum benefit, or -1: of the whole model */
    char *path; /* owned: "outpatient.frequency.mean" */
    bool given; /* by a file; else the fallback */
    int size[MODEL_DIMENSIONS]; /* cells along each dimension; 1 where not used */
    int n_cells;
    double *cells; /* [n_cells], owned; the last dimension fastest */
    double (*prior)[3]; /* [n_cells] low, central, high; owned; NULL where none */
    /* First age of each band along MODEL_BY_AGE, or first year less MODEL_FIRST_YEAR along
     * MODEL_BY_YEAR; owned, NULL where the file gives no bands. */
    int *ages;
    enum evidence standing;
    char *source; /* owned; NULL where not given */
    const char *file; /* the model's own copy */
    int line, column;
};

struct model_county {
    char *name; /* owned */
    double share;
};

enum { MODEL_COUNTIES_MAX = 200 };

struct model {
    char *id, *file; /* owned */
    char *name_en, *name_zh; /* owned; "" where none */
    char *extends; /* owned id or file; NULL */
    int year; /* the year on whose 1 January the people are as described */
    struct model_value *values; /* [n_values], owned, all of the table, in its order */
    int n_values;
    struct model_county *counties; /* [n_counties], owned; none: no counties told apart */
    int n_counties;
    char *counties_source; /* owned; NULL */
    enum evidence counties_standing;
    struct policy_text *texts; /* [n_texts], owned: the file itself, then what it extends */
    int n_texts;
};

/* Reads a model: a file's path, or an id looked for as models/ID.yaml in the data
 * folders. All problems are added; NULL where there were any. */
struct model *model_read(const char *file_or_id, struct problem_list *problems);
void model_free(struct model *self);

/* The value of a key; benefit -1 for those of the whole model. Never NULL for a
 * key of the table. */
const struct model_value *model_find(const struct model *self, int benefit, const char *key);

/* A cell of a value: at[d] is the index along dimension d, at[MODEL_BY_AGE] an age
 * in years; what a value does not depend on is passed over. */
double model_cell(const struct model_value *self, const int at[static MODEL_DIMENSIONS]);
/* Shorthands for values without dimensions and by status. */
double model_number(const struct model *self, int benefit, const char *key);
double model_by_status(const struct model *self, int benefit, const char *key, enum status status);
/* Does the model say how people react? Else only BEHAVIOUR_OFF can be meant. */
bool model_describes_behaviour(const struct model *self);
/* Index of the band of an age. */
int model_age_band(const struct model_value *self, int age);
/* The cell of a year of a value that depends on the year and on nothing else. */
double model_by_year(const struct model *self, int benefit, const char *key, int year);

/* Words of a dimension; NULL (and 0) for ages and months. */
const struct word *model_words(enum model_dimension dimension, int *n);

/* What single values cannot show: shares that leave nobody, a family without its
 * parameters. Called by model_read; adds problems. */
void model_check(const struct model *self, struct problem_list *problems);

#endif
