"""The growth exponent against values computed by hand."""

from __future__ import annotations

import pytest
from measuring import ended, results, unsolved

from computeplan.bench.summary import fit


def test_a_power_law_is_found_exactly():
    law = fit([10, 100, 5000], [3 * size**1.5 for size in (10, 100, 5000)])
    assert (law.exponent, law.factor) == (pytest.approx(1.5), pytest.approx(3))
    assert law.at(400) == pytest.approx(3 * 8000)


def test_least_squares_on_the_logarithms():
    # Decades 0, 1, 2 against 0, 2, 2: slope 1, intercept 4/3 − 1.
    law = fit([1, 10, 100], [1, 100, 100])
    assert (law.exponent, law.factor) == (pytest.approx(1), pytest.approx(10 ** (1 / 3)))


@pytest.mark.parametrize("sizes", [[], [7], [7, 7]])
def test_one_size_has_no_growth(sizes):
    assert fit(sizes, [1.0] * len(sizes)) is None


def test_growth_is_by_family_and_solver():
    found = results(
        ended("capped-1", "highs", 1, workloads=10),
        ended("capped-2", "highs", 8, workloads=20),
        ended("capped-1", "cbc", 1, workloads=10),
        ended("capped-2", "cbc", 2, workloads=20),
        ended("full-1", "highs", 5, workloads=10),
        ended("my.yaml", "highs", 5, workloads=10),
    ).growths
    assert [(growth.family, growth.solver, growth.points) for growth in found] == [
        ("capped", "highs", 2),
        ("capped", "cbc", 2),
    ]
    assert [growth.total.exponent for growth in found] == pytest.approx([3, 1])


def test_growth_leaves_out_what_has_no_answer():
    runs = [ended("capped-1", "highs", 1), ended("capped-2", "highs", 2, workloads=20)]
    assert results(*runs, unsolved("capped-3", "highs")).growths[0].points == 2
    wrong = ended("capped-3", "highs", 999, workloads=40, audit_passed=False)
    assert results(*runs, wrong).growths[0].total.exponent == pytest.approx(1)
    assert results(runs[0], unsolved("capped-2", "highs")).growths == []


def test_growth_is_that_of_medians():
    seconds = {"capped-1": (1, 1, 50), "capped-2": (4, 0.1, 4)}
    runs = [
        ended(name, "highs", second, workloads=10 * int(name[-1]), repeat=repeat)
        for name, times in seconds.items()
        for repeat, second in enumerate(times, 1)
    ]
    assert results(*runs).growths[0].total.exponent == pytest.approx(2)


def test_stages_too_quick_to_tell_have_no_exponent():
    found = results(
        ended("capped-1", "highs", 1, wall_s={"read": 0.001, "solve": 1, "write": 0.01}),
        ended("capped-2", "highs", 2, workloads=20, wall_s={"read": 0.5, "solve": 2, "write": 0.01}),
    ).growths[0]
    assert found.stages == {"solve": pytest.approx(1), "write": pytest.approx(0)}
