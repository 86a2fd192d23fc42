/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/model_value.h"
#include "input/shelf.h"

struct reader {
    struct model *model;
    struct problem_list *problems;
};

static void
set_text(char **slot, const char *text)
{
    free(*slot);
    *slot = memory_text(text);
}

static void
read_name(struct reader *r, const struct yaml *yaml, const struct yaml_node *node)
{
    static const char *const known[] = { "zh", "en" };
    if (node->kind == YAML_TEXT) {
        set_text(&r->model->name_en, node->text);
        set_text(&r->model->name_zh, node->text);
        return;
    }
    if (node->kind == YAML_LIST) {
        yaml_problem(r->problems, yaml, node, "%s",
            tr("'name' is a list; a text, or zh and en, is wanted", "name 是列表；应为文本，或 zh 和 en"));
        return;
    }
    yaml_check_keys(yaml, node, known, 2, r->problems);
    const struct yaml_node *zh = yaml_get(node, "zh"), *en = yaml_get(node, "en");
    if (zh != NULL && zh->kind == YAML_TEXT)
        set_text(&r->model->name_zh, zh->text);
    if (en != NULL && en->kind == YAML_TEXT)
        set_text(&r->model->name_en, en->text);
}

static void
read_year(struct reader *r, const struct yaml *yaml, const struct yaml_node *node)
{
    int64_t year;
    if (yaml_whole(node, &year) && year >= MODEL_FIRST_YEAR && year <= MODEL_LAST_YEAR)
        r->model->year = (int)year;
    else
        yaml_problem(r->problems, yaml, node, "%s",
            tr("'year' is no year; the year that the people are described for, such as 2022, is wanted",
                "year 不是年份；应为人群所描述的年份，如 2022"));
}

static void
counties_free(struct model *model)
{
    for (int i = 0; i < model->n_counties; i++)
        free(model->counties[i].name);
    free(model->counties);
    free(model->counties_source);
    model->counties = NULL;
    model->counties_source = NULL;
    model->n_counties = 0;
}

static void
read_counties(struct reader *r, struct model_context context, const struct yaml_node *node)
{
    struct model *model = r->model;
    counties_free(model);
    if (node->kind != YAML_MAP) {
        yaml_problem(r->problems, context.yaml, node, "%s",
            tr("'counties' is no mapping; lines of the form 'county: share' are wanted",
                "counties 不是映射；应为 “县区: 比例” 的形式"));
        return;
    }
    model_context_enter(&context, node);
    double sum = 0;
    model->counties = memory_alloc(node->n, sizeof *model->counties);
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *key = yaml_key(node, i), *value = yaml_value(node, i);
        double share;
        if (strcmp(key->text, "source") == 0 || strcmp(key->text, "standing") == 0)
            continue;
        if (!yaml_number(value, &share) || share < 0 || share > 1) {
            yaml_problem(r->problems, context.yaml, value,
                tr("the share of %s is no share; a number from 0 to 1 is wanted",
                    "%s 的比例有误；应为 0 到 1 之间的数"),
                key->text);
            continue;
        }
        if (model->n_counties == MODEL_COUNTIES_MAX) {
            yaml_problem(r->problems, context.yaml, key,
                tr("more than %d counties; fewer are wanted", "县区超过 %d 个；请减少"),
                MODEL_COUNTIES_MAX);
            return;
        }
        sum += share;
        model->counties[model->n_counties++]
            = (struct model_county){ memory_text(key->text), share };
    }
    if (sum < 1 - 1e-6 || sum > 1 + 1e-6)
        yaml_problem(r->problems, context.yaml, node,
            tr("the counties' shares sum to %g; 1 is wanted", "各县区比例之和为 %g；应为 1"), sum);
    model_evidence(&context, node, "counties", &model->counties_standing, &model->counties_source);
}

static void
read_root(void *context_of_reading, const struct yaml *yaml, const char *kept_path)
{
    struct reader *r = context_of_reading;
    struct model *model = r->model;
    const struct yaml_node *root = &yaml->root;
    static const char *const plain[]
        = { "kind", "name", "extends", "year", "counties", "source", "standing" };
    struct model_context context = {
        .yaml = yaml, .model = model, .file = kept_path, .problems = r->problems
    };
    model_context_enter(&context, root);
    for (size_t i = 0; i < root->n; i++) {
        const struct yaml_node *key = yaml_key(root, i), *value = yaml_value(root, i);
        if (strcmp(key->text, "name") == 0)
            read_name(r, yaml, value);
        else if (strcmp(key->text, "year") == 0)
            read_year(r, yaml, value);
        else if (strcmp(key->text, "counties") == 0)
            read_counties(r, context, value);
    }
    model_section(&context, root, "", plain, sizeof plain / sizeof *plain);
}

struct model *
model_read(const char *file_or_id, struct problem_list *problems)
{
    size_t before = problems->n + problems->left_out;
    char *path = shelf_find(&shelf_models, file_or_id, problems);
    if (path == NULL)
        return NULL;
    struct model *model = memory_alloc(1, sizeof *model);
    model->file = path;
    model_values_init(model);
    struct reader reader = { .model = model, .problems = problems };
    struct shelf_reading reading = { .shelf = &shelf_models,
        .problems = problems,
        .take = read_root,
        .context = &reader,
        .texts = &model->texts,
        .n_texts = &model->n_texts,
        .extends = &model->extends };
    bool ok = shelf_read(&reading, path);
    model->id = shelf_id(file_or_id);
    if (model->name_en == NULL)
        set_text(&model->name_en, model->name_zh != NULL ? model->name_zh : model->id);
    if (model->name_zh == NULL)
        set_text(&model->name_zh, model->name_en);
    if (ok && problems->n + problems->left_out == before)
        model_check(model, problems);
    if (!ok || problems->n + problems->left_out != before) {
        model_free(model);
        return NULL;
    }
    return model;
}

void
model_free(struct model *self)
{
    if (self == NULL)
        return;
    model_values_free(self);
    counties_free(self);
    shelf_texts_free(self->texts, self->n_texts);
    free(self->id);
    free(self->file);
    free(self->name_en);
    free(self->name_zh);
    free(self->extends);
    free(self);
}
