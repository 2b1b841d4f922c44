"""``computeplan audit``: whether a plan folder is whole and its plan holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.options import Json

Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="The plan folder.", show_default=False)]


@guarded
def audit(plan: Plan, *, as_json: Json = False) -> ExitCode:
    """Check a plan again from its folder alone.

    Files, every constraint, cost and emissions, the proof of the gap, tables.
    """
    with terminal.working("auditing"):
        from computeplan.archive import audit_folder
        from computeplan.report import audit_data, audit_view

        found = audit_folder(plan)
    if as_json:
        terminal.write_json(audit_data(found))
    else:
        terminal.show(audit_view(found))
    for note in found.notes:
        terminal.note(f"note: {note}")
    if found.passed:
        return ExitCode.SOLVED
    solution = found.run.plan.solution if found.run else None
    notes = solution.audit.notes if solution else ()
    terminal.fail(f"{plan}: the audit failed", *found.faults, *notes)
    return ExitCode.AUDIT
