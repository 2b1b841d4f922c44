"""Folders of a frontier and of a sweep, small enough to know every number."""

from __future__ import annotations

import json

import polars as pl

from computeplan.folder.tables import parquet_bytes
from computeplan.folder.write import write_folder
from computeplan.studies.sweep.results import MEASURES

ORIGIN = {
    "created": "2026-03-02T11:00:00Z",
    "config": {"path": "two.yaml", "sha256": "0" * 64, "scenario": None, "set": []},
    "versions": {"computeplan": "0.1.0"},
}
SCENARIO = "<b>no wind"

# Cost and tonnes of three plans, and lines of equal cost + price × kg through two neighbors each.
PLANS = ((100.0, 10.0), (110.0, 6.0), (150.0, 4.0))
PRICES_PER_KG, BOUNDS = (0.0, 0.0025, 0.02), (100.0, 125.0, 230.0)


def write_frontier(folder, policies=(("<i>greedy", 8.0, 160.0),)):
    """Write a frontier, and policies with their tonnes and cost."""
    points = [
        {"basis": "hourly", "point": i, "mark": "", "money": money, "cost": money, "hourly_t": tonnes}
        for i, (money, tonnes) in enumerate(PLANS)
    ]
    reading = {"money": 110.0, "emissions_t": 6.0, "price_low_per_t": 2.5, "price_high_per_t": 20.0}
    frontier = {
        "basis": "hourly",
        "currency": "CNY",
        "status": "optimal",
        "exact": False,
        "gap": 0.001,
        "marks": {"knee": reading, "market price": None},
        "points": points,
        "segments": [
            {"abatement_cost_per_t": 2.5, "abated_t": 4.0},
            {"abatement_cost_per_t": 20.0, "abated_t": 2.0},
        ],
    }
    policy = {"basis": "hourly", "status": "feasible", "saves_money": 55.0, "saves_t": 4.0}
    summary = {
        "name": "Two <b>sites",
        "frontiers": [frontier],
        "baselines": [
            {**policy, "policy": name, "emissions_t": tonnes, "money": money}
            for name, tonnes, money in policies
        ],
    }
    curve = {"price_per_kg": PRICES_PER_KG, "bound": BOUNDS}
    whole = {"frontiers": [{"basis": "hourly", "curve": curve}]}
    files = {"summary.json": summary, "frontier.json": whole}
    contents = ((name, json.dumps(data).encode()) for name, data in files.items())
    write_folder(folder, contents, dict(ORIGIN), "frontier")


def write_sweep(folder, design="grid", *, solved=True):
    """Cost 100 · demand + 10 in the second scenario; a tenth of it in tonnes."""
    values = [(demand, scenario) for demand in (1.0, 2.0, 3.0) for scenario in ("base", SCENARIO)]
    cost = [100 * demand + 10 * (scenario != "base") for demand, scenario in values]
    known = [amount if solved else None for amount in cost]
    tonnes = [amount / 10 if solved else None for amount in cost]
    points = {
        "point": list(range(6)),
        "demand*": [demand for demand, _ in values],
        "scenario": [scenario for _, scenario in values],
        "status": ["optimal" if solved else "infeasible"] * 6,
        **{measure: tonnes if measure.endswith("_t") else known for measure in MEASURES},
        "main_site": ["near" if demand < 2 else "far" for demand, _ in values] if solved else [None] * 6,
        "audit_passed": [True] * 6,
    }
    tables = {"points": pl.DataFrame(points, strict=False), "effects": pl.DataFrame(_effects())}
    files = {f"tables/{name}.parquet": parquet_bytes(frame) for name, frame in tables.items()}
    files["summary.json"] = json.dumps(_summary(design, solved=solved)).encode()
    write_folder(folder, files.items(), dict(ORIGIN), "sweep")


def _effects():
    rows = []
    for measure in MEASURES:
        size = 0.1 if measure.endswith("_t") else 1.0
        for demand in (1.0, 2.0, 3.0):
            low = 100 * demand * size
            rows.append(("demand*", f"{demand:g}", demand, measure, low + 5 * size, low, low + 10 * size))
        for place, scenario in enumerate(("base", SCENARIO)):
            more = 10 * place * size
            level = (more + 100 * size, more + 300 * size)
            rows.append(("scenario", scenario, None, measure, more + 200 * size, *level))
    keys = ("axis", "value", "number", "measure", "mean", "least", "greatest")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _summary(design, *, solved):
    spread = {"least": 100, "p5": 100, "median": 205, "mean": 205, "p95": 310, "greatest": 310}
    drivers = []
    for measure in MEASURES:
        size = 0.1 if measure.endswith("_t") else 1.0
        moved = {"measure": measure, "swing": 200 * size, "least": 105 * size, "greatest": 305 * size}
        drivers.append({**moved, "axis": "demand*", "at_least": "1", "at_greatest": "3"})
        moved = {"measure": measure, "swing": 10 * size, "least": 200 * size, "greatest": 210 * size}
        drivers.append({**moved, "axis": "scenario", "at_least": "base", "at_greatest": SCENARIO})
    switch = {"axis": "demand*", "what": "main_site", "before": "near", "after": "far"}
    return {
        "name": "Two <b>sites",
        "currency": "CNY",
        "basis": "hourly",
        "design": design,
        "points": 6,
        "axes": [{"label": "demand*", "unit": ""}, {"label": "scenario", "unit": ""}],
        "status": {"optimal" if solved else "infeasible": 6},
        "range": dict.fromkeys(MEASURES, spread if solved else None),
        "drivers": drivers if solved else [],
        "main_sites": {"far": 4, "near": 2} if solved else {},
        "switches": [{**switch, "from_value": "1", "to_value": "2", "times": 2}] if solved else [],
        "splits": [],
    }
