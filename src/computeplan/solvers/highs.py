"""HiGHS, handed the arrays directly."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock, local
from typing import Any

import numpy as np

from computeplan.errors import SolverError
from computeplan.lp import LinearProgram
from computeplan.problem import Status
from computeplan.solvers.choice import chosen, shape_of
from computeplan.solvers.options import SolverOptions, SolverResult
from computeplan.solvers.verdict import is_proven, settle

STATUS = {
    "kOptimal": Status.OPTIMAL,
    "kModelEmpty": Status.OPTIMAL,
    "kInfeasible": Status.INFEASIBLE,
    "kUnbounded": Status.UNBOUNDED,
    "kTimeLimit": Status.FEASIBLE,
    "kIterationLimit": Status.FEASIBLE,
    "kInterrupt": Status.FEASIBLE,
    "kHighsInterrupt": Status.FEASIBLE,
    "kMemoryLimit": Status.FEASIBLE,
    "kSolutionLimit": Status.FEASIBLE,
    "kObjectiveBound": Status.FEASIBLE,
    "kObjectiveTarget": Status.FEASIBLE,
    "kUnknown": Status.FEASIBLE,
}
"""HiGHS's model status in our words; a limit counts as feasible only if its answer is."""

BOTH = "kUnboundedOrInfeasible"

_LOCK = Lock()
"""Held while standard output, which all threads share, is closed."""
_SCHEDULER = local()


def solve_highs(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve with HiGHS.

    Parameters
    ----------
    lp : LinearProgram
    options : SolverOptions

    Raises
    ------
    SolverError
        If HiGHS refuses the model or fails.
    """
    return run(holding(lp, options), lp)


def has_solution(lp: LinearProgram, options: SolverOptions) -> bool:
    """Whether HiGHS finds any solution; its costs do not count.

    Parameters
    ----------
    lp : LinearProgram
    options : SolverOptions

    Raises
    ------
    SolverError
        If HiGHS refuses the model or fails.
    """
    free = replace(lp, cost=np.zeros(lp.n_columns))
    highs = holding(free, options)
    # Any solution will do, so none has to be a vertex.
    highs.setOptionValue("run_crossover", "off")
    status = run(highs, free).status
    return status.has_plan or (status is Status.NO_PLAN and solve_highs(free, options).status.has_plan)


def holding(lp: LinearProgram, options: SolverOptions) -> Any:
    """Make a solver that holds a program."""
    highs = new_highs()
    set_options(highs, options, lp)
    load_model(highs, lp)
    return highs


def run(highs: Any, lp: LinearProgram) -> SolverResult:
    """Run a solver that holds the program, from its last basis if it has one."""
    highs.run()
    if highs.getModelStatus().name == BOTH:
        # Presolve cannot tell the two apart; the simplex method can.
        highs.setOptionValue("presolve", "off")
        highs.run()
        highs.setOptionValue("presolve", "choose")
    return _result(highs, lp)


def new_highs() -> Any:
    """Make a silent solver: HiGHS prints a banner on file descriptor 1 when its first one is made."""
    import highspy

    with _LOCK, _stdout_closed():
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
    return highs


def load_model(highs: Any, lp: LinearProgram) -> None:
    """Hand over the arrays of a linear program."""
    import highspy

    status = highs.passModel(
        lp.n_columns,
        lp.n_rows,
        lp.n_nonzeros,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        lp.offset,
        lp.cost,
        lp.column_lower,
        lp.column_upper,
        lp.row_lower,
        lp.row_upper,
        lp.starts,
        lp.rows,
        lp.values,
        np.isin(np.arange(lp.n_columns), lp.integer).astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise SolverError("HiGHS refused the model: an index or a coefficient is out of its range")


def set_options(highs: Any, options: SolverOptions, lp: LinearProgram) -> None:
    """Set method, gap, time limit and threads for a program."""
    highs.setOptionValue("solver", chosen(options, shape_of(lp), with_clarabel=False).method.value)
    highs.setOptionValue("mip_rel_gap", options.gap)
    highs.setOptionValue("mip_abs_gap", 0.0)
    if options.time_limit_s is not None:
        highs.setOptionValue("time_limit", float(options.time_limit_s))
    if options.threads is not None:
        _use_threads(highs, options.threads)


def _use_threads(highs: Any, threads: int) -> None:
    """Set the number of threads; another than before needs another scheduler, of which a thread has one."""
    if getattr(_SCHEDULER, "threads", None) != threads:
        highs.resetGlobalScheduler(True)
        _SCHEDULER.threads = threads
    highs.setOptionValue("threads", threads)


def _result(highs: Any, lp: LinearProgram) -> SolverResult:
    detail = highs.getModelStatus().name
    claim = STATUS.get(detail)
    if claim is None:
        raise SolverError(f"HiGHS failed with status {detail.removeprefix('k')}; try --solver cbc")
    info = highs.getInfo()
    solution = highs.getSolution() if claim.has_plan else None
    values = np.asarray(solution.col_value) if solution and solution.value_valid else None
    duals = np.asarray(solution.row_dual) if solution and solution.dual_valid else None
    objective = info.objective_function_value
    if len(lp.integer):
        duals = None
    bound = float(info.mip_dual_bound) if len(lp.integer) and values is not None else None
    if bound is not None and not is_proven(info.objective_function_value, bound):
        claim = Status.FEASIBLE if claim is Status.OPTIMAL else claim
    if detail == "kModelEmpty":
        values, duals, objective = np.zeros(lp.n_columns), np.zeros(lp.n_rows), lp.offset
    status = settle(claim, lp, values, duals)
    return SolverResult(
        status=status,
        values=values if status.has_plan else None,
        row_duals=duals if status.has_plan else None,
        objective=objective if status.has_plan else None,
        solver="highs",
        version=highs.version(),
        detail=detail.removeprefix("k"),
        iterations=info.simplex_iteration_count + info.ipm_iteration_count,
        bound=bound,
    )


@contextmanager
def _stdout_closed() -> Iterator[None]:
    """Send file descriptor 1 to nowhere for a moment."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(nowhere)
        os.close(kept)
