# SPDX-License-Identifier: GPL-3.0-or-later
"""describe: the same people give the same portrait, drawn from a model or read from files."""
import json
import re

import program


def portrait(page):
    """The data that the page carries."""
    text = re.search(r'<script type="application/json" id="data">\n(.*?)</script>', page, re.S)[1]
    return json.loads(text)


class Describe(program.ProgramTest):
    def test_a_model_and_the_files_made_from_it_look_the_same(self):
        self.run_program("population", "yantai", "--persons", 3000, "--years", 2023, "-o", "people")
        of_model, _ = self.run_program("describe", "yantai", "--persons", 3000, "--year", 2023, "-o", "model.html")
        of_files, _ = self.run_program("describe", "people", "-o", "files.html")
        self.assertEqual(of_model.split("\n", 1)[1], of_files.split("\n", 1)[1])
        model, files = (portrait((self.folder / name).read_text(encoding="utf-8")) for name in ("model.html", "files.html"))
        self.assertEqual(model.pop("source")["id"], "yantai")
        self.assertEqual(files.pop("source")["directory"], "people")
        self.assertEqual(model, files)

    def test_every_person_and_claim_is_counted_once(self):
        self.run_program("describe", "employees-2022", "--persons", 2000, "-o", "page.html")
        data = portrait((self.folder / "page.html").read_text(encoding="utf-8"))
        self.assertEqual(data["year"], 2022)
        self.assertEqual(data["persons"], 2000)
        self.assertEqual(sum(data["by_status"]), 2000)
        self.assertEqual(sum(sum(row) for status in data["ages"] for row in status), 2000)
        self.assertEqual([sum(row) for row in data["bases"]], data["by_status"][:2])
        claims = sum(sum(row) for row in data["months"])
        self.assertEqual(claims, sum(sum(row) for row in data["by_provider"]))
        for care in data["care"]:
            self.assertEqual(sum(care["numbers"]), 2000)
            self.assertEqual(sum(care["costs"]), care["claims"])
        self.assertEqual(claims, sum(care["claims"] for care in data["care"]))
        self.assertEqual(data["lorenz"], sorted(data["lorenz"]))
        self.assertEqual((data["lorenz"][0], data["lorenz"][-1]), (0, 1))

    def test_all_alike_are_not_unequal(self):
        model = self.write("alike.yaml", """\
kind: model
name: {zh: 一样, en: Alike}
year: 2022
standing: assumed
source: a test
population: {insured: 1000, age_active: {40: 1, 41: 0}}
wages: {reference: 6000}
outpatient:
  frequency: {family: negative_binomial, mean: 50, size: 1000000}
  cost: {mean: 100, cv: 0}
  provider: {share: {level2: 1}}
""")
        out, _ = self.run_program("describe", model, "--persons", 5000)
        gini = float(re.search(r"Gini ([0-9]+[.][0-9]+)", out)[1])
        self.assertAlmostEqual(gini, 0.08, delta=0.01)  # Poisson(50): 1/sqrt(50 pi)

    def test_the_page_needs_no_network_and_knows_both_languages(self):
        out, _ = self.run_program("describe", "cangzhou", "--persons", 500, "-o", "page.html", language="zh")
        self.assertIn("基尼系数", out)
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        self.assertIn("default-src 'none'", page)
        self.assertEqual(re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page.split("<script>")[0]), [])
        words = json.loads(re.search(r'id="words">\n(.*?)</script>', page, re.S)[1])
        for key, word in words.items():
            self.assertTrue(word["en"] and word["zh"], key)
        self.assertEqual(portrait(page)["language"], "zh")

    def test_nothing_is_written_when_input_is_wrong(self):
        _, told = self.run_program("describe", "no-such-model", "-o", "page.html", status=2)
        self.assertIn("no-such-model", told)
        (self.folder / "empty").mkdir()
        _, told = self.run_program("describe", "empty", "-o", "page.html", status=2)
        self.assertIn("members.csv", told)
        self.assertFalse((self.folder / "page.html").exists())


if __name__ == "__main__":
    program.main()
