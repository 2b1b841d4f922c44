"""Over which interval of a number the present plan stays optimal, and what comes then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from computeplan.plan.audit import audit_plan
from computeplan.plan.audit.bound import dual_bound
from computeplan.plan.plan import Plan, Solution
from computeplan.planner import Compiled
from computeplan.problem import Status
from computeplan.solvers import SolverOptions
from computeplan.studies.ranging.moves import Move, Movers, movers, moves
from computeplan.studies.ranging.parameter import Kind, Parameter
from computeplan.studies.ranging.pieces import End, Touch, piece_end

FLAT = 1e-11
"""Change over the whole range, relative to the size of the objective, that is rounding."""


@dataclass(frozen=True)
class Break:
    """Where the present plan (of a price) or the present worth (of a limit) ends.

    Attributes
    ----------
    at : float
        Value of the parameter; the end of the search where nothing changes up to there.
    changes : bool
        Whether something changes there.
    is_possible : bool
        Whether there is a plan beyond.
    slope_beyond : float, optional
        Change of the objective with the parameter, just beyond.
    moves : tuple of Move
        What the next plan does more and less of.
    movers : Movers, optional
        The workloads that move.
    """

    at: float
    changes: bool
    is_possible: bool
    slope_beyond: float | None
    moves: tuple[Move, ...]
    movers: Movers | None


@dataclass(frozen=True)
class Step:
    """The optimum at one value.

    Attributes
    ----------
    at : float
    status : Status
    objective : float, optional
    moves : tuple of Move
        Against the plan at the present value.
    """

    at: float
    status: Status
    objective: float | None
    moves: tuple[Move, ...]


@dataclass(frozen=True, eq=False)
class Range:
    """What becomes of the plan as one number varies.

    Attributes
    ----------
    parameter : Parameter
    status : Status
        Of the present plan.
    objective : float, optional
        Of the present plan.
    slope : float, optional
        Change of the objective with the parameter, where the plan stays.
    low, high : Break, optional
        Where it ends; of a price or a limit.
    steps : tuple of Step
        The optimum at each stop; of other numbers.
    solves : int
    """

    parameter: Parameter
    status: Status
    objective: float | None
    slope: float | None
    low: Break | None
    high: Break | None
    steps: tuple[Step, ...]
    solves: int


def find_range(
    parameter: Parameter,
    options: SolverOptions | None = None,
    tell: Callable[[str], object] | None = None,
) -> Range:
    """Find the interval around a number over which the present plan stays optimal.

    Parameters
    ----------
    parameter : Parameter
    options : SolverOptions, optional
    tell : callable, optional
        Called with what is being done.
    """
    solver = _Solver(parameter, options, tell)
    present = solver.plan(parameter.value)
    solution = present.solution
    if solution is None:
        return Range(parameter, present.status, None, None, None, None, (), solver.solves)
    if parameter.kind in {Kind.PRICE, Kind.LIMIT}:
        return _of_a_line(solver, present, solution)
    stops = sorted({parameter.low, *parameter.stops, parameter.value, parameter.high})
    steps = tuple(solver.step(value, solution) for value in stops)
    objective = solution.audit.objective
    return Range(parameter, present.status, objective, None, None, None, steps, solver.solves)


def _of_a_line(solver: _Solver, present: Plan, solution: Solution) -> Range:
    parameter = solver.parameter
    here = solver.touched(parameter.value, solution)
    low, high = (
        _break(solver, here, piece_end(solver.touch, here, far), far)
        for far in (parameter.low, parameter.high)
    )
    return Range(
        parameter, present.status, solution.audit.objective, here.slope, low, high, (), solver.solves
    )


def _break(solver: _Solver, here: Touch[Solution], end: End[Solution], far: float) -> Break:
    beyond = end.beyond
    problem = solver.parameter.at(solver.parameter.value)
    return Break(
        at=end.at,
        changes=beyond is not None or end.at != far,
        is_possible=end.is_possible,
        slope_beyond=None if beyond is None else beyond.slope,
        moves=() if beyond is None else moves(problem, here.payload.accounts, beyond.payload.accounts),
        movers=None if beyond is None else movers(problem, here.payload, beyond.payload),
    )


@dataclass
class _Solver:
    """Plans at values of a parameter, warm."""

    parameter: Parameter
    options: SolverOptions | None
    tell: Callable[[str], object] | None

    def __post_init__(self) -> None:
        self.solves = 0
        self._compiled: Compiled | None = None

    def plan(self, value: float) -> Plan:
        """Plan at a value."""
        problem = self.parameter.at(value)
        if self._compiled is None:
            self._compiled = Compiled(problem, self.options)
        else:
            self._compiled.change(problem)
        self.solves += 1
        if self.tell:
            self.tell(f"{self.parameter.name} = {value:.6g} {self.parameter.unit}")
        return self._compiled.plan()

    def touch(self, value: float) -> Touch[Solution] | None:
        """Solve at a value; None without an optimum that the audit passes."""
        solution = self.plan(value).solution
        return None if solution is None or not solution.audit.passed else self.touched(value, solution)

    def touched(self, value: float, solution: Solution) -> Touch[Solution]:
        """Find the line that touches the optimum at a value: the plan's own, or that of its dual prices."""
        ends = (self.parameter.low, self.parameter.high)
        other = max(ends, key=lambda end: abs(end - value))
        worth = self._cost_of if self.parameter.kind is Kind.PRICE else self._bound_of
        slope = (worth(other, solution) - worth(value, solution)) / (other - value)
        negligible = FLAT * solution.accounts.magnitude / abs(other - value)
        slope = 0.0 if abs(slope) <= negligible else slope
        return Touch(value, solution.audit.objective, slope, solution)

    def step(self, value: float, present: Solution) -> Step:
        """Plan at a value and compare with the present plan."""
        plan = self.plan(value)
        if plan.solution is None:
            return Step(value, plan.status, None, ())
        changed = moves(plan.problem, present.accounts, plan.solution.accounts)
        return Step(value, plan.status, plan.solution.audit.objective, changed)

    def _cost_of(self, value: float, solution: Solution) -> float:
        """Objective of a plan at another value."""
        problem = self.parameter.at(value)
        accounts, _ = audit_plan(problem, solution.allocation.blocks(), solution.decisions, None)
        return accounts.objective

    def _bound_of(self, value: float, solution: Solution) -> float:
        """Bound that a plan's dual prices prove at another value."""
        prices = solution.prices
        return float("nan") if prices is None else dual_bound(self.parameter.at(value), prices)
