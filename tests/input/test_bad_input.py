#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What adjudicate says of broken files: the right line and column, all problems, nothing written.

Usage: test_bad_input.py GONGJI SOURCE_FOLDER
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

GONGJI, SOURCE = None, None

MEMBERS = ["person_id", "birth_date", "sex", "status", "retired_on", "sector", "insured_from",
           "insured_to", "base", "balance", "household", "county", "arrears", "chronic", "special",
           "ltc_from", "ltc_to"]
CLAIMS = ["claim_id", "person_id", "date", "end_date", "benefit", "provider", "channel",
          "inpatient_qualified", "designated", "place", "cost", "eligible", "disease", "drug",
          "admission"]
MEMBER = {"person_id": "p1", "birth_date": "1980-05-01", "sex": "female", "status": "employee",
          "base": "5000.00", "balance": "100.5"}
CLAIM = {"claim_id": "c1", "person_id": "p1", "date": "2023-03-01", "benefit": "outpatient",
         "provider": "level2", "cost": "800.00", "eligible": "750"}
STAY = {"claim_id": "s1", "person_id": "p1", "date": "2023-04-01", "end_date": "2023-04-09",
        "benefit": "inpatient", "provider": "level3", "cost": "9000", "eligible": "8000"}


def table(columns, rows):
    return [columns] + [[row.get(name, "") for name in columns] for row in rows]


def text(rows, end="\n"):
    return "".join(",".join(row) + end for row in rows)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.members = text(table(MEMBERS, [MEMBER]))
        self.claims = text(table(CLAIMS, [CLAIM]))

    def run_program(self, *more, output=True):
        for name in ("members", "claims"):
            content = getattr(self, name)
            data = content if isinstance(content, bytes) else content.encode()
            (self.folder / f"{name}.csv").write_bytes(data)
        command = [GONGJI, "adjudicate", "xianning", "--lang", "en", "--claims", "claims.csv",
                   "--members", "members.csv", *more]
        if output:
            command += ["-o", "out.csv", "--accounts", "accounts.csv"]
        result = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=60,
                                env={"GONGJI_DATA": SOURCE}, check=False)
        self.stderr = result.stderr.decode()
        self.stdout = result.stdout.decode()
        return result.returncode

    def good(self):
        self.assertEqual(self.run_program(), 0, self.stderr)
        return (self.folder / "out.csv").read_text(), (self.folder / "accounts.csv").read_text()

    def bad(self, *places):
        """The command refuses the input and names exactly these places, in this order."""
        self.assertEqual(self.run_program(), 2, self.stderr)
        found = re.findall(r"^(\w+)\.csv:(\d+):(\d+): (.*)$", self.stderr, re.M)
        self.assertEqual([f"{file}:{line}:{column}" for file, line, column, _ in found],
                         list(places), self.stderr)
        for *_, sentence in found:
            self.assertRegex(sentence, r"; |\?", "what would be right is missing")
        self.assertFalse((self.folder / "out.csv").exists())
        self.assertFalse((self.folder / "accounts.csv").exists())
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()),
                         ["claims.csv", "members.csv"])


def claim_case(change, column, *, row=2, base=CLAIM, more=(), says=""):
    """A row of claims.csv with some columns changed is refused at a column."""
    def test(self):
        self.claims = text(table(CLAIMS, [dict(base, **change), *more]))
        self.bad(f"claims:{row}:{CLAIMS.index(column) + 1}")
        self.assertIn(says, self.stderr)
    return test


def member_case(change, column, *, says="", more=()):
    def test(self):
        self.members = text(table(MEMBERS, [dict(MEMBER, **change), *more]))
        self.bad(f"members:2:{MEMBERS.index(column) + 1}")
        self.assertIn(says, self.stderr)
    return test


class Claims(Files):
    test_no_person = claim_case({"person_id": "p2"}, "person_id", says="p2")
    test_empty_id = claim_case({"claim_id": ""}, "claim_id")
    test_same_id_twice = claim_case({}, "claim_id", row=3, more=[CLAIM], says="line 2")
    test_date_that_is_none = claim_case({"date": "2023-02-29"}, "date", says="YYYY-MM-DD")
    test_date_empty = claim_case({"date": ""}, "date")
    test_end_before_begin = claim_case({"end_date": "2023-03-31"}, "end_date", base=STAY)
    test_stay_without_end = claim_case({"end_date": ""}, "end_date", base=STAY)
    test_unknown_benefit = claim_case({"benefit": "outpatints"}, "benefit", says="'outpatient'")
    test_unknown_provider = claim_case({"provider": "level 3"}, "provider", says="'level3'")
    test_unknown_channel = claim_case({"channel": "x"}, "channel", says="pharmacy")
    test_unknown_answer = claim_case({"designated": "maybe"}, "designated", says="yes")
    test_unknown_place = claim_case({"place": "Local"}, "place", says="'local'")
    test_three_decimals = claim_case({"cost": "800.000"}, "cost", says="two decimals")
    test_negative = claim_case({"eligible": "-0.01"}, "eligible", says="negative")
    test_not_a_number = claim_case({"cost": "1e3"}, "cost")
    test_thousands_mark = claim_case({"cost": "1 000"}, "cost")
    test_too_large = claim_case({"cost": "99999999999"}, "cost", says="out of range")
    test_eligible_above_cost = claim_case({"eligible": "800.01"}, "eligible", says="800.00")
    test_chronic_without_disease = claim_case({"benefit": "chronic"}, "disease")
    test_drug_missing = claim_case({"benefit": "negotiated_drug"}, "drug")
    test_admission_unknown = claim_case({"admission": "s9"}, "admission", says="s9")
    test_admission_no_stay = claim_case(
        {"admission": "c2"}, "admission", more=[dict(CLAIM, claim_id="c2")])
    test_admission_of_itself = claim_case({"admission": "c1"}, "admission")

    def test_admission_of_another_person(self):
        self.members = text(table(MEMBERS, [MEMBER, dict(MEMBER, person_id="p2")]))
        self.claims = text(table(CLAIMS, [dict(CLAIM, person_id="p2", admission="s1"), STAY]))
        self.bad("claims:2:15")

    def test_admission_may_come_later(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, admission="s1"), STAY]))
        out, _ = self.good()
        self.assertIn("c1,p1,2023-03-01,800.00,750.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,merged",
                      out)

    def test_all_problems_at_once(self):
        self.members = text(table(MEMBERS, [dict(MEMBER, sex="x", base="", balance="-1"),
                                            dict(MEMBER, insured_from="2023-01-02",
                                                 insured_to="2023-01-01")]))
        self.claims = text(table(CLAIMS, [dict(CLAIM, cost="x", date="y", person_id="nobody"),
                                          dict(CLAIM, admission="zz")]))
        self.bad("members:2:3", "members:2:9", "members:2:10", "members:3:1", "members:3:8",
                 "claims:2:2", "claims:2:3", "claims:2:11", "claims:3:1", "claims:3:15")


class Members(Files):
    test_unknown_status = member_case({"status": "employed"}, "status", says="employee")
    test_birth = member_case({"birth_date": "1980-5-1"}, "birth_date")
    test_sector = member_case({"sector": "private"}, "sector")
    test_base_missing = member_case({"base": ""}, "base")
    test_base_negative = member_case({"base": "-5"}, "base")
    test_balance_negative = member_case({"balance": "-0.01"}, "balance")
    test_balance_decimals = member_case({"balance": "0.001"}, "balance")
    test_arrears = member_case({"arrears": "2023-01;2023-13"}, "arrears", says="2023-13")
    test_care_half_open = member_case({"ltc_from": "2023-01-01"}, "ltc_to")
    test_care_backwards = member_case(
        {"ltc_from": "2023-01-02", "ltc_to": "2023-01-01"}, "ltc_to")

    def test_same_person_twice(self):
        self.members = text(table(MEMBERS, [MEMBER, dict(MEMBER, household="h")]))
        self.bad("members:3:1")
        self.assertIn("line 2", self.stderr)

    def test_retirees_need_no_base(self):
        self.members = text(table(MEMBERS, [dict(MEMBER, status="retiree", base="")]))
        self.good()


class Form(Files):
    def test_missing_column_is_named(self):
        self.claims = self.claims.replace("eligible", "eligable")
        self.bad("claims:1:1")
        self.assertIn("'eligable'", self.stderr)

    def test_another_table_is_told_in_one_line(self):
        self.claims = "scenario,year,measure,group,value\nyantai,2023,cost,all,1.00\n"
        self.bad("claims:1:1")
        self.assertEqual(self.stderr.count("are missing"), 1, self.stderr)
        self.assertIn(", ".join(CLAIMS), self.stderr)

    def test_column_twice(self):
        self.claims = self.claims.replace("drug", "date")
        self.bad("claims:1:1", "claims:1:14")

    def test_unknown_columns_are_noted(self):
        plain = self.good()
        rows = table(CLAIMS + ["note"], [dict(CLAIM, note="seen, twice")])
        rows[1][-1] = '"seen, twice"'
        self.claims = text(rows)
        self.assertEqual(self.good(), plain)
        self.assertIn("note: column 'note' is not used", self.stderr)

    def test_columns_in_any_order(self):
        plain = self.good()
        self.claims = text(table(CLAIMS[::-1], [CLAIM]))
        self.members = text(table(MEMBERS[::-1], [MEMBER]))
        self.assertEqual(self.good(), plain)

    def test_bom_crlf_quotes_and_no_last_line_end(self):
        plain = self.good()
        rows = table(CLAIMS, [CLAIM])
        quoted = [[f'"{field}"' for field in row] for row in rows]
        for claims in (text(rows, "\r\n"), text(quoted), text(quoted, "\r\n"),
                       text(rows).rstrip("\n"), text(quoted, "\r\n").rstrip("\r\n"),
                       text(rows) + "\n", text(rows, "\r\n") + "\r\n"):
            for bom in ("", "\ufeff"):
                self.claims = bom + claims
                self.assertEqual(self.good(), plain)

    def test_quoted_ids_come_out_quoted(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, claim_id='"a ""b"", c\nd"'), STAY]))
        out, _ = self.good()
        self.assertIn('\n"a ""b"", c\nd",p1,2023-03-01,', out)

    def test_lines_are_counted_through_quoted_line_ends(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, claim_id='"a\nb\nc"'),
                                          dict(CLAIM, cost="x")]))
        self.bad("claims:5:11")

    def test_quote_not_closed(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, disease='"x'), STAY]))
        self.bad("claims:2:13")

    def test_stray_quotes(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, disease='a"b'), dict(STAY, drug='"a"b')]))
        self.bad("claims:2:13", "claims:3:14")

    def test_not_utf8(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, disease="病")])).encode("gb18030")
        self.bad("claims:2:13")

    def test_chinese_names(self):
        self.members = text(table(MEMBERS, [dict(MEMBER, person_id="张三", household="户")]))
        self.claims = text(table(CLAIMS, [dict(CLAIM, person_id="张三", disease="冠心病")]))
        self.assertIn("\nc1,张三,", self.good()[0])

    def test_nul(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, drug="a\0b")]))
        self.bad("claims:2:14")

    def test_too_few_and_too_many_fields(self):
        good = text(table(CLAIMS, [CLAIM]))
        self.claims = good + "c2,p1,2023-01-01\n" + "c3" + ",x" * 15 + "\n" + "\n" + \
            text(table(CLAIMS, [STAY])[1:])
        self.bad("claims:3:4", "claims:4:16", "claims:5:2")

    def test_a_broken_row_is_not_held_against_others(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, admission="s1")])) + "s1,p1,2023-04-01\n"
        self.bad("claims:3:4")

    def test_empty_file(self):
        self.claims = ""
        self.bad("claims:1:1")

    def test_header_only(self):
        self.claims = text(table(CLAIMS, []))
        out, accounts = self.good()
        self.assertEqual(len(out.splitlines()), 1)
        self.assertEqual(len(accounts.splitlines()), 1)

    def test_a_line_without_end(self):
        self.claims = text(table(CLAIMS, [CLAIM])) + "x" * 5_000_000
        self.bad("claims:3:1")

    def test_a_record_without_end(self):
        self.claims = text(table(CLAIMS, [CLAIM])) + '"' + "x\n" * 2_000_000
        self.bad("claims:3:1")


class Results(Files):
    def test_failure_leaves_the_old_files(self):
        (self.folder / "out.csv").write_text("old")
        self.claims = text(table(CLAIMS, [dict(CLAIM, cost="x")]))
        self.assertEqual(self.run_program(), 2)
        self.assertEqual((self.folder / "out.csv").read_text(), "old")

    def test_full_disk_fails_and_leaves_the_old_files(self):
        (self.folder / "out.csv").write_text("old")
        self.claims = text(table(CLAIMS, [dict(CLAIM, claim_id=f"c{i}") for i in range(2000)]))
        self.run_program(output=False)
        command = ["bash", "-c", "ulimit -f 8; trap '' XFSZ; exec \"$0\" \"$@\"", GONGJI, "adjudicate",
                   "xianning", "--claims", "claims.csv", "--members", "members.csv", "-o", "out.csv"]
        for name in ("out.csv", "out.h5"):
            command[-1] = name
            result = subprocess.run(command, cwd=self.folder, capture_output=True, check=False,
                                    env={"GONGJI_DATA": SOURCE, "PATH": "/usr/bin:/bin"})
            self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual((self.folder / "out.csv").read_text(), "old")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()),
                         ["claims.csv", "members.csv", "out.csv"])

    def test_an_interrupt_leaves_nothing(self):
        rows = table(CLAIMS, [CLAIM])
        line = ",".join(rows[1])[2:]
        self.claims = text(rows[:1]) + "".join(f"c{i}{line}\n" for i in range(200_000))
        self.run_program(output=False)
        command = [GONGJI, "adjudicate", "xianning", "--claims", "claims.csv", "--members",
                   "members.csv", "-o", "out.csv", "--accounts", "accounts.csv"]
        for wait in (0.02, 0.06, 0.12):
            process = subprocess.Popen(command, cwd=self.folder, env={"GONGJI_DATA": SOURCE})
            time.sleep(wait)
            process.send_signal(signal.SIGINT)
            status = process.wait()
            left = {path.name for path in self.folder.iterdir()} - {"claims.csv", "members.csv"}
            if status == 0:
                self.assertEqual(left, {"out.csv", "accounts.csv"})
                break
            self.assertEqual(status, -signal.SIGINT)
            self.assertFalse([name for name in left if name.endswith(".part")], left)

    def test_stdout(self):
        self.assertEqual(self.run_program(output=False), 0)
        self.assertTrue(self.stdout.startswith("claim_id,person_id,date,cost,"))
        self.assertEqual(len(self.stdout.splitlines()), 2)

    def test_claims_through_a_pipe(self):
        plain, _ = self.good()
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        command = [GONGJI, "adjudicate", "xianning", "--claims", "pipe", "--members", "members.csv"]
        with subprocess.Popen(["cp", self.folder / "claims.csv", pipe]):
            result = subprocess.run(command, cwd=self.folder, capture_output=True,
                                    env={"GONGJI_DATA": SOURCE}, check=False, timeout=60)
        self.assertEqual(result.stdout.decode(), plain)

    def test_a_pipe_as_output_stays_one(self):
        plain, _ = self.good()
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
            self.assertEqual(self.run_program("-o", "pipe", output=False), 0, self.stderr)
            self.assertEqual(reader.stdout.read().decode(), plain)
        self.assertTrue(pipe.is_fifo())

    def test_large_amounts(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, cost="9999999999.99", eligible="9999999999"),
                                          CLAIM | {"claim_id": "c2"}]))
        out, _ = self.good()
        row = out.splitlines()[1].split(",")
        self.assertEqual(row[3], "9999999999.99")
        paid = sum(round(float(amount) * 100) for amount in (row[7], row[9], row[10], row[11]))
        self.assertEqual(paid, 999999999999)

    def test_problems_in_chinese(self):
        self.claims = text(table(CLAIMS, [dict(CLAIM, cost="x")]))
        self.run_program("--lang", "zh")
        self.assertIn("claims.csv:2:11: “x”不是金额；", self.stderr)


if __name__ == "__main__":
    GONGJI, SOURCE = (str(Path(argument).resolve()) for argument in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
