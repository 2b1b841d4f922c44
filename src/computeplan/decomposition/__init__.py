"""Exact shortcuts through the structure of a linear program."""

from computeplan.decomposition.solve import ProgramSolver, Reduction, structure_of

__all__ = ["ProgramSolver", "Reduction", "structure_of"]
