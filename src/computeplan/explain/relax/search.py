"""The cheapest ways out of an infeasible problem, and what contradicts in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from computeplan.config import SettingPaths
from computeplan.explain.relax.access import Access, opened
from computeplan.explain.relax.answer import Answer, Homes, homes
from computeplan.explain.relax.conflict import Conflict, conflict_of
from computeplan.explain.relax.levels import level_relaxations
from computeplan.explain.relax.suggestion import ROUNDINGS, Relaxation, Suggestion
from computeplan.explain.relax.windows import may_yield, window_relaxations
from computeplan.grouping import Grouping, merge
from computeplan.lp import build
from computeplan.lp.elastic import Elastic, SoftKind, soften
from computeplan.problem import Problem, Status
from computeplan.solvers import Method, SolverOptions, SolverResult, has_solution, solve

LARGE_COLUMNS = 20_000
"""From here the interior point finds ways out faster than the simplex method."""

ALONE: dict[str, frozenset[SoftKind]] = {
    "capacity": frozenset({SoftKind.CAPACITY}),
    "caps": frozenset({SoftKind.CAP}),
    "import limits": frozenset({SoftKind.IMPORT}),
    "bandwidth": frozenset({SoftKind.BANDWIDTH}),
    "the carbon cap": frozenset({SoftKind.CARBON}),
    "bookings": frozenset({SoftKind.BOOKING}),
    "delay": frozenset({SoftKind.DELAY, SoftKind.DEADLINE}),
    "job rates": frozenset({SoftKind.RATE}),
    "work left undone": frozenset({SoftKind.UNDONE}),
}
"""What may suffice alone, by the name that people know it by."""

NEAR = 1.1
"""What suffices alone and is no larger than this, relative to a mixed least change, is taken in its stead."""

Works = Callable[[Suggestion], bool]


@dataclass(frozen=True)
class WaysOut:
    """What makes an infeasible problem feasible.

    Attributes
    ----------
    status : Status
        ``infeasible``; ``optimal`` if nothing has to give way, ``no_plan`` if a limit was reached first.
    suggestions : tuple of Suggestion
        The least change first, then what suffices alone. Each has been tried.
    conflict : Conflict, optional
        Requirements and limits that cannot hold together.
    note : str
        Why there is no suggestion, if there is none.
    """

    status: Status = Status.INFEASIBLE
    suggestions: tuple[Suggestion, ...] = ()
    conflict: Conflict | None = None
    note: str = ""


def ways_out(
    problem: Problem,
    settings: SettingPaths,
    works: Works,
    options: SolverOptions | None = None,
    tell: Callable[[str], object] | None = None,
) -> WaysOut:
    """Find the least change of a config that makes it feasible, and what would do so alone.

    Parameters
    ----------
    problem : Problem
    settings : SettingPaths
        Of the problem's config.
    works : callable
        Whether the config with a suggestion's changes has a plan.
    options : SolverOptions, optional
        Time limit and threads of each solve; solved by HiGHS.
    tell : callable, optional
        Called with what is being done.

    Returns
    -------
    WaysOut
    """
    return _Search(problem, settings, works, options or SolverOptions(), tell or (lambda _: None)).run()


class _Search:
    def __init__(
        self,
        problem: Problem,
        settings: SettingPaths,
        works: Works,
        options: SolverOptions,
        tell: Callable[[str], object],
    ) -> None:
        self._homes: Homes = homes(problem, settings)
        self._access: Access = opened(problem, self._homes)
        self._problem = self._access.problem
        self._grouping: Grouping = merge(self._problem)
        self._elastic: Elastic = soften(self._grouping, may_yield(self._problem, self._grouping, self._homes))
        self._works, self._options, self._tell = works, options, tell

    def run(self) -> WaysOut:
        self._tell("looking for the least change that makes it feasible")
        everything = frozenset(self._elastic.limits)
        result = self._solved(everything - {SoftKind.UNDONE})
        if result.status is Status.INFEASIBLE and SoftKind.UNDONE in everything:
            result = self._solved(everything)
        if result.status is Status.INFEASIBLE:
            return WaysOut(note="no change of limits or windows makes it feasible")
        if result.values is None or result.row_duals is None:
            return WaysOut(Status.NO_PLAN, note=f"the solver stopped ({result.detail}) before one was found")
        least = self._answer(result)
        if not least.kinds and not self._access.relaxations:
            return WaysOut(
                Status.OPTIMAL, note="the limits miss each other by no more than a solver's rounding"
            )
        conflict = conflict_of(least) if least.kinds else None
        alone = self._alone(least)
        mixed = not any(least.kinds <= kinds for kinds in ALONE.values())
        near = [title for title, answer in alone.items() if mixed and answer.size <= NEAR * least.size]
        first = alone.pop(min(near, key=lambda title: alone[title].size)) if near else least
        tried = [
            self._tried("least change", first),
            *(self._tried(f"only {title}", answer) for title, answer in alone.items()),
        ]
        found = tuple(each for each in tried if each)
        return WaysOut(Status.INFEASIBLE, found, conflict, "" if found else "none of those tried has a plan")

    def _alone(self, least: Answer) -> dict[str, Answer]:
        """Find what suffices alone, by its name; what does not touch the conflict cannot."""
        found: dict[str, Answer] = {}
        for title, kinds in ALONE.items():
            here = kinds & self._elastic.limits.keys()
            touched = any(self._elastic.may_help(kind, least.row_duals) for kind in here)
            if least.kinds and not least.kinds <= kinds and touched:
                self._tell(f"looking for a way out by {title} alone")
                result = self._solved(kinds)
                if result.values is not None and result.row_duals is not None:
                    found[title] = self._answer(result)
        return found

    def _solved(self, kinds: frozenset[SoftKind]) -> SolverResult:
        return solve(self._elastic.only(kinds), quick(self._options, self._elastic.lp.n_columns))

    def _answer(self, result: SolverResult) -> Answer:
        assert result.values is not None  # noqa: S101 - seen by the callers
        assert result.row_duals is not None  # noqa: S101 - seen by the callers
        return Answer(
            self._problem,
            self._grouping,
            self._elastic,
            result.values,
            result.row_duals,
            self._homes,
            ROUNDINGS[0],
        )

    def _tried(self, title: str, answer: Answer) -> Suggestion | None:
        """Round until the changed config has a plan."""
        for rounding in ROUNDINGS:
            suggestion = Suggestion(title, self._relaxations(replace(answer, rounding=rounding)))
            if self._works(suggestion):
                return suggestion
        return None

    def _relaxations(self, answer: Answer) -> tuple[Relaxation, ...]:
        return (*self._access.relaxations, *level_relaxations(answer), *window_relaxations(answer))


def quick(options: SolverOptions, columns: int) -> SolverOptions:
    """Choose HiGHS's faster method for a program without costs.

    Parameters
    ----------
    options : SolverOptions
    columns : int
    """
    method = Method.IPM if columns > LARGE_COLUMNS else Method.SIMPLEX
    return replace(options, name="highs", method=method)


def has_plan(problem: Problem, options: SolverOptions) -> bool:
    """Whether a problem has any plan.

    Parameters
    ----------
    problem : Problem
    options : SolverOptions
    """
    lp = build(merge(problem)).lp
    return has_solution(lp, quick(options, lp.n_columns))
