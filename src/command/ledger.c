/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "command/command.h"
#include "engine/ledger.h"
#include "output/csv.h"

struct options {
    const char *scenario, *flows, *output;
    fen_t pool, reserve;
};
enum { KEY_FLOWS = 256, KEY_POOL, KEY_RESERVE };

static const struct argp_option option_table[] = {
    { "flows", KEY_FLOWS, BOTH("FILE", "文件"), 0,
        BOTH("what each county took in and spent, by year: a CSV file with the columns county, year, "
             "budget_income, budget_expenditure, income, expenditure, own_gap, plan_fulfilled and "
             "prior_surplus",
            "各县逐年收支：CSV 文件，列为 county、year、budget_income、budget_expenditure、income、"
            "expenditure、own_gap、plan_fulfilled、prior_surplus"),
        0 },
    { "pool", KEY_POOL, BOTH("YUAN", "元"), 0,
        BOTH("the city's accumulated pooled surplus as the first year opens (default 0)",
            "首年年初市级统筹累计结余（默认 0）"),
        0 },
    { "reserve", KEY_RESERVE, BOTH("YUAN", "元"), 0,
        BOTH("the city's reserve as the first year opens (default 0)",
            "首年年初市级风险储备金（默认 0）"),
        0 },
    { "output", 'o', BOTH("FILE", "文件"), 0,
        BOTH("where the books go (default: standard output)", "账目写到此文件（默认为标准输出）"), 0 },
    { 0 },
};

static const char doc[]
    = BOTH("The pooled fund's books for given county flows: the reserve, each county's gap and who "
           "fills it, the risk rate and what it calls for. The scenario must have pooling rules.\v"
           "Examples:\n"
           "  gongji ledger xianning --flows flows.csv\n"
           "  gongji ledger xianning --flows flows.csv --pool 30000000 --reserve 12345678.90 "
           "-o books.csv",
        "按各县收支编制市级统筹账：储备金、各县缺口及由谁弥补、风险率及应采取的措施。方案须含市级统筹"
        "规定。\v"
        "示例：\n"
        "  gongji ledger xianning --flows flows.csv\n"
        "  gongji ledger xianning --flows flows.csv --pool 30000000 --reserve 12345678.90 "
        "-o books.csv");

static fen_t
amount(const struct argp_state *state, const char *option, const char *text)
{
    fen_t value;
    if (money_parse(text, strlen(text), &value) != MONEY_OK || value < 0)
        command_usage_error(state,
            tr("--%s '%s' is no amount; yuan as 1234.50 are wanted, at most 10000000000",
                "--%s“%s”不是金额；应为如 1234.50 的元数，最多 10000000000"),
            option, text);
    return value;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case KEY_FLOWS:
        options->flows = arg;
        return 0;
    case KEY_POOL:
        options->pool = amount(state, "pool", arg);
        return 0;
    case KEY_RESERVE:
        options->reserve = amount(state, "reserve", arg);
        return 0;
    case 'o':
        options->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (options->scenario != NULL)
            command_usage_error(state,
                tr("a second scenario '%s'; one is wanted", "多余的方案“%s”；应只有一个"), arg);
        options->scenario = arg;
        return 0;
    case ARGP_KEY_END:
        if (options->scenario == NULL || options->flows == NULL)
            command_usage_error(state, "%s",
                options->scenario == NULL
                    ? tr("no scenario given; a file or an id is wanted", "未给出方案；应为文件或名称")
                    : tr("no --flows given; a CSV file of county flows is wanted",
                        "未给出 --flows；应为各县收支的 CSV 文件"));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void
put_money(FILE *stream, fen_t amount)
{
    char text[MONEY_TEXT + 1];
    fprintf(stream, ",%s", money_text(text, amount));
}

static void
put_row(FILE *stream, const struct ledger_row *row, const struct names *counties)
{
    const fen_t amounts[] = { row->reserve_contribution, row->balance, row->gap, row->by_county_own,
        row->by_prior_surplus, row->by_pool, row->by_reserve, row->by_city_budget,
        row->by_county_budget };
    bool sums = row->county == NAME_NONE;
    char rate[LEDGER_RATE_TEXT];
    csv_put_text(stream, sums ? "*" : counties->text[row->county]);
    fprintf(stream, ",%d", row->year);
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
        put_money(stream, amounts[i]);
    fprintf(stream, ",%s,%s", ledger_rate_text(rate, row), alert_words[row->alert].key);
    if (sums) {
        put_money(stream, row->pool_end);
        put_money(stream, row->reserve_end);
        putc('\n', stream);
    } else {
        fputs(",,\n", stream);
    }
}

static void
put_ledger(FILE *stream, const struct ledger *ledger, const struct names *counties)
{
    fputs("county,year,reserve_contribution,balance,gap,by_county_own,by_prior_surplus,by_pool,"
          "by_reserve,by_city_budget,by_county_budget,risk_rate,alert,pool_end,reserve_end\n",
        stream);
    for (size_t i = 0; i < ledger->n; i++)
        put_row(stream, &ledger->rows[i], counties);
}

static void
write_ledger(const char *path, const struct ledger *ledger, const struct names *counties,
    struct problem_list *problems)
{
    if (path == NULL) {
        put_ledger(stdout, ledger, counties);
        return;
    }
    struct file_set set = { 0 };
    FILE *stream = file_set_open(&set, path, problems);
    if (stream != NULL) {
        put_ledger(stream, ledger, counties);
        file_set_commit(&set, problems);
    }
    file_set_free(&set);
}

int
command_ledger(int argc, char **argv)
{
    struct options options = { 0 };
    static const struct argp argp = { .options = option_table, .parser = parse,
        .args_doc = BOTH("SCENARIO --flows FILE [-o FILE]", "方案 --flows 文件 [-o 文件]"), .doc = doc };
    int leave = command_parse(&argp, argc, argv, &options);
    if (leave != 0)
        return leave - 1;

    struct problem_list problems = { 0 };
    struct names names = { 0 };
    struct flows flows;
    struct policy *policy = policy_read(options.scenario, &names, &problems);
    if (policy != NULL && !ledger_has_rules(policy))
        problem_add(&problems, policy->file, 0, 0, "%s",
            tr("this scenario has no pooling rules; xianning has them, under pooling",
                "此方案没有市级统筹规定；xianning 有（见其 pooling 部分）"));
    flows_read(&flows, options.flows, &problems);
    if (!problem_any(&problems)) {
        struct ledger ledger;
        ledger_keep(&ledger, policy, &flows, options.pool, options.reserve);
        write_ledger(options.output, &ledger, &flows.counties, &problems);
        ledger_free(&ledger);
    }
    flows_free(&flows);
    policy_free(policy);
    names_free(&names);
    return command_finish(&problems);
}
