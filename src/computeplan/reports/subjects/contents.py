"""What a config contains, before anything is solved."""

from __future__ import annotations

import numpy as np

from computeplan.accounts.requirements import job_period
from computeplan.explanations.wording import moment
from computeplan.grouping import merge
from computeplan.problem import Goal, HorizonEnd, Problem, Term
from computeplan.reports.blocks import Block, Column, Data, Facts, Table, strong
from computeplan.text import counted, number

TERMS = {Term.OWNED: "owned", Term.ON_DEMAND: "on demand", Term.RESERVED: "reserved"}


def describe_contents(problem: Problem) -> list[Block]:
    """Say what a problem contains: horizon, goal, work, pools."""
    facts = [("horizon", _horizon(problem)), ("goal", _goal(problem)), ("work", _work(problem))]
    return [Data(_counts(problem)), Facts(facts, strong(problem.name)), _pools(problem)]


def _counts(problem: Problem) -> dict[str, object]:
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
        "mean_busy_units": _mean_busy_units(problem),
    }


def _kinds(problem: Problem) -> dict[str, int]:
    kinds = {name: int(of_kind.sum()) for name, of_kind in problem.workloads.kinds.items()}
    return {"workloads": problem.workloads.size, **kinds}


def _mean_busy_units(problem: Problem) -> float:
    """Average busy units over the real time that the horizon stands for."""
    work, horizon = problem.workloads, problem.horizon
    real_h = horizon.weight * horizon.hours
    demands = float(work.scale @ (work.profiles @ real_h)[work.profile])
    jobs = np.flatnonzero(work.is_job)
    volume = float(work.volume_unit_h[jobs] @ horizon.weight[job_period(problem, jobs)])
    return (demands + volume) / horizon.real_hours


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
    busy = f"{number(_mean_busy_units(problem))} busy units on average"
    return f"{workloads} of {owners} ({', '.join(parts)}) in {classes}; {busy}"


def _pools(problem: Problem) -> Table:
    pools = problem.pools
    zones = [problem.network.zone_names[zone] for zone in problem.sites.zone[pools.site].tolist()]
    prices = [
        f"{number(p)} {problem.currency}/unit/h" if p else "–" for p in pools.price.mean(axis=1).tolist()
    ]
    columns = [
        Column("pool", "pool", pools.names),
        Column("zone", "zone", zones),
        Column("term", "term", [TERMS[Term(term)] for term in pools.term.tolist()]),
        Column("hardware", "hardware", [problem.hardware.names[h] for h in pools.hardware.tolist()]),
        Column("units", "units", [_units(problem, pool) for pool in range(pools.size)], right=True),
        Column("price", "mean price", prices, right=True),
    ]
    return Table("", columns)


def _units(problem: Problem, pool: int) -> str:
    least, most = problem.pools.min_units[pool], problem.pools.max_units[pool]
    new = problem.pools.max_new_units[pool]
    if new > 0:
        return f"{number(most)} + {number(new)}"
    return number(most) if least in (0, most) else f"{number(least)}–{number(most)}"
