# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference work as our engine, plain C and vectorised numpy do it, on the same visits.

Usage: bench_reference.py BENCH_REFERENCE GONGJI [PERSONS]
Prints the machine, what bench_reference prints, numpy beside it, then memory and time by
population and threads of `gongji outlay`. Fails where totals differ.
"""
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
MODEL = HERE / "reference-work.yaml"
CITIES = ("yantai", "xianning", "henan-draft", "cangzhou", "qujing")
CLASSES, PROVIDERS = 6, 6


def machine():
    names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
             if line.startswith("model name")]
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {len(names)} x {names[0] if names else '?'}, load {load:.1f}, "
          f"numpy {np.__version__}", flush=True)


def draw(persons, rng):
    """Visits in numpy's own manner: counts, then all costs at once."""
    mean = np.where(rng.random(persons) < 0.27, 13.7, 6.5)
    counts = rng.negative_binomial(0.8, 0.8 / (0.8 + mean))
    n = int(counts.sum())
    u = rng.random(n)
    provider = np.where(u < 0.37, 2, np.where(u < 0.67, 3, 4))
    price = np.array([80, 130, 155, 215, 345, 390.0])[provider]
    sdlog = np.sqrt(np.log1p(1.44))
    cost = np.rint(100 * price * np.exp(rng.standard_normal(n) * sdlog - sdlog**2 / 2))
    return n, cost.astype(np.int64), np.repeat(np.arange(persons), counts)


def share(x, ratio):
    return (x * ratio + 500000) // 1000000


def unshare(x, ratio):
    return (2 * x * 1000000 + ratio) // (2 * ratio)


def judge(rules, start, count, eligible, provider, classes):
    """All persons' k-th visits at a time; persons with more visits first."""
    order = np.argsort(-count, kind="stable")
    start, count, classes = start[order], count[order], classes[order]
    borne = np.zeros(len(start), np.int64)
    used, other_used = borne.copy(), borne.copy()
    more = np.searchsorted(-count, -np.arange(1, int(count.max()) + 1), side="right")
    for k, m in enumerate(more):
        at = start[:m] + k
        e, cell = eligible[at], (classes[:m], provider[at])
        ratio, due = rules["ratio"][cell], rules["deductible"][cell]
        if rules["yearly"]:
            due = np.maximum(due - borne[:m], 0)
        left = np.maximum(rules["cap"][classes[:m]] - used[:m], 0)
        if not rules["past_cap"]:
            due = np.where(left == 0, 0, due)
        e = np.where(ratio == 0, 0, e)
        deductible = np.minimum(e, due)
        borne[:m] += deductible
        rest = e - deductible
        payment = share(rest, ratio)
        fund = np.minimum(payment, left)
        used[:m] += fund
        if rules["overflows"]:
            cut = np.flatnonzero(fund < payment)
            r, f, p, whole = rest[cut], fund[cut], payment[cut], ratio[cut]
            unpaid = (np.minimum(r, unshare(p - f, whole)) if rules["unpaid_part"]
                      else np.maximum(0, r - unshare(f, whole)))
            other = rules["other"][classes[cut], provider[at[cut]]]
            paid = np.minimum(share(unpaid, other),
                              np.maximum(rules["other_cap"][classes[cut]] - other_used[cut], 0))
            other_used[cut] += paid
    return int(used.sum() + other_used.sum())


def read_rules(path):
    table = CLASSES * PROVIDERS
    for line in path.read_text(encoding="utf-8").splitlines():
        word, *numbers = line.split()
        n = np.array(numbers, dtype=np.int64)
        at = 4
        rules = {"id": word, "yearly": bool(n[0]), "past_cap": bool(n[1]), "unpaid_part": bool(n[2]),
                 "overflows": bool(n[3])}
        for key in ("deductible", "ratio", "other"):
            rules[key] = n[at:at + table].reshape(CLASSES, PROVIDERS)
            at += table
        rules["cap"], rules["other_cap"] = n[at:at + CLASSES], n[at + CLASSES:]
        yield rules


def compare_numpy(out, folder, persons):
    visits = np.fromfile(folder / "visits.bin", dtype=[("person", "<i4"), ("provider", "<i4"),
                                                       ("eligible", "<i8")])
    classes = np.fromfile(folder / "classes.bin", dtype=np.uint8).astype(np.intp)
    totals = dict(re.findall(r"^  (\S+) +fund (\d+) fen", out, re.M))
    began = time.process_time()
    drawn, _, _ = draw(persons, np.random.default_rng(1))
    make = (time.process_time() - began) * len(visits) / drawn
    provider = visits["provider"].astype(np.intp)
    eligible = np.ascontiguousarray(visits["eligible"])
    spent, same = 0.0, True
    for rules in read_rules(folder / "rules.txt"):
        began = time.process_time()
        count = np.bincount(visits["person"], minlength=len(classes))
        start = np.concatenate(([0], np.cumsum(count)[:-1]))
        total = judge(rules, start, count, eligible, provider, classes)
        spent += time.process_time() - began
        same = same and total == int(totals[rules["id"]])
    ours = [float(x) for x in re.search(r"ours: ([\d.]+) s drawn, ([\d.]+) s judged", out).groups()]
    print(f"numpy: {len(visits) / make / 1e6:.1f} M visits/s drawn, "
          f"{5 * len(visits) / spent / 1e6:.1f} M adjudications/s; "
          f"totals {'equal to the fen' if same else 'DIFFER'}")
    print(f"ours against numpy: drawing {make / ours[0]:.1f} times, judging {spent / ours[1]:.1f}, "
          f"both {(make + spent) / sum(ours):.1f} (wanted 50)")
    return same


def scale(gongji, model, persons, threads):
    """Seconds and peak MiB of five cities' outlay."""
    began = time.monotonic()
    process = subprocess.Popen([gongji, "outlay", *CITIES, "--model", model, "--persons", str(persons),
                                "--threads", str(threads)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("gongji outlay failed")
    print(f"gongji outlay, five cities, {persons:,} persons, {threads} threads: "
          f"{time.monotonic() - began:.1f} s by the clock, {usage.ru_utime:.1f} s of processor time, "
          f"peak {usage.ru_maxrss / 1024:.0f} MiB", flush=True)


def main():
    bench, gongji = map(os.path.abspath, sys.argv[1:3])
    persons = int(sys.argv[3]) if len(sys.argv) > 3 else 1000000
    machine()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([bench, MODEL, str(persons), folder], capture_output=True, text=True)
        print(re.sub(r"^ours: .*\n", "", done.stdout, flags=re.M), end="", flush=True)
        if done.returncode != 0:
            sys.exit(done.stderr or "totals differ")
        # Before the large arrays: a child's peak would be counted from ours.
        for threads in (1, 2):
            scale(gongji, "outpatient-2022", persons, threads)
        scale(gongji, "outpatient-2022", 10 * persons, 2)
        same = compare_numpy(done.stdout, Path(folder), persons)
    sys.exit(0 if same else "totals differ")


if __name__ == "__main__":
    main()
