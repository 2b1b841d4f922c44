"""What the targets write from: a plan with its quotas, and the names that things have in the other system."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from computeplan.accounts.requirements import running_efficiency
from computeplan.exports.names import system_names
from computeplan.exports.quotas import BusyUnits, Quota, count_busy_units, cut_windows, make_quotas
from computeplan.problem import Floats, Ints, Problem
from computeplan.problem.arrays import ratio
from computeplan.runs.run import Run
from computeplan.solvers.plan import Solution
from computeplan.studies.shares.groups import Groups


class Count(StrEnum):
    """Whose busy units a target rounds: those of groups of companies, of kinds of work by period, or none."""

    GROUPS = "groups"
    KINDS = "kinds"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Target:
    """A system that a plan can be exported to."""

    write: Callable[[Material], Iterator[tuple[str, bytes]]]
    """Gives path and content of each file."""
    resource: str = ""
    """What it counts, where nothing else is asked for."""
    count: Count = Count.GROUPS


@dataclass(frozen=True, eq=False)
class Material:
    """A plan, and how it is to be written."""

    run: Run
    solution: Solution
    groups: Groups
    """Of companies: what has a quota of its own."""
    count: Count
    resource: str
    per_unit: float
    """Replicas, which are counted whole, in a unit of the plan."""
    window_h: float
    chosen: Mapping[str, str]
    """Names in the other system, by those in the plan."""

    @property
    def problem(self) -> Problem:
        """What was planned."""
        return self.run.plan.problem

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """Names of the sites' clusters."""
        return system_names(self.problem.sites.names, self.chosen)

    @cached_property
    def pools(self) -> tuple[str, ...]:
        """Names of the pools."""
        return system_names(self.problem.pools.names, self.chosen)

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """Names of the groups' namespaces, queues and accounts."""
        return system_names(self.groups.names, self.chosen)

    @cached_property
    def workloads(self) -> tuple[str, ...]:
        """Names of the workloads' objects."""
        return system_names(self.problem.workloads.names, self.chosen)

    @property
    def hardware(self) -> tuple[str, ...]:
        """(P,) name of each pool's hardware; another system's own may have capitals."""
        names = [self.chosen.get(name, name) for name in self.problem.hardware.names]
        return tuple(names[h] for h in self.problem.pools.hardware.tolist())

    @cached_property
    def counted_names(self) -> tuple[str, ...]:
        """Names in the plan of whose busy units are rounded."""
        return self.problem.hardware.kind_names if self.count is Count.KINDS else self.groups.names

    @cached_property
    def busy(self) -> BusyUnits:
        """Units that each of them keeps busy."""
        problem = self.problem
        kinds = problem.needs.kind[problem.workloads.need]
        group_of = kinds if self.count is Count.KINDS else self.groups.of_workload
        return count_busy_units(problem, self.solution, group_of)

    @cached_property
    def quotas(self) -> list[Quota]:
        """Their whole replicas, a window each; none where the target counts nothing."""
        if self.count is Count.NOTHING:
            return []
        return make_quotas(self.problem, self.solution, self.busy, self.per_unit, self.windows)

    @cached_property
    def windows(self) -> list[slice]:
        """Periods for which a quota holds."""
        hours = 0.0 if self.count is Count.KINDS else self.window_h
        return cut_windows(self.problem, hours)

    def label(self, window: slice) -> str:
        """Name a window by its local start, such as ``2026-03-02`` or ``2026-03-02T0600``."""
        day, clock = self.problem.horizon.local_time(window.start).split()
        return day if clock == "00:00" else f"{day}T{clock.replace(':', '')}"

    def rows_by_group(self, quota: Quota, at: Ints) -> Iterator[tuple[int, Ints]]:
        """Give each group with the rows of what it keeps busy in a window, of some rows."""
        some = at[quota.peak[at] > 0]
        groups, first = np.unique(self.busy.group[some], return_index=True)
        yield from zip(groups.tolist(), np.split(some, first[1:]), strict=bool(len(groups)))

    def rows_of_site(self, site: int) -> Ints:
        """Rows of what is busy at a site."""
        return np.flatnonzero(self.problem.pools.site[self.busy.pool] == site)

    @cached_property
    def placements(self) -> tuple[Floats, Floats]:
        """(N, W, P) busy unit·h of every workload in each window, and (N, W) its most busy units."""
        problem, windows = self.problem, self.windows
        hours = np.zeros((len(windows), problem.workloads.size, problem.pools.size))
        most = np.zeros(hours.shape[:2])
        per_work = ratio(1.0, running_efficiency(problem))
        window_of = np.concatenate([np.full(w.stop - w.start, n) for n, w in enumerate(windows)])
        for block in self.solution.allocation.blocks():
            rate = per_work[np.ix_(problem.workloads.need[block.workloads], block.pools)]
            load, of = block.unit_h * rate[:, :, None], window_of[block.periods]
            for window in np.unique(of).tolist():
                part = load[:, :, of == window]
                hours[window][np.ix_(block.workloads, block.pools)] = part.sum(axis=2)
                most[window, block.workloads] = part.sum(axis=1).max(axis=1)
        return hours, most / problem.horizon.period_h
