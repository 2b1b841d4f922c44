"""Arrivals of demands, and how much of them may still be waiting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.problem import Floats, Horizon, HorizonEnd, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays

WHOLE_PERIOD = 1e-9
"""Share of a period within which a delay counts as a whole number of periods."""


@dataclass(frozen=True, eq=False)
class Arrivals(ReadOnlyArrays):
    """Arrivals d of demands, unit·h; jobs have none and take no room.

    Attributes
    ----------
    unit_h : (D + 1, T)
        Of each demand; the last row is zero and stands for all jobs.
    row : (W,)
        Row of each workload.
    """

    unit_h: Floats
    row: Ints

    def at(self, workload: Ints, period: Ints) -> Floats:
        """(n,) arrivals of workloads in periods, pair by pair."""
        return self.unit_h[self.row[workload], period]

    def of(self, workload: Ints) -> Floats:
        """(n, T) arrivals of workloads."""
        return self.unit_h[self.row[workload]]


def arrivals_of(problem: Problem) -> Arrivals:
    """Work out the arrivals of every demand."""
    workloads = problem.workloads
    demands = np.flatnonzero(~workloads.is_job)
    rate = workloads.scale[demands, None] * workloads.profiles[workloads.profile[demands]]
    row = np.full(workloads.size, len(demands))
    row[demands] = np.arange(len(demands))
    nothing = np.zeros((1, problem.horizon.size))
    return Arrivals(np.concatenate((rate * problem.horizon.hours, nothing)), row)


def largest_backlog(problem: Problem, demand: Arrivals, workloads: Ints) -> Floats:
    """Arrivals of the last `max_delay` hours at the end of each period, spread evenly in a period.

    With D = (k + f) Δ and 0 ≤ f < 1: ``d[t] + … + d[t−k+1] + f d[t−k]``. Before a block there is
    nothing (`close`) or the block's own end (`cyclic`); `close` leaves nothing at the block's end.

    Parameters
    ----------
    problem : Problem
    demand : Arrivals
    workloads : (n,)
        The deferrable demands.

    Returns
    -------
    (n, T) array
    """
    delay = problem.workloads.max_delay_h[workloads] / problem.horizon.period_h
    bound = np.empty((len(workloads), problem.horizon.size))
    for block in problem.horizon.blocks:
        arrivals = demand.of(workloads)[:, block]
        bound[:, block] = _recent(arrivals, np.minimum(delay, arrivals.shape[1]), problem.horizon)
    return bound


def _recent(arrivals: Floats, delay: Floats, horizon: Horizon) -> Floats:
    """Arrivals of the last `delay` periods at the end of each period of one block."""
    size = arrivals.shape[1]
    whole = np.floor(delay + WHOLE_PERIOD).astype(np.int64)[:, None]
    part = np.maximum(delay[:, None] - whole, 0.0)
    total = np.concatenate((np.zeros((len(arrivals), 1)), np.cumsum(arrivals, axis=1)), axis=1)
    end = np.arange(1, size + 1)[None, :]
    recent = (
        total[:, 1:]
        - (1 - part) * _at(total, end - whole, horizon.end)
        - part * _at(total, end - whole - 1, horizon.end)
    )
    if horizon.end is HorizonEnd.CLOSE:
        recent[:, -1] = 0.0
    return np.maximum(recent, 0.0)


def _at(total: Floats, index: Ints, end: HorizonEnd) -> Floats:
    """Arrivals up to the start of a period; before the block 0 or, if cyclic, minus its own end."""
    size = total.shape[1] - 1
    inside = np.take_along_axis(total, np.maximum(index, 0), axis=1)
    if end is HorizonEnd.CLOSE:
        return np.where(index >= 0, inside, 0.0)
    before = np.take_along_axis(total, np.clip(index + size, 0, size), axis=1) - total[:, -1:]
    return np.where(index >= 0, inside, before)
