"""Explains one thing of a plan, or why a config has none."""

from __future__ import annotations

from dataclasses import dataclass

from computeplan.accounts.statements import Statements
from computeplan.arguments import checked
from computeplan.config import find_settings
from computeplan.errors import ConfigError, UsageError
from computeplan.explanations import Diagnosis, Suggestion, endless, impossible, plan_status, ways_out
from computeplan.explanations.part import (
    PartCase,
    explain_contract,
    explain_hour,
    explain_link,
    explain_pool,
)
from computeplan.explanations.site import SiteCase, explain_site
from computeplan.explanations.workload import CompanyCase, WorkloadCase, explain_company, explain_workload
from computeplan.problem import Status
from computeplan.runs.loaded import Loaded
from computeplan.runs.run import Run
from computeplan.runs.subject import find_subject
from computeplan.solvers import SolverOptions
from computeplan.text import expected_one_of
from computeplan.vocabulary import SubjectKind


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a plan says about one of its things."""

    run: Run
    case: WorkloadCase | SiteCase | CompanyCase | PartCase
    local: Statements | None = None
    """Of all companies in the all-local plan, to compare a company with."""

    def __repr__(self) -> str:
        return f"Explanation({type(self.case).__name__} of {self.run.plan.problem.name})"


@checked
def explain(run: Run, name: str, kind: SubjectKind | str | None = None) -> Explanation:
    """Explain a workload, company, site, pool, contract, link or hour; of several with the name the `kind`.

    Raises
    ------
    UsageError
        If nothing has the name, or more than one thing.
    PlanFolderError
        If the run has no plan, or it fails its audit.
    """
    problem, solution = run.plan.problem, run.require_solution("explain")
    subject = find_subject(problem, name, None if kind is None else _kind_of(kind))
    match subject.kind:
        case SubjectKind.WORKLOAD:
            return Explanation(run, explain_workload(problem, solution, subject.index))
        case SubjectKind.CONTRACT:
            return Explanation(run, explain_contract(problem, solution, subject.index))
        case SubjectKind.LINK:
            return Explanation(run, explain_link(problem, solution, subject.index))
        case SubjectKind.HOUR:
            return Explanation(run, explain_hour(problem, solution, subject.index))
    account = run.account
    if subject.kind is SubjectKind.COMPANY:
        local = run.baseline.companies if run.baseline else None
        return Explanation(run, explain_company(problem, account, subject.index), local)
    explain_part = explain_site if subject.kind is SubjectKind.SITE else explain_pool
    return Explanation(run, explain_part(problem, solution, account, subject.index))


def _kind_of(name: SubjectKind | str) -> SubjectKind:
    if name not in set(SubjectKind):
        raise UsageError(path="kind", **expected_one_of(SubjectKind, name))
    return SubjectKind(name)


def diagnosed(loaded: Loaded, status: Status, options: SolverOptions) -> Diagnosis:
    """Diagnose an infeasible or unbounded problem."""
    problem = loaded.problem
    if status is Status.UNBOUNDED:
        return Diagnosis(status, endless(problem))

    def works(suggestion: Suggestion) -> bool:
        try:
            changed = loaded.changed(suggestion.overrides)
        except ConfigError:
            return False
        return plan_status(suggestion.edit(changed.problem), options).has_plan

    settings = find_settings(loaded.config, loaded.path.parent, loaded.allow_paths)
    return Diagnosis(status, impossible(problem), ways_out(problem, settings, works, options))
