/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/model.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "input/model_value.h"

enum { EXTENDS_MAX = 16 };

struct reader {
    struct model *model;
    struct problem_list *problems;
    const char *visited[EXTENDS_MAX];
    int depth;
};

static bool read_file(struct reader *r, const char *path);

static void
set_text(char **slot, const char *text)
{
    free(*slot);
    *slot = memory_text(text);
}

/* Beside the file first, so that a model may be extended anywhere. */
static char *
find_extended(const char *path, const char *name)
{
    char *copy = memory_text(path);
    char *beside = name[0] == '/'
        ? memory_text(name)
        : memory_format("%s/%s%s", dirname(copy), name, policy_is_path(name) ? "" : ".yaml");
    free(copy);
    if (access(beside, F_OK) == 0)
        return beside;
    free(beside);
    return policy_find_file("models", name);
}

static bool
read_extended(struct reader *r, const struct yaml *yaml, const char *path)
{
    const struct yaml_node *node = yaml_get(&yaml->root, "extends");
    if (node == NULL)
        return true;
    if (node->kind != YAML_TEXT || node->n == 0) {
        yaml_problem(r->problems, yaml, node, "%s",
            tr("'extends' is no name; an id such as employees-2022, or a file, is wanted",
                "extends 有误；应为编号（如 employees-2022）或文件"));
        return false;
    }
    set_text(&r->model->extends, node->text);
    char *parent = find_extended(path, node->text);
    if (parent == NULL) {
        char text[256];
        const char *near = policy_nearest_id("models", node->text, text);
        if (near != NULL)
            yaml_problem(r->problems, yaml, node,
                tr("there is no model '%s' to extend; did you mean '%s'?",
                    "没有可供沿用的模型 '%s'；是不是 '%s'？"),
                node->text, near);
        else
            yaml_problem(r->problems, yaml, node,
                tr("there is no model '%s' to extend; an id of models/ or a file is wanted",
                    "没有可供沿用的模型 '%s'；应为 models/ 里的编号或文件"),
                node->text);
        return false;
    }
    char *resolved = realpath(parent, NULL);
    const char *real = resolved != NULL ? resolved : parent;
    bool circle = r->depth == EXTENDS_MAX;
    for (int i = 0; i < r->depth; i++)
        circle = circle || strcmp(r->visited[i], real) == 0;
    bool ok = false;
    if (circle)
        yaml_problem(r->problems, yaml, node,
            tr("'extends: %s' goes round in a circle or deeper than %d files; a plain chain is wanted",
                "extends: %s 绕成了圈或超过 %d 层；应为一条链"),
            node->text, EXTENDS_MAX);
    else
        ok = read_file(r, parent);
    free(resolved);
    free(parent);
    return ok;
}

static void
keep_text(struct model *model, const char *path, const struct file_text *text)
{
    model->texts = memory_resize(model->texts, (size_t)model->n_texts + 1, sizeof *model->texts);
    memmove(model->texts + 1, model->texts, (size_t)model->n_texts * sizeof *model->texts);
    model->texts[0]
        = (struct policy_text){ memory_text(path), memory_text_n(text->text, text->n), text->n };
    model->n_texts++;
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
    if (yaml_whole(node, &year) && year >= 1950 && year <= 2200)
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
read_root(struct reader *r, const struct yaml *yaml)
{
    struct model *model = r->model;
    const struct yaml_node *root = &yaml->root;
    static const char *const plain[]
        = { "kind", "name", "extends", "year", "counties", "source", "standing" };
    struct model_context context = {
        .yaml = yaml, .model = model, .file = model->texts[0].file, .problems = r->problems
    };
    model_context_enter(&context, root);
    const struct yaml_node *kind = yaml_get(root, "kind");
    if (kind == NULL || kind->kind != YAML_TEXT || strcmp(kind->text, "model") != 0)
        yaml_problem(r->problems, yaml, kind != NULL ? kind : root, "%s",
            tr("this is no population model; 'kind: model' is wanted",
                "这不是人群模型文件；应写 kind: model"));
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

static bool
read_file(struct reader *r, const char *path)
{
    struct file_text text;
    if (!file_read(path, &text, r->problems))
        return false;
    struct yaml *yaml = yaml_read(path, text.text, text.n, r->problems);
    bool ok = yaml != NULL;
    if (ok) {
        char *resolved = realpath(path, NULL);
        r->visited[r->depth++] = resolved != NULL ? resolved : path;
        ok = read_extended(r, yaml, path);
        r->depth--;
        free(resolved);
        if (ok) {
            keep_text(r->model, path, &text);
            read_root(r, yaml);
        }
    }
    yaml_tree_free(yaml);
    free(text.text);
    return ok;
}

static char *
id_of(const char *file_or_id)
{
    if (!policy_is_path(file_or_id))
        return memory_text(file_or_id);
    const char *slash = strrchr(file_or_id, '/');
    const char *name = slash != NULL ? slash + 1 : file_or_id;
    const char *dot = strrchr(name, '.');
    return memory_text_n(name, dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name));
}

static void
report_missing(const char *file_or_id, struct problem_list *problems)
{
    char text[256];
    const char *near = policy_nearest_id("models", file_or_id, text);
    if (policy_is_path(file_or_id))
        problem_add(problems, file_or_id, 0, 0, "%s",
            tr("there is no such file; a model file, or an id of models/, is wanted",
                "没有这个文件；应为模型文件，或 models/ 里的编号"));
    else if (near != NULL)
        problem_add(problems, NULL, 0, 0,
            tr("there is no model '%s'; did you mean '%s'?", "没有模型 '%s'；是不是 '%s'？"), file_or_id,
            near);
    else
        problem_add(problems, NULL, 0, 0,
            tr("there is no model '%s'; an id of models/ or a file is wanted",
                "没有模型 '%s'；应为 models/ 里的编号或文件"),
            file_or_id);
}

struct model *
model_read(const char *file_or_id, struct problem_list *problems)
{
    size_t before = problems->n + problems->left_out;
    char *path = policy_find_file("models", file_or_id);
    if (path == NULL) {
        report_missing(file_or_id, problems);
        return NULL;
    }
    struct model *model = memory_alloc(1, sizeof *model);
    model->file = path;
    model_values_init(model);
    struct reader reader = { .model = model, .problems = problems };
    bool ok = read_file(&reader, path);
    model->id = id_of(file_or_id);
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
    for (int i = 0; i < self->n_texts; i++) {
        free(self->texts[i].file);
        free(self->texts[i].text);
    }
    free(self->texts);
    free(self->id);
    free(self->file);
    free(self->name_en);
    free(self->name_zh);
    free(self->extends);
    free(self);
}
