"""What changes from one plan to another, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from computeplan.plan.accounting import Accounts
from computeplan.plan.plan import Solution
from computeplan.problem import Floats, Problem

LEAST_SHARE = 1e-4
"""Of all work, below which a change of a site is not worth a word."""


NAMED = 3
"""Workloads named of those that move."""


@dataclass(frozen=True)
class Movers:
    """The workloads whose work moves between sites.

    Attributes
    ----------
    count : int
    names : tuple of str
        Those that move most, the first ones.
    """

    count: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """What a site does more (or less) of.

    Attributes
    ----------
    site : str
    work_unit_h : float
        Over the horizon.
    booked_units : mapping of str to float
        By reserved pool of the site, those that are booked higher or lower.
    """

    site: str
    work_unit_h: float
    booked_units: Mapping[str, float]


def moves(problem: Problem, before: Accounts, after: Accounts) -> tuple[Move, ...]:
    """Compare two plans site by site, largest change first; changes of nothing are left out.

    Parameters
    ----------
    problem : Problem
    before, after : Accounts
    """
    work = after.sites.work_unit_h - before.sites.work_unit_h
    least = LEAST_SHARE * max(1e-9, float(before.sites.work_unit_h.sum()))
    difference = after.pools.booked_units - before.pools.booked_units
    booked = np.abs(difference) > LEAST_SHARE * np.maximum(1e-2, before.pools.booked_units)
    of_site: list[dict[str, float]] = [{} for _ in problem.sites.names]
    for pool in np.flatnonzero(booked).tolist():
        of_site[problem.pools.site[pool]][problem.pools.names[pool]] = float(difference[pool])
    told = np.flatnonzero((np.abs(work) > least) | np.array([bool(units) for units in of_site]))
    order = told[np.argsort(-np.abs(work[told]), kind="stable")]
    return tuple(Move(problem.sites.names[s], float(work[s]), of_site[s]) for s in order.tolist())


def movers(problem: Problem, before: Solution, after: Solution) -> Movers:
    """Find the workloads that are done at other sites, or not at all.

    Parameters
    ----------
    problem : Problem
    before, after : Solution
        Plans of the same workloads.
    """
    was, now = _work_at_sites(problem, before), _work_at_sites(problem, after)
    moved = np.abs(now - was).max(axis=1)
    least = LEAST_SHARE * np.maximum(was.sum(axis=1), now.sum(axis=1))
    told = np.flatnonzero((moved > least) & (moved > 0))
    order = told[np.argsort(-moved[told], kind="stable")]
    return Movers(len(order), tuple(problem.workloads.names[w] for w in order[:NAMED].tolist()))


def _work_at_sites(problem: Problem, solution: Solution) -> Floats:
    """(W, S) work of each workload at each site."""
    work = np.zeros((problem.workloads.size, problem.sites.size))
    for block in solution.allocation.blocks():
        done = block.unit_h @ problem.horizon.weight[block.periods]
        for column, pool in enumerate(block.pools.tolist()):
            work[block.workloads, problem.pools.site[pool]] += done[:, column]
    return work
