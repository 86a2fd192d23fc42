#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""show: the parameters of a day with their articles, complete, readable by people and programs.

Usage: test_show.py GONGJI SOURCE
"""
import csv
import io
import program

FIVE = ("yantai", "xianning", "henan-draft", "cangzhou", "qujing")


class Show(program.ProgramTest):
    def rows(self, *arguments):
        out, _ = self.run_program("show", *arguments, "--csv")
        return list(csv.DictReader(io.StringIO(out)))

    def test_a_dated_value_is_that_of_the_day(self):
        for day, cap in (("2022-12-31", "900.00"), ("2023-01-01", "1800.00")):
            found = [r["value"] for r in self.rows("yantai", "--on", day)
                     if (r["section"], r["subject"], r["key"]) == ("caps", "outpatient", "amount")]
            self.assertEqual(found, [cap])

    def test_the_day_is_said_and_defaults_to_the_first_in_force(self):
        out, _ = self.run_program("show", "qujing")
        self.assertIn("Parameters on 2022-10-01 (in force that day)", out)
        out, _ = self.run_program("show", "qujing", "--on", "2022-09-30", language="zh")
        self.assertIn("以下为 2022-09-30 的参数（当日尚未施行）", out)

    def test_every_reading_is_listed_even_where_it_is_the_default(self):
        wanted = {("readings", "", "stays_settle"), ("readings", "", "benefits_change"),
                  ("caps", "outpatient", "cap_on"), ("benefits", "outpatient", "deductible.past_cap"),
                  ("account", "", "credit_day"), ("account", "", "family_sharing"),
                  ("account", "", "own_account_first"), ("account", "", "family_order")}
        for city in FIVE:
            listed = {(r["section"], r["subject"], r["key"]) for r in self.rows(city)}
            self.assertLessEqual(wanted, listed, city)
        pooling = {r["key"] for r in self.rows("xianning") if r["section"] == "pooling"}
        self.assertLessEqual({"reserve_counts", "pool_surplus_joins", "unfulfilled_plan"}, pooling)

    def test_what_is_neither_document_nor_default_says_so(self):
        for city in FIVE:
            for row in self.rows(city):
                self.assertIn(row["standing"], ("document", "reading", "assumption", "default"))
                if row["standing"] == "document":
                    self.assertNotEqual(row["article"], "", row)
                if row["standing"] == "assumption" and row["unit"] in ("yuan", "ratio"):
                    self.assertNotEqual(row["range"], "", row)

    def test_both_languages_have_the_same_rows(self):
        for city in FIVE:
            en, _ = self.run_program("show", city)
            zh, _ = self.run_program("show", city, language="zh")
            self.assertIn("in force", en)
            self.assertIn("依据", zh)
            self.assertEqual(en.count("\n["), zh.count("\n【"))

    def test_rules_by_disease_name_their_diseases(self):
        out, _ = self.run_program("show", "qujing", language="zh")
        self.assertIn("慢性肾功能衰竭、重性精神病", " ".join(out.split()))

    def test_compare_shows_differences_only(self):
        out, _ = self.run_program("show", "yantai", "--compare", "yantai")
        self.assertTrue(out.endswith("Nothing.\n"))
        self.assertEqual(self.rows("yantai", "--compare", "yantai"), [])
        draft = self.changed("yantai", "draft.yaml", ("level1_and_below: 500", "level1_and_below: 300"))
        rows = self.rows("yantai", "--compare", draft)
        self.assertEqual({(r["scenario"], r["key"]) for r in rows},
                         {("yantai", "deductible.amount"), ("draft", "deductible.amount")})
        out, _ = self.run_program("show", "yantai", "--compare", draft)
        self.assertRegex(out, r"level 1 and below 500 yuan.*level 1 and below 300 yuan")

    def test_the_same_written_differently_is_no_difference(self):
        draft = self.changed("yantai", "draft.yaml",
                             ("{level1_and_below: 500, level2_and_above: 800}",
                              "{village: 500, community: 500, level1: 500, other: 800}"))
        self.assertEqual(self.rows("yantai", "--compare", draft), [])

    def test_the_reference_lists_every_parameter_with_its_bounds(self):
        for language in ("en", "zh"):
            out, _ = self.run_program("show", "--parameters", language=language)
            markdown, _ = self.run_program("show", "--parameters", "--markdown", language=language)
            for key in ("deductible.amount", "counts_toward", "by_disease.further", "reserve_share"):
                self.assertIn(key, out)
                self.assertIn(f"| `{key}` |", markdown)
        self.assertIn("| `credit_day` | 每月划入日 | 日 | 1 日–28 日 |", markdown)

    def test_bad_usage_is_said(self):
        for arguments, words in ((["yantai", "--on", "2023-02-30"], "is no date"),
                                 ([], "no scenario given"), (["yantia"], "did you mean 'yantai'"),
                                 (["yantai", "qujing"], "--compare"),
                                 (["yantai", "--parameters"], "takes no scenario")):
            _, err = self.run_program("show", *arguments, status=2)
            self.assertIn(words, err)


if __name__ == "__main__":
    program.main()
