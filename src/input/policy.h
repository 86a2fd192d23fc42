/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy as its file states it: named parameters, each with dated values, each
 * value with the article that fixes it. The descriptor table (policy_table.c) is
 * the one list of what parameters there are: the reader, the bounds check, show,
 * the report's parameter table and the manual live from it. */
#ifndef GONGJI_INPUT_POLICY_H
#define GONGJI_INPUT_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/money.h"
#include "base/names.h"
#include "base/problem.h"
#include "input/records.h"

/* By what a value may differ, besides the date. */
enum dimension {
    DIMENSION_STATUS,
    DIMENSION_SECTOR,
    DIMENSION_PLACE,
    DIMENSION_PROVIDER,
    DIMENSION_CHANNEL,
    DIMENSION_AGE,
    DIMENSION_COUNT
};

enum value_kind {
    VALUE_MONEY, /* fen; written in yuan */
    VALUE_RATIO, /* millionths; written as 70% or 0.7 */
    VALUE_NUMBER, /* whole */
    VALUE_CHOICE, /* index into the descriptor's choices */
    VALUE_NAMES, /* a list of names (caps, diseases): bit i is names[i] of the policy */
};

/* Where in the file a parameter stands: benefits.<benefit>.<key>,
 * benefits.special.rules.<name>.<key>, caps.<name>.<key>, and so on. */
enum section {
    SECTION_READING, /* readings.<key>: of the document as a whole */
    SECTION_BENEFIT,
    SECTION_CAP,
    SECTION_ACCOUNT,
    SECTION_CONTRIBUTION,
    SECTION_POOLING,
    SECTION_COUNT
};

struct descriptor {
    const char *key; /* "deductible.amount" */
    enum section section;
    enum value_kind kind;
    unsigned dimensions; /* bit mask of enum dimension */
    int64_t minimum, maximum; /* in the kind's unit, both allowed */
    int64_t fallback; /* where the file says nothing */
    const struct word *choices; /* [n_choices] for VALUE_CHOICE */
    int n_choices;
    const char *en, *zh; /* what it is */
    bool needed; /* a benefit, cap or section without it is incomplete */
    const char *unit_en, *unit_zh; /* where the kind's own unit is too short */
    bool reading; /* documents often leave it open: shown even where the file says nothing */
};

extern const struct descriptor policy_descriptors[];
extern const int policy_n_descriptors;

enum standing { STANDING_DOCUMENT, STANDING_READING, STANDING_ASSUMPTION, STANDING_COUNT };
extern const struct word standing_words[STANDING_COUNT];

struct value_source {
    char *article; /* owned; never NULL */
    char *note; /* owned; NULL where none */
    char *range; /* owned, as written; NULL where none */
    int64_t low, high; /* its ends in the kind's unit, where there is one */
    enum standing standing;
    const char *file; /* the policy's own copy */
    int line, column;
};

/* One value from a day on: a table over the dimensions that it is given by. */
struct dated_value {
    day_t from; /* DAY_MIN where undated */
    unsigned dimensions; /* mask of those used */
    int n_ages; /* age bands: from ages[i] up to ages[i + 1] - 1 */
    int *ages; /* [n_ages], owned, ascending, ages[0] == 0 */
    int64_t *table; /* owned; status, sector, place, provider, channel, age, the last fastest,
                       only the dimensions used */
    struct value_source source;
};

struct parameter {
    char *path; /* owned: "benefits.outpatient.deductible.amount" */
    const struct descriptor *descriptor;
    int subject; /* SECTION_BENEFIT: rule index; SECTION_CAP: cap index; else 0 */
    struct dated_value *values; /* [n_values], owned, ascending by from */
    int n_values;
};

/* One rule of one benefit: a benefit has one, but for special diseases, whose
 * rules may differ by disease. */
struct policy_rule {
    enum benefit benefit;
    char *name; /* owned: NULL for the benefit's only (or default) rule */
    uint32_t *diseases; /* [n_diseases] names, owned; empty: all others */
    int n_diseases;
};

enum { POLICY_CAPS_MAX = 16, POLICY_RULES_MAX = 16 };

struct policy {
    char *id, *file; /* owned */
    char *name_en, *name_zh, *document; /* owned */
    char *extends; /* owned id or file; NULL */
    day_t in_force_from, in_force_to; /* both included; DAY_MIN, DAY_MAX where open */
    struct value_source in_force_source;
    struct policy_rule rules[POLICY_RULES_MAX];
    int n_rules;
    char *caps[POLICY_CAPS_MAX]; /* names, owned */
    int n_caps;
    struct parameter *parameters; /* [n_parameters], owned, in the table's order */
    int n_parameters;
    struct policy_text { /* the files it was read from, itself first, then what it extends */
        char *file, *text;
        size_t n;
    } *texts; /* [n_texts], owned */
    int n_texts;
};

/* Reads a scenario: a file's path, or an id looked for as scenarios/ID.yaml in
 * the data folders. Names of diseases go into names. All problems are added;
 * NULL where there were any. */
struct policy *policy_read(const char *file_or_id, struct names *names,
    struct problem_list *problems);
void policy_free(struct policy *self);

/* Everything a value may depend on besides the date. */
struct value_at {
    enum status status;
    enum sector sector;
    enum place place;
    enum provider provider;
    enum channel channel;
    int age;
};

/* The parameter of a subject, or NULL where the file gives none (then the
 * descriptor's fallback holds). */
const struct parameter *policy_find(const struct policy *self, enum section section, int subject,
    const char *key);
const struct descriptor *policy_descriptor(enum section section, const char *key);
/* The value in force on a day; NULL before the first. */
const struct dated_value *parameter_on(const struct parameter *self, day_t day);
size_t dated_value_cells(const struct dated_value *self); /* of its table */
int64_t dated_value_at(const struct dated_value *self, const struct value_at *at);

/* A folder that holds scenarios/ and models/: asked for in GONGJI_DATA, beside
 * the program, the source tree, or where it was installed. Owned by the caller;
 * NULL where there is none. */
char *policy_find_file(const char *folder, const char *id);
/* Whether it names a file by its path, not by its id. */
bool policy_is_path(const char *file_or_id);
/* The nearest id that there is in such a folder, or NULL. */
const char *policy_nearest_id(const char *folder, const char *id, char out[static 256]);

/* What no single value shows: that benefits are whole, that references lead
 * somewhere, that every value is there when the policy is in force. */
void policy_check(const struct policy *self, struct problem_list *problems);

#endif
