"""Wall time of each stage of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import ParamSpec, TypeVar

Item = TypeVar("Item")
Params = ParamSpec("Params")
Result = TypeVar("Result")


class StageClock:
    """Adds up the seconds spent in named stages."""

    def __init__(self) -> None:
        self.times_s: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the body of a ``with`` statement."""
        start = perf_counter()
        try:
            yield
        finally:
            self._add(name, perf_counter() - start)

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
            start = perf_counter()
            try:
                item = next(source)
            except StopIteration:
                return
            finally:
                spent = perf_counter() - start
                self._add(name, spent)
                self._add(out_of, -spent)
            yield item

    def _add(self, name: str, seconds: float) -> None:
        self.times_s[name] = self.times_s.get(name, 0.0) + seconds
