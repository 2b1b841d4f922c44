"""Runs the method on a program: memory, limits, statuses, and the hand-over to HiGHS where it does not do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from logging import getLogger
from time import monotonic

import numpy as np

from computeplan import memory
from computeplan.errors import UsageError
from computeplan.lp import LinearProgram
from computeplan.problem import Floats, Status
from computeplan.solvers.highs import solve_highs
from computeplan.solvers.options import Capabilities, SolverOptions, SolverResult
from computeplan.solvers.own_options import OptionList
from computeplan.solvers.presolve import implied_upper_bounds
from computeplan.solvers.staircase.iteration import Ending, Reached, iterate
from computeplan.solvers.staircase.newton import Errors, Iterate
from computeplan.solvers.staircase.normal import NormalEquations
from computeplan.solvers.staircase.ray import proves_infeasible
from computeplan.solvers.staircase.standard import StandardForm, standard_form
from computeplan.solvers.staircase.structure import Staircase, find_structure
from computeplan.solvers.staircase.vertex import Interior, find_vertex
from computeplan.solvers.stopping import run_until_stopped
from computeplan.solvers.termination import verify_status

LOG = getLogger("computeplan.solvers")

NAME = "staircase"
CAPABILITIES = Capabilities(integers=False, bound=False, duals=True)

WIDEST = 2_000
"""Rows of a period, or slots of the front, above which the program has no such shape."""
BYTES_PER_PAIR = 60
"""Of the products that the equations are made of, while they are laid out."""


class HandOver(Exception):  # noqa: N818 - no error: HiGHS goes on
    """Why HiGHS takes over."""


def is_installed() -> bool:
    """Whether the optional package is here."""
    return find_spec("scipy") is not None


def check_installed() -> None:
    """Raise UsageError, with what to install, unless the solver can be used here."""
    if not is_installed():
        raise UsageError(
            "solver: staircase needs scipy, which is not installed",
            path="solver",
            hint="run `pip install 'computeplan[staircase]'`, or take highs",
        )


def own_options() -> OptionList:
    """List its options, of which it has none."""
    return OptionList({})


def solve_staircase(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve a program without whole numbers; HiGHS takes over what is not solved to the end.

    Raises `UsageError` if scipy is not installed, `MemoryLimitError` if the blocks do not fit into memory,
    `SolverError` if HiGHS takes over and fails.
    """
    check_installed()
    begin = monotonic()
    try:
        found = run_until_stopped(lambda: _Run(lp, options, begin).result(), options)
    except HandOver as reason:
        options.note(LOG, "staircase hands over to HiGHS: %s", reason)
        left_s = None if options.time_limit_s is None else options.time_limit_s - (monotonic() - begin)
        if left_s is not None and left_s <= 0:
            return _stopped("TimeLimit")
        result = solve_highs(lp, replace(options, name="highs", options={}, time_limit_s=left_s))
        return replace(result, detail=f"{result.detail}, handed over by staircase: {reason}")
    return _stopped("Interrupt") if found is None else found


@cache
def _version() -> str:
    return version("computeplan")


def _stopped(detail: str) -> SolverResult:
    return SolverResult.stopped(NAME, _version(), detail)


@dataclass(frozen=True, eq=False)
class _Run:
    """One solve."""

    lp: LinearProgram
    options: SolverOptions
    begin: float

    def result(self) -> SolverResult:
        """Iterate, and turn the outcome into a result; raises `HandOver` if there is none."""
        form = standard_form(self.lp)
        if not len(form.rows) or not len(form.columns):
            raise HandOver("nothing ties its columns")
        outcome = self._iterate(form)
        if outcome.ending is Ending.INFEASIBLE:
            return replace(_stopped("Infeasible, proved by a ray"), status=Status.INFEASIBLE)
        if outcome.ending is Ending.STALLED:
            raise HandOver(f"no progress at an error of {outcome.errors.worst:.0e}")
        interior = Interior.of(self.lp, form, outcome.point)
        values, duals = interior.values, interior.row_duals
        if outcome.ending is Ending.SOLVED:
            values, duals = find_vertex(self.lp, interior, self.is_over)
        return self._answer(outcome, values, duals)

    def _answer(self, outcome: Reached, values: Floats, duals: Floats) -> SolverResult:
        solved = outcome.ending is Ending.SOLVED
        claim = Status.OPTIMAL if solved else Status.FEASIBLE
        status = verify_status(claim, self.lp, values, duals)
        if solved and status is not Status.OPTIMAL:
            raise HandOver("its answer does not hold")
        words = {Ending.SOLVED: "Solved", Ending.LATE: "TimeLimit", Ending.STOPPED: "Interrupt"}
        return SolverResult(
            status=status,
            values=values if status.has_plan else None,
            row_duals=duals if status.has_plan else None,
            objective=self.lp.offset + float(self.lp.cost @ values) if status.has_plan else None,
            solver=NAME,
            version=_version(),
            detail=words[outcome.ending],
            iterations=outcome.steps,
        )

    def _iterate(self, form: StandardForm) -> Reached:
        stairs, pairs = find_structure(self.lp, form)
        widest = max(stairs.pivots, stairs.block, stairs.border.width)
        if widest > WIDEST:
            raise HandOver(f"{widest:,} rows or columns that tie periods are alive at a time")
        needed = _needed_bytes(stairs) + BYTES_PER_PAIR * len(pairs.one)
        hint = "take highs, longer periods or a shorter horizon"
        claim = memory.require(needed, f"solving {stairs.rows.periods:,} periods by staircase", hint)
        self.options.note(
            LOG,
            "staircase: %s periods of %s rows at most, %s of them pivots; a front of %s",
            *(
                f"{n:,}"
                for n in (
                    stairs.rows.periods,
                    stairs.pivots + stairs.block,
                    stairs.pivots,
                    stairs.border.width,
                )
            ),
        )
        try:
            equations = NormalEquations(form, stairs, pairs)
            del pairs
            with np.errstate(divide="raise", invalid="raise", over="raise"):
                return iterate(form, equations, stairs.border.columns, _Watch(self, form).hear)
        except ArithmeticError as error:
            raise HandOver(f"numbers out of range: {error}") from error
        finally:
            del claim

    def is_over(self) -> Ending | None:
        """Whether it was stopped or has no time left."""
        if self.options.is_stopped:
            return Ending.STOPPED
        limit_s = self.options.time_limit_s
        return Ending.LATE if limit_s is not None and monotonic() - self.begin > limit_s else None


def _needed_bytes(stairs: Staircase) -> int:
    """Bytes of the factors: blocks, wings, and what leaves the front."""
    t, d, c, f = stairs.rows.periods, stairs.pivots, stairs.block, stairs.border.width
    return 8 * (t * (2 * d * c + 3 * c * c + f * c) + len(stairs.border.first) * f)


class _Watch:
    """Hears of every step: tells how far the solve is, and looks for a reason to end."""

    def __init__(self, run: _Run, form: StandardForm) -> None:
        self._run, self._form = run, form
        self._limits: Floats | None = None

    def hear(self, step: int, point: Iterate, errors: Errors) -> Ending | None:
        """Log a step; end where time is up, or where a ray proves that there is no solution."""
        options = self._run.options
        if options.is_heard(LOG):
            LOG.debug(
                "staircase %3d  objective %.9e  dual %.9e  gap %.1e  rows %.1e  prices %.1e",
                *(step, errors.objective, errors.dual_objective, errors.gap),
                *(errors.infeasibility, errors.dual_infeasibility),
            )
        if options.monitor is not None:
            options.monitor.update(errors.gap, None)
        if errors.diverges and self._proves_infeasible(point):
            return Ending.INFEASIBLE
        return self._run.is_over()

    def _proves_infeasible(self, point: Iterate) -> bool:
        lp = self._run.lp
        if self._limits is None:
            self._limits = implied_upper_bounds(lp)
        return proves_infeasible(lp, self._form.row_duals(point.y, lp.n_rows), self._limits)
