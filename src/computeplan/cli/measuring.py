"""Measuring on the command line: progress, what is kept, what is shown."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from computeplan.cli import terminal
from computeplan.cli.exit_code import ExitCode

if TYPE_CHECKING:
    from computeplan.bench.protocol import Protocol
    from computeplan.bench.record import Run
    from computeplan.bench.results import Results


def measure(protocol: Protocol, target: Path, configs: Path | None, *, as_json: bool) -> ExitCode:
    """Measure, keep every run as soon as it is done, and show what there is at the end.

    Parameters
    ----------
    protocol : Protocol
    target : Path
        File of the results.
    configs : Path, optional
        Folder that keeps the generated configs.
    as_json : bool
    """
    from computeplan.bench.results import Results

    results = Results.of(protocol)
    code = _measured(protocol, results, target, configs)
    if results.runs:
        _show(results, target, as_json=as_json)
    return code


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Note Ctrl-C, and SIGTERM as batch systems and `timeout` send it, for who asks.

    Raised anywhere, an interrupt would now and then leave a file or a process behind.

    Yields
    ------
    callable
        Tells whether there was one.
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


def _measured(protocol: Protocol, results: Results, target: Path, configs: Path | None) -> ExitCode:
    """Measure and save run by run, so that nothing is lost."""
    from computeplan.bench.protocol import measured

    try:
        with (
            terminal.working("starting") as tell,
            _stoppable() as is_stopped,
            closing(measured(protocol, tell, is_stopped, configs)) as runs,
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


def _line(run: Run, number: int, planned: int) -> str:
    """Say how a run went."""
    counter = f"[{number:{len(str(planned))}}/{planned}]"
    if run.total_s is None:
        return f"{counter} {run.instance} {run.solver}: {run.status}: {run.message}"
    memory = "" if run.peak_mb is None else f", {run.peak_mb:,.0f} MB"
    return f"{counter} {run.instance} {run.solver}: {run.status}, {run.total_s:.2f} s{memory}"


def _show(results: Results, target: Path, *, as_json: bool) -> None:
    """Draw the chart and print the results."""
    from computeplan.bench.chart import chart
    from computeplan.bench.results import write_whole
    from computeplan.report.benchmark import bench_view

    drawn, picture = chart(results), target.with_suffix(".svg")
    if drawn is None:
        picture.unlink(missing_ok=True)  # of earlier results of this name
    else:
        write_whole(picture, drawn)
    if as_json:
        terminal.write_json(results.data())
    else:
        terminal.show(bench_view(results))
    terminal.note(f"results: {target}" + (f", chart: {picture}" if drawn is not None else ""))
