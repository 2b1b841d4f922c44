"""Populations of companies, and the kinds of work they have."""

from __future__ import annotations

from collections.abc import Callable

from computeplan.bench.families.world import PROFILES, World

Archetype = dict[str, object]

LATENCIES_MS = (12, 20, 30, 40, 60)
DELAYS_H = (0, 4, 12, 24)
CHANCE = 0.3
"""That a company has a kind of work, but for the first, which each has."""


def population(world: World, archetype: Callable[[World, int], Archetype]) -> dict[str, object]:
    """Draw companies of very different sizes.

    Parameters
    ----------
    world : World
    archetype : callable
        Makes the work of a kind, by number.
    """
    tier = {
        "companies": world.scale.companies,
        "size": {"law": "pareto", "alpha": 0.885, "min": 0.56e6, "max": 1e9},
    }
    kinds = {
        f"kind-{kind}": {
            "chance": CHANCE if kind else 1,
            "zone": "city",
            "traffic": f"{0.1 + 0.2 * kind:.1f} GB/unit/h",
            **archetype(world, kind),
        }
        for kind in range(world.scale.kinds)
    }
    return {
        "seed": world.seed,
        "total_demand": world.total_demand,
        "tiers": {"all": tier},
        "archetypes": kinds,
    }


def anywhere(_world: World, _kind: int) -> Archetype:
    """Make interactive work that may run everywhere, with one profile for all."""
    return {"profile": {"series": "office"}}


def interactive(_world: World, kind: int) -> Archetype:
    """Make work that is done in the hour in which it comes."""
    profile = list(PROFILES)[kind % len(PROFILES)]
    return {"profile": {"series": profile}, "max_latency": f"{LATENCIES_MS[kind % len(LATENCIES_MS)]} ms"}


def deferrable(world: World, kind: int) -> Archetype:
    """Make work that may wait, some of it for a day."""
    delays = [{"value": f"{hours} h", "chance": 1 / len(DELAYS_H)} for hours in DELAYS_H]
    return {**interactive(world, kind), "max_delay": {"choose": delays}}


def mixed(world: World, kind: int) -> Archetype:
    """Make interactive, deferrable, batch and fixed work in turn."""
    match kind % 4:
        case 0:
            return {**interactive(world, kind), "kind": "inference"}
        case 1:
            return {**deferrable(world, kind), "kind": "inference"}
        case 2:
            return {"kind": "training", "job": _job(world), "data_per_unit": 50}
        case _:
            profile = {"series": "office"}
            return {"kind": "inference", "profile": profile, "mobility": "fixed", "data_per_unit": 2000}


def _job(world: World) -> dict[str, object]:
    """Releases on every day; all deadlines are within the horizon."""
    releases = [f"{24 * day + hour} h" for day in range(world.scale.days) for hour in (0, 6)]
    return {"release": releases, "window": ["12 h", "18 h"], "run_time": ["4 h", "8 h"]}
