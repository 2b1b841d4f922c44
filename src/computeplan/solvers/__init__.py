"""Solvers of linear programs: HiGHS and Clarabel, any other through PuLP. The only place that knows them."""

from computeplan.solvers.basis import Basis, Start
from computeplan.solvers.conflict import Subset, infeasible_subset
from computeplan.solvers.export import write_model
from computeplan.solvers.highs import has_solution
from computeplan.solvers.options import Method, SolverOptions, SolverResult
from computeplan.solvers.registry import available, settled, solve
from computeplan.solvers.session import Session, same_matrix

__all__ = [
    "Basis",
    "Method",
    "Session",
    "SolverOptions",
    "SolverResult",
    "Start",
    "Subset",
    "available",
    "has_solution",
    "infeasible_subset",
    "same_matrix",
    "settled",
    "solve",
    "write_model",
]
