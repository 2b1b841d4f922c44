"""The elastic program of a problem."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from computeplan.grouping import Grouping
from computeplan.lp.assembler import Assembler
from computeplan.lp.elastic.levels import soften_levels
from computeplan.lp.elastic.soft import Softening, SoftKind, SoftLimit
from computeplan.lp.elastic.work import Yielding, loosened, soften_work
from computeplan.lp.linear_program import LinearProgram
from computeplan.lp.model import Model, build
from computeplan.problem import Floats, Problem


@dataclass(frozen=True, eq=False)
class Elastic:
    """A program whose limits may give way; its costs are the sizes of what gives.

    Attributes
    ----------
    problem : Problem
        With the limits as they are.
    model : Model
        Of the problem with the widest windows.
    lp : LinearProgram
    limits : dict of SoftKind to SoftLimit
        Only kinds of which there are limits.
    """

    problem: Problem
    model: Model
    lp: LinearProgram
    limits: dict[SoftKind, SoftLimit]

    def only(self, kinds: Collection[SoftKind]) -> LinearProgram:
        """Let only some kinds give way; none: the problem as it is.

        Parameters
        ----------
        kinds : collection of SoftKind
        """
        upper = self.lp.column_upper.copy()
        for kind, limit in self.limits.items():
            if kind not in kinds:
                upper[limit.columns] = 0.0
                upper[limit.uses] = 0.0
        return replace(self.lp, column_upper=upper)

    def may_help(self, kind: SoftKind, row_duals: Floats) -> bool:
        """Whether a kind touches the conflict that these duals prove; alone it is no way out otherwise.

        Parameters
        ----------
        kind : SoftKind
        row_duals : (n_rows,)
            Of an optimum above 0.
        """
        column = np.repeat(np.arange(self.lp.n_columns), np.diff(self.lp.starts))
        of_kind = np.zeros(self.lp.n_columns, dtype=bool)
        of_kind[self.limits[kind].columns] = True
        of_kind[self.limits[kind].uses] = True
        entries = of_kind[column]
        worth = self.lp.values[entries] * row_duals[self.lp.rows[entries]]
        total = np.bincount(column[entries], weights=worth, minlength=self.lp.n_columns)
        return bool((total > 1e-9 * max(1.0, float(np.abs(self.lp.cost).max(initial=0.0)))).any())


def soften(grouping: Grouping, yielding: Yielding) -> Elastic:
    """Make the program of a grouping's problem elastic.

    Parameters
    ----------
    grouping : Grouping
    yielding : Yielding
        Of the grouping's classes.
    """
    problem = grouping.problem
    model = build(replace(grouping, problem=loosened(problem, yielding)))
    bounds = model.lp.column_lower.copy(), model.lp.column_upper.copy()
    soft = Softening(model, problem, Assembler.extending(model.lp), *bounds)
    limits = soften_levels(soft) | soften_work(soft, yielding)
    lp = soft.assembler.build(soft.assembler.money())
    # The extended program still has the bounds that soft rows have taken over.
    lower = np.concatenate((soft.lower, lp.column_lower[model.lp.n_columns :]))
    upper = np.concatenate((soft.upper, lp.column_upper[model.lp.n_columns :]))
    return Elastic(problem, model, replace(lp, column_lower=lower, column_upper=upper), limits)
