"""The mathematics: a problem's linear program in arrays, each thing of the model in a module of its own."""

from computeplan.lp.families import FAMILIES, VARIABLES
from computeplan.lp.held import hold_past, put_past
from computeplan.lp.lexicographic import (
    price_of_first_objective,
    restrict_to_optimal_face,
    with_objective_limit,
)
from computeplan.lp.measured import measured_form
from computeplan.lp.model import BYTES_PER_COLUMN, Model, build, least_columns
from computeplan.lp.program import Digest, LinearForm, LinearProgram, ProgramDiff, digest
from computeplan.lp.scaling import Scaling, scaling_for

__all__ = [
    "BYTES_PER_COLUMN",
    "FAMILIES",
    "VARIABLES",
    "Digest",
    "LinearForm",
    "LinearProgram",
    "Model",
    "ProgramDiff",
    "Scaling",
    "build",
    "digest",
    "hold_past",
    "least_columns",
    "measured_form",
    "price_of_first_objective",
    "put_past",
    "restrict_to_optimal_face",
    "scaling_for",
    "with_objective_limit",
]
