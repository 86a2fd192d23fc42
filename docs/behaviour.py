#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of docs/behaviour.md and of the model's behaviour.reference_price.

    docs/behaviour.py build/src/gongji [PERSONS]               each city's rules, on its own people and on the nation's
    docs/behaviour.py build/src/gongji [PERSONS] --reference   prices at which the nation's visits are the static ones
"""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

CITIES = {"yantai": "烟台 Yantai", "xianning": "咸宁 Xianning", "henan": "河南 Henan (draft)",
          "cangzhou": "沧州 Cangzhou", "qujing": "曲靖 Qujing"}
SCENARIO = {"henan": "henan-draft"}
LEVELS = ("off", "low", "central", "high")
BEFORE, NATION = "pre-reform", "employees-2022"
HEAD = ("城市 city", "强度 level", "统筹支出 fund pays", "其中普通门诊 for general outpatient care", "门诊次数 visits",
        "较改革前 against before", "住院次数 stays", "较改革前 against before")
PRICED = """kind: model
extends: {model}
year: 2022
standing: assumed
source: a trial
behaviour:
  reference_price: {price:.6f}
"""


class Runs:
    def __init__(self, gongji, persons):
        self.gongji, self.persons = gongji, persons
        self.folder = tempfile.TemporaryDirectory()

    def of(self, model, scenarios, level, year=2023):
        """{scenario: (outflow, outpatient outflow, visits, stays)} per insured, by the rules of 2023-07-01."""
        out = Path(self.folder.name) / "run"
        subprocess.run([self.gongji, "run", *scenarios, "--model", model, "--years", str(year), "--rules-on", "2023-07-01",
                        "--persons", self.persons, "--behaviour", level, "-o", out], check=True, capture_output=True)
        value = {}
        with open(out / "summary.csv", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                value[row["scenario"], row["measure"], row["group"]] = float(row["value"])
        asked = (("fund_outflow", "all"), ("fund_outflow", "benefit=outpatient"),
                 ("visits", "benefit=outpatient"), ("visits", "benefit=inpatient"))
        return {name: [value[name, *of] / value[name, "persons", "all"] for of in asked] for name in scenarios}

    def visits(self, price, year, weights, level="central"):
        """Mean visits at a reference price where the weights' shares live under the scenarios."""
        model = Path(self.folder.name) / "priced.yaml"
        model.write_text(PRICED.format(model=NATION, price=price), encoding="utf-8")
        of = self.of(str(model), list(weights), level, year)
        return sum(of[name][2] * weight for name, weight in weights.items())


def change(now, before):
    return f"{100 * (now / before - 1):+.1f} %" if before else "–"


def row(name, level, now, before):
    return (f"| {name} | {level} | {now[0]:.0f} | {now[1]:.1f} | {now[2]:.3f} | {change(now[2], before[2])} | {now[3]:.4f} "
            f"| {change(now[3], before[3])} |")


def print_head():
    print("| " + " | ".join(HEAD) + " |")
    print("|" + "---|" * len(HEAD))


def print_cities(runs):
    print_head()
    for city, name in CITIES.items():
        for level in LEVELS:
            of = runs.of(city, [BEFORE, SCENARIO.get(city, city)], level)
            print(row(name, level, of[SCENARIO.get(city, city)], of[BEFORE]))


def print_nation(runs):
    scenarios = {SCENARIO.get(city, city): name for city, name in CITIES.items()}
    by_level = {level: runs.of(NATION, [BEFORE, *scenarios], level) for level in LEVELS}
    print_head()
    for scenario, name in {BEFORE: "改革前 before", **scenarios}.items():
        for level, of in by_level.items():
            print(row(name, level, of[scenario], of[BEFORE]))


def print_reference(runs):
    mixes = {2022: {BEFORE: 0.9, "yantai": 0.1},
             2023: {SCENARIO.get(city, city): 1 / len(CITIES) for city in CITIES}}
    for year, weights in mixes.items():
        static = runs.visits(0.5, year, weights, "off")
        low, high = 0.1, 1.0
        for _ in range(12):
            middle = (low + high) / 2
            fewer = runs.visits(middle, year, weights) < static
            low, high = (middle, high) if fewer else (low, middle)
        print(f"{year}: {middle:.3f} for {static:.4f} visits an insured")


def main():
    words = [word for word in sys.argv[1:] if word != "--reference"]
    runs = Runs(words[0], words[1] if len(words) > 1 else "200000")
    if "--reference" in sys.argv:
        print_reference(runs)
        return
    print_cities(runs)
    print()
    print_nation(runs)


if __name__ == "__main__":
    main()
