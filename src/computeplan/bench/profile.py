"""Performance profiles: how often each solver is how close to the fastest (Dolan and Moré, 2002).

With t the seconds of solving instance p by solver s, r[p,s] = t[p,s] / min over solvers of t[p,·], infinite
where s has no answer. The profile of s is ρ(τ): the share of instances with r[p,s] ≤ τ. ρ(1) is how often s
is the fastest; the limit for large τ is how often it has an answer at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite

from computeplan.bench.summary import Summary


@dataclass(frozen=True)
class Profile:
    """How a solver compares with the fastest.

    Attributes
    ----------
    solver : str
    ratios : tuple of float
        One an instance, ascending; infinite where it has no answer.
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
    """Compare solvers by the median time of their ``solve`` stage.

    Parameters
    ----------
    summaries : iterable of Summary
        Instances that not every solver was asked to solve are left out.

    Returns
    -------
    list of Profile
        Empty unless there are two solvers to compare.
    """
    times: dict[str, dict[str, float]] = {}
    for summary in summaries:
        time = summary.wall_s["solve"].median if summary.is_answer and "solve" in summary.wall_s else inf
        times.setdefault(summary.instance, {})[summary.solver] = time
    return profiles_of(times)


def profiles_of(times: Mapping[str, Mapping[str, float]]) -> list[Profile]:
    """Compare solvers by seconds.

    Parameters
    ----------
    times : mapping of str to mapping of str to float
        Seconds by instance and solver; infinite without an answer.
    """
    solvers = list(dict.fromkeys(solver for by_solver in times.values() for solver in by_solver))
    common = [by_solver for by_solver in times.values() if len(by_solver) == len(solvers)]
    if len(solvers) < 2 or not common:
        return []
    return [Profile(solver, tuple(sorted(_ratio(by, solver) for by in common))) for solver in solvers]


def _ratio(by_solver: Mapping[str, float], solver: str) -> float:
    best = min(by_solver.values())
    return by_solver[solver] / best if isfinite(by_solver[solver]) else inf
