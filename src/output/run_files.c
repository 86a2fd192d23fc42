/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/run_files.h"

#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "output/books_xlsx.h"
#include "output/report.h"
#include "output/run_hdf.h"
#include "output/summary.h"
#include "output/worlds_csv.h"

static bool
always(const struct result *result, const struct run_inputs *inputs)
{
    return result != NULL && inputs != NULL;
}

static bool
has_years(const struct result *result, const struct run_inputs *inputs)
{
    return inputs != NULL && result->books.n_years > 1;
}

static bool
has_worlds(const struct result *result, const struct run_inputs *inputs)
{
    return inputs != NULL && result->worlds != NULL;
}

static bool
has_budget(const struct result *result, const struct run_inputs *inputs)
{
    return has_worlds(result, inputs) && result->sensitivity != NULL;
}

/* A table that only the stream can fail. */
#define TABLE_WRITER(NAME, FUNCTION)                                                               \
    static bool NAME(FILE *stream, const char *path, const struct result *result,                 \
        const struct run_inputs *inputs, struct problem_list *problems)                            \
    {                                                                                              \
        (void)path;                                                                                \
        (void)problems;                                                                            \
        FUNCTION(stream, result, inputs);                                                          \
        return true;                                                                               \
    }
TABLE_WRITER(write_summary, summary_write)
TABLE_WRITER(write_worlds, worlds_csv_write)
TABLE_WRITER(write_run_dry, worlds_csv_write_run_dry)
TABLE_WRITER(write_uncertainty, worlds_csv_write_uncertainty)

static bool
write_report(FILE *stream, const char *path, const struct result *result,
    const struct run_inputs *inputs, struct problem_list *problems)
{
    (void)path;
    return report_write(stream, result, inputs, problems);
}

const struct run_file run_files[RUN_FILES] = {
    { "summary.csv", 4, always, write_summary },
    [RUN_FILE_HDF] = { "run.h5", 0, always, run_hdf_write },
    { "report.html", 0, always, write_report },
    { "books.xlsx", 0, has_years, books_xlsx_write },
    { "worlds.csv", 5, has_worlds, write_worlds },
    { "run_dry.csv", 4, has_worlds, write_run_dry },
    { "uncertainty.csv", 4, has_budget, write_uncertainty },
};

char *
run_files_text(const struct result *result, const struct run_inputs *inputs)
{
    char *text = memory_text("");
    int last = RUN_FILES - 1;
    while (!run_files[last].wanted(result, inputs))
        last--;
    for (int i = 0; i <= last; i++) {
        if (!run_files[i].wanted(result, inputs))
            continue;
        const char *between = i == 0 ? "" : i == last ? tr(" and ", "、") : tr(", ", "、");
        char *longer = memory_format("%s%s%s", text, between, run_files[i].name);
        free(text);
        text = longer;
    }
    return text;
}
