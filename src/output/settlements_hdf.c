/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/hdf.h"
#include "base/memory.h"
#include "output/settlements.h"

enum {
    BLOCK = 4096, /* rows written at once */
    SHORT_ID = 64, /* ids up to here are stored with a fixed width */
    REASON_WIDTH = 16,
    STATUS_WIDTH = 8,
};

/* A column of text being put together: fixed width, or copies of any length. */
struct texts {
    size_t width; /* 0: any length */
    char *fixed; /* [BLOCK][width], owned */
    char **any; /* [BLOCK], owned */
};

static struct texts
texts_make(size_t width)
{
    return (struct texts){ .width = width, .fixed = memory_alloc(BLOCK, width),
        .any = memory_alloc(BLOCK, sizeof(char *)) };
}

static void
texts_set(struct texts *self, size_t row, const char *text, size_t n)
{
    if (self->width == 0) {
        free(self->any[row]);
        self->any[row] = memory_text_n(text, n);
        return;
    }
    char *to = self->fixed + row * self->width;
    memcpy(to, text, n);
    memset(to + n, 0, self->width - n);
}

static const void *
texts_values(const struct texts *self)
{
    return self->width == 0 ? (const void *)self->any : self->fixed;
}

static void
texts_free(struct texts *self)
{
    for (int i = 0; i < BLOCK; i++)
        free(self->any[i]);
    free(self->any);
    free(self->fixed);
}

/* The width that holds every id; 0 where one is long. */
static size_t
width_of_ids(const struct members *members)
{
    size_t width = 1, n;
    for (uint32_t i = 0; i < members->n; i++) {
        members_id(members, i, &n);
        if (n > width)
            width = n;
    }
    return width <= SHORT_ID ? width : 0;
}

static size_t
width_of_claim_ids(const struct claims *claims)
{
    size_t width = 1;
    struct claims_cursor cursor = { 0 };
    for (uint32_t i = 0; i < claims->n; i++) {
        struct claim_place place;
        claims_next_id(claims, &cursor, &place);
        if (place.n > width)
            width = place.n;
    }
    return width <= SHORT_ID ? width : 0;
}

enum { OUT_ID, OUT_PERSON, OUT_DATE, OUT_COST, OUT_ELIGIBLE, OUT_AMOUNTS, OUT_REASON
    = OUT_AMOUNTS + OUTCOME_COUNT, OUT_COLUMNS };

bool
settlements_write_hdf(const char *path, const struct caseload *caseload)
{
    const struct claims *claims = caseload->claims;
    struct texts ids = texts_make(width_of_claim_ids(claims));
    struct texts persons = texts_make(width_of_ids(caseload->members));
    struct texts dates = texts_make(DATE_TEXT - 1), reasons = texts_make(REASON_WIDTH);
    const struct hdf_writer_column columns[OUT_COLUMNS] = {
        { .name = "claim_id", .width = ids.width },
        { .name = "person_id", .width = persons.width },
        { .name = "date", .width = dates.width },
        { .name = "cost", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "eligible", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "advance", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "deductible", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "fund", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "fund_inpatient", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "account", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "family_account", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "cash", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "reason", .width = reasons.width },
    };
    fen_t(*money)[BLOCK] = memory_alloc(OUT_REASON, sizeof *money);
    struct hdf_writer *writer = hdf_writer_create(path, "out", columns, OUT_COLUMNS, claims->n);
    size_t positions[CLAIMS_PARTS_MAX] = { 0 };
    struct claims_cursor cursor = { 0 };
    for (uint32_t i = 0; i < claims->n; i++) {
        size_t row = i % BLOCK;
        struct claim_place place;
        const char *id = claims_next_id(claims, &cursor, &place);
        size_t at = positions[place.part]++;
        const struct claim *claim
            = &((const struct claim_record *)claims->parts[place.part].bytes)[at].claim;
        const struct outcome *outcome
            = &((const struct outcome *)caseload->outcomes[place.part].bytes)[at];
        fen_t amounts[OUTCOME_COUNT];
        caseload_amounts(caseload, outcome, amounts);
        char day[DATE_TEXT];
        const char *reason = reason_words[outcome->reason].key;
        texts_set(&ids, row, id, place.n);
        texts_set(&persons, row, id + place.n, place.person_n);
        texts_set(&dates, row, date_text(day, claim->date), DATE_TEXT - 1);
        texts_set(&reasons, row, reason, strlen(reason));
        money[OUT_COST][row] = claim->cost;
        money[OUT_ELIGIBLE][row] = claim->eligible;
        for (int k = 0; k < OUTCOME_COUNT; k++)
            money[OUT_AMOUNTS + k][row] = amounts[k];
        if (row + 1 < BLOCK && i + 1 < claims->n)
            continue;
        uint64_t first = i - row;
        hdf_writer_rows(writer, OUT_ID, first, row + 1, texts_values(&ids));
        hdf_writer_rows(writer, OUT_PERSON, first, row + 1, texts_values(&persons));
        hdf_writer_rows(writer, OUT_DATE, first, row + 1, texts_values(&dates));
        for (int k = OUT_COST; k < OUT_REASON; k++)
            hdf_writer_rows(writer, k, first, row + 1, money[k]);
        hdf_writer_rows(writer, OUT_REASON, first, row + 1, texts_values(&reasons));
    }
    texts_free(&ids);
    texts_free(&persons);
    texts_free(&dates);
    texts_free(&reasons);
    free(money);
    return hdf_writer_close(writer);
}

enum { ACCOUNT_PERSON, ACCOUNT_MONTH, ACCOUNT_STATUS, ACCOUNT_AMOUNTS, ACCOUNT_COLUMNS
    = ACCOUNT_AMOUNTS + 4 };

bool
settlements_write_accounts_hdf(const char *path, const struct caseload *caseload)
{
    const struct members *members = caseload->members;
    struct texts persons = texts_make(width_of_ids(members)), months = texts_make(7);
    struct texts statuses = texts_make(STATUS_WIDTH);
    const struct hdf_writer_column columns[ACCOUNT_COLUMNS] = {
        { .name = "person_id", .width = persons.width },
        { .name = "month", .width = months.width },
        { .name = "status", .width = statuses.width },
        { .name = "credit", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "from_pool", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "paid", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
        { .name = "balance", .unit = "fen", .kind = HDF_COLUMN_WHOLE },
    };
    uint64_t n = (uint64_t)members->n * (uint64_t)caseload->n_months;
    fen_t(*money)[BLOCK] = memory_alloc(4, sizeof *money);
    struct hdf_writer *writer = hdf_writer_create(path, "accounts", columns, ACCOUNT_COLUMNS, n);
    const struct account_month *all = (const struct account_month *)caseload->accounts.bytes;
    for (uint64_t i = 0; i < n; i++) {
        size_t row = i % BLOCK, id_n;
        const struct account_month *month = &all[i];
        uint64_t per_member = (uint64_t)caseload->n_months;
        const char *id = members_id(members, (uint32_t)(i / per_member), &id_n);
        const char *status = status_words[month->status].key;
        char name[7];
        date_format_month(name, caseload->first_month + (month_t)(i % per_member));
        texts_set(&persons, row, id, id_n);
        texts_set(&months, row, name, sizeof name);
        texts_set(&statuses, row, status, strlen(status));
        money[0][row] = month->credit;
        money[1][row] = month->from_pool;
        money[2][row] = month->paid;
        money[3][row] = month->balance;
        if (row + 1 < BLOCK && i + 1 < n)
            continue;
        uint64_t first = i - row;
        hdf_writer_rows(writer, ACCOUNT_PERSON, first, row + 1, texts_values(&persons));
        hdf_writer_rows(writer, ACCOUNT_MONTH, first, row + 1, texts_values(&months));
        hdf_writer_rows(writer, ACCOUNT_STATUS, first, row + 1, texts_values(&statuses));
        for (int k = 0; k < 4; k++)
            hdf_writer_rows(writer, ACCOUNT_AMOUNTS + k, first, row + 1, money[k]);
    }
    texts_free(&persons);
    texts_free(&months);
    texts_free(&statuses);
    free(money);
    return hdf_writer_close(writer);
}
