"""Break points, slopes, moves and tables of plans that are known by hand, each number by its value."""

from __future__ import annotations

from math import inf

import polars as pl
import pytest

import computeplan
from builders import Battery, Demand, Site, make_problem, on_demand, reserved
from computeplan.problem.limits import LimitKind
from computeplan.studies.ranging import Kind, Parameter, ShadowPrice, find_range

A, B, C = Site("A"), Site("B"), Site("C")


def three_sites(*, units: float = 3.0, price: float = 3.0, demand: float = 4.0):
    """One hour: `units` at A for 2, three at B for `price`, any at C for 4."""
    pools = [
        on_demand(units, site="A", price=2.0),
        on_demand(3, site="B", price=price),
        on_demand(site="C", price=4.0),
    ]
    return make_problem(periods=1, sites=[A, B, C], pools=pools, workloads=[Demand(demand)])


def ranged(value, at, kind, low=0.0, high=9.0):
    return find_range(Parameter("x", "", value, low, high, at, kind))


def moved(end):
    return {move.site: move.work_unit_h for move in end.moves}


def test_a_price_between_two_others():
    """Three units at A, one at B: B wins two more below 2, and loses its own above 4."""
    found = ranged(3.0, lambda x: three_sites(price=x), Kind.PRICE)
    assert (found.objective, found.slope) == pytest.approx((9, 1))
    assert (found.low.at, found.low.slope_beyond) == pytest.approx((2, 3))
    assert (found.high.at, found.high.slope_beyond) == pytest.approx((4, 0))
    assert moved(found.low) == pytest.approx({"A": -2, "B": 2})
    assert moved(found.high) == pytest.approx({"B": -1, "C": 1})
    assert (found.low.changes, found.high.changes) == (True, True)
    assert (found.low.is_possible, found.high.is_possible) == (True, True)


def test_a_limit_between_its_kinks():
    """Seven units: each one at A spares 2 at C while C works, then 1 at B, then nothing."""
    for units, ends, slopes in (
        (2.0, (0.0, 4.0), (None, -2, -1)),
        (5.0, (4.0, 7.0), (-2, -1, 0)),
        (8.0, (7.0, 9.0), (-1, 0, None)),
    ):
        found = ranged(units, lambda x: three_sites(units=x, demand=7.0), Kind.LIMIT)
        assert (found.low.at, found.high.at) == pytest.approx(ends)
        below, here, above = slopes
        assert found.slope == pytest.approx(here, abs=1e-9)
        assert found.low.slope_beyond == (None if below is None else pytest.approx(below))
        assert found.high.slope_beyond == (None if above is None else pytest.approx(above, abs=1e-9))
        assert (found.low.changes, found.high.changes) == (below is not None, above is not None)


def test_a_demand_from_site_to_site():
    found = ranged(4.0, lambda x: three_sites(demand=x), Kind.LIMIT)
    assert (found.slope, found.low.at, found.high.at) == pytest.approx((3, 3, 6))
    assert (found.low.slope_beyond, found.high.slope_beyond) == pytest.approx((2, 4))


def test_an_end_of_the_search_is_no_break():
    found = ranged(3.0, lambda x: three_sites(price=x), Kind.PRICE, low=2.5, high=3.5)
    assert (found.low.at, found.high.at) == (2.5, 3.5)
    assert (found.low.changes, found.high.changes) == (False, False)
    assert (found.low.moves, found.low.movers, found.low.slope_beyond) == ((), None, None)


def test_a_limit_below_which_there_is_no_plan():
    """Four units of work, at most three elsewhere: one at A is the least."""
    pools = [on_demand(3, site="B", price=1.0)]

    def at(x):
        more = [on_demand(x, site="A", price=2.0), *pools]
        return make_problem(periods=1, sites=[A, B], pools=more, workloads=[Demand(4)])

    found = ranged(3.0, at, Kind.LIMIT)
    assert (found.low.is_possible, found.low.changes, found.low.slope_beyond) == (False, True, None)
    assert found.low.at == pytest.approx(1.0, abs=1e-5)
    assert (found.high.at, found.high.changes, found.slope) == (9.0, False, pytest.approx(0, abs=1e-9))


def test_rounding_is_no_slope():
    """What one price saves the other costs: the objective does not depend on how they are split."""
    value, width = 1000.1, 1e-3

    def at(x):
        pools = [on_demand(3, site="A", price=x), on_demand(3, site="B", price=3000.7 - x)]
        return make_problem(periods=1, sites=[A, B], pools=pools, workloads=[Demand(6)])

    found = ranged(value, at, Kind.PRICE, value - width, value + 2 * width)
    assert found.slope == 0.0


def test_a_move_says_what_is_booked():
    pools = [reserved(9, site="A", price=2.0), on_demand(site="B", price=3.0)]

    def at(x):
        booked = [reserved(9, site="A", price=x), *pools[1:]]
        return make_problem(periods=2, sites=[A, B], pools=booked, workloads=[Demand([4, 4]), Demand([1, 1])])

    found = ranged(2.0, at, Kind.PRICE)
    assert (found.slope, found.high.at) == pytest.approx((10, 3))
    lost, won = sorted(found.high.moves, key=lambda move: move.work_unit_h)
    assert (lost.site, lost.work_unit_h, won.site, won.work_unit_h) == ("A", pytest.approx(-10), "B", 10)
    assert dict(lost.booked_units) == {"A/p0": pytest.approx(-5)}
    assert dict(won.booked_units) == {}
    assert found.high.movers.count == 2
    assert found.high.movers.names == ("w0", "w1"), "the one that moves most comes first"


def price(**fields):
    given = {
        "limit": LimitKind.CAPACITY,
        "name": "A",
        "unit": "unit·h",
        "amount": 8.0,
        "is_floor": False,
        "marginal": 100.0,
        "more": 100.0,
        "less": 100.0,
        "step": 0.25,
        "step_saves": 200.0,
        "step_costs": 200.0,
        "solved": True,
        "whole_numbers": False,
    }
    return ShadowPrice(**{**given, **fields})


@pytest.mark.parametrize(
    ("sides", "unique"),
    [
        ({}, True),
        ({"more": 99.005}, True),
        ({"more": 98.9}, False),
        ({"less": 101.02}, False),
        ({"more": 0.0}, False),
        ({"less": None}, False),
        ({"marginal": 0.0, "more": 0.0, "less": 0.0}, True),
        ({"solved": False}, None),
        ({"marginal": None}, None),
    ],
)
def test_a_dual_price_is_unique_within_one_percent_of_the_largest_side(sides, unique):
    assert price(**sides).is_unique is unique


def test_what_a_step_would_save_at_the_margin():
    assert price().step_marginal == pytest.approx(100 * 8 * 0.25)
    assert price(marginal=None).step_marginal is None


CONFIG = """\
name: Known
currency: CNY
horizon: {start: 2026-03-02T00:00, duration: 2 h}
zones: {here: {}}
hardware: {server: {busy_power: 1 kW}}
sites:
  A:
    zone: here
    pue: 1.25
    grid: {price: 1, carbon: 0.5}
    pools: {own: {hardware: server, term: owned, units: 3}}
  B: {zone: here, grid: {price: 2, carbon: 0}, pools: {rent: {hardware: server, term: on_demand, price: 0.5}}}
workloads:
  big: {zone: here, demand: 4}
  small: {zone: here, demand: 1}
"""


@pytest.fixture
def known(tmp_path):
    path = tmp_path / "known.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def test_every_number_of_the_tables(known):
    """A unit·h costs 1.25 at A, where there are 6, and 2.5 at B: 6 × 1.25 + 4 × 2.5."""
    of = ["sites.A.grid.price=0:3", "sites.A.pools.own.units"]
    study = computeplan.ranging(known, of=of, step=0.5)
    tables = study.tables()
    (limit,) = tables["shadow_prices"].to_dicts()
    assert limit == pytest.approx(
        {
            "limit": "capacity",
            "name": "A/own",
            "unit": "unit·h",
            "amount": 6.0,
            "floor": False,
            "marginal": 1.25,
            "more": 1.25,
            "less": 1.25,
            "unique": True,
            "step": 0.5,
            "step_saves": 3.75,
            "step_costs": 3.75,
            "step_marginal": 3.75,
            "whole_numbers": False,
        }
    )
    columns = [
        "parameter",
        "unit",
        "kind",
        "value",
        "slope",
        "side",
        "at",
        "changes",
        "possible",
        "slope_beyond",
    ]
    head = ("sites.A.grid.price", "CNY/kWh", "price", 1.0, 7.5)
    units = ("sites.A.pools.own.units", "unit", "limit", 3.0, -2.5)
    expected = [
        (*head, "low", 0.0, False, True, None),
        (*head, "high", 2.0, True, True, 0.0),
        (*units, "low", 0.0, False, True, None),
        (*units, "high", 5.0, True, True, 0.0),
    ]
    assert tables["breaks"].columns == columns
    for row, values in zip(tables["breaks"].rows(), expected, strict=True):
        assert row == pytest.approx(values, abs=1e-6)
    moves = tables["moves"].filter(pl.col("parameter") == "sites.A.grid.price").rows()
    assert sorted(moves) == [
        ("sites.A.grid.price", "high", pytest.approx(2.0), "A", pytest.approx(-6.0)),
        ("sites.A.grid.price", "high", pytest.approx(2.0), "B", pytest.approx(6.0)),
    ]
    assert study.summary()["objective"] == pytest.approx(17.5)
    assert study.summary()["ranges"][0]["high"]["workloads_moved"] >= 1


def test_every_value_of_a_scan(known):
    """10 kWh at A's and B's prices; the PUE of A goes up to where B takes over at 2.5."""
    study = computeplan.ranging(known, of=["sites.A.pue=1:3"], limits=0)
    steps = study.tables()["steps"]
    assert set(steps["kind"]) == {"other"}
    assert steps["at"].to_list() == pytest.approx(sorted([*(1 + 0.25 * i for i in range(9))]))
    for at, objective, bound in steps.select("at", "objective", "bound").iter_rows():
        assert objective == pytest.approx(6 * min(at, 2.5) + 4 * 2.5)
        assert bound == pytest.approx(objective)


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        ("sites.A.grid.price", (0.0, 2.0)),
        ("sites.A.pue", (1.125, 2.5)),
        ("sites.A.pools.own.units", (0.0, 6.0)),
        ("horizon.period", None),
    ],
)
def test_a_number_is_varied_from_nothing_to_twice_as_far_as_the_config_allows(known, path, ends):
    if ends is None:
        with pytest.raises(computeplan.errors.UsageError, match="got nothing"):
            computeplan.ranging(known, of=[path])
        return
    found = computeplan.ranging(known, of=[path], limits=0).ranges[0].parameter
    assert (found.low, found.high) == pytest.approx(ends)


def test_a_share_is_varied_up_to_what_is_left(known):
    text = CONFIG.replace("units: 3}", "units: 3, availability: 0.9}")
    known.write_text(text, encoding="utf-8")
    found = computeplan.ranging(known, of=["sites.A.pools.own.availability"], limits=0).ranges[0]
    assert (found.parameter.low, found.parameter.high) == pytest.approx((0.0, 0.99))
    assert found.slope == pytest.approx(-1.25 * 6)


def test_unlimited_units_have_no_price():
    problem = three_sites(units=inf)
    assert computeplan.studies.ranging.shadow_prices(problem) == ()


def test_a_limit_that_makes_whole_numbers_necessary_has_no_interval():
    """A site that is paid to draw energy, and a lossy battery: which may charge or discharge, not both."""

    def at(x):
        return make_problem(
            periods=2,
            sites=[Site("A", price=-1.0, import_limit=x)],
            pools=[on_demand(9, site="A", busy_kw=1.0)],
            workloads=[Demand(2, shortfall_price=5.0)],
            batteries=[Battery(power=2, energy=2, efficiency=0.5)],
        )

    found = ranged(0.0, at, Kind.LIMIT, high=4.0)
    assert (found.slope, found.low, found.high) == (None, None, None)
    assert "whole numbers" in found.note
    assert next(step.objective for step in found.steps) == pytest.approx(20)
    assert {step.at for step in found.steps} >= {0.0, 2.0, 4.0}
