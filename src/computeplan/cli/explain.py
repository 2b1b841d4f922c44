"""``computeplan explain``: why a config has no plan, or why a plan is as it is."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.interruptible import interruptible
from computeplan.cli.options import Json, Overrides, Scenario
from computeplan.errors import UsageError


class KindName(StrEnum):
    """Kinds of things, stated here so that ``--help`` need not import them."""

    WORKLOAD = "workload"
    COMPANY = "company"
    SITE = "site"


Target = Annotated[
    Path, typer.Argument(metavar="CONFIG|PLAN", help="A YAML config or a plan folder.", show_default=False)
]
Subject = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="A workload, company or site of the plan.", show_default=False),
]
As = Annotated[KindName | None, typer.Option("--as", help="Which kind of thing the name means.")]


@guarded
def explain(
    target: Target,
    subject: Subject = None,
    *,
    kind: As = None,
    scenario: Scenario = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> ExitCode:
    """Say why a config has no plan and what would give it one.

    Of a plan: why a workload runs where it runs, what fills a site, or what a company pays.
    """
    if subject is None and not target.is_dir():
        if kind is not None:
            raise UsageError("explain: --as says what NAME means; a config is explained without a name")
        return _explain_config(target, scenario, overrides or [], as_json=as_json)
    if scenario is not None or overrides:
        raise UsageError("explain: --scenario and --set change a config; a plan is explained as it was made")
    if subject is None:
        raise UsageError(f"explain: name a workload, company or site of the plan {target}")
    return _explain_plan(target, subject, kind, as_json=as_json)


def _explain_plan(plan: Path, subject: str, kind: KindName | None, *, as_json: bool) -> ExitCode:
    with terminal.working("reading the plan"):
        from computeplan import archive
        from computeplan.explain.subject import Kind
        from computeplan.report import explanation_data, explanation_view

        found = archive.explain(archive.open_plan(plan), subject, Kind(kind) if kind else None)
    if as_json:
        terminal.write_json(explanation_data(found))
    else:
        terminal.show(explanation_view(found))
    return ExitCode.SOLVED


def _explain_config(config: Path, scenario: str | None, overrides: list[str], *, as_json: bool) -> ExitCode:
    """Explain why there is no plan; exit as `solve` would."""
    with terminal.working("reading the config") as tell:
        from computeplan import api

        loaded = api.load(config, scenario=scenario, overrides=overrides)
        found = interruptible(lambda: api.diagnose(loaded, tell=tell))
    for warning in loaded.warnings:
        terminal.note(f"warning: {warning}")
    if as_json:
        terminal.write_json({"name": loaded.problem.name, "status": found.status.value, **found.data()})
    if found.status.has_plan:
        terminal.note(f"{config} has a plan; nothing stands in its way")
        return ExitCode.SOLVED
    if not as_json:
        from computeplan.report import diagnosis_view

        terminal.show(diagnosis_view(found))
    terminal.fail(OUTCOMES[found.status.value])
    return ExitCode.LIMIT if found.status == "no_plan" else ExitCode.INFEASIBLE


OUTCOMES = {
    "infeasible": "infeasible: no plan meets all limits",
    "unbounded": "unbounded: the cost can fall without end",
    "no_plan": "the solver stopped before it was known whether there is a plan",
}
"""What is said last, by status."""
