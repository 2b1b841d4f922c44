"""Limits below what is there or booked in any case."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from computeplan.explain.reason import Reason
from computeplan.explain.rush import SLACK
from computeplan.explain.wording import counted, listed, moment, number
from computeplan.problem import CapMeasure, Floats, Problem, Term


def contradictory_limits(problem: Problem) -> tuple[Reason, ...]:
    """Find caps and import limits that owned and least booked units exceed without any work.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Reason
        One for each such limit, at its worst time.
    """
    return (*_caps(problem), *_imports(problem))


def _standing(problem: Problem) -> tuple[Floats, Floats]:
    """(P, T) units booked, and kW drawn, in any case."""
    pools = problem.pools
    booked = np.where(pools.term == Term.RESERVED, pools.min_units, 0.0)
    there = np.where(pools.term == Term.OWNED, pools.max_units, booked)
    kw = problem.pue * problem.idle_kw[:, None] * pools.availability * there[:, None]
    return np.broadcast_to(booked[:, None], kw.shape), kw


def _caps(problem: Problem) -> Iterator[Reason]:
    units, kw = _standing(problem)
    caps = problem.caps
    for g, name in enumerate(caps.names):
        is_power = caps.measure[g] is CapMeasure.POWER
        use = caps.weight[g][:, None] * (kw if is_power else units)
        what = "kW that idle units draw" if is_power else "units that have to be booked"
        yield from _exceeded(problem, f"cap {name}", use, caps.limit[g], what)


def _imports(problem: Problem) -> Iterator[Reason]:
    _, kw = _standing(problem)
    limit_kw, contracts = problem.grid.import_limit_kw, problem.contracts
    for s in np.flatnonzero(np.isfinite(limit_kw)).tolist():
        use = np.where((problem.pools.site == s)[:, None], kw, 0.0)
        most = limit_kw[s] + contracts.available_kw[contracts.site == s].sum(axis=0)
        subject = f"grid import and contracts of {problem.sites.names[s]}"
        yield from _exceeded(problem, subject, use, most, "kW that idle units draw")


def _exceeded(problem: Problem, subject: str, use: Floats, limit: Floats, what: str) -> Iterator[Reason]:
    total = use.sum(axis=0)
    excess = total - limit * (1 + SLACK)
    worst, times = int(excess.argmax()), int((excess > SLACK).sum())
    if not times:
        return
    more = f" (and in {counted(times - 1, 'more period')})" if times > 1 else ""
    lines = [
        f"{problem.pools.names[p]}: {number(float(use[p, worst]))}"
        for p in np.flatnonzero(use[:, worst]).tolist()
    ]
    yield Reason(
        subject,
        f"at {moment(problem.horizon, worst)}{more}, the limit is {number(float(limit[worst]))}, below the "
        f"{number(float(total[worst]))} {what} in any case",
        listed(lines),
    )
