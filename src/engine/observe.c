/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/observe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/run.h"

void
observation_add(struct observation *self, const struct people_block *block,
    unsigned benefits, struct observed_person *persons)
{
    day_t opening = date_day(block->year, 1, 1);
    for (int i = 0; i < block->n; i++) {
        const struct member *member = &block->members[i];
        enum status status = member_status(member, opening);
        self->persons[status]++;
        self->balance[status] += member->balance;
        self->base[status] += member->base;
        persons[i] = (struct observed_person){ 0, block->traits[i].tie,
            block->traits[i].entered };
    }
    for (int h = 0; h < block->n_households; h++) {
        int from = block->household_start[h], to = block->household_start[h + 1];
        for (int k = from; k < to; k++) {
            int person = block->order[k];
            enum status status = member_status(&block->members[person], opening);
            unsigned used = 0;
            for (int c = block->claim_start[h]; c < block->claim_start[h + 1]; c++) {
                const struct claim *claim = &block->claims[c];
                if ((int)claim->member != person)
                    continue;
                used |= 1U << claim->benefit;
                self->claims[status][claim->benefit][claim->provider]++;
                self->cost[status][claim->benefit][claim->provider] += claim->cost;
                persons[person].cost += (benefits >> claim->benefit & 1U) != 0 ? claim->cost : 0;
                if (claim->benefit == BENEFIT_INPATIENT)
                    self->stay_days[status] += claim->end - claim->date;
            }
            self->users[status][used]++;
        }
    }
}

void
observation_merge(struct observation *self, const struct observation *other)
{
    /* All of it is int64_t. */
    int64_t *to = (int64_t *)self;
    const int64_t *from = (const int64_t *)other;
    _Static_assert(sizeof *self % sizeof *to == 0 && sizeof(fen_t) == sizeof(int64_t), "sums only");
    for (size_t i = 0; i < sizeof *self / sizeof *to; i++)
        to[i] += from[i];
}

/* --- the costliest --- */

static int
compare(const void *a, const void *b)
{
    const struct observed_person *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? 1 : -1;
    return x->tie < y->tie ? 1 : x->tie > y->tie ? -1 : 0;
}

static int64_t
top_count(int64_t n, double share)
{
    int64_t top = (int64_t)llround(share * (double)n);
    return top < 1 ? 1 : top < n ? top : n;
}

enum { ALL_BENEFITS = (1 << BENEFIT_COUNT) - 1 };

/* The years of one population that targets ask for. */
struct years {
    const struct people *people;
    const struct observe_options *options;
    struct year {
        int year;
        unsigned benefits; /* whose cost ranks the persons */
        struct observation sums;
        struct observed_person *persons; /* [n], owned */
        struct observed_person *ranked; /* [n] costliest first, owned; NULL until asked for */
    } *items; /* [n], owned */
    int n;
};

static struct year *
year_of(struct years *self, int year, unsigned benefits)
{
    for (int i = 0; i < self->n; i++)
        if (self->items[i].year == year && self->items[i].benefits == benefits)
            return &self->items[i];
    self->items = memory_resize(self->items, (size_t)self->n + 1, sizeof *self->items);
    struct year *out = &self->items[self->n++];
    *out = (struct year){ .year = year, .benefits = benefits };
    size_t n = (size_t)self->options->persons;
    out->persons = memory_alloc(n, sizeof *out->persons);
    run_observe(self->people, self->options->persons, year, benefits, self->options->threads,
        &out->sums, out->persons);
    return out;
}

static const struct observed_person *
ranked(struct years *self, int year, unsigned benefits)
{
    struct year *of = year_of(self, year, benefits);
    size_t n = (size_t)self->options->persons;
    if (of->ranked == NULL) {
        of->ranked = memory_alloc(n, sizeof *of->ranked);
        memcpy(of->ranked, of->persons, n * sizeof *of->ranked);
        qsort(of->ranked, n, sizeof *of->ranked, compare);
    }
    return of->ranked;
}

static void
years_free(struct years *self)
{
    for (int i = 0; i < self->n; i++) {
        free(self->items[i].persons);
        free(self->items[i].ranked);
    }
    free(self->items);
}

static double
top_share(struct years *self, const struct target *target)
{
    int64_t n = self->options->persons, top = top_count(n, target->share);
    const struct observed_person *persons = ranked(self, target->year, target->benefits);
    fen_t all = 0, theirs = 0;
    for (int64_t i = 0; i < n; i++) {
        all += persons[i].cost;
        theirs += i < top ? persons[i].cost : 0;
    }
    return all > 0 ? (double)theirs / (double)all : 0;
}

static double
persistence(struct years *self, const struct target *target)
{
    int64_t n = self->options->persons, top = top_count(n, target->share), again = 0, there = 0;
    int later = target->year + target->after;
    const struct observed_person first = ranked(self, target->year, target->benefits)[top - 1];
    const struct observed_person second = ranked(self, later, target->benefits)[top - 1];
    const struct observed_person *before
        = year_of(self, target->year, target->benefits)->persons;
    const struct observed_person *after = year_of(self, later, target->benefits)->persons;
    for (int64_t i = 0; i < n; i++) {
        /* Whoever has died or left is not asked about. */
        bool was = compare(&before[i], &first) <= 0 && before[i].entered == after[i].entered;
        there += was;
        again += was && compare(&after[i], &second) <= 0;
    }
    return there > 0 ? (double)again / (double)there : 0;
}

/* --- sums --- */

static double
sum_status(const int64_t values[static STATUS_COUNT], unsigned statuses)
{
    int64_t sum = 0;
    for (int s = 0; s < STATUS_COUNT; s++)
        sum += (statuses >> s & 1U) != 0 ? values[s] : 0;
    return (double)sum;
}

static double
sum_claims(const int64_t values[static STATUS_COUNT][BENEFIT_COUNT][PROVIDER_COUNT],
    const struct target *target, unsigned statuses)
{
    int64_t sum = 0;
    for (int s = 0; s < STATUS_COUNT; s++)
        for (int b = 0; b < BENEFIT_COUNT; b++)
            for (int p = 0; p < PROVIDER_COUNT; p++)
                if ((statuses >> s & target->benefits >> b & target->providers >> p & 1U) != 0)
                    sum += values[s][b][p];
    return (double)sum;
}

static double
not_users(const struct observation *sums, const struct target *target)
{
    int64_t sum = 0;
    for (int s = 0; s < STATUS_COUNT; s++)
        for (unsigned used = 0; used < OBSERVE_USERS; used++)
            if ((target->statuses >> s & 1U) != 0 && (used & target->benefits) == 0)
                sum += sums->users[s][used];
    return (double)sum;
}

static double
ratio(double a, double b)
{
    return b > 0 ? a / b : 0;
}

static double
measure(struct years *self, const struct target *target)
{
    const unsigned retired = 1U << STATUS_RETIREE, active = ~retired;
    /* Sums are of all benefits, whatever ranks the persons: any such year will do. */
    bool ranks = target->measure == TARGET_TOP_SHARE || target->measure == TARGET_PERSISTENCE;
    const struct observation *sums
        = &year_of(self, target->year, ranks ? target->benefits : ALL_BENEFITS)->sums;
    double persons = sum_status(sums->persons, target->statuses);
    double claims = sum_claims(sums->claims, target, target->statuses);
    double yuan = sum_claims(sums->cost, target, target->statuses) / 100;
    switch (target->measure) {
    case TARGET_VISITS:
        return ratio(claims, persons);
    case TARGET_COST:
        return ratio(yuan, persons);
    case TARGET_COST_PER_VISIT:
        return ratio(yuan, claims);
    case TARGET_COST_RATIO:
        return ratio(ratio(sum_claims(sums->cost, target, retired),
                         sum_status(sums->persons, retired)),
            ratio(sum_claims(sums->cost, target, active), sum_status(sums->persons, active)));
    case TARGET_ZERO_USERS:
        return ratio(not_users(sums, target), persons);
    case TARGET_TOP_SHARE:
        return top_share(self, target);
    case TARGET_PERSISTENCE:
        return persistence(self, target);
    case TARGET_ACCOUNT_BALANCE:
        return ratio(sum_status(sums->balance, target->statuses) / 100, persons);
    case TARGET_MEMBER_SHARE:
        return ratio(persons, sum_status(sums->persons, UINT32_MAX));
    case TARGET_CONTRIBUTION_BASE:
        return ratio(sum_status(sums->base, target->statuses & active) / 100,
            sum_status(sums->persons, target->statuses & active));
    case TARGET_STAY_DAYS: {
        struct target stays = *target;
        stays.benefits = 1U << BENEFIT_INPATIENT;
        return ratio(sum_status(sums->stay_days, target->statuses),
            sum_claims(sums->claims, &stays, target->statuses));
    }
    default:
        return 0;
    }
}

/* --- under a scenario --- */

static bool
outflow(const struct years *self, const struct model *model, const struct target *target,
    const struct program *program, double *out, struct problem_list *problems)
{
    struct run_options options = { .persons = self->options->persons, .first_year = target->year,
        .last_year = target->year, .replicates = 1, .threads = self->options->threads };
    struct result result = { 0 };
    if (!run(self->people, model, &program, 1, &options, &result, problems))
        return false;
    int64_t fen = 0;
    for (int g = 0; g < result.n_groups; g++)
        for (int b = 0; b < BENEFIT_COUNT; b++) {
            const char *key = result.groups[g].key;
            if ((target->benefits >> b & 1U) != 0 && strncmp(key, "benefit=", 8) == 0
                && strcmp(key + 8, benefit_words[b].key) == 0)
                fen += result.sums[result_at(&result, 0, 0, MEASURE_FUND_OUTFLOW, g)];
        }
    *out = (double)fen / 100 / (double)result.persons;
    result_free(&result);
    return true;
}

bool
observe_targets(const struct model *model, const struct targets *targets,
    const struct program *const *programs, const struct observe_options *options, double *out,
    struct problem_list *problems)
{
    struct people *people = people_compile(model, options->seed, options->names, problems);
    if (people != NULL)
        people_hold_care(people); /* targets state the growth up to their years */
    if (people == NULL)
        return false;
    struct years years = { .people = people, .options = options };
    bool ok = true;
    for (int i = 0; ok && i < targets->n; i++) {
        const struct target *target = &targets->items[i];
        if (options->fitted_only && !target->fitted)
            continue;
        if (target->measure == TARGET_OUTFLOW)
            ok = outflow(&years, model, target, programs[i], &out[i], problems);
        else
            out[i] = measure(&years, target);
        if (ok)
            out[i] *= target_growth_factor(targets, target, model->year);
    }
    years_free(&years);
    people_free(people);
    return ok;
}
