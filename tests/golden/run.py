#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every golden case and shows where the program differs from what was worked out by hand.

    run.py path/to/gongji [--run-in DIR] [FOLDER]...

A folder holds `scenario` (an id), the input (members.csv and claims.csv, or flows.csv and, in
`options`, what else the command line takes) and what must come out: out.csv and, for claims,
accounts.csv, where an absent row means that it was not worked out.
"""

import argparse
import csv
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

# What tells a row of an expected file from the others.
KEYS = {"out.csv": {"claims.csv": ("claim_id",), "flows.csv": ("county", "year")},
        "accounts.csv": {"claims.csv": ("person_id", "month")}}


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def differences(expected_path, got_path, key, whole):
    """Lines that say how the files differ; whole: every row must be expected."""
    expected, got = read(expected_path), read(got_path)
    by_key = {tuple(row[name] for name in key): row for row in got}
    for row in expected:
        name = tuple(row[column] for column in key)
        found = by_key.pop(name, None)
        if found is None:
            yield f"{' '.join(name)}: missing"
            continue
        for column, value in row.items():
            if found.get(column) != value:
                yield f"{' '.join(name)}: {column} should be {value}, is {found.get(column)}"
    if whole:
        for name in by_key:
            yield f"{' '.join(name)}: not expected"


def command_of(folder, binary, directory):
    scenario = (folder / "scenario").read_text(encoding="utf-8").strip()
    if (folder / "flows.csv").exists():
        options = folder / "options"
        more = shlex.split(options.read_text(encoding="utf-8")) if options.exists() else []
        return [binary, "ledger", scenario, "--flows", folder / "flows.csv",
                "-o", directory / "out.csv"] + more, "flows.csv"
    return [binary, "adjudicate", scenario, "--claims", folder / "claims.csv",
            "--members", folder / "members.csv", "-o", directory / "out.csv",
            "--accounts", directory / "accounts.csv"], "claims.csv"


def run_case(folder, binary, run_in):
    """How many rows were compared, and the lines that say what is wrong."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        command, kind = command_of(folder, binary, directory)
        result = subprocess.run(command, capture_output=True, cwd=run_in, check=False)
        if result.returncode != 0:
            return 0, [f"exit status {result.returncode}: {result.stderr.decode()[:500]}"]
        rows, wrong = 0, []
        for name, keys in KEYS.items():
            if (folder / name).exists():
                rows += len(read(folder / name))
                wrong += [f"{name}: {line}" for line in differences(
                    folder / name, directory / name, keys[kind], name == "out.csv")]
        return rows, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("binary", type=Path)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--run-in", help="directory to run gongji in, where scenarios/ is found")
    arguments = parser.parse_args()
    folders = arguments.folders or sorted(
        path.parent for path in Path(__file__).parent.glob("*/scenario"))
    failed = 0
    for folder in folders:
        rows, wrong = run_case(folder.resolve(), arguments.binary.resolve(), arguments.run_in)
        print(f"{folder.name}: {rows} rows, {len(wrong)} differences")
        for line in wrong[:40]:
            print(f"  {line}")
        failed += bool(wrong) or rows == 0
    sys.exit(1 if failed or not folders else 0)


if __name__ == "__main__":
    main()
