/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON straight into a stream: a result may have millions of cells, too many to
 * be held as a tree. What is written is ASCII-safe inside an HTML script block:
 * '<', '>' and '&' in texts appear as \u escapes. */
#ifndef GONGJI_OUTPUT_REPORT_JSON_H
#define GONGJI_OUTPUT_REPORT_JSON_H

#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *stream;
    int separate; /* a comma is due before the next value */
};

/* key: NULL inside an array. */
void json_open(struct json *self, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json *self, char bracket); /* '}' or ']' */
void json_text(struct json *self, const char *key, const char *text); /* NULL: null */
void json_text_n(struct json *self, const char *key, const char *text, size_t n);
void json_whole(struct json *self, const char *key, int64_t value);
/* digits: significant ones; what is not finite becomes null. */
void json_real(struct json *self, const char *key, double value, int digits);
void json_bool(struct json *self, const char *key, int value);
void json_null(struct json *self, const char *key);
/* {"en": …, "zh": …} */
void json_words(struct json *self, const char *key, const char *en, const char *zh);

#endif
