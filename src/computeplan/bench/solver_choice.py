"""Which solvers are measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from computeplan.errors import UsageError
from computeplan.solvers.options import Method


@dataclass(frozen=True)
class SolverChoice:
    """A solver and its algorithm.

    Attributes
    ----------
    name : str
    method : Method
        Algorithm of HiGHS; other solvers have their own.
    """

    name: str
    method: Method = Method.AUTO

    def __str__(self) -> str:
        return self.name if self.method is Method.AUTO else f"{self.name}:{self.method}"


def solver_choices(texts: Iterable[str]) -> tuple[SolverChoice, ...]:
    """Read solvers from the words of a command line, each once.

    Parameters
    ----------
    texts : iterable of str
        Such as ``highs``, ``highs:ipm``, ``highs,cbc``.

    Raises
    ------
    UsageError
        If a word is wrong. Whether there is such a solver shows when it is asked.
    """
    return tuple(dict.fromkeys(_choice(word) for text in texts for word in text.split(",")))


def _choice(text: str) -> SolverChoice:
    name, _, method = text.partition(":")
    if method not in ("", *Method):
        raise UsageError(f"--solver {text}: expected a method of {', '.join(Method)}, got {method!r}")
    if name != "highs" and method not in ("", Method.AUTO):
        raise UsageError(f"--solver {text}: only highs has methods")
    return SolverChoice(name, Method(method or Method.AUTO))
