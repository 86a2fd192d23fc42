/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/study.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "input/kind.h"
#include "input/shelf.h"

enum option_kind {
    OPTION_WHOLE,
    OPTION_YEARS,
    OPTION_WORD,
    OPTION_DAY,
    OPTION_MODEL,
    OPTION_SCENARIO, /* one of those that the study names */
    OPTION_FOLDER
};

static const struct option {
    const char *key;
    enum option_kind kind;
    uint64_t minimum, maximum; /* OPTION_WHOLE */
    const char *words[5]; /* OPTION_WORD, until NULL */
} known_options[STUDY_OPTIONS] = {
    [STUDY_MODEL] = { "model", OPTION_MODEL },
    [STUDY_PERSONS] = { "persons", OPTION_WHOLE, 1, RUN_PERSONS_MAX },
    [STUDY_YEARS] = { "years", OPTION_YEARS },
    [STUDY_REPLICATES] = { "replicates", OPTION_WHOLE, 1, RUN_REPLICATES_MAX },
    [STUDY_SEED] = { "seed", OPTION_WHOLE, 0, UINT64_MAX },
    [STUDY_BASELINE] = { "baseline", OPTION_SCENARIO },
    [STUDY_BEHAVIOUR] = { "behaviour", OPTION_WORD, .words = { "off", "low", "central", "high" } },
    [STUDY_UNCERTAINTY] = { "uncertainty", OPTION_WHOLE, RUN_WORLDS_MIN, RUN_WORLDS_MAX },
    [STUDY_RULES_ON] = { "rules_on", OPTION_DAY },
    [STUDY_AFTER_EXPIRY] = { "after_expiry", OPTION_WORD, .words = { "stop", "renew" } },
    [STUDY_OUTPUT] = { "output", OPTION_FOLDER },
};

struct reader {
    struct study *study;
    const struct yaml *yaml;
    struct problem_list *problems;
};

bool
study_digits(const char *text, size_t n, uint64_t *out)
{
    if (n == 0 || n > 20)
        return false;
    unsigned __int128 value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *out = (uint64_t)value;
    return value <= UINT64_MAX;
}

bool
study_years(const char *text, int64_t *first, int64_t *last)
{
    const char *dots = strstr(text, "..");
    size_t n = dots != NULL ? (size_t)(dots - text) : strlen(text);
    uint64_t from, to;
    if (!study_digits(text, n, &from))
        return false;
    to = from;
    if (dots != NULL && !study_digits(dots + 2, strlen(dots + 2), &to))
        return false;
    *first = (int64_t)from;
    *last = (int64_t)to;
    return from >= RUN_YEAR_MIN && from <= to && to <= RUN_YEAR_MAX;
}

/* Takes the last folder off "a/b/" where "../" does no more than that. */
static bool
leave_folder(char *folder)
{
    size_t n = strlen(folder), start = n > 0 ? n - 1 : 0;
    while (start > 0 && folder[start - 1] != '/')
        start--;
    const char *last = folder + start;
    if (n < 2 || strcmp(last, "/") == 0 || strcmp(last, "./") == 0 || strcmp(last, "../") == 0)
        return false;
    struct stat status;
    folder[n - 1] = '\0'; /* a link is seen as one without the slash only */
    bool plain = lstat(folder, &status) == 0 && S_ISDIR(status.st_mode);
    folder[plain ? start : n - 1] = plain ? '\0' : '/';
    return plain;
}

/* A name that stands in the study, as seen from the working directory; owned by
 * the caller. */
static char *
from_here(const struct reader *r, const char *name)
{
    const char *slash = strrchr(r->study->file, '/');
    if (slash == NULL || name[0] == '/')
        return memory_text(name);
    char *folder = memory_text_n(r->study->file, (size_t)(slash + 1 - r->study->file));
    while (strncmp(name, "../", 3) == 0 && leave_folder(folder))
        name += 3;
    char *path = memory_format("%s%s", folder, name);
    free(folder);
    return path;
}

/* The word that a command line would have for a scenario or a model; NULL (and a
 * problem) where there is none. */
static char *
find_input(const struct reader *r, const struct shelf *shelf, const struct yaml_node *node)
{
    const char *what = tr(shelf->en, shelf->zh);
    if (node->kind != YAML_TEXT || node->n == 0) {
        yaml_problem(r->problems, r->yaml, node,
            tr("this names no %s; a file, or an id of %s/, is wanted",
                "这里没有写明%s；应为文件，或 %s/ 里的编号"),
            what, shelf->folder);
        return NULL;
    }
    char *word = policy_is_path(node->text) ? from_here(r, node->text) : memory_text(node->text);
    char *found = policy_find_file(shelf->folder, word), text[256];
    const char *near = found == NULL && !policy_is_path(node->text)
        ? policy_nearest_id(shelf->folder, node->text, text)
        : NULL;
    if (found == NULL && near != NULL)
        yaml_problem(r->problems, r->yaml, node,
            tr("there is no %s '%s'; did you mean '%s'?", "没有%s“%s”；是否指“%s”？"),
            what, node->text, near);
    else if (found == NULL)
        yaml_problem(r->problems, r->yaml, node,
            tr("there is no %s '%s'; a file by its path from the study's folder, or an id of %s/, is "
               "wanted",
                "没有%s“%s”；应为文件（路径从研究文件所在目录算起），或 %s/ 里的编号"),
            what, node->text, shelf->folder);
    if (found == NULL) {
        free(word);
        word = NULL;
    }
    free(found);
    return word;
}

static void
read_scenarios(struct reader *r)
{
    const struct yaml_node *node = yaml_get(&r->yaml->root, "scenarios");
    struct study *study = r->study;
    if (node == NULL || node->kind != YAML_LIST || node->n == 0) {
        yaml_problem(r->problems, r->yaml, node != NULL ? node : &r->yaml->root, "%s",
            tr("no list of scenarios; 'scenarios: [yantai-pre-reform, yantai]' or the like is wanted",
                "没有方案列表；应写 scenarios: [yantai-pre-reform, yantai] 之类"));
        return;
    }
    study->scenarios = memory_alloc(node->n, sizeof *study->scenarios);
    for (size_t i = 0; i < node->n; i++) {
        char *word = find_input(r, &shelf_scenarios, &node->items[i]);
        if (word != NULL)
            study->scenarios[study->n_scenarios++] = word;
    }
}

/* The baseline, by the id that its scenario has in the run or as the list above
 * writes it; owned by the caller, NULL (and a problem) where it is neither. */
static char *
find_baseline(const struct reader *r, const struct yaml_node *node)
{
    const struct study *study = r->study;
    struct names ids = { 0 };
    char *as_file = from_here(r, node->text), *found = NULL;
    char **plain = memory_alloc((size_t)study->n_scenarios, sizeof *plain);
    for (int i = 0; i < study->n_scenarios; i++) {
        plain[i] = shelf_id(study->scenarios[i]);
        char *whole = shelf_id_among((const char *const *)plain, i);
        names_add(&ids, whole, strlen(whole));
        if (found == NULL
            && (strcmp(node->text, whole) == 0 || strcmp(as_file, study->scenarios[i]) == 0))
            found = memory_text(whole);
        free(whole);
    }
    for (int i = 0; i < study->n_scenarios; i++)
        free(plain[i]);
    free(plain);
    /* Where scenarios are missing, this one may be among them. */
    const struct yaml_node *list = yaml_get(&r->yaml->root, "scenarios");
    bool all = list != NULL && list->kind == YAML_LIST && (size_t)study->n_scenarios == list->n;
    if (found == NULL && all && study->n_scenarios > 0) {
        const char *near = problem_nearest(node->text, (const char *const *)ids.text, ids.n);
        yaml_problem(r->problems, r->yaml, node,
            tr("baseline: '%s' is none of the scenarios; %s '%s' is wanted",
                "baseline：“%s”不在方案列表中；%s“%s”"),
            node->text, near != NULL ? tr("perhaps", "是否指") : tr("one of them, as", "应为其中之一，如"),
            near != NULL ? near : ids.text[0]);
    }
    names_free(&ids);
    free(as_file);
    return found;
}

static bool
word_known(const struct option *option, const char *text)
{
    for (int i = 0; option->words[i] != NULL; i++)
        if (strcmp(option->words[i], text) == 0)
            return true;
    return false;
}

static void
report_word(const struct reader *r, const struct option *option, const struct yaml_node *node)
{
    char *list = memory_text(option->words[0]);
    for (int i = 1; option->words[i] != NULL; i++) {
        char *longer = memory_format("%s%s%s", list, tr(", ", "、"), option->words[i]);
        free(list);
        list = longer;
    }
    yaml_problem(r->problems, r->yaml, node,
        tr("%s: '%s' will not do; one of %s is wanted", "%s：“%s”不可用；应为 %s 之一"), option->key,
        node->text, list);
    free(list);
}

/* The option's word for a command line; NULL (and a problem) where it will not do. */
static char *
option_word(const struct reader *r, const struct option *option, const struct yaml_node *node)
{
    uint64_t whole = 0;
    int64_t first, last;
    day_t day;
    bool ok = true;
    switch (option->kind) {
    case OPTION_MODEL:
        return find_input(r, &shelf_models, node);
    case OPTION_SCENARIO:
        return find_baseline(r, node);
    case OPTION_FOLDER:
        return from_here(r, node->text);
    case OPTION_WHOLE:
        ok = !node->quoted && study_digits(node->text, node->n, &whole) && whole >= option->minimum
            && whole <= option->maximum;
        if (!ok)
            yaml_problem(r->problems, r->yaml, node,
                tr("%s: '%s' will not do; a whole number from %llu to %llu is wanted",
                    "%s：“%s”不可用；应为 %llu 至 %llu 的整数"),
                option->key, node->text, (unsigned long long)option->minimum,
                (unsigned long long)option->maximum);
        break;
    case OPTION_YEARS:
        ok = study_years(node->text, &first, &last);
        if (!ok)
            yaml_problem(r->problems, r->yaml, node,
                tr("years: '%s' will not do; a year or a span, as 2023 or 2023..2035, from %d to %d, "
                   "is wanted",
                    "years：“%s”不可用；应为年份或起止年份，如 2023 或 2023..2035，在 %d 至 %d 之间"),
                node->text, RUN_YEAR_MIN, RUN_YEAR_MAX);
        break;
    case OPTION_WORD:
        ok = word_known(option, node->text);
        if (!ok)
            report_word(r, option, node);
        break;
    case OPTION_DAY:
        ok = yaml_date(node, &day);
        if (!ok)
            yaml_problem(r->problems, r->yaml, node,
                tr("%s: '%s' is no date; a day as 2023-07-01 is wanted",
                    "%s：“%s”不是日期；应如 2023-07-01"),
                option->key, node->text);
        break;
    }
    return ok ? memory_text(node->text) : NULL;
}

static void
read_options(struct reader *r)
{
    for (int i = 0; i < STUDY_OPTIONS; i++) {
        const struct option *option = &known_options[i];
        const struct yaml_node *node = yaml_get(&r->yaml->root, option->key);
        if (node == NULL)
            continue;
        if (node->kind != YAML_TEXT || node->n == 0)
            yaml_problem(r->problems, r->yaml, node,
                tr("'%s' is empty, a list or a mapping; one value is wanted",
                    "%s 为空、为列表或为映射；应为单个取值"),
                option->key);
        else
            r->study->options[i] = option_word(r, option, node);
    }
}

static void
read_name(struct reader *r)
{
    static const char *const known[] = { "zh", "en" };
    const struct yaml_node *node = yaml_get(&r->yaml->root, "name");
    const struct yaml_node *zh = node, *en = node;
    if (node != NULL && node->kind == YAML_MAP) {
        yaml_check_keys(r->yaml, node, known, 2, r->problems);
        zh = yaml_get(node, "zh");
        en = yaml_get(node, "en");
    }
    if ((zh != NULL && zh->kind != YAML_TEXT) || (en != NULL && en->kind != YAML_TEXT)) {
        yaml_problem(r->problems, r->yaml, node, "%s",
            tr("'name' is no name; a text, or zh and en, is wanted", "name 有误；应为文本，或 zh 和 en"));
        zh = en = NULL;
    }
    r->study->name_zh = memory_text(zh != NULL ? zh->text : en != NULL ? en->text : "");
    r->study->name_en = memory_text(en != NULL ? en->text : r->study->name_zh);
}

static void
read_root(struct reader *r)
{
    const struct yaml_node *root = &r->yaml->root;
    const char *known[STUDY_OPTIONS + 3] = { "kind", "name", "scenarios" };
    for (int i = 0; i < STUDY_OPTIONS; i++)
        known[3 + i] = known_options[i].key;
    if (!kind_check(r->yaml, FILE_STUDY, r->problems) || root->kind != YAML_MAP)
        return;
    yaml_check_keys(r->yaml, root, known, sizeof known / sizeof *known, r->problems);
    read_name(r);
    read_scenarios(r);
    read_options(r);
}

struct study *
study_read(const char *path, struct problem_list *problems)
{
    size_t before = problems->n + problems->left_out;
    struct file_text text;
    if (!file_read(path, &text, problems))
        return NULL;
    struct study *study = memory_alloc(1, sizeof *study);
    study->file = memory_text(path);
    struct yaml *yaml = yaml_read(path, text.text, text.n, problems);
    struct reader reader = { .study = study, .yaml = yaml, .problems = problems };
    if (yaml != NULL)
        read_root(&reader);
    yaml_tree_free(yaml);
    free(text.text);
    if (problems->n + problems->left_out != before) {
        study_free(study);
        return NULL;
    }
    return study;
}

void
study_free(struct study *self)
{
    if (self == NULL)
        return;
    for (int i = 0; i < self->n_scenarios; i++)
        free(self->scenarios[i]);
    for (int i = 0; i < STUDY_OPTIONS; i++)
        free(self->options[i]);
    free(self->scenarios);
    free(self->name_en);
    free(self->name_zh);
    free(self->file);
    free(self);
}
