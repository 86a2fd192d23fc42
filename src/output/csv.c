/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/csv.h"

#include <stdbool.h>
#include <string.h>

void
csv_put_text(FILE *stream, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, stream);
        return;
    }
    putc('"', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', stream);
        putc(*text, stream);
    }
    putc('"', stream);
}

void
csv_put_number(FILE *stream, double value, int decimals)
{
    char text[512]; /* the longest double has 309 digits before the point */
    snprintf(text, sizeof text, "%.*f", decimals, value);
    bool zero = text[strspn(text, "-0.")] == '\0';
    fprintf(stream, ",%s", zero && text[0] == '-' ? text + 1 : text);
}
