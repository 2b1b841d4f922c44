"""Decisions in whole numbers: what is none is caught and named, and the bound is the solver's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from handmade import by_hand

from builders import Demand, Job, Pool, Site, make_problem, on_demand, reserved
from computeplan.audit import Check
from computeplan.problem import Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.planner import plan

HALF = 0.5


def test_a_whole_workload_in_two_pools_is_named():
    problem = make_problem(periods=2, pools=[Pool(4), Pool(4)], workloads=[Demand([2, 4], whole=True)])
    assert by_hand(problem, [[[2, 4], [0, 0]]]).report().passed
    report = by_hand(problem, [[[1, 2], [1, 2]]]).report()
    violation = report.violation(Check.WHOLE_WORKLOAD)
    assert (violation.absolute, violation.place) == (pytest.approx(3), "workload w0")
    assert not report.passed


def test_a_job_that_pauses_where_it_may_not_is_named():
    job = Job(4.0, max_rate=2.0, through=True)
    problem = make_problem(periods=4, pools=[Pool(4), Pool(4)], workloads=[job])
    nothing = [0, 0, 0, 0]
    for done, off in (([0, 2, 2, 0], 0), ([1, 1, 1, 1], 0), ([2, 0, 2, 0], 2), ([1.5, 1, 1, 0.5], 1)):
        violation = by_hand(problem, [[done, nothing]]).report().violation(Check.RUN)
        assert violation.absolute == pytest.approx(off, abs=1e-12)
        assert violation.place == ("workload w0" if off else "")
    moved = by_hand(problem, [[[2, 0, 0, 0], [0, 2, 0, 0]]]).report()
    assert moved.violation(Check.RUN).absolute == pytest.approx(2)
    whole = make_problem(periods=4, pools=[Pool(4)], workloads=[replace(job, whole=True)])
    assert by_hand(whole, [[[1, 2, 1, 0]]]).report().violation(Check.RUN).absolute == pytest.approx(1)


@pytest.mark.parametrize("booked", [2.0, 2.0 + HALF])
def test_a_level_between_steps_is_named(booked):
    problem = make_problem(periods=1, pools=[reserved(9, step=2)], workloads=[Demand(1)])
    report = by_hand(problem, [[[1]]], booked=[booked]).report()
    assert report.passed == (booked == 2)
    assert report.violation(Check.STEP).absolute == pytest.approx(booked - 2)


@pytest.mark.parametrize(("rented", "family"), [(1.5, Check.STEP), (0.0, Check.CAPACITY), (12.0, Check.STEP)])
def test_rented_units_are_checked(rented, family):
    problem = make_problem(periods=1, pools=[on_demand(10, step=1)], workloads=[Demand(1)])
    made = by_hand(problem, [[[1]]])
    assert made.but(rented_units=np.array([[1.0]])).report().passed
    assert made.but(rented_units=np.array([[rented]])).report().violation(family).relative > 1e-6


@pytest.mark.parametrize("is_open", [0.0, HALF])
def test_a_site_that_is_not_open_is_checked(is_open):
    problem = make_problem(periods=1, sites=[Site(optional=True)], pools=[reserved(4)], workloads=[Demand(1)])
    made = by_hand(problem, [[[1]]], booked=[1])
    assert made.report().passed
    report = made.but(open_sites=np.array([is_open])).report()
    assert report.violation(Check.CLOSED_SITE).relative > 1e-6
    always = make_problem(periods=1, pools=[Pool(4)], workloads=[Demand(1)])
    closed = by_hand(always, [[[1]]]).but(open_sites=np.array([0.0])).report()
    assert closed.violation(Check.CLOSED_SITE).place == "site here"


PACKED = {
    "pools": [Pool(4, price=1), Pool(3, price=2)],
    "workloads": [Demand(3, whole=True), Demand(2, whole=True)],
}


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_there_are_no_prices_and_the_bound_is_the_solver_s(solver):
    made = plan(make_problem(**PACKED), SolverOptions(name=solver))
    assert made.status is Status.OPTIMAL
    assert made.solution.prices is None
    audit = made.solution.audit
    assert audit.passed
    assert any("the bound is the solver's" in note for note in audit.notes)
    if solver == "highs":
        assert audit.bound == pytest.approx(audit.objective)
        assert audit.gap == pytest.approx(0, abs=1e-6)
    else:
        assert audit.bound is None


def test_a_claimed_bound_must_prove_an_optimum():
    problem = make_problem(periods=1, pools=[Pool(4, price=1)], workloads=[Demand(3, whole=True)])
    made = by_hand(problem, [[[3]]])
    proved = made.audit(claimed_status=Status.OPTIMAL, claimed_bound=3.0)[1]
    assert proved.passed
    unproved = made.audit(claimed_status=Status.OPTIMAL, claimed_bound=2.0)[1]
    assert not unproved.passed
    assert made.audit(claimed_status=Status.FEASIBLE, claimed_bound=2.0)[1].gap == pytest.approx(1 / 2)
    assert not made.audit(claimed_bound=4.0)[1].passed, "a bound above the plan is wrong"
