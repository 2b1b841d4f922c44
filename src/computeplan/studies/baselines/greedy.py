"""The greedy policies: put each workload into the first pool of a fixed order that has capacity left.

First fixed work, then demand, then jobs, each in the order of the config. Demand that finds all its pools
full waits for the next period with capacity, as long as it may; jobs run from their release at their greatest
rate, those without one evenly. Nothing waits for a better hour. Work that finds no capacity is a shortfall.
"""

from __future__ import annotations

from operator import itemgetter

import numpy as np

from computeplan.accounts.capacity import by_site, it_energy_kwh, usable_unit_h, use_of_caps
from computeplan.accounts.energy import at_sites
from computeplan.accounts.moves import MoveCounter
from computeplan.accounts.requirements import (
    arrivals,
    delay_periods,
    job_overlap_h,
    run_parts,
    run_starts,
    serving_efficiency,
)
from computeplan.accounts.usage import Meter
from computeplan.audit import audit_plan
from computeplan.grouping import Allocation, merge
from computeplan.problem import (
    Bools,
    CapMeasure,
    CarbonBasis,
    Floats,
    Ints,
    Problem,
    Status,
    Term,
    Work,
    decisions_without_choices,
)
from computeplan.problem.arrays import ratio
from computeplan.solvers.plan import Plan, Size, Solution, SolverRun
from computeplan.vocabulary import Policy

LEFT = 1e-9
"""Share of some work below which the rest counts as nothing."""
HALVINGS = 30
"""Of a step that breaks a limit elsewhere, before it is given up."""
SPARE = 1e-9
"""Of a limit, left free so that rounding breaks nothing."""


def greedy_plan(problem: Problem, policy: Policy) -> tuple[Plan, Solution]:
    """Plan with the cheapest or the greenest pool first; return the plan and what the policy did, audited.

    The plan has no solution where what the policy did is none.
    """
    grouping = merge(problem)
    fill = _GreedyFill(grouping.problem, pool_order(grouping.problem, policy))
    work = fill.run()
    grid_kwh, contract_kwh = _supplies(problem, fill.remaining.energy_kwh(), policy)
    allocation = Allocation(problem, grouping, work)
    decisions = decisions_without_choices(
        problem,
        booked_units=fill.remaining.booked_units,
        grid_kwh=grid_kwh,
        contract_kwh=contract_kwh,
        routed_gb=_routed_by_latency(problem, allocation),
    )
    counter = MoveCounter(problem)
    accounts, audit = audit_plan(problem, counter.watch(allocation.blocks()), decisions, None)
    solution = Solution(allocation, decisions, None, accounts, counter.moves(), audit)
    plan = Plan(
        problem=problem,
        status=Status.FEASIBLE if audit.passed else Status.INFEASIBLE,
        solution=solution if audit.passed else None,
        size=Size(grouping.size, 0, 0, 0, 0),
        solver=SolverRun(str(policy), "", "no solver", 0),
        times_s={},
        cpu_s={},
    )
    return plan, solution


def _routed_by_latency(problem: Problem, allocation: Allocation) -> Floats:
    """(O, T) all traffic on the route of least latency, which is the first option of each flow."""
    routed = np.zeros((len(problem.routing.option_flow), problem.horizon.size))
    if problem.routing.flows:
        meter = Meter(problem)
        for block in allocation.blocks():
            meter.add(block)
        routed[np.unique(problem.routing.option_flow, return_index=True)[1]] = meter.flow_gb
    return routed


def pool_order(problem: Problem, policy: Policy) -> Ints:
    """(W, P) pools of each workload, those with the cheapest or greenest unit·h on average over time first.

    Of two equally green pools the cheaper comes first, and of two equally cheap ones the greener.
    """
    workloads, pools, network = problem.workloads, problem.pools, problem.network
    weight = problem.horizon.weight / problem.horizon.weight.sum()
    efficiency = serving_efficiency(problem)[workloads.need]
    kwh = problem.busy_kw[:, None] * problem.pue
    reserved = (pools.term == Term.RESERVED)[:, None]
    offered = np.where(reserved & (pools.availability > 0), pools.availability, 1.0)
    money = (pools.price / offered + kwh * problem.grid.price[pools.site]) @ weight
    kg = (kwh * problem.grid_kg_per_kwh[pools.site]) @ weight
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


class _GreedyFill:
    """Assigns the work of a merged problem to pools, (W, P) in their order, one workload after another."""

    def __init__(self, problem: Problem, order: Ints) -> None:
        self.remaining = RemainingCapacity(problem)
        self._problem, self._order = problem, order
        self._efficiency = serving_efficiency(problem)[problem.workloads.need]
        self._done: list[tuple[int, int, Floats]] = []
        self._short: list[tuple[int, Floats]] = []

    def run(self) -> Work:
        """Assign all work."""
        workloads = self._problem.workloads
        kind = np.where(workloads.is_fixed, 0, np.where(workloads.is_job, 2, 1)) + workloads.runs_through
        for workload in np.argsort(kind, kind="stable").tolist():
            serve = (self._serve_fixed, self._serve_demand, self._serve_job, self._serve_run)[kind[workload]]
            left = serve(workload)
            if left.sum() > 0:
                self._short.append((workload, left))
        return self._work()

    def _serve_fixed(self, workload: int) -> Floats:
        wanted = arrivals(self._problem, np.array([workload]))[0]
        return self._fill(workload, wanted, same_share=True)

    def _serve_demand(self, workload: int) -> Floats:
        """Serve demand as it arrives, and the rest in the periods after."""
        which = np.array([workload])
        wanted = arrivals(self._problem, which)[0]
        left = self._fill(workload, wanted)
        for wait in range(1, int(delay_periods(self._problem, which)[0][0]) + 1):
            if left.sum() <= LEFT * wanted.sum():
                return np.zeros_like(left)
            late = self._delay(left, wait)
            served = late - self._fill(workload, late)
            left[:-wait] -= served[wait:]
        return left if left.sum() > LEFT * wanted.sum() else np.zeros_like(left)

    def _delay(self, amount: Floats, periods: int) -> Floats:
        """Delay amounts by some periods within their block; what would leave it is dropped."""
        moved, block = np.zeros_like(amount), self._problem.horizon.block
        same = block[periods:] == block[:-periods]
        moved[periods:][same] = amount[:-periods][same]
        return moved

    def _serve_job(self, workload: int) -> Floats:
        """Run a job from its release on; what is left is a shortfall in the last period of its window."""
        volume = left = float(self._problem.workloads.volume_unit_h[workload])
        hours = job_overlap_h(self._problem, np.array([workload]), np.arange(self._problem.horizon.size))[0]
        rate = float(self._problem.workloads.max_rate[workload])
        limited = np.isfinite(rate)
        most = rate * hours if limited else volume * hours / max(hours.sum(), LEFT)
        is_open = hours > 0
        while left > LEFT * volume and is_open.any():
            wanted = _earliest(np.where(is_open, most, 0.0), left)
            missing = self._fill(workload, wanted)
            left -= float((wanted - missing).sum())
            most = most - (wanted - missing) if limited else np.full_like(most, left)
            is_open &= (missing <= LEFT * wanted) & (most > LEFT * volume)
        return _not_done(hours, left if left > LEFT * volume else 0.0)

    def _serve_run(self, workload: int) -> Floats:
        """Run a job that may not pause as early as the pools in order can take a share of it."""
        problem, job = self._problem, np.array([workload])
        volume = left = float(problem.workloads.volume_unit_h[workload])
        for part in run_parts(problem, workload, run_starts(problem, job).start_h) if volume > 0 else ():
            for pool in self._order[workload].tolist():
                if self._efficiency[workload, pool] <= 0 or left <= LEFT * volume:
                    break
                left -= float(self._assign(workload, pool, left * part, whole=left * part).sum())
        hours = job_overlap_h(problem, job, np.arange(problem.horizon.size))[0]
        return _not_done(hours, left if left > LEFT * volume else 0.0)

    def _fill(self, workload: int, wanted: Floats, *, same_share: bool = False) -> Floats:
        """Assign work to the pools in order; (T,) what is left."""
        left = wanted.copy()
        for pool in self._order[workload].tolist():
            if self._efficiency[workload, pool] <= 0 or left.sum() <= LEFT * wanted.sum():
                break
            left = left - self._assign(workload, pool, left, whole=wanted if same_share else None)
        return np.maximum(left, 0.0)

    def _assign(self, workload: int, pool: int, left: Floats, whole: Floats | None) -> Floats:
        """Assign as much as one pool can take; (T,) the work that was assigned."""
        problem = self._problem
        need = problem.workloads.need[workload]
        zones = problem.needs.zone[need], problem.sites.zone[problem.pools.site[pool]]
        links = problem.network.route[zones]
        load = left / self._efficiency[workload, pool]
        traffic = left * problem.traffic_gb_per_unit_h[workload]
        if whole is not None and problem.workloads.is_fixed[workload]:
            part_left = left.sum() / whole.sum()
            horizon = problem.horizon
            data_gb = float(problem.workloads.data_gb[workload]) * part_left
            traffic = traffic + data_gb * horizon.hours / horizon.real_hours
        share = self.remaining.share_of(pool, load, traffic, links)
        if whole is not None:
            share = np.full_like(share, share.min())
        share = self.remaining.reserve(pool, share, load, traffic, links)
        assigned = share * left
        if assigned.any():
            self._done.append((workload, pool, assigned))
        return assigned

    def _work(self) -> Work:
        """Collect what was assigned; a pool may have been used several times."""
        size = self._problem.workloads.size, self._problem.pools.size, self._problem.horizon.size
        cells: dict[tuple[int, int], Floats] = {}
        for workload, pool, assigned in self._done:
            cells[workload, pool] = cells.get((workload, pool), 0.0) + assigned
        keys = sorted(cells)
        rows = np.array([cells[key] for key in keys]).reshape(-1, size[2])
        row, period = np.nonzero(rows > 0)
        pairs = np.array(keys, dtype=np.int64).reshape(-1, 2)[row]
        late = np.array([left for _, left in sorted(self._short, key=itemgetter(0))]).reshape(-1, size[2])
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


def _not_done(hours: Floats, left: float) -> Floats:
    """(T,) shortfall of a job, in the last period of its window (T,)."""
    shortfall = np.zeros_like(hours)
    shortfall[np.flatnonzero(hours > 0)[-1] if hours.any() else -1] = left
    return shortfall


def _earliest(amount: Floats, most: float) -> Floats:
    """Keep the earliest amounts up to a total."""
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
    """(T,) whether a contract's energy is used before that of the grid."""
    contracts, site = problem.contracts, problem.contracts.site[contract]
    paid = contracts.take_or_pay[contract] | (contracts.price[contract] < problem.grid.price[site])
    counts = problem.objective.basis is not CarbonBasis.LOCATION
    cleaner = counts & (contracts.kg_per_kwh[contract] < problem.grid_kg_per_kwh[site])
    wanted: Floats = paid | cleaner if policy is Policy.GREENEST_FIRST else paid
    return wanted


class RemainingCapacity:
    """What every pool, link, supply and cap can still take while work is assigned step by step.

    A step adds a share of some work to one pool, a share for each period. Reserved pools are booked as high
    as they are ever used. A booked unit draws idle power in all periods, so a step that books more is tried,
    and halved where that breaks a limit elsewhere.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        hours, network = problem.horizon.hours, problem.network
        self.load_unit_h = np.zeros((problem.pools.size, problem.horizon.size))
        self._traffic_gb = np.zeros((network.links, problem.horizon.size))
        self._usable_unit_h = usable_unit_h(problem, problem.pools.max_units)
        self._per_unit_h = problem.pools.availability * hours
        self._bandwidth_gb = np.outer(network.bandwidth_gb_per_h, hours)
        contracts = at_sites(problem, problem.contracts.available_kw * hours)
        self._supply_kwh = np.outer(problem.grid.import_limit_kw, hours) + contracts
        self._is_power = np.array([m is CapMeasure.POWER for m in problem.caps.measure], dtype=bool)

    @property
    def booked_units(self) -> Floats:
        """(P,) level of reserved pools: their highest use, but at least what must be booked."""
        return self._booking_level(self.load_unit_h)

    def energy_kwh(self, load_unit_h: Floats | None = None) -> Floats:
        """(P, T) energy with PUE at a load, by default the present one."""
        load = self.load_unit_h if load_unit_h is None else load_unit_h
        problem = self._problem
        decisions = decisions_without_choices(problem, booked_units=self._booking_level(load))
        return it_energy_kwh(problem, load, decisions) * problem.pue

    def share_of(self, pool: int, load_unit_h: Floats, traffic_gb: Floats, links: Bools) -> Floats:
        """(T,) share, 0 to 1, of a load and its traffic over some links that can be taken."""
        problem = self._problem
        site, kw = int(problem.pools.site[pool]), float(problem.busy_kw[pool])
        left = self._usable_unit_h[pool] - self.load_unit_h[pool]
        energy = self.energy_kwh()
        supply = self._supply_kwh[site] - by_site(problem, energy)[site]
        shares = [_part(left, load_unit_h), _part(supply, load_unit_h * kw * problem.pue[pool])]
        shares += [_part(self._left_under_cap(cap, pool, energy), load_unit_h) for cap in self._caps_of(pool)]
        free_gb = self._bandwidth_gb[links] - self._traffic_gb[links]
        shares += [_part(gb, traffic_gb) for gb in free_gb]
        least: Floats = np.clip(np.min(shares, axis=0) * (1.0 - SPARE), 0.0, 1.0)
        return least

    def reserve(
        self, pool: int, share: Floats, load_unit_h: Floats, traffic_gb: Floats, links: Bools
    ) -> Floats:
        """Take a share of a step, less where booking breaks a limit elsewhere; return what was taken."""
        for _ in range(HALVINGS):
            load = self.load_unit_h.copy()
            load[pool] += share * load_unit_h
            if self._holds(load):
                self.load_unit_h = load
                self._traffic_gb[links] += share * traffic_gb
                return share
            share = share / 2
        return np.zeros_like(share)

    def _booking_level(self, load_unit_h: Floats) -> Floats:
        pools = self._problem.pools
        level = ratio(load_unit_h, self._per_unit_h).max(axis=1, initial=0.0)
        return np.where(pools.term == Term.RESERVED, np.maximum(level, pools.min_units), 0.0)

    def _caps_of(self, pool: int) -> list[int]:
        caps: list[int] = np.flatnonzero(self._problem.caps.weight[:, pool]).tolist()
        return caps

    def _used_of_caps(self, load_unit_h: Floats, energy_kwh: Floats) -> Floats:
        """(G, T) units or kW."""
        problem, hours = self._problem, self._problem.horizon.hours
        reserved = (problem.pools.term == Term.RESERVED)[:, None]
        unit_h = np.where(reserved, self._booking_level(load_unit_h)[:, None] * hours, load_unit_h)
        return use_of_caps(problem, unit_h, energy_kwh) / hours

    def _left_under_cap(self, cap: int, pool: int, energy_kwh: Floats) -> Floats:
        """(T,) load that a cap leaves to a pool."""
        problem, hours = self._problem, self._problem.horizon.hours
        weight = float(problem.caps.weight[cap, pool])
        free = problem.caps.limit[cap] - self._used_of_caps(self.load_unit_h, energy_kwh)[cap]
        if self._is_power[cap]:
            return _per(free * hours, weight * problem.pue[pool] * float(problem.busy_kw[pool]))
        if problem.pools.term[pool] != Term.RESERVED:
            by_use: Floats = free * hours / weight
            return by_use
        level = float(self.booked_units[pool]) + max(float(free.min()), 0.0) / weight
        taken: Floats = level * self._per_unit_h[pool] - self.load_unit_h[pool]
        return taken

    def _holds(self, load_unit_h: Floats) -> bool:
        """Whether caps and supplies suffice in every period, idle power of booked units included."""
        problem, energy = self._problem, self.energy_kwh(load_unit_h)
        before = self.energy_kwh()
        used, was = self._used_of_caps(load_unit_h, energy), self._used_of_caps(self.load_unit_h, before)
        supplied, had = by_site(problem, energy), by_site(problem, before)
        within_caps = (used <= np.maximum(problem.caps.limit, was)).all()
        return bool(within_caps and (supplied <= np.maximum(self._supply_kwh, had)).all())


def _part(free: Floats, wanted: Floats) -> Floats:
    """Share of what is wanted that is free; inf where nothing is wanted."""
    return _per(np.maximum(free, 0.0), wanted)


def _per(amount: Floats, each: Floats) -> Floats:
    per: Floats = np.divide(amount, each, out=np.full(np.shape(amount), np.inf), where=each > 0)
    return per
