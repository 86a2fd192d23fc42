/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/worlds_draw.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"

enum {
    PURPOSE_WORLD_SEED = 200,
    PURPOSE_WORLD_MOVE = 201, /* of the Sobol points; person: the input */
    PURPOSE_WORLD_POINT = 202, /* further inputs; person: the world, index: the input */
    PURPOSE_WORLD_SHOCK = 203, /* person: the world, index: the kind */
    SOBOL_DIMENSIONS = 40
};

enum shock { SHOCK_WAGES, SHOCK_FREQUENCY, SHOCK_COST, SHOCK_INSURED, SHOCK_COUNT };
static const struct {
    const char *key, *growth;
    const char *en, *zh;
} shocks[SHOCK_COUNT] = {
    [SHOCK_WAGES] = { "shocks.wages", "wages.growth", "shocks to wages", "工资增长冲击" },
    [SHOCK_FREQUENCY]
    = { "shocks.frequency", "frequency.growth", "shocks to numbers of claims", "就诊次数增长冲击" },
    [SHOCK_COST] = { "shocks.cost", "cost.growth", "shocks to costs", "次均费用增长冲击" },
    [SHOCK_INSURED] = { "shocks.insured", "population.insured_growth",
        "shocks to the insured number", "参保人数增长冲击" },
};

double
world_triangle(double low, double mode, double high, double place)
{
    double centre = world_triangle_centre(low, mode, high);
    if (high <= low)
        return low;
    return place < centre ? low + sqrt(place * (high - low) * (mode - low))
                          : high - sqrt((1 - place) * (high - low) * (high - mode));
}

double
world_triangle_centre(double low, double mode, double high)
{
    return high > low ? (mode - low) / (high - low) : 0.5;
}

uint64_t
world_seed(uint64_t seed, int world)
{
    struct random_words words = random_at(
        random_key_of(seed), (uint64_t)world, 0, PURPOSE_WORLD_SEED, 0);
    return (uint64_t)words.word[0] << 32 | words.word[1];
}

/* --- what can be drawn --- */

static void
add_input(struct world_space *self, struct world_input input, struct world_slot slot)
{
    size_t n = (size_t)self->n_inputs + 1;
    self->inputs = memory_resize(self->inputs, n, sizeof *self->inputs);
    self->slots = memory_resize(self->slots, n, sizeof *self->slots);
    self->inputs[n - 1] = input;
    self->slots[n - 1] = slot;
    self->n_inputs++;
}

static void
add_shocks(struct world_space *self)
{
    if (self->last_year <= self->model->year)
        return;
    for (int k = 0; k < SHOCK_COUNT; k++)
        if (model_number(self->model, -1, shocks[k].key) > 0)
            add_input(self,
                (struct world_input){ .key = memory_text(shocks[k].key),
                    .en = memory_text(shocks[k].en),
                    .zh = memory_text(shocks[k].zh),
                    .group = WORLD_SHOCKS,
                    .low = -2,
                    .high = 2 },
                (struct world_slot){ .kind = SLOT_SHOCK, .value = k, .centre = 0.5 });
}

/* A value of a policy that is an assumption with a range. */
static bool
is_uncertain(const struct dated_value *value)
{
    return value->source.range != NULL && value->source.low < value->source.high;
}

/* The parameter of that path; NULL where the policy has none. */
static const struct parameter *
parameter_of(const struct policy *policy, const char *path)
{
    for (int i = 0; i < policy->n_parameters; i++)
        if (strcmp(policy->parameters[i].path, path) == 0)
            return &policy->parameters[i];
    return NULL;
}

/* The first value that is uncertain on some day from … to. */
static const struct dated_value *
uncertain_between(const struct parameter *parameter, day_t from, day_t to)
{
    for (int v = 0; v < parameter->n_values; v++) {
        const struct dated_value *value = &parameter->values[v];
        day_t until = v + 1 < parameter->n_values ? parameter->values[v + 1].from - 1 : DAY_MAX;
        if (is_uncertain(value) && value->from <= to && until >= from)
            return value;
    }
    return NULL;
}

static bool
has_path(const struct world_space *self, const char *path)
{
    for (int i = 0; i < self->n_inputs; i++)
        if (self->slots[i].kind == SLOT_POLICY && strcmp(self->slots[i].path, path) == 0)
            return true;
    return false;
}

/* What scenarios assume; the same parameter of several is one input. */
static void
add_policies(struct world_space *self, day_t rules_on)
{
    day_t from = rules_on != DAY_MIN ? rules_on : date_day(self->first_year, 1, 1);
    day_t to = rules_on != DAY_MIN ? rules_on : date_day(self->last_year, 12, 31);
    for (int p = 0; p < self->n_policies; p++)
        for (int i = 0; i < self->policies[p]->n_parameters; i++) {
            const struct parameter *parameter = &self->policies[p]->parameters[i];
            const struct dated_value *value = uncertain_between(parameter, from, to);
            if (value == NULL || has_path(self, parameter->path))
                continue;
            double unit = parameter->descriptor->kind == VALUE_MONEY ? 100 : RATIO_ONE;
            add_input(self,
                (struct world_input){ .key = memory_format("policy.%s", parameter->path),
                    .en = memory_text(parameter->descriptor->en),
                    .zh = memory_text(parameter->descriptor->zh),
                    .group = WORLD_POLICY,
                    .low = (double)value->source.low / unit,
                    .central = (double)value->table[0] / unit,
                    .high = (double)value->source.high / unit },
                (struct world_slot){
                    .kind = SLOT_POLICY, .path = parameter->path, .centre = 0.5 });
        }
}

static bool
ends_in(const char *key, const char *end)
{
    size_t n = strlen(key), k = strlen(end);
    return n >= k && strcmp(key + n - k, end) == 0;
}

static enum world_group
group_of(const struct model_value *value)
{
    const char *key = value->descriptor->key;
    if (strncmp(key, "behaviour.", 10) == 0)
        return WORLD_BEHAVIOUR;
    if (strncmp(key, "fund.", 5) == 0)
        return WORLD_FUND;
    if (ends_in(key, "growth"))
        return WORLD_GROWTH;
    if (strncmp(key, "cost.", 5) == 0 || strncmp(key, "eligible.", 9) == 0
        || strncmp(key, "prices.", 7) == 0)
        return WORLD_COST;
    return value->benefit >= 0 || strncmp(key, "health.", 7) == 0 ? WORLD_USE : WORLD_POPULATION;
}

/* The value itself is the centre of its range, wherever the prior's own lies. */
static double
mode_of(const struct model_value *value, int cell)
{
    double low = value->prior[cell][0], high = value->prior[cell][2];
    return fmin(fmax(value->cells[cell], low), high);
}

static void
add_values(struct world_space *self, enum world_group group)
{
    for (int i = 0; i < self->model->n_values; i++) {
        const struct model_value *value = &self->model->values[i];
        int cell = 0;
        if (value->prior == NULL || value->descriptor->kind == MODEL_CHOICE
            || group_of(value) != group)
            continue;
        while (cell < value->n_cells && value->prior[cell][0] >= value->prior[cell][2])
            cell++;
        if (cell == value->n_cells)
            continue;
        const char *en = value->descriptor->en, *zh = value->descriptor->zh;
        const struct word *benefit = value->benefit >= 0 ? &benefit_words[value->benefit] : NULL;
        const double *range = value->prior[cell];
        add_input(self,
            (struct world_input){ .key = memory_text(value->path),
                .en = benefit != NULL ? memory_format("%s: %s", benefit->en, en) : memory_text(en),
                .zh = benefit != NULL ? memory_format("%s：%s", benefit->zh, zh) : memory_text(zh),
                .group = group,
                .low = range[0],
                .central = mode_of(value, cell),
                .high = range[2] },
            (struct world_slot){ .kind = SLOT_MODEL, .value = i,
                .centre = world_triangle_centre(range[0], mode_of(value, cell), range[2]) });
    }
}

void
world_space_init(struct world_space *self, const struct model *model,
    const struct policy *const *policies, int n_policies, int first_year, int last_year,
    day_t rules_on, bool with_behaviour, uint64_t seed)
{
    /* What matters most comes first, for the dimensions of the Sobol points. */
    static const enum world_group order[] = { WORLD_GROWTH, WORLD_FUND, WORLD_COST, WORLD_USE,
        WORLD_POPULATION };
    *self = (struct world_space){ .model = model, .policies = policies, .n_policies = n_policies,
        .first_year = first_year, .last_year = last_year, .seed = seed };
    add_shocks(self);
    add_policies(self, rules_on);
    if (with_behaviour)
        add_values(self, WORLD_BEHAVIOUR);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        add_values(self, order[i]);
}

void
world_space_free(struct world_space *self)
{
    for (int i = 0; self->inputs != NULL && i < self->n_inputs; i++) {
        free(self->inputs[i].key);
        free(self->inputs[i].en);
        free(self->inputs[i].zh);
    }
    free(self->inputs);
    free(self->slots);
    *self = (struct world_space){ 0 };
}

double *
world_space_points(const struct world_space *self, int n)
{
    struct random_key key = random_key_of(self->seed);
    size_t inputs = (size_t)self->n_inputs;
    double *points = memory_alloc((size_t)n * inputs + 1, sizeof *points);
    int sobol = self->n_inputs < SOBOL_DIMENSIONS ? self->n_inputs : SOBOL_DIMENSIONS;
    gsl_qrng *sequence
        = sobol > 0 ? gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)sobol) : NULL;
    double at[SOBOL_DIMENSIONS];
    for (int w = 0; w < n; w++) {
        double *point = points + (size_t)w * inputs;
        if (sequence != NULL)
            gsl_qrng_get(sequence, at);
        for (int i = 0; i < self->n_inputs; i++) {
            struct random_words words = i < sobol
                ? random_at(key, (uint64_t)i, 0, PURPOSE_WORLD_MOVE, 0)
                : random_at(key, (uint64_t)w, 0, PURPOSE_WORLD_POINT, (uint32_t)i);
            double place = random_uniform(words.word[0]) + (i < sobol ? at[i] : 0);
            point[i] = place < 1 ? place : place - 1;
        }
    }
    if (sequence != NULL)
        gsl_qrng_free(sequence);
    return points;
}

/* --- a world's model --- */

static void
copy_model(const struct model *from, struct model *out)
{
    *out = *from;
    out->values = memory_alloc((size_t)from->n_values, sizeof *out->values);
    for (int i = 0; i < from->n_values; i++) {
        struct model_value *value = &out->values[i];
        *value = from->values[i];
        value->cells = memory_alloc((size_t)value->n_cells, sizeof *value->cells);
        memcpy(value->cells, from->values[i].cells, (size_t)value->n_cells * sizeof *value->cells);
        int bands = value->size[MODEL_BY_AGE] * value->size[MODEL_BY_YEAR];
        if (value->ages == NULL)
            continue;
        value->ages = memory_alloc((size_t)bands, sizeof *value->ages);
        memcpy(value->ages, from->values[i].ages, (size_t)bands * sizeof *value->ages);
    }
}

static double
within(const struct model_descriptor *descriptor, double value)
{
    return fmin(fmax(value, descriptor->minimum), descriptor->maximum);
}

/* Shares go on adding up to one over the dimension that runs fastest. */
static void
keep_sum(struct model_value *value)
{
    int n = 1;
    for (int d = 0; d < MODEL_DIMENSIONS; d++)
        n = value->size[d] > 1 ? value->size[d] : n;
    for (int from = 0; from + n <= value->n_cells; from += n) {
        double sum = 0;
        for (int i = from; i < from + n; i++)
            sum += value->cells[i];
        for (int i = from; i < from + n && sum > 0; i++)
            value->cells[i] /= sum;
    }
}

static void
draw_value(const struct model_value *central, double place, struct model_value *out)
{
    const struct model_descriptor *descriptor = central->descriptor;
    for (int i = 0; i < central->n_cells; i++) {
        double low = central->prior[i][0], high = central->prior[i][2];
        if (low >= high)
            continue;
        double drawn = world_triangle(low, mode_of(central, i), high, place);
        out->cells[i] = within(descriptor, descriptor->kind == MODEL_WHOLE ? round(drawn) : drawn);
    }
    if ((descriptor->flags & MODEL_SUMS_TO_ONE) != 0)
        keep_sum(out);
}

void
world_shocks(double persistence, double place, const double *noise, int n, double *x)
{
    /* The running sums' mean weighs a year by how many sums it is in. */
    double own = 0, variance = 0;
    double *moves = memory_alloc((size_t)n + 1, sizeof *moves); /* covariances with that mean */
    for (int t = 0; t < n; t++) {
        double before = t > 0 ? persistence * x[t - 1] : 0;
        x[t] = before + (t > 0 ? sqrt(1 - persistence * persistence) : 1) * noise[t];
        own += x[t] * (n - t) / n;
        for (int s = 0; s < n; s++)
            moves[t] += pow(persistence, abs(t - s)) * (n - s) / n;
        variance += moves[t] * (n - t) / n;
    }
    double wanted = sqrt(variance) * gsl_cdf_ugaussian_Pinv(place);
    for (int t = 0; t < n; t++)
        x[t] += moves[t] / variance * (wanted - own);
    free(moves);
}

/* Growth by single years, from the model's to the last, with a path of shocks. */
static void
shake_value(const struct world_space *self, struct model *model, struct model_value *value,
    const double *x, int first)
{
    int from = model->year + 1, n = self->last_year - from + 1;
    double *cells = memory_alloc((size_t)n + 1, sizeof *cells);
    int *years = memory_alloc((size_t)n + 1, sizeof *years);
    for (int i = 0; i < n; i++) {
        int year = from + i;
        double growth = model_by_year(model, value->benefit, value->descriptor->key, year);
        double shock = year >= first ? x[year - first] : 0;
        cells[i] = within(value->descriptor, (1 + growth) * exp(shock) - 1);
        years[i] = year - MODEL_FIRST_YEAR;
    }
    free(value->cells);
    free(value->ages);
    value->prior = NULL;
    value->cells = cells;
    value->ages = years;
    value->n_cells = value->size[MODEL_BY_YEAR] = n;
}

static void
shake(const struct world_space *self, int world, enum shock shock, double place,
    struct model *model)
{
    struct random_key key = random_key_of(self->seed);
    int first = self->first_year > model->year ? self->first_year : model->year + 1;
    int n = self->last_year - first + 1;
    double deviation = model_number(model, -1, shocks[shock].key);
    double *noise = memory_alloc((size_t)n, sizeof *noise), *x = memory_alloc((size_t)n, sizeof *x);
    for (int t = 0; t < n; t++) {
        struct random_words words = random_at(key, (uint64_t)world, (uint32_t)(first + t),
            PURPOSE_WORLD_SHOCK, (uint32_t)shock);
        noise[t] = gsl_cdf_ugaussian_Pinv(random_uniform(words.word[0]));
    }
    world_shocks(model_number(model, -1, "shocks.persistence"), place, noise, n, x);
    for (int t = 0; t < n; t++)
        x[t] *= deviation;
    for (int i = 0; i < model->n_values; i++)
        if (strcmp(model->values[i].descriptor->key, shocks[shock].growth) == 0)
            shake_value(self, model, &model->values[i], x, first);
    free(noise);
    free(x);
}

/* --- a world's policies --- */

static void
copy_policy(const struct policy *from, struct policy *out)
{
    *out = *from;
    out->parameters = memory_alloc((size_t)from->n_parameters, sizeof *out->parameters);
    for (int i = 0; i < from->n_parameters; i++) {
        struct parameter *parameter = &out->parameters[i];
        *parameter = from->parameters[i];
        size_t n = (size_t)parameter->n_values;
        parameter->values = memory_alloc(n, sizeof *parameter->values);
        memcpy(parameter->values, from->parameters[i].values, n * sizeof *parameter->values);
        for (size_t v = 0; v < n; v++) {
            size_t cells = dated_value_cells(&parameter->values[v]);
            int64_t *table = memory_alloc(cells, sizeof *table);
            memcpy(table, parameter->values[v].table, cells * sizeof *table);
            parameter->values[v].table = table;
        }
    }
}

/* Whether a was read over b: it extends it, over others or not. */
static bool
stands_on(const struct policy *a, const struct policy *b)
{
    const struct policy_text *own = &b->texts[0];
    for (int i = 1; i < a->n_texts; i++)
        if (a->texts[i].n == own->n && memcmp(a->texts[i].text, own->text, own->n) == 0)
            return true;
    return false;
}

/* The range that a value moves in: its own, or that of the value which it stands in the
 * place of in a scenario that its own extends, so that a draft's higher rate is higher
 * in every world. */
static const struct value_source *
range_of(const struct world_space *self, int policy, const char *path, int value)
{
    const struct parameter *own = parameter_of(self->policies[policy], path);
    const struct dated_value *dated = &own->values[value];
    if (is_uncertain(dated))
        return &dated->source;
    for (int p = 0; p < self->n_policies; p++) {
        const struct parameter *other = parameter_of(self->policies[p], path);
        if (other == NULL || !stands_on(self->policies[policy], self->policies[p]))
            continue;
        const struct dated_value *before = parameter_on(other, dated->from);
        if (before == NULL || dated->from == DAY_MIN)
            before = &other->values[0];
        if (is_uncertain(before))
            return &before->source;
    }
    return NULL;
}

/* A higher value stays the higher one: each goes the same part of its way to an end of
 * the range, and one beyond that end not at all. */
static int64_t
moved(int64_t value, const struct value_source *range, double g)
{
    int64_t way = g > 0 ? range->high - value : value - range->low;
    return way > 0 ? value + llround((double)way * g) : value;
}

static void
move_policies(const struct world_space *self, const char *path, double place,
    struct policy *policies)
{
    double g = world_triangle(-1, 0, 1, place);
    for (int p = 0; p < self->n_policies; p++) {
        const struct parameter *parameter = parameter_of(&policies[p], path);
        for (int v = 0; parameter != NULL && v < parameter->n_values; v++) {
            struct dated_value *value = &parameter->values[v];
            const struct value_source *range = range_of(self, p, path, v);
            for (size_t i = 0; range != NULL && i < dated_value_cells(value); i++)
                value->table[i] = moved(value->table[i], range, g);
        }
    }
}

/* --- a world --- */

void
world_draw(const struct world_space *self, int world, const double *place, struct world_drawn *out)
{
    *out = (struct world_drawn){ .n_policies = self->n_policies,
        .policies = memory_alloc((size_t)self->n_policies, sizeof *out->policies) };
    copy_model(self->model, &out->model);
    for (int p = 0; p < self->n_policies; p++)
        copy_policy(self->policies[p], &out->policies[p]);
    for (int i = 0; i < self->n_inputs; i++) {
        const struct world_slot *slot = &self->slots[i];
        if (slot->kind == SLOT_MODEL)
            draw_value(&self->model->values[slot->value], place[i], &out->model.values[slot->value]);
        else if (slot->kind == SLOT_POLICY)
            move_policies(self, slot->path, place[i], out->policies);
    }
    /* What growth is drawn is shaken. */
    for (int i = 0; i < self->n_inputs; i++)
        if (self->slots[i].kind == SLOT_SHOCK)
            shake(self, world, (enum shock)self->slots[i].value, place[i], &out->model);
}

void
world_drawn_free(struct world_drawn *self)
{
    for (int i = 0; self->model.values != NULL && i < self->model.n_values; i++) {
        free(self->model.values[i].cells);
        free(self->model.values[i].ages);
    }
    free(self->model.values);
    for (int p = 0; self->policies != NULL && p < self->n_policies; p++) {
        for (int i = 0; i < self->policies[p].n_parameters; i++) {
            for (int v = 0; v < self->policies[p].parameters[i].n_values; v++)
                free(self->policies[p].parameters[i].values[v].table);
            free(self->policies[p].parameters[i].values);
        }
        free(self->policies[p].parameters);
    }
    free(self->policies);
    *self = (struct world_drawn){ 0 };
}
