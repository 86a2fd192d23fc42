/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page around the data: report/ and the charts library, made into one text by
 * embed/page.py at build time. */
#ifndef GONGJI_OUTPUT_REPORT_PAGE_H
#define GONGJI_OUTPUT_REPORT_PAGE_H

extern const char report_page_head[], report_page_tail[];

#endif
