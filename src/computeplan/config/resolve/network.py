"""Builds zones, links, latencies and routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from computeplan import memory
from computeplan.config.context import Context
from computeplan.config.names import NameIndex, Names
from computeplan.config.resolve.routes import MOST_PATHS, Edge, Path, find_paths, find_routes
from computeplan.config.schema.network import (
    Duplex,
    LatencyConvention,
    LatencyFile,
    Link,
    NetworkSection,
    Zone,
)
from computeplan.errors import Faults
from computeplan.problem import GB_PER_H_PER_GBPS, Bools, Floats, Ints, Needs, Network, Sites
from computeplan.text import some_names

_MANY_ZONES = 1000

if TYPE_CHECKING:
    import polars as pl

    from computeplan.config.tables.table_file import InputTable

_TRIPS = {LatencyConvention.ONE_WAY: 1.0, LatencyConvention.ROUND_TRIP: 2.0}
"""One-way trips that each convention counts."""


def enclosing_zones(zones: Mapping[str, Zone], names: Names, faults: Faults) -> Bools:
    """(Z, Z) whether the zone of the column is the zone of the row or encloses it."""
    parents = {
        names[name]: names.find(zone.within, f"zones.{name}.within", faults)
        for name, zone in zones.items()
        if zone.within is not None
    }
    if len(zones) > _MANY_ZONES:
        memory.require(10 * len(zones) ** 2, f"{len(zones):,} zones", "merge zones")
    around, order = np.eye(len(zones), dtype=bool), list(names)
    done: set[int] = set()
    for zone in range(len(zones)):
        chain: dict[int, None] = {}
        while zone not in done and zone not in chain:
            chain[zone] = None
            zone = parents.get(zone, zone)  # noqa: PLW2901 - up to the outermost
        for inner in reversed(chain):
            around[inner] |= around[parents.get(inner, inner)]
        done |= chain.keys()
        if zone in chain and zone in parents:
            for inner in list(chain)[list(chain).index(zone) :]:
                path, parent = f"zones.{order[inner]}.within", repr(order[parents[inner]])
                faults.add(path, "a zone that is not within this one", parent)
    return around


def build_network(
    zones: Mapping[str, Zone],
    section: NetworkSection,
    index: NameIndex,
    ends: tuple[Needs, Sites],
    context: Context,
) -> Network:
    """Route all pairs of zones over the links; latencies are in the convention of the workloads' limits.

    A line of which each direction has its bandwidth becomes two links if traffic may go both ways.
    """
    names, lines = index.zones, list(section.links)
    edges = [_edge(name, link, names, context.faults) for name, link in section.links.items()]
    route, backward, connected, latency = find_routes(len(names), edges)
    pairs = _pairs_with_traffic(len(names), ends)
    paths = find_paths(edges, route, pairs)
    _warn_unused(lines, route, paths, context)
    longer = np.array([path.latency_ms - latency[path.start, path.goal] for path in paths], float)
    np.fill_diagonal(latency, [zone.latency for zone in zones.values()])
    table = _table(section, names, context)
    latency = np.where(np.isnan(table), latency, table)
    _check_convention(section, latency, context.faults)
    starts, goals = (np.array([getattr(path, end) for path in paths], np.int64) for end in ("start", "goal"))
    on_path, against = _links_of(paths, len(lines))
    both = np.flatnonzero(
        _goes_both_ways(
            list(section.links.values()),
            np.concatenate((route[pairs], on_path)),
            np.concatenate((backward[pairs], against)),
        )
    )
    line = np.concatenate((np.arange(len(lines)), both))
    links, second = [section.links[lines[i]] for i in line], np.arange(len(line)) >= len(lines)
    return Network(
        zone_names=tuple(names),
        link_names=_link_names(section, both, line, second),
        within=index.around,
        line_names=tuple(lines[i] for i in line),
        line=line,
        latency_ms=latency * _factor(section),
        route=_separate(route, backward, both),
        path=_separate(on_path, against, both),
        path_from=starts,
        path_to=goals,
        path_latency_ms=(latency[starts, goals] + longer) * _factor(section),
        connected=connected,
        bandwidth_gb_per_h=np.array([_bandwidth_gbps(link) * GB_PER_H_PER_GBPS for link in links], float),
        max_leased_gb_per_h=np.array(
            [link.lease.max_bandwidth * GB_PER_H_PER_GBPS if link.lease else 0.0 for link in links], float
        ),
        lease_price=np.array([link.lease.price if link.lease else 0.0 for link in links], float)
        * ~second
        * context.years
        / GB_PER_H_PER_GBPS,
        price_per_gb=np.array([link.price for link in links], float),
        energy_kwh_per_gb=np.array([link.energy for link in links], float),
        kg_per_kwh=np.array([link.carbon for link in links], float),
    )


def _pairs_with_traffic(zones: int, ends: tuple[Needs, Sites]) -> Bools:
    """(Z, Z) whether traffic of a need may go from one zone to a site in another."""
    needs, sites = ends
    pairs = np.zeros((zones, zones), bool)
    pairs[np.ix_(np.unique(needs.zone[needs.travels]), np.unique(sites.zone))] = True
    return pairs


def _links_of(paths: Sequence[Path], links: int) -> tuple[Bools, Bools]:
    """(N, L) links on each path, and whether it takes them from their second end to the first."""
    on_path, against = np.zeros((2, len(paths), links), bool)
    for row, path in enumerate(paths):
        on_path[row, list(path.links)] = True
        against[row, list(path.links)] = path.backward
    return on_path, against


def _goes_both_ways(links: Sequence[Link], there: Bools, backward: Bools) -> Bools:
    """(L,) lines whose directions have limits of their own, and that paths (n, L) take both ways."""
    limited = [link.duplex is Duplex.FULL and is_limited(link) for link in links]
    forth, back = (there & ~backward).any(axis=0), (there & backward).any(axis=0)
    both: Bools = np.array(limited, bool) & forth & back
    return both


def is_limited(link: Link) -> bool:
    """Whether a link has a bandwidth, given or leased."""
    return link.bandwidth is not None or link.lease is not None


def _separate(there: Bools, backward: Bools, both: Ints) -> Bools:
    """(…, L) links on paths, with the second direction of some lines as further links."""
    second = (there & backward)[..., both]
    first = there.copy()
    first[..., both] &= ~backward[..., both]
    return np.concatenate((first, second), axis=-1)


def _link_names(section: NetworkSection, both: Ints, line: Ints, second: Bools) -> tuple[str, ...]:
    """Name each link as its line, with its direction where the line is two."""
    lines, names = list(section.links), []
    for index, is_second in zip(line.tolist(), second.tolist(), strict=True):
        a, b = section.links[lines[index]].between
        way = f"{b} → {a}" if is_second else f"{a} → {b}"
        names.append(f"{lines[index]}, {way}" if index in both else lines[index])
    return tuple(names)


def _warn_unused(names: Sequence[str], route: Bools, paths: Sequence[Path], context: Context) -> None:
    used = {link for path in paths for link in path.links}
    used.update(np.flatnonzero(route.any(axis=(0, 1))).tolist())
    unused = [name for i, name in enumerate(names) if i not in used]
    if unused:
        context.warnings.append(
            f"network.links: no traffic uses {some_names(unused, 5)}; another route is as near, as cheap "
            f"and as clean, or none of the {MOST_PATHS} cheapest, which are considered, takes it"
        )


def _bandwidth_gbps(link: Link) -> float:
    if link.bandwidth is not None:
        return link.bandwidth
    return np.inf if link.lease is None else 0.0


def _edge(name: str, link: Link, names: Names, faults: Faults) -> Edge:
    path = f"network.links.{name}.between"
    a, b = (names.find(zone, f"{path}.{i}", faults) for i, zone in enumerate(link.between))
    kg_per_gb = link.energy * link.carbon
    return Edge(name, (a, b), link.latency, link.price, kg_per_gb, is_limited(link))


def _factor(section: NetworkSection) -> float:
    if section.latency is None or section.latency_limit is None:
        return 1.0
    return _TRIPS[section.latency_limit] / _TRIPS[section.latency]


def _check_convention(section: NetworkSection, latency: Floats, faults: Faults) -> None:
    if section.latency is None and (np.nan_to_num(latency) > 0).any():
        hint = "say what the latencies in this file are; a round trip is twice one way"
        faults.add("network.latency", "`one_way` or `round_trip`", "nothing, with latencies given", hint)


def _table(section: NetworkSection, names: Names, context: Context) -> Floats:
    """(Z, Z) latencies that override those of the routes, nan where there is none."""
    if isinstance(section.latencies, LatencyFile):
        return _read_latencies(section.latencies, names, context)
    table = np.full((len(names), len(names)), np.nan)
    for origin, row in section.latencies.items():
        path = f"network.latencies.{origin}"
        start = names.find(origin, path, context.faults)
        for goal, latency in row.items():
            table[start, names.find(goal, f"{path}.{goal}", context.faults)] = latency
    return table


_PATH = "network.latencies"


def _read_latencies(source: LatencyFile, zones: Names, context: Context) -> Floats:
    """(Z, Z) latencies of a file, a row for each origin, ms; nan where a cell is missing or empty.

    Zones that the config does not have are left out, with a warning.
    """
    from computeplan.config.tables.cells import read_texts
    from computeplan.config.tables.table_file import open_table

    matrix = np.full((len(zones), len(zones)), np.nan)
    table = open_table(source.file, _PATH, context.files, context.faults)
    if table is None:
        return matrix
    goals = [name for name in table.names if name in zones and name != source.origin]
    data = table.columns([source.origin, *goals])
    if data is None:
        return matrix
    origins = read_texts(data[source.origin])
    repeated = (origins.is_duplicated() & origins.is_not_null()).to_numpy()
    table.note_cells(origins.is_null().to_numpy() | repeated, data[source.origin], "one row for each zone")
    rows = np.array([zones.position(name) for name in origins.fill_null("")], np.int64)
    for goal in goals:
        matrix[rows[rows >= 0], zones[goal]] = _latencies(table, data[goal], context)[rows >= 0]
    _warn(table, [*origins.drop_nulls(), *(n for n in table.names if n != source.origin)], zones, context)
    return matrix


def _latencies(table: InputTable, cells: pl.Series, context: Context) -> Floats:
    from computeplan.config.tables.cells import read_numbers

    numbers = read_numbers(cells, parse=lambda text: context.number(text, "ms"))
    table.note_cells(numbers.bad | (numbers.values < 0), cells, "a latency in ms, at least 0", numbers.hint)
    return numbers.values


def _warn(table: InputTable, names: list[str], zones: Names, context: Context) -> None:
    if unknown := sorted({name for name in names if name not in zones}):
        found = f"{table.file} names zones that the config does not have"
        context.warnings.append(f"{_PATH}: {found}: {some_names(unknown, 5)}")
