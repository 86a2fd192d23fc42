#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""explain: the figures are adjudicate's to the fen, and every step has its words and sources.

Usage: test_explain.py GONGJI SOURCE
"""
import csv
import io
import json
import random
import sys
from decimal import Decimal

import program

sys.path.insert(0, str(program.SOURCE / "tests" / "twin"))
import cases  # noqa: E402

FIVE = ("yantai", "xianning", "henan-draft", "cangzhou", "qujing")
INVENTED = ("invented-banded", "invented-shared-cap", "invented-eligible-cap")
FIGURES = ("cost", "eligible", "advance", "deductible", "fund", "fund_inpatient", "account",
           "family_account", "cash")
GOLDEN = program.SOURCE / "tests" / "golden"


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def amount(value):
    return Decimal(str(value)).quantize(Decimal("0.01"))


def total(steps, name):
    return sum((amount(s["amount"]) for s in steps if s["step"] == name), Decimal("0.00"))


class Explain(program.ProgramTest):
    def adjudicate(self, policy, claims, members):
        out, _ = self.run_program("adjudicate", policy, "--claims", claims, "--members", members)
        return {row["claim_id"]: row for row in csv.DictReader(io.StringIO(out))}

    def explain(self, policy, claims, members, ids, language="en"):
        """The explanations of the claims, by their ids."""
        arguments = [a for i in ids for a in ("--claim", i)]
        out, _ = self.run_program("explain", policy, "--claims", claims, "--members", members,
                                  "--json", *arguments, language=language)
        found = [json.loads(line, parse_float=Decimal) for line in out.splitlines()]
        self.assertEqual([e["claim_id"] for e in found], list(ids))
        return {e["claim_id"]: e for e in found}

    def assert_same(self, explained, row):
        """All of explain's figures of a claim are those of its row."""
        for name in FIGURES:
            self.assertEqual(amount(explained[name]), Decimal(row[name]), (name, row))
        self.assertEqual(explained["reason"], row["reason"], row)
        if row["reason"] == "merged":
            self.assertIsNotNone(explained["stay"])
            return
        steps = explained["steps"]
        self.assertEqual(total(steps, "advance"), Decimal(row["advance"]), row)
        self.assertEqual(total(steps, "deductible") if any("amount" in s for s in steps
                         if s["step"] == "deductible") else 0, Decimal(row["deductible"]), row)
        self.assertEqual(total(steps, "fund"), Decimal(row["fund"]), row)
        self.assertEqual(total(steps, "own_account"), Decimal(row["account"]), row)
        self.assertEqual(total([s for s in steps if "amount" in s], "family_account"),
                         Decimal(row["family_account"]), row)
        self.assertEqual(total(steps, "cash"), Decimal(row["cash"]), row)
        holds = [s["holds"] for s in steps if s["stage"] == "entitlement"]
        refused = row["reason"] not in ("", "below_deductible", "cap_reached")
        self.assertEqual(holds, [True] * (len(holds) - refused) + [False] * refused, row)

    def test_random_claims_come_out_as_adjudicate_settles_them(self):
        for policy in FIVE + INVENTED:
            for seed in (1, 2):
                folder = self.folder / f"{policy}-{seed}"
                cases.write_case(policy, seed, 400, str(folder))
                claims, members = folder / "claims.csv", folder / "members.csv"
                rows = self.adjudicate(policy, claims, members)
                ids = random.Random(seed).sample(sorted(rows), 120)
                for claim_id, explained in self.explain(policy, claims, members, ids).items():
                    self.assert_same(explained, rows[claim_id])

    def test_another_class_is_the_claim_with_that_class(self):
        for policy in FIVE + INVENTED:
            cases.write_case(policy, 3, 150, str(self.folder))
            claims, members = self.folder / "claims.csv", self.folder / "members.csv"
            rows = read(claims)
            for number in range(7, 150, 40):
                claim_id = rows[number]["claim_id"]
                explained = self.explain(policy, claims, members, [claim_id])[claim_id]
                if explained["reason"] == "merged":
                    continue
                for provider in ("village", "level3"):
                    changed = self.folder / "changed.csv"
                    with open(changed, "w", encoding="utf-8", newline="") as file:
                        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
                        writer.writeheader()
                        writer.writerows(r | {"provider": provider} if r["claim_id"] == claim_id
                                         else r for r in rows)
                    row = self.adjudicate(policy, changed, members)[claim_id]
                    other = explained["providers"][provider]
                    for name in FIGURES[2:]:
                        self.assertEqual(amount(other[name]), Decimal(row[name]), (policy, row))
                    self.assertEqual(other["reason"], row["reason"])

    def test_every_step_of_the_golden_cases_is_told_in_both_languages(self):
        for folder in sorted(GOLDEN.glob("*/members.csv")):
            folder = folder.parent
            policy = (folder / "scenario").read_text(encoding="utf-8").strip()
            claims, members = folder / "claims.csv", folder / "members.csv"
            rows = {row["claim_id"]: row for row in read(folder / "out.csv")}
            en = self.explain(policy, claims, members, rows)
            zh = self.explain(policy, claims, members, rows, language="zh")
            for claim_id, row in rows.items():
                self.assert_same(en[claim_id], row)
                self.assertEqual([s["step"] for s in en[claim_id]["steps"]],
                                 [s["step"] for s in zh[claim_id]["steps"]])
                for step in zh[claim_id]["steps"]:
                    self.assertRegex(step["text"], r"[一-鿿].*[。]$")
                    for parameter in step["parameters"]:
                        self.assertTrue(parameter["value"], parameter)
                        if parameter["standing"] == "document":
                            self.assertTrue(parameter["article"], parameter)

    def test_the_words_hold_the_figures(self):
        folder = GOLDEN / "qujing-2022"
        out, _ = self.run_program("explain", "qujing", "--claims", folder / "claims.csv", "--members",
                                  folder / "members.csv", "--claim", "q03-2", language="zh")
        for words in ("起付标准：每次 60.00 元", "2,000.00 元 × 55% = 1,100.00 元",
                      "尚余 600.00 元，不足应付之数", "尚有政策范围内费用 909.09 元；909.09 元 × 88% = 800.00 元",
                      "统筹基金支付 1,400.00 元，其中 800.00 元计入住院限额", "第九条",
                      "假设 [80%–97%]", "2,060.00 元 − 1,400.00 元 = 660.00 元"):
            self.assertIn(words, out.replace("\n     ", ""))

    def test_a_joined_visit_leads_to_its_stay(self):
        folder = GOLDEN / "xianning-2022"
        arguments = ("explain", "xianning", "--claims", folder / "claims.csv", "--members",
                     folder / "members.csv")
        out, _ = self.run_program(*arguments, "--claim", "x09-1")
        self.assertIn("turned into the stay x09-2", out)
        out, _ = self.run_program(*arguments, "--claim", "x09-2")
        self.assertIn("cost 1,000.00 yuan and eligible cost 900.00 yuan more", " ".join(out.split()))

    def test_an_unknown_claim_is_told_with_the_nearest(self):
        folder = GOLDEN / "yantai-2022"
        _, err = self.run_program("explain", "yantai", "--claims", folder / "claims.csv", "--members",
                                  folder / "members.csv", "--claim", "y01-33", status=2)
        self.assertRegex(err, r"there is no claim 'y01-33'; did you mean 'y01-3'\?")

    def test_all_of_the_input_is_checked(self):
        claims = self.write("claims.csv", "claim_id,person_id\n")
        _, err = self.run_program("explain", "yantia", "--claims", claims, "--members", "none.csv",
                                  "--claim", "a", status=2)
        self.assertIn("did you mean 'yantai'", err)
        self.assertIn("none.csv", err)
        self.assertIn("claims.csv", err)
        _, err = self.run_program("explain", "yantai", "--claims", claims, status=2)
        self.assertIn("--members", err)


if __name__ == "__main__":
    program.main()
