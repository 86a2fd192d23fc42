/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trial.h"

#include "base/language.h"
#include "engine/adjudicate.h"

/* In fen. The odd ones make every rounding happen. */
static const fen_t bills[] = { 0, 1, 133, 4999, 123457, 9999999, INT64_C(30000000001) };
enum { BILLS = sizeof bills / sizeof *bills };

/* A person of a class and a disease that the rule is for. */
struct person {
    const struct program *program;
    const struct epoch *epoch;
    int rule;
    struct member member;
    struct claim claim;
};

static bool
sums_hold(const struct settlement *s)
{
    return s->advance >= 0 && s->deductible >= 0 && s->fund >= 0 && s->fund_inpatient >= 0
        && s->fund_inpatient <= s->fund && s->advance + s->deductible + s->fund <= s->eligible;
}

/* A year of claims at one place, class and channel, so that caps are met too. */
static bool
year_holds(struct person *self, day_t day)
{
    struct accumulators state = { 0 };
    bool holds = true;
    for (int i = 0; i < BILLS && holds; i++) {
        struct settlement out;
        struct bill bill = { .claim = &self->claim, .settles = day };
        self->claim.cost = self->claim.eligible = bills[i];
        adjudicate(self->program, self->epoch, &self->member, &state, &bill, &out);
        holds = sums_hold(&out);
    }
    accumulators_free(&state);
    return holds;
}

static bool
person_holds(struct person *self, day_t day)
{
    for (int provider = 0; provider < PROVIDER_COUNT; provider++)
        for (int channel = 0; channel < CHANNEL_COUNT; channel++)
            for (int place = 0; place < PLACE_COUNT; place++) {
                self->claim.provider = (uint8_t)provider;
                self->claim.channel = (uint8_t)channel;
                self->claim.place = (uint8_t)place;
                if (!year_holds(self, day))
                    return false;
            }
    return true;
}

static bool
rule_holds(struct person *self, day_t day)
{
    const struct program *program = self->program;
    for (int age = 0; age < program->n_ages; age++)
        for (int sector = 0; sector < SECTOR_COUNT; sector++)
            for (int status = 0; status < STATUS_COUNT; status++) {
                self->member = (struct member){
                    .birth = date_day(date_year(day) - program->ages[age], 1, 1),
                    .retired_on = status == STATUS_RETIREE ? DAY_MIN : DAY_MAX,
                    .insured_from = DAY_MIN,
                    .insured_to = DAY_MAX,
                    .ltc_from = DAY_MAX,
                    .ltc_to = DAY_MIN,
                    .household = NAME_NONE,
                    .county = NAME_NONE,
                    .n_chronic = 2,
                    .psychiatric = true,
                    .status = (uint8_t)status,
                    .sector = (uint8_t)sector };
                if (!person_holds(self, day))
                    return false;
            }
    return true;
}

static void
complain(const struct program *program, int rule, day_t day, struct problem_list *problems)
{
    const struct policy *policy = program->policy;
    const struct parameter *ratio = policy_find(policy, SECTION_BENEFIT, rule, "ratio");
    if (ratio == NULL)
        ratio = policy_find(policy, SECTION_BENEFIT, rule, "ratio_same_as");
    const struct value_source *at = ratio != NULL ? &ratio->values[0].source : NULL;
    char on[DATE_TEXT];
    problem_add(problems, at != NULL ? at->file : policy->file, at != NULL ? at->line : 1,
        at != NULL ? at->column : 1,
        tr("'%s' pays more than the eligible cost of some bills on %s; ratio and overflow that "
           "leave it below are wanted",
            "“%s”对某些费用的支付超过政策范围内费用（%s 试算）；支付比例与超限额转付应使其不超过"),
        benefit_words[policy->rules[rule].benefit].key, date_text(on, day));
}

bool
program_try(const struct program *program, struct problem_list *problems)
{
    bool holds = true;
    for (int r = 0; r < program->n_rules; r++) {
        const struct policy_rule *rule = &program->policy->rules[r];
        struct person person = { .program = program, .rule = r };
        person.claim = (struct claim){ .benefit = (uint8_t)rule->benefit, .drug = 0,
            .disease = rule->n_diseases != 0 ? rule->diseases[0] : NAME_NONE,
            .admission = NAME_NONE,
            .flags = CLAIM_DESIGNATED | CLAIM_MAY_ADMIT | CLAIM_REGISTERED };
        for (int e = 0; e < program->n_epochs; e++) {
            person.epoch = &program->epochs[e];
            day_t from = person.epoch->from;
            /* The first epoch has no first day: the day before the next begins. */
            day_t day = from != DAY_MIN    ? from
                : program->n_epochs > 1 ? program->epochs[1].from - 1
                                         : date_day(2022, 1, 1);
            if (rule_holds(&person, day))
                continue;
            complain(program, r, day, problems);
            holds = false;
            break;
        }
    }
    return holds;
}
