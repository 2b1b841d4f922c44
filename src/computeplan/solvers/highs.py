"""HiGHS, handed the arrays directly; also writes a program as a file that other solvers read."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from logging import getLogger
from math import inf, isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, local
from typing import Any

import numpy as np

from computeplan.errors import SolverError
from computeplan.lp import LinearProgram
from computeplan.problem import Floats, Status
from computeplan.progress import Monitor
from computeplan.solvers.choice import fill_options, shape_of
from computeplan.solvers.options import Capabilities, SolverOptions, SolverResult
from computeplan.solvers.own_options import OptionList, OwnOption, Reserved, reserve
from computeplan.solvers.presolve import scale_program
from computeplan.solvers.stopping import run_until_stopped
from computeplan.solvers.termination import is_proven, verify_status

LOG = getLogger(__package__)

CAPABILITIES = Capabilities(integers=True, bound=True, duals=True)

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

LISTENS = 2_000
"""Columns from which on a linear program looks for the stop signal; smaller ones take a blink."""

_LOCK = Lock()
"""Held while standard output, which all threads share, is closed."""
_SCHEDULER = local()


def solve_highs(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve with HiGHS.

    Raises `SolverError` if HiGHS refuses the model or fails.
    """
    return run(load_solver(lp, options), lp, options)


def has_solution(lp: LinearProgram, options: SolverOptions) -> bool:
    """Whether HiGHS finds any solution; its costs do not count."""
    return solution_status(lp, options).has_plan


def solution_status(lp: LinearProgram, options: SolverOptions) -> Status:
    """Find out whether a program has any solution; its costs do not count.

    Raises `SolverError` if HiGHS refuses the model or fails.

    Returns ``no_plan`` if a limit was reached first.
    """
    free, _ = scale_program(replace(lp, cost=np.zeros(lp.n_columns)))
    highs = load_solver(free, options)
    # Any solution will do, so none has to be a vertex.
    highs.setOptionValue("run_crossover", "off")
    status = run(highs, free, options).status
    return solve_highs(free, options).status if status is Status.NO_PLAN else status


def load_solver(lp: LinearProgram, options: SolverOptions) -> Any:
    """Make a solver that holds a program."""
    highs = new_highs()
    if options.is_heard(LOG):
        _log(highs)
    set_options(highs, options, lp)
    load_model(highs, lp)
    _listen(highs, lp, options)
    return highs


def _may_take_long(lp: LinearProgram) -> bool:
    return lp.n_columns >= LISTENS or bool(len(lp.integer))


def _listen(highs: Any, lp: LinearProgram, options: SolverOptions) -> None:
    """Let the solver look for the stop signal where it may work long; each look costs it time."""
    if options.stop is None or not _may_take_long(lp):
        return

    def look(event: Any) -> None:
        if options.is_stopped:
            event.interrupt()

    for callback in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt, highs.cbMipInterrupt):
        callback.subscribe(look)


class _Incumbent:
    """The best whole numbers so far, as HiGHS gives them while it works, and the bound."""

    def __init__(self, monitor: Monitor | None) -> None:
        self._monitor = monitor
        self._best: tuple[float, Floats] | None = None
        self._bound = -inf

    def keep(self, event: Any) -> None:
        """Keep a solution that is better."""
        self._best = (event.data_out.objective_function_value, np.array(event.data_out.mip_solution))
        self.hear(event)

    def hear(self, event: Any) -> None:
        """Note how far the solver is."""
        self.note(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)

    def note(self, objective: float, bound: float) -> None:
        """Note the bound, and the gap as the audit says it: relative to the bound."""
        if not isfinite(bound):
            return
        self._bound = max(self._bound, bound)
        if self._monitor is not None:
            gap = (objective - bound) / abs(bound) if bound else inf
            self._monitor.update(gap if isfinite(gap) else None, bound)

    def listen(self, highs: Any) -> Callable[[], None]:
        """Listen to a solver; gives what ends that."""
        heard = ((highs.cbMipImprovingSolution, self.keep), (highs.cbMipInterrupt, self.hear))
        for callback, hear in heard:
            callback.subscribe(hear)

        def end() -> None:
            for callback, hear in heard:
                callback.unsubscribe(hear)
            info = highs.getInfo()
            self.note(info.objective_function_value, info.mip_dual_bound)

        return end

    def result(self, lp: LinearProgram, version: str) -> SolverResult:
        """Give the result of a solve that was left alone."""
        found = SolverResult.stopped("highs", version, "Interrupt")
        if self._best is None:
            return found
        objective, values = self._best
        status = verify_status(Status.FEASIBLE, lp, values, None)
        if not status.has_plan:
            return found
        return replace(found, status=status, values=values, objective=objective, bound=_known(self._bound))


def run(highs: Any, lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Run a solver that holds the program, from its last basis if it has one.

    Once the run was stopped, the solver may still be at work, and must not be used again.
    """
    version, incumbent = highs.version(), _Incumbent(options.monitor)
    if options.is_stopped:
        return SolverResult.stopped("highs", version, "Interrupt")
    if options.time_limit_s is not None:
        # HiGHS counts the time of all runs of a solver together.
        highs.setOptionValue("time_limit", highs.getRunTime() + options.time_limit_s)
    if not _may_take_long(lp):
        _run_twice(highs)
        return _result(highs, lp)
    end = incumbent.listen(highs) if len(lp.integer) else lambda: None
    if run_until_stopped(lambda: _run_twice(highs), options) is None:
        return incumbent.result(lp, version)
    end()
    return _result(highs, lp)


def _run_twice(highs: Any) -> bool:
    """Run a solver, and again where its presolve cannot say which of two statuses it is."""
    highs.run()
    if highs.getModelStatus().name == BOTH:
        # The simplex method can distinguish the two.
        _, stated = highs.getOptionValue("presolve")
        highs.setOptionValue("presolve", "off")
        highs.run()
        highs.setOptionValue("presolve", stated)
    return True


def new_highs() -> Any:
    """Make a silent solver."""
    import highspy

    _swallow_banner()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    return highs


@cache
def _swallow_banner() -> None:
    """Make a process's first solver, at which HiGHS prints a banner on file descriptor 1, to nowhere."""
    import highspy

    with _LOCK, _silenced_stdout():
        highspy.Highs()


def _log(highs: Any) -> None:
    """Let a solver say what it does to our log, and nowhere else."""
    highs.cbLogging.subscribe(lambda event: LOG.debug("%s", event.message.rstrip()))
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("output_flag", True)


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
    """Set method, gap and threads for a program."""
    highs.setOptionValue("solver", fill_options(options, shape_of(lp), with_clarabel=False).method.value)
    highs.setOptionValue("mip_rel_gap", options.gap)
    highs.setOptionValue("mip_abs_gap", 0.0)
    # A node within this of the best plan is dropped, so that it is also the error of a bound that is claimed.
    highs.setOptionValue("mip_feasibility_tolerance", 1e-8)
    if options.threads is not None:
        _use_threads(highs, options.threads)
    for name, value in options.options.items():
        highs.setOptionValue(name, value)


RESERVED = reserve(
    {
        Reserved.TIME_LIMIT: ("time_limit",),
        Reserved.THREADS: ("threads",),
        Reserved.METHOD: ("solver",),
        Reserved.GAP: ("mip_rel_gap", "mip_abs_gap"),
        Reserved.VERBOSE: ("output_flag", "timeless_log"),
        Reserved.MODEL: (
            *("solve_relaxation", "blend_multi_objectives", "glpsol_cost_row_location"),
            *("infinite_cost", "infinite_bound", "small_matrix_value", "large_matrix_value"),
        ),
        Reserved.PROOF: (
            *("allow_unbounded_or_infeasible", "objective_bound", "objective_target"),
            *("user_objective_scale", "user_bound_scale"),
        ),
    }
)
"""Options of HiGHS that are not for users, and why."""

_DESCRIPTION = re.compile(
    r"# (?P<text>.*)\n# \[type: (?P<kind>\w+), advanced: \w+"
    r"(?:, range: [\[{](?P<least>\S+), (?P<most>\S+)[\]}])?, default: (?P<default>.*)\]\n(?P<name>\w+) ="
)
_KINDS = {"bool": bool, "integer": int, "double": float, "string": str}


@cache
def own_options() -> OptionList:
    """List the options of HiGHS as it writes them; what it is accurate to can only be tightened."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "options.txt"
        new_highs().writeOptions(str(path))
        text = path.read_text(encoding="utf-8")
    found = {}
    for each in _DESCRIPTION.finditer(text):
        name, kind = each["name"], _KINDS[each["kind"]]
        words = tuple(re.findall('"([^"]*)"', each["text"])) if kind is str else ()
        least, most = (each["least"], each["most"]) if kind in (int, float) else ("-inf", "inf")
        most = each["default"] if name.endswith("_tolerance") else most
        found[name] = OwnOption(kind, float(least), float(most), words)
    files = [name for name in found if name.startswith(("write_", "read_")) or name.endswith("_file")]
    logged = [name for name in found if name.startswith("log_")]
    return OptionList(found, reserve({Reserved.FILES: files, Reserved.VERBOSE: logged}) | RESERVED)


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
        raise SolverError(f"HiGHS failed with status {detail.removeprefix('k')}", hint="try --solver cbc")
    info = highs.getInfo()
    solution = highs.getSolution() if claim.has_plan else None
    values = np.asarray(solution.col_value) if solution and solution.value_valid else None
    duals = np.asarray(solution.row_dual) if solution and solution.dual_valid else None
    objective = info.objective_function_value
    bound = _known(info.mip_dual_bound) if len(lp.integer) and values is not None else None
    if len(lp.integer):
        duals = None
        if claim is Status.OPTIMAL and (bound is None or not is_proven(objective, bound)):
            claim = Status.FEASIBLE
    if detail == "kModelEmpty":
        values, duals, objective = np.zeros(lp.n_columns), np.zeros(lp.n_rows), lp.offset
    status = verify_status(claim, lp, values, duals)
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


def _known(bound: float) -> float | None:
    """Give a bound as a number; None where HiGHS has none yet, which it says as −inf."""
    return float(bound) if isfinite(bound) else None


@contextmanager
def _silenced_stdout() -> Iterator[None]:
    """Send file descriptor 1, where there is one, to nowhere for the duration of the context."""
    with suppress(AttributeError, ValueError, OSError):  # none, closed, or a reader who hung up
        sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(nowhere)
        os.close(kept)
