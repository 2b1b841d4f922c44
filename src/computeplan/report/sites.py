"""The sites: how full, how much energy, cost and carbon."""

from __future__ import annotations

import numpy as np
from rich.table import Table

from computeplan.plan.accounting import Accounts
from computeplan.problem import Floats, Problem, sum_by
from computeplan.report.figures import column, percent
from computeplan.report.tables import table


def sites_view(problem: Problem, accounts: Accounts) -> Table:
    """Show one row for each site, the network, and the total.

    Parameters
    ----------
    problem : Problem
    accounts : Accounts
    """
    basis = problem.objective.basis.value
    heads = (">units busy", ">use", ">energy MWh", f">cost {problem.currency}", f">carbon t ({basis})")
    view = table("site", *heads)
    names = [*problem.sites.names, "network", "total"]
    busy = sum_by(problem.pools.site, accounts.pools.busy_unit_h, problem.sites.size)
    units, energy, cost, carbon = (
        column(_with_network(by_site, network))
        for by_site, network in (
            (busy / problem.horizon.real_hours, np.nan),
            (accounts.sites.facility_kwh / 1000, np.nan),
            (accounts.sites.cost.total, accounts.network.cost.sum()),
            (accounts.sites.emissions_kg.on(problem.objective.basis) / 1000, _network_t(accounts)),
        )
    )
    use = [*(percent(share) for share in site_use(problem, accounts)), "", ""]
    for row, cells in enumerate(zip(names, units, use, energy, cost, carbon, strict=True)):
        is_network, is_total = row == len(names) - 2, row == len(names) - 1
        if not is_network or accounts.network.traffic_gb.any():
            view.add_row(*cells, style="bold" if is_total else "")
    return view


def _with_network(by_site: Floats, network: float) -> list[float]:
    rest = 0.0 if np.isnan(network) else network
    return [*by_site.tolist(), network, float(by_site.sum()) + rest]


def _network_t(accounts: Accounts) -> float:
    return float(accounts.network.emissions_kg.sum()) / 1000


def site_use(problem: Problem, accounts: Accounts) -> list[float]:
    """Busy over usable unit·h of each site's limited pools; nan where there are none."""
    pools, site, size = accounts.pools, problem.pools.site, problem.sites.size
    usable = pools.capacity_unit_h @ problem.horizon.weight
    limited = np.isfinite(usable)
    offered = sum_by(site, np.where(limited, usable, 0.0), size)
    busy = sum_by(site, np.where(limited, pools.busy_unit_h, 0.0), size)
    share: list[float] = np.divide(busy, offered, out=np.full(size, np.nan), where=offered > 0).tolist()
    return share
