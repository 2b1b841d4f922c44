"""One number of a problem that is varied, how the optimum depends on it, and what moves between two plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, get_type_hints

import numpy as np

from computeplan.accounts.accounts import Accounts
from computeplan.accounts.requirements import arrivals
from computeplan.problem import Bools, Floats, Problem, RuleMeasure, Term
from computeplan.problem.fields import Role, meanings
from computeplan.problem.limits import LIMITS
from computeplan.solvers.plan import Solution

LEAST_SHARE = 1e-4
"""Of all work, below which a change of a site is left out."""
SCAN = 9
"""Values at which a number is solved whose break points cannot be found."""
NAMED = 3
"""Workloads named of those that move."""


@dataclass(frozen=True)
class Movers:
    """The workloads whose work moves between sites."""

    count: int
    names: tuple[str, ...]
    """Those that move most, the first ones."""


@dataclass(frozen=True)
class SiteChange:
    """What a site does more (or less) of."""

    site: str
    work_unit_h: float
    """Over the horizon."""
    booked_units: Mapping[str, float]
    """By reserved pool of the site, those that are booked higher or lower."""


def moves(problem: Problem, before: Accounts, after: Accounts) -> tuple[SiteChange, ...]:
    """Compare two plans site by site, largest change first; sites without a change are left out."""
    work = after.sites.work_unit_h - before.sites.work_unit_h
    least = LEAST_SHARE * max(1e-9, float(before.sites.work_unit_h.sum()))
    difference = after.pools.booked_units - before.pools.booked_units
    booked = np.abs(difference) > LEAST_SHARE * np.maximum(1e-2, before.pools.booked_units)
    of_site: list[dict[str, float]] = [{} for _ in problem.sites.names]
    for pool in np.flatnonzero(booked).tolist():
        of_site[problem.pools.site[pool]][problem.pools.names[pool]] = float(difference[pool])
    shown = np.flatnonzero((np.abs(work) > least) | np.array([bool(units) for units in of_site]))
    order = shown[np.argsort(-np.abs(work[shown]), kind="stable")]
    return tuple(SiteChange(problem.sites.names[s], float(work[s]), of_site[s]) for s in order.tolist())


def movers(problem: Problem, before: Solution, after: Solution) -> Movers:
    """Find the workloads that are done at other sites, or not at all, in another plan of the same problem."""
    was, now = _work_at_sites(problem, before), _work_at_sites(problem, after)
    moved = np.abs(now - was).max(axis=1)
    least = LEAST_SHARE * np.maximum(was.sum(axis=1), now.sum(axis=1))
    shown = np.flatnonzero((moved > least) & (moved > 0))
    order = shown[np.argsort(-moved[shown], kind="stable")]
    return Movers(len(order), tuple(problem.workloads.names[w] for w in order[:NAMED].tolist()))


def _work_at_sites(problem: Problem, solution: Solution) -> Floats:
    """(W, S) work of each workload at each site."""
    work = np.zeros((problem.workloads.size, problem.sites.size))
    for block in solution.allocation.blocks():
        done = block.unit_h @ problem.horizon.weight[block.periods]
        for column, pool in enumerate(block.pools.tolist()):
            work[block.workloads, problem.pools.site[pool]] += done[:, column]
    return work


PRICES = frozenset(
    f"{section}.{name}"
    for section, kind in get_type_hints(Problem).items()
    if isinstance(kind, type) and is_dataclass(kind)
    for name, meaning in meanings(kind).items()
    if meaning.role is Role.PRICE
)
"""Numbers that only weigh what a plan does: the optimum is concave in them."""

LIST_PRICES = frozenset({"pools.price", "grid.price", "network.price_per_gb", "needs.unit_cost"})
"""Prices that a rule on the cost of some workloads counts."""

CONVEX = frozenset(
    limit.field for limit in LIMITS.values() if limit.ranging is not None and limit.ranging.is_convex
)
"""Numbers that only limit: the optimum is convex in them."""


def _runs_last_alike(one: Problem, other: Problem) -> bool:
    """Whether jobs that run through take as long in both problems, so that they have the same runs."""
    through = one.workloads.runs_through
    volume, rate = one.workloads.volume_unit_h[through], one.workloads.max_rate[through]
    others = other.workloads
    return np.allclose(volume * others.max_rate[through], others.volume_unit_h[through] * rate, rtol=1e-9)


CONVEX_IF: Mapping[str, Callable[[Problem, Problem], bool]] = {
    "workloads.scale": lambda one, other: not _fixed_work_changes(one, other, data_only=True),
    "workloads.profiles": lambda one, other: not _fixed_work_changes(one, other),
    "workloads.volume_unit_h": lambda one, other: (
        not bool((one.workloads.is_job & (one.workloads.data_gb > 0)).any()) and _runs_last_alike(one, other)
    ),
    "workloads.max_rate": _runs_last_alike,
    "pools.availability": lambda one, other: not bool((_changed_rows(one, other) & _is_chosen(one)).any()),
    "rules.limit": lambda one, other: not _shares_change_with_shortfall(one, other),
}
"""Numbers in which the optimum is convex under a condition on the two problems, which the names say."""


class Kind(StrEnum):
    """What a change of the number changes."""

    PRICE = "price"
    LIMIT = "limit"
    LATENCY = "latency"
    OTHER = "other"


@dataclass(frozen=True, eq=False)
class Parameter:
    """A number that is varied."""

    name: str
    unit: str
    """In the config's words."""
    value: float
    low: float
    high: float
    at: Callable[[float], Problem]
    """The problem at another value."""
    kind: Kind
    stops: tuple[float, ...] = ()
    """Values at which something can change, where they are known and few."""


def linear_blend(
    one: Problem, other: Problem, between: Problem, share: float
) -> Callable[[float], Problem] | None:
    """Return a function that blends two problems at any share of the way, if all that differs goes straight.

    `between` is the problem at `share` of the way, to compare with.
    """

    def at(part: float) -> Problem:
        blended: Problem = _blend(one, other, part)
        return blended

    try:
        return at if not list(changed_fields(at(share), between)) else None
    except TypeError:
        return None


def kind_of(one: Problem, other: Problem) -> Kind:
    """Tell from what differs between two problems how the optimum depends on it."""
    try:
        changed = set(changed_fields(one, other))
    except TypeError:
        return Kind.OTHER
    changed -= {"contracts.profile"} if not (one.contracts.max_chosen_kw > 0).any() else set()
    if changed and changed <= PRICES and not _is_limited(one, changed):
        return Kind.PRICE
    if changed and all(_is_convex(name, one, other) for name in changed):
        return Kind.LIMIT
    return Kind.OTHER


def _is_limited(problem: Problem, prices: set[str]) -> bool:
    """Whether a limit on money counts some prices, so that they decide what is possible too."""
    spent = prices - {"workloads.shortfall_price", "objective.carbon_price_per_kg"}
    by_rule = RuleMeasure.COST in problem.rules.measure and bool(prices & LIST_PRICES)
    return by_rule or (bool(spent) and np.isfinite(problem.objective.budget))


def _is_convex(name: str, one: Problem, other: Problem) -> bool:
    """Whether the optimum is convex in a number on the way between two problems."""
    if name in CONVEX_IF:
        return CONVEX_IF[name](one, other)
    return name in CONVEX


def _changed_rows(one: Problem, other: Problem) -> Bools:
    """(P,) pools whose availability differs."""
    changed: Bools = (one.pools.availability != other.pools.availability).any(axis=1)
    return changed


def _is_chosen(problem: Problem) -> Bools:
    """(P,) pools whose units the plan chooses, so that their availability multiplies a variable."""
    pools = problem.pools
    chosen: Bools = (pools.term == Term.RESERVED) | (pools.max_new_units > 0)
    return chosen


def _fixed_work_changes(one: Problem, other: Problem, *, data_only: bool = False) -> bool:
    """Whether work with one split for all periods changes its shape, or its size against its data set."""
    workloads = one.workloads
    fixed = workloads.is_fixed & ((workloads.data_gb > 0) | (not data_only))
    before, after = (arrivals(each, np.flatnonzero(fixed)) for each in (one, other))
    if (workloads.data_gb[fixed] > 0).any() and not np.array_equal(before, after):
        return True
    sums = before.sum(axis=1, keepdims=True), after.sum(axis=1, keepdims=True)
    return not np.allclose(before * sums[1], after * sums[0], rtol=1e-9)


def _shares_change_with_shortfall(one: Problem, other: Problem) -> bool:
    """Whether the share of a rule changes while its work may fall short, so that the share multiplies it."""
    rules = one.rules
    shares = np.array([measure.is_share for measure in rules.measure], dtype=bool)
    changed = shares & (rules.limit != other.rules.limit)
    return bool((rules.member[changed] & one.may_fall_short).any())


def changed_fields(one: Any, other: Any, at: str = "") -> Iterator[str]:
    """Name the numbers in which two problems differ, such as ``pools.price``; rounding is no difference.

    Raise TypeError if they differ in more than numbers.
    """
    if one is other:
        return
    if is_dataclass(one) and type(one) is type(other):
        for field in fields(one):
            name = f"{at}.{field.name}" if at else field.name
            yield from changed_fields(getattr(one, field.name), getattr(other, field.name), name)
    elif isinstance(one, np.ndarray) and one.dtype.kind == "f" and one.shape == other.shape:
        if not np.allclose(one, other, rtol=1e-12, atol=1e-12, equal_nan=True):
            yield at
    elif isinstance(one, np.ndarray) and np.array_equal(one, other):
        return
    elif isinstance(one, float) and isinstance(other, float):
        if not np.isclose(one, other, rtol=1e-12, atol=1e-12):
            yield at
    elif isinstance(one, np.ndarray) or one != other:
        raise TypeError(at)


def _blend(one: Any, other: Any, part: float) -> Any:
    """Go a part of the way from one value to another; what is alike stays the same object."""
    if is_dataclass(one) and not isinstance(one, type):
        pairs = {field.name: (getattr(one, field.name), getattr(other, field.name)) for field in fields(one)}
        changed = {name: _blend(a, b, part) for name, (a, b) in pairs.items()}
        if all(changed[name] is a for name, (a, _) in pairs.items()):
            return one
        return replace(one, **changed)
    if isinstance(one, np.ndarray) and one.dtype.kind == "f" and one.shape == other.shape:
        alike = (one == other) | (np.isnan(one) & np.isnan(other))
        if alike.all():
            return one
        way = np.subtract(other, one, out=np.zeros_like(one), where=~alike)
        return one + part * way
    if isinstance(one, float) and isinstance(other, float):
        return one if one == other else one + part * (other - one)
    if one is other or (np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other):
        return one
    raise TypeError(type(one).__name__)
