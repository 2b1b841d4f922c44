"""A plan as arrays with names, for xarray; libraries that are extras, and what is missing without them."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from computeplan.errors import UsageError
from computeplan.problem import KG_PER_T, Problem
from computeplan.solvers.plan import Solution


def required_extra(name: str) -> ModuleType:
    """Import a library that is an extra; a `UsageError` that says how to install it if it is missing."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise UsageError(f"{name} is not installed: pip install 'computeplan[{name}]'") from None


def as_dataset(problem: Problem, solution: Solution, xarray: ModuleType) -> Any:
    """Make a dataset of use, energy and emissions by pool or site and period.

    Times are UTC, the starts of the periods; a period counts ``weight`` times.
    """
    horizon, accounts, decisions = problem.horizon, solution.accounts, solution.decisions
    hours = horizon.hours
    by_pool, by_site = ("pool", "period"), ("site", "period")
    values = {
        "busy_units": (by_pool, accounts.pools.load_unit_h / hours, "unit"),
        "usable_units": (by_pool, accounts.pools.capacity_unit_h / hours, "unit"),
        "grid_kw": (by_site, decisions.grid_kwh / hours, "kW"),
        "grid_price": (by_site, problem.grid.price, f"{problem.currency}/kWh"),
        "grid_t_per_mwh": (by_site, problem.grid_kg_per_kwh, "t/MWh"),
        "cost": (("site",), accounts.sites.cost.total, problem.currency),
        "weight": (("period",), horizon.weight, "1"),
    }
    values |= {
        f"{basis}_t": (("site",), kg / KG_PER_T, "t")
        for basis, kg in accounts.sites.emissions_kg.bases().items()
    }
    return xarray.Dataset(
        {name: (axes, np.array(array), {"units": unit}) for name, (axes, array, unit) in values.items()},
        coords={
            "pool": list(problem.pools.names),
            "site": list(problem.sites.names),
            "period": horizon.start_utc.astype("datetime64[ns]"),
            "site_of_pool": ("pool", [problem.sites.names[s] for s in problem.pools.site.tolist()]),
        },
        attrs={"name": problem.name, "currency": problem.currency},
    )
