"""Energy by supply, and emissions on the three bases.

How full pools and links are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeplan.accounts.energy import energy_emissions_kg, paid_kwh
from computeplan.folder.tables.frames import by_period
from computeplan.problem import Floats, Problem
from computeplan.solvers.plan import Solution

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


def _share(used: Floats, of: Floats) -> Floats:
    share: Floats = np.divide(used, of, out=np.full(used.shape, np.inf), where=(of > 0) & np.isfinite(of))
    return share


def _without_limits(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave the cell empty where there is no limit."""
    import polars as pl

    return frame.with_columns(
        pl.when(pl.col(pl.Float64).is_finite()).then(pl.col(pl.Float64)).otherwise(None)
    )


def energy(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give energy used and sold, price and cost of each supply and period.

    Demand charges and the revenue of sales stand in `costs`.
    """
    decisions = solution.decisions
    contracts, sites = problem.contracts, problem.sites.names
    at = [*sites, *(sites[s] for s in contracts.site.tolist())]
    supplies = ["grid"] * len(sites) + [name.rpartition("/")[2] for name in contracts.names]
    used = np.vstack((decisions.grid_kwh, decisions.used_kwh))
    paid = np.vstack((decisions.grid_kwh, paid_kwh(problem, decisions)))
    sold = np.vstack((np.zeros_like(decisions.grid_kwh), decisions.sold_kwh))
    price = np.vstack((problem.grid.price, contracts.price))
    return by_period(
        problem.horizon,
        {"site": at, "supply": supplies},
        {"used_kwh": used, "sold_kwh": sold, "paid_kwh": paid, "price": price, "cost": price * paid},
    )


def storage(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give charge, discharge and stored energy of each battery and period, kWh."""
    decisions, batteries = solution.decisions, problem.batteries
    return by_period(
        problem.horizon,
        {
            "site": [problem.sites.names[s] for s in batteries.site.tolist()],
            "battery": [name.rpartition("/")[2] for name in batteries.names],
        },
        {
            "charge_kwh": decisions.charge_kwh,
            "discharge_kwh": decisions.discharge_kwh,
            "stored_kwh": decisions.stored_kwh,
        },
    )


def emissions(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give the emissions of each site and period, kg.

    Those of links and the embodied ones of new units stand in the summary's total.
    """
    weight = problem.horizon.weight
    emitted = energy_emissions_kg(problem, solution.decisions)
    return by_period(
        problem.horizon,
        {"site": problem.sites.names},
        {f"{basis}_kg": kg / weight for basis, kg in emitted.bases().items()},
    )
