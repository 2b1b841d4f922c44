"""The mathematics: a sparse linear program in arrays, one constraint family a file."""

from computeplan.lp.constraints import FAMILIES
from computeplan.lp.face import optimal_face
from computeplan.lp.linear_program import LinearForm, LinearProgram
from computeplan.lp.model import Model, build

__all__ = ["FAMILIES", "LinearForm", "LinearProgram", "Model", "build", "optimal_face"]
