"""A config that was solved, and the folder that keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from computeplan.api.loaded import Loaded, origin
from computeplan.errors import PlanFolderError
from computeplan.explain import Diagnosis, Reason
from computeplan.plan.contents import BASELINE_PROOF, PROOF, SUMMARY
from computeplan.plan.folder import json_bytes, write_folder
from computeplan.plan.plan import Plan
from computeplan.plan.saved import plan_bytes
from computeplan.plan.summary import summarize
from computeplan.plan.tables import table_files, tables
from computeplan.solvers import SolverOptions
from computeplan.studies.baselines import Baseline, baseline_data

if TYPE_CHECKING:
    from computeplan.plan.tables.catalog import Tables


@dataclass(frozen=True, eq=False)
class Run:
    """A config that was solved.

    Attributes
    ----------
    loaded : Loaded
    options : SolverOptions
    plan : Plan
        Has a solution where its status has one.
    baseline : Baseline, optional
        The plan with no work leaving its zone, to compare with.
    diagnosis : Diagnosis, optional
        Of an infeasible or unbounded problem: why there is no plan, and what would give it one.
    times_s : dict of str to float
        Seconds of each stage.
    others : tuple of Baseline
        Plans under other simple policies, those that were asked for.
    """

    loaded: Loaded
    options: SolverOptions
    plan: Plan
    baseline: Baseline | None
    diagnosis: Diagnosis | None
    times_s: dict[str, float] = field(default_factory=dict)
    others: tuple[Baseline, ...] = ()

    @property
    def baselines(self) -> tuple[Baseline, ...]:
        """All plans to compare with."""
        return (self.baseline, *self.others) if self.baseline else self.others

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why there is no plan, as far as simple conditions show it."""
        return self.diagnosis.reasons if self.diagnosis else ()

    def summary(self) -> dict[str, object]:
        """Summarize the run; the same for the same config and solver."""
        told = self.diagnosis.data() if self.diagnosis else {"reasons": []}
        return {
            "name": self.plan.problem.name,
            **summarize(self.plan),
            "baseline": {"all_local": baseline_data(self.plan, self.baseline)} if self.baseline else None,
            "policies": {str(other.policy): baseline_data(self.plan, other) for other in self.others},
            **told,
            "warnings": list(self.loaded.warnings),
        }

    def tables(self) -> Tables:
        """Make the plan's tables, polars frames by name.

        Raises
        ------
        PlanFolderError
            If there is no plan.
        """
        if self.plan.solution is None:
            raise PlanFolderError(f"there is no plan to tabulate: the status is {self.plan.status}")
        return tables(
            self.plan.problem, self.plan.solution, self.baseline.companies if self.baseline else None
        )

    def save(self, folder: str | Path) -> None:
        """Write the plan folder, whole or not at all; an earlier plan there is replaced.

        Parameters
        ----------
        folder : str or Path

        Raises
        ------
        PlanFolderError
            If there is no plan, or the folder cannot be written or holds something else.
        """
        write_folder(Path(folder), self._files(), self._provenance())

    def _files(self) -> Iterator[tuple[str, bytes]]:
        yield from self.loaded.kept()
        yield PROOF, plan_bytes(self.plan)
        if self.baseline:
            yield BASELINE_PROOF, plan_bytes(self.baseline.plan)
        yield SUMMARY, json_bytes(self.summary())
        yield from table_files(self.tables())

    def _provenance(self) -> dict[str, object]:
        where_from = origin(self.loaded, self.options)
        return {**where_from, "solver": asdict(self.plan.solver), "times_s": self.times_s}
