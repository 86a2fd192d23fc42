/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that hold the state of work under way: a word that says of what, the number
 * of their layout, then parts, each with its length before it and its SHA-256 behind.
 * Native in byte order. */
#ifndef GONGJI_ENGINE_STATE_FILE_H
#define GONGJI_ENGINE_STATE_FILE_H

#include <stdint.h>

#include "base/file.h"

enum { STATE_DIGEST = 64 };

struct state_kind {
    char word[16]; /* with its NUL */
    /* Read back on a machine of the other byte order, it is another number; so it is
     * where the parts change. */
    uint64_t layout;
};

/* What is left of a file that is being read. */
struct state_reader {
    FILE *stream;
    uint64_t left; /* bytes */
};

bool state_write_head(const struct state_kind *kind, FILE *stream);
bool state_write_part(FILE *stream, const void *bytes, size_t n);

/* Has the file that write fills appear at path whole or not at all. */
bool state_keep(const char *path, bool (*write)(const void *self, FILE *stream),
    const void *self, struct problem_list *problems);

/* false (and a problem) where there is no file of that kind; closed all the same. */
bool state_open(struct state_reader *self, const struct state_kind *kind, const char *path,
    struct problem_list *problems);
void state_close(struct state_reader *self);

/* A part's bytes with a NUL behind them, owned by the caller; NULL where it is not
 * whole. */
char *state_read_part(struct state_reader *self, size_t *n);
/* A part of a length known beforehand. */
bool state_read_part_of(struct state_reader *self, void *out, size_t n);

/* Returns ok; adds the problem of a damaged file where it is not. */
bool state_whole(bool ok, const char *path, struct problem_list *problems);

#endif
