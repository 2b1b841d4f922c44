"""Every figure of the page on speed was measured: it stands in the results of the benchmarks."""

from __future__ import annotations

import re

from doc_pages import ROOT

FIGURE = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w-])")
NAMED = {"2", "4", "9", "10", "41", "42"}
"""Cores of the machine, an exit code, examples of hours and milliseconds."""


def test_figures_of_the_speed_page_stand_in_the_results():
    page = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    results = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bench").glob("RESULTS*.md"))
    page = re.sub(r"\]\([^)]*\)|`[^`]*`", "", page)
    figures = set(FIGURE.findall(page)) - NAMED
    assert {"7.15", "1,000,000"} <= figures
    assert figures <= set(FIGURE.findall(results))
