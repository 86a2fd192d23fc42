/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bins of amounts: those that a tally counts in and those of the result. */
#ifndef GONGJI_ENGINE_TALLY_BINS_H
#define GONGJI_ENGINE_TALLY_BINS_H

#include "engine/tally.h"

/* Bins grow by 1/32 an octave of fen in results, by 1/128 within, the same for both
 * signs: the middle bin begins at 0, the one before it ends there. */
struct tally_scale {
    int log; /* 2^log steps an octave */
    int bins; /* of one sign */
};
static const struct tally_scale tally_coarse = { 5, HISTOGRAM_BINS / 2 },
                                tally_fine = { 7, TALLY_FINE_BINS / 2 };

static inline int
tally_bin_of_size(struct tally_scale scale, uint64_t fen)
{
    int steps = 1 << scale.log;
    if (fen < (uint64_t)steps)
        return (int)fen;
    int shift = 63 - __builtin_clzll(fen) - scale.log;
    int bin = steps * (shift + 1) + (int)(fen >> shift) - steps;
    return bin < scale.bins ? bin : scale.bins - 1;
}

static inline int
tally_bin_of(struct tally_scale scale, fen_t amount)
{
    return amount >= 0 ? scale.bins + tally_bin_of_size(scale, (uint64_t)amount)
                       : scale.bins - 1 - tally_bin_of_size(scale, (uint64_t)-amount - 1);
}

/* Fen at which a bin of one sign begins. */
static inline int64_t
tally_size_of_bin(struct tally_scale scale, int bin)
{
    int steps = 1 << scale.log;
    return bin < steps ? bin : (int64_t)(bin % steps + steps) << (bin / steps - 1);
}

static inline int64_t
tally_edge_of(struct tally_scale scale, int i)
{
    return i >= scale.bins ? tally_size_of_bin(scale, i - scale.bins)
                           : -tally_size_of_bin(scale, scale.bins - i);
}

#endif
