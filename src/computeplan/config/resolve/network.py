"""Zones, links, routes and latencies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.resolve.faults import Faults
from computeplan.config.resolve.horizon import years
from computeplan.config.resolve.names import Names
from computeplan.config.resolve.routes import Edge, find_routes
from computeplan.config.schema.network import LatencyConvention, LatencyFile, Link, NetworkSection, Zone
from computeplan.problem import GB_PER_H_PER_GBPS, Bools, Floats, Network

_TRIPS = {LatencyConvention.ONE_WAY: 1.0, LatencyConvention.ROUND_TRIP: 2.0}
"""Ways that each convention counts."""


def enclosing_zones(zones: Mapping[str, Zone], names: Names, faults: Faults) -> Bools:
    """Find the zones around each zone.

    Parameters
    ----------
    zones : mapping
        The config's `zones`.
    names : Names
        Their names.
    faults : Faults
        Receives unknown zones and zones within themselves.

    Returns
    -------
    (Z, Z)
        Whether the zone of the column is the zone of the row or encloses it.
    """
    parents = {
        name: names.find(zone.within, f"zones.{name}.within", faults)
        for name, zone in zones.items()
        if zone.within is not None
    }
    order = list(zones)
    around = np.eye(len(order), dtype=bool)
    for i, name in enumerate(order):
        zone = name
        while zone in parents and not around[i, parents[zone]]:
            zone = order[parents[zone]]
            around[i, names[zone]] = True
        if zone in parents and parents[zone] == i:
            faults.add(
                f"zones.{name}.within", "a zone that is not within this one", repr(order[parents[name]])
            )
    return around


def build_network(
    zones: Mapping[str, Zone], section: NetworkSection, names: Names, context: Context
) -> Network:
    """Lay routes over the links and give every pair of zones its latency.

    Parameters
    ----------
    zones : mapping
        The config's `zones`.
    section : NetworkSection
    names : Names
        Of the zones.
    context : Context

    Returns
    -------
    Network
        With latencies in the convention of the workloads' limits.
    """
    links = list(section.links.values())
    edges = [_edge(name, link, names, context.faults) for name, link in section.links.items()]
    route, connected, latency = find_routes(len(names), edges)
    np.fill_diagonal(latency, [zone.latency for zone in zones.values()])
    table = _table(section, names, context)
    latency = np.where(np.isnan(table), latency, table)
    _check_convention(section, latency, context.faults)
    return Network(
        zone_names=tuple(names),
        link_names=tuple(section.links),
        latency_ms=latency * _factor(section),
        route=route,
        connected=connected,
        bandwidth_gb_per_h=np.array(
            [_bandwidth_gbps(link) * GB_PER_H_PER_GBPS for link in links],
            float,
        ),
        max_leased_gb_per_h=np.array(
            [link.lease.max_bandwidth * GB_PER_H_PER_GBPS if link.lease else 0.0 for link in links], float
        ),
        lease_price=np.array([link.lease.price if link.lease else 0.0 for link in links], float)
        * years(context.horizon)
        / GB_PER_H_PER_GBPS,
        price_per_gb=np.array([link.price for link in links], float),
        energy_kwh_per_gb=np.array([link.energy for link in links], float),
        kg_per_kwh=np.array([link.carbon for link in links], float),
    )


def _bandwidth_gbps(link: Link) -> float:
    if link.bandwidth is not None:
        return link.bandwidth
    return np.inf if link.lease is None else 0.0


def _edge(name: str, link: Link, names: Names, faults: Faults) -> Edge:
    path = f"network.links.{name}.between"
    a, b = (names.find(zone, f"{path}.{i}", faults) for i, zone in enumerate(link.between))
    return Edge((a, b), link.latency)


def _factor(section: NetworkSection) -> float:
    if section.latency is None or section.latency_limit is None:
        return 1.0
    return _TRIPS[section.latency_limit] / _TRIPS[section.latency]


def _check_convention(section: NetworkSection, latency: Floats, faults: Faults) -> None:
    if section.latency is None and (np.nan_to_num(latency) > 0).any():
        hint = "say what the latencies in this file are; a round trip is twice one way"
        faults.add("network.latency", "`one_way` or `round_trip`", "nothing, beside latencies", hint)


def _table(section: NetworkSection, names: Names, context: Context) -> Floats:
    """(Z, Z) latencies that override the routes', nan where there is none."""
    if isinstance(section.latencies, LatencyFile):
        from computeplan.config.resolve.latency_file import read_latencies

        return read_latencies(section.latencies, names, context)
    table = np.full((len(names), len(names)), np.nan)
    for origin, row in section.latencies.items():
        path = f"network.latencies.{origin}"
        start = names.find(origin, path, context.faults)
        for goal, latency in row.items():
            table[start, names.find(goal, f"{path}.{goal}", context.faults)] = latency
    return table
