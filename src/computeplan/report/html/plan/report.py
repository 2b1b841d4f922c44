"""The sections of a plan's report together."""

from __future__ import annotations

import json

from computeplan.api import Run
from computeplan.errors import PlanFolderError
from computeplan.plan.contents import SUMMARY
from computeplan.plan.reading import PlanFolder
from computeplan.problem import Status
from computeplan.report.html.blocks import Page
from computeplan.report.html.plan.answer import answer, span
from computeplan.report.html.plan.assumptions import assumptions
from computeplan.report.html.plan.certificate import certificate
from computeplan.report.html.plan.companies import companies, statement
from computeplan.report.html.plan.comparison import comparison
from computeplan.report.html.plan.flows import flows
from computeplan.report.html.plan.limits import limits
from computeplan.report.html.plan.sites import sites
from computeplan.report.html.plan.time import time
from computeplan.report.html.plan.view import PlanView
from computeplan.report.html.words import Words

SECTIONS = (answer, comparison, flows, sites, time, limits, companies, assumptions, certificate)


def plan_page(run: Run, folder: PlanFolder, words: Words) -> Page:
    """Tell a plan.

    Parameters
    ----------
    run : Run
    folder : PlanFolder
        Where it was saved.
    words : Words

    Raises
    ------
    PlanFolderError
        If there is no plan.
    """
    if run.plan.solution is None:
        raise PlanFolderError(f"there is no plan to report: the status is {run.plan.status}")
    provenance = folder.provenance
    policies = json.loads(folder.read(SUMMARY)).get("policies") or {}
    view = PlanView(run, run.plan.solution, provenance, policies, words)
    return Page(
        title=run.plan.problem.name,
        subtitle=span(view),
        badges=_badges(view),
        sections=[section(view) for section in SECTIONS],
        footer=words(
            "page.footer", version=provenance["versions"]["computeplan"], created=provenance["created"]
        ),
        statement=statement(view),
    )


def _badges(view: PlanView) -> list[str]:
    words, audit, status = view.words, view.solution.audit, view.run.plan.status
    goal = view.problem.objective
    proof = (
        words("badge.proved")
        if status is Status.OPTIMAL and audit.gap is not None
        else words("badge.unproved")
    )
    if status is Status.FEASIBLE and audit.gap is not None:
        proof = words("badge.gap", gap=f"{100 * audit.gap:.3g} %")
    verdict = words("audit.passed" if audit.passed else "audit.failed")
    scenario = (
        [words("assumptions.scenario", name=view.run.loaded.scenario)] if view.run.loaded.scenario else []
    )
    return [words(f"goal.{goal.goal}"), proof, verdict, *scenario]
