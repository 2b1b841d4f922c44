"""Requirements and limits that cannot hold together, in the config's words.

HiGHS finds an irreducible infeasible subsystem (IIS) of the linear program. What only contradicts in whole
numbers has none: there, limits are left out one by one as long as the rest has no plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from computeplan.explanations.relaxation import Answer
from computeplan.explanations.wording import SHOWN_NAMES, stretches, workloads_named
from computeplan.lp.elastic import Reliefs, family
from computeplan.lp.program import Family, LinearProgram
from computeplan.problem import Bools, Floats, Ints, Problem
from computeplan.problem.limits import LIMITS, LimitKind
from computeplan.solvers import find_infeasible_subsystem
from computeplan.solvers.subproblems import restrict_program
from computeplan.text import first_lines, number, some_names

MOST_ROWS = 20_000
"""Of the rows with a dual; more would take HiGHS too long to thin out."""
TIME_LIMIT_S = 20.0
PRICED = 1e-9
"""Share of the largest dual from which a row is part of the conflict."""


@dataclass(frozen=True)
class Conflict:
    """What cannot hold together."""

    parts: tuple[str, ...]
    """Requirements and limits, one line each."""
    irreducible: bool
    """Without any one of them, in its periods, the rest can hold."""

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        return {"parts": list(self.parts), "irreducible": self.irreducible}


def linear_conflict(answer: Answer, row_duals: Floats) -> Conflict | None:
    """Find what cannot hold together in the linear program as it is.

    The rows with a dual in an optimum above 0 of the elastic program, whole numbers left out, contradict
    already; HiGHS thins them out.
    """
    price = np.abs(row_duals)
    priced = np.flatnonzero(price > PRICED * price.max(initial=0.0))
    if not 0 < len(priced) <= MOST_ROWS:
        return None
    lp = answer.elastic.only(())
    touched = np.isin(lp.rows, priced)
    columns = np.unique(np.repeat(np.arange(lp.n_columns), np.diff(lp.starts))[touched])
    part = restrict_program(lp, columns, priced)
    subset = find_infeasible_subsystem(part.lp, TIME_LIMIT_S)
    if subset is None:
        return None
    found = _limits_of(answer, lp.row_families, part.rows[subset.rows])
    return Conflict(_list_parts(answer, found), subset.irreducible) if found else None


def whole_conflict(answer: Answer, is_infeasible: Callable[[LinearProgram], bool]) -> Conflict | None:
    """Find what cannot hold together in whole numbers: leave out limits while the rest is infeasible."""
    elastic, end = answer.elastic, monotonic() + TIME_LIMIT_S
    if not is_infeasible(elastic.only(())):
        return None
    kept = list(elastic.reliefs.items())
    for by_thing in (False, True):
        if by_thing:
            kept = [(kind, part) for kind, reliefs in kept for part in _by_thing(reliefs)]
        for candidate in tuple(kept):
            others = [each for each in kept if each is not candidate]
            if monotonic() > end:
                break
            if is_infeasible(elastic.without(reliefs for _, reliefs in others)):
                kept = others
    things = ((kind, thing) for kind, reliefs in kept for thing in np.unique(reliefs.things).tolist())
    always = np.zeros(answer.problem.horizon.size, dtype=bool)
    parts = _list_parts(answer, dict.fromkeys(things, always))
    return Conflict(parts, irreducible=monotonic() <= end)


def _by_thing(reliefs: Reliefs) -> list[Reliefs]:
    """Take the reliefs of each thing apart."""
    masks = (reliefs.things == thing for thing in np.unique(reliefs.things).tolist())
    parts = (reliefs.things, reliefs.periods, reliefs.columns, reliefs.uses)
    return [Reliefs(*(part[mask] for part in parts)) for mask in masks]


def _limits_of(
    answer: Answer, families: tuple[Family, ...], index: Ints
) -> dict[tuple[LimitKind, int], Bools]:
    """Collect the limits that rows impose, each with the periods of its rows, if it has any."""
    found: dict[tuple[LimitKind, int], Bools] = {}
    nothing = np.zeros(answer.problem.horizon.size, dtype=bool)
    for rows in families:
        at = index[(index >= rows.first) & (index < rows.first + rows.size)] - rows.first
        kind = _KINDS.get(rows.name)
        if kind is None:
            continue
        by_period = len(rows.keys) > 1 and rows.name not in _WITHOUT_PERIODS
        for row in at.tolist():
            thing = _thing(answer, rows.name, int(rows.keys[0][row]))
            if thing is None:
                continue
            for named in (kind, *_also(answer, rows.name, thing)):
                periods = found.setdefault((named, thing), nothing.copy())
                if by_period:
                    periods[rows.keys[1][row]] = True
    return found


def _also(answer: Answer, name: str, thing: int) -> tuple[LimitKind, ...]:
    """Name what else rows hold: demand and the split of work that is fixed, but not whole."""
    is_fixed = name == "fixed_split" and not answer.grouping.problem.workloads.is_whole[thing]
    return (LimitKind.FIXED_SPLIT,) if is_fixed else ()


def _thing(answer: Answer, name: str, key: int) -> int | None:
    """Find what the limit of a row belongs to; the sites of levels, as −1 − placement the work of those.

    None for a placement all of whose work waits or is a job that may pause: other rows require that work.
    """
    if name == "open_level":
        return int(answer.problem.pools.site[key])
    if name not in {"placement", "run"}:
        return key
    return -1 - key if _of_placement(answer, key).any() else None


def _of_placement(answer: Answer, placement: int) -> Bools:
    """(classes,) whether a class is of a placement, and is done at once or runs through."""
    work = answer.grouping.problem.workloads
    at_once = ~work.is_job & ~work.is_fixed & (work.max_delay_h == 0)
    mine: Bools = (at_once | work.runs_through) & (answer.grouping.placement_of == placement)
    return mine


def _list_parts(answer: Answer, found: dict[tuple[LimitKind, int], Bools]) -> tuple[str, ...]:
    """Name limits as the catalog does, each with its periods; many of one kind in one line."""
    things: dict[LimitKind, list[int]] = defaultdict(list)
    for kind, thing in found:
        things[_shown_as(answer, kind, thing)].append(thing)
    lines: dict[str, None] = {}
    for kind, thing in found:
        shown = _shown_as(answer, kind, thing)
        alike = things[shown] if len(things[shown]) > SHOWN_NAMES else [thing]
        periods = [when for (other, each), when in found.items() if other is kind and each in alike]
        when = stretches(answer.problem.horizon, np.logical_or.reduce(periods))
        name = LIMITS[shown].phrase.en.format(_name(answer, kind, alike))
        lines[f"{name}{f', {when}' if when else ''}"] = None
    return first_lines(tuple(lines))


def _shown_as(answer: Answer, kind: LimitKind, thing: int) -> LimitKind:
    """Name shortfall by what must be done."""
    if kind is not LimitKind.SHORTFALL:
        return kind
    is_job = answer.grouping.problem.workloads.is_job[thing]
    return LimitKind.JOB_VOLUME if is_job else LimitKind.DEMAND


def _name(answer: Answer, kind: LimitKind, things: Sequence[int]) -> str:
    """Name what limits of a kind belong to, by the part of the problem that holds their number."""
    room = LIMITS[kind].section
    if room == "objective":
        return ""
    if room == "workloads":
        members = np.unique(np.concatenate([_members(answer, thing) for thing in things]))
        return workloads_named(answer.problem.workloads.names, members)
    names = [_name_one(answer.problem, room, kind, thing) for thing in things]
    return names[0] if len(names) == 1 else some_names(names, SHOWN_NAMES)


def _name_one(problem: Problem, room: str, kind: LimitKind, thing: int) -> str:
    if room == "pools":
        step = float(problem.pools.step_units[thing])
        in_steps = f" in steps of {number(step)}" if step and kind is not LimitKind.STEP else ""
        return f"{problem.pools.names[thing]}{in_steps}"
    if room == "network":
        return problem.network.link_names[thing]
    names: tuple[str, ...] = getattr(problem, "sites" if room == "grid" else room).names
    return names[thing]


def _members(answer: Answer, thing: int) -> Ints:
    """Find the workloads of a class, or those of placement −1 − thing whose work its rows require."""
    grouping = answer.grouping
    classes = _of_placement(answer, -1 - thing) if thing < 0 else np.arange(grouping.size) == thing
    return np.flatnonzero(classes[grouping.class_of])


_KINDS: dict[str, LimitKind] = {
    **{
        row: kind
        for kind, limit in reversed(LIMITS.items())
        for row in limit.rows
        if row not in {"booking", "launch"}
    },
    **{family("soft", kind): kind for kind in LIMITS},
    "backlog": LimitKind.MAX_DELAY,
    "open_load": LimitKind.CAPACITY,
    # The sizes in these rows are as large as could be needed; the real ones are in soft rows.
    "direction": LimitKind.BATTERY_DIRECTION,
}
"""Kind of limit that rows impose, by family; others define something. A booking follows from its level,
what is launched from what starts."""
_WITHOUT_PERIODS = {
    *("soft_max_delay", "soft_deadline", "soft_max_rate", "soft_whole_workload"),
    *("open_level", "run"),
}
"""Families whose limits hold all the time."""
