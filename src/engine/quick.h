/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quick judge: what the judge (engine/adjudicate.h) works out claim by claim,
 * looked up. Claims are of few kinds by all that an entitlement can depend on; for
 * each kind, each class of persons and each epoch a program has one constant answer,
 * got from the judge's own steps when it is first needed. What a cell cannot say in
 * constants is left to the judge, on the same accumulators. */
#ifndef GONGJI_ENGINE_QUICK_H
#define GONGJI_ENGINE_QUICK_H

#include "engine/adjudicate.h"

/* All that an entitlement depends on besides the program and its day. */
struct kind {
    struct claim claim; /* benefit, disease, provider, channel, place, flags; the rest is zero */
    bool insured;
    enum ltc ltc;
};

/* The kinds met so far, numbered as they come. */
struct kinds {
    int n, capacity;
    struct kind *items; /* [n], owned */
    struct kind_slot {
        uint32_t key; /* 0: free */
        int kind;
    } *slots; /* [n_slots] by hash, owned; n_slots a power of two */
    int n_slots;
    uint32_t *diseases; /* [n_diseases] that some program has a rule for, owned */
    int n_diseases;
};
void kinds_init(struct kinds *self, const struct program *const *programs, int n_programs);
void kinds_free(struct kinds *self);
int kinds_add(struct kinds *self, uint32_t key, const struct claim *claim, bool insured, enum ltc ltc);

static inline uint32_t
kinds_slot(const struct kinds *self, uint32_t key)
{
    return key * UINT32_C(2654435769) >> 7 & (uint32_t)(self->n_slots - 1);
}

/* The number of a claim's kind, a new one where it has not been met. */
static inline int
kinds_find(struct kinds *self, const struct claim *claim, bool insured, enum ltc ltc)
{
    /* Diseases that no program tells from others are one. */
    int disease = self->n_diseases;
    if (claim->disease != NAME_NONE)
        for (disease = 0; disease < self->n_diseases && self->diseases[disease] != claim->disease;)
            disease++;
    uint32_t key = claim->benefit | (uint32_t)claim->provider << 3 | (uint32_t)claim->channel << 6
        | (uint32_t)claim->place << 8 | (uint32_t)claim->flags << 10 | (uint32_t)insured << 15
        | (uint32_t)ltc << 16 | (uint32_t)(disease + 1) << 18;
    const struct kind_slot *slot = &self->slots[kinds_slot(self, key)];
    return slot->key == key ? slot->kind : kinds_add(self, key, claim, insured, ltc);
}

enum quick_way {
    QUICK_NOTHING, /* not entitled: the fund pays nothing and nothing counts */
    QUICK_CELL, /* as the cell says */
    QUICK_JUDGE /* the judge has to be asked */
};

/* Quick claims of a household cost no more than this together (fen), in a year: what
 * is larger in a cell stands at QUICK_LARGE, which nothing reaches. */
enum { QUICK_COST = 1 << 28, QUICK_LARGE = 1 << 30 };

struct quick_cell {
    ratio_t ratio, advance;
    int32_t deductible; /* fen */
    int32_t cap[2]; /* fen */
    uint8_t way; /* enum quick_way */
    uint8_t borne, used[2]; /* slots of the accumulators; the last of them for none */
    bool carried; /* what is borne counts for later claims */
    bool by_disease; /* the first cap differs by person: ask adjudicate_cap() */
    bool overflows; /* what the caps cut is paid as another benefit: ask the judge */
    /* What people who react look at: the best ratio that the claim's rule may pay, and
     * what general outpatient care is paid there past deductibles. */
    ratio_t best, outpatient;
    ratio_t ahead; /* what is paid of a year's deductible once it is met; 0: there is none */
};

/* A program's cells. */
struct quick {
    const struct program *program; /* not owned */
    bool reacting; /* somebody asks for what only people who react look at */
    int n_classes; /* told apart: without age bands those of the first band */
    /* Cells are far fewer than kinds: those of a kind's classes are cells[index[kind *
     * n_classes + class]], QUICK_UNKNOWN before they are asked for. */
    struct quick_epoch {
        uint16_t *index; /* [n_kinds][n_classes], owned */
        int n_kinds, kind_capacity;
        struct quick_cell *cells; /* [n_cells], owned */
        int n_cells, capacity;
    } *epochs; /* [program->n_epochs], owned */
};
enum { QUICK_UNKNOWN = 65535 };
void quick_init(struct quick *self, const struct program *program, bool reacting);
void quick_free(struct quick *self);
/* Makes room for all kinds met, in one epoch. */
void quick_know(struct quick *self, const struct kinds *kinds, int epoch);
/* Works out a cell of a kind that there is room for; returns its number. */
int quick_fill(struct quick *self, const struct kinds *kinds, int epoch, int kind, class_t class);

/* The number of a cell among the epoch's. */
static inline int
quick_number(struct quick *self, const struct kinds *kinds, int epoch, int kind, class_t class)
{
    int number = self->epochs[epoch].index[kind * self->n_classes + class];
    return number != QUICK_UNKNOWN ? number : quick_fill(self, kinds, epoch, kind, class);
}

#endif
