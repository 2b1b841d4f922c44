"""Each constraint family as a linear program that a person has read and agreed to."""

from __future__ import annotations

import pytest
from lp_cases import CASES, GOLDEN, golden_text

from computeplan.lp import FAMILIES

BOUNDS = {"job_rate", "certificates", "whole"}
"""Bounds of a variable and further columns of a row have no rows, and a golden file all the same."""


def test_every_family_has_a_golden_file():
    assert {path.name.removesuffix(".lp.txt") for path in GOLDEN.iterdir()} == set(CASES)
    assert set(CASES) == set(FAMILIES) | BOUNDS


@pytest.mark.parametrize("name", CASES)
def test_the_linear_program_is_the_golden_one(name):
    assert golden_text(name) == (GOLDEN / f"{name}.lp.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FAMILIES)
def test_the_golden_case_has_rows_of_its_family(name):
    rows = [line for line in golden_text(name).splitlines() if line.startswith(f"{name}_")]
    assert any("_" in row.split(":")[1] for row in rows)
