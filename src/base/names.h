/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as small numbers: diseases, drugs, counties, households. The same text
 * gets the same number within one table, in the order of first appearance. */
#ifndef GONGJI_BASE_NAMES_H
#define GONGJI_BASE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#define NAME_NONE UINT32_MAX

struct names {
    char **text; /* [n], owned, NUL-terminated */
    uint32_t n, capacity;
    uint32_t *slots; /* open addressing, name + 1 or 0 */
    uint32_t n_slots; /* a power of two */
};

void names_free(struct names *self);
uint32_t names_add(struct names *self, const char *text, size_t n); /* finds or adds */
uint32_t names_find(const struct names *self, const char *text, size_t n); /* or NAME_NONE */

uint64_t names_hash(const char *text, size_t n);

#endif
