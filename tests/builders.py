"""Small problems in a few words: a test states what matters, the rest has defaults.

A `Case` lists sites, pools, workloads and so on; ``case.problem()`` is the numeric problem. Every
amount is in base units (h, kW, kWh, kg, GB, ms). A *series* is a number or one value per period.

>>> problem = make_problem(pools=[Pool(units=5, price=2.0)], workloads=[Demand([1, 2, 3])])
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from math import inf, nan
from typing import TypeVar

import numpy as np

from computeplan.problem import (
    Batteries,
    CapMeasure,
    Caps,
    CarbonBasis,
    Companies,
    Contracts,
    Floats,
    Goal,
    Grid,
    HardwareKinds,
    Horizon,
    HorizonEnd,
    Needs,
    Network,
    Objective,
    Pools,
    Problem,
    RuleMeasure,
    Rules,
    Sites,
    Term,
    Workloads,
)

Series = float | Sequence[float]
Key = TypeVar("Key")


@dataclass(frozen=True)
class Site:
    """A site; its zone bears its name unless one is given."""

    name: str = "here"
    zone: str = ""
    pue: Series = 1.0
    price: Series = 0.0
    import_limit: float = inf
    demand_charge: Series = 0.0
    """One value, or one per month."""
    demand_interval: int = 1
    """Periods of the interval whose mean import is charged."""
    carbon: Series = 0.0
    market: Series | None = None
    hourly: Series | None = None
    provides: Sequence[str] = ()
    security: int = 0
    certificates: float = 0.0
    """Most kWh of certificates over the horizon, at `certificate_price` each."""
    certificate_price: float = 0.0
    optional: bool = False
    """Whether the plan may close it; open it costs `opening_price` over the horizon."""
    opening_price: float = 0.0
    water: Series = 0.0
    """Liters for a kWh of IT energy."""
    renewable: float = 0.0
    """Least share of energy from contracts."""

    @property
    def home(self) -> str:
        return self.zone or self.name


@dataclass(frozen=True)
class Pool:
    """A pool of the first site unless one is named; `units` is the most that can be used."""

    units: float = 10.0
    site: str = ""
    name: str = ""
    term: Term = Term.OWNED
    min_units: float = 0.0
    price: Series = 0.0
    availability: Series = 1.0
    idle_kw: float = 0.0
    busy_kw: float = 0.0
    step: float = 0.0
    """Chosen units are a multiple of it; 0: any amount."""
    new: float = 0.0
    """Most units that can be added, at `new_price` and `new_kg` each over the horizon."""
    new_price: float = 0.0
    new_kg: float = 0.0
    efficiency: float | Mapping[str, float] = 1.0
    """One value, or one per kind of workload (0 for a kind not named)."""
    owner: str = ""

    def does(self, kind: str) -> float:
        if isinstance(self.efficiency, Mapping):
            return float(self.efficiency.get(kind, 0.0))
        return float(self.efficiency)


def reserved(units: float = 10.0, **fields) -> Pool:
    return Pool(units, term=Term.RESERVED, **fields)


def on_demand(units: float = inf, **fields) -> Pool:
    return Pool(units, term=Term.ON_DEMAND, **fields)


@dataclass(frozen=True, kw_only=True)
class Needing:
    """What demands and jobs share. The zone is that of the first site unless one is named."""

    name: str = ""
    company: str = ""
    zone: str = ""
    kind: str = "any"
    requires: Sequence[str] = ()
    security: int = 0
    residency: Sequence[str] | None = None
    max_latency: float = inf
    traffic: float = 0.0
    data: float = 0.0
    unit_cost: Mapping[str, float] = field(default_factory=dict)
    """By site."""
    shortfall_price: float = inf
    move: float = 0.0
    """Price of a unit that moves."""


@dataclass(frozen=True)
class Demand(Needing):
    """``scale × units`` busy in each period, each arrival done within `max_delay` hours."""

    units: Series = 1.0
    max_delay: float = 0.0
    scale: float = 1.0
    fixed: bool = False
    whole: bool = False
    """Fixed, and all in one pool."""

    def times(self, factor: float) -> Demand:
        """The same demand of another size."""
        return replace(self, scale=self.scale * factor, data=self.data * factor)


@dataclass(frozen=True)
class Job(Needing):
    """`volume` unit·h between `release` and `deadline` (default: the end of the release's block)."""

    volume: float = 1.0
    release: float = 0.0
    deadline: float | None = None
    max_rate: float = inf
    through: bool = False
    """Whether it runs at `max_rate` without a pause."""
    whole: bool = False

    def times(self, factor: float) -> Job:
        """The same job of another size, in the same time."""
        sized = {"volume": self.volume, "max_rate": self.max_rate, "data": self.data}
        return replace(self, **{name: amount * factor for name, amount in sized.items()})


@dataclass(frozen=True)
class Contract:
    """A supply contract at the first site unless one is named; `available` in kW."""

    available: Series = 0.0
    site: str = ""
    price: Series = 0.0
    take_or_pay: bool = False
    carbon: float = 0.0
    feed_in: Series | None = None
    """Price of energy sold; without one there is no sale."""
    most: float = 0.0
    """Most power that can be chosen, kW, at `capacity_price` over the horizon; `available` is its profile."""
    capacity_price: float = 0.0


@dataclass(frozen=True)
class Battery:
    """A battery at the first site unless one is named; `efficiency` is that of each way."""

    power: float = 1.0
    energy: float = 1.0
    site: str = ""
    efficiency: float = 1.0
    price: float = 0.0


@dataclass(frozen=True)
class Link:
    """A link between two zones; `bandwidth` in GB/h."""

    between: tuple[str, str]
    latency: float = 0.0
    bandwidth: float = inf
    price: float = 0.0
    energy: float = 0.0
    carbon: float = 0.0
    lease: float = 0.0
    """Most GB/h that can be leased beside, at `lease_price` over the horizon."""
    lease_price: float = 0.0
    half: bool = False
    """Whether both directions share bandwidth and lease."""


@dataclass(frozen=True)
class Cap:
    """A cap over pools, by ``site/name`` and weight; over all of them unless some are named."""

    limit: Series
    measure: CapMeasure = CapMeasure.UNITS
    weights: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Rule:
    """A rule on some workloads by number, all of them unless some are named."""

    limit: float
    measure: RuleMeasure = RuleMeasure.MOST_SHARE
    sites: Sequence[str] = ()
    workloads: Sequence[int] | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A problem in words. `blocks` are the lengths in periods, `weights` one value per block."""

    periods: int = 3
    period_h: float = 1.0
    blocks: Sequence[int] = ()
    weights: Sequence[float] = ()
    months: Sequence[int] = ()
    """Index of the month of each period."""
    end: HorizonEnd = HorizonEnd.CLOSE
    sites: Sequence[Site] = (Site(),)
    pools: Sequence[Pool] = (Pool(),)
    workloads: Sequence[Demand | Job] = (Demand(),)
    contracts: Sequence[Contract] = ()
    batteries: Sequence[Battery] = ()
    links: Sequence[Link] = ()
    zone_latency: Mapping[str, float] = field(default_factory=dict)
    caps: Sequence[Cap] = ()
    goal: Goal = Goal.COST
    basis: CarbonBasis = CarbonBasis.LOCATION
    carbon_price: float = 0.0
    carbon_cap: float = inf
    budget: float = inf
    rules: Sequence[Rule] = ()

    def but(self, **changes) -> Case:
        """The same case with some fields changed."""
        return replace(self, **changes)

    def problem(self) -> Problem:
        sites = self._sites()
        needs, need_of = self._needs(sites.label_names)
        return Problem(
            name="case",
            currency="CNY",
            horizon=self._horizon(),
            companies=self._companies(),
            workloads=self._workloads(need_of),
            needs=needs,
            sites=sites,
            hardware=self._hardware(),
            pools=self._pools(),
            caps=self._caps(),
            grid=self._grid(),
            contracts=self._contracts(),
            batteries=self._batteries(),
            network=self._network(),
            rules=self._rules(),
            objective=Objective(
                self.goal, self.basis, self.carbon_price, self.carbon_cap, budget=self.budget
            ),
        )

    @property
    def zones(self) -> tuple[str, ...]:
        named = [site.home for site in self.sites] + [self.zone_of(w) for w in self.workloads]
        return _distinct(named + [zone for link in self.links for zone in link.between])

    @property
    def pool_names(self) -> tuple[str, ...]:
        return tuple(
            f"{self.sites[self._site(p.site)].name}/{p.name or f'p{i}'}" for i, p in enumerate(self.pools)
        )

    def zone_of(self, workload: Needing) -> str:
        return workload.zone or self.sites[0].home

    @property
    def _owners(self) -> list[str]:
        return [w.company or self._name(i, w) for i, w in enumerate(self.workloads)]

    @property
    def _kinds(self) -> tuple[str, ...]:
        return _distinct([w.kind for w in self.workloads]) or ("any",)

    @property
    def _builds(self) -> tuple[tuple[float, ...], ...]:
        return _distinct([self._build(pool) for pool in self.pools])

    @property
    def _block_lengths(self) -> Sequence[int]:
        return self.blocks or (self.periods,)

    def _build(self, pool: Pool) -> tuple[float, ...]:
        return (pool.idle_kw, pool.busy_kw, *(pool.does(kind) for kind in self._kinds))

    def _name(self, index: int, workload: Needing) -> str:
        return workload.name or f"w{index}"

    def _site(self, name: str) -> int:
        return [site.name for site in self.sites].index(name) if name else 0

    def _rows(self, series: Sequence[Series]) -> Floats:
        rows = [np.broadcast_to(np.asarray(s, float), self.periods) for s in series]
        return np.array(rows, float).reshape(len(rows), self.periods)

    def _companies(self) -> Companies:
        names = _distinct(self._owners)
        return Companies(names, ("",) * len(names))

    def _horizon(self) -> Horizon:
        lengths = np.asarray(self._block_lengths)
        start = np.datetime64("2026-03-02T00:00", "s")
        minutes = np.arange(self.periods) * round(60 * self.period_h)
        months = self.months or (0,) * self.periods
        return Horizon(
            start_utc=start + minutes.astype("timedelta64[m]"),
            hours=np.full(self.periods, self.period_h),
            weight=np.repeat(np.asarray(self.weights or (1.0,) * len(lengths), float), lengths),
            block=np.repeat(np.arange(len(lengths)), lengths),
            month=np.asarray(months, np.int64),
            months=tuple(f"2026-{3 + m:02}" for m in range(max(months) + 1)),
            end=self.end,
            time_zone="UTC",
        )

    def _sites(self) -> Sites:
        named = [label for s in self.sites for label in s.provides]
        labels = tuple(sorted({*named, *(label for w in self.workloads for label in w.requires)}))
        return Sites(
            names=tuple(s.name for s in self.sites),
            zone=np.array([self.zones.index(s.home) for s in self.sites], np.int64),
            pue=self._rows([s.pue for s in self.sites]),
            is_optional=np.array([s.optional for s in self.sites], bool),
            opening_price=np.array([s.opening_price if s.optional else 0.0 for s in self.sites], float),
            water_l_per_it_kwh=self._rows([s.water for s in self.sites]),
            labels=_membership([s.provides for s in self.sites], labels),
            security=np.array([s.security for s in self.sites], np.int64),
            label_names=labels,
        )

    def _needs(self, labels: tuple[str, ...]) -> tuple[Needs, list[int]]:
        keys = [self._need(w) for w in self.workloads]
        distinct = _distinct(keys)
        first = [self.workloads[keys.index(key)] for key in distinct]
        anywhere = [self.zones if w.residency is None else w.residency for w in first]
        costs = [[w.unit_cost.get(site.name, 0.0) for site in self.sites] for w in first]
        needs = Needs(
            zone=np.array([self.zones.index(self.zone_of(w)) for w in first], np.int64),
            kind=np.array([self._kinds.index(w.kind) for w in first], np.int64),
            labels=_membership([w.requires for w in first], labels),
            security=np.array([w.security for w in first], np.int64),
            residency=_membership(anywhere, self.zones),
            max_latency_ms=np.array([w.max_latency for w in first], float),
            traffic_gb_per_unit_h=np.array([w.traffic for w in first], float),
            moves_data=np.array([w.data > 0 for w in first], bool),
            unit_cost=np.array(costs, float).reshape(len(first), len(self.sites)),
        )
        return needs, [distinct.index(key) for key in keys]

    def _need(self, w: Needing) -> tuple:
        residency = None if w.residency is None else frozenset(w.residency)
        where = (self.zone_of(w), w.kind, frozenset(w.requires), w.security, residency)
        return (*where, w.max_latency, w.traffic, w.data > 0, frozenset(w.unit_cost.items()))

    def _hardware(self) -> HardwareKinds:
        builds = np.array(self._builds, float).reshape(-1, 2 + len(self._kinds))
        return HardwareKinds(
            names=tuple(f"h{i}" for i in range(len(builds))),
            kind_names=self._kinds,
            efficiency=builds[:, 2:].T.copy(),
            idle_kw=builds[:, 0].copy(),
            busy_kw=builds[:, 1].copy(),
        )

    def _pools(self) -> Pools:
        least = {Term.OWNED: lambda p: p.units, Term.ON_DEMAND: lambda _: 0.0}
        return Pools(
            names=self.pool_names,
            owners=tuple(p.owner for p in self.pools),
            site=np.array([self._site(p.site) for p in self.pools], np.int64),
            hardware=np.array([self._builds.index(self._build(p)) for p in self.pools], np.int64),
            term=np.array([p.term for p in self.pools], np.int64),
            min_units=np.array([least.get(p.term, lambda p: p.min_units)(p) for p in self.pools], float),
            max_units=np.array([p.units for p in self.pools], float),
            availability=self._rows([p.availability for p in self.pools]),
            price=self._rows([p.price for p in self.pools]),
            step_units=np.array([p.step for p in self.pools], float),
            max_new_units=np.array([p.new for p in self.pools], float),
            new_unit_price=np.array([p.new_price for p in self.pools], float),
            new_unit_kg=np.array([p.new_kg for p in self.pools], float),
        )

    def _caps(self) -> Caps:
        weights = [
            [1.0 if cap.weights is None else cap.weights.get(name, 0.0) for name in self.pool_names]
            for cap in self.caps
        ]
        return Caps(
            names=tuple(f"cap{i}" for i in range(len(self.caps))),
            measure=tuple(cap.measure for cap in self.caps),
            weight=np.array(weights, float).reshape(len(self.caps), len(self.pools)),
            limit=self._rows([cap.limit for cap in self.caps]),
        )

    def _grid(self) -> Grid:
        months = max(self.months, default=0) + 1
        charges = [np.broadcast_to(np.asarray(s.demand_charge, float), months) for s in self.sites]
        factors = [(s.carbon, s.carbon if s.market is None else s.market) for s in self.sites]
        return Grid(
            price=self._rows([s.price for s in self.sites]),
            import_limit_kw=np.array([s.import_limit for s in self.sites], float),
            demand_charge=np.array(charges, float),
            interval_start=np.array([self._interval_starts(s.demand_interval) for s in self.sites], np.int64),
            certificate_price=np.array([s.certificate_price for s in self.sites], float),
            max_certificates_kwh=np.array([s.certificates for s in self.sites], float),
            renewable_share=np.array([s.renewable for s in self.sites], float),
            location_kg_per_kwh=self._rows([location for location, _ in factors]),
            market_kg_per_kwh=self._rows([market for _, market in factors]),
            hourly_kg_per_kwh=self._rows([s.carbon if s.hourly is None else s.hourly for s in self.sites]),
        )

    def _interval_starts(self, length: int) -> list[int]:
        """First period of the interval of each period; intervals end with blocks and months."""
        blocks = [b for b, size in enumerate(self._block_lengths) for _ in range(size)]
        spans = list(zip(blocks, self.months or blocks, strict=True))
        starts: list[int] = []
        for t, span in enumerate(spans):
            is_inside = t > 0 and span == spans[t - 1] and t - starts[-1] < length
            starts.append(starts[-1] if is_inside else t)
        return starts

    def _batteries(self) -> Batteries:
        return Batteries(
            names=tuple(f"b{i}" for i in range(len(self.batteries))),
            site=np.array([self._site(b.site) for b in self.batteries], np.int64),
            power_kw=np.array([b.power for b in self.batteries], float),
            energy_kwh=np.array([b.energy for b in self.batteries], float),
            charge_efficiency=np.array([b.efficiency for b in self.batteries], float),
            discharge_efficiency=np.array([b.efficiency for b in self.batteries], float),
            price=np.array([b.price for b in self.batteries], float),
        )

    def _rules(self) -> Rules:
        everyone = range(len(self.workloads))
        members = [everyone if rule.workloads is None else rule.workloads for rule in self.rules]
        member = np.array([[w in some for w in everyone] for some in members], bool)
        names = tuple(f"rule{i}" for i in range(len(self.rules)))
        return Rules(
            names=names,
            config_names=names,
            measure=tuple(rule.measure for rule in self.rules),
            member=member.reshape(len(self.rules), len(self.workloads)),
            site=_membership([rule.sites for rule in self.rules], [site.name for site in self.sites]),
            limit=np.array([rule.limit for rule in self.rules], float),
        )

    def _contracts(self) -> Contracts:
        profile = self._rows([c.available for c in self.contracts])
        most = np.array([c.most for c in self.contracts], float)
        return Contracts(
            names=tuple(f"c{i}" for i in range(len(self.contracts))),
            site=np.array([self._site(c.site) for c in self.contracts], np.int64),
            available_kw=np.where(most[:, None] > 0, 0.0, profile),
            profile=profile,
            max_chosen_kw=most,
            capacity_price=np.array([c.capacity_price for c in self.contracts], float),
            price=self._rows([c.price for c in self.contracts]),
            take_or_pay=np.array([c.take_or_pay for c in self.contracts], bool),
            kg_per_kwh=np.array([c.carbon for c in self.contracts], float),
            may_sell=np.array([c.feed_in is not None for c in self.contracts], bool),
            feed_in_price=self._rows([0.0 if c.feed_in is None else c.feed_in for c in self.contracts]),
        )

    def _workloads(self, need_of: list[int]) -> Workloads:
        demands = [w if isinstance(w, Demand) else None for w in self.workloads]
        jobs = [w if isinstance(w, Job) else None for w in self.workloads]
        owners = _distinct(self._owners)
        shapes = self._rows([w.units if w else 0.0 for w in demands])
        profiles, profile = np.unique(shapes, axis=0, return_inverse=True)
        return Workloads(
            names=tuple(self._name(i, w) for i, w in enumerate(self.workloads)),
            company=np.array([owners.index(owner) for owner in self._owners], np.int64),
            need=np.array(need_of, np.int64),
            is_job=np.array([w is not None for w in jobs], bool),
            is_fixed=np.array([w.fixed or w.whole if w else False for w in demands], bool),
            is_whole=np.array([w.whole for w in self.workloads], bool),
            runs_through=np.array([w.through if w else False for w in jobs], bool),
            profile=np.where([w is None for w in demands], 0, profile.reshape(-1)).astype(np.int64),
            scale=np.array([w.scale if w else 0.0 for w in demands], float),
            profiles=profiles,
            max_delay_h=np.array([w.max_delay if w else 0.0 for w in demands], float),
            volume_unit_h=np.array([w.volume if w else 0.0 for w in jobs], float),
            release_h=np.array([w.release if w else 0.0 for w in jobs], float),
            deadline_h=np.array([self._deadline(w) if w else 0.0 for w in jobs], float),
            max_rate=np.array([w.max_rate if w else inf for w in jobs], float),
            data_gb=np.array([w.data for w in self.workloads], float),
            shortfall_price=np.array([w.shortfall_price for w in self.workloads], float),
            move_price=np.array([w.move for w in self.workloads], float),
        )

    def _deadline(self, job: Job) -> float:
        ends = np.cumsum(self._block_lengths) * self.period_h
        return float(ends[ends > job.release][0]) if job.deadline is None else job.deadline

    def _network(self) -> Network:
        zones, size = self.zones, len(self.zones)
        nearest = {zone: _shortest_paths(zone, self.links) for zone in zones}
        paths = [path for ends in self._ends_of_traffic for path in self._paths(*ends, nearest)]
        links, line, ways = self._directions(nearest, paths)
        latency, route = np.full((size, size), nan), np.zeros((size, size, len(links)), bool)
        connected = np.eye(size, dtype=bool)
        for start, origin in enumerate(zones):
            latency[start, start] = self.zone_latency.get(origin, 0.0)
            for zone, (ms, path) in nearest[origin].items():
                place = (start, zones.index(zone))
                latency[place], connected[place] = ms, True
                route[place][[ways[step] for step in _steps(origin, path, self.links)]] = True
        on_path = np.zeros((len(paths), len(links)), bool)
        for row, (origin, _, path) in enumerate(paths):
            on_path[row, [ways[step] for step in _steps(origin, path, self.links)]] = True
        return Network(
            zone_names=zones,
            link_names=tuple(
                f"{'-'.join(link.between)}{'' if i == at else '-back'}"
                for i, (link, at) in enumerate(zip(links, line, strict=True))
            ),
            within=np.eye(size, dtype=bool),
            line_names=tuple("-".join(link.between) for link in links),
            line=np.array(line, np.int64),
            latency_ms=latency,
            route=route,
            path=on_path,
            path_from=np.array([zones.index(start) for start, _, _ in paths], np.int64),
            path_to=np.array([zones.index(end) for _, end, _ in paths], np.int64),
            path_latency_ms=np.array(
                [sum(self.links[i].latency for i in path) for _, _, path in paths], float
            ),
            connected=connected,
            bandwidth_gb_per_h=np.array([link.bandwidth for link in links], float),
            max_leased_gb_per_h=np.array([link.lease for link in links], float),
            lease_price=np.array([link.lease_price * (i == line[i]) for i, link in enumerate(links)], float),
            price_per_gb=np.array([link.price for link in links], float),
            energy_kwh_per_gb=np.array([link.energy for link in links], float),
            kg_per_kwh=np.array([link.carbon for link in links], float),
        )

    @property
    def _ends_of_traffic(self) -> list[tuple[str, str]]:
        travelling = _distinct([self.zone_of(w) for w in self.workloads if w.traffic > 0 or w.data > 0])
        return [(start, end) for start in travelling for end in _distinct([site.home for site in self.sites])]

    def _paths(self, start: str, end: str, nearest: Mapping) -> list[tuple[str, str, tuple[int, ...]]]:
        """All ways between two zones without a circle, the shortest first, where there are several."""
        if start == end or end not in nearest[start]:
            return []
        first = nearest[start][end][1]
        others = [path for path in _simple_paths(start, end, self.links) if path != first]
        return [(start, end, path) for path in (first, *others)] if others else []

    def _directions(
        self, nearest: Mapping, paths: Sequence
    ) -> tuple[list[Link], list[int], dict[tuple[int, bool], int]]:
        """Links with second directions of lines that need both, the line of each, the link of a step."""
        taken = [(start, path) for start, _, path in paths]
        taken += [
            (start, nearest[start][end][1]) for start, end in self._ends_of_traffic if end in nearest[start]
        ]
        steps = {step for start, path in taken for step in _steps(start, path, self.links)}
        links, line = list(self.links), list(range(len(self.links)))
        ways = {(index, back): index for index in line for back in (False, True)}
        for index, link in enumerate(self.links):
            limited = not link.half and (link.bandwidth < inf or link.lease > 0)
            if limited and {(index, False), (index, True)} <= steps:
                ways[index, True] = len(links)
                links, line = [*links, link], [*line, index]
        return links, line, ways


def make_problem(**fields) -> Problem:
    """The problem of a `Case` with these fields."""
    return Case(**fields).problem()


def _distinct(items: Sequence[Key]) -> tuple[Key, ...]:
    return tuple(dict.fromkeys(items))


def _membership(rows: Sequence[Sequence[str]], names: Sequence[str]) -> np.ndarray:
    return np.array([[name in row for name in names] for row in rows], bool).reshape(len(rows), len(names))


def _simple_paths(start: str, end: str, links: Sequence[Link]) -> list[tuple[int, ...]]:
    """Every sequence of links between two zones that is in no zone twice."""
    found: list[tuple[int, ...]] = []
    open_paths: list[tuple[str, tuple[str, ...], tuple[int, ...]]] = [(start, (start,), ())]
    while open_paths:
        zone, seen, path = open_paths.pop()
        if zone == end:
            found.append(path)
            continue
        for index, link in enumerate(links):
            if zone in link.between:
                other = link.between[link.between[0] == zone]
                if other not in seen:
                    open_paths.append((other, (*seen, other), (*path, index)))
    return sorted(found)


def _steps(origin: str, path: Sequence[int], links: Sequence[Link]) -> list[tuple[int, bool]]:
    """Each link of a path, and whether it is taken from its second end."""
    steps, zone = [], origin
    for index in path:
        ends = links[index].between
        steps.append((index, zone == ends[1]))
        zone = ends[zone == ends[0]]
    return steps


def _shortest_paths(origin: str, links: Sequence[Link]) -> dict[str, tuple[float, tuple[int, ...]]]:
    """Least latency, then fewest links, to every other zone that can be reached."""
    order = count()
    done: dict[str, tuple[float, tuple[int, ...]]] = {}
    queue: list = [(0.0, 0, next(order), origin, ())]
    while queue:
        ms, hops, _, zone, path = heapq.heappop(queue)
        if zone in done:
            continue
        done[zone] = (ms, path)
        for index, link in enumerate(links):
            if zone in link.between:
                other = link.between[link.between[0] == zone]
                heapq.heappush(queue, (ms + link.latency, hops + 1, next(order), other, (*path, index)))
    del done[origin]
    return done
