"""The cheapest ways out of an infeasible problem, and what contradicts in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from logging import getLogger

import numpy as np

from computeplan.config import SettingPaths
from computeplan.explanations.conflict import Conflict, linear_conflict, whole_conflict
from computeplan.explanations.diagnosis import WaysOut
from computeplan.explanations.eligibility import OpenedPools, open_nearest_pools
from computeplan.explanations.limit_relaxations import limit_relaxations
from computeplan.explanations.mandatory_work import has_to_be_done
from computeplan.explanations.relaxation import (
    ROUNDINGS,
    Answer,
    Relaxation,
    Suggestion,
    WorkloadPaths,
    find_paths,
)
from computeplan.explanations.workload_relaxations import (
    find_relaxable,
    free_splits,
    window_relaxations,
    windows_kept,
)
from computeplan.grouping import Grouping, merge
from computeplan.lp import LinearProgram, build
from computeplan.lp.elastic import ElasticProgram, soften
from computeplan.problem import Problem, Status
from computeplan.problem.limits import LIMITS, LimitKind
from computeplan.solvers import Method, SolverOptions, SolverResult, solution_status, solve

LOG = getLogger(__package__)

LARGE_COLUMNS = 20_000
"""From here the interior point finds ways out faster than the simplex method."""

ALONE = {
    title: frozenset(kind for kind, limit in LIMITS.items() if limit.alone == title)
    for title in dict.fromkeys(limit.alone for limit in LIMITS.values() if limit.alone)
}
"""What may suffice alone, by the name that people know it by."""

NEAR = 1.1
"""What suffices alone and is no larger than this, relative to a mixed least change, is taken in its stead."""

ROUNDED = "The limits miss each other by no more than a solver's rounding"
MOST_FREED = 12
"""Of more settings of fixed work none is spared alone."""

Works = Callable[[Suggestion], bool]
"""Whether the config with a suggestion's changes has a plan."""


def ways_out(
    problem: Problem,
    settings: SettingPaths,
    works: Works,
    options: SolverOptions | None = None,
) -> WaysOut:
    """Find the least change of a config that makes it feasible, and what would do so alone."""
    return _Search(problem, settings, works, options or SolverOptions()).run()


class _Search:
    def __init__(
        self,
        problem: Problem,
        settings: SettingPaths,
        works: Works,
        options: SolverOptions,
    ) -> None:
        self._paths: WorkloadPaths = find_paths(problem, settings)
        self._opened: OpenedPools = open_nearest_pools(problem, self._paths)
        self._problem = self._opened.problem
        self._grouping: Grouping = merge(self._problem)
        relaxable = find_relaxable(self._problem, self._grouping, self._paths)
        self._elastic: ElasticProgram = soften(self._grouping, relaxable)
        self._works, self._options = works, options

    def run(self) -> WaysOut:
        self._options.enter("looking for the least change that makes it feasible", LOG)
        everything = frozenset(self._elastic.reliefs)
        result = self._solved(self._elastic.only(everything - {LimitKind.SHORTFALL}))
        if result.status is Status.INFEASIBLE and LimitKind.SHORTFALL in everything:
            result = self._solved(self._elastic.only(everything))
        if result.status is Status.INFEASIBLE:
            freed = self._freed()
            note = f"No way out: no change of limits, windows or rules makes it feasible{self._left_out()}"
            return WaysOut(suggestions=(freed,)) if freed else WaysOut(note=note)
        if result.values is None:
            note = f"No way out was found: the solver stopped ({result.detail})"
            return WaysOut(Status.NO_PLAN, note=note)
        least = self._answer(result)
        if not least.kinds and not self._opened.relaxations:
            return WaysOut(Status.OPTIMAL, note=ROUNDED)
        conflict = self._conflict(least) if least.kinds else None
        alone = self._alone(least)
        mixed = not any(least.kinds <= kinds for kinds in ALONE.values())
        near = [title for title, answer in alone.items() if mixed and answer.size <= NEAR * least.size]
        first = alone.pop(min(near, key=lambda title: alone[title].size)) if near else least
        tried = [
            self._tried("least change", first),
            *(self._tried(f"only {title}", answer) for title, answer in alone.items()),
        ]
        if "mobility" not in alone:
            tried.append(self._freed())
        found = tuple(each for each in tried if each)
        note = "" if found else f"No way out was found: none of those tried has a plan{self._left_out()}"
        return WaysOut(Status.INFEASIBLE, found, conflict, note)

    def _freed(self) -> Suggestion | None:
        """Free the split of fixed work, of as little as suffices; None where that does not, or none is fixed.

        A data set makes a split fixed: work with one stays so.
        """
        work = self._problem.workloads
        fixed = np.flatnonzero(work.is_fixed & (work.data_gb == 0) & has_to_be_done(self._problem))
        groups: dict[str, list[int]] = defaultdict(list)
        for w in fixed.tolist():
            home = self._paths.of[w]
            if self._paths.settings.words(home, "mobility"):
                groups[home].append(w)
        if not groups or not self._works(self._free(groups)):
            return None
        for home in tuple(groups) if len(groups) <= MOST_FREED else ():
            fewer = {other: members for other, members in groups.items() if other != home}
            if fewer and self._works(self._free(fewer)):
                groups = defaultdict(list, fewer)
        return self._free(groups)

    def _free(self, groups: Mapping[str, Sequence[int]]) -> Suggestion:
        self._options.enter("looking for a way out by mobility alone", LOG)
        workloads = np.array(sorted(w for members in groups.values() for w in members), np.int64)
        freed = free_splits(self._problem, self._paths, workloads)
        return Suggestion("only mobility", (*self._opened.relaxations, freed))

    def _left_out(self) -> str:
        """Say what was not considered as a way out."""
        problem, work = self._problem, self._problem.workloads
        left_out = {
            "opening more pools to work": bool((problem.eligibility.exclusion[work.need] > 0).any()),
            "windows of so many rows of registers": bool(windows_kept(problem, self._paths).any()),
            "mobility of work with a data set": bool((work.is_fixed & (work.data_gb > 0)).any()),
            f"shortfall, which minimize: {problem.objective.goal} rules out": (
                not problem.objective.allows_shortfall
            ),
        }
        named = [what for what, applies in left_out.items() if applies]
        return f" (not considered: {'; '.join(named)})" if named else ""

    def _conflict(self, least: Answer) -> Conflict | None:
        """Find what contradicts: in the linear program, or if that has a solution, in whole numbers."""
        if least.row_duals is not None:
            return linear_conflict(least, least.row_duals)
        linear = self._solved(replace(self._elastic.lp, integer=np.zeros(0, np.int64)))
        if linear.row_duals is not None and linear.values is not None:
            answer = replace(least, values=linear.values, row_duals=linear.row_duals)
            if answer.kinds:
                return linear_conflict(answer, linear.row_duals)
        return whole_conflict(least, lambda lp: self._solved(_without_costs(lp)).status is Status.INFEASIBLE)

    def _alone(self, least: Answer) -> dict[str, Answer]:
        """Find what suffices alone, by its name; what does not touch the conflict cannot."""
        found: dict[str, Answer] = {}
        for title, kinds in ALONE.items():
            here = kinds & self._elastic.reliefs.keys()
            if here and least.kinds and not least.kinds <= kinds and self._may_help(here, least):
                self._options.enter(f"looking for a way out by {title} alone", LOG)
                result = self._solved(self._elastic.only(kinds))
                if result.values is not None:
                    found[title] = self._answer(result)
        return found

    def _may_help(self, kinds: frozenset[LimitKind], least: Answer) -> bool:
        duals = least.row_duals
        return duals is None or any(self._elastic.may_help(kind, duals) for kind in kinds)

    def _solved(self, lp: LinearProgram) -> SolverResult:
        return solve(lp, quick(self._options, lp.n_columns))

    def _answer(self, result: SolverResult) -> Answer:
        assert result.values is not None  # noqa: S101 - seen by the callers
        return Answer(
            self._problem,
            self._grouping,
            self._elastic,
            result.values,
            result.row_duals,
            self._paths,
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
        return (*self._opened.relaxations, *limit_relaxations(answer), *window_relaxations(answer))


def _without_costs(lp: LinearProgram) -> LinearProgram:
    return replace(lp, cost=np.zeros(lp.n_columns), offset=0.0)


def quick(options: SolverOptions, columns: int) -> SolverOptions:
    """Choose HiGHS's faster method for a program without costs."""
    method = Method.IPM if columns > LARGE_COLUMNS else Method.SIMPLEX
    return replace(options.changed({"name": "highs"}), method=method)


def plan_status(problem: Problem, options: SolverOptions) -> Status:
    """Find out whether a problem has any plan: ``optimal`` or ``feasible`` if so."""
    lp = build(merge(problem)).lp
    return solution_status(lp, quick(options, lp.n_columns))
