"""Where a simplex solve ended, so that another can start there, in another process too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from computeplan.problem.arrays import ReadOnlyArrays

Statuses = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Basis(ReadOnlyArrays):
    """Status of every column and row in HiGHS's numbers.

    Attributes
    ----------
    columns, rows : (…)
    """

    columns: Statuses
    rows: Statuses

    def fits(self, columns: int, rows: int) -> bool:
        """Whether it can be the basis of a program of this size."""
        return (len(self.columns), len(self.rows)) == (columns, rows)


@dataclass(frozen=True)
class Start:
    """Where to start a solve.

    Attributes
    ----------
    bases : tuple of Basis or None
        One for each independent part of the program.
    costs_only : bool
        Whether only costs differ from the program that they come from, so that its plan is feasible.
    """

    bases: tuple[Basis | None, ...]
    costs_only: bool = False


def read_basis(highs: Any) -> Basis | None:
    """Read a solver's basis; None where it has none."""
    found = highs.getBasis()
    if not found.valid:
        return None
    return Basis(_numbers(found.col_status), _numbers(found.row_status))


def set_basis(highs: Any, basis: Basis) -> bool:
    """Give a solver a basis; return whether it takes it."""
    import highspy

    status = [highspy.HighsBasisStatus(number) for number in range(5)]
    given = highspy.HighsBasis()
    given.valid = True
    given.col_status = [status[number] for number in basis.columns.tolist()]
    given.row_status = [status[number] for number in basis.rows.tolist()]
    return bool(highs.setBasis(given).name != "kError")


def _numbers(statuses: Any) -> Statuses:
    return np.fromiter((int(status) for status in statuses), np.int8, len(statuses))
