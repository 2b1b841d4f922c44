"""Relief of delays, deadlines and rates in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from computeplan.config import Setting
from computeplan.explain.relax.answer import Answer, Homes
from computeplan.explain.relax.suggestion import Change, Relaxation, yaml_number
from computeplan.explain.relax.undone import owned, undone_work
from computeplan.explain.wording import moment, number
from computeplan.grouping import Grouping
from computeplan.lp.arrivals import largest_backlog
from computeplan.lp.elastic import SoftKind, Yielding
from computeplan.lp.elastic.work import hours_to
from computeplan.problem import Bools, Problem

STEPS_A_PERIOD = 4
"""A longer delay is told to this part of a period."""


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
    in_all: Bools = lacking == 0
    return in_all


def window_relaxations(answer: Answer) -> Iterator[Relaxation]:
    """Say which work gives way.

    Parameters
    ----------
    answer : Answer
    """
    yield from _told(answer, SoftKind.DELAY, _delays(answer))
    yield from _told(answer, SoftKind.DEADLINE, _deadlines(answer))
    yield from _told(answer, SoftKind.RATE, _rates(answer))
    yield from undone_work(answer)


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
    old, new, setting = asks[0].old, asks[0].new, asks[0].setting
    verbs = _VERBS[kind][len(workloads) > 1]
    more = f"{number(new - old)} {'units' if kind is SoftKind.RATE else 'h'}"
    statement = f"{verbs.format(more)} ({_instead(answer.problem, setting, kind, old, new)})"
    unit = "unit" if kind is SoftKind.RATE else "h"
    return Relaxation(kind, owned(answer.problem, workloads), statement, new - old, unit, "", changes)


_VERBS = {
    SoftKind.DELAY: ("accepts {} more delay", "accept {} more delay"),
    SoftKind.DEADLINE: ("ends {} later", "may end {} later"),
    SoftKind.RATE: ("goes {} faster", "go {} faster"),
}
"""What one workload does, and what several do."""


def _instead(problem: Problem, setting: Setting, kind: SoftKind, old: float, new: float) -> str:
    """Write the new and the old value of a setting, in the words of the config."""
    if kind is SoftKind.DEADLINE and setting.path.endswith("deadline"):
        return _deadline_words(problem, old, new)
    name = {SoftKind.DEADLINE: "window", SoftKind.RATE: "run_time" if setting.over else "max_rate"}
    written = f"{number(setting.written(new))} instead of {number(setting.written(old))}"
    return f"{name.get(kind, 'max_delay')} {written}{' h' if setting.unit == 'h' else ''}"


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


def _delay_setting(problem: Problem, homes: Homes, w: int) -> Setting | None:
    return homes.settings.number(homes.of[w], "max_delay", float(problem.workloads.max_delay_h[w]), "h")


def _deadline_setting(problem: Problem, homes: Homes, w: int) -> Setting | None:
    work = problem.workloads
    return homes.settings.deadline(homes.of[w], float(work.release_h[w]), float(work.deadline_h[w]))


def _rate_setting(problem: Problem, homes: Homes, w: int) -> Setting | None:
    work = problem.workloads
    return homes.settings.max_rate(homes.of[w], float(work.volume_unit_h[w]), float(work.max_rate[w]))
