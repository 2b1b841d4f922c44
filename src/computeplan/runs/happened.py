"""What happened in a plan until a time: as planned, or as tables of the work that was done say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from computeplan.accounts.energy import available_kwh
from computeplan.accounts.requirements import arrivals, waiting_limit
from computeplan.errors import ConfigError, Fault, UsageError
from computeplan.folder.tables.actuals import DoneWork
from computeplan.grouping import merge
from computeplan.problem import Decisions, Floats, Held, HorizonEnd, Ints, Problem, Work, WorkBlock, sum_by
from computeplan.problem.arrays import ratio
from computeplan.problem.fields import Axis, meanings
from computeplan.solvers.plan import Solution
from computeplan.text import number

NEAR = 1e-6
"""Share of an amount, or of the largest one, by which what was done may differ from what had to be."""


def take_over(
    was: Problem, solution: Solution, problem: Problem, until: int, done: Sequence[DoneWork] = ()
) -> Held:
    """Hold what a plan of a problem did in its first periods, in one that starts at the same time.

    `done`: what was done by some workloads instead of what was planned.

    Raises
    ------
    ConfigError
        If something that has done work is not there any more, or what was done contradicts the problem.
    """
    class_of = _classes(problem, [each.workload for each in done])
    pool_of = _places(was.pools.names, problem.pools.names)
    total = _Past(problem, class_of, until)
    stated, faults = {each.workload for each in done}, []
    for block in _renamed_blocks(was, solution, problem, pool_of, until):
        kept = np.flatnonzero(~np.isin(block.workloads, list(stated)))
        faults += list(total.add(_rows(block, kept)))
    for each in done:
        faults += list(total.add_stated(each.block(until), each.source))
    decisions = _decisions(was, solution.decisions, problem)
    if not done:
        faults += list(_denied_supply(problem, decisions, until))
    if faults:
        raise ConfigError.of(faults[:20])
    return Held(until, class_of, total.work(), decisions, holds_supply=not done)


def _classes(problem: Problem, alone: Sequence[int]) -> Ints:
    """(W,) classes; of workloads that did something else than planned each has one of its own."""
    class_of = merge(problem).class_of.copy()
    class_of[list(alone)] = len(class_of) + np.arange(len(alone))
    return np.asarray(np.unique(class_of, return_inverse=True)[1].reshape(-1), dtype=np.int64)


def _places(names: Sequence[str], now: Sequence[str]) -> Ints:
    """(n,) where each name stands now; −1 where it is gone."""
    place = {name: number for number, name in enumerate(now)}
    return np.array([place.get(name, -1) for name in names], dtype=np.int64)


def _renamed_blocks(
    was: Problem, solution: Solution, problem: Problem, pool_of: Ints, until: int
) -> Iterator[WorkBlock]:
    """Go through the past work of a plan by the numbers that things have in another problem.

    Raises ConfigError if a workload or a pool with work is gone.
    """
    workload_of = _places(was.workloads.names, problem.workloads.names)
    for block in solution.allocation.blocks():
        past = np.flatnonzero(block.periods < until)
        unit_h, short = block.unit_h[:, :, past], block.short_unit_h[:, past]
        _refuse_gone("workloads", was.workloads.names, block.workloads, workload_of, unit_h.sum((1, 2)))
        _refuse_gone("pools", was.pools.names, block.pools, pool_of, unit_h.sum((0, 2)))
        rows = np.flatnonzero(workload_of[block.workloads] >= 0)
        there = np.flatnonzero(pool_of[block.pools] >= 0)
        yield WorkBlock(
            workload_of[block.workloads[rows]],
            pool_of[block.pools[there]],
            block.periods[past],
            unit_h[np.ix_(rows, there)],
            short[rows],
        )


def _refuse_gone(what: str, names: Sequence[str], some: Ints, now: Ints, unit_h: Floats) -> None:
    gone = some[(unit_h > 0) & (now[some] < 0)]
    if len(gone):
        hint = "keep it in the config; without demand it does nothing from now on"
        expected = f"{names[gone[0]]!r}, which has done work"
        raise ConfigError.of([Fault(what, expected, "none", hint)])


def _rows(block: WorkBlock, rows: Ints) -> WorkBlock:
    return WorkBlock(
        block.workloads[rows], block.pools, block.periods, block.unit_h[rows], block.short_unit_h[rows]
    )


class _Past:
    """Adds up past work by class, and finds what cannot have happened in the problem."""

    def __init__(self, problem: Problem, class_of: Ints, until: int) -> None:
        self._problem, self._class_of, self._until = problem, class_of, until
        self._shape = int(class_of.max(initial=-1)) + 1, problem.pools.size, until
        self._done: list[tuple[Ints, Floats]] = []
        self._short: list[tuple[Ints, Floats]] = []

    def add(self, block: WorkBlock, source: str = "") -> Iterator[Fault]:
        """Add the work of some workloads."""
        order = np.argsort(self._class_of[block.workloads], kind="stable")
        classes, first = np.unique(self._class_of[block.workloads[order]], return_index=True)
        if len(order):
            unit_h = np.add.reduceat(block.unit_h[order], first, axis=0)
            row, pool, period = np.nonzero(unit_h)
            place = classes[row], block.pools[pool], block.periods[period]
            self._done.append((np.ravel_multi_index(place, self._shape), unit_h[row, pool, period]))
            short = np.add.reduceat(block.short_unit_h[order], first, axis=0)
            row, period = np.nonzero(short)
            at = np.ravel_multi_index((classes[row], block.periods[period]), self._shape[::2])
            self._short.append((at, short[row, period]))
        yield from self._contradictions(block.workloads, self._total(block), source)

    def add_stated(self, block: WorkBlock, source: str) -> Iterator[Fault]:
        """Add the work of a workload as a table states it, with few digits: it is fitted to what was due."""
        register, done = self._problem.workloads, self._total(block)
        arrived = np.cumsum(arrivals(self._problem, block.workloads)[:, : self._until], axis=1)
        total, most = np.cumsum(done, axis=1), arrived
        least = arrived - waiting_limit(self._problem, block.workloads)[:, : self._until]
        is_job = register.is_job[block.workloads, None]
        most = np.where(is_job, register.volume_unit_h[block.workloads, None], most)
        fitted = np.diff(np.clip(total, np.where(is_job, 0.0, least), most), axis=1, prepend=0.0)
        room = NEAR * most.max(initial=0.0)
        factor = np.where(np.abs(fitted - done) <= room, ratio(fitted, done), 1.0)
        fits = WorkBlock(
            block.workloads, block.pools, block.periods, block.unit_h * factor[:, None], block.short_unit_h
        )
        yield from self.add(fits, source)

    def _total(self, block: WorkBlock) -> Floats:
        done = np.zeros((len(block.workloads), self._until))
        done[:, block.periods] = block.unit_h.sum(axis=1) + block.short_unit_h
        return done

    def work(self) -> Work:
        """Give the work of the classes."""
        at, unit_h = _added(self._done)
        short_at, short_unit_h = _added(self._short)
        workload, pool, period = np.unravel_index(at, self._shape)
        short_workload, short_period = np.unravel_index(short_at, self._shape[::2])
        return Work(workload, pool, period, unit_h, short_workload, short_period, short_unit_h)

    def _contradictions(self, workloads: Ints, done: Floats, source: str) -> Iterator[Fault]:
        """Find workloads that did, (n, until), what their demand or volume does not allow."""
        register, until = self._problem.workloads, self._until
        arrived = arrivals(self._problem, workloads)[:, :until]
        is_job, waits = register.is_job[workloads], register.max_delay_h[workloads] > 0
        room = NEAR * np.maximum(np.maximum(arrived, done).max(axis=1, initial=0.0), 1e-9)[:, None]
        at_once = (np.abs(done - arrived) > room) & ~(is_job | waits)[:, None]
        waiting = np.cumsum(arrived - done, axis=1)
        wraps = self._problem.horizon.end is HorizonEnd.CYCLIC
        most = waiting_limit(self._problem, workloads)[:, :until]
        late = ((waiting < -room * until) | (waiting > most + room * until)) & (
            waits & ~is_job & (not wraps)
        )[:, None]
        for row in np.flatnonzero((at_once | late).any(axis=1)).tolist():
            yield self._wrong_amount(workloads[row], int((at_once | late)[row].argmax()), done[row], source)
        total, volume = done.sum(axis=1), register.volume_unit_h[workloads]
        for row in np.flatnonzero(is_job & (total > volume * (1 + NEAR))).tolist():
            name = f"workload {register.names[workloads[row]]}"
            expected = f"at most its volume of {number(volume[row])} unit·h"
            yield Fault(f"{source}{name}", expected, f"{number(total[row])} unit·h until then")

    def _wrong_amount(self, workload: int, period: int, done: Floats, source: str) -> Fault:
        register = self._problem.workloads
        arrived = arrivals(self._problem, np.array([workload]))[0, : period + 1]
        place = f"{source}workload {register.names[workload]}, {self._problem.horizon.local_time(period)}"
        hint = "state in --config what came in until now, and in --actuals what was done"
        if register.max_delay_h[workload] > 0:
            expected = f"between what had to be done and the {number(arrived.sum())} unit·h that came in"
            return Fault(place, expected, f"{number(done[: period + 1].sum())} unit·h until then", hint)
        expected = f"its demand of {number(arrived[-1])} unit·h"
        return Fault(place, expected, f"{number(done[period])} unit·h done", hint)


def _denied_supply(problem: Problem, decisions: Decisions, until: int) -> Iterator[Fault]:
    """Find past energy of contracts and grids that the problem, as it is known now, does not have."""
    grid_kwh = problem.grid.import_limit_kw[:, None] * problem.horizon.hours
    for what, names, used, there in (
        ("contract", problem.contracts.names, decisions.contract_kwh, available_kwh(problem, decisions)),
        ("grid of site", problem.sites.names, decisions.grid_kwh, grid_kwh),
    ):
        past, most = used[:, :until], there[:, :until]
        missing = past > most + NEAR * np.maximum(past, past.max(initial=0.0) * NEAR)
        for thing in np.flatnonzero(missing.any(axis=1)).tolist():
            period = int(missing[thing].argmax())
            place = f"{what} {names[thing]}, {problem.horizon.local_time(period)}"
            expected = f"at least the {number(past[thing, period])} kWh that were used"
            hint = "what happened stays: let a series change the number from now on"
            yield Fault(place, expected, f"{number(most[thing, period])} kWh", hint)


def _added(parts: Sequence[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    """Add up amounts that stand at the same place: the places in order, and the sums."""
    places = np.concatenate([np.zeros(0, dtype=np.int64), *(place for place, _ in parts)])
    known, of = np.unique(places, return_inverse=True)
    amounts = np.concatenate([np.zeros(0), *(amount for _, amount in parts)])
    return known, sum_by(of.reshape(-1), amounts, len(known))


def _decisions(was: Problem, made: Decisions, problem: Problem) -> Decisions:
    """Give the decisions of a plan by the numbers that things have in another problem; 0 for new things."""
    taken = {}
    for name, meaning in meanings(Decisions).items():
        old, size = getattr(made, name), problem.shape(meaning)
        amount, axis = np.zeros(size), meaning.axes[0]
        if axis is Axis.OPTION:
            same = len(old) == size[0]
            index = np.arange(len(old)) if same else np.full(len(old), -1)
        else:
            index = _places(was.names[axis], problem.names[axis])
        kept = index >= 0
        if (old[~kept] > NEAR).any():
            raise UsageError(
                path="config",
                expected=f"all that the plan has decided on: {name.replace('_', ' ')}",
                found="less",
            )
        periods = slice(min(old.shape[-1], amount.shape[-1])) if len(meaning.axes) > 1 else None
        if periods is None:
            amount[index[kept]] = old[kept]
        else:
            amount[index[kept], periods] = old[kept][:, periods]
        taken[name] = amount
    return Decisions(**taken)
