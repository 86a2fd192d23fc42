#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a page's frame one file and writes it as C: the text before the data,
that up to the charts library, and that after it. The library is the same for
all pages:

page.py OUT.c CHARTS.js
page.py OUT.c SYMBOL PAGE.html LICENCES.txt NAME=FILE...

In the page, <!-- include NAME --> stands for a file, or for several of that
name: their text as it is in a script or style, escaped elsewhere (LICENCES);
JSON files of one name become one. <!-- data --> and <!-- charts --> are where
it is cut.
"""
import html
import json
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


def literal(text):
    """C string literals, one a line of source, cut so that none grows too long."""
    lines = []
    data = text.encode("utf-8")
    escapes = {0x22: b'\\"', 0x5C: b"\\\\", 0x0A: b"\\n", 0x3F: b"\\?"}
    for start in range(0, len(data), 1000):
        piece = b"".join(
            escapes.get(c) or (bytes([c]) if 0x20 <= c < 0x7F else b"\\%03o" % c)
            for c in data[start:start + 1000])
        lines.append('    "' + piece.decode("ascii") + '"')
    return "\n".join(lines)


def joined(files):
    """The text of a name's files; JSON objects as one."""
    if not files[0].endswith(".json"):
        return "\n\n".join(within_element(file, read(file)) for file in files)
    whole = {}
    for file in files:
        part = json.loads(read(file))
        if whole.keys() & part.keys():
            sys.exit(f"{file} says again: {', '.join(sorted(whole.keys() & part.keys()))}")
        whole.update(part)
    return within_element(files[0], json.dumps(whole, ensure_ascii=False, separators=(",", ":")))


def main():
    out, *rest = sys.argv[1:]
    if len(rest) == 1:
        code = f"const char page_charts[] =\n{literal(within_element('charts', read(rest[0])))};\n"
    else:
        symbol, page, licences, *named = rest
        files = {}
        for item in named:
            name, path = item.split("=", 1)
            files.setdefault(name, []).append(path)
        pieces = {name: joined(paths) for name, paths in files.items()}
        pieces["licences"] = html.escape(read(licences))
        text = re.sub(r"<!-- include (\w+) -->", lambda match: pieces[match[1]], read(page))
        head, middle, tail = re.split("<!-- data -->|<!-- charts -->", text)
        fields = ",\n".join(f"    .{name} =\n{literal(part)}"
                            for name, part in (("head", head), ("middle", middle), ("tail", tail)))
        code = f"const struct page {symbol} = {{\n{fields},\n}};\n"
    pathlib.Path(out).write_text('#include "output/report/page.h"\n\n' + code, encoding="ascii")


main()
