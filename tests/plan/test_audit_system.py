"""Every constraint on pools, sites, links and the whole plan, violated slightly, is caught and named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from handmade import Handmade, by_hand
from hypothesis import given
from hypothesis import strategies as st

from builders import (
    Battery,
    Cap,
    Case,
    Contract,
    Demand,
    Link,
    Pool,
    Rule,
    Site,
    make_problem,
    on_demand,
    reserved,
)
from computeplan.audit import Check
from computeplan.problem import CapMeasure, CarbonBasis, RuleMeasure, Status
from reference.model import solve_reference
from strategies import cases

SLIP = 1e-3
HERE = Site("here", price=1, import_limit=12, carbon=0.5, market=0.4, hourly=[0.5, 0.4, 0.3])
THERE = Site("there", pue=1.5, carbon=0.2)
OWN = Pool(4, site="here", name="own", idle_kw=1, busy_kw=3)
BOOK = reserved(5, site="there", name="book", busy_kw=2)
RENT = on_demand(3, site="there", name="rent", busy_kw=2)
WIND = Contract(available=3, site="there", take_or_pay=True)
LINK = Link(("here", "there"), bandwidth=6, energy=1, carbon=1)
UNITS = Cap(7, weights={"here/own": 1, "there/book": 2, "there/rent": 1})
POWER = Cap(9, CapMeasure.POWER, weights={"there/rent": 1})
CASE = Case(
    period_h=0.5,
    sites=[HERE, THERE],
    pools=[OWN, BOOK, RENT],
    workloads=[Demand([4, 5, 5], zone="here", traffic=2.0)],
    contracts=[WIND],
    links=[LINK],
    caps=[UNITS, POWER],
)


def plan_of(case: Case = CASE, *, booked=(0, 1, 0), contract=(1.5, 1.5, 1.5)) -> Handmade:
    """A plan that meets each limit of `CASE` exactly somewhere."""
    units = np.array([[3, 4, 2], [1, 0, 0], [0, 1, 3]])
    return by_hand(case.problem(), [units * case.period_h], booked=booked, contract=[contract])


def worst(made: Handmade, family: Check) -> tuple[float, str]:
    """The worst violation of the family, after checking that no other family is violated."""
    _, report = made.audit()
    violation = report.violation(family)
    assert not report.passed
    assert {v.family for v in report.violations if v.relative > 1e-6} == {family}
    assert report.notes == (str(violation),)
    assert report.max_violation == violation.relative
    return pytest.approx(violation.absolute), violation.place


def test_a_plan_at_its_limits_passes():
    report = plan_of().report()
    assert report.passed
    assert report.max_violation < 1e-12


@pytest.mark.parametrize(
    ("pools", "place"),
    [
        ([replace(OWN, units=4 - SLIP), BOOK, RENT], "pool here/own, 2026-03-02 00:30"),
        ([replace(OWN, availability=1 - SLIP / 4), BOOK, RENT], "pool here/own, 2026-03-02 00:30"),
        ([OWN, BOOK, replace(RENT, units=3 - SLIP)], "pool there/rent, 2026-03-02 01:00"),
    ],
)
def test_load_beyond_a_pool_is_named(pools, place):
    assert worst(plan_of(CASE.but(pools=pools)), Check.CAPACITY) == (SLIP / 2, place)


def test_load_beyond_the_booked_level_is_named():
    made = plan_of(booked=(0, 1 - SLIP, 0))
    assert worst(made, Check.CAPACITY) == (SLIP / 2, "pool there/book, 2026-03-02 00:00")


def test_a_pool_without_limit_has_no_capacity_while_it_is_not_available():
    case = CASE.but(pools=[OWN, BOOK, replace(RENT, units=np.inf, availability=[1, 0, 1])])
    assert worst(plan_of(case), Check.CAPACITY) == (0.5, "pool there/rent, 2026-03-02 00:30")


@pytest.mark.parametrize(
    ("book", "booked", "place"),
    [
        (replace(BOOK, units=1 - SLIP), (0, 1, 0), "pool there/book"),
        (replace(BOOK, min_units=1 + SLIP), (0, 1, 0), "pool there/book"),
        (BOOK, (0, 1, SLIP), "pool there/rent"),
    ],
)
def test_a_booked_level_out_of_bounds_is_named(book, booked, place):
    made = plan_of(CASE.but(pools=[OWN, book, RENT]), booked=booked)
    assert worst(made, Check.RESERVED_LEVEL) == (SLIP, place)


@pytest.mark.parametrize("change", [-SLIP, SLIP])
def test_energy_out_of_balance_is_named(change):
    made = plan_of()
    grid_kwh = made.decisions.grid_kwh.copy()
    grid_kwh[1, 2] += change
    assert worst(made.but(grid_kwh=grid_kwh), Check.ENERGY_BALANCE) == (
        SLIP,
        "site there, 2026-03-02 01:00",
    )


def test_imports_beyond_the_limit_are_named():
    made = plan_of(CASE.but(sites=[replace(HERE, import_limit=12 - SLIP), THERE]))
    assert worst(made, Check.IMPORT_LIMIT) == (SLIP / 2, "site here, 2026-03-02 00:30")


def test_exports_are_named():
    case = CASE.but(contracts=[replace(WIND, available=4)])
    made = plan_of(case, contract=(1.5, 1.5 + SLIP, 1.5))
    assert worst(made, Check.IMPORT_LIMIT) == (SLIP, "site there, 2026-03-02 00:30")


def test_more_contract_energy_than_there_is_is_named():
    made = plan_of(CASE.but(contracts=[replace(WIND, available=[3, 3, 3 - SLIP])]))
    assert worst(made, Check.CONTRACT) == (SLIP / 2, "contract c0, 2026-03-02 01:00")


def test_contract_energy_below_zero_is_named():
    made = plan_of(contract=(1.5, 1.5, -SLIP))
    assert worst(made, Check.CONTRACT) == (SLIP, "contract c0, 2026-03-02 01:00")


@pytest.mark.parametrize(("feed_in", "sold"), [(None, SLIP), (1.0, -SLIP), (1.0, 9.0)])
def test_sales_below_zero_beyond_what_is_taken_or_without_a_price_are_named(feed_in, sold):
    made = plan_of(CASE.but(contracts=[replace(WIND, available=4, feed_in=feed_in)]))
    amount = np.array([[0.0, sold, 0.0]])
    taken = made.decisions.contract_kwh + (amount if abs(sold) == SLIP else 0.0)
    grid = made.decisions.grid_kwh.copy()
    grid[1] += (made.decisions.contract_kwh - taken + amount)[0]
    broken = made.but(sold_kwh=amount, contract_kwh=taken, grid_kwh=grid)
    violation = broken.report().violation(Check.CONTRACT)
    assert violation.absolute == pytest.approx({SLIP: SLIP, -SLIP: SLIP, 9.0: 7.5}[sold])
    assert violation.place == "sale of contract c0, 2026-03-02 00:30"


def test_traffic_beyond_the_bandwidth_is_named():
    made = plan_of(CASE.but(links=[replace(LINK, bandwidth=6 - SLIP)]))
    assert worst(made, Check.BANDWIDTH) == (SLIP / 2, "link here-there, 2026-03-02 01:00")


def test_units_beyond_a_cap_are_named_booked_ones_whether_used_or_not():
    made = plan_of(CASE.but(caps=[replace(UNITS, limit=[7, 7 - SLIP, 7]), POWER]))
    assert worst(made, Check.CAP) == (SLIP, "cap cap0, 2026-03-02 00:30")


def test_power_beyond_a_cap_is_named():
    made = plan_of(CASE.but(caps=[UNITS, replace(POWER, limit=9 - SLIP)]))
    assert worst(made, Check.CAP) == (SLIP, "cap cap1, 2026-03-02 01:00")


@pytest.mark.parametrize("basis", CarbonBasis)
def test_emissions_beyond_the_cap_are_named(basis):
    case = CASE.but(basis=basis)
    emitted = plan_of(case).accounts().emissions_kg.on(basis)
    assert plan_of(case.but(carbon_cap=emitted)).report().passed
    made = plan_of(case.but(carbon_cap=emitted - SLIP))
    assert worst(made, Check.CARBON_CAP) == (SLIP, f"{basis.value} basis, whole horizon")


@pytest.mark.parametrize(
    ("decision", "place"),
    [("grid_kwh", "site here"), ("contract_kwh", "contract c0"), ("booked_units", "pool there/book")],
)
@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_decisions_that_are_no_numbers_do_not_pass(decision, place, broken):
    made = plan_of()
    values = getattr(made.decisions, decision).copy()
    values.flat[1] = broken
    report = made.but(**{decision: values}).report()
    assert not report.passed
    violation = report.violation(Check.NONNEGATIVE)
    assert (violation.relative, violation.place) == (np.inf, f"{place}, no finite number")


def test_violations_are_relative_to_the_size_of_the_limit():
    made = plan_of(CASE.but(sites=[replace(HERE, import_limit=12 - SLIP), THERE]))
    assert made.report().violation(Check.IMPORT_LIMIT).relative == pytest.approx(SLIP / (12 - SLIP))


def test_an_error_far_below_the_tolerance_passes():
    made = plan_of(CASE.but(sites=[replace(HERE, import_limit=12 - 1e-6), THERE]))
    report = made.report()
    assert report.passed
    assert 0 < report.max_violation < 1e-6


def test_places_are_in_local_time():
    case = CASE.but(links=[replace(LINK, bandwidth=5)])
    problem = case.problem()
    there = replace(problem, horizon=replace(problem.horizon, time_zone="Asia/Shanghai"))
    made = replace(plan_of(case), problem=there)
    assert made.report().violation(Check.BANDWIDTH).place == "link here-there, 2026-03-02 09:00"


@given(case=cases(), data=st.data())
def test_no_number_of_an_optimal_plan_can_change_unnoticed(case, data):
    problem = case.problem()
    answer = solve_reference(problem)
    if answer.status is not Status.OPTIMAL:
        return
    made = by_hand(problem, answer.done, short=answer.short).but(**vars(answer.decisions))
    assert made.report().passed
    arrays = {"done": made.done, "short": made.short}
    arrays |= {name: getattr(made.decisions, name) for name in ("grid_kwh", "contract_kwh")}
    name = data.draw(st.sampled_from([name for name, array in arrays.items() if array.size]))
    changed = arrays[name].copy()
    entry = data.draw(st.integers(0, changed.size - 1))
    changed.flat[entry] += data.draw(st.sampled_from([-0.01, 0.01]))
    broken = replace(made, **{name: changed}) if name in ("done", "short") else made.but(**{name: changed})
    assert not broken.report().passed


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("new_units", "new units of pool here/p0"),
        ("contracted_kw", "power of contract c0"),
        ("leased_gb_per_h", "lease of link here-there"),
    ],
)
@pytest.mark.parametrize("level", [3 + SLIP, -SLIP])
def test_a_choice_beyond_its_range_is_named(field, place, level):
    problem = make_problem(
        periods=1,
        sites=[Site(), Site("there")],
        pools=[Pool(1, new=3)],
        contracts=[Contract(1, most=3)],
        links=[Link(("here", "there"), bandwidth=1, lease=3)],
    )
    made = by_hand(problem, [[[1]]])
    assert made.report().passed
    report = made.but(**{field: np.array([level])}).report()
    assert not report.passed
    violation = report.violation(Check.CHOSEN_LEVEL)
    assert (violation.absolute, violation.place) == (pytest.approx(SLIP), place)


def test_a_plan_beyond_its_policies_is_named():
    fields = {"periods": 1, "sites": [Site(price=1, renewable=0.5)], "pools": [Pool(4, busy_kw=1)]}
    rule = Rule(0.5, RuleMeasure.MOST_SHARE, ["here"])
    work = [Demand(4)]
    assert (
        worst(by_hand(make_problem(**fields, workloads=work), [[[4]]]), Check.RENEWABLE_SHARE)[1]
        == "site here"
    )
    free = fields | {"sites": [Site(price=1)], "workloads": work}
    assert worst(by_hand(make_problem(**free, rules=[rule]), [[[4]]]), Check.RULE) == (2, "rule rule0")
    assert worst(by_hand(make_problem(**free, budget=3), [[[4]]]), Check.BUDGET) == (1, "whole horizon")


def test_certificates_beyond_their_range_are_named():
    made = by_hand(make_problem(periods=1, sites=[Site(certificates=3)]), [[[1]]])
    found = worst(made.but(certificate_kwh=np.array([3 + SLIP])), Check.CHOSEN_LEVEL)
    assert found == (SLIP, "certificates of site here")


STORED = np.array([[2.0, 0.0]])


@pytest.mark.parametrize(
    ("slip", "period"),
    [
        ({"stored_kwh": STORED + np.array([[0, SLIP]])}, "00:00"),
        ({"stored_kwh": STORED + np.array([[0, -SLIP]])}, "01:00"),
        (
            {"charge_kwh": np.array([[4.0 + SLIP, 0]]), "stored_kwh": STORED + np.array([[SLIP / 2, 0]])},
            "00:00",
        ),
    ],
)
def test_a_battery_beyond_its_limits_is_named(slip, period):
    problem = make_problem(periods=2, batteries=[Battery(power=4, energy=2, efficiency=0.5)])
    flows = {
        "charge_kwh": [[4.0, 0]],
        "discharge_kwh": [[0, 1.0]],
        "stored_kwh": STORED,
        "grid_kwh": [[4.0, -1]],
    }
    made = by_hand(problem, [[[1, 1]]]).but(**{name: np.array(flow) for name, flow in flows.items()})
    report = made.but(**slip).report()
    violation = report.violation(Check.STORAGE)
    assert violation.relative > 1e-6
    assert violation.place == f"battery b0, 2026-03-02 {period}"


def test_energy_out_of_a_battery_counts_at_its_site():
    problem = make_problem(periods=2, sites=[Site()], pools=[Pool(5, busy_kw=1)], batteries=[Battery(2, 2)])
    flows = {"charge_kwh": [[2.0, 0]], "discharge_kwh": [[0, 2.0]], "stored_kwh": [[2.0, 0]]}
    made = by_hand(problem, [[[1, 1]]]).but(**{name: np.array(flow) for name, flow in flows.items()})
    assert made.report().violation(Check.ENERGY_BALANCE).absolute == pytest.approx(2)
    made = made.but(grid_kwh=np.array([[3.0, -1.0]]))
    assert made.report().violation(Check.ENERGY_BALANCE).relative < 1e-9
