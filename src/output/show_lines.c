/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is to show of a policy, and in what two policies differ. */
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/model.h"
#include "output/parameter_text.h"
#include "output/show.h"

int
show_subjects(const struct policy *policy, enum section section)
{
    return section == SECTION_BENEFIT ? policy->n_rules
        : section == SECTION_CAP      ? policy->n_caps
                                      : 1;
}

static bool
given(const struct policy *policy, enum section section, int subject)
{
    for (int i = 0; i < policy->n_parameters; i++)
        if (policy->parameters[i].descriptor->section == section
            && policy->parameters[i].subject == subject)
            return true;
    return false;
}

/* The choice of a rule's undated parameter; its fallback where not given. */
static int64_t
choice(const struct policy *policy, int rule, const char *key, day_t on)
{
    const struct parameter *p = policy_find(policy, SECTION_BENEFIT, rule, key);
    const struct dated_value *v = p != NULL ? parameter_on(p, on) : NULL;
    return v != NULL ? v->table[0] : policy_descriptor(SECTION_BENEFIT, key)->fallback;
}

/* Whether a reading left to its default bears on anything: exclusions and places
 * are general outpatient's, those of a deductible or an overflow need one. */
static bool
bears(const struct policy *policy, const struct descriptor *d, int subject, day_t on)
{
    if (!d->reading)
        return false;
    if (d->section == SECTION_POOLING)
        return given(policy, SECTION_POOLING, 0);
    if (d->section != SECTION_BENEFIT)
        return true;
    const struct policy_rule *rule = &policy->rules[subject];
    if (choice(policy, subject, "treated_as", on) != 0)
        return false;
    if (strchr(d->key, '.') == NULL)
        return rule->benefit == BENEFIT_OUTPATIENT && rule->name == NULL;
    int64_t per = choice(policy, subject, "deductible.per", on);
    if (strcmp(d->key, "deductible.counts") == 0)
        return per > 1; /* by visit nothing is filled */
    if (strcmp(d->key, "deductible.past_cap") == 0)
        return per > 0;
    return choice(policy, subject, "overflow.to", on) != 0;
}

void
show_lines_make(struct show_lines *self, const struct policy *policy, day_t on)
{
    *self = (struct show_lines){ 0 };
    for (int s = 0; s < SECTION_COUNT; s++)
        for (int subject = 0; subject < show_subjects(policy, (enum section)s); subject++) {
            if (s != SECTION_READING && !given(policy, (enum section)s, subject))
                continue;
            for (int i = 0; i < policy_n_descriptors; i++) {
                const struct descriptor *d = &policy_descriptors[i];
                if ((int)d->section != s)
                    continue;
                struct show_line line = { .descriptor = d, .subject = subject,
                    .parameter = policy_find(policy, d->section, subject, d->key) };
                if (line.parameter == NULL && !bears(policy, d, subject, on))
                    continue;
                if (line.parameter != NULL)
                    line.value = parameter_on(line.parameter, on);
                memory_grow(self->items, self->n, self->capacity);
                self->items[self->n++] = line;
            }
        }
}

void
show_lines_free(struct show_lines *self)
{
    free(self->items);
    *self = (struct show_lines){ 0 };
}

static bool
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

int
show_subject_in(const struct policy *b, const struct policy *a, enum section section, int subject)
{
    for (int i = 0; i < show_subjects(b, section); i++) {
        bool same = section == SECTION_BENEFIT
            ? a->rules[subject].benefit == b->rules[i].benefit
                && same_text(a->rules[subject].name, b->rules[i].name)
            : section != SECTION_CAP || strcmp(a->caps[subject], b->caps[i]) == 0;
        if (same)
            return given(b, section, i) ? i : -1;
    }
    return -1;
}

static int64_t
value_or_fallback(const struct descriptor *d, const struct dated_value *value,
    const struct value_at *at)
{
    return value != NULL ? dated_value_at(value, at) : d->fallback;
}

/* At one age, for everybody else that there is. */
static bool
same_at_age(const struct descriptor *d, const struct dated_value *x, const struct dated_value *y,
    int age)
{
    struct value_at at = { .age = age };
    for (int i = 0; i < STATUS_COUNT * SECTOR_COUNT; i++)
        for (int k = 0; k < PLACE_COUNT * PROVIDER_COUNT * CHANNEL_COUNT; k++) {
            at.status = (enum status)(i % STATUS_COUNT);
            at.sector = (enum sector)(i / STATUS_COUNT);
            at.place = (enum place)(k % PLACE_COUNT);
            at.provider = (enum provider)(k / PLACE_COUNT % PROVIDER_COUNT);
            at.channel = (enum channel)(k / PLACE_COUNT / PROVIDER_COUNT);
            if (value_or_fallback(d, x, &at) != value_or_fallback(d, y, &at))
                return false;
        }
    return true;
}

bool
show_same(const struct descriptor *descriptor, const struct policy *a,
    const struct dated_value *x, const struct policy *b, const struct dated_value *y)
{
    if (descriptor->kind == VALUE_NAMES) {
        /* Bits stand for each policy's own names. */
        char *one = parameter_number_text(descriptor, a, x != NULL ? x->table[0] : 0, LANGUAGE_EN);
        char *two = parameter_number_text(descriptor, b, y != NULL ? y->table[0] : 0, LANGUAGE_EN);
        bool same = strcmp(one, two) == 0;
        free(one);
        free(two);
        return same;
    }
    if (!same_at_age(descriptor, x, y, 0))
        return false;
    const struct dated_value *both[] = { x, y };
    for (int i = 0; i < 2; i++)
        for (int k = 0; both[i] != NULL && k < both[i]->n_ages; k++)
            if (!same_at_age(descriptor, x, y, both[i]->ages[k]))
                return false;
    return true;
}

char *
show_source_text(const struct value_source *source)
{
    if (source == NULL)
        return memory_text(tr("reading: the default, the file says nothing", "理解：按默认，方案文件未写"));
    const char *article = source->article;
    bool note = source->note != NULL && *source->note != '\0';
    if (source->standing == STANDING_DOCUMENT)
        return note ? memory_format(tr("%s; %s", "%s；%s"), article, source->note)
                    : memory_text(article);
    char *range = source->range != NULL ? memory_format(" [%s]", source->range) : memory_text("");
    const char *standing
        = source->standing == STANDING_READING ? tr("reading", "理解") : tr("assumption", "假设");
    char *text = memory_format("%s%s%s%s%s%s", article, *article != '\0' ? tr("; ", "；") : "",
        standing, range, note ? tr(": ", "：") : "", note ? source->note : "");
    free(range);
    return text;
}

const char *
show_disease(const char *key)
{
    int i = word_find(model_special_words, MODEL_SPECIAL, key, strlen(key));
    if (i >= 0)
        return tr(model_special_words[i].en, model_special_words[i].zh);
    i = word_find(model_chronic_words, MODEL_CHRONIC, key, strlen(key));
    return i >= 0 ? tr(model_chronic_words[i].en, model_chronic_words[i].zh) : key;
}
