/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/command.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

const struct command commands[] = {
    { "run", "one synthetic population through every scenario: table, report, result files",
        "同一模拟人群走遍各方案：对比表、报告与结果文件", command_run },
    { "outlay", "what general outpatient care costs the fund, for many drafts at once",
        "快速测算多个方案的普通门诊基金支出", command_outlay },
    { "merge", "joins the shards of a run that several machines did", "合并多台机器分别算出的各份运行结果",
        command_merge },
    { "verify", "makes a result again from what it was made from, and compares",
        "按结果所记的输入重算并比对", command_verify },
    { "adjudicate", "real or hand-made claims through one scenario, claim by claim",
        "按一个方案逐笔结算真实或手工编制的费用", command_adjudicate },
    { "explain", "every step of one claim in words, each with the article that fixes it",
        "逐步说明一笔费用如何结算，并列出条文依据", command_explain },
    { "check", "validates scenario, model and study files, every problem in one go",
        "检查方案、模型与研究文件，一次列出全部问题", command_check },
    { "show", "the parameters in force on a day, with their articles",
        "列出某日施行的全部参数及条文依据", command_show },
    { "population", "synthetic members.csv and claims.csv", "生成模拟的参保人与费用文件",
        command_population },
    { "describe", "what a population looks like: a page of charts and a summary",
        "描绘人群：图表网页与摘要", command_describe },
    { "ledger", "the pooled fund's books for given county flows",
        "按各县收支编制市级统筹账：缺口分担与风险率", command_ledger },
    { "calibrate", "a population model's parameters fitted to published figures",
        "将人群模型的参数拟合至公开数据", command_calibrate },
    { "validate", "a population model held against published figures, fitted and held out",
        "将人群模型与公开数据对照：拟合项与留出项", command_validate },
};
const int n_commands = sizeof commands / sizeof *commands;

/* Keys that no command's own option uses. */
enum { KEY_LANG = 0x10000, KEY_HELP };

static int
n_options(const struct argp *argp)
{
    int n = 0;
    if (argp->options != NULL)
        while (argp->options[n].name != NULL || argp->options[n].key != 0
            || argp->options[n].doc != NULL)
            n++;
    return n;
}

/* The command's options with ours behind them; owned by the caller. */
static struct argp_option *
all_options(const struct argp *argp)
{
    int n = n_options(argp);
    struct argp_option *options = memory_alloc((size_t)n + 4, sizeof *options);
    if (n != 0)
        memcpy(options, argp->options, (size_t)n * sizeof *options);
    options[n++] = (struct argp_option){ .name = "lang", .key = KEY_LANG, .arg = "zh|en" };
    options[n++] = (struct argp_option){ .name = "help", .key = 'h' };
    return options;
}

/* Options as getopt wants them. */
struct scanner {
    struct option *names; /* owned, ends with zeros */
    char *letters; /* owned */
    const char **words; /* [n_words] for "did you mean", owned */
    size_t n_words;
};

static struct scanner
scanner_make(const struct argp_option *options)
{
    size_t n = 0;
    while (options[n].name != NULL || options[n].key != 0 || options[n].doc != NULL)
        n++;
    struct scanner self = { memory_alloc(n + 1, sizeof *self.names), memory_alloc(3 * n + 2, 1),
        memory_alloc(n, sizeof *self.words), 0 };
    char *letter = self.letters;
    *letter++ = ':';
    for (size_t i = 0; i < n; i++) {
        int has = options[i].arg == NULL             ? no_argument
            : options[i].flags & OPTION_ARG_OPTIONAL ? optional_argument
                                                     : required_argument;
        if (options[i].key > ' ' && options[i].key < 127) {
            *letter++ = (char)options[i].key;
            for (int k = 0; k < has; k++)
                *letter++ = ':';
        }
        if (options[i].name == NULL)
            continue;
        self.names[self.n_words] = (struct option){ options[i].name, has, NULL,
            options[i].key != 0 ? options[i].key : 0xffff };
        self.words[self.n_words++] = options[i].name;
    }
    return self;
}

static void
scanner_free(struct scanner *self)
{
    free(self->names);
    free(self->letters);
    free(self->words);
}

/* What getopt did not take: a letter that no option has, or the long option in
 * word, unknown or with a value that it does not take (then letter is its key). */
static void
add_unknown(const struct scanner *scanner, const char *word, const char *name, int letter,
    struct problem_list *problems)
{
    if (letter != 0 && letter < 127 && strchr(scanner->letters, letter) == NULL) {
        problem_add(problems, NULL, 0, 0,
            tr("unknown option '-%c'; gongji %s --help lists the options",
                "未知选项“-%c”；选项见 gongji %s --help"),
            letter, name);
        return;
    }
    char *bare = memory_text_n(word + 2, strcspn(word + 2, "="));
    for (size_t i = 0; i < scanner->n_words; i++)
        if (strcmp(scanner->words[i], bare) == 0) {
            problem_add(problems, NULL, 0, 0,
                tr("option '--%s' takes no value; it stands alone", "选项“--%s”不带值；应单独使用"),
                bare);
            free(bare);
            return;
        }
    const char *near = problem_nearest(bare, scanner->words, scanner->n_words);
    if (near != NULL)
        problem_add(problems, NULL, 0, 0,
            tr("unknown option '--%s'; did you mean '--%s'?", "未知选项“--%s”；是否指“--%s”？"), bare,
            near);
    else
        problem_add(problems, NULL, 0, 0,
            tr("unknown option '--%s'; gongji %s --help lists the options",
                "未知选项“--%s”；选项见 gongji %s --help"),
            bare, name);
    free(bare);
}

bool
command_set_language(const char *word, struct problem_list *problems)
{
    bool zh = strcmp(word, "zh") == 0;
    if (zh || strcmp(word, "en") == 0) {
        language_current = zh ? LANGUAGE_ZH : LANGUAGE_EN;
        return true;
    }
    if (*word == '\0')
        problem_add(problems, NULL, 0, 0, "%s",
            tr("--lang without a language; zh (Chinese) or en (English) is wanted",
                "--lang 缺少语言；应为 zh（中文）或 en（英文）"));
    else
        problem_add(problems, NULL, 0, 0,
            tr("unknown language '%s'; zh (Chinese) or en (English) is wanted",
                "未知语言“%s”；应为 zh（中文）或 en（英文）"),
            word);
    return false;
}

/* Goes over a copy of the arguments before argp does, which would report one
 * problem only and in the language of the installed catalogues: first for the
 * language, then for help and whatever is no option. True where help is wanted. */
static bool
scan(const struct scanner *scanner, const char *name, int argc, char *const *argv, bool language,
    struct problem_list *problems)
{
    char **copy = memory_alloc((size_t)argc + 1, sizeof *copy);
    memcpy(copy, argv, (size_t)argc * sizeof *copy);
    bool help = false;
    opterr = 0;
    optind = 0;
    for (int key; (key = getopt_long(argc, copy, scanner->letters, scanner->names, NULL)) != -1;) {
        if (language) {
            struct problem_list unheard = { 0 };
            if (key == KEY_LANG)
                command_set_language(optarg, &unheard);
            problem_list_free(&unheard);
        } else if (key == 'h') {
            help = true;
        } else if (key == KEY_LANG) {
            command_set_language(optarg, problems);
        } else if (key == ':') {
            problem_add(problems, NULL, 0, 0,
                tr("option '%s' lacks its value; gongji %s --help shows what it takes",
                    "选项“%s”缺少取值；见 gongji %s --help"),
                copy[optind - 1], name);
        } else if (key == '?') {
            add_unknown(scanner, copy[optind - 1], name, optopt, problems);
        }
    }
    free(copy);
    return help;
}

static const struct argp *parsing;

static error_t
parse_key(int key, char *arg, struct argp_state *state)
{
    if (key == KEY_LANG || key == 'h')
        return 0; /* scan() has seen to it */
    return parsing->parser != NULL ? parsing->parser(key, arg, state) : ARGP_ERR_UNKNOWN;
}

int
command_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    struct argp_option *options = all_options(argp);
    struct scanner scanner = scanner_make(options);
    struct problem_list problems = { 0 };
    const char *name = argv[0];
    int leave = 0;

    scan(&scanner, name, argc, argv, true, &problems);
    if (scan(&scanner, name, argc, argv, false, &problems)) {
        command_help(argp, name, stdout);
        problem_list_free(&problems);
        leave = EXIT_DONE + 1;
    } else if (problem_any(&problems)) {
        leave = command_finish(&problems) + 1;
    } else {
        struct argp whole = *argp;
        whole.options = options;
        whole.parser = parse_key;
        whole.args_doc = whole.doc = NULL;
        parsing = argp;
        argp_err_exit_status = EXIT_BAD_INPUT;
        error_t error = argp_parse(&whole, argc, argv, ARGP_NO_HELP, NULL, input);
        if (error != 0) {
            problem_add(&problems, NULL, 0, 0,
                tr("%s; gongji %s --help shows the usage", "%s；用法见 gongji %s --help"),
                strerror(error), name);
            leave = command_finish(&problems) + 1;
        }
    }
    scanner_free(&scanner);
    free(options);
    return leave;
}

void
command_usage_error(const struct argp_state *state, const char *format, ...)
{
    (void)state;
    va_list arguments;
    va_start(arguments, format);
    fputs("gongji: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_BAD_INPUT);
}

int
command_finish(struct problem_list *problems)
{
    int status = !problem_any(problems) ? EXIT_DONE
        : problems->failed              ? EXIT_FAILED
                                        : EXIT_BAD_INPUT;
    fflush(stdout);
    problem_print(problems, stderr);
    problem_list_free(problems);
    return status;
}
