/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages around their data: one folder a page, made into text by embed/page.py
 * at build time. The charts library is the same in all. */
#ifndef GONGJI_OUTPUT_REPORT_PAGE_H
#define GONGJI_OUTPUT_REPORT_PAGE_H

#include <stdio.h>

struct page {
    const char *head; /* up to the data, a JSON object */
    const char *middle; /* from the data to the charts library */
    const char *tail;
};
extern const struct page report_page, portrait_page;
extern const char page_charts[];

static inline void
page_begin(const struct page *self, FILE *stream)
{
    fputs(self->head, stream);
}

static inline void
page_end(const struct page *self, FILE *stream)
{
    fputs(self->middle, stream);
    fputs(page_charts, stream);
    fputs(self->tail, stream);
}

#endif
