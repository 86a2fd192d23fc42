/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/claims.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/claim_ids.h"
#include "input/column.h"

enum claim_column {
    CLAIM_ID,
    PERSON_ID,
    DATE,
    END_DATE,
    BENEFIT,
    PROVIDER,
    CHANNEL,
    INPATIENT_QUALIFIED,
    DESIGNATED,
    PLACE,
    COST,
    ELIGIBLE,
    DISEASE,
    DRUG,
    ADMISSION,
    COLUMN_COUNT
};

static const char *const columns[COLUMN_COUNT] = { "claim_id", "person_id", "date", "end_date",
    "benefit", "provider", "channel", "inpatient_qualified", "designated", "place", "cost",
    "eligible", "disease", "drug", "admission" };

enum { NO, YES, ANSWERS };
static const struct word answer_words[ANSWERS] = { { "no", "no", "否" }, { "yes", "yes", "是" } };

struct reader {
    struct claims *claims;
    struct table *table;
    const struct members *members; /* may be NULL */
    struct names *names;
    struct problem_list *problems;
    size_t problems_before;
    struct claim_ids ids;
    struct word_index benefits, providers, channels, places, answers;
    /* Who the last known row was about, since rows often come by person; the id
     * stands in places. */
    uint32_t last_member;
    size_t last_id, last_n;
    uint32_t index; /* of the row at hand */
};

/* How large a part may become: with its results it should stay in the cache of
 * the processor for small files, and in memory for large ones. */
enum { PART_CLAIMS = 1 << 17, BYTES_A_CLAIM = 80 };

static void
set_parts(struct claims *self, int64_t bytes, const struct members *members)
{
    uint32_t n_groups = members != NULL && members->n_groups != 0 ? members->n_groups : 1;
    int64_t wanted = bytes < 0 ? CLAIMS_PARTS_MAX / 4 : bytes / BYTES_A_CLAIM / PART_CLAIMS + 1;
    if (wanted > CLAIMS_PARTS_MAX)
        wanted = CLAIMS_PARTS_MAX;
    self->part_groups = (uint32_t)((n_groups + wanted - 1) / wanted);
    self->n_parts = (int)((n_groups + self->part_groups - 1) / self->part_groups);
    for (int i = 0; i < self->n_parts; i++)
        self->parts[i].pool = &self->pool;
    self->places.pool = &self->pool;
}

static bool
find_member(struct reader *reader, uint32_t *out)
{
    struct field id;
    if (!column_text(reader->table, PERSON_ID, &id))
        return false;
    if (reader->members == NULL)
        return true;
    if (reader->last_n == id.n
        && memcmp(reader->claims->places.bytes + reader->last_id, id.text, id.n) == 0) {
        *out = reader->last_member;
        return true;
    }
    *out = members_find(reader->members, id.text, id.n);
    if (*out != NAME_NONE)
        return true;
    char shown[FIELD_SHOWN];
    table_problem(reader->table, PERSON_ID,
        tr("person_id '%s' is not in the members' file; a claim belongs to a member",
            "参保人文件中没有 person_id“%s”；每笔费用应属于一名参保人"),
        field_shown(id, shown));
    return false;
}

static uint32_t
read_name(struct reader *reader, int column)
{
    struct field field = table_field(reader->table, column);
    return field.text == NULL || field.n == 0 ? NAME_NONE
                                              : names_add(reader->names, field.text, field.n);
}

static void
require_name(struct reader *reader, int column, const struct claim *claim)
{
    if (table_field(reader->table, column).text == NULL)
        return;
    table_problem(reader->table, column,
        tr("'%s' is empty; a claim of benefit %s needs it", "“%s”为空；%s 类费用必填"),
        columns[column], benefit_words[claim->benefit].key);
}

static bool
read_dates(struct reader *reader, bool inpatient, struct claim *claim)
{
    struct table *table = reader->table;
    bool ok = column_date(table, DATE, REQUIRED, 0, &claim->date);
    bool has_end = table_field(table, END_DATE).n != 0;
    day_t end;
    bool end_ok = column_date(table, END_DATE, inpatient ? REQUIRED : MAY_BE_EMPTY, claim->date,
        &end);
    claim->end = inpatient ? end : claim->date;
    if (ok && end_ok && has_end && end < claim->date) {
        char a[DATE_TEXT], b[DATE_TEXT];
        table_problem(table, END_DATE,
            tr("end_date %s is before date %s; a stay ends on or after its first day",
                "end_date %s 早于 date %s；出院日不得早于入院日"),
            date_text(a, end), date_text(b, claim->date));
    }
    return ok;
}

static void
read_amounts(struct reader *reader, struct claim *claim)
{
    struct table *table = reader->table;
    bool ok = column_money(table, COST, REQUIRED, &claim->cost);
    ok = column_money(table, ELIGIBLE, REQUIRED, &claim->eligible) && ok;
    if (ok && claim->eligible > claim->cost) {
        char a[MONEY_TEXT + 1], b[MONEY_TEXT + 1];
        table_problem(table, ELIGIBLE,
            tr("eligible %s is above cost %s; it is a part of the cost",
                "eligible %s 大于 cost %s；政策范围内费用是总费用的一部分"),
            money_text(a, claim->eligible), money_text(b, claim->cost));
    }
}

/* All of a row but the person and the ids. */
static void
read_claim(struct reader *reader, struct claim *claim)
{
    struct table *table = reader->table;
    uint8_t may_admit, designated;
    bool has_benefit = column_word(table, BENEFIT, &reader->benefits, REQUIRED, BENEFIT_OUTPATIENT,
        &claim->benefit);
    read_dates(reader, claim->benefit == BENEFIT_INPATIENT, claim);
    column_word(table, PROVIDER, &reader->providers, REQUIRED, 0, &claim->provider);
    column_word(table, CHANNEL, &reader->channels, MAY_BE_EMPTY, CHANNEL_INSTITUTION,
        &claim->channel);
    column_word(table, INPATIENT_QUALIFIED, &reader->answers, MAY_BE_EMPTY, YES, &may_admit);
    column_word(table, DESIGNATED, &reader->answers, MAY_BE_EMPTY, YES, &designated);
    column_word(table, PLACE, &reader->places, MAY_BE_EMPTY, PLACE_LOCAL, &claim->place);
    read_amounts(reader, claim);
    claim->disease = read_name(reader, DISEASE);
    claim->drug = read_name(reader, DRUG);
    claim->flags = (uint8_t)((designated == YES ? CLAIM_DESIGNATED : 0)
        | (may_admit == YES ? CLAIM_MAY_ADMIT : 0));
    if (!has_benefit)
        return;
    if ((claim->benefit == BENEFIT_CHRONIC || claim->benefit == BENEFIT_SPECIAL)
        && claim->disease == NAME_NONE)
        require_name(reader, DISEASE, claim);
    if (claim->benefit == BENEFIT_NEGOTIATED_DRUG && claim->drug == NAME_NONE)
        require_name(reader, DRUG, claim);
}

static bool
clean(const struct reader *reader)
{
    return reader->problems->n + reader->problems->left_out == reader->problems_before;
}

/* Appends the record. */
static bool
keep(struct reader *reader, const struct claim *claim, struct claim_at *at)
{
    struct claims *self = reader->claims;
    at->part = (uint32_t)claims_part_of(self,
        reader->members != NULL ? reader->members->group[claim->member] : 0);
    struct spill *part = &self->parts[at->part];
    at->position = (uint32_t)(part->n / sizeof(struct claim_record));
    struct claim_record *record = spill_add(part, sizeof *record);
    if (record == NULL)
        return false;
    record->claim = *claim;
    record->index = reader->index;
    return true;
}

/* Keeps the ids of a row; false where there is no room. */
static bool
keep_ids(struct reader *reader, struct field id, struct field person, uint32_t part,
    uint32_t member)
{
    struct claims *self = reader->claims;
    struct claim_place head = { .n = (uint32_t)id.n, .person_n = person.n & 0xffffff,
        .part = part & 0xff };
    char *bytes = spill_add(&self->places, sizeof head + id.n + person.n);
    if (bytes == NULL)
        return false;
    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, id.text, id.n);
    if (person.n != 0)
        memcpy(bytes + sizeof head + id.n, person.text, person.n);
    reader->last_member = member;
    reader->last_id = self->places.n - person.n;
    reader->last_n = person.n;
    return true;
}

static void
widen(struct claims *self, const struct claim *claim)
{
    if (claim->date < self->first_date)
        self->first_date = claim->date;
    if (claim->date > self->last_date)
        self->last_date = claim->date;
    if (claim->end < self->first_end)
        self->first_end = claim->end;
    if (claim->end > self->last_end)
        self->last_end = claim->end;
}

/* One row; false only where the run cannot go on. */
static bool
read_row(struct reader *reader)
{
    struct table *table = reader->table;
    struct claim claim = { .member = 0, .disease = NAME_NONE, .drug = NAME_NONE,
        .admission = NAME_NONE };
    struct field id = table_field(table, CLAIM_ID), admission = { 0 };
    bool has_member = false;
    if (!table->broken) {
        column_text(table, CLAIM_ID, &id);
        has_member = find_member(reader, &claim.member);
        read_claim(reader, &claim);
        admission = table_field(table, ADMISSION);
        if (has_member && reader->members != NULL
            && (claim.benefit == BENEFIT_CHRONIC || claim.benefit == BENEFIT_SPECIAL)
            && members_registered(reader->members, claim.member, claim.benefit, claim.disease))
            claim.flags |= CLAIM_REGISTERED;
    }
    if (id.text == NULL || id.n == 0)
        return true;
    struct claim_at at = { .line = table->line, .index = reader->index,
        .member = has_member ? claim.member : NAME_NONE,
        .inpatient = claim.benefit == BENEFIT_INPATIENT, .sure = !table->broken,
        .cost = claim.cost };
    /* From the first problem on only ids are kept, to find the others. */
    struct field person = { 0 };
    if (clean(reader)) {
        person = table_field(table, PERSON_ID);
        widen(reader->claims, &claim);
        if (!keep(reader, &claim, &at))
            return false;
    }
    size_t place = reader->claims->places.n + sizeof(struct claim_place);
    if (!keep_ids(reader, id, person, at.part, claim.member)
        || !claim_ids_add(&reader->ids, id, place, &at))
        return false;
    return admission.n == 0 || admission.text == NULL
        || claim_ids_refer(&reader->ids, admission, &at);
}

static bool
read_rows(struct reader *reader)
{
    while (table_next(reader->table)) {
        if (reader->index == NAME_NONE - 1) {
            table_problem(reader->table, CLAIM_ID,
                tr("more than %u claims; the file is to be divided by household",
                    "超过 %u 笔费用；应按家庭拆分文件"),
                reader->index);
            return true;
        }
        if (!read_row(reader))
            return false;
        reader->index++;
    }
    return true;
}

bool
claims_read(struct claims *self, const char *path, const struct members *members,
    struct names *names, size_t memory, struct problem_list *problems)
{
    *self = (struct claims){ .first_date = DAY_MAX, .first_end = DAY_MAX, .last_date = DAY_MIN,
        .last_end = DAY_MIN };
    struct reader reader = { .claims = self, .members = members, .names = names,
        .problems = problems, .problems_before = problems->n + problems->left_out };
    spill_pool_init(&self->pool, problems);
    if (memory != 0)
        self->pool.limit = memory;
    reader.table = table_open(path, "claims", columns, COLUMN_COUNT, problems);
    if (reader.table == NULL)
        return false;
    set_parts(self, reader.table->bytes, members);
    reader.benefits = word_index_make(benefit_words, BENEFIT_COUNT);
    reader.providers = word_index_make(provider_words, PROVIDER_COUNT);
    reader.channels = word_index_make(channel_words, CHANNEL_COUNT);
    reader.places = word_index_make(place_words, PLACE_COUNT);
    reader.answers = word_index_make(answer_words, ANSWERS);
    claim_ids_init(&reader.ids, self, reader.table, CLAIM_ID, ADMISSION);
    if (read_rows(&reader))
        claim_ids_check(&reader.ids);
    claim_ids_free(&reader.ids);
    self->n = reader.index;
    self->unknown_columns = reader.table->unknown;
    self->n_unknown = reader.table->n_unknown;
    reader.table->unknown = NULL;
    reader.table->n_unknown = 0;
    table_close(reader.table);
    return clean(&reader);
}

void
claims_free(struct claims *self)
{
    for (int i = 0; i < self->n_unknown; i++)
        free(self->unknown_columns[i]);
    free(self->unknown_columns);
    for (int i = 0; i < CLAIMS_PARTS_MAX; i++)
        spill_free(&self->parts[i]);
    spill_free(&self->places);
    *self = (struct claims){ 0 };
}

uint32_t
claims_find(const struct claims *self, const char *id, size_t n, int *part)
{
    struct claims_cursor cursor = { 0 };
    for (uint32_t i = 0; i < self->n; i++) {
        struct claim_place place;
        const char *text = claims_next_id(self, &cursor, &place);
        if (place.n == n && memcmp(text, id, n) == 0) {
            *part = (int)place.part;
            return i;
        }
    }
    return NAME_NONE;
}
