"""The elastic program: limits that may give way, at the size of what gives.

Every limit that a config can change has a *relief*, a column that widens it; the costs of the reliefs
are their sizes, in unit·h of work that they make room for:

* one more unit of capacity, a unit less to be booked, a unit more under a cap: the hours of the horizon;
* one kW: as many units as it drives at mean PUE; one kWh: the unit·h that it drives, of a battery once a
  day; one GB/h: as many units as it serves at the mean traffic of work that uses the link;
* one kg or unit of money: the unit·h that emit it or cost it, at mean factors and prices;
* a unit·h that a share rule lets run elsewhere: one;
* a unit·h that waits longer or ends later than it may: the hours over 24; whole work that is split: its
  unit·h over 24;
* a unit more of a job's rate: the hours of its window;
* a unit·h of shortfall: `SHORTFALL` times the hours of the horizon, so that it is the last resort.

Using a relief all the time costs `USED` of its size as well, so that it is used only when it is needed.
What the plan may buy (new units, leased bandwidth, chosen power) gives way before what is there, by
`PREFERRED`. Nothing else costs anything, so the optimum is the smallest set of changes with which there is
a plan. Whole numbers stay whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from computeplan.grouping import Grouping
from computeplan.lp.builder import ProgramBuilder
from computeplan.lp.elastic.limits import LIMIT_RELIEFS, soften_limits
from computeplan.lp.elastic.softening import Reliefs, Softening, family
from computeplan.lp.elastic.work import WORK_KINDS, Relaxable, relaxed, soften_work
from computeplan.lp.model import Model, build
from computeplan.lp.program import LinearProgram
from computeplan.problem import Floats, Problem
from computeplan.problem.limits import LimitKind

__all__ = ["RELAXED", "ElasticProgram", "Relaxable", "Reliefs", "family", "soften"]

RELAXED = frozenset((*LIMIT_RELIEFS, *WORK_KINDS))
"""Kinds of limits that may give way."""


@dataclass(frozen=True, eq=False)
class ElasticProgram:
    """A program whose limits may give way; its costs are the sizes of what gives."""

    problem: Problem
    """With the limits as they are."""
    model: Model
    """Of the problem with the widest windows."""
    lp: LinearProgram
    reliefs: dict[LimitKind, Reliefs]
    """Only kinds of which there are limits."""

    def only(self, kinds: Collection[LimitKind]) -> LinearProgram:
        """Let only some kinds give way; none: the problem as it is."""
        return self.without([reliefs for kind, reliefs in self.reliefs.items() if kind not in kinds])

    def without(self, reliefs: Iterable[Reliefs]) -> LinearProgram:
        """Let all give way but for these reliefs."""
        upper = self.lp.column_upper.copy()
        for each in reliefs:
            upper[each.columns] = 0.0
            upper[each.uses] = 0.0
        return replace(self.lp, column_upper=upper)

    def may_help(self, kind: LimitKind, row_duals: Floats) -> bool:
        """Whether a kind touches the conflict that these duals prove; else it is no way out alone."""
        column = np.repeat(np.arange(self.lp.n_columns), np.diff(self.lp.starts))
        of_kind = np.zeros(self.lp.n_columns, dtype=bool)
        of_kind[self.reliefs[kind].columns] = True
        of_kind[self.reliefs[kind].uses] = True
        entries = of_kind[column]
        value = self.lp.values[entries] * row_duals[self.lp.rows[entries]]
        total = np.bincount(column[entries], weights=value, minlength=self.lp.n_columns)
        return bool((total > 1e-9 * max(1.0, float(np.abs(self.lp.cost).max(initial=0.0)))).any())


def soften(grouping: Grouping, relaxable: Relaxable) -> ElasticProgram:
    """Make the program of a grouping's problem elastic, as far as its classes may give way."""
    problem = grouping.problem
    model = build(replace(grouping, problem=relaxed(problem, relaxable)))
    bounds = model.lp.column_lower.copy(), model.lp.column_upper.copy()
    soft = Softening(model, problem, ProgramBuilder.extending(model.lp), *bounds)
    reliefs = soften_limits(soft) | soften_work(soft, relaxable)
    lp = soft.program.build(soft.program.cost.build(soft.program.n_columns))
    # The extended program still has the bounds that soft rows have taken over.
    lower = np.concatenate((soft.lower, lp.column_lower[model.lp.n_columns :]))
    upper = np.concatenate((soft.upper, lp.column_upper[model.lp.n_columns :]))
    lp = replace(lp, column_lower=lower, column_upper=upper, integer=soft.whole_numbers())
    return ElasticProgram(problem, model, lp, reliefs)
