/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small result worked by hand: two scenarios, of which the first is the
 * baseline and the second the same policy given again, one year, three groups:
 * all, status=retiree and benefit=outpatient.
 *
 *   cell(scenario, measure, group) = 1000000 s + 1000 m + g + 0.25 yuan
 *   sums                           = 100 times that, less the quarter
 *   difference                     = 1000000 s, standard error 0.5 s */
#ifndef TESTS_OUTPUT_MADE_UP_H
#define TESTS_OUTPUT_MADE_UP_H

#include "engine/run.h"
#include "output/run_inputs.h"

struct made_up {
    struct result result;
    struct run_inputs inputs;
};

void made_up_make(struct made_up *self);
void made_up_free(struct made_up *self);

#endif
