"""Performance profiles against values computed by hand."""

from __future__ import annotations

from math import inf

import pytest
from measuring import ended, results, unsolved

from computeplan.bench.summary import profiles_of

TIMES = {
    "p": {"a": 1.0, "b": 2.0, "c": 4.0},
    "q": {"a": 3.0, "b": 1.0, "c": 1.0},
    "r": {"a": 2.0, "b": inf, "c": 5.0},
    "s": {"a": inf, "b": inf, "c": inf},
}


def test_ratios_and_shares():
    a, b, c = profiles_of(TIMES)
    assert a.ratios == (1, 1, 3, inf)
    assert b.ratios == (1, 2, inf, inf)
    assert c.ratios == (1, 2.5, 4, inf)
    assert [a.share(factor) for factor in (1, 2.9, 3, inf)] == [0.5, 0.5, 0.75, 0.75]
    assert [b.share(factor) for factor in (0.9, 1, 2, inf)] == [0, 0.25, 0.5, 0.5]
    assert [c.share(factor) for factor in (1, 2.5, 4, inf)] == [0.25, 0.5, 0.75, 0.75]


def test_one_solver_has_no_profile():
    assert profiles_of({"p": {"a": 1.0}}) == []
    assert profiles_of({}) == []


def test_instances_that_not_all_were_asked_are_left_out():
    times = {**TIMES, "late": {"a": 1.0}}
    assert profiles_of(times) == profiles_of(TIMES)


def test_profiles_are_of_the_solve_stage_and_of_answers_only():
    found = results(
        ended("capped-1", "highs", 1, wall_s={"read": 9, "solve": 1}),
        ended("capped-1", "cbc", 3, wall_s={"read": 0.1, "solve": 3}),
        ended("capped-2", "highs", 0.1, audit_passed=False),
        ended("capped-2", "cbc", 3),
        unsolved("full-1", "highs"),
        ended("full-1", "cbc", 5),
    ).profiles
    assert {profile.solver: profile.ratios for profile in found} == {
        "highs": (1, inf, inf),
        "cbc": (1, 1, pytest.approx(3)),
    }
    assert found[0].data() == {"solver": "highs", "ratios": [1, None, None]}


def test_an_infeasible_instance_is_an_answer():
    nothing = {"status": "infeasible", "objective": None, "audit_passed": None}
    found = results(ended("capped-1", "highs", 1, **nothing), ended("capped-1", "cbc", 2, **nothing)).profiles
    assert [profile.ratios for profile in found] == [(1,), (2,)]
