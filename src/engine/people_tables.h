/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model compiled to tables: what people_compile makes and people_draw reads. */
#ifndef GONGJI_ENGINE_PEOPLE_TABLES_H
#define GONGJI_ENGINE_PEOPLE_TABLES_H

#include "base/random.h"
#include "engine/people.h"
#include "engine/people_visits.h"
#include "engine/variate.h"

enum {
    PEOPLE_AGES = 121,
    PEOPLE_DISEASES = MODEL_CHRONIC + MODEL_SPECIAL,
    PEOPLE_YEARS = 160, /* from the model's year on; later ones are like the last */
    PEOPLE_TENURE = 1201 /* months of account.months, and one */
};

/* Where random words live; the numbers are part of what a seed means. */
enum purpose {
    /* Year 0, or the year on whose 1 January the person came. */
    PURPOSE_PERSON = 1, /* attributes: index 0..3 */
    PURPOSE_DISEASES = 2, /* index 0..2: a word a disease */
    PURPOSE_RANK = 3, /* of a year against the year before */
    PURPOSE_INSURED = 4, /* joining, leaving, arrears of a year */
    PURPOSE_COUNTS = 5, /* numbers of claims of a year */
    PURPOSE_STAY = 6, /* index: number of the stay: length, emergency visit before it */
    PURPOSE_FURTHER = 7, /* further potential visits: as PURPOSE_CLAIM; from the top: how many */
    PURPOSE_LIFE = 8, /* of a year: death, leaving, the day of either */
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
    STREAM_COUNT = STREAM_DISEASES + PEOPLE_DISEASES,
    STREAM_FURTHER = STREAM_COUNT /* further potential visits, as STREAM_OUTPATIENT */
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
    bool any; /* somebody has claims */
    struct cost_table cost[PROVIDER_COUNT];
    int32_t person_add, person_spread; /* of the cost level */
};

/* Sex and sector in one; the order is part of what a seed means. */
enum kind { KIND_FEMALE_ENTERPRISE, KIND_FEMALE_PUBLIC, KIND_MALE_ENTERPRISE, KIND_MALE_PUBLIC, KIND_COUNT };

struct people {
    struct random_key key;
    int year; /* of the model */
    struct year_terms *terms; /* [PEOPLE_YEARS], owned */
    struct variate_table normal;
    struct variate_exp exp;
    struct variate_table *gammas; /* [n_gammas], owned */
    double *gamma_shapes;
    int n_gammas;
    struct variate_count *counts; /* [n_counts], owned */
    int32_t *count_first; /* [n_counts] as in counts_of_year, owned */
    struct count_key {
        double mean, size;
        bool poisson;
        int benefit; /* whose growth the mean follows; -1: none */
    } *count_keys;
    int n_counts; /* tables of the model's own year */
    struct people_counts *count_years; /* of later years, owned */
    bool more_often; /* they differ */
    struct further *further; /* [n_further] by the visits' table among counts; owned, NULL */
    int n_further;
    double further_more; /* as people_further wants it */
    struct site sites[BENEFIT_COUNT];
    struct stream streams[STREAM_COUNT];
    struct visit_tables *visits; /* [STREAM_COUNT], owned */
    struct visit_days (*visit_days)[2]; /* [BENEFIT_COUNT], owned */

    uint64_t retired_bound, flexible_bound; /* retiree, then flexible, else employee */
    struct variate_wheel ages[2]; /* active, retired */
    uint64_t kind[STATUS_COUNT][PEOPLE_AGES][KIND_COUNT - 1];
    day_t birth_first[PEOPLE_AGES]; /* of those of that age on 1 January of the model's year */
    uint16_t birth_days[PEOPLE_AGES];
    uint8_t age_band[PEOPLE_AGES]; /* as people_age_band */
    int retirement[STATUS_COUNT][KIND_COUNT]; /* age */
    int delay_from; /* year; 0: no delay */
    int delay_step[STATUS_COUNT][KIND_COUNT], delay_most[STATUS_COUNT][KIND_COUNT]; /* months */

    bool renewal; /* people die or leave, and others come */
    uint64_t death[SEX_COUNT][PEOPLE_AGES], exit[STATUS_COUNT][PEOPLE_AGES]; /* bounds */
    struct variate_wheel entry_age;
    uint64_t entry_flexible; /* flexible, else employee */

    uint32_t *counties; /* [n_counties] names, owned */
    uint64_t *county_bound; /* [n_counties], owned */
    int n_counties;

    int32_t wage_add[STATUS_COUNT], wage_spread; /* log2 of fen */
    int64_t wage_quintile[4]; /* log2 bounds */
    int32_t pension[SECTOR_COUNT]; /* log2 of fen */
    int64_t balance_add[STATUS_COUNT]; /* log2, of a month's base or pension */
    bool balance_none[STATUS_COUNT];
    double balance_months[STATUS_COUNT];
    int64_t balance_full[STATUS_COUNT], balance_tenure[PEOPLE_TENURE]; /* log2 of months */
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
    int32_t registered_least[PEOPLE_DISEASES]; /* at any age */
    bool any_registered, any_gaps; /* somebody may be; insurance may begin, end or lapse */
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
/* more: of the visits that there are. false where a year cannot hold so many. */
bool people_further(struct further *out, const struct count_key *visits, double more);

/* What a year has of its own. Logarithms (base 2) against the model's year. */
struct year_terms {
    int64_t insured;
    int32_t wage, pension, cost[BENEFIT_COUNT];
    fen_t wage_floor, wage_ceiling;
    uint64_t newcomers; /* bound: their share in the growth against the year before */
    double often[BENEFIT_COUNT]; /* times the mean numbers of the model's year */
};
const struct year_terms *people_terms(const struct people *self, int year);

/* Numbers of claims in a year: as people's counts and further, which are those of the
 * model's own year. Made when first asked for, by any thread; not owned. */
struct counts_of_year {
    struct variate_count *counts;
    struct further *further;
    int32_t *first; /* [n_counts] the score above which there are any; INT32_MAX: never */
};
struct counts_of_year people_counts(const struct people *self, int year);

/* As counts_of_year has it. */
int32_t *people_count_first(const struct variate_count *counts, int n);
void people_compile_years(struct people *self, const struct model *model);
void people_forget_counts(struct people *self); /* before further is made anew */
void people_free_years(struct people *self);

/* A tile's random words in columns, by purpose, index and word, and scores of some. */
struct tile_words {
    uint32_t person[4][4][PEOPLE_TILE], diseases[3][4][PEOPLE_TILE];
    uint32_t insured[4][PEOPLE_TILE], counts[4][PEOPLE_TILE], more[4][PEOPLE_TILE];
    int32_t wage[PEOPLE_TILE], balance[PEOPLE_TILE]; /* person 1, words 1, 2 */
};

/* Who holds the numbers of a tile, in columns: what they brought with them on the day
 * they came and keep from year to year, and what a year makes of them. */
struct lives {
    day_t birth[PEOPLE_TILE], retires[PEOPLE_TILE]; /* the day by law, near or far */
    int32_t wage[PEOPLE_TILE]; /* log2 of base or pension against the year's level */
    int32_t held[PEOPLE_TILE]; /* log2 of the balance in months of it, as if in full */
    uint32_t settles[PEOPLE_TILE]; /* word: who lives elsewhere */
    uint32_t care[3][PEOPLE_TILE]; /* words: who needs it, from when, how long */
    int32_t disease[PEOPLE_DISEASES][PEOPLE_TILE]; /* scores of those that may_have names */
    uint32_t household[PEOPLE_TILE]; /* members' bits, at the first of them */
    int16_t entered[PEOPLE_TILE]; /* on 1 January of that year; 0: among the first */
    uint16_t may_have[PEOPLE_TILE]; /* bit d: is registered with disease d at some age */
    uint8_t leader[PEOPLE_TILE]; /* first member of the household */
    uint8_t status[PEOPLE_TILE], came_at[PEOPLE_TILE]; /* when the person came; age */
    uint8_t kind[PEOPLE_TILE], county[PEOPLE_TILE], quintile[PEOPLE_TILE];
    bool empty[PEOPLE_TILE]; /* no balance */
    /* Of the year. */
    day_t last[PEOPLE_TILE]; /* under insurance, where within the year; else DAY_MAX */
    int32_t health[PEOPLE_TILE], cost[PEOPLE_TILE]; /* scores; the cost level's own */
    uint8_t age[PEOPLE_TILE]; /* on 1 January */
    uint8_t fate[PEOPLE_TILE]; /* enum fate */
};
void people_compile_lives(struct people *self, const struct model *model);
/* A tile's first lives, in the model's year. */
void people_begin_lives(const struct people *self, uint64_t first, struct tile_words *words,
    struct lives *lives);
/* From one year to another; back from the model's year only. */
void people_move_lives(const struct people *self, uint64_t first, int from, int to,
    struct tile_words *words, struct lives *lives);
/* The day of retirement by law, for one born so. */
day_t people_retires(const struct people *self, day_t birth, int status, int kind);

/* What a person carries beside its member record. */
struct person_state {
    int32_t health, cost; /* scores of the year */
    day_t last; /* no claims after it */
    uint16_t n[STREAM_DISEASES]; /* claims of those streams */
    uint16_t diseases; /* bit mask of those registered */
    uint8_t age; /* on 1 January of the year */
    uint8_t status; /* likewise */
    bool settled;
    bool only_visits; /* no claims of other streams */
};

/* Claims of a stream to be drawn, of one person after the other. */
struct visit_runs {
    struct visit_run {
        int person, n;
    } *items; /* [n], owned */
    int n, capacity, claims; /* claims: of all */
};

struct people_carried {
    struct lives *lives; /* [capacity / PEOPLE_TILE], owned; those of n persons hold */
    int n, capacity, year;
    uint64_t first; /* number of the first person */
    const struct people *of; /* whose lives they are; not owned */
    struct random_key key; /* theirs */
};

struct people_scratch {
    struct person_state *states; /* [capacity of the block] */
    struct people_carried *carried; /* owned */
    struct counts_of_year counts; /* of the year */
    const struct year_terms *terms;
    day_t first, last; /* of the year */
    month_t months[12]; /* of the year: what arrears point into */
    struct tile_words *words; /* of the tile being drawn */
    /* Of some households at a time: a stream's claims behind another's, each in the order
     * of persons; behind them stays with the visits that they began with. */
    struct drawn_claim {
        fen_t cost, eligible;
        uint32_t kind; /* as in a chunk */
        uint8_t flags; /* enum claim_flag */
        bool emergency; /* a stay that began with a visit */
        bool admits; /* such a visit; its stay is the next */
    } *claims; /* [claim_capacity], owned; n_claims are drawn */
    struct potential *potential; /* [claim_capacity], where the block wants them */
    uint16_t *day, *end; /* [claim_capacity] from 1 January, owned */
    uint16_t *days; /* [claim_capacity] on which a household's claims settle, owned */
    uint32_t *rank; /* [claim_capacity] their order, owned */
    int n_claims, claim_capacity;
    /* A person's claims: visits, then the parts from .. to - 1. */
    struct person_claims {
        int visits_at, visits, from, to;
    } *of_person; /* [of_person_capacity] in the households' order, owned */
    int of_person_capacity;
    struct person_part {
        int stream, at, n;
        uint32_t drug; /* of all, or NAME_NONE */
    } *parts; /* [n_parts], owned */
    int n_parts, part_capacity;
    /* Visits alone of some persons at a time: as drawn, with whose each is, and by date. */
    uint64_t *drawn; /* [drawn_capacity], all owned */
    uint32_t *who; /* [drawn_capacity] */
    struct visit_of {
        uint64_t visit;
        uint32_t who;
    } *by_date; /* [drawn_capacity] */
    int drawn_capacity;
    struct visit_runs runs[STREAM_FURTHER + 1]; /* by stream */
    struct visit_chunk *chunk, *primary; /* owned; primary: visits as they would be there */
    /* Of some persons at a time, for how many further visits there are: see draw_further. */
    struct further_scores {
        uint64_t *persons; /* [capacity], all owned */
        uint32_t *indices; /* [capacity] */
        struct random_words *words; /* [capacity] */
        int32_t *scores; /* [capacity][4] */
        int next, capacity; /* next: words of persons already counted */
    } further;
};

/* One tile's households: leader[i] is the first member of i's household, mask its
 * members; by base-year age, so that households last. couples, parents: words of who
 * looks for them, PURPOSE_PERSON 2,
 * words 2, 3. */
void people_match(const struct people *self, const uint32_t *couples, const uint32_t *parents,
    const uint8_t *age, const uint8_t *sex, uint8_t leader[static PEOPLE_TILE],
    uint32_t mask[static PEOPLE_TILE]);

/* Draws the claims of households from .. to - 1, whose members' states the scratch holds,
 * and puts them behind the block's. */
void people_claims(const struct people *self, struct people_block *block, int from, int to);
/* Each claim's place by the day it settles, then as given. days: from 1 January; up to
 * RANK_FEW another way than many, to the same places. */
enum { RANK_FEW = 128 };
void people_rank(const uint16_t *days, int n, uint32_t *rank);
void people_rank_many(const uint16_t *days, int n, uint32_t *rank);

enum { VISITS_TOGETHER = 256 };
/* Draws the visits of all persons of the block, whose states the scratch holds. */
void people_visits(const struct people *self, struct people_block *block);

#endif
