/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/outlay.h"

#include <stdlib.h>
#include <string.h>

#include "base/kernels.h"
#include "base/memory.h"
#include "engine/people_tables.h"

bool
outlay_people(const struct people *people)
{
    for (int i = 0; i < STREAM_COUNT; i++)
        for (int status = 0; i != STREAM_OUTPATIENT && status < STATUS_COUNT; status++)
            for (int age = 0; age < PEOPLE_AGES; age++)
                if (people->streams[i].count[status][age] >= 0)
                    return false;
    return true;
}

/* --- packing --- */

static const uint64_t eligible_part = ((uint64_t)1 << VISIT_KIND_SHIFT) - 1;

static int
class_of(const struct member *member)
{
    enum status status = member->retired_on == DAY_MIN ? STATUS_RETIREE : (enum status)member->status;
    return program_class(0, (int)member_sector(member), (int)status);
}

/* Is there nothing about the year that the tables do not say? */
static bool
fits(const struct member *member, day_t first, day_t last)
{
    return member->ltc_from > last || member->ltc_to < first;
}

static void
reserve_packer(struct outlay_packer *self, int persons)
{
    if (persons <= self->capacity)
        return;
    self->order = memory_resize(self->order, (size_t)persons, sizeof *self->order);
    self->count = memory_resize(self->count, (size_t)persons, sizeof *self->count);
    self->capacity = persons;
}

/* How many visits each has; -1: does not fit. */
static void
count_visits(const struct people_block *people, struct outlay_packer *self)
{
    day_t first = date_day(people->year, 1, 1), last = date_day(people->year, 12, 31);
    for (int i = 0; i < people->n; i++) {
        int n = people->visit_start[i + 1] - people->visit_start[i];
        uint64_t all = 0;
        for (int v = people->visit_start[i]; v < people->visit_start[i + 1]; v++)
            all |= people->visits[v];
        bool fit = n <= OUTLAY_CLAIMS && fits(&people->members[i], first, last)
            && (all & eligible_part) < OUTLAY_ELIGIBLE;
        self->count[i] = fit ? n : -1;
    }
}

static bool
turns(const struct member *member, day_t first)
{
    return member->retired_on > first && member->retired_on <= first + 365;
}

/* Who fits, by class, and in it by the number of claims, most first. */
static int
order_persons(const struct people_block *people, struct outlay_packer *self)
{
    enum { KEYS = OUTLAY_CLASSES * (OUTLAY_CLAIMS + 1) };
    int start[KEYS + 1] = { 0 }, n = 0;
    day_t first = date_day(people->year, 1, 1);
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < people->n; i++) {
            if (self->count[i] < 0 || turns(&people->members[i], first))
                continue;
            int key = class_of(&people->members[i]) * (OUTLAY_CLAIMS + 1) + OUTLAY_CLAIMS
                - self->count[i];
            if (pass == 0)
                start[key + 1]++;
            else
                self->order[start[key]++] = i;
            n += pass;
        }
        for (int key = 0; pass == 0 && key < KEYS; key++)
            start[key + 1] += start[key];
    }
    return n;
}

static void
reserve_words(struct outlay_block *self, int words)
{
    if (words <= self->word_capacity)
        return;
    self->word_capacity = words + words / 8;
    size_t size = (size_t)self->word_capacity;
    self->claims = memory_resize(self->claims, size, sizeof *self->claims);
    self->days = memory_resize(self->days, size, sizeof *self->days);
}

/* From a place on, `stride` apart. */
static void
pack_visits(const struct people_block *people, struct outlay_block *self, int person, uint32_t at,
    uint32_t stride)
{
    const struct member *member = &people->members[person];
    day_t first = date_day(people->year, 1, 1);
    bool always = member->insured_from <= first && member->n_arrears == 0
        && member->insured_to >= first + 365;
    for (int v = people->visit_start[person]; v < people->visit_start[person + 1]; v++, at += stride) {
        uint64_t visit = people->visits[v];
        uint32_t day = (uint32_t)(visit >> VISIT_DAY_SHIFT);
        uint32_t kind = (uint32_t)(visit >> VISIT_KIND_SHIFT) % OUTLAY_KINDS;
        bool insured = always || member_insured(member, first + (day_t)day);
        self->claims[at]
            = (uint32_t)(visit & eligible_part) << OUTLAY_KIND_BITS | (insured ? kind : OUTLAY_NEVER);
        self->days[at] = (uint16_t)day;
    }
}

static int
pack_turning(const struct people_block *people, struct outlay_block *self, int person, int words)
{
    const struct member *member = &people->members[person];
    day_t first = date_day(people->year, 1, 1);
    int n = people->visit_start[person + 1] - people->visit_start[person], class = class_of(member);
    month_t month = date_month(member->retired_on);
    reserve_words(self, words + n);
    memory_grow(self->turning, self->n_turning, self->turning_capacity);
    self->turning[self->n_turning++] = (struct outlay_turning){ .at = (uint32_t)words,
        .n = (uint16_t)n,
        .before = (uint8_t)class,
        .after = (uint8_t)program_class(0, (int)member_sector(member), STATUS_RETIREE),
        .day = (int16_t)(member->retired_on - first),
        .next_month = (int16_t)(date_month_first(month + 1) - first) };
    pack_visits(people, self, person, (uint32_t)words, 1);
    return words + n;
}

static void
pack_other(const struct people_block *people, struct outlay_block *self, int person)
{
    if (self->n_others == self->other_capacity) {
        self->other_capacity = self->other_capacity != 0 ? 2 * self->other_capacity : 64;
        size_t size = (size_t)self->other_capacity;
        self->others = memory_resize(self->others, size, sizeof *self->others);
        self->arrears = memory_resize(self->arrears, size, sizeof *self->arrears);
        self->other_class = memory_resize(self->other_class, size, sizeof *self->other_class);
        self->other_start = memory_resize(self->other_start, size + 1, sizeof *self->other_start);
    }
    int i = self->n_others++;
    const struct member *member = &people->members[person];
    self->others[i] = *member;
    self->other_class[i] = (uint8_t)class_of(member);
    for (int month = 0; month < member->n_arrears && month < 12; month++)
        self->arrears[i][month] = member->arrears[month];
    self->other_start[i] = self->n_other_claims;
    day_t first = date_day(people->year, 1, 1);
    for (int v = people->visit_start[person]; v < people->visit_start[person + 1]; v++) {
        uint64_t visit = people->visits[v];
        uint32_t kind = (uint32_t)(visit >> VISIT_KIND_SHIFT) % OUTLAY_KINDS;
        day_t date = first + (day_t)(visit >> VISIT_DAY_SHIFT);
        memory_grow(self->other_claims, self->n_other_claims, self->other_claim_capacity);
        self->other_claims[self->n_other_claims++]
            = (struct claim){ .eligible = (fen_t)(visit & eligible_part),
                  .date = date,
                  .end = date,
                  .disease = NAME_NONE,
                  .drug = NAME_NONE,
                  .admission = NAME_NONE,
                  .benefit = BENEFIT_OUTPATIENT,
                  .provider = kind & 7,
                  .channel = kind >> 3 & 3,
                  .place = kind >> 5 & 3,
                  .flags = (uint8_t)(kind >> 7) };
    }
    self->other_start[i + 1] = self->n_other_claims;
}

void
outlay_pack(struct outlay_packer *packer, const struct people_block *people,
    struct outlay_block *self)
{
    reserve_packer(packer, people->n);
    count_visits(people, packer);
    int n = order_persons(people, packer), words = 0;
    const int *order = packer->order;
    int room = n / OUTLAY_LANES + OUTLAY_CLASSES;
    if (room > self->slice_capacity) {
        self->slices = memory_resize(self->slices, (size_t)room, sizeof *self->slices);
        self->slice_capacity = room;
    }
    self->n_claims = people->n_visits;
    self->n_slices = self->n_turning = self->n_others = self->n_other_claims = 0;
    for (int k = 0; k < n;) {
        int class = class_of(&people->members[order[k]]), lanes = 0;
        int visits = packer->count[order[k]];
        reserve_words(self, words + visits * OUTLAY_LANES);
        if (visits > 0) {
            size_t slice = (size_t)visits * OUTLAY_LANES;
            memset(self->claims + words, 0, slice * sizeof *self->claims);
            memset(self->days + words, 0, slice * sizeof *self->days);
        }
        for (; lanes < OUTLAY_LANES && k < n && class_of(&people->members[order[k]]) == class;
             k++, lanes++)
            pack_visits(people, self, order[k], (uint32_t)(words + lanes), OUTLAY_LANES);
        self->slices[self->n_slices++] = (struct outlay_slice){ .at = (uint32_t)words,
            .n = (uint16_t)visits,
            .class = (uint8_t)class,
            .lanes = (uint8_t)lanes };
        words += visits * OUTLAY_LANES;
    }
    day_t first = date_day(people->year, 1, 1);
    for (int i = 0; i < people->n; i++) {
        if (packer->count[i] < 0)
            pack_other(people, self, i);
        else if (turns(&people->members[i], first))
            words = pack_turning(people, self, i, words);
    }
    self->n_words = words;
    for (int i = 0; i < self->n_others; i++)
        self->others[i].arrears = self->arrears[i];
}

void
outlay_packer_free(struct outlay_packer *self)
{
    free(self->order);
    free(self->count);
    *self = (struct outlay_packer){ 0 };
}

void
outlay_block_free(struct outlay_block *self)
{
    free(self->slices);
    free(self->claims);
    free(self->days);
    free(self->turning);
    free(self->others);
    free(self->arrears);
    free(self->other_class);
    free(self->other_start);
    free(self->other_claims);
    *self = (struct outlay_block){ 0 };
}

/* --- judging --- */

uint32_t
outlay_one(const struct outlay_plan *plan, const struct outlay_person *person, uint8_t *capped)
{
    const ratio_t unit = plan->percents ? RATIO_ONE / 100 : 1;
    fen_t borne = 0, used = 0, other_used = 0;
    *capped = 0;
    for (int k = 0, at = 0; k < person->n; k++, at += person->stride) {
        int segment = 0;
        for (int s = 1; s < plan->n_segments; s++)
            segment += person->days[at] >= plan->start[s];
        const struct outlay_class *class
            = &plan->classes[person->days[at] < person->turns ? person->before : person->after];
        uint32_t way = class->way[segment][person->claims[at] % OUTLAY_KINDS];
        if (way == 0)
            continue;
        fen_t counted = person->claims[at] >> OUTLAY_KIND_BITS;
        counted -= money_share(counted, class->advance[way] * unit);
        fen_t due = class->deductible[way];
        due = plan->yearly ? money_max(0, due - borne) : due;
        if (!plan->past_cap && used >= class->cap[segment])
            due = 0;
        fen_t deductible = money_min(counted, due), rest = counted - deductible;
        borne += plan->counts_eligible ? counted : deductible;
        ratio_t ratio = class->ratio[way] * unit;
        fen_t payment = money_share(rest, ratio);
        fen_t fund = money_min(payment, money_max(0, class->cap[segment] - used));
        used += fund;
        if (fund == payment)
            continue;
        *capped = 1;
        if (!plan->overflows)
            continue;
        fen_t unpaid = plan->unpaid_part
            ? money_min(rest, money_unshare(payment - fund, ratio))
            : money_max(0, rest - money_unshare(fund, ratio));
        fen_t paid = money_min(money_share(unpaid, class->other[way]),
            money_max(0, class->other_cap[segment] - other_used));
        other_used += paid;
    }
    return (uint32_t)(used + other_used);
}

struct outlay_person
outlay_lane(const struct outlay_block *block, const struct outlay_slice *slice, int lane)
{
    return (struct outlay_person){ .claims = block->claims + slice->at + lane,
        .days = block->days + slice->at + lane,
        .n = slice->n,
        .stride = OUTLAY_LANES,
        .before = slice->class,
        .after = slice->class };
}

void
outlay_slices_plain(const struct outlay_plan *plan, const struct outlay_block *block, unsigned but,
    uint32_t *fund, uint8_t *capped)
{
    for (int s = 0; s < block->n_slices; s++)
        for (int lane = 0; lane < OUTLAY_LANES && !(but >> block->slices[s].class & 1); lane++) {
            const struct outlay_person person = outlay_lane(block, &block->slices[s], lane);
            int at = s * OUTLAY_LANES + lane;
            fund[at] = outlay_one(plan, &person, &capped[at]);
        }
}

static uint32_t
judge_turning(const struct outlay_plan *plan, const struct outlay_block *block, int i,
    uint8_t *capped)
{
    const struct outlay_turning *turning = &block->turning[i];
    const struct outlay_person person = { .claims = block->claims + turning->at,
        .days = block->days + turning->at,
        .n = turning->n,
        .stride = 1,
        .before = turning->before,
        .after = turning->after,
        .turns = plan->program->retiree_benefits_next_month ? turning->next_month : turning->day };
    return outlay_one(plan, &person, capped);
}

static uint32_t
judge_other(const struct outlay_plan *plan, const struct outlay_block *block, int i,
    struct accumulators *state, uint8_t *capped)
{
    fen_t fund = 0;
    accumulators_reset(state);
    *capped = 0;
    for (int c = block->other_start[i], epoch = 0; c < block->other_start[i + 1]; c++) {
        const struct claim *claim = &block->other_claims[c];
        struct bill bill = { .claim = claim, .settles = claim->date };
        struct settlement settlement;
        epoch = program_epoch(plan->program, claim->date, epoch);
        adjudicate(plan->program, &plan->program->epochs[epoch], &block->others[i], state, &bill,
            &settlement);
        fund += settlement.fund;
        *capped |= settlement.capped;
    }
    return (uint32_t)money_min(fund, UINT32_MAX);
}

void
outlay_judge(const struct outlay_plan *plan, const struct outlay_block *block, unsigned but,
    uint32_t *fund, uint8_t *capped)
{
#if defined(__x86_64__)
    if (kernels_avx2())
        outlay_slices_avx2(plan, block, but, fund, capped);
    else
#endif
        outlay_slices_plain(plan, block, but, fund, capped);
    int at = block->n_slices * OUTLAY_LANES;
    for (int i = 0; i < block->n_turning; i++, at++)
        fund[at] = judge_turning(plan, block, i, &capped[at]);
    struct accumulators state = { 0 };
    for (int i = 0; i < block->n_others; i++, at++)
        fund[at] = judge_other(plan, block, i, &state, &capped[at]);
    accumulators_free(&state);
}

/* --- sums --- */

static void
add_persons(struct outlay_sums *out, const uint32_t *fund, const uint8_t *capped,
    const uint32_t *baseline, int n)
{
    enum { NOTICED = 100 };
    for (int i = 0; i < n; i++) {
        int64_t value = fund[i], difference = value - baseline[i];
        out->fund += value;
        out->difference += difference;
        out->squares += (uint64_t)value * (uint64_t)value;
        out->difference_squares += (uint64_t)(difference < 0 ? -difference : difference)
            * (uint64_t)(difference < 0 ? -difference : difference);
        out->capped += capped[i];
        out->gain += difference > NOTICED;
        out->lose += difference < -NOTICED;
    }
    out->persons += n;
}

/* Many slices of one class. */
static void
add_class(const struct outlay_slice *slices, const uint32_t *fund, const uint8_t *capped,
    const uint32_t *baseline, int n, struct outlay_sums *out)
{
#if defined(__x86_64__)
    enum { MOST = 256 }; /* slices, of eight persons, whose squares are below 2^52 */
    if (kernels_avx2() && n <= MOST && outlay_small_avx2(fund, baseline, n)) {
        outlay_add_avx2(fund, capped, baseline, n, out);
        for (int s = 0; s < n; s++)
            out->persons += slices[s].lanes;
        return;
    }
#endif
    for (int s = 0, at = 0; s < n; s++, at += OUTLAY_LANES)
        add_persons(out, fund + at, capped + at, baseline + at, slices[s].lanes);
}

void
outlay_add_slices(const struct outlay_block *block, unsigned but, const uint32_t *fund,
    const uint8_t *capped, const uint32_t *baseline, struct outlay_sums *out)
{
    for (int s = 0, end; s < block->n_slices; s = end) {
        int class = block->slices[s].class, at = s * OUTLAY_LANES;
        for (end = s; end < block->n_slices && block->slices[end].class == class;)
            end++;
        if (!(but >> class & 1))
            add_class(&block->slices[s], fund + at, capped + at, baseline + at, end - s, &out[class]);
    }
}

void
outlay_add_others(const struct outlay_block *block, const uint32_t *fund, const uint8_t *capped,
    const uint32_t *baseline, struct outlay_sums *out)
{
    int at = block->n_slices * OUTLAY_LANES;
    for (int i = 0; i < block->n_turning; i++, at++)
        add_persons(&out[block->turning[i].before], fund + at, capped + at, baseline + at, 1);
    for (int i = 0; i < block->n_others; i++, at++)
        add_persons(&out[block->other_class[i]], fund + at, capped + at, baseline + at, 1);
}

void
outlay_merge(struct outlay_sums *into, const struct outlay_sums *from)
{
    into->persons += from->persons;
    into->fund += from->fund;
    into->difference += from->difference;
    into->squares += from->squares;
    into->difference_squares += from->difference_squares;
    into->capped += from->capped;
    into->gain += from->gain;
    into->lose += from->lose;
}
