/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "output/explain_steps.h"
#include "output/parameter_text.h"
#include "output/show.h"

/* ---- amounts and steps ---- */

const char *
explain_yuan(struct explainer *self, fen_t amount)
{
    char plain[MONEY_TEXT + 1], grouped[MONEY_TEXT + 12];
    money_text(plain, amount);
    size_t whole = strcspn(plain, "."), n = 0;
    for (size_t i = 0; plain[i] != '\0'; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0 && plain[i - 1] != '-')
            grouped[n++] = ',';
        grouped[n++] = plain[i];
    }
    char *out = self->amounts[self->n_amounts++ % 8];
    snprintf(out, sizeof self->amounts[0], tr("%.*s yuan", "%.*s 元"), (int)n, grouped);
    return out;
}

const char *
explain_percent(struct explainer *self, ratio_t ratio)
{
    char *out = self->amounts[self->n_amounts++ % 8];
    int n = snprintf(out, sizeof self->amounts[0], "%" PRId32 ".%04" PRId32, ratio / 10000,
        ratio % 10000);
    while (out[n - 1] == '0')
        n--;
    if (out[n - 1] == '.')
        n--;
    out[n] = '%';
    out[n + 1] = '\0';
    return out;
}

struct explain_step *
explain_step_add(struct explainer *self, enum explain_stage stage, const char *key,
    const char *format, ...)
{
    struct explanation *out = self->out;
    memory_grow(out->steps, out->n_steps, out->steps_capacity);
    struct explain_step *step = &out->steps[out->n_steps++];
    *step = (struct explain_step){ .stage = stage, .key = key };
    va_list arguments;
    va_start(arguments, format);
    step->text = memory_format_list(format, arguments);
    va_end(arguments);
    return step;
}

/* Since when a value holds, of the rule or in its service. What bears no date holds
 * as long as the policy is in force, or always where that does not matter to it. */
static char *
since_text(const struct explainer *self, const struct descriptor *descriptor, int rule,
    const struct dated_value *value)
{
    char day[DATE_TEXT];
    const struct parameter *always = rule >= 0
        ? policy_find(self->policy, SECTION_BENEFIT, rule, "always_in_force")
        : NULL;
    bool of_benefit = descriptor->section == SECTION_BENEFIT || descriptor->section == SECTION_CAP;
    if (value != NULL && value->from != DAY_MIN)
        return memory_format(tr("from %s", "%s 起"), date_text(day, value->from));
    if (of_benefit && value != NULL && (always == NULL || always->values[0].table[0] == 0))
        return memory_format(tr("since the policy's start on %s", "自施行之日 %s 起"),
            date_text(day, self->policy->in_force_from));
    return memory_text(tr("on every date", "不分日期"));
}

void
explain_basis_add(struct explainer *self, struct explain_step *step, enum section section,
    int subject, const char *key)
{
    const struct descriptor *d = policy_descriptor(section, key);
    const struct parameter *p = policy_find(self->policy, section, subject, key);
    const struct dated_value *v = p != NULL ? parameter_on(p, self->day) : NULL;
    /* Exclusions and places of care that a file leaves open are general
     * outpatient's alone. */
    bool open = d->reading
        && (section != SECTION_BENEFIT || strchr(key, '.') != NULL
            || self->policy->rules[subject].benefit == BENEFIT_OUTPATIENT);
    if (v == NULL && !open)
        return;
    memory_grow(step->bases, step->n_bases, step->bases_capacity);
    int64_t value = v != NULL ? dated_value_at(v, &self->at) : d->fallback;
    step->bases[step->n_bases++] = (struct explain_basis){ .descriptor = d,
        .path = memory_text(p != NULL ? p->path : key),
        .value = parameter_number_text(d, self->policy, value, language_current),
        .stated = v,
        .since = since_text(
            self, d, section == SECTION_BENEFIT ? subject : self->trace->rule, v) };
}

char *
explain_rule_text(const struct explainer *self, int rule)
{
    struct parameter probe = { .descriptor = policy_descriptor(SECTION_BENEFIT, "ratio"),
        .subject = rule };
    return parameter_subject_text(self->policy, &probe, language_current);
}

char *
explain_cap_text(const struct explainer *self, int cap)
{
    const char *name = self->policy->caps[cap];
    int benefit = word_find(benefit_words, BENEFIT_COUNT, name, strlen(name));
    if (benefit >= 0)
        name = tr(benefit_words[benefit].en, benefit_words[benefit].zh);
    return memory_format(tr("payment cap (%s)", "最高支付限额（%s）"), name);
}

/* ---- who and what ---- */

static char *
claim_text(struct explainer *self)
{
    const struct claim *c = self->claim;
    const struct names *names = self->out->names;
    char from[DATE_TEXT], to[DATE_TEXT];
    date_text(from, c->date);
    date_text(to, c->end);
    char *when = c->benefit != BENEFIT_INPATIENT ? memory_text(from)
        : self->program->stays_settle_on_admission
        ? memory_format(tr("%s to %s (settled on admission)", "%s 入院，%s 出院（按入院日结算）"), from, to)
        : memory_format(tr("%s to %s (settled on discharge)", "%s 入院，%s 出院（按出院日结算）"), from, to);
    char *about = c->disease != NAME_NONE
        ? memory_format(tr(" (%s)", "（%s）"), show_disease(names->text[c->disease]))
        : c->drug != NAME_NONE ? memory_format(tr(" (%s)", "（%s）"), names->text[c->drug])
                               : memory_text("");
    char *text = memory_format(
        tr("%s, %s%s, %s, %s, %s; cost %s, eligible %s.", "%s，%s%s，%s（%s），就医地：%s；总费用 %s，其中政策范围内 %s。"),
        when, tr(benefit_words[c->benefit].en, benefit_words[c->benefit].zh), about,
        tr(provider_words[c->provider].en, provider_words[c->provider].zh),
        tr(channel_words[c->channel].en, channel_words[c->channel].zh),
        tr(place_words[c->place].en, place_words[c->place].zh), explain_yuan(self, c->cost),
        explain_yuan(self, c->eligible));
    free(when);
    free(about);
    return text;
}

static char *
member_text(struct explainer *self)
{
    const struct member *m = self->member;
    char birth[DATE_TEXT], retired[DATE_TEXT];
    enum status status = self->at.status;
    char *change = m->status == STATUS_RETIREE || m->retired_on == DAY_MAX || m->retired_on == DAY_MIN
        ? memory_text("")
        : memory_format(tr(" (retirement on %s)", "（%s 退休）"), date_text(retired, m->retired_on));
    int family = self->caseload->household.n - 1;
    char *household = family > 0
        ? memory_format(tr("; %d other members of the household", "；同户参保人另有 %d 人"), family)
        : memory_text("");
    char *text = memory_format(
        tr("%s, born %s, %d years old that day; %s%s, %s%s.",
            "%s，%s 出生，当日 %d 岁；%s%s，%s%s。"),
        tr(m->sex == SEX_FEMALE ? "female" : "male", sex_words[m->sex].zh), date_text(birth, m->birth),
        self->at.age, tr(status_words[status].en, status_words[status].zh), change,
        tr(sector_words[self->at.sector].en, sector_words[self->at.sector].zh), household);
    free(change);
    free(household);
    return text;
}

/* The id of a claim by its index; owned by the caller. */
static char *
claim_id(const struct claims *claims, uint32_t index)
{
    struct claims_cursor cursor = { 0 };
    struct claim_place place = { 0 };
    const char *id = "";
    for (uint32_t i = 0; i <= index; i++)
        id = claims_next_id(claims, &cursor, &place);
    return memory_text_n(id, place.n);
}

/* ---- the whole ---- */

static int
rule_of_benefit(const struct policy *policy, enum benefit benefit)
{
    for (int i = 0; i < policy->n_rules; i++)
        if (policy->rules[i].benefit == benefit && policy->rules[i].name == NULL)
            return i;
    return -1;
}

/* Visits that joined the stay: the bill that is settled is not the claim's alone. */
static void
explain_joined(struct explainer *self)
{
    const struct caseload_answer *answer = &self->out->answer;
    if (answer->bill.joined_cost == 0)
        return;
    struct explain_step *step = explain_step_add(self, EXPLAIN_FUND, "joined",
        tr("Emergency visits that turned into this stay join it: cost %s and eligible cost %s more, "
           "together %s and %s.",
            "转为本次住院的急诊费用并入住院：另加总费用 %s、政策范围内 %s，合计 %s、%s。"),
        explain_yuan(self, answer->bill.joined_cost),
        explain_yuan(self, answer->bill.joined_eligible),
        explain_yuan(self, answer->settlement.cost),
        explain_yuan(self, answer->settlement.eligible));
    int outpatient = rule_of_benefit(self->policy, BENEFIT_OUTPATIENT);
    if (outpatient >= 0)
        explain_basis_add(self, step, SECTION_BENEFIT, outpatient, "joins_admission");
}

static void
explain_merged(struct explainer *self)
{
    self->out->stay_id = claim_id(self->caseload->claims, self->out->answer.stay);
    struct explain_step *step = explain_step_add(self, EXPLAIN_CHECKS, "merged",
        tr("This visit turned into the stay %s at the same institution: its cost is paid as part of "
           "that stay. See there.",
            "本次门诊转为同院住院 %s：费用并入该次住院结算，见该笔说明。"),
        self->out->stay_id);
    int rule = program_rule(self->program, self->claim->benefit, self->claim->disease);
    if (rule >= 0)
        explain_basis_add(self, step, SECTION_BENEFIT, rule, "joins_admission");
}

/* What stands in the household's books right after the claim, before another
 * question is asked. */
static void
explain_all(struct explainer *self)
{
    struct explanation *out = self->out;
    out->claim_text = claim_text(self);
    out->member_text = member_text(self);
    if (out->answer.stay != NAME_NONE) {
        explain_merged(self);
        return;
    }
    explain_checks(self);
    explain_joined(self);
    explain_fund(self);
    explain_member_side(self);
    explain_sums(self);
}

static void
ask_others(struct explanation *self, struct caseload *caseload,
    const struct caseload_question *question)
{
    for (int p = 0; p < PROVIDER_COUNT; p++) {
        struct claim claim = self->answer.claim;
        claim.provider = (uint8_t)p;
        struct caseload_question other = *question;
        struct caseload_answer answer;
        other.instead = &claim;
        other.trace = NULL;
        caseload_ask(caseload, &other, &answer);
        self->others[p] = answer.settlement;
    }
}

void
explanation_make(struct explanation *self, struct caseload *caseload, const struct names *names,
    uint32_t index, int part)
{
    *self = (struct explanation){ .caseload = caseload, .names = names };
    struct trace trace = { .rule = -1, .class = -1 };
    struct caseload_question question = { .index = index, .part = part, .trace = &trace };
    caseload_ask(caseload, &question, &self->answer);
    const struct claim *claim = &self->answer.claim;
    size_t n;
    const char *person = members_id(caseload->members, claim->member, &n);
    self->claim_id = claim_id(caseload->claims, index);
    self->person_id = memory_text_n(person, n);

    const struct program *program = caseload->program;
    const struct member *member = &caseload->members->items[claim->member];
    day_t day = self->answer.bill.settles;
    struct explainer explainer = { .out = self, .caseload = caseload, .policy = program->policy,
        .program = program, .member = member, .claim = claim, .trace = &trace, .day = day,
        .epoch = &program->epochs[program_epoch(program, day, 0)],
        .own_rule = rule_of_benefit(program->policy, (enum benefit)claim->benefit) };
    explainer.at = (struct value_at){
        /* Where benefits change later than the status, the class tells. */
        .status = trace.class >= 0 ? (enum status)(trace.class % STATUS_COUNT)
                                   : member_status(member, day),
        .sector = member_sector(member), .place = (enum place)claim->place,
        .provider = (enum provider)claim->provider, .channel = (enum channel)claim->channel,
        .age = date_age(member->birth, day)
    };
    explain_all(&explainer);
    if (self->answer.stay == NAME_NONE)
        ask_others(self, caseload, &question);
}

void
explanation_free(struct explanation *self)
{
    for (int i = 0; i < self->n_steps; i++) {
        struct explain_step *step = &self->steps[i];
        for (int k = 0; k < step->n_bases; k++) {
            free(step->bases[k].path);
            free(step->bases[k].value);
            free(step->bases[k].since);
        }
        free(step->bases);
        free(step->text);
    }
    for (int i = 0; i < self->n_sums; i++)
        free(self->sums[i].label);
    free(self->steps);
    free(self->sums);
    free(self->claim_id);
    free(self->person_id);
    free(self->claim_text);
    free(self->member_text);
    free(self->stay_id);
    *self = (struct explanation){ 0 };
}
