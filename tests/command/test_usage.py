# SPDX-License-Identifier: GPL-3.0-or-later
"""The manner of all commands: help, languages, bad usage, exit statuses, the manual page."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata

from program import GONGJI, SOURCE, ProgramTest, main

MANUALS = [(SOURCE / "docs" / language / "gongji.1.scd.in").read_text(encoding="utf-8")
           for language in ("en", "zh")]


def run(*arguments, **options):
    return subprocess.run([GONGJI, *arguments], capture_output=True, text=True, timeout=60,
                          env={"LC_ALL": "C.UTF-8"}, **options)


def commands():
    """The commands that the help names."""
    listed = run("--help").stdout.split("Commands:\n")[1].split("\n\n")[0]
    return re.findall(r"^  (\S+)", listed, re.MULTILINE)


class Help(ProgramTest):
    def test_every_command_has_its_line_its_help_and_its_place_in_the_manual(self):
        self.assertTrue(commands())
        for command in commands():
            with self.subTest(command):
                done = run(command, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(done.stdout.startswith(f"Usage: gongji {command} "))
                self.assertIn(f"\n  gongji {command} ", done.stdout.split("\nExamples:")[1])
                self.assertEqual(run("help", command).stdout, done.stdout)
                for manual in MANUALS:
                    self.assertIn(f"\n*{command}*\n", manual)

    def test_help_is_there_in_chinese(self):
        for command in commands():
            with self.subTest(command):
                done = run("--lang", "zh", "help", command)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(done.stdout.startswith(f"用法：gongji {command} "))
                self.assertIn(f"\n  gongji {command} ", done.stdout.split("\n示例：")[1])
                self.assertEqual(run(command, "--help", "--lang=zh").stdout, done.stdout)

    def test_chinese_help_names_values_in_chinese(self):
        for command in commands():
            text = run(command, "--help", "--lang=zh").stdout
            self.assertEqual(re.findall(r"^ .*--[a-z-]+=(?:FILE|DIR|DATE|YEAR|YUAN|ID)\b.*", text, re.MULTILINE), [], command)

    def test_no_help_line_is_wider_than_a_terminal_but_for_examples(self):
        for command in commands():
            for line in run(command, "--help").stdout.splitlines():
                if not line.startswith("  gongji "):
                    self.assertLessEqual(len(line), 80, line)

    def test_the_version_names_what_it_was_built_with(self):
        done = run("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^gongji \d+\.\d+\.\d+.*\nbuilt with \w+ .*GSL .*HDF5 ")

    def test_the_locale_chooses_the_language(self):
        done = subprocess.run([GONGJI, "--help"], capture_output=True, text=True, timeout=60,
                              env={"LC_ALL": "C.UTF-8", "LANGUAGE": "zh_CN"})
        self.assertTrue(done.stdout.startswith("用法："))


class BadUsage(ProgramTest):
    def expect(self, text, *arguments):
        done = run(*arguments)
        self.assertEqual(done.returncode, 2, arguments)
        self.assertEqual(done.stdout, "")
        self.assertIn(text, done.stderr)
        for line in done.stderr.splitlines():
            self.assertRegex(line, r"^gongji: .*; .*")

    def test_an_unknown_command_meets_the_nearest_name(self):
        self.expect("unknown command 'ledgr'; did you mean 'ledger'?", "ledgr")
        self.expect("gongji --help lists the commands", "zebra")
        self.expect("no command given")
        self.expect("unknown command 'ledgr'", "help", "ledgr")

    def test_an_unknown_option_meets_the_nearest_name(self):
        self.expect("unknown option '--folws'; did you mean '--flows'?", "ledger", "x", "--folws", "y")
        self.expect("unknown option '-z'", "ledger", "x", "-z")

    def test_every_unknown_option_is_named_in_one_go(self):
        done = run("ledger", "--zig", "-q", "--zag=1")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(len(done.stderr.splitlines()), 3)

    def test_an_option_without_its_value_says_so(self):
        self.expect("option '--flows' lacks its value", "ledger", "x", "--flows")

    def test_an_unknown_language_is_no_language(self):
        for arguments in (("--lang", "fr", "ledger"), ("--lang=fr",), ("ledger", "--lang", "fr"), ("--lang", "fr", "--help")):
            self.expect("unknown language 'fr'; zh (Chinese) or en (English) is wanted", *arguments)
        self.expect("--lang without a language; zh (Chinese) or en (English) is wanted", "--lang")
        self.expect("--lang without a language", "run", "yantai", "--lang=")

    def test_an_unknown_option_before_the_command_is_named(self):
        self.expect("unknown option '--verbose' before the command", "--verbose", "run")

    def test_no_command_does_without_arguments(self):
        for command in commands():
            with self.subTest(command):
                self.expect("; ", command)


class SharedOptions(ProgramTest):
    """What one command says of --persons, --seed and so on, the others say too."""
    COMMANDS = {"run": ("run", "yantai", "--model", "employees-2022"),
                "outlay": ("outlay", "yantai"),
                "population": ("population", "employees-2022", "-o", "people"),
                "describe": ("describe", "employees-2022"),
                "validate": ("validate", "employees-2022"),
                "calibrate": ("calibrate", "employees-2022")}
    BAD = {"--persons": ("0", "-1", "1e6", "1000000001", "10,000", "", " 5"),
           "--seed": ("-1", "18446744073709551616", "x"),
           "--threads": ("0", "1025", "2.5"),
           "--years": ("1989", "2101", "2025..2023", "2023-2025"),
           "--year": ("1989", "2101", "2023..2024")}
    HAVE = {"--threads": ("run", "outlay", "validate", "calibrate"), "--years": ("run", "population"),
            "--year": ("outlay", "describe")}

    def test_the_same_values_are_refused_in_the_same_words(self):
        for option, values in self.BAD.items():
            for value in values:
                said = set()
                for command in self.HAVE.get(option, self.COMMANDS):
                    few = () if option == "--persons" or command == "describe" else ("--persons", "1000")
                    _, err = self.run_program(*self.COMMANDS[command], *few, option, value, status=2)
                    self.assertRegex(err, f"^gongji: {option}: '{re.escape(value)}' will not do; .* wanted\n$", command)
                    said.add(re.sub(r"from \d+ to \d+", "", err) if option == "--persons" else err)
                self.assertEqual(len(said), 1, said)

    def test_all_that_is_wrong_comes_in_one_go(self):
        for command in ("run", "outlay", "population", "describe", "validate", "calibrate"):
            _, err = self.run_program(*self.COMMANDS[command], "--persons", "x", "--seed", "y", status=2)
            self.assertEqual(len(err.splitlines()), 2, err)

    def test_the_largest_seed_will_do(self):
        seed = str(2**64 - 1)
        one, _ = self.run_program("outlay", "yantai", "--persons", "500", "--seed", seed)
        other, _ = self.run_program("outlay", "yantai", "--persons", "500", "--seed", str(2**63 - 1))
        self.assertNotEqual(one, other)


class Screen(ProgramTest):
    def comparison(self, terminal=0, **environment):
        """The lines of a comparison on a terminal of so many columns; 0: of none that are known."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, terminal, 0, 0))
        process = subprocess.Popen([GONGJI, "run", "yantai-pre-reform", "yantai", "--persons", "1000"], stdout=slave,
                                   stderr=subprocess.DEVNULL,
                                   env={"LC_ALL": "C.UTF-8", "GONGJI_DATA": str(SOURCE), **environment})
        os.close(slave)
        text = b""
        try:
            while part := os.read(master, 4096):
                text += part
        except OSError:  # how a terminal ends once nobody writes to it
            pass
        os.close(master)
        self.assertEqual(process.wait(timeout=60), 0)
        return text.decode().replace("\r\n", "\n").splitlines()

    def test_the_comparison_fits_the_terminal_then_columns_then_120(self):
        for environment, width in (({"terminal": 72, "COLUMNS": "100"}, 72), ({"COLUMNS": "84"}, 84), ({}, 120),
                                   ({"COLUMNS": "rubbish"}, 120), ({"terminal": 9}, 60), ({"terminal": 999}, 200)):
            with self.subTest(environment=environment):
                widest = max(map(len, self.comparison(**environment)))
                self.assertLessEqual(widest, width)
                self.assertGreater(widest, min(width - 20, 150))  # sentences fill the lines; the longest has 158


    def test_what_is_for_people_fits_into_eighty_columns(self):
        for words in (("show", "yantai", "--on", "2023-07-01", "--compare", "qujing"),
                      ("describe", "employees-2022", "--persons", "500"),
                      ("validate", "employees-2022", "--persons", "500"),
                      ("run", "yantai", "qujing", "--persons", "500", "--years", "2023..2026", "--uncertainty", "2")):
            for language in ("en", "zh"):
                out, _ = self.run_program(*words, language=language, columns=80)
                for line in out.splitlines():
                    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in line)
                    self.assertLessEqual(len(line) + wide, 80, line)


class Places(ProgramTest):
    """Where results cannot be written, both languages say why and what would be right."""

    def test_results_go_into_a_directory_that_is_there(self):
        for words in (("run", "yantai", "--persons", "500", "-o", "no/where"),
                      ("population", "yantai", "--persons", "10", "-o", "no/where"),
                      ("describe", "yantai", "--persons", "500", "-o", "no/where.html")):
            for language, told in (("en", "cannot be written: no such file or directory; a place in an existing "
                                    "directory is wanted"), ("zh", "无法写入：没有这个文件或目录；应为已有目录中的位置")):
                _, err = self.run_program(*words, status=1, language=language)
                self.assertEqual(err.count("\n"), 1, err)
                self.assertRegex(err, rf"^no/where(\.html)?: {told}")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_file_that_is_not_there_is_told_in_the_reader_s_language(self):
        for language, told in (("en", "no such file or directory"), ("zh", "没有这个文件或目录")):
            _, err = self.run_program("ledger", "xianning", "--flows", "none.csv", status=2, language=language)
            self.assertIn(told, err)

    def test_a_run_goes_on_where_its_progress_cannot_be_kept_and_says_so_once(self):
        (self.folder / "out.progress").mkdir()
        few = ("run", "yantai", "--persons", "20000", "--years", "2023..2024", "--uncertainty", "20")
        self.run_program(*few, "-o", "whole")
        _, err = self.run_program(*few, "-o", "out", "--save-every", "1")
        self.assertEqual(err.count("could not be resumed"), 1, err)
        self.assertEqual((self.folder / "out" / "worlds.csv").read_bytes(),
                         (self.folder / "whole" / "worlds.csv").read_bytes())


class Streams(ProgramTest):
    def test_output_that_cannot_be_written_fails_the_run(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([GONGJI, "--help"], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"gongji: ", done.stderr)


if __name__ == "__main__":
    main()
