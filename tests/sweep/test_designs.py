"""Which points a design has, and in which order they are solved."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sweeping import small, swept

from computeplan.config import Law, read_variation
from computeplan.errors import ConfigError
from computeplan.lp import ProgramDiff
from computeplan.studies.sweep.design import Axes, CommonChanges, make_design, quantile
from computeplan.studies.sweep.effects import drivers, effects_table
from computeplan.studies.sweep.results import MEASURES
from computeplan.studies.sweep.run import LONGEST_CHAIN, make_chains
from computeplan.studies.sweep.spec import read_points
from computeplan.vocabulary import DesignKind

LAWS = [
    Law("uniform", (2.0, 5.0)),
    Law("loguniform", (0.1, 10.0)),
    Law("normal", (3.0, 2.0)),
    Law("normal", (3.0, 2.0, 2.5, 6.0)),
    Law("lognormal", (3.0, 0.5)),
    Law("triangular", (1.0, 2.0, 5.0)),
    Law("triangular", (1.0, 1.0, 5.0)),
]


def axes(*texts, scenarios=()):
    return Axes(tuple(read_variation(text) for text in texts), tuple((name, name) for name in scenarios))


def values(design):
    return [tuple(point.values.values()) for point in design.points]


def test_a_grid_has_all_combinations():
    design = make_design(DesignKind.GRID, axes("a=1,2", "b=x,y,z", scenarios=["s", "t"]))
    assert len(set(values(design))) == len(design.points) == 12
    assert values(design)[:2] == [("s", 1, "x"), ("s", 1, "y")]
    assert [str(change) for change in design.points[0].changes] == ["a=1", 'b="x"']
    assert {point.scenario for point in design.points} == {"s", "t"}


def test_one_at_a_time_begins_with_the_config_and_leaves_out_what_changes_nothing():
    design = make_design(DesignKind.ONE_AT_A_TIME, axes("a*=0.5,1,2", "b+=0,3", "c=normal(5,1)"))
    assert [dict(point.values) for point in design.points] == [
        {},
        {"a*": 0.5},
        {"a*": 2},
        {"b+": 3},
        {"c": 3.71844843},
        {"c": 6.28155157},
    ]


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_a_latin_hypercube_has_one_point_in_each_stratum(count, seed):
    design = make_design(
        DesignKind.LATIN_HYPERCUBE, axes("a=uniform(0,1)", "b=uniform(0,10)"), samples=count, seed=seed
    )
    for column, width in zip(np.array(values(design)).T, (1, 10), strict=True):
        assert sorted(np.floor(column / width * count * (1 - 1e-12)).astype(int)) == list(range(count))


@pytest.mark.parametrize("kind", [DesignKind.LATIN_HYPERCUBE, DesignKind.MONTE_CARLO])
def test_a_seed_gives_the_same_points_and_another_one_others(kind):
    def drawn(seed):
        return values(make_design(kind, axes("a=uniform(0,1)", "b=1,2,3"), samples=9, seed=seed))

    assert drawn(1) == drawn(1) != drawn(2)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_quantiles_have_the_law_s_moments(law):
    found = quantile(law, (np.arange(20_000) + 0.5) / 20_000)
    assert (np.diff(found) > 0).all()
    low, *middle, high = law.parameters
    match law.name, len(law.parameters):
        case "uniform", _:
            assert (found.min(), found.max(), found.mean()) == pytest.approx((2, 5, 3.5), rel=1e-3)
        case "loguniform", _:
            assert np.median(found) == pytest.approx(1.0, rel=1e-3)
        case "normal", 2:
            assert (found.mean(), found.std()) == pytest.approx((3, 2), rel=1e-3)
        case "normal", _:
            assert 2.5 <= found.min() <= found.max() <= 6.0
        case "lognormal", _:
            assert found.mean() == pytest.approx(3 * np.exp(0.125), rel=1e-3)
        case _:
            assert found.mean() == pytest.approx((low + middle[0] + high) / 3, rel=1e-3)


@given(st.integers(1, 60), st.sampled_from(list(ProgramDiff)), st.sampled_from(list(ProgramDiff)))
def test_a_route_reaches_every_point_once_by_short_chains(count, one, other):
    design = make_design(DesignKind.MONTE_CARLO, axes("a=uniform(0,1)", "b=x,y,z"), samples=count, seed=count)
    chains = make_chains(design, {"a": one, "b": other})
    assert sorted(chains.order) == list(range(count))
    place = {index: i for i, index in enumerate(chains.order)}
    for index in chains.order:
        length, at = 0, index
        while (parent := chains.parent[at]) is not None:
            assert place[parent] < place[at]
            length, at = length + 1, parent
        assert length <= LONGEST_CHAIN
        assert at == chains.order[0]


def test_neighbors_of_a_route_differ_in_what_is_cheap_to_change():
    design = make_design(DesignKind.GRID, axes("dear=1,2,3", "cheap=1,2,3,4"))
    chains = make_chains(design, {"dear": ProgramDiff.MATRIX, "cheap": ProgramDiff.COSTS})
    dear = [design.points[index].values["dear"] for index in chains.order]
    assert dear == [1] * 4 + [2] * 4 + [3] * 4


def test_points_from_a_table(tmp_path):
    (tmp_path / "points.csv").write_text(
        "demand*,scenario,sites.home.pue\n1.1,far,1.2\n,base,\n0.9,,1.4\n", encoding="utf-8-sig"
    )
    found = swept(small(tmp_path), points=tmp_path / "points.csv")
    assert found.summary["design"] == "list"
    assert found.points["demand*"].to_list() == [1.1, 1.0, 0.9]
    assert found.points["scenario"].to_list() == ["far", "base", "base"]
    assert found.points["sites.home.pue"].to_list() == [1.2, None, 1.4]
    named = swept(small(tmp_path, "sweep: {points: points.csv}\n"))
    assert named.points.equals(found.points)


def test_values_of_a_row_may_need_each_other(tmp_path):
    (tmp_path / "points.csv").write_text(
        "sites.home.pools.own.term,sites.home.pools.own.units,sites.home.pools.own.price\n"
        "reserved,null,2\nowned,8,\nowned,,\n",
        encoding="utf-8",
    )
    (tmp_path / "wrong.csv").write_text("sites.home.pue,sites.home.puh\n1.2,3\n1.3,4\n", encoding="utf-8")
    config = small(tmp_path)
    config.write_text(config.read_text("utf-8").replace("units: 9}", "price: 1, units: 9}"), "utf-8")
    found = swept(config, points=tmp_path / "points.csv")
    assert found.points["status"].to_list() == ["invalid", "optimal", "optimal"]
    with pytest.raises(ConfigError, match="did you mean 'pue'"):
        swept(config, points=tmp_path / "wrong.csv")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "expected a header and at least one row"),
        ("a\n", "expected a header and at least one row"),
        ("a,a\n1,2\n", "p.csv:1:2: expected a path, got 'a'"),
        ("a,b\n1\n", "p.csv:2: expected 2 cells, one a column, got 1 cells"),
        ("scenario\nfat\n", "scenario: expected one of far, base, got 'fat'"),
        ("a*\nx\n", "expected a factor"),
    ],
)
def test_faults_of_a_table_of_points(text, fault):
    with pytest.raises(ConfigError, match=fault):
        read_points(text, "p.csv", ("far",), CommonChanges())


def test_a_solvers_rounding_is_no_swing():
    design = make_design(DesignKind.GRID, axes("a=1,2"))
    cost = [5.0, 5.0 + 1e-12]
    points = pl.DataFrame({"a": [1.0, 2.0], **dict.fromkeys(MEASURES, cost), "hourly_t": [1.0, 2.0]})
    found = drivers(design, points, effects_table(design, points))
    assert {each.measure: each.swing for each in found} == dict.fromkeys(MEASURES, 0.0) | {"hourly_t": 1.0}
