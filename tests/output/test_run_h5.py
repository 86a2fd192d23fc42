#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""run.h5 must be readable by tools that know nothing of gongji.

Usage: test_run_h5.py WRITE_RUN_H5 — the program that writes the made-up result.
"""
import hashlib
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
import xarray

WRITER = None
CELLS = ("value", "std_error", "lower", "upper", "difference", "difference_std_error")


def cell(scenario, measure, group):
    return 1_000_000 * scenario + 1000 * measure + group + 0.25


class RunH5(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name) / "run.h5"
        subprocess.run([WRITER, cls.path], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_array_names_its_dimensions(self):
        with h5py.File(self.path) as file:
            for name in (*CELLS, "sums"):
                self.assertEqual([d.label or d[0].name for d in file[name].dims],
                                 ["/scenario", "/year", "/measure", "/group"])
            self.assertEqual([d[0].name for d in file["histogram"].dims],
                             ["/scenario", "/year", "/distribution", "/bin"])
            self.assertEqual([d[0].name for d in file["quantiles"].dims],
                             ["/scenario", "/year", "/distribution", "/quantile"])

    def test_xarray_finds_dimensions_coordinates_and_values(self):
        for engine in ("netcdf4", "h5netcdf"):
            with self.subTest(engine), xarray.open_dataset(self.path, engine=engine) as data:
                self.assertEqual(data["value"].dims, ("scenario", "year", "measure", "group"))
                self.assertEqual(list(data["scenario"].values), ["yantai", "yantai#2"])
                self.assertEqual(list(data["group"].values),
                                 ["all", "status=retiree", "benefit=outpatient"])
                self.assertEqual(list(data["year"].values), [2023])
                self.assertIn("scenario_zh", data.coords)
                self.assertEqual(data["scenario_zh"].values[0], "烟台市")
                self.assertEqual(data["group_zh"].sel(group="status=retiree").item(), "退休")
                self.assertEqual(data["measure_unit"].sel(measure="winners").item(), "1")
                outflow = data["value"].sel(scenario="yantai#2", year=2023,
                                            measure="fund_outflow", group="status=retiree")
                self.assertEqual(outflow.item(), cell(1, 0, 1))
                self.assertEqual(data["histogram"].sel(distribution="member_burden")
                                 .isel(scenario=0, year=0).values.sum(), 1000)
                self.assertEqual(data["quantile"].values[4], 0.5)
                self.assertTrue((data["bin_lower"].values[1:] == data["bin_upper"].values[:-1])
                                .all())

    def test_a_measure_unknown_for_a_group_is_not_a_number(self):
        with xarray.open_dataset(self.path) as data:
            by_benefit = data["value"].sel(group="benefit=outpatient", year=2023)
            self.assertTrue(by_benefit.sel(measure="fund_outflow").notnull().all())
            self.assertTrue(by_benefit.sel(measure="winners").isnull().all())

    def test_sums_are_whole_numbers(self):
        with xarray.open_dataset(self.path) as data:
            self.assertEqual(data["sums"].dtype, np.int64)
            self.assertEqual(data["sums"].isel(scenario=1, year=0, measure=2, group=1).item(),
                             100 * 1_002_001)

    def test_every_array_has_its_unit_in_both_languages_labelled(self):
        with h5py.File(self.path) as file:
            for name in (*CELLS, "sums", "histogram", "quantiles", "quantile_lower", "quantile_upper"):
                for attribute in ("units", "long_name", "long_name_zh"):
                    self.assertTrue(file[name].attrs[attribute], f"{name} {attribute}")

    def test_the_inputs_are_there_in_full(self):
        with h5py.File(self.path) as file:
            inputs = file["inputs"]
            texts = [text.decode() for text in inputs["text"]]
            self.assertEqual(texts, ["a: 1\n", "b: 2\n", "烟台: 1\n", "烟台: 1\n"])
            self.assertEqual([f.decode() for f in inputs["file"]],
                             ["tiny.yaml", "base.yaml", "yantai.yaml", "yantai.yaml"])
            self.assertEqual([s.decode() for s in inputs["of_scenario"]],
                             ["", "", "yantai", "yantai#2"])
            for text, digest in zip(texts, inputs["sha256"]):
                self.assertEqual(hashlib.sha256(text.encode()).hexdigest(), digest.decode())
            self.assertEqual(file.attrs["seed"], 2**64 - 1)
            self.assertEqual(file.attrs["persons"], 1000)
            self.assertEqual(file.attrs["command"], "gongji run yantai yantai")
            self.assertEqual(file.attrs["commit"], "0123456789ab")

    def test_checksums_can_be_recomputed(self):
        with h5py.File(self.path) as file:
            lines = ""
            for name in (*CELLS, "sums", "histogram", "quantiles", "quantile_lower", "quantile_upper"):
                digest = hashlib.sha256(file[name][()].tobytes()).hexdigest()
                self.assertEqual(digest, file[name].attrs["sha256"])
                lines += f"{digest}  {name}\n"
            self.assertEqual(hashlib.sha256(lines.encode()).hexdigest(),
                             file.attrs["results_sha256"])
            inputs = "".join(f"{d.decode()}  {f.decode()}\n" for d, f in
                             zip(file["inputs/sha256"], file["inputs/file"]))
            self.assertEqual(hashlib.sha256(inputs.encode()).hexdigest(),
                             file.attrs["inputs_sha256"])
            whole = file.attrs["command"] + "\n" + inputs + lines
            self.assertEqual(hashlib.sha256(whole.encode()).hexdigest(), file.attrs["sha256"])

    def test_the_same_content_is_the_same_bytes(self):
        again = self.path.with_name("again.h5")
        subprocess.run([WRITER, again], check=True)
        self.assertEqual(self.path.read_bytes(), again.read_bytes())

    def test_a_full_disk_is_a_failure_in_words(self):
        done = subprocess.run([WRITER, "/dev/full"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("/dev/full", done.stderr)


if __name__ == "__main__":
    WRITER = sys.argv.pop(1)
    unittest.main()
