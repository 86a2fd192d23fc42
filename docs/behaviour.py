#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of docs/behaviour.md: each city's rules on its own people, at each level of behaviour.

    docs/behaviour.py build/src/gongji [PERSONS]
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
BEFORE = "pre-reform"


def figures(gongji, city, level, persons, folder):
    """{scenario: (outflow, outpatient outflow, visits, stays)} per insured."""
    scenario = SCENARIO.get(city, city)
    subprocess.run([gongji, "run", BEFORE, scenario, "--model", city, "--years", "2023", "--rules-on",
                    "2023-07-01", "--persons", persons, "--behaviour", level, "-o", folder],
                   check=True, capture_output=True)
    value = {}
    with open(Path(folder) / "summary.csv", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            value[row["scenario"], row["measure"], row["group"]] = float(row["value"])
    asked = (("fund_outflow", "all"), ("fund_outflow", "benefit=outpatient"),
             ("visits", "benefit=outpatient"), ("visits", "benefit=inpatient"))
    return {name: [value[name, *of] / value[name, "persons", "all"] for of in asked]
            for name in (BEFORE, scenario)}


def change(now, before):
    return f"{100 * (now / before - 1):+.1f} %" if before else "–"


def main():
    gongji, persons = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "200000"
    print("| 城市 city | 强度 level | 统筹支出 fund pays | 其中普通门诊 for general outpatient care "
          "| 门诊次数 visits | 较改革前 against before | 住院次数 stays | 较改革前 against before |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for city, name in CITIES.items():
            for level in LEVELS:
                of = figures(gongji, city, level, persons, Path(folder) / "run")
                before, now = of[BEFORE], of[SCENARIO.get(city, city)]
                print(f"| {name} | {level} | {now[0]:.0f} | {now[1]:.1f} | {now[2]:.3f} "
                      f"| {change(now[2], before[2])} | {now[3]:.4f} | {change(now[3], before[3])} |")


if __name__ == "__main__":
    main()
