"""One number of a problem that is varied, and what kind of number it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from computeplan.problem import Problem

PRICES = {
    "grid.price",
    "grid.demand_charge",
    "pools.price",
    "contracts.price",
    "network.price_per_gb",
    "needs.unit_cost",
    "workloads.shortfall_price",
    "objective.carbon_price_per_kg",
}
"""Numbers that only weigh what a plan does: the optimum is concave in them."""

LIMITS = {
    "pools.min_units",
    "pools.max_units",
    "grid.import_limit_kw",
    "contracts.available_kw",
    "network.bandwidth_gb_per_h",
    "caps.limit",
    "objective.carbon_cap_kg",
    "workloads.scale",
    "workloads.profiles",
}
"""Numbers that only stand at the right of the constraints: the optimum is convex in them."""


class Kind(StrEnum):
    """What a change of the number changes."""

    PRICE = "price"
    LIMIT = "limit"
    LATENCY = "latency"
    OTHER = "other"


@dataclass(frozen=True, eq=False)
class Parameter:
    """A number that is varied.

    Attributes
    ----------
    name, unit : str
        In the config's words.
    value : float
        As it stands.
    low, high : float
        Between which it is varied.
    at : callable
        The problem at another value.
    kind : Kind
    stops : tuple of float
        Values at which something can change, where they are known and few.
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    at: Callable[[float], Problem]
    kind: Kind
    stops: tuple[float, ...] = ()


def straight(
    one: Problem, other: Problem, between: Problem, share: float
) -> Callable[[float], Problem] | None:
    """Blend two problems, if all that differs goes straight from one to the other.

    Parameters
    ----------
    one, other : Problem
    between : Problem
        At a share of the way; it tells whether the way is straight.
    share : float

    Returns
    -------
    callable or None
        Gives the problem at any share of the way.
    """

    def at(part: float) -> Problem:
        blended: Problem = _blend(one, other, part)
        return blended

    try:
        return at if not list(differences(at(share), between)) else None
    except TypeError:
        return None


def kind_of(one: Problem, other: Problem) -> Kind:
    """Tell by what differs between two problems.

    Parameters
    ----------
    one, other : Problem
    """
    try:
        changed = set(differences(one, other))
    except TypeError:
        return Kind.OTHER
    if changed and changed <= PRICES:
        return Kind.PRICE
    if changed and changed <= LIMITS:
        return Kind.LIMIT
    return Kind.OTHER


def differences(one: Any, other: Any, at: str = "") -> Iterator[str]:
    """Name the numbers in which two problems differ, such as ``pools.price``; rounding is no difference.

    Raises
    ------
    TypeError
        If they differ in more than numbers.
    """
    if one is other:
        return
    if is_dataclass(one) and type(one) is type(other):
        for field in fields(one):
            name = f"{at}.{field.name}" if at else field.name
            yield from differences(getattr(one, field.name), getattr(other, field.name), name)
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
