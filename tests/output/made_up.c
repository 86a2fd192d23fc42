/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "made_up.h"

#include <stdlib.h>

#include "base/memory.h"

enum { SCENARIOS = 2, GROUPS = 3 };

static struct policy policy = { .id = (char *)"yantai", .in_force_from = DAY_MIN,
    .in_force_to = DAY_MAX };
static const struct run_text policy_texts[] = { { "scenarios/yantai.yaml", "烟台: 1\n", 10 } };
static const struct run_text model_texts[] = { { "models/tiny.yaml", "a: 1\n", 5 },
    { "/elsewhere/base.yaml", "b: 2\n", 5 } };
static struct run_scenario scenarios[SCENARIOS] = {
    { "yantai", "Yantai", "烟台市", &policy, policy_texts, 1 },
    { "yantai#2", "Yantai", "烟台市", &policy, policy_texts, 1 },
};

static void
fill_cells(struct result *r)
{
    for (int s = 0; s < SCENARIOS; s++)
        for (int m = 0; m < MEASURE_COUNT; m++)
            for (int g = 0; g < GROUPS; g++) {
                double value = 1000000.0 * s + 1000.0 * m + g + 0.25;
                size_t at = result_at(r, s, 0, m, g);
                r->cells[at] = (struct estimate){ .value = value, .std_error = 2, .lower = value - 4,
                    .upper = value + 4, .difference = 1000000.0 * s,
                    .difference_std_error = 0.5 * s };
                r->sums[at] = 100 * (1000000 * s + 1000 * m + g);
            }
}

void
made_up_make(struct made_up *self)
{
    static const struct group groups[GROUPS] = {
        { (char *)"all", (char *)"all", (char *)"全部", "all", false },
        { (char *)"status=retiree", (char *)"retired", (char *)"退休", "status", false },
        { (char *)"benefit=outpatient", (char *)"outpatient", (char *)"门诊", "benefit", true },
    };
    struct result *r = &self->result;
    *r = (struct result){ .n_scenarios = SCENARIOS, .first_year = 2023, .n_years = 1,
        .n_groups = GROUPS, .persons = 1000, .insured = 50000, .claims = 8000 };
    r->groups = memory_alloc(GROUPS, sizeof *r->groups);
    for (int g = 0; g < GROUPS; g++) {
        r->groups[g] = groups[g];
        r->groups[g].key = memory_text(groups[g].key);
        r->groups[g].en = memory_text(groups[g].en);
        r->groups[g].zh = memory_text(groups[g].zh);
    }
    r->cells = memory_alloc(SCENARIOS * MEASURE_COUNT * GROUPS, sizeof *r->cells);
    r->sums = memory_alloc(SCENARIOS * MEASURE_COUNT * GROUPS, sizeof *r->sums);
    fill_cells(r);
    size_t n = SCENARIOS * DISTRIBUTION_COUNT;
    r->histograms = memory_alloc(n * HISTOGRAM_BINS, sizeof *r->histograms);
    r->quantiles = memory_alloc(n * QUANTILE_COUNT, sizeof *r->quantiles);
    r->quantile_lower = memory_alloc(n * QUANTILE_COUNT, sizeof *r->quantile_lower);
    r->quantile_upper = memory_alloc(n * QUANTILE_COUNT, sizeof *r->quantile_upper);
    for (size_t i = 0; i < n; i++) {
        r->histograms[i * HISTOGRAM_BINS + i] = 1000;
        for (size_t q = 0; q < QUANTILE_COUNT; q++) {
            size_t at = i * QUANTILE_COUNT + q;
            r->quantiles[at] = (double)(10 * i + q);
            r->quantile_lower[at] = r->quantiles[at] - 0.25;
            r->quantile_upper[at] = r->quantiles[at] + 0.25;
        }
    }
    self->inputs = (struct run_inputs){ .scenarios = scenarios, .n_scenarios = SCENARIOS,
        .model_id = "tiny", .model_en = "tiny model", .model_zh = "小模型",
        .model_texts = model_texts, .n_model_texts = 2, .persons = 1000, .first_year = 2023,
        .last_year = 2023, .replicates = 1, .seed = UINT64_MAX, .behaviour = "off",
        .rules_on = DAY_MIN, .expiry = EXPIRY_RENEW, .command = "gongji run yantai yantai",
        .version = "0.1.0", .commit = "0123456789ab", .compiler = "gcc 12" };
}

void
made_up_free(struct made_up *self)
{
    for (int g = 0; g < GROUPS; g++) {
        free(self->result.groups[g].key);
        free(self->result.groups[g].en);
        free(self->result.groups[g].zh);
    }
    free(self->result.groups);
    free(self->result.cells);
    free(self->result.sums);
    free(self->result.histograms);
    free(self->result.quantiles);
    free(self->result.quantile_lower);
    free(self->result.quantile_upper);
}
