/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/worlds_csv.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "engine/sensitivity.h"
#include "output/books_scope.h"
#include "output/csv.h"

void
worlds_count_years(const int *years, int n, int first_year, int n_years, int64_t *counts)
{
    for (int y = 0; y <= n_years; y++)
        counts[y] = 0;
    for (int i = 0; i < n; i++)
        counts[years[i] != 0 ? years[i] - first_year : n_years]++;
}

static void
put_value(FILE *stream, int world, const char *scenario, int year, const char *measure,
    double value, int decimals)
{
    fprintf(stream, "%d,", world + 1);
    csv_put_text(stream, scenario);
    fprintf(stream, ",%d,%s,all", year, measure);
    csv_put_number(stream, value, decimals);
    putc('\n', stream);
}

void
worlds_csv_write(FILE *stream, const struct result *result, const struct run_inputs *inputs)
{
    const struct worlds *worlds = result->worlds;
    fputs("world,scenario,year,measure,group,value\n", stream);
    for (int w = 0; w < worlds->n; w++)
        for (int s = 0; s < worlds->n_scenarios; s++)
            for (int y = 0; y < worlds->n_years; y++) {
                const char *id = inputs->scenarios[s].id;
                int year = worlds->first_year + y;
                for (int m = 0; m < MEASURE_COUNT; m++)
                    put_value(stream, w, id, year, measure_infos[m].key,
                        worlds_total(worlds, s, y, (enum measure)m)[w],
                        measure_infos[m].unit == UNIT_YUAN_PER_PERSON ? 4 : 2);
                for (int l = 0; l < BOOK_COUNT; l++)
                    put_value(stream, w, id, year, book_infos[l].key,
                        worlds_line(worlds, s, y, (enum book_line)l)[w], 2);
            }
}

static void
put_event(FILE *stream, const struct worlds *worlds, const char *scenario, const char *group,
    const char *kind, const int *years)
{
    int64_t *counts = memory_alloc((size_t)worlds->n_years + 1, sizeof *counts);
    worlds_count_years(years, worlds->n, worlds->first_year, worlds->n_years, counts);
    for (int y = 0; y <= worlds->n_years; y++) {
        csv_put_text(stream, scenario);
        putc(',', stream);
        csv_put_text(stream, group);
        if (y < worlds->n_years)
            fprintf(stream, ",%d", worlds->first_year + y);
        else
            putc(',', stream);
        fprintf(stream, ",%s,%" PRId64, kind, counts[y]);
        csv_put_number(stream, (double)counts[y] / worlds->n, 6);
        putc('\n', stream);
    }
    free(counts);
}

void
worlds_csv_write_run_dry(FILE *stream, const struct result *result, const struct run_inputs *inputs)
{
    const struct worlds *worlds = result->worlds;
    fputs("scenario,group,year,kind,worlds,share\n", stream);
    for (int s = 0; s < worlds->n_scenarios; s++)
        for (int unit = 0; unit < worlds->n_units; unit++) {
            const char *id = inputs->scenarios[s].id, *place = books_place(result, unit)->key;
            put_event(stream, worlds, id, place, "first_deficit",
                worlds_first_deficit(worlds, s, unit));
            /* Counties of one pool have no balance that could run dry. */
            if (books_has(&result->books, s, unit, BOOK_CLOSING))
                put_event(stream, worlds, id, place, "run_dry", worlds_run_dry(worlds, s, unit));
        }
}

static void
put_share(FILE *stream, const char *scenario, const char *outcome, const char *input,
    const char *group, double first_order, double total)
{
    csv_put_text(stream, scenario);
    fprintf(stream, ",%s,", outcome);
    csv_put_text(stream, input);
    fprintf(stream, ",%s", group);
    csv_put_number(stream, first_order, 6);
    csv_put_number(stream, total, 6);
    putc('\n', stream);
}

void
worlds_csv_write_uncertainty(FILE *stream, const struct result *result,
    const struct run_inputs *inputs)
{
    const struct worlds *worlds = result->worlds;
    const struct sensitivity *sensitivity = result->sensitivity;
    fputs("scenario,outcome,input,group,first_order,total\n", stream);
    for (int s = 0; s < sensitivity->n_scenarios; s++)
        for (int o = 0; o < OUTCOME_COUNT; o++) {
            const struct sensitivity_outcome *of = &sensitivity->outcomes[s * OUTCOME_COUNT + o];
            const char *id = inputs->scenarios[s].id, *outcome = outcome_words[o].key;
            for (int i = 0; i < sensitivity->n_inputs; i++)
                put_share(stream, id, outcome, worlds->inputs[i].key,
                    world_group_words[worlds->inputs[i].group].key, of->first_order[i],
                    of->total[i]);
            for (int g = 0; g < WORLD_GROUPS; g++)
                put_share(stream, id, outcome, "*", world_group_words[g].key,
                    of->group_first_order[g], of->group_total[g]);
            put_share(stream, id, outcome, "*", "sampling", of->sampling, of->sampling);
            put_share(stream, id, outcome, "*", "unexplained", of->unexplained, of->unexplained);
        }
}
