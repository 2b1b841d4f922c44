"""What each workload is charged where everyone pays the price of one more: marginal attribution.

A unit·h pays what the last one in its pool and hour is worth (see `price_parts`): full pools cost more than
what they use, work in empty hours less than its part of what stands idle. What such charges bring in is
not what the plan costs, so all are scaled by one factor and add up to the accounts exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.accounting import Accounts
from computeplan.plan.arithmetic import ratio
from computeplan.plan.audit import marginal
from computeplan.plan.audit.repair import repair
from computeplan.plan.price_parts import price_parts
from computeplan.plan.requirements import pool_routes, running_efficiency, unit_money, work_classes
from computeplan.plan.usage import fixed_shares
from computeplan.problem import Floats, Goal, Prices, Problem, WorkBlock
from computeplan.problem.arrays import ReadOnlyArrays


@dataclass(frozen=True, eq=False)
class MarginalCharges(ReadOnlyArrays):
    """One row for each workload; nan where prices say nothing about it.

    Attributes
    ----------
    cost : (W,)
        Adds up to the plan's cost; nan for the goal ``carbon``, whose prices are in kg.
    kg : (W,)
        Adds up to the plan's emissions on the objective's basis.
    """

    cost: Floats
    kg: Floats


class MarginalBiller:
    """Adds up what each workload's work is worth at the margin.

    Parameters
    ----------
    problem : Problem
    prices : Prices
    """

    def __init__(self, problem: Problem, prices: Prices) -> None:
        self._problem, prices = problem, repair(problem, prices)
        parts, network = price_parts(problem, prices), problem.network
        weight = problem.horizon.weight
        kg_per_gb = np.outer(network.energy_kwh_per_gb * network.kg_per_kwh, weight)
        carbon = marginal.carbon_weight(problem, prices)
        # Money and kg, of a busy unit·h and of a GB.
        self._of_pool = np.stack((parts.use + parts.rent + parts.energy, parts.kg), axis=2)
        self._of_link = np.stack((prices.link - carbon * kg_per_gb, kg_per_gb), axis=2)
        self._routes = pool_routes(problem).astype(np.float64)
        self._busy = ratio(1.0, running_efficiency(problem))
        self._money = unit_money(problem)
        classes = work_classes(problem)
        self._gb = classes.gb[classes.of_workload]
        self._charges = np.zeros((problem.workloads.size, 2))

    def add(self, block: WorkBlock) -> None:
        """Charge the workloads of one block."""
        problem, workloads = self._problem, block.workloads
        need = problem.workloads.need[workloads]
        rates = self._of_pool[np.ix_(block.pools, block.periods)]
        sums = np.matmul(block.unit_h.transpose(1, 0, 2), rates).transpose(1, 0, 2)
        charges = np.einsum("npq,np->nq", sums, self._busy[np.ix_(need, block.pools)])
        work = block.unit_h @ problem.horizon.weight[block.periods]
        charges[:, 0] += (work * self._money[np.ix_(need, block.pools)]).sum(axis=1)
        self._charges[workloads] += charges
        self._add_network(block)
        self._add_data_of_fixed(block)

    def _add_network(self, block: WorkBlock) -> None:
        problem = self._problem
        zone = problem.needs.zone[problem.workloads.need[block.workloads]]
        gb = self._gb[block.workloads]
        for of_zone in np.unique(zone[gb > 0]):
            rows = np.flatnonzero((zone == of_zone) & (gb > 0))
            rates = np.tensordot(self._routes[of_zone][block.pools], self._of_link[:, block.periods], axes=1)
            work = block.unit_h[rows].reshape(len(rows), -1)
            self._charges[block.workloads[rows]] += gb[rows, None] * (work @ rates.reshape(-1, 2))

    def _add_data_of_fixed(self, block: WorkBlock) -> None:
        """Charge data sets of fixed work, which travel evenly over the horizon."""
        problem, register = self._problem, self._problem.workloads
        rows = np.flatnonzero(register.is_fixed[block.workloads] & (register.data_gb[block.workloads] > 0))
        workloads = block.workloads[rows]
        hours = problem.horizon.hours / problem.horizon.real_hours
        even = np.einsum("ltq,t->lq", self._of_link, hours)
        routes = self._routes[problem.needs.zone[register.need[workloads]]][:, block.pools]
        gb = fixed_shares(problem, block, rows) * register.data_gb[workloads, None]
        self._charges[workloads] += np.einsum("np,npl,lq->nq", gb, routes, even)

    def charges(self, accounts: Accounts) -> MarginalCharges:
        """Scale what was added up to a plan's accounts.

        Parameters
        ----------
        accounts : Accounts
        """
        objective = self._problem.objective
        cost = accounts.cost.total if objective.goal is Goal.COST else np.nan
        totals = (cost, accounts.emissions_kg.on(objective.basis))
        scaled = [_scaled(column, total) for column, total in zip(self._charges.T, totals, strict=True)]
        return MarginalCharges(*scaled)


def _scaled(charges: Floats, total: float) -> Floats:
    """(W,) charges that add up to the total; nan where there is nothing to scale."""
    sum_of_charges = charges.sum()
    return charges * (total / sum_of_charges if sum_of_charges > 0 else np.nan)
