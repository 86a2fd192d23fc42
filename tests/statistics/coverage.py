# SPDX-License-Identifier: GPL-3.0-or-later
"""How often 95 % intervals hold the truth: many seeds of 100,000 persons against one large run.

coverage.py GONGJI SOURCE [--seeds 200] [--persons 100000] [--truth 40000000]

Means, paired differences and quantiles, of all insured and of every group, for a model with households and the
scenarios of two cities against a baseline. Prints coverages and each of those outside 91 to 98 %: with 200 seeds one
interval of true 95 % in sixty leaves them by chance. Fails where a single one is lower than chance explains (one in
100,000), where fewer than nine tenths of those of all insured are within, where of all together twice as many are
outside as by chance, or where a kind is off on average."""
import argparse
import math
import sys
import tempfile
from pathlib import Path

import numpy

from textbook import Run

SCENARIOS = ["pre-reform", "yantai", "xianning"]
LOW, HIGH = 91.0, 98.0
TRUTH_SEED = 987654321


class Intervals:
    """Every interval of a run, flattened: centres and both ends."""

    def __init__(self, run):
        width = 1.959963984540054 * run.difference_std_error
        self.kinds = {
            "mean": (run.value, run.lower, run.upper),
            "difference": (run.difference, run.difference - width, run.difference + width),
            "quantile": (run.quantiles, run.quantile_lower, run.quantile_upper),
        }


def names_of(run):
    cells = [f"{s} {m} {g}" for s in run.scenarios for m in run.measures for g in run.groups]
    quantiles = [f"{s} {d} {q:g}" for s in run.scenarios for d in run.distributions for q in run.quantile]
    return {"mean": cells, "difference": cells, "quantile": quantiles}


def binomial_tail(n, k, p):
    """P(at most k of n)."""
    return sum(math.exp(math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1)
                        + i * math.log(p) + (n - i) * math.log1p(-p)) for i in range(k + 1))


def leave_by_chance(seeds):
    """The share of intervals of true 95 % that leave LOW to HIGH."""
    low, high = math.ceil(seeds * LOW / 100) - 1, math.floor(seeds * HIGH / 100)
    return binomial_tail(seeds, low, 0.95) + 1 - binomial_tail(seeds, high, 0.95)


def print_table(kind, names, covered, told, truth, seeds):
    """Of all insured one by one, of groups by measure, and every one that is outside. Returns what all came to."""
    by_measure, whole, values, outside = {}, [], [], []
    for name, share, known, true in zip(names, covered, told, truth):
        scenario, measure, group = name.split(" ")
        if known < seeds:  # without width in some seed: nobody had any of it there
            if known:
                print(f"  {kind:10} {name}: so rare that only {known:.0f} of {seeds} seeds met it")
            continue
        if true == 0:
            continue  # impossible, and the interval says up to 2.5 persons
        values.append(100 * share)
        if not LOW <= values[-1] <= HIGH:
            outside.append((values[-1], name))
        if kind == "quantile" or group == "all":
            whole.append(values[-1])
            print(f"  {kind:10} {scenario:12} {measure:24} {group:6} {values[-1]:5.1f} %")
        else:
            by_measure.setdefault((measure, group.split("=")[0]), []).append((share, name))
    for (measure, dimension), shares in by_measure.items():
        worst = min(shares)
        print(f"  {kind:10} {measure:24} by {dimension:10} {len(shares):4} intervals: "
              f"mean {100 * numpy.mean([share for share, _ in shares]):5.1f} %, least {100 * worst[0]:5.1f} % ({worst[1]})")
    for share, name in sorted(outside):
        print(f"  {kind:10} outside {LOW:g} to {HIGH:g} %: {share:5.1f} % {name}")
    within = lambda list_: 100 * numpy.mean([LOW <= v <= HIGH for v in list_])
    chance = leave_by_chance(seeds)
    print(f"{kind}: {len(values)} intervals, mean coverage {numpy.mean(values):.2f} %, {len(outside)} outside {LOW:g} to {HIGH:g} % "
          f"where chance alone leaves {chance * len(values):.0f}; of all insured {len(whole)}, mean {numpy.mean(whole):.2f} %, "
          f"{within(whole):.1f} % within", flush=True)
    return within(whole), float(numpy.mean(values)), len(outside) / len(values), chance


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gongji")
    parser.add_argument("source")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--truth", type=int, default=40_000_000)
    parser.add_argument("--behaviour", default="off")
    parser.add_argument("--save", help="keep what was counted, for a closer look")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        def run(persons, seed):
            return Run(a.gongji, folder, "employees-2022", SCENARIOS, persons, seed, source=Path(a.source),
                       extra=["--behaviour", a.behaviour])
        large = run(a.truth, TRUTH_SEED)
        truth = {kind: centre.ravel() for kind, (centre, _, _) in Intervals(large).kinds.items()}
        names = names_of(large)
        hits = {kind: numpy.zeros(len(t)) for kind, t in truth.items()}
        told = {kind: numpy.zeros(len(t)) for kind, t in truth.items()}
        z = {kind: [] for kind in truth}
        for seed in range(1, a.seeds + 1):
            for kind, (centre, low, high) in Intervals(run(a.persons, seed)).kinds.items():
                centre, low, high, t = centre.ravel(), low.ravel(), high.ravel(), truth[kind]
                known = (high - low > 1e-9) & numpy.isfinite(t)
                hits[kind] += known & (low - 1e-9 <= t) & (t <= high + 1e-9)
                told[kind] += known
                with numpy.errstate(divide="ignore", invalid="ignore"):
                    z[kind].append(numpy.where(known, (centre - t) / ((high - low) / 3.92), numpy.nan))
    failed = []
    for kind in truth:
        with numpy.errstate(divide="ignore", invalid="ignore"):
            covered = hits[kind] / told[kind]
        within, mean, out, chance = print_table(kind, names[kind], covered, told[kind], truth[kind], a.seeds)
        if within < 90:
            failed.append(f"{kind}: {within:.1f} % of the intervals of all insured are within {LOW:g} to {HIGH:g} %")
        if not 93.5 <= mean <= 97:
            failed.append(f"{kind}: mean coverage {mean:.2f} %")
        if out > 2 * chance:  # measures and groups go together, and so does their chance
            failed.append(f"{kind}: {100 * out:.1f} % of all intervals are outside, by chance {100 * chance:.1f} %")
        for name, share, known in zip(names[kind], covered, told[kind]):
            if known == a.seeds and binomial_tail(a.seeds, round(share * a.seeds), 0.95) < 1e-5:
                failed.append(f"{kind} {name}: {100 * share:.1f} % is beyond chance")
    if a.save:
        numpy.savez(a.save, **{f"z_{kind}": numpy.array(v) for kind, v in z.items()},
                    **{f"names_{kind}": numpy.array(names[kind]) for kind in truth})
    for line in failed:
        print("out:", line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
