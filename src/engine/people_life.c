/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lives: who holds a number in a year. Whoever dies or leaves within a year is
 * followed on the next 1 January by somebody else under the same number, whose
 * attributes are drawn at the year of coming. What a year brings is drawn at that
 * year, so that a number's history is a function of seed, number and year. */
#include <math.h>
#include <stdio.h>

#include "engine/people_tables.h"

/* --- retirement --- */

static day_t
months_later(day_t day, int months)
{
    month_t from = date_month(day), month = from + months;
    day_t wanted = date_month_first(month) + (day - date_month_first(from));
    day_t next = date_month_first(month + 1);
    return wanted < next ? wanted : next - 1;
}

day_t
people_retires(const struct people *self, day_t birth, int status, int kind)
{
    day_t old = date_birthday(birth, self->retirement[status][kind]);
    int step = self->delay_step[status][kind], most = self->delay_most[status][kind];
    month_t late = date_month(old) - date_month_of(self->delay_from, 1);
    if (self->delay_from == 0 || step == 0 || late < 0)
        return old;
    int delay = late / step + 1;
    return months_later(old, delay < most ? delay : most);
}

/* --- tables --- */

static void
compile_delay(struct people *people, const struct model *model)
{
    static const char *const who[] = { "male", "female_public", "female_enterprise",
        "female_flexible" };
    people->delay_from = (int)model_number(model, -1, "retirement.delay_from");
    for (int status = 0; status < STATUS_COUNT; status++)
        for (int kind = 0; kind < KIND_COUNT; kind++) {
            char key[64];
            int i = kind >= KIND_MALE_ENTERPRISE ? 0
                : kind == KIND_FEMALE_PUBLIC     ? 1
                : status == STATUS_FLEXIBLE      ? 3
                                                 : 2;
            snprintf(key, sizeof key, "retirement.%s_step", who[i]);
            people->delay_step[status][kind] = (int)model_number(model, -1, key);
            snprintf(key, sizeof key, "retirement.%s_most", who[i]);
            people->delay_most[status][kind] = (int)model_number(model, -1, key);
        }
}

void
people_compile_lives(struct people *people, const struct model *model)
{
    static const char *const level[SEX_COUNT]
        = { [SEX_MALE] = "mortality.male", [SEX_FEMALE] = "mortality.female" };
    static const char *const slope[SEX_COUNT]
        = { [SEX_MALE] = "mortality.male_slope", [SEX_FEMALE] = "mortality.female_slope" };
    const struct model_value *exits = model_find(model, -1, "insured.exit_share");
    double multiplier = model_number(model, -1, "mortality.multiplier");
    compile_delay(people, model);
    for (int age = 0; age < PEOPLE_AGES; age++) {
        for (int sex = 0; sex < SEX_COUNT; sex++) {
            /* The mean over the year of age, and nobody outlives the table. */
            double force = multiplier * model_number(model, -1, level[sex])
                * exp(model_number(model, -1, slope[sex]) * (age + 0.5 - 60));
            bool last = age == PEOPLE_AGES - 1 && force > 0;
            people->death[sex][age] = variate_bound(last ? 1 : -expm1(-force));
            people->renewal = people->renewal || force > 0;
        }
        for (int status = 0; status < STATUS_COUNT; status++) {
            const int at[MODEL_DIMENSIONS] = { [MODEL_BY_STATUS] = status, [MODEL_BY_AGE] = age };
            double share = model_cell(exits, at);
            people->exit[status][age] = variate_bound(share);
            people->renewal = people->renewal || share > 0;
        }
    }
    double retirees = model_number(model, -1, "population.retiree_share");
    double flexible = model_number(model, -1, "population.flexible_share");
    people->entry_flexible = variate_bound(retirees < 1 ? flexible / (1 - retirees) : 0);
}

/* --- lives --- */

static uint8_t
draw_kind(const struct people *self, int status, int age, uint32_t word)
{
    const uint64_t *bound = self->kind[status][age];
    int kind = 0;
    for (int i = 0; i < KIND_COUNT - 1; i++)
        kind += word >= bound[i];
    return (uint8_t)kind;
}

/* Born so as to be of that age on 1 January of the year. */
static day_t
draw_birth(int year, int age, uint32_t word)
{
    day_t first = date_day(year - 1 - age, 1, 2), last = date_day(year - age, 1, 1);
    return first + (day_t)variate_below(word, (uint32_t)(last - first + 1));
}

static int
sex_of(int kind)
{
    return kind >= KIND_MALE_ENTERPRISE ? SEX_MALE : SEX_FEMALE;
}

/* The diseases that the person may be registered with at some age, and the scores that
 * decide at which. */
static void
bring_diseases(const struct people *self, const struct tile_words *words, int i,
    struct lives *lives)
{
    lives->may_have[i] = 0;
    if (!self->any_registered)
        return;
    int64_t health = variate_times(
        self->disease_loading, variate_at(&self->normal, words->person[2][0][i]));
    uint32_t may_have = 0;
    for (uint32_t d = 0; d < PEOPLE_DISEASES; d++) {
        int64_t wanted = self->registered_least[d] - health;
        uint32_t word = words->diseases[d / 4][d % 4][i];
        if (variate_out_of_reach(&self->disease_reach, wanted, word))
            continue;
        int64_t own = variate_times(self->disease_rest, variate_at(&self->normal, word));
        lives->disease[d][i] = (int32_t)(own + health);
        may_have |= (uint32_t)(own >= wanted) << d;
    }
    lives->may_have[i] = (uint16_t)may_have;
}

/* What the person keeps from the day of coming on; birth, status and kind are known. */
static void
bring(const struct people *self, const struct tile_words *words, int i, struct lives *lives)
{
    const uint32_t(*what)[PEOPLE_TILE] = words->person[1], (*care)[PEOPLE_TILE] = words->person[3];
    int status = lives->status[i], kind = lives->kind[i], county = 0;
    while (county + 1 < self->n_counties && what[0][i] >= self->county_bound[county])
        county++;
    lives->county[i] = (uint8_t)county;
    lives->settles[i] = what[3][i];
    if (status == STATUS_RETIREE) {
        bool public = kind == KIND_FEMALE_PUBLIC || kind == KIND_MALE_PUBLIC;
        lives->wage[i] = self->pension[public ? SECTOR_PUBLIC : SECTOR_ENTERPRISE];
        lives->quintile[i] = 5;
    } else {
        int64_t wage = self->wage_add[status] + variate_times(self->wage_spread, words->wage[i]);
        int quintile = 0;
        for (int k = 0; k < 4; k++)
            quintile += wage > self->wage_quintile[k];
        lives->wage[i] = (int32_t)wage;
        lives->quintile[i] = (uint8_t)quintile;
    }
    lives->empty[i] = self->balance_none[status] || care[0][i] < self->balance_empty[status];
    lives->held[i] = (int32_t)(self->balance_add[status]
        + variate_times(self->balance_spread, words->balance[i]));
    for (int k = 0; k < 3; k++)
        lives->care[k][i] = care[1 + k][i];
    bring_diseases(self, words, i, lives);
}

static void
draw_columns(const struct people *self, uint64_t first, uint32_t purpose, uint32_t index,
    uint32_t out[4][PEOPLE_TILE])
{
    uint32_t *const columns[4] = { out[0], out[1], out[2], out[3] };
    random_columns(self->key, first, PEOPLE_TILE, 0, purpose, index, columns);
}

/* The first under a number; words: PURPOSE_PERSON 0. */
static void
draw_origin(const struct people *self, const uint32_t words[4][PEOPLE_TILE], int i,
    struct lives *out)
{
    uint32_t who = words[0][i];
    int status = who < self->retired_bound ? STATUS_RETIREE
        : who < self->flexible_bound       ? STATUS_FLEXIBLE
                                           : STATUS_EMPLOYEE;
    int age = variate_wheel_at(&self->ages[status == STATUS_RETIREE], words[1][i]);
    int kind = draw_kind(self, status, age, words[2][i]);
    out->entered[i] = 0;
    out->status[i] = (uint8_t)status;
    out->came_at[i] = out->age[i] = (uint8_t)age;
    out->kind[i] = (uint8_t)kind;
    out->birth[i] = self->birth_first[age]
        + (day_t)variate_below(words[3][i], self->birth_days[age]);
    out->retires[i] = people_retires(self, out->birth[i], status, kind);
}

static void
put_words(uint32_t columns[4][PEOPLE_TILE], int i, struct random_words words)
{
    for (int w = 0; w < 4; w++)
        columns[w][i] = words.word[w];
}

/* Somebody new under the number, on 1 January. */
static void
enter(const struct people *self, uint64_t number, int year, int i, struct tile_words *words,
    struct lives *lives)
{
    for (uint32_t k = 0; k < 4; k++)
        put_words(words->person[k], i,
            random_at(self->key, number, (uint32_t)year, PURPOSE_PERSON, k));
    for (uint32_t k = 0; k < 3 && self->any_registered; k++)
        put_words(words->diseases[k], i,
            random_at(self->key, number, (uint32_t)year, PURPOSE_DISEASES, k));
    const uint32_t(*who)[PEOPLE_TILE] = words->person[0];
    int status = who[0][i] < self->entry_flexible ? STATUS_FLEXIBLE : STATUS_EMPLOYEE;
    int age = variate_wheel_at(&self->entry_age, who[1][i]);
    int kind = draw_kind(self, status, age, who[2][i]);
    lives->entered[i] = (int16_t)year;
    lives->status[i] = (uint8_t)status;
    lives->came_at[i] = lives->age[i] = (uint8_t)age;
    lives->kind[i] = (uint8_t)kind;
    lives->birth[i] = draw_birth(year, age, who[3][i]);
    lives->retires[i] = people_retires(self, lives->birth[i], status, kind);
    lives->health[i] = variate_at(&self->normal, words->person[2][0][i]);
    lives->cost[i] = variate_at(&self->normal, words->person[2][1][i]);
    words->wage[i] = variate_at(&self->normal, words->person[1][1][i]);
    words->balance[i] = variate_at(&self->normal, words->person[1][2][i]);
    bring(self, words, i, lives);
}

static void
end_life(struct lives *lives, int i, enum fate fate, day_t last)
{
    lives->fate[i] = (uint8_t)fate;
    lives->last[i] = last;
}

/* The last day under insurance, where it comes within the year: of death any day, of
 * leaving a month's last, of making room a year's. */
static void
draw_fates(const struct people *self, uint64_t first, int year, struct lives *lives)
{
    uint32_t words[4][PEOPLE_TILE];
    uint32_t *const columns[4] = { words[0], words[1], words[2], words[3] };
    for (int i = 0; i < PEOPLE_TILE; i++) {
        lives->fate[i] = FATE_STAYS;
        lives->last[i] = DAY_MAX;
    }
    if (!self->renewal)
        return;
    random_columns(self->key, first, PEOPLE_TILE, (uint32_t)year, PURPOSE_LIFE, 0, columns);
    month_t january = date_month_of(year, 1);
    day_t opening = date_month_first(january), closing = date_month_first(january + 12) - 1;
    /* The numbers drawn are a sample of fixed size. As the insured grow more numerous by
     * those who come, any number falls to one of them as often as that. */
    uint64_t newcomers = people_terms(self, year + 1)->newcomers;
    for (int i = 0; i < PEOPLE_TILE; i++) {
        int status = lives->retires[i] <= opening ? STATUS_RETIREE : lives->status[i];
        uint64_t exit = self->exit[status][lives->age[i]];
        bool dies = words[0][i] < self->death[sex_of(lives->kind[i])][lives->age[i]];
        if (dies)
            end_life(lives, i, FATE_DIES, opening
                    + (day_t)variate_below(words[2][i], (uint32_t)(closing - opening + 1)));
        else if (words[1][i] < exit) {
            month_t next = january + 1 + (month_t)variate_below(words[3][i], 12);
            end_life(lives, i, FATE_LEAVES, date_month_first(next) - 1);
        } else if (words[1][i] < exit + newcomers)
            end_life(lives, i, FATE_STAYS, closing);
    }
}

void
people_begin_lives(const struct people *self, uint64_t first, struct tile_words *words,
    struct lives *lives)
{
    uint8_t sex[PEOPLE_TILE];
    for (uint32_t i = 0; i < 4; i++)
        draw_columns(self, first, PURPOSE_PERSON, i, words->person[i]);
    for (uint32_t i = 0; i < 3 && self->any_registered; i++)
        draw_columns(self, first, PURPOSE_DISEASES, i, words->diseases[i]);
    variate_many(&self->normal, words->person[1][1], PEOPLE_TILE, words->wage);
    variate_many(&self->normal, words->person[1][2], PEOPLE_TILE, words->balance);
    variate_many(&self->normal, words->person[2][0], PEOPLE_TILE, lives->health);
    variate_many(&self->normal, words->person[2][1], PEOPLE_TILE, lives->cost);
    for (int i = 0; i < PEOPLE_TILE; i++) {
        draw_origin(self, words->person[0], i, lives);
        sex[i] = (uint8_t)sex_of(lives->kind[i]);
        bring(self, words, i, lives);
    }
    people_match(self, words->person[2][2], words->person[2][3], lives->age, sex, lives->leader,
        lives->household);
    draw_fates(self, first, self->year, lives);
}

void
people_move_lives(const struct people *self, uint64_t first, int from, int to,
    struct tile_words *words, struct lives *lives)
{
    int step = to < from ? -1 : 1;
    for (int year = from; year != to; year += step) {
        uint32_t rank[4][PEOPLE_TILE];
        uint32_t *const columns[4] = { rank[0], rank[1], rank[2], rank[3] };
        int32_t health[PEOPLE_TILE], cost[PEOPLE_TILE];
        random_columns(
            self->key, first, PEOPLE_TILE, (uint32_t)(year + step), PURPOSE_RANK, 0, columns);
        variate_many(&self->normal, rank[0], PEOPLE_TILE, health);
        variate_many(&self->normal, rank[1], PEOPLE_TILE, cost);
        /* Scores go from year to year as a stationary autoregression. */
        variate_mix(self->persistence, lives->health, self->innovation, health, PEOPLE_TILE,
            lives->health);
        variate_mix(self->cost_persistence, lives->cost, self->cost_innovation, cost, PEOPLE_TILE,
            lives->cost);
        uint32_t gone = 0;
        for (int i = 0; i < PEOPLE_TILE; i++) {
            int age = lives->age[i] + step;
            lives->age[i] = (uint8_t)(age < 0 ? 0 : age < PEOPLE_AGES ? age : PEOPLE_AGES - 1);
            gone |= (uint32_t)(lives->last[i] != DAY_MAX) << i;
        }
        for (uint32_t left = step > 0 ? gone : 0; left != 0; left &= left - 1) {
            int i = __builtin_ctz(left);
            enter(self, first + (uint64_t)i, year + 1, i, words, lives);
        }
        if (step > 0)
            draw_fates(self, first, year + 1, lives);
    }
}
