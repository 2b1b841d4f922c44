"""``computeplan solve`` of a config whose scenarios may all come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from computeplan.cli import terminal
from computeplan.cli.command import NO_PLAN, ExitCode, no_plan, run_until_interrupted, tell_interrupted
from computeplan.cli.options import SolverFlags, choice, read_share
from computeplan.errors import UsageError
from computeplan.text import percent, some_names
from computeplan.vocabulary import Method, PlanForm

if TYPE_CHECKING:
    from computeplan.runs.loaded import Loaded
    from computeplan.studies.uncertainty import UncertaintyStudy


FORMS = (PlanForm.EXTENSIVE, PlanForm.DECOMPOSITION)


@dataclass(frozen=True)
class SolveFlags(SolverFlags):
    """The same, and how several scenarios are planned."""

    method: Annotated[
        str | None,
        choice(
            "--method",
            among=[*Method, *FORMS],
            help="Algorithm of HiGHS; with `uncertainty` also one program of all scenarios, or one for each.",
        ),
    ] = None  # type: ignore[assignment]  # one option, whose words go to two places

    @property
    def form(self) -> PlanForm | None:
        """How scenarios are planned, where that is stated."""
        return PlanForm(self.method) if self.method in FORMS else None

    def stated(self) -> dict[str, Any]:
        """Give the fields of the solver's options that the user stated."""
        found = super().stated()
        return found if self.form is None else {k: v for k, v in found.items() if k != "method"}


def refuse_stated(options: Sequence[str]) -> None:
    """Raise UsageError for options that such a config has no use for."""
    if options:
        hint = "--scenario NAME plans one scenario, with all options"
        raise UsageError(path=options[0], expected="none in a config with `uncertainty`", hint=hint)


def refuse_form(flags: SolveFlags) -> None:
    """Raise UsageError for a method of several scenarios where one is planned."""
    if flags.form is not None:
        expected = f"one of {', '.join(Method)} in a config without `uncertainty`"
        raise UsageError(path="--method", expected=expected, found=flags.form.value)


def solve_uncertain(
    loaded: Loaded, flags: SolveFlags, out: Path, *, compare: bool, max_gap: str | None, as_json: bool
) -> ExitCode:
    """Find what to decide before it is known which scenario comes, and print it."""
    share = read_share("--max-gap", max_gap)
    with terminal.working("planning") as stages:
        from computeplan import api

        study, is_interrupted = run_until_interrupted(
            lambda stop: api.decide(
                loaded,
                form=flags.form,
                options={**flags.stated(), "stop": stop},
                compare=compare,
                out=out,
                progress=stages,
            )
        )
    if as_json:
        where = {"times_s": dict(study.times_s), "plans": str(out) if study.passed else None}
        terminal.write_answer({**study.summary(), **where})
    elif study.outcomes:
        from computeplan.reports.subjects.uncertainty import describe_uncertainty
        from computeplan.reports.terminal import render_terminal

        terminal.show(render_terminal(describe_uncertainty(study, out if study.passed else None)))
    code = _judge(study, share)
    if is_interrupted:
        return tell_interrupted()
    if code is ExitCode.GAP:
        terminal.fail(f"--max-gap {max_gap}: it is only proved to be at most {_gap(study)} above the optimum")
    return code


def _judge(study: UncertaintyStudy, most: float | None) -> ExitCode:
    """Give the exit code, and say on stderr why there is no plan."""
    if not study.outcomes:
        terminal.fail(*_reasons(study))
        return no_plan(study.status)
    if not study.passed:
        terminal.fail("the audit failed: try another --solver or --method")
        return ExitCode.AUDIT
    is_within = most is None or (study.gap is not None and study.gap <= most)
    return ExitCode.SOLVED if is_within else ExitCode.GAP


def _reasons(study: UncertaintyStudy) -> tuple[str, ...]:
    if study.impossible:
        found = f"{NO_PLAN['infeasible']} in scenario {some_names(study.impossible)}"
        return found, f"hint: computeplan solve CONFIG --scenario {study.impossible[0]} says why"
    if study.status.value == "infeasible":
        found = "infeasible: no decisions suit all scenarios, though each of them has a plan"
        return found, "hint: a shortfall_price on work, or an on_demand pool, leaves a way out"
    return (NO_PLAN[study.status.value],)


def _gap(study: UncertaintyStudy) -> str:
    return "an unknown amount" if study.gap is None else percent(study.gap)
