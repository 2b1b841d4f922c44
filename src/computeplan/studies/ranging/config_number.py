"""Find a number of the config by its path, and between which values it can be varied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from typing import Any

import numpy as np

from computeplan.config import Change, Operator, unit_of
from computeplan.config.variation import number_and_unit, quantity
from computeplan.config.yaml.places import dotted, split_path, value_at
from computeplan.errors import ConfigError, UsageError
from computeplan.problem import Goal, Problem
from computeplan.studies.ranging.parameter import SCAN, Kind, Parameter, changed_fields, kind_of, linear_blend
from computeplan.text import did_you_mean, shown_value

PROBE = 0.375
"""Share of the way at which it is seen whether a number acts in a straight line."""
LOWER, HIGHER = (0.0, 0.1, 0.5, 0.9), (2.0, 1.5, 1.1, 1.0)
"""Ends of the search as multiples of the present value; the first that the config allows."""


End = float | None
"""An end of a range; None for that by default."""


def ranges_of(
    of: Sequence[str] | Mapping[str, tuple[End, End]],
    low: End | Sequence[float] = None,
    high: End | Sequence[float] = None,
) -> list[tuple[str, End, End]]:
    """Pair each path with the range in which it is varied.

    `of`: paths, also as ``PATH=FROM:TO``; or the range of each. `low`, `high`: of one path, or one for each
    in order. Raises `UsageError` if there are ends for other than each path, or an end is no number.
    """
    given = dict(of) if isinstance(of, Mapping) else dict(map(_split_range, of))
    if len(given) < len(of):
        raise UsageError(path="--of", expected="each number once")
    lows = _ends("--from", low, [ends[0] for ends in given.values()])
    highs = _ends("--to", high, [ends[1] for ends in given.values()])
    return list(zip(given, lows, highs, strict=True))


def _ends(option: str, stated: End | Sequence[float], own: list[End]) -> list[End]:
    """Take the ends that are stated for all paths, else each one's own."""
    ends: list[End] = [stated] if isinstance(stated, int | float) else list(stated or own)
    if ends != own and any(end is not None for end in own):
        raise UsageError(path=option, expected="either it or --of PATH=FROM:TO", found="both")
    if len(ends) != len(own):
        raise UsageError(
            path=option,
            expected=f"one for each of {len(own)} numbers, in their order",
            found=len(ends),
            hint="or write --of PATH=FROM:TO",
        )
    wrong = next((end for end in ends if end is not None and not isfinite(end)), None)
    if wrong is not None:
        raise UsageError(path=option, expected="a number", found=f"{wrong:g}")
    return ends


def _split_range(text: str) -> tuple[str, tuple[End, End]]:
    """Read ``PATH`` or ``PATH=FROM:TO``; either end may be left out."""
    path, equals, written = text.partition("=")
    low, colon, high = (part.strip() for part in written.partition(":"))
    try:
        ends = (float(low) if low else None, float(high) if high else None)
    except ValueError:
        colon, ends = "", (None, None)
    if equals and not colon:
        raise UsageError(path=f"--of {text}", expected=f"PATH=FROM:TO, such as {path}=0:20")
    return path, ends


@dataclass(frozen=True)
class ConfigNumber:
    """A number of the config."""

    name: str
    """Its path as it is shown."""
    unit: str
    """As it is shown; ``×`` for the factor of a series."""
    value: float
    path: str
    """Where another value is set."""
    suffix: str = ""
    """Unit that the config writes behind it."""

    def change(self, value: float) -> Change:
        """Return the change that sets another value."""
        return Change(self.path, Operator.SET, quantity(float(value), self.suffix))


@dataclass(frozen=True)
class NumberReader:
    """Finds the numbers of a config and how the optimum depends on them."""

    data: dict[str, Any]
    """The config."""
    problem: Problem
    """Of the config."""
    load: Callable[[Sequence[Change]], Problem]
    """Returns the problem of the config with changes."""

    def parameter(self, path: str, low: float | None = None, high: float | None = None) -> Parameter:
        """Find a number of the config, of a reference to a series its factor, and what kind it is.

        Without ends it is varied from 0 to twice its value, as far as the config allows.

        Raises `UsageError`, `ConfigError` if there is no number at the path, the range is empty, or the
        config does not allow an end.
        """
        number = read_number(self.data, path)
        least = self._end(number, low, LOWER)
        most = self._end(number, high, HIGHER)
        if not least <= number.value <= most or least == most:
            raise UsageError(
                path=f"--of {path}",
                expected=f"a range around {number.value:g} {number.unit}".rstrip(),
                found=f"{least:g} to {most:g}",
                hint="state --from and --to",
            )
        return self._make_parameter(number, least, most)

    def default_paths(self) -> list[str]:
        """Name the numbers that are varied by default: the prices of carbon and energy."""
        if self.problem.objective.goal is Goal.CARBON:
            return []
        carbon = ["objective.carbon_price"] if self.problem.objective.carbon_price_per_kg else []
        return carbon + [f"sites.{site}.grid.price" for site in self._sites_with_one_price()]

    def _sites_with_one_price(self) -> list[str]:
        """Sites whose grid price is one number or refers to one series."""
        sites = self.data["sites"]
        prices = {name: value_at(site, ("grid", "price")) for name, site in sites.items()}
        return [
            name
            for name, price in prices.items()
            if (isinstance(price, dict) and "series" in price)
            or (price and not isinstance(price, dict | list))
        ]

    def _make_parameter(self, number: ConfigNumber, low: float, high: float) -> Parameter:
        value, end = number.value, high if high != number.value else low
        other, scan = self._problem_at(number, end), tuple(np.linspace(low, high, SCAN).tolist())
        at = partial(self._problem_at, number)
        varied = Parameter(number.name, number.unit, value, low, high, at, Kind.OTHER, scan)
        kind = kind_of(self.problem, other)
        if kind in {Kind.PRICE, Kind.LIMIT}:
            middle = at(value + PROBE * (end - value))
            blend = linear_blend(self.problem, other, middle, PROBE)
            if blend is not None:
                return replace(varied, at=lambda x: blend((x - value) / (end - value)), kind=kind, stops=())
        stops = self._latency_stops(number, other, low, high)
        return varied if stops is None else replace(varied, kind=Kind.LATENCY, stops=stops)

    def _problem_at(self, number: ConfigNumber, value: float) -> Problem:
        return self.load([number.change(value)])

    def _end(self, number: ConfigNumber, stated: float | None, multiples: tuple[float, ...]) -> float:
        if stated is not None:
            self._problem_at(number, stated)
            return stated
        for multiple in multiples:
            try:
                self._problem_at(number, multiple * number.value)
            except ConfigError:
                continue
            return multiple * number.value
        return number.value

    def _latency_stops(
        self, number: ConfigNumber, other: Problem, low: float, high: float
    ) -> tuple[float, ...] | None:
        """Values at which a site comes within a limit or leaves it; None where it is about something else."""
        network = self.problem.network.latency_ms
        if number.name.endswith("max_latency"):
            stops = network[np.isfinite(network)]
        elif _fields_changed(self.problem, other) == {"network.latency_ms"}:
            stops = _crossings(self.problem, other, number.value, high if high != number.value else low)
        else:
            return None
        return tuple(np.unique(stops[(stops > low) & (stops < high)]).tolist())


def _crossings(problem: Problem, other: Problem, value: float, end: float) -> np.typing.NDArray[np.float64]:
    """Values at which a latency that is another at `end` reaches a limit."""
    now, then = (p.network.latency_ms[p.needs.zone] for p in (problem, other))
    limit = problem.needs.max_latency_ms[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        reached = value + (limit - now) / (then - now) * (end - value)
    return reached[np.isfinite(reached)]


def _fields_changed(one: Problem, other: Problem) -> set[str]:
    try:
        return set(changed_fields(one, other))
    except TypeError:
        return set()


def read_number(data: dict[str, Any], path: str) -> ConfigNumber:
    """Find a number of the config; of a reference to a series, its factor."""
    keys = split_path(path, data)
    found, name = value_at(data, keys), dotted(keys)
    if isinstance(found, dict) and "series" in found:
        return ConfigNumber(f"{name}.scale", "×", float(found.get("scale", 1.0)), f"{path}.scale")
    if written := number_and_unit(found):
        number, unit = written
        return ConfigNumber(name, unit or unit_of(keys, data), number, path, unit)
    raise UsageError(path=f"--of {path}", expected="a number in the config", found=_shown(data, path, found))


def _shown(data: dict[str, Any], path: str, found: Any) -> str:
    if found is not None:
        is_series = isinstance(found, dict | list)
        hint = "; name it in `series` and refer to it, to vary it by a factor" if is_series else ""
        return f"{shown_value(found)}{hint}"
    keys = split_path(path, data)
    parent = value_at(data, keys[:-1])
    near = did_you_mean(str(keys[-1]), [str(key) for key in parent]) if isinstance(parent, dict) else ""
    default = f"to vary a default, write it: --set {path}=VALUE"
    return "; ".join(part for part in ("nothing", near, default) if part)
