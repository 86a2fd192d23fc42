/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/tally_bins.h"
#include "engine/tally_rows.h"

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
    self->bins = memory_alloc(TALLY_BLOCK_PERSONS, sizeof *self->bins);
    self->kept = memory_alloc(TALLY_COUNTS - TALLY_BINS, sizeof *self->kept);
    self->flows = memory_alloc(shape->n_flows, sizeof *self->flows);
    self->large
        = memory_alloc((size_t)shape->n_cells * MEASURE_COUNT, sizeof *self->large);
}

void
tally_block_free(struct tally_block *self)
{
    free(self->parts);
    free(self->touched);
    free(self->bins);
    free(self->kept);
    free(self->flows);
    free(self->large);
    *self = (struct tally_block){ 0 };
}

static void
flush_cells(struct tally_cell *from, struct tally_cell *into, int n)
{
    for (int i = 0; i < n; i++) {
        into[i].sum += from[i].sum;
        into[i].difference += from[i].difference;
        into[i].squares += from[i].squares;
        into[i].difference_squares += from[i].difference_squares;
        from[i] = (struct tally_cell){ 0 };
    }
}

static void
flush_flows(struct tally_block *self, int64_t *flows)
{
    for (int part = 0; part < FLOW_PARTS; part++) {
        if (!self->parts_touched[part])
            continue;
        size_t from = flows_at(self->shape->n_counties, part, 0);
        size_t to = flows_at(self->shape->n_counties, part + 1, 0);
        for (size_t i = from; i < to; i++) {
            flows[i] += self->flows[i];
            self->flows[i] = 0;
        }
        self->parts_touched[part] = false;
    }
}

void
tally_block_flush(struct tally_block *self, struct tally *into)
{
    for (int cell = 0; cell < self->shape->n_cells; cell++) {
        if (!self->touched[cell])
            continue;
        struct tally_part *part = &self->parts[cell];
        struct tally_cell *to = &into->cells[(size_t)cell * MEASURE_COUNT];
        for (int m = 0; m < MEASURE_COUNT; m++) {
            to[m].sum += part->sum[m];
            to[m].difference += part->difference[m];
            to[m].squares += (uint64_t)part->square[m];
            to[m].difference_squares += (uint64_t)part->difference_square[m];
        }
        *part = (struct tally_part){ 0 };
        self->touched[cell] = false;
    }
    if (self->any_large)
        flush_cells(self->large, into->cells, self->shape->n_cells * MEASURE_COUNT);
    flush_cells(self->tiles, into->cells + self->shape->tiles * MEASURE_COUNT, MEASURE_COUNT);
    self->any_large = false;
    for (int i = 0; i < self->n_persons; i++)
        for (int d = 0; d < DISTRIBUTION_COUNT; d++)
            into->histogram[d * TALLY_FINE_BINS + self->bins[i][d]]++;
    self->n_persons = 0;
    int kept = self->any_kept ? TALLY_COUNTS - TALLY_BINS : 0;
    for (int i = 0; i < kept; i++)
        into->kept[i] += self->kept[i];
    memset(self->kept, 0, (size_t)kept * sizeof *self->kept);
    self->any_kept = false;
    flush_flows(self, into->flows);
}

/* Amounts whose squares do not fit the block's 64 bits: straight into wide cells. */
static void
add_large(struct tally_block *self, int cell, int n, const int64_t *value, const int64_t *baseline)
{
    for (int m = 0; m < n && m < MEASURE_COUNT; m++) {
        struct tally_cell *to = &self->large[(size_t)cell * MEASURE_COUNT + (size_t)m];
        int64_t difference = value[m] - baseline[m];
        to->sum += value[m];
        to->difference += difference;
        to->squares += (wide_t)((__int128)value[m] * value[m]);
        to->difference_squares += (wide_t)((__int128)difference * difference);
    }
    self->any_large = true;
}

void
tally_add(struct tally_block *self, const int *cells, int n_cells, int n, const int64_t *value,
    const int64_t *baseline)
{
    bool large = !tally_is_small(value, baseline, n);
    for (int c = 0; c < n_cells; c++) {
        if (large) {
            add_large(self, cells[c], n, value, baseline);
            continue;
        }
        self->touched[cells[c]] = true;
        tally_add_row(&self->parts[cells[c]], value, baseline, n);
    }
}

const enum measure tally_of_families[TALLY_OF_FAMILIES] = { MEASURE_PAID_BY_ACCOUNT,
    MEASURE_PAID_BY_FAMILY_ACCOUNT, MEASURE_PAID_BY_CASH, MEASURE_ACCOUNT_OPENING,
    MEASURE_ACCOUNT_INTEREST, MEASURE_ACCOUNT_PAID_OUT, MEASURE_ACCOUNT_TO_HEIRS,
    MEASURE_ACCOUNT_TAKEN, MEASURE_ACCOUNT_CLOSING, MEASURE_PERSONS };

void
tally_tile(struct tally_block *self, int n, int64_t (*value)[TALLY_WIDTH],
    int64_t (*baseline)[TALLY_WIDTH])
{
    for (int k = 0; k < TALLY_OF_FAMILIES; k++) {
        enum measure m = tally_of_families[k];
        int64_t sum = 0, before = 0;
        for (int i = 0; i < n; i++) {
            sum += value[i][m];
            before += baseline[i][m];
        }
        int64_t difference = sum - before;
        struct tally_cell *to = &self->tiles[m];
        to->sum += n * sum;
        to->difference += n * difference;
        to->squares += (wide_t)((__int128)sum * sum);
        to->difference_squares += (wide_t)((__int128)difference * difference);
    }
}

void
tally_distributions(struct tally_block *self, uint64_t person,
    const fen_t amounts[static DISTRIBUTION_COUNT])
{
    for (int d = 0; d < DISTRIBUTION_COUNT; d++)
        self->bins[self->n_persons][d] = (uint16_t)tally_bin_of(tally_fine, amounts[d]);
    self->n_persons++;
    if (person >= TALLY_KEPT)
        return;
    for (int d = 0; d < DISTRIBUTION_COUNT; d++)
        self->kept[(uint64_t)d * TALLY_KEPT + person] = amounts[d];
    self->any_kept = true;
}

int64_t *
tally_flows(struct tally_block *self, uint64_t person, int county)
{
    int part = flows_part(person);
    self->parts_touched[part] = true;
    return self->flows + flows_at(self->shape->n_counties, part, county);
}

void
tally_total(struct tally_block *self, const int64_t *value)
{
    for (int m = 0; m < TALLY_WIDTH; m++)
        self->totals[m] += value[m];
}

void
tally_block_totals(struct tally_block *self, int64_t *totals, int64_t *flows)
{
    for (int m = 0; m < MEASURE_COUNT; m++)
        totals[m] += self->totals[m];
    memset(self->totals, 0, sizeof self->totals);
    flush_flows(self, flows);
}
