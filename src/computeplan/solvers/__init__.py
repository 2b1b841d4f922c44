"""Solvers of linear programs: HiGHS directly, any other through PuLP. The only place that knows them."""

from computeplan.solvers.export import write_model
from computeplan.solvers.options import Method, SolverOptions, SolverResult
from computeplan.solvers.registry import available, solve

__all__ = ["Method", "SolverOptions", "SolverResult", "available", "solve", "write_model"]
