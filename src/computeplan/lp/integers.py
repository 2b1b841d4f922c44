"""Decisions that are whole numbers: steps of units, and sites that are open or closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp.assembler import Assembler
from computeplan.lp.levels import ABSENT
from computeplan.problem import Floats, Ints, Problem, Term
from computeplan.problem.arrays import ReadOnlyArrays

FULL_STEP = 1e-9
"""Share of a step that may be missing at the most units."""


@dataclass(frozen=True, eq=False)
class IntegerVariables(ReadOnlyArrays):
    """Column indices; `ABSENT` where there is none.

    Attributes
    ----------
    steps : (P,)
        Steps of a pool's booked or new units.
    rented_steps : (P, T)
        Steps of an on-demand pool's rented units.
    open : (S,)
        1 where an optional site is open.
    """

    steps: Ints
    rented_steps: Ints
    open: Ints


def add_integers(assembler: Assembler, problem: Problem) -> IntegerVariables:
    """Add the whole numbers."""
    pools, sites = problem.pools, problem.sites
    in_steps = pools.step_units > 0
    most = np.where(pools.term == Term.OWNED, pools.max_new_units, pools.max_units)
    chosen = np.flatnonzero(in_steps & (pools.term != Term.ON_DEMAND) & (most > 0))
    steps = np.full(pools.size, ABSENT)
    steps[chosen] = assembler.add_columns("steps", (chosen,), upper=_steps(problem, most, chosen))
    rented = np.full(pools.availability.shape, ABSENT)
    at = np.flatnonzero(pools.rents_in_steps)
    periods = np.arange(problem.horizon.size)
    keys = (at[:, None], periods[None, :])
    upper = np.broadcast_to(_steps(problem, most, at)[:, None], (len(at), len(periods)))
    rented[at] = assembler.add_columns("rented_steps", keys, upper=upper).reshape(upper.shape)
    is_open = np.full(sites.size, ABSENT)
    at = np.flatnonzero(sites.is_optional)
    is_open[at] = assembler.add_columns("open", (at,), upper=1.0)
    return IntegerVariables(steps, rented, is_open)


def _steps(problem: Problem, most: Floats, pools: Ints) -> Floats:
    """(n,) most whole steps of some pools; inf where there is no limit."""
    ratio: Floats = most[pools] / problem.pools.step_units[pools]
    return np.floor(ratio * (1 + FULL_STEP) + FULL_STEP)
