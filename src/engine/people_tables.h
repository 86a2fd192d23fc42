/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model compiled to tables: what people_compile makes and people_draw reads. */
#ifndef GONGJI_ENGINE_PEOPLE_TABLES_H
#define GONGJI_ENGINE_PEOPLE_TABLES_H

#include "base/random.h"
#include "engine/people.h"
#include "engine/variate.h"

enum { PEOPLE_AGES = 121, PEOPLE_DISEASES = MODEL_CHRONIC + MODEL_SPECIAL };

/* Where random words live; the numbers are part of what a seed means. */
enum purpose {
    PURPOSE_PERSON = 1, /* attributes: year 0, index 0..3 */
    PURPOSE_DISEASES = 2, /* year 0, index 0..2: a word a disease */
    PURPOSE_RANK = 3, /* of a year against the year before */
    PURPOSE_INSURED = 4, /* joining, leaving, arrears of a year */
    PURPOSE_COUNTS = 5, /* numbers of claims of a year */
    PURPOSE_STAY = 6, /* index: number of the stay: length, emergency visit before it */
    PURPOSE_FURTHER = 7, /* further potential visits: as PURPOSE_CLAIM; from the top: how many */
    PURPOSE_CLAIM = 16, /* + stream; index 2 k and 2 k + 1: see people_claims.c */
};

/* Streams of claims: five by benefit, then one a disease. */
enum stream_name {
    STREAM_OUTPATIENT,
    STREAM_EMERGENCY,
    STREAM_NEGOTIATED_DRUG,
    STREAM_DAY_SURGERY,
    STREAM_INPATIENT,
    STREAM_DISEASES,
    STREAM_COUNT = STREAM_DISEASES + PEOPLE_DISEASES
};

/* log2 of a claim's fen: add + spread x table(word). */
struct cost_table {
    const struct variate_table *table; /* not owned */
    int32_t add, spread;
};

/* How the claims of one benefit are spread over the year and the providers. */
struct site {
    struct variate_wheel days[2]; /* of a common year, of a leap year */
    uint8_t provider_band[PEOPLE_AGES];
    uint64_t (*provider)[PROVIDER_COUNT - 1]; /* [age band]; the last: away. Owned */
    int away; /* index of the last */
    uint64_t referred, temporary; /* bounds: referred, then temporary, else local */
    uint64_t channel[CHANNEL_COUNT - 1];
    uint32_t designated[PROVIDER_COUNT], may_admit[PROVIDER_COUNT]; /* of 2^16 */
    ratio_t eligible_low[PROVIDER_COUNT], eligible_width[PROVIDER_COUNT];
    bool plain; /* no second set of words needed */
};

struct stream {
    uint8_t benefit;
    uint32_t disease; /* a name or NAME_NONE */
    int16_t count[STATUS_COUNT][PEOPLE_AGES]; /* index into counts, -1: no claims */
    int32_t loading, rest; /* of health score and own word */
    struct variate_reach reach; /* of rest */
    struct cost_table cost[PROVIDER_COUNT];
    int32_t person_add, person_spread; /* of the cost level */
};

/* Sex and sector in one; the order is part of what a seed means. */
enum kind { KIND_FEMALE_ENTERPRISE, KIND_FEMALE_PUBLIC, KIND_MALE_ENTERPRISE, KIND_MALE_PUBLIC, KIND_COUNT };

struct people {
    struct random_key key;
    int year; /* of the model */
    int64_t insured;
    struct variate_table normal;
    struct variate_exp exp;
    struct variate_table *gammas; /* [n_gammas], owned */
    double *gamma_shapes;
    int n_gammas;
    struct variate_count *counts; /* [n_counts], owned */
    struct count_key {
        double mean, size;
        bool poisson;
    } *count_keys;
    int n_counts;
    struct further *further; /* [n_further] by the visits' table among counts; owned, NULL */
    int n_further;
    struct site sites[BENEFIT_COUNT];
    struct stream streams[STREAM_COUNT];

    uint64_t retired_bound, flexible_bound; /* retiree, then flexible, else employee */
    struct variate_wheel ages[2]; /* active, retired */
    uint64_t kind[STATUS_COUNT][PEOPLE_AGES][KIND_COUNT - 1];
    day_t birth_first[PEOPLE_AGES]; /* of those of that age on 1 January of the model's year */
    uint16_t birth_days[PEOPLE_AGES];
    int retirement[STATUS_COUNT][KIND_COUNT]; /* age */

    uint32_t *counties; /* [n_counties] names, owned */
    uint64_t *county_bound; /* [n_counties], owned */
    int n_counties;

    int32_t wage_add[STATUS_COUNT], wage_spread; /* log2 of fen */
    fen_t wage_floor, wage_ceiling;
    int64_t wage_quintile[4]; /* log2 bounds */
    int32_t pension[SECTOR_COUNT]; /* log2 of fen */
    int64_t balance_add[STATUS_COUNT]; /* log2, of a month's base or pension */
    bool balance_none[STATUS_COUNT];
    int32_t balance_spread;
    uint64_t balance_empty[STATUS_COUNT];

    uint64_t joining[STATUS_COUNT], leaving[STATUS_COUNT], arrears[STATUS_COUNT];
    int arrears_months;
    uint64_t settled[STATUS_COUNT];
    uint64_t couple, child;
    uint64_t ltc[PEOPLE_AGES];
    int ltc_days;

    int32_t persistence, innovation; /* of health, by year */
    int32_t cost_persistence, cost_innovation;
    int32_t cost_loading, cost_rest; /* of the cost level on health */
    int32_t disease_loading, disease_rest;
    struct variate_reach disease_reach; /* of disease_rest */
    /* Scores from which a disease is registered. */
    int32_t registered[PEOPLE_DISEASES][PEOPLE_AGES];
    uint32_t diseases[PEOPLE_DISEASES], drugs[99]; /* names */
    int n_drugs;
    int64_t days_count, days_loading, days_rest; /* index into counts; fixed */
    uint64_t emergency; /* bound: stays that began with an emergency visit */
};

/* How many further potential visits there are, given the visits: a negative binomial
 * of the same kind, and so many more for each visit, so that all together are again a
 * negative binomial of the same size (for given frailty both are Poisson). */
struct further {
    struct variate_count person, visit;
};
void people_free_potential(struct people *self);

/* What a person carries beside its member record. */
struct person_state {
    struct random_words counts, more; /* for numbers of claims: PURPOSE_COUNTS 0, 1 */
    int32_t health, cost; /* scores of the year */
    uint16_t diseases; /* bit mask of those registered */
    uint8_t age; /* on 1 January of the year */
    uint8_t status; /* likewise */
    bool settled;
};

/* A tile's random words, by purpose and index. */
struct tile_words {
    struct random_words person[4][PEOPLE_TILE], diseases[3][PEOPLE_TILE], insured[PEOPLE_TILE],
        counts[PEOPLE_TILE], more[PEOPLE_TILE];
};

struct people_scratch {
    struct person_state *states; /* [capacity of the block] */
    day_t first, last; /* of the year */
    month_t months[12]; /* of the year: what arrears point into */
    struct tile_words *words; /* of the tile being drawn */
    struct claim *claims; /* of one household, in order of drawing */
    struct potential *potential; /* [claim_capacity] likewise, where the block wants them */
    uint32_t *rank; /* [claim_capacity] a claim's place after sorting */
    int claim_capacity;
};

/* One tile's households: leader[i] is the first member of i's household, mask its
 * members; by base-year age, so that households last. words: PURPOSE_PERSON 2. */
void people_match(const struct people *self, const struct random_words *words, const uint8_t *age,
    const uint8_t *sex, uint8_t leader[static PEOPLE_TILE], uint32_t mask[static PEOPLE_TILE]);

/* Appends a person's claims to the scratch; returns how many there are then. */
int people_claims(const struct people *self, struct people_block *block, int person, int n);

#endif
