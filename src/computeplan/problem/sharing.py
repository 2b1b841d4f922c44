"""Problems made from the same config share what they have in common."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from computeplan.problem.problem import Problem


def sharing_with(problem: Problem, other: Problem) -> Problem:
    """Replace every part of a problem that equals another's by the other's own.

    What is equal can then be told at a glance, and what was computed from it be kept.

    Parameters
    ----------
    problem, other : Problem

    Returns
    -------
    Problem
        Equal to `problem`.
    """
    parts = {
        field.name: (getattr(problem, field.name), getattr(other, field.name)) for field in fields(problem)
    }
    return replace(problem, **{name: old for name, (new, old) in parts.items() if _equal(new, old)})


def _equal(one: Any, other: Any) -> bool:
    if one is other or type(one) is not type(other):
        return one is other
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if hasattr(one, "__dataclass_fields__"):
        return all(_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return bool(one == other)
