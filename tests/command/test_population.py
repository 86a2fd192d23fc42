#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""population: files that adjudicate reads, whole or not at all.

Usage: test_population.py GONGJI SOURCE
"""
import csv
import program

MEMBERS = ("person_id,birth_date,sex,status,retired_on,sector,insured_from,insured_to,base,balance,"
           "household,county,arrears,chronic,special,ltc_from,ltc_to").split(",")
CLAIMS = ("claim_id,person_id,date,end_date,benefit,provider,channel,inpatient_qualified,designated,"
          "place,cost,eligible,disease,drug,admission").split(",")


class Population(program.ProgramTest):
    def population(self, name, *arguments):
        self.run_program("population", *arguments, "-o", name)
        read = []
        for file, columns in (("members.csv", MEMBERS), ("claims.csv", CLAIMS)):
            with open(self.folder / name / file, encoding="utf-8", newline="") as stream:
                reader = csv.DictReader(stream)
                self.assertEqual(reader.fieldnames, columns)
                read.append(list(reader))
        return read

    def test_the_first_persons_of_many_are_those_of_few(self):
        few, few_claims = self.population("few", "xianning", "--persons", 320)
        many, many_claims = self.population("many", "xianning", "--persons", 640)
        self.assertEqual(few, many[:320])
        self.assertEqual(few_claims, many_claims[:len(few_claims)])
        self.assertEqual([m["person_id"] for m in many], sorted(m["person_id"] for m in many))

    def test_a_span_of_years_holds_each_year_as_drawn_alone(self):
        _, span = self.population("span", "yantai", "--persons", 320, "--years", "2023..2025", "--seed", 9)
        _, alone = self.population("alone", "yantai", "--persons", 320, "--years", 2024, "--seed", 9)

        def bare(claim):
            return [claim[c] for c in CLAIMS[1:-1]]

        within = [bare(c) for c in span if (c["end_date"] or c["date"])[:4] == "2024"]
        self.assertEqual(within, [bare(c) for c in alone])

    def test_adjudicate_reads_what_it_writes(self):
        _, claims = self.population("people", "employees-2022", "--persons", 500, "--years", "2023..2024")
        out, _ = self.run_program("adjudicate", "xianning", "--claims", "people/claims.csv",
                                  "--members", "people/members.csv")
        rows = list(csv.DictReader(out.splitlines()))
        self.assertEqual([r["claim_id"] for r in rows], [c["claim_id"] for c in claims])
        merged = {r["claim_id"] for r in rows if r["reason"] == "merged"}
        self.assertEqual(merged, {c["claim_id"] for c in claims if c["admission"]})

    def test_a_directory_of_other_files_is_left_alone(self):
        (self.folder / "mine").mkdir()
        self.write("mine/notes.txt", "keep")
        self.run_program("population", "yantai", "--persons", 10, "-o", "mine", status=2)
        self.assertEqual([p.name for p in (self.folder / "mine").iterdir()], ["notes.txt"])

    def test_bad_usage_and_bad_models_are_named(self):
        for arguments, says in (
                (("yantai", "--persons", 10), "-o DIR"),
                (("yantai", "-o", "d"), "--persons"),
                (("yantai", "--persons", 0, "-o", "d"), "from 1 to"),
                (("yantai", "--persons", 10, "--years", "2025..2023", "-o", "d"), "2023..2035"),
                (("yantay", "--persons", 10, "-o", "d"), "did you mean 'yantai'")):
            _, error = self.run_program("population", *arguments, status=2)
            self.assertIn(says, error)
        self.assertFalse((self.folder / "d").exists())


if __name__ == "__main__":
    program.main()
