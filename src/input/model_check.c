/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "base/language.h"
#include "input/model.h"

/* A problem at a value, or at the file's head where no file gives it. */
#define wrong(self, value, format, problems, path)                                                 \
    problem_add((problems), (value)->given ? (value)->file : (self)->file,                         \
        (value)->given ? (value)->line : 1, (value)->given ? (value)->column : 1, (format), (path))

static bool
any_positive(const struct model_value *value)
{
    for (int i = 0; i < value->n_cells; i++)
        if (value->cells[i] > 0)
            return true;
    return false;
}

static void
check_needed(const struct model *self, struct problem_list *problems)
{
    for (int i = 0; i < self->n_values; i++) {
        const struct model_value *value = &self->values[i];
        if ((value->descriptor->flags & MODEL_NEEDED) != 0 && !value->given)
            wrong(self, value, tr("%s is missing; no model can do without it", "缺 %s；模型不能没有它"),
                problems, value->path);
    }
}

static void
check_people(const struct model *self, struct problem_list *problems)
{
    const struct model_value *retired = model_find(self, -1, "population.retiree_share");
    const struct model_value *flexible = model_find(self, -1, "population.flexible_share");
    const struct model_value *ages[2] = { model_find(self, -1, "population.age_active"),
        model_find(self, -1, "population.age_retired") };
    if (retired->cells[0] + flexible->cells[0] > 1)
        wrong(self, flexible, tr("%s and population.retiree_share exceed 1; at most 1 together is wanted",
                                  "%s 与 population.retiree_share 之和超过 1；合计不应超过 1"),
            problems, flexible->path);
    bool wanted[2] = { retired->cells[0] < 1, retired->cells[0] > 0 };
    for (int i = 0; i < 2; i++)
        if (wanted[i] && !ages[i]->given)
            wrong(self, ages[i], tr("%s is missing; ages by weight, such as 25: 30, 35: 30, 45: 0, are wanted",
                                     "缺 %s；应按年龄段写权重，如 25: 30, 35: 30, 45: 0"),
                problems, ages[i]->path);
        else if (wanted[i] && ages[i]->cells[ages[i]->n_cells - 1] > 0)
            wrong(self, ages[i], tr("the last band of %s is open; a last age with weight 0 is wanted",
                                     "%s 的末段没有上限；末尾应有权重为 0 的年龄"),
                problems, ages[i]->path);
}

/* Provider classes that claims of a benefit reach. */
static void
mark_reached(const struct model *self, int benefit, bool reached[static PROVIDER_COUNT])
{
    static const char *const keys[] = { "provider.share", "provider.away" };
    for (int k = 0; k < 2; k++) {
        const struct model_value *value = model_find(self, benefit, keys[k]);
        for (int i = 0; i < value->n_cells; i++)
            if (value->cells[i] > 0)
                reached[i % PROVIDER_COUNT] = true;
    }
}

/* Claims at a class that has no cost. */
static void
check_reached(const struct model *self, int benefit, bool joined, struct problem_list *problems)
{
    const struct model_value *mean = model_find(self, benefit, "cost.mean");
    const struct model_value *often = model_find(self, benefit, "frequency.mean");
    bool reached[PROVIDER_COUNT] = { false };
    mark_reached(self, benefit, reached);
    if (joined) /* an emergency visit where the stay is */
        mark_reached(self, BENEFIT_INPATIENT, reached);
    bool by_disease = benefit == BENEFIT_CHRONIC || benefit == BENEFIT_SPECIAL;
    for (int i = 0; i < mean->n_cells; i++) {
        int provider = i % PROVIDER_COUNT, disease = i / PROVIDER_COUNT;
        if (!reached[provider] || mean->cells[i] > 0
            || (by_disease && often->cells[disease] <= 0))
            continue;
        problem_add(problems, mean->file, mean->line, mean->column,
            tr("%s is 0 at %s, where there are claims; a positive cost is wanted",
                "%s 在%s为 0，但那里有就诊；应为正数"),
            mean->path, tr(provider_words[provider].en, provider_words[provider].zh));
        return;
    }
}

/* A family is given by its own parameters or by mean and cv. */
static void
check_cost(const struct model *self, int benefit, bool joined, struct problem_list *problems)
{
    const struct model_value *mean = model_find(self, benefit, "cost.mean");
    const struct model_value *log = model_find(self, benefit, "cost.meanlog");
    const struct model_value *shape = model_find(self, benefit, "cost.shape");
    const struct model_value *scale = model_find(self, benefit, "cost.scale");
    bool gamma = model_number(self, benefit, "cost.family") == SEVERITY_GAMMA;
    const struct model_value *own = gamma ? shape : log;
    if (own->given && mean->given)
        wrong(self, own, tr("%s and cost.mean both fix the cost; one of them is wanted",
                             "%s 与 cost.mean 都规定了费用；只应写其一"),
            problems, own->path);
    else if (!own->given && !any_positive(mean))
        wrong(self, mean, gamma
                ? tr("%s is missing; mean and cv, or shape and scale, are wanted",
                    "缺 %s；应写 mean 和 cv，或 shape 和 scale")
                : tr("%s is missing; mean and cv, or meanlog and sdlog, are wanted",
                    "缺 %s；应写 mean 和 cv，或 meanlog 和 sdlog"),
            problems, mean->path);
    else if (!own->given)
        check_reached(self, benefit, joined, problems);
    if (gamma && shape->given && !scale->given)
        wrong(self, scale, tr("%s is missing; gamma wants shape and scale", "缺 %s；伽马分布要 shape 和 scale"),
            problems, scale->path);
    const struct model_value *cv = model_find(self, benefit, "cost.cv");
    for (int i = 0; gamma && !shape->given && i < cv->n_cells; i++)
        if (cv->cells[i] < 0.005) {
            wrong(self, cv, tr("%s is 0; gamma wants a positive cv", "%s 为 0；伽马分布要大于 0 的 cv"),
                problems, cv->path);
            break;
        }
}

static void
check_benefit(const struct model *self, int benefit, struct problem_list *problems)
{
    const struct model_value *mean = model_find(self, benefit, "frequency.mean");
    const struct model_value *size = model_find(self, benefit, "frequency.size");
    const struct model_value *providers = model_find(self, benefit, "provider.share");
    const struct model_value *temporary = model_find(self, benefit, "place.temporary");
    const struct model_value *referred = model_find(self, benefit, "place.referred");
    bool joined = benefit == BENEFIT_OUTPATIENT
        && model_number(self, BENEFIT_INPATIENT, "emergency.share") > 0;
    if (!any_positive(mean) && !joined)
        return;
    if (model_number(self, benefit, "frequency.family") == FREQUENCY_NEGATIVE_BINOMIAL && !size->given)
        wrong(self, size, tr("%s is missing; the negative binomial wants mean and size",
                              "缺 %s；负二项分布要 mean 和 size"),
            problems, size->path);
    if (!providers->given)
        wrong(self, providers, tr("%s is missing; shares by provider class, such as level2: 1, are wanted",
                                   "缺 %s；应按机构类别写比例，如 level2: 1"),
            problems, providers->path);
    if (temporary->cells[0] + referred->cells[0] > 1)
        wrong(self, temporary, tr("%s and place.referred exceed 1; at most 1 together is wanted",
                                   "%s 与 place.referred 之和超过 1；合计不应超过 1"),
            problems, temporary->path);
    check_cost(self, benefit, joined, problems);
}

/* Registered patients only have chronic and special claims. */
static void
check_registered(const struct model *self, int benefit, struct problem_list *problems)
{
    const struct model_value *registered = model_find(self, benefit, "registered");
    const struct model_value *mean = model_find(self, benefit, "frequency.mean");
    if (any_positive(mean) && !any_positive(registered))
        wrong(self, registered, tr("%s is missing; only registered members have such claims",
                                    "缺 %s；只有已登记者才有此类就诊"),
            problems, registered->path);
}

/* Who comes for those who die or leave, and when retirement may begin to move. */
static void
check_years(const struct model *self, struct problem_list *problems)
{
    const struct model_value *entry = model_find(self, -1, "population.entry_age");
    const struct model_value *delay = model_find(self, -1, "retirement.delay_from");
    bool go = model_number(self, -1, "mortality.male") > 0
        || model_number(self, -1, "mortality.female") > 0
        || any_positive(model_find(self, -1, "insured.exit_share"));
    if (go && !entry->given)
        wrong(self, entry, tr("%s is missing, but people die or leave; ages of those who come, such as "
                              "20: 50, 30: 0, are wanted",
                               "有人死亡或离开而缺 %s；应写新参保人的年龄权重，如 20: 50, 30: 0"),
            problems, entry->path);
    else if (entry->given && entry->cells[entry->n_cells - 1] > 0)
        wrong(self, entry, tr("the last band of %s is open; a last age with weight 0 is wanted",
                               "%s 的末段没有上限；末尾应有权重为 0 的年龄"),
            problems, entry->path);
    if (delay->cells[0] > 0 && delay->cells[0] < self->year)
        wrong(self, delay, tr("%s lies before the model's year, whose retirees are told by age alone; "
                              "the model's year or later, or 0, is wanted",
                               "%s 早于模型年份，而模型年份的退休人员只按年龄区分；应不早于模型年份，或为 0"),
            problems, delay->path);
}

/* A level that nothing describes. */
static void
check_behaviour(const struct model *self, struct problem_list *problems)
{
    const struct model_value *level = model_find(self, -1, "behaviour.level");
    if (level->cells[0] > BEHAVIOUR_OFF && !model_describes_behaviour(self))
        wrong(self, level, tr("%s is given, but no elasticity; behaviour.elasticity is wanted too",
                               "写了 %s 而没有弹性；还应写 behaviour.elasticity"),
            problems, level->path);
}

void
model_check(const struct model *self, struct problem_list *problems)
{
    if (self->year == 0)
        problem_add(problems, self->file, 1, 1, "%s",
            tr("'year' is missing; the year that the people are described for, such as 2022, is wanted",
                "缺 year；应写人群所描述的年份，如 2022"));
    check_needed(self, problems);
    check_people(self, problems);
    for (int benefit = 0; benefit < BENEFIT_COUNT; benefit++)
        check_benefit(self, benefit, problems);
    check_registered(self, BENEFIT_CHRONIC, problems);
    check_registered(self, BENEFIT_SPECIAL, problems);
    check_years(self, problems);
    check_behaviour(self, problems);
}
