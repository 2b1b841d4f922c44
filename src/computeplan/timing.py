"""Wall and processor time of each stage of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter, process_time
from typing import ParamSpec, TypeVar

Item = TypeVar("Item")
Params = ParamSpec("Params")
Result = TypeVar("Result")


class StageClock:
    """Adds up the seconds spent in named stages.

    `times_s`: wall time of each stage. `cpu_s`: processor time of the process and its ended children
    meanwhile, on all cores.
    """

    def __init__(self) -> None:
        self.times_s: dict[str, float] = {}
        self.cpu_s: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the body of a ``with`` statement."""
        start = _now()
        try:
            yield
        finally:
            self._add(name, *_since(start))

    def timed(self, name: str, function: Callable[Params, Result]) -> Callable[Params, Result]:
        """Make a function whose calls are timed."""

        def call(*args: Params.args, **kwargs: Params.kwargs) -> Result:
            with self.stage(name):
                return function(*args, **kwargs)

        return call

    def pulled(self, name: str, items: Iterable[Item], out_of: str) -> Iterator[Item]:
        """Time the making of items that another stage, `out_of`, consumes one by one."""
        source = iter(items)
        while True:
            start = _now()
            try:
                item = next(source)
            except StopIteration:
                return
            finally:
                wall_s, cpu_s = _since(start)
                self._add(name, wall_s, cpu_s)
                self._add(out_of, -wall_s, -cpu_s)
            yield item

    def _add(self, name: str, wall_s: float, cpu_s: float) -> None:
        self.times_s[name] = self.times_s.get(name, 0.0) + wall_s
        self.cpu_s[name] = self.cpu_s.get(name, 0.0) + cpu_s


def _now() -> tuple[float, float]:
    """Wall and processor time so far; solvers such as CBC work in a child."""
    children = os.times()
    return perf_counter(), process_time() + children.children_user + children.children_system


def _since(start: tuple[float, float]) -> tuple[float, float]:
    wall_s, cpu_s = _now()
    return wall_s - start[0], cpu_s - start[1]
