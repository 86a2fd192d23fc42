/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/column.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

/* The first n <= 16 bytes as two numbers; the padding after a field may be read. */
static inline struct word_key
key_of(const char *text, size_t n)
{
    uint64_t a, b;
    memcpy(&a, text, sizeof a);
    memcpy(&b, text + 8, sizeof b);
    a = le64toh(a);
    b = le64toh(b);
    if (n < 8) {
        a &= (UINT64_C(1) << (8 * n)) - 1;
        b = 0;
    } else if (n < 16) {
        b &= (UINT64_C(1) << (8 * (n - 8))) - 1;
    }
    return (struct word_key){ a, b };
}

struct word_index
word_index_make(const struct word *words, int n)
{
    struct word_index self = { .words = words, .n = n };
    for (int i = 0; i < n; i++) {
        char padded[TABLE_PADDING * 2] = { 0 };
        memcpy(padded, words[i].key, strlen(words[i].key));
        self.keys[i] = key_of(padded, strlen(words[i].key));
    }
    return self;
}

static void
missing(struct table *table, int column)
{
    table_problem(table, column, tr("'%s' is empty; a value is required", "“%s”为空；此项必填"),
        table->columns[column]);
}

void
column_unknown_word(struct table *table, int column, struct field field, const struct word *words,
    int n)
{
    char shown[FIELD_SHOWN], all[256] = "";
    const char *keys[8];
    for (int i = 0; i < n; i++) {
        keys[i] = words[i].key;
        strcat(strcat(all, i > 0 ? ", " : ""), words[i].key);
    }
    field_shown(field, shown);
    const char *near = problem_nearest(shown, keys, (size_t)n);
    if (near != NULL)
        table_problem(table, column,
            tr("unknown %s '%s'; did you mean '%s'? (one of %s)",
                "未知的 %s“%s”；是否指“%s”？（可用：%s）"),
            table->columns[column], shown, near, all);
    else
        table_problem(table, column,
            tr("unknown %s '%s'; one of %s", "未知的 %s“%s”；应为 %s 之一"), table->columns[column],
            shown, all);
}

bool
column_word(struct table *table, int column, const struct word_index *index,
    enum presence presence, uint8_t fallback, uint8_t *out)
{
    struct field field = table_field(table, column);
    *out = fallback;
    if (field.text == NULL)
        return false;
    if (field.n == 0) {
        if (presence == REQUIRED)
            missing(table, column);
        return presence != REQUIRED;
    }
    if (field.n <= 16) {
        struct word_key key = key_of(field.text, field.n);
        for (int i = 0; i < index->n; i++)
            if (key.a == index->keys[i].a && key.b == index->keys[i].b) {
                *out = (uint8_t)i;
                return true;
            }
    }
    column_unknown_word(table, column, field, index->words, index->n);
    return false;
}

bool
column_date(struct table *table, int column, enum presence presence, day_t fallback, day_t *out)
{
    struct field field = table_field(table, column);
    *out = fallback;
    if (field.text == NULL)
        return false;
    if (field.n == 0) {
        if (presence == REQUIRED)
            missing(table, column);
        return presence != REQUIRED;
    }
    if (date_parse(field.text, field.n, out))
        return true;
    char shown[FIELD_SHOWN];
    *out = fallback;
    table_problem(table, column,
        tr("'%s' is no date; a day as YYYY-MM-DD is wanted", "“%s”不是日期；应为 YYYY-MM-DD"),
        field_shown(field, shown));
    return false;
}

static void
report_money(struct table *table, int column, struct field field, enum money_error error)
{
    char shown[FIELD_SHOWN];
    field_shown(field, shown);
    if (error == MONEY_TOO_MANY_DECIMALS)
        table_problem(table, column,
            tr("'%s' has more than two decimals; yuan with at most two are wanted",
                "“%s”超过两位小数；应为至多两位小数的元"),
            shown);
    else if (error == MONEY_OUT_OF_RANGE)
        table_problem(table, column,
            tr("'%s' is out of range; at most 10000000000 yuan", "“%s”超出范围；最多 10000000000 元"),
            shown);
    else
        table_problem(table, column,
            tr("'%s' is no amount; yuan as 1234.50 are wanted, without signs or thousands marks",
                "“%s”不是金额；应为如 1234.50 的元数，不带符号和千位分隔"),
            shown);
}

bool
column_money(struct table *table, int column, enum presence presence, fen_t *out)
{
    struct field field = table_field(table, column);
    *out = 0;
    if (field.text == NULL)
        return false;
    if (field.n == 0) {
        if (presence == REQUIRED)
            missing(table, column);
        return presence != REQUIRED;
    }
    enum money_error error = money_parse(field.text, field.n, out);
    if (error == MONEY_OK && *out >= 0)
        return true;
    if (error == MONEY_OK) {
        char shown[FIELD_SHOWN];
        table_problem(table, column,
            tr("'%s' is negative; an amount of 0 or more is wanted", "“%s”为负；金额应不小于 0"),
            field_shown(field, shown));
    } else {
        report_money(table, column, field, error);
    }
    *out = 0;
    return false;
}

bool
column_text(struct table *table, int column, struct field *out)
{
    *out = table_field(table, column);
    if (out->text != NULL && out->n == 0)
        missing(table, column);
    return out->text != NULL && out->n != 0;
}

bool
column_list_next(struct column_list *self, struct field *out)
{
    while (self->at < self->end && *self->at == ';')
        self->at++;
    if (self->at == self->end)
        return false;
    const char *stop = memchr(self->at, ';', (size_t)(self->end - self->at));
    if (stop == NULL)
        stop = self->end;
    *out = (struct field){ self->at, (size_t)(stop - self->at) };
    self->at = stop;
    return true;
}
