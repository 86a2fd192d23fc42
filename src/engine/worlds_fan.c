/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What worlds' figures are told with: fans, and the names of inputs' groups and of
 * outcomes. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/sensitivity.h"

const double world_quantiles[WORLD_QUANTILES] = { 0.05, 0.25, 0.5, 0.75, 0.95 };

const struct word world_group_words[WORLD_GROUPS] = {
    [WORLD_POPULATION] = { "population", "who is insured", "参保人群" },
    [WORLD_GROWTH] = { "growth", "growth over the years", "逐年增长" },
    [WORLD_USE] = { "use", "use of care", "就医情况" },
    [WORLD_COST] = { "cost", "cost of care", "医疗费用" },
    [WORLD_BEHAVIOUR] = { "behaviour", "reaction to prices", "行为反应" },
    [WORLD_FUND] = { "fund", "the fund itself", "基金自身" },
    [WORLD_POLICY] = { "policy", "what policies leave open", "政策未定之处" },
    [WORLD_SHOCKS] = { "shocks", "shocks of single years", "各年冲击" },
};

const struct word outcome_words[OUTCOME_COUNT] = {
    [OUTCOME_CLOSING] = { "closing", "pool at the last year's close", "末年年末结余" },
    [OUTCOME_OUTGO] = { "outgo", "the pool's outgo over all years", "各年支出合计" },
    [OUTCOME_RUN_DRY] = { "run_dry", "time at which the pool runs dry", "结余耗尽时间" },
    [OUTCOME_DIFFERENCE]
    = { "difference", "last close against the baseline's", "末年年末结余与基线之差" },
};

static int
compare_doubles(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

void
worlds_fan(const double *values, int n, double out[static WORLD_QUANTILES])
{
    double *sorted = memory_alloc((size_t)n, sizeof *sorted);
    memcpy(sorted, values, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_doubles);
    for (int q = 0; q < WORLD_QUANTILES; q++) {
        double at = world_quantiles[q] * (n - 1);
        int below = (int)at, above = below + 1 < n ? below + 1 : below;
        out[q] = sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
    free(sorted);
}
