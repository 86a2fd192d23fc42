/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/members.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "input/column.h"

enum member_column {
    PERSON_ID,
    BIRTH_DATE,
    SEX,
    STATUS,
    RETIRED_ON,
    SECTOR,
    INSURED_FROM,
    INSURED_TO,
    BASE,
    BALANCE,
    HOUSEHOLD,
    COUNTY,
    ARREARS,
    CHRONIC,
    SPECIAL,
    LTC_FROM,
    LTC_TO,
    COLUMN_COUNT
};

static const char *const columns[COLUMN_COUNT] = { "person_id", "birth_date", "sex", "status",
    "retired_on", "sector", "insured_from", "insured_to", "base", "balance", "household", "county",
    "arrears", "chronic", "special", "ltc_from", "ltc_to" };

/* What is needed while reading only. */
struct reader {
    struct members *members;
    struct table *table;
    struct names *diseases;
    uint32_t psychiatric; /* the name */
    struct word_index sexes, statuses, sectors;
    size_t n_diseases, diseases_capacity;
    size_t n_arrears, arrears_capacity;
    size_t *arrears_at; /* [n] owned: turned into pointers at the end */
    size_t n_id_bytes, id_capacity;
    long *lines; /* [n] owned: for "was given before" */
    uint32_t capacity; /* of the arrays that grow beside items */
};

static inline struct member_slot
slot_for(const char *id, size_t n)
{
    struct member_slot slot = { .n = (uint32_t)n };
    memcpy(slot.start, id, sizeof slot.start);
    for (size_t i = 0; i < 3; i++) {
        slot.start[i] = le64toh(slot.start[i]);
        if (n < 8 * i + 8)
            slot.start[i] = n <= 8 * i ? 0
                                       : slot.start[i] & ((UINT64_C(1) << (8 * (n - 8 * i))) - 1);
    }
    return slot;
}

static inline size_t
hash_of(const struct member_slot *slot, const char *id)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = slot->n;
    for (int i = 0; i < 3; i++) {
        h = (h ^ slot->start[i]) * odd;
        h ^= h >> 32;
    }
    return slot->n <= sizeof slot->start ? h : h ^ names_hash(id, slot->n);
}

/* The slot of an id, or the empty one where it would go. */
static inline struct member_slot *
find_slot(const struct members *self, const struct member_slot *key, const char *id)
{
    for (size_t at = hash_of(key, id) & (self->n_slots - 1);; at = (at + 1) & (self->n_slots - 1)) {
        struct member_slot *slot = &self->slots[at];
        if (slot->member == 0)
            return slot;
        if (slot->start[0] != key->start[0] || slot->start[1] != key->start[1]
            || slot->start[2] != key->start[2] || slot->n != key->n)
            continue;
        if (key->n <= sizeof key->start
            || memcmp(self->id_bytes + self->id_at[slot->member - 1], id, key->n) == 0)
            return slot;
    }
}

static void
grow_slots(struct members *self)
{
    size_t n = self->n_slots;
    struct member_slot *before = self->slots;
    self->n_slots = n != 0 ? 2 * n : 1024;
    self->slots = memory_aligned(self->n_slots, sizeof *self->slots);
    memset(self->slots, 0, self->n_slots * sizeof *self->slots);
    for (size_t i = 0; i < n; i++)
        if (before[i].member != 0)
            *find_slot(self, &before[i], self->id_bytes + self->id_at[before[i].member - 1])
                = before[i];
    free(before);
}

uint32_t
members_find(const struct members *self, const char *id, size_t n)
{
    if (self->n_slots == 0)
        return NAME_NONE;
    struct member_slot key = slot_for(id, n);
    return find_slot(self, &key, id)->member - 1;
}

static void
grow(struct reader *reader)
{
    struct members *self = reader->members;
    if (self->n + 1 < reader->capacity)
        return;
    reader->capacity = reader->capacity != 0 ? 2 * reader->capacity : 1024;
    size_t n = reader->capacity;
    self->items = memory_resize(self->items, n, sizeof *self->items);
    self->registered = memory_resize(self->registered, n, sizeof *self->registered);
    self->id_at = memory_resize(self->id_at, n, sizeof *self->id_at);
    reader->arrears_at = memory_resize(reader->arrears_at, n, sizeof *reader->arrears_at);
    reader->lines = memory_resize(reader->lines, n, sizeof *reader->lines);
}

/* A new member under an id that was not there before; NULL where it was. */
static struct member *
add_member(struct reader *reader, struct field id)
{
    struct members *self = reader->members;
    if (3 * ((size_t)self->n + 1) > 2 * self->n_slots)
        grow_slots(self);
    struct member_slot key = slot_for(id.text, id.n), *slot = find_slot(self, &key, id.text);
    if (slot->member != 0) {
        char shown[FIELD_SHOWN];
        table_problem(reader->table, PERSON_ID,
            tr("person_id '%s' stands in line %ld already; one row a person",
                "person_id“%s”在第 %ld 行已出现；每人一行"),
            field_shown(id, shown), reader->lines[slot->member - 1]);
        return NULL;
    }
    grow(reader);
    while (reader->n_id_bytes + id.n + 1 > reader->id_capacity) {
        reader->id_capacity = reader->id_capacity != 0 ? 2 * reader->id_capacity : 1 << 16;
        self->id_bytes = memory_resize(self->id_bytes, reader->id_capacity, 1);
    }
    self->id_at[self->n] = reader->n_id_bytes;
    memcpy(self->id_bytes + reader->n_id_bytes, id.text, id.n);
    reader->n_id_bytes += id.n;
    self->id_bytes[reader->n_id_bytes++] = '\0';
    self->id_at[self->n + 1] = reader->n_id_bytes;
    *slot = key;
    slot->member = self->n + 1;
    reader->lines[self->n] = reader->table->line;
    reader->arrears_at[self->n] = reader->n_arrears;
    self->registered[self->n] = (struct registered){ .at = reader->n_diseases };
    self->items[self->n] = (struct member){ .household = NAME_NONE, .county = NAME_NONE };
    return &self->items[self->n++];
}

static int
by_month(const void *a, const void *b)
{
    const month_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void
read_arrears(struct reader *reader, struct member *member)
{
    struct members *self = reader->members;
    struct column_list list = column_list(table_field(reader->table, ARREARS));
    size_t first = reader->n_arrears, n = 0;
    for (struct field word; column_list_next(&list, &word);) {
        month_t month;
        char shown[FIELD_SHOWN];
        if (!date_parse_month(word.text, word.n, &month)) {
            table_problem(reader->table, ARREARS,
                tr("'%s' is no month; months as YYYY-MM between semicolons are wanted",
                    "“%s”不是月份；应为 YYYY-MM，以分号分隔"),
                field_shown(word, shown));
            continue;
        }
        memory_grow(self->arrears, reader->n_arrears, reader->arrears_capacity);
        self->arrears[reader->n_arrears++] = month;
    }
    if (reader->n_arrears == first)
        return;
    qsort(self->arrears + first, reader->n_arrears - first, sizeof *self->arrears, by_month);
    for (size_t i = first; i < reader->n_arrears; i++)
        if (n == 0 || self->arrears[i] != self->arrears[first + n - 1])
            self->arrears[first + n++] = self->arrears[i];
    reader->n_arrears = first + n;
    member->n_arrears = (uint16_t)n;
    if (n > UINT16_MAX)
        table_problem(reader->table, ARREARS,
            tr("%zu months in arrears; at most %d", "欠缴 %zu 个月；最多 %d 个月"), n, UINT16_MAX);
}

/* Adds the names of a column to the member's; how many different ones there are. */
static uint16_t
read_diseases(struct reader *reader, int column)
{
    struct members *self = reader->members;
    struct column_list list = column_list(table_field(reader->table, column));
    size_t first = reader->n_diseases;
    for (struct field word; column_list_next(&list, &word);) {
        uint32_t name = names_add(reader->diseases, word.text, word.n);
        bool known = false;
        for (size_t i = first; i < reader->n_diseases && !known; i++)
            known = self->diseases[i] == name;
        if (known)
            continue;
        if (reader->n_diseases - first == 1000) {
            table_problem(reader->table, column,
                tr("more than %d diseases; the diseases of one member are wanted",
                    "病种超过 %d 个；应为一人的病种"),
                1000);
            break;
        }
        memory_grow(self->diseases, reader->n_diseases, reader->diseases_capacity);
        self->diseases[reader->n_diseases++] = name;
    }
    return (uint16_t)(reader->n_diseases - first);
}

/* A period of two columns, both included. */
static bool
read_period(struct reader *reader, int from_column, int to_column, day_t *from, day_t *to)
{
    struct table *table = reader->table;
    bool ok = column_date(table, from_column, MAY_BE_EMPTY, DAY_MIN, from);
    ok = column_date(table, to_column, MAY_BE_EMPTY, DAY_MAX, to) && ok;
    if (ok && *to < *from) {
        char a[DATE_TEXT], b[DATE_TEXT];
        table_problem(table, to_column,
            tr("%s %s is before %s %s; an end is not before its beginning",
                "%s %s 早于 %s %s；止日不得早于起日"),
            columns[to_column], date_text(a, *to), columns[from_column], date_text(b, *from));
        ok = false;
    }
    return ok;
}

static void
read_care(struct reader *reader, struct member *member)
{
    day_t from, to;
    bool ok = read_period(reader, LTC_FROM, LTC_TO, &from, &to);
    member->ltc_from = DAY_MAX;
    member->ltc_to = DAY_MIN;
    if (!ok || (from == DAY_MIN && to == DAY_MAX))
        return;
    if (from == DAY_MIN || to == DAY_MAX) {
        int empty = from == DAY_MIN ? LTC_FROM : LTC_TO;
        table_problem(reader->table, empty,
            tr("'%s' is empty while '%s' is not; both or neither", "“%s”为空而“%s”不为空；应同填或同空"),
            columns[empty], columns[empty == LTC_FROM ? LTC_TO : LTC_FROM]);
        return;
    }
    member->ltc_from = from;
    member->ltc_to = to;
}

static uint32_t
read_name(struct reader *reader, int column, struct names *names)
{
    struct field field = table_field(reader->table, column);
    return field.text == NULL || field.n == 0 ? NAME_NONE : names_add(names, field.text, field.n);
}

static void
read_member(struct reader *reader, struct member *member, struct registered *registered)
{
    struct table *table = reader->table;
    struct members *self = reader->members;
    column_date(table, BIRTH_DATE, REQUIRED, 0, &member->birth);
    column_word(table, SEX, &reader->sexes, REQUIRED, 0, &member->sex);
    bool has_status = column_word(table, STATUS, &reader->statuses, REQUIRED, STATUS_RETIREE,
        &member->status);
    column_date(table, RETIRED_ON, MAY_BE_EMPTY, DAY_MAX, &member->retired_on);
    if (has_status && member->status == STATUS_RETIREE)
        member->retired_on = DAY_MIN;
    column_word(table, SECTOR, &reader->sectors, MAY_BE_EMPTY, SECTOR_ENTERPRISE, &member->sector);
    read_period(reader, INSURED_FROM, INSURED_TO, &member->insured_from, &member->insured_to);
    column_money(table, BASE, member->status != STATUS_RETIREE ? REQUIRED : MAY_BE_EMPTY,
        &member->base);
    column_money(table, BALANCE, MAY_BE_EMPTY, &member->balance);
    member->household = read_name(reader, HOUSEHOLD, &self->households);
    member->county = read_name(reader, COUNTY, &self->counties);
    read_arrears(reader, member);
    registered->n_chronic = member->n_chronic = read_diseases(reader, CHRONIC);
    for (size_t i = registered->at; i < reader->n_diseases; i++)
        member->psychiatric = member->psychiatric || self->diseases[i] == reader->psychiatric;
    registered->n_special = read_diseases(reader, SPECIAL);
    read_care(reader, member);
}

bool
members_registered(const struct members *self, uint32_t member, enum benefit benefit,
    uint32_t disease)
{
    const struct registered *registered = &self->registered[member];
    const uint32_t *list = self->diseases + registered->at;
    uint16_t n = 0;
    if (benefit == BENEFIT_CHRONIC) {
        n = registered->n_chronic;
    } else if (benefit == BENEFIT_SPECIAL) {
        list += registered->n_chronic;
        n = registered->n_special;
    }
    for (uint16_t i = 0; i < n; i++)
        if (list[i] == disease)
            return true;
    return false;
}

/* --- Groups --- */

static const struct members *sorting; /* qsort has no context */

static int
by_id(const void *a, const void *b)
{
    size_t n, m;
    const char *x = members_id(sorting, *(const uint32_t *)a, &n);
    const char *y = members_id(sorting, *(const uint32_t *)b, &m);
    int order = memcmp(x, y, n < m ? n : m);
    return order != 0 ? order : (n > m) - (n < m);
}

static void
number_groups(struct members *self)
{
    uint32_t *group_of = memory_alloc(self->households.n, sizeof *group_of);
    self->group = memory_alloc(self->n, sizeof *self->group);
    for (uint32_t i = 0; i < self->n; i++) {
        uint32_t household = self->items[i].household;
        if (household == NAME_NONE) {
            self->group[i] = self->n_groups++;
            continue;
        }
        if (group_of[household] == 0)
            group_of[household] = ++self->n_groups;
        self->group[i] = group_of[household] - 1;
    }
    free(group_of);
}

static void
form_groups(struct members *self)
{
    number_groups(self);
    uint32_t *start = memory_alloc((size_t)self->n_groups + 2, sizeof *start);
    for (uint32_t i = 0; i < self->n; i++)
        start[self->group[i] + 2]++;
    for (uint32_t g = 0; g < self->n_groups; g++)
        start[g + 2] += start[g + 1];
    self->group_members = memory_alloc(self->n, sizeof *self->group_members);
    for (uint32_t i = 0; i < self->n; i++)
        self->group_members[start[self->group[i] + 1]++] = i;
    self->group_start = start;
    self->position = memory_alloc(self->n, sizeof *self->position);
    sorting = self;
    for (uint32_t g = 0; g < self->n_groups; g++) {
        uint32_t n = start[g + 1] - start[g], *first = self->group_members + start[g];
        if (n > 1)
            qsort(first, n, sizeof *first, by_id);
        for (uint32_t k = 0; k < n; k++)
            self->position[first[k]] = k;
    }
}

/* --- The file --- */

static void
read_rows(struct reader *reader)
{
    while (table_next(reader->table)) {
        struct field id;
        if (reader->table->broken) {
            id = table_field(reader->table, PERSON_ID);
            if (id.text != NULL && id.n != 0
                && members_find(reader->members, id.text, id.n) == NAME_NONE)
                add_member(reader, id);
            continue;
        }
        struct member *member = NULL, nobody = { 0 };
        struct registered nothing = { .at = reader->n_diseases };
        if (column_text(reader->table, PERSON_ID, &id))
            member = add_member(reader, id);
        /* Whose row it is does not matter for what else is wrong in it. */
        if (member != NULL)
            read_member(reader, member, &reader->members->registered[reader->members->n - 1]);
        else
            read_member(reader, &nobody, &nothing);
    }
}

bool
members_read(struct members *self, const char *path, struct names *diseases,
    struct problem_list *problems)
{
    size_t before = problems->n + problems->left_out;
    *self = (struct members){ 0 };
    struct reader reader = { .members = self, .diseases = diseases };
    reader.table = table_open(path, "members", columns, COLUMN_COUNT, problems);
    if (reader.table == NULL)
        return false;
    reader.psychiatric = names_add(diseases, "psychiatric", strlen("psychiatric"));
    reader.sexes = word_index_make(sex_words, SEX_COUNT);
    reader.statuses = word_index_make(status_words, STATUS_COUNT);
    reader.sectors = word_index_make(sector_words, SECTOR_COUNT);
    grow_slots(self);
    grow(&reader);
    self->id_at[0] = 0;
    read_rows(&reader);
    for (uint32_t i = 0; i < self->n; i++)
        if (self->items[i].n_arrears != 0)
            self->items[i].arrears = self->arrears + reader.arrears_at[i];
    form_groups(self);
    self->unknown_columns = reader.table->unknown;
    self->n_unknown = reader.table->n_unknown;
    reader.table->unknown = NULL;
    reader.table->n_unknown = 0;
    table_close(reader.table);
    free(reader.arrears_at);
    free(reader.lines);
    return problems->n + problems->left_out == before;
}

void
members_free(struct members *self)
{
    for (int i = 0; i < self->n_unknown; i++)
        free(self->unknown_columns[i]);
    free(self->unknown_columns);
    free(self->items);
    free(self->registered);
    free(self->diseases);
    free(self->arrears);
    names_free(&self->households);
    names_free(&self->counties);
    free(self->id_bytes);
    free(self->id_at);
    free(self->group);
    free(self->group_start);
    free(self->group_members);
    free(self->position);
    free(self->slots);
    *self = (struct members){ 0 };
}
