/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/adjudicate.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/trace.h"

const struct word reason_words[REASON_COUNT] = {
    { "", "paid", "已支付" },
    { "merged", "the cost went into a stay", "费用并入住院" },
    { "not_covered", "no such benefit in this scenario, or not registered for the disease",
        "本方案没有这项待遇，或未登记该病种" },
    { "not_in_force", "the policy is not in force that day", "当日政策未施行" },
    { "not_insured", "not insured that day, or in arrears that month", "当日未参保，或当月欠费" },
    { "not_designated", "the institution is not designated", "非定点机构" },
    { "not_qualified", "this benefit does not pay at such an institution or channel",
        "该机构或渠道不在本待遇支付范围" },
    { "ltc", "under long-term specialised care", "长期护理医疗专护期间" },
    { "in_hospital", "in hospital that day", "住院期间" },
    { "place", "not paid at this place of care", "该就医地不予支付" },
    { "below_deductible", "no payment due: within the deductible", "未超过起付标准" },
    { "cap_reached", "the cap is used up", "已达最高支付限额" },
};

void
accumulators_free(struct accumulators *self)
{
    free(self->keyed);
    *self = (struct accumulators){ 0 };
}

void
accumulators_reset(struct accumulators *self)
{
    struct keyed_borne *keyed = self->keyed;
    int capacity = self->keyed_capacity;
    *self = (struct accumulators){ .keyed = keyed, .keyed_capacity = capacity };
}

void
accumulators_copy(struct accumulators *to, const struct accumulators *from)
{
    struct keyed_borne *keyed = to->keyed;
    int capacity = to->keyed_capacity;
    if (capacity < from->n_keyed) {
        capacity = from->keyed_capacity;
        keyed = memory_resize(keyed, (size_t)capacity, sizeof *keyed);
    }
    *to = *from;
    to->keyed = keyed;
    to->keyed_capacity = capacity;
    for (int i = 0; i < from->n_keyed; i++)
        keyed[i] = from->keyed[i];
}

bool
member_insured(const struct member *member, day_t on)
{
    if (on < member->insured_from || on > member->insured_to)
        return false;
    if (member->n_arrears == 0)
        return true;
    month_t month = date_month(on);
    for (int i = 0; i < member->n_arrears; i++)
        if (member->arrears[i] == month)
            return false;
    return true;
}

bool
program_merges(const struct program *program, const struct claim *claim)
{
    if (!program->joins || claim->admission == NAME_NONE
        || (claim->benefit != BENEFIT_OUTPATIENT && claim->benefit != BENEFIT_EMERGENCY))
        return false;
    int rule = program_rule(program, claim->benefit, claim->disease);
    if (rule < 0)
        return false;
    const struct rule *on_the_day
        = &program->epochs[program_epoch(program, claim->date, 0)].rules[rule];
    return on_the_day->joins_admission && on_the_day->in_force;
}

/* Brings the accumulators to the day: a new calendar year starts afresh, a new
 * month empties what is kept by the month then. */
static void
advance_period(const struct epoch *epoch, struct accumulators *state, day_t day)
{
    if (day >= state->month_from && day <= state->month_to && state->year != 0)
        return;
    month_t month = date_month(day);
    int year = date_year_of_month(month);
    if (year != state->year) {
        accumulators_reset(state);
    } else {
        for (unsigned left = epoch->monthly_deductibles; left != 0; left &= left - 1)
            state->borne[__builtin_ctz(left)] = 0;
        for (unsigned left = epoch->monthly_caps; left != 0; left &= left - 1)
            state->used[__builtin_ctz(left)] = 0;
    }
    state->year = year;
    state->month_from = date_month_first(month);
    state->month_to = date_month_first(month + 1) - 1;
}

enum ltc
member_ltc(const struct member *member, day_t on)
{
    /* Open periods have ltc_from at DAY_MAX: no day reaches it. */
    if (on < member->ltc_from || on > member->ltc_to)
        return LTC_NOT;
    return on > member->ltc_from && on < member->ltc_to ? LTC_BETWEEN : LTC_FIRST_OR_LAST;
}

enum reason
adjudicate_entitlement(const struct rule *rule, const struct claim *claim, bool insured, enum ltc ltc)
{
    if (rule == NULL)
        return REASON_NOT_COVERED;
    if ((claim->benefit == BENEFIT_CHRONIC || claim->benefit == BENEFIT_SPECIAL)
        && !(claim->flags & CLAIM_REGISTERED))
        return REASON_NOT_COVERED;
    if (!rule->in_force)
        return REASON_NOT_IN_FORCE;
    if (!insured)
        return REASON_NOT_INSURED;
    if (!(claim->flags & CLAIM_DESIGNATED))
        return REASON_NOT_DESIGNATED;
    uint8_t qualified = rule->qualified[claim->provider][claim->channel];
    if (qualified == QUALIFIED_NO
        || (qualified == QUALIFIED_IF_MAY_ADMIT && !(claim->flags & CLAIM_MAY_ADMIT)))
        return REASON_NOT_QUALIFIED;
    if ((rule->excluded_under_ltc == EXCLUSION_BETWEEN && ltc == LTC_BETWEEN)
        || (rule->excluded_under_ltc == EXCLUSION_INCLUSIVE && ltc != LTC_NOT))
        return REASON_LTC;
    if ((rule->excluded_in_hospital != EXCLUSION_NO && (claim->flags & CLAIM_IN_STAY))
        || (rule->excluded_in_hospital == EXCLUSION_INCLUSIVE && (claim->flags & CLAIM_ON_STAY_DAY)))
        return REASON_IN_HOSPITAL;
    if (!rule->paid[claim->place][claim->provider][claim->channel])
        return REASON_PLACE;
    return REASON_NONE;
}

/* The accumulator of this claim's deductible; NULL where each visit has its own. */
static fen_t *
deductible_accumulator(const struct rule *rule, struct accumulators *state,
    const struct claim *claim)
{
    uint32_t key;
    switch (rule->deductible_kind) {
    case DEDUCTIBLE_YEAR:
    case DEDUCTIBLE_MONTH:
        return &state->borne[rule->deductible_slot];
    case DEDUCTIBLE_DRUG_YEAR:
        key = claim->drug;
        break;
    case DEDUCTIBLE_DISEASE_YEAR:
        key = claim->disease;
        break;
    default:
        return NULL;
    }
    for (int i = 0; i < state->n_keyed; i++)
        if (state->keyed[i].key == key && state->keyed[i].slot == rule->deductible_slot)
            return &state->keyed[i].borne;
    memory_grow(state->keyed, state->n_keyed, state->keyed_capacity);
    state->keyed[state->n_keyed]
        = (struct keyed_borne){ .key = key, .slot = rule->deductible_slot };
    return &state->keyed[state->n_keyed++].borne;
}

static inline class_t
class_on(const struct program *program, const struct member *member, day_t day)
{
    day_t status_day = day;
    if (program->retiree_benefits_next_month && member->retired_on > DAY_MIN
        && member->retired_on <= day
        && date_month_first(date_month(member->retired_on) + 1) > day)
        status_day = member->retired_on - 1;
    enum status status = member_status(member, status_day);
    int band = program->benefits_by_age ? program_age_band(program, member->birth, day) : 0;
    return program_class(band, (int)member_sector(member), (int)status);
}

class_t
member_class(const struct program *program, const struct member *member, day_t on)
{
    return class_on(program, member, on);
}

fen_t
adjudicate_cap(const struct cap *cap, class_t class, const struct member *member)
{
    if (!cap->by_disease)
        return cap->amount[class];
    if (member->n_chronic == 0)
        return 0;
    fen_t first = cap->amount[class];
    if (member->psychiatric && cap->first_psychiatric > first)
        first = cap->first_psychiatric;
    return money_min(first + (member->n_chronic - 1) * cap->further, cap->at_most);
}

#define note(trace, ...)                                                              \
    do {                                                                              \
        if ((trace) != NULL && (trace)->n < TRACE_STEPS)                              \
            (trace)->steps[(trace)->n++]                                              \
                = (struct trace_step){ __VA_ARGS__ };                                   \
    } while (0)

/* What the caps of a rule that limit eligible cost, or those that limit payments,
 * leave of an amount, counted toward all of them. */
static inline fen_t
within_caps(const struct epoch *epoch, int rule_index, bool on_eligible, class_t class,
    const struct member *member, struct accumulators *state, fen_t amount, enum trace_kind kind,
    struct trace *trace)
{
    const struct rule *rule = &epoch->rules[rule_index];
    fen_t within = amount;
    for (int i = 0; i < rule->n_caps; i++) {
        int k = rule->caps[i];
        if (epoch->caps[k].on_eligible != on_eligible)
            continue;
        fen_t left = money_max(0, adjudicate_cap(&epoch->caps[k], class, member) - state->used[k]);
        within = money_min(within, left);
    }
    for (int i = 0; i < rule->n_caps; i++) {
        int k = rule->caps[i];
        if (epoch->caps[k].on_eligible != on_eligible)
            continue;
        note(trace, .kind = kind, .rule = rule_index, .cap = k, .of = amount, .amount = within,
            .limit = adjudicate_cap(&epoch->caps[k], class, member), .before = state->used[k],
            .after = state->used[k] + within);
        state->used[k] += within;
    }
    return within;
}

static inline __attribute__((always_inline)) void
judge(const struct program *program, const struct epoch *epoch, const struct member *member,
    struct accumulators *state, const struct bill *bill, struct settlement *out,
    struct trace *trace)
{
    const struct claim *claim = bill->claim;
    day_t day = bill->settles;
    int rule_index = program_rule(program, claim->benefit, claim->disease);
    const struct rule *rule = rule_index >= 0 ? &epoch->rules[rule_index] : NULL;
    *out = (struct settlement){ .cost = claim->cost + bill->joined_cost,
        .eligible = claim->eligible + bill->joined_eligible };
    if (trace != NULL)
        trace->rule = rule_index;
    enum reason reason = adjudicate_entitlement(
        rule, claim, member_insured(member, day), member_ltc(member, day));
    if (reason != REASON_NONE) {
        out->reason = (uint8_t)reason;
        return;
    }
    advance_period(epoch, state, day);
    for (unsigned left = epoch->visit_caps; left != 0; left &= left - 1)
        state->used[__builtin_ctz(left)] = 0;

    class_t class = class_on(program, member, day);
    int cell = rules_cell(class, claim->place, claim->provider);
    if (trace != NULL)
        trace->class = class;

    /* Advance self-pay. */
    fen_t advance = money_share(out->eligible, rule->advance[cell]);
    fen_t counted = out->eligible - advance;
    out->advance = advance;
    note(trace, .kind = TRACE_ADVANCE, .rule = rule_index, .ratio = rule->advance[cell],
        .of = out->eligible, .amount = advance);

    /* Deductible. */
    if (rule->deductible_kind != DEDUCTIBLE_NONE) {
        fen_t *borne = deductible_accumulator(rule, state, claim);
        fen_t limit = rule->deductible[cell];
        fen_t due = borne != NULL ? money_max(0, limit - *borne) : limit;
        if (!rule->deductible_past_cap)
            for (int i = 0; i < rule->n_caps; i++) {
                int k = rule->caps[i];
                if (state->used[k] >= adjudicate_cap(&epoch->caps[k], class, member))
                    due = 0;
            }
        out->deductible = money_min(counted, due);
        fen_t added = rule->counts_eligible ? counted : out->deductible;
        note(trace, .kind = TRACE_DEDUCTIBLE, .rule = rule_index, .of = counted,
            .amount = out->deductible, .limit = limit, .before = borne != NULL ? *borne : 0,
            .after = borne != NULL ? *borne + added : out->deductible);
        if (borne != NULL)
            *borne += added;
    }
    fen_t rest = counted - out->deductible;
    fen_t uncapped = rest;
    rest = within_caps(epoch, rule_index, true, class, member, state, rest, TRACE_CAP_ON_ELIGIBLE,
        trace);

    /* Payment due. */
    ratio_t ratio = rule->ratio[cell];
    fen_t payment;
    if (rule->band_ratio == NULL) {
        payment = money_share(rest, ratio);
        note(trace, .kind = TRACE_PAYMENT, .rule = rule_index, .ratio = ratio, .of = rest,
            .amount = payment);
    } else {
        /* Two bands by the year's eligible cost past the deductible; the two parts
         * are one payment, rounded once. */
        fen_t *banded = &state->banded[rule_index];
        fen_t low = money_min(rest, money_max(0, rule->band_from[class] - *banded));
        ratio_t high_ratio = rule->band_ratio[cell];
        payment = (low * ratio + (rest - low) * high_ratio + RATIO_ONE / 2) / RATIO_ONE;
        note(trace, .kind = TRACE_PAYMENT, .rule = rule_index, .ratio = ratio, .of = low,
            .amount = payment);
        note(trace, .kind = TRACE_SECOND_BAND, .rule = rule_index, .ratio = high_ratio,
            .of = rest - low, .amount = payment, .before = *banded, .after = *banded + rest);
        *banded += rest;
    }
    fen_t wanted = rest != uncapped ? money_share(uncapped, ratio) : payment;

    out->fund
        = within_caps(epoch, rule_index, false, class, member, state, payment, TRACE_CAP, trace);
    out->capped = out->fund < wanted;
    if (rule->inpatient_type)
        out->fund_inpatient = out->fund;

    /* Overflow: the eligible cost that the own caps cut off, be they on payments or
     * on cost, is paid as another benefit. */
    if (rule->overflow >= 0 && out->fund < wanted) {
        const struct rule *other = &epoch->rules[rule->overflow];
        fen_t used_up = out->fund == payment ? rest : money_unshare(out->fund, ratio);
        /* A fen of a small ratio grossed up may be more than there is. */
        fen_t unpaid = rule->unpaid_part
            ? uncapped - rest + money_min(rest, money_unshare(payment - out->fund, ratio))
            : money_max(0, uncapped - used_up);
        unpaid = within_caps(epoch, rule->overflow, true, class, member, state, unpaid,
            TRACE_CAP_ON_ELIGIBLE, trace);
        fen_t due = money_share(unpaid, other->ratio[cell]);
        note(trace, .kind = TRACE_OVERFLOW, .rule = rule->overflow, .ratio = other->ratio[cell],
            .of = unpaid, .amount = due);
        fen_t paid = within_caps(epoch, rule->overflow, false, class, member, state, due,
            TRACE_OVERFLOW_CAP, trace);
        out->fund += paid;
        out->fund_inpatient += other->inpatient_type ? paid : 0;
    }
    if (out->fund == 0)
        out->reason = wanted == 0 ? REASON_BELOW_DEDUCTIBLE : REASON_CAP_REACHED;
}

void
adjudicate(const struct program *program, const struct epoch *epoch, const struct member *member,
    struct accumulators *state, const struct bill *bill, struct settlement *out)
{
    judge(program, epoch, member, state, bill, out, NULL);
}

void
adjudicate_traced(const struct program *program, const struct epoch *epoch,
    const struct member *member, struct accumulators *state, const struct bill *bill,
    struct settlement *out, struct trace *trace)
{
    trace->status = member_status(member, bill->settles);
    trace->age = date_age(member->birth, bill->settles);
    judge(program, epoch, member, state, bill, out, trace);
}
