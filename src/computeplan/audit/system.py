"""Checks of every constraint on pools, sites, links and the plan as a whole, thing by thing.

capacity         load ≤ Δ · availability · units (booked for reserved pools, new ones included for owned)
reserved_level   min_units ≤ booked ≤ max_units; 0 for pools that cannot be booked
chosen_level     0 ≤ new units, contracted, leased, certificates ≤ the most of each
step             booked, new and rented units are a multiple of the pool's step
closed_site      a site is open or closed, and only an optional one is closed; no units are booked, added or
                 rented and no battery runs at a closed one (and its load has no capacity)
cap              units: Σ weight · (load / Δ, or booked) ≤ limit
                 power: Σ weight · PUE · IT energy / Δ ≤ limit
energy_balance   PUE · IT energy = grid + Σ (contract − sold) + Σ (discharge − charge)
import_limit     0 ≤ grid ≤ Δ · import_limit
contract         0 ≤ contract ≤ Δ · (available_kw + profile · contracted)
                 0 ≤ sold ≤ contract; 0 without a feed-in price
renewable_share  share · Σ ω (grid + Σ (contract − sold)) ≤ Σ ω (contract − sold) of the site
storage          stored = before + η_in · charge − discharge / η_out, where before the first period of a block
                 is its last one; 0 ≤ stored ≤ energy, 0 ≤ charge, discharge ≤ Δ · power
direction        a battery does not charge and discharge in one period
routing          traffic of a flow = Σ of what goes over the paths that it may take, each ≥ 0; 0 over
                 a path whose latency is above the largest of any need of the flow
bandwidth        traffic ≤ Δ · (bandwidth + leased)
carbon_cap       emissions on the objective's basis ≤ cap
budget           cost ≤ budget, without shortfall penalty and carbon charge
rule             what a rule measures ≤ its limit (see `computeplan.accounts.requirements`)
past             where it is held: work and load of pools, and decisions, as they were

Each is measured against its own limit or the average one of its family (see `reference_size`), the
energy balance against the energy, the carbon cap against it or the emissions on all three bases.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from computeplan.accounts.accounts import Accounts
from computeplan.accounts.capacity import by_site, capacity_unit_h, paid_unit_h, use_of_caps
from computeplan.accounts.costs import Activity
from computeplan.accounts.energy import at_sites, available_kwh, stored_supply_kwh
from computeplan.accounts.requirements import rule_limits
from computeplan.audit.context import AuditContext, Check, reference_size
from computeplan.problem import CapMeasure, Decisions, Floats, Problem, Term
from computeplan.problem.fields import Axis, meanings

ROUNDING = 1e-9
"""Share of the energy that the largest workload would draw that is rounding."""


def check_system(context: AuditContext, plan: Activity, accounts: Accounts) -> None:
    """Check everything that is not a constraint on one workload."""
    for check in (
        _check_capacity,
        _check_booking,
        _check_steps,
        _check_closed_sites,
        _check_caps,
        _check_balance,
        _check_grid,
        _check_contracts,
        _check_renewable_share,
        _check_batteries,
        _check_network,
        _check_routing,
        _check_rules,
        _check_past,
    ):
        check(context, plan)
    _check_carbon(context, accounts)
    _check_budget(context, accounts)


def finite_decisions(context: AuditContext, decisions: Decisions) -> Decisions:
    """Record numbers that are not finite, and put 0 in their place, so that later checks see the rest."""
    problem = context.problem
    names = {**problem.names, Axis.OPTION: _option_names(problem)}
    finite = {}
    for field, meaning in meanings(Decisions).items():
        axis = meaning.axes[0]
        kind = "traffic" if axis is Axis.OPTION else axis.name.lower()
        finite[field] = _finite(context, getattr(decisions, field), kind, names[axis])
    return Decisions(**finite)


def _finite(context: AuditContext, values: Floats, kind: str, names: Sequence[str]) -> Floats:
    broken = np.where(np.isfinite(values), 0.0, np.inf)
    context.ledger.record(
        Check.NONNEGATIVE, broken, 1.0, lambda thing, *_: f"{kind} {names[thing]}, no finite number"
    )
    return np.nan_to_num(values, posinf=0.0, neginf=0.0)


def _check_chosen(
    context: AuditContext, what: str, names: Sequence[str], level: Floats, most: Floats
) -> None:
    """Hold what is chosen once for the whole horizon between 0 and the most."""
    size = reference_size(most)
    for excess in (level - most, -level):
        context.ledger.record(Check.CHOSEN_LEVEL, excess, size, lambda thing: f"{what} {names[thing]}")


def _check_past(context: AuditContext, plan: Activity) -> None:
    """Hold the past, and what was decided once, to what they were."""
    held, pools = context.problem.held, context.problem.pools
    if held is None:
        return
    done = np.zeros((pools.size, held.until))
    np.add.at(done, (held.work.pool, held.work.period), held.work.unit_h)
    size, place = reference_size(done), context.places("pool", pools.names)
    context.ledger.record(Check.PAST, np.abs(plan.usage.work_unit_h[:, : held.until] - done), size, place)
    for name in ("booked_units", "new_units"):
        was, now = getattr(held.decisions, name), getattr(plan.decisions, name)
        context.ledger.record(Check.PAST, np.abs(now - was), reference_size(was), context.pool)
    batteries = context.problem.batteries.names
    was, now = (each.stored_kwh[:, : held.until] for each in (held.decisions, plan.decisions))
    context.ledger.record(
        Check.PAST, np.abs(now - was), reference_size(was), context.places("battery", batteries)
    )


def _check_capacity(context: AuditContext, plan: Activity) -> None:
    pools, usage, decisions = context.problem.pools, plan.usage, plan.decisions
    capacity = capacity_unit_h(context.problem, decisions)
    place = context.places("pool", pools.names)
    context.ledger.record(Check.CAPACITY, usage.load_unit_h - capacity, reference_size(capacity), place)
    _check_chosen(context, "new units of pool", pools.names, decisions.new_units, pools.max_new_units)


def _check_booking(context: AuditContext, plan: Activity) -> None:
    pools, booked = context.problem.pools, plan.decisions.booked_units
    reserved = pools.term == Term.RESERVED
    least, most = (np.where(reserved, units, 0.0) for units in (pools.min_units, pools.max_units))
    least = least * plan.decisions.open_sites[pools.site]
    size = reference_size(most)
    for excess in (booked - most, least - booked):
        context.ledger.record(Check.RESERVED_LEVEL, excess, size, context.pool)


def _chosen_units(decisions: Decisions) -> Floats:
    """(P, 2 + T) booked, new and rented units."""
    return np.column_stack((decisions.booked_units, decisions.new_units, decisions.rented_units))


def _check_steps(context: AuditContext, plan: Activity) -> None:
    pools, rented = context.problem.pools, plan.decisions.rented_units
    step = np.where(pools.step_units > 0, pools.step_units, 1.0)[:, None]
    chosen = _chosen_units(plan.decisions)
    off = np.where(pools.step_units[:, None] > 0, np.abs(chosen - step * np.round(chosen / step)), 0.0)
    context.ledger.record(Check.STEP, off, step, lambda pool, _: context.pool(pool))
    allowed = np.where(pools.rents_in_steps, pools.max_units, 0.0)[:, None]
    size = np.where(np.isfinite(allowed) & (allowed > 0), allowed, step)
    for excess in (rented - allowed, -rented):
        context.ledger.record(Check.STEP, excess, size, lambda pool, _: context.pool(pool))


def _check_closed_sites(context: AuditContext, plan: Activity) -> None:
    sites, is_open = context.problem.sites, plan.decisions.open_sites
    neither = np.minimum(np.abs(is_open), np.abs(1.0 - is_open))
    wrong = np.where(sites.is_optional, neither, np.abs(1.0 - is_open))
    context.ledger.record(Check.CLOSED_SITE, wrong, 1.0, context.site)
    most = _chosen_units(plan.decisions).max(axis=1, initial=0.0)
    at_closed = np.where(is_open[context.problem.pools.site] > 0, 0.0, most)
    context.ledger.record(Check.CLOSED_SITE, at_closed, 1.0, context.pool)


def _check_caps(context: AuditContext, plan: Activity) -> None:
    problem, caps = context.problem, context.problem.caps
    paid = paid_unit_h(problem, plan.usage.load_unit_h, plan.decisions)
    excess = use_of_caps(problem, paid, plan.facility_kwh) / problem.horizon.hours - caps.limit
    for measure in CapMeasure:
        rows = np.flatnonzero([each is measure for each in caps.measure])
        place = context.places("cap", [caps.names[row] for row in rows])
        context.ledger.record(Check.CAP, excess[rows], reference_size(caps.limit[rows]), place)


def _check_balance(context: AuditContext, plan: Activity) -> None:
    problem, decisions = context.problem, plan.decisions
    needed = by_site(problem, plan.facility_kwh)
    missing = needed - decisions.grid_kwh - at_sites(problem, decisions.used_kwh)
    missing -= stored_supply_kwh(problem, decisions)
    place = context.places("site", problem.sites.names)
    size = np.maximum(reference_size(needed), _rounding_kwh(context))
    context.ledger.record(Check.ENERGY_BALANCE, np.abs(missing), size, place)


def _rounding_kwh(context: AuditContext) -> float:
    """Energy of a period that is rounding: where nothing but rounded work draws energy, all of it is."""
    problem = context.problem
    busiest_kw = float((problem.pue * problem.busy_kw[:, None]).max(initial=0.0))
    return ROUNDING * busiest_kw * float(context.work_size.max(initial=0.0))


def _check_supply(
    context: AuditContext, family: Check, things: tuple[str, Sequence[str]], kwh: Floats, most: Floats
) -> None:
    # Where there is no limit, the energy itself says what is small.
    size = reference_size(np.where(np.isfinite(most), most, kwh))
    for excess in (kwh - most, -kwh):
        context.ledger.record(family, excess, size, context.places(*things))


def _check_grid(context: AuditContext, plan: Activity) -> None:
    problem, decisions = context.problem, plan.decisions
    most = problem.grid.import_limit_kw[:, None] * problem.horizon.hours
    names, certificates = problem.sites.names, decisions.certificate_kwh
    _check_supply(context, Check.IMPORT_LIMIT, ("site", names), decisions.grid_kwh, most)
    _check_chosen(context, "certificates of site", names, certificates, problem.grid.max_certificates_kwh)


def _check_contracts(context: AuditContext, plan: Activity) -> None:
    contracts, decisions = context.problem.contracts, plan.decisions
    names, most = contracts.names, available_kwh(context.problem, decisions)
    _check_supply(context, Check.CONTRACT, ("contract", names), decisions.contract_kwh, most)
    sellable = np.where(contracts.may_sell[:, None], decisions.contract_kwh, 0.0)
    for excess in (decisions.sold_kwh - sellable, -decisions.sold_kwh):
        place = context.places("sale of contract", names)
        context.ledger.record(Check.CONTRACT, excess, reference_size(most), place)
    _check_chosen(context, "power of contract", names, decisions.contracted_kw, contracts.max_chosen_kw)


def _check_renewable_share(context: AuditContext, plan: Activity) -> None:
    problem, weight = context.problem, context.problem.horizon.weight
    bought = at_sites(problem, plan.decisions.used_kwh) @ weight
    energy = plan.decisions.grid_kwh @ weight + bought
    share = problem.grid.renewable_share
    counts = (share > 0) & (energy > _rounding_kwh(context) * weight.sum())
    missing = np.where(counts, share * energy - bought, 0.0)
    context.ledger.record(Check.RENEWABLE_SHARE, missing, reference_size(energy), context.site)


def _check_batteries(context: AuditContext, plan: Activity) -> None:
    batteries, decisions = context.problem.batteries, plan.decisions
    power = batteries.power_kw[:, None] * context.problem.horizon.hours
    energy = np.broadcast_to(batteries.energy_kwh[:, None], power.shape)
    place = context.places("battery", batteries.names)
    limits = ((decisions.charge_kwh, power), (decisions.discharge_kwh, power), (decisions.stored_kwh, energy))
    for amount, most in limits:
        for excess in (amount - most, -amount):
            context.ledger.record(Check.STORAGE, excess, reference_size(most), place)
    gained = np.abs(_gained_kwh(context.problem, decisions))
    context.ledger.record(Check.STORAGE, gained, reference_size(energy), place)
    both = np.minimum(decisions.charge_kwh, decisions.discharge_kwh)
    context.ledger.record(Check.DIRECTION, both, reference_size(power), place)
    is_open = decisions.open_sites[batteries.site, None] > 0
    run = np.where(is_open, 0.0, decisions.charge_kwh + decisions.discharge_kwh)
    context.ledger.record(Check.CLOSED_SITE, run, reference_size(power), place)


def _gained_kwh(problem: Problem, decisions: Decisions) -> Floats:
    """(B, T) energy that a battery holds and nobody charged."""
    batteries, stored = problem.batteries, decisions.stored_kwh
    before = np.empty_like(stored)
    for block in problem.horizon.blocks:
        before[:, block] = np.roll(stored[:, block], 1, axis=1)
    charged = batteries.charge_efficiency[:, None] * decisions.charge_kwh
    taken = decisions.discharge_kwh / batteries.discharge_efficiency[:, None]
    return stored - before - charged + taken


def _check_network(context: AuditContext, plan: Activity) -> None:
    network, leased = context.problem.network, plan.decisions.leased_gb_per_h
    most = (network.bandwidth_gb_per_h + leased)[:, None] * context.problem.horizon.hours
    place = context.places("link", network.link_names)
    context.ledger.record(Check.BANDWIDTH, plan.usage.traffic_gb - most, reference_size(most), place)
    _check_chosen(context, "lease of link", network.link_names, leased, network.max_leased_gb_per_h)
    apart = np.abs(leased - leased[network.line])
    _check_chosen(context, "one lease of line", network.line_names, apart, np.zeros(network.links))


def _option_names(problem: Problem) -> list[str]:
    network, paths = problem.network, problem.routing.option_path
    pairs = zip(network.path_from[paths].tolist(), network.path_to[paths].tolist(), strict=True)
    return [f"{network.zone_names[start]} → {network.zone_names[end]}" for start, end in pairs]


def _check_routing(context: AuditContext, plan: Activity) -> None:
    """Hold that all traffic with several paths takes some of them, none of more than the largest latency."""
    routing, routed, flow_gb = context.problem.routing, plan.decisions.routed_gb, plan.usage.flow_gb
    sent = np.zeros(flow_gb.shape)
    np.add.at(sent, routing.option_flow, routed)
    names, size = _option_names(context.problem), reference_size(flow_gb)
    of_flow = [names[option] for option in np.unique(routing.option_flow, return_index=True)[1].tolist()]
    context.ledger.record(Check.ROUTING, np.abs(flow_gb - sent), size, context.places("traffic", of_flow))
    place = context.places("traffic", names)
    too_long = context.problem.network.path_latency_ms[routing.option_path] > _flow_latency_ms(
        context.problem
    )
    for excess in (-routed, np.where(too_long[:, None], routed, 0.0)):
        context.ledger.record(Check.ROUTING, excess, size[routing.option_flow], place)


def _flow_latency_ms(problem: Problem) -> Floats:
    """(O,) largest latency that every need of the option's flow allows."""
    routing = problem.routing
    limit = np.full(routing.flows, np.inf)
    need, zone = np.nonzero(routing.flow_of >= 0)
    np.minimum.at(limit, routing.flow_of[need, zone], problem.needs.max_latency_ms[need])
    return limit[routing.option_flow]


def _check_rules(context: AuditContext, plan: Activity) -> None:
    rules, usage = context.problem.rules, plan.usage
    limit = rule_limits(context.problem)
    shares = np.array([measure.is_share for measure in rules.measure], dtype=bool)
    size = np.where(shares, usage.rule_work_unit_h, np.maximum(limit, np.abs(usage.rule_amount)))
    size = np.where(size > 0, size, 1.0)
    context.ledger.record(
        Check.RULE, usage.rule_amount - limit, size, lambda rule: f"rule {rules.names[rule]}"
    )


def _check_carbon(context: AuditContext, accounts: Accounts) -> None:
    objective, emitted = context.problem.objective, accounts.emissions_kg
    excess = np.array([emitted.on(objective.basis) - objective.carbon_cap_kg])
    emissions = max(abs(kg) for kg in emitted.bases().values())
    size = max(emissions, objective.carbon_cap_kg) if np.isfinite(objective.carbon_cap_kg) else 1.0
    where = f"{objective.basis} basis, whole horizon"
    context.ledger.record(Check.CARBON_CAP, excess, size or 1.0, lambda _: where)


def _check_budget(context: AuditContext, accounts: Accounts) -> None:
    budget = context.problem.objective.budget
    if np.isfinite(budget):
        excess = np.array([accounts.cost.total - budget])
        size = max(float(np.abs(accounts.cost.amounts).sum()), abs(budget)) or 1.0
        context.ledger.record(Check.BUDGET, excess, size, lambda _: "whole horizon")
