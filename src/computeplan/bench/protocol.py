"""The order of the runs, and what one that ran out of time means for the rest."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from computeplan.bench.instances import Instance
from computeplan.bench.job import Job
from computeplan.bench.process import run_job
from computeplan.bench.record import SKIPPED, TIMEOUT, Run
from computeplan.bench.solver_choice import SolverChoice
from computeplan.errors import UsageError


@dataclass(frozen=True)
class Protocol:
    """What is measured and how.

    Attributes
    ----------
    instances : tuple of Instance
        Those of one family and seed from the smallest up.
    solvers : tuple of SolverChoice
    repeats : int
        Runs of each instance with each solver.
    time_limit_s : float
        For each run, from start to exit.
    threads : int, optional
        Most threads of the solver.
    scenario : str, optional
        Of the user's configs.
    overrides : tuple of str
        ``path=value`` each, for all instances.
    allow_paths : tuple of str
        Folders that configs may read files from, beside their own.
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
        return {
            "solvers": [str(solver) for solver in self.solvers],
            "repeats": self.repeats,
            "time_limit_s": self.time_limit_s,
            "threads": self.threads,
            "scenario": self.scenario,
            "set": list(self.overrides),
        }


def measured(
    protocol: Protocol,
    tell: Callable[[str], object],
    is_stopped: Callable[[], bool],
    configs: Path | None = None,
) -> Generator[Run, None, None]:
    """Measure one run after another.

    Every instance is run once before any is run again, so that a disturbance of the machine does not fall
    on one instance alone, and what is there after an interruption spans all of them. When an instance runs
    out of time, it and the larger ones of its family are not tried again with that solver.

    Parameters
    ----------
    protocol : Protocol
    tell : callable
        Called with what is being done.
    is_stopped : callable
        Whether the measurement is to end.
    configs : Path, optional
        Folder for the generated configs; a passing one where absent.

    Yields
    ------
    Run

    Raises
    ------
    UsageError
        Before the first run, if there is no such solver.
    KeyboardInterrupt
        If it was stopped.
    """
    with ExitStack() as stack:
        folder = configs or Path(stack.enter_context(TemporaryDirectory(prefix="computeplan-bench-")))
        for solver in protocol.solvers:
            tell(f"starting {solver}")
            _check(protocol, solver, is_stopped)
        too_large: dict[tuple[object, ...], int] = {}
        for turn in _turns(protocol, folder):
            key = (*turn.instance.ladder, turn.solver)
            if turn.rank < too_large.get(key, turn.rank + 1):
                tell(f"{turn.instance.name} {turn.solver}")
                run = _run(protocol, turn, is_stopped)
                if run.status == TIMEOUT:
                    too_large[key] = turn.rank
                yield run
            elif turn.repeat == 1:
                yield Run(turn.instance.name, str(turn.solver), 1, SKIPPED, "a smaller one ran out of time")


@dataclass(frozen=True)
class _Turn:
    repeat: int
    rank: int
    instance: Instance
    config: Path
    solver: SolverChoice


def _turns(protocol: Protocol, folder: Path) -> list[_Turn]:
    """Write the configs and list all runs in their order."""
    configs = [instance.write(folder) for instance in protocol.instances]
    return [
        _Turn(repeat, rank, instance, config, solver)
        for repeat in range(1, protocol.repeats + 1)
        for rank, (instance, config) in enumerate(zip(protocol.instances, configs, strict=True))
        for solver in protocol.solvers
    ]


def _check(protocol: Protocol, solver: SolverChoice, is_stopped: Callable[[], bool]) -> None:
    """Make one small plan that does not count: it warms the caches and shows whether there is the solver."""
    job = Job("", solver.name, solver.method, protocol.threads)
    answer = run_job(job, protocol.time_limit_s, is_stopped).answer
    if answer.get("is_usage"):
        raise UsageError(answer["message"])


def _run(protocol: Protocol, turn: _Turn, is_stopped: Callable[[], bool]) -> Run:
    # A generated config has no scenarios.
    scenario = None if turn.instance.family else protocol.scenario
    solver = turn.solver
    job = Job(
        str(turn.config),
        solver.name,
        solver.method,
        protocol.threads,
        scenario,
        protocol.overrides,
        protocol.allow_paths,
    )
    ended = run_job(job, protocol.time_limit_s, is_stopped)
    told = {key: value for key, value in ended.answer.items() if key != "is_usage"}
    return Run(
        instance=turn.instance.name,
        solver=str(solver),
        repeat=turn.repeat,
        process_s=ended.process_s,
        process_cpu_s=ended.process_cpu_s,
        peak_mb=ended.peak_mb,
        **told,
    )
