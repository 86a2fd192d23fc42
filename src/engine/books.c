/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/books.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

__extension__ typedef __int128 wide_t;

#define BENEFIT_LINE(benefit, part, en, zh)                                                        \
    [BOOK_BENEFIT + (benefit)] = { "pool_" part, "pool: " en, "统筹基金" zh "支出", BOOK_YUAN, BOOK_OF_OUTGO }

const struct book_info book_infos[BOOK_COUNT] = {
    [BOOK_OPENING] = { "pool_opening", "pool at the year's opening", "统筹基金年初结余", BOOK_YUAN, BOOK_BALANCE },
    [BOOK_EMPLOYER] = { "pool_employer", "employers' contributions", "单位缴费收入", BOOK_YUAN, BOOK_OF_INCOME },
    [BOOK_FLEXIBLE] = { "pool_flexible", "flexible members' contributions", "灵活就业人员缴费收入", BOOK_YUAN,
        BOOK_OF_INCOME },
    [BOOK_SUBSIDY] = { "pool_subsidy", "subsidies to the pool", "财政补贴收入", BOOK_YUAN, BOOK_OF_INCOME },
    [BOOK_OTHER_INCOME] = { "pool_other_income", "other income of the pool", "其他收入", BOOK_YUAN,
        BOOK_OF_INCOME },
    [BOOK_INTEREST] = { "pool_interest", "interest on the pool", "利息收入", BOOK_YUAN, BOOK_OF_INCOME },
    [BOOK_INCOME] = { "pool_income", "income of the pool", "统筹基金收入合计", BOOK_YUAN, BOOK_TOTAL },
    BENEFIT_LINE(BENEFIT_OUTPATIENT, "outpatient", "general outpatient", "普通门诊"),
    BENEFIT_LINE(BENEFIT_CHRONIC, "chronic", "chronic diseases", "门诊慢性病"),
    BENEFIT_LINE(BENEFIT_SPECIAL, "special", "special diseases", "门诊特殊病"),
    BENEFIT_LINE(BENEFIT_EMERGENCY, "emergency", "emergency rescue", "急诊抢救"),
    BENEFIT_LINE(BENEFIT_NEGOTIATED_DRUG, "negotiated_drug", "negotiated drugs", "国谈药"),
    BENEFIT_LINE(BENEFIT_DAY_SURGERY, "day_surgery", "day surgery", "日间手术"),
    BENEFIT_LINE(BENEFIT_INPATIENT, "inpatient", "inpatient care", "住院"),
    [BOOK_TRANSFER_ACTIVE] = { "pool_transfer_active", "pool into accounts of the active",
        "划入在职人员个人账户", BOOK_YUAN, BOOK_OF_OUTGO },
    [BOOK_TRANSFER_RETIRED] = { "pool_transfer_retired", "pool into accounts of the retired",
        "划入退休人员个人账户", BOOK_YUAN, BOOK_OF_OUTGO },
    [BOOK_OTHER_OUTGO] = { "pool_other_outgo", "other outgo of the pool", "其他支出", BOOK_YUAN, BOOK_OF_OUTGO },
    [BOOK_OUTGO] = { "pool_outgo", "outgo of the pool", "统筹基金支出合计", BOOK_YUAN, BOOK_TOTAL },
    [BOOK_SURPLUS] = { "pool_surplus", "the pool's surplus of the year", "统筹基金当年收支差", BOOK_YUAN,
        BOOK_TOTAL },
    [BOOK_GOVERNMENT] = { "pool_government", "budgets' money for gaps", "财政弥补缺口", BOOK_YUAN,
        BOOK_BALANCE },
    [BOOK_FROM_CITY] = { "pool_from_city", "a county's net draw on the city's pots", "县区净用市级统筹结余与储备金",
        BOOK_YUAN, BOOK_BALANCE },
    [BOOK_CLOSING] = { "pool_closing", "pool at the year's close", "统筹基金年末结余", BOOK_YUAN,
        BOOK_BALANCE },
    [BOOK_RESERVE] = { "pool_reserve", "of it in the reserve", "其中：风险储备金", BOOK_YUAN, BOOK_BALANCE },
    [BOOK_MONTHS] = { "pool_months", "months of outgo in the pool", "结余可支付月数", BOOK_IN_MONTHS,
        BOOK_BALANCE },
    [BOOK_ACTIVE] = { "insured_active", "active insured on 1 January", "年初在职参保人数", BOOK_PERSONS,
        BOOK_STATE },
    [BOOK_RETIRED] = { "insured_retired", "retired insured on 1 January", "年初退休参保人数", BOOK_PERSONS,
        BOOK_STATE },
    [BOOK_DEPENDENCY] = { "dependency_ratio", "active to one retired", "在职退休比", BOOK_RATIO, BOOK_STATE },
};

/* --- the model's fund section --- */

void
fund_init(struct fund *self, const struct model *model, int first_year, int n_years)
{
    *self = (struct fund){ .opening = model_by_year(model, -1, "fund.opening_balance", first_year),
        .reserve = model_by_year(model, -1, "fund.reserve_balance", first_year),
        .pooled_share = model_number(model, -1, "fund.pooled_share"),
        .first_year = first_year,
        .n_years = n_years,
        .years = memory_alloc((size_t)n_years, sizeof *self->years) };
    for (int y = 0; y < n_years; y++) {
        int year = first_year + y;
        self->years[y] = (struct fund_year){
            .interest = model_by_year(model, -1, "fund.interest", year),
            .subsidy = model_by_year(model, -1, "fund.subsidy", year),
            .other_income = model_by_year(model, -1, "fund.other_income", year),
            .other_outgo = model_by_year(model, -1, "fund.other_outgo", year),
            .budget_growth = model_by_year(model, -1, "fund.budget_growth", year),
            .own_gap_share = model_number(model, -1, "fund.own_gap_share"),
            .plan_fulfilled = model_number(model, -1, "fund.plan_fulfilled") != 0,
        };
    }
}

void
fund_free(struct fund *self)
{
    free(self->years);
    *self = (struct fund){ 0 };
}

/* --- one year's flows, scaled --- */

/* A sum over the persons drawn, in hundredths of the insured's, half up. */
static int64_t
scaled(int64_t sum, int64_t unit, int64_t insured, int64_t persons)
{
    return (int64_t)(((wide_t)sum * insured * unit * 2 + persons) / ((wide_t)persons * 2));
}

/* Yuan an insured for those of a county. */
static fen_t
for_insured(double yuan, int64_t people, int64_t insured, int64_t persons)
{
    return llround(100 * yuan * (double)people / (double)persons * (double)insured);
}

/* The flows of a year without one of their parts (-1: of all): [n_counties][FLOW_COUNT];
 * returns the persons. */
static int64_t
sum_parts(const int64_t *flows, int n_counties, int without, int64_t *out)
{
    int64_t persons = 0;
    memset(out, 0, flows_at(n_counties, 1, 0) * sizeof *out);
    for (int part = 0; part < FLOW_PARTS; part++)
        for (int county = 0; part != without && county < n_counties; county++) {
            const int64_t *from = flows + flows_at(n_counties, part, county);
            int64_t *to = out + flows_at(n_counties, 0, county);
            for (int f = 0; f < FLOW_COUNT; f++)
                to[f] += from[f];
        }
    for (int county = 0; county < n_counties; county++) {
        const int64_t *of = out + flows_at(n_counties, 0, county);
        persons += of[FLOW_PERSONS_ACTIVE] + of[FLOW_PERSONS_RETIRED];
    }
    return persons;
}

/* A county's lines that flows and the fund section fix. */
static void
fill_flows(int64_t *lines, const int64_t *flows, const struct fund_year *fund, int64_t insured,
    int64_t persons)
{
    int64_t people = flows[FLOW_PERSONS_ACTIVE] + flows[FLOW_PERSONS_RETIRED];
    lines[BOOK_EMPLOYER] = scaled(flows[FLOW_EMPLOYER], 1, insured, persons);
    lines[BOOK_FLEXIBLE] = scaled(flows[FLOW_FLEXIBLE], 1, insured, persons);
    lines[BOOK_SUBSIDY] = for_insured(fund->subsidy, people, insured, persons);
    lines[BOOK_OTHER_INCOME] = for_insured(fund->other_income, people, insured, persons);
    for (int benefit = 0; benefit < BENEFIT_COUNT; benefit++)
        lines[BOOK_BENEFIT + benefit] = scaled(flows[FLOW_BENEFIT + benefit], 1, insured, persons);
    lines[BOOK_TRANSFER_ACTIVE] = scaled(flows[FLOW_TRANSFER_ACTIVE], 1, insured, persons);
    lines[BOOK_TRANSFER_RETIRED] = scaled(flows[FLOW_TRANSFER_RETIRED], 1, insured, persons);
    lines[BOOK_OTHER_OUTGO] = for_insured(fund->other_outgo, people, insured, persons);
    lines[BOOK_ACTIVE] = scaled(flows[FLOW_PERSONS_ACTIVE], 100, insured, persons);
    lines[BOOK_RETIRED] = scaled(flows[FLOW_PERSONS_RETIRED], 100, insured, persons);
}

/* --- sums and quotients of lines --- */

static void
add_up(int64_t *lines)
{
    lines[BOOK_INCOME] = lines[BOOK_OUTGO] = 0;
    for (int l = 0; l < BOOK_COUNT; l++) {
        lines[BOOK_INCOME] += book_infos[l].role == BOOK_OF_INCOME ? lines[l] : 0;
        lines[BOOK_OUTGO] += book_infos[l].role == BOOK_OF_OUTGO ? lines[l] : 0;
    }
    lines[BOOK_SURPLUS] = lines[BOOK_INCOME] - lines[BOOK_OUTGO];
}

static int64_t
in_hundredths(double part, double whole)
{
    return whole > 0 ? llround(100 * part / whole) : 0;
}

static void
divide(int64_t *lines)
{
    lines[BOOK_MONTHS]
        = in_hundredths(12 * (double)lines[BOOK_CLOSING], (double)lines[BOOK_OUTGO]);
    lines[BOOK_DEPENDENCY]
        = in_hundredths((double)lines[BOOK_ACTIVE], (double)lines[BOOK_RETIRED]);
}

/* --- a scenario's years --- */

static fen_t
interest_on(fen_t balance, double rate)
{
    return balance > 0 ? llround((double)balance * rate) : 0;
}

/* What a scenario's years hand on to each other, and its county lines of the year. */
struct keeping {
    const struct books_source *source;
    int scenario, n; /* counties */
    int64_t *flows; /* [n][FLOW_COUNT] of the year */
    int64_t *lines; /* [n + 1][BOOK_COUNT]: the city's first */
    struct ledger_row *rows; /* [n + 1] likewise */
    fen_t *own; /* [n] counties' own surplus from before pooling */
    fen_t pool, reserve; /* the city's; where there is one pool, pool is all there is */
    fen_t *budget_income, *budget_outgo; /* [n] of the year to come */
    struct flow *items; /* [n] */
};

static void
keeping_init(struct keeping *self, const struct books_source *source)
{
    size_t n = (size_t)source->n_counties;
    *self = (struct keeping){ .source = source,
        .n = source->n_counties,
        .flows = memory_alloc(n * FLOW_COUNT, sizeof *self->flows),
        .lines = memory_alloc((n + 1) * BOOK_COUNT, sizeof *self->lines),
        .rows = memory_alloc(n + 1, sizeof *self->rows),
        .own = memory_alloc(n, sizeof *self->own),
        .budget_income = memory_alloc(n, sizeof *self->budget_income),
        .budget_outgo = memory_alloc(n, sizeof *self->budget_outgo),
        .items = memory_alloc(n, sizeof *self->items) };
}

static void
keeping_free(struct keeping *self)
{
    free(self->flows);
    free(self->lines);
    free(self->rows);
    free(self->own);
    free(self->budget_income);
    free(self->budget_outgo);
    free(self->items);
}

static int64_t *
lines_of(const struct keeping *self, int county)
{
    return self->lines + (size_t)(county + 1) * BOOK_COUNT;
}

/* Counties' lines that need no balance, and the city's as their sums. */
static void
begin_year(struct keeping *self, int y, int64_t insured, int64_t persons)
{
    memset(self->lines, 0, ((size_t)self->n + 1) * BOOK_COUNT * sizeof *self->lines);
    for (int c = 0; c < self->n; c++) {
        int64_t *lines = lines_of(self, c);
        fill_flows(lines, self->flows + flows_at(self->n, 0, c), &self->source->fund->years[y],
            insured, persons);
        add_up(lines);
        for (int l = 0; l < BOOK_COUNT; l++)
            self->lines[l] += lines[l];
    }
}

/* The opening balance, cut into what the counties, the pool and the reserve hold. */
static void
open_books(struct keeping *self, int64_t insured, int64_t persons, bool pooled)
{
    const struct fund *fund = self->source->fund;
    self->pool = self->reserve = 0;
    for (int c = 0; c < self->n; c++) {
        const int64_t *flows = self->flows + flows_at(self->n, 0, c);
        int64_t people = flows[FLOW_PERSONS_ACTIVE] + flows[FLOW_PERSONS_RETIRED];
        fen_t all = for_insured(fund->opening, people, insured, persons);
        fen_t reserve = money_min(all, for_insured(fund->reserve, people, insured, persons));
        fen_t shared = llround((double)(all - reserve) * fund->pooled_share);
        self->pool += pooled ? shared : all;
        self->reserve += pooled ? reserve : 0;
        self->own[c] = pooled ? all - reserve - shared : 0;
    }
}

/* One pool: what is left is carried on, a shortfall too. */
static void
close_pool(struct keeping *self, const struct fund_year *fund)
{
    int64_t *city = self->lines;
    city[BOOK_OPENING] = self->pool;
    city[BOOK_INTEREST] = interest_on(self->pool, fund->interest);
    add_up(city);
    self->pool += city[BOOK_SURPLUS];
    city[BOOK_CLOSING] = self->pool;
}

/* The counties' year as the pooling rules see it: interest is credited after it. */
static void
fill_items(struct keeping *self, const struct program *program, const struct fund_year *fund,
    int year)
{
    ratio_t reserve_share = ledger_rules_of(program->policy, year).reserve_share;
    for (int c = 0; c < self->n; c++) {
        const int64_t *lines = lines_of(self, c);
        struct flow *item = &self->items[c];
        *item = (struct flow){ .county = (uint32_t)c,
            .year = year,
            .plan_fulfilled = fund->plan_fulfilled,
            .budget_income = self->budget_income[c],
            .budget_expenditure = money_max(self->budget_outgo[c], 1),
            .income = lines[BOOK_INCOME],
            .expenditure = lines[BOOK_OUTGO],
            .prior_surplus = self->own[c] };
        fen_t gap = item->expenditure + money_share_of_all(item->budget_income, reserve_share)
            - item->income;
        item->own_gap = llround((double)money_max(gap, 0) * fund->own_gap_share);
    }
}

static void
close_county(struct keeping *self, int county, const struct fund_year *fund)
{
    const struct ledger_row *row = &self->rows[county + 1];
    int64_t *lines = lines_of(self, county);
    lines[BOOK_OPENING] = self->own[county];
    lines[BOOK_INTEREST] = interest_on(self->own[county], fund->interest);
    lines[BOOK_GOVERNMENT] = row->by_county_own + row->by_city_budget + row->by_county_budget;
    lines[BOOK_FROM_CITY] = row->by_pool + row->by_reserve - money_max(0, row->balance)
        - row->reserve_contribution;
    self->own[county] += lines[BOOK_INTEREST] - row->by_prior_surplus;
    lines[BOOK_CLOSING] = self->own[county];
    add_up(lines);
}

/* Counties whose gaps are filled by the rules: the ledger's rows, then the lines. */
static void
close_pooled(struct keeping *self, const struct program *program, const struct fund_year *fund,
    int year)
{
    int64_t *city = self->lines;
    struct flows flows = { .items = self->items, .n = (size_t)self->n,
        .counties = { .n = (uint32_t)self->n } };
    struct ledger ledger;
    fill_items(self, program, fund, year);
    ledger_keep(&ledger, program->policy, &flows, self->pool, self->reserve);
    self->rows[0] = ledger.rows[self->n];
    memcpy(self->rows + 1, ledger.rows, (size_t)self->n * sizeof *self->rows);
    ledger_free(&ledger);

    fen_t on_pool = interest_on(self->pool, fund->interest);
    fen_t on_reserve = interest_on(self->reserve, fund->interest);
    city[BOOK_OPENING] = self->pool + self->reserve;
    city[BOOK_INTEREST] = on_pool + on_reserve;
    self->pool = self->rows[0].pool_end + on_pool;
    self->reserve = self->rows[0].reserve_end + on_reserve;
    city[BOOK_CLOSING] = self->pool + self->reserve;
    city[BOOK_RESERVE] = self->reserve;
    for (int c = 0; c < self->n; c++) {
        const int64_t *lines = lines_of(self, c);
        close_county(self, c, fund);
        city[BOOK_OPENING] += lines[BOOK_OPENING];
        city[BOOK_INTEREST] += lines[BOOK_INTEREST];
        city[BOOK_GOVERNMENT] += lines[BOOK_GOVERNMENT];
        city[BOOK_CLOSING] += lines[BOOK_CLOSING];
    }
    add_up(city);
}

/* Budgets: the year before's actual figures, grown; in the first year its own. */
static void
set_budgets(struct keeping *self, int y)
{
    const struct books *before = self->source->budgets;
    double growth = self->source->fund->years[y].budget_growth;
    for (int c = 0; c < self->n; c++) {
        const int64_t *lines = lines_of(self, c);
        if (y == 0 && before != NULL)
            lines = before->lines
                + (books_at(before, self->scenario, 0, before->n_units > 1 ? c + 1 : 0)) * BOOK_COUNT;
        fen_t income = lines[BOOK_INCOME] - lines[BOOK_INTEREST];
        if (y == 0) {
            self->budget_income[c] = income;
            self->budget_outgo[c] = lines[BOOK_OUTGO];
        } else {
            self->budget_income[c] = llround((double)income * (1 + growth));
            self->budget_outgo[c] = llround((double)lines[BOOK_OUTGO] * (1 + growth));
        }
    }
}

/* Lines of all years of a scenario without one part (-1: of all) into lines
 * [year][unit][BOOK_COUNT] and, where not NULL, rows [year][unit]. */
static void
keep_scenario(struct keeping *self, int scenario, int without, int n_units, int64_t *lines,
    struct ledger_row *rows)
{
    const struct books_source *source = self->source;
    const struct program *program = source->programs[scenario];
    bool pooled = ledger_has_rules(program->policy);
    self->scenario = scenario;
    for (int y = 0; y < source->n_years; y++) {
        const int64_t *flows = source->flows[scenario * source->n_years + y];
        const struct fund_year *fund = &source->fund->years[y];
        int64_t persons = sum_parts(flows, self->n, without, self->flows);
        if (y > 0)
            set_budgets(self, y);
        begin_year(self, y, source->insured[y], persons);
        if (y == 0) {
            set_budgets(self, 0);
            open_books(self, source->insured[0], persons, pooled);
        }
        if (pooled)
            close_pooled(self, program, fund, source->first_year + y);
        else
            close_pool(self, fund);
        for (int u = 0; u < n_units; u++)
            divide(self->lines + (size_t)u * BOOK_COUNT);
        size_t at = (size_t)y * (size_t)n_units;
        memcpy(lines + at * BOOK_COUNT, self->lines,
            (size_t)n_units * BOOK_COUNT * sizeof *lines);
        if (rows != NULL && pooled)
            memcpy(rows + at, self->rows, (size_t)n_units * sizeof *rows);
    }
}

/* --- errors --- */

static bool
has_part(const struct books_source *source, int part)
{
    for (int c = 0; c < source->n_counties; c++) {
        const int64_t *flows = source->flows[0] + flows_at(source->n_counties, part, c);
        if (flows[FLOW_PERSONS_ACTIVE] + flows[FLOW_PERSONS_RETIRED] > 0)
            return true;
    }
    return false;
}

static int
count_parts(const struct books_source *source)
{
    int n = 0;
    for (int part = 0; part < FLOW_PARTS; part++)
        n += has_part(source, part);
    return n;
}

/* Delete-a-group jackknife: theta [n][size] of one part left out each. */
static void
spread(const int64_t *theta, const int64_t *less, int n, size_t size, double *out)
{
    for (size_t i = 0; i < size; i++) {
        double mean = 0, squares = 0;
        for (int k = 0; k < n; k++) {
            size_t at = (size_t)k * size + i;
            mean += (double)(theta[at] - (less != NULL ? less[at] : 0)) / n;
        }
        for (int k = 0; k < n; k++) {
            size_t at = (size_t)k * size + i;
            double d = (double)(theta[at] - (less != NULL ? less[at] : 0)) - mean;
            squares += d * d;
        }
        out[i] = sqrt(squares * (n - 1) / n) / 100;
    }
}

/* The error of the city's outgo over all years. */
static double
spread_of_outgo(const struct books *self, const int64_t *theta, int n)
{
    size_t year = (size_t)self->n_units * BOOK_COUNT, size = (size_t)self->n_years * year;
    int64_t sums[FLOW_PARTS] = { 0 };
    double error;
    for (int k = 0; k < n; k++)
        for (int y = 0; y < self->n_years; y++)
            sums[k] += theta[(size_t)k * size + (size_t)y * year + BOOK_OUTGO];
    spread(sums, NULL, n, 1, &error);
    return error;
}

/* What a city's pots have in a year's lines [unit][BOOK_COUNT]. */
static int64_t
pot_of(const int64_t *lines, int n_units, int line)
{
    int64_t amount = lines[line];
    for (int u = 1; u < n_units; u++)
        amount -= lines[u * BOOK_COUNT + line];
    return amount;
}

/* The same of theta [n][year][unit][line], as [n][year][line]; owned by the caller. */
static int64_t *
pots_of(const struct books *self, const int64_t *theta, int n)
{
    size_t years = (size_t)n * (size_t)self->n_years;
    int64_t *out = memory_alloc(years * BOOK_COUNT, sizeof *out);
    for (size_t y = 0; y < years; y++)
        for (int l = 0; l < BOOK_COUNT; l++)
            out[y * BOOK_COUNT + (size_t)l]
                = pot_of(theta + y * (size_t)self->n_units * BOOK_COUNT, self->n_units, l);
    return out;
}

/* Errors of what pots have, from the lines of one part left out each. */
static void
spread_of_pots(struct books *self, int scenario, const int64_t *theta, const int64_t *baseline, int n)
{
    size_t size = (size_t)self->n_years * BOOK_COUNT, at = (size_t)scenario * size;
    if (!books_pot_has(self, scenario, BOOK_CLOSING))
        return;
    int64_t *pots = pots_of(self, theta, n), *less = pots_of(self, baseline, n);
    spread(pots, NULL, n, size, self->pot_errors + at);
    spread(pots, less, n, size, self->pot_difference_errors + at);
    free(pots);
    free(less);
}

static void
estimate_errors(struct books *self, const struct books_source *source, struct keeping *keeping)
{
    size_t size = (size_t)self->n_years * (size_t)self->n_units * BOOK_COUNT;
    int64_t *baseline = memory_alloc(FLOW_PARTS * size, sizeof *baseline);
    int64_t *theta = memory_alloc(FLOW_PARTS * size, sizeof *theta);
    for (int k = 0; k < self->n_scenarios; k++) {
        /* The baseline first. */
        int s = k == 0 ? source->baseline : k <= source->baseline ? k - 1 : k;
        int n = 0;
        for (int part = 0; part < FLOW_PARTS; part++)
            if (has_part(source, part))
                keep_scenario(keeping, s, part, self->n_units, theta + (size_t)n++ * size, NULL);
        if (k == 0)
            memcpy(baseline, theta, FLOW_PARTS * size * sizeof *theta);
        spread(theta, NULL, n, size, self->errors + (size_t)s * size);
        self->outgo_errors[s] = spread_of_outgo(self, theta, n);
        spread(theta, baseline, n, size, self->difference_errors + (size_t)s * size);
        spread_of_pots(self, s, theta, baseline, n);
    }
    free(baseline);
    free(theta);
}

/* --- the whole --- */

static void
find_years(struct books *self, int scenario, int unit)
{
    int *deficit = &self->first_deficit[scenario * self->n_units + unit];
    int *dry = &self->run_dry[scenario * self->n_units + unit];
    for (int y = self->n_years - 1; y >= 0; y--) {
        const struct ledger_row *row = &self->rows[books_at(self, scenario, y, unit)];
        bool is_dry = self->pooled[scenario]
            ? row->by_city_budget + row->by_county_budget > 0
            : unit == 0 && books_line(self, scenario, y, unit, BOOK_CLOSING) < 0;
        if (books_line(self, scenario, y, unit, BOOK_SURPLUS) < 0)
            *deficit = self->first_year + y;
        if (is_dry)
            *dry = self->first_year + y;
    }
}

bool
books_has(const struct books *self, int scenario, int unit, enum book_line line)
{
    bool pooled = self->pooled[scenario];
    if (line == BOOK_INTEREST)
        return pooled || unit == 0;
    if (line == BOOK_RESERVE)
        return pooled && unit == 0;
    if (line == BOOK_FROM_CITY || line == BOOK_GOVERNMENT)
        return pooled;
    return book_infos[line].role != BOOK_BALANCE || pooled || unit == 0;
}

int64_t
books_pot(const struct books *self, int scenario, int year_index, enum book_line line)
{
    return pot_of(self->lines + books_at(self, scenario, year_index, 0) * BOOK_COUNT, self->n_units,
        (int)line);
}

bool
books_pot_has(const struct books *self, int scenario, enum book_line line)
{
    enum book_role role = book_infos[line].role;
    return self->pooled[scenario] && self->n_units > 1 && line != BOOK_MONTHS
        && (line == BOOK_INTEREST || role == BOOK_TOTAL || role == BOOK_BALANCE);
}

void
books_keep(struct books *self, const struct books_source *source, bool with_errors)
{
    int n_units = source->n_counties > 1 ? source->n_counties + 1 : 1;
    size_t scenarios = (size_t)source->n_scenarios;
    size_t units = (size_t)source->n_years * (size_t)n_units;
    size_t size = scenarios * units * BOOK_COUNT;
    *self = (struct books){ .n_scenarios = source->n_scenarios,
        .first_year = source->first_year,
        .n_years = source->n_years,
        .n_units = n_units,
        .pooled = memory_alloc(scenarios, sizeof *self->pooled),
        .lines = memory_alloc(size, sizeof *self->lines),
        .rows = memory_alloc(scenarios * units, sizeof *self->rows),
        .first_deficit = memory_alloc(scenarios * (size_t)n_units, sizeof *self->first_deficit),
        .run_dry = memory_alloc(scenarios * (size_t)n_units, sizeof *self->run_dry) };
    struct keeping keeping;
    keeping_init(&keeping, source);
    for (int s = 0; s < source->n_scenarios; s++) {
        self->pooled[s] = ledger_has_rules(source->programs[s]->policy);
        keep_scenario(&keeping, s, -1, n_units, self->lines + (size_t)s * units * BOOK_COUNT,
            self->rows + (size_t)s * units);
        for (int u = 0; u < n_units; u++)
            find_years(self, s, u);
    }
    if (with_errors) {
        self->errors = memory_alloc(size, sizeof *self->errors);
        self->difference_errors = memory_alloc(size, sizeof *self->difference_errors);
        self->outgo_errors = memory_alloc(scenarios, sizeof *self->outgo_errors);
        size_t pots = scenarios * (size_t)source->n_years * BOOK_COUNT;
        self->pot_errors = memory_alloc(pots, sizeof *self->pot_errors);
        self->pot_difference_errors = memory_alloc(pots, sizeof *self->pot_difference_errors);
    }
    if (with_errors && count_parts(source) > 1)
        estimate_errors(self, source, &keeping);
    keeping_free(&keeping);
}

void
books_free(struct books *self)
{
    free(self->pooled);
    free(self->lines);
    free(self->errors);
    free(self->difference_errors);
    free(self->pot_errors);
    free(self->pot_difference_errors);
    free(self->outgo_errors);
    free(self->rows);
    free(self->first_deficit);
    free(self->run_dry);
    *self = (struct books){ 0 };
}
