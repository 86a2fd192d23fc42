# SPDX-License-Identifier: GPL-3.0-or-later
"""--behaviour from the outside: what a run says of it, and what it must not move."""
import csv

import h5py
from program import SOURCE, ProgramTest, main

FEW = ("--persons", "6000")
STATIC = """kind: model
extends: {model}
year: 2022
standing: assumed
source: a test
behaviour:
  level: high
  elasticity: 0
  primary_shift: 0
  inpatient_substitution: 0
"""


class Behaviour(ProgramTest):
    def results(self, name, *words):
        self.run_program("run", *words, "-o", self.folder / name)
        return self.folder / name

    def summary(self, name, *words):
        return (self.results(name, *words) / "summary.csv").read_bytes()

    def test_a_run_is_at_the_level_of_its_model_and_says_so(self):
        out, _ = self.run_program("run", "yantai", *FEW, "-o", "out")
        self.assertIn("Behaviour: central", " ".join(out.split()))
        with h5py.File(self.folder / "out" / "run.h5") as file:
            self.assertEqual(file.attrs["behaviour"], "central")
            self.assertIn("--behaviour central", file.attrs["command"])
        self.assertIn('"behaviour":"central"', (self.folder / "out" / "report.html")
                      .read_text(encoding="utf-8").replace('": "', '":"'))
        self.assertEqual(self.summary("same", "yantai", *FEW, "--behaviour", "central"),
                         (self.folder / "out" / "summary.csv").read_bytes())

    def test_a_model_that_says_nothing_of_it_is_static(self):
        model = ("--model", "textbook-poisson-lognormal")
        out, _ = self.run_program("run", "yantai", *model, *FEW)
        self.assertIn("Behaviour: off", " ".join(out.split()))
        _, told = self.run_program("run", "yantai", *model, "--behaviour", "low", *FEW, status=2)
        self.assertIn("does not describe behaviour", told)

    def test_with_elasticity_0_the_bytes_are_those_of_off(self):
        for model in ("employees-2022", "yantai"):
            still = self.write("still.yaml", STATIC.format(model=model))
            run = ("pre-reform", "xianning", "cangzhou", *FEW, "--model")
            off = self.summary("off", *run, model, "--behaviour", "off")
            self.assertEqual(self.summary("still", *run, still), off)
            self.assertNotEqual(self.summary("high", *run, model, "--behaviour", "high"), off)

    def test_threads_blocks_and_the_order_of_scenarios_move_nothing(self):
        one = self.summary("one", "yantai", "qujing", *FEW, "--behaviour", "high", "--threads", "1")
        other = self.summary("other", "qujing", "yantai", *FEW, "--behaviour", "high",
                             "--baseline", "yantai", "--threads", "2", "--block", "64")
        self.assertEqual(sorted(one.splitlines()), sorted(other.splitlines()))

    def test_a_scenario_against_itself_differs_by_0(self):
        self.results("out", "henan-draft", "henan-draft", *FEW, "--behaviour", "central")
        with open(self.folder / "out" / "summary.csv", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                self.assertEqual(float(row["difference"] or 0), 0, row)
                self.assertEqual(float(row["difference_std_error"] or 0), 0, row)

    def test_a_level_without_an_elasticity_is_refused(self):
        text = STATIC.format(model=SOURCE / "models" / "textbook-poisson-lognormal.yaml")
        model = self.write("lacking.yaml", text.replace("  elasticity: 0\n", ""))
        _, told = self.run_program("check", model, status=2)
        self.assertIn("behaviour.elasticity is wanted", told)


if __name__ == "__main__":
    main()
