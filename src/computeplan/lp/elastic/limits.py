"""Reliefs of capacity, energy, network and policy limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from computeplan.lp.capacity import cap_coefficients
from computeplan.lp.context import ABSENT
from computeplan.lp.elastic.softening import (
    Reliefs,
    Softening,
    busy_kw,
    chosen,
    family,
    horizon_h,
    mean_busy_kw,
    mean_weight,
    money_per_unit_h,
    most_needed_units,
    positive,
    site_busy_kw,
    size_of_gb_per_h,
    size_of_kw,
)
from computeplan.problem import CapMeasure, Floats, Ints, RuleMeasure, Term
from computeplan.problem.limits import LIMITS, LimitKind

PREFERRED = 0.99
"""Size of a level that the plan chooses, relative to what is there: what can be bought gives way first."""
HOURS_A_DAY = 24.0


def soften_limits(soft: Softening) -> dict[LimitKind, Reliefs]:
    """Let every limit give way that the problem has, but for those of workloads."""
    found = {kind: add(soft) for kind, add in LIMIT_RELIEFS.items()}
    return {kind: reliefs for kind, reliefs in found.items() if len(reliefs.things)}


def _capacity(soft: Softening) -> Reliefs:
    """Widen load ≤ usable hours · units of owned and on-demand pools; more owned units draw idle power."""
    problem, model, pools = soft.problem, soft.model, soft.problem.pools
    things = np.flatnonzero(np.isfinite(pools.max_units) & (pools.term != Term.RESERVED))
    reliefs = soft.add_levels(LimitKind.CAPACITY, things, np.full(len(things), horizon_h(problem)))
    usable_h, grows = problem.horizon.hours * pools.availability, pools.max_new_units > 0
    _widen_load(soft, LimitKind.CAPACITY, reliefs, chosen(things, ~grows))
    at = chosen(things, grows)
    soft.widen_rows(model.rows["new_capacity"][things[at]], reliefs.uses[at], usable_h[things[at]])
    at = chosen(things, problem.sites.is_optional[pools.site])
    soft.widen_rows(model.rows["open_load"][things[at]], reliefs.uses[at], usable_h[things[at]])
    _widen_rented_steps(soft, reliefs, chosen(things, pools.rents_in_steps))
    _add_idle(soft, reliefs, chosen(things, pools.term == Term.OWNED))
    _only_where_open(soft, reliefs)
    return reliefs


def _widen_load(soft: Softening, kind: LimitKind, reliefs: Reliefs, at: Ints) -> None:
    """Let load − usable hours · use ≤ usable hours · max_units."""
    pools = reliefs.things[at]
    usable_h = soft.problem.horizon.hours * soft.problem.pools.availability[pools]
    limit = usable_h * soft.problem.pools.max_units[pools, None]
    soft.widen_bounds(
        kind, pools, soft.model.columns["load"][pools], limit, relief=reliefs.uses[at], per=usable_h
    )


def _bookable_units(soft: Softening) -> Reliefs:
    """Let booked − relief ≤ max_units, in any number of steps; the load says when it is used."""
    pools, kind = soft.problem.pools, LimitKind.BOOKABLE_UNITS
    things = np.flatnonzero(np.isfinite(pools.max_units) & (pools.term == Term.RESERVED))
    reliefs = soft.add_levels(kind, things, np.full(len(things), horizon_h(soft.problem)))
    _widen_load(soft, kind, reliefs, np.arange(len(things)))
    booked = soft.model.columns["booked"][things]
    soft.widen_bounds(kind, things, booked, pools.max_units[things], relief=reliefs.columns)
    _widen_open_level(soft, things, reliefs.columns)
    _free_steps(soft, things)
    _only_where_open(soft, reliefs)
    return reliefs


def _widen_open_level(soft: Softening, pools: Ints, relief: Ints) -> None:
    """Let level − relief ≤ most · open at optional sites."""
    rows = soft.model.rows["open_level"][pools, 0]
    there = rows != ABSENT
    soft.widen_rows(rows[there], relief[there])


def _free_steps(soft: Softening, pools: Ints) -> None:
    """Leave the number of steps to the limit of the units."""
    steps = soft.model.columns["steps"][pools]
    soft.upper[steps[steps != ABSENT]] = np.inf


def _widen_rented_steps(soft: Softening, reliefs: Reliefs, at: Ints) -> None:
    """Let rented steps − use / step ≤ max_units / step."""
    pools = reliefs.things[at]
    steps, step = soft.model.columns["rented_steps"][pools], soft.problem.pools.step_units[pools, None]
    most = soft.problem.pools.max_units[pools, None] / step
    soft.widen_bounds(LimitKind.CAPACITY, pools, steps, most, relief=reliefs.uses[at], per=1.0 / step)


def _add_idle(soft: Softening, reliefs: Reliefs, at: Ints) -> None:
    """More owned units draw idle power, used or not."""
    problem, owned, relief = soft.problem, reliefs.things[at], reliefs.columns[at][:, None]
    pools = problem.pools
    idle_kwh = problem.pue * problem.idle_kw[:, None] * problem.horizon.hours * pools.availability
    balance = soft.model.rows["energy_balance"][pools.site[owned]]
    soft.program.add_entries(balance, relief, -idle_kwh[owned])
    _, per_unit = cap_coefficients(problem)
    for g, rows in enumerate(soft.model.rows["cap"]):
        if problem.caps.measure[g] is CapMeasure.POWER:
            soft.program.add_entries(rows, relief, per_unit[g, owned])


def _only_where_open(soft: Softening, reliefs: Reliefs) -> None:
    """Let relief[p] ≤ most needed · open[s] at optional sites."""
    problem = soft.problem
    at = chosen(reliefs.things, problem.sites.is_optional[problem.pools.site])
    pools = reliefs.things[at]
    rows = soft.program.add_rows("relief_open", (pools,), -np.inf, 0.0)
    soft.program.add_entries(rows, reliefs.columns[at], 1.0)
    is_open = soft.model.columns["open"][problem.pools.site[pools]]
    soft.program.add_entries(rows, is_open, -most_needed_units(problem))


def _new_units(soft: Softening) -> Reliefs:
    """Let new − relief ≤ max_new_units."""
    most = soft.problem.pools.max_new_units
    things = np.flatnonzero(most > 0)
    size = np.full(len(things), PREFERRED * horizon_h(soft.problem))
    reliefs = _add_choice(soft, LimitKind.NEW_UNITS, things, size)
    usable_h = soft.problem.horizon.hours * soft.problem.pools.availability
    relief = reliefs.columns
    optional = chosen(things, soft.problem.sites.is_optional[soft.problem.pools.site])
    rows = soft.model.rows["open_load"][things[optional]]
    soft.widen_rows(rows, relief[optional, None], usable_h[things[optional]])
    _widen_open_level(soft, things, relief)
    _free_steps(soft, things)
    _only_where_open(soft, reliefs)
    return reliefs


def _add_choice(soft: Softening, kind: LimitKind, things: Ints, size: Floats) -> Reliefs:
    """Let level − relief ≤ most for levels that the plan chooses once for the horizon."""
    (variable,), most = LIMITS[kind].bounds, LIMITS[kind].numbers(soft.problem)
    level = soft.model.columns[variable]
    reliefs = soft.add_reliefs(kind, things, size)
    soft.widen_bounds(kind, things, level[things], most[things], relief=reliefs.columns)
    return reliefs


def _min_units(soft: Softening) -> Reliefs:
    """Let booked + relief ≥ min_units, at optional sites booked + relief ≥ min_units · open."""
    pools = soft.problem.pools
    at = np.flatnonzero((pools.term == Term.RESERVED) & (pools.min_units > 0))
    reliefs = soft.add_reliefs(LimitKind.MIN_UNITS, at, np.full(len(at), horizon_h(soft.problem)))
    optional = soft.problem.sites.is_optional[pools.site[at]]
    soft.widen_rows(soft.model.rows["open_level"][at[optional], 1], reliefs.columns[optional])
    always, relief = at[~optional], reliefs.columns[~optional]
    booked = soft.model.columns["booked"][always]
    rows = soft.program.add_rows(
        family("soft", LimitKind.MIN_UNITS), (always,), -np.inf, -pools.min_units[always]
    )
    soft.program.add_entries(rows, booked, -1.0)
    soft.program.add_entries(rows, relief, -1.0)
    soft.lower[booked] = 0.0
    return reliefs


def _cap(soft: Softening) -> Reliefs:
    """Widen the rows of caps."""
    caps = soft.problem.caps
    is_power = np.array([measure is CapMeasure.POWER for measure in caps.measure], dtype=bool)
    per_kw = np.where(is_power, 1.0 / busy_kw(soft.problem, (caps.weight > 0).astype(float)), 1.0)
    reliefs = soft.add_levels(LimitKind.CAP, np.arange(caps.size), per_kw * horizon_h(soft.problem))
    soft.widen_rows(soft.model.rows["cap"], reliefs.uses)
    return reliefs


def _import_limit(soft: Softening) -> Reliefs:
    """Let grid − Δ · use ≤ Δ · import_limit."""
    hours, limit_kw = soft.problem.horizon.hours, soft.problem.grid.import_limit_kw
    sites = np.flatnonzero(np.isfinite(limit_kw))
    reliefs = soft.add_levels(LimitKind.IMPORT_LIMIT, sites, size_of_kw(soft.problem)[sites])
    grid, limit = soft.model.columns["grid"][sites], limit_kw[sites, None] * hours
    soft.widen_bounds(LimitKind.IMPORT_LIMIT, sites, grid, limit, relief=reliefs.uses, per=hours)
    return reliefs


def _contract(soft: Softening) -> Reliefs:
    """Let contract − Δ · profile · use ≤ Δ · available power; what is taken or paid is paid and counted."""
    problem, contracts = soft.problem, soft.problem.contracts
    given = (contracts.max_chosen_kw == 0) & (contracts.profile.max(axis=1, initial=0.0) > 0)
    things = np.flatnonzero(given)
    mean = contracts.profile.mean(axis=1)[things]
    size = size_of_kw(problem)[contracts.site[things]] * mean
    reliefs = soft.add_levels(LimitKind.CONTRACT, things, size)
    hours = problem.horizon.hours
    energy, limit = soft.model.columns["contract"][things], contracts.available_kw[things] * hours
    per_kw = contracts.profile[things] * hours
    soft.widen_bounds(LimitKind.CONTRACT, things, energy, limit, relief=reliefs.uses, per=per_kw)
    _buy_all_generated(soft, reliefs, chosen(things, contracts.take_or_pay), per_kw)
    return reliefs


def _buy_all_generated(soft: Softening, reliefs: Reliefs, at: Ints, kwh_per_kw: Floats) -> None:
    """Count all that more take-or-pay power generates in budget, carbon cap and surplus."""
    problem, rows, things = soft.problem, soft.model.rows, reliefs.things[at]
    contracts, relief = problem.contracts, reliefs.columns[at]
    kwh = kwh_per_kw[at] * problem.horizon.weight
    for row in rows["budget"]:
        money = (contracts.price[things] * kwh).sum(axis=1)
        soft.program.add_entries(np.full(len(at), row), relief, money)
    surplus = rows["surplus"][contracts.site[things]]
    counts = surplus != ABSENT
    soft.widen_rows(surplus[counts], relief[counts], kwh.sum(axis=1)[counts])
    for row in rows["carbon_cap"] if counts.any() else ():
        kg = contracts.kg_per_kwh[things] * kwh.sum(axis=1)
        soft.program.add_entries(np.full(len(at), row), relief, kg)


def _contracted_power(soft: Softening) -> Reliefs:
    """Let contracted − relief ≤ max_capacity."""
    contracts = soft.problem.contracts
    things = np.flatnonzero(contracts.max_chosen_kw > 0)
    mean = contracts.profile.mean(axis=1)[things]
    size = PREFERRED * size_of_kw(soft.problem)[contracts.site[things]] * np.where(mean > 0, mean, 1.0)
    return _add_choice(soft, LimitKind.CONTRACTED_POWER, things, size)


def _battery_power(soft: Softening) -> Reliefs:
    """Let charge − Δ · relief ≤ Δ · power, and so discharge."""
    batteries, hours = soft.problem.batteries, soft.problem.horizon.hours
    things = np.arange(batteries.size)
    size = size_of_kw(soft.problem)[batteries.site]
    reliefs = soft.add_reliefs(LimitKind.BATTERY_POWER, things, size)
    limit, relief = batteries.power_kw[:, None] * hours, reliefs.columns[:, None]
    for name in ("charge", "discharge"):
        columns = soft.model.columns[name]
        soft.widen_bounds(LimitKind.BATTERY_POWER, things, columns, limit, relief=relief, per=hours)
    return reliefs


def _battery_energy(soft: Softening) -> Reliefs:
    """Let stored − relief ≤ energy."""
    batteries, stored = soft.problem.batteries, soft.model.columns["stored"]
    things = np.arange(batteries.size)
    size = size_of_kw(soft.problem)[batteries.site] / HOURS_A_DAY
    reliefs = soft.add_reliefs(LimitKind.BATTERY_ENERGY, things, size)
    limit, relief = batteries.energy_kwh[:, None], reliefs.columns[:, None]
    soft.widen_bounds(LimitKind.BATTERY_ENERGY, things, stored, limit, relief=relief)
    return reliefs


def _certificates(soft: Softening) -> Reliefs:
    """Let certificates − relief ≤ max_energy."""
    most, level = soft.problem.grid.max_certificates_kwh, soft.model.columns["certificates"]
    sites = np.flatnonzero((level != ABSENT) & np.isfinite(most))
    size = 1.0 / (site_busy_kw(soft.problem)[sites] * mean_weight(soft.problem))
    return _add_choice(soft, LimitKind.CERTIFICATES, sites, size)


def _renewable_share(soft: Softening) -> Reliefs:
    """Let so many kWh lack: share · Σ energy − Σ contracts − relief ≤ 0."""
    sites = np.flatnonzero(soft.problem.grid.renewable_share > 0)
    size = 1.0 / (site_busy_kw(soft.problem)[sites] * mean_weight(soft.problem))
    reliefs = soft.add_reliefs(LimitKind.RENEWABLE_SHARE, sites, size)
    soft.widen_rows(soft.model.rows["renewable_share"][sites], reliefs.columns)
    return reliefs


def _bandwidth(soft: Softening) -> Reliefs:
    """Let traffic − Δ · use ≤ Δ · bandwidth; where more is leased, its row gives way."""
    network, hours = soft.problem.network, soft.problem.horizon.hours
    traffic, most = soft.model.columns["traffic"], network.bandwidth_gb_per_h
    links = np.flatnonzero(np.isfinite(most) & (traffic[:, 0] != ABSENT))
    reliefs = soft.add_levels(LimitKind.BANDWIDTH, links, _size_of_bandwidth(soft, links))
    leased = chosen(links, network.max_leased_gb_per_h > 0)
    soft.widen_rows(soft.model.rows["leased_bandwidth"][links[leased]], reliefs.uses[leased], hours)
    at = chosen(links, network.max_leased_gb_per_h == 0)
    limit, columns = most[links[at], None] * hours, traffic[links[at]]
    soft.widen_bounds(LimitKind.BANDWIDTH, links[at], columns, limit, relief=reliefs.uses[at], per=hours)
    return reliefs


def _size_of_bandwidth(soft: Softening, links: Ints) -> Floats:
    return np.full(len(links), size_of_gb_per_h(soft.problem, soft.model.placements.gb_per_unit_h))


def _leased_bandwidth(soft: Softening) -> Reliefs:
    """Let leased − relief ≤ most that can be leased."""
    network, columns = soft.problem.network, soft.model.columns
    # A lease is on the first link of its line, work may only use the second.
    used = network.line[columns["traffic"][:, 0] != ABSENT]
    links = np.intersect1d(np.flatnonzero(network.leases), used)
    return _add_choice(soft, LimitKind.LEASED_BANDWIDTH, links, PREFERRED * _size_of_bandwidth(soft, links))


def _carbon_cap(soft: Softening) -> Reliefs:
    """Widen the carbon cap."""
    rows = soft.model.rows["carbon_cap"]
    kg = soft.problem.grid_kg_per_kwh * soft.problem.horizon.weight
    return _widen_total(
        soft, LimitKind.CARBON_CAP, rows, positive(float(kg.mean()) * mean_busy_kw(soft.problem))
    )


def _budget(soft: Softening) -> Reliefs:
    """Widen the budget."""
    per_unit_h = money_per_unit_h(soft.problem) * mean_weight(soft.problem)
    return _widen_total(soft, LimitKind.BUDGET, soft.model.rows["budget"], per_unit_h)


def _widen_total(soft: Softening, kind: LimitKind, rows: Ints, per_unit_h: float) -> Reliefs:
    """Widen a limit on the whole, of which a unit·h takes so much; no rows, no limit."""
    reliefs = soft.add_reliefs(kind, np.zeros(len(rows), np.int64), np.full(len(rows), 1.0 / per_unit_h))
    soft.widen_rows(rows, reliefs.columns)
    return reliefs


def _rule(soft: Softening) -> Reliefs:
    """Widen rules: of a share by work that may be elsewhere, of others by money or kg."""
    problem, rules = soft.problem, soft.problem.rules
    kg_per_unit_h = positive(float(problem.grid.location_kg_per_kwh.mean()) * mean_busy_kw(problem))
    per_unit_h = {RuleMeasure.COST: money_per_unit_h(problem), RuleMeasure.CARBON: kg_per_unit_h}
    each = np.array([per_unit_h.get(measure, 1.0) for measure in rules.measure])
    size = 1.0 / (each * mean_weight(problem))
    reliefs = soft.add_reliefs(LimitKind.RULE, np.arange(rules.size), size)
    soft.widen_rows(soft.model.rows["rule"], reliefs.columns)
    return reliefs


LIMIT_RELIEFS: dict[LimitKind, Callable[[Softening], Reliefs]] = {
    LimitKind.CAPACITY: _capacity,
    LimitKind.BOOKABLE_UNITS: _bookable_units,
    LimitKind.NEW_UNITS: _new_units,
    LimitKind.MIN_UNITS: _min_units,
    LimitKind.CAP: _cap,
    LimitKind.IMPORT_LIMIT: _import_limit,
    LimitKind.CONTRACT: _contract,
    LimitKind.CONTRACTED_POWER: _contracted_power,
    LimitKind.BATTERY_POWER: _battery_power,
    LimitKind.BATTERY_ENERGY: _battery_energy,
    LimitKind.CERTIFICATES: _certificates,
    LimitKind.RENEWABLE_SHARE: _renewable_share,
    LimitKind.BANDWIDTH: _bandwidth,
    LimitKind.LEASED_BANDWIDTH: _leased_bandwidth,
    LimitKind.CARBON_CAP: _carbon_cap,
    LimitKind.BUDGET: _budget,
    LimitKind.RULE: _rule,
}
"""How each limit is widened, but for those of workloads."""
