"""What an elastic solve answered, to be put into words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from computeplan.config import SettingPaths
from computeplan.explain.relax.suggestion import Rounding
from computeplan.grouping import Grouping
from computeplan.lp.elastic import Elastic, SoftKind
from computeplan.problem import Bools, Floats, Ints, Problem

GIVES = 1e-9
"""Relief above this share of the largest of its kind, or of a unit, is more than a solver's rounding."""


@dataclass(frozen=True, eq=False)
class Homes:
    """Where each workload of a problem is described.

    Attributes
    ----------
    settings : SettingPaths
    of : tuple of str
        Path of each workload's description; empty for rows of tables.
    """

    settings: SettingPaths
    of: tuple[str, ...]


def homes(problem: Problem, settings: SettingPaths) -> Homes:
    """Find where each workload is described."""
    owners = [problem.companies.names[c] for c in problem.workloads.company.tolist()]
    pairs = zip(problem.workloads.names, owners, strict=True)
    return Homes(settings, tuple(settings.home(name, owner) for name, owner in pairs))


@dataclass(frozen=True, eq=False)
class Answer:
    """The reliefs that one solve of the elastic program chose.

    Attributes
    ----------
    problem : Problem
        Unmerged.
    grouping : Grouping
        Its merged problem is the elastic program's.
    elastic : Elastic
    values, row_duals : (…)
    homes : Homes
    rounding : Rounding
    """

    problem: Problem
    grouping: Grouping
    elastic: Elastic
    values: Floats
    row_duals: Floats
    homes: Homes
    rounding: Rounding

    def relief(self, kind: SoftKind) -> tuple[Ints, Floats]:
        """Which limits of a kind give way, and by how much.

        Returns
        -------
        index : (k,)
            Into the limits of the kind.
        amount : (k,)
            In natural units.
        """
        limit = self.elastic.limits.get(kind)
        if limit is None:
            return np.zeros(0, np.int64), np.zeros(0)
        amount = self.values[limit.columns]
        index = np.flatnonzero(amount > GIVES * max(1.0, float(amount.max(initial=0.0))))
        return index, amount[index]

    def used(self, kind: SoftKind, index: int) -> Bools:
        """(T,) periods that use a relief; none if it has no periods."""
        uses = self.elastic.limits[kind].uses[index]
        found = np.zeros(self.problem.horizon.size, dtype=bool)
        if len(uses):
            amount = self.values[uses]
            found[:] = amount > GIVES * max(1.0, float(amount.max(initial=0.0)))
        return found

    @cached_property
    def size(self) -> float:
        """Size of everything that gives way."""
        return float(self.elastic.lp.cost @ self.values)

    @cached_property
    def kinds(self) -> frozenset[SoftKind]:
        """What gives way."""
        return frozenset(kind for kind in self.elastic.limits if len(self.relief(kind)[0]))
