"""The terminal view of a run: what a planner wants to know first."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from computeplan.api import Run
from computeplan.explain.wording import counted, number
from computeplan.plan.plan import Solution
from computeplan.problem import Status
from computeplan.report.baselines import baselines_view
from computeplan.report.binding import binding_view
from computeplan.report.comparison import comparison
from computeplan.report.sites import sites_view

ROUNDING = 1e-12
"""A relative violation up to this is that of floating-point numbers."""

STYLES = {Status.OPTIMAL: "bold green", Status.FEASIBLE: "bold yellow"}


def plan_view(run: Run, solution: Solution, folder: Path | None) -> RenderableType:
    """Show a plan: status and gap, cost and carbon, sites, what binds, how it was solved, where it is.

    Parameters
    ----------
    run : Run
    solution : Solution
        Of the run's plan.
    folder : Path, optional
        Where the plan was written.
    """
    problem = run.plan.problem
    parts = [
        _headline(run, solution),
        comparison(run, solution.accounts),
        *([baselines_view(run.plan, run.baselines)] if run.others else []),
        sites_view(problem, solution.accounts),
        binding_view(problem, solution.prices),
        _footer(run, folder),
    ]
    spaced: list[RenderableType] = []
    for part in parts:
        spaced.extend((part, Text()))
    return Group(*spaced[:-1])


def _headline(run: Run, solution: Solution) -> Text:
    status, audit = run.plan.status, solution.audit
    text = Text.assemble((run.plan.problem.name, "bold"), ": ", (status.value, STYLES[status]))
    by = "by the solver's bound" if run.plan.problem.has_integers else "proved"
    text.append(f", {_gap(audit.gap, by)}, audit ")
    text.append("passed" if audit.passed else "FAILED", style="green" if audit.passed else "bold red")
    violated = audit.max_violation > ROUNDING
    return text.append(f" (largest violation {audit.max_violation:.0e})" if violated else "")


def _gap(gap: float | None, by: str) -> str:
    if gap is None:
        return "optimality not proved"
    if gap < 1e-7:
        return f"gap 0 ({by})"
    return f"at most {100 * gap:.3g} % above the optimum"


def _footer(run: Run, folder: Path | None) -> Text:
    size, solver = run.plan.size, run.plan.solver
    times_s = dict(run.times_s)
    total_s = times_s.pop("total", sum(times_s.values()))
    noted = ", ".join(f"{stage} {seconds:.2g}" for stage, seconds in times_s.items() if seconds >= 0.01)
    stages = f" ({noted})" if noted else ""
    workloads = counted(run.plan.problem.workloads.size, "workload")
    text = (
        f"{workloads} in {size.classes:,} classes, {size.columns:,} columns × {size.rows:,} rows; "
        f"{solver.name} {solver.version}; {number(total_s, 3)} s{stages}"
    )
    footer = Text(text, style="dim")
    return footer.append(f"\nplan: {folder}", style="not dim") if folder else footer
