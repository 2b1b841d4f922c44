"""A proof that a program has no solution: a price for each row at which all rows together ask for too much.

Where x is a solution, its rows are worth at least L and at most U at prices y, with reduced prices r = A' y:

    L = Σ y⁺ row_lower − Σ y⁻ row_upper   ≤   y A x = r x   ≤   Σ r⁺ column_upper − Σ r⁻ column_lower = U

so that L > U proves that there is none. The prices of an interior point become such a ray where there is
none.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp import LinearProgram
from computeplan.problem import Floats, sum_by

MARGIN = 1e-7
"""L − U relative to the sum of all terms, above which it is no rounding."""


def proves_infeasible(lp: LinearProgram, row_prices: Floats, column_upper: Floats) -> bool:
    """Whether prices (n_rows,) prove that a program has no solution.

    `column_upper`: (n_columns,) limits that hold for every solution, such as implied ones.
    """
    size = float(np.abs(row_prices).max(initial=0.0))
    if not np.isfinite(size) or size == 0.0:
        return False
    y = row_prices / size
    y = np.where((y > 0) & np.isinf(lp.row_lower) | (y < 0) & np.isinf(lp.row_upper), 0.0, y)
    reduced = sum_by(lp.entry_columns, lp.values * y[lp.rows], lp.n_columns)
    terms = sum_by(lp.entry_columns, np.abs(lp.values * y[lp.rows]), lp.n_columns)
    reduced = np.where(np.abs(reduced) <= 1e-15 * terms, 0.0, reduced)
    asked = _worth(y, lp.row_lower, lp.row_upper)
    given = _worth(reduced, column_upper, lp.column_lower)
    total = float(np.abs(asked).sum() + np.abs(given).sum())
    return bool(np.isfinite(total) and asked.sum() - given.sum() > MARGIN * total)


def _worth(price: Floats, where_positive: Floats, where_negative: Floats) -> Floats:
    limit = np.where(price > 0, where_positive, where_negative)
    return np.where(price == 0, 0.0, price * np.where(price == 0, 0.0, limit))
