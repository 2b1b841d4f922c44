"""``computeplan audit``: whether a plan folder is whole and its plan holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, above_max_gap, guarded
from computeplan.cli.options import Json, MaxGap, read_share

Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="The plan folder.", show_default=False)]


@guarded
def audit(plan: Plan, *, max_gap: MaxGap = None, as_json: Json = False) -> ExitCode:
    """Check a plan again from its folder alone.

    Files, every constraint, cost and emissions, the proof of the gap, tables.
    """
    share = read_share("--max-gap", max_gap)
    with terminal.working("auditing"):
        from computeplan.api import audit_folder
        from computeplan.reports.json import render_json
        from computeplan.reports.subjects.audit import describe_audit
        from computeplan.reports.terminal import render_terminal

        found = audit_folder(plan)
    blocks = describe_audit(found)
    if as_json:
        terminal.write_answer(render_json(blocks))
    else:
        terminal.show(render_terminal(blocks))
    for note in found.notes:
        terminal.note(f"note: {note}")
    solution = found.run.plan.solution if found.run else None
    if found.passed and solution:
        if share is None or solution.audit.is_within(share):
            return ExitCode.SOLVED
        terminal.fail(*above_max_gap(solution.audit, max_gap))
        return ExitCode.GAP
    notes = solution.audit.notes if solution else ()
    terminal.fail(f"{plan}: the audit failed", *found.faults, *notes)
    return ExitCode.AUDIT
