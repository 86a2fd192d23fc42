/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void
write_text(FILE *out, const char *text, size_t n)
{
    putc('"', out);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&')
            fprintf(out, "\\u%04x", c);
        else
            putc(c, out);
    }
    putc('"', out);
}

static void
begin(struct json *self, const char *key)
{
    if (self->separate)
        putc(',', self->stream);
    if (key != NULL) {
        write_text(self->stream, key, strlen(key));
        putc(':', self->stream);
    }
    self->separate = 1;
}

void
json_open(struct json *self, const char *key, char bracket)
{
    begin(self, key);
    putc(bracket, self->stream);
    self->separate = 0;
}

void
json_close(struct json *self, char bracket)
{
    putc(bracket, self->stream);
    self->separate = 1;
}

void
json_text(struct json *self, const char *key, const char *text)
{
    if (text == NULL)
        json_null(self, key);
    else
        json_text_n(self, key, text, strlen(text));
}

void
json_text_n(struct json *self, const char *key, const char *text, size_t n)
{
    begin(self, key);
    write_text(self->stream, text, n);
}

void
json_whole(struct json *self, const char *key, int64_t value)
{
    begin(self, key);
    fprintf(self->stream, "%" PRId64, value);
}

void
json_real(struct json *self, const char *key, double value, int digits)
{
    begin(self, key);
    if (isfinite(value))
        fprintf(self->stream, "%.*g", digits, value == 0 ? 0.0 : value);
    else
        fputs("null", self->stream);
}

void
json_bool(struct json *self, const char *key, int value)
{
    begin(self, key);
    fputs(value ? "true" : "false", self->stream);
}

void
json_null(struct json *self, const char *key)
{
    begin(self, key);
    fputs("null", self->stream);
}

void
json_words(struct json *self, const char *key, const char *en, const char *zh)
{
    json_open(self, key, '{');
    json_text(self, "en", en != NULL ? en : "");
    json_text(self, "zh", zh != NULL ? zh : "");
    json_close(self, '}');
}
