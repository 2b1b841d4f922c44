"""The chart: a whole SVG file that shows what was measured."""

from __future__ import annotations

from math import inf
from xml.etree import ElementTree as ET

import pytest
from measuring import ended, results, unsolved

from computeplan.bench.chart import chart
from computeplan.bench.chart.axis import LogAxis

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*runs):
    return ET.fromstring(chart(results(*runs)))  # noqa: S314 - our own file


def texts(root):
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def test_points_fits_and_exponents():
    root = drawn(
        ended("capped-1", "highs", 1, workloads=10),
        ended("capped-2", "highs", 8, workloads=20),
        ended("full-1", "highs", 2),
        unsolved("full-2", "highs"),
    )
    assert len(list(root.iter(f"{SVG}circle"))) == 3
    assert len([line for line in root.iter(f"{SVG}line") if line.get("stroke-dasharray")]) == 1
    words = texts(root)
    assert {"capped, seconds", "full, seconds", "highs: size^3.00", "highs"} <= set(words)
    assert not any("solve stage" in word for word in words)


def test_a_fit_goes_through_the_points_of_a_power_law():
    root = drawn(ended("capped-1", "highs", 1), ended("capped-2", "highs", 8, workloads=20))
    (line,) = (line for line in root.iter(f"{SVG}line") if line.get("stroke-dasharray"))
    ends = [(float(line.get(f"x{n}")), float(line.get(f"y{n}"))) for n in (1, 2)]
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter(f"{SVG}circle")]
    assert ends == [pytest.approx(dot, abs=0.2) for dot in dots]
    (left, low), (right, high) = dots
    assert left < right
    assert low > high  # larger values stand higher


def test_solvers_are_compared_in_a_profile():
    runs = [ended("capped-1", "highs", 1), ended("capped-1", "cbc", 3)]
    root = drawn(*runs, ended("capped-2", "highs", 1), unsolved("capped-2", "cbc"))
    highs, cbc = (line.get("points").split() for line in root.iter(f"{SVG}polyline"))
    assert "solve stage: share of instances" in texts(root)
    heights = [[float(point.split(",")[1]) for point in points] for points in (highs, cbc)]
    assert len(set(heights[0])) == 1
    bottom, half = max(heights[1]), min(heights[1])
    assert half == pytest.approx((heights[0][0] + bottom) / 2, abs=0.2)


def test_names_from_outside_are_escaped():
    root = drawn(ended("a<b>&\"'.yaml", "high<s>&", 1))
    assert "configs, seconds" in texts(root)
    assert next(root.iter(f"{SVG}circle"))[0].text.startswith("a<b>&\"'.yaml, high<s>&: 1 s")


def test_nothing_solved_is_no_chart():
    assert chart(results(unsolved("capped-1", "highs"))) is None
    assert chart(results()) is None


def test_a_logarithmic_axis():
    axis = LogAxis(1, 100, 0, 200)
    assert [axis.at(value) for value in (1, 10, 100)] == pytest.approx([0, 100, 200])
    assert [axis.at(value) for value in (0.1, inf)] == [0, 200]
    assert axis.ticks() == pytest.approx([1, 2, 5, 10, 20, 50, 100])
    assert LogAxis(1, 1e9, 0, 1).ticks() == pytest.approx([10.0**power for power in range(10)])
