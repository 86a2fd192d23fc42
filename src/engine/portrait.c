/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/portrait.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

double
portrait_cost_edge(int bin)
{
    return pow(10, bin / 10.0);
}

static int
bin_of_cost(fen_t cost)
{
    int bin = cost < 100 ? 0 : (int)floor(10 * log10((double)cost / 100));
    return bin < PORTRAIT_COSTS ? bin : PORTRAIT_COSTS - 1;
}

void
portrait_init(struct portrait *self, int year)
{
    *self = (struct portrait){ .year = year };
}

void
portrait_add(struct portrait *self, const struct member *member, uint16_t diseases)
{
    day_t opening = date_day(self->year, 1, 1);
    int status = (int)member_status(member, opening);
    int age = member->birth <= opening ? date_age(member->birth, opening) : 0;
    int band = people_age_band(age);
    self->by_status[status]++;
    self->ages[status][member->sex][age < PORTRAIT_AGES ? age : PORTRAIT_AGES - 1]++;
    self->in_band[band]++;
    for (int i = 0; i < PORTRAIT_DISEASES; i++)
        self->registered[i][band] += diseases >> i & 1;
    if (status != STATUS_RETIREE) {
        int64_t step = member->base / (100 * PORTRAIT_BASE_STEP);
        self->bases[status][step < PORTRAIT_BASES ? step : PORTRAIT_BASES - 1]++;
        self->base_sum[status] += member->base;
    }
    memory_grow(self->of, self->persons, self->capacity);
    self->of[self->persons++] = (struct portrait_person){ .status = (uint8_t)status };
}

void
portrait_claim(struct portrait *self, int64_t person, const struct claim *claim)
{
    if (date_year(claim->date) != self->year)
        return;
    struct portrait_person *of = &self->of[person];
    int kind = claim->benefit == BENEFIT_INPATIENT ? PORTRAIT_STAYS : PORTRAIT_VISITS;
    self->n_claims[kind]++;
    self->cost[kind] += claim->cost;
    self->claim_costs[kind][bin_of_cost(claim->cost)]++;
    self->months[claim->benefit][date_civil(claim->date).month - 1]++;
    self->providers[claim->benefit][claim->provider]++;
    self->claims_by_status[of->status][kind]++;
    self->cost_by_status[of->status] += claim->cost;
    if (of->claims[kind] < UINT16_MAX)
        of->claims[kind]++;
    of->cost += claim->cost;
}

static int
compare_costs(const void *a, const void *b)
{
    const fen_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Concentration: from costs in ascending order. */
static void
concentrate(struct portrait *self, const fen_t *costs)
{
    int64_t n = self->persons, next = 0;
    double whole = (double)(self->cost[PORTRAIT_VISITS] + self->cost[PORTRAIT_STAYS]);
    double so_far = 0, area = 0;
    for (int64_t i = 0; i < n && whole > 0; i++) {
        while (next <= PORTRAIT_SHARES && i >= next * n / PORTRAIT_SHARES)
            self->lorenz[next++] = so_far / whole;
        area += (2 * so_far + (double)costs[i]) / whole;
        so_far += (double)costs[i];
    }
    for (; next <= PORTRAIT_SHARES; next++)
        self->lorenz[next] = whole > 0 ? 1 : 0;
    self->gini = whole > 0 ? 1 - area / (double)n : 0;
    self->top_tenth = 1 - self->lorenz[PORTRAIT_SHARES * 9 / 10];
    self->top_hundredth = 1 - self->lorenz[PORTRAIT_SHARES * 99 / 100];
}

void
portrait_finish(struct portrait *self)
{
    fen_t *costs = memory_alloc((size_t)self->persons, sizeof *costs);
    for (int64_t i = 0; i < self->persons; i++) {
        const struct portrait_person *of = &self->of[i];
        costs[i] = of->cost;
        for (int kind = 0; kind < PORTRAIT_KINDS; kind++)
            self->numbers[kind][of->claims[kind] < PORTRAIT_NUMBERS ? of->claims[kind]
                                                                    : PORTRAIT_NUMBERS - 1]++;
        self->without += of->claims[PORTRAIT_VISITS] == 0 && of->claims[PORTRAIT_STAYS] == 0;
        if (of->cost > 0)
            self->person_costs[bin_of_cost(of->cost)]++;
    }
    qsort(costs, (size_t)self->persons, sizeof *costs, compare_costs);
    concentrate(self, costs);
    free(costs);
}

void
portrait_free(struct portrait *self)
{
    free(self->of);
    self->of = NULL;
}

void
portrait_of_people(struct portrait *self, const struct people *people, int64_t n, int year)
{
    enum { BLOCK = 8192 };
    struct people_block block = { 0 };
    portrait_init(self, year);
    for (int64_t first = 0; first < n; first += BLOCK) {
        people_draw(people, (uint64_t)first, n - first < BLOCK ? (int)(n - first) : BLOCK, year,
            &block);
        for (int i = 0; i < block.n; i++)
            portrait_add(self, &block.members[i], block.traits[i].diseases);
        for (int i = 0; i < block.n_claims; i++)
            portrait_claim(self, first + block.claims[i].member, &block.claims[i]);
    }
    people_block_free(&block);
    portrait_finish(self);
}

/* The registrations with the diseases that models know, as a bit mask. */
static uint16_t
known_diseases(const struct members *members, uint32_t member, const struct names *names)
{
    const struct registered *registered = &members->registered[member];
    unsigned out = 0;
    for (int k = 0; k < registered->n_chronic + registered->n_special; k++) {
        const char *text = names->text[members->diseases[registered->at + (size_t)k]], *known;
        bool chronic;
        for (int i = 0; (known = people_disease_name(i, &chronic)) != NULL; i++)
            if (chronic == (k < registered->n_chronic) && strcmp(text, known) == 0)
                out |= 1u << i;
    }
    return (uint16_t)out;
}

void
portrait_of_files(struct portrait *self, const struct members *members,
    const struct claims *claims, const struct names *names, int year)
{
    portrait_init(self, year);
    for (uint32_t i = 0; i < members->n; i++)
        portrait_add(self, &members->items[i], known_diseases(members, i, names));
    for (int part = 0; part < claims->n_parts; part++) {
        size_t n;
        const struct claim_record *records = claims_part(claims, part, &n);
        for (size_t i = 0; i < n; i++)
            portrait_claim(self, records[i].claim.member, &records[i].claim);
    }
    portrait_finish(self);
}
