"""Write a plan for another system, and say what its whole numbers lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from computeplan.arguments import checked
from computeplan.errors import UsageError
from computeplan.exports.catalog import TARGETS
from computeplan.exports.material import Material
from computeplan.folder.contents import EXPORT
from computeplan.folder.tables.frames import csv_bytes, named
from computeplan.folder.write import write_folder
from computeplan.problem import Problem
from computeplan.runs.loaded import origin
from computeplan.runs.opened import open_plan
from computeplan.runs.run import Run
from computeplan.studies.shares.groups import Grouping, Groups, make_groups
from computeplan.text import did_you_mean, expected_one_of
from computeplan.vocabulary import System

if TYPE_CHECKING:
    import polars as pl

ROUNDING, NAMES = "rounding.csv", "names.csv"
"""What each quota is and loses, and what things are called in the other system."""


@dataclass(frozen=True, eq=False)
class PlanExport:
    """A plan written for another system."""

    to: System
    material: Material

    def __repr__(self) -> str:
        return f"PlanExport({self.material.problem.name} to {self.to}: {len(self.files)} files)"

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Content of each file by its path."""
        material = self.material
        files = dict(TARGETS[self.to].write(material))
        if material.quotas:
            files[ROUNDING] = csv_bytes(self.rounding())
        return files | {NAMES: csv_bytes(self._names())}

    @property
    def planned_h(self) -> float:
        """Replica·h that the plan keeps busy; 0 where nothing is counted."""
        return sum(float(quota.planned_h.sum()) for quota in self.material.quotas)

    @property
    def lost_h(self) -> float:
        """Part of them that is above the whole replicas, at the hours of the plan."""
        return sum(float(quota.lost_h.sum()) for quota in self.material.quotas)

    def rounding(self) -> pl.DataFrame:
        """Say of each window, group and pool how many whole replicas it has, and what they lose."""
        import polars as pl

        material, busy = self.material, self.material.busy
        problem, frames = material.problem, []
        for quota in material.quotas:
            row = np.flatnonzero(quota.peak)
            columns = {
                "window": [material.label(quota.window)] * len(row),
                "group": named(material.counted_names, busy.group[row]),
                "site": named(problem.sites.names, problem.pools.site[busy.pool[row]]),
                "pool": named(problem.pools.names, busy.pool[row]),
                "replicas": quota.whole[row],
                "peak_replicas": quota.peak[row],
                "planned_replica_h": quota.planned_h[row],
                "lost_replica_h": quota.lost_h[row],
            }
            frames.append(pl.DataFrame(columns, schema_overrides={"window": pl.String}))
        return pl.concat(frames)

    @checked
    def save(self, folder: str | Path) -> None:
        """Write the files to a folder, whole or not at all; an earlier export there is replaced.

        Raises
        ------
        PlanFolderError
            If the folder cannot be written or holds something else.
        """
        run = self.material.run
        write_folder(Path(folder), self.files.items(), origin(run.loaded, run.options), EXPORT)

    def _names(self) -> pl.DataFrame:
        import polars as pl

        rows = [(what, *pair) for what, pairs in self._renamed() for pair in pairs]
        return pl.DataFrame(rows, schema=["what", "in_plan", "in_system"], orient="row")

    def _renamed(self) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
        material, problem = self.material, self.material.problem
        yield "site", zip(problem.sites.names, material.sites, strict=True)
        yield "pool", zip(problem.pools.names, material.pools, strict=True)
        yield material.groups.by, zip(material.groups.names, material.group_names, strict=True)


@checked
def export_plan(
    plan: Run | str | Path,
    to: System | str,
    *,
    by: Grouping = "company",
    resource: str | None = None,
    per_unit: float = 1.0,
    window_h: float = 168.0,
    names: Mapping[str, str] | None = None,
) -> PlanExport:
    """Write a plan for another system: quotas, reservations, weights, curves of capacity, or a bill.

    Parameters
    ----------
    plan : Run, str or Path
        A plan, or its folder.
    to : System or str
        ``kueue``, ``karmada``, ``kubernetes``, ``slurm``, ``skypilot``, ``capacity`` or ``focus``.
    by : str, Path or mapping
        What has a quota of its own: ``company``, ``tier``, a CSV file, or each company's group.
    resource : str, optional
        What is counted in whole numbers; by default ``nvidia.com/gpu``, in Slurm nodes.
    per_unit : float
        How many of it a unit of the plan is: 8 for servers of 8 GPUs.
    window_h : float
        Hours for which a quota holds.
    names : mapping, optional
        Names in the other system of sites, pools, hardware, groups and workloads, by those in the plan.

    Raises
    ------
    UsageError
        If there is no such system, or one of the names is not in the plan.
    PlanFolderError, AuditError
        If there is no plan, or it fails its audit.
    """
    if to not in list(System):
        raise UsageError(path="to", **expected_one_of(list(System), to))
    for name, value in {"per_unit": per_unit, "window_h": window_h}.items():
        if not 0 < value < np.inf:
            raise UsageError(path=name, expected="a number above 0", found=value)
    run = plan if isinstance(plan, Run) else open_plan(plan, baseline=False)
    target, problem = TARGETS[System(to)], run.plan.problem
    groups = make_groups(problem, by)
    _check_names(problem, groups, names or {})
    return PlanExport(
        System(to),
        Material(
            run,
            run.require_solution("export"),
            groups,
            target.count,
            resource or target.resource,
            per_unit,
            window_h,
            names or {},
        ),
    )


def _check_names(problem: Problem, groups: Groups, names: Mapping[str, str]) -> None:
    """Refuse names of what the plan has not, and one name for two things of a kind."""
    kinds = (problem.sites.names, problem.pools.names, problem.hardware.names, groups.names)
    known = {name for kind in kinds for name in kind}
    for name in names:
        if name not in known and name not in problem.workloads.names:
            hint = did_you_mean(name, known)
            raise UsageError(path="names", expected="names of the plan", found=repr(name), hint=hint)
    for kind in (*kinds, problem.workloads.names) if names else ():
        count = Counter(names.get(name, name) for name in kind)
        if twice := sorted(name for name, times in count.items() if times > 1):
            found = ", ".join(map(repr, twice))
            raise UsageError(path="names", expected="a name for one thing only", found=found)
