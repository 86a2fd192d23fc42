/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the files of a run with made-up but plausible figures for real policies, for
 * test_report.py and test_books_files.py, and for looking at them:
 *
 *   write_report OUT LANGUAGE YEARS[:WORLDS] SCENARIO...
 *
 * OUT: a directory that is there, or the page alone where it ends in .html. The first
 * scenario is the baseline. Every figure is a smooth function of its place, so the
 * files are always the same. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/ledger.h"
#include "made_up_books.h"
#include "output/run_files.h"

enum { FIRST_YEAR = 2023, SCENARIOS_MAX = 16, INSURED = 2200000, SIMULATED = 1000000 };

static struct group *
make_groups(int *n)
{
    static const struct { const char *dimension; const struct word *words; int n; bool of_claims; } kinds[] = {
        { "status", status_words, STATUS_COUNT, false },
        { "sector", sector_words, SECTOR_COUNT, false },
        { "sex", sex_words, SEX_COUNT, false },
        { "provider", provider_words, PROVIDER_COUNT, true },
        { "benefit", benefit_words, BENEFIT_COUNT, true },
    };
    static const char *const ages[] = { "<30", "30-39", "40-49", "50-59", "60-69", "70-79", "80+" };
    struct group *groups = memory_alloc(64, sizeof *groups);
    *n = 0;
    groups[(*n)++] = (struct group){ memory_text("all"), memory_text("all insured"),
        memory_text("全体参保人"), "all", false };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int i = 0; i < kinds[k].n; i++) {
            const struct word *word = &kinds[k].words[i];
            groups[(*n)++] = (struct group){ memory_format("%s=%s", kinds[k].dimension, word->key),
                memory_text(word->en), memory_text(word->zh), kinds[k].dimension, kinds[k].of_claims };
        }
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++)
        groups[(*n)++] = (struct group){ memory_format("age=%s", ages[i]),
            memory_format("aged %s", ages[i]), memory_format("%s 岁", ages[i]), "age", false };
    for (int i = 1; i <= 10; i++)
        groups[(*n)++] = (struct group){ memory_format("spending=d%d", i),
            memory_format("tenth %d by cost", i), memory_format("费用第 %d 组", i), "spending", false };
    static const char *const counties[][2] = { { "北县", "North" }, { "南县", "South" }, { "城区", "Town" } };
    for (int i = 0; i < 3; i++)
        groups[(*n)++] = (struct group){ memory_format("county=%s", counties[i][0]),
            memory_text(counties[i][1]), memory_text(counties[i][0]), "county", false };
    return groups;
}

/* A group's share of the insured, or of the claims. */
static double
share_of(const struct group *group)
{
    if (strcmp(group->dimension, "all") == 0)
        return 1;
    if (strcmp(group->key, "benefit=outpatient") == 0)
        return 0.11;
    return strcmp(group->dimension, "spending") == 0 ? 0.1 : strcmp(group->dimension, "age") == 0
            ? 1.0 / 7 : 0.3;
}

/* How much more care a group needs than all. */
static double
need_of(const struct group *group)
{
    const char *value = strchr(group->key, '=');
    if (value == NULL || group->of_claims)
        return 1;
    if (strcmp(group->dimension, "spending") == 0) {
        int decile = atoi(value + 2);
        return 0.0004 * decile * decile * decile * decile * (decile == 10 ? 1.6 : 1.0);
    }
    if (strcmp(group->dimension, "age") == 0)
        return value[1] == '<' ? 0.4 : 0.3 + 0.02 * (atoi(value + 1) - 25);
    return strcmp(group->key, "status=retiree") == 0 ? 2.1 : 0.8;
}

/* Yuan (or counts) per insured of a scenario and group. */
static double
level(int measure, int scenario, double need)
{
    double s = scenario, generous = s == 0 ? 0 : 0.6 + 0.25 * sin(2.1 * s);
    switch (measure) {
    case MEASURE_FUND_OUTFLOW: return (1850 + 320 * generous) * need;
    case MEASURE_ACCOUNT_TRANSFER: return 1150 - 510 * generous - 22 * s;
    case MEASURE_ACCOUNT_OWN: return 1260;
    case MEASURE_MEMBER_BURDEN: return (1420 - 290 * generous) * need;
    case MEASURE_PAID_BY_ACCOUNT: return (900 - 220 * generous) * need;
    case MEASURE_PAID_BY_FAMILY_ACCOUNT: return (scenario == 0 ? 0 : 70) * need;
    case MEASURE_PAID_BY_CASH: return (520 - 140 * generous) * need;
    case MEASURE_COST: return 3270 * need;
    case MEASURE_ELIGIBLE_COST: return 2790 * need;
    case MEASURE_VISITS: return 5.1 * need;
    case MEASURE_PERSONS: return 1;
    case MEASURE_CONTRIBUTION_INCOME: return 4380;
    case MEASURE_POOL_BALANCE: return 4380 - 3000 - 320 * generous * need + 510 * generous;
    case MEASURE_WINNERS: return scenario == 0 ? 0 : fmin(0.8, 0.16 + 0.14 * need + 0.03 * s);
    case MEASURE_LOSERS: return scenario == 0 ? 0 : fmax(0.05, 0.66 - 0.18 * need - 0.05 * s);
    case MEASURE_NET_GAIN_MEAN: return generous * (320 * need - 510) - (scenario == 0 ? 0 : 22 * s);
    default: return 2400;
    }
}

static void
fill_result(struct result *r)
{
    r->cells = memory_alloc(result_at(r, r->n_scenarios, 0, 0, 0), sizeof *r->cells);
    for (int s = 0; s < r->n_scenarios; s++)
        for (int y = 0; y < r->n_years; y++)
            for (int m = 0; m < MEASURE_COUNT; m++)
                for (int g = 0; g < r->n_groups; g++) {
                    const struct group *group = &r->groups[g];
                    double need = need_of(group), base = level(m, 0, need);
                    double people = m == MEASURE_NET_GAIN_MEAN ? 1 : INSURED * share_of(group);
                    double value = level(m, s, need) * (1 + 0.04 * y), grow = 1 + 0.04 * y;
                    bool certain = m == MEASURE_PERSONS;
                    double error = certain ? 0 : fabs(value) * 0.004 / sqrt(share_of(group));
                    double paired = s == 0 || certain ? 0 : fabs(value - base * grow) * 0.012 + 0.3;
                    r->cells[result_at(r, s, y, m, g)] = (struct estimate){
                        .value = value * people, .std_error = error * people,
                        .lower = (value - 1.96 * error) * people,
                        .upper = (value + 1.96 * error) * people,
                        .difference = (value - base * grow) * people,
                        .difference_std_error = paired * people };
                }
    size_t n = (size_t)r->n_scenarios * (size_t)r->n_years * DISTRIBUTION_COUNT;
    r->sums = memory_alloc(result_at(r, r->n_scenarios, 0, 0, 0), sizeof *r->sums);
    r->histograms = memory_alloc(n * HISTOGRAM_BINS, sizeof *r->histograms);
    r->quantile_lower = memory_alloc(n * QUANTILE_COUNT, sizeof *r->quantile_lower);
    r->quantile_upper = memory_alloc(n * QUANTILE_COUNT, sizeof *r->quantile_upper);
    r->quantiles = memory_alloc(n * QUANTILE_COUNT, sizeof *r->quantiles);
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < QUANTILE_COUNT; q++)
            r->quantiles[i * QUANTILE_COUNT + q]
                = 900 * tan(1.4 * ((double)q - 4) / 4.4) - 180 - 15.0 * (double)i;
}

static void
free_result(struct result *r)
{
    for (int g = 0; g < r->n_groups; g++) {
        free(r->groups[g].key);
        free(r->groups[g].en);
        free(r->groups[g].zh);
    }
    free(r->groups);
    free(r->cells);
    free(r->sums);
    free(r->histograms);
    free(r->quantiles);
    free(r->quantile_lower);
    free(r->quantile_upper);
    books_free(&r->books);
}

/* The files that a policy was read from, as a run hands them on. */
static struct run_text *
policy_files(const struct policy *policy)
{
    struct run_text *texts = memory_alloc((size_t)policy->n_texts, sizeof *texts);
    for (int i = 0; i < policy->n_texts; i++)
        texts[i] = (struct run_text){ policy->texts[i].file, policy->texts[i].text, policy->texts[i].n };
    return texts;
}

static bool
write_file(const char *path, const struct run_file *file, const struct result *result,
    const struct run_inputs *inputs, struct problem_list *problems)
{
    FILE *stream = fopen(path, "wb");
    bool ok = stream != NULL && file->write(stream, path, result, inputs, problems);
    return stream != NULL && fclose(stream) == 0 && ok;
}

static bool
write_files(const char *out, const struct result *result, const struct run_inputs *inputs,
    struct problem_list *problems)
{
    size_t n = strlen(out);
    bool page = n > 5 && strcmp(out + n - 5, ".html") == 0, ok = true;
    for (int i = 0; ok && i < RUN_FILES; i++) {
        bool is_page = strcmp(run_files[i].name, "report.html") == 0;
        char *path = page ? memory_text(out) : memory_format("%s/%s", out, run_files[i].name);
        if ((is_page || !page) && run_files[i].wanted(result, inputs))
            ok = write_file(path, &run_files[i], result, inputs, problems);
        free(path);
    }
    return ok;
}

static bool
make(const char *out, int n_years, int n_worlds, struct run_scenario *scenarios, int n,
    const struct model *people, struct problem_list *problems)
{
    static const char model[] = "# made up: nothing here is a model\nname: {zh: 示例, en: example}\n";
    static const struct run_text model_text = { "models/example.yaml", model, sizeof model - 1 };
    struct run_inputs inputs = { .scenarios = scenarios, .n_scenarios = n, .model_id = "yantai-2022",
        .model_en = "example people", .model_zh = "示例人群", .model_texts = &model_text,
        .n_model_texts = 1, .model = people, .persons = SIMULATED, .first_year = FIRST_YEAR,
        .last_year = FIRST_YEAR + n_years - 1, .replicates = 1, .seed = UINT64_MAX,
        .behaviour = "off", .rules_on = DAY_MIN, .expiry = EXPIRY_RENEW,
        .command = "gongji run yantai 'a draft.yaml' --persons 1000000 --years 2023 --seed 1",
        .version = "0.1.0", .commit = "0123456789ab", .compiler = "gcc 12.2.0" };
    struct result result = { .n_scenarios = n, .first_year = FIRST_YEAR, .n_years = n_years,
        .persons = SIMULATED, .insured = INSURED, .claims = 8440000 };
    result.groups = make_groups(&result.n_groups);
    fill_result(&result);
    unsigned pooled = 0;
    for (int i = 0; i < n; i++)
        pooled |= ledger_has_rules(scenarios[i].policy) ? 1U << i : 0;
    made_up_books(&result, pooled);
    struct worlds worlds = { 0 };
    struct sensitivity sensitivity = { 0 };
    if (n_worlds > 0) {
        made_up_worlds(&worlds, &sensitivity, &result, n_worlds);
        result.worlds = &worlds;
        result.sensitivity = &sensitivity;
    }
    bool ok = write_files(out, &result, &inputs, problems);
    made_up_worlds_free(&worlds, &sensitivity);
    free_result(&result);
    return ok;
}

int
main(int argc, char **argv)
{
    const char *colon = argc > 3 ? strchr(argv[3], ':') : NULL;
    int n = argc - 4, n_years = argc > 3 ? atoi(argv[3]) : 0;
    if (n < 1 || n > SCENARIOS_MAX || n_years < 1)
        return 2;
    language_current = strcmp(argv[2], "zh") == 0 ? LANGUAGE_ZH : LANGUAGE_EN;
    struct problem_list problems = { 0 };
    struct names names = { 0 };
    struct policy *policies[SCENARIOS_MAX];
    struct run_scenario scenarios[SCENARIOS_MAX];
    int n_read = 0;
    for (; n_read < n; n_read++) {
        struct policy *policy = policies[n_read] = policy_read(argv[4 + n_read], &names, &problems);
        if (policy == NULL)
            break;
        scenarios[n_read] = (struct run_scenario){ policy->id, policy->name_en, policy->name_zh,
            policy, policy_files(policy), policy->n_texts };
    }
    struct model *people = model_read("employees-2022", &problems);
    bool ok = n_read == n && people != NULL
        && make(argv[1], n_years, colon != NULL ? atoi(colon + 1) : 0, scenarios, n, people, &problems);
    problem_print(&problems, stderr);
    problem_list_free(&problems);
    model_free(people);
    for (int i = 0; i < n_read; i++) {
        free((void *)scenarios[i].texts);
        policy_free(policies[i]);
    }
    names_free(&names);
    return ok ? 0 : 1;
}
