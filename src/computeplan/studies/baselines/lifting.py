"""Limits that a policy breaks, lifted so that it can be compared with all the same.

An elastic solve finds the least that has to give way. Units of pools and new units are then raised by what is
missing, as nobody can use units without end; every other limit is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np

from computeplan.explanations.ways_out import quick
from computeplan.grouping import merge
from computeplan.lp.elastic import Relaxable, soften
from computeplan.problem import Floats, Ints, Problem
from computeplan.problem.limits import LIMITS, LimitKind
from computeplan.solvers import SolverOptions, solve

LIFTED: Mapping[LimitKind, float | None] = {
    LimitKind.CAPACITY: None,
    LimitKind.BOOKABLE_UNITS: None,
    LimitKind.NEW_UNITS: None,
    LimitKind.MIN_UNITS: 0.0,
    LimitKind.CAP: inf,
    LimitKind.IMPORT_LIMIT: inf,
    LimitKind.RENEWABLE_SHARE: 0.0,
    LimitKind.BANDWIDTH: inf,
    LimitKind.CARBON_CAP: inf,
}
"""Limits that may be lifted, and the number that is none; None where they are raised instead."""

MARGINS = (1e-6, 1e-3, 0.05)
"""Shares by which limits are raised beyond what is missing, in turn: more units draw more idle power."""

GIVES = 1e-7
"""A relief above this share of the largest is more than a solver's rounding."""


@dataclass(frozen=True)
class LiftedLimit:
    """A limit that a policy breaks."""

    kind: LimitKind
    name: str
    """What is limited."""
    more: float
    """By how much it is raised, in its unit; inf where it is left out."""

    def phrase(self, language: str) -> str:
        """Name the limit, such as ``units of city/own``."""
        return LIMITS[self.kind].phrase.in_language(language, self.name)

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        more = self.more if np.isfinite(self.more) else None
        return {"limit": self.kind.value, "name": self.name, "more": more}


def read_lifted(data: Iterable[Mapping[str, Any]]) -> tuple[LiftedLimit, ...]:
    """Read lifted limits from their data."""
    return tuple(
        LiftedLimit(LimitKind(each["limit"]), each["name"], inf if each["more"] is None else each["more"])
        for each in data
    )


def find_broken_limits(problem: Problem, options: SolverOptions) -> Iterator[tuple[LiftedLimit, ...]]:
    """Find the least set of limits without which an infeasible problem has a plan, with more and more margin.

    Empty where no set of them is enough.
    """
    grouping = merge(problem)
    nobody = np.zeros(grouping.problem.workloads.size, dtype=bool)
    elastic = soften(grouping, Relaxable(nobody, nobody, nobody, nobody, nobody))
    result = solve(elastic.only(LIFTED.keys()), quick(options, elastic.lp.n_columns))
    if result.values is None:
        return
    missing = {
        kind: (reliefs.things, result.values[reliefs.columns])
        for kind, reliefs in elastic.reliefs.items()
        if kind in LIFTED
    }
    for margin in MARGINS:
        yield tuple(_lifted(problem, missing, margin))


def _lifted(
    problem: Problem, missing: Mapping[LimitKind, tuple[Ints, Floats]], margin: float
) -> Iterator[LiftedLimit]:
    for kind, (things, amounts) in missing.items():
        least = GIVES * max(1.0, float(amounts.max(initial=0.0)))
        for thing, amount in zip(things.tolist(), amounts.tolist(), strict=True):
            if amount > least:
                more = amount * (1 + margin) if LIFTED[kind] is None else inf
                yield LiftedLimit(kind, _names(problem, kind)[thing], more)


def _names(problem: Problem, kind: LimitKind) -> Sequence[str]:
    """Names of all that one kind of limit is on."""
    names = {
        "pools": problem.pools.names,
        "caps": problem.caps.names,
        "grid": problem.sites.names,
        "network": problem.network.link_names,
        "objective": ("",),
    }
    return names[LIMITS[kind].section]


def lift_limits(problem: Problem, lifted: Iterable[LiftedLimit]) -> Problem:
    """Raise limits of a problem, or leave them out."""
    for limit in lifted:
        section, _, name = LIMITS[limit.kind].field.partition(".")
        part: Any = getattr(problem, section)
        number, none = getattr(part, name), LIFTED[limit.kind]
        if np.ndim(number):
            number = np.array(number, dtype=np.float64)
            place = _names(problem, limit.kind).index(limit.name)
            number[place] = number[place] + limit.more if none is None else none
        else:
            number = none
        problem = replace(problem, **{section: replace(part, **{name: number})})
    return problem
