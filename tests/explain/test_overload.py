"""Demand above all capacity open to it, at one time or over a stretch of time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builders import Cap, Case, Contract, Demand, Job, Pool, Site, make_problem, on_demand, reserved
from computeplan.explanations import impossible
from computeplan.problem import CapMeasure, HorizonEnd, Status
from computeplan.solvers.planner import plan
from strategies import cases, examples

WAITING = Demand(0.1, name="batch", max_delay=1.0)


def statements(**fields):
    return [str(reason) for reason in impossible(make_problem(**fields))]


def test_interactive_work_above_the_capacity_is_shown_at_its_worst_time():
    assert statements(pools=[Pool(10)], workloads=[Demand([9, 12, 11], name="chat"), WAITING]) == [
        (
            "workload chat: at 2026-03-02 01:00 (and in 1 more period), 12 units are needed, "
            "but at most 10 are there in the pools open to this work"
        )
    ]


def test_the_pools_are_listed_with_units_and_availability():
    pools = [Pool(4, name="a"), reserved(8, name="b", availability=[1.0, 0.5, 1.0])]
    (reason,) = impossible(make_problem(pools=pools, workloads=[Demand(9)]))
    assert reason.details == ("here/a: at most 4 units", "here/b: at most 8 units, availability from 0.5")


def test_only_the_smallest_overloaded_set_is_reported():
    found = statements(
        sites=[Site("here", provides=["safe"]), Site("there", zone="here")],
        pools=[Pool(5), Pool(5, site="there")],
        workloads=[Demand(6, name="secret", requires=["safe"]), Demand(7, name="open")],
    )
    assert len(found) == 1
    assert found[0].startswith("workload secret: ")


def test_all_work_together_may_be_too_much_where_each_alone_is_not():
    found = statements(
        sites=[Site("a", zone="z", provides=["x"]), Site("b", zone="z", provides=["y"])],
        pools=[Pool(5, site="a"), Pool(5, site="b")],
        workloads=[Demand(4, requires=["x"]), Demand(4, requires=["y"]), Demand(3)],
    )
    assert len(found) == 1
    assert found[0].startswith("3 workloads (w0, w1, w2): ")


def test_work_that_can_wait_is_not_held_against_the_hour():
    workloads = [Demand([30, 0, 0], max_delay=2.0)]
    assert statements(pools=[Pool(10)], workloads=workloads) == []
    assert len(statements(pools=[Pool(9)], workloads=workloads)) == 1


def test_a_stretch_is_named_with_its_amounts():
    found = statements(pools=[Pool(10)], workloads=[Demand([0, 30, 0], name="batch", max_delay=5.0)])
    assert found == [
        (
            "workload batch: from 2026-03-02 01:00 to 2026-03-02 03:00, 30 unit·h must be done, "
            "but at most 20 can be in the pools open to this work"
        )
    ]


def test_a_cyclic_end_lets_work_wait_over_the_end():
    case = Case(pools=[Pool(10)], workloads=[Demand([0, 30, 0], max_delay=5.0)])
    assert len(impossible(case.problem())) == 1
    assert impossible(case.but(end=HorizonEnd.CYCLIC).problem()) == ()
    too_much = case.but(end=HorizonEnd.CYCLIC, workloads=[Demand([0, 31, 0], max_delay=5.0)])
    assert len(impossible(too_much.problem())) == 1


def test_part_of_an_arrival_is_due_within_its_own_period():
    half = [Demand([20, 0, 0], max_delay=0.5)]
    assert statements(pools=[Pool(10)], workloads=half) == []
    assert len(statements(pools=[Pool(9.9)], workloads=half)) == 1


def test_jobs_count_within_their_window_together():
    jobs = [Job(volume=6, release=1, deadline=2), Job(volume=5, release=1, deadline=2)]
    assert statements(pools=[Pool(11)], workloads=jobs) == []
    assert len(statements(pools=[Pool(10)], workloads=jobs)) == 1


def test_a_job_too_large_for_its_rate_and_window_is_named():
    jobs = [Job(name="render", volume=30, release=1.5, deadline=2.5, max_rate=20)]
    (reason,) = impossible(make_problem(pools=[Pool(100)], workloads=jobs))
    assert str(reason) == "workload render: cannot finish between release and deadline at the greatest rate"
    assert reason.details == ("render: volume 30 unit·h > max_rate 20 × window 1 h",)


def test_a_stretch_ends_where_its_block_ends():
    case = Case(blocks=(3, 3), periods=6, pools=[Pool(10)])
    problem = case.but(workloads=[Job(volume=40, release=0, deadline=3)]).problem()
    months_later = problem.horizon.start_utc + np.where(problem.horizon.block > 0, 4000, 0).astype("m8[h]")
    apart = replace(problem, horizon=replace(problem.horizon, start_utc=months_later))
    for each in (problem, apart):
        (reason,) = impossible(each)
        begin, end = (each.horizon.local_time(0), each.horizon.local_time(2, 1.0))
        assert f"from {begin} to {end}, 40 unit·h must be done, but at most 30 can be" in str(reason)


def test_close_cuts_a_window_and_cyclic_wraps_it():
    case = Case(blocks=(3, 3), periods=6, pools=[Pool(100)])
    case = case.but(workloads=[Job(volume=20, release=2, deadline=5, max_rate=10)])
    assert len(impossible(case.problem())) == 1
    assert impossible(case.but(end=HorizonEnd.CYCLIC).problem()) == ()


def test_efficiency_counts_against_slow_hardware():
    pools = [Pool(100, efficiency={"train": 1.0}), Pool(100, efficiency={"train": 0.4})]
    assert statements(pools=pools, workloads=[Demand(140, kind="train")]) == []
    assert len(statements(pools=pools, workloads=[Demand(141, kind="train")])) == 1


def test_slow_kinds_take_up_more_of_the_hardware():
    pools = [Pool(100, efficiency={"infer": 1.0, "train": 0.5})]
    workloads = [Demand(50, kind="infer"), Demand(30, kind="train")]
    assert len(statements(pools=pools, workloads=workloads)) == 1


def only(**fields):
    (reason,) = impossible(make_problem(**fields))
    return reason


def test_a_cap_on_units_limits_what_pools_can_do():
    pools = [Pool(10, name="a"), reserved(10, name="b", availability=0.5)]
    fields = {"pools": pools, "caps": [Cap(8.0, weights={"here/a": 1.0, "here/b": 1.0})]}
    assert statements(workloads=[Demand(8)], **fields) == []
    reason = only(workloads=[Demand(8.1)], **fields)
    assert "8.1 units are needed, but at most 8 are there" in reason.statement
    assert reason.details[0] == "cap cap0: at most 8 units"
    # A booked unit that is available half of the time does half of the work.
    only_booked = [Cap(8.0, weights={"here/a": 8.0, "here/b": 1.0})]
    assert statements(pools=pools, caps=only_booked, workloads=[Demand(4)]) == []
    assert len(statements(pools=pools, caps=only_booked, workloads=[Demand(4.1)])) == 1


def test_a_cap_on_power_takes_idle_power_off_first():
    fields = {
        "sites": [Site(pue=2.0)],
        "pools": [Pool(5, idle_kw=1, busy_kw=3, name="own"), on_demand(busy_kw=2, name="rent")],
        "caps": [Cap(30.0, CapMeasure.POWER)],
    }
    # 30 kW − 5 × 2 kW idle leaves 20 kW: 4 kW a unit in either pool.
    assert statements(workloads=[Demand(5)], **fields) == []
    assert "at most 5 are there" in only(workloads=[Demand(5.1)], **fields).statement


def test_an_import_limit_with_contracts_limits_a_site():
    fields = {
        "sites": [Site(import_limit=8.0)],
        "contracts": [Contract(available=[0.0, 4.0, 4.0])],
        "pools": [Pool(100, busy_kw=2)],
    }
    assert statements(workloads=[Demand([4, 6, 6])], **fields) == []
    reason = only(workloads=[Demand([4, 6, 6.1])], **fields)
    assert "2026-03-02 02:00" in reason.statement
    assert reason.details[0] == "grid import and contracts of here: at most 12 kW"


def test_the_best_use_of_a_cap_comes_first():
    fields = {
        "pools": [Pool(10, busy_kw=4, name="hungry"), Pool(3, busy_kw=1, name="lean")],
        "caps": [Cap(11.0, CapMeasure.POWER)],
    }
    assert statements(workloads=[Demand(5)], **fields) == []
    assert len(statements(workloads=[Demand(5.1)], **fields)) == 1


def test_caps_over_different_pools_add_up():
    sites = [Site("a", zone="z"), Site("b", zone="z")]
    pools = [Pool(10, site="a"), Pool(10, site="b")]
    caps = [Cap(4.0, weights={"a/p0": 1.0}), Cap(5.0, weights={"b/p1": 1.0})]
    assert statements(sites=sites, pools=pools, caps=caps, workloads=[Demand(9)]) == []
    assert len(statements(sites=sites, pools=pools, caps=caps, workloads=[Demand(9.1)])) == 1


def test_a_cap_makes_unlimited_capacity_finite_for_work_that_waits():
    fields = {"pools": [on_demand()], "caps": [Cap(5.0)]}
    assert statements(workloads=[Demand([15, 0, 0], max_delay=2)], **fields) == []
    assert len(statements(workloads=[Demand([16, 0, 0], max_delay=2)], **fields)) == 1


@examples(60)
@given(cases())
def test_nothing_that_has_a_plan_is_called_impossible(case):
    problem = case.problem()
    if impossible(problem):
        assert plan(problem).status is Status.INFEASIBLE


def test_unlimited_capacity_is_never_overloaded():
    pools = [Pool(1), on_demand(availability=[1.0, 1.0, 0.0])]
    assert statements(pools=pools, workloads=[Demand([1e9, 1e9, 0.5], max_delay=1)]) == []
    assert len(statements(pools=pools, workloads=[Demand(2)])) == 1


def test_work_that_may_fall_short_does_not_count():
    assert statements(pools=[Pool(1)], workloads=[Demand(5, shortfall_price=1.0)]) == []


@given(
    demand=st.lists(st.integers(0, 9), min_size=4, max_size=4),
    delay=st.sampled_from([0.0, 0.5, 1.0, 1.75, 3.0]),
    done=st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4),
    end=st.sampled_from(list(HorizonEnd)),
)
def test_a_problem_with_a_plan_is_never_called_impossible(demand, delay, done, end):
    """Serve all arrivals at once, or up to a share of them one period later where the delay allows it."""
    moved = [min(delay, 1.0) * share * units for share, units in zip(done, demand, strict=True)]
    if end is HorizonEnd.CLOSE:
        moved[-1] = 0.0
    served = [demand[t] - moved[t] + moved[t - 1] for t in range(4)]
    problem = make_problem(
        periods=4,
        end=end,
        pools=[Pool(10, availability=[units / 20 + 1e-12 for units in served], efficiency=2.0)],
        workloads=[Demand(demand, max_delay=delay)],
    )
    assert impossible(problem) == ()
