"""What the modules of the model share: the problem, its placements and the program being built."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from computeplan.grouping import Grouping, Launches, Runs, find_runs, join_runs
from computeplan.lp.builder import ProgramBuilder, Values
from computeplan.lp.windows import Arrivals, WorkloadPeriods, arrivals_of, free_slots
from computeplan.problem import Bools, Floats, Ints, Problem
from computeplan.problem.arrays import ReadOnlyArrays

ABSENT = -1
"""Index of a variable or row that the problem does not need."""


@dataclass(frozen=True, eq=False)
class Placements(ReadOnlyArrays):
    """Placements *q*: workloads whose unit·h costs and uses the same in every pool.

    *When* a workload is served and *where* the work is done are separate decisions: the linear program
    has the served amount of every workload and period, and the work of every placement, pool and period.
    """

    of: Ints
    """(W,) placement of each workload."""
    need: Ints
    """(Q,) a need with the placement's coefficients."""
    gb_per_unit_h: Floats
    """(Q,) GB that travel with a unit·h, data sets of jobs included."""
    member: Bools
    """(U, Q) whether its workloads are in the set of each rule: all of them are, or none."""
    runs_through: Bools
    """(Q,) whether its workloads are jobs that run through."""

    @property
    def size(self) -> int:
        """Number of placements Q."""
        return len(self.need)


def placements_of(grouping: Grouping) -> Placements:
    """Describe the placements of a grouping's workloads."""
    workloads = grouping.problem.workloads
    _, first = np.unique(grouping.placement_of, return_index=True)
    return Placements(
        of=grouping.placement_of,
        need=workloads.need[first],
        gb_per_unit_h=grouping.problem.traffic_gb_per_unit_h[first],
        member=grouping.problem.rules.member[:, first],
        runs_through=workloads.runs_through[first],
    )


class EnergyBalance:
    """Terms of the energy balance, Σ supply = use in each site and period, kWh.

    `terms`: supply of one unit of each column; negative for use. `fixed_use_kwh` (S, T): use that no decision
    changes.
    """

    def __init__(self, sites: int, periods: int) -> None:
        self.terms: list[tuple[Ints, Ints, Floats]] = []
        self.fixed_use_kwh = np.zeros((sites, periods))

    def add(self, sites: Ints, columns: Ints, kwh: Values) -> None:
        """Let each column deliver energy to its site; a level, (n, 1), delivers in every period."""
        shape = (len(sites), self.fixed_use_kwh.shape[1])
        amount = np.broadcast_to(np.asarray(kwh, dtype=float), shape)
        self.terms.append((sites, np.broadcast_to(columns, shape), amount))

    def add_fixed_use(self, sites: Ints, kwh: Floats) -> None:
        """Add use that no decision changes, (n, T)."""
        np.add.at(self.fixed_use_kwh, sites, kwh)


@dataclass(frozen=True, eq=False)
class BuildContext:
    """A linear program being built."""

    problem: Problem
    placements: Placements
    arrivals: Arrivals
    """Of demands."""
    slots: WorkloadPeriods
    """Where free work may be done."""
    runs: Runs
    launches: Launches
    """Of jobs that run through."""
    launch_unit_h: Floats
    """(launches,) work of one launch: the volume of a whole job, 1 of others."""
    program: ProgramBuilder
    """Takes columns, rows, entries, costs and emissions."""
    balance: EnergyBalance
    """Takes what supplies and uses energy."""
    columns: dict[str, Ints] = field(default_factory=dict)
    rows: dict[str, Ints] = field(default_factory=dict)
    """Indices of each family that has been added; `ABSENT` where there is none."""

    @classmethod
    def start(cls, grouping: Grouping) -> BuildContext:
        """Start the program of a grouping's problem."""
        problem = grouping.problem
        arrivals = arrivals_of(problem)
        runs = find_runs(problem, np.flatnonzero(problem.workloads.runs_through))
        launches = join_runs(problem, grouping.placement_of, runs)
        job_unit_h = problem.workloads.volume_unit_h / np.maximum(np.diff(grouping.start), 1)
        job = runs.workload[launches.run]
        return cls(
            problem=problem,
            placements=placements_of(grouping),
            arrivals=arrivals,
            slots=free_slots(problem, arrivals),
            runs=runs,
            launches=launches,
            launch_unit_h=np.where(problem.workloads.is_whole[job], job_unit_h[job], 1.0),
            program=ProgramBuilder(),
            balance=EnergyBalance(problem.sites.size, problem.horizon.size),
        )

    def add_columns(
        self, name: str, size: int, at: Ints, lower: Values = 0.0, upper: Values = np.inf
    ) -> Ints:
        """Add one variable for each of some things; (size,) column indices."""
        return _spread(size, at, self.program.add_columns(name, (at,), lower, upper))

    def add_period_columns(self, name: str, size: int, at: Ints, upper: Floats) -> Ints:
        """Add 0 ≤ variable ≤ upper for each of some things and each period; (size, T) column indices."""
        shape = (len(at), self.problem.horizon.size)
        keys = (at[:, None], np.arange(shape[1])[None, :])
        columns = self.program.add_columns(name, keys, upper=np.broadcast_to(upper, shape))
        return _spread(size, at, columns.reshape(shape))

    def add_rows(self, name: str, size: int, at: Ints, lower: Values, upper: Values) -> Ints:
        """Add one row for each of some things; (size,) row indices."""
        return _spread(size, at, self.program.add_rows(name, (at,), lower, upper))

    def add_period_rows(self, name: str, size: int, at: Ints, lower: Values, upper: Values) -> Ints:
        """Add one row for each of some things and each period; (size, T) row indices."""
        shape = (len(at), self.problem.horizon.size)
        keys = (at[:, None], np.arange(shape[1])[None, :])
        rows = self.program.add_rows(name, keys, np.broadcast_to(lower, shape), np.broadcast_to(upper, shape))
        return _spread(size, at, rows.reshape(shape))

    def limit(
        self, name: str, at: Ints, limited: str, level: Ints, *, per: Values = 1.0, there: Values = 0.0
    ) -> Ints:
        """Add rows, limited[n,t] − per · level ≤ there, for some things of a family; (size, T) indices."""
        columns = self.columns[limited]
        rows = self.add_period_rows(name, len(columns), at, -np.inf, there)
        self.program.add_entries(rows[at], columns[at], 1.0)
        self.program.add_entries(rows[at], level, -np.asarray(per))
        return rows


def _spread(size: int, at: Ints, index: Ints) -> Ints:
    """Put the indices of some things among all; `ABSENT` for the others."""
    everything = np.full((size, *index.shape[1:]), ABSENT)
    everything[at] = index
    return everything
