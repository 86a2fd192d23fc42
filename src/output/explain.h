/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One claim in words: who and what, the checks of entitlement, what the fund pays
 * and why, who pays the rest, what had added up before and after, and what the
 * other provider classes would have meant. Each step names the parameters that it
 * took, since when they hold and the article, reading or assumption behind them.
 * Sentences are made in the current language. */
#ifndef GONGJI_OUTPUT_EXPLAIN_H
#define GONGJI_OUTPUT_EXPLAIN_H

#include <stdio.h>

#include "engine/caseload.h"

enum explain_stage { EXPLAIN_CHECKS, EXPLAIN_FUND, EXPLAIN_MEMBER, EXPLAIN_STAGES };

/* A parameter that a step took. */
struct explain_basis {
    const struct descriptor *descriptor;
    char *path; /* owned: "benefits.outpatient.ratio" */
    char *value; /* owned: for this claim, "60%" */
    const struct dated_value *stated; /* NULL: the default holds */
    char *since; /* owned: "from 2023-01-01" */
};

struct explain_step {
    enum explain_stage stage;
    const char *key; /* for programs: "deductible" */
    char *text; /* owned */
    bool failed; /* a check that did not hold */
    bool figures; /* the amounts below mean something */
    fen_t of, amount, limit, before, after; /* as in struct trace_step */
    ratio_t ratio;
    struct explain_basis *bases; /* [n_bases], owned */
    int n_bases, bases_capacity;
};

/* Something that adds up over a year or a month. */
struct explain_sum {
    char *label; /* owned */
    fen_t before, after;
    fen_t limit; /* negative where the claim did not meet it */
};

struct explanation {
    const struct caseload *caseload; /* not owned */
    const struct names *names; /* not owned */
    char *claim_id, *person_id; /* owned */
    char *claim_text, *member_text; /* owned */
    char *stay_id; /* owned: the stay that the cost went into; NULL where none */
    struct caseload_answer answer;
    struct explain_step *steps; /* [n_steps], owned */
    int n_steps, steps_capacity;
    struct explain_sum *sums; /* [n_sums], owned */
    int n_sums, sums_capacity;
    struct settlement others[PROVIDER_COUNT]; /* the same claim at each provider class */
};

/* index, part: of the claim, as claims_find tells them. */
void explanation_make(struct explanation *self, struct caseload *caseload,
    const struct names *names, uint32_t index, int part);
void explanation_free(struct explanation *self);

void explanation_write(FILE *stream, const struct explanation *self, int width);
/* One line of JSON, amounts in yuan. */
void explanation_write_json(FILE *stream, const struct explanation *self);

#endif
