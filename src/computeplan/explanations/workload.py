"""Why a workload runs where it runs: every other pool, what excludes it or costs more there.

Also what would bring the workload there.

Prices are those of the plan: what one more unit·h costs in a pool, full pools at what their last unit
saves. At the hours in which the workload runs, no pool that it may use is cheaper than the ones it
uses: that is what makes the plan the best one. A comparison holds for a first unit·h, not for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.accounts.moves import moved_unit_h
from computeplan.accounts.requirements import RuleRates, arrivals, running_efficiency, unit_money
from computeplan.accounts.statements import Statements, company_statements
from computeplan.explanations.eligibility import why_not
from computeplan.folder.tables import WorkloadAccount
from computeplan.prices import marginal
from computeplan.prices.charges import PriceParts, price_parts
from computeplan.prices.dual_repair import repair_prices
from computeplan.problem import Floats, Ints, Prices, Problem, WorkBlock
from computeplan.problem.arrays import ReadOnlyArrays, ratio
from computeplan.solvers.plan import Solution

PARTS = ("use", "capacity rent", "energy", "carbon", "network", "placement", "rules", "moving")
"""What the price of a unit·h of work is made of; moving only where it has a price."""


@dataclass(frozen=True)
class Choice:
    """One pool, for one workload."""

    pool: str
    site: str
    work_unit_h: float
    """Work of the workload there, over the time that the horizon stands for."""
    excluded: tuple[str, ...]
    """What keeps it out; empty where it may run there."""
    extra: dict[str, float]
    """By part of `PARTS`, what a unit·h would cost there, more than where it runs, in objective units
    (money, or kg for the goal ``carbon``); empty where that cannot be said: no hardware, no route, no
    prices, or no work to compare with."""
    extra_kg: float
    """What it would emit there, more than where it runs, kg per unit·h on the objective's basis."""
    kwh: float
    """Facility energy of a unit·h there."""

    @property
    def extra_cost(self) -> float:
        """Sum of all parts; nan where it cannot be said."""
        return sum(self.extra.values()) if self.extra else float("nan")

    @property
    def is_used(self) -> bool:
        """Whether any of the work runs there."""
        return self.work_unit_h > 0


@dataclass(frozen=True, eq=False)
class WorkloadCase:
    """A workload, where it runs, and why not elsewhere."""

    index: int
    work_unit_h: float
    shortfall_unit_h: float
    """Over the time that the horizon stands for."""
    at_once: float
    """Share of the work done in the period in which it arrives; nan for jobs."""
    choices: tuple[Choice, ...]
    """Every pool: used ones first, then possible ones from the cheapest on, then excluded ones."""


def explain_workload(problem: Problem, solution: Solution, workload: int) -> WorkloadCase:
    """Hold a workload's pools against each other."""
    block = solution.allocation.block_of(workload)
    work = np.zeros((problem.pools.size, problem.horizon.size))
    work[np.ix_(block.pools, block.periods)] = block.unit_h[0]
    weight, short = problem.horizon.weight, np.zeros(problem.horizon.size)
    short[block.periods] = block.short_unit_h[0]
    done = work @ weight
    comparison = _compared(problem, solution.prices, workload, work)
    choices = [_choice(problem, workload, pool, float(done[pool]), comparison) for pool in range(len(done))]
    return WorkloadCase(
        index=workload,
        work_unit_h=float(done.sum()),
        shortfall_unit_h=float(short @ weight),
        at_once=_done_at_once(problem, workload, work.sum(axis=0), short),
        choices=tuple(sorted(choices, key=_rank)),
    )


def _rank(choice: Choice) -> tuple[float, ...]:
    extra_cost = choice.extra_cost if choice.extra else np.inf
    return (not choice.is_used, -choice.work_unit_h, bool(choice.excluded), extra_cost)


@dataclass(frozen=True, eq=False)
class _Comparison(ReadOnlyArrays):
    """Means per unit·h of the workload's work at its own hours; what a pool has no answer for is nan."""

    more: Floats
    """(parts, P)"""
    extra_kg: Floats
    kwh: Floats
    """(P,)"""


def _compared(problem: Problem, prices: Prices | None, workload: int, work: Floats) -> _Comparison | None:
    if prices is None or not work.any():
        return None
    prices = repair_prices(problem, prices)
    parts, need = price_parts(problem, prices), problem.workloads.need[workload]
    busy = ratio(1.0, running_efficiency(problem)[need])
    when, total = work.sum(axis=0), float((work @ problem.horizon.weight).sum())
    price = _price_of_work(problem, prices, parts, workload, busy)
    once = _price_of_data(problem, prices, workload) / total
    here = (price * work).sum(axis=(1, 2)) / total
    more = price @ when / total - here[:, None]
    more[PARTS.index("network")] += once - once @ work.sum(axis=1) / when.sum()
    # Elsewhere all of it would stay in one pool.
    more[PARTS.index("moving")] -= _price_of_moves(problem, prices, workload, work) / total
    kg = parts.kg * busy[:, None]
    extra_kg = (kg @ when - (kg * work).sum()) / total
    zone = problem.needs.zone[need]
    reached = problem.network.connected[zone, problem.sites.zone[problem.pools.site]]
    unknown = np.where((busy > 0) & (reached | (not _travels(problem, workload))), 0.0, np.nan)
    return _Comparison(more + unknown, extra_kg + unknown, parts.kwh * busy[:, None] @ when / when.sum())


def _price_of_work(
    problem: Problem, prices: Prices, parts: PriceParts, workload: int, busy: Floats
) -> Floats:
    """(parts, P, T) price of a unit·h of the workload's work."""
    need = problem.workloads.need[workload]
    gb = problem.traffic_gb_per_unit_h[workload]
    network = gb * (problem.ways[problem.origin[need]] @ problem.extend_to_flows(prices.link))
    money = marginal.money_weight(problem, prices) * unit_money(problem)[need]
    of_pool = np.stack((parts.use, parts.rent, parts.energy, parts.carbon)) * busy[:, None]
    placement = np.outer(money, problem.horizon.weight)
    rules = _price_of_rules(problem, prices, workload)
    moving = np.zeros_like(rules)
    return np.concatenate((of_pool, network[None], placement[None], rules[None], moving[None]))


def _price_of_moves(problem: Problem, prices: Prices, workload: int, work: Floats) -> float:
    """Price of the moves of a workload that does this work (P, T)."""
    if not problem.workloads.pays_moves[workload]:
        return 0.0
    periods, alone = np.arange(work.shape[1]), np.array([workload])
    block = WorkBlock(alone, np.arange(len(work)), periods, work[None], np.zeros((1, len(periods))))
    _, moved = moved_unit_h(problem, block, np.array([0]))
    units = float((moved @ problem.horizon.weight).sum()) / problem.horizon.period_h
    return marginal.money_weight(problem, prices) * float(problem.workloads.move_price[workload]) * units


def _price_of_rules(problem: Problem, prices: Prices, workload: int) -> Floats:
    """(P, T) what the rules on a workload add to the price of a unit·h."""
    total = np.zeros(problem.pools.price.shape)
    need = problem.workloads.need[[workload]]
    gb = problem.traffic_gb_per_unit_h[[workload]]
    for rule in np.flatnonzero(problem.rules.member[:, workload] & (prices.rule > 0)).tolist():
        total += prices.rule[rule] * RuleRates(problem, rule).of(need, gb)[0]
    return total


def _price_of_data(problem: Problem, prices: Prices, workload: int) -> Floats:
    """(P,) price of moving the data set of fixed work."""
    register, horizon = problem.workloads, problem.horizon
    gb = register.data_gb[workload] * register.is_fixed[workload]
    even = problem.extend_to_flows(prices.link) @ (horizon.hours / horizon.real_hours)
    ways = problem.ways[problem.origin[register.need[workload]]]
    return np.asarray(gb * (ways @ even))


def _travels(problem: Problem, workload: int) -> bool:
    return bool(problem.traffic_gb_per_unit_h[workload] > 0 or problem.workloads.data_gb[workload] > 0)


def _choice(
    problem: Problem, workload: int, pool: int, work_unit_h: float, comparison: _Comparison | None
) -> Choice:
    known = comparison is not None and bool(np.isfinite(comparison.more[:, pool]).all())
    more = dict(zip(PARTS, comparison.more[:, pool].tolist(), strict=True)) if comparison and known else {}
    if not problem.workloads.pays_moves[workload]:
        more.pop("moving", None)
    return Choice(
        pool=problem.pools.names[pool],
        site=problem.sites.names[problem.pools.site[pool]],
        work_unit_h=work_unit_h,
        excluded=why_not(problem, int(problem.workloads.need[workload]), pool),
        extra=more,
        extra_kg=float(comparison.extra_kg[pool]) if comparison and known else float("nan"),
        kwh=float(comparison.kwh[pool]) if comparison and known else float("nan"),
    )


def _done_at_once(problem: Problem, workload: int, done: Floats, short: Floats) -> float:
    """Share of a demand's work that is done in the period of its arrival, where the oldest is done first."""
    weight = problem.horizon.weight
    if problem.workloads.is_job[workload] or not done.any():
        return float("nan")
    arrived, at_once = arrivals(problem, np.array([workload]))[0], 0.0
    for block in problem.horizon.blocks:
        left = np.cumsum((arrived - done - short)[block])
        # What waits at the start of a cyclic block is done before it arrives in it.
        waiting = np.concatenate(([0.0], left[:-1])) + max(0.0, -float(left.min()))
        soon = np.minimum(arrived[block], done[block] + short[block] - waiting)
        at_once += float(weight[block] @ np.clip(np.minimum(soon, done[block]), 0.0, None))
    return at_once / float(weight @ done)


@dataclass(frozen=True, eq=False)
class CompanyCase(ReadOnlyArrays):
    """A company's statement."""

    index: int
    statements: Statements
    """Of all companies; row `index` is this one's."""
    marginal_charge: float
    """What it pays at the margin, in objective units (see `marginal_statement`); nan where not known."""
    workloads: Ints
    """(n,) its workloads, the dearest first."""
    cost: Floats
    """(n,) of each of them."""
    main_site: Ints
    """(n,) where most of each runs; −1 where none is done."""


def explain_company(problem: Problem, account: WorkloadAccount, company: int) -> CompanyCase:
    """State what a company gets and pays."""
    own = np.flatnonzero(problem.workloads.company == company)
    cost = account.statements.cost.total[own]
    order = np.argsort(-cost, kind="stable")
    marginal = account.marginal.charge[own].sum() if account.marginal else np.nan
    work_unit_h = account.statements.work_unit_h[own[order]]
    return CompanyCase(
        index=company,
        statements=company_statements(problem, account.statements),
        marginal_charge=float(marginal),
        workloads=own[order],
        cost=cost[order],
        main_site=np.where(work_unit_h.any(axis=1), work_unit_h.argmax(axis=1), -1),
    )
