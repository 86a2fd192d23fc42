/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gongji calibrate: a model's parameters fitted to published figures. */
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/held_against.h"
#include "command/screen.h"
#include "output/calibration.h"

enum { KEY_FIT = 300 };

struct arguments {
    struct held_arguments held;
    const char **fits; /* [n_fits], owned; the texts are argv's */
    int n_fits, fits_capacity;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *self = state->input;
    if (key == KEY_FIT) {
        memory_grow(self->fits, self->n_fits, self->fits_capacity);
        self->fits[self->n_fits++] = arg;
        return 0;
    }
    return held_parse(&self->held, key, arg);
}

static const struct argp_option options[] = {
    HELD_OPTIONS,
    { "fit", KEY_FIT, BOTH("PARAM", "参数"), 0,
        BOTH("move only this parameter, as outpatient.frequency.mean or "
             "outpatient.frequency.mean:employee,flexible; may be given again (those that the "
             "targets' file lists)",
            "只调整该参数，如 outpatient.frequency.mean 或 outpatient.frequency.mean:employee,flexible；"
            "可多次给出（默认为目标文件所列）"),
        0 },
    { "output", 'o', BOTH("NEW.yaml", "新文件.yaml"), 0,
        BOTH("the fitted model, which extends MODEL and names its targets",
            "写出拟合后的模型：沿用原模型，并注明所据目标"),
        0 },
    { 0 },
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("MODEL --targets FILE", "模型 --targets 文件"),
    .doc = BOTH("Fits parameters of a population model to published figures: always the same random "
                "numbers, least squares, within the bounds of the priors. Tells for each target what "
                "is published and what is simulated before and after, which targets cannot be met "
                "together and what they leave open. Calibration is done once, on the baseline; "
                "scenarios are run with the fitted model as it is.\v"
                "Examples:\n"
                "  gongji calibrate employees-2022 --targets targets-employees-2022 -o fitted.yaml\n"
                "  gongji calibrate yantai --targets targets-yantai --persons 100000\n",
        "将人群模型的参数拟合至公开数据：随机数始终相同，加权最小二乘，不超出先验范围。"
        "逐项列出公开数据与调整前后的模拟值，说明哪些目标不能同时达到、哪些参数仍无法确定。"
        "校准只在基线上做一次，各方案都用拟合后的同一模型。\v"
        "示例：\n"
        "  gongji calibrate employees-2022 --targets targets-employees-2022 -o fitted.yaml\n"
        "  gongji calibrate yantai --targets targets-yantai --persons 100000\n"),
};

static void
show_progress(void *context, int evaluations, double worst)
{
    (void)context;
    fprintf(stderr, tr("\r%d simulated, worst target off by %.2f tolerances \033[K",
                        "\r已模拟 %d 次，最差目标偏离 %.2f 倍容差 \033[K"),
        evaluations, worst);
    fflush(stderr);
}

/* The fits that the command line names: as the targets' file bounds them, or by
 * the prior. Owned by the caller; *n of them. */
static struct target_fit *
choose_fits(const struct arguments *self, const struct targets *targets, bool **parsed, int *n,
    struct problem_list *problems)
{
    size_t most = (size_t)targets->n_fits * (size_t)(self->n_fits + 1) + (size_t)self->n_fits;
    struct target_fit *out = memory_alloc(most + 1, sizeof *out);
    *parsed = memory_alloc(most + 1, sizeof **parsed);
    *n = 0;
    for (int i = 0; self->n_fits == 0 && i < targets->n_fits; i++)
        out[(*n)++] = targets->fits[i];
    for (int a = 0; a < self->n_fits; a++) {
        bool listed = false;
        for (int i = 0; i < targets->n_fits; i++)
            if (strcmp(targets->fits[i].label, self->fits[a]) == 0
                || strcmp(targets->fits[i].parameter, self->fits[a]) == 0) {
                out[(*n)++] = targets->fits[i];
                listed = true;
            }
        if (listed)
            continue;
        (*parsed)[*n] = true;
        target_fit_parse(self->fits[a], &out[(*n)++], problems);
    }
    return out;
}

/* How the new model names the old one: an id by itself, a file from where the new
 * one will stand. Owned by the caller. */
static char *
name_extended(const char *model, const char *new_file)
{
    if (strchr(model, '/') == NULL && strchr(model, '.') == NULL)
        return memory_text(model);
    char *from = memory_text(model), *to = memory_text(new_file);
    char *old_folder = realpath(dirname(from), NULL), *new_folder = realpath(dirname(to), NULL);
    const char *slash = strrchr(model, '/');
    const char *base = slash != NULL ? slash + 1 : model;
    bool beside
        = old_folder != NULL && new_folder != NULL && strcmp(old_folder, new_folder) == 0;
    char *out = beside || old_folder == NULL ? memory_text(base)
                                             : memory_format("%s/%s", old_folder, base);
    free(old_folder);
    free(new_folder);
    free(from);
    free(to);
    return out;
}

static bool
write_model(const struct arguments *arguments, const struct calibration *calibration,
    struct problem_list *problems)
{
    const char *path = arguments->held.output;
    struct file_set files = { 0 };
    FILE *stream = file_set_open(&files, path, problems);
    bool ok = stream != NULL;
    if (ok) {
        char *extends = name_extended(arguments->held.model, path);
        calibration_write_model(stream, calibration, extends);
        free(extends);
        ok = file_set_commit(&files, problems);
    }
    file_set_free(&files);
    return ok;
}

static void
work(struct arguments *arguments, struct held *held, struct problem_list *problems)
{
    bool *parsed = NULL, terminal = isatty(STDERR_FILENO) == 1;
    int n = 0;
    struct target_fit *fits = choose_fits(arguments, held->targets, &parsed, &n, problems);
    struct calibration calibration = { .model = held->model, .targets = held->targets,
        .programs = (const struct program *const *)held->programs,
        .options = held_observe_options(&arguments->held, held), .problems = problems,
        .progress = terminal ? show_progress : NULL };
    bool ok = !problem_any(problems) && calibrate(&calibration, fits, n);
    if (terminal)
        fputs("\r\033[K", stderr);
    if (ok && arguments->held.output != NULL)
        ok = write_model(arguments, &calibration, problems);
    if (ok)
        calibration_write(stdout, &calibration, screen_width());
    calibration_free(&calibration);
    for (int i = 0; i < n; i++)
        if (parsed[i])
            target_fit_free(&fits[i]);
    free(parsed);
    free(fits);
}

int
command_calibrate(int argc, char **argv)
{
    struct arguments arguments = { .held = held_arguments_of(200000) };
    int leave = command_parse(&argp, argc, argv, &arguments);
    struct held held = { 0 };
    int status = leave - 1;
    if (leave == 0) {
        if (held_read(&held, &arguments.held))
            work(&arguments, &held, &arguments.held.problems);
        status = command_finish(&arguments.held.problems);
    }
    held_free(&held);
    free(arguments.fits);
    return status;
}
