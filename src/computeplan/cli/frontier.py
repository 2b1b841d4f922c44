"""``computeplan frontier``: cost against carbon, and what is read off it without solving."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.interruptible import interruptible
from computeplan.cli.options import Json, Overrides, Scenario
from computeplan.cli.solve import (
    Baselines,
    Solver,
    Threads,
    TimeLimit,
    default_folder,
    policies,
    solver_options,
)

if TYPE_CHECKING:
    from computeplan.api import Loaded
    from computeplan.solvers import SolverOptions
    from computeplan.studies.baselines import Baseline
    from computeplan.studies.frontier import Frontier, FrontierStudy, Reading


class Basis(StrEnum):
    """Bases as the config names them; stated here so that ``--help`` need not import them."""

    LOCATION = "location"
    MARKET = "market"
    HOURLY = "hourly"
    ALL = "all"


Source = Annotated[
    Path, typer.Argument(metavar="CONFIG|DIR", help="The YAML config, or the folder of a frontier.")
]
Bases = Annotated[
    list[Basis] | None,
    typer.Option("--basis", help="Basis of the carbon, may be repeated; default: the config's own."),
]
Tolerance = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE",
        help="Of the cost range, proved; 0 finds every break point. Default 0.1%, or 0 for a small program.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Folder, replacing a frontier there; default frontiers/CONFIG[-SCENARIO]."
    ),
]
Caps = Annotated[
    list[float] | None, typer.Option("--cap", metavar="T", help="Cheapest under a carbon cap of T t.")
]
Prices = Annotated[
    list[float] | None, typer.Option("--price", metavar="P", help="Best at a carbon price of P a t.")
]
Budgets = Annotated[
    list[float] | None, typer.Option("--budget", metavar="M", help="Cleanest within M of money.")
]


@guarded
def frontier(
    source: Source,
    *,
    basis: Bases = None,
    tolerance: Tolerance = None,
    cap: Caps = None,
    price: Prices = None,
    budget: Budgets = None,
    out: Out = None,
    scenario: Scenario = None,
    overrides: Overrides = None,
    solver: Solver = None,
    time_limit: TimeLimit = None,
    threads: Threads = None,
    baselines: Baselines = None,
    as_json: Json = False,
) -> ExitCode:
    """Trace cost against carbon, between achieved plans and proved bounds.

    Caps, prices and budgets are then read off it; with the folder of a frontier nothing is solved.
    """
    questions = _questions(cap, price, budget)
    if source.is_dir():
        solving = {
            "--set": overrides,
            "--scenario": scenario,
            "--out": out,
            "--tolerance": tolerance,
            "--baselines": baselines,
            "--solver": solver,
        }
        _refuse([option for option, stated in solving.items() if stated is not None])
        return _read(source, basis, questions, as_json=as_json)
    share, folder = _share(tolerance), out or Path("frontiers") / default_folder(source, scenario).name
    with terminal.working("reading the config"):
        from computeplan import api
        from computeplan.plan.folder import check_target

        check_target(folder)
        loaded = api.load(source, scenario=scenario, overrides=overrides or ())
    for warning in loaded.warnings:
        terminal.note(f"warning: {warning}")
    options = solver_options(loaded, solver, time_limit, threads, None)
    study = _traced(loaded, _bases(basis), share, policies(baselines), options)
    code = _outcome(study)
    written = _saved(study, folder) if code is ExitCode.SOLVED else None
    if as_json:
        answers = _answers(study.frontiers, questions)
        terminal.write_json({**study.summary(), "answers": answers, "folder": written})
    else:
        _show(study.frontiers, questions, study.baselines)
        if written:
            terminal.show(f"\nfrontier: {written}")
    _explain(study, code)
    return code


def _traced(
    loaded: Loaded,
    bases: Sequence[str],
    tolerance: float | None,
    chosen: Sequence[str],
    options: SolverOptions,
) -> FrontierStudy:
    from computeplan.what_if import frontier as trace

    with terminal.working("planning") as tell:
        return interruptible(
            lambda: trace(
                loaded, bases=bases, tolerance=tolerance, policies=chosen, options=options, tell=tell
            )
        )


def _saved(study: FrontierStudy, folder: Path) -> str:
    with terminal.working("writing the frontier"):
        study.save(folder)
    return str(folder)


def _refuse(options: Sequence[str]) -> None:
    """Say that some options mean nothing for a frontier that is only read."""
    from computeplan.errors import UsageError

    if options:
        stated = ", ".join(options)
        raise UsageError(f"{stated}: expected a config to solve, got a folder to read off; name the config")


def _read(
    folder: Path, basis: Sequence[Basis] | None, questions: list[Question], *, as_json: bool
) -> ExitCode:
    """Answer from a folder."""
    from computeplan.errors import UsageError
    from computeplan.what_if import open_frontier

    found = open_frontier(folder)
    wanted = set(_bases(basis)) or {each.basis.value for each in found}
    kept = tuple(each for each in found if each.basis.value in wanted)
    missing = wanted - {each.basis.value for each in kept}
    if missing and Basis.ALL not in (basis or ()):
        raise UsageError(f"{folder} holds no frontier on basis {', '.join(sorted(missing))}; trace it first")
    if as_json:
        from computeplan.studies.frontier.words import frontier_summary

        summaries = [frontier_summary(each) for each in kept]
        answers = _answers(kept, questions)
        terminal.write_json(
            {"name": kept[0].name, "frontiers": summaries, "answers": answers, "folder": str(folder)}
        )
    else:
        _show(kept, questions, answers_only=bool(questions))
    return ExitCode.SOLVED


Question = tuple[str, float]


def _questions(
    caps: Sequence[float] | None, prices: Sequence[float] | None, budgets: Sequence[float] | None
) -> list[Question]:
    kinds = (("cap", caps), ("price", prices), ("budget", budgets))
    return [(kind, amount) for kind, amounts in kinds for amount in amounts or ()]


def _ask(frontier: Frontier, question: Question) -> Reading | None:
    kind, amount = question
    match kind:
        case "cap":
            return frontier.at_cap(amount)
        case "price":
            return frontier.at_price(amount)
        case _:
            return frontier.at_budget(amount)


def _answers(frontiers: Sequence[Frontier], questions: Sequence[Question]) -> list[dict[str, object]]:
    from computeplan.studies.frontier import reading_data

    return [
        {"basis": each.basis.value, kind: amount, "reading": reading_data(_ask(each, (kind, amount)))}
        for each in frontiers
        if each.curve is not None
        for kind, amount in questions
    ]


def _show(
    frontiers: Sequence[Frontier],
    questions: Sequence[Question],
    baselines: Sequence[Baseline] = (),
    *,
    answers_only: bool = False,
) -> None:
    from computeplan.explain.wording import number
    from computeplan.report import frontier_view, policies_view, readings_view

    for each in frontiers:
        if each.curve is None:
            continue
        if not answers_only:
            terminal.show(frontier_view(each, each.curve))
        if baselines:
            terminal.show("", policies_view(each, baselines))
        if questions:
            units = {"cap": " t", "price": f" {each.currency}/t", "budget": f" {each.currency}"}
            asked = [(f"{kind} {number(x, 8)}{units[kind]}", _ask(each, (kind, x))) for kind, x in questions]
            terminal.show(*([] if answers_only else [""]), readings_view(each, asked))


def _share(text: str | None) -> float | None:
    """Read a share such as ``0.1%`` or ``0.001``."""
    from computeplan.errors import UsageError

    if text is None:
        return None
    number, percent = text.strip().removesuffix("%"), text.strip().endswith("%")
    try:
        share = float(number) / (100 if percent else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise UsageError(f"--tolerance: expected a share such as 0.1% or 0.001, got {text!r}")
    return share


def _bases(basis: Sequence[Basis] | None) -> list[str]:
    if Basis.ALL in (basis or ()):
        return [each.value for each in Basis if each is not Basis.ALL]
    return [each.value for each in basis or ()]


def _outcome(study: FrontierStudy) -> ExitCode:
    from computeplan.problem import Status

    if all(each.curve is not None for each in study.frontiers):
        return ExitCode.SOLVED
    failed = next(each for each in study.frontiers if each.curve is None)
    if failed.status.has_plan:
        return ExitCode.AUDIT
    return ExitCode.LIMIT if failed.status is Status.NO_PLAN else ExitCode.INFEASIBLE


def _explain(study: FrontierStudy, code: ExitCode) -> None:
    """Say on stderr why there is no frontier, or what it does not prove."""
    if code is ExitCode.SOLVED:
        for each in study.frontiers:
            if not each.certified:
                terminal.note(f"warning: on basis {each.basis} the frontier is not proved to the tolerance")
        return
    notes = [note for each in study.frontiers if each.curve is None for note in each.notes]
    terminal.fail("there is no frontier", *notes, *map(str, study.reasons))
