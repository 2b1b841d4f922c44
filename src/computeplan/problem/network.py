"""Zones, the links between them, and routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from computeplan.problem.arrays import Bools, Floats, Ints, ReadOnlyArrays
from computeplan.problem.fields import factor, flag, index, limit, price
from computeplan.problem.workloads import Needs

GB_PER_H_PER_GBPS = 450.0
"""One Gbit/s carries 3600 / 8 GB an hour."""


@dataclass(frozen=True, eq=False)
class Network(ReadOnlyArrays):
    """Zones *z* and links *l*.

    A line of which each direction has a limit of its own is two links where traffic goes both ways.
    """

    zone_names: tuple[str, ...]
    link_names: tuple[str, ...]
    within: Annotated[Bools, flag("ZZ")]
    """Whether a zone (row) is another one (column) or lies in it."""
    line_names: tuple[str, ...]
    """(L,) name of the line in the config."""
    line: Annotated[Ints, index("L")]
    """First link of the same line, with which its lease is shared."""
    latency_ms: Annotated[Floats, factor("ZZ", "ms")]
    """From users' zone (row) to site's zone (column), in the convention of the workloads' limits; nan where
    it is not known."""
    route: Annotated[Bools, flag("ZZL")]
    """Links on the route; all False within a zone."""
    path: Annotated[Bools, flag("NL")]
    """Links on each path *n* between two zones that have several; the first of them is the route."""
    path_from: Annotated[Ints, index("N")]
    path_to: Annotated[Ints, index("N")]
    path_latency_ms: Annotated[Floats, factor("N", "ms")]
    connected: Annotated[Bools, flag("ZZ")]
    """Whether traffic can flow."""
    bandwidth_gb_per_h: Annotated[Floats, limit("L", "GB/h")]
    """inf where there is no limit; without what is leased."""
    max_leased_gb_per_h: Annotated[Floats, limit("L", "GB/h")]
    """Most bandwidth that the plan can lease in addition, on each link of a line; 0 where it cannot."""
    lease_price: Annotated[Floats, price("L", "money/(GB/h)")]
    """Of a line, over the time that the horizon stands for; 0 for its second link."""
    price_per_gb: Annotated[Floats, price("L", "money/GB")]
    """Energy included."""
    energy_kwh_per_gb: Annotated[Floats, factor("L", "kWh/GB")]
    kg_per_kwh: Annotated[Floats, factor("L", "kg/kWh")]
    """Of the links' energy, on every basis."""

    @property
    def links(self) -> int:
        """Number of links L."""
        return len(self.link_names)

    @property
    def leases(self) -> Bools:
        """(L,) links, one of each line, on which bandwidth can be leased."""
        leases: Bools = (self.max_leased_gb_per_h > 0) & (self.line == np.arange(self.links))
        return leases


@dataclass(frozen=True, eq=False)
class Routing(ReadOnlyArrays):
    """Over which links the traffic between needs and sites goes, and where the plan chooses.

    A *flow* is all traffic between two zones that may take the same paths, if these are several; an *option*
    is a flow on one of them.
    """

    flow_of: Ints
    """(R, Z) flow between a need and a site's zone; −1 where there is one route only."""
    option_flow: Ints
    """(O,)"""
    option_path: Ints
    """(O,)"""

    @property
    def flows(self) -> int:
        """Number of flows F."""
        return int(self.option_flow.max(initial=-1)) + 1


def derive_routing(needs: Needs, network: Network) -> Routing:
    """Find the paths that each need's traffic may take within its largest latency."""
    flow_of = np.full((needs.size, len(network.zone_names)), -1)
    flows: dict[tuple[int, ...], int] = {}
    keys = np.column_stack((needs.zone, needs.max_latency_ms))
    for origin, most_ms in np.unique(keys[needs.travels], axis=0).tolist():
        rows = (needs.zone == origin) & (needs.max_latency_ms == most_ms) & needs.travels
        near = np.flatnonzero((network.path_from == origin) & (network.path_latency_ms <= most_ms))
        for goal in np.unique(network.path_to[near]).tolist():
            paths = tuple(near[network.path_to[near] == goal].tolist())
            if len(paths) > 1:
                flow_of[rows, goal] = flows.setdefault(paths, len(flows))
    return Routing(
        flow_of,
        np.array([flow for paths, flow in flows.items() for _ in paths], np.int64),
        np.array([path for paths in flows for path in paths], np.int64),
    )
