"""Explains one workload, company or site of a run."""

from __future__ import annotations

from dataclasses import dataclass

from computeplan.api import Run
from computeplan.errors import PlanFolderError
from computeplan.explain.at_site import SiteCase, explain_site
from computeplan.explain.choices import WorkloadCase, explain_workload
from computeplan.explain.of_company import CompanyCase, explain_company
from computeplan.explain.subject import Kind, find_subject
from computeplan.plan.statements import Statements
from computeplan.plan.tables import expand


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a plan says about one of its things.

    Attributes
    ----------
    run : Run
    case : WorkloadCase, SiteCase or CompanyCase
    local : Statements, optional
        Of all companies in the all-local plan, to compare a company with.
    """

    run: Run
    case: WorkloadCase | SiteCase | CompanyCase
    local: Statements | None = None


def explain(run: Run, name: str, kind: Kind | None = None) -> Explanation:
    """Explain a workload, company or site.

    Parameters
    ----------
    run : Run
    name : str
    kind : Kind, optional
        Only needed where things of several kinds have the name.

    Returns
    -------
    Explanation

    Raises
    ------
    UsageError
        If nothing has the name, or more than one thing.
    PlanFolderError
        If the run has no plan.
    """
    problem, solution = run.plan.problem, run.plan.solution
    subject = find_subject(problem, name, kind)
    if solution is None:
        raise PlanFolderError(f"there is no plan to explain: the status is {run.plan.status}")
    if subject.kind is Kind.WORKLOAD:
        return Explanation(run, explain_workload(problem, solution, subject.index))
    account = expand(problem, solution)
    if subject.kind is Kind.SITE:
        return Explanation(run, explain_site(problem, solution, account, subject.index))
    return Explanation(
        run,
        explain_company(problem, account, subject.index),
        run.baseline.companies if run.baseline else None,
    )
