/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/held_against.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "command/options.h"

enum { PERSONS_MIN = 100, PERSONS_MAX = 100000000 };

struct held_arguments
held_arguments_of(int64_t persons)
{
    return (struct held_arguments){ .persons = persons, .seed = 1 };
}

error_t
held_parse(struct held_arguments *self, int key, char *arg)
{
    switch (key) {
    case HELD_KEY_TARGETS:
        self->targets = arg;
        return 0;
    case HELD_KEY_PERSONS:
        option_whole("persons", arg, PERSONS_MIN, PERSONS_MAX, &self->persons, &self->problems);
        return 0;
    case HELD_KEY_SEED:
        option_seed(arg, &self->seed, &self->problems);
        return 0;
    case HELD_KEY_THREADS:
        option_whole("threads", arg, 1, THREADS_MAX, &self->threads, &self->problems);
        return 0;
    case 'o':
        self->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (self->model != NULL)
            problem_add(&self->problems, NULL, 0, 0, "%s",
                tr("more than one model; one is wanted", "模型多于一个；应只给一个"));
        self->model = arg;
        return 0;
    case ARGP_KEY_END:
        if (self->model == NULL)
            problem_add(&self->problems, NULL, 0, 0, "%s",
                tr("no model given; a file, or an id of models/, is wanted",
                    "未给出模型；应为文件，或 models/ 里的编号"));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* targets-MODEL, or that of the model that it extends, where no file is named. */
static char *
find_targets(const struct held_arguments *arguments, const struct model *model)
{
    if (arguments->targets != NULL)
        return memory_text(arguments->targets);
    char *own = memory_format("targets-%s", model != NULL ? model->id : arguments->model);
    char *path = policy_find_file("models", own);
    if (path == NULL && model != NULL && model->extends != NULL) {
        free(own);
        own = memory_format("targets-%s", model->extends);
    }
    free(path);
    return own;
}

static void
read_policies(struct held *self, struct problem_list *problems)
{
    size_t n = (size_t)self->targets->n;
    self->policies = memory_alloc(n, sizeof *self->policies);
    self->programs = memory_alloc(n, sizeof *self->programs);
    for (size_t i = 0; i < n; i++) {
        const struct target *target = &self->targets->items[i];
        if (target->scenario == NULL)
            continue;
        self->policies[i] = policy_read(target->scenario, &self->names, problems);
        if (self->policies[i] != NULL)
            self->programs[i] = program_compile(self->policies[i], target->rules_on, EXPIRY_RENEW);
    }
}

bool
held_read(struct held *self, struct held_arguments *arguments)
{
    struct problem_list *problems = &arguments->problems;
    self->model = arguments->model != NULL ? model_read(arguments->model, problems) : NULL;
    if (self->model == NULL && arguments->targets == NULL)
        return false; /* whose targets it would be is not known */
    char *targets = find_targets(arguments, self->model);
    self->targets = targets_read(targets, problems);
    free(targets);
    if (self->targets != NULL)
        read_policies(self, problems);
    return !problem_any(problems);
}

void
held_free(struct held *self)
{
    for (int i = 0; self->policies != NULL && i < self->targets->n; i++) {
        program_free(self->programs[i]);
        policy_free(self->policies[i]);
    }
    free(self->programs);
    free(self->policies);
    targets_free(self->targets);
    model_free(self->model);
    names_free(&self->names);
}

struct observe_options
held_observe_options(const struct held_arguments *arguments, struct held *held)
{
    return (struct observe_options){ .persons = arguments->persons, .seed = arguments->seed,
        .threads = (int)arguments->threads, .names = &held->names };
}
