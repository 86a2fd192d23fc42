# SPDX-License-Identifier: GPL-3.0-or-later
"""A run in parts is the run: by threads, blocks, shards, processes and after a kill.

Usage: test_cluster.py GONGJI SOURCE [mpi]
"""
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

WITH_MPI = "mpi" in sys.argv[3:]
sys.argv = [word for word in sys.argv if word != "mpi"]

from program import GONGJI, SCENARIOS, SOURCE, ProgramTest, main  # noqa: E402

SMALL = ("yantai-pre-reform", "qujing", "--persons", "9000", "--years", "2023..2024")
LONG = ("yantai-pre-reform", "qujing", "--persons", "250000", "--years", "2023..2024",
        "--save-every", "40")  # long enough to be interrupted
RESULTS = ("summary.csv", "run.h5")
ENVIRONMENT = dict(os.environ, GONGJI_DATA=str(SOURCE), OMP_WAIT_POLICY="passive")


class Parts(ProgramTest):
    def run_into(self, name, *words):
        self.run_program("run", *words, "-o", self.folder / name)
        return self.folder / name

    def assert_same(self, one, other):
        for name in RESULTS:
            self.assertEqual((one / name).read_bytes(), (other / name).read_bytes(),
                             f"{other}/{name}")

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def start(self, *words):
        """A run that is under way and has kept some of its progress."""
        process = subprocess.Popen([GONGJI, "run", *words, "-o", "out", "--lang", "en"],
                                   cwd=self.folder, env=ENVIRONMENT, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        kept = self.folder / "out.progress"
        while not kept.exists():
            if process.poll() is not None:
                self.fail(f"ended before it was interrupted: {process.communicate()}")
            time.sleep(0.002)
        return process

    def interrupt(self, process, number):
        process.send_signal(number)
        messages = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, -number, messages)
        return messages


class Sameness(Parts):
    def test_threads_and_blocks_change_no_byte(self):
        first = self.run_into("first", *SMALL, "--threads", 1)
        for threads in (2, 4, 8):
            self.assert_same(first, self.run_into("other", *SMALL, "--threads", threads))
        for block in (32, 1024, 8192):
            self.assert_same(first, self.run_into("other", *SMALL, "--block", block))

    def test_the_order_of_scenarios_changes_only_the_order_of_rows(self):
        few = ("--persons", "3000", "--baseline", "yantai")
        first = self.run_into("first", "yantai", "qujing", "cangzhou", *few)
        other = self.run_into("other", "cangzhou", "yantai", "qujing", *few)
        first, other = ((folder / "summary.csv").read_text().splitlines()
                        for folder in (first, other))
        self.assertNotEqual(first, other)
        self.assertEqual(sorted(first), sorted(other))


class Shards(Parts):
    def shards(self, n, *words):
        return [self.run_into(f"{i}of{n}", *words, "--shard", f"{i}/{n}")
                for i in range(1, n + 1)]

    def test_shards_in_any_order_merge_into_the_run(self):
        whole = self.run_into("whole", *SMALL)
        third, first, second = self.shards(3, *SMALL)
        self.assertEqual(os.listdir(first), ["shard.state"])
        table, _ = self.run_program("merge", first, second / "shard.state", third, "-o", "merged")
        self.assertIn("yantai-pre-reform", table)
        self.assert_same(whole, self.folder / "merged")

    def test_more_shards_than_blocks_merge_into_the_run(self):
        few = ("yantai", "--persons", "3000")
        self.run_program("merge", *self.shards(5, *few), "-o", "merged")
        self.assert_same(self.run_into("whole", *few), self.folder / "merged")

    def test_merge_works_from_another_folder(self):
        draft = self.changed("yantai", "draft.yaml")
        words = (draft.name, "--persons", "3000")
        for i in (1, 2):
            self.run_program("run", *words, "--shard", f"{i}/2", "-o", f"part{i}")
        (self.folder / "elsewhere").mkdir()
        done = subprocess.run([GONGJI, "merge", "../part1", "../part2", "-o", "merged"],
                              cwd=self.folder / "elsewhere", env=ENVIRONMENT, capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.run_program("run", *words, "-o", "whole")
        self.assert_same(self.folder / "whole", self.folder / "elsewhere" / "merged")

    def test_merge_wants_every_shard_once_and_all_of_one_run(self):
        few = ("yantai", "--persons", "3000")
        one, two, three = self.shards(3, *few)
        half = self.run_into("half", *few, "--shard", "1/2")
        other = self.run_into("other", *few, "--seed", "2", "--shard", "3/3")
        for shards, message in (
                ((one, three), "shard 2 of 3 is not among those given"),
                ((three,), "2 of 3 shards are not among those given"),
                ((one, two, two, three), "is shard 2 of 3, as is"),
                ((one, two, other), "belongs to another run"),
                ((one, half), "is one of 2 shards, but"),
                ((one, two, self.folder), "shard.state"),
                ((), "no shard given")):
            _, messages = self.run_program("merge", *shards, "-o", "merged", status=2)
            self.assertIn(message, messages)
        self.assertNotIn("merged", self.names())

    def test_damaged_shards_are_refused(self):
        one, two = self.shards(2, "yantai", "--persons", "3000")
        whole = (two / "shard.state").read_bytes()
        for bytes_ in (whole[:-1], whole[:len(whole) // 2], whole + b"x",
                       whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:]):
            (two / "shard.state").write_bytes(bytes_)
            _, messages = self.run_program("merge", one, two, status=2)
            self.assertIn("damaged or not whole", messages)
        for bytes_ in (b"", b"scenario,year\n" * 20):
            (two / "shard.state").write_bytes(bytes_)
            _, messages = self.run_program("merge", one, two, status=2)
            self.assertIn("is no state of a run", messages)

    def test_merge_names_an_input_that_has_changed(self):
        draft = self.changed("yantai", "draft.yaml")
        shards = self.shards(2, draft, "--persons", "3000")
        draft.write_text(draft.read_text() + "\n# other\n")
        _, messages = self.run_program("merge", *shards, status=2)
        self.assertIn("was made with another draft.yaml than there is now", messages)

    def test_a_shard_that_cannot_be_is_a_usage_error(self):
        for text in ("0/3", "4/3", "3", "1/", "a/b", "-1/2"):
            _, messages = self.run_program("run", "yantai", "--shard", text, "-o", "x", status=2)
            self.assertIn("--shard", messages)
        _, messages = self.run_program("run", "yantai", "--shard", "1/2", status=2)
        self.assertIn("--shard without -o", messages)
        self.assertEqual(self.names(), [])


class Resume(Parts):
    def resume(self, *words, status=0):
        return self.run_program("run", "--resume", "out", *words, status=status)

    def test_a_killed_run_goes_on_to_the_same_bytes_however_often(self):
        whole = self.run_into("whole", *LONG)
        process = self.start(*LONG)
        self.interrupt(process, signal.SIGKILL)
        kept = self.folder / "out.progress"
        before = kept.read_bytes()
        process = subprocess.Popen([GONGJI, "run", "--resume", "out", "--threads", "1"],
                                   cwd=self.folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while process.poll() is None and kept.exists() and kept.read_bytes() == before:
            time.sleep(0.002)
        process.kill()
        process.wait()
        if kept.exists():
            self.resume()
        self.assert_same(whole, self.folder / "out")
        self.assertEqual(self.names(), ["out", "whole"])

    def test_ctrl_c_and_sigterm_leave_the_progress_alone_and_say_how_to_go_on(self):
        whole = self.run_into("whole", *LONG)
        for number in (signal.SIGINT, signal.SIGTERM):
            messages = self.interrupt(self.start(*LONG), number)
            self.assertIn("gongji run --resume out goes on", messages)
            self.assertEqual(self.names(), ["out.progress", "whole"])
            self.resume()
            self.assert_same(whole, self.folder / "out")
            self.assertEqual(self.names(), ["out", "whole"])
            shutil.rmtree(self.folder / "out")

    def test_an_earlier_result_stays_until_the_resumed_run_is_done(self):
        earlier = self.run_into("out", "yantai", "--persons", "3000")
        before = (earlier / "run.h5").read_bytes()
        self.interrupt(self.start(*LONG), signal.SIGTERM)
        self.assertEqual((earlier / "run.h5").read_bytes(), before)
        self.resume()
        self.assertNotEqual((earlier / "run.h5").read_bytes(), before)

    def test_a_shard_can_be_resumed(self):
        whole = self.run_into("whole", *LONG)
        self.run_into("second", *LONG, "--shard", "2/2")
        self.interrupt(self.start(*LONG, "--shard", "1/2"), signal.SIGTERM)
        self.resume()
        self.run_program("merge", "out", "second", "-o", "merged")
        self.assert_same(whole, self.folder / "merged")

    def test_an_input_that_has_changed_is_named(self):
        draft = self.changed("yantai", "draft.yaml")
        self.interrupt(self.start("draft.yaml", *LONG[1:]), signal.SIGTERM)
        text = draft.read_text()
        draft.write_text(text + "\n# other\n")
        _, messages = self.resume(status=2)
        self.assertIn("out.progress: was made with another draft.yaml than there is now", messages)
        self.assertEqual(self.names(), ["draft.yaml", "out.progress"])
        draft.write_text(text)
        self.resume()

    def test_nothing_to_resume_and_too_much_given_are_usage_errors(self):
        _, messages = self.resume(status=2)
        self.assertIn("no run to go on with", messages)
        _, messages = self.resume("yantai", "--seed", "2", status=2)
        self.assertIn("nothing else but --threads is wanted", messages)

    def test_a_quick_run_keeps_nothing(self):
        trace = self.folder / "kept"
        process = subprocess.Popen([GONGJI, "run", *SMALL, "-o", "out"], cwd=self.folder,
                                   env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while process.poll() is None:
            if (self.folder / "out.progress").exists():
                trace.write_text("seen")
            time.sleep(0.002)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.names(), ["out"])


@unittest.skipUnless(WITH_MPI and shutil.which("mpirun"), "built without MPI, or no mpirun")
class Processes(Parts):
    def command(self, n, *words):
        return ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", str(n), GONGJI, "run",
                *map(str, words), "--lang", "en"]

    def ranks(self, n, *words, status=0):
        done = subprocess.run(self.command(n, *words), cwd=self.folder, env=ENVIRONMENT,
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout, done.stderr

    def test_ranks_change_no_byte_and_one_speaks(self):
        whole = self.run_into("whole", *SMALL)
        for n in (1, 2, 4):
            table, messages = self.ranks(n, *SMALL, "-o", f"by{n}")
            self.assert_same(whole, self.folder / f"by{n}")
            self.assertEqual(messages.count("written:"), 1)
            self.assertEqual(table.count("Model:"), 1)

    def test_ranks_do_a_shard_together(self):
        whole = self.run_into("whole", *SMALL)
        self.ranks(3, *SMALL, "--shard", "1/2", "-o", "one")
        self.run_into("two", *SMALL, "--shard", "2/2")
        self.run_program("merge", "one", "two", "-o", "merged")
        self.assert_same(whole, self.folder / "merged")

    def test_a_problem_is_told_once(self):
        _, messages = self.ranks(3, "yantaii", "-o", "out", status=2)
        self.assertEqual(messages.count("yantaii"), 1, messages)
        self.assertNotIn("process", messages.split("mpirun")[0].split("-----")[0])

    def test_a_killed_cluster_goes_on_with_any_number_of_processes(self):
        longer = (*LONG, "--persons", "450000")
        whole = self.run_into("whole", *longer)
        process = subprocess.Popen(self.command(3, *longer, "-o", "out"), cwd=self.folder,
                                   env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while not all((self.folder / f"out.progress{end}").exists() for end in ("", ".1")):
            self.assertIsNone(process.poll(), "ended before it was interrupted")
            time.sleep(0.002)
        process.terminate()
        process.wait(timeout=60)
        kept = {name for name in self.names() if name.startswith("out.progress")}
        self.assertGreaterEqual(kept, {"out.progress", "out.progress.1"})
        self.ranks(2, "--resume", "out")
        self.assert_same(whole, self.folder / "out")
        self.assertEqual(self.names(), ["out", "whole"])


if __name__ == "__main__":
    main()
