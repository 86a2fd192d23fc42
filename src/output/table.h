/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables for a terminal, aligned by what a character takes up on the screen: a
 * Chinese one two columns. Cells may have several lines. */
#ifndef GONGJI_OUTPUT_TABLE_H
#define GONGJI_OUTPUT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

enum column_align { COLUMN_LEFT, COLUMN_RIGHT };
/* What becomes of a column when the table is wider than it may be. */
enum column_fit {
    COLUMN_KEEP, /* stays as wide as its widest cell */
    COLUMN_WRAP, /* goes on in further lines */
    /* Loses its end, marked by …; lines that would look alike then go on in further ones. */
    COLUMN_CUT
};

struct text_table {
    struct text_table_column {
        char *heading; /* owned */
        enum column_align align;
        enum column_fit fit;
    } *columns; /* [n_columns], owned */
    int n_columns, columns_capacity;
    char **cells; /* [n_cells], by row; owned; NULL begins a row that is a rule */
    int n_cells, cells_capacity;
};

void text_table_column(struct text_table *self, enum column_align align, enum column_fit fit,
    const char *heading);
/* The next cell, from left to right, then the next row. */
void text_table_cell(struct text_table *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_table_rule(struct text_table *self); /* a line across, between two rows */
/* Heading, rule, rows; two blanks between columns, none at a line's end. */
void text_table_write(const struct text_table *self, FILE *stream, int width);
/* The width that it needs where columns that may give way have no more than so many. */
int text_table_least(const struct text_table *self, int columns);
void text_table_free(struct text_table *self); /* of a zeroed or filled table */

/* Columns on the screen that UTF-8 text takes; text without line ends. */
int text_width(const char *text);

/* "-1,234.50"; signed: "+1,234.50"; what rounds to zero has no sign, what is no number
 * a reader would want is a dash. Returns out. */
enum { TEXT_NUMBER = 48 };
const char *text_number(char out[static TEXT_NUMBER], double value, int decimals, bool sign);

/* Text as lines no wider than width, the further ones indented. */
void text_write(FILE *stream, const char *text, int width, int indent);
void text_print(FILE *stream, int width, int indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
