"""What one unit of each decision adds to a measure of a plan."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Annotated

import numpy as np

from computeplan.problem.arrays import Floats, ReadOnlyArrays
from computeplan.problem.fields import factor


@dataclass(frozen=True, eq=False)
class Rates(ReadOnlyArrays):
    """What one unit of each decision adds to a measure, weights ω included; all else adds nothing."""

    work: Annotated[Floats, factor("PT", "1/(unit·h)")]
    """Work done in a pool."""
    load: Annotated[Floats, factor("PT", "1/(unit·h)")]
    """Busy unit·h of a pool."""
    booked: Annotated[Floats, factor("P", "1/unit")]
    new: Annotated[Floats, factor("P", "1/unit")]
    traffic: Annotated[Floats, factor("LT", "1/GB")]
    contracted: Annotated[Floats, factor("C", "1/kW")]
    leased: Annotated[Floats, factor("L", "1/(GB/h)")]
    """0 for the second link of a line."""
    peak: Annotated[Floats, factor("SM", "1/kW")]
    open: Annotated[Floats, factor("S")]
    """Optional site that is open."""
    money: float = 0.0
    """Of one unit of cost or shortfall penalty."""
    kg: float = 0.0
    """Of one kg on the objective's basis."""
    constant: float = 0.0
    """There whatever the plan does."""

    @cached_property
    def least(self) -> float:
        """The constant part where no decision lowers it; else −inf."""
        rates = [getattr(self, field.name) for field in fields(self) if field.name not in _NO_SIGN]
        unknown = self.money or self.kg
        return -np.inf if unknown or any((rate < 0).any() for rate in rates) else self.constant


_NO_SIGN = ("money", "kg", "constant")
