/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an explanation grows: used by the files explain*.c alone. */
#ifndef GONGJI_OUTPUT_EXPLAIN_STEPS_H
#define GONGJI_OUTPUT_EXPLAIN_STEPS_H

#include "output/explain.h"

/* What a claim is judged by, and room for the amounts of one sentence. */
struct explainer {
    struct explanation *out;
    struct caseload *caseload;
    const struct policy *policy;
    const struct program *program;
    const struct epoch *epoch;
    const struct member *member;
    const struct claim *claim;
    const struct trace *trace;
    day_t day; /* on which it settles */
    struct value_at at;
    int own_rule; /* the policy's rule of the claim's benefit, before "treated as"; -1 none */
    char amounts[8][40];
    int n_amounts;
};

/* "1,234.50 yuan": good for the eight that follow. */
const char *explain_yuan(struct explainer *self, fen_t amount);
/* "60%": likewise. */
const char *explain_percent(struct explainer *self, ratio_t ratio);

struct explain_step *explain_step_add(struct explainer *self, enum explain_stage stage,
    const char *key, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Names a parameter: nothing where the file does not give it and documents don't
 * leave it open. */
void explain_basis_add(struct explainer *self, struct explain_step *step, enum section section,
    int subject, const char *key);

/* "special disease: as_inpatient"; owned by the caller. */
char *explain_rule_text(const struct explainer *self, int rule);
char *explain_cap_text(const struct explainer *self, int cap);

void explain_checks(struct explainer *self);
void explain_fund(struct explainer *self);
void explain_member_side(struct explainer *self);
void explain_sums(struct explainer *self);

#endif
