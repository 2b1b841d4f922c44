"""Every hand-computed answer is asked of the product and of the oracle."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from builders import Case
from reference.model import Answer, solve_reference
from solving import solve_product

Solve = Callable[..., Answer]


@pytest.fixture(params=["product", "reference"])
def solve(request) -> Solve:
    """Solve the `Case` of these fields."""
    solver = {"product": solve_product, "reference": lambda case: solve_reference(case.problem())}
    return lambda **fields: solver[request.param](Case(**fields))
