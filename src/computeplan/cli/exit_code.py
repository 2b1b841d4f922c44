"""What the exit codes mean."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    SOLVED = 0
    INTERNAL = 1
    USAGE = 2
    INFEASIBLE = 3
    LIMIT = 4
    AUDIT = 5
    INTERRUPTED = 130
