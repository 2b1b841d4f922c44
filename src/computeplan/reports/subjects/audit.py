"""The certificate of a plan: what was checked, by how much it is off, what proves the optimum, its origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from computeplan.audit import TOLERANCE, AuditReport, Violation
from computeplan.folder.summary import number as finite
from computeplan.problem import Problem
from computeplan.reports.blocks import (
    Block,
    Column,
    Data,
    Facts,
    Medium,
    Prose,
    Section,
    Table,
    Tone,
    line,
)
from computeplan.reports.subjects.plan_view import PlanView, objective_scale
from computeplan.reports.words import ENGLISH, Words
from computeplan.runs.opened import FolderAudit
from computeplan.text import number

LEAST_TIME_S = 0.01
"""Stages that take less are not named."""

ROUNDING = 1e-12
"""Relative differences up to this are those of floating-point numbers."""


def describe_failure(problem: Problem, audit: AuditReport) -> list[Block]:
    """Warn of a plan that its audit did not pass, and say why; nothing of one that passed."""
    if audit.passed:
        return []
    worst = max(audit.violations, key=lambda violation: violation.relative)
    broken = (
        [f"{ENGLISH(f'family.{worst.family}')}: {_amount(ENGLISH, worst)} ({worst.place})"]
        if worst.absolute
        else []
    )
    warning = ": audit FAILED. This is not a valid plan: do not act on what follows."
    return [Prose([line((problem.name, Tone.STRONG), (warning, Tone.BAD)), *broken, *audit.notes])]


def describe_audit(found: FolderAudit) -> list[Block]:
    """Say the verdict, what proves it, and the worst violation of each family of constraints."""
    solution = found.run.plan.solution if found.run else None
    audit = solution.audit if solution else None
    data = Data(
        {
            "passed": found.passed,
            "status": found.run.plan.status.value if found.run else None,
            "objective": finite(audit.objective) if audit else None,
            "bound": finite(audit.bound) if audit else None,
            "gap": finite(audit.gap) if audit else None,
            "tolerance": TOLERANCE,
            "violations": [],
            "faults": [*found.faults, *(audit.notes if audit else ())],
            "notes": list(found.notes),
        }
    )
    if found.run is None or audit is None:
        return [Prose([line(_verdict(found))]), data]
    problem = found.run.plan.problem
    status = f"{found.run.plan.status.value}, " if found.passed else ""
    headline = line((problem.name, Tone.STRONG), f": {status}", _verdict(found))
    return [Prose([headline]), data, Facts(proof(problem, audit, ENGLISH)), violations(audit, ENGLISH)]


def _verdict(found: FolderAudit) -> tuple[str, Tone]:
    return ("audit passed", Tone.GOOD) if found.passed else ("audit FAILED", Tone.BAD)


def proof(problem: Problem, audit: AuditReport, words: Words) -> list[tuple[str, str]]:
    """State objective, bound and gap."""
    size, unit = objective_scale(problem)
    if audit.bound is None or audit.excess is None or not audit.passed:
        bound, gap = words("proof.no_bound"), words("proof.not_proved")
    else:
        key = "proof.bound_by_solver" if problem.is_bounded_by_solver else "proof.bound_by_prices"
        bound = words(key, bound=words.quantity(number(audit.bound / size, 10), unit))
        gap = words("proof.gap_is", gap=distance(words, problem, audit), tolerance=f"{TOLERANCE:.0e}")
    objective = words(
        "proof.objective_is", objective=words.quantity(number(audit.objective / size, 10), unit)
    )
    return [(words("proof.objective"), objective), (words("proof.bound"), bound), (words("proof.gap"), gap)]


def distance(words: Words, problem: Problem, audit: AuditReport) -> str:
    """Write how far above the bound a plan is: its gap or, where that is absent, the excess as an amount."""
    if audit.gap is not None:
        return number(100 * audit.gap if audit.gap > ROUNDING else 0.0, 3) + words("percent_sign")
    size, unit = objective_scale(problem)
    return words.quantity(number((audit.excess or 0.0) / size), unit)


def violations(audit: AuditReport, words: Words) -> Table:
    """List the worst violation of each family of constraints."""
    worst, none = audit.violations, words("violations.none")
    amounts = [_amount(words, each) if each.absolute else none for each in worst]
    share = [number(each.relative, 2) if each.absolute else "–" for each in worst]
    absolute, relative = [float(v.absolute) for v in worst], [float(v.relative) for v in worst]
    families, names = [str(each.family) for each in worst], [words(f"family.{each.family}") for each in worst]
    columns = [
        Column("family", words("violations.family"), families, texts=names),
        Column("absolute", words("violations.worst"), absolute, texts=amounts),
        Column("unit", "", [each.family.unit for each in worst], medium=Medium.JSON),
        Column("relative", words("violations.relative"), relative, texts=share),
        Column(
            "place",
            words("violations.place"),
            [each.place for each in worst],
            texts=[words.place(each.place) for each in worst],
        ),
    ]
    allowed = words("violations.allowed", tolerance=f"{TOLERANCE:.0e}")
    return Table("violations", columns, words("violations.title"), notes=[allowed])


def _amount(words: Words, violation: Violation) -> str:
    return words.quantity(number(violation.absolute, 2), violation.family.unit)


def certificate(view: PlanView, origin: Mapping[str, Any]) -> Section:
    """Report the audit's verdict, the proof, and from the provenance versions, inputs and times."""
    words, audit = view.words, view.solution.audit
    notes = [(words("proof.remark"), note) for note in audit.notes]
    facts = [(words("proof.verdict"), words("audit.passed")), *proof(view.problem, audit, words), *notes]
    blocks: list[Block] = [Facts(facts), violations(audit, words), _origin(view, origin)]
    return Section("certificate", words("proof.title"), blocks)


def _origin(view: PlanView, origin: Mapping[str, Any]) -> Facts:
    words, plan, config = view.words, view.run.plan, origin["config"]
    size = words(
        "origin.size_is",
        workloads=words("origin.workloads", count=view.problem.workloads.size),
        classes=words("origin.classes", count=plan.size.classes),
        columns=plan.size.columns,
        rows=plan.size.rows,
    )
    inputs = [(file["path"], file["sha256"]) for file in origin["inputs"]]
    rows = [
        (words("origin.config"), f"{config['path']} · SHA-256 {config['sha256']}"),
        *changes_of_config(words, config),
        *((words("origin.input"), f"{path} · SHA-256 {sha256}") for path, sha256 in inputs),
        (words("origin.solver"), f"{plan.solver.name} {plan.solver.version}: {plan.solver.detail}"),
        (words("origin.size"), size),
        (words("origin.times"), stage_times(view.run.times_s)),
        (words("origin.versions"), ", ".join(f"{name} {v}" for name, v in origin["versions"].items())),
        (words("origin.again"), words("origin.again_is")),
    ]
    return Facts([(words("origin.created"), str(origin["created"])), *rows])


def stage_times(times_s: Mapping[str, float]) -> str:
    """Write the times of the stages that take any."""
    return ", ".join(f"{stage} {number(s, 2)} s" for stage, s in times_s.items() if s >= LEAST_TIME_S)


def changes_of_config(words: Words, config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """State scenario and changed values."""
    return [
        (words("origin.scenario"), str(config["scenario"] or "–")),
        (words("origin.set"), ", ".join(config["set"]) or "–"),
    ]
