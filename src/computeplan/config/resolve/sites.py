"""Sites, hardware and capacity pools."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.horizon import years
from computeplan.config.resolve.names import Names
from computeplan.config.resolve.series import SeriesReader
from computeplan.config.schema.sites import Hardware as HardwareSettings
from computeplan.config.schema.sites import NewUnits, OnDemandPool, OwnedPool, Pool, Site
from computeplan.problem import Floats, Hardware, Pools, Sites, Term

_TERMS = {"owned": Term.OWNED, "on_demand": Term.ON_DEMAND, "reserved": Term.RESERVED}


def build_sites(
    sites: Mapping[str, Site], zones: Names, labels: Names, series: SeriesReader, context: Context
) -> Sites:
    """Give every site its zone, labels and PUE.

    Parameters
    ----------
    sites : mapping
        The config's `sites`.
    zones, labels : Names
    series : SeriesReader
    context : Context

    Returns
    -------
    Sites
    """
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
        * years(context.horizon),
        labels=provides,
        security=np.array([site.security for site in sites.values()], np.int64),
        label_names=tuple(labels),
    )


def _water(site: Site, pue: Floats) -> Floats:
    """(T,) liters for a kWh of IT energy."""
    if site.water is None:
        return np.zeros_like(pue)
    return site.water.usage * (pue if site.water.per == "facility_energy" else np.ones_like(pue))


def site_labels(sites: Iterable[Site]) -> Names:
    """Every label that a site provides, in order of first appearance."""
    labels = dict.fromkeys(label for site in sites for label in site.provides)
    return Names("a label that a site provides", labels)


def build_hardware(hardware: Mapping[str, HardwareSettings], kinds: Names) -> Hardware:
    """Tabulate powers and efficiencies.

    Parameters
    ----------
    hardware : mapping
        The config's `hardware`.
    kinds : Names
        Of workloads.

    Returns
    -------
    Hardware
        Hardware without a table does every kind at efficiency 1.
    """
    rows = hardware.values()
    efficiency = [
        [1.0 if h.efficiency is None else h.efficiency.get(kind, 0.0) for h in rows] for kind in kinds
    ]
    return Hardware(
        names=tuple(hardware),
        kind_names=tuple(kinds),
        efficiency=np.array(efficiency, float),
        idle_kw=np.array([h.idle_power for h in rows]),
        busy_kw=np.array([h.busy_power for h in rows]),
    )


def build_pools(sites: Mapping[str, Site], hardware: Names, series: SeriesReader, context: Context) -> Pools:
    """List the pools of all sites.

    Parameters
    ----------
    sites : mapping
        The config's `sites`.
    hardware : Names
    series : SeriesReader
    context : Context

    Returns
    -------
    Pools
        Named ``site/pool``.
    """
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
    """Read steps, and bounds, cost and embodied emissions of new units for the time of the horizon."""
    new = [pool.new if isinstance(pool, OwnedPool) else None for pool in pools]
    rows = np.array(
        [(n.max_units, _yearly_cost(n), n.carbon / n.life) if n else (0.0, 0.0, 0.0) for n in new], float
    ).reshape(-1, 3)
    steps = [(pool.new and pool.new.step) if isinstance(pool, OwnedPool) else pool.step for pool in pools]
    most, cost, kg = rows.T
    share = years(context.horizon)
    return {
        "max_new_units": most.copy(),
        "step_units": np.array([step or 0.0 for step in steps], float),
        "new_unit_price": cost * share,
        "new_unit_kg": kg * share,
    }


def _yearly_cost(new: NewUnits) -> float:
    """Annuity of the price, and upkeep."""
    if new.interest == 0:
        return new.price / new.life + new.upkeep
    annuity = new.interest / -math.expm1(-new.life * math.log1p(new.interest))
    return new.price * annuity + new.upkeep


def _bounds(pool: Pool) -> tuple[float, float]:
    if isinstance(pool, OwnedPool):
        return pool.units, pool.units
    most = np.inf if pool.max_units is None else pool.max_units
    return (0.0, most) if isinstance(pool, OnDemandPool) else (pool.min_units, most)
