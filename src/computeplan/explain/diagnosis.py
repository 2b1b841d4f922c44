"""Everything there is to say about a config that has no plan."""

from __future__ import annotations

from dataclasses import dataclass, field

from computeplan.explain.reason import Reason
from computeplan.explain.relax.search import WaysOut
from computeplan.problem import Status


@dataclass(frozen=True)
class Diagnosis:
    """Why a config has no plan, and what would give it one.

    Attributes
    ----------
    status : Status
        ``infeasible`` or ``unbounded``; ``optimal`` if the config has a plan, ``no_plan`` if that was not
        found out.
    reasons : tuple of Reason
        What rules out every plan alone, found without a solver; or what makes the problem unbounded.
    ways_out : WaysOut
    """

    status: Status
    reasons: tuple[Reason, ...] = ()
    ways_out: WaysOut = field(default_factory=WaysOut)

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        conflict = self.ways_out.conflict
        return {
            "reasons": [reason.data() for reason in self.reasons],
            "conflict": conflict.data() if conflict else None,
            "relaxations": [suggestion.data() for suggestion in self.ways_out.suggestions],
            "note": self.ways_out.note,
        }
