# SPDX-License-Identifier: GPL-3.0-or-later
"""Worlds from the outside: books that balance in each of them, a higher contribution that is never poorer, the same
bytes whatever the threads, and a result that verify makes again.

Usage: test_uncertainty.py GONGJI SOURCE
"""
import csv
import os
import re
import signal
import subprocess
import time

from program import GONGJI, SOURCE, ProgramTest, main

FEW = ("--persons", "1024", "--years", "2023..2027", "--behaviour", "off", "--uncertainty", "6", "--seed", "3")
ENVIRONMENT = dict(os.environ, GONGJI_DATA=str(SOURCE), OMP_WAIT_POLICY="passive")


def fen(text):
    """Yuan with two decimals as whole fen."""
    return round(float(text) * 100)


class Uncertainty(ProgramTest):
    def worlds(self, folder):
        """{(world, scenario, year): {measure: value}}."""
        out = {}
        with open(self.folder / folder / "worlds.csv", encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                key = (int(row["world"]), row["scenario"], int(row["year"]))
                out.setdefault(key, {})[row["measure"]] = row["value"]
        return out

    def test_books_balance_in_every_world_and_more_is_never_less(self):
        dearer = self.write("dearer.yaml", "name: dearer\nextends: yantai\narticle: draft\n"
                                           "contribution: {employer_rate: 8%}\n")
        richer = self.write("richer.yaml", "name: richer\nextends: yantai\narticle: draft\n"
                                           "caps:\n  outpatient: {amount: 9000}\n")
        self.run_program("run", "yantai", dearer, richer, "xianning", *FEW, "--model", "xianning", "-o", "out")
        worlds = self.worlds("out")
        self.assertEqual(len(worlds), 6 * 4 * 5)
        for (world, scenario, year), of in worlds.items():
            left = (fen(of["pool_opening"]) + fen(of["pool_income"]) - fen(of["pool_outgo"])
                    + (fen(of["pool_government"]) if of.get("pool_government") else 0))
            self.assertEqual(left, fen(of["pool_closing"]), (world, scenario, year))
            if year > 2023:
                self.assertEqual(fen(of["pool_opening"]), fen(worlds[world, scenario, year - 1]["pool_closing"]))
            if scenario == "yantai":
                self.assertGreater(fen(worlds[world, "dearer", year]["pool_closing"]), fen(of["pool_closing"]))
                self.assertLess(fen(worlds[world, "richer", year]["pool_closing"]), fen(of["pool_closing"]))
        with open(self.folder / "out" / "run_dry.csv", encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["kind"] == "run_dry" and row["group"] == "all"]
        for scenario in ("yantai", "dearer", "richer", "xianning"):
            self.assertEqual(sum(int(row["worlds"]) for row in rows if row["scenario"] == scenario), 6)

    def test_threads_move_nothing_and_verify_makes_it_again(self):
        for threads in ("1", "3"):
            self.run_program("run", "yantai", "qujing", *FEW, "--threads", threads, "-o", f"by{threads}")
        for name in ("summary.csv", "run.h5", "worlds.csv", "run_dry.csv", "uncertainty.csv"):
            self.assertEqual((self.folder / "by1" / name).read_bytes(), (self.folder / "by3" / name).read_bytes(), name)
        out, _ = self.run_program("verify", "by3")
        self.assertIn("--uncertainty 6", out)
        summary = self.folder / "by1" / "worlds.csv"
        summary.write_text(summary.read_text(encoding="utf-8").replace(",2025,", ",2026,", 1), encoding="utf-8")
        self.run_program("verify", "by1", status=1)

    def test_the_run_itself_is_as_without_worlds(self):
        self.run_program("run", "yantai", *FEW[:-4], "--seed", "3", "-o", "plain")
        self.run_program("run", "yantai", *FEW, "-o", "worlds")

        def central(folder):
            with open(self.folder / folder / "summary.csv", encoding="utf-8", newline="") as stream:
                return [[value for key, value in row.items() if not key.startswith("world_")]
                        for row in csv.DictReader(stream)]
        self.assertEqual(central("plain"), central("worlds"))

    def test_a_study_asks_for_worlds_and_shards_do_not(self):
        self.write("study.yaml", "kind: study\nscenarios: [yantai]\npersons: 512\nyears: 2023..2024\n"
                                 "behaviour: off\nuncertainty: 4\noutput: made\n")
        self.run_program("run", "study.yaml")
        self.assertEqual({key[0] for key in self.worlds("made")}, {1, 2, 3, 4})
        _, problems = self.run_program("run", "yantai", *FEW, "--shard", "1/2", "-o", "part", status=2)
        self.assertIn("--shard and --uncertainty do not go together", problems)
        _, problems = self.run_program("run", "yantai", "--uncertainty", "1", status=2)
        self.assertIn("from 2 to 100000", problems)

    def start(self, *words):
        return subprocess.Popen([GONGJI, "run", *words, "--lang", "en"], cwd=self.folder, env=ENVIRONMENT, text=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def bytes_of(self, folder):
        return {path.name: path.read_bytes() for path in (self.folder / folder).iterdir()}

    def stop_when_kept(self, process, number, before=None):
        """Ends a run once further worlds are on the disk; what it said."""
        kept = self.folder / "out.progress.worlds"
        while not kept.exists() or kept.read_bytes() == before:
            self.assertIsNone(process.poll(), "ended before it was interrupted")
            time.sleep(0.002)
        process.send_signal(number)
        messages = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, -number, messages)
        return messages

    def test_killed_in_the_middle_of_the_worlds_it_goes_on_to_the_same_bytes(self):
        longer = ("yantai", "qujing", *FEW, "--uncertainty", "40", "--save-every", "40")
        self.run_program("run", *longer, "-o", "whole")
        self.assertEqual(self.names(), ["whole"])
        self.stop_when_kept(self.start(*longer, "-o", "out"), signal.SIGKILL)
        before = (self.folder / "out.progress.worlds").read_bytes()
        messages = self.stop_when_kept(self.start("--resume", "out", "--save-every", "40"), signal.SIGINT, before)
        self.assertIn("gongji run --resume out goes on", messages)
        self.assertEqual(self.names(), ["out.progress", "out.progress.worlds", "whole"])
        _, messages = self.run_program("run", "--resume", "out", "--threads", "1")
        found = re.search(r"note: (\d+) of 40 worlds were finished before the interruption", messages)
        self.assertGreaterEqual(int(found.group(1)), 2)  # one at least by each of the two
        self.assertEqual(self.bytes_of("out"), self.bytes_of("whole"))
        self.assertEqual(self.names(), ["out", "whole"])

    def test_worlds_that_are_damaged_are_not_gone_on_with(self):
        longer = ("yantai", *FEW, "--uncertainty", "40", "--save-every", "40")
        self.stop_when_kept(self.start(*longer, "-o", "out"), signal.SIGTERM)
        kept = self.folder / "out.progress.worlds"
        whole = kept.read_bytes()
        kept.write_bytes(whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:])
        _, messages = self.run_program("run", "--resume", "out", status=2)
        self.assertIn("out.progress.worlds: is damaged or not whole", messages)
        self.assertEqual(self.names(), ["out.progress", "out.progress.worlds"])
        kept.write_bytes(whole)
        self.run_program("run", "--resume", "out")
        self.assertEqual(self.names(), ["out"])

    def test_what_is_kept_is_there_after_some_seconds_by_itself(self):
        process = self.start("yantai", "--persons", "512", "--years", "2023..2024", "--uncertainty", "50000",
                             "-o", "out")
        self.stop_when_kept(process, signal.SIGINT)
        self.assertEqual(self.names(), ["out.progress", "out.progress.worlds"])


if __name__ == "__main__":
    main()
