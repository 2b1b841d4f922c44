"""Numbers that people read, each worked out by hand in `known.py`; the goldens hold the rest."""

from __future__ import annotations

import json
import re

import pytest
from known import HOURS, SITES
from reporting import data_of

import computeplan
from computeplan import api
from computeplan.problem.limits import LimitKind
from computeplan.reports.html import report_html
from computeplan.studies.ranging import ShadowPrice

approx = pytest.approx


@pytest.fixture(scope="module")
def configs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("numbers")
    for name, text in (("hours", HOURS), ("sites", SITES)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def page(configs):
    api.solve(configs / "hours.yaml", limits=1).save(configs / "plan")
    return report_html(configs / "plan", "en")


@pytest.fixture(scope="module")
def data(page):
    return data_of(page)


def series(data, chart, place=0):
    """Values of a chart's series by name; the first of each name."""
    named = {}
    for trace in data["charts"][chart][place]["data"]:
        named.setdefault(trace["name"], trace["y"])
    return named


def column(data, table, key):
    (found,) = [each for each in data["tables"][table]["columns"] if each["key"] == key]
    return found["numbers"]


def test_the_saving_is_that_against_the_all_local_plan(page):
    text = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "The plan costs 545 CNY, 85.8 CNY (13.6 %) less than keeping all work in its own zone." in text
    assert "0.276 t of CO₂e (9.2 % less) on the location basis" in text
    assert "0.236 t of CO₂e (15.7 % less) on the market basis" in text
    assert "0.246 t of CO₂e (13.1 % less) on the hourly basis" in text


def test_the_tiles_are_the_amounts(page):
    tiles = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*) <small>", page))
    assert tiles["Cost"] == "544.6"
    assert tiles["Change against all-local"] == "−85.8"
    assert (tiles["Carbon (location)"], tiles["Carbon (market)"]) == ("0.276", "0.2364")


def test_charts_over_time_are_units_and_kilowatts_not_amounts_of_a_period(data):
    north = {}
    for trace in data["charts"]["hours"][1]["data"]:
        north[(trace["yaxis"], trace["name"])] = trace["y"][:-1]
    assert north[("y", "booked")] == [1, 2, 2, 2]
    assert north[("y", "usable")] == [2, 2, 2, 2]
    assert north[("y2", "wind")] == [10, 10, 5, 5]
    assert north[("y2", "grid")] == [2, 12, 17, 17]
    assert north[("y3", "contract wind")] == [0.2] * 4
    assert north[("y4", "grid")] == [0.5] * 4
    waiting = series(data, "time")
    assert waiting["cannot wait"][:-1] == [3, 4, 3, 3]
    assert waiting["can wait, as planned"][:-1] == [0, 1, 1, 1]
    assert waiting["all, if nothing waited"][:-1] == [3, 7, 3, 3]


def test_waiting_is_in_hours_and_over_the_time_that_the_plan_stands_for(page):
    tiles = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*) <small>", page))
    assert tiles["Work that can wait"] == "18.8"  # 6 of 32 unit·h
    assert tiles["Of it, run later than possible"] == "66.7"
    assert tiles["Moved to a later period"] == "4"
    assert tiles["Mean wait"] == "0.5"  # a third each waits 0, 0.5 and 1 h


def test_the_flows_are_the_work_by_zone_and_site(data):
    (flow,) = data["charts"]["flows"][0]["data"]
    assert flow["node"]["label"] == ["city  81.2 %", "north  18.8 %", "city  56.2 %", "north  43.8 %"]
    assert flow["link"]["value"] == [18, 8, 6]


def test_companies_pay_what_their_work_takes(data):
    local = 396 + 24 * 9 / 13
    assert column(data, "companies", "cost") == [435, 109.6]
    assert column(data, "companies", "all_local_cost") == approx([local, 630.4 - local], rel=1e-3)
    assert column(data, "companies", "change") == approx([435 - local, 109.6 - 630.4 + local], rel=1e-3)
    assert column(data, "companies", "location_t") == [0.198, 0.078]
    assert column(data, "companies", "market_t") == [0.198, 0.0384]
    less, more = data["charts"]["changes"][0]["data"]
    assert (less["y"], more["y"]) == (["Bolt"], ["Acme"])
    assert more["x"] == approx([435 - local], rel=1e-4)


def test_at_the_margin_a_company_pays_what_its_last_unit_costs(data):
    """Busy units pay for energy and carbon; the booked level for its rent, idle power and carbon."""
    acme = 15 * (12 * 1 + 6 * 2) + 0.1 * 0.6 * 15 * 18
    bolt = 14 * 10 * (0.5 + 0.1 * 0.5) + 1.6 + 2 * (8 * 3 + 8 * 0.55)
    assert column(data, "companies", "marginal_charge") == approx([acme, bolt], rel=1e-3)


@pytest.mark.usefixtures("page")
def test_what_charges_at_the_margin_leave_belongs_to_owners(configs):
    """Idle power of the city's 5 units, and the 18 CNY that the wind saves: with charges, the objective."""
    tables = computeplan.open_plan(configs / "plan").tables()
    lines = {(line["what"], line["where"]): line["amount"] for line in tables["owners"].iter_rows(named=True)}
    idle = 5 * 1.5 * 2 * (1 + 2 + 1 + 1) + 0.1 * 0.6 * 5 * 1.5 * 8
    assert lines.pop(("gap", "")) == approx(0, abs=1e-6)
    assert lines == {("idle energy", "city/own"): approx(idle), ("contract", "north/wind"): approx(-18)}
    assert tables["companies"]["marginal_charge"].sum() + idle - 18 == approx(544.6 + 0.1 * 276)


def test_one_more_kwh_of_wind_saves_its_price_and_a_tenth_more_of_60_kwh_six_times_that(data):
    (bars,) = data["charts"]["limits"][0]["data"]
    assert bars["x"] == approx([1.8])
    assert column(data, "limits", "one_more") == [0.3]


def test_a_price_ranges_to_where_the_next_plan_is_as_cheap(configs):
    """A unit of the level less saves 8 h of rent and 8 kWh of idle power at 0.55 CNY.

    For it 3 × 8 / 4 = 6 unit·h of records go back: 15 kWh at 1.06 CNY, not 10 at 0.55 and traffic of 0.2 CNY.
    """
    back = 6 * (15 * 1.06 - 10 * 0.55 - 0.2)
    study = api.ranging(configs / "hours.yaml", of=["sites.north.pools.booked.price"], low=0, high=10)
    (found,) = study.ranges
    assert found.high.at == approx((back - 8 * 0.55) / 8) == approx(7.1)
    assert (found.low.at, found.low.changes) == (0, False)
    assert found.slope == approx(2 * 8)
    assert found.high.slope_beyond == approx((2 - 2 / 3) * 8)


def test_a_price_ranges_below_zero(configs):
    """From its own negative on, all 40 kWh are of the dirty site."""
    study = api.ranging(configs / "sites.yaml", of=["sites.dirty.grid.price"], low=-1, high=1)
    (found,) = study.ranges
    assert (found.low.at, found.high.at) == (-1, 1)
    assert (found.low.changes, found.high.changes) == (False, False)
    assert found.slope == approx(40)


@pytest.mark.parametrize(("more", "is_unique"), [(100, True), (99.005, True), (98.9, False), (0, False)])
def test_prices_within_a_hundredth_of_the_largest_are_one(more, is_unique):
    price = ShadowPrice(
        LimitKind.CAPACITY,
        "a/b",
        "unit·h",
        1.0,
        is_floor=False,
        marginal=100.0,
        more=more,
        less=100.0,
        step=0.1,
        step_saves=0.0,
        step_costs=0.0,
        solved=True,
        whole_numbers=False,
    )
    assert price.is_unique is is_unique


@pytest.mark.parametrize(
    ("units", "more", "less", "ends"),
    [(1, 10, 40, None), (2, 10, 10, (1, 4)), (4, 0, 10, None), (0.5, 40, 40, (0, 1))],
)
def test_a_limit_is_priced_on_both_sides_and_to_its_break_points(configs, units, more, less, ends):
    """A unit·h costs 10 CNY at the dirty site, 20 in the middle, which has 3 units, 50 at the clean one."""
    of = "sites.dirty.pools.own.units"
    study = api.ranging(configs / "sites.yaml", of=[of], low=0, high=5, overrides=[f"{of}={units}"])
    (price,) = [each for each in study.prices if each.name == "dirty/own"]
    assert (price.more, price.less) == (approx(more, abs=1e-6), approx(less, abs=1e-6))
    assert price.step_saves == approx(more * units / 10, abs=1e-6)
    assert price.step_costs == approx(less * units / 10, abs=1e-6)
    assert price.is_unique is (more == less)
    (found,) = study.ranges
    if ends:
        assert (found.low.at, found.high.at) == approx(ends, abs=1e-6)
        assert found.slope == approx(-more)


def test_a_frontier_has_the_four_plans(configs):
    study = computeplan.frontier(configs / "sites.yaml", bases=["location"])
    (found,) = study.frontiers
    points = [(point.cost, 1000 * point.emissions_t["location"]) for point in found.points]
    assert points == [approx(each) for each in ((40, 40), (70, 25), (110, 15), (200, 0))]


def test_a_sweep_compares_means(configs):
    study = computeplan.sweep(
        configs / "sites.yaml", vary=["demand*=1,2", "sites.dirty.grid.price=1,3"], workers=1
    )
    summary = study.summary
    cost = {each["axis"]: each for each in summary["drivers"] if each["measure"] == "cost"}
    price, demand = cost["sites.dirty.grid.price"], cost["demand*"]
    # At 1 CNY all work is dirty: 40 and 80 CNY. At 3 the middle comes first: 60 + 30 and 60 + 5 × 30 CNY.
    assert (price["least"], price["greatest"], price["swing"]) == (60, 150, 90)
    assert (demand["least"], demand["greatest"], demand["swing"]) == (65, 145, 80)
    assert price["share"] == approx(45**2 / 4025)
    assert summary["range"]["cost"]["median"] == 85
    assert json.loads(json.dumps(summary["main_sites"])) == {"dirty": 3, "middle": 1}
