"""The catalog of measures: what a plan amounts to beside its objective, as linear forms of its decisions.

A measure is written ``KIND:NAME``, such as ``share:xinjiang``, or ``KIND`` where it is of the whole plan. Its
rates say what one unit of each decision adds to it; model, accounts and prices read them from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt

from computeplan.errors import UsageError
from computeplan.problem.arrays import KG_PER_T, Bools, Floats, sum_by, times
from computeplan.problem.fields import meanings
from computeplan.problem.limits.kinds import Phrase
from computeplan.problem.network import GB_PER_H_PER_GBPS
from computeplan.problem.problem import Problem
from computeplan.problem.rates import Rates
from computeplan.problem.sites import Term
from computeplan.text import expected_one_of
from computeplan.vocabulary import CarbonBasis


@dataclass(frozen=True, eq=False)
class PlanMeasure:
    """One measure of a problem's plans."""

    kind: MeasureKind
    thing: str
    """Name of what it is of; empty: the whole plan."""
    unit: str
    rates: Rates
    one_sided: bool
    """Whether only its least is a linear program: the most would not be what the rates say."""

    @property
    def name(self) -> str:
        """How it is asked for, such as ``booked:hami/h100``."""
        return f"{self.kind.name}:{self.thing}" if self.thing else self.kind.name


@dataclass(frozen=True)
class MeasureKind:
    """Measures that differ in what they are of."""

    name: str
    unit: str
    """Empty: the currency; ``share``: a part of 1."""
    phrase: Phrase
    things: Callable[[Problem], Sequence[str]]
    """Names that it may be asked of; an empty name is the whole plan."""
    rates: Callable[[Problem, str], Rates]
    one_sided: Callable[[Problem], bool] = lambda _: False
    whole_phrase: Phrase | None = None
    """Words where it is of the whole plan."""

    def of(self, problem: Problem, thing: str) -> PlanMeasure:
        """Make the measure of one thing."""
        unit = self.unit or problem.currency
        return PlanMeasure(self, thing, unit, self.rates(problem, thing), self.one_sided(problem))


def rates_of(
    problem: Problem, *, money: float = 0.0, kg: float = 0.0, constant: float = 0.0, **given: Floats
) -> Rates:
    """Make the rates of a measure of which those other than 0 are given, each of a shape that fits."""
    rates = {}
    for name, meaning in meanings(Rates).items():
        rates[name] = np.broadcast_to(given.get(name, 0.0), problem.shape(meaning)).astype(np.float64)
    return Rates(**rates, money=money, kg=kg, constant=constant)


def all_measures(problem: Problem) -> Iterator[tuple[MeasureKind, str]]:
    """List what can be measured in a problem: kinds, and the names that each may be asked of."""
    for kind in MEASURES:
        for thing in kind.things(problem):
            yield kind, thing


def find_measures(problem: Problem, asked: Sequence[str] = ()) -> tuple[PlanMeasure, ...]:
    """Find measures by name, ``*`` stands for any letters; without names all but the cost.

    Raises `UsageError` where a name is none.
    """
    known = {
        f"{kind.name}:{thing}" if thing else kind.name: (kind, thing) for kind, thing in all_measures(problem)
    }
    names: dict[str, None] = {}
    for pattern in asked or [name for name in known if name != "cost"]:
        found = [name for name in known if fnmatchcase(name, pattern)]
        if not found:
            raise UsageError(path="of", **expected_one_of(known, pattern))
        names |= dict.fromkeys(found)
    return tuple(kind.of(problem, thing) for kind, thing in (known[name] for name in names))


def asked_unit_h(problem: Problem) -> float:
    """All work that is asked for, over the time that the horizon stands for, unit·h."""
    register, horizon = problem.workloads, problem.horizon
    demand = register.scale * (register.profiles @ (horizon.hours * horizon.weight))[register.profile]
    start_h = np.cumsum(horizon.hours) - horizon.hours
    period = np.searchsorted(start_h, register.release_h, side="right") - 1
    job = register.volume_unit_h * horizon.weight[np.clip(period, 0, horizon.size - 1)]
    return float(np.where(register.is_job, job, demand).sum())


def _inside(problem: Problem, zone: str) -> Bools:
    """(P,) pools in a zone."""
    names = problem.network.zone_names
    inside: Bools = problem.network.within[problem.pool_zone, names.index(zone)]
    return inside


def _at_site(problem: Problem, site: str) -> Bools:
    """(P,) pools at a site; all without a name."""
    if not site:
        return np.ones(problem.pools.size, dtype=bool)
    at: Bools = problem.pools.site == problem.sites.names.index(site)
    return at


def _work(problem: Problem, site: str) -> Rates:
    return rates_of(problem, work=np.outer(_at_site(problem, site), problem.horizon.weight))


def _share(problem: Problem, zone: str) -> Rates:
    whole = asked_unit_h(problem) or 1.0
    return rates_of(problem, work=np.outer(_inside(problem, zone), problem.horizon.weight / whole))


def _zones(problem: Problem) -> Sequence[str]:
    """Zones with a site, but those that all sites are in."""
    inside = problem.network.within[problem.sites.zone]
    some = inside.any(axis=0) & ~inside.all(axis=0)
    return [problem.network.zone_names[zone] for zone in np.flatnonzero(some).tolist()]


def _one(names: Sequence[str], name: str) -> Floats:
    """(n,) 1 for the thing of a name."""
    return np.array([each == name for each in names], dtype=np.float64)


def _of(names: Sequence[str], some: npt.ArrayLike) -> Sequence[str]:
    """Give the names of some things."""
    return [names[at] for at in np.flatnonzero(some).tolist()]


def _traffic(problem: Problem, link: str) -> Rates:
    names = problem.network.link_names
    counted = _one(names, link) if link else np.ones(len(names))
    return rates_of(problem, traffic=np.outer(counted, problem.horizon.weight))


def _links(problem: Problem) -> Sequence[str]:
    names = problem.network.link_names
    return ["", *names] if names else []


def _lines(problem: Problem) -> Sequence[str]:
    return _of(problem.network.line_names, problem.network.leases)


def _leased(problem: Problem, line: str) -> Rates:
    network = problem.network
    return rates_of(problem, leased=_one(network.line_names, line) * network.leases / GB_PER_H_PER_GBPS)


def _per_it_kwh(problem: Problem, site: str, per_kwh: Floats) -> Rates:
    """Rates of what IT energy at a site, or at all, uses: (P, T) of a kWh, without ω."""
    pools, horizon = problem.pools, problem.horizon
    weighted = per_kwh * horizon.weight * _at_site(problem, site)[:, None]
    idle = (weighted * horizon.hours * pools.availability).sum(axis=1) * problem.idle_kw
    owned = times(np.where(pools.term == Term.OWNED, idle, 0.0), pools.max_units)
    optional = problem.sites.is_optional[pools.site]
    return rates_of(
        problem,
        load=weighted * (problem.busy_kw - problem.idle_kw)[:, None],
        booked=np.where(pools.term == Term.RESERVED, idle, 0.0),
        new=np.where(pools.term == Term.OWNED, idle, 0.0),
        open=sum_by(pools.site, np.where(optional, owned, 0.0), problem.sites.size),
        constant=float(owned[~optional].sum()),
    )


def _energy(problem: Problem, site: str) -> Rates:
    return _per_it_kwh(problem, site, problem.pue / 1000.0)


def _water(problem: Problem, site: str) -> Rates:
    return _per_it_kwh(problem, site, problem.sites.water_l_per_it_kwh[problem.pools.site] / 1000.0)


def _wet_sites(problem: Problem) -> Sequence[str]:
    wet = _of(problem.sites.names, problem.sites.water_l_per_it_kwh.any(axis=1))
    return ["", *wet] if wet else []


def _peak(problem: Problem, site: str) -> Rates:
    months = len(problem.horizon.months)
    return rates_of(problem, peak=np.outer(_one(problem.sites.names, site), np.full(months, 1.0 / months)))


def _covers(problem: Problem) -> bool:
    """Whether a program could emit more than a plan does: cover less, or lose energy in batteries."""
    surplus = problem.contracts.take_or_pay.any() or (problem.grid.max_certificates_kwh > 0).any()
    covers = problem.objective.basis is CarbonBasis.MARKET and bool(surplus)
    return covers or problem.batteries.size > 0


MEASURES: tuple[MeasureKind, ...] = (
    MeasureKind("share", "share", Phrase("work in {}", "{}的工作量占比"), _zones, _share),
    MeasureKind("work", "unit·h", Phrase("work at {}", "{}的工作量"), lambda p: p.sites.names, _work),
    MeasureKind(
        "booked",
        "units",
        Phrase("booked of {}", "{}的预订量"),
        lambda p: _of(p.pools.names, p.pools.term == Term.RESERVED),
        lambda p, pool: rates_of(p, booked=_one(p.pools.names, pool)),
    ),
    MeasureKind(
        "new",
        "units",
        Phrase("new units of {}", "{}的新增设备"),
        lambda p: _of(p.pools.names, p.pools.max_new_units > 0),
        lambda p, pool: rates_of(p, new=_one(p.pools.names, pool)),
    ),
    MeasureKind(
        "contracted",
        "kW",
        Phrase("contracted of {}", "{}的签约功率"),
        lambda p: _of(p.contracts.names, p.contracts.max_chosen_kw > 0),
        lambda p, contract: rates_of(p, contracted=_one(p.contracts.names, contract)),
    ),
    MeasureKind("leased", "Gbps", Phrase("leased of {}", "{}的租用带宽"), _lines, _leased),
    MeasureKind(
        "traffic",
        "GB",
        Phrase("traffic on {}", "{}的流量"),
        _links,
        _traffic,
        whole_phrase=Phrase("traffic on all links", "全部线路的流量"),
    ),
    MeasureKind(
        "energy",
        "MWh",
        Phrase("energy of {}", "{}的用电量"),
        lambda p: ("", *p.sites.names),
        _energy,
        whole_phrase=Phrase("energy of all sites", "全部站点的用电量"),
    ),
    MeasureKind(
        "water",
        "m³",
        Phrase("water of {}", "{}的用水量"),
        _wet_sites,
        _water,
        whole_phrase=Phrase("water of all sites", "全部站点的用水量"),
    ),
    MeasureKind(
        "peak",
        "kW",
        Phrase("monthly peak of {}", "{}的月最大需量"),
        lambda p: _of(p.sites.names, (p.grid.demand_charge > 0).all(axis=1)),
        _peak,
        one_sided=lambda _: True,
    ),
    MeasureKind(
        "carbon",
        "t",
        Phrase("carbon", "碳排放"),
        lambda _: ("",),
        lambda p, _: rates_of(p, kg=1.0 / KG_PER_T),
        one_sided=_covers,
    ),
    MeasureKind(
        "cost",
        "",
        Phrase("cost with shortfall penalty", "成本(含缺额罚金)"),
        lambda _: ("",),
        lambda p, _: rates_of(p, money=1.0),
    ),
)
"""Every kind of measure, in the order in which people read them."""


def describe_measure(kind: str, thing: str, language: str) -> str:
    """Say what a measure is in ``en`` or ``zh``."""
    found = next(each for each in MEASURES if each.name == kind)
    if not thing and found.whole_phrase:
        return found.whole_phrase.in_language(language)
    return found.phrase.in_language(language, thing)
