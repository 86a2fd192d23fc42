/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One person's claims of a year. Claim k of a stream has two sets of random words:
 * at index 2 k        day, provider, cost, behaviour (half a word each for mark and shift),
 * at index 2 k + 1    place, eligible share, channel, designated and may admit (half a word each). */
#include "base/memory.h"
#include "engine/people_tables.h"

struct drawing {
    const struct people *people;
    struct people_scratch *scratch;
    const struct person_state *state;
    uint64_t number;
    int year, person, n;
    int leap;
    bool with_potential;
    day_t first, last; /* of the year */
};

static struct random_words
words_at(const struct drawing *d, uint32_t purpose, uint32_t index)
{
    return random_at(d->people->key, d->number, (uint32_t)d->year, purpose, index);
}

static int
category(const uint64_t *bound, int n, uint32_t word)
{
    int i = 0;
    for (int j = 0; j < n - 1; j++)
        i += word >= bound[j];
    return i;
}

static struct claim *
append(struct drawing *d)
{
    struct people_scratch *scratch = d->scratch;
    if (d->n == scratch->claim_capacity) {
        scratch->claim_capacity = scratch->claim_capacity != 0 ? 2 * scratch->claim_capacity : 1024;
        size_t n = (size_t)scratch->claim_capacity;
        scratch->claims = memory_resize(scratch->claims, n, sizeof *scratch->claims);
        scratch->potential = memory_resize(scratch->potential, n, sizeof *scratch->potential);
        scratch->rank = memory_resize(scratch->rank, n, sizeof *scratch->rank);
    }
    return &scratch->claims[d->n++];
}

static fen_t
cost_of(const struct drawing *d, const struct stream *stream, int provider, uint32_t word)
{
    const struct cost_table *cost = &stream->cost[provider];
    int64_t log = cost->add + variate_times(cost->spread, variate_at(cost->table, word))
        + stream->person_add + d->scratch->terms->cost[stream->benefit]
        + variate_times(stream->person_spread, d->state->cost);
    return variate_fen(&d->people->exp, log);
}

static fen_t
eligible_of(const struct site *site, int provider, fen_t cost, uint32_t word)
{
    ratio_t share = site->eligible_low[provider]
        + (ratio_t)variate_below(word, (uint32_t)site->eligible_width[provider] + 1);
    return money_share(cost, share);
}

static uint32_t
institution_flags(const struct site *site, int provider, uint32_t word)
{
    return ((word & 65535) < site->designated[provider] ? CLAIM_DESIGNATED : 0)
        | (word >> 16 < site->may_admit[provider] ? CLAIM_MAY_ADMIT : 0);
}

/* Fills all of a claim but its day of discharge and its admission. words: both sets. */
static void
draw_claim(struct drawing *d, int index, const struct random_words *words, struct claim *claim)
{
    const struct people *people = d->people;
    const struct stream *stream = &people->streams[index];
    const struct site *site = &people->sites[stream->benefit];
    const struct random_words main = words[0], more = words[1];
    int place = d->state->settled ? PLACE_SETTLED : PLACE_LOCAL, channel = CHANNEL_INSTITUTION;
    if (!site->plain) {
        if (!d->state->settled && more.word[0] < site->temporary)
            place = more.word[0] < site->referred ? PLACE_REFERRED : PLACE_TEMPORARY;
        channel = category(site->channel, CHANNEL_COUNT, more.word[2]);
    }
    bool away = place == PLACE_REFERRED || place == PLACE_TEMPORARY;
    int band = away ? site->away : site->provider_band[d->state->age];
    int provider = category(site->provider[band], PROVIDER_COUNT, main.word[1]);
    fen_t cost = cost_of(d, stream, provider, main.word[2]);
    uint32_t flags = institution_flags(site, provider, more.word[3])
        | (stream->disease != NAME_NONE ? CLAIM_REGISTERED : 0);
    day_t date = d->first + variate_wheel_at(&site->days[d->leap], main.word[0]);
    *claim = (struct claim){
        .cost = cost,
        .eligible = eligible_of(site, provider, cost, more.word[1]),
        .member = (uint32_t)d->person,
        .date = date,
        .end = date,
        .disease = stream->disease,
        .drug = NAME_NONE,
        .admission = NAME_NONE,
        .benefit = stream->benefit,
        .provider = (uint8_t)provider,
        .channel = (uint8_t)channel,
        .place = (uint8_t)place,
        .flags = (uint8_t)flags,
    };
}

static int
count_of(const struct drawing *d, int index, uint32_t word)
{
    const struct people *people = d->people;
    const struct stream *stream = &people->streams[index];
    int table = stream->count[d->state->status][d->state->age];
    if (table < 0)
        return 0;
    const struct variate_count *counts = &d->scratch->counts.counts[table];
    int64_t health = variate_times(stream->loading, d->state->health);
    if (counts->n == 0
        || variate_out_of_reach(&stream->reach, counts->threshold[0] - health, word))
        return 0;
    int64_t score = health + variate_times(stream->rest, variate_at(&people->normal, word));
    return variate_count_at(counts, (int32_t)score);
}

/* What behaviour needs of the claim appended last; words: its own. */
static void
draw_potential(struct drawing *d, int index, const struct random_words *words, bool further)
{
    const struct claim *claim = &d->scratch->claims[d->n - 1];
    struct potential *out = &d->scratch->potential[d->n - 1];
    const struct stream *stream = &d->people->streams[index];
    const struct site *site = &d->people->sites[stream->benefit];
    *out = (struct potential){ .mark = (uint16_t)(words[0].word[3] >> 16),
        .provider = claim->provider,
        .flags = claim->flags,
        .further = further };
    const uint64_t *bound = site->provider[site->provider_band[d->state->age]];
    uint64_t primary = bound[PROVIDER_LEVEL1]; /* of 2^32: up to and with level 1 */
    bool away = claim->place == PLACE_REFERRED || claim->place == PLACE_TEMPORARY;
    if (index != STREAM_OUTPATIENT || away || claim->provider <= PROVIDER_LEVEL1 || primary == 0)
        return;
    uint64_t beyond = ((uint64_t)1 << 32) - primary;
    out->shift = (uint16_t)((words[0].word[3] & 65535) * beyond >> 32);
    /* Among primary providers as the others choose, by the same word. */
    uint64_t word = (words[0].word[1] - primary) * primary / beyond;
    int provider = category(bound, PROVIDER_COUNT, (uint32_t)word);
    out->provider = (uint8_t)provider;
    out->cost = cost_of(d, stream, provider, words[0].word[2]);
    out->eligible = eligible_of(site, provider, out->cost, words[1].word[1]);
    out->flags = (uint8_t)institution_flags(site, provider, words[1].word[3]);
}

/* Appends n claims of a stream, of one drug or NAME_NONE; purpose: where their words
 * live. */
static void
draw_claims(struct drawing *d, int index, int purpose, int n, uint32_t drug)
{
    enum { AT_ONCE = 16 };
    struct random_words words[2 * AT_ONCE];
    for (int k = 0; k < n; k += AT_ONCE) {
        int now = n - k < AT_ONCE ? n - k : AT_ONCE;
        random_indices(d->people->key, d->number, (uint32_t)d->year, (uint32_t)purpose,
            2 * (uint32_t)k, 2 * now, words);
        for (int i = 0; i < now; i++) {
            struct claim *claim = append(d);
            draw_claim(d, index, &words[2 * i], claim);
            claim->drug = drug;
            if (d->with_potential)
                draw_potential(d, index, &words[2 * i], purpose == PURPOSE_FURTHER);
        }
    }
}

/* Further potential visits of a person who has n. Their numbers' words stand at the
 * end of the purpose's indices. */
static void
draw_further(struct drawing *d, int n)
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
    draw_claims(d, STREAM_OUTPATIENT, PURPOSE_FURTHER, more, NAME_NONE);
}

static void
draw_plain(struct drawing *d, int index, uint32_t word)
{
    draw_claims(d, index, PURPOSE_CLAIM + index, count_of(d, index, word), NAME_NONE);
}

/* A person stays with one drug through the year. */
static void
draw_drugs(struct drawing *d, uint32_t word)
{
    int n = count_of(d, STREAM_NEGOTIATED_DRUG, word);
    if (n == 0)
        return;
    struct random_words first = words_at(d, PURPOSE_CLAIM + STREAM_NEGOTIATED_DRUG, UINT32_MAX);
    draw_claims(d, STREAM_NEGOTIATED_DRUG, PURPOSE_CLAIM + STREAM_NEGOTIATED_DRUG, n,
        d->people->drugs[variate_below(first.word[0], (uint32_t)d->people->n_drugs)]);
}

/* The emergency visit that became the stay stands before it. */
static void
draw_admitting_visit(struct drawing *d, const struct claim *stay, const struct random_words *words)
{
    const struct people *people = d->people;
    struct claim visit = *stay;
    visit.benefit = BENEFIT_OUTPATIENT;
    visit.end = visit.date;
    visit.cost = cost_of(d, &people->streams[STREAM_OUTPATIENT], stay->provider, words->word[2]);
    visit.eligible = eligible_of(
        &people->sites[BENEFIT_OUTPATIENT], stay->provider, visit.cost, words->word[3]);
    visit.admission = (uint32_t)d->n + 1; /* the stay follows */
    *append(d) = visit;
    if (d->with_potential)
        d->scratch->potential[d->n - 1]
            = (struct potential){ .provider = visit.provider, .flags = visit.flags };
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
draw_stays(struct drawing *d, uint32_t word)
{
    enum { STAYS_MAX = 48 };
    const struct people *people = d->people;
    struct claim stays[STAYS_MAX];
    uint32_t order[STAYS_MAX];
    int n = count_of(d, STREAM_INPATIENT, word);
    n = n < STAYS_MAX ? n : STAYS_MAX;
    for (int k = 0; k < n; k++) {
        struct random_words own[2] = {
            words_at(d, PURPOSE_CLAIM + STREAM_INPATIENT, 2 * (uint32_t)k),
            words_at(d, PURPOSE_CLAIM + STREAM_INPATIENT, 2 * (uint32_t)k + 1),
        };
        struct random_words words = words_at(d, PURPOSE_STAY, (uint32_t)k);
        draw_claim(d, STREAM_INPATIENT, own, &stays[k]);
        order[k] = (uint32_t)k;
        int64_t score
            = variate_times(people->days_loading, variate_at(&people->normal, own[0].word[2]))
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
        *append(d) = *stay;
        if (d->with_potential) {
            struct random_words own[2]
                = { words_at(d, PURPOSE_CLAIM + STREAM_INPATIENT, 2 * order[k]) };
            draw_potential(d, STREAM_INPATIENT, own, false);
        }
    }
}

static void
mark_stays(struct drawing *d, int from, int stays_from, int stays_to)
{
    struct claim *claims = d->scratch->claims;
    for (int s = stays_from; s < stays_to; s++) {
        if (claims[s].benefit != BENEFIT_INPATIENT)
            continue;
        day_t begin = claims[s].date, end = claims[s].end;
        for (int i = from; i < d->n; i++) {
            day_t date = claims[i].end; /* the day that it settles */
            uint32_t flags = claims[i].flags;
            flags |= date > begin && date < end ? CLAIM_IN_STAY : 0;
            flags |= date == begin || date == end ? CLAIM_ON_STAY_DAY : 0;
            claims[i].flags = (uint8_t)flags;
        }
    }
}

/* Whoever has died or left has no claims from then on, and a stay ends with it.
 * Claims from `from` on are the person's; the stays among them, of which the counts
 * are moved along, keep their places behind the visits that they began with. */
static void
drop_later(struct drawing *d, int from, int *stays_from, int *stays_to)
{
    struct claim *claims = d->scratch->claims;
    struct potential *potential = d->scratch->potential;
    day_t last = d->state->last;
    int to = from, before[2] = { from, from };
    for (int i = from; i < d->n; i++) {
        if (i == *stays_from)
            before[0] = to;
        if (i == *stays_to)
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
    *stays_from = *stays_from < d->n ? before[0] : to;
    *stays_to = *stays_to < d->n ? before[1] : to;
    d->n = to;
}

int
people_claims(const struct people *self, struct people_block *block, int person, int n)
{
    struct drawing d = {
        .people = self,
        .scratch = block->scratch,
        .state = &block->scratch->states[person],
        .number = block->first + (uint64_t)person,
        .year = block->year,
        .person = person,
        .n = n,
        .with_potential = block->with_potential,
        .first = block->scratch->first,
        .last = block->scratch->last,
    };
    d.leap = d.last - d.first == 365;
    const struct random_words counts = d.state->counts, more = d.state->more;
    draw_plain(&d, STREAM_OUTPATIENT, counts.word[STREAM_OUTPATIENT]);
    int visits = d.n - n;
    draw_plain(&d, STREAM_EMERGENCY, counts.word[STREAM_EMERGENCY]);
    draw_drugs(&d, counts.word[STREAM_NEGOTIATED_DRUG]);
    draw_plain(&d, STREAM_DAY_SURGERY, counts.word[STREAM_DAY_SURGERY]);
    for (uint32_t left = d.state->diseases; left != 0; left &= left - 1) {
        uint32_t disease = (uint32_t)__builtin_ctz(left);
        struct random_words words = words_at(&d, PURPOSE_COUNTS, 2 + disease);
        draw_plain(&d, STREAM_DISEASES + (int)disease, words.word[0]);
    }
    int stays_from = d.n;
    draw_stays(&d, more.word[0]);
    int stays_to = d.n;
    if (d.with_potential)
        draw_further(&d, visits);
    if (d.state->last != DAY_MAX)
        drop_later(&d, n, &stays_from, &stays_to);
    if (stays_to != stays_from)
        mark_stays(&d, n, stays_from, stays_to);
    fen_t cost = 0;
    for (int i = n; i < stays_to; i++)
        cost += d.scratch->claims[i].cost;
    block->traits[person].cost = cost;
    return d.n;
}
