"""Work is taken as it comes and put into the first pool of a fixed order that has room for it.

First fixed work, then demand, then jobs, each in the order of the config. Demand that finds all its pools
full waits for the next period that has room, as long as it may; jobs run from their release at their greatest
rate, those without one evenly. Nothing waits for a better hour. What finds no room is left undone.
"""

from __future__ import annotations

import numpy as np

from computeplan.grouping import Allocation, merge
from computeplan.plan.audit import audit_plan
from computeplan.plan.flows import by_site, grid_factor
from computeplan.plan.plan import Plan, Size, Solution, SolverRun
from computeplan.plan.requirements import arrivals, delay_periods, job_overlap_h, serving_efficiency
from computeplan.problem import CarbonBasis, Floats, Ints, Problem, Status, Term, Work, without_choices
from computeplan.studies.baselines.baseline import Baseline, Policy
from computeplan.studies.baselines.room import Room

LEFT = 1e-9
"""Share of some work below which nothing is left of it."""


def greedy(problem: Problem, policy: Policy) -> Baseline:
    """Plan by hand, as it were: the cheapest or the greenest pool first.

    Parameters
    ----------
    problem : Problem
    policy : Policy
        ``cheapest_first`` or ``greenest_first``.
    """
    grouping = merge(problem)
    filling = _Filling(grouping.problem, pool_order(grouping.problem, policy))
    work = filling.run()
    supplies = _supplies(problem, filling.room.energy_kwh(), policy)
    decisions = without_choices(
        filling.room.booked_units, *supplies, problem.network.links, problem.batteries.size
    )
    allocation = Allocation(problem, grouping, work)
    accounts, audit = audit_plan(problem, allocation.blocks(), decisions, None)
    solution = Solution(allocation, decisions, None, accounts, audit)
    status = Status.FEASIBLE if audit.passed else Status.INFEASIBLE
    plan = Plan(
        problem=problem,
        status=status,
        solution=solution if audit.passed else None,
        size=Size(grouping.size, 0, 0, 0, 0),
        solver=SolverRun(str(policy), "", "no solver", 0),
        times_s={},
        cpu_s={},
    )
    return Baseline(plan, policy=policy, attempt=None if audit.passed else solution, notes=audit.notes)


def pool_order(problem: Problem, policy: Policy) -> Ints:
    """(W, P) pools of each workload, the cheapest or greenest unit·h in the mean over time first.

    Parameters
    ----------
    problem : Problem
    policy : Policy
        Of two equally green pools the cheaper comes first.
    """
    workloads, pools, network = problem.workloads, problem.pools, problem.network
    weight = problem.horizon.weight / problem.horizon.weight.sum()
    efficiency = serving_efficiency(problem)[workloads.need]
    kwh = problem.busy_kw[:, None] * problem.pue
    reserved = (pools.term == Term.RESERVED)[:, None]
    offered = np.where(reserved & (pools.availability > 0), pools.availability, 1.0)
    money = (pools.price / offered + kwh * problem.grid.price[pools.site]) @ weight
    kg = (kwh * grid_factor(problem)[pools.site]) @ weight
    route = network.route[problem.needs.zone[workloads.need]][:, problem.sites.zone[pools.site]]
    gb = problem.traffic_gb_per_unit_h[:, None]
    with np.errstate(divide="ignore"):
        each = np.where(efficiency > 0, 1.0 / efficiency, np.inf)
    moving = gb * (route @ network.price_per_gb) + problem.needs.unit_cost[workloads.need][:, pools.site]
    emitted = gb * (route @ (network.energy_kwh_per_gb * network.kg_per_kwh))
    cost = np.where(efficiency > 0, np.where(efficiency > 0, each, 0.0) * money + moving, np.inf)
    carbon = np.where(efficiency > 0, np.where(efficiency > 0, each, 0.0) * kg + emitted, np.inf)
    keys = (cost, carbon) if policy is Policy.GREENEST_FIRST else (carbon, cost)
    return np.lexsort(keys, axis=1)


class _Filling:
    """Puts the work down.

    Parameters
    ----------
    problem : Problem
        Merged.
    order : (W, P)
        Pools of each workload, the first to be filled first.
    """

    def __init__(self, problem: Problem, order: Ints) -> None:
        self.room = Room(problem)
        self._problem, self._order = problem, order
        self._efficiency = serving_efficiency(problem)[problem.workloads.need]
        self._done: list[tuple[int, int, Floats]] = []
        self._short: list[tuple[int, Floats]] = []

    def run(self) -> Work:
        """Put all work down."""
        workloads = self._problem.workloads
        kind = np.where(workloads.is_fixed, 0, np.where(workloads.is_job, 2, 1))
        for workload in np.argsort(kind, kind="stable").tolist():
            serve = (self._serve_fixed, self._serve_demand, self._serve_job)[kind[workload]]
            left = serve(workload)
            if left.sum() > 0:
                self._short.append((workload, left))
        return self._work()

    def _serve_fixed(self, workload: int) -> Floats:
        wanted = arrivals(self._problem, np.array([workload]))[0]
        return self._fill(workload, wanted, same_share=True)

    def _serve_demand(self, workload: int) -> Floats:
        """Serve demand as it arrives, and what is left in the periods after."""
        which = np.array([workload])
        wanted = arrivals(self._problem, which)[0]
        left = self._fill(workload, wanted)
        for wait in range(1, int(delay_periods(self._problem, which)[0][0]) + 1):
            if left.sum() <= LEFT * wanted.sum():
                return np.zeros_like(left)
            late = self._moved(left, wait)
            served = late - self._fill(workload, late)
            left[:-wait] -= served[wait:]
        return left if left.sum() > LEFT * wanted.sum() else np.zeros_like(left)

    def _moved(self, amount: Floats, periods: int) -> Floats:
        """Move amounts to later periods of the same block; what would leave it is dropped."""
        moved, block = np.zeros_like(amount), self._problem.horizon.block
        same = block[periods:] == block[:-periods]
        moved[periods:][same] = amount[:-periods][same]
        return moved

    def _serve_job(self, workload: int) -> Floats:
        """Run a job from its release on; the last period of its window keeps what is left."""
        volume = left = float(self._problem.workloads.volume_unit_h[workload])
        hours = job_overlap_h(self._problem, np.array([workload]), np.arange(self._problem.horizon.size))[0]
        rate = float(self._problem.workloads.max_rate[workload])
        limited = np.isfinite(rate)
        room = rate * hours if limited else volume * hours / max(hours.sum(), LEFT)
        is_open = hours > 0
        while left > LEFT * volume and is_open.any():
            wanted = _first(np.where(is_open, room, 0.0), left)
            missing = self._fill(workload, wanted)
            left -= float((wanted - missing).sum())
            room = room - (wanted - missing) if limited else np.full_like(room, left)
            is_open &= (missing <= LEFT * wanted) & (room > LEFT * volume)
        undone: Floats = np.zeros_like(hours)
        if left > LEFT * volume:
            undone[np.flatnonzero(hours > 0)[-1] if hours.any() else -1] = left
        return undone

    def _fill(self, workload: int, wanted: Floats, *, same_share: bool = False) -> Floats:
        """Put work into the pools in order; (T,) what is left."""
        left = wanted.copy()
        for pool in self._order[workload].tolist():
            if self._efficiency[workload, pool] <= 0 or left.sum() <= LEFT * wanted.sum():
                break
            left = left - self._put(workload, pool, left, whole=wanted if same_share else None)
        return np.maximum(left, 0.0)

    def _put(self, workload: int, pool: int, left: Floats, whole: Floats | None) -> Floats:
        """Put as much as there is room for into one pool; (T,) what was put."""
        problem = self._problem
        need = problem.workloads.need[workload]
        zones = problem.needs.zone[need], problem.sites.zone[problem.pools.site[pool]]
        links = problem.network.route[zones]
        load = left / self._efficiency[workload, pool]
        traffic = left * problem.traffic_gb_per_unit_h[workload]
        if whole is not None:
            part_left = left.sum() / whole.sum()
            horizon = problem.horizon
            data_gb = float(problem.workloads.data_gb[workload]) * part_left
            traffic = traffic + data_gb * horizon.hours / horizon.real_hours
        share = self.room.share(pool, load, traffic, links)
        if whole is not None:
            share = np.full_like(share, share.min())
        share = self.room.take(pool, share, load, traffic, links)
        put = share * left
        if put.any():
            self._done.append((workload, pool, put))
        return put

    def _work(self) -> Work:
        """Sort what was put down; a pool may have been used several times."""
        size = self._problem.workloads.size, self._problem.pools.size, self._problem.horizon.size
        cells: dict[tuple[int, int], Floats] = {}
        for workload, pool, put in self._done:
            cells[workload, pool] = cells.get((workload, pool), 0.0) + put
        keys = sorted(cells)
        rows = np.array([cells[key] for key in keys]).reshape(-1, size[2])
        row, period = np.nonzero(rows > 0)
        pairs = np.array(keys, dtype=np.int64).reshape(-1, 2)[row]
        late = np.array([left for _, left in sorted(self._short, key=_first_of)]).reshape(-1, size[2])
        short, short_period = np.nonzero(late > 0)
        owner = np.array(sorted(workload for workload, _ in self._short), dtype=np.int64)
        return Work(
            workload=pairs[:, 0].copy(),
            pool=pairs[:, 1].copy(),
            period=period,
            unit_h=rows[row, period],
            short_workload=owner[short],
            short_period=short_period,
            short_unit_h=late[short, short_period],
        )


def _first_of(pair: tuple[int, Floats]) -> int:
    return pair[0]


def _first(amount: Floats, most: float) -> Floats:
    """Keep the first amounts up to a total."""
    before = np.cumsum(amount) - amount
    return np.clip(most - before, 0.0, amount)


def _supplies(problem: Problem, energy_kwh: Floats, policy: Policy) -> tuple[Floats, Floats]:
    """(S, T) grid and (C, T) contract energy: contracts first where they are cheaper, or cleaner."""
    hours, contracts = problem.horizon.hours, problem.contracts
    left = by_site(problem, energy_kwh)
    used = np.zeros_like(contracts.available_kw)
    limit = np.outer(problem.grid.import_limit_kw, hours)
    for contract in np.argsort(contracts.price.mean(axis=1), kind="stable").tolist():
        site = int(contracts.site[contract])
        wanted = np.where(
            _prefers(problem, contract, policy), left[site], np.maximum(left - limit, 0.0)[site]
        )
        used[contract] = np.minimum(wanted, contracts.available_kw[contract] * hours)
        left[site] -= used[contract]
    return left, used


def _prefers(problem: Problem, contract: int, policy: Policy) -> Floats:
    """(T,) whether a contract's energy is taken before that of the grid."""
    contracts, site = problem.contracts, problem.contracts.site[contract]
    paid = contracts.take_or_pay[contract] | (contracts.price[contract] < problem.grid.price[site])
    counts = problem.objective.basis is not CarbonBasis.LOCATION
    cleaner = counts & (contracts.kg_per_kwh[contract] < grid_factor(problem)[site])
    wanted: Floats = paid | cleaner if policy is Policy.GREENEST_FIRST else paid
    return wanted
