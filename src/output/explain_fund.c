/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fund pays and why; then who pays the rest; then what has added up. */
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/trace.h"
#include "output/explain_steps.h"
#include "output/parameter_text.h"

#define Y(amount) explain_yuan(self, (amount))

static void
take_figures(struct explain_step *step, const struct trace_step *t)
{
    step->figures = true;
    step->of = t->of;
    step->amount = t->amount;
    step->limit = t->limit;
    step->before = t->before;
    step->after = t->after;
    step->ratio = t->ratio;
}

/* ---- the fund ---- */

static void
add_bases(struct explainer *self, struct explain_step *step, int rule, const char *const *keys,
    size_t n)
{
    for (size_t i = 0; i < n; i++)
        explain_basis_add(self, step, SECTION_BENEFIT, rule, keys[i]);
}
#define ADD_BASES(self, step, rule, ...)                                             \
    add_bases((self), (step), (rule), (const char *const[]){ __VA_ARGS__ },         \
        sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

/* The rule that a "same as" parameter leads to; the rule itself where none. */
static int
leads_to(const struct explainer *self, int rule, const char *key)
{
    const struct parameter *p = policy_find(self->policy, SECTION_BENEFIT, rule, key);
    const struct dated_value *v = p != NULL ? parameter_on(p, self->day) : NULL;
    int64_t choice = v != NULL ? v->table[0] : 0;
    int target = choice > 0 ? self->program->default_rule[choice - 1] : -1;
    return target >= 0 ? target : rule;
}

static void
explain_advance(struct explainer *self, const struct trace_step *t)
{
    struct explain_step *step = t->ratio == 0
        ? explain_step_add(self, EXPLAIN_FUND, "advance",
              tr("Advance self-pay: none; eligible cost %s goes on.",
                  "先行自付：无；政策范围内费用 %s全部进入下一步。"),
              Y(t->of))
        : explain_step_add(self, EXPLAIN_FUND, "advance",
              tr("Advance self-pay: %s × %s = %s; %s goes on.",
                  "先行自付：%s × %s = %s；其余 %s进入下一步。"),
              Y(t->of), explain_percent(self, t->ratio), Y(t->amount), Y(t->of - t->amount));
    take_figures(step, t);
    explain_basis_add(self, step, SECTION_BENEFIT, t->rule, "advance_self_pay");
}

/* Whose deductible: "this year", "this drug, this year" and so on; NULL for each
 * visit. */
static const char *
filled_by(enum deductible_kind kind)
{
    switch (kind) {
    case DEDUCTIBLE_YEAR:
        return tr("this year", "本年度");
    case DEDUCTIBLE_MONTH:
        return tr("this month", "本月");
    case DEDUCTIBLE_DRUG_YEAR:
        return tr("for this drug this year", "该药品本年度");
    case DEDUCTIBLE_DISEASE_YEAR:
        return tr("for this disease this year", "该病种本年度");
    default:
        return NULL;
    }
}

static void
explain_deductible(struct explainer *self, const struct trace_step *t)
{
    const struct rule *rule = &self->epoch->rules[t->rule];
    const char *filled = filled_by((enum deductible_kind)rule->deductible_kind);
    fen_t due = money_max(0, t->limit - t->before);
    struct explain_step *step;
    if (t->amount < money_min(t->of, due))
        step = explain_step_add(self, EXPLAIN_FUND, "deductible",
            tr("Deductible: the cap is used up, so none is taken; %s goes on.",
                "起付标准：限额已用完，不再扣除；%s进入下一步。"),
            Y(t->of));
    else if (filled == NULL)
        step = explain_step_add(self, EXPLAIN_FUND, "deductible",
            tr("Deductible: %s each time; of %s the member bears %s, %s goes on.",
                "起付标准：每次 %s；%s中由个人负担 %s，其余 %s进入下一步。"),
            Y(t->limit), Y(t->of), Y(t->amount), Y(t->of - t->amount));
    else
        step = explain_step_add(self, EXPLAIN_FUND, "deductible",
            tr("Deductible: %s; %s %s had been counted, %s was left to bear. Of %s the member bears "
               "%s, %s goes on.",
                "起付标准：%s；%s已累计 %s，尚应负担 %s。本次 %s中由个人负担 %s，其余 %s进入下一步。"),
            Y(t->limit), filled, Y(t->before), Y(due), Y(t->of), Y(t->amount), Y(t->of - t->amount));
    take_figures(step, t);
    ADD_BASES(self, step, t->rule, "deductible.per", "deductible.same_as", "deductible.share");
    explain_basis_add(self, step, SECTION_BENEFIT, leads_to(self, t->rule, "deductible.same_as"),
        "deductible.amount");
    explain_basis_add(self, step, SECTION_BENEFIT, t->rule, "deductible.shared_with");
    if (filled != NULL)
        explain_basis_add(self, step, SECTION_BENEFIT, t->rule, "deductible.counts");
    if (t->amount < money_min(t->of, due))
        explain_basis_add(self, step, SECTION_BENEFIT, t->rule, "deductible.past_cap");
}

static void
explain_no_deductible(struct explainer *self)
{
    struct explain_step *step = explain_step_add(self, EXPLAIN_FUND, "deductible", "%s",
        tr("Deductible: none.", "起付标准：不设。"));
    explain_basis_add(self, step, SECTION_BENEFIT, self->trace->rule, "deductible.per");
}

static void
add_ratio_bases(struct explainer *self, struct explain_step *step, int rule, const char *key)
{
    ADD_BASES(self, step, rule, "ratio_same_as", "ratio_as_class");
    int stated_by = strcmp(key, "ratio") == 0 ? leads_to(self, rule, "ratio_same_as") : rule;
    enum provider own = self->at.provider;
    const struct parameter *p = policy_find(self->policy, SECTION_BENEFIT, rule, "ratio_as_class");
    const struct dated_value *v = p != NULL ? parameter_on(p, self->day) : NULL;
    int64_t as = v != NULL ? dated_value_at(v, &self->at) : 0;
    if (as > 0)
        self->at.provider = (enum provider)(as - 1);
    explain_basis_add(self, step, SECTION_BENEFIT, stated_by, key);
    self->at.provider = own;
}

static void
explain_payment(struct explainer *self, const struct trace_step *t)
{
    struct explain_step *step = explain_step_add(self, EXPLAIN_FUND, "payment",
        tr("Payment due: %s × %s = %s.", "按比例应付：%s × %s = %s。"), Y(t->of),
        explain_percent(self, t->ratio), Y(t->amount));
    take_figures(step, t);
    add_ratio_bases(self, step, t->rule, "ratio");
}

/* Two bands are one payment, rounded once. */
static void
explain_bands(struct explainer *self, const struct trace_step *low, const struct trace_step *high)
{
    const struct rule *rule = &self->epoch->rules[low->rule];
    struct explain_step *step = explain_step_add(self, EXPLAIN_FUND, "payment",
        tr("Payment due in two bands (the second begins at %s of the year, %s had been counted): "
           "%s × %s + %s × %s = %s.",
            "分两段按比例应付（年度累计 %s以上为第二段，此前已累计 %s）：%s × %s + %s × %s = %s。"),
        Y(rule->band_from[self->trace->class]), Y(high->before), Y(low->of),
        explain_percent(self, low->ratio), Y(high->of), explain_percent(self, high->ratio),
        Y(high->amount));
    take_figures(step, high);
    step->of = low->of + high->of;
    step->ratio = low->ratio;
    add_ratio_bases(self, step, low->rule, "ratio");
    explain_basis_add(self, step, SECTION_BENEFIT, low->rule, "second_band.from");
    add_ratio_bases(self, step, low->rule, "second_band.ratio");
}

static void
add_cap_bases(struct explainer *self, struct explain_step *step, int rule,
    const struct trace_step *t)
{
    ADD_BASES(self, step, rule, "counts_toward");
    static const char *const keys[] = { "amount", "by_disease.psychiatric", "by_disease.further",
        "by_disease.at_most", "per", "cap_on" };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strncmp(keys[i], "by_disease", 10) != 0 || self->epoch->caps[t->cap].by_disease)
            explain_basis_add(self, step, SECTION_CAP, t->cap, keys[i]);
}

/* rule: the one that pays; due: what should have been paid, to tell whether the
 * cap was in the way. */
static void
explain_cap(struct explainer *self, const struct trace_step *t, int rule, fen_t due)
{
    fen_t left = money_max(0, t->limit - t->before);
    char *cap = explain_cap_text(self, t->cap);
    const char *period
        = self->epoch->caps[t->cap].by_visit ? tr("for this visit", "本次")
        : self->epoch->caps[t->cap].monthly  ? tr("this month", "本月")
                                             : tr("this year", "本年度");
    struct explain_step *step = explain_step_add(self, EXPLAIN_FUND, "cap",
        tr("The %1$s is %2$s, of which %3$s was used %4$s, %5$s was left%6$s; paid %7$s, used now "
           "%8$s.",
            "%1$s：%2$s，%4$s已用 %3$s，尚余 %5$s%6$s；支付 %7$s，付后已用 %8$s。"),
        cap, Y(t->limit), Y(t->before), period, Y(left),
        left < due ? tr(", less than what is due", "，不足应付之数") : "", Y(t->amount), Y(t->after));
    free(cap);
    take_figures(step, t);
    add_cap_bases(self, step, rule, t);
}

static void
explain_cap_on_eligible(struct explainer *self, const struct trace_step *t)
{
    char *cap = explain_cap_text(self, t->cap);
    struct explain_step *step = explain_step_add(self, EXPLAIN_FUND, "cap_on_eligible",
        tr("The %s, on eligible cost, is %s, of which %s was used; of %s here %s goes on, used now "
           "%s.",
            "%s（限政策范围内费用）：%s，已计 %s；本次 %s中 %s进入下一步，累计 %s。"),
        cap, Y(t->limit), Y(t->before), Y(t->of), Y(t->amount), Y(t->after));
    free(cap);
    take_figures(step, t);
    add_cap_bases(self, step, t->rule, t);
}

static void
explain_overflow(struct explainer *self, const struct trace_step *t, fen_t paid)
{
    char *other = explain_rule_text(self, t->rule);
    struct explain_step *step = explain_step_add(self, EXPLAIN_FUND, "overflow",
        tr("Past the cap, paid as %s: the %s paid leave %s of eligible cost; %s × %s = %s.",
            "超过限额部分按%s支付：已付 %s之外尚有政策范围内费用 %s；%s × %s = %s。"),
        other, Y(paid), Y(t->of), Y(t->of), explain_percent(self, t->ratio), Y(t->amount));
    free(other);
    take_figures(step, t);
    ADD_BASES(self, step, self->trace->rule, "overflow.to", "overflow.rest");
    add_ratio_bases(self, step, t->rule, "ratio");
}

static void
explain_total(struct explainer *self)
{
    const struct settlement *s = &self->out->answer.settlement;
    const struct word *reason = &reason_words[s->reason];
    struct explain_step *step;
    if (s->fund == 0)
        step = explain_step_add(self, EXPLAIN_FUND, "fund",
            tr("The pooled fund pays nothing: %s.", "统筹基金不支付：%s。"), tr(reason->en, reason->zh));
    else if (s->fund_inpatient == s->fund)
        step = explain_step_add(self, EXPLAIN_FUND, "fund",
            tr("The pooled fund pays %s, all of which counts toward the inpatient cap.",
                "统筹基金支付 %s，全部计入住院限额。"),
            Y(s->fund));
    else if (s->fund_inpatient != 0)
        step = explain_step_add(self, EXPLAIN_FUND, "fund",
            tr("The pooled fund pays %s, of which %s counts toward the inpatient cap.",
                "统筹基金支付 %s，其中 %s计入住院限额。"),
            Y(s->fund), Y(s->fund_inpatient));
    else
        step = explain_step_add(self, EXPLAIN_FUND, "fund",
            tr("The pooled fund pays %s.", "统筹基金支付 %s。"), Y(s->fund));
    step->figures = true;
    step->of = s->eligible;
    step->amount = s->fund;
}

void
explain_fund(struct explainer *self)
{
    const struct trace *trace = self->trace;
    bool deductible = false;
    fen_t due = 0, paid = 0;
    int rule = trace->rule;
    for (int i = 0; i < trace->n; i++) {
        const struct trace_step *t = &trace->steps[i];
        if (!deductible && (t->kind == TRACE_CAP_ON_ELIGIBLE || t->kind == TRACE_PAYMENT)) {
            explain_no_deductible(self);
            deductible = true;
        }
        switch (t->kind) {
        case TRACE_ADVANCE:
            explain_advance(self, t);
            break;
        case TRACE_DEDUCTIBLE:
            explain_deductible(self, t);
            deductible = true;
            break;
        case TRACE_CAP_ON_ELIGIBLE:
            explain_cap_on_eligible(self, t);
            break;
        case TRACE_PAYMENT:
            due = paid = t->amount;
            if (i + 1 < trace->n && t[1].kind == TRACE_SECOND_BAND)
                explain_bands(self, t, t + 1);
            else
                explain_payment(self, t);
            break;
        case TRACE_CAP:
            explain_cap(self, t, rule, due);
            paid = t->amount;
            break;
        case TRACE_OVERFLOW:
            explain_overflow(self, t, paid);
            due = t->amount;
            rule = t->rule;
            break;
        case TRACE_OVERFLOW_CAP:
            explain_cap(self, t, rule, due);
            break;
        default:
            break;
        }
    }
    explain_total(self);
}

/* ---- the member's side ---- */

/* A member of the household, as the caseload numbers them there. */
static char *
person_id(const struct explainer *self, int who)
{
    const struct members *members = self->caseload->members;
    uint32_t group = members->group[self->claim->member];
    uint32_t member = members->group_members[members->group_start[group] + (uint32_t)who];
    size_t n;
    const char *id = members_id(members, member, &n);
    return memory_text_n(id, n);
}

static void
explain_own_account(struct explainer *self)
{
    const struct household *household = &self->caseload->household;
    const struct settlement *s = &self->out->answer.settlement;
    int who = (int)self->caseload->members->position[self->claim->member];
    month_t month = date_month(self->day) - household->first_month;
    const struct account_month *row
        = &household->months[(size_t)who * (size_t)household->n_months + (size_t)month];
    fen_t after = household->states[who].balance, before = after + s->account;
    struct explain_step *step = (self->claim->flags & CLAIM_DESIGNATED) == 0
        ? explain_step_add(self, EXPLAIN_MEMBER, "own_account",
              tr("Own account: nothing, the institution is not designated (balance %s).",
                  "本人账户：非定点机构，不支付（余额 %s）。"),
              Y(before))
        : explain_step_add(self, EXPLAIN_MEMBER, "own_account",
              tr("Own account: balance %s (credited this month: %s); it pays %s, %s is left.",
                  "本人账户：余额 %s（本月已划入 %s），支付 %s，余 %s。"),
              Y(before), Y(row->credit), Y(s->account), Y(after));
    step->figures = true;
    step->amount = s->account;
    step->before = before;
    step->after = after;
    explain_basis_add(self, step, SECTION_ACCOUNT, 0, "own_account_first");
}

static void
explain_family(struct explainer *self)
{
    const struct household *household = &self->caseload->household;
    const struct settlement *s = &self->out->answer.settlement;
    if (household->n < 2 || (self->claim->flags & CLAIM_DESIGNATED) == 0)
        return;
    struct explain_step *step = NULL;
    for (int i = 0; i < self->trace->n; i++) {
        const struct trace_step *t = &self->trace->steps[i];
        if (t->kind != TRACE_FAMILY_ACCOUNT)
            continue;
        char *id = person_id(self, t->who);
        step = explain_step_add(self, EXPLAIN_MEMBER, "family_account",
            tr("Account of %s (family): balance %s; it pays %s, %s is left.",
                "家庭成员 %s 的账户：余额 %s，支付 %s，余 %s。"),
            id, Y(t->before), Y(t->amount), Y(t->after));
        free(id);
        take_figures(step, t);
        explain_basis_add(self, step, SECTION_ACCOUNT, 0, "family_sharing");
        explain_basis_add(self, step, SECTION_ACCOUNT, 0, "family_order");
    }
    if (step != NULL)
        return;
    bool nothing_left = s->cost - s->fund - s->account == 0;
    step = explain_step_add(self, EXPLAIN_MEMBER, "family_account", "%s",
        !self->epoch->family_sharing
            ? tr("Family accounts: not shared that day.", "家庭成员账户：当日不能共济。")
            : nothing_left ? tr("Family accounts: nothing is left to pay.", "家庭成员账户：已无需支付。")
                           : tr("Family accounts: empty.", "家庭成员账户：无余额。"));
    explain_basis_add(self, step, SECTION_ACCOUNT, 0, "family_sharing");
}

void
explain_member_side(struct explainer *self)
{
    const struct settlement *s = &self->out->answer.settlement;
    struct explain_step *step = explain_step_add(self, EXPLAIN_MEMBER, "burden",
        tr("The member bears cost less fund: %s − %s = %s.", "个人负担 = 总费用 − 统筹基金支付：%s − %s = %s。"),
        Y(s->cost), Y(s->fund), Y(s->cost - s->fund));
    step->figures = true;
    step->of = s->cost;
    step->amount = s->cost - s->fund;
    bool own_first = self->epoch->own_account_first;
    if (own_first)
        explain_own_account(self);
    explain_family(self);
    if (!own_first)
        explain_own_account(self);
    step = explain_step_add(self, EXPLAIN_MEMBER, "cash", tr("Cash: %s.", "现金：%s。"), Y(s->cash));
    step->figures = true;
    step->amount = s->cash;
}

/* ---- what adds up ---- */

/* Takes the label over. */
static void
add_sum(struct explainer *self, char *label, fen_t before, fen_t after, fen_t limit)
{
    struct explanation *out = self->out;
    if (before == 0 && after == 0 && limit < 0) {
        free(label); /* nothing of the kind this year */
        return;
    }
    memory_grow(out->sums, out->n_sums, out->sums_capacity);
    out->sums[out->n_sums++]
        = (struct explain_sum){ .label = label, .before = before, .after = after, .limit = limit };
}

/* What is accumulated as of the claim's day: another year's counts for nothing,
 * nor does another month's where the sum is by the month. */
static fen_t
as_of(const struct explainer *self, const struct accumulators *state, fen_t amount, bool monthly)
{
    bool same_month = self->day >= state->month_from && self->day <= state->month_to;
    if (state->year != date_year(self->day) || (monthly && !same_month))
        return 0;
    return amount;
}

/* The limit that the claim met, or -1. */
static fen_t
limit_of(const struct explainer *self, int cap)
{
    for (int i = 0; i < self->trace->n; i++) {
        const struct trace_step *t = &self->trace->steps[i];
        if ((t->kind == TRACE_CAP || t->kind == TRACE_OVERFLOW_CAP
                || t->kind == TRACE_CAP_ON_ELIGIBLE)
            && t->cap == cap)
            return t->limit;
    }
    return -1;
}

static void
add_deductible_sums(struct explainer *self)
{
    const struct accumulators *before = &self->out->answer.before, *after = &self->out->answer.after;
    for (int r = 0; r < self->program->n_rules; r++) {
        const struct rule *rule = &self->epoch->rules[r];
        bool month = rule->deductible_kind == DEDUCTIBLE_MONTH;
        /* Rules that share an accumulator are told once, by its owner. */
        if ((rule->deductible_kind != DEDUCTIBLE_YEAR && !month) || rule->deductible_slot != r)
            continue;
        char *name = explain_rule_text(self, r);
        add_sum(self, memory_format(tr("counted toward the deductible: %s", "起付标准累计：%s"), name),
            as_of(self, before, before->borne[r], month), as_of(self, after, after->borne[r], month),
            -1);
        free(name);
    }
    for (int i = 0; i < self->trace->n; i++) {
        const struct trace_step *t = &self->trace->steps[i];
        if (t->kind != TRACE_DEDUCTIBLE)
            continue;
        uint8_t kind = self->epoch->rules[t->rule].deductible_kind;
        if (kind != DEDUCTIBLE_DRUG_YEAR && kind != DEDUCTIBLE_DISEASE_YEAR)
            continue;
        uint32_t key = kind == DEDUCTIBLE_DRUG_YEAR ? self->claim->drug : self->claim->disease;
        add_sum(self,
            memory_format(tr("counted toward the deductible: %s", "起付标准累计：%s"),
                self->out->names->text[key]),
            t->before, t->after, t->limit);
    }
}

void
explain_sums(struct explainer *self)
{
    const struct accumulators *before = &self->out->answer.before, *after = &self->out->answer.after;
    add_deductible_sums(self);
    for (int r = 0; r < self->program->n_rules; r++) {
        if (self->epoch->rules[r].band_ratio == NULL)
            continue;
        char *name = explain_rule_text(self, r);
        add_sum(self, memory_format(tr("counted toward the bands: %s", "分段累计费用：%s"), name),
            as_of(self, before, before->banded[r], false), as_of(self, after, after->banded[r], false),
            -1);
        free(name);
    }
    for (int k = 0; k < self->program->n_caps; k++) {
        if (self->epoch->caps[k].by_visit)
            continue; /* begins anew with each visit: nothing adds up */
        bool month = self->epoch->caps[k].monthly;
        char *name = explain_cap_text(self, k);
        add_sum(self, memory_format(tr("used of the %s", "%s已用"), name),
            as_of(self, before, before->used[k], month), as_of(self, after, after->used[k], month),
            limit_of(self, k));
        free(name);
    }
}
