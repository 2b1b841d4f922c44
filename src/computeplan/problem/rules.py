"""Rules on the work of a set of workloads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from computeplan.problem.arrays import Bools, Floats, ReadOnlyArrays


class RuleMeasure(StrEnum):
    """What a rule limits.

    ``least_share``, ``most_share``: the share of the set's work that is done at the rule's sites.
    ``cost``: list cost of the set's work, currency. ``carbon``: its emissions on the location basis, kg.
    """

    LEAST_SHARE = "least_share"
    MOST_SHARE = "most_share"
    COST = "cost"
    CARBON = "carbon"

    @property
    def is_share(self) -> bool:
        """Whether it is a share of work."""
        return self in (RuleMeasure.LEAST_SHARE, RuleMeasure.MOST_SHARE)


@dataclass(frozen=True, eq=False)
class Rules(ReadOnlyArrays):
    """Rules *u*, each on the whole horizon.

    *List cost* of a unit·h: price of the busy unit·h (of a reserved pool: of the booked one), its energy at
    busy power and at the grid's price, traffic, and extra cost. What is shared by all, such as idle energy,
    demand charges and contracts, is not in it, so that it is linear in the work. *Emissions* count that
    energy with the grid's location factor, and the traffic's.

    Attributes
    ----------
    names : tuple of str
    measure : tuple of RuleMeasure
    member : (U, W)
        Workloads of the set.
    site : (U, S)
        Sites of a share; all False for the other measures.
    limit : (U,)
        Share of work, currency, or kg over the horizon.
    """

    names: tuple[str, ...]
    measure: tuple[RuleMeasure, ...]
    member: Bools
    site: Bools
    limit: Floats

    @property
    def size(self) -> int:
        """Number of rules U."""
        return len(self.names)


def no_rules(workloads: int, sites: int) -> Rules:
    """Rules of a problem without any.

    Parameters
    ----------
    workloads, sites : int
        Numbers of the problem.
    """
    none = np.zeros((0, workloads), dtype=bool)
    return Rules((), (), none, np.zeros((0, sites), dtype=bool), np.zeros(0))
