"""The same answers as the oracle in any units of money, power and work, and at the edges of size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Case, Demand, Job, Pool, Site, on_demand, reserved
from computeplan.problem import Goal, Status
from computeplan.solvers.plan import Plan
from computeplan.solvers.planner import plan
from reference.model import Answer, solve_reference
from scaling import scaled
from strategies import cases, examples
from whole_cases import integer_cases

SCALES = [1e-6, 1e-4, 1e-2, 1e2, 1e4, 1e6, 1e9]
UNITS = ["money", "power", "work"]


def agrees(made: Plan, answer: Answer, money: float = 1.0) -> None:
    """Same status and optimum, proved, within a millionth of the case's own size."""
    assert made.status is answer.status
    if made.solution is None:
        return
    audit = made.solution.audit
    assert audit.passed, audit.notes
    scale = money if made.problem.objective.goal is Goal.COST else 1.0
    assert audit.objective / scale == pytest.approx(answer.objective, rel=1e-6, abs=1e-6)
    assert audit.gap is None or abs(audit.gap) <= 1e-6


@examples(15)
@given(cases())
def test_the_unit_of_money_power_or_work_changes_nothing(case):
    answer = solve_reference(case.problem())
    for unit in UNITS:
        for scale in SCALES:
            other = scaled(case, **{unit: scale})
            agrees(plan(other.problem()), answer, scale if unit == "money" else 1.0)


@examples(40)
@given(cases(), st.tuples(*[st.sampled_from(SCALES)] * 3))
def test_all_units_at_once_change_nothing(case, scales):
    units = dict(zip(UNITS, scales, strict=True))
    agrees(plan(scaled(case, **units).problem()), solve_reference(case.problem()), units["money"])


@examples(30)
@given(integer_cases(), st.tuples(*[st.sampled_from(SCALES)] * 3))
def test_all_units_at_once_change_nothing_in_whole_numbers(case, scales):
    units = dict(zip(UNITS, scales, strict=True))
    agrees(plan(scaled(case, **units).problem()), solve_reference(case.problem()), units["money"])


def both(case: Case) -> Plan:
    made = plan(case.problem())
    agrees(made, solve_reference(case.problem()))
    return made


@pytest.mark.parametrize("carbon_price", [1e-30, 1e-190, 5e-324])
def test_a_price_of_next_to_nothing_changes_nothing(carbon_price):
    pools = [Pool(5.0, busy_kw=0.5), on_demand(100.0, price=0.5, busy_kw=0.5)]
    case = Case(periods=2, sites=[Site(carbon=0.25)], pools=pools, workloads=[Demand(20.0)])
    made = plan(case.but(carbon_price=carbon_price).problem())
    assert made.solution.audit.passed
    assert made.solution.audit.objective == pytest.approx(2 * 15 * 0.5)


@pytest.mark.parametrize("ban", [1e3, 1e9, 5e11])
def test_a_price_as_never_to_be_used_leaves_the_proof_of_the_others_alone(ban):
    pools = [Pool(5.0), on_demand(100.0, price=0.5), on_demand(1000.0, price=ban)]
    made = both(Case(periods=4, pools=pools, workloads=[Demand(20.0)]))
    assert made.solution.audit.objective == pytest.approx(4 * 15 * 0.5)
    assert made.solution.audit.gap == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("excess", [-1e-3, -1e-7, 0.0, 1e-3, 1.0])
@pytest.mark.parametrize("units", [1e-3, 10.0, 1e7])
def test_just_enough_capacity_and_just_too_little(units, excess):
    case = Case(pools=[Pool(units)], workloads=[Demand(units * (1 + excess))])
    assert both(case).status is (Status.INFEASIBLE if excess > 0 else Status.OPTIMAL)


@pytest.mark.parametrize("excess", [-1e-4, 0.0, 1e-3])
def test_a_job_that_just_fits_its_window(excess):
    job = Job(volume=20.0 * (1 + excess), release=1.0, deadline=3.0, max_rate=10.0)
    made = both(Case(pools=[Pool(50.0, price=1.0)], workloads=[job]))
    assert made.status is (Status.INFEASIBLE if excess > 0 else Status.OPTIMAL)


def test_many_equal_choices():
    """Highly degenerate: every split of the work over twenty pools is optimal."""
    pools = [Pool(1.0, price=2.0) for _ in range(20)]
    made = both(Case(periods=4, pools=pools, workloads=[Demand(5.0) for _ in range(4)]))
    assert made.solution.accounts.cost.total == pytest.approx(160)


@pytest.mark.parametrize("demand", [0.0, 1e-9])
def test_no_demand_or_next_to_none(demand):
    assert both(Case(pools=[on_demand(price=3.0), reserved(price=1.0)], workloads=[Demand(demand)])).solution


def test_one_period_one_site_one_pool_one_workload():
    made = both(Case(periods=1, pools=[Pool(2.0, price=5.0)], workloads=[Demand(2.0)]))
    assert made.solution.accounts.cost.total == pytest.approx(10)


def test_small_and_large_side_by_side():
    """Demands from a millionth to a million units in one problem, each served to six digits."""
    sizes = [1e-6, 1e-3, 1.0, 1e3, 1e6]
    case = Case(
        pools=[on_demand(price=[1.0, 3.0, 2.0])], workloads=[Demand(size, max_delay=2.0) for size in sizes]
    )
    made = both(case)
    assert made.solution.accounts.cost.total == pytest.approx(sum(sizes) * (1.0 + 2.0 + 2.0), rel=1e-6)


def test_ten_thousand_periods():
    """Booking against the spot market: how many hours a unit more is busy decides."""
    periods = 10_000
    demand = 50 + 40 * np.sin(np.arange(periods) * 2 * np.pi / 24) + np.arange(periods) % 7
    case = Case(
        periods=periods,
        sites=[Site(price=0.1)],
        pools=[reserved(1000.0, price=1.0, busy_kw=1.0), on_demand(price=2.5, busy_kw=1.0)],
        workloads=[Demand(demand.tolist())],
    )
    made = plan(case.problem())
    booked = np.quantile(demand, 1 - 1.0 / 2.5, method="inverted_cdf")
    over = np.maximum(demand - booked, 0).sum()
    expected = periods * booked + 2.5 * over + 0.1 * demand.sum()
    assert made.status is Status.OPTIMAL
    assert made.solution.audit.passed
    assert made.solution.audit.objective == pytest.approx(expected, rel=1e-9)
