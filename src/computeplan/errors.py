"""Errors that a person can act on.

::

    ComputeplanError
    ├── ConfigError        the config or an input it names is wrong        exit code 2
    ├── SourceError        a file to import is wrong                       exit code 2
    ├── UsageError         the command or its arguments are wrong          exit code 2
    ├── SolverError        the solver is missing or failed                 exit code 1
    ├── MemoryLimitError   the problem does not fit into memory            exit code 4
    └── PlanFolderError    the plan folder cannot be written or read       exit code 2
        └── AuditError     the plan fails its audit                        exit code 5
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input."""

    path: str
    """Where in the config, such as ``sites.hami.pue``; empty for the file as a whole."""
    expected: str
    found: str
    """What should be there and what is."""
    hint: str = ""
    """What to do about it; may be empty."""
    file: str = ""
    """File in which the fault stands."""
    line: int = 0
    column: int = 0
    """Position in the file from 1; 0 where it is not known."""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}" if self.column else f":{self.line}"
        where = " ".join(part for part in (place, self.path) if part)
        text = f"{where}: expected {self.expected}" if where else f"expected {self.expected}"
        text += f", got {self.found}" if self.found else ""
        return f"{text}; {self.hint}" if self.hint else text


class ComputeplanError(Exception):
    """Base of all errors that this package raises on purpose; its fields are for programs that show them.

    Parameters
    ----------
    message : str
        What is wrong, in words; made of the fields where it is left out.

    Attributes
    ----------
    faults : tuple of Fault
        Everything that is wrong; the fields below are those of the first.
    path : str
        Setting, option or file that is wrong; empty where the error is about none.
    line : int
        Line of its file from 1; 0 where it is not known.
    expected, found : str
        What should be there and what is; empty where the message alone says it.
    hint : str
        What to do about it; may be empty.
    """

    def __init__(
        self,
        message: object = "",
        *,
        path: object = "",
        expected: str = "",
        found: object = "",
        hint: str = "",
    ) -> None:
        self.faults: tuple[Fault, ...] = (Fault(str(path), expected, str(found), hint),)
        said = "; ".join(filter(None, (str(message), hint)))
        super().__init__(said if message else str(self.faults[0]))

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> Self:
        """Make one error of all faults."""
        error = cls("\n".join(map(str, faults)))
        error.faults = tuple(faults)
        return error

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), *self.args), self.__dict__

    @property
    def path(self) -> str:
        """Setting, option or file that is wrong."""
        return self.faults[0].path or self.faults[0].file

    @property
    def line(self) -> int:
        """Line of its file from 1; 0 where it is not known."""
        return self.faults[0].line

    @property
    def expected(self) -> str:
        """What should be there."""
        return self.faults[0].expected

    @property
    def found(self) -> str:
        """What is there."""
        return self.faults[0].found

    @property
    def hint(self) -> str:
        """What to do about it."""
        return self.faults[0].hint


def _restore(kind: type[ComputeplanError], *args: str) -> ComputeplanError:
    """Make an error that comes out of another process; its fields follow."""
    return kind.__new__(kind, *args)


class ConfigError(ComputeplanError):
    """The config is wrong; carries every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> Self:
        """Make one error of all faults."""
        return cls(faults)


class Faults:
    """The faults found so far: all are reported together, so that a person sees them at once."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, path: str, expected: str, found: str, hint: str = "") -> None:
        """Add a fault of the config at a dotted path."""
        self._found.append(Fault(path, expected, found, hint))

    def add_fault(self, fault: Fault) -> None:
        """Add a fault that names its own file."""
        self._found.append(fault)

    def raise_any(self) -> None:
        """Raise all faults as one `ConfigError`, if there are any."""
        if self._found:
            raise ConfigError(self._found)


class UsageError(ComputeplanError):
    """The command or its arguments are wrong."""


class SourceError(ComputeplanError):
    """A file to import is wrong; carries every fault found."""


class SolverError(ComputeplanError):
    """The solver is missing, refused the problem or failed."""


class MemoryLimitError(ComputeplanError):
    """The problem does not fit into memory."""


class PlanFolderError(ComputeplanError):
    """The plan folder cannot be written or read."""


class AuditError(PlanFolderError):
    """The plan fails its audit, so nothing is said about it."""
