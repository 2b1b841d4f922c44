"""The mathematics: a sparse linear program in arrays, one constraint family a file."""

from computeplan.lp.constraints import FAMILIES
from computeplan.lp.digest import Difference, Digest, digest
from computeplan.lp.face import optimal_face, within
from computeplan.lp.linear_program import LinearForm, LinearProgram
from computeplan.lp.model import Model, build
from computeplan.lp.scaling import Scaling, scaling_for
from computeplan.lp.size import BYTES_PER_COLUMN, least_columns

__all__ = [
    "BYTES_PER_COLUMN",
    "FAMILIES",
    "Difference",
    "Digest",
    "LinearForm",
    "LinearProgram",
    "Model",
    "Scaling",
    "build",
    "digest",
    "least_columns",
    "optimal_face",
    "scaling_for",
    "within",
]
