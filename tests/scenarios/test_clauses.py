#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/clauses.md names every clause of the five documents, in order, and what it says is so:
its parameters are in the scenario, its cases are there, and no parameter that a document fixes is
left out.

Usage: test_clauses.py GONGJI SOURCE
"""
import csv
import io
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "command"))
import program  # noqa: E402

CHINESE = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]


def numeral(n):
    """1 to 99 as 一 to 九十九."""
    tens, ones = divmod(n, 10)
    if tens == 0:
        return CHINESE[ones]
    return (CHINESE[tens] if tens > 1 else "") + "十" + CHINESE[ones]


def articles(count, parts):
    """第一条 to the last; those with parts appear once for each."""
    for n in range(1, count + 1):
        name = f"第{numeral(n)}条"
        for part in parts.get(n, [""]):
            yield name + part


CLAUSES = {
    "烟政办发〔2022〕17号": [
        "引言", "一", "二（一）首段", "二（一）1", "二（一）2", "二（一）3", "二（一）4 第一款",
        "二（一）4 第二款", "二（一）5", "二（一）6", "二（一）末段", "二（二）1 第一款", "二（二）1 第二款",
        "二（二）1 第三款", "二（二）2", "二（三）", "二（四）", "三（一）", "三（二）", "三（三）"],
    "第一个办法": [
        "引言", "一", "二 之一", "二 之二", "二 之三", "三", "四（一）", "四（二）", "四（三）首段", "四（三）1",
        "四（三）2", "四（三）3", "四（三）4（1）", "四（三）4（2）", "四（三）4（3）", "四（三）4（4）", "四（三）5",
        "四（四）", "四（五）", "四（六）", "五（一）", "五（二）", "五（三）", "五（四）", "末段"],
    "第二个办法": list(articles(36, {
        8: [" 首段", "（一）", "（二）", "（三）"], 10: ["（一）", "（二）", "（三）", "（四）"],
        25: [" 首段", " 末段"]})),
    "征求意见稿": [
        "引言", "一 第一段", "一 第二段", "一 第三段", "二 首段", "二 第一章", "二 第二章 句一",
        "二 第二章 句二 在职", "二 第二章 句二 灵活就业", "二 第二章 句二 企业退休", "二 第二章 句二 机关退休",
        *[f"二 第三章 句{CHINESE[n]}" for n in range(1, 9)],
        "二 第四章", "二 第五章", "二 第六章", "二 第七章"],
    "沧政办发〔2021〕10号": list(articles(22, {
        5: ["（一）", "（二）", "（三）"], 10: [" 第一款", " 第二款"]})),
    "曲政办规〔2022〕8号": list(articles(33, {
        9: [" 第一款", " 第二款", " 第三款"],
        11: [" 肾衰、重性精神病", " 肿瘤、移植、血友病", " 其余病种"],
        17: [" 首段", "（一）", "（二）", "（三）", " 末段"], 21: ["（一）", "（二）", "（三）"]})),
}

# Parameters on which the documents as a whole are read, in words below the tables.
OF_THE_WHOLE = re.compile(r"readings\.|account\.credit_day$")
# Readings of what a document does not say at all, so that no clause is theirs.
SILENT = re.compile(r"\.(excluded_in_hospital|excluded_under_ltc|paid_at)$")
PARAMETER = re.compile(r"`((?:in_force|(?:readings|benefits|caps|account|contribution|pooling)"
                       r"\.[a-z0-9_.]+))`")


class Clause:
    def __init__(self, cells):
        self.name, self.gist, self.where, self.proof, self.english = cells

    @property
    def parameters(self):
        return PARAMETER.findall(self.where)


def tables():
    """Heading and scenario of each table, with its clauses."""
    text = (program.SOURCE / "docs/clauses.md").read_text(encoding="utf-8")
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        heading, *lines = section.splitlines()
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
                for line in lines if line.startswith("|")]
        if rows:
            yield heading, re.search(r"`([a-z-]+)`$", heading).group(1), \
                [Clause(row) for row in rows[2:]]


class Clauses(program.ProgramTest):
    def rows_of(self, scenario, day):
        """Rows of show --csv, each with its path as the scenario file has it."""
        out, _ = self.run_program("show", scenario, "--csv", "--on", day)
        for row in csv.DictReader(io.StringIO(out)):
            subject = row["subject"].replace(".", ".rules.")
            row["path"] = ".".join(part for part in (row["section"], subject, row["key"]) if part)
            yield row

    def test_every_clause_is_there_in_order(self):
        seen = []
        for heading, _, clauses in tables():
            names = [key for key in CLAUSES if key in heading]
            self.assertEqual(len(names), 1, heading)
            seen += names
            self.assertEqual([clause.name for clause in clauses], CLAUSES[names[0]], heading)
        self.assertEqual(seen, list(CLAUSES))

    def test_a_clause_is_simulated_or_said_why_not(self):
        for heading, _, clauses in tables():
            for clause in clauses:
                self.assertTrue(clause.gist and clause.where and clause.proof and clause.english,
                                f"{heading} {clause.name}")
                self.assertTrue("不量化：" in clause.where or clause.proof != "—",
                                f"{heading} {clause.name}: nothing proves it")
                if "不量化" in clause.where:
                    self.assertRegex(clause.where, r"不量化：.{2,}")

    def test_every_parameter_named_is_in_the_scenario(self):
        for heading, scenario, clauses in tables():
            paths = {row["path"] for row in self.rows_of(scenario, "2023-06-30")} | {"in_force"}
            for clause in clauses:
                for path in clause.parameters:
                    self.assertTrue(path in paths or any(p.startswith(path + ".") for p in paths),
                                    f"{heading} {clause.name}: no {path} in {scenario}")

    def test_every_case_named_is_there(self):
        cases = {}
        for file in (program.SOURCE / "tests/golden").glob("*/cases.md"):
            scenario = (file.parent / "scenario").read_text(encoding="utf-8").strip()
            found = re.findall(r"^## ([a-z]+\d+) ", file.read_text(encoding="utf-8"), flags=re.M)
            cases.setdefault(scenario, set()).update(found + [file.parent.name])
        for heading, scenario, clauses in tables():
            for clause in clauses:
                for proof in re.split("、", clause.proof):
                    known = (proof in cases[scenario] or proof in ("—", "孪生")
                             or (program.SOURCE / re.sub("（.*", "", proof)).is_file())
                    self.assertTrue(known, f"{heading} {clause.name}: {proof}")

    def test_no_parameter_of_a_document_is_left_out(self):
        named = {}
        for _, scenario, clauses in tables():
            named.setdefault(scenario, set()).update(
                path for clause in clauses for path in clause.parameters)
        missing = set()
        for scenario, paths in named.items():
            for row in self.rows_of(scenario, "2023-06-30"):
                path = row["path"]
                if (row["standing"] != "assumption" and row["article"] and path not in paths
                        and not OF_THE_WHOLE.match(path) and not SILENT.search(path)):
                    missing.add(f"{scenario}: {path}")
        self.assertEqual(missing, set())

    def test_every_article_that_a_scenario_names_is_in_the_tables(self):
        names = {}
        for heading, scenario, clauses in tables():
            prefix = "办法" if "第一个办法" in heading else "细则" if "第二个办法" in heading else ""
            names.setdefault(scenario, set()).update(prefix + clause.name for clause in clauses)
        for scenario, known in names.items():
            for row in self.rows_of(scenario, "2023-06-30"):
                for part in re.split("[、；]|至", row["article"]):
                    if not part or part.endswith("全文"):
                        continue
                    prefix = re.match("办法|细则", row["article"])
                    article = part if not prefix or part.startswith(prefix[0]) else prefix[0] + part
                    self.assertTrue(any(name.startswith(article) or article.startswith(name)
                                        for name in known), f"{scenario}: {article}")

    def test_rates_of_flexible_members_of_yantai_hold_from_their_days(self):
        for day, rate in (("2022-12-30", "0.063"), ("2022-12-31", "0.063"), ("2023-12-31", "0.063"),
                          ("2024-01-01", "0.07")):
            found = [row for row in self.rows_of("yantai", day)
                     if row["path"] == "contribution.flexible_rate"]
            self.assertEqual([float(row["value"]) for row in found], [float(rate)], day)
            self.assertEqual(found[0]["standing"],
                             "assumption" if day == "2022-12-30" else "document")


if __name__ == "__main__":
    program.main()
