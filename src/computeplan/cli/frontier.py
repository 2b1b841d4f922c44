"""``computeplan frontier``: cost against carbon, and what is read off it without solving."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded, no_plan, run_until_interrupted
from computeplan.cli.options import (
    ALL,
    Baselines,
    Json,
    Overlay,
    SolverFlags,
    choice,
    named_policies,
    read_share,
)
from computeplan.vocabulary import CarbonBasis

if TYPE_CHECKING:
    from computeplan.api import Loaded
    from computeplan.studies.baselines import Baseline
    from computeplan.studies.frontier import Frontier, FrontierStudy, Reading


Source = Annotated[
    Path, typer.Argument(metavar="CONFIG|DIR", help="The YAML config, or the folder of a frontier.")
]
Bases = Annotated[
    list[str] | None,
    choice(
        "--basis",
        among=[*CarbonBasis, ALL],
        help="Basis of the carbon, may be repeated; default: the config's own.",
    ),
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
    overlay: Overlay,
    flags: SolverFlags,
    *,
    basis: Bases = None,
    tolerance: Tolerance = None,
    cap: Caps = None,
    price: Prices = None,
    budget: Budgets = None,
    out: Out = None,
    baselines: Baselines = None,
    as_json: Json = False,
) -> ExitCode:
    """Trace the lowest cost against carbon, proved.

    The curve lies between achieved plans and proved bounds. Caps, prices and budgets are then read off it;
    with the folder of a frontier nothing is solved.
    """
    questions = _questions(cap, price, budget, is_solved=not source.is_dir())
    if source.is_dir():
        typed = {"--out": out, "--tolerance": tolerance, "--baselines": baselines}
        solving = [option for option, stated in typed.items() if stated is not None]
        _refuse([*overlay.stated(), *solving, *(["--solver"] if flags.solver else [])])
        return _read(source, basis, questions, as_json=as_json)
    share, folder = read_share("--tolerance", tolerance, most=1.0), out or overlay.folder("frontiers", source)
    from computeplan.folder.contents import FRONTIER
    from computeplan.folder.write import check_target

    check_target(folder, FRONTIER)
    loaded = overlay.load(source)
    study, is_interrupted = _trace(
        loaded,
        flags,
        bases=_bases(basis),
        tolerance=share,
        caps_t=cap or (),
        prices_per_t=price or (),
        policies=named_policies(baselines),
    )
    code = _outcome(study)
    written = _save(study, folder) if code is ExitCode.SOLVED else None
    if as_json:
        answers = _answers(study.frontiers, questions)
        terminal.write_answer({**study.summary(), "answers": answers, "folder": written})
    else:
        _show(study.frontiers, questions, study.baselines)
        if written:
            terminal.show(f"\nfrontier: {written}")
    _explain(study, code)
    if is_interrupted:
        kept = f"the frontier of the plans found until then is in {written}" if written else "nothing is kept"
        terminal.fail(f"interrupted; {kept}")
        return ExitCode.INTERRUPTED
    return code


def _trace(loaded: Loaded, flags: SolverFlags, **asked: Any) -> tuple[FrontierStudy, bool]:
    from computeplan.api import frontier as trace

    with terminal.working("planning") as stages:
        return run_until_interrupted(
            lambda stop: trace(loaded, **asked, options={**flags.stated(), "stop": stop}, progress=stages)
        )


def _save(study: FrontierStudy, folder: Path) -> str:
    with terminal.working("writing the frontier"):
        study.save(folder)
    return str(folder)


def _refuse(options: Sequence[str]) -> None:
    """Say that some options mean nothing for a frontier that is only read."""
    from computeplan.errors import UsageError

    if options:
        stated = ", ".join(options)
        raise UsageError(
            path=stated, expected="a config to solve", found="a folder to read off", hint="name the config"
        )


def _read(folder: Path, basis: Sequence[str] | None, questions: list[Question], *, as_json: bool) -> ExitCode:
    """Answer from a folder."""
    from computeplan.api import open_frontier
    from computeplan.errors import UsageError

    found = open_frontier(folder)
    wanted = set(_bases(basis)) or {each.basis.value for each in found}
    kept = tuple(each for each in found if each.basis.value in wanted)
    missing = wanted - {each.basis.value for each in kept}
    if missing and ALL not in (basis or ()):
        raise UsageError(
            f"{folder} holds no frontier on basis {', '.join(sorted(missing))}",
            path=folder,
            hint="trace it first",
        )
    if as_json:
        from computeplan.studies.frontier import frontier_summary

        summaries = [frontier_summary(each) for each in kept]
        answers = _answers(kept, questions)
        terminal.write_answer(
            {"name": kept[0].name, "frontiers": summaries, "answers": answers, "folder": str(folder)}
        )
    else:
        _show(kept, questions, answers_only=bool(questions))
    return ExitCode.SOLVED


Question = tuple[str, float]


def _questions(
    caps: Sequence[float] | None,
    prices: Sequence[float] | None,
    budgets: Sequence[float] | None,
    *,
    is_solved: bool,
) -> list[Question]:
    """Check what is to be read off; where nothing is solved, a cap below 0 is just out of reach."""
    from computeplan.studies.frontier import check_amounts

    kinds = {"cap": caps or (), "price": prices or (), "budget": budgets or ()}
    least = {"cap": 0.0 if is_solved else -inf, "price": 0.0, "budget": -inf}
    for kind, amounts in kinds.items():
        check_amounts(f"--{kind}", amounts, least=least[kind])
    return [(kind, amount) for kind, amounts in kinds.items() for amount in amounts]


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
    from computeplan.reports.subjects.frontier import describe_frontier, describe_readings
    from computeplan.reports.terminal import render_terminal
    from computeplan.text import number

    for each in frontiers:
        if each.curve is None:
            continue
        units = {"cap": " t", "price": f" {each.currency}/t", "budget": f" {each.currency}"}
        readings = [(f"{kind} {number(x, 8)}{units[kind]}", _ask(each, (kind, x))) for kind, x in questions]
        if answers_only:
            terminal.show(render_terminal([describe_readings(each, readings)]))
        else:
            terminal.show(render_terminal(describe_frontier(each, each.curve, baselines, readings)))


def _bases(basis: Sequence[str] | None) -> list[str]:
    return list(CarbonBasis) if ALL in (basis or ()) else list(basis or ())


def _outcome(study: FrontierStudy) -> ExitCode:
    if all(each.curve is not None for each in study.frontiers):
        return ExitCode.SOLVED
    failed = next(each for each in study.frontiers if each.curve is None)
    return ExitCode.AUDIT if failed.status.has_plan else no_plan(failed.status)


def _explain(study: FrontierStudy, code: ExitCode) -> None:
    """Say on stderr why there is no frontier, or what it does not prove."""
    if code is ExitCode.SOLVED:
        for each in study.frontiers:
            if not each.certified:
                terminal.note(f"warning: on basis {each.basis} the frontier is not proved to the tolerance")
        return
    notes = [note for each in study.frontiers if each.curve is None for note in each.notes]
    terminal.fail("there is no frontier", *notes, *map(str, study.reasons))
