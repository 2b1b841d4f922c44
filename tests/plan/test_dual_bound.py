"""The dual bound: below every plan for any prices, and equal to optima worked out by hand."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from handmade import no_prices
from hypothesis import given
from hypothesis import strategies as st

from builders import Cap, Contract, Demand, Job, Link, Pool, Site, make_problem, on_demand, reserved
from computeplan.prices.bound import dual_bound
from computeplan.problem import CapMeasure, CarbonBasis, Goal, HorizonEnd, Prices, Problem, Status
from computeplan.solvers.planner import plan
from reference.model import solve_reference
from strategies import cases
from whole_cases import whole_cases

NUMBERS = ("carbon", "budget")
"""Prices that are no arrays."""


def bound(problem: Problem, **prices) -> float:
    """The bound at these prices, 0 for the others."""
    zero = no_prices(problem)
    arrays = {
        name: np.broadcast_to(np.asarray(value, float), np.shape(getattr(zero, name))).copy()
        for name, value in prices.items()
        if name not in NUMBERS
    }
    return dual_bound(problem, replace(zero, **arrays, **{n: prices.get(n, 0.0) for n in NUMBERS}))


def test_scarce_cheap_capacity_is_worth_the_next_best():
    problem = make_problem(pools=[Pool(2, price=1), on_demand(price=5)], workloads=[Demand(3)])
    optimum = 3 * (2 * 1 + 1 * 5)
    assert bound(problem, load=[[5], [5]]) == pytest.approx(optimum)
    assert bound(problem) == pytest.approx(3 * 3 * 1)  # the cheap pool's price, as if it had no limit
    assert bound(problem, load=[[9], [9]]) == pytest.approx(3 * (3 * 5 - 2 * 8))


def test_efficiency_unit_cost_and_weights_count():
    pools = [on_demand(price=[4, 1, 4], efficiency=2.0)]
    work = [Demand([1, 2, 3], unit_cost={"here": 0.5})]
    problem = make_problem(pools=pools, workloads=work, weights=[10])
    assert bound(problem) == pytest.approx(10 * (1 * 2.5 + 2 * 1.0 + 3 * 2.5))


@pytest.mark.parametrize(
    ("end", "arrival", "cost"),
    [
        # Half of the work must be done within one more period, the other half has two.
        (HorizonEnd.CLOSE, [4, 0, 0, 0], 2 * 3 + 2 * 1),
        (HorizonEnd.CYCLIC, [4, 0, 0, 0], 2 * 3 + 2 * 1),
        (HorizonEnd.CLOSE, [0, 0, 0, 4], 4 * 9),
        (HorizonEnd.CYCLIC, [0, 0, 0, 4], 2 * 5 + 2 * 3),
    ],
)
def test_arrivals_wait_for_the_cheapest_period_they_can_reach(end, arrival, cost):
    pools = [on_demand(price=[5, 3, 1, 9])]
    problem = make_problem(periods=4, pools=pools, workloads=[Demand(arrival, max_delay=1.5)], end=end)
    assert bound(problem) == pytest.approx(cost)


def test_work_does_not_wait_for_another_block():
    pools = [on_demand(price=[5, 3, 1, 9])]
    work = [Demand([1, 1, 1, 1], max_delay=2)]
    problem = make_problem(periods=4, blocks=[2, 2], weights=[1, 7], pools=pools, workloads=work)
    assert bound(problem) == pytest.approx(3 + 3 + 7 * 1 + 7 * 9)


def test_a_job_fills_its_cheapest_periods_as_fast_as_it_may():
    pools = [on_demand(price=[1, 5, 3, 9])]
    job = Job(volume=4, release=0.5, deadline=3.5, max_rate=2)
    problem = make_problem(periods=4, pools=pools, workloads=[job])
    # At most 1 unit·h in the first period, 2 in the third, the rest in the second.
    assert bound(problem) == pytest.approx(1 * 1 + 2 * 3 + 1 * 5)
    capped = make_problem(periods=4, pools=pools, workloads=[replace(job, shortfall_price=4.0)])
    assert bound(capped) == pytest.approx(1 * 1 + 2 * 3 + 1 * 4)


def test_a_job_without_a_rate_is_done_in_its_cheapest_period():
    pools = [on_demand(price=[3, 1, 2])]
    jobs = [Job(volume=4), Job(volume=2, release=2, deadline=3)]
    assert bound(make_problem(pools=pools, workloads=jobs)) == pytest.approx(4 * 1 + 2 * 2)


def test_a_job_window_that_is_just_long_enough_is_not_impossible():
    job = Job(volume=0.3, release=0, deadline=3, max_rate=0.1)
    problem = make_problem(pools=[on_demand(price=[1, 2, 3])], workloads=[job])
    assert bound(problem) == pytest.approx(0.6)
    assert bound(make_problem(workloads=[replace(job, max_rate=0.09)])) == np.inf


def test_a_fixed_workload_takes_the_best_pool_for_all_of_its_work():
    sites = [Site("a"), Site("b")]
    pools = [on_demand(site="a", price=[1, 9, 1]), on_demand(site="b", price=2)]
    link = Link(("a", "b"), price=0.5)
    work = Demand([1, 2, 3], zone="a", fixed=True, data=4.0)
    case = {"sites": sites, "pools": pools, "links": [link]}
    assert bound(make_problem(workloads=[work], **case)) == pytest.approx(6 * 2 + 4 * 0.5)
    heavy = replace(work, data=100.0)
    assert bound(make_problem(workloads=[heavy], **case)) == pytest.approx(1 + 18 + 3)
    optional = replace(heavy, shortfall_price=3.0)
    assert bound(make_problem(workloads=[optional], **case)) == pytest.approx(6 * 3)


def test_shortfall_is_no_way_out_for_the_goal_carbon():
    fields = {"sites": [Site(carbon=2.0)], "pools": [Pool(busy_kw=1)], "goal": Goal.CARBON}
    work = [Demand([1, 2, 3], shortfall_price=0.1)]
    assert bound(make_problem(workloads=work, **fields)) == pytest.approx(12)


def test_booked_units_earn_their_rent():
    pools = [reserved(10, price=1), on_demand(price=5)]
    problem = make_problem(periods=2, pools=pools, workloads=[Demand([1, 3])])
    assert bound(problem, load=[[0, 2], [0, 0]]) == pytest.approx(6)
    assert bound(problem, rent=[[0, 2], [0, 0]]) == pytest.approx(6)
    unlimited = make_problem(
        periods=2, pools=[reserved(np.inf, price=1), pools[1]], workloads=[Demand([1, 3])]
    )
    assert bound(unlimited, rent=[[0, 50], [0, 0]]) == pytest.approx(6)


def test_rent_is_free_where_booked_units_are_not_available():
    pools = [reserved(np.inf, price=1, availability=[0, 1]), on_demand(price=5)]
    problem = make_problem(periods=2, pools=pools, workloads=[Demand([1, 3])])
    assert bound(problem, rent=[[5, 4], [0, 0]]) == pytest.approx(5 + 3 * 2)


@pytest.mark.parametrize("seed", range(20))
def test_rent_scaled_to_the_price_of_unlimited_units_keeps_the_bound_finite(seed):
    random = np.random.default_rng(seed)
    pool = reserved(np.inf, price=random.random(7), availability=random.random(7))
    problem = make_problem(periods=7, pools=[pool], workloads=[Demand(0)])
    assert bound(problem, rent=[9 * random.random(7)]) == pytest.approx(0)


def test_rounding_of_a_price_is_not_multiplied_with_a_limit_far_away():
    problem = make_problem(pools=[on_demand(1e12, price=5)], workloads=[Demand(1)])
    assert bound(problem, load=5 * (1 + 1e-10)) == pytest.approx(15)


def test_units_that_must_be_booked_are_paid():
    pool = reserved(10, min_units=4, price=[1, 2, 3], idle_kw=0.5, busy_kw=1, availability=0.5)
    problem = make_problem(sites=[Site(price=2)], pools=[pool], workloads=[Demand(0)])
    assert bound(problem) == pytest.approx(4 * 6 + 3 * 4 * 0.5 * 0.5 * 2)


def test_energy_is_worth_what_the_grid_charges():
    sites = [Site(price=[1, -2, 3], pue=1.5, carbon=0.5)]
    pools = [Pool(4, idle_kw=1, busy_kw=3)]
    problem = make_problem(sites=sites, pools=pools, workloads=[Demand([2, 1, 0])], carbon_price=2.0)
    kwh = [1.5 * 8, 1.5 * 6, 1.5 * 4]
    # A load price far below the cost of energy is raised to it, also where that is negative.
    assert bound(problem, load=-100) == pytest.approx(2 * kwh[0] - 1 * kwh[1] + 4 * kwh[2])


def test_the_demand_charge_is_a_price_on_the_peak():
    sites = [Site(demand_charge=10)]
    problem = make_problem(sites=sites, pools=[Pool(busy_kw=1)], workloads=[Demand([1, 3, 2])])
    assert bound(problem) == pytest.approx(0)
    assert bound(problem, peak=[0, 10, 0]) == pytest.approx(30)
    assert bound(problem, peak=[0, 40, 0]) == pytest.approx(30)
    assert bound(problem, peak=[5, 5, 0]) == pytest.approx(20)
    assert bound(problem, peak=[0, 20, 20]) == pytest.approx(25)


def test_a_contract_in_short_supply_earns_the_grid_price():
    contracts = [Contract(available=[2, 2, 9], price=1)]
    sites = [Site(price=4)]
    fields = {"sites": sites, "pools": [Pool(busy_kw=1)], "workloads": [Demand(3)]}
    problem = make_problem(contracts=contracts, **fields)
    assert bound(problem, energy=[4, 4, 1]) == pytest.approx((2 + 4) * 2 + 3)
    # At an energy price of 0 no supply would sell, so the cheapest one's price is taken.
    assert bound(problem) == pytest.approx(9)
    paid = make_problem(contracts=[replace(contracts[0], take_or_pay=True)], **fields)
    assert bound(paid, energy=[4, 4, 0]) == pytest.approx(2 + 2 + 9 + 4 + 4)


def test_an_import_limit_has_its_price():
    sites = [Site("a", price=1, import_limit=2), Site("b", price=5)]
    pools = [Pool(site="a", busy_kw=1), Pool(site="b", busy_kw=1)]
    problem = make_problem(sites=sites, pools=pools, workloads=[Demand(3)])
    assert bound(problem, energy=[[5], [5]]) == pytest.approx(3 * (2 + 5))


def test_surplus_is_worth_the_dirtiest_energy_that_it_does_not_cover():
    problem = make_problem(
        sites=[Site(market=[0, 1.0, 0.5])],
        pools=[Pool(busy_kw=1)],
        workloads=[Demand([0, 3, 3])],
        contracts=[Contract(available=1, price=1, take_or_pay=True, carbon=0.1)],
        basis=CarbonBasis.MARKET,
        carbon_price=1.0,
    )
    # Three kWh clean the second period, whenever they are used; the third emits 1.5 kg; all is paid.
    optimum = 3 + 3 * 0.1 + 1.5
    assert bound(problem, surplus=0.5, energy=0.5) == pytest.approx(optimum)
    assert bound(problem) == pytest.approx(3 + 3 * 0.1)
    assert bound(problem, energy=[0, 1, 0.5]) == pytest.approx(3 + 3 * 0.1)


def test_without_a_surplus_nothing_is_covered_whatever_its_price():
    sites = [Site(market=2.0)]
    fields = {"basis": CarbonBasis.MARKET, "carbon_price": 1.0}
    problem = make_problem(sites=sites, pools=[Pool(busy_kw=1)], workloads=[Demand(3)], **fields)
    assert bound(problem) == pytest.approx(18)


@pytest.mark.parametrize(
    ("basis", "expected"), [(CarbonBasis.LOCATION, 3 * 0.5 * 3), (CarbonBasis.HOURLY, 3 * (0.1 * 2 + 0.9))]
)
def test_contract_energy_counts_on_its_basis(basis, expected):
    problem = make_problem(
        sites=[Site(carbon=0.5, hourly=0.9)],
        pools=[Pool(busy_kw=1)],
        workloads=[Demand(3)],
        contracts=[Contract(available=2, carbon=0.1)],
        basis=basis,
        goal=Goal.CARBON,
    )
    price = 0.5 if basis is CarbonBasis.LOCATION else 0.9
    assert bound(problem, energy=price) == pytest.approx(expected)


def test_a_carbon_cap_has_its_price():
    sites = [Site("a", price=1, carbon=1.0), Site("b", price=3)]
    pools = [Pool(site="a", busy_kw=1), Pool(site="b", busy_kw=1)]
    problem = make_problem(sites=sites, pools=pools, workloads=[Demand(3)], carbon_cap=4.0)
    assert bound(problem, carbon=2.0) == pytest.approx(4 * 1 + 5 * 3)
    assert bound(problem, carbon=-7.0) == pytest.approx(9)


@pytest.mark.parametrize("measure", CapMeasure)
def test_a_cap_has_its_price(measure):
    weights = {"here/cheap": 2.0}
    cheap = Pool(9, name="cheap", price=1, busy_kw=0.5)
    limit = 2.0 if measure is CapMeasure.UNITS else 1.0
    problem = make_problem(
        period_h=0.5,
        pools=[cheap, on_demand(name="dear", price=3)],
        workloads=[Demand(2)],
        caps=[Cap(limit, measure, weights)],
    )
    # One unit of the cheap pool fits under the cap. Half an hour of it saves 1: 0.5 or 1 for each of the cap.
    price = 0.5 if measure is CapMeasure.UNITS else 1.0
    assert bound(problem, cap=price) == pytest.approx(3 * 0.5 * (1 + 3))


def test_a_cap_on_booked_units_counts_whether_they_are_used_or_not():
    pools = [reserved(9, name="book", price=1), on_demand(name="dear", price=3)]
    caps = [Cap(1, weights={"here/book": 1.0})]
    problem = make_problem(pools=pools, workloads=[Demand(2)], caps=caps)
    assert bound(problem, cap=2.0, rent=[[3], [0]]) == pytest.approx(3 * (1 + 3))


def test_bandwidth_has_its_price():
    sites = [Site("a"), Site("b")]
    pools = [on_demand(site="a", price=9), on_demand(site="b", price=1)]
    fields = {"sites": sites, "pools": pools, "workloads": [Demand(3, zone="a", traffic=2.0)]}
    link = Link(("a", "b"), price=0.5, energy=1.0, carbon=0.25, bandwidth=4)
    problem = make_problem(links=[link], carbon_price=4.0, **fields)
    # A unit·h in b costs 1 + 2 · (0.5 + 1); two of the three fit through the link.
    assert bound(problem, link=4.0) == pytest.approx(3 * (2 * 4 + 9))
    unlimited = make_problem(links=[replace(link, bandwidth=np.inf)], carbon_price=4.0, **fields)
    assert bound(unlimited, link=123.0) == pytest.approx(3 * 3 * 4)


def test_work_that_no_pool_can_serve_makes_every_plan_impossible():
    assert bound(make_problem(workloads=[Demand(1, security=1)])) == np.inf
    assert bound(make_problem(workloads=[Demand(0, security=1)])) == 0
    assert bound(make_problem(workloads=[Demand(1, security=1, shortfall_price=2.0)])) == pytest.approx(6)


def test_being_paid_for_consuming_without_end_leaves_no_bound():
    pools = [reserved(np.inf, price=1, idle_kw=1)]
    problem = make_problem(sites=[Site(price=-2)], pools=pools, workloads=[Demand(1)])
    assert bound(problem) == -np.inf


def any_prices(problem: Problem, seed: int, scale: float) -> Prices:
    """Prices of any sign and size, some of them no numbers."""
    random = np.random.default_rng(seed)

    def drawn(shape: tuple[int, ...]) -> np.ndarray:
        values = scale * random.standard_normal(shape)
        values[random.random(shape) < 0.3] = 0.0
        values[random.random(shape) < 0.02] = random.choice([np.nan, np.inf, -np.inf, 1e9])
        return values

    zero = no_prices(problem)
    arrays = {f.name: drawn(np.shape(getattr(zero, f.name))) for f in fields(Prices) if f.name not in NUMBERS}
    return Prices(**arrays, **{name: float(drawn((1,))[0]) for name in NUMBERS})


@given(case=cases() | whole_cases(), seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([0.1, 1.0, 10.0]))
def test_no_prices_give_a_bound_above_the_optimum(case, seed, scale):
    problem = case.problem()
    answer = solve_reference(problem)
    if answer.status is not Status.OPTIMAL:
        return
    for shift in range(5):
        found = dual_bound(problem, any_prices(problem, seed + shift, scale))
        assert found <= answer.objective + 1e-6 * (1 + abs(answer.objective))


def disturbed(prices: Prices, seed: int) -> Prices:
    """The same prices within a solver's tolerance."""
    random = np.random.default_rng(seed)
    arrays = {f.name: np.asarray(getattr(prices, f.name)) for f in fields(Prices)}
    moved = {name: a + 1e-9 * random.standard_normal(a.shape) for name, a in arrays.items()}
    return Prices(**{**moved, **{name: float(moved[name]) for name in NUMBERS}})


@given(case=cases() | whole_cases(), seed=st.integers(0, 2**32 - 1))
def test_optimal_prices_prove_the_optimum_even_when_slightly_off(case, seed):
    problem = case.problem()
    found = plan(problem)
    if found.status is not Status.OPTIMAL or found.solution.prices is None:
        return
    optimum = pytest.approx(solve_reference(problem).objective, rel=1e-6, abs=1e-6)
    assert dual_bound(problem, found.solution.prices) == optimum
    assert dual_bound(problem, disturbed(found.solution.prices, seed)) == optimum
