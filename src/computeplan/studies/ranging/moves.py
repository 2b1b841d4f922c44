"""What changes from one plan to another, in a few words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.accounting import Accounts
from computeplan.problem import Problem

LEAST_SHARE = 1e-4
"""Of all work, below which a change of a site is not worth a word."""


@dataclass(frozen=True)
class Move:
    """What a site does more (or less) of.

    Attributes
    ----------
    site : str
    work_unit_h : float
        Over the horizon.
    booked_units : float
        Of its reserved pools.
    """

    site: str
    work_unit_h: float
    booked_units: float


def moves(problem: Problem, before: Accounts, after: Accounts) -> tuple[Move, ...]:
    """Compare two plans site by site, largest change first; changes of nothing are left out.

    Parameters
    ----------
    problem : Problem
    before, after : Accounts
    """
    sites = problem.sites.size
    work = after.sites.work_unit_h - before.sites.work_unit_h
    difference = after.pools.booked_units - before.pools.booked_units
    booked = np.bincount(problem.pools.site, weights=difference, minlength=sites)
    least = LEAST_SHARE * max(1e-9, float(before.sites.work_unit_h.sum()))
    least_units = LEAST_SHARE * max(1.0, float(before.pools.booked_units.sum()))
    told = np.flatnonzero((np.abs(work) > least) | (np.abs(booked) > least_units))
    order = told[np.argsort(-np.abs(work[told]), kind="stable")]
    return tuple(Move(problem.sites.names[s], float(work[s]), float(booked[s])) for s in order.tolist())
