#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/scenarios.md: its examples are sound, its tables are what the program says.

Usage: test_guide.py GONGJI SOURCE; with --update as third argument, puts the tables there.
"""
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "command"))
import program  # noqa: E402

GUIDE = program.SOURCE / "docs/scenarios.md"
TABLES = re.compile(r"(<!-- parameters (zh|en) -->\n)(.*?)(<!-- end -->\n)", re.DOTALL)


def with_tables(text):
    """The text with the tables as the program tells them, one heading deeper."""
    def tables(match):
        told = subprocess.run([program.GONGJI, "show", "--parameters", "--markdown",
                               "--lang", match[2]], capture_output=True, text=True, check=True,
                              timeout=60).stdout
        return match[1] + re.sub("^## ", "### ", told, flags=re.M) + match[4]
    return TABLES.sub(tables, text)


class Guide(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.text = GUIDE.read_text(encoding="utf-8")

    def test_examples_are_sound(self):
        examples = re.findall(r"^```yaml\n(.*?)^```$", self.text, flags=re.M | re.S)
        self.assertEqual(len(examples), 6)
        for number, example in enumerate(examples):
            with self.subTest(number):
                out, _ = self.run_program("check", self.write(f"example{number}.yaml", example))
                self.assertIn("scenario", out)

    def test_the_first_draft_differs_from_its_day_on_only(self):
        draft = self.write("draft.yaml", re.search(r"```yaml\n(.*?)```", self.text, re.S)[1])
        before, _ = self.run_program("show", draft, "--compare", "yantai", "--on", "2024-12-31", "--csv")
        after, _ = self.run_program("show", draft, "--compare", "yantai", "--on", "2025-01-01", "--csv")
        self.assertEqual(len(before.splitlines()), 1)
        self.assertIn("deductible.amount", after)

    def test_tables_are_as_told(self):
        self.assertEqual(self.text, with_tables(self.text), "run test_guide.py with --update")

    def test_scenarios_of_the_folder_are_listed(self):
        listed = re.findall(r"^\| `([^`]+)` \|", (program.SCENARIOS / "README.md").read_text(encoding="utf-8"),
                            flags=re.M)
        self.assertEqual({p.stem for p in program.SCENARIOS.glob("*.yaml")} - set(listed), set())


if __name__ == "__main__":
    if sys.argv[3:] == ["--update"]:
        GUIDE.write_text(with_tables(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        program.main()
