/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/language.h"
#include "input/policy_value.h"

/* A key that is a date, "earlier", or a span of dates. */
bool
value_date_key(const struct yaml_node *key, day_t *from, day_t *to)
{
    *to = DAY_MAX;
    if (strcmp(key->text, "earlier") == 0) {
        *from = DAY_MIN;
        return true;
    }
    if (key->n == 22 && memcmp(key->text + 10, "..", 2) == 0)
        return date_parse(key->text, 10, from) && date_parse(key->text + 12, 10, to);
    return yaml_date(key, from);
}

/* Digits and dashes: somebody meant a date. */
static bool
like_date(const struct yaml_node *key)
{
    return key->n >= 6 && strspn(key->text, "0123456789-./") == key->n
        && strchr(key->text, '-') != strrchr(key->text, '-');
}

bool
value_by_date(const struct value_context *context, const char *path, const struct yaml_node *node,
    bool *failed)
{
    bool any = false;
    for (size_t i = 0; node->kind == YAML_MAP && i < node->n; i++) {
        day_t from, to;
        any = any || value_date_key(yaml_key(node, i), &from, &to);
    }
    for (size_t i = 0; node->kind == YAML_MAP && i < node->n; i++) {
        const struct yaml_node *key = yaml_key(node, i);
        day_t from, to;
        if (value_date_key(key, &from, &to) || (!any && !like_date(key)))
            continue;
        *failed = true;
        any = true;
        yaml_problem(context->problems, context->yaml, key,
            tr("'%s' of '%s' is no date; a day of the calendar such as 2023-01-01, or 'earlier', is "
               "wanted",
                "'%s'（见于 '%s'）不是日期；应为日历上的日期，如 2023-01-01，或 earlier"),
            key->text, path);
    }
    return any;
}

/* A span must end the day before the next value begins; nothing may overlap. */
void
value_check_spans(const struct value_context *context, const char *path, const struct yaml_node *node,
    bool *failed)
{
    for (size_t i = 0; i < node->n; i++)
        for (size_t j = 0; j < node->n; j++) {
            day_t from, to, other_from, other_to;
            if (i == j || !value_date_key(yaml_key(node, i), &from, &to)
                || !value_date_key(yaml_key(node, j), &other_from, &other_to))
                continue;
            bool same = from == other_from && i > j;
            bool inside = to != DAY_MAX && other_from > from && other_from <= to;
            if (same || inside) {
                *failed = true;
                yaml_problem(context->problems, context->yaml, yaml_key(node, inside ? j : i),
                    tr("the dates of '%s' overlap: '%s' and '%s'; each day once is wanted",
                        "'%s' 的日期重叠：'%s' 与 '%s'；每一天只应有一个取值"),
                    path, yaml_key(node, i)->text, yaml_key(node, j)->text);
            }
        }
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *key = yaml_key(node, i);
        day_t from, to, next = DAY_MAX;
        if (!value_date_key(key, &from, &to) || to == DAY_MAX)
            continue;
        for (size_t j = 0; j < node->n; j++) {
            day_t other, ignored;
            if (value_date_key(yaml_key(node, j), &other, &ignored) && other > from && other < next)
                next = other;
        }
        bool backwards = to < from, gap = !backwards && next > to + 1;
        if (backwards || gap) {
            *failed = true;
            yaml_problem(context->problems, context->yaml, key,
                backwards ? tr("the dates of '%s' run backwards: '%s'; first the earlier day is wanted",
                    "'%s' 的日期前后颠倒：'%s'；应先写较早的日期")
                          : tr("'%s' has no value after '%s'; add what holds from the next day, or give "
                               "only the first day",
                              "'%s' 在 '%s' 之后没有取值；请补上次日起的取值，或只写起始日"),
                path, key->text);
        }
    }
}
