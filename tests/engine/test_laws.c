/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws that hold for any policy and any person, on random policies and random
 * claims: money is conserved, a dearer rule never pays more, a richer one never
 * less. Random numbers come from the addressed generator, seed fixed. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "engine/household.h"

enum { CASES = 1200, CLAIMS = 24, MONTHS = 12, MEMBERS = 3 };

/* Numbers of one case, one after the other. */
struct dice {
    struct random_key key;
    uint64_t number;
    uint32_t index;
};

static uint32_t
roll(struct dice *d, uint32_t sides)
{
    struct random_words w = random_at(d->key, d->number, 0, 1, d->index++);
    return (uint32_t)((uint64_t)w.word[0] * sides >> 32);
}

static const char *const scenarios[]
    = { "yantai", "xianning", "henan-draft", "cangzhou", "qujing", "pre-reform" };
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

static struct policy *
load(const char *id)
{
    struct names names = { 0 };
    struct problem_list problems = { 0 };
    struct policy *policy = policy_read(id, &names, &problems);
    if (policy == NULL)
        problem_print(&problems, stderr);
    cr_assert_not_null(policy, "scenario %s", id);
    names_free(&names);
    return policy;
}

/* Cells of a parameter's values, to be turned over in place. */
static size_t
cells(const struct dated_value *v)
{
    static const int sizes[]
        = { STATUS_COUNT, SECTOR_COUNT, PLACE_COUNT, PROVIDER_COUNT, CHANNEL_COUNT };
    size_t n = 1;
    for (int d = 0; d < DIMENSION_AGE; d++)
        if (v->dimensions & 1u << d)
            n *= (size_t)sizes[d];
    return v->dimensions & 1u << DIMENSION_AGE ? n * (size_t)v->n_ages : n;
}

static struct parameter *
parameter(struct policy *policy, enum section section, const char *key, const char *path)
{
    for (int i = 0; i < policy->n_parameters; i++) {
        struct parameter *p = &policy->parameters[i];
        if (p->descriptor->section == section && strcmp(p->descriptor->key, key) == 0
            && strncmp(p->path, path, strlen(path)) == 0)
            return p;
    }
    return NULL;
}

static void
add(struct parameter *p, int64_t amount)
{
    for (int v = 0; v < p->n_values; v++)
        for (size_t c = 0; c < cells(&p->values[v]); c++) {
            int64_t *cell = &p->values[v].table[c];
            *cell += amount;
            if (*cell < 0)
                *cell = 0;
            if (p->descriptor->kind == VALUE_RATIO && *cell > RATIO_ONE)
                *cell = RATIO_ONE;
        }
}

/* Another policy of the same shape: every deductible, ratio and cap moved. */
static void
shake(struct policy *policy, struct dice *dice)
{
    for (int i = 0; i < policy->n_parameters; i++) {
        struct parameter *p = &policy->parameters[i];
        for (int v = 0; v < p->n_values; v++)
            for (size_t c = 0; c < cells(&p->values[v]); c++) {
                int64_t *cell = &p->values[v].table[c];
                if (p->descriptor->kind == VALUE_MONEY && *cell < FEN_MAX / 2)
                    *cell = *cell * roll(dice, 200) / 100 + roll(dice, 3);
                else if (p->descriptor->kind == VALUE_RATIO
                    && p->descriptor->section == SECTION_BENEFIT)
                    *cell = roll(dice, RATIO_ONE + 1);
            }
    }
}

struct people_case {
    struct member members[MEMBERS];
    struct claim claims[CLAIMS];
};

static void
make_people(struct people_case *c, struct dice *dice)
{
    day_t begin = date_day(2023, 1, 1);
    for (int i = 0; i < MEMBERS; i++) {
        struct member *m = &c->members[i];
        *m = (struct member){ .birth = date_day(1940 + (int)roll(dice, 60), 1, 1) + (int)roll(dice, 365),
            .retired_on = roll(dice, 3) == 0 ? DAY_MIN
                : roll(dice, 3) == 0         ? begin + (day_t)roll(dice, 365)
                                             : DAY_MAX,
            .insured_from = DAY_MIN,
            .insured_to = roll(dice, 8) == 0 ? begin + (day_t)roll(dice, 365) : DAY_MAX,
            .ltc_from = DAY_MAX,
            .ltc_to = DAY_MIN,
            .base = 200000 + roll(dice, 2000000),
            .balance = roll(dice, 2) ? roll(dice, 500000) : 0,
            .household = 0,
            .status = (uint8_t)roll(dice, 2),
            .sector = (uint8_t)roll(dice, 2) };
        if (m->retired_on == DAY_MIN)
            m->status = STATUS_RETIREE;
        m->n_chronic = (uint16_t)roll(dice, 4);
    }
    day_t day = begin;
    for (int i = 0; i < CLAIMS; i++) {
        day = day + (day_t)roll(dice, 30) < begin + 365 ? day + (day_t)roll(dice, 30) : day;
        if (day >= begin + 365)
            day = begin + 364;
        fen_t cost = roll(dice, 4) == 0 ? roll(dice, 3000000) : roll(dice, 60000);
        c->claims[i] = (struct claim){ .cost = cost,
            .eligible = cost - roll(dice, (uint32_t)cost + 1) / (1 + roll(dice, 4)),
            .member = roll(dice, MEMBERS),
            .date = day,
            .end = day,
            .disease = NAME_NONE,
            .drug = roll(dice, 2),
            .admission = NAME_NONE,
            .benefit = (uint8_t)(roll(dice, 3) ? BENEFIT_OUTPATIENT : roll(dice, BENEFIT_COUNT)),
            .provider = (uint8_t)roll(dice, PROVIDER_COUNT),
            .channel = (uint8_t)(roll(dice, 5) ? CHANNEL_INSTITUTION : roll(dice, CHANNEL_COUNT)),
            .place = (uint8_t)(roll(dice, 5) ? PLACE_LOCAL : roll(dice, PLACE_COUNT)),
            .flags = CLAIM_MAY_ADMIT | CLAIM_REGISTERED
                | (roll(dice, 12) ? CLAIM_DESIGNATED : 0) };
    }
}

struct outcome {
    fen_t fund[MEMBERS];
    struct settlement settlements[CLAIMS];
    struct account_month months[MEMBERS][MONTHS];
};

static void
settle(const struct policy *policy, const struct people_case *c, struct outcome *out)
{
    struct program *program = program_compile(policy, DAY_MIN, EXPIRY_RENEW);
    const struct member *members[MEMBERS];
    struct accumulators accumulators[MEMBERS] = { 0 };
    struct household_state states[MEMBERS];
    fen_t credits[MEMBERS][MONTHS];
    for (int i = 0; i < MEMBERS; i++)
        members[i] = &c->members[i];
    struct household household = { .program = program,
        .n = MEMBERS,
        .members = members,
        .accumulators = accumulators,
        .first_month = date_month_of(2023, 1),
        .n_months = MONTHS,
        .credits = credits[0],
        .months = out->months[0],
        .states = states };
    memset(out, 0, sizeof *out);
    household_begin(&household);
    for (int i = 0; i < CLAIMS; i++) {
        struct bill bill = { .claim = &c->claims[i], .settles = program_settles(program, &c->claims[i]) };
        household_settle(&household, (int)c->claims[i].member, &bill, &out->settlements[i], NULL);
        out->fund[c->claims[i].member] += out->settlements[i].fund;
    }
    household_end(&household);
    for (int i = 0; i < MEMBERS; i++)
        accumulators_free(&accumulators[i]);
    program_free(program);
}

Test(laws, money_is_conserved)
{
    for (int s = 0; s < SCENARIOS; s++)
        for (uint64_t n = 0; n < CASES / SCENARIOS; n++) {
            struct dice dice = { random_key_of(1), n, 0 };
            struct policy *policy = load(scenarios[s]);
            shake(policy, &dice);
            struct people_case people;
            struct outcome out;
            make_people(&people, &dice);
            settle(policy, &people, &out);
            /* cost = fund + account + family account + cash, none of them negative. */
            for (int i = 0; i < CLAIMS; i++) {
                const struct settlement *x = &out.settlements[i];
                cr_assert_eq(x->cost, x->fund + x->account + x->family_account + x->cash);
                cr_assert(x->fund >= 0 && x->account >= 0 && x->family_account >= 0 && x->cash >= 0);
                cr_assert(x->advance + x->deductible + x->fund <= x->eligible + 1);
                cr_assert(x->fund_inpatient <= x->fund);
                cr_assert((x->fund == 0) == (x->reason != REASON_NONE));
            }
            /* opening + credits - payments = closing, never below 0. */
            fen_t paid = 0, taken = 0;
            for (int m = 0; m < MEMBERS; m++) {
                fen_t balance = people.members[m].balance;
                for (int k = 0; k < MONTHS; k++) {
                    const struct account_month *row = &out.months[m][k];
                    balance += row->credit - row->paid;
                    cr_assert_eq(row->balance, balance);
                    cr_assert(balance >= 0 && row->from_pool <= row->credit);
                    paid += row->paid;
                }
            }
            for (int i = 0; i < CLAIMS; i++)
                taken += out.settlements[i].account + out.settlements[i].family_account;
            cr_assert_eq(paid, taken);
            policy_free(policy);
        }
}

/* What is changed, and which way every member's fund payments may go then. */
static void
law(const char *key, enum section section, const char *path, int64_t amount, int direction)
{
    for (int s = 0; s < SCENARIOS; s++)
        for (uint64_t n = 0; n < CASES / SCENARIOS; n++) {
            struct dice dice = { random_key_of(2), n, 0 };
            struct policy *policy = load(scenarios[s]);
            shake(policy, &dice);
            /* Overflow is set aside: where what lies past a cap is paid at a better
             * ratio than what lies below, a higher cap truly pays less. */
            struct parameter *overflow
                = parameter(policy, SECTION_BENEFIT, "overflow.to", "benefits.outpatient");
            if (overflow != NULL)
                overflow->values[0].table[0] = 0;
            struct people_case people;
            struct outcome before, after;
            make_people(&people, &dice);
            struct parameter *p = parameter(policy, section, key, path);
            if (p != NULL) {
                settle(policy, &people, &before);
                add(p, amount + roll(&dice, (uint32_t)amount));
                settle(policy, &people, &after);
                for (int m = 0; m < MEMBERS; m++)
                    cr_assert(direction * (after.fund[m] - before.fund[m]) >= 0,
                        "%s of %s, case %llu, member %d: %lld before, %lld after", key, scenarios[s],
                        (unsigned long long)n, m, (long long)before.fund[m], (long long)after.fund[m]);
            }
            policy_free(policy);
        }
}

Test(laws, a_higher_deductible_never_pays_more)
{
    /* All classes by the same amount: raising one class alone also fills the
     * pooled deductible of the others sooner. */
    law("deductible.amount", SECTION_BENEFIT, "benefits.outpatient", 5000, -1);
}

Test(laws, a_higher_ratio_never_pays_less)
{
    law("ratio", SECTION_BENEFIT, "benefits.outpatient", 50000, 1);
}

Test(laws, a_higher_cap_never_pays_less)
{
    law("amount", SECTION_CAP, "caps.outpatient", 20000, 1);
    law("amount", SECTION_CAP, "caps.overall", 20000, 1);
}

Test(laws, claims_of_others_in_the_household_never_move_the_fund)
{
    for (uint64_t n = 0; n < CASES / SCENARIOS; n++) {
        struct dice dice = { random_key_of(3), n, 0 };
        struct policy *policy = load(scenarios[n % SCENARIOS]);
        shake(policy, &dice);
        struct people_case people;
        struct outcome together, richer;
        make_people(&people, &dice);
        settle(policy, &people, &together);
        for (int m = 0; m < MEMBERS; m++)
            people.members[m].balance += 100000;
        settle(policy, &people, &richer);
        for (int m = 0; m < MEMBERS; m++)
            cr_assert_eq(together.fund[m], richer.fund[m]);
        policy_free(policy);
    }
}
