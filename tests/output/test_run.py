#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""gongji run from the outside: what it writes, prints and refuses.

Usage: test_run.py GONGJI
"""
import csv
import os
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py

GONGJI = None
FEW = ("--persons", "3000", "--lang", "en")
COLUMNS = ["scenario", "year", "measure", "group", "value", "std_error", "lower", "upper",
           "difference", "difference_std_error"]


def run(*words, **options):
    return subprocess.run([GONGJI, "run", *words], capture_output=True, text=True, **options)


def rows(folder):
    with open(folder / "summary.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Run(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def results(self, name, *words):
        done = run(*words, *FEW, "-o", self.folder / name)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.folder / name

    def test_writes_three_files_and_prints_the_table(self):
        done = run("yantai-pre-reform", "yantai", *FEW, "-o", self.folder / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder / "out")),
                         ["report.html", "run.h5", "summary.csv"])
        self.assertIn("yantai-pre-reform", done.stdout)
        self.assertIn("baseline", done.stdout)
        self.assertEqual(list(rows(self.folder / "out")[0]), COLUMNS)
        self.assertEqual(os.listdir(self.folder), ["out"])

    def test_without_a_directory_only_the_table_is_made(self):
        done = run("yantai", *FEW, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("\nyantai ", done.stdout)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_scenario_against_itself_differs_by_exactly_nothing(self):
        table = rows(self.results("out", "yantai", "yantai"))
        self.assertEqual({row["scenario"] for row in table}, {"yantai", "yantai#2"})
        for row in table:
            self.assertEqual(float(row["difference"]), 0, row)
            self.assertEqual(float(row["difference_std_error"]), 0, row)

    def test_threads_and_blocks_change_no_byte(self):
        first = self.results("first", "yantai-pre-reform", "qujing", "--threads", "1")
        second = self.results("second", "yantai-pre-reform", "qujing", "--threads", "2",
                              "--block", "320")
        for name in ("summary.csv", "run.h5"):
            self.assertEqual((first / name).read_bytes(), (second / name).read_bytes(), name)

    def test_another_order_of_scenarios_changes_only_the_order_of_rows(self):
        first = self.results("first", "yantai", "qujing", "cangzhou")
        second = self.results("second", "cangzhou", "qujing", "yantai", "--baseline", "yantai")
        self.assertEqual(sorted((first / "summary.csv").read_text().splitlines()),
                         sorted((second / "summary.csv").read_text().splitlines()))

    def test_run_h5_holds_the_figures_of_summary_csv(self):
        folder = self.results("out", "yantai-pre-reform", "yantai")
        with h5py.File(folder / "run.h5") as file:
            places = [{text.decode(): i for i, text in enumerate(file[name])}
                      for name in ("scenario", "measure", "group")]
            years = list(file["year"])
            of_books = {text.decode() for text in file["book_line"]}
            table = [row for row in rows(folder) if row["measure"] not in of_books]
            self.assertGreater(len(table), 1000)
            for row in table:
                at = (places[0][row["scenario"]], years.index(int(row["year"])),
                      places[1][row["measure"]], places[2][row["group"]])
                for name in COLUMNS[4:]:
                    self.assertAlmostEqual(file[name][at], float(row[name]), delta=0.00501)

    def test_identities_hold_to_the_fen_in_every_group(self):
        folder = self.results("out", "yantai-pre-reform", "yantai")
        with h5py.File(folder / "run.h5") as file:
            sums = file["sums"][()]
            place = {text.decode(): i for i, text in enumerate(file["measure"])}
            of_persons = [text.decode() not in ("provider", "benefit")
                          for text in file["group_dimension"]]

            def of(name):
                return sums[:, :, place[name], :]

            self.assertTrue((of("cost") == of("fund_outflow") + of("member_burden")).all())
            self.assertTrue((of("member_burden")
                             == of("paid_by_account") + of("paid_by_cash")).all())
            books = (of("account_opening") + of("account_transfer") + of("account_own")
                     + of("account_interest") - of("account_paid_out") - of("account_to_heirs")
                     - of("account_taken") - of("account_closing"))
            self.assertTrue((books[:, :, of_persons] == 0).all())
            self.assertGreater(of("cost")[0, 0, 0], 0)

    def test_the_command_kept_in_run_h5_makes_the_run_again(self):
        first = self.results("first", "yantai", "--seed", "7", "--rules-on", "2023-07-01")
        with h5py.File(first / "run.h5") as file:
            words = shlex.split(file.attrs["command"])
        done = run(*words[2:], "-o", self.folder / "second")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((first / "run.h5").read_bytes(),
                         (self.folder / "second" / "run.h5").read_bytes())

    def test_a_full_disk_leaves_the_earlier_results_untouched(self):
        folder = self.results("out", "yantai")
        before = {path.name: path.read_bytes() for path in folder.iterdir()}

        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))

        done = run("qujing", *FEW, "-o", folder, preexec_fn=small_files)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("cannot be written", done.stderr)
        self.assertEqual({path.name: path.read_bytes() for path in folder.iterdir()}, before)
        self.assertEqual(os.listdir(self.folder), ["out"])

    def test_a_directory_of_other_files_is_not_replaced(self):
        (self.folder / "mine").mkdir()
        (self.folder / "mine" / "letter.txt").write_text("dear")
        done = run("yantai", *FEW, "-o", self.folder / "mine")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(os.listdir(self.folder / "mine"), ["letter.txt"])

    def test_every_problem_of_the_command_line_is_told_in_one_go(self):
        done = run("yantaii", "--persons", "0", "--years", "2030..2023", "--seed", "-1",
                   "--threads", "x", "--behaviour", "much", "--rules-on", "2023-02-30",
                   "--after-expiry", "wait", "--replicates", "0", "--lang", "en")
        self.assertEqual(done.returncode, 2)
        for option in ("persons", "years", "seed", "threads", "behaviour", "rules-on",
                       "after-expiry", "replicates"):
            self.assertIn(f"--{option}:", done.stderr)
        self.assertIn("yantai", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_no_scenario_is_a_usage_error_with_a_hint(self):
        done = run("--lang", "en")
        self.assertEqual(done.returncode, 2)
        self.assertIn("gongji run yantai-pre-reform yantai", done.stderr)

    def test_a_baseline_that_is_not_among_the_scenarios_is_refused(self):
        done = run("yantai", "qujing", "--baseline", "qujin", *FEW)
        self.assertEqual(done.returncode, 2)
        self.assertIn("perhaps 'qujing' is wanted", done.stderr)

    def test_what_comes_after_a_policy_is_said(self):
        done = run("xianning", "--years", "2030", *FEW)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("in force until 2027-12-31; taken as renewed", done.stderr)


if __name__ == "__main__":
    GONGJI = os.path.abspath(sys.argv.pop(1))  # tests run in folders of their own
    unittest.main()
