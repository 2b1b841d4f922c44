"""The families by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from computeplan.bench.families import sites, work
from computeplan.bench.families.series import FILE, Columns, csv_text
from computeplan.bench.families.world import World, make_world
from computeplan.bench.scale import Scale

CONFIG = "config.yaml"
ZONES = ("city", "east", "north", "south", "west", "far")


@dataclass(frozen=True)
class Generated:
    """A generated instance.

    Attributes
    ----------
    config : dict
    columns : mapping of str to list of float
        The series that it reads.
    """

    config: dict[str, object]
    columns: Columns

    def write(self, folder: Path) -> Path:
        """Write config and series into a folder; return the config's path."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(csv_text(self.columns), encoding="utf-8")
        path = folder / CONFIG
        # JSON is YAML.
        path.write_text(json.dumps(self.config, indent=1) + "\n", encoding="utf-8")
        return path


Family = Callable[[Scale, int], Generated]


def interactive(scale: Scale, seed: int) -> Generated:
    """Make work that is done in the hour in which it comes: nothing couples the hours."""
    return _assembled(make_world(scale, seed), work.interactive, sites.owned)


def deferrable(scale: Scale, seed: int) -> Generated:
    """Make work that may wait up to a day."""
    return _assembled(make_world(scale, seed), work.deferrable, sites.owned)


def capped(scale: Scale, seed: int) -> Generated:
    """Cap the carbon of all hours together, halfway from the cleanest to the cheapest."""
    world = make_world(scale, seed)
    cap_t = (world.emissions_kg("carbon") + world.emissions_kg("price")) / 2000
    # A millionth more: with a single site there is nothing between the two, and figures are rounded.
    objective = {"carbon_cap": f"{1.000001 * cap_t:.9g} t"}
    return _assembled(world, work.anywhere, sites.owned, objective=objective)


def reserved(scale: Scale, seed: int) -> Generated:
    """Offer capacity that is booked once for all hours."""
    return _assembled(make_world(scale, seed), work.interactive, sites.booked)


def full(scale: Scale, seed: int) -> Generated:
    """Use everything that the model has, on the market basis."""
    world = make_world(scale, seed)
    efficiency = {"gpu": {"inference": 1, "training": 1}, "npu": {"inference": 0.8, "training": 0.6}}
    feeder = {"pools": [f"site-{scale.sites - 1}/*-book"], "measure": "power"}
    return _assembled(
        world,
        work.mixed,
        sites.complete,
        # Three tenths of a GB an hour for each busy unit: remote work cannot all go one way.
        bandwidth={"bandwidth": f"{0.3 * world.total_demand * 8 / 3600:.6g} Gbps"},
        objective={"carbon_price": "80 CNY/t", "carbon_basis": "market"},
        hardware={
            name: {"idle_power": "0.25 kW", "busy_power": "1.3 kW", "efficiency": table}
            for name, table in efficiency.items()
        },
        caps={"feeder": {**feeder, "limit": f"{0.5 * world.units_per_site:.6g} kW"}},
    )


FAMILIES: Mapping[str, Family] = {
    family.__name__: family for family in (interactive, deferrable, capped, reserved, full)
}


def _assembled(
    world: World,
    archetype: Callable[[World, int], work.Archetype],
    site: Callable[[World, int], sites.Settings],
    bandwidth: Mapping[str, str] | None = None,
    **sections: object,
) -> Generated:
    """Put a config together; `sections` replace those that all families share."""
    config: dict[str, object] = {
        "name": "benchmark",
        "horizon": {"start": "2026-03-02T00:00", "duration": f"{world.scale.days} days"},
        "objective": {"carbon_price": "80 CNY/t"},
        "zones": {zone: {"latency": "2 ms"} for zone in ZONES},
        "network": {"latency": "round_trip", "links": _links(bandwidth or {})},
        "hardware": {"gpu": {"busy_power": "1 kW"}},
        "sites": {
            f"site-{number}": {"zone": ZONES[number % len(ZONES)], "pue": pue, **site(world, number)}
            for number, pue in enumerate(world.pue)
        },
        "population": work.population(world, archetype),
    }
    config.update(sections)
    text = json.dumps(config)
    used = {name: values for name, values in world.columns.items() if f'{{"series": "{name}"}}' in text}
    config["series"] = {name: {"file": FILE, "column": name} for name in used}
    return Generated(config, used)


def _links(bandwidth: Mapping[str, str]) -> dict[str, object]:
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
