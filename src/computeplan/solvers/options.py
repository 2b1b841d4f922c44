"""Options of a solver and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from logging import DEBUG, Logger
from threading import Event
from typing import Any

from computeplan.errors import UsageError
from computeplan.problem import Floats, Status
from computeplan.progress import Monitor
from computeplan.text import expected_one_of, shown_value
from computeplan.vocabulary import Method

PROVEN = 1e-6
"""Relative gap up to which an answer in whole numbers counts as optimal."""
OWN_OPTIONS = "values by name"
"""What a solver's own options are, in the words of a message."""


@dataclass(frozen=True)
class Capabilities:
    """What a solver can do; it is asked for nothing else."""

    integers: bool
    """Programs with whole numbers."""
    bound: bool
    """A lower bound of every program with whole numbers, without which they stay unproved."""
    duals: bool
    """Duals of programs without whole numbers, without which these stay unproved and nothing has a price."""


class StopSignal:
    """Asks running solvers to stop; what they found until then is their answer.

    It stays in its process: a copy is another one, which is not set.
    """

    def __init__(self, outer: StopSignal | None = None) -> None:
        """Make a signal that is set too once an outer one is."""
        self._event, self._outer = Event(), outer

    def __reduce__(self) -> tuple[type[StopSignal], tuple[()]]:
        return StopSignal, ()

    def set(self) -> None:
        """Stop every solver that was given this."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether solvers are to stop."""
        return self._event.is_set() or (self._outer is not None and self._outer.is_set())


@dataclass(frozen=True)
class SolverOptions:
    """How to solve."""

    name: str = "highs"
    """``highs`` (arrays handed over directly), ``clarabel`` (an interior point without a basis),
    ``staircase`` (our own interior point, for many periods), ``auto`` (one of the first two, by the shape of
    the program) or the name of a solver that PuLP finds, such as ``cbc``."""
    time_limit_s: float | None = None
    """Wall time of each plan, from the call that makes it to the solver's end; its audit comes on top."""
    threads: int | None = None
    """Most threads; the solver's default where absent."""
    method: Method = Method.AUTO
    """Used by HiGHS only; one that is stated makes ``auto`` take HiGHS."""
    gap: float = PROVEN
    """Relative gap at which a mixed-integer program is solved well enough."""
    options: Mapping[str, bool | int | float | str] = field(default_factory=dict, hash=False)
    """The named solver's own options, such as ``{"random_seed": 7}`` of HiGHS."""
    stop: StopSignal | None = field(default=None, compare=False, repr=False)
    """Ends the solver early."""
    monitor: Monitor | None = field(default=None, compare=False, repr=False)
    """Hears how far a solve is."""

    @property
    def is_stopped(self) -> bool:
        """Whether the solver is to stop, or not to start."""
        return self.stop is not None and self.stop.is_set()

    def enter(self, stage: str, log: Logger, *, ends_soon: bool = False) -> None:
        """Say that a stage begins, to who listens and in a log; see `Monitor.enter`."""
        self.note(log, "%s", stage)
        if self.monitor is not None:
            self.monitor.enter(stage, ends_soon=ends_soon)

    def is_heard(self, log: Logger) -> bool:
        """Whether somebody wants the solver's own log; what is solved meanwhile would be mixed in."""
        return self.monitor is not None and log.isEnabledFor(DEBUG)

    def note(self, log: Logger, message: str, *parts: object) -> None:
        """Log something about a solve, unless nobody hears of it."""
        if self.monitor is not None:
            log.info(message, *parts)

    def muted(self) -> SolverOptions:
        """Give the same options for what is solved meanwhile: nobody hears of it, but it can be stopped."""
        return replace(self, monitor=None)

    def within_stage(self) -> SolverOptions:
        """Give the same options for one of many solves of a stage: its own stages are only logged."""
        return replace(self, monitor=None if self.monitor is None else Monitor())

    def data(self) -> dict[str, Any]:
        """Give what decides the answer, ready for JSON."""
        found = {each.name: getattr(self, each.name) for each in fields(self) if each.compare}
        return found | {"options": dict(self.options)}

    def changed(self, changes: Mapping[str, Any]) -> SolverOptions:
        """Replace some fields; a solver's own options go with it, and are replaced one by one.

        Raises
        ------
        UsageError
            If there is no such field or method, or the solver's own options have no names.
        """
        known = ["stop", *(each.name for each in fields(self) if each.compare)]
        for name in changes:
            if name not in known:
                raise UsageError(path="options", **expected_one_of(known, name))
        method = str(changes.get("method", self.method))
        if method not in list(Method):
            raise UsageError(path="options.method", **expected_one_of(Method, method))
        kept, own = (
            self.options if changes.get("name", self.name) == self.name else {},
            changes.get("options", {}),
        )
        if not isinstance(own, Mapping):
            raise UsageError(path="options.options", expected=OWN_OPTIONS, found=shown_value(own))
        return replace(self, **{**changes, "method": Method(method), "options": {**kept, **own}})


@dataclass(frozen=True, eq=False)
class SolverResult:
    """A solver's answer, in one vocabulary for all solvers."""

    status: Status
    values: Floats | None
    """(n_columns,) absent without a plan."""
    row_duals: Floats | None
    """(n_rows,) change of the objective with each right-hand side; absent where the solver gives none."""
    objective: float | None
    """As the solver states it."""
    solver: str
    version: str
    detail: str
    """The solver's own word for the status."""
    iterations: int = 0
    """0 where unknown."""
    bound: float | None = None
    """No solution is better, as the solver says; of mixed-integer programs only."""

    @classmethod
    def stopped(cls, solver: str, version: str, detail: str) -> SolverResult:
        """Give the result of a solve that was stopped before it had an answer."""
        return cls(Status.NO_PLAN, None, None, None, solver, version, detail)
