# SPDX-License-Identifier: GPL-3.0-or-later
"""Textbook cases through the program's own files: a stripped model, simple scenarios, a run, its figures."""
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy

MODEL = """\
kind: model
name: {{zh: 教科书情形, en: Textbook}}
year: 2022
standing: assumed
source: a textbook case
population: {{insured: 1000000, age_active: {{40: 1, 41: 0}}}}
wages: {{reference: 6000}}
outpatient:
  frequency: {{{frequency}}}
  cost: {{{cost}}}
  provider: {{share: {{level2: 1}}}}
"""

SCENARIO = """\
name: {{zh: {name}, en: {name}}}
document: none
article: a textbook case
standing: document
in_force: {{from: 2000-01-01}}
benefits:
  outpatient:
    deductible: {{per: {period}, amount: {deductible}}}
    ratio: {ratio}
{caps}
account: {{employee_rate: 0%, flexible_rate: 0%, retiree_fixed: 0, status_change: next_month}}
contribution: {{employer_rate: 0%, flexible_rate: 0%}}
"""


@dataclass
class Frequency:
    family: str
    mean: float
    size: float = 0.0

    def yaml(self):
        size = "" if self.family == "poisson" else f", size: {self.size!r}"
        return f"family: {self.family}, mean: {self.mean!r}{size}"

    def arguments(self):
        return [self.family, repr(self.mean), repr(self.size)]


@dataclass
class Severity:
    family: str
    first: float   # meanlog or shape
    second: float  # sdlog or scale

    def yaml(self):
        names = ("meanlog", "sdlog") if self.family == "lognormal" else ("shape", "scale")
        return f"family: {self.family}, {names[0]}: {self.first!r}, {names[1]}: {self.second!r}"

    def arguments(self):
        return [self.family, repr(self.first), repr(self.second)]


@dataclass
class Policy:
    """kind visit, visit_year or year as in exact.c; amounts in yuan, None for no cap."""
    name: str
    kind: str
    deductible: float
    ratio: float
    cap: float = None
    year_cap: float = None

    def yaml(self):
        caps = {"visit": self.cap if self.kind != "year" else None,
                "year": self.cap if self.kind == "year" else self.year_cap}
        caps = {f"a_{period}": (period, amount) for period, amount in caps.items() if amount is not None}
        lines = []
        if caps:
            lines.append(f"    counts_toward: [{', '.join(caps)}]")
            lines.append("caps:")
            lines += [f"  {key}: {{amount: {amount}, per: {period}}}" for key, (period, amount) in caps.items()]
        return SCENARIO.format(name=self.name, period="year" if self.kind == "year" else "visit",
                               deductible=self.deductible, ratio=self.ratio, caps="\n".join(lines))

    def arguments(self):
        cap = "inf" if self.cap is None else repr(self.cap)
        year = [] if self.year_cap is None else [repr(self.year_cap)]
        return [self.kind, repr(self.deductible), repr(self.ratio), cap, *year]


def write_model(folder, frequency, severity):
    path = Path(folder) / "model.yaml"
    path.write_text(MODEL.format(frequency=frequency.yaml(), cost=severity.yaml()), encoding="utf-8")
    return path


def exact(program, frequency, severity, policy):
    """{name: (value, sd of one person's share in the estimate, error of the value)}"""
    done = subprocess.run([program, *frequency.arguments(), *severity.arguments(), *policy.arguments()],
                          capture_output=True, text=True, check=True)
    lines = (line.split() for line in done.stdout.splitlines())
    return {name: tuple(map(float, numbers)) for name, *numbers in lines}


class Run:
    """One run's run.h5, read: means and standard deviations per person, shares, quantiles."""

    def __init__(self, gongji, folder, model, scenarios, persons, seed=1, threads=0, extra=(), source=None):
        out = Path(folder) / "out"
        environment = dict(os.environ)
        if source is not None:
            environment["GONGJI_DATA"] = str(source)
        command = [gongji, "run", *map(str, scenarios), "--model", str(model), "--persons", str(persons),
                   "--seed", str(seed), "-o", str(out), "--lang", "en", *extra]
        if threads:
            command += ["--threads", str(threads)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        with h5py.File(out / "run.h5") as h5:
            self.scenarios, self.measures, self.groups, self.distributions = (
                h5[name].asstr()[()].tolist() for name in ("scenario", "measure", "group", "distribution"))
            self.value, self.std_error = h5["value"][()], h5["std_error"][()]
            self.lower, self.upper = h5["lower"][()], h5["upper"][()]
            self.difference, self.difference_std_error = h5["difference"][()], h5["difference_std_error"][()]
            self.histogram, self.bin_lower = h5["histogram"][()], h5["bin_lower"][()]
            self.quantile, self.quantiles = h5["quantile"][()], h5["quantiles"][()]
            self.quantile_lower, self.quantile_upper = h5["quantile_lower"][()], h5["quantile_upper"][()]
            self.insured = int(h5.attrs["insured"])
            self.persons = int(h5.attrs["persons"]) * int(h5.attrs["replicates"])

    def at(self, scenario, measure, group="all", year=0):
        return (self.scenarios.index(scenario), year, self.measures.index(measure), self.groups.index(group))

    def mean(self, scenario, measure):
        """Per person."""
        return self.value[self.at(scenario, measure)] / self.insured

    def sd(self, scenario, measure):
        """Between persons: std_error is insured * sd / sqrt(persons)."""
        return self.std_error[self.at(scenario, measure)] / self.insured * numpy.sqrt(self.persons)

    def share_at_zero(self, scenario, distribution="fund_outflow"):
        """Share of persons with exactly nothing: the bin from 0 to one fen."""
        counts = self.histogram[self.scenarios.index(scenario), 0, self.distributions.index(distribution)]
        return counts[numpy.searchsorted(self.bin_lower, 0.0)] / self.persons

    def quantile_of(self, scenario, level, distribution="fund_outflow"):
        """The quantile and its 95 % interval."""
        at = (self.scenarios.index(scenario), 0, self.distributions.index(distribution),
              int(numpy.argmin(abs(self.quantile - level))))
        return self.quantiles[at], self.quantile_lower[at], self.quantile_upper[at]
