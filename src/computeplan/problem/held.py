"""What happened before a time, which a plan for the rest cannot change."""

from __future__ import annotations

from dataclasses import dataclass

from computeplan.problem.arrays import Ints, ReadOnlyArrays
from computeplan.problem.solution import Decisions, Work


@dataclass(frozen=True, eq=False)
class Held(ReadOnlyArrays):
    """The past of a plan: the periods before `until`, and what is decided once for the whole horizon.

    The problem stays that of the whole horizon, so that backlogs, volumes, peaks, budgets and caps are
    counted from its start; what is held is the part of the answer that is known.
    """

    until: int
    """Periods that are over."""
    class_of: Ints
    """(W,) class of each workload; those of a class did the same part of their work."""
    work: Work
    """Work and shortfall of the classes in the past, all of it."""
    decisions: Decisions
    """What was decided once, and what was done in the past; the rest of the arrays has no meaning."""
    holds_supply: bool
    """Whether contracts, sales, routes and rented units of the past are known as well. Batteries always are;
    what comes from the grid follows."""
