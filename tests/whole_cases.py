"""Random cases that use the rarer parts of the model: rules, choices of capacity and supply, storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import inf

from hypothesis import strategies as st

from builders import Battery, Case, Contract, Demand, Link, Pool, Rule, Site
from computeplan.problem import CarbonBasis, Goal, RuleMeasure, Term
from reference.model import solve_reference
from strategies import cases, quarters, seldom, sometimes

Draw = st.DrawFn


PARTS = ("rules", "renewable", "budget", "new", "contracted", "lease", "battery", "certificates", "sale")


@st.composite
def whole_cases(draw: Draw, *always: str) -> Case:
    """A case with some of the rarer parts; those named always."""
    case = draw(cases())
    names = tuple(site.name for site in case.sites)
    others = draw(st.lists(st.sampled_from(PARTS), min_size=not always, max_size=3, unique=True))
    parts = dict.fromkeys((*others, *always))
    for part in parts:
        match part:
            case "rules":
                rules = draw(st.lists(_rules(names, len(case.workloads)), min_size=2, max_size=3))
                case = case.but(rules=rules)
            case "renewable":
                sites = [replace(site, renewable=draw(quarters(0.25, 0.5))) for site in case.sites]
                added = [Contract(9, site=name, price=draw(quarters(1, 6))) for name in names]
                case = case.but(sites=sites, contracts=[*case.contracts, *added])
            case "new":
                cheap = Pool(0.5, site=names[0], busy_kw=0.5, new=4, new_price=draw(quarters(0, 3)))
                case = case.but(pools=[cheap, *(draw(_growing(pool)) for pool in case.pools)])
            case "contracted":
                more = draw(st.lists(_chosen(names), min_size=1, max_size=2))
                case = case.but(contracts=[*case.contracts, *more])
            case "sale":
                sold = [
                    _selling(contract) for contract in case.contracts or [Contract(3, site=names[0], price=1)]
                ]
                case = case.but(contracts=draw(st.tuples(*sold)))
            case "lease":
                case = draw(_leased(case))
            case "battery":
                case = case.but(batteries=draw(st.lists(_batteries(names), min_size=1, max_size=2)))
            case "certificates":
                sites = [draw(_certified(site)) for site in case.sites]
                price = max(case.carbon_price, 1.0)
                case = case.but(sites=sites, basis=CarbonBasis.MARKET, carbon_price=price)
    case = case.but(sites=[replace(site, water=draw(quarters(0, 2))) for site in case.sites])
    return _within_budget(case, draw(st.sampled_from([0.1, 0.5, 0.9]))) if "budget" in parts else case


def _within_budget(case: Case, share: float) -> Case:
    """Least carbon for part of what it costs more than the cheapest plan that does all work."""
    must = [replace(w, shortfall_price=inf) for w in case.workloads]
    case = case.but(goal=Goal.CARBON, carbon_cap=inf)
    clean = solve_reference(case.problem())
    cheap = solve_reference(case.but(goal=Goal.COST, carbon_price=0.0, workloads=must).problem())
    if clean.cost is None or cheap.cost is None:
        return case.but(budget=100.0)
    return case.but(budget=round(cheap.cost + share * (clean.cost - cheap.cost), 6) + 1e-6)


@st.composite
def _certified(draw: Draw, site: Site) -> Site:
    most, price = draw(sometimes(quarters(1, 40), inf)), draw(quarters(0, 1))
    return replace(site, certificates=most, certificate_price=price)


INTEGERS = ("whole", "steps", "optional")


@st.composite
def integer_cases(draw: Draw, *always: str) -> Case:
    """A case with decisions in whole numbers; those named always."""
    case = draw(whole_cases()) if draw(st.booleans()) else draw(cases())
    others = draw(st.lists(st.sampled_from(INTEGERS), min_size=not always, max_size=2, unique=True))
    for part in dict.fromkeys((*others, *always)):
        match part:
            case "whole":
                able = [w.fixed if isinstance(w, Demand) else w.through for w in case.workloads]
                work = [
                    replace(w, whole=True) if can and draw(st.booleans()) else w
                    for w, can in zip(case.workloads, able, strict=True)
                ]
                name = draw(st.sampled_from([site.name for site in case.sites]))
                added = Demand(
                    draw(quarters(0.25, 4)), whole=True, shortfall_price=20.0, unit_cost={name: 1.0}
                )
                case = case.but(workloads=[*work, replace(added, zone=case.workloads[0].zone)])
            case "steps":
                case = case.but(pools=[draw(_stepped(pool)) for pool in case.pools])
            case "optional":
                sites = [
                    replace(site, optional=draw(st.booleans()), opening_price=draw(quarters(0, 20)))
                    for site in case.sites
                ]
                pools = [replace(pool, units=min(pool.units, 16.0)) for pool in case.pools]
                case = case.but(sites=sites, pools=pools)
    everyone = range(len(case.workloads))
    return case.but(rules=[replace(r, workloads=r.workloads or everyone) for r in case.rules])


def _stepped(pool: Pool) -> st.SearchStrategy[Pool]:
    steps = sometimes(st.sampled_from([0.25, 1.0, 1.5, 3.0]), 0.0)
    return st.builds(replace, st.just(pool), step=steps)


@cache
def _batteries(sites: Sequence[str]) -> st.SearchStrategy[Battery]:
    return st.builds(
        Battery,
        power=quarters(0.25, 4),
        energy=quarters(0.25, 4),
        site=st.sampled_from(sites),
        efficiency=st.sampled_from([0.5, 0.75, 1.0]),
        price=sometimes(quarters(0, 1), 0.0),
    )


@st.composite
def _growing(draw: Draw, pool: Pool) -> Pool:
    if pool.term != Term.OWNED or draw(st.booleans()):
        return pool
    new, kg = draw(quarters(0.5, 4)), draw(sometimes(quarters(0, 4), 0.0))
    return replace(pool, units=pool.units / 2, new=new, new_price=draw(quarters(0, 9)), new_kg=kg)


def _selling(contract: Contract) -> st.SearchStrategy[Contract]:
    return quarters(0, 6).map(lambda price: replace(contract, feed_in=price))


@cache
def _chosen(sites: Sequence[str]) -> st.SearchStrategy[Contract]:
    return st.builds(
        Contract,
        available=quarters(0.25, 1),
        site=st.sampled_from(sites),
        price=quarters(0, 2),
        take_or_pay=st.booleans(),
        carbon=st.sampled_from([0.0, 0.25]),
        feed_in=seldom(None, quarters(0, 3)),
        most=quarters(0.25, 8),
        capacity_price=sometimes(quarters(0, 2), 0.0),
    )


@st.composite
def _leased(draw: Draw, case: Case) -> Case:
    """Leases on all links, and a link between the first two zones with work that needs it."""
    links = case.links or [Link(("a", "b")), Link(("a", "c"))]
    leased = [
        replace(
            link,
            bandwidth=draw(st.sampled_from([0.0, 0.5])),
            lease=draw(quarters(0.5, 9)),
            lease_price=draw(quarters(0, 3)),
        )
        for link in links
    ]
    workloads = [replace(w, traffic=max(w.traffic, 0.25)) for w in case.workloads]
    return case.but(links=leased, workloads=workloads)


@cache
@st.composite
def _rules(draw: Draw, sites: Sequence[str], workloads: int) -> Rule:
    measure = draw(st.sampled_from(RuleMeasure))
    limit = {
        RuleMeasure.LEAST_SHARE: quarters(0.25, 0.5),
        RuleMeasure.MOST_SHARE: quarters(0.25, 0.75),
        RuleMeasure.COST: st.sampled_from([5.0, 20.0, 50.0, 200.0]),
        RuleMeasure.CARBON: st.sampled_from([2.0, 10.0, 30.0, 100.0]),
    }[measure]
    some = sometimes(st.lists(st.integers(0, workloads - 1), min_size=1, unique=True), None)
    return Rule(
        limit=draw(limit),
        measure=measure,
        sites=draw(st.lists(st.sampled_from(sites), min_size=1, unique=True)) if measure.is_share else (),
        workloads=draw(some),
    )
