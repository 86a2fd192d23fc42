/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a calibration found: for people to read, and as a model. */
#ifndef GONGJI_OUTPUT_CALIBRATION_H
#define GONGJI_OUTPUT_CALIBRATION_H

#include <stdio.h>

#include "engine/calibrate.h"

/* Targets before and after, parameters, what cannot be met together, what the
 * targets leave open; in the current language. */
void calibration_write(FILE *stream, const struct calibration *self, int width);

/* A model that extends `extends` (an id or a path) by the fitted values, each with
 * the targets that fix it as its source. */
void calibration_write_model(FILE *stream, const struct calibration *self, const char *extends);

#endif
