#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each of Yantai's steps that a scenario of its own stops at is yantai on a day of that step.

Usage: test_stages.py GONGJI SOURCE
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "command"))
import program  # noqa: E402

# 2022-07-01   2022-12-31   2023-01-01   2024-01-01
#     |----2022-----|            |---2023---|---2024 …
STAGES = {"yantai-stage-2022": "2022-09-01", "yantai-stage-2023": "2023-06-01",
          "yantai-stage-2024": "2024-06-01"}


class Stages(program.ProgramTest):
    def rows(self, scenario, year, *options):
        name = f"{scenario}-{year}"
        self.run_program("run", scenario, "--model", "yantai", "--persons", 2000, "--years", year,
                         *options, "-o", name)
        lines = (self.folder / name / "summary.csv").read_text(encoding="utf-8").splitlines()
        return [line.split(",", 1)[1] for line in lines]

    def test_a_stage_is_yantai_on_a_day_of_it_in_every_year(self):
        for stage, day in STAGES.items():
            for year in (2023, 2026):
                with self.subTest(f"{stage} {year}"):
                    self.assertEqual(self.rows(stage, year), self.rows("yantai", year, "--rules-on", day))

    def test_the_stages_differ(self):
        rows = [self.rows(stage, 2023) for stage in STAGES]
        self.assertEqual(len({"\n".join(of) for of in rows}), len(STAGES))


if __name__ == "__main__":
    program.main()
