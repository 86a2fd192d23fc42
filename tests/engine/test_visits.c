/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims drawn eight at a time against claims drawn one by one. */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/people_tables.h"

#if defined(__x86_64__)
/* A chunk of any persons; strange levels reach costs from nothing to past 2^30 fen. */
static void
fill(struct visit_chunk *chunk, struct random_key key, uint32_t round, int away)
{
    memset(chunk, 0, sizeof *chunk);
    chunk->n = 1 + (int)(random_at(key, round, 0, 1, 0).word[0] % VISIT_CHUNK);
    for (int i = 0; i < chunk->n; i++) {
        struct random_words w = random_at(key, round, 0, 2, (uint32_t)i);
        chunk->number[i] = w.word[0];
        chunk->index[i] = w.word[1] % 50;
        chunk->band[i] = w.word[2] % (uint32_t)away;
        chunk->settled[i] = w.word[3] % 5 == 0 ? UINT32_MAX : 0;
        int octaves = round % 8 == 0 ? 40 : 2;
        chunk->level[i] = (int32_t)(w.word[3] % (uint32_t)(octaves << VARIATE_BITS))
            - (octaves << (VARIATE_BITS - 1));
    }
}

static void
assert_alike(const struct visit_chunk *a, const struct visit_chunk *b, bool with_words,
    const char *model, int stream)
{
    for (int i = 0; i < a->n; i++) {
        cr_assert_eq(a->day[i], b->day[i], "%s, stream %d: day", model, stream);
        cr_assert_eq(a->kind[i], b->kind[i], "%s, stream %d: kind", model, stream);
        cr_assert_eq(a->flags[i], b->flags[i], "%s, stream %d: flags", model, stream);
        cr_assert_eq(a->cost[i], b->cost[i], "%s, stream %d: cost", model, stream);
        cr_assert_eq(a->eligible[i], b->eligible[i], "%s, stream %d: eligible", model, stream);
        if (!with_words)
            continue;
        cr_assert_eq(a->words.provider[i], b->words.provider[i]);
        cr_assert_eq(a->words.cost[i], b->words.cost[i]);
        cr_assert_eq(a->words.behaviour[i], b->words.behaviour[i]);
        cr_assert_eq(a->words.eligible[i], b->words.eligible[i]);
        cr_assert_eq(a->words.flags[i], b->words.flags[i]);
    }
}

Test(visits, eight_at_a_time_are_those_drawn_one_by_one)
{
    if (!__builtin_cpu_supports("avx2"))
        return;
    static const char *const models[] = { "employees-2022", "yantai", "outpatient-2022",
        "textbook-negative-binomial-gamma", "textbook-poisson-lognormal" };
    int compared = 0, past = 0;
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        struct problem_list problems = { 0 };
        struct names names = { 0 };
        struct model *model = model_read(models[m], &problems);
        struct people *people = people_compile(model, 20231231 + m, &names, &problems);
        cr_assert_not_null(people);
        for (int stream = 0; stream < STREAM_COUNT; stream++) {
            int away = people->sites[people->streams[stream].benefit].away;
            if (!people->visits[stream].narrow)
                continue;
            for (uint32_t round = 0; round < 64; round++) {
                struct visit_source source = { .people = people,
                    .stream = stream,
                    .leap = (int)(round % 2),
                    .high = (uint32_t)(PURPOSE_CLAIM + stream) << 8 | (round & 255),
                    .year = 2022 + round,
                    .with_words = round % 4 < 2 };
                struct visit_chunk plain, wide;
                fill(&plain, people->key, round, away);
                wide = plain;
                visits_draw_plain(&source, &plain, 0, plain.n);
                visits_draw_avx2(&source, &wide);
                assert_alike(&plain, &wide, source.with_words, models[m], stream);
                if (source.with_words) { /* billed once more, each at another's provider */
                    for (int i = 0; i < plain.n; i++)
                        plain.kind[i] = wide.kind[i] = wide.kind[plain.n - 1 - i] & 0xff00;
                    visits_bill_plain(&source, &plain, 0, plain.n);
                    visits_bill_avx2(&source, &wide);
                    assert_alike(&plain, &wide, true, models[m], stream);
                }
                for (int i = 0; i < plain.n; i++)
                    past += plain.cost[i] > 1 << 30;
                compared += plain.n;
            }
        }
        people_free(people);
        model_free(model);
        names_free(&names);
    }
    cr_assert_gt(compared, 50000);
    cr_assert_gt(past, 100, "the kernel's range was never passed");
}
#endif

Test(visits, scores_of_many_words_are_those_of_each)
{
    enum { N = 4096 };
    static uint32_t words[N];
    static int32_t many[N];
    static struct variate_table normal, gamma;
    variate_normal(&normal);
    variate_log_gamma(&gamma, 0.3);
    for (uint32_t i = 0; i < N; i++)
        words[i] = i < 300 ? i : i < 600 ? UINT32_MAX - i + 300 : random_at(random_key_of(7), i, 0, 1, 0).word[0] >> i % 24;
    for (int k = 0; k < 2; k++) {
        const struct variate_table *table = k == 0 ? &normal : &gamma;
        variate_many(table, words, N, many);
        for (int i = 0; i < N; i++)
            cr_assert_eq(many[i], variate_at(table, words[i]), "word %u", words[i]);
    }
}

/* Scores and bills of persons in columns, far past what people have. */
Test(visits, mixed_scores_and_bills_of_many_are_those_of_each)
{
    enum { N = 4099 };
    static int32_t x[N], y[N], mixed[N];
    static fen_t bills[N];
    static struct variate_exp exp;
    int past = 0, none = 0;
    variate_exp_init(&exp);
    for (uint32_t i = 0; i < N; i++) {
        struct random_words words = random_at(random_key_of(11), i, 0, 1, 0);
        x[i] = (int32_t)words.word[0] >> (4 + i % 8);
        y[i] = (int32_t)words.word[1] >> (4 + i % 8);
    }
    const int32_t share = variate_fixed(0.83), rest = variate_fixed(0.56);
    variate_mix(share, x, rest, y, N, mixed);
    for (int i = 0; i < N; i++)
        cr_assert_eq(mixed[i], variate_times(share, x[i]) + variate_times(rest, y[i]), "%d", i);
    for (uint32_t i = 0; i < N; i++)
        x[i] = (int32_t)((i + 1) * 2654435761U) >> (i % 3); /* 2^-128 .. 2^128 fen */
    variate_fens(&exp, x, N, bills);
    for (int i = 0; i < N; i++) {
        cr_assert_eq(bills[i], variate_fen(&exp, x[i]), "log %d", x[i]);
        past += bills[i] > 1 << 30;
        none += bills[i] == 0;
    }
    cr_assert(past > 100 && none > 100, "the kernel's range was never passed");
}

/* A household's claims by day, those of a day as given: few by comparing each with all,
 * many by counting. */
Test(visits, claims_stand_by_day_whether_few_or_many)
{
    enum { N = 3 * RANK_FEW };
    for (int n = 0; n <= N; n++) {
        uint16_t days[N];
        uint32_t rank[N], counted[N];
        int at[N];
        for (int i = 0; i < n; i++)
            days[i] = (uint16_t)(random_at(random_key_of(5), (uint64_t)n, 0, 1, (uint32_t)i).word[0]
                % (n % 3 == 0 ? 366 : 9));
        if (n > 1)
            days[n / 2] = n % 2 == 0 ? 365 : 0;
        people_rank(days, n, rank);
        people_rank_many(days, n, counted);
        for (int i = 0; i < n; i++) {
            cr_assert_eq(rank[i], counted[i], "claim %d of %d", i, n);
            cr_assert_lt((int)rank[i], n);
            at[rank[i]] = i;
        }
        for (int k = 1; k < n; k++)
            cr_assert(days[at[k - 1]] < days[at[k]]
                || (days[at[k - 1]] == days[at[k]] && at[k - 1] < at[k]));
    }
}
