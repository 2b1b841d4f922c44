"""Every number of a problem and of a solution declares its role, axes and unit, and has these axes."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given

from computeplan.problem import Bools, Decisions, Eligibility, Floats, Ints, Prices, Problem
from computeplan.problem.fields import Role, meanings
from computeplan.problem.limits import LIMITS
from computeplan.solvers.planner import plan
from strategies import examples
from whole_cases import integer_cases, whole_cases

PARTS = {name: hint for name, hint in get_type_hints(Problem).items() if is_dataclass(hint)}
RECORDS = [*PARTS.values(), Eligibility, Decisions, Prices]
NO_LIMITS = {
    "sites.is_optional",
    "workloads.is_fixed",
    "workloads.is_whole",
    "workloads.runs_through",
    "needs.labels",
    "needs.residency",
    "network.connected",
    "hardware.efficiency",
    "batteries.charge_efficiency",
    "horizon.end",
    "workloads.scale",
    "workloads.volume_unit_h",
    "workloads.shortfall_price",
}
"""Choices, factors, demand and prices that limit a plan as well."""


def is_number(hint: object) -> bool:
    return hint in (Floats, Ints, Bools, float) or np.uint8 in map(_scalar, get_args(hint))


def _scalar(argument: object) -> object:
    found = get_args(argument)
    return found[0] if found else argument


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_number_declares_what_it_is(record):
    numbers = {name for name, hint in get_type_hints(record).items() if is_number(hint)}
    assert numbers == set(meanings(record))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_roles_have_their_units(record):
    for name, meaning in meanings(record).items():
        assert meaning.unit.startswith("money") or meaning.role is not Role.PRICE, name
        assert meaning.unit.startswith("objective/") == (meaning.role is Role.DUAL), name
        assert not meaning.unit or meaning.role not in (Role.INDEX, Role.FLAG), name


@examples(30)
@given(whole_cases() | integer_cases())
def test_arrays_have_the_axes_that_they_declare(case):
    problem = case.problem()
    solution = plan(problem).solution
    values = [*(getattr(problem, name) for name in PARTS), problem.eligibility]
    if solution is not None:
        values += [solution.decisions, *([solution.prices] if solution.prices else [])]
    for value in values:
        for name, meaning in meanings(type(value)).items():
            assert np.shape(getattr(value, name)) == problem.shape(meaning), name


def test_every_limit_is_in_the_catalog_of_limits():
    declared = {
        f"{part}.{name}"
        for part, record in PARTS.items()
        for name, meaning in meanings(record).items()
        if meaning.role is Role.LIMIT
    }
    assert declared | NO_LIMITS == {limit.field for limit in LIMITS.values()}
