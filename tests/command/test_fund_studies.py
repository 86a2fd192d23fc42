#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped studies of the fund: the nation starts from what was published of 2022, and richer rules never keep a pool
longer.

Usage: test_fund_studies.py GONGJI SOURCE
"""
import csv

import program


class FundStudies(program.ProgramTest):
    def books(self, study, persons):
        """{(scenario, year, measure): value} of all insured."""
        self.run_program("run", program.SOURCE / "studies" / f"{study}.yaml", "--persons", persons, "-o", study)
        with open(self.folder / study / "summary.csv", encoding="utf-8") as stream:
            return {(row["scenario"], int(row["year"]), row["measure"]): float(row["value"])
                    for row in csv.DictReader(stream) if row["group"] == "all"}

    def test_the_nation_starts_from_the_published_year(self):
        with open(program.SOURCE / "models" / "published-fund.csv", encoding="utf-8") as stream:
            published = {row["figure"]: float(row["value"]) for row in csv.DictReader(stream)
                         if row["year"] == "2022"}
        books = self.books("national-2022-2025-found", 40000)
        of = {measure: value / 1e8 for (_, year, measure), value in books.items() if year == 2022}
        # Published income and outgo leave out what passes from the pool into accounts.
        into_accounts = of["pool_transfer_active"] + of["pool_transfer_retired"]
        self.assertAlmostEqual((of["pool_income"] - into_accounts) / published["pool_income"], 1, delta=0.02)
        self.assertAlmostEqual((of["pool_outgo"] - into_accounts) / published["pool_outgo"], 1, delta=0.05)
        self.assertAlmostEqual(of["pool_closing"] / published["pool_closing"], 1, delta=0.03)

    def test_the_paper_made_again(self):
        books = self.books("replication-lin-2024", 10000)
        years = range(2022, 2051)

        def empty(scenario):
            return next((year for year in years if books[scenario, year, "pool_closing"] < 0), 2051)

        # none < partial at 75.6 % < partial at 50 % < complete; the first was fitted to 2033.
        none, dear, cheap = (empty(f"lin-2024-{name}") for name in ("none", "partial-75", "partial-50"))
        self.assertAlmostEqual(none, 2033, delta=1)
        self.assertLess(none, dear)
        self.assertLess(dear, cheap)
        self.assertEqual(empty("lin-2024-complete-75"), 2051)


if __name__ == "__main__":
    program.main()
