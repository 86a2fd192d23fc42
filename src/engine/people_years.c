/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs from year to year: money, the insured number and how often people
 * fall ill. Paths begin after the model's own year; years before it are like it. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"
#include "engine/people_tables.h"

/* Numbers of claims of every year, made when a year is first drawn. */
struct people_counts {
    pthread_mutex_t making;
    _Atomic(struct counts_of_year *) years[PEOPLE_YEARS];
};

static int
year_index(const struct people *self, int year)
{
    int i = year - self->year;
    return i < 0 ? 0 : i < PEOPLE_YEARS ? i : PEOPLE_YEARS - 1;
}

const struct year_terms *
people_terms(const struct people *self, int year)
{
    return &self->terms[year_index(self, year)];
}

int64_t
people_insured(const struct people *self, int year)
{
    return people_terms(self, year)->insured;
}

void
people_compile_years(struct people *self, const struct model *model)
{
    double insured = model_number(model, -1, "population.insured"), wage = 0, pension = 0;
    double cost[BENEFIT_COUNT] = { 0 }, often[BENEFIT_COUNT];
    double reference = 100 * model_number(model, -1, "wages.reference");
    double floor = model_number(model, -1, "wages.floor");
    double ceiling = model_number(model, -1, "wages.ceiling");
    self->terms = memory_alloc(PEOPLE_YEARS, sizeof *self->terms);
    self->count_years = memory_alloc(1, sizeof *self->count_years);
    pthread_mutex_init(&self->count_years->making, NULL);
    for (int benefit = 0; benefit < BENEFIT_COUNT; benefit++)
        often[benefit] = 1;
    for (int i = 0; i < PEOPLE_YEARS; i++) {
        struct year_terms *terms = &self->terms[i];
        int year = model->year + i;
        if (i > 0) {
            wage += log2(1 + model_by_year(model, -1, "wages.growth", year));
            pension += log2(1 + model_by_year(model, -1, "pensions.growth", year));
        }
        for (int benefit = 0; i > 0 && benefit < BENEFIT_COUNT; benefit++) {
            cost[benefit] += log2(1 + model_by_year(model, benefit, "cost.growth", year));
            often[benefit] *= 1 + model_by_year(model, benefit, "frequency.growth", year);
            self->more_often = self->more_often || often[benefit] != 1;
        }
        double growth = i > 0 ? model_by_year(model, -1, "population.insured_growth", year) : 0;
        insured *= 1 + growth;
        terms->insured = llround(fmax(insured, 1));
        terms->newcomers = variate_bound(growth / (1 + growth));
        terms->wage = variate_fixed(wage);
        terms->pension = variate_fixed(pension);
        terms->wage_floor = llround(reference * exp2(wage) * floor);
        terms->wage_ceiling = llround(reference * exp2(wage) * ceiling);
        for (int benefit = 0; benefit < BENEFIT_COUNT; benefit++) {
            terms->cost[benefit] = variate_fixed(cost[benefit]);
            terms->often[benefit] = often[benefit];
        }
    }
}

void
people_hold_care(struct people *self)
{
    self->more_often = false;
    for (int i = 0; i < PEOPLE_YEARS; i++)
        for (int benefit = 0; benefit < BENEFIT_COUNT; benefit++) {
            self->terms[i].cost[benefit] = 0;
            self->terms[i].often[benefit] = 1;
        }
}

/* --- numbers of claims --- */

static bool
count_init(struct variate_count *out, const struct count_key *key)
{
    return key->poisson ? variate_poisson(out, key->mean)
                        : variate_negative_binomial(out, key->mean, key->size);
}

int32_t *
people_count_first(const struct variate_count *counts, int n)
{
    int32_t *first = memory_alloc((size_t)n, sizeof *first);
    for (int i = 0; i < n; i++)
        first[i] = counts[i].n > 0 ? counts[i].threshold[0] : INT32_MAX;
    return first;
}

static struct counts_of_year *
make_counts(const struct people *self, int year)
{
    const struct year_terms *terms = people_terms(self, year);
    struct counts_of_year *out = memory_alloc(1, sizeof *out);
    out->counts = memory_alloc((size_t)self->n_counts, sizeof *out->counts);
    out->further = self->further != NULL
        ? memory_alloc((size_t)self->n_counts, sizeof *out->further)
        : NULL;
    for (int i = 0; i < self->n_counts; i++) {
        struct count_key key = self->count_keys[i];
        key.mean *= key.benefit >= 0 ? terms->often[key.benefit] : 1;
        /* A number that no year can hold stays at the model's own. */
        if (!count_init(&out->counts[i], &key)) {
            variate_count_free(&out->counts[i]);
            key = self->count_keys[i];
            count_init(&out->counts[i], &key);
        }
        if (self->further != NULL && self->further[i].person.threshold != NULL)
            people_further(&out->further[i], &key, self->further_more);
    }
    out->first = people_count_first(out->counts, self->n_counts);
    return out;
}

static void
free_counts(const struct people *self, struct counts_of_year *counts)
{
    for (int i = 0; counts != NULL && i < self->n_counts; i++) {
        variate_count_free(&counts->counts[i]);
        if (counts->further != NULL) {
            variate_count_free(&counts->further[i].person);
            variate_count_free(&counts->further[i].visit);
        }
    }
    if (counts != NULL) {
        free(counts->counts);
        free(counts->further);
        free(counts->first);
    }
    free(counts);
}

struct counts_of_year
people_counts(const struct people *self, int year)
{
    struct counts_of_year own = { self->counts, self->further, self->count_first };
    int i = year_index(self, year);
    if (i == 0 || !self->more_often)
        return own;
    struct people_counts *all = self->count_years;
    struct counts_of_year *counts = atomic_load(&all->years[i]);
    if (counts == NULL) {
        pthread_mutex_lock(&all->making);
        counts = atomic_load(&all->years[i]);
        if (counts == NULL) {
            counts = make_counts(self, year);
            atomic_store(&all->years[i], counts);
        }
        pthread_mutex_unlock(&all->making);
    }
    return *counts;
}

void
people_forget_counts(struct people *self)
{
    for (int i = 0; self->count_years != NULL && i < PEOPLE_YEARS; i++) {
        free_counts(self, atomic_load(&self->count_years->years[i]));
        atomic_store(&self->count_years->years[i], NULL);
    }
}

void
people_free_years(struct people *self)
{
    people_forget_counts(self);
    if (self->count_years != NULL)
        pthread_mutex_destroy(&self->count_years->making);
    free(self->count_years);
    free(self->terms);
}
