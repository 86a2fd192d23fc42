#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members, claims and results as HDF5 say the same as they do as CSV.

Usage: test_hdf.py GONGJI SOURCE_FOLDER
"""
import csv
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

GONGJI, SOURCE = None, None
MONEY = ("base", "balance", "cost", "eligible")


def fen(text):
    whole, _, decimals = text.partition(".")
    return int(whole or "0") * 100 + int((decimals + "00")[:2])


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def variable(values):
    return {"data": values, "dtype": h5py.string_dtype()}


def fixed(values):
    encoded = [value.encode() for value in values]
    width = max(1, *map(len, encoded))
    return {"data": np.array(encoded, dtype=h5py.string_dtype("utf-8", width))}


class Hdf(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.case = Path(SOURCE) / "tests" / "golden" / "qujing-2022"

    def write(self, text, whole=False):
        for name in ("members", "claims"):
            rows = read(self.case / f"{name}.csv")
            with h5py.File(self.folder / f"{name}.h5", "w") as file:
                group = file.create_group(name)
                for column in rows[0]:
                    values = [row[column] for row in rows]
                    if whole and column in MONEY:
                        group[column] = np.array([fen(value) for value in values], dtype="i8")
                    else:
                        group.create_dataset(column, **text(values))

    def adjudicate(self, out="out.h5", accounts="accounts.h5"):
        return subprocess.run(
            [GONGJI, "adjudicate", "qujing", "--lang", "en", "--claims", "claims.h5", "--members",
             "members.h5", "-o", out, "--accounts", accounts], cwd=self.folder,
            env={"GONGJI_DATA": SOURCE}, capture_output=True, text=True, check=False)

    def check(self):
        result = self.adjudicate()
        self.assertEqual(result.returncode, 0, result.stderr)
        for name in ("out", "accounts"):
            expected = read(self.case / f"{name}.csv")
            with h5py.File(self.folder / f"{name}.h5") as file:
                self.assertEqual(set(file), {name})
                self.assertEqual(list(file[name]), list(expected[0]))
                for column, data in file[name].items():
                    values = data[:]
                    if data.attrs.get("unit") == "fen":
                        wanted = [fen(row[column]) for row in expected]
                        self.assertEqual(values.dtype, np.int64)
                    else:
                        wanted = [row[column] for row in expected]
                        values = [value.decode() for value in values]
                    self.assertEqual(list(values), wanted, column)

    def test_text_of_variable_length(self):
        self.write(variable)
        self.check()

    def test_text_of_fixed_length(self):
        self.write(fixed)
        self.check()

    def test_money_in_whole_fen(self):
        self.write(variable, whole=True)
        self.check()

    def test_the_same_bytes_again(self):
        self.write(variable)
        self.check()
        first = (self.folder / "out.h5").read_bytes()
        self.check()
        self.assertEqual((self.folder / "out.h5").read_bytes(), first)

    def test_long_ids(self):
        self.write(variable)
        with h5py.File(self.folder / "claims.h5", "r+") as file:
            ids = [id.decode() for id in file["claims/claim_id"][:]]
            # A visit may refer to its stay.
            file["claims/claim_id"][:] = [id + "x" * 100 for id in ids]
            file["claims/admission"][:] = [id.decode() + ("x" * 100 if id else "")
                                           for id in file["claims/admission"][:]]
        self.assertEqual(self.adjudicate().returncode, 0)
        with h5py.File(self.folder / "out.h5") as file:
            self.assertEqual([id.decode() for id in file["out/claim_id"][:]],
                             [id + "x" * 100 for id in ids])

    def refused(self, *places):
        result = self.adjudicate()
        self.assertEqual(result.returncode, 2, result.stderr)
        for place in places:
            self.assertIn(place, result.stderr)
        self.assertFalse((self.folder / "out.h5").exists())

    def test_problems_have_row_and_column(self):
        self.write(variable)
        with h5py.File(self.folder / "claims.h5", "r+") as file:
            file["claims/cost"][2] = "1.234"
            columns = sorted(file["claims"])
        self.refused(f"claims.h5:3:{columns.index('cost') + 1}: '1.234'")

    def test_columns_that_cannot_be(self):
        self.write(variable)
        with h5py.File(self.folder / "claims.h5", "r+") as file:
            del file["claims/cost"], file["claims/eligible"]
            file["claims/cost"] = np.zeros(3)
            file["claims/eligible"] = np.zeros(3, dtype="i8")
        self.refused("column 'cost' is neither text nor whole numbers", "column 'eligible' has 3 rows")

    def test_no_such_group(self):
        with h5py.File(self.folder / "claims.h5", "w") as file:
            file["other"] = 1
        (self.folder / "members.h5").write_text("person_id")
        self.refused("claims.h5: has no group 'claims'", "members.h5: is no HDF5 file")


if __name__ == "__main__":
    GONGJI, SOURCE = (str(Path(argument).resolve()) for argument in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
