/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"

enum { GAP = 2, NARROWEST = 8 };

/* The next character of n bytes of text: its length in bytes, at least 1; what is
 * not UTF-8 counts as one column a byte. */
static size_t
next_character(const char *text, size_t n, utf8proc_int32_t *code, int *width)
{
    utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n,
        code);
    if (length <= 0) {
        *code = '?';
        *width = 1;
        return 1;
    }
    *width = utf8proc_charwidth(*code);
    return (size_t)length;
}

static int
width_of(const char *text, size_t n)
{
    int total = 0;
    for (size_t at = 0; at < n;) {
        utf8proc_int32_t code;
        int width;
        at += next_character(text + at, n - at, &code, &width);
        total += width;
    }
    return total;
}

int
text_width(const char *text)
{
    return width_of(text, strlen(text));
}

void
text_table_column(struct text_table *self, enum column_align align, enum column_fit fit,
    const char *heading)
{
    memory_grow(self->columns, self->n_columns, self->columns_capacity);
    self->columns[self->n_columns++]
        = (struct text_table_column){ memory_text(heading), align, fit };
}

const char *
text_number(char out[static TEXT_NUMBER], double value, int decimals, bool sign)
{
    char digits[TEXT_NUMBER];
    if (!(fabs(value) < 1e18)) {
        snprintf(out, TEXT_NUMBER, "—");
        return out;
    }
    snprintf(digits, sizeof digits, "%.*f", decimals, fabs(value));
    char *at = out;
    if (digits[strspn(digits, "0.")] != '\0') {
        if (value < 0)
            *at++ = '-';
        else if (sign)
            *at++ = '+';
    }
    size_t whole = strcspn(digits, ".");
    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return out;
}

static void
add_cell(struct text_table *self, char *text)
{
    memory_grow(self->cells, self->n_cells, self->cells_capacity);
    self->cells[self->n_cells++] = text;
}

void
text_table_cell(struct text_table *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(format, arguments);
    va_end(arguments);
    add_cell(self, text);
}

void
text_table_rule(struct text_table *self)
{
    for (int i = 0; i < self->n_columns; i++)
        add_cell(self, NULL);
}

void
text_table_free(struct text_table *self)
{
    for (int i = 0; i < self->n_columns; i++)
        free(self->columns[i].heading);
    for (int i = 0; i < self->n_cells; i++)
        free(self->cells[i]);
    free(self->columns);
    free(self->cells);
    *self = (struct text_table){ 0 };
}

/* The widest line of a cell. */
static int
cell_width(const char *cell)
{
    int widest = 0;
    for (const char *line = cell; line != NULL;) {
        const char *end = strchr(line, '\n');
        int width = width_of(line, end != NULL ? (size_t)(end - line) : strlen(line));
        if (width > widest)
            widest = width;
        line = end != NULL ? end + 1 : NULL;
    }
    return widest;
}

/* A space may end a line, and so may a wide character, but for an opening bracket and
 * before punctuation that must not begin the next. */
static bool
may_break_between(utf8proc_int32_t before, int width_before, utf8proc_int32_t code, int width)
{
    if (code == ' ')
        return true;
    utf8proc_category_t category = utf8proc_category(code), last = utf8proc_category(before);
    bool closing = category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF
        || category == UTF8PROC_CATEGORY_PO;
    bool opening = last == UTF8PROC_CATEGORY_PS || last == UTF8PROC_CATEGORY_PI;
    return (width == 2 || width_before == 2) && !closing && !opening;
}

/* How many bytes of text (up to its line end) fit into a width; *skip: further
 * bytes that belong to neither this line nor the next. */
static size_t
wrap(const char *text, int room, size_t *skip)
{
    size_t n = strcspn(text, "\n"), best = 0;
    int total = 0, width_before = 0;
    utf8proc_int32_t before = 0;
    *skip = 0;
    for (size_t at = 0; at < n;) {
        utf8proc_int32_t code;
        int width;
        size_t length = next_character(text + at, n - at, &code, &width);
        if (at > 0 && may_break_between(before, width_before, code, width))
            best = at;
        if (total + width > room && at > 0) {
            if (best == 0)
                return at;
            *skip = strspn(text + best, " ");
            return best;
        }
        total += width;
        before = code;
        width_before = width;
        at += length;
    }
    *skip = text[n] == '\n' ? 1 : 0;
    return n;
}

void
text_write(FILE *stream, const char *text, int width, int indent)
{
    const char *rest = text;
    do {
        size_t skip, n = wrap(rest, rest == text ? width : width - indent, &skip);
        fprintf(stream, "%*s%.*s\n", rest == text ? 0 : indent, "", (int)n, rest);
        rest += n + skip;
    } while (*rest != '\0');
}

void
text_print(FILE *stream, int width, int indent, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(format, arguments);
    va_end(arguments);
    text_write(stream, text, width, indent);
    free(text);
}

/* Bytes of one line that fit beside the mark that says it was cut. */
static size_t
cut(const char *text, size_t n, int room)
{
    int total = 0;
    size_t at = 0;
    while (at < n) {
        utf8proc_int32_t code;
        int width;
        size_t length = next_character(text + at, n - at, &code, &width);
        if (total + width > room - 1)
            break;
        total += width;
        at += length;
    }
    return at;
}

/* As wide as the heading and the cells. */
static int
column_width(const struct text_table *self, int column)
{
    int widest = cell_width(self->columns[column].heading);
    for (int cell = column; cell < self->n_cells; cell += self->n_columns) {
        int width = self->cells[cell] != NULL ? cell_width(self->cells[cell]) : 0;
        widest = width > widest ? width : widest;
    }
    return widest;
}

int
text_table_least(const struct text_table *self, int columns)
{
    int total = GAP * (self->n_columns - 1);
    for (int i = 0; i < self->n_columns; i++) {
        int width = column_width(self, i);
        total += self->columns[i].fit == COLUMN_KEEP || width < columns ? width : columns;
    }
    return total;
}

/* As wide as the columns are, then the widest of those that may give way narrower until
 * the table fits. */
static void
find_widths(const struct text_table *self, int room, int *widths)
{
    int total = GAP * (self->n_columns - 1);
    for (int i = 0; i < self->n_columns; i++)
        total += widths[i] = column_width(self, i);
    for (; total > room; total--) {
        int widest = -1;
        for (int i = 0; i < self->n_columns; i++)
            if (self->columns[i].fit != COLUMN_KEEP && widths[i] > NARROWEST
                && (widest < 0 || widths[i] > widths[widest]))
                widest = i;
        if (widest < 0)
            return;
        widths[widest]--;
    }
}

/* Whether another line of the column looks the same once both are cut. */
static bool
looks_alike(const struct text_table *self, int column, int width, const char *line)
{
    size_t n = strcspn(line, "\n"), shown = cut(line, n, width);
    for (int cell = column; cell < self->n_cells; cell += self->n_columns)
        for (const char *other = self->cells[cell]; other != NULL && *other != '\0';) {
            size_t m = strcspn(other, "\n");
            if (width_of(other, m) > width && cut(other, m, width) == shown
                && memcmp(line, other, shown) == 0 && (m != n || memcmp(line, other, n) != 0))
                return true;
            other += other[m] == '\n' ? m + 1 : m;
        }
    return false;
}

static void
put_blanks(FILE *stream, int n)
{
    for (int i = 0; i < n; i++)
        putc(' ', stream);
}

/* A cell on its way. */
struct cell_rest {
    const char *text; /* what is left of it */
    bool goes_on; /* in the middle of a line that is not cut */
};

/* Writes a line of a cell; blanks that are due are counted in *pending, so that no line
 * ends with them. */
static void
put_line(FILE *stream, const struct text_table *self, int column, int width,
    struct cell_rest *rest, int *pending)
{
    const char *text = rest->text;
    size_t skip = 0, n = strcspn(text, "\n");
    bool too_wide = self->columns[column].fit == COLUMN_CUT && width_of(text, n) > width;
    bool is_cut = too_wide && !rest->goes_on && !looks_alike(self, column, width, text);
    rest->goes_on = too_wide && !is_cut;
    if (self->columns[column].fit == COLUMN_WRAP || rest->goes_on)
        n = wrap(text, width, &skip);
    else
        skip = text[n] == '\n' ? 1 : 0;
    size_t shown = is_cut ? cut(text, n, width) : n;
    int blanks = width - width_of(text, shown) - (is_cut ? 1 : 0);
    int before = self->columns[column].align == COLUMN_RIGHT ? blanks : 0;
    if (shown > 0 || is_cut) {
        put_blanks(stream, *pending + before);
        fwrite(text, 1, shown, stream);
        if (is_cut)
            fputs("…", stream);
        *pending = blanks - before;
    } else {
        *pending += width;
    }
    rest->text += n + skip;
}

/* A row of cells, as many lines as the longest needs; rests is overwritten. */
static void
put_row(FILE *stream, const struct text_table *self, const int *widths, struct cell_rest *rests)
{
    bool more;
    do {
        int pending = 0;
        more = false;
        for (int i = 0; i < self->n_columns; i++) {
            put_line(stream, self, i, widths[i], &rests[i], &pending);
            pending += GAP;
            more = more || *rests[i].text != '\0';
        }
        putc('\n', stream);
    } while (more);
}

static void
put_rule(FILE *stream, const struct text_table *self, const int *widths)
{
    int total = GAP * (self->n_columns - 1);
    for (int i = 0; i < self->n_columns; i++)
        total += widths[i];
    for (int i = 0; i < total; i++)
        fputs("─", stream);
    putc('\n', stream);
}

void
text_table_write(const struct text_table *self, FILE *stream, int width)
{
    int *widths = memory_alloc((size_t)self->n_columns + 1, sizeof *widths);
    struct cell_rest *rests = memory_alloc((size_t)self->n_columns + 1, sizeof *rests);
    find_widths(self, width, widths);
    for (int i = 0; i < self->n_columns; i++)
        rests[i] = (struct cell_rest){ .text = self->columns[i].heading };
    put_row(stream, self, widths, rests);
    put_rule(stream, self, widths);
    for (int row = 0; row + self->n_columns <= self->n_cells; row += self->n_columns) {
        if (self->cells[row] == NULL) {
            put_rule(stream, self, widths);
            continue;
        }
        for (int i = 0; i < self->n_columns; i++)
            rests[i] = (struct cell_rest){ .text = self->cells[row + i] };
        put_row(stream, self, widths, rests);
    }
    free(rests);
    free(widths);
}
