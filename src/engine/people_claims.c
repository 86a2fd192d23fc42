/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Persons' claims of a year. Claim k of a stream has two sets of random words:
 * at index 2 k        day, provider, cost, behaviour (half a word each for mark and shift),
 * at index 2 k + 1    place, eligible share, channel, designated and may admit (half a word each).
 * First each person's numbers of claims; then the claims of each stream, many at a time
 * (people_visits.c), one stream behind the other; then what depends on a person's claims
 * together, and a household's by the day they settle. */
#include <string.h>

#include "engine/people_drawing.h"

enum { STAYS_MAX = 48 };

/* --- numbers --- */

static struct random_words
words_at(const struct drawing *d, uint64_t number, uint32_t purpose, uint32_t index)
{
    return random_at(d->people->key, number, d->year, purpose, index);
}

static void
add_run(struct drawing *d, int index, int person, int n)
{
    struct visit_runs *runs = &d->scratch->runs[index];
    memory_grow(runs->items, runs->n, runs->capacity);
    runs->items[runs->n++] = (struct visit_run){ person, n };
    runs->claims += n;
}

static void
add_part(struct drawing *d, int index, int person, int n, uint32_t drug)
{
    struct people_scratch *scratch = d->scratch;
    if (n == 0)
        return;
    memory_grow(scratch->parts, scratch->n_parts, scratch->part_capacity);
    scratch->parts[scratch->n_parts++] = (struct person_part){
        .stream = index, .at = scratch->runs[index].claims, .n = n, .drug = drug };
    add_run(d, index, person, n);
}

/* How many claims of a disease's stream, from the word of its own score, which is seldom
 * looked up where claims are rare. */
static int
count_of(const struct drawing *d, const struct person_state *state, int index, uint32_t word)
{
    const struct stream *stream = &d->people->streams[index];
    int table = stream->count[state->status][state->age];
    if (table < 0)
        return 0;
    const struct counts_of_year *counts = &d->scratch->counts;
    int64_t health = variate_times(stream->loading, state->health);
    if (variate_out_of_reach(&stream->reach, counts->first[table] - health, word))
        return 0;
    int64_t score = health + variate_times(stream->rest, variate_at(&d->people->normal, word));
    return variate_count_at(&counts->counts[table], (int32_t)score);
}

/* A person stays with one drug through the year. */
static uint32_t
draw_drug(const struct drawing *d, uint64_t number)
{
    struct random_words words
        = words_at(d, number, PURPOSE_CLAIM + STREAM_NEGOTIATED_DRUG, UINT32_MAX);
    return d->people->drugs[variate_below(words.word[0], (uint32_t)d->people->n_drugs)];
}

/* How many words with an address of their own tell of a person's further visits. */
static int
further_words(const struct drawing *d, const struct person_state *state)
{
    int table = d->people->streams[STREAM_OUTPATIENT].count[state->status][state->age];
    bool any = table >= 0 && d->scratch->counts.further != NULL;
    return any ? 1 + (state->n[STREAM_OUTPATIENT] + 3) / 4 : 0;
}

/* The scores of all these persons' further visits, behind each other: the person's own, in
 * the first of four places, then one for each visit. */
static void
draw_further(const struct drawing *d, const int *persons, int n, uint64_t first)
{
    struct further_scores *further = &d->scratch->further;
    int all = 0;
    for (int i = 0; i < n; i++)
        all += further_words(d, &d->scratch->states[persons[i]]);
    further->next = 0;
    if (all == 0)
        return;
    if (all > further->capacity) {
        size_t size = (size_t)(further->capacity = all + all / 4);
        further->persons = memory_resize(further->persons, size, sizeof *further->persons);
        further->indices = memory_resize(further->indices, size, sizeof *further->indices);
        further->words = memory_resize(further->words, size, sizeof *further->words);
        further->scores
            = memory_resize(further->scores, 4 * size + VISIT_LANES, sizeof *further->scores);
    }
    for (int i = 0, at = 0; i < n; i++) {
        int words = further_words(d, &d->scratch->states[persons[i]]);
        for (int k = 0; k < words; k++, at++) {
            further->persons[at] = first + (uint64_t)persons[i];
            further->indices[at] = UINT32_MAX - (uint32_t)k;
        }
    }
    random_each(d->people->key, further->persons, further->indices, all, d->year, PURPOSE_FURTHER,
        further->words);
    variate_many(&d->people->normal, further->words[0].word, 4 * all, further->scores);
}

/* Visits that only prices of another kind would bring about, besides those of the static
 * model. */
static int
count_further(const struct drawing *d, const struct person_state *state)
{
    struct further_scores *scores = &d->scratch->further;
    int words = further_words(d, state);
    if (words == 0)
        return 0;
    int table = d->people->streams[STREAM_OUTPATIENT].count[state->status][state->age];
    const struct further *further = &d->scratch->counts.further[table];
    const int32_t *own = scores->scores + 4 * scores->next;
    scores->next += words;
    return variate_count_at(&further->person, own[0])
        + variate_count_sum(&further->visit, own + 4, state->n[STREAM_OUTPATIENT]);
}

static void
count_person(struct drawing *d, int person, uint64_t number, struct person_claims *out)
{
    const struct person_state *state = &d->scratch->states[person];
    const uint16_t *n = state->n;
    out->visits_at = d->scratch->runs[STREAM_OUTPATIENT].claims;
    out->visits = n[STREAM_OUTPATIENT];
    if (out->visits != 0)
        add_run(d, STREAM_OUTPATIENT, person, out->visits);
    out->from = out->to = d->scratch->n_parts;
    if (state->only_visits && !d->with_potential)
        return;
    add_part(d, STREAM_EMERGENCY, person, n[STREAM_EMERGENCY], NAME_NONE);
    if (n[STREAM_NEGOTIATED_DRUG] != 0)
        add_part(d, STREAM_NEGOTIATED_DRUG, person, n[STREAM_NEGOTIATED_DRUG], draw_drug(d, number));
    add_part(d, STREAM_DAY_SURGERY, person, n[STREAM_DAY_SURGERY], NAME_NONE);
    for (uint32_t left = state->diseases; left != 0; left &= left - 1) {
        uint32_t disease = (uint32_t)__builtin_ctz(left);
        struct random_words words = words_at(d, number, PURPOSE_COUNTS, 2 + disease);
        int index = STREAM_DISEASES + (int)disease;
        add_part(d, index, person, count_of(d, state, index, words.word[0]), NAME_NONE);
    }
    int stays = n[STREAM_INPATIENT] < STAYS_MAX ? n[STREAM_INPATIENT] : STAYS_MAX;
    add_part(d, STREAM_INPATIENT, person, stays, NAME_NONE);
    if (d->with_potential)
        add_part(d, STREAM_FURTHER, person, count_further(d, state), NAME_NONE);
    out->to = d->scratch->n_parts;
}

/* Places of the streams' claims, one stream behind the other, and room behind them for
 * stays with the visits that they began with. */
static void
lay_out(struct drawing *d, int at[STREAM_FURTHER + 1])
{
    struct people_scratch *scratch = d->scratch;
    int n = 0;
    for (int i = 0; i <= STREAM_FURTHER; i++) {
        at[i] = n;
        n += scratch->runs[i].claims;
    }
    for (int i = 0; i < scratch->n_parts; i++)
        scratch->parts[i].at += at[scratch->parts[i].stream];
    scratch->n_claims = n;
    n += 2 * scratch->runs[STREAM_INPATIENT].claims;
    if (n <= scratch->claim_capacity)
        return;
    scratch->claim_capacity = n + n / 4;
    size_t size = (size_t)scratch->claim_capacity;
    scratch->claims = memory_resize(scratch->claims, size, sizeof *scratch->claims);
    scratch->day = memory_resize(scratch->day, size, sizeof *scratch->day);
    scratch->end = memory_resize(scratch->end, size, sizeof *scratch->end);
    scratch->days = memory_resize(scratch->days, size, sizeof *scratch->days);
    scratch->rank = memory_resize(scratch->rank, size, sizeof *scratch->rank);
    if (d->with_potential)
        scratch->potential = memory_resize(scratch->potential, size, sizeof *scratch->potential);
}

/* --- claims many at a time --- */

/* What behaviour needs of the chunk's claims, which have places from `at` on. Visits
 * beyond primary care are billed once more, as they would be there. */
static void
draw_potential(const struct drawing *d, const struct visit_source *source,
    const struct visit_chunk *chunk, int at, bool further)
{
    struct potential *out = d->scratch->potential + at;
    struct visit_chunk *primary = d->scratch->primary;
    const struct site *site = &d->people->sites[d->people->streams[source->stream].benefit];
    int of[VISIT_CHUNK];
    for (int i = 0; i < chunk->n; i++)
        out[i] = (struct potential){ .mark = (uint16_t)(chunk->words.behaviour[i] >> 16),
            .provider = (uint8_t)(chunk->kind[i] >> 8),
            .flags = (uint8_t)chunk->flags[i],
            .further = further };
    if (source->stream != STREAM_OUTPATIENT)
        return;
    primary->n = 0;
    for (int i = 0; i < chunk->n; i++) {
        uint32_t place = chunk->kind[i] >> 24, drawn = chunk->kind[i] >> 8 & 255;
        const uint64_t *bound = site->provider[chunk->band[i]];
        uint64_t here = bound[PROVIDER_LEVEL1]; /* of 2^32: up to and with level 1 */
        bool away = place == PLACE_REFERRED || place == PLACE_TEMPORARY;
        if (away || drawn <= PROVIDER_LEVEL1 || here == 0)
            continue;
        uint64_t beyond = ((uint64_t)1 << 32) - here;
        out[i].shift = (uint16_t)((chunk->words.behaviour[i] & 65535) * beyond >> 32);
        /* Among primary providers as the others choose, by the same word. */
        uint64_t word = (chunk->words.provider[i] - here) * here / beyond;
        int k = primary->n++;
        of[k] = i;
        primary->kind[k] = (uint32_t)visit_category(bound, PROVIDER_COUNT, (uint32_t)word) << 8;
        primary->level[k] = chunk->level[i];
        primary->words.cost[k] = chunk->words.cost[i];
        primary->words.eligible[k] = chunk->words.eligible[i];
        primary->words.flags[k] = chunk->words.flags[i];
    }
    visits_bill(source, primary);
    for (int k = 0; k < primary->n; k++) {
        struct potential *visit = &out[of[k]];
        visit->provider = (uint8_t)(primary->kind[k] >> 8);
        visit->cost = primary->cost[k];
        visit->eligible = primary->eligible[k];
        visit->flags = (uint8_t)primary->flags[k];
    }
}

/* How long a stay lasts, within the year, and whether it began with an emergency visit. */
static void
draw_length(const struct drawing *d, const struct visit_source *source,
    const struct visit_chunk *chunk, int i, int at)
{
    const struct people *people = d->people;
    uint64_t number = (uint64_t)(source->high & 255) << 32 | chunk->number[i];
    struct random_words words = words_at(d, number, PURPOSE_STAY, chunk->index[i]);
    int64_t score
        = variate_times(people->days_loading, variate_at(&people->normal, chunk->words.cost[i]))
        + variate_times(people->days_rest, variate_at(&people->normal, words.word[0]));
    uint16_t *day = &d->scratch->day[at], *end = &d->scratch->end[at];
    int days = people->days_count < 0
        ? 0
        : variate_count_at(&people->counts[people->days_count], (int32_t)score);
    int last = d->last - d->first, latest = last - days > 0 ? last - days : 0;
    *day = (uint16_t)(*day < latest ? *day : latest);
    *end = (uint16_t)(*day + days < last ? *day + days : last);
    d->scratch->claims[at].emergency = words.word[1] < people->emergency;
}

/* Draws the chunk's claims into places from `at` on. */
static void
draw_chunk(const struct drawing *d, const struct visit_source *source, struct visit_chunk *chunk,
    int at, bool further)
{
    struct drawn_claim *restrict claims = d->scratch->claims + at;
    uint16_t *restrict day = d->scratch->day + at, *restrict end = d->scratch->end + at;
    int index = source->stream;
    visits_draw(source, chunk);
    for (int i = 0; i < chunk->n; i++)
        claims[i] = (struct drawn_claim){ .cost = chunk->cost[i],
            .eligible = chunk->eligible[i],
            .kind = chunk->kind[i],
            .flags = (uint8_t)chunk->flags[i] };
    for (int i = 0; i < chunk->n; i++)
        day[i] = end[i] = (uint16_t)chunk->day[i];
    for (int i = 0; index == STREAM_INPATIENT && i < chunk->n; i++)
        draw_length(d, source, chunk, i, at + i);
    if (d->with_potential)
        draw_potential(d, source, chunk, at, further);
    chunk->n = 0;
}

/* All claims of a stream, in the order of its runs; first: number of the block's first
 * person. */
static void
draw_stream(const struct drawing *d, int run_index, uint64_t first, int at)
{
    const struct visit_runs *runs = &d->scratch->runs[run_index];
    struct visit_chunk *chunk = d->scratch->chunk;
    bool further = run_index == STREAM_FURTHER;
    int index = further ? STREAM_OUTPATIENT : run_index;
    uint32_t purpose = further ? PURPOSE_FURTHER : PURPOSE_CLAIM + (uint32_t)index;
    const struct stream *stream = &d->people->streams[index];
    struct visit_source source = drawing_source(d, index);
    source.with_words = source.with_words || index == STREAM_INPATIENT;
    chunk->n = 0;
    for (int r = 0; r < runs->n; r++) {
        const struct visit_run *run = &runs->items[r];
        uint64_t number = first + (uint64_t)run->person;
        uint32_t high = drawing_high(number, purpose);
        for (int k = 0; k < run->n;) {
            if (chunk->n == VISIT_CHUNK || (chunk->n != 0 && high != source.high)) {
                int n = chunk->n;
                draw_chunk(d, &source, chunk, at, further);
                at += n;
            }
            source.high = high;
            k += drawing_fill(
                d, stream, &d->scratch->states[run->person], number, k, run->n, chunk);
        }
    }
    if (chunk->n != 0)
        draw_chunk(d, &source, chunk, at, further);
}

/* --- one person's claims together --- */

/* A claim to another place, with all that stands beside it. */
static void
move_claim(const struct drawing *d, int from, int to)
{
    struct people_scratch *scratch = d->scratch;
    scratch->claims[to] = scratch->claims[from];
    scratch->day[to] = scratch->day[from];
    scratch->end[to] = scratch->end[from];
    if (d->with_potential)
        scratch->potential[to] = scratch->potential[from];
}

/* The emergency visit that became the k-th stay, at `from`, stands before it. */
static void
put_admitting_visit(const struct drawing *d, const struct person_state *state, uint64_t number,
    uint32_t k, int from, int to)
{
    const struct people *people = d->people;
    const struct stream *stream = &people->streams[STREAM_OUTPATIENT];
    struct random_words words = words_at(d, number, PURPOSE_STAY, k);
    struct drawn_claim *visit = &d->scratch->claims[to];
    move_claim(d, from, to);
    int provider = visit->kind >> 8 & 255;
    visit->kind = (visit->kind & ~255U) | BENEFIT_OUTPATIENT;
    visit->cost = visit_cost(
        people, &stream->cost[provider], drawing_level(d, state, stream), words.word[2]);
    visit->eligible = visit_eligible(
        &people->sites[BENEFIT_OUTPATIENT], provider, visit->cost, words.word[3]);
    visit->admits = true;
    d->scratch->end[to] = d->scratch->day[to];
    if (d->with_potential)
        d->scratch->potential[to]
            = (struct potential){ .provider = (uint8_t)provider, .flags = visit->flags };
}

/* Stays don't overlap: a later one waits for the day after the earlier one's
 * discharge, and all end within the year. They move behind all claims, where there is
 * room for the visits that they began with. */
static void
put_stays(struct drawing *d, const struct person_state *state, uint64_t number,
    struct person_part *part)
{
    struct people_scratch *scratch = d->scratch;
    int order[STAYS_MAX], at = part->at, last = d->last - d->first, until = -1;
    for (int i = 0; i < part->n; i++) { /* by day, then as drawn */
        int j = i;
        for (; j > 0 && scratch->day[at + order[j - 1]] > scratch->day[at + i]; j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
    part->at = scratch->n_claims;
    for (int k = 0; k < part->n; k++) {
        int from = at + order[k], day = scratch->day[from], end = scratch->end[from];
        if (day <= until) {
            end += until + 1 - day;
            day = until + 1;
        }
        scratch->day[from] = (uint16_t)(day < last ? day : last);
        scratch->end[from] = (uint16_t)(end < last ? end : last);
        until = scratch->end[from];
        if (scratch->claims[from].emergency)
            put_admitting_visit(d, state, number, (uint32_t)order[k], from, scratch->n_claims++);
        move_claim(d, from, scratch->n_claims++);
    }
    part->n = scratch->n_claims - part->at;
}

/* Whoever has died or left has no claims from then on, and a stay ends with it; returns
 * how many of the n are left. */
static int
drop_later(struct drawing *d, int at, int n, day_t last)
{
    struct people_scratch *scratch = d->scratch;
    int to = at, until = last - d->first;
    for (int i = at; i < at + n; i++) {
        if (scratch->day[i] > until)
            continue;
        move_claim(d, i, to);
        scratch->end[to] = (uint16_t)(scratch->end[to] < until ? scratch->end[to] : until);
        to++;
    }
    return to - at;
}

/* Of n claims from `at` on those that settle within a stay. */
static void
mark_days(struct drawing *d, int at, int n, int begin, int end)
{
    for (int i = at; i < at + n; i++) {
        int day = d->scratch->end[i];
        uint32_t flags = d->scratch->claims[i].flags;
        flags |= day > begin && day < end ? CLAIM_IN_STAY : 0;
        flags |= day == begin || day == end ? CLAIM_ON_STAY_DAY : 0;
        d->scratch->claims[i].flags = (uint8_t)flags;
    }
}

static void
mark_stays(struct drawing *d, const struct person_claims *of, const struct person_part *stays)
{
    struct people_scratch *scratch = d->scratch;
    for (int s = stays->at; s < stays->at + stays->n; s++) {
        if (scratch->claims[s].admits)
            continue;
        int begin = scratch->day[s], end = scratch->end[s];
        mark_days(d, of->visits_at, of->visits, begin, end);
        for (int p = of->from; p < of->to; p++)
            mark_days(d, scratch->parts[p].at, scratch->parts[p].n, begin, end);
    }
}

static void
finish_person(struct drawing *d, int person, uint64_t number, struct person_claims *of)
{
    struct people_scratch *scratch = d->scratch;
    const struct person_state *state = &scratch->states[person];
    struct person_part *stays = NULL;
    for (int p = of->from; p < of->to; p++)
        if (scratch->parts[p].stream == STREAM_INPATIENT)
            stays = &scratch->parts[p];
    if (stays != NULL)
        put_stays(d, state, number, stays);
    if (state->last != DAY_MAX) {
        of->visits = drop_later(d, of->visits_at, of->visits, state->last);
        for (int p = of->from; p < of->to; p++)
            scratch->parts[p].n
                = drop_later(d, scratch->parts[p].at, scratch->parts[p].n, state->last);
    }
    if (stays != NULL)
        mark_stays(d, of, stays);
}

/* --- a household's by day --- */

/* Of a household's claims the days on which they settle. */
static const uint16_t *
days_of(const struct people_scratch *scratch, const struct person_claims *of, int members, int *n)
{
    uint16_t *to = scratch->days;
    if (members == 1 && of->from == of->to) {
        *n = of->visits;
        return scratch->end + of->visits_at;
    }
    for (const struct person_claims *last = of + members; of < last; of++) {
        memcpy(to, scratch->end + of->visits_at, (size_t)of->visits * sizeof *to);
        to += of->visits;
        for (int p = of->from; p < of->to; p++) {
            const struct person_part *part = &scratch->parts[p];
            memcpy(to, scratch->end + part->at, (size_t)part->n * sizeof *to);
            to += part->n;
        }
    }
    *n = (int)(to - scratch->days);
    return scratch->days;
}

/* n claims of a person from `at` on into the places of the block from `start` on that
 * rank tells; returns what they cost. */
static fen_t
put_claims(const struct drawing *d, struct people_block *block, int person, int at, int n,
    uint32_t disease, uint32_t drug, const uint32_t *rank, int start)
{
    const struct drawn_claim *drawn = d->scratch->claims + at;
    const uint16_t *day = d->scratch->day + at, *end = d->scratch->end + at;
    fen_t cost = 0;
    for (int i = 0; i < n; i++, drawn++) {
        cost += drawn->cost;
        block->claims[start + (int)rank[i]] = (struct claim){ .cost = drawn->cost,
            .eligible = drawn->eligible,
            .member = (uint32_t)person,
            .date = d->first + day[i],
            .end = d->first + end[i],
            .disease = disease,
            .drug = drug,
            .admission = drawn->admits ? (uint32_t)start + rank[i + 1] : NAME_NONE,
            .benefit = (uint8_t)drawn->kind,
            .provider = (uint8_t)(drawn->kind >> 8),
            .channel = (uint8_t)(drawn->kind >> 16),
            .place = (uint8_t)(drawn->kind >> 24),
            .flags = drawn->flags };
    }
    for (int i = 0; d->with_potential && i < n; i++)
        block->potential[start + (int)rank[i]] = d->scratch->potential[at + i];
    return cost;
}

static void
put_household(const struct drawing *d, struct people_block *block, const int *persons, int members,
    const struct person_claims *of)
{
    const struct people_scratch *scratch = d->scratch;
    const uint32_t *rank = scratch->rank;
    int n, start = block->n_claims;
    const uint16_t *days = days_of(scratch, of, members, &n);
    people_rank(days, n, scratch->rank);
    for (int i = 0; i < members; i++) {
        fen_t cost = put_claims(d, block, persons[i], of[i].visits_at, of[i].visits, NAME_NONE,
            NAME_NONE, rank, start);
        rank += of[i].visits;
        for (int p = of[i].from; p < of[i].to; p++) {
            const struct person_part *part = &scratch->parts[p];
            bool further = part->stream == STREAM_FURTHER;
            uint32_t disease = further ? NAME_NONE : d->people->streams[part->stream].disease;
            fen_t more = put_claims(
                d, block, persons[i], part->at, part->n, disease, part->drug, rank, start);
            cost += further ? 0 : more;
            rank += part->n;
        }
        block->traits[persons[i]].cost = cost;
    }
    block->n_claims += n;
}

/* What a person's claims cost, where that is all that is wanted of them. */
static fen_t
cost_of(const struct people_scratch *scratch, const struct person_claims *of)
{
    const struct drawn_claim *claims = scratch->claims;
    fen_t cost = 0;
    for (int i = of->visits_at; i < of->visits_at + of->visits; i++)
        cost += claims[i].cost;
    for (int p = of->from; p < of->to; p++) {
        const struct person_part *part = &scratch->parts[p];
        for (int i = part->at; part->stream != STREAM_FURTHER && i < part->at + part->n; i++)
            cost += claims[i].cost;
    }
    return cost;
}

static void
reserve(struct people_block *block, int more)
{
    if (block->n_claims + more > block->claim_capacity) {
        int capacity = block->claim_capacity != 0 ? block->claim_capacity : 1024;
        while (capacity < block->n_claims + more)
            capacity *= 2;
        block->claims = memory_resize(block->claims, (size_t)capacity, sizeof *block->claims);
        block->claim_capacity = capacity;
    }
    if (block->with_potential && block->potential_capacity < block->claim_capacity) {
        block->potential_capacity = block->claim_capacity;
        block->potential = memory_resize(
            block->potential, (size_t)block->potential_capacity, sizeof *block->potential);
    }
}

void
people_claims(const struct people *self, struct people_block *block, int from, int to)
{
    struct people_scratch *scratch = block->scratch;
    struct drawing d = drawing_of(self, block);
    const int *starts = block->household_start, *persons = block->order + starts[from];
    int n = starts[to] - starts[from], at[STREAM_FURTHER + 1];
    if (n > scratch->of_person_capacity) {
        scratch->of_person
            = memory_resize(scratch->of_person, (size_t)n, sizeof *scratch->of_person);
        scratch->of_person_capacity = n;
    }
    scratch->n_parts = 0;
    for (int i = 0; i <= STREAM_FURTHER; i++)
        scratch->runs[i].n = scratch->runs[i].claims = 0;
    if (d.with_potential)
        draw_further(&d, persons, n, block->first);
    for (int i = 0; i < n; i++)
        count_person(
            &d, persons[i], block->first + (uint64_t)persons[i], &scratch->of_person[i]);
    lay_out(&d, at);
    for (int i = 0; i <= STREAM_FURTHER; i++)
        draw_stream(&d, i, block->first, at[i]);
    for (int i = 0; i < n; i++)
        if (!scratch->states[persons[i]].only_visits || scratch->states[persons[i]].last != DAY_MAX)
            finish_person(
                &d, persons[i], block->first + (uint64_t)persons[i], &scratch->of_person[i]);
    if (block->costs_only) {
        for (int i = 0; i < n; i++)
            block->traits[persons[i]].cost = cost_of(scratch, &scratch->of_person[i]);
        return;
    }
    reserve(block, scratch->n_claims);
    for (int h = from; h < to; h++) {
        int first = starts[h] - starts[from];
        block->claim_start[h] = block->n_claims;
        put_household(
            &d, block, persons + first, starts[h + 1] - starts[h], scratch->of_person + first);
    }
}
