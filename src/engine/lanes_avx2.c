/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For x86-64 with AVX2, asked for at run time (base/kernels.h). */
#if defined(__x86_64__)
#pragma GCC target("avx2")
#define LANES_HOUSEHOLDS lanes_households_avx2
#include "engine/lanes_kernel.h"
#endif
