"""Fingerprints of a linear program's parts: what differs between two programs, without keeping both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from computeplan.lp.linear_program import LinearProgram


class Difference(StrEnum):
    """What differs between two programs, from least to most work for who solves both."""

    NOTHING = "nothing"
    COSTS = "costs"
    LIMITS = "limits"
    MATRIX = "matrix"
    SHAPE = "shape"


@dataclass(frozen=True)
class Digest:
    """Fingerprint of each part of a program.

    Attributes
    ----------
    shape : tuple of int
        Columns and rows.
    costs, limits, matrix : str
    """

    shape: tuple[int, int]
    costs: str
    limits: str
    matrix: str

    def difference(self, other: Digest) -> Difference:
        """Tell the heaviest difference to another program.

        Parameters
        ----------
        other : Digest
        """
        if self.shape != other.shape:
            return Difference.SHAPE
        if self.matrix != other.matrix:
            return Difference.MATRIX
        if self.limits != other.limits:
            return Difference.LIMITS
        return Difference.NOTHING if self.costs == other.costs else Difference.COSTS


def digest(lp: LinearProgram) -> Digest:
    """Take a program's fingerprint.

    Parameters
    ----------
    lp : LinearProgram
    """
    return Digest(
        shape=(lp.n_columns, lp.n_rows),
        costs=_hash(lp.cost, np.array([lp.offset])),
        limits=_hash(lp.column_lower, lp.column_upper, lp.row_lower, lp.row_upper),
        matrix=_hash(lp.starts, lp.rows, lp.values),
    )


def _hash(*arrays: npt.NDArray[np.generic]) -> str:
    found = blake2b(digest_size=12)
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()
