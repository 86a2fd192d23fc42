/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of entitlement, in the judge's order, up to the first that fails. */
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "output/explain_steps.h"
#include "output/show.h"

static struct explain_step *
add_check(struct explainer *self, const char *key, bool holds, const char *yes, const char *no)
{
    struct explain_step *step
        = explain_step_add(self, EXPLAIN_CHECKS, key, "%s", holds ? yes : no);
    step->failed = !holds;
    return step;
}

static void
check_covered(struct explainer *self, bool holds)
{
    const struct claim *c = self->claim;
    int rule = self->trace->rule;
    const char *benefit = tr(benefit_words[c->benefit].en, benefit_words[c->benefit].zh);
    const char *disease
        = c->disease != NAME_NONE ? show_disease(self->out->names->text[c->disease]) : "";
    bool by_disease = c->benefit == BENEFIT_CHRONIC || c->benefit == BENEFIT_SPECIAL;
    struct explain_step *step;
    if (rule < 0) {
        step = explain_step_add(self, EXPLAIN_CHECKS, "covered",
            tr("The scenario has no such benefit: %s.", "本方案没有这项待遇：%s。"), benefit);
    } else if (!holds) {
        step = explain_step_add(self, EXPLAIN_CHECKS, "covered",
            tr("The member is not registered for the disease: %s.", "参保人未登记该病种：%s。"), disease);
    } else if (self->policy->rules[rule].benefit != c->benefit) {
        char *as = explain_rule_text(self, rule);
        step = explain_step_add(self, EXPLAIN_CHECKS, "covered",
            tr("The scenario treats %s as %s.", "本方案将%s按%s办理。"), benefit, as);
        free(as);
        if (self->own_rule >= 0)
            explain_basis_add(self, step, SECTION_BENEFIT, self->own_rule, "treated_as");
    } else {
        step = explain_step_add(self, EXPLAIN_CHECKS, "covered",
            by_disease ? tr("The scenario has this benefit (%s), and the member is registered for %s.",
                "本方案有这项待遇（%s），参保人已登记病种：%s。")
                       : tr("The scenario has this benefit (%s).%s", "本方案有这项待遇（%s）。%s"),
            benefit, by_disease ? disease : "");
    }
    step->failed = !holds;
}

static void
check_in_force(struct explainer *self, bool holds)
{
    const struct policy *policy = self->policy;
    char day[DATE_TEXT], from[DATE_TEXT], to[DATE_TEXT];
    date_text(day, self->day);
    date_text(from, policy->in_force_from);
    char *source = show_source_text(&policy->in_force_source);
    bool within = self->epoch->in_force;
    struct explain_step *step;
    if (policy->in_force_to == DAY_MAX)
        step = explain_step_add(self, EXPLAIN_CHECKS, "in_force",
            within   ? tr("The policy is in force on %s: it is from %s on (%s).",
                  "%s 政策施行中：自 %s 起施行（%s）。")
                : holds ? tr("On %s the policy (from %s on, %s) is not in force, but this benefit is on "
                             "every date.",
                      "%s 不在政策施行期（自 %s 起，%s），但该待遇不受施行日期限制。")
                        : tr("The policy is not in force on %s: it is from %s on (%s).",
                              "%s 政策未施行：自 %s 起施行（%s）。"),
            day, from, source);
    else
        step = explain_step_add(self, EXPLAIN_CHECKS, "in_force",
            within   ? tr("The policy is in force on %s: it is from %s to %s (%s).",
                  "%s 政策施行中：自 %s 至 %s 施行（%s）。")
                : holds ? tr("On %s the policy (%s to %s, %s) is not in force, but this benefit is on "
                             "every date.",
                      "%s 不在政策施行期（%s 至 %s，%s），但该待遇不受施行日期限制。")
                        : tr("The policy is not in force on %s: it is from %s to %s (%s).",
                              "%s 政策未施行：自 %s 至 %s 施行（%s）。"),
            day, from, date_text(to, policy->in_force_to), source);
    step->failed = !holds;
    if (!within && holds)
        explain_basis_add(self, step, SECTION_BENEFIT, self->trace->rule, "always_in_force");
    free(source);
}

static void
check_insured(struct explainer *self, bool holds)
{
    const struct member *m = self->member;
    char from[DATE_TEXT], to[DATE_TEXT];
    bool covers = self->day >= m->insured_from && self->day <= m->insured_to;
    char *since = m->insured_from == DAY_MIN
        ? memory_text("")
        : memory_format(tr("from %s", "自 %s 起"), date_text(from, m->insured_from));
    char *until = m->insured_to == DAY_MAX
        ? memory_text("")
        : memory_format(*since != '\0' ? tr(" up to %s", "至 %s") : tr("up to %s", "至 %s"),
              date_text(to, m->insured_to));
    struct explain_step *step;
    if (covers && !holds) {
        char month[8] = "";
        date_format_month(month, date_month(self->day));
        step = explain_step_add(self, EXPLAIN_CHECKS, "insured",
            tr("The contributions of %s are in arrears.", "%s 当月欠缴保费。"), month);
    } else {
        step = explain_step_add(self, EXPLAIN_CHECKS, "insured",
            holds ? tr("The member is insured that day (%s%s), without arrears that month.",
                "当日参保（%s%s），当月未欠费。")
                  : tr("The member is not insured that day (insured %s%s).", "当日未参保（%s%s参保）。"),
            *since == '\0' && *until == '\0' ? tr("without limit of time", "参保不间断") : since,
            until);
    }
    step->failed = !holds;
    free(since);
    free(until);
}

static void
check_qualified(struct explainer *self, bool holds)
{
    const struct claim *c = self->claim;
    bool asks = self->epoch->rules[self->trace->rule].qualified[c->provider][c->channel]
        == QUALIFIED_IF_MAY_ADMIT;
    const char *provider = tr(provider_words[c->provider].en, provider_words[c->provider].zh);
    const char *channel = tr(channel_words[c->channel].en, channel_words[c->channel].zh);
    const char *admit = !asks ? ""
        : (c->flags & CLAIM_MAY_ADMIT) != 0
        ? tr(", which may admit patients", "，具有住院资格")
        : tr(", which may not admit patients", "，不具有住院资格");
    struct explain_step *step = explain_step_add(self, EXPLAIN_CHECKS, "qualified",
        holds ? tr("This benefit pays at such an institution and channel: %s, %s%s.",
            "该机构和渠道属于本待遇支付范围：%s，%s%s。")
              : tr("This benefit does not pay at such an institution or channel: %s, %s%s.",
                  "该机构或渠道不属于本待遇支付范围：%s，%s%s。"),
        provider, channel, admit);
    step->failed = !holds;
    explain_basis_add(self, step, SECTION_BENEFIT, self->trace->rule, "qualified");
}

static void
check_ltc(struct explainer *self, bool holds)
{
    const struct member *m = self->member;
    char from[DATE_TEXT], to[DATE_TEXT];
    bool matters = self->epoch->rules[self->trace->rule].excluded_under_ltc != EXCLUSION_NO;
    struct explain_step *step;
    if (!matters)
        step = add_check(self, "ltc", true,
            tr("Long-term specialised care does not stand in the way of this benefit.",
                "长期护理医疗专护不影响本待遇。"),
            "");
    else if (m->ltc_from == DAY_MAX)
        step = add_check(self, "ltc", true,
            tr("Not under long-term specialised care.", "不在长期护理医疗专护期间。"), "");
    else
        step = explain_step_add(self, EXPLAIN_CHECKS, "ltc",
            holds ? tr("Not under long-term specialised care that day (it is from %s to %s).",
                "当日不在长期护理医疗专护期间（专护为 %s 至 %s）。")
                  : tr("Under long-term specialised care that day (from %s to %s).",
                      "当日在长期护理医疗专护期间（%s 至 %s）。"),
            date_text(from, m->ltc_from), date_text(to, m->ltc_to));
    step->failed = !holds;
    explain_basis_add(self, step, SECTION_BENEFIT, self->trace->rule, "excluded_under_ltc");
}

static void
check_in_hospital(struct explainer *self, bool holds)
{
    const struct rule *rule = &self->epoch->rules[self->trace->rule];
    bool edge = (self->claim->flags & CLAIM_ON_STAY_DAY) != 0;
    struct explain_step *step;
    if (rule->excluded_in_hospital == EXCLUSION_NO)
        step = add_check(self, "in_hospital", true,
            tr("Being in hospital does not stand in the way of this benefit.", "住院不影响本待遇。"), "");
    else
        step = add_check(self, "in_hospital", holds,
            edge ? tr("The day is one of admission or discharge, on which this benefit is paid.",
                "当日为入院日或出院日，仍可享受本待遇。")
                 : tr("Not in hospital that day.", "当日不在住院期间。"),
            tr("In hospital that day.", "当日在住院期间。"));
    explain_basis_add(self, step, SECTION_BENEFIT, self->trace->rule, "excluded_in_hospital");
}

static void
check_place(struct explainer *self, bool holds)
{
    const struct claim *c = self->claim;
    const char *place = tr(place_words[c->place].en, place_words[c->place].zh);
    struct explain_step *step = explain_step_add(self, EXPLAIN_CHECKS, "place",
        holds ? tr("Paid at this place of care: %s.", "该就医地予以支付：%s。")
              : tr("Not paid at this place of care: %s.", "该就医地不予支付：%s。"),
        place);
    step->failed = !holds;
    explain_basis_add(self, step, SECTION_BENEFIT, self->trace->rule, "paid_at");
}

static void
check_designated(struct explainer *self, bool holds)
{
    add_check(self, "designated", holds, tr("The institution is designated.", "就诊机构为定点机构。"),
        tr("The institution is not designated: neither the fund nor accounts pay there.",
            "就诊机构非定点：统筹基金和个人账户均不支付。"));
}

void
explain_checks(struct explainer *self)
{
    static const struct {
        enum reason fails;
        void (*check)(struct explainer *, bool);
    } checks[] = {
        { REASON_NOT_COVERED, check_covered },
        { REASON_NOT_IN_FORCE, check_in_force },
        { REASON_NOT_INSURED, check_insured },
        { REASON_NOT_DESIGNATED, check_designated },
        { REASON_NOT_QUALIFIED, check_qualified },
        { REASON_LTC, check_ltc },
        { REASON_IN_HOSPITAL, check_in_hospital },
        { REASON_PLACE, check_place },
    };
    enum reason reason = (enum reason)self->out->answer.settlement.reason;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        checks[i].check(self, reason != checks[i].fails);
        if (reason == checks[i].fails)
            return;
    }
}
