/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "base/version.h"
#include "command/command.h"

static void
print_help(void)
{
    puts(tr("Usage: gongji COMMAND [ARGUMENT...]\n\n"
            "gongji (共济) takes one insured population, synthetic or real, through the\n"
            "health-insurance policies of Chinese cities and says what each would cost the\n"
            "fund, put into personal accounts and leave to members.\n\n"
            "Commands:",
        "用法：gongji 命令 [参数…]\n\n"
        "共济让同一批参保人（模拟的或真实的）走遍各市职工医保政策，\n"
        "说明每个方案要基金支出多少、向个人账户划入多少、给个人留下多少负担。\n\n"
        "命令："));
    for (int i = 0; i < n_commands; i++)
        printf("  %-12s%s\n", commands[i].name, tr(commands[i].en, commands[i].zh));
    puts(tr("\nOptions:\n"
            "  --lang=zh|en  language of what people read (default: the locale's)\n"
            "  --version     this program's version and what it was built with\n"
            "  --help        this text; gongji help COMMAND says more of one\n\n"
            "Examples:",
        "\n选项：\n"
        "  --lang=zh|en  界面语言（默认随系统区域设置）\n"
        "  --version     版本与构建环境\n"
        "  --help        显示本说明；各命令见 gongji help 命令\n\n"
        "示例："));
    puts("  gongji run yantai-pre-reform yantai --persons 100000 -o output/yantai\n"
         "  gongji show qujing --on 2023-06-30\n"
         "  gongji ledger xianning --flows flows.csv --reserve 5000000\n");
    puts(tr("Exit status: 0 done, 1 the run failed, 2 bad usage or bad input.",
        "退出状态：0 完成，1 运行失败，2 用法或输入有误。"));
}

static void
print_version(void)
{
    printf("gongji %s%s%s%s\n", version_gongji, *version_commit != '\0' ? " (" : "",
        version_commit, *version_commit != '\0' ? ")" : "");
    printf(tr("built with %s %s, GSL %s, HDF5 %s\n", "以 %s %s、GSL %s、HDF5 %s 构建\n"),
#ifdef __clang__
        "clang",
#else
        "gcc",
#endif
        version_compiler, version_gsl, version_hdf5);
}

static const struct command *
find(const char *name)
{
    for (int i = 0; i < n_commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int
unknown(const char *word)
{
    struct problem_list problems = { 0 };
    const char **names = memory_alloc((size_t)n_commands, sizeof *names);
    for (int i = 0; i < n_commands; i++)
        names[i] = commands[i].name;
    const char *near = problem_nearest(word, names, (size_t)n_commands);
    if (near != NULL)
        problem_add(&problems, NULL, 0, 0,
            tr("unknown command '%s'; did you mean '%s'?", "未知命令“%s”；是否指“%s”？"), word, near);
    else
        problem_add(&problems, NULL, 0, 0,
            tr("unknown command '%s'; gongji --help lists the commands",
                "未知命令“%s”；命令见 gongji --help"),
            word);
    free(names);
    return command_finish(&problems);
}

static bool
help_option(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* --lang zh or --lang=zh before the command: how many words it takes, or -1 (and a
 * problem). */
static int
take_language(int n, char **words, struct problem_list *problems)
{
    if (strncmp(words[0], "--lang", 6) != 0 || (words[0][6] != '=' && words[0][6] != '\0'))
        return 0;
    int taken = words[0][6] == '=' ? 1 : 2;
    const char *word = taken == 1 ? words[0] + 7 : n > 1 ? words[1] : "";
    return command_set_language(word, problems) ? taken : -1;
}

static int
help_on(int n, char **words)
{
    if (n == 0) {
        print_help();
        return EXIT_DONE;
    }
    const struct command *command = find(words[0]);
    if (command == NULL)
        return unknown(words[0]);
    char help[] = "--help";
    char **arguments = memory_alloc((size_t)n + 2, sizeof *arguments);
    memcpy(arguments, words, (size_t)n * sizeof *arguments);
    arguments[n] = help;
    int status = command->run(n + 1, arguments);
    free(arguments);
    return status;
}

static int
dispatch(int n, char **words)
{
    while (n > 0 && words[0][0] == '-') {
        struct problem_list problems = { 0 };
        int taken = take_language(n, words, &problems);
        if (taken < 0)
            return command_finish(&problems);
        if (taken == 0 && strcmp(words[0], "--version") == 0) {
            print_version();
            return EXIT_DONE;
        }
        if (taken == 0 && help_option(words[0])) {
            print_help();
            return EXIT_DONE;
        }
        if (taken == 0) {
            problem_add(&problems, NULL, 0, 0,
                tr("unknown option '%s' before the command; gongji --help shows the usage",
                    "命令之前有未知选项“%s”；用法见 gongji --help"),
                words[0]);
            return command_finish(&problems);
        }
        n -= taken;
        words += taken;
    }
    if (n == 0) {
        struct problem_list problems = { 0 };
        problem_add(&problems, NULL, 0, 0, "%s",
            tr("no command given; gongji --help lists the commands",
                "未给出命令；命令见 gongji --help"));
        return command_finish(&problems);
    }
    if (strcmp(words[0], "help") == 0)
        return help_on(n - 1, words + 1);
    const struct command *command = find(words[0]);
    return command != NULL ? command->run(n, words) : unknown(words[0]);
}

int
main(int argc, char **argv)
{
    /* LC_NUMERIC stays C: a comma for the decimal point would spoil every file. */
    setlocale(LC_CTYPE, "");
    language_current = language_of_locale();
    gsl_set_error_handler_off();
    file_watch_signals();
    /* A reader that closes the pipe early is a failed write, after which what is
     * pending is removed, not a sudden end. */
    signal(SIGPIPE, SIG_IGN);

    int status = dispatch(argc - 1, argv + 1);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == EXIT_DONE) {
        struct problem_list problems = { 0 };
        problem_fail(&problems, NULL, tr("stdout cannot be written; a place that takes all of it "
                                         "is wanted",
            "标准输出无法写入；应为可完整写入之处"));
        status = command_finish(&problems);
    }
    return status;
}
