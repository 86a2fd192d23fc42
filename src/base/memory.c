/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *
checked(void *memory)
{
    if (memory == NULL) {
        static const char text[] = "gongji: out of memory\n";
        ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
        (void)written;
        _exit(1);
    }
    return memory;
}

void *
memory_alloc(size_t n, size_t size)
{
    return checked(calloc(n != 0 ? n : 1, size));
}

void *
memory_resize(void *old, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        return checked(NULL);
    return checked(realloc(old, n * size != 0 ? n * size : 1));
}

void *
memory_aligned(size_t n, size_t size)
{
    if (size != 0 && n > (SIZE_MAX - 64) / size)
        return checked(NULL);
    return checked(aligned_alloc(64, (n * size + 64) / 64 * 64));
}

char *
memory_text_n(const char *text, size_t n)
{
    char *copy = memory_alloc(n + 1, 1);
    if (n != 0)
        memcpy(copy, text, n);
    return copy;
}

char *
memory_text(const char *text)
{
    return memory_text_n(text, strlen(text));
}

char *
memory_format_list(const char *format, va_list arguments)
{
    char *text;
    int n = vasprintf(&text, format, arguments);
    return checked(n < 0 ? NULL : text);
}

char *
memory_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(format, arguments);
    va_end(arguments);
    return text;
}
