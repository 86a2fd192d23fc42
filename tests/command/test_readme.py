# SPDX-License-Identifier: GPL-3.0-or-later
"""What the READMEs tell people to type works, and what they point to is there."""
import re
import shlex
import subprocess

from program import GONGJI, SOURCE, ProgramTest, main

READMES = ["README.md", "README.zh.md"]
PERSONS = "2000"  # in place of what the README asks for: quick, and the same path


def text_of(name):
    return (SOURCE / name).read_text(encoding="utf-8")


def lines_of(name):
    """The lines of all shell blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text_of(name), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


class Readme(ProgramTest):
    def test_both_languages_give_the_same_commands(self):
        self.assertEqual(lines_of(READMES[0]), lines_of(READMES[1]))

    def test_the_two_commands_stand_there_as_they_are_run(self):
        self.assertIn("./setup", lines_of("README.md"))
        self.assertIn("./setup test", lines_of("README.md"))
        self.assertIn("\n./setup test\n", text_of(".ci/run"))

    def test_every_command_runs(self):
        for folder in ("scenarios", "models", "studies", "tests"):
            (self.folder / folder).symlink_to(SOURCE / folder)
        (self.folder / "output").mkdir()
        ran = 0
        for line in lines_of("README.md"):
            words = shlex.split(line)
            if words[0] != "build/src/gongji":
                continue
            if "--persons" in words:
                words[words.index("--persons") + 1] = PERSONS
            with self.subTest(line):
                done = subprocess.run([GONGJI, *words[1:]], cwd=self.folder, capture_output=True,
                                      text=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stderr)
            ran += 1
        self.assertGreater(ran, 5)

    def test_every_link_leads_to_a_file(self):
        for name in READMES:
            for target in re.findall(r"\]\(([^)#]+)\)", text_of(name)):
                if "://" not in target:
                    with self.subTest(readme=name, target=target):
                        self.assertTrue((SOURCE / target).exists())


if __name__ == "__main__":
    main()
