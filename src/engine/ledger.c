/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ledger.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

__extension__ typedef __int128 wide_t;

const struct word alert_words[ALERT_COUNT] = {
    { "none", "none", "无" },
    { "county_analysis", "written analysis by the county bureau", "县医保局书面分析" },
    { "government_report", "analysis approved by the county government, reported to the city's",
        "经县政府审定后报市政府" },
};

bool
ledger_has_rules(const struct policy *policy)
{
    for (int i = 0; i < policy->n_parameters; i++)
        if (policy->parameters[i].descriptor->section == SECTION_POOLING)
            return true;
    return false;
}

static int64_t
value_of(const struct policy *policy, const char *key, day_t day)
{
    const struct parameter *parameter = policy_find(policy, SECTION_POOLING, 0, key);
    if (parameter == NULL)
        return policy_descriptor(SECTION_POOLING, key)->fallback;
    const struct dated_value *value = parameter_on(parameter, day);
    return dated_value_at(value != NULL ? value : &parameter->values[0], &(struct value_at){ 0 });
}

struct ledger_rules
ledger_rules_of(const struct policy *policy, int year)
{
    day_t day = date_day(year, 12, 31);
    return (struct ledger_rules){
        .reserve_share = (ratio_t)value_of(policy, "reserve_share", day),
        .city_share = (ratio_t)value_of(policy, "city_share", day),
        .alert_threshold = (ratio_t)value_of(policy, "alert_threshold", day),
        .reserve_next_year = value_of(policy, "reserve_counts", day) == 1,
        .surplus_at_once = value_of(policy, "pool_surplus_joins", day) == 1,
        .unfulfilled_shares = value_of(policy, "unfulfilled_plan", day) == 1,
    };
}

struct remainder {
    wide_t left; /* of pot times lack, divided by the total */
    size_t index;
};

static int
by_remainder(const void *a, const void *b)
{
    const struct remainder *x = a, *y = b;
    if (x->left != y->left)
        return x->left > y->left ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

void
ledger_share(fen_t pot, size_t n, const fen_t *lacks, fen_t *shares)
{
    fen_t total = 0, given = 0;
    for (size_t i = 0; i < n; i++)
        total += lacks[i];
    if (total <= pot) {
        for (size_t i = 0; i < n; i++)
            shares[i] = lacks[i];
        return;
    }
    struct remainder *remainders = memory_alloc(n, sizeof *remainders);
    for (size_t i = 0; i < n; i++) {
        wide_t product = (wide_t)pot * lacks[i];
        shares[i] = (fen_t)(product / total);
        remainders[i] = (struct remainder){ product % total, i };
        given += shares[i];
    }
    qsort(remainders, n, sizeof *remainders, by_remainder);
    for (size_t i = 0; given < pot; i++, given++)
        shares[remainders[i].index]++;
    free(remainders);
}

const char *
ledger_rate_text(char out[static LEDGER_RATE_TEXT], const struct ledger_row *row)
{
    wide_t over = row->over_budget < 0 ? -(wide_t)row->over_budget : row->over_budget;
    wide_t millionths = (2 * over * RATIO_ONE + row->budgeted) / (2 * (wide_t)row->budgeted);
    const char *sign = row->over_budget < 0 && millionths != 0 ? "-" : "";
    snprintf(out, LEDGER_RATE_TEXT, "%s%lld.%06lld", sign, (long long)(millionths / RATIO_ONE),
        (long long)(millionths % RATIO_ONE));
    return out;
}

/* Judged on the exact quotient, before rounding. */
static enum alert
alert_of(const struct ledger_row *row, ratio_t threshold)
{
    if (row->over_budget <= 0)
        return ALERT_NONE;
    bool beyond = (wide_t)row->over_budget * RATIO_ONE > (wide_t)threshold * row->budgeted;
    return beyond ? ALERT_GOVERNMENT_REPORT : ALERT_COUNTY_ANALYSIS;
}

/* What the county itself has to fill, and what its own surplus from before
 * pooling fills; returns what is still lacking. */
static fen_t
fill_from_county(struct ledger_row *row, const struct flow *flow, const struct ledger_rules *rules,
    fen_t *prior_surplus)
{
    if (!flow->plan_fulfilled && !rules->unfulfilled_shares) {
        row->by_county_own = row->gap;
        return 0;
    }
    row->by_county_own = money_min(row->gap, flow->own_gap);
    row->by_prior_surplus = money_min(row->gap - row->by_county_own, *prior_surplus);
    *prior_surplus -= row->by_prior_surplus;
    return row->gap - row->by_county_own - row->by_prior_surplus;
}

static struct ledger_row
open_row(const struct flow *flow, const struct ledger_rules *rules)
{
    struct ledger_row row = { .county = flow->county, .year = flow->year };
    row.reserve_contribution = money_share_of_all(flow->budget_income, rules->reserve_share);
    row.balance = flow->income - flow->expenditure - row.reserve_contribution;
    row.gap = money_max(0, -row.balance);
    row.over_budget = flow->expenditure - flow->budget_expenditure;
    row.budgeted = flow->budget_expenditure;
    row.alert = alert_of(&row, rules->alert_threshold);
    return row;
}

static void
add_row(struct ledger_row *sums, const struct ledger_row *row)
{
    sums->reserve_contribution += row->reserve_contribution;
    sums->balance += row->balance;
    sums->gap += row->gap;
    sums->by_county_own += row->by_county_own;
    sums->by_prior_surplus += row->by_prior_surplus;
    sums->by_pool += row->by_pool;
    sums->by_reserve += row->by_reserve;
    sums->by_city_budget += row->by_city_budget;
    sums->by_county_budget += row->by_county_budget;
    sums->over_budget += row->over_budget;
    sums->budgeted += row->budgeted;
}

/* What the years hand on to each other. */
struct pots {
    fen_t pool, reserve;
    fen_t *prior_surplus; /* [county], -1 before the county's first year */
};

/* The sums of what is to be added to the pots in a year. */
static void
sum_additions(const struct ledger_row *rows, size_t n, fen_t *contributions, fen_t *surpluses)
{
    *contributions = *surpluses = 0;
    for (size_t i = 0; i < n; i++) {
        *contributions += rows[i].reserve_contribution;
        *surpluses += money_max(0, rows[i].balance);
    }
}

/* A pot serves the lacks: shares are what each gets; returns what is left in it. */
static fen_t
draw(fen_t pot, size_t n, fen_t *lacks, fen_t *shares)
{
    ledger_share(pot, n, lacks, shares);
    for (size_t i = 0; i < n; i++) {
        lacks[i] -= shares[i];
        pot -= shares[i];
    }
    return pot;
}

/* One year: rows is [n + 1], the sums last. */
static void
keep_year(struct ledger_row *rows, const struct flow *const *flows, size_t n,
    const struct ledger_rules *rules, struct pots *pots)
{
    fen_t *lacks = memory_alloc(n, sizeof *lacks), *shares = memory_alloc(n, sizeof *shares);
    fen_t contributions, surpluses;
    for (size_t i = 0; i < n; i++) {
        fen_t *prior = &pots->prior_surplus[flows[i]->county];
        if (*prior < 0)
            *prior = flows[i]->prior_surplus;
        rows[i] = open_row(flows[i], rules);
        lacks[i] = fill_from_county(&rows[i], flows[i], rules, prior);
    }
    sum_additions(rows, n, &contributions, &surpluses);

    pots->pool += rules->surplus_at_once ? surpluses : 0;
    pots->pool = draw(pots->pool, n, lacks, shares);
    for (size_t i = 0; i < n; i++)
        rows[i].by_pool = shares[i];
    pots->pool += rules->surplus_at_once ? 0 : surpluses;

    pots->reserve += rules->reserve_next_year ? 0 : contributions;
    pots->reserve = draw(pots->reserve, n, lacks, shares);
    for (size_t i = 0; i < n; i++)
        rows[i].by_reserve = shares[i];
    pots->reserve += rules->reserve_next_year ? contributions : 0;

    struct ledger_row *sums = &rows[n];
    *sums = (struct ledger_row){ .county = NAME_NONE, .year = rows[0].year,
        .pool_end = pots->pool, .reserve_end = pots->reserve };
    for (size_t i = 0; i < n; i++) {
        rows[i].by_city_budget = money_share_of_all(lacks[i], rules->city_share);
        rows[i].by_county_budget = lacks[i] - rows[i].by_city_budget;
        add_row(sums, &rows[i]);
    }
    free(lacks);
    free(shares);
}

/* Rows of the same file keep their order: what is pointed at is one array. */
static int
by_year(const void *a, const void *b)
{
    const struct flow *x = *(const struct flow *const *)a, *y = *(const struct flow *const *)b;
    if (x->year != y->year)
        return x->year < y->year ? -1 : 1;
    return x < y ? -1 : 1;
}

void
ledger_keep(struct ledger *self, const struct policy *policy, const struct flows *flows, fen_t pool,
    fen_t reserve)
{
    struct pots pots = { pool, reserve,
        memory_alloc(flows->counties.n, sizeof *pots.prior_surplus) };
    for (uint32_t i = 0; i < flows->counties.n; i++)
        pots.prior_surplus[i] = -1;
    const struct flow **order = memory_alloc(flows->n, sizeof *order);
    for (size_t i = 0; i < flows->n; i++)
        order[i] = &flows->items[i];
    qsort(order, flows->n, sizeof *order, by_year);

    *self = (struct ledger){ memory_alloc(2 * flows->n, sizeof *self->rows), 0 };
    for (size_t i = 0, end; i < flows->n; i = end) {
        for (end = i; end < flows->n && order[end]->year == order[i]->year;)
            end++;
        struct ledger_rules rules = ledger_rules_of(policy, order[i]->year);
        keep_year(self->rows + self->n, order + i, end - i, &rules, &pots);
        self->n += end - i + 1;
    }
    free(order);
    free(pots.prior_surplus);
}

void
ledger_free(struct ledger *self)
{
    free(self->rows);
    *self = (struct ledger){ 0 };
}
