/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/yaml.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"

static void
node_free(struct yaml_node *node)
{
    size_t n = node->kind == YAML_MAP ? 2 * node->n : node->kind == YAML_LIST ? node->n : 0;
    for (size_t i = 0; i < n; i++)
        node_free(&node->items[i]);
    free(node->items);
    free(node->text);
}

void
yaml_tree_free(struct yaml *self)
{
    if (self == NULL)
        return;
    node_free(&self->root);
    free(self->file);
    free(self);
}

/* The tree is built from events, not from libyaml's documents: an event shows an
 * anchor or an alias where it stands, a document has lost it. */
struct builder {
    yaml_parser_t parser;
    struct yaml *yaml;
    struct problem_list *problems;
    const char *text; /* [n] */
    size_t n;
    bool failed;
};

static void __attribute__((format(printf, 3, 4)))
fail_at(struct builder *b, const yaml_mark_t *mark, const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    int n = vasprintf(&text, format, arguments);
    va_end(arguments);
    problem_add(b->problems, b->yaml->file, (long)mark->line + 1, (long)mark->column + 1, "%s",
        n < 0 ? "" : text);
    if (n >= 0)
        free(text);
    b->failed = true;
}

/* The reader knows an unreadable byte by its offset only. */
static yaml_mark_t
mark_of_offset(const struct builder *b, size_t offset)
{
    yaml_mark_t mark = { 0 };
    for (size_t i = 0; i < offset && i < b->n; i++) {
        if (b->text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        } else if (((unsigned char)b->text[i] & 0xC0) != 0x80) { /* first byte of a character */
            mark.column++;
        }
    }
    return mark;
}

static bool
next(struct builder *b, yaml_event_t *event)
{
    if (yaml_parser_parse(&b->parser, event))
        return true;
    const yaml_parser_t *p = &b->parser;
    const char *problem = p->problem != NULL ? p->problem : "?";
    if (p->error == YAML_READER_ERROR) {
        yaml_mark_t mark = mark_of_offset(b, p->problem_offset);
        fail_at(b, &mark, tr("not readable text (%s); UTF-8 without control characters is wanted",
                              "不是可读的文本（%s）；应为 UTF-8，不含控制字符"),
            problem);
    } else {
        fail_at(b, &p->problem_mark,
            tr("not YAML (%s); check indentation, colons, quotes and brackets here",
                "不合 YAML 语法（%s）；请检查此处的缩进、冒号、引号和括号"),
            problem);
    }
    return false;
}

static bool build(struct builder *b, const yaml_event_t *event, struct yaml_node *out, int depth);

static bool
refuse_marks(struct builder *b, const yaml_event_t *event, const yaml_char_t *anchor,
    const yaml_char_t *tag)
{
    if (anchor != NULL) {
        fail_at(b, &event->start_mark, tr("an anchor (&%s); write the value out where it is used",
                                           "锚点（&%s）；请在用到之处直接写出"),
            (const char *)anchor);
        return false;
    }
    if (tag != NULL && strcmp((const char *)tag, "!") != 0) {
        fail_at(b, &event->start_mark, tr("a tag (%s); a plain value is wanted",
                                           "类型标记（%s）；应为普通的值"),
            (const char *)tag);
        return false;
    }
    return true;
}

static bool
build_items(struct builder *b, struct yaml_node *out, yaml_event_type_t end, int depth)
{
    size_t n = 0, capacity = 0;
    for (;;) {
        yaml_event_t event;
        if (!next(b, &event))
            break;
        if (event.type == end) {
            yaml_event_delete(&event);
            break;
        }
        memory_grow(out->items, n, capacity);
        out->items[n] = (struct yaml_node){ 0 };
        bool ok = build(b, &event, &out->items[n], depth + 1);
        n++;
        yaml_event_delete(&event);
        if (!ok)
            break;
    }
    if (out->kind == YAML_MAP && n % 2 != 0) { /* cut off between key and value */
        memory_grow(out->items, n, capacity);
        out->items[n++] = (struct yaml_node){ 0 };
    }
    out->n = out->kind == YAML_MAP ? n / 2 : n;
    return !b->failed;
}

static bool
build(struct builder *b, const yaml_event_t *event, struct yaml_node *out, int depth)
{
    out->line = (int)event->start_mark.line + 1;
    out->column = (int)event->start_mark.column + 1;
    if (depth > YAML_DEPTH) {
        fail_at(b, &event->start_mark, tr("nested deeper than %d levels; a flatter file is wanted",
                                           "嵌套超过 %d 层；请减少层次"),
            YAML_DEPTH);
        return false;
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        if (!refuse_marks(b, event, event->data.scalar.anchor, event->data.scalar.tag))
            return false;
        out->kind = YAML_TEXT;
        out->n = event->data.scalar.length;
        out->text = memory_text_n((const char *)event->data.scalar.value, out->n);
        out->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        if (strlen(out->text) != out->n) {
            fail_at(b, &event->start_mark, "%s", tr("text with a NUL character; plain text is wanted",
                                                     "文本里有空字符；应为普通文本"));
            return false;
        }
        return true;
    case YAML_SEQUENCE_START_EVENT:
        if (!refuse_marks(
                b, event, event->data.sequence_start.anchor, event->data.sequence_start.tag))
            return false;
        out->kind = YAML_LIST;
        return build_items(b, out, YAML_SEQUENCE_END_EVENT, depth);
    case YAML_MAPPING_START_EVENT:
        if (!refuse_marks(
                b, event, event->data.mapping_start.anchor, event->data.mapping_start.tag))
            return false;
        out->kind = YAML_MAP;
        return build_items(b, out, YAML_MAPPING_END_EVENT, depth);
    default:
        fail_at(b, &event->start_mark, "%s", tr("an alias (*name); write the value out here",
                                                 "别名（*名称）；请在此直接写出"));
        return false;
    }
}

static int
compare_keys(const void *a, const void *b)
{
    const struct yaml_node *x = *(const struct yaml_node *const *)a;
    const struct yaml_node *y = *(const struct yaml_node *const *)b;
    int order = strcmp(x->text, y->text);
    if (order != 0)
        return order;
    return x->line != y->line ? x->line - y->line : x->column - y->column;
}

/* {2024-01-01: 1,800}: the comma has made a key of 800. */
static bool
split_number(const struct yaml_node *key, const struct yaml_node *value)
{
    return key->kind == YAML_TEXT && !key->quoted && key->n != 0
        && strspn(key->text, "0123456789.%") == key->n && value->kind == YAML_TEXT && value->n == 0
        && !value->quoted;
}

/* What is wrong with keys: a key that cannot be read fails the file, the rest of
 * what is wrong is told and left out, so that other problems come to light too. */
static void
check_map(struct builder *b, struct yaml_node *node)
{
    size_t n = node->kind == YAML_MAP ? 2 * node->n : node->kind == YAML_LIST ? node->n : 0;
    for (size_t i = 0; i < n; i++)
        check_map(b, &node->items[i]);
    if (node->kind != YAML_MAP || node->n == 0)
        return;
    const char *file = b->yaml->file;
    const struct yaml_node **keys = memory_alloc(node->n, sizeof *keys);
    size_t n_keys = 0, kept = 0;
    for (size_t i = 0; i < node->n; i++) {
        struct yaml_node *key = &node->items[2 * i], *value = &node->items[2 * i + 1];
        if (key->kind != YAML_TEXT || strcmp(key->text, "<<") == 0) {
            yaml_mark_t mark = { 0, (size_t)key->line - 1, (size_t)key->column - 1 };
            fail_at(b, &mark, "%s", key->kind != YAML_TEXT
                    ? tr("a list or mapping as a key; a word is wanted", "键是列表或映射；应为一个词")
                    : tr("a merge key (<<); use extends, or write the values out",
                        "合并键（<<）；请用 extends，或直接写出"));
        } else if (split_number(key, value)) {
            problem_add(b->problems, file, key->line, key->column,
                tr("'%s' stands alone after a comma; a number without thousands marks, such as 1800, "
                   "is wanted",
                    "'%s' 单独出现在逗号之后；数字里不要写千位分隔，如 1800"),
                key->text);
            node_free(key);
            node_free(value);
            continue;
        }
        node->items[2 * kept] = *key;
        node->items[2 * kept + 1] = *value;
        kept++;
    }
    node->n = kept;
    for (size_t i = 0; i < node->n; i++)
        if (yaml_key(node, i)->kind == YAML_TEXT)
            keys[n_keys++] = yaml_key(node, i);
    qsort(keys, n_keys, sizeof *keys, compare_keys);
    for (size_t i = 1; i < n_keys; i++)
        if (strcmp(keys[i]->text, keys[i - 1]->text) == 0)
            problem_add(b->problems, file, keys[i]->line, keys[i]->column,
                tr("'%s' is given twice (first in line %d); once is wanted",
                    "'%s' 写了两次（先见于第 %d 行）；只应写一次"),
                keys[i]->text, keys[i - 1]->line);
    free(keys);
}

struct yaml *
yaml_read(const char *file, const char *text, size_t n, struct problem_list *problems)
{
    bool mark = n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0; /* byte order mark */
    struct builder b
        = { .problems = problems, .text = mark ? text + 3 : text, .n = mark ? n - 3 : n };
    b.yaml = memory_alloc(1, sizeof *b.yaml);
    b.yaml->file = memory_text(file);
    if (!yaml_parser_initialize(&b.parser)) {
        problem_fail(problems, file, "%s", tr("out of memory", "内存不足"));
        yaml_tree_free(b.yaml);
        return NULL;
    }
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)b.text, b.n);

    int documents = 0;
    for (bool done = false; !done && !b.failed;) {
        yaml_event_t event;
        if (!next(&b, &event))
            break;
        switch (event.type) {
        case YAML_STREAM_END_EVENT:
            done = true;
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (++documents == 2)
                fail_at(&b, &event.start_mark, "%s",
                    tr("a second document (---); one to a file is wanted",
                        "第二个文档（---）；一个文件只应有一个"));
            break;
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        default:
            build(&b, &event, &b.yaml->root, 0);
        }
        yaml_event_delete(&event);
    }
    if (!b.failed && documents == 0)
        problem_add(problems, file, 1, 1, "%s",
            tr("an empty file; a mapping of names to values is wanted",
                "文件是空的；应为 名称: 值 的映射"));
    else if (!b.failed && b.yaml->root.kind != YAML_MAP)
        problem_add(problems, file, b.yaml->root.line, b.yaml->root.column, "%s",
            tr("not a mapping; lines of the form 'name: value' are wanted",
                "不是映射；应为 “名称: 值” 的形式"));
    else if (!b.failed)
        check_map(&b, &b.yaml->root);
    bool failed = b.failed || documents == 0 || b.yaml->root.kind != YAML_MAP;
    yaml_parser_delete(&b.parser);
    if (failed) {
        yaml_tree_free(b.yaml);
        return NULL;
    }
    return b.yaml;
}

const struct yaml_node *
yaml_get(const struct yaml_node *map, const char *key)
{
    if (map->kind == YAML_MAP)
        for (size_t i = 0; i < map->n; i++)
            if (strcmp(yaml_key(map, i)->text, key) == 0)
                return yaml_value(map, i);
    return NULL;
}

bool
yaml_check_keys(const struct yaml *yaml, const struct yaml_node *map, const char *const *known,
    size_t n, struct problem_list *problems)
{
    bool ok = true;
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = yaml_key(map, i);
        size_t k = 0;
        while (k < n && strcmp(known[k], key->text) != 0)
            k++;
        if (k < n)
            continue;
        ok = false;
        const char *near = problem_nearest(key->text, known, n);
        if (near != NULL) {
            yaml_problem(problems, yaml, key,
                tr("unknown key '%s'; did you mean '%s'?", "不认识的键 '%s'；是不是 '%s'？"), key->text,
                near);
            continue;
        }
        size_t length = 1;
        for (size_t j = 0; j < n; j++)
            length += strlen(known[j]) + 2;
        char *list = memory_alloc(length, 1);
        for (size_t j = 0; j < n; j++) {
            if (j != 0)
                strcat(list, ", ");
            strcat(list, known[j]);
        }
        yaml_problem(problems, yaml, key,
            tr("unknown key '%s'; possible here: %s", "不认识的键 '%s'；此处可用：%s"), key->text, list);
        free(list);
    }
    return ok;
}

/* Reads [-]digits[.digits] as value / 10^decimals; false beyond 15 digits. */
static bool
decimal(const char *text, size_t n, int64_t *value, int *decimals)
{
    size_t i = n != 0 && text[0] == '-';
    bool negative = i != 0;
    int digits = 0;
    *value = 0;
    *decimals = -1;
    if (i == n || text[i] == '.')
        return false;
    for (; i < n; i++) {
        if (text[i] == '.' && *decimals < 0) {
            *decimals = 0;
            continue;
        }
        if (text[i] < '0' || text[i] > '9' || ++digits > 15)
            return false;
        *value = *value * 10 + (text[i] - '0');
        *decimals += *decimals >= 0;
    }
    if (*decimals == 0) /* "1." */
        return false;
    if (*decimals < 0)
        *decimals = 0;
    if (negative)
        *value = -*value;
    return true;
}

static bool
plain(const struct yaml_node *node)
{
    return node->kind == YAML_TEXT && !node->quoted && node->n != 0;
}

bool
yaml_number(const struct yaml_node *node, double *out)
{
    if (!plain(node))
        return false;
    size_t n = node->n;
    int extra = 0;
    if (node->text[n - 1] == '%') {
        n--;
        extra = 2;
    }
    int64_t value;
    int decimals;
    if (!decimal(node->text, n, &value, &decimals))
        return false;
    static const double powers[]
        = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
              1e17 };
    *out = (double)value / powers[decimals + extra];
    return true;
}

bool
yaml_whole(const struct yaml_node *node, int64_t *out)
{
    int decimals;
    return plain(node) && decimal(node->text, node->n, out, &decimals) && decimals == 0
        && memchr(node->text, '.', node->n) == NULL;
}

bool
yaml_ratio(const struct yaml_node *node, int64_t *out)
{
    if (!plain(node))
        return false;
    size_t n = node->n;
    int scale = 6;
    if (node->text[n - 1] == '%') {
        n--;
        scale = 4;
    }
    int decimals;
    if (!decimal(node->text, n, out, &decimals) || decimals > scale)
        return false;
    for (; decimals < scale; decimals++)
        if (__builtin_mul_overflow(*out, 10, out))
            return false;
    return true;
}

bool
yaml_money(const struct yaml_node *node, fen_t *out)
{
    return plain(node) && money_parse(node->text, node->n, out) == MONEY_OK;
}

bool
yaml_date(const struct yaml_node *node, day_t *out)
{
    return node->kind == YAML_TEXT && date_parse(node->text, node->n, out);
}
