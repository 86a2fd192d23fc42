# SPDX-License-Identifier: GPL-3.0-or-later
"""The words in which a policy is written down for the slow twin.

A policy is data made of these words; the judge in twin.py knows the words and no policy by name.
Money is whole fen, a ratio is a Fraction, a date is a datetime.date. There are no floats.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

EMPLOYEE, FLEXIBLE, RETIREE = "employee", "flexible", "retiree"
IN_WORK = (EMPLOYEE, FLEXIBLE)

LEVEL1_AND_BELOW = ("village", "community", "level1")
LEVEL3_AND_ABOVE = ("level3", "provincial3a")
LEVEL2_AND_ABOVE = ("level2",) + LEVEL3_AND_ABOVE


def yuan(text):
    """An amount written in yuan, as whole fen; more than two decimals are refused."""
    fen = Fraction(str(text)) * 100
    if fen.denominator != 1:
        raise ValueError(f"{text} yuan is no whole number of fen")
    return int(fen)


def percent(text):
    """A percentage as an exact fraction: percent("2.15") is 215/10000."""
    return Fraction(str(text)) / 100


def round_half_up(x):
    """The nearest whole fen of a non-negative exact amount, halves upwards."""
    x = Fraction(x)
    return (2 * x.numerator + x.denominator) // (2 * x.denominator)


@dataclass(frozen=True)
class Situation:
    """What a rule may look at: one claim, or one account credit, on one day."""
    day: date
    status: str
    provider: str = ""
    channel: str = "institution"
    place: str = "local"
    inpatient_qualified: bool = True
    sector: str = "enterprise"
    age: int = 0


@dataclass(frozen=True)
class Row:
    """One line of a table: a value and the conditions under which it holds (None: whatever)."""
    value: object
    providers: tuple = None
    statuses: tuple = None
    channels: tuple = None
    places: tuple = None
    sector: str = None
    inpatient_qualified: bool = None
    age_below: int = None
    since: date = None   # this day included
    until: date = None   # this day included

    def holds(self, s):
        return ((self.providers is None or s.provider in self.providers)
                and (self.statuses is None or s.status in self.statuses)
                and (self.channels is None or s.channel in self.channels)
                and (self.places is None or s.place in self.places)
                and (self.sector is None or s.sector == self.sector)
                and (self.inpatient_qualified is None
                     or s.inpatient_qualified == self.inpatient_qualified)
                and (self.age_below is None or s.age < self.age_below)
                and (self.since is None or s.day >= self.since)
                and (self.until is None or s.day <= self.until))


class Table:
    """Rows read from the top: the first that holds gives the value."""

    def __init__(self, *rows):
        self.rows = rows

    def value(self, situation):
        for row in self.rows:
            if row.holds(situation):
                return row.value
        raise LookupError(f"no row for {situation}")


def always(value):
    return Table(Row(value))


@dataclass(frozen=True)
class Deductible:
    """Eligible cost that the member bears before the fund pays.

    per: "visit" (a stay is one visit), or an amount that is borne once in a "month", a "year",
         a "drug_year" (each drug and year) or a "disease_year" (each disease and year).
    name: benefits that give the same name bear one amount together.
    counts: what fills the amount up: "borne" (the deductible actually borne) or "eligible" (all
         eligible cost, whoever bore it).
    """
    per: str
    amount: Table
    name: str = ""
    counts: str = "borne"


@dataclass(frozen=True)
class RatioBands:
    """Two ratios: the cost after the deductible up to `boundary` within the calendar year is paid
    at `lower`, what lies above it at `upper`. The two parts are added exactly and rounded once."""
    name: str
    boundary: Table
    lower: Table
    upper: Table


@dataclass(frozen=True)
class CapPool:
    """A limit that one or several benefits use up together.

    period: "year" (calendar) or "month".
    cap_on: "fund" (limits the pooled fund's payments) or "eligible_cost" (limits the eligible cost
         left after the deductible that the ratio is applied to).
    """
    limit: object                # a Table of fen, or a DiseaseStepLimit
    period: str = "year"
    cap_on: str = "fund"


@dataclass(frozen=True)
class DiseaseStepLimit:
    """A limit that grows with the number of different diseases a member is registered for."""
    first: int
    first_where: dict            # disease -> a higher first step where it is among the registered
    further: int
    at_most: int

    def value(self, diseases):
        first = max([self.first] + [fen for name, fen in self.first_where.items()
                                    if name in diseases])
        return min(self.at_most, first + self.further * (len(diseases) - 1))


@dataclass(frozen=True)
class Overflow:
    """Where a cap cut a payment off, the eligible cost beyond it is paid once more, at this ratio
    and out of these pools, without a further deductible."""
    ratio: Table
    pools: tuple


@dataclass(frozen=True)
class Benefit:
    """How the pooled fund pays one kind of claim."""
    ratio: object                            # a Table of Fractions, or RatioBands
    pools: tuple                             # the names of the caps it counts toward
    starts: date = None                      # None: on every date
    ends: date = None                        # last day; None: open
    qualified: Table = always(True)          # may this provider and channel be paid
    place_paid: Table = always(True)         # is care at this place paid
    excluded_in_ltc: bool = False            # under LTC specialised care, both days included
    excluded_in_hospital: bool = False       # strictly between admission and discharge
    advance: Table = always(Fraction(0))
    deductible: Deductible = None
    overflow: Overflow = None
    counts_as_inpatient: bool = False        # its payments are the out.csv column fund_inpatient


@dataclass(frozen=True)
class ByDisease:
    """A benefit whose rules depend on the disease, which the member must be registered for."""
    registered_as: str                       # "chronic" or "special", a column of members.csv
    rules: dict = field(default_factory=dict)  # disease -> Benefit
    other: Benefit = None                    # any disease not named


# What is credited to an account on the first of a month.

@dataclass(frozen=True)
class ShareOfBase:
    share: Fraction


@dataclass(frozen=True)
class FixedAmount:
    fen: int


@dataclass(frozen=True)
class AmountTimesAge:
    fen: int


@dataclass(frozen=True)
class ShareOfPension:
    share: Fraction
    average_pension: int


NO_CREDIT = FixedAmount(0)
OWN_SHARE = percent(2)                       # the member's own money, wherever the base is credited


@dataclass(frozen=True)
class Policy:
    benefits: dict                           # benefit word -> Benefit or ByDisease; absent: not covered
    pools: dict                              # name -> CapPool
    credits: Table                           # of the kinds of credit above
    retiree_credit_from: str                 # "same_month" or "month_after" the retirement
    family_from: date = None                 # family sharing, None: never
    family_until: date = None                # last day, None: open
    visits_join_stay_from: date = None       # visits that turned into an admission; None: never
    visits_join_stay_until: date = None
