"""Limits that may give way, their sizes, and the elastic program while it is being made.

Sizes are in unit·h of work that a relief makes room for at mean powers, factors and prices.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from computeplan.lp.builder import ProgramBuilder, Values
from computeplan.lp.model import Model
from computeplan.problem import Bools, Floats, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.problem.limits import LimitKind

USED = 0.01
"""Size of using a relief all the time, as share of the relief's: it is used only when it is needed."""
WHOLE_HORIZON = -1
"""Period of a relief that holds for the whole horizon."""


@dataclass(frozen=True, eq=False)
class Reliefs(ReadOnlyArrays):
    """The reliefs of one kind of limit, in its unit (see `computeplan.problem.limits`).

    Shares of rules and renewable shares are widened by work [unit·h] and energy [kWh] instead, windows by
    work that waits or is late [unit·h], over the time that the horizon stands for where their rows are.
    """

    things: Ints
    """(n,) what each relief belongs to: a pool, cap, site, contract, battery, link, rule or workload; 0
    for budget and carbon cap."""
    periods: Ints
    """(n,) period of each relief, or `WHOLE_HORIZON`."""
    columns: Ints
    """(n,) the reliefs."""
    uses: Ints
    """(n, m) how much of each relief is used in each period, (n, T); (n, 0) where it has no periods."""


@dataclass(frozen=True, eq=False)
class Softening:
    """A program being made elastic."""

    model: Model
    """Of the problem whose windows are as wide as they can be."""
    problem: Problem
    """With the limits as they are."""
    program: ProgramBuilder
    """Holds the model's program; takes reliefs and rows."""
    lower: Floats
    upper: Floats
    """(n_columns,) bounds of the model's columns, to be released where a row takes their place."""
    integers: list[Ints] = field(default_factory=list)
    """Columns added that are whole numbers."""
    continuous: list[Ints] = field(default_factory=list)
    """Columns of the model that need no longer be whole numbers."""

    def add_levels(self, kind: LimitKind, things: Ints, size: Floats) -> Reliefs:
        """Add a relief for each thing, and what is used of it: use[n,t] ≤ relief[n].

        `size` (n,) is the cost of one natural unit of relief; `USED` of it is spread over the horizon for
        what is used.
        """
        hours = self.problem.horizon.hours
        reliefs = self.add_reliefs(kind, things, size)
        keys = (things[:, None], np.arange(len(hours))[None, :])
        uses = self.program.add_columns(family("use", kind), keys).reshape(len(things), len(hours))
        self.program.cost.add(uses, USED * size[:, None] * hours / hours.sum())
        rows = self.program.add_rows(family("level", kind), keys, -np.inf, 0.0).reshape(uses.shape)
        self.program.add_entries(rows, uses, 1.0)
        self.program.add_entries(rows, reliefs.columns[:, None], -1.0)
        return Reliefs(things, reliefs.periods, reliefs.columns, uses)

    def add_reliefs(
        self, kind: LimitKind, things: Ints, size: Floats, periods: Ints | None = None
    ) -> Reliefs:
        """Add a relief for each thing, or thing and period, with the cost of one natural unit of each."""
        keys = (things,) if periods is None else (things, periods)
        columns = self.program.add_columns(family("relief", kind), keys)
        self.program.cost.add(columns, size)
        when = np.full(len(things), WHOLE_HORIZON) if periods is None else periods
        return Reliefs(things, when, columns, np.zeros((len(things), 0), np.int64))

    def widen_bounds(
        self, kind: LimitKind, things: Ints, columns: Ints, limit: Floats, *, relief: Ints, per: Values = 1.0
    ) -> None:
        """Let rows take the place of upper bounds, (n,) or (n, T): column − per · relief ≤ limit."""
        keys = (things,) if columns.ndim == 1 else (things[:, None], np.arange(columns.shape[1])[None, :])
        most = np.broadcast_to(limit, columns.shape)
        rows = self.program.add_rows(family("soft", kind), keys, -np.inf, most).reshape(columns.shape)
        self.program.add_entries(rows, columns, 1.0)
        self.upper[columns] = np.inf
        self.widen_rows(rows, relief, per)

    def widen_rows(self, rows: Ints, relief: Ints, per: Values = 1.0) -> None:
        """Let relief widen rows with an upper limit: … − per · relief ≤ limit."""
        self.program.add_entries(rows, np.broadcast_to(relief, rows.shape), -np.asarray(per, float))

    def whole_numbers(self) -> Ints:
        """(k,) all columns of the elastic program that are whole numbers, ascending."""
        kept = np.setdiff1d(self.model.lp.integer, np.concatenate([*self.continuous, np.zeros(0, np.int64)]))
        return np.sort(np.concatenate([kept, *self.integers]))


def family(prefix: str, kind: LimitKind) -> str:
    """Name columns or rows of a kind, such as ``soft_import_limit``."""
    return f"{prefix}_{kind.name.lower()}"


def chosen(things: Ints, mask: Bools) -> Ints:
    """Positions of the things for which a mask holds."""
    return np.flatnonzero(mask[things])


def horizon_h(problem: Problem) -> float:
    """Sum up the hours of all periods."""
    return float(problem.horizon.hours.sum())


def mean_weight(problem: Problem) -> float:
    """Average the weight of periods: how much real time one stands for."""
    return float(problem.horizon.weight.mean())


def size_of_kw(problem: Problem) -> Floats:
    """(S,) as many units as one kW drives, for the hours of the horizon."""
    size: Floats = horizon_h(problem) / site_busy_kw(problem)
    return size


def site_busy_kw(problem: Problem) -> Floats:
    """(S,) mean facility power of a busy unit at each site."""
    sites = np.arange(problem.sites.size)
    return busy_kw(problem, (problem.pools.site[None, :] == sites[:, None]).astype(float))


def mean_busy_kw(problem: Problem) -> float:
    """Average the facility power of a busy unit over all pools; 1 where it is nothing."""
    return float(busy_kw(problem, np.ones((1, problem.pools.size)))[0])


def busy_kw(problem: Problem, group: Floats) -> Floats:
    """(n,) mean facility power of a busy unit over the pools of each group; 1 where it is nothing."""
    busy_kw = group @ (problem.pue.mean(axis=1) * problem.busy_kw) / group.sum(axis=1).clip(min=1.0)
    return np.where(busy_kw > 0, busy_kw, 1.0)


def money_per_unit_h(problem: Problem) -> float:
    """Mean price of a busy unit·h and its grid energy."""
    pools = problem.pools
    if not pools.size:
        return 1.0
    energy = (problem.busy_kw[:, None] * problem.pue * problem.grid.price[pools.site]).mean()
    return positive(float(pools.price.mean() + energy))


def positive(value: float) -> float:
    """Give a value above 0; 1 for any other."""
    return value if value > 0 else 1.0


def size_of_gb_per_h(problem: Problem, gb_per_unit_h: Floats) -> float:
    """As many units as one GB/h serves, at the mean traffic of placements that have some."""
    some = gb_per_unit_h[gb_per_unit_h > 0]
    return horizon_h(problem) / (float(some.mean()) if len(some) else 1.0)


def most_needed_units(problem: Problem) -> float:
    """Units that all work at once keeps busy on the slowest hardware that may run it."""
    work, efficiency = problem.workloads, problem.eligibility.efficiency
    slowest = float(efficiency[efficiency > 0].min(initial=np.inf))
    demand = float((work.scale * work.profiles.max(axis=1, initial=0.0)[work.profile]).sum())
    jobs = float(work.volume_unit_h.sum()) / problem.horizon.period_h
    return max(1.0, (demand + jobs) / slowest)
