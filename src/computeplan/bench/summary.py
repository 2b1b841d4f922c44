"""The runs of an instance with a solver, in one line: median and spread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from computeplan.bench.record import STAGES, Run


@dataclass(frozen=True)
class Spread:
    """Repeated measurements of one thing.

    Attributes
    ----------
    median, least, most : float
    """

    median: float
    least: float
    most: float

    @property
    def relative(self) -> float:
        """From the least to the most, over the median."""
        return (self.most - self.least) / self.median if self.median else 0.0

    @staticmethod
    def of(values: Sequence[float]) -> Spread:
        """Sum up at least one value."""
        return Spread(median(values), min(values), max(values))


@dataclass(frozen=True)
class Summary:
    """What all runs of an instance with a solver say.

    Attributes
    ----------
    instance, solver : str
    status : str
        That of the runs; where they differ, one that is no answer.
    message : str
    is_answer : bool
        Whether every run came to an answer that the audit agrees with.
    runs : int
        Those that were started.
    total_s, total_cpu_s : Spread, optional
        Wall and processor time of all stages together; absent where no run came to its end.
    wall_s, cpu_s : mapping of str to Spread
        Of each stage.
    process_s : Spread, optional
    peak_mb : float, optional
        The most of any run.
    objective, gap : float, optional
        Of the first run that has them.
    size : mapping of str to int
    config_sha256 : str
    solver_version : str
    """

    instance: str
    solver: str
    status: str
    message: str
    is_answer: bool
    runs: int
    total_s: Spread | None
    total_cpu_s: Spread | None
    wall_s: Mapping[str, Spread]
    cpu_s: Mapping[str, Spread]
    process_s: Spread | None
    peak_mb: float | None
    objective: float | None
    gap: float | None
    size: Mapping[str, int]
    config_sha256: str
    solver_version: str

    @property
    def allocations(self) -> int:
        """Size of the problem as asked, before any reduction: workloads × pools × periods."""
        return self.size["workloads"] * self.size["pools"] * self.size["periods"] if self.size else 0

    def data(self) -> dict[str, object]:
        """Give what goes into the results."""
        return {**asdict(self), "allocations": self.allocations}


def summarize(runs: Iterable[Run]) -> list[Summary]:
    """Sum up runs by instance and solver, in the order of the first of each.

    Parameters
    ----------
    runs : iterable of Run
    """
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        groups.setdefault((run.instance, run.solver), []).append(run)
    return [_summary(group) for group in groups.values()]


def disagreements(summaries: Iterable[Summary]) -> list[str]:
    """Name the instances to which solvers give different answers.

    Parameters
    ----------
    summaries : iterable of Summary
    """
    answers: dict[str, list[Summary]] = {}
    for summary in summaries:
        if summary.is_answer:
            answers.setdefault(summary.instance, []).append(summary)
    differing = {name: group for name, group in answers.items() if _differ(group)}
    return [f"{name}: {', '.join(map(_answer, group))}" for name, group in differing.items()]


SAME = 1e-5
"""Relative difference of objectives up to which answers are the same: some solvers write eight digits."""


def is_same(one: float | None, other: float | None) -> bool:
    """Whether two objectives are the same, as far as solvers go.

    Parameters
    ----------
    one, other : float, optional
    """
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME * max(1.0, abs(one), abs(other))


def _summary(runs: Sequence[Run]) -> Summary:
    worst = next((run for run in runs if not run.is_answer), runs[0])
    ended = [run for run in runs if run.wall_s]
    first = ended[0] if ended else worst
    processes = [run.process_s for run in runs if run.process_s is not None]
    return Summary(
        instance=worst.instance,
        solver=worst.solver,
        status=worst.status if worst.audit_passed is not False else "audit failed",
        message=worst.message,
        is_answer=worst.is_answer,
        runs=len(processes),
        total_s=Spread.of([sum(run.wall_s.values()) for run in ended]) if ended else None,
        total_cpu_s=Spread.of([sum(run.cpu_s.values()) for run in ended]) if ended else None,
        wall_s=_by_stage([run.wall_s for run in ended]),
        cpu_s=_by_stage([run.cpu_s for run in ended]),
        process_s=Spread.of(processes) if processes else None,
        peak_mb=max((run.peak_mb for run in runs if run.peak_mb is not None), default=None),
        objective=first.objective,
        gap=first.gap,
        size=first.size,
        config_sha256=first.config_sha256,
        solver_version=first.solver_version,
    )


def _by_stage(times: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    found = {stage: [time[stage] for time in times if stage in time] for stage in STAGES}
    return {stage: Spread.of(seconds) for stage, seconds in found.items() if seconds}


def _answer(summary: Summary) -> str:
    worth = "" if summary.objective is None else f" {summary.objective:.9g}"
    return f"{summary.solver} {summary.status}{worth}"


def _differ(group: Sequence[Summary]) -> bool:
    first = group[0]
    return any(one.status != first.status or not is_same(one.objective, first.objective) for one in group[1:])
