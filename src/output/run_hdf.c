/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/run_hdf.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "output/run_hdf_parts.h"
#include "output/summary.h"

static const char *const unit_keys[] = {
    [UNIT_YUAN] = "yuan", [UNIT_COUNT] = "1", [UNIT_YUAN_PER_PERSON] = "yuan per person"
};

static const char *
last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

void
run_hdf_label(struct run_hdf *self, const char *path, const char *en, const char *zh)
{
    hdf_attribute_text(self->hdf, path, "long_name", en);
    hdf_attribute_text(self->hdf, path, "long_name_zh", zh);
}

void
run_hdf_texts(struct run_hdf *self, const char *path, const char *dimension, size_t n,
    const char *const *texts, const char *en, const char *zh)
{
    if (dimension == NULL)
        hdf_dimension(self->hdf, path, HDF_TEXT, n, texts);
    else
        hdf_array(self->hdf, path, HDF_TEXT, 1, &dimension, texts);
    run_hdf_label(self, path, en, zh);
}

void
run_hdf_field(struct run_hdf *self, const char *path, const char *dimension, size_t n,
    const void *records, size_t size, size_t offset, const char *en, const char *zh)
{
    const char **texts = memory_alloc(n, sizeof *texts);
    for (size_t i = 0; i < n; i++)
        memcpy(&texts[i], (const char *)records + i * size + offset, sizeof *texts);
    run_hdf_texts(self, path, dimension, n, texts, en, zh);
    free(texts);
}

static void
write_scenarios(struct run_hdf *self)
{
    size_t n = (size_t)self->inputs->n_scenarios;
    const struct run_scenario *scenarios = self->inputs->scenarios;
    const char **texts = memory_alloc(n, sizeof *texts);
    for (size_t i = 0; i < n; i++)
        texts[i] = scenarios[i].id;
    run_hdf_texts(self, "scenario", NULL, n, texts, "scenario", "方案");
    for (size_t i = 0; i < n; i++)
        texts[i] = scenarios[i].en;
    run_hdf_texts(self, "scenario_en", "scenario", n, texts, "scenario, English name", "方案英文名");
    for (size_t i = 0; i < n; i++)
        texts[i] = scenarios[i].zh;
    run_hdf_texts(self, "scenario_zh", "scenario", n, texts, "scenario, Chinese name", "方案中文名");
    free(texts);
}

static void
write_years(struct run_hdf *self)
{
    size_t n = (size_t)self->result->n_years;
    int32_t *years = memory_alloc(n, sizeof *years);
    for (size_t i = 0; i < n; i++)
        years[i] = self->result->first_year + (int32_t)i;
    hdf_dimension(self->hdf, "year", HDF_INT32, n, years);
    run_hdf_label(self, "year", "calendar year", "年份");
    free(years);
}

static void
write_measures(struct run_hdf *self)
{
    const char *texts[MEASURE_COUNT];
    for (int i = 0; i < MEASURE_COUNT; i++)
        texts[i] = measure_infos[i].key;
    run_hdf_texts(self, "measure", NULL, MEASURE_COUNT, texts, "measure", "指标");
    for (int i = 0; i < MEASURE_COUNT; i++)
        texts[i] = measure_infos[i].en;
    run_hdf_texts(self, "measure_en", "measure", MEASURE_COUNT, texts, "measure, English label",
        "指标英文名");
    for (int i = 0; i < MEASURE_COUNT; i++)
        texts[i] = measure_infos[i].zh;
    run_hdf_texts(self, "measure_zh", "measure", MEASURE_COUNT, texts, "measure, Chinese label",
        "指标中文名");
    for (int i = 0; i < MEASURE_COUNT; i++)
        texts[i] = unit_keys[measure_infos[i].unit];
    run_hdf_texts(self, "measure_unit", "measure", MEASURE_COUNT, texts,
        "unit of value, std_error, lower, upper, difference, difference_std_error",
        "value、std_error、lower、upper、difference、difference_std_error 的单位");
    for (int i = 0; i < MEASURE_COUNT; i++)
        texts[i] = measure_infos[i].unit == UNIT_COUNT ? "1" : "fen";
    run_hdf_texts(self, "measure_sum_unit", "measure", MEASURE_COUNT, texts, "unit of sums",
        "sums 的单位");
}

static void
write_groups(struct run_hdf *self)
{
    static const struct {
        const char *path, *dimension;
        size_t offset;
        const char *en, *zh;
    } fields[] = {
        { "group", NULL, offsetof(struct group, key), "group", "分组" },
        { "group_en", "group", offsetof(struct group, en), "group, English label", "分组英文名" },
        { "group_zh", "group", offsetof(struct group, zh), "group, Chinese label", "分组中文名" },
        { "group_dimension", "group", offsetof(struct group, dimension),
            "what the group is one value of", "分组所依据的属性" },
    };
    const struct result *r = self->result;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        run_hdf_field(self, fields[i].path, fields[i].dimension, (size_t)r->n_groups, r->groups,
            sizeof *r->groups, fields[i].offset, fields[i].en, fields[i].zh);
}

static void
write_distributions(struct run_hdf *self)
{
    const char *texts[DISTRIBUTION_COUNT];
    for (int i = 0; i < DISTRIBUTION_COUNT; i++)
        texts[i] = distribution_words[i].key;
    run_hdf_texts(self, "distribution", NULL, DISTRIBUTION_COUNT, texts,
        "what is distributed over persons", "按人分布的金额");
    for (int i = 0; i < DISTRIBUTION_COUNT; i++)
        texts[i] = distribution_words[i].en;
    run_hdf_texts(self, "distribution_en", "distribution", DISTRIBUTION_COUNT, texts,
        "distribution, English label", "分布英文名");
    for (int i = 0; i < DISTRIBUTION_COUNT; i++)
        texts[i] = distribution_words[i].zh;
    run_hdf_texts(self, "distribution_zh", "distribution", DISTRIBUTION_COUNT, texts,
        "distribution, Chinese label", "分布中文名");

    int32_t numbers[HISTOGRAM_BINS];
    double edges[HISTOGRAM_BINS + 1];
    const char *dimension = "bin";
    for (int i = 0; i < HISTOGRAM_BINS; i++)
        numbers[i] = i;
    for (int i = 0; i <= HISTOGRAM_BINS; i++)
        edges[i] = run_bin_edge(i);
    hdf_dimension(self->hdf, "bin", HDF_INT32, HISTOGRAM_BINS, numbers);
    run_hdf_label(self, "bin", "number of the bin", "区间序号");
    hdf_array(self->hdf, "bin_lower", HDF_DOUBLE, 1, &dimension, edges);
    run_hdf_label(self, "bin_lower", "lower edge, in the bin", "下界（含）");
    hdf_attribute_text(self->hdf, "bin_lower", "units", "yuan");
    hdf_array(self->hdf, "bin_upper", HDF_DOUBLE, 1, &dimension, edges + 1);
    run_hdf_label(self, "bin_upper", "upper edge, not in the bin", "上界（不含）");
    hdf_attribute_text(self->hdf, "bin_upper", "units", "yuan");

    hdf_dimension(self->hdf, "quantile", HDF_DOUBLE, QUANTILE_COUNT, run_quantiles);
    run_hdf_label(self, "quantile", "share of persons at or below", "不高于该值的人数占比");
    hdf_attribute_text(self->hdf, "quantile", "units", "1");
}

void
run_hdf_array(struct run_hdf *self, const struct run_hdf_array *array, size_t n, const void *values)
{
    char digest[65];
    int rank = 0;
    while (rank < (int)(sizeof array->dimensions / sizeof *array->dimensions)
        && array->dimensions[rank] != NULL)
        rank++;
    file_sha256(values, n * 8, digest); /* doubles and int64_t */
    fprintf(self->results_stream, "%s  %s\n", digest, array->name);
    hdf_array(self->hdf, array->name, array->type, rank, array->dimensions, values);
    run_hdf_label(self, array->name, array->en, array->zh);
    hdf_attribute_text(self->hdf, array->name, "units", array->units);
    hdf_attribute_text(self->hdf, array->name, "coordinates", array->coordinates);
    hdf_attribute_text(self->hdf, array->name, "sha256", digest);
}

#define CELL_COORDINATES                                                                           \
    "scenario_en scenario_zh measure_en measure_zh measure_unit measure_sum_unit group_en "        \
    "group_zh group_dimension"
#define DISTRIBUTION_COORDINATES "scenario_en scenario_zh distribution_en distribution_zh"
#define CELL_DIMENSIONS { "scenario", "year", "measure", "group" }

/* One field of all cells; not a number where a measure is not known for a group. */
static void
write_field(struct run_hdf *self, const char *name, size_t offset, const char *en, const char *zh)
{
    const struct result *r = self->result;
    size_t n = (size_t)r->n_scenarios * (size_t)r->n_years * MEASURE_COUNT * (size_t)r->n_groups;
    double *values = memory_alloc(n, sizeof *values);
    for (size_t i = 0; i < n; i++) {
        int group = (int)(i % (size_t)r->n_groups);
        int measure = (int)(i / (size_t)r->n_groups % MEASURE_COUNT);
        if (summary_has(r, measure, group))
            memcpy(&values[i], (const char *)&r->cells[i] + offset, sizeof *values);
        else
            values[i] = NAN;
    }
    run_hdf_array(self,
        &(struct run_hdf_array){ name, "by measure: see measure_unit", CELL_COORDINATES, en, zh,
            HDF_DOUBLE, CELL_DIMENSIONS },
        n, values);
    free(values);
}

static void
write_results(struct run_hdf *self)
{
    const struct result *r = self->result;
    write_field(self, "value", offsetof(struct estimate, value),
        "estimate for the insured of the model", "按模型参保人数推算的估计值");
    write_field(self, "std_error", offsetof(struct estimate, std_error),
        "standard error of value", "估计值的标准误");
    write_field(self, "lower", offsetof(struct estimate, lower),
        "lower end of the 95 % interval of value", "估计值 95% 区间下限");
    write_field(self, "upper", offsetof(struct estimate, upper),
        "upper end of the 95 % interval of value", "估计值 95% 区间上限");
    write_field(self, "difference", offsetof(struct estimate, difference),
        "value less that of the baseline, paired on the same persons", "与基线方案之差（同一人群配对）");
    write_field(self, "difference_std_error", offsetof(struct estimate, difference_std_error),
        "standard error of difference", "差值的标准误");

    size_t by_year = (size_t)r->n_scenarios * (size_t)r->n_years;
    run_hdf_array(self,
        &(struct run_hdf_array){ "sums", "by measure: see measure_sum_unit", CELL_COORDINATES,
            "exact sum over the simulated persons", "模拟人群的精确合计", HDF_INT64, CELL_DIMENSIONS },
        by_year * MEASURE_COUNT * (size_t)r->n_groups, r->sums);
    run_hdf_array(self,
        &(struct run_hdf_array){ "histogram", "persons", DISTRIBUTION_COORDINATES " bin_lower bin_upper",
            "simulated persons in each bin", "各区间的模拟人数", HDF_INT64,
            { "scenario", "year", "distribution", "bin" } },
        by_year * DISTRIBUTION_COUNT * HISTOGRAM_BINS, r->histograms);
    run_hdf_array(self,
        &(struct run_hdf_array){ "quantiles", "yuan", DISTRIBUTION_COORDINATES,
            "amount per person that the share of persons stays at or below",
            "人均金额的分位数", HDF_DOUBLE, { "scenario", "year", "distribution", "quantile" } },
        by_year * DISTRIBUTION_COUNT * QUANTILE_COUNT, r->quantiles);
    run_hdf_array(self,
        &(struct run_hdf_array){ "quantile_lower", "yuan", DISTRIBUTION_COORDINATES,
            "lower end of the 95 % interval of quantiles", "分位数 95% 区间下限", HDF_DOUBLE,
            { "scenario", "year", "distribution", "quantile" } },
        by_year * DISTRIBUTION_COUNT * QUANTILE_COUNT, r->quantile_lower);
    run_hdf_array(self,
        &(struct run_hdf_array){ "quantile_upper", "yuan", DISTRIBUTION_COORDINATES,
            "upper end of the 95 % interval of quantiles", "分位数 95% 区间上限", HDF_DOUBLE,
            { "scenario", "year", "distribution", "quantile" } },
        by_year * DISTRIBUTION_COUNT * QUANTILE_COUNT, r->quantile_upper);
}

/* The files that were read, in full, a place each. */
struct input_list {
    const char **roles, **scenarios, **files, **texts, **digests;
    char (*digest_texts)[65];
    int32_t *numbers;
    size_t n;
};

static void
list_texts(struct run_hdf *self, struct input_list *list, const char *role, const char *scenario,
    const struct run_text *texts, int n)
{
    for (int i = 0; i < n; i++, list->n++) {
        char *digest = list->digest_texts[list->n];
        file_sha256(texts[i].text, texts[i].n, digest);
        list->numbers[list->n] = (int32_t)list->n;
        list->roles[list->n] = role;
        list->scenarios[list->n] = scenario;
        list->files[list->n] = last_name(texts[i].file);
        list->texts[list->n] = texts[i].text;
        list->digests[list->n] = digest;
        fprintf(self->inputs_stream, "%s  %s\n", digest, last_name(texts[i].file));
    }
}

static void
write_inputs(struct run_hdf *self)
{
    const struct run_inputs *inputs = self->inputs;
    size_t n = (size_t)inputs->n_model_texts;
    for (int i = 0; i < inputs->n_scenarios; i++)
        n += (size_t)inputs->scenarios[i].n_texts;
    const char **places = memory_alloc(5 * n, sizeof *places);
    struct input_list list = { places, places + n, places + 2 * n, places + 3 * n, places + 4 * n,
        memory_alloc(n, 65), memory_alloc(n, sizeof(int32_t)), 0 };
    list_texts(self, &list, "model", "", inputs->model_texts, inputs->n_model_texts);
    for (int i = 0; i < inputs->n_scenarios; i++)
        list_texts(self, &list, "scenario", inputs->scenarios[i].id, inputs->scenarios[i].texts,
            inputs->scenarios[i].n_texts);

    const char *dimension = "inputs/input";
    hdf_group(self->hdf, "inputs");
    hdf_dimension(self->hdf, dimension, HDF_INT32, n, list.numbers);
    run_hdf_texts(self, "inputs/role", dimension, n, list.roles, "model or scenario", "模型或方案");
    run_hdf_texts(self, "inputs/of_scenario", dimension, n, list.scenarios,
        "scenario that the file belongs to", "所属方案");
    run_hdf_texts(self, "inputs/file", dimension, n, list.files, "name of the file", "文件名");
    run_hdf_texts(self, "inputs/text", dimension, n, list.texts, "its whole text", "文件全文");
    run_hdf_texts(self, "inputs/sha256", dimension, n, list.digests, "SHA-256 of its bytes",
        "文件字节的 SHA-256");
    free(list.numbers);
    free(list.digest_texts);
    free(places);
}

static void
write_attributes(struct run_hdf *self)
{
    const struct run_inputs *inputs = self->inputs;
    const struct result *r = self->result;
    char day[DATE_TEXT] = "";
    if (inputs->rules_on != DAY_MIN)
        date_text(day, inputs->rules_on);
    const struct {
        const char *name, *text;
    } texts[] = {
        { "title", "gongji run: one synthetic insured population under several policies" },
        { "title_zh", "gongji run：同一模拟参保人群在各方案下的结果" },
        { "program", "gongji" },
        { "version", inputs->version },
        { "commit", inputs->commit },
        { "compiler", inputs->compiler },
        { "command", inputs->command },
        { "model", inputs->model_id },
        { "model_en", inputs->model_en },
        { "model_zh", inputs->model_zh },
        { "baseline", inputs->scenarios[inputs->baseline].id },
        { "behaviour", inputs->behaviour },
        { "rules_on", day },
        { "after_expiry", inputs->expiry == EXPIRY_STOP ? "stop" : "renew" },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        hdf_attribute_text(self->hdf, "", texts[i].name, texts[i].text);
    hdf_attribute(self->hdf, "", "seed", HDF_UINT64, &inputs->seed);
    hdf_attribute_int(self->hdf, "", "persons", inputs->persons);
    hdf_attribute_int(self->hdf, "", "replicates", inputs->replicates);
    hdf_attribute_int(self->hdf, "", "first_year", inputs->first_year);
    hdf_attribute_int(self->hdf, "", "last_year", inputs->last_year);
    hdf_attribute_int(self->hdf, "", "insured", r->insured);
    hdf_attribute_int(self->hdf, "", "claims", r->claims);
}

/* Checksums of the inputs, of the results, and of both with the command. */
static void
write_checksums(struct run_hdf *self)
{
    char digest[65];
    fflush(self->inputs_stream);
    fflush(self->results_stream);
    file_sha256(self->inputs_list, self->inputs_size, digest);
    hdf_attribute_text(self->hdf, "", "inputs_sha256", digest);
    file_sha256(self->results_list, self->results_size, digest);
    hdf_attribute_text(self->hdf, "", "results_sha256", digest);
    char *whole = memory_format("%s\n%s%s", self->inputs->command, self->inputs_list,
        self->results_list);
    file_sha256(whole, strlen(whole), digest);
    hdf_attribute_text(self->hdf, "", "sha256", digest);
    free(whole);
}

bool
run_hdf_write(FILE *stream, const char *path, const struct result *result,
    const struct run_inputs *inputs, struct problem_list *problems)
{
    struct run_hdf self = { .hdf = hdf_create(), .result = result, .inputs = inputs };
    self.inputs_stream = open_memstream(&self.inputs_list, &self.inputs_size);
    self.results_stream = open_memstream(&self.results_list, &self.results_size);
    bool ok = self.inputs_stream != NULL && self.results_stream != NULL;
    if (ok) {
        write_scenarios(&self);
        write_years(&self);
        write_measures(&self);
        write_groups(&self);
        write_distributions(&self);
        write_results(&self);
        run_hdf_books(&self);
        run_hdf_worlds(&self);
        write_inputs(&self);
        write_attributes(&self);
        write_checksums(&self);
        ok = hdf_write(self.hdf, stream);
    }
    if (!ok)
        problem_fail(problems, path, "%s",
            tr("cannot be written; a disk with room left is wanted", "无法写入；磁盘应有空余"));
    if (self.inputs_stream != NULL)
        fclose(self.inputs_stream);
    if (self.results_stream != NULL)
        fclose(self.results_stream);
    free(self.inputs_list);
    free(self.results_list);
    hdf_free(self.hdf);
    return ok;
}
