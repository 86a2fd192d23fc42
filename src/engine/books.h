/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pooled fund's books: what came in and went out, year by year, for the city and
 * its counties, and what was left. Pure: flows and a model's fund section in, lines
 * out. Where a policy has pooling rules (engine/ledger.h), gaps of counties are filled
 * as these say, and no balance falls below 0; elsewhere the city is one pool, whose
 * shortfall is carried on. In every year, for the city and each county that has a
 * balance of its own, to the fen:
 *   opening + income - outgo + government + from_city = closing. */
#ifndef GONGJI_ENGINE_BOOKS_H
#define GONGJI_ENGINE_BOOKS_H

#include "engine/flows.h"
#include "engine/ledger.h"
#include "engine/rules.h"

enum book_line {
    BOOK_OPENING,
    /* Income. */
    BOOK_EMPLOYER,
    BOOK_FLEXIBLE,
    BOOK_SUBSIDY,
    BOOK_OTHER_INCOME,
    BOOK_INTEREST, /* on positive opening balances, credited at the year's end */
    BOOK_INCOME, /* their sum */
    /* Outgo. */
    BOOK_BENEFIT, /* by enum benefit from here on */
    BOOK_TRANSFER_ACTIVE = BOOK_BENEFIT + BENEFIT_COUNT,
    BOOK_TRANSFER_RETIRED,
    BOOK_OTHER_OUTGO,
    BOOK_OUTGO, /* their sum */
    BOOK_SURPLUS, /* income - outgo */
    BOOK_GOVERNMENT, /* what counties' and the city's budgets put into gaps */
    BOOK_FROM_CITY, /* a county's net draw on the city's pots; 0 for the city */
    BOOK_CLOSING,
    BOOK_RESERVE, /* the reserve, part of the city's closing */
    BOOK_MONTHS, /* closing in months of the year's outgo */
    BOOK_ACTIVE, /* insured on 1 January */
    BOOK_RETIRED,
    BOOK_DEPENDENCY, /* active to one retired */
    BOOK_COUNT
};
enum book_unit { BOOK_YUAN, BOOK_PERSONS, BOOK_IN_MONTHS, BOOK_RATIO };
enum book_role { BOOK_OF_INCOME, BOOK_OF_OUTGO, BOOK_TOTAL, BOOK_BALANCE, BOOK_STATE };
struct book_info {
    const char *key, *en, *zh; /* key: the measure in summary.csv */
    enum book_unit unit;
    enum book_role role; /* BOOK_OF_INCOME and BOOK_OF_OUTGO add up to income and outgo */
};
extern const struct book_info book_infos[BOOK_COUNT];

/* A model's fund section, in yuan an insured where it is money. */
struct fund {
    double opening; /* on 1 January of the first year, the reserve included */
    double reserve; /* of it in the reserve, where there is one */
    double pooled_share; /* of the rest in the city's pool; what is left is the counties' own */
    int first_year, n_years;
    struct fund_year {
        double interest, subsidy, other_income, other_outgo;
        double budget_growth; /* a budget against the year before's actual figure */
        double own_gap_share; /* of a county's gap, caused by itself */
        bool plan_fulfilled;
    } *years; /* [n_years], owned */
};
void fund_init(struct fund *self, const struct model *model, int first_year, int n_years);
void fund_free(struct fund *self);

struct books {
    int n_scenarios, first_year, n_years;
    int n_units; /* the city, then the model's counties where there are several */
    bool *pooled; /* [scenario]: gaps are filled by pooling rules. Owned, as all below */
    int64_t *lines; /* [scenario][year][unit][line]: hundredths of the line's unit, so fen */
    double *errors; /* same shape, in the line's unit: standard errors of sampling */
    double *difference_errors; /* same shape: of the difference to the baseline */
    double *pot_errors, *pot_difference_errors; /* [scenario][year][line]: of books_pot; owned */
    double *outgo_errors; /* [scenario] yuan: of the city's outgo over all years */
    struct ledger_row *rows; /* [scenario][year][unit]: of pooled scenarios; else zero */
    int *first_deficit; /* [scenario][unit]: first year whose outgo exceeds its income; 0: none */
    /* [scenario][unit]: first year that closes below 0; of pooled scenarios, in which budgets
     * have to fill a gap that no pot could; 0: none. */
    int *run_dry;
};

static inline size_t
books_at(const struct books *self, int scenario, int year_index, int unit)
{
    return ((size_t)scenario * (size_t)self->n_years + (size_t)year_index) * (size_t)self->n_units
        + (size_t)unit;
}

/* Hundredths of the line's unit. */
static inline int64_t
books_line(const struct books *self, int scenario, int year_index, int unit, enum book_line line)
{
    return self->lines[books_at(self, scenario, year_index, unit) * BOOK_COUNT + line];
}

/* Whether a unit has that line: counties of one pool have no balance of their own. */
bool books_has(const struct books *self, int scenario, int unit, enum book_line line);

/* What the city's own pots, its pool and reserve, have of a line: the city's without its
 * counties', in hundredths. There are such lines where pots and counties' balances stand
 * beside each other: in pooled scenarios of several counties. The equation above holds. */
int64_t books_pot(const struct books *self, int scenario, int year_index, enum book_line line);
bool books_pot_has(const struct books *self, int scenario, enum book_line line);

/* What books are made from; nothing of it is owned. */
struct books_source {
    int n_scenarios, baseline, first_year, n_years;
    int n_counties; /* at least 1 */
    const struct program *const *programs; /* [scenario] */
    const int64_t *const *flows; /* [scenario][year] of [FLOW_PARTS][n_counties][FLOW_COUNT] */
    const int64_t *insured; /* [year] that the persons stand for */
    const struct fund *fund;
    /* Books whose first year's income and outgo are the first year's budgets; NULL: these. */
    const struct books *budgets;
};

/* with_errors: also errors and difference_errors, by leaving out a part at a time
 * (delete-a-group jackknife; 0 where there are fewer than two parts). */
void books_keep(struct books *self, const struct books_source *source, bool with_errors);
void books_free(struct books *self);

#endif
