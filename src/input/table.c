/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/table_source.h"

bool
table_is_hdf(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL && (strcmp(dot, ".h5") == 0 || strcmp(dot, ".hdf5") == 0);
}

static bool
continues(const unsigned char *s, int n)
{
    for (int i = 1; i <= n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return false;
    return true;
}

bool
table_utf8(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text, *end = s + n;
    while (s < end) {
        int more = *s < 0x80 ? 0 : *s < 0xc2 ? -1 : *s < 0xe0 ? 1 : *s < 0xf0 ? 2 : *s < 0xf5 ? 3 : -1;
        if (more < 0 || end - s <= more || !continues(s, more))
            return false;
        /* No longer form than needed, no surrogates, nothing past U+10FFFF. */
        if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f)
            || (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
            return false;
        s += more + 1;
    }
    return true;
}

const char *
field_shown(struct field field, char out[static FIELD_SHOWN])
{
    static const char ellipsis[] = "…";
    size_t n = field.n, most = FIELD_SHOWN - sizeof ellipsis;
    if (n > most)
        for (n = most; n > 0 && ((unsigned char)field.text[n] & 0xc0) == 0x80;)
            n--;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)field.text[i];
        out[i] = c < 0x20 || c == 0x7f ? '?' : field.text[i];
    }
    strcpy(out + n, n < field.n ? ellipsis : "");
    return out;
}

static int
find(const struct table *self, const char *name)
{
    for (int i = 0; i < self->n_in_file; i++)
        if (self->fields[i].n == strlen(name)
            && memcmp(self->fields[i].text, name, self->fields[i].n) == 0)
            return i;
    return -1;
}

static int
wanted(const struct table *self, int at)
{
    for (int i = 0; i < self->n_columns; i++)
        if (self->positions[i] == at)
            return i;
    return -1;
}

/* Each by itself where it may be misspelt or they are few; of another table nearly all are
 * missing, which one line says. */
static void
report_missing(struct table *self)
{
    enum { FEW = 3 };
    const char **missing = memory_alloc((size_t)self->n_columns, sizeof *missing);
    char *list = memory_text("");
    int n = 0;
    for (int i = 0; i < self->n_columns; i++) {
        const char *name = self->columns[i];
        const char *near = self->positions[i] >= 0
            ? NULL
            : problem_nearest(name, (const char *const *)self->unknown, (size_t)self->n_unknown);
        if (near != NULL)
            problem_add(self->problems, self->path, self->line, 1,
                tr("column '%s' is missing; is '%s' meant to be it?",
                    "缺少“%s”列；“%s”是否就是该列？"),
                name, near);
        else if (self->positions[i] < 0)
            missing[n++] = name;
    }
    for (int i = 0; i < n; i++) {
        char *longer = memory_format("%s%s%s", list, i > 0 ? tr(", ", "、") : "", missing[i]);
        free(list);
        list = longer;
        if (n <= FEW)
            problem_add(self->problems, self->path, self->line, 1,
                tr("column '%s' is missing; the first line names the columns, this one among them",
                    "缺少“%s”列；首行为列名，应包括此列"),
                missing[i]);
    }
    if (n > FEW)
        problem_add(self->problems, self->path, self->line, 1,
            tr("%d of %d columns are missing; a first line that names these too is wanted: %s",
                "%2$d 列中缺少 %1$d 列；首行为列名，还应包括：%3$s"),
            n, self->n_columns, list);
    free(list);
    free(missing);
}

/* Finds the columns asked for in the header; false where one is missing or
 * stands there twice. */
static bool
match_columns(struct table *self)
{
    bool ok = true;
    self->positions = memory_alloc((size_t)self->n_columns, sizeof *self->positions);
    for (int i = 0; i < self->n_columns; i++)
        self->positions[i] = find(self, self->columns[i]);
    self->unknown = memory_alloc((size_t)self->n_in_file, sizeof *self->unknown);
    for (int i = 0; i < self->n_in_file; i++) {
        char shown[FIELD_SHOWN];
        if (wanted(self, i) >= 0)
            continue;
        field_shown(self->fields[i], shown);
        bool known = false;
        for (int k = 0; k < self->n_columns; k++)
            known = known || (strlen(self->columns[k]) == self->fields[i].n
                && memcmp(self->columns[k], self->fields[i].text, self->fields[i].n) == 0);
        if (known) {
            problem_add(self->problems, self->path, self->line, i + 1,
                tr("column '%s' stands there twice; once is right", "“%s”列出现两次；只应出现一次"),
                shown);
            ok = false;
        } else {
            self->unknown[self->n_unknown++] = memory_text(shown);
        }
    }
    report_missing(self);
    for (int i = 0; i < self->n_columns; i++)
        ok = ok && self->positions[i] >= 0;
    return ok;
}

struct table *
table_open(const char *path, const char *group, const char *const *columns, int n_columns,
    struct problem_list *problems)
{
    struct table *self = memory_alloc(1, sizeof *self);
    *self = (struct table){ .path = path, .problems = problems, .columns = columns,
        .n_columns = n_columns, .bytes = -1 };
    self->source = table_is_hdf(path) ? table_open_hdf(self, group) : table_open_csv(self);
    if (self->source == NULL || !match_columns(self)) {
        table_close(self);
        return NULL;
    }
    return self;
}

bool
table_next(struct table *self)
{
    return self->source->next(self);
}

void
table_close(struct table *self)
{
    if (self == NULL)
        return;
    if (self->source != NULL)
        self->source->close(self->source);
    for (int i = 0; i < self->n_unknown; i++)
        free(self->unknown[i]);
    free(self->unknown);
    free(self->positions);
    free(self->fields);
    free(self);
}
