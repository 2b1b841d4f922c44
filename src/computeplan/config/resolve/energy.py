"""The grid at each site, and contracts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.horizon import month_fractions, years
from computeplan.config.resolve.series import SeriesReader
from computeplan.config.schema.sites import Site
from computeplan.problem import Batteries, Contracts, Floats, Grid


def build_grid(sites: Mapping[str, Site], series: SeriesReader, context: Context) -> Grid:
    """Prices, limits and emission factors of the grid at each site.

    Parameters
    ----------
    sites : mapping
        The config's `sites`.
    series : SeriesReader
    context : Context

    Returns
    -------
    Grid
        With demand charges for the share of each calendar month that the horizon stands for.
    """
    grids = [site.grid for site in sites.values()]
    charge = np.array([grid.demand_charge for grid in grids])
    factors = [_factors(name, site, series) for name, site in sites.items()]
    location, market, hourly = (np.stack(basis) for basis in zip(*factors, strict=True))
    return Grid(
        price=np.stack([series.values(s.grid.price, f"sites.{n}.grid.price") for n, s in sites.items()]),
        import_limit_kw=np.array([np.inf if g.import_limit is None else g.import_limit for g in grids]),
        certificate_price=np.array([_certificates(site)[0] for site in sites.values()], float),
        max_certificates_kwh=np.array([_certificates(site)[1] for site in sites.values()], float),
        renewable_share=np.array([site.renewable_share for site in sites.values()], float),
        demand_charge=charge[:, None] * month_fractions(context.horizon),
        location_kg_per_kwh=location,
        market_kg_per_kwh=market,
        hourly_kg_per_kwh=hourly,
    )


def build_contracts(sites: Mapping[str, Site], series: SeriesReader, context: Context) -> Contracts:
    """List the contracts of all sites.

    Parameters
    ----------
    sites : mapping
        The config's `sites`.
    series : SeriesReader
    context : Context

    Returns
    -------
    Contracts
        Named ``site/contract``.
    """
    listed = [
        (s, f"{site}/{name}", f"sites.{site}.contracts.{name}", contract)
        for s, (site, settings) in enumerate(sites.items())
        for name, contract in settings.contracts.items()
    ]
    profile, price = np.zeros((2, len(listed), context.horizon.size))
    for c, (_, _, path, contract) in enumerate(listed):
        profile[c] = series.values(contract.profile, f"{path}.profile")
        price[c] = series.values(contract.price, f"{path}.price")
    contracts = [contract for *_, contract in listed]
    return Contracts(
        names=tuple(name for _, name, _, _ in listed),
        site=np.array([s for s, *_ in listed], np.int64),
        available_kw=profile * np.array([c.capacity or 0.0 for c in contracts])[:, None],
        profile=profile,
        max_chosen_kw=np.array([c.max_capacity or 0.0 for c in contracts], float),
        capacity_price=np.array([c.capacity_price for c in contracts], float) * years(context.horizon),
        price=price,
        take_or_pay=np.array([c.settlement == "take_or_pay" for c in contracts], bool),
        kg_per_kwh=np.array([c.carbon for c in contracts], float),
    )


def build_batteries(sites: Mapping[str, Site]) -> Batteries:
    """List the batteries of all sites; half of a battery's loss is at each end.

    Parameters
    ----------
    sites : mapping
        The config's `sites`.

    Returns
    -------
    Batteries
        Named ``site/battery``.
    """
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
    """Price and most energy of certificates; 0 and 0 where there are none."""
    if site.certificates is None:
        return 0.0, 0.0
    most = site.certificates.max_energy
    return site.certificates.price, np.inf if most is None else most


def _factors(name: str, site: Site, series: SeriesReader) -> tuple[Floats, Floats, Floats]:
    path = f"sites.{name}.grid.carbon"
    location, market, hourly = site.grid.carbon_factors()
    return series.values(location, path), series.values(market, path), series.values(hourly, path)
