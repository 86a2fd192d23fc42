/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the kernels that do the same work, to the same bits, this machine runs:
 * decided once, before main. GONGJI_KERNELS=scalar in the environment takes the
 * plain ones everywhere, which tests hold against the others. */
#ifndef GONGJI_BASE_KERNELS_H
#define GONGJI_BASE_KERNELS_H

#include <stdbool.h>

bool kernels_avx2(void);

#endif
