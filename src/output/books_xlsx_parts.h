/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sheets of books.xlsx share; the one door to libxlsxwriter. Rows and
 * columns count from 0. */
#ifndef GONGJI_OUTPUT_BOOKS_XLSX_PARTS_H
#define GONGJI_OUTPUT_BOOKS_XLSX_PARTS_H

#include <xlsxwriter.h>

#include "engine/run.h"
#include "output/run_inputs.h"

enum books_xlsx_format {
    XLSX_TITLE,
    XLSX_NOTE,
    XLSX_HEAD,
    XLSX_TEXT,
    XLSX_TEXT_TOTAL,
    XLSX_YUAN,
    XLSX_YUAN_TOTAL,
    XLSX_WHOLE,
    XLSX_DECIMAL,
    XLSX_SHARE,
    XLSX_YEAR,
    XLSX_FORMATS
};

struct books_xlsx {
    lxw_workbook *book;
    lxw_format *formats[XLSX_FORMATS]; /* the workbook's */
    const struct result *result;
    const struct run_inputs *inputs;
};

struct books_xlsx_sheet {
    struct books_xlsx *of;
    lxw_worksheet *sheet; /* the workbook's */
    int scenario; /* that it is about, where it is about one */
    int characters; /* of its name */
    char name[128];
};

/* name: cut to what a sheet may be called; title: in its first cell, freed. */
struct books_xlsx_sheet books_xlsx_sheet(struct books_xlsx *self, const char *name, char *title);

/* text is freed. */
void books_xlsx_text(struct books_xlsx_sheet *sheet, int row, int column,
    enum books_xlsx_format format, char *text);
/* Chinese, then English. */
void books_xlsx_both(struct books_xlsx_sheet *sheet, int row, int column,
    enum books_xlsx_format format, const char *en, const char *zh);
void books_xlsx_number(struct books_xlsx_sheet *sheet, int row, int column,
    enum books_xlsx_format format, double value);

enum { XLSX_CHART_ROWS = 24 }; /* that a chart takes up */
struct books_xlsx_range {
    int row, column, last_row, last_column;
};
/* type: enum lxw_chart_type. unit: of the amounts; NULL: yuan, shown in million. */
lxw_chart *books_xlsx_chart(struct books_xlsx_sheet *sheet, uint8_t type, const char *title,
    const char *unit);
/* A series of the sheet's cells, its name in one of them. */
lxw_chart_series *books_xlsx_series(struct books_xlsx_sheet *sheet, lxw_chart *chart,
    struct books_xlsx_range categories, struct books_xlsx_range values, int name_row,
    int name_column);
void books_xlsx_insert(struct books_xlsx_sheet *sheet, int row, int column, lxw_chart *chart);

/* ---- books_xlsx_worlds.c ---- */

/* Sheets of the worlds and of the uncertainty; none where no worlds were drawn. */
void books_xlsx_worlds(struct books_xlsx *self);

#endif
