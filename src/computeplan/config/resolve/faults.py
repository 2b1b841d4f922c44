"""Collects faults, so that a person sees all of them at once."""

from __future__ import annotations

from computeplan.errors import ConfigError, Fault


class Faults:
    """Faults found so far."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, path: str, expected: str, found: str, hint: str = "") -> None:
        """Note a fault of the config at a dotted path."""
        self._found.append(Fault(path, expected, found, hint))

    def add_fault(self, fault: Fault) -> None:
        """Note a fault that names its own file."""
        self._found.append(fault)

    def raise_any(self) -> None:
        """Raise all faults together.

        Raises
        ------
        ConfigError
            If there are any.
        """
        if self._found:
            raise ConfigError(self._found)
