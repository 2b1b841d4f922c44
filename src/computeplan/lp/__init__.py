"""The mathematics: a sparse linear program in arrays, one constraint family a file."""

from computeplan.lp.constraints import FAMILIES
from computeplan.lp.face import optimal_face, within
from computeplan.lp.linear_program import LinearForm, LinearProgram
from computeplan.lp.model import Model, build
from computeplan.lp.size import BYTES_PER_COLUMN, least_columns

__all__ = [
    "BYTES_PER_COLUMN",
    "FAMILIES",
    "LinearForm",
    "LinearProgram",
    "Model",
    "build",
    "least_columns",
    "optimal_face",
    "within",
]
