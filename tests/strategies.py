"""Random small cases that together use every feature.

Numbers are quarters and few, so that objectives are well conditioned and ties and duplicates are
common. Most cases can be served, some cannot; `test_strategies.py` holds both to account.
Strategies are kept: Hypothesis looks into each new one, which takes longer than drawing from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import ceil, inf

from hypothesis import settings
from hypothesis import strategies as st

from builders import Cap, Case, Contract, Demand, Job, Link, Pool, Site, on_demand
from computeplan.problem import CapMeasure, CarbonBasis, Goal, HorizonEnd, Term
from reference.windows import eligible_pools

ZONES = ("a", "b", "c", "town")
KINDS = ("inference", "training")
LABELS = ("cleared", "trusted")
Draw = st.DrawFn


def examples(count: int, **others: object) -> settings:
    """Give settings that look at so many examples in the profile `whole`, in others in proportion."""
    return settings(max_examples=ceil(count * settings().max_examples / 30), **others)


@cache
def quarters(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(round(4 * low), round(4 * high)).map(lambda n: n / 4)


@cache
def series(values: st.SearchStrategy[float], periods: int) -> st.SearchStrategy:
    return values | st.lists(values, min_size=periods, max_size=periods)


def seldom(usual: object, strategy: st.SearchStrategy) -> st.SearchStrategy:
    """The usual value three times in four."""
    return st.integers(0, 3).flatmap(lambda n: strategy if n == 3 else st.just(usual))


def sometimes(strategy: st.SearchStrategy, otherwise: object) -> st.SearchStrategy:
    return st.just(otherwise) | strategy


@st.composite
def cases(draw: Draw, **given: st.SearchStrategy) -> Case:
    """A case; fields given as strategies replace those drawn here."""
    blocks = draw(st.sampled_from([(1,), (2,), (3,), (4,), (5,), (2, 2), (3, 2), (1, 2)]))
    periods, period_h = sum(blocks), draw(st.sampled_from([0.25, 0.5, 1.0]))
    sites = draw(st.lists(_sites(periods), min_size=1, max_size=3))
    sites = [replace(site, name=f"s{i}") for i, site in enumerate(sites)]
    sites[0] = replace(sites[0], provides=LABELS, security=3)
    names = tuple(site.name for site in sites)
    workloads = draw(st.lists(_workloads(blocks, period_h, names), min_size=1, max_size=4))
    workloads += draw(st.lists(st.sampled_from(workloads).flatmap(lambda w: _twins(w, periods)), max_size=2))
    case = Case(
        periods=periods,
        period_h=period_h,
        blocks=blocks,
        weights=draw(
            st.lists(st.sampled_from([1.0, 1.0, 2.5, 26.0]), min_size=len(blocks), max_size=len(blocks))
        ),
        months=_two_months(periods, draw(st.integers(1, 2 * periods))),
        end=draw(st.sampled_from(HorizonEnd)),
        sites=sites,
        pools=draw(_pool_lists(names, periods)),
        workloads=workloads,
        contracts=draw(sometimes(st.lists(_contracts(names, periods), min_size=1, max_size=2), ())),
        links=draw(_networks()),
        zone_latency=draw(seldom({}, st.just({"a": 2.0, "b": 10.0}))),
        basis=draw(st.sampled_from([CarbonBasis.MARKET, *CarbonBasis])),
        goal=draw(st.sampled_from([Goal.COST, Goal.COST, Goal.CARBON])),
        carbon_price=draw(sometimes(quarters(0, 2), 0.0)),
        carbon_cap=draw(seldom(inf, st.sampled_from([10.0, 50.0, 200.0, 1000.0]))),
    )
    case = case.but(
        caps=draw(sometimes(st.lists(_caps(case.pool_names, periods), min_size=1, max_size=2), ()))
    )
    case = case.but(**{name: draw(strategy) for name, strategy in given.items()})
    return case if draw(st.integers(0, 9)) == 9 else _possible(case)


@st.composite
def crowds(draw: Draw) -> Case:
    """A case with many workloads that can, or just cannot, be merged."""
    case = draw(cases())
    twins = st.sampled_from(case.workloads).flatmap(lambda workload: _twins(workload, case.periods))
    return _possible(case.but(workloads=[*case.workloads, *draw(st.lists(twins, min_size=2, max_size=5))]))


def _possible(case: Case) -> Case:
    """Put a price on leaving work undone that no pool can do; least carbon goes without such work."""
    problem = case.problem()
    able = [bool(eligible_pools(problem, w)) for w in range(len(case.workloads))]
    if case.goal is Goal.CARBON and any(able):
        return case.but(workloads=[w for w, served in zip(case.workloads, able, strict=True) if served])
    pairs = zip(case.workloads, able, strict=True)
    return case.but(workloads=[w if served else replace(w, shortfall_price=20.0) for w, served in pairs])


def _two_months(periods: int, change: int) -> tuple[int, ...]:
    """The second month starts at period `change`, if there is one."""
    return tuple(int(t >= change) for t in range(periods))


@cache
@st.composite
def _sites(draw: Draw, periods: int) -> Site:
    factors = series(quarters(0, 2), periods)
    return Site(
        zone=draw(st.sampled_from(ZONES[:3])),
        pue=draw(series(quarters(1, 2), periods)),
        price=draw(series(quarters(-2, 4), periods)),
        import_limit=draw(sometimes(quarters(3, 15), inf)),
        demand_charge=draw(sometimes(quarters(0, 5), 0.0)),
        demand_interval=draw(st.sampled_from([1, 1, 2, 3])),
        carbon=draw(factors),
        market=draw(sometimes(factors, None)),
        hourly=draw(sometimes(factors, None)),
        provides=draw(sometimes(st.lists(st.sampled_from(LABELS), unique=True), LABELS)),
        security=draw(st.integers(1, 3)),
    )


@cache
def _pool_lists(sites: Sequence[str], periods: int) -> st.SearchStrategy[list[Pool]]:
    """Up to five pools; usually one of them can serve what the others cannot, at a price."""
    ample = st.builds(on_demand, site=st.just(sites[0]), price=quarters(5, 9), busy_kw=st.just(0.5))
    few = st.lists(_pools(sites, periods), min_size=1, max_size=4)
    return st.tuples(few, ample, st.integers(0, 4)).map(lambda drawn: drawn[0] + [drawn[1]] * (drawn[2] < 4))


@cache
@st.composite
def _pools(draw: Draw, sites: Sequence[str], periods: int) -> Pool:
    term = draw(st.sampled_from(Term))
    units = draw(quarters(0, 8))
    busy = draw(st.sampled_from([1.0, 0.5, 2.0, 0.0]))
    efficiency = st.sampled_from([0.0, 0.5, 1.0, 2.0])
    return Pool(
        units=inf if term == Term.ON_DEMAND and draw(st.booleans()) else units,
        site=draw(st.sampled_from(sites)),
        term=term,
        min_units=draw(sometimes(quarters(0, units / 2), 0.0)) if term == Term.RESERVED else 0.0,
        price=draw(series(quarters(0, 4), periods)),
        availability=draw(sometimes(series(st.sampled_from([0.25, 0.5, 1.0]), periods), 1.0)),
        idle_kw=busy * draw(st.sampled_from([0.0, 0.25, 0.5])),
        busy_kw=busy,
        efficiency=draw(sometimes(st.fixed_dictionaries(dict.fromkeys(KINDS, efficiency)), 1.0)),
    )


@cache
@st.composite
def _workloads(draw: Draw, blocks: Sequence[int], period_h: float, sites: Sequence[str]) -> Demand | Job:
    needing = {
        "zone": draw(st.sampled_from(ZONES)),
        "kind": draw(st.sampled_from(KINDS)),
        "requires": draw(seldom((), st.lists(st.sampled_from(LABELS), max_size=2, unique=True))),
        "security": draw(st.integers(0, 2)),
        "residency": draw(seldom(None, st.just(("a", "b")))),
        "max_latency": draw(seldom(inf, st.sampled_from([5.0, 25.0, 60.0]))),
        "traffic": draw(sometimes(quarters(0, 2), 0.0)),
        "unit_cost": draw(sometimes(st.dictionaries(st.sampled_from(sites), quarters(-1, 2)), {})),
        "shortfall_price": draw(sometimes(quarters(10, 40), inf)),
    }
    shape = draw(st.sampled_from(["interactive", "deferrable", "deferrable", "fixed", "fixed", "job", "job"]))
    if shape == "job":
        return draw(_jobs(blocks, period_h, needing))
    fixed = shape == "fixed"
    if fixed:
        needing["data"] = draw(sometimes(quarters(1, 20), 0.0))
    delay = draw(st.sampled_from([0.25, 0.5, 1.0, 1.25, 2.0, 2.5])) if shape == "deferrable" else 0.0
    if shape == "interactive":
        needing["move"] = draw(sometimes(quarters(0, 2), 0.0))
    units = series(quarters(0.25, 4), sum(blocks)) if fixed else series(quarters(0, 4), sum(blocks))
    scale = draw(st.sampled_from([0.5, 1.0, 2.0]))
    return Demand(draw(units), min(delay, *blocks) * period_h, scale, fixed, **needing)


@st.composite
def _jobs(draw: Draw, blocks: Sequence[int], period_h: float, needing: dict) -> Job:
    """A job in periods of a block; the rate is limited wherever the window cuts a period."""
    first = draw(st.sampled_from([0, *blocks[:-1]]))
    length = blocks[0] if first == 0 else blocks[1]
    release = first + draw(st.integers(0, 4 * length - 1)) / 4
    window = draw(st.integers(1, 4 * length + 2)) / 4
    within = min(window, first + length - release)
    volume = draw(quarters(0.25, 6))
    whole = release.is_integer() and window.is_integer()
    slack = st.sampled_from([1.25, 2.0, 4.0, 1.25, 1.25, 0.5])
    needing["data"] = draw(sometimes(quarters(1, 20), 0.0))
    job = Job(
        volume=volume,
        release=release * period_h,
        deadline=(release + window) * period_h,
        max_rate=inf if whole and draw(st.booleans()) else draw(slack) * volume / (within * period_h),
        **needing,
    )
    return replace(job, through=job.max_rate < inf and draw(st.booleans()))


@st.composite
def _twins(draw: Draw, workload: Demand | Job, periods: int) -> Demand | Job:
    """A workload of another size that can be merged with it, or just cannot."""
    twin = workload.times(draw(st.sampled_from([1.0, 0.5, 2.0])))
    if isinstance(twin, Demand) and not twin.fixed and draw(st.booleans()):
        twin = replace(twin, units=draw(series(quarters(0, 4), periods)))
    changes = [("zone", draw(st.sampled_from(ZONES))), ("shortfall_price", 12.5), ("traffic", 0.5)]
    if isinstance(twin, Job):
        changes += [("max_rate", twin.max_rate * 1.25), ("data", twin.data + 1)]
        changes += [("deadline", twin.deadline * 1.5)] * (twin.max_rate < inf)
    elif twin.fixed:
        changes += [("data", twin.data + 1), ("units", draw(series(quarters(0.25, 4), periods)))]
    else:
        changes += [("max_delay", twin.max_delay / 2), ("move", twin.move / 2)]
    return replace(twin, **dict([draw(st.sampled_from(changes))] if draw(st.booleans()) else []))


@cache
def _contracts(sites: Sequence[str], periods: int) -> st.SearchStrategy[Contract]:
    return st.builds(
        Contract,
        available=series(quarters(0, 6), periods),
        site=st.sampled_from(sites),
        price=series(quarters(-0.5, 2), periods),
        take_or_pay=st.sampled_from([True, True, False]),
        carbon=st.sampled_from([0.0, 0.25]),
        feed_in=seldom(None, series(quarters(-0.5, 3), periods)),
    )


@cache
def _networks() -> st.SearchStrategy[list[Link]]:
    link = st.builds(
        Link,
        between=st.sampled_from([(a, b) for a in ZONES for b in ZONES if a < b]),
        latency=st.sampled_from([0.0, 4.0, 20.0]),
        bandwidth=sometimes(quarters(0.5, 6), inf),
        price=st.sampled_from([0.0, 0.25, 1.0]),
        energy=st.sampled_from([0.0, 0.5]),
        carbon=st.sampled_from([0.25, 0.5]),
        half=seldom(False, st.just(True)),
    )
    return st.integers(0, 4).flatmap(lambda n: st.lists(link, min_size=n, max_size=n))


@cache
def _caps(pools: Sequence[str], periods: int) -> st.SearchStrategy[Cap]:
    return st.builds(
        Cap,
        limit=series(quarters(3, 20), periods),
        measure=st.sampled_from(CapMeasure),
        weights=sometimes(st.dictionaries(st.sampled_from(pools), st.sampled_from([0.5, 1.0, 2.0])), None),
    )
