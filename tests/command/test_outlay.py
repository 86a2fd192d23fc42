# SPDX-License-Identifier: GPL-3.0-or-later
"""outlay tells what run tells of outpatient care, and says where it cannot.

Usage: test_outlay.py GONGJI SOURCE
"""
import csv
import io
import os
import subprocess
import unittest

from program import GONGJI, SOURCE, ProgramTest, main

CITIES = ("yantai", "xianning", "henan-draft", "cangzhou", "qujing")
FEW = ("--persons", "20000")


def rows_of(text):
    return {(row["scenario"], row["group"]): row for row in csv.DictReader(io.StringIO(text))}

# From July another cap is filled, from nothing.
MOVED = """
name: {zh: 试, en: trial}
document: 无
article: 无
standing: document
in_force: {from: 2000-01-01}
benefits:
  outpatient:
    deductible: {per: year, amount: 100}
    ratio: 50%
    counts_toward: {2000-01-01: [first], 2022-07-01: [second]}
caps:
  first: {amount: 300, per: year}
  second: {amount: 300, per: year}
account: {employee_rate: 0%, flexible_rate: 0%, retiree_fixed: 0, status_change: next_month}
contribution: {employer_rate: 0%, flexible_rate: 0%}
"""


class Outlay(ProgramTest):
    def test_is_what_run_finds(self):
        out, _ = self.run_program("outlay", *CITIES, *FEW)
        quick = rows_of(out)
        self.run_program("run", *CITIES, *FEW, "--model", "outpatient-2022", "--behaviour", "off",
                         "-o", self.folder / "run")
        with open(self.folder / "run" / "summary.csv", encoding="utf-8", newline="") as file:
            summary = {(r["scenario"], r["measure"], r["group"]): r for r in csv.DictReader(file)}
        for city in CITIES:
            for group in ("all", "status=employee", "status=flexible", "status=retiree"):
                persons = float(summary[city, "persons", group]["value"])
                run = summary[city, "fund_outflow", group]
                row = quick[city, group]
                for column, of_run in (("fund_outflow", "value"), ("difference", "difference")):
                    self.assertAlmostEqual(float(row[column]), float(run[of_run] or 0) / persons,
                                           delta=1e-4, msg=f"{city} {group} {column}")
            self.assertAlmostEqual(float(quick[city, "all"]["std_error"]),
                                   float(summary[city, "fund_outflow", "all"]["std_error"])
                                   / float(summary[city, "persons", "all"]["value"]), delta=2e-4)

    def test_asked_one_by_one_is_the_same(self):
        whole, _ = self.run_program("outlay", *CITIES, *FEW)
        environment = dict(os.environ, GONGJI_DATA=str(SOURCE))
        for kernels in ("scalar", "widest"):
            asked = subprocess.run(
                [GONGJI, "outlay", CITIES[0], *FEW, "--ask", "--threads", "1"],
                input="\n".join(CITIES[1:]) + "\n", cwd=self.folder,
                env=dict(environment, GONGJI_KERNELS=kernels), capture_output=True, text=True,
                timeout=120)
            self.assertEqual(asked.returncode, 0, asked.stderr)
            self.assertEqual(whole, asked.stdout, kernels)

    def test_a_scenario_given_twice_is_called_as_run_calls_it(self):
        out, _ = self.run_program("outlay", "yantai", "yantai", "qujing", "yantai", *FEW)
        self.assertEqual([row for row, group in rows_of(out) if group == "all"],
                         ["yantai", "yantai#2", "qujing", "yantai#3"])
        table, _ = self.run_program("run", "yantai", "yantai", "qujing", "yantai", *FEW, "--model", "outpatient-2022")
        for name in ("\nyantai#2 ", "\nyantai#3 "):
            self.assertIn(name, table)

    def test_a_name_with_a_comma_stays_one_field(self):
        draft = self.changed("yantai", "a, b.yaml")
        out, _ = self.run_program("outlay", draft, *FEW)
        self.assertIn(("a, b", "all"), rows_of(out))

    def test_what_it_cannot_do_it_says(self):
        _, errors = self.run_program("outlay", "yantai", "--model", "yantai", status=2)
        self.assertIn("other claims", errors)
        _, errors = self.run_program("outlay", "invented-banded", *FEW, status=2)
        self.assertIn("differ by age", errors)
        moved = self.folder / "moved.yaml"
        moved.write_text(MOVED)
        _, errors = self.run_program("outlay", moved, *FEW, "--year", "2022", status=2)
        self.assertIn("in more than amounts", errors)
        _, errors = self.run_program("outlay", status=2)
        self.assertIn("no scenario", errors)
        out, _ = self.run_program("outlay", "--help", language="zh")
        self.assertIn("普通门诊", out)

    def test_a_bad_question_does_not_end_the_asking(self):
        environment = dict(os.environ, GONGJI_DATA=str(SOURCE))
        asked = subprocess.run([GONGJI, "outlay", "yantai", *FEW, "--ask", "--lang", "en"],
                               input="nowhere\nqujing\n", cwd=self.folder, env=environment,
                               capture_output=True, text=True, timeout=120)
        self.assertEqual(asked.returncode, 2)
        self.assertIn("nowhere", asked.stderr)
        self.assertIn(("qujing", "all"), rows_of(asked.stdout))


if __name__ == "__main__":
    main()
