#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random input that is valid and nasty: what a judge of claims is most likely to get wrong.

    cases.py POLICY SEED N_CLAIMS -o DIR     writes DIR/members.csv and DIR/claims.csv
    cases.py ledger SEED N_YEARS -o DIR      writes DIR/flows.csv

The same policy, seed and size always give the same files.
"""

import argparse
import csv
import os
import random
from datetime import date, timedelta

MEMBER_COLUMNS = ["person_id", "birth_date", "sex", "status", "retired_on", "sector", "insured_from",
                  "insured_to", "base", "balance", "household", "county", "arrears", "chronic",
                  "special", "ltc_from", "ltc_to"]
CLAIM_COLUMNS = ["claim_id", "person_id", "date", "end_date", "benefit", "provider", "channel",
                 "inpatient_qualified", "designated", "place", "cost", "eligible", "disease", "drug",
                 "admission"]
FLOW_COLUMNS = ["county", "year", "budget_income", "budget_expenditure", "income", "expenditure",
                "own_gap", "plan_fulfilled", "prior_surplus"]

PROVIDERS = ["village", "community", "level1", "level2", "level3", "provincial3a"]
BENEFITS = ["outpatient", "chronic", "special", "emergency", "negotiated_drug", "day_surgery",
            "inpatient"]
BENEFIT_WEIGHTS = [50, 9, 10, 9, 8, 6, 8]
CHRONIC = ["hypertension", "diabetes", "psychiatric", "copd", "冠心病", "gout"]
SPECIAL = ["renal_failure", "severe_psychosis", "cancer", "transplant", "haemophilia", "lupus",
           "parkinson", "再生障碍性贫血"]
DRUGS = ["d1", "d2", "药3"]

# Days on which something changes in one of the policies: starts, ends, new rates. A policy is
# tried on the years around one of its own.
TURNING_DAYS = {
    "yantai": ["2022-07-01", "2022-12-31", "2024-01-01"],
    "xianning": ["2023-01-01", "2027-12-31"],
    "henan": ["2022-07-01", "2023-01-01"],
    "cangzhou": ["2022-01-01"],
    "qujing": ["2022-10-01", "2024-01-01", "2025-01-01"],
    "pre": ["2023-01-01"],
    "invented": ["2022-10-01", "2023-01-01", "2023-03-01", "2024-09-30"],
}

# Yuan at which a deductible is just missed, met or passed.
DEDUCTIBLES = [30, 40, 60, 90, 100, 200, 300, 400, 500, 600, 800]


def fen_text(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def shorter(rng, text):
    """Sometimes the same amount with fewer decimals: 3.10 as 3.1, 3.00 as 3."""
    if rng.random() < 0.8:
        return text
    return text.rstrip("0").rstrip(".")


def random_day(rng, first, last):
    return first + timedelta(days=rng.randint(0, (last - first).days))


def near(rng, day, days=2):
    return day + timedelta(days=rng.randint(-days, days))


class Case:
    """One random case; `first` to `last` are the days on which claims may fall."""

    def __init__(self, policy, seed, n_claims):
        self.rng = random.Random(f"{policy}/{seed}/{n_claims}")
        key = policy.split("-")[0]
        self.turning_days = [date.fromisoformat(text) for text in TURNING_DAYS[key]]
        rng = self.rng
        middle = rng.choice(self.turning_days)
        self.first = date(middle.year - rng.choice([0, 1, 1]), 1, 1)
        self.last = date(middle.year + rng.choice([0, 1, 1, 2]), 12, 31)
        self.n_claims = n_claims
        self.members = []
        self.claims = []
        self.next_claim = 0
        for number in range(max(2, n_claims // rng.choice([8, 15, 30]))):
            self.members.append(self.member(number))
        while len(self.claims) < n_claims:
            self.add_claims_of_one_day()
        del self.claims[n_claims:]
        # A visit whose stay fell off the end may not point to it.
        ids = {claim["claim_id"] for claim in self.claims}
        for claim in self.claims:
            if claim["admission"] not in ids:
                claim["admission"] = ""
        rng.shuffle(self.claims)
        rng.shuffle(self.members)

    def interesting_day(self):
        """A day in the period: turning days, month and year ends, 29 February, or any other."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.10:
            day = near(rng, rng.choice(self.turning_days))
        elif kind < 0.20:
            day = near(rng, date(rng.randint(self.first.year, self.last.year), rng.randint(1, 12), 1), 1)
        elif kind < 0.22:
            day = date(2024, 2, 29)
        else:
            day = random_day(rng, self.first, self.last)
        return min(max(day, self.first), self.last)

    # --- members ---

    def person_id(self, number):
        # Ids whose order by bytes differs from their order by number or by alphabet.
        style = self.rng.random()
        if style < 0.70:
            return f"p{number}"
        if style < 0.80:
            return f"P{number:05d}"
        if style < 0.90:
            return f"职工{number}"
        return f'q,"{number}"'

    def birth_date(self, status):
        rng = self.rng
        kind = rng.random()
        if kind < 0.12:
            return date(rng.choice([1948, 1952, 1956, 1976, 1980, 1988]), 2, 29)
        if kind < 0.30:
            # 35, 45 or 70 years old within the period, often on the first of a month or next to it.
            year = rng.randint(self.first.year, self.last.year) - rng.choice([35, 45, 70])
            return near(rng, date(year, rng.randint(1, 12), 1), 1)
        first, last = (1930, 1975) if status == "retiree" else (1955, 2003)
        return random_day(rng, date(first, 1, 1), date(last, 12, 31))

    def member(self, number):
        rng = self.rng
        status = rng.choices(["employee", "flexible", "retiree"], [5, 2, 3])[0]
        retired_on = ""
        if status != "retiree" and rng.random() < 0.5 or rng.random() < 0.15:
            day = self.interesting_day()
            if rng.random() < 0.3:
                day = day.replace(day=1)
            retired_on = day.isoformat()
        insured_from, insured_to = "", ""
        if rng.random() < 0.2:
            insured_from = self.interesting_day()
        if rng.random() < 0.2:
            insured_to = self.interesting_day()
        if insured_from and insured_to and insured_to < insured_from:
            insured_from, insured_to = insured_to, insured_from
        arrears = [self.interesting_day().strftime("%Y-%m")
                   for _ in range(rng.choice([0, 0, 0, 1, 2, 4]))]
        if arrears and rng.random() < 0.2:
            arrears.append(arrears[0])
        ltc = sorted(self.interesting_day() for _ in range(2)) if rng.random() < 0.15 else ["", ""]
        base = rng.choice(["", "0"]) if status == "retiree" and rng.random() < 0.5 \
            else fen_text(rng.randint(100000, 3000000))
        return {
            "person_id": self.person_id(number),
            "birth_date": self.birth_date(status).isoformat(),
            "sex": rng.choice(["female", "male"]),
            "status": status,
            "retired_on": retired_on,
            "sector": rng.choice(["enterprise", "public", ""]),
            "insured_from": str(insured_from),
            "insured_to": str(insured_to),
            "base": base,
            "balance": rng.choice(["", "0", "0.01", fen_text(rng.randint(0, 500000)),
                                   fen_text(rng.randint(0, 500000))]),
            "household": rng.choice(["", f"户{number // 4}", f"h{rng.randint(0, number // 3)}"]),
            "county": rng.choice(["", "a", "b,c"]),
            "arrears": ";".join(arrears),
            "chronic": self.diseases(CHRONIC),
            # The diseases that share one deductible are often registered together.
            "special": ";".join(SPECIAL[5:]) if rng.random() < 0.2 else self.diseases(SPECIAL),
            "ltc_from": str(ltc[0]),
            "ltc_to": str(ltc[1]),
        }

    def diseases(self, names):
        """Registered diseases, now and then one of them twice."""
        rng = self.rng
        chosen = rng.sample(names, rng.choice([0, 1, 1, 2, 3, 5]))
        if chosen and rng.random() < 0.2:
            chosen.append(chosen[0])
        return ";".join(chosen)

    # --- claims ---

    def day_for(self, member):
        """A day for a claim: often the very day, or the one next to it, at which something changes for the member."""
        own_days = [member[name] for name in ("retired_on", "insured_from", "insured_to", "ltc_from",
                                              "ltc_to") if member[name]]
        own_days += [f"{month}-01" for month in member["arrears"].split(";") if month]
        if own_days and self.rng.random() < 0.3:
            day = near(self.rng, date.fromisoformat(self.rng.choice(own_days)), 1)
            if self.first <= day <= self.last:
                return day
        return self.interesting_day()

    def add_claims_of_one_day(self):
        """One claim, or several of one person or household on one day, where file order matters."""
        rng = self.rng
        # A few persons have most of the claims, so that caps are reached.
        index = min(int(rng.expovariate(1) * len(self.members) / 3), len(self.members) - 1)
        member = self.members[index]
        day = self.day_for(member)
        for _ in range(rng.choice([1, 1, 1, 1, 2, 4])):
            claim = self.claim(member, day)
            self.claims.append(claim)
            if claim["benefit"] == "inpatient":
                self.add_claims_around(member, claim)
            if member["household"] and rng.random() < 0.5:
                member = rng.choice([other for other in self.members
                                     if other["household"] == member["household"]])

    def add_claims_around(self, member, stay):
        """Visits that turned into the stay, and visits on the days at which an exclusion begins or ends."""
        rng = self.rng
        admitted = date.fromisoformat(stay["date"])
        discharged = date.fromisoformat(stay["end_date"])
        for _ in range(rng.choice([0, 0, 1, 2])):
            day = max(self.first, admitted - timedelta(days=rng.choice([0, 0, 1, 3])))
            visit = self.claim(member, day, rng.choice(["outpatient", "outpatient", "emergency"]))
            visit["provider"] = stay["provider"]
            visit["admission"] = stay["claim_id"]
            self.claims.append(visit)
        for _ in range(rng.choice([0, 1, 2])):
            day = near(rng, rng.choice([admitted, discharged]), 1)
            self.claims.append(self.claim(member, day, rng.choice(["outpatient", "emergency"])))

    def amounts(self, benefit):
        """Cost and eligible cost in fen."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.04:
            eligible = 0
        elif kind < 0.10:
            eligible = rng.randint(1, 9)
        elif kind < 0.25:
            eligible = rng.choice(DEDUCTIBLES) * 100 + rng.choice([-1, 0, 1, 2])
        elif kind < 0.75:
            eligible = rng.randint(1, 120000)
        elif kind < 0.97:
            eligible = rng.randint(50000, 1500000)
        else:
            eligible = rng.randint(5000000, 25000000)
        if rng.random() < {"inpatient": 0.7, "negotiated_drug": 0.4, "special": 0.3}.get(benefit, 0):
            eligible = eligible * 10 + rng.randint(0, 9)
        cost = eligible + rng.choice([0, 0, 1, rng.randint(0, 200000)])
        if rng.random() < 0.01:
            cost = eligible = 0
        return cost, eligible

    def claim(self, member, day, benefit=None):
        rng = self.rng
        benefit = benefit or rng.choices(BENEFITS, BENEFIT_WEIGHTS)[0]
        cost, eligible = self.amounts(benefit)
        end_date, disease, drug = "", "", ""
        if benefit == "inpatient":
            # Same-day stays, long ones, and stays that end in the next year.
            end = day + timedelta(days=rng.choice([0, 1, 2, rng.randint(3, 30), rng.randint(3, 90)]))
            if rng.random() < 0.1:
                end = max(day, date(day.year + 1, 1, rng.randint(1, 5)))
            end_date = end.isoformat()
        if benefit in ("chronic", "special"):
            disease = rng.choice(CHRONIC if benefit == "chronic" else SPECIAL)
            registered = [name for name in member[benefit].split(";") if name]
            if registered and rng.random() < 0.8:
                disease = rng.choice(registered)
        if benefit == "negotiated_drug":
            drug = rng.choice(DRUGS)
        self.next_claim += 1
        claim_id = f"c{self.next_claim:07d}" if rng.random() < 0.95 else f'号,"{self.next_claim}"'
        return {
            "claim_id": claim_id,
            "person_id": member["person_id"],
            "date": day.isoformat(),
            "end_date": end_date,
            "benefit": benefit,
            "provider": rng.choice(PROVIDERS),
            "channel": rng.choices(["", "institution", "psychiatric", "pharmacy", "internet"],
                                   [5, 5, 1, 1, 1])[0],
            "inpatient_qualified": rng.choices(["", "yes", "no"], [4, 3, 1])[0],
            "designated": rng.choices(["", "yes", "no"], [6, 6, 1])[0],
            "place": rng.choices(["", "local", "settled", "referred", "temporary"],
                                 [5, 5, 1, 1, 1])[0],
            "cost": shorter(rng, fen_text(cost)),
            "eligible": shorter(rng, fen_text(eligible)),
            "disease": disease,
            "drug": drug,
            "admission": "",
        }


def write_nastily(rng, path, columns, rows):
    """A valid CSV file in one of the forms that a reader must accept: columns in any order, further
    columns, BOM, CRLF, everything quoted, line breaks inside quotes, no line end at the end."""
    columns = list(columns)
    if rng.random() < 0.5:
        rng.shuffle(columns)
    if rng.random() < 0.5:
        columns.insert(rng.randint(0, len(columns)), "备注")
        notes = ["", "一,二", 'said "no"', "two\nlines"]
        rows = [{**row, "备注": rng.choice(notes)} for row in rows]
    line_end = rng.choice(["\n", "\n", "\r\n"])
    quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    with open(path, "w", encoding=rng.choice(["utf-8", "utf-8", "utf-8-sig"]), newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator=line_end, quoting=quoting)
        writer.writeheader()
        writer.writerows(rows)
    if rng.random() < 0.2:
        with open(path, "rb+") as file:
            file.truncate(os.path.getsize(path) - len(line_end))


def write_case(policy, seed, n_claims, directory):
    os.makedirs(directory, exist_ok=True)
    case = Case(policy, seed, n_claims)
    write_nastily(case.rng, os.path.join(directory, "members.csv"), MEMBER_COLUMNS, case.members)
    write_nastily(case.rng, os.path.join(directory, "claims.csv"), CLAIM_COLUMNS, case.claims)


def write_flows(seed, n_years, directory):
    """County flows, and the opening pool and reserve in yuan as text: (pool, reserve).

    The pots are often too small for all, the counties' needs often equal, so that shares and
    ties are met; rates stand on and next to 0 and 3 %.
    """
    rng = random.Random(f"ledger/{seed}/{n_years}")
    os.makedirs(directory, exist_ok=True)
    counties = ["咸安", "b", "A", "a,b", "c", "d", "e"][:rng.randint(1, 7)]
    rows = []
    scale = rng.choice([10, 10000, 100000000])       # fen: tiny sums make every rounding visible
    for year in range(2022, 2022 + n_years):
        previous = None
        for county in counties:
            if rng.random() < 0.1:
                continue                             # a county may miss a year
            budget_income = rng.randint(scale // 2, scale * 2)
            budgeted = rng.randint(scale // 2, scale * 2) // 100 * 100 + 100
            expenditure = rng.choice([budgeted, budgeted * 103 // 100, budgeted * 103 // 100 + 1,
                                      budgeted - 1, budgeted + 1,
                                      rng.randint(scale // 2, scale * 3)])
            row = {
                "county": county, "year": str(year),
                "budget_income": fen_text(budget_income),
                "budget_expenditure": fen_text(budgeted),
                "income": fen_text(rng.randint(scale // 2, scale * 2)),
                "expenditure": fen_text(expenditure),
                "own_gap": rng.choice(["0", "0.00", fen_text(rng.randint(0, scale))]),
                "plan_fulfilled": rng.choice(["yes", "yes", "yes", "no"]),
                "prior_surplus": rng.choice(["0", "0.00", fen_text(rng.randint(0, scale))]),
            }
            if previous and rng.random() < 0.3:
                row = {**previous, "county": county}
            previous = row
            rows.append(row)
    if not rows:
        return write_flows(f"{seed}'", n_years, directory)
    if rng.random() < 0.3:
        rng.shuffle(rows)
    write_nastily(rng, os.path.join(directory, "flows.csv"), FLOW_COLUMNS, rows)
    pots = [0, 1, rng.randint(0, scale // 10 + 1), rng.randint(0, scale * 3)]
    return fen_text(rng.choice(pots)), fen_text(rng.choice(pots))


def main():
    parser = argparse.ArgumentParser(description="Random input for gongji and its slow twin.")
    parser.add_argument("policy", help="a policy id of policies.py, or ledger")
    parser.add_argument("seed")
    parser.add_argument("size", type=int, help="number of claims; for the ledger, of years")
    parser.add_argument("-o", "--output", required=True, help="directory to write to")
    arguments = parser.parse_args()
    if arguments.policy == "ledger":
        pool, reserve = write_flows(arguments.seed, arguments.size, arguments.output)
        print(f"--pool {pool} --reserve {reserve}")
    else:
        write_case(arguments.policy, arguments.seed, arguments.size, arguments.output)


if __name__ == "__main__":
    main()
