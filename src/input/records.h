/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a member and a claim are, whether read from a file or drawn at random.
 * The words are those of members.csv and claims.csv. */
#ifndef GONGJI_INPUT_RECORDS_H
#define GONGJI_INPUT_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/money.h"
#include "base/names.h"

enum status { STATUS_EMPLOYEE, STATUS_FLEXIBLE, STATUS_RETIREE, STATUS_COUNT };
enum sector { SECTOR_ENTERPRISE, SECTOR_PUBLIC, SECTOR_COUNT };
enum sex { SEX_FEMALE, SEX_MALE, SEX_COUNT };
enum benefit {
    BENEFIT_OUTPATIENT,
    BENEFIT_CHRONIC,
    BENEFIT_SPECIAL,
    BENEFIT_EMERGENCY,
    BENEFIT_NEGOTIATED_DRUG,
    BENEFIT_DAY_SURGERY,
    BENEFIT_INPATIENT,
    BENEFIT_COUNT
};
enum provider {
    PROVIDER_VILLAGE,
    PROVIDER_COMMUNITY,
    PROVIDER_LEVEL1,
    PROVIDER_LEVEL2,
    PROVIDER_LEVEL3,
    PROVIDER_PROVINCIAL3A,
    PROVIDER_COUNT
};
enum channel {
    CHANNEL_INSTITUTION,
    CHANNEL_PSYCHIATRIC,
    CHANNEL_PHARMACY,
    CHANNEL_INTERNET,
    CHANNEL_COUNT
};
enum place { PLACE_LOCAL, PLACE_SETTLED, PLACE_REFERRED, PLACE_TEMPORARY, PLACE_COUNT };

/* The words in the files, and what people read. */
struct word {
    const char *key, *en, *zh;
};
extern const struct word status_words[STATUS_COUNT], sector_words[SECTOR_COUNT],
    sex_words[SEX_COUNT], benefit_words[BENEFIT_COUNT], provider_words[PROVIDER_COUNT],
    channel_words[CHANNEL_COUNT], place_words[PLACE_COUNT];

/* The index of a key among n words, or -1. */
int word_find(const struct word *words, int n, const char *text, size_t length);

struct member {
    day_t birth;
    day_t retired_on; /* first day as a retiree; DAY_MIN for status retiree, DAY_MAX for never */
    day_t insured_from, insured_to; /* both included; DAY_MIN, DAY_MAX where open */
    day_t ltc_from, ltc_to; /* specialised care, both included; DAY_MAX, DAY_MIN where none */
    fen_t base; /* monthly contribution base */
    fen_t balance; /* personal account at the opening of the first year */
    const month_t *arrears; /* [n_arrears], ascending, without repeats; not owned */
    uint32_t household; /* members of one household share a number; NAME_NONE alone */
    uint32_t county; /* NAME_NONE where empty */
    uint16_t n_arrears;
    uint16_t n_chronic; /* different registered chronic diseases */
    uint8_t status; /* enum status: before retired_on, or retiree throughout */
    uint8_t sector; /* enum sector, as given: see member_sector */
    uint8_t sex;
    bool psychiatric; /* registered for the chronic disease "psychiatric" */
};

/* Whoever was flexible counts as an enterprise retiree (policy-rules, Terms). */
static inline enum sector
member_sector(const struct member *m)
{
    return m->status == STATUS_FLEXIBLE ? SECTOR_ENTERPRISE : (enum sector)m->sector;
}

static inline enum status
member_status(const struct member *m, day_t on)
{
    return on >= m->retired_on ? STATUS_RETIREE : (enum status)m->status;
}

enum claim_flag {
    CLAIM_DESIGNATED = 1, /* the institution is designated */
    CLAIM_MAY_ADMIT = 2, /* the institution may admit patients */
    CLAIM_REGISTERED = 4, /* chronic, special: the member is registered for the disease */
    CLAIM_IN_STAY = 8, /* strictly between admission and discharge of some stay of the member */
    CLAIM_ON_STAY_DAY = 16, /* on the day of admission or discharge of some stay */
};

struct claim {
    fen_t cost, eligible; /* its own, 0 <= eligible <= cost */
    uint32_t member; /* index */
    day_t date; /* of the visit; of admission for inpatient */
    day_t end; /* of discharge for inpatient, else date */
    uint32_t disease; /* a name; NAME_NONE where empty */
    uint32_t drug; /* a name; NAME_NONE where empty */
    uint32_t admission; /* index of the stay that this visit turned into; NAME_NONE for none */
    uint8_t benefit, provider, channel, place;
    uint8_t flags; /* enum claim_flag */
};

#endif
