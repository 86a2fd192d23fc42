# SPDX-License-Identifier: GPL-3.0-or-later
"""The same bytes whatever the machine is asked to run them with: kernels and threads.

Usage: test_kernels.py GONGJI SOURCE
"""
import hashlib
import os
import subprocess
import unittest

from program import GONGJI, SOURCE, ProgramTest, main

HANDS = [("widest", 1), ("widest", 2), ("widest", 4), ("scalar", 1), ("scalar", 2)]


class Kernels(ProgramTest):
    def digests(self, name, kernels, *words):
        environment = dict(os.environ, GONGJI_DATA=str(SOURCE), GONGJI_KERNELS=kernels)
        done = subprocess.run([GONGJI, *map(str, words), "-o", self.folder / name],
                              env=environment, capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted((self.folder / name).iterdir())
                if path.suffix in (".csv", ".h5")}

    def assert_one(self, *words, threads=True):
        all_digests = []
        for i, (kernels, n) in enumerate(HANDS):
            own = ("--threads", n) if threads else ()
            all_digests.append(self.digests(f"{words[0]}{i}", kernels, *words, *own))
        for digests in all_digests[1:]:
            self.assertEqual(all_digests[0], digests)

    def test_population(self):
        self.assert_one("population", "employees-2022", "--persons", 3000, "--years", "2022..2024",
                        threads=False)

    def test_run_with_everything(self):
        self.assert_one("run", "yantai-pre-reform", "xianning", "qujing", "--persons", 7000,
                        "--years", "2023..2024")

    def test_run_of_outpatient_care(self):
        self.assert_one("run", "yantai-pre-reform", "yantai", "qujing", "--model", "outpatient-2022",
                        "--persons", 7000, "--behaviour", "off")


if __name__ == "__main__":
    main()
