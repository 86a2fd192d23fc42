/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/shelf.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"

enum { VISITED_MAX = sizeof((struct shelf_reading *)0)->visited / sizeof(char *) };

const struct shelf shelf_scenarios = { "scenarios", FILE_SCENARIO, "scenario", "方案", "yantai" };
const struct shelf shelf_models = { "models", FILE_MODEL, "model", "模型", "employees-2022" };
const struct shelf shelf_targets
    = { "models", FILE_TARGETS, "file of targets", "目标文件", "targets-employees-2022" };

/* Reports an id of another folder; false where none has it. */
static bool
report_elsewhere(const struct shelf *shelf, const char *id, struct problem_list *problems)
{
    static const char *const folders[] = { "scenarios", "models", "studies" };
    bool found = false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders && !found; i++) {
        char *path = policy_find_file(folders[i], id);
        enum file_kind kind = path != NULL ? kind_of_file(path) : FILE_KINDS;
        found = kind != FILE_KINDS && kind != shelf->kind;
        /* Studies have no ids. */
        if (found)
            kind_report(id, kind == FILE_STUDY ? path : id, kind, shelf->kind, problems);
        free(path);
    }
    return found;
}

char *
shelf_find(const struct shelf *shelf, const char *file_or_id, struct problem_list *problems)
{
    char text[256];
    char *path = policy_find_file(shelf->folder, file_or_id);
    const char *word = tr(shelf->en, shelf->zh);
    if (path != NULL)
        return path;
    if (!policy_is_path(file_or_id) && report_elsewhere(shelf, file_or_id, problems))
        return NULL;
    const char *near = policy_nearest_id(shelf->folder, file_or_id, text);
    if (policy_is_path(file_or_id))
        problem_add(problems, file_or_id, 0, 0,
            tr("there is no such file; a %s, or an id of %s/, is wanted",
                "没有这个文件；应为%s，或 %s/ 里的编号"),
            word, shelf->folder);
    else if (near != NULL)
        problem_add(problems, NULL, 0, 0,
            tr("there is no %s '%s'; did you mean '%s'?", "没有%s '%s'；是不是 '%s'？"), word,
            file_or_id, near);
    else
        problem_add(problems, NULL, 0, 0,
            tr("there is no %s '%s'; an id of %s/ or a file is wanted",
                "没有%s '%s'；应为 %s/ 里的编号或文件"),
            word, file_or_id, shelf->folder);
    return NULL;
}

char *
shelf_id(const char *file_or_id)
{
    if (!policy_is_path(file_or_id))
        return memory_text(file_or_id);
    const char *slash = strrchr(file_or_id, '/');
    const char *name = slash != NULL ? slash + 1 : file_or_id;
    const char *dot = strrchr(name, '.');
    return memory_text_n(name, dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name));
}

char *
shelf_id_among(const char *const *ids, int n)
{
    int before = 0;
    for (int i = 0; i < n; i++)
        before += strcmp(ids[i], ids[n]) == 0;
    return before == 0 ? memory_text(ids[n]) : memory_format("%s#%d", ids[n], before + 1);
}

char *
shelf_find_extended(const struct shelf *shelf, const char *path, const char *name)
{
    char *copy = memory_text(path);
    char *beside = policy_is_path(name) && name[0] == '/'
        ? memory_text(name)
        : memory_format("%s/%s%s", dirname(copy), name, policy_is_path(name) ? "" : ".yaml");
    free(copy);
    if (access(beside, F_OK) == 0)
        return beside;
    free(beside);
    return policy_find_file(shelf->folder, name);
}

static bool
under_way(const struct shelf_reading *self, const char *path)
{
    char *resolved = realpath(path, NULL);
    bool found = self->depth == VISITED_MAX;
    for (int i = 0; i < self->depth; i++)
        found = found || strcmp(self->visited[i], resolved != NULL ? resolved : path) == 0;
    free(resolved);
    return found;
}

static bool
read_extended(struct shelf_reading *self, const struct yaml *yaml, const char *path)
{
    const struct shelf *shelf = self->shelf;
    const struct yaml_node *node = yaml_get(&yaml->root, "extends");
    if (node == NULL)
        return true;
    if (node->kind != YAML_TEXT || node->n == 0) {
        yaml_problem(self->problems, yaml, node,
            tr("'extends' is no name; an id such as %s, or a file, is wanted",
                "extends 有误；应为编号（如 %s）或文件"),
            shelf->example);
        return false;
    }
    if (*self->extends == NULL)
        *self->extends = memory_text(node->text);
    char *parent = shelf_find_extended(shelf, path, node->text);
    const char *word = tr(shelf->en, shelf->zh);
    bool ok = false;
    if (parent == NULL) {
        char text[256];
        const char *near = policy_nearest_id(shelf->folder, node->text, text);
        if (near != NULL)
            yaml_problem(self->problems, yaml, node,
                tr("there is no %s '%s' to extend; did you mean '%s'?",
                    "没有可供沿用的%s '%s'；是不是 '%s'？"),
                word, node->text, near);
        else
            yaml_problem(self->problems, yaml, node,
                tr("there is no %s '%s' to extend; an id of %s/ or a file is wanted",
                    "没有可供沿用的%s '%s'；应为 %s/ 里的编号或文件"),
                word, node->text, shelf->folder);
    } else if (under_way(self, parent)) {
        yaml_problem(self->problems, yaml, node,
            tr("'extends: %s' goes round in a circle or deeper than %d files; a plain chain is wanted",
                "extends: %s 绕成了圈或超过 %d 层；应为一条链"),
            node->text, (int)VISITED_MAX);
    } else {
        ok = shelf_read(self, parent);
    }
    free(parent);
    return ok;
}

/* The path as kept, which lives as long as the texts do. */
static const char *
keep_text(struct shelf_reading *self, const char *path, const struct file_text *text)
{
    size_t n = (size_t)*self->n_texts;
    struct policy_text *texts = memory_resize(*self->texts, n + 1, sizeof *texts);
    memmove(texts + 1, texts, n * sizeof *texts);
    texts[0] = (struct policy_text){ memory_text(path), memory_text_n(text->text, text->n), text->n };
    *self->texts = texts;
    ++*self->n_texts;
    return texts[0].file;
}

bool
shelf_read(struct shelf_reading *self, const char *path)
{
    struct file_text text = { 0 };
    struct yaml *yaml = file_read(path, &text, self->problems)
        ? yaml_read(path, text.text, text.n, self->problems)
        : NULL;
    bool ok = yaml != NULL && kind_check(yaml, self->shelf->kind, self->problems);
    if (ok) {
        char *resolved = realpath(path, NULL);
        self->visited[self->depth++] = resolved != NULL ? resolved : path;
        ok = read_extended(self, yaml, path);
        self->depth--;
        free(resolved);
        if (ok)
            self->take(self->context, yaml, keep_text(self, path, &text));
    }
    yaml_tree_free(yaml);
    free(text.text);
    return ok;
}

void
shelf_texts_free(struct policy_text *texts, int n)
{
    for (int i = 0; i < n; i++) {
        free(texts[i].file);
        free(texts[i].text);
    }
    free(texts);
}
