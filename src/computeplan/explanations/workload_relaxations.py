"""Relief of workloads in words: delays, deadlines, rates, mobility and shortfall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from computeplan.config import Setting
from computeplan.explanations.limit_relaxations import key_of
from computeplan.explanations.relaxation import (
    Answer,
    Relaxation,
    SettingChange,
    WorkloadPaths,
    change_setting,
    edit_workloads,
    yaml_number,
)
from computeplan.explanations.wording import moment, stretches, workloads_named
from computeplan.grouping import Grouping
from computeplan.lp.elastic import Relaxable
from computeplan.lp.elastic.work import hours_to
from computeplan.lp.windows import largest_backlog
from computeplan.problem import Bools, Ints, Problem
from computeplan.problem.limits import LimitKind
from computeplan.text import number

PRICED_OUT = 1000.0
"""Shortfall price, in the dearest unit·h: no plan leaves a shortfall that it can avoid."""


def _shortfalls(answer: Answer) -> Iterator[Relaxation]:
    """Say which work falls short, class by class."""
    problem, (classes, periods, amount) = answer.problem, answer.given(LimitKind.SHORTFALL)
    price, per_unit_h = _prohibitive_price(problem), f"{problem.currency}/unit/h"
    for c in np.unique(classes).tolist():
        members, mine = answer.grouping.members_of(c), classes == c
        unit_h = float(amount[mine].sum())
        if problem.workloads.is_fixed[members[0]]:
            unit_h *= float(answer.elastic.model.arrivals.by_period(np.array([c])).sum())
        statement = f"{number(unit_h)} unit·h of shortfall (shortfall_price {number(price)} {per_unit_h})"
        yield Relaxation(
            key_of(LimitKind.SHORTFALL),
            owned(problem, members),
            statement,
            unit_h,
            "unit·h",
            _when(problem, periods[mine]),
            _changes(
                problem,
                answer.paths,
                members,
                ("shortfall_price", yaml_number(price, per_unit_h)),
                {"shortfall_price": price},
            ),
        )


def _changes(
    problem: Problem, paths: WorkloadPaths, workloads: Ints, word: tuple[str, str], edits: Mapping[str, float]
) -> tuple[SettingChange, ...]:
    """Set a field of some workloads to a word; it need not be there."""
    found, (field, value) = [], word
    for w in workloads.tolist():
        setting = paths.settings.words(paths.of[w], field)
        if setting:
            old = _old_value(problem, w, field)
            found.append(change_setting(setting, value, old, edit_workloads([w], edits)))
    return tuple(found)


def free_splits(problem: Problem, paths: WorkloadPaths, workloads: Ints) -> Relaxation:
    """Let fixed work change its split over the pools from period to period."""
    edits = {"is_fixed": False, "is_whole": False}
    changes = _changes(problem, paths, workloads, ("mobility", "free"), edits)
    old = " or ".join(dict.fromkeys(_old_value(problem, w, "mobility") for w in workloads.tolist()))
    statement = f"may be split otherwise in each period (mobility free instead of {old})"
    subject = owned(problem, workloads)
    return Relaxation(key_of(LimitKind.FIXED_SPLIT), subject, statement, 1.0, "", "", changes)


def _old_value(problem: Problem, workload: int, field: str) -> str:
    """Write the mobility of a workload, or that it has no shortfall price."""
    work = problem.workloads
    if field != "mobility":
        return "none"
    return "whole" if work.is_whole[workload] else "fixed" if work.is_fixed[workload] else "free"


def _splits(answer: Answer) -> Iterator[Relaxation]:
    """Say which whole work is split over pools; each is a class of its own."""
    for c in answer.given(LimitKind.WHOLE_WORKLOAD)[0].tolist():
        members = answer.grouping.members_of(c)
        statement = "may be split over pools (mobility fixed instead of whole)"
        changes = _changes(answer.problem, answer.paths, members, ("mobility", "fixed"), {"is_whole": False})
        yield Relaxation(
            key_of(LimitKind.WHOLE_WORKLOAD), owned(answer.problem, members), statement, 1.0, "", "", changes
        )


def _when(problem: Problem, periods: Ints) -> str:
    """Write some periods; -1 stands for the whole horizon."""
    chosen = np.zeros(problem.horizon.size, dtype=bool)
    chosen[periods[periods >= 0]] = True
    return stretches(problem.horizon, chosen)


def _prohibitive_price(problem: Problem) -> float:
    """Price above what any unit·h can cost, as a round number."""
    kw = float((problem.pue * problem.busy_kw[:, None]).max(initial=0.0))
    energy = kw * float(problem.grid.price.max(initial=0.0))
    dearest = problem.pools.price.max(initial=0.0) + energy + problem.needs.unit_cost.max(initial=0.0)
    return float(10.0 ** np.ceil(np.log10(PRICED_OUT * max(1.0, float(dearest)))))


def owned(problem: Problem, workloads: Ints) -> str:
    """Name workloads, and the company if it is one and bears another name."""
    named = workloads_named(problem.workloads.names, workloads)
    owners = np.unique(problem.workloads.company[workloads])
    owner = problem.companies.names[int(owners[0])]
    alone = len(owners) == 1 and owner != problem.workloads.names[int(workloads[0])]
    return f"company {owner}, {named}" if alone else named


MOST_WIDENED = 20_000
"""Rows of registers times periods up to which the windows of rows are widened."""
STEPS_A_PERIOD = 4
"""A longer delay is a multiple of this part of a period."""


@dataclass
class _Ask:
    """What is asked of the workloads of one setting."""

    setting: Setting
    old: float
    new: float
    amount: float
    workloads: list[int] = field(default_factory=list)


def find_relaxable(problem: Problem, grouping: Grouping, paths: WorkloadPaths) -> Relaxable:
    """Find what the classes of a grouping may be asked: that for which each member has a setting."""
    work = problem.workloads
    described = np.array([bool(home) for home in paths.of], dtype=bool)
    asked = described & ~windows_kept(problem, paths)
    delay, deadline, rate, split = np.zeros((4, work.size), dtype=bool)
    for w in np.flatnonzero(asked & (work.max_delay_h > 0)).tolist():
        delay[w] = _delay_setting(problem, paths, w) is not None
    for w in np.flatnonzero(asked & work.is_job).tolist():
        deadline[w] = _deadline_setting(problem, paths, w) is not None
        # A higher rate makes a run shorter, which no relief says.
        paced = np.isfinite(work.max_rate[w]) and not work.runs_through[w]
        rate[w] = paced and _rate_setting(problem, paths, w) is not None
    for w in np.flatnonzero(described & work.is_whole).tolist():
        split[w] = paths.settings.words(paths.of[w], "mobility") is not None
    masks = (delay, deadline, rate, split, described)
    return Relaxable(*(_in_all(mask, grouping) for mask in masks))


def windows_kept(problem: Problem, paths: WorkloadPaths) -> Bools:
    """(W,) rows of registers whose windows stay as they are: of too many the program would be too large."""
    work = problem.workloads
    rows = np.array([paths.settings.is_row(home) for home in paths.of], dtype=bool)
    wait = rows & (work.is_job | (work.max_delay_h > 0))
    too_many = int(wait.sum()) * problem.horizon.size > MOST_WIDENED
    return wait if too_many else np.zeros_like(wait)


def _in_all(mask: Bools, grouping: Grouping) -> Bools:
    lacking = np.bincount(grouping.class_of, weights=~mask, minlength=grouping.size)
    in_all: Bools = lacking == 0
    return in_all


def window_relaxations(answer: Answer) -> Iterator[Relaxation]:
    """Say which work gives way."""
    yield from _join_settings(answer, LimitKind.MAX_DELAY, _delays(answer))
    yield from _join_settings(answer, LimitKind.DEADLINE, _deadlines(answer))
    yield from _join_settings(answer, LimitKind.MAX_RATE, _rates(answer))
    yield from _splits(answer)
    yield from _shortfalls(answer)


def _delays(answer: Answer) -> Iterator[tuple[int, Setting | None, float, float]]:
    """Workload, setting, old and new `max_delay` of all that wait longer."""
    for c in np.unique(answer.given(LimitKind.MAX_DELAY)[0]).tolist():
        old = float(answer.grouping.problem.workloads.max_delay_h[c])
        new = _least_delay_h(answer, c)
        for w in answer.grouping.members_of(c).tolist():
            yield w, _delay_setting(answer.problem, answer.paths, w), old, new


def _least_delay_h(answer: Answer, c: int) -> float:
    """Find the shortest delay within which all waits that the plan needs."""
    model, problem = answer.elastic.model, answer.grouping.problem
    slots = np.arange(model.slots.start[c], model.slots.start[c + 1])
    waiting = answer.values[model.columns["backlog"][slots]]
    period = model.slots.period[slots]
    old, step = float(problem.workloads.max_delay_h[c]), problem.horizon.period_h / STEPS_A_PERIOD
    low, high = 0, int(np.ceil((model.problem.workloads.max_delay_h[c] - old) / step))
    while high - low > 1:
        middle = (low + high) // 2
        delays = problem.workloads.max_delay_h.copy()
        delays[c] = old + middle * step
        tried = replace(problem, workloads=replace(problem.workloads, max_delay_h=delays))
        bound = largest_backlog(tried, model.arrivals, np.array([c]))[0, period]
        fits = (waiting <= bound + 1e-9 * max(1.0, float(waiting.max()))).all()
        low, high = (low, middle) if fits else (middle, high)
    steps = high if answer.rounding.margin == 0 else high + 1
    return old + steps * step


def _deadlines(answer: Answer) -> Iterator[tuple[int, Setting | None, float, float]]:
    """Workload, setting, old and new deadline of the jobs that end later."""
    work, (classes, periods, _) = answer.problem.workloads, answer.given(LimitKind.DEADLINE)
    for c in np.unique(classes).tolist():
        late = periods[classes == c]
        hours = hours_to(answer.grouping.problem, np.full(len(late), c), late)
        new = float(answer.grouping.problem.workloads.release_h[c] + hours.max())
        for w in answer.grouping.members_of(c).tolist():
            setting = _deadline_setting(answer.problem, answer.paths, w)
            yield w, setting, float(work.deadline_h[w]), new


def _rates(answer: Answer) -> Iterator[tuple[int, Setting | None, float, float]]:
    """Workload, setting, old and new rate of the jobs that go faster."""
    classes, _, amounts = answer.given(LimitKind.MAX_RATE)
    shares = amounts / answer.grouping.problem.workloads.max_rate[classes]
    for c, share in zip(classes.tolist(), shares.tolist(), strict=True):
        for w in answer.grouping.members_of(c).tolist():
            old = float(answer.problem.workloads.max_rate[w])
            setting = _rate_setting(answer.problem, answer.paths, w)
            yield w, setting, old, old + answer.rounding.up(old * share)


def _join_settings(
    answer: Answer, kind: LimitKind, asked: Iterator[tuple[int, Setting | None, float, float]]
) -> Iterator[Relaxation]:
    """Join what is asked of one setting, and settings of which the same is asked."""
    by_path: dict[str, _Ask] = {}
    for w, setting, old, new in asked:
        if setting is None:  # pragma: no cover - only work that has a setting yields
            continue
        place = f"{setting.row} {setting.path}".strip()
        ask = by_path.setdefault(place, _Ask(setting, old, new, new - old))
        if new - old > ask.amount or (setting.over and setting.written(new) < ask.setting.written(ask.new)):
            ask.setting, ask.old, ask.new, ask.amount = setting, old, new, new - old
        ask.workloads.append(w)
    alike: dict[tuple[float, float], list[_Ask]] = defaultdict(list)
    for ask in by_path.values():
        alike[ask.old, ask.new].append(ask)
    for asks in alike.values():
        yield _as_relaxation(answer, kind, asks)


def _as_relaxation(answer: Answer, kind: LimitKind, asks: list[_Ask]) -> Relaxation:
    workloads = np.array(sorted(w for ask in asks for w in ask.workloads), np.int64)
    changes = tuple(_change(kind, ask) for ask in asks)
    old, new, setting = asks[0].old, asks[0].new, asks[0].setting
    verbs = _VERBS[kind][len(workloads) > 1]
    more = f"{number(new - old)} {'units' if kind is LimitKind.MAX_RATE else 'h'}"
    statement = f"{verbs.format(more)} ({_instead(answer.problem, setting, kind, old, new)})"
    unit = "unit" if kind is LimitKind.MAX_RATE else "h"
    return Relaxation(key_of(kind), owned(answer.problem, workloads), statement, new - old, unit, "", changes)


def _change(kind: LimitKind, ask: _Ask) -> SettingChange:
    setting = ask.setting
    new, old = (yaml_number(setting.written(value), setting.unit) for value in (ask.new, ask.old))
    return change_setting(setting, new, old, edit_workloads(ask.workloads, {_FIELDS[kind]: ask.new}))


_FIELDS = {
    LimitKind.MAX_DELAY: "max_delay_h",
    LimitKind.DEADLINE: "deadline_h",
    LimitKind.MAX_RATE: "max_rate",
}
"""Where a problem holds the number."""
_VERBS = {
    LimitKind.MAX_DELAY: ("accepts {} more delay", "accept {} more delay"),
    LimitKind.DEADLINE: ("ends {} later", "may end {} later"),
    LimitKind.MAX_RATE: ("goes {} faster", "go {} faster"),
}
"""What one workload does, and what several do."""


def _instead(problem: Problem, setting: Setting, kind: LimitKind, old: float, new: float) -> str:
    """Write the new and the old value of a setting, in the words of the config."""
    if kind is LimitKind.DEADLINE and not setting.offset:
        return _deadline_words(problem, old, new)
    name = {LimitKind.DEADLINE: "window", LimitKind.MAX_RATE: "run_time" if setting.over else "max_rate"}
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


def _delay_setting(problem: Problem, paths: WorkloadPaths, w: int) -> Setting | None:
    return paths.settings.number(paths.of[w], "max_delay", float(problem.workloads.max_delay_h[w]), "h")


def _deadline_setting(problem: Problem, paths: WorkloadPaths, w: int) -> Setting | None:
    work = problem.workloads
    return paths.settings.deadline(paths.of[w], float(work.release_h[w]), float(work.deadline_h[w]))


def _rate_setting(problem: Problem, paths: WorkloadPaths, w: int) -> Setting | None:
    work = problem.workloads
    return paths.settings.max_rate(paths.of[w], float(work.volume_unit_h[w]), float(work.max_rate[w]))
