"""``computeplan bench``: how long planning takes as problems grow; ``bench compare``: what changed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeplan.cli import terminal
from computeplan.cli.command import ExitCode, guarded
from computeplan.cli.help import CommandsByUse, HelpfulCommand
from computeplan.cli.options import Json, Overlay
from computeplan.errors import UsageError

if TYPE_CHECKING:
    from computeplan.bench.instances import Instance
    from computeplan.bench.protocol import Protocol
    from computeplan.bench.results import Results
    from computeplan.bench.runs import Measurement


class RunUnlessNamed(CommandsByUse):
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
        "Default 100,1000,10000, and 1000 with another list.",
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
        metavar="FILE.json",
        help="Results, with charts in an HTML file next to them; default benchmarks/TIME.json.",
    ),
]
Configs = Annotated[Path | None, typer.Option(metavar="DIR", help="Keep the generated configs here.")]
Old = Annotated[Path, typer.Argument(metavar="OLD.json", show_default=False)]
New = Annotated[Path, typer.Argument(metavar="NEW.json", show_default=False)]


@bench.command(
    cls=HelpfulCommand,
    epilog="`computeplan bench compare OLD.json NEW.json` shows what changed between two results.",
)
@guarded
def run(
    overlay: Overlay,
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
    out: Out = None,
    configs: Configs = None,
    as_json: Json = False,
) -> ExitCode:
    """Measure how long planning takes: by stage, size and solver, each run in a process of its own."""
    from computeplan.bench.instances import read_solvers
    from computeplan.bench.protocol import Protocol
    from computeplan.bench.results import check_target
    from computeplan.config import allowed_folders
    from computeplan.folder.write import refuse_inside_folder

    _check_system()
    if not time_limit > 0:
        raise UsageError(path="--time-limit", expected="more than 0", found=f"{time_limit:g}")
    sizes = {"companies": companies, "kinds": kinds, "sites": sites, "days": days}
    protocol = Protocol(
        instances=_instances(subjects or [], sizes, seeds or [], overlay.scenario),
        solvers=read_solvers(solvers or ["highs"]),
        repeats=repeats,
        time_limit_s=time_limit,
        threads=threads,
        scenario=overlay.scenario,
        overrides=tuple(overlay.overrides or ()),
        allow_paths=tuple(map(str, allowed_folders(overlay.allow_paths or ()))),
    )
    target = out or Path("benchmarks") / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    refuse_inside_folder(target)
    check_target(target)
    return _measure(protocol, target, configs, as_json=as_json)


@bench.command(cls=HelpfulCommand)
@guarded
def compare(old: Old, new: New, *, as_json: Json = False) -> ExitCode:
    """Show what changed between two results of `bench`, and what of it is more than noise."""
    from computeplan.bench.comparison import compare as compared
    from computeplan.bench.results import load_results
    from computeplan.reports.subjects.benchmark import describe_benchmark_changes
    from computeplan.reports.terminal import render_terminal

    found = compared(load_results(old), load_results(new))
    for text in found.notes:
        terminal.note(f"note: {text}")
    if as_json:
        terminal.write_answer(found.data())
    else:
        terminal.show(render_terminal(describe_benchmark_changes(found)))
    return ExitCode.SOLVED


def _check_system() -> None:
    if sys.platform == "win32":
        raise UsageError("bench measures processes as Linux and macOS count them", hint="on Windows, use WSL")


def _instances(
    subjects: list[str], sizes: Mapping[str, str | None], seeds: list[str], scenario: str | None
) -> tuple[Instance, ...]:
    """List the instances; an option that none of them heeds is a mistake."""
    from computeplan.bench.instances import list_instances, read_numbers

    drawn = read_numbers("--seed", ",".join(seeds)) if seeds else [1]
    found = list_instances(subjects, sizes, drawn)
    if not any(instance.family for instance in found):
        stated = [f"--{name}" for name, text in {**sizes, "seed": seeds or None}.items() if text is not None]
        if stated:
            raise UsageError(f"{stated[0]} is for families", hint="name one of them, or leave it out")
    if scenario and all(instance.family for instance in found):
        raise UsageError(
            "--scenario is for your own configs", path="--scenario", hint="name one, or leave it out"
        )
    return found


def _measure(protocol: Protocol, target: Path, configs: Path | None, *, as_json: bool) -> ExitCode:
    """Measure, keep every run as soon as it is done, and show what there is at the end."""
    from computeplan.bench.results import Results

    results = Results.of(protocol)
    code = _run_all(protocol, results, target, configs)
    if results.runs:
        _show_results(results, target, as_json=as_json)
    return code


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Note Ctrl-C, and SIGTERM as batch systems and `timeout` send it; yields whether there was one.

    Raised anywhere, an interrupt would now and then leave a file or a process behind.
    """
    heard: list[int] = []
    usual = {
        number: signal.signal(number, lambda got, _: heard.append(got))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield lambda: bool(heard)
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


def _run_all(protocol: Protocol, results: Results, target: Path, configs: Path | None) -> ExitCode:
    """Measure and save run by run, so that nothing is lost."""
    from computeplan.bench.protocol import measure_runs

    try:
        with (
            terminal.in_place("starting") as stages,
            _stoppable() as is_stopped,
            closing(measure_runs(protocol, stages.enter, is_stopped, configs)) as runs,
        ):
            for run in runs:
                results.runs.append(run)
                results.save(target)
                terminal.note(_line(run, len(results.runs), protocol.planned))
    except KeyboardInterrupt:
        kept = f"; {len(results.runs)} of {protocol.planned} runs are in {target}" if results.runs else ""
        terminal.fail(f"interrupted{kept}")
        return ExitCode.INTERRUPTED
    return ExitCode.SOLVED


def _line(run: Measurement, number: int, planned: int) -> str:
    """Say how a run went."""
    counter = f"[{number:{len(str(planned))}}/{planned}]"
    if run.total_s is None:
        return f"{counter} {run.instance} {run.solver}: {run.status}: {run.message}"
    memory = "" if run.peak_mb is None else f", {run.peak_mb:,.0f} MB"
    return f"{counter} {run.instance} {run.solver}: {run.status}, {run.total_s:.2f} s{memory}"


def _show_results(results: Results, target: Path, *, as_json: bool) -> None:
    """Write the charts and print the results."""
    from computeplan.files import write_file
    from computeplan.reports.html import render_html
    from computeplan.reports.subjects.benchmark import benchmark_page, describe_benchmark
    from computeplan.reports.terminal import render_terminal
    from computeplan.reports.words import ENGLISH

    page, charts = benchmark_page(results), target.with_suffix(".html")
    if page is None:
        charts.unlink(missing_ok=True)  # of earlier results of this name
    else:
        write_file(charts, render_html(page, ENGLISH).encode())
    if as_json:
        terminal.write_json(results.data())
    else:
        terminal.show(render_terminal(describe_benchmark(results)))
    terminal.note(f"results: {target}" + (f", charts: {charts}" if page else ""))
