/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quick way to the fund's outlay against the run that carries everything, and its
 * kernels against each other. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "engine/outlay.h"
#include "engine/run.h"

enum { SCENARIOS = 6, PERSONS = 6000 };
static const char *const scenarios[SCENARIOS]
    = { "yantai-pre-reform", "yantai", "xianning", "henan-draft", "cangzhou", "qujing" };

struct bench {
    struct names names;
    struct model *model;
    struct people *people;
    struct policy *policies[SCENARIOS];
    const struct program *programs[SCENARIOS];
    struct outlay_plan *plans[SCENARIOS];
};

static struct bench
bench_of(const char *model, int year)
{
    struct problem_list problems = { 0 };
    struct bench bench = { 0 };
    bench.model = model_read(model, &problems);
    bench.people = people_compile(bench.model, 11, &bench.names, &problems);
    cr_assert_not_null(bench.people);
    for (int i = 0; i < SCENARIOS; i++) {
        const char *why;
        bench.policies[i] = policy_read(scenarios[i], &bench.names, &problems);
        bench.programs[i] = program_compile(bench.policies[i], DAY_MIN, EXPIRY_RENEW);
        bench.plans[i] = outlay_plan(bench.programs[i], year, &why);
        cr_assert_not_null(bench.plans[i], "%s: %s", scenarios[i], why);
    }
    return bench;
}

static void
bench_free(struct bench *bench)
{
    for (int i = 0; i < SCENARIOS; i++) {
        free(bench->plans[i]);
        program_free((struct program *)(uintptr_t)bench->programs[i]);
        policy_free(bench->policies[i]);
    }
    people_free(bench->people);
    model_free(bench->model);
    names_free(&bench->names);
}

static int
group_of(const struct result *result, const char *key)
{
    for (int g = 0; g < result->n_groups; g++)
        if (strcmp(result->groups[g].key, key) == 0)
            return g;
    cr_assert_fail("no group %s", key);
    return -1;
}

/* Sums of the run's group against those of the classes of a status (or of all: -1). */
static void
assert_group(const struct result *result, int scenario, const char *key, int status,
    const struct outlay_sums *sums)
{
    int g = group_of(result, key);
    struct outlay_sums all = { 0 };
    for (int c = 0; c < OUTLAY_CLASSES; c++)
        if (status < 0 || c % STATUS_COUNT == status)
            outlay_merge(&all, &sums[c]);
    const struct {
        enum measure measure;
        int64_t quick;
    } pairs[] = { { MEASURE_FUND_OUTFLOW, all.fund }, { MEASURE_PERSONS, all.persons },
        { MEASURE_CAP_REACHED, all.capped } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        int64_t sum = result->sums[result_at(result, scenario, 0, (int)pairs[i].measure, g)];
        cr_assert_eq(sum, pairs[i].quick, "%s, %s, %s: %lld, quick %lld", scenarios[scenario], key,
            measure_infos[pairs[i].measure].key, (long long)sum, (long long)pairs[i].quick);
    }
}

Test(outlay, is_that_of_the_run_to_the_fen)
{
    static const struct {
        const char *model;
        int year;
    } cases[] = { { "outpatient-2022", 2022 }, { "outpatient-2022", 2024 },
        { "textbook-negative-binomial-gamma", 2023 } };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct bench bench = bench_of(cases[k].model, cases[k].year);
        cr_assert(outlay_people(bench.people));
        struct problem_list problems = { 0 };
        struct result result;
        struct run_options options = { .persons = PERSONS,
            .first_year = cases[k].year,
            .last_year = cases[k].year,
            .threads = 2 };
        cr_assert(run(bench.people, bench.model, bench.programs, SCENARIOS, &options, &result,
            &problems));
        struct outlay_sums streamed[SCENARIOS][OUTLAY_CLASSES], kept[OUTLAY_CLASSES];
        struct outlay_options quick = { .persons = PERSONS, .year = cases[k].year, .threads = 2 };
        int64_t claims = outlay_stream(bench.people,
            (const struct outlay_plan *const *)bench.plans, SCENARIOS, 0, &quick, streamed);
        cr_assert_eq(claims, result.claims);
        struct outlay_kept self;
        outlay_keep(&self, bench.people, &quick);
        outlay_kept_baseline(&self, bench.plans[0]);
        for (int s = 0; s < SCENARIOS; s++) {
            assert_group(&result, s, "all", -1, streamed[s]);
            assert_group(&result, s, "status=employee", STATUS_EMPLOYEE, streamed[s]);
            assert_group(&result, s, "status=flexible", STATUS_FLEXIBLE, streamed[s]);
            assert_group(&result, s, "status=retiree", STATUS_RETIREE, streamed[s]);
            outlay_kept_judge(&self, bench.plans[s], kept);
            cr_assert_eq(memcmp(kept, streamed[s], sizeof kept), 0, "%s kept", scenarios[s]);
        }
        outlay_kept_free(&self);
        result_free(&result);
        bench_free(&bench);
    }
}

Test(outlay, policy_that_leaves_a_class_alone_is_judged_for_the_others)
{
    struct bench bench = bench_of("outpatient-2022", 2023);
    struct outlay_options quick = { .persons = PERSONS, .year = 2023, .threads = 2 };
    struct outlay_plan *changed = bench.plans[2]; /* retirees' ratio and cap of Xianning */
    struct outlay_kept self;
    outlay_keep(&self, bench.people, &quick);
    outlay_kept_baseline(&self, bench.plans[2]);
    for (int sector = 0; sector < SECTOR_COUNT; sector++) {
        struct outlay_class *class = &changed->classes[program_class(0, sector, STATUS_RETIREE)];
        class->cap[0] -= 10000;
        for (int way = 1; way < class->n_ways; way++)
            class->ratio[way] -= 7;
    }
    struct outlay_sums kept[OUTLAY_CLASSES], anew[2][OUTLAY_CLASSES];
    struct outlay_plan *pair[2] = { self.baseline, changed };
    outlay_kept_judge(&self, changed, kept);
    outlay_stream(bench.people, (const struct outlay_plan *const *)pair, 2, 0, &quick, anew);
    cr_assert_eq(memcmp(kept, anew[1], sizeof kept), 0);
    cr_assert_lt(kept[STATUS_RETIREE].difference, 0);
    outlay_kept_free(&self);
    bench_free(&bench);
}

#if defined(__x86_64__)
/* Any plan: ratios whole or not, deductibles and caps small enough to be met. */
static void
any_plan(struct random_key key, uint32_t round, struct outlay_plan *out)
{
    struct random_words w = random_at(key, round, 0, 1, 0), v = random_at(key, round, 0, 1, 1);
    memset(out, 0, sizeof *out);
    out->n_segments = 1 + (int)(w.word[0] % OUTLAY_SEGMENTS);
    for (int s = 1; s < out->n_segments; s++)
        out->start[s] = out->start[s - 1] + 1 + (int32_t)(v.word[0] >> (8 * s) & 127);
    out->yearly = w.word[1] & 1;
    out->counts_eligible = w.word[1] >> 1 & 1;
    out->past_cap = w.word[1] >> 2 & 1;
    out->unpaid_part = w.word[1] >> 3 & 1;
    out->overflows = w.word[1] >> 4 & 1;
    out->percents = w.word[1] >> 5 & 1;
    out->advances = w.word[1] >> 6 & 1;
    for (int c = 0; c < OUTLAY_CLASSES; c++) {
        struct outlay_class *class = &out->classes[c];
        for (uint32_t way = 1; way < OUTLAY_WAYS; way++) {
            struct random_words t = random_at(key, round, (uint32_t)c, 2, way);
            int32_t most = out->percents ? 100 : RATIO_ONE;
            class->ratio[way] = 1 + (int32_t)(t.word[0] % (uint32_t)most);
            class->advance[way] = out->advances ? (int32_t)(t.word[1] % (uint32_t)most) : 0;
            class->deductible[way] = (int32_t)(t.word[2] % 60000);
            class->other[way] = (int32_t)(t.word[3] % RATIO_ONE);
        }
        for (uint32_t s = 0; s < OUTLAY_SEGMENTS; s++) {
            struct random_words t = random_at(key, round, (uint32_t)c, 3, s);
            class->cap[s] = t.word[0] % 5 == 0 ? INT32_MAX : (int32_t)(t.word[1] % 300000);
            class->other_cap[s] = (int32_t)(t.word[2] % 300000);
            for (uint32_t kind = 0; kind < OUTLAY_KINDS; kind++)
                class->way[s][kind] = random_at(key, round, (uint32_t)c, 4 + s, kind).word[0] % OUTLAY_WAYS;
        }
    }
}

Test(outlay, eight_persons_at_once_are_judged_as_one_by_one)
{
    if (!__builtin_cpu_supports("avx2"))
        return;
    struct bench bench = bench_of("outpatient-2022", 2022);
    struct random_key key = random_key_of(20240229);
    struct people_block people = { 0 };
    struct outlay_packer packer = { 0 };
    struct outlay_block block = { 0 };
    people_draw_visits(bench.people, 0, 2048, 2022, &people);
    outlay_pack(&packer, &people, &block);
    /* Large bills too, up to what fits. */
    for (int i = 0; i < block.n_words; i++) {
        struct random_words w = random_at(key, (uint64_t)i, 0, 9, 0);
        if (w.word[0] % 50 == 0)
            block.claims[i] = w.word[1];
    }
    size_t n = (size_t)outlay_places(&block);
    uint32_t *plain = memory_alloc(n, sizeof *plain), *wide = memory_alloc(n, sizeof *wide);
    uint8_t *plain_capped = memory_alloc(n, 1), *wide_capped = memory_alloc(n, 1);
    struct outlay_plan *plan = memory_aligned(1, sizeof *plan);
    int64_t paid = 0, cut = 0;
    for (uint32_t round = 0; round < 200; round++) {
        any_plan(key, round, plan);
        outlay_slices_plain(plan, &block, 0, plain, plain_capped);
        outlay_slices_avx2(plan, &block, 0, wide, wide_capped);
        for (int i = 0; i < block.n_slices * OUTLAY_LANES; i++) {
            cr_assert_eq(plain[i], wide[i], "round %u, place %d: %u, eight at once %u", round, i,
                plain[i], wide[i]);
            cr_assert_eq(plain_capped[i], wide_capped[i], "round %u, place %d", round, i);
            paid += plain[i];
            cut += plain_capped[i];
        }
    }
    cr_assert_gt(paid, 0);
    cr_assert_gt(cut, 10000);
    free(plan);
    free(plain);
    free(wide);
    free(plain_capped);
    free(wide_capped);
    outlay_block_free(&block);
    outlay_packer_free(&packer);
    people_block_free(&people);
    bench_free(&bench);
}
#endif

Test(outlay, squares_of_large_amounts_add_up)
{
    enum { SLICES = 256, PLACES = SLICES * OUTLAY_LANES };
    static struct outlay_slice slices[SLICES];
    static uint32_t fund[PLACES], baseline[PLACES];
    static uint8_t capped[PLACES];
    for (int bits = 24; bits < 32; bits++) {
        struct outlay_block block = { .n_slices = SLICES, .slices = slices };
        struct outlay_sums sums[OUTLAY_CLASSES] = { 0 };
        uint32_t amount = (1u << bits) - 1;
        for (int s = 0; s < SLICES; s++)
            slices[s] = (struct outlay_slice){ .lanes = OUTLAY_LANES };
        for (int i = 0; i < PLACES; i++)
            fund[i] = amount;
        outlay_add_slices(&block, 0, fund, capped, baseline, sums);
        unsigned __int128 squares = (unsigned __int128)amount * amount * PLACES;
        cr_expect_eq(sums[0].fund, (int64_t)amount * PLACES);
        cr_expect(sums[0].squares == squares, "amounts of %d bits", bits);
        cr_expect(sums[0].difference_squares == squares, "amounts of %d bits", bits);
        cr_expect_eq(sums[0].gain, PLACES);
    }
}

Test(outlay, visits_alone_are_those_drawn_with_everything)
{
    static const uint64_t firsts[] = { 0, 4096, ((uint64_t)1 << 32) - 64 };
    for (int year = 2022; year < 2026; year++)
        for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
            struct bench bench = bench_of("outpatient-2022", year);
            struct people_block whole = { 0 }, alone = { 0 };
            people_draw(bench.people, firsts[f], 640, year, &whole);
            people_draw_visits(bench.people, firsts[f], 640, year, &alone);
            cr_assert_eq(whole.n_claims, alone.n_visits);
            int next[640];
            memcpy(next, alone.visit_start, sizeof next);
            for (int i = 0; i < whole.n_claims; i++) {
                const struct claim *c = &whole.claims[i];
                uint64_t visit = people_visit((uint32_t)(c->date - date_day(year, 1, 1)), c->provider,
                    c->channel, c->place, c->flags, c->eligible);
                cr_assert_eq(visit, alone.visits[next[c->member]++], "year %d, claim %d", year, i);
            }
            people_block_free(&whole);
            people_block_free(&alone);
            bench_free(&bench);
        }
}
