"""Energy by supply, and emissions on the three bases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeplan.plan.flows import paid_kwh, site_flows
from computeplan.plan.plan import Solution
from computeplan.plan.tables.frames import by_period
from computeplan.problem import Problem

if TYPE_CHECKING:
    import polars as pl


def energy(problem: Problem, solution: Solution) -> pl.DataFrame:
    """Give energy used, price and cost of each supply and period; demand charges stand in `costs`."""
    decisions = solution.decisions
    contracts, sites = problem.contracts, problem.sites.names
    at = [*sites, *(sites[s] for s in contracts.site.tolist())]
    supplies = ["grid"] * len(sites) + [name.rpartition("/")[2] for name in contracts.names]
    used = np.vstack((decisions.grid_kwh, decisions.contract_kwh))
    paid = np.vstack((decisions.grid_kwh, paid_kwh(problem, decisions)))
    price = np.vstack((problem.grid.price, contracts.price))
    return by_period(
        problem.horizon,
        {"site": at, "supply": supplies},
        {"used_kwh": used, "paid_kwh": paid, "price": price, "cost": price * paid},
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
    flows = site_flows(problem, solution.accounts.pools.load_unit_h, solution.decisions)
    weight = problem.horizon.weight
    return by_period(
        problem.horizon,
        {"site": problem.sites.names},
        {
            "location_kg": flows.location_kg / weight,
            "market_kg": flows.market_kg / weight,
            "hourly_kg": flows.hourly_kg / weight,
        },
    )
