/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/behaviour.h"

#include <math.h>

#include "base/memory.h"

/* A parameter at a level: low is the end of its prior nearer to 0, high the other. */
static double
at_level(const struct model *model, const char *key, enum behaviour_level level)
{
    const struct model_value *value = model_find(model, -1, key);
    if (value->prior == NULL || level == BEHAVIOUR_CENTRAL)
        return value->cells[0];
    double first = value->prior[0][0], last = value->prior[0][2];
    bool first_is_low = fabs(first) < fabs(last);
    return (level == BEHAVIOUR_LOW) == first_is_low ? first : last;
}

static double
factor_at(double price, double elasticity, double reference, double largest)
{
    if (elasticity == 0)
        return 1;
    double factor = price > 0 ? pow(price / reference, elasticity) : largest;
    return factor < largest ? factor : largest;
}

double
behaviour_largest(const struct model *model, enum behaviour_level level)
{
    return at_level(model, "behaviour.elasticity", level) == 0
        ? 1
        : model_number(model, -1, "behaviour.largest_factor");
}

void
behaviour_compile(
    const struct model *model, enum behaviour_level level, int year, struct behaviour *out)
{
    double elasticity = at_level(model, "behaviour.elasticity", level);
    double reference = model_by_year(model, -1, "behaviour.reference_price", year);
    double largest = behaviour_largest(model, level);
    for (int i = 0; i <= BEHAVIOUR_PRICES; i++)
        out->factor[i] = (uint32_t)lround(BEHAVIOUR_ONE
            * factor_at((double)i / BEHAVIOUR_PRICES, elasticity, reference, largest));
    out->largest = (uint32_t)lround(BEHAVIOUR_ONE * largest);
    out->account_weight = (uint32_t)lround(
        BEHAVIOUR_ONE * model_number(model, -1, "behaviour.account_weight"));
    out->foresight
        = (uint32_t)lround(BEHAVIOUR_ONE * at_level(model, "behaviour.foresight", level));
    out->primary_shift = (uint32_t)lround(
        BEHAVIOUR_ONE * at_level(model, "behaviour.primary_shift", level) / 10);
    out->reference_gap
        = (ratio_t)lround(RATIO_ONE * model_number(model, -1, "behaviour.reference_gap"));
    out->substitution = (int32_t)lround(
        BEHAVIOUR_ONE * at_level(model, "behaviour.inpatient_substitution", level));
    out->substitution_ratio
        = (ratio_t)lround(RATIO_ONE * model_number(model, -1, "behaviour.substitution_ratio"));
}

struct behaviour *
behaviour_of_years(const struct model *model, enum behaviour_level level, int first, int n)
{
    struct behaviour *out = memory_alloc((size_t)n, sizeof *out);
    for (int i = 0; i < n; i++)
        behaviour_compile(model, level, first + i, &out[i]);
    return out;
}

uint32_t
behaviour_price(const struct behaviour *self, const struct settlement *settlement)
{
    return behaviour_price_of(self, settlement->cost,
        settlement->account + settlement->family_account, settlement->cash);
}

uint32_t
behaviour_price_ahead(const struct behaviour *self, const struct settlement *settlement,
    const struct program *program, const struct epoch *epoch, const struct member *member,
    const struct claim *claim)
{
    uint32_t now = behaviour_price(self, settlement);
    if (settlement->deductible == 0)
        return now;
    const struct rule *rule
        = &epoch->rules[program_rule(program, claim->benefit, claim->disease)];
    if (rule->deductible_kind != DEDUCTIBLE_YEAR)
        return now;
    int cell = rules_cell(
        member_class(program, member, claim->date), claim->place, claim->provider);
    return behaviour_look_ahead(self, now, settlement->cost - settlement->fund,
        settlement->deductible, rule->ratio[cell]);
}

/* behaviour_keeps, solved for the smallest factor. */
static uint32_t
factor_wanted(const struct behaviour *self, const struct potential *potential)
{
    if (!potential->further)
        return potential->mark + 1u;
    uint64_t beyond = (uint64_t)potential->mark * (self->largest - BEHAVIOUR_ONE) >> 16;
    return BEHAVIOUR_ONE + (uint32_t)beyond + 1;
}

int
behaviour_limit(const struct behaviour *self, const struct potential *potential)
{
    uint32_t wanted = factor_wanted(self, potential);
    int from = 0; /* prices below it are low enough */
    for (int left = BEHAVIOUR_PRICES + 1; left > 1;) {
        int half = left / 2;
        from += self->factor[from + half - 1] >= wanted ? half : 0;
        left -= half;
    }
    return from - (self->factor[from] < wanted);
}

bool
behaviour_falls(const struct behaviour *self)
{
    for (int i = 0; i < BEHAVIOUR_PRICES; i++)
        if (self->factor[i] < self->factor[i + 1])
            return false;
    return true;
}

ratio_t
behaviour_gap(const struct behaviour *self, uint16_t shift)
{
    enum { NONE = 2 * RATIO_ONE };
    if (self->primary_shift == 0)
        return NONE;
    int64_t wanted = ((int64_t)shift + 1) * RATIO_ONE; /* behaviour_gap_shifts, solved for the gap */
    int64_t gap = (wanted + self->primary_shift - 1) / self->primary_shift + self->reference_gap;
    return (ratio_t)(gap < NONE ? gap : NONE);
}

bool
behaviour_always(const struct behaviour *self, const struct potential *potential)
{
    return behaviour_keeps(self, potential, BEHAVIOUR_PRICES);
}

ratio_t
behaviour_best_ratio(const struct program *program, const struct epoch *epoch, class_t class,
    const struct claim *claim)
{
    int index = program_rule(program, claim->benefit, claim->disease);
    if (index < 0 || !epoch->rules[index].in_force)
        return 0;
    const struct rule *rule = &epoch->rules[index];
    int cell = rules_cell(class, claim->place, claim->provider);
    ratio_t best = rule->ratio[cell];
    if (rule->band_ratio != NULL && rule->band_ratio[cell] > best)
        best = rule->band_ratio[cell];
    if (rule->overflow >= 0 && epoch->rules[rule->overflow].ratio[cell] > best)
        best = epoch->rules[rule->overflow].ratio[cell];
    return best;
}

uint32_t
behaviour_lowest_price(const struct behaviour *self, fen_t cost, fen_t eligible, ratio_t best)
{
    enum { ROUNDED = 4 }; /* fen that roundings may add to the fund's payment */
    fen_t borne = money_max(0, cost - money_share(eligible, best) - ROUNDED);
    fen_t weighed = (borne * self->account_weight) >> 16;
    return cost > 0 ? (uint32_t)(weighed * BEHAVIOUR_PRICES / cost) : 0;
}

bool
behaviour_never(const struct behaviour *self, const struct potential *potential,
    const struct program *program, const struct epoch *epoch, const struct member *member,
    const struct claim *claim)
{
    if (claim->cost <= 0)
        return false;
    ratio_t best = behaviour_best_ratio(
        program, epoch, member_class(program, member, claim->date), claim);
    return !behaviour_keeps(self, potential,
        behaviour_lowest_price(self, claim->cost, claim->eligible, best));
}

ratio_t
behaviour_outpatient_ratio(const struct program *program, const struct epoch *epoch, class_t class,
    int place, int provider, int channel)
{
    int index = program->default_rule[BENEFIT_OUTPATIENT];
    if (index < 0 || !epoch->rules[index].in_force)
        return 0;
    const struct rule *rule = &epoch->rules[index];
    if (rule->qualified[provider][channel] == QUALIFIED_NO || !rule->paid[place][provider][channel])
        return 0;
    int cell = rules_cell(class, place, provider);
    return rule->ratio[cell] - (ratio_t)money_share(rule->ratio[cell], rule->advance[cell]);
}

bool
behaviour_shifts(const struct behaviour *self, const struct potential *potential,
    const struct program *program, const struct epoch *epoch, const struct member *member,
    const struct claim *claim)
{
    if (potential->provider == claim->provider || self->primary_shift == 0)
        return false;
    class_t class = member_class(program, member, claim->date);
    ratio_t primary = behaviour_outpatient_ratio(
        program, epoch, class, claim->place, potential->provider, claim->channel);
    ratio_t own = behaviour_outpatient_ratio(
        program, epoch, class, claim->place, claim->provider, claim->channel);
    return behaviour_gap_shifts(self, primary, own, potential->shift);
}

bool
behaviour_may_give_way(const struct behaviour *self, const struct potential *potential)
{
    return potential->mark >= BEHAVIOUR_ONE + self->substitution;
}

bool
behaviour_stays(const struct behaviour *self, const struct potential *potential,
    const struct program *program, const struct epoch *epoch, const struct member *member,
    const struct claim *claim)
{
    static const enum provider usual[] = { PROVIDER_COMMUNITY, PROVIDER_LEVEL2, PROVIDER_LEVEL3 };
    enum { USUAL = sizeof usual / sizeof *usual };
    if (self->substitution == 0 || !member_insured(member, claim->date))
        return true;
    class_t class = member_class(program, member, claim->date);
    int64_t ratio = 0;
    for (int i = 0; i < USUAL; i++)
        ratio += behaviour_outpatient_ratio(
            program, epoch, class, PLACE_LOCAL, (int)usual[i], CHANNEL_INSTITUTION);
    /* What was observed is not carried beyond the ratio that it was observed at. */
    int64_t full = USUAL * (int64_t)self->substitution_ratio;
    ratio = ratio < full ? ratio : full;
    return potential->mark < BEHAVIOUR_ONE + self->substitution * ratio / full;
}
