"""The frontiers of one config with their proof: what they answer without solving, their tables and folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.arguments import checked
from computeplan.errors import PlanFolderError, UsageError
from computeplan.explanations import Reason
from computeplan.folder.contents import FRONTIER, SUMMARY
from computeplan.folder.read import blame_folder, open_folder
from computeplan.folder.summary import number
from computeplan.folder.tables import table_files
from computeplan.folder.write import json_bytes, write_folder
from computeplan.problem import KG_PER_T, CarbonBasis, Status
from computeplan.studies.baselines import Baseline
from computeplan.studies.frontier.curve import Curve, FrontierPoint, Reading
from computeplan.text import expected_one_of

if TYPE_CHECKING:
    import polars as pl

FILE = "frontier.json"
"""Holds every digit of the frontiers."""


@dataclass(frozen=True, eq=False)
class Frontier:
    """The cost–carbon frontier of one problem on one basis."""

    name: str
    currency: str
    basis: CarbonBasis
    status: Status
    """Of the first solve."""
    curve: Curve | None
    """Present where there is a plan."""
    points: tuple[FrontierPoint, ...]
    """The plans at the curve's points."""
    exact: bool
    """Whether the points are all break points: no plan lies below the lines between them. Never with whole
    numbers, where the lines between points are no plans."""
    tolerance: float
    """Asked for, as a share of the cost range."""
    market_price_per_t: float
    """The config's own carbon price; 0 without."""
    cap_t: float | None
    """The config's own cap."""
    seconds: tuple[float, ...]
    """Of each solve with its audit; the first is cold."""
    notes: tuple[str, ...]
    """Prices at which there was no audited plan."""

    def __repr__(self) -> str:
        return f"Frontier({self.name}: {self.basis}, {len(self.points)} points)"

    @property
    def certified(self) -> bool:
        """Whether the curve is within the tolerance everywhere, down to the least carbon."""
        if self.curve is None or not self.curve.ends_at_least_carbon:
            return False
        return self.exact or self.curve.gap <= self.tolerance

    @checked
    def at_cap(self, cap_t: float) -> Reading | None:
        """Read the cheapest plan under a carbon cap, t; None where none keeps it."""
        check_amounts("cap_t", (cap_t,), least=-inf)
        return self._curve.at_cap(KG_PER_T * cap_t)

    @checked
    def at_price(self, price_per_t: float) -> Reading:
        """Read the best plan at a carbon price, currency per t."""
        check_amounts("price_per_t", (price_per_t,))
        return self._curve.at_price(price_per_t / KG_PER_T)

    @checked
    def at_budget(self, budget: float) -> Reading | None:
        """Read the cleanest plan within a budget, currency; None where none is that cheap."""
        check_amounts("budget", (budget,), least=-inf)
        return self._curve.at_budget(budget)

    def marks(self) -> dict[str, Reading | None]:
        """Read the points of the knee, and of the config's own carbon price and cap, if it has them."""
        if self.curve is None:
            return {}
        found = {"knee": self.curve.at_cap(float(self.curve.emissions_kg[self.curve.knee]))}
        if self.market_price_per_t:
            found["market price"] = self.at_price(self.market_price_per_t)
        if self.cap_t is not None:
            found["cap"] = self.at_cap(self.cap_t)
        return found

    @property
    def _curve(self) -> Curve:
        if self.curve is None:
            raise PlanFolderError(f"there is no frontier to read: the status is {self.status}")
        return self.curve

    def data(self) -> dict[str, Any]:
        """Return everything in a form that JSON holds with every digit."""
        data = asdict(self)
        if self.curve is not None:
            plain = ((key, np.asarray(value).tolist()) for key, value in data["curve"].items())
            data["curve"] = {key: None if value == -inf else value for key, value in plain}
        return data


def check_amounts(name: str, amounts: Iterable[float], *, least: float = 0.0) -> None:
    """Check caps, prices or budgets before anything is solved for them.

    Raises `UsageError` if one is below the least that makes sense, or no number.
    """
    wrong = next((amount for amount in amounts if not isfinite(amount) or amount < least), None)
    if wrong is not None:
        expected = "a number" if least == -inf else f"a number of at least {least:g}"
        raise UsageError(path=name, expected=expected, found=f"{wrong:g}")


def from_data(data: Mapping[str, Any]) -> Frontier:
    """Rebuild a frontier from what `Frontier.data` gave; raise what wrong data raise."""
    curve = data["curve"]
    read = {
        "basis": CarbonBasis(data["basis"]),
        "status": Status(data["status"]),
        "curve": None if curve is None else _curve_from(curve),
        "points": tuple(FrontierPoint(**point) for point in data["points"]),
        "seconds": tuple(data["seconds"]),
        "notes": tuple(data["notes"]),
    }
    return Frontier(**{**data, **read})


def _curve_from(data: Mapping[str, Any]) -> Curve:
    arrays = {key: np.array(value, dtype=float) for key, value in data.items() if isinstance(value, list)}
    least = data["least_emissions_kg"]
    for pair in (("money", "emissions_kg"), ("price_per_kg", "bound"), ("cap_kg", "cap_bound")):
        sizes = [arrays[name].shape for name in pair]
        if sizes[0] != sizes[1] or any(np.isnan(arrays[name]).any() for name in pair):
            raise ValueError(f"{' and '.join(pair)}: expected as many numbers in both")
    return Curve(**{**data, **arrays, "least_emissions_kg": -inf if least is None else float(least)})


@dataclass(frozen=True, eq=False)
class FrontierStudy:
    """One frontier for each basis that was asked for."""

    frontiers: tuple[Frontier, ...]
    """At least one."""
    kept: Callable[[], Iterable[tuple[str, bytes]]]
    """Returns what a folder keeps of the config and its inputs: paths inside it, and contents."""
    reasons: tuple[Reason, ...]
    """Why there is no plan, as far as simple conditions show it."""
    provenance: Mapping[str, object]
    """First part of ``provenance.json``."""
    baselines: tuple[Baseline, ...] = ()
    """Plans under the simple policies that were asked for."""

    def __repr__(self) -> str:
        return f"FrontierStudy({', '.join(map(repr, self.frontiers))})"

    @checked
    def on(self, basis: CarbonBasis | str) -> Frontier:
        """Return the frontier on a basis; raise UsageError if it was not asked for."""
        found = {str(frontier.basis): frontier for frontier in self.frontiers}
        if basis not in found:
            raise UsageError(path="basis", **expected_one_of(found, str(basis)))
        return found[str(basis)]

    def tables(self) -> dict[str, pl.DataFrame]:
        """Make the tables ``points``, ``segments`` and, where asked for, ``baselines``, frames by name."""
        import polars as pl

        traced = [(frontier, frontier.curve) for frontier in self.frontiers if frontier.curve is not None]
        rows = {
            "points": [row for frontier, curve in traced for row in point_rows(frontier, curve)],
            "segments": [row for frontier, curve in traced for row in segment_rows(frontier, curve)],
        }
        policies = self._baseline_rows()
        rows |= {"baselines": policies} if policies else {}
        return {name: pl.DataFrame(found) for name, found in rows.items()}

    def summary(self) -> dict[str, object]:
        """Summarize the study; the same for the same config and solver."""
        return {
            "name": self.frontiers[0].name,
            "frontiers": [frontier_summary(frontier) for frontier in self.frontiers],
            "baselines": self._baseline_rows(),
            "reasons": [reason.data() for reason in self.reasons],
        }

    def _baseline_rows(self) -> list[dict[str, Any]]:
        return [row for frontier in self.frontiers for row in baseline_rows(frontier, self.baselines)]

    @checked
    def save(self, folder: str | Path) -> None:
        """Write the study's folder, whole or not at all; an earlier one there is replaced.

        Raises `PlanFolderError` if it cannot be written or holds something else.
        """
        write_folder(Path(folder), self._files(), dict(self.provenance), FRONTIER)

    def _files(self) -> Iterator[tuple[str, bytes]]:
        yield from self.kept()
        yield FILE, json_bytes({"frontiers": [frontier.data() for frontier in self.frontiers]})
        yield SUMMARY, json_bytes(self.summary())
        yield from table_files(self.tables())


@checked
def open_frontier(folder: str | Path) -> tuple[Frontier, ...]:
    """Read the frontiers of a folder that `FrontierStudy.save` wrote; PlanFolderError where it did not."""
    saved = open_folder(Path(folder), FRONTIER)
    with blame_folder(saved):
        return tuple(from_data(each) for each in saved.read_json(FILE)["frontiers"])


def reading_data(reading: Reading | None) -> dict[str, Any] | None:
    """Return a reading as plain data; a price without end, or that has no meaning, is null."""
    if reading is None:
        return None
    return {
        "money": reading.money,
        "emissions_t": reading.emissions_kg / KG_PER_T,
        "least_money": number(reading.least_money),
        "least_emissions_t": number(reading.least_emissions_kg / KG_PER_T),
        "price_low_per_t": _per_t(reading.price_low_per_kg),
        "price_high_per_t": _per_t(reading.price_high_per_kg),
        "plans": list(reading.plans),
        "share": reading.share,
    }


def point_rows(frontier: Frontier, curve: Curve) -> list[dict[str, Any]]:
    """List the points of a frontier's curve from least cost to least carbon."""
    named: dict[int, list[str]] = {0: ["least cost"], curve.size - 1: [last_mark(curve)]}
    for mark, reading in frontier.marks().items():
        if reading is not None and len(reading.plans) == 1:
            named.setdefault(reading.plans[0], []).append(mark)
    return [
        {
            "basis": frontier.basis.value,
            "point": index,
            "mark": ", ".join(named.get(index, [])),
            "money": float(curve.money[index]),
            "cost": point.cost,
            "shortfall_penalty": point.shortfall_penalty,
            "shortfall_unit_h": point.shortfall_unit_h,
            **{f"{basis}_t": tonnes for basis, tonnes in point.emissions_t.items()},
            **{f"{part}_cost": amount for part, amount in point.cost_parts.items()},
            **{f"unit_h at {site}": work for site, work in point.site_work_unit_h.items()},
        }
        for index, point in enumerate(frontier.points)
    ]


def last_mark(curve: Curve) -> str:
    """Name the last point."""
    return "least carbon" if curve.ends_at_least_carbon else "cleanest found"


def segment_rows(frontier: Frontier, curve: Curve) -> list[dict[str, Any]]:
    """List the steps between neighbors of a frontier's curve, each with the average cost of a t less."""
    return [
        {
            "basis": frontier.basis.value,
            "from_point": left,
            "to_point": left + 1,
            "abatement_cost_per_t": KG_PER_T * float(curve.abatement_cost_per_kg[left]),
            "abated_t": float(curve.emissions_kg[left] - curve.emissions_kg[left + 1]) / KG_PER_T,
            "money": float(curve.money[left + 1] - curve.money[left]),
            "currency": frontier.currency,
        }
        for left in range(curve.size - 1)
    ]


def frontier_summary(frontier: Frontier) -> dict[str, Any]:
    """Summarize a frontier in one object, ready for JSON."""
    curve = frontier.curve
    found: Mapping[str, Any] = {
        "basis": frontier.basis.value,
        "currency": frontier.currency,
        "status": frontier.status.value,
        "exact": frontier.exact,
        "certified": frontier.certified,
        "tolerance": frontier.tolerance,
        "solves": len(frontier.seconds),
        "notes": list(frontier.notes),
    }
    if curve is None:
        return {**found, "gap": None, "whole_numbers": False, "marks": {}, "points": [], "segments": []}
    return {
        **found,
        "gap": number(curve.gap),
        "whole_numbers": curve.whole_numbers,
        "least_emissions_t": number(curve.least_emissions_kg / KG_PER_T),
        "marks": {mark: reading_data(reading) for mark, reading in frontier.marks().items()},
        "points": point_rows(frontier, curve),
        "segments": segment_rows(frontier, curve),
    }


def baseline_rows(frontier: Frontier, baselines: Sequence[Baseline]) -> list[dict[str, Any]]:
    """Compare simple policies for the same problem with a frontier: what it saves as clean, and as cheap.

    A policy that is no plan has nothing to compare.
    """
    return [
        {
            "basis": frontier.basis.value,
            "policy": str(baseline.policy),
            "status": baseline.plan.status.value,
            **_saving(frontier, baseline),
        }
        for baseline in baselines
    ]


def _saving(frontier: Frontier, baseline: Baseline) -> dict[str, float | None]:
    solution, curve = baseline.plan.solution, frontier.curve
    if solution is None or curve is None:
        return dict.fromkeys(("money", "emissions_t", "saves_money", "saves_t"))
    accounts = solution.accounts
    money, kg = accounts.cost.total + accounts.shortfall_penalty, accounts.emissions_kg.on(frontier.basis)
    cheaper, cleaner = curve.at_cap(kg), curve.at_budget(money)
    return {
        "money": money,
        "emissions_t": kg / KG_PER_T,
        "saves_money": None if cheaper is None else money - cheaper.money,
        "saves_t": None if cleaner is None else (kg - cleaner.emissions_kg) / KG_PER_T,
    }


def _per_t(price_per_kg: float | None) -> float | None:
    return None if price_per_kg is None else number(KG_PER_T * price_per_kg)
