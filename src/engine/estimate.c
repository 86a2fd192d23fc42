/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From exact sums to estimates with their errors. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/tally_bins.h"

const double run_quantiles[QUANTILE_COUNT]
    = { 0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99 };

double
run_bin_edge(int i)
{
    return (double)tally_edge_of(tally_coarse, i) / 100;
}

/* Adds the cells of a group, given by a predicate on the cell's index. */
struct group_cells {
    int first, n; /* a span of cells … */
    int divide, modulo, equals; /* … of which those with index / divide % modulo == equals */
};

static struct group_cells
cells_of(const struct tally_shape *shape, const char *dimension, int index)
{
    struct group_cells all = { 0, TALLY_DEMOGRAPHIC, 1, 1, 0 };
    if (strcmp(dimension, "status") == 0)
        return (struct group_cells){ 0, TALLY_DEMOGRAPHIC,
            PEOPLE_AGE_BANDS * SEX_COUNT * SECTOR_COUNT, STATUS_COUNT, index };
    if (strcmp(dimension, "age") == 0)
        return (struct group_cells){ 0, TALLY_DEMOGRAPHIC, SEX_COUNT * SECTOR_COUNT,
            PEOPLE_AGE_BANDS, index };
    if (strcmp(dimension, "sex") == 0)
        return (struct group_cells){ 0, TALLY_DEMOGRAPHIC, SECTOR_COUNT, SEX_COUNT, index };
    if (strcmp(dimension, "sector") == 0)
        return (struct group_cells){ 0, TALLY_DEMOGRAPHIC, 1, SECTOR_COUNT, index };
    if (strcmp(dimension, "income") == 0)
        return (struct group_cells){ shape->money, TALLY_MONEY, TALLY_DECILES, TALLY_QUINTILES,
            index };
    if (strcmp(dimension, "spending") == 0)
        return (struct group_cells){ shape->money, TALLY_MONEY, 1, TALLY_DECILES, index };
    if (strcmp(dimension, "county") == 0 && shape->n_counties > 1)
        return (struct group_cells){ shape->county + index, 1, 1, 1, 0 };
    if (strcmp(dimension, "provider") == 0)
        return (struct group_cells){ shape->provider + index, 1, 1, 1, 0 };
    if (strcmp(dimension, "benefit") == 0)
        return (struct group_cells){ shape->benefit + index, 1, 1, 1, 0 };
    return all;
}

static struct tally_cell
sum_cells(const struct tally *self, struct group_cells cells, int measure)
{
    struct tally_cell total = { 0 };
    for (int i = 0; i < cells.n; i++) {
        if (i / cells.divide % cells.modulo != cells.equals)
            continue;
        const struct tally_cell *c
            = &self->cells[(size_t)(cells.first + i) * MEASURE_COUNT + (size_t)measure];
        total.sum += c->sum;
        total.difference += c->difference;
        total.squares += c->squares;
        total.difference_squares += c->difference_squares;
    }
    return total;
}

/* Standard error of a sum over n persons (those outside a group count as 0). */
static double
error_of_sum(int64_t sum, wide_t squares, int64_t n)
{
    if (n < 2)
        return 0;
    __int128 spread = (__int128)squares * n - (__int128)sum * sum; /* n (n - 1) times variance */
    return sqrt((double)spread / (double)(n - 1));
}

static double
error_of_mean(int64_t sum, wide_t squares, int64_t n)
{
    return n < 2 ? 0 : error_of_sum(sum, squares, n) / (double)n;
}

/* The same from tiles: the distances of their totals from what their persons would
 * have at the mean. of_tiles: the sum that tally_tile keeps, squares likewise;
 * sizes: the sum of squares of their numbers of persons. */
static double
error_of_tiles(int64_t sum, int64_t of_tiles, wide_t squares, int64_t sizes, int64_t n)
{
    double tiles = ceil((double)n / PEOPLE_TILE);
    long double mean = (long double)sum / (long double)n;
    long double spread = (long double)squares - 2 * mean * (long double)of_tiles
        + mean * mean * (long double)sizes;
    return sqrt(fmax((double)spread, 0) * tiles / (tiles - 1));
}

/* Fen or counts of the persons drawn, scaled to the insured, half up. */
static int64_t
scaled(int64_t sum, int64_t persons, int64_t insured, int64_t unit)
{
    __int128 product = (__int128)sum * insured * unit * 2 + persons;
    __int128 divisor = (__int128)persons * 2;
    __int128 quotient = product / divisor;
    return (int64_t)(product % divisor < 0 ? quotient - 1 : quotient);
}

/* Half a normal 95 % interval in standard errors. */
static const double NORMAL_975 = 1.959963984540054;

/* A quantile of a gamma distribution of scale 1, 97.5 % or (below) 2.5 %: above a
 * shape of 100 by Wilson and Hilferty, whose error is then less than 1e-4 of a
 * standard deviation. */
static double
gamma_quantile(double shape, bool below)
{
    if (shape < 100)
        return below ? gsl_cdf_gamma_Pinv(0.025, shape, 1) : gsl_cdf_gamma_Pinv(0.975, shape, 1);
    double root = 1 - 1 / (9 * shape) + (below ? -1 : 1) * NORMAL_975 / (3 * sqrt(shape));
    return shape * root * root * root;
}

/* The 95 % interval around a value with its standard error. Sums of what nobody can
 * have less than nothing of are skewed, most so where few persons make them up: they
 * are taken for that many events of equal weight as have the same relative error
 * (Fay and Feuer, Statistics in Medicine 1997;16:791), their number for Poisson with
 * the interval of Jeffreys. For many events that is the normal interval. */
static void
find_interval(struct estimate *e, enum measure measure)
{
    e->lower = e->value - NORMAL_975 * e->std_error;
    e->upper = e->value + NORMAL_975 * e->std_error;
    if (measure == MEASURE_POOL_BALANCE || measure == MEASURE_NET_GAIN_MEAN || e->value <= 0
        || e->std_error <= 0)
        return;
    double weight = e->std_error * e->std_error / e->value, events = e->value / weight;
    e->lower = weight * gamma_quantile(events + 0.5, true);
    e->upper = weight * gamma_quantile(events + 0.5, false);
}

/* What befalls a person or not, and befell nobody of a group but others: none of so
 * many, by the same interval. */
static void
allow_for_the_unseen(const struct estimate *all, enum measure measure, int64_t persons,
    int64_t insured, struct estimate *e)
{
    if (measure != MEASURE_CAP_REACHED && measure != MEASURE_WINNERS && measure != MEASURE_LOSERS)
        return;
    if (e->value == 0 && all->value > 0)
        e->upper = (double)insured / (double)persons * gamma_quantile(0.5, false);
}

static void
estimate_cell(const struct tally_cell *c, enum measure measure, const struct tally_cell *members,
    int64_t persons, int64_t insured, struct estimate *out)
{
    double scale = (double)insured / (double)persons / 100;
    if (measure == MEASURE_NET_GAIN_MEAN) {
        int64_t n = members->sum;
        out->value = n != 0 ? (double)c->sum / (double)n / 100 : 0;
        out->std_error = error_of_mean(c->sum, c->squares, n) / 100;
        out->difference = out->value;
        out->difference_std_error = out->std_error;
    } else {
        /* Counts are carried as hundredths, like fen. */
        int64_t unit = measure_infos[measure].unit == UNIT_COUNT ? 100 : 1;
        out->value = (double)scaled(c->sum, persons, insured, unit) / 100;
        out->difference = (double)scaled(c->difference, persons, insured, unit) / 100;
        out->std_error = error_of_sum(c->sum, c->squares, persons) * scale * (double)unit;
        out->difference_std_error
            = error_of_sum(c->difference, c->difference_squares, persons) * scale * (double)unit;
    }
    find_interval(out, measure);
}

/* Where in a bin, given the share of it that lies below: by straight line, but for
 * amounts that many of the persons kept share, which take up their own share. side:
 * the lower (-1) or upper (1) end of an interval, 0 for the value itself. Where there
 * are such amounts, an end keeps clear of what the persons kept leave open, two
 * standard errors of their number, and goes out to the next of them or the edge. */
static double
place_in_bin(int bin, double share, const fen_t *kept, int n, int side)
{
    double low = (double)tally_edge_of(tally_fine, bin) / 100, high = (double)tally_edge_of(tally_fine, bin + 1) / 100;
    double from = 0, to = n, wanted = share * n; /* places of low and high among the kept */
    int many = n / 10 > 3 ? n / 10 : 3;
    bool any = false;
    for (int i = 0; i < n && !any; i++)
        any = i + many <= n && kept[i + many - 1] == kept[i];
    wanted += any ? side * sqrt(n) : 0;
    for (int i = 0, next; i < n && any; i = next) {
        for (next = i + 1; next < n && kept[next] == kept[i]; next++)
            ;
        if (next - i < many)
            continue;
        double amount = (double)kept[i] / 100;
        if (wanted < i) {
            to = i;
            high = amount;
            break;
        }
        low = amount;
        from = next;
        if (wanted <= next)
            return amount;
    }
    if (any && side != 0)
        return side < 0 ? low : high;
    return n == 0 ? low + (high - low) * share
        : to > from ? low + (high - low) * (wanted - from) / (to - from)
                    : low;
}

/* Where in ascending amounts those of the bin begin, or of later ones. */
static int
begin_of_bin(const fen_t *kept, int n, int bin)
{
    int from = 0, to = n;
    while (from < to) {
        int middle = from + (to - from) / 2;
        if (tally_bin_of(tally_fine, kept[middle]) < bin)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* The amount that a share of the persons stays at or below. up_to: persons in each bin and
 * those before it. kept: ascending. side: see place_in_bin. */
static double
quantile_at(const int64_t *up_to, int64_t persons, double share, int side, const fen_t *kept,
    int n_kept)
{
    double wanted = share * (double)persons;
    int bin = 0;
    for (int to = TALLY_FINE_BINS - 1; bin < to;) {
        int middle = bin + (to - bin) / 2;
        if ((double)up_to[middle] < wanted)
            bin = middle + 1;
        else
            to = middle;
    }
    int64_t below = bin > 0 ? up_to[bin - 1] : 0, inside = up_to[bin] - below;
    int64_t low = tally_edge_of(tally_fine, bin), high = tally_edge_of(tally_fine, bin + 1);
    if (high - low == 1 || inside == 0) /* one fen wide: it holds one amount */
        return (double)low / 100;
    int first = begin_of_bin(kept, n_kept, bin);
    int n = begin_of_bin(kept, n_kept, bin + 1) - first;
    return place_in_bin(bin, (wanted - (double)below) / (double)inside, kept + first, n, side);
}

static int
compare_amounts(const void *a, const void *b)
{
    const fen_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Quantiles with their 95 % intervals: the number of persons below the true one is
 * binomial, so the interval lies between the amounts at two shares around it. */
static void
estimate_quantiles(const int64_t *histogram, int64_t persons, const fen_t *amounts, double *out,
    double *lower, double *upper)
{
    fen_t kept[TALLY_KEPT];
    int64_t up_to[TALLY_FINE_BINS], n = 0;
    int n_kept = persons < TALLY_KEPT ? (int)persons : TALLY_KEPT;
    memcpy(kept, amounts, (size_t)n_kept * sizeof *kept);
    qsort(kept, (size_t)n_kept, sizeof *kept, compare_amounts);
    for (int i = 0; i < TALLY_FINE_BINS; i++)
        up_to[i] = n += histogram[i];
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        double share = run_quantiles[q];
        double half = NORMAL_975 * sqrt(share * (1 - share) / (double)persons);
        out[q] = quantile_at(up_to, persons, share, 0, kept, n_kept);
        lower[q] = quantile_at(up_to, persons, fmax(share - half, 0), -1, kept, n_kept);
        upper[q] = quantile_at(up_to, persons, fmin(share + half, 1), 1, kept, n_kept);
    }
}

static bool
is_of_families(enum measure measure)
{
    for (int i = 0; i < TALLY_OF_FAMILIES; i++)
        if (tally_of_families[i] == measure)
            return measure != MEASURE_PERSONS;
    return false;
}

/* Errors of what families share, for all insured; groups part most families. Needs
 * enough tiles to tell. */
static void
correct_for_families(const struct tally *self, const struct tally_shape *shape, int64_t persons,
    int64_t insured, struct estimate *e, size_t stride)
{
    enum { TILES_MIN = 30 };
    const struct tally_cell *tiles = &self->cells[shape->tiles * MEASURE_COUNT];
    const struct tally_cell *family = &tiles[MEASURE_PAID_BY_FAMILY_ACCOUNT];
    const struct group_cells all = cells_of(shape, "all", 0);
    double scale = (double)insured / (double)persons / 100;
    int64_t sizes = tiles[MEASURE_PERSONS].sum;
    if ((family->sum == 0 && family->difference == 0) || persons < TILES_MIN * PEOPLE_TILE)
        return;
    for (int m = 0; m < MEASURE_COUNT; m++) {
        if (!is_of_families((enum measure)m))
            continue;
        struct tally_cell c = sum_cells(self, all, m);
        struct estimate *to = &e[(size_t)m * stride];
        to->std_error = scale * error_of_tiles(c.sum, tiles[m].sum, tiles[m].squares, sizes, persons);
        to->difference_std_error = scale
            * error_of_tiles(c.difference, tiles[m].difference, tiles[m].difference_squares, sizes, persons);
        find_interval(to, (enum measure)m);
    }
}

/* Identities hold to the fen in what is printed: parts are rounded, wholes are
 * their sums. */
static void
keep_identities(struct estimate *e, size_t stride)
{
#define V(m) e[(size_t)(m) * stride].value
#define SAME(whole, expression)                                                       \
    do {                                                                              \
        double old = V(whole);                                                        \
        V(whole) = round((expression) * 100) / 100;                                   \
        e[(size_t)(whole) * stride].lower += V(whole) - old;                          \
        e[(size_t)(whole) * stride].upper += V(whole) - old;                          \
    } while (0)
    SAME(MEASURE_MEMBER_BURDEN, V(MEASURE_COST) - V(MEASURE_FUND_OUTFLOW));
    SAME(MEASURE_PAID_BY_CASH, V(MEASURE_MEMBER_BURDEN) - V(MEASURE_PAID_BY_ACCOUNT));
    SAME(MEASURE_POOL_BALANCE, V(MEASURE_CONTRIBUTION_INCOME) - V(MEASURE_FUND_OUTFLOW)
            - V(MEASURE_ACCOUNT_TRANSFER));
    SAME(MEASURE_ACCOUNT_CLOSING, V(MEASURE_ACCOUNT_OPENING) + V(MEASURE_ACCOUNT_TRANSFER)
            + V(MEASURE_ACCOUNT_OWN) + V(MEASURE_ACCOUNT_INTEREST) - V(MEASURE_ACCOUNT_PAID_OUT)
            - V(MEASURE_ACCOUNT_TO_HEIRS) - V(MEASURE_ACCOUNT_TAKEN));
#undef SAME
#undef V
}

static int
index_in_dimension(const struct result *out, int group)
{
    int index = 0;
    for (int g = group - 1; g >= 0 && out->groups[g].dimension == out->groups[group].dimension; g--)
        index++;
    return index;
}

void
tally_estimate(const struct tally *self, const struct tally_shape *shape, int64_t persons,
    int64_t insured, struct result *out,
    int scenario, int year_index)
{
    size_t stride = (size_t)out->n_groups;
    const struct estimate *all = &out->cells[result_at(out, scenario, year_index, 0, 0)];
    for (int g = 0; g < out->n_groups; g++) {
        struct group_cells cells
            = cells_of(shape, out->groups[g].dimension, index_in_dimension(out, g));
        struct tally_cell members = sum_cells(self, cells, MEASURE_PERSONS);
        struct estimate *first = &out->cells[result_at(out, scenario, year_index, 0, g)];
        for (int m = 0; m < MEASURE_COUNT; m++) {
            struct tally_cell c = sum_cells(self, cells, m);
            out->sums[result_at(out, scenario, year_index, m, g)] = c.sum;
            struct estimate *to = first + (size_t)m * stride;
            estimate_cell(&c, (enum measure)m, &members, persons, insured, to);
            allow_for_the_unseen(all + (size_t)m * stride, (enum measure)m, persons, insured, to);
        }
        if (g == 0)
            correct_for_families(self, shape, persons, insured, first, stride);
        if (!out->groups[g].of_claims)
            keep_identities(first, stride);
    }
    size_t distributions = (size_t)DISTRIBUTION_COUNT;
    size_t at = ((size_t)scenario * (size_t)out->n_years + (size_t)year_index) * distributions;
    for (size_t d = 0; d < distributions; d++)
        for (int i = 0; i < TALLY_FINE_BINS; i++)
            out->histograms[(at + d) * HISTOGRAM_BINS + (size_t)tally_bin_of(tally_coarse, tally_edge_of(tally_fine, i))]
                += self->histogram[d * TALLY_FINE_BINS + (size_t)i];
    for (size_t d = 0; d < distributions; d++) {
        size_t quantiles = (at + d) * QUANTILE_COUNT;
        estimate_quantiles(self->histogram + d * TALLY_FINE_BINS, persons,
            self->kept + d * TALLY_KEPT, out->quantiles + quantiles, out->quantile_lower + quantiles,
            out->quantile_upper + quantiles);
    }
}

static void
add_group(struct result *out, const char *dimension, const char *key, const char *en,
    const char *zh, bool of_claims)
{
    out->groups = memory_resize(out->groups, (size_t)out->n_groups + 1, sizeof *out->groups);
    out->groups[out->n_groups++] = (struct group){
        .key = key != NULL ? memory_format("%s=%s", dimension, key) : memory_text(dimension),
        .en = memory_text(en),
        .zh = memory_text(zh),
        .dimension = dimension,
        .of_claims = of_claims,
    };
}

static void
add_words(struct result *out, const char *dimension, const struct word *words, int n,
    bool of_claims)
{
    for (int i = 0; i < n; i++)
        add_group(out, dimension, words[i].key, words[i].en, words[i].zh, of_claims);
}

void
tally_groups(struct result *out, const struct tally_shape *shape, const char *const *county_names)
{
    add_group(out, "all", NULL, "all insured", "全部参保人员", false);
    add_words(out, "status", status_words, STATUS_COUNT, false);
    for (int i = 0; i < PEOPLE_AGE_BANDS; i++)
        add_group(out, "age", people_age_bands[i], people_age_bands[i], people_age_bands[i], false);
    add_words(out, "sex", sex_words, SEX_COUNT, false);
    add_words(out, "sector", sector_words, SECTOR_COUNT, false);
    static const struct word quintiles[TALLY_QUINTILES] = {
        { "q1", "lowest fifth of contribution bases", "缴费基数最低五分之一" },
        { "q2", "second fifth of contribution bases", "缴费基数第二个五分之一" },
        { "q3", "third fifth of contribution bases", "缴费基数第三个五分之一" },
        { "q4", "fourth fifth of contribution bases", "缴费基数第四个五分之一" },
        { "q5", "highest fifth of contribution bases", "缴费基数最高五分之一" },
        { "retired", "retired, without a contribution base", "退休，无缴费基数" },
    };
    add_words(out, "income", quintiles, TALLY_QUINTILES, false);
    for (int i = 0; i < TALLY_DECILES; i++) {
        char key[8], en[64], zh[64];
        snprintf(key, sizeof key, "d%d", i + 1);
        snprintf(en, sizeof en, "spending decile %d of 10", i + 1);
        snprintf(zh, sizeof zh, "医疗费用第 %d 十分位", i + 1);
        add_group(out, "spending", key, en, zh, false);
    }
    if (county_names != NULL)
        for (int i = 0; i < shape->n_counties; i++)
            add_group(out, "county", county_names[i], county_names[i], county_names[i], false);
    add_words(out, "provider", provider_words, PROVIDER_COUNT, true);
    add_words(out, "benefit", benefit_words, BENEFIT_COUNT, true);
}
