/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "made_up_books.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Hundredths in the first year, for the city; each grows by its own rate. */
static const struct {
    enum book_line line;
    double yuan, growth;
} amounts[] = {
    { BOOK_EMPLOYER, 7.2e9, 1.042 },
    { BOOK_FLEXIBLE, 0.9e9, 1.04 },
    { BOOK_SUBSIDY, 2e7, 1 },
    { BOOK_OTHER_INCOME, 5e7, 1 },
    { BOOK_BENEFIT + BENEFIT_OUTPATIENT, 1.1e9, 1.06 },
    { BOOK_BENEFIT + BENEFIT_CHRONIC, 0.7e9, 1.065 },
    { BOOK_BENEFIT + BENEFIT_SPECIAL, 0.5e9, 1.06 },
    { BOOK_BENEFIT + BENEFIT_NEGOTIATED_DRUG, 0.12e9, 1.05 },
    { BOOK_BENEFIT + BENEFIT_INPATIENT, 3.6e9, 1.062 },
    { BOOK_TRANSFER_ACTIVE, 0.6e9, 1.04 },
    { BOOK_TRANSFER_RETIRED, 1.0e9, 1.05 },
    { BOOK_OTHER_OUTGO, 2e7, 1 },
    { BOOK_ACTIVE, 1560000, 0.995 },
    { BOOK_RETIRED, 640000, 1.022 },
};

static int
count_counties(const struct result *r)
{
    int n = 0;
    for (int g = 0; g < r->n_groups; g++)
        n += strcmp(r->groups[g].dimension, "county") == 0;
    return n;
}

/* A county's flows of a year; the first county is worse off than the others. */
static void
fill_flows(int64_t *lines, int scenario, int year, int county, int n_counties)
{
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        const struct book_info *info = &book_infos[amounts[i].line];
        double more = info->role == BOOK_OF_OUTGO ? 1 + 0.05 * scenario + 0.04 * (county == 0) : 1;
        lines[amounts[i].line] = llround(
            100 * amounts[i].yuan * pow(amounts[i].growth, year) * more / n_counties);
    }
}

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

/* Closes the year: a pooled place's gap is filled by governments. */
static void
close_year(int64_t *lines, bool pooled)
{
    int64_t left = lines[BOOK_OPENING] + lines[BOOK_SURPLUS] + lines[BOOK_FROM_CITY];
    lines[BOOK_GOVERNMENT] = pooled && left < 0 ? -left : 0;
    lines[BOOK_CLOSING] = left + lines[BOOK_GOVERNMENT];
    lines[BOOK_RESERVE] = pooled ? lines[BOOK_CLOSING] / 10 : 0;
    lines[BOOK_MONTHS] = llround(1200 * (double)lines[BOOK_CLOSING] / (double)lines[BOOK_OUTGO]);
    lines[BOOK_DEPENDENCY]
        = llround(100 * (double)lines[BOOK_ACTIVE] / (double)lines[BOOK_RETIRED]);
}

static void
fill_year(struct books *books, int scenario, int year, int n_counties)
{
    int units = books->n_units;
    bool pooled = books->pooled[scenario];
    int64_t *city = books->lines + books_at(books, scenario, year, 0) * BOOK_COUNT;
    const int64_t *before = city - (size_t)units * BOOK_COUNT;
    memset(city, 0, BOOK_COUNT * sizeof *city);
    for (int c = 0; c < n_counties; c++) {
        int64_t lines[BOOK_COUNT] = { 0 };
        fill_flows(lines, scenario, year, c, n_counties);
        lines[BOOK_OPENING] = year > 0
            ? before[(units > 1 ? c + 1 : 0) * BOOK_COUNT + BOOK_CLOSING]
            : 600000000000 / n_counties;
        add_up(lines);
        close_year(lines, pooled);
        for (int l = 0; l < BOOK_COUNT; l++)
            city[l] += lines[l];
        if (units > 1) {
            /* Counties of one pool have no balance of their own. */
            for (int l = 0; l < BOOK_COUNT; l++)
                if (!pooled && book_infos[l].role == BOOK_BALANCE)
                    lines[l] = 0;
            memcpy(city + (c + 1) * BOOK_COUNT, lines, sizeof lines);
        }
    }
    if (!pooled) {
        city[BOOK_OPENING] = year > 0 ? before[BOOK_CLOSING] : 600000000000;
        close_year(city, false);
    }
    city[BOOK_MONTHS] = llround(1200 * (double)city[BOOK_CLOSING] / (double)city[BOOK_OUTGO]);
    city[BOOK_DEPENDENCY] = llround(100 * (double)city[BOOK_ACTIVE] / (double)city[BOOK_RETIRED]);
}

static void
find_events(struct books *books, int scenario)
{
    for (int unit = 0; unit < books->n_units; unit++) {
        int *deficit = &books->first_deficit[scenario * books->n_units + unit];
        int *dry = &books->run_dry[scenario * books->n_units + unit];
        for (int y = books->n_years - 1; y >= 0; y--) {
            if (books_line(books, scenario, y, unit, BOOK_SURPLUS) < 0)
                *deficit = books->first_year + y;
            if (books_line(books, scenario, y, unit, BOOK_CLOSING) < 0
                || books_line(books, scenario, y, unit, BOOK_GOVERNMENT) > 0)
                *dry = books->first_year + y;
        }
    }
}

void
made_up_books(struct result *result, unsigned pooled)
{
    struct books *b = &result->books;
    int counties = count_counties(result), n = result->n_scenarios;
    *b = (struct books){ .n_scenarios = n, .first_year = result->first_year,
        .n_years = result->n_years, .n_units = counties > 1 ? counties + 1 : 1 };
    size_t places = books_at(b, n, 0, 0), size = places * BOOK_COUNT;
    b->pooled = memory_alloc((size_t)n, sizeof *b->pooled);
    b->lines = memory_alloc(size, sizeof *b->lines);
    b->errors = memory_alloc(size, sizeof *b->errors);
    b->difference_errors = memory_alloc(size, sizeof *b->difference_errors);
    b->pot_errors = memory_alloc((size_t)(n * b->n_years) * BOOK_COUNT, sizeof *b->pot_errors);
    b->pot_difference_errors
        = memory_alloc((size_t)(n * b->n_years) * BOOK_COUNT, sizeof *b->pot_difference_errors);
    b->rows = memory_alloc(places, sizeof *b->rows);
    b->first_deficit = memory_alloc((size_t)(n * b->n_units), sizeof *b->first_deficit);
    b->run_dry = memory_alloc((size_t)(n * b->n_units), sizeof *b->run_dry);
    for (int s = 0; s < n; s++) {
        b->pooled[s] = (pooled >> s & 1) != 0;
        for (int y = 0; y < b->n_years; y++)
            fill_year(b, s, y, counties > 1 ? counties : 1);
        for (int y = 0; b->pooled[s] && y < b->n_years; y++)
            for (int unit = 0; unit < b->n_units; unit++)
                b->rows[books_at(b, s, y, unit)] = (struct ledger_row){ .budgeted = 1000,
                    .over_budget = 20 * y - 30 * unit,
                    .alert = unit == 0 || 20 * y <= 30 * unit ? ALERT_NONE
                        : 20 * y - 30 * unit < 100            ? ALERT_COUNTY_ANALYSIS
                                                              : ALERT_GOVERNMENT_REPORT };
        find_events(b, s);
    }
    for (size_t i = 0; i < size; i++) {
        b->errors[i] = fabs((double)b->lines[i]) * 2e-5;
        b->difference_errors[i] = i / BOOK_COUNT / (size_t)b->n_units >= (size_t)b->n_years
            ? b->errors[i] / 4 : 0;
    }
}

/* ---- worlds ---- */

static const struct world_input inputs[] = {
    { (char *)"wages.growth", "growth of wages", "工资增长率", WORLD_GROWTH, 0.03, 0.045, 0.06 },
    { (char *)"prices.cost_growth", "growth of cost per visit", "次均费用增长率", WORLD_COST, 0.01, 0.03, 0.05 },
    { (char *)"outpatient.frequency.scale", "scale of outpatient visits", "门诊就诊次数", WORLD_USE, 0.35, 0.55, 0.9 },
    { (char *)"population.insured_growth", "growth of the insured number", "参保人数增长率",
        WORLD_POPULATION, -0.01, 0.004, 0.015 },
    { (char *)"fund.opening_balance", "opening balance of the fund", "期初结余", WORLD_FUND, 1500, 2700, 4000 },
    { (char *)"policy.contribution.employer_rate", "employers' rate", "单位缴费率", WORLD_POLICY, 0.065, 0.07, 0.08 },
    { (char *)"shocks.wages", "shocks to wages", "工资冲击", WORLD_SHOCKS, -1.96, 0, 1.96 },
};
enum { INPUTS = sizeof inputs / sizeof *inputs };

/* World w's place along an input: a lattice, spread evenly. */
static double
place_of(int w, int n, int input)
{
    static const int steps[INPUTS] = { 1, 19, 31, 43, 59, 71, 83 };
    return ((double)(w * steps[input] % n) + 0.5) / n;
}

/* What the world makes of a year's amounts: -1 … 1 about the middle. */
static double
tilt(int w, int n)
{
    static const double weight[INPUTS] = { 0.5, -0.4, -0.25, 0.15, 0.1, 0.1, 0.2 };
    double sum = 0;
    for (int i = 0; i < INPUTS; i++)
        sum += weight[i] * (2 * place_of(w, n, i) - 1);
    return sum;
}

static void
fill_world(struct worlds *worlds, const struct result *r, int w)
{
    const struct books *b = &r->books;
    for (int s = 0; s < worlds->n_scenarios; s++)
        for (int y = 0; y < worlds->n_years; y++) {
            size_t year = (size_t)s * (size_t)worlds->n_years + (size_t)y;
            for (int m = 0; m < MEASURE_COUNT; m++)
                worlds->totals[(year * MEASURE_COUNT + (size_t)m) * (size_t)worlds->n + (size_t)w]
                    = r->cells[result_at(r, s, y, m, 0)].value * (1 + 0.05 * tilt(w, worlds->n));
            for (int l = 0; l < BOOK_COUNT; l++) {
                double line = (double)books_line(b, s, y, 0, (enum book_line)l) / 100;
                double shift = l == BOOK_CLOSING ? 4e8 * (y + 1) * (1 + 0.12 * y) : fabs(line) * 0.1;
                line += shift * tilt(w, worlds->n);
                worlds->lines[(year * BOOK_COUNT + (size_t)l) * (size_t)worlds->n + (size_t)w]
                    = line;
            }
        }
}

static void
fill_events(struct worlds *worlds, const struct books *b, int w)
{
    int last = b->first_year + b->n_years - 1;
    for (int s = 0; s < worlds->n_scenarios; s++)
        for (int unit = 0; unit < worlds->n_units; unit++) {
            int at = s * worlds->n_units + unit, moved = (int)lround(6 * tilt(w, worlds->n));
            const int *of[2] = { &b->first_deficit[at], &b->run_dry[at] };
            int *to[2] = { worlds->first_deficit, worlds->run_dry };
            for (int k = 0; k < 2; k++) {
                int year = (*of[k] != 0 ? *of[k] : last + 4) + moved;
                year = year < b->first_year ? b->first_year : year;
                to[k][(size_t)at * (size_t)worlds->n + (size_t)w] = year > last ? 0 : year;
            }
        }
}

static void
fill_pairs(struct worlds *worlds)
{
    int n = worlds->n_scenarios;
    for (int a = 0; a < n; a++)
        for (int c = 0; c < n; c++)
            for (int w = 0; w < worlds->n; w++) {
                int one = worlds_run_dry(worlds, a, 0)[w], other = worlds_run_dry(worlds, c, 0)[w];
                one = one != 0 ? one : INT32_MAX;
                other = other != 0 ? other : INT32_MAX;
                worlds->outlives[a * n + c] += one > other ? 1.0 / worlds->n : 0;
                worlds->ties[a * n + c] += one == other ? 1.0 / worlds->n : 0;
            }
}

static void
fill_shares(struct sensitivity *sensitivity)
{
    static const double first[INPUTS] = { 0.41, 0.26, 0.1, 0.04, 0.02, 0.02, 0.07 };
    for (int i = 0; i < sensitivity->n_scenarios * OUTCOME_COUNT; i++) {
        struct sensitivity_outcome *of = &sensitivity->outcomes[i];
        *of = (struct sensitivity_outcome){ .mean = -1e9, .deviation = 4e9, .explained = 0.95,
            .sampling = 0.015, .unexplained = 0.035 };
        of->first_order = memory_alloc(INPUTS, sizeof *of->first_order);
        of->total = memory_alloc(INPUTS, sizeof *of->total);
        for (int k = 0; k < INPUTS; k++) {
            of->first_order[k] = first[k];
            of->total[k] = first[k] * 1.1 + 0.005;
            of->group_first_order[inputs[k].group] += of->first_order[k];
            of->group_total[inputs[k].group] += of->total[k];
        }
    }
}

void
made_up_worlds(struct worlds *worlds, struct sensitivity *sensitivity, const struct result *result,
    int n)
{
    const struct books *b = &result->books;
    size_t years = (size_t)b->n_scenarios * (size_t)b->n_years, worlds_n = (size_t)n;
    size_t units = (size_t)b->n_scenarios * (size_t)b->n_units;
    size_t pairs = (size_t)b->n_scenarios * (size_t)b->n_scenarios;
    *worlds = (struct worlds){ .n = n, .n_scenarios = b->n_scenarios, .first_year = b->first_year,
        .n_years = b->n_years, .n_units = b->n_units, .n_inputs = INPUTS };
    worlds->inputs = memory_alloc(INPUTS, sizeof *worlds->inputs);
    memcpy(worlds->inputs, inputs, sizeof inputs);
    worlds->points = memory_alloc(worlds_n * INPUTS, sizeof *worlds->points);
    worlds->totals = memory_alloc(years * MEASURE_COUNT * worlds_n, sizeof *worlds->totals);
    worlds->lines = memory_alloc(years * BOOK_COUNT * worlds_n, sizeof *worlds->lines);
    worlds->first_deficit = memory_alloc(units * worlds_n, sizeof *worlds->first_deficit);
    worlds->run_dry = memory_alloc(units * worlds_n, sizeof *worlds->run_dry);
    worlds->outlives = memory_alloc(pairs, sizeof *worlds->outlives);
    worlds->ties = memory_alloc(pairs, sizeof *worlds->ties);
    for (int w = 0; w < n; w++) {
        for (int i = 0; i < INPUTS; i++)
            worlds->points[w * INPUTS + i] = place_of(w, n, i);
        fill_world(worlds, result, w);
        fill_events(worlds, b, w);
    }
    fill_pairs(worlds);
    *sensitivity = (struct sensitivity){ .n_scenarios = b->n_scenarios, .n_inputs = INPUTS };
    sensitivity->outcomes
        = memory_alloc((size_t)(b->n_scenarios * OUTCOME_COUNT), sizeof *sensitivity->outcomes);
    fill_shares(sensitivity);
}

void
made_up_worlds_free(struct worlds *worlds, struct sensitivity *sensitivity)
{
    for (int i = 0; i < sensitivity->n_scenarios * OUTCOME_COUNT; i++) {
        free(sensitivity->outcomes[i].first_order);
        free(sensitivity->outcomes[i].total);
    }
    free(sensitivity->outcomes);
    free(worlds->inputs);
    free(worlds->points);
    free(worlds->totals);
    free(worlds->lines);
    free(worlds->first_deficit);
    free(worlds->run_dry);
    free(worlds->outlives);
    free(worlds->ties);
}
