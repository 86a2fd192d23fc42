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
    int64_t health = variate_times(self->disease_loading, variate_at(&self->normal, health_word));
    uint32_t out = 0;
    for (uint32_t d = 0; d < PEOPLE_DISEASES; d++) {
        int64_t wanted = self->registered[d][age] - health;
        uint32_t word = words->diseases[d / 4][i].word[d % 4];
        if (variate_out_of_reach(&self->disease_reach, wanted, word))
            continue;
        int64_t own = variate_times(self->disease_rest, variate_at(&self->normal, word));
        out |= (uint32_t)(own >= wanted) << d;
    }
    return (uint16_t)out;
}

static void
draw_money(const struct people *self, const struct life *life, int year, struct member *member,
    struct person_traits *traits, uint32_t wage_word, uint32_t balance_word, uint32_t empty_word)
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
            + variate_times(self->wage_spread, variate_at(&self->normal, wage_word));
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
            + variate_times(self->balance_spread, variate_at(&self->normal, balance_word)));
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

static void
draw_person(const struct people *self, struct people_block *block, int person, int i)
{
    const struct life *life = &block->scratch->lives[person];
    struct member *member = &block->members[person];
    struct person_traits *traits = &block->traits[person];
    struct person_state *state = &block->scratch->states[person];
    const struct tile_words *words = block->scratch->words;
    const struct random_words *what = &words->person[1][i], *health = &words->person[2][i],
                              *care = &words->person[3][i];
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
    state->settled = what->word[3] < self->settled[member->status];
    traits->age_band = people_age_band(state->age);
    traits->county = draw_county(self, what->word[0], member);
    draw_money(self, life, block->year, member, traits, what->word[1], what->word[2], care->word[0]);
    if (member->status == STATUS_RETIREE) {
        member->base = 0;
        traits->wage_quintile = 5;
    }
    state->health = life->health;
    state->cost = (int32_t)(variate_times(self->cost_loading, life->health)
        + variate_times(self->cost_rest, life->cost));
    state->diseases = draw_diseases(self, words, i, life->age, health->word[0]);
    traits->diseases = state->diseases;
    uint32_t chronic = state->diseases & ((1U << MODEL_CHRONIC) - 1);
    member->n_chronic = (uint16_t)__builtin_popcount(chronic);
    member->psychiatric = (chronic >> 2 & 1) != 0; /* third of model_chronic_words */
    draw_care(self, life, origin_age, member, care->word[1], care->word[2], care->word[3]);
    draw_insured(self, &words->insured[i], member->status, block->year, life, block->scratch->months,
        member);
    state->counts = words->counts[i];
    state->more = words->more[i];
    traits->tie = words->more[i].word[1];
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
draw_words(const struct people *self, uint64_t first, int year, struct tile_words *out)
{
    const struct random_key key = self->key;
    uint32_t y = (uint32_t)year;
    for (uint32_t i = 0; i < 4; i++)
        random_persons(key, first, PEOPLE_TILE, 0, PURPOSE_PERSON, i, out->person[i]);
    for (uint32_t i = 0; i < 3; i++)
        random_persons(key, first, PEOPLE_TILE, 0, PURPOSE_DISEASES, i, out->diseases[i]);
    random_persons(key, first, PEOPLE_TILE, y, PURPOSE_INSURED, 0, out->insured);
    random_persons(key, first, PEOPLE_TILE, y, PURPOSE_COUNTS, 0, out->counts);
    random_persons(key, first, PEOPLE_TILE, y, PURPOSE_COUNTS, 1, out->more);
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
            words->person[k][i] = random_at(self->key, number, entered, PURPOSE_PERSON, k);
        for (uint32_t k = 0; k < 3; k++)
            words->diseases[k][i] = random_at(self->key, number, entered, PURPOSE_DISEASES, k);
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
    draw_words(self, first, block->year, block->scratch->words);
    for (int i = 0; i < PEOPLE_TILE; i++) {
        people_origin(self, &block->scratch->words->person[0][i], &origins[i]);
        age[i] = origins[i].age;
        sex[i] = origins[i].kind >= KIND_MALE_ENTERPRISE ? SEX_MALE : SEX_FEMALE;
    }
    people_match(self, block->scratch->words->person[2], age, sex, leader, mask);
    draw_lives(self, block, start, origins);
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

/* A claim's place in its household: by the day it settles, then as drawn. Few:
 * straight insertion; many: counting by day. */
static void
rank_claims(const struct claim *claims, int n, day_t first_of_year, uint32_t *rank)
{
    enum { FEW = 40 };
    if (n <= FEW) {
        uint32_t key[FEW];
        for (int i = 0; i < n; i++) {
            uint32_t own = (uint32_t)(claims[i].end - first_of_year) << 8 | (uint32_t)i;
            int j = i;
            for (; j > 0 && key[j - 1] > own; j--)
                key[j] = key[j - 1];
            key[j] = own;
        }
        for (int i = 0; i < n; i++)
            rank[key[i] & 255] = (uint32_t)i;
        return;
    }
    uint32_t next[367] = { 0 };
    for (int i = 0; i < n; i++)
        next[claims[i].end - first_of_year + 1]++;
    for (int day = 1; day < 367; day++)
        next[day] += next[day - 1];
    for (int i = 0; i < n; i++)
        rank[i] = next[claims[i].end - first_of_year]++;
}

static void
draw_household(const struct people *self, struct people_block *block, int household)
{
    struct people_scratch *scratch = block->scratch;
    int n = 0, start = block->n_claims;
    for (int i = block->household_start[household]; i < block->household_start[household + 1]; i++)
        n = people_claims(self, block, block->order[i], n);
    block->claim_start[household] = start;
    block->n_claims += n;
    if (block->n_claims > block->claim_capacity) {
        int capacity = block->claim_capacity != 0 ? block->claim_capacity : 1024;
        while (capacity < block->n_claims)
            capacity *= 2;
        block->claims = memory_resize(block->claims, (size_t)capacity, sizeof *block->claims);
        block->claim_capacity = capacity;
    }
    if (block->with_potential && block->potential_capacity < block->claim_capacity) {
        block->potential_capacity = block->claim_capacity;
        block->potential = memory_resize(
            block->potential, (size_t)block->potential_capacity, sizeof *block->potential);
    }
    if (n == 0)
        return;
    rank_claims(scratch->claims, n, scratch->first, scratch->rank);
    struct claim *out = block->claims + start;
    for (int i = 0; i < n; i++) {
        const struct claim *drawn = &scratch->claims[i];
        struct claim *claim = &out[scratch->rank[i]];
        uint32_t admission = drawn->admission;
        *claim = *drawn;
        if (admission != NAME_NONE)
            claim->admission = (uint32_t)start + scratch->rank[admission];
    }
    for (int i = 0; i < n && block->with_potential; i++)
        block->potential[start + (int)scratch->rank[i]] = scratch->potential[i];
}

void
people_draw(const struct people *self, uint64_t first, int n, int year, struct people_block *out)
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
    for (int household = 0; household < out->n_households; household++)
        draw_household(self, out, household);
    out->claim_start[out->n_households] = out->n_claims;
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
    if (self->scratch != NULL) {
        free(self->scratch->states);
        free(self->scratch->lives);
        free(self->scratch->words);
        free(self->scratch->claims);
        free(self->scratch->potential);
        free(self->scratch->rank);
    }
    free(self->scratch);
    *self = (struct people_block){ 0 };
}
