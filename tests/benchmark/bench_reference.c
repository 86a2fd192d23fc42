/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what drawing and judging outpatient care takes on one core in its own
 * processor time, each beside the machine's limit measured here; then the same work as
 * plain C with structs and GSL does it, on the same visits, totals compared to the fen.
 *   bench_reference MODEL PERSONS [DIR]
 * DIR: where the visits and rules go for bench_reference.py, which does it in numpy. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/random.h"
#include "engine/outlay.h"

enum { POLICIES = 5, SWEEP = 100, YEAR = 2023 };
static const char *const ids[POLICIES] = { "yantai", "xianning", "henan-draft", "cangzhou", "qujing" };

static double
seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double
cpu(void)
{
    return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

/* --- the machine's limits --- */

static double
memory_read(void)
{
    enum { WORDS = 1 << 24 }; /* 128 MiB */
    uint64_t *words = memory_aligned(WORDS, sizeof *words), sum = 0;
    for (size_t i = 0; i < WORDS; i++)
        words[i] = i;
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        double begin = cpu();
        for (size_t i = 0; i < WORDS; i += 8) {
            sum += words[i] ^ words[i + 1] ^ words[i + 2] ^ words[i + 3];
            sum += words[i + 4] ^ words[i + 5] ^ words[i + 6] ^ words[i + 7];
        }
        best = fmin(best, cpu() - begin);
    }
    free(words);
    return sum != 1 ? WORDS * 8.0 / best : 0; /* keeps the loop */
}

static double
words_a_second(void)
{
    enum { N = 4096, ROUNDS = 2000 };
    static uint32_t columns[4][N];
    uint32_t *const out[4] = { columns[0], columns[1], columns[2], columns[3] };
    double best = 1e9;
    for (int k = 0; k < 3; k++) {
        double begin = cpu();
        for (uint32_t i = 0; i < ROUNDS; i++)
            random_columns(random_key_of(1), 0, N, 2023, 1, i, out);
        best = fmin(best, cpu() - begin);
    }
    return 4.0 * N * ROUNDS / best;
}

/* --- plain C: a struct a visit, a person after the other --- */

struct visit {
    int person, provider;
    int64_t eligible; /* fen */
};
/* One policy as a table. */
struct simple {
    bool yearly, past_cap, unpaid_part, overflows;
    int64_t deductible[OUTLAY_CLASSES][PROVIDER_COUNT], ratio[OUTLAY_CLASSES][PROVIDER_COUNT];
    int64_t other[OUTLAY_CLASSES][PROVIDER_COUNT];
    int64_t cap[OUTLAY_CLASSES], other_cap[OUTLAY_CLASSES];
};

static struct simple
simple_of(const struct outlay_plan *plan)
{
    struct simple out = { plan->yearly, plan->past_cap, plan->unpaid_part, plan->overflows };
    for (int c = 0; c < OUTLAY_CLASSES; c++) {
        const struct outlay_class *class = &plan->classes[c];
        out.cap[c] = class->cap[0];
        out.other_cap[c] = class->other_cap[0];
        for (int p = 0; p < PROVIDER_COUNT; p++) {
            uint32_t way = class->way[0][(uint32_t)p | 1u << 7 | 1u << 8];
            out.deductible[c][p] = class->deductible[way];
            out.ratio[c][p] = class->ratio[way] * (plan->percents ? RATIO_ONE / 100 : 1);
            out.other[c][p] = class->other[way];
        }
    }
    return out;
}

static int64_t
rounded_share(int64_t x, int64_t ratio)
{
    return (x * ratio + 500000) / 1000000;
}

static int64_t
judge_plainly(const struct simple *rules, const struct visit *visits, size_t n, const uint8_t *classes)
{
    int64_t total = 0, borne = 0, used = 0, other_used = 0;
    int person = -1;
    for (size_t i = 0; i < n; i++) {
        const struct visit *v = &visits[i];
        if (v->person != person) {
            person = v->person;
            borne = used = other_used = 0;
        }
        int c = classes[person];
        int64_t ratio = rules->ratio[c][v->provider], due = rules->deductible[c][v->provider];
        if (ratio == 0)
            continue;
        if (rules->yearly)
            due = due > borne ? due - borne : 0;
        int64_t left = rules->cap[c] > used ? rules->cap[c] - used : 0;
        if (!rules->past_cap && left == 0)
            due = 0;
        int64_t deductible = v->eligible < due ? v->eligible : due;
        borne += deductible;
        int64_t rest = v->eligible - deductible, payment = rounded_share(rest, ratio);
        int64_t fund = payment < left ? payment : left;
        used += fund;
        total += fund;
        if (fund == payment || !rules->overflows)
            continue;
        int64_t unpaid = rules->unpaid_part
            ? money_min(rest, money_unshare(payment - fund, (ratio_t)ratio))
            : money_max(0, rest - money_unshare(fund, (ratio_t)ratio));
        int64_t paid = money_min(rounded_share(unpaid, rules->other[c][v->provider]),
            money_max(0, rules->other_cap[c] - other_used));
        other_used += paid;
        total += paid;
    }
    return total;
}

/* As many visits as ours by GSL's samplers, kept as structs. */
static double
generate_plainly(int64_t persons, size_t *n_visits)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct visit *visits = NULL;
    size_t n = 0, capacity = 0;
    double begin = cpu();
    for (int i = 0; i < persons; i++) {
        double mean = gsl_rng_uniform(rng) < 0.27 ? 13.7 : 6.5, size = 0.8;
        unsigned count = gsl_ran_negative_binomial(rng, size / (size + mean), size);
        for (unsigned k = 0; k < count; k++) {
            double u = gsl_rng_uniform(rng);
            int provider = u < 0.37 ? 2 : u < 0.67 ? 3 : 4;
            double price[] = { 80, 130, 155, 215, 345, 390 }, sdlog = sqrt(log1p(1.44));
            double cost = gsl_ran_lognormal(rng, log(price[provider]) - sdlog * sdlog / 2, sdlog);
            memory_grow(visits, n, capacity);
            visits[n++] = (struct visit){ i, provider, llround(100 * cost) };
        }
    }
    double spent = cpu() - begin;
    *n_visits = n;
    free(visits);
    gsl_rng_free(rng);
    return spent;
}

/* --- the same visits for the others --- */

struct shared {
    struct visit *visits; /* [n], by person, as they settle */
    size_t n;
    uint8_t *classes; /* [persons] */
    int64_t persons;
};

static struct shared
share_visits(const struct outlay_kept *kept)
{
    struct shared out = { 0 };
    size_t capacity = 0, persons = (size_t)kept->persons + 8;
    out.classes = memory_alloc(persons, 1);
    for (int b = 0; b < kept->n_blocks; b++) {
        const struct outlay_block *block = &kept->blocks[b];
        for (int s = 0; s < block->n_slices; s++)
            for (int lane = 0; lane < block->slices[s].lanes; lane++) {
                const struct outlay_person person = outlay_lane(block, &block->slices[s], lane);
                int number = (int)out.persons++;
                out.classes[number] = person.before;
                for (int k = 0, at = 0; k < person.n && person.claims[at] != 0;
                     k++, at += person.stride) {
                    memory_grow(out.visits, out.n, capacity);
                    out.visits[out.n++] = (struct visit){ number,
                        (int)(person.claims[at] & 7), person.claims[at] >> OUTLAY_KIND_BITS };
                }
            }
    }
    return out;
}

static void
write_shared(const char *folder, const struct shared *shared, const struct simple *rules)
{
    char *path = memory_format("%s/visits.bin", folder);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    fwrite(shared->visits, sizeof *shared->visits, shared->n, file);
    fclose(file);
    free(path);
    path = memory_format("%s/classes.bin", folder);
    file = fopen(path, "wb");
    fwrite(shared->classes, 1, (size_t)shared->persons, file);
    fclose(file);
    free(path);
    path = memory_format("%s/rules.txt", folder);
    file = fopen(path, "w");
    for (int p = 0; p < POLICIES; p++) {
        const struct simple *r = &rules[p];
        fprintf(file, "%s %d %d %d %d", ids[p], r->yearly, r->past_cap, r->unpaid_part, r->overflows);
        const int64_t *tables[] = { r->deductible[0], r->ratio[0], r->other[0] };
        for (int t = 0; t < 3; t++)
            for (int i = 0; i < OUTLAY_CLASSES * PROVIDER_COUNT; i++)
                fprintf(file, " %lld", (long long)tables[t][i]);
        for (int c = 0; c < OUTLAY_CLASSES; c++)
            fprintf(file, " %lld", (long long)r->cap[c]);
        for (int c = 0; c < OUTLAY_CLASSES; c++)
            fprintf(file, " %lld", (long long)r->other_cap[c]);
        fprintf(file, "\n");
    }
    fclose(file);
    free(path);
}

/* --- ours --- */

/* The kernel alone over everybody in slices: their sum, and seconds of one pass. */
static int64_t
judge_slices(const struct outlay_kept *kept, const struct outlay_plan *plan, double *spent)
{
    static uint32_t fund[1 << 14];
    static uint8_t capped[1 << 14];
    int64_t total = 0;
    *spent = 0;
    for (int b = 0; b < kept->n_blocks; b++) {
        const struct outlay_block *block = &kept->blocks[b];
        int n = block->n_slices * OUTLAY_LANES;
        double begin = cpu();
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2"))
            outlay_slices_avx2(plan, block, 0, fund, capped);
        else
#endif
            outlay_slices_plain(plan, block, 0, fund, capped);
        *spent += cpu() - begin;
        for (int i = 0; i < n; i++)
            total += fund[i];
    }
    return total;
}

struct ours {
    double draw_block, keep, judge; /* seconds: people and visits alone; kept; five policies */
    int64_t claims, totals[POLICIES];
};

static void
draw_alone(const struct people *people, int64_t persons, struct ours *out)
{
    struct people_block block = { 0 };
    double begin = cpu();
    out->claims = 0;
    for (int64_t first = 0; first < persons; first += 2048) {
        int n = persons - first < 2048 ? (int)(persons - first) : 2048;
        people_draw_visits(people, (uint64_t)first, n, YEAR, &block);
        out->claims += block.n_visits;
    }
    out->draw_block = cpu() - begin;
    people_block_free(&block);
}

static void
print_changes(struct outlay_kept *kept, struct outlay_plan *const *plans)
{
    struct outlay_sums sums[OUTLAY_CLASSES];
    outlay_kept_baseline(kept, plans[0]);
    for (int threads = 1; threads <= 2; threads++) {
        double best[2] = { 1e9, 1e9 };
        kept->threads = threads;
        for (int round = 0; round < 10; round++) {
            double begin = cpu(), wall = seconds(CLOCK_MONOTONIC);
            outlay_kept_judge(kept, plans[1 + round % 4], sums);
            best[0] = fmin(best[0], cpu() - begin);
            best[1] = fmin(best[1], seconds(CLOCK_MONOTONIC) - wall);
        }
        printf("one changed policy over those kept, %d thread%s: %.1f ms of processor time, %.1f ms by the clock "
               "(wanted 5)\n", threads, threads > 1 ? "s" : "", 1e3 * best[0], 1e3 * best[1]);
    }
    kept->threads = 1;
    double begin = cpu();
    for (int i = 0; i < SWEEP; i++)
        outlay_kept_judge(kept, plans[1 + i % 4], sums);
    printf("a sweep of %d policies over them: %.2f s on one core (wanted 3 with the drawing)\n", SWEEP,
        cpu() - begin);
}

int
main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s MODEL PERSONS [DIR]\n", argv[0]);
        return 2;
    }
    struct problem_list problems = { 0 };
    struct names names = { 0 };
    int64_t persons = atoll(argv[2]);
    struct model *model = model_read(argv[1], &problems);
    struct people *people = model != NULL ? people_compile(model, 1, &names, &problems) : NULL;
    struct outlay_plan *plans[POLICIES];
    struct simple rules[POLICIES];
    for (int i = 0; i < POLICIES && people != NULL; i++) {
        const char *why = "";
        struct policy *policy = policy_read(ids[i], &names, &problems);
        plans[i] = policy != NULL ? outlay_plan(program_compile(policy, DAY_MIN, EXPIRY_RENEW), YEAR, &why)
                                  : NULL;
        if (plans[i] == NULL) {
            fprintf(stderr, "%s: %s\n", ids[i], why);
            return 2;
        }
        rules[i] = simple_of(plans[i]);
    }
    if (people == NULL || persons < 1) {
        problem_print(&problems, stderr);
        return 2;
    }
    printf("limits of one core here: memory read %.1f GB/s, generator %.0f M words/s\n",
        memory_read() / 1e9, words_a_second() / 1e6);

    struct ours ours = { 0 };
    struct outlay_kept kept;
    draw_alone(people, persons, &ours);
    double begin = cpu();
    outlay_keep(&kept, people, &(struct outlay_options){ .persons = persons, .year = YEAR, .threads = 1 });
    ours.keep = cpu() - begin;
    for (int p = 0; p < POLICIES; p++) {
        double spent;
        ours.totals[p] = judge_slices(&kept, plans[p], &spent);
        ours.judge += spent;
    }
    double claims = (double)ours.claims;
    printf("%s, %lld persons, %lld visits\n", argv[1], (long long)persons, (long long)ours.claims);
    printf("drawn: %.1f M claims/s a core (wanted 60), and laid out in slices %.1f; %.1f MB held\n",
        claims / ours.draw_block / 1e6, claims / ours.keep / 1e6, (double)outlay_kept_bytes(&kept) / 1e6);
    printf("adjudication kernel, five cities: %.0f M claim-adjudications/s a core (wanted 800)\n",
        POLICIES * claims / ours.judge / 1e6);
    print_changes(&kept, plans);

    struct shared shared = share_visits(&kept);
    size_t generated;
    double make = generate_plainly(persons, &generated), judge = 0;
    bool same = true;
    for (int p = 0; p < POLICIES; p++) {
        begin = cpu();
        int64_t total = judge_plainly(&rules[p], shared.visits, shared.n, shared.classes);
        judge += cpu() - begin;
        same = same && total == ours.totals[p];
        printf("  %-12s fund %lld fen, plain C %lld\n", ids[p], (long long)ours.totals[p], (long long)total);
    }
    double scaled = make * claims / (double)generated;
    printf("plain C with GSL: %.1f M visits/s drawn, %.0f M adjudications/s; totals %s\n",
        (double)generated / make / 1e6, POLICIES * (double)shared.n / judge / 1e6,
        same ? "equal to the fen" : "DIFFER");
    printf("ours against plain C with GSL: drawing %.1f times, judging %.1f, both %.1f (wanted 10)\n",
        scaled / ours.keep, judge / ours.judge, (scaled + judge) / (ours.keep + ours.judge));
    if (argc > 3) {
        write_shared(argv[3], &shared, rules);
        printf("ours: %.6f s drawn, %.6f s judged\n", ours.keep, ours.judge);
    }
    return same ? 0 : 1;
}
