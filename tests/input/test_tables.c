/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/spill.h"
#include "input/claims.h"
#include "input/members.h"
#include "input/table.h"

/* A file with that text; the name is the caller's. */
static char *
file_with(const char *text)
{
    char *name = memory_text("/tmp/gongji-test-XXXXXX");
    int file = mkstemp(name);
    FILE *stream = fdopen(file, "wb");
    fputs(text, stream);
    fclose(stream);
    return name;
}

static void
drop(char *name)
{
    unlink(name);
    free(name);
}

Test(spill, arrays_beyond_the_limit_live_on_disk_and_keep_their_content)
{
    struct problem_list problems = { 0 };
    struct spill_pool pool;
    spill_pool_init(&pool, &problems);
    pool.limit = 1 << 20;
    struct spill small = { .pool = &pool }, large = { .pool = &pool };
    for (uint32_t i = 0; i < 1000000; i++) {
        memcpy(spill_add(&large, sizeof i), &i, sizeof i);
        if (i < 100)
            memcpy(spill_add(&small, sizeof i), &i, sizeof i);
    }
    cr_assert(large.on_disk);
    cr_assert_not(small.on_disk);
    cr_assert_leq(pool.held, pool.limit);
    for (uint32_t i = 0; i < 1000000; i++)
        cr_assert_eq(((uint32_t *)large.bytes)[i], i);
    for (uint32_t i = 0; i < 100; i++)
        cr_assert_eq(((uint32_t *)small.bytes)[i], i);
    spill_free(&small);
    spill_free(&large);
    cr_assert_eq(pool.held, 0);
    cr_assert_not(problem_any(&problems));
}

Test(spill, a_place_that_cannot_be_written_is_one_failure)
{
    struct problem_list problems = { 0 };
    struct spill_pool pool;
    spill_pool_init(&pool, &problems);
    pool.limit = 0;
    setenv("TMPDIR", "/nowhere", 1);
    struct spill a = { .pool = &pool };
    cr_assert_null(spill_add(&a, 1));
    cr_assert_null(spill_add(&a, 1));
    cr_assert(problems.failed);
    cr_assert_eq(problems.n, 1);
    problem_list_free(&problems);
}

Test(table, utf8_is_the_shortest_form_without_surrogates)
{
    static const struct {
        const char *text;
        bool ok;
    } cases[] = { { "", true }, { "abc", true }, { "\xc3\xa9", true }, { "\xe5\x8c\xbb", true },
        { "\xf0\x9f\x98\x80", true }, { "\xc0\x80", false }, { "\xe0\x80\x80", false },
        { "\xed\xa0\x80", false }, { "\xf4\x90\x80\x80", false }, { "\xf5\x80\x80\x80", false },
        { "\xe5\x8c", false }, { "\x80", false }, { "\xff", false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert_eq(table_utf8(cases[i].text, strlen(cases[i].text)), cases[i].ok, "case %zu", i);
}

Test(table, a_field_is_shown_short_and_without_control_characters)
{
    char shown[FIELD_SHOWN];
    cr_assert_str_eq(field_shown((struct field){ "a\nb", 3 }, shown), "a?b");
    const char *text = "医医医医医医医医医医医医医医医医医医医医医医医医医医医医医医";
    field_shown((struct field){ text, strlen(text) }, shown);
    cr_assert(table_utf8(shown, strlen(shown)));
    cr_assert_str_eq(shown + strlen(shown) - strlen("…"), "…");
}

/* Every cut of a record into fields of 0 to 20 bytes comes back as it was, so
 * that no comma is lost at the seams of the eight bytes looked at together. */
Test(table, fields_of_all_lengths_come_back)
{
    static const char *const columns[] = { "a", "b", "c" };
    char text[20000] = "a,b,c\n", *to = text + strlen(text);
    for (int i = 0; i <= 20; i++)
        for (int k = 0; k <= 20; k++)
            to += sprintf(to, "%.*s,%.*s,z\n", i, "xxxxxxxxxxxxxxxxxxxx", k, "yyyyyyyyyyyyyyyyyyyy");
    char *name = file_with(text);
    struct problem_list problems = { 0 };
    struct table *table = table_open(name, "", columns, 3, &problems);
    cr_assert_not_null(table);
    for (size_t i = 0; i <= 20; i++)
        for (size_t k = 0; k <= 20; k++) {
            cr_assert(table_next(table));
            cr_assert_eq(table_field(table, 0).n, i);
            cr_assert_eq(table_field(table, 1).n, k);
            cr_assert_eq(table_field(table, 2).n, 1);
            cr_assert(k == 0 || table_field(table, 1).text[k - 1] == 'y');
        }
    cr_assert_not(table_next(table));
    cr_assert_eq(table->line, 442);
    table_close(table);
    cr_assert_not(problem_any(&problems));
    drop(name);
}

/* --- Members and claims --- */

#define MEMBER_HEADER                                                                              \
    "person_id,birth_date,sex,status,retired_on,sector,insured_from,insured_to,base,balance,"      \
    "household,county,arrears,chronic,special,ltc_from,ltc_to\n"
#define CLAIM_HEADER                                                                               \
    "claim_id,person_id,date,end_date,benefit,provider,channel,inpatient_qualified,designated,"    \
    "place,cost,eligible,disease,drug,admission\n"

static const char members_text[] = MEMBER_HEADER
    "p2,1970-01-01,male,employee,2030-02-01,public,,,5000,10.5,h,c,2023-05;2023-01;2023-05,"
    "psychiatric;gout;gout,lupus,,\n"
    "a person id of more than 24 bytes: one,1950-01-01,female,retiree,,,2020-01-01,2024-12-31,,,,,,,"
    ",2023-01-01,2023-06-30\n"
    "p1,1980-02-29,female,flexible,,,,,4000.01,,h,d,,,,,\n"
    "a person id of more than 24 bytes: two,1950-01-01,female,retiree,,,,,,,,,,,,,\n";

static struct members
read_members(struct names *names)
{
    struct problem_list problems = { 0 };
    struct members members;
    char *name = file_with(members_text);
    cr_assert(members_read(&members, name, names, &problems));
    drop(name);
    return members;
}

static uint32_t
find(const struct members *members, const char *id)
{
    char padded[128] = "";
    strcpy(padded, id);
    return members_find(members, padded, strlen(id));
}

Test(members, every_column_arrives)
{
    struct names names = { 0 };
    struct members m = read_members(&names);
    cr_assert_eq(m.n, 4);
    const struct member *a = &m.items[0], *b = &m.items[1];
    cr_assert_eq(a->base, 500000);
    cr_assert_eq(a->balance, 1050);
    cr_assert_eq(a->retired_on, date_day(2030, 2, 1));
    cr_assert_eq(a->sector, SECTOR_PUBLIC);
    cr_assert_eq(a->insured_from, DAY_MIN);
    cr_assert_eq(a->insured_to, DAY_MAX);
    cr_assert_eq(a->n_arrears, 2);
    cr_assert_eq(a->arrears[0], date_month_of(2023, 1));
    cr_assert_eq(a->arrears[1], date_month_of(2023, 5));
    cr_assert_eq(a->n_chronic, 2);
    cr_assert(a->psychiatric);
    cr_assert_gt(a->ltc_from, a->ltc_to);
    cr_assert_eq(b->retired_on, DAY_MIN);
    cr_assert_eq(b->ltc_from, date_day(2023, 1, 1));
    cr_assert_eq(b->household, NAME_NONE);
    cr_assert_eq(m.items[2].household, a->household);
    uint32_t gout = names_find(&names, "gout", 4), lupus = names_find(&names, "lupus", 5);
    cr_assert(members_registered(&m, 0, BENEFIT_CHRONIC, gout));
    cr_assert_not(members_registered(&m, 0, BENEFIT_SPECIAL, gout));
    cr_assert(members_registered(&m, 0, BENEFIT_SPECIAL, lupus));
    cr_assert_not(members_registered(&m, 0, BENEFIT_OUTPATIENT, gout));
    cr_assert_not(members_registered(&m, 2, BENEFIT_CHRONIC, gout));
    members_free(&m);
    names_free(&names);
}

Test(members, ids_of_any_length_are_found_and_households_sorted_by_them)
{
    struct names names = { 0 };
    struct members m = read_members(&names);
    cr_assert_eq(find(&m, "p2"), 0);
    cr_assert_eq(find(&m, "p1"), 2);
    cr_assert_eq(find(&m, "p"), NAME_NONE);
    cr_assert_eq(find(&m, "p11"), NAME_NONE);
    cr_assert_eq(find(&m, "a person id of more than 24 bytes: one"), 1);
    cr_assert_eq(find(&m, "a person id of more than 24 bytes: two"), 3);
    cr_assert_eq(find(&m, "a person id of more than 24 bytes: 333"), NAME_NONE);
    cr_assert_eq(m.n_groups, 3);
    cr_assert_eq(m.group[0], m.group[2]);
    cr_assert_eq(m.group_members[m.group_start[m.group[0]]], 2, "p1 stands before p2");
    cr_assert_eq(m.position[0], 1);
    members_free(&m);
    names_free(&names);
}

/* 60,000 claims of random persons, some of them visits of stays that come later:
 * held in memory and on disk, they are the same. */
static char *
many_claims(uint32_t n)
{
    static const char *const persons[] = { "p1", "p2", "a person id of more than 24 bytes: one" };
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    fputs(CLAIM_HEADER, stream);
    for (uint32_t i = 0; i < n; i++) {
        const char *person = persons[i * 2654435761u >> 16 & 1 ? i % 3 : 0];
        if (i + 1 == n)
            fprintf(stream, "stay,p2,2023-05-01,2023-05-09,inpatient,level3,,,,,9000,8000,,,\n");
        else
            fprintf(stream, "c%u,%s,2023-%02u-%02u,,outpatient,level2,,no,yes,,%u.%02u,0.07,,,%s\n", i,
                person, i % 12 + 1, i % 28 + 1, i + 1, i % 100,
                strcmp(person, "p2") == 0 && i % 7 == 0 ? "stay" : "");
    }
    fclose(stream);
    return text;
}

Test(claims, on_disk_they_are_as_in_memory)
{
    enum { N = 60000 };
    struct names names = { 0 };
    struct members m = read_members(&names);
    struct problem_list problems = { 0 };
    char *text = many_claims(N), *file = file_with(text);
    struct claims held, spilled;
    cr_assert(claims_read(&held, file, &m, &names, SIZE_MAX, &problems));
    cr_assert(claims_read(&spilled, file, &m, &names, 1, &problems));
    cr_assert_not(held.places.on_disk);
    cr_assert(spilled.places.on_disk);
    cr_assert_eq(held.n, N);
    cr_assert_eq(spilled.n, N);
    cr_assert_eq(held.places.n, spilled.places.n);
    cr_assert_eq(memcmp(held.places.bytes, spilled.places.bytes, held.places.n), 0);
    uint32_t joined = 0;
    for (int p = 0; p < held.n_parts; p++) {
        size_t n, k;
        const struct claim_record *a = claims_part(&held, p, &n), *b = claims_part(&spilled, p, &k);
        cr_assert_eq(n, k);
        for (size_t i = 0; i < n; i++) {
            cr_assert_eq(a[i].index, b[i].index);
            cr_assert_eq(a[i].claim.cost, b[i].claim.cost);
            cr_assert_eq(a[i].claim.member, b[i].claim.member);
            cr_assert_eq(a[i].claim.admission, b[i].claim.admission);
            joined += a[i].claim.admission == N - 1;
        }
    }
    cr_assert_gt(joined, 1000);
    int part;
    cr_assert_eq(claims_find(&held, "stay", 4, &part), N - 1);
    cr_assert_eq(claims_find(&held, "c17", 3, &part), 17);
    cr_assert_eq(claims_find(&held, "none", 4, &part), NAME_NONE);
    claims_free(&held);
    claims_free(&spilled);
    members_free(&m);
    names_free(&names);
    free(text);
    drop(file);
}

/* Stays of two persons, overlapping and nested; every day is checked against the
 * definition. */
Test(claims, days_within_a_stay_are_flagged_by_the_definition)
{
    enum { STAYS = 24, DAYS = 60, N = STAYS + 2 * DAYS };
    struct claim_record records[N] = { 0 }, *pointers[N];
    for (uint32_t i = 0; i < N; i++) {
        struct claim *c = &records[i].claim;
        pointers[i] = &records[i];
        if (i < STAYS) {
            c->benefit = BENEFIT_INPATIENT;
            c->member = i % 2;
            c->date = (day_t)(i * 37 % 50);
            c->end = c->date + (day_t)(i * 13 % 9);
        } else {
            c->benefit = BENEFIT_OUTPATIENT;
            c->member = (i - STAYS) / DAYS;
            c->date = c->end = (day_t)((i - STAYS) % DAYS);
        }
    }
    claims_flag_stays(pointers, N);
    for (uint32_t i = 0; i < N; i++) {
        const struct claim *c = &records[i].claim;
        bool inside = false, on_day = false;
        for (uint32_t k = 0; k < STAYS; k++) {
            const struct claim *s = &records[k].claim;
            if (s->member != c->member)
                continue;
            inside = inside || (s->date < c->end && c->end < s->end);
            on_day = on_day || c->end == s->date || c->end == s->end;
        }
        cr_assert_eq((c->flags & CLAIM_IN_STAY) != 0, inside, "claim %u", i);
        cr_assert_eq((c->flags & CLAIM_ON_STAY_DAY) != 0, on_day, "claim %u", i);
    }
}
