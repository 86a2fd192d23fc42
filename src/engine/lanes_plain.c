/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For any machine: the compiler's vectors, in whatever it has. */
#define LANES_HOUSEHOLDS lanes_households_plain
#include "engine/lanes_kernel.h"
