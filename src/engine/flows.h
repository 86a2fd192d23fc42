/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What flows in and out of the pooled fund: exact sums over the persons of a county,
 * in a year, under a scenario, from which the fund's books are made
 * (engine/books.h). Kept in parts, so that the spread over them tells the
 * sampling error of whatever the books say. */
#ifndef GONGJI_ENGINE_FLOWS_H
#define GONGJI_ENGINE_FLOWS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/people.h"

enum fund_flow {
    FLOW_EMPLOYER, /* employers' contributions to the pooled fund */
    FLOW_FLEXIBLE, /* what of flexible members' contributions reaches it */
    FLOW_TRANSFER_ACTIVE, /* pooled fund into accounts of those active on 1 January */
    FLOW_TRANSFER_RETIRED, /* … of those retired then */
    FLOW_BENEFIT, /* pooled fund's payments, by enum benefit from here on */
    FLOW_PERSONS_ACTIVE = FLOW_BENEFIT + BENEFIT_COUNT, /* on 1 January: counts, like the next */
    FLOW_PERSONS_RETIRED,
    FLOW_COUNT
};

/* A person's part depends on the number alone. Families never are in two parts. */
enum { FLOW_PARTS = 16 };

static inline int
flows_part(uint64_t person)
{
    return (int)(person / PEOPLE_TILE % FLOW_PARTS);
}

/* Place of a county's sums in an array [FLOW_PARTS][n_counties][FLOW_COUNT] of fen or
 * counts. */
static inline size_t
flows_at(int n_counties, int part, int county)
{
    return ((size_t)part * (size_t)n_counties + (size_t)county) * FLOW_COUNT;
}

static inline size_t
flows_size(int n_counties)
{
    return flows_at(n_counties, FLOW_PARTS, 0);
}

#endif
