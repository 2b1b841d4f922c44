"""The bound of problems that share decisions, recomputed from prices.

At given prices every term of the bound (see `computeplan.prices.bound`) belongs to one decision. Held at a
value, such as k booked units, it adds net · k instead of the least of that over all k. So the bound of a
problem with its shared decisions X held is affine in X, whatever the prices:

bound(X) = constant + Σ net · X + Σ_w (Σ_p share[w,p] · placed[w,p] + (1 − Σ_p share[w,p]) · short[w])

Bounds of problems s that share X add up. With their objectives weighted by q_s ≥ 0,

min_X Σ_s q_s · cost_s(X)  ≥  Σ_s constant_s + min_X Σ (Σ_s net_s) · X + …

where every decision takes its best value within its own limits. Prices of a problem of weight 0 say what X it
allows at all. Whatever the prices, no plan is better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from computeplan.prices import marginal
from computeplan.prices.bound import (
    FixedCost,
    net_booking,
    net_contracted_kw,
    net_lease,
    net_new_unit,
    system_terms,
)
from computeplan.prices.dual_repair import BELOW, repair_prices
from computeplan.prices.least_cost import costs_of_placing, least_cost_at
from computeplan.prices.work_prices import WorkPrices
from computeplan.problem import Floats, Objective, Prices, Problem, Term
from computeplan.problem.arrays import ReadOnlyArrays, ratio, times
from computeplan.problem.limits import LimitKind
from computeplan.vocabulary import FirstDecision

_LEVELS = {
    FirstDecision.BOOKINGS: (net_booking, (LimitKind.BOOKABLE_UNITS, FixedCost.LEAST_BOOKED)),
    FirstDecision.NEW_UNITS: (net_new_unit, (LimitKind.NEW_UNITS,)),
    FirstDecision.CONTRACTS: (net_contracted_kw, (LimitKind.CONTRACTED_POWER,)),
    FirstDecision.LEASES: (net_lease, (LimitKind.LEASED_BANDWIDTH,)),
}
"""What one more unit costs net of what it brings in, and the terms of the bound that it replaces."""


@dataclass(frozen=True)
class _WeightedObjective(Objective):
    """An objective times a weight, which may be 0."""

    weight: float = 1.0

    @property
    def cost_weight(self) -> float:
        return self.weight * super().cost_weight

    @property
    def carbon_weight(self) -> float:
        return self.weight * super().carbon_weight


def _weigh(problem: Problem, weight: float) -> Problem:
    own = problem.objective
    values = {field.name: getattr(own, field.name) for field in fields(own)}
    return replace(problem, objective=_WeightedObjective(**values, weight=weight))


@dataclass(frozen=True, eq=False)
class HeldBound(ReadOnlyArrays):
    """The bound of one problem as an affine function of shared decisions."""

    constant: float
    net: Mapping[FirstDecision, Floats]
    """Cost of one more of each level: (P,) units, (C,) kW, (L,) GB/h."""
    placed: Floats
    """(n, P) cost of each fixed workload all in one pool; inf where it may not be. Without rows where
    placements are not shared."""
    short: Floats
    """(n,) cost of serving nothing of each; inf where all has to be served."""


def held_bound(problem: Problem, prices: Prices, shared: Sequence[FirstDecision]) -> HeldBound:
    """Bound the objective of every plan of a problem from below, as a function of what it shares.

    The constant is −inf where the prices prove nothing.
    """
    prices = repair_prices(_with_limits(problem, shared), prices)
    levels = {kind: found for kind, found in _LEVELS.items() if kind in shared}
    replaced = {term for _, terms in levels.values() for term in terms}
    terms = (term for term in system_terms(problem, prices) if term.kind not in replaced)
    system = sum(float(term.amount.sum()) for term in terms)
    are_placed = FirstDecision.FIXED_PLACEMENTS in shared
    work = WorkPrices(problem, prices)
    fixed = np.flatnonzero(problem.workloads.is_fixed & are_placed)
    placed, short = costs_of_placing(problem, work, fixed)
    served = float(least_cost_at(problem, work, with_fixed=not are_placed).sum())
    return HeldBound(
        constant=system + served if np.isfinite(system) else -np.inf,
        net={kind: net(problem, prices) for kind, (net, _) in levels.items()},
        placed=placed,
        short=short,
    )


def _with_limits(problem: Problem, shared: Sequence[FirstDecision]) -> Problem:
    """Give booked units that are held some limit, as their price needs no repair."""
    if FirstDecision.BOOKINGS not in shared:
        return problem
    pools = problem.pools
    most = np.where(np.isinf(pools.max_units) & (pools.term == Term.RESERVED), 1.0, pools.max_units)
    return replace(problem, pools=replace(pools, max_units=most))


def shared_bound(
    problems: Sequence[Problem],
    prices: Sequence[Prices],
    weights: Floats,
    shared: Sequence[FirstDecision],
) -> float:
    """Bound Σ_s weight · cost of problems that share decisions, over all values of these.

    `weights`: (S,) at least 0. `prices`: of the problems with their objectives so weighted. The problems have
    the same pools, contracts and lines; workloads are the same where they have the same name.
    """
    problems = [_weigh(*each) for each in zip(problems, weights.tolist(), strict=True)]
    prices = _lower_rents(problems, prices, shared)
    bounds = [held_bound(*each, shared) for each in zip(problems, prices, strict=True)]
    found = sum(bound.constant for bound in bounds)
    for kind in bounds[0].net:
        net = np.sum([bound.net[kind] for bound in bounds], axis=0)
        least, most = zip(*(_limits(problem, kind) for problem in problems), strict=True)
        low, high = np.max(least, axis=0), np.min(most, axis=0)
        found += float((times(np.maximum(net, 0.0), low) + times(np.minimum(net, 0.0), high)).sum())
    return found + _least_cost_of_placing(problems, bounds)


def _limits(problem: Problem, kind: FirstDecision) -> tuple[Floats, Floats]:
    """(n,) least and most of each level."""
    pools, network = problem.pools, problem.network
    match kind:
        case FirstDecision.BOOKINGS:
            return pools.min_units, pools.max_units
        case FirstDecision.NEW_UNITS:
            most = pools.max_new_units
        case FirstDecision.CONTRACTS:
            most = problem.contracts.max_chosen_kw
        case _:
            most = np.where(network.leases, network.max_leased_gb_per_h, 0.0)
    return np.zeros(len(most)), most


def _least_cost_of_placing(problems: Sequence[Problem], bounds: Sequence[HeldBound]) -> float:
    """Least cost of the fixed workloads, each placed alike in all problems that have it."""
    total: dict[str, Floats] = {}
    for problem, bound in zip(problems, bounds, strict=True):
        if not len(bound.placed):
            continue
        cost = np.column_stack((bound.placed, bound.short))
        for row, workload in enumerate(np.flatnonzero(problem.workloads.is_fixed).tolist()):
            name = problem.workloads.names[workload]
            total[name] = total[name] + cost[row] if name in total else cost[row]
    return sum(float(cost.min()) for cost in total.values())


def _lower_rents(
    problems: Sequence[Problem], prices: Sequence[Prices], shared: Sequence[FirstDecision]
) -> list[Prices]:
    """Scale rents of pools that can be booked without limit to what a unit costs in all problems together."""
    pools = problems[0].pools
    endless = (pools.term == Term.RESERVED) & np.all([np.isinf(p.pools.max_units) for p in problems], axis=0)
    if FirstDecision.BOOKINGS not in shared or not endless.any():
        return list(prices)
    repaired = [
        repair_prices(_with_limits(problem, shared), found)
        for problem, found in zip(problems, prices, strict=True)
    ]
    costs = np.sum([marginal.booking(*each) for each in zip(problems, repaired, strict=True)], axis=0)
    earned = costs - np.sum([net_booking(*each) for each in zip(problems, repaired, strict=True)], axis=0)
    most = np.maximum(costs, 0.0) * BELOW
    factor = np.where(endless & (earned > most), ratio(most, earned), 1.0)[:, None]
    return [
        replace(
            found,
            rent=found.rent * factor,
            load=np.where(factor < 1, marginal.load(problem, found) + found.rent * factor, found.load),
        )
        for problem, found in zip(problems, repaired, strict=True)
    ]
