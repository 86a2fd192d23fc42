/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door to libyaml: a file as a tree of nodes that know their place.
 * Refused, each with its place: what is not UTF-8 or not YAML, aliases and
 * anchors, tags, merge keys, a second document, a key given twice, nesting deeper
 * than YAML_DEPTH. */
#ifndef GONGJI_INPUT_YAML_H
#define GONGJI_INPUT_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/money.h"
#include "base/problem.h"

enum { YAML_DEPTH = 32 };
enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    bool quoted; /* YAML_TEXT in quotes: never a number */
    int line, column; /* from 1 */
    char *text; /* YAML_TEXT: NUL-terminated, without NUL inside */
    size_t n; /* length of text, items or pairs */
    struct yaml_node *items; /* YAML_LIST [n]; YAML_MAP [2 n]: key, value, key, value … */
};

struct yaml {
    char *file; /* for messages */
    struct yaml_node root;
};

/* NULL (and problems) where the text is no such document. Keys given twice and
 * numbers split by a comma are problems too, but the tree is there. */
struct yaml *yaml_read(const char *file, const char *text, size_t n, struct problem_list *problems);
/* Not yaml_free: libyaml exports a function of that name, and would call ours. */
void yaml_tree_free(struct yaml *self);

static inline const struct yaml_node *
yaml_key(const struct yaml_node *map, size_t i)
{
    return &map->items[2 * i];
}

static inline const struct yaml_node *
yaml_value(const struct yaml_node *map, size_t i)
{
    return &map->items[2 * i + 1];
}

/* The value of a key, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* Adds a problem at a node. */
#define yaml_problem(problems, yaml, node, ...)                                                    \
    problem_add((problems), (yaml)->file, (node)->line, (node)->column, __VA_ARGS__)

/* Reports every key of a map that is not among the n known ones, with the nearest
 * right name; true where there was none. */
bool yaml_check_keys(const struct yaml *yaml, const struct yaml_node *map, const char *const *known,
    size_t n, struct problem_list *problems);

/* Scalars, strictly: false where the text is no such thing (nothing is added to
 * problems: the caller knows what would be right). No exponents, hexadecimals,
 * thousands marks, blanks, inf or nan. */
bool yaml_number(const struct yaml_node *node, double *out); /* 12, -0.35; 27.6% is 0.276 */
bool yaml_whole(const struct yaml_node *node, int64_t *out);
bool yaml_ratio(const struct yaml_node *node, int64_t *out); /* 70%, 2.15%, 0.7: millionths */
bool yaml_money(const struct yaml_node *node, fen_t *out); /* 1800, 12.50 yuan: fen */
bool yaml_date(const struct yaml_node *node, day_t *out);

#endif
