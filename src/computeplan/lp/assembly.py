"""What every constraint family and the objective work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp.arrivals import Arrivals
from computeplan.lp.assembler import Assembler
from computeplan.lp.placements import Placements
from computeplan.lp.slots import Slots
from computeplan.lp.variables import ABSENT, Variables
from computeplan.problem import Floats, Ints, Problem


@dataclass(frozen=True, eq=False)
class Assembly:
    """A linear program in the making.

    Attributes
    ----------
    problem : Problem
    placements : Placements
    demand : Arrivals
    slots : Slots
    variables : Variables
    assembler : Assembler
        Takes rows, entries and costs.
    """

    problem: Problem
    placements: Placements
    demand: Arrivals
    slots: Slots
    variables: Variables
    assembler: Assembler

    def row_per_period(self, name: str, things: Ints, lower: Floats, upper: Floats) -> Ints:
        """Add one row for each thing and period.

        Parameters
        ----------
        name : str
        things : (n,)
            Such as the pools that have the constraint.
        lower, upper : (n, T)

        Returns
        -------
        (n, T) array of row indices
        """
        shape = (len(things), self.problem.horizon.size)
        keys = (things[:, None], np.arange(shape[1])[None, :])
        rows = self.assembler.add_rows(
            name, keys, np.broadcast_to(lower, shape), np.broadcast_to(upper, shape)
        )
        return rows.reshape(shape)

    def all_periods(self, size: int, things: Ints, rows: Ints) -> Ints:
        """(size, T) row indices, `ABSENT` but for `things`."""
        full = np.full((size, self.problem.horizon.size), ABSENT)
        full[things] = rows
        return full
