"""Work that no pool can take is named with what excludes each pool."""

from __future__ import annotations

import pytest

from builders import Case, Demand, Job, Link, Pool, Site, make_problem
from computeplan.explanations import impossible
from computeplan.problem import Goal

FAR = Link(("here", "hami"), latency=38.0)


def only(problem):
    reasons = impossible(problem)
    assert len(reasons) == 1, reasons
    return reasons[0]


def two_sites(*workloads, links=(FAR,), **hami):
    return make_problem(
        sites=[Site("here"), Site("hami", **hami)],
        pools=[Pool(site="hami", name="h100", units=100, efficiency={"inference": 1.0})],
        workloads=workloads,
        links=links,
    )


@pytest.mark.parametrize(
    ("needs", "why"),
    [
        ({"max_latency": 20.0}, "latency 38 ms > 20 ms"),
        ({"requires": ["mlps-3"]}, "label mlps-3 not provided"),
        ({"requires": ["mlps-3", "hami-cleared"]}, "labels hami-cleared, mlps-3 not provided"),
        ({"security": 3}, "security 2 < 3"),
        ({"residency": ["here"]}, "residency excludes zone hami"),
        ({"kind": "training"}, "h0 cannot run training"),
    ],
)
def test_each_exclusion_is_said_in_the_words_of_the_config(needs, why):
    workload = Demand(name="chat", **{"kind": "inference", **needs})
    reason = only(two_sites(workload, security=2))
    assert str(reason) == "workload chat: no pool is eligible"
    assert reason.details == (f"hami/h100: {why}",)


@pytest.mark.parametrize(
    ("needs", "why"),
    [
        ({"max_latency": 20.0}, "latency unknown from here (limit 20 ms)"),
        ({"traffic": 1.0}, "no route from here to hami"),
    ],
)
def test_a_missing_link_is_no_latency_of_zero(needs, why):
    reason = only(two_sites(Demand(kind="inference", **needs), links=()))
    assert reason.details == (f"hami/h100: {why}",)


def test_all_exclusions_of_a_pool_are_listed_and_the_nearest_miss_comes_first():
    problem = make_problem(
        sites=[Site("far", security=1), Site("near", provides=["mlps-3"], security=1)],
        pools=[Pool(site="far", name="a"), Pool(site="far", name="b"), Pool(site="near", name="c")],
        workloads=[Demand(requires=["mlps-3"], security=2)],
    )
    assert only(problem).details == (
        "near/c: security 1 < 2",
        "far/a, far/b: label mlps-3 not provided, security 1 < 2",
    )


def test_thousands_of_workloads_with_one_fault_make_one_reason():
    workloads = [
        Demand(name=f"w{i}", kind="inference", security=9, traffic=float(i % 7)) for i in range(3000)
    ]
    reason = only(two_sites(*workloads))
    assert reason.subject == "3,000 workloads (w0, w1, w2, …)"
    assert len(reason.details) == 1


def test_many_pools_are_listed_up_to_a_limit():
    sites = [Site(f"s{i:02}", zone="here", security=i % 2) for i in range(30)]
    pools = [Pool(site=site.name, name="p") for site in sites]
    details = only(make_problem(sites=sites, pools=pools, workloads=[Demand(security=5)])).details
    assert len(details) == 21
    assert details[-1] == "… and 10 more"


def test_work_that_may_fall_short_is_not_impossible():
    case = Case(workloads=[Demand(security=3, shortfall_price=5.0)])
    assert impossible(case.problem()) == ()
    assert only(case.but(goal=Goal.CARBON).problem()).statement == "no pool is eligible"


def test_a_workload_without_work_needs_no_pool():
    assert impossible(make_problem(workloads=[Demand(0.0, security=3), Job(volume=0.0, security=3)])) == ()
