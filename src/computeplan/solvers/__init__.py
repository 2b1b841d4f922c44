"""Solvers of linear programs: HiGHS, Clarabel, our own for many periods, any other through PuLP.

The only place that knows them.
"""

from computeplan.solvers.highs import has_solution, solution_status
from computeplan.solvers.iis import InfeasibleSubsystem, find_infeasible_subsystem
from computeplan.solvers.incremental import Basis, IncrementalSolver, Start, same_matrix
from computeplan.solvers.model_file import check_model_path, write_model
from computeplan.solvers.options import SolverOptions, SolverResult, StopSignal
from computeplan.solvers.registry import available, choose_options, solve
from computeplan.vocabulary import Method

__all__ = [
    "Basis",
    "IncrementalSolver",
    "InfeasibleSubsystem",
    "Method",
    "SolverOptions",
    "SolverResult",
    "Start",
    "StopSignal",
    "available",
    "check_model_path",
    "choose_options",
    "find_infeasible_subsystem",
    "has_solution",
    "same_matrix",
    "solution_status",
    "solve",
    "write_model",
]
