#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes report.html's frame one file and writes it as C: the text before the
data and the text after it.

page.py OUT.c PAGE.html CHARTS.js LICENCES.txt NAME=FILE...

In the page, <!-- include NAME --> stands for a file: its text as it is in a
script or style, escaped elsewhere (LICENCES). <!-- data --> is where it is cut.
"""
import html
import pathlib
import re
import sys


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def within_element(name, text):
    """Text that goes into a script or style element must not end it."""
    if re.search(r"</(script|style)|<!--", text, re.IGNORECASE):
        sys.exit(f"{name} would end its element early: it contains </script, </style or <!--")
    return text.strip()


def literal(name, text):
    """C string literals, one a line of source, cut so that none grows too long."""
    lines = [f"const char {name}[] ="]
    data = text.encode("utf-8")
    escapes = {0x22: b'\\"', 0x5C: b"\\\\", 0x0A: b"\\n", 0x3F: b"\\?"}
    for start in range(0, len(data), 1000):
        piece = b"".join(
            escapes.get(c) or (bytes([c]) if 0x20 <= c < 0x7F else b"\\%03o" % c)
            for c in data[start:start + 1000])
        lines.append('    "' + piece.decode("ascii") + '"')
    return "\n".join(lines) + ";\n"


def main():
    out, page, charts, licences, *named = sys.argv[1:]
    pieces = {"charts": within_element("charts", read(charts)), "licences": html.escape(read(licences))}
    for item in named:
        name, path = item.split("=", 1)
        pieces[name] = within_element(name, read(path))
    text = re.sub(r"<!-- include (\w+) -->", lambda match: pieces[match[1]], read(page))
    head, tail = text.split("<!-- data -->")
    pathlib.Path(out).write_text(
        '#include "output/report/page.h"\n\n' + literal("report_page_head", head) + "\n"
        + literal("report_page_tail", tail), encoding="ascii")


main()
