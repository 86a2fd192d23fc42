#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that includes run downward only and that each library has one door.

    check_includes.py SOURCE_ROOT
"""

import pathlib
import re
import sys

# A room may include itself and what stands below (to its left).
ROOMS = ["base", "input", "engine", "output", "command", "main"]

# A library's header and the files that may include it.
DOORS = {
    "yaml.h": ["input/yaml.c"],
    "Random123/": ["base/random.c"],
    "hdf5": ["base/hdf.c"],
    "nettle/": ["base/file.c"],
    "omp.h": ["engine/run*.c"],
    "mpi.h": ["engine/cluster.c"],
    "argp.h": ["command/*"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def problems_of(path, source):
    """A line for each include of one file that breaks a rule."""
    relative = path.relative_to(source)
    room = relative.parts[0] if len(relative.parts) > 1 else "main"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"src/{relative}:{number}"
        if re.match(r"^\s*#\s*pragma\s+omp\b", line) and not relative.match("engine/run*.c"):
            yield f"{place}: OpenMP outside engine/run*.c"
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, name = match[1] == '"', match[2]
        if not quoted:
            for header, allowed in DOORS.items():
                if name.startswith(header) and not any(relative.match(one) for one in allowed):
                    yield f"{place}: <{name}>; its one door is {', '.join(allowed)}"
            continue
        below = name.split("/")[0]
        if "/" not in name or below not in ROOMS:
            yield f'{place}: "{name}"; includes are written "room/file.h"'
        elif ROOMS.index(below) > ROOMS.index(room):
            yield f'{place}: {room} includes "{name}", which stands above it'


def main():
    source = pathlib.Path(sys.argv[1]) / "src"
    files = sorted(path for path in source.rglob("*") if path.suffix in (".c", ".h", ".in"))
    problems = [problem for path in files for problem in problems_of(path, source)]
    for problem in problems:
        print(problem)
    print(f"{len(files)} files, {len(problems)} problems")
    sys.exit(1 if problems or not files else 0)


if __name__ == "__main__":
    main()
