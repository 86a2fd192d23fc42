# SPDX-License-Identifier: GPL-3.0-or-later
"""A study is the run that its options would be.

Usage: test_study.py GONGJI SOURCE
"""
import shutil

import program

STUDY = """\
kind: study
name: {zh: 甲, en: A}
scenarios: [yantai-pre-reform, drafts/mine.yaml]
persons: 2000
years: 2023..2024
seed: 7
baseline: drafts/mine.yaml
behaviour: off
after_expiry: stop
output: results
"""


class Study(program.ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "work" / "drafts").mkdir(parents=True)
        shutil.copy(program.SCENARIOS / "yantai-2025-draft.yaml", self.folder / "work/drafts/mine.yaml")
        self.write("work/study.yaml", STUDY)

    def same_files(self, one, other):
        for name in ("summary.csv", "run.h5"):
            self.assertEqual((self.folder / one / name).read_bytes(),
                             (self.folder / other / name).read_bytes(), name)

    def test_it_is_the_run_of_its_options(self):
        _, err = self.run_program("run", "work/study.yaml")
        self.assertNotIn("not as in", err)
        self.run_program("run", "yantai-pre-reform", "work/drafts/mine.yaml", "--persons", 2000,
                         "--years", "2023..2024", "--seed", 7, "--baseline", "mine",
                         "--behaviour", "off", "--after-expiry", "stop", "-o", "given")
        self.same_files("work/results", "given")

    def test_the_command_line_stands_before_it_and_says_so(self):
        _, err = self.run_program("run", "work/study.yaml", "--seed", 8, "--persons", 1000, "-o", "one")
        self.assertEqual([line for line in err.splitlines() if "not as in" in line],
                         ["note: --persons, --seed, --output as on the command line, "
                          "not as in work/study.yaml"])
        self.run_program("run", "yantai-pre-reform", "work/drafts/mine.yaml", "--persons", 1000,
                         "--years", "2023..2024", "--seed", 8, "--baseline", "mine",
                         "--behaviour", "off", "--after-expiry", "stop", "-o", "two")
        self.same_files("one", "two")

    def test_all_mistakes_come_at_once_each_in_its_place(self):
        path = self.write("bad.yaml", """\
kind: study
scenarios: [yantia, no.yaml, yantai]
person: 3
persons: 0x3
years: 2024..2023
seed: -1
behaviour: of
rules_on: 2023-02-30
after_expiry: [stop]
model: employees-2023
""")
        for command in ("run", "check"):
            out, err = self.run_program(command, path, status=2)
            self.assertEqual(out, "")
            places = [line.split("bad.yaml:")[1].split(": ")[0] for line in err.splitlines()]
            self.assertEqual(places, ["2:13", "2:21", "3:1", "4:10", "5:8", "6:7", "7:12", "8:11",
                                      "9:15", "10:8"], err)
            for near in ("'yantai'", "'persons'", "'employees-2022'"):
                self.assertIn(f"did you mean {near}?", err)

    def test_a_baseline_is_one_of_its_scenarios(self):
        path = self.write("bad.yaml", "kind: study\nscenarios: [yantai, qujing]\nbaseline: yantei\n")
        _, err = self.run_program("run", path, status=2)
        self.assertRegex(err, r"bad\.yaml:3:11: .*perhaps 'yantai' is wanted")

    def test_it_stands_alone(self):
        _, err = self.run_program("run", "yantai", "work/study.yaml", status=2)
        self.assertIn("a study alone, with options, is wanted", err)

    def test_a_shard_does_not_land_where_the_whole_would(self):
        _, err = self.run_program("run", "work/study.yaml", "--shard", "1/2", status=2)
        self.assertIn("--shard without -o", err)

    def test_shards_of_it_make_the_whole(self):
        for i in (1, 2):
            self.run_program("run", "work/study.yaml", "--shard", f"{i}/2", "-o", f"part{i}")
        self.run_program("merge", "part1", "part2", "-o", "merged")
        self.run_program("run", "work/study.yaml")
        self.same_files("merged", "work/results")

    def test_those_of_the_project_are_sound(self):
        files = sorted((program.SOURCE / "studies").glob("*.yaml"))
        out, _ = self.run_program("check", *files)
        self.assertEqual(len(out.splitlines()), len(files))
        self.assertGreater(len(files), 1)


if __name__ == "__main__":
    program.main()
