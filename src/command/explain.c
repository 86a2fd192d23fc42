/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/names.h"
#include "command/command.h"
#include "command/screen.h"
#include "engine/caseload.h"
#include "output/explain.h"

enum { KEY_CLAIMS = 256, KEY_MEMBERS, KEY_CLAIM, KEY_JSON };

struct arguments {
    const char *scenario, *claims, *members;
    const char **ids; /* [n], owned; the texts are argv's */
    int n, capacity;
    bool json;
};

static const struct argp_option options[] = {
    { "claims", KEY_CLAIMS, BOTH("FILE", "文件"), 0,
        BOTH("the claims, as adjudicate reads them", "费用文件，同 adjudicate"), 0 },
    { "members", KEY_MEMBERS, BOTH("FILE", "文件"), 0,
        BOTH("the members that they belong to", "参保人文件，同 adjudicate"), 0 },
    { "claim", KEY_CLAIM, BOTH("ID", "编号"), 0,
        BOTH("the claim to explain; may be repeated", "要说明的费用编号；可重复"), 0 },
    { "json", KEY_JSON, NULL, 0, BOTH("a line of JSON for each claim", "每笔输出一行 JSON"), 0 },
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
    case KEY_CLAIM:
        memory_grow(a->ids, a->n, a->capacity);
        a->ids[a->n++] = arg;
        return 0;
    case KEY_JSON:
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (a->scenario != NULL)
            command_usage_error(state, "%s",
                tr("more than one scenario; explain takes one", "方案多于一个；explain 只用一个方案"));
        a->scenario = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->scenario == NULL)
            command_usage_error(state, "%s",
                tr("no scenario given; a file, or an id of scenarios/, is wanted",
                    "未指定方案；应为文件，或 scenarios/ 里的编号"));
        if (a->claims == NULL || a->members == NULL || a->n == 0)
            command_usage_error(state, "%s",
                tr("--claims, --members or --claim is missing; all three are required",
                    "缺少 --claims、--members 或 --claim；三者都须给出"));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("SCENARIO --claims FILE --members FILE --claim ID",
        "方案 --claims 文件 --members 文件 --claim 编号"),
    .doc = BOTH("Tells how one claim is settled, in words: the checks of entitlement, each step of "
                "what the fund pays, who pays the rest, what had added up before and after, and "
                "what the other provider classes would have meant. Each step names its parameters, "
                "since when they hold and the article behind them. The household's other claims are "
                "settled before it, as adjudicate does; the figures are the same to the fen.\v"
                "Examples:\n"
                "  gongji explain yantai --claims claims.csv --members members.csv --claim c1\n"
                "  gongji explain qujing --claims claims.csv --members members.csv --claim c7 --json",
        "用文字说明一笔费用如何结算：逐项核对待遇资格，逐步计算统筹基金支付，再说明个人负担由谁支付、"
        "累计额前后变化，以及若在其他级别机构就医会怎样。每一步列出所用参数、适用日期和条文依据。"
        "同户此前的费用先行结算，与 adjudicate 一致，金额分毫不差。\v"
        "示例：\n"
        "  gongji explain yantai --claims claims.csv --members members.csv --claim c1\n"
        "  gongji explain qujing --claims claims.csv --members members.csv --claim c7 --json"),
};

/* Reports an id that no claim has, with the nearest one that there is. */
static void
report_unknown(const char *id, const char *file, const struct claims *claims,
    struct problem_list *problems)
{
    struct claims_cursor cursor = { 0 };
    struct names ids = { 0 };
    for (uint32_t i = 0; i < claims->n; i++) {
        struct claim_place place;
        const char *text = claims_next_id(claims, &cursor, &place);
        names_add(&ids, text, place.n);
    }
    const char *near = problem_nearest(id, (const char *const *)ids.text, ids.n);
    if (near != NULL)
        problem_add(problems, file, 0, 0,
            tr("there is no claim '%s'; did you mean '%s'?", "没有编号为“%s”的费用；是否指“%s”？"), id, near);
    else
        problem_add(problems, file, 0, 0,
            tr("there is no claim '%s'; a claim_id of this file is wanted",
                "没有编号为“%s”的费用；应为该文件中的 claim_id"),
            id);
    names_free(&ids);
}

static void
explain_one(struct caseload *caseload, const struct names *names, uint32_t index, int part, bool json)
{
    struct explanation explanation;
    explanation_make(&explanation, caseload, names, index, part);
    if (json)
        explanation_write_json(stdout, &explanation);
    else
        explanation_write(stdout, &explanation, screen_width());
    explanation_free(&explanation);
}

static void
explain(const struct arguments *a, const struct policy *policy, const struct names *names,
    const struct members *members, struct claims *claims, struct problem_list *problems)
{
    uint32_t *found = memory_alloc((size_t)a->n, sizeof *found);
    int *parts = memory_alloc((size_t)a->n, sizeof *parts);
    for (int i = 0; i < a->n; i++) {
        found[i] = claims_find(claims, a->ids[i], strlen(a->ids[i]), &parts[i]);
        if (found[i] == NAME_NONE)
            report_unknown(a->ids[i], a->claims, claims, problems);
    }
    if (!problem_any(problems)) {
        struct program *program = program_compile(policy, DAY_MIN, EXPIRY_STOP);
        struct caseload caseload;
        caseload_init(&caseload, program, members, claims, false);
        for (int i = 0; i < a->n; i++) {
            if (i > 0 && !a->json)
                fputs("\n\n", stdout);
            explain_one(&caseload, names, found[i], parts[i], a->json);
        }
        caseload_free(&caseload);
        program_free(program);
    }
    free(found);
    free(parts);
}

int
command_explain(int argc, char **argv)
{
    struct arguments a = { 0 };
    int leave = command_parse(&argp, argc, argv, &a);
    if (leave != 0)
        return leave - 1;
    struct problem_list problems = { 0 };
    struct names names = { 0 };
    struct members members;
    struct claims claims;
    struct policy *policy = policy_read(a.scenario, &names, &problems);
    bool known = members_read(&members, a.members, &names, &problems) || members.n != 0;
    claims_read(&claims, a.claims, known ? &members : NULL, &names, 0, &problems);
    if (!problem_any(&problems))
        explain(&a, policy, &names, &members, &claims, &problems);
    claims_free(&claims);
    members_free(&members);
    policy_free(policy);
    names_free(&names);
    free(a.ids);
    return command_finish(&problems);
}
