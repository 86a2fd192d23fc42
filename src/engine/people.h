/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Synthetic people: a model and a seed make members and their year's claims, the
 * same for any number of threads, block size or population. People name no
 * policy. */
#ifndef GONGJI_ENGINE_PEOPLE_H
#define GONGJI_ENGINE_PEOPLE_H

#include "input/model.h"
#include "input/records.h"

struct people; /* a model compiled to tables for one seed: constant once made */

struct people *people_compile(const struct model *model, uint64_t seed, struct names *names,
    struct problem_list *problems);
void people_free(struct people *self);
/* Numbers of claims and their costs stay in all years what they are in the model's own,
 * against which somebody else's growth is to be reckoned. Before any drawing. */
void people_hold_care(struct people *self);
/* The same model's people of another seed. The tables are self's: given back by
 * free(), before self. */
struct people *people_of_seed(const struct people *self, uint64_t seed);

/* Makes ready for blocks with potential claims: outpatient visits up to `largest`
 * (>= 1) times those that there are when nobody reacts to prices. false (and a
 * problem) where a year cannot hold so many. */
bool people_allow_potential(struct people *self, double largest, struct problem_list *problems);

/* Persons come in tiles of PEOPLE_TILE consecutive numbers, within which
 * households are formed; a block is a whole number of tiles. */
enum { PEOPLE_TILE = 32 };

/* What becomes of a person within a year. Numbers that pass to somebody else because
 * those drawn stand for more people next year are of persons who stay. */
enum fate { FATE_STAYS, FATE_DIES, FATE_LEAVES };

/* One year of consecutive persons. Claims are grouped by household and, in it,
 * ascend by the day they settle (a stay on discharge), then by person, then by
 * order of drawing; `population` writes them in this order. */
struct people_block {
    uint64_t first; /* number of the first person, a multiple of PEOPLE_TILE */
    int n; /* persons */
    int year;
    struct member *members; /* [n]; household: number of its first member; balance at 1 January */
    struct person_traits {
        uint8_t age_band; /* on 1 January, index into people_age_bands */
        uint8_t county; /* index into the model's counties */
        uint8_t wage_quintile; /* 0..4 of the contribution base; retirees 5 */
        uint16_t diseases; /* bit i: registered with people_disease_name(i) */
        fen_t cost; /* of all claims of the year; of further potential ones nothing */
        uint32_t tie; /* random, for ranking those who cost the same */
        uint16_t entered; /* the year on whose 1 January the person came; 0: among the first */
        bool fresh; /* came on 1 January of this year: no balance is carried over */
        uint8_t fate; /* enum fate: how the year ends */
    } *traits; /* [n] */
    int *order; /* [n] persons by household, then number */
    int *household_start; /* [n_households + 1] into order */
    int n_households;
    struct claim *claims; /* [n_claims], member: index into members */
    int *claim_start; /* [n_households + 1] into claims */
    int n_claims;
    /* Set before drawing: claims are then all that may come about once people react to
     * prices. Those of the same block without are among them, in the same order;
     * further ones are outpatient visits. */
    bool with_potential;
    struct potential {
        /* What a visit at level 2 or 3 would be at the primary provider. */
        fen_t cost, eligible;
        uint16_t mark; /* uniform: decides whether an outpatient visit or a stay comes about */
        /* Uniform up to 2^16 times the share of visits beyond primary care: the visit
         * is at the primary provider where that share has shrunk by more. */
        uint16_t shift;
        uint8_t provider, flags; /* the claim's own where there is no such provider */
        bool further;
    } *potential; /* [n_claims] where with_potential */
    int potential_capacity; /* of potential */
    bool costs_only; /* set before drawing: traits' cost is as ever, claims are left alone */
    /* By people_draw_visits: a person's visits by day, then as drawn. */
    uint64_t *visits; /* [n_visits], owned: see people_visit */
    int *visit_start; /* [n + 1] into visits, owned */
    int n_visits, visit_capacity, visit_start_capacity;
    int capacity, claim_capacity; /* of the other arrays */
    struct people_scratch *scratch; /* owned; the drawing's own */
};

enum { PEOPLE_AGE_BANDS = 8 };
/* "<30", "30-39", … "80+": the groups of summary.csv's dimension age. */
extern const char *const people_age_bands[PEOPLE_AGE_BANDS];
uint8_t people_age_band(int age); /* index into them */

/* Draws persons first … first + n - 1 in the year; grows the block's arrays. A year
 * drawn alone is the same as that year among others: people are as the model says
 * on 1 January of its own year, and age, die and leave from there; each is followed
 * on 1 January by another of the same number and household. Years drawn in their
 * order into the same block take no longer than the first. Those who die or leave have
 * insured_to on that day and no claims after it (in the model's own year, which stays
 * as it is described, they go at its end). retired_on is the day, near or
 * far, DAY_MIN where it lies before the year. insured_from is the first and
 * insured_to the last day of a month within the year. Stays end within the year
 * that they begin in, as insurers close them on 31 December (年终结算). */
void people_draw(const struct people *self, uint64_t first, int n, int year,
    struct people_block *out);
/* The same people with their visits alone, in a word each, where visits are all that they
 * have. Members and traits are as people_draw makes them but for traits' cost;
 * households and claims are left alone. */
void people_draw_visits(const struct people *self, uint64_t first, int n, int year,
    struct people_block *out);
void people_block_free(struct people_block *self);
/* What drawing a year leaves for the next one of the same persons. Where several blocks'
 * persons are drawn into one in turn, each one's is exchanged for the block's own before
 * and after drawing; *other is NULL at first. */
struct people_carried;
void people_exchange(struct people_block *block, struct people_carried **other);
void people_carried_free(struct people_carried *self);

/* A visit: day of the year from 0; provider, channel, place, designated and may admit;
 * eligible cost, which variates keep below 2^37. */
enum { VISIT_DAY_SHIFT = 48, VISIT_KIND_SHIFT = 38, VISIT_KIND_BITS = 9 };
static inline uint64_t
people_visit(uint32_t day, uint32_t provider, uint32_t channel, uint32_t place, uint32_t flags,
    fen_t eligible)
{
    uint32_t kind = provider | channel << 3 | place << 5
        | (flags & (CLAIM_DESIGNATED | CLAIM_MAY_ADMIT)) << 7;
    return (uint64_t)day << VISIT_DAY_SHIFT | (uint64_t)kind << VISIT_KIND_SHIFT | (uint64_t)eligible;
}

/* How many insured the model stands for in a year; the results' scale. Numbers of
 * persons drawn stay what they are. */
int64_t people_insured(const struct people *self, int year);

/* The standard word of registered disease i, chronic ones first; NULL past the last. */
const char *people_disease_name(int i, bool *chronic);

/* "p000000001", and "p000000001-2031" for who came under that number in 2031: a
 * person's id as files have it; ids sort by number, then by year. entered: as in
 * person_traits. */
enum { PEOPLE_ID = 40 };
void people_id(uint64_t person, int entered, char out[static PEOPLE_ID]);

#endif
