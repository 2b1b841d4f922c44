"""What a config contains, before anything is solved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from computeplan.explain.wording import counted, moment, number
from computeplan.grouping import merge
from computeplan.problem import Goal, HorizonEnd, Problem, Term
from computeplan.report.tables import facts, table

TERMS = {Term.OWNED: "owned", Term.ON_DEMAND: "on demand", Term.RESERVED: "reserved"}


def contents_data(problem: Problem) -> dict[str, object]:
    """Count what a problem contains.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    dict
        Ready for JSON.
    """
    horizon = problem.horizon
    return {
        "name": problem.name,
        "currency": problem.currency,
        "horizon": {
            "start": moment(horizon, 0),
            "end": moment(horizon, horizon.size),
            "time_zone": horizon.time_zone,
            "periods": horizon.size,
            "period_h": horizon.period_h,
            "blocks": len(horizon.blocks),
            "real_hours": horizon.real_hours,
        },
        "size": {
            "companies": problem.companies.size,
            **_kinds(problem),
            "classes": merge(problem).size,
            "sites": problem.sites.size,
            "pools": problem.pools.size,
            "contracts": problem.contracts.size,
            "links": problem.network.links,
            "caps": problem.caps.size,
        },
        "mean_units_busy": _mean_units(problem),
    }


def contents(problem: Problem) -> RenderableType:
    """Show what a problem contains.

    Parameters
    ----------
    problem : Problem
    """
    return Group(
        Text(problem.name, style="bold"),
        facts([("horizon", _horizon(problem)), ("goal", _goal(problem)), ("work", _work(problem))]),
        Text(),
        _pools(problem),
    )


def _kinds(problem: Problem) -> dict[str, int]:
    work = problem.workloads
    deferrable = ~work.is_job & (work.max_delay_h > 0)
    interactive = ~work.is_job & ~deferrable & ~work.is_fixed
    masks = {
        "workloads": np.ones(work.size, dtype=bool),
        "interactive": interactive,
        "deferrable": deferrable,
        "jobs": work.is_job,
        "fixed": work.is_fixed,
    }
    return {name: int(mask.sum()) for name, mask in masks.items()}


def _mean_units(problem: Problem) -> float:
    """Give the units busy in the mean over the real time that the horizon stands for."""
    work, horizon = problem.workloads, problem.horizon
    real_h = horizon.weight * horizon.hours
    demands = float(work.scale @ (work.profiles @ real_h)[work.profile])
    edges = np.cumsum(horizon.hours)
    period = np.searchsorted(edges, work.release_h, side="right").clip(max=horizon.size - 1)
    return (demands + float(work.volume_unit_h @ horizon.weight[period])) / horizon.real_hours


def _horizon(problem: Problem) -> str:
    horizon = problem.horizon
    minutes = number(60 * horizon.period_h)
    end = "work may wrap around its end" if horizon.end is HorizonEnd.CYCLIC else "all work done by its end"
    span = f"{moment(horizon, 0)} to {moment(horizon, horizon.size)} {horizon.time_zone}"
    if len(horizon.blocks) > 1:
        span += f" in {len(horizon.blocks)} blocks"
    if horizon.real_hours != horizon.hours.sum():
        span += f", standing for {number(horizon.real_hours)} h"
    return f"{span}; {counted(horizon.size, 'period')} of {minutes} min; {end}"


def _goal(problem: Problem) -> str:
    objective = problem.objective
    goal = "least cost" if objective.goal is Goal.COST else "least carbon, then least cost"
    price = objective.carbon_price_per_kg * 1000
    if price and objective.goal is Goal.COST:
        goal += f", carbon at {number(price)} {problem.currency}/t"
    if np.isfinite(objective.carbon_cap_kg):
        goal += f", at most {number(objective.carbon_cap_kg / 1000)} t"
    return f"{goal} ({objective.basis.value} basis)"


def _work(problem: Problem) -> str:
    kinds = _kinds(problem)
    workloads = counted(kinds.pop("workloads"), "workload")
    jobs = kinds.pop("jobs")
    parts = [f"{amount:,} {kind}" for kind, amount in kinds.items() if amount]
    parts += [counted(jobs, "job")] if jobs else []
    owners = counted(problem.companies.size, "company", "companies")
    classes = counted(merge(problem).size, "class", "classes")
    busy = f"{number(_mean_units(problem))} units busy in the mean"
    return f"{workloads} of {owners} ({', '.join(parts)}) in {classes}; {busy}"


def _pools(problem: Problem) -> Table:
    view = table("pool", "zone", "term", "hardware", ">units", ">mean price")
    for row in _pool_rows(problem):
        view.add_row(*row)
    return view


def _pool_rows(problem: Problem) -> Iterator[tuple[str, ...]]:
    pools, sites = problem.pools, problem.sites
    zone_names, hardware_names = problem.network.zone_names, problem.hardware.names
    for p, name in enumerate(pools.names):
        price = float(pools.price[p].mean())
        yield (
            name,
            zone_names[int(sites.zone[pools.site[p]])],
            TERMS[Term(int(pools.term[p]))],
            hardware_names[int(pools.hardware[p])],
            _units(problem, p),
            f"{number(price)} {problem.currency}/unit/h" if price else "–",
        )


def _units(problem: Problem, pool: int) -> str:
    least, most = problem.pools.min_units[pool], problem.pools.max_units[pool]
    new = problem.pools.max_new_units[pool]
    if new > 0:
        return f"{number(most)} + {number(new)}"
    return number(most) if least in (0, most) else f"{number(least)}–{number(most)}"
