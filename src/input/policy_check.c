/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/policy.h"

/* Problems are reported at the parameter that is at fault; where one is missing,
 * at another one of the same subject. */
static void __attribute__((format(printf, 3, 4)))
complain(struct problem_list *problems, const struct value_source *at, const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    int n = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n < 0)
        return;
    problem_add(problems, at->file, at->line, at->column, "%s", text);
    free(text);
}

static const struct value_source *
any_source(const struct policy *policy, enum section section, int subject)
{
    for (int i = 0; i < policy->n_parameters; i++) {
        const struct parameter *p = &policy->parameters[i];
        if (p->descriptor->section == section && (p->subject == subject || subject < 0))
            return &p->values[0].source;
    }
    return NULL;
}

static const struct parameter *
benefit_parameter(const struct policy *policy, int rule, const char *key)
{
    return policy_find(policy, SECTION_BENEFIT, rule, key);
}

static int
default_rule(const struct policy *policy, int benefit)
{
    for (int i = 0; i < policy->n_rules; i++)
        if ((int)policy->rules[i].benefit == benefit && policy->rules[i].name == NULL
            && any_source(policy, SECTION_BENEFIT, i) != NULL)
            return i;
    return -1;
}

/* How many values of a reference lead anywhere: a draft may take one back by 'none'. */
static int
leading_values(const struct parameter *reference)
{
    int n = 0;
    for (int i = 0; reference != NULL && i < reference->n_values; i++)
        n += reference->values[i].table[0] != 0;
    return n;
}

/* Benefit references: choice k > 0 is benefit k - 1. They must lead, in one step,
 * to a benefit that states the thing itself. */
static void
check_reference(const struct policy *policy, int rule, const char *key, const char *wanted,
    struct problem_list *problems)
{
    const struct parameter *p = benefit_parameter(policy, rule, key);
    for (int i = 0; p != NULL && i < p->n_values; i++) {
        int benefit = (int)p->values[i].table[0] - 1;
        if (benefit < 0)
            continue;
        int target = default_rule(policy, benefit);
        if (target < 0)
            complain(problems, &p->values[i].source,
                tr("'%s' leads to '%s', which this scenario does not have; add benefits.%s",
                    "'%s' 指向 '%s'，而本方案没有这项待遇；请补上 benefits.%s"),
                p->path, benefit_words[benefit].key, benefit_words[benefit].key);
        else if (target == rule || benefit_parameter(policy, target, wanted) == NULL)
            complain(problems, &p->values[i].source,
                tr("'%s' leads to '%s', which has no '%s' of its own; a benefit that states it is wanted",
                    "'%s' 指向 '%s'，而后者没有自己的 '%s'；应指向写明它的待遇"),
                p->path, benefit_words[benefit].key, wanted);
    }
}

static void
check_rule(const struct policy *policy, int rule, struct problem_list *problems)
{
    const struct value_source *at = any_source(policy, SECTION_BENEFIT, rule);
    const struct policy_rule *r = &policy->rules[rule];
    if (at == NULL)
        return;
    char *path = r->name != NULL
        ? memory_format("benefits.%s.rules.%s", benefit_words[r->benefit].key, r->name)
        : memory_format("benefits.%s", benefit_words[r->benefit].key);
    if (leading_values(benefit_parameter(policy, rule, "treated_as")) != 0) {
        check_reference(policy, rule, "treated_as", "ratio", problems);
    } else {
        bool ratio = benefit_parameter(policy, rule, "ratio") != NULL;
        const struct parameter *same = benefit_parameter(policy, rule, "ratio_same_as");
        int references = leading_values(same);
        if (!ratio && references == 0)
            complain(problems, at, tr("'%s' has no ratio; add 'ratio: 70%%' or 'ratio_same_as: inpatient'",
                                    "'%s' 没有支付比例；请加 ratio: 70%% 或 ratio_same_as: inpatient"),
                path);
        if (ratio && references != 0 && references == same->n_values)
            complain(problems, &same->values[0].source,
                tr("'%s' has both ratio and ratio_same_as; one is wanted (in a draft, "
                   "'ratio_same_as: none' gives way to its ratio)",
                    "'%s' 同时有 ratio 与 ratio_same_as；只应有一个（草案可写 ratio_same_as: none，改用 ratio）"),
                path);
        const struct parameter *per = benefit_parameter(policy, rule, "deductible.per");
        bool amount = benefit_parameter(policy, rule, "deductible.amount") != NULL
            || leading_values(benefit_parameter(policy, rule, "deductible.same_as")) != 0;
        bool none = per == NULL || (per->n_values == 1 && per->values[0].table[0] == 0);
        if (amount && per == NULL)
            complain(problems, at, tr("'%s' has a deductible but not what it is per; add 'per: year', say",
                                    "'%s' 有起付标准而没有写明周期；请加 per: year 等"),
                path);
        if (!amount && !none)
            complain(problems, &per->values[0].source,
                tr("'%s' has a deductible without an amount; add 'amount: …'",
                    "'%s' 的起付标准没有金额；请加 amount"),
                path);
        bool band = benefit_parameter(policy, rule, "second_band.from") != NULL;
        if (band != (benefit_parameter(policy, rule, "second_band.ratio") != NULL))
            complain(problems, at, tr("'%s' has half a second band; both 'from' and 'ratio' are wanted",
                                    "'%s' 的第二段不全；from 与 ratio 都应写"),
                path);
        const struct parameter *overflow = benefit_parameter(policy, rule, "overflow.to");
        if (band && leading_values(overflow) != 0)
            complain(problems, &overflow->values[0].source,
                tr("'%s' has both a second band and an overflow; one of them is wanted",
                    "'%s' 同时有第二段与超限额转付；只应有一个"),
                path);
    }
    check_reference(policy, rule, "deductible.same_as", "deductible.amount", problems);
    check_reference(policy, rule, "deductible.shared_with", "deductible.per", problems);
    check_reference(policy, rule, "ratio_same_as", "ratio", problems);
    check_reference(policy, rule, "overflow.to", "ratio", problems);
    const struct parameter *caps = benefit_parameter(policy, rule, "counts_toward");
    for (int i = 0; caps != NULL && i < caps->n_values; i++)
        if (__builtin_popcountll((unsigned long long)caps->values[i].table[0]) > 4)
            complain(problems, &caps->values[i].source,
                tr("'%s' counts toward more than 4 caps; 4 at most are wanted",
                    "'%s' 计入的限额超过 4 个；最多 4 个"),
                path);
    free(path);
}

static bool
section_given(const struct policy *policy, enum section section, int subject)
{
    return any_source(policy, section, subject) != NULL;
}

static const char *
file_of(const struct policy *policy)
{
    return policy->n_texts != 0 ? policy->texts[0].file : policy->file;
}

static void
check_needed(const struct policy *policy, struct problem_list *problems)
{
    for (int d = 0; d < policy_n_descriptors; d++) {
        const struct descriptor *descriptor = &policy_descriptors[d];
        if (!descriptor->needed)
            continue;
        int subjects = descriptor->section == SECTION_CAP ? policy->n_caps : 1;
        for (int s = 0; s < subjects; s++) {
            if (policy_find(policy, descriptor->section, s, descriptor->key) != NULL)
                continue;
            const struct value_source *at = any_source(policy, descriptor->section, s);
            struct value_source top = { .file = file_of(policy), .line = 1, .column = 1 };
            if (descriptor->section == SECTION_CAP)
                complain(problems, at != NULL ? at : &top,
                    tr("caps.%s has no %s; add it", "caps.%s 没有 %s；请补上"), policy->caps[s],
                    descriptor->key);
            else if (descriptor->section != SECTION_POOLING
                || section_given(policy, SECTION_POOLING, 0))
                complain(problems, at != NULL ? at : &top,
                    tr("%s.%s is missing; add it", "缺少 %s.%s；请补上"),
                    descriptor->section == SECTION_ACCOUNT      ? "account"
                        : descriptor->section == SECTION_POOLING ? "pooling"
                                                                  : "contribution",
                    descriptor->key);
        }
    }
}

/* A benefit's values must be there from the policy's first day on, or, where it
 * is in force on every date, always. */
static void
check_dates(const struct policy *policy, struct problem_list *problems)
{
    for (int i = 0; i < policy->n_parameters; i++) {
        const struct parameter *p = &policy->parameters[i];
        enum section section = p->descriptor->section;
        if (section != SECTION_BENEFIT && section != SECTION_CAP)
            continue;
        bool always = false;
        if (section == SECTION_BENEFIT) {
            const struct parameter *a = benefit_parameter(policy, p->subject, "always_in_force");
            always = a != NULL && a->values[0].table[0] == 1;
        }
        day_t needed = always ? DAY_MIN : policy->in_force_from;
        if (p->values[0].from <= needed)
            continue;
        char first[DATE_TEXT], start[DATE_TEXT];
        date_text(first, p->values[0].from);
        if (needed == DAY_MIN)
            complain(problems, &p->values[0].source,
                tr("'%s' has no value before %s, while the benefit is in force on every date; add "
                   "'earlier: …'",
                    "'%s' 在 %s 之前没有取值，而待遇不受施行日期限制；请加 earlier"),
                p->path, first);
        else
            complain(problems, &p->values[0].source,
                tr("'%s' has no value before %s, while the policy is in force from %s; add 'earlier: …'",
                    "'%s' 在 %s 之前没有取值，而政策自 %s 起施行；请加 earlier"),
                p->path, first, date_text(start, needed));
    }
}

void
policy_check(const struct policy *self, struct problem_list *problems)
{
    struct value_source top = { .file = file_of(self), .line = 1, .column = 1 };
    if (self->in_force_from == DAY_MIN)
        complain(problems, &top, "%s",
            tr("'in_force' is missing; add 'in_force: {from: 2023-01-01, article: …}'",
                "缺少 in_force；请加 in_force: {from: 2023-01-01, article: …}"));
    for (int i = 0; i < self->n_rules; i++)
        check_rule(self, i, problems);
    check_needed(self, problems);
    if (self->in_force_from != DAY_MIN)
        check_dates(self, problems);
}
