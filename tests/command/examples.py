#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Examples in the documentation show what the program says.

    examples.py GONGJI SOURCE [--update] FILE.md...

In each file, a block ```sh with one gongji command and a block ```text right after it: the text
must be what the command prints in the source tree. --update puts it there.
"""
import os
import re
import shlex
import subprocess
import sys

EXAMPLE = re.compile(r"(```sh\ngongji (.*?)\n```\n\n```text\n)(.*?)(```\n)", re.DOTALL)


def main():
    gongji, source, *files = sys.argv[1:]
    gongji = os.path.abspath(gongji)
    update = "--update" in files
    wrong = 0
    for path in (f for f in files if f != "--update"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        count = 0

        def told(match):
            nonlocal count
            count += 1
            words = shlex.split(match[2].replace("\\\n", " "))
            done = subprocess.run([gongji, *words], cwd=source, text=True,
                                  capture_output=True, timeout=120,
                                  env=dict(os.environ, GONGJI_DATA="."))
            if done.returncode != 0:
                sys.exit(f"{path}: gongji {match[2]}\n{done.stderr}")
            return match[1] + done.stdout + match[4]

        now = EXAMPLE.sub(told, text)
        print(f"{path}: {count} examples, {'as told' if now == text else 'other than told'}")
        wrong += count == 0 or now != text
        if update and now != text:
            with open(path, "w", encoding="utf-8") as file:
                file.write(now)
    sys.exit(0 if update or not wrong else "run examples.py with --update")


if __name__ == "__main__":
    main()
