"""What things are worth, and the certificate that proves the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeplan.plan.plan import Solution
from computeplan.plan.scarcity import Scarcity, scarcities
from computeplan.plan.tables.frames import named, starts
from computeplan.problem import Floats, Goal, Prices, Problem

if TYPE_CHECKING:
    import polars as pl


def duals(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give the price of one more natural unit, per real hour, where there is one.

    ``work`` is what a unit·h of a pool costs at the margin, ``energy`` a kWh at a site; the others are
    what a limit that binds is worth. Limits on the whole horizon have no period. Empty where the solver
    gives no prices.
    """
    import polars as pl

    weight, prices = problem.horizon.weight, solution.prices
    money = problem.currency if problem.objective.goal is Goal.COST else "kg"
    rows = [_frame(problem, "", (), np.zeros((0, 1)), ())]
    if prices is not None:
        pools, sites = problem.pools.names, problem.sites.names
        rows.append(_frame(problem, "work", pools, prices.load / weight, ("unit·h",) * len(pools)))
        rows.append(_frame(problem, "energy", sites, prices.energy / weight, ("kWh",) * len(sites)))
        rows += [_limit_frame(problem, scarcity) for scarcity in scarcities(problem, prices)]
    frame = pl.concat(rows)
    return frame.with_columns(unit=pl.lit(f"{money}/") + pl.col("unit"))


def certificate(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give the dual prices as they prove the bound, weights ω included; zeros are left out."""
    import polars as pl

    frames = [_frame(problem, "", (), np.zeros((0, 1)), ())]
    if solution.prices is not None:
        frames += [
            _frame(problem, name, names, price, ("",) * len(names))
            for name, (names, price) in _certificate_parts(problem, solution.prices).items()
        ]
    return pl.concat(frames).drop("start", "unit")


def _certificate_parts(problem: Problem, prices: Prices) -> dict[str, tuple[tuple[str, ...], Floats]]:
    pools, sites = problem.pools.names, problem.sites.names
    return {
        "load": (pools, prices.load),
        "rent": (pools, prices.rent),
        "energy": (sites, prices.energy),
        "peak": (sites, prices.peak),
        "link": (problem.network.link_names, prices.link),
        "cap": (problem.caps.names, prices.cap),
        "carbon": (("carbon",), np.array([[prices.carbon]])),
        "cover": (sites, prices.cover),
        "surplus": (sites, prices.surplus[:, None]),
        "budget": (("budget",), np.array([[prices.budget]])),
        "rule": (problem.rules.names, prices.rule[:, None]),
        "renewable": (sites, prices.renewable[:, None]),
        "offer": (problem.contracts.names, prices.offer),
        "lease": (problem.network.link_names, prices.lease),
        "storage": (problem.batteries.names, prices.storage),
    }


def _limit_frame(problem: Problem, scarcity: Scarcity) -> pl.DataFrame:
    by_period = scarcity.price.shape[1] == problem.horizon.size
    price = scarcity.price / problem.horizon.weight if by_period else scarcity.price
    return _frame(problem, scarcity.limit.value, scarcity.names, price, scarcity.units)


def _frame(
    problem: Problem, what: str, names: tuple[str, ...], price: Floats, units: tuple[str, ...]
) -> pl.DataFrame:
    """List prices (n, T), or (n, 1) for the whole horizon, that are not zero."""
    import polars as pl

    thing, period = np.nonzero(price)
    by_period = price.shape[1] == problem.horizon.size
    frame = pl.DataFrame(
        {
            "what": pl.repeat(what, len(thing), dtype=pl.String, eager=True),
            "where": named(names, thing),
            "period": period,
            "start": starts(problem.horizon, period),
            "price": price[thing, period],
            "unit": named(units, thing),
        }
    )
    if by_period:
        return frame
    never = pl.lit(None)
    return frame.with_columns(period=never.cast(pl.Int64), start=never.cast(frame["start"].dtype))
