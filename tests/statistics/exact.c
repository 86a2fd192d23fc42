/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact values of a textbook case, to compare a run with: one class of persons
 * who are all alike, claims that are independent.
 *
 *   exact poisson MEAN 0   lognormal MEANLOG SDLOG   POLICY
 *   exact negative_binomial MEAN SIZE   gamma SHAPE SCALE   POLICY
 *
 * where POLICY is
 *   visit DEDUCTIBLE RATIO CAP            each visit pays min(RATIO (X - DEDUCTIBLE)+, CAP)
 *   visit_year DEDUCTIBLE RATIO CAP YEAR  and all of a year's visits at most YEAR
 *   year DEDUCTIBLE RATIO CAP             the year pays min(RATIO (S - DEDUCTIBLE)+, CAP)
 *
 * in yuan; a CAP may be "inf" but for the year's. Lines "name value sd_of_estimate
 * error": sd_of_estimate over the root of the number of persons is the standard
 * error of the estimate, error what may be wrong with the value itself. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct frequency {
    double mean, size; /* size: INFINITY for Poisson */
};
struct severity {
    bool gamma;
    double a, b; /* meanlog, sdlog or shape, scale */
};

/* --- a claim --- */

static double
severity_below(const struct severity *x, double at)
{
    if (at <= 0)
        return 0;
    if (isinf(at))
        return 1;
    return x->gamma ? gsl_cdf_gamma_P(at, x->a, x->b) : gsl_cdf_ugaussian_P((log(at) - x->a) / x->b);
}

/* E[X^k; X <= at]. */
static double
partial_moment(const struct severity *x, int k, double at)
{
    if (at <= 0)
        return 0;
    if (x->gamma) {
        double whole = pow(x->b, k);
        for (int i = 0; i < k; i++)
            whole *= x->a + i;
        return isinf(at) ? whole : whole * gsl_cdf_gamma_P(at, x->a + k, x->b);
    }
    double whole = exp(k * x->a + k * k * x->b * x->b / 2);
    return isinf(at) ? whole : whole * gsl_cdf_ugaussian_P((log(at) - x->a) / x->b - k * x->b);
}

/* E min(X, at): the limited expected value. */
static double
limited(const struct severity *x, double at)
{
    if (at <= 0)
        return 0;
    double beyond = isinf(at) ? 0 : at * (1 - severity_below(x, at));
    return partial_moment(x, 1, at) + beyond;
}

/* A function of a claim that is a line on each of three spans, the last open. */
struct lines {
    double to[3], constant[3], slope[3];
};

/* Raw moments 1 to 4, into out[1 … 4]. */
static void
moments(const struct severity *x, const struct lines *f, double out[static 5])
{
    static const double choose[5][5]
        = { { 1 }, { 1, 1 }, { 1, 2, 1 }, { 1, 3, 3, 1 }, { 1, 4, 6, 4, 1 } };
    for (int k = 0; k <= 4; k++) {
        out[k] = 0;
        double from = 0;
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j <= k && f->to[i] > from; j++) {
                double span = partial_moment(x, j, f->to[i]) - partial_moment(x, j, from);
                if (f->slope[i] != 0 || j == 0)
                    out[k] += choose[k][j] * pow(f->slope[i], j) * pow(f->constant[i], k - j) * span;
            }
            from = fmax(from, f->to[i]);
        }
    }
}

/* --- a year's sum --- */

static double
generating(const struct frequency *n, double z)
{
    return isinf(n->size) ? exp(n->mean * (z - 1)) : pow(1 - n->mean / n->size * (z - 1), -n->size);
}

struct spread {
    double mean, variance, fourth; /* the last two central */
};

/* Of the sum of N independent claims with the given raw moments, by cumulants. */
static struct spread
compound(const struct frequency *n, const double u[static 5])
{
    double m = n->mean, c = isinf(n->size) ? 0 : m / n->size;
    double k4 = m * u[4] + m * c * (4 * u[1] * u[3] + 3 * u[2] * u[2])
        + 12 * m * c * c * u[1] * u[1] * u[2] + 6 * m * c * c * c * pow(u[1], 4);
    double variance = m * u[2] + m * c * u[1] * u[1];
    return (struct spread){ m * u[1], variance, k4 + 3 * variance * variance };
}

static struct spread
spread_of_raw(const double u[static 5])
{
    double a = u[1], variance = u[2] - a * a;
    return (struct spread){ a, variance, u[4] - 4 * a * u[3] + 6 * a * a * u[2] - 3 * pow(a, 4) };
}

/* The payment for a visit, of which the year's sum is taken: min(ratio (X - deductible)+, cap). */
struct layer {
    double deductible, ratio, cap;
};

static double
limited_layer(const struct severity *x, const struct layer *y, double at)
{
    at = fmin(at, y->cap);
    return y->ratio * (limited(x, y->deductible + at / y->ratio) - limited(x, y->deductible));
}

/* Distribution of the year's sum on a grid of step h, cells 0 … n - 1, by Panjer's
 * recursion; the severity is spread over the grid so that its limited means stay. */
static double *
panjer(const struct frequency *count, const struct severity *x, const struct layer *y, double h, int n)
{
    double *g = calloc((size_t)n, sizeof *g), *f = calloc((size_t)n, sizeof *f);
    if (g == NULL || f == NULL)
        exit(1);
    double last = 0, here = 0, next;
    for (int j = 0; j < n; j++, last = here, here = next) {
        next = limited_layer(x, y, (j + 1) * h);
        g[j] = j == 0 ? 1 - next / h : fmax(0, (2 * here - last - next) / h);
    }
    double c = isinf(count->size) ? 0 : count->mean / count->size;
    double a = c / (1 + c), b = isinf(count->size) ? count->mean : (count->size - 1) * a;
    f[0] = generating(count, g[0]);
    for (int s = 1; s < n; s++) {
        double sum = 0;
        for (int j = 1; j <= s; j++)
            sum += (a + b * j / s) * g[j] * f[s - j];
        f[s] = sum / (1 - a * g[0]);
    }
    free(g);
    return f;
}

/* Share of persons whose sum is at or below a point: the grid's masses stand for
 * half a step to each side. */
static double
below(const double *f, int n, double h, double at)
{
    double place = at / h + 0.5, sum = 0;
    int whole = (int)place;
    for (int j = 0; j < whole && j < n; j++)
        sum += f[j];
    return whole < n ? sum + (place - whole) * f[whole] : sum;
}

struct year {
    double deductible, ratio, cap;
};
enum { LEVELS = 4 };
static const double levels[LEVELS] = { 0.5, 0.75, 0.9, 0.95 };
struct year_values {
    double raw[5], zero, capped, quantile[LEVELS];
};

static struct year_values
year_on_grid(const struct frequency *n, const struct severity *x, const struct layer *y,
    const struct year *year, int cells)
{
    double limit = year->deductible + year->cap / year->ratio;
    double h = limit / (cells - 2);
    double *f = panjer(n, x, y, h, cells);
    struct year_values out = { 0 };
    double mass = 0;
    for (int j = 0; j < cells; j++) {
        double pay = fmin(fmax(year->ratio * (j * h - year->deductible), 0), year->cap);
        mass += f[j];
        for (int k = 1; k <= 4; k++)
            out.raw[k] += f[j] * pow(pay, k);
    }
    for (int k = 1; k <= 4; k++)
        out.raw[k] += (1 - mass) * pow(year->cap, k);
    out.zero = below(f, cells, h, year->deductible);
    out.capped = 1 - below(f, cells, h, limit);
    for (int i = 0; i < LEVELS; i++) {
        double low = 0, high = limit;
        for (int step = 0; step < 60; step++) {
            double middle = (low + high) / 2;
            if (below(f, cells, h, middle) < levels[i])
                low = middle;
            else
                high = middle;
        }
        out.quantile[i] = fmin(fmax(year->ratio * (high - year->deductible), 0), year->cap);
    }
    free(f);
    return out;
}

/* --- what is printed --- */

static void
print(const char *name, double value, double sd_of_estimate, double error)
{
    printf("%s %.12g %.12g %.3g\n", name, value, sd_of_estimate, error);
}

static void
print_share(const char *name, double p, double error)
{
    print(name, p, sqrt(fmax(p * (1 - p), 0)), error);
}

static void
print_spread(const char *name, struct spread s, double mean_error, double sd_error)
{
    char text[64];
    double sd = sqrt(s.variance);
    snprintf(text, sizeof text, "%s.mean", name);
    print(text, s.mean, sd, mean_error);
    snprintf(text, sizeof text, "%s.sd", name);
    print(text, sd, sqrt(fmax(s.fourth - s.variance * s.variance, 0)) / (2 * sd), sd_error);
}

static void
print_sum(const char *name, const struct frequency *n, const struct severity *x, struct lines f)
{
    double u[5];
    moments(x, &f, u);
    print_spread(name, compound(n, u), 0, 0);
}

/* By recursion on two grids: the finer one is off by a third of their distance. */
static void
print_year(const struct frequency *n, const struct severity *x, const struct layer *y,
    const struct year *year, double zero)
{
    enum { CELLS = 12000 };
    struct year_values fine = year_on_grid(n, x, y, year, 2 * CELLS);
    struct year_values coarse = year_on_grid(n, x, y, year, CELLS);
    struct spread s = spread_of_raw(fine.raw), t = spread_of_raw(coarse.raw);
    print_spread("fund", s, fabs(s.mean - t.mean), fabs(sqrt(s.variance) - sqrt(t.variance)));
    print_share("zero", zero >= 0 ? zero : fine.zero, zero >= 0 ? 0 : fabs(fine.zero - coarse.zero));
    print_share("capped", fine.capped, fabs(fine.capped - coarse.capped));
    for (int i = 0; i < LEVELS; i++) {
        char name[32];
        snprintf(name, sizeof name, "quantile.%g", levels[i]);
        print(name, fine.quantile[i], 0, fabs(fine.quantile[i] - coarse.quantile[i]));
    }
}

int
main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    if (argc < 11)
        return 2;
    const double rounding = 0.005; /* half a fen: less is paid as nothing */
    struct frequency n = { atof(argv[2]), strcmp(argv[1], "poisson") == 0 ? INFINITY : atof(argv[3]) };
    struct severity x = { strcmp(argv[4], "gamma") == 0, atof(argv[5]), atof(argv[6]) };
    double deductible = atof(argv[8]), ratio = atof(argv[9]), cap = atof(argv[10]);
    double full = deductible + cap / ratio; /* cost from which the visit's cap binds */
    double unpaid = generating(&n, severity_below(&x, deductible + rounding));

    const double one[5] = { 1, 1, 1, 1, 1 };
    print_spread("visits", compound(&n, one), 0, 0);
    print_sum("cost", &n, &x, (struct lines){ { 0, 0, INFINITY }, { 0 }, { 0, 0, 1 } });
    if (strcmp(argv[7], "year") == 0) {
        print_year(&n, &x, &(struct layer){ 0, 1, INFINITY },
            &(struct year){ deductible, ratio, cap }, -1);
        return 0;
    }
    struct layer y = { deductible, ratio, cap };
    if (strcmp(argv[7], "visit_year") == 0) {
        if (argc < 12)
            return 2;
        print_year(&n, &x, &y, &(struct year){ 0, 1, atof(argv[11]) }, unpaid);
        return 0;
    }
    double top = isinf(cap) ? 0 : cap;
    print_sum("fund", &n, &x, (struct lines){ { deductible, full, INFINITY },
            { 0, -ratio * deductible, top }, { 0, ratio, 0 } });
    print_sum("burden", &n, &x, (struct lines){ { deductible, full, INFINITY },
            { 0, ratio * deductible, -top }, { 1, 1 - ratio, 1 } });
    print_share("zero", unpaid, 0);
    if (!isinf(cap))
        print_share("capped", 1 - generating(&n, severity_below(&x, full + rounding / ratio)), 0);
    return 0;
}
