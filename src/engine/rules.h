/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy made ready for adjudication: resolved into epochs, spans of days in
 * which every parameter is constant, each a set of dense constant tables. Inside
 * the loops nothing is looked up by name or date. */
#ifndef GONGJI_ENGINE_RULES_H
#define GONGJI_ENGINE_RULES_H

#include "input/policy.h"

enum deductible_kind {
    DEDUCTIBLE_NONE,
    DEDUCTIBLE_VISIT, /* each claim; a stay is one claim */
    DEDUCTIBLE_MONTH,
    DEDUCTIBLE_YEAR,
    DEDUCTIBLE_DRUG_YEAR, /* once a drug and year */
    DEDUCTIBLE_DISEASE_YEAR,
};

enum qualification { QUALIFIED_NO, QUALIFIED_YES, QUALIFIED_IF_MAY_ADMIT };
enum exclusion { EXCLUSION_NO, EXCLUSION_BETWEEN, EXCLUSION_INCLUSIVE };

/* A person class is a combination of age band, sector and status: the row of
 * every table of amounts. */
typedef int class_t;

/* The cell of a table [class][place][provider]. */
static inline int
rules_cell(class_t class, int place, int provider)
{
    return (class * PLACE_COUNT + place) * PROVIDER_COUNT + provider;
}

struct rule {
    bool in_force; /* on these days */
    bool joins_admission;
    bool deductible_past_cap; /* goes on applying where the own cap is used up */
    bool counts_eligible; /* all eligible cost, not what was borne, fills a deductible */
    bool inpatient_type; /* counts toward the cap named "inpatient" */
    bool unpaid_part; /* reading of overflow: what was cut, grossed up */
    uint8_t excluded_in_hospital, excluded_under_ltc; /* enum exclusion */
    uint8_t deductible_kind; /* enum deductible_kind */
    uint8_t deductible_slot; /* accumulator, shared by rules that share a deductible */
    int8_t overflow; /* rule that pays what the own caps cut off, or -1 */
    uint8_t n_caps, caps[4];
    uint8_t qualified[PROVIDER_COUNT][CHANNEL_COUNT]; /* enum qualification */
    bool paid[PLACE_COUNT][PROVIDER_COUNT][CHANNEL_COUNT];
    fen_t *deductible; /* [class][place][provider], owned */
    ratio_t *ratio; /* [class][place][provider], owned */
    ratio_t *advance; /* [class][place][provider], owned */
    fen_t *band_from; /* [class], owned; FEN_MAX where there is one band */
    ratio_t *band_ratio; /* [class][place][provider], owned; NULL where there is one band */
};

struct cap {
    bool monthly, by_visit; /* else by calendar year; each visit or stay has one of its own */
    bool on_eligible; /* limits eligible cost after the deductible, not payments */
    bool by_disease; /* grows with the number of registered chronic diseases */
    fen_t *amount; /* [class], owned; by_disease: the first disease's */
    fen_t first_psychiatric, further, at_most; /* by_disease only */
};

/* Monthly credits: constants of one epoch. */
struct account_rules {
    ratio_t *employee_rate, *flexible_rate; /* [age band of program], owned */
    ratio_t own_rate;
    ratio_t interest; /* a year */
    fen_t *retiree_amount; /* [sector][age band], owned: fixed + share of the average pension */
    fen_t retiree_per_year_of_age;
    ratio_t employer_rate, flexible_contribution_rate;
    bool active_by_age, retirees_by_age; /* credits differ by age */
    int generation; /* grows by one where an epoch's account rules differ from the last one's */
};

struct epoch {
    day_t from; /* up to the next epoch's from - 1 */
    bool in_force; /* the policy */
    bool family_sharing, own_account_first;
    struct rule rules[POLICY_RULES_MAX];
    struct cap caps[POLICY_CAPS_MAX];
    unsigned monthly_deductibles, monthly_caps, visit_caps; /* bit masks of slots */
    struct account_rules account;
};

struct program {
    const struct policy *policy; /* not owned */
    int n_epochs;
    struct epoch *epochs; /* [n_epochs], owned; epochs[0].from == DAY_MIN */
    int n_ages;
    int *ages; /* [n_ages] first age of each band, over all parameters; ages[0] == 0; owned */
    int n_classes; /* n_ages * sectors * statuses */
    int n_caps, n_rules;
    int8_t default_rule[BENEFIT_COUNT]; /* -1: not covered */
    int n_disease_rules;
    struct disease_rule {
        uint32_t disease;
        uint8_t benefit;
        int8_t rule;
    } *disease_rules; /* diseases with a rule of their own; owned */
    bool benefits_by_age; /* else the tables of all age bands are the same */
    bool periods_change; /* slots are by the month or visit on some days only */
    /* Readings of the document as a whole. */
    bool stays_settle_on_admission, retiree_benefits_next_month, account_same_month;
    bool family_by_balance, joins;
    int credit_day;
};

enum expiry { EXPIRY_STOP, EXPIRY_RENEW };

/* rules_on: a day whose rules hold on every date, or DAY_MIN for dated rules.
 * expiry: what comes after the policy's last day. */
struct program *program_compile(const struct policy *policy, day_t rules_on, enum expiry expiry);
void program_free(struct program *self);

/* Epoch of a day; hint is the epoch last used (claims come in order of date). */
static inline int
program_epoch(const struct program *self, day_t day, int hint)
{
    while (day < self->epochs[hint].from)
        hint--;
    while (hint + 1 < self->n_epochs && day >= self->epochs[hint + 1].from)
        hint++;
    return hint;
}

static inline int
program_age_band(const struct program *self, day_t birth, day_t on)
{
    if (self->n_ages == 1)
        return 0;
    int age = date_age(birth, on), band = self->n_ages - 1;
    while (band > 0 && age < self->ages[band])
        band--;
    return band;
}

static inline class_t
program_class(int age_band, int sector, int status)
{
    return (age_band * SECTOR_COUNT + sector) * STATUS_COUNT + status;
}

/* The rule that a claim falls under, or -1 where the policy has none for it. */
int program_rule(const struct program *self, int benefit, uint32_t disease);

#endif
