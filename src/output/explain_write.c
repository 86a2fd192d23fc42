/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An explanation on paper, and for programs. */
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "output/explain.h"
#include "output/report/json.h"
#include "output/show.h"
#include "output/table.h"

static char *
basis_text(const struct explain_basis *basis)
{
    char *source = show_source_text(basis->stated != NULL ? &basis->stated->source : NULL);
    char *text = basis->stated != NULL
        ? memory_format(tr("%s: %s; %s; %s", "%s：%s；%s；%s"),
              tr(basis->descriptor->en, basis->descriptor->zh), basis->value, basis->since, source)
        : memory_format(tr("%s: %s; %s", "%s：%s；%s"), tr(basis->descriptor->en, basis->descriptor->zh),
              basis->value, source);
    free(source);
    return text;
}

/* A text behind a mark, its further lines standing under its first. */
static void
write_marked(FILE *stream, const char *mark, const char *text, int width)
{
    char *line = memory_format("%s%s", mark, text);
    text_write(stream, line, width, text_width(mark));
    free(line);
}

static void
write_stage(FILE *stream, const struct explanation *self, enum explain_stage stage, int width)
{
    int number = 0;
    for (int i = 0; i < self->n_steps; i++) {
        const struct explain_step *step = &self->steps[i];
        if (step->stage != stage)
            continue;
        number++;
        char *mark = stage == EXPLAIN_CHECKS
            ? memory_format("  %s ", step->failed ? "✗" : "✓")
            : memory_format("  %d. ", number);
        write_marked(stream, mark, step->text, width);
        free(mark);
        for (int k = 0; k < step->n_bases; k++) {
            char *text = basis_text(&step->bases[k]);
            write_marked(stream, "       § ", text, width);
            free(text);
        }
    }
}

static void
put_amount(struct text_table *table, fen_t amount)
{
    char text[MONEY_TEXT + 1];
    text_table_cell(table, "%s", money_text(text, amount));
}

static void
write_sums(FILE *stream, const struct explanation *self, int width)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("adds up (yuan)", "累计项目（元）"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("before", "结算前"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("after", "结算后"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("limit", "限额或标准"));
    for (int i = 0; i < self->n_sums; i++) {
        text_table_cell(&table, "%s", self->sums[i].label);
        put_amount(&table, self->sums[i].before);
        put_amount(&table, self->sums[i].after);
        if (self->sums[i].limit >= 0)
            put_amount(&table, self->sums[i].limit);
        else
            text_table_cell(&table, "%s", "");
    }
    text_table_write(&table, stream, width);
    text_table_free(&table);
}

static void
write_others(FILE *stream, const struct explanation *self, int width)
{
    struct text_table table = { 0 };
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("provider class (yuan)", "机构级别（元）"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("deductible", "起付标准内"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("fund", "统筹基金"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("burden", "个人负担"));
    text_table_column(&table, COLUMN_RIGHT, COLUMN_KEEP, tr("of it cash", "其中现金"));
    text_table_column(&table, COLUMN_LEFT, COLUMN_WRAP, tr("note", "说明"));
    for (int p = 0; p < PROVIDER_COUNT; p++) {
        const struct settlement *s = &self->others[p];
        bool own = p == self->answer.claim.provider;
        const struct word *reason = &reason_words[s->reason];
        text_table_cell(&table, "%s", tr(provider_words[p].en, provider_words[p].zh));
        put_amount(&table, s->deductible);
        put_amount(&table, s->fund);
        put_amount(&table, s->cost - s->fund);
        put_amount(&table, s->cash);
        text_table_cell(&table, "%s%s%s", own ? tr("this claim", "本笔") : "",
            own && s->reason != REASON_NONE ? tr("; ", "；") : "",
            s->reason != REASON_NONE ? tr(reason->en, reason->zh) : "");
    }
    text_table_write(&table, stream, width);
    text_table_free(&table);
}

void
explanation_write(FILE *stream, const struct explanation *self, int width)
{
    const struct policy *policy = self->caseload->program->policy;
    fprintf(stream, tr("Claim %s under %s (%s)\n\n", "费用 %s 的结算说明：%s（%s）\n\n"), self->claim_id,
        tr(policy->name_en, policy->name_zh), policy->id);
    write_marked(stream, tr("Claim:  ", "费用："), self->claim_text, width);
    char *member = memory_format(tr("%s, %s", "%s，%s"), self->person_id, self->member_text);
    write_marked(stream, tr("Member: ", "参保人："), member, width);
    free(member);
    fputs(tr("\nEntitlement\n", "\n一、待遇资格\n"), stream);
    write_stage(stream, self, EXPLAIN_CHECKS, width);
    if (self->stay_id != NULL)
        return;
    fputs(tr("\nWhat the pooled fund pays\n", "\n二、统筹基金支付\n"), stream);
    write_stage(stream, self, EXPLAIN_FUND, width);
    fputs(tr("\nWho pays the rest\n", "\n三、个人负担\n"), stream);
    write_stage(stream, self, EXPLAIN_MEMBER, width);
    if (self->n_sums != 0) {
        fputs(tr("\nWhat adds up\n\n", "\n四、累计额\n\n"), stream);
        write_sums(stream, self, width);
    }
    fputs(tr("\nThe same claim at the other provider classes\n\n", "\n五、若在其他级别机构就医（其余情形相同）\n\n"),
        stream);
    write_others(stream, self, width);
}

/* ---- for programs ---- */

static void
json_yuan(struct json *json, const char *key, fen_t amount)
{
    json_real(json, key, (double)amount / 100, 15);
}

static void
json_settlement(struct json *json, const struct settlement *s)
{
    json_yuan(json, "advance", s->advance);
    json_yuan(json, "deductible", s->deductible);
    json_yuan(json, "fund", s->fund);
    json_yuan(json, "fund_inpatient", s->fund_inpatient);
    json_yuan(json, "account", s->account);
    json_yuan(json, "family_account", s->family_account);
    json_yuan(json, "cash", s->cash);
    json_text(json, "reason", reason_words[s->reason].key);
}

static void
json_basis(struct json *json, const struct explain_basis *basis)
{
    char day[DATE_TEXT];
    const struct value_source *source = basis->stated != NULL ? &basis->stated->source : NULL;
    json_open(json, NULL, '{');
    json_text(json, "parameter", basis->path);
    json_text(json, "label", tr(basis->descriptor->en, basis->descriptor->zh));
    json_text(json, "value", basis->value);
    json_text(json, "from",
        basis->stated != NULL && basis->stated->from != DAY_MIN ? date_text(day, basis->stated->from)
                                                                : NULL);
    json_text(json, "standing", source != NULL ? standing_words[source->standing].key : "default");
    json_text(json, "article", source != NULL ? source->article : NULL);
    json_text(json, "note", source != NULL ? source->note : NULL);
    json_text(json, "range", source != NULL ? source->range : NULL);
    json_close(json, '}');
}

static void
json_step(struct json *json, const struct explain_step *step)
{
    static const char *const stages[EXPLAIN_STAGES] = { "entitlement", "fund", "member" };
    json_open(json, NULL, '{');
    json_text(json, "stage", stages[step->stage]);
    json_text(json, "step", step->key);
    if (step->stage == EXPLAIN_CHECKS)
        json_bool(json, "holds", !step->failed);
    json_text(json, "text", step->text);
    if (step->figures) {
        json_yuan(json, "of", step->of);
        json_yuan(json, "amount", step->amount);
        json_yuan(json, "limit", step->limit);
        json_yuan(json, "before", step->before);
        json_yuan(json, "after", step->after);
        json_real(json, "ratio", (double)step->ratio / RATIO_ONE, 15);
    }
    json_open(json, "parameters", '[');
    for (int i = 0; i < step->n_bases; i++)
        json_basis(json, &step->bases[i]);
    json_close(json, ']');
    json_close(json, '}');
}

void
explanation_write_json(FILE *stream, const struct explanation *self)
{
    struct json json = { .stream = stream };
    const struct claim *claim = &self->answer.claim;
    char day[DATE_TEXT];
    json_open(&json, NULL, '{');
    json_text(&json, "scenario", self->caseload->program->policy->id);
    json_text(&json, "claim_id", self->claim_id);
    json_text(&json, "person_id", self->person_id);
    json_text(&json, "date", date_text(day, claim->date));
    json_yuan(&json, "cost", claim->cost);
    json_yuan(&json, "eligible", claim->eligible);
    json_settlement(&json, &self->answer.settlement);
    json_text(&json, "stay", self->stay_id);
    json_open(&json, "steps", '[');
    for (int i = 0; i < self->n_steps; i++)
        json_step(&json, &self->steps[i]);
    json_close(&json, ']');
    json_open(&json, "sums", '[');
    for (int i = 0; i < self->n_sums; i++) {
        json_open(&json, NULL, '{');
        json_text(&json, "label", self->sums[i].label);
        json_yuan(&json, "before", self->sums[i].before);
        json_yuan(&json, "after", self->sums[i].after);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    if (self->stay_id == NULL) {
        json_open(&json, "providers", '{');
        for (int p = 0; p < PROVIDER_COUNT; p++) {
            json_open(&json, provider_words[p].key, '{');
            json_yuan(&json, "burden", self->others[p].cost - self->others[p].fund);
            json_settlement(&json, &self->others[p]);
            json_close(&json, '}');
        }
        json_close(&json, '}');
    }
    json_close(&json, '}');
    fputc('\n', stream);
}
