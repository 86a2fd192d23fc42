/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/names.h"
#include "command/command.h"
#include "engine/caseload.h"
#include "input/table.h"
#include "output/settlements.h"

enum { KEY_CLAIMS = 256, KEY_MEMBERS, KEY_ACCOUNTS };

struct arguments {
    const char *scenario, *claims, *members, *output, *accounts;
};

static const struct argp_option options[] = {
    { "claims", KEY_CLAIMS, BOTH("FILE", "文件"), 0, BOTH("the claims, CSV or HDF5", "费用文件，CSV 或 HDF5"), 0 },
    { "members", KEY_MEMBERS, BOTH("FILE", "文件"), 0,
        BOTH("the members that they belong to, CSV or HDF5", "参保人文件，CSV 或 HDF5"), 0 },
    { "output", 'o', BOTH("FILE", "文件"), 0,
        BOTH("where the settlements go, HDF5 where it ends in .h5 (default: stdout, as CSV)",
            "结算结果文件，以 .h5 结尾则为 HDF5（默认以 CSV 写到标准输出）"),
        0 },
    { "accounts", KEY_ACCOUNTS, BOTH("FILE", "文件"), 0,
        BOTH("where the personal accounts go, a row per member and month",
            "个人账户文件，每人每月一行"),
        0 },
    { 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_CLAIMS:
        a->claims = arg;
        return 0;
    case KEY_MEMBERS:
        a->members = arg;
        return 0;
    case KEY_ACCOUNTS:
        a->accounts = arg;
        return 0;
    case 'o':
        a->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (a->scenario != NULL)
            command_usage_error(state, tr("more than one scenario; adjudicate takes one",
                "方案多于一个；adjudicate 只用一个方案"));
        a->scenario = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->scenario == NULL)
            command_usage_error(state, tr("no scenario given; a file, or an id of scenarios/",
                "未指定方案；应为文件，或 scenarios/ 下的编号"));
        if (a->claims == NULL)
            command_usage_error(state, tr("no claims given; --claims FILE is required",
                "未指定费用；必须给出 --claims 文件"));
        if (a->members == NULL)
            command_usage_error(state, tr("no members given; --members FILE is required",
                "未指定参保人；必须给出 --members 文件"));
        if (a->output != NULL && a->accounts != NULL && strcmp(a->output, a->accounts) == 0)
            command_usage_error(state, tr("-o and --accounts name the same file; two are wanted",
                "-o 与 --accounts 是同一文件；应为两个文件"));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("SCENARIO --claims FILE --members FILE", "方案 --claims 文件 --members 文件"),
    .doc = BOTH("Settles real or hand-made claims by one scenario, claim by claim, to the fen: what "
                "the pooled fund pays, what accounts pay, what is left in cash, and why the fund "
                "paid nothing where it did not. Nothing is written when the input has problems; "
                "all of them are listed.\n\n"
                "Files whose names end in .h5 are HDF5: groups members and claims, results in "
                "groups out and accounts, an array of one dimension a column, amounts in fen "
                "where they are whole numbers.\v"
                "Examples:\n"
                "  gongji adjudicate yantai --claims claims.csv --members members.csv\n"
                "  gongji adjudicate qujing --claims claims.csv --members members.csv \\\n"
                "      -o out.csv --accounts accounts.csv\n",
        "按一个方案逐笔结算真实或手工编制的费用，精确到分：统筹基金支付多少、个人账户支付多少、"
        "现金自付多少；基金未支付的，说明原因。输入有误时列出全部问题，不写任何文件。\n\n"
        "以 .h5 结尾的文件为 HDF5：输入为 members 与 claims 组，结果为 out 与 accounts 组，每列一个"
        "一维数组，整数金额以分计。\v"
        "示例：\n"
        "  gongji adjudicate yantai --claims claims.csv --members members.csv\n"
        "  gongji adjudicate qujing --claims claims.csv --members members.csv \\\n"
        "      -o out.csv --accounts accounts.csv\n"),
};

static void
note_columns(const char *file, char *const *columns, int n)
{
    for (int i = 0; i < n; i++)
        fprintf(stderr, tr("%s: note: column '%s' is not used\n", "%s：提示：“%s”列未使用\n"), file,
            columns[i]);
}

/* One file of results: HDF5 where its name says so, else CSV. */
static void
write_file(struct file_set *files, const char *path, const struct caseload *caseload,
    void (*as_csv)(FILE *, const struct caseload *), bool (*as_hdf)(const char *, const struct caseload *),
    struct problem_list *problems)
{
    if (!table_is_hdf(path)) {
        FILE *stream = file_set_open(files, path, problems);
        if (stream != NULL)
            as_csv(stream, caseload);
        return;
    }
    const char *name = file_set_name(files, path, problems);
    if (name != NULL && !as_hdf(name, caseload))
        problem_fail(problems, path, "%s",
            tr("cannot be written; a place with room for it is wanted",
                "无法写入；应为有足够空间之处"));
}

/* Writes what was asked for; all files appear, or none. */
static void
write_results(const struct arguments *a, const struct caseload *caseload,
    struct problem_list *problems)
{
    struct file_set files = { 0 };
    if (a->accounts != NULL)
        write_file(&files, a->accounts, caseload, settlements_write_accounts,
            settlements_write_accounts_hdf, problems);
    if (a->output != NULL && !problem_any(problems))
        write_file(&files, a->output, caseload, settlements_write, settlements_write_hdf, problems);
    if (!problem_any(problems) && file_set_commit(&files, problems) && a->output == NULL)
        settlements_write(stdout, caseload);
    file_set_free(&files);
}

static void
settle(const struct arguments *a, const struct policy *policy, const struct members *members,
    struct claims *claims, struct problem_list *problems)
{
    struct program *program = program_compile(policy, DAY_MIN, EXPIRY_STOP);
    struct caseload caseload;
    caseload_init(&caseload, program, members, claims, a->accounts != NULL);
    if (caseload_settle(&caseload))
        write_results(a, &caseload, problems);
    caseload_free(&caseload);
    program_free(program);
}

int
command_adjudicate(int argc, char **argv)
{
    struct arguments a = { 0 };
    int leave = command_parse(&argp, argc, argv, &a);
    if (leave != 0)
        return leave - 1;
    struct problem_list problems = { 0 };
    struct names names = { 0 };
    struct members members;
    struct claims claims;
    /* All three are read whatever is wrong with one, to name every problem. */
    struct policy *policy = policy_read(a.scenario, &names, &problems);
    bool known = members_read(&members, a.members, &names, &problems) || members.n != 0;
    claims_read(&claims, a.claims, known ? &members : NULL, &names, 0, &problems);
    note_columns(a.members, members.unknown_columns, members.n_unknown);
    note_columns(a.claims, claims.unknown_columns, claims.n_unknown);
    if (!problem_any(&problems))
        settle(&a, policy, &members, &claims, &problems);
    claims_free(&claims);
    members_free(&members);
    policy_free(policy);
    names_free(&names);
    return command_finish(&problems);
}
