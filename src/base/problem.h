/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one currency of errors: what is wrong, where, and what would be right.
 * Problems are collected, sorted by place and printed by main; nobody below
 * main prints or exits. A sentence has the form "what is wrong; what would be
 * right" and is given in the current language through tr(). */
#ifndef GONGJI_BASE_PROBLEM_H
#define GONGJI_BASE_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct problem {
    char *file; /* owned; NULL where no file is concerned */
    long line, column; /* from 1; 0 where none applies */
    char *text; /* owned */
};

/* Beyond PROBLEM_LIMIT problems are only counted: a file of the wrong kind has
 * one in every line. */
enum { PROBLEM_LIMIT = 1000 };

struct problem_list {
    struct problem *items; /* [n], owned */
    size_t n, capacity;
    size_t left_out; /* how many more there were */
    bool failed; /* the run failed (exit status 1), not the input (2) */
};

void problem_list_free(struct problem_list *self);

void problem_add(struct problem_list *self, const char *file, long line, long column,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A failure of the run itself: a file that cannot be written, say. */
void problem_fail(struct problem_list *self, const char *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What an error number says, in the current language where it is one that people meet. */
const char *problem_reason(int error);

/* A file that could not be written for that error: why, and what would be right. */
void problem_unwritable(struct problem_list *self, const char *file, int error);

/* All problems, a line each, in the order of files as met, then line, column. */
void problem_print(const struct problem_list *self, FILE *stream);

static inline bool
problem_any(const struct problem_list *self)
{
    return self->n != 0 || self->left_out != 0;
}

/* The nearest of n words to one that was not known, or NULL where none is near. */
const char *problem_nearest(const char *word, const char *const *words, size_t n);

#endif
