"""Why a workload runs where it runs: every other pool, excluded or dearer, and what would bring it there.

Prices are those of the plan: what one more unit·h costs in a pool, full pools at what their last unit is
worth. At the hours in which the workload runs, no pool that it may use is cheaper than the ones it
uses: that is what makes the plan the best one. A comparison holds for a first unit·h, not for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.explain.no_pool import why_not
from computeplan.plan.arithmetic import ratio
from computeplan.plan.audit import marginal
from computeplan.plan.audit.repair import repair
from computeplan.plan.plan import Solution
from computeplan.plan.price_parts import PriceParts, price_parts
from computeplan.plan.requirements import arrivals, pool_routes, running_efficiency, unit_money
from computeplan.plan.rules import RuleRates
from computeplan.problem import Floats, Prices, Problem
from computeplan.problem.arrays import ReadOnlyArrays

PARTS = ("use", "capacity rent", "energy", "carbon", "network", "placement", "rules")
"""What the price of a unit·h of work is made of."""


@dataclass(frozen=True)
class Choice:
    """One pool, for one workload.

    Attributes
    ----------
    pool, site : str
    work_unit_h : float
        Work of the workload there, over the time that the horizon stands for.
    excluded : tuple of str
        What keeps it out; empty where it may run there.
    more : dict of str to float
        By part of `PARTS`, how much dearer a unit·h would be there than where it runs, in objective
        units (money, or kg for the goal ``carbon``); empty where that cannot be said: no hardware, no
        route, no prices, or no work to compare with.
    more_kg : float
        How much dirtier, kg per unit·h, at the margin on the objective's basis.
    kwh : float
        Facility energy of a unit·h there.
    """

    pool: str
    site: str
    work_unit_h: float
    excluded: tuple[str, ...]
    more: dict[str, float]
    more_kg: float
    kwh: float

    @property
    def dearer(self) -> float:
        """Sum of all parts; nan where it cannot be said."""
        return sum(self.more.values()) if self.more else float("nan")

    @property
    def is_used(self) -> bool:
        """Whether any of the work runs there."""
        return self.work_unit_h > 0


@dataclass(frozen=True, eq=False)
class WorkloadCase:
    """A workload, where it runs, and why not elsewhere.

    Attributes
    ----------
    index : int
    work_unit_h, short_unit_h : float
        Done and left undone, over the time that the horizon stands for.
    at_once : float
        Share of the work done in the period in which it arrives; nan for jobs.
    choices : tuple of Choice
        Every pool: used ones first, then possible ones from the cheapest on, then excluded ones.
    """

    index: int
    work_unit_h: float
    short_unit_h: float
    at_once: float
    choices: tuple[Choice, ...]


def explain_workload(problem: Problem, solution: Solution, workload: int) -> WorkloadCase:
    """Hold a workload's pools against each other.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    workload : int

    Returns
    -------
    WorkloadCase
    """
    block = solution.allocation.of(workload)
    work = np.zeros((problem.pools.size, problem.horizon.size))
    work[np.ix_(block.pools, block.periods)] = block.unit_h[0]
    weight = problem.horizon.weight
    done = work @ weight
    comparison = _compared(problem, solution.prices, workload, work)
    choices = [_choice(problem, workload, pool, float(done[pool]), comparison) for pool in range(len(done))]
    return WorkloadCase(
        index=workload,
        work_unit_h=float(done.sum()),
        short_unit_h=float(block.short_unit_h[0] @ weight[block.periods]),
        at_once=_done_at_once(problem, workload, work.sum(axis=0)),
        choices=tuple(sorted(choices, key=_rank)),
    )


def _rank(choice: Choice) -> tuple[float, ...]:
    dearer = choice.dearer if choice.more else np.inf
    return (not choice.is_used, -choice.work_unit_h, bool(choice.excluded), dearer)


@dataclass(frozen=True, eq=False)
class _Comparison(ReadOnlyArrays):
    """Means per unit·h of the workload's work at its own hours; what a pool has no answer for is nan.

    Attributes
    ----------
    more : (parts, P)
    more_kg, kwh : (P,)
    """

    more: Floats
    more_kg: Floats
    kwh: Floats


def _compared(problem: Problem, prices: Prices | None, workload: int, work: Floats) -> _Comparison | None:
    if prices is None or not work.any():
        return None
    prices = repair(problem, prices)
    parts, need = price_parts(problem, prices), problem.workloads.need[workload]
    busy = ratio(1.0, running_efficiency(problem)[need])
    when, total = work.sum(axis=0), float((work @ problem.horizon.weight).sum())
    price = _price_of_work(problem, prices, parts, workload, busy)
    once = _price_of_data(problem, prices, workload) / total
    here = (price * work).sum(axis=(1, 2)) / total
    more = price @ when / total - here[:, None]
    more[PARTS.index("network")] += once - once @ work.sum(axis=1) / when.sum()
    kg = parts.kg * busy[:, None]
    more_kg = (kg @ when - (kg * work).sum()) / total
    zone = problem.needs.zone[need]
    reached = problem.network.connected[zone, problem.sites.zone[problem.pools.site]]
    unknown = np.where((busy > 0) & (reached | ~_travels(problem, workload)), 0.0, np.nan)
    return _Comparison(more + unknown, more_kg + unknown, parts.kwh * busy[:, None] @ when / when.sum())


def _price_of_work(
    problem: Problem, prices: Prices, parts: PriceParts, workload: int, busy: Floats
) -> Floats:
    """(parts, P, T) price of a unit·h of the workload's work."""
    need = problem.workloads.need[workload]
    gb = problem.traffic_gb_per_unit_h[workload]
    network = gb * (pool_routes(problem)[problem.needs.zone[need]].astype(np.float64) @ prices.link)
    money = marginal.money_weight(problem, prices) * unit_money(problem)[need]
    of_pool = np.stack((parts.use, parts.rent, parts.energy, parts.carbon)) * busy[:, None]
    placement = np.outer(money, problem.horizon.weight)
    rules = _price_of_rules(problem, prices, workload)
    return np.concatenate((of_pool, network[None], placement[None], rules[None]))


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
    even = prices.link @ (horizon.hours / horizon.real_hours)
    zone = problem.needs.zone[register.need[workload]]
    return np.asarray(gb * (pool_routes(problem)[zone].astype(np.float64) @ even))


def _travels(problem: Problem, workload: int) -> bool:
    return bool(problem.traffic_gb_per_unit_h[workload] > 0 or problem.workloads.data_gb[workload] > 0)


def _choice(
    problem: Problem, workload: int, pool: int, work_unit_h: float, comparison: _Comparison | None
) -> Choice:
    known = comparison is not None and bool(np.isfinite(comparison.more[:, pool]).all())
    more = dict(zip(PARTS, comparison.more[:, pool].tolist(), strict=True)) if comparison and known else {}
    return Choice(
        pool=problem.pools.names[pool],
        site=problem.sites.names[problem.pools.site[pool]],
        work_unit_h=work_unit_h,
        excluded=why_not(problem, int(problem.workloads.need[workload]), pool),
        more=more,
        more_kg=float(comparison.more_kg[pool]) if comparison and known else float("nan"),
        kwh=float(comparison.kwh[pool]) if comparison and known else float("nan"),
    )


def _done_at_once(problem: Problem, workload: int, done: Floats) -> float:
    """Share of a demand's work that is done in the period of its arrival, where the oldest is done first."""
    if problem.workloads.is_job[workload] or not done.any():
        return float("nan")
    arrived = arrivals(problem, np.array([workload]))[0]
    waiting = at_once = 0.0
    for new, now in zip(arrived.tolist(), done.tolist(), strict=True):
        at_once += max(0.0, min(new, now - waiting))
        waiting = max(0.0, waiting + new - now)
    return at_once / float(done.sum())
