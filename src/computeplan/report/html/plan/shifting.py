"""What moved in time: work that could run at once and waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.plan import Solution
from computeplan.plan.requirements import arrivals, job_block, job_overlap_h
from computeplan.problem import Floats, HorizonEnd, Ints, Problem, Work


@dataclass(frozen=True)
class Shifting:
    """Work by period, unit·h without the weights.

    Attributes
    ----------
    prompt : (T,)
        Done as planned, of work that cannot wait.
    planned : (T,)
        Done as planned, of work that can wait.
    at_once : (T,)
        The same work if all of it ran as soon as it could.
    later_unit_h : float
        Work that the plan does later than it could, over the time that the horizon stands for.
    mean_wait_h : float
        Mean wait of the work that can wait.
    """

    prompt: Floats
    planned: Floats
    at_once: Floats
    later_unit_h: float
    mean_wait_h: float


def shifting(solution: Solution) -> Shifting:
    """Hold the plan against doing everything as soon as it can be done.

    Jobs could run at their highest rate from their release, other work when it arrives. Work left
    undone does not count.

    Parameters
    ----------
    solution : Solution
    """
    problem, work = solution.allocation.grouping.problem, solution.allocation.work
    shape = (problem.workloads.size, problem.horizon.size)
    done = _summed(shape, work.workload, work.period, work.unit_h)
    at_once = earliest(problem) - _undone(problem, work, shape)
    can_wait = problem.workloads.is_job | (problem.workloads.max_delay_h > 0)
    done_late, soonest = done[can_wait], at_once[can_wait]
    weight, hours = problem.horizon.weight, problem.horizon.hours
    waiting = np.zeros_like(done_late)
    for block in problem.horizon.blocks:
        waiting[:, block] = np.cumsum((soonest - done_late)[:, block], axis=1)
    waiting -= np.minimum(_least(problem, waiting), 0.0)
    total = float((done_late @ weight).sum())
    return Shifting(
        prompt=done[~can_wait].sum(axis=0),
        planned=done_late.sum(axis=0),
        at_once=soonest.sum(axis=0),
        later_unit_h=float((np.maximum(done_late - soonest, 0.0) @ weight).sum()),
        mean_wait_h=float((waiting @ (weight * hours)).sum()) / total if total else 0.0,
    )


def earliest(problem: Problem) -> Floats:
    """Work of every workload if it runs as soon as it can (W, T), unit·h.

    Parameters
    ----------
    problem : Problem
    """
    soonest = arrivals(problem, np.arange(problem.workloads.size))
    jobs = np.flatnonzero(problem.workloads.is_job)
    order, most = _from_release(problem, jobs), _most_work(problem, jobs)
    volume = problem.workloads.volume_unit_h[jobs, None]
    filled = np.minimum(np.cumsum(np.take_along_axis(most, order, axis=1), axis=1), volume)
    ran = np.empty_like(most)
    np.put_along_axis(ran, order, np.diff(filled, axis=1, prepend=0.0), axis=1)
    soonest[jobs] = ran
    return soonest


def _most_work(problem: Problem, jobs: Ints) -> Floats:
    """(n, T) most work of each job in a period; without a rate, its volume in any that it touches."""
    every, rate = np.arange(problem.horizon.size), problem.workloads.max_rate[jobs, None]
    overlap_h = job_overlap_h(problem, jobs, every)
    at_rate = np.where(np.isfinite(rate), rate, 0.0) * overlap_h
    whole = np.where(np.isfinite(rate), 0.0, problem.workloads.volume_unit_h[jobs, None])
    return at_rate + np.where(overlap_h > 0, whole, 0.0)


def _from_release(problem: Problem, jobs: Ints) -> Ints:
    """(n, T) periods in the order in which each job comes to them, from its release on."""
    horizon = problem.horizon
    start = np.concatenate(([0.0], np.cumsum(horizon.hours)[:-1]))
    end = start + horizon.hours
    wait = np.broadcast_to(start, (len(jobs), horizon.size)).copy()
    if horizon.end is HorizonEnd.CYCLIC:
        passed = end[None, :] <= problem.workloads.release_h[jobs, None]
        mine = horizon.block[None, :] == job_block(problem, jobs)[:, None]
        wait += np.where(passed & mine, horizon.hours.sum(), 0.0)
    return np.argsort(wait, axis=1, kind="stable")


def _undone(problem: Problem, work: Work, shape: tuple[int, int]) -> Floats:
    """Take work left undone from where it would have run."""
    short = _summed(shape, work.short_workload, work.short_period, work.short_unit_h)
    jobs = problem.workloads.is_job
    if short[jobs].any():
        soonest = earliest(problem)[jobs]
        total = np.maximum(soonest.sum(axis=1, keepdims=True), 1e-300)
        short[jobs] = soonest * short[jobs].sum(axis=1, keepdims=True) / total
    return short


def _summed(shape: tuple[int, int], row: Ints, period: Ints, amount: Floats) -> Floats:
    flat = np.bincount(row * shape[1] + period, weights=amount, minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.float64)


def _least(problem: Problem, waiting: Floats) -> Floats:
    """(n, T) least backlog of each row in the period's block: what a cyclic block begins with."""
    least = np.zeros_like(waiting)
    for block in problem.horizon.blocks:
        least[:, block] = waiting[:, block].min(axis=1, keepdims=True, initial=0.0)
    return least
