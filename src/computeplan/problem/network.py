"""Zones, the links between them, and routes."""

from __future__ import annotations

from dataclasses import dataclass

from computeplan.problem.arrays import Bools, Floats, ReadOnlyArrays

GB_PER_H_PER_GBPS = 450.0
"""One Gbit/s carries 3600 / 8 GB an hour."""


@dataclass(frozen=True, eq=False)
class Network(ReadOnlyArrays):
    """Zones *z* and links *l*.

    Attributes
    ----------
    zone_names, link_names : tuple of str
    latency_ms : (Z, Z)
        Latency from users' zone (row) to site's zone (column), in the convention of the workloads'
        limits; nan where it is not known.
    route : (Z, Z, L)
        Links on the route; all False within a zone.
    connected : (Z, Z)
        Whether traffic can flow.
    bandwidth_gb_per_h : (L,)
        inf where there is no limit; without what is leased.
    max_leased_gb_per_h : (L,)
        Most bandwidth that the plan can lease beside it; 0 where it cannot.
    lease_price : (L,)
        Currency per GB/h leased, over the time that the horizon stands for.
    price_per_gb, energy_kwh_per_gb, kg_per_kwh : (L,)
        Price (energy included), energy and its emission factor, counted on every basis.
    """

    zone_names: tuple[str, ...]
    link_names: tuple[str, ...]
    latency_ms: Floats
    route: Bools
    connected: Bools
    bandwidth_gb_per_h: Floats
    max_leased_gb_per_h: Floats
    lease_price: Floats
    price_per_gb: Floats
    energy_kwh_per_gb: Floats
    kg_per_kwh: Floats

    @property
    def links(self) -> int:
        """Number of links L."""
        return len(self.link_names)
