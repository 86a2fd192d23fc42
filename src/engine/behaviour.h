/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How people react to prices: which of the claims that may come about do. Every
 * potential claim has its mark from the start; a policy only moves the bound that
 * the mark is held against, so that two policies keep or drop the very same visits
 * and differences between them stay paired. Whole numbers throughout: shares and
 * factors are multiples of 2^-16. docs/behaviour.md says it in words. */
#ifndef GONGJI_ENGINE_BEHAVIOUR_H
#define GONGJI_ENGINE_BEHAVIOUR_H

#include "engine/adjudicate.h"
#include "engine/people.h"

enum { BEHAVIOUR_ONE = 1 << 16, BEHAVIOUR_PRICES = 1 << 12 };

struct behaviour {
    /* What visits are multiplied by at a price of i / BEHAVIOUR_PRICES of the cost. Made by
     * the C library's pow() and rounded to 2^-16: a library whose last digit differs
     * makes another table only if a factor lies within 1e-15 of a rounding bound. */
    uint32_t factor[BEHAVIOUR_PRICES + 1];
    uint32_t largest; /* factor that all further potential visits come about at */
    uint32_t account_weight;
    uint32_t foresight; /* weight of the price past the year's deductible, before it is met */
    uint32_t primary_shift; /* share of visits that moves for a ratio gap of 1 */
    ratio_t reference_gap;
    int32_t substitution; /* of stays, at substitution_ratio and above */
    ratio_t substitution_ratio;
};

/* What the model says of a year at a level other than BEHAVIOUR_OFF. */
void behaviour_compile(const struct model *model, enum behaviour_level level, int year,
    struct behaviour *out);
/* The same of n years from the first, [n], for the caller to free. */
struct behaviour *behaviour_of_years(
    const struct model *model, enum behaviour_level level, int first, int n);

/* The largest factor that a policy can bring about: 1 where the elasticity is 0. */
double behaviour_largest(const struct model *model, enum behaviour_level level);

/* The price of a visit to the member, 0 to BEHAVIOUR_PRICES: cash and the account's
 * payment by its weight, over the cost. */
static inline uint32_t
behaviour_price_of(const struct behaviour *self, fen_t cost, fen_t account, fen_t cash)
{
    if (cost <= 0)
        return BEHAVIOUR_PRICES;
    fen_t borne = cash + ((account * self->account_weight + BEHAVIOUR_ONE / 2) >> 16);
    return (uint32_t)((borne * BEHAVIOUR_PRICES + cost / 2) / cost);
}
uint32_t behaviour_price(const struct behaviour *self, const struct settlement *settlement);

/* A price nearer by foresight to that past the year's deductible: what this takes of
 * the burden would be paid at the ratio then, and the rest borne as now. */
static inline uint32_t
behaviour_look_ahead(const struct behaviour *self, uint32_t now, fen_t burden, fen_t deductible,
    ratio_t ratio)
{
    if (deductible == 0 || self->foresight == 0)
        return now;
    uint32_t less = (uint32_t)(now * money_share(deductible, ratio) / burden);
    return now - (uint32_t)((uint64_t)less * self->foresight >> 16);
}

/* The same as a member sees it who looks ahead: while the year's deductible is being
 * met, by foresight nearer to what the visit would cost after it. */
uint32_t behaviour_price_ahead(const struct behaviour *self, const struct settlement *settlement,
    const struct program *program, const struct epoch *epoch, const struct member *member,
    const struct claim *claim);

/* Does a visit come about at this price? */
static inline bool
behaviour_keeps(const struct behaviour *self, const struct potential *potential, uint32_t price)
{
    uint32_t factor = self->factor[price];
    if (!potential->further)
        return potential->mark < factor;
    if (factor <= BEHAVIOUR_ONE)
        return false;
    return (uint64_t)potential->mark * (self->largest - BEHAVIOUR_ONE)
        < (uint64_t)(factor - BEHAVIOUR_ONE) << 16;
}
/* Does it whatever the price? Then the price need not be known. */
bool behaviour_always(const struct behaviour *self, const struct potential *potential);

/* The highest price at which the visit comes about; -1: at none. Where a higher price never
 * means more visits: behaviour_falls. */
int behaviour_limit(const struct behaviour *self, const struct potential *potential);
bool behaviour_falls(const struct behaviour *self);

/* Does a visit not come about even where the fund pays the best ratio of the day and
 * accounts all the rest? Then it need not be settled to know. */
bool behaviour_never(const struct behaviour *self, const struct potential *potential,
    const struct program *program, const struct epoch *epoch, const struct member *member,
    const struct claim *claim);

/* The lowest price that a visit may have where the fund pays that ratio at best. */
uint32_t behaviour_lowest_price(const struct behaviour *self, fen_t cost, fen_t eligible, ratio_t best);

/* The best ratio that the claim's own rule may pay under an epoch's rules. */
ratio_t behaviour_best_ratio(const struct program *program, const struct epoch *epoch, class_t class,
    const struct claim *claim);
/* What the general outpatient benefit pays of a class's eligible cost past deductibles. */
ratio_t behaviour_outpatient_ratio(const struct program *program, const struct epoch *epoch,
    class_t class, int place, int provider, int channel);

/* Does the gap between two such ratios, of the primary and of the visit's own provider,
 * move a visit whose word is `shift`? */
static inline bool
behaviour_gap_shifts(const struct behaviour *self, ratio_t primary, ratio_t own, uint16_t shift)
{
    int64_t gap = (int64_t)primary - own - self->reference_gap;
    return gap > 0 && shift < gap * self->primary_shift / RATIO_ONE;
}

/* The smallest difference of the two that moves it; above RATIO_ONE: none does. */
ratio_t behaviour_gap(const struct behaviour *self, uint16_t shift);

/* Is a visit made at its primary provider instead? Under the rules of its day. */
bool behaviour_shifts(const struct behaviour *self, const struct potential *potential,
    const struct program *program, const struct epoch *epoch, const struct member *member,
    const struct claim *claim);

/* Does a stay come about? Outpatient care instead where the general outpatient benefit
 * of the day of admission pays for it. */
bool behaviour_stays(const struct behaviour *self, const struct potential *potential,
    const struct program *program, const struct epoch *epoch, const struct member *member,
    const struct claim *claim);

/* May a stay not come about under some policy? */
bool behaviour_may_give_way(const struct behaviour *self, const struct potential *potential);

#endif
