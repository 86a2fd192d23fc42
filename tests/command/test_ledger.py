# SPDX-License-Identifier: GPL-3.0-or-later
"""gongji ledger: the case worked by hand, and what is no flows file."""
from program import SOURCE, ProgramTest, main

CASE = SOURCE / "tests/golden/xianning-ledger"
HEADER = ("county,year,budget_income,budget_expenditure,income,expenditure,own_gap,plan_fulfilled,"
          "prior_surplus\n")


class Ledger(ProgramTest):
    def options(self):
        return (CASE / "options").read_text(encoding="utf-8").split()

    def test_the_case_worked_by_hand(self):
        out, _ = self.run_program("ledger", "xianning", "--flows", CASE / "flows.csv",
                                  *self.options())
        self.assertEqual(out, (CASE / "out.csv").read_text(encoding="utf-8"))

    def test_books_in_a_file_are_those_on_stdout(self):
        out, _ = self.run_program("ledger", "xianning", "--flows", CASE / "flows.csv",
                                  *self.options(), "-o", "books.csv")
        self.assertEqual(out, "")
        self.assertEqual((self.folder / "books.csv").read_bytes(), (CASE / "out.csv").read_bytes())

    def test_all_problems_come_in_one_go_and_nothing_is_written(self):
        self.write("books.csv", "earlier\n")
        flows = self.write("flows.csv", HEADER
                           + "a,2023,1,0,1,-1,,maybe,\n"       # 4: zero; 6: negative; 8: no such word
                           + ",20x3,1.005,1,1,1,0,yes,0\n"     # 1: empty; 2: no year; 3: decimals
                           + "b,2023,1,1,1,1,0,yes,0\n"
                           + "b,2023,1,1,1,1,0,no,0\n"         # 1: again
                           + "*,2023,1,1,1,1,0,no,0\n"         # 1: marks the sums
                           + "c,2023,1,1,1\n")                 # 6: fields are missing
        _, problems = self.run_program("ledger", "xianning", "--flows", flows, "-o", "books.csv",
                                       status=2)
        places = [line.split(": ")[0].rsplit("/", 1)[1] for line in problems.splitlines()]
        self.assertEqual(places, ["flows.csv:" + at for at in (
            "2:4", "2:6", "2:8", "3:1", "3:2", "3:3", "5:1", "6:1", "7:6")])
        self.assertEqual((self.folder / "books.csv").read_text(), "earlier\n")
        self.assertEqual(len(list(self.folder.iterdir())), 2)

    def test_columns_in_any_order_with_others_between(self):
        names = HEADER.strip().split(",")
        rows = [line.split(",") for line in (CASE / "flows.csv").read_text().splitlines()[1:]]
        order = [8, 3, 1, 0, 2, 7, 6, 5, 4]
        text = "\ufeff" + ",".join(["note"] + [names[i] for i in order]) + "\r\n"
        for row in rows:
            text += ",".join(['"a, ""b"""'] + [row[i] for i in order]) + "\r\n"
        (self.folder / "flows.csv").write_bytes(text.encode("utf-8"))
        out, _ = self.run_program("ledger", "xianning", "--flows", "flows.csv", *self.options())
        self.assertEqual(out, (CASE / "out.csv").read_text(encoding="utf-8"))

    def test_a_missing_column_is_named(self):
        flows = self.write("flows.csv", "county,year\na,2023\n")
        _, problems = self.run_program("ledger", "xianning", "--flows", flows, status=2)
        self.assertIn("budget_income", problems)

    def test_a_scenario_without_pooling_says_which_has_it(self):
        _, problems = self.run_program("ledger", "yantai", "--flows", CASE / "flows.csv", status=2)
        self.assertIn("xianning has them", problems)

    def test_the_problems_of_scenario_and_flows_come_together(self):
        flows = self.write("flows.csv", HEADER + "a,x,1,1,1,1,0,yes,0\n")
        _, problems = self.run_program("ledger", "yantai", "--flows", flows, status=2)
        self.assertEqual(len(problems.splitlines()), 2)

    def test_a_reading_can_be_turned_over(self):
        """Surpluses that join at once: county a's 50.00 of 2023 serve b and c the same year."""
        scenario = self.changed("xianning", "mine.yaml",
                                ("pool_surplus_joins: {value: year_end", "pool_surplus_joins: {value: at_once"))
        out, _ = self.run_program("ledger", scenario, "--flows", CASE / "flows.csv",
                                  *self.options())
        sums = next(line for line in out.splitlines() if line.startswith("*,2023")).split(",")
        self.assertEqual(sums[7], "150.00")


if __name__ == "__main__":
    main()
