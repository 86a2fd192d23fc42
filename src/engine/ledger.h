/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pooled fund's books: what county flows mean for the city's reserve and
 * surplus, who fills a gap, and how far spending ran past its budget. Source:
 * Xianning, 咸政办发〔2022〕42号, first measure, IV.3. */
#ifndef GONGJI_ENGINE_LEDGER_H
#define GONGJI_ENGINE_LEDGER_H

#include "input/flows.h"
#include "input/policy.h"

/* The pooling rules of one budget year. */
struct ledger_rules {
    ratio_t reserve_share; /* of the budgeted income */
    ratio_t city_share; /* of what is left of a gap after all pots */
    ratio_t alert_threshold; /* risk rate beyond which the city government is told */
    bool reserve_next_year; /* contributions serve from the next year on, not at once */
    bool surplus_at_once; /* surpluses join the pool before gaps are filled, not at year's end */
    bool unfulfilled_shares; /* an unfulfilled plan changes nothing */
};

/* Whether a policy has pooling rules at all. */
bool ledger_has_rules(const struct policy *policy);
/* Those on the last day of the year; before the first dated value, that one. */
struct ledger_rules ledger_rules_of(const struct policy *policy, int year);

enum alert { ALERT_NONE, ALERT_COUNTY_ANALYSIS, ALERT_GOVERNMENT_REPORT, ALERT_COUNT };
extern const struct word alert_words[ALERT_COUNT];

/* A county's year, or the sums of all. Sums of fen fit for millions of rows. */
struct ledger_row {
    uint32_t county; /* NAME_NONE for the sums */
    int year;
    fen_t reserve_contribution, balance, gap;
    fen_t by_county_own, by_prior_surplus, by_pool, by_reserve, by_city_budget, by_county_budget;
    fen_t over_budget, budgeted; /* the risk rate is the quotient */
    enum alert alert;
    fen_t pool_end, reserve_end; /* of the sums' row only */
};

struct ledger {
    struct ledger_row *rows; /* [n], owned: years ascending, counties in file order, then sums */
    size_t n;
};

void ledger_keep(struct ledger *self, const struct policy *policy, const struct flows *flows,
    fen_t pool, fen_t reserve);
void ledger_free(struct ledger *self);

/* Shares a pot among lacks in proportion, to the fen, by largest remainder, ties
 * to the one that stands first; in full where it serves all. pot and lacks are
 * not negative. */
void ledger_share(fen_t pot, size_t n, const fen_t *lacks, fen_t *shares);

/* The risk rate with six decimals, half up in magnitude; returns out. */
enum { LEDGER_RATE_TEXT = 48 };
const char *ledger_rate_text(char out[static LEDGER_RATE_TEXT], const struct ledger_row *row);

#endif
