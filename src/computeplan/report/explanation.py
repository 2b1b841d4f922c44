"""The answer about one workload, company or site, for the terminal and as data."""

from __future__ import annotations

from rich.console import RenderableType

from computeplan.archive import Explanation
from computeplan.explain.at_site import SiteCase
from computeplan.explain.choices import WorkloadCase
from computeplan.report.at_site import site_data, site_view
from computeplan.report.company import company_data, company_view
from computeplan.report.why_here import workload_data, workload_view


def explanation_view(found: Explanation) -> RenderableType:
    """Show an explanation.

    Parameters
    ----------
    found : Explanation
    """
    problem = found.run.plan.problem
    if isinstance(found.case, WorkloadCase):
        return workload_view(problem, found.case)
    if isinstance(found.case, SiteCase):
        return site_view(problem, found.case)
    return company_view(problem, found.case, found.local)


def explanation_data(found: Explanation) -> dict[str, object]:
    """Give an explanation as data for JSON.

    Parameters
    ----------
    found : Explanation
    """
    problem = found.run.plan.problem
    if isinstance(found.case, WorkloadCase):
        return workload_data(problem, found.case)
    if isinstance(found.case, SiteCase):
        return site_data(problem, found.case)
    return company_data(problem, found.case, found.local)
