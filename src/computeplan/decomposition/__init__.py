"""Exact shortcuts through the structure of a linear program."""

from computeplan.decomposition.solve import Reduction, solve_by_structure, structure_of

__all__ = ["Reduction", "solve_by_structure", "structure_of"]
