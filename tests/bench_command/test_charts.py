"""The page of charts: figures of what was measured, and its tables."""

from __future__ import annotations

from math import log10

import pytest
from measuring import ended, results, unsolved

from computeplan.reports.html import render_html
from computeplan.reports.subjects.benchmark import benchmark_page
from computeplan.reports.words import ENGLISH


def figures(*runs):
    """Figures by the title of their chart."""
    charts = [block for block in benchmark_page(results(*runs)).blocks if block.kind == "chart"]
    return {chart.title: figure for chart in charts for figure in chart.figures.values()}


def points_of(figure):
    return [trace for trace in figure["data"] if trace["mode"] == "markers"]


def fits_of(figure):
    return [trace for trace in figure["data"] if trace["mode"] == "lines"]


def test_points_fits_and_exponents():
    drawn = figures(
        ended("capped-1", "highs", 1, workloads=10),
        ended("capped-2", "highs", 8, workloads=20),
        ended("full-1", "highs", 2),
        unsolved("full-2", "highs"),
    )
    assert set(drawn) == {"capped, seconds", "full, seconds"}
    names = {title: [trace["name"] for trace in points_of(figure)] for title, figure in drawn.items()}
    assert names == {"capped, seconds": ["highs: size^3.00"], "full, seconds": ["highs"]}
    assert [len(trace["x"]) for figure in drawn.values() for trace in points_of(figure)] == [2, 1]
    assert [len(fits_of(figure)) for figure in drawn.values()] == [1, 0]


def test_a_fit_goes_through_the_points_of_a_power_law():
    (figure,) = figures(ended("capped-1", "highs", 1), ended("capped-2", "highs", 8, workloads=20)).values()
    (points,), (fit,) = points_of(figure), fits_of(figure)
    assert points["x"] == fit["x"] == [10, 20]
    assert points["y"] == fit["y"] == [1, 8]


def test_all_families_share_logarithmic_axes_that_hold_every_point():
    one, other = figures(
        ended("capped-1", "highs", 1), ended("full-1", "highs", 100, workloads=10_000)
    ).values()
    for axis, least, most in (("xaxis", 10, 10_000), ("yaxis", 1, 100)):
        assert one["layout"][axis] == other["layout"][axis]
        assert one["layout"][axis]["type"] == "log"
        low, high = one["layout"][axis]["range"]
        assert low < log10(least) < log10(most) < high


def test_bars_reach_from_the_least_to_the_most_of_repeated_runs():
    (figure,) = figures(*(ended("capped-1", "highs", seconds) for seconds in (2, 3, 7))).values()
    (points,) = points_of(figure)
    assert points["y"] == [3]
    assert (points["error_y"]["arrayminus"], points["error_y"]["array"]) == ([1], [4])
    assert points["customdata"] == [[2, 7]]


def test_solvers_are_compared_in_a_profile():
    runs = [ended("capped-1", "highs", 1), ended("capped-1", "cbc", 3)]
    drawn = figures(*runs, ended("capped-2", "highs", 1), unsolved("capped-2", "cbc"))
    highs, cbc = drawn["Solve stage: share of instances"]["data"]
    assert (highs["name"], cbc["name"]) == ("highs", "cbc")
    assert highs["x"] == pytest.approx([1, 3.6])
    assert highs["y"] == [1, 1]
    assert cbc["x"] == pytest.approx([1, 3, 3.6])
    assert cbc["y"] == [0, 0.5, 0.5]
    assert highs["line"]["shape"] == "hv"


def test_a_solver_has_one_color_in_all_charts():
    runs = [ended("capped-1", "highs", 1), ended("full-1", "cbc", 3), ended("full-1", "highs", 3)]
    capped, full = (points_of(figure) for title, figure in figures(*runs).items() if "seconds" in title)
    colors = {trace["name"]: trace["marker"]["color"] for trace in full}
    assert colors["highs"] == capped[0]["marker"]["color"] != colors["cbc"]


def test_names_from_outside_are_escaped():
    page = benchmark_page(results(ended("a<b>&\"'.yaml", "high<s>&", 1)))
    assert page.sections[0].blocks[0].title == "configs, seconds"
    html = render_html(page, ENGLISH)
    assert "a&lt;b&gt;&amp;" in html
    assert "a<b>" not in html
    assert "high<s>" not in html


def test_the_page_needs_no_other_file():
    html = render_html(benchmark_page(results(ended("capped-1", "highs", 1))), ENGLISH)
    assert "default-src &#39;none&#39;" in html
    assert html.count('data-chart="growth-') == 1
    assert 'id="library"' in html
    assert " src=" not in html


def test_nothing_solved_is_no_page():
    assert benchmark_page(results(unsolved("capped-1", "highs"))) is None
    assert benchmark_page(results()) is None
