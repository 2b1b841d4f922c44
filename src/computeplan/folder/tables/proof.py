"""Prices of work, energy and limits, and the certificate that proves the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeplan.folder.tables.frames import named, starts
from computeplan.prices.limits import LimitPrices, limit_prices
from computeplan.problem import Floats, Prices, Problem
from computeplan.problem.fields import meanings
from computeplan.solvers.plan import Solution

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
    rows = [_frame(problem, "", (), np.zeros((0, 1)), ())]
    if prices is not None:
        pools, sites = problem.pools.names, problem.sites.names
        rows.append(_frame(problem, "work", pools, prices.load / weight, ("unit·h",) * len(pools)))
        rows.append(_frame(problem, "energy", sites, prices.energy / weight, ("kWh",) * len(sites)))
        rows += [_limit_frame(problem, limits) for limits in limit_prices(problem, prices)]
    frame = pl.concat(rows)
    return frame.with_columns(unit=pl.lit(f"{problem.objective_unit}/") + pl.col("unit"))


def certificate(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give the dual prices as they prove the bound, weights ω included; zeros are left out."""
    import polars as pl

    frames = [_frame(problem, "", (), np.zeros((0, 1)), ())]
    if solution.prices is not None:
        for name, meaning in meanings(Prices).items():
            names = problem.names[meaning.axes[0]] if meaning.axes else (name,)
            price = np.atleast_1d(getattr(solution.prices, name))
            frames.append(_frame(problem, name, names, price, ("",) * len(names)))
    return pl.concat(frames).drop("start", "unit")


def _limit_frame(problem: Problem, limits: LimitPrices) -> pl.DataFrame:
    price = limits.price / problem.horizon.weight if limits.by_period else limits.price[:, 0]
    return _frame(problem, limits.kind.value, limits.names, price, limits.units)


def _frame(
    problem: Problem, what: str, names: tuple[str, ...], price: Floats, units: tuple[str, ...]
) -> pl.DataFrame:
    """List prices (n, T), or (n,) for the whole horizon, that are not zero."""
    import polars as pl

    by_period = price.ndim == 2
    rows = price if by_period else price[:, None]
    thing, period = np.nonzero(rows)
    frame = pl.DataFrame(
        {
            "what": pl.repeat(what, len(thing), dtype=pl.String, eager=True),
            "where": named(names, thing),
            "period": period,
            "start": starts(problem.horizon, period),
            "price": rows[thing, period],
            "unit": named(units, thing),
        }
    )
    if by_period:
        return frame
    never = pl.lit(None)
    return frame.with_columns(period=never.cast(pl.Int64), start=never.cast(frame["start"].dtype))
