"""The linear program of a problem, and the way back from its solution."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.grouping import Grouping, Launches, Runs, find_overlaps
from computeplan.lp.context import ABSENT, BuildContext, Placements
from computeplan.lp.families import FAMILIES, VARIABLES
from computeplan.lp.measured import measured_form
from computeplan.lp.program import LinearForm, LinearProgram
from computeplan.lp.storage import net_directions
from computeplan.lp.windows import Arrivals, WorkloadPeriods
from computeplan.problem import Decisions, Floats, Ints, Prices, Problem, Work, sum_by

BYTES_PER_COLUMN = 700
"""Least memory for a variable from building to the end of the solve (measured: 750 to 2,400 bytes)."""
NEGLIGIBLE = 1e-12
"""Work below this share of the largest is a solver's rounding."""


@dataclass(frozen=True, eq=False)
class Model:
    """A problem's linear program with the meaning of its columns and rows."""

    problem: Problem
    lp: LinearProgram
    money: LinearForm
    emissions: LinearForm
    """What the columns cost, shortfall penalty included, and emit on the objective's basis; the objective is
    a weighted sum of both."""
    placements: Placements
    slots: WorkloadPeriods
    arrivals: Arrivals
    runs: Runs
    launches: Launches
    """What the columns of work stand for."""
    columns: dict[str, Ints]
    """Column indices of each family of variables; `ABSENT` where there is none."""
    rows: dict[str, Ints]
    """Row indices of each family of constraints, in the shape of its prices."""

    def reweight(self, problem: Problem) -> Model:
        """Weigh all parts of the objective as a problem does that differs in these weights only."""
        form, goal = _objective(problem, self.money, self.emissions), problem.objective
        if goal.measured is not None:
            measured = measured_form(goal.measured, self.lp, self.columns, self.arrivals)
            form = form.plus(measured.times(goal.measure_price))
        lp = replace(self.lp, cost=form.coefficients, offset=form.constant)
        return replace(self, problem=problem, lp=lp)

    def decode(self, values: Floats) -> tuple[Work, Decisions]:
        """Read decisions and the work of the (possibly merged) workloads from the columns' values."""
        amounts = {
            family.decision: _read_amount(values, self.columns[name])
            for name, family in VARIABLES.items()
            if family.decision
        }
        amounts["rented_units"] *= self.problem.pools.step_units[:, None]
        is_open = np.abs(np.round(amounts["open_sites"]))
        amounts["open_sites"] = np.where(self.problem.sites.is_optional, is_open, 1.0)
        return self._decode_work(values), net_directions(self.problem, Decisions(**amounts))

    def prices(self, row_duals: Floats) -> Prices:
        """Read the dual prices from the rows' duals, changes of the objective with the right-hand side."""
        rows = self.rows
        carbon = _read(row_duals, rows["carbon_cap"])
        return Prices(
            load=_read(row_duals, rows["load"]),
            rent=-_read(row_duals, rows["booking"]) - _read(row_duals, rows["new_capacity"]),
            energy=_read(row_duals, rows["energy_balance"]),
            peak=-_read(row_duals, rows["demand_charge"]),
            link=_read(row_duals, rows["traffic"]),
            cap=-_read(row_duals, rows["cap"]),
            carbon=-float(carbon.sum()),
            cover=-_read(row_duals, rows["cover"]),
            surplus=-_read(row_duals, rows["surplus"]),
            budget=-float(_read(row_duals, rows["budget"]).sum()),
            rule=-_read(row_duals, rows["rule"]),
            renewable=-_read(row_duals, rows["renewable_share"]),
            offer=-_read(row_duals, rows["contracted_power"]),
            lease=-_read(row_duals, rows["leased_bandwidth"]),
            storage=-_read(row_duals, rows["storage"]),
        )

    def _decode_work(self, values: Floats) -> Work:
        kinds = self._free_work(values), self._fixed_work(values), self._work_of_runs(values)
        workload, pool, period, unit_h = (np.concatenate(part) for part in zip(*kinds, strict=True))
        kept = np.flatnonzero(unit_h > NEGLIGIBLE * unit_h.max(initial=0.0))
        order = kept[np.lexsort((period[kept], pool[kept], workload[kept]))]
        short_workload, short_period, short_unit_h = self._decode_shortfall(values)
        return Work(
            workload=workload[order],
            pool=pool[order],
            period=period[order],
            unit_h=unit_h[order],
            short_workload=short_workload,
            short_period=short_period,
            short_unit_h=short_unit_h,
        )

    def _free_work(self, values: Floats) -> tuple[Ints, Ints, Ints, Floats]:
        """Lay the served work of a placement's workloads over the pools that do it."""
        slots, columns, size = self.slots, self.columns, self.problem.horizon.size
        at_once = self.arrivals.of_pairs(slots.workload, slots.period) - _read(values, columns["short"])
        served = np.where(columns["served"] == ABSENT, at_once, _read(values, columns["served"]))
        slot_place = self.placements.of[slots.workload] * size + slots.period
        slot = np.lexsort((slots.workload, slot_place))
        placement, work_pool, work_period = self.lp.column_keys("work")
        work_place = placement * size + work_period
        cell = np.lexsort((work_pool, work_place))
        part, other, unit_h = find_overlaps(
            slot_place[slot], served[slot], work_place[cell], values[columns["work"][cell]]
        )
        workload, pool = slots.workload[slot[part]], work_pool[cell[other]]
        return workload, pool, slots.period[slot[part]], unit_h

    def _fixed_work(self, values: Floats) -> tuple[Ints, Ints, Ints, Floats]:
        workload, pool = self.lp.column_keys("share")
        done = values[self.columns["share"]][:, None] * self.arrivals.by_period(workload)
        pair, period = np.nonzero(done > 0)
        return workload[pair], pool[pair], period, done[pair, period]

    def _work_of_runs(self, values: Floats) -> tuple[Ints, Ints, Ints, Floats]:
        """Lay the jobs that start together over the pools in which they do, and add up what their runs do."""
        launch, pool = self.lp.column_keys("launch")
        run = np.argsort(self.launches.of, kind="stable")
        started, there = values[self.columns["start"][run]], values[self.columns["launch"]]
        part, other, amount = find_overlaps(self.launches.of[run], started, launch, there)
        run = run[part]
        row, entry = self.runs.entries(run)
        pools, periods = self.problem.pools.size, self.problem.horizon.size
        place = self.runs.workload[run] * pools + pool[other]
        cells, cell = np.unique(place[row] * periods + self.runs.when[entry], return_inverse=True)
        done = sum_by(cell, amount[row] * self.runs.part[entry], len(cells))
        return cells // (pools * periods), cells // periods % pools, cells % periods, done

    def _decode_shortfall(self, values: Floats) -> tuple[Ints, Ints, Floats]:
        slots = self.slots
        short = _read(values, self.columns["short"])
        job = _read(values, self.columns["short_job"])
        share = _read(values, self.columns["short_share"])
        fixed = np.flatnonzero(share > 0)
        of_fixed = share[fixed, None] * self.arrivals.by_period(fixed)
        row, fixed_period = np.nonzero(of_fixed > 0)
        slot, late = np.flatnonzero(short > 0), np.flatnonzero(job > 0)
        workload = np.concatenate((slots.workload[slot], late, fixed[row]))
        period = np.concatenate((slots.period[slot], slots.period[slots.start[late + 1] - 1], fixed_period))
        unit_h = np.concatenate((short[slot], job[late], of_fixed[row, fixed_period]))
        order = np.lexsort((period, workload))
        return workload[order], period[order], unit_h[order]


def build(grouping: Grouping) -> Model:
    """Build the linear program of a grouping's problem."""
    context, problem = BuildContext.start(grouping), grouping.problem
    for name, family in VARIABLES.items():
        context.columns[name] = family.add(context)
    for name, family in FAMILIES.items():
        context.rows[name] = family.add(context)
    program = context.program
    cost, penalty, emissions = (
        form.build(program.n_columns) for form in (program.cost, program.penalty, program.emissions)
    )
    money = cost.plus(penalty)
    model = Model(
        problem=problem,
        lp=program.build(_objective(problem, money, emissions)),
        money=money,
        emissions=emissions,
        placements=context.placements,
        slots=context.slots,
        arrivals=context.arrivals,
        runs=context.runs,
        launches=context.launches,
        columns=context.columns,
        rows=context.rows,
    )
    return model if problem.objective.measured is None else model.reweight(problem)


def _objective(problem: Problem, money: LinearForm, emissions: LinearForm) -> LinearForm:
    """Weigh money and emissions as the problem's objective does."""
    goal = problem.objective
    return money.times(goal.cost_weight).plus(emissions.times(goal.carbon_weight))


def _read(values: Floats, index: Ints) -> Floats:
    """Values at these indices; 0 where there is no variable or row."""
    there = index != ABSENT
    found = np.zeros(index.shape)
    found[there] = values[index[there]]
    return found


def _read_amount(values: Floats, index: Ints) -> Floats:
    """Values of nonnegative variables, clipped at zero."""
    return np.maximum(_read(values, index), 0.0)


def least_columns(grouping: Grouping) -> int:
    """Count work, served work and load: no more variables than `build` makes, and nearly all of them."""
    problem = grouping.problem
    workloads, of = problem.workloads, grouping.placement_of
    periods = _periods(problem)
    free = ~workloads.is_fixed
    placements = int(of.max(initial=-1)) + 1
    active = np.zeros(placements)
    np.maximum.at(active, of[free], periods[free])
    need = np.zeros(placements, dtype=np.int64)
    need[of] = workloads.need
    pools = problem.eligibility.allowed.sum(axis=1)[need]
    waits = free & ((workloads.is_job & ~workloads.runs_through) | (workloads.max_delay_h > 0))
    load = problem.pools.size * problem.horizon.size
    return int(active @ pools + periods[waits].sum() + load)


def _periods(problem: Problem) -> Floats:
    """(W,) periods in which each workload can be served, at least."""
    workloads, horizon = problem.workloads, problem.horizon
    busy = np.count_nonzero(workloads.profiles > 0, axis=1)[workloads.profile]
    interactive = np.where(workloads.scale > 0, busy, 0)
    demand = np.where(workloads.max_delay_h > 0, horizon.size, interactive)
    longest = min(block.stop - block.start for block in horizon.blocks)
    window = (workloads.deadline_h - workloads.release_h) / horizon.period_h
    left = longest - workloads.release_h / horizon.period_h % longest
    job = np.floor(np.clip(np.minimum(window, left) - 1, 0, longest))
    return np.where(workloads.is_job, job, demand).astype(np.float64)
