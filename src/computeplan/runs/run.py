"""A config that was solved, and the folder that keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.accounts.costs import CostParts
from computeplan.accounts.decisions import Decision, DecisionChange, compare_decisions, list_decisions
from computeplan.accounts.energy import Emissions
from computeplan.arguments import checked
from computeplan.errors import AuditError, PlanFolderError, UsageError
from computeplan.explanations import Diagnosis, Reason
from computeplan.folder.archive import held_bytes, plan_bytes
from computeplan.folder.contents import BASELINE_PROOF, HELD, LIFTED, PROOF, SUMMARY
from computeplan.folder.summary import summarize
from computeplan.folder.tables import WorkloadAccount, expand, table_files, tables
from computeplan.folder.tables.schedule import ScheduleFilter, scan_schedule
from computeplan.folder.write import json_bytes, sealed_files, write_folder
from computeplan.problem import Status
from computeplan.runs.dataset import as_dataset, required_extra
from computeplan.runs.loaded import Loaded, origin, replaced_options
from computeplan.runs.overview import KEYS, overview
from computeplan.runs.subject import find_subject
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Plan, Solution
from computeplan.studies.baselines import Baseline, baseline_data
from computeplan.studies.ranging import EasedLimit
from computeplan.studies.shares import Effort, Grouping, SharesStudy, share_out
from computeplan.text import number, signed
from computeplan.vocabulary import ShareMethod, SubjectKind

if TYPE_CHECKING:
    from computeplan.folder.tables import Tables
    from computeplan.folder.tables.schedule import Frame, LazyFrame


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A config that was solved."""

    loaded: Loaded
    options: SolverOptions
    plan: Plan
    """Has a solution where its status has one."""
    baseline: Baseline | None
    """The plan with no work leaving its zone, to compare with."""
    diagnosis: Diagnosis | None
    """Of an infeasible or unbounded problem: why there is no plan, and what would give it one."""
    times_s: dict[str, float] = field(default_factory=dict)
    """Seconds of each stage."""
    others: tuple[Baseline, ...] = ()
    """Plans under other simple policies, those that were asked for."""
    folder: Path | None = None
    """The plan folder that the run was opened from."""
    eased: tuple[EasedLimit, ...] = ()
    """What a tenth more of some limits saves, solved."""

    def __repr__(self) -> str:
        name, status, *facts = (f"{key} {text}" for key, text in self._facts().items())
        return f"Run({name.removeprefix('name ')}: {'; '.join([status.removeprefix('status '), *facts])})"

    def _repr_html_(self) -> str:
        rows = (f"<tr><th>{name}</th><td>{escape(text)}</td></tr>" for name, text in self._facts().items())
        return f"<table>{''.join(rows)}</table>"

    def _facts(self) -> dict[str, str]:
        """Say in short what was planned, how it ended, and what the plan costs and emits."""
        problem, solution = self.plan.problem, self.plan.solution
        facts = {"name": problem.name, "status": str(self.plan.status)}
        if solution is None:
            return facts
        if not solution.audit.passed:
            return {**facts, "audit": "FAILED: not a valid plan"}
        basis = problem.objective.basis
        facts["cost"] = f"{number(self.cost.total, 6)} {problem.currency}"
        if self.baseline and self.baseline.accounts:
            change = self.cost.total - self.baseline.accounts.cost.total
            facts["against all-local"] = f"{signed(number(change, 6), change)} {problem.currency}"
        facts["carbon"] = f"{number(self.emissions.on(basis))} t ({basis})"
        return facts

    @property
    def status(self) -> Status:
        """How planning ended."""
        return self.plan.status

    @property
    def cost(self) -> CostParts[float]:
        """What the plan costs, in the config's currency: `total`, and `parts()` by name.

        Raises
        ------
        PlanFolderError
            If there is no plan.
        """
        return _solution_of(self.plan).accounts.cost

    @property
    def emissions(self) -> Emissions[float]:
        """Tonnes of CO₂e on the bases `location`, `market` and `hourly`.

        Raises
        ------
        PlanFolderError
            If there is no plan.
        """
        return _solution_of(self.plan).accounts.emissions_t

    @property
    def plot(self) -> Any:
        """Charts of the plan as plotly figures, a `computeplan.reports.plots.Plots`: ``run.plot.sites()``."""
        # The report is a layer above: it is found by its name when somebody wants to see a chart.
        return import_module("computeplan.reports.plots").Plots(self)

    def to_pandas(self) -> dict[str, Any]:
        """Make the plan's tables as pandas data frames by name; needs the extra ``pandas``."""
        pandas = required_extra("pandas")
        return {
            name: pandas.DataFrame(frame.to_dict(as_series=False)) for name, frame in self.tables().items()
        }

    def to_xarray(self) -> Any:
        """Make a dataset of what the plan does by pool, site and period; needs the extra ``xarray``."""
        return as_dataset(self.plan.problem, _solution_of(self.plan), required_extra("xarray"))

    @property
    def baselines(self) -> tuple[Baseline, ...]:
        """All plans to compare with."""
        return (self.baseline, *self.others) if self.baseline else self.others

    def require_solution(self, purpose: str) -> Solution:
        """Give the solution, if there is one and it holds.

        Raises
        ------
        PlanFolderError
            If there is no plan.
        AuditError
            If it fails its audit: what follows from it would be false.
        """
        solution = self.plan.solution
        if solution is None:
            raise PlanFolderError(f"there is no plan to {purpose}: the status is {self.plan.status}")
        if not solution.audit.passed:
            notes = "".join(f"\n{note}" for note in solution.audit.notes)
            place = self.folder or self.loaded.path
            raise AuditError(
                f"{place}: the audit failed, so there is nothing to {purpose}{notes}", path=place
            )
        return solution

    @checked
    def is_within(self, max_gap: float) -> bool:
        """Whether there is a plan that is proved to be at most this share above the optimum."""
        if not max_gap >= 0:
            raise UsageError(path="max_gap", expected="a share of at least 0, such as 0.01", found=max_gap)
        solution = self.plan.solution
        return solution is not None and solution.audit.passed and solution.audit.is_within(max_gap)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why there is no plan, as far as simple conditions show it."""
        return self.diagnosis.reasons if self.diagnosis else ()

    @cached_property
    def decisions(self) -> tuple[DecisionChange, ...]:
        """What the plan opens, adds, books, contracts, leases, rents and buys, against the all-local plan.

        Raises
        ------
        PlanFolderError
            If there is no plan.
        """
        local = self.baseline.plan if self.baseline else None
        others = decided(local) if local and local.solution else None
        return compare_decisions(decided(self.plan), others)

    @cached_property
    def account(self) -> WorkloadAccount:
        """What every workload does and is charged.

        Raises
        ------
        PlanFolderError
            If there is no plan.
        """
        return expand(self.plan.problem, _solution_of(self.plan))

    def summary(self) -> dict[str, object]:
        """Summarize the run; the same for the same config and solver."""
        diagnosis = self.diagnosis.data() if self.diagnosis else {"reasons": []}
        return {
            "name": self.plan.problem.name,
            **summarize(self.plan),
            **self._overview(),
            "baseline": {"all_local": baseline_data(self.plan, self.baseline)} if self.baseline else None,
            "policies": {str(other.policy): baseline_data(self.plan, other) for other in self.others},
            **diagnosis,
            "warnings": list(self.loaded.warnings),
        }

    def _overview(self) -> dict[str, object]:
        if self.plan.solution is None:
            return dict.fromkeys(KEYS)
        local = self.baseline.companies if self.baseline else None
        return overview(self.plan.solution, self.account, self.decisions, local, self.eased)

    def tables(self) -> Tables:
        """Make the plan's tables, polars frames by name.

        Raises
        ------
        PlanFolderError
            If there is no plan.
        """
        return tables(
            self.plan.problem,
            _solution_of(self.plan),
            self.account,
            self.decisions,
            self.baseline.companies if self.baseline else None,
        )

    @checked
    def schedule(
        self, workload: str | None = None, *, company: str | None = None, site: str | None = None
    ) -> Frame:
        """Say who runs where and when: one row for each workload, pool and period with work.

        Without a name every workload is listed, and the frame can be large: see `scan_schedule`.

        Raises
        ------
        UsageError
            If nothing has one of the names.
        PlanFolderError
            If there is no plan.
        """
        return self.scan_schedule(workload, company=company, site=site).collect()

    @checked
    def scan_schedule(
        self, workload: str | None = None, *, company: str | None = None, site: str | None = None
    ) -> LazyFrame:
        """Give the same as a lazy frame, which polars expands while it is read or written."""
        solution = self.require_solution("schedule")
        return scan_schedule(solution.allocation, self.select(workload, company, site))

    def select(self, workload: str | None, company: str | None, site: str | None) -> ScheduleFilter:
        """Choose workloads and a site by name; all of them where no name is given."""
        problem = self.plan.problem
        kinds = {SubjectKind.WORKLOAD: workload, SubjectKind.COMPANY: company, SubjectKind.SITE: site}
        found = {
            kind: find_subject(problem, name, kind).index for kind, name in kinds.items() if name is not None
        }
        some = np.ones(problem.workloads.size, dtype=bool)
        if SubjectKind.COMPANY in found:
            some &= problem.workloads.company == found[SubjectKind.COMPANY]
        if SubjectKind.WORKLOAD in found:
            some &= np.arange(len(some)) == found[SubjectKind.WORKLOAD]
        return ScheduleFilter(
            None if some.all() else np.flatnonzero(some).tolist(), found.get(SubjectKind.SITE)
        )

    @checked
    def shares(
        self,
        method: ShareMethod | str = ShareMethod.AVERAGE,
        *,
        by: Grouping = "tier",
        largest: int | None = None,
        effort: Effort | None = None,
        options: SolverOptions | Mapping[str, object] | None = None,
    ) -> SharesStudy:
        """Share the cost among groups of companies; the parameters are those of `computeplan.shares`."""
        solution, chosen = self.require_solution("share"), replaced_options(self.options, options)
        return share_out(self.plan.problem, solution, method, chosen, by=by, largest=largest, effort=effort)

    @checked
    def save(self, folder: str | Path) -> None:
        """Write the plan folder, whole or not at all; an earlier plan there is replaced.

        Raises
        ------
        PlanFolderError
            If there is no plan, or the folder cannot be written or holds something else.
        """
        write_folder(Path(folder), self._files(), self._provenance())

    def folder_files(self) -> Iterator[tuple[str, bytes]]:
        """Give all that `save` writes, for a folder that keeps plan folders."""
        return sealed_files(self._files(), self._provenance())

    def _files(self) -> Iterator[tuple[str, bytes]]:
        yield from self.loaded.kept()
        yield PROOF, plan_bytes(self.plan)
        if held := self.plan.problem.held:
            yield HELD, held_bytes(held)
        if self.baseline:
            yield BASELINE_PROOF, plan_bytes(self.baseline.plan)
        yield SUMMARY, json_bytes(self.summary())
        yield from table_files(self.tables())

    def _provenance(self) -> dict[str, object]:
        where_from = origin(self.loaded, self.options)
        lifted = [limit.data() for limit in self.baseline.lifted] if self.baseline else []
        return {
            **where_from,
            "solver": asdict(self.plan.solver),
            "times_s": self.times_s,
            **({LIFTED: lifted} if lifted else {}),
        }


def decided(plan: Plan) -> tuple[Decision, ...]:
    """List all that a plan can decide once for the whole horizon; amounts may be 0.

    Raises
    ------
    PlanFolderError
        If there is no plan.
    """
    solution = _solution_of(plan)
    return list_decisions(plan.problem, solution.decisions, solution.accounts)


def _solution_of(plan: Plan) -> Solution:
    if plan.solution is None:
        raise PlanFolderError(f"there is no plan to tabulate: the status is {plan.status}")
    return plan.solution
