"""A pool, contract, link or hour in a plan: how much of it is used, by whom, and what binds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.accounts.energy import paid_kwh
from computeplan.explanations.site import Binding, Tenant, binding_limits, caps_of, limits_in, tenants_of
from computeplan.explanations.wording import moment
from computeplan.folder.tables import WorkloadAccount
from computeplan.problem import GB_PER_H_PER_GBPS, Floats, Horizon, Problem, Term
from computeplan.problem.arrays import ratio
from computeplan.solvers.plan import Solution
from computeplan.vocabulary import SubjectKind

FULL = 1 - 1e-6
"""Share of what is there from which it is full."""

Rows = dict[str, tuple[str, list[float]]]
"""Label and amounts of each column."""


@dataclass(frozen=True, eq=False)
class PartCase:
    """A part of the system, or an hour, in a plan."""

    kind: SubjectKind
    name: str
    amounts: dict[str, tuple[str, float, str]]
    """Label, amount and unit; over the time that the horizon stands for, or in the hour. Nan where there
    is none."""
    binding: tuple[Binding, ...]
    """Limits that bind, with the place in each."""
    tenants: tuple[Tenant, ...] = ()
    """Companies with work there, those with most of it first."""
    rows: dict[str, tuple[list[str], Rows]] = field(default_factory=dict)
    """Of an hour: pools, sites and links with their amounts."""


def explain_pool(problem: Problem, solution: Solution, account: WorkloadAccount, pool: int) -> PartCase:
    """Say how full a pool is and whose work fills it."""
    accounts, name, hours = solution.accounts.pools, problem.pools.names[pool], problem.horizon.hours
    there, load = accounts.capacity_unit_h[pool], accounts.load_unit_h[pool]
    is_reserved, new = problem.pools.term == Term.RESERVED, solution.decisions.new_units
    units = np.where(is_reserved, accounts.booked_units, problem.pools.max_units) + new
    amounts = {
        "units": ("units", float(units[pool]), "unit"),
        "new_units": ("new units", float(solution.decisions.new_units[pool]), "unit"),
        "work_unit_h": ("work", float(accounts.work_unit_h[pool]), "unit·h"),
        "busy_unit_h": ("busy", float(accounts.busy_unit_h[pool]), "unit·h"),
        "most_busy_units": ("most busy units", float((load / hours).max()), "unit"),
        "utilization_percent": ("utilization", 100 * float(accounts.utilization[pool]), "%"),
        "full_h": ("full", _hours_full(problem.horizon, load, there), "h"),
    }
    caps = caps_of(problem, np.arange(problem.pools.size) == pool)
    limits = limits_in({"pools": {name}, "caps": caps})
    tenants = tenants_of(problem, account.by_pool_unit_h[:, [pool]])
    return PartCase(SubjectKind.POOL, name, amounts, binding_limits(problem, solution, limits), tenants)


def explain_contract(problem: Problem, solution: Solution, contract: int) -> PartCase:
    """Say how much of a contract's energy is used, sold and paid for."""
    decisions, weight, name = solution.decisions, problem.horizon.weight, problem.contracts.names[contract]
    most_kw = problem.contracts.available_kw + decisions.contracted_kw[:, None] * problem.contracts.profile
    there = (most_kw * problem.horizon.hours)[contract]
    used, sold = decisions.used_kwh[contract], decisions.sold_kwh[contract]
    paid = paid_kwh(problem, decisions)[contract]
    amounts = {
        "power_kw": ("contracted power", float(most_kw[contract].max()), "kW"),
        "generated_kwh": ("generated", float(there @ weight), "kWh"),
        "used_kwh": ("used", float(used @ weight), "kWh"),
        "sold_kwh": ("sold", float(sold @ weight), "kWh"),
        "paid_kwh": ("paid for", float(paid @ weight), "kWh"),
        "cost": ("cost", float((problem.contracts.price[contract] * paid) @ weight), problem.currency),
        "taken_whole_h": ("taken whole", _hours_full(problem.horizon, used + sold, there), "h"),
    }
    limits = limits_in({"contracts": {name}})
    return PartCase(SubjectKind.CONTRACT, name, amounts, binding_limits(problem, solution, limits))


def explain_link(problem: Problem, solution: Solution, link: int) -> PartCase:
    """Say how full a link is."""
    network, horizon, name = problem.network, problem.horizon, problem.network.link_names[link]
    sent = solution.accounts.network.traffic_gb[link]
    leased, greatest = float(solution.decisions.leased_gb_per_h[link]), float((sent / horizon.hours).max())
    there = (network.bandwidth_gb_per_h[link] + leased) * horizon.hours
    amounts = {
        "traffic_gb": ("traffic", float(sent @ horizon.weight), "GB"),
        "greatest_gbps": (
            "greatest traffic",
            greatest / GB_PER_H_PER_GBPS,
            "Gbps",
        ),
        "bandwidth_gbps": ("bandwidth", float(there[0] / horizon.hours[0]) / GB_PER_H_PER_GBPS, "Gbps"),
        "leased_gbps": ("of it leased", leased / GB_PER_H_PER_GBPS, "Gbps"),
        "full_h": ("full", _hours_full(horizon, sent, there), "h"),
    }
    # A lease is of the line, whose two directions may be links of their own.
    limits = limits_in({"network": {name, network.line_names[link]}})
    return PartCase(SubjectKind.LINK, name, amounts, binding_limits(problem, solution, limits))


def explain_hour(problem: Problem, solution: Solution, period: int) -> PartCase:
    """Say what runs in a period, what energy costs, and what binds."""
    accounts, decisions, hours = solution.accounts, solution.decisions, problem.horizon.hours[period]
    load, there = accounts.pools.load_unit_h[:, period], accounts.pools.capacity_unit_h[:, period]
    sent, network = accounts.network.traffic_gb[:, period], problem.network
    most = (network.bandwidth_gb_per_h + decisions.leased_gb_per_h) * hours
    rows: dict[str, tuple[list[str], Rows]] = {
        "pools": (
            list(problem.pools.names),
            {
                "busy_units": ("busy units", (load / hours).tolist()),
                "utilization": ("utilization", _share(load, there).tolist()),
            },
        ),
        "sites": (
            list(problem.sites.names),
            {
                "grid_kwh": ("grid, kWh", decisions.grid_kwh[:, period].tolist()),
                "grid_price": (f"grid price, {problem.currency}/kWh", problem.grid.price[:, period].tolist()),
            },
        ),
        "links": (
            list(network.link_names),
            {
                "traffic_gb": ("traffic, GB", sent.tolist()),
                "utilization": ("utilization", _share(sent, most).tolist()),
            },
        ),
    }
    amounts = {
        "work_unit_h": ("work", float(_work(solution, period)), "unit·h"),
        "grid_kwh": ("grid energy", float(decisions.grid_kwh[:, period].sum()), "kWh"),
        "stands_for_h": ("stands for", float(hours * problem.horizon.weight[period]), "h"),
    }
    binding = binding_limits(problem, solution, None, period)
    return PartCase(SubjectKind.HOUR, moment(problem.horizon, period), amounts, binding, rows=rows)


def find_period(horizon: Horizon, name: str) -> int | None:
    """Find the period in which a local time such as ``2026-03-02 11:00`` lies."""
    try:
        clock = datetime.fromisoformat(name.strip())
    except ValueError:
        return None
    zone = ZoneInfo(horizon.time_zone)
    moment_utc = clock.replace(tzinfo=clock.tzinfo or zone).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
    after = np.datetime64(moment_utc, "s") - horizon.start_utc.astype("datetime64[s]")
    inside = (after >= np.timedelta64(0, "s")) & (after < np.timedelta64(timedelta(hours=horizon.period_h)))
    return int(inside.argmax()) if inside.any() else None


def _work(solution: Solution, period: int) -> float:
    work = solution.allocation.work
    return float(work.unit_h[work.period == period].sum())


def _hours_full(horizon: Horizon, used: Floats, there: Floats) -> float:
    """Real hours in which all that is there is used."""
    full = (used >= FULL * there) & (there > 0)
    return float((horizon.hours * horizon.weight)[full].sum())


def _share(used: Floats, there: Floats) -> Floats:
    """Share of what is there; nan where there is nothing or no limit."""
    share: Floats = np.where((there > 0) & np.isfinite(there), ratio(used, there), np.nan)
    return share
