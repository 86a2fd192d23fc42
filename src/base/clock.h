/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time that passes, whatever becomes of the date. */
#ifndef GONGJI_BASE_CLOCK_H
#define GONGJI_BASE_CLOCK_H

#include <time.h>

/* begin: read from CLOCK_MONOTONIC. */
static inline double
clock_seconds_since(const struct timespec *begin)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begin->tv_sec) + 1e-9 * (double)(now.tv_nsec - begin->tv_nsec);
}

#endif
