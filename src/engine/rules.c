/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/rules.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Reads a policy's parameters as they stand on one day. */
struct lookup {
    const struct policy *policy;
    struct program *program;
    day_t day; /* on which values are taken */
};

/* A parameter's value on the day, found once and read for many cells. */
struct found {
    const struct dated_value *value; /* NULL: the fallback holds */
    int64_t fallback;
};

static struct found
find(const struct lookup *l, enum section section, int subject, const char *key)
{
    const struct parameter *p = policy_find(l->policy, section, subject, key);
    const struct dated_value *v = p != NULL ? parameter_on(p, l->day) : NULL;
    return (struct found){ v, v != NULL ? 0 : policy_descriptor(section, key)->fallback };
}

static inline int64_t
at_cell(struct found found, const struct value_at *at)
{
    return found.value != NULL ? dated_value_at(found.value, at) : found.fallback;
}

static int64_t
value_of(const struct lookup *l, enum section section, int subject, const char *key)
{
    static const struct value_at anywhere = { 0 };
    return at_cell(find(l, section, subject, key), &anywhere);
}

static bool
given(const struct lookup *l, int rule, const char *key)
{
    return policy_find(l->policy, SECTION_BENEFIT, rule, key) != NULL;
}

/* The rule that a "same as benefit" choice leads to; the rule itself for none. */
static int
follow(const struct lookup *l, int rule, const char *key)
{
    int64_t choice = value_of(l, SECTION_BENEFIT, rule, key);
    if (choice == 0)
        return rule;
    int target = l->program->default_rule[choice - 1];
    return target >= 0 ? target : rule;
}

static int
class_count(const struct program *program)
{
    return program->n_ages * SECTOR_COUNT * STATUS_COUNT;
}

static struct value_at
at_class(const struct program *program, class_t class)
{
    return (struct value_at){ .status = (enum status)(class % STATUS_COUNT),
        .sector = (enum sector)(class / STATUS_COUNT % SECTOR_COUNT),
        .age = program->ages[class / (STATUS_COUNT * SECTOR_COUNT)] };
}

static ratio_t *
ratio_table(const struct lookup *l, int rule, const char *key)
{
    const struct program *program = l->program;
    int n = class_count(program);
    ratio_t *table
        = memory_alloc((size_t)(n * PLACE_COUNT * PROVIDER_COUNT), sizeof *table);
    int stated_by = strcmp(key, "ratio") == 0 ? follow(l, rule, "ratio_same_as") : rule;
    struct found ratio = find(l, SECTION_BENEFIT, stated_by, key);
    struct found as_class = find(l, SECTION_BENEFIT, rule, "ratio_as_class");
    for (class_t c = 0; c < n; c++)
        for (int place = 0; place < PLACE_COUNT; place++)
            for (int provider = 0; provider < PROVIDER_COUNT; provider++) {
                struct value_at at = at_class(program, c);
                at.place = (enum place)place;
                /* Some places pay at another class's ratio: choice 0 is the own
                 * class, choice k > 0 provider class k - 1. */
                int64_t as = at_cell(as_class, &at);
                at.provider = (enum provider)(as > 0 ? as - 1 : provider);
                table[rules_cell(c, place, provider)] = (ratio_t)at_cell(ratio, &at);
            }
    return table;
}

static void
compile_amounts(const struct lookup *l, int index, struct rule *rule)
{
    const struct program *program = l->program;
    int n = class_count(program);
    size_t cells = (size_t)(n * PLACE_COUNT * PROVIDER_COUNT);
    rule->ratio = ratio_table(l, index, "ratio");
    rule->advance = memory_alloc(cells, sizeof *rule->advance);
    rule->deductible = memory_alloc(cells, sizeof *rule->deductible);
    rule->band_from = memory_alloc((size_t)n, sizeof *rule->band_from);
    int stated_by = follow(l, index, "deductible.same_as");
    ratio_t share = (ratio_t)value_of(l, SECTION_BENEFIT, index, "deductible.share");
    struct found amount = find(l, SECTION_BENEFIT, stated_by, "deductible.amount");
    struct found advance = find(l, SECTION_BENEFIT, index, "advance_self_pay");
    struct found band_from = find(l, SECTION_BENEFIT, index, "second_band.from");
    for (class_t c = 0; c < n; c++) {
        struct value_at at = at_class(program, c);
        rule->band_from[c] = at_cell(band_from, &at);
        for (int place = 0; place < PLACE_COUNT; place++)
            for (int provider = 0; provider < PROVIDER_COUNT; provider++) {
                at.place = (enum place)place;
                at.provider = (enum provider)provider;
                int cell = rules_cell(c, place, provider);
                rule->advance[cell] = (ratio_t)at_cell(advance, &at);
                rule->deductible[cell] = money_share(at_cell(amount, &at), share);
            }
    }
    if (given(l, index, "second_band.ratio"))
        rule->band_ratio = ratio_table(l, index, "second_band.ratio");
}

static void
compile_rule(const struct lookup *l, int index, bool policy_in_force, struct rule *rule)
{
    const struct policy *policy = l->policy;
    *rule = (struct rule){ .overflow = -1 };
    rule->in_force = policy_in_force || value_of(l, SECTION_BENEFIT, index, "always_in_force") != 0;
    rule->joins_admission = value_of(l, SECTION_BENEFIT, index, "joins_admission") != 0;
    rule->deductible_past_cap = value_of(l, SECTION_BENEFIT, index, "deductible.past_cap") != 0;
    rule->counts_eligible = value_of(l, SECTION_BENEFIT, index, "deductible.counts") != 0;
    rule->unpaid_part = value_of(l, SECTION_BENEFIT, index, "overflow.rest") != 0;
    rule->excluded_in_hospital
        = (uint8_t)value_of(l, SECTION_BENEFIT, index, "excluded_in_hospital");
    rule->excluded_under_ltc = (uint8_t)value_of(l, SECTION_BENEFIT, index, "excluded_under_ltc");
    rule->deductible_kind = (uint8_t)value_of(l, SECTION_BENEFIT, index, "deductible.per");
    rule->deductible_slot = (uint8_t)follow(l, index, "deductible.shared_with");
    int64_t overflow = value_of(l, SECTION_BENEFIT, index, "overflow.to");
    if (overflow > 0)
        rule->overflow = l->program->default_rule[overflow - 1];
    int64_t caps = value_of(l, SECTION_BENEFIT, index, "counts_toward");
    for (int k = 0; k < policy->n_caps; k++) {
        if ((caps >> k & 1) == 0 || rule->n_caps == sizeof rule->caps)
            continue;
        rule->caps[rule->n_caps++] = (uint8_t)k;
        rule->inpatient_type = rule->inpatient_type || strcmp(policy->caps[k], "inpatient") == 0;
    }
    struct found qualified = find(l, SECTION_BENEFIT, index, "qualified");
    struct found paid_at = find(l, SECTION_BENEFIT, index, "paid_at");
    for (int p = 0; p < PROVIDER_COUNT; p++)
        for (int c = 0; c < CHANNEL_COUNT; c++) {
            struct value_at at = { .provider = (enum provider)p, .channel = (enum channel)c };
            rule->qualified[p][c] = (uint8_t)at_cell(qualified, &at);
            for (int place = 0; place < PLACE_COUNT; place++) {
                at.place = (enum place)place;
                rule->paid[place][p][c] = at_cell(paid_at, &at) != 0;
            }
        }
    compile_amounts(l, index, rule);
}

static void
compile_cap(const struct lookup *l, int index, struct cap *cap)
{
    enum { PER_YEAR, PER_MONTH, PER_VISIT };
    int n = class_count(l->program);
    int64_t per = value_of(l, SECTION_CAP, index, "per");
    *cap = (struct cap){ .monthly = per == PER_MONTH,
        .by_visit = per == PER_VISIT,
        .on_eligible = value_of(l, SECTION_CAP, index, "cap_on") != 0,
        .further = value_of(l, SECTION_CAP, index, "by_disease.further"),
        .at_most = value_of(l, SECTION_CAP, index, "by_disease.at_most") };
    cap->by_disease = policy_find(l->policy, SECTION_CAP, index, "by_disease.further") != NULL
        || policy_find(l->policy, SECTION_CAP, index, "by_disease.psychiatric") != NULL;
    cap->amount = memory_alloc((size_t)n, sizeof *cap->amount);
    struct found amount = find(l, SECTION_CAP, index, "amount");
    for (class_t c = 0; c < n; c++) {
        struct value_at at = at_class(l->program, c);
        cap->amount[c] = at_cell(amount, &at);
    }
    cap->first_psychiatric = value_of(l, SECTION_CAP, index, "by_disease.psychiatric");
}

static void
compile_account(const struct lookup *l, struct account_rules *account)
{
    const struct program *program = l->program;
    size_t n = (size_t)program->n_ages;
    account->employee_rate = memory_alloc(n, sizeof *account->employee_rate);
    account->flexible_rate = memory_alloc(n, sizeof *account->flexible_rate);
    account->retiree_amount = memory_alloc(SECTOR_COUNT * n, sizeof *account->retiree_amount);
    struct found employee = find(l, SECTION_ACCOUNT, 0, "employee_rate");
    struct found flexible = find(l, SECTION_ACCOUNT, 0, "flexible_rate");
    struct found fixed = find(l, SECTION_ACCOUNT, 0, "retiree_fixed");
    struct found rate = find(l, SECTION_ACCOUNT, 0, "retiree_rate");
    struct found pension = find(l, SECTION_ACCOUNT, 0, "average_pension");
    for (int band = 0; band < program->n_ages; band++) {
        struct value_at at = { .age = program->ages[band] };
        account->employee_rate[band] = (ratio_t)at_cell(employee, &at);
        account->flexible_rate[band] = (ratio_t)at_cell(flexible, &at);
        for (int sector = 0; sector < SECTOR_COUNT; sector++) {
            at.sector = (enum sector)sector;
            account->retiree_amount[(size_t)sector * n + (size_t)band] = at_cell(fixed, &at)
                + money_share(at_cell(pension, &at), (ratio_t)at_cell(rate, &at));
        }
    }
    account->own_rate = (ratio_t)value_of(l, SECTION_ACCOUNT, 0, "own_rate");
    account->interest = (ratio_t)value_of(l, SECTION_ACCOUNT, 0, "interest");
    account->retiree_per_year_of_age = value_of(l, SECTION_ACCOUNT, 0, "retiree_per_year_of_age");
    account->employer_rate = (ratio_t)value_of(l, SECTION_CONTRIBUTION, 0, "employer_rate");
    account->flexible_contribution_rate
        = (ratio_t)value_of(l, SECTION_CONTRIBUTION, 0, "flexible_rate");
}

static bool
same_account(const struct account_rules *a, const struct account_rules *b, size_t n_ages)
{
    return a->own_rate == b->own_rate && a->retiree_per_year_of_age == b->retiree_per_year_of_age
        && a->employer_rate == b->employer_rate
        && a->flexible_contribution_rate == b->flexible_contribution_rate
        && memcmp(a->employee_rate, b->employee_rate, n_ages * sizeof *a->employee_rate) == 0
        && memcmp(a->flexible_rate, b->flexible_rate, n_ages * sizeof *a->flexible_rate) == 0
        && memcmp(a->retiree_amount, b->retiree_amount,
               SECTOR_COUNT * n_ages * sizeof *a->retiree_amount)
        == 0;
}

/* What lets a year's credits be computed once instead of month by month. */
static void
mark_account_changes(struct program *program)
{
    size_t n_ages = (size_t)program->n_ages;
    for (int i = 0; i < program->n_epochs; i++) {
        struct account_rules *a = &program->epochs[i].account;
        a->retirees_by_age = a->retiree_per_year_of_age != 0;
        for (size_t band = 1; band < n_ages; band++) {
            a->active_by_age = a->active_by_age || a->employee_rate[band] != a->employee_rate[0]
                || a->flexible_rate[band] != a->flexible_rate[0];
            for (size_t sector = 0; sector < SECTOR_COUNT; sector++)
                a->retirees_by_age = a->retirees_by_age
                    || a->retiree_amount[sector * n_ages + band]
                        != a->retiree_amount[sector * n_ages];
        }
        if (i > 0) {
            const struct account_rules *before = &program->epochs[i - 1].account;
            a->generation = before->generation + !same_account(a, before, n_ages);
        }
    }
}

static int
compare_days(const void *a, const void *b)
{
    day_t x = *(const day_t *)a, y = *(const day_t *)b;
    return (x > y) - (x < y);
}

static int
compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Age bands: the union of all breaks of all parameters. */
static void
collect_ages(const struct policy *policy, struct program *program)
{
    size_t n = 1;
    int *ages = memory_alloc(1, sizeof *ages);
    for (int i = 0; i < policy->n_parameters; i++)
        for (int v = 0; v < policy->parameters[i].n_values; v++) {
            const struct dated_value *value = &policy->parameters[i].values[v];
            if ((value->dimensions & 1u << DIMENSION_AGE) == 0)
                continue;
            enum section section = policy->parameters[i].descriptor->section;
            if (section == SECTION_BENEFIT || section == SECTION_CAP)
                program->benefits_by_age = true;
            ages = memory_resize(ages, n + (size_t)value->n_ages, sizeof *ages);
            memcpy(ages + n, value->ages, (size_t)value->n_ages * sizeof *ages);
            n += (size_t)value->n_ages;
        }
    qsort(ages, n, sizeof *ages, compare_ints);
    program->ages = ages;
    for (size_t i = 0; i < n; i++)
        if (program->n_ages == 0 || ages[i] != ages[program->n_ages - 1])
            ages[program->n_ages++] = ages[i];
    program->n_classes = class_count(program);
}

static size_t
collect_days(const struct policy *policy, enum expiry expiry, day_t **out)
{
    size_t n = 0, capacity = 0;
    day_t *days = NULL;
    memory_grow(days, n, capacity);
    days[n++] = DAY_MIN;
    memory_grow(days, n, capacity);
    days[n++] = policy->in_force_from;
    if (policy->in_force_to != DAY_MAX && expiry == EXPIRY_STOP) {
        memory_grow(days, n, capacity);
        days[n++] = policy->in_force_to + 1;
    }
    for (int i = 0; i < policy->n_parameters; i++)
        for (int v = 0; v < policy->parameters[i].n_values; v++) {
            memory_grow(days, n, capacity);
            days[n++] = policy->parameters[i].values[v].from;
        }
    qsort(days, n, sizeof *days, compare_days);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || days[i] != days[kept - 1])
            days[kept++] = days[i];
    *out = days;
    return kept;
}

static bool
rule_has_values(const struct policy *policy, int rule)
{
    for (int i = 0; i < policy->n_parameters; i++)
        if (policy->parameters[i].descriptor->section == SECTION_BENEFIT
            && policy->parameters[i].subject == rule)
            return true;
    return false;
}

/* Which rule a benefit, or a special disease of it, falls under. */
static void
assign_rules(const struct lookup *l)
{
    struct program *program = l->program;
    const struct policy *policy = l->policy;
    size_t capacity = 0;
    for (int b = 0; b < BENEFIT_COUNT; b++)
        program->default_rule[b] = -1;
    for (int i = 0; i < policy->n_rules; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        if (!rule_has_values(policy, i))
            continue;
        if (rule->name == NULL)
            program->default_rule[rule->benefit] = (int8_t)i;
        for (int d = 0; d < rule->n_diseases; d++) {
            memory_grow(program->disease_rules, (size_t)program->n_disease_rules, capacity);
            program->disease_rules[program->n_disease_rules++] = (struct disease_rule){
                .disease = rule->diseases[d], .benefit = (uint8_t)rule->benefit, .rule = (int8_t)i
            };
        }
    }
    int8_t resolved[BENEFIT_COUNT];
    memcpy(resolved, program->default_rule, sizeof resolved);
    for (int b = 0; b < BENEFIT_COUNT; b++) {
        int rule = program->default_rule[b];
        if (rule < 0)
            continue;
        int64_t as = value_of(l, SECTION_BENEFIT, rule, "treated_as");
        if (as > 0)
            resolved[b] = program->default_rule[as - 1];
        else if (!given(l, rule, "ratio") && !given(l, rule, "ratio_same_as"))
            resolved[b] = -1; /* only rules by disease */
    }
    memcpy(program->default_rule, resolved, sizeof resolved);
}

struct program *
program_compile(const struct policy *policy, day_t rules_on, enum expiry expiry)
{
    struct program *program = memory_alloc(1, sizeof *program);
    program->policy = policy;
    program->n_caps = policy->n_caps;
    program->n_rules = policy->n_rules;
    collect_ages(policy, program);
    struct lookup l = { policy, program, DAY_MAX };
    assign_rules(&l);
    /* Readings of the document as a whole are not dated. */
    program->stays_settle_on_admission = value_of(&l, SECTION_READING, 0, "stays_settle") != 0;
    program->retiree_benefits_next_month = value_of(&l, SECTION_READING, 0, "benefits_change") != 0;
    program->account_same_month = value_of(&l, SECTION_ACCOUNT, 0, "status_change") != 0;
    program->family_by_balance = value_of(&l, SECTION_ACCOUNT, 0, "family_order") != 0;
    program->credit_day = (int)value_of(&l, SECTION_ACCOUNT, 0, "credit_day");

    day_t *days;
    size_t n = collect_days(policy, expiry, &days);
    if (rules_on != DAY_MIN)
        n = 1; /* one epoch, as of that day */
    program->n_epochs = (int)n;
    program->epochs = memory_alloc(n, sizeof *program->epochs);
    for (size_t i = 0; i < n; i++) {
        struct epoch *epoch = &program->epochs[i];
        epoch->from = days[i];
        l.day = rules_on != DAY_MIN ? rules_on : days[i];
        epoch->in_force = l.day >= policy->in_force_from
            && (l.day <= policy->in_force_to || expiry == EXPIRY_RENEW);
        epoch->family_sharing
            = epoch->in_force && value_of(&l, SECTION_ACCOUNT, 0, "family_sharing") != 0;
        epoch->own_account_first = value_of(&l, SECTION_ACCOUNT, 0, "own_account_first") != 0;
        for (int r = 0; r < policy->n_rules; r++) {
            struct rule *rule = &epoch->rules[r];
            compile_rule(&l, r, epoch->in_force, rule);
            program->joins = program->joins || rule->joins_admission;
            if (rule->deductible_kind == DEDUCTIBLE_MONTH)
                epoch->monthly_deductibles |= 1u << rule->deductible_slot;
        }
        for (int c = 0; c < policy->n_caps; c++) {
            compile_cap(&l, c, &epoch->caps[c]);
            if (epoch->caps[c].monthly)
                epoch->monthly_caps |= 1u << c;
            if (epoch->caps[c].by_visit)
                epoch->visit_caps |= 1u << c;
        }
        compile_account(&l, &epoch->account);
        program->periods_change = program->periods_change
            || epoch->monthly_deductibles != program->epochs[0].monthly_deductibles
            || epoch->monthly_caps != program->epochs[0].monthly_caps
            || epoch->visit_caps != program->epochs[0].visit_caps;
    }
    mark_account_changes(program);
    free(days);
    return program;
}

void
program_free(struct program *self)
{
    if (self == NULL)
        return;
    for (int i = 0; i < self->n_epochs; i++) {
        struct epoch *epoch = &self->epochs[i];
        for (int r = 0; r < self->n_rules; r++) {
            struct rule *rule = &epoch->rules[r];
            free(rule->deductible);
            free(rule->ratio);
            free(rule->advance);
            free(rule->band_from);
            free(rule->band_ratio);
        }
        for (int c = 0; c < self->n_caps; c++)
            free(epoch->caps[c].amount);
        free(epoch->account.employee_rate);
        free(epoch->account.flexible_rate);
        free(epoch->account.retiree_amount);
    }
    free(self->epochs);
    free(self->ages);
    free(self->disease_rules);
    free(self);
}

int
program_rule(const struct program *self, int benefit, uint32_t disease)
{
    if (disease != NAME_NONE)
        for (int i = 0; i < self->n_disease_rules; i++)
            if (self->disease_rules[i].disease == disease
                && self->disease_rules[i].benefit == benefit)
                return self->disease_rules[i].rule;
    return self->default_rule[benefit];
}
