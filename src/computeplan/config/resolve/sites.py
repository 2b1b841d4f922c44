"""Builds sites, hardware, capacity pools, and caps on groups of pools."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from computeplan.config.context import Context
from computeplan.config.names import Names, matching_names
from computeplan.config.schema.sites import Cap, Hardware, NewUnits, OnDemandPool, OwnedPool, Pool, Site
from computeplan.config.series.reader import SeriesReader
from computeplan.problem import CapMeasure, Caps, Floats, HardwareKinds, Pools, Sites, Term

_TERMS = {"owned": Term.OWNED, "on_demand": Term.ON_DEMAND, "reserved": Term.RESERVED}


def build_sites(
    sites: Mapping[str, Site], zones: Names, labels: Names, series: SeriesReader, context: Context
) -> Sites:
    """Build the sites with their zones, labels and PUE."""
    provides = np.zeros((len(sites), len(labels)), bool)
    for row, site in zip(provides, sites.values(), strict=True):
        row[[labels[label] for label in site.provides]] = True
    items = sites.items()
    zone = np.array([zones.find(s.zone, f"sites.{n}.zone", context.faults) for n, s in items], np.int64)
    pue = np.stack([series.values(s.pue, f"sites.{n}.pue") for n, s in items])
    return Sites(
        names=tuple(sites),
        zone=zone,
        pue=pue,
        water_l_per_it_kwh=np.stack([_water(site, of) for site, of in zip(sites.values(), pue, strict=True)]),
        is_optional=np.array([site.opening is not None for site in sites.values()], bool),
        opening_price=np.array([s.opening.cost if s.opening else 0.0 for s in sites.values()], float)
        * context.years,
        labels=provides,
        security=np.array([site.security for site in sites.values()], np.int64),
        label_names=tuple(labels),
    )


def _water(site: Site, pue: Floats) -> Floats:
    """(T,) liters of water per kWh of IT energy."""
    if site.water is None:
        return np.zeros_like(pue)
    return site.water.usage * (pue if site.water.per == "facility_energy" else np.ones_like(pue))


def site_labels(sites: Iterable[Site]) -> Names:
    """Return every label that a site provides, in order of first appearance."""
    labels = dict.fromkeys(label for site in sites for label in site.provides)
    return Names("a label that a site provides", labels)


def build_hardware(hardware: Mapping[str, Hardware], kinds: Names) -> HardwareKinds:
    """Tabulate powers and efficiencies; without a table hardware does every kind at efficiency 1."""
    rows = hardware.values()
    efficiency = [
        [1.0 if h.efficiency is None else h.efficiency.get(kind, 0.0) for h in rows] for kind in kinds
    ]
    return HardwareKinds(
        names=tuple(hardware),
        kind_names=tuple(kinds),
        efficiency=np.array(efficiency, float),
        idle_kw=np.array([h.idle_power for h in rows]),
        busy_kw=np.array([h.busy_power for h in rows]),
    )


def build_pools(sites: Mapping[str, Site], hardware: Names, series: SeriesReader, context: Context) -> Pools:
    """Build the pools of all sites, named ``site/pool``."""
    listed = [
        (f"{site}/{name}", f"sites.{site}.pools.{name}", pool)
        for site, settings in sites.items()
        for name, pool in settings.pools.items()
    ]
    if not listed:
        context.faults.add("sites", "at least one pool at a site", "none", "give a site `pools`")
    bounds = np.array([_bounds(pool) for *_, pool in listed], float).reshape(-1, 2)
    availability, price = np.zeros((2, len(listed), context.horizon.size))
    for p, (_, path, pool) in enumerate(listed):
        availability[p] = series.values(pool.availability, f"{path}.availability")
        price[p] = series.values(pool.price, f"{path}.price")
    return Pools(
        names=tuple(name for name, *_ in listed),
        owners=tuple(pool.owner or "" for *_, pool in listed),
        site=np.repeat(np.arange(len(sites)), [len(site.pools) for site in sites.values()]),
        hardware=np.array(
            [hardware.find(pool.hardware, f"{path}.hardware", context.faults) for _, path, pool in listed],
            np.int64,
        ),
        term=np.array([_TERMS[pool.term] for *_, pool in listed], np.int64),
        min_units=bounds[:, 0].copy(),
        max_units=bounds[:, 1].copy(),
        availability=availability,
        price=price,
        **_new_units([pool for *_, pool in listed], context),
    )


def _new_units(pools: Sequence[Pool], context: Context) -> dict[str, Floats]:
    """Read steps, and bounds, cost and embodied emissions of new units over the horizon."""
    new = [pool.new if isinstance(pool, OwnedPool) else None for pool in pools]
    rows = np.array(
        [(n.max_units, _yearly_cost(n), n.carbon / n.life) if n else (0.0, 0.0, 0.0) for n in new], float
    ).reshape(-1, 3)
    steps = [(pool.new and pool.new.step) if isinstance(pool, OwnedPool) else pool.step for pool in pools]
    most, cost, kg = rows.T
    share = context.years
    return {
        "max_new_units": most.copy(),
        "step_units": np.array([step or 0.0 for step in steps], float),
        "new_unit_price": cost * share,
        "new_unit_kg": kg * share,
    }


def _yearly_cost(new: NewUnits) -> float:
    """Return the annuity of the price, plus upkeep."""
    if new.interest == 0:
        return new.price / new.life + new.upkeep
    annuity = new.interest / -math.expm1(-new.life * math.log1p(new.interest))
    return new.price * annuity + new.upkeep


def _bounds(pool: Pool) -> tuple[float, float]:
    if isinstance(pool, OwnedPool):
        return pool.units, pool.units
    most = np.inf if pool.max_units is None else pool.max_units
    return (0.0, most) if isinstance(pool, OnDemandPool) else (pool.min_units, most)


_POOL = "a pool as site/pool"


def build_caps(caps: Mapping[str, Cap], pools: Pools, series: SeriesReader, context: Context) -> Caps:
    """Build the caps, and find the pools that each is about."""
    weight = np.zeros((len(caps), pools.size))
    limit = np.zeros((len(caps), context.horizon.size))
    for g, (name, cap) in enumerate(caps.items()):
        weight[g] = _weights(cap, f"caps.{name}", pools.names, context)
        limit[g] = series.values(cap.limit, f"caps.{name}.limit")
    return Caps(tuple(caps), tuple(CapMeasure(cap.measure) for cap in caps.values()), weight, limit)


def _weights(cap: Cap, path: str, names: tuple[str, ...], context: Context) -> Floats:
    """(P,) weight of each pool, 0 outside the group."""
    inside = np.zeros(len(names), bool)
    for i, pattern in enumerate(cap.pools):
        inside |= matching_names(pattern, f"{path}.pools.{i}", names, _POOL, context.faults)
    weights = inside.astype(float)
    for pattern, factor in cap.weights.items():
        place = f"{path}.weights.{pattern}"
        chosen = matching_names(pattern, place, names, _POOL, context.faults)
        if (chosen & ~inside).any():
            context.faults.add(place, "a pool of this cap", repr(pattern), "add it to `pools`")
        weights[chosen] = factor
    return weights
