/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy read aloud: its parameters on one day with their articles, what two
 * policies differ in, and the reference of all parameters that there are. What is
 * a reading of the document is listed also where the file leaves it to the
 * default. In the current language. */
#ifndef GONGJI_OUTPUT_SHOW_H
#define GONGJI_OUTPUT_SHOW_H

#include <stdio.h>

#include "base/names.h"
#include "input/policy.h"

/* width: columns of the screen that a table may take. names: those of the diseases. */
void show_write(FILE *stream, const struct policy *policy, const struct names *names, day_t on,
    int width);
void show_write_difference(FILE *stream, const struct policy *a, const struct policy *b,
    const struct names *names, day_t on, int width);

/* The same for programs: a row a cell, "scenario,section,subject,key,status,sector,
 * place,provider,channel,age,value,unit,from,to,standing,article,range,note", the
 * dimensions empty where the value does not depend on them, money in yuan, ratios
 * as fractions. b: only what differs from it, of both; or NULL. */
void show_write_csv(FILE *stream, const struct policy *a, const struct policy *b, day_t on);

/* Every parameter that a scenario may have, from the descriptor table. */
void show_write_reference(FILE *stream, bool markdown, int width);

/* ---- shared with explain ---- */

/* Where a value comes from: "二（一）3", "二（一）6；理解：…", "假设 [80%–97%]：…". NULL for
 * the fallback. Owned by the caller. */
char *show_source_text(const struct value_source *source);

/* "高血压": a disease by its name in the files. */
const char *show_disease(const char *key);

/* A line of a policy: a parameter and what holds of it on the day. */
struct show_line {
    const struct descriptor *descriptor;
    int subject;
    const struct parameter *parameter; /* NULL where the file says nothing */
    const struct dated_value *value; /* NULL: the fallback holds */
};
struct show_lines {
    struct show_line *items; /* [n], owned; by section, subject and descriptor */
    int n, capacity;
};
void show_lines_make(struct show_lines *self, const struct policy *policy, day_t on);
void show_lines_free(struct show_lines *self);
/* For comparing: the subject of b that is a's, or -1; and whether two lines (the
 * fallback where NULL) say the same for everybody. */
int show_subject_in(const struct policy *b, const struct policy *a, enum section section,
    int subject);
bool show_same(const struct descriptor *descriptor, const struct policy *a,
    const struct dated_value *x, const struct policy *b, const struct dated_value *y);
/* How many subjects a section has: rules, caps, else 1. */
int show_subjects(const struct policy *policy, enum section section);

#endif
