/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/policy_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/policy_cells.h"

static char *
text_or_null(const char *text)
{
    return text != NULL ? memory_text(text) : NULL;
}

static const char *
source_text(const struct yaml_node *map, const char *key, const char *otherwise)
{
    const struct yaml_node *node = yaml_get(map, key);
    return node != NULL && node->kind == YAML_TEXT ? node->text : otherwise;
}

/* The range as one text: [a, b] becomes "a–b". Kept in the node's text. */
static const char *
range_text(const struct value_context *context, const struct yaml_node *map)
{
    const struct yaml_node *node = yaml_get(map, "range");
    if (node == NULL)
        return context->range;
    bool ok = node->kind == YAML_LIST && node->n == 2;
    for (size_t i = 0; ok && i < 2; i++) {
        double ignored;
        ok = yaml_number(&node->items[i], &ignored);
    }
    if (!ok) {
        yaml_problem(context->problems, context->yaml, node, "%s",
            tr("a range is a list of two numbers; [low, high] is wanted",
                "range 有误；应为两个数的列表：[低, 高]"));
        return "?";
    }
    double low = 0, high = 0;
    yaml_number(&node->items[0], &low);
    yaml_number(&node->items[1], &high);
    if (low > high)
        yaml_problem(context->problems, context->yaml, node, "%s",
            tr("the range's low end is above its high end; [low, high] is wanted",
                "range 的低端高于高端；应为 [低, 高]"));
    /* Joined once into the list node's own unused text, which lives as long as
     * the document. */
    struct yaml_node *owner = (struct yaml_node *)(uintptr_t)node;
    if (owner->text == NULL)
        owner->text = memory_format("%s–%s", node->items[0].text, node->items[1].text);
    return owner->text;
}

void
value_context_enter(struct value_context *context, const struct yaml_node *map)
{
    context->article = source_text(map, "article", context->article);
    context->note = source_text(map, "note", context->note);
    context->range = range_text(context, map);
    if (yaml_get(map, "range") != NULL)
        context->range_node = strcmp(context->range, "?") != 0 ? yaml_get(map, "range") : NULL;
    const struct yaml_node *standing = yaml_get(map, "standing");
    if (standing != NULL) {
        int found = standing->kind == YAML_TEXT
            ? word_find(standing_words, STANDING_COUNT, standing->text, standing->n)
            : -1;
        if (found < 0)
            yaml_problem(context->problems, context->yaml, standing, "%s",
                tr("no known standing; document, reading or assumption is wanted",
                    "standing 有误；应为 document（文件规定）、reading（理解）或 assumption（假设）"));
        else
            context->standing = (enum standing)found;
    }
}

/* Is this map the full form {value: …, article: …}? */
static bool
full_form(const struct yaml_node *node)
{
    return node->kind == YAML_MAP && yaml_get(node, "value") != NULL;
}

/* The range's ends in the unit of what it is for; 0 where it is none, which has been
 * told. */
static void
read_range(struct value_reading *r, struct value_source *out)
{
    const struct yaml_node *node = r->context->range_node;
    int64_t ends[2] = { 0, 0 };
    for (size_t i = 0; i < 2 && node != NULL; i++)
        if (!(r->descriptor->kind == VALUE_MONEY ? yaml_money(&node->items[i], &ends[i])
                                                 : yaml_ratio(&node->items[i], &ends[i])))
            cells_no_number(r, &node->items[i]);
    out->low = ends[0];
    out->high = ends[1];
}

static bool
read_dated(const struct value_context *outer, const struct descriptor *descriptor,
    const char *path, const struct yaml_node *node, day_t from, bool misspelt,
    struct dated_value *out)
{
    struct value_context context = *outer;
    const struct yaml_node *value = node;
    struct value_reading r = { .context = &context, .descriptor = descriptor, .path = path };
    *out = (struct dated_value){ .from = from };
    if (full_form(node)) {
        static const char *const known[] = { "value", "article", "standing", "range", "note" };
        misspelt = !yaml_check_keys(context.yaml, node, known, 5, context.problems) || misspelt;
        value_context_enter(&context, node);
        value = yaml_get(node, "value");
    }
    r.failed = misspelt;
    cells_read(&r, value, out);
    /* What seems to be missing may be the key that was misspelt. */
    if (!misspelt && context.article == NULL && context.standing != STANDING_ASSUMPTION)
        complain(&r, value, tr("'%s' names no article; add 'article: …' here or above, or 'standing: "
                               "assumption' with a range",
                              "'%s' 没有写明条款；请在此处或上层加 article，或标明 standing: assumption 并给出 range"),
            path);
    bool figure = descriptor->kind == VALUE_MONEY || descriptor->kind == VALUE_RATIO;
    if (!misspelt && context.standing == STANDING_ASSUMPTION && figure && context.range == NULL)
        complain(&r, value, tr("'%s' is an assumption without a range; add 'range: [low, high]'",
                              "'%s' 是假设而没有范围；请加 range: [低, 高]"),
            path);
    out->source = (struct value_source){
        .article = memory_text(context.article != NULL ? context.article : ""),
        .note = text_or_null(context.note),
        .range = context.standing == STANDING_ASSUMPTION && figure ? text_or_null(context.range) : NULL,
        .standing = context.standing,
        .file = context.file,
        .line = value->line,
        .column = value->column,
    };
    if (out->source.range != NULL)
        read_range(&r, &out->source);
    return !r.failed;
}

static int
by_from(const void *a, const void *b)
{
    day_t x = ((const struct dated_value *)a)->from, y = ((const struct dated_value *)b)->from;
    return (x > y) - (x < y);
}

bool
value_read(const struct value_context *outer, const struct descriptor *descriptor,
    const char *path, const struct yaml_node *node, struct dated_value **values, int *n)
{
    struct value_context context = *outer;
    bool failed = false;
    *values = NULL;
    *n = 0;
    if (full_form(node)) {
        static const char *const known[] = { "value", "article", "standing", "range", "note" };
        failed = !yaml_check_keys(context.yaml, node, known, 5, context.problems);
        value_context_enter(&context, node);
        node = yaml_get(node, "value");
    }
    if (!value_by_date(&context, path, node, &failed)) {
        *values = memory_alloc(1, sizeof **values);
        *n = 1;
        return read_dated(&context, descriptor, path, node, DAY_MIN, failed, *values);
    }
    *values = memory_alloc(node->n, sizeof **values);
    bool misspelt = failed;
    for (size_t i = 0; i < node->n; i++) {
        day_t from, to;
        if (!value_date_key(yaml_key(node, i), &from, &to))
            continue;
        if (!read_dated(&context, descriptor, path, yaml_value(node, i), from, misspelt,
                &(*values)[(*n)++]))
            failed = true;
    }
    value_check_spans(&context, path, node, &failed);
    qsort(*values, (size_t)*n, sizeof **values, by_from);
    return !failed;
}
