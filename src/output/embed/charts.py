#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches the charts library that report.html carries, with npm ci: the version
and its SHA-512 are those of package-lock.json, wherever it is fetched from.

charts.py NPM PACKAGE.json LOCK.json WORK SCRIPT LICENCES
"""
import pathlib
import shutil
import subprocess
import sys

LICENCES = [
    ("Apache ECharts", "echarts/NOTICE"),
    ("Apache ECharts", "echarts/LICENSE"),
    ("d3, parts of which are in Apache ECharts", "echarts/licenses/LICENSE-d3"),
    ("ZRender, which is in Apache ECharts", "zrender/LICENSE"),
    ("tslib, which is in Apache ECharts", "tslib/CopyrightNotice.txt"),
]


def main():
    npm, package, lock, work, script, licences = sys.argv[1:]
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(package, work / "package.json")
    shutil.copyfile(lock, work / "package-lock.json")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    result = subprocess.run(command, cwd=work, stdin=subprocess.DEVNULL, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode != 0:
        sys.stderr.write(result.stdout)
        sys.exit("npm could not fetch the charts library of report.html (echarts, src/output/report/"
                 "package-lock.json); the npm registry must be reachable once, later builds use "
                 "npm's cache")
    modules = work / "node_modules"
    shutil.copyfile(modules / "echarts/dist/echarts.common.min.js", script)
    parts = [f"==== {title} ====\n\n{(modules / path).read_text(encoding='utf-8').strip()}\n"
             for title, path in LICENCES]
    pathlib.Path(licences).write_text("\n".join(parts), encoding="utf-8")


main()
