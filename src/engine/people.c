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

/* --- one person --- */

static uint16_t
draw_diseases(const struct people *self, const struct tile_words *words, int i, int age,
    uint32_t health_word)
{
    if (!self->any_registered)
        return 0;
    int64_t health = variate_times(self->disease_loading, variate_at(&self->normal, health_word));
    uint32_t out = 0;
    for (uint32_t d = 0; d < PEOPLE_DISEASES; d++) {
        int64_t wanted = self->registered[d][age] - health;
        uint32_t word = words->diseases[d / 4][d % 4][i];
        if (variate_out_of_reach(&self->disease_reach, wanted, word))
            continue;
        int64_t own = variate_times(self->disease_rest, variate_at(&self->normal, word));
        out |= (uint32_t)(own >= wanted) << d;
    }
    return (uint16_t)out;
}

static void
draw_money(const struct people *self, const struct life *life, int year, struct member *member,
    struct person_traits *traits, int32_t wage_score, int32_t balance_score, uint32_t empty_word)
{
    const struct year_terms *terms = people_terms(self, year);
    int64_t month; /* log2 of the base or pension */
    int status = life->status;
    member->base = 0;
    traits->wage_quintile = 5;
    if (status == STATUS_RETIREE)
        month = terms->pension + self->pension[member->sector];
    else {
        month = terms->wage + self->wage_add[status]
            + variate_times(self->wage_spread, wage_score);
        int quintile = 0;
        for (int i = 0; i < 4; i++)
            quintile += month - terms->wage > self->wage_quintile[i];
        traits->wage_quintile = (uint8_t)quintile;
        fen_t wage = variate_fen(&self->exp, month);
        member->base = money_min(money_max(wage, terms->wage_floor), terms->wage_ceiling);
    }
    member->balance = 0;
    if (traits->fresh || self->balance_none[status] || empty_word < self->balance_empty[status])
        return;
    /* Those who came since the model's year had no more months than they are there. */
    int64_t held = self->balance_add[status];
    if (life->entered != 0 && 12 * (year - life->entered) < self->balance_months[status])
        held += self->balance_tenure[12 * (year - life->entered)] - self->balance_full[status];
    member->balance = variate_fen(&self->exp, month + held
            + variate_times(self->balance_spread, balance_score));
}

static void
draw_care(const struct people *self, const struct life *life, int origin_age, struct member *member,
    uint32_t has, uint32_t begins, uint32_t lasts)
{
    member->ltc_from = DAY_MAX;
    member->ltc_to = DAY_MIN;
    if (has >= self->ltc[origin_age])
        return;
    /* Begins some time from two years before the model's year, or that of coming, to
     * one after it. */
    day_t first = date_day((life->entered != 0 ? life->entered : self->year) - 2, 1, 1);
    member->ltc_from = first + (day_t)variate_below(begins, 4 * 365);
    member->ltc_to = member->ltc_from + self->ltc_days / 2
        + (day_t)variate_below(lasts, (uint32_t)self->ltc_days + 1);
}

static void
draw_insured(const struct people *self, const struct random_words *words, int status, int year,
    const struct life *life, const month_t months[static 12], struct member *member)
{
    /* After the model's year those who die and leave are told one by one. */
    bool told = self->renewal && year > self->year;
    member->insured_from
        = life->entered == year && life->entered != 0 ? date_month_first(months[0]) : DAY_MIN;
    member->insured_to = told ? life->last : DAY_MAX;
    member->arrears = NULL;
    member->n_arrears = 0;
    if (self->leaving[status] == 0 && self->arrears[status] == 0)
        return;
    if (!told && words->word[0] < self->leaving[status]) {
        month_t month = months[1 + variate_below(words->word[1], 11)]; /* February to December */
        if (words->word[0] < self->joining[status])
            member->insured_from = date_month_first(month);
        else
            member->insured_to = date_month_first(month) - 1;
    } else if (words->word[2] < self->arrears[status]) {
        uint32_t most = (uint32_t)self->arrears_months;
        uint32_t which = variate_below(words->word[3], 12 * most);
        uint32_t start = which / most, length = which % most + 1;
        member->arrears = &months[start];
        member->n_arrears = (uint16_t)(length < 12 - start ? length : 12 - start);
    }
}

static void
set_status(const struct life *life, day_t first_of_year, struct member *member)
{
    bool male = life->kind >= KIND_MALE_ENTERPRISE;
    member->birth = life->birth;
    member->sex = male ? SEX_MALE : SEX_FEMALE;
    member->sector = life->kind == KIND_FEMALE_PUBLIC || life->kind == KIND_MALE_PUBLIC
        ? SECTOR_PUBLIC
        : SECTOR_ENTERPRISE;
    member->retired_on = life->retires;
    if (member->retired_on <= first_of_year) {
        member->status = STATUS_RETIREE;
        member->retired_on = DAY_MIN;
    } else
        member->status = life->status == STATUS_FLEXIBLE ? STATUS_FLEXIBLE : STATUS_EMPLOYEE;
}

static uint8_t
draw_county(const struct people *self, uint32_t word, struct member *member)
{
    int county = 0;
    while (county + 1 < self->n_counties && word >= self->county_bound[county])
        county++;
    member->county = self->n_counties != 0 ? self->counties[county] : NAME_NONE;
    return (uint8_t)county;
}

static struct random_words
word_of(const uint32_t columns[4][PEOPLE_TILE], int i)
{
    return (struct random_words){ { columns[0][i], columns[1][i], columns[2][i], columns[3][i] } };
}

static void
draw_person(const struct people *self, struct people_block *block, int person, int i)
{
    const struct life *life = &block->scratch->lives[person];
    struct member *member = &block->members[person];
    struct person_traits *traits = &block->traits[person];
    struct person_state *state = &block->scratch->states[person];
    const struct tile_words *words = block->scratch->words;
    const uint32_t(*what)[PEOPLE_TILE] = words->person[1], (*health)[PEOPLE_TILE] = words->person[2],
        (*care)[PEOPLE_TILE] = words->person[3];
    int years = block->year - (life->entered != 0 ? life->entered : self->year);
    int origin_age = life->age - years > 0 ? life->age - years : 0;
    *member = (struct member){ .household = NAME_NONE };
    set_status(life, block->scratch->first, member);
    traits->entered = (uint16_t)life->entered;
    traits->fresh = life->entered != 0 && years == 0;
    traits->fate = life->fate;
    state->age = life->age;
    state->last = self->renewal && block->year > self->year ? life->last : DAY_MAX;
    state->status = member->status;
    state->settled = what[3][i] < self->settled[member->status];
    traits->age_band = people_age_band(state->age);
    traits->county = draw_county(self, what[0][i], member);
    draw_money(self, life, block->year, member, traits, words->wage[i], words->balance[i],
        care[0][i]);
    if (member->status == STATUS_RETIREE) {
        member->base = 0;
        traits->wage_quintile = 5;
    }
    state->health = life->health;
    state->cost = (int32_t)(variate_times(self->cost_loading, life->health)
        + variate_times(self->cost_rest, life->cost));
    state->diseases = draw_diseases(self, words, i, life->age, health[0][i]);
    traits->diseases = state->diseases;
    uint32_t chronic = state->diseases & ((1U << MODEL_CHRONIC) - 1);
    member->n_chronic = (uint16_t)__builtin_popcount(chronic);
    member->psychiatric = (chronic >> 2 & 1) != 0; /* third of model_chronic_words */
    draw_care(self, life, origin_age, member, care[1][i], care[2][i], care[3][i]);
    const struct random_words insured = word_of(words->insured, i);
    draw_insured(self, &insured, member->status, block->year, life, block->scratch->months,
        member);
    state->counts = word_of(words->counts, i);
    state->visits = words->visits[i];
    state->stays = words->more[0][i];
    traits->tie = words->more[1][i];
}

/* --- a block --- */

static void
reserve(struct people_block *block, int n)
{
    if (block->scratch == NULL) {
        block->scratch = memory_alloc(1, sizeof *block->scratch);
        block->scratch->words = memory_aligned(1, sizeof *block->scratch->words);
    }
    n = (n + PEOPLE_TILE - 1) / PEOPLE_TILE * PEOPLE_TILE;
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
    block->scratch->lives
        = memory_resize(block->scratch->lives, size, sizeof *block->scratch->lives);
}

static void
draw_columns(const struct people *self, uint64_t first, int year, int purpose, int index,
    uint32_t out[4][PEOPLE_TILE])
{
    uint32_t *const columns[4] = { out[0], out[1], out[2], out[3] };
    random_columns(self->key, first, PEOPLE_TILE, (uint32_t)year, (uint32_t)purpose,
        (uint32_t)index, columns);
}

/* Those that something depends on; the others stay what they are. */
static void
draw_words(const struct people *self, uint64_t first, int year, struct tile_words *out)
{
    for (int i = 0; i < 4; i++)
        draw_columns(self, first, 0, PURPOSE_PERSON, i, out->person[i]);
    for (int i = 0; i < 3 && self->any_registered; i++)
        draw_columns(self, first, 0, PURPOSE_DISEASES, i, out->diseases[i]);
    if (self->any_gaps)
        draw_columns(self, first, year, PURPOSE_INSURED, 0, out->insured);
    draw_columns(self, first, year, PURPOSE_COUNTS, 0, out->counts);
    draw_columns(self, first, year, PURPOSE_COUNTS, 1, out->more);
}

static void
put_words(uint32_t columns[4][PEOPLE_TILE], int i, struct random_words words)
{
    for (int w = 0; w < 4; w++)
        columns[w][i] = words.word[w];
}

/* Brings a tile's lives to the year, from the year that the scratch holds or from the
 * model's own, and puts the words of those who came since in place. */
static void
draw_lives(const struct people *self, struct people_block *block, int start,
    const struct life origins[static PEOPLE_TILE])
{
    struct people_scratch *scratch = block->scratch;
    struct tile_words *words = scratch->words;
    struct life *lives = &scratch->lives[start];
    uint64_t first = block->first + (uint64_t)start;
    int from = scratch->lives_year;
    if (start >= scratch->n_lives) {
        from = self->year;
        memcpy(lives, origins, PEOPLE_TILE * sizeof *lives);
        people_begin_lives(self, first, words->person[2], lives);
    }
    people_move_lives(self, first, from, block->year, lives);
    for (int i = 0; i < PEOPLE_TILE; i++) {
        uint64_t number = first + (uint64_t)i;
        uint32_t entered = (uint32_t)lives[i].entered;
        if (entered == 0)
            continue;
        for (uint32_t k = 1; k < 4; k++)
            put_words(words->person[k], i,
                random_at(self->key, number, entered, PURPOSE_PERSON, k));
        for (uint32_t k = 0; k < 3 && self->any_registered; k++)
            put_words(words->diseases[k], i,
                random_at(self->key, number, entered, PURPOSE_DISEASES, k));
    }
}

/* A tile is drawn whole, so that households don't depend on where the run ends;
 * persons from n on are then left out. */
static void
draw_tile(const struct people *self, struct people_block *block, int start, int *ordered)
{
    uint8_t age[PEOPLE_TILE], sex[PEOPLE_TILE], leader[PEOPLE_TILE];
    struct life origins[PEOPLE_TILE];
    uint32_t mask[PEOPLE_TILE];
    uint64_t first = block->first + (uint64_t)start;
    struct tile_words *words = block->scratch->words;
    draw_words(self, first, block->year, words);
    for (int i = 0; i < PEOPLE_TILE; i++) {
        const struct random_words who = word_of(words->person[0], i);
        people_origin(self, &who, &origins[i]);
        age[i] = origins[i].age;
        sex[i] = origins[i].kind >= KIND_MALE_ENTERPRISE ? SEX_MALE : SEX_FEMALE;
    }
    people_match(self, words->person[2], age, sex, leader, mask);
    draw_lives(self, block, start, origins);
    variate_many(&self->normal, words->person[1][1], PEOPLE_TILE, words->wage);
    variate_many(&self->normal, words->person[1][2], PEOPLE_TILE, words->balance);
    variate_many(&self->normal, words->counts[STREAM_OUTPATIENT], PEOPLE_TILE, words->visits);
    for (int i = 0; i < PEOPLE_TILE; i++)
        draw_person(self, block, start + i, i);
    int here = block->n - start;
    uint32_t kept = here >= PEOPLE_TILE ? UINT32_MAX : (1U << here) - 1;
    for (int i = 0; i < PEOPLE_TILE && i < here; i++) {
        if (leader[i] != i)
            continue;
        block->household_start[block->n_households++] = *ordered;
        bool alone = (mask[i] & (mask[i] - 1)) == 0;
        for (uint32_t left = mask[i] & kept; left != 0; left &= left - 1) {
            int person = start + __builtin_ctz(left);
            block->order[(*ordered)++] = person;
            if (!alone)
                block->members[person].household = (uint32_t)(block->first + (uint64_t)(start + i));
        }
    }
}

/* The claims' places in the block from `start` on: by household, in it by the day they
 * settle, then as drawn. Counted out by day, then dealt to the households. */
static void
rank_claims(struct people_block *block, int from, int to, int n)
{
    struct people_scratch *scratch = block->scratch;
    const struct claim *claims = scratch->claims;
    const struct person_span *span = scratch->spans;
    uint32_t next[367] = { 0 }, *rank = scratch->rank, *by_day = scratch->by_day;
    uint32_t start = (uint32_t)block->n_claims;
    for (int h = from; h < to; h++) {
        block->claim_start[h] = (int)start;
        for (int i = block->household_start[h]; i < block->household_start[h + 1]; i++, span++)
            for (int c = span->from; c < span->to; c++) {
                next[claims[c].end - scratch->first + 1]++;
                rank[c] = (uint32_t)h; /* until its place is known */
                start++;
            }
    }
    for (int day = 1; day < 367; day++)
        next[day] += next[day - 1];
    span = scratch->spans;
    for (int i = block->household_start[from]; i < block->household_start[to]; i++, span++)
        for (int c = span->from; c < span->to; c++)
            by_day[next[claims[c].end - scratch->first]++] = (uint32_t)c;
    for (int k = 0; k < n; k++)
        rank[by_day[k]] = (uint32_t)block->claim_start[rank[by_day[k]]]++;
    for (int h = to; h-- > from;) /* each now stands where the next one begins */
        block->claim_start[h] = h > from ? block->claim_start[h - 1] : block->n_claims;
}

static void
draw_households(const struct people *self, struct people_block *block, int from, int to)
{
    struct people_scratch *scratch = block->scratch;
    int n = people_claims(self, block, from, to);
    if (block->n_claims + n > block->claim_capacity) {
        int capacity = block->claim_capacity != 0 ? block->claim_capacity : 1024;
        while (capacity < block->n_claims + n)
            capacity *= 2;
        block->claims = memory_resize(block->claims, (size_t)capacity, sizeof *block->claims);
        block->claim_capacity = capacity;
    }
    if (block->with_potential && block->potential_capacity < block->claim_capacity) {
        block->potential_capacity = block->claim_capacity;
        block->potential = memory_resize(
            block->potential, (size_t)block->potential_capacity, sizeof *block->potential);
    }
    rank_claims(block, from, to, n);
    const struct person_span *span = scratch->spans;
    for (int i = block->household_start[from]; i < block->household_start[to]; i++, span++)
        for (int c = span->from; c < span->to; c++) {
            const struct claim *drawn = &scratch->claims[c];
            struct claim *claim = &block->claims[scratch->rank[c]];
            *claim = *drawn;
            if (drawn->admission != NAME_NONE)
                claim->admission = scratch->rank[drawn->admission];
            if (block->with_potential)
                block->potential[scratch->rank[c]] = scratch->potential[c];
        }
    block->n_claims += n;
}

static void
draw_persons(const struct people *self, uint64_t first, int n, int year, struct people_block *out)
{
    reserve(out, n);
    struct people_scratch *scratch = out->scratch;
    /* Lives go on from the year drawn before, where it is the same people's. */
    bool on = scratch->of == self && scratch->key.word[0] == self->key.word[0]
        && scratch->key.word[1] == self->key.word[1] && out->first == first
        && scratch->lives_year >= self->year && year >= scratch->lives_year;
    scratch->n_lives = on ? scratch->n_lives : 0;
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
    scratch->of = self;
    scratch->key = self->key;
    scratch->lives_year = year;
    scratch->n_lives = (n + PEOPLE_TILE - 1) / PEOPLE_TILE * PEOPLE_TILE;
    out->household_start[out->n_households] = ordered;
}

void
people_draw(const struct people *self, uint64_t first, int n, int year, struct people_block *out)
{
    draw_persons(self, first, n, year, out);
    /* So many persons at a time that their claims stay in the cache. */
    enum { TOGETHER = 512 };
    for (int from = 0, to = 0; from < out->n_households; from = to) {
        while (to < out->n_households
            && out->household_start[to] - out->household_start[from] < TOGETHER)
            to++;
        draw_households(self, out, from, to);
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
        free(self->scratch->lives);
        free(self->scratch->words);
        free(self->scratch->claims);
        free(self->scratch->potential);
        free(self->scratch->rank);
        free(self->scratch->by_day);
        free(self->scratch->drawn);
        free(self->scratch->who);
        free(self->scratch->by_date);
        free(self->scratch->chunk);
        free(self->scratch->spans);
        for (int i = 0; i <= STREAM_COUNT; i++)
            free(self->scratch->runs[i].items);
    }
    free(self->scratch);
    *self = (struct people_block){ 0 };
}
