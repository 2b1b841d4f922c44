"""Break points: over which interval of a number the present plan stays optimal, and what comes then.

The optimum as a function of one number is piecewise linear: concave in a price, convex in a limit. Each solve
gives its value and a line that touches it there: what the plan found costs at other prices, or what its dual
prices prove at other limits. From the line here and one beyond, the next point is where they cross; if the
function lies on the line there, that is where the piece ends, else the line found there is nearer.

With whole numbers it is concave in a price still: the least of what a fixed set of plans costs. In a limit it
jumps, and there are no dual prices to touch it: then it is solved at a few values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from logging import getLogger
from math import isfinite

import numpy as np

from computeplan.audit import audit_plan
from computeplan.prices.bound import dual_bound
from computeplan.problem import Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Plan, Solution
from computeplan.solvers.planner import IncrementalPlanner
from computeplan.studies.ranging.parameter import SCAN, Kind, Movers, Parameter, SiteChange, movers, moves

LOG = getLogger(__package__)

ROUNDS = 60
"""Solves after which a search gives up; more than any has been seen to take."""
HALVINGS = 20
"""Of the way to a point without an optimum, to find the last one with."""
EXACT = 1e-9
"""Relative difference between value and line that counts as none."""
FLAT = 1e-11
"""Change over the whole range, relative to the size of the objective, that is rounding."""
JUMPS = (
    "with whole numbers the optimum jumps as a limit changes and has no dual prices: no interval is proved, "
    "the plan is solved at these values"
)
NO_DUALS = "the solver gives no dual prices: no interval is proved, the plan is solved at these values"


@dataclass(frozen=True)
class Touch:
    """The optimum at a value, and a line that touches it there."""

    at: float
    value: float
    slope: float
    solution: Solution
    tolerance: float = EXACT
    """Relative difference between value and line that counts as none."""

    def line(self, at: float) -> float:
        """Value of the line at another point."""
        return self.value + self.slope * (at - self.at)

    def meets(self, other: Touch) -> bool:
        """Whether the optimum at another value lies on this line."""
        scale = max(1.0, abs(self.value), abs(other.value))
        return abs(other.value - self.line(other.at)) <= self.tolerance * scale


@dataclass(frozen=True)
class PieceEnd:
    """Where a straight piece of the optimum ends."""

    at: float
    beyond: Touch | None
    """On the next piece; None where the piece goes on to the end of the search or of what is possible."""
    is_possible: bool = True
    """Whether there is an optimum beyond, as far as was searched."""


TouchAt = Callable[[float], Touch | None]
"""Solves at a value; None without an optimum."""


def find_piece_end(touch: TouchAt, here: Touch, far: float) -> PieceEnd:
    """Find where the straight piece around a value ends, on the way to `far` on its left or right."""
    beyond, possible = touch(far), True
    if beyond is None:
        beyond, far, possible = _last_with_an_optimum(touch, here, far)
    for _ in range(ROUNDS):
        if beyond is None or here.meets(beyond):
            return PieceEnd(far, None, possible)
        crossing = _crossing(here, beyond)
        if crossing is None:
            return PieceEnd(here.at, beyond)
        there = touch(crossing)
        if there is None or here.meets(there):
            return PieceEnd(crossing, beyond)
        beyond = there
    return PieceEnd(beyond.at if beyond else far, beyond)


def _crossing(here: Touch, beyond: Touch) -> float | None:
    """Where two lines cross between their points; None where rounding hides it."""
    turn = here.slope - beyond.slope
    if turn == 0:
        return None
    at = here.at + (beyond.line(here.at) - here.value) / turn
    low, high = sorted((here.at, beyond.at))
    return at if low < at < high else None


def _last_with_an_optimum(touch: TouchAt, here: Touch, far: float) -> tuple[Touch | None, float, bool]:
    """Halve the way to a value without an optimum."""
    good, bad, last = here.at, far, None
    for _ in range(HALVINGS):
        middle = (good + bad) / 2
        found = touch(middle)
        if found is None:
            bad = middle
        else:
            good, last = middle, found
    return last, good, False


@dataclass(frozen=True)
class Break:
    """Where the present plan (of a price) or the present saving (of a limit) ends."""

    at: float
    """Value of the parameter; the end of the search where nothing changes up to there."""
    changes: bool
    """Whether something changes there."""
    is_possible: bool
    """Whether there is a plan beyond."""
    slope_beyond: float | None
    """Change of the objective with the parameter, just beyond."""
    moves: tuple[SiteChange, ...]
    """What the next plan does more and less of."""
    movers: Movers | None


@dataclass(frozen=True)
class Step:
    """The optimum at one value."""

    at: float
    status: Status
    objective: float | None
    bound: float | None
    """No plan is better there; absent where nothing is proved."""
    moves: tuple[SiteChange, ...]
    """Against the plan at the present value."""


@dataclass(frozen=True, eq=False)
class Range:
    """What becomes of the plan as one number varies."""

    parameter: Parameter
    status: Status
    """Of the present plan."""
    objective: float | None
    """Of the present plan."""
    slope: float | None
    """Change of the objective with the parameter, where the plan stays."""
    low: Break | None
    high: Break | None
    """Where it ends; of a price or a limit."""
    steps: tuple[Step, ...]
    """The optimum at some values; of other numbers."""
    solves: int
    note: str = ""
    """Why there is no interval, where the number has one otherwise."""


def find_range(
    parameter: Parameter,
    options: SolverOptions | None = None,
) -> Range:
    """Find the interval around a number over which the present plan stays optimal."""
    solver = _ParameterSolver(parameter, options or SolverOptions())
    present = solver.plan(parameter.value)
    solution = present.solution
    if solution is None:
        return Range(parameter, present.status, None, None, None, None, (), solver.solves)
    note = _why_no_interval(parameter, solution) if parameter.kind is Kind.LIMIT else ""
    if parameter.kind in {Kind.PRICE, Kind.LIMIT} and not note:
        return _interval(solver, present, solution)
    scan = np.linspace(parameter.low, parameter.high, SCAN).tolist() if note else parameter.stops
    stops = sorted({parameter.low, *scan, parameter.value, parameter.high})
    steps = tuple(solver.step(value, solution) for value in stops)
    objective = solution.audit.objective
    return Range(parameter, present.status, objective, None, None, None, steps, solver.solves, note)


def _why_no_interval(parameter: Parameter, solution: Solution) -> str:
    """Say why the interval of a limit cannot be found; empty where it can."""
    # A limit can make whole numbers necessary, as that of a site that is paid to draw energy.
    values = (parameter.value, parameter.low, parameter.high)
    if any(parameter.at(value).has_integers for value in values):
        return JUMPS
    return NO_DUALS if solution.prices is None else ""


def _interval(solver: _ParameterSolver, present: Plan, solution: Solution) -> Range:
    parameter = solver.parameter
    here = solver.tangent_at(parameter.value, solution)
    low, high = (
        _break(solver, here, find_piece_end(solver.touch, here, far), far)
        for far in (parameter.low, parameter.high)
    )
    return Range(
        parameter, present.status, solution.audit.objective, here.slope, low, high, (), solver.solves
    )


def _break(solver: _ParameterSolver, here: Touch, end: PieceEnd, far: float) -> Break:
    beyond = end.beyond
    problem = solver.parameter.at(solver.parameter.value)
    return Break(
        at=end.at,
        changes=beyond is not None or end.at != far,
        is_possible=end.is_possible,
        slope_beyond=None if beyond is None else beyond.slope,
        moves=() if beyond is None else moves(problem, here.solution.accounts, beyond.solution.accounts),
        movers=None if beyond is None else movers(problem, here.solution, beyond.solution),
    )


@dataclass
class _ParameterSolver:
    """Plans at values of a parameter, warm."""

    parameter: Parameter
    options: SolverOptions

    def __post_init__(self) -> None:
        self.solves = 0
        self._planner: IncrementalPlanner | None = None

    def plan(self, value: float) -> Plan:
        """Plan at a value."""
        at = f"{value:.6g} {self.parameter.unit}".rstrip()
        self.options.enter(f"varying {self.parameter.name}: at {at}", LOG, ends_soon=True)
        problem = self.parameter.at(value)
        if self._planner is None:
            self._planner = IncrementalPlanner(problem, self.options.within_stage())
        else:
            self._planner.update(problem)
        self.solves += 1
        return self._planner.plan()

    def touch(self, value: float) -> Touch | None:
        """Solve at a value; None without an optimum that the audit passes."""
        solution = self.plan(value).solution
        return None if solution is None or not solution.audit.passed else self.tangent_at(value, solution)

    def tangent_at(self, value: float, solution: Solution) -> Touch:
        """Find the line that touches the optimum at a value: the plan's own, or that of its dual prices."""
        ends = (self.parameter.low, self.parameter.high)
        other = max(ends, key=lambda end: abs(end - value))
        if self.parameter.kind is Kind.PRICE:
            slope = (self._cost_of(other, solution) - self._cost_of(value, solution)) / (other - value)
        else:
            slope = _slope(lambda at: self._bound_of(at, solution), value, other)
        negligible = FLAT * solution.accounts.magnitude / abs(other - value)
        slope = 0.0 if abs(slope) <= negligible else slope
        gap = self.options.gap if self.parameter.at(value).has_integers else 0.0
        return Touch(value, solution.audit.objective, slope, solution, EXACT + 2 * gap)

    def step(self, value: float, present: Solution) -> Step:
        """Plan at a value and compare with the present plan."""
        plan = self.plan(value)
        if plan.solution is None:
            return Step(value, plan.status, None, None, ())
        changed, audit = moves(plan.problem, present.accounts, plan.solution.accounts), plan.solution.audit
        return Step(value, plan.status, audit.objective, audit.bound, changed)

    def _cost_of(self, value: float, solution: Solution) -> float:
        """Objective of a plan at another value."""
        problem = self.parameter.at(value)
        accounts, _ = audit_plan(problem, solution.allocation.blocks(), solution.decisions, None)
        return accounts.objective

    def _bound_of(self, value: float, solution: Solution) -> float:
        """Bound that a plan's dual prices prove at another value."""
        prices = solution.prices
        return float("nan") if prices is None else dual_bound(self.parameter.at(value), prices)


def _slope(line: Callable[[float], float], here: float, there: float) -> float:
    """Slope at a point of a function that is straight near it, seen as far from it as it is straight."""
    value, beyond = line(here), line(there)
    for _ in range(HALVINGS):
        middle = line((here + there) / 2)
        straight = isfinite(beyond) and abs(value + beyond - 2 * middle) <= EXACT * max(1.0, abs(middle))
        if straight:
            break
        there, beyond = (here + there) / 2, middle
    return (beyond - value) / (there - here)
