/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/household.h"

#include "engine/trace.h"

enum { MONTHS = 12 };

/* The status that a month's credit is computed for (policy-rules, section 5): by
 * the month in which retirement falls, or by the month after it. */
static enum status
credit_status(const struct program *program, const struct member *member, month_t month)
{
    if (member->status == STATUS_RETIREE)
        return STATUS_RETIREE;
    if (member->retired_on == DAY_MAX)
        return (enum status)member->status;
    month_t starts = date_month(member->retired_on) + (program->account_same_month ? 0 : 1);
    return month >= starts ? STATUS_RETIREE : (enum status)member->status;
}

/* What is credited on a day to a member who is insured then. */
static struct account_month
credit_at(const struct program *program, const struct account_rules *rules,
    const struct member *member, enum status status, day_t day)
{
    struct account_month row = { .status = (uint8_t)status };
    if (status == STATUS_RETIREE) {
        int band = rules->retirees_by_age ? program_age_band(program, member->birth, day) : 0;
        row.credit = rules->retiree_amount[(int)member_sector(member) * program->n_ages + band];
        if (rules->retiree_per_year_of_age != 0)
            row.credit += rules->retiree_per_year_of_age * date_age(member->birth, day);
        row.from_pool = row.credit;
        return row;
    }
    bool flexible = status == STATUS_FLEXIBLE;
    int band = rules->active_by_age ? program_age_band(program, member->birth, day) : 0;
    ratio_t rate = (flexible ? rules->flexible_rate : rules->employee_rate)[band];
    row.credit = money_share(member->base, rate);
    row.from_pool = money_max(0, row.credit - money_share(member->base, rules->own_rate));
    /* An employer pays the pooled fund; of a flexible member's own contribution
     * the part that is credited to the account does not reach it. */
    row.contribution = flexible
        ? money_max(0, money_share(member->base, rules->flexible_contribution_rate)
                - (row.credit - row.from_pool))
        : money_share(member->base, rules->employer_rate);
    return row;
}

static struct account_month
credit_of_month(const struct program *program, const struct account_rules *rules,
    const struct member *member, month_t month, day_t day)
{
    enum status status = credit_status(program, member, month);
    if (!member_insured(member, day))
        return (struct account_month){ .status = (uint8_t)status };
    return credit_at(program, rules, member, status, day);
}

static inline const struct account_rules *
account_rules_on(const struct program *program, day_t day, int *epoch)
{
    *epoch = program_epoch(program, day, *epoch);
    return &program->epochs[*epoch].account;
}

void
account_credits(const struct program *program, const struct member *member, month_t first, int n,
    fen_t *credits, struct account_totals *totals, struct account_month *rows)
{
    day_t begin = date_month_first(first), end = date_month_first(first + n);
    int epoch = 0, offset = program->credit_day - 1;
    const struct account_rules *rules = account_rules_on(program, begin + offset, &epoch);
    const struct account_rules *last
        = account_rules_on(program, date_month_first(first + n - 1) + offset, &epoch);
    totals->credit = totals->from_pool = totals->contribution = 0;

    /* Where nothing about the member changes, a month's credit is the month
     * before's, but for new rules and birthdays. */
    bool plain = member->insured_from <= begin && member->insured_to >= end && member->n_arrears == 0
        && (member->retired_on < begin - 31 || member->retired_on >= end);
    bool retired = member->retired_on < begin;
    bool by_age = rules->generation != last->generation
        || (retired ? rules->retirees_by_age : rules->active_by_age);
    if (plain && !by_age && rows == NULL) {
        struct account_month row = credit_of_month(program, rules, member, first, begin + offset);
        for (int i = 0; i < n; i++)
            credits[i] = row.credit;
        totals->credit = n * row.credit;
        totals->from_pool = n * row.from_pool;
        totals->contribution = n * row.contribution;
        return;
    }
    month_t birth_month = date_month(member->birth);
    struct account_month row = { 0 };
    int generation = -1;
    for (int i = 0; i < n; i++) {
        day_t day = date_month_first(first + i) + offset;
        rules = account_rules_on(program, day, &epoch);
        /* A birthday in the month or in the one before may lie between two credits. */
        unsigned since_birthday = (unsigned)(first + i - birth_month) % 12;
        if (!plain || rules->generation != generation || since_birthday <= 1)
            row = credit_of_month(program, rules, member, first + i, day);
        generation = rules->generation;
        credits[i] = row.credit;
        totals->credit += row.credit;
        totals->from_pool += row.from_pool;
        totals->contribution += row.contribution;
        if (rows != NULL)
            rows[i] = row;
    }
}

struct member_year
member_year(const struct member *member, month_t january)
{
    day_t begin = date_month_first(january), end = date_month_first(january + MONTHS);
    struct member_year out = {
        .steady = member->retired_on < begin - 31 || member->retired_on >= end,
        .insured = (1u << MONTHS) - 1,
    };
    month_t birth_month = date_month(member->birth);
    out.age = (int16_t)(date_year_of_month(january) - date_year_of_month(birth_month) - 1);
    out.birthday = (uint8_t)((birth_month % 12 + 12) % 12 + (member->birth != date_month_first(birth_month)));
    if (member->insured_from <= begin && member->insured_to >= end && member->n_arrears == 0)
        return out;
    out.insured = 0;
    for (int i = 0; i < MONTHS; i++)
        out.insured |= (uint16_t)(member_insured(member, date_month_first(january + i)) << i);
    return out;
}

void
account_year(const struct program *program, const struct account_rules *rules,
    const struct member *member, const struct member_year *year, month_t january,
    fen_t credited[static 13], struct account_totals *totals)
{
    credited[0] = 0;
    if (rules == NULL || !year->steady || program->credit_day != 1) {
        account_credits(program, member, january, MONTHS, credited + 1, totals, NULL);
        for (int i = 1; i <= MONTHS; i++)
            credited[i] += credited[i - 1];
        return;
    }
    enum status status
        = member->retired_on < date_month_first(january) ? STATUS_RETIREE : (enum status)member->status;
    bool by_age = status == STATUS_RETIREE ? rules->retirees_by_age : rules->active_by_age;
    /* Two amounts, one before the birthday, one after it. */
    int change = by_age ? year->birthday : 0;
    struct account_month row[2] = { 0 };
    if (change > 0)
        row[0] = credit_at(program, rules, member, status, date_month_first(january));
    if (change < MONTHS)
        row[1] = credit_at(program, rules, member, status, date_month_first(january + change));
    fen_t sum = 0;
    int64_t months[2] = { 0 };
    for (int i = 0; i < MONTHS; i++) {
        int64_t insured = year->insured >> i & 1;
        bool after = i >= change;
        months[after] += insured;
        sum += insured * row[after].credit;
        credited[i + 1] = sum;
    }
    totals->credit = sum;
    totals->from_pool = months[0] * row[0].from_pool + months[1] * row[1].from_pool;
    totals->contribution = months[0] * row[0].contribution + months[1] * row[1].contribution;
}

void
household_begin(struct household *self)
{
    self->epoch = 0;
    self->all_credited = 0;
    for (int i = 0; i < self->n; i++) {
        self->accumulators[i].year = 0; /* the first claim starts them afresh */
        self->states[i] = (struct household_state){ .balance = self->members[i]->balance };
        size_t from = (size_t)i * (size_t)self->n_months;
        account_credits(self->program, self->members[i], self->first_month, self->n_months,
            self->credits + from, &self->states[i].totals,
            self->months != NULL ? self->months + from : NULL);
    }
}

/* Credits a member's months up to and with `until` (counted from first_month). */
static void
credit_until(struct household *self, int who, month_t until)
{
    struct household_state *state = &self->states[who];
    size_t from = (size_t)who * (size_t)self->n_months;
    if (until >= self->n_months)
        until = self->n_months - 1;
    for (; state->credited <= until; state->credited++) {
        size_t at = from + (size_t)state->credited;
        state->balance += self->credits[at];
        if (self->months != NULL)
            self->months[at].balance = state->balance;
    }
}

/* Takes up to `left` from a member's account. */
static fen_t
pay(struct household *self, int who, month_t month, fen_t left, enum trace_kind kind,
    struct trace *trace)
{
    struct household_state *state = &self->states[who];
    fen_t amount = money_min(left, state->balance);
    if (amount <= 0)
        return 0;
    state->balance -= amount;
    state->totals.paid += amount;
    if (self->months != NULL) {
        struct account_month *row
            = &self->months[(size_t)who * (size_t)self->n_months + (size_t)month];
        row->paid += amount;
        row->balance = state->balance;
    }
    if (trace != NULL && trace->n < TRACE_STEPS)
        trace->steps[trace->n++] = (struct trace_step){ .kind = kind,
            .who = who, .amount = amount, .before = state->balance + amount,
            .after = state->balance };
    return amount;
}

static int
largest_balance(const struct household *self, int but)
{
    int best = -1;
    for (int i = 0; i < self->n; i++)
        if (i != but && self->states[i].balance > 0
            && (best < 0 || self->states[i].balance > self->states[best].balance))
            best = i;
    return best;
}

static fen_t
pay_from_family(struct household *self, int who, month_t month, fen_t left, struct trace *trace)
{
    fen_t paid = 0;
    if (self->program->family_by_balance) {
        for (int i; paid < left && (i = largest_balance(self, who)) >= 0;)
            paid += pay(self, i, month, left - paid, TRACE_FAMILY_ACCOUNT, trace);
        return paid;
    }
    for (int i = 0; i < self->n && paid < left; i++)
        if (i != who)
            paid += pay(self, i, month, left - paid, TRACE_FAMILY_ACCOUNT, trace);
    return paid;
}

void
household_settle(struct household *self, int who, const struct bill *bill, struct settlement *out,
    struct trace *trace)
{
    const struct program *program = self->program;
    self->epoch = program_epoch(program, bill->settles, self->epoch);
    const struct epoch *epoch = &program->epochs[self->epoch];
    if (trace != NULL)
        adjudicate_traced(program, epoch, self->members[who], &self->accumulators[who], bill, out,
            trace);
    else
        adjudicate(program, epoch, self->members[who], &self->accumulators[who], bill, out);

    fen_t left = out->cost - out->fund;
    month_t calendar_month = date_month(bill->settles), month = calendar_month - self->first_month;
    int day_of_month = bill->settles - date_month_first(calendar_month) + 1;
    month_t credited = month - (day_of_month < program->credit_day);
    bool designated = (bill->claim->flags & CLAIM_DESIGNATED) != 0;
    bool sharing = designated && epoch->family_sharing && self->n > 1;
    credit_until(self, who, credited);
    if (sharing && credited >= self->all_credited) {
        for (int i = 0; i < self->n; i++)
            credit_until(self, i, credited);
        self->all_credited = credited + 1;
    }
    if (sharing && !epoch->own_account_first) {
        out->family_account = pay_from_family(self, who, month, left, trace);
        left -= out->family_account;
    }
    if (designated) {
        out->account = pay(self, who, month, left, TRACE_OWN_ACCOUNT, trace);
        left -= out->account;
    }
    if (sharing && epoch->own_account_first) {
        out->family_account = pay_from_family(self, who, month, left, trace);
        left -= out->family_account;
    }
    out->cash = left;
    if (trace != NULL && trace->n < TRACE_STEPS)
        trace->steps[trace->n++] = (struct trace_step){ .kind = TRACE_CASH, .amount = left };
}

void
household_try(struct household *self, int who, const struct bill *bill, struct settlement *out)
{
    accumulators_copy(&self->before.accumulators, &self->accumulators[who]);
    for (int i = 0; i < self->n; i++)
        self->before.states[i] = self->states[i];
    self->before.all_credited = self->all_credited;
    household_settle(self, who, bill, out, NULL);
}

void
household_take_back(struct household *self, int who)
{
    struct accumulators tried = self->accumulators[who];
    self->accumulators[who] = self->before.accumulators;
    self->before.accumulators = tried;
    for (int i = 0; i < self->n; i++)
        self->states[i] = self->before.states[i];
    self->all_credited = self->before.all_credited;
}

void
household_end(struct household *self)
{
    for (int i = 0; i < self->n; i++)
        credit_until(self, i, self->n_months - 1);
}
