"""Routes of least latency between zones, and the other paths that traffic may take."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.problem import Bools, Floats

MOST_PATHS = 8
"""Paths between two zones that are considered: the cheapest ones, and that of least latency."""
MOST_STEPS = 5_000
"""Beginnings of paths from a zone that are followed."""

_PER_UNIT = 10**9
"""Lengths are compared in whole billionths of their unit, so that sums of equal parts are equal."""

_Neighbors = Sequence[Sequence[tuple[int, int]]]
"""Links of each zone, and the zone that each leads to."""

_Label = tuple[tuple[int, ...], tuple[int, ...], int]
"""Length (latency, price, emissions, number of links), the links by rank of name, and the zone reached."""


@dataclass(frozen=True)
class Edge:
    """A link between two zones, given by index."""

    name: str
    ends: tuple[int, int]
    latency_ms: float
    price_per_gb: float
    kg_per_gb: float
    limited: bool

    @property
    def length(self) -> tuple[int, ...]:
        """What a path adds up for it, to be compared part by part."""
        parts = (self.latency_ms, self.price_per_gb, self.kg_per_gb)
        return (*(round(part * _PER_UNIT) for part in parts), 1)


def find_routes(zones: int, edges: Sequence[Edge]) -> tuple[Bools, Bools, Bools, Floats]:
    """Find the path of least latency between all zones; then least price, emissions and links, then by name.

    `edges`: usable in both directions.

    Returns `route` and `backward` (Z, Z, L): links on the path, and whether it takes them from their second
    end to the first; `connected` (Z, Z): whether there is a path; `latency_ms` (Z, Z): the sum over the path,
    0 within a zone, nan without a path.
    """
    neighbors = _neighbors(zones, edges)
    ranks = np.argsort(np.argsort([edge.name for edge in edges])).tolist()
    route = np.zeros((zones, zones, len(edges)), bool)
    backward, connected = np.zeros_like(route), np.zeros((zones, zones), bool)
    for origin in range(zones):
        for goal, links in _paths_from(origin, neighbors, edges, ranks).items():
            connected[origin, goal] = True
            route[origin, goal, list(links)] = True
            zone = origin
            for link in links:
                first, other = edges[link].ends
                backward[origin, goal, link] = zone != first
                zone = other if zone == first else first
    latency = route @ np.array([edge.latency_ms for edge in edges], float)
    return route, backward, connected, np.where(connected, latency, np.nan)


def _neighbors(zones: int, edges: Sequence[Edge]) -> _Neighbors:
    neighbors: list[list[tuple[int, int]]] = [[] for _ in range(zones)]
    for link, edge in enumerate(edges):
        a, b = edge.ends
        neighbors[a].append((link, b))
        neighbors[b].append((link, a))
    return neighbors


def _paths_from(
    origin: int, neighbors: _Neighbors, edges: Sequence[Edge], ranks: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """Return the links to every reachable zone: Dijkstra's algorithm with labels in lexicographic order."""
    paths: dict[int, tuple[int, ...]] = {}
    queue: list[_Label] = [((0, 0, 0, 0), (), origin)]
    link_of = {rank: link for link, rank in enumerate(ranks)}
    while queue:
        length, links, zone = heapq.heappop(queue)
        if zone in paths:
            continue
        paths[zone] = tuple(link_of[rank] for rank in links)
        for link, other in neighbors[zone]:
            if other not in paths:
                longer = tuple(map(sum, zip(length, edges[link].length, strict=True)))
                heapq.heappush(queue, (longer, (*links, ranks[link]), other))
    return paths


@dataclass(frozen=True)
class Path:
    """A way between two zones over some links, each taken forward or backward."""

    start: int
    goal: int
    links: tuple[int, ...]
    backward: tuple[bool, ...]
    latency_ms: float
    length: tuple[int, ...]
    """Latency, price, emissions and number of links."""
    limited: frozenset[tuple[int, bool]]
    """Links and directions with a bandwidth."""

    def replaces(self, other: Path) -> bool:
        """Whether it does all that another path does, as near, as cheap and as clean."""
        within = all(own <= others for own, others in zip(self.length[:3], other.length[:3], strict=True))
        return within and self.limited <= other.limited


def find_paths(edges: Sequence[Edge], route: Bools, pairs: Bools) -> list[Path]:
    """Find the paths that traffic may take between zones that have several; that of least latency first.

    Left out is what another path replaces, and all but the cheapest (see `MOST_PATHS`).

    `route` (Z, Z, L): links on the path of least latency. `pairs` (Z, Z): zones with traffic between them.
    """
    found: list[Path] = []
    if not _has_cycle(len(route), edges):
        return found
    neighbors = _neighbors(len(route), edges)
    for start in np.flatnonzero(pairs.any(axis=1)).tolist():
        by_goal = _cheapest_paths(start, neighbors, edges)
        for goal in np.flatnonzero(pairs[start]).tolist():
            nearest = set(np.flatnonzero(route[start, goal]).tolist())
            kept = _irreplaceable(by_goal[goal], nearest)
            found += kept if len(kept) > 1 else []
    return found


def _irreplaceable(paths: Sequence[Path], nearest: set[int]) -> list[Path]:
    """Keep that of least latency, given by its links, first, and of the others what no path kept replaces."""
    kept = [path for path in paths if set(path.links) == nearest]
    for path in paths if kept else ():
        if not any(one.replaces(path) for one in kept):
            kept = [kept[0], *(one for one in kept[1:] if not path.replaces(one)), path]
    return kept


def _has_cycle(zones: int, edges: Sequence[Edge]) -> bool:
    """Whether some zones have more than one path between them."""
    group = list(range(zones))
    for edge in edges:
        a, b = (group[end] for end in edge.ends)
        if a == b:
            return True
        group = [a if each == b else each for each in group]
    return False


def _cheapest_paths(start: int, neighbors: _Neighbors, edges: Sequence[Edge]) -> dict[int, list[Path]]:
    """Find simple paths from a zone by goal: that of least latency, then the cheapest, the cleanest first."""
    ranks = np.argsort(np.argsort([edge.name for edge in edges])).tolist()
    found: dict[int, list[Path]] = {goal: [] for goal in range(len(neighbors))}
    for by_latency in (True, False):
        most = dict.fromkeys(found, 1 if by_latency else MOST_PATHS)
        most[start] = 1  # the path of no link
        here = Path(start, start, (), (), 0.0, (0, 0, 0, 0), frozenset())
        queue: list[tuple[tuple[int, ...], tuple[int, ...], Path]] = [((), (), here)]
        for _ in range(MOST_STEPS):
            if not queue or max(most.values()) <= 0:
                break
            _, names, path = heapq.heappop(queue)
            if most[path.goal] > 0 and path not in found[path.goal]:
                found[path.goal].append(path)
            most[path.goal] -= 1
            for link, goal in neighbors[path.goal]:
                longer = _extend(path, link, goal, edges)
                if longer is not None:
                    latency, *others = longer.length
                    key = (latency, *others) if by_latency else (*others, latency)
                    heapq.heappush(queue, (key, (*names, ranks[link]), longer))
    return found


def _extend(path: Path, link: int, goal: int, edges: Sequence[Edge]) -> Path | None:
    """Extend a path by a link from its end to another zone; None where it was there before."""
    edge = edges[link]
    backward = path.goal != edge.ends[0]
    if goal == path.start or any(goal in edges[each].ends for each in path.links):
        return None
    return Path(
        path.start,
        goal,
        (*path.links, link),
        (*path.backward, backward),
        path.latency_ms + edge.latency_ms,
        tuple(map(sum, zip(path.length, edge.length, strict=True))),
        path.limited | ({(link, backward)} if edge.limited else set()),
    )
