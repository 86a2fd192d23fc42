/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a population looks like: counts and sums over its persons and the claims
 * of one calendar year, of drawn people or of people from files. */
#ifndef GONGJI_ENGINE_PORTRAIT_H
#define GONGJI_ENGINE_PORTRAIT_H

#include "engine/people.h"
#include "input/claims.h"
#include "input/members.h"

enum {
    PORTRAIT_AGES = 111, /* single years; the last and older */
    PORTRAIT_NUMBERS = 61, /* claims a person: 0, 1, …; the last and more */
    PORTRAIT_BASES = 50, /* steps of PORTRAIT_BASE_STEP yuan; the last and more */
    PORTRAIT_BASE_STEP = 500,
    PORTRAIT_COSTS = 70, /* ten to a decade from one yuan; the first and last are open */
    PORTRAIT_SHARES = 100,
    PORTRAIT_DISEASES = MODEL_CHRONIC + MODEL_SPECIAL,
};

/* Visits are all claims but stays. */
enum portrait_claims { PORTRAIT_VISITS, PORTRAIT_STAYS, PORTRAIT_KINDS };

struct portrait {
    int year;
    int64_t persons, n_claims[PORTRAIT_KINDS];
    fen_t cost[PORTRAIT_KINDS];
    int64_t by_status[STATUS_COUNT];
    fen_t cost_by_status[STATUS_COUNT];
    int64_t claims_by_status[STATUS_COUNT][PORTRAIT_KINDS];
    int64_t ages[STATUS_COUNT][SEX_COUNT][PORTRAIT_AGES];
    int64_t bases[STATUS_RETIREE][PORTRAIT_BASES]; /* of the active */
    fen_t base_sum[STATUS_RETIREE];
    int64_t claim_costs[PORTRAIT_KINDS][PORTRAIT_COSTS];
    int64_t months[BENEFIT_COUNT][12];
    int64_t providers[BENEFIT_COUNT][PROVIDER_COUNT];
    int64_t registered[PORTRAIT_DISEASES][PEOPLE_AGE_BANDS], in_band[PEOPLE_AGE_BANDS];
    /* From portrait_finish on. */
    int64_t numbers[PORTRAIT_KINDS][PORTRAIT_NUMBERS]; /* persons with so many */
    int64_t without; /* persons without any claim */
    int64_t person_costs[PORTRAIT_COSTS]; /* those who cost something */
    double lorenz[PORTRAIT_SHARES + 1]; /* share of all cost of the cheapest i percent */
    double gini, top_tenth, top_hundredth;

    struct portrait_person { /* [persons], owned */
        uint16_t claims[PORTRAIT_KINDS];
        uint8_t status;
        fen_t cost;
    } *of;
    int64_t capacity;
};

void portrait_init(struct portrait *self, int year);
/* diseases: bit i: registered with people_disease_name(i). */
void portrait_add(struct portrait *self, const struct member *member, uint16_t diseases);
/* A claim of the person added as the i-th, from 0; of another year: passed over. */
void portrait_claim(struct portrait *self, int64_t person, const struct claim *claim);
void portrait_finish(struct portrait *self);
void portrait_free(struct portrait *self);

/* The first n people of a model. */
void portrait_of_people(struct portrait *self, const struct people *people, int64_t n, int year);
/* Everybody in the files and the claims of the year. names: as handed to members_read. */
void portrait_of_files(struct portrait *self, const struct members *members,
    const struct claims *claims, const struct names *names, int year);

/* Lower edge in yuan of a bin of costs. */
double portrait_cost_edge(int bin);

#endif
