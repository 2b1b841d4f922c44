"""Divide each period's work of the pools among the classes anew, so that as little of it as possible moves.

Classes may swap places at the same loads, which is most of what moves in a plan as a solver finds it. In
period t, with last[c,k] the share of class c in place k (hardware at a site) when it last worked, served[c]
its work now, and weight[c] that in all:

min  Σ_c weight[c] / served[c] · Σ_k more[c,k]
     more[c,k] ≥ Σ_{p in k} work[c,p] − last[c,k] · served[c],  more ≥ 0
     Σ_p work[c,p] = served[c]
     what the work adds to every row of the planner's program, and to its cost and emissions: as planned

Loads, prices and the proof stay as they are. The plan itself is one such division, so that there always is
one; periods are divided one after another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from time import monotonic

import numpy as np

from computeplan.errors import SolverError
from computeplan.grouping import Grouping
from computeplan.lp import LinearProgram, Model
from computeplan.lp.builder import ProgramBuilder
from computeplan.lp.context import ABSENT
from computeplan.problem import Bools, Floats, Ints, Status, Work, sum_by
from computeplan.problem.arrays import ratio
from computeplan.solvers.highs import solve_highs
from computeplan.solvers.options import SolverOptions
from computeplan.vocabulary import Method

SLIVER = 1e-11
"""Work below this share of a class's in the period is rounding."""
EXACT = 1e-9
"""Share of what a row has in the plan by which it may be off; else the period stays as planned."""
MOST_CHOICES = 3_000
"""Pairs of class and pool that are divided in a period; the classes with the least work keep their pools."""


def divide_work(model: Model, grouping: Grouping, work: Work, options: SolverOptions) -> Work:
    """Divide the work of a plan so that little of it moves.

    `options` are those that the plan was solved with, and the time limit that is left: periods that come
    after it, or after the signal to stop, stay as planned.
    """
    division = _Division(model, grouping, work, options)
    deadline = inf if options.time_limit_s is None else monotonic() + options.time_limit_s
    for period in range(model.problem.horizon.size):
        if options.is_stopped or monotonic() >= deadline:
            break
        division.divide(period)
    return division.work()


@dataclass(frozen=True, eq=False)
class _Cells:
    """What classes may do in pools in a period, (n,) each."""

    owner: Ints
    """A class."""
    pool: Ints
    column: Ints
    """Column of the planner's program that it is a part of."""
    unit_h: Floats
    """Work in the plan."""


@dataclass(frozen=True, eq=False)
class _HeldRows:
    """Rows of the planner's program, by the cells that have part in them."""

    rows: Ints
    """(m,) their numbers; cost and emissions follow the last."""
    row: Ints
    cell: Ints
    value: Floats
    """(k,) entries: place in `rows`, cell, and coefficient."""
    lower: Floats
    upper: Floats
    """(m,) what the cells may add."""
    size: Floats
    """(m,) sum of the sizes of what they add in the plan."""

    def are_kept(self, work: Floats) -> bool:
        """Whether the work of the cells keeps to the rows."""
        added, room = sum_by(self.row, self.value * work[self.cell], len(self.rows)), EXACT * self.size
        return bool(np.all((added >= self.lower - room) & (added <= self.upper + room)))


class _Division:
    """A plan's work, divided period by period."""

    def __init__(self, model: Model, grouping: Grouping, work: Work, options: SolverOptions) -> None:
        problem = model.problem
        self._model, self._work = model, work
        own = options.changed({"name": "highs"}).muted()
        self._options = replace(own, method=Method.SIMPLEX, time_limit_s=None)
        self._placement, self._place = grouping.placement_of, problem.pools.place
        self._block = problem.horizon.block
        self._weight = sum_by(work.workload, work.unit_h, problem.workloads.size)
        places = int(self._place.max(initial=-1)) + 1
        self._last = np.full((problem.workloads.size, places), np.nan)
        # What pays for its moves is where the program wants it.
        workloads = problem.workloads
        self._free = ~(workloads.is_fixed | workloads.pays_moves | workloads.runs_through)
        self._order = np.argsort(work.period, kind="stable")
        self._entry_starts = np.searchsorted(work.period[self._order], np.arange(problem.horizon.size + 1))
        self._column_keys = model.lp.column_keys("work")
        self._column_order = np.argsort(self._column_keys[2], kind="stable")
        ends = np.arange(problem.horizon.size + 1)
        self._column_starts = np.searchsorted(self._column_keys[2][self._column_order], ends)
        self._is_placement, self._is_traffic = (self._rows_of(name) for name in ("placement", "traffic"))
        self._done: list[tuple[Ints, Ints, Ints, Floats]] = []

    def _rows_of(self, family: str) -> Bools:
        """Which rows of the planner's program are of a family."""
        rows = np.zeros(self._model.lp.n_rows, dtype=bool)
        index = self._model.rows[family]
        rows[index[index != ABSENT]] = True
        return rows

    def work(self) -> Work:
        """Give the work of all classes, as it was divided."""
        rest = [self._as_planned(period) for period in range(len(self._done), len(self._block))]
        parts = zip(*self._done, *rest, strict=True)
        workload, pool, period, unit_h = (np.concatenate(part) for part in parts)
        order = np.lexsort((period, pool, workload))
        return replace(
            self._work,
            workload=workload[order],
            pool=pool[order],
            period=period[order],
            unit_h=unit_h[order],
        )

    def _as_planned(self, period: int) -> tuple[Ints, Ints, Ints, Floats]:
        at = self._order[self._entry_starts[period] : self._entry_starts[period + 1]]
        work = self._work
        return work.workload[at], work.pool[at], work.period[at], work.unit_h[at]

    def divide(self, period: int) -> None:
        """Divide the work of the next period."""
        if period and self._block[period] != self._block[period - 1]:
            self._last[:] = np.nan
        workload, pool, _, unit_h = planned = self._as_planned(period)
        cells = self._cells(period, planned)
        divided = self._fewest_moves(cells) if cells is not None else None
        if cells is not None and divided is not None:
            some = np.flatnonzero(divided > 0)
            kept = ~np.isin(workload, cells.owner)
            workload = np.concatenate((workload[kept], cells.owner[some]))
            pool = np.concatenate((pool[kept], cells.pool[some]))
            unit_h = np.concatenate((unit_h[kept], divided[some]))
        self._done.append((workload, pool, np.full(len(workload), period), unit_h))
        free = self._free[workload]
        self._remember(workload[free], pool[free], unit_h[free])

    def _remember(self, workload: Ints, pool: Ints, unit_h: Floats) -> None:
        """Note the share of each place of the classes that worked."""
        classes, row = np.unique(workload, return_inverse=True)
        shape = (len(classes), self._last.shape[1])
        by_place = sum_by(row * shape[1] + self._place[pool], unit_h, shape[0] * shape[1]).reshape(shape)
        self._last[classes] = by_place / by_place.sum(axis=1, keepdims=True)

    def _cells(self, period: int, planned: tuple[Ints, Ints, Ints, Floats]) -> _Cells | None:
        """Find where classes may work, in the pools that are used; None where they cannot swap places."""
        workload, pool, _, unit_h = planned
        mine = np.flatnonzero(self._free[workload])
        workload, pool, unit_h = workload[mine], pool[mine], unit_h[mine]
        classes = np.unique(workload)
        if len(classes) < 2 or not self._moves(classes, workload, pool, unit_h):
            return None
        columns = self._column_order[self._column_starts[period] : self._column_starts[period + 1]]
        at = np.full((len(self._model.placements.need), len(self._place)), -1)
        at[self._column_keys[0][columns], self._column_keys[1][columns]] = self._model.columns["work"][
            columns
        ]
        used = np.unique(pool)
        most = max(2, MOST_CHOICES // len(used))
        classes = np.sort(classes[np.argsort(-self._weight[classes], kind="stable")[:most]])
        # Pools that only the others use stay as they are.
        of_some = np.isin(workload, classes)
        used = np.unique(pool[of_some])
        column = at[self._placement[classes]][:, used]
        row, place = np.nonzero(column >= 0)
        done = np.zeros(column.shape)
        done[np.searchsorted(classes, workload[of_some]), np.searchsorted(used, pool[of_some])] = unit_h[
            of_some
        ]
        return _Cells(classes[row], used[place], column[row, place], done[row, place])

    def _moves(self, classes: Ints, workload: Ints, pool: Ints, unit_h: Floats) -> bool:
        """Whether any work moves in the plan as it is."""
        row = np.searchsorted(classes, workload)
        places = self._last.shape[1]
        cell = row * places + self._place[pool]
        by_place = sum_by(cell, unit_h, len(classes) * places).reshape(len(classes), places)
        more = by_place - np.nan_to_num(self._last[classes], nan=1.0) * by_place.sum(axis=1, keepdims=True)
        return bool((more > SLIVER * by_place.sum(axis=1, keepdims=True)).any())

    def _fewest_moves(self, cells: _Cells) -> Floats | None:
        """(n,) work of each cell that moves least; None where the solver finds none that is exact."""
        served = sum_by(cells.owner, cells.unit_h, len(self._weight))
        held = self._held_rows(cells)
        # Solvers' tolerances are absolute.
        unit = float(served.max())
        try:
            result = solve_highs(self._program(cells, held, served / unit, unit), self._options)
        except SolverError:
            return None
        if result.status is not Status.OPTIMAL or result.values is None:
            return None
        work = unit * np.maximum(result.values[: len(cells.owner)], 0.0)
        work[work < SLIVER * served[cells.owner]] = 0.0
        work *= ratio(served, sum_by(cells.owner, work, len(served)))[cells.owner]
        all_served = bool(np.all(sum_by(cells.owner, work, len(served)) >= (1 - EXACT) * served))
        return work if all_served and held.are_kept(work) else None

    def _program(self, cells: _Cells, held: _HeldRows, served: Floats, unit: float) -> LinearProgram:
        program, places = ProgramBuilder(), self._last.shape[1]
        columns = program.add_columns("work", (cells.owner, cells.pool))
        classes, row = np.unique(cells.owner, return_inverse=True)
        rows = program.add_rows("served", (classes,), served[classes], served[classes])
        program.add_entries(rows[row], columns, 1.0)
        rows = program.add_rows("held", (held.rows,), held.lower / unit, held.upper / unit)
        program.add_entries(rows[held.row], held.cell, held.value)
        moves = np.flatnonzero(~np.isnan(self._last[cells.owner, 0]))
        pairs, pair = np.unique(
            cells.owner[moves] * places + self._place[cells.pool[moves]], return_inverse=True
        )
        owner, place = pairs // places, pairs % places
        more = program.add_columns("more", (owner, place))
        stays = program.add_rows("stays", (owner, place), -np.inf, self._last[owner, place] * served[owner])
        program.add_entries(stays[pair], columns[moves], 1.0)
        program.add_entries(stays, more, -1.0)
        program.cost.add(more, self._weight[owner] / served[owner])
        return program.build(program.cost.build(program.n_columns))

    def _held_rows(self, cells: _Cells) -> _HeldRows:
        """Take what the work adds to the rows of the planner's program, to its cost and its emissions."""
        model, lp = self._model, self._model.lp
        count = lp.starts[cells.column + 1] - lp.starts[cells.column]
        cell = np.repeat(np.arange(len(count)), count)
        entry = np.arange(count.sum()) + np.repeat(lp.starts[cells.column] - np.cumsum(count) + count, count)
        held = np.flatnonzero(~self._is_placement[lp.rows[entry]])
        parts = [(cell[held], lp.rows[entry[held]].astype(np.int64), lp.values[entry[held]])]
        for number, form in enumerate((model.money, model.emissions)):
            amounts = form.coefficients[cells.column]
            some = np.flatnonzero(amounts)
            parts.append((some, np.full(len(some), lp.n_rows + number), amounts[some]))
        cell, row, value = (np.concatenate(part) for part in zip(*parts, strict=True))
        rows, place = np.unique(row, return_inverse=True)
        planned = sum_by(place, value * cells.unit_h[cell], len(rows))
        less, more = self._free_sides(rows)
        return _HeldRows(
            rows=rows,
            row=place,
            cell=cell,
            value=value,
            lower=np.where(less, -np.inf, planned),
            upper=np.where(more, np.inf, planned),
            size=sum_by(place, np.abs(value) * cells.unit_h[cell], len(rows)),
        )

    def _free_sides(self, rows: Ints) -> tuple[Bools, Bools]:
        """Whether each row may have less, or more: limits on one side, cost and emissions, and traffic."""
        lp = self._model.lp
        inside = rows < lp.n_rows
        at = np.where(inside, rows, 0)
        return (
            ~inside | np.isneginf(lp.row_lower[at]),
            inside & (np.isposinf(lp.row_upper[at]) | self._is_traffic[at]),
        )
