/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy tried out before anyone is judged by it: what no single value shows
 * and only the sums do. */
#ifndef GONGJI_ENGINE_TRIAL_H
#define GONGJI_ENGINE_TRIAL_H

#include "engine/rules.h"

/* Judges small, middling and huge bills of every kind, class of person and day on
 * which something changes. A benefit whose fund would pay more than there is
 * eligible cost is a problem, told once at its ratio; true where there was none. */
bool program_try(const struct program *program, struct problem_list *problems);

#endif
