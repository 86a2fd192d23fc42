#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fund's books against what is published: models/validation-fund.md and the tables of docs/replication.md.

    docs/fund.py build/src/gongji national [PERSONS] > models/validation-fund.md
    docs/fund.py build/src/gongji replication [PERSONS]
    docs/fund.py build/src/gongji outlook [PERSONS]

The last makes the tables of docs/outlook.md.
"""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
MILLION_YUAN_100 = 1e8  # 亿元, 100 million yuan

FIGURES = {"pool_income": ("统筹基金收入", "pool's income"), "pool_outgo": ("统筹基金支出", "pool's outgo"),
           "pool_closing": ("统筹基金年末结余", "pool's balance at the year's end")}
STUDIES = {
    "national-2022-2025": ("只用 2022 年底以前已知的增长", "Growth as known at the end of 2022"),
    "national-2022-2025-found": ("用后来公布的增长", "Growth as found later"),
}

# What a ratio further off than 2 % comes from, by study and figure.
CAUSES = {
    ("national-2022-2025", "pool_income"): (
        "收入的走向主要取决于工资：预测按 6.5% 逐年增长，2023 年后全口径平均工资实际增长 5.8%、4.5%、1.9%，到 2025 年高估。",
        "Income goes with wages: 6.5 % a year was predicted, while full-coverage wages grew by 5.8, 4.5 and 1.9 %, so that "
        "2025 is too high."),
    ("national-2022-2025", "pool_outgo"): (
        "2023 年住院率由 17.3% 升到 21.6%，门诊人次两年增加 43%，2022 年以前的趋势看不到；此后次均费用下降，差距缩小。",
        "In 2023 stays rose from 17.3 to 21.6 a hundred and in two years outpatient visits by 43 %, which no trend until "
        "2022 showed; falling costs a stay and a visit then narrowed the gap."),
    ("national-2022-2025", "pool_closing"): (
        "收支之差的累计：支出低估使结余偏高。",
        "What income and outgo are off by, added up: outgo predicted too low leaves the balance too high."),
    ("national-2022-2025-found", "pool_income"): (
        "工资增长取四省均值，与全国缴费基数的增长不尽相同；利率一直按 2%，而 2023 年后存款利率下降。",
        "Wages grow by the mean of four provinces, not quite as the nation's bases do; interest stays at 2 %, while rates on "
        "deposits fell after 2023."),
    ("national-2022-2025-found", "pool_outgo"): (
        "门诊统筹 2024 年起全部铺开，各地待遇高于本方案所假设（起付 200 元、封顶 3000/4000 元），慢特病的待遇也在提高；"
        "2023 年则铺开得比所假设的慢。",
        "With pooling everywhere from 2024, general outpatient benefits are higher than assumed (200 yuan deductible, caps "
        "3,000 and 4,000), and those of chronic diseases rose; in 2023 pooling spread more slowly than assumed."),
    ("national-2022-2025-found", "pool_closing"): (
        "收支之差的累计。", "What income and outgo are off by, added up."),
}


def books_of(gongji, study, persons, folder):
    """{(scenario, year, measure): (value, standard error)} of all insured."""
    asked = ["--persons", persons] if persons else []
    subprocess.run([gongji, "run", SOURCE / "studies" / f"{study}.yaml", *asked, "-o", folder],
                   check=True, capture_output=True)
    with open(Path(folder) / "summary.csv", encoding="utf-8") as stream:
        return {(row["scenario"], int(row["year"]), row["measure"]):
                (float(row["value"]), float(row["std_error"] or 0))
                for row in csv.DictReader(stream) if row["group"] == "all"}


def as_published(books, scenario, year, figure):
    """100 million yuan. Published income and outgo leave out what passes from the pool into accounts."""
    value, error = books[scenario, year, figure]
    if figure != "pool_closing":
        value -= books[scenario, year, "account_transfer"][0]
    return value / MILLION_YUAN_100, error / MILLION_YUAN_100


def national_tables(gongji, persons, language):
    with open(SOURCE / "models" / "published-fund.csv", encoding="utf-8") as stream:
        published = list(csv.DictReader(stream))
    for study, titles in STUDIES.items():
        with tempfile.TemporaryDirectory() as folder:
            books = books_of(gongji, study, persons, Path(folder) / "run")
        print(f"### {titles[language]}\n")
        print(("| 指标（亿元） | 年 | 公布 | 模拟 | 抽样标准误 | 比值 |\n|---|--:|--:|--:|--:|--:|",
               "| 100 million yuan | year | published | simulated | standard error of sampling | ratio |\n"
               "|---|--:|--:|--:|--:|--:|")[language])
        off = []
        for figure, names in FIGURES.items():
            for row in (row for row in published if row["figure"] == figure):
                told = float(row["value"])
                value, error = as_published(books, "national-typical", int(row["year"]), figure)
                mark = "*" if row["year"] == "2022" else ""
                print(f"| {names[language]} | {row['year']}{mark} | {told:,.0f} | {value:,.0f} | {error:,.0f} "
                      f"| {value / told:.3f} |")
                if abs(value / told - 1) > 0.02 and figure not in off:
                    off.append(figure)
        print()
        for figure in off:
            print(f"- {FIGURES[figure][language]}{'：' if language == 0 else ': '}{CAUSES[study, figure][language]}")
        print()


def national(gongji, persons):
    print("""# 全国统筹基金：预测与公布 · The national pool: predicted and published

由 `docs/fund.py build/src/gongji national` 生成。
Made by `docs/fund.py build/src/gongji national`.

[中文](#中文) · [English](#english)

## 中文

从 2022 年出发，推到 2025 年，与国家医保局公布的统筹基金（含生育保险）收支和结余比较。办法用 `national-typical`：
各地办法的平均数，全部为假设。2022 年（*）是拟合的：单位费率、账户划入和 `fund.other_outgo` 使当年收支与公布数相符；
2023 年起是预测。公布的统筹基金收支不含从统筹划入个人账户的钱，故下表收入和支出都减去了划入（标准误是减去之前的）；结余不受影响。
行为反应关闭：增长已含改革的影响，再加就算了两次。公布数及其出处在 `published-fund.csv`。
""")
    national_tables(gongji, persons, 0)
    print("""## English

From 2022 to 2025, beside the pooled fund's income, outgo and balance (maternity included) that the National Healthcare
Security Administration published. The rules are `national-typical`: a mean of what places do, all assumed. 2022 (*) is
fitted: the employers' rate, credits to accounts and `fund.other_outgo` meet that year's published figures. From 2023 on it
is prediction. Published income and outgo of the pool leave out what passes from it into accounts, so the table takes that
off both (standard errors are those before); the balance is the same. Behaviour is off: growth holds the reform's effect already, and would have it twice.
The published figures and where they stand are in `published-fund.csv`.
""")
    national_tables(gongji, persons, 1)


# Lin et al. 2024, abstract: first year of deficit and first year of an empty pool; None: not told, 0: not until 2050.
LIN = {"lin-2024-none": (2024, 2033), "lin-2024-partial-50": (None, 2044), "lin-2024-partial-75": (None, 2041),
       "lin-2024-complete-50": (None, 0), "lin-2024-complete-75": (None, 0)}


def year_text(year):
    return "–" if year is None else "> 2050" if year == 0 else str(year)


def first_below(books, scenario, measure):
    years = sorted({key[1] for key in books})
    return next((year for year in years if books[scenario, year, measure][0] < 0), 0)


def replication(gongji, persons):
    with tempfile.TemporaryDirectory() as folder:
        books = books_of(gongji, "replication-lin-2024", persons, Path(folder) / "run")
    print("| 方案 scenario | 首次当年赤字：公布 first deficit, published | 复算 ours | 用完：公布 empty, published "
          "| 复算 ours | 差 off by |")
    print("|---|--:|--:|--:|--:|--:|")
    for scenario, (deficit, empty) in LIN.items():
        ours = first_below(books, scenario, "pool_closing")
        off = f"{ours - empty:+d}" if empty and ours and ours != empty else "0" if empty == ours else "–"
        print(f"| `{scenario}` | {year_text(deficit)} | {year_text(first_below(books, scenario, 'pool_surplus'))} "
              f"| {year_text(empty)} | {year_text(ours)} | {off} |")
    print("\n| 亿元 100 million yuan | " + " | ".join(map(str, YEARS)) + " |\n|---|" + "--:|" * len(YEARS))
    for scenario in LIN:
        for figure, names in FIGURES.items():
            cells = [f"{as_published(books, scenario, year, figure)[0]:,.0f}" for year in YEARS]
            print(f"| `{scenario}` {names[0]} {names[1]} | " + " | ".join(cells) + " |")


OUTLOOKS = ("yantai-stages", "xianning-counties")
SHOWN_INPUTS = 6


def rows_of(folder, name):
    with open(Path(folder) / name, encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def share_of(rows, scenario, group, kind):
    """Share of worlds in which it comes at all, and the year by which it has come in half of those."""
    found = [(int(row["year"]), float(row["share"])) for row in rows
             if (row["scenario"], row["group"], row["kind"]) == (scenario, group, kind) and row["year"].isdigit()]
    total, so_far = sum(share for _, share in found), 0
    for year, share in sorted(found):
        so_far += share
        if total and so_far >= total / 2:
            return total, str(year)
    return total, "–"


def outlook_tables(folder):
    summary, dry, budget = (rows_of(folder, name) for name in ("summary.csv", "run_dry.csv", "uncertainty.csv"))
    scenarios = list(dict.fromkeys(row["scenario"] for row in summary))
    last = max(row["year"] for row in summary)
    print(f"| 方案 scenario | {last} 年末结余，亿元 closing {last}, 100 million yuan | 5%–50%–95% 的情景 of worlds "
          "| 出现赤字 deficit in | 过半于 half of them by | 用完 empty in | 过半于 half by |\n|---|--:|---|--:|--:|--:|--:|")
    for scenario in scenarios:
        row = next(row for row in summary if (row["scenario"], row["year"], row["measure"], row["group"])
                   == (scenario, last, "pool_closing", "all"))
        fan = " – ".join(f"{float(row[key]) / MILLION_YUAN_100:,.0f}" for key in ("world_p05", "world_p50", "world_p95"))
        deficit, half = share_of(dry, scenario, "all", "first_deficit")
        empty, dry_half = share_of(dry, scenario, "all", "run_dry")
        print(f"| `{scenario}` | {float(row['value']) / MILLION_YUAN_100:,.0f} | {fan} | {deficit:.0%} | {half} "
              f"| {empty:.0%} | {dry_half} |")
    counties = list(dict.fromkeys(row["group"] for row in summary  # of one pool they have no balance
                                  if row["measure"] == "pool_closing" and row["group"].startswith("county=")))
    if counties:
        print("\n| 县区需财政补缺的情景 worlds in which a county needs budgets' money | "
              + " | ".join(name.split("=")[1] for name in counties) + " |\n|---|" + "--:|" * len(counties))
        for scenario in scenarios:
            cells = (f"{share_of(dry, scenario, name, 'run_dry')[0]:.0%}" for name in counties)
            print(f"| `{scenario}` | " + " | ".join(cells) + " |")
    driest = max(scenarios, key=lambda name: share_of(dry, name, "all", "run_dry")[0])
    print(f"\n| `{driest}`：不确定性从何而来，总效应 where the uncertainty comes from, total effects | "
          + " | ".join(f"`{name}`" for name in ("closing", "run_dry")) + " |\n|---|--:|--:|")
    shares = {(row["outcome"], row["input"], row["group"]): float(row["total"]) for row in budget
              if row["scenario"] == driest}
    inputs = {key[1:] for key in shares if key[1] != "*"} | {("*", "sampling"), ("*", "unexplained")}
    largest = sorted(inputs, key=lambda of: -max(shares.get((o, *of), 0) for o in ("closing", "run_dry")))
    for name, group in largest[:SHOWN_INPUTS]:
        cells = (f"{shares.get((outcome, name, group), 0):.0%}" for outcome in ("closing", "run_dry"))
        print(f"| {group if name == '*' else f'`{name}`'} | " + " | ".join(cells) + " |")
    print()


def outlook(gongji, persons):
    for study in OUTLOOKS:
        print(f"### `{study}`\n")
        with tempfile.TemporaryDirectory() as folder:
            books_of(gongji, study, persons, Path(folder) / "run")
            outlook_tables(Path(folder) / "run")


YEARS = (2022, 2024, 2028, 2033, 2038, 2044, 2050)


def main():
    gongji, what = sys.argv[1:3]
    {"national": national, "replication": replication, "outlook": outlook}[what](gongji, sys.argv[3] if len(sys.argv) > 3 else None)


if __name__ == "__main__":
    main()
