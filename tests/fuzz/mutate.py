# SPDX-License-Identifier: GPL-3.0-or-later
"""Randomly mutated claims, members, flows, scenario and model files: never a crash
or a hang, and for each rejection a line with its position; nothing written then.

Usage: mutate.py GONGJI SOURCE [--runs N] [--seed S]

Worth most with a program built with -Db_sanitize=address,undefined, which ends
with a status of its own where it finds an error.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

POSITION = re.compile(r"^[^\n]*:\d+:\d+: \S")
TIMEOUT = 60
NASTY = [
    b"", b",", b'"', b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", "医".encode(), b"-1", b"1.001",
    b"1e9", b"0x10", b"nan", b"99999999999999999999", b"2022-02-30", b"9999-12-31", b"0000-00-00",
    b"1000-01-01", b"yes", b"no", b"{", b"}", b"[", b"]", b":", b"- ", b"&a", b"*a", b"<<: ", b"!!int 3",
    b"%", b"70%", b"700%", b"-70%", b"# ", b"\t", b"  ", b"---\n", b"...\n", b"|", b">", b"? ",
    b"extends: yantai\n", b"caps:\n", b"ratio", b"amount", b"per: drug_year", b"counts_toward: [x]", b"9" * 40,
]


def mutated(text, dice):
    """Between one and a few changes of bytes, pieces, lines or fields."""
    data = bytearray(text)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        at = dice.randrange(len(data) + 1)
        kind = dice.randrange(8)
        if kind == 0 and data:
            data[dice.randrange(len(data))] = dice.randrange(256)
        elif kind == 1:
            data[at:at] = dice.choice(NASTY)
        elif kind == 2:
            del data[at : at + dice.randrange(1, 40)]
        elif kind == 3:
            data[at : at + dice.randrange(1, 12)] = dice.choice(NASTY)
        elif kind == 4:
            lines = bytes(data).split(b"\n")
            i, j = dice.randrange(len(lines)), dice.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
            data = bytearray(b"\n".join(lines))
        elif kind == 5:
            lines = bytes(data).split(b"\n")
            i = dice.randrange(len(lines))
            lines[i:i] = [lines[dice.randrange(len(lines))]] * dice.choice((1, 1, 2, 50))
            data = bytearray(b"\n".join(lines))
        elif kind == 6:
            lines = bytes(data).split(b"\n")
            i = dice.randrange(len(lines))
            fields = re.split(rb"([,:]\s*)", lines[i])
            fields[dice.randrange(len(fields))] = dice.choice(NASTY)
            lines[i] = b"".join(fields)
            data = bytearray(b"\n".join(lines))
        else:
            del data[at:]
    return bytes(data)


class Fuzz:
    def __init__(self, gongji, source):
        self.gongji = str(Path(gongji).resolve())
        self.source = Path(source).resolve()
        self.golden = sorted(p for p in (self.source / "tests/golden").iterdir() if (p / "claims.csv").exists())
        self.scenarios = sorted((self.source / "scenarios").glob("*.yaml"))
        self.models = sorted((self.source / "models").glob("*.yaml"))
        self.flows = self.source / "tests/golden/xianning-ledger/flows.csv"

    def run(self, number, seed):
        """What went wrong with case `number`, or None."""
        dice = random.Random(f"{seed}/{number}")
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            command, outputs = self.case(dice, folder)
            environment = dict(os.environ, GONGJI_DATA=str(self.source), LC_ALL="C.UTF-8")
            environment["ASAN_OPTIONS"] = "exitcode=99:" + environment.get("ASAN_OPTIONS", "")
            environment["UBSAN_OPTIONS"] = "exitcode=98:print_stacktrace=1"
            try:
                done = subprocess.run(
                    command, capture_output=True, timeout=TIMEOUT, env=environment, cwd=folder, check=False
                )
            except subprocess.TimeoutExpired:
                return self.told(number, command, "hangs", b"")
            if done.returncode not in (0, 2):
                return self.told(number, command, f"ends with {done.returncode}", done.stderr)
            if done.returncode == 0:
                return None
            lines = done.stderr.decode("utf-8", "replace").splitlines()
            if not any(POSITION.match(line) for line in lines):
                return self.told(number, command, "rejects without a position", done.stderr)
            written = [p.name for p in folder.iterdir() if p.name in outputs or ".part" in p.name]
            if written:
                return self.told(number, command, f"rejects, yet leaves {written}", done.stderr)
        return None

    def case(self, dice, folder):
        kind = dice.randrange(10)
        if kind < 3:
            return self.of_yaml(dice, folder, self.scenarios, ["check"])
        if kind < 4:
            return self.of_yaml(dice, folder, self.models, ["check"])
        if kind < 5:
            return self.of_yaml(dice, folder, self.scenarios, ["run", "--persons", "64", "-o", "result"])
        if kind < 6:
            (folder / "flows.csv").write_bytes(mutated(self.flows.read_bytes(), dice))
            return [self.gongji, "ledger", "xianning", "--flows", "flows.csv", "-o", "out.csv"], {"out.csv"}
        golden = dice.choice(self.golden)
        scenario = (golden / "scenario").read_text().strip()
        which = dice.choice(("claims.csv", "members.csv", "both"))
        for name in ("claims.csv", "members.csv"):
            data = (golden / name).read_bytes()
            (folder / name).write_bytes(mutated(data, dice) if which in (name, "both") else data)
        command = [self.gongji, "adjudicate", scenario, "--claims", "claims.csv", "--members", "members.csv"]
        return command + ["-o", "out.csv", "--accounts", "accounts.csv"], {"out.csv", "accounts.csv"}

    def of_yaml(self, dice, folder, files, words):
        name = dice.choice(files)
        # A file that extends another one of its folder finds it by its id.
        (folder / "mutant.yaml").write_bytes(mutated(name.read_bytes(), dice))
        return [self.gongji, words[0], "mutant.yaml", *words[1:]], {"result"}

    def told(self, number, command, what, stderr):
        return f"case {number}: {' '.join(command[1:])} {what}\n{stderr.decode('utf-8', 'replace')[:2000]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gongji")
    parser.add_argument("source")
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    fuzz = Fuzz(options.gongji, options.source)
    failures = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for failure in pool.map(lambda n: fuzz.run(n, options.seed), range(options.runs)):
            if failure is not None:
                failures.append(failure)
                print(failure, flush=True)
    print(f"{options.runs} mutated cases, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
