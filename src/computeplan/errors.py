"""Errors that a person can act on.

::

    ComputeplanError
    ├── ConfigError        the config or an input it names is wrong        exit code 2
    ├── UsageError         the command or its arguments are wrong          exit code 2
    ├── SolverError        the solver is missing or failed                 exit code 1
    ├── MemoryLimitError   the problem does not fit into memory            exit code 4
    └── PlanFolderError    the plan folder cannot be written or read       exit code 2
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input.

    Attributes
    ----------
    path : str
        Where in the config, such as ``sites.hami.pue``; empty for the file as a whole.
    expected, found : str
        What should be there and what is.
    hint : str
        What to do about it; may be empty.
    file : str
        File in which the fault stands.
    line, column : int
        Position in the file from 1; 0 where it is not known.
    """

    path: str
    expected: str
    found: str
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}" if self.column else f":{self.line}"
        where = " ".join(part for part in (place, self.path) if part)
        text = f"{where}: expected {self.expected}, got {self.found}"
        return f"{text}; {self.hint}" if self.hint else text


class ComputeplanError(Exception):
    """Base of all errors that this package raises on purpose."""


class ConfigError(ComputeplanError):
    """The config is wrong; carries every fault found.

    Parameters
    ----------
    faults : sequence of Fault
        At least one.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class UsageError(ComputeplanError):
    """The command or its arguments are wrong."""


class SolverError(ComputeplanError):
    """The solver is missing, refused the problem or failed."""


class MemoryLimitError(ComputeplanError):
    """The problem does not fit into memory."""


class PlanFolderError(ComputeplanError):
    """The plan folder cannot be written or read."""
