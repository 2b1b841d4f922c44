"""What makes a cost fall without end: bookings that earn money and have no limit.

Work is bounded by demand, and all else by work; only booked units can grow alone. A booked unit draws
idle power, so it earns money where energy has a negative price, and emits at no cost if carbon has none.
"""

from __future__ import annotations

import numpy as np

from computeplan.explain.reason import Reason
from computeplan.explain.wording import moment, number
from computeplan.problem import Floats, Ints, Problem, Term


def endless(problem: Problem) -> tuple[Reason, ...]:
    """Find the pools of which an endless booking earns money.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Reason
        Empty if nothing is without limit.
    """
    pools, horizon = problem.pools, problem.horizon
    free = (pools.term == Term.RESERVED) & np.isinf(pools.max_units) & ~_capped(problem)
    free &= np.isinf(problem.grid.import_limit_kw)[pools.site]
    kwh = problem.pue * problem.idle_kw[:, None] * horizon.hours * pools.availability
    cost = (pools.price * horizon.hours + kwh * problem.grid.price[pools.site]) @ horizon.weight
    cost += _peak_cost(problem)
    earns = np.flatnonzero(free & (cost < 0))
    return tuple(_reason(problem, int(p), float(-cost[p])) for p in earns)


def _capped(problem: Problem) -> np.typing.NDArray[np.bool_]:
    """(P,) whether a cap limits what is booked: units always, power through what idles."""
    capped = np.zeros(problem.pools.size, dtype=bool)
    for g, weight in enumerate(problem.caps.weight):
        counts = problem.idle_kw > 0 if problem.caps.measure[g] == "power" else np.ones(len(weight), bool)
        capped |= (weight > 0) & counts
    return capped


def _peak_cost(problem: Problem) -> Floats:
    """(P,) demand charge of a booked unit's idle power."""
    pools, months = problem.pools, problem.horizon.month
    kw = problem.pue * problem.idle_kw[:, None] * pools.availability
    peak = np.zeros((pools.size, problem.grid.demand_charge.shape[1]))
    np.maximum.at(peak.T, months, kw.T)
    charged: Floats = (peak * problem.grid.demand_charge[pools.site]).sum(axis=1)
    return charged


def _reason(problem: Problem, pool: int, earned: float) -> Reason:
    site = int(problem.pools.site[pool])
    prices = problem.grid.price[site]
    lowest: Ints = prices.argmin()
    currency = problem.currency
    return Reason(
        f"pool {problem.pools.names[pool]}",
        f"each booked unit earns {number(earned)} {currency} over the horizon, and nothing limits how many",
        (
            f"an idle unit draws {number(float(problem.idle_kw[pool]))} kW, and energy costs down to "
            f"{number(float(prices[lowest]))} {currency}/kWh ({moment(problem.horizon, int(lowest))})",
            "max_units of the pool, import_limit of the site or a cap would limit it",
        ),
    )
