"""From checked settings to the numeric problem."""

from computeplan.config.resolve.input_files import InputFile
from computeplan.config.resolve.problem import Resolved, to_problem

__all__ = ["InputFile", "Resolved", "to_problem"]
