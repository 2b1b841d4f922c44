"""Each constraint family as a linear program that a person has read and agreed to."""

from __future__ import annotations

import numpy as np
import pytest
from lp_cases import CASES, GOLDEN, golden_text

from computeplan.grouping import merge
from computeplan.lp import FAMILIES, VARIABLES, build

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


@pytest.mark.parametrize("name", CASES)
def test_the_catalogs_name_the_families_in_the_order_of_the_program(name):
    lp = build(merge(CASES[name].problem())).lp
    assert _distinct(family.name for family in lp.column_families) == list(VARIABLES)
    assert _distinct(family.name for family in lp.row_families) == list(FAMILIES)


def test_families_of_whole_numbers_name_the_setting():
    whole = set()
    for case in CASES.values():
        lp = build(merge(case.problem())).lp
        whole |= {
            f.name for f in lp.column_families if np.isin(range(f.first, f.first + f.size), lp.integer).any()
        }
    assert whole == {name for name, definition in VARIABLES.items() if definition.whole}


def _distinct(names):
    return list(dict.fromkeys(names))


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_states_its_formula(name):
    assert any(sign in FAMILIES[name].formula for sign in "=≤≥")
