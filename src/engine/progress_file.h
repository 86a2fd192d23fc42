/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a run has come: which blocks of persons are done, and the exact sums
 * over them. Kept in memory by run.c, on disk while a long run goes on, and handed
 * from one machine to another as a shard. Sums being whole numbers, parts add up
 * to the same whole in any order. */
#ifndef GONGJI_ENGINE_PROGRESS_FILE_H
#define GONGJI_ENGINE_PROGRESS_FILE_H

#include "engine/tally.h"

/* Where a progress comes from, so that it only ever meets its like. */
struct progress_origin {
    char *description; /* owned: lines "key value" of all that the result depends on */
    char *folder; /* owned: the working directory that paths are relative to */
    char **words; /* [n_words] of the command line, the command's name first; owned, each too */
    int n_words;
    int shard, n_shards; /* shard of n_shards, from 1; 1 of 1 is the whole */
    int64_t process; /* number of the process that wrote it, on its machine */
    int n_ranks; /* processes of the cluster that each wrote one */
};

struct progress {
    struct progress_origin origin;
    struct progress_shape {
        int64_t n_blocks; /* of the whole run, whatever the shard */
        int32_t block; /* persons in each but the last */
        int32_t n_programs, n_years, n_counties;
    } shape;
    uint8_t *finished; /* [(n_blocks + 7) / 8], owned: bit b % 8 of byte b / 8 is block b */
    int64_t claims; /* drawn in these blocks */
    struct tally *tallies; /* [n_programs][n_years], owned */
};

void progress_init(struct progress *self, const struct progress_shape *shape);
void progress_clear(struct progress *self); /* as after progress_init */
void progress_free(struct progress *self);
void progress_origin_free(struct progress_origin *self);

static inline bool
progress_has(const struct progress *self, int64_t block)
{
    return self->finished[block / 8] >> (block % 8) & 1;
}

static inline void
progress_finish(struct progress *self, int64_t block)
{
    self->finished[block / 8] = (uint8_t)(self->finished[block / 8] | 1 << (block % 8));
}

int64_t progress_count(const struct progress *self); /* blocks finished */

/* The span of blocks that is part i of n (from 0): first … end - 1 of all. */
void progress_part(int64_t all, int i, int n, int64_t *first, int64_t *end);

/* Adds the blocks of another progress of the same shape. Where it shares some of
 * them, PROGRESS_HELD (all of them) or PROGRESS_OVERLAP is returned, and nothing is
 * added. */
enum progress_meeting { PROGRESS_ADDED, PROGRESS_HELD, PROGRESS_OVERLAP };
enum progress_meeting progress_add(struct progress *self, const struct progress *other);

/* What is added up with the finished blocks' bits: one tally as bytes, for a
 * neighbour in a cluster; the size depends on the shape alone. */
size_t progress_tally_size(const struct progress_shape *shape);
void progress_tally_pack(const struct tally *self, const struct progress_shape *shape, void *out);
void progress_tally_add(struct tally *self, const struct progress_shape *shape, const void *bytes);

/* The whole file, each part of which carries its SHA-256. It is native in its byte
 * order, and refused where that is another. progress_keep has it appear at path whole
 * or not at all. */
bool progress_write(const struct progress *self, FILE *stream);
bool progress_keep(const struct progress *self, const char *path, struct problem_list *problems);

/* false (and a problem) where there is no file, or none that is whole. */
bool progress_read(const char *path, struct progress *out, struct problem_list *problems);

/* The origin alone, for who needs no sums. */
bool progress_read_origin(const char *path, struct progress_origin *out,
    struct problem_list *problems);

#endif
