/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A household under one program: by the quick judge, or by the judge himself where he has
 * to be asked; both come to the same. What lanes (engine/lanes.h) do for most, here one
 * by one. */
#ifndef GONGJI_ENGINE_SETTLE_H
#define GONGJI_ENGINE_SETTLE_H

#include "engine/run_block.h"

/* How a household may be settled, under every program. */
enum quick_way_of_household {
    QUICK_HOUSEHOLD_YES,
    QUICK_HOUSEHOLD_UNJOINED, /* unless visits join stays */
    QUICK_HOUSEHOLD_NO
};

/* ---- prepare.c ---- */

/* What is the same under all programs, once the block is drawn and its entries are
 * laid out. */
void quick_prepare(struct worker *self);

/* ---- settle.c ---- */

/* Of a program in the block's year. */
struct settle_terms {
    const struct program *program;
    struct quick *quick;
    int year; /* 0: none yet */
    month_t january;
    const struct account_rules *rules; /* of the whole year's credits; NULL where they change */
    struct day_terms {
        uint16_t epoch;
        uint8_t credited; /* months that are credited by then */
    } days[366];
};

/* Room for a household of n persons. */
void settle_reserve(struct worker *self, int n);

/* Makes the worker's terms of a program ready for the block's year. */
void settle_begin(struct worker *self, int index);
/* A household under a program: fills the worker's entries, and of its values, which are
 * zero before, what accounts and caps make. */
void settle_household(struct worker *self, int index, int h);

/* ---- settle_plain.c ---- */

/* The household at hand, number h, by the judge. */
void settle_plain(struct worker *self, const struct program *program, int h);

/* Turns the visit to its primary provider; entries: where it counts. */
void settle_shifted(const struct worker *self, const struct potential *potential,
    struct claim *claim, int entries[static 2]);

/* Which of a household's claims from … to - 1 are stays that give way; true where any
 * does. */
bool settle_absent(struct worker *self, const struct program *program, int from, int to);

/* Moves the bills of visits that become stays into the stays: claims from … to - 1, a
 * household's. */
void settle_joined(struct worker *self, const struct program *program, int from, int to);

#endif
