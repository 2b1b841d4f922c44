"""What makes an objective fall without end: bookings that earn money and have no limit.

Work is bounded by demand, and all else by work; only what is booked can grow alone. A booked unit draws
idle power, so it earns money where energy has a negative price and the booking costs less.
"""

from __future__ import annotations

import numpy as np

from computeplan.explanations.diagnosis import Reason
from computeplan.explanations.wording import moment
from computeplan.problem import Bools, CapMeasure, Floats, Problem, Term
from computeplan.text import number


def endless(problem: Problem) -> tuple[Reason, ...]:
    """Find the pools of which an endless booking earns money; none where nothing is without limit."""
    pools, horizon, objective = problem.pools, problem.horizon, problem.objective
    idle_kw = problem.pue * problem.idle_kw[:, None] * pools.availability
    kg = idle_kw * horizon.hours * problem.grid_kg_per_kwh[pools.site] @ horizon.weight
    energy = idle_kw * problem.grid.price[pools.site]
    cost = ((pools.price + energy) * horizon.hours) @ horizon.weight + _peak_cost(problem, idle_kw)
    total = objective.cost_weight * cost + objective.carbon_weight * kg
    limited = np.isfinite(pools.max_units) | _capped(problem)
    limited |= np.isfinite(problem.grid.import_limit_kw)[pools.site] & (idle_kw > 0).any(axis=1)
    limited |= np.isfinite(objective.carbon_cap_kg) & (kg > 0)
    earns = np.flatnonzero((pools.term == Term.RESERVED) & ~limited & (total < 0))
    return tuple(_reason(problem, p, float(-cost[p])) for p in earns.tolist())


def _capped(problem: Problem) -> Bools:
    """(P,) whether a cap limits what is booked: of units always, of power where it idles."""
    capped = np.zeros(problem.pools.size, dtype=bool)
    for measure, weight in zip(problem.caps.measure, problem.caps.weight, strict=True):
        counts = problem.idle_kw > 0 if measure is CapMeasure.POWER else np.ones(len(weight), dtype=bool)
        capped |= (weight > 0) & counts
    return capped


def _peak_cost(problem: Problem, idle_kw: Floats) -> Floats:
    """(P,) demand charge of a booked unit's idle power."""
    charge = problem.grid.demand_charge[problem.pools.site]
    peak = np.zeros_like(charge)
    np.maximum.at(peak.T, problem.horizon.month, idle_kw.T)
    charged: Floats = (peak * charge).sum(axis=1)
    return charged


def _reason(problem: Problem, pool: int, earned: float) -> Reason:
    prices, currency = problem.grid.price[problem.pools.site[pool]], problem.currency
    lowest = int(prices.argmin())
    draws = f"an idle unit draws {number(float(problem.idle_kw[pool]))} kW"
    price = f"energy costs down to {number(float(prices[lowest]))} {currency}/kWh"
    return Reason(
        f"pool {problem.pools.names[pool]}",
        f"each booked unit earns {number(earned)} {currency} over the horizon, and nothing limits how many",
        (
            f"{draws}, and {price} ({moment(problem.horizon, lowest)})",
            "max_units of the pool, an import_limit of the site or a cap would limit it",
        ),
    )
