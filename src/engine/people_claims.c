/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Persons' claims of a year. Claim k of a stream has two sets of random words:
 * at index 2 k        day, provider, cost, behaviour (half a word each for mark and shift),
 * at index 2 k + 1    place, eligible share, channel, designated and may admit (half a word each).
 * First each person's numbers of claims, and with them the places of all; then the
 * claims of each stream, many at a time (people_visits.c); then what depends on a
 * person's claims together. */
#include "base/memory.h"
#include "engine/people_tables.h"

struct drawing {
    const struct people *people;
    struct people_scratch *scratch;
    const struct person_state *state;
    uint64_t number; /* of the person at hand */
    int person, n; /* claims that have a place */
    uint32_t year;
    int leap;
    bool with_potential;
    day_t first, last; /* of the year */
};

static struct random_words
words_at(const struct drawing *d, uint32_t purpose, uint32_t index)
{
    return random_at(d->people->key, d->number, d->year, purpose, index);
}

/* Places for n more claims. */
static int
reserve(struct drawing *d, int n)
{
    struct people_scratch *scratch = d->scratch;
    int at = d->n;
    d->n += n;
    if (d->n > scratch->claim_capacity) {
        int capacity = scratch->claim_capacity != 0 ? scratch->claim_capacity : 4096;
        while (capacity < d->n)
            capacity *= 2;
        size_t size = (size_t)capacity;
        scratch->claims = memory_resize(scratch->claims, size, sizeof *scratch->claims);
        scratch->potential = memory_resize(scratch->potential, size, sizeof *scratch->potential);
        scratch->rank = memory_resize(scratch->rank, size, sizeof *scratch->rank);
        scratch->by_day = memory_resize(scratch->by_day, size, sizeof *scratch->by_day);
        scratch->claim_capacity = capacity;
    }
    return at;
}

static int32_t
level_of(const struct drawing *d, const struct person_state *state, const struct stream *stream)
{
    return visit_level(stream->person_add + d->scratch->terms->cost[stream->benefit]
        + variate_times(stream->person_spread, state->cost));
}

/* How many claims of a stream, from the word of its own score, which is seldom looked up
 * where claims are rare. */
static int
count_of(const struct drawing *d, int index, uint32_t word)
{
    const struct stream *stream = &d->people->streams[index];
    int table = stream->count[d->state->status][d->state->age];
    if (table < 0)
        return 0;
    const struct counts_of_year *counts = &d->scratch->counts;
    int64_t health = variate_times(stream->loading, d->state->health);
    if (variate_out_of_reach(&stream->reach, counts->first[table] - health, word))
        return 0;
    int64_t score = health + variate_times(stream->rest, variate_at(&d->people->normal, word));
    return variate_count_at(&counts->counts[table], (int32_t)score);
}

/* What behaviour needs of the claim at a place; i: of the chunk. */
static void
draw_potential(const struct drawing *d, int index, const struct visit_chunk *chunk, int i, int at,
    bool further)
{
    const struct claim *claim = &d->scratch->claims[at];
    struct potential *out = &d->scratch->potential[at];
    const struct stream *stream = &d->people->streams[index];
    const struct site *site = &d->people->sites[stream->benefit];
    uint32_t behaviour = chunk->words.behaviour[i];
    *out = (struct potential){ .mark = (uint16_t)(behaviour >> 16),
        .provider = claim->provider,
        .flags = claim->flags,
        .further = further };
    const uint64_t *bound = site->provider[chunk->band[i]];
    uint64_t primary = bound[PROVIDER_LEVEL1]; /* of 2^32: up to and with level 1 */
    bool away = claim->place == PLACE_REFERRED || claim->place == PLACE_TEMPORARY;
    if (index != STREAM_OUTPATIENT || away || claim->provider <= PROVIDER_LEVEL1 || primary == 0)
        return;
    uint64_t beyond = ((uint64_t)1 << 32) - primary;
    out->shift = (uint16_t)((behaviour & 65535) * beyond >> 32);
    /* Among primary providers as the others choose, by the same word. */
    uint64_t word = (chunk->words.provider[i] - primary) * primary / beyond;
    int provider = visit_category(bound, PROVIDER_COUNT, (uint32_t)word);
    out->provider = (uint8_t)provider;
    out->cost = visit_cost(
        d->people, &stream->cost[provider], chunk->level[i], chunk->words.cost[i]);
    out->eligible = visit_eligible(site, provider, out->cost, chunk->words.eligible[i]);
    out->flags = (uint8_t)visit_flags(site, provider, chunk->words.flags[i]);
}

/* --- claims many at a time --- */

/* A claim of the chunk, all but the day of discharge and the admission. */
static inline void
put_claim(const struct drawing *d, const struct stream *stream, const struct visit_chunk *chunk,
    int i, int person, uint32_t drug, struct claim *out)
{
    day_t date = d->first + (day_t)chunk->day[i];
    uint32_t kind = chunk->kind[i];
    out->cost = chunk->cost[i];
    out->eligible = chunk->eligible[i];
    out->member = (uint32_t)person;
    out->date = date;
    out->end = date;
    out->disease = stream->disease;
    out->drug = drug;
    out->admission = NAME_NONE;
    out->benefit = (uint8_t)kind;
    out->provider = (uint8_t)(kind >> 8);
    out->channel = (uint8_t)(kind >> 16);
    out->place = (uint8_t)(kind >> 24);
    out->flags = (uint8_t)chunk->flags[i];
}

/* Claims from the k-th on of a person's, as many as fit, into the chunk's end. */
static int
fill_chunk(const struct drawing *d, const struct stream *stream, const struct person_state *state,
    uint64_t number, int k, int n, struct visit_chunk *chunk)
{
    const struct site *site = &d->people->sites[stream->benefit];
    int32_t level = level_of(d, state, stream);
    uint32_t band = site->provider_band[state->age], settled = state->settled ? UINT32_MAX : 0;
    int room = VISIT_CHUNK - chunk->n, now = n - k < room ? n - k : room;
    for (int i = chunk->n; i < chunk->n + now; i++, k++) {
        chunk->number[i] = (uint32_t)number;
        chunk->index[i] = (uint32_t)k;
        chunk->band[i] = band;
        chunk->settled[i] = settled;
        chunk->level[i] = level;
    }
    chunk->n += now;
    return now;
}

static struct visit_source
source_of(const struct drawing *d, int index, uint32_t purpose)
{
    return (struct visit_source){ .people = d->people,
        .stream = index,
        .leap = d->leap,
        .high = purpose << 8,
        .year = d->year,
        .with_words = d->with_potential };
}

static void
draw_runs(struct drawing *d, const struct visit_runs *runs, int index, uint32_t purpose,
    uint64_t first)
{
    struct people_scratch *scratch = d->scratch;
    struct visit_chunk *chunk = scratch->chunk;
    const struct stream *stream = &d->people->streams[index];
    struct visit_source source = source_of(d, index, purpose);
    int began = 0, at = 0; /* the run that the chunk begins in, claims of it before */
    chunk->n = 0;
    for (int r = 0, k = 0; r < runs->n;) {
        const struct visit_run *run = &runs->items[r];
        uint64_t number = first + (uint64_t)run->person;
        source.high = (uint32_t)(number >> 32) | purpose << 8;
        k += fill_chunk(d, stream, &scratch->states[run->person], number, k, run->n, chunk);
        bool whole = k == run->n;
        bool last = r + 1 == runs->n
            || (first + (uint64_t)runs->items[r + 1].person) >> 32 != number >> 32;
        if (chunk->n == VISIT_CHUNK || (whole && last)) {
            visits_draw(&source, chunk);
            for (int i = 0; i < chunk->n;) {
                const struct visit_run *of = &runs->items[began];
                for (; at < of->n && i < chunk->n; at++, i++) {
                    put_claim(d, stream, chunk, i, of->person, of->drug,
                        &scratch->claims[of->at + at]);
                    if (d->with_potential)
                        draw_potential(
                            d, index, chunk, i, of->at + at, purpose == PURPOSE_FURTHER);
                }
                if (at == of->n) {
                    began++;
                    at = 0;
                }
            }
            chunk->n = 0;
        }
        if (whole) {
            r++;
            k = 0;
        }
    }
}

/* --- one person's numbers --- */

static void
add_run(struct drawing *d, struct visit_runs *runs, int n, uint32_t drug)
{
    if (n == 0)
        return;
    memory_grow(runs->items, runs->n, runs->capacity);
    runs->items[runs->n++]
        = (struct visit_run){ .person = d->person, .n = n, .at = reserve(d, n), .drug = drug };
}

/* Further potential visits of a person who has n. Their numbers' words stand at the
 * end of the purpose's indices. */
static void
add_further(struct drawing *d, int n)
{
    const struct people *people = d->people;
    int table = people->streams[STREAM_OUTPATIENT].count[d->state->status][d->state->age];
    if (d->scratch->counts.further == NULL || table < 0)
        return;
    const struct further *further = &d->scratch->counts.further[table];
    struct random_words words = words_at(d, PURPOSE_FURTHER, UINT32_MAX);
    int more = variate_count_at(&further->person, variate_at(&people->normal, words.word[0]));
    for (int k = 0; k < n; k++) {
        if (k % 4 == 0)
            words = words_at(d, PURPOSE_FURTHER, UINT32_MAX - 1 - (uint32_t)k / 4);
        more += variate_count_at(&further->visit, variate_at(&people->normal, words.word[k % 4]));
    }
    add_run(d, &d->scratch->runs[STREAM_COUNT], more, NAME_NONE);
}

static void
add_visits(struct drawing *d, int index)
{
    add_run(d, &d->scratch->runs[index], d->state->n[index], NAME_NONE);
}

/* A person stays with one drug through the year. */
static void
add_drugs(struct drawing *d)
{
    int n = d->state->n[STREAM_NEGOTIATED_DRUG];
    if (n == 0)
        return;
    struct random_words first = words_at(d, PURPOSE_CLAIM + STREAM_NEGOTIATED_DRUG, UINT32_MAX);
    add_run(d, &d->scratch->runs[STREAM_NEGOTIATED_DRUG], n,
        d->people->drugs[variate_below(first.word[0], (uint32_t)d->people->n_drugs)]);
}

/* The emergency visit that became the stay stands before it. */
static void
draw_admitting_visit(struct drawing *d, const struct claim *stay, const struct random_words *words)
{
    const struct people *people = d->people;
    const struct stream *stream = &people->streams[STREAM_OUTPATIENT];
    int at = reserve(d, 1);
    struct claim *visit = &d->scratch->claims[at];
    *visit = *stay;
    visit->benefit = BENEFIT_OUTPATIENT;
    visit->end = visit->date;
    visit->cost = visit_cost(people, &stream->cost[stay->provider],
        level_of(d, d->state, stream), words->word[2]);
    visit->eligible = visit_eligible(
        &people->sites[BENEFIT_OUTPATIENT], stay->provider, visit->cost, words->word[3]);
    visit->admission = (uint32_t)at + 1; /* the stay follows */
    if (d->with_potential)
        d->scratch->potential[at]
            = (struct potential){ .provider = visit->provider, .flags = visit->flags };
}

static void
sort_by_date(struct claim *stays, uint32_t *order, int n)
{
    for (int i = 1; i < n; i++) {
        struct claim stay = stays[i];
        uint32_t number = order[i];
        int j = i;
        for (; j > 0 && stays[j - 1].date > stay.date; j--) {
            stays[j] = stays[j - 1];
            order[j] = order[j - 1];
        }
        stays[j] = stay;
        order[j] = number;
    }
}

/* Stays don't overlap: a later one waits for the day after the earlier one's
 * discharge, and all end within the year. */
static void
draw_stays(struct drawing *d)
{
    enum { STAYS_MAX = 48 };
    const struct people *people = d->people;
    const struct stream *stream = &people->streams[STREAM_INPATIENT];
    struct visit_chunk *chunk = d->scratch->chunk;
    struct claim stays[STAYS_MAX];
    uint32_t order[STAYS_MAX];
    int n = d->state->n[STREAM_INPATIENT] < STAYS_MAX ? d->state->n[STREAM_INPATIENT] : STAYS_MAX;
    if (n == 0)
        return;
    struct visit_source source = source_of(d, STREAM_INPATIENT, PURPOSE_CLAIM + STREAM_INPATIENT);
    source.high |= (uint32_t)(d->number >> 32);
    source.with_words = true;
    chunk->n = 0;
    fill_chunk(d, stream, d->state, d->number, 0, n, chunk);
    visits_draw(&source, chunk);
    for (int k = 0; k < n; k++) {
        struct random_words words = words_at(d, PURPOSE_STAY, (uint32_t)k);
        put_claim(d, stream, chunk, k, d->person, NAME_NONE, &stays[k]);
        order[k] = (uint32_t)k;
        int64_t score
            = variate_times(people->days_loading, variate_at(&people->normal, chunk->words.cost[k]))
            + variate_times(people->days_rest, variate_at(&people->normal, words.word[0]));
        int days = people->days_count < 0
            ? 0
            : variate_count_at(&people->counts[people->days_count], (int32_t)score);
        day_t latest = d->last - days > d->first ? d->last - days : d->first;
        stays[k].date = stays[k].date < latest ? stays[k].date : latest;
        stays[k].end = stays[k].date + days < d->last ? stays[k].date + days : d->last;
    }
    sort_by_date(stays, order, n);
    for (int k = 0; k < n; k++) {
        struct claim *stay = &stays[k];
        if (k > 0 && stay->date <= stays[k - 1].end) {
            day_t later = stays[k - 1].end + 1;
            stay->end += later - stay->date;
            stay->date = later < d->last ? later : d->last;
            stay->end = stay->end < d->last ? stay->end : d->last;
        }
        struct random_words words = words_at(d, PURPOSE_STAY, order[k]);
        if (words.word[1] < people->emergency)
            draw_admitting_visit(d, stay, &words);
        int at = reserve(d, 1);
        d->scratch->claims[at] = *stay;
        if (d->with_potential)
            draw_potential(d, STREAM_INPATIENT, chunk, (int)order[k], at, false);
    }
}

static void
count_person(struct drawing *d, struct person_span *span)
{
    span->from = d->n;
    add_visits(d, STREAM_OUTPATIENT);
    add_visits(d, STREAM_EMERGENCY);
    add_drugs(d);
    add_visits(d, STREAM_DAY_SURGERY);
    for (uint32_t left = d->state->diseases; left != 0; left &= left - 1) {
        uint32_t disease = (uint32_t)__builtin_ctz(left);
        struct random_words words = words_at(d, PURPOSE_COUNTS, 2 + disease);
        int index = STREAM_DISEASES + (int)disease;
        add_run(d, &d->scratch->runs[index], count_of(d, index, words.word[0]), NAME_NONE);
    }
    span->stays_from = d->n;
    draw_stays(d);
    span->stays_to = d->n;
    if (d->with_potential)
        add_further(d, d->state->n[STREAM_OUTPATIENT]);
    span->to = d->n;
}

/* --- one person's claims together --- */

static void
mark_stays(struct claim *claims, const struct person_span *span)
{
    for (int s = span->stays_from; s < span->stays_to; s++) {
        if (claims[s].benefit != BENEFIT_INPATIENT)
            continue;
        day_t begin = claims[s].date, end = claims[s].end;
        for (int i = span->from; i < span->to; i++) {
            day_t date = claims[i].end; /* the day that it settles */
            uint32_t flags = claims[i].flags;
            flags |= date > begin && date < end ? CLAIM_IN_STAY : 0;
            flags |= date == begin || date == end ? CLAIM_ON_STAY_DAY : 0;
            claims[i].flags = (uint8_t)flags;
        }
    }
}

/* Whoever has died or left has no claims from then on, and a stay ends with it. The
 * stays among the claims keep their places behind the visits that they began with. */
static void
drop_later(struct drawing *d, day_t last, struct person_span *span)
{
    struct claim *claims = d->scratch->claims;
    struct potential *potential = d->scratch->potential;
    int to = span->from, before[2] = { span->from, span->from };
    for (int i = span->from; i < span->to; i++) {
        if (i == span->stays_from)
            before[0] = to;
        if (i == span->stays_to)
            before[1] = to;
        if (claims[i].date > last)
            continue;
        claims[to] = claims[i];
        claims[to].end = claims[i].end < last ? claims[i].end : last;
        if (claims[to].admission != NAME_NONE)
            claims[to].admission = (uint32_t)to + 1; /* the stay follows */
        if (d->with_potential)
            potential[to] = potential[i];
        to++;
    }
    span->stays_from = span->stays_from < span->to ? before[0] : to;
    span->stays_to = span->stays_to < span->to ? before[1] : to;
    span->to = to;
}

static void
finish_person(struct drawing *d, struct person_span *span, struct person_traits *traits)
{
    const struct claim *claims = d->scratch->claims;
    if (d->state->last != DAY_MAX)
        drop_later(d, d->state->last, span);
    if (span->stays_to != span->stays_from)
        mark_stays(d->scratch->claims, span);
    fen_t cost = 0;
    for (int i = span->from; i < span->stays_to; i++)
        cost += claims[i].cost;
    traits->cost = cost;
}

static struct drawing
drawing_of(const struct people *self, struct people_block *block)
{
    struct people_scratch *scratch = block->scratch;
    if (scratch->chunk == NULL)
        scratch->chunk = memory_alloc(1, sizeof *scratch->chunk);
    return (struct drawing){ .people = self,
        .scratch = scratch,
        .year = (uint32_t)block->year,
        .leap = scratch->last - scratch->first == 365,
        .with_potential = block->with_potential,
        .first = scratch->first,
        .last = scratch->last };
}

int
people_claims(const struct people *self, struct people_block *block, int from, int to)
{
    struct people_scratch *scratch = block->scratch;
    struct drawing d = drawing_of(self, block);
    const int *persons = block->order + block->household_start[from];
    int n = block->household_start[to] - block->household_start[from];
    if (n > scratch->span_capacity) {
        scratch->spans = memory_resize(scratch->spans, (size_t)n, sizeof *scratch->spans);
        scratch->span_capacity = n;
    }
    for (int i = 0; i <= STREAM_COUNT; i++)
        scratch->runs[i].n = 0;
    for (int i = 0; i < n; i++) {
        d.person = persons[i];
        d.state = &scratch->states[persons[i]];
        d.number = block->first + (uint64_t)persons[i];
        count_person(&d, &scratch->spans[i]);
    }
    for (int i = 0; i < STREAM_COUNT; i++)
        draw_runs(&d, &scratch->runs[i], i, (uint32_t)(PURPOSE_CLAIM + i), block->first);
    draw_runs(&d, &scratch->runs[STREAM_COUNT], STREAM_OUTPATIENT, PURPOSE_FURTHER, block->first);
    int sum = 0;
    for (int i = 0; i < n; i++) {
        d.state = &scratch->states[persons[i]];
        finish_person(&d, &scratch->spans[i], &block->traits[persons[i]]);
        sum += scratch->spans[i].to - scratch->spans[i].from;
    }
    return sum;
}

/* --- visits alone --- */

/* Those in the chunk, into their words; returns the place behind them. */
static uint64_t *
put_visits(const struct visit_chunk *chunk, uint64_t *out)
{
    for (int i = 0; i < chunk->n; i++) {
        uint32_t kind = chunk->kind[i];
        *out++ = people_visit(chunk->day[i], kind >> 8 & 255, kind >> 16 & 255, kind >> 24,
            chunk->flags[i], chunk->eligible[i]);
    }
    return out;
}

/* Visits as drawn, from `drawn` on, into their persons' places in the block, there by day
 * and without those after the last: counted out by day, then dealt. */
static void
deal_visits(const struct drawing *d, struct people_block *block, int from, int to, int first)
{
    struct people_scratch *scratch = d->scratch;
    const uint64_t *drawn = scratch->drawn;
    int *start = block->visit_start, next[367] = { 0 }, n = 0, cursor[VISITS_TOGETHER];
    for (int i = from, v = 0; i < to; i++) {
        day_t last = scratch->states[i].last;
        uint32_t until = last < d->last ? (uint32_t)(last - d->first) : 366;
        cursor[i - from] = first + n;
        for (int end = v + start[i + 1] - start[i]; v < end; v++) {
            uint32_t day = (uint32_t)(drawn[v] >> VISIT_DAY_SHIFT);
            bool stays = day <= until;
            scratch->who[v] = (uint32_t)(stays ? i - from : VISITS_TOGETHER);
            next[day + 1] += stays;
            n += stays;
        }
    }
    int all = start[to] - start[from];
    for (int day = 1; day < 367; day++)
        next[day] += next[day - 1];
    for (int v = 0; v < all; v++) {
        if (scratch->who[v] == VISITS_TOGETHER)
            continue;
        int place = next[drawn[v] >> VISIT_DAY_SHIFT]++;
        scratch->by_date[place] = (struct visit_of){ drawn[v], scratch->who[v] };
    }
    for (int i = from; i < to; i++)
        start[i] = cursor[i - from];
    for (int k = 0; k < n; k++)
        block->visits[cursor[scratch->by_date[k].who]++] = scratch->by_date[k].visit;
    block->n_visits = first + n;
}

static void
reserve_visits(struct people_block *block, int most, int together)
{
    struct people_scratch *scratch = block->scratch;
    if (most > block->visit_capacity) {
        block->visit_capacity = most + most / 8;
        block->visits
            = memory_resize(block->visits, (size_t)block->visit_capacity, sizeof *block->visits);
    }
    if (together > scratch->drawn_capacity) {
        scratch->drawn_capacity = together + together / 8;
        size_t size = (size_t)scratch->drawn_capacity;
        scratch->drawn = memory_resize(scratch->drawn, size, sizeof *scratch->drawn);
        scratch->who = memory_resize(scratch->who, size, sizeof *scratch->who);
        scratch->by_date = memory_resize(scratch->by_date, size, sizeof *scratch->by_date);
    }
}

/* Visits of persons from .. to - 1, in their order, into scratch->drawn. */
static void
draw_visits(const struct drawing *d, const struct people_block *block, int from, int to)
{
    const uint32_t purpose = PURPOSE_CLAIM + STREAM_OUTPATIENT;
    const struct stream *stream = &d->people->streams[STREAM_OUTPATIENT];
    struct visit_source source = source_of(d, STREAM_OUTPATIENT, purpose);
    struct visit_chunk *chunk = d->scratch->chunk;
    uint64_t *out = d->scratch->drawn;
    chunk->n = 0;
    for (int i = from; i < to; i++) {
        uint64_t number = block->first + (uint64_t)i;
        uint32_t high = (uint32_t)(number >> 32) | purpose << 8;
        int n = block->visit_start[i + 1] - block->visit_start[i];
        for (int k = 0; k < n;) {
            if (chunk->n == VISIT_CHUNK || (chunk->n != 0 && high != source.high)) {
                visits_draw(&source, chunk);
                out = put_visits(chunk, out);
                chunk->n = 0;
            }
            source.high = high;
            k += fill_chunk(d, stream, &d->scratch->states[i], number, k, n, chunk);
        }
    }
    visits_draw(&source, chunk);
    put_visits(chunk, out);
}

void
people_visits(const struct people *self, struct people_block *block)
{
    struct people_scratch *scratch = block->scratch;
    struct drawing d = drawing_of(self, block);
    int *start = block->visit_start, n = 0;
    for (int i = 0; i < block->n; i++) {
        start[i] = n;
        n += scratch->states[i].n[STREAM_OUTPATIENT];
    }
    start[block->n] = n;
    block->n_visits = 0;
    for (int from = 0; from < block->n; from += VISITS_TOGETHER) {
        int to = from + VISITS_TOGETHER < block->n ? from + VISITS_TOGETHER : block->n;
        reserve_visits(block, n, start[to] - start[from]);
        draw_visits(&d, block, from, to);
        deal_visits(&d, block, from, to, block->n_visits);
    }
    start[block->n] = block->n_visits;
}
