/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/household.h"

#include "engine/trace.h"

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

static void
credit_month(const struct program *program, const struct epoch *epoch,
    const struct member *member, month_t month, day_t day, struct account_month *out)
{
    *out = (struct account_month){ .status = (uint8_t)credit_status(program, member, month) };
    if (!member_insured(member, day))
        return;
    const struct account_rules *rules = &epoch->account;
    int band = program_age_band(program, member->birth, day);
    if (out->status == STATUS_RETIREE) {
        out->credit = rules->retiree_amount[(int)member_sector(member) * program->n_ages + band];
        if (rules->retiree_per_year_of_age != 0)
            out->credit += rules->retiree_per_year_of_age * date_age(member->birth, day);
        out->from_pool = out->credit;
        return;
    }
    bool flexible = out->status == STATUS_FLEXIBLE;
    ratio_t rate = (flexible ? rules->flexible_rate : rules->employee_rate)[band];
    out->credit = money_share(member->base, rate);
    out->from_pool = money_max(0, out->credit - money_share(member->base, rules->own_rate));
    /* An employer pays the pooled fund; of a flexible member's own contribution
     * the part that is credited to the account does not reach it. */
    out->contribution = flexible
        ? money_max(0, money_share(member->base, rules->flexible_contribution_rate)
                - (out->credit - out->from_pool))
        : money_share(member->base, rules->employer_rate);
}

void
account_credits(const struct program *program, const struct member *member, month_t first, int n,
    struct account_month *out)
{
    day_t begin = date_month_first(first), end = date_month_first(first + n);
    /* Where nothing about the member changes, a month's credit is the month
     * before's, but for epochs of the policy and birthdays. */
    bool plain = member->insured_from <= begin && member->insured_to >= end && member->n_arrears == 0
        && (member->retired_on < begin - 31 || member->retired_on >= end);
    bool by_age = program->n_ages > 1;
    for (int i = 0; i < program->n_epochs && !by_age; i++)
        by_age = program->epochs[i].account.retiree_per_year_of_age != 0;
    int birth_month = by_age ? date_civil(member->birth).month : 0;
    int month_of_year = first - (date_year_of_month(first) - 1970) * 12 + 1;
    int index = 0, last = -1;
    day_t month_first = begin;
    for (int i = 0; i < n; i++) {
        day_t day = month_first + program->credit_day - 1;
        index = program_epoch(program, day, index);
        /* A birthday in the month or in the one before may lie between two credits. */
        bool birthday = by_age
            && (month_of_year == birth_month || month_of_year == birth_month % 12 + 1);
        if (plain && index == last && !birthday)
            out[i] = out[i - 1];
        else
            credit_month(program, &program->epochs[index], member, first + i, day, &out[i]);
        last = index;
        month_of_year = month_of_year % 12 + 1;
        month_first = date_month_first(first + i + 1);
    }
}

void
household_begin(struct household *self)
{
    self->epoch = 0;
    for (int i = 0; i < self->n; i++) {
        accumulators_reset(&self->accumulators[i]);
        self->states[i] = (struct household_state){ .balance = self->members[i]->balance };
        account_credits(self->program, self->members[i], self->first_month, self->n_months,
            self->months + (size_t)i * (size_t)self->n_months);
    }
}

/* Credits a member's months up to and with `until` (counted from first_month). */
static void
credit_until(struct household *self, int who, month_t until)
{
    struct household_state *state = &self->states[who];
    struct account_month *months = self->months + (size_t)who * (size_t)self->n_months;
    if (until >= self->n_months)
        until = self->n_months - 1;
    for (; state->credited <= until; state->credited++) {
        state->balance += months[state->credited].credit;
        months[state->credited].balance = state->balance;
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
    struct account_month *row = &self->months[(size_t)who * (size_t)self->n_months + (size_t)month];
    state->balance -= amount;
    row->paid += amount;
    row->balance = state->balance;
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
    if (sharing)
        for (int i = 0; i < self->n; i++)
            credit_until(self, i, credited);
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
household_end(struct household *self)
{
    for (int i = 0; i < self->n; i++)
        credit_until(self, i, self->n_months - 1);
}
