"""Random cases that use the rarer parts of the model: rules, choices of capacity and supply, storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from hypothesis import strategies as st

from builders import Case, Contract, Link, Pool, Rule
from computeplan.problem import RuleMeasure, Term
from strategies import cases, quarters, seldom, sometimes

Draw = st.DrawFn


@st.composite
def whole_cases(draw: Draw, **given: st.SearchStrategy) -> Case:
    """A case with some of the rarer parts; fields given as strategies replace those drawn here."""
    case = draw(cases())
    names = [site.name for site in case.sites]
    sites = [replace(site, renewable=draw(seldom(0.0, quarters(0.25, 0.5)))) for site in case.sites]
    case = case.but(
        pools=[draw(_growing(pool)) for pool in case.pools],
        contracts=[draw(_chosen(contract)) for contract in case.contracts],
        links=[draw(_leased(link)) for link in case.links],
        sites=sites if case.contracts else case.sites,
        rules=draw(sometimes(st.lists(_rules(names, len(case.workloads)), min_size=1, max_size=2), ())),
        budget=draw(seldom(inf, quarters(20, 300))),
    )
    return case.but(**{name: draw(strategy) for name, strategy in given.items()})


@st.composite
def _growing(draw: Draw, pool: Pool) -> Pool:
    if pool.term != Term.OWNED or draw(st.booleans()):
        return pool
    new, kg = draw(quarters(0.5, 4)), draw(sometimes(quarters(0, 4), 0.0))
    return replace(pool, units=pool.units / 2, new=new, new_price=draw(quarters(0, 9)), new_kg=kg)


@st.composite
def _chosen(draw: Draw, contract: Contract) -> Contract:
    if draw(st.booleans()):
        return contract
    most, price = draw(quarters(0.25, 3)), draw(sometimes(quarters(0, 2), 0.0))
    return replace(contract, most=most, capacity_price=price)


@st.composite
def _leased(draw: Draw, link: Link) -> Link:
    if draw(st.booleans()):
        return link
    bandwidth = draw(st.sampled_from([0.0, 0.5]))
    return replace(link, bandwidth=bandwidth, lease=draw(quarters(0.5, 9)), lease_price=draw(quarters(0, 3)))


@st.composite
def _rules(draw: Draw, sites: Sequence[str], workloads: int) -> Rule:
    measure = draw(st.sampled_from(RuleMeasure))
    limit = {
        RuleMeasure.LEAST_SHARE: quarters(0.25, 0.5),
        RuleMeasure.MOST_SHARE: quarters(0.25, 0.75),
        RuleMeasure.COST: quarters(10, 80),
        RuleMeasure.CARBON: quarters(5, 40),
    }[measure]
    some = st.lists(st.integers(0, workloads - 1), min_size=1, unique=True)
    return Rule(
        limit=draw(limit),
        measure=measure,
        sites=draw(st.lists(st.sampled_from(sites), min_size=1, unique=True)) if measure.is_share else (),
        workloads=draw(some),
    )
