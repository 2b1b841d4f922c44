"""A number of the config by its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from computeplan.config.places import dotted, split_path, value_at
from computeplan.config.words import did_you_mean, shown_value
from computeplan.errors import ConfigError, UsageError
from computeplan.problem import Goal, Problem
from computeplan.studies.ranging.parameter import Kind, Parameter, differences, kind_of, straight

NUMBER = re.compile(r"\s*([-+]?(?:\d[\d_,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*")
SCAN = 9
"""Values of a number that is neither price nor limit nor latency."""
PROBE = 0.375
"""Share of the way at which it is seen whether a number acts in a straight line."""
LOWER, HIGHER = (0.0, 0.1, 0.5, 0.9), (2.0, 1.5, 1.1, 1.0)
"""Ends of the search as multiples of the present value; the first that the config allows."""


@dataclass(frozen=True)
class Written:
    """A number as the config writes it.

    Attributes
    ----------
    name, unit : str
    value : float
    template : str
        Override that sets another value, with ``{}`` for the number.
    """

    name: str
    unit: str
    value: float
    template: str


@dataclass(frozen=True)
class Reader:
    """Reads a config with other values.

    Attributes
    ----------
    data : dict
        The config as it stands.
    problem : Problem
        Of the config as it stands.
    load : callable
        Gives the problem of the config with other values, ``path=value`` each.
    """

    data: dict[str, Any]
    problem: Problem
    load: Callable[[Sequence[str]], Problem]

    def parameter(self, path: str, low: float | None = None, high: float | None = None) -> Parameter:
        """Find a number of the config and what kind it is.

        Parameters
        ----------
        path : str
            Such as ``sites.hami.pools.gpu.price``; a reference to a series is varied by its factor.
        low, high : float, optional
            Between which it is varied; default 0 and twice its value, as far as the config allows.

        Raises
        ------
        UsageError
            If there is no number at the path, or the range is empty.
        ConfigError
            If the config does not allow `low` or `high`.
        """
        written = _written(self.data, path)
        least = self._end(written, low, LOWER)
        most = self._end(written, high, HIGHER)
        if not least <= written.value <= most or least == most:
            raise UsageError(
                f"--of {path}: expected a range around {written.value:g}, got {least:g} to {most:g}; "
                "state --from and --to"
            )
        return self._of_kind(written, least, most)

    def usual(self) -> list[str]:
        """Name the numbers that are varied unless others are asked for: the prices of carbon and energy."""
        if self.problem.objective.goal is Goal.CARBON:
            return []
        carbon = ["objective.carbon_price"] if self.problem.objective.carbon_price_per_kg else []
        return carbon + [f"sites.{site}.grid.price" for site in self._with_one_price()]

    def _with_one_price(self) -> list[str]:
        """Sites whose grid price is one number or refers to one series."""
        sites = self.data["sites"]
        prices = {name: value_at(site, ("grid", "price")) for name, site in sites.items()}
        return [
            name
            for name, price in prices.items()
            if (isinstance(price, dict) and "series" in price)
            or (price and not isinstance(price, dict | list))
        ]

    def _of_kind(self, written: Written, low: float, high: float) -> Parameter:
        value = written.value
        end = high if high != value else low
        other = self._at(written, end)
        kind, blend = kind_of(self.problem, other), None
        at: Callable[[float], Problem] = lambda x: self._at(written, x)  # noqa: E731 - a closure, not a name
        if kind in {Kind.PRICE, Kind.LIMIT}:
            middle = self._at(written, value + PROBE * (end - value))
            blend = straight(self.problem, other, middle, PROBE)
        if blend is not None:
            way = blend
            at = lambda x: way((x - value) / (end - value))  # noqa: E731
            return Parameter(written.name, written.unit, value, low, high, at, kind)
        stops = self._latencies(written, other, low, high)
        if stops is not None:
            return Parameter(written.name, written.unit, value, low, high, at, Kind.LATENCY, stops)
        scan = tuple(np.linspace(low, high, SCAN).tolist())
        return Parameter(written.name, written.unit, value, low, high, at, Kind.OTHER, scan)

    def _at(self, written: Written, value: float) -> Problem:
        return self.load([written.template.format(repr(float(value)))])

    def _end(self, written: Written, stated: float | None, multiples: tuple[float, ...]) -> float:
        if stated is not None:
            self._at(written, stated)
            return stated
        for multiple in multiples:
            try:
                self._at(written, multiple * written.value)
            except ConfigError:
                continue
            return multiple * written.value
        return written.value

    def _latencies(
        self, written: Written, other: Problem, low: float, high: float
    ) -> tuple[float, ...] | None:
        """Values at which a site comes within a limit or leaves it; None where it is about something else."""
        network = self.problem.network.latency_ms
        if written.name.endswith("max_latency"):
            stops = network[np.isfinite(network)]
        elif _names(self.problem, other) == {"network.latency_ms"}:
            stops = _crossings(self.problem, other, written.value, high if high != written.value else low)
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


def _names(one: Problem, other: Problem) -> set[str]:
    try:
        return set(differences(one, other))
    except TypeError:
        return set()


def _written(data: dict[str, Any], path: str) -> Written:
    keys = split_path(path, data)
    found, name = value_at(data, keys), dotted(keys)
    if isinstance(found, dict) and "series" in found:
        return Written(f"{name}.scale", "×", float(found.get("scale", 1.0)), f"{path}.scale={{}}")
    match = NUMBER.fullmatch(found) if isinstance(found, str) else None
    if match:
        unit = match.group(2)
        number = float(re.sub("[_,]", "", match.group(1)))
        return Written(name, unit, number, f"{path}={{}} {unit}".rstrip())
    if isinstance(found, int | float) and not isinstance(found, bool):
        return Written(name, "", float(found), f"{path}={{}}")
    raise UsageError(f"--of {path}: expected a number in the config, found {_shown(data, path, found)}")


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
