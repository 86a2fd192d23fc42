# SPDX-License-Identifier: GPL-3.0-or-later
"""A run against exact values: random textbook cases, means, standard deviations, shares at zero and at the cap.

closed_forms.py GONGJI EXACT [--persons N] [--cases K] [--seed S]

Every figure lies within 4 standard errors of its exact value. Prints each z."""
import argparse
import math
import sys
import tempfile
from pathlib import Path

import numpy

from textbook import Frequency, Policy, Run, Severity, exact, write_model

MEASURES = {"visits": "visits", "cost": "cost", "fund": "fund_outflow", "burden": "member_burden"}


def spread(rng, low, high):
    """Evenly on a logarithmic scale, three digits."""
    return float(f"{math.exp(rng.uniform(math.log(low), math.log(high))):.3g}")


def random_case(rng, number):
    """Frequency families and severity families in turn; means 0.2 to 20, sizes 0.2 to 10, cv 0.3 to 4."""
    mean, size, cv = spread(rng, 0.2, 20), spread(rng, 0.2, 10), spread(rng, 0.3, 4)
    cost = spread(rng, 20, 2000)
    frequency = Frequency("negative_binomial", mean, size) if number % 4 < 2 else Frequency("poisson", mean)
    if number % 2 == 0:
        sdlog = round(math.sqrt(math.log1p(cv * cv)), 4)
        severity = Severity("lognormal", round(math.log(cost) - sdlog * sdlog / 2, 4), sdlog)
    else:
        shape = float(f"{1 / (cv * cv):.4g}")
        severity = Severity("gamma", shape, float(f"{cost / shape:.6g}"))
    year = mean * cost
    yuan = lambda x: max(1.0, float(round(x)))
    policies = [
        Policy("visit", "visit", yuan(cost * rng.uniform(0.1, 1)), round(rng.uniform(0.4, 0.95), 2)),
        Policy("visit_capped", "visit", yuan(cost * rng.uniform(0, 0.6)), round(rng.uniform(0.4, 0.95), 2),
               yuan(cost * rng.uniform(0.4, 2))),
        Policy("visit_year", "visit_year", yuan(cost * rng.uniform(0.1, 0.6)), round(rng.uniform(0.4, 0.95), 2),
               None, yuan(year * rng.uniform(0.5, 2))),
        Policy("year", "year", yuan(year * rng.uniform(0.1, 1)), round(rng.uniform(0.4, 0.95), 2),
               yuan(year * rng.uniform(0.3, 2))),
    ]
    return frequency, severity, policies


def compare(run, policy, values):
    """(name, simulated, exact, z) of each figure."""
    for name, (value, sd, error) in values.items():
        what, _, kind = name.partition(".")
        if what == "quantile":
            simulated, low, high = run.quantile_of(policy.name, float(kind))
            if high - low > 0.1:
                yield name, simulated, value, (simulated - value) / ((high - low) / 3.92)
            else:  # an amount that many share: zero, or the cap
                yield name, simulated, value, 0.0 if abs(simulated - value) < 0.1 else math.inf
            continue
        if what == "zero":
            simulated = run.share_at_zero(policy.name)
        elif what == "capped":
            simulated = run.mean(policy.name, "cap_reached")
        else:
            simulated = getattr(run, kind)(policy.name, MEASURES[what])
        standard_error = sd / math.sqrt(run.persons)
        if what in ("zero", "capped") and min(value, 1 - value) * run.persons < 25:
            continue  # too few for a normal error
        if error > standard_error / 3:
            raise RuntimeError(f"{name}: the exact value is not exact enough: {error} of {standard_error}")
        yield name, simulated, value, (simulated - value) / standard_error


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gongji")
    parser.add_argument("exact")
    parser.add_argument("--persons", type=int, default=10_000_000)
    parser.add_argument("--cases", type=int, default=8)
    parser.add_argument("--seed", type=int, default=20231123)
    arguments = parser.parse_args()
    rng = numpy.random.default_rng(arguments.seed)
    all_z = []
    for number in range(arguments.cases):
        frequency, severity, policies = random_case(rng, number)
        with tempfile.TemporaryDirectory() as folder:
            model = write_model(folder, frequency, severity)
            files = []
            for policy in policies:
                files.append(Path(folder) / f"{policy.name}.yaml")
                files[-1].write_text(policy.yaml(), encoding="utf-8")
            run = Run(arguments.gongji, folder, model, files, arguments.persons, seed=number + 1)
        print(f"case {number}: {frequency.yaml()}; {severity.yaml()}")
        for policy in policies:
            values = exact(arguments.exact, frequency, severity, policy)
            if policy is not policies[0]:  # the same claims under every policy
                values = {name: v for name, v in values.items() if not name.startswith(("visits", "cost"))}
            print(f"  {policy.name}: deductible {policy.deductible}, ratio {policy.ratio}, cap {policy.cap}, "
                  f"of the year {policy.year_cap}")
            for name, simulated, value, z in compare(run, policy, values):
                print(f"    {name:12} {simulated:14.6f} exact {value:14.6f}  z {z:+6.2f}"
                      f"{'  <-- beyond 4' if abs(z) > 4 else ''}", flush=True)
                all_z.append(z)
    z = numpy.abs(all_z)
    print(f"{len(z)} figures: largest |z| {z.max():.2f}, {100 * (z > 2).mean():.1f} % beyond 2, "
          f"{(z > 4).sum()} beyond 4")
    return 1 if (z > 4).any() else 0


if __name__ == "__main__":
    sys.exit(main())
