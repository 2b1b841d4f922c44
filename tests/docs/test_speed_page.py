"""Every figure of the page on speed was measured: its row or sentence is written anew from the results."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from doc_pages import ROOT

FIGURE = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w-])")
COMMANDS = {
    "help": "`computeplan --help`",
    "quickstart": "`solve configs/quickstart.yaml`",
    "chongqing": "`solve configs/chongqing.yaml`, with the all-local plan",
    "capped-week": "a week with a carbon cap that binds",
    "capped-year": "a year with a carbon cap that binds",
    "million": "a register of a million workloads",
}
TOOLS = ("arrays", "computeplan, unmerged", "linopy", "cvxpy", "pulp", "pyomo")
HEADER = ("bare arrays", "computeplan, nothing merged", "linopy", "CVXPY", "PuLP", "Pyomo")
NOT_MEASURED = re.compile(r"\]\([^)]*\)|`[^`]*`|exit code \d+|41 or 42 ms|9 or 10 h")

Table = dict[str, dict[str, str]]


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def table_below(text: str, heading: str) -> Table:
    """The first table below a heading: rows by their first cell, cells by their column."""
    _, below = text.split(heading)
    lines = re.search(r"(?:^\|.*\n?)+", below, re.MULTILINE)[0].splitlines()
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def row_of(cells: Iterable[str]) -> str:
    return " ".join(f"| {' | '.join(cells)} |".split())


def of_commands() -> list[str]:
    results = text_of("bench/RESULTS.md")
    runs = table_below(results, "# Results\n")
    stages = table_below(results, "Stages of the median run, s:\n")
    rows = []
    for subject, label in COMMANDS.items():
        size = stages.get(subject, {"size": ""})["size"]
        counts = [" ".join(re.findall(rf"\b{part} ([\d,]+\d)", size)) for part in ("workloads", "periods")]
        cells = [label, *counts, runs[subject]["median s"], runs[subject]["peak MB"]]
        rows.append(row_of(cells))
    return rows


def of_sentences() -> list[str]:
    results = text_of("bench/RESULTS.md")
    million = table_below(results, "Stages of the median run, s:\n")["million"]
    (cores,) = re.findall(r", (\d+) cores, ", results)
    (classes,) = re.findall(r"classes (\d+)", million["size"])
    ((seconds, times),) = re.findall(r"A hundred carbon prices on .*: (\S+) s, (\S+) times", results)
    ((wait, long, solves, gap),) = re.findall(
        r"frontier of chongqing: (\S+) s, (\S+) times one cold plan; (\d+) solves, gap (\S+) of", results
    )
    assert float(gap) <= 0.001
    return [
        f"They are of a machine with {cores} cores.",
        f"on `chongqing.yaml`, each plan audited, take {seconds} s: {times} times one cold plan.",
        f"proved to 0.1 % of the cost range by {solves} solves, takes {wait} s: {long} times.",
        f"The million above are {classes} classes; solving them takes {million['solve']} s,",
    ]


def of_tools() -> list[str]:
    size = "999,600"
    heading = f"## {size} allocation variables (595 companies × 10 sites × 168 h), family A\n"
    runs = table_below(text_of("bench/RESULTS-tools.md"), heading)
    cells = []
    for tool in TOOLS:
        totals = sorted((run["total s"] for name, run in runs.items() if name.startswith(tool)), key=float)
        cells.append(" – ".join(dict.fromkeys((totals[0], totals[-1]))))
    planned = runs["computeplan, planned"]["total s"]
    table = f"{row_of(HEADER)} |---:|---:|---:|---:|---:|---:| {row_of(cells)}"
    return [
        f"at {size} variables with a carbon cap, seconds to build the program",
        f"and hand it to the solver: {table}",
        f"it goes from the arrays to the audited plan in {planned} s.",
    ]


@pytest.fixture(scope="module")
def page():
    return " ".join(text_of("docs/speed.md").split())


@pytest.fixture(scope="module")
def measured():
    return [*of_commands(), *of_sentences(), *of_tools()]


def missing(page: str, measured: list[str]) -> list[str]:
    """Rows and sentences of the results that are not on the page exactly once."""
    return [words for words in measured if page.count(words) != 1]


def others(page: str, measured: list[str]) -> list[str]:
    """Figures on the page that are in no row or sentence of the results."""
    for known in measured:
        page = page.replace(known, "")
    return FIGURE.findall(NOT_MEASURED.sub("", page))


def test_figures_of_the_speed_page_are_those_of_the_results(page, measured):
    assert missing(page, measured) == []


def test_no_other_figure_is_on_the_speed_page(page, measured):
    assert others(page, measured) == []


@pytest.mark.parametrize("place", range(12))
def test_a_figure_that_was_not_measured_is_noticed(page, measured, place):
    """A row or sentence with its last figure changed, with it moved to another place, and a figure more."""
    words = measured[place % len(measured)]
    *_, last = FIGURE.finditer(words)
    changed = f"{words[: last.start()]}987{words[last.end() :]}"
    assert missing(page.replace(words, changed), measured) == [words]
    assert "987" in others(page.replace(words, changed), measured)
    elsewhere = page.replace(words, "") + f" {last[0]}"
    assert missing(elsewhere, measured) == [words]
    assert others(f"{page} It takes 987 s.", measured) == ["987"]
