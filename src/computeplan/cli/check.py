"""``computeplan check``: whether the config is right and can have a plan."""

from __future__ import annotations

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.options import AllowPaths, Config, Json, Overrides, Scenario


@guarded
def check(
    config: Config,
    *,
    scenario: Scenario = None,
    overrides: Overrides = None,
    allow_paths: AllowPaths = None,
    as_json: Json = False,
) -> ExitCode:
    """Check a config: list its faults, or what it contains and what makes a plan impossible."""
    with terminal.working("reading"):
        from computeplan import api
        from computeplan.explain import impossible
        from computeplan.report import contents, contents_data, reasons_view

        loaded = api.load(config, scenario=scenario, overrides=overrides or (), allow_paths=allow_paths or ())
        reasons = impossible(loaded.problem)
    for warning in loaded.warnings:
        terminal.note(f"warning: {warning}")
    if as_json:
        found = {"possible": not reasons, "reasons": [reason.data() for reason in reasons]}
        terminal.write_json({**contents_data(loaded.problem), **found, "warnings": list(loaded.warnings)})
    else:
        terminal.show(contents(loaded.problem))
    if not reasons:
        return ExitCode.SOLVED
    if not as_json:
        terminal.show("", reasons_view(reasons))
    terminal.fail(f"no plan can exist: {len(reasons)} {'reason' if len(reasons) == 1 else 'reasons'}")
    return ExitCode.INFEASIBLE
