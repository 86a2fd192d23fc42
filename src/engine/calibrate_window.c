/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "engine/calibrate.h"

enum { TRIES = 10 };

/* The first parameter's factor at which the only fitted target is simulated as
 * `wanted`, from `factor` on: a secant on logarithms, in which payments are nearly
 * straight. NAN where it is out of reach. false where an evaluation failed. */
static bool
solve(struct calibration *self, double wanted, double *factor)
{
    struct calibrated *p = &self->parameters[0];
    int at = self->fitted[0];
    double x = log(*factor), slope = 1, before_x = 0, before_y = 0;
    for (int i = 0; i < TRIES; i++) {
        calibrated_set(p, exp(x), false);
        if (!calibration_evaluate(self, false))
            return false;
        if (!(self->simulated[at] > 0))
            break;
        double y = log(self->simulated[at] / wanted);
        if (fabs(y) < 5e-4) {
            *factor = exp(x);
            return true;
        }
        if (i > 0 && fabs(x - before_x) > 1e-9)
            slope = fmin(fmax((y - before_y) / (x - before_x), 0.2), 5);
        before_x = x;
        before_y = y;
        x -= fmin(fmax(y / slope, -1.5), 1.5);
        double value = calibrated_value(p, exp(x));
        if (value < p->value->descriptor->minimum || value > p->value->descriptor->maximum)
            break;
    }
    *factor = NAN;
    return true;
}

bool
calibration_see_window(struct calibration *self)
{
    const struct target *target = &self->targets->items[self->fitted[0]];
    if (self->n_fitted != 1 || !target->has_range || self->n != 2 || !self->parameters[0].alike
        || !self->parameters[1].alike)
        return true;
    struct calibration_window *window = &self->window;
    struct calibrated *first = &self->parameters[0], *second = &self->parameters[1];
    double ends[2] = { first->factor, second->factor }, start = first->factor;
    double factors[3] = { second->low, 1, second->high };
    *window = (struct calibration_window){ .known = true, .target = self->fitted[0],
        .published = { target->low, target->value, target->high } };
    bool ok = true;
    for (int b = 0; ok && b < 3; b++) {
        calibrated_set(second, factors[b], false);
        window->second[b] = calibrated_value(second, factors[b]);
        for (int y = 0; ok && y < 3; y++) {
            double factor = start;
            ok = solve(self, window->published[y], &factor);
            window->first[b][y] = calibrated_value(first, factor);
            window->product[b][y] = window->first[b][y] * window->second[b];
            start = isnan(factor) ? start : factor;
        }
    }
    calibrated_set(first, ends[0], false);
    calibrated_set(second, ends[1], false);
    return ok;
}
