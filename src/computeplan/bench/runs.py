"""A measured run: what a child process is asked and what it did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

STAGES = ("read", "reduce", "build", "solve", "divide", "expand", "audit", "write")
"""What a run does, in order."""
FAILED, TIMEOUT, SKIPPED = "failed", "timeout", "skipped"
"""Outcomes other than the statuses of a plan; skipped: a smaller instance ran out of time."""
ANSWERS = ("optimal", "infeasible", "unbounded")
"""Statuses that answer the question."""


@dataclass(frozen=True)
class Measurement:
    """What one child process did.

    `wall_s` and `cpu_s` are seconds of each stage, empty unless the run came to its end. `process_s` is of
    the whole process, with its start and a first small plan that loads everything; `peak_mb` is its most
    memory, or that of a solver that it started. `config_sha256` covers config, inputs, scenario, overrides.
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


@dataclass(frozen=True)
class ProcessJob:
    """What a child process is asked: one solve of one config, or of none to see whether the solver works."""

    config: str
    solver: str
    method: str
    threads: int | None = None
    scenario: str | None = None
    overrides: tuple[str, ...] = ()
    allow_paths: tuple[str, ...] = ()

    def write(self, path: Path) -> None:
        """Write the job into a file."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @staticmethod
    def read(path: Path) -> ProcessJob:
        """Read the job of a file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        lists = {name: tuple(data[name]) for name in ("overrides", "allow_paths")}
        return ProcessJob(**{**data, **lists})
