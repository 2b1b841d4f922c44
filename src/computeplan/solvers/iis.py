"""An infeasible subsystem, irreducible where time allows, as HiGHS finds it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp import LinearProgram, scaling_for
from computeplan.problem import Ints
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.solvers.highs import load_model, new_highs

FROM_PROGRAM, IRREDUCIBLE = 4, 2
"""HiGHS's numbers for the strategy: start from the whole program, and go on until nothing can be left out."""
IS_IRREDUCIBLE = 3
"""HiGHS's number of the outcome, which highspy does not name."""
UPPER = (3, 4)
"""HiGHS's numbers for an upper bound, and for both bounds, that are part of it."""


@dataclass(frozen=True, eq=False)
class InfeasibleSubsystem(ReadOnlyArrays):
    """Rows and bounds that cannot hold together."""

    rows: Ints
    columns: Ints
    """Columns are those whose upper bound is part of it."""
    irreducible: bool
    """Without any one of them the others can hold."""


def find_infeasible_subsystem(lp: LinearProgram, time_limit_s: float) -> InfeasibleSubsystem | None:
    """Find rows and bounds of a program that cannot hold together.

    `lp`: without a solution. `time_limit_s`: after which the subset may be reducible, or none be found.
    """
    highs = new_highs()
    scaling = scaling_for(lp)
    load_model(highs, lp if scaling is None else scaling.apply(lp))
    highs.setOptionValue("iis_strategy", FROM_PROGRAM | IRREDUCIBLE)
    highs.setOptionValue("iis_time_limit", time_limit_s)
    _, found = highs.getIis()
    if not found.valid_ or not len(found.row_index_):
        return None
    rows, columns = (np.asarray(each, np.int64) for each in (found.row_index_, found.col_index_))
    columns = columns[np.isin(np.asarray(found.col_bound_, np.int64), UPPER)]
    return InfeasibleSubsystem(np.sort(rows), np.sort(columns), found.status_ == IS_IRREDUCIBLE)
