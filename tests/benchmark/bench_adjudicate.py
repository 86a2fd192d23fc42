#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims a second of `gongji adjudicate` on one core, reading and writing included.

    bench_adjudicate.py path/to/gongji [--claims N] [--scenario ID] [--keep DIR]

The claims are made up and stand once by person and once in random order; each is timed with
out.csv alone and with accounts.csv, and the best of three is shown.
"""

import argparse
import os
import random
import resource
import subprocess
import tempfile
import time

MEMBERS = ("person_id,birth_date,sex,status,retired_on,sector,insured_from,insured_to,base,balance,"
           "household,county,arrears,chronic,special,ltc_from,ltc_to\n")
CLAIMS = ("claim_id,person_id,date,end_date,benefit,provider,channel,inpatient_qualified,designated,"
          "place,cost,eligible,disease,drug,admission\n")
PROVIDERS = ["village", "community", "level1", "level2", "level3", "provincial3a"]


def day(rng):
    return f"2023-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def member_rows(rng, n):
    for i in range(n):
        retired = rng.random() < 0.3
        household = f"h{i // 2}" if i % 10 < 6 else ""
        yield (f"p{i:07d},{rng.randint(1935, 1960) if retired else rng.randint(1963, 2003)}-06-15,"
               f"{rng.choice(['female', 'male'])},{'retiree' if retired else 'employee'},,enterprise,,,"
               f"{rng.randint(3000, 20000)}.{rng.randint(0, 99):02d},{rng.randint(0, 3000)}.00,"
               f"{household},c{i % 7},,hypertension;diabetes,,,\n")


def claim_rows(rng, n, persons):
    for i in range(n):
        who = f"p{i * persons // n:07d}"
        fen = int(rng.lognormvariate(10, 1))
        cost = f"{fen // 100}.{fen % 100:02d}"
        fen -= fen // 8
        eligible = f"{fen // 100}.{fen % 100:02d}"
        kind = rng.random()
        date, end, benefit, disease = day(rng), "", "outpatient", ""
        if kind < 0.06:
            benefit, disease = "chronic", "diabetes"
        elif kind < 0.08:
            benefit, end = "inpatient", f"2023-12-{rng.randint(28, 31)}"
        yield (f"c{i:08d},{who},{date},{end},{benefit},{rng.choice(PROVIDERS)},,,,"
               f"{'' if rng.random() < 0.9 else 'settled'},{cost},{eligible},{disease},,\n")


def make_files(directory, n):
    rng = random.Random(1)
    persons = max(1, n // 8)
    with open(f"{directory}/members.csv", "w", encoding="utf-8") as file:
        file.write(MEMBERS)
        file.writelines(member_rows(rng, persons))
    rows = list(claim_rows(rng, n, persons))
    for name, shuffled in (("by person", False), ("in random order", True)):
        if shuffled:
            rng.shuffle(rows)
        with open(f"{directory}/claims {name}.csv", "w", encoding="utf-8") as file:
            file.write(CLAIMS)
            file.writelines(rows)
        yield name, f"{directory}/claims {name}.csv"


def best_of_three(command):
    """Seconds by the clock and of the processor, which differ where others use the core too."""
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run(command, check=True)
        clock = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append((clock, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime))
    return min(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("binary")
    parser.add_argument("--claims", type=int, default=1000000)
    parser.add_argument("--scenario", default="yantai")
    parser.add_argument("--keep", help="directory for the files, which then stay")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as temporary:
        directory = arguments.keep or temporary
        os.makedirs(directory, exist_ok=True)
        for name, claims in make_files(directory, arguments.claims):
            command = [arguments.binary, "adjudicate", arguments.scenario, "--claims", claims,
                       "--members", f"{directory}/members.csv", "-o", f"{directory}/out.csv"]
            for what, more in (("", []),
                               (", with accounts", ["--accounts", f"{directory}/accounts.csv"])):
                clock, processor = best_of_three(command + more)
                print(f"{name}{what}: {arguments.claims / clock / 1e6:.2f} million claims/s "
                      f"({clock:.2f} s, of which {processor:.2f} s at work)")


if __name__ == "__main__":
    main()
