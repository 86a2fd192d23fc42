#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fund's books and the worlds are the same in every file of a run, and add up.

Usage: test_books_files.py WRITE_REPORT ROOT: the program that writes the files of a run
with made-up figures, and the source tree.
"""
import csv
import datetime
import hashlib
import os
import subprocess
import sys
import tempfile
import unittest
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import xarray

WRITER = ROOT = None
SCENARIOS = ("yantai-pre-reform", "yantai", "xianning")
YEARS = range(2023, 2035)
WORLDS = 40
FANS = {"world_p05": 0.05, "world_p25": 0.25, "world_p50": 0.5, "world_p75": 0.75, "world_p95": 0.95}
INCOME = ("pool_employer", "pool_flexible", "pool_subsidy", "pool_other_income", "pool_interest")
OUTGO = ("pool_outpatient", "pool_chronic", "pool_special", "pool_emergency", "pool_negotiated_drug",
         "pool_day_surgery", "pool_inpatient", "pool_transfer_active", "pool_transfer_retired",
         "pool_other_outgo")


def write(out, years, *scenarios):
    subprocess.run([WRITER, out, "zh", years, *scenarios], check=True,
                   env={**os.environ, "GONGJI_DATA": str(ROOT)})


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        write(cls.folder, f"{len(YEARS)}:{WORLDS}", *SCENARIOS)
        cls.summary = rows(cls.folder / "summary.csv")
        cls.books = defaultdict(dict)  # (scenario, year, group) → {line: amount}
        for row in cls.summary:
            if row["measure"].startswith(("pool_", "insured_", "dependency_")) and row["measure"] != "pool_balance":
                cls.books[row["scenario"], int(row["year"]), row["group"]][row["measure"]] = Decimal(row["value"])

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()


class Books(Files):
    def test_every_year_of_every_place_adds_up_to_the_fen(self):
        n = 0
        for place, lines in self.books.items():
            if place[2] == "pot=city":
                self.assertEqual(place[0], "xianning")
                continue
            self.assertEqual(sum(lines.get(kind, 0) for kind in INCOME), lines["pool_income"], place)
            self.assertEqual(sum(lines[kind] for kind in OUTGO), lines["pool_outgo"], place)
            self.assertEqual(lines["pool_income"] - lines["pool_outgo"], lines["pool_surplus"], place)
            if "pool_closing" in lines:
                n += 1
                self.assertEqual(lines["pool_opening"] + lines["pool_income"] - lines["pool_outgo"]
                                 + lines.get("pool_government", 0) + lines.get("pool_from_city", 0),
                                 lines["pool_closing"], place)
        # Three cities, and three counties of the one that pools them.
        self.assertEqual(n, len(YEARS) * (3 + 3))

    def test_a_year_opens_as_the_one_before_closed(self):
        for (scenario, year, group), lines in self.books.items():
            before = self.books.get((scenario, year - 1, group))
            if before and "pool_opening" in lines:
                self.assertEqual(lines["pool_opening"], before["pool_closing"])

    def test_the_city_is_the_sum_of_its_counties(self):
        for scenario in SCENARIOS:
            for year in YEARS:
                city = self.books[scenario, year, "all"]
                counties = [lines for (s, y, group), lines in self.books.items()
                            if (s, y) == (scenario, year) and group.startswith("county=")]
                self.assertEqual(len(counties), 3)
                for line in ("pool_income", "pool_outgo", "pool_inpatient", "insured_retired"):
                    self.assertEqual(sum(c[line] for c in counties), city[line], line)

    def test_counties_and_the_city_s_pot_make_up_all_that_a_pooled_city_holds(self):
        for year in YEARS:
            city = self.books["xianning", year, "all"]
            pot = self.books["xianning", year, "pot=city"]
            counties = [lines for (s, y, group), lines in self.books.items()
                        if (s, y) == ("xianning", year) and group.startswith("county=")]
            for line in ("pool_opening", "pool_interest", "pool_income", "pool_outgo", "pool_surplus", "pool_government",
                         "pool_from_city", "pool_closing"):
                self.assertEqual(sum(c[line] for c in counties) + pot[line], city[line], line)
            self.assertEqual(pot["pool_opening"] + pot["pool_income"] - pot["pool_outgo"] + pot["pool_government"]
                             + pot["pool_from_city"], pot["pool_closing"])
            self.assertNotIn(("yantai", year, "pot=city"), self.books)

    def test_run_h5_holds_the_same_fen(self):
        with h5py.File(self.folder / "run.h5") as file:
            at = [{text.decode(): i for i, text in enumerate(file[name])}
                  for name in ("scenario", "place", "book_line")]
            books = file["books"][()]
            pots = file["city_pot"][()]
            self.assertEqual(books.dtype, np.int64)
            for (scenario, year, group), lines in self.books.items():
                for line, amount in lines.items():
                    if group == "pot=city":
                        self.assertEqual(pots[at[0][scenario], year - YEARS[0], at[2][line]], int(amount * 100))
                        continue
                    self.assertEqual(books[at[0][scenario], year - YEARS[0], at[1][group], at[2][line]],
                                     int(amount * 100), (scenario, year, group, line))

    def test_the_difference_is_that_of_the_books_and_empty_where_the_baseline_has_none(self):
        for row in self.summary:
            if row["measure"] == "pool_closing":
                base = self.books.get((SCENARIOS[0], int(row["year"]), row["group"]), {}).get("pool_closing")
                wanted = "" if base is None else str(Decimal(row["value"]) - base)
                self.assertEqual(row["difference"], wanted, row)

    def test_checksums_cover_every_array_of_results(self):
        with h5py.File(self.folder / "run.h5") as file:
            lines = {}
            for name, array in file.items():
                if isinstance(array, h5py.Dataset) and "sha256" in array.attrs:
                    lines[name] = hashlib.sha256(array[()].tobytes()).hexdigest()
                    self.assertEqual(lines[name], array.attrs["sha256"], name)
                    for attribute in ("units", "long_name", "long_name_zh"):
                        self.assertTrue(array.attrs[attribute], f"{name} {attribute}")
            for name in ("books", "books_std_error", "city_pot", "city_pot_std_error", "run_dry", "alert", "world_points", "world_books",
                         "fan", "books_fan", "outlives", "first_order", "total", "group_total"):
                self.assertIn(name, lines)
            self.assertEqual(len(file.attrs["results_sha256"]), 64)

    def test_xarray_names_the_dimensions(self):
        with xarray.open_dataset(self.folder / "run.h5", engine="h5netcdf") as data:
            self.assertEqual(data["books"].dims, ("scenario", "year", "place", "book_line"))
            self.assertEqual(data["world_books"].dims, ("scenario", "year", "book_line", "world"))
            self.assertEqual(data["books_fan"].dims, ("scenario", "year", "book_line", "world_quantile"))
            self.assertEqual(data["first_order"].dims, ("scenario", "outcome", "world_input"))
            self.assertEqual(data["run_dry"].dims, ("scenario", "place"))
            self.assertEqual(data["book_line_zh"].sel(book_line="pool_inpatient").item(), "统筹基金住院支出")
            self.assertEqual(data["place_zh"].values[0], "全体参保人")
            risk = data["risk_rate"]
            self.assertTrue(risk.sel(scenario="yantai").isnull().all())
            self.assertTrue(risk.sel(scenario="xianning").notnull().all())


class Worlds(Files):
    def test_fans_of_summary_are_quantiles_of_worlds_csv(self):
        values = defaultdict(list)
        for row in rows(self.folder / "worlds.csv"):
            values[row["scenario"], row["year"], row["measure"]].append(float(row["value"]))
        n = 0
        for row in self.summary:
            of = values.get((row["scenario"], row["year"], row["measure"]))
            for column, level in FANS.items():
                if row["group"] != "all":
                    self.assertEqual(row[column], "", row)
                elif row["measure"] in ("pool_closing", "fund_outflow"):
                    n += 1
                    self.assertEqual(len(of), WORLDS)
                    self.assertAlmostEqual(float(row[column]), np.quantile(of, level), delta=0.02)
        self.assertEqual(n, 2 * 5 * len(SCENARIOS) * len(YEARS))

    def test_run_dry_csv_counts_the_worlds_of_run_h5(self):
        shares = defaultdict(float)
        with h5py.File(self.folder / "run.h5") as file:
            at = [{text.decode(): i for i, text in enumerate(file[name])} for name in ("scenario", "place")]
            years = {"run_dry": file["world_run_dry"][()], "first_deficit": file["world_first_deficit"][()]}
            for row in rows(self.folder / "run_dry.csv"):
                of = years[row["kind"]][at[0][row["scenario"]], at[1][row["group"]]]
                self.assertEqual(int(row["worlds"]), (of == int(row["year"] or 0)).sum(), row)
                shares[row["scenario"], row["group"], row["kind"]] += float(row["share"])
        self.assertIn(("xianning", "county=城区", "run_dry"), shares)
        self.assertNotIn(("yantai", "county=城区", "run_dry"), shares)
        for place, share in shares.items():
            self.assertAlmostEqual(share, 1, places=4, msg=place)

    def test_either_outlives_the_other_or_they_tie(self):
        with h5py.File(self.folder / "run.h5") as file:
            outlives, ties = file["outlives"][()], file["ties"][()]
            np.testing.assert_allclose(outlives + outlives.T + ties, 1)
            dry = file["world_run_dry"][:, 0, :].astype(float)
            dry[dry == 0] = np.inf
            self.assertAlmostEqual(outlives[0, 1], (dry[0] > dry[1]).mean())
            self.assertGreater(outlives[0, 1], 0)

    def test_uncertainty_csv_has_every_share(self):
        with xarray.open_dataset(self.folder / "run.h5", engine="h5netcdf") as data:
            table = rows(self.folder / "uncertainty.csv")
            n = len(data["world_input"]) + len(data["world_group"]) + 2
            self.assertEqual(len(table), len(SCENARIOS) * len(data["outcome"]) * n)
            for row in table:
                if row["input"] != "*":
                    place = {"scenario": row["scenario"], "outcome": row["outcome"], "world_input": row["input"]}
                    self.assertAlmostEqual(float(row["first_order"]), data["first_order"].sel(place).item(), places=5)
                    self.assertAlmostEqual(float(row["total"]), data["total"].sel(place).item(), places=5)
            kinds = {row["group"] for row in table if row["input"] == "*"}
            self.assertLessEqual({"sampling", "unexplained", "growth"}, kinds)


class Sheets(Files):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book = openpyxl.load_workbook(cls.folder / "books.xlsx", data_only=True)

    def lines_of(self, sheet):
        head = next(row for row in sheet.iter_rows() if row[0].value == "项目")
        years = [cell.value for cell in head[2:] if cell.value]
        self.assertEqual(years, list(YEARS))
        return {row[0].value: [cell.value for cell in row[2:2 + len(years)]]
                for row in sheet.iter_rows(min_row=head[0].row + 1) if row[0].value}

    def test_a_scenario_s_sheet_holds_its_books(self):
        lines = self.lines_of(self.book["3 xianning"])
        self.assertAlmostEqual(lines["统筹基金住院支出"][2], float(self.books["xianning", 2025, "all"]["pool_inpatient"]), places=2)
        closing = next(values for name, values in lines.items() if "年末结余" in name)
        for year, value in zip(YEARS, closing):
            self.assertAlmostEqual(value, float(self.books["xianning", year, "all"]["pool_closing"]), places=2)

    def test_formulas_check_that_it_adds_up(self):
        formulas = openpyxl.load_workbook(self.folder / "books.xlsx")["2 yantai"]
        checks = [row for row in formulas.iter_rows() if str(row[0].value).startswith("核对")]
        self.assertEqual(len(checks), 3)
        for row in checks:
            self.assertEqual({str(cell.value)[:7] for cell in row[2:2 + len(YEARS)]}, {"=ROUND("})

    def test_there_are_charts_of_its_own(self):
        charts = {sheet.title: len(sheet._charts) for sheet in self.book}
        self.assertEqual(charts["概要 Overview"], 2)
        self.assertEqual(charts["1 yantai-pre-reform"], 1)
        self.assertEqual(charts["区间 Fans"], len(SCENARIOS))
        self.assertEqual(charts["耗尽年份 Run dry"], 3)
        self.assertEqual(charts["不确定性 Uncertainty"], 1)

    def test_the_same_content_is_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as again:
            write(again, f"{len(YEARS)}:{WORLDS}", *SCENARIOS)
            for path in self.folder.iterdir():
                self.assertEqual(path.read_bytes(), (Path(again) / path.name).read_bytes(), path.name)
        self.assertEqual(self.book.properties.created, datetime.datetime(2000, 1, 1))

    def test_a_year_alone_has_no_sheets_of_the_future(self):
        with tempfile.TemporaryDirectory() as alone:
            write(alone, "1", "yantai")
            self.assertFalse({"worlds.csv", "run_dry.csv", "uncertainty.csv"} & set(os.listdir(alone)))
            self.assertNotIn("world_p05", rows(Path(alone) / "summary.csv")[0])


if __name__ == "__main__":
    WRITER, ROOT = sys.argv[1], Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
