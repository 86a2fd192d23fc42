/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/kind.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"

static const struct {
    const char *key; /* as in 'kind: model' */
    const char *en, *zh; /* what such a file is */
    const char *example; /* the name of one */
    const char *command; /* that takes it, but for its name */
} kinds[FILE_KINDS] = {
    [FILE_SCENARIO] = { "scenario", "a scenario", "方案文件", "yantai", "gongji run" },
    [FILE_MODEL] = { "model", "a population model", "人群模型文件", "employees-2022",
        "gongji run yantai --model" },
    [FILE_STUDY] = { "study", "a study", "研究文件", "studies/five-cities-2023.yaml", "gongji run" },
    [FILE_TARGETS] = { "targets", "a file of targets", "目标文件", "targets-employees-2022",
        "gongji validate employees-2022 --targets" },
};

static enum file_kind
kind_of(const struct yaml_node *root)
{
    static const char *const of_scenarios[]
        = { "document", "in_force", "readings", "benefits", "caps", "contribution", "pooling" };
    const struct yaml_node *node = yaml_get(root, "kind");
    for (int k = 0; node != NULL && node->kind == YAML_TEXT && k < FILE_KINDS; k++)
        if (strcmp(node->text, kinds[k].key) == 0)
            return (enum file_kind)k;
    for (size_t i = 0; node == NULL && i < sizeof of_scenarios / sizeof *of_scenarios; i++)
        if (yaml_get(root, of_scenarios[i]) != NULL)
            return FILE_SCENARIO;
    return FILE_KINDS;
}

enum file_kind
kind_of_file(const char *path)
{
    struct problem_list unheard = { 0 };
    struct file_text text = { 0 };
    enum file_kind kind = FILE_KINDS;
    if (file_read(path, &text, &unheard)) {
        struct yaml *yaml = yaml_read(path, text.text, text.n, &unheard);
        kind = yaml != NULL ? kind_of(&yaml->root) : FILE_KINDS;
        yaml_tree_free(yaml);
        free(text.text);
    }
    problem_list_free(&unheard);
    return kind;
}

bool
kind_check(const struct yaml *yaml, enum file_kind wanted, struct problem_list *problems)
{
    const struct yaml_node *root = &yaml->root, *node = yaml_get(root, "kind");
    const struct yaml_node *place = node != NULL ? node : root;
    const char *what = tr(kinds[wanted].en, kinds[wanted].zh);
    enum file_kind found = kind_of(root);
    if (found == wanted || (node == NULL && wanted == FILE_SCENARIO))
        return true;
    if (found != FILE_KINDS)
        yaml_problem(problems, yaml, place,
            tr("this is %s, for '%s %s'; %s, such as %s, is wanted here",
                "这是%s（用法：%s %s）；此处应为%s，如 %s"),
            tr(kinds[found].en, kinds[found].zh), kinds[found].command, yaml->file, what,
            kinds[wanted].example);
    else if (wanted == FILE_SCENARIO)
        yaml_problem(problems, yaml, place, "%s",
            tr("this is no scenario; 'kind: scenario', or no kind, is wanted",
                "这不是方案文件；应为 kind: scenario 或不写"));
    else
        yaml_problem(problems, yaml, place,
            tr("this does not say that it is %s; 'kind: %s' is wanted",
                "未写明是%s；应写 kind: %s"),
            what, kinds[wanted].key);
    return found == FILE_KINDS;
}

void
kind_report(const char *word, const char *typed, enum file_kind found, enum file_kind wanted,
    struct problem_list *problems)
{
    problem_add(problems, NULL, 0, 0,
        tr("'%s' is %s, for '%s %s'; %s, such as %s, is wanted here",
            "“%s”是%s（用法：%s %s）；此处应为%s，如 %s"),
        word, tr(kinds[found].en, kinds[found].zh), kinds[found].command, typed,
        tr(kinds[wanted].en, kinds[wanted].zh), kinds[wanted].example);
}
