"""A sweep in one object, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from computeplan.config import Law
from computeplan.lp import Difference
from computeplan.plan.summary import number
from computeplan.problem import Problem
from computeplan.studies.sweep.design import SCENARIO, Design
from computeplan.studies.sweep.effects import Driver
from computeplan.studies.sweep.splits import splits
from computeplan.studies.sweep.table import MEASURES, axis_unit

if TYPE_CHECKING:
    import polars as pl

MOST_SWITCHES = 50


def summarize(
    design: Design,
    problem: Problem,
    touches: Mapping[str, Difference],
    tables: Mapping[str, pl.DataFrame],
    found: Sequence[Driver],
) -> dict[str, Any]:
    """Summarize a sweep.

    Parameters
    ----------
    design : Design
    problem : Problem
        Of the config as it stands.
    touches : mapping of str to Difference
        What each axis changes in the linear program.
    tables : mapping of str to polars.DataFrame
        ``points`` and ``switches``.
    found : sequence of Driver

    Returns
    -------
    dict
        Money in the config's currency, emissions in t.
    """
    points, switches = tables["points"], tables["switches"]
    return {
        "name": problem.name,
        "currency": problem.currency,
        "basis": problem.objective.basis.value,
        "design": design.kind.value,
        "samples": design.samples,
        "seed": design.seed,
        "axes": [_axis(design, label, touches[label]) for label in design.axes.labels],
        "points": points.height,
        "status": _counts(points["status"].to_list()),
        "audit_failed": int((points["audit_passed"] == False).sum()),  # noqa: E712 - of a column
        "range": {measure: _range(points, measure) for measure in MEASURES},
        "drivers": [asdict(driver) for driver in found],
        "main_sites": _counts(points["main_site"].drop_nulls().to_list()),
        "switches": _grouped(switches),
        "splits": [asdict(split) for split in splits(design, points)],
    }


def _axis(design: Design, label: str, touches: Difference) -> dict[str, Any]:
    """Describe an axis."""
    if label == SCENARIO and design.axes.scenarios:
        names = [name for name, _ in design.axes.scenarios]
        return {"label": label, "values": names, "unit": "", "touches": str(touches)}
    spec = next(each.spec for each in design.axes.variations if each.label == label)
    values = str(spec) if isinstance(spec, Law) else list(spec.values)
    own = design.axes.own.get(label)
    return {
        "label": label,
        "values": values,
        "unit": axis_unit(design, label),
        "config": own,
        "touches": str(touches),
    }


def _counts(texts: list[str]) -> dict[str, int]:
    """Count each text, the most frequent first."""
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _range(points: pl.DataFrame, measure: str) -> dict[str, float | None] | None:
    """Give least, mean, greatest and quantiles over the points that have a plan."""
    amounts = points[measure].drop_nulls().to_numpy()
    if not len(amounts):
        return None
    low, middle, high = np.quantile(amounts, [0.05, 0.5, 0.95]).tolist()
    figures = {"least": amounts.min(), "p5": low, "median": middle, "p95": high, "greatest": amounts.max()}
    return {
        "mean": number(amounts.mean()),
        "sd": number(amounts.std()),
        **{k: number(v) for k, v in figures.items()},
    }


def _grouped(switches: pl.DataFrame) -> list[dict[str, Any]]:
    """Count equal switches, the most frequent first."""
    keys = ("axis", "what", "before", "after", "from_value", "to_value")
    counts: dict[tuple[str, ...], int] = {}
    for row in switches.to_dicts():
        key = tuple(row[name] for name in keys)
        counts[key] = counts.get(key, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    return [{**dict(zip(keys, key, strict=True)), "times": times} for key, times in ranked[:MOST_SWITCHES]]
