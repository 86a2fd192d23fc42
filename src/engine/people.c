/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/people_tables.h"

const char *const people_age_bands[PEOPLE_AGE_BANDS]
    = { "<30", "30-39", "40-49", "50-59", "60-64", "65-69", "70-79", "80+" };

uint8_t
people_age_band(int age)
{
    static const uint8_t first[PEOPLE_AGE_BANDS] = { 0, 30, 40, 50, 60, 65, 70, 80 };
    int band = PEOPLE_AGE_BANDS - 1;
    while (age < first[band])
        band--;
    return (uint8_t)band;
}

const char *
people_disease_name(int i, bool *chronic)
{
    *chronic = i < MODEL_CHRONIC;
    return i < MODEL_CHRONIC ? model_chronic_words[i].key
        : i < PEOPLE_DISEASES ? model_special_words[i - MODEL_CHRONIC].key
                              : NULL;
}

struct people *
people_of_seed(const struct people *self, uint64_t seed)
{
    struct people *out = memory_alloc(1, sizeof *out);
    *out = *self;
    out->key = random_key_of(seed);
    return out;
}

void
people_id(uint64_t person, int entered, char out[static PEOPLE_ID])
{
    if (entered == 0)
        snprintf(out, PEOPLE_ID, "p%09llu", (unsigned long long)person);
    else
        snprintf(out, PEOPLE_ID, "p%09llu-%d", (unsigned long long)person, entered);
}

/* --- a tile of persons --- */

static bool
registered(const struct people *self, const struct lives *lives, int i, uint32_t disease)
{
    return lives->disease[disease][i] >= self->registered[disease][lives->age[i]];
}

static uint16_t
diseases_of(const struct people *self, const struct lives *lives, int i)
{
    uint32_t out = 0;
    for (uint32_t left = lives->may_have[i]; left != 0; left &= left - 1) {
        uint32_t disease = (uint32_t)__builtin_ctz(left);
        out |= (uint32_t)registered(self, lives, i, disease) << disease;
    }
    return (uint16_t)out;
}

/* Bases as if nobody had retired since coming, and balances. */
static void
draw_money(const struct people *self, const struct lives *lives, int year,
    fen_t base[static PEOPLE_TILE], fen_t balance[static PEOPLE_TILE])
{
    const struct year_terms *terms = people_terms(self, year);
    int32_t month[PEOPLE_TILE], held[PEOPLE_TILE];
    for (int i = 0; i < PEOPLE_TILE; i++) {
        int status = lives->status[i];
        int64_t log = lives->wage[i] + (status == STATUS_RETIREE ? terms->pension : terms->wage);
        month[i] = visit_level(log);
        log += lives->held[i];
        /* Those who came since the model's year had no more months than they are there. */
        int months = 12 * (year - lives->entered[i]);
        if (lives->entered[i] != 0 && months < self->balance_months[status])
            log += self->balance_tenure[months] - self->balance_full[status];
        held[i] = visit_level(log);
    }
    variate_fens(&self->exp, month, PEOPLE_TILE, base);
    variate_fens(&self->exp, held, PEOPLE_TILE, balance);
    for (int i = 0; i < PEOPLE_TILE; i++) {
        base[i] = lives->status[i] == STATUS_RETIREE
            ? 0
            : money_min(money_max(base[i], terms->wage_floor), terms->wage_ceiling);
        if (lives->entered[i] == year || lives->empty[i])
            balance[i] = 0;
    }
}

static void
draw_care(const struct people *self, const struct lives *lives, int i, int origin_age,
    struct member *member)
{
    member->ltc_from = DAY_MAX;
    member->ltc_to = DAY_MIN;
    if (lives->care[0][i] >= self->ltc[origin_age])
        return;
    /* Begins some time from two years before the model's year, or that of coming, to
     * one after it. */
    day_t first = date_day((lives->entered[i] != 0 ? lives->entered[i] : self->year) - 2, 1, 1);
    member->ltc_from = first + (day_t)variate_below(lives->care[1][i], 4 * 365);
    member->ltc_to = member->ltc_from + self->ltc_days / 2
        + (day_t)variate_below(lives->care[2][i], (uint32_t)self->ltc_days + 1);
}

static void
draw_insured(const struct people *self, const struct people_block *block,
    const struct lives *lives, int i, struct member *member)
{
    const month_t *months = block->scratch->months;
    const uint32_t(*words)[PEOPLE_TILE] = block->scratch->words->insured;
    /* After the model's year those who die and leave are told one by one. */
    bool told = self->renewal && block->year > self->year;
    int entered = lives->entered[i], status = member->status;
    member->insured_from
        = entered == block->year && entered != 0 ? block->scratch->first : DAY_MIN;
    member->insured_to = told ? lives->last[i] : DAY_MAX;
    member->arrears = NULL;
    member->n_arrears = 0;
    if (self->leaving[status] == 0 && self->arrears[status] == 0)
        return;
    if (!told && words[0][i] < self->leaving[status]) {
        month_t month = months[1 + variate_below(words[1][i], 11)]; /* February to December */
        if (words[0][i] < self->joining[status])
            member->insured_from = date_month_first(month);
        else
            member->insured_to = date_month_first(month) - 1;
    } else if (words[2][i] < self->arrears[status]) {
        uint32_t most = (uint32_t)self->arrears_months;
        uint32_t which = variate_below(words[3][i], 12 * most);
        uint32_t start = which / most, length = which % most + 1;
        member->arrears = &months[start];
        member->n_arrears = (uint16_t)(length < 12 - start ? length : 12 - start);
    }
}

/* Member and traits, but for the household and what the claims cost. */
static void
put_person(const struct people *self, struct people_block *block, const struct lives *lives,
    int i, int person, fen_t base, fen_t balance)
{
    struct member *member = &block->members[person];
    struct person_traits *traits = &block->traits[person];
    int kind = lives->kind[i], entered = lives->entered[i];
    int years = block->year - (entered != 0 ? entered : self->year);
    bool retired = lives->retires[i] <= block->scratch->first;
    uint16_t diseases = diseases_of(self, lives, i);
    uint32_t chronic = diseases & ((1U << MODEL_CHRONIC) - 1);
    int n_chronic = 0;
    for (uint32_t left = chronic; left != 0; left &= left - 1)
        n_chronic++;
    *member = (struct member){ .birth = lives->birth[i],
        .retired_on = retired ? DAY_MIN : lives->retires[i],
        .base = retired ? 0 : base,
        .balance = balance,
        .household = NAME_NONE,
        .county = self->n_counties != 0 ? self->counties[lives->county[i]] : NAME_NONE,
        .n_chronic = (uint16_t)n_chronic,
        .status = retired ? STATUS_RETIREE
            : lives->status[i] == STATUS_FLEXIBLE ? STATUS_FLEXIBLE : STATUS_EMPLOYEE,
        .sector = kind == KIND_FEMALE_PUBLIC || kind == KIND_MALE_PUBLIC ? SECTOR_PUBLIC
                                                                         : SECTOR_ENTERPRISE,
        .sex = kind >= KIND_MALE_ENTERPRISE ? SEX_MALE : SEX_FEMALE,
        .psychiatric = (chronic >> 2 & 1) != 0 }; /* third of model_chronic_words */
    draw_care(self, lives, i, lives->age[i] - years > 0 ? lives->age[i] - years : 0, member);
    draw_insured(self, block, lives, i, member);
    traits->age_band = self->age_band[lives->age[i]];
    traits->county = lives->county[i];
    traits->wage_quintile = retired ? 5 : lives->quintile[i];
    traits->diseases = diseases;
    traits->tie = block->scratch->words->more[1][i];
    traits->entered = (uint16_t)entered;
    traits->fresh = entered != 0 && years == 0;
    traits->fate = lives->fate[i];
}

/* --- numbers of claims --- */

/* Of a stream, from its word of each person's. */
static void
draw_numbers(const struct people *self, const struct people_scratch *scratch,
    const struct lives *lives, int index, const uint32_t words[PEOPLE_TILE],
    struct person_state *states)
{
    const struct stream *stream = &self->streams[index];
    int32_t own[PEOPLE_TILE], score[PEOPLE_TILE];
    if (!stream->any) {
        for (int i = 0; i < PEOPLE_TILE; i++)
            states[i].n[index] = 0;
        return;
    }
    variate_many(&self->normal, words, PEOPLE_TILE, own);
    variate_mix(stream->loading, lives->health, stream->rest, own, PEOPLE_TILE, score);
    for (int i = 0; i < PEOPLE_TILE; i++) {
        int table = stream->count[states[i].status][states[i].age], n = 0;
        if (table >= 0 && score[i] > scratch->counts.first[table])
            n = variate_count_at(&scratch->counts.counts[table], score[i]);
        states[i].n[index] = (uint16_t)n;
    }
}

static void
draw_states(const struct people *self, const struct people_block *block,
    const struct lives *lives, int start)
{
    const struct people_scratch *scratch = block->scratch;
    struct person_state *states = &scratch->states[start];
    bool told = self->renewal && block->year > self->year;
    int32_t cost[PEOPLE_TILE];
    variate_mix(self->cost_loading, lives->health, self->cost_rest, lives->cost, PEOPLE_TILE, cost);
    for (int i = 0; i < PEOPLE_TILE; i++) {
        struct person_state *state = &states[i];
        state->health = lives->health[i];
        state->cost = cost[i];
        state->last = told ? lives->last[i] : DAY_MAX;
        state->diseases = block->traits[start + i].diseases;
        state->age = lives->age[i];
        state->status = block->members[start + i].status;
        state->settled = lives->settles[i] < self->settled[state->status];
    }
    for (int index = 0; index < STREAM_INPATIENT; index++)
        draw_numbers(self, scratch, lives, index, scratch->words->counts[index], states);
    draw_numbers(self, scratch, lives, STREAM_INPATIENT, scratch->words->more[0], states);
    for (int i = 0; i < PEOPLE_TILE; i++) {
        uint32_t other = states[i].diseases;
        for (int index = STREAM_OUTPATIENT + 1; index < STREAM_DISEASES; index++)
            other |= states[i].n[index];
        states[i].only_visits = other == 0;
    }
}

/* --- a block --- */

static struct people_scratch *
scratch_of(struct people_block *block)
{
    if (block->scratch == NULL) {
        block->scratch = memory_alloc(1, sizeof *block->scratch);
        block->scratch->words = memory_aligned(1, sizeof *block->scratch->words);
    }
    return block->scratch;
}

void
people_exchange(struct people_block *block, struct people_carried **other)
{
    struct people_scratch *scratch = scratch_of(block);
    struct people_carried *carried = scratch->carried;
    scratch->carried = *other;
    *other = carried;
}

void
people_carried_free(struct people_carried *self)
{
    if (self != NULL)
        free(self->lives);
    free(self);
}

static void
reserve_lives(struct people_scratch *scratch, int n)
{
    if (scratch->carried == NULL)
        scratch->carried = memory_alloc(1, sizeof *scratch->carried);
    struct people_carried *carried = scratch->carried;
    if (carried->capacity >= n)
        return;
    carried->capacity = n;
    carried->lives
        = memory_resize(carried->lives, (size_t)(n / PEOPLE_TILE), sizeof *carried->lives);
}

static void
reserve(struct people_block *block, int n)
{
    n = (n + PEOPLE_TILE - 1) / PEOPLE_TILE * PEOPLE_TILE;
    reserve_lives(scratch_of(block), n);
    if (block->capacity >= n)
        return;
    block->capacity = n;
    size_t size = (size_t)n;
    block->members = memory_resize(block->members, size, sizeof *block->members);
    block->traits = memory_resize(block->traits, size, sizeof *block->traits);
    block->order = memory_resize(block->order, size, sizeof *block->order);
    block->household_start
        = memory_resize(block->household_start, size + 1, sizeof *block->household_start);
    block->claim_start = memory_resize(block->claim_start, size + 1, sizeof *block->claim_start);
    block->scratch->states
        = memory_resize(block->scratch->states, size, sizeof *block->scratch->states);
}

static void
draw_columns(const struct people *self, uint64_t first, int year, int purpose, int index,
    uint32_t out[4][PEOPLE_TILE])
{
    uint32_t *const columns[4] = { out[0], out[1], out[2], out[3] };
    random_columns(self->key, first, PEOPLE_TILE, (uint32_t)year, (uint32_t)purpose,
        (uint32_t)index, columns);
}

/* Households of a tile's persons but for those from n on. */
static void
put_households(struct people_block *block, const struct lives *lives, int start, int *ordered)
{
    int here = block->n - start;
    uint32_t kept = here >= PEOPLE_TILE ? UINT32_MAX : (1U << here) - 1;
    for (int i = 0; i < PEOPLE_TILE && i < here; i++) {
        uint32_t mask = lives->household[i];
        if (lives->leader[i] != i)
            continue;
        block->household_start[block->n_households++] = *ordered;
        bool alone = (mask & (mask - 1)) == 0;
        for (uint32_t left = mask & kept; left != 0; left &= left - 1) {
            int person = start + __builtin_ctz(left);
            block->order[(*ordered)++] = person;
            if (!alone)
                block->members[person].household = (uint32_t)(block->first + (uint64_t)(start + i));
        }
    }
}

/* A tile is drawn whole, so that households don't depend on where the run ends;
 * persons from n on are then left out. Its lives go on from the year carried or
 * from the model's own. */
static void
draw_tile(const struct people *self, struct people_block *block, int start, int *ordered)
{
    struct people_scratch *scratch = block->scratch;
    struct tile_words *words = scratch->words;
    const struct people_carried *carried = scratch->carried;
    struct lives *lives = &carried->lives[start / PEOPLE_TILE];
    uint64_t first = block->first + (uint64_t)start;
    bool held = start < carried->n;
    fen_t base[PEOPLE_TILE], balance[PEOPLE_TILE];
    if (!held)
        people_begin_lives(self, first, words, lives);
    people_move_lives(
        self, first, held ? carried->year : self->year, block->year, words, lives);
    if (self->any_gaps)
        draw_columns(self, first, block->year, PURPOSE_INSURED, 0, words->insured);
    draw_columns(self, first, block->year, PURPOSE_COUNTS, 0, words->counts);
    draw_columns(self, first, block->year, PURPOSE_COUNTS, 1, words->more);
    draw_money(self, lives, block->year, base, balance);
    for (int i = 0; i < PEOPLE_TILE; i++)
        put_person(self, block, lives, i, start + i, base[i], balance[i]);
    put_households(block, lives, start, ordered);
    draw_states(self, block, lives, start);
}

static void
draw_persons(const struct people *self, uint64_t first, int n, int year, struct people_block *out)
{
    reserve(out, n);
    struct people_scratch *scratch = out->scratch;
    /* Lives go on from the year drawn before, where it is the same people's. */
    struct people_carried *carried = scratch->carried;
    bool on = carried->of == self && carried->key.word[0] == self->key.word[0]
        && carried->key.word[1] == self->key.word[1] && carried->first == first
        && carried->year >= self->year && year >= carried->year;
    carried->n = on ? carried->n : 0;
    scratch->counts = people_counts(self, year);
    scratch->terms = people_terms(self, year);
    out->first = first;
    out->n = n;
    out->year = year;
    out->n_households = 0;
    out->n_claims = 0;
    scratch->first = date_day(year, 1, 1);
    scratch->last = date_day(year, 12, 31);
    for (int month = 0; month < 12; month++)
        scratch->months[month] = date_month_of(year, month + 1);
    int ordered = 0;
    for (int start = 0; start < n; start += PEOPLE_TILE)
        draw_tile(self, out, start, &ordered);
    carried->of = self;
    carried->key = self->key;
    carried->first = first;
    carried->year = year;
    carried->n = (n + PEOPLE_TILE - 1) / PEOPLE_TILE * PEOPLE_TILE;
    out->household_start[out->n_households] = ordered;
}

void
people_draw(const struct people *self, uint64_t first, int n, int year, struct people_block *out)
{
    draw_persons(self, first, n, year, out);
    /* So many persons at a time that their claims stay in the cache. */
    enum { TOGETHER = 256 };
    for (int from = 0, to = 0; from < out->n_households; from = to) {
        while (to < out->n_households
            && out->household_start[to] - out->household_start[from] < TOGETHER)
            to++;
        people_claims(self, out, from, to);
    }
    out->claim_start[out->n_households] = out->n_claims;
}

void
people_draw_visits(const struct people *self, uint64_t first, int n, int year,
    struct people_block *out)
{
    draw_persons(self, first, n, year, out);
    if (n + 1 > out->visit_start_capacity) {
        out->visit_start_capacity = n + 1;
        out->visit_start = memory_resize(
            out->visit_start, (size_t)out->visit_start_capacity, sizeof *out->visit_start);
    }
    people_visits(self, out);
}

void
people_block_free(struct people_block *self)
{
    free(self->members);
    free(self->traits);
    free(self->order);
    free(self->household_start);
    free(self->claims);
    free(self->claim_start);
    free(self->potential);
    free(self->visits);
    free(self->visit_start);
    if (self->scratch != NULL) {
        free(self->scratch->states);
        people_carried_free(self->scratch->carried);
        free(self->scratch->words);
        free(self->scratch->claims);
        free(self->scratch->potential);
        free(self->scratch->day);
        free(self->scratch->end);
        free(self->scratch->days);
        free(self->scratch->rank);
        free(self->scratch->drawn);
        free(self->scratch->who);
        free(self->scratch->by_date);
        free(self->scratch->chunk);
        free(self->scratch->primary);
        free(self->scratch->further.persons);
        free(self->scratch->further.indices);
        free(self->scratch->further.words);
        free(self->scratch->further.scores);
        free(self->scratch->of_person);
        free(self->scratch->parts);
        for (int i = 0; i <= STREAM_FURTHER; i++)
            free(self->scratch->runs[i].items);
    }
    free(self->scratch);
    *self = (struct people_block){ 0 };
}
