"""``computeplan bench``: how long planning takes as problems grow; ``bench compare``: what changed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode
from computeplan.cli.failures import guarded
from computeplan.cli.measuring import measure
from computeplan.cli.options import AllowPaths, Json, Overrides, Scenario
from computeplan.errors import UsageError

if TYPE_CHECKING:
    from computeplan.bench.instances import Instance


class RunUnlessNamed(TyperGroup):
    """Takes ``bench x`` for ``bench run x``, so that what people do most needs one word less."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the word in where it is missing; the class of the context differs between versions of typer."""
        named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if named else ["run", *args])


bench = typer.Typer(cls=RunUnlessNamed, add_completion=False)

Subjects = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FAMILY|CONFIG",
        help="interactive, deferrable, capped, reserved, full, or configs of your own; default all families.",
        show_default=False,
    ),
]
Solvers = Annotated[
    list[str] | None,
    typer.Option(
        "--solver", metavar="NAME[:METHOD],…", help="highs, highs:simplex, highs:ipm, cbc, …; default highs."
    ),
]
Companies = Annotated[
    str | None,
    typer.Option(
        metavar="N[,N…]",
        help="Size of a family; one of the four may be a list: the ladder. "
        "Default 100,1000,10000, and 1000 beside another list.",
    ),
]
Kinds = Annotated[
    str | None, typer.Option(metavar="N[,N…]", help="Kinds of work, which do not merge; default 12.")
]
Sites = Annotated[str | None, typer.Option(metavar="N[,N…]", help="Default 6.")]
Days = Annotated[str | None, typer.Option(metavar="N[,N…]", help="Of 24 periods; default 7.")]
Seeds = Annotated[
    list[str] | None, typer.Option("--seed", metavar="N[,N…]", help="Of the families; default 1.")
]
Repeats = Annotated[int, typer.Option(metavar="N", min=1, help="Runs of each; the median counts.")]
TimeLimit = Annotated[float, typer.Option(metavar="S", help="Seconds for one run; then it is ended.")]
Threads = Annotated[int | None, typer.Option(metavar="N", min=1, help="Most threads for the solver.")]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.json", help="Results, with a chart beside them; default benchmarks/TIME.json."
    ),
]
Configs = Annotated[Path | None, typer.Option(metavar="DIR", help="Keep the generated configs here.")]
Old = Annotated[Path, typer.Argument(metavar="OLD.json", show_default=False)]
New = Annotated[Path, typer.Argument(metavar="NEW.json", show_default=False)]


@bench.command(epilog="`computeplan bench compare OLD.json NEW.json` shows what changed between two results.")
@guarded
def run(
    subjects: Subjects = None,
    *,
    solvers: Solvers = None,
    companies: Companies = None,
    kinds: Kinds = None,
    sites: Sites = None,
    days: Days = None,
    seeds: Seeds = None,
    repeats: Repeats = 3,
    time_limit: TimeLimit = 600,
    threads: Threads = None,
    scenario: Scenario = None,
    overrides: Overrides = None,
    allow_paths: AllowPaths = None,
    out: Out = None,
    configs: Configs = None,
    as_json: Json = False,
) -> ExitCode:
    """Measure how long planning takes: by stage, size and solver, each run in a process of its own."""
    from computeplan.bench.protocol import Protocol
    from computeplan.bench.results import check_target
    from computeplan.bench.solver_choice import solver_choices
    from computeplan.config import allowed_folders

    _check_system()
    if not time_limit > 0:
        raise UsageError(f"--time-limit: expected more than 0, got {time_limit:g}")
    sizes = {"companies": companies, "kinds": kinds, "sites": sites, "days": days}
    protocol = Protocol(
        instances=_instances(subjects or [], sizes, seeds or [], scenario),
        solvers=solver_choices(solvers or ["highs"]),
        repeats=repeats,
        time_limit_s=time_limit,
        threads=threads,
        scenario=scenario,
        overrides=tuple(overrides or ()),
        allow_paths=tuple(map(str, allowed_folders(allow_paths or ()))),
    )
    target = out or Path("benchmarks") / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    check_target(target)
    return measure(protocol, target, configs, as_json=as_json)


@bench.command()
@guarded
def compare(old: Old, new: New, *, as_json: Json = False) -> ExitCode:
    """Show what changed between two results of `bench`, and what of it is more than noise."""
    from computeplan.bench.comparison import compare as compared
    from computeplan.bench.results import load_results
    from computeplan.report.benchmark import bench_comparison_view

    found = compared(load_results(old), load_results(new))
    for text in found.notes:
        terminal.note(f"note: {text}")
    if as_json:
        terminal.write_json(found.data())
    else:
        terminal.show(bench_comparison_view(found))
    return ExitCode.SOLVED


def _check_system() -> None:
    if sys.platform == "win32":
        raise UsageError("bench measures processes as Linux and macOS tell about them; on Windows, use WSL")


def _instances(
    subjects: list[str], sizes: Mapping[str, str | None], seeds: list[str], scenario: str | None
) -> tuple[Instance, ...]:
    """List the instances; an option that none of them heeds is a mistake."""
    from computeplan.bench.instances import instances
    from computeplan.bench.scale import ladder, numbers

    drawn = numbers("--seed", ",".join(seeds)) if seeds else [1]
    found = instances(subjects, ladder(sizes), drawn)
    if not any(instance.family for instance in found):
        stated = [f"--{name}" for name, text in {**sizes, "seed": seeds or None}.items() if text is not None]
        if stated:
            raise UsageError(f"{stated[0]} is for families; name one of them, or leave it out")
    if scenario and all(instance.family for instance in found):
        raise UsageError("--scenario is for your own configs; name one, or leave it out")
    return found
