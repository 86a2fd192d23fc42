/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/policy_value.h"
#include "input/shelf.h"

/* A policy as it grows: the extended file first, then what the file changes. */
struct reader {
    struct policy *policy;
    struct names *names;
    struct problem_list *problems;
};

static const char *const section_keys[SECTION_COUNT]
    = { "readings", "benefits", "caps", "account", "contribution", "pooling" };
static const char *const context_keys[] = { "article", "standing", "range", "note" };

const struct descriptor *
policy_descriptor(enum section section, const char *key)
{
    for (int i = 0; i < policy_n_descriptors; i++)
        if (policy_descriptors[i].section == section && strcmp(policy_descriptors[i].key, key) == 0)
            return &policy_descriptors[i];
    return NULL;
}

const struct parameter *
policy_find(const struct policy *self, enum section section, int subject, const char *key)
{
    for (int i = 0; i < self->n_parameters; i++) {
        const struct parameter *p = &self->parameters[i];
        if (p->descriptor->section == section && p->subject == subject
            && strcmp(p->descriptor->key, key) == 0)
            return p;
    }
    return NULL;
}

static void
parameter_free(struct parameter *p)
{
    for (int i = 0; i < p->n_values; i++)
        dated_value_free(&p->values[i]);
    free(p->values);
    free(p->path);
}

void
policy_free(struct policy *self)
{
    if (self == NULL)
        return;
    for (int i = 0; i < self->n_parameters; i++)
        parameter_free(&self->parameters[i]);
    for (int i = 0; i < self->n_rules; i++) {
        free(self->rules[i].name);
        free(self->rules[i].diseases);
    }
    for (int i = 0; i < self->n_caps; i++)
        free(self->caps[i]);
    shelf_texts_free(self->texts, self->n_texts);
    free(self->parameters);
    free(self->in_force_source.article);
    free(self->in_force_source.note);
    free(self->id);
    free(self->file);
    free(self->name_en);
    free(self->name_zh);
    free(self->document);
    free(self->extends);
    free(self);
}

static int
add_rule(struct policy *policy, enum benefit benefit, const char *name)
{
    for (int i = 0; i < policy->n_rules; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        bool same_name = name == NULL ? rule->name == NULL
                                      : rule->name != NULL && strcmp(name, rule->name) == 0;
        if (rule->benefit == benefit && same_name)
            return i;
    }
    if (policy->n_rules == POLICY_RULES_MAX)
        return -1;
    policy->rules[policy->n_rules] = (struct policy_rule){ .benefit = benefit,
        .name = name != NULL ? memory_text(name) : NULL };
    return policy->n_rules++;
}

/* A dated change keeps what held before it; an undated one replaces all. */
static void
merge_values(struct parameter *old, struct dated_value *values, int n)
{
    int keep = 0;
    while (keep < old->n_values && values[0].from != DAY_MIN && old->values[keep].from < values[0].from)
        keep++;
    for (int i = keep; i < old->n_values; i++)
        dated_value_free(&old->values[i]);
    old->values = memory_resize(old->values, (size_t)(keep + n), sizeof *old->values);
    memcpy(old->values + keep, values, (size_t)n * sizeof *values);
    old->n_values = keep + n;
}

static void
set_parameter(struct reader *r, const struct value_context *context,
    const struct descriptor *descriptor, int subject, const char *path, const struct yaml_node *node)
{
    struct policy *policy = r->policy;
    struct dated_value *values;
    int n;
    if (!value_read(context, descriptor, path, node, &values, &n)) {
        for (int i = 0; i < n; i++)
            dated_value_free(&values[i]);
        free(values);
        return;
    }
    struct parameter *old = NULL;
    for (int i = 0; i < policy->n_parameters; i++)
        if (strcmp(policy->parameters[i].path, path) == 0)
            old = &policy->parameters[i];
    if (old != NULL) {
        merge_values(old, values, n);
        free(values);
        return;
    }
    policy->parameters = memory_resize(
        policy->parameters, (size_t)policy->n_parameters + 1, sizeof *policy->parameters);
    policy->parameters[policy->n_parameters++] = (struct parameter){ .path = memory_text(path),
        .descriptor = descriptor,
        .subject = subject,
        .values = values,
        .n_values = n };
}

static bool
is_context_key(const char *key)
{
    for (size_t i = 0; i < sizeof context_keys / sizeof *context_keys; i++)
        if (strcmp(key, context_keys[i]) == 0)
            return true;
    return false;
}

static void
report_unknown(struct reader *r, const struct yaml *yaml, const struct yaml_node *key,
    const char *path, const char *const *known, size_t n)
{
    const char *near = problem_nearest(key->text, known, n);
    if (near != NULL) {
        yaml_problem(r->problems, yaml, key,
            tr("unknown key '%s' in '%s'; did you mean '%s'?", "'%2$s' 里有不认识的键 '%1$s'；是不是 '%3$s'？"),
            key->text, path, near);
        return;
    }
    char list[1000] = "";
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i != 0 ? ", " : "", known[i]);
    }
    yaml_problem(r->problems, yaml, key,
        tr("unknown key '%s' in '%s'; possible here: %s", "'%2$s' 里有不认识的键 '%1$s'；此处可用：%3$s"),
        key->text, path, list);
}

/* Keys of a section by prefix: "deductible." under deductible. Extra keys are
 * handled by the caller. */
static void
read_section(struct reader *r, struct value_context context, const struct yaml_node *node,
    enum section section, int subject, const char *path, const char *prefix,
    const char *const *extra, size_t n_extra)
{
    if (node->kind != YAML_MAP) {
        yaml_problem(r->problems, context.yaml, node,
            tr("'%s' is no mapping; lines of the form 'name: value' are wanted",
                "'%s' 不是映射；应为 “名称: 值” 的形式"),
            path);
        return;
    }
    value_context_enter(&context, node);
    size_t n_prefix = strlen(prefix);
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *key = yaml_key(node, i), *value = yaml_value(node, i);
        if (is_context_key(key->text))
            continue;
        bool handled = false;
        for (size_t k = 0; k < n_extra; k++)
            handled = handled || strcmp(extra[k], key->text) == 0;
        if (handled)
            continue;
        char *full = memory_format("%s%s", prefix, key->text);
        char *full_path = memory_format("%s.%s", path, key->text);
        const struct descriptor *descriptor = policy_descriptor(section, full);
        size_t n_full = strlen(full);
        const char *known[80];
        size_t n_known = 0;
        bool group = false;
        for (int d = 0; d < policy_n_descriptors; d++) {
            const struct descriptor *other = &policy_descriptors[d];
            if (other->section != section || strncmp(other->key, prefix, n_prefix) != 0)
                continue;
            group = group || (strncmp(other->key, full, n_full) == 0 && other->key[n_full] == '.');
            if (n_known < 60)
                known[n_known++] = other->key + n_prefix;
        }
        for (size_t k = 0; k < n_extra; k++)
            known[n_known++] = extra[k];
        for (size_t k = 0; k < 4; k++)
            known[n_known++] = context_keys[k];
        if (descriptor != NULL) {
            set_parameter(r, &context, descriptor, subject, full_path, value);
        } else if (group) {
            char *inner = memory_format("%s.", full);
            read_section(r, context, value, section, subject, full_path, inner, NULL, 0);
            free(inner);
        } else {
            report_unknown(r, context.yaml, key, path, known, n_known);
        }
        free(full);
        free(full_path);
    }
}

static void
read_diseases(struct reader *r, const struct yaml *yaml, const struct yaml_node *rule_node,
    struct policy_rule *rule, const char *path)
{
    const struct yaml_node *list = yaml_get(rule_node, "diseases");
    if (list == NULL) {
        if (rule->n_diseases == 0)
            yaml_problem(r->problems, yaml, rule_node,
                tr("'%s' names no diseases; add 'diseases: [cancer, …]'",
                    "'%s' 没有写明病种；请加 diseases: [cancer, …]"),
                path);
        return;
    }
    bool ok = list->kind == YAML_LIST && list->n != 0;
    for (size_t i = 0; ok && i < list->n; i++)
        ok = list->items[i].kind == YAML_TEXT && list->items[i].n != 0;
    if (!ok) {
        yaml_problem(r->problems, yaml, list,
            tr("'%s.diseases' is no list of names; [cancer, transplant], say, is wanted",
                "'%s.diseases' 应为病种名称的列表；例如 [cancer, transplant]"),
            path);
        return;
    }
    free(rule->diseases);
    rule->diseases = memory_alloc(list->n, sizeof *rule->diseases);
    rule->n_diseases = (int)list->n;
    for (size_t i = 0; i < list->n; i++)
        rule->diseases[i] = names_add(r->names, list->items[i].text, list->items[i].n);
}

static void
drop_benefit(struct policy *policy, enum benefit benefit)
{
    for (int i = 0; i < policy->n_parameters; i++) {
        struct parameter *p = &policy->parameters[i];
        if (p->descriptor->section != SECTION_BENEFIT || policy->rules[p->subject].benefit != benefit)
            continue;
        parameter_free(p);
        memmove(p, p + 1, (size_t)(policy->n_parameters - i - 1) * sizeof *p);
        policy->n_parameters--;
        i--;
    }
}

static void
read_benefit(struct reader *r, const struct value_context *outer, enum benefit benefit,
    const struct yaml_node *node)
{
    struct value_context context = *outer;
    static const char *const extra[] = { "rules" };
    static const char *const rule_extra[] = { "diseases" };
    char *path = memory_format("benefits.%s", benefit_words[benefit].key);
    if (node->kind == YAML_TEXT && strcmp(node->text, "not_covered") == 0) {
        drop_benefit(r->policy, benefit);
    } else {
        int rule = add_rule(r->policy, benefit, NULL);
        if (rule < 0)
            yaml_problem(r->problems, context.yaml, node,
                tr("more than %d rules; fewer are wanted", "规则超过 %d 条；请减少"), POLICY_RULES_MAX);
        else
            read_section(r, context, node, SECTION_BENEFIT, rule, path, "", extra, 1);
    }
    const struct yaml_node *rules = yaml_get(node, "rules");
    if (rules != NULL && rules->kind != YAML_MAP)
        yaml_problem(r->problems, context.yaml, rules,
            tr("'%s.rules' is no mapping; 'name: {diseases: [...], ratio: …}' is wanted",
                "'%s.rules' 不是映射；应为 “名称: {diseases: [...], ratio: …}”"),
            path);
    if (rules != NULL) { /* what is wrong with the context, read_section has told */
        struct problem_list told = { 0 };
        context.problems = &told;
        value_context_enter(&context, node);
        context.problems = r->problems;
        problem_list_free(&told);
    }
    for (size_t i = 0; rules != NULL && rules->kind == YAML_MAP && i < rules->n; i++) {
        const struct yaml_node *key = yaml_key(rules, i), *value = yaml_value(rules, i);
        char *rule_path = memory_format("%s.rules.%s", path, key->text);
        int rule = add_rule(r->policy, benefit, key->text);
        if (rule < 0) {
            yaml_problem(r->problems, context.yaml, key,
                tr("more than %d rules; fewer are wanted", "规则超过 %d 条；请减少"), POLICY_RULES_MAX);
        } else {
            if (value->kind == YAML_MAP)
                read_diseases(r, context.yaml, value, &r->policy->rules[rule], rule_path);
            read_section(r, context, value, SECTION_BENEFIT, rule, rule_path, "", rule_extra, 1);
        }
        free(rule_path);
    }
    free(path);
}

static void
read_named(struct reader *r, struct value_context context, const struct yaml_node *node,
    enum section section)
{
    const char *section_key = section_keys[section];
    if (node->kind != YAML_MAP) {
        yaml_problem(r->problems, context.yaml, node,
            tr("'%s' is no mapping; names with their parameters are wanted",
                "'%s' 不是映射；应为各名称及其参数"),
            section_key);
        return;
    }
    value_context_enter(&context, node);
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *key = yaml_key(node, i), *value = yaml_value(node, i);
        if (is_context_key(key->text))
            continue;
        if (section == SECTION_CAP) {
            int cap = 0;
            while (cap < r->policy->n_caps && strcmp(r->policy->caps[cap], key->text) != 0)
                cap++;
            if (cap == r->policy->n_caps)
                continue; /* too many: reported by add_caps */
            char *path = memory_format("caps.%s", key->text);
            read_section(r, context, value, section, cap, path, "", NULL, 0);
            free(path);
            continue;
        }
        int benefit = word_find(benefit_words, BENEFIT_COUNT, key->text, key->n);
        if (benefit >= 0) {
            read_benefit(r, &context, (enum benefit)benefit, value);
            continue;
        }
        const char *known[BENEFIT_COUNT];
        for (int b = 0; b < BENEFIT_COUNT; b++)
            known[b] = benefit_words[b].key;
        report_unknown(r, context.yaml, key, section_key, known, BENEFIT_COUNT);
    }
}

/* Caps are named before benefits are read, since benefits count toward them. */
static void
add_caps(struct reader *r, const struct yaml *yaml)
{
    const struct yaml_node *caps = yaml_get(&yaml->root, "caps");
    struct policy *policy = r->policy;
    for (size_t i = 0; caps != NULL && caps->kind == YAML_MAP && i < caps->n; i++) {
        const struct yaml_node *key = yaml_key(caps, i);
        bool known = is_context_key(key->text);
        for (int k = 0; k < policy->n_caps; k++)
            known = known || strcmp(policy->caps[k], key->text) == 0;
        if (known)
            continue;
        if (policy->n_caps == POLICY_CAPS_MAX)
            yaml_problem(r->problems, yaml, key, tr("more than %d caps; fewer are wanted",
                                                  "限额超过 %d 个；请减少"),
                POLICY_CAPS_MAX);
        else
            policy->caps[policy->n_caps++] = memory_text(key->text);
    }
}

static void
set_text(char **field, const char *text)
{
    free(*field);
    *field = memory_text(text);
}

static void
read_name(struct reader *r, const struct yaml *yaml, const struct yaml_node *node)
{
    static const char *const known[] = { "zh", "en" };
    if (node->kind == YAML_TEXT) {
        set_text(&r->policy->name_en, node->text);
        set_text(&r->policy->name_zh, node->text);
        return;
    }
    const struct yaml_node *zh = yaml_get(node, "zh"), *en = yaml_get(node, "en");
    if (node->kind != YAML_MAP || zh == NULL || en == NULL || zh->kind != YAML_TEXT
        || en->kind != YAML_TEXT) {
        yaml_problem(r->problems, yaml, node, "%s",
            tr("no name; 'name: {zh: …, en: …}' is wanted", "名称有误；应为 name: {zh: …, en: …}"));
        return;
    }
    yaml_check_keys(yaml, node, known, 2, r->problems);
    set_text(&r->policy->name_zh, zh->text);
    set_text(&r->policy->name_en, en->text);
}

static void
read_in_force(struct reader *r, const struct value_context *outer, const struct yaml_node *node)
{
    static const char *const known[] = { "from", "to", "article", "standing", "note", "range" };
    struct policy *policy = r->policy;
    struct value_context context = *outer;
    if (node->kind != YAML_MAP) {
        yaml_problem(r->problems, context.yaml, node, "%s",
            tr("'in_force' is no mapping; 'in_force: {from: 2022-07-01, article: …}' is wanted",
                "in_force 不是映射；应为 in_force: {from: 2022-07-01, article: …}"));
        return;
    }
    yaml_check_keys(context.yaml, node, known, sizeof known / sizeof *known, r->problems);
    value_context_enter(&context, node);
    static const char *const ends[] = { "from", "to" };
    for (int i = 0; i < 2; i++) {
        const struct yaml_node *end = yaml_get(node, ends[i]);
        day_t day = i == 0 ? policy->in_force_from : policy->in_force_to;
        bool never = i == 1 && end != NULL && end->kind == YAML_TEXT && strcmp(end->text, "open") == 0;
        if (never)
            day = DAY_MAX;
        else if (end != NULL && !yaml_date(end, &day))
            yaml_problem(r->problems, context.yaml, end,
                tr("'in_force.%s' is no date; a day of the calendar such as 2022-07-01 is wanted",
                    "'in_force.%s' 不是日期；应为日历上的日期，如 2022-07-01"),
                ends[i]);
        *(i == 0 ? &policy->in_force_from : &policy->in_force_to) = day;
    }
    if (policy->in_force_to < policy->in_force_from)
        yaml_problem(r->problems, context.yaml, node, "%s",
            tr("the policy ends before it begins; 'from' before 'to' is wanted",
                "政策的终止日早于起始日；from 应不晚于 to"));
    if (context.article == NULL && context.standing != STANDING_ASSUMPTION)
        yaml_problem(r->problems, context.yaml, node, "%s",
            tr("'in_force' names no article; add 'article: …'", "in_force 没有写明条款；请加 article"));
    free(policy->in_force_source.article);
    free(policy->in_force_source.note);
    policy->in_force_source = (struct value_source){
        .article = memory_text(context.article != NULL ? context.article : ""),
        .note = context.note != NULL ? memory_text(context.note) : NULL,
        .standing = context.standing,
        .file = context.file,
        .line = node->line,
        .column = node->column,
    };
}

static void
read_root(void *context_of_reading, const struct yaml *yaml, const char *kept_path)
{
    struct reader *r = context_of_reading;
    struct policy *policy = r->policy;
    const struct yaml_node *root = &yaml->root;
    struct value_context context = { .yaml = yaml,
        .file = kept_path,
        .problems = r->problems,
        .policy = policy };
    value_context_enter(&context, root);
    static const char *const known[] = { "kind", "name", "document", "extends", "in_force",
        "readings", "benefits", "caps", "account", "contribution", "pooling", "article", "standing",
        "range", "note" };
    yaml_check_keys(yaml, root, known, sizeof known / sizeof *known, r->problems);
    add_caps(r, yaml);
    for (size_t i = 0; i < root->n; i++) {
        const struct yaml_node *key = yaml_key(root, i), *value = yaml_value(root, i);
        if (strcmp(key->text, "name") == 0)
            read_name(r, yaml, value);
        else if (strcmp(key->text, "in_force") == 0)
            read_in_force(r, &context, value);
        else if (strcmp(key->text, "document") == 0 && value->kind != YAML_TEXT)
            yaml_problem(r->problems, yaml, value, "%s",
                tr("'document' is no text; the document's number and title are wanted",
                    "document 不是文本；应为文件号与标题"));
        else if (strcmp(key->text, "document") == 0)
            set_text(&policy->document, value->text);
        for (int s = 0; s < SECTION_COUNT; s++) {
            if (strcmp(key->text, section_keys[s]) != 0)
                continue;
            if (s == SECTION_BENEFIT || s == SECTION_CAP)
                read_named(r, context, value, (enum section)s);
            else
                read_section(r, context, value, (enum section)s, 0, section_keys[s], "", NULL, 0);
        }
    }
}

static int
by_table(const void *a, const void *b)
{
    const struct parameter *x = a, *y = b;
    if (x->descriptor->section != y->descriptor->section)
        return (int)x->descriptor->section - (int)y->descriptor->section;
    if (x->subject != y->subject)
        return x->subject - y->subject;
    return x->descriptor < y->descriptor ? -1 : x->descriptor > y->descriptor;
}

struct policy *
policy_read(const char *file_or_id, struct names *names, struct problem_list *problems)
{
    size_t before = problems->n + problems->left_out;
    char *path = shelf_find(&shelf_scenarios, file_or_id, problems);
    if (path == NULL)
        return NULL;
    struct policy *policy = memory_alloc(1, sizeof *policy);
    policy->id = shelf_id(file_or_id);
    policy->file = path;
    policy->in_force_from = DAY_MIN;
    policy->in_force_to = DAY_MAX;
    struct reader reader = { .policy = policy, .names = names, .problems = problems };
    struct shelf_reading reading = { .shelf = &shelf_scenarios,
        .problems = problems,
        .take = read_root,
        .context = &reader,
        .texts = &policy->texts,
        .n_texts = &policy->n_texts,
        .extends = &policy->extends };
    bool ok = shelf_read(&reading, path);
    if (policy->parameters != NULL)
        qsort(policy->parameters, (size_t)policy->n_parameters, sizeof *policy->parameters, by_table);
    if (policy->name_en == NULL) {
        set_text(&policy->name_en, policy->id);
        set_text(&policy->name_zh, policy->id);
    }
    if (policy->document == NULL)
        policy->document = memory_text("");
    if (ok && problems->n + problems->left_out == before)
        policy_check(policy, problems);
    if (!ok || problems->n + problems->left_out != before) {
        policy_free(policy);
        return NULL;
    }
    return policy;
}
