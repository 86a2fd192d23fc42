/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy's year as the tables of engine/outlay.h. */
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/outlay.h"

/* One class on one span of days. */
struct terms {
    const struct program *program;
    const struct epoch *epoch;
    const struct rule *rule; /* in force */
    class_t class;
};

static int32_t
held(fen_t amount)
{
    return amount < INT32_MAX ? (int32_t)amount : INT32_MAX;
}

/* All of a rule's caps take the same payments, so that the smallest is the one. */
static int32_t
smallest_cap(const struct epoch *epoch, const struct rule *rule, class_t class)
{
    fen_t least = INT32_MAX;
    for (int i = 0; i < rule->n_caps; i++)
        least = money_min(least, epoch->caps[rule->caps[i]].amount[class]);
    return held(least);
}

static bool
plain_caps(const struct epoch *epoch, const struct rule *rule)
{
    for (int i = 0; i < rule->n_caps; i++) {
        const struct cap *cap = &epoch->caps[rule->caps[i]];
        if (cap->monthly || cap->by_visit || cap->on_eligible || cap->by_disease)
            return false;
    }
    return true;
}

static bool
share_caps(const struct rule *a, const struct rule *b)
{
    for (int i = 0; i < a->n_caps; i++)
        for (int j = 0; j < b->n_caps; j++)
            if (a->caps[i] == b->caps[j])
                return true;
    return false;
}

/* NULL where the kernels know the rule, else what they do not. */
static const char *
unknown_of(const struct epoch *epoch, const struct rule *rule)
{
    if (rule->deductible_kind == DEDUCTIBLE_MONTH)
        return tr("its deductible is a month's", "起付标准按月计");
    if (rule->deductible_kind > DEDUCTIBLE_YEAR)
        return tr("its deductible is by drug or disease", "起付标准按药品或病种计");
    if (rule->band_ratio != NULL)
        return tr("its ratio changes with the amount", "支付比例分段");
    if (!plain_caps(epoch, rule))
        return tr("a cap is a month's, a visit's or on eligible cost", "封顶按月、按次或按政策范围内费用计");
    if (rule->overflow < 0)
        return NULL;
    const struct rule *other = &epoch->rules[rule->overflow];
    if (!plain_caps(epoch, other) || share_caps(rule, other))
        return tr("what overflows meets a cap of another kind", "超出部分适用其他形式的封顶");
    return NULL;
}

static bool
paid_at_all(const struct rule *rule, uint32_t kind)
{
    uint32_t provider = kind & 7, channel = kind >> 3 & 3, place = kind >> 5 & 3;
    bool designated = (kind >> 7 & 1) != 0, may_admit = (kind >> 8 & 1) != 0;
    if (kind == OUTLAY_NEVER || provider >= PROVIDER_COUNT || !designated)
        return false;
    uint8_t qualified = rule->qualified[provider][channel];
    return qualified != QUALIFIED_NO && (qualified != QUALIFIED_IF_MAY_ADMIT || may_admit)
        && rule->paid[place][provider][channel];
}

/* The way that pays so, or -1 where there are too many. */
static int
way_of(struct outlay_class *out, int32_t ratio, int32_t deductible, int32_t advance, int32_t other)
{
    for (int way = 1; way < out->n_ways; way++)
        if (out->ratio[way] == ratio && out->deductible[way] == deductible
            && out->advance[way] == advance && out->other[way] == other)
            return way;
    if (out->n_ways == OUTLAY_WAYS)
        return -1;
    out->ratio[out->n_ways] = ratio;
    out->deductible[out->n_ways] = deductible;
    out->advance[out->n_ways] = advance;
    out->other[out->n_ways] = other;
    return out->n_ways++;
}

static bool
fill_segment(const struct terms *terms, int segment, struct outlay_class *out)
{
    const struct rule *rule = terms->rule;
    const struct rule *other = rule->overflow >= 0 ? &terms->epoch->rules[rule->overflow] : NULL;
    out->cap[segment] = smallest_cap(terms->epoch, rule, terms->class);
    out->other_cap[segment]
        = other != NULL ? smallest_cap(terms->epoch, other, terms->class) : INT32_MAX;
    for (uint32_t kind = 0; kind < OUTLAY_KINDS; kind++) {
        if (!paid_at_all(rule, kind))
            continue;
        int cell = rules_cell(terms->class, (int)(kind >> 5 & 3), (int)(kind & 7));
        fen_t deductible
            = rule->deductible_kind == DEDUCTIBLE_NONE ? 0 : rule->deductible[cell];
        int way = way_of(out, rule->ratio[cell], held(deductible), rule->advance[cell],
            other != NULL ? other->ratio[cell] : 0);
        if (way < 0)
            return false;
        out->way[segment][kind] = (uint32_t)way;
    }
    return true;
}

static bool
same_caps(const struct rule *a, const struct rule *b)
{
    return a->n_caps == b->n_caps && memcmp(a->caps, b->caps, a->n_caps * sizeof *a->caps) == 0;
}

/* Whether a rule fills the same caps in two epochs: the kernels keep one sum for them. */
static bool
fills_the_same(const struct epoch *a, const struct epoch *b, int rule)
{
    const struct rule *one = &a->rules[rule], *other = &b->rules[rule];
    return same_caps(one, other)
        && (one->overflow < 0 || other->overflow < 0
            || same_caps(&a->rules[one->overflow], &b->rules[other->overflow]));
}

/* What must be the same on all days on which the benefit is in force; before: an epoch
 * of such days that came first, NULL in that one. */
static bool
same_manner(struct outlay_plan *plan, const struct epoch *epoch, int index,
    const struct epoch *before)
{
    const struct rule *rule = &epoch->rules[index];
    bool yearly = rule->deductible_kind == DEDUCTIBLE_YEAR, overflows = rule->overflow >= 0;
    if (before != NULL)
        return fills_the_same(epoch, before, index) && plan->yearly == yearly
            && plan->counts_eligible == rule->counts_eligible && plan->past_cap == rule->deductible_past_cap
            && plan->overflows == overflows && plan->unpaid_part == rule->unpaid_part;
    plan->yearly = yearly;
    plan->counts_eligible = rule->counts_eligible;
    plan->past_cap = rule->deductible_past_cap;
    plan->overflows = overflows;
    plan->unpaid_part = rule->unpaid_part;
    return true;
}

static bool
same_segment(const struct outlay_plan *plan, int a, int b)
{
    for (int c = 0; c < OUTLAY_CLASSES; c++) {
        const struct outlay_class *class = &plan->classes[c];
        if (memcmp(class->way[a], class->way[b], sizeof class->way[a]) != 0
            || class->cap[a] != class->cap[b] || class->other_cap[a] != class->other_cap[b])
            return false;
    }
    return true;
}

static const char *
fill_plan(struct outlay_plan *plan)
{
    const struct program *program = plan->program;
    const char *const uneven
        = tr("its rules change within the year in more than amounts", "年内规则的形式有变化");
    day_t first = date_day(plan->year, 1, 1), last = date_day(plan->year, 12, 31);
    int rule_index = program_rule(program, BENEFIT_OUTPATIENT, NAME_NONE);
    const struct epoch *before = NULL;
    if (program->benefits_by_age)
        return tr("its benefits differ by age", "待遇因年龄而异");
    plan->n_segments = 0;
    for (int e = program_epoch(program, first, 0); e < program->n_epochs && program->epochs[e].from <= last;
         e++) {
        const struct epoch *epoch = &program->epochs[e];
        int s = plan->n_segments++;
        if (s == OUTLAY_SEGMENTS)
            return uneven;
        plan->start[s] = epoch->from > first ? epoch->from - first : 0;
        const struct rule *rule = rule_index >= 0 ? &epoch->rules[rule_index] : NULL;
        bool pays = rule != NULL && rule->in_force;
        const char *why = pays ? unknown_of(epoch, rule) : NULL;
        if (why != NULL)
            return why;
        if (pays && !same_manner(plan, epoch, rule_index, before))
            return uneven;
        before = before == NULL && pays ? epoch : before;
        for (int c = 0; c < OUTLAY_CLASSES; c++) {
            struct outlay_class *class = &plan->classes[c];
            memset(class->way[s], 0, sizeof class->way[s]);
            class->cap[s] = class->other_cap[s] = INT32_MAX;
            struct terms terms = { program, epoch, rule, c };
            if (pays && !fill_segment(&terms, s, class))
                return tr("it pays in more than seven ways", "支付方式超过七种");
        }
        if (s > 0 && same_segment(plan, s - 1, s))
            plan->n_segments--;
    }
    return NULL;
}

/* Ratios in percents where all are whole ones; products then fit 32 bits. */
static void
choose_kernel(struct outlay_plan *plan)
{
    plan->percents = true;
    for (int c = 0; c < OUTLAY_CLASSES; c++)
        for (int way = 0; way < plan->classes[c].n_ways; way++) {
            const struct outlay_class *class = &plan->classes[c];
            plan->percents = plan->percents && class->ratio[way] % (RATIO_ONE / 100) == 0
                && class->advance[way] % (RATIO_ONE / 100) == 0;
            plan->advances = plan->advances || class->advance[way] != 0;
        }
    for (int c = 0; plan->percents && c < OUTLAY_CLASSES; c++)
        for (int way = 0; way < plan->classes[c].n_ways; way++) {
            plan->classes[c].ratio[way] /= RATIO_ONE / 100;
            plan->classes[c].advance[way] /= RATIO_ONE / 100;
        }
}

struct outlay_plan *
outlay_plan(const struct program *program, int year, const char **why)
{
    struct outlay_plan *plan = memory_aligned(1, sizeof *plan);
    memset(plan, 0, sizeof *plan);
    plan->program = program;
    plan->year = year;
    for (int c = 0; c < OUTLAY_CLASSES; c++)
        plan->classes[c].n_ways = 1;
    *why = fill_plan(plan);
    if (*why == NULL) {
        choose_kernel(plan);
        return plan;
    }
    free(plan);
    return NULL;
}
