#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the options of all commands, as the program itself tells them, into the manual page.

    manual.py GONGJI en|zh < gongji.1.scd.in > gongji.1.scd
"""

import re
import subprocess
import sys

HEADINGS = {"en": ("Commands:", "Options:", "OPTIONS OF {}"), "zh": ("命令：", "选项：", "{} 的选项")}


def told(*arguments):
    return subprocess.run([*arguments], check=True, capture_output=True, text=True,
                          encoding="utf-8", env={"LC_ALL": "C"}).stdout


def plain(text):
    """Text in which scdoc sees no marks."""
    return re.sub(r"([\\_*])", r"\\\1", text)


def joined(lines):
    """Wrapped lines as one: with a blank, but not between Chinese characters."""
    text = ""
    for line in lines:
        narrow = text and text[-1] < "\u2e80" and line and line[0] < "\u2e80"
        text += (" " if narrow else "") + line
    return text


def options(help_text, heading):
    """(names, text) of each option of a command's help, but for those of all commands."""
    lines = help_text.split(f"\n{heading}\n")[1].split("\n\n")[0].splitlines()
    found = []
    for line in lines:
        start = re.match(r"  (?:(-\w), |    )(--[a-z-]+)((?:\[?=.*?)?)(?:  +(.*))?$", line)
        if start and not line.startswith(" " * 10):
            letter, name, value, text = start.groups()
            names = f"*{letter}*, " if letter else ""
            names += f"*{name}*" + (f"={plain(value[1:])}" if value else "")
            found.append((names, [text] if text else []))
        else:
            found[-1][1].append(line.strip())
    return [(names, joined(text)) for names, text in found
            if "*--help*" not in names and "*--lang*" not in names]


def main():
    program, language = sys.argv[1:]
    for_commands, for_options, of_command = HEADINGS[language]
    commands = re.findall(r"^  (\S+)", told(program, "--lang", language, "--help")
                          .split(f"{for_commands}\n")[1].split("\n\n")[0], re.MULTILINE)
    sections = []
    for command in commands:
        listed = options(told(program, command, "--help", "--lang", language), for_options)
        if listed:
            sections.append(f"# {of_command.format(command.upper())}\n")
            sections += [f"{names}\n\t{plain(text)}\n" for names, text in listed]
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(sys.stdin.read().replace("@OPTIONS@\n", "\n".join(sections)))


if __name__ == "__main__":
    main()
