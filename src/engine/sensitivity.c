/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/sensitivity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* --- polynomials --- */

enum {
    DEGREE_MAX = 6, /* of one input alone */
    PRODUCT_MAX = 5, /* sum of the degrees of a product */
    PARENTS_MAX = 8, /* inputs whose products with all others are tried */
    FITTED_MAX = 1000, /* worlds: the first ones are as good as any */
    WORLDS_A_TERM = 4 /* at least so many worlds to a term */
};

/* Legendre polynomials on 0 … 1 whose mean square is 1. */
static double
legendre(int degree, double place)
{
    double x = 2 * place - 1, before = 1, here = x;
    for (int n = 1; n < degree; n++) {
        double next = ((2 * n + 1) * x * here - n * before) / (n + 1);
        before = here;
        here = next;
    }
    return sqrt(2 * degree + 1) * (degree == 0 ? 1 : here);
}

struct candidate {
    struct chaos_term term;
    double *column; /* [n], owned: at right angles to all that was chosen, mean 0 */
    double square; /* of it as it was at first */
    bool chosen;
};

/* A fit as it goes on. Columns chosen are made orthonormal: value = q c, q r = terms. */
struct fitting {
    int n, n_inputs;
    const double *points; /* [n][n_inputs] */
    double *left; /* [n] residuals */
    double *leverage; /* [n] */
    struct candidate *candidates;
    int n_candidates, capacity;
    int of_degree[2 * DEGREE_MAX + 1]; /* candidates by degree */
    double **q; /* [n_chosen][n] */
    int *order; /* [n_chosen] into candidates */
    double *coefficients; /* [n_chosen] of q */
    int n_chosen, most;
};

static double
dot(const double *a, const double *b, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static double
term_at(const struct chaos_term *term, const double *place)
{
    double value = legendre(term->degree[0], place[term->input[0]]);
    return term->input[1] < 0 ? value : value * legendre(term->degree[1], place[term->input[1]]);
}

static void
fill_column(const struct fitting *self, const struct chaos_term *term, double *column)
{
    double mean = 0;
    for (int i = 0; i < self->n; i++) {
        column[i] = term_at(term, self->points + (size_t)i * (size_t)self->n_inputs);
        mean += column[i] / self->n;
    }
    for (int i = 0; i < self->n; i++)
        column[i] -= mean;
}

static int
degree_of(const struct chaos_term *term)
{
    return term->degree[0] + (term->input[1] >= 0 ? term->degree[1] : 0);
}

static void
remove_direction(double *column, const double *q, int n)
{
    double along = dot(column, q, n);
    for (int i = 0; i < n; i++)
        column[i] -= along * q[i];
}

static void
add_candidate(struct fitting *self, struct chaos_term term)
{
    memory_grow(self->candidates, self->n_candidates, self->capacity);
    struct candidate *c = &self->candidates[self->n_candidates++];
    *c = (struct candidate){ .term = term,
        .column = memory_alloc((size_t)self->n, sizeof *c->column) };
    fill_column(self, &term, c->column);
    c->square = dot(c->column, c->column, self->n);
    for (int k = 0; k < self->n_chosen; k++)
        remove_direction(c->column, self->q[k], self->n);
    self->of_degree[degree_of(&term)]++;
}

static bool
has_product(const struct fitting *self, int a, int b)
{
    for (int i = 0; i < self->n_candidates; i++) {
        const struct chaos_term *term = &self->candidates[i].term;
        if ((term->input[0] == a && term->input[1] == b)
            || (term->input[0] == b && term->input[1] == a))
            return true;
    }
    return false;
}

/* Products of an input that was chosen with every other. */
static void
add_products(struct fitting *self, int parent)
{
    for (int other = 0; other < self->n_inputs; other++) {
        if (other == parent || has_product(self, parent, other))
            continue;
        for (int a = 1; a < PRODUCT_MAX; a++)
            for (int b = 1; a + b <= PRODUCT_MAX; b++)
                add_candidate(self,
                    (struct chaos_term){ .input = { parent, other }, .degree = { a, b } });
    }
}

/* What a candidate takes off the sum of squares. */
static double
gain_of(const struct fitting *self, const struct candidate *c)
{
    enum { DIGITS = 1000000 }; /* a column that is all but spanned by others says nothing */
    double square = dot(c->column, c->column, self->n);
    double along = dot(c->column, self->left, self->n);
    return c->chosen || square * DIGITS < c->square ? 0 : along * along / square;
}

/* The best candidate, where it tells more than the best of as many random ones would
 * (risk inflation: Foster and George, Ann. Stat. 1994;22:1947); -1 where none does. */
static int
find_best(const struct fitting *self)
{
    double left = dot(self->left, self->left, self->n), largest = 0;
    int best = -1;
    for (int i = 0; i < self->n_candidates; i++) {
        const struct candidate *c = &self->candidates[i];
        double gain = gain_of(self, c);
        double after = fmax(left - gain, 0) / (self->n - self->n_chosen - 2);
        double bound = 2 * log(1 + self->of_degree[degree_of(&c->term)]) + 2;
        if (gain > bound * after && gain > largest && gain > 1e-12 * left) {
            largest = gain;
            best = i;
        }
    }
    return best;
}

static void
choose(struct fitting *self, int best)
{
    struct candidate *c = &self->candidates[best];
    double *q = memory_alloc((size_t)self->n, sizeof *q);
    double size = sqrt(dot(c->column, c->column, self->n));
    for (int i = 0; i < self->n; i++)
        q[i] = c->column[i] / size;
    double coefficient = dot(q, self->left, self->n);
    for (int i = 0; i < self->n; i++) {
        self->left[i] -= coefficient * q[i];
        self->leverage[i] += q[i] * q[i];
    }
    c->chosen = true;
    self->q[self->n_chosen] = q;
    self->order[self->n_chosen] = best;
    self->coefficients[self->n_chosen++] = coefficient;
    for (int i = 0; i < self->n_candidates; i++)
        if (!self->candidates[i].chosen)
            remove_direction(self->candidates[i].column, q, self->n);
}

/* Mean squared error over worlds, each foretold by the fit to the others. */
static double
error_left_out(const struct fitting *self)
{
    double sum = 0;
    for (int i = 0; i < self->n; i++) {
        double error = self->left[i] / fmax(1 - self->leverage[i], 1e-9);
        sum += error * error / self->n;
    }
    return sum;
}

/* From coefficients of the orthonormal columns to those of the terms: terms = q r. */
static void
find_coefficients(const struct fitting *self, struct chaos *out)
{
    int m = self->n_chosen, n = self->n;
    double *r = memory_alloc((size_t)(m * m) + 1, sizeof *r);
    double *column = memory_alloc((size_t)n, sizeof *column);
    for (int k = 0; k < m; k++) {
        fill_column(self, &self->candidates[self->order[k]].term, column);
        for (int j = 0; j <= k; j++)
            r[j * m + k] = dot(self->q[j], column, n);
    }
    out->terms = memory_alloc((size_t)m + 1, sizeof *out->terms);
    out->n_terms = m;
    for (int k = m - 1; k >= 0; k--) {
        double value = self->coefficients[k];
        for (int j = k + 1; j < m; j++)
            value -= r[k * m + j] * out->terms[j].coefficient;
        out->terms[k] = self->candidates[self->order[k]].term;
        out->terms[k].coefficient = value / r[k * m + k];
    }
    free(column);
    free(r);
}

static void
fitting_init(struct fitting *self, const double *points, int n, int n_inputs)
{
    *self = (struct fitting){ .n = n, .n_inputs = n_inputs, .points = points };
    self->most = n / WORLDS_A_TERM;
    self->left = memory_alloc((size_t)n, sizeof *self->left);
    self->leverage = memory_alloc((size_t)n, sizeof *self->leverage);
    self->q = memory_alloc((size_t)self->most + 1, sizeof *self->q);
    self->order = memory_alloc((size_t)self->most + 1, sizeof *self->order);
    self->coefficients = memory_alloc((size_t)self->most + 1, sizeof *self->coefficients);
    for (int i = 0; i < n_inputs; i++)
        for (int degree = 1; degree <= DEGREE_MAX; degree++)
            add_candidate(
                self, (struct chaos_term){ .input = { i, -1 }, .degree = { degree, 0 } });
}

static void
fitting_free(struct fitting *self)
{
    for (int i = 0; i < self->n_candidates; i++)
        free(self->candidates[i].column);
    for (int k = 0; k < self->n_chosen; k++)
        free(self->q[k]);
    free(self->candidates);
    free(self->left);
    free(self->leverage);
    free(self->q);
    free(self->order);
    free(self->coefficients);
}

void
chaos_fit(struct chaos *self, const double *points, int n, int n_inputs, const double *values)
{
    struct fitting fitting;
    *self = (struct chaos){ 0 };
    n = n < FITTED_MAX ? n : FITTED_MAX;
    fitting_init(&fitting, points, n, n_inputs);
    for (int i = 0; i < n; i++)
        self->mean += values[i] / n;
    for (int i = 0; i < n; i++) {
        fitting.left[i] = values[i] - self->mean;
        fitting.leverage[i] = 1.0 / n;
        self->variance += fitting.left[i] * fitting.left[i] / (n > 1 ? n - 1 : 1);
    }
    int parents = 0;
    while (self->variance > 0 && fitting.n_chosen < fitting.most) {
        int best = find_best(&fitting);
        if (best < 0)
            break;
        struct chaos_term term = fitting.candidates[best].term;
        choose(&fitting, best);
        if (parents < PARENTS_MAX) {
            add_products(&fitting, term.input[0]);
            parents++;
        }
    }
    find_coefficients(&fitting, self);
    if (self->variance > 0)
        self->explained = fmax(1 - error_left_out(&fitting) / self->variance, 0);
    fitting_free(&fitting);
}

void
chaos_free(struct chaos *self)
{
    free(self->terms);
    *self = (struct chaos){ 0 };
}

void
chaos_indices(const struct chaos *self, int n_inputs, double *first_order, double *total)
{
    double all = 0;
    memset(first_order, 0, (size_t)n_inputs * sizeof *first_order);
    memset(total, 0, (size_t)n_inputs * sizeof *total);
    for (int k = 0; k < self->n_terms; k++)
        all += self->terms[k].coefficient * self->terms[k].coefficient;
    for (int k = 0; k < self->n_terms; k++) {
        const struct chaos_term *term = &self->terms[k];
        double share = term->coefficient * term->coefficient / all;
        total[term->input[0]] += share;
        if (term->input[1] < 0)
            first_order[term->input[0]] += share;
        else
            total[term->input[1]] += share;
    }
}

/* --- outcomes --- */

/* When a world's pool is empty: within the year by straight line where it goes below 0;
 * the year's beginning where budgets have to step in; the end where it lasts. */
static double
time_dry(const struct worlds *worlds, int scenario, int w)
{
    int year = worlds_run_dry(worlds, scenario, 0)[w];
    if (year == 0)
        return worlds->first_year + worlds->n_years;
    int y = year - worlds->first_year;
    double before = worlds_line(worlds, scenario, y, BOOK_OPENING)[w];
    double after = worlds_line(worlds, scenario, y, BOOK_CLOSING)[w];
    return after < 0 && before > after ? year + fmax(before, 0) / (before - after) : year;
}

static double
outcome_of(const struct worlds *worlds, int baseline, int scenario, enum outcome outcome, int w)
{
    int last = worlds->n_years - 1;
    double sum = 0;
    switch (outcome) {
    case OUTCOME_CLOSING:
        return worlds_line(worlds, scenario, last, BOOK_CLOSING)[w];
    case OUTCOME_DIFFERENCE:
        return worlds_line(worlds, scenario, last, BOOK_CLOSING)[w]
            - worlds_line(worlds, baseline, last, BOOK_CLOSING)[w];
    case OUTCOME_OUTGO:
        for (int y = 0; y <= last; y++)
            sum += worlds_line(worlds, scenario, y, BOOK_OUTGO)[w];
        return sum;
    default:
        return time_dry(worlds, scenario, w);
    }
}

/* The standard error that the sampling of people leaves in an outcome. */
static double
error_of(const struct books *books, int scenario, enum outcome outcome)
{
    int last = books->n_years - 1, dry = books->run_dry[scenario * books->n_units];
    size_t closing = books_at(books, scenario, last, 0) * BOOK_COUNT + BOOK_CLOSING;
    if (outcome == OUTCOME_CLOSING)
        return books->errors[closing];
    if (outcome == OUTCOME_DIFFERENCE)
        return books->difference_errors[closing];
    if (outcome == OUTCOME_OUTGO)
        return books->outgo_errors[scenario];
    if (dry == 0)
        return 0;
    /* An error of the balance, in years of the deficit that empties it. */
    int y = dry - books->first_year;
    double deficit = -(double)books_line(books, scenario, y, 0, BOOK_SURPLUS) / 100;
    return deficit > 0
        ? books->errors[books_at(books, scenario, y, 0) * BOOK_COUNT + BOOK_CLOSING] / deficit
        : 0;
}

/* Shares of groups: a product within one group is that group's alone. */
static void
add_groups(struct sensitivity_outcome *out, const struct chaos *chaos, const struct worlds *worlds)
{
    double all = 0;
    for (int k = 0; k < chaos->n_terms; k++)
        all += chaos->terms[k].coefficient * chaos->terms[k].coefficient;
    for (int k = 0; k < chaos->n_terms; k++) {
        const struct chaos_term *term = &chaos->terms[k];
        double share = out->explained * term->coefficient * term->coefficient / all;
        enum world_group a = worlds->inputs[term->input[0]].group;
        enum world_group b = term->input[1] < 0 ? a : worlds->inputs[term->input[1]].group;
        out->group_total[a] += share;
        if (a == b)
            out->group_first_order[a] += share;
        else
            out->group_total[b] += share;
    }
}

/* Of all worlds, be they fitted or not. */
static void
find_spread(struct sensitivity_outcome *out, const double *values, int n)
{
    double variance = 0;
    for (int w = 0; w < n; w++)
        out->mean += values[w] / n;
    for (int w = 0; w < n; w++)
        variance += (values[w] - out->mean) * (values[w] - out->mean) / (n > 1 ? n - 1 : 1);
    out->deviation = sqrt(variance);
}

static void
find_outcome(struct sensitivity_outcome *out, const struct worlds *worlds,
    const double *values, double error)
{
    struct chaos chaos;
    size_t n = (size_t)worlds->n_inputs;
    out->first_order = memory_alloc(n + 1, sizeof *out->first_order);
    out->total = memory_alloc(n + 1, sizeof *out->total);
    chaos_fit(&chaos, worlds->points, worlds->n, worlds->n_inputs, values);
    find_spread(out, values, worlds->n);
    out->explained = chaos.explained;
    if (chaos.variance > 0) {
        chaos_indices(&chaos, worlds->n_inputs, out->first_order, out->total);
        for (size_t i = 0; i < n; i++) {
            out->first_order[i] *= out->explained;
            out->total[i] *= out->explained;
        }
        add_groups(out, &chaos, worlds);
        out->sampling = fmin(error * error / chaos.variance, 1 - out->explained);
        out->unexplained = 1 - out->explained - out->sampling;
    }
    chaos_free(&chaos);
}

void
sensitivity_find(struct sensitivity *self, const struct worlds *worlds, const struct books *central,
    int baseline)
{
    *self = (struct sensitivity){ .n_scenarios = worlds->n_scenarios,
        .n_inputs = worlds->n_inputs,
        .outcomes = memory_alloc(
            (size_t)worlds->n_scenarios * OUTCOME_COUNT, sizeof *self->outcomes) };
    double *values = memory_alloc((size_t)worlds->n, sizeof *values);
    for (int s = 0; s < worlds->n_scenarios; s++)
        for (int o = 0; o < OUTCOME_COUNT; o++) {
            for (int w = 0; w < worlds->n; w++)
                values[w] = outcome_of(worlds, baseline, s, (enum outcome)o, w);
            find_outcome(&self->outcomes[s * OUTCOME_COUNT + o], worlds, values,
                error_of(central, s, (enum outcome)o));
        }
    free(values);
}

void
sensitivity_free(struct sensitivity *self)
{
    for (int i = 0; self->outcomes != NULL && i < self->n_scenarios * OUTCOME_COUNT; i++) {
        free(self->outcomes[i].first_order);
        free(self->outcomes[i].total);
    }
    free(self->outcomes);
    *self = (struct sensitivity){ 0 };
}
