"""Families of generated configs, the same for the same scale and seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from computeplan.bench.world import PROFILES, Columns, Scale, World, make_world

CONFIG, SERIES = "config.yaml", "series.csv"
"""Files of an instance; the second has a column for each series."""
ZONES = ("city", "east", "north", "south", "west", "far")
LATENCIES_MS = (12, 20, 30, 40, 60)
DELAYS_H = (0, 4, 12, 24)
CHANCE = 0.3
"""That a company has a kind of work; each has the first."""

ConfigData = dict[str, object]


@dataclass(frozen=True)
class Generated:
    """A config with the series that it reads."""

    config: ConfigData
    columns: Columns

    def write(self, folder: Path) -> Path:
        """Write config and series into a folder; return the config's path."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = zip(*self.columns.values(), strict=True)
        lines = [",".join(self.columns), *(",".join(map(repr, row)) for row in rows)]
        (folder / SERIES).write_text("\n".join(lines) + "\n", encoding="utf-8")
        path = folder / CONFIG
        # JSON is YAML.
        path.write_text(json.dumps(self.config, indent=1) + "\n", encoding="utf-8")
        return path


def interactive(scale: Scale, seed: int) -> Generated:
    """Make work that is done in the hour in which it comes: nothing couples the hours."""
    return _assemble(make_world(scale, seed), _interactive_work, _owned_units)


def deferrable(scale: Scale, seed: int) -> Generated:
    """Make work that may wait up to a day."""
    return _assemble(make_world(scale, seed), _deferrable_work, _owned_units)


def capped(scale: Scale, seed: int) -> Generated:
    """Cap the carbon of all hours together, halfway from the cleanest to the cheapest."""
    world = make_world(scale, seed)
    cap_t = (world.emissions_kg("carbon") + world.emissions_kg("price")) / 2000
    # A millionth more: with a single site there is nothing between the two, and figures are rounded.
    objective = {"carbon_cap": f"{1.000001 * cap_t:.9g} t"}
    return _assemble(world, _work_anywhere, _owned_units, objective=objective)


def reserved(scale: Scale, seed: int) -> Generated:
    """Offer capacity that is booked once for all hours."""
    return _assemble(make_world(scale, seed), _interactive_work, _booked_units)


def full(scale: Scale, seed: int) -> Generated:
    """Use everything that the model has, on the market basis."""
    world = make_world(scale, seed)
    efficiency = {"gpu": {"inference": 1, "training": 1}, "npu": {"inference": 0.8, "training": 0.6}}
    feeder = {"pools": [f"site-{scale.sites - 1}/*-book"], "measure": "power"}
    return _assemble(
        world,
        _mixed_work,
        _everything,
        # Three tenths of a GB an hour for each busy unit: remote work cannot all go one way.
        bandwidth={"bandwidth": f"{0.3 * world.total_demand * 8 / 3600:.6g} Gbps"},
        objective={"carbon_price": "80 CNY/t", "carbon_basis": "market"},
        hardware={
            name: {"idle_power": "0.25 kW", "busy_power": "1.3 kW", "efficiency": table}
            for name, table in efficiency.items()
        },
        caps={"feeder": {**feeder, "limit": f"{0.5 * world.units_per_site:.6g} kW"}},
    )


FAMILIES: Mapping[str, Callable[[Scale, int], Generated]] = {
    family.__name__: family for family in (interactive, deferrable, capped, reserved, full)
}


def _assemble(
    world: World,
    work: Callable[[World, int], ConfigData],
    site: Callable[[World, int], ConfigData],
    bandwidth: Mapping[str, str] | None = None,
    **sections: object,
) -> Generated:
    """Put a config together; `sections` replace those that all families share."""
    config: ConfigData = {
        "name": "benchmark",
        "horizon": {"start": "2026-03-02T00:00", "duration": f"{world.scale.days} days"},
        "objective": {"carbon_price": "80 CNY/t"},
        "zones": {zone: {"latency": "2 ms"} for zone in ZONES},
        "network": {"latency": "round_trip", "links": _links(bandwidth or {})},
        "hardware": {"gpu": {"busy_power": "1 kW"}},
        "sites": {
            f"site-{number}": {
                "zone": ZONES[number % len(ZONES)],
                "pue": pue,
                "grid": {"price": {"series": f"price-{number}"}, "carbon": {"series": f"carbon-{number}"}},
                **site(world, number),
            }
            for number, pue in enumerate(world.pue)
        },
        "population": _population(world, work),
        **sections,
    }
    text = json.dumps(config)
    used = {name: values for name, values in world.columns.items() if f'{{"series": "{name}"}}' in text}
    config["series"] = {name: {"file": SERIES, "column": name} for name in used}
    return Generated(config, used)


def _links(bandwidth: Mapping[str, str]) -> ConfigData:
    """Lead from the city, where the users are, to every other zone."""
    return {
        f"city-{zone}": {
            "between": ["city", zone],
            "latency": f"{10 + 6 * number} ms",
            "price": round(0.01 + 0.005 * number, 3),
            **bandwidth,
        }
        for number, zone in enumerate(ZONES[1:])
    }


def _population(world: World, work: Callable[[World, int], ConfigData]) -> ConfigData:
    """Draw companies of very different sizes."""
    size = {"law": "pareto", "alpha": 0.885, "min": 0.56e6, "max": 1e9}
    kinds = {
        f"kind-{kind}": {
            "chance": CHANCE if kind else 1,
            "zone": "city",
            "traffic": f"{0.1 + 0.2 * kind:.1f} GB/unit/h",
            **work(world, kind),
        }
        for kind in range(world.scale.kinds)
    }
    return {
        "seed": world.seed,
        "total_demand": world.total_demand,
        "tiers": {"all": {"companies": world.scale.companies, "size": size}},
        "archetypes": kinds,
    }


def _work_anywhere(_world: World, _kind: int) -> ConfigData:
    """Make interactive work that may run everywhere, with one profile for all."""
    return {"profile": {"series": "office"}}


def _interactive_work(_world: World, kind: int) -> ConfigData:
    """Make work that is done in the hour in which it comes."""
    profile = list(PROFILES)[kind % len(PROFILES)]
    return {"profile": {"series": profile}, "max_latency": f"{LATENCIES_MS[kind % len(LATENCIES_MS)]} ms"}


def _deferrable_work(world: World, kind: int) -> ConfigData:
    """Make work that may wait, some of it for a day."""
    delays = [{"value": f"{hours} h", "chance": 1 / len(DELAYS_H)} for hours in DELAYS_H]
    return {**_interactive_work(world, kind), "max_delay": {"choose": delays}}


def _mixed_work(world: World, kind: int) -> ConfigData:
    """Make interactive, deferrable, batch and fixed work in turn."""
    match kind % 4:
        case 0:
            return {**_interactive_work(world, kind), "kind": "inference"}
        case 1:
            return {**_deferrable_work(world, kind), "kind": "inference"}
        case 2:
            # Released on every day; all deadlines are within the horizon.
            releases = [f"{24 * day + hour} h" for day in range(world.scale.days) for hour in (0, 6)]
            job = {"release": releases, "window": ["12 h", "18 h"], "run_time": ["4 h", "8 h"]}
            return {"kind": "training", "job": job, "data_per_unit": 50}
        case _:
            profile = {"series": "office"}
            return {"kind": "inference", "profile": profile, "mobility": "fixed", "data_per_unit": 2000}


def _owned_units(world: World, site: int) -> ConfigData:
    """Make a site of owned units; in the city more can be rented, so that a plan exists."""
    pools: ConfigData = {"own": {"hardware": "gpu", "term": "owned", "units": world.units_per_site}}
    if site == 0:
        pools["rent"] = {"hardware": "gpu", "term": "on_demand", "price": 3}
    return {"pools": pools}


def _booked_units(world: World, site: int) -> ConfigData:
    """Make a site where units are booked for all hours, or rented dear by the hour."""
    return {"pools": {"book": _book("gpu", world, 2, site), "rent": _rent(5, site)}}


def _everything(world: World, site: int) -> ConfigData:
    """Make a site with everything: two kinds of hardware, all terms, contracts, a demand charge."""
    units = world.units_per_site
    grid = {"price": {"series": f"price-{site}"}, "carbon": {"series": f"carbon-{site}"}}
    return {
        "grid": {**grid, "demand_charge": "38 CNY/kW/month"},
        "contracts": {
            source: {
                "profile": {"series": source},
                "capacity": f"{0.2 * units:.6g} kW",
                "price": "0.35 CNY/kWh",
                "settlement": settlement,
                "carbon": 0,
            }
            for source, settlement in (("wind", "take_or_pay"), ("solar", "pay_as_used"))
        },
        "pools": {
            "own": {"hardware": "gpu", "term": "owned", "units": units // 4, "availability": 0.95},
            "rent": _rent(16, site),
            "gpu-book": _book("gpu", world, 8, site),
            "npu-book": _book("npu", world, 5, site),
        },
    }


def _book(hardware: str, world: World, price: float, site: int) -> ConfigData:
    price = _price(price, site)
    return {"hardware": hardware, "term": "reserved", "max_units": world.units_per_site, "price": price}


def _rent(price: float, site: int) -> ConfigData:
    return {"hardware": "gpu", "term": "on_demand", "price": _price(price, site)}


def _price(base: float, site: int) -> float:
    """Price of a unit and hour; the farther, the cheaper."""
    return round(base * (1 - 0.01 * (site % 10)), 4)
