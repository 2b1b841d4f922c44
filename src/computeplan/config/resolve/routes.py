"""Routes of least latency between zones."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.problem import Bools, Floats

_PER_MS = 10**9
"""Latencies are compared as whole picoseconds, so that sums of equal parts are equal."""

_Label = tuple[int, int, tuple[int, ...], int]
"""Latency, number of links, the links themselves, and the zone reached."""


@dataclass(frozen=True)
class Edge:
    """A link between two zones.

    Attributes
    ----------
    ends : (int, int)
        Zones.
    latency_ms : float
    """

    ends: tuple[int, int]
    latency_ms: float


def find_routes(zones: int, edges: Sequence[Edge]) -> tuple[Bools, Bools, Floats]:
    """Find the path of least latency between all zones; then fewest links, then first listed.

    Parameters
    ----------
    zones : int
    edges : sequence of Edge
        Usable in both directions.

    Returns
    -------
    route : (Z, Z, L)
        Links on the path.
    connected : (Z, Z)
        Whether there is a path.
    latency_ms : (Z, Z)
        Sum over the path, 0 within a zone, nan without a path.
    """
    neighbors: list[list[tuple[int, int]]] = [[] for _ in range(zones)]
    for number, edge in enumerate(edges):
        a, b = edge.ends
        neighbors[a].append((number, b))
        neighbors[b].append((number, a))
    ticks = [round(edge.latency_ms * _PER_MS) for edge in edges]
    route = np.zeros((zones, zones, len(edges)), bool)
    connected = np.zeros((zones, zones), bool)
    for origin in range(zones):
        for goal, links in _paths_from(origin, neighbors, ticks).items():
            connected[origin, goal] = True
            route[origin, goal, list(links)] = True
    latency = route @ np.array([edge.latency_ms for edge in edges], float)
    return route, connected, np.where(connected, latency, np.nan)


def _paths_from(
    origin: int, neighbors: Sequence[Sequence[tuple[int, int]]], ticks: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """Links to every zone that can be reached; Dijkstra's labels in lexicographic order."""
    paths: dict[int, tuple[int, ...]] = {}
    queue: list[_Label] = [(0, 0, (), origin)]
    while queue:
        latency, count, links, zone = heapq.heappop(queue)
        if zone in paths:
            continue
        paths[zone] = links
        for link, other in neighbors[zone]:
            if other not in paths:
                heapq.heappush(queue, (latency + ticks[link], count + 1, (*links, link), other))
    return paths
