"""What runs add up to: median and spread, growth with size, and how solvers compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import exp, inf, isfinite, log
from statistics import linear_regression, median
from typing import NamedTuple

from computeplan.bench.instances import Instance
from computeplan.bench.runs import STAGES, Measurement

SAME = 1e-5
"""Relative difference of objectives up to which answers are the same: some solvers write eight digits."""
LEAST_STAGE_S = 0.005
"""A stage that is quicker than this at any size says nothing about growth."""


@dataclass(frozen=True)
class Spread:
    """Repeated measurements of one thing."""

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
    """All runs of an instance with a solver.

    Where runs differ, the status is one that is no answer; it is an answer if every run came to one that
    the audit agrees with. Totals are of all stages, absent where no run came to its end; memory is the most
    of any run, objective and gap those of the first.
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


def summarize(runs: Iterable[Measurement]) -> list[Summary]:
    """Sum up runs by instance and solver, in the order of the first of each."""
    groups: dict[tuple[str, str], list[Measurement]] = {}
    for run in runs:
        groups.setdefault((run.instance, run.solver), []).append(run)
    return [_summary(group) for group in groups.values()]


def _summary(runs: Sequence[Measurement]) -> Summary:
    worst = next((run for run in runs if not run.is_answer), runs[0])
    ended = [run for run in runs if run.wall_s]
    first = ended[0] if ended else worst
    totals = [run.total_s for run in runs if run.total_s is not None]
    processes = [run.process_s for run in runs if run.process_s is not None]
    return Summary(
        instance=worst.instance,
        solver=worst.solver,
        status=worst.status if worst.audit_passed is not False else "audit failed",
        message=worst.message,
        is_answer=worst.is_answer,
        runs=len(processes),
        total_s=Spread.of(totals) if totals else None,
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


def disagreements(summaries: Iterable[Summary]) -> list[str]:
    """Name the instances to which solvers give different answers."""
    answers: dict[str, list[Summary]] = {}
    for summary in summaries:
        if summary.is_answer:
            answers.setdefault(summary.instance, []).append(summary)
    return [
        f"{name}: {', '.join(map(_answer, group))}"
        for name, group in answers.items()
        if any(s.status != group[0].status or not is_same(s.objective, group[0].objective) for s in group)
    ]


def is_same(one: float | None, other: float | None) -> bool:
    """Whether two objectives are the same, within the accuracy of solvers."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME * max(1.0, abs(one), abs(other))


def _answer(summary: Summary) -> str:
    objective = "" if summary.objective is None else f" {summary.objective:.9g}"
    return f"{summary.solver} {summary.status}{objective}"


class Fit(NamedTuple):
    """A power law: seconds = factor · size ^ exponent."""

    exponent: float
    factor: float

    def at(self, size: float) -> float:
        """Seconds at a size."""
        return self.factor * exp(self.exponent * log(size))


def fit(sizes: Sequence[float], seconds: Sequence[float]) -> Fit | None:
    """Fit a power law by least squares on the logarithms; None through fewer than two sizes."""
    if len(set(sizes)) < 2:
        return None
    line = linear_regression([log(size) for size in sizes], [log(time) for time in seconds])
    return Fit(line.slope, exp(line.intercept))


@dataclass(frozen=True)
class Growth:
    """The time of a family with a solver, and the exponents of the stages that take long enough."""

    family: str
    solver: str
    points: int
    total: Fit
    stages: Mapping[str, float]

    def data(self) -> dict[str, object]:
        """Give what goes into the results."""
        return {**asdict(self), "total": self.total._asdict()}


def growths(summaries: Iterable[Summary], instances: Iterable[Instance]) -> list[Growth]:
    """Fit every family with every solver that solved at least two of its sizes."""
    families = {instance.name: instance.family for instance in instances}
    groups: dict[tuple[str, str], list[Summary]] = {}
    for summary in summaries:
        family = families.get(summary.instance)
        if family and summary.is_answer and summary.total_s:
            groups.setdefault((family, summary.solver), []).append(summary)
    found = (_growth(family, solver, group) for (family, solver), group in groups.items())
    return [growth for growth in found if growth]


def _growth(family: str, solver: str, group: Sequence[Summary]) -> Growth | None:
    sizes = [summary.allocations for summary in group]
    total = fit(sizes, [summary.total_s.median for summary in group if summary.total_s])
    if total is None:
        return None
    stages = {}
    for stage in STAGES:
        seconds = [summary.wall_s[stage].median for summary in group if stage in summary.wall_s]
        line = fit(sizes, seconds) if len(seconds) == len(sizes) and min(seconds) >= LEAST_STAGE_S else None
        stages.update({stage: line.exponent} if line else {})
    return Growth(family, solver, len(group), total, stages)


@dataclass(frozen=True)
class Profile:
    """Performance profile of a solver: how often it is how close to the fastest (Dolan and Moré, 2002).

    `ratios` are its times over those of the fastest, one an instance, ascending; infinite without an answer.
    """

    solver: str
    ratios: tuple[float, ...]

    def share(self, factor: float) -> float:
        """Share of instances that it solves within so many times the time of the fastest."""
        return sum(ratio <= factor for ratio in self.ratios if isfinite(ratio)) / len(self.ratios)

    def data(self) -> dict[str, object]:
        """Give what goes into the results; JSON has no infinity."""
        return {"solver": self.solver, "ratios": [r if isfinite(r) else None for r in self.ratios]}


def profiles(summaries: Iterable[Summary]) -> list[Profile]:
    """Compare solvers by the median time of their ``solve`` stage; empty with fewer than two solvers."""
    times: dict[str, dict[str, float]] = {}
    for summary in summaries:
        time = summary.wall_s["solve"].median if summary.is_answer and "solve" in summary.wall_s else inf
        times.setdefault(summary.instance, {})[summary.solver] = time
    return profiles_of(times)


def profiles_of(times: Mapping[str, Mapping[str, float]]) -> list[Profile]:
    """Compare solvers by seconds for each instance and solver, infinite without an answer.

    Instances that not every solver was asked to solve are left out.
    """
    solvers = list(dict.fromkeys(solver for by_solver in times.values() for solver in by_solver))
    common = [by_solver for by_solver in times.values() if len(by_solver) == len(solvers)]
    if len(solvers) < 2 or not common:
        return []
    return [Profile(solver, tuple(sorted(_ratio(by, solver) for by in common))) for solver in solvers]


def _ratio(by_solver: Mapping[str, float], solver: str) -> float:
    time = by_solver[solver]
    return time / min(by_solver.values()) if isfinite(time) else inf
