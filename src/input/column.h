/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One field to one value, with the problem said where it is none. All return
 * false where a problem was reported, here or earlier. */
#ifndef GONGJI_INPUT_COLUMN_H
#define GONGJI_INPUT_COLUMN_H

#include "input/records.h"
#include "input/table.h"

enum presence { MAY_BE_EMPTY, REQUIRED };

/* Words as 16 bytes, compared at once. */
struct word_index {
    const struct word *words;
    int n;
    struct word_key {
        uint64_t a, b;
    } keys[8];
};
struct word_index word_index_make(const struct word *words, int n);

/* An empty field that may be empty gives the fallback. */
bool column_word(struct table *table, int column, const struct word_index *index,
    enum presence presence, uint8_t fallback, uint8_t *out);
bool column_date(struct table *table, int column, enum presence presence, day_t fallback,
    day_t *out);
/* Yuan, not negative, at most two decimals. */
bool column_money(struct table *table, int column, enum presence presence, fen_t *out);
/* Text that may not be empty. */
bool column_text(struct table *table, int column, struct field *out);

/* Words between semicolons; empty ones are passed over. */
struct column_list {
    const char *at, *end;
};
static inline struct column_list
column_list(struct field field)
{
    return (struct column_list){ field.text, field.text != NULL ? field.text + field.n : NULL };
}
bool column_list_next(struct column_list *self, struct field *out);

/* "what 'x'; right words" for a word that is none of those listed. */
void column_unknown_word(struct table *table, int column, struct field field,
    const struct word *words, int n);

#endif
