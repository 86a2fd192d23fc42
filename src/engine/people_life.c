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

void
people_origin(const struct people *self, const struct random_words *words, struct life *out)
{
    uint32_t who = words->word[0];
    int status = who < self->retired_bound ? STATUS_RETIREE
        : who < self->flexible_bound       ? STATUS_FLEXIBLE
                                           : STATUS_EMPLOYEE;
    int age = variate_wheel_at(&self->ages[status == STATUS_RETIREE], words->word[1]);
    out->entered = 0;
    out->status = (uint8_t)status;
    out->age = (uint8_t)age;
    out->kind = draw_kind(self, status, age, words->word[2]);
    out->birth = self->birth_first[age]
        + (day_t)variate_below(words->word[3], self->birth_days[age]);
    out->retires = people_retires(self, out->birth, status, out->kind);
}

/* Somebody new under the number, on 1 January. */
static void
enter(const struct people *self, uint64_t number, int year, struct life *life)
{
    struct random_words words = random_at(self->key, number, (uint32_t)year, PURPOSE_PERSON, 0);
    struct random_words health = random_at(self->key, number, (uint32_t)year, PURPOSE_PERSON, 2);
    int status = words.word[0] < self->entry_flexible ? STATUS_FLEXIBLE : STATUS_EMPLOYEE;
    int age = variate_wheel_at(&self->entry_age, words.word[1]);
    life->entered = (int16_t)year;
    life->status = (uint8_t)status;
    life->age = (uint8_t)age;
    life->kind = draw_kind(self, status, age, words.word[2]);
    life->birth = draw_birth(year, age, words.word[3]);
    life->retires = people_retires(self, life->birth, status, life->kind);
    life->health = variate_at(&self->normal, health.word[0]);
    life->cost = variate_at(&self->normal, health.word[1]);
}

static void
end_life(struct life *life, enum fate fate, day_t last)
{
    life->fate = (uint8_t)fate;
    life->last = last;
}

/* The last day under insurance, if that comes within the year: of death any day, of
 * leaving a month's last, of making room a year's. */
static void
draw_last(const struct people *self, const struct random_words *words, int year,
    struct life *life)
{
    day_t first = date_day(year, 1, 1);
    int sex = life->kind >= KIND_MALE_ENTERPRISE ? SEX_MALE : SEX_FEMALE;
    if (words->word[0] < self->death[sex][life->age]) {
        uint32_t days = (uint32_t)(date_day(year + 1, 1, 1) - first);
        end_life(life, FATE_DIES, first + (day_t)variate_below(words->word[2], days));
        return;
    }
    int status = life->retires <= first ? STATUS_RETIREE : life->status;
    if (words->word[1] < self->exit[status][life->age]) {
        month_t next = date_month_of(year, 1) + 1 + (month_t)variate_below(words->word[3], 12);
        end_life(life, FATE_LEAVES, date_month_first(next) - 1);
        return;
    }
    /* The numbers drawn are a sample of fixed size. As the insured grow more numerous by
     * those who come, any number falls to one of them as often as that. */
    uint64_t moved = self->exit[status][life->age] + people_terms(self, year + 1)->newcomers;
    if (words->word[1] < moved)
        end_life(life, FATE_STAYS, date_day(year, 12, 31));
    else
        end_life(life, FATE_STAYS, DAY_MAX);
}

static void
draw_fates(const struct people *self, uint64_t first, int year, struct life *lives)
{
    struct random_words words[PEOPLE_TILE];
    if (!self->renewal)
        return;
    random_persons(self->key, first, PEOPLE_TILE, (uint32_t)year, PURPOSE_LIFE, 0, words);
    for (int i = 0; i < PEOPLE_TILE; i++)
        draw_last(self, &words[i], year, &lives[i]);
}

void
people_begin_lives(const struct people *self, uint64_t first,
    const uint32_t health[4][PEOPLE_TILE], struct life lives[static PEOPLE_TILE])
{
    int32_t scores[2][PEOPLE_TILE];
    for (int k = 0; k < 2; k++)
        variate_many(&self->normal, health[k], PEOPLE_TILE, scores[k]);
    for (int i = 0; i < PEOPLE_TILE; i++) {
        lives[i].health = scores[0][i];
        lives[i].cost = scores[1][i];
        end_life(&lives[i], FATE_STAYS, DAY_MAX);
    }
    draw_fates(self, first, self->year, lives);
}

void
people_move_lives(const struct people *self, uint64_t first, int from, int to,
    struct life lives[static PEOPLE_TILE])
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
        for (int i = 0; i < PEOPLE_TILE; i++) {
            struct life *life = &lives[i];
            if (step > 0 && life->last != DAY_MAX) {
                enter(self, first + (uint64_t)i, year + 1, life);
                continue;
            }
            /* Scores go from year to year as a stationary autoregression. */
            life->health = (int32_t)(variate_times(self->persistence, life->health)
                + variate_times(self->innovation, health[i]));
            life->cost = (int32_t)(variate_times(self->cost_persistence, life->cost)
                + variate_times(self->cost_innovation, cost[i]));
            int age = life->age + step;
            life->age = (uint8_t)(age < 0 ? 0 : age < PEOPLE_AGES ? age : PEOPLE_AGES - 1);
        }
        if (step > 0)
            draw_fates(self, first, year + 1, lives);
    }
}
