/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/flows.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/column.h"
#include "input/table.h"

enum {
    COLUMN_COUNTY,
    COLUMN_YEAR,
    COLUMN_BUDGET_INCOME,
    COLUMN_BUDGET_EXPENDITURE,
    COLUMN_INCOME,
    COLUMN_EXPENDITURE,
    COLUMN_OWN_GAP,
    COLUMN_PLAN_FULFILLED,
    COLUMN_PRIOR_SURPLUS,
    COLUMN_COUNT
};
static const char *const columns[COLUMN_COUNT] = { "county", "year", "budget_income",
    "budget_expenditure", "income", "expenditure", "own_gap", "plan_fulfilled", "prior_surplus" };
static const struct word no_yes[] = { { "no", "no", "否" }, { "yes", "yes", "是" } };

static bool
read_county(struct table *table, struct names *counties, uint32_t *out)
{
    struct field field;
    if (!column_text(table, COLUMN_COUNTY, &field))
        return false;
    if (field.n == 1 && field.text[0] == '*') {
        table_problem(table, COLUMN_COUNTY,
            tr("a county is called '*', which marks the city's sums; another name is wanted",
                "县名为“*”，它用来标记全市合计；应为别的名称"));
        return false;
    }
    *out = names_add(counties, field.text, field.n);
    return true;
}

static bool
read_year(struct table *table, int *out)
{
    struct field field;
    if (!column_text(table, COLUMN_YEAR, &field))
        return false;
    int year = 0;
    bool ok = field.n == 4 && field.text[0] != '0';
    for (size_t i = 0; ok && i < field.n; i++) {
        ok = field.text[i] >= '0' && field.text[i] <= '9';
        year = year * 10 + (field.text[i] - '0');
    }
    if (ok) {
        *out = year;
    } else {
        char shown[FIELD_SHOWN];
        table_problem(table, COLUMN_YEAR,
            tr("'%s' is no year; four digits are wanted", "“%s”不是年份；应为四位数字"),
            field_shown(field, shown));
    }
    return ok;
}

/* A table of county years met so far, by open addressing: slots hold row + 1. */
struct met {
    size_t *slots; /* [n_slots], owned */
    size_t n_slots; /* a power of two */
};

static size_t *
met_slot(const struct met *self, const struct flow *rows, uint32_t county, int year)
{
    uint64_t h = (((uint64_t)county << 16) + (uint64_t)year) * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = (size_t)(h >> 32) & (self->n_slots - 1);; i = (i + 1) & (self->n_slots - 1)) {
        size_t row = self->slots[i];
        if (row == 0 || (rows[row - 1].county == county && rows[row - 1].year == year))
            return &self->slots[i];
    }
}

/* True where the county year was not met before. */
static bool
met_add(struct met *self, const struct flows *flows, uint32_t county, int year)
{
    if (2 * (flows->n + 1) > self->n_slots) {
        free(self->slots);
        self->n_slots = self->n_slots != 0 ? 2 * self->n_slots : 256;
        self->slots = memory_alloc(self->n_slots, sizeof *self->slots);
        for (size_t i = 0; i < flows->n; i++)
            *met_slot(self, flows->items, flows->items[i].county, flows->items[i].year) = i + 1;
    }
    size_t *slot = met_slot(self, flows->items, county, year);
    if (*slot != 0)
        return false;
    *slot = flows->n + 1;
    return true;
}

static void
read_row(struct flows *self, struct table *table, const struct word_index *words, struct met *met)
{
    struct flow flow = { 0 };
    uint8_t fulfilled = 0;
    bool named = read_county(table, &self->counties, &flow.county);
    named = read_year(table, &flow.year) && named;
    column_money(table, COLUMN_BUDGET_INCOME, REQUIRED, &flow.budget_income);
    if (column_money(table, COLUMN_BUDGET_EXPENDITURE, REQUIRED, &flow.budget_expenditure)
        && flow.budget_expenditure == 0)
        table_problem(table, COLUMN_BUDGET_EXPENDITURE,
            tr("a budgeted expenditure of 0, by which the risk rate divides; more than 0 is wanted",
                "预算支出为 0，而风险率以它为除数；应大于 0"));
    column_money(table, COLUMN_INCOME, REQUIRED, &flow.income);
    column_money(table, COLUMN_EXPENDITURE, REQUIRED, &flow.expenditure);
    column_money(table, COLUMN_OWN_GAP, MAY_BE_EMPTY, &flow.own_gap);
    column_word(table, COLUMN_PLAN_FULFILLED, words, REQUIRED, 0, &fulfilled);
    column_money(table, COLUMN_PRIOR_SURPLUS, MAY_BE_EMPTY, &flow.prior_surplus);
    flow.plan_fulfilled = fulfilled;
    if (!named)
        return;
    if (!met_add(met, self, flow.county, flow.year)) {
        table_problem(table, COLUMN_COUNTY,
            tr("county '%s' has the year %d already; a county has one line a year",
                "县“%s”的 %d 年已有一行；每县每年应只有一行"),
            self->counties.text[flow.county], flow.year);
        return;
    }
    memory_grow(self->items, self->n, self->capacity);
    self->items[self->n++] = flow;
}

bool
flows_read(struct flows *self, const char *path, struct problem_list *problems)
{
    *self = (struct flows){ 0 };
    size_t before = problems->n + problems->left_out;
    struct table *table = table_open(path, "flows", columns, COLUMN_COUNT, problems);
    if (table == NULL)
        return false;
    struct word_index words = word_index_make(no_yes, 2);
    struct met met = { 0 };
    while (table_next(table))
        read_row(self, table, &words, &met);
    free(met.slots);
    table_close(table);
    return problems->n + problems->left_out == before;
}

void
flows_free(struct flows *self)
{
    free(self->items);
    names_free(&self->counties);
    *self = (struct flows){ 0 };
}
