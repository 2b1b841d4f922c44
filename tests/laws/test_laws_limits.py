"""Monotony: what only adds possibilities never costs more, what only takes them never costs less."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from changes import each, times
from comparing import at_most
from hypothesis import given
from hypothesis import strategies as st

from builders import Demand, Job, on_demand, reserved
from computeplan.problem import Goal, HorizonEnd, Term
from solving import optimum
from strategies import cases, quarters

more = st.sampled_from([1.25, 2.0, 10.0])


@given(cases(), more)
def test_more_capacity_never_costs_more(case, factor):
    """Units that idle at a cost are no gift, so owned pools grow only without idle power."""
    pools = [
        replace(pool, units=pool.units * factor) if pool.term != Term.OWNED or pool.idle_kw == 0 else pool
        for pool in case.pools
    ]
    at_most(optimum(case.but(pools=pools)), optimum(case))


@given(cases(), st.sampled_from([on_demand, reserved]), quarters(0, 3))
def test_another_pool_never_costs_more(case, kind, price):
    pool = kind(site=case.sites[-1].name, price=price, busy_kw=1.0)
    at_most(optimum(case.but(pools=[*case.pools, pool])), optimum(case))


@given(cases(), more)
def test_looser_limits_never_cost_more(case, factor):
    looser = case.but(
        sites=each(case.sites, import_limit=times(factor)),
        links=each(case.links, bandwidth=times(factor)),
        caps=each(case.caps, limit=times(factor)),
    )
    at_most(optimum(looser), optimum(case))


@given(cases(), st.sampled_from([0.25, 0.5, 1.0]))
def test_longer_delay_never_costs_more(case, extra):
    longest = min(case.blocks) * case.period_h
    patient = [
        replace(w, max_delay=min(longest, w.max_delay + extra * case.period_h))
        if isinstance(w, Demand) and not w.fixed
        else w
        for w in case.workloads
    ]
    at_most(optimum(case.but(workloads=patient)), optimum(case))


@given(cases(), st.sampled_from([0.25, 0.5, 1.0]))
def test_later_deadline_never_costs_more(case, extra):
    later = [
        replace(w, deadline=w.deadline + extra * case.period_h)
        if isinstance(w, Job) and w.max_rate < inf
        else w
        for w in case.workloads
    ]
    at_most(optimum(case.but(workloads=later)), optimum(case))


@given(cases())
def test_a_job_that_may_pause_never_costs_more_than_one_that_may_not(case):
    pausing = [replace(w, through=False) if isinstance(w, Job) else w for w in case.workloads]
    at_most(optimum(case.but(workloads=pausing)), optimum(case))


@given(cases())
def test_free_work_never_costs_more_than_fixed(case):
    free = [replace(w, fixed=False) if isinstance(w, Demand) and not w.data else w for w in case.workloads]
    at_most(optimum(case.but(workloads=free)), optimum(case))


@given(cases())
def test_fewer_requirements_never_cost_more(case):
    modest = [replace(w, requires=(), security=0, residency=None, max_latency=inf) for w in case.workloads]
    at_most(optimum(case.but(workloads=modest)), optimum(case))


@given(cases())
def test_cyclic_end_never_costs_more_than_closed(case):
    at_most(optimum(case.but(end=HorizonEnd.CYCLIC)), optimum(case.but(end=HorizonEnd.CLOSE)))


@given(cases(goal=st.just(Goal.COST)), st.sampled_from([0.5, 0.75, 0.95]))
def test_tighter_carbon_cap_never_costs_less(case, factor):
    emitted = optimum(case.but(goal=Goal.CARBON))
    cap = min(2 * abs(emitted) + 1, 1e6)
    at_most(optimum(case.but(carbon_cap=cap)), optimum(case.but(carbon_cap=cap * factor)))


@given(cases(goal=st.just(Goal.COST)), quarters(0, 30), quarters(0, 30))
def test_dearer_shortfall_never_costs_less(case, price, extra):
    cheap = case.but(workloads=each(case.workloads, shortfall_price=lambda _: price))
    dear = case.but(workloads=each(case.workloads, shortfall_price=lambda _: price + extra))
    at_most(optimum(cheap), optimum(dear))
