"""Builds the grid at each site, contracts and batteries."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import numpy as np

from computeplan.config.context import Context
from computeplan.config.resolve.horizon import month_fractions
from computeplan.config.schema.sites import Site
from computeplan.config.series.clock import local_starts
from computeplan.config.series.reader import SeriesReader
from computeplan.problem import Batteries, Contracts, Floats, Grid, Ints

_TOLERANCE = 1e-6


def build_grid(sites: Mapping[str, Site], series: SeriesReader, context: Context) -> Grid:
    """Build the grid; demand charges are scaled by the share of each calendar month covered."""
    grids = [site.grid for site in sites.values()]
    charge = np.array([grid.demand_charge for grid in grids])
    factors = [_factors(name, site, series) for name, site in sites.items()]
    location, market, hourly = (np.stack(basis) for basis in zip(*factors, strict=True))
    local_s = local_starts(context.horizon, ZoneInfo(context.horizon.time_zone)).astype(np.int64)
    return Grid(
        price=np.stack([series.values(s.grid.price, f"sites.{n}.grid.price") for n, s in sites.items()]),
        import_limit_kw=np.array([np.inf if g.import_limit is None else g.import_limit for g in grids]),
        certificate_price=np.array([_certificates(site)[0] for site in sites.values()], float),
        max_certificates_kwh=np.array([_certificates(site)[1] for site in sites.values()], float),
        renewable_share=np.array([site.renewable_share for site in sites.values()], float),
        demand_charge=charge[:, None] * month_fractions(context.horizon),
        interval_start=np.stack(
            [_interval_starts(name, site, local_s, context) for name, site in sites.items()]
        ),
        location_kg_per_kwh=location,
        market_kg_per_kwh=market,
        hourly_kg_per_kwh=hourly,
    )


def _interval_starts(name: str, site: Site, local_s: Ints, context: Context) -> Ints:
    """(T,) first period of the interval of the demand charge that each period is in, by the local clock.

    `local_s` (T,): local start of each period, s. An hour that the clock shows twice is two.
    """
    horizon, minutes = context.horizon, site.grid.demand_interval
    periods = max(1, int(minutes / 60 / horizon.period_h + _TOLERANCE))
    interval_s = round(periods * horizon.period_h * 3600)
    if "demand_interval" in site.grid.model_fields_set and abs(interval_s - 60 * minutes) > _TOLERANCE:
        path = f"sites.{name}.grid.demand_interval"
        found = f"{minutes:g} min with periods of {60 * horizon.period_h:g} min"
        if interval_s < 60 * minutes:
            context.faults.add(path, "a whole number of periods", found)
        elif site.grid.demand_charge:
            context.warnings.append(f"{path}: {found}; peaks within a period are not seen")
    offset_s = local_s - horizon.start_utc.astype(np.int64)
    keys = np.stack([local_s // interval_s, offset_s, horizon.block, horizon.month])
    begins = np.concatenate([[True], (np.diff(keys) != 0).any(axis=0)])
    starts: Ints = np.maximum.accumulate(np.where(begins, np.arange(horizon.size), 0))
    return starts


def build_contracts(sites: Mapping[str, Site], series: SeriesReader, context: Context) -> Contracts:
    """Build the contracts of all sites, named ``site/contract``."""
    listed = [
        (s, f"{site}/{name}", f"sites.{site}.contracts.{name}", contract)
        for s, (site, settings) in enumerate(sites.items())
        for name, contract in settings.contracts.items()
    ]
    profile, price, feed_in = np.zeros((3, len(listed), context.horizon.size))
    for c, (_, _, path, contract) in enumerate(listed):
        profile[c] = series.values(contract.profile, f"{path}.profile")
        price[c] = series.values(contract.price, f"{path}.price")
        if contract.feed_in_price is not None:
            feed_in[c] = series.values(contract.feed_in_price, f"{path}.feed_in_price")
    contracts = [contract for *_, contract in listed]
    return Contracts(
        names=tuple(name for _, name, _, _ in listed),
        site=np.array([s for s, *_ in listed], np.int64),
        available_kw=profile * np.array([c.capacity or 0.0 for c in contracts])[:, None],
        profile=profile,
        max_chosen_kw=np.array([c.max_capacity or 0.0 for c in contracts], float),
        capacity_price=np.array([c.capacity_price for c in contracts], float) * context.years,
        price=price,
        take_or_pay=np.array([c.settlement == "take_or_pay" for c in contracts], bool),
        kg_per_kwh=np.array([c.carbon for c in contracts], float),
        may_sell=np.array([c.feed_in_price is not None for c in contracts], bool),
        feed_in_price=feed_in,
    )


def build_batteries(sites: Mapping[str, Site]) -> Batteries:
    """Build the batteries of all sites, named ``site/battery``; half of the loss is at each end."""
    listed = [
        (s, f"{site}/{name}", battery)
        for s, (site, settings) in enumerate(sites.items())
        for name, battery in settings.batteries.items()
    ]
    batteries = [battery for *_, battery in listed]
    one_way = np.sqrt(np.array([battery.efficiency for battery in batteries], float))
    return Batteries(
        names=tuple(name for _, name, _ in listed),
        site=np.array([s for s, *_ in listed], np.int64),
        power_kw=np.array([battery.power for battery in batteries], float),
        energy_kwh=np.array([battery.energy for battery in batteries], float),
        charge_efficiency=one_way,
        discharge_efficiency=one_way.copy(),
        price=np.array([battery.price for battery in batteries], float),
    )


def _certificates(site: Site) -> tuple[float, float]:
    """Return price and maximum energy of certificates; 0 and 0 without any."""
    if site.certificates is None:
        return 0.0, 0.0
    most = site.certificates.max_energy
    return site.certificates.price, np.inf if most is None else most


def _factors(name: str, site: Site, series: SeriesReader) -> tuple[Floats, Floats, Floats]:
    path = f"sites.{name}.grid.carbon"
    location, market, hourly = site.grid.carbon_factors()
    return series.values(location, path), series.values(market, path), series.values(hourly, path)
