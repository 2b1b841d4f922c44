"""One measured run, as it stands in the results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STAGES = ("read", "reduce", "build", "solve", "expand", "audit", "write")
"""What a run does, in order."""

FAILED, TIMEOUT, SKIPPED = "failed", "timeout", "skipped"
"""Outcomes beside the statuses of a plan; skipped: a smaller instance ran out of time."""

ANSWERS = ("optimal", "infeasible", "unbounded")
"""Statuses that answer the question."""


@dataclass(frozen=True)
class Run:
    """What one child process did.

    Attributes
    ----------
    instance : str
        Its name.
    solver : str
        As asked for, such as ``highs:ipm``.
    repeat : int
        From 1.
    status : str
        A plan's status, or ``failed``, ``timeout`` or ``skipped``.
    message : str
        Why there is no answer.
    config_sha256 : str
        Of config, inputs, scenario and overrides: the same where the same was solved.
    objective, bound, gap : float, optional
        Recomputed by the audit.
    audit_passed : bool, optional
        Absent without a plan.
    wall_s, cpu_s : mapping of str to float
        Seconds of each stage; processor time on all cores. Empty unless the run came to its end.
    process_s, process_cpu_s : float, optional
        Of the whole child process, with its start and a first small plan that loads everything.
    peak_mb : float, optional
        Most memory of the child process, or of a solver that it started if that is more.
    size : mapping of str to int
        Of the problem and its linear program.
    solver_version : str
    iterations : int
    """

    instance: str
    solver: str
    repeat: int
    status: str
    message: str = ""
    config_sha256: str = ""
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    audit_passed: bool | None = None
    wall_s: Mapping[str, float] = field(default_factory=dict)
    cpu_s: Mapping[str, float] = field(default_factory=dict)
    process_s: float | None = None
    process_cpu_s: float | None = None
    peak_mb: float | None = None
    size: Mapping[str, int] = field(default_factory=dict)
    solver_version: str = ""
    iterations: int = 0

    @property
    def total_s(self) -> float | None:
        """Seconds of all stages together."""
        return sum(self.wall_s.values()) if self.wall_s else None

    @property
    def is_answer(self) -> bool:
        """Whether the run came to an answer, and the audit agrees."""
        return self.status in ANSWERS and self.audit_passed is not False
