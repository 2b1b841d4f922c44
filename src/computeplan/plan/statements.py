"""What every company gets and pays: work, energy, cost and emissions that add up to the accounts.

Charges for pools and sites are attributed by busy unit·h (see `attribution`). Network, placement and
shortfall are paid by the work that causes them. Where no work is done at all, what the plan costs
is shared equally.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from computeplan.plan.accounting import Accounts, NetworkAccounts
from computeplan.plan.amounts import CostParts, Emissions
from computeplan.plan.arithmetic import ratio
from computeplan.plan.attribution import Charge, charge_rates
from computeplan.plan.requirements import pool_routes, running_efficiency, unit_money, work_classes
from computeplan.plan.usage import fixed_shares, pieces
from computeplan.problem import Decisions, Floats, Goal, Ints, Problem, WorkBlock, sum_by
from computeplan.problem.arrays import ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class Statements(ReadOnlyArrays):
    """One row for each company (or each workload), over the time that the horizon stands for.

    Attributes
    ----------
    names : tuple of str
        Of the n rows.
    work_unit_h : (n, S)
        Work done at each site.
    short_unit_h : (n,)
        Work left undone.
    energy_kwh : (n,)
        Facility energy, with a share of idle energy.
    water_l : (n,)
        Water, attributed like energy.
    cost : CostParts of (n,)
    shortfall_penalty : (n,)
    carbon_charge : (n,)
        Carbon price times emissions on the objective's basis.
    emissions_kg : Emissions of (n,)
    """

    names: tuple[str, ...]
    work_unit_h: Floats
    short_unit_h: Floats
    energy_kwh: Floats
    water_l: Floats
    cost: CostParts[Floats]
    shortfall_penalty: Floats
    carbon_charge: Floats
    emissions_kg: Emissions[Floats]


def workload_statements(
    problem: Problem, blocks: Iterable[WorkBlock], decisions: Decisions, accounts: Accounts
) -> Statements:
    """Share a plan's accounts out to the workloads.

    Parameters
    ----------
    problem : Problem
    blocks : iterable of WorkBlock
        The work of all workloads: the allocation that the accounts were made from.
    decisions : Decisions
    accounts : Accounts

    Returns
    -------
    Statements
        One row for each workload; the rows add up to the accounts.
    """
    biller = _Biller(problem, accounts, decisions)
    for block in pieces(problem, blocks):
        biller.add(block)
    return biller.statements()


def company_statements(problem: Problem, workloads: Statements) -> Statements:
    """Sum the statements of workloads by company.

    Parameters
    ----------
    problem : Problem
    workloads : Statements
        One row for each workload.

    Returns
    -------
    Statements
        One row for each company.
    """
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


class _Biller:
    """Adds up what each workload is charged."""

    def __init__(self, problem: Problem, accounts: Accounts, decisions: Decisions) -> None:
        size = problem.workloads.size
        self._problem = problem
        rates = charge_rates(problem, accounts, decisions)
        # The last column measures the work itself, weighted.
        weight = np.broadcast_to(problem.horizon.weight, rates.by_period.shape[1:])
        self._rates = np.concatenate((rates.by_period, weight[None])).transpose(1, 2, 0)
        self._charges = np.tile(ratio(rates.nobody, np.array([float(size)])), (size, 1))
        self._work = np.zeros((size, problem.sites.size))
        self._placement, self._short = np.zeros((2, size))
        self._network = np.zeros((size, 2))
        self._busy = ratio(1.0, running_efficiency(problem))
        self._route_rates, unused = _route_rates(problem, accounts.network)
        self._network[:, 0] += unused / max(1, size)
        self._money = unit_money(problem)
        classes = work_classes(problem)
        self._gb = classes.gb[classes.of_workload]

    def add(self, block: WorkBlock) -> None:
        """Charge the workloads of one block."""
        problem, workloads = self._problem, block.workloads
        need = problem.workloads.need[workloads]
        rates = self._rates[np.ix_(block.pools, block.periods)]
        sums = np.matmul(block.unit_h.transpose(1, 0, 2), rates).transpose(1, 0, 2)
        work, busy = sums[:, :, -1], self._busy[np.ix_(need, block.pools)]
        self._charges[workloads] += np.einsum("npq,np->nq", sums[:, :, :-1], busy)
        self._placement[workloads] += (work * self._money[np.ix_(need, block.pools)]).sum(axis=1)
        self._work[workloads] += work @ _indicator(problem.pools.site[block.pools], problem.sites.size)
        self._short[workloads] += block.short_unit_h @ problem.horizon.weight[block.periods]
        gb = work * self._gb[workloads, None] + self._data_of_fixed(block)
        routes = self._route_rates[np.ix_(problem.needs.zone[need], block.pools)]
        self._network[workloads] += np.einsum("np,npq->nq", gb, routes)

    def _data_of_fixed(self, block: WorkBlock) -> Floats:
        """(n, p) data sets moved for fixed workloads, GB."""
        register = self._problem.workloads
        moved = np.zeros(block.unit_h.shape[:2])
        rows = np.flatnonzero(register.is_fixed[block.workloads])
        data_gb = register.data_gb[block.workloads[rows], None]
        moved[rows] = fixed_shares(self._problem, block, rows) * data_gb
        return moved

    def statements(self) -> Statements:
        """Everything charged so far."""
        register, goal = self._problem.workloads, self._problem.objective
        network_cost, network_kg = self._network.T
        emissions = Emissions(
            location=self._charge(Charge.LOCATION) + network_kg,
            market=self._charge(Charge.MARKET) + network_kg,
            hourly=self._charge(Charge.HOURLY) + network_kg,
        )
        price = np.where(np.isfinite(register.shortfall_price), register.shortfall_price, 0.0)
        carbon_price = goal.carbon_price_per_kg if goal.goal is Goal.COST else 0.0
        return Statements(
            names=register.names,
            work_unit_h=self._work,
            short_unit_h=self._short,
            energy_kwh=self._charge(Charge.FACILITY_KWH),
            water_l=self._charge(Charge.WATER),
            cost=self._cost(network_cost),
            shortfall_penalty=price * self._short,
            carbon_charge=carbon_price * emissions.on(goal.basis),
            emissions_kg=emissions,
        )

    def _cost(self, network: Floats) -> CostParts[Floats]:
        return CostParts(
            usage=self._charge(Charge.USAGE),
            reserved=self._charge(Charge.RESERVED),
            energy=self._charge(Charge.ENERGY),
            demand_charge=self._charge(Charge.DEMAND_CHARGE),
            contracts=self._charge(Charge.CONTRACTS),
            network=network,
            placement=self._placement,
            new_capacity=self._charge(Charge.NEW_CAPACITY),
            certificates=self._charge(Charge.CERTIFICATES),
            storage=self._charge(Charge.STORAGE),
            opening=self._charge(Charge.OPENING),
        )

    def _charge(self, charge: Charge) -> Floats:
        return self._charges[:, charge].copy()


def _route_rates(problem: Problem, accounts: NetworkAccounts) -> tuple[Floats, float]:
    """(Z, P, 2) cost and kg of one GB between a zone and a pool, and the cost of leases nobody uses."""
    network = problem.network
    kg_per_gb = network.energy_kwh_per_gb * network.kg_per_kwh
    traffic = accounts.traffic_gb @ problem.horizon.weight
    price = network.price_per_gb + ratio(accounts.lease_cost, traffic)
    rates: Floats = pool_routes(problem).astype(np.float64) @ np.stack((price, kg_per_gb), axis=1)
    return rates, float(accounts.lease_cost[traffic == 0].sum())


def _indicator(index: Ints, size: int) -> Floats:
    """(n, size) 1 in the column of each index."""
    return np.equal.outer(index, np.arange(size)).astype(np.float64)
