/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/kernels.h"

#include <stdlib.h>
#include <string.h>

static bool avx2;

/* Before main, so that threads only read. */
static __attribute__((constructor)) void
choose(void)
{
#if defined(__x86_64__)
    const char *wanted = getenv("GONGJI_KERNELS");
    __builtin_cpu_init();
    avx2 = __builtin_cpu_supports("avx2") && (wanted == NULL || strcmp(wanted, "scalar") != 0);
#endif
}

bool
kernels_avx2(void)
{
    return avx2;
}
