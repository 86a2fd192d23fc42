/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/people_tables.h"

struct compiler {
    struct people *people;
    const struct model *model;
    struct names *names;
    struct problem_list *problems;
    double age[2][PEOPLE_AGES]; /* probabilities: active, retired */
};

static double
log2_fen(double yuan)
{
    return yuan > 0 ? log2(100 * yuan) : -60;
}

static double
cell_of(const struct model_value *value, int status, int disease, int age, int provider)
{
    const int at[MODEL_DIMENSIONS] = {
        [MODEL_BY_STATUS] = status,
        [MODEL_BY_CHRONIC] = disease,
        [MODEL_BY_SPECIAL] = disease - MODEL_CHRONIC,
        [MODEL_BY_AGE] = age,
        [MODEL_BY_PROVIDER] = provider,
    };
    return model_cell(value, at);
}

/* --- who people are --- */

static int
retirement_age(const struct model *model, int status, int kind)
{
    const char *key = kind >= KIND_MALE_ENTERPRISE ? "retirement.male"
        : kind == KIND_FEMALE_PUBLIC               ? "retirement.female_public"
        : status == STATUS_FLEXIBLE                ? "retirement.female_flexible"
                                                   : "retirement.female_enterprise";
    return (int)model_number(model, -1, key);
}

/* Who of an age can hold the status: the active are below their retirement age,
 * retirees have reached it. false where nobody can. */
static bool
compile_kinds(struct compiler *c, int status, int age)
{
    struct people *people = c->people;
    double women = model_by_status(c->model, -1, "population.female_share", (enum status)status);
    double public = status == STATUS_FLEXIBLE
        ? 0
        : model_by_status(c->model, -1, "population.public_share", (enum status)status);
    double share[KIND_COUNT] = { women * (1 - public), women * public, (1 - women) * (1 - public),
        (1 - women) * public };
    double sum = 0, so_far = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        bool retired = age >= people->retirement[status][kind];
        if (retired != (status == STATUS_RETIREE))
            share[kind] = 0;
        sum += share[kind];
    }
    for (int kind = 0; kind < KIND_COUNT - 1 && sum > 0; kind++) {
        so_far += share[kind];
        bool rest = false;
        for (int other = kind + 1; other < KIND_COUNT; other++)
            rest = rest || share[other] > 0;
        people->kind[status][age][kind] = rest ? variate_bound(so_far / sum) : (uint64_t)1 << 32;
    }
    return sum > 0;
}

static void
compile_ages(struct compiler *c, int retired)
{
    const struct model_value *value = model_find(
        c->model, -1, retired ? "population.age_retired" : "population.age_active");
    double weights[PEOPLE_AGES] = { 0 }, sum = 0;
    for (int band = 0; value->given && band + 1 < value->size[MODEL_BY_AGE]; band++) {
        int from = value->ages[band], to = value->ages[band + 1];
        for (int age = from; age < to; age++)
            weights[age] = value->cells[band] / (to - from);
    }
    double retirees = model_number(c->model, -1, "population.retiree_share");
    double flexible = model_number(c->model, -1, "population.flexible_share");
    const double share[STATUS_COUNT] = { 1 - retirees - flexible, flexible, retirees };
    for (int age = 0; age < PEOPLE_AGES; age++) {
        for (int status = 0; status < STATUS_COUNT; status++) {
            if ((status == STATUS_RETIREE) != (retired != 0))
                continue;
            bool possible = compile_kinds(c, status, age);
            if (!possible && weights[age] > 0 && share[status] > 1e-9)
                problem_add(c->problems, value->file, value->line, value->column,
                    retired
                        ? tr("%s gives weight to age %d, at which nobody can be retired; 0 is wanted there",
                            "%s 在 %d 岁有权重，但该年龄无人可能退休；应为 0")
                        : tr("%s gives weight to age %d, at which everybody is retired; 0 is wanted there",
                            "%s 在 %d 岁有权重，但该年龄人人已退休；应为 0"),
                    value->path, age);
        }
        sum += weights[age];
    }
    if (sum <= 0)
        weights[retired ? 65 : 40] = sum = 1; /* nobody draws from it */
    variate_wheel_init(&c->people->ages[retired], weights, PEOPLE_AGES);
    for (int age = 0; age < PEOPLE_AGES; age++)
        c->age[retired][age] = weights[age] / sum;
}

/* Of those who come: active, so at ages at which somebody can be. */
static void
compile_entry(struct compiler *c)
{
    const struct model_value *value = model_find(c->model, -1, "population.entry_age");
    double weights[PEOPLE_AGES] = { 0 };
    for (int band = 0; value->given && band + 1 < value->size[MODEL_BY_AGE]; band++) {
        int from = value->ages[band], to = value->ages[band + 1];
        for (int age = from; age < to; age++) {
            bool possible = false;
            for (int kind = 0; kind < KIND_COUNT; kind++)
                possible = possible || age < c->people->retirement[STATUS_EMPLOYEE][kind];
            weights[age] = value->cells[band] / (to - from);
            if (!possible && weights[age] > 0)
                problem_add(c->problems, value->file, value->line, value->column,
                    tr("%s gives weight to age %d, at which everybody is retired; 0 is wanted there",
                        "%s 在 %d 岁有权重，但该年龄人人已退休；应为 0"),
                    value->path, age);
        }
    }
    if (!value->given)
        weights[20] = 1; /* nobody draws from it */
    variate_wheel_init(&c->people->entry_age, weights, PEOPLE_AGES);
}

static void
compile_births(struct people *people)
{
    for (int age = 0; age < PEOPLE_AGES; age++) {
        people->birth_first[age] = date_day(people->year - 1 - age, 1, 2);
        people->birth_days[age]
            = (uint16_t)(date_day(people->year - age, 1, 1) - people->birth_first[age] + 1);
        people->age_band[age] = people_age_band(age);
    }
}

static void
compile_people(struct compiler *c)
{
    struct people *people = c->people;
    const struct model *model = c->model;
    double retirees = model_number(model, -1, "population.retiree_share");
    double flexible = model_number(model, -1, "population.flexible_share");
    people->retired_bound = variate_bound(retirees);
    people->flexible_bound = variate_bound(retirees + flexible);
    for (int status = 0; status < STATUS_COUNT; status++)
        for (int kind = 0; kind < KIND_COUNT; kind++)
            people->retirement[status][kind] = retirement_age(model, status, kind);
    compile_ages(c, 0);
    compile_ages(c, 1);
    compile_births(people);

    people->n_counties = model->n_counties;
    people->counties = memory_alloc((size_t)model->n_counties, sizeof *people->counties);
    people->county_bound = memory_alloc((size_t)model->n_counties, sizeof *people->county_bound);
    double so_far = 0;
    for (int i = 0; i < model->n_counties; i++) {
        const struct model_county *county = &model->counties[i];
        so_far += county->share;
        people->counties[i] = names_add(c->names, county->name, strlen(county->name));
        people->county_bound[i]
            = i + 1 == model->n_counties ? (uint64_t)1 << 32 : variate_bound(so_far);
    }
    for (int status = 0; status < STATUS_COUNT; status++) {
        enum status s = (enum status)status;
        people->joining[status] = variate_bound(model_by_status(model, -1, "insured.joining_share", s));
        people->leaving[status] = variate_bound(model_by_status(model, -1, "insured.joining_share", s)
            + model_by_status(model, -1, "insured.leaving_share", s));
        people->arrears[status] = variate_bound(model_by_status(model, -1, "insured.arrears_share", s));
        people->settled[status] = variate_bound(model_by_status(model, -1, "place.settled_share", s));
    }
    for (int status = 0; status < STATUS_COUNT; status++)
        people->any_gaps = people->any_gaps || people->leaving[status] != 0
            || people->arrears[status] != 0;
    people->arrears_months = (int)model_number(model, -1, "insured.arrears_months");
    people->couple = variate_bound(model_number(model, -1, "household.couple_share"));
    people->child = variate_bound(model_number(model, -1, "household.child_share"));
    people->ltc_days = (int)model_number(model, -1, "ltc.days");
    const struct model_value *ltc = model_find(model, -1, "ltc.share");
    for (int age = 0; age < PEOPLE_AGES; age++)
        people->ltc[age] = variate_bound(cell_of(ltc, 0, 0, age, 0));
}

/* --- wages, pensions, accounts --- */

/* The share of the active whose log2 wage is below x. */
static double
wages_below(const struct compiler *c, double x)
{
    const struct people *people = c->people;
    double retirees = model_number(c->model, -1, "population.retiree_share");
    double flexible = model_number(c->model, -1, "population.flexible_share");
    const double share[2] = { 1 - retirees - flexible, flexible };
    double below = 0, one = (double)(1 << VARIATE_BITS);
    for (int status = 0; status < 2; status++) {
        double distance = x - people->wage_add[status] / one;
        below += share[status]
            * (people->wage_spread > 0 ? gsl_cdf_ugaussian_P(distance * one / people->wage_spread)
                                       : distance > 0);
    }
    return retirees < 1 ? below / (1 - retirees) : 1;
}

static void
compile_money(struct compiler *c)
{
    struct people *people = c->people;
    const struct model *model = c->model;
    double reference = model_number(model, -1, "wages.reference");
    double sigma = model_number(model, -1, "wages.sigma");
    people->wage_spread = variate_fixed(sigma / M_LN2);
    double cv = model_number(model, -1, "account.cv"), spread = sqrt(log1p(cv * cv));
    people->balance_spread = variate_fixed(spread / M_LN2);
    for (int status = 0; status < STATUS_COUNT; status++) {
        enum status s = (enum status)status;
        double ratio = model_by_status(model, -1, "wages.ratio", s);
        people->wage_add[status] = variate_fixed(log2_fen(reference * ratio) - sigma * sigma / 2 / M_LN2);
        double empty = model_by_status(model, -1, "account.empty_share", s);
        double months = model_by_status(model, -1, "account.months", s)
            * model_by_status(model, -1, "account.rate", s);
        people->balance_none[status] = months <= 0 || empty >= 1;
        people->balance_empty[status] = variate_bound(empty);
        people->balance_months[status] = model_by_status(model, -1, "account.months", s);
        people->balance_full[status] = variate_fixed(log2(fmax(people->balance_months[status], 1e-9)));
        if (!people->balance_none[status])
            people->balance_add[status]
                = variate_fixed(log2(months / (1 - empty)) - spread * spread / 2 / M_LN2);
    }
    for (int months = 0; months < PEOPLE_TENURE; months++)
        people->balance_tenure[months] = variate_fixed(log2(fmax(months, 1e-9)));
    const struct model_value *pension = model_find(model, -1, "pensions.mean");
    for (int sector = 0; sector < SECTOR_COUNT; sector++)
        people->pension[sector] = variate_fixed(log2_fen(pension->cells[sector]));
    for (int i = 0; i < 4; i++) {
        double low = -60, high = 60;
        for (int step = 0; step < 80; step++) {
            double middle = (low + high) / 2;
            if (wages_below(c, middle) < 0.2 * (i + 1))
                low = middle;
            else
                high = middle;
        }
        people->wage_quintile[i] = variate_fixed(high);
    }
}

/* --- health --- */

static void
compile_health(struct compiler *c)
{
    struct people *people = c->people;
    const struct model *model = c->model;
    const struct {
        const char *key;
        int32_t *loading, *rest;
    } pairs[] = {
        { "health.persistence", &people->persistence, &people->innovation },
        { "health.cost_persistence", &people->cost_persistence, &people->cost_innovation },
        { "health.cost_correlation", &people->cost_loading, &people->cost_rest },
        { "health.disease_loading", &people->disease_loading, &people->disease_rest },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        double r = model_number(model, -1, pairs[i].key);
        *pairs[i].loading = variate_fixed(r);
        *pairs[i].rest = variate_fixed(sqrt(1 - r * r));
    }
    variate_reach_init(&people->disease_reach, people->disease_rest);
    for (int i = 0; i < PEOPLE_DISEASES; i++) {
        bool chronic;
        people->registered_least[i] = INT32_MAX;
        const char *name = people_disease_name(i, &chronic);
        people->diseases[i] = names_add(c->names, name, strlen(name));
        const struct model_value *registered
            = model_find(model, chronic ? BENEFIT_CHRONIC : BENEFIT_SPECIAL, "registered");
        for (int age = 0; age < PEOPLE_AGES; age++) {
            double share = cell_of(registered, 0, i, age, 0);
            people->any_registered = people->any_registered || share > 0;
            people->registered[i][age] = share <= 0 ? INT32_MAX
                : share >= 1                        ? INT32_MIN
                                                    : variate_fixed(gsl_cdf_ugaussian_Qinv(share));
            if (people->registered[i][age] < people->registered_least[i])
                people->registered_least[i] = people->registered[i][age];
        }
    }
    people->n_drugs = (int)model_number(model, BENEFIT_NEGOTIATED_DRUG, "drugs");
    for (int i = 0; i < people->n_drugs; i++) {
        char name[16];
        int n = snprintf(name, sizeof name, "drug%02d", i + 1);
        people->drugs[i] = names_add(c->names, name, (size_t)n);
    }
}

/* --- where and when --- */

static void
bounds_of(uint64_t *out, const double *share, int n)
{
    double so_far = 0;
    int last = 0;
    for (int i = 0; i < n; i++)
        last = share[i] > 0 ? i : last;
    for (int i = 0; i < n - 1; i++) {
        so_far += share[i];
        out[i] = i >= last ? (uint64_t)1 << 32 : variate_bound(so_far);
    }
}

static void
compile_days(struct site *site, const struct model_value *season)
{
    for (int leap = 0; leap < 2; leap++) {
        double weights[WHEEL_MAX];
        day_t first = date_day(leap ? 2024 : 2023, 1, 1);
        for (int day = 0; day < 365 + leap; day++)
            weights[day] = season->cells[date_civil(first + day).month - 1];
        variate_wheel_init(&site->days[leap], weights, 365 + leap);
    }
}

static void
compile_site(struct compiler *c, enum benefit benefit)
{
    struct site *site = &c->people->sites[benefit];
    const struct model *model = c->model;
    compile_days(site, model_find(model, (int)benefit, "season"));

    const struct model_value *home = model_find(model, (int)benefit, "provider.share");
    const struct model_value *away = model_find(model, (int)benefit, "provider.away");
    int bands = home->size[MODEL_BY_AGE];
    site->away = bands;
    site->provider = memory_alloc((size_t)bands + 1, sizeof *site->provider);
    for (int band = 0; band < bands; band++)
        bounds_of(site->provider[band], home->cells + band * PROVIDER_COUNT, PROVIDER_COUNT);
    for (int age = 0; age < PEOPLE_AGES; age++)
        site->provider_band[age] = (uint8_t)(bands > 1 ? model_age_band(home, age) : 0);
    bounds_of(site->provider[bands],
        away->given ? away->cells : home->cells + (bands - 1) * PROVIDER_COUNT, PROVIDER_COUNT);

    double referred = model_number(model, (int)benefit, "place.referred");
    double temporary = model_number(model, (int)benefit, "place.temporary");
    site->referred = variate_bound(referred);
    site->temporary = variate_bound(referred + temporary);
    const struct model_value *channel = model_find(model, (int)benefit, "channel.share");
    const double institution[CHANNEL_COUNT] = { [CHANNEL_INSTITUTION] = 1 };
    bounds_of(site->channel, channel->given ? channel->cells : institution, CHANNEL_COUNT);

    const struct model_value *designated = model_find(model, (int)benefit, "designated.share");
    const struct model_value *may_admit = model_find(model, (int)benefit, "may_admit.share");
    const struct model_value *eligible = model_find(model, (int)benefit, "eligible.share");
    double spread = model_number(model, (int)benefit, "eligible.spread");
    site->plain = site->temporary == 0 && site->channel[0] == (uint64_t)1 << 32;
    for (int provider = 0; provider < PROVIDER_COUNT; provider++) {
        double mean = eligible->cells[provider], half = fmin(spread, fmin(mean, 1 - mean));
        site->designated[provider] = (uint32_t)lround(designated->cells[provider] * 65536);
        site->may_admit[provider] = (uint32_t)lround(may_admit->cells[provider] * 65536);
        site->eligible_low[provider] = (ratio_t)lround((mean - half) * RATIO_ONE);
        site->eligible_width[provider] = (ratio_t)lround(2 * half * RATIO_ONE);
        site->plain = site->plain && site->eligible_width[provider] == 0
            && site->designated[provider] % 65536 == 0 && site->may_admit[provider] % 65536 == 0;
    }
}

/* --- how many and how much --- */

static int
count_table(struct compiler *c, bool poisson, double mean, double size, int benefit,
    const struct model_value *value)
{
    struct people *people = c->people;
    if (mean <= 0)
        return -1;
    for (int i = 0; i < people->n_counts; i++) {
        const struct count_key *key = &people->count_keys[i];
        if (key->poisson == poisson && key->benefit == benefit && key->mean == mean
            && (poisson || key->size == size))
            return i;
    }
    size_t n = (size_t)people->n_counts + 1;
    people->counts = memory_resize(people->counts, n, sizeof *people->counts);
    people->count_keys = memory_resize(people->count_keys, n, sizeof *people->count_keys);
    people->count_keys[n - 1] = (struct count_key){ mean, size, poisson, benefit };
    struct variate_count *table = &people->counts[people->n_counts++];
    if (!(poisson ? variate_poisson(table, mean) : variate_negative_binomial(table, mean, size)))
        problem_add(c->problems, value->given ? value->file : c->model->file, value->line, value->column,
            tr("%s: a mean of %g with size %g reaches more claims than a year can hold; a larger size is wanted",
                "%s：均值 %g、size %g 会产生一年容不下的次数；应取更大的 size"),
            value->path, mean, size);
    return people->n_counts - 1;
}

static const struct variate_table *
gamma_table(struct people *people, double shape)
{
    for (int i = 0; i < people->n_gammas; i++)
        if (people->gamma_shapes[i] == shape)
            return &people->gammas[i];
    people->gamma_shapes[people->n_gammas] = shape;
    variate_log_gamma(&people->gammas[people->n_gammas], shape);
    return &people->gammas[people->n_gammas++];
}

static struct cost_table
compile_cost(struct compiler *c, int benefit, int disease, int provider)
{
    const struct model *model = c->model;
    double factor = model_number(model, benefit, "cost.factor") * model_number(model, -1, "prices.factor");
    double mean = cell_of(model_find(model, benefit, "cost.mean"), 0, disease, 0, provider);
    double cv = cell_of(model_find(model, benefit, "cost.cv"), 0, disease, 0, provider);
    struct cost_table out = { .table = &c->people->normal };
    if (model_number(model, benefit, "cost.family") == SEVERITY_GAMMA) {
        const struct model_value *own = model_find(model, benefit, "cost.shape");
        double shape = cell_of(own, 0, disease, 0, provider);
        double scale = cell_of(model_find(model, benefit, "cost.scale"), 0, disease, 0, provider);
        if (!own->given) {
            shape = 1 / (cv * cv);
            scale = mean / shape;
        }
        bool used = own->given || mean > 0;
        out.table = used ? gamma_table(c->people, shape) : out.table;
        out.add = variate_fixed(used ? log2_fen(scale * factor) : -60);
        out.spread = variate_fixed(used ? 1 : 0);
        return out;
    }
    const struct model_value *own = model_find(model, benefit, "cost.meanlog");
    double meanlog = cell_of(own, 0, disease, 0, provider);
    double sdlog = cell_of(model_find(model, benefit, "cost.sdlog"), 0, disease, 0, provider);
    if (!own->given) {
        sdlog = sqrt(log1p(cv * cv));
        meanlog = mean > 0 ? log(mean) - sdlog * sdlog / 2 : -40;
    }
    out.add = variate_fixed((meanlog + log(factor)) / M_LN2 + log2(100));
    out.spread = variate_fixed(sdlog / M_LN2);
    return out;
}

/* The age profile leaves the mean of each status what it is. */
static void
compile_counts(struct compiler *c, struct stream *stream, int disease)
{
    const struct model *model = c->model;
    int benefit = stream->benefit;
    const struct model_value *mean = model_find(model, benefit, "frequency.mean");
    const struct model_value *size = model_find(model, benefit, "frequency.size");
    const struct model_value *profile = model_find(model, benefit, "frequency.age");
    double scale = model_number(model, benefit, "frequency.scale");
    bool poisson = model_number(model, benefit, "frequency.family") == FREQUENCY_POISSON;
    for (int status = 0; status < STATUS_COUNT; status++) {
        const double *ages = c->age[status == STATUS_RETIREE];
        double sum = 0;
        for (int age = 0; age < PEOPLE_AGES && profile != NULL; age++)
            sum += ages[age] * cell_of(profile, status, 0, age, 0);
        for (int age = 0; age < PEOPLE_AGES; age++) {
            double relative = profile == NULL ? 1
                : sum > 0                     ? cell_of(profile, status, 0, age, 0) / sum
                                              : 0;
            stream->count[status][age] = (int16_t)count_table(c, poisson,
                cell_of(mean, status, disease, age, 0) * scale * relative,
                cell_of(size, status, disease, age, 0), benefit, mean);
            stream->any = stream->any || stream->count[status][age] >= 0;
        }
    }
}

static void
compile_stream(struct compiler *c, int index)
{
    static const enum benefit benefits[STREAM_DISEASES] = { BENEFIT_OUTPATIENT, BENEFIT_EMERGENCY,
        BENEFIT_NEGOTIATED_DRUG, BENEFIT_DAY_SURGERY, BENEFIT_INPATIENT };
    struct stream *stream = &c->people->streams[index];
    int disease = index - STREAM_DISEASES;
    stream->benefit = (uint8_t)(disease < 0 ? benefits[index]
            : disease < MODEL_CHRONIC       ? BENEFIT_CHRONIC
                                            : BENEFIT_SPECIAL);
    stream->disease = disease < 0 ? NAME_NONE : c->people->diseases[disease];
    int benefit = stream->benefit;
    double loading = model_number(c->model, benefit, "frequency.loading");
    stream->loading = variate_fixed(loading);
    stream->rest = variate_fixed(sqrt(1 - loading * loading));
    variate_reach_init(&stream->reach, stream->rest);
    double sigma = model_number(c->model, benefit, "cost.person_sigma");
    stream->person_add = variate_fixed(-sigma * sigma / 2 / M_LN2);
    stream->person_spread = variate_fixed(sigma / M_LN2);
    for (int provider = 0; provider < PROVIDER_COUNT; provider++)
        stream->cost[provider] = compile_cost(c, benefit, disease, provider);
    compile_counts(c, stream, disease);
}

static void
compile_stays(struct compiler *c)
{
    struct people *people = c->people;
    const struct model_value *mean = model_find(c->model, BENEFIT_INPATIENT, "days.mean");
    double loading = model_number(c->model, BENEFIT_INPATIENT, "days.cost_loading");
    people->days_count = count_table(
        c, false, mean->cells[0], model_number(c->model, BENEFIT_INPATIENT, "days.size"), -1, mean);
    people->days_loading = variate_fixed(loading);
    people->days_rest = variate_fixed(sqrt(1 - loading * loading));
    people->emergency = variate_bound(model_number(c->model, BENEFIT_INPATIENT, "emergency.share"));
}

struct people *
people_compile(const struct model *model, uint64_t seed, struct names *names,
    struct problem_list *problems)
{
    enum { GAMMAS_MAX = STREAM_COUNT * PROVIDER_COUNT };
    size_t before = problems->n + problems->left_out;
    gsl_set_error_handler_off();
    struct people *self = memory_alloc(1, sizeof *self);
    struct compiler c = { .people = self, .model = model, .names = names, .problems = problems };
    self->key = random_key_of(seed);
    self->year = model->year;
    variate_normal(&self->normal);
    variate_exp_init(&self->exp);
    self->gammas = memory_alloc(GAMMAS_MAX, sizeof *self->gammas);
    self->gamma_shapes = memory_alloc(GAMMAS_MAX, sizeof *self->gamma_shapes);
    people_compile_years(self, model);
    compile_people(&c);
    people_compile_lives(self, model);
    compile_entry(&c);
    compile_money(&c);
    compile_health(&c);
    for (int benefit = 0; benefit < BENEFIT_COUNT; benefit++)
        compile_site(&c, (enum benefit)benefit);
    for (int stream = 0; stream < STREAM_COUNT; stream++)
        compile_stream(&c, stream);
    compile_stays(&c);
    self->count_first = people_count_first(self->counts, self->n_counts);
    people_compile_visits(self);
    if (problems->n + problems->left_out == before)
        return self;
    people_free(self);
    return NULL;
}

void
people_free(struct people *self)
{
    if (self == NULL)
        return;
    for (int i = 0; i < self->n_counts; i++)
        variate_count_free(&self->counts[i]);
    for (int benefit = 0; benefit < BENEFIT_COUNT; benefit++)
        free(self->sites[benefit].provider);
    people_free_years(self);
    people_free_potential(self);
    free(self->counts);
    free(self->count_first);
    free(self->count_keys);
    free(self->gammas);
    free(self->gamma_shapes);
    free(self->visits);
    free(self->visit_days);
    free(self->counties);
    free(self->county_bound);
    free(self);
}
