/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const struct measure_info measure_infos[MEASURE_COUNT] = {
    [MEASURE_FUND_OUTFLOW] = { "fund_outflow", "pooled fund: benefits paid", "统筹基金支出",
        UNIT_YUAN, true },
    [MEASURE_ACCOUNT_TRANSFER] = { "account_transfer", "pooled fund into personal accounts",
        "统筹基金划入个人账户", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_OWN] = { "account_own", "members' own contributions into accounts",
        "个人缴费计入个人账户", UNIT_YUAN, false },
    [MEASURE_MEMBER_BURDEN] = { "member_burden", "member burden", "个人负担", UNIT_YUAN, true },
    [MEASURE_PAID_BY_ACCOUNT] = { "paid_by_account", "burden paid by accounts, own and family's",
        "个人账户支付（含家庭共济）", UNIT_YUAN, true },
    [MEASURE_PAID_BY_FAMILY_ACCOUNT] = { "paid_by_family_account", "of it by family's accounts",
        "其中：家庭成员账户支付", UNIT_YUAN, true },
    [MEASURE_PAID_BY_CASH] = { "paid_by_cash", "burden paid in cash", "现金支付", UNIT_YUAN, true },
    [MEASURE_COST] = { "cost", "cost", "医疗费用", UNIT_YUAN, true },
    [MEASURE_ELIGIBLE_COST] = { "eligible_cost", "eligible cost", "政策范围内费用", UNIT_YUAN, true },
    [MEASURE_VISITS] = { "visits", "visits and stays", "就诊人次", UNIT_COUNT, true },
    [MEASURE_PERSONS] = { "persons", "persons", "人数", UNIT_COUNT, false },
    [MEASURE_CONTRIBUTION_INCOME] = { "contribution_income", "contributions to the pooled fund",
        "统筹基金缴费收入", UNIT_YUAN, false },
    [MEASURE_POOL_BALANCE] = { "pool_balance", "the year's balance of the pooled fund",
        "统筹基金当年结余", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_OPENING] = { "account_opening", "accounts at the year's opening",
        "个人账户年初余额", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_PAID_OUT] = { "account_paid_out", "paid out of the group's accounts",
        "个人账户支出", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_CLOSING] = { "account_closing", "accounts at the year's close",
        "个人账户年末余额", UNIT_YUAN, false },
    [MEASURE_WINNERS] = { "winners", "persons better off", "受益人数", UNIT_COUNT, false },
    [MEASURE_LOSERS] = { "losers", "persons worse off", "受损人数", UNIT_COUNT, false },
    [MEASURE_CAP_REACHED] = { "cap_reached", "persons who reached a cap", "达到支付限额的人数", UNIT_COUNT,
        false },
    [MEASURE_NET_GAIN_MEAN] = { "net_gain_mean", "mean net gain", "人均净收益",
        UNIT_YUAN_PER_PERSON, false },
};

const struct word distribution_words[DISTRIBUTION_COUNT] = {
    [DISTRIBUTION_FUND] = { "fund_outflow", "fund payments to a person", "每人统筹基金支付" },
    [DISTRIBUTION_BURDEN] = { "member_burden", "burden of a person", "每人个人负担" },
    [DISTRIBUTION_CREDIT] = { "account_credit", "account credits of a person", "每人个人账户划入" },
    [DISTRIBUTION_NET_GAIN] = { "net_gain", "net gain of a person", "每人净收益" },
};

const double run_quantiles[QUANTILE_COUNT]
    = { 0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99 };

struct tally_shape
tally_shape_of(int n_counties)
{
    struct tally_shape shape = { .n_counties = n_counties > 0 ? n_counties : 1 };
    shape.money = TALLY_DEMOGRAPHIC;
    shape.county = shape.money + TALLY_MONEY;
    shape.provider = shape.county + shape.n_counties;
    shape.benefit = shape.provider + PROVIDER_COUNT;
    shape.tiles = shape.benefit + BENEFIT_COUNT;
    shape.n_cells = shape.tiles + 1;
    return shape;
}

void
tally_init(struct tally *self, const struct tally_shape *shape)
{
    self->cells = memory_alloc((size_t)shape->n_cells * MEASURE_COUNT, sizeof *self->cells);
    self->histogram = memory_alloc(TALLY_COUNTS, sizeof *self->histogram);
    self->kept = self->histogram + TALLY_BINS;
}

void
tally_free(struct tally *self)
{
    free(self->cells);
    free(self->histogram);
    *self = (struct tally){ 0 };
}

void
tally_block_init(struct tally_block *self, const struct tally_shape *shape)
{
    *self = (struct tally_block){ .shape = shape };
    self->parts = memory_alloc((size_t)shape->n_cells, sizeof *self->parts);
    self->touched = memory_alloc((size_t)shape->n_cells, sizeof *self->touched);
    self->bins = memory_alloc(TALLY_BLOCK_PERSONS, sizeof *self->bins);
    self->kept = memory_alloc(TALLY_COUNTS - TALLY_BINS, sizeof *self->kept);
    self->large
        = memory_alloc((size_t)shape->n_cells * MEASURE_COUNT, sizeof *self->large);
}

void
tally_block_free(struct tally_block *self)
{
    free(self->parts);
    free(self->touched);
    free(self->bins);
    free(self->kept);
    free(self->large);
    *self = (struct tally_block){ 0 };
}

static void
flush_cells(struct tally_cell *from, struct tally_cell *into, int n)
{
    for (int i = 0; i < n; i++) {
        into[i].sum += from[i].sum;
        into[i].difference += from[i].difference;
        into[i].squares += from[i].squares;
        into[i].difference_squares += from[i].difference_squares;
        from[i] = (struct tally_cell){ 0 };
    }
}

void
tally_block_flush(struct tally_block *self, struct tally *into)
{
    for (int cell = 0; cell < self->shape->n_cells; cell++) {
        if (!self->touched[cell])
            continue;
        struct tally_part *part = &self->parts[cell];
        struct tally_cell *to = &into->cells[(size_t)cell * MEASURE_COUNT];
        for (int m = 0; m < MEASURE_COUNT; m++) {
            to[m].sum += part->sum[m];
            to[m].difference += part->difference[m];
            to[m].squares += (uint64_t)part->square[m];
            to[m].difference_squares += (uint64_t)part->difference_square[m];
        }
        *part = (struct tally_part){ 0 };
        self->touched[cell] = false;
    }
    if (self->any_large)
        flush_cells(self->large, into->cells, self->shape->n_cells * MEASURE_COUNT);
    flush_cells(self->tiles, into->cells + self->shape->tiles * MEASURE_COUNT, MEASURE_COUNT);
    self->any_large = false;
    for (int i = 0; i < self->n_persons; i++)
        for (int d = 0; d < DISTRIBUTION_COUNT; d++)
            into->histogram[d * TALLY_FINE_BINS + self->bins[i][d]]++;
    self->n_persons = 0;
    int kept = self->any_kept ? TALLY_COUNTS - TALLY_BINS : 0;
    for (int i = 0; i < kept; i++)
        into->kept[i] += self->kept[i];
    memset(self->kept, 0, (size_t)kept * sizeof *self->kept);
    self->any_kept = false;
}

/* Amounts whose squares do not fit the block's 64 bits: straight into wide cells. */
static void
add_large(struct tally_block *self, int cell, int n, const int64_t *value, const int64_t *baseline)
{
    for (int m = 0; m < n && m < MEASURE_COUNT; m++) {
        struct tally_cell *to = &self->large[(size_t)cell * MEASURE_COUNT + (size_t)m];
        int64_t difference = value[m] - baseline[m];
        to->sum += value[m];
        to->difference += difference;
        to->squares += (wide_t)((__int128)value[m] * value[m]);
        to->difference_squares += (wide_t)((__int128)difference * difference);
    }
    self->any_large = true;
}

/* The compiler makes these loops as wide as the machine that runs them. */
#if defined __x86_64__ && defined __GLIBC__ && !defined __SANITIZE_ADDRESS__
#define WIDEST __attribute__((target_clones("avx2", "default")))
#else
#define WIDEST
#endif

WIDEST static uint64_t
magnitude(const int64_t *restrict value, const int64_t *restrict baseline, int n)
{
    uint64_t all = 0;
    for (int m = 0; m < n; m++)
        all |= (uint64_t)(value[m] ^ value[m] >> 63) | (uint64_t)(baseline[m] ^ baseline[m] >> 63);
    return all;
}

/* Small amounts: differences fit 32 bits, whose products are one instruction. */
WIDEST static void
add_small(struct tally_part *restrict part, const int64_t *restrict value,
    const int64_t *restrict baseline, int n)
{
    for (int m = 0; m < n; m++) {
        int64_t v = value[m], d = v - baseline[m];
        uint32_t v_size = (uint32_t)(v < 0 ? -v : v), d_size = (uint32_t)(d < 0 ? -d : d);
        part->sum[m] += v;
        part->difference[m] += d;
        part->square[m] += (int64_t)((uint64_t)v_size * v_size);
        part->difference_square[m] += (int64_t)((uint64_t)d_size * d_size);
    }
}

void
tally_add(struct tally_block *self, const int *cells, int n_cells, int n, const int64_t *value,
    const int64_t *baseline)
{
    bool large = magnitude(value, baseline, n) >= TALLY_SMALL;
    for (int c = 0; c < n_cells; c++) {
        if (large) {
            add_large(self, cells[c], n, value, baseline);
            continue;
        }
        self->touched[cells[c]] = true;
        add_small(&self->parts[cells[c]], value, baseline, n);
    }
}

/* What depends on family's accounts; opening balances do from the second year on. */
static const enum measure of_families[] = { MEASURE_PAID_BY_ACCOUNT,
    MEASURE_PAID_BY_FAMILY_ACCOUNT, MEASURE_PAID_BY_CASH, MEASURE_ACCOUNT_OPENING,
    MEASURE_ACCOUNT_PAID_OUT, MEASURE_ACCOUNT_CLOSING, MEASURE_PERSONS };
enum { OF_FAMILIES = sizeof of_families / sizeof *of_families };

static bool
is_of_families(enum measure measure)
{
    for (int i = 0; i < OF_FAMILIES; i++)
        if (of_families[i] == measure)
            return measure != MEASURE_PERSONS;
    return false;
}

void
tally_tile(struct tally_block *self, int n, int64_t (*value)[TALLY_WIDTH],
    int64_t (*baseline)[TALLY_WIDTH])
{
    for (int k = 0; k < OF_FAMILIES; k++) {
        enum measure m = of_families[k];
        int64_t sum = 0, before = 0;
        for (int i = 0; i < n; i++) {
            sum += value[i][m];
            before += baseline[i][m];
        }
        int64_t difference = sum - before;
        struct tally_cell *to = &self->tiles[m];
        to->sum += n * sum;
        to->difference += n * difference;
        to->squares += (wide_t)((__int128)sum * sum);
        to->difference_squares += (wide_t)((__int128)difference * difference);
    }
}

/* Bins grow by 1/32 an octave of fen in results, by 1/128 within, the same for both
 * signs: the middle bin begins at 0, the one before it ends there. */
struct scale {
    int log; /* 2^log steps an octave */
    int bins; /* of one sign */
};
static const struct scale coarse = { 5, HISTOGRAM_BINS / 2 }, fine = { 7, TALLY_FINE_BINS / 2 };

static inline int
bin_of_size(struct scale scale, uint64_t fen)
{
    int steps = 1 << scale.log;
    if (fen < (uint64_t)steps)
        return (int)fen;
    int shift = 63 - __builtin_clzll(fen) - scale.log;
    int bin = steps * (shift + 1) + (int)(fen >> shift) - steps;
    return bin < scale.bins ? bin : scale.bins - 1;
}

static inline int
bin_of(struct scale scale, fen_t amount)
{
    return amount >= 0 ? scale.bins + bin_of_size(scale, (uint64_t)amount)
                       : scale.bins - 1 - bin_of_size(scale, (uint64_t)-amount - 1);
}

/* Fen at which a bin of one sign begins. */
static int64_t
size_of_bin(struct scale scale, int bin)
{
    int steps = 1 << scale.log;
    return bin < steps ? bin : (int64_t)(bin % steps + steps) << (bin / steps - 1);
}

static int64_t
edge_of(struct scale scale, int i)
{
    return i >= scale.bins ? size_of_bin(scale, i - scale.bins)
                           : -size_of_bin(scale, scale.bins - i);
}

double
run_bin_edge(int i)
{
    return (double)edge_of(coarse, i) / 100;
}

void
tally_distributions(struct tally_block *self, uint64_t person,
    const fen_t amounts[static DISTRIBUTION_COUNT])
{
    for (int d = 0; d < DISTRIBUTION_COUNT; d++)
        self->bins[self->n_persons][d] = (uint16_t)bin_of(fine, amounts[d]);
    self->n_persons++;
    if (person >= TALLY_KEPT)
        return;
    for (int d = 0; d < DISTRIBUTION_COUNT; d++)
        self->kept[(uint64_t)d * TALLY_KEPT + person] = amounts[d];
    self->any_kept = true;
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
    out->lower = out->value - NORMAL_975 * out->std_error;
    out->upper = out->value + NORMAL_975 * out->std_error;
}

/* Where in a bin, given the share of it that lies below: by straight line, but for
 * amounts that many of the persons kept share, which take up their own share. side:
 * the lower (-1) or upper (1) end of an interval, 0 for the value itself. Where there
 * are such amounts, an end keeps clear of what the persons kept leave open, two
 * standard errors of their number, and goes out to the next of them or the edge. */
static double
place_in_bin(int bin, double share, const fen_t *kept, int n, int side)
{
    double low = (double)edge_of(fine, bin) / 100, high = (double)edge_of(fine, bin + 1) / 100;
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

/* The amount that a share of the persons stays at or below. kept: ascending. side:
 * see place_in_bin. */
static double
quantile_at(const int64_t *histogram, int64_t persons, double share, int side, const fen_t *kept,
    int n_kept)
{
    double wanted = share * (double)persons;
    int64_t below = 0;
    int bin = 0, first = 0, n = 0;
    while (bin < TALLY_FINE_BINS - 1 && (double)(below + histogram[bin]) < wanted)
        below += histogram[bin++];
    int64_t low = edge_of(fine, bin), high = edge_of(fine, bin + 1);
    if (high - low == 1 || histogram[bin] == 0) /* one fen wide: it holds one amount */
        return (double)low / 100;
    while (first < n_kept && bin_of(fine, kept[first]) < bin)
        first++;
    while (first + n < n_kept && bin_of(fine, kept[first + n]) == bin)
        n++;
    double inside = (wanted - (double)below) / (double)histogram[bin];
    return place_in_bin(bin, inside, kept + first, n, side);
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
    int n_kept = persons < TALLY_KEPT ? (int)persons : TALLY_KEPT;
    memcpy(kept, amounts, (size_t)n_kept * sizeof *kept);
    qsort(kept, (size_t)n_kept, sizeof *kept, compare_amounts);
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        double share = run_quantiles[q];
        double half = NORMAL_975 * sqrt(share * (1 - share) / (double)persons);
        out[q] = quantile_at(histogram, persons, share, 0, kept, n_kept);
        lower[q] = quantile_at(histogram, persons, fmax(share - half, 0), -1, kept, n_kept);
        upper[q] = quantile_at(histogram, persons, fmin(share + half, 1), 1, kept, n_kept);
    }
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
        to->lower = to->value - NORMAL_975 * to->std_error;
        to->upper = to->value + NORMAL_975 * to->std_error;
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
            + V(MEASURE_ACCOUNT_OWN) - V(MEASURE_ACCOUNT_PAID_OUT));
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
    for (int g = 0; g < out->n_groups; g++) {
        struct group_cells cells
            = cells_of(shape, out->groups[g].dimension, index_in_dimension(out, g));
        struct tally_cell members = sum_cells(self, cells, MEASURE_PERSONS);
        struct estimate *first = &out->cells[result_at(out, scenario, year_index, 0, g)];
        for (int m = 0; m < MEASURE_COUNT; m++) {
            struct tally_cell c = sum_cells(self, cells, m);
            out->sums[result_at(out, scenario, year_index, m, g)] = c.sum;
            estimate_cell(&c, (enum measure)m, &members, persons, insured, first + (size_t)m * stride);
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
            out->histograms[(at + d) * HISTOGRAM_BINS + (size_t)bin_of(coarse, edge_of(fine, i))]
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
