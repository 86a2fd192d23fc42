# SPDX-License-Identifier: GPL-3.0-or-later
"""`run` and `adjudicate` share one judge: the people that `population` writes,
adjudicated claim by claim, sum up to what `run` reports for them, to the fen.

Usage: test_one_judge.py GONGJI SOURCE
"""

import csv
import subprocess
import tempfile
import unittest

import h5py
import program
from program import GONGJI, SOURCE

# What members.csv can say of several years: one base, one household, one list of
# diseases. Of the rest, people die, leave, come and retire, and money is carried over.
STEADY = """
kind: model
extends: employees-2022
year: 2022
standing: assumed
source: a test
wages: {growth: 0}
household: {couple_share: 0, child_share: 0}
"""
CLOSED = """
mortality: {multiplier: 0}
insured: {exit_share: 0}
"""
# Deductible and cap of a period that may change on a day.
PERIODS = """
name: {{zh: 试, en: trial}}
document: 无
article: 无
standing: document
in_force: {{from: 2000-01-01}}
benefits:
  outpatient:
    deductible: {{per: {per}, amount: 100}}
    ratio: 50%
    counts_toward: [cap]
  emergency: {{treated_as: outpatient}}
  inpatient:
    deductible: {{per: visit, amount: 500}}
    ratio: 80%
caps:
  cap: {{amount: 300, per: {per}}}
account: {{employee_rate: 2%, flexible_rate: 0%, retiree_fixed: 0, status_change: next_month}}
contribution: {{employer_rate: 6%, flexible_rate: 6%}}
"""
PERSONS = ["--persons", "3000", "--seed", "5"]
SCENARIOS = ["yantai", "xianning", "henan-draft", "cangzhou", "qujing", "pre-reform", "invented-banded"]


def gongji(*words):
    subprocess.run([GONGJI, *words], check=True, cwd=SOURCE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def column_sums(path):
    """Sums of the money columns, in fen."""
    sums = {}
    with open(path, encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            for key, value in row.items():
                if "." in value and value.replace(".", "").lstrip("-").isdigit():
                    sums[key] = sums.get(key, 0) + int(value.replace(".", ""))
    return sums


class OneJudge(unittest.TestCase):
    def test_run_reports_what_adjudicate_adds_up_to(self):
        for model in ("employees-2022", "yantai", "xianning"):
            with tempfile.TemporaryDirectory() as folder:
                people = f"{folder}/people"
                gongji("population", model, *PERSONS, "-o", people)
                for scenario in SCENARIOS:
                    with self.subTest(model=model, scenario=scenario):
                        self.compare(folder, people, model, scenario)

    def write_model(self, folder, name, text):
        path = f"{folder}/{name}.yaml"
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        return path

    def test_it_does_so_over_two_years(self):
        with tempfile.TemporaryDirectory() as folder:
            model = self.write_model(folder, "steady", STEADY)
            people = f"{folder}/people"
            gongji("population", model, *PERSONS, "--years", "2023..2024", "-o", people)
            for scenario in ("yantai", "xianning", "cangzhou"):  # Qujing counts a year's diseases
                with self.subTest(scenario=scenario):
                    self.compare(folder, people, model, scenario, years=2)

    def test_periods_may_change_on_a_day(self):
        with tempfile.TemporaryDirectory() as folder:
            people, paid = f"{folder}/people", {}
            gongji("population", "employees-2022", *PERSONS, "-o", people)
            for name, per in (("year", "year"), ("since", "{2000-01-01: month, 2023-01-01: year}"),
                              ("until", "{2000-01-01: year, 2023-07-15: month}")):
                scenario = self.write_model(folder, name, PERIODS.format(per=per))
                with self.subTest(periods=name):
                    self.compare(folder, people, "employees-2022", scenario)
                paid[name] = column_sums(f"{folder}/out.csv")["fund"]
            self.assertEqual(paid["since"], paid["year"])  # all claims are of 2023
            self.assertGreater(paid["until"], paid["year"])

    def test_balances_are_carried_over_to_the_fen(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("steady", STEADY), ("closed", STEADY + CLOSED)):
                model = self.write_model(folder, name, text)
                result = f"{folder}/{name}"
                gongji("run", "yantai", "xianning", "--model", model, *PERSONS, "--years", "2023..2026",
                       "--behaviour", "off", "-o", result)
                with h5py.File(f"{result}/run.h5") as file:
                    names = [measure.decode() for measure in file["measure"][:]]
                    sums = file["sums"][:, :, :, 0]
                opening, closing = (sums[:, :, names.index(f"account_{end}")] for end in ("opening", "closing"))
                if name == "closed":
                    self.assertTrue((opening[:, 1:] == closing[:, :-1]).all())
                else:  # numbers that pass to newcomers begin with nothing
                    self.assertTrue((opening[:, 1:] < closing[:, :-1]).all())
                    self.assertTrue((opening[:, 1:] > 0.9 * closing[:, :-1]).all())
                paid, credit = (sums[:, :, names.index(name)] for name in ("account_paid_out", "account_transfer"))
                own = sums[:, :, names.index("account_own")]
                gone = sum(sums[:, :, names.index(name)] for name in ("account_to_heirs", "account_taken"))
                self.assertTrue((opening + credit + own - paid - gone == closing).all())

    def compare(self, folder, people, model, scenario, years=1):
        claims, months, result = f"{folder}/out.csv", f"{folder}/accounts.csv", f"{folder}/result"
        gongji("adjudicate", scenario, "--claims", f"{people}/claims.csv", "--members", f"{people}/members.csv",
               "-o", claims, "--accounts", months)
        gongji("run", scenario, "--model", model, *PERSONS, "--years", f"2023..{2022 + years}", "--behaviour", "off",
               "-o", result)
        with h5py.File(f"{result}/run.h5") as file:
            names = [name.decode() for name in file["measure"][:]]
            run = dict(zip(names, (int(v) for v in file["sums"][0, :, :, 0].sum(axis=0))))
        paid, accounts = column_sums(claims), column_sums(months)
        self.assertEqual(run["fund_outflow"], paid["fund"])
        self.assertEqual(run["cost"], paid["cost"])
        self.assertEqual(run["eligible_cost"], paid["eligible"])
        self.assertEqual(run["paid_by_account"], paid["account"] + paid["family_account"])
        self.assertEqual(run["paid_by_family_account"], paid["family_account"])
        self.assertEqual(run["paid_by_cash"], paid["cash"])
        self.assertEqual(run["account_transfer"], accounts["from_pool"])
        self.assertEqual(run["account_own"], accounts["credit"] - accounts["from_pool"])
        self.assertEqual(run["account_paid_out"], accounts["paid"])
        with open(claims, encoding="utf-8") as stream:
            self.assertEqual(run["visits"], sum(1 for _ in stream) - 1)


if __name__ == "__main__":
    program.main()
