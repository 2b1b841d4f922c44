"""``computeplan solve``: from a config to a plan, printed and written."""

from __future__ import annotations

from math import inf
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.command import NO_PLAN, ExitCode, above_max_gap, guarded, outcome, run_until_interrupted
from computeplan.cli.options import (
    Baselines,
    Config,
    Json,
    MaxGap,
    Overlay,
    named_policies,
    read_share,
)
from computeplan.cli.uncertain import SolveFlags, refuse_form, refuse_stated, solve_uncertain

if TYPE_CHECKING:
    from computeplan.api import Run


Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Plan folder, replacing a plan there; default plans/CONFIG[-SCENARIO]."),
]
Limits = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Limits that bind to raise by 10 % and solve; default 3 where the plan takes under 2 s, else 0.",
        show_default=False,
    ),
]
NoBaseline = Annotated[bool, typer.Option("--no-baseline", help="Skip the all-local plan to compare with.")]


@guarded
def solve(
    config: Config,
    overlay: Overlay,
    flags: SolveFlags,
    *,
    out: Out = None,
    no_baseline: NoBaseline = False,
    baselines: Baselines = None,
    limits: Limits = None,
    max_gap: MaxGap = None,
    as_json: Json = False,
) -> ExitCode:
    """Find the optimal plan, audit it, print it and write its folder."""
    start, folder = perf_counter(), out or overlay.folder("plans", config)
    share = read_share("--max-gap", max_gap)
    from computeplan import api
    from computeplan.folder.write import check_target

    loaded = overlay.load(config)
    if loaded.config.uncertainty is not None and overlay.scenario is None:
        stated = {"--baselines": baselines, "--limits": limits}
        refuse_stated([option for option, value in stated.items() if value is not None])
        return solve_uncertain(
            loaded, flags, folder, compare=not no_baseline, max_gap=max_gap, as_json=as_json
        )
    check_target(folder)
    refuse_form(flags)
    with terminal.working("planning") as stages:
        run, is_interrupted = run_until_interrupted(
            lambda stop: api.plan_loaded(
                loaded,
                options={**flags.stated(), "stop": stop},
                baseline=not no_baseline,
                policies=named_policies(baselines),
                limits=limits,
                progress=stages,
                spent_s=loaded.read_s,
            )
        )
    code = outcome(run.plan, inf if share is None else share)
    written = folder if code in (ExitCode.SOLVED, ExitCode.GAP) else None
    if written:
        with terminal.working("writing the plan"):
            before = perf_counter()
            run.save(written)
            run.times_s["write"] = perf_counter() - before
    run.times_s["total"] = perf_counter() - start
    if as_json:
        from computeplan.reports.subjects.plan import plan_in_words

        where = {"times_s": run.times_s, "plan": str(written) if written else None}
        terminal.write_answer({**run.summary(), **where, **plan_in_words(run, written)})
    else:
        _show(run, written)
    _explain(run, code, with_reasons=as_json)
    if is_interrupted:
        kept = f"the best plan found until then is in {written}" if written else "no plan was written"
        terminal.fail(f"interrupted; {kept}")
        return ExitCode.INTERRUPTED
    if code is ExitCode.GAP and run.plan.solution is not None:
        terminal.fail(*above_max_gap(run.plan.solution.audit, max_gap))
    return code


def _show(run: Run, folder: Path | None) -> None:
    from computeplan.reports.subjects.diagnosis import describe_diagnosis
    from computeplan.reports.subjects.plan import describe_plan
    from computeplan.reports.terminal import render_terminal

    if run.plan.solution is not None:
        terminal.show(render_terminal(describe_plan(run, run.plan.solution, folder)))
    elif run.diagnosis is not None:
        terminal.show(render_terminal(describe_diagnosis(run.diagnosis)))


def _explain(run: Run, code: ExitCode, *, with_reasons: bool) -> None:
    """Say on stderr why there is no plan."""
    match code:
        case ExitCode.INFEASIBLE:
            reasons = map(str, run.reasons) if with_reasons else ()
            terminal.fail(NO_PLAN[run.plan.status.value], *reasons)
        case ExitCode.LIMIT:
            terminal.fail(
                f"the solver stopped ({run.plan.solver.detail}) before it had a plan",
                "hint: a longer --time-limit, or longer periods",
            )
        case ExitCode.AUDIT if run.plan.solution is not None:
            notes = run.plan.solution.audit.notes
            terminal.fail(
                "the audit failed, so no plan was written", *notes, "hint: try another --solver or --method"
            )
