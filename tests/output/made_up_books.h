/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made-up books that add up to the fen, and worlds about them, for a result whose
 * scenarios, years and groups are there. Every figure is a smooth function of its
 * place. Scenario s pools its counties where bit s of pooled is set. */
#ifndef GONGJI_TESTS_OUTPUT_MADE_UP_BOOKS_H
#define GONGJI_TESTS_OUTPUT_MADE_UP_BOOKS_H

#include "engine/sensitivity.h"

void made_up_books(struct result *result, unsigned pooled);
void made_up_worlds(struct worlds *worlds, struct sensitivity *sensitivity,
    const struct result *result, int n);
void made_up_worlds_free(struct worlds *worlds, struct sensitivity *sensitivity);

#endif
