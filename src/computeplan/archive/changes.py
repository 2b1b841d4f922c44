"""What is different between two plans: inputs, cost and carbon, placement, what binds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from computeplan.api import Run
from computeplan.archive.placement import PlacementChanges, placement_changes
from computeplan.errors import PlanFolderError
from computeplan.plan.plan import Solution
from computeplan.plan.scarcity import Limit, scarcities

SAME = 1e-9
"""Relative difference up to which two numbers are the same."""


@dataclass(frozen=True)
class Change:
    """One thing before and after; nothing where it was not there.

    Attributes
    ----------
    what : str
    before, after : object
    """

    what: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Changes:
    """All differences of two plans.

    Attributes
    ----------
    inputs : tuple of Change
        Settings of the config by path, input files by name (their hashes), solver options.
    figures : tuple of Change
        Status, cost by part, penalty, emissions on the three bases in t; also what is the same.
    placement : PlacementChanges
    limits : tuple of Change
        What binding limits are worth in objective units, by kind and name.
    """

    inputs: tuple[Change, ...]
    figures: tuple[Change, ...]
    placement: PlacementChanges
    limits: tuple[Change, ...]


def compare(before: Run, after: Run) -> Changes:
    """Find what changed from one plan to another.

    Parameters
    ----------
    before, after : Run
        Workloads, companies and sites are the same where they have the same name.

    Returns
    -------
    Changes

    Raises
    ------
    PlanFolderError
        If one of them has no plan.
    """
    sides = [(run.plan.problem, _solved(run)) for run in (before, after)]
    return Changes(
        inputs=tuple(_inputs(before, after)),
        figures=tuple(_figures(before, after)),
        placement=placement_changes(*sides),
        limits=tuple(_limits(before, after)),
    )


def _solved(run: Run) -> Solution:
    if run.plan.solution is None:
        raise PlanFolderError(f"there is no plan to compare: the status is {run.plan.status}")
    return run.plan.solution


def _inputs(before: Run, after: Run) -> Iterator[Change]:
    yield from _leaves("", before.loaded.config.data, after.loaded.config.data)
    files = [{file.path: file.sha256 for file in run.loaded.config.inputs} for run in (before, after)]
    yield from _leaves("file", *files)
    yield from _leaves("option", asdict(before.options), asdict(after.options))


def _leaves(path: str, before: Any, after: Any) -> Iterator[Change]:
    """Compare nested mappings and lists value by value."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _leaves(f"{path}.{key}" if path else str(key), before.get(key), after.get(key))
    elif _is_list(before) and _is_list(after) and len(before) == len(after):
        for place, pair in enumerate(zip(before, after, strict=True)):
            yield from _leaves(f"{path}.{place}", *pair)
    elif before != after:
        yield Change(path, before, after)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _figures(before: Run, after: Run) -> Iterator[Change]:
    one, two = before.summary(), after.summary()
    for name in ("status", "objective"):
        yield Change(name, one[name], two[name])
    for group in ("cost", "emissions_t"):
        pair = (one[group], two[group])
        amounts = [amount if isinstance(amount, Mapping) else {} for amount in pair]
        yield from (
            Change(f"{group}.{name}", amounts[0].get(name), amounts[1].get(name)) for name in amounts[0]
        )
    yield Change("shortfall_unit_h", one["shortfall_unit_h"], two["shortfall_unit_h"])


def _limits(before: Run, after: Run) -> Iterator[Change]:
    one, two = _worth(before), _worth(after)
    for limit, name in dict.fromkeys((*one, *two)):
        pair = (one.get((limit, name), 0.0), two.get((limit, name), 0.0))
        if not np.isclose(*pair, rtol=SAME, atol=SAME):
            yield Change(f"{limit.value} {name}", *pair)


def _worth(run: Run) -> dict[tuple[Limit, str], float]:
    """Worth of every limit that binds."""
    prices = _solved(run).prices
    found = scarcities(run.plan.problem, prices) if prices else ()
    return {
        (scarcity.limit, scarcity.names[thing]): float(scarcity.worth[thing])
        for scarcity in found
        for thing in np.flatnonzero(scarcity.worth > 0).tolist()
    }
