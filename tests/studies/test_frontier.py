"""The frontier against frontiers drawn by hand, against direct solves, and against its own claims."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders import Battery, Case, Contract, Demand, Pool, Site, on_demand
from computeplan.errors import PlanFolderError
from computeplan.problem import CarbonBasis, Goal, Problem, Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.planner import plan
from computeplan.studies.frontier import Frontier, search, trace
from computeplan.studies.frontier.frontier import from_data
from strategies import cases, examples

DIRTY, MIDDLE, CLEAN = (
    Site("dirty", carbon=1.0),
    Site("middle", carbon=0.5),
    Site("clean", carbon=0.0),
)


def pools(**prices: float) -> list[Pool]:
    return [on_demand(site=site, price=price, busy_kw=1.0) for site, price in prices.items()]


def three_sites(**fields) -> Problem:
    """A unit·h costs 1, 2 or 4 and emits 1, 0.5 or 0 kg."""
    given = {
        "periods": 1,
        "sites": [DIRTY, MIDDLE, CLEAN],
        "pools": pools(dirty=1, middle=2, clean=4),
        "workloads": [Demand(4)],
    }
    return Case(**{**given, **fields}).problem()


def points(frontier: Frontier) -> list[tuple[float, float]]:
    curve = frontier.curve
    return [(pytest.approx(m), pytest.approx(e, abs=1e-9)) for m, e in zip(curve.money, curve.emissions_kg)]  # noqa: B905


@pytest.mark.parametrize("tolerance", [0.0, 1e-3])
def test_every_break_point_of_three_sites(tolerance):
    found = trace(three_sites(), tolerance=tolerance)
    assert points(found) == [(4, 4), (8, 2), (16, 0)]
    assert found.exact
    assert found.certified
    assert found.curve.gap == pytest.approx(0, abs=1e-9)
    assert found.curve.abatement_cost_per_kg == pytest.approx([2, 4])
    assert found.curve.least_emissions_kg == pytest.approx(0, abs=1e-9)


def test_a_site_above_the_line_between_its_neighbors_is_no_point():
    found = trace(three_sites(pools=pools(dirty=1, middle=3, clean=4)), tolerance=0)
    assert points(found) == [(4, 4), (16, 0)]
    assert found.exact


def test_hours_add_up_steepest_last():
    """Two hours of 1 and 3 units, the middle site too small for the second: the steps sort by their slope."""
    middle = on_demand(2, site="middle", price=2, busy_kw=1.0)
    dirty, _, clean = pools(dirty=1, middle=2, clean=4)
    found = trace(
        three_sites(periods=2, pools=[dirty, middle, clean], workloads=[Demand([1, 3])]), tolerance=0
    )
    # Slope 2: 3 units to the middle. Slope 3: the last unit straight to the clean site. Slope 4: the rest.
    assert points(found) == [(4, 4), (7, 2.5), (10, 1.5), (16, 0)]
    assert found.curve.abatement_cost_per_kg == pytest.approx([2, 3, 4])


def test_ends_are_the_cleanest_of_the_cheapest_and_the_cheapest_of_the_cleanest():
    sites = [DIRTY, MIDDLE, CLEAN, Site("clean-too")]
    found = trace(
        three_sites(sites=sites, pools=pools(dirty=1, middle=1, clean=9) + pools(**{"clean-too": 4})),
        tolerance=0,
    )
    assert points(found) == [(4, 2), (16, 0)]


def test_one_plan_that_is_cheapest_and_cleanest_is_the_whole_frontier():
    found = trace(three_sites(pools=pools(clean=1, dirty=2)))
    assert points(found) == [(4, 0)]
    assert (found.exact, found.curve.gap, found.curve.knee) == (True, 0.0, 0)
    assert found.at_cap(1.0).money == pytest.approx(4)


@pytest.mark.parametrize("goal", Goal)
def test_work_may_be_left_undone_where_the_goal_lets_it(goal):
    work = [Demand(4, shortfall_price=10.0)]
    found = trace(three_sites(pools=pools(dirty=1, middle=2), workloads=work, goal=goal), tolerance=0)
    left = [(40, 0)] if goal is Goal.COST else []
    assert points(found) == [(4, 4), (8, 2), *left]
    assert found.points[-1].shortfall_unit_h == pytest.approx(4 if left else 0, abs=1e-9)


def test_a_cap_a_price_and_a_budget_are_read_off():
    found = trace(three_sites(carbon_price=2.5, carbon_cap=1.0), tolerance=0)
    under = found.at_cap(0.001)
    assert (under.money, under.emissions_kg, under.share) == pytest.approx((12, 1, 0.5))
    assert under.plans == (1, 2)
    assert (under.price_low_per_kg, under.price_high_per_kg) == pytest.approx((4, 4))
    assert under.least_money == pytest.approx(12)
    assert found.at_cap(1.0).plans == (0,)
    assert found.at_cap(0.0).money == pytest.approx(16)
    assert found.at_cap(-0.001) is None
    best = found.at_price(3000)
    assert (best.money, best.price_low_per_kg, best.price_high_per_kg) == pytest.approx((8, 2, 4))
    assert found.at_price(1e9).price_high_per_kg == inf
    assert found.at_price(2000).plans == (0,), "where two are equally good, the cheaper"
    within = found.at_budget(6)
    assert (within.money, within.emissions_kg) == pytest.approx((6, 3))
    assert within.least_emissions_kg == pytest.approx(3)
    assert found.at_budget(99).plans == (2,)
    assert found.at_budget(3.9) is None
    marks = found.marks()
    assert marks["market price"].money == pytest.approx(8)
    assert marks["cap"].money == pytest.approx(12)
    assert marks["knee"].money == pytest.approx(8)


@pytest.mark.parametrize(
    ("basis", "least_kg"), [(CarbonBasis.LOCATION, 4), (CarbonBasis.MARKET, 2), (CarbonBasis.HOURLY, 1)]
)
def test_each_basis_has_a_frontier_of_its_own(basis, least_kg):
    site = Site("here", carbon=1.0, market=0.5, hourly=0.25)
    problem = Case(periods=1, sites=[site], pools=[Pool(9, busy_kw=1.0)], workloads=[Demand(4)]).problem()
    found = trace(problem, basis=basis)
    assert found.curve.emissions_kg == pytest.approx([least_kg])
    assert found.points[0].emissions_t["location"] == pytest.approx(0.004)


def test_surplus_of_a_contract_covers_on_the_market_basis():
    wind = Contract([4, 0], site="dirty", price=0.1, take_or_pay=True)
    problem = three_sites(periods=2, contracts=[wind], workloads=[Demand(2)], basis=CarbonBasis.MARKET)
    found = trace(problem, tolerance=0)
    assert found.curve.money[0] == pytest.approx(4.4)
    assert found.curve.emissions_kg == pytest.approx([0], abs=1e-9), "4 kWh of wind cover both hours"


def limited(**prices: float) -> list[Pool]:
    return [on_demand(9, site=site, price=price, busy_kw=1.0) for site, price in prices.items()]


def half_open_site(**fields) -> Problem:
    """A clean site that opens for 2; work costs 1 at the dirty site and 1.5 there: 4 units, 0 to 4 kg."""
    clean = Site("clean", optional=True, opening_price=2.0)
    given = {"sites": [DIRTY, clean], "pools": limited(dirty=1, clean=1.5)}
    return three_sites(**{**given, **fields})


def test_with_whole_numbers_a_mix_of_two_plans_is_no_plan():
    """Under a cap of 2 kg half the work moves and the site is open: 2 + 3 + 2, not halfway from 4 to 8."""
    problem = half_open_site()
    found = trace(problem, tolerance=0)
    assert points(found)[0] == (4, 4)
    assert points(found)[-1] == (8, 0)
    assert (found.exact, found.certified) == (False, False)
    for cap_kg in (0.3, 1.0, 2.0, 3.9):
        read, direct = found.at_cap(cap_kg / 1000), money(planned(problem, carbon_cap_kg=cap_kg))
        assert direct == pytest.approx(8 - 0.5 * cap_kg)
        assert (len(read.plans), read.share) == (1, 0.0)
        assert (read.price_low_per_kg, read.price_high_per_kg) == (None, None)
        assert read.least_money - 1e-6 <= direct <= read.money + 1e-6
        assert read.money - read.least_money < 0.5 or cap_kg > 3.5, "caps are spread over the steps"
    assert found.at_cap(0.002).money == pytest.approx(7), "the middle of the widest step is solved"
    assert found.at_cap(0.002).least_money == pytest.approx(7)
    within = found.at_budget(7.4)
    assert within.money <= 7.4
    assert within.least_emissions_kg <= 1.2 <= within.emissions_kg
    assert found.at_price(500).plans == (0,)
    assert found.at_price(1500).plans == (found.curve.size - 1,)
    assert found.at_cap(0.0).money == pytest.approx(8)
    assert found.at_cap(-0.001) is None
    assert found.at_budget(3.9) is None


def test_the_own_cap_of_a_config_with_whole_numbers_is_solved():
    found = trace(half_open_site(carbon_cap=1.3), tolerance=0)
    mark = found.marks()["cap"]
    assert (mark.money, mark.least_money) == pytest.approx((7.35, 7.35))


def test_a_saved_frontier_knows_its_whole_numbers():
    found = trace(half_open_site())
    again = from_data(json.loads(json.dumps(found.data(), allow_nan=False)))
    assert again.at_cap(0.002) == found.at_cap(0.002)
    assert again.curve.gap == found.curve.gap


def test_one_plan_with_whole_numbers_that_is_cheapest_and_cleanest_is_certified():
    found = trace(half_open_site(pools=limited(dirty=3, clean=1)))
    assert points(found) == [(6, 0)]
    assert found.certified


def test_without_a_plan_there_is_no_frontier():
    found = trace(three_sites(pools=[on_demand(3, site="dirty")]))
    assert (found.status, found.curve, found.certified) == (Status.INFEASIBLE, None, False)
    assert found.marks() == {}
    with pytest.raises(PlanFolderError, match="no frontier to read: the status is infeasible"):
        found.at_cap(1.0)


def test_a_time_limit_leaves_what_was_found_and_proves_no_more():
    found = trace(three_sites(), SolverOptions(time_limit_s=0.0))
    assert not found.certified
    assert found.notes


def test_without_the_plan_of_least_carbon_the_end_is_not_proved(monkeypatch):
    """A frontier is certified down to the least carbon, or not at all."""
    solve = search._FrontierSolver.solve
    monkeypatch.setattr(
        search._FrontierSolver, "solve", lambda self, price: None if price == inf else solve(self, price)
    )
    found = trace(three_sites(carbon_price=2.5), tolerance=0.5)
    assert not found.certified
    assert not found.curve.ends_at_least_carbon


def test_other_solvers_find_the_same_points():
    assert points(trace(three_sites(), SolverOptions("cbc"), tolerance=0)) == [(4, 4), (8, 2), (16, 0)]


def test_a_folder_holds_every_digit():
    found = trace(three_sites(carbon_cap=3.0, carbon_price=0.3))
    again = from_data(json.loads(json.dumps(found.data(), allow_nan=False)))
    assert again.data() == found.data()
    assert again.at_cap(0.0013) == found.at_cap(0.0013)
    assert again.curve.gap == found.curve.gap


PARTS = st.floats(0, 1).map(lambda part: part if part > 1e-12 else 0.0)
"""A carbon price of 1e-27 is lost in rounding: the solver's plan then fails its audit."""


@examples(40)
@given(cases(carbon_cap=st.just(inf)), st.sampled_from([0.0, 0.02]), PARTS)
def test_what_is_read_off_is_what_solving_gives(case, tolerance, where):
    problem = case.problem()
    found = trace(problem, tolerance=tolerance)
    curve = found.curve
    assume(curve is not None)
    assert not found.notes
    assert found.certified
    assert np.all(np.diff(curve.money) > 0)
    assert np.all(np.diff(curve.emissions_kg) < 0)
    assert np.all(np.diff(curve.abatement_cost_per_kg) > 0), "convex"
    slack = tolerance * curve.money_range + 1e-6 * max(1.0, float(np.abs(curve.money).max()))
    _holds_under_a_cap(problem, found, where, slack)
    _holds_at_a_price(problem, found, where, slack)


def _holds_under_a_cap(problem: Problem, found: Frontier, where: float, slack: float) -> None:
    high, low = found.curve.emissions_kg[[0, -1]]
    cap_kg = low + where * (high - low) + 1e-7 * max(1.0, abs(low))
    read = found.at_cap(cap_kg / 1000)
    direct = money(planned(problem, carbon_cap_kg=cap_kg, carbon_price_per_kg=0.0))
    assert read.least_money - slack <= direct <= read.money + slack
    assert read.least_money <= read.money + slack
    assert read.money - direct <= slack + steepness(found) * 2e-7 * max(1.0, abs(low))
    back = found.at_budget(read.money)
    assert back.emissions_kg == pytest.approx(read.emissions_kg, abs=1e-6 * max(1.0, abs(high)))


def _holds_at_a_price(problem: Problem, found: Frontier, where: float, slack: float) -> None:
    price = 4.0 * where
    read, accounts = found.at_price(1000 * price), planned(problem, carbon_price_per_kg=price)
    direct = money(accounts) + price * accounts.emissions_kg.on(found.basis)
    assert read.money + price * read.emissions_kg == pytest.approx(direct, abs=slack)
    assert read.money + price * read.emissions_kg >= direct - 1e-6 * max(1.0, abs(direct))


def steepness(found: Frontier) -> float:
    return float(found.curve.abatement_cost_per_kg.max(initial=0.0))


def planned(problem: Problem, **changes):
    own = problem.objective
    shortfall = own.allows_shortfall
    objective = replace(own, **{"goal": Goal.COST, "shortfall": shortfall, **changes})
    return plan(replace(problem, objective=objective)).solution.accounts


def money(accounts) -> float:
    return accounts.cost.total + accounts.shortfall_penalty


def test_a_basis_with_negative_factors_makes_whole_numbers_necessary():
    """A lossy battery would be paid in carbon for losses on the market basis, on the location basis not."""
    site = Site("here", price=1.0, carbon=0.5, market=-0.5)
    problem = three_sites(
        periods=2,
        sites=[site],
        pools=[on_demand(9, site="here", busy_kw=1.0)],
        workloads=[Demand(2)],
        batteries=[Battery(power=2, energy=2, efficiency=0.5)],
    )
    assert trace(problem, tolerance=0).curve.whole_numbers is False
    found = trace(problem, basis=CarbonBasis.MARKET, tolerance=0)
    assert (found.curve.whole_numbers, found.exact) == (True, False)
    for reading in (found.at_cap(0.0), found.at_price(100.0), found.at_budget(99.0)):
        assert (len(reading.plans), reading.share, reading.price_low_per_kg) == (1, 0.0, None)
