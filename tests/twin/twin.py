#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The slow twin: claims and county flows judged once more, written for reading, not for speed.

    twin.py adjudicate POLICY --claims claims.csv --members members.csv [-o out.csv] [--accounts accounts.csv]
    twin.py ledger --flows flows.csv [--pool X] [--reserve Y] [-o out.csv]

It shares no code and no policy data with the program that it checks. It expects valid input and
stops with a traceback at anything else. Money is whole fen, ratios are exact fractions.
"""

import argparse
import csv
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from policies import POLICIES
from vocabulary import (
    FLEXIBLE, OWN_SHARE, RETIREE, AmountTimesAge, ByDisease, DiseaseStepLimit, FixedAmount,
    RatioBands, ShareOfBase, ShareOfPension, Situation, percent, round_half_up, yuan)


# --- Reading and writing ---

def yuan_text(fen):
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def optional_date(text):
    return date.fromisoformat(text) if text else None


def read_rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, columns, rows):
    def write(file):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)

    if path is None:
        write(sys.stdout)
    else:
        with open(path, "w", encoding="utf-8", newline="") as file:
            write(file)


# --- Members ---

@dataclass
class Member:
    person_id: str
    birth_date: date
    first_status: str
    retired_on: date
    sector_column: str
    insured_from: date
    insured_to: date
    base: int
    balance: int
    household: str
    arrears: frozenset       # of (year, month)
    registered: dict         # "chronic" and "special" -> frozenset of diseases; a name twice is one disease
    ltc_from: date
    ltc_to: date

    def is_retired_on(self, day):
        return self.first_status == RETIREE or (self.retired_on is not None
                                                and self.retired_on <= day)

    def status_on(self, day):
        return RETIREE if self.is_retired_on(day) else self.first_status

    @property
    def sector(self):
        # Who was a flexible member retires as an enterprise's, whatever the column says.
        return "enterprise" if self.first_status == FLEXIBLE else self.sector_column

    def is_insured_on(self, day):
        """Inside the insured time, both days included, and the month's contributions are paid."""
        return ((self.insured_from is None or self.insured_from <= day)
                and (self.insured_to is None or day <= self.insured_to)
                and (day.year, day.month) not in self.arrears)

    def age_on(self, day):
        # Born on 29 February: (2, 28) is before (2, 29), so a common year's birthday is 1 March.
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if had_birthday else 1)

    def is_in_ltc_on(self, day):
        return self.ltc_from is not None and self.ltc_from <= day <= self.ltc_to


def words(text):
    return frozenset(word for word in text.split(";") if word)


def read_members(path):
    members = {}
    for row in read_rows(path):
        members[row["person_id"]] = Member(
            person_id=row["person_id"],
            birth_date=date.fromisoformat(row["birth_date"]),
            first_status=row["status"],
            retired_on=optional_date(row["retired_on"]),
            sector_column=row["sector"] or "enterprise",
            insured_from=optional_date(row["insured_from"]),
            insured_to=optional_date(row["insured_to"]),
            base=yuan(row["base"] or "0"),
            balance=yuan(row["balance"] or "0"),
            household=row["household"],
            arrears=frozenset((int(month[:4]), int(month[5:])) for month in words(row["arrears"])),
            registered={"chronic": words(row["chronic"]), "special": words(row["special"])},
            ltc_from=optional_date(row["ltc_from"]),
            ltc_to=optional_date(row["ltc_to"]))
    return members


# --- Claims ---

@dataclass
class Claim:
    claim_id: str
    person_id: str
    admitted: date           # the column `date`
    settled: date            # the day that rules, status, caps and accounts look at
    benefit: str
    provider: str
    channel: str
    inpatient_qualified: bool
    designated: bool
    place: str
    cost: int
    eligible: int
    disease: str
    drug: str
    admission: str


@dataclass
class Split:
    """Who pays one claim, and why the fund paid nothing where it paid nothing."""
    advance: int = 0
    deductible: int = 0
    fund: int = 0
    fund_inpatient: int = 0
    account: int = 0
    family_account: int = 0
    cash: int = 0
    reason: str = ""


def read_claims(path):
    claims = []
    for row in read_rows(path):
        day = date.fromisoformat(row["date"])
        inpatient = row["benefit"] == "inpatient"
        claims.append(Claim(
            claim_id=row["claim_id"],
            person_id=row["person_id"],
            admitted=day,
            settled=date.fromisoformat(row["end_date"]) if inpatient else day,
            benefit=row["benefit"],
            provider=row["provider"],
            channel=row["channel"] or "institution",
            inpatient_qualified=row["inpatient_qualified"] != "no",
            designated=row["designated"] != "no",
            place=row["place"] or "local",
            cost=yuan(row["cost"]),
            eligible=yuan(row["eligible"]),
            disease=row["disease"],
            drug=row["drug"],
            admission=row["admission"]))
    return claims


# --- Accounts ---

def months_of_years(first_year, last_year):
    return [(year, month) for year in range(first_year, last_year + 1) for month in range(1, 13)]


def status_for_credit(policy, member, first_day):
    """The status that the credit of the month beginning on first_day is computed for."""
    if policy.retiree_credit_from == "same_month":
        # Retired at any time of the month is retired for the month.
        next_month = (first_day + timedelta(days=31)).replace(day=1)
        return member.status_on(next_month - timedelta(days=1))
    # The month after: whoever retires on the first was still at work the day before.
    return member.status_on(first_day - timedelta(days=1))


def credit_of_month(policy, member, first_day):
    """Status, credit and the fund's part of the credit for one member and month."""
    status = status_for_credit(policy, member, first_day)
    if not member.is_insured_on(first_day):
        return status, 0, 0
    kind = policy.credits.value(Situation(
        day=first_day, status=status, sector=member.sector, age=member.age_on(first_day)))
    if isinstance(kind, ShareOfBase):
        credit = round_half_up(member.base * kind.share)
        return status, credit, credit - round_half_up(member.base * OWN_SHARE)
    if isinstance(kind, FixedAmount):
        credit = kind.fen
    elif isinstance(kind, AmountTimesAge):
        credit = kind.fen * member.age_on(first_day)
    elif isinstance(kind, ShareOfPension):
        credit = round_half_up(kind.average_pension * kind.share)
    return status, credit, credit


class Accounts:
    """Everybody's account, month by month; credits fall on the first day of the month."""

    def __init__(self, policy, members, first_year, last_year):
        self.members = members
        self.months = months_of_years(first_year, last_year)
        self.balance = {person: member.balance for person, member in members.items()}
        self.paid = defaultdict(int)                 # (person, month) -> fen
        self.credits = {}                            # (person, month) -> (status, credit, from_pool)
        self.balance_at_end = {}                     # (person, month) -> fen
        for person, member in members.items():
            for year, month in self.months:
                self.credits[person, (year, month)] = credit_of_month(
                    policy, member, date(year, month, 1))
        self.open_months = 0                         # how many months have had their credit

    def advance_to(self, month):
        """Closes every month before this one and credits everything up to and including it."""
        while self.open_months < len(self.months) and self.months[self.open_months] <= month:
            self._close_last_month()
            for person in self.members:
                self.balance[person] += self.credits[person, self.months[self.open_months]][1]
            self.open_months += 1

    def _close_last_month(self):
        if self.open_months > 0:
            for person in self.members:
                self.balance_at_end[person, self.months[self.open_months - 1]] = self.balance[person]

    def close(self):
        self.advance_to(self.months[-1])
        self._close_last_month()

    def pay(self, person, bill, month):
        """Pays as much of the bill as the balance allows."""
        amount = min(bill, self.balance[person])
        self.balance[person] -= amount
        self.paid[person, month] += amount
        return amount

    def rows(self):
        for person in self.members:
            for month in self.months:
                status, credit, from_pool = self.credits[person, month]
                yield [person, f"{month[0]:04d}-{month[1]:02d}", status, yuan_text(credit),
                       yuan_text(from_pool), yuan_text(self.paid[person, month]),
                       yuan_text(self.balance_at_end[person, month])]


# --- The judge ---

def in_period(day, first, last):
    return (first is None or first <= day) and (last is None or day <= last)


def period_of(per, day):
    return (day.year, day.month) if per == "month" else day.year


@dataclass
class YearToDate:
    """What earlier claims have used up; every key begins with the person."""
    deductible: dict = field(default_factory=lambda: defaultdict(int))
    pool: dict = field(default_factory=lambda: defaultdict(int))
    band: dict = field(default_factory=lambda: defaultdict(int))


class Judge:
    def __init__(self, policy, members, claims):
        self.policy = policy
        self.members = members
        self.claims = claims
        self.used = YearToDate()
        years = [claim.settled.year for claim in claims]
        self.accounts = Accounts(policy, members, min(years), max(years))
        self.stays = defaultdict(list)               # person -> (admission, discharge), paid or not
        for claim in claims:
            if claim.benefit == "inpatient":
                self.stays[claim.person_id].append((claim.admitted, claim.settled))
        self.households = defaultdict(list)          # household -> person ids in order
        for person, member in members.items():
            if member.household:
                self.households[member.household].append(person)
        for persons in self.households.values():
            persons.sort()                           # code points sort as their UTF-8 bytes do
        self.joined = defaultdict(list)              # claim id of a stay -> the visits that join it
        for claim in claims:
            if self.joins_stay(claim):
                self.joined[claim.admission].append(claim)

    def joins_stay(self, claim):
        policy = self.policy
        return (claim.admission != "" and claim.benefit in ("outpatient", "emergency")
                and policy.visits_join_stay_from is not None
                and in_period(claim.settled, policy.visits_join_stay_from,
                              policy.visits_join_stay_until))

    def judge_all(self):
        """One Split for each claim, in the order of the claims."""
        splits = [None] * len(self.claims)
        # By day of settlement; the sort is stable, so within a day the order of the file stays.
        for index in sorted(range(len(self.claims)), key=lambda i: self.claims[i].settled):
            splits[index] = self.judge(self.claims[index])
        self.accounts.close()
        return splits

    def judge(self, claim):
        if self.joins_stay(claim):
            return Split(reason="merged")
        visits = self.joined[claim.claim_id]
        cost = claim.cost + sum(visit.cost for visit in visits)
        eligible = claim.eligible + sum(visit.eligible for visit in visits)
        benefit = self.find_benefit(claim)
        reason = self.why_not_entitled(claim, benefit)
        if reason:
            split = Split(reason=reason)
        else:
            split = self.fund_side(claim, eligible, benefit)
        self.member_side(claim, cost, split)
        return split

    def find_benefit(self, claim):
        """The rules for this claim, or None where the policy has none."""
        benefit = self.policy.benefits.get(claim.benefit)
        if isinstance(benefit, ByDisease):
            registered = self.members[claim.person_id].registered[benefit.registered_as]
            if claim.disease not in registered:
                return None
            return benefit.rules.get(claim.disease, benefit.other)
        return benefit

    def situation(self, claim):
        member = self.members[claim.person_id]
        return Situation(day=claim.settled, status=member.status_on(claim.settled),
                         provider=claim.provider, channel=claim.channel, place=claim.place,
                         inpatient_qualified=claim.inpatient_qualified, sector=member.sector,
                         age=member.age_on(claim.settled))

    def why_not_entitled(self, claim, benefit):
        """The first reason why the fund does not look at the claim at all, or ""."""
        member = self.members[claim.person_id]
        day = claim.settled
        if benefit is None:
            return "not_covered"
        if not in_period(day, benefit.starts, benefit.ends):
            return "not_in_force"
        if not member.is_insured_on(day):
            return "not_insured"
        if not claim.designated:
            return "not_designated"
        situation = self.situation(claim)
        if not benefit.qualified.value(situation):
            return "not_qualified"
        if benefit.excluded_in_ltc and member.is_in_ltc_on(day):
            return "ltc"
        if benefit.excluded_in_hospital and any(
                admitted < day < discharged
                for admitted, discharged in self.stays[claim.person_id]):
            return "in_hospital"
        if not benefit.place_paid.value(situation):
            return "place"
        return ""

    def fund_side(self, claim, eligible, benefit):
        """What the pooled fund pays of an entitled claim, step by step."""
        situation = self.situation(claim)
        split = Split()
        split.advance = round_half_up(eligible * benefit.advance.value(situation))
        after_advance = eligible - split.advance
        split.deductible = self.bear_deductible(claim, after_advance, benefit, situation)
        after_deductible = after_advance - split.deductible

        due = self.payment(claim, after_deductible, benefit, situation)
        if due == 0:
            split.reason = "below_deductible"
            return split

        # Caps on eligible cost limit what the ratio is applied to, the others the payment itself.
        pools_on_cost, pools_on_fund = self.split_pools(benefit.pools)
        coverable = min([after_deductible]
                        + [self.left_in_pool(claim, name, situation) for name in pools_on_cost])
        payable = self.payment(claim, coverable, benefit, situation)
        paid = min([payable] + [self.left_in_pool(claim, name, situation) for name in pools_on_fund])
        for name in pools_on_cost:
            self.use_pool(claim, name, coverable)
        for name in pools_on_fund:
            self.use_pool(claim, name, paid)
        if isinstance(benefit.ratio, RatioBands):
            self.used.band[claim.person_id, benefit.ratio.name, claim.settled.year] += coverable
        split.fund = paid
        if benefit.counts_as_inpatient:
            split.fund_inpatient = paid

        if benefit.overflow is not None and paid < due:
            # The cost that the paid part used up; the rest is paid out of the other pools.
            ratio = benefit.ratio.value(situation)
            used_up = coverable if paid == payable else round_half_up(Fraction(paid) / ratio)
            rest = after_deductible - used_up
            pools_on_cost, pools_on_fund = self.split_pools(benefit.overflow.pools)
            rest = min([rest] + [self.left_in_pool(claim, name, situation)
                                 for name in pools_on_cost])
            over = min([round_half_up(rest * benefit.overflow.ratio.value(situation))]
                       + [self.left_in_pool(claim, name, situation) for name in pools_on_fund])
            for name in pools_on_cost:
                self.use_pool(claim, name, rest)
            for name in pools_on_fund:
                self.use_pool(claim, name, over)
            split.fund += over
            split.fund_inpatient += over

        if split.fund == 0:
            split.reason = "cap_reached"
        return split

    def bear_deductible(self, claim, cost, benefit, situation):
        deductible = benefit.deductible
        if deductible is None:
            return 0
        amount = deductible.amount.value(situation)
        if deductible.per == "visit":
            return min(cost, amount)
        what = {"drug_year": claim.drug, "disease_year": claim.disease}.get(deductible.per, "")
        key = (claim.person_id, deductible.name, period_of(deductible.per, claim.settled), what)
        borne = min(cost, max(0, amount - self.used.deductible[key]))
        self.used.deductible[key] += borne if deductible.counts == "borne" else cost
        return borne

    def payment(self, claim, cost, benefit, situation):
        """The cost at the benefit's ratio, rounded."""
        ratio = benefit.ratio
        if isinstance(ratio, RatioBands):
            before = self.used.band[claim.person_id, ratio.name, claim.settled.year]
            low = min(cost, max(0, ratio.boundary.value(situation) - before))
            return round_half_up(low * ratio.lower.value(situation)
                                 + (cost - low) * ratio.upper.value(situation))
        return round_half_up(cost * ratio.value(situation))

    def split_pools(self, names):
        """Those that limit eligible cost, and those that limit the fund's payments."""
        on_cost = [name for name in names if self.policy.pools[name].cap_on == "eligible_cost"]
        return on_cost, [name for name in names if name not in on_cost]

    def left_in_pool(self, claim, name, situation):
        limit = self.policy.pools[name].limit
        if isinstance(limit, DiseaseStepLimit):
            limit_now = limit.value(self.members[claim.person_id].registered["chronic"])
        else:
            limit_now = limit.value(situation)
        # A limit may sink with a change of status or year below what was already paid.
        return max(0, limit_now - self.used.pool[self.pool_key(claim, name)])

    def pool_key(self, claim, name):
        return claim.person_id, name, period_of(self.policy.pools[name].period, claim.settled)

    def use_pool(self, claim, name, amount):
        self.used.pool[self.pool_key(claim, name)] += amount

    def member_side(self, claim, cost, split):
        """The member's burden: own account, then the household's, then cash."""
        burden = cost - split.fund
        month = (claim.settled.year, claim.settled.month)
        self.accounts.advance_to(month)
        if claim.designated:
            split.account = self.accounts.pay(claim.person_id, burden, month)
            policy = self.policy
            if policy.family_from is not None and in_period(
                    claim.settled, policy.family_from, policy.family_until):
                household = self.members[claim.person_id].household
                for person in self.households.get(household, []):
                    if person != claim.person_id:
                        split.family_account += self.accounts.pay(
                            person, burden - split.account - split.family_account, month)
        split.cash = burden - split.account - split.family_account


OUT_COLUMNS = ["claim_id", "person_id", "date", "cost", "eligible", "advance", "deductible", "fund",
               "fund_inpatient", "account", "family_account", "cash", "reason"]
ACCOUNT_COLUMNS = ["person_id", "month", "status", "credit", "from_pool", "paid", "balance"]


def adjudicate(policy, members, claims):
    """The rows of out.csv and accounts.csv."""
    judge = Judge(policy, members, claims)
    out_rows = []
    for claim, split in zip(claims, judge.judge_all()):
        money = [claim.cost, claim.eligible, split.advance, split.deductible, split.fund,
                 split.fund_inpatient, split.account, split.family_account, split.cash]
        out_rows.append([claim.claim_id, claim.person_id, claim.admitted.isoformat()]
                        + [yuan_text(fen) for fen in money] + [split.reason])
    return out_rows, list(judge.accounts.rows())


# --- The ledger: county books, gaps and risk (Xianning, first measure, IV.3) ---

RESERVE_SHARE = percent(5)           # IV.3.4 (3)
CITY_BUDGET_SHARE = percent(5)       # IV.3.4 (4)
ALERT_RATE = percent(3)              # IV.3.3

LEDGER_COLUMNS = ["county", "year", "reserve_contribution", "balance", "gap", "by_county_own",
                  "by_prior_surplus", "by_pool", "by_reserve", "by_city_budget", "by_county_budget",
                  "risk_rate", "alert", "pool_end", "reserve_end"]
LEDGER_MONEY = LEDGER_COLUMNS[2:11]


def share_out(pot, lacks):
    """How a pot serves several lacks: in full where it can, else in proportion, to the fen by
    largest remainder; ties go to the one that stands first."""
    total = sum(lacks)
    if total <= pot:
        return list(lacks)
    shares = [pot * lack // total for lack in lacks]
    by_remainder = sorted(range(len(lacks)), key=lambda i: -(pot * lacks[i] % total))
    for i in by_remainder[:pot - sum(shares)]:
        shares[i] += 1
    return shares


def rate_text(rate):
    """Six decimals, half up in magnitude, no minus before zero."""
    millionths = round_half_up(abs(rate) * 1000000)
    sign = "-" if rate < 0 and millionths > 0 else ""
    return f"{sign}{millionths // 1000000}.{millionths % 1000000:06d}"


def alert_for(rate):
    if rate <= 0:
        return "none"
    return "county_analysis" if rate <= ALERT_RATE else "government_report"


def ledger(flows, pool, reserve):
    """The rows of the ledger's out.csv."""
    out_rows = []
    prior_surplus = {}                               # county -> what is left from before pooling
    for year in sorted({int(flow["year"]) for flow in flows}):
        counties = [flow for flow in flows if int(flow["year"]) == year]
        books = []
        for flow in counties:
            # A county brings its prior surplus in its first year; later columns are passed over.
            prior_surplus.setdefault(flow["county"], yuan(flow["prior_surplus"] or "0"))
            contribution = round_half_up(yuan(flow["budget_income"]) * RESERVE_SHARE)
            balance = yuan(flow["income"]) - yuan(flow["expenditure"]) - contribution
            books.append({"reserve_contribution": contribution, "balance": balance,
                          "gap": max(0, -balance)})
        reserve += sum(book["reserve_contribution"] for book in books)

        for flow, book in zip(counties, books):
            if flow["plan_fulfilled"] == "yes":
                book["by_county_own"] = min(book["gap"], yuan(flow["own_gap"] or "0"))
                rest = book["gap"] - book["by_county_own"]
                book["by_prior_surplus"] = min(rest, prior_surplus[flow["county"]])
                prior_surplus[flow["county"]] -= book["by_prior_surplus"]
            else:
                book["by_county_own"] = book["gap"]
                book["by_prior_surplus"] = 0
            book["lack"] = book["gap"] - book["by_county_own"] - book["by_prior_surplus"]

        # This year's surpluses join the pool only after it has served this year's lacks.
        for book, share in zip(books, share_out(pool, [book["lack"] for book in books])):
            book["by_pool"] = share
            book["lack"] -= share
        pool += sum(max(0, book["balance"]) - book["by_pool"] for book in books)

        for book, share in zip(books, share_out(reserve, [book["lack"] for book in books])):
            book["by_reserve"] = share
            book["lack"] -= share
            book["by_city_budget"] = round_half_up(book["lack"] * CITY_BUDGET_SHARE)
            book["by_county_budget"] = book["lack"] - book["by_city_budget"]
        reserve -= sum(book["by_reserve"] for book in books)

        for flow, book in zip(counties, books):
            budgeted = yuan(flow["budget_expenditure"])
            rate = Fraction(yuan(flow["expenditure"]) - budgeted, budgeted)
            out_rows.append([flow["county"], str(year)]
                            + [yuan_text(book[name]) for name in LEDGER_MONEY]
                            + [rate_text(rate), alert_for(rate), "", ""])
        budgeted = sum(yuan(flow["budget_expenditure"]) for flow in counties)
        spent = sum(yuan(flow["expenditure"]) for flow in counties)
        out_rows.append(["*", str(year)]
                        + [yuan_text(sum(book[name] for book in books)) for name in LEDGER_MONEY]
                        + [rate_text(Fraction(spent - budgeted, budgeted)), "none",
                           yuan_text(pool), yuan_text(reserve)])
    return out_rows


# --- The command line ---

def main():
    parser = argparse.ArgumentParser(description="The slow twin of gongji.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("adjudicate")
    command.add_argument("policy", choices=sorted(POLICIES))
    command.add_argument("--claims", required=True)
    command.add_argument("--members", required=True)
    command.add_argument("-o", "--output")
    command.add_argument("--accounts")
    command = commands.add_parser("ledger")
    command.add_argument("--flows", required=True)
    command.add_argument("--pool", default="0")
    command.add_argument("--reserve", default="0")
    command.add_argument("-o", "--output")
    arguments = parser.parse_args()

    if arguments.command == "adjudicate":
        out_rows, account_rows = adjudicate(POLICIES[arguments.policy],
                                            read_members(arguments.members),
                                            read_claims(arguments.claims))
        write_rows(arguments.output, OUT_COLUMNS, out_rows)
        if arguments.accounts:
            write_rows(arguments.accounts, ACCOUNT_COLUMNS, account_rows)
    else:
        rows = ledger(read_rows(arguments.flows), yuan(arguments.pool), yuan(arguments.reserve))
        write_rows(arguments.output, LEDGER_COLUMNS, rows)


if __name__ == "__main__":
    main()
