"""``computeplan check``: whether the config is right and can have a plan."""

from __future__ import annotations

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.options import AllowPaths, Config, Json, Overrides, Scenario
from computeplan.cli.planning import read_config


@guarded
def check(
    config: Config,
    *,
    scenario: Scenario = None,
    overrides: Overrides = None,
    allow_paths: AllowPaths = None,
    as_json: Json = False,
) -> ExitCode:
    """Check a config: its faults, or what it holds and what cannot work.

    Nothing is solved; what makes a plan impossible is found by simple conditions.
    """
    loaded = read_config(config, scenario, overrides, allow_paths)
    with terminal.working("checking"):
        from computeplan.explain import impossible
        from computeplan.report import contents, contents_data, reasons_view

        reasons = impossible(loaded.problem)
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
