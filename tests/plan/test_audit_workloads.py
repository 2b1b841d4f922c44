"""Every constraint on a workload, violated by a thousandth, is caught and named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from handmade import Handmade, by_hand

from builders import Case, Demand, Job, Link, Pool, Site
from computeplan.audit import Check, Violation
from computeplan.problem import Goal, HorizonEnd, WorkBlock

SLIP = 1e-3
"""A violation that matters, small enough that nothing else breaks."""


def worst(made: Handmade, family: Check) -> Violation:
    """The worst violation of the family, after checking that the plan did not pass."""
    report = made.report()
    assert not report.passed
    assert any(note.startswith(f"{family}: ") for note in report.notes)
    assert report.max_violation >= report.violation(family).relative > 1e-6
    return report.violation(family)


def plan_of(workload: Demand | Job, done: list, **fields) -> Handmade:
    """A plan of one workload, named w, in four periods with two pools."""
    fields = {"periods": 4, "pools": [Pool(), Pool()], **fields}
    case = Case(workloads=[replace(workload, name="w")], **fields)
    return by_hand(case.problem(), [done])


def test_negative_work_is_named():
    made = plan_of(Demand(1), [[1, 1 + SLIP, 1, 1], [0, -SLIP, 0, 0]])
    violation = worst(made, Check.NONNEGATIVE)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place == "workload w, pool here/p1, 2026-03-02 01:00"


def test_negative_shortfall_is_named():
    made = plan_of(Demand(1, shortfall_price=5), [[1, 1, 1, 1 + SLIP], [0, 0, 0, 0]])
    made = replace(made, short=np.array([[0, 0, 0, -SLIP]]))
    violation = worst(made, Check.NONNEGATIVE)
    assert violation.place == "workload w (shortfall), 2026-03-02 03:00"


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_does_not_pass(broken):
    made = plan_of(Demand(1), [[1, 1, 1, 1], [0, 0, 0, 0]])
    made = replace(made, done=np.array([[[1, 1, broken, 1], [0, 0, 0, 0]]]))
    violation = worst(made, Check.NONNEGATIVE)
    assert violation.relative == np.inf
    assert violation.place == "workload w, no finite number"


ELSEWHERE = {
    "label": {"sites": [Site(), Site("there")], "workload": Demand(1, requires=["mlps"])},
    "security": {"sites": [Site(), Site("there")], "workload": Demand(1, security=2)},
    "residency": {"sites": [Site(), Site("there")], "workload": Demand(1, residency=["here"])},
    "latency": {
        "sites": [Site(), Site("there")],
        "links": [Link(("here", "there"), latency=20.1)],
        "workload": Demand(1, max_latency=20.0),
    },
    "unknown latency": {"sites": [Site(), Site("there")], "workload": Demand(1, max_latency=1e9)},
    "hardware": {"sites": [Site(), Site("there")], "workload": Demand(1, kind="training")},
    "route for traffic": {"sites": [Site(), Site("there")], "workload": Demand(1, traffic=1.0)},
    "route for data": {"sites": [Site(), Site("there")], "workload": Demand(1, fixed=True, data=1.0)},
}


@pytest.mark.parametrize("reason", ELSEWHERE)
def test_work_where_it_may_not_run_is_named(reason):
    given = ELSEWHERE[reason]
    here = replace(given["sites"][0], provides=["mlps"], security=2)
    cannot = {"any": 1.0} if reason == "hardware" else 1.0
    made = plan_of(
        given["workload"],
        [[1 - SLIP] * 4, [SLIP] * 4],
        sites=[here, given["sites"][1]],
        pools=[Pool(), Pool(site="there", efficiency=cannot)],
        links=given.get("links", ()),
    )
    violation = worst(made, Check.ELIGIBILITY)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place.startswith("workload w, pool there/p1, 2026-03-02 ")


def test_a_data_set_travels_even_if_its_need_does_not_say_so():
    made = plan_of(Demand(1, fixed=True, data=1.0), [[1] * 4, [0] * 4])
    needs = replace(made.problem.needs, moves_data=np.array([False]))
    network = replace(made.problem.network, connected=np.array([[False]]))
    apart = replace(made, problem=replace(made.problem, needs=needs, network=network))
    assert worst(apart, Check.ELIGIBILITY).absolute == pytest.approx(1)


@pytest.mark.parametrize("change", [-SLIP, SLIP])
def test_interactive_work_is_done_in_its_own_period(change):
    made = plan_of(Demand([4, 3, 2, 1]), [[4, 3, 1 + change, 1], [0, 0, 1, 0]])
    violation = worst(made, Check.DEMAND)
    assert (violation.absolute, violation.relative) == pytest.approx((SLIP, SLIP / 4))
    assert violation.place == "workload w, 2026-03-02 02:00"


def test_deferrable_work_is_all_done_by_the_end_of_its_block():
    fields = {"blocks": [2, 2], "periods": 4}
    made = plan_of(Demand(1, max_delay=1), [[0, 2, 0, 2 - SLIP], [0, 0, 0, 0]], **fields)
    violation = worst(made, Check.DEMAND)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place == "workload w (all up to the end of the block), 2026-03-02 03:00"
    moved = plan_of(Demand(1, max_delay=1), [[0, 2 - SLIP, 0, 2 + SLIP], [0, 0, 0, 0]], **fields)
    assert worst(moved, Check.DEMAND).absolute == pytest.approx(SLIP)


def test_work_is_not_done_before_it_arrives():
    made = plan_of(Demand([1, 1, 1, 1], max_delay=2), [[1 + SLIP, 1 - SLIP, 0, 2], [0, 0, 0, 0]])
    violation = worst(made, Check.DEFERRAL)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place == "workload w too early, 2026-03-02 00:00"


def test_work_does_not_wait_longer_than_its_delay():
    # Delay of one and a half periods: of the arrivals in the first, half must be done in the second.
    on_time = plan_of(Demand([2, 0, 0, 0], max_delay=1.5), [[0, 1, 0, 0], [0, 0, 1, 0]])
    assert on_time.report().passed
    late = plan_of(Demand([2, 0, 0, 0], max_delay=1.5), [[0, 1 - SLIP, 0, 0], [0, 0, 1 + SLIP, 0]])
    violation = worst(late, Check.DEFERRAL)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place == "workload w too late, 2026-03-02 01:00"


def test_work_may_wait_over_the_end_of_a_cyclic_block_but_not_too_long():
    cyclic = {"end": HorizonEnd.CYCLIC}
    wrapped = plan_of(Demand([0, 0, 0, 2], max_delay=1), [[2, 0, 0, 0], [0, 0, 0, 0]], **cyclic)
    assert wrapped.report().passed
    late = plan_of(Demand([0, 0, 0, 2], max_delay=1), [[2 - SLIP, SLIP, 0, 0], [0, 0, 0, 0]], **cyclic)
    violation = worst(late, Check.DEFERRAL)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place == "workload w too late, 2026-03-02 00:00"
    closed = plan_of(Demand([0, 0, 0, 2], max_delay=1), [[2, 0, 0, 0], [0, 0, 0, 0]])
    assert worst(closed, Check.DEFERRAL).place == "workload w too early, 2026-03-02 00:00"


@pytest.mark.parametrize("change", [-SLIP, SLIP])
def test_a_job_is_done_exactly(change):
    made = plan_of(Job(volume=3), [[1, 1, 0, 0], [0, 0, 0, 1 + change]])
    violation = worst(made, Check.JOB_VOLUME)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place == "workload w"


def test_a_job_runs_inside_its_window():
    job = Job(volume=3, release=1, deadline=3)
    assert plan_of(job, [[0, 1, 2, 0], [0, 0, 0, 0]]).report().passed
    early = plan_of(job, [[SLIP, 1, 2 - SLIP, 0], [0, 0, 0, 0]])
    assert worst(early, Check.JOB_WINDOW).place == "workload w, 2026-03-02 00:00"
    late = plan_of(job, [[0, 1, 2 - SLIP, 0], [0, 0, 0, SLIP]])
    assert worst(late, Check.JOB_WINDOW).place == "workload w, 2026-03-02 03:00"


def test_a_job_window_ends_with_its_block_or_goes_on_at_its_start():
    job = Job(volume=3, release=3, deadline=5)
    fields = {"blocks": [2, 2]}
    assert plan_of(job, [[0, 0, 1, 2], [0, 0, 0, 0]], end=HorizonEnd.CYCLIC, **fields).report().passed
    closed = plan_of(job, [[0, 0, 1, 2], [0, 0, 0, 0]], end=HorizonEnd.CLOSE, **fields)
    assert worst(closed, Check.JOB_WINDOW).place == "workload w, 2026-03-02 02:00"
    other = plan_of(job, [[1, 0, 0, 2], [0, 0, 0, 0]], end=HorizonEnd.CYCLIC, **fields)
    assert worst(other, Check.JOB_WINDOW).place == "workload w, 2026-03-02 00:00"


def test_a_job_shortfall_stands_inside_its_window():
    made = plan_of(Job(volume=3, release=1, deadline=3, shortfall_price=9), [[0, 1, 0, 0], [0, 0, 1, 0]])
    assert replace(made, short=np.array([[0, 0, 1.0, 0]])).report().passed
    astray = replace(made, short=np.array([[0, 0, 0, 1.0]]))
    assert worst(astray, Check.JOB_WINDOW).place == "workload w, 2026-03-02 03:00"


def test_a_job_keeps_its_rate_on_all_pools_together_and_in_part_of_a_period():
    job = Job(volume=3, release=0.5, deadline=3, max_rate=2)
    assert plan_of(job, [[0.5, 1, 0, 0], [0.5, 1, 0, 0]]).report().passed
    fast = plan_of(job, [[0.5, 1, 0, 0], [0.5 + SLIP, 1 - SLIP, 0, 0]])
    violation = worst(fast, Check.JOB_RATE)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place == "workload w, 2026-03-02 00:00"


def test_a_window_longer_than_a_cyclic_block_counts_no_period_twice():
    job = Job(volume=4, release=0.5, deadline=7.5, max_rate=1)
    assert plan_of(job, [[1, 1, 1, 1], [0, 0, 0, 0]], end=HorizonEnd.CYCLIC).report().passed
    made = plan_of(job, [[1 + SLIP, 1 - SLIP, 1, 1], [0, 0, 0, 0]], end=HorizonEnd.CYCLIC)
    violation = worst(made, Check.JOB_RATE)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place == "workload w, 2026-03-02 00:00"


def test_a_fixed_workload_keeps_its_split():
    fixed = Demand([4, 2, 0, 2], fixed=True)
    assert plan_of(fixed, [[1, 0.5, 0, 0.5], [3, 1.5, 0, 1.5]]).report().passed
    made = plan_of(fixed, [[1 + SLIP, 0.5 - SLIP, 0, 0.5], [3 - SLIP, 1.5 + SLIP, 0, 1.5]])
    violation = worst(made, Check.FIXED_SPLIT)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place.startswith("workload w, pool here/p")


@pytest.mark.parametrize(
    ("price", "goal", "passes"),
    [(9.0, Goal.COST, True), (np.inf, Goal.COST, False), (9.0, Goal.CARBON, False)],
)
def test_work_is_left_undone_only_at_a_price_and_for_the_goal_cost(price, goal, passes):
    made = plan_of(Demand(1, shortfall_price=price), [[1, 1, 1 - SLIP, 1], [0, 0, 0, 0]], goal=goal)
    made = replace(made, short=np.array([[0, 0, SLIP, 0]]))
    if passes:
        assert made.report().passed
        return
    violation = worst(made, Check.SHORTFALL)
    assert violation.absolute == pytest.approx(SLIP)
    assert violation.place == "workload w, 2026-03-02 02:00"


@pytest.mark.parametrize("order", [[0], [0, 1, 1]])
def test_every_workload_is_there_exactly_once(order):
    problem = Case(workloads=[Demand(0, name="idle"), Demand(0, name="w")]).problem()
    made = by_hand(problem, [[[0, 0, 0]], [[0, 0, 0]]])
    assert made.report().passed
    _, report = made.audit(blocks=[made.blocks()[row] for row in order])
    assert not report.passed
    violation = report.violation(Check.PRESENCE)
    assert (violation.absolute, violation.place) == (1.0, "workload w")


def test_a_block_of_many_workloads_is_checked_like_its_rows():
    case = Case(
        pools=[Pool(20), Pool(20, efficiency=2.0)],
        workloads=[Demand(i + 1.0, max_delay=i % 2, traffic=1.0, name=f"w{i}") for i in range(4)],
    )
    done = [[[i + 1.0, 0, 0], [0, i + 1.0, i + 1.0]] for i in range(4)]
    done[3][1][2] += SLIP
    made = by_hand(case.problem(), done)
    rows, pools, periods = np.array([3, 1, 0, 2]), np.array([1, 0]), np.array([2, 0, 1])
    dense = made.done[np.ix_(rows, pools, periods)]
    one_block = [WorkBlock(rows, pools, periods, dense, np.zeros((4, 3)))]
    alone, together = made.audit(), made.audit(blocks=one_block)
    assert together[0].pools.load_unit_h == pytest.approx(alone[0].pools.load_unit_h)
    assert together[0].cost.parts() == pytest.approx(alone[0].cost.parts())
    assert [v.place for v in together[1].violations] == [v.place for v in alone[1].violations]
    assert together[1].violation(Check.DEFERRAL).place.startswith("workload w3 ")
