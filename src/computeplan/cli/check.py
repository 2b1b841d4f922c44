"""``computeplan check``: whether the config is right and can have a plan."""

from __future__ import annotations

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.cli.options import Config, Json, Overlay


@guarded
def check(
    config: Config,
    overlay: Overlay,
    *,
    as_json: Json = False,
) -> ExitCode:
    """Check a config: its faults, or what it holds.

    Nothing is solved; what makes a plan impossible is found by simple conditions and named.
    """
    loaded = overlay.load(config)
    with terminal.working("checking"):
        from computeplan.explanations.shortage import impossible
        from computeplan.reports.json import render_json
        from computeplan.reports.subjects.contents import describe_contents
        from computeplan.reports.subjects.diagnosis import describe_reasons
        from computeplan.reports.terminal import render_terminal

        reasons = impossible(loaded.problem)
    blocks = describe_contents(loaded.problem)
    if as_json:
        found = {"possible": not reasons, "reasons": [reason.data() for reason in reasons]}
        terminal.write_answer({**render_json(blocks), **found, "warnings": list(loaded.warnings)})
    else:
        terminal.show(render_terminal(blocks))
    if not reasons:
        return ExitCode.SOLVED
    if not as_json:
        terminal.show("", render_terminal(describe_reasons(reasons)))
    terminal.fail(f"no plan can exist: {len(reasons)} {'reason' if len(reasons) == 1 else 'reasons'}")
    return ExitCode.INFEASIBLE
