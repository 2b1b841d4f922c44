"""What an elastic solve answered, to be put into words.

Ways out of an infeasible config, in its own words and as changes of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from computeplan.config import Setting, SettingPaths
from computeplan.grouping import Grouping
from computeplan.lp.elastic import ElasticProgram
from computeplan.problem import Bools, Decisions, Floats, Ints, Problem, Work
from computeplan.problem.limits import LimitKind

Edit = Callable[[Problem], Problem]


@dataclass(frozen=True)
class SettingChange:
    """One value to set in the config, or in a row of a register."""

    path: str
    """Dotted, as ``--set`` takes it; of a row its file, number and column."""
    value: str
    """In YAML."""
    edit: Edit | None = None
    """Changes a problem as the cell of a row would: ``--set`` does not reach there."""

    def __str__(self) -> str:
        return f"{self.path} {self.value}" if self.edit else f"{self.path}={self.value}"


def change_setting(setting: Setting, value: str, old: str, edit: Edit) -> SettingChange:
    """Write a value where its setting is; in a row with the one that is there."""
    if setting.row:
        return SettingChange(f"{setting.row} {setting.path}", f"{value} instead of {old}", edit)
    return SettingChange(setting.path, value)


def edit_workloads(workloads: Iterable[int], values: Mapping[str, float]) -> Edit:
    """Give a function that sets fields of some workloads of a problem."""
    index = np.fromiter(workloads, np.int64)

    def edit(problem: Problem) -> Problem:
        fields = {name: getattr(problem.workloads, name).copy() for name in values}
        for name, value in values.items():
            fields[name][index] = value
        return replace(problem, workloads=replace(problem.workloads, **fields))

    return edit


@dataclass(frozen=True)
class Relaxation:
    """One thing that gives way."""

    kind: str
    """Such as ``capacity`` or ``max_delay``."""
    subject: str
    """What gives way, such as ``pool jinfeng/nvidia``."""
    statement: str
    """By how much, and when it is needed."""
    amount: float
    """In `unit`, at the size that the changes have."""
    unit: str
    when: str
    """Periods that force it; empty where that is the whole horizon, or it has no periods."""
    changes: tuple[SettingChange, ...]

    def __str__(self) -> str:
        return f"{self.subject}: {self.statement}{f', {self.when}' if self.when else ''}"

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "statement": self.statement,
            "amount": self.amount,
            "unit": self.unit,
            "when": self.when,
        }


@dataclass(frozen=True)
class Suggestion:
    """Relaxations that together make the config feasible."""

    title: str
    """``least change`` or such as ``only capacity``."""
    relaxations: tuple[Relaxation, ...]

    @property
    def changes(self) -> tuple[SettingChange, ...]:
        """What to set, each path once."""
        by_path = {change.path: change for each in self.relaxations for change in each.changes}
        return tuple(by_path.values())

    @property
    def overrides(self) -> tuple[str, ...]:
        """The changes as ``--set`` takes them."""
        return tuple(str(change) for change in self.changes if not change.edit)

    @property
    def edits(self) -> tuple[str, ...]:
        """The changes of rows of registers, such as ``tenants.csv:9 max_delay 4 h instead of 2 h``."""
        return tuple(str(change) for change in self.changes if change.edit)

    def edit(self, problem: Problem) -> Problem:
        """Change a problem as the changes of rows would."""
        for change in self.changes:
            problem = change.edit(problem) if change.edit else problem
        return problem

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        return {
            "title": self.title,
            "relaxations": [each.data() for each in self.relaxations],
            "set": list(self.overrides),
            "edit": list(self.edits),
        }


@dataclass(frozen=True)
class Rounding:
    """How amounts become numbers that a person would write."""

    digits: int
    """Significant digits of a change, rounded up."""
    margin: float
    """Added first, relative: what is just enough can be too little to a solver."""

    def up(self, amount: float) -> float:
        """Round an amount above 0 up."""
        amount *= 1 + self.margin
        step = 10.0 ** (np.floor(np.log10(amount)) - self.digits + 1)
        return float(f"{np.ceil(amount / step - 1e-7) * step:.12g}")


ROUNDINGS = (Rounding(4, 0.0), Rounding(5, 1e-6), Rounding(7, 1e-5))
"""Tried in turn until the changed config has a plan: rounding up can cost energy elsewhere."""


def yaml_number(value: float, unit: str = "") -> str:
    """Write a number with its unit as ``--set`` reads it."""
    return f"{value:.15g} {unit}".strip()


def yaml_list(values: Iterable[str | float]) -> str:
    """Write a list as ``--set`` reads it."""
    return json.dumps(list(values), ensure_ascii=False)


GIVES = 1e-9
"""Relief above this share of the largest of its kind, or of a unit, is more than a solver's rounding."""
GIVES_WHOLE = 1e-6
"""The same where some decisions are whole numbers, which solvers round more."""


@dataclass(frozen=True, eq=False)
class WorkloadPaths:
    """Where each workload of a problem is described."""

    settings: SettingPaths
    of: tuple[str, ...]
    """Path of each workload's description; empty for rows of tables."""


def find_paths(problem: Problem, settings: SettingPaths) -> WorkloadPaths:
    """Find where each workload is described."""
    owners = [problem.companies.names[c] for c in problem.workloads.company.tolist()]
    pairs = zip(problem.workloads.names, owners, strict=True)
    return WorkloadPaths(settings, tuple(settings.home(name, owner) for name, owner in pairs))


@dataclass(frozen=True, eq=False)
class Answer:
    """The reliefs that one solve of the elastic program chose."""

    problem: Problem
    """Unmerged."""
    grouping: Grouping
    """Its merged problem is the elastic program's."""
    elastic: ElasticProgram
    values: Floats
    """(n_columns,)"""
    row_duals: Floats | None
    """(n_rows,); None where some columns are whole numbers."""
    paths: WorkloadPaths
    rounding: Rounding

    def relief(self, kind: LimitKind) -> tuple[Ints, Floats]:
        """(k,) which limits of a kind give way, as indices, and (k,) by how much, in natural units."""
        reliefs = self.elastic.reliefs.get(kind)
        if reliefs is None:
            return np.zeros(0, np.int64), np.zeros(0)
        amount = self.values[reliefs.columns]
        gives = GIVES_WHOLE if len(self.elastic.lp.integer) else GIVES
        index = np.flatnonzero(amount > gives * max(1.0, float(amount.max(initial=0.0))))
        return index, amount[index]

    def given(self, kind: LimitKind) -> tuple[Ints, Ints, Floats]:
        """(k,) what gives way of a kind, its periods, and by how much, in natural units."""
        reliefs, (index, amount) = self.elastic.reliefs.get(kind), self.relief(kind)
        return (
            (index, index, amount)
            if reliefs is None
            else (reliefs.things[index], reliefs.periods[index], amount)
        )

    def used(self, kind: LimitKind, index: int) -> Bools:
        """(T,) periods that use a relief; none if it has no periods."""
        uses = self.elastic.reliefs[kind].uses[index]
        found = np.zeros(self.problem.horizon.size, dtype=bool)
        if len(uses):
            amount = self.values[uses]
            found[:] = amount > GIVES * max(1.0, float(amount.max(initial=0.0)))
        return found

    @cached_property
    def size(self) -> float:
        """Size of everything that gives way."""
        return float(self.elastic.lp.cost @ self.values)

    @cached_property
    def kinds(self) -> frozenset[LimitKind]:
        """What gives way."""
        return frozenset(kind for kind in self.elastic.reliefs if len(self.relief(kind)[0]))

    @cached_property
    def _decoded(self) -> tuple[Work, Decisions]:
        return self.elastic.model.decode(self.values)

    def work_unit_h(self, rule: int) -> float:
        """Work that a rule is on, over the time that the horizon stands for."""
        problem, work = self.elastic.model.problem, self._decoded[0]
        member = problem.rules.member[rule][work.workload]
        return float((work.unit_h * problem.horizon.weight[work.period])[member].sum())

    def energy_kwh(self, site: int) -> float:
        """Energy from grid and contracts of a site, over the time that the horizon stands for."""
        decisions, here = self._decoded[1], self.problem.contracts.site == site
        kwh = decisions.grid_kwh[site] + decisions.used_kwh[here].sum(axis=0)
        return float(kwh @ self.problem.horizon.weight)
