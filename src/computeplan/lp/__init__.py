"""The mathematics: a sparse linear program in arrays, one constraint family a file."""

from computeplan.lp.constraints import FAMILIES
from computeplan.lp.linear_program import LinearProgram
from computeplan.lp.model import Model, build

__all__ = ["FAMILIES", "LinearProgram", "Model", "build"]
