"""The cost game of a plan: what any coalition of groups would pay alone.

c(S) = optimum with the work of the groups of S only, and all capacity;   c(∅) = 0

A coalition is a whole number whose bits are its groups. Without whole numbers each solved coalition also
bounds all others from below: at its prices the work of a group costs at least so much, whoever else is there,

c(S) ≥ Σ_i∈S charge[i] + constant                                 (a cut, see `computeplan.prices.bound`)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from logging import getLogger
from time import monotonic

import numpy as np

from computeplan.errors import SolverError
from computeplan.grouping import merge_by_class, workload_classes
from computeplan.prices.bound import system_terms
from computeplan.prices.dual_repair import repair_prices
from computeplan.prices.least_cost import least_cost_of_work
from computeplan.problem import Bools, Floats, Ints, Prices, Problem, Status, keep_workloads, sum_by
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Solution
from computeplan.solvers.planner import plan
from computeplan.studies.shares.groups import Groups

LOG = getLogger(__name__)
LEAST_S = 1e-3
"""Seconds that a search is given at least."""


class OutOfTimeError(SolverError):
    """The time for all solves is over."""

    def __init__(self) -> None:
        super().__init__("the time for coalitions is over", hint="allow more, or take fewer groups")


@dataclass(frozen=True, eq=False)
class Cut(ReadOnlyArrays):
    """A lower bound on the cost of every coalition, linear in its members."""

    charge: Floats
    """(n,) of each group."""
    constant: float


class CostGame:
    """What coalitions of groups would pay alone, solved when first asked for.

    `costs` are those of the plans found; the least cost of a coalition is lower by at most what is `unproved`
    of it, inf without a bound. What all pay is what the plan costs, proved or not.

    Parameters
    ----------
    solution : Solution
        Of the plan that is to be paid for.
    seconds : float, optional
        Time for all solves together.
    """

    def __init__(
        self,
        problem: Problem,
        solution: Solution,
        groups: Groups,
        options: SolverOptions,
        seconds: float | None = None,
    ) -> None:
        self.size = groups.size
        self.everybody = (1 << groups.size) - 1
        self.total = solution.accounts.objective
        self.has_integers = problem.has_integers
        self.costs: dict[int, float] = {self.everybody: self.total}
        self.unproved: dict[int, float] = {self.everybody: 0.0}
        self.cuts: list[Cut] = []
        self._problem, self._group = _merge_within_groups(problem, groups.of_workload)
        self._options = options
        self._deadline = np.inf if seconds is None else monotonic() + seconds
        self._learn(solution.prices)

    @property
    def solves(self) -> int:
        """Number of coalitions solved."""
        return len(self.costs) - 1

    @property
    def is_over(self) -> bool:
        """Whether no time is left, or the search was stopped."""
        return self._options.is_stopped or monotonic() >= self._deadline

    @property
    def search_options(self) -> SolverOptions:
        """Options of the small programs that look for coalitions, in the time that is left."""
        left_s = self._deadline - monotonic()
        limit_s = max(left_s, LEAST_S) if np.isfinite(left_s) else None
        return SolverOptions(threads=1, gap=0.0, time_limit_s=limit_s, stop=self._options.stop)

    @property
    def scale(self) -> float:
        """Size of the game's numbers, against which differences are judged."""
        finite = [abs(cost) for cost in self.costs.values() if np.isfinite(cost)]
        return max(finite, default=0.0) or 1.0

    def members(self, coalition: int) -> Bools:
        """(n,) whether each group is in a coalition."""
        return np.array([coalition >> group & 1 for group in range(self.size)], dtype=bool)

    def cost(self, coalition: int) -> float:
        """Give what a coalition would pay alone; inf where no plan serves it alone.

        Raises
        ------
        OutOfTimeError
            If there is no time left.
        SolverError
            If the solver fails.
        """
        if coalition not in self.costs:
            self.costs[coalition] = self._solve(coalition)
        return self.costs[coalition]

    def alone(self) -> Floats:
        """(n,) what each group would pay alone."""
        return np.array([self.cost(1 << group) for group in range(self.size)])

    def floor(self, members: Floats, cuts: int) -> Floats:
        """(m,) greatest of the first cuts for coalitions given by their members (m, n); 0 without any."""
        bounds = [members @ cut.charge + cut.constant for cut in self.cuts[:cuts]]
        return np.asarray(np.max(bounds, axis=0) if bounds else np.zeros(len(members)))

    def _solve(self, coalition: int) -> float:
        left_s = self._deadline - monotonic()
        if left_s <= 0 or self._options.is_stopped:
            raise OutOfTimeError
        self._options.enter(f"planning coalitions alone: {len(self.costs)}", LOG)
        rows = np.flatnonzero(self.members(coalition)[self._group])
        limit_s = min(left_s, self._options.time_limit_s or np.inf)
        options = replace(
            self._options.within_stage(), time_limit_s=limit_s if np.isfinite(limit_s) else None
        )
        found = plan(keep_workloads(self._problem, rows), options)
        if found.status is Status.INFEASIBLE:
            self.unproved[coalition] = 0.0
            return np.inf
        if found.status is Status.NO_PLAN and self.is_over:
            raise OutOfTimeError
        if found.solution is None or not found.solution.audit.passed:
            raise SolverError(f"what a coalition would pay alone could not be found: {found.status}")
        self._learn(found.solution.prices)
        excess = found.solution.audit.excess
        self.unproved[coalition] = np.inf if excess is None else max(excess, 0.0)
        return found.solution.accounts.objective

    def _learn(self, prices: Prices | None) -> None:
        """Bound all coalitions by the prices of one."""
        if prices is None:
            return
        prices = repair_prices(self._problem, prices)
        constant = sum(float(term.amount.sum()) for term in system_terms(self._problem, prices))
        charge = sum_by(self._group, least_cost_of_work(self._problem, prices), self.size)
        if np.isfinite(constant) and np.isfinite(charge).all():
            self.cuts.append(Cut(charge, constant))


def _merge_within_groups(problem: Problem, group_of: Ints) -> tuple[Problem, Ints]:
    """Merge the interchangeable workloads of each group: a smaller problem, and the group of each."""
    classes, size = workload_classes(problem)
    code, first, class_of = np.unique(group_of * size + classes, return_index=True, return_inverse=True)
    merged = merge_by_class(problem, class_of.reshape(-1)).problem
    names = tuple(problem.workloads.names[workload] for workload in first.tolist())
    return replace(merged, workloads=replace(merged.workloads, names=names)), code // max(size, 1)
