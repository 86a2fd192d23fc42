/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which claims fall into a stay of the same person. */
#include <stdlib.h>

#include "base/memory.h"
#include "input/claims.h"

struct stay {
    uint32_t member;
    day_t from, to, latest; /* latest: of all `to` up to this one, of the same member */
};

static int
by_admission(const void *a, const void *b)
{
    const struct stay *x = a, *y = b;
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

static int
by_discharge(const void *a, const void *b)
{
    const struct stay *x = a, *y = b;
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

/* How many of n ascending stays stand before (member, day), by admission or by
 * discharge. */
static size_t
before(const struct stay *stays, size_t n, uint32_t member, day_t day, bool discharge)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct stay *s = &stays[middle];
        day_t at = discharge ? s->to : s->from;
        if (s->member < member || (s->member == member && at < day))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint8_t
flags_of(const struct stay *in, const struct stay *out, size_t n, const struct claim *claim)
{
    day_t day = claim->end;
    size_t i = before(in, n, claim->member, day, false);
    size_t k = before(out, n, claim->member, day, true);
    uint8_t flags = 0;
    if (i > 0 && in[i - 1].member == claim->member && in[i - 1].latest > day)
        flags |= CLAIM_IN_STAY;
    if ((i < n && in[i].member == claim->member && in[i].from == day)
        || (k < n && out[k].member == claim->member && out[k].to == day))
        flags |= CLAIM_ON_STAY_DAY;
    return flags;
}

static size_t
count_stays(struct claim_record **records, size_t n)
{
    size_t stays = 0;
    for (size_t i = 0; i < n; i++)
        stays += records[i]->claim.benefit == BENEFIT_INPATIENT;
    return stays;
}

void
claims_flag_stays(struct claim_record **records, size_t n)
{
    size_t n_stays = count_stays(records, n);
    if (n_stays == 0)
        return;
    struct stay few[32], *in = n_stays <= 16 ? few : memory_alloc(2 * n_stays, sizeof *in);
    struct stay *out = in + n_stays;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        const struct claim *c = &records[i]->claim;
        if (c->benefit == BENEFIT_INPATIENT)
            in[k] = out[k] = (struct stay){ c->member, c->date, c->end, c->end }, k++;
    }
    qsort(in, n_stays, sizeof *in, by_admission);
    qsort(out, n_stays, sizeof *out, by_discharge);
    for (size_t i = 1; i < n_stays; i++)
        if (in[i].member == in[i - 1].member && in[i - 1].latest > in[i].latest)
            in[i].latest = in[i - 1].latest;
    for (size_t i = 0; i < n; i++)
        records[i]->claim.flags |= flags_of(in, out, n_stays, &records[i]->claim);
    if (in != few)
        free(in);
}
