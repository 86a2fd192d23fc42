/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is there, or the program ends with status 1 and one line: on the
 * systems that we run on an allocation fails only when nothing sensible is left
 * to do, and results are written beside their place, so nothing is half-written. */
#ifndef GONGJI_BASE_MEMORY_H
#define GONGJI_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

void *memory_alloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull)); /* zeroed */
void *memory_resize(void *old, size_t n, size_t size) __attribute__((returns_nonnull));
void *memory_aligned(size_t n, size_t size) __attribute__((malloc, returns_nonnull)); /* 64 bytes, not zeroed */
char *memory_text(const char *text) __attribute__((malloc, returns_nonnull));
char *memory_text_n(const char *text, size_t n) __attribute__((malloc, returns_nonnull));
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));
char *memory_format_list(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0), returns_nonnull));

/* Room for one more element in a growing array: *capacity doubles. */
#define memory_grow(array, n, capacity)                                              \
    do {                                                                             \
        if ((n) >= (capacity)) {                                                     \
            (capacity) = (capacity) != 0 ? 2 * (capacity) : 16;                      \
            (array) = memory_resize((array), (size_t)(capacity), sizeof *(array));   \
        }                                                                            \
    } while (0)

#endif
