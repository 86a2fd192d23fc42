/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/run_hdf_parts.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/sensitivity.h"

#define MEASURE_COORDINATES "scenario_en scenario_zh measure_en measure_zh measure_unit"
#define LINE_COORDINATES "scenario_en scenario_zh book_line_en book_line_zh book_line_unit"
#define PLACE_COORDINATES "scenario_en scenario_zh place_en place_zh"
#define SHARE_COORDINATES "scenario_en scenario_zh outcome_en outcome_zh"

static void
write_numbers(struct run_hdf *self, const char *name, size_t n, const char *en, const char *zh)
{
    int32_t *numbers = memory_alloc(n, sizeof *numbers);
    for (size_t i = 0; i < n; i++)
        numbers[i] = (int32_t)i + 1;
    hdf_dimension(self->hdf, name, HDF_INT32, n, numbers);
    run_hdf_label(self, name, en, zh);
    free(numbers);
}

/* A dimension of words, with its labels: NAME, NAME_en, NAME_zh. */
static void
write_words(struct run_hdf *self, const char *name, const struct word *words, size_t n,
    const char *en, const char *zh)
{
    char *name_en = memory_format("%s_en", name), *name_zh = memory_format("%s_zh", name);
    run_hdf_field(self, name, NULL, n, words, sizeof *words, offsetof(struct word, key), en, zh);
    run_hdf_field(self, name_en, name, n, words, sizeof *words, offsetof(struct word, en),
        "English label", "英文名");
    run_hdf_field(self, name_zh, name, n, words, sizeof *words, offsetof(struct word, zh),
        "Chinese label", "中文名");
    free(name_en);
    free(name_zh);
}

/* The uncertain inputs and where in its range each world has them. */
static void
write_inputs(struct run_hdf *self, const struct worlds *worlds)
{
    size_t n = (size_t)worlds->n_inputs;
    const struct world_input *inputs = worlds->inputs;
    const char **groups = memory_alloc(n, sizeof *groups), *dimension = "world_input";
    static const struct {
        const char *name;
        size_t offset;
        const char *en, *zh;
    } ends[] = {
        { "world_input_low", offsetof(struct world_input, low), "lower end of the range", "范围下限" },
        { "world_input_central", offsetof(struct world_input, central), "central value", "中间值" },
        { "world_input_high", offsetof(struct world_input, high), "upper end of the range",
            "范围上限" },
    };
    run_hdf_field(self, dimension, NULL, n, inputs, sizeof *inputs,
        offsetof(struct world_input, key), "uncertain input", "不确定的参数");
    run_hdf_field(self, "world_input_en", dimension, n, inputs, sizeof *inputs,
        offsetof(struct world_input, en), "input, English label", "参数英文名");
    run_hdf_field(self, "world_input_zh", dimension, n, inputs, sizeof *inputs,
        offsetof(struct world_input, zh), "input, Chinese label", "参数中文名");
    for (size_t i = 0; i < n; i++)
        groups[i] = world_group_words[inputs[i].group].key;
    run_hdf_texts(self, "world_input_group", dimension, n, groups, "what the input belongs to",
        "参数类别");
    free(groups);
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        double *values = memory_alloc(n, sizeof *values);
        for (size_t i = 0; i < n; i++)
            memcpy(&values[i], (const char *)&inputs[i] + ends[k].offset, sizeof *values);
        run_hdf_array(self,
            &(struct run_hdf_array){ ends[k].name, "the input's", "world_input_en world_input_zh",
                ends[k].en, ends[k].zh, HDF_DOUBLE, { dimension } },
            n, values);
        free(values);
    }
    run_hdf_array(self,
        &(struct run_hdf_array){ "world_points", "1", "world_input_en world_input_zh",
            "place of the world's input in its range, as a probability", "各情景参数在其分布中的位置（概率）",
            HDF_DOUBLE, { "world", dimension } },
        (size_t)worlds->n * n, worlds->points);
}

/* Fans over worlds of n rows of values, each [world]. */
static void
write_fans(struct run_hdf *self, const struct run_hdf_array *array, size_t n, const double *values)
{
    const struct worlds *worlds = self->result->worlds;
    double *fans = memory_alloc(n * WORLD_QUANTILES, sizeof *fans);
    for (size_t i = 0; i < n; i++)
        worlds_fan(values + i * (size_t)worlds->n, worlds->n, fans + i * WORLD_QUANTILES);
    run_hdf_array(self, array, n * WORLD_QUANTILES, fans);
    free(fans);
}

static void
write_figures(struct run_hdf *self, const struct worlds *worlds)
{
    size_t years = (size_t)worlds->n_scenarios * (size_t)worlds->n_years, n = (size_t)worlds->n;
    run_hdf_array(self,
        &(struct run_hdf_array){ "world_totals", "by measure: see measure_unit",
            MEASURE_COORDINATES, "every measure for all insured, in each world",
            "各情景中全体参保人的各项指标", HDF_DOUBLE, { "scenario", "year", "measure", "world" } },
        years * MEASURE_COUNT * n, worlds->totals);
    run_hdf_array(self,
        &(struct run_hdf_array){ "world_books", "by line: see book_line_unit", LINE_COORDINATES,
            "the city's books in each world", "各情景的全市账目", HDF_DOUBLE,
            { "scenario", "year", "book_line", "world" } },
        years * BOOK_COUNT * n, worlds->lines);
    write_fans(self,
        &(struct run_hdf_array){ "fan", "by measure: see measure_unit", MEASURE_COORDINATES,
            "quantiles of world_totals over worlds", "world_totals 在各情景间的分位数", HDF_DOUBLE,
            { "scenario", "year", "measure", "world_quantile" } },
        years * MEASURE_COUNT, worlds->totals);
    write_fans(self,
        &(struct run_hdf_array){ "books_fan", "by line: see book_line_unit", LINE_COORDINATES,
            "quantiles of world_books over worlds", "world_books 在各情景间的分位数", HDF_DOUBLE,
            { "scenario", "year", "book_line", "world_quantile" } },
        years * BOOK_COUNT, worlds->lines);
}

static void
write_event(struct run_hdf *self, const char *name, const int *years, const char *en,
    const char *zh)
{
    const struct worlds *worlds = self->result->worlds;
    size_t n = (size_t)worlds->n_scenarios * (size_t)worlds->n_units * (size_t)worlds->n;
    int64_t *values = memory_alloc(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = years[i];
    run_hdf_array(self,
        &(struct run_hdf_array){ name, "year", PLACE_COORDINATES, en, zh, HDF_INT64,
            { "scenario", "place", "world" } },
        n, values);
    free(values);
}

/* Pairs of scenarios: [scenario][other]. */
static void
write_pairs(struct run_hdf *self, const struct worlds *worlds)
{
    size_t n = (size_t)worlds->n_scenarios;
    const char **ids = memory_alloc(n, sizeof *ids);
    for (size_t i = 0; i < n; i++)
        ids[i] = self->inputs->scenarios[i].id;
    run_hdf_texts(self, "other", NULL, n, ids, "the scenario compared with", "相比较的方案");
    free(ids);
    run_hdf_array(self,
        &(struct run_hdf_array){ "outlives", "1", "scenario_en scenario_zh",
            "share of worlds in which the scenario runs dry later than the other",
            "该方案比另一方案更晚耗尽的情景比例", HDF_DOUBLE, { "scenario", "other" } },
        n * n, worlds->outlives);
    run_hdf_array(self,
        &(struct run_hdf_array){ "ties", "1", "scenario_en scenario_zh",
            "share of worlds in which neither runs dry before the other", "两方案不分先后的情景比例",
            HDF_DOUBLE, { "scenario", "other" } },
        n * n, worlds->ties);
}

/* ---- what the uncertainty comes from ---- */

/* A number of each scenario and outcome. */
static void
write_outcome_field(struct run_hdf *self, const struct sensitivity *sensitivity, const char *name,
    size_t offset, const char *en, const char *zh)
{
    size_t n = (size_t)sensitivity->n_scenarios * OUTCOME_COUNT;
    double *values = memory_alloc(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        memcpy(&values[i], (const char *)&sensitivity->outcomes[i] + offset, sizeof *values);
    run_hdf_array(self,
        &(struct run_hdf_array){ name, offset < offsetof(struct sensitivity_outcome, explained)
                ? "the outcome's: yuan, or years" : "1",
            SHARE_COORDINATES, en, zh, HDF_DOUBLE, { "scenario", "outcome" } },
        n, values);
    free(values);
}

/* Shares of each scenario and outcome along a dimension of n places; at: the first of
 * an outcome's. */
static void
write_shares(struct run_hdf *self, const struct sensitivity *sensitivity, const char *name,
    const char *dimension, size_t n, const double *(*at)(const struct sensitivity_outcome *),
    const char *en, const char *zh)
{
    size_t outcomes = (size_t)sensitivity->n_scenarios * OUTCOME_COUNT;
    double *values = memory_alloc(outcomes * n, sizeof *values);
    for (size_t i = 0; i < outcomes && n > 0; i++)
        memcpy(values + i * n, at(&sensitivity->outcomes[i]), n * sizeof *values);
    run_hdf_array(self,
        &(struct run_hdf_array){ name, "1", SHARE_COORDINATES, en, zh, HDF_DOUBLE,
            { "scenario", "outcome", dimension } },
        outcomes * n, values);
    free(values);
}

static const double *first_order_of(const struct sensitivity_outcome *of) { return of->first_order; }
static const double *total_of(const struct sensitivity_outcome *of) { return of->total; }
static const double *group_first_of(const struct sensitivity_outcome *of) { return of->group_first_order; }
static const double *group_total_of(const struct sensitivity_outcome *of) { return of->group_total; }

static void
write_sensitivity(struct run_hdf *self, const struct sensitivity *sensitivity)
{
    static const struct {
        const char *name;
        size_t offset;
        const char *en, *zh;
    } fields[] = {
        { "outcome_mean", offsetof(struct sensitivity_outcome, mean), "mean over worlds",
            "各情景均值" },
        { "outcome_deviation", offsetof(struct sensitivity_outcome, deviation),
            "standard deviation over worlds", "各情景标准差" },
        { "explained", offsetof(struct sensitivity_outcome, explained),
            "share of variance foretold for worlds left out", "对留出情景可预测的方差比例" },
        { "share_sampling", offsetof(struct sensitivity_outcome, sampling),
            "share of variance made by the sampling of people", "人群抽样所占方差比例" },
        { "share_unexplained", offsetof(struct sensitivity_outcome, unexplained),
            "share of variance that is not explained", "未能解释的方差比例" },
    };
    size_t n = (size_t)sensitivity->n_inputs;
    write_words(self, "outcome", outcome_words, OUTCOME_COUNT, "what is uncertain", "所考察的结果");
    write_words(self, "world_group", world_group_words, WORLD_GROUPS, "kind of input", "参数类别");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        write_outcome_field(self, sensitivity, fields[i].name, fields[i].offset, fields[i].en,
            fields[i].zh);
    write_shares(self, sensitivity, "first_order", "world_input", n, first_order_of,
        "share of variance of the input alone (first-order Sobol index)", "一阶 Sobol 指数");
    write_shares(self, sensitivity, "total", "world_input", n, total_of,
        "share of variance with the input in it (total Sobol index)", "总效应 Sobol 指数");
    write_shares(self, sensitivity, "group_first_order", "world_group", WORLD_GROUPS,
        group_first_of, "first-order share of the kind of input", "按类别的一阶比例");
    write_shares(self, sensitivity, "group_total", "world_group", WORLD_GROUPS, group_total_of,
        "total share of the kind of input", "按类别的总效应比例");
}

void
run_hdf_worlds(struct run_hdf *self)
{
    const struct worlds *worlds = self->result->worlds;
    if (worlds == NULL)
        return;
    write_numbers(self, "world", (size_t)worlds->n, "number of the world", "情景编号");
    hdf_dimension(self->hdf, "world_quantile", HDF_DOUBLE, WORLD_QUANTILES, world_quantiles);
    run_hdf_label(self, "world_quantile", "share of worlds at or below", "不高于该值的情景占比");
    hdf_attribute_text(self->hdf, "world_quantile", "units", "1");
    write_inputs(self, worlds);
    write_figures(self, worlds);
    write_event(self, "world_first_deficit", worlds->first_deficit,
        "first year of deficit in each world; 0: none", "各情景首个当期赤字年份；0 为未出现");
    write_event(self, "world_run_dry", worlds->run_dry,
        "first year with an empty pool in each world, as run_dry; 0: none",
        "各情景结余耗尽年份（口径同 run_dry）；0 为未出现");
    write_pairs(self, worlds);
    hdf_attribute_int(self->hdf, "", "worlds", worlds->n);
    hdf_attribute_int(self->hdf, "", "worlds_brought_back", worlds->brought_back);
    if (self->result->sensitivity != NULL)
        write_sensitivity(self, self->result->sensitivity);
}
