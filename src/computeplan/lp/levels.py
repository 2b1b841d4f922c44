"""Levels that the plan chooses once for the whole horizon, beside booked units."""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembler import Assembler
from computeplan.problem import Floats, Ints, Problem

ABSENT = -1
"""Index of a variable that the problem does not need."""


def add_contracted(assembler: Assembler, problem: Problem) -> Ints:
    """0 ≤ contracted[c] ≤ max_chosen_kw."""
    return _level(assembler, "contracted", problem.contracts.max_chosen_kw)


def add_leased(assembler: Assembler, problem: Problem) -> Ints:
    """0 ≤ leased[l] ≤ max_leased_gb_per_h."""
    return _level(assembler, "leased", problem.network.max_leased_gb_per_h)


def add_new(assembler: Assembler, problem: Problem) -> Ints:
    """0 ≤ new[p] ≤ max_new_units."""
    return _level(assembler, "new", problem.pools.max_new_units)


def _level(assembler: Assembler, name: str, most: Floats) -> Ints:
    """One variable for each thing of which something can be chosen."""
    level = np.full(len(most), ABSENT)
    at = np.flatnonzero(most > 0)
    level[at] = assembler.add_columns(name, (at,), upper=most[at])
    return level
