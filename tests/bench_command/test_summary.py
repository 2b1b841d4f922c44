"""Median, spread and status of repeated runs."""

from __future__ import annotations

import pytest
from measuring import ended, results, unsolved

from computeplan.bench.summary import disagreements


def test_median_least_most_and_spread():
    times = (4, 2, 3, 2.5, 8)
    runs = [
        ended("capped-1", "highs", s, repeat=n, peak_mb=100 + s, cpu_s={"solve": 2 * s})
        for n, s in enumerate(times)
    ]
    (found,) = results(*runs).summaries
    assert (found.total_s.median, found.total_s.least, found.total_s.most) == (3, 2, 8)
    assert found.total_s.relative == pytest.approx(2)
    assert found.wall_s["solve"] == found.total_s
    assert found.cpu_s["solve"].median == 6
    assert (found.runs, found.peak_mb, found.objective) == (5, 108, 100)


def test_the_total_is_that_of_all_stages():
    times = {"read": 1.0, "solve": 2.0, "write": 0.5}
    (found,) = results(ended("capped-1", "highs", 0, wall_s=times)).summaries
    assert found.total_s.median == 3.5
    assert list(found.wall_s) == ["read", "solve", "write"]


def test_the_size_is_that_of_the_problem_as_asked():
    size = {"workloads": 7, "pools": 3, "periods": 10, "classes": 2, "columns": 9}
    (found,) = results(ended("capped-1", "highs", 1, size=size)).summaries
    assert found.allocations == 210


def test_one_run_without_an_answer_decides_the_status():
    found = results(ended("capped-1", "highs", 1), unsolved("capped-1", "highs")).summaries[0]
    assert (found.status, found.message, found.is_answer) == ("timeout", "not done within 1 s", False)
    assert (found.runs, found.total_s.median) == (2, 1)
    wrong = results(ended("capped-1", "highs", 1, audit_passed=False)).summaries[0]
    assert (wrong.status, wrong.is_answer) == ("audit failed", False)


def test_nothing_that_ended_has_no_times():
    (found,) = results(unsolved("capped-1", "highs")).summaries
    assert (found.total_s, found.wall_s, found.objective, found.allocations) == (None, {}, None, 0)


def test_solvers_that_disagree_are_named():
    same = [ended("capped-1", solver, 1, objective=o) for solver, o in (("highs", 100), ("cbc", 100.0001))]
    other = [ended("full-1", solver, 1, objective=o) for solver, o in (("highs", 100), ("cbc", 101))]
    lost = ended("capped-1", "glpk", 1, objective=7.0, status="no_plan")
    assert disagreements(results(*same, *other, lost).summaries) == [
        "full-1: highs optimal 100, cbc optimal 101"
    ]
    nothing = ended("capped-1", "glpk", 1, objective=None, audit_passed=None, status="infeasible")
    assert disagreements(results(*same, nothing).summaries) == [
        "capped-1: highs optimal 100, cbc optimal 100.0001, glpk infeasible"
    ]
