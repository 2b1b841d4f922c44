"""The page on the plan folder names every table and column, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builders import Case, Demand
from computeplan.solvers.planner import plan
from solving import tables_of

PAGE = Path(__file__).parents[2] / "docs" / "plan_folder.md"


@pytest.fixture(scope="module")
def rows():
    lines = PAGE.read_text("utf-8").split("| table |")[1].splitlines()[2:]
    cells = [line.split("|")[1:] for line in lines if line.startswith("|")]
    return {name.strip(" `"): set(re.findall(r"`([^`]+)`", columns)) for name, _, columns, _ in cells}


def test_the_page_says_what_the_tables_hold(rows):
    made = plan(Case(workloads=[Demand(1)]).problem())
    found = tables_of(made.problem, made.solution)
    columns = {
        name: {c.replace("at here", "at SITE") for c in frame.columns} for name, frame in found.items()
    }
    assert rows == columns
