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

    def test_no_file_is_bad_usage(self):
        _, err = self.run_program("check", status=2)
        self.assertIn("gongji check FILE...", err)


if __name__ == "__main__":
    program.main()
