/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/calibrate.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

/* The pull to the start, in tolerances for the whole range. */
static const double pull = 0.02;
/* Steps for slopes, of the whole range. */
static const double step = 0.02;
/* Deviations at which a fit is good enough to end: in tolerances, and relative. */
static const double good = 0.05, close_to = 0.005;
enum { ITERATIONS = 15 };

/* --- parameters --- */

static struct model_value *
find_value(struct model *model, const char *path)
{
    for (int i = 0; i < model->n_values; i++)
        if (strcmp(model->values[i].path, path) == 0)
            return &model->values[i];
    return NULL;
}

/* Whether the fit's words choose a cell; a dimension without words has all. */
static bool
is_chosen(const struct target_fit *fit, const struct model_value *value, int cell)
{
    for (int d = MODEL_DIMENSIONS - 1; d >= 0; d--) {
        int at = cell % value->size[d];
        cell /= value->size[d];
        if (fit->cells[d] != 0 && value->size[d] > 1 && (fit->cells[d] >> at & 1U) == 0)
            return false;
    }
    return true;
}

/* Narrows factors so that start x factor stays within low..high. */
static void
narrow(struct calibrated *p, double start, double low, double high)
{
    p->low = fmax(p->low, (start > 0 ? low : high) / start);
    p->high = fmin(p->high, (start > 0 ? high : low) / start);
}

/* What is wrong with the parameter's bounds, owned by the caller; NULL where nothing
 * is. */
static char *
set_bounds(struct calibrated *p)
{
    const struct target_fit *fit = p->fit;
    const struct model_value *value = p->value;
    p->low = fit->has_times ? fit->low : -INFINITY;
    p->high = fit->has_times ? fit->high : INFINITY;
    bool any = false;
    p->alike = true;
    p->first = -1;
    for (int i = 0; i < value->n_cells; i++) {
        double start = value->cells[i];
        if (!p->chosen[i] || start == 0) /* nought times anything stays */
            continue;
        if (p->first < 0)
            p->first = i;
        p->alike = p->alike && start == value->cells[p->first];
        any = true;
        narrow(p, start, value->descriptor->minimum, value->descriptor->maximum);
        if (value->prior != NULL)
            narrow(p, start, value->prior[i][0], value->prior[i][2]);
        else if (!fit->has_bounds && !fit->has_times)
            return memory_format(tr("%s has no prior; 'bounds: [low, high]' or 'times: [low, high]' is wanted",
                "%s 没有 prior；应写 bounds: [低, 高] 或 times: [低, 高]"),
            fit->label);
    }
    if (!any)
        return memory_format(tr("%s is 0 or not there, which no factor changes; a positive value is wanted",
            "%s 为 0 或不存在，无法按倍数调整；应先给出正数"),
            fit->label);
    if (fit->has_bounds && !p->alike)
        return memory_format(tr("%s has different values, to which common bounds mean nothing; 'times: [low, "
                  "high]' is wanted",
            "%s 各项数值不同，不能共用 bounds；应写 times: [低, 高]"),
            fit->label);
    if (fit->has_bounds)
        narrow(p, value->cells[p->first], fit->low, fit->high);
    if (!(p->low < p->high))
        return memory_format(tr("%s may not move: bounds and prior leave no room; wider ones are wanted",
            "%s 没有可调的余地；应放宽 bounds 或 prior"),
            fit->label);
    return NULL;
}

static void
add_parameter(struct calibration *self, const struct target_fit *fit)
{
    struct calibrated *p = &self->parameters[self->n++];
    *p = (struct calibrated){ .fit = fit, .value = find_value(self->model, fit->parameter),
        .factor = 1 };
    size_t n = (size_t)p->value->n_cells;
    p->chosen = memory_alloc(n, sizeof *p->chosen);
    p->start = memory_alloc(n, sizeof *p->start);
    memcpy(p->start, p->value->cells, n * sizeof *p->start);
    for (int i = 0; i < p->value->n_cells; i++)
        p->chosen[i] = is_chosen(fit, p->value, i);
    char *refused = set_bounds(p);
    bool twice = false;
    for (int k = 0; k < self->n - 1; k++)
        for (int i = 0; i < p->value->n_cells; i++)
            if (self->parameters[k].value == p->value && self->parameters[k].chosen[i]
                && p->chosen[i])
                twice = true;
    if (refused == NULL && twice)
        refused = memory_format(
            tr("%s is to be fitted twice; once is wanted", "%s 重复拟合；只应列一次"), fit->label);
    if (refused != NULL)
        problem_add(self->problems, fit->line != 0 ? self->targets->file : NULL, fit->line,
            fit->column, "%s", refused);
    free(refused);
}

double
calibrated_value(const struct calibrated *self, double factor)
{
    return self->start[self->first] * factor;
}

static double
four_digits(double x)
{
    if (x == 0)
        return 0;
    double unit = pow(10, floor(log10(fabs(x))) - 3);
    /* The nearest number of so many decimals, as a file's digits will be read. */
    return unit >= 1 ? round(x / unit) * unit : round(x / unit) / round(1 / unit);
}

void
calibrated_set(struct calibrated *self, double factor, bool rounded)
{
    self->factor = factor;
    for (int i = 0; i < self->value->n_cells; i++)
        if (self->chosen[i]) {
            double value = self->start[i] * factor;
            self->value->cells[i] = rounded ? four_digits(value) : value;
        }
}

/* --- evaluations --- */

/* A target's tolerance, in its own unit. */
static double
tolerance(const struct target *target)
{
    return target->has_range ? (target->high - target->low) / 2 : target->tolerance * target->value;
}

/* A target's deviation in tolerances. */
static double
deviation(const struct target *target, double simulated)
{
    return (simulated - target->value) / tolerance(target);
}

bool
calibration_evaluate(struct calibration *self, bool all)
{
    struct observe_options options = self->options;
    options.fitted_only = !all;
    bool ok = observe_targets(
        self->model, self->targets, self->programs, &options, self->simulated, self->problems);
    self->evaluations++;
    double worst = 0;
    for (int i = 0; ok && i < self->n_fitted; i++) {
        const struct target *target = &self->targets->items[self->fitted[i]];
        worst = fmax(worst, fabs(deviation(target, self->simulated[self->fitted[i]])));
    }
    if (ok && self->progress != NULL)
        self->progress(self->context, self->evaluations, worst);
    return ok;
}

static double
weighted(const struct calibration *self, int i)
{
    const struct target *target = &self->targets->items[self->fitted[i]];
    return sqrt(target->weight) * deviation(target, self->simulated[self->fitted[i]]);
}

static double
range_of(const struct calibrated *p)
{
    return p->high - p->low;
}

/* The minimiser's coordinate x, any number, and the factor that it means. */
static double
factor_of(const struct calibrated *p, double x)
{
    return p->low + range_of(p) / (1 + exp(-x));
}

static double
coordinate_of(const struct calibrated *p, double factor)
{
    double share = fmin(fmax((factor - p->low) / range_of(p), 0.02), 0.98);
    return log(share / (1 - share));
}

static void
set_all(struct calibration *self, const gsl_vector *x)
{
    for (int k = 0; k < self->n; k++)
        calibrated_set(&self->parameters[k], factor_of(&self->parameters[k],
                                                 gsl_vector_get(x, (size_t)k)), false);
}

/* Slopes of the weighted deviations over the whole range, by a step inward from
 * where the parameters stand. */
static bool
find_slopes(struct calibration *self)
{
    if (!calibration_evaluate(self, false))
        return false;
    double *here = memory_alloc((size_t)self->n_fitted, sizeof *here);
    for (int i = 0; i < self->n_fitted; i++)
        here[i] = weighted(self, i);
    bool ok = true;
    for (int k = 0; ok && k < self->n; k++) {
        struct calibrated *p = &self->parameters[k];
        double factor = p->factor, h = step * range_of(p);
        if (factor - p->low > range_of(p) / 2)
            h = -h;
        calibrated_set(p, factor + h, false);
        ok = calibration_evaluate(self, false);
        for (int i = 0; ok && i < self->n_fitted; i++)
            self->slopes[i * self->n + k] = (weighted(self, i) - here[i]) / h * range_of(p);
        calibrated_set(p, factor, false);
    }
    free(here);
    return ok;
}

static int
residuals(const gsl_vector *x, void *context, gsl_vector *f)
{
    struct calibration *self = context;
    set_all(self, x);
    if (!calibration_evaluate(self, false))
        return GSL_EFAILED;
    for (int i = 0; i < self->n_fitted; i++)
        gsl_vector_set(f, (size_t)i, weighted(self, i));
    for (int k = 0; k < self->n; k++) {
        const struct calibrated *p = &self->parameters[k];
        gsl_vector_set(f, (size_t)(self->n_fitted + k), pull * (p->factor - 1) / range_of(p));
    }
    return GSL_SUCCESS;
}

static int
derivatives(const gsl_vector *x, void *context, gsl_matrix *out)
{
    struct calibration *self = context;
    set_all(self, x);
    if (!find_slopes(self))
        return GSL_EFAILED;
    gsl_matrix_set_zero(out);
    for (int k = 0; k < self->n; k++) {
        const struct calibrated *p = &self->parameters[k];
        double share = (p->factor - p->low) / range_of(p), chain = share * (1 - share);
        for (int i = 0; i < self->n_fitted; i++)
            gsl_matrix_set(out, (size_t)i, (size_t)k, self->slopes[i * self->n + k] * chain);
        gsl_matrix_set(out, (size_t)(self->n_fitted + k), (size_t)k, pull * chain);
    }
    return GSL_SUCCESS;
}

static bool
good_enough(const struct calibration *self, const gsl_vector *f)
{
    for (int i = 0; i < self->n_fitted; i++) {
        const struct target *target = &self->targets->items[self->fitted[i]];
        double off = fabs(gsl_vector_get(f, (size_t)i)) / fmax(sqrt(target->weight), 1e-6);
        if (off > good || off * tolerance(target) > close_to * target->value)
            return false;
    }
    return true;
}

/* false only where an evaluation failed. */
static bool
minimise(struct calibration *self)
{
    size_t n = (size_t)(self->n_fitted + self->n), p = (size_t)self->n;
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_workspace *work
        = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, n, p);
    gsl_multifit_nlinear_fdf fdf
        = { .f = residuals, .df = derivatives, .n = n, .p = p, .params = self };
    gsl_vector *x = gsl_vector_alloc(p);
    for (int k = 0; k < self->n; k++)
        gsl_vector_set(x, (size_t)k, coordinate_of(&self->parameters[k], 1));
    gsl_multifit_nlinear_init(x, &fdf, work);
    for (int i = 0; i < ITERATIONS && !problem_any(self->problems); i++) {
        int end = 0;
        if (good_enough(self, gsl_multifit_nlinear_residual(work))
            || gsl_multifit_nlinear_iterate(work) != GSL_SUCCESS
            || gsl_multifit_nlinear_test(1e-3, 1e-8, 1e-6, &end, work) == GSL_SUCCESS)
            break;
    }
    set_all(self, gsl_multifit_nlinear_position(work));
    gsl_vector_free(x);
    gsl_multifit_nlinear_free(work);
    return !problem_any(self->problems);
}

/* --- what the fit shows --- */

/* Directions in which the parameters can be moved through their ranges without
 * moving any target by its tolerance: those of small singular values. */
static void
find_blind(struct calibration *self)
{
    size_t p = (size_t)self->n, rows = self->n_fitted > self->n ? (size_t)self->n_fitted : p;
    gsl_matrix *a = gsl_matrix_calloc(rows, p), *v = gsl_matrix_alloc(p, p);
    gsl_vector *s = gsl_vector_alloc(p), *work = gsl_vector_alloc(p);
    for (int i = 0; i < self->n_fitted; i++)
        for (int k = 0; k < self->n; k++)
            gsl_matrix_set(a, (size_t)i, (size_t)k, self->slopes[i * self->n + k]);
    gsl_linalg_SV_decomp(a, v, s, work);
    self->blind = memory_alloc(p * p, sizeof *self->blind);
    for (size_t k = 0; k < p; k++) {
        if (gsl_vector_get(s, k) >= 1)
            continue;
        for (size_t j = 0; j < p; j++)
            self->blind[(size_t)self->n_blind * p + j] = gsl_matrix_get(v, j, k);
        self->n_blind++;
    }
    gsl_matrix_free(a);
    gsl_matrix_free(v);
    gsl_vector_free(s);
    gsl_vector_free(work);
}

/* What a step that brings target i nearer does to target j, by the parameter that
 * does most of it. Positive: farther away. */
static double
opposition(const struct calibration *self, int i, int j, int *parameter)
{
    double product = 0, of_i = 0, of_j = 0, most = 0;
    double side_i = weighted(self, i) > 0 ? 1 : -1, side_j = weighted(self, j) > 0 ? 1 : -1;
    for (int k = 0; k < self->n; k++) {
        double a = side_i * self->slopes[i * self->n + k], b = side_j * self->slopes[j * self->n + k];
        product += a * b;
        of_i += a * a;
        of_j += b * b;
        if (a * b < most) {
            most = a * b;
            *parameter = k;
        }
    }
    return of_i > 0 && of_j > 0 ? -product / sqrt(of_i * of_j) : 0;
}

/* For each target that is not met, the one that stands most in its way. */
static void
find_conflicts(struct calibration *self)
{
    self->conflicts = memory_alloc((size_t)self->n_fitted, sizeof *self->conflicts);
    for (int i = 0; i < self->n_fitted; i++) {
        const struct target *target = &self->targets->items[self->fitted[i]];
        if (target_met(target, self->simulated[self->fitted[i]]))
            continue;
        double most = 0.2;
        struct calibration_conflict found = { self->fitted[i], -1, -1 };
        for (int j = 0; j < self->n_fitted; j++) {
            int parameter = -1;
            double against = j != i ? opposition(self, i, j, &parameter) : 0;
            if (against > most && parameter >= 0) {
                most = against;
                found.other = self->fitted[j];
                found.parameter = parameter;
            }
        }
        if (found.other >= 0)
            self->conflicts[self->n_conflicts++] = found;
    }
}

static bool
prepare(struct calibration *self, const struct target_fit *fits, int n_fits)
{
    size_t n = (size_t)self->targets->n;
    self->parameters = memory_alloc((size_t)n_fits, sizeof *self->parameters);
    self->fitted = memory_alloc(n, sizeof *self->fitted);
    self->before = memory_alloc(n, sizeof *self->before);
    self->after = memory_alloc(n, sizeof *self->after);
    self->simulated = memory_alloc(n, sizeof *self->simulated);
    for (int i = 0; i < self->targets->n; i++)
        if (self->targets->items[i].fitted)
            self->fitted[self->n_fitted++] = i;
    self->slopes = memory_alloc((size_t)self->n_fitted * (size_t)n_fits + 1, sizeof *self->slopes);
    for (int i = 0; i < n_fits; i++)
        add_parameter(self, &fits[i]);
    if (self->n_fitted == 0)
        problem_add(self->problems, self->targets->file, 0, 0, "%s",
            tr("no target is to be fitted; 'use: fitted' is wanted for one at least",
                "没有要拟合的目标；至少一项应写 use: fitted"));
    if (n_fits == 0)
        problem_add(self->problems, self->targets->file, 0, 0, "%s",
            tr("no parameter to fit; 'fit: - outpatient.frequency.mean', say, is wanted",
                "没有要拟合的参数；应写如 fit: - outpatient.frequency.mean"));
    return !problem_any(self->problems);
}

bool
calibrate(struct calibration *self, const struct target_fit *fits, int n_fits)
{
    if (!prepare(self, fits, n_fits) || !calibration_evaluate(self, true))
        return false;
    memcpy(self->before, self->simulated, (size_t)self->targets->n * sizeof *self->before);
    if (!minimise(self) || !find_slopes(self))
        return false;
    find_blind(self);
    if (!calibration_see_window(self))
        return false;
    for (int k = 0; k < self->n; k++) {
        struct calibrated *p = &self->parameters[k];
        double share = (p->factor - p->low) / range_of(p);
        p->at_bound = share < 0.005 || share > 0.995;
        calibrated_set(p, p->factor, true);
    }
    if (!calibration_evaluate(self, true))
        return false;
    memcpy(self->after, self->simulated, (size_t)self->targets->n * sizeof *self->after);
    find_conflicts(self);
    return true;
}

void
calibration_free(struct calibration *self)
{
    for (int k = 0; k < self->n; k++) {
        free(self->parameters[k].chosen);
        free(self->parameters[k].start);
    }
    free(self->parameters);
    free(self->fitted);
    free(self->before);
    free(self->after);
    free(self->simulated);
    free(self->slopes);
    free(self->blind);
    free(self->conflicts);
}
