/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "command/command.h"
#include "command/screen.h"
#include "output/show.h"

enum { KEY_ON = 256, KEY_COMPARE, KEY_PARAMETERS, KEY_MARKDOWN, KEY_CSV };

struct arguments {
    const char *scenario, *other;
    day_t on; /* DAY_MAX: not given */
    bool parameters, markdown, csv;
};

static const struct argp_option options[] = {
    { "on", KEY_ON, BOTH("DATE", "日期"), 0,
        BOTH("the day, as 2023-06-30 (default: the scenario's first day in force)",
            "日期，如 2023-06-30（默认为方案施行首日）"),
        0 },
    { "compare", KEY_COMPARE, BOTH("SCENARIO", "方案"), 0,
        BOTH("only what differs from this one", "只列出与该方案不同之处"), 0 },
    { "csv", KEY_CSV, NULL, 0,
        BOTH("as CSV, a row for each cell of each value", "以 CSV 输出，每个取值的每格一行"), 0 },
    { "parameters", KEY_PARAMETERS, NULL, 0,
        BOTH("all parameters that a scenario may have", "列出方案可用的全部参数"), 0 },
    { "markdown", KEY_MARKDOWN, NULL, 0,
        BOTH("with --parameters: as Markdown", "配合 --parameters：以 Markdown 输出"), 0 },
    { 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_ON:
        if (!date_parse(arg, strlen(arg), &a->on))
            command_usage_error(state,
                tr("'%s' is no date; a day of the calendar such as 2023-06-30 is wanted",
                    "“%s”不是日期；应为日历上的日期，如 2023-06-30"),
                arg);
        return 0;
    case KEY_COMPARE:
        a->other = arg;
        return 0;
    case KEY_CSV:
        a->csv = true;
        return 0;
    case KEY_PARAMETERS:
        a->parameters = true;
        return 0;
    case KEY_MARKDOWN:
        a->markdown = true;
        return 0;
    case ARGP_KEY_ARG:
        if (a->scenario != NULL)
            command_usage_error(state, "%s",
                tr("more than one scenario; one is wanted, another with --compare",
                    "方案多于一个；应为一个，另一个用 --compare"));
        a->scenario = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->scenario == NULL && !a->parameters)
            command_usage_error(state, "%s",
                tr("no scenario given; a file, or an id of scenarios/, is wanted",
                    "未指定方案；应为文件，或 scenarios/ 里的编号"));
        if (a->scenario != NULL && a->parameters)
            command_usage_error(state, "%s",
                tr("--parameters takes no scenario; it stands alone or with --markdown",
                    "--parameters 不用方案；应单独使用，或配合 --markdown"));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("SCENARIO [--on DATE] [--compare OTHER]\n       gongji show --parameters",
        "方案 [--on 日期] [--compare 另一方案]\n      gongji show --parameters"),
    .doc = BOTH("Shows the parameters of a scenario that are in force on a day, each with its unit, "
                "the time that it holds for and the article that fixes it, or the reading or "
                "assumption [with its range] that stands in for one. Readings left to their "
                "defaults are listed too.\v"
                "Examples:\n"
                "  gongji show qujing --on 2023-06-30\n"
                "  gongji show yantai --compare yantai-pre-reform --lang zh\n"
                "  gongji show --parameters --markdown",
        "列出方案在某日施行的各项参数：取值与单位、适用期间、条文依据；文件未明之处注明理解或假设及其范围，"
        "按默认理解的也一并列出。\v"
        "示例：\n"
        "  gongji show qujing --on 2023-06-30\n"
        "  gongji show yantai --compare yantai-pre-reform --lang zh\n"
        "  gongji show --parameters --markdown"),
};

static void
show(const struct arguments *a, struct problem_list *problems)
{
    struct names names = { 0 };
    struct policy *policy = policy_read(a->scenario, &names, problems);
    struct policy *other = a->other != NULL ? policy_read(a->other, &names, problems) : NULL;
    if (!problem_any(problems)) {
        day_t on = a->on != DAY_MAX ? a->on : policy->in_force_from;
        if (a->csv)
            show_write_csv(stdout, policy, other, on);
        else if (other != NULL)
            show_write_difference(stdout, policy, other, &names, on, screen_width());
        else
            show_write(stdout, policy, &names, on, screen_width());
    }
    policy_free(policy);
    policy_free(other);
    names_free(&names);
}

int
command_show(int argc, char **argv)
{
    struct arguments a = { .on = DAY_MAX };
    int leave = command_parse(&argp, argc, argv, &a);
    if (leave != 0)
        return leave - 1;
    struct problem_list problems = { 0 };
    if (a.parameters)
        show_write_reference(stdout, a.markdown, screen_width());
    else
        show(&a, &problems);
    return command_finish(&problems);
}
