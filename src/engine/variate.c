/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/variate.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>

#include "base/kernels.h"
#include "base/memory.h"
#include "engine/variate_avx2.h"

/* The number of the word, counted from its tail, that a cell begins with. */
static double
cell_word(int cell)
{
    if (cell < 512)
        return cell;
    int octave = cell / 256 - 1;
    return ldexp(256 + cell % 256, octave);
}

static double
cell_tail(int cell)
{
    return (cell_word(cell) + 0.5) * 0x1p-32;
}

void
variate_normal(struct variate_table *out)
{
    for (int cell = 0; cell < VARIATE_CELLS; cell++) {
        double z = gsl_cdf_ugaussian_Qinv(fmin(cell_tail(cell), 0.5));
        out->tail[0][cell] = variate_fixed(-z);
        out->tail[1][cell] = variate_fixed(z);
    }
}

/* ln x where the gamma distribution of scale 1 has the tail probability p. Newton's
 * method on ln p against ln x from the neighbour's solution; each tail uses its own
 * probability, so that nothing cancels. */
static double
log_gamma_quantile(double shape, double p, bool upper, double guess)
{
    for (int i = 0; i < 60; i++) {
        double x = exp(guess);
        double tail = upper ? gsl_cdf_gamma_Q(x, shape, 1) : gsl_cdf_gamma_P(x, shape, 1);
        if (!(tail > 0)) {
            guess += upper ? -0.5 : 0.5;
            continue;
        }
        double density = exp(shape * guess - x - gsl_sf_lngamma(shape)); /* times x */
        double slope = (upper ? -density : density) / tail;
        double step = (log(tail) - log(p)) / slope;
        step = fmax(fmin(step, 1), -1);
        guess -= step;
        if (fabs(step) < 1e-11)
            break;
    }
    return guess;
}

void
variate_log_gamma(struct variate_table *out, double shape)
{
    const double lowest = -60 * M_LN2; /* far below a fen, whatever the scale */
    for (int upper = 0; upper < 2; upper++) {
        /* From the median outward. */
        double x = log(shape) + (shape < 1 ? -1 / shape * 0.3 : 0);
        for (int cell = VARIATE_CELLS - 1; cell >= 0; cell--) {
            double p = fmin(cell_tail(cell), 0.5);
            if (upper == 0 && x < lowest) /* x^shape is as good as exact there */
                x = (log(p) + gsl_sf_lngamma(shape + 1)) / shape;
            else
                x = log_gamma_quantile(shape, p, upper != 0, x);
            out->tail[upper][cell] = variate_fixed(fmax(x, lowest) / M_LN2);
        }
    }
}

void
variate_exp_init(struct variate_exp *out)
{
    const int n = 1 << VARIATE_EXP_BITS;
    for (int i = 0; i <= n; i++)
        out->mantissa[i] = (uint32_t)llround(ldexp(exp2((double)i / n), 30));
}

void
variate_reach_init(struct variate_reach *out, int32_t factor)
{
    const double slack = 1e-4; /* far above what interpolation and rounding move */
    double times = (double)factor / (1 << VARIATE_BITS);
    out->below[0] = 0;
    for (int step = 1; step < REACH_STEPS; step++) {
        double share = times > 0 ? gsl_cdf_ugaussian_P(step / 4.0 / times - slack) : 1;
        out->below[step] = (uint32_t)fmin(share * 0x1p32, UINT32_MAX);
    }
}

/* --- many at a time --- */

#if defined(__x86_64__)
static __attribute__((target("avx2"))) void
many_eights(const struct variate_table *table, const uint32_t *words, int n, int32_t *out)
{
    for (int i = 0; i < n; i += 8)
        _mm256_storeu_si256((__m256i *)(out + i),
            variate_eight(table, _mm256_loadu_si256((const __m256i *)(words + i))));
}

static __attribute__((target("avx2"))) void
mix_eights(int32_t a, const int32_t *x, int32_t b, const int32_t *y, int n, int32_t *out)
{
    for (int i = 0; i < n; i += 8) {
        __m256i of_x = variate_times_eight(
            _mm256_set1_epi32(a), _mm256_loadu_si256((const __m256i *)(x + i)));
        __m256i of_y = variate_times_eight(
            _mm256_set1_epi32(b), _mm256_loadu_si256((const __m256i *)(y + i)));
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_add_epi32(of_x, of_y));
    }
}

static __attribute__((target("avx2"))) void
fen_eights(const struct variate_exp *table, const int32_t *logs, int n, fen_t *out)
{
    for (int i = 0; i < n; i += 8) {
        __m256i fen[2];
        bool narrow = variate_fen_eight(
            table, _mm256_loadu_si256((const __m256i *)(logs + i)), fen);
        variate_store_wide(out + i, fen);
        for (int k = i; !narrow && k < i + 8; k++)
            out[k] = variate_fen(table, logs[k]);
    }
}

/* Counts are small: a threshold after the other, until no score passes it. */
static __attribute__((target("avx2"))) int
count_eights(const struct variate_count *table, const int32_t *scores, int n)
{
    const __m256i place = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i sum = _mm256_setzero_si256();
    for (int i = 0; i < n; i += 8) {
        __m256i there = _mm256_cmpgt_epi32(_mm256_set1_epi32(n - i), place);
        __m256i score = _mm256_loadu_si256((const __m256i *)(scores + i));
        for (int k = 0; k < table->n; k++) {
            __m256i above = _mm256_and_si256(
                there, _mm256_cmpgt_epi32(score, _mm256_set1_epi32(table->threshold[k])));
            if (_mm256_testz_si256(above, above))
                break;
            sum = _mm256_sub_epi32(sum, above);
        }
    }
    int32_t sums[8], all = 0;
    _mm256_storeu_si256((__m256i *)sums, sum);
    for (int i = 0; i < 8; i++)
        all += sums[i];
    return all;
}
#else
static int
count_eights(const struct variate_count *table, const int32_t *scores, int n)
{
    (void)table, (void)scores, (void)n;
    return 0;
}

static void
many_eights(const struct variate_table *table, const uint32_t *words, int n, int32_t *out)
{
    (void)table, (void)words, (void)n, (void)out;
}

static void
mix_eights(int32_t a, const int32_t *x, int32_t b, const int32_t *y, int n, int32_t *out)
{
    (void)a, (void)x, (void)b, (void)y, (void)n, (void)out;
}

static void
fen_eights(const struct variate_exp *table, const int32_t *logs, int n, fen_t *out)
{
    (void)table, (void)logs, (void)n, (void)out;
}
#endif

void
variate_many(const struct variate_table *table, const uint32_t *words, int n, int32_t *out)
{
    int done = kernels_avx2() ? n / 8 * 8 : 0;
    if (done != 0)
        many_eights(table, words, done, out);
    for (int i = done; i < n; i++)
        out[i] = variate_at(table, words[i]);
}

void
variate_mix(int32_t a, const int32_t *x, int32_t b, const int32_t *y, int n, int32_t *out)
{
    int done = kernels_avx2() ? n / 8 * 8 : 0;
    if (done != 0)
        mix_eights(a, x, b, y, done, out);
    for (int i = done; i < n; i++)
        out[i] = (int32_t)(variate_times(a, x[i]) + variate_times(b, y[i]));
}

void
variate_fens(const struct variate_exp *table, const int32_t *logs, int n, fen_t *out)
{
    int done = kernels_avx2() ? n / 8 * 8 : 0;
    if (done != 0)
        fen_eights(table, logs, done, out);
    for (int i = done; i < n; i++)
        out[i] = variate_fen(table, logs[i]);
}

/* --- counts --- */

typedef double tail_function(unsigned int k, double mean, double size);

static double
poisson_below(unsigned int k, double mean, double size)
{
    (void)size;
    return gsl_cdf_poisson_P(k, mean);
}

static double
poisson_above(unsigned int k, double mean, double size)
{
    (void)size;
    return gsl_cdf_poisson_Q(k, mean);
}

static double
negative_binomial_below(unsigned int k, double mean, double size)
{
    return gsl_cdf_negative_binomial_P(k, size / (size + mean), size);
}

static double
negative_binomial_above(unsigned int k, double mean, double size)
{
    return gsl_cdf_negative_binomial_Q(k, size / (size + mean), size);
}

enum { COUNT_MAX = 60000 };

/* Scores are sums of two normal words and reach 8.9: counts that are rarer than that are
 * never drawn. */
static double
count_rarest(void)
{
    return gsl_cdf_ugaussian_Q(8.9);
}

/* The next threshold, of the probabilities that a count is above and not above; false once
 * the former is too small for any score. */
static bool
count_add(struct variate_count *out, int *capacity, double above, double below, double rarest)
{
    if (!(above > rarest))
        return false;
    double z = above < 0.5 ? gsl_cdf_ugaussian_Qinv(above) : gsl_cdf_ugaussian_Pinv(below);
    memory_grow(out->threshold, out->n, *capacity);
    out->threshold[out->n++] = z < -9 ? -9 * (1 << VARIATE_BITS) : variate_fixed(z);
    return true;
}

static bool
count_finish(struct variate_count *out, int capacity)
{
    if (out->n != 0) {
        memory_grow(out->threshold, out->n, capacity);
        out->threshold[out->n] = INT32_MAX;
    }
    int n = 0;
    for (int cell = 0; cell < COUNT_GUIDE; cell++) {
        int64_t score = ((int64_t)cell << COUNT_GUIDE_SHIFT) - ((int64_t)9 << VARIATE_BITS);
        while (n < out->n && score > out->threshold[n])
            n++;
        out->guide[cell] = (uint16_t)n;
    }
    out->guide[0] = 0;
    return out->n < COUNT_MAX;
}

static bool
count_build(
    struct variate_count *out, double mean, double size, tail_function *below, tail_function *above)
{
    const double rarest = count_rarest();
    int capacity = 0;
    *out = (struct variate_count){ 0 };
    if (mean <= 0)
        return true;
    for (unsigned int k = 0; k < COUNT_MAX; k++) {
        double q = above(k, mean, size);
        if (!count_add(out, &capacity, q, q < 0.5 ? 0 : below(k, mean, size), rarest))
            break;
    }
    return count_finish(out, capacity);
}

bool
variate_poisson(struct variate_count *out, double mean)
{
    return count_build(out, mean, 0, poisson_below, poisson_above);
}

bool
variate_negative_binomial_slowly(struct variate_count *out, double mean, double size)
{
    return count_build(out, mean, size, negative_binomial_below, negative_binomial_above);
}

/* Probabilities one from another, k + 1 from k, and their sums from both ends, each from its
 * smallest: a world makes hundreds of such tables. */
bool
variate_negative_binomial(struct variate_count *out, double mean, double size)
{
    enum { MOST = 4096 };
    const double none = 1e-40, rarest = count_rarest();
    double share = mean / (size + mean), first = exp(-size * log1p(mean / size));
    double probability[MOST + 1], above = 0;
    int n = 0, capacity = 0;
    *out = (struct variate_count){ 0 };
    if (mean <= 0)
        return true;
    for (double p = first; n < MOST && (p > none || n < mean); n++) {
        probability[n] = p;
        p *= share * (n + size) / (n + 1);
    }
    /* Too wide, or begins too far below what a double holds. */
    if (n == MOST || first < 1e-280)
        return variate_negative_binomial_slowly(out, mean, size);
    double tail[MOST + 1], below = 0;
    for (int k = n - 1; k >= 0; k--) {
        tail[k] = above; /* above k */
        above += probability[k];
    }
    for (int k = 0; k < n; k++) {
        below += probability[k];
        if (!count_add(out, &capacity, tail[k], below, rarest))
            break;
    }
    return count_finish(out, capacity);
}

int
variate_count_sum(const struct variate_count *self, const int32_t *scores, int n)
{
    int sum = 0;
    if (kernels_avx2())
        return count_eights(self, scores, n);
    for (int i = 0; i < n; i++)
        sum += variate_count_at(self, scores[i]);
    return sum;
}

void
variate_count_free(struct variate_count *self)
{
    free(self->threshold);
    self->threshold = NULL;
    self->n = 0;
}

void
variate_wheel_init(struct variate_wheel *out, const double *weights, int n)
{
    double sum = 0, so_far = 0;
    int last = 0;
    for (int i = 0; i < n; i++) {
        sum += weights[i];
        last = weights[i] > 0 ? i : last;
    }
    for (int i = 0; i < WHEEL_MAX; i++) {
        so_far += i < n ? weights[i] : 0;
        out->bound[i] = i >= last ? (uint64_t)1 << 32 : variate_bound(so_far / sum);
    }
    int i = 0;
    for (int cell = 0; cell < 1 << WHEEL_GUIDE_BITS; cell++) {
        uint64_t word = (uint64_t)cell << (32 - WHEEL_GUIDE_BITS);
        while (word >= out->bound[i])
            i++;
        out->guide[cell] = (uint16_t)i;
    }
}
