"""Where the plan comes from, and what proves it."""

from __future__ import annotations

from computeplan.explain.wording import number
from computeplan.plan.audit import TOLERANCE
from computeplan.problem import Goal
from computeplan.report.html.blocks import Column, Facts, Section, Table
from computeplan.report.html.plan.view import PlanView


def certificate(view: PlanView) -> Section:
    """Tell the audit's verdict, the proof, versions, inputs and times.

    Parameters
    ----------
    view : PlanView
    """
    title = view.words("certificate.title")
    return Section("certificate", title, [_proof(view), _families(view), _origin(view)])


def _proof(view: PlanView) -> Facts:
    words, audit = view.words, view.solution.audit
    unit = view.problem.currency if view.problem.objective.goal is Goal.COST else "kg"
    if audit.bound is None or audit.gap is None:
        bound, gap = words("certificate.no_bound"), words("certificate.not_proved")
    else:
        bound, gap = (
            words("certificate.bound_is", bound=f"{number(audit.bound, 10)} {unit}"),
            f"{audit.gap:.1e}",
        )
    rows = [
        (words("certificate.verdict"), words("audit.passed" if audit.passed else "audit.failed")),
        (words("certificate.objective"), f"{number(audit.objective, 10)} {unit}"),
        (words("certificate.bound"), bound),
        (words("certificate.gap"), gap),
        (words("certificate.tolerance"), words("certificate.tolerance_is", tolerance=f"{TOLERANCE:.0e}")),
    ]
    return Facts([*rows, *((words("certificate.remark"), note) for note in audit.notes)])


def _families(view: PlanView) -> Table:
    words, worst = view.words, view.solution.audit.violations
    none = words("certificate.none")
    columns = [
        Column("family", words("certificate.family"), [words(f"family.{v.family}") for v in worst]),
        Column(
            "worst",
            words("certificate.worst"),
            [f"{v.absolute:.2g} {v.family.unit}" if v.absolute else none for v in worst],
        ),
        Column(
            "relative",
            words("certificate.relative"),
            [f"{v.relative:.0e}" if v.absolute else "–" for v in worst],
        ),
        Column("place", words("certificate.place"), [v.place or "–" for v in worst]),
    ]
    return Table("families", words("certificate.table"), columns)


def _origin(view: PlanView) -> Facts:
    words, origin, plan = view.words, view.provenance, view.run.plan
    config, solver = origin["config"], plan.solver
    size = words(
        "certificate.size_is",
        workloads=f"{view.problem.workloads.size:,}",
        classes=f"{plan.size.classes:,}",
        columns=f"{plan.size.columns:,}",
        rows=f"{plan.size.rows:,}",
    )
    rows = [
        (words("certificate.created"), str(origin["created"])),
        (words("certificate.config"), f"{config['path']} · SHA-256 {config['sha256']}"),
        (words("certificate.scenario"), str(config["scenario"] or "–")),
        (words("certificate.set"), ", ".join(config["set"]) or "–"),
        *(
            (words("certificate.input"), f"{file['path']} · SHA-256 {file['sha256']}")
            for file in origin["inputs"]
        ),
        (words("certificate.solver"), f"{solver.name} {solver.version}: {solver.detail}"),
        (words("certificate.size"), size),
        (words("certificate.times"), _times(view)),
        (words("certificate.versions"), ", ".join(f"{name} {v}" for name, v in origin["versions"].items())),
        (words("certificate.again"), words("certificate.again_is")),
    ]
    return Facts(rows)


def _times(view: PlanView) -> str:
    return ", ".join(f"{stage} {seconds:.2g} s" for stage, seconds in view.run.times_s.items())
