/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const struct measure_info measure_infos[MEASURE_COUNT] = {
    [MEASURE_FUND_OUTFLOW] = { "fund_outflow", "pooled fund: benefits paid", "统筹基金支出",
        UNIT_YUAN, true },
    [MEASURE_ACCOUNT_TRANSFER] = { "account_transfer", "pooled fund into personal accounts",
        "统筹基金划入个人账户", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_OWN] = { "account_own", "members' own contributions into accounts",
        "个人缴费计入个人账户", UNIT_YUAN, false },
    [MEASURE_MEMBER_BURDEN] = { "member_burden", "member burden", "个人负担", UNIT_YUAN, true },
    [MEASURE_PAID_BY_ACCOUNT] = { "paid_by_account", "burden paid by accounts, own and family's",
        "个人账户支付（含家庭共济）", UNIT_YUAN, true },
    [MEASURE_PAID_BY_FAMILY_ACCOUNT] = { "paid_by_family_account", "of it by family's accounts",
        "其中：家庭成员账户支付", UNIT_YUAN, true },
    [MEASURE_PAID_BY_CASH] = { "paid_by_cash", "burden paid in cash", "现金支付", UNIT_YUAN, true },
    [MEASURE_COST] = { "cost", "cost", "医疗费用", UNIT_YUAN, true },
    [MEASURE_ELIGIBLE_COST] = { "eligible_cost", "eligible cost", "政策范围内费用", UNIT_YUAN, true },
    [MEASURE_VISITS] = { "visits", "visits and stays", "就诊人次", UNIT_COUNT, true },
    [MEASURE_PERSONS] = { "persons", "persons", "人数", UNIT_COUNT, false },
    [MEASURE_CONTRIBUTION_INCOME] = { "contribution_income", "contributions to the pooled fund",
        "统筹基金缴费收入", UNIT_YUAN, false },
    [MEASURE_POOL_BALANCE] = { "pool_balance", "the year's balance of the pooled fund",
        "统筹基金当年结余", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_OPENING] = { "account_opening", "accounts at the year's opening",
        "个人账户年初余额", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_INTEREST] = { "account_interest", "interest on accounts", "个人账户利息",
        UNIT_YUAN, false },
    [MEASURE_ACCOUNT_PAID_OUT] = { "account_paid_out", "paid out of the group's accounts",
        "个人账户支出", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_TO_HEIRS] = { "account_to_heirs", "accounts of the dead, to their heirs",
        "死亡人员个人账户继承", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_TAKEN] = { "account_taken", "accounts that leavers take with them",
        "离开人员带走的个人账户", UNIT_YUAN, false },
    [MEASURE_ACCOUNT_CLOSING] = { "account_closing", "accounts at the year's close",
        "个人账户年末余额", UNIT_YUAN, false },
    [MEASURE_WINNERS] = { "winners", "persons better off", "受益人数", UNIT_COUNT, false },
    [MEASURE_LOSERS] = { "losers", "persons worse off", "受损人数", UNIT_COUNT, false },
    [MEASURE_CAP_REACHED] = { "cap_reached", "persons who reached a cap", "达到支付限额的人数", UNIT_COUNT,
        false },
    [MEASURE_NET_GAIN_MEAN] = { "net_gain_mean", "mean net gain", "人均净收益",
        UNIT_YUAN_PER_PERSON, false },
};

const struct word distribution_words[DISTRIBUTION_COUNT] = {
    [DISTRIBUTION_FUND] = { "fund_outflow", "fund payments to a person", "每人统筹基金支付" },
    [DISTRIBUTION_BURDEN] = { "member_burden", "burden of a person", "每人个人负担" },
    [DISTRIBUTION_CREDIT] = { "account_credit", "account credits of a person", "每人个人账户划入" },
    [DISTRIBUTION_NET_GAIN] = { "net_gain", "net gain of a person", "每人净收益" },
};

struct tally_shape
tally_shape_of(int n_counties)
{
    struct tally_shape shape = { .n_counties = n_counties > 0 ? n_counties : 1 };
    shape.money = TALLY_DEMOGRAPHIC;
    shape.county = shape.money + TALLY_MONEY;
    shape.provider = shape.county + shape.n_counties;
    shape.benefit = shape.provider + PROVIDER_COUNT;
    shape.tiles = shape.benefit + BENEFIT_COUNT;
    shape.n_cells = shape.tiles + 1;
    shape.n_flows = flows_size(shape.n_counties);
    shape.n_counts = TALLY_COUNTS + shape.n_flows;
    return shape;
}

void
tally_init(struct tally *self, const struct tally_shape *shape)
{
    self->cells = memory_alloc((size_t)shape->n_cells * MEASURE_COUNT, sizeof *self->cells);
    self->histogram = memory_alloc(shape->n_counts, sizeof *self->histogram);
    self->kept = self->histogram + TALLY_BINS;
    self->flows = self->histogram + TALLY_COUNTS;
}

void
tally_free(struct tally *self)
{
    free(self->cells);
    free(self->histogram);
    *self = (struct tally){ 0 };
}

void
tally_block_init(struct tally_block *self, const struct tally_shape *shape)
{
    *self = (struct tally_block){ .shape = shape };
    self->parts = memory_alloc((size_t)shape->n_cells, sizeof *self->parts);
    self->touched = memory_alloc((size_t)shape->n_cells, sizeof *self->touched);
    self->flows = memory_alloc(shape->n_flows, sizeof *self->flows);
}

void
tally_block_free(struct tally_block *self)
{
    free(self->parts);
    free(self->touched);
    free(self->bins);
    free(self->kept);
    free(self->flows);
    free(self->wide);
    *self = (struct tally_block){ 0 };
}

static void
flush_flows(struct tally_block *self, int64_t *flows)
{
    for (size_t i = 0; i < self->shape->n_flows; i++) {
        flows[i] += self->flows[i];
        self->flows[i] = 0;
    }
}

size_t
tally_block_bytes(const struct tally_shape *shape)
{
    struct tally_block of = { 0 };
    return (size_t)shape->n_cells * sizeof *of.parts + TALLY_BLOCK_PERSONS * sizeof *of.bins
        + shape->n_flows * sizeof *of.flows;
}

static void
flush_part(struct tally_part *part, struct tally_cell *into)
{
    for (int m = 0; m < MEASURE_COUNT; m++) {
        into[m].sum += part->sum[m];
        into[m].difference += part->difference[m];
        into[m].squares += part->square[tally_place(m)];
        into[m].difference_squares += part->difference_square[tally_place(m)];
    }
    *part = (struct tally_part){ 0 };
}

static void
flush_tiles(struct tally_cell *tiles, struct tally_cell *into)
{
    for (int m = 0; m < MEASURE_COUNT; m++) {
        into[m].sum += tiles[m].sum;
        into[m].difference += tiles[m].difference;
        into[m].squares += tiles[m].squares;
        into[m].difference_squares += tiles[m].difference_squares;
        tiles[m] = (struct tally_cell){ 0 };
    }
}

static void
flush_wide(const struct tally_wide *wide, struct tally_cell *into)
{
    for (int m = 0; m < wide->n; m++) {
        __int128 instead = wide->instead[m];
        into[m].sum += wide->value[m] - wide->instead[m];
        into[m].difference += wide->change[m];
        into[m].squares += (wide_t)((__int128)wide->value[m] * wide->value[m] - instead * instead);
        into[m].difference_squares += (wide_t)((__int128)wide->change[m] * wide->change[m]);
    }
}

void
tally_block_flush(struct tally_block *self, struct tally *into)
{
    for (int cell = 0; cell < self->shape->n_cells; cell++) {
        if (self->touched[cell])
            flush_part(&self->parts[cell], &into->cells[(size_t)cell * MEASURE_COUNT]);
        self->touched[cell] = false;
    }
    flush_tiles(self->tiles, into->cells + self->shape->tiles * MEASURE_COUNT);
    for (int i = 0; i < self->n_wide; i++)
        flush_wide(&self->wide[i], &into->cells[(size_t)self->wide[i].cell * MEASURE_COUNT]);
    self->n_wide = 0;
    for (int i = 0; i < self->n_persons; i++)
        for (int d = 0; d < DISTRIBUTION_COUNT; d++)
            into->histogram[d * TALLY_FINE_BINS + self->bins[i][d]]++;
    self->n_persons = 0;
    for (int i = 0; self->kept != NULL && i < DISTRIBUTION_COUNT * TALLY_KEPT; i++)
        into->kept[i] += self->kept[i];
    free(self->kept);
    self->kept = NULL;
    flush_flows(self, into->flows);
}

void
tally_block_totals(struct tally_block *self, int64_t *totals, int64_t *flows)
{
    for (int m = 0; m < MEASURE_COUNT; m++)
        totals[m] += self->totals[m];
    memset(self->totals, 0, sizeof self->totals);
    flush_flows(self, flows);
}
