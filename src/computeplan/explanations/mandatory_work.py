"""Work that every plan has to do, and by when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.accounts.requirements import job_period
from computeplan.problem import Bools, Floats, HorizonEnd, Ints, Problem

SLACK = 1e-6
"""Relative excess from which a solver would call it infeasible, too."""


def has_to_be_done(problem: Problem) -> Bools:
    """(W,) workloads that no plan may let fall short.

    Work with a shortfall price may fall short, unless the goal forbids it; a workload without work needs
    nothing.
    """
    work = problem.workloads
    demands = (work.scale > 0) & (work.profiles.max(axis=1, initial=0.0) > 0)[work.profile]
    has_work = np.where(work.is_job, work.volume_unit_h > 0, demands)
    must: Bools = has_work & ~problem.may_fall_short
    return must


@dataclass(frozen=True, eq=False)
class DueWork:
    """Work of each class of needs that every plan has to do."""

    edges_h: Floats
    """(T+1,) starts of the periods on the model's axis, and the end of the last."""
    cyclic: bool
    """Whether a block's end joins its start."""
    block_first: Ints
    block_last: Ints
    """(T,) first period of each period's block, and the period after its last."""
    arrived: dict[float, Floats]
    """Arrivals per class accumulated since the start, by the longest delay, unit·h."""
    job_class: Ints
    job_volume: Floats
    job_release_h: Floats
    job_deadline_h: Floats
    """(J,) jobs, their windows cut at the end of their block; a window that wraps is the whole block."""

    def arrivals_within(self, weight: Floats, first: Ints, last: Ints) -> Floats:
        """(n,) demand, unit·h, that arrives in stretches of one block and must be done in them.

        `weight` (C,) is a factor on the work of each class, 0 leaves it out; `first` and `last` (n,) are the
        first period of each stretch and the period after its last.
        """
        whole = last == self.block_last[first]
        if self.cyclic:
            whole &= first == self.block_first[first]
        total = np.zeros(len(first))
        for delay_h, by_class in self.arrived.items():
            arrived = weight @ by_class
            due = np.interp(self.edges_h[last] - delay_h, self.edges_h, arrived)
            total += (np.where(whole, arrived[last], due) - arrived[first]).clip(min=0.0)
        return total

    def jobs_within(self, weight: Floats, edges: Ints) -> Floats:
        """(m, m) jobs, unit·h, whose window lies between the edge of the row and that of the column.

        `weight` (C,) is as above; `edges` (m,) are periods of one block, ascending, from its first to the one
        after its last.
        """
        at_h = self.edges_h[edges]
        here = (self.job_release_h >= at_h[0]) & (self.job_deadline_h <= at_h[-1])
        first = np.searchsorted(at_h, self.job_release_h[here], side="right") - 1
        last = np.searchsorted(at_h, self.job_deadline_h[here], side="left")
        windows = np.zeros((len(edges), len(edges)))
        np.add.at(windows, (first, last), (self.job_volume * weight[self.job_class])[here])
        within: Floats = windows[::-1].cumsum(axis=0)[::-1].cumsum(axis=1)
        return within


def due_work(problem: Problem, class_of_need: Ints, counted: Bools) -> DueWork:
    """Collect the work that has to be done, by class of needs and longest delay.

    `class_of_need` (R,) is the class of each need, from 0; classes that are not `counted` (C,) are left out.
    """
    work, horizon = problem.workloads, problem.horizon
    kind = class_of_need[work.need]
    must = has_to_be_done(problem) & counted[kind]
    jobs = np.flatnonzero(must & work.is_job)
    block_first = np.array([block.start for block in horizon.blocks])[horizon.block]
    block_last = np.array([block.stop for block in horizon.blocks])[horizon.block]
    edges_h = np.concatenate([[0.0], np.cumsum(horizon.hours)])
    release_h, deadline_h = _windows(problem, jobs, edges_h[block_first], edges_h[block_last])
    return DueWork(
        edges_h=edges_h,
        cyclic=horizon.end is HorizonEnd.CYCLIC,
        block_first=block_first,
        block_last=block_last,
        arrived=_arrived(problem, kind, must & ~work.is_job, len(counted)),
        job_class=kind[jobs],
        job_volume=work.volume_unit_h[jobs],
        job_release_h=release_h,
        job_deadline_h=deadline_h,
    )


def _arrived(problem: Problem, kind: Ints, chosen: Bools, classes: int) -> dict[float, Floats]:
    work = problem.workloads
    profiles = len(work.profiles)
    arrived = {}
    for delay_h in np.unique(work.max_delay_h[chosen]).tolist():
        picked = np.flatnonzero(chosen & (work.max_delay_h == delay_h))
        place = kind[picked] * profiles + work.profile[picked]
        scale = np.bincount(place, weights=work.scale[picked], minlength=classes * profiles)
        units = scale.reshape(classes, profiles) @ work.profiles
        arrived[delay_h] = np.pad(np.cumsum(units * problem.horizon.hours, axis=1), ((0, 0), (1, 0)))
    return arrived


def _windows(problem: Problem, jobs: Ints, start_h: Floats, end_h: Floats) -> tuple[Floats, Floats]:
    release_h, deadline_h = problem.workloads.release_h[jobs], problem.workloads.deadline_h[jobs]
    period = job_period(problem, jobs)
    wraps = (problem.horizon.end is HorizonEnd.CYCLIC) & (deadline_h > end_h[period])
    return np.where(wraps, start_h[period], release_h), np.minimum(deadline_h, end_h[period])
