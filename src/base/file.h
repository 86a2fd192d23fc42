/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that appear whole or not at all: written beside their place, flushed to
 * the disk, then renamed. An interrupt leaves nothing behind. */
#ifndef GONGJI_BASE_FILE_H
#define GONGJI_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/problem.h"

/* A file's bytes; text is NUL-terminated past its end. Owned by the caller. */
struct file_text {
    char *text;
    size_t n;
};
bool file_read(const char *path, struct file_text *out, struct problem_list *problems);

/* Several files that appear together or not at all. */
struct file_set {
    struct file_pending {
        char *path, *beside;
        FILE *stream;
    } *items;
    size_t n, capacity;
};
/* A stream for path; NULL (and a problem) where it cannot be made. A device or a
 * pipe is written at once. */
FILE *file_set_open(struct file_set *self, const char *path, struct problem_list *problems);
/* A name beside path for a library that opens files itself. */
const char *file_set_name(struct file_set *self, const char *path, struct problem_list *problems);
bool file_set_commit(struct file_set *self, struct problem_list *problems);
void file_set_free(struct file_set *self); /* drops what was not committed */

/* A directory of results: made beside its place, swapped in whole at commit; an
 * earlier directory of results of that name stays untouched until then. names: of all
 * files that such a result may have, NULL behind the last. Refuses to replace a
 * directory that was not made this way (it lacks the first of them), or that holds
 * anything else, which would be lost. */
struct file_directory {
    char *path, *beside;
};
bool file_directory_open(struct file_directory *self, const char *path, const char *const *names,
    struct problem_list *problems);
char *file_directory_path(const struct file_directory *self, const char *name); /* owned by caller */
bool file_directory_commit(struct file_directory *self, struct problem_list *problems);
void file_directory_free(struct file_directory *self);

/* SHA-256 as 64 hexadecimal digits and NUL. */
void file_sha256(const void *bytes, size_t n, char out[static 65]);

/* Ctrl-C, SIGTERM and SIGHUP: remove what is pending, then die of the signal. */
void file_watch_signals(void);

/* What is written to stderr before dying so; NULL: nothing. Not owned: it must stay
 * until it is replaced. */
void file_last_words(const char *text);

#endif
