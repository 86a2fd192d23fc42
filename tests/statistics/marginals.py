# SPDX-License-Identifier: GPL-3.0-or-later
"""People as the model file says: shares by chi-square, moments of ages, wages and claims.

marginals.py GONGJI SOURCE [--persons 300000]

Reads models/employees-2022.yaml, draws its people of 2022 and compares members.csv and claims.csv with the
file. Each comparison is turned into a standard normal score; all stay within 4."""
import argparse
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import pandas
import yaml

PROVIDERS = ["village", "community", "level1", "level2", "level3", "provincial3a"]
KINDS = [("female", "enterprise"), ("female", "public"), ("male", "enterprise"), ("male", "public")]


def plain(node):
    """The file's values without their sources."""
    if isinstance(node, dict):
        if "value" in node:
            return node["value"]
        return {key: plain(value) for key, value in node.items() if key not in ("standing", "source", "prior")}
    return node


def steps(table, at):
    """A table by first age, as an array over ages."""
    if not isinstance(table, dict):
        return numpy.full(len(at), float(table))
    ages = sorted(table)
    return numpy.array([table[max(a for a in ages if a <= age)] for age in at], dtype=float)


def age_weights(table):
    """Weights of bands spread evenly over their single years."""
    ages = sorted(table)
    out = numpy.zeros(121)
    for first, following in zip(ages, ages[1:]):
        out[first:following] = table[first] / (following - first)
    return out / out.sum()


def normal_below(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


class Scores:
    def __init__(self):
        self.all = []

    def add(self, name, z, told=""):
        self.all.append((name, z))
        print(f"  {name:52} z {z:+6.2f}  {told}{'  <-- beyond 4' if abs(z) > 4 else ''}")

    def mean(self, name, values, expected):
        values = numpy.asarray(values, dtype=float)
        self.add(name, (values.mean() - expected) / (values.std(ddof=1) / math.sqrt(len(values))),
                 f"{values.mean():.5g} for {expected:.5g}")

    def share(self, name, hits, n, expected):
        if n * expected * (1 - expected) < 9:
            return
        self.add(name, (hits - n * expected) / math.sqrt(n * expected * (1 - expected)),
                 f"{hits / n:.5f} for {expected:.5f}")

    def table(self, name, counts, expected):
        """Chi-square, made normal after Wilson and Hilferty."""
        counts, expected = numpy.asarray(counts, dtype=float), numpy.asarray(expected, dtype=float)
        expected = expected / expected.sum() * counts.sum()
        if (counts[expected == 0] != 0).any():
            self.add(name, math.inf, "something that has no share")
            return
        used = expected > 0
        freedom = used.sum() - 1
        if freedom < 1:
            return
        chi = ((counts[used] - expected[used]) ** 2 / expected[used]).sum()
        f = 2 / (9 * freedom)
        self.add(name, ((chi / freedom) ** (1 / 3) - 1 + f) / math.sqrt(f), f"chi-square {chi:.1f}, {freedom} free")


def kind_shares(model, status, age):
    """Sexes and sectors of an age: only those below, or past, their retirement age."""
    population, retirement = model["population"], model["retirement"]
    female = population["female_share"][status]
    public = 0 if status == "flexible" else population["public_share"][status]
    shares = {}
    for sex, sector in KINDS:
        at = retirement["male"] if sex == "male" else retirement["female_public"] if sector == "public" \
            else retirement["female_flexible"] if status == "flexible" else retirement["female_enterprise"]
        share = (female if sex == "female" else 1 - female) * (public if sector == "public" else 1 - public)
        shares[sex, sector] = share if (age >= at) == (status == "retiree") else 0
    whole = sum(shares.values())
    return {kind: share / whole if whole else 0 for kind, share in shares.items()}


def check_members(model, members, scores):
    population = model["population"]
    retiree, flexible = population["retiree_share"], population["flexible_share"]
    statuses = ["employee", "flexible", "retiree"]
    scores.table("statuses", [(members.status == s).sum() for s in statuses], [1 - retiree - flexible, flexible, retiree])
    weights = {"active": age_weights(population["age_active"]), "retired": age_weights(population["age_retired"])}
    for status in statuses:
        of = members[members.status == status]
        ages = weights["retired" if status == "retiree" else "active"]
        scores.table(f"ages of {status}", numpy.bincount(of.age, minlength=121)[:121], ages)
        shares = [kind_shares(model, status, age) for age in range(121)]
        for kind in KINDS:
            expected = sum(ages[age] * shares[age][kind] for age in range(121))
            scores.share(f"{kind[0]} {kind[1]} of {status}", ((of.sex == kind[0]) & (of.sector == kind[1])).sum(),
                         len(of), expected)
    check_wages(model["wages"], members, scores)
    for section in ("chronic", "special"):
        for disease, table in model[section]["registered"].items():
            expected = steps(table, members.age)
            has = members[section].fillna("").str.split(";").map(lambda names: disease in names).to_numpy()
            scores.add(f"registered with {disease}",
                       (has - expected).sum() / math.sqrt((expected * (1 - expected)).sum()),
                       f"{has.mean():.5f} for {expected.mean():.5f}")


def check_wages(wages, members, scores):
    """Lognormal, held within floor and ceiling: shares at both and the mean between."""
    reference, sigma = wages["reference"], wages["sigma"]
    for status in ("employee", "flexible"):
        base = members[members.status == status].base.to_numpy()
        mean = reference * wages["ratio"][status]
        meanlog = math.log(mean) - sigma * sigma / 2
        low, high = reference * wages["floor"], reference * wages["ceiling"]
        at = lambda x, k=0: normal_below((math.log(x) - meanlog) / sigma - k * sigma)
        scores.share(f"bases at the floor, {status}", (base <= low).sum(), len(base), at(low))
        scores.share(f"bases at the ceiling, {status}", (base >= high).sum(), len(base), 1 - at(high))
        expected = low * at(low) + high * (1 - at(high)) + mean * (at(high, 1) - at(low, 1))
        scores.mean(f"bases, {status}", base, expected)


def frequency_of(section, status, disease, ages):
    """Mean number of claims by age; the profile leaves the status's own mean."""
    mean = section["frequency"]["mean"]
    mean = mean[disease] if disease else mean[status] if isinstance(mean, dict) else mean
    mean *= section["frequency"].get("scale", 1)
    profile = section["frequency"].get("age")
    if not profile:
        return numpy.full(121, mean)
    profile = steps(profile, range(121))
    return mean * profile / (profile * ages).sum()


def check_claims(model, members, claims, scores):
    weights = {s: age_weights(model["population"]["age_retired" if s == "retiree" else "age_active"])
               for s in ("employee", "flexible", "retiree")}
    person = members.set_index("person_id")
    for benefit in ("outpatient", "chronic", "special", "emergency", "negotiated_drug", "day_surgery", "inpatient"):
        section = model[benefit]
        of = claims[(claims.benefit == benefit) & ~(claims.admission.notna() & (benefit == "outpatient"))]
        if benefit in ("chronic", "special"):
            counts = of.groupby(["person_id", "disease"]).size()
            for disease in section["frequency"]["mean"]:
                ids = members[members[benefit].fillna("").str.split(";").map(lambda names: disease in names)].person_id
                if len(ids) > 100:
                    number = counts.reindex(pandas.MultiIndex.from_product([ids, [disease]]), fill_value=0)
                    scores.mean(f"claims for {disease} of its patients", number.to_numpy(),
                                frequency_of(section, None, disease, None)[0])
        else:
            counts = of.groupby("person_id").size().reindex(members.person_id, fill_value=0).to_numpy()
            for status, ages in weights.items():
                who = (members.status == status).to_numpy()
                expected = frequency_of(section, status, None, ages)[members.age[who]]
                scores.mean(f"{benefit} claims of {status} less what ages expect", counts[who] - expected, 0)
        check_sites(benefit, section, of.join(person[["age"]], on="person_id"), scores)


def check_sites(benefit, section, of, scores):
    away = of.place.isin(["referred", "temporary"])
    home = section["provider"]["share"]
    by_age = home if isinstance(next(iter(home)), int) else {0: home}
    firsts = sorted(by_age)
    for first, following in zip(firsts, firsts[1:] + [999]):
        here = of[~away & (of.age >= first) & (of.age < following)]
        scores.table(f"{benefit}: providers from age {first}", [(here.provider == p).sum() for p in PROVIDERS],
                     [by_age[first].get(p, 0) for p in PROVIDERS])
    other = section["provider"].get("away", by_age[firsts[-1]])
    scores.table(f"{benefit}: providers away", [(of[away].provider == p).sum() for p in PROVIDERS],
                 [other.get(p, 0) for p in PROVIDERS])
    if "place" in section:
        mobile = of[of.place != "settled"]
        shares = [section["place"]["temporary"], section["place"]["referred"]]
        scores.table(f"{benefit}: places", [(mobile.place == p).sum() for p in ("temporary", "referred", "local")],
                     [*shares, 1 - sum(shares)])
    if "channel" in section:
        share = section["channel"]["share"]
        scores.table(f"{benefit}: channels", [(of.channel == c).sum() for c in share], list(share.values()))
    if benefit != "inpatient":  # stays move so as not to overlap
        season = section.get("season", {})
        days = pandas.date_range("2022-01-01", "2022-12-31")
        expected = numpy.array([season.get(m, 1.0) for m in days.month])
        scores.table(f"{benefit}: days of the year",
                     numpy.bincount(of.day_of_year - 1, minlength=365), expected)
    eligible = section["eligible"]["share"]
    wanted = of.provider.map(eligible) if isinstance(eligible, dict) else eligible
    scores.mean(f"{benefit}: eligible part less the model's", (of.eligible / of.cost - wanted)[of.cost > 10], 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gongji")
    parser.add_argument("source")
    parser.add_argument("--persons", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=7)
    a = parser.parse_args()
    model = plain(yaml.safe_load((Path(a.source) / "models" / "employees-2022.yaml").read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([a.gongji, "population", "employees-2022", "--persons", str(a.persons), "--years", "2022",
                        "--seed", str(a.seed), "-o", f"{folder}/people"], check=True, capture_output=True,
                       env=dict(os.environ, GONGJI_DATA=a.source))
        members = pandas.read_csv(f"{folder}/people/members.csv", low_memory=False)
        claims = pandas.read_csv(f"{folder}/people/claims.csv", low_memory=False)
    birth = pandas.to_datetime(members.birth_date)
    members["age"] = 2022 - birth.dt.year - ~((birth.dt.month == 1) & (birth.dt.day == 1))
    claims["day_of_year"] = pandas.to_datetime(claims.date).dt.dayofyear
    scores = Scores()
    check_members(model, members, scores)
    check_claims(model, members, claims, scores)
    z = numpy.abs([z for _, z in scores.all])
    print(f"{len(z)} comparisons: largest |z| {z.max():.2f}, {100 * (z > 2).mean():.1f} % beyond 2, "
          f"{(z > 4).sum()} beyond 4")
    return 1 if (z > 4).any() else 0


if __name__ == "__main__":
    sys.exit(main())
