/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A group of an HDF5 file as a table: blocks of rows are read column by column
 * and handed on as text, so that one set of parsers serves both kinds of file. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hdf.h"
#include "base/language.h"
#include "base/memory.h"
#include "base/money.h"
#include "input/table_source.h"

enum { BLOCK = 4096, NUMBER = 32 };

struct hdf_source {
    struct table_source source;
    struct hdf_table *table;
    const struct hdf_column *columns; /* [n_columns] */
    bool *used, *money; /* [n_columns], owned: asked for; amounts in yuan */
    struct hdf_texts *texts; /* [n_columns], owned: the block at hand */
    int n_columns;
    uint64_t n, next, first; /* rows; the next one; the block's first */
    size_t in_block;
    bool started;
};

/* Columns of amounts: whole numbers in them are fen. */
static bool
is_money(const struct hdf_column *column)
{
    static const char *const names[] = { "base", "balance", "cost", "eligible" };
    if (column->unit != NULL)
        return strcmp(column->unit, "fen") == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(column->name, names[i]) == 0)
            return true;
    return false;
}

static size_t
digits(char out[static NUMBER], int64_t value)
{
    char text[NUMBER];
    size_t k = sizeof text;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        text[--k] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    if (value < 0)
        text[--k] = '-';
    memcpy(out, text + k, sizeof text - k);
    return sizeof text - k;
}

/* Whole numbers as the text that a CSV file would have. */
static bool
read_whole(struct hdf_source *self, int column, size_t n)
{
    struct hdf_texts *texts = &self->texts[column];
    int64_t *values = memory_alloc(n, sizeof *values);
    bool ok = hdf_table_whole(self->table, column, self->first, n, values);
    if (texts->bytes == NULL) {
        texts->capacity = BLOCK * NUMBER + HDF_TEXTS_PADDING;
        texts->bytes = memory_alloc(texts->capacity, 1);
        texts->n_at = BLOCK + 1;
        texts->at = memory_alloc(texts->n_at, sizeof *texts->at);
    }
    for (size_t i = 0; i < n; i++) {
        char *to = texts->bytes + texts->at[i];
        size_t length = self->money[column] ? money_format(to, values[i]) : digits(to, values[i]);
        texts->at[i + 1] = texts->at[i] + length;
    }
    free(values);
    return ok;
}

static bool
read_block(struct table *table, struct hdf_source *self)
{
    self->first = self->next;
    self->in_block = self->n - self->first < BLOCK ? (size_t)(self->n - self->first) : BLOCK;
    for (int i = 0; i < self->n_columns; i++) {
        if (!self->used[i])
            continue;
        bool ok = self->columns[i].kind == HDF_COLUMN_TEXT
            ? hdf_table_text(self->table, i, self->first, self->in_block, &self->texts[i])
            : read_whole(self, i, self->in_block);
        if (!ok) {
            problem_add(table->problems, table->path, (long)self->first + 1, i + 1,
                tr("column '%s' cannot be read; an undamaged file is wanted",
                    "“%s”列无法读取；应为完好的文件"),
                self->columns[i].name);
            return false;
        }
    }
    return true;
}

/* Which columns are read, once the table knows which are asked for; false where
 * one of them cannot be. */
static bool
start(struct table *table, struct hdf_source *self)
{
    bool ok = true;
    self->started = true;
    for (int i = 0; i < table->n_columns; i++)
        self->used[table->positions[i]] = true;
    self->n = self->columns[table->positions[0]].n;
    for (int i = 0; i < self->n_columns; i++) {
        const struct hdf_column *column = &self->columns[i];
        self->money[i] = is_money(column);
        if (!self->used[i])
            continue;
        if (column->kind == HDF_COLUMN_OTHER) {
            problem_add(table->problems, table->path, 1, i + 1,
                tr("column '%s' is neither text nor whole numbers of one dimension; text in UTF-8 "
                   "or int64, amounts in fen, is wanted",
                    "“%s”列不是一维的文本或整数；应为 UTF-8 文本，或 int64（金额以分计）"),
                column->name);
            ok = false;
        } else if (column->n != self->n) {
            problem_add(table->problems, table->path, 1, i + 1,
                tr("column '%s' has %llu rows and '%s' %llu; all columns have as many",
                    "“%s”列有 %llu 行而“%s”列有 %llu 行；各列行数应相同"),
                column->name, (unsigned long long)column->n,
                self->columns[table->positions[0]].name, (unsigned long long)self->n);
            ok = false;
        }
    }
    return ok;
}

static void
check_text(struct table *table, int column, struct field *field)
{
    const char *wrong = NULL;
    if (memchr(field->text, '\0', field->n) != NULL)
        wrong = tr("a NUL byte; text in UTF-8 is wanted", "含有 NUL 字节；应为 UTF-8 文本");
    else if (!table_utf8(field->text, field->n))
        wrong = tr("this is not UTF-8; text in UTF-8 is wanted", "不是 UTF-8 文本；应为 UTF-8 编码");
    else if (field->n > TABLE_RECORD_MAX)
        wrong = tr("a text of more than 1 MiB; a shorter one is wanted",
            "文本超过 1 MiB；应更短");
    if (wrong == NULL)
        return;
    problem_add(table->problems, table->path, table->line, column + 1, "%s", wrong);
    field->text = NULL;
}

static bool
hdf_next(struct table *table)
{
    struct hdf_source *self = (struct hdf_source *)table->source;
    if (!self->started && !start(table, self))
        self->n = 0;
    if (self->next >= self->n)
        return false;
    if (self->next >= self->first + self->in_block && !read_block(table, self)) {
        self->n = 0;
        return false;
    }
    size_t row = (size_t)(self->next - self->first);
    table->line = (long)++self->next;
    for (int i = 0; i < self->n_columns; i++) {
        if (!self->used[i])
            continue;
        const struct hdf_texts *texts = &self->texts[i];
        table->fields[i] = (struct field){ texts->bytes + texts->at[row],
            texts->at[row + 1] - texts->at[row] };
        if (self->columns[i].kind == HDF_COLUMN_TEXT)
            check_text(table, i, &table->fields[i]);
    }
    return true;
}

static void
hdf_close(struct table_source *source)
{
    struct hdf_source *self = (struct hdf_source *)source;
    for (int i = 0; i < self->n_columns; i++)
        hdf_texts_free(&self->texts[i]);
    hdf_table_free(self->table);
    free(self->texts);
    free(self->used);
    free(self->money);
    free(self);
}

static void
report_unreadable(struct table *table, const char *group, bool is_hdf)
{
    if (access(table->path, R_OK) != 0)
        problem_add(table->problems, table->path, 0, 0, "%s",
            tr("cannot be read; an existing file is wanted", "无法读取；应为已有的文件"));
    else if (!is_hdf)
        problem_add(table->problems, table->path, 0, 0, "%s",
            tr("is no HDF5 file; one is wanted, or CSV under another name",
                "不是 HDF5 文件；应为 HDF5，或以其他名称保存的 CSV"));
    else
        problem_add(table->problems, table->path, 0, 0,
            tr("has no group '%s'; one with a column each as an array is wanted",
                "没有“%s”组；应有此组，每列一个数组"),
            group);
}

struct table_source *
table_open_hdf(struct table *table, const char *group)
{
    bool is_hdf;
    struct hdf_table *found = hdf_table_open(table->path, group, &is_hdf);
    if (found == NULL) {
        report_unreadable(table, group, is_hdf);
        return NULL;
    }
    struct hdf_source *self = memory_alloc(1, sizeof *self);
    *self = (struct hdf_source){ .source = { hdf_next, hdf_close }, .table = found };
    self->n_columns = hdf_table_columns(found, &self->columns);
    size_t n = (size_t)self->n_columns;
    self->used = memory_alloc(n, sizeof *self->used);
    self->money = memory_alloc(n, sizeof *self->money);
    self->texts = memory_alloc(n, sizeof *self->texts);
    table->fields = memory_alloc(n, sizeof *table->fields);
    table->n_in_file = self->n_columns;
    table->line = 1;
    for (int i = 0; i < self->n_columns; i++)
        table->fields[i]
            = (struct field){ self->columns[i].name, strlen(self->columns[i].name) };
    if (self->n_columns > 0)
        table->bytes = (int64_t)self->columns[0].n * 80;
    return &self->source;
}
