/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/describe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "input/model.h"
#include "output/report/json.h"
#include "output/report/page.h"
#include "output/table.h"

enum { DIGITS = 9 };

/* --- the page --- */

static void
write_wholes(struct json *json, const char *key, const int64_t *values, int n)
{
    json_open(json, key, '[');
    for (int i = 0; i < n; i++)
        json_whole(json, NULL, values[i]);
    json_close(json, ']');
}

static void
write_words(struct json *json, const char *key, const struct word *words, int n)
{
    json_open(json, key, '[');
    for (int i = 0; i < n; i++)
        json_words(json, NULL, words[i].en, words[i].zh);
    json_close(json, ']');
}

static void
write_source(struct json *json, const struct described *described)
{
    const struct model *model = described->model;
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, described->seed);
    json_open(json, "source", '{');
    if (model != NULL) {
        json_text(json, "id", model->id);
        json_words(json, "name", model->name_en, model->name_zh);
        json_text(json, "seed", seed);
    } else {
        json_text(json, "directory", described->directory);
    }
    json_open(json, "files", '[');
    for (int i = 0; i < described->n_texts; i++) {
        char hash[65];
        file_sha256(described->texts[i].text, described->texts[i].n, hash);
        json_open(json, NULL, '{');
        json_text(json, "file", described->texts[i].file);
        json_text(json, "sha256", hash);
        json_text_n(json, "text", described->texts[i].text, described->texts[i].n);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_text(json, "version", described->version);
    json_text(json, "commit", described->commit);
    json_text(json, "compiler", described->compiler);
    json_close(json, '}');
}

static void
write_people(struct json *json, const struct portrait *p)
{
    write_words(json, "statuses", status_words, STATUS_COUNT);
    write_words(json, "sexes", sex_words, SEX_COUNT);
    write_wholes(json, "by_status", p->by_status, STATUS_COUNT);
    json_open(json, "ages", '[');
    for (int status = 0; status < STATUS_COUNT; status++) {
        json_open(json, NULL, '[');
        for (int sex = 0; sex < SEX_COUNT; sex++)
            write_wholes(json, NULL, p->ages[status][sex], PORTRAIT_AGES);
        json_close(json, ']');
    }
    json_close(json, ']');
    json_open(json, "bases", '[');
    for (int status = 0; status < STATUS_RETIREE; status++)
        write_wholes(json, NULL, p->bases[status], PORTRAIT_BASES);
    json_close(json, ']');
    json_whole(json, "base_step", PORTRAIT_BASE_STEP);
    json_open(json, "bands", '[');
    for (int i = 0; i < PEOPLE_AGE_BANDS; i++)
        json_text(json, NULL, people_age_bands[i]);
    json_close(json, ']');
    write_wholes(json, "in_band", p->in_band, PEOPLE_AGE_BANDS);
    json_open(json, "diseases", '[');
    for (int i = 0; i < PORTRAIT_DISEASES; i++) {
        const struct word *word
            = i < MODEL_CHRONIC ? &model_chronic_words[i] : &model_special_words[i - MODEL_CHRONIC];
        json_open(json, NULL, '{');
        json_words(json, "name", word->en, word->zh);
        json_bool(json, "chronic", i < MODEL_CHRONIC);
        write_wholes(json, "registered", p->registered[i], PEOPLE_AGE_BANDS);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_care(struct json *json, const struct portrait *p)
{
    static const char *const kinds[PORTRAIT_KINDS] = { "visits", "stays" };
    json_open(json, "care", '[');
    for (int kind = 0; kind < PORTRAIT_KINDS; kind++) {
        json_open(json, NULL, '{');
        json_text(json, "kind", kinds[kind]);
        json_whole(json, "claims", p->n_claims[kind]);
        json_real(json, "cost", (double)p->cost[kind] / 100, DIGITS + 4);
        write_wholes(json, "numbers", p->numbers[kind], PORTRAIT_NUMBERS);
        write_wholes(json, "costs", p->claim_costs[kind], PORTRAIT_COSTS);
        json_close(json, '}');
    }
    json_close(json, ']');
    write_wholes(json, "person_costs", p->person_costs, PORTRAIT_COSTS);
    json_open(json, "cost_edges", '[');
    for (int i = 0; i <= PORTRAIT_COSTS; i++)
        json_real(json, NULL, portrait_cost_edge(i), DIGITS);
    json_close(json, ']');
    json_whole(json, "without", p->without);
    json_open(json, "lorenz", '[');
    for (int i = 0; i <= PORTRAIT_SHARES; i++)
        json_real(json, NULL, p->lorenz[i], 6);
    json_close(json, ']');
    json_real(json, "gini", p->gini, 6);
    json_real(json, "top_tenth", p->top_tenth, 6);
    json_real(json, "top_hundredth", p->top_hundredth, 6);
    write_words(json, "benefits", benefit_words, BENEFIT_COUNT);
    write_words(json, "providers", provider_words, PROVIDER_COUNT);
    json_open(json, "months", '[');
    for (int i = 0; i < BENEFIT_COUNT; i++)
        write_wholes(json, NULL, p->months[i], 12);
    json_close(json, ']');
    json_open(json, "by_provider", '[');
    for (int i = 0; i < BENEFIT_COUNT; i++)
        write_wholes(json, NULL, p->providers[i], PROVIDER_COUNT);
    json_close(json, ']');
}

bool
describe_write_page(FILE *stream, const char *path, const struct portrait *portrait,
    const struct described *described, struct problem_list *problems)
{
    struct json json = { .stream = stream };
    page_begin(&portrait_page, stream);
    json_open(&json, NULL, '{');
    json_text(&json, "format", "gongji portrait 1");
    json_text(&json, "language", language_current == LANGUAGE_ZH ? "zh" : "en");
    json_whole(&json, "year", portrait->year);
    json_whole(&json, "persons", portrait->persons);
    write_source(&json, described);
    write_people(&json, portrait);
    write_care(&json, portrait);
    json_close(&json, '}');
    page_end(&portrait_page, stream);
    if (fflush(stream) == 0 && !ferror(stream))
        return true;
    problem_unwritable(problems, path, errno);
    return false;
}

/* --- the summary --- */

static double
per(double sum, int64_t n)
{
    return n != 0 ? sum / (double)n : 0;
}

static double
mean_age(const struct portrait *p, int status)
{
    int64_t sum = 0, n = 0;
    for (int sex = 0; sex < SEX_COUNT; sex++)
        for (int age = 0; age < PORTRAIT_AGES; age++) {
            sum += age * p->ages[status][sex][age];
            n += p->ages[status][sex][age];
        }
    return per((double)sum, n);
}

static void
add_status(struct text_table *table, const struct portrait *p, int status)
{
    int64_t n = p->by_status[status], women = 0;
    for (int age = 0; age < PORTRAIT_AGES; age++)
        women += p->ages[status][SEX_FEMALE][age];
    text_table_cell(table, "%s", tr(status_words[status].en, status_words[status].zh));
    text_table_cell(table, "%.1f%%", 100 * per((double)n, p->persons));
    text_table_cell(table, "%.1f", mean_age(p, status));
    text_table_cell(table, "%.1f%%", 100 * per((double)women, n));
    if (status == STATUS_RETIREE)
        text_table_cell(table, "–");
    else
        text_table_cell(table, "%.0f", per((double)p->base_sum[status] / 100, n));
    text_table_cell(table, "%.2f", per((double)p->claims_by_status[status][PORTRAIT_VISITS], n));
    text_table_cell(table, "%.1f", 100 * per((double)p->claims_by_status[status][PORTRAIT_STAYS], n));
    text_table_cell(table, "%.0f", per((double)p->cost_by_status[status] / 100, n));
}

void
describe_write_text(FILE *stream, const struct portrait *p, const struct described *described,
    int width)
{
    const struct model *model = described->model;
    if (model != NULL)
        text_print(stream, width, 0,
            tr("%s: %" PRId64 " persons drawn, year %d, seed %" PRIu64 ".",
                "%s：抽取 %" PRId64 " 人，%d 年，种子 %" PRIu64 "。"),
            language_current == LANGUAGE_ZH && model->name_zh[0] != '\0' ? model->name_zh
                : model->name_en[0] != '\0'                              ? model->name_en
                                                                         : model->id,
            p->persons, p->year, described->seed);
    else
        text_print(stream, width, 0,
            tr("%s: %" PRId64 " persons, claims of %d.", "%s：%" PRId64 " 人，%d 年费用。"),
            described->directory, p->persons, p->year);
    fputc('\n', stream);
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_KEEP, tr("Status", "身份"));
    const char *const headings[] = { tr("Share", "占比"), tr("Age", "平均年龄"), tr("Women", "女性"),
        tr("Base", "缴费基数"), tr("Visits", "就诊/人"), tr("Stays/100", "住院/百人"),
        tr("Cost", "费用/人") };
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, headings[i]);
    for (int status = 0; status < STATUS_COUNT; status++)
        if (p->by_status[status] != 0)
            add_status(&table, p, status);
    text_table_write(&table, stream, width);
    text_table_free(&table);
    fputc('\n', stream);
    text_print(stream, width, 0,
        tr("Cost: %.0f yuan a visit, %.0f a stay, %.0f a person and year.",
            "费用：每次就诊 %.0f 元，每次住院 %.0f 元，人均每年 %.0f 元。"),
        per((double)p->cost[PORTRAIT_VISITS] / 100, p->n_claims[PORTRAIT_VISITS]),
        per((double)p->cost[PORTRAIT_STAYS] / 100, p->n_claims[PORTRAIT_STAYS]),
        per((double)(p->cost[PORTRAIT_VISITS] + p->cost[PORTRAIT_STAYS]) / 100, p->persons));
    text_print(stream, width, 0,
        tr("Persons without any claim: %.1f%%; without a visit: %.1f%%.",
            "全年没有任何费用的人：%.1f%%；没有门诊就诊的人：%.1f%%。"),
        100 * per((double)p->without, p->persons),
        100 * per((double)p->numbers[PORTRAIT_VISITS][0], p->persons));
    text_print(stream, width, 0,
        tr("Of all cost the dearest tenth has %.1f%%, the dearest hundredth %.1f%%; Gini %.3f.",
            "费用最高的十分之一占全部费用 %.1f%%，最高的百分之一占 %.1f%%；基尼系数 %.3f。"),
        100 * p->top_tenth, 100 * p->top_hundredth, p->gini);
}
