/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gongji validate: a model held against what is published. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/held_against.h"
#include "command/screen.h"
#include "output/validation.h"

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    return held_parse(state->input, key, arg);
}

static const struct argp_option options[] = {
    HELD_OPTIONS,
    { "output", 'o', BOTH("FILE", "文件"), 0,
        BOTH("the same as a page with pictures (.html) or as text (.md)",
            "另存为带图的网页（.html）或文本（.md）"),
        0 },
    { 0 },
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("MODEL", "模型"),
    .doc = BOTH("Holds a population model against published figures: those that it was fitted to and "
                "those held out, apart, each with the ratio of simulated to published and, where it "
                "is off by more than 5 %, the cause that the targets' file gives. Later years are "
                "predicted with the growth that this file documents.\v"
                "Examples:\n"
                "  gongji validate employees-2022\n"
                "  gongji validate employees-2022 -o validation.html\n",
        "将人群模型与公开数据对照：拟合项与留出项分列，给出模拟与公开数据之比；"
        "偏离超过 5% 的写明原因（取自目标文件）。后续年份按该文件注明的增长率预测。\v"
        "示例：\n"
        "  gongji validate employees-2022\n"
        "  gongji validate employees-2022 -o validation.html\n"),
};

static bool
ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool
write_file(const char *path, const struct validation *validation, struct problem_list *problems)
{
    struct file_set files = { 0 };
    FILE *stream = file_set_open(&files, path, problems);
    bool ok = stream != NULL;
    if (ok) {
        (ends_with(path, ".md") ? validation_write_markdown : validation_write_html)(stream, validation);
        ok = file_set_commit(&files, problems);
    }
    file_set_free(&files);
    return ok;
}

static void
work(const struct held_arguments *arguments, struct held *held, struct problem_list *problems)
{
    double *simulated = memory_alloc((size_t)held->targets->n, sizeof *simulated);
    struct observe_options observe = held_observe_options(arguments, held);
    struct validation validation = { .model = held->model, .targets = held->targets,
        .simulated = simulated, .persons = arguments->persons, .seed = arguments->seed };
    bool ok = observe_targets(held->model, held->targets,
        (const struct program *const *)held->programs, &observe, simulated, problems);
    if (ok && arguments->output != NULL)
        ok = write_file(arguments->output, &validation, problems);
    if (ok)
        validation_write(stdout, &validation, screen_width());
    free(simulated);
}

int
command_validate(int argc, char **argv)
{
    struct held_arguments arguments = held_arguments_of(1000000);
    int leave = command_parse(&argp, argc, argv, &arguments);
    if (leave != 0)
        return leave - 1;
    struct held held = { 0 };
    if (arguments.output != NULL && !ends_with(arguments.output, ".html")
        && !ends_with(arguments.output, ".md"))
        problem_add(&arguments.problems, NULL, 0, 0,
            tr("-o %s: of no known kind; a name that ends in .html or .md is wanted",
                "-o %s：无法识别的类型；文件名应以 .html 或 .md 结尾"),
            arguments.output);
    if (held_read(&held, &arguments))
        work(&arguments, &held, &arguments.problems);
    held_free(&held);
    return command_finish(&arguments.problems);
}
