"""How full pools and links are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeplan.plan.plan import Solution
from computeplan.plan.tables.frames import by_period
from computeplan.problem import GB_PER_H_PER_GBPS, Floats, Problem

if TYPE_CHECKING:
    import polars as pl


def capacity(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give units booked, usable and busy of each pool and period; nothing where there is no limit."""
    accounts, hours = solution.accounts.pools, problem.horizon.hours
    usable, busy = accounts.capacity_unit_h / hours, accounts.load_unit_h / hours
    booked = np.broadcast_to(accounts.booked_units[:, None], usable.shape)
    names = [problem.sites.names[s] for s in problem.pools.site.tolist()]
    frame = by_period(
        problem.horizon,
        {"site": names, "pool": problem.pools.names},
        {
            "booked_units": booked,
            "usable_units": usable,
            "busy_units": busy,
            "utilization": _share(busy, usable),
        },
    )
    return _without_limits(frame)


def traffic(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give traffic and bandwidth of each link and period, GB."""
    network, horizon = problem.network, problem.horizon
    sent = solution.accounts.network.traffic_gb
    there = network.bandwidth_gb_per_h + solution.decisions.leased_gb_per_h
    limit = there[:, None] * horizon.hours
    frame = by_period(
        horizon,
        {"link": network.link_names},
        {"traffic_gb": sent, "bandwidth_gb": limit, "utilization": _share(sent, limit)},
    )
    return _without_limits(frame)


def choices(problem: Problem, solution: Solution) -> pl.DataFrame:
    """List what the plan chose once for the whole horizon: units, power, bandwidth, certificates."""
    import polars as pl

    decisions, network = solution.decisions, problem.network
    chosen = (
        ("booked units", problem.pools.names, decisions.booked_units, "unit"),
        ("new units", problem.pools.names, decisions.new_units, "unit"),
        ("open site", _optional(problem), decisions.open_sites[problem.sites.is_optional], "1"),
        ("certificates", problem.sites.names, decisions.certificate_kwh, "kWh"),
        ("contracted power", problem.contracts.names, decisions.contracted_kw, "kW"),
        ("leased bandwidth", network.link_names, decisions.leased_gb_per_h / GB_PER_H_PER_GBPS, "Gbps"),
    )
    frames = [
        pl.DataFrame(
            {
                "what": pl.repeat(what, len(names), dtype=pl.String, eager=True),
                "where": pl.Series(names, dtype=pl.String),
                "amount": amount,
                "unit": pl.repeat(unit, len(names), dtype=pl.String, eager=True),
            }
        )
        for what, names, amount, unit in chosen
    ]
    return pl.concat(frames).filter(pl.col("amount") != 0)


def _optional(problem: Problem) -> list[str]:
    return [problem.sites.names[s] for s in np.flatnonzero(problem.sites.is_optional).tolist()]


def _share(used: Floats, of: Floats) -> Floats:
    share: Floats = np.divide(used, of, out=np.full(used.shape, np.inf), where=(of > 0) & np.isfinite(of))
    return share


def _without_limits(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave the cell empty where there is no limit."""
    import polars as pl

    return frame.with_columns(
        pl.when(pl.col(pl.Float64).is_finite()).then(pl.col(pl.Float64)).otherwise(None)
    )
