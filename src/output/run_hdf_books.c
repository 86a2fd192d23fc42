/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/run_hdf_parts.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/books.h"
#include "output/books_scope.h"

static const char *const unit_keys[] = {
    [BOOK_YUAN] = "yuan",
    [BOOK_PERSONS] = "1",
    [BOOK_IN_MONTHS] = "months",
    [BOOK_RATIO] = "1",
};

#define COORDINATES                                                                                \
    "scenario_en scenario_zh place_en place_zh book_line_en book_line_zh book_line_unit"
#define POT_COORDINATES                                                                            \
    "scenario_en scenario_zh book_line_en book_line_zh book_line_unit"
#define PLACE_COORDINATES "scenario_en scenario_zh place_en place_zh"

static void
write_places(struct run_hdf *self, const struct books *books)
{
    size_t n = (size_t)books->n_units;
    struct group *places = memory_alloc(n, sizeof *places);
    for (size_t i = 0; i < n; i++)
        places[i] = *books_place(self->result, (int)i);
    run_hdf_field(self, "place", NULL, n, places, sizeof *places, offsetof(struct group, key),
        "the whole city, or a county, as in group", "全市或县（市、区），同 group");
    run_hdf_field(self, "place_en", "place", n, places, sizeof *places,
        offsetof(struct group, en), "place, English label", "地区英文名");
    run_hdf_field(self, "place_zh", "place", n, places, sizeof *places,
        offsetof(struct group, zh), "place, Chinese label", "地区中文名");
    free(places);
}

static void
write_lines(struct run_hdf *self)
{
    const char *texts[BOOK_COUNT];
    run_hdf_field(self, "book_line", NULL, BOOK_COUNT, book_infos, sizeof *book_infos,
        offsetof(struct book_info, key), "line of the fund's books", "基金账目");
    run_hdf_field(self, "book_line_en", "book_line", BOOK_COUNT, book_infos, sizeof *book_infos,
        offsetof(struct book_info, en), "line, English label", "账目英文名");
    run_hdf_field(self, "book_line_zh", "book_line", BOOK_COUNT, book_infos, sizeof *book_infos,
        offsetof(struct book_info, zh), "line, Chinese label", "账目中文名");
    for (int i = 0; i < BOOK_COUNT; i++)
        texts[i] = unit_keys[book_infos[i].unit];
    run_hdf_texts(self, "book_line_unit", "book_line", BOOK_COUNT, texts,
        "unit of the line; books has hundredths of it", "账目单位；books 为其百分之一");
}

/* The amounts of books, exact, and the sampling errors of them and of their differences
 * to the baseline. words: name and labels of the three. */
struct error_words {
    const char *name, *en, *zh;
};

static void
write_with_errors(struct run_hdf *self, struct run_hdf_array array, size_t n, const int64_t *amounts,
    const double *const errors[2], const struct error_words words[2])
{
    run_hdf_array(self, &array, n, amounts);
    array.type = HDF_DOUBLE;
    array.units = "by line: see book_line_unit";
    for (int k = 0; k < 2; k++) {
        array.name = words[k].name;
        array.en = words[k].en;
        array.zh = words[k].zh;
        run_hdf_array(self, &array, n, errors[k]);
    }
}

static void
write_amounts(struct run_hdf *self, const struct books *books)
{
    static const struct error_words words[2] = {
        { "books_std_error", "standard error of sampling of books", "账目的抽样标准误" },
        { "books_difference_std_error",
            "standard error of sampling of the difference of books to the baseline",
            "账目与基线之差的抽样标准误" },
    };
    const struct run_hdf_array array = { "books",
        "hundredths of the line's unit: see book_line_unit", COORDINATES,
        "the pooled fund's books, exact", "统筹基金账目（精确值）", HDF_INT64,
        { "scenario", "year", "place", "book_line" } };
    write_with_errors(self, array, books_at(books, books->n_scenarios, 0, 0) * BOOK_COUNT,
        books->lines, (const double *const[2]){ books->errors, books->difference_errors }, words);
}

/* What the city's pots have beside the counties; 0 where there are none. */
static void
write_pots(struct run_hdf *self, const struct books *books)
{
    static const struct error_words words[2] = {
        { "city_pot_std_error", "standard error of sampling of city_pot",
            "市级结余与储备金账目的抽样标准误" },
        { "city_pot_difference_std_error",
            "standard error of sampling of the difference of city_pot to the baseline",
            "市级结余与储备金账目与基线之差的抽样标准误" },
    };
    const struct run_hdf_array array = { "city_pot",
        "hundredths of the line's unit: see book_line_unit", POT_COORDINATES,
        "the city's pool and reserve beside the counties' books, exact",
        "市级结余与储备金（各县之外）的账目（精确值）", HDF_INT64, { "scenario", "year", "book_line" } };
    size_t n = (size_t)books->n_scenarios * (size_t)books->n_years * BOOK_COUNT;
    int64_t *pots = memory_alloc(n, sizeof *pots);
    for (size_t i = 0; i < n; i++) {
        int year = (int)(i / BOOK_COUNT % (size_t)books->n_years);
        int scenario = (int)(i / BOOK_COUNT / (size_t)books->n_years);
        enum book_line line = (enum book_line)(i % BOOK_COUNT);
        pots[i] = books_pot_has(books, scenario, line) ? books_pot(books, scenario, year, line) : 0;
    }
    write_with_errors(self, array, n, pots,
        (const double *const[2]){ books->pot_errors, books->pot_difference_errors }, words);
    free(pots);
}

static bool
any_pots(const struct books *books)
{
    bool any = false;
    for (int s = 0; s < books->n_scenarios; s++)
        any = any || books_pot_has(books, s, BOOK_CLOSING);
    return any;
}

/* One year for each scenario and place; 0 where it does not come. */
static void
write_event(struct run_hdf *self, const struct books *books, const char *name, const int *years,
    const char *en, const char *zh)
{
    size_t n = (size_t)books->n_scenarios * (size_t)books->n_units;
    int64_t *values = memory_alloc(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = years[i];
    run_hdf_array(self,
        &(struct run_hdf_array){ name, "year", PLACE_COORDINATES, en, zh, HDF_INT64,
            { "scenario", "place" } },
        n, values);
    free(values);
}

static void
write_alerts(struct run_hdf *self, const struct books *books)
{
    size_t n = books_at(books, books->n_scenarios, 0, 0);
    double *rates = memory_alloc(n, sizeof *rates);
    int64_t *alerts = memory_alloc(n, sizeof *alerts);
    for (size_t i = 0; i < n; i++) {
        const struct ledger_row *row = &books->rows[i];
        rates[i] = row->budgeted != 0 ? (double)row->over_budget / (double)row->budgeted : NAN;
        alerts[i] = row->alert;
    }
    run_hdf_array(self,
        &(struct run_hdf_array){ "risk_rate", "1", PLACE_COORDINATES,
            "spending over budget, of the budgeted, in pooled cities", "市级统筹：支出超预算的比例（风险率）",
            HDF_DOUBLE, { "scenario", "year", "place" } },
        n, rates);
    run_hdf_array(self,
        &(struct run_hdf_array){ "alert", "1", PLACE_COORDINATES,
            "0: none; 1: county_analysis; 2: government_report", "预警：0 无；1 县级书面分析；2 上报市政府",
            HDF_INT64, { "scenario", "year", "place" } },
        n, alerts);
    free(rates);
    free(alerts);
}

void
run_hdf_books(struct run_hdf *self)
{
    const struct books *books = &self->result->books;
    if (books->n_years == 0)
        return;
    write_places(self, books);
    write_lines(self);
    write_amounts(self, books);
    if (any_pots(books))
        write_pots(self, books);
    write_event(self, books, "first_deficit", books->first_deficit,
        "first year whose outgo exceeds its income; 0: none", "首个当期赤字年份；0 为未出现");
    write_event(self, books, "run_dry", books->run_dry,
        "first year that closes below 0; in pooled cities, in which budgets fill a gap that no pot "
        "could; 0: none",
        "首个累计结余为负的年份；市级统筹为首次需财政资金弥补缺口的年份；0 为未出现");
    write_alerts(self, books);
}
