/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/settlements.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { BUFFER = 1 << 20, FIXED = 512 }; /* FIXED: a row without its ids at most */

/* Rows are put together here and handed on in large pieces. */
struct rows {
    FILE *stream;
    char *buffer, *at; /* buffer owned */
    size_t capacity;
};

static struct rows
rows_begin(FILE *stream, const char *header)
{
    struct rows self = { .stream = stream, .buffer = memory_alloc(BUFFER, 1), .capacity = BUFFER };
    self.at = self.buffer + strlen(header);
    memcpy(self.buffer, header, strlen(header));
    return self;
}

static void
flush(struct rows *self)
{
    fwrite(self->buffer, 1, (size_t)(self->at - self->buffer), self->stream);
    self->at = self->buffer;
}

static void
rows_end(struct rows *self)
{
    flush(self);
    free(self->buffer);
}

/* Room for one more row with ids of n bytes in all. */
static inline void
make_room(struct rows *self, size_t n)
{
    size_t wanted = 2 * n + FIXED; /* every byte might be a mark to double */
    if (self->capacity - (size_t)(self->at - self->buffer) >= wanted)
        return;
    flush(self);
    if (self->capacity < wanted) {
        self->capacity = 2 * wanted;
        self->buffer = memory_resize(self->buffer, self->capacity, 1);
        self->at = self->buffer;
    }
}

static char *
put_quoted(char *to, const char *text, size_t n)
{
    *to++ = '"';
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"')
            *to++ = '"';
        *to++ = text[i];
    }
    *to++ = '"';
    return to;
}

static inline char *
put_text(char *to, const char *text, size_t n)
{
    bool special = false;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        to[i] = c;
        special |= c == ',' || c == '"' || c == '\n' || c == '\r';
    }
    return special ? put_quoted(to, text, n) : to + n;
}

static inline char *
put_two(char *to, unsigned value)
{
    static const char digits[] = "00010203040506070809101112131415161718192021222324"
                                 "25262728293031323334353637383940414243444546474849"
                                 "50515253545556575859606162636465666768697071727374"
                                 "75767778798081828384858687888990919293949596979899";
    memcpy(to, digits + 2 * value, 2);
    return to + 2;
}

/* A comma, then yuan with two decimals. */
static inline char *
put_money(char *to, fen_t amount)
{
    *to++ = ',';
    if (amount < 0 || amount >= 100000000)
        return to + money_format(to, amount);
    unsigned yuan = (unsigned)amount / 100, fen = (unsigned)amount % 100;
    if (yuan >= 10000) {
        unsigned high = yuan / 10000;
        to = high >= 10 ? put_two(to, high) : (*to = (char)('0' + high), to + 1);
        yuan %= 10000;
        to = put_two(put_two(to, yuan / 100), yuan % 100);
    } else if (yuan >= 100) {
        unsigned high = yuan / 100;
        to = high >= 10 ? put_two(to, high) : (*to = (char)('0' + high), to + 1);
        to = put_two(to, yuan % 100);
    } else {
        to = yuan >= 10 ? put_two(to, yuan) : (*to = (char)('0' + yuan), to + 1);
    }
    *to++ = '.';
    return put_two(to, fen);
}

/* Claims mostly stand in order of date or repeat dates: the last one is kept. */
struct last_date {
    day_t day;
    char text[DATE_TEXT];
};

static inline char *
put_date(char *to, struct last_date *last, day_t day)
{
    if (day != last->day) {
        last->day = day;
        date_text(last->text, day);
    }
    memcpy(to, last->text, DATE_TEXT - 1);
    return to + DATE_TEXT - 1;
}

void
settlements_write(FILE *stream, const struct caseload *caseload)
{
    const struct claims *claims = caseload->claims;
    struct rows rows = rows_begin(stream,
        "claim_id,person_id,date,cost,eligible,advance,deductible,fund,fund_inpatient,account,"
        "family_account,cash,reason\n");
    size_t positions[CLAIMS_PARTS_MAX] = { 0 };
    size_t reason_lengths[REASON_COUNT];
    for (int i = 0; i < REASON_COUNT; i++)
        reason_lengths[i] = strlen(reason_words[i].key);
    struct last_date date = { .day = DAY_MIN };
    struct claims_cursor cursor = { 0 };
    for (uint32_t i = 0; i < claims->n; i++) {
        struct claim_place place;
        const char *id = claims_next_id(claims, &cursor, &place);
        size_t at = positions[place.part]++;
        const struct claim *claim
            = &((const struct claim_record *)claims->parts[place.part].bytes)[at].claim;
        const struct outcome *outcome
            = &((const struct outcome *)caseload->outcomes[place.part].bytes)[at];
        fen_t amounts[OUTCOME_COUNT];
        caseload_amounts(caseload, outcome, amounts);
        make_room(&rows, (size_t)place.n + place.person_n);
        char *to = put_text(rows.at, id, place.n);
        *to++ = ',';
        to = put_text(to, id + place.n, place.person_n);
        *to++ = ',';
        to = put_date(to, &date, claim->date);
        to = put_money(to, claim->cost);
        to = put_money(to, claim->eligible);
        for (int k = 0; k < OUTCOME_COUNT; k++)
            to = put_money(to, amounts[k]);
        *to++ = ',';
        memcpy(to, reason_words[outcome->reason].key, reason_lengths[outcome->reason]);
        to += reason_lengths[outcome->reason];
        *to++ = '\n';
        rows.at = to;
    }
    rows_end(&rows);
}

void
settlements_write_accounts(FILE *stream, const struct caseload *caseload)
{
    const struct members *members = caseload->members;
    struct rows rows = rows_begin(stream, "person_id,month,status,credit,from_pool,paid,balance\n");
    const struct account_month *month = (const struct account_month *)caseload->accounts.bytes;
    char(*months)[8] = memory_alloc((size_t)caseload->n_months, sizeof *months);
    for (month_t k = 0; k < caseload->n_months; k++)
        date_format_month(months[k], caseload->first_month + k);
    size_t n = 0;
    for (uint32_t i = 0; i < members->n; i++) {
        const char *person = members_id(members, i, &n);
        for (month_t k = 0; k < caseload->n_months; k++, month++) {
            make_room(&rows, n);
            char *to = put_text(rows.at, person, n);
            *to++ = ',';
            memcpy(to, months[k], 7);
            to += 7;
            *to++ = ',';
            to = stpcpy(to, status_words[month->status].key);
            to = put_money(to, month->credit);
            to = put_money(to, month->from_pool);
            to = put_money(to, month->paid);
            to = put_money(to, month->balance);
            *to++ = '\n';
            rows.at = to;
        }
    }
    free(months);
    rows_end(&rows);
}
