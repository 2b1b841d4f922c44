"""What every company gets and pays: work, energy, cost and emissions that add up to the accounts.

Average attribution: everyone who uses a kind of hardware at a site in a period pays the same for a busy
unit·h, whether it is owned, booked or rented; and workloads that are alike in all but size pay the same for a
unit·h of a period, wherever the plan put each (see `ChargeSums`).

1. *Pools.* A busy unit·h pays the mean of the prices of its period over the hardware's pools.
2. *Sites.* Energy, its cost, water and emissions in a period are split over the kWh of facility
   energy in it, a month's demand charge over the kWh of the month. A busy unit·h carries its own
   PUE · busy power.
3. *Unused capacity* (booked units that are idle, the energy of idle units) and *new units* (cost and
   embodied emissions) are spread over all busy unit·h of the pool, at one rate for the whole horizon; of a
   pool that nobody uses, over those of its site, together with what the site pays in periods without energy;
   of a site that nobody uses, over all.

So a charge is linear in the work: Σ_p,t rate[charge,p,t] · x / efficiency. Network, placement, moving and
shortfall are paid by the work that causes them; workloads that are alike share what their moves cost. Where
no work is done at all, what the plan costs is shared equally.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from computeplan.accounts.accounts import Accounts
from computeplan.accounts.capacity import by_site, paid_unit_h, present_units
from computeplan.accounts.charge_sums import ChargeSums
from computeplan.accounts.costs import COST_PARTS, Activity, CostParts, Sharing, evenly, lease_cost
from computeplan.accounts.energy import Emissions, energy_emissions_kg
from computeplan.accounts.usage import pieces
from computeplan.problem import CarbonBasis, Decisions, Floats, Goal, Problem, WorkBlock, sum_by
from computeplan.problem.arrays import ReadOnlyArrays, ratio

OF_SITE = tuple(p for p in COST_PARTS if p.sharing in (Sharing.ENERGY, Sharing.MONTH, Sharing.TIME))
OF_POOL = tuple(part for part in COST_PARTS if part.sharing in (Sharing.USE, Sharing.POOL))
BASES = tuple(str(basis) for basis in CarbonBasis)
CHARGES = (*(p.name for p in OF_SITE), "facility_kwh", "water_l", *BASES, *(p.name for p in OF_POOL))
"""What is attributed through busy unit·h, one row of the rates each: what sites pay and use, then pools."""
ROW = {name: row for row, name in enumerate(CHARGES)}


@dataclass(frozen=True, eq=False)
class Statements(ReadOnlyArrays):
    """One row for each company (or each workload), over the time that the horizon stands for."""

    names: tuple[str, ...]
    """Of the n rows."""
    work_unit_h: Floats
    """(n, S) work done at each site."""
    short_unit_h: Floats
    """(n,)"""
    energy_kwh: Floats
    """(n,) facility energy, with a share of idle energy."""
    water_l: Floats
    """(n,) water, attributed like energy."""
    cost: CostParts[Floats]
    """(n,)"""
    shortfall_penalty: Floats
    """(n,)"""
    carbon_charge: Floats
    """(n,) carbon price times emissions on the objective's basis."""
    emissions_kg: Emissions[Floats]
    """(n,)"""


def workload_statements(
    problem: Problem, blocks: Iterable[WorkBlock], decisions: Decisions, accounts: Accounts
) -> Statements:
    """Attribute a plan's accounts to its workloads, whose rows add up to them.

    The blocks are the allocation that the accounts were made from.
    """
    plan = Activity(problem, accounts.usage, decisions)
    rates, nobody = _charge_rates(plan, accounts)
    per_gb, unused_leases = _traffic_rates(plan)
    charge_sums = ChargeSums(problem, accounts.usage, rates, per_gb)
    for block in pieces(problem, blocks):
        charge_sums.add(block)
    each = max(1, problem.workloads.size)
    by_use = dict(zip(CHARGES, (charge_sums.by_use + nobody / each).T, strict=True))
    network_cost, network_kg = charge_sums.by_traffic.T
    by_work = {"network": network_cost + unused_leases / each, "placement": charge_sums.placement}
    by_work["moving"] = charge_sums.share_among_peers(accounts.usage.move_cost)
    return _statements(problem, charge_sums, by_use | by_work, network_kg)


def _statements(
    problem: Problem, charge_sums: ChargeSums, charged: Mapping[str, Floats], network_kg: Floats
) -> Statements:
    register, goal = problem.workloads, problem.objective
    emissions = Emissions(**{basis: charged[basis] + network_kg for basis in BASES})
    price = np.where(np.isfinite(register.shortfall_price), register.shortfall_price, 0.0)
    carbon_price = goal.carbon_price_per_kg if goal.goal is Goal.COST else 0.0
    return Statements(
        names=register.names,
        work_unit_h=charge_sums.work_unit_h,
        short_unit_h=charge_sums.short_unit_h,
        energy_kwh=charged["facility_kwh"].copy(),
        water_l=charged["water_l"].copy(),
        cost=CostParts.of(charged),
        shortfall_penalty=price * charge_sums.short_unit_h,
        carbon_charge=carbon_price * emissions.on(goal.basis),
        emissions_kg=emissions,
    )


def company_statements(problem: Problem, workloads: Statements) -> Statements:
    """Sum the statements of workloads by company."""
    companies, owner = problem.companies, problem.workloads.company

    def summed(amounts: Floats) -> Floats:
        return sum_by(owner, amounts, companies.size)

    work = [summed(column) for column in workloads.work_unit_h.T]
    return Statements(
        names=companies.names,
        work_unit_h=np.stack(work, axis=1),
        short_unit_h=summed(workloads.short_unit_h),
        energy_kwh=summed(workloads.energy_kwh),
        water_l=summed(workloads.water_l),
        cost=workloads.cost.map(summed),
        shortfall_penalty=summed(workloads.shortfall_penalty),
        carbon_charge=summed(workloads.carbon_charge),
        emissions_kg=workloads.emissions_kg.map(summed),
    )


def _charge_rates(plan: Activity, accounts: Accounts) -> tuple[Floats, Floats]:
    """Rates (P, T, charges) of one busy unit·h, weights included, and what no work can be charged for."""
    problem = plan.problem
    per_kwh, site_rest = _site_rates(plan)
    direct, unused = _energy_rates(plan, per_kwh)
    pool_direct, pool_unused = _pool_rates(plan)
    unused[[ROW[basis] for basis in BASES]] += accounts.pools.embodied_kg
    direct, unused = np.concatenate((direct, pool_direct)), np.concatenate((unused, pool_unused))
    rest = np.concatenate((site_rest, np.zeros((len(OF_POOL), problem.sites.size))))
    markup, nobody = _spread(problem, accounts.pools.busy_unit_h, unused, rest)
    rates = direct + markup[:, :, None] * problem.horizon.weight
    return _mean_over_terms(problem, rates, plan.usage.load_unit_h).transpose(1, 2, 0), nobody


def _mean_over_terms(problem: Problem, rates: Floats, load: Floats) -> Floats:
    """(charges, P, T) rates shared in each period by the pools of one hardware at one site, of any term."""
    pairs = np.column_stack((problem.pools.site, problem.pools.hardware))
    kinds, kind = np.unique(pairs, axis=0, return_inverse=True)
    member = np.equal.outer(np.arange(len(kinds)), kind.reshape(-1)).astype(np.float64)
    busy = np.broadcast_to((member @ load)[kind.reshape(-1)], rates.shape)
    paid = (member @ (rates * load))[:, kind.reshape(-1)]
    return np.where(busy > 0, ratio(paid, busy), rates)


def _site_rates(plan: Activity) -> tuple[Floats, Floats]:
    """Rate of one kWh of facility energy (charges, S, T), and what falls in periods without (charges, S)."""
    problem = plan.problem
    energy = by_site(problem, plan.facility_kwh)
    weighted = energy * problem.horizon.weight
    amounts = np.stack(
        (
            *(_by_period(problem, part.charge(plan), part.sharing, weighted) for part in OF_SITE),
            weighted,
            plan.water_l,
            *energy_emissions_kg(problem, plan.decisions).bases().values(),
        )
    )
    rest: Floats = np.where(energy > 0, 0.0, amounts).sum(axis=2)
    return np.where(energy > 0, ratio(amounts, np.broadcast_to(energy, amounts.shape)), 0.0), rest


def _by_period(problem: Problem, charge: Floats, sharing: Sharing, energy: Floats) -> Floats:
    """(S, T) a site's charge by period; that of a month is split over the energy in it."""
    if sharing is Sharing.ENERGY:
        return charge
    if sharing is Sharing.TIME:
        return evenly(problem, charge)
    month = problem.horizon.month
    in_month = (np.arange(len(problem.horizon.months))[:, None] == month).astype(np.float64)
    return charge[:, month] * ratio(energy, (energy @ in_month.T)[:, month])


def _energy_rates(plan: Activity, per_kwh: Floats) -> tuple[Floats, Floats]:
    """Rate of a busy unit·h (charges, P, T), and what idle energy costs each pool (charges, P)."""
    problem, pools = plan.problem, plan.problem.pools
    rate = per_kwh[:, pools.site] * problem.pue
    present = present_units(problem, plan.decisions)[:, None] * pools.availability
    unused = present * problem.horizon.hours - plan.usage.load_unit_h
    busy = problem.busy_kw
    return rate * busy[:, None], (rate * unused).sum(axis=2) * problem.idle_kw


def _pool_rates(plan: Activity) -> tuple[Floats, Floats]:
    """Rate of a busy unit·h (parts, P, T), the pool's price, and what nobody used (parts, P)."""
    problem, load = plan.problem, plan.usage.load_unit_h
    paid = paid_unit_h(problem, load, plan.decisions)
    direct = np.zeros((len(OF_POOL), *load.shape))
    unused = np.empty((len(OF_POOL), problem.pools.size))
    for row, part in enumerate(OF_POOL):
        charge = part.charge(plan)
        if part.sharing is Sharing.USE:
            direct[row] = ratio(charge, paid)
            unused[row] = (direct[row] * (paid - load)).sum(axis=1)
        else:
            unused[row] = charge.sum(axis=1)
    return direct, unused


def _traffic_rates(plan: Activity) -> tuple[Floats, float]:
    """(L + F, T, 2) cost and kg of one GB, weights included, and the cost of leases nobody uses.

    A GB of a flow pays what it costs on average over the paths that the plan sends the flow.
    """
    network, weight = plan.problem.network, plan.problem.horizon.weight
    # The lease of a line is shared by its directions.
    leases = lease_cost(plan.problem, plan.decisions)
    traffic = sum_by(network.line, plan.usage.traffic_gb @ weight, network.links)
    price = network.price_per_gb + ratio(leases, traffic)[network.line]
    kg_per_gb = network.energy_kwh_per_gb * network.kg_per_kwh
    per_gb = np.stack((np.outer(price, weight), np.outer(kg_per_gb, weight)), axis=2)
    return np.concatenate((per_gb, _flow_rates(plan, per_gb))), float(leases[traffic == 0].sum())


def _flow_rates(plan: Activity, per_gb: Floats) -> Floats:
    """(F, T, 2) average rates of a GB of each flow, from those of each link (L, T, 2)."""
    problem, routing, routed = plan.problem, plan.problem.routing, plan.decisions.routed_gb
    of_option = np.tensordot(problem.network.path[routing.option_path].astype(np.float64), per_gb, axes=1)
    gb, paid = np.zeros((routing.flows, routed.shape[1])), np.zeros((routing.flows, *of_option.shape[1:]))
    np.add.at(gb, routing.option_flow, routed)
    np.add.at(paid, routing.option_flow, routed[:, :, None] * of_option)
    return ratio(paid, np.broadcast_to(gb[:, :, None], paid.shape))


def _spread(problem: Problem, busy: Floats, unused: Floats, rest: Floats) -> tuple[Floats, Floats]:
    """Markup (charges, P) on one weighted busy unit·h (P,), and what is left where nobody is busy (charges,).

    It spreads what nobody used of each pool, `unused` (charges, P), and what each site paid in periods
    without energy, `rest` (charges, S).
    """
    used = busy > 0
    at_site = by_site(problem, np.where(used, busy, 0.0))
    of_site = rest + by_site(problem, np.where(used, 0.0, unused).T).T
    of_all: Floats = np.where(at_site > 0, 0.0, of_site).sum(axis=1, keepdims=True)
    site_markup = np.where(at_site > 0, ratio(of_site, np.broadcast_to(at_site, of_site.shape)), 0.0)
    total = np.array([at_site.sum()])
    markup = np.where(used, ratio(unused, np.broadcast_to(busy, unused.shape)), 0.0)
    markup += site_markup[:, problem.pools.site] + ratio(of_all, np.broadcast_to(total, of_all.shape))
    return markup, of_all[:, 0] * (total == 0)
