/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is the same of a drawn block under all programs (engine/settle.h). */
#include <string.h>

#include "engine/settle.h"

enum { DAYS = 366 };

/* Days from 1 January, 0 for any before and one more than there are for any after. */
static int16_t
day_of_year(day_t day, day_t first)
{
    return (int16_t)(day <= first ? 0 : day - first > DAYS ? DAYS : day - first);
}

static void
prepare_person(struct worker *self, int position, day_t first, day_t last)
{
    int person = self->block.order[position];
    const struct member *member = &self->block.members[person];
    int sector = (int)member_sector(member);
    enum status opening = member_status(member, first);
    struct quick_person *out = &self->quick_persons[position];
    *out = (struct quick_person){ .person = person,
        .year = member_year(member, date_month(first)),
        .before = (uint8_t)program_class(0, sector, member->status),
        .after = (uint8_t)program_class(0, sector, STATUS_RETIREE),
        .sector = (uint8_t)sector,
        .retired = member->retired_on < first || member->status == STATUS_RETIREE,
        .opening = (uint8_t)opening,
        .plain = member->insured_from <= first && member->insured_to >= last
            && member->n_arrears == 0 && member->ltc_from == DAY_MAX };
    out->retires[0] = out->retires[1] = day_of_year(member->retired_on, first);
    if (member->retired_on > DAY_MIN && member->retired_on < first + DAYS)
        out->retires[1]
            = day_of_year(date_month_first(date_month(member->retired_on) + 1), first);
}

static inline void
prepare_claim(struct worker *self, const struct claim *claim, const int entries[static 2],
    const struct quick_person *person, int who, int day, struct quick_claim *out)
{
    bool insured = true;
    enum ltc ltc = LTC_NOT;
    if (!person->plain) {
        const struct member *member = &self->block.members[claim->member];
        insured = member_insured(member, claim->end);
        ltc = member_ltc(member, claim->end);
    }
    *out = (struct quick_claim){ .cost = (uint32_t)claim->cost,
        .eligible = (uint32_t)claim->eligible,
        .entry = { entries[0], entries[1] },
        .kind = kinds_find(&self->kinds, claim, insured, ltc),
        .day = (uint16_t)day,
        .who = (uint8_t)who,
        .class = day >= person->retires[0] ? person->after : person->before,
        .benefit = claim->benefit,
        .turning = day >= person->retires[0] && day < person->retires[1],
        .designated = (claim->flags & CLAIM_DESIGNATED) != 0 };
}

static void
prepare_potential(struct worker *self, int i, const struct quick_person *person, int who, int day)
{
    const struct potential *potential = &self->block.potential[i];
    struct claim claim = self->block.claims[i];
    struct quick_potential *out = &self->quick_potentials[i];
    bool reacts = claim.benefit == BENEFIT_OUTPATIENT && claim.admission == NAME_NONE;
    *out = (struct quick_potential){ .reacts = reacts,
        .shifts = reacts && potential->provider != claim.provider,
        .always = behaviour_always(self->behaviour, potential),
        .further = potential->further,
        .limit = (int16_t)behaviour_limit(self->behaviour, potential),
        .gap = behaviour_gap(self->behaviour, potential->shift) };
    if (!out->shifts)
        return;
    int entries[2] = { self->claim_entry[i][0], self->claim_entry[i][1] };
    settle_shifted(self, potential, &claim, entries);
    prepare_claim(self, &claim, entries, person, who, day, &out->shifted);
}

/* What the claim makes of its entries where it comes about whatever the program. */
static void
give_entries(struct worker *self, const struct claim *claim, const int entries[static 2])
{
    for (int e = 0; e < 2; e++) {
        int64_t *given = self->given[entries[e]];
        given[0] += claim->cost;
        given[1] += claim->eligible;
        given[2]++;
    }
}

/* How the household may settle. Each of its amounts has to fit a quick claim, and lanes
 * where it settles in them. */
static void
prepare_household(struct worker *self, int h, day_t first)
{
    const struct people_block *block = &self->block;
    struct quick_household *out = &self->quick_households[h];
    const int *order = block->order + block->household_start[h];
    struct quick_person *persons = self->quick_persons + block->household_start[h];
    bool reacting = self->behaviour != NULL;
    fen_t cost = 0;
    int who = 0;
    *out = (struct quick_household){ .way = QUICK_HOUSEHOLD_YES };
    for (int i = block->claim_start[h]; i < block->claim_start[h + 1]; i++) {
        const struct claim *claim = &block->claims[i];
        if (order[who] != (int)claim->member)
            for (who = 0; order[who] != (int)claim->member;)
                who++;
        persons[who].claims = true;
        if (reacting && claim->benefit == BENEFIT_INPATIENT)
            out->gives_way = out->gives_way
                || behaviour_may_give_way(self->behaviour, &block->potential[i]);
        cost += claim->cost + (reacting ? block->potential[i].cost : 0);
        day_t day = claim->end - first;
        if (day < 0 || day >= DAYS || cost > QUICK_COST) {
            out->way = QUICK_HOUSEHOLD_NO;
            return;
        }
        if (claim->admission != NAME_NONE)
            out->way = QUICK_HOUSEHOLD_UNJOINED;
        prepare_claim(self, claim, self->claim_entry[i], &persons[who], who, (int)day,
            &self->quick_claims[i]);
        if (reacting)
            prepare_potential(self, i, &persons[who], who, (int)day);
        else
            give_entries(self, claim, self->claim_entry[i]);
    }
    out->lanes = cost < TALLY_SMALL;
    for (int i = 0; i < block->household_start[h + 1] - block->household_start[h]; i++)
        out->lanes = out->lanes && persons[i].year.age >= 0 && persons[i].year.age < LANE_AGES - 1
            && block->members[order[i]].base < TALLY_SMALL;
}

void
quick_prepare(struct worker *self)
{
    const struct people_block *block = &self->block;
    day_t first = date_day(block->year, 1, 1), last = date_day(block->year, 12, 31);
    memset(self->given, 0, (size_t)self->n_entries * sizeof *self->given);
    for (int i = 0; i < block->n; i++)
        prepare_person(self, i, first, last);
    for (int h = 0; h < block->n_households; h++)
        prepare_household(self, h, first);
}
