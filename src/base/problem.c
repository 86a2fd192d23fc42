/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/problem.h"

#include <errno.h>
#include <fstrcmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

void
problem_list_free(struct problem_list *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->items[i].file);
        free(self->items[i].text);
    }
    free(self->items);
    *self = (struct problem_list){ 0 };
}

static void __attribute__((format(printf, 5, 0)))
add(struct problem_list *self, const char *file, long line, long column, const char *format,
    va_list arguments)
{
    if (self->n >= PROBLEM_LIMIT) {
        self->left_out++;
        return;
    }
    memory_grow(self->items, self->n, self->capacity);
    struct problem *item = &self->items[self->n];
    *item = (struct problem){ .line = line, .column = column };
    if (vasprintf(&item->text, format, arguments) < 0)
        item->text = memory_text("out of memory");
    if (file != NULL)
        item->file = memory_text(file);
    self->n++;
}

void
problem_add(struct problem_list *self, const char *file, long line, long column, const char *format,
    ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(self, file, line, column, format, arguments);
    va_end(arguments);
}

void
problem_fail(struct problem_list *self, const char *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(self, file, 0, 0, format, arguments);
    va_end(arguments);
    self->failed = true;
}

const char *
problem_reason(int error)
{
    switch (error) {
    case ENOENT:
        return tr("no such file or directory", "没有这个文件或目录");
    case ENOTDIR:
        return tr("part of the path is no directory", "路径中有一段不是目录");
    case EISDIR:
        return tr("it is a directory", "是目录");
    case EACCES:
    case EPERM:
        return tr("permission denied", "没有权限");
    case EROFS:
        return tr("the file system is read-only", "文件系统只读");
    case ENOSPC:
    case EDQUOT:
        return tr("no space left on the disk", "磁盘空间不足");
    default:
        return strerror(error);
    }
}

/* What would be right where a file cannot be written. */
static const char *
wanted_place(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return tr("a place in an existing directory is wanted", "应为已有目录中的位置");
    case ENOSPC:
    case EDQUOT:
        return tr("a disk with room left is wanted", "应为有足够空间的磁盘");
    default:
        return tr("a place that may be written to is wanted", "应为可写入的位置");
    }
}

void
problem_unwritable(struct problem_list *self, const char *file, int error)
{
    problem_fail(self, file, tr("cannot be written: %s; %s", "无法写入：%s；%s"),
        problem_reason(error), wanted_place(error));
}

struct ranked {
    const struct problem *problem;
    size_t file_rank, index;
};

static int
by_place(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->file_rank != y->file_rank)
        return x->file_rank < y->file_rank ? -1 : 1;
    if (x->problem->line != y->problem->line)
        return x->problem->line < y->problem->line ? -1 : 1;
    if (x->problem->column != y->problem->column)
        return x->problem->column < y->problem->column ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static bool
same_file(const struct problem *a, const struct problem *b)
{
    if (a->file == NULL || b->file == NULL)
        return a->file == b->file;
    return strcmp(a->file, b->file) == 0;
}

void
problem_print(const struct problem_list *self, FILE *stream)
{
    struct ranked *ranked = memory_alloc(self->n, sizeof *ranked);
    for (size_t i = 0; i < self->n; i++) {
        size_t rank = 0;
        while (!same_file(&self->items[rank], &self->items[i]))
            rank++;
        ranked[i] = (struct ranked){ &self->items[i], rank, i };
    }
    qsort(ranked, self->n, sizeof *ranked, by_place);
    for (size_t i = 0; i < self->n; i++) {
        const struct problem *p = ranked[i].problem;
        if (p->file == NULL)
            fprintf(stream, "gongji: %s\n", p->text);
        else if (p->line == 0)
            fprintf(stream, "%s: %s\n", p->file, p->text);
        else
            fprintf(stream, "%s:%ld:%ld: %s\n", p->file, p->line, p->column, p->text);
    }
    if (self->left_out != 0)
        fprintf(stream, tr("gongji: and %zu more problems\n", "gongji：另有 %zu 处问题\n"),
            self->left_out);
    free(ranked);
}

const char *
problem_nearest(const char *word, const char *const *words, size_t n)
{
    /* 0.6 lets one slip in a short word through and keeps strangers out. */
    double best_score = 0.6;
    const char *best = NULL;
    for (size_t i = 0; i < n; i++) {
        double score = fstrcmp(word, words[i]);
        if (score > best_score) {
            best_score = score;
            best = words[i];
        }
    }
    return best;
}
