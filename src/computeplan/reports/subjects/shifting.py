"""What moved in time: work that could run at once and waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.accounts.requirements import arrivals, job_block, job_overlap_h
from computeplan.problem import Floats, HorizonEnd, Ints, Problem, Work
from computeplan.reports.blocks import Facts, Figure, Prose, Section
from computeplan.reports.charts import area_style, axis, chart, figure, label_areas, line_style
from computeplan.reports.subjects.plan_view import PlanView
from computeplan.solvers.plan import Solution
from computeplan.text import number

MOST_PRICES = 4
"""Price series drawn; more could not be distinguished."""

NAMED = 3
"""Sites named with a price that they share."""


def shifted_work(view: PlanView) -> Section:
    """Report how much work waits, how long, and for which prices."""
    words, found = view.words, measure_shifting(view.solution)
    title = words("shifting.title")
    weight = view.problem.horizon.weight
    can_wait = float(found.planned @ weight)
    if can_wait <= 0:
        return Section("time", title, [Prose([words("shifting.none")])])
    total = can_wait + float(found.prompt @ weight)
    rows = [
        (words("shifting.can_wait"), words.percent(can_wait / total)),
        (words("shifting.later"), words.percent(found.later_unit_h / can_wait)),
        (words("shifting.later_amount"), words.amount(found.later_unit_h, "unit·h")),
        (words("shifting.mean_wait"), words.quantity(number(found.mean_wait_h, 3), "h")),
    ]
    drawn = chart(
        words, "time", {"": _figure(view, found)}, height=520, note=view.note_of_times("chart.time.note")
    )
    return Section("time", title, [Facts(rows, tiles=True), drawn])


def _figure(view: PlanView, found: Shifting) -> Figure:
    words, hours = view.words, view.problem.horizon.hours
    prompt, planned = found.prompt / hours, found.planned / hours
    dotted = {"color": "--ink", "dash": "dot", "width": 1.5, "shape": "hv"}
    data = [
        view.trace(words("shifting.prompt"), prompt, stackgroup="work", **area_style(7)),
        view.trace(words("shifting.planned"), planned, stackgroup="work", **area_style(1)),
        view.trace(words("shifting.at_once"), prompt + found.at_once / hours, mode="lines", line=dotted),
    ]
    data += [
        view.trace(name, price, yaxis="y2", mode="lines", line=line_style(place))
        for place, (name, price) in enumerate(_prices(view).items())
    ]
    prices = axis(
        view.words.unit(f"{view.problem.currency}/kWh"), domain=[0.0, 0.32], rangemode="tozero", nticks=5
    )
    return figure(
        data,
        xaxis={**view.axis.layout, "anchor": "y2"},
        yaxis=axis(words("shifting.units"), domain=[0.42, 1.0], rangemode="tozero"),
        yaxis2=prices,
        hovermode="x unified",
        annotations=label_areas(view.axis, data),
        legend={"y": -0.1, "yanchor": "top"},
    )


def _prices(view: PlanView) -> dict[str, np.ndarray]:
    """Grid prices that differ, named after their sites."""
    problem = view.problem
    series, of_site = np.unique(problem.grid.price, axis=0, return_inverse=True)
    of_site = of_site.reshape(-1)
    named = {}
    for row in list(dict.fromkeys(of_site.tolist()))[:MOST_PRICES]:
        sites = [problem.sites.names[s] for s in np.flatnonzero(of_site == row).tolist()]
        if len(sites) > NAMED:
            name = view.words("shifting.price_more", site=sites[0], count=len(sites) - 1)
        else:
            name = view.words("shifting.price", sites=", ".join(sites))
        named[name] = series[row]
    return named


@dataclass(frozen=True)
class Shifting:
    """Work by period, unit·h without the weights."""

    prompt: Floats
    """(T,) done as planned, of work that cannot wait."""
    planned: Floats
    """(T,) done as planned, of work that can wait."""
    at_once: Floats
    """(T,) the same work if all of it ran as soon as it could."""
    later_unit_h: float
    """Work that the plan does later than it could, over the real time of the horizon."""
    mean_wait_h: float
    """Mean wait of the work that can wait."""


def measure_shifting(solution: Solution) -> Shifting:
    """Compare the plan with doing everything as soon as possible.

    Jobs could run at their highest rate from their release, other work when it arrives. Shortfall does
    not count.
    """
    problem, work = solution.allocation.grouping.problem, solution.allocation.work
    shape = (problem.workloads.size, problem.horizon.size)
    done = _sum_entries(shape, work.workload, work.period, work.unit_h)
    at_once = earliest(problem) - _shortfall(problem, work, shape)
    can_wait = problem.workloads.is_job | (problem.workloads.max_delay_h > 0)
    done_late, soonest = done[can_wait], at_once[can_wait]
    weight, hours = problem.horizon.weight, problem.horizon.hours
    waiting = np.zeros_like(done_late)
    for block in problem.horizon.blocks:
        waiting[:, block] = np.cumsum((soonest - done_late)[:, block], axis=1)
    waiting -= np.minimum(_least_backlog(problem, waiting), 0.0)
    total = float((done_late @ weight).sum())
    return Shifting(
        prompt=done[~can_wait].sum(axis=0),
        planned=done_late.sum(axis=0),
        at_once=soonest.sum(axis=0),
        later_unit_h=float((np.maximum(done_late - soonest, 0.0) @ weight).sum()),
        mean_wait_h=float((waiting @ (weight * hours)).sum()) / total if total else 0.0,
    )


def earliest(problem: Problem) -> Floats:
    """(W, T) work of every workload if it runs as soon as possible, unit·h."""
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


def _shortfall(problem: Problem, work: Work, shape: tuple[int, int]) -> Floats:
    """(W, T) shortfall, where it would have run as soon as possible."""
    short = _sum_entries(shape, work.short_workload, work.short_period, work.short_unit_h)
    jobs = problem.workloads.is_job
    if short[jobs].any():
        soonest = earliest(problem)[jobs]
        total = np.maximum(soonest.sum(axis=1, keepdims=True), 1e-300)
        short[jobs] = soonest * short[jobs].sum(axis=1, keepdims=True) / total
    return short


def _sum_entries(shape: tuple[int, int], row: Ints, period: Ints, amount: Floats) -> Floats:
    flat = np.bincount(row * shape[1] + period, weights=amount, minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.float64)


def _least_backlog(problem: Problem, waiting: Floats) -> Floats:
    """(n, T) least backlog of each row in the period's block: what a cyclic block begins with."""
    least = np.zeros_like(waiting)
    for block in problem.horizon.blocks:
        least[:, block] = waiting[:, block].min(axis=1, keepdims=True, initial=0.0)
    return least
