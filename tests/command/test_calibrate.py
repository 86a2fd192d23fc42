# SPDX-License-Identifier: GPL-3.0-or-later
"""gongji calibrate and validate: what they tell, write and refuse."""
import re

from program import ProgramTest, main

HEAD = "kind: targets\nstanding: assumed\nsource: worked out\n"
FIT = "fit:\n  - {parameter: outpatient.frequency.mean, bounds: [1, 10]}\n"
TARGETS = (HEAD + FIT + "targets:\n"
           "  visits: {value: 5, year: 2022, use: fitted}\n"
           "  zero_users: {value: 0.5, year: 2022, use: held_out}\n"
           "  cost_per_visit: {value: 100, year: 2022, use: held_out,"
           " cause: {zh: 教科书情形, en: a <textbook> case}}\n")
MODEL = "textbook-poisson-lognormal"


class Calibrate(ProgramTest):
    def calibrate(self, *more, status=0, language="en"):
        return self.run_program("calibrate", MODEL, "--targets", "targets.yaml", "--persons",
                                "5000", *more, status=status, language=language)

    def test_the_new_model_extends_the_old_one_and_meets_the_target(self):
        self.write("targets.yaml", TARGETS)
        out, _ = self.calibrate("-o", "new.yaml")
        self.assertRegex(out, r"visits +2022 +fitted +5\.000 +[34]\.\d+ +0\.\d+ +[45]\.\d+ +(1\.00|0\.99)")
        text = (self.folder / "new.yaml").read_text(encoding="utf-8")
        self.assertIn(f'extends: "{MODEL}"', text)
        self.assertIn("fitted by gongji calibrate to targets (visits 5 in 2022)", text)
        self.run_program("check", "new.yaml")
        out, _ = self.run_program("validate", "new.yaml", "--targets", "targets.yaml",
                                  "--persons", "5000")
        self.assertRegex(out, r"visits +2022 +5\.000 +\d\.\d+ +(1\.00|0\.99)")

    def test_the_same_command_writes_the_same_bytes(self):
        self.write("targets.yaml", TARGETS)
        self.calibrate("-o", "a.yaml", "--threads", "1")
        self.calibrate("-o", "b.yaml", "--threads", "3")
        self.assertEqual((self.folder / "a.yaml").read_bytes(),
                         (self.folder / "b.yaml").read_bytes())

    def test_a_model_beside_is_extended_by_its_name(self):
        self.write("targets.yaml", TARGETS)
        self.write("mine.yaml", f"kind: model\nextends: {MODEL}\n")
        self.run_program("calibrate", "mine.yaml", "--targets", "targets.yaml", "--persons",
                         "2000", "-o", "new.yaml")
        self.assertIn('extends: "mine.yaml"', (self.folder / "new.yaml").read_text())
        self.run_program("check", "new.yaml")

    def test_a_parameter_may_be_named_instead(self):
        self.write("targets.yaml", TARGETS)
        _, problems = self.calibrate("--fit", "outpatient.cost.factor", status=2)
        self.assertIn("outpatient.cost.factor has no prior", problems)
        _, problems = self.calibrate("--fit", "outpatient.cost.facter", status=2)
        self.assertIn("is no parameter of a model", problems)
        _, problems = self.calibrate("--fit", "outpatient.frequency.mean:employe", status=2)
        self.assertIn("has no 'employe'", problems)
        self.calibrate("--fit", "outpatient.frequency.mean")

    def test_all_problems_of_a_file_come_in_one_go_with_their_places(self):
        self.write("targets.yaml", """kind: target
fit:
  - outpatient.frequency.meen
  - {parameter: outpatient.provider.share}
targets:
  a: {measure: visit, value: 1, year: 2022, use: fitted, standing: found, source: x}
  b: {measure: visits, valu: 1, year: 20x2, use: fit, standing: found, source: x}
  c: {measure: outflow, benefit: outpatient, value: 1, year: 2022, use: fitted, standing: sure, source: x}
  d: {measure: top_share, status: retiree, range: [0.6, 0.5], year: 2022, use: fitted, source: x}
""")
        self.write("new.yaml", "earlier\n")
        _, problems = self.calibrate("-o", "new.yaml", status=2)
        places = {line.split(": ")[0].rsplit("/", 1)[-1] for line in problems.splitlines()}
        for place in ("targets.yaml:1:7", "targets.yaml:3:5", "targets.yaml:4:17",
                      "targets.yaml:6:16", "targets.yaml:7:24", "targets.yaml:7:39",
                      "targets.yaml:7:50", "targets.yaml:8:6", "targets.yaml:8:91",
                      "targets.yaml:9:35", "targets.yaml:9:51"):
            self.assertIn(place, places, problems)
        self.assertEqual((self.folder / "new.yaml").read_text(), "earlier\n")

    def test_an_unknown_scenario_or_file_is_told(self):
        self.write("targets.yaml", HEAD + FIT + "targets:\n  outflow: {scenario: yantay, "
                   "benefit: outpatient, value: 77, year: 2023, use: fitted}\n")
        _, problems = self.calibrate(status=2)
        self.assertIn("yantay", problems)
        _, problems = self.run_program("validate", MODEL, "--targets", "targets-yantay", status=2)
        self.assertIn("did you mean 'targets-yantai'?", problems)

    def test_one_figure_of_two_parameters_is_told_to_say_little(self):
        out, _ = self.run_program("calibrate", "yantai", "--targets", "targets-yantai",
                                  "--persons", "3000")
        self.assertIn("only outpatient.frequency.scale × outpatient.designated.share is identified",
                      " ".join(out.split()))


class Validate(ProgramTest):
    def validate(self, *more, language="en"):
        self.write("targets.yaml", TARGETS)
        return self.run_program("validate", MODEL, "--targets", "targets.yaml", "--persons",
                                "5000", *more, language=language)[0]

    def test_fitted_and_held_out_stand_apart_and_causes_are_asked_for(self):
        out = self.validate()
        fitted, held_out = out.split("Held out")
        self.assertIn("visits", fitted)
        self.assertNotIn("cost_per_visit", fitted)
        self.assertRegex(held_out, r"zero_users, 2022 \(0\.\d+\): no cause given")
        self.assertRegex(held_out, r"cost_per_visit, 2022 \(2\.\d+\): a <textbook> case")
        self.assertIn("未写明原因", self.validate(language="zh"))

    def test_the_page_fetches_nothing_and_escapes_what_it_quotes(self):
        self.validate("-o", "page.html")
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        self.assertEqual(len(re.findall("<svg", page)), 3)
        self.assertIn("a &lt;textbook&gt; case", page)
        self.assertNotRegex(page, r"https?://|<script|<link|@import")

    def test_text_for_the_models_folder(self):
        self.validate("-o", "text.md")
        self.assertIn("| visits", (self.folder / "text.md").read_text(encoding="utf-8"))

    def test_every_deviation_of_the_nations_model_has_its_cause(self):
        out, _ = self.run_program("validate", "employees-2022", "--persons", "60000")
        self.assertNotIn("no cause given", out.split("Held out")[1])


if __name__ == "__main__":
    main()
