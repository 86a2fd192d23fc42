#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check: every problem of every file in one go, with its place; a line for a file without any.

Usage: test_check.py GONGJI SOURCE
"""
import program


class Check(program.ProgramTest):
    def test_a_sound_scenario_has_one_line(self):
        out, err = self.run_program("check", program.SCENARIOS / "yantai.yaml")
        self.assertRegex(out, r"^\S+/yantai\.yaml: scenario, \d+ parameters, \d+ readings, "
                              r"\d+ assumptions, in force from 2022-07-01\n$")
        self.assertEqual(err, "")

    def test_ids_are_found(self):
        out, _ = self.run_program("check", "yantai", language="zh")
        self.assertIn("scenarios/yantai.yaml：方案", out)
        self.assertIn("自 2022-07-01 起施行", out)

    def test_all_scenarios_and_models_of_the_project_are_sound(self):
        files = sorted(program.SCENARIOS.glob("*.yaml"))
        files += sorted((program.SOURCE / "models").glob("*.yaml"))
        out, _ = self.run_program("check", *files)
        self.assertEqual(len(out.splitlines()), len(files))

    def test_all_problems_of_all_files_come_at_once(self):
        one = self.changed("yantai", "one.yaml", ("cap_on:", "cap_onn:"), ("70%", "70 %%"))
        two = self.changed("yantai", "two.yaml", ("value: 150000", "value: -1"))
        _, err = self.run_program("check", one, two, "yantia", "absent.yaml", status=2)
        lines = err.splitlines()
        self.assertEqual(len(lines), 5, err)
        self.assertRegex(lines[0], r"one\.yaml:\d+:\d+: .*; a percentage")
        self.assertRegex(lines[1], r"one\.yaml:\d+:\d+: unknown key 'cap_onn'.*did you mean 'cap_on'")
        self.assertRegex(lines[2], r"two\.yaml:\d+:\d+: ")
        self.assertIn("did you mean 'yantai'?", lines[3])
        self.assertIn("absent.yaml", lines[4])

    def test_a_model_is_read_as_one(self):
        path = self.write("m.yaml", "kind: model\nname: {zh: 甲, en: A}\nyear: 1\nnonsense: 3\n")
        _, err = self.run_program("check", path, status=2)
        self.assertRegex(err, r"m\.yaml:4:1: .*'nonsense'")

    def test_a_file_in_the_place_of_another_kind_is_told_in_one_line(self):
        kinds = {"a scenario": self.changed("yantai", "one.yaml"),
                 "a population model": self.folder / "model.yaml",
                 "a study": self.folder / "study.yaml",
                 "a file of targets": self.folder / "targets.yaml"}
        for kind, source in (("a population model", "models/yantai.yaml"), ("a study", "studies/five-cities-2023.yaml"),
                             ("a file of targets", "models/targets-yantai.yaml")):
            kinds[kind].write_bytes((program.SOURCE / source).read_bytes())
        belongs = {"a scenario": "gongji run {}", "a population model": "gongji run yantai --model {}",
                   "a study": "gongji run {}", "a file of targets": "gongji validate employees-2022 --targets {}"}
        places = {"a scenario": ("show", "{}"), "a population model": ("run", "yantai", "--model", "{}"),
                  "a file of targets": ("validate", "yantai", "--targets", "{}")}
        for wanted, words in places.items():
            for found, path in kinds.items():
                if found == wanted:
                    continue
                with self.subTest(wanted=wanted, found=found):
                    words_here = [word.format(path) for word in words]
                    _, err = self.run_program(*words_here, status=2)
                    self.assertEqual(len(err.splitlines()), 1, err)
                    self.assertRegex(err, r"^\S+:\d+:\d+: ")
                    self.assertIn(f"this is {found}, for '{belongs[found].format(path)}'; {wanted}, such as ", err)
                    _, err = self.run_program(*words_here, status=2, language="zh")
                    self.assertEqual(len(err.splitlines()), 1, err)
                    self.assertIn(f"用法：{belongs[found].format(path)}）；此处应为", err)

    def test_an_id_of_another_kind_is_told_where_it_belongs(self):
        for words, told in ((("run", "employees-2022"), "'employees-2022' is a population model, for "
                             "'gongji run yantai --model employees-2022'; a scenario, such as yantai, is wanted"),
                            (("run", "yantai", "--model", "yantai-pre-reform"), "'yantai-pre-reform' is a scenario, for "
                             "'gongji run yantai-pre-reform'; a population model"),
                            (("run", "five-cities-2023"), "'five-cities-2023' is a study, for 'gongji run "
                             f"{program.SOURCE}/studies/five-cities-2023.yaml'; a scenario")):
            _, err = self.run_program(*words, status=2)
            self.assertEqual(len(err.splitlines()), 1, err)
            self.assertIn(told, err)

    def test_a_model_that_does_not_say_so_is_read_all_the_same(self):
        path = self.write("m.yaml", "year: 2022\nnonsense: 3\n")
        _, err = self.run_program("run", "yantai", "--model", path, status=2)
        self.assertIn("does not say that it is a population model; 'kind: model' is wanted", err)
        self.assertIn("'nonsense'", err)

    def test_no_file_is_bad_usage(self):
        _, err = self.run_program("check", status=2)
        self.assertIn("gongji check FILE...", err)


if __name__ == "__main__":
    program.main()
