/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV by RFC 4180. Lines without quotation marks, nearly all, are cut at their
 * commas eight bytes at a time; whatever is unusual takes the slow path. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/table_source.h"

enum { BUFFER = 1 << 22 };

struct csv {
    struct table_source source;
    int file;
    char *buffer; /* [BUFFER + TABLE_PADDING], owned */
    char *at, *end; /* what is not yet consumed */
    long next_line;
    bool at_end; /* of the file: nothing comes after end */
    bool stopped; /* by a problem after which the rest makes no sense */
};

/* Moves what is left to the buffer's start and reads on. */
static void
refill(struct table *table, struct csv *self)
{
    size_t left = (size_t)(self->end - self->at);
    memmove(self->buffer, self->at, left);
    self->at = self->buffer;
    self->end = self->buffer + left;
    while (self->end < self->buffer + BUFFER && !self->at_end) {
        ssize_t got = read(self->file, self->end, (size_t)(self->buffer + BUFFER - self->end));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            problem_fail(table->problems, table->path, tr("cannot be read: %s", "无法读取：%s"),
                problem_reason(errno));
        if (got <= 0)
            self->at_end = true;
        else
            self->end += got;
    }
    memset(self->end, 0, TABLE_PADDING);
}

/* The high bit of every byte of word that is 0; exact. */
static inline uint64_t
zero_bytes(uint64_t word)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    return ~(((word & low) + low) | word | low);
}

static inline uint64_t
every_byte(unsigned char c)
{
    return UINT64_C(0x0101010101010101) * c;
}

/* Cuts n bytes at their commas; false where there is anything but plain ASCII:
 * quotation marks, NUL, CR or further bytes of UTF-8. *count: fields found; those
 * beyond the header's number are only counted. */
static inline bool
cut_plain(struct table *table, const char *line, size_t n, int *count)
{
    const uint64_t high = every_byte(0x80);
    uint64_t odd = 0;
    const char *start = line;
    int k = 0, most = table->n_in_file;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word;
        memcpy(&word, line + i, sizeof word);
        word = le64toh(word);
        if (n - i < 8) {
            uint64_t used = (UINT64_C(1) << (8 * (n - i))) - 1;
            word = (word & used) | (every_byte('.') & ~used);
        }
        odd |= (word & high) | zero_bytes(word ^ every_byte('"')) | zero_bytes(word)
            | zero_bytes(word ^ every_byte('\r'));
        for (uint64_t commas = zero_bytes(word ^ every_byte(',')); commas != 0;
             commas &= commas - 1) {
            const char *comma = line + i + (__builtin_ctzll(commas) >> 3);
            if (k < most)
                table->fields[k] = (struct field){ start, (size_t)(comma - start) };
            k++;
            start = comma + 1;
        }
    }
    if (k < most)
        table->fields[k] = (struct field){ start, (size_t)(line + n - start) };
    *count = k + 1;
    return odd == 0;
}

/* Where the record at `from` ends: at a line end outside quotation marks, or at
 * the end of what is there (then *whole is false). *open: column of a quotation
 * mark that is still open there, or -1. */
static const char *
record_end(const char *from, const char *end, bool *whole, int *open)
{
    enum { START, PLAIN, QUOTED, CLOSED } state = START;
    int column = 0;
    *whole = true;
    for (const char *p = from; p < end; p++) {
        if (state == QUOTED) {
            if (*p == '"')
                state = CLOSED;
        } else if (*p == '\n') {
            return p;
        } else if (*p == ',') {
            column++;
            state = START;
        } else {
            /* A mark right after a closing one doubles it; one within a plain
             * field opens nothing. */
            state = *p == '"' && state != PLAIN ? QUOTED : PLAIN;
        }
    }
    *whole = false;
    *open = state == QUOTED ? column : -1;
    return end;
}

static void
field_problem(struct table *table, int column, const char *text)
{
    problem_add(table->problems, table->path, table->line, column + 1, "%s", text);
}

static void
report_quote(struct table *table, int column)
{
    field_problem(table, column,
        tr("a stray quotation mark; a field that holds one stands wholly in quotation marks, and "
           "the mark is doubled",
            "引号位置不当；含引号的字段应整体加引号，且其中的引号写两次"));
}

/* One quoted field at p, up to stop: its text is put together in place. Returns
 * where the field ends: a comma, or stop. */
static char *
cut_quoted(struct table *table, char *p, char *stop, int column, struct field *out)
{
    char *to = ++p, *start = p;
    bool stray = false;
    while (p < stop) {
        if (*p != '"') {
            *to++ = *p++;
        } else if (p + 1 < stop && p[1] == '"') {
            *to++ = '"';
            p += 2;
        } else {
            break;
        }
    }
    *out = (struct field){ start, (size_t)(to - start) };
    if (p < stop)
        p++; /* the closing mark */
    for (; p < stop && *p != ','; p++)
        stray = true;
    if (stray) {
        report_quote(table, column);
        out->text = NULL;
    }
    return p;
}

/* What may not be in a field, said once. */
static void
check_field(struct table *table, int column, struct field *field, bool quoted)
{
    if (field->text == NULL)
        return;
    const char *wrong = NULL;
    if (memchr(field->text, '\0', field->n) != NULL)
        wrong = tr("a NUL byte; text in UTF-8 is wanted", "含有 NUL 字节；应为 UTF-8 文本");
    else if (!table_utf8(field->text, field->n))
        wrong = tr("this is not UTF-8; the file is to be saved as UTF-8",
            "不是 UTF-8 文本；文件应另存为 UTF-8 编码");
    else if (!quoted && memchr(field->text, '\r', field->n) != NULL)
        wrong = tr("a carriage return within the line; lines end with LF or CRLF",
            "行内有回车符；行尾应为 LF 或 CRLF");
    if (wrong != NULL)
        field_problem(table, column, wrong);
    else if (!quoted && memchr(field->text, '"', field->n) != NULL)
        report_quote(table, column);
    else
        return;
    field->text = NULL;
}

static int
cut_slowly(struct table *table, char *p, char *stop)
{
    for (int k = 0;; k++) {
        struct field field;
        bool quoted = p < stop && *p == '"';
        char *comma;
        if (quoted) {
            comma = cut_quoted(table, p, stop, k, &field);
        } else {
            comma = memchr(p, ',', (size_t)(stop - p));
            if (comma == NULL)
                comma = stop;
            field = (struct field){ p, (size_t)(comma - p) };
        }
        check_field(table, k, &field, quoted);
        if (k < table->n_in_file)
            table->fields[k] = field;
        if (comma == stop)
            return k + 1;
        p = comma + 1;
    }
}

/* The fields that a record with too few or too many of them has are as good as
 * unknown, but those at its start may still serve to know who it is about. */
static void
report_count(struct table *table, int count)
{
    int wanted = table->n_in_file;
    table->broken = true;
    problem_add(table->problems, table->path, table->line, (count < wanted ? count : wanted) + 1,
        tr("%d fields; the header names %d columns", "有 %d 个字段；标题行有 %d 列"), count, wanted);
    for (int i = count; i < wanted; i++)
        table->fields[i] = (struct field){ 0 };
}

static void
stop_here(struct table *table, struct csv *self, int column, const char *text)
{
    field_problem(table, column, text);
    self->stopped = true;
}

/* The record that begins at self->at, whole in the buffer; false where there is
 * none. */
static bool
take_record(struct table *table, struct csv *self, char **stop)
{
    for (bool refilled = false;; refilled = true) {
        bool whole;
        int open = -1;
        const char *end = record_end(self->at, self->end, &whole, &open);
        if (!whole && !self->at_end && !refilled) {
            refill(table, self);
            continue;
        }
        if (end - self->at > TABLE_RECORD_MAX) {
            stop_here(table, self, open >= 0 ? open : 0,
                tr("a record of more than 1 MiB; is a closing quotation mark missing?",
                    "一条记录超过 1 MiB；是否缺少右引号？"));
            return false;
        }
        if (open >= 0) {
            stop_here(table, self, open,
                tr("a quotation mark is not closed; the field ends with a second one",
                    "引号未闭合；字段应以另一个引号结束"));
            return false;
        }
        *stop = self->buffer + (end - self->buffer);
        return true;
    }
}

static long
lines_in(const char *from, const char *end)
{
    long n = 0;
    while ((from = memchr(from, '\n', (size_t)(end - from))) != NULL) {
        n++;
        from++;
    }
    return n;
}

static int
next_slowly(struct table *table, struct csv *self)
{
    char *stop;
    if (!take_record(table, self, &stop))
        return 0;
    char *from = self->at;
    self->next_line += 1 + lines_in(from, stop);
    self->at = stop < self->end ? stop + 1 : stop;
    if (stop > from && stop[-1] == '\r')
        stop--;
    return cut_slowly(table, from, stop);
}

/* The number of fields of the next record; 0 at the end. */
static int
next_fields(struct table *table, struct csv *self)
{
    if (self->stopped)
        return 0;
    char *line_end = memchr(self->at, '\n', (size_t)(self->end - self->at));
    if (line_end == NULL && !self->at_end) {
        refill(table, self);
        line_end = memchr(self->at, '\n', (size_t)(self->end - self->at));
    }
    if (self->at == self->end)
        return 0;
    table->line = self->next_line;
    if (line_end == NULL && !self->at_end) {
        stop_here(table, self, 0, tr("a line of more than 4 MiB; a text file is wanted",
            "一行超过 4 MiB；应为文本文件"));
        return 0;
    }
    if (line_end == NULL)
        line_end = self->end;
    size_t n = (size_t)(line_end - self->at);
    if (n != 0 && self->at[n - 1] == '\r')
        n--;
    int count;
    if (!cut_plain(table, self->at, n, &count))
        return next_slowly(table, self);
    self->next_line++;
    self->at = line_end < self->end ? line_end + 1 : line_end;
    return count;
}

static bool
blank_at_end(struct table *table, struct csv *self, int count)
{
    if (count != 1 || table->fields[0].n != 0 || table->fields[0].text == NULL)
        return false;
    if (self->at == self->end && !self->at_end)
        refill(table, self);
    return self->at == self->end;
}

static bool
csv_next(struct table *table)
{
    struct csv *self = (struct csv *)table->source;
    int count = next_fields(table, self);
    if (count == 0)
        return false;
    table->broken = false;
    if (count != table->n_in_file) {
        if (blank_at_end(table, self, count))
            return false;
        report_count(table, count);
    }
    return true;
}

static void
csv_close(struct table_source *source)
{
    struct csv *self = (struct csv *)source;
    if (self->file >= 0)
        close(self->file);
    free(self->buffer);
    free(self);
}

/* The header tells how many fields there are: it is counted first, then cut. */
static bool
read_header(struct table *table, struct csv *self)
{
    refill(table, self);
    if (self->end - self->at >= 3 && memcmp(self->at, "\xef\xbb\xbf", 3) == 0)
        self->at += 3;
    size_t n = strcspn(self->at, "\r\n");
    if (n == 0) {
        problem_add(table->problems, table->path, 1, 1, "%s",
            tr("no header; the first line names the columns", "没有标题行；首行应为列名"));
        return false;
    }
    size_t problems = table->problems->n + table->problems->left_out;
    int most = 1;
    for (size_t i = 0; i < n; i++)
        most += self->at[i] == ',';
    table->fields = memory_alloc((size_t)most, sizeof *table->fields);
    table->n_in_file = most;
    int count = next_fields(table, self);
    if (count == 0)
        return false;
    if (count > TABLE_COLUMNS_MAX || count > most) {
        stop_here(table, self, 0, tr("a header of too many columns; a table of claims or members "
                                     "is wanted",
            "标题行列数过多；应为费用表或参保人表"));
        return false;
    }
    table->n_in_file = count;
    return table->problems->n + table->problems->left_out == problems;
}

struct table_source *
table_open_csv(struct table *table)
{
    int file = open(table->path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0 || S_ISDIR(status.st_mode)) {
        problem_add(table->problems, table->path, 0, 0,
            tr("cannot be read: %s; an existing file is wanted", "无法读取：%s；应为已有的文件"),
            problem_reason(file < 0 ? errno : EISDIR));
        if (file >= 0)
            close(file);
        return NULL;
    }
    struct csv *self = memory_alloc(1, sizeof *self);
    *self = (struct csv){ .source = { csv_next, csv_close }, .file = file, .next_line = 1 };
    self->buffer = memory_alloc(BUFFER + TABLE_PADDING, 1);
    self->at = self->end = self->buffer;
    if (S_ISREG(status.st_mode))
        table->bytes = status.st_size;
    posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (!read_header(table, self)) {
        csv_close(&self->source);
        return NULL;
    }
    return &self->source;
}
