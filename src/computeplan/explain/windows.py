"""Relief of delays, deadlines, rates and undone work in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from computeplan.config import Setting
from computeplan.explain.answer import Answer, Homes
from computeplan.explain.suggestion import Change, Relaxation, yaml_number
from computeplan.explain.wording import moment, number, stretches, workloads_named
from computeplan.grouping import Grouping
from computeplan.lp.arrivals import largest_backlog
from computeplan.lp.elastic import SoftKind, Yielding
from computeplan.lp.elastic.work import hours_to
from computeplan.problem import Bools, Ints, Problem

STEPS_A_PERIOD = 4
"""A longer delay is told to this part of a period."""
PRICED_OUT = 1000.0
"""Shortfall price, in the dearest unit·h: no plan leaves work undone that it can do."""


@dataclass
class _Ask:
    """What is asked of the workloads of one setting."""

    setting: Setting
    old: float
    new: float
    amount: float
    workloads: list[int] = field(default_factory=list)


def may_yield(problem: Problem, grouping: Grouping, homes: Homes) -> Yielding:
    """Tell what the classes of a grouping may be asked: that for which each member has a setting.

    Parameters
    ----------
    problem : Problem
    grouping : Grouping
    homes : Homes
    """
    work = problem.workloads
    described = np.array([bool(home) for home in homes.of], dtype=bool)
    delay, deadline, rate = np.zeros((3, work.size), dtype=bool)
    for w in np.flatnonzero(described & (work.max_delay_h > 0)).tolist():
        delay[w] = _delay_setting(problem, homes, w) is not None
    for w in np.flatnonzero(described & work.is_job).tolist():
        deadline[w] = _deadline_setting(problem, homes, w) is not None
        rate[w] = np.isfinite(work.max_rate[w]) and _rate_setting(problem, homes, w) is not None
    masks = (delay, deadline, rate, described)
    return Yielding(*(_in_all(mask, grouping) for mask in masks))


def _in_all(mask: Bools, grouping: Grouping) -> Bools:
    lacking = np.bincount(grouping.class_of, weights=~mask, minlength=grouping.size)
    return lacking == 0


def window_relaxations(answer: Answer) -> Iterator[Relaxation]:
    """Say which work gives way.

    Parameters
    ----------
    answer : Answer
    """
    yield from _told(answer, SoftKind.DELAY, _delays(answer))
    yield from _told(answer, SoftKind.DEADLINE, _deadlines(answer))
    yield from _told(answer, SoftKind.RATE, _rates(answer))
    yield from _undone(answer)


def _delays(answer: Answer) -> Iterator[tuple[int, Setting | None, float, float]]:
    """Workload, setting, old and new `max_delay` of all that wait longer."""
    limit = answer.elastic.limits.get(SoftKind.DELAY)
    index, _ = answer.relief(SoftKind.DELAY)
    for c in np.unique(limit.things[index]).tolist() if limit else ():
        old = float(answer.grouping.problem.workloads.max_delay_h[c])
        new = _least_delay_h(answer, c)
        for w in answer.grouping.members_of(c).tolist():
            yield w, _delay_setting(answer.problem, answer.homes, w), old, new


def _least_delay_h(answer: Answer, c: int) -> float:
    """Find the shortest delay within which all waits that the plan needs."""
    model, problem = answer.elastic.model, answer.grouping.problem
    slots = np.arange(model.slots.start[c], model.slots.start[c + 1])
    waiting = answer.values[model.variables.backlog[slots]]
    period = model.slots.period[slots]
    old, step = float(problem.workloads.max_delay_h[c]), problem.horizon.period_h / STEPS_A_PERIOD
    low, high = 0, int(np.ceil((model.problem.workloads.max_delay_h[c] - old) / step))
    while high - low > 1:
        middle = (low + high) // 2
        delays = problem.workloads.max_delay_h.copy()
        delays[c] = old + middle * step
        tried = replace(problem, workloads=replace(problem.workloads, max_delay_h=delays))
        bound = largest_backlog(tried, model.demand, np.array([c]))[0, period]
        fits = (waiting <= bound + 1e-9 * max(1.0, float(waiting.max()))).all()
        low, high = (low, middle) if fits else (middle, high)
    steps = high if answer.rounding.margin == 0 else high + 1
    return old + steps * step


def _deadlines(answer: Answer) -> Iterator[tuple[int, Setting | None, float, float]]:
    """Workload, setting, old and new deadline of the jobs that end later."""
    limit, work = answer.elastic.limits.get(SoftKind.DEADLINE), answer.problem.workloads
    index, _ = answer.relief(SoftKind.DEADLINE)
    for c in np.unique(limit.things[index]).tolist() if limit else ():
        periods = limit.periods[index[limit.things[index] == c]] if limit else np.zeros(0, np.int64)
        hours = hours_to(answer.grouping.problem, np.full(len(periods), c), periods)
        new = float(answer.grouping.problem.workloads.release_h[c] + hours.max())
        for w in answer.grouping.members_of(c).tolist():
            setting = _deadline_setting(answer.problem, answer.homes, w)
            yield w, setting, float(work.deadline_h[w]), new


def _rates(answer: Answer) -> Iterator[tuple[int, Setting | None, float, float]]:
    """Workload, setting, old and new rate of the jobs that go faster."""
    limit, work = answer.elastic.limits.get(SoftKind.RATE), answer.problem.workloads
    merged = answer.grouping.problem.workloads
    for index, amount in zip(*answer.relief(SoftKind.RATE), strict=True):
        c = int(limit.things[index]) if limit else 0
        factor = 1 + answer.rounding.up(amount / merged.max_rate[c])
        for w in answer.grouping.members_of(c).tolist():
            old = float(work.max_rate[w])
            yield w, _rate_setting(answer.problem, answer.homes, w), old, old * factor


def _told(
    answer: Answer, kind: SoftKind, asked: Iterator[tuple[int, Setting | None, float, float]]
) -> Iterator[Relaxation]:
    """Join what is asked of one setting, and settings of which the same is asked."""
    by_path: dict[str, _Ask] = {}
    for w, setting, old, new in asked:
        if setting is None:  # pragma: no cover - only work that has a setting yields
            continue
        ask = by_path.setdefault(setting.path, _Ask(setting, old, new, new - old))
        if new - old > ask.amount or (setting.over and setting.written(new) < ask.setting.written(ask.new)):
            ask.setting, ask.old, ask.new, ask.amount = setting, old, new, new - old
        ask.workloads.append(w)
    alike: dict[tuple[float, float], list[_Ask]] = defaultdict(list)
    for ask in by_path.values():
        alike[ask.old, ask.new].append(ask)
    for asks in alike.values():
        yield _joined(answer, kind, asks)


def _joined(answer: Answer, kind: SoftKind, asks: list[_Ask]) -> Relaxation:
    workloads = np.array(sorted(w for ask in asks for w in ask.workloads), np.int64)
    changes = tuple(
        Change(ask.setting.path, yaml_number(ask.setting.written(ask.new), ask.setting.unit)) for ask in asks
    )
    old, new = asks[0].old, asks[0].new
    several = len(workloads) > 1
    unit, statement = "h", ""
    match kind:
        case SoftKind.DELAY:
            verb = "accept" if several else "accepts"
            statement = f"{verb} {number(new - old)} h more delay (max_delay {number(new)} instead of {number(old)} h)"
        case SoftKind.DEADLINE:
            verb = "may end" if several else "ends"
            statement = f"{verb} {number(new - old)} h later ({_deadline_words(answer.problem, old, new)})"
        case _:
            unit, verb = "unit", "go" if several else "goes"
            statement = (
                f"{verb} {number(new - old)} units faster (max_rate {number(new)} instead of {number(old)})"
            )
    return Relaxation(kind, _owned(answer.problem, workloads), statement, new - old, unit, "", changes)


def _deadline_words(problem: Problem, old_h: float, new_h: float) -> str:
    """Write deadlines as local times, or in hours where they lie beyond the horizon or inside a period."""
    horizon = problem.horizon
    edges = [hours / horizon.period_h for hours in (old_h, new_h)]
    written = len(horizon.blocks) == 1 and all(
        edge <= horizon.size and abs(edge - round(edge)) < 1e-9 for edge in edges
    )
    if not written:
        return f"deadline {number(new_h)} instead of {number(old_h)} h after the start"
    old, new = (moment(horizon, round(edge)) for edge in edges)
    return f"deadline {new} instead of {old}"


def _undone(answer: Answer) -> Iterator[Relaxation]:
    """Say which work is left undone, class by class."""
    limit, problem = answer.elastic.limits.get(SoftKind.UNDONE), answer.problem
    index, amount = answer.relief(SoftKind.UNDONE)
    if limit is None or not len(index):
        return
    classes, price = limit.things[index], _prohibitive_price(problem)
    demand = answer.elastic.model.demand
    for c in np.unique(classes).tolist():
        mine = index[classes == c]
        fixed = bool(problem.workloads.is_fixed[answer.grouping.members_of(c)[0]])
        unit_h = float(amount[classes == c].sum()) * (float(demand.of(np.array([c])).sum()) if fixed else 1.0)
        members = answer.grouping.members_of(c)
        paths = dict.fromkeys(f"{answer.homes.of[w]}.shortfall_price" for w in members.tolist())
        periods = limit.periods[mine]
        when = np.zeros(problem.horizon.size, dtype=bool)
        when[periods[periods >= 0]] = True
        yield Relaxation(
            SoftKind.UNDONE,
            _owned(problem, members),
            f"{number(unit_h)} unit·h left undone (at shortfall_price {number(price)} {problem.currency}/unit/h)",
            unit_h,
            "unit·h",
            stretches(problem.horizon, when),
            tuple(Change(path, yaml_number(price, f"{problem.currency}/unit/h")) for path in paths),
        )


def _prohibitive_price(problem: Problem) -> float:
    """Price above what any unit·h can cost, as a round number."""
    energy = problem.grid.price.max(initial=0.0) * float(
        (problem.pue * problem.busy_kw[:, None]).max(initial=0.0)
    )
    dearest = problem.pools.price.max(initial=0.0) + energy + problem.needs.unit_cost.max(initial=0.0)
    return float(10.0 ** np.ceil(np.log10(PRICED_OUT * max(1.0, float(dearest)))))


def _owned(problem: Problem, workloads: Ints) -> str:
    """Name workloads, and the company if it is one and bears another name."""
    named = workloads_named(problem.workloads.names, workloads)
    owners = np.unique(problem.workloads.company[workloads])
    owner = problem.companies.names[int(owners[0])]
    alone = len(owners) == 1 and owner != problem.workloads.names[int(workloads[0])]
    return f"company {owner}, {named}" if alone else named


def _delay_setting(problem: Problem, homes: Homes, w: int) -> Setting | None:
    return homes.settings.number(homes.of[w], "max_delay", float(problem.workloads.max_delay_h[w]), "h")


def _deadline_setting(problem: Problem, homes: Homes, w: int) -> Setting | None:
    work = problem.workloads
    return homes.settings.deadline(homes.of[w], float(work.release_h[w]), float(work.deadline_h[w]))


def _rate_setting(problem: Problem, homes: Homes, w: int) -> Setting | None:
    work = problem.workloads
    return homes.settings.max_rate(homes.of[w], float(work.volume_unit_h[w]), float(work.max_rate[w]))
