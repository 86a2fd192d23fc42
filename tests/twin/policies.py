# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies of the slow twin, copied by hand from the documents, with the article beside each figure.

They are deliberately not read from the scenario files of the program: a figure that was mistyped
there shows up as a difference. "Reading" marks what a text leaves open; "assumption" a figure that
no document prints.
"""

from dataclasses import replace
from datetime import date

from vocabulary import (
    EMPLOYEE, FLEXIBLE, IN_WORK, LEVEL1_AND_BELOW, LEVEL2_AND_ABOVE, LEVEL3_AND_ABOVE, NO_CREDIT,
    RETIREE, AmountTimesAge, Benefit, ByDisease, CapPool, Deductible, DiseaseStepLimit,
    FixedAmount, Overflow, Policy, RatioBands, Row, ShareOfBase, ShareOfPension, Table, always,
    percent, yuan)

OUTPATIENT_AND_RESCUE = ("outpatient", "emergency")


def ratio_by_level(level1, level2, level3, retiree_bonus):
    """Percentages by level 1 and below, level 2, level 3; retirees get a fixed number of points more."""
    rows = []
    for providers, employee in ((LEVEL1_AND_BELOW, level1), (("level2",), level2),
                                (LEVEL3_AND_ABOVE, level3)):
        rows.append(Row(percent(employee), providers=providers, statuses=IN_WORK))
        rows.append(Row(percent(employee + retiree_bonus), providers=providers,
                        statuses=(RETIREE,)))
    return Table(*rows)


def amount_by_level(level1, level2, level3):
    return Table(Row(yuan(level1), providers=LEVEL1_AND_BELOW),
                 Row(yuan(level2), providers=("level2",)),
                 Row(yuan(level3), providers=LEVEL3_AND_ABOVE))


def amount_by_status(in_work, retiree):
    return Table(Row(yuan(in_work), statuses=IN_WORK), Row(yuan(retiree), statuses=(RETIREE,)))


# --- Inpatient: no document fixes it, the values are assumptions; in force on every date. ---

INPATIENT_RATIO = ratio_by_level(92, 88, 85, retiree_bonus=3)

INPATIENT = Benefit(
    deductible=Deductible("visit", amount_by_level(200, 400, 600)),
    ratio=INPATIENT_RATIO,
    pools=("inpatient",),
    counts_as_inpatient=True)

INPATIENT_CAP = CapPool(always(yuan(150000)))


def credits_before_the_start(last_day, enterprise_pension, public_pension):
    """Typical rates before a reform (assumption): 3.0 % of the base, of which 2 % the member's own;
    retirees 4.3 % of their sector's average pension."""
    return [
        Row(ShareOfBase(percent("3.0")), statuses=IN_WORK, until=last_day),
        Row(ShareOfPension(percent("4.3"), yuan(enterprise_pension)), statuses=(RETIREE,),
            sector="enterprise", until=last_day),
        Row(ShareOfPension(percent("4.3"), yuan(public_pension)), statuses=(RETIREE,),
            sector="public", until=last_day)]


# --- Yantai, 烟政办发〔2022〕17号 ---

YANTAI_START = date(2022, 7, 1)                                   # II (1): from July 2022

YANTAI_OUTPATIENT = Benefit(
    starts=YANTAI_START,
    # The text names medical institutions only.
    qualified=Table(Row(False, channels=("pharmacy", "internet")), Row(True)),
    # II (1) 6: not while in hospital or under LTC specialised care (医疗专护).
    excluded_in_hospital=True,
    excluded_in_ltc=True,
    # II (1) 4: 10 % first when temporarily elsewhere; referred the same (reading).
    advance=Table(Row(percent(10), places=("referred", "temporary")), Row(percent(0))),
    # II (1) 1: 500 at level 1 and below, 800 at level 2 and above, a year, pooled.
    deductible=Deductible("year", amount_by_level(500, 800, 800), name="outpatient"),
    # II (1) 2: 70 / 60 / 50 %, retirees 5 points more.
    ratio=ratio_by_level(70, 60, 50, retiree_bonus=5),
    pools=("outpatient",))

# Before the document: 2.3 / 2.7 / 3.4 % by age, implied by the halving of the employer's part in II (2) 1.
YANTAI_CREDITS_BEFORE_2022_END = [
    Row(ShareOfBase(percent("2.3")), statuses=(EMPLOYEE,), age_below=35),
    Row(ShareOfBase(percent("2.7")), statuses=(EMPLOYEE,), age_below=45),
    Row(ShareOfBase(percent("3.4")), statuses=(EMPLOYEE,))]

# II (2) 1: flexible members have no account before they retire.
YANTAI_FLEXIBLE_CREDIT = Row(NO_CREDIT, statuses=(FLEXIBLE,))

# II (2) 1: until the end of 2023 age x 1.5 yuan.
YANTAI_RETIREE_CREDIT_BY_AGE = Row(AmountTimesAge(yuan("1.5")), statuses=(RETIREE,))

YANTAI_PENSION_2023 = yuan(4600)                                  # assumption: mean of both sectors

YANTAI_CREDITS = Table(
    YANTAI_FLEXIBLE_CREDIT,
    # "End of 2022" is 31 December, so that January 2023 is the first month credited so (reading).
    *[replace(row, until=date(2022, 12, 30)) for row in YANTAI_CREDITS_BEFORE_2022_END],
    # II (2) 1: from the end of 2022 2.15 / 2.35 / 2.7 % by age.
    Row(ShareOfBase(percent("2.15")), statuses=(EMPLOYEE,), age_below=35, until=date(2023, 12, 31)),
    Row(ShareOfBase(percent("2.35")), statuses=(EMPLOYEE,), age_below=45, until=date(2023, 12, 31)),
    Row(ShareOfBase(percent("2.7")), statuses=(EMPLOYEE,), until=date(2023, 12, 31)),
    # II (2) 1: from January 2024 2 %.
    Row(ShareOfBase(percent(2)), statuses=(EMPLOYEE,)),
    replace(YANTAI_RETIREE_CREDIT_BY_AGE, until=date(2023, 12, 31)),
    # II (2) 1: from 2024 2 % of the mean pension of 2023 below 70, 2.5 % from 70 on, frozen.
    Row(ShareOfPension(percent(2), YANTAI_PENSION_2023), statuses=(RETIREE,), age_below=70),
    Row(ShareOfPension(percent("2.5"), YANTAI_PENSION_2023), statuses=(RETIREE,)))

YANTAI = Policy(
    benefits={
        "outpatient": YANTAI_OUTPATIENT,
        "emergency": YANTAI_OUTPATIENT,                           # rescue as outpatient (reading)
        "inpatient": INPATIENT,
        # II (3): day surgery and day wards by the inpatient rules; deductible in full (reading).
        "day_surgery": replace(INPATIENT, starts=YANTAI_START)},
    pools={
        # II (1) 3: 1,800 a year; 900 in 2022.
        "outpatient": CapPool(Table(Row(yuan(900), until=date(2022, 12, 31)), Row(yuan(1800)))),
        "inpatient": INPATIENT_CAP},
    credits=YANTAI_CREDITS,
    retiree_credit_from="same_month",                             # II (2) 1: from that very month
    family_from=YANTAI_START)                                     # II (2) 2

YANTAI_PRE_REFORM = Policy(
    benefits={"inpatient": INPATIENT},
    pools={"inpatient": INPATIENT_CAP},
    credits=Table(YANTAI_FLEXIBLE_CREDIT, *YANTAI_CREDITS_BEFORE_2022_END,
                  YANTAI_RETIREE_CREDIT_BY_AGE),
    retiree_credit_from="same_month")

# A draft: deductible 200 / 400 / 600, ratios 80 / 70 / 60 % (+5), cap 5,000 / 6,000 from the first day on.
YANTAI_2025_OUTPATIENT = replace(
    YANTAI_OUTPATIENT,
    deductible=Deductible("year", amount_by_level(200, 400, 600), name="outpatient"),
    ratio=ratio_by_level(80, 70, 60, retiree_bonus=5))

YANTAI_2025_DRAFT = replace(
    YANTAI,
    benefits={**YANTAI.benefits, **dict.fromkeys(OUTPATIENT_AND_RESCUE, YANTAI_2025_OUTPATIENT)},
    pools={**YANTAI.pools, "outpatient": CapPool(amount_by_status(5000, 6000))})


# --- Xianning, 咸政办发〔2022〕42号, 门诊共济保障机制实施细则 ---

XIANNING_START = date(2023, 1, 1)                                 # art. 36
XIANNING_END = date(2027, 12, 31)                                 # art. 36: five years

XIANNING_OUTPATIENT = Benefit(
    starts=XIANNING_START, ends=XIANNING_END,
    # art. 17-19: pharmacies and internet are paid as the institution behind them: no condition here.
    # art. 8 (1): 400 a year, retirees 200.
    deductible=Deductible("year", amount_by_status(400, 200), name="outpatient"),
    # art. 8 (2): 80 / 65 / 50 %, retirees 90 / 75 / 60 %; art. 8 (2), 25: elsewhere as level 3.
    ratio=Table(
        Row(percent(50), places=("settled", "referred", "temporary"), statuses=IN_WORK),
        Row(percent(60), places=("settled", "referred", "temporary"), statuses=(RETIREE,)),
        *ratio_by_level(80, 65, 50, retiree_bonus=10).rows),
    # art. 15: a cap of its own, and counted into the fund's overall one.
    pools=("outpatient", "inpatient"))

XIANNING = Policy(
    benefits={"outpatient": XIANNING_OUTPATIENT, "emergency": XIANNING_OUTPATIENT,   # art. 5
              "inpatient": INPATIENT},
    pools={"outpatient": CapPool(amount_by_status(2000, 3500)),   # art. 8 (3)
           "inpatient": INPATIENT_CAP},
    credits=Table(
        *credits_before_the_start(date(2022, 12, 31), 2800, 2800),
        Row(ShareOfBase(percent(2)), statuses=IN_WORK),           # art. 11
        Row(FixedAmount(yuan(70)), statuses=(RETIREE,))),         # art. 11: 840 a year, by months (reading)
    retiree_credit_from="month_after",                            # art. 12
    family_from=XIANNING_START, family_until=XIANNING_END,        # art. 13
    visits_join_stay_from=XIANNING_START, visits_join_stay_until=XIANNING_END)       # art. 23

# A draft: retirees get 2.5 % of the average pension (assumption: 2,800) instead of the fixed 70.
XIANNING_ACCOUNT_DRAFT = replace(
    XIANNING,
    credits=Table(
        *credits_before_the_start(date(2022, 12, 31), 2800, 2800),
        Row(ShareOfBase(percent(2)), statuses=IN_WORK),
        Row(ShareOfPension(percent("2.5"), yuan(2800)), statuses=(RETIREE,))))


# --- A city of Henan, draft for comment, after 豫政办〔2022〕15号 (drafting note, chapters 2 and 3) ---

HENAN_START = date(2022, 7, 1)                                    # "by the end of June 2022" (reading)

HENAN_OUTPATIENT = Benefit(
    starts=HENAN_START,
    # Chapter 3: institutions that may admit patients, township and community health centres.
    qualified=Table(Row(False, channels=("pharmacy", "internet")),
                    Row(True, providers=("community",)),
                    Row(False, providers=("village",)),
                    Row(True, inpatient_qualified=True),
                    Row(False)),
    # Chapter 3: 40 a visit, none at township and community health centres.
    deductible=Deductible("visit", Table(Row(0, providers=("community",)), Row(yuan(40)))),
    # Chapter 3: provincial 3A 55 %, township and community 70 %, the others 60 %; retirees 10 points more.
    ratio=Table(Row(percent(55), providers=("provincial3a",), statuses=IN_WORK),
                Row(percent(65), providers=("provincial3a",), statuses=(RETIREE,)),
                Row(percent(70), providers=("community",), statuses=IN_WORK),
                Row(percent(80), providers=("community",), statuses=(RETIREE,)),
                Row(percent(60), statuses=IN_WORK),
                Row(percent(70), statuses=(RETIREE,))),
    # Chapter 3: not counted into the fund's overall cap.
    pools=("outpatient",))

HENAN = Policy(
    benefits={"outpatient": HENAN_OUTPATIENT, "emergency": HENAN_OUTPATIENT, "inpatient": INPATIENT},
    pools={
        # Chapter 3: 1,500 and 2,000 a year; half of it in the year of the start.
        "outpatient": CapPool(Table(
            Row(yuan(750), statuses=IN_WORK, until=date(2022, 12, 31)),
            Row(yuan(1000), statuses=(RETIREE,), until=date(2022, 12, 31)),
            Row(yuan(1500), statuses=IN_WORK),
            Row(yuan(2000), statuses=(RETIREE,)))),
        "inpatient": INPATIENT_CAP},
    credits=Table(
        *credits_before_the_start(date(2022, 6, 30), 2800, 5300),
        Row(ShareOfBase(percent(2)), statuses=IN_WORK),           # chapter 2
        # Chapter 2: 2 % of the sector's average pension of 2021 (assumption: 2,800 and 5,300).
        Row(ShareOfPension(percent(2), yuan(2800)), statuses=(RETIREE,), sector="enterprise"),
        Row(ShareOfPension(percent(2), yuan(5300)), statuses=(RETIREE,), sector="public")),
    retiree_credit_from="month_after",                            # reading
    family_from=HENAN_START)                                      # reading


# --- Cangzhou, 沧政办发〔2021〕10号 ---

CANGZHOU_START = date(2022, 1, 1)                                 # art. 22

CANGZHOU_OUTPATIENT = Benefit(
    starts=CANGZHOU_START,
    # art. 15: level 2 and above; below it township and community health centres, psychiatric
    # institutions and pharmacies. art. 12: internet as the institution behind it.
    qualified=Table(Row(True, providers=LEVEL2_AND_ABOVE),
                    Row(True, providers=("community",)),
                    Row(True, channels=("psychiatric", "pharmacy")),
                    Row(False)),
    # art. 15, 16: away from home at level 2 and above only; a pharmacy is one of this city's.
    place_paid=Table(Row(True, places=("local",)),
                     Row(False, channels=("pharmacy",)),
                     Row(True, providers=LEVEL2_AND_ABOVE),
                     Row(False)),
    deductible=Deductible("year", always(yuan(100)), name="outpatient"),             # art. 10
    ratio=Table(Row(percent(50), statuses=IN_WORK),               # art. 10
                Row(percent(60), statuses=(RETIREE,))),
    pools=("outpatient", "inpatient"))                            # art. 10, 13

CANGZHOU_INPATIENT = replace(                                     # assumption
    INPATIENT,
    deductible=Deductible("visit", amount_by_level(200, 500, 800)))

CANGZHOU = Policy(
    benefits={"outpatient": CANGZHOU_OUTPATIENT, "emergency": CANGZHOU_OUTPATIENT,
              "inpatient": CANGZHOU_INPATIENT},
    pools={"outpatient": CapPool(amount_by_status(1200, 1500)),   # art. 10
           "inpatient": CapPool(always(yuan(200000)))},           # assumption
    credits=Table(
        *credits_before_the_start(date(2021, 12, 31), 2850, 5300),
        Row(ShareOfBase(percent(2)), statuses=IN_WORK),           # art. 4; flexible the same (reading)
        # art. 4: 2 % of the average pension of 2021 by sector (assumption: 2,850 and 5,300).
        Row(ShareOfPension(percent(2), yuan(2850)), statuses=(RETIREE,), sector="enterprise"),
        Row(ShareOfPension(percent(2), yuan(5300)), statuses=(RETIREE,), sector="public")),
    retiree_credit_from="month_after",                            # art. 7
    family_from=CANGZHOU_START)                                   # art. 5

CANGZHOU_CAP_3000 = replace(                                      # a draft
    CANGZHOU, pools={**CANGZHOU.pools, "outpatient": CapPool(always(yuan(3000)))})


# --- Qujing, 曲政办规〔2022〕8号 ---

QUJING_START = date(2022, 10, 1)                                  # art. 33

QUJING_OUTPATIENT = Benefit(
    starts=QUJING_START,
    # art. 25, 26: internet and pharmacies by the class behind them: no condition here.
    # art. 23: stationed elsewhere or referred as at home; temporarily elsewhere nothing (reading).
    place_paid=Table(Row(False, places=("temporary",)), Row(True)),
    deductible=Deductible("visit", amount_by_level(30, 60, 90)),  # art. 9
    ratio=ratio_by_level(60, 55, 50, retiree_bonus=5),            # art. 9
    pools=("outpatient",),                                        # art. 9: apart from the inpatient cap
    # art. 9: beyond the cap at the inpatient ratio, counted into the inpatient cap.
    overflow=Overflow(ratio=INPATIENT_RATIO, pools=("inpatient",)))

QUJING_CHRONIC = Benefit(                                         # art. 10: no deductible, 80 %
    starts=QUJING_START, ratio=always(percent(80)), pools=("chronic",))

QUJING_SPECIAL_AT_90 = Benefit(                                   # art. 11: renal failure, severe psychosis
    starts=QUJING_START, ratio=always(percent(90)), pools=("inpatient",), counts_as_inpatient=True)

QUJING_SPECIAL_AS_INPATIENT = Benefit(                            # art. 11: cancer, transplant, haemophilia
    starts=QUJING_START, ratio=INPATIENT_RATIO, pools=("inpatient",), counts_as_inpatient=True)

QUJING_SPECIAL_OTHER = replace(                                   # art. 11: 600 a year, one amount for all
    QUJING_SPECIAL_AS_INPATIENT,
    deductible=Deductible("year", always(yuan(600)), name="special"))

QUJING = Policy(
    benefits={
        "outpatient": QUJING_OUTPATIENT,
        "chronic": ByDisease("chronic", other=QUJING_CHRONIC),
        "special": ByDisease(
            "special",
            rules={"renal_failure": QUJING_SPECIAL_AT_90, "severe_psychosis": QUJING_SPECIAL_AT_90,
                   "cancer": QUJING_SPECIAL_AS_INPATIENT,
                   "transplant": QUJING_SPECIAL_AS_INPATIENT,
                   "haemophilia": QUJING_SPECIAL_AS_INPATIENT},
            other=QUJING_SPECIAL_OTHER),
        # art. 12: as inpatient, by class, each time.
        "emergency": replace(INPATIENT, starts=QUJING_START),
        # art. 13: 600 once for each drug and year, the prescribing institution's inpatient ratio.
        "negotiated_drug": replace(
            INPATIENT, starts=QUJING_START,
            deductible=Deductible("drug_year", always(yuan(600)), name="negotiated_drug")),
        # art. 14: half the inpatient deductible, apart from it.
        "day_surgery": replace(
            INPATIENT, starts=QUJING_START,
            deductible=Deductible("visit", amount_by_level(100, 200, 300))),
        "inpatient": INPATIENT},                                  # level 3: 600 after art. 13
    pools={
        "outpatient": CapPool(always(yuan(6000))),                # art. 9
        # art. 10: 2,000 (psychiatric 3,000), 1,000 for each further disease, 5,000 at most.
        "chronic": CapPool(DiseaseStepLimit(first=yuan(2000), first_where={"psychiatric": yuan(3000)},
                                            further=yuan(1000), at_most=yuan(5000))),
        "inpatient": INPATIENT_CAP},
    credits=Table(
        *credits_before_the_start(date(2022, 9, 30), 3500, 3500),
        Row(ShareOfBase(percent(2)), statuses=IN_WORK),           # art. 15; flexible the same (reading)
        # art. 16: by steps to 2 % of the average pension (assumption: the steps, and 3,500).
        Row(ShareOfPension(percent(3), yuan(3500)), statuses=(RETIREE,), until=date(2023, 12, 31)),
        Row(ShareOfPension(percent("2.5"), yuan(3500)), statuses=(RETIREE,), until=date(2024, 12, 31)),
        Row(ShareOfPension(percent(2), yuan(3500)), statuses=(RETIREE,))),
    retiree_credit_from="month_after",                            # reading
    family_from=QUJING_START)                                     # art. 17, 20


# --- A typical city before the reform: assumptions throughout ---

PRE_REFORM = Policy(
    benefits={"inpatient": INPATIENT},
    pools={"inpatient": INPATIENT_CAP},
    credits=Table(*credits_before_the_start(None, 2800, 5300)),
    retiree_credit_from="month_after")


# --- Invented policies, which no document fixes: what a scenario file can say besides ---

BANDED_START = date(2023, 1, 1)


def amounts(status, level1, level2, level3, provincial3a):
    return [Row(yuan(level1), providers=LEVEL1_AND_BELOW, statuses=(status,)),
            Row(yuan(level2), providers=("level2",), statuses=(status,)),
            Row(yuan(level3), providers=("level3",), statuses=(status,)),
            Row(yuan(provincial3a), providers=("provincial3a",), statuses=(status,))]


BANDED_OUTPATIENT = Benefit(
    starts=BANDED_START,
    qualified=Table(Row(False, channels=("internet",)), Row(True)),
    advance=Table(Row(percent(0), places=("local", "settled")),
                  Row(percent(20), providers=LEVEL3_AND_ABOVE), Row(percent(10))),
    excluded_in_hospital=True,
    deductible=Deductible("year", Table(*amounts(EMPLOYEE, 100, 200, 400, 400),
                                        *amounts(FLEXIBLE, 150, 300, 500, 500),
                                        *amounts(RETIREE, 50, 100, 300, 350)), name="outpatient"),
    ratio=RatioBands(
        "outpatient",
        boundary=amount_by_status(2000, 1500),
        lower=Table(Row(percent(60), statuses=IN_WORK), Row(percent(65))),
        upper=Table(Row(percent(80), statuses=IN_WORK),
                    Row(percent(90), providers=LEVEL1_AND_BELOW), Row(percent(85)))),
    pools=("outpatient",))

INVENTED_BANDED = Policy(
    benefits={
        "outpatient": BANDED_OUTPATIENT,
        "emergency": BANDED_OUTPATIENT,
        "chronic": ByDisease("chronic", other=Benefit(
            starts=BANDED_START,
            deductible=Deductible("disease_year", always(yuan(300)), name="chronic"),
            ratio=Table(Row(percent(70), age_below=60), Row(percent(75))),
            pools=("chronic",))),
        "day_surgery": Benefit(starts=BANDED_START, ratio=always(percent(70)),
                               pools=("outpatient", "inpatient"), counts_as_inpatient=True),
        "inpatient": INPATIENT},
    pools={"outpatient": CapPool(amount_by_status(6000, 8000)),
           "chronic": CapPool(always(yuan(4000))),
           "inpatient": INPATIENT_CAP},
    credits=Table(
        Row(ShareOfBase(percent(2)), statuses=(EMPLOYEE,), age_below=45),
        Row(ShareOfBase(percent("2.5")), statuses=(EMPLOYEE,)),
        Row(ShareOfBase(percent(2)), statuses=(FLEXIBLE,)),
        Row(FixedAmount(yuan(60)), age_below=70),
        Row(FixedAmount(yuan(75)), age_below=80),
        Row(FixedAmount(yuan(90)))),
    retiree_credit_from="same_month",
    family_from=BANDED_START)

SHARED_START, SHARED_END = date(2023, 3, 1), date(2024, 9, 30)

# Outpatient and chronic claims bear one deductible and use up one cap, both by the month.
SHARED_DEDUCTIBLE = Deductible("month", amount_by_level(20, 50, 80), name="outpatient")

SHARED_OUTPATIENT = Benefit(
    starts=SHARED_START, ends=SHARED_END,
    place_paid=Table(Row(False, places=("temporary",)), Row(True)),
    excluded_in_ltc=True,
    deductible=SHARED_DEDUCTIBLE,
    ratio=Table(Row(percent(70), providers=LEVEL1_AND_BELOW),
                Row(percent(60), providers=("level2",)), Row(percent(55))),
    pools=("monthly",))

INVENTED_SHARED_CAP = Policy(
    benefits={
        "outpatient": SHARED_OUTPATIENT,
        "emergency": SHARED_OUTPATIENT,
        "chronic": ByDisease("chronic", other=Benefit(
            starts=SHARED_START, ends=SHARED_END,
            deductible=SHARED_DEDUCTIBLE,
            ratio=Table(Row(percent(70), statuses=IN_WORK), Row(percent(80))),
            pools=("monthly",))),
        "negotiated_drug": Benefit(
            starts=SHARED_START, ends=SHARED_END,
            deductible=Deductible("drug_year", always(yuan(200)), name="negotiated_drug"),
            ratio=always(percent(65)), pools=("drugs", "inpatient"), counts_as_inpatient=True),
        "inpatient": INPATIENT},
    pools={"monthly": CapPool(amount_by_status(200, 300), period="month"),
           "drugs": CapPool(always(yuan(3000))),
           "inpatient": INPATIENT_CAP},
    credits=Table(
        Row(ShareOfBase(percent(2)), statuses=IN_WORK),
        Row(ShareOfPension(percent(2), yuan(2900)), sector="enterprise"),
        Row(ShareOfPension(percent(2), yuan(5200)), sector="public")),
    retiree_credit_from="month_after",
    family_from=SHARED_START, family_until=SHARED_END)

ELIGIBLE_START = date(2022, 10, 1)

ELIGIBLE_OUTPATIENT = Benefit(
    starts=ELIGIBLE_START,
    qualified=Table(Row(False, providers=("village",)), Row(True)),
    deductible=Deductible("year", amount_by_level(200, 400, 600), name="outpatient",
                          counts="eligible"),
    ratio=Table(Row(percent(50), age_below=45),
                Row(percent(60), age_below=60, providers=LEVEL1_AND_BELOW),
                Row(percent(55), age_below=60),
                Row(percent(65), age_below=70),
                Row(percent(70), sector="enterprise"),
                Row(percent(68), sector="public")),
    pools=("outpatient",),
    overflow=Overflow(ratio=INPATIENT_RATIO, pools=("inpatient",)))

ELIGIBLE_SPECIAL = Benefit(
    starts=ELIGIBLE_START,
    deductible=Deductible("year", always(yuan(500)), name="special"),
    ratio=Table(Row(percent(80), age_below=60), Row(percent(85))),
    pools=("inpatient",), counts_as_inpatient=True)

INVENTED_ELIGIBLE_CAP = Policy(
    benefits={
        "outpatient": ELIGIBLE_OUTPATIENT,
        "emergency": ELIGIBLE_OUTPATIENT,
        "special": ByDisease(
            "special",
            rules={"cancer": ELIGIBLE_SPECIAL, "lupus": ELIGIBLE_SPECIAL},
            other=Benefit(starts=ELIGIBLE_START, ratio=INPATIENT_RATIO, pools=("inpatient",),
                          counts_as_inpatient=True)),
        "inpatient": INPATIENT},
    pools={
        "outpatient": CapPool(Table(
            Row(yuan(1000), age_below=60, until=date(2022, 12, 31)),
            Row(yuan(1500), until=date(2022, 12, 31)),
            Row(yuan(3000), age_below=60),
            Row(yuan(5000))), cap_on="eligible_cost"),
        "inpatient": CapPool(always(yuan(60000)))},
    credits=Table(
        Row(ShareOfBase(percent(2)), statuses=(EMPLOYEE,)),
        Row(NO_CREDIT, statuses=(FLEXIBLE,)),
        Row(AmountTimesAge(yuan("1.20")))),
    retiree_credit_from="month_after",
    family_from=ELIGIBLE_START)


POLICIES = {
    "yantai": YANTAI,
    "xianning": XIANNING,
    "henan-draft": HENAN,
    "cangzhou": CANGZHOU,
    "qujing": QUJING,
    "yantai-pre-reform": YANTAI_PRE_REFORM,
    "pre-reform": PRE_REFORM,
    "yantai-2025-draft": YANTAI_2025_DRAFT,
    "cangzhou-cap-3000": CANGZHOU_CAP_3000,
    "xianning-account-2.5pct": XIANNING_ACCOUNT_DRAFT,
    "invented-banded": INVENTED_BANDED,
    "invented-shared-cap": INVENTED_SHARED_CAP,
    "invented-eligible-cap": INVENTED_ELIGIBLE_CAP,
}
