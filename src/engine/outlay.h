/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What general outpatient care costs the pooled fund, and nothing else, at the
 * machine's speed: people who have no other claims lie in slices of eight, a person a
 * lane, a policy is compiled to a small table by kind of visit, and a kernel takes a
 * slice through the year. Who retires within the year is taken through it alone; who
 * does not fit (under long-term care, a bill past the range) goes through the general
 * judge, so that all sums are those of run(), to the fen (tests/engine/test_outlay.c).
 * Nobody reacts to prices. */
#ifndef GONGJI_ENGINE_OUTLAY_H
#define GONGJI_ENGINE_OUTLAY_H

#include "engine/adjudicate.h"
#include "engine/people.h"

/* A claim in 32 bits: eligible fen, and the kind of visit in the lower bits. */
enum {
    OUTLAY_KIND_BITS = VISIT_KIND_BITS, /* as in people_visit */
    OUTLAY_KINDS = 1 << OUTLAY_KIND_BITS,
    OUTLAY_NEVER = OUTLAY_KINDS - 1, /* not insured that day */
    OUTLAY_ELIGIBLE = 1 << (32 - OUTLAY_KIND_BITS), /* bills from here on do not fit */
    OUTLAY_CLAIMS = 255, /* most of a person that fits: sums stay below 2^31 */
    OUTLAY_LANES = 8,
    OUTLAY_CLASSES = SECTOR_COUNT * STATUS_COUNT, /* program_class of the first age band */
};

/* --- a policy made ready --- */

enum { OUTLAY_SEGMENTS = 4, OUTLAY_WAYS = 8 };
/* One year of one policy. */
struct outlay_plan {
    const struct program *program; /* not owned */
    int year, n_segments;
    int32_t start[OUTLAY_SEGMENTS]; /* day of the year, from 0, on which each begins */
    bool yearly; /* the deductible is the year's, else each visit's */
    bool counts_eligible, past_cap, unpaid_part; /* as in struct rule */
    bool overflows;
    bool percents; /* all ratios are whole percents, in which the tables then are */
    bool advances;
    /* Ways in which a visit may be paid, 0: not at all. */
    struct outlay_class {
        int32_t ratio[OUTLAY_WAYS], deductible[OUTLAY_WAYS], advance[OUTLAY_WAYS];
        int32_t other[OUTLAY_WAYS]; /* ratio of what overflows */
        int32_t cap[OUTLAY_WAYS], other_cap[OUTLAY_WAYS]; /* by segment */
        uint32_t way[OUTLAY_SEGMENTS][OUTLAY_KINDS];
        int n_ways;
    } classes[OUTLAY_CLASSES];
};

/* NULL, and *why in the reader's language, where the policy has rules in that year
 * that the kernels do not know. Given back by free(). */
struct outlay_plan *outlay_plan(const struct program *program, int year, const char **why);

/* --- people made ready --- */

/* Can this model's people be? false where they have other claims. */
bool outlay_people(const struct people *people);

struct outlay_block {
    int n_slices, n_claims; /* claims that there are; words of claims below are more */
    struct outlay_slice {
        uint32_t at; /* of its first word */
        uint16_t n; /* words a lane */
        uint8_t class, lanes; /* lanes in use */
    } *slices; /* [n_slices], by class; owned */
    uint32_t *claims; /* [n_words] visit by visit, eight lanes side by side; owned */
    uint16_t *days; /* [n_words] of the year, from 0; owned */
    int n_words, word_capacity, slice_capacity;
    /* Who retires within the year; their words stand behind the slices', one after the
     * other. */
    struct outlay_turning {
        uint32_t at;
        uint16_t n;
        uint8_t before, after; /* classes */
        int16_t day, next_month; /* of the year: of retiring, and the next first of a month */
    } *turning; /* [n_turning], owned */
    int n_turning, turning_capacity;
    /* Who does not fit. */
    int n_others, n_other_claims, other_capacity, other_claim_capacity;
    struct member *others; /* [n_others], owned; arrears as below */
    month_t (*arrears)[12]; /* [n_others], owned */
    uint8_t *other_class; /* [n_others] on 1 January, owned */
    int *other_start; /* [n_others + 1] into other_claims, owned */
    struct claim *other_claims; /* owned */
};
/* What packing works with; may serve many blocks. */
struct outlay_packer {
    int *order, *count; /* [capacity], owned */
    int capacity;
};
/* Makes of people with visits drawn what the kernels want; the year is the block's. */
void outlay_pack(struct outlay_packer *packer, const struct people_block *people,
    struct outlay_block *out);
void outlay_packer_free(struct outlay_packer *self);
void outlay_block_free(struct outlay_block *self);

/* --- judging --- */

/* What a person cost the fund, by place in the block: lanes of all slices, then those who
 * retire, then those who do not fit. */
static inline int
outlay_places(const struct outlay_block *block)
{
    return block->n_slices * OUTLAY_LANES + block->n_turning + block->n_others;
}
/* fund and capped [outlay_places]; capped: bytes 0 or 1. Persons of classes whose bit is
 * set in `but` are left as they are. */
void outlay_judge(const struct outlay_plan *plan, const struct outlay_block *block, unsigned but,
    uint32_t *fund, uint8_t *capped);
/* The slices alone, by the plain kernel: what the others are held against. */
void outlay_slices_plain(const struct outlay_plan *plan, const struct outlay_block *block,
    unsigned but, uint32_t *fund, uint8_t *capped);
/* One person: n words, `stride` apart; classes before and from a day of the year on. */
struct outlay_person {
    const uint32_t *claims;
    const uint16_t *days;
    int n, stride;
    uint8_t before, after;
    int turns;
};
uint32_t outlay_one(
    const struct outlay_plan *plan, const struct outlay_person *person, uint8_t *capped);
struct outlay_person outlay_lane(
    const struct outlay_block *block, const struct outlay_slice *slice, int lane);
#if defined(__x86_64__)
void outlay_slices_avx2(const struct outlay_plan *plan, const struct outlay_block *block,
    unsigned but, uint32_t *fund, uint8_t *capped);
#endif

/* Sums over persons of one class. */
struct outlay_sums {
    int64_t persons, fund, difference; /* fen; against the baseline */
    unsigned __int128 squares, difference_squares;
    int64_t capped; /* persons with a payment that a cap cut */
    int64_t gain, lose; /* persons for whom it pays over a yuan more, or less, than the baseline */
};
/* Adds a block's persons who lie in slices, but for classes in `but`, or the others;
 * baseline: what they cost under it. out [OUTLAY_CLASSES]. */
void outlay_add_slices(const struct outlay_block *block, unsigned but, const uint32_t *fund,
    const uint8_t *capped, const uint32_t *baseline, struct outlay_sums *out);
void outlay_add_others(const struct outlay_block *block, const uint32_t *fund,
    const uint8_t *capped, const uint32_t *baseline, struct outlay_sums *out);
#if defined(__x86_64__)
/* n_slices of one class; persons are not counted. Right where outlay_small_avx2 is true
 * and slices are few enough for a block. */
void outlay_add_avx2(const uint32_t *fund, const uint8_t *capped, const uint32_t *baseline,
    int n_slices, struct outlay_sums *out);
bool outlay_small_avx2(const uint32_t *fund, const uint32_t *baseline, int n_slices);
#endif
void outlay_merge(struct outlay_sums *into, const struct outlay_sums *from);

/* ---- run_outlay.c: many blocks, in parallel ---- */

struct outlay_options {
    int64_t persons;
    int year, threads; /* threads 0: as many as there are cores */
};

/* Draws, judges and forgets block after block. plans [n] of the year; differences are
 * to plans[baseline]. out [n][OUTLAY_CLASSES]; returns the claims drawn. */
int64_t outlay_stream(const struct people *people, const struct outlay_plan *const *plans, int n,
    int baseline, const struct outlay_options *options, struct outlay_sums (*out)[OUTLAY_CLASSES]);

/* People drawn once and held, 4 bytes a claim and 2 for its day, to be judged by any
 * policy. */
struct outlay_kept {
    int64_t persons, claims;
    int threads, n_blocks;
    struct outlay_block *blocks; /* [n_blocks], owned */
    struct outlay_plan *baseline; /* owned; NULL before there is one */
    uint32_t **fund; /* [n_blocks] each person's under the baseline, owned */
    struct outlay_sums slices[OUTLAY_CLASSES]; /* the baseline's, of who lies in slices */
};
void outlay_keep(
    struct outlay_kept *self, const struct people *people, const struct outlay_options *options);
void outlay_kept_free(struct outlay_kept *self);
/* The policy that differences are to from now on. */
void outlay_kept_baseline(struct outlay_kept *self, const struct outlay_plan *plan);
/* One policy over all that are kept. Classes that it treats as the baseline does are not
 * judged again. out [OUTLAY_CLASSES]; needs a baseline. */
void outlay_kept_judge(
    const struct outlay_kept *self, const struct outlay_plan *plan, struct outlay_sums *out);
int64_t outlay_kept_bytes(const struct outlay_kept *self);

#endif
