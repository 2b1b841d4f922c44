"""A measure as a linear form of the columns."""

from __future__ import annotations

import numpy as np

from computeplan.lp.context import ABSENT
from computeplan.lp.program import LinearForm, LinearProgram
from computeplan.lp.windows import Arrivals
from computeplan.problem import Ints, Rates
from computeplan.problem.fields import meanings

BY_WORK = "work"
"""The rate of columns that are not in its shape: work of placements, and shares of fixed workloads."""


def measured_form(
    rates: Rates, lp: LinearProgram, columns: dict[str, Ints], arrivals: Arrivals
) -> LinearForm:
    """Measure the columns of a program.

    Σ rate · column, of work by pool and period; a fixed workload's share does the work share · d. Money and
    kg are not in it: they are weights of the objective.
    """
    found = np.zeros(lp.n_columns)
    for family in meanings(Rates):
        if family != BY_WORK:
            rate, index = getattr(rates, family), columns[family]
            counts = (rate != 0) & (index != ABSENT)
            found[index[counts]] += rate[counts]
    if rates.work.any():
        _, pool, period = lp.column_keys("work")
        found[columns["work"]] += rates.work[pool, period]
        workload, pool = lp.column_keys("share")
        found[columns["share"]] += (rates.work[pool] * arrivals.by_period(workload)).sum(axis=1)
    return LinearForm(found, rates.constant)
