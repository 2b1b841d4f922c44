"""Configs of a chosen size, the same for the same seed; `run.py` solves them.

Interactive work of 36 kinds over ten sites under a carbon cap: nothing but the cap couples the hours.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

KINDS, SITES = 36, 10
ZONES = ("city", "east", "north", "south", "west", "far")
HOURS = np.arange(24)


def interactive(companies: int, days: int, chance: float, carbon_cap_t: float) -> dict[str, object]:
    """A population whose companies have each kind of work with this chance, and the first for sure."""
    kinds = {f"kind-{k}": _archetype(k, 1.0 if k == 0 else chance) for k in range(KINDS)}
    tier = {"companies": companies, "size": {"law": "pareto", "alpha": 0.885, "min": 0.56e6, "max": 1e9}}
    population = {"seed": 1, "total_demand": 60_000, "tiers": {"all": tier}, "archetypes": kinds}
    cap = {"carbon_cap": f"{carbon_cap_t} t"}
    return {**_world(days, np.random.default_rng(5)), "objective": cap, "population": population}


def register(rows: int, folder: Path) -> dict[str, object]:
    """A Parquet register with a row a workload, interactive and deferrable."""
    rng = np.random.default_rng(9)
    frame = pl.DataFrame(
        {
            "name": [f"w{i}" for i in range(rows)],
            "company": [f"c{i}" for i in rng.integers(0, rows // 20, rows)],
            "demand": 60_000 / rows * rng.pareto(2.0, rows).clip(0.1, 20.0),
            "max_delay": rng.choice([0.0, 4.0, 12.0], rows),
            "max_latency": rng.choice([12.0, 30.0, 60.0], rows),
        }
    )
    frame.write_parquet(folder / "register.parquet")
    table = {"file": "register.parquet", "defaults": {"zone": "city", "profile": "office"}}
    return {**_world(7, np.random.default_rng(5)), "workload_tables": [table]}


def write(config: dict[str, object], path: Path) -> None:
    """Write a config; JSON is YAML."""
    path.write_text(json.dumps(config, indent=1), encoding="utf-8")


def _archetype(kind: int, chance: float) -> dict[str, object]:
    return {
        "chance": chance,
        "zone": "city",
        "profile": {"series": "office"},
        "traffic": f"{0.1 + 0.2 * kind:.1f} GB/unit/h",
        "max_latency": f"{(12, 20, 30, 40, 60)[kind % 5]} ms",
    }


def _world(days: int, rng: np.random.Generator) -> dict[str, object]:
    """Sites, prices and carbon of ten places, one of six typical days each."""
    office = {"weekday": _day(1 + 0.6 * np.sin((HOURS - 8) * np.pi / 12))}
    series: dict[str, object] = {"office": {"day": office}}
    sites = {}
    for number in range(SITES):
        series[f"price-{number}"] = {"day": {"weekday": _day(0.3 + 0.5 * rng.random(24))}}
        series[f"carbon-{number}"] = {"day": {"weekday": _day(0.3 + 0.5 * rng.random(24))}}
        grid = {"price": {"series": f"price-{number}"}, "carbon": {"series": f"carbon-{number}"}}
        pool = {"hardware": "gpu", "term": "owned", "units": 25_000}
        pue = round(1.1 + 0.3 * rng.random(), 3)
        zone = ZONES[number % len(ZONES)]
        sites[f"site-{number}"] = {"zone": zone, "pue": pue, "grid": grid, "pools": {"gpu": pool}}
    links = {
        f"to-{zone}": {"between": ["city", zone], "latency": f"{10 + 6 * i} ms", "price": 0.01 + 0.005 * i}
        for i, zone in enumerate(ZONES[1:])
    }
    return {
        "name": "benchmark",
        "horizon": {"start": "2026-03-02T00:00", "duration": f"{days} days"},
        "series": series,
        "zones": {zone: {"latency": "2 ms"} for zone in ZONES},
        "network": {"latency": "round_trip", "links": links},
        "hardware": {"gpu": {"busy_power": "1 kW"}},
        "sites": sites,
    }


def _day(values: np.ndarray) -> list[float]:
    return values.round(4).tolist()


def main(folder: Path) -> None:
    """Write every config that `run.py` solves."""
    write(interactive(17_200, 7, 0.03, 5_800), folder / "capped-week.yaml")
    write(interactive(1, 365, 1.0, 298_000), folder / "capped-year.yaml")
    write(register(1_000_000, folder), folder / "million.yaml")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
