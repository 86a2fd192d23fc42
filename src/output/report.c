/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "input/model.h"
#include "output/parameter_text.h"
#include "output/report/json.h"
#include "output/report/page.h"
#include "output/report_books.h"

/* Significant digits: of values (fen of a nation's fund) and of their errors. */
enum { VALUE_DIGITS = 13, ERROR_DIGITS = 7 };

static const char *const unit_keys[] = {
    [UNIT_YUAN] = "yuan",
    [UNIT_COUNT] = "count",
    [UNIT_YUAN_PER_PERSON] = "yuan_per_person",
};

static void
write_date(struct json *json, const char *key, day_t day)
{
    char text[DATE_TEXT];
    if (day == DAY_MIN || day == DAY_MAX)
        json_null(json, key);
    else
        json_text(json, key, date_text(text, day));
}

static void
write_words_owned(struct json *json, const char *key, char *en, char *zh)
{
    json_words(json, key, en, zh);
    free(en);
    free(zh);
}

static void
write_files(struct json *json, const char *key, const struct run_text *texts, int n)
{
    json_open(json, key, '[');
    for (int i = 0; i < n; i++) {
        char hash[65];
        file_sha256(texts[i].text, texts[i].n, hash);
        json_open(json, NULL, '{');
        json_text(json, "file", texts[i].file);
        json_text(json, "sha256", hash);
        json_text_n(json, "text", texts[i].text, texts[i].n);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* A value of the model by its smallest and largest cell: people want to know how
 * sure it is, the cells stand in the file. */
static void
write_model_value(struct json *json, const struct model_value *value)
{
    const struct model_descriptor *descriptor = value->descriptor;
    double low = value->cells[0], high = low;
    double prior_low = INFINITY, prior_high = -INFINITY;
    for (int i = 0; i < value->n_cells; i++) {
        low = fmin(low, value->cells[i]);
        high = fmax(high, value->cells[i]);
        if (value->prior != NULL) {
            prior_low = fmin(prior_low, value->prior[i][0]);
            prior_high = fmax(prior_high, value->prior[i][2]);
        }
    }
    json_open(json, NULL, '{');
    json_text(json, "path", value->path);
    json_words(json, "name", descriptor->en, descriptor->zh);
    json_words(json, "unit", descriptor->unit_en, descriptor->unit_zh);
    if (descriptor->kind == MODEL_CHOICE && low >= 0 && low < descriptor->n_choices)
        json_words(json, "choice", descriptor->choices[(int)low].en, descriptor->choices[(int)low].zh);
    json_real(json, "low", low, ERROR_DIGITS + 2);
    json_real(json, "high", high, ERROR_DIGITS + 2);
    json_real(json, "prior_low", prior_low, ERROR_DIGITS); /* null where there is none */
    json_real(json, "prior_high", prior_high, ERROR_DIGITS);
    json_text(json, "standing", evidence_words[value->standing].key);
    json_text(json, "source", value->source);
    json_close(json, '}');
}

static void
write_model(struct json *json, const struct model *model)
{
    json_open(json, "values", '[');
    for (int i = 0; model != NULL && i < model->n_values; i++)
        if (model->values[i].given)
            write_model_value(json, &model->values[i]);
    json_close(json, ']');
    json_open(json, "standings", '{');
    for (int i = 0; i < EVIDENCE_COUNT; i++)
        json_words(json, evidence_words[i].key, evidence_words[i].en, evidence_words[i].zh);
    json_close(json, '}');
}

static void
write_run(struct json *json, const struct result *result, const struct run_inputs *inputs)
{
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, inputs->seed); /* may not fit a JSON number */
    json_open(json, "run", '{');
    json_text(json, "command", inputs->command);
    json_text(json, "version", inputs->version);
    json_text(json, "commit", inputs->commit);
    json_text(json, "compiler", inputs->compiler);
    json_text(json, "seed", seed);
    json_whole(json, "persons", inputs->persons);
    json_whole(json, "replicates", inputs->replicates);
    json_whole(json, "insured", result->insured);
    json_whole(json, "claims", result->claims);
    json_text(json, "behaviour", inputs->behaviour);
    write_date(json, "rules_on", inputs->rules_on);
    json_text(json, "expiry", inputs->expiry == EXPIRY_RENEW ? "renew" : "stop");
    json_open(json, "years", '[');
    for (int year = 0; year < result->n_years; year++)
        json_whole(json, NULL, result->first_year + year);
    json_close(json, ']');
    json_open(json, "model", '{');
    json_text(json, "id", inputs->model_id);
    json_words(json, "name", inputs->model_en, inputs->model_zh);
    write_files(json, "files", inputs->model_texts, inputs->n_model_texts);
    write_model(json, inputs->model);
    json_close(json, '}');
    json_close(json, '}');
}

static void
write_scenarios(struct json *json, const struct run_inputs *inputs)
{
    json_open(json, "scenarios", '[');
    for (int i = 0; i < inputs->n_scenarios; i++) {
        const struct run_scenario *scenario = &inputs->scenarios[i];
        const struct policy *policy = scenario->policy;
        json_open(json, NULL, '{');
        json_text(json, "id", scenario->id);
        json_words(json, "name", scenario->en, scenario->zh);
        json_text(json, "document", policy->document);
        json_text(json, "extends", policy->extends);
        write_date(json, "from", policy->in_force_from);
        write_date(json, "to", policy->in_force_to);
        write_files(json, "files", scenario->texts, scenario->n_texts);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_axes(struct json *json, const struct result *result)
{
    json_open(json, "measures", '[');
    for (int i = 0; i < MEASURE_COUNT; i++) {
        json_open(json, NULL, '{');
        json_text(json, "key", measure_infos[i].key);
        json_words(json, "name", measure_infos[i].en, measure_infos[i].zh);
        json_text(json, "unit", unit_keys[measure_infos[i].unit]);
        json_bool(json, "per_claim", measure_infos[i].per_claim);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_open(json, "groups", '[');
    for (int i = 0; i < result->n_groups; i++) {
        json_open(json, NULL, '{');
        json_text(json, "key", result->groups[i].key);
        json_words(json, "name", result->groups[i].en, result->groups[i].zh);
        json_text(json, "dimension", result->groups[i].dimension);
        json_bool(json, "of_claims", result->groups[i].of_claims);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_cell(struct json *json, const struct estimate *cell)
{
    if (cell->value == 0 && cell->std_error == 0 && cell->difference == 0
        && cell->difference_std_error == 0) {
        json_whole(json, NULL, 0);
        return;
    }
    json_open(json, NULL, '[');
    json_real(json, NULL, cell->value, VALUE_DIGITS);
    json_real(json, NULL, cell->std_error, ERROR_DIGITS);
    json_real(json, NULL, cell->lower, VALUE_DIGITS);
    json_real(json, NULL, cell->upper, VALUE_DIGITS);
    json_real(json, NULL, cell->difference, VALUE_DIGITS);
    json_real(json, NULL, cell->difference_std_error, ERROR_DIGITS);
    json_close(json, ']');
}

static void
write_year_cells(struct json *json, const struct result *result, int scenario, int year)
{
    json_open(json, NULL, '[');
    for (int measure = 0; measure < MEASURE_COUNT; measure++) {
        json_open(json, NULL, '[');
        for (int group = 0; group < result->n_groups; group++) {
            if (result->groups[group].of_claims && !measure_infos[measure].per_claim)
                json_null(json, NULL);
            else
                write_cell(json, &result->cells[result_at(result, scenario, year, measure, group)]);
        }
        json_close(json, ']');
    }
    json_close(json, ']');
}

static void
write_cells(struct json *json, const struct result *result)
{
    json_open(json, "cells", '[');
    for (int scenario = 0; scenario < result->n_scenarios; scenario++) {
        json_open(json, NULL, '[');
        for (int year = 0; year < result->n_years; year++)
            write_year_cells(json, result, scenario, year);
        json_close(json, ']');
    }
    json_close(json, ']');
}

static void
write_quantiles(struct json *json, const struct result *result)
{
    json_open(json, "quantiles", '{');
    json_open(json, "levels", '[');
    for (int i = 0; i < QUANTILE_COUNT; i++)
        json_real(json, NULL, run_quantiles[i], ERROR_DIGITS);
    json_close(json, ']');
    json_open(json, "distributions", '[');
    for (int i = 0; i < DISTRIBUTION_COUNT; i++) {
        json_open(json, NULL, '{');
        json_text(json, "key", distribution_words[i].key);
        json_words(json, "name", distribution_words[i].en, distribution_words[i].zh);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_open(json, "values", '[');
    const double *value = result->quantiles;
    for (int scenario = 0; scenario < result->n_scenarios; scenario++) {
        json_open(json, NULL, '[');
        for (int year = 0; year < result->n_years; year++) {
            json_open(json, NULL, '[');
            for (int i = 0; i < DISTRIBUTION_COUNT; i++) {
                json_open(json, NULL, '[');
                for (int q = 0; q < QUANTILE_COUNT; q++)
                    json_real(json, NULL, *value++, VALUE_DIGITS);
                json_close(json, ']');
            }
            json_close(json, ']');
        }
        json_close(json, ']');
    }
    json_close(json, ']');
    json_close(json, '}');
}

/* ---- the parameters side by side ---- */

/* A row: one path, met in at least one policy. */
struct row {
    const struct parameter *parameter;
    const struct policy *policy; /* the one that it was first met in */
};

static const struct parameter *
find_path(const struct policy *policy, const char *path)
{
    for (int i = 0; i < policy->n_parameters; i++)
        if (strcmp(policy->parameters[i].path, path) == 0)
            return &policy->parameters[i];
    return NULL;
}

static int
compare_rows(const void *a, const void *b)
{
    const struct row *one = a, *other = b;
    const struct parameter *p = one->parameter, *q = other->parameter;
    if (p->descriptor->section != q->descriptor->section)
        return p->descriptor->section < q->descriptor->section ? -1 : 1;
    if (p->descriptor->section == SECTION_BENEFIT) {
        int x = (int)one->policy->rules[p->subject].benefit;
        int y = (int)other->policy->rules[q->subject].benefit;
        if (x != y)
            return x - y;
    }
    /* Paths but for the key put rules of one name together, then the table's order. */
    size_t n = strlen(p->path) - strlen(p->descriptor->key);
    size_t m = strlen(q->path) - strlen(q->descriptor->key);
    int order = strncmp(p->path, q->path, n > m ? n : m);
    if (n != m || strncmp(p->path, q->path, n) != 0)
        return order;
    return p->descriptor < q->descriptor ? -1 : p->descriptor > q->descriptor;
}

static struct row *
collect_rows(const struct run_inputs *inputs, int *n)
{
    struct names paths = { 0 };
    struct row *rows = NULL;
    int capacity = 0;
    *n = 0;
    for (int i = 0; i < inputs->n_scenarios; i++) {
        const struct policy *policy = inputs->scenarios[i].policy;
        for (int k = 0; k < policy->n_parameters; k++) {
            const struct parameter *parameter = &policy->parameters[k];
            if (names_add(&paths, parameter->path, strlen(parameter->path)) < (uint32_t)*n)
                continue;
            memory_grow(rows, *n, capacity);
            rows[(*n)++] = (struct row){ parameter, policy };
        }
    }
    names_free(&paths);
    if (*n > 0)
        qsort(rows, (size_t)*n, sizeof *rows, compare_rows);
    return rows;
}

/* Whether another parameter of the same subject is in the policy, so that the
 * descriptor's fallback holds rather than nothing. */
static bool
has_subject(const struct policy *policy, const struct row *row)
{
    const struct parameter *wanted = row->parameter;
    size_t n = strlen(wanted->path) - strlen(wanted->descriptor->key);
    if (wanted->descriptor->section == SECTION_READING)
        return true;
    for (int i = 0; i < policy->n_parameters; i++) {
        const struct parameter *p = &policy->parameters[i];
        if (strlen(p->path) - strlen(p->descriptor->key) == n
            && p->descriptor->section == wanted->descriptor->section
            && strncmp(p->path, wanted->path, n) == 0)
            return true;
    }
    return false;
}

static void
write_source(struct json *json, const struct value_source *source)
{
    json_text(json, "article", source->article);
    json_text(json, "standing", standing_words[source->standing].key);
    json_text(json, "note", source->note);
    json_text(json, "range", source->range);
}

static void
write_values(struct json *json, const struct policy *policy, const struct parameter *parameter)
{
    json_open(json, NULL, '[');
    for (int i = 0; i < parameter->n_values; i++) {
        const struct dated_value *value = &parameter->values[i];
        json_open(json, NULL, '{');
        write_date(json, "from", value->from);
        write_words_owned(json, "value",
            parameter_value_text(parameter->descriptor, policy, value, LANGUAGE_EN),
            parameter_value_text(parameter->descriptor, policy, value, LANGUAGE_ZH));
        write_source(json, &value->source);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_fallback(struct json *json, const struct policy *policy, const struct descriptor *descriptor)
{
    json_open(json, NULL, '{');
    write_words_owned(json, "fallback",
        parameter_number_text(descriptor, policy, descriptor->fallback, LANGUAGE_EN),
        parameter_number_text(descriptor, policy, descriptor->fallback, LANGUAGE_ZH));
    json_text(json, "standing", descriptor->reading ? standing_words[STANDING_READING].key : NULL);
    json_close(json, '}');
}

static void
write_row(struct json *json, const struct row *row, const struct run_inputs *inputs)
{
    const struct descriptor *descriptor = row->parameter->descriptor;
    json_open(json, NULL, '{');
    json_text(json, "path", row->parameter->path);
    json_text(json, "key", descriptor->key);
    json_words(json, "name", descriptor->en, descriptor->zh);
    write_words_owned(json, "subject",
        parameter_subject_text(row->policy, row->parameter, LANGUAGE_EN),
        parameter_subject_text(row->policy, row->parameter, LANGUAGE_ZH));
    json_words(json, "unit", parameter_unit(descriptor, LANGUAGE_EN),
        parameter_unit(descriptor, LANGUAGE_ZH));
    json_open(json, "scenarios", '[');
    for (int i = 0; i < inputs->n_scenarios; i++) {
        const struct policy *policy = inputs->scenarios[i].policy;
        const struct parameter *parameter = find_path(policy, row->parameter->path);
        if (parameter != NULL)
            write_values(json, policy, parameter);
        else if (has_subject(policy, row))
            write_fallback(json, policy, descriptor);
        else
            json_null(json, NULL);
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void
write_parameters(struct json *json, const struct run_inputs *inputs)
{
    int n;
    struct row *rows = collect_rows(inputs, &n);
    json_open(json, "standings", '{');
    for (int i = 0; i < STANDING_COUNT; i++)
        json_words(json, standing_words[i].key, standing_words[i].en, standing_words[i].zh);
    json_close(json, '}');
    json_open(json, "parameters", '[');
    for (int i = 0; i < n; i++)
        write_row(json, &rows[i], inputs);
    json_close(json, ']');
    free(rows);
}

bool
report_write(FILE *stream, const struct result *result, const struct run_inputs *inputs,
    struct problem_list *problems)
{
    struct json json = { .stream = stream };
    page_begin(&report_page, stream);
    json_open(&json, NULL, '{');
    json_text(&json, "format", "gongji report 1");
    json_text(&json, "language", language_current == LANGUAGE_ZH ? "zh" : "en");
    json_whole(&json, "baseline", result->baseline);
    write_run(&json, result, inputs);
    write_scenarios(&json, inputs);
    write_axes(&json, result);
    write_cells(&json, result);
    write_quantiles(&json, result);
    report_books_write(&json, result, inputs);
    write_parameters(&json, inputs);
    json_close(&json, '}');
    page_end(&report_page, stream);
    if (fflush(stream) == 0 && !ferror(stream))
        return true;
    problem_unwritable(problems, "report.html", errno);
    return false;
}
