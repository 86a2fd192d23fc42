#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""report.html must open anywhere, in both languages, whatever its texts hold.

Usage: test_report.py WRITE_REPORT ROOT: the program that writes a page with made-up
figures, and the source tree (the page's own words, and the scenarios).
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

WRITER = ROOT = None

# Texts that would break a page that doesn't escape them.
NASTY = """</script><script>alert("1")</script> & <!-- ' --> \\u003c"""
DRAFT = f"""extends: yantai
name: {{zh: '草案{NASTY.replace("'", "''")}', en: 'draft {NASTY.replace("'", "''")}'}}
document: '文件{NASTY.replace("'", "''")}'
caps:
  outpatient:
    article: '第一条{NASTY.replace("'", "''")}'
    amount: {{employee: 5000, retiree: 6000}}
"""


class Page(HTMLParser):
    """What a browser would load or follow, and the elements that hold data."""

    def __init__(self, text):
        super().__init__()
        self.references, self.blocks, self.inside, self.policy = [], {}, None, None
        self.n_scripts = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            if name in attributes:
                self.references.append((tag, attributes[name]))
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        if tag == "script":
            self.n_scripts += 1
            self.inside = attributes.get("id")
        if tag == "style":
            self.inside = "style"

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, text):
        if self.inside:
            self.blocks[self.inside] = self.blocks.get(self.inside, "") + text


def two_languages(node, path=""):
    """Every {en, zh} in the data, with its place."""
    if isinstance(node, dict):
        if set(node) == {"en", "zh"}:
            yield path, node
        else:
            for key, value in node.items():
                yield from two_languages(value, f"{path}.{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from two_languages(value, f"{path}[{i}]")


class Made(unittest.TestCase):
    """A page of seven scenarios, two years and thirty worlds."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name) / "report.html"
        draft = Path(cls.folder.name) / "draft.yaml"
        draft.write_text(DRAFT, encoding="utf-8")
        subprocess.run([WRITER, cls.path, "zh", "2:30", "yantai-pre-reform", "yantai", "xianning",
                        "henan-draft", "cangzhou", "qujing", draft],
                       check=True, env={**os.environ, "GONGJI_DATA": str(ROOT)})
        cls.text = cls.path.read_text(encoding="utf-8")
        cls.page = Page(cls.text)
        cls.data = json.loads(cls.page.blocks["data"])
        cls.words = json.loads(cls.page.blocks["words"])

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()


class Report(Made):
    def test_nothing_is_loaded_from_elsewhere(self):
        self.assertEqual([r for r in self.page.references if r[1] != "data:,"], [])
        self.assertIn("default-src 'none'", self.page.policy)
        self.assertNotRegex(self.page.blocks["style"], r"url\(|@import")

    def test_texts_do_not_break_the_page(self):
        self.assertEqual(self.page.n_scripts, 4)
        draft = self.data["scenarios"][-1]
        self.assertEqual(draft["name"], {"en": f"draft {NASTY}", "zh": f"草案{NASTY}"})
        self.assertEqual(draft["document"], f"文件{NASTY}")
        self.assertNotIn("<", self.page.blocks["data"])

    def test_every_text_of_the_data_is_in_both_languages(self):
        texts = list(two_languages(self.data))
        self.assertGreater(len(texts), 500)
        for path, pair in texts:
            if ".unit" not in path:
                self.assertTrue(pair["en"] and pair["zh"], path)

    def test_every_word_of_the_page_is_in_both_languages(self):
        for key, pair in self.words.items():
            self.assertEqual(set(pair), {"en", "zh"}, key)
            self.assertTrue(pair["en"] and pair["zh"], key)
            self.assertEqual(sorted(re.findall(r"\{\w+\}", pair["en"])),
                             sorted(re.findall(r"\{\w+\}", pair["zh"])), key)
            self.assertNotRegex(pair["en"], "[\u4e00-\u9fff]" if key != "other_language" else "^$")

    def test_every_word_that_the_scripts_ask_for_exists(self):
        script = "".join((ROOT / "src/output/report" / name).read_text(encoding="utf-8")
                         for name in ("data.js", "charts.js", "tables.js", "books.js", "worlds.js", "page.js"))
        asked = set(re.findall(r"\bt\('(\w+)'", script))
        asked |= {f"{name}_title" for name in re.findall(r"\bsection\('(\w+)'", script)}
        asked |= {f"behaviour_{level}" for level in ("off", "low", "central", "high")}
        asked |= {f"mark_{standing}" for standing in self.data["standings"] if standing != "document"}
        asked |= {f"dimension_{group['dimension']}" for group in self.data["groups"]} - {"dimension_all"}
        asked |= {f"{short}{event}" for short in ("", "short_")
                  for event in ("first_deficit", "run_dry", "run_dry_pooled")}
        asked |= {f"glance_{alone}{per}" for alone in ("", "alone_") for per in ("insured", "total")}
        self.assertEqual(asked - set(self.words), set())

    def test_data_has_the_shape_that_it_says(self):
        data = self.data
        n_groups = len(data["groups"])
        self.assertEqual(data["format"], "gongji report 1")
        self.assertEqual(data["run"]["seed"], str(2**64 - 1))
        self.assertEqual(data["run"]["years"], [2023, 2024])
        self.assertEqual(len(data["cells"]), len(data["scenarios"]))
        for scenario in data["cells"]:
            self.assertEqual(len(scenario), 2)
            for year in scenario:
                self.assertEqual(len(year), len(data["measures"]))
                self.assertEqual({len(row) for row in year}, {n_groups})
        kept = {cell is None for cell in data["cells"][0][0][10]}
        self.assertEqual(data["measures"][10]["key"], "persons")
        self.assertEqual(kept, {True, False})

    def test_books_and_worlds_have_the_shape_that_they_say(self):
        books, worlds, budget = self.data["books"], self.data["worlds"], self.data["budget"]
        n = len(self.data["scenarios"])
        self.assertEqual([len(books["scenarios"]), len(worlds["fans"]), len(budget["shares"])], [n] * 3)
        for scenario in books["scenarios"]:
            self.assertEqual(len(scenario["values"]), len(books["places"]))
            for year in (*scenario["values"][0], *scenario["errors"], *scenario["difference_errors"]):
                self.assertEqual(len(year), len(books["lines"]))
        pooled = [s["pooled"] for s in books["scenarios"]]
        self.assertEqual([s["alerts"] is not None for s in books["scenarios"]], pooled)
        self.assertEqual(sum(pooled), 1)
        at = {line["key"]: i for i, line in enumerate(books["lines"])}
        for scenario in books["scenarios"]:
            first, second = scenario["values"][0]
            self.assertEqual(first[at["pool_closing"]], second[at["pool_opening"]])
        for scenario in worlds["events"]["run_dry"]:
            self.assertEqual([sum(counts) for counts in scenario], [30] * len(books["places"]))
        for scenario in budget["shares"]:
            self.assertEqual(len(scenario), len(budget["outcomes"]))
            self.assertEqual(len(scenario[0]["total"]), len(budget["inputs"]))

    def test_parameters_are_there_with_their_articles(self):
        rows = {row["path"]: row for row in self.data["parameters"]}
        ids = [s["id"] for s in self.data["scenarios"]]
        deductible = rows["benefits.outpatient.deductible.amount"]["scenarios"][ids.index("yantai")]
        self.assertEqual(deductible[0]["value"], {
            "en": "level 1 and below 500 yuan; level 2 and above 800 yuan",
            "zh": "一级及以下 500 元；二级及以上 800 元"})
        self.assertTrue(deductible[0]["article"])
        cap = rows["caps.outpatient.amount"]["scenarios"]
        self.assertEqual([v["value"]["zh"] for v in cap[ids.index("yantai")]], ["900 元", "1,800 元"])
        self.assertEqual(cap[-1][0]["value"]["en"], "in work 5,000 yuan; retiree 6,000 yuan")

    def test_model_says_how_its_figures_are_known(self):
        model = self.data["run"]["model"]
        self.assertGreater(len(model["values"]), 20)
        self.assertEqual({v["standing"] for v in model["values"]} - set(model["standings"]), set())

    def test_files_are_there_in_full_with_their_hashes(self):
        for scenario in self.data["scenarios"]:
            self.assertTrue(scenario["files"])
            for file in scenario["files"]:
                self.assertRegex(file["sha256"], "^[0-9a-f]{64}$")
        self.assertEqual(self.data["scenarios"][-1]["files"][0]["text"], DRAFT)


@unittest.skipUnless(shutil.which("chromium"), "chromium is not installed: pages are not opened")
class Opened(Made):
    """The page as a browser shows it: no complaint, and drawn to the end."""

    def open(self, query, path=None):
        with tempfile.TemporaryDirectory() as profile:
            result = subprocess.run(
                ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                 "--disable-background-networking", "--disable-dev-shm-usage",
                 f"--user-data-dir={profile}", "--enable-logging=stderr", "--dump-dom",
                 f"file://{path or self.path}{query}"],
                capture_output=True, text=True, timeout=600, check=True)
        self.assertEqual([line for line in result.stderr.splitlines() if "CONSOLE" in line], [])
        self.assertIn('data-ready="yes"', result.stdout)
        return result.stdout

    def test_page_is_drawn_in_the_run_s_language(self):
        page = self.open("")
        self.assertIn('lang="zh-CN"', page)
        self.assertIn("同一批参保人", page)
        self.assertGreaterEqual(page.count("<svg"), 33)
        for title in ("基金逐年走势", "何时收不抵支，何时耗尽", "基金收支账", "不确定性来自哪里"):
            self.assertIn(f">{title}</h2>", page)
        self.assertNotRegex(re.sub(r"<script.*?</script>|<pre.*?</pre>", "", page, flags=re.S),
                            r"undefined|NaN|\[object")

    def test_page_is_drawn_in_english(self):
        page = self.open("?lang=en")
        self.assertIn('lang="en"', page)
        self.assertIn("What 7 sets of rules do to the same people", page)

    def test_every_control_redraws_the_page(self):
        press = """<script>
            for (const id of ['choose-total', 'language', 'only', 'show-2']) document.getElementById(id).click();
            for (const [id, value] of [['group', 'benefit=outpatient'], ['year', '0'], ['pick-book', '2'],
                                       ['pick-place', '1'], ['pick-outcome', '1'], ['pick-book-budget', '2']]) {
              const node = document.getElementById(id);
              node.value = value;
              node.dispatchEvent(new Event('change'));
            }
            window.dispatchEvent(new Event('beforeprint'));
            window.dispatchEvent(new Event('afterprint'));
        </script></body>"""
        head, end = self.text.rsplit("</body>", 1)
        pressed = Path(self.folder.name) / "pressed.html"
        pressed.write_text(head + press + end, encoding="utf-8")
        page = self.open("", pressed)
        self.assertIn("General outpatient, 2023".lower(), page.lower())
        self.assertIn("million yuan", page)
        self.assertRegex(page, "<caption>Xianning [^<]*, North; million yuan</caption>")
        self.assertIn("Spending over budget (risk rate)", page)

    def test_one_scenario_makes_a_page_too(self):
        alone = Path(self.folder.name) / "alone.html"
        subprocess.run([WRITER, alone, "en", "1", "yantai"], check=True,
                       env={**os.environ, "GONGJI_DATA": str(ROOT)})
        self.assertNotIn("against the baseline", self.open("", alone).split("<script")[0])


if __name__ == "__main__":
    WRITER, ROOT = sys.argv[1], Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
