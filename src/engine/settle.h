/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block's households under one program: fills the worker's entries, and of its
 * values what accounts and caps make. Households settle by the quick judge, those
 * that it does not know how to settle by the judge himself; both come to the same. */
#ifndef GONGJI_ENGINE_SETTLE_H
#define GONGJI_ENGINE_SETTLE_H

#include "engine/run_block.h"

/* How a household may be settled, under every program. */
enum quick_way_of_household {
    QUICK_HOUSEHOLD_YES,
    QUICK_HOUSEHOLD_UNJOINED, /* unless visits join stays */
    QUICK_HOUSEHOLD_NO
};

/* What is the same under all programs, once the block is drawn and its entries are
 * laid out. */
void quick_prepare(struct worker *self);

void settle_block(struct worker *self, int index);

/* ---- settle_plain.c ---- */

/* The household at hand, number h, by the judge. */
void settle_plain(struct worker *self, const struct program *program, int h);

/* Turns the visit to its primary provider; entries: where it counts. */
void settle_shifted(const struct worker *self, const struct potential *potential,
    struct claim *claim, int entries[static 2]);

/* Which of a household's claims from … to - 1 are stays that give way; true where any
 * does. */
bool settle_absent(struct worker *self, const struct program *program, int from, int to);

/* Moves the bills of visits that become stays into the stays. */
void settle_joined(struct worker *self, const struct program *program);

#endif
