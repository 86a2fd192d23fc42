#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs gongji and its slow twin on the same random cases and compares every row.

    compare.py path/to/gongji [--cases N] [--claims N] [--ledgers N] [--seed S] [--policy ID]...

Every policy of policies.py is run as `gongji adjudicate ID`, and random county flows as
`gongji ledger xianning`. Stops with exit status 1 at the first differing case, after the first
differing rows and the input behind them were printed; a case that differs or fails is kept.
"""

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time

import cases
import twin
from policies import POLICIES
from vocabulary import yuan


class Comparison:
    def __init__(self, binary, directory, show, run_in):
        self.binary = binary
        self.directory = directory
        self.show = show
        self.run_in = run_in
        self.cases = 0
        self.claims = 0
        self.ledger_rows = 0
        self.differing_rows = 0
        self.failed_runs = 0
        self.kept = []

    def run(self, case, arguments):
        """Runs the program; says so loudly where it does anything but succeed."""
        command = [self.binary] + arguments
        try:
            result = subprocess.run(command, capture_output=True, timeout=600, cwd=self.run_in)
            how = f"exit status {result.returncode}"
            if result.returncode < 0:
                how = f"killed by signal {-result.returncode}"
            if result.returncode == 0:
                return True
            stderr = result.stderr.decode("utf-8", "replace")
        except (OSError, subprocess.TimeoutExpired) as error:
            how, stderr = str(error), ""
        self.failed_runs += 1
        print(f"FAILED {case}: {how}\n  {' '.join(command)}\n{stderr[-2000:]}")
        return False

    def compare_rows(self, case, path, columns, expected, input_of):
        """Compares one output file with the twin's rows; input_of(row) gives lines to print beside."""
        try:
            with open(path, encoding="utf-8", newline="") as file:
                got = list(csv.reader(file))
        except (OSError, UnicodeDecodeError) as error:
            self.failed_runs += 1
            print(f"FAILED {case}: {error}")
            return False
        expected = [columns] + [[str(cell) for cell in row] for row in expected]
        differing = [i for i in range(max(len(got), len(expected)))
                     if i >= len(got) or i >= len(expected) or got[i] != expected[i]]
        if not differing:
            return True
        self.differing_rows += len(differing)
        print(f"DIFFERENT {case}: {os.path.basename(path)}, {len(differing)} of {len(expected)} rows "
              f"(gongji wrote {len(got)}); the first:")
        for i in differing[:self.show]:
            mine = expected[i] if i < len(expected) else None
            its = got[i] if i < len(got) else None
            print(f"  row {i + 1}\n    twin   {mine}\n    gongji {its}")
            if mine and its:
                named = [f"{name}: twin {a}, gongji {b}"
                         for name, a, b in zip(columns, mine, its) if a != b]
                print(f"    {'; '.join(named)}")
            if i > 0 and mine:
                for line in input_of(mine):
                    print(f"    input  {line}")
        return False

    def finish_case(self, directory, same):
        self.cases += 1
        if same:
            shutil.rmtree(directory)
        else:
            self.kept.append(directory)

    def adjudicate(self, policy, seed, n_claims):
        case = f"{policy} seed {seed}"
        directory = os.path.join(self.directory, f"{policy}-{seed}")
        cases.write_case(policy, seed, n_claims, directory)
        claims, members, out, accounts = (
            os.path.join(directory, name)
            for name in ("claims.csv", "members.csv", "out.csv", "accounts.csv"))
        same = self.run(case, ["adjudicate", policy, "--claims", claims, "--members", members,
                               "-o", out, "--accounts", accounts])
        self.claims += n_claims
        if same:
            expected_out, expected_accounts = twin.adjudicate(
                POLICIES[policy], twin.read_members(members), twin.read_claims(claims))
            claim_rows = {row["claim_id"]: row for row in twin.read_rows(claims)}
            member_rows = {row["person_id"]: row for row in twin.read_rows(members)}

            def plain(row):
                return ",".join(f"{name}={value}" for name, value in row.items() if value)

            def input_of_claim(row):
                yield plain(claim_rows[row[0]])
                for other in claim_rows.values():
                    if other["admission"] == row[0]:
                        yield plain(other)
                yield plain(member_rows[row[1]])

            same_out = self.compare_rows(case, out, twin.OUT_COLUMNS, expected_out, input_of_claim)
            same_accounts = self.compare_rows(case, accounts, twin.ACCOUNT_COLUMNS,
                                              expected_accounts,
                                              lambda row: [plain(member_rows[row[0]])])
            same = same_out and same_accounts
        self.finish_case(directory, same)

    def ledger(self, seed):
        case = f"ledger seed {seed}"
        directory = os.path.join(self.directory, f"ledger-{seed}")
        pool, reserve = cases.write_flows(seed, 1 + seed % 8, directory)
        flows, out = (os.path.join(directory, name) for name in ("flows.csv", "out.csv"))
        same = self.run(case, ["ledger", "xianning", "--flows", flows, "--pool", pool,
                               "--reserve", reserve, "-o", out])
        rows = twin.read_rows(flows)
        self.ledger_rows += len(rows)
        if same:
            expected = twin.ledger(rows, yuan(pool), yuan(reserve))

            def input_of(row):
                yield f"--pool {pool} --reserve {reserve}"
                for flow in rows:
                    if flow["year"] == row[1] and row[0] in ("*", flow["county"]):
                        yield str(flow)

            same = self.compare_rows(case, out, twin.LEDGER_COLUMNS, expected, input_of)
        self.finish_case(directory, same)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("binary", help="the gongji program")
    parser.add_argument("--cases", type=int, default=4, help="random cases for each policy (4)")
    parser.add_argument("--claims", type=int, default=1500, help="claims in a case (1500)")
    parser.add_argument("--ledgers", type=int, default=40, help="random ledgers (40)")
    parser.add_argument("--seed", type=int, default=1, help="first seed (1)")
    parser.add_argument("--policy", action="append", choices=sorted(POLICIES) + ["ledger"],
                        help="only this one, or ledger; may be repeated")
    parser.add_argument("--show", type=int, default=5, help="differing rows to print for a file (5)")
    parser.add_argument("--run-in", help="directory to run gongji in, where scenarios/ is found")
    parser.add_argument("--keep-going", action="store_true",
                        help="go on after a case that differs or fails")
    arguments = parser.parse_args()
    binary = shutil.which(arguments.binary) or arguments.binary
    directory = tempfile.mkdtemp(prefix="gongji-twin-")
    comparison = Comparison(os.path.abspath(binary), directory, arguments.show, arguments.run_in)
    chosen = arguments.policy or list(POLICIES) + ["ledger"]
    started = time.monotonic()

    # Small cases first among each policy's: what they show is easiest to follow.
    plan = []
    for number in range(arguments.cases):
        size = arguments.claims if number > 0 else min(arguments.claims, 100)
        plan += [(policy, arguments.seed + number, size) for policy in chosen if policy != "ledger"]
    if "ledger" in chosen:
        plan += [("ledger", arguments.seed + number, 0) for number in range(arguments.ledgers)]
    for policy, seed, size in plan:
        if policy == "ledger":
            comparison.ledger(seed)
        else:
            comparison.adjudicate(policy, seed, size)
        if comparison.kept and not arguments.keep_going:
            break

    if comparison.kept:
        print(f"kept: {' '.join(comparison.kept)}")
    else:
        shutil.rmtree(directory)
    print(f"{comparison.cases} cases, {comparison.claims} claims, {comparison.ledger_rows} county years, "
          f"{comparison.differing_rows} differing rows, {comparison.failed_runs} failed runs, "
          f"{time.monotonic() - started:.1f} s")
    sys.exit(1 if comparison.differing_rows or comparison.failed_runs else 0)


if __name__ == "__main__":
    main()
