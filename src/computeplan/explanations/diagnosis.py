"""Everything there is to say about a config that has no plan."""

from __future__ import annotations

from dataclasses import dataclass, field

from computeplan.explanations.conflict import Conflict
from computeplan.explanations.relaxation import Suggestion
from computeplan.problem import Status


@dataclass(frozen=True)
class Reason:
    """Why no plan can exist."""

    subject: str
    """What it is about, such as ``workload chat`` or ``412 workloads (chat, render, …)``."""
    statement: str
    """What cannot hold, with its numbers."""
    details: tuple[str, ...] = ()
    """What stands in the way, one line each."""

    def data(self) -> dict[str, object]:
        """Give the parts, ready for JSON."""
        return {"subject": self.subject, "statement": self.statement, "details": list(self.details)}

    def __str__(self) -> str:
        return f"{self.subject}: {self.statement}"


@dataclass(frozen=True)
class WaysOut:
    """What makes an infeasible problem feasible."""

    status: Status = Status.INFEASIBLE
    """``infeasible``; ``optimal`` if nothing has to give way, ``no_plan`` if a limit was reached first."""
    suggestions: tuple[Suggestion, ...] = ()
    """The least change first, then what suffices alone. Each has been tried."""
    conflict: Conflict | None = None
    """Requirements and limits that cannot hold together."""
    note: str = ""
    """Why there is no suggestion, if there is none."""


@dataclass(frozen=True)
class Diagnosis:
    """Why a config has no plan, and what would give it one."""

    status: Status
    """``infeasible`` or ``unbounded``; ``optimal`` if the config has a plan, ``no_plan`` if that was not
    found out."""
    reasons: tuple[Reason, ...] = ()
    """What rules out every plan alone, found without a solver; or what makes the problem unbounded."""
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
