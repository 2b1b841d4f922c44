"""What fills a site and what binds there."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from computeplan.explain.at_site import SiteCase
from computeplan.explain.wording import counted, number
from computeplan.plan.summary import number as plain_number
from computeplan.problem import Problem
from computeplan.report.binding import binding_data, binding_table, priced
from computeplan.report.figures import column, percent
from computeplan.report.tables import table

SHOWN = 15
"""Companies listed, those with most work."""


def site_view(problem: Problem, case: SiteCase) -> RenderableType:
    """Show a site's pools, what binds, and the companies that fill it.

    Parameters
    ----------
    problem : Problem
    case : SiteCase
    """
    work = sum(pool.work_unit_h for pool in case.pools)
    name, zone = problem.sites.names[case.index], problem.sites.zone[case.index]
    head = Text.assemble((f"site {name}", "bold"), f" in {problem.network.zone_names[int(zone)]}: ")
    head.append(f"{number(work)} unit·h of {counted(len(case.tenants), 'company', 'companies')}")
    binding = [priced(problem, scarcity, thing) for scarcity, thing in case.binding]
    none = "What binds has no price: some decisions are whole numbers."
    nothing = Text(none if problem.has_integers else "No limit of this site binds.")
    bound = binding_table(problem, binding) if binding else nothing
    return Group(head, Text(), _pools(case), Text(), bound, Text(), *_tenants(case, work))


def site_data(problem: Problem, case: SiteCase) -> dict[str, object]:
    """Give the same as data for JSON.

    Parameters
    ----------
    problem : Problem
    case : SiteCase
    """
    binding = [priced(problem, scarcity, thing) for scarcity, thing in case.binding]
    return {
        "site": problem.sites.names[case.index],
        "pools": [
            {
                "pool": pool.pool,
                "busy_unit_h": pool.busy_unit_h,
                "utilization": plain_number(pool.utilization),
                "work_unit_h": pool.work_unit_h,
            }
            for pool in case.pools
        ],
        "binding": binding_data(problem, binding),
        "companies": [
            {"company": t.company, "workloads": t.workloads, "work_unit_h": t.work_unit_h}
            for t in case.tenants
        ],
    }


def _pools(case: SiteCase) -> RenderableType:
    view = table("pool", ">work unit·h", ">busy unit·h", ">use")
    work, busy = column([p.work_unit_h for p in case.pools]), column([p.busy_unit_h for p in case.pools])
    for pool, done, hours in zip(case.pools, work, busy, strict=True):
        view.add_row(pool.pool, done, hours, percent(pool.utilization))
    return view


def _tenants(case: SiteCase, work: float) -> list[RenderableType]:
    if not case.tenants:
        return [Text("No work runs here.")]
    view = table("company", ">workloads", ">work unit·h", ">share")
    shown = case.tenants[:SHOWN]
    for tenant, done in zip(shown, column([t.work_unit_h for t in shown]), strict=True):
        view.add_row(tenant.company, f"{tenant.workloads:,}", done, percent(tenant.work_unit_h / work))
    rest = len(case.tenants) - len(shown)
    return [view, *([Text(f"… and {rest:,} more", style="dim")] if rest else [])]
