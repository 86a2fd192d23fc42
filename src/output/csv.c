/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/csv.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
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

/* The number as printf has it, which takes ten times as long; false where it is not that
 * simple. A product's rounding error is known to the bit, so that digits are those of the
 * exact value, ties to the even. */
static bool
put_quickly(FILE *stream, double value, int decimals)
{
    static const double scales[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };
    if (decimals < 1 || decimals > 6)
        return false;
    double product = value * scales[decimals], error = fma(value, scales[decimals], -product);
    if (!(fabs(product) < 0x1p52)) /* below it the error is less than any step from a tie */
        return false;
    double rounded = nearbyint(product), beyond = product - rounded;
    if (beyond == 0.5 && error > 0)
        rounded++;
    if (beyond == -0.5 && error < 0)
        rounded--;
    char text[32], *at = text + sizeof text;
    uint64_t left = (uint64_t)fabs(rounded);
    for (int digit = 0; digit <= decimals || left != 0; digit++, left /= 10) {
        if (digit == decimals)
            *--at = '.';
        *--at = (char)('0' + left % 10);
    }
    if (rounded < 0)
        *--at = '-';
    *--at = ',';
    fwrite(at, 1, (size_t)(text + sizeof text - at), stream);
    return true;
}

void
csv_put_number(FILE *stream, double value, int decimals)
{
    if (put_quickly(stream, value, decimals))
        return;
    char text[512]; /* the longest double has 309 digits before the point */
    snprintf(text, sizeof text, "%.*f", decimals, value);
    bool zero = text[strspn(text, "-0.")] == '\0';
    fprintf(stream, ",%s", zero && text[0] == '-' ? text + 1 : text);
}
