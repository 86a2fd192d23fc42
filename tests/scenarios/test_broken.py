#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong in a scenario file is told with file, line and column and what would be right, all
of it in one go, with exit status 2.

Each case is the sound file below with one text exchanged; ▸ marks the place that must be told.

Usage: test_broken.py GONGJI SOURCE
"""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "command"))
import program  # noqa: E402

SOUND = """\
name: {zh: 甲市, en: City A}
document: 甲政办发〔2022〕1号
in_force: {from: 2023-01-01, to: 2030-12-31, article: 第九条}
readings: {article: 全文, stays_settle: discharge}
benefits:
  article: 第二条
  outpatient:
    qualified: {institution: yes, other: no}
    paid_at: {local: yes, other: no}
    deductible:
      per: year
      amount: {level1_and_below: 100, level2_and_above: 200}
    ratio:
      employee: {level1_and_below: 70%, level2: 60%, level3_and_above: 50%}
      retiree: 75%
    counts_toward: [outpatient, overall]
  emergency: {treated_as: outpatient}
  special:
    ratio_same_as: inpatient
    rules:
      costly:
        diseases: [cancer, transplant]
        ratio: 90%
  inpatient:
    standing: assumption
    always_in_force: yes
    deductible: {per: visit, amount: {value: 500, range: [100, 900]}}
    ratio: {value: 85%, range: [70%, 95%]}
    counts_toward: [overall]
caps:
  article: 第三条
  outpatient:
    amount: {2023-01-01: 900, 2024-01-01: 1800}
    per: year
  overall: {amount: 150000}
account:
  article: 第四条
  employee_rate: {<35: 2.15%, 35-44: 2.35%, 45+: 2.7%}
  flexible_rate: 2%
  retiree_rate: {earlier: 4.3%, 2023-01-01: 2%}
  average_pension: {enterprise: 2800, public: 5300}
  status_change: same_month
  credit_day: 1
contribution:
  article: 第五条
  employer_rate: 7.5%
  flexible_rate: {2023-01-01..2023-12-31: 6.3%, 2024-01-01: 7%}
pooling:
  article: 第六条
  reserve_share: 5%
  city_share: 5%
  alert_threshold: 3%
"""

# What is broken: (old text, new text, pattern of the sentence).
CASES = {
    # Names.
    "unknown key at the top": (
        "document:", "▸dokument:", "'dokument'.*did you mean 'document'"),
    "unknown section": ("readings:", "▸reading:", "'reading'.*did you mean 'readings'"),
    "unknown key in in_force": ("to: 2030", "▸until: 2030", "'until'.*possible here: from, to"),
    "unknown key in name": ("en: City A", "en: City A, ▸fr: Ville A", "'fr'.*possible here: zh, en"),
    "unknown reading": ("stays_settle", "▸stay_settles", "did you mean 'stays_settle'"),
    "misspelt benefit": ("  inpatient:\n", "  ▸in_patient:\n", "did you mean 'inpatient'"),
    "unknown benefit": ("  emergency:", "  ▸dental:", "'dental'.*possible here: outpatient"),
    "unknown key of a benefit": ("    paid_at:", "    ▸payed_at:", "did you mean 'paid_at'"),
    "unknown key of a deductible": ("      per: year\n      amount", "      ▸pro: year\n      amount",
                                    "'pro' in 'benefits.outpatient.deductible'.*did you mean 'per'"),
    "unknown key of a rule by disease": (
        "        ratio: 90%", "        ratio: 90%\n        ▸disease: cancer",
        "'disease'.*did you mean 'diseases'"),
    "unknown key of a cap": ("    per: year\n  overall", "    ▸cap_onn: fund\n  overall",
                             "did you mean 'cap_on'"),
    "unknown key of the account": ("  credit_day: 1", "  ▸credit_days: 1", "did you mean 'credit_day'"),
    "unknown key of the contribution": (
        "  employer_rate:", "  ▸employers_rate:", "did you mean 'employer_rate'"),
    "unknown key of the pooling": ("  city_share:", "  ▸town_share:", "did you mean 'city_share'"),
    "unknown key beside a value": ("value: 500, range", "value: 500, ▸rnage", "did you mean 'range'"),
    "unknown cap counted toward": ("[outpatient, overall]", "[outpatient, ▸overal]",
                                   "no cap is called 'overal'; did you mean 'overall'"),
    "cap counted toward and not there": ("[outpatient, overall]", "[▸drugs, overall]",
                                         "no cap is called 'drugs'; add it under caps"),
    "misspelt provider class": ("level2: 60%", "▸levle2: 60%", "did you mean 'level2'"),
    "misspelt status": ("      retiree: 75%", "      ▸retire: 75%", "did you mean 'retiree'"),
    "misspelt place": ("{local: yes, other: no}", "{▸locall: yes, other: no}", "did you mean 'local'"),
    "misspelt channel": ("{institution: yes", "{▸institutions: yes", "did you mean 'institution'"),
    "unknown choice": ("per: visit", "per: ▸visits", "did you mean 'visit'"),
    "unknown choice near nothing": ("stays_settle: discharge", "stays_settle: ▸whenever",
                                    "possible: discharge, admission"),
    "unknown standing": ("standing: assumption", "standing: ▸guess",
                         "document, reading or assumption"),
    # Values.
    "a letter O in an amount": ("2024-01-01: 1800}", "2024-01-01: ▸18OO}", "no amount: '18OO'; .*1800"),
    "a thousands mark in an amount": ("overall: {amount: 150000}", "overall:\n    amount: ▸150,000",
                                      "no amount: '150,000'; yuan"),
    "a thousands mark that splits a map": ("2024-01-01: 1800}", "2024-01-01: 1,▸800}",
                                           "'800' stands alone after a comma; a number without thousands marks"),
    "three decimals in an amount": ("value: 500,", "value: ▸500.125,", "at most two decimals"),
    "an amount with its unit": ("value: 500,", "value: ▸500元,", "no amount"),
    "an amount in quotes": ("value: 500,", "value: ▸'500',", "text in quotes: '500'"),
    "a negative amount": ("overall: {amount: 150000}", "overall: {amount: ▸-150000}",
                          "-150000.00 yuan; 0.00 yuan to"),
    "an amount out of bounds": ("value: 500,", "value: ▸1000001,", "1000001.00 yuan; 0.00 yuan to 1000000.00"),
    "an exponent": ("overall: {amount: 150000}", "overall: {amount: ▸1.5e5}", "no amount"),
    "infinity": ("overall: {amount: 150000}", "overall: {amount: ▸.inf}", "no amount"),
    "a ratio without its percent sign": ("      retiree: 75%", "      retiree: ▸75", "7500%; 0% to 100%.*did you mean 75%"),
    "a ratio above one": ("        ratio: 90%", "        ratio: ▸700%", "700%; 0% to 100%"),
    "a ratio of words": ("        ratio: 90%", "        ratio: ▸most", "no ratio: .*; a percentage"),
    "a ratio with a blank": ("        ratio: 90%", "        ratio: ▸90 %", "no ratio: .*; a percentage"),
    "a ratio finer than a millionth": ("        ratio: 90%", "        ratio: ▸90.12345%", "no ratio"),
    "a day of the month out of bounds": ("credit_day: 1", "credit_day: ▸31", "is 31; 1 to 28"),
    "half a day": ("credit_day: 1", "credit_day: ▸1.5", "whole number"),
    "a list where one value is wanted": ("credit_day: 1", "credit_day: ▸[1, 2]", "whole number"),
    "a map where one choice is wanted": ("status_change: same_month", "status_change: {▸local: same_month}",
                                         "cannot differ by place"),
    "a text where caps are wanted": ("counts_toward: [outpatient, overall]", "counts_toward: ▸outpatient",
                                     "list of caps"),
    "no value at all": ("  flexible_rate: 2%", "  flexible_rate:▸", "is empty; a value is wanted"),
    "an empty map as a value": ("  flexible_rate: 2%", "  flexible_rate: ▸{}", "is empty; a value is wanted"),
    "a section that is a list": ("  overall: {amount: 150000}", "  overall: ▸[150000]", "no mapping"),
    "a section that is a text": ("  emergency: {treated_as: outpatient}", "  emergency: ▸outpatient",
                                 "no mapping"),
    "rules that are a list": ("    rules:\n      costly:\n        diseases: [cancer, transplant]\n"
                              "        ratio: 90%\n", "    rules: ▸[cancer]\n", "no mapping"),
    "diseases that are a text": ("diseases: [cancer, transplant]", "diseases: ▸cancer", "list of names"),
    "a rule by disease without diseases": ("        diseases: [cancer, transplant]\n        ratio",
                                           "        ▸ratio", "names no diseases; add"),
    # Dimensions.
    "a status without a value": ("{enterprise: 2800, public: 5300}", "▸{enterprise: 2800}",
                                 "no value for: public"),
    "ages with a gap": ("35-44: 2.35%, ", "", "no value for: 35\\+"),
    "ages that overlap": ("35-44: 2.35%", "▸34-44: 2.35%", "overlaps"),
    "ages backwards": ("35-44: 2.35%", "▸44-35: 2.35%", "'44-35'.*ages"),
    "classes that overlap": ("level2_and_above: 200", "▸level1: 150, level2_and_above: 200", "overlaps"),
    "two dimensions in one place": ("      retiree: 75%", "      ▸level1: 75%", "mixes provider class"),
    "a dimension that is not allowed": ("{institution: yes, other: no}", "{▸retiree: yes, other: no}",
                                        "cannot differ by status; drop 'retiree'"),
    "one dimension twice": ("      retiree: 75%", "      retiree: {▸employee: 75%, retiree: 75%}",
                            "divided by status twice"),
    "other alone": ("{local: yes, other: no}", "{▸other: no}", "name one at least"),
    # Dates.
    "a date that is none": ("2024-01-01: 1800}", "▸2024-02-30: 1800}", "'2024-02-30'.*no date"),
    "29 February of a common year": ("in_force: {from: 2023-01-01", "in_force: {from: ▸2023-02-29",
                                     "no date; a day of the calendar"),
    "a date with one digit": ("2024-01-01: 1800}", "▸2024-1-1: 1800}", "no date"),
    "dates that overlap": ("2023-01-01..2023-12-31: 6.3%, 2024", "2023-01-01..2024-01-31: 6.3%, ▸2024",
                           "overlap"),
    "a span backwards": ("2023-01-01..2023-12-31: 6.3%", "▸2023-12-31..2023-01-01: 6.3%", "backwards"),
    "a gap between spans": ("2023-01-01..2023-12-31: 6.3%", "▸2023-01-01..2023-11-30: 6.3%",
                            "no value after"),
    "a date inside a class": ("level1_and_below: 100", "level1_and_below: {▸2023-01-01: 100}",
                              "dates come first"),
    "a class among dates": ("2024-01-01: 1800}", "▸retiree: 1800}", "no date"),
    "no value on the first day": ("amount: {2023-01-01: 900, ", "amount: {2023-02-01: ▸900, ",
                                  "no value before 2023-02-01.*in force from 2023-01-01"),
    "no value before the first date, though always in force": (
        "    ratio: {value: 85%, range: [70%, 95%]}",
        "    ratio: {2023-01-01: {value: ▸85%, range: [70%, 95%]}}", "no value before 2023-01-01.*on every date; add 'earlier"),
    "an end before the beginning": ("in_force: {from: 2023-01-01, to: 2030", "in_force: ▸{from: 2023-01-01, to: 2020",
                                    "ends before it begins"),
    "in_force as a date": ("in_force: {from: 2023-01-01, to: 2030-12-31, article: 第九条}",
                           "in_force: ▸2023-01-01", "no mapping"),
    "no in_force": ("in_force: {from: 2023-01-01, to: 2030-12-31, article: 第九条}\n", "",
                    "'in_force' is missing; add"),
    # Sources.
    "no article": ("contribution:\n  article: 第五条\n  employer_rate: ", "contribution:\n  employer_rate: ▸",
                   "names no article; add"),
    "in_force without an article": ("in_force: {from: 2023-01-01, to: 2030-12-31, article: 第九条}",
                                    "in_force: ▸{from: 2023-01-01}", "names no article"),
    "an assumption without a range": ("{value: 500, range: [100, 900]}", "▸500", "without a range"),
    "a range reversed": ("range: [100, 900]", "range: ▸[900, 100]", "low end is above"),
    "a range of one": ("range: [100, 900]", "range: ▸[100]", "list of two numbers"),
    "a range of words": ("range: [100, 900]", "range: ▸[few, many]", "list of two numbers"),
    # What belongs together.
    "no ratio": ("        diseases: [cancer, transplant]\n        ratio: 90%",
                 "        diseases: [cancer, transplant]\n        always_in_force: ▸yes",
                 "'benefits.special.rules.costly' has no ratio; add"),
    "ratio given twice": ("    ratio_same_as: inpatient", "    ratio_same_as: ▸inpatient\n    ratio: 50%",
                          "both ratio and ratio_same_as"),
    "a deductible without an amount": ("deductible: {per: visit, amount: {value: 500, range: [100, 900]}}",
                                       "deductible: {per: ▸visit}", "without an amount; add"),
    "an amount without its period": ("deductible: {per: visit, amount", "deductible: {amount", "not what it is per; add"),
    "a benefit treated as itself": ("{treated_as: outpatient}", "{treated_as: ▸emergency}", "no 'ratio' of its own"),
    "a benefit treated as one that is not there": (
        "{treated_as: outpatient}", "{treated_as: ▸chronic}", "does not have; add benefits.chronic"),
    "a ratio as of one that has none": ("    ratio_same_as: inpatient", "    ratio_same_as: ▸emergency",
                                        "no 'ratio' of its own"),
    "half a second band": ("      retiree: 75%\n", "      retiree: 75%\n    second_band: {from: 1000}\n",
                           "half a second band"),
    "a cap without an amount": ("  overall: {amount: 150000}", "  overall: {per: ▸year}",
                                "caps.overall has no amount; add it"),
    "an account without a rate": ("  flexible_rate: 2%\n", "", "account.flexible_rate is missing; add it"),
    "pooling without a share": ("  city_share: 5%\n", "", "pooling.city_share is missing"),
    # YAML itself.
    "a key given twice": ("  credit_day: 1\n", "  credit_day: 1\n  ▸credit_day: 2\n", "given twice"),
    "a tab for indentation": ("  status_change: same_month", "▸\tstatus_change: same_month", "not YAML"),
    "a bracket left open": ("article: 全文, stays_settle: discharge}", "article: 全文, stays_settle: discharge",
                            "not YAML"),
    "an anchor": ("  flexible_rate: 2%", "  flexible_rate: ▸&rate 2%", "an anchor \\(&rate\\)"),
    "an alias": ("  flexible_rate: 2%", "  flexible_rate: ▸*rate", "an alias"),
    "a merge key": ("  overall: {amount: 150000}", "  overall: {▸<<: {amount: 1}, amount: 150000}", "merge key"),
    "a tag": ("credit_day: 1", "credit_day: ▸!!int 1", "a tag"),
    "a second document": ("pooling:", "▸---\npooling:", "second document"),
    "a list as a key": ("credit_day: 1", "▸[credit_day]: 1", "list or mapping as a key"),
    # Extending.
    "extending what is not there": ("document:", "extends: ▸cangzhuo\ndocument:", "did you mean 'cangzhou'"),
    "extending nothing": ("document:", "extends: ▸[]\ndocument:", "'extends' is no name"),
    "another kind of file": ("document:", "kind: ▸scenarios\ndocument:", "no scenario; 'kind: scenario'"),
    "a name in one language": ("{zh: 甲市, en: City A}", "▸{zh: 甲市}", "no name"),
}


# Where one mistake leaves more than one thing wrong: how many.
SEVERAL = {"no article": 3}


class Broken(program.ProgramTest):
    def problems(self, text, language="en"):
        """(line, column, sentence) of every problem of the text."""
        path = self.folder / "broken.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        out, err = self.run_program("check", path, status=2, language=language)
        self.assertEqual(out, "")
        found = []
        for line in err.splitlines():
            match = re.fullmatch(r"\S+/broken\.yaml:(\d+):(\d+): (.+)", line)
            self.assertIsNotNone(match, line)
            found.append((int(match[1]), int(match[2]), match[3]))
        return found

    def check(self, text, pattern, language="en", count=1):
        """So many problems; the first is at the mark and says what the pattern says."""
        found = self.problems(text.replace("▸", "", 1), language)
        self.assertEqual(len(found), count, found)
        self.assertRegex(found[0][2], pattern)
        self.assertRegex(found[0][2], "; .|did you mean|；.")
        if "▸" in text:
            before = text[:text.index("▸")]
            place = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
            self.assertEqual(found[0][:2], place, found[0][2])

    def test_the_file_that_is_broken_is_sound(self):
        path = self.write("sound.yaml", SOUND)
        out, err = self.run_program("check", path)
        self.assertIn("sound.yaml: scenario", out)
        self.assertEqual(err, "")

    def test_what_is_wrong_is_told_in_its_place(self):
        for name, (old, new, pattern) in CASES.items():
            with self.subTest(name):
                self.assertEqual(SOUND.count(old), 1, old)
                self.check(SOUND.replace(old, new), pattern, count=SEVERAL.get(name, 1))

    def test_every_case_is_told_in_chinese_at_the_same_place(self):
        for name, (old, new, _) in CASES.items():
            with self.subTest(name):
                self.check(SOUND.replace(old, new), "[一-龥]{2}", "zh", SEVERAL.get(name, 1))

    def test_an_empty_file(self):
        self.check("▸", "an empty file")
        self.check("# only a comment\n", "an empty file|not a mapping")

    def test_a_list_or_a_text_instead_of_a_mapping(self):
        self.check("▸- a\n- b\n", "not a mapping; lines of the form 'name: value'")
        self.check("▸yantai\n", "not a mapping")

    def test_text_that_is_not_utf8(self):
        text = SOUND.replace("甲市", "?").encode()
        (line, column, sentence), = self.problems(text.replace(b"?", "甲市".encode("gb18030")))
        self.assertEqual((line, column), (1, 12))
        self.assertIn("UTF-8", sentence)
        found = self.problems(SOUND.encode().replace("第四条".encode(), b"\xff"))
        self.assertEqual(found[0][:2], (37, 12))

    def test_control_characters(self):
        found = self.problems(SOUND.replace("甲政办", "甲\x00办").encode())
        self.assertEqual(found[0][:2], (2, 12))
        found = self.problems(SOUND.replace("document: ", 'document: "\\0" #'))
        self.assertEqual(found[0][:2], (2, 11))
        self.assertIn("NUL", found[0][2])

    def test_utf16_is_refused(self):
        self.assertIn("UTF-8", self.problems(SOUND.encode("utf-16"))[0][2])

    def test_a_byte_order_mark_and_crlf_are_read(self):
        path = self.folder / "windows.yaml"
        path.write_bytes(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())
        out, _ = self.run_program("check", path)
        self.assertIn("windows.yaml: scenario", out)

    def test_nesting_without_end(self):
        found = self.problems("a: " + "[" * 5000 + "]" * 5000 + "\n")
        self.assertIn("nested deeper", found[0][2])
        self.assertEqual(found[0][0], 1)

    def test_an_alias_to_itself(self):
        self.check("caps: ▸&a [*a]\n", "an anchor")

    def test_more_caps_than_there_may_be(self):
        caps = "".join(f"  cap{n}: {{amount: 1}}\n" for n in range(2, 16))
        text = SOUND.replace("account:\n", caps + "  ▸cap16: {amount: 1}\naccount:\n", 1)
        self.check(text, "more than 16 caps")

    def test_a_benefit_that_counts_toward_five_caps(self):
        caps = "".join(f"  cap{n}: {{amount: 1}}\n" for n in range(1, 5))
        text = SOUND.replace("account:\n", caps + "account:\n", 1)
        text = text.replace("[outpatient, overall]", "▸[outpatient, cap1, cap2, cap3, cap4]")
        self.check(text, "more than 4 caps")

    def test_more_rules_than_there_may_be(self):
        rules = "".join(f"      {'▸' if n == 13 else ''}r{n}: {{diseases: [d{n}], ratio: 1%}}\n"
                        for n in range(1, 14))
        text = SOUND.replace("  inpatient:\n", rules + "  inpatient:\n", 1)
        self.check(text, "more than 16 rules", count=2)  # the inpatient one besides

    def test_extending_itself_or_in_a_circle(self):
        self.check(SOUND.replace("document:", "extends: ▸broken.yaml\ndocument:"), "round in a circle")
        self.write("other.yaml", "extends: broken.yaml\n")
        _, err = self.run_program("check", self.write("broken.yaml", "extends: other.yaml\n"), status=2)
        self.assertRegex(err, r"^\S+other\.yaml:1:10: .*round in a circle")

    def test_a_problem_of_the_extended_file_is_told_there(self):
        self.write("first.yaml", SOUND.replace("75%", "75"))
        _, err = self.run_program("check", self.write("draft.yaml", "extends: first\n"), status=2)
        self.assertRegex(err, r"^\S+first\.yaml:15:16: 'benefits\.outpatient\.ratio' is 7500%")

    def test_a_draft_without_an_article(self):
        self.write("first.yaml", SOUND)
        text = "extends: first\ncaps:\n  outpatient: {amount: ▸3000}\n"
        self.check(text, "'caps.outpatient.amount' names no article; add")
        out, _ = self.run_program("check", self.write("draft.yaml", text.replace("▸", "") + "article: 草案\n"))
        self.assertIn("draft.yaml: scenario", out)

    def test_a_draft_takes_references_back(self):
        self.write("first.yaml", SOUND)
        draft = "extends: first\narticle: 草案\nbenefits:\n"
        sound = draft + "  emergency: {treated_as: none, ratio: 50%}\n  special: {ratio_same_as: none, ratio: 1%}\n"
        self.run_program("check", self.write("draft.yaml", sound))
        self.check(draft + "  emergency: {treated_as: ▸none}\n", "'benefits.emergency' has no ratio")
        self.check(draft + "  special: {ratio_same_as: ▸none}\n", "'benefits.special' has no ratio")

    def test_all_problems_in_one_go(self):
        text = SOUND
        for name in ("unknown key at the top", "misspelt provider class", "a letter O in an amount",
                     "a key given twice", "a thousands mark in an amount", "a range reversed",
                     "a span backwards", "unknown key of the pooling"):
            old, new, _ = CASES[name]
            text = text.replace(old, new.replace("▸", ""))
        found = self.problems(text)
        self.assertEqual(len(found), 8, found)
        self.assertEqual([place[:2] for place in found], sorted(place[:2] for place in found))

    def test_what_belongs_together_is_told_in_one_go(self):
        text = SOUND.replace("  flexible_rate: 2%\n", "").replace("  city_share: 5%\n", "")
        text = text.replace("{treated_as: outpatient}", "{treated_as: chronic}")
        self.assertEqual(len(self.problems(text)), 3)

    def test_nothing_that_may_be_there_is_a_crash(self):
        """Cut anywhere, the file is sound or told to be wrong."""
        for end in range(0, len(SOUND), 23):
            with self.subTest(end):
                path = self.write("cut.yaml", SOUND[:end])
                try:
                    self.run_program("check", path, status=2)
                except AssertionError:
                    self.run_program("check", path)


if __name__ == "__main__":
    program.main()
