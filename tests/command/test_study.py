# SPDX-License-Identifier: GPL-3.0-or-later
"""A study is the run that its options would be; verify makes a result again and compares.

Usage: test_study.py GONGJI SOURCE
"""
import hashlib
import os
import shutil
import unittest.mock

import h5py

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
        (self.folder / "office" / "drafts").mkdir(parents=True)
        shutil.copy(program.SCENARIOS / "yantai-2025-draft.yaml", self.folder / "office/drafts/mine.yaml")
        self.write("office/study.yaml", STUDY)

    def same_files(self, one, other):
        for name in ("summary.csv", "run.h5"):
            self.assertEqual((self.folder / one / name).read_bytes(),
                             (self.folder / other / name).read_bytes(), name)

    def test_it_is_the_run_of_its_options(self):
        _, err = self.run_program("run", "office/study.yaml")
        self.assertNotIn("not as in", err)
        self.run_program("run", "yantai-pre-reform", "office/drafts/mine.yaml", "--persons", 2000,
                         "--years", "2023..2024", "--seed", 7, "--baseline", "mine",
                         "--behaviour", "off", "--after-expiry", "stop", "-o", "given")
        self.same_files("office/results", "given")

    def test_the_command_line_stands_before_it_and_says_so(self):
        _, err = self.run_program("run", "office/study.yaml", "--seed", 8, "--persons", 1000, "-o", "one")
        self.assertEqual([line for line in err.splitlines() if "not as in" in line],
                         ["note: --persons, --seed, --output as on the command line, "
                          "not as in office/study.yaml"])
        self.run_program("run", "yantai-pre-reform", "office/drafts/mine.yaml", "--persons", 1000,
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

    def test_its_paths_are_told_without_detours(self):
        text = STUDY.replace("output: results", "output: ../results")
        (self.folder / "link").symlink_to("office/drafts")
        self.write("office/drafts/study.yaml", text.replace("drafts/mine", "mine"))
        for word, path in (("office/drafts/study.yaml", "office/results"),
                           ("link/study.yaml", "link/../results"),
                           ("./office/drafts/study.yaml", "./office/results")):
            with self.subTest(word):
                _, err = self.run_program("run", word)
                self.assertIn(f"written: {path}/ ", err)
                self.assertTrue((self.folder / "office/results/run.h5").exists())
                shutil.rmtree(self.folder / "office/results")

    def test_a_baseline_is_one_of_its_scenarios(self):
        path = self.write("bad.yaml", "kind: study\nscenarios: [yantai, qujing]\nbaseline: yantei\n")
        _, err = self.run_program("run", path, status=2)
        self.assertRegex(err, r"bad\.yaml:3:11: .*perhaps 'yantai' is wanted")

    def test_it_stands_alone(self):
        _, err = self.run_program("run", "yantai", "office/study.yaml", status=2)
        self.assertIn("a study alone, with options, is wanted", err)

    def test_a_shard_does_not_land_where_the_whole_would(self):
        _, err = self.run_program("run", "office/study.yaml", "--shard", "1/2", status=2)
        self.assertIn("--shard without -o", err)

    def test_shards_of_it_make_the_whole(self):
        for i in (1, 2):
            self.run_program("run", "office/study.yaml", "--shard", f"{i}/2", "-o", f"part{i}")
        self.run_program("merge", "part1", "part2", "-o", "merged")
        self.run_program("run", "office/study.yaml")
        self.same_files("merged", "office/results")

    def test_those_of_the_project_run_and_their_results_are_verified(self):
        for file in sorted((program.SOURCE / "studies").glob("*.yaml")):
            with self.subTest(file.name):
                worlds = "uncertainty:" in file.read_text(encoding="utf-8")
                self.run_program("run", file, "--persons", 200, *(("--uncertainty", 3) if worlds else ()),
                                 "-o", file.stem)
                out, _ = self.run_program("verify", file.stem)
                self.assertIn(f"{file.stem}: verified\n", out)

    def test_those_of_the_project_are_sound(self):
        files = sorted((program.SOURCE / "studies").glob("*.yaml"))
        out, _ = self.run_program("check", *files)
        self.assertEqual(len(out.splitlines()), len(files))
        self.assertGreater(len(files), 1)


class Verify(program.ProgramTest):
    """A result of files of its own: the study, a scenario that extends another, a model."""

    @classmethod
    def setUpClass(cls):
        """The files and their result, made once: every test changes a copy."""
        made = program.ProgramTest()
        made.setUp()
        cls.addClassCleanup(made.tearDown)
        cls.made = made.folder
        (made.folder / "drafts").mkdir()
        shutil.copy(program.SCENARIOS / "yantai.yaml", made.folder / "base.yaml")
        made.changed("yantai-2025-draft", "drafts/my draft.yaml", ("extends: yantai", "extends: ../base.yaml"))
        made.write("model.yaml", "kind: model\nextends: employees-2022\n")
        made.write("study.yaml", "kind: study\nscenarios: [yantai-pre-reform, drafts/my draft.yaml, qujing,"
                                 " qujing]\nmodel: model.yaml\npersons: 500\nseed: 5\noutput: out\n")
        made.run_program("run", "study.yaml")

    def setUp(self):
        super().setUp()
        shutil.copytree(self.made, self.folder, dirs_exist_ok=True)

    def hash_of(self, name):
        return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()

    def change_byte(self, name):
        path = self.folder / name
        content = path.read_bytes()
        path.write_bytes(content.replace(b"kind", b"kinD", 1) if b"kind" in content
                         else content.replace(b"article", b"articla", 1))

    def test_a_fresh_result_is_verified(self):
        out, err = self.run_program("verify", "out")
        self.assertEqual(err, "")
        self.assertIn("out: verified\n", out)
        self.assertIn("7 files", out)
        self.assertIn("18 arrays", out)
        out, _ = self.run_program("verify", "out", "--threads", 1, language="zh")
        self.assertIn("out：核验一致\n", out)

    def test_a_changed_byte_of_any_input_is_named_with_both_hashes(self):
        for name in ("model.yaml", "drafts/my draft.yaml", "base.yaml"):
            with self.subTest(name):
                before, content = self.hash_of(name), (self.folder / name).read_bytes()
                self.change_byte(name)
                out, err = self.run_program("verify", "out", status=1)
                self.assertEqual(out, "out: not verified\n")
                self.assertEqual(len(err.splitlines()), 1, err)
                self.assertIn(name.rsplit("/", 1)[-1] + ": has changed", err)
                self.assertIn(before, err)
                self.assertIn(self.hash_of(name), err)
                (self.folder / name).write_bytes(content)
        self.run_program("verify", "out")

    def test_all_changed_inputs_come_at_once(self):
        self.change_byte("model.yaml")
        self.change_byte("base.yaml")
        (self.folder / "drafts/my draft.yaml").unlink()
        _, err = self.run_program("verify", "out", status=1)
        self.assertIn("model.yaml: has changed", err)
        self.assertIn("drafts/my draft.yaml: is not there", err)

    def test_a_result_alone_is_enough(self):
        (self.folder / "elsewhere").mkdir()
        shutil.move(self.folder / "out", self.folder / "elsewhere/out")
        for name in ("model.yaml", "base.yaml", "study.yaml"):
            (self.folder / name).unlink()
        shutil.rmtree(self.folder / "drafts")
        self.run_program("verify", "elsewhere/out", status=1)
        out, err = self.run_program("verify", "elsewhere/out", "--from-stored")
        self.assertIn("7 texts", out)
        self.assertEqual(err, "")

    def test_a_changed_figure_is_named_with_its_cell(self):
        with h5py.File(self.folder / "out/run.h5", "r+") as run:
            run["sums"][1, 0, 5, 0] += 1
            run["value"][2, 0, 0, 0] *= 2
            self.scenario = run["scenario"][1].decode()
            self.measure = run["measure"][5].decode()
        summary = self.folder / "out/summary.csv"
        lines = summary.read_text(encoding="utf-8").splitlines(keepends=True)
        fields = lines[10].split(",")
        fields[5] = "0.01"
        lines[10] = ",".join(fields)
        summary.write_text("".join(lines), encoding="utf-8")
        out, err = self.run_program("verify", "out", status=1)
        self.assertEqual(out, "out: not verified\n")
        lines = err.splitlines()
        self.assertEqual(len(lines), 3, err)
        self.assertRegex(lines[2], r"run\.h5: value differs in 1 of \d+ cells, first at scenario qujing, "
                                   "year 2023, measure fund_outflow, group all: ")
        self.assertRegex(lines[1], rf"run\.h5: sums differs in 1 of \d+ cells, first at scenario "
                                   f"{self.scenario}, year 2023, measure {self.measure}, group all: ")
        self.assertRegex(lines[0], r"summary\.csv:11:6: std_error of .* is '0\.01', made again ")

    def test_a_missing_summary_is_a_difference(self):
        (self.folder / "out/summary.csv").unlink()
        _, err = self.run_program("verify", "out", status=1)
        self.assertIn("out/summary.csv: ", err)

    def test_another_version_is_compared_all_the_same(self):
        with h5py.File(self.folder / "out/run.h5", "r+") as run:
            run.attrs["version"] = "0.0.1"
        out, err = self.run_program("verify", "out")
        self.assertIn("verified", out)
        self.assertIn("made by gongji 0.0.1", err)

    def test_what_is_no_result_is_bad_input(self):
        whole = (self.folder / "out/run.h5").read_bytes()
        self.run_program("verify", status=2)
        self.run_program("verify", "out", "out", status=2)
        _, err = self.run_program("verify", "absent", status=2)
        self.assertIn("absent/run.h5: is no result of gongji run", err)
        for content in (b"", b"nothing", whole[: len(whole) // 2]):
            self.folder.joinpath("out/run.h5").write_bytes(content)
            out, err = self.run_program("verify", "out", status=2)
            self.assertIn("out/run.h5: is no result of gongji run, or is damaged", err)
            self.assertEqual(out, "")

    def test_damaged_texts_are_not_taken(self):
        path = self.folder / "out/run.h5"
        content = path.read_bytes()
        path.write_bytes(content.replace(b"extends: ../base.yaml", b"extends: ../vase.yaml", 1))
        self.assertNotEqual(content, path.read_bytes())
        for option in ([], ["--from-stored"]):
            _, err = self.run_program("verify", "out", *option, status=2)
            self.assertIn("texts of its inputs have not the SHA-256", err)

    def test_nothing_is_left_behind(self):
        room = self.folder / "room"
        room.mkdir()
        self.enterContext(unittest.mock.patch.dict(os.environ, TMPDIR=str(room)))
        self.run_program("verify", "out", "--from-stored")
        self.change_byte("base.yaml")
        self.run_program("verify", "out", status=1)
        self.assertEqual(list(room.iterdir()), [])


if __name__ == "__main__":
    program.main()
