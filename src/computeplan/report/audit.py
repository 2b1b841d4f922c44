"""The certificate of a plan: what was checked, by how much it is off, and what proves the optimum."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from computeplan.archive import FolderAudit
from computeplan.explain.wording import number
from computeplan.plan.audit import TOLERANCE, AuditReport, Violation
from computeplan.plan.summary import number as plain_number
from computeplan.problem import Goal, Problem
from computeplan.report.tables import facts, table


def audit_view(found: FolderAudit) -> RenderableType:
    """Show an audit: the verdict, objective and bound, the worst violation of each family.

    Parameters
    ----------
    found : FolderAudit
    """
    verdict = Text("audit passed", style="green") if found.passed else Text("audit FAILED", style="bold red")
    if found.run is None or found.run.plan.solution is None:
        return verdict
    problem, audit = found.run.plan.problem, found.run.plan.solution.audit
    unit = problem.currency if problem.objective.goal is Goal.COST else "kg"
    head = Text.assemble((problem.name, "bold"), ": ", found.run.plan.status.value, ", ", verdict)
    allowed = Text(f"allowed: {TOLERANCE:.0e} of the size of what is violated", style="dim")
    return Group(head, Text(), _proof(problem, audit, unit), Text(), _families(audit), allowed)


def _proof(problem: Problem, audit: AuditReport, unit: str) -> Table:
    allowed = f"at most {TOLERANCE:.0e} of the sum of the sizes of the objective's terms"
    if audit.bound is None or audit.gap is None:
        bound, gap = "none: there are no dual prices", "not proved"
    else:
        source = "as the solver says" if problem.has_integers else "computed from the dual prices"
        bound = f"{number(audit.bound, 10)} {unit}: no plan is better, {source}"
        gap = f"{audit.gap:.1e}; {allowed}"
    rows = [("objective", f"{number(audit.objective, 10)} {unit}, computed from the problem")]
    return facts([*rows, ("bound", bound), ("gap", gap)])


def _families(audit: AuditReport) -> Table:
    view = table("constraints", ">worst violation", ">of its size", "where")
    for worst in audit.violations:
        amount = f"{worst.absolute:.2g} {worst.family.unit}" if worst.absolute else "none"
        relative = f"{worst.relative:.0e}" if worst.absolute else "–"
        view.add_row(str(worst.family).replace("_", " "), amount, relative, worst.place)
    return view


def audit_data(found: FolderAudit) -> dict[str, object]:
    """Give an audit as data for JSON.

    Parameters
    ----------
    found : FolderAudit
    """
    solution = found.run.plan.solution if found.run else None
    audit = solution.audit if solution else None
    return {
        "passed": found.passed,
        "status": found.run.plan.status.value if found.run else None,
        "objective": plain_number(audit.objective) if audit else None,
        "bound": plain_number(audit.bound) if audit else None,
        "gap": plain_number(audit.gap) if audit else None,
        "tolerance": TOLERANCE,
        "violations": [_violation(worst) for worst in audit.violations] if audit else [],
        "faults": [*found.faults, *(audit.notes if audit else ())],
        "notes": list(found.notes),
    }


def _violation(worst: Violation) -> dict[str, object]:
    return {
        "family": str(worst.family),
        "absolute": plain_number(worst.absolute),
        "unit": worst.family.unit,
        "relative": plain_number(worst.relative),
        "place": worst.place,
    }
