# SPDX-License-Identifier: GPL-3.0-or-later
"""Running gongji from a test: argv[1] is the program, argv[2] the source tree."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GONGJI = os.path.abspath(sys.argv[1])  # tests run in folders of their own
SOURCE = Path(sys.argv[2]).resolve()
SCENARIOS = SOURCE / "scenarios"


class ProgramTest(unittest.TestCase):
    """A folder of its own and the program, run there."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)

    def tearDown(self):
        self._folder.cleanup()

    def run_program(self, *arguments, status=0, language="en", columns=120):
        """(stdout, stderr) of a run that ends with the status."""
        environment = dict(os.environ, GONGJI_DATA=str(SOURCE), COLUMNS=str(columns))
        done = subprocess.run([GONGJI, *map(str, arguments), "--lang", language], cwd=self.folder,
                              env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout, done.stderr

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def changed(self, scenario, name, *changes):
        """A copy of a scenario with (old, new) texts exchanged, each found once at least."""
        text = (SCENARIOS / f"{scenario}.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new, 1)
        return self.write(name, text)


def main():
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
