"""The order of the runs, and what one that ran out of time means for the rest."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from computeplan.bench.instances import Instance, SolverChoice
from computeplan.bench.process import run_job
from computeplan.bench.runs import SKIPPED, TIMEOUT, Measurement, ProcessJob
from computeplan.errors import UsageError


@dataclass(frozen=True)
class Protocol:
    """What is measured and how: instances of one family and seed from the smallest up, each `repeats` times.

    The time limit holds for each run, from start to exit; a scenario for the user's own configs.
    """

    instances: tuple[Instance, ...]
    solvers: tuple[SolverChoice, ...]
    repeats: int
    time_limit_s: float
    threads: int | None = None
    scenario: str | None = None
    overrides: tuple[str, ...] = ()
    allow_paths: tuple[str, ...] = ()

    @property
    def planned(self) -> int:
        """Runs if none is left out."""
        return self.repeats * len(self.instances) * len(self.solvers)

    def data(self) -> dict[str, object]:
        """Give what goes into the results."""
        same = {name: getattr(self, name) for name in ("repeats", "time_limit_s", "threads", "scenario")}
        return {"solvers": list(map(str, self.solvers)), **same, "set": list(self.overrides)}


class _Turn(NamedTuple):
    repeat: int
    rank: int
    instance: Instance
    config: Path
    solver: SolverChoice


def measure_runs(
    protocol: Protocol,
    progress: Callable[[str], object],
    is_stopped: Callable[[], bool],
    configs: Path | None = None,
) -> Generator[Measurement, None, None]:
    """Measure one run after another.

    Every instance is run once before any is run again, so that a disturbance of the machine does not fall
    on one instance alone, and what is there after an interruption spans all of them. When an instance runs
    out of time, it and the larger ones of its family are not tried again with that solver.

    `configs`: folder for the generated configs; a temporary one where absent. Raises `UsageError` before the
    first run, if there is no such solver. Raises `KeyboardInterrupt` if it was stopped.
    """
    with ExitStack() as stack:
        folder = configs or Path(stack.enter_context(TemporaryDirectory(prefix="computeplan-bench-")))
        for solver in protocol.solvers:
            progress(f"starting {solver}")
            _check_solver(protocol, solver, is_stopped)
        too_large: dict[tuple[object, ...], int] = {}
        for turn in _turns(protocol, folder):
            key = (*turn.instance.ladder, turn.solver)
            if turn.rank < too_large.get(key, turn.rank + 1):
                progress(f"{turn.instance.name} {turn.solver}")
                run = _run(protocol, turn, is_stopped)
                if run.status == TIMEOUT:
                    too_large[key] = turn.rank
                yield run
            elif turn.repeat == 1:
                yield Measurement(
                    turn.instance.name, str(turn.solver), 1, SKIPPED, "a smaller one ran out of time"
                )


def _turns(protocol: Protocol, folder: Path) -> list[_Turn]:
    """Write the configs and list all runs in their order."""
    configs = [instance.write(folder) for instance in protocol.instances]
    return [
        _Turn(repeat, rank, instance, config, solver)
        for repeat in range(1, protocol.repeats + 1)
        for rank, (instance, config) in enumerate(zip(protocol.instances, configs, strict=True))
        for solver in protocol.solvers
    ]


def _check_solver(protocol: Protocol, solver: SolverChoice, is_stopped: Callable[[], bool]) -> None:
    """Make one small plan that does not count: it warms the caches and shows whether the solver works."""
    job = ProcessJob("", solver.name, solver.method, protocol.threads)
    answer = run_job(job, protocol.time_limit_s, is_stopped).answer
    if answer.get("is_usage"):
        raise UsageError(answer["message"])


def _run(protocol: Protocol, turn: _Turn, is_stopped: Callable[[], bool]) -> Measurement:
    scenario = None if turn.instance.family else protocol.scenario  # generated configs have none
    setting = (protocol.threads, scenario, protocol.overrides, protocol.allow_paths)
    job = ProcessJob(str(turn.config), turn.solver.name, turn.solver.method, *setting)
    ended = run_job(job, protocol.time_limit_s, is_stopped)
    answer = {key: value for key, value in ended.answer.items() if key != "is_usage"}
    return Measurement(
        instance=turn.instance.name,
        solver=str(turn.solver),
        repeat=turn.repeat,
        process_s=ended.process_s,
        process_cpu_s=ended.process_cpu_s,
        peak_mb=ended.peak_mb,
        **answer,
    )
