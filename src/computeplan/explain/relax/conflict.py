"""Requirements and limits that cannot hold together, as HiGHS finds them, in the config's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.decomposition.parts import restricted
from computeplan.explain.relax.answer import Answer
from computeplan.explain.wording import listed, stretches, workloads_named
from computeplan.lp.linear_program import Family
from computeplan.problem import Bools, Ints, Problem
from computeplan.solvers import infeasible_subset

MOST_ROWS = 20_000
"""Of the rows with a price; more would take HiGHS too long to thin out."""
TIME_LIMIT_S = 20.0
PRICED = 1e-9
"""Share of the largest price from which a row is part of the conflict."""
WINDOWS = {"soft_max_delay", "soft_deadline", "soft_max_rate", "backlog"}
"""Families whose periods say nothing: what they stand for holds all the time."""

_Words = Callable[[Answer, int], str]


@dataclass(frozen=True)
class Conflict:
    """What cannot hold together.

    Attributes
    ----------
    parts : tuple of str
        Requirements and limits, one line each.
    irreducible : bool
        Without any one of them, in its periods, the rest can hold.
    """

    parts: tuple[str, ...]
    irreducible: bool

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        return {"parts": list(self.parts), "irreducible": self.irreducible}


def conflict_of(answer: Answer) -> Conflict | None:
    """Find what cannot hold together in the problem as it is.

    The rows with a price in the elastic program contradict already; HiGHS thins them out.

    Parameters
    ----------
    answer : Answer
        Of the least change.
    """
    price = np.abs(answer.row_duals)
    priced = np.flatnonzero(price > PRICED * price.max(initial=0.0))
    if not 0 < len(priced) <= MOST_ROWS:
        return None
    lp = answer.elastic.only(())
    touched = np.isin(lp.rows, priced)
    columns = np.unique(np.repeat(np.arange(lp.n_columns), np.diff(lp.starts))[touched])
    part = restricted(lp, columns, priced)
    subset = infeasible_subset(part.lp, TIME_LIMIT_S)
    if subset is None:
        return None
    rows, bounds = part.rows[subset.rows], part.columns[subset.columns]
    parts = (*_told(answer, lp.row_families, rows), *_told(answer, lp.column_families, bounds))
    return Conflict(listed(tuple(dict.fromkeys(parts))), subset.irreducible)


def _told(answer: Answer, families: tuple[Family, ...], index: Ints) -> Iterator[str]:
    """Name the rows or columns that stand for something in the config, thing by thing."""
    for family in families:
        at = index[(index >= family.first) & (index < family.first + family.size)] - family.first
        words = _WORDS.get(family.name)
        if words is None or not len(at):
            continue
        things = family.keys[0][at]
        has_periods = len(family.keys) > 1 and family.name not in WINDOWS
        periods = family.keys[1][at] if has_periods else np.zeros(0, np.int64)
        for thing in np.unique(things).tolist():
            mask = np.zeros(answer.problem.horizon.size, dtype=bool)
            if len(periods):
                mask[periods[things == thing]] = True
            when = stretches(answer.problem.horizon, mask)
            told = words(answer, thing)
            if told:
                yield f"{told}{f', {when}' if when else ''}"


def _placement(answer: Answer, placement: int) -> str:
    grouping = answer.grouping
    work = grouping.problem.workloads
    at_once = ~work.is_job & ~work.is_fixed & (work.max_delay_h == 0)
    return _work(answer, at_once & (grouping.placement_of == placement), "demand of")


def _work(answer: Answer, classes: Bools, what: str) -> str:
    members = np.flatnonzero(classes[answer.grouping.class_of])
    return f"{what} {workloads_named(answer.problem.workloads.names, members)}" if len(members) else ""


def _of_class(what: str) -> _Words:
    def told(answer: Answer, c: int) -> str:
        classes = np.zeros(answer.grouping.size, dtype=bool)
        classes[c] = True
        return _work(answer, classes, what)

    return told


def _named(what: str, names: Callable[[Problem], Sequence[str]]) -> _Words:
    def told(answer: Answer, thing: int) -> str:
        return f"{what} {names(answer.problem)[thing]}"

    return told


def _pools(problem: Problem) -> Sequence[str]:
    return problem.pools.names


_WORDS: dict[str, _Words] = {
    "placement": _placement,
    "deferral": _of_class("demand of"),
    "job_volume": _of_class("volume of"),
    "fixed_split": _of_class("demand of"),
    "cap": _named("cap", lambda problem: problem.caps.names),
    "carbon_cap": lambda answer, _: f"carbon cap, {answer.problem.objective.basis} basis",
    "soft_capacity": _named("capacity of pool", _pools),
    "soft_booking": _named("min_units of pool", _pools),
    "soft_import_limit": _named("import_limit of site", lambda problem: problem.sites.names),
    "soft_bandwidth": _named("bandwidth of link", lambda problem: problem.network.link_names),
    "soft_max_delay": _of_class("max_delay of"),
    "soft_deadline": _of_class("deadline of"),
    "soft_max_rate": _of_class("max_rate of"),
    "backlog": _of_class("max_delay of"),
    "contract": _named("power of contract", lambda problem: problem.contracts.names),
}
"""How rows and bounds are told; what is not named here defines something and asks nothing."""
